// Shared by the fuzzers of the language.
#ifndef FRONTDESK_TESTS_CEL_FUZZ_FUZZ_COMMON_H_
#define FRONTDESK_TESTS_CEL_FUZZ_FUZZ_COMMON_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "frontdesk/cel/cel.h"
#include "tests/cel/protos/shop.pb.h"

namespace frontdesk::cel::testing {

// Says what is broken and ends the process.
void Require(bool condition, absl::string_view what, absl::string_view text);

// The max_cost of FuzzEnvironment().
inline constexpr int64_t kMaxCost = 20000;
// The test shop with low limits, with or without accessors.
const std::shared_ptr<const Environment>& FuzzEnvironment(bool accessors);

// Work is metered alike, so limits hit both ways or not at all; where they hit may differ.
bool SameOutcome(const Value& a, const Value& b);

// The outcome of a compiled `text` over `input` against that of the reference evaluator, where that one knows it.
void CompareWithReference(const std::string& text, const Input& input, bool check,
                          const Value& outcome);

}  // namespace frontdesk::cel::testing

#endif  // FRONTDESK_TESTS_CEL_FUZZ_FUZZ_COMMON_H_
