#include "rules/testing.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/text.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace rules {
namespace testing {

namespace {

// The rule set; fails the test when there is none, and gives one without rules then.
std::shared_ptr<const RuleSet> RuleSetOf(const CompileResult& compiled) {
  EXPECT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
  if (compiled.rule_set != nullptr) return compiled.rule_set;
  v1::RuleSet none;
  none.set_id("none");
  return RuleSet::Compile(none, bakery::Input::descriptor()).rule_set;
}

}  // namespace

std::shared_ptr<const RuleSet> MustCompile(absl::string_view text, const CompileOptions& options) {
  return RuleSetOf(CompileText(text, bakery::Input::descriptor(), options));
}

bakery::Input MakeInput(absl::string_view text) {
  bakery::Input input;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(text), &input)) << text;
  return input;
}

v1::Decision MustDecide(const RuleSet& rule_set, const bakery::Input& input,
                        const DecideOptions& options) {
  absl::StatusOr<v1::Decision> decision = rule_set.Decide(input, options);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision.ok() ? *std::move(decision) : v1::Decision();
}

std::shared_ptr<const RuleSet> OneRule(absl::string_view condition, const CompileOptions& options) {
  v1::RuleSet source;
  source.set_id("one");
  source.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  v1::Rule* rule = source.add_rules();
  rule->set_id("r1");
  rule->set_order(1);
  rule->set_condition(std::string(condition));
  rule->set_outcome(v1::POLICY_OUTCOME_REFUSE);
  rule->set_reason("REFUSED");
  return RuleSetOf(RuleSet::Compile(source, bakery::Input::descriptor(), options));
}

uint64_t RandomSeed() {
  const char* const given = std::getenv("FRONTDESK_RANDOM_SEED");
  const uint64_t seed =
      given == nullptr ? std::random_device()() : std::strtoull(given, nullptr, 10);
  std::cout << "FRONTDESK_RANDOM_SEED=" << seed << "\n";
  return seed;
}

std::vector<std::string> Reasons(const std::vector<v1::Issue>& issues) {
  std::vector<std::string> reasons;
  for (const v1::Issue& issue : issues) reasons.push_back(issue.reason());
  return reasons;
}

std::string ReadTestFile(absl::string_view path) {
  const char* root = std::getenv("FRONTDESK_SOURCE_DIR");
  const std::string full =
      std::string(root == nullptr ? "." : root) + "/tests/rules/" + std::string(path);
  std::ifstream file(full, std::ios::binary);
  EXPECT_TRUE(file.good()) << full;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace testing
}  // namespace rules
}  // namespace frontdesk
