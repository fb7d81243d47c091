// Random rule sets under the hit policies of DMN against a slow and obvious reading of rule.proto.
#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/optional.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace hit_reference_tests {
namespace {

constexpr int64_t kHuge = INT64_MAX - 2;

// A rule: matches where total_units is in a range; errs at one number.
struct PlainRule {
  std::string id;
  v1::PolicyOutcome outcome = v1::POLICY_OUTCOME_ALLOW;
  std::string reason, authority;
  int64_t from = 0, to = 0;
  absl::optional<int64_t> errs_at;  // In its condition.
  absl::optional<int64_t> output_errs_at;
  int64_t rate = 0;      // 0: that of total_units.
  int64_t units = 0;     // Of the fee.
  std::string currency;  // Empty: the fee has no value.
  std::string lane;      // A text.
};

struct PlainSet {
  v1::HitPolicy policy = v1::HIT_POLICY_UNIQUE;
  v1::HitAggregator aggregator = v1::HIT_AGGREGATOR_UNSPECIFIED;
  std::string aggregate_output;
  std::vector<int64_t> rate_order;
  std::vector<std::string> lane_order;
  v1::PolicyOutcome default_outcome = v1::POLICY_OUTCOME_UNSPECIFIED;
  std::vector<PlainRule> rules;
};

struct PlainResult {
  v1::PolicyOutcome outcome = v1::POLICY_OUTCOME_REFUSE;
  std::vector<std::string> fired, hits;
  std::string error;  // Of the policy.
  bool by_default = false;
  std::map<std::string, std::string> outputs;  // In words.
  std::string aggregate;
};

// ---- The reference ----

class SlowTable {
 public:
  SlowTable(const PlainSet& set, int64_t units, bool boss)
      : set_(set), units_(units), boss_(boss) {}

  PlainResult Decide() {
    PlainResult result;
    std::vector<const PlainRule*> hits;
    for (const PlainRule& rule : set_.rules) {
      if (units_ < rule.from || units_ > rule.to) continue;
      if (rule.errs_at == units_ || rule.output_errs_at == units_) {
        result.fired.push_back(rule.id);
      } else {
        hits.push_back(&rule);
      }
    }
    if (!result.fired.empty()) return result;
    if (hits.empty()) return NoMatch();
    if (const std::string error = ErrorOf(hits); !error.empty()) {
      result.error = error;
      for (const PlainRule* hit : hits) result.hits.push_back(hit->id);
      return result;
    }
    std::vector<const PlainRule*> counting = Ordered(hits);
    if (set_.policy == v1::HIT_POLICY_PRIORITY) counting.resize(1);
    Finish(counting, &result);
    return result;
  }

 private:
  PlainResult NoMatch() const {
    PlainResult result;
    if (set_.default_outcome != v1::POLICY_OUTCOME_UNSPECIFIED) {
      result.outcome = set_.default_outcome;
      result.by_default = true;
    }
    result.outputs["note"] = "none";
    if (set_.aggregator == v1::HIT_AGGREGATOR_COUNT) {
      result.aggregate = "0";
      result.outputs[set_.aggregate_output] = "0";
    }
    return result;
  }

  int64_t RateOf(const PlainRule& rule) const { return rule.rate == 0 ? units_ : rule.rate; }

  std::map<std::string, std::string> OutputsOf(const PlainRule& rule) const {
    std::map<std::string, std::string> outputs = {{"rate", absl::StrCat(RateOf(rule))},
                                                  {"lane", rule.lane}};
    if (!rule.currency.empty()) outputs["fee"] = absl::StrCat(rule.units, " ", rule.currency);
    return outputs;
  }

  std::string ErrorOf(const std::vector<const PlainRule*>& hits) const {
    if (set_.policy == v1::HIT_POLICY_UNIQUE && hits.size() > 1) return "POLICY_UNIQUE_VIOLATED";
    for (const PlainRule* one : hits) {
      for (const PlainRule* other : hits) {
        const bool same = one->outcome == other->outcome && one->reason == other->reason &&
                          one->authority == other->authority &&
                          OutputsOf(*one) == OutputsOf(*other);
        if (set_.policy == v1::HIT_POLICY_ANY && !same) return "POLICY_ANY_VIOLATED";
        const bool sums = set_.aggregator != v1::HIT_AGGREGATOR_COUNT &&
                          set_.aggregator != v1::HIT_AGGREGATOR_UNSPECIFIED;
        if (sums && set_.aggregate_output == "fee" && !one->currency.empty() &&
            !other->currency.empty() && one->currency != other->currency) {
          return "POLICY_AGGREGATE_CURRENCY";
        }
      }
      const bool compares =
          set_.policy == v1::HIT_POLICY_PRIORITY || set_.policy == v1::HIT_POLICY_OUTPUT_ORDER;
      if (compares && Place(*one, 0) < 0) return "POLICY_OUTPUT_UNRANKED";
    }
    if (set_.aggregator == v1::HIT_AGGREGATOR_SUM) {
      const absl::int128 sum = Sum(hits);
      if (sum > INT64_MAX || sum < INT64_MIN) return "POLICY_AGGREGATE_OVERFLOW";
    }
    return "";
  }

