// The check that rules read no list whose elements are rows (frontdesk/v1/row_lists.proto). Private.
#ifndef FRONTDESK_POLICY_ROW_LIST_CHECK_H_
#define FRONTDESK_POLICY_ROW_LIST_CHECK_H_

#include <vector>

#include "frontdesk/rules/rule_set.h"

namespace frontdesk {
namespace internal {

// Finds reads of such lists in a state: a rule would see the elements that the command names only. Lists in the command
// and in an event are complete.
std::vector<rules::ExpressionFinding> CheckRowLists(const cel::Expr& root);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_ROW_LIST_CHECK_H_
