// Totals of a pack: how they are checked, where their windows begin, and how rules read them.
#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/policy/total.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kOthers =
    "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }\n";

// A pack with these totals, whose rule for `verb` refuses under the condition.
std::string PackText(absl::string_view totals, absl::string_view verb,
                     absl::string_view condition) {
  return absl::StrCat("name: 'x' ", kOthers, totals, "\nrule_sets { id: 'set' decision_points: '",
                      verb,
                      "' default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 outcome: "
                      "POLICY_OUTCOME_REFUSE reason: 'R'\n condition: \"",
                      condition, "\" } }\n");
}

constexpr absl::string_view kRefunds =
    "totals { name: 'refunds_30d' text: 'refunds of the last 30 days' commands: 'RefundOrder' "
    "per: TOTAL_SUBJECT_CUSTOMER days: 30 }";
constexpr absl::string_view kLimit =
    "totals.given('refunds_30d') + assessment.refund_amount > money('100 EUR')";

struct Slip {
  std::string totals;
  std::string verb;
  std::string condition;
  std::string reason;
  std::string text;  // In the text of the issue.
};

// A definition of the total "a" that differs from a right one in `fields`, and a rule that reads it.
Slip Definition(const std::string& fields, absl::string_view reason, const std::string& text) {
  return {absl::StrCat("totals { name: 'a' ", fields, " }"), "RefundOrder",
          "totals.given_count('a') > 3", std::string(reason), text};
}

// A read of `kRefunds` in a rule for `verb`.
Slip Read(const std::string& verb, const std::string& condition, absl::string_view reason,
          const std::string& text) {
  return {std::string(kRefunds), verb, condition, std::string(reason), text};
}

