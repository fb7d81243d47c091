// The outcomes of hit policies, holds, defaults, effective times and errors.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/rule_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeInput;
using testing::MustCompile;
using testing::MustDecide;
using ::testing::SizeIs;

// A rule set in shorthand, "Rt At Hf:boss", one word a rule, in order. A word has the outcome (A, R, H), the value of the
// condition (t, f, e), and for H the authority. A trailing d gives the rule a detail that errs.
std::string SetText(const std::string& shorthand, const std::string& hit_policy,
                    const std::string& default_outcome) {
  std::string text = absl::StrCat("id: 'set' hit_policy: ", hit_policy, "\n");
  if (!default_outcome.empty()) absl::StrAppend(&text, "default_outcome: ", default_outcome, "\n");
  int order = 0;
  for (const absl::string_view word : absl::StrSplit(shorthand, ' ', absl::SkipEmpty())) {
    ++order;
    const std::vector<std::string> parts = absl::StrSplit(word, ':');
    const char says = parts[0][0];
    const char comes_to = parts[0][1];
    absl::StrAppend(&text, "rules { id: 'r", order, "' order: ", order, " outcome: POLICY_OUTCOME_",
                    says == 'A'   ? "ALLOW"
                    : says == 'R' ? "REFUSE"
                                  : "HOLD",
                    " reason: 'R", order, "' condition: '",
                    comes_to == 't'   ? "order.total_units == 0"
                    : comes_to == 'f' ? "order.total_units != 0"
                                      : "1 / order.total_units == 1",
                    "'");
    if (parts.size() > 1) absl::StrAppend(&text, " authority: '", parts[1], "'");
    if (parts[0].size() > 2)
      absl::StrAppend(&text, " details { name: 'd' expression: '1 / order.total_units' }");
    absl::StrAppend(&text, " }\n");
  }
  return text;
}

std::string OutcomeText(const v1::Decision& decision) {
  const std::string name = v1::PolicyOutcome_Name(decision.outcome());
  std::string text = name.substr(name.rfind('_') + 1);
  if (decision.by_default()) text += " default";
  for (const std::string& id : decision.fired_rule_ids()) absl::StrAppend(&text, " ", id);
  return text;
}

std::string ResultsText(const v1::Decision& decision) {
  std::vector<std::string> results;
  for (const v1::RuleTrace& rule : decision.rules()) {
    results.push_back(v1::RuleTrace::Result_Name(rule.result()).substr(7));
  }
  return absl::StrJoin(results, " ");
}

struct HitCase {
  const char* rules;
  const char* granted;
  const char* default_outcome;
  const char* outcome;  // As OutcomeText.
  const char* results;  // As ResultsText.
};

void RunCases(const std::vector<HitCase>& cases, const std::string& hit_policy) {
  for (const HitCase& test : cases) {
    SCOPED_TRACE(absl::StrCat(hit_policy, ": ", test.rules, " granted ", test.granted));
    const auto set = MustCompile(SetText(test.rules, hit_policy, test.default_outcome));
    ASSERT_NE(set, nullptr);
    DecideOptions options;
    options.granted_authorities = absl::StrSplit(test.granted, ' ', absl::SkipEmpty());
    const v1::Decision full = MustDecide(*set, MakeInput(""), options);
    EXPECT_EQ(OutcomeText(full), test.outcome);
    EXPECT_EQ(ResultsText(full), test.results);

    options.trace = TraceLevel::kFired;
    const v1::Decision brief = MustDecide(*set, MakeInput(""), options);
    EXPECT_EQ(OutcomeText(brief), test.outcome);
    ASSERT_EQ(brief.rules_size(), brief.fired_rule_ids_size());
    for (int i = 0; i < brief.rules_size(); ++i) {
      EXPECT_EQ(brief.rules(i).rule_id(), brief.fired_rule_ids(i));
      EXPECT_THAT(brief.rules(i).conjuncts(), IsEmpty());
      EXPECT_EQ(brief.rules(i).result(), FindRule(full, brief.rules(i).rule_id())->result());
    }
    const std::vector<DecisionReason> full_reasons = DecisionReasons(full);
    const std::vector<DecisionReason> brief_reasons = DecisionReasons(brief);
    ASSERT_EQ(full_reasons.size(), brief_reasons.size());
    for (size_t i = 0; i < full_reasons.size(); ++i) {
      EXPECT_EQ(full_reasons[i].reason, brief_reasons[i].reason);
      EXPECT_EQ(full_reasons[i].text, brief_reasons[i].text);
    }
  }
}

