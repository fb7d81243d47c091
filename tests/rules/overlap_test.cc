// Overlaps, gaps and the order of priorities in the analysis of a set, against the enumeration of a small world, and in large sets.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/rules/analysis.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace overlap_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A rule with the output `rate`, which allows unless it is said to refuse.
struct OverlapRule {
  std::string condition;
  std::string rate = "1";
  bool refuses = false;
};

v1::RuleSet SetOf(v1::HitPolicy policy, const std::vector<OverlapRule>& rules,
                  bool has_default = true) {
  v1::RuleSet set;
  set.set_id("set");
  set.set_hit_policy(policy);
  if (has_default) set.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  if (policy == v1::HIT_POLICY_PRIORITY || policy == v1::HIT_POLICY_OUTPUT_ORDER) {
    v1::OutputOrder* order = set.add_output_orders();
    order->set_name("rate");
    for (const char* value : {"3", "2", "1"}) order->add_values(value);
  }
  for (size_t i = 0; i < rules.size(); ++i) {
    v1::Rule* rule = set.add_rules();
    rule->set_id(absl::StrCat("r", i));
    rule->set_order(static_cast<int32_t>(i));
    rule->set_condition(rules[i].condition);
    rule->set_outcome(rules[i].refuses ? v1::POLICY_OUTCOME_REFUSE : v1::POLICY_OUTCOME_ALLOW);
    if (rules[i].refuses) rule->set_reason("REFUSED");
    rule->add_outputs()->set_name("rate");
    rule->mutable_outputs(0)->set_expression(rules[i].rate);
  }
  return set;
}

CompileResult CompileSet(const v1::RuleSet& source, bool analyzes = true) {
  CompileOptions options;
  if (!analyzes) options.limits.max_analysis_steps = 0;
  CompileResult result = RuleSet::Compile(source, bakery::Input::descriptor(), options);
  EXPECT_TRUE(result.ok()) << FormatIssues(result.issues);
  return result;
}

// "r0 r1" of each pair.
std::vector<std::string> Pairs(const Analysis& analysis) {
  std::vector<std::string> pairs;
  for (const RuleOverlap& overlap : analysis.overlaps) {
    pairs.push_back(absl::StrCat(overlap.rule_id, " ", overlap.other_rule_id));
  }
  return pairs;
}

v1::Decision DecideAt(const RuleSet& set, const google::protobuf::Message& input,
                      absl::optional<absl::Time> time) {
  DecideOptions options;
  options.now = time.value_or(absl::UnixEpoch());
  const absl::StatusOr<v1::Decision> decision = set.Decide(input, options);
  EXPECT_TRUE(decision.ok());
  return decision.value_or(v1::Decision());
}

bool Matches(const v1::RuleTrace& trace) {
  return trace.result() == v1::RuleTrace::RESULT_MATCHED ||
         trace.result() == v1::RuleTrace::RESULT_FIRED;
}

// The rules confirm each overlap and the gap.
void ExpectRealWitnesses(const RuleSet& set, const Analysis& analysis) {
  for (const RuleOverlap& overlap : analysis.overlaps) {
    ASSERT_NE(overlap.input, nullptr);
    const v1::Decision decision = DecideAt(set, *overlap.input, overlap.time);
    std::map<std::string, v1::RuleTrace> traces;
    for (const v1::RuleTrace& trace : decision.rules()) traces[trace.rule_id()] = trace;
    EXPECT_TRUE(Matches(traces[overlap.rule_id])) << decision.DebugString();
    EXPECT_TRUE(Matches(traces[overlap.other_rule_id])) << decision.DebugString();
    if (!overlap.is_violation) continue;
    const bool errs = std::any_of(traces.begin(), traces.end(), [](const auto& each) {
      return each.second.result() == v1::RuleTrace::RESULT_ERROR;
    });
    EXPECT_TRUE(decision.has_hit_policy_error() || errs) << decision.DebugString();
  }
  if (analysis.gap_verdict != GapVerdict::kFound) return;
  ASSERT_NE(analysis.gap, nullptr);
  const v1::Decision decision = DecideAt(set, *analysis.gap, analysis.gap_time);
  for (const v1::RuleTrace& trace : decision.rules()) {
    EXPECT_TRUE(trace.result() == v1::RuleTrace::RESULT_NOT_MATCHED ||
                trace.result() == v1::RuleTrace::RESULT_NOT_IN_EFFECT)
        << decision.DebugString();
  }
}

