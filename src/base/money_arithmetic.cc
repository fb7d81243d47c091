#include "base/money_arithmetic.h"

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"

namespace frontdesk {
namespace internal {
namespace {

// Whether the magnitude of a quotient that was cut towards zero grows by one. `twice` is twice the
// magnitude of the remainder.
bool RoundsAway(bool negative, bool odd, absl::int128 twice, absl::int128 denominator,
                v1::Rounding rounding) {
  switch (rounding) {
    case v1::ROUNDING_HALF_EVEN:
      return twice > denominator || (twice == denominator && odd);
    case v1::ROUNDING_HALF_UP:
      return twice >= denominator;
    case v1::ROUNDING_HALF_DOWN:
      return twice > denominator;
    case v1::ROUNDING_UP:
      return true;
    case v1::ROUNDING_FLOOR:
      return negative;
    case v1::ROUNDING_CEILING:
      return !negative;
    default:  // ROUNDING_DOWN; others were refused.
      return false;
  }
}

}  // namespace

absl::Status CheckRounding(v1::Rounding rounding) {
  if (rounding != v1::ROUNDING_UNSPECIFIED && v1::Rounding_IsValid(rounding)) {
    return absl::OkStatus();
  }
  return MakeError(kReasonMoneyRoundingUnspecified,
                   absl::StrCat("rounding ", static_cast<int>(rounding), " is none"));
}

absl::Status CheckSameCurrency(absl::string_view a, absl::string_view b) {
  if (a == b) return absl::OkStatus();
  return MakeError(kReasonMoneyCurrencyMismatch, absl::StrCat(a, " meets ", b));
}

absl::int128 DivideRounded(absl::int128 numerator, absl::int128 denominator,
                           v1::Rounding rounding) {
  const absl::int128 quotient = numerator / denominator;
  const absl::int128 remainder = numerator % denominator;
  if (remainder == 0) return quotient;
  const bool negative = numerator < 0;
  if (!RoundsAway(negative, quotient % 2 != 0, 2 * Absolute(remainder), denominator, rounding)) {
    return quotient;
  }
  return negative ? quotient - 1 : quotient + 1;
}

bool MultiplyUnits(int64_t units, int64_t numerator, int64_t denominator, v1::Rounding rounding,
                   int64_t* result) {
  const absl::int128 rounded =
      DivideRounded(absl::int128(units) * numerator, denominator, rounding);
  *result = static_cast<int64_t>(rounded);
  return FitsInt64(rounded);
}

bool PriceUnits(const v1::UnitPrice& price, int exponent, int64_t quantity, v1::Rounding rounding,
                int64_t* result) {
  absl::int128 units = absl::int128(price.value()) * quantity;
  if (price.scale() >= exponent) {
    units = DivideRounded(units, PowerOfTen(price.scale() - exponent), rounding);
  } else {
    if (!FitsInt64(units)) return false;
    units *= PowerOfTen(exponent - price.scale());
  }
  *result = static_cast<int64_t>(units);
  return FitsInt64(units);
}

absl::StatusOr<v1::Money> MoneyFromUnits(absl::int128 units, absl::string_view currency_code) {
  if (!FitsInt64(units)) {
    return MakeError(kReasonMoneyOverflow,
                     absl::StrCat("an amount in ", currency_code, " is too large"));
  }
  v1::Money money;
  money.set_units(static_cast<int64_t>(units));
  money.set_currency_code(currency_code.data(), currency_code.size());
  return money;
}

}  // namespace internal
}  // namespace frontdesk
