#include "frontdesk/decide/explain.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::MustCompile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Refunds and cancellations as a company might decide them.
constexpr absl::string_view kPolicy = R"pb(
  name: "mill"
  version: "7"
  rule_sets {
    id: "refunds"
    decision_points: "RefundOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "refund.large"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "REFUND_LARGE"
      text: "Refunds of more than 100 EUR need a second look."
      authority: "second_line"
      condition: "command.refund_order.amount > money('100 EUR')"
      details { name: "amount" expression: "command.refund_order.amount" }
      tags: "money"
      tags: "refunds"
      owner: "Finance"
      documentation: "Terms of sale, section 4."
      customer_text: "A colleague checks your refund of {amount}, which takes up to 2 days."
    }
    rules {
      id: "refund.late"
      order: 2
      outcome: POLICY_OUTCOME_REFUSE
      reason: "REFUND_LATE"
      condition: "order.state == Order.State.STATE_DELIVERED && since(order.deliver_time) > days(30)"
    }
    rules {
      id: "refund.tier"
      order: 3
      outcome: POLICY_OUTCOME_ALLOW
      text: "Gold customers get refunds."
      condition: "customer.tier == 'gold'"
      customer_text: "Thank you for your loyalty, your refund is on its way."
    }
  }
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "cancel.large"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "CANCEL_LARGE"
      condition: "order.totals.total.units > 5000"
    }
    rules {
      id: "cancel.many"
      order: 2
      outcome: POLICY_OUTCOME_REFUSE
      reason: "CANCEL_MANY"
      condition: "order.lines.exists(l, l.quantities.ordered > 5)"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE }
  reason_texts { reason: "REFUND_LATE" customer_text: "We refund for 30 days after the delivery" }
  vocabulary {
    authorities { name: "second_line" text: "the second line" }
    tiers { name: "gold" text: "our gold customers" }
  }
)pb";

v1::OrderDecisionInput MillOrder() {
  v1::OrderDecisionInput input;
  const bool is_read = google::protobuf::TextFormat::ParseFromString(
      R"pb(
        order {
          order_id: "o-4711"
          state: STATE_DELIVERED
          currency_code: "EUR"
          lines {
            line_id: "1"
            quantities { ordered: 2 }
            net_amount { units: 3000 currency_code: "EUR" }
          }
          lines {
            line_id: "2"
            quantities { ordered: 7 }
            net_amount { units: 1000 currency_code: "EUR" }
          }
          totals { total { units: 4000 currency_code: "EUR" } }
          payments {
            payment_id: "p1"
            state: STATE_CAPTURED
            amount { units: 20000 currency_code: "EUR" }
            captured_amount { units: 20000 currency_code: "EUR" }
          }
          place_time { seconds: 1715774400 }
          deliver_time { seconds: 1715774400 }
        }
      )pb",
      &input);
  EXPECT_TRUE(is_read);
  return input;
}

v1::Command Ask(absl::string_view verb) {
  v1::Command command = testing::AskInText(verb);
  command.mutable_actor()->set_actor_id("anna");
  // 2024-05-25 12:00 UTC.
  command.mutable_now()->set_seconds(1716638400);
  return command;
}

std::string Joined(const v1::Explanation& explanation) {
  return absl::StrJoin(explanation.agent_lines(), "\n");
}

class ExplainTest : public ::testing::Test {
 protected:
  v1::Explanation Why(const v1::Command& command, const v1::OrderDecisionInput& input) {
    v1::DecisionInput arm;
    *arm.mutable_order() = input;
    const absl::StatusOr<v1::Outcome> outcome = Decide(arm, command, *policy_);
    if (!outcome.ok()) {
      ADD_FAILURE() << outcome.status();
      return {};
    }
    outcome_ = *outcome;
    return Explain(command, *outcome, policy_.get());
  }

  std::shared_ptr<const Policy> policy_ = MustCompile(kPolicy);
  v1::Outcome outcome_;
};

TEST_F(ExplainTest, AHeldRefundInThreeLengths) {
  const v1::Command command = Ask(R"(refund_order { order_id: 'o-4711' cause: REFUND_CAUSE_GOODWILL
               amount { units: 15050 currency_code: 'EUR' } })");
  const v1::Explanation why = Why(command, MillOrder());
  ASSERT_EQ(why.verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(why.customer_text(),
            "A colleague checks your refund of 150.50 EUR, which takes up to 2 days.");
  EXPECT_THAT(
      why.agent_lines(),
      ElementsAre("The request to issue the refund waits for an approval.",
                  "Reason: Refunds of more than 100 EUR need a second look.",
                  "Values that counted: the amount is 150.50 EUR.",
                  "It needs the approval of the second line.",
                  "This approval would not be needed if the amount were at most 100.00 EUR."));
  EXPECT_THAT(why.text(), HasSubstr("RefundOrder on order o-4711 was held.\n"));
  EXPECT_THAT(why.text(), HasSubstr("Policy mill 7, hash "));
  EXPECT_THAT(why.text(), HasSubstr("  About rule refund.large:\n"
                                    "    owner Finance\n"
                                    "    tags money, refunds\n"
                                    "    Terms of sale, section 4.\n"));
}

