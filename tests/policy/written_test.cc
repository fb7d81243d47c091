// Conditions and texts as they were written by people who cannot program: each is right, or has an issue that says what to write.
#include "policy/written.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/issues.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(WrittenTest, ReturnsWithin30Days) {
  CheckWritten({
      {"RequestReturn", "order.deliver_date < today - 30 days", "CEL_SYNTAX_ERROR", "days(30)",
       "since(order.deliver_time).orValue(days(0)) > days(30)"},
      {"RequestReturn", "now - order.deliver_time > 30d", "CEL_INVALID_NUMBER", "days(30)",
       "since(order.deliver_time).orValue(days(0)) > days(30)"},
      {"RequestReturn", "now - order.delivered_time > days(30)", "CEL_UNKNOWN_FIELD",
       "did you mean 'deliver_time'?", ""},
      {"RequestReturn", "now - order.deliver_time > duration('30d')", "RULE_ABSENT_READ",
       "write `since(order.deliver_time).orValue(days(0)) > days(30)`",
       "since(order.deliver_time).orValue(days(0)) > days(30)"},
      {"RequestReturn", "now - order.deliver_time > duration('720h')", "RULE_ABSENT_READ",
       "write `since(order.deliver_time).orValue(days(0)) > days(30)`", ""},
      {"RequestReturn", "now > order.deliver_time + 30", "CEL_NO_MATCHING_OVERLOAD", "days(30)",
       "has(order.deliver_time) && now > order.deliver_time + days(30)"},
      {"RequestReturn", "now > order.deliver_time + days(30)", "RULE_ABSENT_READ",
       "add `has(order.deliver_time) &&`",
       "has(order.deliver_time) && now > order.deliver_time + days(30)"},
      {"RequestReturn", "order.deliver_time < now - days(30)", "RULE_ABSENT_READ",
       "add `has(order.deliver_time) &&`",
       "has(order.deliver_time) && order.deliver_time < now - days(30)"},
      {"RequestReturn", "days(30) < now - order.deliver_time", "RULE_ABSENT_READ",
       "add `has(order.deliver_time) &&`",
       "has(order.deliver_time) && days(30) < now - order.deliver_time"},
      {"RequestReturn", "!(now - order.deliver_time <= days(30))", "RULE_ABSENT_READ",
       "add `has(order.deliver_time) &&`",
       "has(order.deliver_time) && !(now - order.deliver_time <= days(30))"},
      {"RequestReturn", "order.payment_count > 1 ? now - order.deliver_time > days(30) : false",
       "RULE_ABSENT_READ", "write `since(order.deliver_time)", ""},
      {"CancelOrder", "order.shipments.exists(s, now - s.deliver_time > days(3))",
       "RULE_ABSENT_READ",
       "'s.deliver_time' may not be set, and this part is then true; add "
       "`has(s.deliver_time) &&` inside of the macro",
       "order.shipments.exists(s, has(s.deliver_time) && now - s.deliver_time > days(3))"},
      {"CancelOrder", "order.shipments.all(s, s.deliver_time < now - days(3))", "RULE_ABSENT_READ",
       "add `has(s.deliver_time) &&`",
       "order.shipments.all(s, has(s.deliver_time) && s.deliver_time < now - days(3))"},
      {"CancelOrder", "size(order.shipments.filter(s, now - s.deliver_time > days(3))) > 0",
       "RULE_ABSENT_READ", "add `has(s.deliver_time) &&`", ""},
      {"CancelOrder", "order.shipments.exists(s, now - s.deliver_time < days(3))", "", "", ""},
      {"RequestReturn", "since(order.deliver_time).orValue(days(0)) > days(30)", "", "", ""},
      {"RequestReturn", "has(order.deliver_time) && now - order.deliver_time > days(30)", "", "",
       ""},
  });
}

