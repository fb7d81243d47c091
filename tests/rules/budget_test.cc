// The cost of a decision: all its rules together, and several decisions that share a budget.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/rules/rule_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::HasSubstr;

// Rules that each go over the aliases, of which there are many, and do not match; the last one allows.
std::shared_ptr<const RuleSet> Slow(int rules, int64_t max_decision_cost,
                                    const std::string& last = "true") {
  v1::RuleSet source;
  source.set_id("slow");
  for (int i = 0; i <= rules; ++i) {
    v1::Rule* rule = source.add_rules();
    rule->set_id(absl::StrCat("r", i));
    rule->set_order(i + 1);
    rule->set_condition(i < rules ? "customer.aliases.exists(a, a == 'nobody')" : last);
    rule->set_outcome(i < rules ? v1::POLICY_OUTCOME_REFUSE : v1::POLICY_OUTCOME_ALLOW);
    if (i < rules) rule->set_reason("REFUSED");
  }
  CompileOptions options;
  options.limits.max_decision_cost = max_decision_cost;
  const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor(), options);
  EXPECT_TRUE(compiled.ok());
  return compiled.rule_set;
}

bakery::Input ManyAliases() {
  bakery::Input input;
  for (int i = 0; i < 1000; ++i) input.mutable_customer()->add_aliases(absl::StrCat("alias", i));
  return input;
}

TEST(DecisionCost, AllRulesTogetherHaveABudget) {
  const bakery::Input input = ManyAliases();
  const auto enough = Slow(10, 100000);
  EXPECT_EQ(testing::MustDecide(*enough, input).outcome(), v1::POLICY_OUTCOME_ALLOW);
  const auto little = Slow(10, 10000);
  for (const TraceLevel trace : {TraceLevel::kFull, TraceLevel::kFired}) {
    DecideOptions options;
    options.trace = trace;
    const v1::Decision decision = testing::MustDecide(*little, input, options);
    EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
    ASSERT_GE(decision.fired_rule_ids_size(), 1);
    // Some thousand units a rule.
    EXPECT_THAT(decision.fired_rule_ids(0), ::testing::AnyOf("r2", "r3", "r4", "r5"));
    bool told = false;
    for (const v1::RuleTrace& rule : decision.rules()) {
      told |= rule.rule_id() == decision.fired_rule_ids(0) &&
              rule.result() == v1::RuleTrace::RESULT_ERROR &&
              absl::StrContains(rule.error(), "CEL_LIMIT_BUDGET");
    }
    EXPECT_TRUE(told) << decision.DebugString();
  }
}

// Units that deciding takes, without the trace.
int64_t CostOf(const RuleSet& set, const bakery::Input& input) {
  int64_t low = 0, high = 10000000;
  while (low + 1 < high) {
    cel::Budget budget{(low + high) / 2};
    DecideOptions options;
    options.budget = &budget;
    options.trace = TraceLevel::kFired;
    const bool enough =
        testing::MustDecide(set, input, options).outcome() == v1::POLICY_OUTCOME_ALLOW;
    (enough ? high : low) = (low + high) / 2;
  }
  return high;
}

// A trace that is cut short changes neither the decision nor the results of the rules.
TEST(DecisionCost, ATraceThatRunsOutKeepsTheResults) {
  const bakery::Input input = ManyAliases();
  const auto set = Slow(9, 10000000);
  const int64_t cost = CostOf(*set, input);
  EXPECT_GT(cost, 9 * 1000);
  for (const int64_t more : {0, 1, 100, 5000}) {
    cel::Budget budget{cost + more};
    DecideOptions options;
    options.budget = &budget;
    const v1::Decision decision = testing::MustDecide(*set, input, options);
    ASSERT_EQ(decision.outcome(), v1::POLICY_OUTCOME_ALLOW) << decision.DebugString();
    ASSERT_EQ(decision.rules_size(), 10);
    for (int i = 0; i < 9; ++i) {
      EXPECT_EQ(decision.rules(i).result(), v1::RuleTrace::RESULT_NOT_MATCHED) << i;
      EXPECT_EQ(decision.rules(i).error(), "");
    }
    EXPECT_EQ(decision.rules(9).result(), v1::RuleTrace::RESULT_FIRED);
    // The last of the others shows why it says no more.
    EXPECT_THAT(decision.rules(8).conjuncts(0).error(), HasSubstr("CEL_LIMIT_BUDGET"));
    EXPECT_EQ(budget.left, 0);
  }
}

// Rules behind the one that decided are asked for the trace alone.
TEST(DecisionCost, RulesThatWereNotAskedMayNotBeTraced) {
  v1::RuleSet source = Slow(9, 1000)->source();
  for (v1::Rule& rule : *source.mutable_rules()) rule.set_order(100 - rule.order());
  CompileOptions options;
  options.limits.max_decision_cost = 5000;
  const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor(), options);
  ASSERT_TRUE(compiled.ok());
  const v1::Decision decision = testing::MustDecide(*compiled.rule_set, ManyAliases());
  EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_ALLOW);
  ASSERT_EQ(decision.rules_size(), 10);
  EXPECT_EQ(decision.rules(0).result(), v1::RuleTrace::RESULT_FIRED);
  EXPECT_EQ(decision.rules(1).result(), v1::RuleTrace::RESULT_NOT_MATCHED);
  EXPECT_EQ(decision.rules(9).result(), v1::RuleTrace::RESULT_ERROR);
  EXPECT_THAT(decision.rules(9).error(), HasSubstr("CEL_LIMIT_BUDGET"));
}

