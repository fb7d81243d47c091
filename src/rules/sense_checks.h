// Warnings about rules that cannot do what their author meant. Private to rules/.
#ifndef FRONTDESK_RULES_SENSE_CHECKS_H_
#define FRONTDESK_RULES_SENSE_CHECKS_H_

#include "frontdesk/rules/rule_set.h"
#include "rules/compiled_rule.h"
#include "rules/rule_checks.h"

namespace frontdesk {
namespace rules {

// Analyzes the set. Reports conditions, and parts of them, that never or always hold, rules that are never reached and duplicates.
// Reports also a set that does not decide every input, and an analysis that ended early.
// Rules without an answer go to `notes`.
void CheckSense(const CompiledRuleSet& set, const CompileOptions& options,
                const IssueReporter& report, const IssueReporter& notes);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_SENSE_CHECKS_H_
