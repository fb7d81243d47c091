// Totals in rules: the functions that read them, and the check of how they are read. Private.
#ifndef FRONTDESK_POLICY_TOTAL_FUNCTIONS_H_
#define FRONTDESK_POLICY_TOTAL_FUNCTIONS_H_

#include <set>
#include <vector>

#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/total.h"
#include "frontdesk/rules/rule_set.h"

namespace frontdesk {
namespace internal {

// Adds to `options` the functions on `totals`, which policy.h describes, and that traces show what they read.
void AddTotalFunctions(rules::CompileOptions* options);

// Finds reads of totals that a rule set which decides `commands` cannot have meant, and adds the places of those that it reads to
// `read`. `totals` and `read` must outlive the check, which belongs to one thread.
rules::ExpressionCheck MakeTotalCheck(const std::vector<PolicyTotal>& totals,
                                      std::vector<const domain::CommandInfo*> commands,
                                      std::set<int>* read);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_TOTAL_FUNCTIONS_H_
