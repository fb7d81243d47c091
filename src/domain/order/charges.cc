#include "frontdesk/domain/order/charges.h"

#include <algorithm>
#include <map>
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

absl::Status CheckParts(const PricedOrder& order) {
  const std::string& currency_code = order.terms.currency_code();
  for (const PricedLine& line : order.lines) {
    FRONTDESK_RETURN_IF_ERROR(CheckUnitPrice(*line.unit_price));
    if (line.unit_price->currency_code() != currency_code) return Mismatch();
    if (line.unit_price->value() < 0 || line.quantity < 0) return ChargesOverflow();
  }
  for (const auto& [discount, line] : order.discounts) {
    if (discount->has_amount()) {
      FRONTDESK_RETURN_IF_ERROR(CheckAmount(discount->amount(), currency_code));
    } else if (discount->rate_ppm() < 0) {
      return ChargesOverflow();
    }
    if (line == PricedDiscount::kUnknownLine) {
      return MakeError(kReasonOrderChargesLineUnknown,
                       "a discount is for a line that the order does not have");
    }
  }
  if (order.terms.tax_rule().rate_ppm() < 0 || order.terms.tax_rule().rate_ppm() > 1'000'000'000) {
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

}  // namespace

v1::Charge* ChargeList::Add(v1::Charge::Kind kind, absl::string_view line_id, int64_t units) {
  v1::Charge& charge = charges_.emplace_back();
  charge.set_kind(kind);
  // A field that is set to an empty text has a string of its own.
  if (!line_id.empty()) charge.set_line_id(std::string(line_id));
  charge.mutable_amount()->set_units(units);
  charge.mutable_amount()->set_currency_code(input_.currency_code());
  return &charge;
}

std::string ChargeList::Amount(int64_t units) const {
  v1::Money money;
  money.set_units(units);
  money.set_currency_code(input_.currency_code());
  return FormatMoney(money);
}

void ChargeList::AddLine(const PricedLine& line, int64_t units) {
  if (!input_.with_charges) return;
  Add(v1::Charge::KIND_LINE, line.line_id, units)
      ->set_explanation(absl::StrCat(line.quantity, " x ", FormatUnitPrice(*line.unit_price)));
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
  const v1::TaxRule& rule = input_.order.terms.tax_rule();
  if (!input_.with_charges || rule.rate_ppm() == 0) return;
  v1::Charge* charge = Add(v1::Charge::KIND_TAX, "", units);
  charge->set_contained(rule.inclusive());
  charge->set_explanation(absl::StrCat(
      rule.name().empty() ? "tax" : internal::EscapeText(rule.name()), ": ",
      Percent(rule.rate_ppm()), rule.inclusive() ? " contained in " : " on ", Amount(base)));
}

void ChargeList::AddShippingAndFees() {
  if (!input_.with_charges) return;
  if (input_.order.terms.totals().has_shipping()) {
    Add(v1::Charge::KIND_SHIPPING, "", input_.shipping)->set_explanation("shipping");
  }
  if (input_.order.terms.totals().has_fees()) {
    Add(v1::Charge::KIND_FEE, "", input_.fees)->set_explanation("fee");
  }
}

namespace {

// `id_of` returns the id of the line with that index.
template <typename IdOf>
std::vector<int> FindLines(const v1::Order& terms, int line_count, IdOf id_of) {
  // To look so often through the lines is quicker than any index of them.
  constexpr int kScans = 8;
  int scans = 0;
  std::map<absl::string_view, int> lines;
  std::vector<int> found;
  found.reserve(terms.discounts_size());
  for (const v1::Discount& discount : terms.discounts()) {
    int& line = found.emplace_back(PricedDiscount::kOrder);
    if (discount.line_id().empty()) continue;
    line = PricedDiscount::kUnknownLine;
    if (++scans <= kScans) {
      for (int i = 0; i < line_count && line < 0; ++i) {
        if (id_of(i) == discount.line_id()) line = i;
      }
      continue;
    }
    if (lines.empty()) {
      for (int i = 0; i < line_count; ++i) lines.emplace(id_of(i), i);
    }
    const auto place = lines.find(discount.line_id());
    if (place != lines.end()) line = place->second;
  }
  return found;
}

std::vector<PricedLine> PricedLinesOf(const v1::Order& order) {
  std::vector<PricedLine> lines;
  lines.reserve(order.lines_size());
  for (const v1::OrderLine& line : order.lines()) {
    lines.push_back({line.line_id(), &line.unit_price(), line.quantities().ordered()});
  }
  return lines;
}

PricedOrder Priced(const v1::Order& terms, std::vector<PricedLine> lines,
                   const std::vector<int>& lines_of_discounts) {
  PricedOrder priced{terms, std::move(lines), {}};
  priced.discounts.reserve(terms.discounts_size());
  for (int i = 0; i < terms.discounts_size(); ++i) {
    priced.discounts.push_back({&terms.discounts(i), lines_of_discounts[i]});
  }
  return priced;
}

}  // namespace

std::vector<int> LinesOfDiscounts(const v1::Order& order) {
  return FindLines(order, order.lines_size(),
                   [&order](int i) -> absl::string_view { return order.lines(i).line_id(); });
}

PricedOrder PricedOrderOf(const v1::Order& order) {
  return PricedOrderOf(order, LinesOfDiscounts(order));
}

PricedOrder PricedOrderOf(const v1::Order& order, const std::vector<int>& lines_of_discounts) {
  return Priced(order, PricedLinesOf(order), lines_of_discounts);
}

PricedOrder PricedOrderOf(const v1::Order& terms, std::vector<PricedLine> lines) {
  const std::vector<int> lines_of_discounts = FindLines(
      terms, static_cast<int>(lines.size()), [&lines](int i) { return lines[i].line_id; });
  return Priced(terms, std::move(lines), lines_of_discounts);
}

absl::StatusOr<LineSums> ComputeSums(const PricedOrder& order, std::vector<v1::Charge>* charges) {
  const v1::Order& terms = order.terms;
  FRONTDESK_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(terms.currency_code()));
  FRONTDESK_RETURN_IF_ERROR(CheckParts(order));
  ChargeInput input{
      order,
      exponent,
      terms.rounding() == v1::ROUNDING_UNSPECIFIED ? v1::ROUNDING_HALF_UP : terms.rounding(),
      charges != nullptr,
      0,
      0};
  if (terms.totals().has_shipping()) {
    FRONTDESK_RETURN_IF_ERROR(CheckAmount(terms.totals().shipping(), terms.currency_code()));
    input.shipping = terms.totals().shipping().units();
  }
  if (terms.totals().has_fees()) {
    FRONTDESK_RETURN_IF_ERROR(CheckAmount(terms.totals().fees(), terms.currency_code()));
    input.fees = terms.totals().fees().units();
  }
  ChargeList list(input);
  FRONTDESK_ASSIGN_OR_RETURN(LineSums sums, terms.rounding_level() == v1::ROUNDING_LEVEL_TOTAL
                                                ? SumByTotal(input, &list)
                                                : SumByLine(input, &list));
  list.AddShippingAndFees();
  sums.total = sums.subtotal + sums.discount;
  if (__builtin_add_overflow(sums.total, sums.tax, &sums.total) ||
      __builtin_add_overflow(sums.total, input.shipping, &sums.total) ||
      __builtin_add_overflow(sums.total, input.fees, &sums.total)) {
    return ChargesOverflow();
  }
  if (charges != nullptr) *charges = std::move(list).Take();
  return sums;
}

v1::OrderTotals TotalsOf(const v1::Order& terms, const LineSums& sums) {
  v1::OrderTotals totals;
  const auto set = [&](int64_t units, v1::Money* money) {
    money->set_units(units);
    money->set_currency_code(terms.currency_code());
  };
  set(sums.subtotal, totals.mutable_subtotal());
  set(sums.discount, totals.mutable_discount());
  set(terms.totals().shipping().units(), totals.mutable_shipping());
  set(terms.totals().fees().units(), totals.mutable_fees());
  set(sums.tax, totals.mutable_tax());
  set(sums.total, totals.mutable_total());
  return totals;
}

absl::StatusOr<ChargeSheet> ComputeCharges(const v1::Order& order) {
  ChargeSheet sheet;
  FRONTDESK_ASSIGN_OR_RETURN(const LineSums sums,
                             ComputeSums(PricedOrderOf(order), &sheet.charges));
  sheet.totals = TotalsOf(order, sums);
  sheet.line_net_amounts.reserve(sums.net.size());
  for (const int64_t units : sums.net) {
    v1::Money& amount = sheet.line_net_amounts.emplace_back();
    amount.set_units(units);
    amount.set_currency_code(order.currency_code());
  }
  return sheet;
}

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
