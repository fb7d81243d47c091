// Custom attributes in rules: the functions that read them, and the check of their names. Private.
#ifndef FRONTDESK_POLICY_ATTRIBUTE_FUNCTIONS_H_
#define FRONTDESK_POLICY_ATTRIBUTE_FUNCTIONS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/cel/function.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace internal {

// The functions on lists of attributes that every rule may call; policy.h says what they do.
std::vector<std::pair<std::string, cel::FunctionOverload>> AttributeFunctions();

// Finds calls of these functions with a literal name that `pack` does not define for the entity whose
// attributes are read, or defines with another type. `pack` must outlive the check, which belongs to one
// thread.
rules::ExpressionCheck MakeAttributeCheck(const v1::PolicyPack& pack);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_ATTRIBUTE_FUNCTIONS_H_
