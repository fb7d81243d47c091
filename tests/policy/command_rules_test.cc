#include "frontdesk/policy/command_rules.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::string_view kPack = R"pb(
  name: "shop"
  identity_requirements { decision_points: "*" min_level: 2 }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE }
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    rules {
      id: "late"
      order: 20
      condition: "order.state == Order.State.STATE_SHIPPED"
      outcome: POLICY_OUTCOME_HOLD
      reason: "LATE"
      authority: "orders"
      text: "It is on its way."
    }
    rules {
      id: "owner"
      order: 10
      condition: "'owner' in actor.roles"
      outcome: POLICY_OUTCOME_ALLOW
    }
  }
)pb";

std::vector<std::string> Lines(absl::string_view command) {
  std::vector<std::string> lines;
  const auto policy = testing::MustCompile(kPack);
  const auto rules = ListCommandRules(policy->pack(), command);
  EXPECT_TRUE(rules.ok()) << rules.status();
  if (!rules.ok()) return lines;
  for (const CommandRule& rule : *rules) {
    if (absl::StartsWith(rule.reason, "ARGUMENT_")) continue;
    lines.push_back(absl::StrCat(CheckName(rule.check), " ", rule.reason, " ", rule.rule_id));
  }
  return lines;
}

TEST(CommandRulesTest, AreInTheOrderOfTheChecks) {
  EXPECT_THAT(
      Lines("CancelOrder"),
      ElementsAre("reference ORDER_NOT_FOUND ", "rule IDENTITY_LEVEL_TOO_LOW ", "rule  owner",
                  "rule LATE late", "rule POLICY_NO_RULE ", "invariant ORDER_CANCEL_STATE ",
                  "invariant ORDER_CANCEL_SHIPPED ", "invariant ORDER_CANCEL_ACCOUNT_UNKNOWN "));
  EXPECT_THAT(Lines("CreateCustomer"),
              ElementsAre("reference CUSTOMER_EXISTS ", "rule POLICY_DEFAULT "));
}

TEST(CommandRulesTest, EveryCommandHasAList) {
  int count = 0;
  for (const domain::CommandInfo& command : domain::Commands()) {
    if (command.decision_input == nullptr) continue;
    const auto rules = ListCommandRules(v1::PolicyPack(), command.name);
    ASSERT_TRUE(rules.ok()) << rules.status();
    EXPECT_EQ(rules->front().check, CommandCheck::kArgument);
    for (size_t i = 1; i < rules->size(); ++i) {
      EXPECT_LE((*rules)[i - 1].check, (*rules)[i].check) << command.name;
    }
    ++count;
  }
  EXPECT_GT(count, 50);
}

TEST(CommandRulesTest, AnUnknownNameGetsTheNearOne) {
  const auto rules = ListCommandRules(v1::PolicyPack(), "CancelOrders");
  EXPECT_EQ(GetErrorDetail(rules.status())->reason(), "POLICY_DECISION_POINT_UNKNOWN");
  EXPECT_THAT(std::string(rules.status().message()), HasSubstr("did you mean 'CancelOrder'?"));
}

}  // namespace
}  // namespace frontdesk
