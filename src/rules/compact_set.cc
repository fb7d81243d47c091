#include "rules/compact_set.h"

#include <algorithm>
#include <utility>

#include "rules/rule_index.h"

namespace frontdesk {
namespace rules {
namespace {

// As CompileCondition() of compile.cc made them: the text has been compiled before, and reads no variable.
std::vector<CompiledConjunct> CompileAgain(const CompiledRuleSet& set, const CompiledRule& rule) {
  std::vector<CompiledConjunct> conjuncts;
  const cel::CompileResult compiled = set.environment->Compile(rule.rule->condition());
  for (const cel::Program& conjunct : compiled.program->conjuncts()) {
    conjuncts.push_back({conjunct, false});
  }
  return conjuncts;
}

}  // namespace

void MakeCompact(std::shared_ptr<const cel::Environment> environment, CompiledRuleSet* set) {
  if (set->index == nullptr) return;
  set->environment = std::move(environment);
  set->is_compact = true;
  for (size_t i = 0; i < set->rules.size(); ++i) {
    std::vector<CompiledConjunct>& conjuncts = set->rules[i].conjuncts;
    const bool reads_variables =
        std::any_of(conjuncts.begin(), conjuncts.end(),
                    [](const CompiledConjunct& conjunct) { return conjunct.reads_variables; });
    if (!set->index->RestOf(i).empty() || reads_variables) continue;
    std::vector<CompiledConjunct>().swap(conjuncts);
  }
}

std::unique_ptr<const CompiledRuleSet> MakeWhole(const CompiledRuleSet& set) {
  auto whole = std::make_unique<CompiledRuleSet>(set);
  whole->index = nullptr;
  whole->is_compact = false;
  for (size_t i = 0; i < whole->rules.size(); ++i) {
    CompiledRule& rule = whole->rules[i];
    rule.rule = &whole->source.rules(static_cast<int>(i));
    if (rule.conjuncts.empty()) rule.conjuncts = CompileAgain(set, rule);
  }
  return whole;
}

RuleConjuncts::RuleConjuncts(const CompiledRuleSet& set, const CompiledRule& rule)
    : conjuncts_(&rule.conjuncts) {
  if (!set.is_compact || !rule.conjuncts.empty()) return;
  compiled_ = CompileAgain(set, rule);
  conjuncts_ = &compiled_;
}

}  // namespace rules
}  // namespace frontdesk
