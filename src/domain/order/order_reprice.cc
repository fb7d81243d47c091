#include "domain/order/order_reprice.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/order/order_money.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "internal/join_ids.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr int64_t kMillionths = 1'000'000;

absl::Status PricesOverflow() {
  return MakeError(kReasonMoneyOverflow, "an amount of the order does not fit in 64 bits");
}

v1::Rounding RoundingOf(const v1::Order& order) {
  return order.rounding() == v1::ROUNDING_UNSPECIFIED ? v1::ROUNDING_HALF_UP : order.rounding();
}

// Whether the amounts of the order are what ComputeCharges() says.
bool IsExplained(const v1::Order& order, const std::vector<int>& lines_of_discounts) {
  const absl::StatusOr<LineSums> sums =
      ComputeSums(PricedOrderOf(order, lines_of_discounts), /*charges=*/nullptr);
  if (!sums.ok() || sums->total != order.totals().total().units()) return false;
  for (int i = 0; i < order.lines_size(); ++i) {
    if (sums->net[i] != order.lines(i).net_amount().units()) return false;
  }
  return true;
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

// The charges of an order whose source computed otherwise: its lines.
void FillGivenCharges(v1::ItemsChanged* fact) {
  for (const v1::OrderLine& line : fact->lines()) {
    v1::Charge& charge = *fact->add_charges();
    charge.set_kind(v1::Charge::KIND_LINE);
    charge.set_line_id(line.line_id());
    *charge.mutable_amount() = line.net_amount();
    charge.set_explanation(absl::StrCat(line.quantities().ordered(), " pieces, as given"));
  }
}

}  // namespace

Repricer::Repricer(const v1::Order& order)
    : order_(order),
      lines_of_discounts_(LinesOfDiscounts(order)),
      is_explained_(IsExplained(order, lines_of_discounts_)),
      places_(order.lines_size()),
      replaced_(order.lines_size(), false) {
  lines_.reserve(order.lines_size());
  for (int i = 0; i < order.lines_size(); ++i) {
    lines_.push_back({i, nullptr, order.lines(i).quantities().ordered(), order.lines(i).line_id()});
  }
  std::iota(places_.begin(), places_.end(), 0);
}

int Repricer::line_count() const {
  return static_cast<int>(std::count_if(lines_.begin(), lines_.end(),
                                        [](const Line& line) { return line.ordered > 0; }));
}

bool Repricer::has_pieces() const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    const bool is_changed = line.origin < 0 || line.variant != nullptr;
    return line.ordered >
           (is_changed ? 0
                       : std::max<int64_t>(0, order_.lines(line.origin).quantities().canceled()));
  });
}

int Repricer::AddLine(int from_line, int64_t quantity, const v1::Variant& variant) {
  if (added_lines_ == 0) {
    for (const v1::OrderLine& line : order_.lines()) line_ids_.insert(line.line_id());
  }
  const int64_t change = static_cast<int64_t>(order_.item_change_count()) + 1;
  std::string line_id;
  do {
    line_id = absl::StrCat("c", change, ".", ++added_lines_);
  } while (line_ids_.count(line_id) != 0);
  const int line = static_cast<int>(lines_.size());
  places_.push_back(line);
  lines_.push_back({-1, &variant, quantity, std::move(line_id)});
  if (from_line >= 0) CopyDiscounts(from_line, line);
  return line;
}

void Repricer::CopyDiscounts(int from_line, int to_line) {
  // Rates go with the pieces; fixed amounts stay with the line they were given for.
  for (int i = 0; i < order_.discounts_size(); ++i) {
    if (lines_of_discounts_[i] != from_line || order_.discounts(i).has_amount()) continue;
    if (discount_ids_.empty()) {
      for (const v1::Discount& each : order_.discounts()) discount_ids_.insert(each.discount_id());
    }
    v1::Discount copy = order_.discounts(i);
    copy.set_line_id(lines_[to_line].line_id);
    do {
      copy.set_discount_id(internal::JoinIds(copy.discount_id(), copy.line_id(), kMaxIdBytes));
    } while (!discount_ids_.insert(copy.discount_id()).second);
    copied_discounts_.push_back({std::move(copy), to_line});
  }
}

