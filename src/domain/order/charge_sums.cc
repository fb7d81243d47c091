#include "domain/order/charge_sums.h"

#include <algorithm>

#include "base/money_arithmetic.h"
#include "domain/exact.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr int64_t kMillion = 1'000'000;

absl::Status Overflow() {
  return MakeError(kReasonMoneyOverflow, "an amount of the order does not fit in 64 bits");
}

// Adds up amounts that are not negative.
class Adder {
 public:
  void Add(int64_t units) { fits_ = fits_ && !__builtin_add_overflow(sum_, units, &sum_); }
  bool fits() const { return fits_; }
  int64_t sum() const { return sum_; }

 private:
  int64_t sum_ = 0;
  bool fits_ = true;
};

// Computes the lines of one order, every amount rounded at once.
class LineSummer {
 public:
  LineSummer(const ChargeInput& input, ChargeList* charges) : input_(input), charges_(charges) {}

  absl::StatusOr<LineSums> Sum() {
    FRONTDESK_RETURN_IF_ERROR(internal::CheckRounding(input_.rounding));
    FRONTDESK_RETURN_IF_ERROR(SumPrices());
    for (const auto& [discount, line] : input_.order.discounts) {
      if (line >= 0) FRONTDESK_RETURN_IF_ERROR(TakeFromLine(*discount, line));
    }
    for (const auto& [discount, line] : input_.order.discounts) {
      if (line < 0) FRONTDESK_RETURN_IF_ERROR(TakeFromOrder(*discount));
    }
    FRONTDESK_RETURN_IF_ERROR(AddTax());
    return sums_;
  }

 private:
  absl::Status SumPrices() {
    Adder subtotal;
    sums_.net.reserve(input_.order.lines.size());
    for (const PricedLine& line : input_.order.lines) {
      int64_t units = 0;
      if (!internal::PriceUnits(*line.unit_price, input_.exponent, line.quantity, input_.rounding,
                                &units)) {
        return Overflow();
      }
      subtotal.Add(units);
      sums_.net.push_back(units);
      charges_->AddLine(line, units);
    }
    if (!subtotal.fits()) return Overflow();
    sums_.subtotal = subtotal.sum();
    return absl::OkStatus();
  }

  // How much a discount takes of `left`.
  absl::StatusOr<int64_t> Size(const v1::Discount& discount, int64_t left) const {
    if (discount.has_amount()) return std::min(discount.amount().units(), left);
    int64_t part = 0;
    if (!internal::MultiplyUnits(left, discount.rate_ppm(), kMillion, input_.rounding, &part)) {
      return Overflow();
    }
    return std::min(part, left);
  }

  absl::Status TakeFromLine(const v1::Discount& discount, int line) {
    int64_t& net = sums_.net[line];
    FRONTDESK_ASSIGN_OR_RETURN(const int64_t taken, Size(discount, net));
    charges_->AddDiscount(discount, taken, net);
    net -= taken;
    sums_.discount -= taken;
    return absl::OkStatus();
  }

  absl::Status TakeFromOrder(const v1::Discount& discount) {
    const int64_t left = sums_.subtotal + sums_.discount;
    FRONTDESK_ASSIGN_OR_RETURN(const int64_t taken, Size(discount, left));
    charges_->AddDiscount(discount, taken, left);
    if (taken == 0) return absl::OkStatus();
    const std::vector<int64_t> parts = internal::AllocateUnits(taken, sums_.net);
    for (size_t i = 0; i < parts.size(); ++i) sums_.net[i] -= parts[i];
    sums_.discount -= taken;
    return absl::OkStatus();
  }

  absl::Status AddTax() {
    const v1::TaxRule& rule = input_.order.terms.tax_rule();
    if (rule.rate_ppm() == 0) return absl::OkStatus();
    const int64_t whole = rule.inclusive() ? kMillion + rule.rate_ppm() : kMillion;
    const int64_t base = sums_.subtotal + sums_.discount;
    Adder tax;
    Adder total;
    for (int64_t& net : sums_.net) {
      int64_t part = 0;
      if (!internal::MultiplyUnits(net, rule.rate_ppm(), whole, input_.rounding, &part)) {
        return Overflow();
      }
      tax.Add(part);
      if (!rule.inclusive() && __builtin_add_overflow(net, part, &net)) return Overflow();
      total.Add(net);
    }
    if (!tax.fits() || !total.fits()) return Overflow();
    charges_->AddTax(tax.sum(), base);
    if (!rule.inclusive()) sums_.tax = tax.sum();
    return absl::OkStatus();
  }

  const ChargeInput& input_;
  ChargeList* charges_;
  LineSums sums_;
};

