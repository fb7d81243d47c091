// The checks of a policy's meaning: each slip that an author can make, and the texts of the tree, which make none.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/exclusive_fields.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/issues.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kOtherVerbs =
    "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }";

// A pack whose set `decision_points` refuses under the condition, with attributes "color" (red, blue) and "age".
std::string PackText(absl::string_view decision_points, absl::string_view condition) {
  return absl::StrCat(
      "name: 'x' attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'color' type: "
      "TYPE_STRING "
      "allowed_values: 'red' allowed_values: 'blue' } ",
      kOtherVerbs, "\nrule_sets { id: 'set' ", decision_points,
      " default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 outcome: "
      "POLICY_OUTCOME_REFUSE "
      "reason: 'R'\n condition: \"",
      condition, "\" } }\n");
}

std::string Points(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) absl::StrAppend(&text, "decision_points: '", name, "' ");
  return text;
}

std::vector<std::string> Reasons(const std::vector<v1::Issue>& issues) {
  std::vector<std::string> reasons;
  for (const v1::Issue& issue : issues) reasons.push_back(issue.reason());
  return reasons;
}

struct Slip {
  std::vector<std::string> verbs;
  std::string condition;
  std::string reason;
  bool is_error;
  std::string text;    // In the text of the issue.
  std::string repair;  // A condition that loads without an issue.
};

const std::vector<Slip>& Slips() {
  static const auto* const slips = new std::vector<Slip>{
      {{"RequestReturn"},
       "order.totals.total.units > 500",
       "POLICY_MONEY_UNITS",
       false,
       "500 is 5 EUR; write `order.totals.total > money('500 EUR')`, or money('5 EUR') if that is "
       "meant",
       "order.totals.total > money('500 EUR')"},
      {{"ResolveCase"},
       "1250 < command.resolve_case.remedy_amount.units",
       "POLICY_MONEY_UNITS",
       false,
       "1250 is 12.50 EUR; write `money('12.50 EUR') < command.resolve_case.remedy_amount`",
       "has(command.resolve_case.remedy_amount) && money('12.50 EUR') < "
       "command.resolve_case.remedy_amount"},
      {{"RequestReturn"},
       "now - order.deliver_time > duration('720h')",
       "RULE_ABSENT_READ",
       false,
       "'order.deliver_time' may not be set, and this part is then true; write "
       "`since(order.deliver_time).orValue(days(0)) > days(30)`",
       "since(order.deliver_time).orValue(days(0)) > days(30)"},
      {{"CancelOrder"},
       "customer.tier != 'gold'",
       "RULE_ABSENT_READ",
       false,
       "the desk may not know the customer, and this part is then true; add `has(customer) &&`",
       "has(customer) && customer.tier != 'gold'"},
      {{"CancelOrder"},
       "interaction.customer_id != order.customer_id && now > interaction.start_time",
       "RULE_ABSENT_READ",
       false,
       "the command may be given outside of an interaction",
       "has(interaction) && has(interaction.start_time) && interaction.customer_id != "
       "order.customer_id && now > interaction.start_time"},
      {{"ResolveCase"},
       "command.open_case.kind == Case.Kind.KIND_COMPLAINT",
       "POLICY_COMMAND_ARM",
       true,
       "'command.open_case' belongs to OpenCase, and the rule set decides ResolveCase; read "
       "case.kind",
       "case.kind == Case.Kind.KIND_COMPLAINT"},
      {{"ResolveCase", "OpenCase"},
       "command.open_case.kind != Case.Kind.KIND_COMPLAINT",
       "RULE_ABSENT_READ",
       false,
       "the command may be another than OpenCase",
       "has(command.open_case) && command.open_case.kind != Case.Kind.KIND_COMPLAINT"},
      {{"PlaceOrder"},
       "order.state == Order.State.STATE_PLACED",
       "POLICY_ENTITY_ABSENT",
       true,
       "'order' is always absent here, because PlaceOrder begins it; read its values from "
       "command.place_order",
       "command.place_order.currency_code == 'EUR'"},
      {{"PlaceOrder"},
       "!has(order)",
       "RULE_CONDITION_ALWAYS",
       false,
       "the condition always holds",
       "true"},
      {{"CancelOrder"},
       "order.state == 4",
       "RULE_ENUM_NUMBER",
       false,
       "'order.state' is compared with a number; write Order.State.STATE_",
       "order.state == Order.State.STATE_DELIVERED"},
      {{"CancelOrder"},
       "order.state in [Order.State.STATE_PLACED, Case.State.STATE_CLOSED]",
       "RULE_ENUM_TYPE",
       true,
       "'Case.State.STATE_CLOSED' is of Case.State; write one such as Order.State.",
       "order.state in [Order.State.STATE_PLACED, Order.State.STATE_CANCELED]"},
      {{"RefundOrder"},
       "command.refund_order.amount > money('100 EUR')",
       "POLICY_FIELDS_EXCLUSIVE",
       false,
       "a RefundOrder has either 'amount' or 'items', so this is not set where 'items' is given; "
       "read "
       "assessment.refund_amount, which covers both",
       "assessment.refund_amount > money('100 EUR')"},
      {{"CancelOrder"},
       "order.state == Order.State.STATE_PLACED && order.state == Order.State.STATE_SHIPPED",
       "RULE_CONDITION_NEVER",
       false,
       "exclude each other",
       "order.state in [Order.State.STATE_PLACED, Order.State.STATE_SHIPPED]"},
      {{"CancelOrder"},
       "order.state != Order.State.STATE_PLACED || order.state != Order.State.STATE_SHIPPED",
       "RULE_CONDITION_ALWAYS",
       false,
       "always holds",
       "!(order.state in [Order.State.STATE_PLACED, Order.State.STATE_SHIPPED])"},
      {{"CancelOrder"},
       "order.payments[0].route.payment_method_id == ''",
       "RULE_INDEX_UNCHECKED",
       false,
       "'order.payments' may have no element 0",
       "size(order.payments) > 0 && order.payments[0].route.payment_method_id == ''"},
      {{"CloseCase"},
       "customer.attributes.text('color') == 'bleu'",
       "POLICY_ATTRIBUTE_VALUE",
       true,
       "'bleu' is no possible value of attribute 'color'; did you mean 'blue'?",
       "customer.attributes.text('color') == 'blue'"},
      {{"CloseCase"},
       "customer.attributes.text('color') in ['red', 'green']",
       "POLICY_ATTRIBUTE_VALUE",
       true,
       "'green' is no possible value of attribute 'color'",
       "customer.attributes.text('color') in ['red', 'blue']"},
      {{"CancelOrder"},
       "[1, 2][5] == 1",
       "CEL_CONSTANT_ERROR",
       true,
       "",
       "[1, 2][1] == order.payment_count"},
      {{"CancelOrder"},
       "order.payment_count / 0 == 1",
       "CEL_CONSTANT_ERROR",
       true,
       "",
       "order.payment_count / 2 == 1"},
      {{"CancelOrder"},
       "order.order_id.matches('[')",
       "CEL_INVALID_REGEX",
       true,
       "",
       "order.order_id.matches('[a]')"},
  };
  return *slips;
}

