#include "frontdesk/rules/analysis.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/substitute.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/variables.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Rules r0, r1, … with these conditions, which all allow, unless an outcome is given.
v1::RuleSet MakeSet(const std::vector<std::string>& conditions,
                    const std::vector<v1::PolicyOutcome>& outcomes = {},
                    v1::HitPolicy hit_policy = v1::HIT_POLICY_FIRST) {
  v1::RuleSet set;
  set.set_id("set");
  set.set_hit_policy(hit_policy);
  set.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  for (size_t i = 0; i < conditions.size(); ++i) {
    v1::Rule& rule = *set.add_rules();
    rule.set_id(absl::StrCat("r", i));
    rule.set_order(static_cast<int>(i) + 1);
    rule.set_condition(conditions[i]);
    rule.set_outcome(outcomes.empty() ? v1::POLICY_OUTCOME_REFUSE : outcomes[i]);
    rule.set_reason(absl::StrCat("R", i));
    if (rule.outcome() == v1::POLICY_OUTCOME_HOLD) rule.set_authority(absl::StrCat("a", i));
  }
  return set;
}

const bakery::Price& PriceOf(const cel::Value& value, bakery::Price* copy) {
  const auto* price = dynamic_cast<const bakery::Price*>(&value.message_value());
  if (price != nullptr) return *price;
  copy->ParseFromString(value.message_value().SerializeAsString());
  return *copy;
}

// Prices of one currency have an order; eur(5) and usd(5) are constants.
CompileOptions PriceOptions() {
  CompileOptions options;
  const google::protobuf::Descriptor* type = bakery::Price::descriptor();
  options.ordered_messages = {{type->FindFieldByName("cents"), type->FindFieldByName("currency")}};
  for (const cel::Operator op : {cel::Operator::kLess, cel::Operator::kLessOrEqual,
                                 cel::Operator::kGreater, cel::Operator::kGreaterOrEqual}) {
    cel::FunctionOverload overload;
    overload.id = absl::StrCat("price", cel::OperatorName(op));
    overload.parameters = {cel::Type::Message(type), cel::Type::Message(type)};
    overload.result = cel::Type::Bool();
    overload.pure = true;
    overload.implementation = [op](absl::Span<const cel::Value> arguments,
                                   cel::ValueArena& arena) -> absl::StatusOr<cel::Value> {
      bakery::Price copies[2];
      const bakery::Price& a = PriceOf(arguments[0], &copies[0]);
      const bakery::Price& b = PriceOf(arguments[1], &copies[1]);
      if (a.currency().empty() || a.currency() != b.currency()) {
        return arena.NewError("CURRENCY", "two currencies, or none");
      }
      const bool less = a.cents() < b.cents(), equal = a.cents() == b.cents();
      return cel::Value::Bool(op == cel::Operator::kLess          ? less
                              : op == cel::Operator::kLessOrEqual ? less || equal
                              : op == cel::Operator::kGreater     ? !less && !equal
                                                                  : !less);
    };
    options.operators.emplace_back(op, std::move(overload));
  }
  for (const std::string currency : {"eur", "usd"}) {
    cel::FunctionOverload overload;
    overload.id = currency;
    overload.parameters = {cel::Type::Int()};
    overload.result = cel::Type::Message(type);
    overload.pure = true;
    overload.implementation = [currency](absl::Span<const cel::Value> arguments,
                                         cel::ValueArena& arena) -> absl::StatusOr<cel::Value> {
      bakery::Price price;
      price.set_cents(arguments[0].int_value());
      price.set_currency(currency == "eur" ? "EUR" : "USD");
      return arena.Copy(cel::Value::Message(&price));
    };
    options.functions.emplace_back(currency, std::move(overload));
  }
  return options;
}

std::shared_ptr<const RuleSet> Compile(const v1::RuleSet& set) {
  static const auto* const options = new CompileOptions(PriceOptions());
  CompileResult result = RuleSet::Compile(set, bakery::Input::descriptor(), *options);
  EXPECT_TRUE(result.ok()) << FormatIssues(result.issues) << set.DebugString();
  return result.rule_set;
}

using Variables = google::protobuf::RepeatedPtrField<v1::Variable>;

std::shared_ptr<const RuleSet> Compile(const v1::RuleSet& set, const Variables& variables) {
  CompileOptions options = PriceOptions();
  VariableTable table(variables, {bakery::Input::descriptor()}, options);
  options.variables = &table;
  CompileResult result = RuleSet::Compile(set, bakery::Input::descriptor(), options);
  EXPECT_TRUE(result.ok()) << FormatIssues(result.issues) << set.DebugString();
  for (const v1::Issue& issue : table.Finish()) {
    EXPECT_NE(issue.severity(), v1::Issue::SEVERITY_ERROR) << issue.text();
  }
  return result.rule_set;
}

Analysis AnalyzeConditions(const std::vector<std::string>& conditions,
                           const AnalysisOptions& options = {}) {
  const auto set = Compile(MakeSet(conditions));
  return set == nullptr ? Analysis() : Analyze(*set, options);
}