std::vector<Slip> Slips() {
  const std::string refund = "commands: 'RefundOrder' ";
  return {
      {"totals { name: 'Refunds' commands: 'RefundOrder' }", "RefundOrder",
       "totals.given_count('Refunds') > 3", "POLICY_TOTAL_NAME", "lower_snake_case"},
      {"totals { name: 'a' commands: 'RefundOrder' } totals { name: 'a' commands: 'CancelOrder' }",
       "RefundOrder", "totals.given_count('a') > 3", "POLICY_TOTAL_DUPLICATE", "earlier total"},
      Definition("", "POLICY_TOTAL_COMMAND", "name one"),
      Definition("commands: 'RefundOrders'", "POLICY_TOTAL_COMMAND", "did you mean 'RefundOrder'?"),
      Definition("commands: 'Nothing'", "POLICY_TOTAL_COMMAND",
                 "those that can be counted are ChangeCustomerState"),
      Definition("commands: 'AssignCase'", "POLICY_TOTAL_COMMAND",
                 "AssignCase names neither an amount nor a reason; those that can be counted are"),
      Definition(refund + refund, "POLICY_TOTAL_COMMAND", "named twice"),
      Definition(refund + "per: TOTAL_SUBJECT_UNSPECIFIED", "POLICY_TOTAL_PER", "not set"),
      Definition(refund + "per: TOTAL_SUBJECT_ORDER per: TOTAL_SUBJECT_ORDER", "POLICY_TOTAL_PER",
                 "named twice"),
      Definition(refund + "per: TOTAL_SUBJECT_ORDER per: TOTAL_SUBJECT_ACTOR", "POLICY_TOTAL_PER",
                 "this is by order already"),
      {"totals { name: 'a' commands: 'RefundOrder' per: TOTAL_SUBJECT_CASE }", "CloseCase",
       "totals.given_count('a') > 3", "POLICY_TOTAL_PER", "RefundOrder addresses no case"},
      Definition(refund + "per: TOTAL_SUBJECT_REASON reasons: 'goodwill'", "POLICY_TOTAL_PER",
                 "lists its reasons already"),
      Definition("commands: 'ChangeItems' per: TOTAL_SUBJECT_REASON", "POLICY_TOTAL_PER",
                 "ChangeItems gives no reason"),
      Definition(refund + "reasons: 'goodwil'", "POLICY_TOTAL_REASON", "did you mean 'goodwill'?"),
      Definition(refund + "reasons: 'unspecified'", "POLICY_TOTAL_REASON", "never give the reason"),
      Definition(refund + "reasons: ''", "POLICY_TOTAL_REASON", "the reason is empty"),
      Definition(refund + "reasons: 'goodwill' reasons: 'goodwill'", "POLICY_TOTAL_REASON",
                 "named twice"),
      Definition("commands: 'ChangeItems' reasons: 'x'", "POLICY_TOTAL_REASON", "give no reasons"),
      {"vocabulary { reasons { name: 'late' } } totals { name: 'a' commands: 'CancelOrder' "
       "reasons: "
       "'latte' }",
       "CancelOrder", "totals.given_count('a') > 3", "POLICY_TOTAL_REASON", "did you mean 'late'?"},
      {"cases { remedies { name: 'voucher' code: 'v' } } totals { name: 'a' commands: "
       "'ResolveCase' "
       "reasons: 'vouchers' }",
       "ResolveCase", "totals.given_count('a') > 3", "POLICY_TOTAL_REASON",
       "did you mean 'voucher'?"},
      Definition(refund + "days: 0", "POLICY_TOTAL_WINDOW", "days is not more than 0"),
      Definition(refund + "days: -1", "POLICY_TOTAL_WINDOW", "days is not more than 0"),
      Definition(refund + "duration {}", "POLICY_TOTAL_WINDOW", "not more than 0"),
      Definition(refund + "duration { seconds: 1 nanos: -1 }", "POLICY_TOTAL_WINDOW", "not valid"),
      Definition(refund + "calendar_unit: CALENDAR_UNIT_UNSPECIFIED", "POLICY_TOTAL_WINDOW",
                 "not set"),
      Definition(refund + "time_zone: 'Europe/Berlin' days: 3", "POLICY_TOTAL_TIME_ZONE",
                 "the window is none"),
      Definition(refund + "time_zone: 'Europe/Berlim' calendar_unit: CALENDAR_UNIT_DAY",
                 "POLICY_TOTAL_TIME_ZONE", "no such time zone"),
      Definition(refund + "time_zone: '../x' calendar_unit: CALENDAR_UNIT_DAY",
                 "POLICY_TOTAL_TIME_ZONE", "no such time zone"),
      Read("RefundOrder", "totals.given('refunds_30') > money('1 EUR')", "POLICY_TOTAL_UNKNOWN",
           "did you mean 'refunds_30d'?"),
      Read("RefundOrder", "totals.given_count(actor.actor_id) > 1", "POLICY_TOTAL_READ",
           "written out"),
      Read("RefundOrder",
           "totals.given_count('refunds_30d') > 1 && totals.totals[0].given_count > 1",
           "POLICY_TOTAL_READ", "by their names"),
      Read("RefundOrder", "totals.given_count('refunds_30d') > 1 && has(totals)",
           "POLICY_TOTAL_READ", "by their names"),
      Read("CancelOrder",
           "totals.given_count('refunds_30d') > 1 && Totals{}.given_count('refunds_30d') > 1",
           "POLICY_TOTAL_READ", "of 'totals' itself"),
      Read("RefundOrder", "totals.given('refunds_30d', 'EURO') > money('1 EUR')",
           "POLICY_TOTAL_CURRENCY", "no currency of ISO 4217"),
      Read("ChangeShippingAddress", "totals.given('refunds_30d') > money('1 EUR')",
           "POLICY_TOTAL_CURRENCY", "write totals.given('refunds_30d', 'EUR')"),
      Read("CloseCase", "totals.asked_count('refunds_30d') > 1", "POLICY_TOTAL_ABSENT",
           "may not have a customer, and the rule then fails, which refuses; add "
           "`totals.has_total('refunds_30d') &&`"),
      Read("ActivatePolicy", "totals.asked_count('refunds_30d') > 1", "POLICY_TOTAL_NEVER",
           "counts by a customer"),
      Read("RefundOrder", "false", "POLICY_TOTAL_UNREAD", "totals.given('refunds_30d')"),
      {"totals { name: 'a' commands: 'CancelCase' }", "CancelCase",
       "totals.asked('a', 'EUR') > money('1 EUR')", "POLICY_TOTAL_AMOUNT", "read asked_count"},
      {"totals { name: 'a' commands: 'RefundOrder' per: TOTAL_SUBJECT_ORDER }", "ResolveCase",
       "totals.given_count('a') > 1", "POLICY_TOTAL_NEVER", "counts by an order"},
      {"totals { name: 'a' commands: 'RefundOrder' per: TOTAL_SUBJECT_REASON }", "ChangeItems",
       "totals.given_count('a') > 1", "POLICY_TOTAL_NEVER", "counts by a reason"},
      {"totals { name: 'a' commands: 'CancelOrder' per: TOTAL_SUBJECT_REASON }", "CancelOrder",
       "totals.given_count('a') > 1", "POLICY_TOTAL_ABSENT", "may not have a reason"},
  };
}

