#include "frontdesk/cel/program.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cel/condition_run.h"
#include "cel/cost_estimator.h"
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

// The units that an evaluation may take.
inline int64_t MaxCost(const Limits& limits, const Scratch& scratch) {
  return std::min(limits.max_cost, ScratchAccess::budget(scratch).left);
}

// Takes what an evaluation has cost out of the budget.
inline void Spend(int64_t cost, Scratch& scratch) {
  Budget& budget = ScratchAccess::budget(scratch);
  budget.left = std::max<int64_t>(0, budget.left - cost);
}

// Ends an evaluation of `node` with its value. No operator has hidden that a limit was passed, and if one had, it would come
// out here.
Value EndFrame(const PlanNode& node, Frame& frame, const Value& value, Scratch& scratch) {
  frame.arena->SetMeter(nullptr);
  ScratchAccess::SetUsage(scratch, frame.cost - node.cost, frame.iterations);
  Spend(frame.cost, scratch);
  Value result = value;
  if (ABSL_PREDICT_FALSE(frame.cost > frame.max_cost) &&
      !(value.is_error() && IsLimit(ValueAccess::error(value)->code))) {
    result = node.Fail(frame, Code::LIMIT_COST);
  }
  if (ABSL_PREDICT_TRUE(!result.is_error())) return result;
  const ErrorData& error = *ValueAccess::error(result);
  if (error.code != Code::LIMIT_COST || frame.max_cost == frame.environment->limits.max_cost) {
    return result;
  }
  return MakeError(*frame.arena, Code::LIMIT_BUDGET, error.expr);
}

// Begins an evaluation: what the scratch held before is gone.
inline Frame BeginFrame(const Unit& unit, int64_t fixed_cost, Scratch& scratch) {
  const EnvironmentData& environment = *unit.data;
  Arena& arena = ScratchAccess::arena(scratch);
  arena.Reset();
  arena.source = &environment.source;
  arena.max_value_depth = environment.limits.max_value_depth;
  arena.max_result_bytes = environment.limits.max_result_bytes;
  arena.max_bytes = static_cast<size_t>(environment.limits.max_memory_bytes);
  Frame frame(&arena, &ScratchAccess::values(scratch), &environment, fixed_cost, environment.limits,
              MaxCost(environment.limits, scratch));
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

// Where most of a fixed cost is: the smallest part that has at least half of it.
int32_t CostliestPart(const Unit& unit, int32_t expr) {
  while (true) {
    int32_t next = -1;
    for (const int32_t child : unit.ast->children_of(unit.ast->node(expr))) {
      if (unit.costs[child] > 0 && unit.costs[child] >= unit.costs[expr] / 2) next = child;
    }
    if (next < 0) return expr;
    expr = next;
  }
}

// False when the fixed cost alone is too much. Otherwise work that is done without a frame counts from now on.
bool WithinCost(const Unit& unit, const PlanNode& node, Frame* frame) {
  if (ABSL_PREDICT_TRUE(node.cost <= frame->max_cost)) {
    frame->arena->SetMeter(&frame->cost);
    return true;
  }
  frame->error = MakeError(*frame->arena, Code::LIMIT_COST, CostliestPart(unit, node.expr));
  return false;
}

}  // namespace

// A short name of an expression: its text, or the begin of it.
std::string ExpressionName(const Expr& expr) {
  constexpr size_t kMaxBytes = 60;
  std::string text(expr.text());
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > kMaxBytes) {
    size_t end = kMaxBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += "...";
  }
  return absl::StrCat("'", text, "'");
}

bool IsHostError(const ErrorData& error) { return error.reason != CodeName(error.code); }

namespace {

// The operand that is an empty optional, as its author knows it: a path, or the text of the expression.
std::string AbsentText(const AstData& ast, int32_t index) {
  const AstNode& node = ast.node(index);
  const auto children = ast.children_of(node);
  if (node.op == Operator::kOptionalSelect) {
    const std::string parent = ExprOf(&ast, children[0]).path();
    return parent.empty() ? "" : absl::StrCat(parent, ".", node.name, " is not set");
  }
  for (const int32_t child : children) {
    if ((ast.node(child).flags & kReadIfSet) == 0) continue;
    const std::string path = ExprOf(&ast, child).path();
    if (!path.empty()) return absl::StrCat(path, " is not set");
  }
  return absl::StrCat(ExpressionName(ExprOf(&ast, index)), " is absent");
}

// A host's text with the arguments that it mentions.
std::string HostErrorText(const AstData& ast, const ErrorData& error) {
  std::string text(error.detail);
  if (error.expr < 0 || !absl::StrContains(text, "{")) return text;
  const auto children = ast.children_of(ast.node(error.expr));
  // sum, min, max and avg apply an operator to the elements of their argument.
  if (children.size() == 1) text = absl::StrReplaceAll(text, {{"{0} and {1}", "two of {0}"}});
  for (size_t i = 0; i < children.size() && i < 10; ++i) {
    const std::string name = ExpressionName(ExprOf(&ast, children[i]));
    // Without the quotation marks: the text has its own words.
    text = absl::StrReplaceAll(
        text, {{absl::StrCat("{", i, "}"), absl::string_view(name).substr(1, name.size() - 2)}});
  }
  return text;
}

}  // namespace