  // The place of the rate (0) or the lane (1) in its order; -1: none.
  int Place(const PlainRule& rule, int which) const {
    for (size_t i = 0; which == 0 && i < set_.rate_order.size(); ++i) {
      if (set_.rate_order[i] == RateOf(rule)) return static_cast<int>(i);
    }
    for (size_t i = 0; which == 1 && i < set_.lane_order.size(); ++i) {
      if (set_.lane_order[i] == rule.lane) return static_cast<int>(i);
    }
    return -1;
  }

  // Picks the best of the rest, again and again.
  std::vector<const PlainRule*> Ordered(std::vector<const PlainRule*> rest) const {
    const bool compares =
        set_.policy == v1::HIT_POLICY_PRIORITY || set_.policy == v1::HIT_POLICY_OUTPUT_ORDER;
    if (!compares) return rest;
    std::vector<const PlainRule*> ordered;
    while (!rest.empty()) {
      size_t best = 0;
      for (size_t i = 1; i < rest.size(); ++i) {
        const bool first = Place(*rest[i], 0) < Place(*rest[best], 0);
        const bool second = Place(*rest[i], 0) == Place(*rest[best], 0) &&
                            Place(*rest[i], 1) < Place(*rest[best], 1);
        if (first || second) best = i;
      }
      ordered.push_back(rest[best]);
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(best));
    }
    return ordered;
  }

  std::vector<int64_t> Values(const std::vector<const PlainRule*>& hits) const {
    std::vector<int64_t> values;
    for (const PlainRule* hit : hits) {
      if (set_.aggregate_output == "rate") values.push_back(RateOf(*hit));
      if (set_.aggregate_output == "fee" && !hit->currency.empty()) values.push_back(hit->units);
    }
    return values;
  }

  absl::int128 Sum(const std::vector<const PlainRule*>& hits) const {
    absl::int128 sum = 0;
    for (const int64_t value : Values(hits)) sum += value;
    return sum;
  }

  std::string AggregateOf(const std::vector<const PlainRule*>& hits) const {
    const std::vector<int64_t> values = Values(hits);
    if (set_.aggregator == v1::HIT_AGGREGATOR_COUNT) return absl::StrCat(values.size());
    if (values.empty()) return "";
    int64_t value = static_cast<int64_t>(Sum(hits));
    if (set_.aggregator == v1::HIT_AGGREGATOR_MIN)
      value = *std::min_element(values.begin(), values.end());
    if (set_.aggregator == v1::HIT_AGGREGATOR_MAX)
      value = *std::max_element(values.begin(), values.end());
    if (set_.aggregate_output == "rate") return absl::StrCat(value);
    for (const PlainRule* hit : hits) {
      if (!hit->currency.empty()) return absl::StrCat(value, " ", hit->currency);
    }
    return "";
  }

  v1::PolicyOutcome Counted(const PlainRule& rule) const {
    const bool approved = rule.outcome == v1::POLICY_OUTCOME_HOLD && boss_;
    return approved ? v1::POLICY_OUTCOME_ALLOW : rule.outcome;
  }

  void Finish(const std::vector<const PlainRule*>& counting, PlainResult* result) const {
    for (const v1::PolicyOutcome outcome :
         {v1::POLICY_OUTCOME_REFUSE, v1::POLICY_OUTCOME_HOLD, v1::POLICY_OUTCOME_ALLOW}) {
      for (const PlainRule* rule : counting) {
        if (Counted(*rule) == outcome) result->fired.push_back(rule->id);
      }
      if (result->fired.empty()) continue;
      result->outcome = outcome;
      break;
    }
    for (const PlainRule* rule : counting) {
      result->hits.push_back(rule->id);
      for (const auto& [name, value] : OutputsOf(*rule)) result->outputs.emplace(name, value);
    }
    if (set_.aggregator == v1::HIT_AGGREGATOR_UNSPECIFIED) return;
    result->aggregate = AggregateOf(counting);
    if (!result->aggregate.empty()) result->outputs[set_.aggregate_output] = result->aggregate;
  }

  const PlainSet& set_;
  const int64_t units_;
  const bool boss_;
};

// ---- The library ----

