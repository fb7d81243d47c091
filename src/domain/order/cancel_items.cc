#include <utility>
#include <vector>

#include "domain/order/canceled_pieces.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_assess.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_item_changes.h"
#include "domain/order/order_match.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {

void CheckCancelItems(const FieldPath& root, const v1::OrderCommand& command,
                      ArgumentChecker* checker) {
  const v1::CancelItems& verb = command.cancel_items();
  CheckSelectors(root, "items", verb.items(), checker);
  if (verb.has_fee()) checker->CheckAmount({&root, "fee"}, verb.fee(), 0);
  CheckSettlement(root, verb.settlement(), checker);
  CheckCashOut(root, verb.cash_out(), checker);
}

absl::Status DecideCancelItems(OrderDraft* draft) {
  const v1::CancelItems& verb = draft->command().cancel_items();
  const v1::Order& order = draft->order();
  const std::vector<MatchedItem> items = MatchItems(order, draft->command());
  for (int i = 0; i < verb.items_size(); ++i) {
    RefuseUnmatched({&draft->root(), "items", i}, items[i], draft);
  }
  const FieldPath fee_field{&draft->root(), "fee"};
  if (verb.has_fee() && verb.fee().currency_code() != order.currency_code()) {
    draft->Refuse("CURRENCY", &fee_field);
  }
  const v1::PaymentMethod* method = nullptr;
  if (!verb.payment_method_id().empty()) method = RequireMethod(verb.payment_method_id(), draft);
  if (draft->refused()) return absl::OkStatus();

  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::LineAmount> lines,
                             RefundOfItems(order, v1::REFUND_CAUSE_CANCELLATION, items));
  if (verb.fee().units() > SumUnits(lines)) {
    draft->Refuse("EXCEEDS_ITEMS", &fee_field);
    return absl::OkStatus();
  }
  FRONTDESK_RETURN_IF_ERROR(WithholdFee(verb.fee().units(), order, &lines));
  draft->AllowCashOut(verb.cash_out());
  if (AddItemsCanceled(lines, verb.reason(), draft)) {
    GiveBackOrder(WithheldUnits(order) + verb.fee().units(), method, nullptr, verb.settlement(),
                  draft);
  } else {
    draft->GiveBack(UnitsAboveOwed(order, lines, draft->input().now()), method,
                    v1::REFUND_CAUSE_CANCELLATION, verb.settlement());
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