std::string ErrorText(const Unit& unit, const ErrorData& error) {
  // A host's reason comes with its own text.
  if (IsHostError(error)) return HostErrorText(*unit.ast, error);
  if (error.code == Code::OPTIONAL_EMPTY && error.expr >= 0) {
    const auto children = unit.ast->children_of(unit.ast->node(error.expr));
    const size_t operand = error.detail == "1" ? 1 : 0;
    if (operand < children.size()) {
      const std::string text = AbsentText(*unit.ast, children[operand]);
      if (!text.empty()) return text;
    }
  }
  return CodeText(error.code, error.detail);
}

namespace {

// The answer of references(), collected in one walk in source order.
class ReferenceCollector {
 public:
  explicit ReferenceCollector(const AstData& ast) : ast_(ast), locals_(ast.max_locals) {}

  References Collect(int32_t root) {
    std::vector<int32_t> stack = {root};
    while (!stack.empty()) {
      const int32_t index = stack.back();
      stack.pop_back();
      const AstNode& node = ast_.node(index);
      if (AddPath(index)) continue;
      if (node.kind == ExprKind::kCall && functions_.insert(std::string(node.name)).second) {
        references_.functions.push_back({std::string(node.name), ExprOf(&ast_, index)});
      }
      BindLocals(node);
      const auto children = ast_.children_of(node);
      stack.insert(stack.end(), children.rbegin(), children.rend());
    }
    return std::move(references_);
  }

 private:
  // False when the node is no path.
  bool AddPath(int32_t index) {
    const AstNode& node = ast_.node(index);
    const Expr expr = ExprOf(&ast_, index);
    const bool has = node.kind == ExprKind::kHas;
    std::string path = has || expr.is_path() ? expr.path() : "";
    if (path.empty()) return false;
    AddVariable(index);
    if (paths_.insert(path).second) {
      references_.fields.push_back({std::move(path), node.field, expr, OriginOf(index)});
    }
    return true;
  }

  // The variable that a path begins with.
  void AddVariable(int32_t index) {
    while (ast_.node(index).child_count > 0) index = ast_.children_of(ast_.node(index))[0];
    const AstNode& node = ast_.node(index);
    if (node.reference != ReferenceKind::kVariable && node.reference != ReferenceKind::kRootField) {
      return;
    }
    if (!variables_.insert(std::string(node.name)).second) return;
    const bool has = node.kind == ExprKind::kHas;
    references_.variables.push_back({std::string(node.name),
                                     has ? Type::OfField(node.field) : node.type,
                                     ExprOf(&ast_, index)});
  }

  // The origins of a macro's variables. A slot is reused only where its variable is out of scope.
  void BindLocals(const AstNode& node) {
    if (node.kind == ExprKind::kBind) {
      const bool alias = node.macro == Macro::kBind;
      locals_[node.slot] = alias ? OriginOf(ast_.children_of(node)[0]) : "";
    } else if (node.kind == ExprKind::kComprehension) {
      const int32_t range = ast_.children_of(node)[0];
      const std::string origin = OriginOf(range);
      const bool list = ast_.node(range).type.kind() == TypeKind::kList;
      const std::string element = origin.empty() ? "" : absl::StrCat(origin, "[]");
      const std::string key = origin.empty() ? "" : absl::StrCat(origin, "{}");
      if (node.name_count == 2) {
        locals_[node.slot] = list ? "" : key;
        locals_[node.slot + 1] = element;
      } else {
        locals_[node.slot] = list ? element : key;
      }
    }
  }

  std::string OriginOf(int32_t index) const {
    const AstNode& node = ast_.node(index);
    if (node.kind == ExprKind::kIdentifier) {
      const bool local = node.reference == ReferenceKind::kLocal;
      return local ? locals_[node.slot] : std::string(node.name);
    }
    const bool select = node.kind == ExprKind::kSelect || node.kind == ExprKind::kHas ||
                        node.op == Operator::kOptionalSelect;
    const bool element = node.op == Operator::kIndex || node.op == Operator::kOptionalIndex;
    if (node.kind == ExprKind::kHas && node.child_count == 0) return std::string(node.name);
    if (!select && !element) return "";
    const std::string parent = OriginOf(ast_.children_of(node)[0]);
    if (parent.empty()) return "";
    return element ? absl::StrCat(parent, "[]") : absl::StrCat(parent, ".", node.name);
  }

