#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_assess.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Payment;

// The next of `lines` whose amounts sum to `units`, split where they do not end there. The pieces of a split one count where its amount
// is complete, and so does the withheld part of their worth.
std::vector<v1::LineAmount> TakeLines(int64_t units, std::vector<v1::LineAmount>* lines) {
  std::vector<v1::LineAmount> taken;
  size_t whole = 0;
  while (whole < lines->size() && (*lines)[whole].amount().units() <= units) {
    units -= (*lines)[whole].amount().units();
    taken.push_back(std::move((*lines)[whole++]));
  }
  lines->erase(lines->begin(), lines->begin() + static_cast<std::ptrdiff_t>(whole));
  if (units > 0 && !lines->empty()) {
    v1::LineAmount& rest = lines->front();
    v1::LineAmount& part = taken.emplace_back(rest);
    part.mutable_amount()->set_units(units);
    part.set_quantity(0);
    part.clear_withheld_amount();
    rest.mutable_amount()->set_units(rest.amount().units() - units);
  }
  return taken;
}

// Pays `units` back to the payments they came from, the latest first, one refund each.
void RefundToOrigins(int64_t units, std::vector<v1::LineAmount> lines, OrderDraft* draft) {
  const v1::RefundOrder& verb = draft->command().refund_order();
  const v1::Order& order = draft->order();
  std::vector<v1::RefundPart> parts = TakeParts(order, "", units);
  if (parts.empty()) {
    if (!order.has_last_captured_payment()) return draft->Refuse("NOTHING_HELD");
    const Payment& latest = order.last_captured_payment();
    v1::RefundPart part;
    part.set_payment_id(latest.payment_id());
    *part.mutable_amount() = InOrderCurrency(order, 0);
    draft->Refund(latest.route(), {part}, verb.cause(), TakeLines(0, &lines), verb.settlement());
    return;
  }
  for (const v1::RefundPart& part : parts) {
    draft->Refund(FindPayment(order, part.payment_id())->route(), {part}, verb.cause(),
                  TakeLines(part.amount().units(), &lines), verb.settlement());
  }
}

// Lowers the amounts of `lines` so that they sum to `units`, which is at most their sum: each in proportion, by largest remainder. The
// difference is withheld.
absl::Status Withhold(int64_t units, const v1::Order& order, std::vector<v1::LineAmount>* lines) {
  std::vector<int64_t> weights;
  for (const v1::LineAmount& line : *lines) weights.push_back(line.amount().units());
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::Money> amounts,
                             AllocateMoney(InOrderCurrency(order, units), weights));
  for (size_t i = 0; i < lines->size(); ++i) {
    v1::LineAmount& line = (*lines)[i];
    const int64_t withheld = line.amount().units() - amounts[i].units();
    if (withheld == 0) continue;
    *line.mutable_withheld_amount() = InOrderCurrency(order, withheld);
    *line.mutable_amount() = amounts[i];
  }
  return absl::OkStatus();
}

}  // namespace

void CheckRefundOrder(const FieldPath& root, const v1::OrderCommand& command,
                      ArgumentChecker* checker) {
  const v1::RefundOrder& verb = command.refund_order();
  checker->CheckEnum(
      {&root, "cause"}, verb.cause(),
      verb.cause() != v1::REFUND_CAUSE_UNSPECIFIED && v1::RefundCause_IsValid(verb.cause()));
  const bool has_items = verb.items_size() > 0;
  if (has_items == verb.has_amount() &&
      !(has_items ? checker->IsFilled("amount") : checker->IsOpen("amount"))) {
    checker->Add({&root, "items"}, kReasonArgumentExclusive,
                 "exactly one of items and amount must be set");
  }
  if (verb.items_size() > 0) CheckSelectors(root, "items", verb.items(), checker);
  if (verb.has_amount()) checker->CheckAmount({&root, "amount"}, verb.amount(), 0);
  CheckSettlement(root, verb.settlement(), checker);
}

absl::Status DecideRefundOrder(OrderDraft* draft) {
  const v1::RefundOrder& verb = draft->command().refund_order();
  const v1::Order& order = draft->order();
  const std::vector<MatchedItem> items = MatchItems(order, draft->command());
  for (int i = 0; i < verb.items_size(); ++i) {
    if (items[i].line >= 0) continue;
    const FieldPath item{&draft->root(), "items", i};
    const FieldPath quantity{&item, "quantity"};
    draft->Refuse(items[i].known ? "ITEM_QUANTITY" : "ITEM_UNKNOWN",
                  items[i].known ? &quantity : &item);
  }
  const FieldPath amount_field{&draft->root(), "amount"};
  if (verb.has_amount() && verb.amount().currency_code() != order.currency_code()) {
    draft->Refuse("CURRENCY", &amount_field);
  }
  const v1::PaymentMethod* method = draft->FindMethod(verb.payment_method_id());
  if (method == nullptr && !verb.payment_method_id().empty()) {
    const FieldPath field{&draft->root(), "payment_method_id"};
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
  }
  if (draft->refused()) return absl::OkStatus();

  int64_t units = verb.amount().units();
  std::vector<v1::LineAmount> lines;
  if (!items.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(lines, RefundOfItems(order, items));
    std::vector<v1::Money> amounts;
    for (const v1::LineAmount& line : lines) amounts.push_back(line.amount());
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Money sum, SumMoney(amounts, order.currency_code()));
    if (!verb.has_amount()) {
      units = sum.units();
    } else if (units > sum.units()) {
      draft->Refuse("EXCEEDS_ITEMS", &amount_field);
      return absl::OkStatus();
    } else {
      FRONTDESK_RETURN_IF_ERROR(Withhold(units, order, &lines));
    }
  }
  if (units > HeldUnits(order)) {
    draft->Refuse("EXCEEDS_HELD", verb.has_amount() ? &amount_field : nullptr);
  } else if (method == nullptr) {
    RefundToOrigins(units, std::move(lines), draft);
  } else {
    draft->Refund(draft->RouteOf(*method), TakeParts(order, verb.payment_method_id(), units),
                  verb.cause(), std::move(lines), verb.settlement());
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
