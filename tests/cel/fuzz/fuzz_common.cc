#include "cel/fuzz/fuzz_common.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/reference/reference.h"
#include "cel/shop.h"
#include "google/protobuf/stubs/logging.h"

namespace frontdesk::cel::testing {

void Require(bool condition, absl::string_view what, absl::string_view text) {
  if (condition) return;
  std::cerr << "broken: " << what << "\n" << text << "\n";
  std::abort();
}

const std::shared_ptr<const Environment>& FuzzEnvironment(bool accessors) {
  static const auto make = [](bool with_accessors) {
    Limits limits;
    limits.max_cost = kMaxCost;
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

void CompareWithReference(const std::string& text, const Input& input, bool check,
                          const Value& outcome) {
  if (absl::StartsWith(outcome.error_reason(), "LIMIT_")) return;
  // A failure that is known without running comes before the failures of the operands.
  for (const char* known : {"UNKNOWN_FUNCTION", "UNKNOWN_NAME", "UNKNOWN_MESSAGE", "UNKNOWN_FIELD",
                            "INVALID_REGEX", "UNKNOWN_TIME_ZONE", "NO_MATCHING_OVERLOAD"}) {
    if (!check && outcome.error_reason() == known) return;
  }
  CompileOptions options;
  options.check = check;
  const AstResult checked = FuzzEnvironment(false)->Check(text, options);
  Require(checked.ok(), "compiled and not checked", text);
  Reference reference(input);
  const absl::optional<Plain> wanted = reference.Evaluate(checked.ast->root());
  if (!wanted.has_value()) return;
  const Plain got = FromValue(outcome);
  if (SamePlain(*wanted, got)) return;
  google::protobuf::LogSilencer silencer;
  Require(false,
          absl::StrCat("the reference says ", ShowPlain(*wanted), ", not ", ShowPlain(got),
                       check ? "" : " (unchecked)", " over\n", input.ShortDebugString()),
          text);
}

}  // namespace frontdesk::cel::testing
