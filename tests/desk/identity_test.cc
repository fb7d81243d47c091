// The level to which a customer's identity is verified, and rule sets that demand one.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/rules/decision.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::Reasons;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr absl::string_view kIdentityPolicy = R"pb(
  rule_sets {
    id: "telling"
    decision_points: "DiscloseCustomer"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "no_health"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "NO_HEALTH"
      condition: "'health' in command.disclose_customer.topics"
    }
  }
  rule_sets { id: "canceling" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW }
  identity_requirements { decision_points: "DiscloseCustomer" min_level: 2 }
  identity_requirements { decision_points: "CancelOrder" min_level: 1 }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

v1::Command Ask(const std::string& verb, int seconds = 200) {
  return testing::AskInText(verb, seconds);
}

// The same in the course of an interaction.
v1::Command AskInInteraction(const std::string& interaction_id, const std::string& verb,
                             int seconds = 200) {
  v1::Command command = Ask(verb, seconds);
  command.set_interaction_id(interaction_id);
  return command;
}

v1::Outcome Do(Desk& desk, const v1::Command& command) {
  const absl::StatusOr<v1::Outcome> outcome = desk.Execute(command);
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return outcome.ok() ? *outcome : v1::Outcome();
}

std::vector<std::pair<std::string, std::string>> Details(const v1::Refusal& refusal) {
  std::vector<std::pair<std::string, std::string>> details;
  for (const v1::DetailValue& detail : refusal.details())
    details.emplace_back(detail.name(), detail.value());
  return details;
}

TEST(IdentityTest, BelowTheLevelNoRuleIsAsked) {
  auto desk = MustOpen(kIdentityPolicy);
  OpenShop(*desk);
  const v1::Command ask = Ask("disclose_customer { customer_id: 'c1' topics: 'health' }");
  const v1::Outcome refused = Do(*desk, ask);
  EXPECT_EQ(refused.verdict(), v1::VERDICT_REFUSED);
  ASSERT_THAT(Reasons(refused), ElementsAre("IDENTITY_LEVEL_TOO_LOW"));
  EXPECT_EQ(refused.refusals(0).origin(), v1::Refusal::ORIGIN_POLICY);
  EXPECT_THAT(Details(refused.refusals(0)),
              ElementsAre(Pair("demanded", "2"), Pair("reached", "0")));
  EXPECT_THAT(refused.decision().fired_rule_ids(), ElementsAre("min_identity_level"));
  EXPECT_EQ(refused.decision().rules_size(), 1);
  const std::string text = desk->Explain(refused.record_id())->text();
  EXPECT_THAT(text, HasSubstr("IDENTITY_LEVEL_TOO_LOW"));
  EXPECT_THAT(text, HasSubstr("identity_level is 0"));
  EXPECT_THAT(text, HasSubstr("would not hold if identity_level >= 2"));

  MustDo(*desk, Ask("verify_identity { customer_id: 'c1' level: 2 method: 'code' }"));
  const v1::Outcome by_rule = Do(*desk, ask);
  EXPECT_THAT(Reasons(by_rule), ElementsAre("NO_HEALTH"));
  EXPECT_EQ(by_rule.decision().rules_size(), 1);
  const v1::Decision why = desk->Explain(by_rule.record_id())->decision();
  ASSERT_EQ(why.rules_size(), 2);
  EXPECT_EQ(why.rules(0).rule_id(), "min_identity_level");
  EXPECT_EQ(why.rules(0).result(), v1::RuleTrace::RESULT_NOT_MATCHED);
  const v1::Outcome told =
      MustDo(*desk, Ask("disclose_customer { customer_id: 'c1' topics: 'balance' }"));
  EXPECT_EQ(told.events(0).customer().customer_disclosed().identity_level(), 2);
}