Analysis AnalyzeSet(const v1::RuleSet& source, const AnalysisOptions& options = {}) {
  const CompileResult compiled = CompileSet(source, /*analyzes=*/false);
  const Analysis analysis = Analyze(*compiled.rule_set, options);
  ExpectRealWitnesses(*compiled.rule_set, analysis);
  return analysis;
}

TEST(Overlap, EveryPairThatViolatesUnique) {
  const Analysis analysis =
      AnalyzeSet(SetOf(v1::HIT_POLICY_UNIQUE, {{"order.total_units <= 5"},
                                               {"order.total_units >= 5"},
                                               {"order.total_units > 9 && order.express"},
                                               {"order.total_units == 7"}}));
  EXPECT_THAT(Pairs(analysis), ElementsAre("r0 r1", "r1 r2", "r1 r3"));
  EXPECT_TRUE(analysis.are_overlaps_complete);
  EXPECT_EQ(analysis.undecided_overlaps, 0);
  EXPECT_THAT(analysis.overlaps[0].witness_text, HasSubstr("order.total_units is 5"));
}

TEST(Overlap, UnderAnyOnlyThoseThatDiffer) {
  const Analysis analysis =
      AnalyzeSet(SetOf(v1::HIT_POLICY_ANY, {{"order.total_units > 1", "1"},
                                            {"order.total_units > 2", "1"},
                                            {"order.total_units > 3", "2"},
                                            {"order.total_units > 4", "order.total_units"},
                                            {"order.total_units > 5", "order.total_units"}}));
  EXPECT_THAT(Pairs(analysis),
              ElementsAre("r0 r2", "r1 r2", "r0 r3", "r1 r3", "r2 r3", "r0 r4", "r1 r4", "r2 r4"));
  EXPECT_THAT(analysis.overlaps[0].differences, ElementsAre("output rate"));
}

TEST(Overlap, UnderFirstConflictingOutcomesWhenAsked) {
  const v1::RuleSet source =
      SetOf(v1::HIT_POLICY_FIRST, {{"order.total_units > 1"},
                                   {"order.total_units > 2"},
                                   {"order.total_units < 4", "1", /*refuses=*/true}});
  EXPECT_THAT(AnalyzeSet(source).overlaps, IsEmpty());
  AnalysisOptions options;
  options.find_overlaps = true;
  const Analysis analysis = AnalyzeSet(source, options);
  EXPECT_THAT(Pairs(analysis), ElementsAre("r0 r2", "r1 r2"));
  EXPECT_FALSE(analysis.overlaps[0].is_violation);
  EXPECT_THAT(analysis.overlaps[0].differences, ElementsAre("outcome", "reason"));
  options.max_overlaps = 1;
  EXPECT_FALSE(AnalyzeSet(source, options).are_overlaps_complete);
}

TEST(Overlap, RulesOfDifferentTimesDoNotOverlap) {
  v1::RuleSet source = SetOf(v1::HIT_POLICY_UNIQUE, {{"true"}, {"true"}, {"order.express"}});
  source.mutable_rules(0)->mutable_expire_time()->set_seconds(1000);
  source.mutable_rules(1)->mutable_effective_time()->set_seconds(1000);
  source.mutable_rules(2)->mutable_effective_time()->set_seconds(2000);
  const Analysis analysis = AnalyzeSet(source);
  EXPECT_THAT(Pairs(analysis), ElementsAre("r1 r2"));
  EXPECT_EQ(analysis.overlaps[0].time, absl::FromUnixSeconds(2000));
}

