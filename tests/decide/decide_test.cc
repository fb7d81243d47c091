#include "frontdesk/decide/decide.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "frontdesk/base/error.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/order/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::At;
using ::frontdesk::testing::By;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Refuses to cancel for one of two reasons, and holds for a third one.
constexpr absl::string_view kStrict = R"pb(
  name: "strict"
  version: "1"
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "why"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "REASON_UNKNOWN"
      text: "Say why."
      condition: "command.cancel_order.reason == ''"
    }
    rules {
      id: "big"
      order: 2
      outcome: POLICY_OUTCOME_REFUSE
      reason: "TOO_BIG"
      condition: "assessment.refund_amount.units > 2000 && command.cancel_order.reason == ''"
      details { name: "amount" expression: "string(assessment.refund_amount.units)" }
    }
    rules {
      id: "hold"
      order: 3
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      text: "Ask."
      authority: "supervisor"
      condition: "command.cancel_order.reason == 'hold'"
    }
  }
)pb";

// The input of `command` with the states that a host keeps itself.
v1::DecisionInput FillStates(const v1::Command& command,
                             const std::map<std::string, v1::EntityState>& states) {
  const auto find = [&states](const std::string& id) {
    const auto found = states.find(id);
    return found == states.end() ? v1::EntityState() : found->second;
  };
  v1::DecisionInput input;
  if (command.order().has_place_order() || command.order().has_cancel_order()) {
    v1::OrderDecisionInput& arm = *input.mutable_order();
    const std::string& id = command.order().has_place_order()
                                ? command.order().place_order().order_id()
                                : command.order().cancel_order().order_id();
    *arm.mutable_order() = find(id).order();
    *arm.mutable_customer() = find("c1").customer();
    *arm.add_accounts() = find("gift-1").account();
    *arm.mutable_catalog() = testing::Catalog().catalog();
  } else if (command.account().has_import_account()) {
    *input.mutable_account()->mutable_account() = find("gift-1").account();
    *input.mutable_account()->mutable_customer() = find("c1").customer();
  } else {
    *input.mutable_customer()->mutable_customer() = find("c1").customer();
    if (command.customer().has_add_payment_method() && states.count("gift-1") > 0) {
      *input.mutable_customer()->mutable_account() = find("gift-1").account();
    }
  }
  return input;
}

// The states of a shop that has just opened: orders "o1" by card and "o2" by gift card.
std::map<std::string, v1::EntityState> OpenShop() {
  const auto policy = MustCompile(testing::kAllowAll);
  std::vector<v1::Command> commands = testing::OpeningCommands();
  commands.push_back(testing::PlaceOrder("o1", "card"));
  commands.push_back(testing::PlaceOrder("o2", "gift"));
  std::map<std::string, v1::EntityState> states;
  for (const v1::Command& command : commands) {
    const auto outcome = Decide(FillStates(command, states), command, *policy);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    if (!outcome.ok()) return states;
    EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
    for (const v1::Event& event : outcome->events()) {
      const absl::Status folded = Evolve(event, &states[event.entity().id()]);
      EXPECT_TRUE(folded.ok()) << folded;
    }
  }
  return states;
}

// The input of a decision on an order of a shop that has just opened.
v1::DecisionInput OrderInput(absl::string_view order_id = "o1") {
  v1::DecisionInput input = FillStates(testing::CancelOrder(order_id), OpenShop());
  input.mutable_order()->clear_catalog();
  return input;
}

TEST(DecideTest, DoneWhenAllowedAndSound) {
  const auto outcome = Decide(OrderInput(), testing::CancelOrder("o1"), *MustCompile(kStrict));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
  EXPECT_GT(outcome->events_size(), 0);
  EXPECT_THAT(outcome->refusals(), IsEmpty());
  EXPECT_EQ(outcome->decision().decision_point(), "CancelOrder");
  EXPECT_EQ(outcome->record_id(), "");
  for (const v1::Event& event : outcome->events()) {
    EXPECT_EQ(event.event_id(), "");
    EXPECT_EQ(event.version(), 0);
    EXPECT_EQ(event.actor_id(), "anna");
    EXPECT_EQ(event.time().seconds(), At(120).seconds());
  }
}

TEST(DecideTest, SameInputSameBytes) {
  const v1::DecisionInput input = OrderInput("o2");
  const auto policy = MustCompile(kStrict);
  const auto first = Decide(input, testing::CancelOrder("o2"), *policy);
  const auto second = Decide(input, testing::CancelOrder("o2"), *MustCompile(kStrict));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
}

