// Outputs, variables, dates and groups of packs: amounts, sets of several inputs, decisions as of another instant.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace outputs_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kRest =
    "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }\n";

std::string Variable(absl::string_view name, absl::string_view expression) {
  return absl::StrCat("variables { name: '", name, "' expression: \"", expression, "\" }\n");
}

// A set whose one rule allows under the condition, with fields besides; otherwise it refuses.
std::string Set(absl::string_view verb, absl::string_view condition,
                absl::string_view fields = "") {
  return absl::StrCat("rule_sets { id: '", verb, "' decision_points: '", verb,
                      "' default_outcome: POLICY_OUTCOME_REFUSE rules { id: 'r' order: 1 ",
                      "outcome: POLICY_OUTCOME_ALLOW condition: \"", condition, "\" ", fields,
                      " } }\n");
}

std::string Output(absl::string_view name, absl::string_view expression) {
  return absl::StrCat("outputs { name: '", name, "' expression: \"", expression, "\" } ");
}

PolicyResult Compile(const std::string& text) {
  return Policy::FromText(absl::StrCat(kRest, text), "p.textproto");
}

std::vector<std::string> ReasonsOf(const std::string& text) {
  std::vector<std::string> reasons;
  for (const v1::Issue& issue : Compile(text).issues) reasons.push_back(issue.reason());
  return reasons;
}

v1::DecisionInput CancelInput(int64_t units, int64_t now = 1'715'785'200) {
  v1::DecisionInput input;
  v1::OrderDecisionInput& order = *input.mutable_order();
  order.mutable_command()->mutable_cancel_order()->set_order_id("o1");
  order.mutable_actor()->set_actor_id("anna");
  order.mutable_actor()->add_roles("agent");
  order.mutable_now()->set_seconds(now);
  order.mutable_order()->set_order_id("o1");
  order.mutable_order()->mutable_totals()->mutable_total()->set_units(units);
  order.mutable_order()->mutable_totals()->mutable_total()->set_currency_code("EUR");
  return input;
}

