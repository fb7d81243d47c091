// Planning the calls of operators and functions.
#include <algorithm>

#include "cel/planner.h"
#include "cel/regex.h"

namespace frontdesk::cel::cel_internal {

const PlanNode* Planner::PlanOperator(int32_t expr) {
  const Operator op = ast(expr).op;
  BinaryNode* node = New<BinaryNode>(expr);
  node->op = op;
  node->left = Plan(Child(expr, 0));
  node->right = ast(expr).child_count > 1 ? Plan(Child(expr, 1)) : nullptr;
  node->cost = 1 + node->left->cost + (node->right == nullptr ? 0 : node->right->cost);
  ReportOperands(expr);
  const Type& left = ast(Child(expr, 0)).type;
  const Type& right = node->right == nullptr ? left : ast(Child(expr, 1)).type;
  if (op == Operator::kIndex || op == Operator::kOptionalIndex) {
    SetIndexFunctions(node, op == Operator::kOptionalIndex);
    return op == Operator::kIndex ? Fold(expr, node) : node;
  }
  SetOperatorFunctions(node, left, right);
  const PlanNode* folded = Fold(expr, node);
  if (folded != node) return folded;
  if (trace_nodes_ != nullptr) return node;
  if (op == Operator::kIn) {
    return Condition(conditions_.In(node->left, node->right),
                     PlanIn(expr, node->left, node->right));
  }
  return Condition(conditions_.Comparison(op, node->left, node->right), node);
}

PlanNode* Planner::PlanIn(int32_t expr, const PlanNode* needle, const PlanNode* container) {
  BinaryNode* node = New<BinaryNode>(expr);
  node->op = Operator::kIn;
  node->left = needle;
  node->right = container;
  node->cost = 1 + needle->cost + container->cost;
  SetOperatorFunctions(node, Type::Dyn(), Type::Dyn());
  const Value* constant = ConstantOf(container->expr);
  if (constant == nullptr || !constant->is_list()) return node;
  const Value& list = *constant;
  std::vector<ArrayMap::Entry> entries;
  for (size_t i = 0; i < list.list_size(); ++i) {
    const Value element = list.list_at(i);
    if (!IsKeyKind(element.kind())) return node;
    entries.push_back({element, Value()});
  }
  auto* copy = memory_->NewArray<ArrayMap::Entry>(entries.size());
  std::copy(entries.begin(), entries.end(), copy);
  bool unique;
  InSetNode* in = New<InSetNode>(expr);
  in->needle = needle;
  in->set = ArrayMap::Make({copy, entries.size()}, *memory_, &unique);
  in->cost = node->cost;
  SetInSetFunctions(in);
  return in;
}

const PlanNode* const* Planner::PlanArguments(int32_t expr, int64_t* cost) {
  const PlanNode* const* plain = PlanChildren(expr, cost);
  const int32_t count = ast(expr).child_count;
  bool if_set = false;
  for (int32_t i = 0; i < count; ++i) if_set |= (ast(Child(expr, i)).flags & kReadIfSet) != 0;
  if (!if_set) return plain;
  const PlanNode** nodes = memory_->NewArray<const PlanNode*>(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) {
    const int32_t child = Child(expr, i);
    nodes[i] = plain[i];
    if ((ast(child).flags & kReadIfSet) == 0) continue;
    IfSetNode* node = New<IfSetNode>(child);
    node->value = plain[i];
    node->has = ConstantOf(child) != nullptr ? nullptr : PlanPresence(child);
    node->cost = plain[i]->cost + (node->has == nullptr ? 0 : node->has->cost);
    *cost += node->cost - plain[i]->cost;
    SetIfSetFunctions(node);
    nodes[i] = node;
  }
  return nodes;
}

const PlanNode* Planner::PlanPresence(int32_t expr) {
  const AstNode& node = ast(expr);
  if (node.reference == ReferenceKind::kRootField) return PlanPath(expr, /*has=*/true);
  if (node.kind == ExprKind::kCall) return PlanCallPresence(expr);
  if (node.kind != ExprKind::kSelect) return nullptr;
  if (node.field != nullptr && ast(Child(expr, 0)).type.kind() == TypeKind::kMessage) {
    return PlanPath(expr, /*has=*/true);
  }
  SelectNode* select = New<SelectNode>(expr);
  select->target = Plan(Child(expr, 0));
  select->name = node.name;
  select->cost = select->target->cost + 1;
  SetSelectFunctions(select, /*has=*/true, /*optional=*/false);
  return select;
}

const PlanNode* Planner::PlanCallPresence(int32_t expr) {
  const AstNode& node = ast(expr);
  const auto overloads = ast_->overloads_of(node);
  if (overloads.size() != 1 || overloads[0]->presence.empty()) return nullptr;
  const FunctionDecl* function = environment_.FindFunction(overloads[0]->presence);
  if (function == nullptr) return nullptr;
  for (const OverloadDecl& overload : function->overloads) {
    if (overload.member != overloads[0]->member || overload.parameters != overloads[0]->parameters)
      continue;
    CallNode* call = New<CallNode>(expr);
    int64_t cost = 1;
    call->children = PlanArguments(expr, &cost);
    call->count = node.child_count;
    const OverloadDecl** chosen = memory_->NewArray<const OverloadDecl*>(1);
    chosen[0] = &overload;
    call->overloads = chosen;
    call->overload_count = 1;
    call->name = function->name;
    call->cost = cost;
    SetCallFunctions(call);
    return call;
  }
  return nullptr;
}

const PlanNode* Planner::PlanFunction(int32_t expr) {
  const AstNode& ast_node = ast(expr);
  int64_t cost = 1;
  const PlanNode* const* children = PlanArguments(expr, &cost);
  const auto overloads = ast_->overloads_of(ast_node);
  if (ast_node.name == "matches" && ast_node.child_count == 2 && !overloads.empty() &&
      overloads[0]->native == MatchesFunction && IsConstant(children[1])) {
    return PlanMatches(expr, children);
  }
  const bool member = (ast_node.flags & kMemberCall) != 0;
  if (member && ast_node.child_count == 2 &&
      (ast_node.name == "or" || ast_node.name == "orValue") && overloads.size() == 1 &&
      overloads[0]->host == nullptr) {
    BinaryNode* node = New<BinaryNode>(expr);
    node->left = children[0];
    node->right = children[1];
    node->cost = cost;
    SetOptionalOrFunctions(node, ast_node.name == "orValue");
    return node;
  }
  CallNode* call = New<CallNode>(expr);
  call->children = children;
  call->count = ast_node.child_count;
  const OverloadDecl** copies = memory_->NewArray<const OverloadDecl*>(overloads.size());
  std::copy(overloads.begin(), overloads.end(), copies);
  call->overloads = copies;
  call->overload_count = static_cast<int32_t>(overloads.size());
  call->name = ast_node.name;
  call->cost = cost;
  SetCallFunctions(call);
  // A name that is no function gets an error of its own.
  if (overloads.empty() && environment_.FindFunction(ast_node.name) == nullptr) {
    return PlanError(expr, Code::UNKNOWN_FUNCTION, ast_node.name);
  }
  if (ReportConstants(expr, overloads)) return call;
  const bool pure = std::all_of(overloads.begin(), overloads.end(),
                                [](const OverloadDecl* overload) { return overload->pure; });
  return pure ? Fold(expr, call) : call;
}

const Value* Planner::ConstantOf(int32_t expr) const {
  const int32_t constant = ast(expr).constant;
  return constant >= 0 ? &ast_->constants[constant] : nullptr;
}

bool Planner::ReportConstants(int32_t expr, absl::Span<const OverloadDecl* const> overloads) {
  if (!checked_ || issues_ == nullptr || overloads.empty()) return false;
  std::vector<const Value*> arguments;
  for (const int32_t child : ast_->children_of(ast(expr))) arguments.push_back(ConstantOf(child));
  // Where the types leave a choice, every overload has to fail.
  absl::optional<ConstantProblem> problem;
  for (const OverloadDecl* overload : overloads) {
    if (overload->check == nullptr) return false;
    problem = overload->check(environment_, arguments);
    if (!problem.has_value()) return false;
  }
  // A call of constants alone is run, which says more.
  const bool closed = std::find(arguments.begin(), arguments.end(), nullptr) == arguments.end();
  if (closed && problem->code == Code::CONSTANT_ERROR) return false;
  const SourceRange range = ast(Child(expr, static_cast<int>(problem->argument))).range;
  if (problem->code == Code::CONSTANT_ERROR) {
    issues_->Warning(problem->code, range, problem->text);
  } else {
    issues_->Error(problem->code, range, problem->text);
  }
  return true;
}

void Planner::ReportOperands(int32_t expr) {
  if (!checked_ || issues_ == nullptr || ast(expr).child_count != 2) return;
  const Operator op = ast(expr).op;
  const Value* right = ConstantOf(Child(expr, 1));
  // An operation on constants alone is run, which says more.
  if (right == nullptr || ConstantOf(Child(expr, 0)) != nullptr) return;
  const bool whole = right->is_int() || right->is_uint();
  const bool division = op == Operator::kDivide || op == Operator::kModulo;
  if (division && whole && ValueAccess::bits(*right) == 0) {
    issues_->Warning(Code::CONSTANT_ERROR, ast(expr).focus, "this always fails: division by zero");
  }
  if (op == Operator::kIndex && ast(Child(expr, 0)).type.kind() == TypeKind::kList &&
      right->is_int() && right->int_value() < 0) {
    issues_->Warning(Code::CONSTANT_ERROR, ast(Child(expr, 1)).range,
                     "this always fails: index out of range");
  }
}

const PlanNode* Planner::PlanMatches(int32_t expr, const PlanNode* const* children) {
  const Value& pattern = *ConstantOf(children[1]->expr);
  Code code = Code::INVALID_REGEX;
  std::string message;
  std::unique_ptr<RE2> regex;
  if (pattern.is_string()) {
    regex = CompileRegex(pattern.string_value(), environment_.limits, &code, &message);
  }
  if (regex == nullptr) {
    if (checked_) issues_->Error(code, ast(children[1]->expr).range, message);
    return PlanError(expr, Code::INVALID_REGEX, "");
  }
  MatchNode* node = New<MatchNode>(expr);
  node->target = children[0];
  node->regex = regex.get();
  node->cost = 2 + children[0]->cost;
  if (mutable_unit_ != nullptr) mutable_unit_->regex_sizes[expr] = regex->ProgramSize();
  regexes_->push_back(std::move(regex));
  SetMatchFunctions(node);
  return Fold(expr, node);
}

}  // namespace frontdesk::cel::cel_internal
