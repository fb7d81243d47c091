// The conditions under which a condition would have had the opposite value.
#include <string>
#include <vector>

#include "frontdesk/rules/rule_set.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using testing::MakeInput;
using testing::MustDecide;
using testing::OneRule;

bakery::Input ExampleInput() {
  return MakeInput(R"(
    order {
      order_id: 'o1' state: STATE_BAKED total_units: 100 express: true weight: 1.5
      lines { product_id: 'bun' quantity: 2 } lines { product_id: 'tart' quantity: 5 }
      delivered_time { seconds: 1000 } labels { key: 'a' value: 'x' }
    }
    customer { tier: TIER_GOLD } now { seconds: 5000 })");
}

bool Holds(const std::string& condition) {
  const auto set = OneRule(condition);
  return set != nullptr && MustDecide(*set, ExampleInput()).outcome() == v1::POLICY_OUTCOME_REFUSE;
}

// The counterfactual of the only conjunct of `condition`, and whether the conjunct holds.
std::string Counterfactual(const std::string& condition, bool* holds) {
  const auto set = OneRule(condition);
  if (set == nullptr) return "does not compile";
  const v1::Decision decision = MustDecide(*set, ExampleInput());
  EXPECT_EQ(decision.rules(0).conjuncts_size(), 1) << condition;
  const v1::ConjunctTrace& conjunct = decision.rules(0).conjuncts(0);
  EXPECT_EQ(conjunct.text(), condition);
  *holds = conjunct.result() == v1::ConjunctTrace::RESULT_TRUE;
  return conjunct.counterfactual();
}

struct Case {
  const char* condition;  // Holds for the example.
  const char* counterfactual;
};

const Case kHolding[] = {
    {"order.state == Order.State.STATE_BAKED", "order.state != Order.State.STATE_BAKED"},
    {"order.state != Order.State.STATE_PLACED", "order.state == Order.State.STATE_PLACED"},
    {"order.total_units > 10", "order.total_units <= 10"},
    {"order.total_units >= 10", "order.total_units < 10"},
    {"order.total_units < 1000", "order.total_units >= 1000"},
    {"order.total_units <= 1000", "order.total_units > 1000"},
    {"now - order.delivered_time > duration('1h')", "now - order.delivered_time <= duration('1h')"},
    {"order.total_units * (2 + 3) > 10", "order.total_units * (2 + 3) <= 10"},
    {"(order.total_units - 1) - (3 - 1) > 10", "order.total_units - 1 - (3 - 1) <= 10"},
    {"-order.total_units < -5", "-order.total_units >= -5"},
    {"order.state in [Order.State.STATE_BAKED, Order.State.STATE_PLACED]",
     "!(order.state in [Order.State.STATE_BAKED, Order.State.STATE_PLACED])"},
    {"order.state in [Order.State.STATE_BAKED]", "order.state != Order.State.STATE_BAKED"},
    {"!(order.state in [Order.State.STATE_PLACED])", "order.state in [Order.State.STATE_PLACED]"},
    {"has(order.delivered_time)", "!has(order.delivered_time)"},
    {"!has(order.baking_time)", "has(order.baking_time)"},
    {"order.express", "!order.express"},
    {"!!order.express", "!order.express"},
    {"!(order.total_units < 10)", "order.total_units < 10"},
    {"order.express || order.total_units < 10", "!order.express && order.total_units >= 10"},
    {"!(order.total_units < 10 && order.express)", "order.total_units < 10 && order.express"},
    {"(order.express && order.total_units > 10) || order.weight > 5.0",
     "(!order.express || order.total_units <= 10) && order.weight <= 5.0"},
    {"order.lines.all(line, line.quantity > 1)", "order.lines.exists(line, line.quantity <= 1)"},
    {"order.lines.exists(line, line.quantity > 3)", "order.lines.all(line, line.quantity <= 3)"},
    {"order.lines.exists_one(line, line.quantity == 5)",
     "!order.lines.exists_one(line, line.quantity == 5)"},
    {"order.lines.filter(line, line.quantity > 3).size() == 1",
     "order.lines.filter(line, line.quantity > 3).size() != 1"},
    {"size(order.lines) == 2", "size(order.lines) != 2"},
    {"order.order_id.startsWith('o')", "!order.order_id.startsWith('o')"},
    {"order.order_id.matches(r'^o\\d$')", "!order.order_id.matches(r'^o\\d$')"},
    {"order.lines[1].quantity == 5", "order.lines[1].quantity != 5"},
    {"order.labels['a'] == \"x\"", "order.labels['a'] != \"x\""},
    {"'a' in order.labels", "!('a' in order.labels)"},
    {"order.express ? order.total_units > 1 : false",
     "order.express ? order.total_units <= 1 : !false"},
    {"(order.total_units > 1) == order.express", "(order.total_units > 1) != order.express"},
    {"order.state ==\n      Order.State.STATE_BAKED", "order.state != Order.State.STATE_BAKED"},
    {"true", ""},
    {"1 < 2", ""},
};

TEST(Counterfactual, SaysWhatWouldHaveStoppedARule) {
  for (const Case& test : kHolding) {
    bool holds = false;
    EXPECT_EQ(Counterfactual(test.condition, &holds), test.counterfactual) << test.condition;
    EXPECT_TRUE(holds) << test.condition;
  }
}

TEST(Counterfactual, IsFalseWhereTheConditionIsTrue) {
  for (const Case& test : kHolding) {
    if (*test.counterfactual == '\0') continue;
    EXPECT_TRUE(Holds(test.condition)) << test.condition;
    EXPECT_FALSE(Holds(test.counterfactual)) << test.counterfactual;
  }
}

TEST(Counterfactual, SaysWhatWouldHaveMadeARuleHold) {
  const Case cases[] = {
      {"order.state == Order.State.STATE_PLACED", "order.state == Order.State.STATE_PLACED"},
      {"!order.express", "!order.express"},
      {"!(order.total_units > 10)", "order.total_units <= 10"},
      {"!(order.express || order.total_units > 10)", "!order.express && order.total_units <= 10"},
      {"!(order.express ? true : false)", "order.express ? !true : !false"},
      {"!order.lines.exists(line, line.quantity > 3)", "order.lines.all(line, line.quantity <= 3)"},
      {"order.total_units < 10 || order.state in [Order.State.STATE_PLACED]",
       "order.total_units < 10 || order.state in [Order.State.STATE_PLACED]"},
      {"false", ""},
  };
  for (const Case& test : cases) {
    bool holds = true;
    EXPECT_EQ(Counterfactual(test.condition, &holds), test.counterfactual) << test.condition;
    EXPECT_FALSE(holds) << test.condition;
  }
}

TEST(Counterfactual, IsEmptyWhenItIsNotBrief) {
  CompileOptions options;
  options.limits.max_counterfactual_bytes = 30;
  const auto set =
      OneRule("order.total_units > 10 && order.state == Order.State.STATE_BAKED", options);
  const v1::Decision decision = MustDecide(*set, ExampleInput());
  EXPECT_EQ(decision.rules(0).conjuncts(0).counterfactual(), "order.total_units <= 10");
  EXPECT_EQ(decision.rules(0).conjuncts(1).counterfactual(), "");
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