v1::DecisionInput OpenInput() {
  v1::DecisionInput input;
  v1::CaseDecisionInput& open = *input.mutable_case_();
  open.mutable_command()->mutable_open_case()->set_case_id("c1");
  open.mutable_actor()->add_roles("agent");
  open.mutable_now()->set_seconds(1'715'785'200);
  return input;
}

std::vector<std::string> Outputs(const v1::Decision& decision) {
  std::vector<std::string> texts;
  for (const v1::OutputValue& output : decision.outputs()) {
    texts.push_back(absl::StrCat(output.name(), "=", rules::OutputText(output)));
  }
  return texts;
}

TEST(PackOutputs, AreAmountsInTheWordsOfTheAuthor) {
  const PolicyResult result =
      Compile(Variable("fee", "percent(order.totals.total, 10)") +
              Set("CancelOrder", "variables.fee > money('5 EUR')",
                  Output("fee", "variables.fee") + Output("queue", "'billing'") +
                      Output("due_time", "now + days(14)") + Output("wait", "hours(4)") +
                      Output("delivered", "order.deliver_time")));
  ASSERT_NE(result.policy, nullptr) << rules::FormatIssues(result.issues);
  EXPECT_THAT(result.issues, IsEmpty());
  const auto decision = result.policy->Decide(CancelInput(6400));
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(decision->outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_THAT(Outputs(*decision), ElementsAre("due_time=2024-05-29T15:00:00Z", "fee=6.40 EUR",
                                              "queue=billing", "wait=4h"));
  EXPECT_THAT(Outputs(*result.policy->Decide(CancelInput(100))), IsEmpty());
  EXPECT_THAT(rules::FormatDecision(*decision), HasSubstr("variables.fee is 6.40 EUR"));
}

TEST(PackVariables, AreReadBySetsOfSeveralInputs) {
  const std::string variables =
      Variable("is_agent", "actor.has_role('agent')") + Variable("total", "order.totals.total");
  const PolicyResult result = Compile(
      variables + Set("CancelOrder", "variables.is_agent && variables.total > money('5 EUR')") +
      Set("OpenCase", "variables.is_agent"));
  ASSERT_NE(result.policy, nullptr) << rules::FormatIssues(result.issues);
  EXPECT_THAT(result.issues, IsEmpty()) << rules::FormatIssues(result.issues);
  EXPECT_EQ(result.policy->Decide(CancelInput(600))->outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_EQ(result.policy->Decide(CancelInput(500))->outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(result.policy->Decide(OpenInput())->outcome(), v1::POLICY_OUTCOME_ALLOW);

  const PolicyResult wrong =
      Compile(variables + Set("CancelOrder", "variables.total > money('5 EUR')") +
              Set("OpenCase", "variables.is_agent && variables.total > money('5 EUR')"));
  ASSERT_EQ(wrong.issues.size(), 1) << rules::FormatIssues(wrong.issues);
  EXPECT_EQ(wrong.issues[0].reason(), "RULE_VARIABLE_INPUT");
  EXPECT_EQ(wrong.issues[0].field(), "rule_sets[2].rules[0].condition");
  EXPECT_THAT(wrong.issues[0].text(), HasSubstr("'total'"));
}

TEST(PackVariables, AreCheckedForTheSetsThatReadThem) {
  // A variable is no place to hide from a check.
  EXPECT_THAT(ReasonsOf(Variable("reason", "command.cancel_order.reason") +
                        Set("CancelOrder", "variables.reason == 'late'") +
                        Set("RefundOrder", "variables.reason == 'late'")),
              ElementsAre("POLICY_COMMAND_ARM"));
  EXPECT_THAT(ReasonsOf(Variable("color", "customer.attributes.text('color')") +
                        Set("CancelOrder", "variables.color == 'blue'")),
              ElementsAre("POLICY_ATTRIBUTE_UNKNOWN"));
  EXPECT_THAT(ReasonsOf(Variable("is_late", "ordr.state == Order.State.STATE_SHIPPED") +
                        Set("CancelOrder", "variables.is_late")),
              ElementsAre("CEL_UNKNOWN_NAME"));
  EXPECT_THAT(ReasonsOf(Set("CancelOrder", "variables.is_late")),
              ElementsAre("RULE_VARIABLE_UNKNOWN"));
  const PolicyResult unread = Compile(Variable("is_late", "now > timestamp(5)"));
  ASSERT_EQ(unread.issues.size(), 1);
  EXPECT_EQ(unread.issues[0].reason(), "RULE_VARIABLE_UNREAD");
  EXPECT_NE(unread.policy, nullptr);
}

TEST(PackVariables, RaiseNoFalseAlarms) {
  EXPECT_THAT(
      ReasonsOf(Variable("has_items", "size(command.refund_order.items) > 0") +
                Set("RefundOrder",
                    "variables.has_items || command.refund_order.amount <= money('100 EUR')")),
      IsEmpty());
  EXPECT_THAT(ReasonsOf(Variable("is_known", "has(customer)") +
                        Set("CancelOrder", "variables.is_known && customer.tier != 'gold'")),
              IsEmpty());
}

TEST(PackOutputs, OfPersonalDataAreIssues) {
  EXPECT_THAT(ReasonsOf(Set("CancelOrder", "true", Output("name", "customer.given_name"))),
              ElementsAre("RULE_OUTPUT_CLASS"));
  EXPECT_THAT(ReasonsOf(Set("CancelOrder", "true",
                            Output("is_max", "has(customer) && customer.given_name == 'Max'"))),
              IsEmpty());
}

TEST(PackOutputs, OfASetForAllOtherVerbsAreIssues) {
  const PolicyResult result = Policy::FromText(
      "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW"
      " default_outputs { name: 'a' expression: '1' } }",
      "p.textproto");
  ASSERT_EQ(result.issues.size(), 1) << rules::FormatIssues(result.issues);
  EXPECT_EQ(result.issues[0].reason(), "RULE_SET_WILDCARD_RULES");
  EXPECT_EQ(result.policy, nullptr);
}

TEST(PackDates, AreAskedAsOfAnotherInstant) {
  const PolicyResult result =
      Compile(Set("CancelOrder", "true", "effective_time { seconds: 2000000000 }"));
  ASSERT_NE(result.policy, nullptr) << rules::FormatIssues(result.issues);
  const v1::DecisionInput input = CancelInput(1);
  const auto outcome = [&](absl::optional<absl::Time> as_of) {
    return result.policy->Decide(input, {}, nullptr, rules::TraceLevel::kFull, as_of)->outcome();
  };
  EXPECT_EQ(outcome(absl::nullopt), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(outcome(absl::FromUnixSeconds(2'000'000'000)), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_EQ(outcome(absl::FromUnixSeconds(1'999'999'999)), v1::POLICY_OUTCOME_REFUSE);
}

TEST(PackVariables, AreAPartOfTheHash) {
  const auto hash = [](const std::string& expression) {
    return Compile(Variable("limit", expression) + Set("CancelOrder", "variables.limit > 1"))
        .policy->hash();
  };
  EXPECT_NE(hash("1"), hash("2"));
}

}  // namespace
}  // namespace outputs_tests
}  // namespace frontdesk
