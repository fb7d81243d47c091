// One condition of four conjuncts over our own messages, beside the same condition in C++ (cel_floor.cc). 64 inputs are
// cycled; every conjunct holds for every one of them.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "bench.h"
#include "benchmark/benchmark.h"
#include "cel_floor.h"
#include "frontdesk/cel/cel.h"
#include "frontdesk/v1/accessors.h"
#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {
namespace {

constexpr size_t kInputs = 64;

constexpr absl::string_view kCondition =
    "order.totals.total.units > 10000 && customer.state == Customer.State.STATE_CUSTOMER && "
    "order.state in [Order.State.STATE_SHIPPED, Order.State.STATE_DELIVERED] && "
    "now - order.delivered_time < duration('720h')";
constexpr absl::string_view kConditionByText =
    "order.totals.total.units > 10000 && customer.tier == 'gold' && order.currency_code in ['EUR', "
    "'USD'] && "
    "now - order.delivered_time < duration('720h')";

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "cel_bench: %s\n", why.c_str());
  std::exit(1);
}

std::vector<v1::OrderDecisionInput> MakeInputs() {
  constexpr int64_t kNow = 1'700'000'000;
  std::vector<v1::OrderDecisionInput> inputs(kInputs);
  for (size_t i = 0; i < kInputs; ++i) {
    v1::OrderDecisionInput& input = inputs[i];
    input.mutable_now()->set_seconds(kNow);
    input.mutable_now()->set_nanos(500'000'000);
    input.mutable_customer()->set_state(v1::Customer::STATE_CUSTOMER);
    input.mutable_customer()->set_tier("gold");
    v1::Order& order = *input.mutable_order();
    order.set_state(i % 2 == 0 ? v1::Order::STATE_SHIPPED : v1::Order::STATE_DELIVERED);
    order.set_currency_code(i % 2 == 0 ? "EUR" : "USD");
    order.mutable_totals()->mutable_total()->set_units(10'001 + static_cast<int64_t>(i));
    order.mutable_delivered_time()->set_seconds(kNow - static_cast<int64_t>(i + 1) * 3600);
  }
  return inputs;
}

std::shared_ptr<const cel::Program> Compile(absl::string_view condition, bool with_accessors) {
  cel::EnvironmentBuilder builder;
  builder.SetRootMessage(v1::OrderDecisionInput::descriptor()).SetContainer("frontdesk.v1");
  if (with_accessors) builder.AddAccessors(v1::Accessors());
  const auto environment = builder.Build();
  if (!environment.ok()) Die(environment.status().ToString());
  const cel::CompileResult compiled = (*environment)->Compile(condition);
  if (!compiled.ok()) Die(cel::FormatIssues(compiled.issues));
  return compiled.program;
}

void RunFloor(benchmark::State& state, bool (*floor)(const v1::OrderDecisionInput&)) {
  const std::vector<v1::OrderDecisionInput> inputs = MakeInputs();
  for (const v1::OrderDecisionInput& input : inputs) {
    if (!floor(input)) Die("a conjunct of the floor does not hold");
  }
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(floor(inputs[next]));
    next = (next + 1) % kInputs;
  }
}

void RunProgram(benchmark::State& state, absl::string_view condition, bool with_accessors,
                const char* floor) {
  const std::vector<v1::OrderDecisionInput> inputs = MakeInputs();
  const std::shared_ptr<const cel::Program> program = Compile(condition, with_accessors);
  cel::Scratch scratch;
  for (const v1::OrderDecisionInput& input : inputs) {
    if (program->EvaluateBool(input, scratch) != cel::BoolOutcome::kTrue)
      Die("a conjunct does not hold");
  }
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(program->EvaluateBool(inputs[next], scratch));
    next = (next + 1) % kInputs;
  }
  CompareWith(state, floor);
}

void FourConjunctsFloor(benchmark::State& state) { RunFloor(state, &IsRecentLargeOrder); }
BENCHMARK(FourConjunctsFloor)->Name("four_conjuncts_floor");

void FourConjuncts(benchmark::State& state) {
  RunProgram(state, kCondition, true, "four_conjuncts_floor");
}
BENCHMARK(FourConjuncts)->Name("four_conjuncts");

void FourConjunctsByReflection(benchmark::State& state) {
  RunProgram(state, kCondition, false, "four_conjuncts_floor");
}
BENCHMARK(FourConjunctsByReflection)->Name("four_conjuncts_by_reflection");

void FourConjunctsTextFloor(benchmark::State& state) { RunFloor(state, &IsRecentLargeOrderByText); }
BENCHMARK(FourConjunctsTextFloor)->Name("four_conjuncts_text_floor");

void FourConjunctsText(benchmark::State& state) {
  RunProgram(state, kConditionByText, true, "four_conjuncts_text_floor");
}
BENCHMARK(FourConjunctsText)->Name("four_conjuncts_text");

void CompileFourConjuncts(benchmark::State& state) {
  cel::EnvironmentBuilder builder;
  builder.SetRootMessage(v1::OrderDecisionInput::descriptor()).SetContainer("frontdesk.v1");
  builder.AddAccessors(v1::Accessors());
  const auto environment = builder.Build();
  if (!environment.ok()) Die(environment.status().ToString());
  for (auto _ : state) benchmark::DoNotOptimize((*environment)->Compile(kCondition).program);
}
BENCHMARK(CompileFourConjuncts)->Name("compile_four_conjuncts");

}  // namespace
}  // namespace frontdesk

BENCHMARK_MAIN();
