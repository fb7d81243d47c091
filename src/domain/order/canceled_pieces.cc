#include "domain/order/canceled_pieces.h"

#include <algorithm>
#include <map>
#include <utility>

#include "domain/order/order_money.h"
#include "frontdesk/base/money.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

std::vector<int64_t> AmountWeights(const std::vector<v1::LineAmount>& lines) {
  std::vector<int64_t> weights;
  weights.reserve(lines.size());
  for (const v1::LineAmount& line : lines) weights.push_back(line.amount().units());
  return weights;
}

// Splits the amount of each line: `amounts` stay, the rest is withheld.
void KeepAmounts(const std::vector<v1::Money>& amounts, const v1::Order& order,
                 std::vector<v1::LineAmount>* lines) {
  for (size_t i = 0; i < lines->size(); ++i) {
    v1::LineAmount& line = (*lines)[i];
    const int64_t withheld = line.amount().units() - amounts[i].units();
    if (withheld == 0) continue;
    *line.mutable_withheld_amount() = InOrderCurrency(order, withheld);
    *line.mutable_amount() = amounts[i];
  }
}

// The content of a refund of `units` of a canceled order: the rest of the goods first, then shipping, then fees.
RefundContent ContentOfOrder(int64_t units, int64_t kept, const v1::Order& order) {
  RefundContent content(v1::REFUND_CAUSE_CANCELLATION);
  const int64_t goods =
      NearestUnits(static_cast<__int128>(order.totals().total().units()) -
                   order.credited_amount().units() - kept - ShippingLeft(order) - FeesLeft(order));
  content.shipping = std::min(std::max<int64_t>(0, units - goods), ShippingLeft(order));
  content.fees = std::min(std::max<int64_t>(0, units - goods - content.shipping), FeesLeft(order));
  return content;
}

}  // namespace

int64_t SumUnits(const std::vector<v1::LineAmount>& lines) {
  __int128 sum = 0;
  for (const v1::LineAmount& line : lines) sum += line.amount().units();
  return NearestUnits(sum);
}

absl::Status Withhold(int64_t units, const v1::Order& order, std::vector<v1::LineAmount>* lines) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::Money> amounts,
                             AllocateMoney(InOrderCurrency(order, units), AmountWeights(*lines)));
  KeepAmounts(amounts, order, lines);
  return absl::OkStatus();
}

absl::Status WithholdFee(int64_t fee, const v1::Order& order, std::vector<v1::LineAmount>* lines) {
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::Money> amounts,
                             AllocateMoney(InOrderCurrency(order, fee), AmountWeights(*lines)));
  for (size_t i = 0; i < lines->size(); ++i) {
    amounts[i].set_units((*lines)[i].amount().units() - amounts[i].units());
  }
  KeepAmounts(amounts, order, lines);
  return absl::OkStatus();
}

int64_t WithheldUnits(const v1::Order& order) {
  __int128 sum = 0;
  for (const v1::OrderLine& line : order.lines()) sum += line.withheld_amount().units();
  return NearestUnits(sum);
}

bool IsRest(const v1::Order& order, const std::vector<v1::LineAmount>& canceled) {
  std::map<absl::string_view, int64_t> pieces;
  for (const v1::LineAmount& entry : canceled) pieces[entry.line_id()] += entry.quantity();
  return std::all_of(order.lines().begin(), order.lines().end(), [&](const v1::OrderLine& line) {
    if (line.quantities().shipped() > 0) return false;
    const auto found = pieces.find(line.line_id());
    return UnshippedQuantity(line) == (found == pieces.end() ? 0 : found->second);
  });
}

int64_t UnitsAboveOwed(const v1::Order& order, const std::vector<v1::LineAmount>& canceled,
                       const google::protobuf::Timestamp& now) {
  if (!HasKnownPayments(order)) return 0;
  const int64_t credited = SumUnits(canceled);
  const __int128 above = static_cast<__int128>(credited) - OwedUnits(order, now);
  return AtMostHeldAndAsked(std::min<__int128>(credited, above), order, now);
}

int64_t UnitsAboveKept(const v1::Order& order, int64_t kept,
                       const google::protobuf::Timestamp& now) {
  const __int128 above =
      static_cast<__int128>(HeldOrUndecidedUnits(order)) + OpenUnits(order, now) - kept;
  return AtMostHeldAndAsked(above, order, now);
}

bool AddItemsCanceled(const std::vector<v1::LineAmount>& canceled, const std::string& reason,
                      OrderDraft* draft) {
  v1::Event event = draft->NewEvent();
  v1::ItemsCanceled& fact = *event.mutable_order()->mutable_items_canceled();
  int64_t kept = WithheldUnits(draft->order());
  for (const v1::LineAmount& line : canceled) {
    *fact.add_lines() = line;
    kept = NearestUnits(static_cast<__int128>(kept) + line.withheld_amount().units());
  }
  fact.set_reason(reason);
  draft->AddEvent(std::move(event));
  if (!IsRest(draft->order(), canceled)) return false;
  AddOrderCanceled(reason, kept, draft);
  return true;
}

void AddOrderCanceled(const std::string& reason, int64_t kept, OrderDraft* draft) {
  v1::Event event = draft->NewEvent();
  v1::OrderCanceled& fact = *event.mutable_order()->mutable_order_canceled();
  fact.set_reason(reason);
  if (kept > 0) *fact.mutable_kept_amount() = InOrderCurrency(draft->order(), kept);
  draft->AddEvent(std::move(event));
}

void GiveBackOrder(int64_t kept, const v1::PaymentMethod* method, const v1::PaymentMethod* instead,
                   v1::Settlement settlement, OrderDraft* draft) {
  const v1::Order& order = draft->order();
  const google::protobuf::Timestamp& now = draft->input().now();
  const int64_t held = HeldUnits(order);
  const __int128 all = static_cast<__int128>(held) + OpenUnits(order, now);
  int64_t units = UnitsAboveKept(order, kept, now);
  if (units < all) {
    units = draft->Lower(units);
    if (units > 0) {
      draft->PayBack(units, method, instead, ContentOfOrder(units, kept, order), settlement);
    }
    return;
  }
  // Nothing is kept: also authorizations that have expired are closed, and payments of zero are refunded.
  RefundContent content = ContentOfOrder(held, kept, order);
  int64_t left = held;
  for (const v1::Payment& payment : order.payments()) {
    if (IsOpen(payment)) draft->Close(payment);
    if (method != nullptr || !IsRefundable(payment)) continue;
    const int64_t part = HeldUnits(payment);
    draft->Refund(draft->RouteBack(payment.route(), instead), {WholePart(order, payment)},
                  TakeContent(part, left, &content), settlement);
    left -= part;
  }
  if (method != nullptr && held > 0) {
    draft->PayBack(held, method, nullptr, std::move(content), settlement);
  }
}

}  // namespace domain
}  // namespace frontdesk