TEST(Gap, IsAnInputThatNoRuleMatches) {
  const auto gap = [](const std::vector<OverlapRule>& rules) {
    return AnalyzeSet(SetOf(v1::HIT_POLICY_UNIQUE, rules, /*has_default=*/false));
  };
  EXPECT_EQ(gap({{"order.total_units < 5"}, {"order.total_units >= 5"}}).gap_verdict,
            GapVerdict::kNone);
  const Analysis analysis = gap({{"order.total_units < 5"}, {"order.total_units > 5"}});
  EXPECT_EQ(analysis.gap_verdict, GapVerdict::kFound);
  EXPECT_EQ(analysis.gap_text, "order.total_units is 5");
  // NaN is in neither.
  EXPECT_EQ(gap({{"order.weight < 5.0"}, {"order.weight >= 5.0"}}).gap_verdict, GapVerdict::kFound);
  EXPECT_EQ(gap({{"order.total_units % 2 == 0"}}).gap_verdict, GapVerdict::kNotDecided);
  EXPECT_EQ(AnalyzeSet(SetOf(v1::HIT_POLICY_UNIQUE, {{"order.express"}})).gap_verdict,
            GapVerdict::kNotAsked);
  AnalysisOptions options;
  options.find_gap = true;
  EXPECT_EQ(AnalyzeSet(SetOf(v1::HIT_POLICY_FIRST, {{"order.express"}}), options).gap_verdict,
            GapVerdict::kFound);
}

TEST(Gap, AtAnInstantAtWhichARuleDoesNotCount) {
  v1::RuleSet source = SetOf(v1::HIT_POLICY_FIRST, {{"true"}, {"true"}}, /*has_default=*/false);
  source.mutable_rules(0)->mutable_expire_time()->set_seconds(1000);
  source.mutable_rules(1)->mutable_effective_time()->set_seconds(1000);
  EXPECT_EQ(AnalyzeSet(source).gap_verdict, GapVerdict::kNone);
  source.mutable_rules(1)->mutable_effective_time()->set_seconds(1001);
  const Analysis analysis = AnalyzeSet(source);
  EXPECT_EQ(analysis.gap_verdict, GapVerdict::kFound);
  EXPECT_EQ(analysis.gap_time, absl::FromUnixSeconds(1000));
}

TEST(Priority, ARuleIsShadowedByOneOfAHigherPlace) {
  const auto reach = [](const std::vector<OverlapRule>& rules, size_t index) {
    return AnalyzeSet(SetOf(v1::HIT_POLICY_PRIORITY, rules)).rules[index];
  };
  // By order number it comes first; by the order of its output it comes last.
  const RuleAnalysis shadowed =
      reach({{"order.total_units > 5", "1"}, {"order.total_units > 3", "2"}}, 0);
  EXPECT_EQ(shadowed.reach, Reach::kNever);
  EXPECT_THAT(shadowed.covering_rule_ids, ElementsAre("r1"));
  EXPECT_EQ(reach({{"order.total_units > 5", "2"}, {"order.total_units > 3", "1"}}, 0).reach,
            Reach::kReached);
  EXPECT_EQ(reach({{"order.express", "2"}, {"order.express", "2"}}, 1).reach, Reach::kNever);
  // A computed value has no place at load.
  EXPECT_EQ(
      reach({{"order.total_units == 2", "1"}, {"order.total_units == 2", "order.total_units"}}, 0)
          .reach,
      Reach::kReached);
}

TEST(OverlapIssues, AreWarningsWithTheWitness) {
  const CompileResult unique = CompileSet(
      SetOf(v1::HIT_POLICY_UNIQUE, {{"order.total_units <= 5"}, {"order.total_units >= 5"}}));
  ASSERT_EQ(unique.issues.size(), 1u) << FormatIssues(unique.issues);
  EXPECT_EQ(unique.issues[0].reason(), "RULE_OVERLAP");
  EXPECT_EQ(unique.issues[0].field(), "rules[1].condition");
  EXPECT_EQ(unique.issues[0].text(),
            "rule 'r0' matches too when order.total_units is 5, and the hit policy UNIQUE allows "
            "one rule");
  const CompileResult any =
      CompileSet(SetOf(v1::HIT_POLICY_ANY, {{"order.express", "1"}, {"order.express", "2"}}));
  ASSERT_EQ(any.issues.size(), 1u) << FormatIssues(any.issues);
  EXPECT_THAT(any.issues[0].text(), HasSubstr("they differ in output rate"));
  const CompileResult gap =
      CompileSet(SetOf(v1::HIT_POLICY_UNIQUE, {{"order.express"}}, /*has_default=*/false));
  ASSERT_EQ(gap.issues.size(), 1u) << FormatIssues(gap.issues);
  EXPECT_EQ(gap.issues[0].reason(), "RULE_SET_GAP");
  EXPECT_THAT(
      CompileSet(SetOf(v1::HIT_POLICY_FIRST, {{"order.express"}, {"order.express"}})).issues,
      ::testing::SizeIs(1));
  // Under COLLECT a rule may count twice.
  EXPECT_THAT(
      CompileSet(SetOf(v1::HIT_POLICY_COLLECT, {{"order.express"}, {"order.express"}})).issues,
      IsEmpty());
}