TEST(TotalsTest, EachSlipIsOneIssueWithItsPlace) {
  for (const Slip& slip : Slips()) {
    const PolicyResult result =
        Policy::FromText(PackText(slip.totals, slip.verb, slip.condition), "x.textproto");
    std::vector<std::string> reasons;
    for (const v1::Issue& issue : result.issues) {
      // That a condition never holds is another matter.
      if (issue.reason() != kReasonRuleConditionNever) reasons.push_back(issue.reason());
    }
    SCOPED_TRACE(
        absl::StrCat(slip.totals, " ", slip.condition, "\n", rules::FormatIssues(result.issues)));
    EXPECT_THAT(reasons, ElementsAre(slip.reason));
    for (const v1::Issue& issue : result.issues) {
      if (issue.reason() != slip.reason) continue;
      EXPECT_THAT(issue.text(), HasSubstr(slip.text));
      EXPECT_GT(issue.line(), 0);
    }
  }
}

TEST(TotalsTest, RightPacksHaveNoIssue) {
  const std::string by_order =
      "totals { name: 'a' commands: 'RefundOrder' commands: 'CancelOrder' per: TOTAL_SUBJECT_ORDER "
      "per: TOTAL_SUBJECT_REASON }";
  const std::vector<std::vector<std::string>> packs = {
      {std::string(kRefunds), "RefundOrder", std::string(kLimit)},
      {std::string(kRefunds), "PlaceOrder",
       "totals.given('refunds_30d', 'EUR') > money('100 EUR')"},
      {std::string(kRefunds), "CloseCase",
       "totals.has_total('refunds_30d') && totals.given_count('refunds_30d') > 3"},
      {std::string(kRefunds), "CloseCase",
       "!totals.has_total('refunds_30d') || totals.asked_count('refunds_30d') > 3"},
      {"totals { name: 'a' commands: 'RefundOrder' reasons: 'goodwill' duration { seconds: 60 } }",
       "ActivatePolicy", "totals.given('a', 'EUR') > money('1 EUR')"},
      {"totals { name: 'a' commands: 'ResolveCase' reasons: 'anything' calendar_unit: "
       "CALENDAR_UNIT_MONTH time_zone: 'Europe/Berlin' per: TOTAL_SUBJECT_ACTOR }",
       "ResolveCase", "totals.asked_count('a') > 1"},
      {by_order, "RefundOrder", "totals.given('a') > money('1 EUR')"},
      {"variables { name: 'many' expression: \"totals.given_count('refunds_30d') > 3\" } " +
           std::string(kRefunds),
       "RefundOrder", "variables.many"},
  };
  for (const std::vector<std::string>& pack : packs) {
    const PolicyResult result = Policy::FromText(PackText(pack[0], pack[1], pack[2]), "");
    EXPECT_THAT(rules::FormatIssues(result.issues), "") << pack[2];
  }
}

TEST(TotalsTest, LimitsHold) {
  const std::string totals =
      "totals { name: 'a' commands: 'RefundOrder' commands: 'CancelOrder' reasons: 'goodwill' "
      "reasons: 'x' }";
  const std::string text = PackText(totals, "RefundOrder", "totals.given_count('a') > 1");
  PolicyOptions options;
  options.max_totals = 0;
  PolicyResult result = Policy::FromText(text, "", options);
  ASSERT_EQ(result.issues.size(), 1u);
  EXPECT_EQ(result.issues[0].reason(), kReasonPolicyLimitTotals);
  options.max_totals = 1;
  options.max_total_lists = 3;
  result = Policy::FromText(text, "", options);
  ASSERT_EQ(result.issues.size(), 1u);
  EXPECT_EQ(result.issues[0].reason(), kReasonPolicyLimitTotalLists);
  options.max_total_lists = 4;
  EXPECT_THAT(Policy::FromText(text, "", options).issues, IsEmpty());
}

const domain::CommandInfo& Info(absl::string_view name) { return *domain::FindCommandByName(name); }

