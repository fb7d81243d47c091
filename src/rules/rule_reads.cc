// The fields of the input that a rule reads.
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "frontdesk/rules/origins.h"
#include "frontdesk/rules/rule_set.h"
#include "rules/compact_set.h"
#include "rules/compiled_rule.h"
#include "rules/variable_reads.h"

namespace frontdesk {
namespace rules {
namespace {

using cel::Expr;
using cel::ExprKind;

// Paths that one value may come from, and the parts that are looked at for them.
constexpr int kMaxReadSteps = 1'000;

class ReadCollector {
 public:
  explicit ReadCollector(const CompiledRuleSet& set) : set_(set) {}

  void Add(const cel::Program& program) {
    absl::flat_hash_set<int> inner;  // The parts of selections that were visited whole.
    WalkExpression(program.expr(), [&](const Expr& expr, const Scope& scope) {
      const bool is_part = inner.count(expr.id()) > 0;
      if (expr.kind() == ExprKind::kHas || (is_part && expr.kind() == ExprKind::kSelect)) {
        if (expr.child_count() > 0) inner.insert(expr.child(0).id());
        return;
      }
      if (is_part) return;
      if (expr.kind() != ExprKind::kSelect && expr.kind() != ExprKind::kIdentifier) return;
      int steps = kMaxReadSteps;
      for (const std::string& path : PathsOf(expr, scope, &steps)) AddPath(path);
      if (expr.kind() == ExprKind::kSelect) inner.insert(expr.child(0).id());
    });
  }

  std::vector<std::string> Take() { return {paths_.begin(), paths_.end()}; }

 private:
  void AddPath(const std::string& path) {
    absl::string_view rest = path;
    if (!absl::ConsumePrefix(&rest, absl::StrCat(kVariables, "."))) {
      paths_.insert(path);
      return;
    }
    const size_t end = rest.find_first_of(".[");
    rest = end == rest.npos ? "" : rest.substr(end);
    const absl::string_view name = absl::string_view(path).substr(0, path.size() - rest.size());
    for (const auto& variable : set_.variables) {
      if (variable->name != name) continue;
      if (!rest.empty()) {
        int steps = kMaxReadSteps;
        for (const std::string& origin : PathsOf(variable->program->expr(), Scope(), &steps)) {
          AddPath(absl::StrCat(origin, rest));
        }
      }
      if (variables_.emplace(name).second) Add(*variable->program);
    }
  }

  // The paths that a value may have been read from. The depth of an expression is limited, so is that of the recursion.
  std::vector<std::string> PathsOf(const Expr& expr, const Scope& scope, int* steps) const {
    if (--*steps < 0) return {};
    std::vector<std::string> paths;
    if (expr.kind() == ExprKind::kSelect) {
      for (std::string& path : PathsOf(expr.child(0), scope, steps)) {
        paths.push_back(absl::StrCat(path, ".", expr.name()));
      }
      return paths;
    }
    if (expr.kind() == ExprKind::kIdentifier && expr.reference() != cel::ReferenceKind::kLocal) {
      const bool is_read = expr.reference() == cel::ReferenceKind::kVariable ||
                           expr.reference() == cel::ReferenceKind::kRootField;
      if (is_read) paths.emplace_back(expr.name());
      return paths;
    }
    for (const Expr& origin : scope.OriginsOf(expr)) {
      const bool is_path =
          origin.kind() == ExprKind::kSelect || origin.kind() == ExprKind::kIdentifier;
      if (!is_path || origin.id() == expr.id()) continue;
      // An element counts as its list.
      const bool is_list = origin.type().kind() == cel::TypeKind::kList;
      for (const std::string& path : PathsOf(origin, scope, steps)) {
        paths.push_back(is_list && expr.type().kind() != cel::TypeKind::kList
                            ? absl::StrCat(path, "[]")
                            : path);
      }
    }
    return paths;
  }

  const CompiledRuleSet& set_;
  std::set<std::string> paths_;
  std::set<std::string, std::less<>> variables_;
};

}  // namespace

std::vector<std::string> RuleSet::FieldsReadBy(absl::string_view rule_id) const {
  ReadCollector reads(*rep_);
  for (const CompiledRule& rule : rep_->rules) {
    if (rule.rule->id() != rule_id) continue;
    const RuleConjuncts conjuncts(*rep_, rule);
    for (const CompiledConjunct& conjunct : *conjuncts) reads.Add(conjunct.program);
    for (const CompiledDetail& detail : rule.details) reads.Add(*detail.program);
    for (const CompiledOutput& output : rule.outputs) reads.Add(*output.program);
  }
  return reads.Take();
}

}  // namespace rules
}  // namespace frontdesk
