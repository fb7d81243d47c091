// Splitting an amount so that nothing is lost.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/numeric/int128.h"
#include "base/money_arithmetic.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

std::vector<int64_t> AllocateUnits(int64_t total, absl::Span<const int64_t> weights) {
  absl::int128 whole = 0;
  for (const int64_t weight : weights) whole += weight;
  // The magnitude is split, so that the result for -total is the negative of that for total. A
  // product is below 2^126.
  const absl::int128 magnitude = Absolute(total);
  absl::int128 left = magnitude;
  std::vector<int64_t> units(weights.size());
  std::vector<absl::int128> remainders(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    const absl::int128 product = magnitude * weights[i];
    const absl::int128 quotient = product / whole;
    // At most the total: with the sign, as that of the smallest total has no opposite.
    units[i] = static_cast<int64_t>(total < 0 ? -quotient : quotient);
    remainders[i] = product - quotient * whole;
    left -= quotient;
  }
  // The remainders sum to left x whole and each is below whole, so `left` is below the number of weights, and at least `left` of
  // them are above zero. The largest get one each, the first of equal ones before the others.
  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto last = order.begin() + static_cast<std::ptrdiff_t>(left);
  std::nth_element(order.begin(), last, order.end(), [&](size_t a, size_t b) {
    return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
  });
  std::for_each(order.begin(), last, [&](size_t i) { units[i] += total < 0 ? -1 : 1; });
  return units;
}

}  // namespace internal

absl::StatusOr<std::vector<v1::Money>> AllocateMoney(const v1::Money& total,
                                                     absl::Span<const int64_t> weights) {
  FRONTDESK_RETURN_IF_ERROR(CheckMoney(total));
  absl::int128 whole = 0;
  for (int64_t weight : weights) {
    if (weight < 0) return MakeError(kReasonMoneyWeights, "a weight is negative");
    whole += weight;
  }
  if (whole == 0 && total.units() != 0) {
    return MakeError(kReasonMoneyWeights, "there is no weight to allocate by");
  }
  v1::Money zero;
  zero.set_currency_code(total.currency_code());
  std::vector<v1::Money> parts(weights.size(), zero);
  if (whole == 0) return parts;
  const std::vector<int64_t> units = internal::AllocateUnits(total.units(), weights);
  for (size_t i = 0; i < parts.size(); ++i) parts[i].set_units(units[i]);
  return parts;
}

absl::StatusOr<v1::Money> AllocateCumulative(const v1::Money& total, int64_t weight_so_far,
                                             int64_t weight_whole, const v1::Money& already_given) {
  FRONTDESK_RETURN_IF_ERROR(CheckMoney(total));
  FRONTDESK_RETURN_IF_ERROR(CheckMoney(already_given));
  FRONTDESK_RETURN_IF_ERROR(
      internal::CheckSameCurrency(total.currency_code(), already_given.currency_code()));
  if (weight_so_far < 0 || weight_so_far > weight_whole) {
    return MakeError(kReasonMoneyWeights, "a part is not between nothing and the whole");
  }
  if (weight_whole == 0 && total.units() != 0) {
    return MakeError(kReasonMoneyWeights, "there is no weight to allocate by");
  }
  // Of two shares the first has the larger remainder, or an equal one, exactly if it is half a unit
  // or more.
  const absl::int128 due =
      weight_whole == 0 ? absl::int128(0)
                        : internal::DivideRounded(absl::int128(total.units()) * weight_so_far,
                                                  weight_whole, v1::ROUNDING_HALF_UP);
  return internal::MoneyFromUnits(due - already_given.units(), total.currency_code());
}

}  // namespace frontdesk