TEST(WrittenTest, OrdersAbove500OnlyByGoldCustomers) {
  CheckWritten({
      {"CancelOrder", "has(customer) && customer.tier != gold", "CEL_UNKNOWN_NAME",
       "a text is written in quotes: 'gold'", "has(customer) && customer.tier != 'gold'"},
      {"CancelOrder", "order.total > 500", "CEL_UNKNOWN_FIELD", "did you mean 'totals'?", ""},
      {"CancelOrder", "order.totals.total > 500", "CEL_NO_MATCHING_OVERLOAD",
       "write money('500 EUR')", "order.totals.total > money('500 EUR')"},
      {"CancelOrder", "order.totals.total.units > 500", "POLICY_MONEY_UNITS",
       "write `order.totals.total > money('500 EUR')`", "order.totals.total > money('500 EUR')"},
      {"CancelOrder", "500 < order.totals.total.units", "POLICY_MONEY_UNITS",
       "write `money('500 EUR') < order.totals.total`", "money('500 EUR') < order.totals.total"},
      {"CancelOrder", "!(order.totals.total.units <= 500)", "POLICY_MONEY_UNITS",
       "write `order.totals.total <= money('500 EUR')`",
       "!(order.totals.total <= money('500 EUR'))"},
      {"CancelOrder", "order.lines.exists(l, l.net_amount.units > 500)", "POLICY_MONEY_UNITS",
       "write `l.net_amount > money('500 EUR')`",
       "order.lines.exists(l, l.net_amount > money('500 EUR'))"},
      {"CancelOrder", "(order.payment_count > 1 ? order.totals.total.units : 0) > 500",
       "POLICY_MONEY_UNITS", "money('500 EUR')", ""},
      {"CancelOrder", "cel.bind(t, order.totals.total.units, t > 500)", "POLICY_MONEY_UNITS",
       "money('500 EUR')", ""},
      {"CancelOrder", "order.totals.total.units - 500 > 0", "POLICY_MONEY_UNITS",
       "money('500 EUR')", "order.totals.total - money('500 EUR') > money('0 EUR')"},
      {"CancelOrder", "order.totals.total.units in [500, 600]", "POLICY_MONEY_UNITS",
       "money('500 EUR')", "order.totals.total in [money('500 EUR'), money('600 EUR')]"},
      {"CancelOrder", "sum(order.lines.map(l, l.net_amount.units)) > 500", "POLICY_MONEY_UNITS",
       "money('500 EUR')",
       "sum(order.lines.map(l, l.net_amount)).orValue(money('0 EUR')) > money('500 EUR')"},
      {"CancelOrder", "double(order.totals.total.units) > 500.0", "POLICY_MONEY_UNITS",
       "money('500", ""},
      {"CancelOrder", "order.totals.total.units / 100 > 500", "POLICY_MONEY_UNITS",
       "compare the amount itself with money('500 EUR')", "order.totals.total > money('500 EUR')"},
      {"CancelOrder", "order.lines.exists(l, l.unit_price.value > 500)", "POLICY_MONEY_UNITS",
       "write `l.unit_price > money('500 EUR')`",
       "order.lines.exists(l, l.unit_price > money('500 EUR'))"},
      {"CancelOrder", "order.totals.total.units > 10000", "POLICY_MONEY_UNITS",
       "write `order.totals.total > money('100 EUR')`, or money('10000 EUR')", ""},
      {"CancelOrder", "order.totals.total.units > order.totals.shipping.units * 2", "", "", ""},
      {"CancelOrder", "order.totals.total.units != 0", "", "", ""},
      {"CancelOrder", "customer.tier != 'gold'", "RULE_ABSENT_READ",
       "the desk may not know the customer, and this part is then true; add `has(customer) &&`",
       "has(customer) && customer.tier != 'gold'"},
      {"CancelOrder", "!(customer.tier == 'gold')", "RULE_ABSENT_READ", "has(customer) &&", ""},
      {"CancelOrder", "'gold' != customer.tier", "RULE_ABSENT_READ", "has(customer) &&", ""},
      {"CancelOrder", "order.lines.exists(l, customer.tier != 'gold')", "RULE_ABSENT_READ",
       "has(customer) &&", ""},
      {"CancelOrder", "order.payment_count > 1 ? customer.tier != 'gold' : false",
       "RULE_ABSENT_READ", "has(customer) &&", ""},
      {"CancelOrder", "has(customer) && customer.tier != 'gold'", "", "", ""},
  });
}