TEST_F(ExplainTest, TheTextOfAReasonIsOfThePack) {
  v1::Command command = Ask(R"(refund_order { order_id: 'o-4711' cause: REFUND_CAUSE_GOODWILL
               amount { units: 100 currency_code: 'EUR' } })");
  // 2024-06-30 12:00 UTC.
  command.mutable_now()->set_seconds(1719748800);
  const v1::Explanation why = Why(command, MillOrder());
  ASSERT_EQ(why.verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(why.customer_text(), "We refund for 30 days after the delivery.");
  EXPECT_EQ(
      Joined(why),
      "The request to issue the refund was refused.\n"
      "Reason: Refund late.\n"
      "Values that counted: the state of the order is delivered; the delivery time of the order is "
      "2024-05-15 12:00 UTC.\n"
      "This reason would not apply if the state of the order were not delivered, or if "
      "the time since the delivery of the order were at most 30 days.");
}

TEST_F(ExplainTest, MinorUnitsAreAmounts) {
  v1::OrderDecisionInput input = MillOrder();
  input.mutable_order()->set_state(v1::Order::STATE_PLACED);
  input.mutable_order()->mutable_totals()->mutable_total()->set_units(10000);
  const v1::Explanation why = Why(Ask("cancel_order { order_id: 'o-4711' }"), input);
  ASSERT_EQ(why.verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(why.customer_text(), "We cannot cancel your order.");
  EXPECT_EQ(Joined(why),
            "The request to cancel the order was refused.\n"
            "Reasons: Cancel large. Cancel many.\n"
            "Values that counted: the total of the order is 100.00 EUR.\n"
            "The first reason would not apply if the total of the order were at most 50.00 EUR.");
  EXPECT_EQ(why.decision().rules(0).conjuncts(0).reads(0).amount(), "100.00 EUR");
}

TEST_F(ExplainTest, OfAListTheElementThatDecided) {
  v1::OrderDecisionInput input = MillOrder();
  input.mutable_order()->set_state(v1::Order::STATE_PLACED);
  const v1::Explanation why = Why(Ask("cancel_order { order_id: 'o-4711' }"), input);
  EXPECT_EQ(Joined(why),
            "The request to cancel the order was refused.\n"
            "Reason: Cancel many.\n"
            "Values that counted: the ordered quantity of line 2 is 7.\n"
            "This reason would not apply if for every line of the order, its ordered quantity "
            "were at most 5.");
}

TEST_F(ExplainTest, AnInvariantNamesTheStates) {
  const v1::Explanation why = Why(Ask("cancel_order { order_id: 'o-4711' }"), [] {
    v1::OrderDecisionInput input = MillOrder();
    input.mutable_order()->mutable_lines(1)->mutable_quantities()->set_ordered(1);
    return input;
  }());
  EXPECT_EQ(why.customer_text(),
            "We cannot cancel your order because it is on its way, delivered or canceled already.");
  EXPECT_EQ(Joined(why),
            "The request to cancel the order was refused.\n"
            "Reason: The order was shipped, delivered or canceled.\n"
            "Values that counted: the state of the order is delivered.\n"
            "It is possible while the order is placed or processing.");
}

TEST_F(ExplainTest, AbsentValuesAreNotKnown) {
  policy_ = MustCompile(R"pb(
    rule_sets {
      id: "cancel"
      decision_points: "CancelOrder"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "unknown"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "CUSTOMER_UNKNOWN"
        condition: "!has(customer) && command.cancel_order.reason == ''"
      }
    }
  )pb");
  v1::OrderDecisionInput input = MillOrder();
  input.mutable_order()->set_state(v1::Order::STATE_PLACED);
  const v1::Explanation why = Why(Ask("cancel_order { order_id: 'o-4711' }"), input);
  EXPECT_EQ(
      Joined(why),
      "The request to cancel the order was refused.\n"
      "Reason: Customer unknown.\n"
      "Values that counted: the desk does not know the customer; the reason is not set.\n"
      "This reason would not apply if the desk knew the customer, or if the reason were set.");
}

