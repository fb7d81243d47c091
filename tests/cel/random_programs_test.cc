// Random programs over random messages: the planned program, with and without accessors, explained and taken apart, has
// the same result as the reference evaluator. The fuzzer of programs checks the same, and ends its process at a finding.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/fuzz/fuzz_common.h"
#include "cel/fuzz/generator.h"
#include "cel/reference/reference.h"
#include "cel/shop.h"
#include "gtest/gtest.h"

namespace frontdesk::cel::testing {
namespace {

constexpr int kPrograms = 4000;
constexpr int kMostReported = 5;

BoolOutcome AsBool(const Value& value) {
  if (!value.is_bool()) return BoolOutcome::kError;
  return value.bool_value() ? BoolOutcome::kTrue : BoolOutcome::kFalse;
}

// The result of all conjuncts together; nothing when one of them reaches a limit.
absl::optional<BoolOutcome> OfConjuncts(const Program& program, const Input& input) {
  Scratch scratch;
  bool some_false = false, all_true = true;
  for (const Program& conjunct : program.conjuncts()) {
    const BoolOutcome each = conjunct.EvaluateBool(input, scratch);
    if (each == BoolOutcome::kError &&
        absl::StartsWith(conjunct.LastError(scratch).reason(), "LIMIT_")) {
      return absl::nullopt;
    }
    some_false |= each == BoolOutcome::kFalse;
    all_true &= each == BoolOutcome::kTrue;
  }
  return some_false ? BoolOutcome::kFalse : all_true ? BoolOutcome::kTrue : BoolOutcome::kError;
}

// The disagreement about `text` over `input`, or nothing. Counts the programs that the reference knows.
std::string Disagreement(const std::string& text, const Input& input, int* compared) {
  const CompileResult fast = FuzzEnvironment(true)->Compile(text);
  const CompileResult slow = FuzzEnvironment(false)->Compile(text);
  if (fast.ok() != slow.ok()) return "with accessors it compiles otherwise";
  if (!fast.ok()) return "";
  Scratch scratch, other;
  const EvalResult result = fast.program->Evaluate(input, scratch);
  if (!SameOutcome(result.value(), slow.program->Evaluate(input, other).value())) {
    return "accessors read something else";
  }
  if (!SameOutcome(result.value(), fast.program->Explain(input, other).value)) {
    return "explained as something else";
  }
  if (absl::StartsWith(result.reason(), "LIMIT_")) return "";
  const BoolOutcome expected = AsBool(result.value());
  for (const CompileResult* each : {&fast, &slow}) {
    if (each->program->EvaluateBool(input, other) != expected) return "EvaluateBool differs";
    if (OfConjuncts(*each->program, input).value_or(expected) != expected) {
      return "the conjuncts say something else";
    }
  }
  const AstResult checked = FuzzEnvironment(false)->Check(text);
  if (!checked.ok()) return "it compiles, and does not check";
  Reference reference(input);
  const absl::optional<Plain> wanted = reference.Evaluate(checked.ast->root());
  if (!wanted.has_value()) return "";
  ++*compared;
  const Plain got = FromValue(result.value());
  if (SamePlain(*wanted, got)) return "";
  return absl::StrCat("the reference says ", ShowPlain(*wanted), ", not ", ShowPlain(got));
}

TEST(RandomProgramsTest, MeanWhatTheReferenceSays) {
  const char* given = std::getenv("FRONTDESK_TEST_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 4711;
  std::cout << "FRONTDESK_TEST_SEED=" << seed << std::endl;
  std::mt19937_64 random(seed);
  int compared = 0, reported = 0;
  for (int i = 0; i < kPrograms && reported < kMostReported; ++i) {
    std::vector<uint8_t> bytes(64 + random() % 192);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    Choices choices(bytes.data(), bytes.size());
    Input input;
    FillMessage(&choices, &input, 2);
    // As it comes from outside: each key of a map once.
    ASSERT_TRUE(input.ParseFromString(input.SerializeAsString()));
    std::vector<uint8_t> more(64 + random() % 64);
    for (uint8_t& byte : more) byte = static_cast<uint8_t>(random());
    Choices program(more.data(), more.size());
    ProgramGenerator generator(&program);
    // Every second one is a condition: these have a planner of their own.
    const std::string text =
        generator.Make(i % 2 == 0 ? Kind{Kind::kBool, {}} : generator.AnyKind(2), 4);
    const std::string problem = Disagreement(text, input, &compared);
    EXPECT_EQ(problem, "") << "program " << i << ": " << text << "\nover "
                           << input.ShortDebugString();
    reported += problem.empty() ? 0 : 1;
  }
  EXPECT_GT(compared, kPrograms / 2);
}

}  // namespace
}  // namespace frontdesk::cel::testing
