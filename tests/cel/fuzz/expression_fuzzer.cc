// The bytes as the text of an expression: parsed, checked, planned, evaluated and explained over a fixed message, with types
// checked and without. Plain and explaining evaluation must agree, and so must reading with and without accessors,
// and the reference evaluator.
#include <cstddef>
#include <cstdint>
#include <string>

#include "cel/fuzz/fuzz_common.h"
#include "cel/shop.h"

namespace frontdesk::cel::testing {
namespace {

void FuzzExpression(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  static const Input* const input = new Input(GoldOrder());
  for (const bool check : {true, false}) {
    CompileOptions options;
    options.check = check;
    const CompileResult compiled = FuzzEnvironment(true)->Compile(text, options);
    for (const Issue& issue : compiled.issues) {
      Require(issue.range.begin >= 0 && issue.range.begin <= static_cast<int32_t>(size) &&
                  issue.line > 0 && issue.column > 0 && !FormatIssue(issue).empty(),
              "an issue without position", text);
    }
    if (!compiled.ok()) {
      Require(!compiled.issues.empty(), "refused without an issue", text);
      continue;
    }
    Scratch scratch, other;
    const EvalResult result = compiled.program->Evaluate(*input, scratch);
    const Explanation explanation = compiled.program->Explain(*input, other);
    Require(SameOutcome(result.value(), explanation.value), "explained as something else", text);
    if (!result.ok()) Require(result.issue().line > 0, "an error without position", text);
    const CompileResult slow = FuzzEnvironment(false)->Compile(text, options);
    Require(slow.ok(), "depends on accessors", text);
    Require(SameOutcome(result.value(), slow.program->Evaluate(*input, other).value()),
            "accessors read something else", text);
    CompareWithReference(std::string(text), *input, check, result.value());
    for (const Program& conjunct : compiled.program->conjuncts()) {
      conjunct.EvaluateBool(*input, other);
    }
  }
}

}  // namespace
}  // namespace frontdesk::cel::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::cel::testing::FuzzExpression(data, size);
  return 0;
}