TEST(DecideTest, PolicyRefusalsComeBeforeViolatedInvariants) {
  v1::DecisionInput input = OrderInput();
  input.mutable_order()->mutable_order()->set_state(v1::Order::STATE_CANCELED);
  const auto outcome = Decide(input, testing::CancelOrder("o1", ""), *MustCompile(kStrict));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_REFUSED);
  EXPECT_THAT(Reasons(*outcome), ElementsAre("REASON_UNKNOWN", "TOO_BIG", "ORDER_CANCEL_STATE"));
  EXPECT_EQ(outcome->refusals(0).origin(), v1::Refusal::ORIGIN_POLICY);
  EXPECT_EQ(outcome->refusals(0).rule_id(), "why");
  EXPECT_EQ(outcome->refusals(0).text(), "Say why.");
  EXPECT_EQ(outcome->refusals(1).details(0).name(), "amount");
  EXPECT_EQ(outcome->refusals(1).details(0).value(), "2400");
  EXPECT_EQ(outcome->refusals(2).origin(), v1::Refusal::ORIGIN_INVARIANT);
  EXPECT_THAT(outcome->events(), IsEmpty());
  EXPECT_THAT(outcome->effects(), IsEmpty());
}

TEST(DecideTest, HeldHasNoEvents) {
  const auto outcome =
      Decide(OrderInput(), testing::CancelOrder("o1", "hold"), *MustCompile(kStrict));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(outcome->held().authority(), "supervisor");
  EXPECT_EQ(outcome->held().reason(), "ASK");
  EXPECT_EQ(outcome->held().rule_id(), "hold");
  EXPECT_EQ(outcome->held().text(), "Ask.");
  EXPECT_THAT(outcome->events(), IsEmpty());
}

TEST(DecideTest, HeldAndUnsoundIsRefused) {
  v1::DecisionInput input = OrderInput();
  input.mutable_order()->mutable_order()->set_state(v1::Order::STATE_CANCELED);
  const auto outcome = Decide(input, testing::CancelOrder("o1", "hold"), *MustCompile(kStrict));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_REFUSED);
  EXPECT_THAT(Reasons(*outcome), ElementsAre("ORDER_CANCEL_STATE"));
  EXPECT_FALSE(outcome->has_held());
  EXPECT_EQ(outcome->decision().outcome(), v1::POLICY_OUTCOME_HOLD);
}

TEST(DecideTest, AnApprovalSatisfiesAHold) {
  v1::DecisionInput input = OrderInput();
  v1::Approval* approval = input.mutable_order()->mutable_approval();
  approval->add_granted_authorities("supervisor");
  const auto policy = MustCompile(kStrict);
  // One that is not resolved grants nothing.
  approval->set_state(v1::Approval::STATE_PENDING);
  EXPECT_EQ(Decide(input, testing::CancelOrder("o1", "hold"), *policy)->verdict(),
            v1::VERDICT_HELD);
  approval->set_state(v1::Approval::STATE_APPROVED);
  EXPECT_EQ(Decide(input, testing::CancelOrder("o1", "hold"), *policy)->verdict(),
            v1::VERDICT_DONE);
}