TEST(WrittenTest, WordsOfTheVocabulary) {
  CheckWritten({
      {"CancelOrder", "!('supervisr' in actor.roles)", "POLICY_WORD_UNKNOWN",
       "'supervisr' is no role of this policy (vocabulary.roles); did you mean 'supervisor'?",
       "!('supervisor' in actor.roles)"},
      {"CancelOrder", "actor.has_role('Supervisor')", "POLICY_WORD_UNKNOWN",
       "did you mean 'supervisor'?", "actor.has_role('supervisor')"},
      {"CancelOrder", "actor.has_authority('refund')", "POLICY_WORD_UNKNOWN",
       "did you mean 'refunds'?", "actor.has_authority('refunds')"},
      {"CancelOrder", "actor.has_role('refunds')", "POLICY_WORD_UNKNOWN",
       "'refunds' is no role of this policy (vocabulary.roles); it is in vocabulary.authorities",
       "actor.has_authority('refunds')"},
      {"CancelOrder", "actor.roles.exists(r, r == 'manager')", "POLICY_WORD_UNKNOWN",
       "write one such as 'agent', 'supervisor', 'team_lead', or add it to vocabulary.roles", ""},
      {"CancelOrder", "actor.roles.exists(r, r in ['agent', 'suprvisor'])", "POLICY_WORD_UNKNOWN",
       "did you mean 'supervisor'?", ""},
      {"CancelOrder", "actor.roles == ['agnt']", "POLICY_WORD_UNKNOWN", "did you mean 'agent'?",
       ""},
      {"CancelOrder", "actor.roles[0] == 'agnt' && size(actor.roles) > 0", "POLICY_WORD_UNKNOWN",
       "did you mean 'agent'?", ""},
      {"CancelOrder", "customer.tier == 'glod'", "POLICY_WORD_UNKNOWN", "did you mean 'gold'?",
       "customer.tier == 'gold'"},
      {"CancelOrder", "'glod' == customer.tier", "POLICY_WORD_UNKNOWN", "did you mean 'gold'?", ""},
      {"CancelOrder", "customer.tier in ['gold', 'slver']", "POLICY_WORD_UNKNOWN",
       "did you mean 'silver'?", "customer.tier in ['gold', 'silver']"},
      {"CancelOrder", "customer.tier == (order.payment_count > 1 ? 'gold' : 'slver')",
       "POLICY_WORD_UNKNOWN", "did you mean 'silver'?", ""},
      {"CancelOrder", "when_absent(customer.tier, 'none') == 'none'", "", "", ""},
      {"CancelOrder", "when_absent(customer.tier, 'none') in ['none', 'glod']",
       "POLICY_WORD_UNKNOWN", "did you mean 'gold'?", ""},
      {"CancelOrder", "customer.?tier.orValue('gold') == 'slver'", "POLICY_WORD_UNKNOWN",
       "did you mean 'silver'?", ""},
      {"CancelOrder", "cel.bind(t, customer.tier, t == 'slver')", "POLICY_WORD_UNKNOWN",
       "did you mean 'silver'?", ""},
      {"CancelOrder", "command.cancel_order.reason == 'brokn'", "POLICY_WORD_UNKNOWN",
       "did you mean 'broken'?", "command.cancel_order.reason == 'broken'"},
      {"CloseCase", "'urgnt' in case.tags", "POLICY_WORD_UNKNOWN", "did you mean 'urgent'?",
       "'urgent' in case.tags"},
      {"CloseCase", "!case.tags.exists(t, t == 'urgnt')", "POLICY_WORD_UNKNOWN",
       "did you mean 'urgent'?", ""},
      {"CloseCase", "size(case.tags.filter(t, t != 'urgnt')) > 1", "POLICY_WORD_UNKNOWN",
       "did you mean 'urgent'?", ""},
      {"ClassifyCase", "'urgnt' in command.classify_case.add_tags", "POLICY_WORD_UNKNOWN",
       "did you mean 'urgent'?", ""},
      {"CloseCase", "case.queue_id == 'second-line'", "POLICY_WORD_UNKNOWN",
       "did you mean 'second_line'?", "case.queue_id == 'second_line'"},
      {"CloseCase", "case.tags.map(t, t) == ['urgnt']", "POLICY_WORD_UNKNOWN",
       "did you mean 'urgent'?", ""},
      {"CloseCase", "case.queue_id == ''", "", "", ""},
      {"CloseCase", "case.queue_id.startsWith('sec')", "", "", ""},
      {"CloseCase", "'urgent' in case.tags && case.queue_id == 'second_line'", "", "", ""},
      {"CloseCase", "customer.attributes.text('color') == 'bleu'", "POLICY_ATTRIBUTE_VALUE",
       "did you mean 'blue'?", "customer.attributes.text('color') == 'blue'"},
      {"CloseCase", "customer.attributes.text('color') in ['red', 'violet']",
       "POLICY_ATTRIBUTE_VALUE",
       "'violet' is no possible value of attribute 'color'; write one of "
       "'red', 'blue'",
       ""},
      {"CloseCase", "cel.bind(c, customer.attributes.text('color'), c == 'bleu')",
       "POLICY_ATTRIBUTE_VALUE", "did you mean 'blue'?", ""},
      {"CloseCase", "customer.attributes.text('colour') == 'red'", "POLICY_ATTRIBUTE_UNKNOWN",
       "did you mean 'color'?", "customer.attributes.text('color') == 'red'"},
  });
}

