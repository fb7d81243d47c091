// Decisions by a pack: its rule sets, the identity levels that it demands, approvals, and rules with effective times.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/decision.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::At;
using ::frontdesk::testing::MustCompile;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kRest =
    "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW } ";

// The input of a command about customer c1, whose identity is verified to `level`.
v1::DecisionInput CustomerInput(absl::string_view verb, int level = 0) {
  v1::DecisionInput input;
  const v1::Command command = testing::AskInText(verb);
  v1::CustomerDecisionInput& arm = *input.mutable_customer();
  *arm.mutable_command() = command.customer();
  *arm.mutable_actor() = command.actor();
  *arm.mutable_now() = command.now();
  arm.mutable_customer()->set_customer_id("c1");
  arm.mutable_customer()->set_state(v1::Customer::STATE_CUSTOMER);
  arm.set_identity_level(level);
  return input;
}

// "ALLOW", or "REFUSE" or "HOLD" with the reasons; "REFUSE POLICY_DEFAULT".
std::string Decided(const Policy& policy, const v1::DecisionInput& input,
                    const std::vector<std::string>& granted = {}) {
  const absl::StatusOr<v1::Decision> decision = policy.Decide(input, granted);
  if (!decision.ok()) return std::string(decision.status().message());
  std::string text = v1::PolicyOutcome_Name(decision->outcome()).substr(15);
  for (const rules::DecisionReason& reason : rules::DecisionReasons(*decision)) {
    if (!reason.reason.empty()) absl::StrAppend(&text, " ", reason.reason);
  }
  return text;
}

constexpr char kDisclose[] = "disclose_customer { customer_id: 'c1' topics: 'orders' }";
constexpr char kVerify[] = "verify_identity { customer_id: 'c1' level: 1 method: 'code' }";
constexpr char kConsent[] =
    "record_consent { customer_id: 'c1' consent { purpose: 'x' answer: ANSWER_GIVEN } }";
constexpr char kCreate[] = "create_customer { customer_id: 'c1' given_name: 'Ann' }";

TEST(IdentityLevelTest, IsDemandedBeforeTheRules) {
  const auto policy = MustCompile(
      absl::StrCat(kRest,
                   "identity_requirements { decision_points: 'DiscloseCustomer' min_level: "
                   "2 }"));
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose, 0)), "REFUSE IDENTITY_LEVEL_TOO_LOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose, 1)), "REFUSE IDENTITY_LEVEL_TOO_LOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose, 2)), "ALLOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose, 3)), "ALLOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kConsent, 0)), "ALLOW");
}

TEST(IdentityLevelTest, OfAllOthersSparesVerifyingCreatingAndTheNamedOnes) {
  const auto policy = MustCompile(
      absl::StrCat(kRest,
                   "identity_requirements { decision_points: 'DiscloseCustomer' min_level: 3 }"
                   "identity_requirements { decision_points: '*' min_level: 1 }"));
  EXPECT_EQ(Decided(*policy, CustomerInput(kConsent, 0)), "REFUSE IDENTITY_LEVEL_TOO_LOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kConsent, 1)), "ALLOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kVerify, 0)), "ALLOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kCreate, 0)), "ALLOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose, 1)), "REFUSE IDENTITY_LEVEL_TOO_LOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose, 3)), "ALLOW");
}

TEST(IdentityLevelTest, TheRulesDecideWhenItIsReached) {
  const auto policy = MustCompile(R"(
    rule_sets {
      id: "disclosing" decision_points: "DiscloseCustomer" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "never" order: 1 condition: "true" outcome: POLICY_OUTCOME_REFUSE reason: "NEVER" }
    }
    identity_requirements { decision_points: "DiscloseCustomer" min_level: 1 })");
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose, 0)), "REFUSE IDENTITY_LEVEL_TOO_LOW");
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose, 1)), "REFUSE NEVER");
  // Without rules for the command it is refused, whatever the level.
  const auto alone =
      MustCompile("identity_requirements { decision_points: 'DiscloseCustomer' min_level: 1 }");
  EXPECT_EQ(Decided(*alone, CustomerInput(kDisclose, 1)), "REFUSE POLICY_NO_RULE");
}

TEST(PolicyDecideTest, TheOwnRulesOfACommandComeBeforeTheFallback) {
  const auto policy = MustCompile(absl::StrCat(R"(
    rule_sets {
      id: "disclosing" decision_points: "DiscloseCustomer" default_outcome: POLICY_OUTCOME_REFUSE
    } )",
                                               kRest));
  EXPECT_EQ(Decided(*policy, CustomerInput(kDisclose)), "REFUSE POLICY_DEFAULT");
  EXPECT_EQ(Decided(*policy, CustomerInput(kConsent)), "ALLOW");
}