// ---- Against the enumeration of a small world ----

std::vector<bakery::Input> World() {
  std::vector<bakery::Input> world;
  for (int units = 0; units < 7; ++units) {
    for (int state = 0; state < 4; ++state) {
      for (int bits = 0; bits < 2 * 3; ++bits) {
        bakery::Input input;
        input.mutable_order()->set_total_units(units);
        input.mutable_order()->set_state(static_cast<bakery::Order::State>(state));
        input.mutable_order()->set_express(bits % 2 == 1);
        input.mutable_order()->set_code(std::string(1, static_cast<char>('a' + bits / 2)));
        world.push_back(std::move(input));
      }
    }
  }
  return world;
}

// Conditions that tell apart no more than the world does, given that units are 0 to 6 and codes a, b and c.
class SmallWorld {
 public:
  explicit SmallWorld(uint32_t seed) : random_(seed) {}

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }

  std::string Condition() {
    std::vector<std::string> parts;
    for (int count = 1 + Below(3); count > 0; --count) parts.push_back(Part());
    return absl::StrJoin(parts, " && ");
  }

 private:
  std::string Part() {
    static constexpr const char* kStates[] = {"Order.State.STATE_UNSPECIFIED",
                                              "Order.State.STATE_PLACED", "Order.State.STATE_BAKED",
                                              "Order.State.STATE_DELIVERED"};
    const int number = 1 + Below(5);
    switch (Below(8)) {
      case 0:
        return absl::StrCat("order.total_units > ", number);
      case 1:
        return absl::StrCat("order.total_units <= ", number);
      case 2:
        return absl::StrCat("order.total_units in [", number, ", ", 1 + Below(5), "]");
      case 3:
        return absl::StrCat("order.state == ", kStates[Below(4)]);
      case 4:
        return absl::StrCat("order.state in [", kStates[Below(4)], ", ", kStates[Below(4)], "]");
      case 5:
        return Below(2) == 0 ? "order.express" : "!order.express";
      case 6:
        return absl::StrCat("(order.express || order.total_units == ", number, ")");
      default:
        return absl::StrCat("order.code == '", std::string(1, static_cast<char>('a' + Below(2))),
                            "'");
    }
  }

  std::mt19937 random_;
};

TEST(OverlapReference, AgreesWithTheEnumeration) {
  const uint32_t seed = static_cast<uint32_t>(testing::RandomSeed());
  SmallWorld random(seed);
  const std::vector<bakery::Input> world = World();
  int overlaps = 0, gaps = 0, complete = 0;
  for (int round = 0; round < 120; ++round) {
    const v1::HitPolicy policy = round % 3 == 0   ? v1::HIT_POLICY_UNIQUE
                                 : round % 3 == 1 ? v1::HIT_POLICY_ANY
                                                  : v1::HIT_POLICY_ALL;
    std::vector<OverlapRule> rules;
    for (int count = 1 + random.Below(7); count > 0; --count) {
      rules.push_back(
          {random.Condition(), absl::StrCat(1 + random.Below(2)), random.Below(3) == 0});
    }
    if (random.Below(3) == 0) {
      rules.push_back({"order.total_units > 2"});
      rules.push_back({"order.total_units <= 2"});
    }
    const v1::RuleSet source = SetOf(policy, rules, /*has_default=*/false);
    AnalysisOptions options;
    options.find_overlaps = true;
    const Analysis analysis = AnalyzeSet(source, options);
    const CompileResult compiled = CompileSet(source, /*analyzes=*/false);
    std::set<std::string> expected;
    bool has_gap = false;
    for (const bakery::Input& input : world) {
      const v1::Decision decision = DecideAt(*compiled.rule_set, input, absl::nullopt);
      std::vector<size_t> matching;
      for (int i = 0; i < decision.rules_size(); ++i) {
        if (Matches(decision.rules(i))) matching.push_back(static_cast<size_t>(i));
      }
      has_gap = has_gap || matching.empty();
      for (const size_t second : matching) {
        for (const size_t first : matching) {
          const bool same_outcome = rules[first].refuses == rules[second].refuses;
          const bool counts = policy == v1::HIT_POLICY_UNIQUE ||
                              (policy == v1::HIT_POLICY_ANY &&
                               (!same_outcome || rules[first].rate != rules[second].rate)) ||
                              (policy == v1::HIT_POLICY_ALL && !same_outcome);
          if (first < second && counts) expected.insert(absl::StrCat("r", first, " r", second));
        }
      }
    }
    const std::vector<std::string> pairs = Pairs(analysis);
    EXPECT_EQ(std::set<std::string>(pairs.begin(), pairs.end()), expected);
    EXPECT_EQ(pairs.size(), expected.size());
    EXPECT_EQ(analysis.undecided_overlaps, 0);
    EXPECT_EQ(analysis.gap_verdict, has_gap ? GapVerdict::kFound : GapVerdict::kNone);
    overlaps += static_cast<int>(expected.size());
    (has_gap ? gaps : complete) += 1;
    if (::testing::Test::HasFailure()) FAIL() << "seed " << seed << "\n" << source.DebugString();
  }
  EXPECT_GT(overlaps, 100);
  EXPECT_GT(gaps, 10);
  EXPECT_GT(complete, 10);
}

