// The checks of hit policies at load, approvals and traces under them, and texts for people.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace hit_policy_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeInput;
using testing::MustCompile;
using testing::MustDecide;

// A set with the rules a (total_units > 1) and b (total_units > 2), each with the output `rate`.
std::string TwoRules(absl::string_view head, absl::string_view rate_a, absl::string_view rate_b) {
  return absl::StrCat(R"(id: "s" default_outcome: POLICY_OUTCOME_REFUSE )", head, R"(
rules { id: "a" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "order.total_units > 1" )",
                      rate_a, R"( }
rules { id: "b" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "order.total_units > 2" )",
                      rate_b, " }\n");
}

std::string Rate(absl::string_view expression) {
  return absl::StrCat("outputs { name: \"rate\" expression: \"", expression, "\" }");
}

// "REASON at field" of each error.
std::vector<std::string> Errors(absl::string_view text, CompileOptions options = {}) {
  options.file = "s.textproto";
  const CompileResult compiled = CompileText(text, bakery::Input::descriptor(), options);
  std::vector<std::string> errors;
  for (const v1::Issue& issue : compiled.issues) {
    if (issue.severity() != v1::Issue::SEVERITY_ERROR) continue;
    EXPECT_GT(issue.line(), 0) << issue.DebugString();
    errors.push_back(absl::StrCat(issue.reason(), " at ", issue.field()));
  }
  return errors;
}

TEST(HitPolicy, NamesWhatDoesNotFitAtItsPlace) {
  const std::string one = Rate("1"), two = Rate("2");
  const std::string order = "output_orders { name: 'rate' values: ['1', '2'] }";
  EXPECT_THAT(Errors(TwoRules("hit_policy: HIT_POLICY_UNIQUE aggregator: HIT_AGGREGATOR_SUM "
                              "aggregate_output: 'rate'",
                              one, two)),
              ElementsAre("RULE_SET_AGGREGATOR_UNEXPECTED at aggregator"));
  EXPECT_THAT(Errors(TwoRules("hit_policy: HIT_POLICY_COLLECT aggregate_output: 'rate'", one, two)),
              ElementsAre("RULE_SET_AGGREGATOR_UNEXPECTED at aggregate_output"));
  EXPECT_THAT(
      Errors(TwoRules("hit_policy: HIT_POLICY_COLLECT aggregator: HIT_AGGREGATOR_MIN", one, two)),
      ElementsAre("RULE_SET_AGGREGATE_OUTPUT_MISSING at aggregator"));
  EXPECT_THAT(Errors(TwoRules("hit_policy: HIT_POLICY_COLLECT aggregator: HIT_AGGREGATOR_MIN "
                              "aggregate_output: 'rate'",
                              one, "")),
              ElementsAre("RULE_OUTPUT_MISSING at rules[1].outputs"));
  EXPECT_THAT(Errors(TwoRules("hit_policy: HIT_POLICY_PRIORITY", one, two)),
              ElementsAre("RULE_SET_OUTPUT_ORDER_MISSING at hit_policy"));
  EXPECT_THAT(Errors(TwoRules(absl::StrCat("hit_policy: HIT_POLICY_ANY ", order), one, two)),
              ElementsAre("RULE_SET_OUTPUT_ORDER_UNEXPECTED at output_orders"));
  EXPECT_THAT(
      Errors(TwoRules("hit_policy: HIT_POLICY_PRIORITY output_orders { name: 'rate' }", one, two)),
      ElementsAre("RULE_SET_OUTPUT_ORDER_EMPTY at output_orders[0].values",
                  "RULE_OUTPUT_UNRANKED at rules[0].outputs[0].expression",
                  "RULE_OUTPUT_UNRANKED at rules[1].outputs[0].expression"));
  EXPECT_THAT(Errors(TwoRules("hit_policy: HIT_POLICY_COLLECT aggregator: 9 "
                              "aggregate_output: 'rate'",
                              one, two)),
              ElementsAre("RULE_SET_AGGREGATOR_UNKNOWN at aggregator"));
}

TEST(HitPolicy, NamesValuesWithoutAPlace) {
  const auto errors = [](absl::string_view orders, absl::string_view a, absl::string_view b) {
    return Errors(
        TwoRules(absl::StrCat("hit_policy: HIT_POLICY_OUTPUT_ORDER ", orders), Rate(a), Rate(b)));
  };
  const std::string order = "output_orders { name: 'rate' values: ['1', '2'] }";
  EXPECT_THAT(errors(order, "1", "1 + 1"), IsEmpty());
  EXPECT_THAT(errors(order, "1", "3"),
              ElementsAre("RULE_OUTPUT_UNRANKED at rules[1].outputs[0].expression"));
  EXPECT_THAT(errors(order, "1", "order.total_units"), IsEmpty());
  EXPECT_THAT(errors(absl::StrCat(order, order), "1", "2"),
              ElementsAre("RULE_SET_OUTPUT_ORDER_NAME at output_orders[1].name"));
  EXPECT_THAT(errors("output_orders { name: 'other' values: ['1'] }", "1", "2"),
              ElementsAre("RULE_SET_OUTPUT_ORDER_NAME at output_orders[0].name"));
  EXPECT_THAT(errors("output_orders { name: 'rate' values: ['1', '2', '2 - 1'] }", "1", "2"),
              ElementsAre("RULE_SET_OUTPUT_ORDER_DUPLICATE at output_orders[0].values[2]"));
  EXPECT_THAT(errors("output_orders { name: 'rate' values: ['1', 'order.total_units'] }", "1", "2"),
              ElementsAre("RULE_SET_OUTPUT_ORDER_VALUE at output_orders[0].values[1]"));
  EXPECT_THAT(errors("output_orders { name: 'rate' values: ['1', '2.0'] }", "1", "2"),
              ElementsAre("RULE_SET_OUTPUT_ORDER_VALUE at output_orders[0].values[1]"));
}

