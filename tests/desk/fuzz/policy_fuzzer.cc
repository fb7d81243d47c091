// The bytes as the text of a policy, in text format or, when they begin with `{`, as JSON. They are
// read and compiled; a valid policy is asked about commands of a busy shop.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "desk/fuzz/fuzz_common.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/decision.h"

namespace frontdesk {
namespace testing {
namespace {

PolicyOptions SmallOptions() {
  PolicyOptions options;
  options.expression_limits.max_cost = 20'000;
  options.expression_limits.max_comprehension_iterations = 2'000;
  options.expression_limits.max_memory_bytes = 1 << 20;
  return options;
}

void CheckIssues(const PolicyResult& result, absl::string_view text) {
  bool error = false;
  for (const v1::Issue& issue : result.issues) {
    error = error || issue.severity() == v1::Issue::SEVERITY_ERROR;
    Require(!issue.reason().empty() && !issue.text().empty() && issue.file() == "fuzz",
            "an issue without reason, text or file", issue.ShortDebugString());
    Require(issue.line() >= 0 && issue.column() >= 0 && issue.expression_line() >= 0, "a place",
            issue.ShortDebugString());
  }
  Require(error == (result.policy == nullptr), "an error, or a policy", text);
  Require(result.status().ok() == (result.policy != nullptr), "the status says otherwise", text);
}

void FuzzPolicy(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const PolicyOptions options = SmallOptions();
  const PolicyResult result = absl::StartsWith(text, "{") ? Policy::FromJson(text, "fuzz", options)
                                                          : Policy::FromText(text, "fuzz", options);
  CheckIssues(result, text);
  if (result.policy == nullptr) return;
  const PolicyResult again = Policy::Compile(result.policy->pack(), options);
  Require(again.policy != nullptr && again.policy->hash() == result.policy->hash(),
          "compiled again it is another", text);
  // A few commands of each kind.
  const std::vector<Decided>& decisions = BusyDecisions();
  for (size_t i = size % 7; i < decisions.size(); i += 7) {
    const auto outcome = Decide(decisions[i].input, decisions[i].command, *result.policy);
    Require(outcome.ok(), "nothing is decided", outcome.status().ToString());
    const auto repeated = Decide(decisions[i].input, decisions[i].command, *again.policy);
    Require(repeated.ok() && repeated->SerializeAsString() == outcome->SerializeAsString(),
            "decided otherwise", text);
    Require(!outcome->has_decision() || !rules::FormatDecision(outcome->decision()).empty(),
            "nothing to say", text);
  }
}

}  // namespace
}  // namespace testing
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::testing::FuzzPolicy(data, size);
  return 0;
}
