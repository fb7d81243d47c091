#include "domain/order/order_reprice.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/order/charge_sums.h"
#include "domain/order/order_money.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/money.h"
#include "internal/join_ids.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr int64_t kMillionths = 1'000'000;

v1::Rounding RoundingOf(const v1::Order& order) {
  return order.rounding() == v1::ROUNDING_UNSPECIFIED ? v1::ROUNDING_HALF_UP : order.rounding();
}

// Whether the amounts of the order are what ComputeCharges() says.
bool IsExplained(const v1::Order& order) {
  absl::StatusOr<ChargeSheet> sheet = ComputeTotals(order);
  if (!sheet.ok() || sheet->totals.total().units() != order.totals().total().units()) return false;
  for (int i = 0; i < order.lines_size(); ++i) {
    if (sheet->line_net_amounts[i].units() != order.lines(i).net_amount().units()) return false;
  }
  return true;
}

bool HasDiscount(const v1::Order& order, absl::string_view discount_id) {
  return std::any_of(
      order.discounts().begin(), order.discounts().end(),
      [&](const v1::Discount& discount) { return discount.discount_id() == discount_id; });
}

// The price of `quantity` pieces of a variant, tax included, without discounts.
absl::StatusOr<int64_t> PlainPrice(const v1::Order& order, const v1::Variant& variant,
                                   int64_t quantity) {
  const v1::Rounding rounding = RoundingOf(order);
  FRONTDESK_ASSIGN_OR_RETURN(v1::Money amount,
                             PriceTimes(variant.unit_price(), quantity, rounding));
  if (order.tax_rule().rate_ppm() > 0 && !order.tax_rule().inclusive()) {
    FRONTDESK_ASSIGN_OR_RETURN(
        const v1::Money tax,
        MultiplyMoney(amount, order.tax_rule().rate_ppm(), kMillionths, rounding));
    FRONTDESK_ASSIGN_OR_RETURN(amount, AddMoney(amount, tax));
  }
  return amount.units();
}

void SetVariant(const v1::Variant& variant, v1::OrderLine* line) {
  line->set_product_id(variant.product_id());
  line->set_variant_id(variant.variant_id());
  line->set_name(variant.name());
  *line->mutable_options() = variant.options();
  *line->mutable_unit_price() = variant.unit_price();
}

bool HasNoPieces(const v1::OrderLine& line) { return line.quantities().ordered() <= 0; }

}  // namespace

Repricer::Repricer(const v1::Order& order) : explained_(IsExplained(order)) {
  order_ = order;
  total_ = order.totals().total().units();
  for (const v1::OrderLine& line : order.lines()) begun_.push_back(line.quantities().ordered());
  places_.resize(order.lines_size());
  std::iota(places_.begin(), places_.end(), 0);
}

int Repricer::line_count() const {
  return static_cast<int>(order_.lines_size() -
                          std::count_if(order_.lines().begin(), order_.lines().end(), HasNoPieces));
}

v1::OrderLine* Repricer::AddLine(int from_line, int64_t quantity, const v1::Variant& variant) {
  const int64_t change = static_cast<int64_t>(order_.item_change_count()) + 1;
  std::string line_id;
  do {
    line_id = absl::StrCat("c", change, ".", ++added_lines_);
  } while (FindLine(order_, line_id) != nullptr);
  places_.push_back(order_.lines_size());
  v1::OrderLine& line = *order_.add_lines();
  line.set_line_id(line_id);
  SetVariant(variant, &line);
  line.mutable_quantities()->set_ordered(quantity);
  *line.mutable_net_amount() = InOrderCurrency(order_, 0);
  *line.mutable_refunded_amount() = InOrderCurrency(order_, 0);
  if (from_line < 0) return &line;
  // Rates go with the pieces; fixed amounts stay with the line they were given for.
  const std::string& from_id = order_.lines(from_line).line_id();
  const int discounts = order_.discounts_size();
  for (int i = 0; i < discounts; ++i) {
    if (order_.discounts(i).line_id() != from_id || order_.discounts(i).has_amount()) continue;
    v1::Discount copy = order_.discounts(i);
    copy.set_line_id(line_id);
    do {
      copy.set_discount_id(internal::JoinIds(copy.discount_id(), line_id, kMaxIdBytes));
    } while (HasDiscount(order_, copy.discount_id()));
    *order_.add_discounts() = std::move(copy);
  }
  return &line;
}

