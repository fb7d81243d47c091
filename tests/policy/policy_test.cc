#include "frontdesk/policy/policy.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kGood =
    R"pb(name: "shop"
         version: "7"
         rule_sets {
           id: "cancel"
           decision_points: "CancelOrder"
           default_outcome: POLICY_OUTCOME_ALLOW
           rules {
             id: "placed_only"
             order: 1
             condition: "order.state != Order.State.STATE_PLACED"
             outcome: POLICY_OUTCOME_REFUSE
             reason: "NOT_PLACED"
             text: "Only a placed order can be canceled."
           }
         }
         rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    )pb";

std::vector<std::string> IssueReasons(const PolicyResult& result) {
  std::vector<std::string> reasons;
  for (const v1::Issue& issue : result.issues) reasons.push_back(issue.reason());
  return reasons;
}

v1::DecisionInput CancelInput(v1::Order::State state) {
  v1::DecisionInput input;
  v1::OrderDecisionInput* order = input.mutable_order();
  const v1::Command command = testing::CancelOrder("o1");
  *order->mutable_command() = command.order();
  *order->mutable_actor() = command.actor();
  *order->mutable_now() = command.now();
  order->mutable_order()->set_order_id("o1");
  order->mutable_order()->set_state(state);
  return input;
}

TEST(PolicyTest, ATextWithoutAnyFieldIsNoPolicy) {
  struct Case {
    absl::string_view text;
    bool json;
    const char* what;
  };
  for (const Case& each :
       {Case{"", false, "the text is empty: was the file read?"},
        Case{"", true, "the text is empty: was the file read?"},
        Case{" \n# nothing yet\n", false, "the text sets no field of a policy"},
        Case{"\xEF\xBB\xBF", false, "the text sets no field of a policy"},
        Case{"name: ''", false, "the text sets no field of a policy"},
        Case{"{}", true, "the text sets no field of a policy"},
        Case{"{\"ruleSets\": []}", true, "the text sets no field of a policy"}}) {
    const PolicyResult result = each.json ? Policy::FromJson(each.text, "missing.json")
                                          : Policy::FromText(each.text, "missing.textproto");
    EXPECT_EQ(result.policy, nullptr) << each.text;
    EXPECT_EQ(GetReason(result.status()), kReasonPolicyInvalid) << each.text;
    ASSERT_EQ(result.issues.size(), 1u) << each.text;
    const v1::Issue& issue = result.issues[0];
    EXPECT_EQ(issue.severity(), v1::Issue::SEVERITY_ERROR) << each.text;
    EXPECT_EQ(issue.file(), each.json ? "missing.json" : "missing.textproto");
    EXPECT_EQ(issue.line(), 1) << each.text;
    EXPECT_EQ(issue.column(), 1) << each.text;
    EXPECT_EQ(issue.reason(), kReasonPolicyTextEmpty) << each.text;
    EXPECT_EQ(issue.text(), each.what);
  }
  // A text that is neither form has the issues of its form.
  EXPECT_THAT(IssueReasons(Policy::FromJson(" ", "blank.json")), ElementsAre("POLICY_TEXT_SYNTAX"));
  // A pack that a program built may be empty, and one field is enough for a text.
  EXPECT_NE(Policy::Compile(v1::PolicyPack()).policy, nullptr);
  EXPECT_NE(Policy::FromText("name: 'shop'", "shop.textproto").policy, nullptr);
}

