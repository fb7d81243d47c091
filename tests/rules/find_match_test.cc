// The first rule of a set whose condition holds, and the places of conditions that are elsewhere in a text.
#include <limits>
#include <memory>
#include <string>

#include "frontdesk/base/error.h"
#include "frontdesk/cel/budget.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/v1/decision.pb.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using testing::MakeInput;
using testing::MustCompile;

constexpr int kAll = std::numeric_limits<int>::max();

// By the units of the order: 1 and 2 of the second, 3 of the third; the first errs for 0.
std::shared_ptr<const RuleSet> Three() {
  return MustCompile(R"pb(
    id: "set"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "c"
      order: 3
      outcome: POLICY_OUTCOME_REFUSE
      reason: "C"
      condition: "order.total_units < 4"
    }
    rules {
      id: "a"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "A"
      condition: "100 / order.total_units > 60"
    }
    rules {
      id: "b"
      order: 2
      outcome: POLICY_OUTCOME_ALLOW
      condition: "order.total_units > 0 && order.total_units < 3"
    }
  )pb");
}

int Match(const RuleSet& rule_set, const std::string& input, int first = 0, int last = kAll) {
  cel::Scratch scratch;
  const absl::StatusOr<int> match =
      rule_set.FindMatch(MakeInput(input), nullptr, scratch, first, last);
  EXPECT_TRUE(match.ok()) << match.status();
  return match.ok() ? *match : -2;
}

TEST(FindMatchTest, TheFirstByOrderWhoseConditionHolds) {
  const auto set = Three();
  EXPECT_EQ(Match(*set, "order { total_units: 1 }"), 0);
  EXPECT_EQ(Match(*set, "order { total_units: 2 }"), 1);
  EXPECT_EQ(Match(*set, "order { total_units: 3 }"), 2);
  EXPECT_EQ(Match(*set, "order { total_units: 4 }"), -1);
  // The first condition fails.
  EXPECT_EQ(Match(*set, "order {}"), 2);
}

TEST(FindMatchTest, OnlyRulesInTheRangeAreAsked) {
  const auto set = Three();
  EXPECT_EQ(Match(*set, "order { total_units: 1 }", 1), 1);
  EXPECT_EQ(Match(*set, "order { total_units: 1 }", 2, 3), 2);
  EXPECT_EQ(Match(*set, "order { total_units: 3 }", 0, 2), -1);
  EXPECT_EQ(Match(*set, "order { total_units: 1 }", 1, 1), -1);
  EXPECT_EQ(Match(*set, "order { total_units: 1 }", -1, 1), 0);
}

TEST(FindMatchTest, AnotherMessageAndTheEndOfABudgetAreErrors) {
  cel::Scratch scratch;
  EXPECT_EQ(GetReason(Three()->FindMatch(v1::Decision(), nullptr, scratch, 0, kAll).status()),
            kReasonRulesInputMismatch);
  cel::Budget none{0};
  EXPECT_EQ(GetReason(Three()->FindMatch(MakeInput("order {}"), &none, scratch, 0, kAll).status()),
            kReasonRulesBudgetExhausted);
  cel::Budget enough{1000};
  ASSERT_TRUE(Three()->FindMatch(MakeInput("order {}"), &enough, scratch, 0, kAll).ok());
  EXPECT_LT(enough.left, 1000);
  EXPECT_EQ(scratch.budget(), nullptr);
}

TEST(ConditionPathsTest, AnIssueOfAConditionIsWhereTheConditionIs) {
  v1::RuleSet set;
  set.set_id("made");
  set.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  for (const char* condition : {"order.total_unit == 1", "order.total_units"}) {
    v1::Rule& rule = *set.add_rules();
    rule.set_id(condition);
    rule.set_order(set.rules_size());
    rule.set_outcome(v1::POLICY_OUTCOME_ALLOW);
    rule.set_condition(condition);
  }
  CompileOptions options;
  options.condition_paths = {"levels[4].condition", "levels[6].condition"};
  const CompileResult result = RuleSet::Compile(set, bakery::Input::descriptor(), options);
  ASSERT_EQ(result.issues.size(), 2u);
  EXPECT_EQ(result.issues[0].field(), "levels[4].condition");
  EXPECT_EQ(result.issues[0].reason(), "CEL_UNKNOWN_FIELD");
  EXPECT_EQ(result.issues[1].field(), "levels[6].condition");
  EXPECT_EQ(result.issues[1].reason(), kReasonRuleConditionNotBool.word);
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