TEST(TotalsTest, TheTotalsOfACommandAreThoseThatItsRulesRead) {
  const std::string text = absl::StrCat(
      "totals { name: 'a' commands: 'RefundOrder' } totals { name: 'b' commands: 'RefundOrder' } "
      "totals { name: 'c' commands: 'RefundOrder' } totals { name: 'd' commands: 'RefundOrder' }\n",
      "variables { name: 'inner' expression: \"totals.given_count('a')\" }",
      "variables { name: 'outer' expression: \"variables.inner + 1\" }",
      "rule_sets { id: 'refund' decision_points: 'RefundOrder' default_outcome: "
      "POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: 'R' "
      "condition: \"totals.given_count('c') > 1 && variables.outer > 2\" } }\n",
      "rule_sets { id: 'cancel' decision_points: 'CancelOrder' default_outcome: "
      "POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: 'R' "
      "condition: 'actor.actor_id != \"\"' details { name: 'count' expression: "
      "\"totals.given_count('b')\" } } }\n",
      "rule_sets { id: 'part' decision_points: 'AddCasePart' default_outcome: POLICY_OUTCOME_ALLOW "
      "rules { id: 'r' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: 'R' condition: "
      "\"totals.given_count('a') > 1\" } }\n",
      "rule_sets { id: 'reopen' decision_points: 'ReopenOnMessage' rules { id: 'r' order: 1 "
      "outcome: POLICY_OUTCOME_ALLOW condition: \"totals.given_count('d') > 1\" } }\n",
      kOthers);
  const PolicyResult result = Policy::FromText(text, "");
  ASSERT_NE(result.policy, nullptr) << rules::FormatIssues(result.issues);
  EXPECT_THAT(rules::FormatIssues(result.issues), "");
  const auto names = [&](absl::string_view command) {
    std::vector<std::string> found;
    for (const PolicyTotal* total : result.policy->TotalsOf(Info(command))) {
      found.push_back(total->definition->name());
    }
    return found;
  };
  EXPECT_THAT(names("RefundOrder"), ElementsAre("a", "c"));
  EXPECT_THAT(names("CancelOrder"), ElementsAre("b"));
  EXPECT_THAT(names("AddCasePart"), ElementsAre("a", "d"));
  EXPECT_THAT(names("PlaceOrder"), IsEmpty());
  EXPECT_EQ(result.policy->totals().size(), 4u);
  EXPECT_EQ(result.policy->FindTotal("d"), &result.policy->totals()[3]);
  EXPECT_EQ(result.policy->FindTotal("e"), nullptr);
}

TEST(TotalsTest, KeysAreOfEachIdCommandAndReason) {
  v1::TotalDefinition definition;
  definition.add_reasons("x");
  definition.add_reasons("y");
  PolicyTotal total;
  total.definition = &definition;
  total.subject = v1::TOTAL_SUBJECT_CUSTOMER;
  total.commands = {&Info("RefundOrder"), &Info("CancelOrder")};
  const auto show = [&total](const std::vector<std::string>& ids, absl::string_view reason) {
    std::vector<std::string> keys;
    for (const TotalKey& key : total.KeysFor(ids, reason)) {
      EXPECT_EQ(key.subject, total.subject);
      keys.push_back(absl::StrCat(key.id, " ", key.command->name, " ", key.reason.value_or("*")));
    }
    return keys;
  };
  EXPECT_THAT(
      show({"c1", "c2"}, "z"),
      ElementsAre("c1 RefundOrder x", "c1 RefundOrder y", "c1 CancelOrder x", "c1 CancelOrder y",
                  "c2 RefundOrder x", "c2 RefundOrder y", "c2 CancelOrder x", "c2 CancelOrder y"));
  definition.clear_reasons();
  EXPECT_THAT(show({"c1"}, "z"), ElementsAre("c1 RefundOrder *", "c1 CancelOrder *"));
  total.is_per_reason = true;
  EXPECT_THAT(show({"c1"}, "z"), ElementsAre("c1 RefundOrder z", "c1 CancelOrder z"));
  total.subject = v1::TOTAL_SUBJECT_UNSPECIFIED;
  EXPECT_THAT(show({}, "z"), ElementsAre(" RefundOrder z", " CancelOrder z"));
}

absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone));
  return zone;
}

// The unit of the calendar as a text that differs between any two.
std::string UnitText(v1::CalendarUnit unit, absl::Time time, const absl::TimeZone& zone) {
  const absl::CivilDay day = absl::ToCivilDay(time, zone);
  switch (unit) {
    case v1::CALENDAR_UNIT_DAY:
      return absl::FormatCivilTime(day);
    case v1::CALENDAR_UNIT_WEEK: {
      // Days since a Monday.
      const absl::civil_diff_t days = day - absl::CivilDay(1900, 1, 1);
      return absl::StrCat(days / 7);
    }
    case v1::CALENDAR_UNIT_MONTH:
      return absl::FormatCivilTime(absl::CivilMonth(day));
    default:
      return absl::StrCat(day.year());
  }
}