TEST(DecideTest, ArgumentsComeBeforeExistenceAndPolicy) {
  v1::Command command = testing::CancelOrder("");
  v1::DecisionInput input;
  input.mutable_order();
  auto outcome = Decide(input, command, *MustCompile(kStrict));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(Reasons(*outcome), ElementsAre(kReasonArgumentRequired));
  EXPECT_EQ(outcome->refusals(0).origin(), v1::Refusal::ORIGIN_ARGUMENT);
  EXPECT_EQ(outcome->refusals(0).field(), "cancel_order.order_id");
  EXPECT_FALSE(outcome->has_decision());

  outcome = Decide(input, testing::CancelOrder("o9", ""), *MustCompile(kStrict));
  ASSERT_TRUE(outcome.ok());
  EXPECT_THAT(Reasons(*outcome), ElementsAre(kReasonOrderNotFound));
  EXPECT_EQ(outcome->refusals(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
  EXPECT_EQ(outcome->refusals(0).field(), "cancel_order.order_id");
  EXPECT_FALSE(outcome->has_decision());
}

TEST(DecideTest, NothingIsCreatedTwice) {
  v1::DecisionInput input = OrderInput();
  *input.mutable_order()->mutable_catalog() = testing::Catalog().catalog();
  const auto outcome = Decide(input, testing::PlaceOrder("o1"), *MustCompile(testing::kAllowAll));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(Reasons(*outcome), ElementsAre(kReasonOrderExists));
  EXPECT_EQ(outcome->refusals(0).origin(), v1::Refusal::ORIGIN_INVARIANT);
  EXPECT_EQ(outcome->refusals(0).field(), "place_order.order_id");
  EXPECT_FALSE(outcome->has_decision());
}

TEST(DecideTest, TheInteractionThatACommandNamesMustBeThere) {
  v1::Command command = testing::CancelOrder("o1");
  command.set_interaction_id("i1");
  v1::DecisionInput input = OrderInput();
  const auto policy = MustCompile(kStrict);
  EXPECT_THAT(Reasons(*Decide(input, command, *policy)), ElementsAre(kReasonInteractionNotFound));
  input.mutable_order()->mutable_interaction()->set_interaction_id("i1");
  EXPECT_EQ(Decide(input, command, *policy)->verdict(), v1::VERDICT_DONE);
}

TEST(DecideTest, MissingFactsAreAnError) {
  v1::DecisionInput input = OrderInput();
  input.mutable_order()->clear_order();
  const auto outcome = Decide(input, testing::PlaceOrder("o3"), *MustCompile(kStrict));
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetReason(outcome.status()), kReasonFactMissing);
}

TEST(DecideTest, TheCallersValuesInFieldsOfTheCoreDoNotCount) {
  v1::DecisionInput input = OrderInput();
  v1::OrderDecisionInput* order = input.mutable_order();
  order->mutable_assessment()->mutable_refund_amount()->set_units(5);
  order->mutable_actor()->set_actor_id("somebody else");
  *order->mutable_now() = At(-1000);
  order->mutable_command()->mutable_cancel_order()->set_order_id("o7");
  const auto with = Decide(input, testing::CancelOrder("o1", ""), *MustCompile(kStrict));
  const auto without = Decide(OrderInput(), testing::CancelOrder("o1", ""), *MustCompile(kStrict));
  ASSERT_TRUE(with.ok()) << with.status();
  EXPECT_EQ(with->SerializeAsString(), without->SerializeAsString());
}

// A case that ann has, in the queue "lamps".
v1::DecisionInput CaseOfAnn() {
  v1::DecisionInput input;
  v1::Case& one = *input.mutable_case_()->mutable_case_();
  one.set_case_id("k1");
  one.set_state(v1::Case::STATE_OPEN);
  one.set_assignee_id("ann");
  one.set_queue_id("lamps");
  return input;
}

// Policy is asked before it has filled the command, and whether anything changes is open until then.
TEST(DecideTest, UnchangedWithTheOutputsOfPolicy) {
  const auto policy = MustCompile(R"pb(
    rule_sets {
      id: "assign"
      decision_points: "AssignCase"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "same"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "SAME"
        condition: "assessment.is_unchanged"
      }
      rules {
        id: "queue"
        order: 2
        outcome: POLICY_OUTCOME_ALLOW
        condition: "actor.actor_id != 'anna'"
        outputs { name: "queue" expression: "actor.actor_id == 'bea' ? 'lamps' : 'fans'" }
      }
    }
  )pb");
  v1::Command command = testing::AskInText("assign_case { case_id: 'k1' assignee_id: 'ann' }");
  command.mutable_actor()->set_actor_id("cleo");
  EXPECT_EQ(Decide(CaseOfAnn(), command, *policy)->events_size(), 1);
  for (const char* actor : {"bea", "anna"}) {
    command.mutable_actor()->set_actor_id(actor);
    const auto outcome = Decide(CaseOfAnn(), command, *policy);
    EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
    EXPECT_EQ(outcome->events_size(), 0) << actor;
  }
  command.mutable_case_()->mutable_assign_case()->set_queue_id("lamps");
  EXPECT_EQ(Decide(CaseOfAnn(), command, *policy)->refusals(0).reason(), "SAME");
}