constexpr char kAllow[] = "POLICY_OUTCOME_ALLOW";
constexpr char kRefuse[] = "POLICY_OUTCOME_REFUSE";

TEST(FirstMatch, TheLowestOrderDecides) {
  RunCases(
      {
          {"", "", kAllow, "ALLOW default", ""},
          {"", "", kRefuse, "REFUSE default", ""},
          {"", "", "", "REFUSE", ""},
          {"Af", "", "", "REFUSE", "NOT_MATCHED"},
          {"Af", "", kAllow, "ALLOW default", "NOT_MATCHED"},
          {"At Rt", "", "", "ALLOW r1", "FIRED MATCHED"},
          {"Rt At", "", "", "REFUSE r1", "FIRED MATCHED"},
          // Every refusing rule before the first that allows is reported.
          {"Rt Rt Rf Rt At Rt", "", "", "REFUSE r1 r2 r4",
           "FIRED FIRED NOT_MATCHED FIRED MATCHED MATCHED"},
          {"Rt Af Rt", "", "", "REFUSE r1 r3", "FIRED NOT_MATCHED FIRED"},
          {"Rt Ht:boss Rt", "", "", "REFUSE r1 r3", "FIRED MATCHED FIRED"},
          {"Ht:boss Rt At", "", "", "HOLD r1", "FIRED MATCHED MATCHED"},
          {"Hf:boss Rt", "", "", "REFUSE r2", "NOT_MATCHED FIRED"},
          // An approved hold is passed over; alone, it allows.
          {"Ht:boss Rt At", "boss", "", "REFUSE r2", "APPROVED FIRED MATCHED"},
          {"Ht:boss At", "boss", "", "ALLOW r2", "APPROVED FIRED"},
          {"Ht:boss Ht:chief", "boss", "", "HOLD r2", "APPROVED FIRED"},
          {"Ht:boss Ht:chief", "boss chief", "", "ALLOW r1 r2", "APPROVED APPROVED"},
          {"Ht:boss", "boss", kRefuse, "ALLOW r1", "APPROVED"},
          {"Ht:boss", "chief", "", "HOLD r1", "FIRED"},
          {"Hf:boss", "boss", "", "REFUSE", "NOT_MATCHED"},
      },
      "HIT_POLICY_FIRST");
}

TEST(FirstMatch, AnErrorBeforeTheDecidingRuleRefuses) {
  RunCases(
      {
          {"Ae At", "", "", "REFUSE r1", "ERROR MATCHED"},
          {"At Ae", "", "", "ALLOW r1", "FIRED ERROR"},
          {"Re", "", kAllow, "REFUSE r1", "ERROR"},
          {"He:boss At", "boss", "", "REFUSE r1", "ERROR MATCHED"},
          {"Ae Rt At Rt", "", "", "REFUSE r1 r2", "ERROR FIRED MATCHED MATCHED"},
          {"Rt Re Rt", "", "", "REFUSE r1 r3", "FIRED ERROR FIRED"},
          {"Rf Af Ae", "", "", "REFUSE r3", "NOT_MATCHED NOT_MATCHED ERROR"},
      },
      "HIT_POLICY_FIRST");
}

TEST(FirstMatch, ADetailThatErrsMakesItsRuleErr) {
  RunCases(
      {
          {"Atd", "", "", "REFUSE r1", "ERROR"},
          {"Atd Rt", "", "", "REFUSE r1", "ERROR MATCHED"},
          {"Rtd Rt", "", "", "REFUSE r1 r2", "ERROR FIRED"},
          {"Rt Rtd", "", "", "REFUSE r1", "FIRED ERROR"},
          {"Htd:boss At", "", "", "REFUSE r1", "ERROR MATCHED"},
          // Details are evaluated only when the rule fires.
          {"At Rtd", "", "", "ALLOW r1", "FIRED MATCHED"},
          {"Htd:boss At", "boss", "", "ALLOW r2", "APPROVED FIRED"},
          {"Afd At", "", "", "ALLOW r2", "NOT_MATCHED FIRED"},
      },
      "HIT_POLICY_FIRST");
}

