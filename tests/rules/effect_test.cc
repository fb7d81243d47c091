// When rules count: dates of rules and groups, disabled ones, decisions as of another instant; and the analysis of such sets.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/base/error.h"
#include "frontdesk/rules/analysis.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace effect_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MustCompile;
using testing::MustDecide;
using testing::Reasons;

std::string Range(int from, int to) {
  std::string text;
  if (from > 0) absl::StrAppend(&text, " effective_time { seconds: ", from, " }");
  if (to > 0) absl::StrAppend(&text, " expire_time { seconds: ", to, " }");
  return text;
}

// A rule rN that refuses when order.total_units > N, with fields besides.
std::string Rule(int number, absl::string_view fields, absl::string_view condition = "") {
  return absl::StrCat(
      " rules { id: 'r", number, "' order: ", number,
      " outcome: POLICY_OUTCOME_REFUSE reason: 'R' condition: '",
      condition.empty() ? absl::StrCat("order.total_units > ", number) : std::string(condition),
      "' ", fields, " }");
}

std::string Group(absl::string_view id, absl::string_view fields) {
  return absl::StrCat(" groups { id: '", id, "' ", fields, " }");
}

std::string Set(absl::string_view rest) {
  return absl::StrCat("id: 's' default_outcome: POLICY_OUTCOME_ALLOW", rest);
}

std::vector<std::string> Fired(const RuleSet& set, const DecideOptions& options) {
  bakery::Input input;
  input.mutable_order()->set_total_units(100);
  const v1::Decision decision = MustDecide(set, input, options);
  return {decision.fired_rule_ids().begin(), decision.fired_rule_ids().end()};
}

std::vector<std::string> FiredAt(const RuleSet& set, int seconds) {
  DecideOptions options;
  options.now = absl::FromUnixSeconds(seconds);
  return Fired(set, options);
}

TEST(Effect, OfARuleIsThatOfItsGroupToo) {
  const auto set =
      MustCompile(Set(Group("g", Range(10, 20)) + Rule(1, "group_id: 'g'" + Range(15, 30)) +
                      Rule(2, "group_id: 'g'") + Rule(3, Range(0, 12))));
  EXPECT_TRUE(set->has_effective_times());
  EXPECT_THAT(FiredAt(*set, 9), ElementsAre("r3"));
  EXPECT_THAT(FiredAt(*set, 10), ElementsAre("r2", "r3"));
  EXPECT_THAT(FiredAt(*set, 12), ElementsAre("r2"));
  EXPECT_THAT(FiredAt(*set, 15), ElementsAre("r1", "r2"));
  EXPECT_THAT(FiredAt(*set, 20), IsEmpty());
}

TEST(Effect, OfDisabledRulesAndGroupsIsNone) {
  const auto set = MustCompile(
      Set(Group("g", "disabled: true" + Range(10, 20)) + Group("h", "") + Rule(1, "group_id: 'g'") +
          Rule(2, "disabled: true" + Range(5, 0)) + Rule(3, "group_id: 'h'")));
  // Rules that never count need no time.
  EXPECT_FALSE(set->has_effective_times());
  EXPECT_THAT(Fired(*set, {}), ElementsAre("r3"));
  EXPECT_THAT(FiredAt(*set, 15), ElementsAre("r3"));
  const v1::Decision decision = MustDecide(*set, bakery::Input());
  EXPECT_EQ(decision.rules(0).result(), v1::RuleTrace::RESULT_NOT_IN_EFFECT);
  EXPECT_EQ(decision.rules(1).result(), v1::RuleTrace::RESULT_NOT_IN_EFFECT);
  EXPECT_EQ(decision.rules(2).result(), v1::RuleTrace::RESULT_NOT_MATCHED);
  // They are checked all the same.
  EXPECT_THAT(Reasons(CompileText(Set(Rule(1, "disabled: true", "order.totl > 1")),
                                  bakery::Input::descriptor())
                          .issues),
              ElementsAre("CEL_UNKNOWN_FIELD"));
}