// ---- Large sets ----

// Boxes of a grid, no two of which overlap: by code, by state, and by a range of totals.
std::vector<OverlapRule> Grid(int count) {
  std::vector<OverlapRule> rules;
  for (int i = 0; i < count; ++i) {
    rules.push_back({absl::StrCat("order.code == 'c", i / 40, "' && order.state == Order.State.",
                                  i % 2 == 0 ? "STATE_PLACED" : "STATE_BAKED",
                                  " && order.total_units >= ", i % 40 / 2 * 10,
                                  " && order.total_units < ", i % 40 / 2 * 10 + 10)});
  }
  return rules;
}

TEST(OverlapOfLargeSets, PlantedOnesAreFoundWithinTheSteps) {
  std::vector<OverlapRule> rules = Grid(10000);
  rules[7000].condition = rules[123].condition + " && order.express";
  rules[9999].condition =
      "order.code in ['c3', 'c200'] && order.total_units >= 95 && order.total_units < 105 && "
      "order.state == Order.State.STATE_BAKED";
  const v1::RuleSet source = SetOf(v1::HIT_POLICY_UNIQUE, rules);
  AnalysisOptions options;
  options.max_steps = 10000000;
  const Analysis analysis = AnalyzeSet(source, options);
  EXPECT_TRUE(analysis.is_complete);
  EXPECT_TRUE(analysis.are_overlaps_complete);
  // c3 is r120 to r159; its totals 90 to 109 are r138 to r141, of which r139 and r141 are BAKED. c200 is r8000 and on.
  EXPECT_THAT(Pairs(analysis),
              ElementsAre("r123 r7000", "r139 r9999", "r141 r9999", "r8019 r9999", "r8021 r9999"));
}

TEST(OverlapOfLargeSets, ShadowedRulesAreFoundUnderFirst) {
  std::vector<OverlapRule> rules = Grid(10000);
  rules[9000].condition = rules[44].condition + " && order.express";
  const v1::RuleSet source = SetOf(v1::HIT_POLICY_FIRST, rules);
  AnalysisOptions options;
  options.max_steps = 10000000;
  const Analysis analysis = AnalyzeSet(source, options);
  EXPECT_TRUE(analysis.is_complete);
  std::vector<std::string> shadowed;
  for (const RuleAnalysis& rule : analysis.rules) {
    if (rule.reach == Reach::kNever) shadowed.push_back(rule.rule_id);
  }
  EXPECT_THAT(shadowed, ElementsAre("r9000"));
  EXPECT_THAT(analysis.rules[9000].covering_rule_ids, ElementsAre("r44"));
}

TEST(OverlapOfLargeSets, StopsWhenTheStepsAreSpent) {
  AnalysisOptions options;
  options.max_steps = 20000;
  const Analysis analysis = AnalyzeSet(SetOf(v1::HIT_POLICY_UNIQUE, Grid(2000)), options);
  EXPECT_FALSE(analysis.is_complete);
  EXPECT_FALSE(analysis.are_overlaps_complete);
}

}  // namespace
}  // namespace overlap_tests
}  // namespace rules
}  // namespace frontdesk