std::string Repricer::Replace(int line, int64_t quantity, const v1::Variant* variant) {
  int new_line = -1;
  if (line >= 0) {
    if (variant != nullptr && quantity == order_.lines(line).quantities().ordered()) {
      lines_[line].variant = variant;
      replaced_[line] = true;
      new_line = line;
    } else {
      lines_[line].ordered -= quantity;
    }
  }
  if (variant != nullptr && new_line < 0) new_line = AddLine(line, quantity, *variant);
  changes_.push_back({line, quantity, new_line});
  return new_line < 0 ? "" : lines_[new_line].line_id;
}

void Repricer::StandInTurn(int line, absl::string_view gone) {
  if (line < 0 || !replaced_[line]) return;
  for (int& other_line : places_) {
    if (other_line == line) return;
    const Line& other = lines_[other_line];
    if (other.origin >= 0 && replaced_[other_line] && other.variant->variant_id() == gone &&
        other.ordered == order_.lines(line).quantities().ordered()) {
      std::swap(*std::find(places_.begin(), places_.end(), line), other_line);
      return;
    }
  }
}

std::vector<int> Repricer::FinalLines() const {
  std::vector<int> final_lines;
  final_lines.reserve(places_.size());
  for (const int line : places_) {
    if (lines_[line].ordered > 0) final_lines.push_back(line);
  }
  return final_lines;
}

PricedOrder Repricer::PricedWith(const std::vector<int>& final_lines) const {
  PricedOrder priced{order_, {}, {}};
  priced.lines.reserve(final_lines.size());
  std::vector<int> indexes(lines_.size(), -1);
  for (const int index : final_lines) {
    const Line& line = lines_[index];
    indexes[index] = static_cast<int>(priced.lines.size());
    priced.lines.push_back({line.line_id,
                            line.variant != nullptr ? &line.variant->unit_price()
                                                    : &order_.lines(line.origin).unit_price(),
                            line.ordered});
  }
  for (int i = 0; i < order_.discounts_size(); ++i) {
    const int line = lines_of_discounts_[i];
    if (line >= 0 && indexes[line] < 0) continue;
    priced.discounts.push_back({&order_.discounts(i), line >= 0 ? indexes[line] : line});
  }
  for (const CopiedDiscount& copied : copied_discounts_) {
    priced.discounts.push_back({&copied.discount, indexes[copied.line]});
  }
  return priced;
}

absl::StatusOr<std::vector<int64_t>> Repricer::Worths() const {
  std::map<int, int64_t> left;  // The pieces of a line that the changes before left of it.
  std::vector<int64_t> worths;
  worths.reserve(changes_.size());
  for (const Change& change : changes_) {
    if (change.line < 0) {
      worths.push_back(0);
      continue;
    }
    const v1::OrderLine& line = order_.lines(change.line);
    int64_t& pieces = left.try_emplace(change.line, line.quantities().ordered()).first->second;
    pieces -= change.quantity;
    const v1::Money amount = InOrderCurrency(order_, line.net_amount().units());
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Money kept,
                               AllocateCumulative(amount, pieces, line.quantities().ordered(),
                                                  InOrderCurrency(order_, 0)));
    FRONTDESK_ASSIGN_OR_RETURN(
        const v1::Money worth,
        AllocateCumulative(amount, pieces + change.quantity, line.quantities().ordered(), kept));
    worths.push_back(worth.units());
  }
  return worths;
}

