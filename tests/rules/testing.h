// Shared by the tests of rules.
#ifndef FRONTDESK_TESTS_RULES_TESTING_H_
#define FRONTDESK_TESTS_RULES_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "bakery.pb.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace rules {
namespace testing {

// Compiles a rule set written in text format; fails the test with the issues when there is an error, and gives a rule set
// without rules then.
std::shared_ptr<const RuleSet> MustCompile(absl::string_view text,
                                           const CompileOptions& options = {});

// The input written in text format.
bakery::Input MakeInput(absl::string_view text);

// Decides; fails the test when that is an error.
v1::Decision MustDecide(const RuleSet& rule_set, const bakery::Input& input,
                        const DecideOptions& options = {});

// A rule set with one rule r1 that refuses with REFUSED under the condition.
std::shared_ptr<const RuleSet> OneRule(absl::string_view condition,
                                       const CompileOptions& options = {});

// The reasons of issues, in their order.
std::vector<std::string> Reasons(const std::vector<v1::Issue>& issues);

// FRONTDESK_RANDOM_SEED, or any number below 2^32. Printed, so that a random test can be repeated.
uint64_t RandomSeed();

// A file below tests/rules.
std::string ReadTestFile(absl::string_view path);

}  // namespace testing
}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_RULES_TESTING_H_
