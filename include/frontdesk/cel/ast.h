// A parsed and checked expression, to look at: what it reads, what it compares, what type each part has.
//
//   frontdesk::cel::Expr expr = program.expr();
//   if (expr.op() == frontdesk::cel::Operator::kGreater && expr.child(0).is_path() && expr.child(1).constant()) {
//     expr.child(0).path();                               // "order.total.units"
//     frontdesk::cel::ToText(*expr.child(1).constant());  // "10000"
//   }
//
// Parentheses leave no node. Macros are nodes of their own (kHas, kComprehension, kBind).
#ifndef FRONTDESK_CEL_AST_H_
#define FRONTDESK_CEL_AST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "frontdesk/cel/issue.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace cel {

namespace cel_internal {
struct AstData;
struct ExprAccess;
}  // namespace cel_internal

enum class ExprKind : uint8_t {
  kConstant,    // A literal: constant().
  kIdentifier,  // A variable, a local variable of a macro, an enum value or a type: name().
  kSelect,      // child(0).name()
  kHas,      // has(child(0).name()); has(name()) without a child for a field of the root message.
  kCall,     // name()(children), the receiver first when is_member(); operators too: op().
  kList,     // [children]
  kMap,      // {child(0): child(1), child(2): child(3), ...}
  kMessage,  // name(){field_name(i): child(i)}
  kComprehension,  // child(0).macro()(variable(0)[, variable(1)], child(1)[, child(2)])
  kBind,           // variable(0) is child(0) in child(1): cel.bind, optMap, optFlatMap
};

enum class Operator : uint8_t {
  kNone,         // Not an operator.
  kConditional,  // child(0) ? child(1) : child(2)
  kAnd,
  kOr,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kNegate,
  kIndex,           // child(0)[child(1)]
  kOptionalIndex,   // child(0)[?child(1)]
  kOptionalSelect,  // child(0).?name()
};

// "_&&_", "_==_", "!_": the function's name in the specification; "" for kNone.
absl::string_view OperatorName(Operator op);

// Whether it is one of ==, !=, <, <=, > and >=.
bool IsComparison(Operator op);

// Whether it is one of == and !=.
bool IsEquality(Operator op);

// Whether it is one of <, <=, > and >=.
bool IsOrder(Operator op);

// The comparison that means the same with its sides exchanged: > for <. Any other operator as it is.
Operator Mirrored(Operator op);

// The comparison that holds exactly when `op` does not; kNone for other operators.
Operator Opposite(Operator op);

// Which macro made a kComprehension or kBind node.
enum class Macro : uint8_t {
  kNone,
  kAll,
  kExists,
  kExistsOne,
  kMap,  // With a filter: child(1) is the filter, child(2) the transform.
  kFilter,
  kTransformList,      // With a filter: child(1), as for kMap.
  kTransformMap,       // Likewise.
  kTransformMapEntry,  // Likewise.
  kBind,
  kOptMap,
  kOptFlatMap,
};

// The kind of thing that an identifier names.
enum class ReferenceKind : uint8_t {
  kNone,       // Not an identifier, or one that is not known (unchecked expressions).
  kVariable,   // A variable of the environment.
  kRootField,  // A field of the root message: field().
  kLocal,      // A variable of an enclosing macro.
  kConstant,   // An enum value or a constant of the environment: constant().
  kType,       // A type as a value: constant().
};

// One node, as a view into an Ast, which must outlive it. Immutable, thread-safe, two words.
class Expr {
 public:
  Expr() = default;

  // False for a default-constructed view.
  bool valid() const { return ast_ != nullptr; }
  // A number unique in the expression.
  int32_t id() const { return index_; }
  ExprKind kind() const;
  // The node with all its children, without parentheses around it.
  SourceRange range() const;
  // The text of range().
  absl::string_view text() const;
  // Deduced by the checker; dyn in an unchecked expression.
  const Type& type() const;

  size_t child_count() const;
  // `index` below child_count(), otherwise an invalid view.
  Expr child(size_t index) const;
  // The variables that a function reads without their being written (FunctionOverload::variables).
  size_t implicit_count() const;
  // `index` below implicit_count(), otherwise an invalid view.
  Expr implicit(size_t index) const;

  // Of identifiers the resolved name ("shop.TIER_GOLD"), of selections the field, of calls the function (operators:
  // OperatorName), of messages the full type name.
  absl::string_view name() const;
  Operator op() const;
  Macro macro() const;
  bool is_member() const;
  ReferenceKind reference() const;
  // Of a comprehension (one or two) or bind; "" beyond.
  absl::string_view variable(size_t index) const;
  // Whether child `index` of a list or message literal, or of a map literal the key and value, is written with a '?': an
  // optional, left out when it is empty.
  bool is_optional(size_t index) const;
  // Of messages: the name of field `index`.
  absl::string_view field_name(size_t index) const;

  // The value when it is known without evaluating: literals, enum values, types, and folded parts
  // (`duration("720h")`, `-5`, `[A, B]`, `1 + 2`). Otherwise null. Only a program's AST has folded values.
  const Value* constant() const;

  // The protobuf field that a kSelect, kHas or root-field identifier reads, when it is known.
  const google::protobuf::FieldDescriptor* field() const;

  // True for a variable and for selections of it: `order`, `order.total.units`. A local variable of a macro
  // counts too: `line.quantity`.
  bool is_path() const;
  // The path as text, "" when not is_path(). Of kHas: the path that is tested.
  std::string path() const;

  friend bool operator==(const Expr& a, const Expr& b) {
    return a.ast_ == b.ast_ && a.index_ == b.index_;
  }

 private:
  friend class Ast;
  friend struct cel_internal::ExprAccess;
  Expr(const cel_internal::AstData* ast, int32_t index) : ast_(ast), index_(index) {}

  const cel_internal::AstData* ast_ = nullptr;
  int32_t index_ = 0;
};

// A whole expression. Immutable, thread-safe. Destroying it takes constant stack, however deep it is.
class Ast {
 public:
  explicit Ast(std::shared_ptr<const cel_internal::AstData> data);
  ~Ast();
  Expr root() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  absl::string_view text() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  size_t node_count() const;
  // Types were deduced (false after Environment::Parse).
  bool checked() const;

 private:
  friend class Environment;
  std::shared_ptr<const cel_internal::AstData> data_;
};

// The structure on one line, for tests and tools: `_&&_(_>_(order.total.units, 5), has(order.note))`.
std::string ToDebugString(const Expr& expr);

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_AST_H_
