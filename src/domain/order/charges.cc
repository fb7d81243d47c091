#include "frontdesk/domain/order/charges.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/order/charge_sums.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/order/reasons.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

absl::Status ChargesOverflow() {
  return MakeError(kReasonMoneyOverflow, "an amount of the order does not fit in 64 bits");
}

absl::Status Mismatch() {
  return MakeError(kReasonMoneyCurrencyMismatch, "the order has amounts of two currencies");
}

absl::Status CheckAmount(const v1::Money& amount, const std::string& currency_code) {
  FRONTDESK_RETURN_IF_ERROR(CheckMoney(amount));
  if (amount.currency_code() != currency_code) return Mismatch();
  if (amount.units() < 0) return ChargesOverflow();
  return absl::OkStatus();
}

absl::Status CheckPartsOfOrder(const v1::Order& order) {
  std::set<absl::string_view> line_ids;
  for (const v1::OrderLine& line : order.lines()) {
    FRONTDESK_RETURN_IF_ERROR(CheckUnitPrice(line.unit_price()));
    if (line.unit_price().currency_code() != order.currency_code()) return Mismatch();
    if (line.unit_price().value() < 0 || line.quantities().ordered() < 0) return ChargesOverflow();
    line_ids.insert(line.line_id());
  }
  for (const v1::Discount& discount : order.discounts()) {
    if (discount.has_amount()) {
      FRONTDESK_RETURN_IF_ERROR(CheckAmount(discount.amount(), order.currency_code()));
    } else if (discount.rate_ppm() < 0) {
      return ChargesOverflow();
    }
    if (!discount.line_id().empty() && line_ids.count(discount.line_id()) == 0) {
      return MakeError(kReasonOrderChargesLineUnknown,
                       "a discount is for a line that the order does not have");
    }
  }
  if (order.tax_rule().rate_ppm() < 0 || order.tax_rule().rate_ppm() > 1'000'000'000) {
    return ChargesOverflow();
  }
  return absl::OkStatus();
}

// "10 %", "12.5 %".
std::string Percent(int64_t rate_ppm) {
  std::string text = absl::StrCat(rate_ppm / 10'000);
  int64_t rest = rate_ppm % 10'000;
  if (rest != 0) {
    absl::StrAppend(&text, ".");
    for (int64_t unit = 1'000; rest != 0; unit /= 10) {
      absl::StrAppend(&text, rest / unit);
      rest %= unit;
    }
  }
  return absl::StrCat(text, " %");
}

absl::StatusOr<ChargeSheet> Compute(const v1::Order& order, bool with_charges) {
  absl::StatusOr<int> exponent = CurrencyExponent(order.currency_code());
  if (!exponent.ok()) return exponent.status();
  FRONTDESK_RETURN_IF_ERROR(CheckPartsOfOrder(order));
  ChargeInput input{
      order,
      *exponent,
      order.rounding() == v1::ROUNDING_UNSPECIFIED ? v1::ROUNDING_HALF_UP : order.rounding(),
      with_charges,
      0,
      0};
  if (order.totals().has_shipping()) {
    FRONTDESK_RETURN_IF_ERROR(CheckAmount(order.totals().shipping(), order.currency_code()));
    input.shipping = order.totals().shipping().units();
  }
  if (order.totals().has_fees()) {
    FRONTDESK_RETURN_IF_ERROR(CheckAmount(order.totals().fees(), order.currency_code()));
    input.fees = order.totals().fees().units();
  }
  ChargeList charges(input);
  absl::StatusOr<LineSums> sums = order.rounding_level() == v1::ROUNDING_LEVEL_TOTAL
                                      ? SumByTotal(input, &charges)
                                      : SumByLine(input, &charges);
  if (!sums.ok()) return sums.status();
  charges.AddShippingAndFees();

  ChargeSheet sheet;
  const auto set = [&](int64_t units, v1::Money* money) {
    money->set_units(units);
    money->set_currency_code(order.currency_code());
  };
  set(sums->subtotal, sheet.totals.mutable_subtotal());
  set(sums->discount, sheet.totals.mutable_discount());
  set(input.shipping, sheet.totals.mutable_shipping());
  set(input.fees, sheet.totals.mutable_fees());
  set(sums->tax, sheet.totals.mutable_tax());
  int64_t total = sums->subtotal + sums->discount;
  if (__builtin_add_overflow(total, sums->tax, &total) ||
      __builtin_add_overflow(total, input.shipping, &total) ||
      __builtin_add_overflow(total, input.fees, &total)) {
    return ChargesOverflow();
  }
  set(total, sheet.totals.mutable_total());
  for (int64_t units : sums->net) set(units, &sheet.line_net_amounts.emplace_back());
  sheet.charges = std::move(charges).Take();
  return sheet;
}

}  // namespace