// Goes back by steps that become smaller, as long as the unit is the same.
absl::Time PlainBegin(v1::CalendarUnit unit, absl::Time now, const absl::TimeZone& zone) {
  const std::string wanted = UnitText(unit, now, zone);
  absl::Time time = now;
  for (const absl::Duration step :
       {absl::Minutes(10), absl::Seconds(10), absl::Nanoseconds(1e8), absl::Nanoseconds(1e6),
        absl::Nanoseconds(1e3), absl::Nanoseconds(1)}) {
    while (UnitText(unit, time - step, zone) == wanted) time -= step;
  }
  return time;
}

TEST(TotalsTest, UnitsOfTheCalendarBeginAsAPlainWalkBackSays) {
  // Zones that change at midnight, by half an hour, at another time, and never.
  const std::vector<std::string> zones = {"America/Sao_Paulo",   "America/Havana", "Europe/Berlin",
                                          "Australia/Lord_Howe", "Asia/Beirut",    "UTC"};
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  const absl::Time first = absl::FromCivil(absl::CivilDay(2000, 1, 1), absl::UTCTimeZone());
  v1::TotalDefinition definition;
  PolicyTotal total;
  total.definition = &definition;
  for (const std::string& name : zones) {
    total.time_zone = Zone(name);
    std::vector<absl::Time> instants;
    for (int i = 0; i < 12; ++i) {
      instants.push_back(first +
                         absl::Nanoseconds(1) * std::uniform_int_distribution<int64_t>(
                                                    0, int64_t{600'000'000'000'000'000})(random));
    }
    // Around changes of the zone too, to the nanosecond.
    absl::TimeZone::CivilTransition change;
    absl::Time after = instants[0];
    for (int i = 0; i < 4 && total.time_zone.NextTransition(after, &change); ++i) {
      after = absl::FromCivil(change.to, total.time_zone);
      for (const absl::Duration shift :
           {-absl::Nanoseconds(1), absl::ZeroDuration(), absl::Hours(1), absl::Hours(30)}) {
        instants.push_back(after + shift);
      }
    }
    for (const absl::Time now : instants) {
      for (int unit = v1::CALENDAR_UNIT_DAY; unit <= v1::CALENDAR_UNIT_MONTH; ++unit) {
        definition.set_calendar_unit(static_cast<v1::CalendarUnit>(unit));
        EXPECT_EQ(total.WindowBegin(now),
                  PlainBegin(definition.calendar_unit(), now, total.time_zone))
            << name << " " << now << " " << v1::CalendarUnit_Name(definition.calendar_unit());
      }
    }
  }
}

TEST(TotalsTest, WindowsAreHalfOpen) {
  v1::TotalDefinition definition;
  PolicyTotal total;
  total.definition = &definition;
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(total.WindowBegin(now), absl::InfinitePast());
  definition.set_days(30);
  EXPECT_EQ(total.WindowBegin(now), now - absl::Hours(720) + absl::Nanoseconds(1));
  definition.mutable_duration()->set_nanos(1);
  EXPECT_EQ(total.WindowBegin(now), now);
  definition.mutable_duration()->set_seconds(300'000'000'000);
  EXPECT_EQ(total.WindowBegin(now), absl::InfinitePast());
  definition.set_calendar_unit(v1::CALENDAR_UNIT_YEAR);
  EXPECT_EQ(total.WindowBegin(now),
            absl::FromCivil(absl::CivilDay(2023, 1, 1), absl::UTCTimeZone()));
  EXPECT_EQ(total.WindowBegin(total.WindowBegin(now)), total.WindowBegin(now));
}

// ---- Reading ----

v1::Money Euros(int64_t cents, absl::string_view code = "EUR") {
  v1::Money money;
  money.set_units(cents);
  money.set_currency_code(std::string(code));
  return money;
}

// An order to refund 30 EUR of, with "refunds_30d" of 80 EUR and 7 USD given, and 110 EUR asked.
v1::DecisionInput RefundInput() {
  v1::DecisionInput input;
  v1::OrderDecisionInput& arm = *input.mutable_order();
  arm.mutable_command()->mutable_refund_order()->set_order_id("o1");
  arm.mutable_now()->set_seconds(1'700'000'000);
  arm.mutable_order()->set_order_id("o1");
  *arm.mutable_assessment()->mutable_refund_amount() = Euros(3'000);
  arm.mutable_totals()->set_currency_code("EUR");
  v1::Total& total = *arm.mutable_totals()->add_totals();
  total.set_name("refunds_30d");
  total.set_asked_count(4);
  total.set_given_count(3);
  *total.add_asked() = Euros(11'000);
  *total.add_given() = Euros(8'000);
  *total.add_given() = Euros(700, "USD");
  return input;
}

v1::Decision Decide(absl::string_view condition, const v1::DecisionInput& input) {
  const PolicyResult result = Policy::FromText(PackText(kRefunds, "RefundOrder", condition), "");
  EXPECT_NE(result.policy, nullptr) << rules::FormatIssues(result.issues);
  return result.policy->Decide(input).value();
}

TEST(TotalsTest, RulesReadSumsAndCounts) {
  const v1::DecisionInput input = RefundInput();
  const auto holds = [&input](absl::string_view condition) {
    const v1::Decision decision = Decide(condition, input);
    EXPECT_NE(decision.rules(0).result(), v1::RuleTrace::RESULT_ERROR)
        << condition << ": " << decision.rules(0).error();
    return decision.outcome() == v1::POLICY_OUTCOME_REFUSE;
  };
  EXPECT_TRUE(holds("totals.given('refunds_30d') == money('80 EUR')"));
  EXPECT_TRUE(holds("totals.asked('refunds_30d') == money('110 EUR')"));
  EXPECT_TRUE(holds("totals.given('refunds_30d', 'USD') == money('7 USD')"));
  EXPECT_TRUE(holds("totals.given('refunds_30d', 'JPY') == money('0 JPY')"));
  EXPECT_TRUE(holds("totals.asked('refunds_30d', 'USD') == money('0 USD')"));
  EXPECT_TRUE(holds("totals.given_count('refunds_30d') == 3"));
  EXPECT_TRUE(holds("totals.asked_count('refunds_30d') == 4"));
  EXPECT_TRUE(holds("totals.has_total('refunds_30d')"));
  EXPECT_TRUE(holds(kLimit));
  EXPECT_FALSE(holds("totals.given('refunds_30d') + assessment.refund_amount > money('110 EUR')"));
}

TEST(TotalsTest, AMissingTotalOrCurrencyRefuses) {
  v1::DecisionInput input = RefundInput();
  const auto error = [&input](absl::string_view condition) {
    const v1::Decision decision = Decide(condition, input);
    EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
    return decision.rules(0).error();
  };
  EXPECT_THAT(error("totals.given('refunds_30d') > money('1 USD')"),
              HasSubstr("MONEY_CURRENCY_MISMATCH"));
  input.mutable_order()->mutable_totals()->clear_currency_code();
  EXPECT_THAT(error("totals.given('refunds_30d') > money('1 EUR')"), HasSubstr("TOTAL_CURRENCY"));
  EXPECT_EQ(error("totals.given('refunds_30d', 'EUR') > money('1 EUR')"), "");
  input.mutable_order()->clear_totals();
  EXPECT_THAT(error("totals.given('refunds_30d') > money('1 EUR')"), HasSubstr("TOTAL_ABSENT"));
  EXPECT_THAT(error("totals.given_count('refunds_30d') > 1"), HasSubstr("TOTAL_ABSENT"));
  const v1::Decision decision =
      Decide("totals.has_total('refunds_30d') && totals.given_count('refunds_30d') > 1", input);
  EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_ALLOW);
}

TEST(TotalsTest, ATraceShowsWhatWasReadAndTheSum) {
  const v1::Decision decision = Decide(kLimit, RefundInput());
  ASSERT_EQ(decision.rules(0).conjuncts_size(), 1);
  const v1::ConjunctTrace& conjunct = decision.rules(0).conjuncts(0);
  std::vector<std::string> reads;
  for (const v1::ValueRead& read : conjunct.reads()) {
    reads.push_back(absl::StrCat(read.path(), " = ", read.value()));
  }
  EXPECT_THAT(
      reads,
      ElementsAre("totals.given('refunds_30d') = 80.00 EUR", "assessment.refund_amount = 30.00 EUR",
                  "totals.given('refunds_30d') + assessment.refund_amount = 110.00 EUR"));
  EXPECT_EQ(conjunct.counterfactual(),
            "totals.given('refunds_30d') + assessment.refund_amount <= money('100 EUR')");
}

}  // namespace
}  // namespace frontdesk
