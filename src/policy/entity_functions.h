// Ages, absence, roles and consent in rules: since(t), age(x), when_absent(x, y), actor.has_role('x') and so on. Private.
#ifndef FRONTDESK_POLICY_ENTITY_FUNCTIONS_H_
#define FRONTDESK_POLICY_ENTITY_FUNCTIONS_H_

#include "frontdesk/rules/rule_set.h"

namespace frontdesk {
namespace internal {

// Adds to `options` the functions over entities that rules may call; docs/policies.md, "Values in your words", says what they do.
// since() and age() read the field `now` of the input, which every decision input has.
void AddEntityFunctions(rules::CompileOptions* options);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_ENTITY_FUNCTIONS_H_
