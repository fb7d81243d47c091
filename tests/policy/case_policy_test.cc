// All errors in a CasePolicy are reported when the pack is loaded, with positions.
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

// "REASON line:column field" of each issue.
std::vector<std::string> Issues(absl::string_view text) {
  std::vector<std::string> issues;
  for (const v1::Issue& issue : Policy::FromText(text, "desk.textproto").issues) {
    issues.push_back(
        absl::StrCat(issue.reason(), " ", issue.line(), ":", issue.column(), " ", issue.field()));
  }
  return issues;
}

TEST(CasePolicyTest, AllIssuesAreReportedWithTheirPlaces) {
  EXPECT_THAT(Issues(R"(cases {
  priority_matrix { impact: 1 urgency: 1 priority: 1 }
  priority_matrix { impact: -2 urgency: 1 priority: 1 }
  priority_matrix { impact: 1 urgency: 1 priority: 2 }
  priority_matrix { impact: 2 urgency: 0 }
  state_names { name: "at the bench" state: STATE_OPEN }
  state_names { name: "at the bench" state: STATE_RESOLVED }
  state_names { state: STATE_OPEN }
  state_names { name: "gone" state: STATE_MERGED }
  state_names { name: "nowhere" }
  reopen_window { seconds: -1 }
})"),
              ElementsAre("POLICY_PRIORITY_CELL_RANGE 3:21 cases.priority_matrix[1].impact",
                          "POLICY_PRIORITY_CELL_DUPLICATE 4:3 cases.priority_matrix[2]",
                          "POLICY_PRIORITY_CELL_RANGE 5:3 cases.priority_matrix[3]",
                          "POLICY_PRIORITY_CELL_RANGE 5:3 cases.priority_matrix[3]",
                          "POLICY_STATE_NAME_DUPLICATE 7:17 cases.state_names[1].name",
                          "POLICY_STATE_NAME_EMPTY 8:3 cases.state_names[2]",
                          "POLICY_STATE_NAME_STATE 9:30 cases.state_names[3].state",
                          "POLICY_STATE_NAME_STATE 10:3 cases.state_names[4]",
                          "POLICY_REOPEN_WINDOW_RANGE 11:3 cases.reopen_window"));
  EXPECT_THAT(Issues("cases { reopen_window { seconds: 315576000001 } }"),
              ElementsAre("POLICY_REOPEN_WINDOW_RANGE 1:9 cases.reopen_window"));
  EXPECT_THAT(Issues("cases { reopen_window {} }"), IsEmpty());
}

TEST(UniqueIdsTest, AllIssuesAreReportedWithTheirPlaces) {
  EXPECT_THAT(Issues(R"(
unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "crm" systems: "erp" }
unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "tel" systems: "crm" }
unique_external_ids { entity_kind: ENTITY_KIND_CASE }
unique_external_ids { entity_kind: ENTITY_KIND_CASE duplicate: DUPLICATE_EXISTING }
unique_external_ids { entity_kind: ENTITY_KIND_CASE of_parts: true systems: "crm" systems: "" }
unique_external_ids { entity_kind: ENTITY_KIND_CUSTOMER }
unique_external_ids { systems: "crm" }
unique_external_ids { entity_kind: ENTITY_KIND_ORDER of_parts: true }
unique_external_ids { entity_kind: ENTITY_KIND_ORDER systems: "a" systems: "a" duplicate: 7 }
)"),
              ElementsAre("POLICY_UNIQUE_IDS_OVERLAP 3:68 unique_external_ids[1].systems[1]",
                          "POLICY_UNIQUE_IDS_OVERLAP 5:1 unique_external_ids[3]",
                          "POLICY_UNIQUE_IDS_SYSTEM 6:83 unique_external_ids[4].systems[1]",
                          "POLICY_UNIQUE_IDS_KIND 7:23 unique_external_ids[5].entity_kind",
                          "POLICY_UNIQUE_IDS_KIND 8:1 unique_external_ids[6].entity_kind",
                          "POLICY_UNIQUE_IDS_KIND 9:54 unique_external_ids[7].of_parts",
                          "POLICY_UNIQUE_IDS_DUPLICATE 10:80 unique_external_ids[8].duplicate",
                          "POLICY_UNIQUE_IDS_OVERLAP 10:67 unique_external_ids[8].systems[1]"));
}