v1::Charge* ChargeList::Add(v1::Charge::Kind kind, absl::string_view line_id, int64_t units) {
  v1::Charge& charge = charges_.emplace_back();
  charge.set_kind(kind);
  charge.set_line_id(std::string(line_id));
  charge.mutable_amount()->set_units(units);
  charge.mutable_amount()->set_currency_code(input_.order.currency_code());
  return &charge;
}

std::string ChargeList::Amount(int64_t units) const {
  v1::Money money;
  money.set_units(units);
  money.set_currency_code(input_.order.currency_code());
  return FormatMoney(money);
}

void ChargeList::AddLine(const v1::OrderLine& line, int64_t units) {
  if (!input_.with_charges) return;
  Add(v1::Charge::KIND_LINE, line.line_id(), units)
      ->set_explanation(
          absl::StrCat(line.quantities().ordered(), " x ", FormatUnitPrice(line.unit_price())));
}

void ChargeList::AddDiscount(const v1::Discount& discount, int64_t taken, int64_t before) {
  if (!input_.with_charges) return;
  std::string text;
  if (!discount.description().empty()) {
    text = absl::StrCat(internal::EscapeText(discount.description()), ": ");
  }
  if (discount.has_amount()) {
    absl::StrAppend(&text, Amount(discount.amount().units()), " off ", Amount(before));
  } else {
    absl::StrAppend(&text, Percent(discount.rate_ppm()), " off ", Amount(before));
  }
  Add(v1::Charge::KIND_DISCOUNT, discount.line_id(), -taken)->set_explanation(text);
}

void ChargeList::AddTax(int64_t units, int64_t base) {
  const v1::TaxRule& rule = input_.order.tax_rule();
  if (!input_.with_charges || rule.rate_ppm() == 0) return;
  v1::Charge* charge = Add(v1::Charge::KIND_TAX, "", units);
  charge->set_contained(rule.inclusive());
  charge->set_explanation(absl::StrCat(
      rule.name().empty() ? "tax" : internal::EscapeText(rule.name()), ": ",
      Percent(rule.rate_ppm()), rule.inclusive() ? " contained in " : " on ", Amount(base)));
}

void ChargeList::AddShippingAndFees() {
  if (!input_.with_charges) return;
  if (input_.order.totals().has_shipping()) {
    Add(v1::Charge::KIND_SHIPPING, "", input_.shipping)->set_explanation("shipping");
  }
  if (input_.order.totals().has_fees()) {
    Add(v1::Charge::KIND_FEE, "", input_.fees)->set_explanation("fee");
  }
}

absl::StatusOr<ChargeSheet> ComputeCharges(const v1::Order& order) { return Compute(order, true); }

absl::StatusOr<ChargeSheet> ComputeTotals(const v1::Order& order) { return Compute(order, false); }

absl::StatusOr<v1::Money> WorthOfPieces(const v1::OrderLine& line, int64_t first,
                                        int64_t quantity) {
  v1::Money nothing;
  nothing.set_currency_code(line.net_amount().currency_code());
  const int64_t ordered = line.quantities().ordered();
  absl::StatusOr<v1::Money> before = AllocateCumulative(line.net_amount(), first, ordered, nothing);
  if (!before.ok()) return before.status();
  return AllocateCumulative(line.net_amount(), first + quantity, ordered, *before);
}

absl::StatusOr<v1::Money> LineRefundAmount(const v1::OrderLine& line, int64_t quantity) {
  v1::Money already = line.refunded_amount();
  if (!line.has_refunded_amount()) already.set_currency_code(line.net_amount().currency_code());
  if (line.has_withheld_amount()) {
    FRONTDESK_ASSIGN_OR_RETURN(already, AddMoney(already, line.withheld_amount()));
  }
  if (line.has_canceled_amount()) {
    FRONTDESK_ASSIGN_OR_RETURN(already, AddMoney(already, line.canceled_amount()));
  }
  const v1::LineQuantities& pieces = line.quantities();
  absl::StatusOr<v1::Money> amount =
      AllocateCumulative(line.net_amount(), pieces.canceled() + pieces.refunded() + quantity,
                         pieces.ordered(), already);
  if (amount.ok() && amount->units() < 0) amount->set_units(0);
  return amount;
}

}  // namespace domain
}  // namespace frontdesk
