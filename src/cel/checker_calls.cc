#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cel/checker.h"
#include "cel/names.h"

namespace frontdesk::cel::cel_internal {

bool Checker::IsCondition(int32_t index, const Type& type, absl::string_view what) {
  if (types_.Assignable(type, Type::Bool())) return true;
  Error(Code::TYPE_MISMATCH, data_->node(index).range,
        absl::StrCat(what, " must be a bool, not ", Show(type)));
  return false;
}

Type Checker::VisitCall(int32_t index) {
  switch (data_->node(index).op) {
    case Operator::kNone:
      break;
    case Operator::kAnd:
    case Operator::kOr:
      return VisitLogical(index);
    case Operator::kConditional:
      return VisitConditional(index);
    case Operator::kOptionalSelect:
      return VisitOptionalSelect(index);
    default:
      return VisitOperator(index);
  }
  if (data_->node(index).flags & kMemberCall) {
    const FunctionDecl* qualified = QualifiedFunction(index);
    if (qualified != nullptr) return VisitFunction(index, qualified);
    // `math.max(1, 2)`: a name in front of which there are functions is no variable.
    int32_t first = -1;
    const std::string receiver = QualifiedName(Child(index, 0), &first);
    if (!receiver.empty() && environment_.FindVariable(data_->node(first).name) == nullptr &&
        !FunctionScope(index).empty()) {
      return VisitFunction(index, nullptr);
    }
    return VisitFunction(index, environment_.FindFunction(data_->node(index).name));
  }
  const bool root_scope = (data_->node(index).flags & kLeadingDot) != 0;
  const FunctionDecl* function = ResolveFunction(environment_, data_->node(index).name, root_scope);
  return VisitFunction(index, function);
}

const FunctionDecl* Checker::QualifiedFunction(int32_t index) {
  int32_t first = -1, slot = -1;
  const std::string receiver = QualifiedName(Child(index, 0), &first);
  if (receiver.empty()) return nullptr;
  const AstNode& head = data_->node(first);
  const bool root_scope = (head.flags & kLeadingDot) != 0;
  if (!root_scope && FindLocal(head.name, &slot) != nullptr) return nullptr;
  AstNode& node = data_->node(index);
  const FunctionDecl* function =
      ResolveFunction(environment_, absl::StrCat(receiver, ".", node.name), root_scope);
  if (function == nullptr) return nullptr;
  node.flags &= ~kMemberCall;
  node.name = function->name;
  node.first_child += 1;
  node.child_count -= 1;
  return function;
}

Type Checker::VisitLogical(int32_t index) {
  const char* what =
      data_->node(index).op == Operator::kAnd ? "each side of '&&'" : "each side of '||'";
  for (int i = 0; i < data_->node(index).child_count; ++i) {
    const int32_t child = Child(index, i);
    IsCondition(child, Visit(child), what);
  }
  return Type::Bool();
}

Type Checker::VisitConditional(int32_t index) {
  IsCondition(Child(index, 0), Visit(Child(index, 0)), "the condition of '?:'");
  const Type yes = Visit(Child(index, 1));
  const Type no = Visit(Child(index, 2));
  const Type result = types_.Fresh();
  if (types_.AssignableAll({yes, no}, {result, result})) return result;
  return Error(
      Code::NO_MATCHING_OVERLOAD, data_->node(index).focus,
      absl::StrCat("both results of '?:' must have one type, not ", Show(yes), " and ", Show(no)));
}

Type Checker::VisitOperator(int32_t index) {
  std::vector<Type> arguments;
  for (int i = 0; i < data_->node(index).child_count; ++i) {
    arguments.push_back(Visit(Child(index, i)));
  }
  if (!check_) return Type::Dyn();
  const Operator op = data_->node(index).op;
  // The common case, without going through the overloads.
  if (arguments.size() == 2 && arguments[0].kind() == arguments[1].kind()) {
    const TypeKind kind = arguments[0].kind();
    if (kind >= TypeKind::kInt && kind <= TypeKind::kDouble) {
      if (IsComparison(op)) return Type::Bool();
      if (op >= Operator::kAdd && op <= Operator::kDivide) return arguments[0];
    }
  }
  const FunctionDecl* function = environment_.operators[static_cast<int>(op)];
  if (function == nullptr) return Type::Error();
  // The value in an optional is compared and calculated with.
  if (OpensOptionals(op)) {
    for (Type& argument : arguments) {
      const Type resolved = types_.Resolve(argument);
      if (resolved.kind() == TypeKind::kOptional) argument = resolved.parameters()[0];
    }
  }
  return ResolveOverload(*function, index, std::move(arguments));
}

Type Checker::VisitOptionalSelect(int32_t index) {
  const Type type = SelectField(index, Visit(Child(index, 0)));
  if (type.is_error()) return type;
  // A selection of an optional is optional already.
  const Type target = types_.Resolve(data_->node(Child(index, 0)).type);
  return target.kind() == TypeKind::kOptional ? type : Type::Optional(type);
}

Type Checker::VisitFunction(int32_t index, const FunctionDecl* function) {
  if (function == nullptr && check_) {
    VisitUnknownFunction(index);
    return Type::Error();
  }
  std::vector<Type> arguments;
  for (int i = 0; i < data_->node(index).child_count; ++i) {
    arguments.push_back(Visit(Child(index, i)));
  }
  if (function == nullptr) return Type::Error();
  if (!function->variables.empty()) AddVariables(index, *function, &arguments);
  AstNode& node = data_->node(index);
  if (!(node.flags & kMemberCall)) node.name = function->name;
  return ResolveOverload(*function, index, std::move(arguments));
}

void Checker::AddVariables(int32_t index, const FunctionDecl& function,
                           std::vector<Type>* arguments) {
  const int32_t first = static_cast<int32_t>(data_->children.size());
  const int32_t written = data_->node(index).child_count;
  for (int i = 0; i < written; ++i) data_->children.push_back(Child(index, i));
  data_->node(index).first_child = first;
  for (const std::string& name : function.variables) {
    AstNode variable;
    variable.kind = ExprKind::kIdentifier;
    variable.flags = kLeadingDot;  // Whatever a macro calls its own.
    variable.name = name;
    variable.range = variable.focus = data_->node(index).focus;
    const int32_t added = static_cast<int32_t>(data_->nodes.size());
    data_->nodes.push_back(std::move(variable));
    data_->children.push_back(added);
    arguments->push_back(Visit(added));
  }
  AstNode& call = data_->node(index);
  call.implicit_count = static_cast<int32_t>(function.variables.size());
  call.child_count = written + call.implicit_count;
}

namespace {

// A type whose values may become those of an optional of it.
bool IsPlain(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kOptional:
    case TypeKind::kDyn:
    case TypeKind::kAny:
    case TypeKind::kError:
    case TypeKind::kParameter:
      return false;
    default:
      return true;
  }
}

}  // namespace

