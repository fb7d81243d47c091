// Money in rules: money('500 EUR'), comparison and arithmetic. Private.
#ifndef FRONTDESK_POLICY_MONEY_FUNCTIONS_H_
#define FRONTDESK_POLICY_MONEY_FUNCTIONS_H_

#include "frontdesk/rules/rule_set.h"

namespace frontdesk {
namespace internal {

// Adds to `options` what rules may do with v1.Money and v1.UnitPrice; docs/policies.md, "Values in your words", describes them.
// Everything is exact: an amount is an integer of minor units, and only a quotient is rounded. An absent amount, a second
// currency and an overflow are errors, whose text names the part of the expression.
void AddMoneyFunctions(rules::CompileOptions* options);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_MONEY_FUNCTIONS_H_
