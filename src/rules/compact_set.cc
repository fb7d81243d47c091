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
  auto whole = std::make_unique<CompiledRuleSet>();
  whole->source = set.source;
  whole->hash = set.hash;
  whole->input = set.input;
  whole->input_type = set.input_type;
  whole->container = set.container;
  whole->has_effective_times = set.has_effective_times;
  whole->counts_always = set.counts_always;
  whole->has_outputs = set.has_outputs;
  whole->hit_plan = set.hit_plan;
  whole->limits = set.limits;
  whole->data_class = set.data_class;
  whole->absence_text = set.absence_text;
  whole->variable_exposures = set.variable_exposures;
  whole->reading_functions = set.reading_functions;
  whole->ordered_messages = set.ordered_messages;
  whole->rules = set.rules;
  whole->conditions = set.conditions;
  whole->default_outputs = set.default_outputs;
  whole->variables = set.variables;
  whole->environment = set.environment;
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
