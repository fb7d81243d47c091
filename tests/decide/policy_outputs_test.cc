// Commands with the values that policy computes for them.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "decide/command_run.h"
#include "decide/kept_states.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/policy/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::By;
using ::frontdesk::testing::KeptStates;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A policy that computes `outputs` ("name = expression") by one rule for the command, and allows everything else.
std::string Computing(absl::string_view command,
                      const std::vector<std::pair<std::string, std::string>>& outputs,
                      absl::string_view more = "") {
  std::string rule;
  for (const auto& [name, expression] : outputs) {
    absl::StrAppend(&rule, "outputs { name: \"", name, "\" expression: \"", expression, "\" } ");
  }
  return absl::StrCat("name: 'computing' rule_sets { id: 'set' decision_points: '", command,
                      "' default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'sum' order: 1 "
                      "outcome: POLICY_OUTCOME_ALLOW condition: 'true' ",
                      rule, "} } rule_sets { id: 'rest' decision_points: '*' default_outcome: ",
                      "POLICY_OUTCOME_ALLOW } ", more);
}

// A shop with order "o1" (2 x "a" at 10.00, 1 x "b" at 4.00), under that policy.
class OutputsTest : public ::testing::Test {
 protected:
  OutputsTest() {
    states_.OpenShop();
    EXPECT_EQ(states_.Do(testing::PlaceOrder("o1")).verdict(), v1::VERDICT_DONE);
  }

  v1::Outcome Do(absl::string_view policy, absl::string_view text) {
    states_.policy = MustCompile(policy);
    const v1::Outcome outcome = states_.Do(text);
    EXPECT_TRUE(states_.status().ok()) << states_.status();
    return outcome;
  }

  v1::Order Order() const { return states_.State(v1::ENTITY_KIND_ORDER, "o1").order(); }
  v1::Case Case() const { return states_.State(v1::ENTITY_KIND_CASE, "k1").case_(); }

  KeptStates states_;
};

constexpr absl::string_view kRefundOneA =
    "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { variant_id: 'a' "
    "quantity: 1 } settlement: SETTLEMENT_DONE }";
constexpr absl::string_view kRefund =
    "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL settlement: SETTLEMENT_DONE }";