v1::RuleSet SourceOf(const PlainSet& set) {
  v1::RuleSet source;
  source.set_id("random");
  source.set_hit_policy(set.policy);
  source.set_aggregator(set.aggregator);
  source.set_aggregate_output(set.aggregate_output);
  source.set_default_outcome(set.default_outcome);
  if (!set.rate_order.empty()) {
    v1::OutputOrder* order = source.add_output_orders();
    order->set_name("rate");
    for (const int64_t value : set.rate_order) order->add_values(absl::StrCat(value));
    order = source.add_output_orders();
    order->set_name("lane");
    for (const std::string& value : set.lane_order)
      order->add_values(absl::StrCat("'", value, "'"));
  }
  const auto add_output = [](v1::Rule* rule, absl::string_view name, std::string expression) {
    v1::RuleOutput* output = rule->add_outputs();
    output->set_name(std::string(name));
    output->set_expression(std::move(expression));
  };
  for (size_t i = 0; i < set.rules.size(); ++i) {
    const PlainRule& plain = set.rules[i];
    v1::Rule* rule = source.add_rules();
    rule->set_id(plain.id);
    rule->set_order(static_cast<int32_t>(i));
    rule->set_outcome(plain.outcome);
    rule->set_reason(plain.reason);
    rule->set_authority(plain.authority);
    std::string condition =
        absl::StrCat("order.total_units >= ", plain.from, " && order.total_units <= ", plain.to);
    if (plain.errs_at.has_value()) {
      absl::StrAppend(&condition, " && 1 / (order.total_units - ", *plain.errs_at, ") < 5");
    }
    rule->set_condition(std::move(condition));
    add_output(rule, "lane", absl::StrCat("'", plain.lane, "'"));
    std::string rate = plain.rate == 0 ? "order.total_units" : absl::StrCat(plain.rate);
    if (plain.output_errs_at.has_value()) {
      absl::StrAppend(&rate, " + 0 / (order.total_units - ", *plain.output_errs_at, ")");
    }
    add_output(rule, "rate", std::move(rate));
    add_output(rule, "fee",
               absl::StrCat("frontdesk.v1.Money{units: ", plain.units, ", currency_code: '",
                            plain.currency, "'}"));
  }
  source.add_default_outputs()->set_name("note");
  source.mutable_default_outputs(0)->set_expression("'none'");
  return source;
}

std::string InWords(const v1::OutputValue& value) {
  switch (value.value_case()) {
    case v1::OutputValue::kMoneyValue:
      return absl::StrCat(value.money_value().units(), " ", value.money_value().currency_code());
    case v1::OutputValue::kIntValue:
      return absl::StrCat(value.int_value());
    default:
      return value.string_value();
  }
}

PlainResult Read(const v1::Decision& decision) {
  PlainResult result;
  result.outcome = decision.outcome();
  result.fired = {decision.fired_rule_ids().begin(), decision.fired_rule_ids().end()};
  for (const v1::RuleHit& hit : decision.hits()) result.hits.push_back(hit.rule_id());
  result.error = decision.hit_policy_error().reason();
  result.by_default = decision.by_default();
  for (const v1::OutputValue& value : decision.outputs()) {
    result.outputs[value.name()] = InWords(value);
  }
  if (decision.has_aggregate()) result.aggregate = InWords(decision.aggregate());
  return result;
}

void ExpectEqual(const PlainResult& got, const PlainResult& expected) {
  EXPECT_EQ(got.outcome, expected.outcome);
  EXPECT_EQ(got.fired, expected.fired);
  EXPECT_EQ(got.hits, expected.hits);
  EXPECT_EQ(got.error, expected.error);
  EXPECT_EQ(got.by_default, expected.by_default);
  EXPECT_EQ(got.outputs, expected.outputs);
  EXPECT_EQ(got.aggregate, expected.aggregate);
}

// The traces and the text say what the decision does.
void ExpectSameExplanation(const v1::Decision& decision, const PlainResult& expected) {
  const std::set<std::string> fired(expected.fired.begin(), expected.fired.end());
  const bool errs = !fired.empty() && expected.hits.empty();
  for (const v1::RuleTrace& trace : decision.rules()) {
    const bool shows = trace.result() == v1::RuleTrace::RESULT_FIRED ||
                       trace.result() == v1::RuleTrace::RESULT_APPROVED ||
                       trace.result() == v1::RuleTrace::RESULT_ERROR;
    if (fired.count(trace.rule_id()) > 0) {
      EXPECT_TRUE(shows) << trace.DebugString();
    }
    EXPECT_EQ(trace.result() == v1::RuleTrace::RESULT_ERROR,
              errs && fired.count(trace.rule_id()) > 0);
  }
  const std::string text = FormatDecision(decision);
  for (const std::string& id : expected.hits) {
    EXPECT_TRUE(absl::StrContains(text, absl::StrCat("  rule ", id, ": "))) << text;
  }
  EXPECT_TRUE(absl::StrContains(text, expected.error)) << text;
  EXPECT_EQ(absl::StrContains(text, "POLICY_ERROR"), errs) << text;
}