TEST(Effect, IsAskedAsOfAnotherInstant) {
  const auto set = MustCompile(Set(Rule(1, Range(10, 20)) + Rule(2, "", "now > timestamp(100)")));
  DecideOptions options;
  options.now = absl::FromUnixSeconds(5);
  EXPECT_THAT(Fired(*set, options), IsEmpty());
  options.as_of = absl::FromUnixSeconds(15);
  EXPECT_THAT(Fired(*set, options), ElementsAre("r1"));
  options.now.reset();
  EXPECT_THAT(Fired(*set, options), ElementsAre("r1"));
  options.as_of = absl::FromUnixSeconds(500);  // The condition reads the time of the input.
  EXPECT_THAT(Fired(*set, options), IsEmpty());
  options.as_of.reset();
  EXPECT_EQ(GetReason(set->Decide(bakery::Input(), options).status()), kReasonRulesTimeMissing);
}

struct Wrong {
  std::string rest;
  std::vector<std::string> reasons;
  std::string field;
  std::string text;
};

TEST(Effect, IssuesSayWhereAndWhy) {
  const Wrong kWrong[] = {
      {Group("", ""), {"RULE_GROUP_ID_MISSING"}, "groups[0].id", ""},
      {Group("g", "") + Group("g", ""), {"RULE_GROUP_ID_DUPLICATE"}, "groups[1].id", "groups[0]"},
      {Group("g", Range(20, 10)),
       {"RULE_EFFECTIVE_RANGE_REVERSED"},
       "groups[0].expire_time",
       "group"},
      {Group("g", Range(10, 10)), {"RULE_EFFECTIVE_RANGE_REVERSED"}, "groups[0].expire_time", ""},
      {Group("g", "effective_time { nanos: -1 }"),
       {"RULE_EFFECTIVE_TIME_INVALID"},
       "groups[0].effective_time",
       ""},
      {Rule(1, Range(20, 10)), {"RULE_EFFECTIVE_RANGE_REVERSED"}, "rules[0].expire_time", "rule"},
      {Group("summer", "") + Rule(1, "group_id: 'sumer'"),
       {"RULE_GROUP_UNKNOWN"},
       "rules[0].group_id",
       "'summer'"},
      {Group("g", Range(10, 20)) + Rule(1, "group_id: 'g'" + Range(20, 0)),
       {"RULE_NEVER_IN_EFFECT"},
       "rules[0].group_id",
       ""},
  };
  for (const Wrong& wrong : kWrong) {
    SCOPED_TRACE(wrong.rest);
    CompileOptions options;
    options.file = "s.textproto";
    const CompileResult compiled =
        CompileText(Set(wrong.rest), bakery::Input::descriptor(), options);
    ASSERT_EQ(Reasons(compiled.issues), wrong.reasons) << FormatIssues(compiled.issues);
    EXPECT_EQ(compiled.issues[0].field(), wrong.field);
    EXPECT_THAT(compiled.issues[0].text(), HasSubstr(wrong.text));
    EXPECT_GT(compiled.issues[0].line(), 0);
  }
  CompileOptions options;
  options.limits.max_groups = 1;
  EXPECT_THAT(Reasons(CompileText(Set(Group("g", "") + Group("h", "") + Rule(1, "group_id: 'x'")),
                                  bakery::Input::descriptor(), options)
                          .issues),
              ElementsAre("RULE_LIMIT_GROUPS"));
}

TEST(Effect, OfWhichTheHashKnows) {
  const auto hash = [](const std::string& rest) { return MustCompile(Set(rest))->hash(); };
  const std::string g = Group("g", ""), h = Group("h", "");
  EXPECT_EQ(hash(g + h), hash(h + g));
  EXPECT_NE(hash(g), hash(Group("g", "disabled: true")));
  EXPECT_NE(hash(g), hash(Group("g", Range(0, 5))));
  EXPECT_NE(hash(Rule(1, "")), hash(Rule(1, "disabled: true")));
  EXPECT_NE(hash(g + Rule(1, "")), hash(g + Rule(1, "group_id: 'g'")));
}

// ---- The analysis ----

Analysis AnalysisOf(const std::string& rest) {
  CompileOptions options;
  options.limits.max_analysis_steps = 0;
  return Analyze(*MustCompile(Set(rest), options));
}

// Allows what rule 2 would refuse.
std::string Allow(int number, absl::string_view fields) {
  return absl::StrCat(" rules { id: 'r", number, "' order: ", number,
                      " outcome: POLICY_OUTCOME_ALLOW condition: 'order.total_units > 1' ", fields,
                      " }");
}