TEST(UniqueIdsTest, TheEntryOfASystemComesBeforeThatOfAllOthers) {
  const auto policy = Policy::FromText(R"(
rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
unique_external_ids { entity_kind: ENTITY_KIND_CASE }
unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "crm" duplicate: DUPLICATE_EXISTING }
unique_external_ids { entity_kind: ENTITY_KIND_INTERACTION of_parts: true systems: "mail" duplicate: DUPLICATE_REFUSE }
)",
                                       "desk.textproto")
                          .policy;
  ASSERT_NE(policy, nullptr);
  const auto find = [&policy](v1::EntityKind kind, bool of_parts, const std::string& system) {
    const auto found = policy->FindUniqueId(kind, of_parts, system);
    return found.has_value() ? v1::UniqueExternalId::Duplicate_Name(*found) : "several";
  };
  EXPECT_EQ(find(v1::ENTITY_KIND_CASE, false, "crm"), "DUPLICATE_EXISTING");
  EXPECT_EQ(find(v1::ENTITY_KIND_CASE, false, "erp"), "DUPLICATE_REFUSE");
  EXPECT_EQ(find(v1::ENTITY_KIND_CASE, true, "crm"), "several");
  EXPECT_EQ(find(v1::ENTITY_KIND_INTERACTION, true, "mail"), "DUPLICATE_REFUSE");
  EXPECT_EQ(find(v1::ENTITY_KIND_INTERACTION, true, "crm"), "several");
  EXPECT_EQ(find(v1::ENTITY_KIND_INTERACTION, false, "mail"), "several");
  EXPECT_EQ(find(v1::ENTITY_KIND_ORDER, false, "crm"), "several");
}

TEST(CasePolicyTest, ChainsHaveStepsAndAFallback) {
  EXPECT_THAT(
      Issues(R"(cases {
  escalation_chains {
    name: "a" basis: ESCALATION_BASIS_SKILL
    steps { queue_id: "1" time_out { seconds: 1 } }
    fallback_queue_id: "2"
  }
  escalation_chains { name: "a" basis: ESCALATION_BASIS_SKILL fallback_queue_id: "1" }
  escalation_chains {
    steps { queue_id: "1" time_out { } }
    steps { time_out { seconds: -1 } }
    steps { queue_id: "1" }
    fallback_queue_id: "1"
  }
  escalation_chains { name: "b" basis: ESCALATION_BASIS_AUTHORITY steps { queue_id: "1" } }
})"),
      ElementsAre(
          "POLICY_ESCALATION_NAME_DUPLICATE 7:23 cases.escalation_chains[1].name",
          "POLICY_ESCALATION_STEPS_MISSING 7:3 cases.escalation_chains[1]",
          "POLICY_ESCALATION_NAME_EMPTY 8:3 cases.escalation_chains[2]",
          "POLICY_ESCALATION_BASIS 8:3 cases.escalation_chains[2]",
          "POLICY_ESCALATION_TIME_OUT_RANGE 9:27 cases.escalation_chains[2].steps[0].time_out",
          "POLICY_ESCALATION_QUEUE_EMPTY 10:5 cases.escalation_chains[2].steps[1]",
          "POLICY_ESCALATION_TIME_OUT_RANGE 10:13 cases.escalation_chains[2].steps[1].time_out",
          "POLICY_ESCALATION_QUEUE_DUPLICATE 11:13 cases.escalation_chains[2].steps[2].queue_id",
          "POLICY_ESCALATION_QUEUE_DUPLICATE 12:5 cases.escalation_chains[2].fallback_queue_id",
          "POLICY_ESCALATION_QUEUE_EMPTY 14:3 cases.escalation_chains[3]"));
}

