// Conditions taken apart for analysis: terms (what is read), atoms (comparisons of a term with constants) and the operators over
// them. Private to rules/.
#ifndef FRONTDESK_RULES_FORMULA_H_
#define FRONTDESK_RULES_FORMULA_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/numeric/int128.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/rules/rule_set.h"
#include "google/protobuf/descriptor.h"
#include "rules/point.h"

namespace frontdesk {
namespace rules {

using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

enum class TermRole : uint8_t {
  kValue,     // The value of a field.
  kPresence,  // Whether a field is set: 0 or 1.
  kSize,      // The number of elements of a repeated field.
  kMember,    // Whether a repeated field has `member`: 0 or 1.
  kOrder,     // -1, 0 or 1: how two terms compare.
  kUnknown,   // Anything else, known by its text only.
};

// Something that a condition reads. Terms of one set with equal keys are one.
struct Term {
  std::string key;
  std::string text;  // As its author wrote it first.
  TermRole role = TermRole::kUnknown;
  Line line = Line::kWhole;
  absl::int128 min = 0;
  absl::int128 max = 1;
  bool may_fail = false;
  // Where it is in the input; empty for kOrder and kUnknown.
  FieldPath path;
  Point member;
  // Of kOrder, the two that are compared when they are values; else -1.
  int32_t left = -1;
  int32_t right = -1;
  // Of kUnknown, a macro over a list: the path of the list, and its value for one without elements. Empty: none.
  FieldPath over_list;
  bool holds_for_empty_list = false;
  const google::protobuf::EnumDescriptor* enum_type = nullptr;
  // Of a value on the line kKind.
  const OrderedMessage* ordered = nullptr;
  cel::TypeKind type = cel::TypeKind::kBool;
  // Of a value: the one that it has when its field is not set.
  Point unset;
};

struct Atom {
  int32_t term = 0;
  cel::Operator op = cel::Operator::
      kEqual;  // kIn: one of `constants`; kNone: constants[0] <= term < constants[1].
  std::vector<Point> constants;
};

// The outcomes that a part of a condition can have, as bits.
using Outcomes = uint8_t;
inline constexpr Outcomes kTrue = 1;
inline constexpr Outcomes kFalse = 2;
inline constexpr Outcomes kFails = 4;

enum class Junction : uint8_t { kConstant, kAtom, kAnd, kOr, kNot, kConditional };

struct FormulaNode {
  Junction junction = Junction::kConstant;
  Outcomes constant = kTrue;
  int32_t atom = -1;
  std::vector<int32_t> children;
};

// A point for each term, or none. Set by term number.
class Assignment {
 public:
  const Point* Find(int32_t term) const {
    return static_cast<size_t>(term) < points_.size() ? points_[term] : nullptr;
  }
  void Set(int32_t term, const Point* point) {
    if (static_cast<size_t>(term) >= points_.size()) points_.resize(term + 1, nullptr);
    points_[term] = point;
  }

 private:
  std::vector<const Point*> points_;
};

// The formulas of the conditions of one set. Thread-compatible.
class FormulaTable {
 public:
  FormulaTable() = default;
  // `ordered` is referred to.
  explicit FormulaTable(const std::vector<OrderedMessage>& ordered) : ordered_(&ordered) {}

  // The expression of the variable `name` ("variables.NAME") in the conditions that are added from then on.
  void DefineVariable(std::string name, cel::Expr expr);

  // The node of a condition, or part of one. Linear in it, and in the variables that it reads first.
  int32_t Add(const cel::Expr& condition);
  // The node that holds when all of `nodes` do.
  int32_t AddAll(std::vector<int32_t> nodes);

  const Term& term(int32_t index) const { return terms_[index]; }
  int32_t term_count() const { return static_cast<int32_t>(terms_.size()); }
  const Atom& atom(int32_t index) const { return atoms_[index]; }
  int64_t node_count() const { return static_cast<int64_t>(nodes_.size()); }
  const FormulaNode& node(int32_t index) const { return nodes_[index]; }

  // The outcomes that `node` can have under `assignment`, whatever the terms without a point are. Lowers `steps`.
  Outcomes Evaluate(int32_t node, const Assignment& assignment, int64_t* steps) const;

  // The outcomes of an atom whose term has that point; null: any.
  Outcomes EvaluateAtom(const Atom& atom, const Point* point) const;

  // Appends the atoms of `node` in the order of the text.
  void CollectAtoms(int32_t node, std::vector<int32_t>* atoms) const;

 private:
  struct Variable {
    cel::Expr expr;
    int32_t node = -1;  // Of a condition that was added.
  };

  // The variable that the expression is nothing but a read of; null for any other.
  Variable* FindVariable(const cel::Expr& expr);
  // The expression itself, or that of the variable that it reads.
  cel::Expr Opened(const cel::Expr& expr);
  int32_t AddVariable(const cel::Expr& condition, Variable* variable);
  int32_t AddNode(FormulaNode node);
  int32_t AddAtom(Atom atom);
  int32_t AddTerm(Term term);
  int32_t AddUnknown(const cel::Expr& condition);
  absl::optional<int32_t> AddComparison(const cel::Expr& condition);
  absl::optional<int32_t> AddIn(const cel::Expr& condition);
  absl::optional<int32_t> AddHas(const cel::Expr& condition);
  // The term of an expression that is no condition; nothing for types without an order.
  absl::optional<int32_t> FindTerm(const cel::Expr& expr);

  // The point of a constant that is compared with terms of that type; nothing when there is none.
  absl::optional<Point> ConstantPoint(const cel::Type& type, const cel::Value& value) const;

  const std::vector<OrderedMessage>* ordered_ = nullptr;  // Null: none.
  std::vector<Term> terms_;
  std::vector<Atom> atoms_;
  std::vector<FormulaNode> nodes_;
  // The number of nodes below each one, itself included.
  std::vector<int64_t> sizes_;
  absl::flat_hash_map<std::string, int32_t> by_key_;
  absl::flat_hash_map<std::string, Variable> variables_;
};

// The values of a part of an instant, such as `now.getMonth()`; nothing for any other expression.
struct CountedPart {
  absl::string_view name;
  int min = 0;
  int max = 0;
};
absl::optional<CountedPart> FindCountedPart(const cel::Expr& expr);

// The fields of a path, each but the last a message that is not repeated; empty for any other expression.
FieldPath PathOf(const cel::Expr& expr);

// Whether the field holds a message whose fields the language reads as such, or a time.
bool IsPlainMessage(const google::protobuf::FieldDescriptor& field);

// Whether evaluating the expression can fail for some input.
bool MayFail(const cel::Expr& expr);

// The field that an expression reads which is nothing but a path; null for any other.
const google::protobuf::FieldDescriptor* FieldOfPath(const cel::Expr& expr);

// Whether a function with one of these names is called.
bool CallsOneOf(const std::set<std::string>& names, const cel::Expr& expr);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_FORMULA_H_