absl::StatusOr<int64_t> Repricer::Replace(int line, int64_t quantity, const v1::Variant* variant,
                                          std::string* new_line_id) {
  int64_t before = 0;
  v1::OrderLine* new_line = nullptr;
  if (line >= 0) {
    v1::OrderLine& old_line = *order_.mutable_lines(line);
    before = old_line.quantities().ordered();
    if (variant != nullptr && quantity == begun_[line]) {
      SetVariant(*variant, &old_line);
      new_line = &old_line;
      replaced_.insert(line);
    } else {
      old_line.mutable_quantities()->set_ordered(before - quantity);
    }
  }
  if (variant != nullptr && new_line == nullptr) new_line = AddLine(line, quantity, *variant);
  *new_line_id = new_line == nullptr ? "" : new_line->line_id();
  if (!explained_) return ReplaceGiven(line, before, quantity, variant, new_line);
  FRONTDESK_ASSIGN_OR_RETURN(const ChargeSheet sheet, ComputeTotals(order_));
  return sheet.totals.total().units() - std::exchange(total_, sheet.totals.total().units());
}

absl::StatusOr<int64_t> Repricer::ReplaceGiven(int line, int64_t before, int64_t quantity,
                                               const v1::Variant* variant,
                                               v1::OrderLine* new_line) {
  int64_t worth = 0;
  if (line >= 0) {
    v1::OrderLine& old_line = *order_.mutable_lines(line);
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Money kept,
                               AllocateCumulative(old_line.net_amount(), before - quantity, before,
                                                  InOrderCurrency(order_, 0)));
    worth = old_line.net_amount().units() - kept.units();
    *old_line.mutable_net_amount() = kept;
  }
  int64_t price = 0;
  if (variant != nullptr) {
    FRONTDESK_ASSIGN_OR_RETURN(price, PlainPrice(order_, *variant, quantity));
    *new_line->mutable_net_amount() = InOrderCurrency(order_, price);
  }
  return price - worth;
}

void Repricer::StandInTurn(int line, absl::string_view gone) {
  if (replaced_.count(line) == 0) return;
  for (int& other_line : places_) {
    if (other_line == line) return;
    const v1::OrderLine& other = order_.lines(other_line);
    if (replaced_.count(other_line) != 0 && other.variant_id() == gone &&
        other.quantities().ordered() == begun_[line]) {
      std::swap(*std::find(places_.begin(), places_.end(), line), other_line);
      return;
    }
  }
}

absl::Status Repricer::Finish(v1::ItemsChanged* fact) {
  google::protobuf::RepeatedPtrField<v1::OrderLine> standing;
  for (const int line : places_) *standing.Add() = std::move(*order_.mutable_lines(line));
  order_.mutable_lines()->Swap(&standing);
  auto* lines = order_.mutable_lines();
  lines->erase(std::remove_if(lines->begin(), lines->end(), HasNoPieces), lines->end());
  auto* discounts = order_.mutable_discounts();
  discounts->erase(std::remove_if(discounts->begin(), discounts->end(),
                                  [&](const v1::Discount& discount) {
                                    return !discount.line_id().empty() &&
                                           FindLine(order_, discount.line_id()) == nullptr;
                                  }),
                   discounts->end());
  if (explained_) {
    FRONTDESK_ASSIGN_OR_RETURN(const ChargeSheet sheet, ComputeCharges(order_));
    for (int i = 0; i < order_.lines_size(); ++i) {
      *order_.mutable_lines(i)->mutable_net_amount() = sheet.line_net_amounts[i];
    }
    *fact->mutable_charges() = {sheet.charges.begin(), sheet.charges.end()};
    *fact->mutable_totals() = sheet.totals;
  } else {
    std::vector<v1::Money> amounts;
    for (const v1::OrderLine& line : order_.lines()) {
      amounts.push_back(line.net_amount());
      v1::Charge& charge = *fact->add_charges();
      charge.set_kind(v1::Charge::KIND_LINE);
      charge.set_line_id(line.line_id());
      *charge.mutable_amount() = line.net_amount();
      charge.set_explanation(absl::StrCat(line.quantities().ordered(), " pieces, as given"));
    }
    v1::OrderTotals& totals = *fact->mutable_totals();
    totals = order_.totals();
    FRONTDESK_ASSIGN_OR_RETURN(*totals.mutable_subtotal(),
                               SumMoney(amounts, order_.currency_code()));
    *totals.mutable_discount() = InOrderCurrency(order_, 0);
    *totals.mutable_tax() = InOrderCurrency(order_, 0);
    amounts.push_back(InOrderCurrency(order_, totals.shipping().units()));
    amounts.push_back(InOrderCurrency(order_, totals.fees().units()));
    FRONTDESK_ASSIGN_OR_RETURN(*totals.mutable_total(), SumMoney(amounts, order_.currency_code()));
  }
  *fact->mutable_lines() = order_.lines();
  *fact->mutable_discounts() = order_.discounts();
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