TEST(PolicyTest, ReadsTextAndDecides) {
  const PolicyResult result = Policy::FromText(kGood, "shop.textproto");
  ASSERT_TRUE(result.status().ok()) << result.status();
  EXPECT_THAT(result.issues, IsEmpty());
  EXPECT_EQ(result.policy->pack().name(), "shop");
  EXPECT_EQ(result.policy->hash().size(), 32u);

  const auto allowed = result.policy->Decide(CancelInput(v1::Order::STATE_PLACED));
  ASSERT_TRUE(allowed.ok()) << allowed.status();
  EXPECT_EQ(allowed->outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_TRUE(allowed->by_default());

  const auto refused = result.policy->Decide(CancelInput(v1::Order::STATE_SHIPPED));
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_THAT(refused->fired_rule_ids(), ElementsAre("placed_only"));
  EXPECT_EQ(refused->decision_point(), "CancelOrder");
  EXPECT_EQ(refused->rule_set_id(), "cancel");
}

TEST(PolicyTest, TextAndJsonOfOnePackHaveOneHash) {
  const PolicyResult text = Policy::FromText(kGood, "shop.textproto");
  const PolicyResult json = Policy::FromJson(R"json({
    "name": "shop",
    "version": "7",
    "ruleSets": [
      {
        "id": "cancel",
        "decisionPoints": ["CancelOrder"],
        "defaultOutcome": "POLICY_OUTCOME_ALLOW",
        "rules": [{
          "id": "placed_only",
          "order": 1,
          "condition": "order.state != Order.State.STATE_PLACED",
          "outcome": "POLICY_OUTCOME_REFUSE",
          "reason": "NOT_PLACED",
          "text": "Only a placed order can be canceled."
        }]
      },
      {"id": "rest", "decisionPoints": ["*"], "defaultOutcome": "POLICY_OUTCOME_ALLOW"}
    ]
  })json",
                                             "shop.json");
  ASSERT_TRUE(json.status().ok()) << json.status();
  EXPECT_EQ(text.policy->hash(), json.policy->hash());
  v1::PolicyPack changed = text.policy->pack();
  changed.mutable_rule_sets(0)->mutable_rules(0)->set_text("Another text.");
  const PolicyResult other = Policy::Compile(changed);
  ASSERT_TRUE(other.status().ok());
  EXPECT_NE(other.policy->hash(), text.policy->hash());
}

TEST(PolicyTest, FunctionsOfTheHostAreInTheHash) {
  v1::PolicyPack pack;
  pack.set_name("functions");
  const auto compile = [&pack](const std::vector<std::pair<std::string, std::string>>& functions) {
    PolicyOptions options;
    for (const auto& [name, version] : functions) {
      cel::FunctionOverload overload;
      overload.id = absl::StrCat(name, "_int");
      overload.parameters = {cel::Type::Int()};
      overload.result = cel::Type::Bool();
      overload.version = version;
      options.functions.emplace_back(name, overload);
    }
    const PolicyResult result = Policy::Compile(pack, options);
    EXPECT_TRUE(result.status().ok()) << result.status();
    return result.policy;
  };
  const std::string hash = compile({{"a", "1"}, {"b", "1"}})->hash();
  EXPECT_EQ(compile({{"b", "1"}, {"a", "1"}})->hash(), hash);
  EXPECT_NE(compile({{"a", "1"}, {"b", "2"}})->hash(), hash);
  EXPECT_NE(compile({{"a", "1"}})->hash(), hash);
  EXPECT_EQ(compile({})->hash(), Policy::Compile(pack).policy->hash());
  const v1::KeptPolicy kept = compile({{"b", "2"}, {"a", "1"}})->kept();
  EXPECT_EQ(kept.pack().name(), "functions");
  ASSERT_EQ(kept.functions_size(), 2);
  EXPECT_EQ(kept.functions(0).name(), "a");
  EXPECT_EQ(kept.functions(1).version(), "2");
  EXPECT_EQ(kept.functions(1).overload_id(), "b_int");
}