TEST(DecisionCost, DecisionsShareABudget) {
  const bakery::Input input = ManyAliases();
  const auto set = Slow(2, 1000000);
  cel::Budget budget{20000};
  DecideOptions options;
  options.budget = &budget;
  int allowed = 0;
  for (int i = 0; i < 10; ++i) {
    const int64_t before = budget.left;
    allowed += testing::MustDecide(*set, input, options).outcome() == v1::POLICY_OUTCOME_ALLOW;
    EXPECT_TRUE(budget.left < before || before == 0);
  }
  EXPECT_GE(allowed, 1);
  EXPECT_LT(allowed, 5);
  EXPECT_EQ(budget.left, 0);
}

// A detail that errs for its cost refuses, like any other that errs.
TEST(DecisionCost, DetailsCountToo) {
  v1::RuleSet source;
  source.set_id("details");
  v1::Rule* rule = source.add_rules();
  rule->set_id("r1");
  rule->set_condition("true");
  rule->set_outcome(v1::POLICY_OUTCOME_ALLOW);
  rule->add_details()->set_name("joined");
  rule->mutable_details(0)->set_expression("customer.aliases.map(a, a + a).join(',')");
  CompileOptions options;
  options.limits.max_decision_cost = 1000;
  const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor(), options);
  ASSERT_TRUE(compiled.ok());
  const v1::Decision decision = testing::MustDecide(*compiled.rule_set, ManyAliases());
  EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
  ASSERT_EQ(decision.rules_size(), 1);
  EXPECT_THAT(decision.rules(0).error(), HasSubstr("CEL_LIMIT_BUDGET"));
}

// A part of a rule that always fails is an error, with its place, also beside a variable.
TEST(ConstantParts, ThatAlwaysFailAreErrors) {
  const struct {
    const char* condition;
    const char* reason;
    int column;
  } cases[] = {
      {"now.getHours('Europe/Berln') < 6", "CEL_UNKNOWN_TIME_ZONE", 14},
      {"now.getHours('+25:00') < 6", "CEL_UNKNOWN_TIME_ZONE", 14},
      {"now.getDate('Local') == 1", "CEL_UNKNOWN_TIME_ZONE", 13},
      {"now.getDate('localtime') == 1", "CEL_UNKNOWN_TIME_ZONE", 13},
      {"order.express || now.getMinutes('../UTC') == 1", "CEL_UNKNOWN_TIME_ZONE", 33},
      {"order.total_units / 0 > 1", "CEL_CONSTANT_ERROR", 19},
      {"order.total_units % 0 > 1", "CEL_CONSTANT_ERROR", 19},
      {"order.express || 1 / 0 > 1", "CEL_CONSTANT_ERROR", 20},
      {"timestamp('tomorrow') < now", "CEL_CONSTANT_ERROR", 1},
      {"order.code.substring(-1) == ''", "CEL_CONSTANT_ERROR", 22},
      {"order.code.substring(3, 2) == ''", "CEL_CONSTANT_ERROR", 25},
      {"order.code.charAt(-2) == ''", "CEL_CONSTANT_ERROR", 19},
      {"order.code.indexOf('x', -2) == 1", "CEL_CONSTANT_ERROR", 25},
      {"'%q'.format([order.code]) == ''", "CEL_CONSTANT_ERROR", 1},
      {"'100%'.format([order.code]) == ''", "CEL_CONSTANT_ERROR", 1},
      {"order.lines[-1].quantity == 1", "CEL_CONSTANT_ERROR", 13},
      {"math.bitShiftLeft(order.total_units, -1) == 1", "CEL_CONSTANT_ERROR", 38},
      {"order.code.matches('(')", "CEL_INVALID_REGEX", 20},
  };
  for (const auto& test : cases) {
    v1::RuleSet source;
    source.set_id("s");
    v1::Rule* rule = source.add_rules();
    rule->set_id("r1");
    rule->set_condition(test.condition);
    rule->set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule->set_reason("REFUSED");
    CompileOptions options;
    options.time_zones = cel::SystemTimeZones();
    const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor(), options);
    EXPECT_FALSE(compiled.ok()) << test.condition;
    ASSERT_EQ(compiled.issues.size(), 1u) << test.condition;
    EXPECT_EQ(compiled.issues[0].reason(), test.reason) << test.condition;
    EXPECT_EQ(compiled.issues[0].severity(), v1::Issue::SEVERITY_ERROR);
    EXPECT_EQ(compiled.issues[0].expression_column(), test.column) << test.condition;
  }
  // A part that may fail is no error.
  for (const char* fine :
       {"now.getHours('Europe/Berlin') < 6", "now.getHours('+05:30') < 6", "now.getHours('') < 6",
        "now.getHours(order.code) < 6", "order.total_units / order.lines[0].quantity > 1",
        "order.code.substring(5) == ''", "'%s%%'.format([order.code]) == ''",
        "order.lines[7].quantity == 1", "double(order.total_units) / 0.0 > 1.0"}) {
    CompileOptions options;
    options.time_zones = cel::SystemTimeZones();
    EXPECT_NE(testing::OneRule(fine, options), nullptr) << fine;
  }
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