TEST(PolicySenseTest, EachSlipIsFoundAndItsRepairLoads) {
  for (const Slip& slip : Slips()) {
    SCOPED_TRACE(slip.condition);
    const PolicyResult result =
        Policy::FromText(PackText(Points(slip.verbs), slip.condition), "x.textproto");
    ASSERT_EQ(result.issues.size(), 1u) << rules::FormatIssues(result.issues);
    const v1::Issue& issue = result.issues[0];
    EXPECT_EQ(issue.reason(), slip.reason) << rules::FormatIssues(result.issues);
    EXPECT_EQ(issue.severity() == v1::Issue::SEVERITY_ERROR, slip.is_error);
    EXPECT_THAT(issue.text(), HasSubstr(slip.text));
    EXPECT_EQ(issue.field(), "rule_sets[1].rules[0].condition");
    EXPECT_EQ(issue.line(), 3);
    EXPECT_GT(issue.column(), 13);
    EXPECT_EQ(result.policy == nullptr, slip.is_error);
    const PolicyResult repaired =
        Policy::FromText(PackText(Points(slip.verbs), slip.repair), "x.textproto");
    EXPECT_THAT(repaired.issues, IsEmpty()) << slip.repair << "\n"
                                            << rules::FormatIssues(repaired.issues);
  }
}

TEST(PolicySenseTest, NoIssueAboutRulesThatMakeSense) {
  const struct {
    std::vector<std::string> verbs;
    std::string condition;
  } kTests[] = {
      {{"CancelOrder"}, "customer.tier == 'gold'"},
      {{"CancelOrder"}, "order.totals.total.units > 0"},
      {{"EditCustomer"}, "customer.tier != 'gold'"},
      {{"RefundOrder"},
       "has(command.refund_order.amount) && command.refund_order.amount > money('1 EUR')"},
      {{"RefundOrder"},
       "size(command.refund_order.items) == 0 && command.refund_order.amount > money('1 EUR')"},
      {{"CancelOrder"}, "order.place_time > now - days(30)"},
      {{"CancelOrder"}, "since(order.deliver_time) > days(30)"},
      {{"CancelOrder"}, "when_absent(order.deliver_time, now) == now"},
      {{"CancelOrder"}, "!has(order.deliver_time) || now - order.deliver_time > days(3)"},
      {{"CancelOrder"}, "order.state > Order.State.STATE_PLACED"},
      {{"CancelOrder"}, "'supervisor' in actor.roles"},
      {{"CancelOrder", "RefundOrder"}, "command.cancel_order.reason == 'x'"},
  };
  for (const auto& test : kTests) {
    const PolicyResult result =
        Policy::FromText(PackText(Points(test.verbs), test.condition), "x.textproto");
    EXPECT_THAT(result.issues, IsEmpty()) << test.condition << "\n"
                                          << rules::FormatIssues(result.issues);
  }
}