TEST(PolicyTest, FallbackSpeaksForVerbsThatNoSetNames) {
  const auto with = testing::MustCompile(kGood);
  v1::DecisionInput input;
  *input.mutable_account()->mutable_actor() = By("anna").actor();
  input.mutable_account()->mutable_command()->mutable_credit_account()->set_account_id("a");
  *input.mutable_account()->mutable_now() = testing::At(0);
  const auto allowed = with->Decide(input);
  ASSERT_TRUE(allowed.ok()) << allowed.status();
  EXPECT_EQ(allowed->outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_EQ(allowed->rule_set_id(), "rest");
  EXPECT_EQ(allowed->decision_point(), "CreditAccount");

  v1::PolicyPack pack = with->pack();
  pack.mutable_rule_sets()->RemoveLast();
  const PolicyResult without = Policy::Compile(pack);
  ASSERT_TRUE(without.status().ok());
  const auto refused = without.policy->Decide(input);
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(refused->rule_set_id(), "");
  ASSERT_EQ(rules::DecisionReasons(*refused).size(), 1u);
  EXPECT_EQ(rules::DecisionReasons(*refused)[0].reason, kReasonPolicyNoRule);
}

struct BrokenCase {
  const char* name;
  const char* text;
  std::vector<std::string> reasons;
};

class BrokenPolicyTest : public ::testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenPolicyTest, ReportsEveryIssueWithItsPlace) {
  ::testing::internal::CaptureStderr();
  const PolicyResult result = Policy::FromText(GetParam().text, "broken.textproto");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(result.policy, nullptr);
  EXPECT_EQ(IssueReasons(result), GetParam().reasons) << result.status();
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetReason(result.status()), kReasonPolicyInvalid);
  EXPECT_EQ(GetErrorDetail(result.status()).value().issues_size(),
            static_cast<int>(result.issues.size()));
  for (const v1::Issue& issue : result.issues) {
    EXPECT_EQ(issue.file(), "broken.textproto");
    EXPECT_GT(issue.line(), 0) << issue.ShortDebugString();
    EXPECT_GT(issue.column(), 0) << issue.ShortDebugString();
    EXPECT_FALSE(issue.text().empty());
    EXPECT_THAT(issue.snippet(), HasSubstr("^"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BrokenPolicyTest,
    ::testing::Values(
        BrokenCase{"Syntax", "name: \"x\"\nrule_sets {\n  id: \n}\n", {"POLICY_TEXT_SYNTAX"}},
        BrokenCase{"UnknownField", "name: \"x\"\nrule_setz { }\n", {"POLICY_TEXT_UNKNOWN_FIELD"}},
        BrokenCase{
            "UnknownVerbs",
            "rule_sets { id: \"a\" decision_points: \"CancelOrdr\" decision_points: \"Approve\"\n"
            "  default_outcome: POLICY_OUTCOME_ALLOW }",
            {"POLICY_DECISION_POINT_UNKNOWN", "POLICY_DECISION_POINT_UNKNOWN"}},
        BrokenCase{"VerbInTwoSets",
                   "rule_sets { id: \"a\" decision_points: \"CancelOrder\" default_outcome: "
                   "POLICY_OUTCOME_ALLOW }\n"
                   "rule_sets { id: \"b\" decision_points: \"CancelOrder\" default_outcome: "
                   "POLICY_OUTCOME_ALLOW }",
                   {"POLICY_DECISION_POINT_DUPLICATE"}},
        BrokenCase{
            "FallbackTwice",
            "rule_sets { id: \"a\" decision_points: \"*\" default_outcome: POLICY_OUTCOME_ALLOW }\n"
            "rule_sets { id: \"b\" decision_points: \"*\" default_outcome: POLICY_OUTCOME_ALLOW }",
            {"POLICY_DECISION_POINT_DUPLICATE"}},
        BrokenCase{"IdTwice",
                   "rule_sets { id: \"a\" decision_points: \"CancelOrder\" default_outcome: "
                   "POLICY_OUTCOME_ALLOW }\n"
                   "rule_sets { id: \"a\" decision_points: \"RefundOrder\" default_outcome: "
                   "POLICY_OUTCOME_ALLOW }",
                   {"POLICY_RULE_SET_ID_DUPLICATE"}},
        BrokenCase{"Mixed",
                   "rule_sets { id: \"a\" decision_points: \"CancelOrder\" decision_points: "
                   "\"CreditAccount\"\n"
                   "  default_outcome: POLICY_OUTCOME_ALLOW }",
                   {"POLICY_DECISION_POINTS_MIXED"}},
        BrokenCase{
            "FallbackWithRules",
            "rule_sets { id: \"a\" decision_points: \"*\" default_outcome: POLICY_OUTCOME_ALLOW\n"
            "  rules { id: \"r\" order: 1 condition: \"true\" outcome: POLICY_OUTCOME_ALLOW } }",
            {"RULE_SET_WILDCARD_RULES"}},
        BrokenCase{"Region", "default_region_code: \"usa\"", {"POLICY_REGION_MALFORMED"}},
        BrokenCase{
            "DuplicateRule",
            "rule_sets { id: \"a\" decision_points: \"CancelOrder\" default_outcome: "
            "POLICY_OUTCOME_ALLOW\n"
            "  rules { id: \"r\" order: 1 condition: \"true\" outcome: POLICY_OUTCOME_ALLOW }\n"
            "  rules { id: \"r\" order: 2 condition: \"true\" outcome: POLICY_OUTCOME_ALLOW } }",
            {"RULE_ID_DUPLICATE"}},
        BrokenCase{"ManyAtOnce",
                   "default_region_code: \"1\"\n"
                   "rule_sets { id: \"a\" decision_points: \"Nothing\" default_outcome: "
                   "POLICY_OUTCOME_ALLOW }\n"
                   "rule_sets { id: \"b\" decision_points: \"CancelOrder\"\n"
                   "  rules { order: 1 condition: \"order.totl > 5\" outcome: "
                   "POLICY_OUTCOME_REFUSE reason: \"R\" } }",
                   {"POLICY_DECISION_POINT_UNKNOWN", "RULE_ID_MISSING", "CEL_UNKNOWN_FIELD",
                    "POLICY_REGION_MALFORMED"}}),
    [](const auto& info) { return info.param.name; });

// An issue of the settings for approvals: its reason, and its place.
TEST(PolicyTest, SettingsForApprovals) {
  struct Case {
    const char* approvals;
    const char* reason;
    int column;
  };
  const Case cases[] = {
      {"expire_after { seconds: 1 }", "", 0},
      {"expire_after { nanos: 1 }", "", 0},
      {"expire_after { }", "POLICY_APPROVAL_EXPIRY_RANGE", 13},
      {"expire_after { seconds: -1 }", "POLICY_APPROVAL_EXPIRY_RANGE", 13},
      {"expire_after { nanos: -1 }", "POLICY_APPROVAL_EXPIRY_RANGE", 13},
      {"expire_after { seconds: 315576000001 }", "POLICY_APPROVAL_EXPIRY_RANGE", 13},
      {"tolerance { percent: 1 }", "", 0},
      {"tolerance { percent: 100 }", "", 0},
      {"tolerance { percent: 101 }", "POLICY_APPROVAL_TOLERANCE", 25},
      {"tolerance { percent: -1 }", "POLICY_APPROVAL_TOLERANCE", 25},
      {"tolerance { amount { units: 1 currency_code: 'EUR' } }", "", 0},
      {"tolerance { amount { units: 0 currency_code: 'EUR' } }", "POLICY_APPROVAL_TOLERANCE", 25},
      {"tolerance { amount { units: -5 currency_code: 'EUR' } }", "POLICY_APPROVAL_TOLERANCE", 25},
      {"tolerance { amount { units: 5 currency_code: 'XQZ' } }", "POLICY_APPROVAL_TOLERANCE", 25},
      {"tolerance { amount { units: 5 } }", "POLICY_APPROVAL_TOLERANCE", 25},
      {"tolerance { percent: 5 amount { units: 5 currency_code: 'USD' } }", "", 0},
  };
  for (const Case& c : cases) {
    const PolicyResult result =
        Policy::FromText(absl::StrCat("approvals { ", c.approvals, " }"), "approvals.textproto");
    std::vector<std::string> expected;
    if (*c.reason != '\0') expected.emplace_back(c.reason);
    EXPECT_EQ(IssueReasons(result), expected) << c.approvals;
    EXPECT_EQ(result.policy == nullptr, !expected.empty()) << c.approvals;
    for (const v1::Issue& issue : result.issues) {
      EXPECT_EQ(issue.line(), 1) << c.approvals;
      EXPECT_EQ(issue.column(), c.column) << c.approvals;
    }
  }
  // Each fault is reported.
  EXPECT_EQ(IssueReasons(Policy::FromText("approvals { expire_after { } tolerance { percent: 500 "
                                          "amount { units: 5 currency_code: 'XQZ' } } }",
                                          "approvals.textproto")),
            (std::vector<std::string>{"POLICY_APPROVAL_EXPIRY_RANGE", "POLICY_APPROVAL_TOLERANCE",
                                      "POLICY_APPROVAL_TOLERANCE"}));
}

TEST(PolicyTest, IssueInsideAnExpressionPointsIntoIt) {
  const PolicyResult result = Policy::FromText(
      "rule_sets {\n  id: \"a\" decision_points: \"CancelOrder\"\n  rules { id: \"r\" order: 1\n"
      "    condition: \"order.state == 'placed'\"\n    outcome: POLICY_OUTCOME_ALLOW }\n}",
      "shop.textproto");
  ASSERT_EQ(result.issues.size(), 1u) << result.status();
  const v1::Issue& issue = result.issues[0];
  EXPECT_EQ(issue.line(), 4);
  EXPECT_EQ(issue.field(), "rule_sets[0].rules[0].condition");
  EXPECT_EQ(issue.expression_line(), 1);
  EXPECT_GT(issue.expression_column(), 0);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("shop.textproto:4:"));
}

TEST(PolicyTest, CompileOfAPackInMemoryReportsFieldPaths) {
  v1::PolicyPack pack = testing::MustCompile(kGood)->pack();
  pack.mutable_rule_sets(0)->mutable_rules(0)->set_condition("order.nothing");
  PolicyResult result = Policy::Compile(pack);
  ASSERT_EQ(result.issues.size(), 1u);
  EXPECT_EQ(result.issues[0].field(), "rule_sets[0].rules[0].condition");
  EXPECT_EQ(result.issues[0].line(), 0);

  pack.mutable_rule_sets(0)->mutable_rules(0)->set_condition("true");
  pack.mutable_rule_sets(0)->mutable_rules(0)->set_text("\xff");
  result = Policy::Compile(pack);
  ASSERT_EQ(result.issues.size(), 1u);
  EXPECT_EQ(result.issues[0].reason(), kReasonPolicyTextEncoding);
  EXPECT_EQ(result.issues[0].field(), "rule_sets[0].rules[0].text");

  PolicyOptions options;
  options.max_rule_sets = 1;
  result = Policy::Compile(testing::MustCompile(kGood)->pack(), options);
  EXPECT_THAT(IssueReasons(result), ElementsAre(kReasonPolicyLimitRuleSets));
}

TEST(PolicyTest, JsonIssuesHaveFieldPaths) {
  const PolicyResult result = Policy::FromJson(R"json({"ruleSets": [{
    "id": "a",
    "decisionPoints": ["CancelOrder"],
    "rules": [{"id": "r", "order": 1, "condition": "order.totl > 5",
               "outcome": "POLICY_OUTCOME_ALLOW"}]
  }]})json",
                                               "shop.json");
  ASSERT_EQ(result.issues.size(), 1u) << result.status();
  EXPECT_EQ(result.issues[0].field(), "rule_sets[0].rules[0].condition");
  EXPECT_GT(result.issues[0].expression_column(), 0);
}

