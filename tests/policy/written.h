// Conditions as people write them, in a small pack: each is right, or has an issue that says what to write.
#ifndef FRONTDESK_TESTS_POLICY_WRITTEN_H_
#define FRONTDESK_TESTS_POLICY_WRITTEN_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/issues.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {

inline constexpr absl::string_view kWrittenHead =
    "vocabulary { roles { name: 'agent' } roles { name: 'supervisor' } roles { name: 'team_lead' } "
    "tiers { name: 'gold' } tiers { name: 'silver' } tags { name: 'urgent' } queues { name: "
    "'second_line' } reasons { name: 'broken' } authorities { name: 'refunds' } }\n"
    "attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'color' type: TYPE_STRING "
    "allowed_values: 'red' allowed_values: 'blue' }\n"
    "attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'visits' type: TYPE_INT }\n"
    "attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'member_since' type: "
    "TYPE_TIME }\n"
    "attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'spent' type: TYPE_MONEY }\n"
    "attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'vip' type: TYPE_BOOL }\n"
    "cases { state_names { name: 'parts ordered' state: STATE_WAITING_ON_THIRD_PARTY } }\n"
    "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }\n";

// A pack that refuses the verb under the condition.
inline std::string WrittenPack(absl::string_view verb, absl::string_view condition) {
  return absl::StrCat(kWrittenHead, "rule_sets { id: 'set' decision_points: '", verb,
                      "' default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 outcome: "
                      "POLICY_OUTCOME_REFUSE reason: 'R'\n condition: \"",
                      condition, "\" } }\n");
}

struct Written {
  std::string verb;
  std::string condition;
  std::string reason;  // Empty: it is right.
  std::string text;
  std::string repair;  // Loads without an issue. Empty: the text names no single one.
};

inline void CheckWritten(const std::vector<Written>& all) {
  for (const Written& each : all) {
    SCOPED_TRACE(each.condition);
    const PolicyResult result =
        Policy::FromText(WrittenPack(each.verb, each.condition), "x.textproto");
    if (each.reason.empty()) {
      EXPECT_THAT(result.issues, ::testing::IsEmpty()) << rules::FormatIssues(result.issues);
      continue;
    }
    EXPECT_EQ(result.issues.size(), 1u) << rules::FormatIssues(result.issues);
    if (result.issues.empty()) continue;
    EXPECT_EQ(result.issues[0].reason(), each.reason);
    EXPECT_THAT(result.issues[0].text(), ::testing::HasSubstr(each.text));
    if (each.repair.empty()) continue;
    const PolicyResult repaired =
        Policy::FromText(WrittenPack(each.verb, each.repair), "x.textproto");
    EXPECT_THAT(repaired.issues, ::testing::IsEmpty()) << rules::FormatIssues(repaired.issues);
  }
}

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_POLICY_WRITTEN_H_
