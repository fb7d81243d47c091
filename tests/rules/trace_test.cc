// The trace of each rule: conjuncts, values read, errors, limits.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/rules/rule_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeInput;
using testing::MustDecide;
using testing::OneRule;

// "text=RESULT" of each conjunct.
std::vector<std::string> Conjuncts(const v1::RuleTrace& rule) {
  std::vector<std::string> conjuncts;
  for (const v1::ConjunctTrace& conjunct : rule.conjuncts()) {
    conjuncts.push_back(absl::StrCat(conjunct.text(), "=",
                                     v1::ConjunctTrace::Result_Name(conjunct.result()).substr(7)));
  }
  return conjuncts;
}

// "path=value" of each value read.
std::vector<std::string> Reads(const v1::ConjunctTrace& conjunct) {
  std::vector<std::string> reads;
  for (const v1::ValueRead& read : conjunct.reads())
    reads.push_back(absl::StrCat(read.path(), "=", read.value()));
  return reads;
}

v1::RuleTrace Trace(const std::string& condition, const std::string& input,
                    const CompileOptions& options = {}) {
  const auto set = OneRule(condition, options);
  if (set == nullptr) return {};
  return MustDecide(*set, MakeInput(input)).rules(0);
}

constexpr char kInput[] = R"(
  order {
    order_id: 'o1' state: STATE_BAKED total_units: 100 express: true weight: 1.5
    lines { product_id: 'bun' quantity: 2 } lines { product_id: 'tart' quantity: 5 }
    delivered_time { seconds: 1000 } baking_time { seconds: 90 } labels { key: 'a' value: 'x' }
    past_states: [STATE_PLACED, STATE_BAKED] box { label: 'b' weight_grams: 3 }
  }
  customer { tier: TIER_GOLD address { country_code: 'CH' } })";

TEST(Trace, ShowsConjunctsUpToTheOneThatStoppedTheRule) {
  EXPECT_THAT(
      Conjuncts(Trace("order.express && (order.total_units > 10 && order.weight > 1.0)", kInput)),
      ElementsAre("order.express=TRUE", "order.total_units > 10=TRUE", "order.weight > 1.0=TRUE"));
  const v1::RuleTrace stopped =
      Trace("order.express && order.total_units > 1000 && order.weight > 1.0", kInput);
  EXPECT_EQ(stopped.result(), v1::RuleTrace::RESULT_NOT_MATCHED);
  EXPECT_THAT(Conjuncts(stopped),
              ElementsAre("order.express=TRUE", "order.total_units > 1000=FALSE"));
}

TEST(Trace, ShowsErrorsWithoutStoppingAtThem) {
  const v1::RuleTrace erring =
      Trace("order.express && 1 / (order.total_units - 100) == 1 && order.weight > 1.0", kInput);
  EXPECT_EQ(erring.result(), v1::RuleTrace::RESULT_ERROR);
  EXPECT_THAT(Conjuncts(erring),
              ElementsAre("order.express=TRUE", "1 / (order.total_units - 100) == 1=ERROR",
                          "order.weight > 1.0=TRUE"));
  EXPECT_THAT(erring.conjuncts(1).error(), HasSubstr("CEL_DIVISION_BY_ZERO"));
  EXPECT_THAT(erring.conjuncts(1).error(), HasSubstr("1:20"));
  EXPECT_EQ(erring.error(), erring.conjuncts(1).error());
  EXPECT_EQ(erring.conjuncts(1).counterfactual(), "");

  const v1::RuleTrace stopped =
      Trace("1 / (order.total_units - 100) == 1 && !order.express", kInput);
  EXPECT_EQ(stopped.result(), v1::RuleTrace::RESULT_NOT_MATCHED);
  EXPECT_THAT(Conjuncts(stopped),
              ElementsAre("1 / (order.total_units - 100) == 1=ERROR", "!order.express=FALSE"));
  EXPECT_EQ(stopped.error(), "");
}