Type Checker::ResolveOverload(const FunctionDecl& function, int32_t index,
                              std::vector<Type> arguments) {
  const bool member = (data_->node(index).flags & kMemberCall) != 0;
  const bool is_operator = data_->node(index).op != Operator::kNone;
  AstNode& node = data_->node(index);
  node.first_overload = static_cast<int32_t>(data_->overloads.size());
  Type result = Type::Error();
  bool found = false;
  for (const OverloadDecl& overload : function.overloads) {
    if (overload.member != member || overload.parameters.size() != arguments.size()) continue;
    if (check_) {
      types_.BeginSignature();
      std::vector<Type> parameters;
      for (const Type& parameter : overload.parameters) {
        parameters.push_back(types_.Instantiate(parameter));
        const Type& argument = arguments[parameters.size() - 1];
        if (overload.takes_absent && parameter.kind() == TypeKind::kOptional &&
            IsPlain(types_.Resolve(argument))) {
          parameters.back() = parameters.back().parameters()[0];
        }
      }
      if (!types_.AssignableAll(arguments, parameters)) continue;
      const Type this_result = types_.Substitute(types_.Instantiate(overload.result), false);
      if (!found) {
        result = this_result;
      } else if (!(types_.Substitute(result, false) == this_result)) {
        result = Type::Dyn();
      }
    }
    found = true;
    for (size_t i = 0; overload.takes_absent && i < arguments.size(); ++i) {
      if (overload.parameters[i].kind() != TypeKind::kOptional) continue;
      data_->node(Child(index, static_cast<int>(i))).flags |= kReadIfSet;
    }
    if (!is_operator || overload.is_host) data_->overloads.push_back(&overload);
  }
  node.overload_count = static_cast<int32_t>(data_->overloads.size()) - node.first_overload;
  if (!found && check_) NoOverload(function, index, arguments);
  return result;
}

}  // namespace frontdesk::cel::cel_internal
