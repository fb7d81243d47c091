// Amounts with all their decimals, for charges that are rounded last. Private.
#ifndef FRONTDESK_DOMAIN_EXACT_H_
#define FRONTDESK_DOMAIN_EXACT_H_

#include <cstdint>
#include <vector>

#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/v1/money.pb.h"

namespace frontdesk {
namespace domain {

// A decimal number of minor units, zero or more, of any size. A value; thread-compatible.
class Exact {
 public:
  Exact() = default;

  // `units` minor units.
  static Exact OfUnits(uint64_t units);

  // `value` x 10^-`scale` major units of a currency with `exponent` decimals.
  static Exact OfPrice(uint64_t value, int scale, int exponent);

  Exact& operator+=(const Exact& other);
  // Expects other <= *this.
  Exact& operator-=(const Exact& other);
  // Times a whole number.
  Exact& operator*=(uint64_t factor);
  // Times `ppm` millionths.
  Exact TimesRate(uint64_t ppm) const;

  bool is_zero() const { return mantissa_.empty(); }

  // Below zero, zero or above zero as *this is less than, equal to or greater than `other`.
  int Compare(const Exact& other) const;

  // To a whole number of minor units; nothing when that does not fit 63 bits or the mode is not known.
  absl::optional<int64_t> Round(v1::Rounding rounding) const;

 private:
  friend std::vector<int64_t> AllocateExact(int64_t total, absl::Span<const Exact> weights);

  // Little-endian words without leading zeros; empty is zero.
  using Words = std::vector<uint32_t>;

  static void MultiplySmall(Words* words, uint32_t factor);
  static uint32_t DivideSmall(Words* words, uint32_t divisor);
  static void AddTo(Words* words, const Words& other);
  static void SubtractFrom(Words* words, const Words& other);
  static int CompareWords(const Words& a, const Words& b);
  static void ShiftLeftOne(Words* words);

  // Gives the mantissa more decimals.
  void ScaleUpTo(int scale);

  Words mantissa_;
  int scale_ = 0;
};

// Splits `total`, zero or more, in proportion to `weights` by largest remainder, ties to the first; the parts sum to `total`
// exactly. When all weights are zero, the first part gets all.
std::vector<int64_t> AllocateExact(int64_t total, absl::Span<const Exact> weights);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_EXACT_H_