TEST(DecideTest, UnchangedIsExplained) {
  const auto policy = MustCompile(testing::kAllowAll);
  v1::DecisionInput input;
  v1::Customer& customer = *input.mutable_customer()->mutable_customer();
  customer.set_customer_id("c1");
  customer.set_state(v1::Customer::STATE_CUSTOMER);
  v1::CustomerAddress& address = *customer.add_addresses();
  address.set_address_id("default");
  address.mutable_address()->add_lines("1 Mill Lane");
  const v1::Command command =
      testing::AskInText("change_address { customer_id: 'c1' address { lines: '1 Mill Lane' } }");
  const auto outcome = Decide(input, command, *policy);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  const v1::Explanation explained = Explain(command, *outcome, policy.get());
  EXPECT_EQ(explained.customer_text(), "Nothing to change: the address is that already.");
  EXPECT_EQ(explained.agent_lines(explained.agent_lines_size() - 1),
            "Nothing to change: the address is that already.");
  const v1::Command other =
      testing::AskInText("change_address { customer_id: 'c1' address { lines: '2 Mill Lane' } }");
  EXPECT_EQ(Explain(other, *Decide(input, other, *policy), policy.get()).customer_text(),
            "Your address is changed.");
}

TEST(DecideTest, TheCallersAssessmentOfACustomerDoesNotCount) {
  const v1::Command command =
      testing::AskInText("change_customer_state { customer_id: 'c1' state: STATE_FORMER }");
  v1::DecisionInput input;
  v1::CustomerDecisionInput& arm = *input.mutable_customer();
  arm.mutable_customer()->set_customer_id("c1");
  arm.mutable_customer()->set_state(v1::Customer::STATE_CUSTOMER);
  arm.mutable_assessment()->set_is_unchanged(true);
  const auto policy = MustCompile(testing::kAllowAll);
  EXPECT_EQ(Decide(input, command, *policy)->events_size(), 1);
  // The core's own does.
  arm.mutable_customer()->set_state(v1::Customer::STATE_FORMER);
  arm.clear_assessment();
  const auto unchanged = Decide(input, command, *policy);
  EXPECT_EQ(unchanged->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(unchanged->events_size(), 0);
}

TEST(DecideTest, InputOfAnotherEntityIsAnError) {
  const auto policy = MustCompile(kStrict);
  const v1::DecisionInput input = OrderInput();
  EXPECT_EQ(GetReason(Decide(input, testing::CancelOrder("o2"), *policy).status()),
            kReasonDecisionInputMismatch);
  v1::Command credit = By("anna");
  credit.mutable_account()->mutable_credit_account()->set_account_id("gift-1");
  EXPECT_EQ(GetReason(Decide(input, credit, *policy).status()), kReasonDecisionInputMismatch);
  EXPECT_EQ(GetReason(Decide(v1::DecisionInput(), credit, *policy).status()),
            kReasonDecisionInputMismatch);
  v1::Command approve = By("anna");
  approve.mutable_desk()->mutable_approve()->set_approval_id("x");
  EXPECT_EQ(GetReason(Decide(input, approve, *policy).status()), kReasonDecisionInputMismatch);
}

TEST(DecideTest, RefusalsOfAccountsAreInvariants) {
  // The gift card holds 76.00 after o2 took 24.00; an order for 76.50 cannot be paid with it.
  v1::DecisionInput input = OrderInput();
  input.mutable_order()->clear_order();
  *input.mutable_order()->mutable_catalog() = testing::Catalog().catalog();
  v1::Command command = testing::PlaceOrder("o3", "gift");
  command.mutable_order()->mutable_place_order()->clear_lines();
  command.mutable_order()->mutable_place_order()->add_lines()->set_variant_id("c");
  command.mutable_order()->mutable_place_order()->mutable_lines(0)->set_quantity(3);
  const auto outcome = Decide(input, command, *MustCompile(testing::kAllowAll));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_REFUSED) << outcome->ShortDebugString();
  EXPECT_THAT(Reasons(*outcome), ElementsAre("ACCOUNT_DEBIT_INSUFFICIENT_BALANCE"));
  EXPECT_EQ(outcome->refusals(0).origin(), v1::Refusal::ORIGIN_INVARIANT);
}

TEST(DecideTest, PostingsOfOneCommandSeeEachOther) {
  // Two payments by gift card go back to the same account in one cancellation.
  v1::DecisionInput input = OrderInput("o2");
  v1::Order* order = input.mutable_order()->mutable_order();
  ASSERT_EQ(order->payments_size(), 1);
  v1::Payment* second = order->add_payments();
  *second = order->payments(0);
  second->set_payment_id("second");
  second->set_sequence(2);
  const auto outcome = Decide(input, testing::CancelOrder("o2"), *MustCompile(testing::kAllowAll));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  ASSERT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
  std::vector<std::int64_t> balances;
  std::vector<std::int64_t> sequences;
  for (const v1::Event& event : outcome->events()) {
    if (!event.account().has_account_credited()) continue;
    balances.push_back(event.account().account_credited().entry().balance_after().units());
    sequences.push_back(event.account().account_credited().entry().sequence());
  }
  EXPECT_THAT(balances, ElementsAre(10000, 12400));
  EXPECT_THAT(sequences, ElementsAre(2, 3));
}

