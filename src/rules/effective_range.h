// When a rule or a group counts. Private to rules/.
#ifndef FRONTDESK_RULES_EFFECTIVE_RANGE_H_
#define FRONTDESK_RULES_EFFECTIVE_RANGE_H_

#include <algorithm>

#include "absl/time/time.h"
#include "internal/time.h"

namespace frontdesk {
namespace rules {

// Instants from `from`, inclusive, to `to`, exclusive; the default is all of them.
struct EffectiveRange {
  absl::Time from = absl::InfinitePast();
  absl::Time to = absl::InfiniteFuture();

  static EffectiveRange Empty() { return {absl::InfiniteFuture(), absl::InfinitePast()}; }

  bool is_empty() const { return from >= to; }
  bool is_always() const { return from == absl::InfinitePast() && to == absl::InfiniteFuture(); }
  bool Holds(absl::Time time) const { return from <= time && time < to; }
  // Whether it holds all instants of `other`.
  bool Covers(const EffectiveRange& other) const { return from <= other.from && to >= other.to; }
  EffectiveRange Intersect(const EffectiveRange& other) const {
    return {std::max(from, other.from), std::min(to, other.to)};
  }
};

// Of a rule or a group, by its own times. One that is no valid time counts as absent.
template <typename Dated>
EffectiveRange EffectiveRangeOf(const Dated& dated) {
  EffectiveRange range;
  if (dated.has_effective_time()) {
    range.from = internal::DecodeTime(dated.effective_time()).value_or(range.from);
  }
  if (dated.has_expire_time()) {
    range.to = internal::DecodeTime(dated.expire_time()).value_or(range.to);
  }
  return range;
}

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_EFFECTIVE_RANGE_H_