  const AstData& ast_;
  std::vector<std::string> locals_;
  References references_;
  absl::flat_hash_set<std::string> paths_, functions_, variables_;
};

}  // namespace

}  // namespace cel_internal

Program::Program(std::shared_ptr<const Unit> unit, int32_t expr, const PlanNode* node)
    : unit_(std::move(unit)),
      node_(node),
      condition_(cel_internal::AsCondition(node)),
      expr_(expr),
      root_type_(unit_->root_type),
      limits_(&unit_->data->limits) {}

// Without a frame, when that can be; kBoolError when the general way has to say.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline int Program::RunAsCondition(
    const google::protobuf::Message& root, Scratch& scratch) const {
  const bool is_planned = root_type_ != nullptr ? cel_internal::IsOfType(root, *root_type_)
                                                : cel_internal::IsPlannedRoot(*unit_, root);
  if (condition_ == nullptr || !is_planned) return cel_internal::kBoolError;
  const Limits& limits = *limits_;
  cel_internal::ConditionFrame frame;
  frame.slots[0].message = &root;
  frame.max_cost = cel_internal::MaxCost(limits, scratch) - condition_->cost;
  frame.max_iterations = limits.max_comprehension_iterations;
  if (ABSL_PREDICT_FALSE(frame.max_cost < 0)) return cel_internal::kBoolError;
  const int result = cel_internal::RunCondition(*condition_, frame);
  ScratchAccess::SetUsage(scratch, frame.cost, frame.iterations);
  if (ABSL_PREDICT_FALSE(result == cel_internal::kBoolError)) return result;
  // It took no more than was left.
  ScratchAccess::budget(scratch).left -= condition_->cost + frame.cost;
  return result;
}

// Ends a condition; a failure is the scratch's last error.
inline BoolOutcome Program::EndBool(cel_internal::Frame& frame, int result,
                                    Scratch& scratch) const {
  const bool failed = result == cel_internal::kBoolError;
  const Value value = cel_internal::EndFrame(
      *node_, frame, failed ? frame.error : Value::Bool(result == cel_internal::kBoolTrue),
      scratch);
  if (ABSL_PREDICT_TRUE(!value.is_error())) return static_cast<BoolOutcome>(result);
  ScratchAccess::last_error(scratch) = value;
  return BoolOutcome::kError;
}

EvalResult Program::Evaluate(const google::protobuf::Message& root, Scratch& scratch) const {
  if (const int result = RunAsCondition(root, scratch); result != cel_internal::kBoolError) {
    return EvalResult(this, Value::Bool(result == cel_internal::kBoolTrue));
  }
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  const bool ready = cel_internal::SetRoot(*unit_, root, &frame) &&
                     cel_internal::WithinCost(*unit_, *node_, &frame);
  const Value value = ready ? node_->Run(frame) : frame.error;
  return EvalResult(this, cel_internal::EndFrame(*node_, frame, value, scratch));
}

EvalResult Program::Evaluate(const Activation& activation, Scratch& scratch) const {
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  const bool ready = cel_internal::SetActivation(*unit_, activation, activation.root_, &frame) &&
                     cel_internal::WithinCost(*unit_, *node_, &frame);
  const Value value = ready ? node_->Run(frame) : frame.error;
  return EvalResult(this, cel_internal::EndFrame(*node_, frame, value, scratch));
}

BoolOutcome Program::EvaluateBool(const google::protobuf::Message& root, Scratch& scratch) const {
  const int result = RunAsCondition(root, scratch);
  return ABSL_PREDICT_TRUE(result != cel_internal::kBoolError) ? static_cast<BoolOutcome>(result)
                                                               : EvaluateBoolInFrame(root, scratch);
}

