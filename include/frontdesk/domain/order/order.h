// Orders: assess, decide and evolve. Money adds up for every sequence of commands.
//
//   #include "frontdesk/v1/order_input.pb.h"
//
//   frontdesk::v1::OrderDecisionInput input;  // Command, order, customer, accounts, catalog, …
//   absl::StatusOr<frontdesk::v1::OrderAssessment> assessment =
//       frontdesk::domain::AssessOrder(input);
//   if (!assessment.ok()) return assessment.status();  // Facts are missing.
//   *input.mutable_assessment() = *std::move(assessment);
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideOrder(input);
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/domain/lifecycle.h"

namespace google {
namespace protobuf {
class Timestamp;
}  // namespace protobuf
}  // namespace google

namespace frontdesk {
namespace v1 {
class Event;
class Money;
class Order;
class OrderAssessment;
class OrderCommand;
class OrderDecisionInput;
class OrderLine;
class Outcome;
class Payment;
class RefundTable;
class Refusal;
}  // namespace v1

namespace domain {

// Every state x every command of orders, commands by number, states by number. Static.
const Lifecycle& OrderLifecycle();

// A transition of a payment by RecordPayment. STATE_UNSPECIFIED means "no such payment". Both are
// numbers of v1::Payment::State; the same holds for refunds and disputes. Immutable.
struct PaymentTransition {
  int from = 0;
  int to = 0;
};

// Every allowed pair; all others are refused with ORDER_RECORD_PAYMENT_TRANSITION. CAPTURED to
// CAPTURED is a further capture, with a reference of its own. Static.
absl::Span<const PaymentTransition> PaymentTransitions();

// The same for refunds, with numbers of v1::Refund::State. Static.
absl::Span<const PaymentTransition> RefundTransitions();

// The same for disputes by RecordDispute, with numbers of v1::Dispute::State; all others are refused
// with ORDER_RECORD_DISPUTE_TRANSITION. A state may be reported again, with another stage. Static.
absl::Span<const PaymentTransition> DisputeTransitions();

// Checks the arguments of an order command, whatever the state. Returns every invalid field, in the
// order of the fields, origin ARGUMENT, with its path from the command
// ("change_items.changes[0].item.quantity"). Empty: all are valid, or the command is of another
// entity. Whether items, variants, payments and methods exist is not checked here: policy is asked
// first. Reasons: see domain/reasons.h, ARGUMENT_….
// A field that is open in `policy_fields` may be absent.
std::vector<v1::Refusal> CheckOrderArguments(const v1::OrderCommand& command,
                                             const google::protobuf::Timestamp& now,
                                             Fields fields = Fields::kUnknown,
                                             const PolicyFields& policy_fields = {});

// Computes the core's findings about an order command for policy: see OrderAssessment. They hold no
// opinion; a finding that is not computable is absent. Errors, in this order:
//   INVALID_ARGUMENT COMMAND_WRONG_ENTITY: the command is no order command.
//   FAILED_PRECONDITION FACT_MISSING: `input.catalog` is absent, and the command prices variants
//   (PlaceOrder, ChangeItems, RequestExchange).
// Costs O(items x lines + variants), and O(lines x discounts) where an order is priced.
absl::StatusOr<v1::OrderAssessment> AssessOrder(const v1::OrderDecisionInput& input);

// Decides an order command. Pure. Expects arguments in which CheckOrderArguments() finds no invalid
// field, and in the input the assessment of AssessOrder(). A command that changes nothing, by the
// assessment, is decided without events where the transition table allows it.
//
// OK: see Decided. The transition table comes first, and when it refuses (ORDER_EXISTS,
// ORDER_NOT_FOUND, <verb>_STATE) nothing else is checked. Then every violated invariant is listed,
// in the order of reasons.h for the command, and within one reason by place in the command.
// The invariants about money (REFUNDED, EXCEEDS_HELD, ACCOUNT_UNKNOWN and the like) are listed only
// when no other comes before them, since they are not computable otherwise. DecidePosting() in
// account.h checks the account's own invariants against a movement (its balance).
//
// Movements of money: stored value (GIFT_CARD, STORE_CREDIT) settles at once, with a posting. Other
// kinds settle at once when the command says SETTLEMENT_DONE; else the payment is REQUESTED or the
// refund PENDING, and an effect asks the host. Errors, in this order: INVALID_ARGUMENT
// COMMAND_WRONG_ENTITY; FAILED_PRECONDITION FACT_MISSING, as AssessOrder(); OUT_OF_RANGE
// MONEY_OVERFLOW when an amount does not fit 64 bits. Costs O(size of the order), and O(lines x
// (discounts + items)) for ChangeItems and RequestExchange: the order is priced once.
absl::StatusOr<Decided> DecideOrder(const v1::OrderDecisionInput& input);

// Folds one event into an order.
// OK: `order` has the state after the event. Never fails on events of DecideOrder().
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event does not follow on this state; `order` is
// unchanged.
absl::Status EvolveOrder(const v1::Event& event, v1::Order* order);

// The amount held of a payment: captured less refunded less pending refunds less disputed; zero for
// one of which nothing was captured, or that failed or was charged back since. Costs O(1).
v1::Money HeldAmount(const v1::Payment& payment);

// The amount held for an order: the sum over its payments, in the order's currency. Costs
// O(payments).
v1::Money HeldAmount(const v1::Order& order);

// The refunds in the events of an outcome as a table: the amounts by component, payment and place, each
// with its cause. `order` is the order before the command. For a preview and for a command that was done
// alike. Costs O(rows x payments).
v1::RefundTable MakeRefundTable(const v1::Order& order, const v1::Outcome& outcome);

// How many delivered pieces of a line could still be sent back: delivered less those in open
// returns and exchanges, received back, or written off. Never negative.
int64_t ReturnableQuantity(const v1::OrderLine& line);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_H_