TEST_F(ExplainTest, ADefaultNamesTheDemands) {
  policy_ = MustCompile(R"pb(
    rule_sets {
      id: "cancel"
      decision_points: "CancelOrder"
      default_outcome: POLICY_OUTCOME_REFUSE
      rules {
        id: "small"
        order: 1
        outcome: POLICY_OUTCOME_ALLOW
        condition: "order.totals.total <= money('20 EUR')"
      }
    }
  )pb");
  v1::OrderDecisionInput input = MillOrder();
  input.mutable_order()->set_state(v1::Order::STATE_PLACED);
  const v1::Explanation why = Why(Ask("cancel_order { order_id: 'o-4711' }"), input);
  EXPECT_EQ(Joined(why),
            "The request to cancel the order was refused.\n"
            "Reason: No rule matched, and the rule set refuses by default.\n"
            "A rule that would allow it demands that the total of the order is at most 20.00 EUR.");
}

TEST_F(ExplainTest, ARuleThatErrsIsAFaultOfOurs) {
  policy_ = MustCompile(R"pb(
    rule_sets {
      id: "cancel"
      decision_points: "CancelOrder"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "late"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "LATE"
        condition: "since(order.cancel_time) > days(3)"
        customer_text: "It is too late."
      }
    }
  )pb");
  v1::OrderDecisionInput input = MillOrder();
  input.mutable_order()->set_state(v1::Order::STATE_PLACED);
  const v1::Explanation why = Why(Ask("cancel_order { order_id: 'o-4711' }"), input);
  EXPECT_EQ(why.customer_text(), "We cannot cancel your order at the moment.");
  EXPECT_EQ(Joined(why),
            "The request to cancel the order was refused.\n"
            "Reason: A rule that counted could not be evaluated.\n"
            "Values that counted: the cancellation time of the order is not set.");
}

TEST_F(ExplainTest, ArgumentsAreNamedInWords) {
  const v1::Explanation why =
      Why(Ask("change_items { order_id: 'o-4711' changes { item { line_id: '1' quantity: -1 } } }"),
          MillOrder());
  EXPECT_EQ(why.customer_text(),
            "We cannot change the items of your order because something in the "
            "request is missing or not possible.");
  EXPECT_THAT(why.agent_lines(1), HasSubstr("The quantity of change 1 is too small, too large"));
}

TEST_F(ExplainTest, CustomersAreNotInformedOfInternalCommands) {
  const v1::Command command = Ask("record_payment { order_id: 'o-4711' }");
  v1::Outcome outcome;
  for (const v1::Verdict verdict : {v1::VERDICT_DONE, v1::VERDICT_REFUSED, v1::VERDICT_HELD}) {
    outcome.set_verdict(verdict);
    if (verdict == v1::VERDICT_REFUSED) outcome.add_refusals()->set_reason("ORDER_NOT_FOUND");
    EXPECT_EQ(Explain(command, outcome, policy_.get()).customer_text(), "");
  }
}

TEST_F(ExplainTest, APlaceholderWithoutAValueIsNotShown) {
  policy_ = MustCompile(R"pb(
    rule_sets {
      id: "cancel"
      decision_points: "CancelOrder"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "name"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "NAMED"
        condition: "command.cancel_order.reason == 'x'"
        details { name: "name" expression: "customer.given_name" }
        customer_text: "Dear {name}, this is not possible."
      }
    }
  )pb");
  v1::OrderDecisionInput input = MillOrder();
  input.mutable_order()->set_state(v1::Order::STATE_PLACED);
  input.mutable_customer()->set_given_name("Wilhelmina");
  const v1::Explanation why = Why(Ask("cancel_order { order_id: 'o-4711' reason: 'x' }"), input);
  EXPECT_EQ(why.customer_text(), "We cannot cancel your order.");
  EXPECT_THAT(why.DebugString(), Not(HasSubstr("Wilhelmina")));
}

// The record of a command that was decided again, and the event that resolved its approval.
v1::JournalRecord Again(v1::Approval::State state, std::vector<v1::Event>* events) {
  v1::JournalRecord record;
  record.set_record_id("r2");
  record.set_approval_id("r1");
  record.set_verdict(v1::VERDICT_DONE);
  *record.mutable_command() = Ask("cancel_order { order_id: 'o-4711' }");
  v1::Event& event = events->emplace_back();
  v1::ApprovalResolved& resolved = *event.mutable_approval()->mutable_approval_resolved();
  resolved.set_state(state);
  resolved.set_resolver_id("ben");
  return record;
}