TEST(WrittenTest, FieldsThatAreAbsentAtTheVerb) {
  CheckWritten({
      {"ResolveCase", "command.open_case.kind == Case.Kind.KIND_COMPLAINT", "POLICY_COMMAND_ARM",
       "read case.kind", "case.kind == Case.Kind.KIND_COMPLAINT"},
      {"ResolveCase", "command.open_case.queue_id != ''", "POLICY_COMMAND_ARM",
       "read case.queue_id", "case.queue_id != ''"},
      {"CancelOrder", "command.request_return.reason == 'broken'", "POLICY_COMMAND_ARM",
       "read command.cancel_order.reason", "command.cancel_order.reason == 'broken'"},
      {"CancelOrder", "command.?request_return.?reason.orValue('') == 'broken'",
       "POLICY_COMMAND_ARM", "read command.cancel_order", ""},
      {"CancelOrder", "has(command.request_return)", "POLICY_COMMAND_ARM",
       "read command.cancel_order", ""},
      {"PlaceOrder", "order.state == Order.State.STATE_PLACED", "POLICY_ENTITY_ABSENT",
       "PlaceOrder begins it; read its values from command.place_order", ""},
      {"OpenCase", "!(case.kind == Case.Kind.KIND_COMPLAINT)", "POLICY_ENTITY_ABSENT",
       "read its values from command.open_case",
       "command.open_case.kind != Case.Kind.KIND_COMPLAINT"},
      {"CloseCase", "other_case.kind == Case.Kind.KIND_COMPLAINT", "POLICY_ENTITY_ABSENT",
       "'other_case' is always absent here; it belongs to ReopenCase, ImportCase, LinkCase", ""},
      {"CloseCase", "assessment.remedy.amount > money('5 EUR')", "POLICY_ENTITY_ABSENT",
       "'assessment.remedy' is always absent here; it belongs to ResolveCase", ""},
      {"CancelOrder", "assessment.price_difference > money('5 EUR')", "POLICY_ENTITY_ABSENT",
       "it belongs to ChangeItems, RequestExchange", ""},
      {"MergeCases", "other_case.kind == case.kind", "", "", ""},
      {"ResolveCase", "command.resolve_case.remedy_amount > money('50 EUR')", "RULE_ABSENT_READ",
       "'command.resolve_case.remedy_amount' may not be set, and the rule then fails, which "
       "refuses; add `has(command.resolve_case.remedy_amount) &&`",
       "has(command.resolve_case.remedy_amount) && command.resolve_case.remedy_amount > "
       "money('50 EUR')"},
      {"RefundOrder", "command.refund_order.amount > money('100 EUR')", "POLICY_FIELDS_EXCLUSIVE",
       "read assessment.refund_amount", "assessment.refund_amount > money('100 EUR')"},
      {"CancelOrder", "customer.attributes.number('visits') < 3", "RULE_ABSENT_READ",
       "add `customer.attributes.hasAttribute('visits') &&`",
       "customer.attributes.hasAttribute('visits') && customer.attributes.number('visits') < 3"},
      {"CancelOrder", "customer.attributes.text('color') != 'red'", "RULE_ABSENT_READ",
       "add `customer.attributes.hasAttribute('color') &&`", ""},
      {"CancelOrder", "now - customer.attributes.time('member_since') > days(365)",
       "RULE_ABSENT_READ", "hasAttribute('member_since') &&",
       "since(customer.attributes.time('member_since')).orValue(days(0)) > days(365)"},
      {"CancelOrder", "customer.attributes.money('spent') < money('100 EUR')", "RULE_ABSENT_READ",
       "the rule then fails, which refuses; add `customer.attributes.hasAttribute('spent') &&`",
       "customer.attributes.hasAttribute('spent') && customer.attributes.money('spent') < "
       "money('100 EUR')"},
      {"CancelOrder", "customer.attributes.number('visits') > 3", "", "", ""},
      {"CancelOrder", "!customer.attributes.flag('vip')", "", "", ""},
      {"CancelOrder",
       "customer.attributes.hasAttribute('visits') ? customer.attributes.number('visits') < 3 : "
       "false",
       "", "", ""},
      {"CancelOrder",
       "!customer.attributes.hasAttribute('visits') || customer.attributes.number('visits') < 3",
       "", "", ""},
  });
}