// ---- Random sets ----

class RandomTables {
 public:
  explicit RandomTables(uint32_t seed) : random_(seed) {}

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }

  PlainSet Set() {
    PlainSet set;
    set.policy = static_cast<v1::HitPolicy>(v1::HIT_POLICY_UNIQUE + Below(6));
    set.default_outcome = static_cast<v1::PolicyOutcome>(Below(3));
    if (set.policy == v1::HIT_POLICY_COLLECT) {
      set.aggregator = static_cast<v1::HitAggregator>(Below(5));
      if (set.aggregator != v1::HIT_AGGREGATOR_UNSPECIFIED) {
        set.aggregate_output = Below(2) == 0 ? "rate" : "fee";
      }
    }
    const bool compares =
        set.policy == v1::HIT_POLICY_PRIORITY || set.policy == v1::HIT_POLICY_OUTPUT_ORDER;
    if (compares) {
      set.rate_order = {1, 2, 3, kHuge, -2};
      std::shuffle(set.rate_order.begin(), set.rate_order.end(), random_);
      set.lane_order = {"a", "b", "c"};
      std::shuffle(set.lane_order.begin(), set.lane_order.end(), random_);
    }
    const bool alike = Below(2) == 0;
    for (int count = 1 + Below(6); count > 0; --count) set.rules.push_back(Rule(set, alike));
    return set;
  }

 private:
  PlainRule Rule(const PlainSet& set, bool alike) {
    PlainRule rule;
    rule.id = absl::StrCat("r", set.rules.size());
    rule.outcome = static_cast<v1::PolicyOutcome>(alike ? 1 : 1 + Below(3));
    if (rule.outcome != v1::POLICY_OUTCOME_ALLOW) rule.reason = Below(2) == 0 ? "ONE" : "TWO";
    if (rule.outcome == v1::POLICY_OUTCOME_HOLD) rule.authority = "boss";
    rule.from = Below(6);
    rule.to = rule.from + Below(5);
    if (Below(12) == 0) rule.errs_at = Below(8);
    if (Below(12) == 0) rule.output_errs_at = Below(8);
    const int64_t rates[] = {1, 2, 3, kHuge, -2, 0};
    rule.rate = alike ? 2 : rates[Below(6)];
    rule.units = alike ? 500 : Below(3) == 0 ? kHuge : Below(2000) - 1000;
    rule.currency = alike ? "EUR" : Below(8) == 0 ? "" : Below(6) == 0 ? "USD" : "EUR";
    if (rule.currency.empty()) rule.units = 0;
    rule.lane = alike ? "a" : std::string(1, static_cast<char>('a' + Below(3)));
    return rule;
  }

  std::mt19937 random_;
};

TEST(HitPolicyReference, RandomTablesDecideAsTheReferenceDoes) {
  const uint32_t seed = static_cast<uint32_t>(testing::RandomSeed());
  RandomTables random(seed);
  std::map<std::string, int> seen;
  for (int round = 0; round < 600; ++round) {
    const PlainSet set = random.Set();
    const v1::RuleSet source = SourceOf(set);
    CompileOptions compile_options;
    compile_options.limits.max_analysis_steps = 0;
    const CompileResult compiled =
        RuleSet::Compile(source, bakery::Input::descriptor(), compile_options);
    ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
    cel::Scratch scratch;
    for (int64_t units = 0; units < 12; ++units) {
      bakery::Input input;
      input.mutable_order()->set_total_units(units);
      DecideOptions options;
      if (random.Below(2) == 0) options.granted_authorities = {"boss"};
      const PlainResult expected =
          SlowTable(set, units, !options.granted_authorities.empty()).Decide();
      for (const TraceLevel level : {TraceLevel::kFull, TraceLevel::kFired}) {
        options.trace = level;
        const absl::StatusOr<v1::Decision> decision =
            compiled.rule_set->Decide(input, options, scratch);
        ASSERT_TRUE(decision.ok());
        ExpectEqual(Read(*decision), expected);
        ExpectSameExplanation(*decision, expected);
      }
      ++seen[absl::StrCat(v1::HitPolicy_Name(set.policy), " ", expected.error)];
      ++seen[absl::StrCat(expected.outcome, expected.by_default)];
      if (!expected.aggregate.empty()) ++seen[absl::StrCat("aggregate ", set.aggregator)];
      if (::testing::Test::HasFailure()) {
        FAIL() << "seed " << seed << "\n" << source.DebugString() << "units " << units;
      }
    }
  }
  // Every policy with and without its error, every aggregator, every outcome.
  EXPECT_GE(seen.size(), 6u + 6u + 4u + 4u) << absl::StrJoin(seen, "\n", absl::PairFormatter(": "));
}

}  // namespace
}  // namespace hit_reference_tests
}  // namespace rules
}  // namespace frontdesk
