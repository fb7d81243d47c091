// 128-bit arithmetic with named roundings, on amounts in minor units. Private; domain/ computes the charges of an order with it.
#ifndef FRONTDESK_BASE_MONEY_ARITHMETIC_H_
#define FRONTDESK_BASE_MONEY_ARITHMETIC_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/v1/money.pb.h"

namespace frontdesk {
namespace internal {

inline constexpr int kMaxUnitPriceScale = 9;
inline constexpr int kMaxDecimalScale = 18;

// Three upper-case letters.
bool IsCurrencyShaped(absl::string_view code);

// The exponent of a currency; below zero if it is none or has none. Constant time.
int ExponentOrNegative(absl::string_view code);

// 10^exponent, for 0 to 18.
constexpr int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

inline bool FitsInt64(absl::int128 value) {
  return value >= std::numeric_limits<int64_t>::min() &&
         value <= std::numeric_limits<int64_t>::max();
}

inline absl::int128 Absolute(absl::int128 value) { return value < 0 ? -value : value; }

// OK if `rounding` is one of the named modes, else MONEY_ROUNDING_UNSPECIFIED.
absl::Status CheckRounding(v1::Rounding rounding);

// OK if the codes are equal, else MONEY_CURRENCY_MISMATCH.
absl::Status CheckSameCurrency(absl::string_view a, absl::string_view b);

// numerator / denominator, rounded. denominator > 0 and below 2^125, `rounding` checked.
absl::int128 DivideRounded(absl::int128 numerator, absl::int128 denominator, v1::Rounding rounding);

// units x numerator / denominator, rounded; false when it does not fit. denominator > 0, `rounding` checked.
bool MultiplyUnits(int64_t units, int64_t numerator, int64_t denominator, v1::Rounding rounding,
                   int64_t* result);

// price x quantity in minor units of a currency with `exponent` decimals, rounded; false when it does not fit. The price is one that
// CheckUnitPrice() accepts, and `rounding` is checked.
bool PriceUnits(const v1::UnitPrice& price, int exponent, int64_t quantity, v1::Rounding rounding,
                int64_t* result);

// Splits `total` in proportion to `weights`, as AllocateMoney(). No weight is negative, and the sum of them is not zero.
std::vector<int64_t> AllocateUnits(int64_t total, absl::Span<const int64_t> weights);

// `units` as money, or MONEY_OVERFLOW. The code is checked already.
absl::StatusOr<v1::Money> MoneyFromUnits(absl::int128 units, absl::string_view currency_code);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_BASE_MONEY_ARITHMETIC_H_