TEST_F(ExplainTest, AnApprovalSaysWhoAskedAndWhoApproved) {
  std::vector<v1::Event> events;
  const v1::JournalRecord record = Again(v1::Approval::STATE_APPROVED, &events);
  v1::JournalRecord request = record;
  request.mutable_time()->set_seconds(1716638400);
  ExplainContext context;
  context.request = &request;
  v1::Explanation why = ExplainRecord(record, events, context);
  EXPECT_EQ(why.customer_text(), "A colleague has approved your request: your order is canceled.");
  EXPECT_EQ(Joined(why),
            "The request to cancel the order is done.\nAsked by anna, approved by ben.");
  EXPECT_EQ(why.requester_id(), "anna");
  EXPECT_EQ(why.resolver_id(), "ben");
  EXPECT_THAT(why.text(), HasSubstr("  after approval r1\n"
                                    "  requested as CancelOrder by anna, 2024-05-25T12:00:00Z\n"));
  // Without the request nobody knows who asked.
  why = ExplainRecord(record, events);
  EXPECT_EQ(Joined(why), "The request to cancel the order is done.\nApproved by ben.");
  EXPECT_EQ(why.requester_id(), "");
}

TEST_F(ExplainTest, ADeclinedRequestIsSaidInItsOwnWords) {
  std::vector<v1::Event> events;
  const v1::JournalRecord request = Again(v1::Approval::STATE_DECLINED, &events);
  v1::JournalRecord record;
  record.set_verdict(v1::VERDICT_DONE);
  record.mutable_command()->mutable_desk()->mutable_decline()->set_approval_id("r1");
  ExplainContext context;
  context.request = &request;
  v1::Explanation why = ExplainRecord(record, events, context);
  EXPECT_EQ(why.customer_text(),
            "A colleague has looked at your request, and we cannot cancel your order.");
  EXPECT_EQ(Joined(why),
            "The request to cancel the order was declined.\nAsked by anna, declined by ben.");
  EXPECT_EQ(why.decision_point(), "Decline");
  // Whoever asked takes it back.
  events[0].mutable_approval()->mutable_approval_resolved()->set_resolver_id("anna");
  why = ExplainRecord(record, events, context);
  EXPECT_EQ(why.customer_text(), "The request to cancel your order was withdrawn.");
  EXPECT_EQ(Joined(why),
            "The request to cancel the order was withdrawn.\nAsked by anna, withdrawn by anna.");
  why = ExplainRecord(record, events);
  EXPECT_EQ(why.customer_text(),
            "A colleague has looked at your request, and we cannot do what you asked for.");
}

TEST_F(ExplainTest, OutputsAreShown) {
  v1::Outcome outcome;
  outcome.set_verdict(v1::VERDICT_DONE);
  v1::Decision& decision = *outcome.mutable_decision();
  decision.set_rule_set_id("refunds");
  decision.set_outcome(v1::POLICY_OUTCOME_ALLOW);
  decision.add_fired_rule_ids("refund.tier");
  v1::RuleTrace& rule = *decision.add_rules();
  rule.set_rule_id("refund.tier");
  rule.set_result(v1::RuleTrace::RESULT_FIRED);
  rule.set_outcome(v1::POLICY_OUTCOME_ALLOW);
  rule.set_text("Gold customers get refunds.");
  v1::OutputValue& amount = *decision.add_outputs();
  amount.set_name("remedy_amount");
  amount.set_rule_id("refund.tier");
  amount.mutable_money_value()->set_units(1250);
  amount.mutable_money_value()->set_currency_code("EUR");
  const v1::Explanation why =
      Explain(Ask("refund_order { order_id: 'o-4711' }"), outcome, policy_.get());
  EXPECT_EQ(why.customer_text(), "Thank you for your loyalty, your refund is on its way.");
  EXPECT_THAT(why.agent_lines(),
              ElementsAre("The request to issue the refund is done.",
                          "Allowed: Gold customers get refunds.", "Nothing had to change.",
                          "Computed: remedy amount 12.50 EUR."));
  // Once.
  EXPECT_THAT(why.text(),
              HasSubstr("  Computed:\n    remedy_amount = 12.50 EUR (rule refund.tier)\n"));
  EXPECT_EQ(why.text().find("remedy_amount"), why.text().rfind("remedy_amount"));
}

TEST_F(ExplainTest, APolicyThatIsNotKnownIsNoError) {
  const v1::Command command = Ask(R"(refund_order { order_id: 'o-4711' cause: REFUND_CAUSE_GOODWILL
               amount { units: 15050 currency_code: 'EUR' } })");
  Why(command, MillOrder());
  const v1::Explanation why = Explain(command, outcome_, nullptr);
  EXPECT_EQ(why.customer_text(),
            "A colleague has to look at your request before we can issue your refund.");
  EXPECT_THAT(Joined(why), HasSubstr("Whoever has the authority \"second line\" can approve it."));
  EXPECT_THAT(why.text(), HasSubstr("Policy without a name:\n"));
}

}  // namespace
}  // namespace frontdesk
