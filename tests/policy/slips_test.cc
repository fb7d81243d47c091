// Slips that are silent in the language itself: the condition is well formed, and would mean something else than its author meant.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/issues.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/written.h"

namespace frontdesk {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SlipsTest, ElementsOfAListThatAMacroMakes) {
  CheckWritten({
      {"CancelOrder", "order.payments.map(p, p.state).exists(s, s == 2)", "RULE_ENUM_NUMBER",
       "'p.state' is compared with a number; write Payment.State.STATE_AUTHORIZED",
       "order.payments.map(p, p.state).exists(s, s == Payment.State.STATE_AUTHORIZED)"},
      {"CancelOrder", "order.payments.map(p, p.state).exists(s, s == Order.State.STATE_PLACED)",
       "RULE_ENUM_TYPE", "write one such as Payment.State.", ""},
      {"CancelOrder",
       "order.payments.map(p, p.state).filter(s, s != 2).exists(t, t == "
       "Payment.State.STATE_CAPTURED)",
       "RULE_ENUM_NUMBER", "write Payment.State.STATE_AUTHORIZED", ""},
      {"CancelOrder", "order.payments.map(p, p.amount.units).exists(u, u > 500)",
       "POLICY_MONEY_UNITS", "money('500 EUR')",
       "order.payments.map(p, p.amount).exists(u, u > money('500 EUR'))"},
      {"CloseCase", "case.tags.map(t, t).exists(u, u == 'urgnt')", "POLICY_WORD_UNKNOWN",
       "did you mean 'urgent'?", "case.tags.map(t, t).exists(u, u == 'urgent')"},
  });
}

TEST(SlipsTest, NothingIsNull) {
  CheckWritten({
      {"CancelOrder", "customer == null", "RULE_NULL_COMPARED", "write `!has(customer)`",
       "!has(customer)"},
      {"RequestReturn", "order.deliver_time == null", "RULE_NULL_COMPARED",
       "'order.deliver_time' is never null, also where it is not set; write "
       "`!has(order.deliver_time)`",
       "!has(order.deliver_time)"},
      {"RequestReturn", "order.payment_count > 1 && null != order.deliver_time",
       "RULE_NULL_COMPARED", "write `has(order.deliver_time)`",
       "order.payment_count > 1 && has(order.deliver_time)"},
  });
}

TEST(SlipsTest, PartsOfAnInstantAreCounted) {
  CheckWritten({
      {"CancelOrder", "now.getDayOfWeek() == 7", "RULE_CONDITION_NEVER",
       "getDayOfWeek() counts from 0 to 6", "now.getDayOfWeek() == 0"},
      {"CancelOrder", "now.getMonth() == 12", "RULE_CONDITION_NEVER",
       "getMonth() counts from 0 to 11", "now.getMonth() == 11"},
      {"CancelOrder", "order.payment_count > 1 && now.getHours('Europe/Berlin') >= 24",
       "RULE_CONDITION_NEVER", "getHours() counts from 0 to 23", ""},
      {"CancelOrder", "now.getDate() == 0", "RULE_CONDITION_NEVER", "getDate() counts from 1 to 31",
       "now.getDate() == 1"},
      {"CancelOrder", "now.getHours() >= 0", "RULE_CONDITION_ALWAYS", "does not fail", ""},
      {"CancelOrder", "now.getDayOfMonth() == 30 && now.getHours() > 17", "", "", ""},
  });
}

TEST(SlipsTest, ConditionsThatHoldOrFail) {
  CheckWritten({
      {"CancelOrder",
       "order.totals.total > money('500 EUR') || order.totals.total < money('600 EUR')",
       "RULE_CONDITION_ALWAYS", "holds for every input for which it does not fail", ""},
      {"CancelOrder",
       "order.totals.total > money('500 EUR') || order.totals.total <= money('400 EUR')", "", "",
       ""},
  });
}

