#include "rules/variable_reads.h"

namespace frontdesk {
namespace rules {
namespace {

using cel::Expr;
using cel::ExprKind;

// `is_shadowed`: a macro around has a variable of that name.
void Visit(const Expr& expr, bool is_shadowed, std::vector<VariableRead>* reads) {
  const ExprKind kind = expr.kind();
  if ((kind == ExprKind::kSelect || kind == ExprKind::kHas) && expr.child_count() == 1 &&
      expr.child(0).kind() == ExprKind::kIdentifier) {
    if (expr.child(0).name() == kVariables && !is_shadowed) {
      reads->push_back({std::string(expr.name()), expr, kind == ExprKind::kHas});
    }
    return;
  }
  const bool has_scope = kind == ExprKind::kComprehension || kind == ExprKind::kBind;
  const bool shadows =
      has_scope && (expr.variable(0) == kVariables || expr.variable(1) == kVariables);
  for (size_t i = 0; i < expr.child_count(); ++i) {
    // The first child, the operand of the macro, is outside of its scope.
    Visit(expr.child(i), is_shadowed || (shadows && i > 0), reads);
  }
}

}  // namespace

std::vector<VariableRead> FindVariableReads(const Expr& root) {
  std::vector<VariableRead> reads;
  Visit(root, /*is_shadowed=*/false, &reads);
  return reads;
}

bool ReadsVariables(const Expr& expr) {
  if (expr.kind() == ExprKind::kIdentifier) {
    return expr.reference() == cel::ReferenceKind::kVariable;
  }
  for (size_t i = 0; i < expr.child_count(); ++i) {
    if (ReadsVariables(expr.child(i))) return true;
  }
  return false;
}

bool ReadsOneOf(const std::set<std::string>& names, const Expr& expr) {
  if (names.empty()) return false;
  if (expr.kind() == ExprKind::kIdentifier) {
    return expr.reference() == cel::ReferenceKind::kVariable &&
           names.count(std::string(expr.name())) > 0;
  }
  for (size_t i = 0; i < expr.child_count(); ++i) {
    if (ReadsOneOf(names, expr.child(i))) return true;
  }
  return false;
}

}  // namespace rules
}  // namespace frontdesk
