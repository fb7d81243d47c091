// A compiled expression: evaluate it, take it apart, have it explain itself.
//
//   frontdesk::cel::EvalResult result = program.Evaluate(input, scratch);
//   if (result.ok()) {
//     std::cout << frontdesk::cel::ToText(result.value());
//   } else {
//     std::cout << frontdesk::cel::FormatIssue(result.issue());
//   }
#ifndef FRONTDESK_CEL_PROGRAM_H_
#define FRONTDESK_CEL_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/cel/activation.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/cost.h"
#include "frontdesk/cel/issue.h"
#include "frontdesk/cel/limits.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace cel {

namespace cel_internal {
struct ConditionNode;
struct Frame;
struct PlanNode;
struct Unit;
struct ProgramAccess;
}  // namespace cel_internal

class Program;

// A value or an error. Refers to the program, the scratch and the input: read it before any of them
// is used again or destroyed.
class EvalResult {
 public:
  bool ok() const { return !value_.is_error(); }
  // The value; of kind kError when not ok().
  const Value& value() const { return value_; }
  // The stable reason, one of IssueCodes(), for example "DIVISION_BY_ZERO"; "" when ok().
  absl::string_view reason() const { return value_.error_reason(); }
  // The sub-expression that failed; not valid() when ok().
  Expr failed() const;
  // The error with its position and caret; an empty issue when ok(). Names fields and functions, never values.
  Issue issue() const;
  // INVALID_ARGUMENT (RESOURCE_EXHAUSTED for LIMIT_...) with "line:column: message"; OK when ok().
  absl::Status status() const;

 private:
  friend class Program;
  EvalResult(const Program* program, const Value& value) : program_(program), value_(value) {}
  const Program* program_;
  Value value_;
};

enum class BoolOutcome : uint8_t {
  kFalse = 0,
  kTrue = 1,
  kError = 2,  // Program::LastError(scratch) says which. Also when the result is no bool.
};

// A field that an expression reads, found without running it.
struct FieldReference {
  std::string path;  // "order.total.units", "line.quantity" for a macro's variable
  const google::protobuf::FieldDescriptor*
      field;  // The last field; null for a map entry or a plain variable.
  Expr expr;  // Where it is read first.
  // The same with the origin of a macro's variable, elements and values as "[]" and keys of a map as "{}":
  // "order.lines[].quantity". "" when that is computed.
  std::string origin;
};

// A field of the root message, or a variable of an activation.
struct VariableReference {
  std::string name;
  Type type;
  Expr expr;  // Where it is read first.
};

struct FunctionReference {
  std::string name;  // "size", "matches", "_+_"
  Expr expr;         // Where it is called first.
};

struct References {
  // Longest paths only, each once, in order of their first occurrence.
  std::vector<FieldReference> fields;
  // The beginnings of the paths, each once, in that order; no variables of macros.
  std::vector<VariableReference> variables;
  // Operators included, each once, in order of their first occurrence.
  std::vector<FunctionReference> functions;
};

struct ExplainOptions {
  // Reads and steps beyond these are dropped and Explanation::truncated is set. Once steps are dropped, reads are looked for
  // in the next 65,536 values, so that explaining takes little longer than evaluating however much is evaluated.
  size_t max_reads = 64;
  size_t max_steps = 256;
};

// A field or variable that was read, with its value. Values refer to the scratch and the root.
struct Read {
  // "order.total.units"; elements of a list by number, entries of a map by key: "order.lines[2].quantity",
  // "order.attributes[\"color\"]".
  std::string path;
  // The last field of the path, for its options (the class of its data); null for a plain variable or a map entry.
  const google::protobuf::FieldDescriptor* field;
  Value value;
  Expr expr;
};

// A sub-expression that was evaluated, with its value (kError when it failed). Inside a comprehension a step occurs
// once an element.
struct Step {
  Expr expr;
  Value value;
};