TEST(WrittenTest, EnumsNumbersAndTexts) {
  CheckWritten({
      {"CancelOrder", "order.state == 4", "RULE_ENUM_NUMBER", "write Order.State.STATE_DELIVERED",
       "order.state == Order.State.STATE_DELIVERED"},
      {"CancelOrder", "4 != order.state", "RULE_ENUM_NUMBER", "write Order.State.STATE_DELIVERED",
       ""},
      {"CancelOrder", "order.state in [4]", "RULE_ENUM_NUMBER", "write Order.State.STATE_DELIVERED",
       ""},
      {"CancelOrder", "int(order.state) == 4", "RULE_ENUM_NUMBER",
       "write Order.State.STATE_DELIVERED", ""},
      {"CancelOrder", "(order.payment_count > 1 ? order.state : Order.State.STATE_PLACED) == 4",
       "RULE_ENUM_NUMBER", "write Order.State.STATE_DELIVERED", ""},
      {"CancelOrder", "order.payments.exists(p, p.state == 2)", "RULE_ENUM_NUMBER",
       "write Payment.State.STATE_", ""},
      {"CancelOrder", "string(order.state) == 'STATE_DELIVERED'", "RULE_ENUM_NUMBER",
       "compare order.state with Order.State.STATE_DELIVERED", ""},
      {"CancelOrder", "order.state == 'STATE_DELIVERED'", "CEL_NO_MATCHING_OVERLOAD",
       "Order.State.STATE_DELIVERED", ""},
      {"CancelOrder", "order.state == 'delivered'", "CEL_NO_MATCHING_OVERLOAD",
       "Order.State.STATE_DELIVERED", ""},
      {"CancelOrder", "order.state == STATE_DELIVERED", "CEL_UNKNOWN_NAME",
       "did you mean 'Order.STATE_DELIVERED'?", "order.state == Order.STATE_DELIVERED"},
      {"CancelOrder", "order.state == Order.State.STATE_PENDING", "CEL_UNKNOWN_NAME", "STATE_P",
       ""},
      {"CancelOrder", "order.state == Case.State.STATE_OPEN", "RULE_ENUM_TYPE",
       "write one such as Order.State.STATE_PLACED", ""},
      {"CancelOrder", "order.payments.exists(p, p.state == Order.State.STATE_PLACED)",
       "RULE_ENUM_TYPE", "write one such as Payment.State.", ""},
      {"CancelOrder", "actor.roles == 'agent'", "CEL_NO_MATCHING_OVERLOAD",
       "'agent' in actor.roles", "'agent' in actor.roles"},
  });
}