TEST(SlipsTest, AmountsAndCurrencies) {
  CheckWritten({
      {"CancelOrder", "order.totals.total > money('1.500 EUR')", "CEL_CONSTANT_ERROR",
       "a thousand has no point: 1500 EUR", "order.totals.total > money('1500 EUR')"},
      {"CancelOrder", "order.totals.total > money('1.50 EUR')", "", "", ""},
      {"CancelOrder", "order.totals.total > money('1.500 KWD')", "", "", ""},
      {"CancelOrder", "order.totals.total + money('5 USD') > money('500 EUR')",
       "POLICY_MONEY_CURRENCIES", "amounts of two currencies, EUR and USD, have no order", ""},
      {"CancelOrder", "min([order.totals.total, money('5 USD')]) > money('1 EUR')",
       "POLICY_MONEY_CURRENCIES", "EUR and USD", ""},
      {"CancelOrder", "sum([money('5 EUR'), money('5 USD')]) > money('1 EUR')",
       "CEL_CONSTANT_ERROR",
       "two of [money('5 EUR'), money('5 USD')] are amounts of two currencies", ""},
      {"CancelOrder", "percent(order.totals.total - money('1 USD'), 10) > money('1 EUR')",
       "POLICY_MONEY_CURRENCIES", "EUR and USD", ""},
      {"CancelOrder", "order.totals.total in [money('5 EUR'), money('5 USD')]", "", "", ""},
      {"CancelOrder", "order.totals.total + money('5 EUR') > money('500 EUR')", "", "", ""},
      {"CancelOrder", "order.currency_code == 'Eur'", "POLICY_CURRENCY_UNKNOWN",
       "did you mean 'EUR'?", "order.currency_code == 'EUR'"},
      {"CancelOrder", "order.totals.total.currency_code in ['EUR', 'EURO']",
       "POLICY_CURRENCY_UNKNOWN", "did you mean 'EUR'?", ""},
      {"CancelOrder", "order.currency_code != 'Dollar'", "POLICY_CURRENCY_UNKNOWN",
       "three capitals, such as 'EUR'", ""},
      {"CancelOrder", "order.currency_code == ''", "", "", ""},
  });
}

TEST(SlipsTest, WordsHaveNoOrder) {
  CheckWritten({
      {"CancelOrder", "customer.tier > 'gold'", "POLICY_WORD_ORDER",
       "name those that are meant: `customer.tier in [...]`",
       "customer.tier in ['gold', 'silver']"},
      {"CloseCase", "case.tags.exists(t, t >= 'urgent')", "POLICY_WORD_ORDER", "by its letters",
       ""},
      {"CloseCase", "case.subject > 'm'", "", "", ""},
  });
}

TEST(SlipsTest, NamesOfTheSectionForCases) {
  CheckWritten({
      {"CloseCase", "case.state_name == 'parts orderd'", "POLICY_WORD_UNKNOWN",
       "'parts orderd' is no name of a state of this policy (cases.state_names); did you mean "
       "'parts ordered'?",
       "case.state_name == 'parts ordered'"},
      {"PauseCase", "command.pause_case.state_name in ['parts ordered', 'waiting']",
       "POLICY_WORD_UNKNOWN", "add it to cases.state_names", ""},
      // The pack lists no chains and no remedies.
      {"EscalateCase", "command.escalate_case.chain == 'anything'", "", "", ""},
      {"ResolveCase", "command.resolve_case.remedy == 'anything'", "", "", ""},
  });
  const auto reason_of = [](absl::string_view verb, absl::string_view condition) {
    const std::string pack = absl::StrReplaceAll(
        WrittenPack(verb, condition),
        {{"cases {",
          "cases { remedies { name: 'voucher' code: 'helped' } escalation_chains { name: 'lamps' "
          "basis: ESCALATION_BASIS_SKILL steps { queue_id: 'second_line' } fallback_queue_id: "
          "'out' "
          "}"},
         {"queues { name: 'second_line' }",
          "queues { name: 'second_line' } queues { name: 'out' }"}});
    std::string words;
    for (const v1::Issue& issue : Policy::FromText(pack, "x.textproto").issues) {
      if (issue.field() == "rule_sets[1].rules[0].condition") words = issue.text();
    }
    return words;
  };
  EXPECT_THAT(reason_of("EscalateCase", "command.escalate_case.chain == 'lamp'"),
              HasSubstr("did you mean 'lamps'?"));
  EXPECT_THAT(reason_of("CloseCase", "case.escalation.chain == 'lamp'"),
              HasSubstr("is no escalation chain of this policy (cases.escalation_chains)"));
  EXPECT_THAT(reason_of("ResolveCase", "command.resolve_case.remedy == 'vouchr'"),
              HasSubstr("'vouchr' is no remedy of this policy (cases.remedies); did you mean "
                        "'voucher'?"));
  EXPECT_THAT(reason_of("ResolveCase", "has(assessment.remedy) && assessment.remedy.name == 'no'"),
              HasSubstr("is no remedy of this policy"));
  EXPECT_EQ(reason_of("ResolveCase", "command.resolve_case.remedy == 'voucher'"), "");
}