TEST(IdentityTest, AVerificationInAnInteractionCountsThere) {
  auto desk = MustOpen(kIdentityPolicy);
  OpenShop(*desk);
  for (const char* id : {"i1", "i2"}) {
    MustDo(*desk, Ask(absl::StrCat("start_interaction { interaction_id: '", id,
                                   "' channel: CHANNEL_VOICE direction: DIRECTION_INBOUND "
                                   "customer_id: 'c1' }")));
  }
  MustDo(*desk, AskInInteraction("i1",
                                 "verify_identity { customer_id: 'c1' level: 1 method: 'name' "
                                 "expire_time { seconds: 1700000300 } }"));
  const auto cancel = [](const std::string& interaction_id, int seconds) {
    return AskInInteraction(interaction_id, "cancel_order { order_id: 'o1' reason: 'x' }", seconds);
  };
  EXPECT_THAT(Reasons(Do(*desk, cancel("", 210))), ElementsAre("IDENTITY_LEVEL_TOO_LOW"));
  EXPECT_THAT(Reasons(Do(*desk, cancel("i2", 210))), ElementsAre("IDENTITY_LEVEL_TOO_LOW"));
  EXPECT_THAT(Reasons(Do(*desk, cancel("i1", 300))), ElementsAre("IDENTITY_LEVEL_TOO_LOW"));
  EXPECT_EQ(Do(*desk, cancel("i1", 299)).verdict(), v1::VERDICT_DONE);
  // A command about the interaction itself is asked in its course.
  const v1::Outcome ended = MustDo(*desk, Ask("end_interaction { interaction_id: 'i1' }", 250));
  EXPECT_EQ(desk->DecisionInputOf(ended.record_id())->input().interaction().identity_level(), 1);
}

// A verification in a call counts until the call is wrapped up, and only for the call's customer.
TEST(IdentityTest, AVerificationInAnInteractionCountsForItsCustomerWhileItLasts) {
  auto desk = MustOpen(kIdentityPolicy);
  OpenShop(*desk);
  MustDo(*desk, Ask("create_customer { customer_id: 'c2' given_name: 'Mina' }"));
  const auto verify = [&desk](const char* customer_id) {
    MustDo(*desk, AskInInteraction("i1", absl::StrCat("verify_identity { customer_id: '",
                                                      customer_id, "' level: 2 method: 'code' }")));
  };
  const auto told = [&desk](const char* customer_id) {
    return Reasons(
        Do(*desk, AskInInteraction("i1", absl::StrCat("disclose_customer { customer_id: '",
                                                      customer_id, "' topics: 'balance' }"))));
  };
  const auto set = [&desk](const char* customer_id) {
    MustDo(*desk, Ask(absl::StrCat("set_interaction_customer { interaction_id: 'i1' customer_id: '",
                                   customer_id, "' }")));
  };
  const auto too_low = ElementsAre("IDENTITY_LEVEL_TOO_LOW");
  MustDo(*desk, Ask("start_interaction { interaction_id: 'i1' channel: CHANNEL_VOICE direction: "
                    "DIRECTION_INBOUND }"));
  verify("c1");  // Before the call is said to be with anybody.
  EXPECT_THAT(told("c1"), ElementsAre());
  set("c2");  // Somebody else after all.
  EXPECT_THAT(told("c1"), too_low);
  EXPECT_THAT(told("c2"), too_low);
  verify("c2");
  EXPECT_THAT(told("c2"), ElementsAre());
  set("c1");
  EXPECT_THAT(told("c1"), ElementsAre());
  EXPECT_THAT(told("c2"), too_low);
  // The survivor replaces the customer of the call.
  MustDo(*desk, Ask("merge_customers { customer_id: 'c2' merged_customer_id: 'c1' }"));
  EXPECT_THAT(told("c2"), ElementsAre());
  MustDo(*desk, Ask("unmerge_customers { customer_id: 'c2' merged_customer_id: 'c1' }"));
  MustDo(*desk, Ask("end_interaction { interaction_id: 'i1' }"));
  EXPECT_THAT(told("c1"), ElementsAre());
  MustDo(*desk, Ask("wrap_up_interaction { interaction_id: 'i1' disposition: 'done' }"));
  EXPECT_THAT(told("c1"), too_low);
}

