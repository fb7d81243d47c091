// Decision tables under every hit policy of DMN, with the results that DMN 1.3, section 8.2.8, gives. The tables are files in dmn/.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dmn.pb.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace dmn_tests {
namespace {

std::vector<std::string> TableFiles() {
  const char* root = std::getenv("FRONTDESK_SOURCE_DIR");
  const std::filesystem::path folder =
      std::filesystem::path(root == nullptr ? "." : root) / "tests/rules/dmn";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

dmn::TableFile ReadTables(const std::string& name) {
  dmn::TableFile file;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      testing::ReadTestFile(absl::StrCat("dmn/", name)), &file))
      << name;
  return file;
}

template <typename Outputs>
std::vector<std::string> OutputLines(const Outputs& outputs) {
  std::vector<std::string> lines;
  for (const v1::OutputValue& output : outputs) {
    lines.push_back(absl::StrCat(output.name(), " = ", OutputText(output)));
  }
  return lines;
}

template <typename Outputs>
std::string HitLine(const std::string& rule_id, const Outputs& outputs) {
  return absl::StrCat(rule_id, outputs.empty() ? "" : ": ",
                      absl::StrJoin(OutputLines(outputs), ", "));
}

// Under FIRST a decision has no hits: the rule that decided is the only one.
std::vector<std::string> HitLines(const v1::RuleSet& source, const v1::Decision& decision) {
  std::vector<std::string> lines;
  if (source.hit_policy() == v1::HIT_POLICY_FIRST) {
    for (const std::string& id : decision.fired_rule_ids()) {
      lines.push_back(HitLine(id, decision.outputs()));
    }
    return lines;
  }
  for (const v1::RuleHit& hit : decision.hits()) {
    lines.push_back(HitLine(hit.rule_id(), hit.outputs()));
  }
  return lines;
}

std::vector<std::string> Listed(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return {list.begin(), list.end()};
}

v1::PolicyOutcome OutcomeOf(const dmn::Case& expected) {
  if (expected.outcome() != v1::POLICY_OUTCOME_UNSPECIFIED) return expected.outcome();
  return expected.error().empty() ? v1::POLICY_OUTCOME_ALLOW : v1::POLICY_OUTCOME_REFUSE;
}

void ExpectResult(const v1::RuleSet& source, const dmn::Case& expected,
                  const v1::Decision& decision) {
  EXPECT_EQ(decision.outcome(), OutcomeOf(expected));
  EXPECT_EQ(HitLines(source, decision), Listed(expected.hits()));
  EXPECT_EQ(OutputLines(decision.outputs()), Listed(expected.outputs()));
  EXPECT_EQ(decision.has_aggregate()
                ? absl::StrCat(decision.aggregate().name(), " = ", OutputText(decision.aggregate()))
                : "",
            expected.aggregate());
  EXPECT_EQ(decision.aggregate().rule_id(), "");
  const std::vector<DecisionReason> reasons = DecisionReasons(decision);
  if (!expected.error().empty()) {
    ASSERT_FALSE(reasons.empty());
    EXPECT_EQ(reasons[0].reason, expected.error());
  }
  EXPECT_EQ(decision.has_hit_policy_error(), IsHitPolicyReason(expected.error()));
}

// The text names every hit, and the error.
void ExpectExplained(const dmn::Case& expected, const v1::Decision& decision) {
  const std::string text = FormatDecision(decision);
  for (const std::string& hit : expected.hits()) {
    const std::string id = hit.substr(0, hit.find(':'));
    EXPECT_TRUE(absl::StrContains(text, absl::StrCat("rule ", id))) << text;
  }
  if (expected.error().empty()) return;
  EXPECT_TRUE(absl::StrContains(text, absl::StrCat(" is refused: ", expected.error()))) << text;
  if (!decision.has_hit_policy_error()) return;
  for (const v1::RuleHit& hit : decision.hits()) {
    const v1::RuleTrace* trace = FindRule(decision, hit.rule_id());
    ASSERT_NE(trace, nullptr);
    EXPECT_EQ(trace->result(), v1::RuleTrace::RESULT_MATCHED);
  }
}

class Tables : public ::testing::TestWithParam<std::string> {};

TEST_P(Tables, HaveTheResultsOfDmn) {
  const dmn::TableFile file = ReadTables(GetParam());
  for (const dmn::Table& table : file.tables()) {
    const CompileResult compiled = RuleSet::Compile(table.rule_set(), dmn::Input::descriptor());
    ASSERT_TRUE(compiled.ok()) << table.rule_set().id() << "\n" << FormatIssues(compiled.issues);
    EXPECT_GE(table.cases_size(), 3) << table.rule_set().id();
    for (const dmn::Case& expected : table.cases()) {
      SCOPED_TRACE(absl::StrCat(table.rule_set().id(), ": ", expected.note()));
      for (const TraceLevel level : {TraceLevel::kFull, TraceLevel::kFired}) {
        DecideOptions options;
        options.trace = level;
        const absl::StatusOr<v1::Decision> decision =
            compiled.rule_set->Decide(expected.input(), options);
        ASSERT_TRUE(decision.ok()) << decision.status();
        ExpectResult(table.rule_set(), expected, *decision);
        ExpectExplained(expected, *decision);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dmn, Tables, ::testing::ValuesIn(TableFiles()),
                         [](const ::testing::TestParamInfo<std::string>& info) {
                           return info.param.substr(0, info.param.find('.'));
                         });

TEST(DmnTables, CoverEveryPolicyAndAggregator) {
  int tables = 0;
  std::set<std::pair<int, int>> kinds;
  std::set<std::string> ids;
  for (const std::string& name : TableFiles()) {
    const dmn::TableFile file = ReadTables(name);
    for (const dmn::Table& table : file.tables()) {
      ++tables;
      kinds.insert({table.rule_set().hit_policy(), table.rule_set().aggregator()});
      EXPECT_TRUE(ids.insert(table.rule_set().id()).second) << table.rule_set().id();
    }
  }
  EXPECT_EQ(tables, 51);
  // Unique, any, priority, first, rule order, output order, and collect with five results.
  EXPECT_EQ(kinds.size(), 11u);
}

}  // namespace
}  // namespace dmn_tests
}  // namespace rules
}  // namespace frontdesk