TEST(WrittenTest, ConditionsThatNeverOrAlwaysHold) {
  CheckWritten({
      {"CancelOrder",
       "order.totals.total > money('500 EUR') && order.totals.total < money('300 EUR')",
       "RULE_CONDITION_NEVER", "exclude each other", ""},
      {"CancelOrder",
       "order.totals.total > money('500 EUR') && order.totals.total > money('300 USD')",
       "RULE_CONDITION_NEVER", "exclude each other", ""},
      {"CancelOrder",
       "order.payment_count > 1 && (order.totals.total == money('5 EUR') || "
       "order.totals.total != money('5 EUR'))",
       "RULE_CONDITION_PART", "always holds", ""},
      {"CancelOrder", "age(order) > days(30) && age(order) < days(7)", "RULE_CONDITION_NEVER",
       "exclude each other", ""},
      {"CancelOrder",
       "since(order.place_time).orValue(days(0)) > days(30) && "
       "since(order.place_time).orValue(days(0)) < days(7)",
       "RULE_CONDITION_NEVER", "exclude each other", ""},
      {"CancelOrder", "money('5 EUR') > money('5 USD')", "CEL_CONSTANT_ERROR", "two currencies",
       ""},
      {"CancelOrder", "order.totals.total > money('500')", "CEL_CONSTANT_ERROR", "money('500 EUR')",
       ""},
      {"CancelOrder", "order.totals.total > money('500 Euro')", "CEL_CONSTANT_ERROR", "ISO 4217",
       ""},
      {"CancelOrder", "now > timestamp('2026-13-01')", "CEL_CONSTANT_ERROR", "", ""},
      {"CancelOrder", "age(order) > duration('30 days')", "CEL_CONSTANT_ERROR", "", ""},
  });
}

