#include "cel/planner.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cel/tracer.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

// A node of an explanation: records what the node within gave.
struct TraceNode : PlanNode {
  const PlanNode* inner;
};

Value EvalTrace(const PlanNode* node, Frame& frame) {
  const TraceNode& self = *static_cast<const TraceNode*>(node);
  const Value value = self.inner->Run(frame);
  if (frame.tracer != nullptr) frame.tracer->Record(node->expr, value);
  return value;
}

}  // namespace

Planner::Planner(Unit* unit, IssueList* issues, bool checked)
    : unit_(unit),
      mutable_unit_(unit),
      environment_(*unit->data),
      ast_(unit->ast.get()),
      memory_(&unit->memory),
      regexes_(&unit->regexes),
      issues_(issues),
      checked_(checked),
      conditions_(ast_, &environment_.source, memory_) {
  unit->costs.resize(ast_->nodes.size());
}

Planner::Planner(const Unit* unit, Arena* memory, std::vector<std::unique_ptr<RE2>>* regexes,
                 std::vector<const PlanNode*>* nodes)
    : unit_(unit),
      mutable_unit_(nullptr),
      environment_(*unit->data),
      ast_(unit->ast.get()),
      memory_(memory),
      regexes_(regexes),
      trace_nodes_(nodes),
      conditions_(ast_, &environment_.source, memory_) {
  nodes->resize(ast_->nodes.size());
}

const PlanNode* Planner::Plan(int32_t expr) {
  const PlanNode* node = PlanNode_(expr);
  if (trace_nodes_ != nullptr) return Trace(expr, node);
  mutable_unit_->costs[expr] = node->cost;
  return node;
}

const PlanNode* Planner::Trace(int32_t expr, const PlanNode* inner) {
  TraceNode* node = New<TraceNode>(expr);
  node->inner = inner;
  node->eval = EvalTrace;
  node->eval_bool = FromValue;
  node->cost = inner->cost;
  (*trace_nodes_)[expr] = node;
  return node;
}

const PlanNode* Planner::PlanNode_(int32_t expr) {
  const AstNode& node = ast(expr);
  if (node.constant >= 0) return PlanConstant(expr, ast_->constants[node.constant]);
  switch (node.kind) {
    case ExprKind::kConstant:
      break;
    case ExprKind::kIdentifier:
      return PlanIdentifier(expr);
    case ExprKind::kSelect:
    case ExprKind::kHas:
      return PlanSelect(expr);
    case ExprKind::kCall:
      return PlanCall(expr);
    case ExprKind::kList:
    case ExprKind::kMap:
      return PlanAggregate(expr);
    case ExprKind::kMessage:
      return PlanMessage(expr);
    case ExprKind::kComprehension:
      return PlanComprehension(expr);
    case ExprKind::kBind:
      return PlanBind(expr);
  }
  return PlanError(expr, Code::UNKNOWN_NAME, "");
}

bool Planner::IsConstant(const PlanNode* node) const { return ast(node->expr).constant >= 0; }

const PlanNode* Planner::PlanConstant(int32_t expr, const Value& value) {
  ConstantNode* node = New<ConstantNode>(expr);
  node->value = value;
  node->cost = 0;
  SetConstantFunctions(node);
  return node;
}

const PlanNode* Planner::PlanError(int32_t expr, Code code, absl::string_view name) {
  SlotNode* node = New<SlotNode>(expr);
  node->name = name;
  SetErrorFunctions(node, code);
  return node;
}

bool Planner::IsHostCall(int32_t expr) const {
  const auto overloads = ast_->overloads_of(ast(expr));
  return !overloads.empty() &&
         std::all_of(overloads.begin(), overloads.end(),
                     [](const OverloadDecl* overload) { return overload->is_host; });
}

