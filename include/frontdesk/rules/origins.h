// The origins of the values that an expression compares. That of a variable of a macro is the list that the macro goes through. A
// branch and a default have several: each value that is possible.
//
//   frontdesk::rules::WalkExpression(
//       program.expr(), [](const frontdesk::cel::Expr& expr, const frontdesk::rules::Scope& scope) {
//         if (expr.op() != frontdesk::cel::Operator::kEqual) return;
//         // Of `r` in `actor.roles.exists(r, r == 'agent')` it is `actor.roles`.
//         for (const frontdesk::cel::Expr& origin : scope.OriginsOf(expr.child(0))) {
//           std::cout << origin.text() << "\n";
//         }
//       });
#ifndef FRONTDESK_RULES_ORIGINS_H_
#define FRONTDESK_RULES_ORIGINS_H_

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/cel/ast.h"

namespace frontdesk {
namespace rules {

// The variables of the macros around a part of an expression. Thread-compatible.
class Scope {
 public:
  // The parts that `expr` has its value, or its elements, from: fields, constants, calls. An element counts as its list. At most 64;
  // of a larger expression the rest is left out.
  std::vector<cel::Expr> OriginsOf(const cel::Expr& expr) const;

 private:
  friend class ExpressionWalk;
  struct Variable {
    absl::string_view name;
    cel::Expr origin;  // Not valid: nothing is known of it.
  };
  void Collect(const cel::Expr& expr, size_t depth, int* steps,
               std::vector<cel::Expr>* origins) const;
  void CollectCall(const cel::Expr& expr, size_t depth, int* steps,
                   std::vector<cel::Expr>* origins) const;

  // Also those that are found on the way to an origin, behind the others.
  mutable std::vector<Variable> variables_;
};

// Calls `visit` for every part of an expression, the whole first. Linear in it, apart from the requests of `visit` to the scope.
void WalkExpression(const cel::Expr& root,
                    const std::function<void(const cel::Expr& expr, const Scope& scope)>& visit);

// Calls `visit` for every origin and value that the part `expr` compares by ==, != or `in`, both ways: `a == b` has (a, b) and (b, a).
// The keys of a map literal count as values of a list, and `{…}[x]` as a comparison of x with them. For any other part it does nothing.
void VisitEqualities(
    const cel::Expr& expr, const Scope& scope,
    const std::function<void(const cel::Expr& origin, const cel::Expr& value)>& visit);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ORIGINS_H_