TEST(HitPolicy, LimitsOrders) {
  CompileOptions options;
  options.limits.max_output_values = 1;
  const std::string head =
      "hit_policy: HIT_POLICY_PRIORITY output_orders { name: 'rate' values: ['1', '2'] }";
  EXPECT_THAT(Errors(TwoRules(head, Rate("1"), Rate("2")), options),
              ElementsAre("RULE_SET_LIMIT_OUTPUT_ORDERS at output_orders[0].values"));
}

TEST(HitPolicy, AggregatesTypesThatItCan) {
  const auto errors = [](absl::string_view aggregator, absl::string_view rate,
                         absl::string_view more = "") {
    return Errors(
        TwoRules(absl::StrCat("hit_policy: HIT_POLICY_COLLECT aggregate_output: 'rate' aggregator: "
                              "HIT_AGGREGATOR_",
                              aggregator, " ", more),
                 Rate(rate), Rate(rate)));
  };
  const std::string type = "RULE_SET_AGGREGATE_TYPE at aggregator";
  EXPECT_THAT(errors("SUM", "'text'"), ElementsAre(type));
  EXPECT_THAT(errors("SUM", "true"), ElementsAre(type));
  EXPECT_THAT(errors("SUM", "now"), ElementsAre(type));
  EXPECT_THAT(errors("MIN", "true"), ElementsAre(type));
  EXPECT_THAT(errors("MAX", "'text'"), IsEmpty());
  EXPECT_THAT(errors("COUNT", "true"), IsEmpty());
  EXPECT_THAT(errors("COUNT", "1", "default_outputs { name: 'rate' expression: '1' }"),
              ElementsAre("RULE_SET_AGGREGATE_DEFAULT at default_outputs[0].name"));
}

TEST(HitPolicy, CountsAreWholeNumbersWhateverTheyCount) {
  const auto set =
      MustCompile(TwoRules("hit_policy: HIT_POLICY_COLLECT aggregate_output: 'rate' "
                           "aggregator: HIT_AGGREGATOR_COUNT",
                           Rate("'a'"), Rate("'b'")));
  ASSERT_EQ(set->output_kinds().size(), 1u);
  EXPECT_EQ(set->output_kinds()[0].value_case, v1::OutputValue::kIntValue);
  EXPECT_EQ(MustDecide(*set, MakeInput("")).aggregate().int_value(), 0);
  EXPECT_EQ(MustDecide(*set, MakeInput("order { total_units: 3 }")).aggregate().int_value(), 2);
}

// A HOLD rule h, and a rule that allows.
std::string WithHold(absl::string_view head) {
  return absl::StrCat(R"(id: "s" default_outcome: POLICY_OUTCOME_REFUSE )", head, R"(
rules { id: "h" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "R" authority: "boss"
  condition: "order.total_units > 1" outputs { name: "rate" expression: "1" } }
rules { id: "a" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "order.express"
  outputs { name: "rate" expression: "1" } })");
}

std::string Decided(const v1::Decision& decision) {
  std::string text = v1::PolicyOutcome_Name(decision.outcome()).substr(15);
  for (const std::string& id : decision.fired_rule_ids()) absl::StrAppend(&text, " ", id);
  for (const v1::RuleHit& hit : decision.hits()) absl::StrAppend(&text, " hit:", hit.rule_id());
  if (decision.has_hit_policy_error()) {
    absl::StrAppend(&text, " ", decision.hit_policy_error().reason());
  }
  return text;
}