TEST(SlipsTest, AFieldOfAnEntityThatMayBeAbsentDiffersFromOneThatIsThere) {
  CheckWritten({
      {"CancelOrder", "customer.customer_id != order.customer_id", "RULE_ABSENT_READ",
       "add `has(customer) &&`", "has(customer) && customer.customer_id != order.customer_id"},
      {"CancelOrder", "customer.customer_id == order.customer_id", "", "", ""},
  });
}

TEST(SlipsTest, MessagesOfAnEntityThatMayBeAbsent) {
  CheckWritten({
      {"ResolveCase", "case.escalation.step < 2", "RULE_ABSENT_READ",
       "'case.escalation' may not be set, and this part is then true; add `has(case.escalation) "
       "&&`",
       "has(case.escalation) && case.escalation.step < 2"},
      {"ResolveCase", "case.escalation.step > 2", "", "", ""},
      {"ResolveCase", "!has(case.escalation) || case.escalation.step < 2", "", "", ""},
      {"CancelOrder", "order.last_captured_payment.amount > money('5 EUR')", "RULE_ABSENT_READ",
       "add `has(order.last_captured_payment) &&`",
       "has(order.last_captured_payment) && order.last_captured_payment.amount > money('5 EUR')"},
      {"CancelOrder", "customer.import_source.system != 'old'", "RULE_ABSENT_READ",
       "has(customer) &&", ""},
  });
}

TEST(SlipsTest, AnIndexIntoTheResultOfAMacro) {
  CheckWritten({
      {"RefundOrder",
       "order.payments.filter(p, p.state == Payment.State.STATE_CAPTURED)[0].amount > money('5 "
       "EUR')",
       "RULE_INDEX_UNCHECKED", "may have no element 0, and the rule then fails",
       "order.payments.filter(p, p.state == Payment.State.STATE_CAPTURED).exists(p, p.amount > "
       "money('5 EUR'))"},
      {"RefundOrder", "order.payments.map(p, p.amount)[1] > money('5 EUR')", "RULE_INDEX_UNCHECKED",
       "may have no element 1", ""},
      {"RefundOrder",
       "size(order.payments) > 1 && order.payments.map(p, p.amount)[1] > money('5 EUR')", "", "",
       ""},
      {"RefundOrder",
       "order.payments.exists(p, p.state == Payment.State.STATE_CAPTURED) && order.payments."
       "filter(p, p.state == Payment.State.STATE_CAPTURED)[0].amount > money('5 EUR')",
       "", "", ""},
  });
}

TEST(SlipsTest, ATextAmongValuesOfAnEnum) {
  CheckWritten({
      {"CancelOrder", "interaction.channel in [Channel.CHANNEL_EMAIL, 'phone']", "RULE_ENUM_TYPE",
       "and 'phone' is a text; write one such as Channel.", ""},
      {"CancelOrder", "order.state in [Order.State.STATE_PLACED, 'shipped']", "RULE_ENUM_TYPE",
       "is a text", "order.state in [Order.State.STATE_PLACED, Order.State.STATE_SHIPPED]"},
  });
}