TEST(Trace, ShowsTheValuesRead) {
  struct Case {
    const char* condition;
    std::vector<std::string> reads;
  };
  const Case cases[] = {
      {"order.state == Order.State.STATE_BAKED", {"order.state=Order.State.STATE_BAKED"}},
      {"customer.tier == Tier.TIER_GOLD", {"customer.tier=Tier.TIER_GOLD"}},
      {"order.total_units + 1 > 3 || order.express", {"order.total_units=100"}},
      {"order.weight > 1.0", {"order.weight=1.5"}},
      {"order.order_id == 'o1'", {"order.order_id=\"o1\""}},
      {"order.baking_time < duration('5m')", {"order.baking_time=duration(\"90s\")"}},
      {"order.delivered_time < timestamp('2024-01-01T00:00:00Z')",
       {"order.delivered_time=timestamp(\"1970-01-01T00:16:40Z\")"}},
      {"order.lines[1].quantity == 5", {"order.lines[1].quantity=5"}},
      {"order.labels['a'] == 'x'", {"order.labels[\"a\"]=\"x\""}},
      {"Order.State.STATE_PLACED in order.past_states",
       {"order.past_states=[Order.State.STATE_PLACED, Order.State.STATE_BAKED]"}},
      {"customer.address.country_code != order.order_id",
       {"customer.address.country_code=\"CH\"", "order.order_id=\"o1\""}},
      {"order.box.label == 'b'", {"order.box.label=\"b\""}},
      {"true", {}},
  };
  for (const Case& test : cases) {
    const v1::RuleTrace trace = Trace(test.condition, kInput);
    ASSERT_EQ(trace.conjuncts_size(), 1) << test.condition;
    EXPECT_EQ(trace.conjuncts(0).result(), v1::ConjunctTrace::RESULT_TRUE) << test.condition;
    EXPECT_EQ(Reads(trace.conjuncts(0)), test.reads) << test.condition;
  }
}

TEST(Trace, ShowsValuesReadInComprehensionsByTheirElement) {
  EXPECT_THAT(Reads(Trace("order.lines.exists(line, line.quantity > 3)", kInput).conjuncts(0)),
              ElementsAre("order.lines[0].quantity=2", "order.lines[1].quantity=5"));
  // Of nothing there are no elements.
  EXPECT_THAT(Reads(Trace("order.lines.exists(line, line.quantity > 3)", "order {}").conjuncts(0)),
              ElementsAre("order.lines=[]"));
  EXPECT_THAT(Reads(Trace("order.lines.exists(line, line.quantity > 3)", "").conjuncts(0)),
              ElementsAre("order.lines=not set"));
  // A variable with the name of a field, which is not set.
  EXPECT_THAT(
      Reads(Trace("[1].map(x, order).exists(customer, customer.total_units == 0)", "order {}")
                .conjuncts(0)),
      ::testing::Contains("customer.total_units=0"));
}

TEST(Trace, ShowsPresence) {
  // As the whole of a conjunct its result says it.
  EXPECT_THAT(Reads(Trace("has(order.delivered_time)", kInput).conjuncts(0)), IsEmpty());
  EXPECT_THAT(Reads(Trace("!has(order.priority)", kInput).conjuncts(0)), IsEmpty());
  EXPECT_THAT(
      Reads(Trace("order.total_units < 5 || !has(order.priority) || order.priority > 2", kInput)
                .conjuncts(0)),
      ElementsAre("order.total_units=100", "has(order.priority)=false"));
}

TEST(Trace, IsBounded) {
  CompileOptions options;
  options.limits.max_reads = 3;
  options.limits.max_value_bytes = 12;
  options.limits.max_conjunct_bytes = 20;
  options.limits.max_traced_conjuncts = 2;
  std::string input = "order { order_id: 'a-very-long-order-id-\xC3\xA9\xC3\xA9' ";
  for (int i = 0; i < 50; ++i) absl::StrAppend(&input, "lines { quantity: 1 } ");
  input += "}";
  const v1::RuleTrace reads = Trace("order.lines.all(line, line.quantity == 1)", input, options);
  ASSERT_EQ(reads.conjuncts(0).reads_size(), 4);
  EXPECT_EQ(reads.conjuncts(0).reads(3).path(), "...");
  EXPECT_EQ(reads.conjuncts(0).text(), "order.lines.all(l...");

  const v1::RuleTrace value = Trace("order.order_id != ''", input, options);
  EXPECT_LE(value.conjuncts(0).reads(0).value().size(), 12u);
  EXPECT_THAT(value.conjuncts(0).reads(0).value(), HasSubstr("..."));

  const v1::RuleTrace stopped =
      Trace("!order.express && true && order.total_units == 0 && order.weight > 0.0 && true", input,
            options);
  EXPECT_THAT(Conjuncts(stopped), ElementsAre("!order.express=TRUE", "true=TRUE", "...=UNSPECIFIED",
                                              "order.weight > 0.0=FALSE"));
}