TEST(HitPolicy, CountsAnApprovedHoldAsOneThatAllows) {
  DecideOptions approved;
  approved.granted_authorities = {"boss"};
  const bakery::Input held = MakeInput("order { total_units: 2 }");
  const bakery::Input both = MakeInput("order { total_units: 2 express: true }");
  const auto unique = MustCompile(WithHold("hit_policy: HIT_POLICY_UNIQUE"));
  EXPECT_EQ(Decided(MustDecide(*unique, held)), "HOLD h hit:h");
  EXPECT_EQ(Decided(MustDecide(*unique, held, approved)), "ALLOW h hit:h");
  EXPECT_EQ(FindRule(MustDecide(*unique, held, approved), "h")->result(),
            v1::RuleTrace::RESULT_APPROVED);
  EXPECT_EQ(Decided(MustDecide(*unique, both, approved)),
            "REFUSE hit:h hit:a POLICY_UNIQUE_VIOLATED");
  // An approval does not hide that two rules differ.
  const auto any = MustCompile(WithHold("hit_policy: HIT_POLICY_ANY"));
  EXPECT_EQ(Decided(MustDecide(*any, both, approved)), "REFUSE hit:h hit:a POLICY_ANY_VIOLATED");
  const auto order = MustCompile(WithHold("hit_policy: HIT_POLICY_RULE_ORDER"));
  EXPECT_EQ(Decided(MustDecide(*order, both)), "HOLD h hit:h hit:a");
  EXPECT_EQ(Decided(MustDecide(*order, both, approved)), "ALLOW h a hit:h hit:a");
}

TEST(HitPolicy, ADetailThatErrsMakesItsRuleErr) {
  const auto set = MustCompile(TwoRules(
      "hit_policy: HIT_POLICY_RULE_ORDER",
      absl::StrCat(Rate("1"), " details { name: 'd' expression: '1 / (order.total_units - 2)' }"),
      Rate("2")));
  EXPECT_EQ(Decided(MustDecide(*set, MakeInput("order { total_units: 3 }"))),
            "ALLOW a b hit:a hit:b");
  const v1::Decision errs = MustDecide(*set, MakeInput("order { total_units: 2 }"));
  EXPECT_EQ(Decided(errs), "REFUSE a");
  EXPECT_EQ(DecisionReasons(errs)[0].reason, "POLICY_ERROR");
  EXPECT_THAT(errs.outputs(), IsEmpty());
}

TEST(HitPolicy, ADefaultThatErrsLeavesNoCount) {
  const auto set = MustCompile(TwoRules(
      "hit_policy: HIT_POLICY_COLLECT aggregate_output: 'rate' aggregator: HIT_AGGREGATOR_COUNT "
      "default_outputs { name: 'share' expression: '1 / order.total_units' }",
      Rate("1"), Rate("2")));
  const v1::Decision fine = MustDecide(*set, MakeInput("order { total_units: 1 }"));
  EXPECT_EQ(fine.outputs_size(), 2);
  const v1::Decision errs = MustDecide(*set, MakeInput(""));
  EXPECT_EQ(DecisionReasons(errs)[0].reason, "POLICY_ERROR");
  EXPECT_FALSE(errs.has_aggregate());
  EXPECT_THAT(errs.outputs(), IsEmpty());
}

TEST(HitPolicy, TextsNameTheRulesAndTheValues) {
  const auto any = MustCompile(TwoRules("hit_policy: HIT_POLICY_ANY", Rate("5"), Rate("7")));
  const v1::Decision differ = MustDecide(*any, MakeInput("order { total_units: 3 }"));
  EXPECT_EQ(differ.hit_policy_error().text(),
            "rules 'a' and 'b' match, and the hit policy ANY allows equal results only; they "
            "differ in output rate: 5 ('a') and 7 ('b')");
  EXPECT_THAT(differ.hit_policy_error().output_names(), ElementsAre("rate"));
  const std::string text = FormatDecision(differ);
  EXPECT_THAT(text, HasSubstr("It is refused: POLICY_ANY_VIOLATED\n"));
  EXPECT_THAT(text, HasSubstr("Rules that match:\n  rule a: rate = 5\n  rule b: rate = 7\n"));
  EXPECT_THAT(text, HasSubstr("Why:\n  rule a "));
  const auto unique = MustCompile(TwoRules("hit_policy: HIT_POLICY_UNIQUE", Rate("5"), ""));
  EXPECT_EQ(MustDecide(*unique, MakeInput("order { total_units: 3 }")).hit_policy_error().text(),
            "rules 'a' and 'b' match, and the hit policy UNIQUE allows one");
  const auto sum =
      MustCompile(TwoRules("hit_policy: HIT_POLICY_COLLECT aggregate_output: 'rate' "
                           "aggregator: HIT_AGGREGATOR_SUM",
                           Rate("5"), Rate("7")));
  EXPECT_THAT(FormatDecision(MustDecide(*sum, MakeInput("order { total_units: 3 }"))),
              HasSubstr("Computed:\n  rate = 12 (aggregate)\n\nHits:\n  rule a: rate = 5\n"));
}

TEST(HitPolicy, HashesDifferByOrderAndAggregator) {
  const auto hash = [](absl::string_view head) {
    return MustCompile(TwoRules(head, Rate("1"), Rate("2")))->hash();
  };
  const std::string policy = "hit_policy: HIT_POLICY_PRIORITY ";
  EXPECT_NE(hash(policy + "output_orders { name: 'rate' values: ['1', '2'] }"),
            hash(policy + "output_orders { name: 'rate' values: ['2', '1'] }"));
}

}  // namespace
}  // namespace hit_policy_tests
}  // namespace rules
}  // namespace frontdesk