TEST(PolicySenseTest, RulesThatAreNeverReached) {
  const PolicyResult result = Policy::FromText(absl::StrCat(kOtherVerbs, R"(
rule_sets {
  id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "b" order: 20 outcome: POLICY_OUTCOME_REFUSE reason: "B" condition: "order.payment_count > 3" }
  rules { id: "a" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "A" condition: "order.payment_count > 1" }
})"),
                                               "x.textproto");
  ASSERT_THAT(Reasons(result.issues), ElementsAre("RULE_NEVER_REACHED"));
  EXPECT_EQ(result.issues[0].line(), 4);
  EXPECT_THAT(
      result.issues[0].text(),
      HasSubstr("rule 'a' decides whenever its condition holds, as when order.payment_count is 4"));
}

TEST(PolicySenseTest, SetsWithoutADefaultAndVerbsWithoutASet) {
  const PolicyResult result = Policy::FromText(
      "rule_sets { id: 'a' decision_points: 'CancelOrder' rules { id: 'r' order: 1 outcome: "
      "POLICY_OUTCOME_REFUSE reason: 'R' condition: 'order.payment_count > 1' } }",
      "x.textproto");
  ASSERT_NE(result.policy, nullptr);
  ASSERT_THAT(Reasons(result.issues),
              ElementsAre("RULE_SET_DEFAULT_MISSING", "POLICY_VERBS_UNDECIDED"));
  EXPECT_THAT(
      result.issues[0].text(),
      HasSubstr("commands that no rule matches (CancelOrder) are refused with POLICY_NO_RULE"));
  EXPECT_THAT(result.issues[1].text(), HasSubstr("no rule set decides CreateCustomer, "));
  EXPECT_THAT(result.issues[1].text(),
              HasSubstr("refused with POLICY_NO_RULE; add a rule set for \"*\""));
}

TEST(PolicySenseTest, NamesOfVerbsGetTheNearOne) {
  const PolicyResult result = Policy::FromText(
      "rule_sets { id: 'a' decision_points: 'CancelOrders' default_outcome: POLICY_OUTCOME_ALLOW } "
      "identity_requirements { decision_points: 'EditCustomr' min_level: 1 }",
      "x.textproto");
  ASSERT_EQ(result.issues.size(), 2u);
  EXPECT_THAT(result.issues[0].text(), HasSubstr("'CancelOrders'; did you mean 'CancelOrder'?"));
  EXPECT_THAT(result.issues[1].text(), HasSubstr("'EditCustomr'; did you mean 'EditCustomer'?"));
}

TEST(PolicySenseTest, ThePoliciesOfTheTreeHaveNoIssue) {
  const char* const source = std::getenv("FRONTDESK_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  int count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(source) + "/examples/policies")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    const PolicyResult result = Policy::FromText(text.str(), entry.path().filename().string());
    EXPECT_THAT(result.issues, IsEmpty()) << rules::FormatIssues(result.issues);
    ++count;
  }
  EXPECT_GE(count, 4);
}

TEST(ExclusiveFieldsTest, NamesExist) {
  for (const domain::ExclusiveFields& fields : domain::ListExclusiveFields()) {
    SCOPED_TRACE(absl::StrCat(fields.command, " ", fields.field));
    const domain::CommandInfo* command = domain::FindCommandByName(fields.command);
    ASSERT_NE(command, nullptr);
    const auto* field = command->message->FindFieldByName(std::string(fields.field));
    ASSERT_NE(field, nullptr);
    EXPECT_TRUE(field->has_presence());
    EXPECT_NE(command->message->FindFieldByName(std::string(fields.other)), nullptr);
    const google::protobuf::Descriptor* holder = command->decision_input;
    if (fields.instead.empty()) continue;
    for (const absl::string_view name : absl::StrSplit(fields.instead, '.')) {
      ASSERT_NE(holder, nullptr);
      const auto* next = holder->FindFieldByName(std::string(name));
      ASSERT_NE(next, nullptr) << name;
      holder = next->message_type();
    }
  }
}

}  // namespace
}  // namespace frontdesk