absl::StatusOr<LineSums> Repricer::GivenSums(const std::vector<int>& final_lines,
                                             const std::vector<int64_t>& worths) const {
  std::vector<int64_t> net;
  net.reserve(lines_.size());
  for (const v1::OrderLine& line : order_.lines()) net.push_back(line.net_amount().units());
  net.resize(lines_.size(), 0);
  for (size_t i = 0; i < changes_.size(); ++i) {
    const Change& change = changes_[i];
    if (change.line >= 0) net[change.line] -= worths[i];
    if (change.new_line < 0) continue;
    const Line& line = lines_[change.new_line];
    FRONTDESK_ASSIGN_OR_RETURN(net[change.new_line],
                               PlainPrice(order_, *line.variant, line.ordered));
  }
  LineSums sums;
  __int128 sum = 0;
  for (const int line : final_lines) {
    sums.net.push_back(net[line]);
    sum += net[line];
  }
  const __int128 total = sum + order_.totals().shipping().units() + order_.totals().fees().units();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  if (sum > kMost || sum < -kMost || total > kMost || total < -kMost) return PricesOverflow();
  sums.subtotal = static_cast<int64_t>(sum);
  sums.total = static_cast<int64_t>(total);
  return sums;
}

bool Repricer::IsBelowRefunded(const std::vector<int64_t>& net) const {
  for (int i = 0; i < order_.lines_size(); ++i) {
    const v1::OrderLine& line = order_.lines(i);
    const __int128 gone = static_cast<__int128>(line.refunded_amount().units()) +
                          line.withheld_amount().units() + line.canceled_amount().units();
    if (gone > net[i]) return true;
  }
  return false;
}

void Repricer::FillLines(const std::vector<int>& final_lines, const LineSums& sums,
                         v1::ItemsChanged* fact) const {
  fact->mutable_lines()->Reserve(static_cast<int>(final_lines.size()));
  for (size_t i = 0; i < final_lines.size(); ++i) {
    const Line& line = lines_[final_lines[i]];
    v1::OrderLine& filled = *fact->add_lines();
    if (line.origin >= 0) {
      filled = order_.lines(line.origin);
    } else {
      filled.set_line_id(line.line_id);
      *filled.mutable_refunded_amount() = InOrderCurrency(order_, 0);
    }
    if (line.variant != nullptr) SetVariant(*line.variant, &filled);
    filled.mutable_quantities()->set_ordered(line.ordered);
    *filled.mutable_net_amount() = InOrderCurrency(order_, sums.net[i]);
  }
}

void Repricer::FillDiscounts(v1::ItemsChanged* fact) const {
  for (int i = 0; i < order_.discounts_size(); ++i) {
    const int line = lines_of_discounts_[i];
    const bool is_left = line == PricedDiscount::kOrder || (line >= 0 && lines_[line].ordered > 0);
    if (is_left) *fact->add_discounts() = order_.discounts(i);
  }
  for (const CopiedDiscount& copied : copied_discounts_) {
    *fact->add_discounts() = copied.discount;
  }
}

absl::StatusOr<Repricer::Prices> Repricer::Price(v1::ItemsChanged* fact) const {
  const std::vector<int> final_lines = FinalLines();
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<int64_t> worths, Worths());
  std::vector<v1::Charge> charges;
  FRONTDESK_ASSIGN_OR_RETURN(
      const LineSums sums,
      is_explained_ ? ComputeSums(PricedWith(final_lines), fact == nullptr ? nullptr : &charges)
                    : GivenSums(final_lines, worths));
  std::vector<int64_t> net(lines_.size(), 0);
  for (size_t i = 0; i < final_lines.size(); ++i) net[final_lines[i]] = sums.net[i];
  Prices prices;
  for (size_t i = 0; i < changes_.size(); ++i) {
    const int line = changes_[i].new_line;
    int64_t& difference = prices.differences.emplace_back();
    if (__builtin_sub_overflow(line < 0 ? 0 : net[line], worths[i], &difference))
      return PricesOverflow();
  }
  if (__builtin_sub_overflow(sums.total, order_.totals().total().units(), &prices.difference)) {
    return PricesOverflow();
  }
  prices.is_below_refunded = IsBelowRefunded(net);
  if (fact == nullptr) return prices;
  FillLines(final_lines, sums, fact);
  FillDiscounts(fact);
  if (is_explained_) {
    fact->mutable_charges()->Reserve(static_cast<int>(charges.size()));
    for (v1::Charge& charge : charges) *fact->add_charges() = std::move(charge);
  } else {
    FillGivenCharges(fact);
  }
  *fact->mutable_totals() = TotalsOf(order_, sums);
  return prices;
}

}  // namespace domain
}  // namespace frontdesk
