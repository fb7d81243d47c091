#include "frontdesk/cel/ast.h"

#include "absl/strings/str_cat.h"
#include "cel/ast_data.h"

namespace frontdesk::cel {

using cel_internal::AstNode;

absl::string_view OperatorName(Operator op) {
  static constexpr absl::string_view kNames[] = {
      "",    "_?_:_", "_&&_", "_||_", "!_",  "_==_", "_!=_", "_<_",  "_<=_",  "_>_", "_>=_",
      "@in", "_+_",   "_-_",  "_*_",  "_/_", "_%_",  "-_",   "_[_]", "_[?_]", "_?._"};
  return kNames[static_cast<int>(op)];
}

bool IsComparison(Operator op) { return op >= Operator::kEqual && op <= Operator::kGreaterOrEqual; }

bool IsEquality(Operator op) { return op == Operator::kEqual || op == Operator::kNotEqual; }

bool IsOrder(Operator op) { return IsComparison(op) && !IsEquality(op); }

Operator Mirrored(Operator op) {
  switch (op) {
    case Operator::kLess:
      return Operator::kGreater;
    case Operator::kLessOrEqual:
      return Operator::kGreaterOrEqual;
    case Operator::kGreater:
      return Operator::kLess;
    case Operator::kGreaterOrEqual:
      return Operator::kLessOrEqual;
    default:
      return op;
  }
}

Operator Opposite(Operator op) {
  switch (op) {
    case Operator::kEqual:
      return Operator::kNotEqual;
    case Operator::kNotEqual:
      return Operator::kEqual;
    case Operator::kLess:
      return Operator::kGreaterOrEqual;
    case Operator::kLessOrEqual:
      return Operator::kGreater;
    case Operator::kGreater:
      return Operator::kLessOrEqual;
    case Operator::kGreaterOrEqual:
      return Operator::kLess;
    default:
      return Operator::kNone;
  }
}

namespace cel_internal {

absl::string_view OperatorSpelling(Operator op) {
  switch (op) {
    case Operator::kIn:
      return "in";
    case Operator::kIndex:
      return "[]";
    case Operator::kOptionalIndex:
      return "[?]";
    case Operator::kOptionalSelect:
      return ".?";
    case Operator::kNot:
      return "!";
    case Operator::kNegate:
      return "-";
    case Operator::kConditional:
      return "?:";
    case Operator::kNone:
      return "";
    default: {
      const absl::string_view name = OperatorName(op);
      return name.substr(1, name.size() - 2);
    }
  }
}

}  // namespace cel_internal

ExprKind Expr::kind() const { return ast_->node(index_).kind; }
SourceRange Expr::range() const { return ast_->node(index_).range; }

absl::string_view Expr::text() const {
  const SourceRange r = range();
  return absl::string_view(ast_->text).substr(r.begin, r.end - r.begin);
}

const Type& Expr::type() const { return ast_->node(index_).type; }
size_t Expr::child_count() const {
  const AstNode& node = ast_->node(index_);
  return static_cast<size_t>(node.child_count - node.implicit_count);
}
size_t Expr::implicit_count() const {
  return static_cast<size_t>(ast_->node(index_).implicit_count);
}
Expr Expr::implicit(size_t index) const {
  if (index >= implicit_count()) return Expr();
  return Expr(ast_, ast_->children_of(ast_->node(index_))[child_count() + index]);
}

Expr Expr::child(size_t index) const {
  if (index >= child_count()) return Expr();
  return Expr(ast_, ast_->children_of(ast_->node(index_))[index]);
}

absl::string_view Expr::name() const { return ast_->node(index_).name; }
Operator Expr::op() const { return ast_->node(index_).op; }
Macro Expr::macro() const { return ast_->node(index_).macro; }

bool Expr::is_member() const { return (ast_->node(index_).flags & cel_internal::kMemberCall) != 0; }

ReferenceKind Expr::reference() const { return ast_->node(index_).reference; }

absl::string_view Expr::variable(size_t index) const {
  const AstNode& node = ast_->node(index_);
  if (node.kind != ExprKind::kComprehension && node.kind != ExprKind::kBind) return "";
  const auto names = ast_->names_of(node);
  return index < names.size() ? names[index] : absl::string_view();
}

bool Expr::is_optional(size_t index) const {
  return index < child_count() &&
         ast_->is_optional_child(ast_->node(index_), static_cast<int>(index));
}

absl::string_view Expr::field_name(size_t index) const {
  const AstNode& node = ast_->node(index_);
  if (node.kind != ExprKind::kMessage) return "";
  const auto names = ast_->names_of(node);
  return index < names.size() ? names[index] : absl::string_view();
}

const Value* Expr::constant() const {
  const AstNode& node = ast_->node(index_);
  return node.constant < 0 ? nullptr : &ast_->constants[node.constant];
}

const google::protobuf::FieldDescriptor* Expr::field() const { return ast_->node(index_).field; }

bool Expr::is_path() const {
  Expr part = *this;
  while (part.kind() == ExprKind::kSelect) part = part.child(0);
  return part.kind() == ExprKind::kIdentifier && (part.reference() == ReferenceKind::kVariable ||
                                                  part.reference() == ReferenceKind::kRootField ||
                                                  part.reference() == ReferenceKind::kLocal);
}

std::string Expr::path() const {
  if (kind() == ExprKind::kHas) {
    if (child_count() == 0) return std::string(name());
    const std::string parent = child(0).path();
    return parent.empty() ? "" : absl::StrCat(parent, ".", name());
  }
  if (!is_path()) return "";
  std::string out;
  Expr part = *this;
  for (; part.kind() == ExprKind::kSelect; part = part.child(0)) {
    const bool quoted = (ast_->node(part.index_).flags & cel_internal::kQuoted) != 0;
    out = quoted ? absl::StrCat(".`", part.name(), "`", out) : absl::StrCat(".", part.name(), out);
  }
  return absl::StrCat(part.name(), out);
}

Ast::Ast(std::shared_ptr<const cel_internal::AstData> data) : data_(std::move(data)) {}
Ast::~Ast() = default;
Expr Ast::root() const { return Expr(data_.get(), data_->root); }
absl::string_view Ast::text() const { return data_->text; }
size_t Ast::node_count() const { return data_->nodes.size(); }
bool Ast::checked() const { return data_->checked; }

namespace {

absl::string_view MacroName(Macro macro) {
  static constexpr absl::string_view kNames[] = {
      "",       "all",           "exists",       "exists_one",        "map",
      "filter", "transformList", "transformMap", "transformMapEntry", "bind",
      "optMap", "optFlatMap"};
  return kNames[static_cast<int>(macro)];
}

void Write(const Expr& expr, std::string* out);

void WriteChildren(const Expr& expr, size_t first, std::string* out) {
  for (size_t i = first; i < expr.child_count(); ++i) {
    if (i > first) *out += ", ";
    Write(expr.child(i), out);
  }
}

void WriteEntries(const Expr& expr, std::string* out) {
  *out += "{";
  if (expr.kind() == ExprKind::kMap) {
    for (size_t i = 0; i + 1 < expr.child_count(); i += 2) {
      if (i > 0) *out += ", ";
      Write(expr.child(i), out);
      *out += ": ";
      Write(expr.child(i + 1), out);
    }
  } else {
    for (size_t i = 0; i < expr.child_count(); ++i) {
      absl::StrAppend(out, i > 0 ? ", " : "", expr.field_name(i), ": ");
      Write(expr.child(i), out);
    }
  }
  *out += "}";
}

void Write(const Expr& expr, std::string* out) {
  switch (expr.kind()) {
    case ExprKind::kConstant:
      absl::StrAppend(out, ToText(*expr.constant()));
      break;
    case ExprKind::kIdentifier:
      absl::StrAppend(out, expr.name());
      break;
    case ExprKind::kSelect:
      Write(expr.child(0), out);
      absl::StrAppend(out, ".", expr.name());
      break;
    case ExprKind::kHas:
      *out += "has(";
      if (expr.child_count() > 0) {
        Write(expr.child(0), out);
        *out += ".";
      }
      absl::StrAppend(out, expr.name(), ")");
      break;
    case ExprKind::kCall:
      if (expr.is_member()) {
        Write(expr.child(0), out);
        *out += ".";
      }
      if (expr.op() == Operator::kOptionalSelect) {
        *out += "_?._(";
        Write(expr.child(0), out);
        absl::StrAppend(out, ", ", expr.name(), ")");
        break;
      }
      absl::StrAppend(out, expr.name(), "(");
      WriteChildren(expr, expr.is_member() ? 1 : 0, out);
      *out += ")";
      break;
    case ExprKind::kList:
      *out += "[";
      WriteChildren(expr, 0, out);
      *out += "]";
      break;
    case ExprKind::kMessage:
      absl::StrAppend(out, expr.name());
      WriteEntries(expr, out);
      break;
    case ExprKind::kMap:
      WriteEntries(expr, out);
      break;
    case ExprKind::kComprehension:
    case ExprKind::kBind:
      Write(expr.child(0), out);
      absl::StrAppend(out, ".", MacroName(expr.macro()), "(");
      for (size_t i = 0; !expr.variable(i).empty(); ++i) {
        absl::StrAppend(out, expr.variable(i), ", ");
      }
      WriteChildren(expr, 1, out);
      *out += ")";
      break;
  }
}

}  // namespace

std::string ToDebugString(const Expr& expr) {
  std::string out;
  Write(expr, &out);
  return out;
}

}  // namespace frontdesk::cel
