#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/order/gateway_reports.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_limits.h"
#include "domain/order/order_money.h"
#include "domain/unchanged_commands.h"
#include "frontdesk/domain/order/order.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Dispute;

std::string NewDisputeId(const v1::Order& order) {
  int number = order.disputes_size();
  std::string id;
  do {
    id = absl::StrCat("dispute-", ++number);
  } while (FindDispute(order, id) != nullptr);
  return id;
}

// The payment that the report is about. Null, and refused, when it names none or another one than the dispute has, or one of which no bank
// could take anything.
const v1::Payment* RequirePayment(const v1::RecordDispute& verb, const Dispute* known,
                                  OrderDraft* draft) {
  const FieldPath field{&draft->root(), "payment_id"};
  const std::string& payment_id = known == nullptr ? verb.payment_id() : known->payment_id();
  const v1::Payment* const payment = FindPayment(draft->order(), payment_id);
  if (payment == nullptr || (!verb.payment_id().empty() && verb.payment_id() != payment_id)) {
    draft->Refuse("PAYMENT_UNKNOWN", &field);
    return nullptr;
  }
  // The company's own accounts have no bank that could take the money back.
  if (payment->captured_amount().units() <= 0 || IsStoredValue(payment->route().kind())) {
    draft->Refuse("PAYMENT_STATE", &field);
    return nullptr;
  }
  return payment;
}

// The dispute after the report.
Dispute DisputeAfter(const v1::RecordDispute& verb, const Dispute* known,
                     const v1::Payment& payment, const OrderDraft& draft) {
  Dispute dispute;
  if (known != nullptr) {
    dispute = *known;
  } else {
    dispute.set_dispute_id(verb.dispute_id().empty() ? NewDisputeId(draft.order())
                                                     : verb.dispute_id());
    dispute.set_payment_id(payment.payment_id());
    *dispute.mutable_amount() = payment.captured_amount();
    if (draft.input().has_now()) *dispute.mutable_time() = draft.input().now();
  }
  const Dispute::Stage stage = StageOf(verb, known);
  // In a stage that begins the company may answer again.
  if (verb.state() == Dispute::STATE_OPEN &&
      (dispute.state() != Dispute::STATE_OPEN || dispute.stage() != stage)) {
    dispute.set_is_accepted(false);
  }
  dispute.set_state(verb.state());
  dispute.set_stage(stage);
  if (verb.has_amount()) *dispute.mutable_amount() = verb.amount();
  if (!verb.reason().empty()) dispute.set_reason(verb.reason());
  if (verb.has_due_time()) *dispute.mutable_due_time() = verb.due_time();
  if (!verb.case_id().empty()) dispute.set_case_id(verb.case_id());
  if (dispute.gateway_reference().empty()) {
    dispute.set_gateway_reference(verb.gateway_reference());
  }
  return dispute;
}

// The amount that all disputes of the payment take away, with `dispute` as it is then; as far as it fits.
int64_t AwayWith(const Dispute& dispute, const v1::Order& order) {
  __int128 sum = IsMoneyAway(dispute) ? dispute.amount().units() : 0;
  for (const Dispute& other : order.disputes()) {
    if (other.payment_id() == dispute.payment_id() && other.dispute_id() != dispute.dispute_id() &&
        IsMoneyAway(other)) {
      sum += other.amount().units();
    }
  }
  return NearestUnits(sum);
}

void CheckAmounts(const v1::RecordDispute& verb, const Dispute& dispute, const v1::Payment& payment,
                  OrderDraft* draft) {
  const FieldPath field{&draft->root(), "amount"};
  if (dispute.amount().currency_code() != draft->order().currency_code()) {
    draft->Refuse("CURRENCY", &field);
    return;
  }
  // A dispute whose money comes back may end whatever became of the payment.
  const int64_t captured = payment.captured_amount().units();
  const bool is_above =
      (verb.has_amount() || IsMoneyAway(dispute)) && dispute.amount().units() > captured;
  if (dispute.amount().units() < 1 || is_above ||
      (IsMoneyAway(dispute) && AwayWith(dispute, draft->order()) > captured)) {
    draft->Refuse("AMOUNT", verb.has_amount() ? &field : nullptr);
  }
}

