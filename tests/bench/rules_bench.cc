// Rule sets of growing size in which only the last rule matches, beside a plain loop over the same conditions in C++.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench.h"
#include "benchmark/benchmark.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/accessors.h"
#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {
namespace {

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "rules_bench: %s\n", why.c_str());
  std::exit(1);
}

v1::OrderDecisionInput MakeInput(int64_t rules) {
  v1::OrderDecisionInput input;
  input.mutable_order()->set_state(v1::Order::STATE_PLACED);
  input.mutable_order()->mutable_totals()->mutable_total()->set_units(rules);
  return input;
}

std::shared_ptr<const rules::RuleSet> MakeRuleSet(int64_t rules) {
  v1::RuleSet source;
  source.set_id("bench");
  source.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  for (int64_t i = 1; i <= rules; ++i) {
    v1::Rule* const rule = source.add_rules();
    rule->set_id(absl::StrCat("rule_", i));
    rule->set_order(static_cast<int32_t>(i));
    rule->set_condition(
        absl::StrCat("order.state == Order.State.STATE_PLACED && order.totals.total.units == ", i));
    rule->set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule->set_reason("BENCH");
  }
  rules::CompileOptions options;
  options.accessors = &v1::Accessors();
  const rules::CompileResult compiled =
      rules::RuleSet::Compile(source, v1::OrderDecisionInput::descriptor(), options);
  if (!compiled.ok()) Die(rules::FormatIssues(compiled.issues));
  return compiled.rule_set;
}

// The code of a person who keeps the constants in a table.
bool Matches(const v1::OrderDecisionInput& input, int64_t units) {
  return input.order().state() == v1::Order::STATE_PLACED &&
         input.order().totals().total().units() == units;
}

void PlainLoop(benchmark::State& state) {
  const v1::OrderDecisionInput input = MakeInput(state.range(0));
  std::vector<int64_t> constants;
  for (int64_t i = 1; i <= state.range(0); ++i) constants.push_back(i);
  for (auto _ : state) {
    int64_t matched = 0;
    for (const int64_t constant : constants) {
      benchmark::DoNotOptimize(matched += Matches(input, constant) ? 1 : 0);
    }
    benchmark::DoNotOptimize(matched);
  }
}

void Decide(benchmark::State& state, rules::TraceLevel trace) {
  const v1::OrderDecisionInput input = MakeInput(state.range(0));
  const std::shared_ptr<const rules::RuleSet> rule_set = MakeRuleSet(state.range(0));
  rules::DecideOptions options;
  options.trace = trace;
  cel::Scratch scratch;
  for (auto _ : state) {
    const absl::StatusOr<v1::Decision> decision = rule_set->Decide(input, options, scratch);
    if (!decision.ok() || decision->outcome() != v1::POLICY_OUTCOME_REFUSE)
      Die("the last rule does not match");
    benchmark::DoNotOptimize(decision);
  }
  CompareWith(state, absl::StrCat("plain_loop/", state.range(0)));
}
void DecideFired(benchmark::State& state) { Decide(state, rules::TraceLevel::kFired); }
void DecideFull(benchmark::State& state) { Decide(state, rules::TraceLevel::kFull); }

BENCHMARK(PlainLoop)->Name("plain_loop")->Arg(10)->Arg(1000);
BENCHMARK(DecideFired)->Name("decide")->Arg(10)->Arg(1000);
BENCHMARK(DecideFull)->Name("decide_with_trace")->Arg(10)->Arg(1000);

}  // namespace
}  // namespace frontdesk

BENCHMARK_MAIN();