TEST(WrittenTest, TextsOfAPack) {
  const struct {
    std::string text;
    std::string reason;
    std::string words;
  } kTests[] = {
      {"return_window { days: 30 }", "POLICY_TEXT_UNKNOWN_FIELD",
       "its fields are name, version, rule_sets"},
      {"rule_sets { id: 'a' decision_points: 'CancelOrder' rules { id: 'r' order: 1 role: "
       "'team_lead' outcome: POLICY_OUTCOME_REFUSE reason: 'R' condition: 'true' } }",
       "POLICY_TEXT_UNKNOWN_FIELD", "its fields are id, order, condition"},
      {"rule_sets { id: 'a' decision_points: 'CancelOrder' rules { id: 'r' order: 1 outcome: "
       "POLICY_OUTCOME_HOLD reason: 'R' condition: 'true' } }",
       "RULE_AUTHORITY_MISSING", "names the authority that can approve"},
      {"rule_sets { id: 'a' decision_points: 'CancelOrder' rules { id: 'r' order: 1 outcome: "
       "POLICY_OUTCOME_HOLD reason: 'R' authority: 'refund' condition: 'true' } }",
       "POLICY_WORD_UNKNOWN",
       "'refund' is no authority of this policy (vocabulary.authorities); did you mean 'refunds'?"},
      {"vocabulary { queues { name: 'second_line' } } cases { escalation_chains { name: 'lamps' "
       "basis: ESCALATION_BASIS_SKILL steps { queue_id: "
       "'secondline' } fallback_queue_id: 'second_line' } }",
       "POLICY_WORD_UNKNOWN", "did you mean 'second_line'?"},
      {"vocabulary { queues { name: 'second_line' } } cases { escalation_chains { name: 'lamps' "
       "basis: ESCALATION_BASIS_SKILL steps { queue_id: "
       "'second_line' } fallback_queue_id: 'third_lin' } }",
       "POLICY_WORD_UNKNOWN", "is no queue of this policy"},
      {"vocabulary { roles { text: 'nobody' } }", "POLICY_WORD_NAME_EMPTY", "no name"},
      {"vocabulary { roles { name: 'agent' } roles { name: 'agent' } }", "POLICY_WORD_DUPLICATE",
       "an earlier word"},
      {"vocabulary { tags { name: 'a\\nb' } }", "ID_CHARACTER", "U+000A"},
  };
  for (const auto& test : kTests) {
    SCOPED_TRACE(test.text);
    const PolicyResult result = Policy::FromText(
        absl::StrCat(test.text, test.text.find("rule_sets") == 0 ? kWrittenHead : ""),
        "x.textproto");
    EXPECT_EQ(result.policy, nullptr);
    std::string words;
    for (const v1::Issue& issue : result.issues) {
      if (issue.reason() == test.reason) words = issue.text();
    }
    EXPECT_THAT(words, HasSubstr(test.words)) << rules::FormatIssues(result.issues);
  }
}

TEST(WrittenTest, AnEmptyListChecksNothingAndTheVocabularyHasALimit) {
  const std::string text =
      "vocabulary { tiers { name: 'gold' } } "
      "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW } "
      "rule_sets { id: 'a' decision_points: 'CancelOrder' default_outcome: POLICY_OUTCOME_ALLOW "
      "rules { id: 'r' order: 1 outcome: POLICY_OUTCOME_HOLD reason: 'R' authority: 'anyone' "
      "condition: \"'who' in actor.roles\" } }";
  EXPECT_THAT(Policy::FromText(text, "x.textproto").issues, IsEmpty());
  PolicyOptions options;
  options.max_vocabulary_words = 1;
  EXPECT_THAT(Policy::FromText(text, "x.textproto", options).issues, IsEmpty());
  options.max_vocabulary_words = 0;
  const PolicyResult result = Policy::FromText(text, "x.textproto", options);
  ASSERT_EQ(result.issues.size(), 1u);
  EXPECT_EQ(result.issues[0].reason(), "POLICY_LIMIT_VOCABULARY");
}

TEST(WrittenTest, ADetailIsCheckedLikeACondition) {
  const auto reason_of = [](absl::string_view expression) {
    const PolicyResult result = Policy::FromText(
        absl::StrCat(kWrittenHead,
                     "rule_sets { id: 'set' decision_points: 'CancelOrder' default_outcome: "
                     "POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 outcome: POLICY_OUTCOME_REFUSE "
                     "reason: 'R' condition: 'order.payment_count > 1' details { name: 'd' "
                     "expression: \"",
                     expression, "\" } } }"),
        "x.textproto");
    return result.issues.empty() ? "" : result.issues[0].reason();
  };
  EXPECT_EQ(reason_of("customer.tier == 'glod' ? 'a' : 'b'"), "POLICY_WORD_UNKNOWN");
  EXPECT_EQ(reason_of("order.totals.total.units > 500 ? 'a' : 'b'"), "POLICY_MONEY_UNITS");
  EXPECT_EQ(reason_of("order.state == 4 ? 'a' : 'b'"), "RULE_ENUM_NUMBER");
  EXPECT_EQ(reason_of("command.request_return.reason"), "POLICY_COMMAND_ARM");
  EXPECT_EQ(reason_of("customer.tier"), "");
}

}  // namespace
}  // namespace frontdesk
