#include "rules/formula.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/ordered_message.h"

namespace frontdesk {
namespace rules {
namespace {

using cel::Expr;
using cel::ExprKind;
using cel::Macro;
using cel::Operator;
using cel::TypeKind;
using cel::Value;
using google::protobuf::FieldDescriptor;

// Years 1 to 9999.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;

// The type of the value that order looks into.
const cel::Type& OpenedType(const cel::Type& type) {
  return type.kind() == TypeKind::kOptional ? type.parameters()[0] : type;
}

// Whether constants of that kind are compared with terms of that type on one line.
bool Fits(TypeKind type, const Value& value) {
  switch (type) {
    case TypeKind::kBool:
      return value.is_bool();
    case TypeKind::kInt:
      return value.is_int();
    case TypeKind::kUint:
      return value.is_uint();
    case TypeKind::kDouble:
      return value.is_double();
    case TypeKind::kString:
      return value.is_string();
    case TypeKind::kTimestamp:
      return value.is_timestamp();
    case TypeKind::kDuration:
      return value.is_duration();
    default:
      return false;
  }
}

// The line and the bounds of values of a type; false for types without an order.
bool SetLine(TypeKind type, Term* term) {
  term->type = type;
  switch (type) {
    case TypeKind::kBool:
      return true;
    case TypeKind::kInt:
      term->min = std::numeric_limits<int64_t>::min();
      term->max = std::numeric_limits<int64_t>::max();
      return true;
    case TypeKind::kUint:
      term->max = absl::int128(std::numeric_limits<uint64_t>::max());
      return true;
    case TypeKind::kDouble:
      term->line = Line::kDouble;
      term->unset = Point::Real(0);
      return true;
    case TypeKind::kString:
      term->line = Line::kText;
      term->unset = Point::Text("");
      return true;
    case TypeKind::kTimestamp:
      term->min = absl::int128(kFirstSecond) * kNanosInSecond;
      term->max = absl::int128(kLastSecond) * kNanosInSecond + (kNanosInSecond - 1);
      return true;
    case TypeKind::kDuration:
      term->min = std::numeric_limits<int64_t>::min();
      term->max = std::numeric_limits<int64_t>::max();
      return true;
    default:
      return false;
  }
}

// The bounds and the unset value of the values of a field.
void SetField(const FieldDescriptor& field, Term* term) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      term->min = std::numeric_limits<int32_t>::min();
      term->max = std::numeric_limits<int32_t>::max();
      term->unset = Point::Whole(field.default_value_int32());
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      term->max = std::numeric_limits<uint32_t>::max();
      term->unset = Point::Whole(absl::int128(field.default_value_uint32()));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      term->unset = Point::Whole(field.default_value_int64());
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      term->unset = Point::Whole(absl::int128(field.default_value_uint64()));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      term->unset = Point::Whole(field.default_value_bool() ? 1 : 0);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      term->enum_type = field.enum_type();
      term->unset = Point::Whole(field.default_value_enum()->number());
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      term->unset = Point::Real(field.default_value_float());
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      term->unset = Point::Real(field.default_value_double());
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      term->unset = Point::Text(field.default_value_string());
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
}

// The path to the fields of which one is tested by a has().
FieldPath HasPath(const Expr& has) {
  FieldPath path;
  if (has.field() == nullptr) return path;
  if (has.child_count() > 0) {
    path = PathOf(has.child(0));
    if (path.empty() || !IsPlainMessage(*path.back())) return {};
  }
  path.push_back(has.field());
  return path;
}

}  // namespace

void FormulaTable::DefineVariable(std::string name, Expr expr) {
  variables_.insert_or_assign(std::move(name), Variable{std::move(expr)});
}

FormulaTable::Variable* FormulaTable::FindVariable(const Expr& expr) {
  if (expr.kind() != ExprKind::kIdentifier || expr.reference() != cel::ReferenceKind::kVariable) {
    return nullptr;
  }
  const auto found = variables_.find(expr.name());
  return found == variables_.end() ? nullptr : &found->second;
}

// A variable reads no other in a circle.
Expr FormulaTable::Opened(const Expr& expr) {
  Expr opened = expr;
  while (const Variable* variable = FindVariable(opened)) opened = variable->expr;
  return opened;
}

// Variables that read variables twice would be looked through again and again.
int32_t FormulaTable::AddVariable(const Expr& condition, Variable* variable) {
  constexpr int64_t kMaxNodes = 1000;
  if (variable->node < 0) {
    const int32_t node = Add(variable->expr);
    variable->node = sizes_[static_cast<size_t>(node)] > kMaxNodes ? AddUnknown(condition) : node;
  }
  return variable->node;
}

int32_t FormulaTable::AddNode(FormulaNode node) {
  int64_t size = 1;
  for (const int32_t child : node.children) size += sizes_[static_cast<size_t>(child)];
  sizes_.push_back(size);
  nodes_.push_back(std::move(node));
  return static_cast<int32_t>(nodes_.size()) - 1;
}

int32_t FormulaTable::AddAtom(Atom atom) {
  atoms_.push_back(std::move(atom));
  FormulaNode node;
  node.junction = Junction::kAtom;
  node.atom = static_cast<int32_t>(atoms_.size()) - 1;
  return AddNode(std::move(node));
}

int32_t FormulaTable::AddTerm(Term term) {
  const auto [found, is_new] = by_key_.try_emplace(term.key, static_cast<int32_t>(terms_.size()));
  if (is_new) terms_.push_back(std::move(term));
  return found->second;
}

int32_t FormulaTable::AddAll(std::vector<int32_t> nodes) {
  if (nodes.size() == 1) return nodes[0];
  FormulaNode node;
  node.junction = Junction::kAnd;
  node.children = std::move(nodes);
  return AddNode(std::move(node));
}

int32_t FormulaTable::Add(const Expr& condition) {
  if (Variable* variable = FindVariable(condition)) return AddVariable(condition, variable);
  if (const Value* constant = condition.constant()) {
    if (constant->is_bool()) {
      FormulaNode node;
      node.constant = constant->bool_value() ? kTrue : kFalse;
      return AddNode(std::move(node));
    }
  }
  FormulaNode node;
  switch (condition.op()) {
    case Operator::kAnd:
      node.junction = Junction::kAnd;
      break;
    case Operator::kOr:
      node.junction = Junction::kOr;
      break;
    case Operator::kNot:
      node.junction = Junction::kNot;
      break;
    case Operator::kConditional:
      node.junction = Junction::kConditional;
      break;
    default:
      break;
  }
  if (node.junction != Junction::kConstant) {
    for (size_t i = 0; i < condition.child_count(); ++i) {
      if (condition.child(i).type().kind() != TypeKind::kBool) return AddUnknown(condition);
    }
    for (size_t i = 0; i < condition.child_count(); ++i) {
      node.children.push_back(Add(condition.child(i)));
    }
    return AddNode(std::move(node));
  }
  absl::optional<int32_t> added;
  if (IsComparison(condition.op())) {
    added = AddComparison(condition);
  } else if (condition.op() == Operator::kIn) {
    added = AddIn(condition);
  } else if (condition.kind() == ExprKind::kHas) {
    added = AddHas(condition);
  } else if (condition.kind() == ExprKind::kCall && condition.name() == "startsWith" &&
             condition.is_member() && condition.child_count() == 2) {
    const Value* prefix = condition.child(1).constant();
    if (prefix != nullptr && prefix->is_string() &&
        condition.child(0).type().kind() == TypeKind::kString) {
      std::string text(prefix->string_value());
      const absl::optional<std::string> after = AfterPrefix(text);
      const absl::optional<int32_t> term = FindTerm(condition.child(0));
      if (after.has_value() && term.has_value()) {
        Atom atom;
        atom.term = *term;
        atom.op = Operator::kNone;
        atom.constants = {Point::Text(std::move(text)), Point::Text(*after)};
        added = AddAtom(std::move(atom));
      }
    }
  } else if (condition.type().kind() == TypeKind::kBool && !PathOf(condition).empty()) {
    Atom atom;
    atom.term = *FindTerm(condition);
    atom.constants = {Point::Whole(1)};
    added = AddAtom(std::move(atom));
  }
  return added.has_value() ? *added : AddUnknown(condition);
}

int32_t FormulaTable::AddUnknown(const Expr& condition) {
  Term term;
  term.key = ToDebugString(condition);
  term.text = std::string(condition.text());
  term.may_fail = condition.type().kind() != TypeKind::kBool || MayFail(condition);
  if (condition.kind() == ExprKind::kComprehension &&
      (condition.macro() == Macro::kAll || condition.macro() == Macro::kExists ||
       condition.macro() == Macro::kExistsOne)) {
    term.over_list = PathOf(condition.child(0));
    term.holds_for_empty_list = condition.macro() == Macro::kAll;
  }
  Atom atom;
  atom.term = AddTerm(std::move(term));
  atom.constants = {Point::Whole(1)};
  return AddAtom(std::move(atom));
}

absl::optional<Point> FormulaTable::ConstantPoint(const cel::Type& type, const Value& value) const {
  if (type.kind() == TypeKind::kMessage && ordered_ != nullptr) {
    const OrderedMessage* ordered = FindOrdered(*ordered_, type);
    return ordered == nullptr ? absl::nullopt : PointOfConstant(*ordered, value);
  }
  return Fits(type.kind(), value) ? PointOf(value) : absl::nullopt;
}

absl::optional<int32_t> FormulaTable::FindTerm(const Expr& expr) {
  Term term;
  if (expr.type().kind() == TypeKind::kMessage && ordered_ != nullptr) {
    term.ordered = FindOrdered(*ordered_, expr.type());
    term.path = PathOf(expr);
    if (term.ordered == nullptr || term.path.empty()) return absl::nullopt;
    term.key = ToDebugString(expr);
    term.text = std::string(expr.text());
    term.role = TermRole::kValue;
    term.line = Line::kKind;
    term.type = TypeKind::kMessage;
    term.min = std::numeric_limits<int64_t>::min();
    term.max = std::numeric_limits<int64_t>::max();
    term.unset = Point::Kind("", 0);
    return AddTerm(std::move(term));
  }
  if (!SetLine(OpenedType(expr.type()).kind(), &term)) return absl::nullopt;
  term.key = ToDebugString(expr);
  term.text = std::string(expr.text());
  FieldPath path = PathOf(expr);
  if (!path.empty() && !path.back()->is_repeated()) {
    term.role = TermRole::kValue;
    SetField(*path.back(), &term);
    term.path = std::move(path);
    return AddTerm(std::move(term));
  }
  const bool is_size = expr.kind() == ExprKind::kCall && expr.name() == "size" &&
                       expr.op() == Operator::kNone && expr.child_count() == 1;
  if (is_size) {
    path = PathOf(expr.child(0));
    if (!path.empty() && path.back()->is_repeated() && !path.back()->is_map()) {
      term.key = absl::StrCat("size(", ToDebugString(expr.child(0)), ")");
      term.text = absl::StrCat("size(", expr.child(0).text(), ")");
      term.role = TermRole::kSize;
      term.path = std::move(path);
    }
    term.min = 0;
  }
  if (const absl::optional<CountedPart> part = FindCountedPart(expr)) {
    term.min = part->min;
    term.max = part->max;
  }
  // An empty optional has no order.
  term.may_fail = MayFail(expr) || expr.type().kind() == TypeKind::kOptional;
  return AddTerm(std::move(term));
}

absl::optional<int32_t> FormulaTable::AddComparison(const Expr& condition) {
  Expr left = Opened(condition.child(0)), right = Opened(condition.child(1));
  Operator op = condition.op();
  if (left.constant() != nullptr) {
    std::swap(left, right);
    op = Mirrored(op);
  }
  if (left.constant() != nullptr || OpenedType(left.type()) != OpenedType(right.type())) {
    return absl::nullopt;
  }
  const TypeKind type = OpenedType(left.type()).kind();
  Atom atom;
  const bool negated = op == Operator::kNotEqual;
  atom.op = negated ? Operator::kEqual : op;
  if (const Value* constant = right.constant()) {
    const absl::optional<Point> point = ConstantPoint(OpenedType(left.type()), *constant);
    if (!point.has_value()) return absl::nullopt;
    const bool is_equality = atom.op == Operator::kEqual;
    if (type == TypeKind::kBool && !is_equality) return absl::nullopt;
    if (type == TypeKind::kBool && PathOf(left).empty()) {
      // A condition of its own.
      int32_t node = Add(left);
      if (constant->bool_value() == negated) {
        FormulaNode opposite;
        opposite.junction = Junction::kNot;
        opposite.children = {node};
        node = AddNode(std::move(opposite));
      }
      return node;
    }
    const absl::optional<int32_t> term = FindTerm(left);
    if (!term.has_value()) return absl::nullopt;
    atom.term = *term;
    atom.constants = {*point};
  } else {
    if (type == TypeKind::kBool || type == TypeKind::kDouble || type == TypeKind::kMessage) {
      return absl::nullopt;
    }
    const absl::optional<int32_t> first = FindTerm(left), second = FindTerm(right);
    if (!first.has_value() || !second.has_value() || *first == *second) return absl::nullopt;
    const bool is_sorted = terms_[*first].key < terms_[*second].key;
    if (!is_sorted) atom.op = Mirrored(atom.op);
    Term order;
    order.role = TermRole::kOrder;
    order.left = is_sorted ? *first : *second;
    order.right = is_sorted ? *second : *first;
    order.key = absl::StrCat(terms_[order.left].key, " <=> ", terms_[order.right].key);
    order.text = std::string(condition.text());
    order.min = -1;
    order.may_fail = terms_[*first].may_fail || terms_[*second].may_fail;
    atom.term = AddTerm(std::move(order));
    atom.constants = {Point::Whole(0)};
  }
  const int32_t node = AddAtom(std::move(atom));
  if (!negated) return node;
  FormulaNode opposite;
  opposite.junction = Junction::kNot;
  opposite.children = {node};
  return AddNode(std::move(opposite));
}

absl::optional<int32_t> FormulaTable::AddIn(const Expr& condition) {
  const Expr needle = Opened(condition.child(0)), list = Opened(condition.child(1));
  Atom atom;
  if (const Value* constants = list.constant()) {
    if (!constants->is_list() || needle.constant() != nullptr) return absl::nullopt;
    atom.op = Operator::kIn;
    for (size_t i = 0; i < constants->list_size(); ++i) {
      absl::optional<Point> point = ConstantPoint(needle.type(), constants->list_at(i));
      if (!point.has_value()) return absl::nullopt;
      atom.constants.push_back(*std::move(point));
    }
    const absl::optional<int32_t> term = FindTerm(needle);
    if (!term.has_value()) return absl::nullopt;
    atom.term = *term;
    return AddAtom(std::move(atom));
  }
  const Value* constant = needle.constant();
  FieldPath path = PathOf(list);
  if (constant == nullptr || path.empty() || !path.back()->is_repeated() || path.back()->is_map() ||
      list.type().kind() != TypeKind::kList ||
      !Fits(list.type().parameters()[0].kind(), *constant) || constant->is_double()) {
    return absl::nullopt;
  }
  Term term;
  term.key = ToDebugString(condition);
  term.text = std::string(list.text());
  term.role = TermRole::kMember;
  term.member = *PointOf(*constant);
  term.type = list.type().parameters()[0].kind();
  term.enum_type = path.back()->enum_type();
  term.path = std::move(path);
  atom.term = AddTerm(std::move(term));
  atom.constants = {Point::Whole(1)};
  return AddAtom(std::move(atom));
}

absl::optional<int32_t> FormulaTable::AddHas(const Expr& condition) {
  FieldPath path = HasPath(condition);
  if (path.empty() || path.back()->is_map()) return absl::nullopt;
  const FieldDescriptor& field = *path.back();
  Term term;
  term.text = std::string(condition.path());
  term.path = std::move(path);
  Atom atom;
  if (field.is_repeated()) {
    // The key that size() has.
    std::string list = condition.child_count() == 0
                           ? std::string(condition.name())
                           : absl::StrCat(ToDebugString(condition.child(0)), ".", field.name());
    term.key = absl::StrCat("size(", list, ")");
    term.text = absl::StrCat("size(", term.text, ")");
    term.role = TermRole::kSize;
    SetLine(TypeKind::kInt, &term);
    term.min = 0;
    atom.op = Operator::kGreater;
    atom.constants = {Point::Whole(0)};
  } else if (field.has_presence()) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsPlainMessage(field)) {
      return absl::nullopt;
    }
    term.key = ToDebugString(condition);
    term.role = TermRole::kPresence;
    atom.constants = {Point::Whole(1)};
  } else {
    const cel::Type type = cel::Type::OfField(&field);
    if (type.kind() == TypeKind::kDouble || !SetLine(type.kind(), &term)) return absl::nullopt;
    term.key = condition.child_count() == 0
                   ? std::string(condition.name())
                   : absl::StrCat(ToDebugString(condition.child(0)), ".", field.name());
    term.role = TermRole::kValue;
    SetField(field, &term);
    Atom equal;
    equal.constants = {term.unset};
    equal.term = AddTerm(std::move(term));
    FormulaNode opposite;
    opposite.junction = Junction::kNot;
    opposite.children = {AddAtom(std::move(equal))};
    return AddNode(std::move(opposite));
  }
  atom.term = AddTerm(std::move(term));
  return AddAtom(std::move(atom));
}

}  // namespace rules
}  // namespace frontdesk
