// Large sets without the programs that the index makes needless. Private to rules/.
#ifndef FRONTDESK_RULES_COMPACT_SET_H_
#define FRONTDESK_RULES_COMPACT_SET_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "frontdesk/cel/environment.h"
#include "rules/compiled_rule.h"

namespace frontdesk {
namespace rules {

// Drops the conjuncts of the rules of which the index knows all. They are compiled again where a trace, an
// uncertain answer of the index or the analysis needs them.
void MakeCompact(std::shared_ptr<const cel::Environment> environment, CompiledRuleSet* set);

// A copy with all conjuncts and without an index.
std::unique_ptr<const CompiledRuleSet> MakeWhole(const CompiledRuleSet& set);

// The conjuncts of a rule, compiled again where they were dropped. Refers to the set.
class RuleConjuncts {
 public:
  RuleConjuncts(const CompiledRuleSet& set, const CompiledRule& rule);
  RuleConjuncts(const RuleConjuncts&) = delete;
  RuleConjuncts& operator=(const RuleConjuncts&) = delete;

  const std::vector<CompiledConjunct>& operator*() const { return *conjuncts_; }

 private:
  std::vector<CompiledConjunct> compiled_;
  const std::vector<CompiledConjunct>* conjuncts_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_COMPACT_SET_H_
