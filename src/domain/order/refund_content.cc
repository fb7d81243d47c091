#include "domain/order/refund_content.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "domain/order/order_money.h"
#include "frontdesk/base/money.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

int64_t GoodsOf(const v1::OrderTotals& totals) {
  return NearestUnits(static_cast<__int128>(totals.total().units()) - totals.shipping().units() -
                      totals.fees().units());
}

int64_t TaxOf(const google::protobuf::RepeatedPtrField<v1::Charge>& charges,
              const v1::OrderTotals& totals) {
  __int128 sum = 0;
  bool is_charged = false;
  for (const v1::Charge& charge : charges) {
    if (charge.kind() != v1::Charge::KIND_TAX) continue;
    is_charged = true;
    sum += charge.amount().units();
  }
  return NearestUnits(is_charged ? sum : totals.tax().units());
}

// The next of `lines` whose amounts sum to `units`, split where they do not end there.
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

}  // namespace

RefundContent TakeContent(int64_t units, int64_t left, RefundContent* content) {
  RefundContent taken(content->cause);
  taken.reason = content->reason;
  const int64_t goods = std::min(units, left - content->shipping - content->fees);
  taken.lines = TakeLines(goods, &content->lines);
  taken.shipping = std::min(units - goods, content->shipping);
  taken.fees = units - goods - taken.shipping;
  content->shipping -= taken.shipping;
  content->fees -= taken.fees;
  return taken;
}

bool HasContent(v1::RefundCause cause) {
  return cause != v1::REFUND_CAUSE_ITEM_CHANGE && cause != v1::REFUND_CAUSE_PAYMENT_CHANGE &&
         cause != v1::REFUND_CAUSE_DUPLICATE;
}

int64_t ShippingLeft(const v1::Order& order) {
  return NearestUnits(static_cast<__int128>(order.totals().shipping().units()) -
                      order.refunded_shipping_amount().units());
}

int64_t FeesLeft(const v1::Order& order) {
  return NearestUnits(static_cast<__int128>(order.totals().fees().units()) -
                      order.refunded_fee_amount().units());
}

int64_t TaxUnits(const v1::Order& order) { return TaxOf(order.charges(), order.totals()); }

int64_t GoodsUnits(const v1::Order& order) { return GoodsOf(order.totals()); }

RefundTax::RefundTax(const v1::Order& order)
    : currency_code_(order.currency_code()),
      order_{GoodsUnits(order), TaxUnits(order),
             NearestUnits(order.refunded_goods_amount().units()),
             NearestUnits(order.refunded_tax_amount().units())} {}

void RefundTax::ChangeItems(const v1::ItemsChanged& fact) {
  change_ = {NearestUnits(static_cast<__int128>(order_.goods) - GoodsOf(fact.totals())),
             NearestUnits(static_cast<__int128>(order_.tax) - TaxOf(fact.charges(), fact.totals())),
             0, 0};
}

absl::Status RefundTax::Set(int64_t goods, v1::Refund* refund) {
  const bool is_change = refund->cause() == v1::REFUND_CAUSE_ITEM_CHANGE;
  if (!is_change && !HasContent(refund->cause())) return absl::OkStatus();
  Whole& whole = is_change ? change_ : order_;
  if (whole.goods <= 0 || whole.tax <= 0) return absl::OkStatus();
  whole.refunded_goods = NearestUnits(static_cast<__int128>(whole.refunded_goods) + goods);
  v1::Money tax;
  tax.set_currency_code(currency_code_);
  v1::Money already = tax;
  tax.set_units(whole.tax);
  already.set_units(whole.refunded_tax);
  FRONTDESK_ASSIGN_OR_RETURN(
      tax,
      AllocateCumulative(tax, std::min(whole.refunded_goods, whole.goods), whole.goods, already));
  // Earlier refunds may have had more or less, since the order was priced anew.
  tax.set_units(std::min(std::max<int64_t>(0, tax.units()), std::max<int64_t>(0, goods)));
  whole.refunded_tax += tax.units();
  *refund->mutable_tax_amount() = std::move(tax);
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