TEST(AllMatches, RefuseBeatsHoldBeatsAllow) {
  RunCases(
      {
          {"", "", "", "REFUSE", ""},
          {"Af", "", kAllow, "ALLOW default", "NOT_MATCHED"},
          {"At At", "", "", "ALLOW r1 r2", "FIRED FIRED"},
          {"At Ht:boss At", "", "", "HOLD r2", "MATCHED FIRED MATCHED"},
          {"At Ht:boss Rt Rt", "", "", "REFUSE r3 r4", "MATCHED MATCHED FIRED FIRED"},
          {"At Ht:boss Ht:chief", "", "", "HOLD r2 r3", "MATCHED FIRED FIRED"},
          {"At Ht:boss Ht:chief", "boss", "", "HOLD r3", "MATCHED APPROVED FIRED"},
          {"At Ht:boss", "boss", "", "ALLOW r1", "FIRED APPROVED"},
          {"Ht:boss", "boss", "", "ALLOW r1", "APPROVED"},
          {"Ht:boss Rt", "boss", "", "REFUSE r2", "APPROVED FIRED"},
      },
      "HIT_POLICY_ALL");
}

TEST(AllMatches, AnyErrorRefuses) {
  RunCases(
      {
          {"At Ae", "", "", "REFUSE r2", "MATCHED ERROR"},
          {"Rt Ae Rt", "", "", "REFUSE r1 r2 r3", "FIRED ERROR FIRED"},
          {"Ht:boss He:boss", "boss", "", "REFUSE r2", "APPROVED ERROR"},
          {"At Atd", "", "", "REFUSE r2", "MATCHED ERROR"},
          {"Ht:boss Htd:boss At", "", "", "REFUSE r2", "MATCHED ERROR MATCHED"},
          {"Rt Rtd", "", "", "REFUSE r1 r2", "FIRED ERROR"},
          {"Rt Atd", "", "", "REFUSE r1", "FIRED MATCHED"},
      },
      "HIT_POLICY_ALL");
}

TEST(Decide, OrderIsANumberAndNotThePlaceInTheText) {
  const auto set = MustCompile(R"(
    id: 'set'
    rules { id: 'late' order: 10 condition: 'true' outcome: POLICY_OUTCOME_REFUSE reason: 'LATE' }
    rules { id: 'early' order: -3 condition: 'true' outcome: POLICY_OUTCOME_ALLOW }
  )");
  const v1::Decision decision = MustDecide(*set, MakeInput(""));
  EXPECT_THAT(decision.fired_rule_ids(), ElementsAre("early"));
  EXPECT_EQ(decision.rules(0).rule_id(), "early");
  EXPECT_EQ(decision.rules(1).rule_id(), "late");
}

