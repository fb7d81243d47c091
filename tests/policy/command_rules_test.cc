#include "frontdesk/policy/command_rules.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
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
                  "invariant ORDER_CANCEL_SHIPPED ", "invariant ORDER_CANCEL_ACCOUNT_UNKNOWN ",
                  "invariant ORDER_CANCEL_PAYMENT_METHOD_UNKNOWN "));
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

TEST(CommandRulesTest, ListsTheRulesInEffectAtADate) {
  v1::PolicyPack pack;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        rule_sets {
          id: "cancel"
          decision_points: "CancelOrder"
          default_outcome: POLICY_OUTCOME_ALLOW
          groups { id: "off" disabled: true }
          groups {
            id: "dated"
            effective_time { seconds: 100 }
            expire_time { seconds: 200 }
          }
          rules { id: "always" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "A" }
          rules {
            id: "disabled"
            order: 2
            outcome: POLICY_OUTCOME_REFUSE
            reason: "B"
            disabled: true
          }
          rules { id: "off" order: 3 outcome: POLICY_OUTCOME_REFUSE reason: "C" group_id: "off" }
          rules {
            id: "dated"
            order: 4
            outcome: POLICY_OUTCOME_REFUSE
            reason: "D"
            group_id: "dated"
          }
          rules {
            id: "late"
            order: 5
            outcome: POLICY_OUTCOME_REFUSE
            reason: "E"
            effective_time { seconds: 150 }
          }
          rules {
            id: "early"
            order: 6
            outcome: POLICY_OUTCOME_REFUSE
            reason: "F"
            expire_time { seconds: 150 }
          }
        }
      )pb",
      &pack));
  const auto listed = [&pack](absl::optional<absl::Time> as_of) {
    std::vector<std::string> ids;
    const auto rules = ListCommandRules(pack, "CancelOrder", as_of);
    EXPECT_TRUE(rules.ok()) << rules.status();
    for (const CommandRule& rule : *rules) {
      if (!rule.rule_id.empty()) ids.push_back(rule.rule_id);
    }
    return ids;
  };
  const auto at = [&](int64_t seconds) { return listed(absl::FromUnixSeconds(seconds)); };
  EXPECT_THAT(listed(absl::nullopt),
              ElementsAre("always", "disabled", "off", "dated", "late", "early"));
  EXPECT_THAT(at(99), ElementsAre("always", "early"));
  EXPECT_THAT(at(100), ElementsAre("always", "dated", "early"));
  EXPECT_THAT(at(149), ElementsAre("always", "dated", "early"));
  EXPECT_THAT(at(150), ElementsAre("always", "dated", "late"));
  EXPECT_THAT(at(200), ElementsAre("always", "late"));
}

TEST(CommandRulesTest, HasTheOutputsThatTheCommandKnows) {
  v1::PolicyPack pack;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        rule_sets {
          id: "cases"
          decision_points: [ "OpenCase", "CloseCase" ]
          default_outcome: POLICY_OUTCOME_ALLOW
          default_outputs { name: "queue" expression: "'q'" }
          default_outputs { name: "own" expression: "1" }
        }
      )pb",
      &pack));
  const auto of = [&pack](absl::string_view command) {
    std::vector<std::string> texts;
    const auto rules = ListCommandRules(pack, command);
    EXPECT_TRUE(rules.ok()) << rules.status();
    for (const CommandRule& rule : *rules) {
      if (rule.reason == "POLICY_OUTPUT_NOT_POSSIBLE") texts.push_back(rule.text);
    }
    return texts;
  };
  EXPECT_THAT(
      of("OpenCase"),
      ElementsAre("The command is not possible with a value that the rules compute: queue."));
  EXPECT_THAT(of("CloseCase"), ElementsAre());
}

TEST(CommandRulesTest, AnUnknownNameGetsTheNearOne) {
  const auto rules = ListCommandRules(v1::PolicyPack(), "CancelOrders");
  EXPECT_EQ(GetErrorDetail(rules.status())->reason(), "POLICY_DECISION_POINT_UNKNOWN");
  EXPECT_THAT(std::string(rules.status().message()), HasSubstr("did you mean 'CancelOrder'?"));
}

}  // namespace
}  // namespace frontdesk
