#include "absl/strings/match.h"
#include "rules/formula.h"

namespace frontdesk {
namespace rules {

using cel::Expr;
using cel::ExprKind;
using cel::Macro;
using cel::Operator;
using cel::TypeKind;

namespace {

// Whether values of that type have an order.
bool HasOrder(TypeKind type) {
  return type == TypeKind::kBool || type == TypeKind::kInt || type == TypeKind::kUint ||
         type == TypeKind::kDouble || type == TypeKind::kString || type == TypeKind::kTimestamp ||
         type == TypeKind::kDuration;
}

}  // namespace

bool IsPlainMessage(const google::protobuf::FieldDescriptor& field) {
  if (field.cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE || field.is_repeated())
    return false;
  const std::string& name = field.message_type()->full_name();
  return !absl::StartsWith(name, "google.protobuf.") || name == "google.protobuf.Timestamp" ||
         name == "google.protobuf.Duration";
}

FieldPath PathOf(const Expr& expr) {
  FieldPath path;
  Expr part = expr;
  for (; part.kind() == ExprKind::kSelect; part = part.child(0)) {
    if (part.field() == nullptr) return {};
    path.insert(path.begin(), part.field());
  }
  if (part.kind() != ExprKind::kIdentifier || part.reference() != cel::ReferenceKind::kRootField ||
      part.field() == nullptr) {
    return {};
  }
  path.insert(path.begin(), part.field());
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (!IsPlainMessage(*path[i])) return {};
  }
  return path;
}

absl::optional<CountedPart> FindCountedPart(const Expr& expr) {
  static constexpr CountedPart kParts[] = {{"getFullYear", 1, 9999}, {"getMonth", 0, 11},
                                           {"getDate", 1, 31},       {"getDayOfMonth", 0, 30},
                                           {"getDayOfWeek", 0, 6},   {"getDayOfYear", 0, 365},
                                           {"getHours", 0, 23},      {"getMinutes", 0, 59},
                                           {"getSeconds", 0, 59},    {"getMilliseconds", 0, 999}};
  if (expr.kind() != ExprKind::kCall || !expr.is_member() || expr.child_count() == 0 ||
      expr.child(0).type().kind() != TypeKind::kTimestamp) {
    return absl::nullopt;
  }
  for (const CountedPart& part : kParts) {
    if (part.name == expr.name()) return part;
  }
  return absl::nullopt;
}

const google::protobuf::FieldDescriptor* FieldOfPath(const Expr& expr) {
  const bool is_path = expr.kind() == ExprKind::kSelect || expr.kind() == ExprKind::kIdentifier;
  return is_path ? expr.field() : nullptr;
}

bool CallsOneOf(const std::set<std::string>& names, const Expr& expr) {
  if (names.empty()) return false;
  if (expr.kind() == ExprKind::kCall && names.count(std::string(expr.name())) > 0) return true;
  for (size_t i = 0; i < expr.child_count(); ++i) {
    if (CallsOneOf(names, expr.child(i))) return true;
  }
  return false;
}

bool MayFail(const Expr& expr) {
  if (expr.constant() != nullptr) return false;
  for (size_t i = 0; i < expr.child_count(); ++i) {
    if (MayFail(expr.child(i))) return true;
  }
  switch (expr.kind()) {
    case ExprKind::kConstant:
    case ExprKind::kList:
      return false;
    case ExprKind::kIdentifier:
      // A variable has an expression of its own.
      return expr.reference() == cel::ReferenceKind::kVariable;
    case ExprKind::kSelect:
    case ExprKind::kHas:
      return expr.field() == nullptr;
    case ExprKind::kComprehension:
      return expr.macro() != Macro::kAll && expr.macro() != Macro::kExists &&
             expr.macro() != Macro::kExistsOne && expr.macro() != Macro::kFilter &&
             expr.macro() != Macro::kMap;
    case ExprKind::kBind:
      return expr.macro() != Macro::kBind;
    case ExprKind::kMap:
    case ExprKind::kMessage:
      return true;
    case ExprKind::kCall:
      break;
  }
  switch (expr.op()) {
    case Operator::kConditional:
    case Operator::kAnd:
    case Operator::kOr:
    case Operator::kNot:
    case Operator::kEqual:
    case Operator::kNotEqual:
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual: {
      for (size_t i = 0; i < expr.child_count(); ++i) {
        const TypeKind kind = expr.child(i).type().kind();
        if (!HasOrder(kind) && kind != TypeKind::kMessage) return true;
        // A host may have given messages an operator.
        if (kind == TypeKind::kMessage && cel::IsOrder(expr.op())) return true;
      }
      return false;
    }
    case Operator::kIn:
      return expr.child(1).type().kind() != TypeKind::kList;
    case Operator::kNone:
      break;
    default:
      return true;
  }
  const absl::string_view name = expr.name();
  const bool of_text = expr.child_count() > 0 && expr.child(0).type().kind() == TypeKind::kString;
  if (name == "size") {
    const TypeKind kind = expr.child_count() == 1 ? expr.child(0).type().kind() : TypeKind::kDyn;
    return kind != TypeKind::kString && kind != TypeKind::kList && kind != TypeKind::kMap;
  }
  return !(of_text && expr.is_member() &&
           (name == "contains" || name == "startsWith" || name == "endsWith"));
}

}  // namespace rules
}  // namespace frontdesk