TEST(Effect, OfADisabledRuleShadowsNothing) {
  const std::string later = Rule(9, "", "order.total_units > 5");
  EXPECT_EQ(AnalysisOf(Allow(1, "") + later).rules[1].reach, Reach::kNever);
  EXPECT_EQ(AnalysisOf(Allow(1, "disabled: true") + later).rules[1].reach, Reach::kReached);
  EXPECT_EQ(
      AnalysisOf(Group("g", "disabled: true") + Allow(1, "group_id: 'g'") + later).rules[1].reach,
      Reach::kReached);
  // It is itself not said to be reached or not, nor to be a duplicate; its condition is looked at.
  const Analysis disabled =
      AnalysisOf(Allow(1, "") + Allow(2, "disabled: true") +
                 Rule(3, "disabled: true", "order.total_units > 3 && order.total_units < 2"));
  EXPECT_EQ(disabled.rules[1].reach, Reach::kNotDecided);
  EXPECT_EQ(disabled.rules[1].duplicate_of, "");
  EXPECT_EQ(disabled.rules[2].condition, ConditionVerdict::kNever);
  const Analysis after = AnalysisOf(Allow(1, "disabled: true") + Allow(2, ""));
  EXPECT_EQ(after.rules[1].duplicate_of, "");
  EXPECT_EQ(AnalysisOf(Allow(1, Range(0, 20)) + Allow(2, "")).rules[1].duplicate_of, "");
  EXPECT_EQ(AnalysisOf(Allow(1, "") + Allow(2, Range(0, 20))).rules[1].duplicate_of, "r1");
}

TEST(Effect, InTheSamePeriodCountsForReach) {
  const auto reach = [](const std::string& earlier, const std::string& fields) {
    return AnalysisOf(earlier + Rule(9, fields, "order.total_units > 5")).rules.back().reach;
  };
  EXPECT_EQ(reach(Allow(1, Range(10, 20)), ""), Reach::kReached);
  EXPECT_EQ(reach(Allow(1, Range(10, 20)), Range(10, 20)), Reach::kNever);
  EXPECT_EQ(reach(Allow(1, Range(10, 20)), Range(12, 18)), Reach::kNever);
  EXPECT_EQ(reach(Allow(1, Range(10, 20)), Range(12, 21)), Reach::kReached);
  EXPECT_EQ(reach(Allow(1, Range(10, 20)), Range(5, 11)), Reach::kReached);
  // Several rules, one after the other, cover it together.
  const std::string both = Allow(1, Range(10, 20)) + Allow(2, Range(20, 30));
  EXPECT_EQ(reach(both, Range(10, 30)), Reach::kNever);
  EXPECT_EQ(reach(both, Range(10, 31)), Reach::kReached);
  EXPECT_EQ(reach(Allow(1, Range(0, 20)) + Allow(2, Range(15, 0)), ""), Reach::kNever);
  const Analysis analysis = AnalysisOf(both + Rule(9, Range(10, 30), "order.total_units > 5"));
  EXPECT_THAT(analysis.rules[2].covering_rule_ids, ElementsAre("r1", "r2"));
  // Too many periods to look at each: one that covers the rule still counts.
  std::string many;
  for (int i = 0; i < 40; ++i) {
    many += Rule(100 + i, Range(100 + i, 200 + i), "order.express");
  }
  const std::string later = Rule(999, Range(100, 300), "order.total_units > 5");
  EXPECT_EQ(AnalysisOf(Allow(1, "") + many + later).rules.back().reach, Reach::kNever);
  const RuleAnalysis open = AnalysisOf(many + later).rules.back();
  EXPECT_EQ(open.reach, Reach::kNotDecided);
  EXPECT_EQ(open.reached, nullptr);
  // A group dates its rules.
  EXPECT_EQ(AnalysisOf(Group("g", Range(10, 20)) + Allow(1, "group_id: 'g'") +
                       Rule(9, "group_id: 'g'", "order.total_units > 5"))
                .rules[1]
                .reach,
            Reach::kNever);
}

TEST(Effect, OfALastRuleThatIsDatedIsNoDefault) {
  const auto reasons = [](absl::string_view fields) {
    return Reasons(CompileText(absl::StrCat("id: 's'", Rule(1, ""), Rule(2, fields, "true")),
                               bakery::Input::descriptor())
                       .issues);
  };
  EXPECT_THAT(reasons(""), IsEmpty());
  EXPECT_THAT(reasons(Range(10, 0)), ElementsAre("RULE_SET_DEFAULT_MISSING"));
  EXPECT_THAT(reasons("disabled: true"), ElementsAre("RULE_SET_DEFAULT_MISSING"));
}

}  // namespace
}  // namespace effect_tests
}  // namespace rules
}  // namespace frontdesk