TEST(CasePolicyTest, ChainsHaveALimit) {
  v1::PolicyPack pack;
  v1::EscalationChain* chain = pack.mutable_cases()->add_escalation_chains();
  chain->set_name("long");
  chain->set_basis(v1::ESCALATION_BASIS_SKILL);
  chain->set_fallback_queue_id("last");
  PolicyOptions options;
  for (int i = 0; i < options.max_escalation_steps; ++i) {
    chain->add_steps()->set_queue_id(absl::StrCat("q", i));
  }
  EXPECT_EQ(Policy::Compile(pack, options).issues.at(0).reason(), "POLICY_LIMIT_ESCALATION_STEPS");
  options.max_escalation_steps = 1'001;
  EXPECT_THAT(Policy::Compile(pack, options).issues, IsEmpty());
}

TEST(CasePolicyTest, RemediesHaveANameACodeAndAnAmount) {
  EXPECT_THAT(Issues(R"(cases {
  remedies { name: "sorry" code: "apologised" }
  remedies { name: "sorry" code: "apologised" }
  remedies { code: "paid" amount { units: -1 currency_code: "USD" } }
  remedies { name: "credit" amount { units: 1 currency_code: "usd" } }
  remedies {
    name: "lamp" code: "replaced" kinds: KIND_TROUBLE kinds: KIND_UNSPECIFIED
    amount { units: 0 currency_code: "USD" }
  }
})"),
              ElementsAre("POLICY_REMEDY_NAME_DUPLICATE 3:14 cases.remedies[1].name",
                          "POLICY_REMEDY_NAME_EMPTY 4:3 cases.remedies[2]",
                          "POLICY_REMEDY_AMOUNT 4:27 cases.remedies[2].amount",
                          "POLICY_REMEDY_CODE_EMPTY 5:3 cases.remedies[3]",
                          "POLICY_REMEDY_AMOUNT 5:29 cases.remedies[3].amount",
                          "POLICY_REMEDY_KIND 7:55 cases.remedies[4].kinds[1]"));
  v1::PolicyPack pack;
  PolicyOptions options;
  for (int i = 0; i <= options.max_remedies; ++i) {
    v1::Remedy* remedy = pack.mutable_cases()->add_remedies();
    remedy->set_name(absl::StrCat("r", i));
    remedy->set_code("done");
  }
  EXPECT_EQ(Policy::Compile(pack, options).issues.at(0).reason(), "POLICY_LIMIT_REMEDIES");
  options.max_remedies = 101;
  EXPECT_THAT(Policy::Compile(pack, options).issues, IsEmpty());
}

TEST(CasePolicyTest, NothingIsHeldWhereAMessageReopens) {
  EXPECT_THAT(Issues(R"(rule_sets {
  id: "messages"
  decision_points: "ReopenOnMessage"
  rules { id: "a" order: 1 condition: "true" outcome: POLICY_OUTCOME_HOLD reason: "R" authority: "x" }
  default_outcome: POLICY_OUTCOME_HOLD
})"),
              ElementsAre("POLICY_HOLD_NOT_POSSIBLE 4:46 rule_sets[0].rules[0].outcome",
                          "RULE_SET_DEFAULT_HOLD 5:3 rule_sets[0].default_outcome"));
}

TEST(CasePolicyTest, ReopenOnMessageReadsWhatAddCasePartReads) {
  EXPECT_THAT(Issues(R"(rule_sets {
    id: "messages" decision_points: "ReopenOnMessage" decision_points: "AddCasePart"
    rules {
      id: "a" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "R"
      condition: "case.state == Case.State.STATE_RESOLVED && assessment.may_reopen_on_message"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE })"),
              IsEmpty());
  EXPECT_THAT(Issues(R"(rule_sets {
    id: "messages" decision_points: "ReopenOnMessage" decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
  })"),
              ElementsAre("POLICY_DECISION_POINTS_MIXED 2:55 rule_sets[0].decision_points[1]"));
  EXPECT_THAT(Issues(R"(
rule_sets { id: "a" decision_points: "ReopenOnMessage" default_outcome: POLICY_OUTCOME_ALLOW }
rule_sets { id: "b" decision_points: "ReopenOnMessage" default_outcome: POLICY_OUTCOME_ALLOW })"),
              ElementsAre("POLICY_DECISION_POINT_DUPLICATE 3:21 rule_sets[1].decision_points[0]"));
}

}  // namespace
}  // namespace frontdesk
