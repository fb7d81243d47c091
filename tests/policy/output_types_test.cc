// The outputs of rule sets: those that commands know, and their types.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/policy/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "line: text" of each POLICY_OUTPUT_TYPE.
std::vector<std::string> TypeIssues(absl::string_view text) {
  std::vector<std::string> found;
  for (const v1::Issue& issue : Policy::FromText(text, "p.textproto").issues) {
    if (issue.reason() != kReasonPolicyOutputType) continue;
    EXPECT_EQ(issue.severity(), v1::Issue::SEVERITY_ERROR);
    found.push_back(absl::StrCat(issue.line(), ": ", issue.text()));
  }
  return found;
}

TEST(PolicyOutputTest, HasTheTypeOfTheFieldThatItFills) {
  constexpr absl::string_view kText = R"(
    rule_sets {
      id: "refunds" decision_points: "RefundOrder" default_outcome: POLICY_OUTCOME_ALLOW
      default_outputs { name: "own" expression: "1" }
      rules {
        id: "a" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count > 1"
        outputs { name: "amount" expression: "assessment.refund_amount.units" }
      }
    }
    rule_sets {
      id: "cases" decision_points: ["CloseCase", "OpenCase"] default_outcome: POLICY_OUTCOME_ALLOW
      default_outputs { name: "queue" expression: "7" }
      default_outputs { name: "priority" expression: "'high'" }
      default_outputs { name: "impact" expression: "1" }
    })";
  EXPECT_THAT(
      TypeIssues(kText),
      ElementsAre("7: the output 'amount' is a whole number, but RefundOrder fills amount by "
                  "it, which is an amount of money",
                  "12: the output 'queue' is a whole number, but OpenCase fills queue_id by "
                  "it, which is a text",
                  "13: the output 'priority' is a text, but OpenCase fills priority by it, "
                  "which is a whole number"));
}

// Texts that are written out, in branches too.
TEST(PolicyOutputTest, TextsOfKnownOutputsAreWordsOfTheVocabulary) {
  constexpr absl::string_view kText = R"(
    vocabulary { queues { name: "first_line" } queues { name: "second_line" } }
    rule_sets {
      id: "cases" decision_points: ["CloseCase", "OpenCase"] default_outcome: POLICY_OUTCOME_ALLOW
      default_outputs { name: "queue" expression: "'first_lin'" }
      default_outputs { name: "own" expression: "'third_line'" }
      rules {
        id: "a" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "'owner' in actor.roles"
        outputs { name: "queue" expression: "actor.actor_id == 'x' ? 'second_line' : 'secondline'" }
      }
    })";
  std::vector<std::string> found;
  for (const v1::Issue& issue : Policy::FromText(kText, "p.textproto").issues) {
    if (issue.reason() == kReasonPolicyWordUnknown) {
      found.push_back(absl::StrCat(issue.line(), ": ", issue.text()));
    }
  }
  EXPECT_THAT(
      found,
      ElementsAre("9: 'secondline' is no queue of this policy (vocabulary.queues); did you mean "
                  "'second_line'?",
                  "5: 'first_lin' is no queue of this policy (vocabulary.queues); did you mean "
                  "'first_line'?"));
}

// No command of the set knows the name: it is the author's own.
TEST(PolicyOutputTest, AnotherNameHasAnyType) {
  EXPECT_THAT(TypeIssues(R"(rule_sets {
    id: "close" decision_points: "CloseCase" default_outcome: POLICY_OUTCOME_ALLOW
    default_outputs { name: "queue" expression: "now" }
    default_outputs { name: "amount" expression: "true" }
  })"),
              IsEmpty());
}

TEST(PolicyOutputTest, APolicyKnowsTheFieldsThatItMayFill) {
  const auto policy = testing::MustCompile(R"(
    rule_sets {
      id: "cases" decision_points: ["OpenCase", "CloseCase"] default_outcome: POLICY_OUTCOME_ALLOW
      default_outputs { name: "queue" expression: "'q'" }
      rules {
        id: "a" order: 1 outcome: POLICY_OUTCOME_ALLOW
        condition: "actor.actor_id == 'a'" outputs { name: "impact" expression: "1" }
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW })");
  const auto computes = [&policy](absl::string_view command, absl::string_view output) {
    return policy->Computes(*domain::FindCommandByName(command), output);
  };
  EXPECT_TRUE(computes("OpenCase", "queue"));
  EXPECT_TRUE(computes("OpenCase", "impact"));
  EXPECT_FALSE(computes("OpenCase", "urgency"));
  EXPECT_FALSE(computes("CloseCase", "queue"));
  EXPECT_FALSE(computes("AssignCase", "queue"));
  EXPECT_TRUE(policy->Computes(*domain::FindCommandByName("OpenCase")));
  EXPECT_FALSE(policy->Computes(*domain::FindCommandByName("CloseCase")));
}

}  // namespace
}  // namespace frontdesk
