// The checks of a set's hit policy, and its compiled form. Private to rules/.
#ifndef FRONTDESK_RULES_HIT_POLICY_CHECKS_H_
#define FRONTDESK_RULES_HIT_POLICY_CHECKS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontdesk/cel/program.h"
#include "rules/compiled_rule.h"
#include "rules/rule_checks.h"

namespace frontdesk {
namespace rules {

// The values of RuleSet.output_orders, order by order; null for one that does not compile.
using OrderPrograms = std::vector<std::vector<std::shared_ptr<const cel::Program>>>;

// The type of each output, and where it is first.
using OutputTypes = std::map<std::string, std::pair<OutputType, std::string>>;

// Reports what the hit policy, the aggregator and the orders lack, or have too much of. False when the orders have more values than
// the limits: then nobody compiles them.
bool CheckHitPolicy(const v1::RuleSet& source, const RuleLimits& limits,
                    const IssueReporter& reporter);

// Writes `set->hit_plan`, and reports values and outputs that do not fit the policy. The rules of `set` are compiled, and refer to
// `source`.
void CompileHitPolicy(const v1::RuleSet& source, const OrderPrograms& orders,
                      const OutputTypes& types, const IssueReporter& reporter,
                      CompiledRuleSet* set);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_HIT_POLICY_CHECKS_H_
