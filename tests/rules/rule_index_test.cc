// Sets with an index of their conditions beside the same sets without one, and beside each condition evaluated by itself.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/cel/condition_index.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

constexpr int32_t kNever = std::numeric_limits<int32_t>::max();

// Random conditions and messages of the bakery. Few constants, so that values meet them.
class IndexWorld {
 public:
  explicit IndexWorld(uint64_t seed) : random_(seed) {}

  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
  bool OneIn(int number) { return Below(number) == 0; }
  template <typename T, size_t n>
  const T& Of(const T (&all)[n]) {
    return all[Below(static_cast<int>(n))];
  }

  std::string Condition() {
    std::vector<std::string> parts;
    const int count = 1 + Below(4);
    for (int i = 0; i < count; ++i) parts.push_back(Part());
    return absl::StrJoin(parts, " && ");
  }

  bakery::Input Message() {
    bakery::Input input;
    if (!OneIn(10)) {
      bakery::Order& order = *input.mutable_order();
      order.set_total_units(Below(8) - 2);
      order.set_state(static_cast<bakery::Order::State>(Below(6)));  // Some are not declared.
      order.set_express(OneIn(2));
      order.set_weight(Of(kWeights));
      order.set_code(Word());
      order.set_note(Word());
      if (OneIn(2)) order.set_priority(Below(3));
      for (int i = Below(4); i > 0; --i) order.add_lines()->set_quantity(Below(5));
      for (int i = Below(4); i > 0; --i) {
        order.add_past_states(static_cast<bakery::Order::State>(Below(6)));
      }
      if (OneIn(2)) SetTime(order.mutable_delivered_time());
      if (OneIn(2)) order.mutable_baking_time()->set_seconds(Below(4));
      if (OneIn(10)) order.mutable_baking_time()->set_nanos(2'000'000'000);  // Not valid.
      if (OneIn(2)) (*order.mutable_labels())["a"] = Word();
    }
    if (!OneIn(8)) {
      input.mutable_customer()->set_tier(static_cast<bakery::Tier>(Below(4)));
      for (int i = Below(4); i > 0; --i) input.mutable_customer()->add_aliases(Word());
    }
    if (!OneIn(8)) SetTime(input.mutable_now());
    return input;
  }

 private:
  static constexpr double kWeights[] = {0.0,
                                        -0.0,
                                        1.5,
                                        -2.0,
                                        std::numeric_limits<double>::infinity(),
                                        std::numeric_limits<double>::quiet_NaN()};
  static constexpr const char* kWords[] = {"",   "a",  "ab", "abc",    "b",
                                           "ba", "bz", "z",  "\u00e4", "\u00e4b"};
  static constexpr const char* kOperators[] = {"==", "!=", "<", "<=", ">", ">="};

  std::string Word() { return Of(kWords); }
  std::string Text() { return absl::StrCat("'", Word(), "'"); }

  void SetTime(google::protobuf::Timestamp* time) {
    time->set_seconds(1'000 + Below(4));
    time->set_nanos(OneIn(2) ? 0 : 500'000'000);
    if (OneIn(15)) time->set_nanos(-1);                       // Not valid.
    if (OneIn(15)) time->set_seconds(300'000'000'000'000ll);  // Nor is this.
  }

  std::string Part() {
    const std::string part = Plain();
    if (OneIn(6)) return absl::StrCat("!(", part, ")");
    if (OneIn(8)) return absl::StrCat("(", part, " || ", Plain(), ")");
    return part;
  }

  std::string Plain() {
    const std::string op = Of(kOperators);
    switch (Below(20)) {
      case 0:
      case 1:
        return absl::StrCat("order.total_units ", op, " ", Below(8) - 2);
      case 2:
        return absl::StrCat(Below(4), " ", op, " order.total_units");
      case 3:
        return absl::StrCat("order.weight ", op, " ", OneIn(3) ? "0.0" : OneIn(2) ? "1.5" : "-2.0");
      case 4:
        return "order.weight == 0.0 / 0.0";
      case 5:
        return absl::StrCat("order.code ", op, " ", Text());
      case 6:
        return absl::StrCat("order.note in [", Text(), ", ", Text(), "]");
      case 7:
        return absl::StrCat("order.total_units in [0, 1, 2, 3, 4, 5, ", Below(3) + 6,
                            ", 9, 10, 11]");
      case 8:
        return absl::StrCat("order.code.startsWith(", Text(), ")");
      case 9:
        return absl::StrCat(Text(), " in customer.aliases");
      case 10:
        return absl::StrCat("order.state ", OneIn(2) ? "==" : "!=", " Order.State.STATE_BAKED");
      case 11:
        return absl::StrCat(Below(3), " in order.past_states");
      case 12:
        return OneIn(2) ? "has(order.priority)" : "has(order.lines)";
      case 13:
        return "order.express";
      case 14:
        return absl::StrCat("now - order.delivered_time ", op, " duration('", Below(3), "s')");
      case 15:
        return absl::StrCat("now ", op, " timestamp('1970-01-01T00:16:4", Below(4), "Z')");
      case 16:
        return absl::StrCat("order.baking_time ", op, " duration('", Below(3), "s')");
      case 17:
        return absl::StrCat("6 / order.total_units ", op, " ", Below(3));
      case 18:
        return absl::StrCat("order.lines.exists(line, line.quantity > ", Below(4), ")");
      default:
        return absl::StrCat("order.labels['a'] == ", Text());
    }
  }

  std::mt19937_64 random_;
};

v1::RuleSet SetOf(IndexWorld& world, int rules) {
  v1::RuleSet source;
  source.set_id("random");
  source.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  source.set_hit_policy(world.OneIn(2) ? v1::HIT_POLICY_ALL : v1::HIT_POLICY_FIRST);
  for (int i = 0; i < rules; ++i) {
    v1::Rule& rule = *source.add_rules();
    rule.set_id(absl::StrCat("r", i));
    rule.set_order(i + 1);
    rule.set_condition(world.Condition());
    rule.set_outcome(world.OneIn(3)   ? v1::POLICY_OUTCOME_ALLOW
                     : world.OneIn(2) ? v1::POLICY_OUTCOME_HOLD
                                      : v1::POLICY_OUTCOME_REFUSE);
    rule.set_reason("RANDOM");
    if (rule.outcome() == v1::POLICY_OUTCOME_HOLD) rule.set_authority("lead");
    if (world.OneIn(4)) {
      v1::RuleOutput& output = *rule.add_outputs();
      output.set_name("worth");
      output.set_expression("order.total_units + 1");
    }
    if (world.OneIn(10)) rule.mutable_effective_time()->set_seconds(1'001);
    if (world.OneIn(12)) rule.set_disabled(true);
  }
  return source;
}

std::shared_ptr<const RuleSet> CompileAs(const v1::RuleSet& source, int32_t min_indexed,
                                         int32_t min_compact) {
  CompileOptions options;
  options.min_indexed_rules = min_indexed;
  options.min_compact_rules = min_compact;
  options.limits.max_analysis_steps = 0;
  CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor(), options);
  EXPECT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
  return compiled.rule_set;
}

// The matches, each condition alone, by the plan that explains: nothing in it is put together.
RuleMatches MatchesByThemselves(const v1::RuleSet& source,
                                const std::vector<cel::Program>& programs,
                                const bakery::Input& input, absl::Time now) {
  RuleMatches matches;
  cel::Scratch scratch;
  for (int i = 0; i < source.rules_size(); ++i) {
    const v1::Rule& rule = source.rules(i);
    if (rule.disabled()) continue;
    if (rule.has_effective_time() && now < absl::FromUnixSeconds(1'001)) continue;
    const cel::Value value = programs[static_cast<size_t>(i)].Explain(input, scratch).value;
    if (value.is_error()) {
      matches.erring.push_back(i);
    } else if (value.bool_value()) {
      matches.holding.push_back(i);
    }
  }
  return matches;
}

std::vector<cel::Program> ProgramsOf(const v1::RuleSet& source) {
  cel::EnvironmentBuilder builder;
  builder.SetRootMessage(bakery::Input::descriptor());
  builder.SetContainer("bakery");
  const auto environment = builder.Build();
  EXPECT_TRUE(environment.ok()) << environment.status();
  std::vector<cel::Program> programs;
  for (const v1::Rule& rule : source.rules()) {
    const cel::CompileResult compiled = (*environment)->Compile(rule.condition());
    EXPECT_NE(compiled.program, nullptr) << rule.condition();
    programs.push_back(*compiled.program);
  }
  return programs;
}

std::string BytesOf(const RuleSet& set, const bakery::Input& input, absl::Time now,
                    TraceLevel trace) {
  DecideOptions options;
  options.now = now;
  options.trace = trace;
  const absl::StatusOr<v1::Decision> decision = set.Decide(input, options);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision->DebugString();
}

int DecisionsToMake() {
  const char* const text = std::getenv("FRONTDESK_INDEX_DECISIONS");
  return text == nullptr ? 10'000 : std::atoi(text);
}

TEST(RuleIndexTest, GivesTheAnswersOfEachRuleAlone) {
  const uint64_t seed = testing::RandomSeed();
  constexpr int kMessages = 25;
  const int sets = DecisionsToMake() / kMessages;
  size_t holding = 0, erring = 0;
  for (int number = 0; number < sets; ++number) {
    SCOPED_TRACE(absl::StrCat("FRONTDESK_RANDOM_SEED=", seed + static_cast<uint64_t>(number)));
    IndexWorld world(seed + static_cast<uint64_t>(number));
    // Around the size of a word, and of a group of its own.
    const int rules = world.OneIn(8) ? 60 + world.Below(100) : 1 + world.Below(12);
    const v1::RuleSet source = SetOf(world, rules);
    const auto with = CompileAs(source, 0, world.OneIn(2) ? 0 : kNever);
    const auto without = CompileAs(source, kNever, kNever);
    const std::vector<cel::Program> programs = ProgramsOf(source);
    ASSERT_TRUE(with != nullptr && without != nullptr);
    EXPECT_EQ(with->hash(), without->hash());
    cel::Scratch scratch;
    RuleMatches one, other;
    for (int i = 0; i < kMessages; ++i) {
      const bakery::Input input = world.Message();
      const absl::Time now = absl::FromUnixSeconds(1'000 + world.Below(3));
      DecideOptions options;
      options.now = now;
      ASSERT_TRUE(with->FindMatches(input, options, scratch, &one).ok());
      ASSERT_TRUE(without->FindMatches(input, options, scratch, &other).ok());
      const RuleMatches expected = MatchesByThemselves(source, programs, input, now);
      ASSERT_EQ(one.holding, expected.holding) << input.DebugString() << source.DebugString();
      ASSERT_EQ(one.erring, expected.erring) << input.DebugString() << source.DebugString();
      ASSERT_EQ(other.holding, expected.holding) << input.DebugString() << source.DebugString();
      ASSERT_EQ(other.erring, expected.erring) << input.DebugString() << source.DebugString();
      ASSERT_EQ(BytesOf(*with, input, now, TraceLevel::kFired),
                BytesOf(*without, input, now, TraceLevel::kFired))
          << input.DebugString() << source.DebugString();
      if (i % 5 == 0) {
        ASSERT_EQ(BytesOf(*with, input, now, TraceLevel::kFull),
                  BytesOf(*without, input, now, TraceLevel::kFull))
            << input.DebugString() << source.DebugString();
      }
      holding += expected.holding.size();
      erring += expected.erring.size();
    }
  }
  if (sets < 50) return;
  EXPECT_GT(holding, 1'000u);
  EXPECT_GT(erring, 300u);
}

TEST(RuleIndexTest, SetsOfAnySize) {
  for (const int rules : {1, 2, 47, 48, 63, 64, 65, 128, 129}) {
    v1::RuleSet source;
    source.set_id("sizes");
    source.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
    for (int i = 0; i < rules; ++i) {
      v1::Rule& rule = *source.add_rules();
      rule.set_id(absl::StrCat("r", i));
      rule.set_order(i + 1);
      rule.set_condition(absl::StrCat("order.total_units >= ", i));
      rule.set_outcome(v1::POLICY_OUTCOME_REFUSE);
      rule.set_reason("SIZE");
    }
    const auto set = CompileAs(source, 0, 0);
    cel::Scratch scratch;
    for (int units = -1; units <= rules; ++units) {
      bakery::Input input;
      input.mutable_order()->set_total_units(units);
      RuleMatches matches;
      ASSERT_TRUE(set->FindMatches(input, {}, scratch, &matches).ok());
      ASSERT_EQ(static_cast<int>(matches.holding.size()), std::min(units + 1, rules));
      for (int i = 0; i < static_cast<int>(matches.holding.size()); ++i) {
        ASSERT_EQ(matches.holding[static_cast<size_t>(i)], i);
      }
    }
  }
}

TEST(RuleIndexTest, AnErrorIsThatOfTheRulesOwnText) {
  v1::RuleSet source;
  source.set_id("errors");
  source.set_hit_policy(v1::HIT_POLICY_ALL);
  source.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  for (int i = 0; i < 3; ++i) {
    v1::Rule& rule = *source.add_rules();
    rule.set_id(absl::StrCat("r", i));
    rule.set_order(i + 1);
    // The same conjunct, further and further to the right.
    rule.set_condition(absl::StrCat(std::string(static_cast<size_t>(2 * i), ' '),
                                    "order.express && 6 / order.total_units > 1"));
    rule.set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule.set_reason("ERRS");
  }
  const bakery::Input input = testing::MakeInput("order { express: true }");
  const v1::Decision decision = testing::MustDecide(*CompileAs(source, 0, 0), input);
  ASSERT_EQ(decision.rules_size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(decision.rules(i).result(), v1::RuleTrace::RESULT_ERROR);
    EXPECT_TRUE(absl::StartsWith(decision.rules(i).error(), absl::StrCat("1:", 2 * i + 20)))
        << decision.rules(i).error();
  }
}

TEST(RuleIndexTest, AFunctionThatIsNotPureIsCalledForEachRule) {
  for (const bool is_pure : {false, true}) {
    int calls = 0;
    CompileOptions options;
    options.min_indexed_rules = 0;
    cel::FunctionOverload overload;
    overload.id = "tick_int";
    overload.parameters = {cel::Type::Int()};
    overload.result = cel::Type::Bool();
    overload.pure = is_pure;
    overload.implementation = [&calls](absl::Span<const cel::Value>, cel::ValueArena&) {
      ++calls;
      return cel::Value::Bool(true);
    };
    options.functions.emplace_back("tick", overload);
    v1::RuleSet source;
    source.set_id("ticks");
    source.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
    for (int i = 0; i < 3; ++i) {
      v1::Rule& rule = *source.add_rules();
      rule.set_id(absl::StrCat("r", i));
      rule.set_order(i + 1);
      rule.set_condition("tick(order.total_units)");
      rule.set_outcome(v1::POLICY_OUTCOME_REFUSE);
      rule.set_reason("TICK");
    }
    options.limits.max_analysis_steps = 0;
    const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor(), options);
    ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
    calls = 0;
    cel::Scratch scratch;
    RuleMatches matches;
    ASSERT_TRUE(compiled.rule_set->FindMatches(bakery::Input(), {}, scratch, &matches).ok());
    EXPECT_EQ(matches.holding.size(), 3u);
    EXPECT_EQ(calls, is_pure ? 1 : 3);
  }
}

TEST(RuleIndexTest, TheBudgetCounts) {
  v1::RuleSet source;
  source.set_id("budget");
  source.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  for (int i = 0; i < 100; ++i) {
    v1::Rule& rule = *source.add_rules();
    rule.set_id(absl::StrCat("r", i));
    rule.set_order(i + 1);
    rule.set_condition(absl::StrCat("order.total_units == ", i));
    rule.set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule.set_reason("BUDGET");
  }
  const auto set = CompileAs(source, 0, kNever);
  cel::Scratch scratch;
  cel::Budget budget{2};
  DecideOptions options;
  options.budget = &budget;
  RuleMatches matches;
  ASSERT_TRUE(set->FindMatches(bakery::Input(), options, scratch, &matches).ok());
  // Nothing is known of rules that there was no budget for.
  EXPECT_TRUE(matches.holding.empty());
  EXPECT_EQ(matches.erring.size(), 100u);
  EXPECT_EQ(budget.left, 0);
  budget.left = 1'000;
  ASSERT_TRUE(set->FindMatches(bakery::Input(), options, scratch, &matches).ok());
  EXPECT_EQ(matches.holding, std::vector<int32_t>{0});
  EXPECT_LT(budget.left, 1'000);
  EXPECT_GT(budget.left, 900);
}

TEST(RuleIndexTest, ManyThreadsAskOneSetWhileOthersAreSwappedIn) {
  IndexWorld world(7);
  const v1::RuleSet source = SetOf(world, 150);
  std::vector<bakery::Input> inputs;
  std::vector<RuleMatches> expected;
  const auto first = CompileAs(source, 0, 0);
  DecideOptions options;
  options.now = absl::FromUnixSeconds(1'002);
  cel::Scratch scratch;
  for (int i = 0; i < 50; ++i) {
    inputs.push_back(world.Message());
    ASSERT_TRUE(first->FindMatches(inputs.back(), options, scratch, &expected.emplace_back()).ok());
  }
  std::shared_ptr<const RuleSet> current = first;
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (size_t thread = 0; thread < wrong.size(); ++thread) {
    threads.emplace_back([&, thread] {
      cel::Scratch own;
      RuleMatches matches;
      for (int round = 0; round < 20; ++round) {
        const std::shared_ptr<const RuleSet> set = std::atomic_load(&current);
        for (size_t i = 0; i < inputs.size(); ++i) {
          const bool ok = set->FindMatches(inputs[i], options, own, &matches).ok();
          wrong[thread] +=
              !ok || matches.holding != expected[i].holding || matches.erring != expected[i].erring;
        }
      }
    });
  }
  for (int i = 0; i < 5; ++i) std::atomic_store(&current, CompileAs(source, 0, i % 2 ? 0 : kNever));
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

TEST(RuleIndexTest, ALargeSetReportsAllOfItsFaultsAtOnce) {
  std::string text = "id: 'large' default_outcome: POLICY_OUTCOME_ALLOW\n";
  constexpr int kRules = 10'000;
  for (int i = 0; i < kRules; ++i) {
    const bool is_broken = i % 20 == 7;
    absl::StrAppend(&text, "rules { id: 'r", i, "' order: ", i + 1,
                    " outcome: POLICY_OUTCOME_REFUSE reason: 'LARGE' condition: \"",
                    is_broken ? "order.total_unit" : "order.total_units", " == ", i, "\" }\n");
  }
  CompileOptions options;
  options.file = "large.textproto";
  options.limits.max_issues = kRules;
  options.limits.max_analysis_steps = 0;
  const CompileResult compiled = CompileText(text, bakery::Input::descriptor(), options);
  EXPECT_EQ(compiled.rule_set, nullptr);
  ASSERT_EQ(compiled.issues.size(), 500u);
  for (size_t i = 0; i < compiled.issues.size(); ++i) {
    const v1::Issue& issue = compiled.issues[i];
    ASSERT_EQ(issue.line(), static_cast<int>(20 * i + 9)) << issue.DebugString();
    ASSERT_EQ(issue.field(), absl::StrCat("rules[", 20 * i + 7, "].condition"));
    ASSERT_NE(issue.text().find("total_unit"), std::string::npos);
  }
}

TEST(ConditionIndexTest, KnowsTestsOfOneFieldAgainstConstants) {
  cel::EnvironmentBuilder builder;
  builder.SetRootMessage(bakery::Input::descriptor());
  builder.SetContainer("bakery");
  const auto environment = *builder.Build();
  const std::vector<std::pair<std::string, bool>> cases = {
      {"order.total_units > 3", true},
      {"3 <= order.total_units", true},
      {"order.code == 'a'", true},
      {"order.code in ['a', 'b']", true},
      {"order.code.startsWith('a')", true},
      {"'a' in customer.aliases", true},
      {"has(order.priority)", true},
      {"order.express", true},
      {"!order.express", true},
      {"now - order.delivered_time > duration('1s')", true},
      {"order.weight == 0.0 / 0.0", false},
      {"!('a' in customer.aliases)", false},
      {"order.total_units > size(order.lines)", false},
      {"order.total_units % 2 == 0", false},
      {"order.lines.exists(line, line.quantity > 1)", false},
      {"order.code.startsWith('')", false},
  };
  for (const auto& [text, is_known] : cases) {
    const cel::CompileResult compiled = environment->Compile(text);
    ASSERT_NE(compiled.program, nullptr) << text;
    const std::vector<absl::Span<const cel::Program>> conditions = {compiled.program->conjuncts()};
    const cel::ConditionIndex index(conditions);
    EXPECT_EQ(index.Knows(0, 0), is_known) << text;
    EXPECT_EQ(index.subject_count(), is_known ? 1u : 0u) << text;
    EXPECT_GT(index.memory_bytes(), 0u);
  }
}

TEST(ConditionIndexTest, AValueThatErrsLeavesTheAnswerToThePrograms) {
  cel::EnvironmentBuilder builder;
  builder.SetRootMessage(bakery::Input::descriptor());
  const auto environment = *builder.Build();
  const auto late =
      environment->Compile("now > timestamp('2026-01-01T00:00:00Z') && order.express");
  const auto slow = environment->Compile("order.total_units > 3");
  const std::vector<absl::Span<const cel::Program>> conditions = {late.program->conjuncts(),
                                                                  slow.program->conjuncts()};
  const cel::ConditionIndex index(conditions);
  cel::Scratch scratch;
  std::vector<int32_t> candidates;
  bakery::Input input = testing::MakeInput("order { express: true } now { nanos: -5 }");
  EXPECT_EQ(index.Find(input, scratch, &candidates), cel::ConditionIndex::Answer::kUncertain);
  EXPECT_EQ(candidates, std::vector<int32_t>{0});
  input.mutable_now()->set_nanos(5);
  EXPECT_EQ(index.Find(input, scratch, &candidates), cel::ConditionIndex::Answer::kCertain);
  EXPECT_TRUE(candidates.empty());
  // A message of another kind is no input.
  EXPECT_EQ(index.Find(input.order(), scratch, &candidates),
            cel::ConditionIndex::Answer::kUncertain);
  EXPECT_EQ(candidates.size(), 2u);
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