TEST(SlipsTest, AnAssessedFieldOfOtherCommands) {
  CheckWritten({
      {"ResolveCase", "assessment.priority_differs", "POLICY_ENTITY_ABSENT",
       "'assessment.priority_differs' is always absent here; it belongs to OpenCase, "
       "PrioritizeCase",
       ""},
      {"PrioritizeCase", "assessment.priority_differs", "", "", ""},
  });
}

TEST(SlipsTest, HintsAtWhatIsNotInTheLanguage) {
  CheckWritten({
      {"CancelOrder", "age(order) > weeks(2)", "CEL_UNKNOWN_FUNCTION", "counted in days: days(7)",
       "age(order) > days(14)"},
      {"CancelOrder", "age(order) > duration('30 days')", "CEL_CONSTANT_ERROR",
       "written duration('36h')", ""},
      {"CancelOrder", "now > timestamp('2026-01-31')", "CEL_CONSTANT_ERROR",
       "written timestamp('2026-01-31T00:00:00Z')", "now > timestamp('2026-01-31T00:00:00Z')"},
      {"CancelOrder", "order.payment_count == '1'", "CEL_NO_MATCHING_OVERLOAD",
       "a number has no quotes: 1", "order.payment_count == 1"},
      {"CancelOrder", "1 < order.payment_count < 5", "CEL_NO_MATCHING_OVERLOAD",
       "two comparisons: a < b && b < c", "1 < order.payment_count && order.payment_count < 5"},
      {"CancelOrder", "!order.state == Order.State.STATE_PLACED", "CEL_NO_MATCHING_OVERLOAD",
       "in brackets: !(a == b)", "!(order.state == Order.State.STATE_PLACED)"},
      {"CancelOrder", "order.place_time > days(30)", "CEL_NO_MATCHING_OVERLOAD",
       "the span between two instants is written a - b", ""},
      {"CancelOrder", "order.payments.amount > money('5 EUR')", "CEL_NOT_SELECTABLE",
       "its elements have one: order.payments.exists(e, e.amount ...)",
       "order.payments.exists(e, e.amount > money('5 EUR'))"},
  });
}

// ---- Outputs, reasons and rules ----------------------------------------------------------------------

v1::Issue OnlyIssue(const std::string& text) {
  const PolicyResult result = Policy::FromText(text, "x.textproto");
  EXPECT_EQ(result.issues.size(), 1u) << rules::FormatIssues(result.issues);
  return result.issues.size() == 1 ? result.issues[0] : v1::Issue();
}

std::string OutputPack(absl::string_view verb, absl::string_view name) {
  return absl::StrCat(kWrittenHead, "rule_sets { id: 'set' decision_points: '", verb,
                      "' default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 outcome: "
                      "POLICY_OUTCOME_ALLOW condition: 'true' outputs { name: '",
                      name, "' expression: \"1 > 2 ? 'second_line' : ''\" } } }");
}

TEST(SlipsTest, AnOutputOfANearNameIsASlip) {
  v1::Issue issue = OnlyIssue(OutputPack("OpenCase", "queu"));
  EXPECT_EQ(issue.reason(), "POLICY_OUTPUT_UNKNOWN");
  EXPECT_EQ(issue.severity(), v1::Issue::SEVERITY_WARNING);
  EXPECT_EQ(issue.field(), "rule_sets[1].rules[0].outputs[0].name");
  EXPECT_THAT(issue.text(), HasSubstr("did you mean 'queue'?"));
  // The name of the field that the output fills.
  issue = OnlyIssue(OutputPack("OpenCase", "queue_id"));
  EXPECT_THAT(issue.text(), HasSubstr("did you mean 'queue'?"));
  for (const char* own : {"queue", "fee", "quote", "note"}) {
    EXPECT_THAT(Policy::FromText(OutputPack("OpenCase", own), "x.textproto").issues, IsEmpty())
        << own;
  }
}

