// The check for plain numbers beside minor units. Private.
#ifndef FRONTDESK_POLICY_UNITS_CHECK_H_
#define FRONTDESK_POLICY_UNITS_CHECK_H_

#include <vector>

#include "frontdesk/cel/ast.h"
#include "frontdesk/rules/rule_set.h"

namespace frontdesk {
namespace internal {

// Warns of comparisons, sums and differences of Money.units, or UnitPrice.value, with a plain number other than zero.
std::vector<rules::ExpressionFinding> CheckUnits(const cel::Expr& root);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_UNITS_CHECK_H_
