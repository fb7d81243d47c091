// Conditions over our own messages, beside the same in C++: four conjuncts read through accessors (cel_floor.cc), by
// reflection and of dynamic messages (cel_reflection_floor.cc), comprehensions over ten lines (cel_loop_floor.cc). Also
// compiling, beside the lexing of the same text. 64 inputs are cycled; every condition holds for every one of them. The rows
// four_conjuncts_random are of 4,096 inputs whose conjuncts fail at random.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "bench.h"
#include "benchmark/benchmark.h"
#include "cel/lexer.h"
#include "cel_floor.h"
#include "cel_loop_floor.h"
#include "cel_reflection_floor.h"
#include "frontdesk/cel/cel.h"
#include "frontdesk/v1/accessors.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"

namespace frontdesk {
namespace {

constexpr size_t kInputs = 64;
constexpr int kLines = 10;

constexpr absl::string_view kCondition =
    "order.totals.total.units > 10000 && customer.state == Customer.State.STATE_CUSTOMER && "
    "order.state in [Order.State.STATE_SHIPPED, Order.State.STATE_DELIVERED] && "
    "now - order.deliver_time < duration('720h')";
constexpr absl::string_view kConditionByText =
    "order.totals.total.units > 10000 && customer.tier == 'gold' && order.currency_code in ['EUR', "
    "'USD'] && "
    "now - order.deliver_time < duration('720h')";

constexpr absl::string_view kAllLines =
    "order.lines.all(line, line.quantities.ordered > 0 && line.net_amount.units < 1000)";
constexpr absl::string_view kSomeLine = "order.lines.exists(line, line.product_id == 'product-9')";
constexpr absl::string_view kFilteredLines =
    "order.lines.filter(line, line.net_amount.units > 100).size() == 4";
constexpr absl::string_view kMappedLines =
    "order.lines.map(line, line.net_amount.units * 2).size() == 10";

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
    order.mutable_deliver_time()->set_seconds(kNow - static_cast<int64_t>(i + 1) * 3600);
    for (int line_number = 0; line_number < kLines; ++line_number) {
      v1::OrderLine& line = *order.add_lines();
      line.set_product_id("product-" + std::to_string(line_number));
      line.mutable_quantities()->set_ordered(1 + line_number);
      line.mutable_net_amount()->set_units(50 + 10 * line_number);
    }
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

// ---- Inputs whose conjuncts fail at random --------------------------------------------------------------------------

constexpr size_t kRandomInputs = 4'096;

// Each conjunct fails for one input in eight, whatever the others do: so no processor learns which one it will be.
std::vector<v1::OrderDecisionInput> MakeRandomInputs() {
  std::mt19937 random(4'096);
  const auto fails = [&random] { return random() % 8 == 0; };
  std::vector<v1::OrderDecisionInput> holding = MakeInputs(), inputs;
  for (v1::OrderDecisionInput& input : holding) input.mutable_order()->clear_lines();
  for (size_t i = 0; i < kRandomInputs; ++i) {
    v1::OrderDecisionInput& input = inputs.emplace_back(holding[random() % kInputs]);
    v1::Order& order = *input.mutable_order();
    if (fails()) order.mutable_totals()->mutable_total()->set_units(10'000);
    if (fails()) input.mutable_customer()->set_state(v1::Customer::STATE_PROSPECT);
    if (fails()) order.set_state(v1::Order::STATE_CANCELED);
    if (fails()) {
      order.mutable_deliver_time()->set_seconds(input.now().seconds() - int64_t{720} * 3600);
      order.mutable_deliver_time()->set_nanos(static_cast<int>(random() % 500'000'000));
    }
  }
  return inputs;
}

void FourConjunctsRandomFloor(benchmark::State& state) {
  const std::vector<v1::OrderDecisionInput> inputs = MakeRandomInputs();
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(IsRecentLargeOrderByNumbers(inputs[next]));
    next = (next + 1) % kRandomInputs;
  }
}
BENCHMARK(FourConjunctsRandomFloor)->Name("four_conjuncts_random_floor");

void FourConjunctsRandom(benchmark::State& state) {
  const std::vector<v1::OrderDecisionInput> inputs = MakeRandomInputs();
  const std::shared_ptr<const cel::Program> program = Compile(kCondition, true);
  cel::Scratch scratch;
  size_t holds = 0;
  for (const v1::OrderDecisionInput& input : inputs) {
    const bool expected = IsRecentLargeOrderByNumbers(input);
    if (IsRecentLargeOrder(input) != expected) Die("the two floors differ");
    if (program->EvaluateBool(input, scratch) !=
        (expected ? cel::BoolOutcome::kTrue : cel::BoolOutcome::kFalse)) {
      Die("the condition and the floor differ");
    }
    holds += expected ? 1 : 0;
  }
  if (holds < kRandomInputs / 4 || holds > kRandomInputs * 3 / 4) Die("the inputs are not random");
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(program->EvaluateBool(inputs[next], scratch));
    next = (next + 1) % kRandomInputs;
  }
  CompareWith(state, "four_conjuncts_random_floor");
}
BENCHMARK(FourConjunctsRandom)->Name("four_conjuncts_random");

// ---- Text, compiling ------------------------------------------------------------------------------------------------

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
  CompareWith(state, "lex_four_conjuncts");
}

void LexFourConjuncts(benchmark::State& state) {
  for (auto _ : state) {
    cel::cel_internal::Lexer lexer(kCondition);
    int tokens = 0;
    do {
      lexer.Next();
      ++tokens;
    } while (lexer.token() != cel::cel_internal::Token::kEnd);
    benchmark::DoNotOptimize(tokens);
  }
}
BENCHMARK(LexFourConjuncts)->Name("lex_four_conjuncts");
BENCHMARK(CompileFourConjuncts)->Name("compile_four_conjuncts");

// ---- By reflection: of the generated classes, and of dynamic messages ----------------------------------------------

using ReflectionTest = bool (ReflectionFloor::*)(const google::protobuf::Message&) const;

void RunReflectionFloor(benchmark::State& state, ReflectionTest test) {
  const std::vector<v1::OrderDecisionInput> inputs = MakeInputs();
  const ReflectionFloor floor(v1::OrderDecisionInput::descriptor());
  for (const v1::OrderDecisionInput& input : inputs) {
    if (!(floor.*test)(input)) Die("the floor does not hold");
  }
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize((floor.*test)(inputs[next]));
    next = (next + 1) % kInputs;
  }
}

