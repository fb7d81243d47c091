// One order command while it is decided: the order after the events so far, and the result of the command so
// far. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_DRAFT_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_DRAFT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "domain/arguments.h"
#include "domain/draft.h"
#include "domain/order/order_money.h"
#include "domain/order/refund_content.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "frontdesk/v1/order_input.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace domain {

// One order command while it is decided. No computation of a command needs the order behind one of its own events, and so none is
// folded: only the numbers of payments and refunds go on. Thread-compatible.
class OrderDraft : public Draft<v1::OrderDecisionInput> {
 public:
  // Both must outlive the draft.
  OrderDraft(const v1::OrderDecisionInput& input, const CommandInfo& info);

  // As it was before the command. Of an order that the command creates: its id and currency.
  const v1::Order& order() const { return *order_; }

  // Refuses with "<prefix of the command>_<suffix>", for example ("ITEM_UNKNOWN" of CancelOrder)
  // "ORDER_CANCEL_ITEM_UNKNOWN"; the text is that of the reason. `field` may be null.
  void Refuse(absl::string_view suffix, const FieldPath* field = nullptr);

  // The customer's method; null when there is none, or no customer.
  const v1::PaymentMethod* FindMethod(absl::string_view payment_method_id) const;

  // The route of a movement with the method: a copy of the fields that identify it, with its owner.
  v1::MoneyRoute RouteOf(const v1::PaymentMethod& method) const;

  // Where a refund to `route` goes: there, or to `instead` when the account of the route takes nothing any more. `instead` may be null.
  v1::MoneyRoute RouteBack(const v1::MoneyRoute& route, const v1::PaymentMethod* instead) const;

  // An event of the order without an arm; AddEvent() expects it with one.
  v1::Event NewEvent() const;
  void AddEvent(v1::Event event);

  // A new payment of `units` that nothing was captured of, with neither a movement nor an effect.
  v1::Payment NewPayment(const v1::MoneyRoute& route, int64_t units) const;

  // A new payment of `units` with its movement or effect, but no event.
  v1::Payment StartPayment(const v1::MoneyRoute& route, int64_t units, v1::Settlement settlement);

  // Refuses when the order may not have that many further payments that are not finished.
  void CheckOpenPayments(int added = 1);

  // Asks for no more of a payment that is open: it is voided, or captured with the amount captured so far.
  void Close(const v1::Payment& payment);

  // Asks for `units` less of open payments, the latest first. Returns the rest of `units`.
  int64_t Lower(int64_t units);

  // Asks for `units` less of open payments, and refunds the rest of them from the held amount: to `method`, or where the money came from
  // when it is null. Expects no more than both together.
  void GiveBack(int64_t units, const v1::PaymentMethod* method, RefundContent content,
                v1::Settlement settlement);

  // Refunds `units`, at most the held amount: to `method`, from its own payments first. When `method` is null, to where the money came
  // from, the latest payment first, one refund each (see RouteBack() for `instead`). `content` is that of all of it.
  void PayBack(int64_t units, const v1::PaymentMethod* method, const v1::PaymentMethod* instead,
               RefundContent content, v1::Settlement settlement);

  // Pays with each share. Expects amounts, and methods of the customer.
  void PayShares(const std::vector<std::pair<const v1::PaymentMethod*, int64_t>>& shares,
                 v1::Settlement settlement);

  // A refund of the sum of `parts`, with its event and its movement or effect.
  void Refund(const v1::MoneyRoute& route, std::vector<v1::RefundPart> parts, RefundContent content,
              v1::Settlement settlement);

  // A new refund of the sum of `parts` without a state, with neither an event nor a movement nor an effect. Its tax follows that of the refunds
  // before it: each call is for a refund that comes into force, except for one that is `dead`.
  v1::Refund NewRefund(const v1::MoneyRoute& route, std::vector<v1::RefundPart> parts,
                       RefundContent content, bool dead = false);

  // The tax of refunds, after those of the draft so far.
  RefundTax& Tax();

  // Marks the pending refunds that are paid from the payment, whose money is contested, and asks the host to withdraw them.
  void ContestRefunds(absl::string_view payment_id);

  // Allows refunds of stored value to other kinds of methods.
  void AllowCashOut(bool allows) { allows_cash_out_ = allows; }

  // Moves stored value.
  void Post(bool credit, const v1::MoneyRoute& route, int64_t units);

  // All of it. Refuses with ACCOUNT_UNKNOWN where a movement is on an account that the input does not have. Refusals come in
  // the order of reasons.h. Fails when an event could not be folded: the state that came in was not sound.
  absl::StatusOr<Decided> Finish() &&;

 private:
  // Refuses to move value on an account of another kind than the method's, or of another customer, or to credit one that takes nothing
  // any more. Money may always go back to an account that paid the order.
  void CheckAccount(bool credit, const v1::MoneyRoute& route);

  // As the order names its customer, who may have been merged since.
  const std::string& CustomerId() const;

  // An invariant that several movements of a command may violate is listed once.
  void RefuseOnce(const Reason& reason);

  absl::optional<v1::Order> begun_;
  bool allows_cash_out_ = false;
  const v1::Order* order_;
  // With the payments and refunds of all events.
  MovementNumbers numbers_;
  absl::optional<RefundTax> tax_;
  absl::Status status_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_DRAFT_H_
