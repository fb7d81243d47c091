// Reports with a gateway's reference: the earlier ones, and how they are kept. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_GATEWAY_REPORTS_H_
#define FRONTDESK_DOMAIN_ORDER_GATEWAY_REPORTS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "frontdesk/v1/order_input.pb.h"

namespace frontdesk {
namespace domain {

// The result of a comparison of a report with earlier ones.
enum class ReportStanding {
  // Something new.
  kNew,
  // The same again, or what a later report has overtaken.
  kSame,
  // The reference was reported for something else, or with another amount.
  kConflict,
};

// A report about a payment.
struct PaymentReport {
  ReportStanding standing = ReportStanding::kNew;
  // The payment; null: the order does not have it yet.
  const v1::Payment* payment = nullptr;
  // Whether nothing but the reference is new: the report is what is known of the payment.
  bool is_known = false;
};
PaymentReport FindReported(const v1::OrderDecisionInput& input, const v1::PaymentChange& change);

// A report about a refund; likewise.
struct RefundReport {
  ReportStanding standing = ReportStanding::kNew;
  const v1::Refund* refund = nullptr;
  bool is_known = false;
};
RefundReport FindReported(const v1::OrderDecisionInput& input, const v1::RefundChange& change);

// A report about a dispute; likewise.
struct DisputeReport {
  ReportStanding standing = ReportStanding::kNew;
  const v1::Dispute* dispute = nullptr;
  // Whether its state, stage and amount are what is known of the dispute. Something else may be new, such as its case.
  bool is_known = false;
};
DisputeReport FindReported(const v1::OrderDecisionInput& input, const v1::RecordDispute& change);

// The stage that a report of a dispute is about; `dispute` is null for a new one.
v1::Dispute::Stage StageOf(const v1::RecordDispute& change, const v1::Dispute* dispute);

// The earlier reports with the reference; null: none.
const v1::GatewayReport* FindReport(const v1::Order& order, absl::string_view reference);

// The report for an event: all that was reported with the reference before, and `fact`. Without a reference it is empty. The caller
// sets the payment, refund or dispute.
v1::GatewayReport AddFact(const v1::OrderDecisionInput& input, const std::string& reference,
                          v1::GatewayFact fact);

// Folds that the payment, refund or dispute came with a reference and without a report: with an import, or in an event that is older than
// reports. Nothing changes when it has none, or it is that of another movement already.
void ReportPayment(const v1::Payment& payment, const v1::Event& event, v1::Order* order);
void ReportRefund(const v1::Refund& refund, const v1::Event& event, v1::Order* order);
void ReportDispute(const v1::Dispute& dispute, const v1::Event& event, v1::Order* order);

// Folds a report; one without a reference is none.
void KeepReport(const v1::GatewayReport& report, v1::Order* order);

// Whether a report may take a payment, refund or dispute from one state to the other.
bool MayBecome(absl::Span<const PaymentTransition> transitions, int from, int to);

// Most facts of a reference.
inline constexpr int kMaxGatewayFacts = 100;

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_GATEWAY_REPORTS_H_