TEST(AnalysisTest, DecidesAboutConditions) {
  const struct {
    absl::string_view condition;
    ConditionVerdict verdict;
  } kTests[] = {
      {"true", ConditionVerdict::kAlways},
      {"order.state == Order.State.STATE_PLACED", ConditionVerdict::kSometimes},
      {"order.state == Order.State.STATE_PLACED && order.state == Order.State.STATE_BAKED",
       ConditionVerdict::kNever},
      {"order.state != Order.State.STATE_PLACED || order.state != Order.State.STATE_BAKED",
       ConditionVerdict::kAlways},
      {"order.total_units > 5 && order.total_units < 6", ConditionVerdict::kNever},
      {"order.total_units > 5 && order.total_units < 7", ConditionVerdict::kSometimes},
      {"order.weight > 5.0 && order.weight < 6.0", ConditionVerdict::kSometimes},
      // NaN is neither.
      {"order.weight >= 5.0 || order.weight < 5.0", ConditionVerdict::kSometimes},
      {"order.total_units >= 5 || order.total_units < 5", ConditionVerdict::kAlways},
      {"customer.tier in [TIER_GOLD, TIER_REGULAR] && customer.tier == TIER_UNSPECIFIED",
       ConditionVerdict::kNever},
      {"customer.tier in [TIER_GOLD, TIER_REGULAR, TIER_UNSPECIFIED]", ConditionVerdict::kAlways},
      {"order.express && !order.express", ConditionVerdict::kNever},
      {"order.code.startsWith('ab') && order.code == 'ba'", ConditionVerdict::kNever},
      {"order.code.startsWith('ab') && order.code != 'ab'", ConditionVerdict::kSometimes},
      {"order.code > 'a' && order.code < 'a\\u0000'", ConditionVerdict::kNever},
      {"has(customer) || !has(customer)", ConditionVerdict::kAlways},
      {"!has(customer) && customer.tier == TIER_GOLD", ConditionVerdict::kNever},
      {"!has(customer) && 'x' in customer.aliases", ConditionVerdict::kNever},
      {"has(order.priority) && order.priority == 0", ConditionVerdict::kSometimes},
      {"!has(order.priority) && order.priority != 0", ConditionVerdict::kNever},
      {"size(customer.aliases) == 1 && 'x' in customer.aliases && 'y' in customer.aliases",
       ConditionVerdict::kNever},
      {"size(customer.aliases) == 2 && 'x' in customer.aliases && 'y' in customer.aliases",
       ConditionVerdict::kSometimes},
      {"size(order.lines) < 0", ConditionVerdict::kNever},
      {"has(order.lines) && size(order.lines) == 0", ConditionVerdict::kNever},
      {"order.delivered_time < timestamp('2024-01-01T00:00:00Z') && "
       "order.delivered_time > timestamp('2025-01-01T00:00:00Z')",
       ConditionVerdict::kNever},
      {"order.baking_time > duration('5m') && order.baking_time <= duration('300s')",
       ConditionVerdict::kNever},
      {"order.total_units > customer.birth_year && order.total_units < customer.birth_year",
       ConditionVerdict::kNever},
      {"order.total_units > customer.birth_year", ConditionVerdict::kSometimes},
      // Unknown parts are one unknown each.
      {"order.lines.exists(l, l.quantity > 1) && !order.lines.exists(l, l.quantity > 1)",
       ConditionVerdict::kNever},
      {"order.total_units % 7 == 8 && order.total_units % 7 == 9", ConditionVerdict::kNever},
      {"order.total_units % 7 == 8", ConditionVerdict::kNotDecided},
      // It fails where the total is 0, and that is not `true`.
      {"1 / order.total_units > 5 || 1 / order.total_units <= 5", ConditionVerdict::kNotDecided},
      {"order.express ? order.total_units > 5 : order.total_units > 9",
       ConditionVerdict::kSometimes},
      {"order.price > eur(500) && order.price < eur(300)", ConditionVerdict::kNever},
      {"order.price > eur(500) && order.price < eur(502)", ConditionVerdict::kSometimes},
      {"order.price > eur(500) && order.price < usd(900)", ConditionVerdict::kNever},
      {"order.price > eur(500) && !has(order.price)", ConditionVerdict::kNever},
      {"order.price == eur(5) && order.price in [eur(4), usd(5)]", ConditionVerdict::kNever},
      // A price that is not set has no order.
      {"order.price > eur(5) || order.price <= eur(5)", ConditionVerdict::kSometimes},
      {"order.price == eur(5) || order.price != eur(5)", ConditionVerdict::kAlways},
      {"now - order.delivered_time > duration('2h') && now - order.delivered_time < "
       "duration('1h')",
       ConditionVerdict::kNever},
  };
  for (const auto& test : kTests) {
    const Analysis analysis = AnalyzeConditions({std::string(test.condition)});
    ASSERT_EQ(analysis.rules.size(), 1u);
    EXPECT_EQ(analysis.rules[0].condition, test.verdict) << test.condition;
    EXPECT_TRUE(analysis.is_complete);
  }
}

TEST(AnalysisTest, FindsRulesThatAreNeverReached) {
  const struct {
    std::vector<std::string> conditions;
    std::vector<std::string> covering;
  } kTests[] = {
      {{"true", "order.express"}, {"r0"}},
      {{"order.total_units > 5", "order.total_units > 9"}, {"r0"}},
      {{"order.total_units > 9", "order.total_units > 5"}, {}},
      {{"order.express", "!order.express", "order.total_units > 9"}, {"r0", "r1"}},
      {{"order.express", "order.total_units > 3", "!order.express", "order.total_units > 9"},
       {"r1"}},
      {{"order.state == Order.State.STATE_PLACED", "customer.tier == TIER_GOLD",
        "order.state in [Order.State.STATE_PLACED] && order.total_units > 9"},
       {"r0"}},
      // It fails where the total is 0, and so decides.
      {{"1 / order.total_units > 5 || true", "order.express"}, {"r0"}},
      {{"order.code.startsWith('a')", "order.code.startsWith('ab')"}, {"r0"}},
      {{"order.price > eur(5)", "order.price > eur(9)"}, {"r0"}},
      {{"order.price > eur(9)", "order.price > eur(5)"}, {}},
      // It fails for dollars, and so decides.
      {{"order.price > eur(9)", "order.price > usd(5)"}, {"r0"}},
      {{"now - order.delivered_time > duration('2h')",
        "now - order.delivered_time > duration('3h') && order.express"},
       {"r0"}},
      {{"order.lines.exists(l, l.quantity > 1)",
        "order.express && order.lines.exists(l, l.quantity > 1)"},
       {"r0"}},
  };
  for (const auto& test : kTests) {
    const Analysis analysis = AnalyzeConditions(test.conditions);
    const RuleAnalysis& last = analysis.rules.back();
    SCOPED_TRACE(absl::StrJoin(test.conditions, "; "));
    EXPECT_EQ(last.reach, test.covering.empty() ? Reach::kReached : Reach::kNever);
    EXPECT_EQ(last.covering_rule_ids, test.covering);
  }
}

