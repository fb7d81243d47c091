// The condition under which another condition would have had the opposite value, in its language. Private to rules/.
#ifndef FRONTDESK_RULES_COUNTERFACTUAL_H_
#define FRONTDESK_RULES_COUNTERFACTUAL_H_

#include <cstddef>
#include <string>

#include "frontdesk/cel/ast.h"

namespace frontdesk {
namespace rules {

// For a condition that holds, one that does not hold then: comparisons turned round, `!` pushed inwards through &&, ||, ?:,
// all and exists. On one line; empty when the condition is constant or the text would be longer than `max_bytes`.
std::string NegationOf(const cel::Expr& condition, size_t max_bytes);

// For a condition that does not hold, the condition in its plainest form, likewise.
std::string AffirmationOf(const cel::Expr& condition, size_t max_bytes);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_COUNTERFACTUAL_H_