void AddDisputeEvent(const v1::RecordDispute& verb, const Dispute& dispute, OrderDraft* draft) {
  v1::Event event = draft->NewEvent();
  v1::DisputeRecorded& fact = *event.mutable_order()->mutable_dispute_recorded();
  *fact.mutable_dispute() = dispute;
  v1::GatewayFact reported;
  reported.set_dispute_state(dispute.state());
  reported.set_dispute_stage(dispute.stage());
  *reported.mutable_amount() = dispute.amount();
  v1::GatewayReport report = AddFact(draft->input(), verb.gateway_reference(), std::move(reported));
  if (!report.reference().empty()) {
    report.set_dispute_id(dispute.dispute_id());
    *fact.mutable_report() = std::move(report);
  }
  draft->AddEvent(std::move(event));
}

}  // namespace

void CheckRecordDispute(const FieldPath& root, const v1::OrderCommand& command,
                        ArgumentChecker* checker) {
  const v1::RecordDispute& verb = command.record_dispute();
  // Else the same report again would be another dispute.
  if (verb.gateway_reference().empty()) {
    checker->RequireText({&root, "dispute_id"}, verb.dispute_id());
  }
  checker->CheckEnum(
      {&root, "state"}, verb.state(),
      verb.state() != Dispute::STATE_UNSPECIFIED && v1::Dispute_State_IsValid(verb.state()));
  checker->CheckEnum({&root, "stage"}, verb.stage(), v1::Dispute_Stage_IsValid(verb.stage()));
  // An amount of zero is for the decision to refuse, as one that is too high.
  if (verb.has_amount()) checker->CheckAmount({&root, "amount"}, verb.amount(), 0);
  checker->CheckTime({&root, "due_time"}, verb.has_due_time(), verb.due_time());
}

bool IsRecordDisputeUnchanged(const v1::OrderDecisionInput& input, const v1::OrderAssessment&) {
  return FindReported(input, input.command().record_dispute()).standing == ReportStanding::kSame;
}

absl::Status DecideRecordDispute(OrderDraft* draft) {
  const v1::RecordDispute& verb = draft->command().record_dispute();
  const DisputeReport reported = FindReported(draft->input(), verb);
  if (reported.standing == ReportStanding::kConflict) {
    const FieldPath field{&draft->root(), "gateway_reference"};
    draft->Refuse("REFERENCE_CONFLICT", &field);
    return absl::OkStatus();
  }
  const Dispute* const known = reported.dispute;
  const v1::Payment* const payment = RequirePayment(verb, known, draft);
  if (!reported.is_known &&
      !MayBecome(DisputeTransitions(),
                 known == nullptr ? Dispute::STATE_UNSPECIFIED : known->state(), verb.state())) {
    const FieldPath field{&draft->root(), "state"};
    draft->Refuse("TRANSITION", &field);
  }
  if (known == nullptr && draft->order().disputes_size() >= kMaxDisputes) {
    draft->Refuse("TOO_MANY");
  }
  if (payment == nullptr) return absl::OkStatus();
  const Dispute dispute = DisputeAfter(verb, known, *payment, *draft);
  CheckAmounts(verb, dispute, *payment, draft);
  if (draft->refused()) return absl::OkStatus();

  AddDisputeEvent(verb, dispute, draft);
  const int64_t away = AwayWith(dispute, draft->order());
  const int64_t before = payment->disputed_amount().units();
  if (away == before) return absl::OkStatus();
  v1::Event event = draft->NewEvent();
  v1::Payment& after = *event.mutable_order()->mutable_payment_recorded()->mutable_payment();
  after = *payment;
  *after.mutable_disputed_amount() = InOrderCurrency(draft->order(), away);
  draft->AddEvent(std::move(event));
  if (away > before) draft->ContestRefunds(payment->payment_id());
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