TEST(IdentityTest, TheCoreFillsTheLevelWhateverTheCallerSays) {
  const auto policy = ::frontdesk::testing::MustCompile(kIdentityPolicy);
  v1::DecisionInput input;
  input.mutable_customer()->mutable_customer()->set_customer_id("c1");
  input.mutable_customer()->mutable_customer()->set_state(v1::Customer::STATE_CUSTOMER);
  input.mutable_customer()->set_identity_level(9);
  const auto outcome =
      Decide(input, Ask("disclose_customer { customer_id: 'c1' topics: 'x' }"), *policy);
  ASSERT_TRUE(outcome.ok());
  EXPECT_THAT(Reasons(*outcome), ElementsAre("IDENTITY_LEVEL_TOO_LOW"));
}

std::vector<std::string> Issues(const std::string& text) {
  std::vector<std::string> issues;
  for (const v1::Issue& issue : Policy::FromText(text, "p.textproto").issues) {
    issues.push_back(absl::StrCat(issue.reason(), " at ", issue.line(), " ", issue.field()));
  }
  return issues;
}

TEST(IdentityTest, InvalidRequirementsAreIssues) {
  EXPECT_THAT(Issues("identity_requirements { decision_points: 'CancelOrder'\n min_level: -1 }"),
              ElementsAre("POLICY_IDENTITY_LEVEL at 2 identity_requirements[0].min_level"));
  EXPECT_THAT(Issues("identity_requirements { decision_points: 'CancelOrder' }"),
              ElementsAre("POLICY_IDENTITY_LEVEL at 1 identity_requirements[0]"));
  EXPECT_THAT(Issues("identity_requirements { min_level: 1 }"),
              ElementsAre("POLICY_DECISION_POINT_UNKNOWN at 1 identity_requirements[0]"));
  EXPECT_THAT(
      Issues("identity_requirements { min_level: 1\n decision_points: 'CancelOrders'\n "
             "decision_points: 'Approve' }"),
      ElementsAre(
          "POLICY_DECISION_POINT_UNKNOWN at 2 identity_requirements[0].decision_points[0]",
          "POLICY_DECISION_POINT_UNKNOWN at 3 identity_requirements[0].decision_points[1]"));
  EXPECT_THAT(
      Issues("identity_requirements { decision_points: ['EditCustomer',\n 'CreateCustomer'] "
             "min_level: 1 }"),
      ElementsAre(
          "POLICY_IDENTITY_LEVEL_CREATES at 2 identity_requirements[0].decision_points[1]"));
  EXPECT_THAT(
      Issues("identity_requirements { decision_points: ['EditCustomer', '*'] min_level: 1 }\n"
             "identity_requirements { decision_points: ['EditCustomer', '*'] min_level: 2 }"),
      ElementsAre(
          "POLICY_DECISION_POINT_DUPLICATE at 2 identity_requirements[1].decision_points[0]",
          "POLICY_DECISION_POINT_DUPLICATE at 2 identity_requirements[1].decision_points[1]"));
}

TEST(IdentityTest, ARequirementOfEveryOtherCommandLeavesVerifyIdentity) {
  auto desk = MustOpen(R"pb(
    rule_sets {
      id: "begin"
      decision_points: "CreateCustomer"
      decision_points: "ImportCustomer"
      decision_points: "VerifyIdentity"
      default_outcome: POLICY_OUTCOME_ALLOW
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    identity_requirements { decision_points: "*" min_level: 1 }
  )pb");
  MustDo(*desk, Ask("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  const v1::Command edit = Ask("edit_customer { customer_id: 'c1' base_version: 1 tier: 'gold' }");
  EXPECT_THAT(Reasons(Do(*desk, edit)), ElementsAre("IDENTITY_LEVEL_TOO_LOW"));
  // Without a customer no level is reached.
  EXPECT_THAT(
      Reasons(Do(*desk, Ask("open_case { case_id: 'k' kind: KIND_QUESTION subject: 's' }"))),
      ElementsAre("IDENTITY_LEVEL_TOO_LOW"));
  MustDo(*desk, Ask("verify_identity { customer_id: 'c1' level: 1 method: 'code' }"));
  EXPECT_EQ(Do(*desk, edit).verdict(), v1::VERDICT_DONE);
}

}  // namespace
}  // namespace frontdesk
