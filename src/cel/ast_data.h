// The expression tree as an array of nodes: no pointers to follow when it is destroyed. Private to cel/.
#ifndef FRONTDESK_CEL_AST_DATA_H_
#define FRONTDESK_CEL_AST_DATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cel/value_data.h"
#include "frontdesk/cel/ast.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk::cel::cel_internal {

struct OverloadDecl;
struct FunctionDecl;

enum NodeFlag : uint8_t {
  kMemberCall = 1,       // receiver.f(...)
  kLeadingDot = 2,       // .name: resolved in the root scope only
  kParenthesised = 4,    // (a.b) is no qualified name
  kOptionalEntries = 8,  // Some child has kOptionalChild.
  kQuoted = 16,          // .`name`
  kReadIfSet = 32,       // An argument that is an empty optional when it is not set.
};

struct AstNode {
  ExprKind kind = ExprKind::kConstant;
  Operator op = Operator::kNone;
  Macro macro = Macro::kNone;
  uint8_t flags = 0;
  ReferenceKind reference = ReferenceKind::kNone;
  uint16_t depth = 1;
  SourceRange range;  // Without parentheses around it.
  SourceRange focus;  // The operator, field or function name: where an issue points.
  int32_t first_child = 0;
  int32_t child_count = 0;
  int32_t implicit_count = 0;  // Of these the last: variables of a call that are not written.
  int32_t first_name = 0;      // Of messages the fields, of comprehensions and binds the variables.
  int32_t name_count = 0;
  absl::string_view name;
  int32_t constant = -1;  // Index of the value when it is known.
  // Set by the checker.
  int32_t slot =
      -1;  // Of variables their number, of locals and macros that of the (first) variable.
  int32_t first_overload = 0;
  int32_t overload_count = 0;
  const google::protobuf::FieldDescriptor* field = nullptr;
  const google::protobuf::Descriptor* message = nullptr;  // Of message literals.
  Type type;
};

struct AstData {
  std::string text;
  std::vector<AstNode> nodes;
  std::vector<int32_t> children;
  std::vector<uint8_t> optional_child;  // Parallel to children, only as long as needed.
  std::vector<absl::string_view> names;
  std::vector<Value> constants;
  std::vector<const OverloadDecl*> overloads;
  int32_t root = -1;
  int32_t max_locals = 0;
  bool checked = false;
  Arena arena;

  const AstNode& node(int32_t i) const { return nodes[i]; }
  AstNode& node(int32_t i) { return nodes[i]; }
  absl::Span<const int32_t> children_of(const AstNode& node) const {
    return {children.data() + node.first_child, static_cast<size_t>(node.child_count)};
  }
  absl::Span<const absl::string_view> names_of(const AstNode& node) const {
    return {names.data() + node.first_name, static_cast<size_t>(node.name_count)};
  }
  absl::Span<const OverloadDecl* const> overloads_of(const AstNode& node) const {
    return {overloads.data() + node.first_overload, static_cast<size_t>(node.overload_count)};
  }
  bool is_optional_child(const AstNode& node, int i) const {
    const size_t index = static_cast<size_t>(node.first_child + i);
    return index < optional_child.size() && optional_child[index] != 0;
  }
  int32_t AddConstant(const Value& value) {
    constants.push_back(value);
    return static_cast<int32_t>(constants.size()) - 1;
  }
};

// How an operator is written: "+", "in", "[]".
absl::string_view OperatorSpelling(Operator op);

struct ExprAccess {
  static Expr Make(const AstData* ast, int32_t index) { return Expr(ast, index); }
};

// The public view of a node.
inline Expr ExprOf(const AstData* ast, int32_t index) { return ExprAccess::Make(ast, index); }

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_AST_DATA_H_
