// The bytes as choices that make a well-typed program and a message. The planned program, with and without accessors,
// explained and taken apart, has the same result as the reference evaluator.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "cel/fuzz/fuzz_common.h"
#include "cel/fuzz/generator.h"
#include "cel/random_programs.h"

namespace frontdesk::cel::testing {
namespace {

void CheckAgainstReference(const std::string& text, const Input& input, bool check) {
  CompileOptions options;
  options.check = check;
  const CompileResult compiled = FuzzEnvironment(true)->Compile(text, options);
  if (!compiled.ok()) {
    // The element type of an empty list, map or optional is deduced from its first use, and need not fit the next.
    for (const char* empty : {"[]", "{}", "none()"}) {
      if (absl::StrContains(text, empty)) return;
    }
    for (const Issue& issue : compiled.issues) {
      // Constant parts are checked while compiling.
      const bool constant = issue.code == "INVALID_REGEX" || issue.code == "UNKNOWN_TIME_ZONE" ||
                            issue.severity == Severity::kWarning;
      Require(constant || absl::StartsWith(issue.code, "LIMIT_"),
              "a well-typed program was refused: " + FormatIssue(issue), text);
    }
    return;
  }
  Scratch scratch, other;
  const EvalResult result = compiled.program->Evaluate(input, scratch);
  const int64_t spent = compiled.program->fixed_cost() + scratch.metered_cost();
  Require(spent <= compiled.program->EstimateCost(SizesOf(input).hints()).max,
          "it costs more than its estimate", text);
  Require(spent <= compiled.program->fixed_cost() || spent <= kMaxCost ||
              absl::StartsWith(result.reason(), "LIMIT_"),
          "a limit was passed and hidden", text);
  const CompileResult slow = FuzzEnvironment(false)->Compile(text, options);
  Require(slow.ok() && SameOutcome(result.value(), slow.program->Evaluate(input, other).value()),
          "accessors read something else", text);
  Require(SameOutcome(result.value(), compiled.program->Explain(input, other).value),
          "explained as something else", text);
  if (absl::StartsWith(result.reason(), "LIMIT_")) return;
  CompareWithReference(text, input, check, result.value());
  const BoolOutcome outcome = compiled.program->EvaluateBool(input, other);
  const BoolOutcome expected = !result.value().is_bool()     ? BoolOutcome::kError
                               : result.value().bool_value() ? BoolOutcome::kTrue
                                                             : BoolOutcome::kFalse;
  Require(outcome == expected, "EvaluateBool says something else", text);
  // The terms of a condition, each by itself: false when one is, true when all are.
  bool some_false = false, all_true = true;
  for (const Program& conjunct : compiled.program->conjuncts()) {
    const BoolOutcome each = conjunct.EvaluateBool(input, other);
    if (each == BoolOutcome::kError &&
        absl::StartsWith(conjunct.LastError(other).reason(), "LIMIT_")) {
      return;
    }
    some_false |= each == BoolOutcome::kFalse;
    all_true &= each == BoolOutcome::kTrue;
  }
  const BoolOutcome together = some_false ? BoolOutcome::kFalse
                               : all_true ? BoolOutcome::kTrue
                                          : BoolOutcome::kError;
  Require(outcome == together, "the conjuncts say something else", text);
}

void FuzzProgram(const uint8_t* data, size_t size) {
  Choices choices(data, size);
  Input input;
  FillMessage(&choices, &input, 2);
  // As it comes from outside: each key of a map once.
  input.ParseFromString(input.SerializeAsString());
  ProgramGenerator generator(&choices);
  const std::string text = generator.Make(generator.AnyKind(2), 5);
  CheckAgainstReference(text, input, /*check=*/true);
  CheckAgainstReference(text, input, /*check=*/false);
}

}  // namespace
}  // namespace frontdesk::cel::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::cel::testing::FuzzProgram(data, size);
  return 0;
}