void Program::EvaluateBools(absl::Span<const Program> programs,
                            const google::protobuf::Message& root, Scratch& scratch,
                            BoolOutcome* outcomes) {
  cel_internal::ConditionFrame frame;
  frame.slots[0].message = &root;
  Budget& budget = ScratchAccess::budget(scratch);
  // The limits of an environment are its own. Whether it was planned for messages of the root's class.
  const Limits* planned_limits = nullptr;
  bool is_planned = false;
  for (const Program& program : programs) {
    if (ABSL_PREDICT_FALSE(program.limits_ != planned_limits)) {
      planned_limits = program.limits_;
      is_planned = cel_internal::IsPlannedRoot(*program.unit_, root);
    }
    const cel_internal::ConditionNode* const condition = program.condition_;
    if (ABSL_PREDICT_TRUE(condition != nullptr && is_planned)) {
      const Limits& limits = *program.limits_;
      frame.cost = frame.iterations = 0;
      frame.max_cost = std::min(limits.max_cost, budget.left) - condition->cost;
      frame.max_iterations = limits.max_comprehension_iterations;
      const int result = ABSL_PREDICT_TRUE(frame.max_cost >= 0)
                             ? cel_internal::RunCondition(*condition, frame)
                             : cel_internal::kBoolError;
      if (ABSL_PREDICT_TRUE(result != cel_internal::kBoolError)) {
        budget.left -= condition->cost + frame.cost;
        *outcomes++ = static_cast<BoolOutcome>(result);
        continue;
      }
    }
    *outcomes++ = program.EvaluateBool(root, scratch);
  }
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
  return EndBool(frame, result, scratch);
}

BoolOutcome Program::EvaluateBool(const Activation& activation, Scratch& scratch) const {
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  int result = cel_internal::kBoolError;
  if (cel_internal::SetActivation(*unit_, activation, activation.root_, &frame) &&
      cel_internal::WithinCost(*unit_, *node_, &frame)) {
    result = node_->Test(frame);
  }
  return EndBool(frame, result, scratch);
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
  const bool ready = cel_internal::SetRoot(*unit_, root, &frame) &&
                     cel_internal::WithinCost(*unit_, *node_, &frame);
  const Value value = ready ? TracePlan(*unit_, expr_)->Run(frame) : frame.error;
  if (ready) tracer.CollectSkipped(expr_, unit_->trace_nodes);
  explanation.value = cel_internal::EndFrame(*node_, frame, value, scratch);
  return explanation;
}

Explanation Program::Explain(const Activation& activation, Scratch& scratch,
                             const ExplainOptions& options) const {
  Explanation explanation;
  Frame frame = cel_internal::BeginFrame(*unit_, node_->cost, scratch);
  cel_internal::Tracer tracer(*unit_->ast, options, &explanation);
  frame.tracer = &tracer;
  const bool ready = cel_internal::SetActivation(*unit_, activation, activation.root_, &frame) &&
                     cel_internal::WithinCost(*unit_, *node_, &frame);
  const Value value = ready ? TracePlan(*unit_, expr_)->Run(frame) : frame.error;
  if (ready) tracer.CollectSkipped(expr_, unit_->trace_nodes);
  explanation.value = cel_internal::EndFrame(*node_, frame, value, scratch);
  return explanation;
}

absl::Span<const Program> Program::conjuncts() const {
  if (conjuncts_ == nullptr || conjuncts_->empty()) return absl::Span<const Program>(this, 1);
  return *conjuncts_;
}

const References& Program::references() const {
  const std::lock_guard<std::mutex> lock(unit_->references_mutex);
  std::unique_ptr<const References>& kept = unit_->references[expr_];
  if (kept == nullptr) {
    kept = std::make_unique<const References>(
        cel_internal::ReferenceCollector(*unit_->ast).Collect(expr_));
  }
  return *kept;
}
Expr Program::expr() const { return cel_internal::ExprOf(unit_->ast.get(), expr_); }
absl::string_view Program::text() const { return expr().text(); }
absl::string_view Program::source() const { return unit_->ast->text; }
const Type& Program::result_type() const { return unit_->ast->node(expr_).type; }
int64_t Program::fixed_cost() const { return node_->cost; }

CostEstimate Program::EstimateCost(const SizeHints& hints) const {
  CostEstimate estimate;
  estimate.min = node_->cost;
  const int64_t metered = cel_internal::CostEstimator(*unit_, hints).Metered(expr_);
  if (__builtin_add_overflow(estimate.min, metered, &estimate.max)) estimate.max = kUnboundedCost;
  return estimate;
}

Issue Program::ErrorIssue(const Value& error) const {
  if (!error.is_error()) return Issue();
  const cel_internal::ErrorData& data = *ValueAccess::error(error);
  const bool host = cel_internal::IsHostError(data);
  std::string message = cel_internal::ErrorText(*unit_, data);
  const int32_t expr = data.expr >= 0 ? data.expr : expr_;
  const AstNode& node = unit_->ast->node(expr);
  const bool cost = data.code == Code::LIMIT_COST || data.code == Code::LIMIT_BUDGET;
  if (cost && !host) {
    if (data.code == Code::LIMIT_COST)
      absl::StrAppend(&message, " = ", unit_->data->limits.max_cost);
    absl::StrAppend(&message, ", most of it in ",
                    cel_internal::ExpressionName(cel_internal::ExprOf(unit_->ast.get(), expr)));
  }
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