TEST(PolicyTest, InputWithoutAKnownCommandIsAnError) {
  const auto policy = testing::MustCompile(kGood);
  v1::DecisionInput input;
  EXPECT_EQ(GetReason(policy->Decide(input).status()), kReasonDecisionInputMismatch);
  input = CancelInput(v1::Order::STATE_PLACED);
  v1::OrderCommand* command = input.mutable_order()->mutable_command();
  command->Clear();
  EXPECT_EQ(GetReason(policy->Decide(input).status()), kReasonDecisionInputMismatch);
  command->GetReflection()->MutableUnknownFields(command)->AddLengthDelimited(999, "");
  EXPECT_EQ(GetReason(policy->Decide(input).status()), kReasonDecisionInputMismatch);
  input = CancelInput(v1::Order::STATE_PLACED);
  input.mutable_order()->mutable_now()->set_nanos(-1);
  EXPECT_EQ(GetReason(policy->Decide(input).status()), kReasonCommandMalformed);
}

TEST(PolicyTest, EveryDecidedVerbCanBeNamed) {
  for (const char* verb :
       {"CreateCustomer", "StartInteraction", "PlaceOrder", "ImportAccount", "OpenCase"}) {
    const PolicyResult result = Policy::FromText(
        absl::StrCat(
            "rule_sets { id: \"a\" decision_points: \"", verb,
            "\" rules { id: \"r\" order: 1 condition: \"actor.kind == Actor.Kind.KIND_BOT\" "
            "outcome: POLICY_OUTCOME_REFUSE reason: \"BOT\" } }"),
        "x");
    EXPECT_TRUE(result.status().ok()) << verb << result.status();
  }
}