// Computes the lines of one order, rounding last: a charge is the difference it makes to the rounded sum so far.
class TotalSummer {
 public:
  TotalSummer(const ChargeInput& input, ChargeList* charges) : input_(input), charges_(charges) {}

  absl::StatusOr<LineSums> Sum() {
    lines_.reserve(input_.order.lines.size());
    for (const PricedLine& line : input_.order.lines) {
      lines_.push_back(Exact::OfPrice(static_cast<uint64_t>(line.unit_price->value()),
                                      line.unit_price->scale(), input_.exponent));
      lines_.back() *= static_cast<uint64_t>(line.quantity);
      exact_ += lines_.back();
    }
    FRONTDESK_ASSIGN_OR_RETURN(rounded_, Round(exact_));
    sums_.subtotal = rounded_;
    if (input_.with_charges) AddLineCharges();
    for (const auto& [discount, line] : input_.order.discounts) {
      if (line < 0) continue;
      const Exact size = Size(*discount, lines_[line]);
      FRONTDESK_RETURN_IF_ERROR(Take(*discount, lines_[line], size));
      lines_[line] -= size;
    }
    for (const auto& [discount, line] : input_.order.discounts) {
      if (line >= 0) continue;
      FRONTDESK_RETURN_IF_ERROR(Take(*discount, exact_, Size(*discount, exact_)));
    }
    FRONTDESK_RETURN_IF_ERROR(AddTax());
    sums_.net = AllocateExact(rounded_, lines_);
    return sums_;
  }

 private:
  absl::StatusOr<int64_t> Round(const Exact& exact) const {
    const absl::optional<int64_t> units = exact.Round(input_.rounding);
    if (units.has_value()) return *units;
    if (!v1::Rounding_IsValid(input_.rounding)) {
      return MakeError(kReasonMoneyRoundingUnspecified, "the order's rounding is not known");
    }
    return Overflow();
  }

  static Exact Size(const v1::Discount& discount, const Exact& left) {
    Exact size = discount.has_amount()
                     ? Exact::OfUnits(static_cast<uint64_t>(discount.amount().units()))
                     : left.TimesRate(static_cast<uint64_t>(discount.rate_ppm()));
    return size.Compare(left) > 0 ? left : size;
  }

  // Subtracts `size` from the order; `base` is the amount that the discount is a part of.
  absl::Status Take(const v1::Discount& discount, const Exact& base, const Exact& size) {
    FRONTDESK_ASSIGN_OR_RETURN(const int64_t before, Round(base));
    exact_ -= size;
    FRONTDESK_ASSIGN_OR_RETURN(const int64_t after, Round(exact_));
    charges_->AddDiscount(discount, rounded_ - after, before);
    sums_.discount -= rounded_ - after;
    rounded_ = after;
    return absl::OkStatus();
  }

  // Each line's part of the sum, rounded.
  void AddLineCharges() {
    const std::vector<int64_t> parts = AllocateExact(rounded_, lines_);
    for (size_t i = 0; i < parts.size(); ++i) charges_->AddLine(input_.order.lines[i], parts[i]);
  }

  absl::Status AddTax() {
    const v1::TaxRule& rule = input_.order.terms.tax_rule();
    if (rule.rate_ppm() == 0) return absl::OkStatus();
    if (rule.inclusive()) {
      v1::Money contained;
      contained.set_units(rounded_);
      contained.set_currency_code(input_.currency_code());
      FRONTDESK_ASSIGN_OR_RETURN(
          contained,
          MultiplyMoney(contained, rule.rate_ppm(), kMillion + rule.rate_ppm(), input_.rounding));
      charges_->AddTax(contained.units(), rounded_);
      return absl::OkStatus();
    }
    exact_ += exact_.TimesRate(static_cast<uint64_t>(rule.rate_ppm()));
    FRONTDESK_ASSIGN_OR_RETURN(const int64_t with_tax, Round(exact_));
    charges_->AddTax(with_tax - rounded_, rounded_);
    sums_.tax = with_tax - rounded_;
    rounded_ = with_tax;
    return absl::OkStatus();
  }

  const ChargeInput& input_;
  ChargeList* charges_;
  std::vector<Exact> lines_;  // Less their own discounts.
  Exact exact_;               // The sum of all lines so far.
  int64_t rounded_ = 0;       // The same, rounded.
  LineSums sums_;
};

}  // namespace

absl::StatusOr<LineSums> SumByLine(const ChargeInput& input, ChargeList* charges) {
  return LineSummer(input, charges).Sum();
}

absl::StatusOr<LineSums> SumByTotal(const ChargeInput& input, ChargeList* charges) {
  return TotalSummer(input, charges).Sum();
}

}  // namespace domain
}  // namespace frontdesk