const PlanNode* Planner::Fold(int32_t expr, const PlanNode* node) {
  // Limits of folding, so that compiling stays cheap.
  constexpr int64_t kMaxCost = 10000;
  constexpr size_t kMaxMemory = 65536;
  if (mutable_unit_ == nullptr) return node;
  for (const int32_t child : ast_->children_of(ast(expr))) {
    if (ast(child).constant < 0) return node;
  }
  ValueArena values;
  Frame frame;
  frame.values = &values;
  frame.arena = &ValueAccess::arena(values);
  frame.arena->source = &environment_.source;
  frame.environment = &environment_;
  frame.max_cost = kMaxCost;
  frame.arena->SetMeter(&frame.cost);
  frame.max_memory = kMaxMemory;
  const Value value = node->Run(frame);
  if (value.is_error()) {
    const Code code = ValueAccess::error(value)->code;
    if (checked_ && code != Code::LIMIT_COST && code != Code::LIMIT_MEMORY) {
      const absl::string_view name = ast(expr).name;
      const absl::string_view form =
          code != Code::CONVERSION_FAILED ? ""
          : name == "timestamp" ? "; an instant is written timestamp('2026-01-31T00:00:00Z')"
          : name == "duration"  ? "; a span of time is written duration('36h')"
                                : "";
      issues_->Warning(
          Code::CONSTANT_ERROR, ast(expr).focus,
          absl::StrCat("this always fails: ", ErrorText(*unit_, *ValueAccess::error(value)), form));
    }
    return node;
  }
  if (value.is_message() && !IsHostCall(expr)) return node;
  const Value kept = mutable_unit_->constants.Copy(value);
  if (kept.is_error()) return node;  // Too deep or too large to keep.
  mutable_unit_->ast->node(expr).constant = mutable_unit_->ast->AddConstant(kept);
  return PlanConstant(expr, kept);
}

const PlanNode* const* Planner::PlanChildren(int32_t expr, int64_t* cost) {
  const auto children = ast_->children_of(ast(expr));
  const PlanNode** nodes = memory_->NewArray<const PlanNode*>(children.size());
  for (size_t i = 0; i < children.size(); ++i) {
    nodes[i] = Plan(ast_->children_of(ast(expr))[i]);
    *cost += nodes[i]->cost;
  }
  return nodes;
}

const uint8_t* Planner::OptionalEntries(int32_t expr) {
  const AstNode& node = ast(expr);
  if (!(node.flags & kOptionalEntries)) return nullptr;
  uint8_t* optional = memory_->NewArray<uint8_t>(static_cast<size_t>(node.child_count));
  for (int i = 0; i < node.child_count; ++i) optional[i] = ast_->is_optional_child(node, i);
  return optional;
}

const PlanNode* Planner::PlanIdentifier(int32_t expr) {
  const AstNode& node = ast(expr);
  switch (node.reference) {
    case ReferenceKind::kLocal:
    case ReferenceKind::kVariable: {
      SlotNode* slot = New<SlotNode>(expr);
      slot->slot = node.slot;
      slot->name = node.name;
      SetSlotFunctions(slot, node.reference == ReferenceKind::kLocal);
      if (node.reference == ReferenceKind::kVariable && node.slot >= environment_.slot_count) {
        slot->slot = node.slot - environment_.slot_count;
        SetSourceFunctions(slot);
      }
      return slot;
    }
    case ReferenceKind::kRootField:
      return PlanPath(expr, /*has=*/false);
    default:
      return PlanError(expr, Code::UNKNOWN_NAME, node.name);
  }
}

bool Planner::MakeStep(const FieldDescriptor* field, bool last, PathStep* step) const {
  step->field = field;
  const Message* prototype = environment_.source.factory->GetPrototype(field->containing_type());
  if (prototype == nullptr) return false;
  step->reflection = prototype->GetReflection();
  step->accessor = IsGenerated(environment_.source) ? environment_.accessors.Find(field) : nullptr;
  if (step->accessor == nullptr) return true;
  // Well-known types other than times are unpacked by reflection.
  const FieldAccessor::Shape shape = step->accessor->shape;
  const bool null_value = field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
                          field->enum_type()->full_name() == "google.protobuf.NullValue";
  if (last && (null_value || (shape == FieldAccessor::Shape::kMessage &&
                              !IsPlainMessage(field->message_type())))) {
    step->accessor = nullptr;
  }
  return true;
}