std::string ReasonPack(absl::string_view reason) {
  return absl::StrCat("reason_texts { reason: '", reason, "' customer_text: 'No.' }\n",
                      WrittenPack("CancelOrder", "order.payment_count > 1"));
}

TEST(SlipsTest, ATextForAReasonOfANearNameIsASlip) {
  const v1::Issue issue = OnlyIssue(ReasonPack("ORDER_CANCEL_STAT"));
  EXPECT_EQ(issue.reason(), "POLICY_REASON_TEXT_UNKNOWN");
  EXPECT_EQ(issue.severity(), v1::Issue::SEVERITY_WARNING);
  EXPECT_EQ(issue.field(), "reason_texts[0].reason");
  EXPECT_THAT(issue.text(), HasSubstr("did you mean 'ORDER_CANCEL_STATE'?"));
  EXPECT_THAT(Policy::FromText(ReasonPack("R"), "x.textproto").issues, IsEmpty());
  EXPECT_THAT(Policy::FromText(ReasonPack("SOMETHING_OF_THE_HOST"), "x.textproto").issues,
              IsEmpty());
  // Of no reason of the house.
  for (const Reason& known : AllReasons()) {
    EXPECT_THAT(Policy::FromText(ReasonPack(known.word), "x.textproto").issues, IsEmpty())
        << known.word;
  }
}

TEST(SlipsTest, ARuleBehindAVariable) {
  const auto pack = [](absl::string_view expression, absl::string_view second) {
    return absl::StrCat(
        kWrittenHead, "variables { name: 'many' expression: \"", expression,
        "\" } rule_sets { id: 'set' decision_points: 'CancelOrder' default_outcome: "
        "POLICY_OUTCOME_ALLOW\n rules { id: 'a' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "
        "'A' condition: 'variables.many' }\n rules { id: 'b' order: 2 outcome: "
        "POLICY_OUTCOME_REFUSE reason: 'B' condition: \"",
        second, "\" } }");
  };
  const v1::Issue issue = OnlyIssue(pack("order.payment_count > 1", "order.payment_count > 3"));
  EXPECT_EQ(issue.reason(), "RULE_NEVER_REACHED");
  EXPECT_THAT(issue.text(), HasSubstr("as when order.payment_count is 4"));
  EXPECT_EQ(OnlyIssue(pack("order.payment_count > 1 && has(customer)",
                           "order.payment_count > 3 && has(customer)"))
                .reason(),
            "RULE_NEVER_REACHED");
  EXPECT_THAT(
      Policy::FromText(pack("order.payment_count > 5", "order.payment_count > 3"), "x.textproto")
          .issues,
      IsEmpty());
  EXPECT_EQ(OnlyIssue(pack("order.payment_count > 5", "!variables.many && order.payment_count > 9"))
                .reason(),
            "RULE_CONDITION_NEVER");
}

// Each variable reads the one before it five times: looking into all of them would take for ever.
TEST(SlipsTest, VariablesThatReadVariablesAreLookedIntoWithALimit) {
  std::string text(kWrittenHead);
  absl::StrAppend(&text, "variables { name: 'v0' expression: 'order.payment_count > 1' }\n");
  constexpr int kDepth = 14;
  for (int i = 1; i <= kDepth; ++i) {
    const std::string before = absl::StrCat("variables.v", i - 1);
    absl::StrAppend(&text, "variables { name: 'v", i, "' expression: '", before, " && ", before,
                    " && ", before, " && ", before, " || !", before, "' }\n");
  }
  absl::StrAppend(&text,
                  "rule_sets { id: 'set' decision_points: 'CancelOrder' default_outcome: "
                  "POLICY_OUTCOME_ALLOW rules { id: 'a' order: 1 outcome: POLICY_OUTCOME_REFUSE "
                  "reason: 'A' condition: 'variables.v",
                  kDepth, "' } }");
  const PolicyResult result = Policy::FromText(text, "x.textproto");
  EXPECT_NE(result.policy, nullptr) << rules::FormatIssues(result.issues);
}

}  // namespace
}  // namespace frontdesk