TEST(Trace, ConjunctsOfAllRulesHaveALimitTogether) {
  v1::RuleSet source;
  source.set_id("many");
  for (int i = 0; i < 100; ++i) {
    v1::Rule* rule = source.add_rules();
    rule->set_id(absl::StrCat("r", i));
    rule->set_order(i + 1);
    rule->set_condition("order.order_id != 'x' && order.total_units < 5");
    rule->set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule->set_reason("REFUSED");
  }
  CompileOptions options;
  options.limits.max_trace_bytes = 1000;
  const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor(), options);
  ASSERT_TRUE(compiled.ok());
  const v1::Decision decision = MustDecide(*compiled.rule_set, MakeInput(kInput));
  ASSERT_EQ(decision.rules_size(), 100);
  size_t bytes = 0;
  for (const v1::RuleTrace& rule : decision.rules()) {
    EXPECT_EQ(rule.result(), v1::RuleTrace::RESULT_NOT_MATCHED);
    for (const v1::ConjunctTrace& conjunct : rule.conjuncts()) bytes += conjunct.ByteSizeLong();
  }
  EXPECT_THAT(Conjuncts(decision.rules(0)),
              ElementsAre("order.order_id != 'x'=TRUE", "order.total_units < 5=FALSE"));
  EXPECT_THAT(Conjuncts(decision.rules(99)), ElementsAre("...=UNSPECIFIED"));
  EXPECT_GT(bytes, 1000u);
  EXPECT_LT(bytes, 2000u);
}

// The number of the element is the personal one.
TEST(Trace, HidesTheNumberOfAnElementThatIsPersonal) {
  const std::string input =
      "customer { birth_year: 1 } order { lines { quantity: 5 } lines { quantity: 7 } }";
  for (const char* condition :
       {"order.lines[customer.birth_year].quantity == 7",
        "cel.bind(i, customer.birth_year, order.lines[i].quantity == 7)",
        "[1].exists(a, order.lines[customer.birth_year * a].quantity == 7)"}) {
    const v1::RuleTrace trace = Trace(condition, input);
    ASSERT_EQ(trace.conjuncts_size(), 1) << condition;
    EXPECT_EQ(trace.conjuncts(0).result(), v1::ConjunctTrace::RESULT_TRUE) << condition;
    for (const std::string& read : Reads(trace.conjuncts(0))) {
      EXPECT_EQ(read.find("[1]"), std::string::npos) << condition << ": " << read;
    }
  }
  EXPECT_THAT(
      Reads(
          Trace("order.lines[int(order.lines[0].quantity) - 4].quantity == 7", input).conjuncts(0)),
      ::testing::Contains("order.lines[1].quantity=7"));
}

TEST(Trace, IsTheSameEachTime) {
  const auto set = OneRule(
      "order.labels.exists(key, key == 'b') && order.lines.all(line, line.quantity > 0) && "
      "order.box.label != ''");
  const bakery::Input input = MakeInput(R"(
    order { labels { key: 'c' value: '1' } labels { key: 'a' value: '2' } labels { key: 'b' value: '3' }
            lines { quantity: 1 } box { label: 'x' } })");
  const std::string first = MustDecide(*set, input).SerializeAsString();
  for (int i = 0; i < 20; ++i) {
    bakery::Input copy;
    ASSERT_TRUE(copy.ParseFromString(input.SerializeAsString()));
    EXPECT_EQ(MustDecide(*set, copy).SerializeAsString(), first);
  }
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