// Our messages from a pool of their own, as a host has them that loads descriptors when it runs.
class DynamicInputs {
 public:
  DynamicInputs() {
    Add(v1::OrderDecisionInput::descriptor()->file());
    descriptor = pool.FindMessageTypeByName("frontdesk.v1.OrderDecisionInput");
    if (descriptor == nullptr) Die("the dynamic pool has no root message");
    for (const v1::OrderDecisionInput& input : MakeInputs()) {
      inputs.emplace_back(factory.GetPrototype(descriptor)->New());
      if (!inputs.back()->ParseFromString(input.SerializeAsString())) Die("does not parse");
    }
  }

  google::protobuf::DescriptorPool pool;
  google::protobuf::DynamicMessageFactory factory;
  const google::protobuf::Descriptor* descriptor = nullptr;
  std::vector<std::unique_ptr<google::protobuf::Message>> inputs;

 private:
  void Add(const google::protobuf::FileDescriptor* file) {
    if (pool.FindFileByName(file->name()) != nullptr) return;
    for (int i = 0; i < file->dependency_count(); ++i) Add(file->dependency(i));
    google::protobuf::FileDescriptorProto proto;
    file->CopyTo(&proto);
    if (pool.BuildFile(proto) == nullptr) Die("a file does not build");
  }
};

void RunDynamicFloor(benchmark::State& state, ReflectionTest test) {
  const DynamicInputs dynamic;
  const ReflectionFloor floor(dynamic.descriptor);
  for (const auto& input : dynamic.inputs) {
    if (!(floor.*test)(*input)) Die("the floor does not hold");
  }
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize((floor.*test)(*dynamic.inputs[next]));
    next = (next + 1) % kInputs;
  }
}

void RunDynamicProgram(benchmark::State& state, absl::string_view condition, const char* floor) {
  DynamicInputs dynamic;
  cel::EnvironmentBuilder builder;
  builder.SetDescriptorPool(&dynamic.pool, &dynamic.factory)
      .SetRootMessage(dynamic.descriptor)
      .SetContainer("frontdesk.v1");
  const auto environment = builder.Build();
  if (!environment.ok()) Die(environment.status().ToString());
  const cel::CompileResult compiled = (*environment)->Compile(condition);
  if (!compiled.ok()) Die(cel::FormatIssues(compiled.issues));
  cel::Scratch scratch;
  for (const auto& input : dynamic.inputs) {
    if (compiled.program->EvaluateBool(*input, scratch) != cel::BoolOutcome::kTrue) {
      Die("the condition does not hold");
    }
  }
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(compiled.program->EvaluateBool(*dynamic.inputs[next], scratch));
    next = (next + 1) % kInputs;
  }
  CompareWith(state, floor);
}