TEST(Decide, RulesCountFromTheirFirstInstantToBeforeTheirLast) {
  const auto set = MustCompile(R"(
    id: 'set' default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: 'dated' order: 1 condition: 'true' outcome: POLICY_OUTCOME_REFUSE reason: 'DATED'
      effective_time { seconds: 100 } expire_time { seconds: 200 nanos: 5 }
    }
  )");
  const auto decide = [&set](absl::Time now) {
    DecideOptions options;
    options.now = now;
    return MustDecide(*set, MakeInput(""), options);
  };
  const absl::Time from = absl::FromUnixSeconds(100);
  const absl::Time to = absl::FromUnixSeconds(200) + absl::Nanoseconds(5);
  EXPECT_EQ(decide(from - absl::Nanoseconds(1)).outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_EQ(decide(from - absl::Nanoseconds(1)).rules(0).result(),
            v1::RuleTrace::RESULT_NOT_IN_EFFECT);
  EXPECT_EQ(decide(from).outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(decide(to - absl::Nanoseconds(1)).outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(decide(to).outcome(), v1::POLICY_OUTCOME_ALLOW);
}

TEST(Decide, ReasonsNameTheDecidingRulesOrTheDefault) {
  DecideOptions options;
  const auto none = MustCompile(SetText("Af", "HIT_POLICY_FIRST", ""));
  std::vector<DecisionReason> reasons = DecisionReasons(MustDecide(*none, MakeInput("")));
  ASSERT_THAT(reasons, SizeIs(1));
  EXPECT_EQ(reasons[0].reason, "POLICY_NO_RULE");
  EXPECT_EQ(reasons[0].rule_id, "");

  const auto refusing = MustCompile(SetText("Af", "HIT_POLICY_FIRST", kRefuse));
  reasons = DecisionReasons(MustDecide(*refusing, MakeInput("")));
  ASSERT_THAT(reasons, SizeIs(1));
  EXPECT_EQ(reasons[0].reason, "POLICY_DEFAULT");

  const auto allowing = MustCompile(SetText("Af", "HIT_POLICY_FIRST", kAllow));
  EXPECT_THAT(DecisionReasons(MustDecide(*allowing, MakeInput(""))), IsEmpty());

  const auto erring = MustCompile(SetText("Ae Rt", "HIT_POLICY_FIRST", ""));
  reasons = DecisionReasons(MustDecide(*erring, MakeInput("")));
  ASSERT_THAT(reasons, SizeIs(2));
  EXPECT_EQ(reasons[0].reason, "POLICY_ERROR");
  EXPECT_EQ(reasons[0].rule_id, "r1");
  EXPECT_EQ(reasons[1].reason, "R2");

  const auto holding = MustCompile(SetText("Ht:boss", "HIT_POLICY_FIRST", ""));
  reasons = DecisionReasons(MustDecide(*holding, MakeInput("")));
  ASSERT_THAT(reasons, SizeIs(1));
  EXPECT_EQ(reasons[0].authority, "boss");
}

TEST(Decide, RulesHandOutDetails) {
  const auto set = MustCompile(R"cel(
    id: 'set'
    rules {
      id: 'r1' order: 1 condition: 'true' outcome: POLICY_OUTCOME_REFUSE reason: 'R1'
      details { name: 'order_id' expression: 'order.order_id' }
      details { name: 'missing' expression: '100 - order.total_units' }
      details { name: 'state' expression: 'order.state' }
      details { name: 'products' expression: 'order.lines.map(line, line.product_id)' }
      details { name: 'until' expression: 'order.delivered_time + duration("24h")' }
      details { name: 'gold' expression: 'customer.tier == Tier.TIER_GOLD' }
      details { name: 'said' expression: '"It\'s " + order.order_id' }
    }
  )cel");
  const v1::Decision decision = MustDecide(*set, MakeInput(R"(
    order { order_id: 'o-1' total_units: 30 state: STATE_BAKED delivered_time { seconds: 0 }
            lines { product_id: 'bun' } lines { product_id: 'tart' } })"));
  std::vector<std::string> details;
  for (const v1::DetailValue& detail : decision.rules(0).details()) {
    details.push_back(absl::StrCat(detail.name(), "=", detail.value()));
  }
  EXPECT_THAT(details, ElementsAre("order_id=o-1", "missing=70", "state=Order.State.STATE_BAKED",
                                   "products=[\"bun\", \"tart\"]",
                                   "until=timestamp(\"1970-01-02T00:00:00Z\")", "gold=false",
                                   "said=It's o-1"));
}

TEST(Decide, AConjunctThatErrsDoesNotMatterWhenAnotherOneDoesNotHold) {
  const auto set = testing::OneRule("1 / order.total_units == 1 && order.express");
  EXPECT_EQ(MustDecide(*set, MakeInput("")).outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_EQ(MustDecide(*set, MakeInput("order { express: true }")).outcome(),
            v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(MustDecide(*set, MakeInput("order { express: true }")).rules(0).result(),
            v1::RuleTrace::RESULT_ERROR);
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
