// The commands of a rule set in its rules: facts about the decision input, and the parts of conditions that do not fit them. Private.
#ifndef FRONTDESK_POLICY_COMMAND_CHECKS_H_
#define FRONTDESK_POLICY_COMMAND_CHECKS_H_

#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/rules/rule_set.h"

namespace frontdesk {
namespace internal {

// The fields of the input that are always present, absent, or either, when one of these commands is decided. There is at least one.
std::shared_ptr<const rules::InputFacts> MakeInputFacts(
    absl::Span<const domain::CommandInfo* const> commands);

// The same of the input of conditions of service levels (`has_event` false), and of those that are asked after an event.
std::shared_ptr<const rules::InputFacts> MakeServiceLevelFacts(bool has_event);

// Finds reads of the arm of another command, of the entity that the commands create, and of one of two fields that exclude each
// other. Finds also amounts of money that are compared with plain numbers.
rules::ExpressionCheck MakeCommandCheck(std::vector<const domain::CommandInfo*> commands);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_COMMAND_CHECKS_H_
