// A decision as people read it.
#include <string>

#include "absl/strings/str_cat.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/rule_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::HasSubstr;
using testing::MakeInput;
using testing::MustCompile;
using testing::MustDecide;
using ::testing::Not;

constexpr char kPolicy[] = R"cel(
  id: 'returns' default_outcome: POLICY_OUTCOME_REFUSE
  rules {
    id: 'delivered_only' order: 10 outcome: POLICY_OUTCOME_REFUSE reason: 'NOT_DELIVERED'
    text: 'Only what was delivered can be returned.'
    condition: 'order.state != Order.State.STATE_DELIVERED && !order.express'
    details { name: 'state' expression: 'order.state' }
  }
  rules {
    id: 'vip' order: 20 outcome: POLICY_OUTCOME_ALLOW
    condition: 'customer.tier == Tier.TIER_GOLD && customer.name != ""'
  }
  rules {
    id: 'large' order: 30 outcome: POLICY_OUTCOME_HOLD reason: 'LARGE' authority: 'supervisor'
    text: 'A large sum.'
    condition: 'order.total_units > 10000'
  }
  rules {
    id: 'broken' order: 40 outcome: POLICY_OUTCOME_REFUSE reason: 'BROKEN' condition: '100 / order.total_units > 50'
  }
  rules { id: 'rest' order: 50 outcome: POLICY_OUTCOME_ALLOW condition: 'true' }
)cel";

std::string Format(const std::string& input, const DecideOptions& options = {},
                   const FormatOptions& format = {}) {
  const auto set = MustCompile(kPolicy);
  DecideOptions named = options;
  named.decision_point = "RequestReturn";
  return FormatDecision(MustDecide(*set, MakeInput(input), named), format);
}

TEST(FormatDecision, SaysWhyAndWhyNot) {
  EXPECT_EQ(Format("order { state: STATE_BAKED total_units: 5 } customer { tier: TIER_GOLD }"),
            R"(RequestReturn is refused: NOT_DELIVERED (rule delivered_only)
  Only what was delivered can be returned.

Why:
  rule delivered_only refused: NOT_DELIVERED
    yes   order.state != Order.State.STATE_DELIVERED
            order.state is Order.State.STATE_BAKED
            would not hold if order.state == Order.State.STATE_DELIVERED
    yes   !order.express
            order.express is false
            would not hold if order.express
    hands out state = Order.State.STATE_BAKED

Why not:
  rule rest matches too; it would allow
  rule vip would allow
    no    customer.name != ""
            customer.name is <personal>
  rule large would hold: LARGE
    no    order.total_units > 10000
            order.total_units is 5
  rule broken would refuse: BROKEN
    no    100 / order.total_units > 50
            order.total_units is 5
)");
}

TEST(FormatDecision, SaysWhatWouldHaveMadeARuleHoldWhereThatIsNotItsText) {
  const auto set = MustCompile(R"cel(
    id: 'one'
    rules { id: 'r1' order: 1 outcome: POLICY_OUTCOME_ALLOW condition: '!(order.total_units > 10 || order.express)' }
  )cel");
  EXPECT_THAT(FormatDecision(MustDecide(*set, MakeInput("order { total_units: 20 }"))),
              HasSubstr("    no    !(order.total_units > 10 || order.express)\n"
                        "            order.total_units is 20\n"
                        "            would hold if order.total_units <= 10 && !order.express\n"));
}

TEST(FormatDecision, SaysWhoCanApprove) {
  const std::string text = Format("order { state: STATE_DELIVERED total_units: 20000 }");
  EXPECT_THAT(
      text, HasSubstr("RequestReturn is held: LARGE, until approved by 'supervisor' (rule large)\n"
                      "  A large sum.\n"));
  DecideOptions approved;
  approved.granted_authorities = {"supervisor"};
  const std::string done = Format("order { state: STATE_DELIVERED total_units: 20000 }", approved);
  EXPECT_THAT(done, HasSubstr("RequestReturn is allowed (rule rest)\n"));
  EXPECT_THAT(done, HasSubstr("rule large holds, and the approval of 'supervisor' satisfies it"));
}

TEST(FormatDecision, SaysWhatErred) {
  const std::string text = Format("order { state: STATE_DELIVERED }");
  EXPECT_THAT(text, HasSubstr("RequestReturn is refused: POLICY_ERROR (rule broken)\n"));
  EXPECT_THAT(text, HasSubstr("rule broken could not be evaluated"));
  EXPECT_THAT(text, HasSubstr("[CEL_DIVISION_BY_ZERO]"));
}

TEST(FormatDecision, SaysThatNothingMatched) {
  const auto none = MustCompile("id: 'none'");
  EXPECT_EQ(
      FormatDecision(MustDecide(*none, MakeInput(""))),
      "It is refused: POLICY_NO_RULE\n  No rule matched and there is no default, so the command is "
      "refused.\n");
  const auto allow = MustCompile("id: 'allow' default_outcome: POLICY_OUTCOME_ALLOW");
  EXPECT_EQ(FormatDecision(MustDecide(*allow, MakeInput(""))),
            "It is allowed by default: no rule matched\n");
  const auto refuse = MustCompile("id: 'refuse' default_outcome: POLICY_OUTCOME_REFUSE");
  EXPECT_EQ(
      FormatDecision(MustDecide(*refuse, MakeInput(""))),
      "It is refused: POLICY_DEFAULT\n  No rule matched, and the rule set refuses by default.\n");
}

TEST(FormatDecision, ShowsTheRulesInTheOrderInWhichTheyDecided) {
  v1::Decision decision;
  decision.set_outcome(v1::POLICY_OUTCOME_REFUSE);
  for (const char* id : {"a", "b", "c"}) {
    v1::RuleTrace* rule = decision.add_rules();
    rule->set_rule_id(id);
    rule->set_result(v1::RuleTrace::RESULT_FIRED);
    rule->set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule->set_reason(id);
  }
  for (const char* id : {"c", "gone", "a"}) decision.add_fired_rule_ids(id);
  std::string shown;
  for (const DecisionReason& reason : DecisionReasons(decision)) {
    shown += absl::StrCat(reason.rule_id, "=", reason.reason, " ");
  }
  EXPECT_EQ(shown, "c=c gone= a=a ");
  const std::string text = FormatDecision(decision);
  EXPECT_LT(text.find("rule c refused"), text.find("rule a refused")) << text;
  EXPECT_LT(text.find("rule a refused"), text.find("rule b")) << text;
}

TEST(FormatDecision, CanBeBrief) {
  FormatOptions format;
  format.why_not = false;
  EXPECT_THAT(Format("order { state: STATE_BAKED }", {}, format), Not(HasSubstr("Why not")));
  format.why_not = true;
  format.max_rules = 1;
  const std::string text = Format("order { state: STATE_BAKED total_units: 5 }", {}, format);
  EXPECT_THAT(text, HasSubstr("  and 3 more rules\n"));
  DecideOptions brief;
  brief.trace = TraceLevel::kFired;
  EXPECT_THAT(Format("order { state: STATE_BAKED }", brief), Not(HasSubstr("Why not")));
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