// The longest chain of fields that ends in `expr`.
const PlanNode* Planner::PlanPath(int32_t expr, bool has) {
  std::vector<const FieldDescriptor*> fields = {ast(expr).field};
  int32_t start = expr;
  bool from_root = ast(expr).reference == ReferenceKind::kRootField;
  while (!from_root) {
    start = Child(start, 0);
    const AstNode& node = ast(start);
    from_root = node.reference == ReferenceKind::kRootField;
    const bool link = from_root || (node.kind == ExprKind::kSelect && node.field != nullptr);
    // Only singular plain messages are stepped through.
    if (!link || node.constant >= 0 || node.type.kind() != TypeKind::kMessage) {
      from_root = false;
      break;
    }
    fields.push_back(node.field);
  }
  PathNode* path = New<PathNode>(expr);
  path->count = static_cast<int32_t>(fields.size());
  path->steps = memory_->NewArray<PathStep>(fields.size());
  std::reverse(fields.begin(), fields.end());
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!MakeStep(fields[i], i + 1 == fields.size(), &path->steps[i])) {
      return PlanError(expr, Code::NO_SUCH_FIELD, fields[i]->name());
    }
  }
  path->start = nullptr;
  path->start_local = -1;
  path->start_descriptor = fields[0]->containing_type();
  const PathStep& last = path->steps[path->count - 1];
  if (last.accessor != nullptr) path->last = *last.accessor;
  path->cost = path->count;
  if (!from_root) {
    path->start = Plan(start);
    path->start_local = LocalOf(path->start);
    path->cost += path->start->cost;
    const Message* prototype = environment_.source.factory->GetPrototype(path->start_descriptor);
    if (IsGenerated(environment_.source) && prototype != nullptr) {
      path->start_type = &typeid(*prototype);
    }
  }
  SetPathFunctions(path, has);
  // A path alone is read as quickly as it is; this is for the chain around it.
  path->spec = has ? conditions_.Has(path) : conditions_.Truth(path);
  return path;
}

const PlanNode* Planner::PlanSelect(int32_t expr) {
  const AstNode& node = ast(expr);
  const bool has = node.kind == ExprKind::kHas;
  if (node.reference == ReferenceKind::kRootField) return PlanPath(expr, has);
  if (node.child_count == 0) return PlanError(expr, Code::UNKNOWN_NAME, node.name);
  // Of an optional message the field is known too, but it is not read as a path.
  if (node.field != nullptr && ast(Child(expr, 0)).type.kind() == TypeKind::kMessage) {
    return PlanPath(expr, has);
  }
  SelectNode* select = New<SelectNode>(expr);
  select->target = Plan(Child(expr, 0));
  select->name = node.name;
  select->cost = select->target->cost + 1;
  SetSelectFunctions(select, has, /*optional=*/false);
  return Fold(expr, select);
}

const PlanNode* Planner::PlanCall(int32_t expr) {
  switch (ast(expr).op) {
    case Operator::kNone:
      return PlanFunction(expr);
    case Operator::kAnd:
    case Operator::kOr:
    case Operator::kNot:
    case Operator::kConditional:
      return PlanLogical(expr);
    case Operator::kOptionalSelect: {
      SelectNode* select = New<SelectNode>(expr);
      select->target = Plan(Child(expr, 0));
      select->name = ast(expr).name;
      select->cost = select->target->cost + 1;
      SetSelectFunctions(select, /*has=*/false, /*optional=*/true);
      return select;
    }
    default:
      return PlanOperator(expr);
  }
}

// The terms of nested chains of one operator, for running as one.
void Planner::CollectTerms(int32_t expr, std::vector<int32_t>* terms) const {
  for (const int32_t child : ast_->children_of(ast(expr))) {
    if (ast(child).op == ast(expr).op && ast(child).kind == ExprKind::kCall) {
      CollectTerms(child, terms);
    } else {
      terms->push_back(child);
    }
  }
}

const PlanNode* Planner::Condition(const TermSpec* spec, PlanNode* node) {
  return trace_nodes_ != nullptr ? node : conditions_.Link(spec, node);
}

const PlanNode* Planner::PlanLogical(int32_t expr) {
  const Operator op = ast(expr).op;
  if (trace_nodes_ == nullptr && (op == Operator::kAnd || op == Operator::kOr)) {
    return PlanChain(expr);
  }
  ChildrenNode* node = New<ChildrenNode>(expr);
  node->optional = nullptr;
  node->children = PlanChildren(expr, &node->cost);
  node->count = ast(expr).child_count;
  SetLogicalFunctions(node, op);
  const PlanNode* folded = Fold(expr, node);
  if (folded != node || op != Operator::kNot) return folded;
  return Condition(conditions_.Not(node->children[0]), node);
}

