// Names to declarations, and types. Private to cel/.
#ifndef FRONTDESK_CEL_CHECKER_H_
#define FRONTDESK_CEL_CHECKER_H_

#include <string>
#include <vector>

#include "cel/ast_data.h"
#include "cel/environment_data.h"
#include "cel/issues.h"
#include "cel/type_unifier.h"

namespace frontdesk::cel::cel_internal {

// Resolves every name of a parsed tree and, when `check` is set, deduces and checks every type. Without it types are
// dyn, and unknown names stay so until they are evaluated.
class Checker {
 public:
  // `variables` are those of this expression alone.
  Checker(const EnvironmentData& environment, const std::vector<SourceVariable>& variables,
          AstData* data, IssueList* issues, bool check)
      : environment_(environment),
        variables_(variables),
        data_(data),
        issues_(issues),
        check_(check) {}

  // True when there was no error.
  bool Run();

 private:
  struct Local {
    absl::string_view name;
    Type type;
  };

  // The type of node `index`, which is also kept in it.
  Type Visit(int32_t index);
  Type VisitNode(int32_t index);

  Type VisitConstant(const AstNode& node);
  Type VisitIdentifier(int32_t index);
  Type VisitSelect(int32_t index);
  Type VisitHas(int32_t index);
  Type VisitList(int32_t index);
  Type VisitMap(int32_t index);
  Type VisitMessage(int32_t index);
  Type VisitComprehension(int32_t index);
  Type VisitBind(int32_t index);

  // checker_calls.cc
  Type VisitCall(int32_t index);
  Type VisitLogical(int32_t index);
  Type VisitConditional(int32_t index);
  Type VisitOperator(int32_t index);
  Type VisitOptionalSelect(int32_t index);
  Type VisitFunction(int32_t index, const FunctionDecl* function);
  // The function of a call by a qualified name (`math.abs(x)`), whose receiver is then dropped; otherwise null.
  const FunctionDecl* QualifiedFunction(int32_t index);
  Type ResolveOverload(const FunctionDecl& function, int32_t index, std::vector<Type> arguments);
  bool IsCondition(int32_t index, const Type& type, absl::string_view what);

  // Names. The chain of names that ends in `index` ("a.b.c"), empty when it is no such chain.
  std::string QualifiedName(int32_t index, int32_t* first) const;
  const Local* FindLocal(absl::string_view name, int32_t* slot) const;
  bool ResolveAsVariable(int32_t index, absl::string_view name, bool root_scope, Type* type);
  bool ResolveAsName(int32_t index, absl::string_view name, bool root_scope, Type* type);
  Type SelectField(int32_t index, const Type& target);

  // Joins the types of the elements of a literal; dyn when they do not agree.
  void JoinElement(const Type& element, Type* joined);
  // The type inside the optional `index` of `type`; reports a type that is no optional.
  Type HeldType(int32_t index, const Type& type, absl::string_view needed);
  Type ElementType(int32_t container, const Type& type, Type* second);
  Type Unwrap(int32_t index, const Type& type);

  // Issues with a hint at the likely meaning: checker_hints.cc.
  void NoOverload(const FunctionDecl& function, int32_t index, absl::Span<const Type> arguments);
  void NoOperator(int32_t index, absl::Span<const Type> arguments);
  // The receiver of a call where it is no value but the beginning of names of functions: "math"; otherwise "".
  std::string FunctionScope(int32_t index) const;
  // Reports the function and visits what the call holds.
  void VisitUnknownFunction(int32_t index);
  void UnknownName(int32_t index);
  // Whether the name is an operand of a comparison, or an element of a list.
  bool IsCompared(int32_t index) const;
  void UnknownMessage(int32_t index);
  // Reports a name behind that of a message or enum type; false when `name` is none.
  bool UnknownMember(int32_t index, absl::string_view name, bool root_scope);
  std::string OperatorHint(int32_t index, absl::Span<const Type> arguments);
  std::string EnumHint(int32_t index, int which, const Type& other);
  // Adds the variables that follow the arguments of a call of `function` to the tree, and their types to `arguments`.
  void AddVariables(int32_t index, const FunctionDecl& function, std::vector<Type>* arguments);
  // How a value of a host's message is written beside operand `which`, of the type `type`.
  std::string LiteralHint(int32_t index, int which, const Type& type, const Type& other);
  std::string MethodHint(absl::string_view name) const;
  // For a field that the elements of a list have.
  std::string ElementHint(int32_t list, const Type& type, absl::string_view name) const;
  // The text of a node.
  absl::string_view TextOf(int32_t index) const;
  // Of a name that is written in the text.
  SourceRange NameRange(absl::string_view name) const;

  Type Error(Code code, SourceRange range, absl::string_view message) {
    if (check_) issues_->Error(code, range, message);
    return Type::Error();
  }
  int32_t Child(int32_t index, int i) const {
    return data_->children[data_->node(index).first_child + i];
  }
  std::string Show(const Type& type) { return types_.Substitute(type, true).ToString(); }

  const EnvironmentData& environment_;
  const std::vector<SourceVariable>& variables_;
  AstData* data_;
  IssueList* issues_;
  bool check_;
  TypeUnifier types_;
  std::vector<Local> locals_;
  int32_t comprehensions_ = 0;
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_CHECKER_H_