TEST_F(OutputsTest, AnAmountForPiecesIsRefunded) {
  const std::string policy =
      Computing("RefundOrder", {{"amount", "percent(assessment.refund_amount, 80)"}});
  const v1::Outcome outcome = Do(policy, kRefundOneA);
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  ASSERT_EQ(outcome.decision().outputs_size(), 1);
  EXPECT_EQ(outcome.decision().outputs(0).money_value().units(), 800);
  EXPECT_EQ(outcome.events(0).order().order_refunded().refund().amount().units(), 800);
  EXPECT_EQ(Order().lines(0).quantities().refunded(), 1);
  EXPECT_EQ(Order().lines(0).refunded_amount().units(), 800);
  EXPECT_EQ(Order().lines(0).withheld_amount().units(), 200);
  // The command is recorded as it was asked, and so is the input of policy.
  EXPECT_FALSE(states_.record.command().order().refund_order().has_amount());
  EXPECT_EQ(states_.record.assessed().order().assessment().refund_amount().units(), 1'000);
}

TEST_F(OutputsTest, AnAmountIsComputedWhereNothingIsAsked) {
  EXPECT_THAT(Reasons(states_.Do(kRefund)), ElementsAre("ARGUMENT_REQUIRED"));
  const v1::Outcome outcome = Do(Computing("RefundOrder", {{"amount", "money('5 USD')"}}), kRefund);
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  EXPECT_EQ(Order().refunded_amount().units(), 500);
}

TEST_F(OutputsTest, AFieldThatTheActorSetsStays) {
  const v1::Outcome outcome = Do(Computing("RefundOrder", {{"amount", "money('5 USD')"}}),
                                 "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL "
                                 "amount { units: 700 currency_code: 'USD' } }");
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  EXPECT_EQ(outcome.events(0).order().order_refunded().refund().amount().units(), 700);
  EXPECT_EQ(outcome.decision().outputs(0).money_value().units(), 500);
}

TEST_F(OutputsTest, AFieldThatNoRuleComputesIsRequired) {
  const std::string policy =
      "rule_sets { id: 'set' decision_points: 'RefundOrder' default_outcome: POLICY_OUTCOME_ALLOW "
      "rules { id: 'never' order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "
      "\"command.refund_order.payment_method_id == 'gift'\" "
      "outputs { name: 'amount' expression: \"money('5 USD')\" } } "
      "rules { id: 'fraud' order: 2 outcome: POLICY_OUTCOME_REFUSE reason: 'NO' condition: "
      "'note == \"no\"' outputs { name: 'amount' expression: \"money('1 USD')\" } } }";
  EXPECT_THAT(Reasons(Do(policy, kRefund)), ElementsAre("ARGUMENT_REQUIRED"));
  // An output of a refusing rule fills nothing.
  states_.policy = MustCompile(policy);
  v1::Command command = AskInText(kRefund, 300);
  command.set_note("no");
  EXPECT_THAT(Reasons(states_.Do(command)), ElementsAre("NO", "ARGUMENT_REQUIRED"));
  EXPECT_EQ(Do(policy, kRefundOneA).verdict(), v1::VERDICT_DONE);
}

// Every fault of a value refuses, by one reason with the output and the rule.
TEST_F(OutputsTest, AnImpossibleValueRefuses) {
  Do(testing::kAllowAll, "open_case { case_id: 'k1' kind: KIND_COMPLAINT subject: 's' }");
  struct Row {
    const char* command;
    const char* output;
    const char* expression;
    const char* text;
    const char* more;
    const char* cause;
    const char* field;
  };
  const Row rows[] = {
      {"RefundOrder", "amount", "money('1 USD') - money('5 USD')", kRefund.data(), "",
       "ARGUMENT_OUT_OF_RANGE", "refund_order.amount.units"},
      {"RefundOrder", "amount", "money('5 EUR')", kRefund.data(), "", "ORDER_REFUND_CURRENCY",
       "refund_order.amount"},
      {"RefundOrder", "amount", "money('10.01 USD')", kRefundOneA.data(), "",
       "ORDER_REFUND_EXCEEDS_ITEMS", "refund_order.amount"},
      {"RefundOrder", "amount", "money('24.01 USD')", kRefund.data(), "",
       "ORDER_REFUND_EXCEEDS_HELD", "refund_order.amount"},
      {"OpenCase", "priority", "-1",
       "open_case { case_id: 'k2' kind: KIND_COMPLAINT subject: 's' }", "", "ARGUMENT_OUT_OF_RANGE",
       "open_case.priority"},
      {"OpenCase", "impact", "3000000000",
       "open_case { case_id: 'k2' kind: KIND_COMPLAINT subject: 's' }", "", "", "open_case.impact"},
      {"OpenCase", "priority", "2",
       "open_case { case_id: 'k2' kind: KIND_COMPLAINT subject: 's' impact: 1 urgency: 1 }",
       "cases { priority_matrix { impact: 1 urgency: 1 priority: 1 } }",
       "CASE_OPEN_PRIORITY_DIFFERS", "open_case.priority"},
      {"OpenCase", "impact", "7",
       "open_case { case_id: 'k2' kind: KIND_COMPLAINT subject: 's' urgency: 1 }",
       "cases { priority_matrix { impact: 1 urgency: 1 priority: 1 } }", "CASE_OPEN_CELL_MISSING",
       "open_case.impact"},
      {"AssignCase", "queue", "'a' + '\\\\x07'", "assign_case { case_id: 'k1' }", "",
       "ID_CHARACTER", "assign_case.queue_id"},
      {"ResolveCase", "remedy_amount", "money('5 USD')",
       "resolve_case { case_id: 'k1' code: 'fixed' }", "", "ARGUMENT_REQUIRED",
       "resolve_case.remedy"},
      {"ResolveCase", "remedy_amount", "money('5 USD')",
       "resolve_case { case_id: 'k1' code: 'fixed' remedy: 'voucher' }",
       "cases { remedies { name: 'voucher' code: 'fixed' amount { units: 700 currency_code: 'USD' "
       "} } }",
       "CASE_RESOLVE_REMEDY_AMOUNT", "resolve_case.remedy_amount"},
      {"CreditAccount", "amount", "money('5 EUR')",
       "credit_account { account_id: 'gift-1' cause: 'gift' }", "", "ACCOUNT_CREDIT_CURRENCY",
       "credit_account.amount"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(absl::StrCat(row.command, " ", row.output, " = ", row.expression));
    const v1::Outcome outcome =
        Do(Computing(row.command, {{row.output, row.expression}}, row.more), row.text);
    ASSERT_EQ(outcome.refusals_size(), 1) << outcome.ShortDebugString();
    const v1::Refusal& refusal = outcome.refusals(0);
    EXPECT_EQ(refusal.reason(), kReasonPolicyOutputNotPossible);
    EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_POLICY);
    EXPECT_EQ(refusal.field(), row.field);
    EXPECT_EQ(refusal.rule_id(), "sum");
    EXPECT_THAT(refusal.text(),
                HasSubstr(absl::StrCat("the output \"", row.output, "\" of the rule \"sum\"")));
    ASSERT_GE(refusal.details_size(), 1);
    EXPECT_EQ(refusal.details(0).value(), row.output);
    const v1::DetailValue& last = refusal.details(refusal.details_size() - 1);
    if (*row.cause != '\0') {
      EXPECT_EQ(last.name(), "cause");
      EXPECT_EQ(last.value(), row.cause);
    }
  }
}

// A refusal that has nothing to do with the output is not laid at its door.
TEST_F(OutputsTest, OtherInvariantsKeepTheirReasons) {
  const std::string policy =
      Computing("RefundOrder", {{"amount", "percent(assessment.refund_amount, 80)"}});
  const v1::Outcome outcome =
      Do(policy,
         "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { variant_id: 'a' "
         "quantity: 1 } payment_method_id: 'nowhere' }");
  ASSERT_EQ(outcome.refusals_size(), 1) << outcome.ShortDebugString();
  EXPECT_EQ(outcome.refusals(0).reason(), "ORDER_REFUND_PAYMENT_METHOD_UNKNOWN");
  EXPECT_EQ(outcome.refusals(0).origin(), v1::Refusal::ORIGIN_INVARIANT);
}

TEST_F(OutputsTest, ACaseIsRoutedAndPrioritized) {
  const std::string policy = Computing(
      "OpenCase",
      {{"queue", "'vip'"}, {"impact", "2"}, {"urgency", "3"}, {"priority", "1"}, {"own", "now"}});
  const v1::Outcome outcome =
      Do(policy, "open_case { case_id: 'k1' kind: KIND_COMPLAINT subject: 's' urgency: 9 }");
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  EXPECT_EQ(outcome.decision().outputs_size(), 5);
  EXPECT_EQ(Case().queue_id(), "vip");
  EXPECT_EQ(Case().impact(), 2);
  EXPECT_EQ(Case().urgency(), 9);
  EXPECT_EQ(Case().priority(), 1);
  ASSERT_EQ(Do(Computing("PrioritizeCase", {{"priority", "case.priority + 1"}}),
               "prioritize_case { case_id: 'k1' }")
                .verdict(),
            v1::VERDICT_DONE);
  EXPECT_EQ(Case().priority(), 2);
  ASSERT_EQ(Do(Computing("AssignCase", {{"queue", "'second'"}}), "assign_case { case_id: 'k1' }")
                .verdict(),
            v1::VERDICT_DONE);
  EXPECT_EQ(Case().queue_id(), "second");
  ASSERT_EQ(Do(Computing("TransferCase", {{"queue", "'third'"}}),
               "transfer_case { case_id: 'k1' kind: KIND_COLD }")
                .verdict(),
            v1::VERDICT_DONE);
  EXPECT_EQ(Case().queue_id(), "third");
  ASSERT_EQ(Do(Computing("ResolveCase", {{"remedy_amount", "money('5 USD')"}}),
               "resolve_case { case_id: 'k1' code: 'fixed' remedy: 'voucher' }")
                .verdict(),
            v1::VERDICT_DONE);
  EXPECT_EQ(Case().resolutions(0).remedy_amount().units(), 500);
}

// 0 and an empty text say nothing.
TEST_F(OutputsTest, NoValueLeavesTheFieldUnset) {
  const v1::Outcome outcome = Do(Computing("OpenCase", {{"queue", "''"}, {"priority", "0"}}),
                                 "open_case { case_id: 'k1' kind: KIND_COMPLAINT subject: 's' }");
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  EXPECT_EQ(Case().queue_id(), "");
  EXPECT_EQ(Case().priority(), 0);
}

TEST_F(OutputsTest, AnAccountIsCredited) {
  ASSERT_EQ(Do(Computing("CreditAccount", {{"amount", "money('5 USD')"}}),
               "credit_account { account_id: 'gift-1' cause: 'gift' }")
                .verdict(),
            v1::VERDICT_DONE);
  EXPECT_EQ(states_.State(v1::ENTITY_KIND_ACCOUNT, "gift-1").account().balance().units(), 10'500);
}

constexpr absl::string_view kHoldsAbove = R"pb(
  name: "holds"
  variables { name: "due" expression: "percent(assessment.refund_amount, 80)" }
  rule_sets {
    id: "refunds"
    decision_points: "RefundOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    default_outputs { name: "amount" expression: "variables.due" }
    rules {
      id: "much"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "MUCH"
      authority: "supervisor"
      condition: "variables.due > money('7 USD')"
      outputs { name: "amount" expression: "variables.due" }
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

TEST_F(OutputsTest, AHeldCommandShowsTheAmountAndPaysItWhenApproved) {
  const v1::Outcome held = Do(kHoldsAbove, kRefundOneA);
  ASSERT_EQ(held.verdict(), v1::VERDICT_HELD) << held.ShortDebugString();
  ASSERT_EQ(held.decision().outputs_size(), 1);
  EXPECT_EQ(held.decision().outputs(0).money_value().units(), 800);
  v1::Command approve = By("boss", 400);
  approve.mutable_actor()->add_authorities("supervisor");
  approve.mutable_desk()->mutable_approve()->set_approval_id("a1");
  const v1::Outcome outcome = states_.Do(approve);
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  EXPECT_EQ(Order().refunded_amount().units(), 800);
  EXPECT_EQ(outcome.decision().outputs(0).money_value().units(), 800);
}

// A command that cannot be done with the amount waits for nobody.
TEST_F(OutputsTest, AnImpossibleOutputIsNotHeld) {
  const v1::Outcome outcome =
      Do("rule_sets { id: 'set' decision_points: 'RefundOrder' default_outcome: "
         "POLICY_OUTCOME_ALLOW rules { id: 'ask' order: 1 outcome: POLICY_OUTCOME_HOLD reason: "
         "'ASK' authority: 'boss' condition: 'true' outputs { name: 'amount' expression: "
         "\"money('99 USD')\" } } }",
         kRefund);
  EXPECT_EQ(outcome.verdict(), v1::VERDICT_REFUSED);
  EXPECT_THAT(Reasons(outcome), ElementsAre("POLICY_OUTPUT_NOT_POSSIBLE"));
}

// The pure function does the same.
TEST_F(OutputsTest, ThePureFunctionFillsToo) {
  const auto policy =
      MustCompile(Computing("RefundOrder", {{"amount", "percent(assessment.refund_amount, 50)"}}));
  v1::DecisionInput input;
  *input.mutable_order()->mutable_order() = Order();
  *input.mutable_order()->mutable_customer() =
      states_.State(v1::ENTITY_KIND_CUSTOMER, "c1").customer();
  const auto outcome = Decide(input, AskInText(kRefundOneA, 500), *policy);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  ASSERT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
  EXPECT_EQ(outcome->events(0).order().order_refunded().refund().amount().units(), 500);
}

// The rules that count are those of another instant, while `now` stays what they read.
TEST_F(OutputsTest, AskedAsOfAnotherDate) {
  const auto policy = MustCompile(R"pb(
    rule_sets {
      id: "cancel"
      decision_points: "CancelOrder"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "new"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "NEW"
        condition: "now < timestamp('2030-01-01T00:00:00Z')"
        effective_time { seconds: 1893456000 }
      }
    }
  )pb");
  states_.policy = policy;
  v1::Command command = testing::CancelOrder("o1");
  command.set_idempotency_key("k");
  const v1::Facts facts;
  const auto ask = [&](absl::optional<absl::Time> as_of) {
    internal::CommandRun run(states_.limits, states_.clocks, rules::TraceLevel::kFired, command,
                             facts);
    if (as_of.has_value()) run.SetAsOf(*as_of);
    EXPECT_TRUE(
        run.Run([&] { return absl::StatusOr<const Policy*>(policy.get()); }, &states_).ok());
    return run.outcome();
  };
  EXPECT_EQ(ask(absl::nullopt).verdict(), v1::VERDICT_DONE);
  EXPECT_THAT(Reasons(ask(absl::FromUnixSeconds(1'893'456'000))), ElementsAre("NEW"));
  EXPECT_THAT(Reasons(ask(absl::FromUnixSeconds(1'893'455'999))), IsEmpty());
  // Also when an outcome is remembered.
  EXPECT_EQ(states_.Do(command).verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(ask(absl::nullopt).verdict(), v1::VERDICT_DONE);
  EXPECT_THAT(Reasons(ask(absl::FromUnixSeconds(1'893'456'000))),
              ::testing::Contains(std::string("NEW")));
}

}  // namespace
}  // namespace frontdesk
