// Commands on their whole way: idempotency, versions, approvals, and the states that are loaded for a decision.
#include <string>

#include "absl/strings/str_cat.h"
#include "decide/kept_states.h"
#include "frontdesk/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::By;
using ::frontdesk::testing::KeptStates;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// Cancels wait for a supervisor; over 20.00 for a director too.
constexpr absl::string_view kHeld = R"pb(
  name: "held"
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "ask"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      authority: "supervisor"
      condition: "true"
    }
  }
  rule_sets {
    id: "items"
    decision_points: "ChangeItems"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "ask"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      authority: "supervisor"
      condition: "true"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

v1::Command Resolve(const std::string& actor_id, bool approve, const std::string& authority,
                    std::int64_t seconds = 1000) {
  v1::Command command = By(actor_id, seconds);
  if (!authority.empty()) command.mutable_actor()->add_authorities(authority);
  if (approve) {
    command.mutable_desk()->mutable_approve()->set_approval_id("a1");
  } else {
    command.mutable_desk()->mutable_decline()->set_approval_id("a1");
  }
  return command;
}

// A shop whose order "o1" anna wants to cancel, which waits for approval "a1".
class HeldCancelTest : public ::testing::Test {
 protected:
  HeldCancelTest() {
    states_.OpenShop();
    EXPECT_EQ(states_.Do(testing::PlaceOrder("o1")).verdict(), v1::VERDICT_DONE);
    states_.policy = MustCompile(kHeld);
    EXPECT_EQ(states_.Do(testing::CancelOrder("o1")).verdict(), v1::VERDICT_HELD);
  }
  v1::Order Order() const { return states_.State(v1::ENTITY_KIND_ORDER, "o1").order(); }
  v1::Approval Approval() const { return states_.State(v1::ENTITY_KIND_APPROVAL, "a1").approval(); }

  KeptStates states_;
};

TEST_F(HeldCancelTest, AnApprovalDecidesAgainAtItsOwnInstant) {
  const v1::Outcome outcome = states_.Do(Resolve("boss", true, "supervisor", 1000));
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  ASSERT_GT(outcome.events_size(), 1);
  EXPECT_TRUE(outcome.events(0).approval().has_approval_resolved());
  for (const v1::Event& event : outcome.events()) {
    EXPECT_EQ(event.time().seconds(), At(1000).seconds()) << event.ShortDebugString();
  }
  EXPECT_EQ(Order().state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ(Order().cancel_time().seconds(), At(1000).seconds());
  EXPECT_EQ(Approval().state(), v1::Approval::STATE_APPROVED);
  EXPECT_EQ(Approval().resolver_id(), "boss");
  EXPECT_EQ(states_.record.approval_id(), "a1");
  // Once only.
  EXPECT_THAT(states_.ReasonsOf(Resolve("boss", true, "supervisor")),
              ElementsAre("APPROVAL_STATE"));
}

TEST_F(HeldCancelTest, OnlyTheAuthorityApproves) {
  EXPECT_THAT(states_.ReasonsOf(Resolve("bert", true, "")),
              ElementsAre("APPROVAL_AUTHORITY_MISSING"));
  EXPECT_THAT(states_.ReasonsOf(Resolve("bert", true, "director")),
              ElementsAre("APPROVAL_AUTHORITY_MISSING"));
  EXPECT_THAT(states_.ReasonsOf(Resolve("anna", true, "supervisor")),
              ElementsAre("APPROVAL_BY_REQUESTER"));
  EXPECT_THAT(states_.ReasonsOf(Resolve("anna", true, "")),
              ElementsAre("APPROVAL_AUTHORITY_MISSING", "APPROVAL_BY_REQUESTER"));
  EXPECT_EQ(Order().state(), v1::Order::STATE_PLACED);
  EXPECT_EQ(Approval().state(), v1::Approval::STATE_PENDING);
}

TEST_F(HeldCancelTest, TheRequesterMayTakeItBack) {
  EXPECT_THAT(states_.ReasonsOf(Resolve("bert", false, "")),
              ElementsAre("APPROVAL_AUTHORITY_MISSING"));
  EXPECT_EQ(states_.Do(Resolve("anna", false, "")).verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(Approval().state(), v1::Approval::STATE_DECLINED);
  EXPECT_EQ(Order().state(), v1::Order::STATE_PLACED);
}

TEST_F(HeldCancelTest, APolicyMayLetTheRequesterApprove) {
  states_.policy = MustCompile(absl::StrCat(kHeld, "approvals { requester_may_approve: true }"));
  EXPECT_EQ(states_.Do(Resolve("anna", true, "supervisor")).verdict(), v1::VERDICT_DONE);
}

TEST_F(HeldCancelTest, ChangesInBetweenCount) {
  states_.policy = MustCompile(testing::kAllowAll);
  ASSERT_EQ(states_.Do(testing::CancelOrder("o1")).verdict(), v1::VERDICT_DONE);
  const v1::Outcome outcome = states_.Do(Resolve("boss", true, "supervisor"));
  EXPECT_EQ(outcome.verdict(), v1::VERDICT_REFUSED);
  // The approval is closed with its order.
  EXPECT_THAT(Reasons(outcome), ElementsAre("APPROVAL_STATE"));
  EXPECT_EQ(Approval().state(), v1::Approval::STATE_CLOSED);
  EXPECT_EQ(Approval().close_reason(), "ORDER_CANCELED");
}

TEST(HeldItemsTest, FactsOfTheApprovalComeBeforeThoseOfTheAsking) {
  for (const bool new_facts : {false, true}) {
    KeptStates states;
    states.OpenShop();
    ASSERT_EQ(states.Do(testing::PlaceOrder("o1")).verdict(), v1::VERDICT_DONE);
    states.policy = MustCompile(kHeld);
    ASSERT_EQ(states
                  .Do(AskInText("change_items { order_id: 'o1' changes { item { line_id: '2' "
                                "quantity: 1 } new_variant_id: 'c' } payment_method_id: 'card' }",
                                90))
                  .verdict(),
              v1::VERDICT_HELD)
        << states.status();
    v1::Facts facts;
    if (new_facts) {
      facts = testing::Catalog();
      facts.mutable_catalog()->mutable_variants(2)->mutable_unit_price()->set_value(3000);
    }
    const v1::Outcome outcome = states.Do(Resolve("boss", true, "supervisor"), facts);
    ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
    const v1::Order order = states.State(v1::ENTITY_KIND_ORDER, "o1").order();
    // 2 x 10.00, and the other variant at the price of then, or of now.
    EXPECT_EQ(order.totals().total().units(), new_facts ? 5000 : 4550);
  }
}

TEST(IdempotencyOfARunTest, TheSameBodyIsAnsweredAndAnotherOneIsAnError) {
  KeptStates states;
  states.OpenShop();
  v1::Command command = testing::PlaceOrder("o1");
  command.set_idempotency_key("k");
  const v1::Outcome first = states.Do(command);
  ASSERT_EQ(first.verdict(), v1::VERDICT_DONE);
  // Sent again later, with a version that no longer fits: the same answer.
  *command.mutable_now() = At(500);
  command.set_expected_version(0);
  const v1::Outcome second = states.Do(command);
  EXPECT_TRUE(states.status().ok()) << states.status();
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
  command.mutable_order()->mutable_place_order()->mutable_lines(0)->set_quantity(3);
  EXPECT_THAT(states.ReasonsOf(command), ElementsAre("IDEMPOTENCY_KEY_REUSED"));
}

TEST(VersionOfARunTest, AnotherVersionIsAnErrorThatNamesIt) {
  KeptStates states;
  states.OpenShop();
  v1::Command command =
      AskInText("edit_customer { customer_id: 'c1' base_version: 4 given_name: 'Wilma' }");
  command.set_expected_version(3);
  EXPECT_THAT(states.ReasonsOf(command), ElementsAre("VERSION_CONFLICT"));
  const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(states.status());
  ASSERT_TRUE(detail.has_value());
  ASSERT_EQ(detail->metadata_size(), 1);
  EXPECT_EQ(detail->metadata(0).value(), "4");
  command.set_expected_version(4);
  EXPECT_THAT(states.ReasonsOf(command), IsEmpty());
}

TEST(LimitsOfARunTest, CommandAndFactsHaveTheirOwn) {
  KeptStates states;
  states.OpenShop();
  const v1::Command command = testing::PlaceOrder("o1");
  const v1::Facts facts = testing::Catalog();
  ASSERT_NE(command.ByteSizeLong(), facts.ByteSizeLong());
  states.limits.max_command_bytes = command.ByteSizeLong() - 1;
  EXPECT_THAT(states.ReasonsOf(command), ElementsAre("COMMAND_TOO_LARGE"));
  states.limits = CommandLimits();
  states.limits.max_facts_bytes = facts.ByteSizeLong() - 1;
  EXPECT_THAT(states.ReasonsOf(command), ElementsAre("FACTS_TOO_LARGE"));
  // The limits themselves are accepted.
  states.limits.max_command_bytes = command.ByteSizeLong();
  states.limits.max_facts_bytes = facts.ByteSizeLong();
  EXPECT_THAT(states.ReasonsOf(command), IsEmpty());
}

TEST(LimitsOfARunTest, EventsUpToTheLimit) {
  KeptStates states;
  states.OpenShop();
  ASSERT_EQ(states.Do(testing::PlaceOrder("o1", "gift")).verdict(), v1::VERDICT_DONE);
  const v1::Command command = testing::CancelOrder("o1");
  int events = 0;
  {
    KeptStates copy = states;
    events = copy.Do(command).events_size();
  }
  ASSERT_GT(events, 1);
  states.limits.max_events_per_command = events - 1;
  EXPECT_THAT(states.ReasonsOf(command), ElementsAre("EVENTS_TOO_MANY"));
  states.limits.max_events_per_command = events;
  EXPECT_THAT(states.ReasonsOf(command), IsEmpty());
}

TEST(FactsOfARunTest, ThoseThatNoDecisionReadsAreAMistake) {
  KeptStates states;
  states.OpenShop();
  const v1::Command command =
      AskInText("change_customer_state { customer_id: 'c1' state: STATE_FORMER }");
  states.Do(command, testing::Catalog());
  EXPECT_EQ(GetReason(states.status()), "COMMAND_MALFORMED");
  EXPECT_THAT(testing::ViolatedFields(states.status()), ElementsAre("facts.catalog"));
}

// ---- What is loaded ------------------------------------------------------------------------------------------------

TEST(LoadedCustomerTest, IsTheSurvivorOfEveryMerge) {
  KeptStates states;
  states.OpenShop();
  ASSERT_EQ(states.Do(testing::PlaceOrder("o1")).verdict(), v1::VERDICT_DONE);
  for (const char* id : {"c2", "c3"}) {
    states.Done(absl::StrCat("create_customer { customer_id: '", id, "' given_name: 'Anna' }"));
  }
  states.Done(
      "add_payment_method { customer_id: 'c3' payment_method { payment_method_id: 'new' "
      "kind: KIND_CARD } }");
  states.Done("merge_customers { customer_id: 'c2' merged_customer_id: 'c1' }");
  states.Done("merge_customers { customer_id: 'c3' merged_customer_id: 'c2' }");
  // A method that only the survivor has.
  states.Done("change_payment_method { order_id: 'o1' payment_method_id: 'new' }");
  EXPECT_EQ(states.State(v1::ENTITY_KIND_ORDER, "o1").order().customer_id(), "c1");
}

TEST(LoadedBaseTest, IsTheCustomerOfThatVersion) {
  KeptStates states;
  states.Done("create_customer { customer_id: 'c1' given_name: 'Ann' family_name: 'One' }");
  for (const char* name : {"Two", "Three", "Four", "Five"}) {
    states.Done(absl::StrCat("edit_customer { customer_id: 'c1' base_version: ",
                             states.State(v1::ENTITY_KIND_CUSTOMER, "c1").version(),
                             " family_name: '", name, "' }"));
  }
  // Since version 3 the name has changed, and the tier has not.
  EXPECT_THAT(states.ReasonsOf("edit_customer { customer_id: 'c1' base_version: 3 family_name: "
                               "'Six' }"),
              ElementsAre("CUSTOMER_EDIT_CONFLICT"));
  states.Done("edit_customer { customer_id: 'c1' base_version: 3 tier: 'gold' }");
  EXPECT_THAT(states.ReasonsOf("edit_customer { customer_id: 'c1' base_version: 99 tier: 'x' }"),
              ElementsAre("CUSTOMER_EDIT_BASE_UNKNOWN"));
  // On the version of the last name it is no conflict.
  states.Done("edit_customer { customer_id: 'c1' base_version: 5 family_name: 'Six' }");
  EXPECT_EQ(states.State(v1::ENTITY_KIND_CUSTOMER, "c1").customer().family_name(), "Six");
}

TEST(LoadedCausedCasesTest, OnlyThoseThatGoOnAreProposed) {
  KeptStates states;
  states.Done("create_customer { customer_id: 'c1' given_name: 'Ann' }");
  for (const char* id : {"cause", "open", "canceled", "into", "merged"}) {
    states.Done(
        absl::StrCat("open_case { case_id: '", id,
                     "' kind: KIND_TROUBLE subject: 'x' customer_id: 'c1' queue_id: 'q' }"));
  }
  for (const char* id : {"open", "canceled", "merged"}) {
    states.Done(absl::StrCat("link_case { case_id: '", id,
                             "' case_link { kind: KIND_CAUSED_BY case_id: 'cause' } }"));
  }
  states.Done("cancel_case { case_id: 'canceled' reason: 'x' }");
  states.Done("merge_cases { case_id: 'into' merged_case_id: 'merged' }");
  states.Done("assign_case { case_id: 'cause' assignee_id: 'anna' }");
  const v1::Outcome outcome = states.Do("resolve_case { case_id: 'cause' code: 'fixed' }");
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  std::vector<std::string> proposed;
  for (const v1::Effect& effect : outcome.effects()) {
    if (!effect.case_().has_propose_resolution()) continue;
    proposed.push_back(effect.case_().propose_resolution().case_id());
  }
  EXPECT_THAT(proposed, ::testing::UnorderedElementsAre("open", "into"));
}

TEST(RememberedTest, AMissingEntityIsNotRemembered) {
  KeptStates states;
  v1::Command classify = AskInText("classify_case { case_id: 'k' add_tags: 'x' }", 1);
  classify.set_idempotency_key("key");
  const v1::Outcome refused = states.Do(classify);
  ASSERT_EQ(refused.refusals_size(), 1);
  EXPECT_EQ(refused.refusals(0).reason(), "CASE_NOT_FOUND");
  states.Done("open_case { case_id: 'k' kind: KIND_TROUBLE subject: 'x' }");
  *classify.mutable_now() = At(300);
  EXPECT_EQ(states.Do(classify).verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(states.Do(classify).verdict(), v1::VERDICT_DONE) << "remembered by now";
}

TEST(LoadedAncestorsTest, ACircleOfParentsIsRefused) {
  KeptStates states;
  states.Done("create_customer { customer_id: 'c1' given_name: 'Ann' }");
  for (const char* id : {"a", "b", "c"}) {
    states.Done(
        absl::StrCat("open_case { case_id: '", id,
                     "' kind: KIND_TROUBLE subject: 'x' customer_id: 'c1' queue_id: 'q' }"));
  }
  const auto parent = [](const char* child, const char* of) {
    return absl::StrCat("link_case { case_id: '", child,
                        "' case_link { kind: KIND_PARENT case_id: '", of, "' } }");
  };
  states.Done(parent("b", "a"));
  states.Done(parent("c", "b"));
  EXPECT_THAT(states.ReasonsOf(parent("a", "c")), ElementsAre("CASE_LINK_CYCLE"));
  EXPECT_THAT(states.ReasonsOf("link_case { case_id: 'c' case_link { kind: KIND_CHILD case_id: 'a' "
                               "} }"),
              ElementsAre("CASE_LINK_CYCLE"));
}

// The cases above a merged case are above its survivor, and the other way round.
TEST(LoadedAncestorsTest, ACircleThroughAMergeIsRefused) {
  KeptStates states;
  for (const char* id : {"a", "b", "c", "d", "x"}) {
    states.Done(absl::StrCat("open_case { case_id: '", id,
                             "' kind: KIND_TROUBLE subject: 'x' queue_id: 'q' }"));
  }
  const auto cause = [](const char* of, const char* by) {
    return absl::StrCat("link_case { case_id: '", of,
                        "' case_link { kind: KIND_CAUSED_BY case_id: '", by, "' } }");
  };
  states.Done(cause("a", "b"));
  states.Done(cause("b", "c"));
  states.Done(cause("c", "d"));
  states.Done("merge_cases { case_id: 'x' merged_case_id: 'c' }");
  EXPECT_THAT(states.ReasonsOf(cause("x", "a")), ElementsAre("CASE_LINK_CYCLE"));
  EXPECT_THAT(states.ReasonsOf(cause("d", "x")), ElementsAre("CASE_LINK_CYCLE"));
  EXPECT_THAT(states.ReasonsOf(cause("d", "a")), ElementsAre("CASE_LINK_CYCLE"));
}

// States are lent to the input of a command: nobody else sees the rows that the command loads.
TEST(LentStatesOfARunTest, StayAsTheyWere) {
  KeptStates states;
  states.Done("open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'lamp' }");
  states.Done("open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'fan' }");
  states.Done("add_case_task { case_id: 'k1' task { task_id: 't1' title: 'call' } }");
  states.Done("link_case { case_id: 'k1' case_link { kind: KIND_RELATED case_id: 'k2' } }");
  const auto bytes = [&states](const char* id) {
    return (*states.Get(v1::ENTITY_KIND_CASE, id))->SerializeAsString();
  };
  const std::string first = bytes("k1"), second = bytes("k2");
  // The task and both links are loaded, and nothing is done.
  EXPECT_THAT(states.ReasonsOf("add_case_task { case_id: 'k1' task { task_id: 't1' title: 'x' } }"),
              Not(IsEmpty()));
  EXPECT_EQ(bytes("k1"), first);
  states.Do("link_case { case_id: 'k1' case_link { kind: KIND_RELATED case_id: 'k2' } }");
  EXPECT_EQ(bytes("k1"), first);
  EXPECT_EQ(bytes("k2"), second);
}

TEST(ExternalIdsOfARunTest, BelongToOneCustomer) {
  KeptStates states;
  states.Done(
      "create_customer { customer_id: 'c1' given_name: 'Ann' external_ids { system: 'crm' "
      "id: '1' } }");
  EXPECT_THAT(states.ReasonsOf("create_customer { customer_id: 'c2' given_name: 'Bob' external_ids "
                               "{ system: 'crm' id: '1' } }"),
              ElementsAre("CUSTOMER_EXTERNAL_ID_TAKEN"));
  states.Done(
      "create_customer { customer_id: 'c2' given_name: 'Bob' external_ids { system: 'erp' "
      "id: '1' } }");
  EXPECT_THAT(states.ReasonsOf("edit_customer { customer_id: 'c2' base_version: 1 add_external_ids "
                               "{ system: 'crm' id: '1' } }"),
              ElementsAre("CUSTOMER_EXTERNAL_ID_TAKEN"));
  // The customer's own is nobody else's.
  EXPECT_THAT(states.ReasonsOf("edit_customer { customer_id: 'c1' base_version: 1 tier: 'gold' "
                               "add_external_ids { system: 'crm' id: '1' } }"),
              IsEmpty());
  // An id that came with a merge returns to the merged customer.
  states.Done("merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }");
  states.Done("unmerge_customers { customer_id: 'c1' merged_customer_id: 'c2' }");
}

// Of the cases of a desk, and of the parts of all of them, one has an id where the policy says so.
TEST(ExternalIdsOfARunTest, NameWhatExistsWherePolicyAsksForIt) {
  KeptStates states;
  states.policy = MustCompile(R"(
    rule_sets { id: "open" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "no" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NO" condition: "command.open_case.subject == 'no'" } }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "crm" duplicate: DUPLICATE_EXISTING }
    unique_external_ids { entity_kind: ENTITY_KIND_CASE of_parts: true duplicate: DUPLICATE_EXISTING })");
  const auto open = [](absl::string_view id, absl::string_view rest) {
    return absl::StrCat("open_case { case_id: '", id, "' kind: KIND_TROUBLE ", rest, " }");
  };
  const std::string first = "external_ids { system: 'crm' id: '1' } ";
  const std::string second = "external_ids { system: 'crm' id: '2' } ";
  states.Done(open("k1", first + "subject: 'lamp'"));
  states.Done(open("k2", second + "subject: 'lamp'"));
  const v1::Outcome again = states.Do(open("k3", first + "subject: 'lamp'"));
  EXPECT_EQ(again.verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(again.events_size(), 0);
  EXPECT_EQ(again.existing_entity().id(), "k1");
  EXPECT_THAT(states.ReasonsOf(open("k3", first + "subject: 'no'")), ElementsAre("NO"));
  EXPECT_THAT(states.ReasonsOf(open("k3", first + second + "subject: 'lamp'")),
              ElementsAre("CASE_EXTERNAL_ID_TAKEN"));
  const auto add = [](absl::string_view id, absl::string_view part_id) {
    return absl::StrCat("add_case_part { case_id: '", id, "' part { part_id: '", part_id,
                        "' kind: KIND_NOTE text: 'x' external_ids { system: 'mail' id: '7' } } }");
  };
  states.Done(add("k2", "p1"));
  const v1::Outcome part = states.Do(add("k1", "p2"));
  EXPECT_EQ(part.existing_entity().id(), "k2");
  EXPECT_EQ(part.existing_part_id(), "p1");
  EXPECT_EQ(states.Do(add("k2", "p2")).existing_part_id(), "p1");
}

TEST(ReferencesOfARunTest, MustExist) {
  KeptStates states;
  states.OpenShop();
  v1::Command command = testing::PlaceOrder("o1");
  command.set_interaction_id("i9");
  EXPECT_THAT(states.ReasonsOf(command), ElementsAre("INTERACTION_NOT_FOUND"));
  EXPECT_THAT(states.ReasonsOf("cancel_order { order_id: 'o9' }"), ElementsAre("ORDER_NOT_FOUND"));
}

}  // namespace
}  // namespace frontdesk
