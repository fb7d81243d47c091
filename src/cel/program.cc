#include "frontdesk/cel/program.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/condition.h"
#include "cel/plan.h"
#include "cel/planner.h"
#include "cel/program_access.h"
#include "cel/tracer.h"

namespace frontdesk::cel {

using cel_internal::AstData;
using cel_internal::AstNode;
using cel_internal::Code;
using cel_internal::Frame;
using cel_internal::PlanNode;
using cel_internal::ScratchAccess;
using cel_internal::Unit;
using cel_internal::ValueAccess;

namespace cel_internal {
namespace {

// Begins an evaluation: what the scratch held before is gone.
inline Frame BeginFrame(const Unit& unit, int64_t fixed_cost, Scratch& scratch) {
  const EnvironmentData& environment = *unit.data;
  Arena& arena = ScratchAccess::arena(scratch);
  arena.Reset();
  arena.source = &environment.source;
  arena.max_value_depth = environment.limits.max_value_depth;
  arena.max_bytes = static_cast<size_t>(environment.limits.max_memory_bytes);
  Frame frame(&arena, &ScratchAccess::values(scratch), &environment, fixed_cost,
              environment.limits);
  if (unit.ast->max_locals > 0) {
    frame.locals = arena.NewArray<Value>(static_cast<size_t>(unit.ast->max_locals));
  }
  return frame;
}

// False when `root` is no message of this environment; then frame->error says so.
bool SetRoot(const Unit& unit, const google::protobuf::Message& root, Frame* frame) {
  frame->root = &root;
  frame->planned_root = IsPlannedRoot(unit, root);
  if (ABSL_PREDICT_TRUE(frame->planned_root)) return true;
  const google::protobuf::Descriptor* wanted = unit.data->root;
  if (wanted != nullptr && root.GetDescriptor()->full_name() == wanted->full_name()) return true;
  frame->error = StaticError(Code::ROOT_MISMATCH);
  return false;
}

bool SetActivation(const Unit& unit, const Activation& activation,
                   const google::protobuf::Message* root, Frame* frame) {
  if (&activation.environment() != unit.environment.get()) {
    frame->error = StaticError(Code::ROOT_MISMATCH);
    return false;
  }
  frame->activation = &activation;
  return root == nullptr || SetRoot(unit, *root, frame);
}

bool WithinCost(const Unit& unit, const PlanNode& node, Frame* frame) {
  if (ABSL_PREDICT_TRUE(node.cost <= unit.data->limits.max_cost)) return true;
  frame->error = MakeError(*frame->arena, Code::LIMIT_COST, node.expr);
  return false;
}

}  // namespace

// What references() tells, collected in one walk in source order.
References CollectReferences(const AstData& ast, int32_t root) {
  References references;
  absl::flat_hash_set<std::string> paths, functions;
  std::vector<int32_t> stack = {root};
  while (!stack.empty()) {
    const int32_t index = stack.back();
    stack.pop_back();
    const AstNode& node = ast.node(index);
    const Expr expr = ExprOf(&ast, index);
    std::string path = expr.kind() == ExprKind::kHas || expr.is_path() ? expr.path() : "";
    if (!path.empty()) {
      if (paths.insert(path).second) references.fields.push_back({path, node.field, expr});
      continue;
    }
    if (node.kind == ExprKind::kCall && functions.insert(std::string(node.name)).second) {
      references.functions.push_back({std::string(node.name), expr});
    }
    const auto children = ast.children_of(node);
    stack.insert(stack.end(), children.rbegin(), children.rend());
  }
  return references;
}

}  // namespace cel_internal

Program::Program(std::shared_ptr<const Unit> unit, int32_t expr, const PlanNode* node)
    : unit_(std::move(unit)),
      node_(node),
      condition_(cel_internal::AsCondition(node)),
      expr_(expr),
      references_(
          std::make_shared<const References>(cel_internal::CollectReferences(*unit_->ast, expr))) {}

// Without a frame, when that can be; kBoolError when the general way has to say.
inline int Program::RunAsCondition(const google::protobuf::Message& root, Scratch& scratch) const {
  if (condition_ == nullptr || !cel_internal::IsPlannedRoot(*unit_, root)) {
    return cel_internal::kBoolError;
  }
  const Limits& limits = unit_->data->limits;
  cel_internal::ConditionFrame frame;
  frame.slots[0].message = &root;
  frame.max_cost = limits.max_cost - condition_->cost;
  frame.max_iterations = limits.max_comprehension_iterations;
  if (ABSL_PREDICT_FALSE(frame.max_cost < 0)) return cel_internal::kBoolError;
  const int result = cel_internal::RunCondition(*condition_, frame);
  ScratchAccess::SetUsage(scratch, frame.cost, frame.iterations);
  return result;
}

EvalResult Program::Evaluate(const google::protobuf::Message& root, Scratch& scratch) const {
  if (const int result = RunAsCondition(root, scratch); result != cel_internal::kBoolError) {
    return EvalResult(this, Value::Bool(result == cel_internal::kBoolTrue));
  }
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  if (!cel_internal::SetRoot(*unit_, root, &frame) ||
      !cel_internal::WithinCost(*unit_, *node_, &frame)) {
    return EvalResult(this, frame.error);
  }
  const Value value = node_->Run(frame);
  ScratchAccess::SetUsage(scratch, frame.cost - node_->cost, frame.iterations);
  return EvalResult(this, value);
}

EvalResult Program::Evaluate(const Activation& activation, Scratch& scratch) const {
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  if (!cel_internal::SetActivation(*unit_, activation, activation.root_, &frame) ||
      !cel_internal::WithinCost(*unit_, *node_, &frame)) {
    return EvalResult(this, frame.error);
  }
  const Value value = node_->Run(frame);
  ScratchAccess::SetUsage(scratch, frame.cost - node_->cost, frame.iterations);
  return EvalResult(this, value);
}

BoolOutcome Program::EvaluateBool(const google::protobuf::Message& root, Scratch& scratch) const {
  const int result = RunAsCondition(root, scratch);
  return ABSL_PREDICT_TRUE(result != cel_internal::kBoolError) ? static_cast<BoolOutcome>(result)
                                                               : EvaluateBoolInFrame(root, scratch);
}

// A function of its own, so that the quick way needs few registers.
ABSL_ATTRIBUTE_NOINLINE BoolOutcome
Program::EvaluateBoolInFrame(const google::protobuf::Message& root, Scratch& scratch) const {
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  int result = cel_internal::kBoolError;
  if (cel_internal::SetRoot(*unit_, root, &frame) &&
      cel_internal::WithinCost(*unit_, *node_, &frame)) {
    result = node_->Test(frame);
  }
  ScratchAccess::SetUsage(scratch, frame.cost - node_->cost, frame.iterations);
  if (ABSL_PREDICT_FALSE(result == cel_internal::kBoolError)) {
    ScratchAccess::last_error(scratch) = frame.error;
  }
  return static_cast<BoolOutcome>(result);
}

BoolOutcome Program::EvaluateBool(const Activation& activation, Scratch& scratch) const {
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  int result = cel_internal::kBoolError;
  if (cel_internal::SetActivation(*unit_, activation, activation.root_, &frame) &&
      cel_internal::WithinCost(*unit_, *node_, &frame)) {
    result = node_->Test(frame);
  }
  ScratchAccess::SetUsage(scratch, frame.cost - node_->cost, frame.iterations);
  if (result == cel_internal::kBoolError) ScratchAccess::last_error(scratch) = frame.error;
  return static_cast<BoolOutcome>(result);
}

EvalResult Program::LastError(Scratch& scratch) const {
  return EvalResult(this, ScratchAccess::last_error(scratch));
}

namespace {

const PlanNode* TracePlan(const Unit& unit, int32_t expr) {
  std::call_once(unit.trace_once, [&] {
    cel_internal::Planner planner(&unit, &unit.trace_memory, &unit.trace_regexes,
                                  &unit.trace_nodes);
    planner.Plan(unit.ast->root);
  });
  return unit.trace_nodes[expr];
}

}  // namespace

Explanation Program::Explain(const google::protobuf::Message& root, Scratch& scratch,
                             const ExplainOptions& options) const {
  Explanation explanation;
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  cel_internal::Tracer tracer(*unit_->ast, options, &explanation);
  frame.tracer = &tracer;
  if (!cel_internal::SetRoot(*unit_, root, &frame) ||
      !cel_internal::WithinCost(*unit_, *node_, &frame)) {
    explanation.value = frame.error;
  } else {
    explanation.value = TracePlan(*unit_, expr_)->Run(frame);
  }
  return explanation;
}

Explanation Program::Explain(const Activation& activation, Scratch& scratch,
                             const ExplainOptions& options) const {
  Explanation explanation;
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  cel_internal::Tracer tracer(*unit_->ast, options, &explanation);
  frame.tracer = &tracer;
  if (!cel_internal::SetActivation(*unit_, activation, activation.root_, &frame) ||
      !cel_internal::WithinCost(*unit_, *node_, &frame)) {
    explanation.value = frame.error;
  } else {
    explanation.value = TracePlan(*unit_, expr_)->Run(frame);
  }
  return explanation;
}

absl::Span<const Program> Program::conjuncts() const {
  if (conjuncts_ == nullptr || conjuncts_->empty()) return absl::Span<const Program>(this, 1);
  return *conjuncts_;
}

const References& Program::references() const { return *references_; }
Expr Program::expr() const { return cel_internal::ExprOf(unit_->ast.get(), expr_); }
absl::string_view Program::text() const { return expr().text(); }
absl::string_view Program::source() const { return unit_->ast->text; }
const Type& Program::result_type() const { return unit_->ast->node(expr_).type; }
int64_t Program::fixed_cost() const { return node_->cost; }

Issue Program::ErrorIssue(const Value& error) const {
  if (!error.is_error()) return Issue();
  const cel_internal::ErrorData& data = *ValueAccess::error(error);
  // A host's reason comes with its own text.
  const bool host = data.reason != cel_internal::CodeName(data.code);
  const std::string message =
      host ? std::string(data.detail) : cel_internal::CodeText(data.code, data.detail);
  const int32_t expr = data.expr >= 0 ? data.expr : expr_;
  const AstNode& node = unit_->ast->node(expr);
  return MakeIssue(Severity::kError, data.reason, source(), node.focus, message);
}

Expr EvalResult::failed() const {
  if (ok()) return Expr();
  const int32_t expr = ValueAccess::error(value_)->expr;
  return expr < 0 ? program_->expr() : cel_internal::ProgramAccess::ExprAt(*program_, expr);
}

Issue EvalResult::issue() const { return program_->ErrorIssue(value_); }

absl::Status EvalResult::status() const {
  if (ok()) return absl::OkStatus();
  const Issue found = issue();
  const std::string text =
      absl::StrCat(found.line, ":", found.column, ": ", found.message, " [", found.code, "]");
  return absl::StartsWith(found.code, "LIMIT_") ? absl::ResourceExhaustedError(text)
                                                : absl::InvalidArgumentError(text);
}

}  // namespace frontdesk::cel
