// Unit prices: comparing, multiplying, and the amounts of lines.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "base/money_arithmetic.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

using internal::kMaxUnitPriceScale;
using internal::PowerOfTen;

absl::int128 Largest() { return std::numeric_limits<absl::int128>::max(); }

absl::Status PriceTooLarge() {
  return MakeError(kReasonMoneyOverflow, "a price times a quantity is too large");
}

// price x quantity in 10^-9 major units; false if that is too large.
bool ExactAmount(const PricedQuantity& line, absl::int128* amount) {
  const absl::int128 product = absl::int128(line.price.value()) * line.quantity;
  const absl::int128 power = PowerOfTen(kMaxUnitPriceScale - line.price.scale());
  if (internal::Absolute(product) > Largest() / power) return false;
  *amount = product * power;
  return true;
}

// The exact amounts, in 10^-9 major units, and their sum.
struct ExactLines {
  std::vector<absl::int128> amounts;
  absl::int128 sum = 0;
};

absl::StatusOr<ExactLines> ExactAmounts(absl::Span<const PricedQuantity> lines) {
  ExactLines exact;
  for (const PricedQuantity& line : lines) {
    absl::int128 amount;
    // Sums are kept below half of the range, so that adding one more amount cannot overflow.
    if (!ExactAmount(line, &amount) || internal::Absolute(amount) > Largest() / 4) {
      return PriceTooLarge();
    }
    exact.amounts.push_back(amount);
    exact.sum += amount;
    if (internal::Absolute(exact.sum) > Largest() / 4) return PriceTooLarge();
  }
  return exact;
}

absl::int128 FloorDivide(absl::int128 numerator, absl::int128 denominator) {
  return internal::DivideRounded(numerator, denominator, v1::ROUNDING_FLOOR);
}

// The sum, rounded once, spread over the lines by largest remainder.
absl::StatusOr<std::vector<v1::Money>> PriceByTotal(absl::Span<const PricedQuantity> lines,
                                                    absl::string_view currency_code, int exponent,
                                                    v1::Rounding rounding) {
  FRONTDESK_ASSIGN_OR_RETURN(ExactLines exact, ExactAmounts(lines));
  const absl::int128 divisor = PowerOfTen(kMaxUnitPriceScale - exponent);
  absl::int128 left = internal::DivideRounded(exact.sum, divisor, rounding);
  FRONTDESK_RETURN_IF_ERROR(internal::MoneyFromUnits(left, currency_code).status());
  // A negative total is spread like the positive one and turned again: the spreading is symmetric.
  const absl::int128 sign = exact.sum < 0 ? -1 : 1;
  left *= sign;
  std::vector<absl::int128> units;
  std::vector<absl::int128> remainders;
  for (const absl::int128 amount : exact.amounts) {
    units.push_back(FloorDivide(amount * sign, divisor));
    remainders.push_back(amount * sign - units.back() * divisor);
    left -= units.back();
  }
  std::vector<size_t> order(units.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  // `left` is at most the number of lines with a remainder: the total is at most the sum of the
  // amounts rounded up.
  for (size_t i = 0; left > 0; ++i, --left) units[order[i]] += 1;
  std::vector<v1::Money> amounts;
  for (const absl::int128 amount : units) {
    FRONTDESK_ASSIGN_OR_RETURN(v1::Money money,
                               internal::MoneyFromUnits(amount * sign, currency_code));
    amounts.push_back(std::move(money));
  }
  return amounts;
}

}  // namespace

absl::Status CheckUnitPrice(const v1::UnitPrice& price) {
  FRONTDESK_RETURN_IF_ERROR(CurrencyExponent(price.currency_code()).status());
  if (price.scale() < 0 || price.scale() > kMaxUnitPriceScale) {
    return MakeError(kReasonMoneyScale,
                     absl::StrCat("scale ", price.scale(), " is not 0 to ", kMaxUnitPriceScale));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::UnitPrice> UnitPriceOf(const v1::Money& money) {
  FRONTDESK_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(money.currency_code()));
  v1::UnitPrice price;
  price.set_value(money.units());
  price.set_scale(exponent);
  price.set_currency_code(money.currency_code());
  return price;
}

absl::StatusOr<int> CompareUnitPrice(const v1::UnitPrice& a, const v1::UnitPrice& b) {
  FRONTDESK_RETURN_IF_ERROR(CheckUnitPrice(a));
  FRONTDESK_RETURN_IF_ERROR(CheckUnitPrice(b));
  FRONTDESK_RETURN_IF_ERROR(internal::CheckSameCurrency(a.currency_code(), b.currency_code()));
  const absl::int128 left = absl::int128(a.value()) * PowerOfTen(kMaxUnitPriceScale - a.scale());
  const absl::int128 right = absl::int128(b.value()) * PowerOfTen(kMaxUnitPriceScale - b.scale());
  return left < right ? -1 : left > right ? 1 : 0;
}

absl::StatusOr<v1::Money> PriceTimes(const v1::UnitPrice& price, int64_t quantity,
                                     v1::Rounding rounding) {
  FRONTDESK_RETURN_IF_ERROR(CheckUnitPrice(price));
  FRONTDESK_RETURN_IF_ERROR(internal::CheckRounding(rounding));
  const int exponent = internal::ExponentOrNegative(price.currency_code());
  int64_t units = 0;
  if (!internal::PriceUnits(price, exponent, quantity, rounding, &units)) return PriceTooLarge();
  return internal::MoneyFromUnits(units, price.currency_code());
}

absl::StatusOr<std::vector<v1::Money>> PriceLines(absl::Span<const PricedQuantity> lines,
                                                  absl::string_view currency_code,
                                                  v1::RoundingLevel level, v1::Rounding rounding) {
  FRONTDESK_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency_code));
  for (const PricedQuantity& line : lines) FRONTDESK_RETURN_IF_ERROR(CheckUnitPrice(line.price));
  for (const PricedQuantity& line : lines) {
    FRONTDESK_RETURN_IF_ERROR(
        internal::CheckSameCurrency(line.price.currency_code(), currency_code));
  }
  FRONTDESK_RETURN_IF_ERROR(internal::CheckRounding(rounding));
  if (level == v1::ROUNDING_LEVEL_TOTAL) {
    return PriceByTotal(lines, currency_code, exponent, rounding);
  }
  std::vector<v1::Money> amounts;
  for (const PricedQuantity& line : lines) {
    FRONTDESK_ASSIGN_OR_RETURN(v1::Money amount, PriceTimes(line.price, line.quantity, rounding));
    amounts.push_back(std::move(amount));
  }
  return amounts;
}

}  // namespace frontdesk
