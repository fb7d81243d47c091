#include "frontdesk/rules/origins.h"

#include <string>

namespace frontdesk {
namespace rules {

using cel::Expr;
using cel::ExprKind;
using cel::Macro;
using cel::Operator;
using cel::TypeKind;

namespace {

// Origins of one value, and parts that are looked at for them.
constexpr size_t kMaxOrigins = 64;
constexpr int kMaxOriginSteps = 1000;

// Whether the macro makes a list of elements of its list.
bool KeepsElements(Macro macro) { return macro == Macro::kFilter; }

bool MakesList(Macro macro) { return macro == Macro::kMap || macro == Macro::kTransformList; }

// The number of the variable of a macro that is an element of its list; -1: it is no list.
int ElementVariable(const Expr& comprehension) {
  if (comprehension.child(0).type().kind() == TypeKind::kMap) return -1;
  return comprehension.variable(1).empty() ? 0 : 1;
}

// The parts of a map literal are its keys and values by turns.
std::vector<Expr> KeysOf(const Expr& map) {
  std::vector<Expr> keys;
  for (size_t i = 0; i < map.child_count(); i += 2) keys.push_back(map.child(i));
  return keys;
}

// Whether it is a constant that is equal to one of `others`.
bool IsAmong(const Expr& expr, const std::vector<Expr>& others) {
  if (expr.constant() == nullptr) return false;
  for (const Expr& other : others) {
    if (other.constant() != nullptr &&
        cel::ToText(*other.constant()) == cel::ToText(*expr.constant())) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Expr> Scope::OriginsOf(const Expr& expr) const {
  std::vector<Expr> origins;
  int steps = kMaxOriginSteps;
  Collect(expr, variables_.size(), &steps, &origins);
  return origins;
}

// Sees the first `depth` variables. The steps bound the work; the depth of an expression is limited, so is that of the recursion.
void Scope::Collect(const Expr& expr, size_t depth, int* steps, std::vector<Expr>* origins) const {
  if (--*steps < 0 || origins->size() >= kMaxOrigins) return;
  switch (expr.kind()) {
    case ExprKind::kIdentifier:
      if (expr.reference() == cel::ReferenceKind::kLocal) {
        for (size_t i = depth; i-- > 0;) {
          if (variables_[i].name != expr.name()) continue;
          // A copy: variables are put aside on the way.
          const Expr origin = variables_[i].origin;
          if (origin.valid()) Collect(origin, i, steps, origins);
          return;
        }
      }
      break;
    case ExprKind::kList:
      for (size_t i = 0; i < expr.child_count(); ++i) {
        Collect(expr.child(i), depth, steps, origins);
      }
      return;
    case ExprKind::kComprehension: {
      if (KeepsElements(expr.macro())) {
        Collect(expr.child(0), depth, steps, origins);
        return;
      }
      if (!MakesList(expr.macro())) break;
      std::vector<Variable> hidden(variables_.begin() + static_cast<std::ptrdiff_t>(depth),
                                   variables_.end());
      variables_.resize(depth);
      const int element = ElementVariable(expr);
      for (int i = 0; i < 2; ++i) {
        variables_.push_back(
            {expr.variable(static_cast<size_t>(i)), i == element ? expr.child(0) : Expr()});
      }
      Collect(expr.child(expr.child_count() - 1), variables_.size(), steps, origins);
      variables_.resize(depth);
      variables_.insert(variables_.end(), hidden.begin(), hidden.end());
      return;
    }
    case ExprKind::kCall:
      CollectCall(expr, depth, steps, origins);
      return;
    default:
      break;
  }
  origins->push_back(expr);
}

void Scope::CollectCall(const Expr& expr, size_t depth, int* steps,
                        std::vector<Expr>* origins) const {
  size_t begin = 0, end = 0;
  switch (expr.op()) {
    case Operator::kConditional:
      begin = 1;
      end = 3;
      break;
    case Operator::kIndex:
    case Operator::kOptionalIndex:
      if (expr.child(0).type().kind() == TypeKind::kList) end = 1;
      break;
    case Operator::kAdd:
      if (expr.type().kind() == TypeKind::kList) end = 2;
      break;
    case Operator::kNone: {
      const absl::string_view name = expr.name();
      if (name == "orValue" || name == "or" || name == "when_absent") {
        end = 2;
      } else if (name == "value" || name == "optional.of" || name == "optional.ofNonZeroValue") {
        end = 1;
      }
      break;
    }
    default:
      break;
  }
  if (end == 0 || expr.child_count() < end) {
    origins->push_back(expr);
    return;
  }
  for (size_t i = begin; i < end; ++i) Collect(expr.child(i), depth, steps, origins);
}

// Goes through an expression. Thread-compatible.
class ExpressionWalk {
 public:
  explicit ExpressionWalk(const std::function<void(const Expr&, const Scope&)>& visit)
      : visit_(visit) {}

  // The depth of an expression is limited, so is that of the recursion.
  void Walk(const Expr& expr) {
    visit_(expr, scope_);
    const bool is_macro = expr.kind() == ExprKind::kComprehension || expr.kind() == ExprKind::kBind;
    for (size_t i = 0; i < expr.child_count(); ++i) {
      if (i == 1 && is_macro) AddVariables(expr);
      Walk(expr.child(i));
    }
    if (is_macro) scope_.variables_.resize(scope_.variables_.size() - 2);
  }

 private:
  void AddVariables(const Expr& expr) {
    const int known = expr.kind() == ExprKind::kBind ? 0 : ElementVariable(expr);
    for (int i = 0; i < 2; ++i) {
      scope_.variables_.push_back(
          {expr.variable(static_cast<size_t>(i)), i == known ? expr.child(0) : Expr()});
    }
  }

  const std::function<void(const Expr&, const Scope&)>& visit_;
  Scope scope_;
};

void WalkExpression(const Expr& root,
                    const std::function<void(const Expr& expr, const Scope& scope)>& visit) {
  ExpressionWalk(visit).Walk(root);
}

void VisitEqualities(const Expr& expr, const Scope& scope,
                     const std::function<void(const Expr& origin, const Expr& value)>& visit) {
  std::vector<Expr> left, right;
  if (cel::IsEquality(expr.op())) {
    left = scope.OriginsOf(expr.child(0));
    right = scope.OriginsOf(expr.child(1));
  } else if (expr.op() == Operator::kIn) {
    left = scope.OriginsOf(expr.child(0));
    right = expr.child(1).kind() == ExprKind::kMap ? KeysOf(expr.child(1))
                                                   : scope.OriginsOf(expr.child(1));
  } else if ((expr.op() == Operator::kIndex || expr.op() == Operator::kOptionalIndex) &&
             expr.child(0).kind() == ExprKind::kMap) {
    left = scope.OriginsOf(expr.child(1));
    right = KeysOf(expr.child(0));
  }
  for (const Expr& a : left) {
    for (const Expr& b : right) {
      // A default that is compared with itself: `when_absent(x, 'none') == 'none'`.
      if (!IsAmong(b, left)) visit(a, b);
      if (!IsAmong(a, right)) visit(b, a);
    }
  }
}

}  // namespace rules
}  // namespace frontdesk
