#include "cel/fuzz/fuzz_common.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/match.h"
#include "cel/shop.h"

namespace frontdesk::cel::testing {

void Require(bool condition, absl::string_view what, absl::string_view text) {
  if (condition) return;
  std::cerr << "broken: " << what << "\n" << text << "\n";
  std::abort();
}

const std::shared_ptr<const Environment>& FuzzEnvironment(bool accessors) {
  static const auto make = [](bool with_accessors) {
    Limits limits;
    limits.max_cost = 20000;
    limits.max_comprehension_iterations = 2000;
    limits.max_memory_bytes = 1 << 20;
    EnvironmentBuilder builder;
    Prepare(builder);
    builder.SetLimits(limits);
    if (with_accessors) builder.AddAccessors(ShopAccessors());
    return new std::shared_ptr<const Environment>(BuildOrDie(builder));
  };
  static const auto* const with = make(true);
  static const auto* const without = make(false);
  return accessors ? *with : *without;
}

bool SameOutcome(const Value& a, const Value& b) {
  if (a.is_error() || b.is_error()) {
    const bool limit = absl::StartsWith(a.error_reason(), "LIMIT_") ||
                       absl::StartsWith(b.error_reason(), "LIMIT_");
    return limit || a.error_reason() == b.error_reason();
  }
  return ToText(a) == ToText(b);
}

}  // namespace frontdesk::cel::testing