TEST(AnalysisTest, AHoldDoesNotDecideOnceItIsApproved) {
  const auto set = Compile(MakeSet({"order.express", "order.express"},
                                   {v1::POLICY_OUTCOME_HOLD, v1::POLICY_OUTCOME_REFUSE}));
  EXPECT_EQ(Analyze(*set).rules[1].reach, Reach::kReached);
}

TEST(AnalysisTest, ARuleOfALaterTimeIsNotCovered) {
  v1::RuleSet source = MakeSet({"order.express", "order.express"});
  source.mutable_rules(0)->mutable_expire_time()->set_seconds(1'700'000'000);
  EXPECT_EQ(Analyze(*Compile(source)).rules[1].reach, Reach::kReached);
  source.mutable_rules(1)->mutable_expire_time()->set_seconds(1'600'000'000);
  EXPECT_EQ(Analyze(*Compile(source)).rules[1].reach, Reach::kNever);
}

TEST(AnalysisTest, RulesThatCountOneAfterTheOtherLeaveNoInstant) {
  v1::RuleSet source = MakeSet({"order.express", "order.express", "order.express"});
  source.mutable_rules(0)->mutable_expire_time()->set_seconds(1'700'000'000);
  source.mutable_rules(1)->mutable_effective_time()->set_seconds(1'700'000'000);
  EXPECT_EQ(Analyze(*Compile(source)).rules[2].reach, Reach::kNever);
  source.mutable_rules(1)->mutable_effective_time()->set_seconds(1'700'000'001);
  const RuleAnalysis rule = Analyze(*Compile(source)).rules[2];
  EXPECT_EQ(rule.reach, Reach::kReached);
  EXPECT_EQ(rule.reached_time, absl::FromUnixSeconds(1'700'000'000));
}

TEST(AnalysisTest, FactsNarrowTheInput) {
  AnalysisOptions options;
  options.facts = {{"order", false}};
  EXPECT_EQ(AnalyzeConditions({"order.express"}, options).rules[0].condition,
            ConditionVerdict::kNever);
  options.facts = {{"order", true}};
  EXPECT_EQ(AnalyzeConditions({"!has(order)"}, options).rules[0].condition,
            ConditionVerdict::kNever);
  EXPECT_EQ(AnalyzeConditions({"has(order)"}, options).rules[0].condition,
            ConditionVerdict::kAlways);
}

TEST(AnalysisTest, WordsOfAWitness) {
  const Analysis analysis = AnalyzeConditions(
      {"order.state == Order.State.STATE_PLACED && !has(customer) && order.total_units > 5 && "
       "has(order.delivered_time) && size(order.lines) == 2"});
  EXPECT_EQ(analysis.rules[0].witness_text,
            "order.state is Order.State.STATE_PLACED, customer is not set, order.total_units is 6, "
            "order.delivered_time is set, size(order.lines) is 2");
}

TEST(AnalysisTest, StopsWhenTheStepsAreSpent) {
  std::vector<std::string> conditions;
  for (int i = 0; i < 300; ++i) {
    conditions.push_back(
        absl::StrCat("order.total_units % ", i + 2, " > 1 && order.weight > ", i, ".5"));
  }
  AnalysisOptions options;
  options.max_steps = 2000;
  const auto set = Compile(MakeSet(conditions));
  const Analysis analysis = Analyze(*set, options);
  EXPECT_FALSE(analysis.is_complete);
  EXPECT_EQ(analysis.rules.back().condition, ConditionVerdict::kNotDecided);
  EXPECT_EQ(analysis.rules.back().reach, Reach::kNotDecided);
}

TEST(AnalysisTest, LargeSetsAndConditionsEnd) {
  std::vector<std::string> conditions;
  for (int i = 0; i < 3000; ++i) conditions.push_back(absl::StrCat("order.order_id == 'o", i, "'"));
  Analysis analysis = AnalyzeConditions(conditions);
  EXPECT_TRUE(analysis.is_complete);
  EXPECT_EQ(analysis.rules.back().reach, Reach::kReached);
  // Each part may be the guard of each other.
  std::string condition = "order.express";
  for (int i = 0; i < 1000; ++i)
    absl::StrAppend(&condition, " && order.lines[", i, "].quantity != ", i);
  analysis = AnalyzeConditions({condition});
  EXPECT_EQ(analysis.rules[0].condition, ConditionVerdict::kNotDecided);
}

// ---- Against the enumeration of all inputs of a small world ---------------------------------------------------------

using Setter = std::function<void(bakery::Input&)>;

// A part of the input with all its values, and conditions on it. The values are such that no condition tells more apart.
struct Dimension {
  std::vector<Setter> values;
  std::vector<std::string> atoms;
  // Whether the analysis decides about every one of the atoms.
  bool is_decided = true;
};

std::vector<Dimension> Dimensions() {
  std::vector<Dimension> all;
  const auto add = [&]() -> Dimension& { return all.emplace_back(); };

  Dimension& state = add();
  for (int i = 0; i < 4; ++i) {
    state.values.push_back([i](auto& input) {
      if (i != 0) input.mutable_order()->set_state(static_cast<bakery::Order::State>(i));
    });
  }
  state.atoms = {"order.state == Order.State.STATE_PLACED",
                 "order.state != Order.State.STATE_BAKED",
                 "order.state in [Order.State.STATE_PLACED, Order.State.STATE_DELIVERED]",
                 "order.state > Order.State.STATE_PLACED", "has(order.state)"};

  Dimension& customer = add();
  for (int i = 0; i < 5; ++i) {
    customer.values.push_back([i](auto& input) {
      if (i == 0) return;
      input.mutable_customer();
      if (i > 1) input.mutable_customer()->set_tier(static_cast<bakery::Tier>(i - 2));
    });
  }
  customer.atoms = {"has(customer)", "customer.tier == TIER_GOLD", "customer.tier != TIER_REGULAR",
                    "customer.tier in [TIER_GOLD, TIER_UNSPECIFIED]"};

  Dimension& total = add();
  for (int i = -1; i <= 4; ++i) {
    total.values.push_back([i](auto& input) {
      if (i != 0) input.mutable_order()->set_total_units(i);
    });
  }
  for (int i = 0; i <= 3; ++i) {
    for (const char* op : {"==", "!=", "<", "<=", ">", ">="}) {
      total.atoms.push_back(absl::StrCat("order.total_units ", op, " ", i));
      total.atoms.push_back(absl::StrCat(i, " ", op, " order.total_units"));
    }
  }

  Dimension& priority = add();
  priority.values.push_back([](auto&) {});
  for (int i = -1; i <= 4; ++i) {
    priority.values.push_back([i](auto& input) { input.mutable_order()->set_priority(i); });
  }
  priority.atoms = {"has(order.priority)", "order.priority < 2", "order.priority == 0",
                    "order.priority in [0, 3]", "order.priority >= 3"};

  Dimension& code = add();
  for (const char* text : {"", "0", "a", "a0", "b", "b0", "c"}) {
    code.values.push_back([text](auto& input) {
      if (*text != 0) input.mutable_order()->set_code(text);
    });
  }
  code.atoms = {"order.code == 'a'", "order.code != ''",         "order.code.startsWith('a')",
                "order.code < 'b'",  "order.code in ['a', 'b']", "order.code.startsWith('b')",
                "has(order.code)",   "order.code >= 'a'"};

  Dimension& weight = add();
  for (const double value :
       {-0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, std::numeric_limits<double>::quiet_NaN()}) {
    weight.values.push_back([value](auto& input) {
      if (value != 0) input.mutable_order()->set_weight(value);
    });
  }
  weight.atoms = {"order.weight < 1.0",  "order.weight >= 1.0", "order.weight == 2.0",
                  "order.weight != 2.0", "order.weight > 0.0",  "order.weight <= 0.0"};

  Dimension& time = add();
  time.values.push_back([](auto&) {});
  for (const double value : {-0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5}) {
    time.values.push_back([value](auto& input) {
      auto& field = *input.mutable_order()->mutable_delivered_time();
      field.set_seconds(static_cast<int64_t>(std::floor(value)));
      field.set_nanos(value == std::floor(value) ? 0 : 500000000);
    });
  }
  time.atoms = {"has(order.delivered_time)", "order.delivered_time > timestamp(1)",
                "order.delivered_time <= timestamp(2)", "order.delivered_time == timestamp(0)",
                "order.delivered_time < timestamp(0)"};

  Dimension& aliases = add();
  aliases.values.push_back([](auto& input) { input.mutable_customer(); });
  for (const std::vector<std::string>& names :
       std::vector<std::vector<std::string>>{{},
                                             {"z"},
                                             {"x"},
                                             {"y"},
                                             {"x", "y"},
                                             {"x", "z"},
                                             {"z", "y"},
                                             {"x", "y", "z"},
                                             {"z", "z"},
                                             {"z", "z", "z"}}) {
    aliases.values.push_back([names](auto& input) {
      for (const std::string& name : names) input.mutable_customer()->add_aliases(name);
    });
  }
  aliases.atoms = {"'x' in customer.aliases",
                   "'y' in customer.aliases",
                   "size(customer.aliases) < 2",
                   "size(customer.aliases) == 0",
                   "customer.aliases.size() >= 2",
                   "has(customer.aliases)",
                   "has(customer)"};

  Dimension& lines = add();
  for (const std::vector<int>& quantities : std::vector<std::vector<int>>{{},
                                                                          {0},
                                                                          {1},
                                                                          {2},
                                                                          {0, 0},
                                                                          {0, 1},
                                                                          {0, 2},
                                                                          {1, 0},
                                                                          {1, 1},
                                                                          {1, 2},
                                                                          {2, 0},
                                                                          {2, 1},
                                                                          {2, 2}}) {
    lines.values.push_back([quantities](auto& input) {
      for (const int quantity : quantities) {
        input.mutable_order()->add_lines()->set_quantity(quantity);
      }
    });
  }
  lines.atoms = {"order.lines.exists(l, l.quantity > 1)",
                 "order.lines.all(l, l.quantity > 0)",
                 "size(order.lines) > 1",
                 "order.lines[0].quantity == 1",
                 "has(order.lines)",
                 "10 / size(order.lines) > 6"};
  lines.is_decided = false;

  Dimension& price = add();
  price.values.push_back([](auto&) {});
  price.values.push_back([](auto& input) { input.mutable_order()->mutable_price(); });
  for (const char* currency : {"EUR", "USD", "GBP"}) {
    for (int i = -1; i <= 4; ++i) {
      price.values.push_back([i, currency](auto& input) {
        input.mutable_order()->mutable_price()->set_cents(i);
        input.mutable_order()->mutable_price()->set_currency(currency);
      });
    }
  }
  price.atoms = {"has(order.price)",      "order.price in [eur(1), usd(3)]",
                 "order.price == usd(2)", "eur(0) < order.price",
                 "order.price < usd(2)",  "order.price >= usd(1)"};
  for (const char* op : {"==", "!=", "<", "<=", ">", ">="}) {
    for (int i = 1; i <= 3; ++i) {
      price.atoms.push_back(absl::StrCat("order.price ", op, " eur(", i, ")"));
    }
  }

  Dimension& span = add();
  span.values.push_back([](auto&) {});
  for (int i = -1; i <= 4; ++i) {
    span.values.push_back(
        [i](auto& input) { input.mutable_order()->mutable_baking_time()->set_seconds(i); });
  }
  span.atoms = {"has(order.baking_time)", "order.baking_time > duration('1s')",
                "order.baking_time <= duration('3s')", "order.baking_time == duration('0s')",
                "duration('2s') != order.baking_time"};

  // The time that has passed: nothing is known of a difference but that it is the same in two places.
  Dimension& age = add();
  const auto set_time = [](double seconds, google::protobuf::Timestamp* time) {
    time->set_seconds(static_cast<int64_t>(std::floor(seconds)));
    time->set_nanos(seconds == std::floor(seconds) ? 0 : 500000000);
  };
  for (const double now : {-0.5, 0.0, 0.5, 1.75e9}) {
    for (const double passed : {-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0}) {
      age.values.push_back([=](auto& input) {
        set_time(now, input.mutable_now());
        set_time(now - passed, input.mutable_order()->mutable_delivered_time());
      });
    }
    age.values.push_back([=](auto& input) {
      if (now != 0) set_time(now, input.mutable_now());
    });
  }
  age.atoms = {"now - order.delivered_time > duration('2s')",
               "now - order.delivered_time >= duration('3s')",
               "now - order.delivered_time < duration('4s')",
               "now - order.delivered_time == duration('1s')",
               "order.delivered_time < now",
               "has(order.delivered_time)"};
  age.is_decided = false;

  Dimension& years = add();
  for (int i = -1; i <= 1; ++i) {
    for (int k = -1; k <= 1; ++k) {
      years.values.push_back([i, k](auto& input) {
        if (i != 0) input.mutable_customer()->set_birth_year(i);
        if (k != 0) input.mutable_order()->set_total_units(k);
      });
    }
  }
  years.atoms = {"order.total_units < customer.birth_year",
                 "order.total_units == customer.birth_year",
                 "customer.birth_year > order.total_units", "customer.birth_year <= 0",
                 "order.total_units != 0"};
  years.is_decided = false;
  return all;
}

class World {
 public:
  explicit World(std::mt19937_64* random) : random_(random) {
    const std::vector<Dimension> all = Dimensions();
    const int count = 1 + Below(3);
    std::vector<size_t> order(all.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), *random_);
    inputs_.emplace_back();
    for (int i = 0; i < count; ++i) {
      const Dimension& dimension = all[order[i]];
      atoms_.insert(atoms_.end(), dimension.atoms.begin(), dimension.atoms.end());
      is_decided_ = is_decided_ && dimension.is_decided;
      std::vector<bakery::Input> inputs;
      for (const bakery::Input& input : inputs_) {
        for (const Setter& set : dimension.values) {
          inputs.push_back(input);
          set(inputs.back());
        }
      }
      inputs_ = std::move(inputs);
    }
  }

  int Below(int bound) { return static_cast<int>((*random_)() % static_cast<unsigned>(bound)); }

  std::string Condition(int depth) {
    const std::string& atom = atoms_[Below(static_cast<int>(atoms_.size()))];
    switch (depth == 0 ? 0 : Below(8)) {
      case 1:
      case 2:
      case 3:
        return absl::StrCat("(", Condition(depth - 1), ") && (", Condition(depth - 1), ")");
      case 4:
      case 5:
        return absl::StrCat("(", Condition(depth - 1), ") || (", Condition(depth - 1), ")");
      case 6:
        return absl::StrCat("!(", Condition(depth - 1), ")");
      case 7:
        return absl::StrCat("(", Condition(depth - 1), ") ? (", Condition(depth - 1), ") : (",
                            Condition(depth - 1), ")");
      default:
        return atom;
    }
  }

  const std::vector<bakery::Input>& inputs() const { return inputs_; }
  bool is_decided() const { return is_decided_; }

 private:
  std::mt19937_64* random_;
  std::vector<bakery::Input> inputs_;
  std::vector<std::string> atoms_;
  bool is_decided_ = true;
};

enum class Result { kFalse, kTrue, kFails };

// The rule alone, by the engine that decides.
Result RunAlone(const RuleSet& rule, const bakery::Input& input) {
  const auto decision = rule.Decide(input);
  EXPECT_TRUE(decision.ok()) << decision.status();
  if (!decision.ok() || decision->fired_rule_ids().empty()) return Result::kFalse;
  return decision->rules(0).result() == v1::RuleTrace::RESULT_ERROR ? Result::kFails
                                                                    : Result::kTrue;
}

// Instants between and at the bounds of all ranges.
constexpr int64_t kSeconds[] = {-5, 0, 5, 10, 15, 20, 25, 30, 35};

// Whether the rule is in effect.
bool Counts(const v1::Rule& rule, int64_t second) {
  return (!rule.has_effective_time() || rule.effective_time().seconds() <= second) &&
         (!rule.has_expire_time() || second < rule.expire_time().seconds());
}

void AddRange(World* world, v1::Rule* rule) {
  const int begin = world->Below(3), end = world->Below(3);
  if (world->Below(2) == 0) rule->mutable_effective_time()->set_seconds(begin * 10);
  if (world->Below(2) == 0)
    rule->mutable_expire_time()->set_seconds((std::max(begin, end) + 1) * 10);
}

// Up to two variables, the second of which may read the first.
Variables MakeVariables(World* world) {
  Variables variables;
  const int count = world->Below(3);
  for (int i = 0; i < count; ++i) {
    v1::Variable& variable = *variables.Add();
    variable.set_name(absl::StrCat("v", i));
    variable.set_expression(world->Condition(2));
    if (i > 0 && world->Below(2) == 0) {
      variable.set_expression(absl::StrCat("(", variable.expression(), ") || variables.v0"));
    }
  }
  return variables;
}

// A condition that may read one of them.
std::string WithVariable(const Variables& variables, std::string condition, World* world) {
  if (variables.empty() || world->Below(2) == 0) return condition;
  const std::string read = absl::StrCat(world->Below(2) == 0 ? "!" : "", "variables.",
                                        variables[world->Below(variables.size())].name());
  return absl::StrCat("(", condition, ")", world->Below(2) == 0 ? " && " : " || ", read);
}

// The condition with the expressions of the variables in their place.
std::string Inlined(const Variables& variables, std::string condition) {
  for (int i = variables.size(); i-- > 0;) {
    condition =
        absl::StrReplaceAll(condition, {{absl::StrCat("variables.", variables[i].name()),
                                         absl::StrCat("(", variables[i].expression(), ")")}});
  }
  return condition;
}

TEST(AnalysisTest, AgreesWithTheEnumeration) {
  const uint64_t seed = testing::RandomSeed();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  int verdicts = 0, decided = 0, never = 0, unreached = 0;
  for (int round = 0; round < 150; ++round) {
    World world(&random);
    const Variables variables = MakeVariables(&world);
    std::vector<std::string> conditions;
    std::vector<v1::PolicyOutcome> outcomes;
    const int count = 1 + world.Below(6);
    for (int i = 0; i < count; ++i) {
      conditions.push_back(WithVariable(variables, world.Condition(3), &world));
      outcomes.push_back(world.Below(5) == 0 ? v1::POLICY_OUTCOME_HOLD : v1::POLICY_OUTCOME_REFUSE);
    }
    v1::RuleSet source = MakeSet(conditions, outcomes);
    if (world.Below(3) == 0) {
      for (v1::Rule& rule : *source.mutable_rules()) AddRange(&world, &rule);
    }
    const auto set = Compile(source, variables);
    ASSERT_NE(set, nullptr);
    std::vector<std::shared_ptr<const RuleSet>> alone;
    for (const std::string& condition : conditions) {
      alone.push_back(Compile(MakeSet({Inlined(variables, condition)})));
    }

    const auto decides = [&](int rule, const bakery::Input& input, int64_t second) {
      if (!Counts(source.rules(rule), second)) return false;
      if (RunAlone(*alone[rule], input) != Result::kTrue) return false;
      for (int i = 0; i < rule; ++i) {
        if (!Counts(source.rules(i), second)) continue;
        const Result earlier = RunAlone(*alone[i], input);
        if (earlier == Result::kFails) return false;
        if (earlier == Result::kTrue && outcomes[i] != v1::POLICY_OUTCOME_HOLD) return false;
      }
      return true;
    };
    std::vector<bool> can_hold(count), can_fail(count), is_reached(count);
    for (const bakery::Input& input : world.inputs()) {
      std::vector<bool> stopped(std::size(kSeconds));
      for (int i = 0; i < count; ++i) {
        const Result result = RunAlone(*alone[i], input);
        can_hold[i] = can_hold[i] || result == Result::kTrue;
        can_fail[i] = can_fail[i] || result != Result::kTrue;
        const bool stops = result == Result::kFails ||
                           (result == Result::kTrue && outcomes[i] != v1::POLICY_OUTCOME_HOLD);
        for (size_t k = 0; k < std::size(kSeconds); ++k) {
          if (!Counts(source.rules(i), kSeconds[k])) continue;
          is_reached[i] = is_reached[i] || (result == Result::kTrue && !stopped[k]);
          stopped[k] = stopped[k] || stops;
        }
      }
    }

    const Analysis analysis = Analyze(*set);
    ASSERT_EQ(analysis.rules.size(), static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      const RuleAnalysis& rule = analysis.rules[i];
      std::string texts = absl::StrJoin(conditions, "\n");
      for (const v1::Variable& variable : variables) {
        absl::StrAppend(&texts, "\n", variable.name(), " = ", variable.expression());
      }
      SCOPED_TRACE(absl::StrCat("rule ", i, " of\n", texts));
      ++verdicts;
      if (rule.condition != ConditionVerdict::kNotDecided) {
        const ConditionVerdict expected = !can_hold[i]   ? ConditionVerdict::kNever
                                          : !can_fail[i] ? ConditionVerdict::kAlways
                                                         : ConditionVerdict::kSometimes;
        ASSERT_EQ(rule.condition, expected);
        never += expected == ConditionVerdict::kNever;
        ++decided;
      } else {
        ASSERT_FALSE(world.is_decided());
      }
      if (rule.holds != nullptr) {
        ASSERT_EQ(RunAlone(*alone[i], dynamic_cast<const bakery::Input&>(*rule.holds)),
                  Result::kTrue);
      }
      if (rule.condition == ConditionVerdict::kNever) continue;
      if (rule.reach != Reach::kNotDecided) {
        ASSERT_EQ(rule.reach, is_reached[i] ? Reach::kReached : Reach::kNever);
        unreached += rule.reach == Reach::kNever;
      } else {
        ASSERT_FALSE(world.is_decided());
      }
      if (rule.reach == Reach::kReached) {
        ASSERT_NE(rule.reached, nullptr);
        ASSERT_EQ(rule.reached_time.has_value(), set->has_effective_times());
        const int64_t second = absl::ToUnixSeconds(rule.reached_time.value_or(absl::UnixEpoch()));
        ASSERT_TRUE(decides(i, dynamic_cast<const bakery::Input&>(*rule.reached), second));
      }
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(decided, verdicts / 2);
  EXPECT_GT(never, 0);
  EXPECT_GT(unreached, 0);
}

// ---- As issues ------------------------------------------------------------------------------------------------------

std::vector<v1::Issue> IssuesOf(const v1::RuleSet& set, const CompileOptions& options = {}) {
  return RuleSet::Compile(set, bakery::Input::descriptor(), options).issues;
}

TEST(SenseTest, EachIsAnIssueWithItsPlaceAndWords) {
  const struct {
    std::vector<std::string> conditions;
    std::string reason;
    std::string field;
    int column;
    std::string text;
  } kTests[] = {
      {{"order.express && order.total_units > 5 && order.total_units < 3"},
       "RULE_CONDITION_NEVER",
       "rules[0].condition",
       43,
       "the condition never holds: `order.total_units > 5` and `order.total_units < 3` exclude "
       "each "
       "other"},
      {{"order.state != Order.State.STATE_PLACED || order.state != Order.State.STATE_BAKED"},
       "RULE_CONDITION_ALWAYS",
       "rules[0].condition",
       1,
       "the condition always holds; write `true` if that is meant"},
      {{"order.express && (order.total_units > 5 || size(order.lines) < 0)"},
       "RULE_CONDITION_PART",
       "rules[0].condition",
       44,
       "this part never holds, so the condition is the same without it"},
      {{"order.express && (order.total_units > 5 || order.total_units < 9)"},
       "RULE_CONDITION_PART",
       "rules[0].condition",
       19,
       "this part always holds, so the condition is the same without it"},
      {{"order.total_units > 5", "order.total_units > 9"},
       "RULE_NEVER_REACHED",
       "rules[1].condition",
       1,
       "the rule is never reached: rule 'r0' decides whenever its condition holds, as when "
       "order.total_units is 10; give it a lower order number, or remove it"},
      {{"order.state == 3"},
       "RULE_ENUM_NUMBER",
       "rules[0].condition",
       16,
       "'order.state' is compared with a number; write Order.State.STATE_DELIVERED"},
      {{"cel.bind(s, order.state, s == 3)"},
       "RULE_ENUM_NUMBER",
       "rules[0].condition",
       31,
       "'order.state' is compared with a number; write Order.State.STATE_DELIVERED"},
      {{"order.state in [Order.State.STATE_PLACED, 3]"},
       "RULE_ENUM_NUMBER",
       "rules[0].condition",
       43,
       "'order.state' is compared with a number; write Order.State.STATE_DELIVERED"},
      {{"order.state == TIER_GOLD"},
       "RULE_ENUM_TYPE",
       "rules[0].condition",
       16,
       "'order.state' has values of Order.State, and 'TIER_GOLD' is of Tier; write one such as "
       "Order.State.STATE_PLACED"},
      {{"order.lines[0].quantity > 5"},
       "RULE_INDEX_UNCHECKED",
       "rules[0].condition",
       1,
       "'order.lines' may have no element 0, and the rule then fails; add `size(order.lines) > 0 "
       "&&`, "
       "or write `order.lines.exists(…)`"},
  };
  for (const auto& test : kTests) {
    const std::vector<v1::Issue> issues = IssuesOf(MakeSet(test.conditions));
    SCOPED_TRACE(test.conditions.back());
    ASSERT_EQ(issues.size(), 1u) << FormatIssues(issues);
    EXPECT_EQ(issues[0].reason(), test.reason);
    EXPECT_EQ(issues[0].field(), test.field);
    EXPECT_EQ(issues[0].expression_column(), test.column) << FormatIssues(issues);
    EXPECT_EQ(issues[0].text(), test.text);
    EXPECT_EQ(issues[0].severity(), test.reason == "RULE_ENUM_TYPE" ? v1::Issue::SEVERITY_ERROR
                                                                    : v1::Issue::SEVERITY_WARNING);
  }
}

TEST(SenseTest, NoIssueAboutRulesThatMakeSense) {
  const std::vector<std::string> kTests[] = {
      {"order.express", "true"},
      {"size(order.lines) > 0 && order.lines[0].quantity > 5"},
      {"size(order.lines) == 0 || order.lines[0].quantity > 5"},
      {"order.lines.exists(l, l.quantity > 1) && order.lines[0].quantity > 5"},
      {"has(order.lines) ? order.lines[0].quantity > 5 : false"},
      {"order.state == Order.State.STATE_PLACED", "order.state == Order.State.STATE_BAKED"},
      {"order.total_units == 3 && customer.tier == TIER_GOLD"},
  };
  for (const std::vector<std::string>& conditions : kTests) {
    const std::vector<v1::Issue> issues = IssuesOf(MakeSet(conditions));
    EXPECT_THAT(issues, IsEmpty()) << FormatIssues(issues);
  }
}

TEST(SenseTest, RulesThatAreNotDecidedAreNotes) {
  const CompileResult result = RuleSet::Compile(
      MakeSet({"order.express && order.lines.exists(l, l.quantity > 1)", "order.total_units > 5"}),
      bakery::Input::descriptor());
  EXPECT_THAT(result.issues, IsEmpty());
  ASSERT_EQ(result.notes.size(), 1u) << FormatIssues(result.notes);
  EXPECT_EQ(result.notes[0].reason(), "RULE_NOT_DECIDED");
  EXPECT_EQ(result.notes[0].severity(), v1::Issue::SEVERITY_UNSPECIFIED);
  EXPECT_EQ(result.notes[0].field(), "rules[0].condition");
  EXPECT_EQ(result.notes[0].expression_column(), 18);
  EXPECT_THAT(FormatIssue(result.notes[0]), HasSubstr("note: not decided: whether the condition"));
}

TEST(SenseTest, ADuplicateWhereAllRulesCount) {
  v1::RuleSet set =
      MakeSet({"order.express && order.total_units > 5", "order.total_units > 5 && order.express"},
              {}, v1::HIT_POLICY_ALL);
  EXPECT_THAT(IssuesOf(set), IsEmpty());
  set.mutable_rules(1)->set_reason("R0");
  const std::vector<v1::Issue> issues = IssuesOf(set);
  ASSERT_THAT(testing::Reasons(issues), ElementsAre("RULE_DUPLICATE"));
  EXPECT_THAT(issues[0].text(), HasSubstr("rule 'r0' has the same condition and result"));
}

TEST(SenseTest, ASetWithoutADefault) {
  v1::RuleSet set = MakeSet({"order.express"});
  set.clear_default_outcome();
  set.add_decision_points("BakeCake");
  const std::vector<v1::Issue> issues = IssuesOf(set);
  ASSERT_THAT(testing::Reasons(issues), ElementsAre("RULE_SET_DEFAULT_MISSING"));
  EXPECT_THAT(
      issues[0].text(),
      HasSubstr("commands that no rule matches (BakeCake) are refused with POLICY_NO_RULE"));
  CompileOptions options;
  options.default_expected = false;
  EXPECT_THAT(IssuesOf(set, options), IsEmpty());
  set = MakeSet({"order.express", "true"});
  set.clear_default_outcome();
  EXPECT_THAT(IssuesOf(set), IsEmpty());
}

TEST(SenseTest, TheLimitHasANameAndAnIssue) {
  CompileOptions options;
  options.limits.max_analysis_steps = 10;
  EXPECT_THAT(
      testing::Reasons(IssuesOf(MakeSet({"order.express", "order.total_units > 5"}), options)),
      ElementsAre("RULE_LIMIT_ANALYSIS"));
  options.limits.max_analysis_steps = 0;
  EXPECT_THAT(IssuesOf(MakeSet({"order.express", "!order.express && order.express"}), options),
              IsEmpty());
}

TEST(SenseTest, ReadsThatAreTrueBecauseSomethingIsAbsent) {
  auto facts = std::make_shared<InputFacts>();
  facts->presence = {{"order", true}, {"now", true}};
  facts->optional = {{"customer", "the bakery may not know the customer"}};
  auto typical = std::make_shared<bakery::Input>();
  typical->mutable_order();
  typical->mutable_now()->set_seconds(1'750'000'000);
  facts->typical = typical;
  CompileOptions options;
  options.facts = facts;
  const struct {
    std::string condition;
    std::string text;  // Empty: no issue.
  } kTests[] = {
      {"customer.tier != TIER_GOLD",
       "the bakery may not know the customer, and this part is then true; add `has(customer) &&`, "
       "or `!has(customer) ||` where it is meant to be true"},
      {"!(customer.tier == TIER_GOLD)", "may not know the customer"},
      {"!('x' in customer.aliases) && order.express", ""},
      {"customer.birth_year < 2000 && order.express", "may not know the customer"},
      {"customer.tier == TIER_GOLD", ""},
      {"customer.tier in [TIER_GOLD, TIER_UNSPECIFIED]", ""},
      {"!(customer.tier in [TIER_GOLD])", "may not know the customer"},
      {"has(customer) && customer.tier != TIER_GOLD", ""},
      {"customer.tier != TIER_GOLD && has(customer)", ""},
      {"!has(customer) || customer.tier != TIER_GOLD", ""},
      {"has(customer) ? customer.tier != TIER_GOLD : false", ""},
      {"customer.customer_id == 'c1' && customer.tier != TIER_GOLD", ""},
      {"!has(customer.name)", ""},
      {"now - order.delivered_time > duration('720h')",
       "'order.delivered_time' may not be set, and this part is then true; write "
       "`since(order.delivered_time).orValue(days(0)) > days(30)`, or add "
       "`has(order.delivered_time) &&`"},
      {"now - order.delivered_time > duration('1h30m')",
       "since(order.delivered_time).orValue(days(0)) > duration"},
      {"has(order.delivered_time) && now - order.delivered_time > duration('720h')", ""},
      {"now - order.delivered_time < duration('720h')", ""},
      {"order.delivered_time < timestamp('2024-01-01T00:00:00Z')",
       "add `has(order.delivered_time) &&`"},
      {"order.delivered_time > timestamp('2024-01-01T00:00:00Z')", ""},
      {"now > timestamp('2024-01-01T00:00:00Z')", ""},
  };
  for (const auto& test : kTests) {
    const std::vector<v1::Issue> issues = IssuesOf(MakeSet({test.condition}), options);
    SCOPED_TRACE(test.condition);
    if (test.text.empty()) {
      EXPECT_THAT(issues, IsEmpty()) << FormatIssues(issues);
      continue;
    }
    ASSERT_EQ(issues.size(), 1u) << FormatIssues(issues);
    EXPECT_EQ(issues[0].reason(), "RULE_ABSENT_READ");
    EXPECT_THAT(issues[0].text(), HasSubstr(test.text));
  }
}

// A function of the host may do anything when a decision calls it. Loading and analyzing call only those that say that they are pure.
TEST(SenseTest, FunctionsThatAreNotPureAreNotCalledAtLoad) {
  for (const bool is_pure : {false, true}) {
    int calls = 0;
    CompileOptions options;
    cel::FunctionOverload overload;
    overload.id = "asks_string";
    overload.parameters = {cel::Type::String()};
    overload.result = cel::Type::Bool();
    overload.pure = is_pure;
    overload.implementation = [&calls](absl::Span<const cel::Value>,
                                       cel::ValueArena&) -> absl::StatusOr<cel::Value> {
      ++calls;
      return cel::Value::Bool(true);
    };
    options.functions = {{"asks", overload}};
    const CompileResult compiled = RuleSet::Compile(
        MakeSet({"asks(customer.name)", "customer.tier != TIER_GOLD && asks(customer.name)",
                 "customer.tier == TIER_GOLD"}),
        bakery::Input::descriptor(), options);
    ASSERT_NE(compiled.rule_set, nullptr) << FormatIssues(compiled.issues);
    const Analysis analysis = Analyze(*compiled.rule_set);
    EXPECT_EQ(calls > 0, is_pure);
    EXPECT_EQ(analysis.rules[0].holds != nullptr, is_pure);
    // Rules that are not run may decide before it.
    EXPECT_TRUE(is_pure || analysis.rules[2].reach == Reach::kNotDecided);
  }
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