TEST(DecideTest, TooManyEventsAreRefusedAsAWhole) {
  CommandLimits limits;
  limits.max_events_per_command = 1;
  const auto outcome =
      Decide(OrderInput("o2"), testing::CancelOrder("o2"), *MustCompile(kStrict), limits);
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(GetReason(outcome.status()), kReasonEventsTooMany);
}

TEST(EvolveTest, FoldsWhatWasDecided) {
  const v1::DecisionInput input = OrderInput("o2");
  const auto outcome = Decide(input, testing::CancelOrder("o2"), *MustCompile(testing::kAllowAll));
  ASSERT_TRUE(outcome.ok());
  std::map<std::string, v1::EntityState> states;
  *states["o2"].mutable_entity() = testing::OrderRef("o2");
  *states["o2"].mutable_order() = input.order().order();
  states["o2"].set_version(1);
  *states["gift-1"].mutable_entity() = testing::AccountRef("gift-1");
  *states["gift-1"].mutable_account() = input.order().accounts(0);
  states["gift-1"].set_version(2);
  for (const v1::Event& event : outcome->events()) {
    const absl::Status folded = Evolve(event, &states[event.entity().id()]);
    ASSERT_TRUE(folded.ok()) << folded;
  }
  EXPECT_EQ(states["o2"].order().state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ(states["gift-1"].account().balance().units(), 10000);
  EXPECT_EQ(states["gift-1"].version(), 3);
}

TEST(EvolveTest, AnEventThatDoesNotFollowLeavesTheStateUnchanged) {
  const v1::DecisionInput input = OrderInput("o2");
  const auto outcome = Decide(input, testing::CancelOrder("o2"), *MustCompile(testing::kAllowAll));
  ASSERT_TRUE(outcome.ok());
  v1::Event event;
  for (const v1::Event& candidate : outcome->events()) {
    if (candidate.order().has_order_canceled()) event = candidate;
  }
  ASSERT_TRUE(event.order().has_order_canceled());
  v1::EntityState state;
  *state.mutable_entity() = testing::OrderRef("o2");
  *state.mutable_order() = input.order().order();
  state.set_version(4);

  const auto check = [&](const v1::Event& wrong, v1::EntityState from, absl::string_view reason) {
    const std::string before = from.SerializeAsString();
    EXPECT_EQ(GetReason(Evolve(wrong, &from)), reason) << wrong.ShortDebugString();
    EXPECT_EQ(from.SerializeAsString(), before);
  };
  v1::Event wrong = event;
  wrong.set_version(4);
  check(wrong, state, kReasonEventNotApplicable);
  wrong = event;
  wrong.mutable_entity()->set_id("o1");
  check(wrong, state, kReasonEventNotApplicable);
  wrong = event;
  *wrong.mutable_entity() = testing::CustomerRef("o2");
  check(wrong, state, kReasonEventNotApplicable);
  check(wrong, v1::EntityState(), kReasonEventNotApplicable);
  check(event, v1::EntityState(), kReasonEventNotApplicable);
  wrong = event;
  wrong.clear_entity();
  check(wrong, state, kReasonEventMalformed);
  wrong = event;
  wrong.clear_event();
  check(wrong, state, kReasonEventMalformed);
  wrong = event;
  wrong.set_version(std::numeric_limits<std::int64_t>::min());
  check(wrong, state, kReasonEventNotApplicable);
  // States that say that they are of an order, and are not.
  v1::EntityState odd = state;
  odd.mutable_customer()->set_customer_id("o2");
  check(event, odd, kReasonEventNotApplicable);
  odd = state;
  odd.set_version(std::numeric_limits<std::int64_t>::max());
  check(event, odd, kReasonEventNotApplicable);
  wrong = event;
  wrong.set_version(5);
  EXPECT_TRUE(Evolve(wrong, &state).ok());
  EXPECT_EQ(state.version(), 5);
}

}  // namespace
}  // namespace frontdesk