void ReflectionFour(benchmark::State& state) {
  RunReflectionFloor(state, &ReflectionFloor::IsRecentLargeOrder);
}
void ReflectionFourText(benchmark::State& state) {
  RunReflectionFloor(state, &ReflectionFloor::IsRecentLargeOrderByText);
}
void ReflectionAllLines(benchmark::State& state) {
  RunReflectionFloor(state, &ReflectionFloor::AllLinesSmall);
}
void FourByReflection(benchmark::State& state) {
  RunProgram(state, kCondition, false, "reflection_floor");
}
void FourTextByReflection(benchmark::State& state) {
  RunProgram(state, kConditionByText, false, "reflection_text_floor");
}
void AllLinesByReflection(benchmark::State& state) {
  RunProgram(state, kAllLines, false, "reflection_all_of_ten_floor");
}
BENCHMARK(ReflectionFour)->Name("reflection_floor");
BENCHMARK(FourByReflection)->Name("four_conjuncts_by_reflection");
BENCHMARK(ReflectionFourText)->Name("reflection_text_floor");
BENCHMARK(FourTextByReflection)->Name("four_conjuncts_text_by_reflection");
BENCHMARK(ReflectionAllLines)->Name("reflection_all_of_ten_floor");
BENCHMARK(AllLinesByReflection)->Name("all_of_ten_by_reflection");

void DynamicFour(benchmark::State& state) {
  RunDynamicFloor(state, &ReflectionFloor::IsRecentLargeOrder);
}
void DynamicFourText(benchmark::State& state) {
  RunDynamicFloor(state, &ReflectionFloor::IsRecentLargeOrderByText);
}
void FourOfDynamic(benchmark::State& state) {
  RunDynamicProgram(state, kCondition, "dynamic_floor");
}
void FourTextOfDynamic(benchmark::State& state) {
  RunDynamicProgram(state, kConditionByText, "dynamic_text_floor");
}
BENCHMARK(DynamicFour)->Name("dynamic_floor");
BENCHMARK(FourOfDynamic)->Name("four_conjuncts_of_dynamic_message");
BENCHMARK(DynamicFourText)->Name("dynamic_text_floor");
BENCHMARK(FourTextOfDynamic)->Name("four_conjuncts_text_of_dynamic_message");

// ---- Comprehensions over ten lines ----------------------------------------------------------------------------------

void AllLinesFloor(benchmark::State& state) { RunFloor(state, &AllLinesSmall); }
void SomeLineFloor(benchmark::State& state) { RunFloor(state, &HasProduct); }
void FilteredLinesFloor(benchmark::State& state) {
  RunFloor(state, [](const v1::OrderDecisionInput& input) { return CountDearLines(input) == 4; });
}
void MappedLinesFloor(benchmark::State& state) {
  RunFloor(state, [](const v1::OrderDecisionInput& input) {
    return DoubledAmounts(input).size() == size_t{kLines};
  });
}
void AllLines(benchmark::State& state) { RunProgram(state, kAllLines, true, "all_of_ten_floor"); }
void SomeLine(benchmark::State& state) {
  RunProgram(state, kSomeLine, true, "exists_of_ten_floor");
}
void FilteredLines(benchmark::State& state) {
  RunProgram(state, kFilteredLines, true, "filter_of_ten_floor");
}
void MappedLines(benchmark::State& state) {
  RunProgram(state, kMappedLines, true, "map_of_ten_floor");
}
BENCHMARK(AllLinesFloor)->Name("all_of_ten_floor");
BENCHMARK(AllLines)->Name("all_of_ten");
BENCHMARK(SomeLineFloor)->Name("exists_of_ten_floor");
BENCHMARK(SomeLine)->Name("exists_of_ten");
BENCHMARK(FilteredLinesFloor)->Name("filter_of_ten_floor");
BENCHMARK(FilteredLines)->Name("filter_of_ten");
BENCHMARK(MappedLinesFloor)->Name("map_of_ten_floor");
BENCHMARK(MappedLines)->Name("map_of_ten");

}  // namespace
}  // namespace frontdesk

BENCHMARK_MAIN();