TEST(PolicyDecideTest, AGrantedAuthoritySatisfiesItsOwnHoldOnly) {
  const auto policy = MustCompile(R"(
    rule_sets {
      id: "disclosing" decision_points: "DiscloseCustomer" default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "lead" order: 1 condition: "true" outcome: POLICY_OUTCOME_HOLD reason: "LEAD"
        authority: "lead"
      }
      rules {
        id: "director" order: 2 condition: "true" outcome: POLICY_OUTCOME_HOLD reason: "DIRECTOR"
        authority: "director"
      }
    })");
  const v1::DecisionInput input = CustomerInput(kDisclose);
  EXPECT_EQ(Decided(*policy, input), "HOLD LEAD");
  EXPECT_EQ(Decided(*policy, input, {"lead"}), "HOLD DIRECTOR");
  EXPECT_EQ(Decided(*policy, input, {"director"}), "HOLD LEAD");
  EXPECT_EQ(Decided(*policy, input, {"somebody"}), "HOLD LEAD");
  EXPECT_EQ(Decided(*policy, input, {"director", "lead"}), "ALLOW LEAD DIRECTOR");
}

TEST(PolicyDecideTest, RulesCountFromTheirFirstInstantToTheirLast) {
  const auto policy = MustCompile(
      absl::StrCat(R"(
    rule_sets {
      id: "disclosing" decision_points: "DiscloseCustomer" default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "closed" order: 1 condition: "true" outcome: POLICY_OUTCOME_REFUSE reason: "CLOSED"
        effective_time { seconds: )",
                   At(10).seconds(), " } expire_time { seconds: ", At(20).seconds(), " } } }"));
  v1::DecisionInput input = CustomerInput(kDisclose);
  for (const auto& [second, outcome] : {std::pair(9, "ALLOW"), std::pair(10, "REFUSE CLOSED"),
                                        std::pair(19, "REFUSE CLOSED"), std::pair(20, "ALLOW")}) {
    *input.mutable_customer()->mutable_now() = At(second);
    EXPECT_EQ(Decided(*policy, input), outcome) << second;
  }
}

std::vector<std::string> IssueReasons(absl::string_view text, const PolicyOptions& options = {}) {
  std::vector<std::string> reasons;
  for (const v1::Issue& issue : Policy::FromText(text, "desk.textproto", options).issues) {
    reasons.push_back(issue.reason());
  }
  return reasons;
}

TEST(PolicySectionsTest, AnAttributeNameIsUniqueWithinItsKind) {
  const auto define = [](const char* kind) {
    return absl::StrCat("attribute_definitions { entity_kind: ", kind,
                        " name: 'colour' type: TYPE_STRING } ");
  };
  const std::string customer = define("ENTITY_KIND_CUSTOMER"), of_case = define("ENTITY_KIND_CASE");
  EXPECT_THAT(IssueReasons(absl::StrCat(customer, of_case)), IsEmpty());
  EXPECT_THAT(IssueReasons(absl::StrCat(customer, of_case, customer)),
              ElementsAre("POLICY_ATTRIBUTE_DUPLICATE"));
}

TEST(PolicySectionsTest, LimitsCountAllOfAPack) {
  std::string text;
  for (int chain = 0; chain < 3; ++chain) {
    absl::StrAppend(
        &text, "escalation_chains { name: 'chain", chain,
        "' basis: ESCALATION_BASIS_SKILL steps { queue_id: 'a' } steps { queue_id: 'b' } "
        "fallback_queue_id: 'z' } ");
  }
  text = absl::StrCat("cases { ", text, "}");
  PolicyOptions options;
  options.max_escalation_steps = 9;  // Three chains and six steps.
  EXPECT_THAT(IssueReasons(text, options), IsEmpty());
  options.max_escalation_steps = 8;
  EXPECT_THAT(IssueReasons(text, options), ElementsAre("POLICY_LIMIT_ESCALATION_STEPS"));
  const std::string two_sets =
      absl::StrCat(kRest,
                   "rule_sets { id: 'b' decision_points: 'CancelOrder' default_outcome: "
                   "POLICY_OUTCOME_ALLOW }");
  options.max_rule_sets = 2;
  EXPECT_THAT(IssueReasons(two_sets, options), IsEmpty());
  options.max_rule_sets = 1;
  EXPECT_THAT(IssueReasons(two_sets, options), ElementsAre("POLICY_LIMIT_RULE_SETS"));
}

}  // namespace
}  // namespace frontdesk