const PlanNode* Planner::PlanChain(int32_t expr) {
  const Operator op = ast(expr).op;
  ChildrenNode* node = New<ChildrenNode>(expr);
  node->optional = nullptr;
  std::vector<int32_t> terms;
  CollectTerms(expr, &terms);
  std::vector<const PlanNode*> children;
  for (const int32_t term : terms) {
    children.push_back(Plan(term));
    node->cost += children.back()->cost;
    if (expr == ast_->root && op == Operator::kAnd) conjuncts_.emplace_back(term, children.back());
  }
  const PlanNode** array = memory_->NewArray<const PlanNode*>(children.size());
  std::copy(children.begin(), children.end(), array);
  node->children = array;
  node->count = static_cast<int32_t>(children.size());
  SetLogicalFunctions(node, op);
  const PlanNode* folded = Fold(expr, node);
  if (folded != node) {
    // A constant has no parts.
    if (expr == ast_->root) conjuncts_.clear();
    return folded;
  }
  if (const TermSpec* spec = conditions_.Chain(op, array, node->count)) {
    return Condition(spec, node);
  }
  return MergeConditions(op, std::move(children), node);
}

// Neighbors that are conditions run as one.
const PlanNode* Planner::MergeConditions(Operator op, std::vector<const PlanNode*> children,
                                         ChildrenNode* node) {
  std::vector<const PlanNode*> merged;
  for (size_t begin = 0; begin < children.size();) {
    size_t end = begin;
    int64_t cost = 0;
    for (; end < children.size() && children[end]->spec != nullptr; ++end) {
      cost += children[end]->cost;
    }
    if (end < begin + 2) {
      merged.push_back(children[begin++]);
      continue;
    }
    ChildrenNode* part = New<ChildrenNode>(node->expr);
    part->optional = nullptr;
    part->children = node->children + begin;
    part->count = static_cast<int32_t>(end - begin);
    part->cost = cost;
    SetLogicalFunctions(part, op);
    merged.push_back(Condition(conditions_.Chain(op, part->children, part->count), part));
    begin = end;
  }
  const PlanNode** array = memory_->NewArray<const PlanNode*>(merged.size());
  std::copy(merged.begin(), merged.end(), array);
  node->children = array;
  node->count = static_cast<int32_t>(merged.size());
  return node;
}

const PlanNode* Planner::PlanAggregate(int32_t expr) {
  ChildrenNode* node = New<ChildrenNode>(expr);
  node->children = PlanChildren(expr, &node->cost);
  node->count = ast(expr).child_count;
  node->optional = OptionalEntries(expr);
  if (ast(expr).kind == ExprKind::kList) {
    SetListFunctions(node);
  } else {
    SetMapFunctions(node);
  }
  return Fold(expr, node);
}

const PlanNode* Planner::PlanMessage(int32_t expr) {
  const AstNode& ast_node = ast(expr);
  if (ast_node.message == nullptr) return PlanError(expr, Code::UNKNOWN_MESSAGE, ast_node.name);
  MessageNode* node = New<MessageNode>(expr);
  node->message = ast_node.message;
  node->children = PlanChildren(expr, &node->cost);
  node->count = ast(expr).child_count;
  node->optional = OptionalEntries(expr);
  const FieldDescriptor** fields =
      memory_->NewArray<const FieldDescriptor*>(static_cast<size_t>(node->count));
  for (int i = 0; i < node->count; ++i) {
    fields[i] = FindField(node->message, ast_->names_of(ast(expr))[i]);
  }
  node->fields = fields;
  node->cost += node->count;
  SetMessageFunctions(node);
  return node;
}

const PlanNode* Planner::PlanComprehension(int32_t expr) {
  ComprehensionNode* node = New<ComprehensionNode>(expr);
  const bool filtered = ast(expr).child_count == 3;
  node->macro = ast(expr).macro;
  node->range = Plan(Child(expr, 0));
  node->filter = filtered ? Plan(Child(expr, 1)) : nullptr;
  node->body = Plan(Child(expr, filtered ? 2 : 1));
  node->two = ast(expr).name_count == 2;
  node->slot = ast(expr).slot;
  node->cost = 1 + node->range->cost;
  node->body_cost = 1 + node->body->cost + (filtered ? node->filter->cost : 0);
  SetComprehensionFunctions(node);
  return Condition(conditions_.Loop(*node), node);
}

const PlanNode* Planner::PlanBind(int32_t expr) {
  BindNode* node = New<BindNode>(expr);
  node->macro = ast(expr).macro;
  node->value = Plan(Child(expr, 0));
  node->body = Plan(Child(expr, 1));
  node->slot = ast(expr).slot;
  node->cost = 1 + node->value->cost + node->body->cost;
  SetBindFunctions(node);
  return node;
}

}  // namespace frontdesk::cel::cel_internal