// A rule that reads a list whose elements are rows would see those only that the command names.
TEST(PolicyRowListsTest, AreLoadErrorsThatNameTheReplacement) {
  struct Row {
    const char* decision_point;
    const char* condition;
    const char* instead;  // Null: it loads.
  };
  const Row rows[] = {
      {"CloseCase", "size(case.parts) > 2", "case.part_count, case.part_counts and corrected_part"},
      {"CloseCase", "has(case.parts)", "case.part_count, case.part_counts and corrected_part"},
      {"CloseCase", "case.links.exists(l, l.id == 'o1')", "case.link_count"},
      {"CloseCase", "case.state_spans[0].state == case.state",
       "case.state, case.state_name, case.state_time and case.state_totals"},
      {"MergeCases", "other_case.tasks.all(t, has(t.complete_time))",
       "case.task_count, case.open_task_count and task"},
      {"CloseCase", "size(case.further_case_links) == 0",
       "case.case_links and case.case_link_counts"},
      {"ResolveCase", "caused_cases.exists(c, size(c.parts) == 0)",
       "case.part_count, case.part_counts and corrected_part"},
      {"EndInteraction", "size(interaction.parts) == 0",
       "interaction.part_count, interaction.part_counts and corrected_part"},
      {"CreditAccount", "size(account.entries) > 3", "account.entry_count and account.last_entry"},
      {"CancelOrder", "order.finished_payments.exists(p, p.amount.units > 0)",
       "order.payments, order.payment_count, order.requested_amount and order.captured_amount"},
      {"CancelOrder", "size(order.finished_refunds) > 0",
       "order.refunds, order.refund_count and order.refunded_amount"},
      {"CancelOrder", "customer.identity_verifications.exists(v, v.level > 1)",
       "identity_level and customer.current_verifications"},
      {"CloseCase", "case.part_count > 2 && size(case.case_links) == 0", nullptr},
      {"AddCasePart", "has(corrected_part.part_id)", nullptr},
      {"CompleteCaseTask", "task.assignee_id == actor.actor_id", nullptr},
      {"ImportCase", "size(command.import_case.case.parts) > 100", nullptr},
      {"CancelOrder", "order.payments.exists(p, p.amount.units > 0)", nullptr},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.condition);
    const std::string condition = row.condition;
    const PolicyResult result = Policy::FromText(
        absl::StrCat(
            "name: 'x' rule_sets { id: 'a' decision_points: '", row.decision_point,
            "' default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 condition: \"",
            condition, "\" outcome: POLICY_OUTCOME_REFUSE reason: 'R' } }"),
        "x.textproto");
    if (row.instead == nullptr) {
      EXPECT_NE(result.policy, nullptr);
      continue;
    }
    ASSERT_THAT(IssueReasons(result), ElementsAre("POLICY_LIST_IN_ROWS"));
    EXPECT_THAT(result.issues[0].text(), HasSubstr(absl::StrCat("a rule reads ", row.instead)));
    EXPECT_EQ(result.issues[0].field(), "rule_sets[0].rules[0].condition");
    EXPECT_GT(result.issues[0].expression_column(), 0);
  }
}

// Invalid values of an import are for people.
TEST(PolicyTest, NoRuleReadsUnrecognizedAttributes) {
  for (const char* condition :
       {"size(case.unrecognized_attributes) > 0", "has(case.unrecognized_attributes)",
        "case.unrecognized_attributes.exists(a, a.name == 'x')",
        "size(customer.unrecognized_attributes) > 0", "size(dyn(case).unrecognized_attributes) > 0",
        "case.?unrecognized_attributes.hasValue()"}) {
    SCOPED_TRACE(condition);
    const PolicyResult result = Policy::FromText(
        absl::StrCat("name: 'x' rule_sets { id: 'a' decision_points: 'CloseCase' default_outcome: "
                     "POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 condition: \"",
                     condition, "\" outcome: POLICY_OUTCOME_REFUSE reason: 'R' } }"),
        "x.textproto");
    ASSERT_THAT(IssueReasons(result), ElementsAre("POLICY_FIELD_HIDDEN"));
    EXPECT_EQ(result.issues[0].field(), "rule_sets[0].rules[0].condition");
    EXPECT_GT(result.issues[0].expression_column(), 0);
  }
}

}  // namespace
}  // namespace frontdesk
