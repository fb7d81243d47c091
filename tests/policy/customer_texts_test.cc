// The texts for customers in a pack.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/policy/policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "field: REASON: text" of the errors of a pack with one rule that has a detail `amount`.
std::vector<std::string> Errors(absl::string_view customer_text, absl::string_view rest = "") {
  const PolicyResult result = Policy::FromText(absl::StrCat(R"(
    rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets { id: "s" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "r" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "LATE"
              condition: "order.order_id == 'x'"
              details { name: "amount" expression: "order.totals.total" }
              customer_text: ")",
                                                            customer_text, "\" } }\n", rest),
                                               "p.textproto");
  std::vector<std::string> errors;
  for (const v1::Issue& issue : result.issues) {
    if (issue.severity() != v1::Issue::SEVERITY_ERROR) continue;
    errors.push_back(absl::StrCat(issue.field(), ": ", issue.reason(), ": ", issue.text()));
  }
  EXPECT_EQ(result.policy == nullptr, !errors.empty());
  return errors;
}

TEST(CustomerTextsTest, PlaceholdersAreValuesOfTheRule) {
  EXPECT_THAT(Errors("It is too late."), IsEmpty());
  EXPECT_THAT(Errors("Your order of {amount} is late, {amount}."), IsEmpty());
  EXPECT_THAT(
      Errors("Your order of {amont} is late."),
      ElementsAre("rule_sets[1].rules[0].customer_text: POLICY_TEXT_PLACEHOLDER: {amont} is "
                  "no detail or output of the rule; did you mean 'amount'?"));
  EXPECT_THAT(Errors("Late: {amount"),
              ElementsAre("rule_sets[1].rules[0].customer_text: POLICY_TEXT_PLACEHOLDER: a "
                          "placeholder has no end: it is written {name}"));
}

TEST(CustomerTextsTest, ReasonsHaveOneText) {
  EXPECT_THAT(Errors("Late.", R"(
      reason_texts { reason: "LATE" customer_text: "{amount} is late." }
      reason_texts { reason: "ORDER_CANCEL_STATE" customer_text: "It is {state}." })"),
              IsEmpty());
  EXPECT_THAT(Errors("Late.", R"(
      reason_texts { reason: "LATE" customer_text: "{total} is late." }
      reason_texts { reason: "LATE" customer_text: "Late." }
      reason_texts { customer_text: "Late." }
      reason_texts { reason: "EARLY" })"),
              ElementsAre("reason_texts[0].customer_text: POLICY_TEXT_PLACEHOLDER: {total} is no "
                          "detail or output of a rule with that reason",
                          "reason_texts[1].reason: POLICY_REASON_TEXT_DUPLICATE: the reason has a "
                          "text already",
                          "reason_texts[2]: POLICY_REASON_TEXT_MISSING: the reason is missing",
                          "reason_texts[3]: POLICY_REASON_TEXT_MISSING: the text is missing"));
}

}  // namespace
}  // namespace frontdesk