struct Explanation {
  Value value;              // Of the whole; kError when it failed.
  std::vector<Read> reads;  // In order of evaluation, equal ones once.
  std::vector<Step> steps;  // In order of completion; literals are left out.
  // The parts that were not evaluated, in source order. They are behind a deciding term of && or ||, in the other
  // branch of a conditional, in a macro over nothing, or behind a failed part. The outermost expressions only.
  std::vector<Expr> skipped;
  bool truncated = false;
};

// Immutable and thread-safe; a copy shares everything. Keeps its environment alive.
class Program {
 public:
  Program(const Program&) = default;
  Program& operator=(const Program&) = default;

  // Evaluates with the fields of `root` as variables. `root` must be of the environment's root message type (otherwise
  // error ROOT_MISMATCH). Everything in the result lives until `scratch` is used again, `root` changes, or
  // the program goes.
  EvalResult Evaluate(const google::protobuf::Message& root, Scratch& scratch) const;
  // Evaluates with the variables of an activation of the same environment (otherwise error ROOT_MISMATCH).
  EvalResult Evaluate(const Activation& activation, Scratch& scratch) const;

  // The same for conditions, without building a result. No allocation in steady state.
  BoolOutcome EvaluateBool(const google::protobuf::Message& root, Scratch& scratch) const;
  BoolOutcome EvaluateBool(const Activation& activation, Scratch& scratch) const;
  // The outcome of each of `programs` on one message, as EvaluateBool gives it, in less time. `outcomes` has as many places. After kError
  // the scratch has no error: another EvaluateBool gives it.
  static void EvaluateBools(absl::Span<const Program> programs,
                            const google::protobuf::Message& root, Scratch& scratch,
                            BoolOutcome* outcomes);
  // After kError: the error of the last EvaluateBool with this scratch (of this program).
  EvalResult LastError(Scratch& scratch) const;

  // Evaluates once more, slowly, and reports the values read and the result of every part. Same value as Evaluate.
  Explanation Explain(const google::protobuf::Message& root, Scratch& scratch,
                      const ExplainOptions& options = {}) const;
  Explanation Explain(const Activation& activation, Scratch& scratch,
                      const ExplainOptions& options = {}) const;

  // The terms of the outermost chain of &&, nested chains flattened and parentheses seen through, in order; the program
  // itself when there is no chain. Each is a program of its own, for the same root or activation.
  absl::Span<const Program> conjuncts() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // The fields, variables and functions that it reads and calls. Computed once, when it is first asked.
  const References& references() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // The checked expression; a conjunct's is a part of the whole.
  Expr expr() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  // The text of this program (of a conjunct: its part), and of the whole expression.
  absl::string_view text() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  absl::string_view source() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  const Type& result_type() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // Cost units of one evaluation: what does not depend on data, comprehensions and functions over sizes not counted.
  int64_t fixed_cost() const;

  // The range within which fixed_cost() plus Scratch::metered_cost() lies for all data that keep to `hints`. Linear in
  // the expression.
  CostEstimate EstimateCost(const SizeHints& hints = {}) const;

  // The issue of an error value of this program, with position and caret.
  Issue ErrorIssue(const Value& error) const;

 private:
  friend class EvalResult;
  friend class Environment;
  friend struct cel_internal::ProgramAccess;
  Program(std::shared_ptr<const cel_internal::Unit> unit, int32_t expr,
          const cel_internal::PlanNode* node);
  int RunAsCondition(const google::protobuf::Message& root, Scratch& scratch) const;
  BoolOutcome EndBool(cel_internal::Frame& frame, int result, Scratch& scratch) const;
  BoolOutcome EvaluateBoolInFrame(const google::protobuf::Message& root, Scratch& scratch) const;

  std::shared_ptr<const cel_internal::Unit> unit_;
  const cel_internal::PlanNode* node_;
  const cel_internal::ConditionNode* condition_;  // `node_` as one; null for others.
  int32_t expr_;
  // Of the unit, near at hand.
  const std::type_info* root_type_;  // Null where the root is no generated message.
  const Limits* limits_;
  std::shared_ptr<const std::vector<Program>> conjuncts_;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_PROGRAM_H_
