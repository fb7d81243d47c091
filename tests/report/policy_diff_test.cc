#include "frontdesk/report/policy_diff.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace report {
namespace {

v1::PolicyPack Pack(const std::string& text) {
  v1::PolicyPack pack;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &pack));
  return pack;
}

std::string Differences(const v1::PolicyPack& before, const v1::PolicyPack& after) {
  std::string text;
  for (const v1::PolicyDifference& difference : ComparePacks(before, after)) {
    absl::StrAppend(&text, FormatDifference(difference));
  }
  return text;
}

constexpr char kBefore[] = R"(
  name: "shop" version: "1"
  rule_sets {
    id: "a" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: "one" order: 1 condition: "true" outcome: POLICY_OUTCOME_REFUSE reason: "ONE" }
    rules { id: "two" order: 2 condition: "order.item_change_count > 1" outcome: POLICY_OUTCOME_HOLD }
  }
  rule_sets { id: "b" decision_points: "OpenCase" }
)";

TEST(PolicyDiffTest, ThePlaceOfARuleMakesNoDifference) {
  v1::PolicyPack after = Pack(kBefore);
  after.mutable_rule_sets()->SwapElements(0, 1);
  after.mutable_rule_sets(1)->mutable_rules()->SwapElements(0, 1);
  EXPECT_EQ(Differences(Pack(kBefore), after), "");
}

TEST(PolicyDiffTest, NamesEachFieldThatDiffers) {
  v1::PolicyPack after = Pack(kBefore);
  after.set_version("2");
  after.mutable_approvals()->set_requester_may_approve(true);
  v1::RuleSet& set = *after.mutable_rule_sets(0);
  set.set_default_outcome(v1::POLICY_OUTCOME_REFUSE);
  set.mutable_rules(1)->set_condition("order.item_change_count > 2");
  set.mutable_rules(1)->clear_outcome();
  EXPECT_EQ(Differences(Pack(kBefore), after),
            "changed the policy: version\n  - 1\n  + 2\n"
            "changed the policy: approvals\n  + requester_may_approve: true\n"
            "changed rule set a: default_outcome\n  - POLICY_OUTCOME_ALLOW\n"
            "  + POLICY_OUTCOME_REFUSE\n"
            "changed rule set a, rule two: condition\n  - order.item_change_count > 1\n"
            "  + order.item_change_count > 2\n"
            "changed rule set a, rule two: outcome\n  - POLICY_OUTCOME_HOLD\n");
}

TEST(PolicyDiffTest, NamesWhatOnlyOnePackHas) {
  v1::PolicyPack after = Pack(kBefore);
  after.mutable_rule_sets()->DeleteSubrange(1, 1);
  after.mutable_rule_sets(0)->mutable_rules()->DeleteSubrange(0, 1);
  v1::RuleSet& set = *after.add_rule_sets();
  set.set_id("c");
  set.add_rules()->set_id("new");
  set.mutable_rules(0)->set_condition("false");
  EXPECT_EQ(Differences(Pack(kBefore), after),
            "removed rule set a, rule one\n  - true\n"
            "removed rule set b\n"
            "added   rule set c\n"
            "added   rule set c, rule new\n  + false\n");
}

}  // namespace
}  // namespace report
}  // namespace frontdesk
