// Commands that may change nothing. Such a command is done without events where policy and the lifecycle allow it. The field
// `is_unchanged` of the assessment says it to policy, whose rules may refuse it.
//
//   for (const frontdesk::domain::UnchangedCommand& each : frontdesk::domain::ListUnchangedCommands()) {
//     std::cout << each.command << " changes nothing when " << each.text << "\n";
//   }
#ifndef FRONTDESK_DOMAIN_UNCHANGED_H_
#define FRONTDESK_DOMAIN_UNCHANGED_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace frontdesk {
namespace v1 {
class DecisionInput;
}  // namespace v1

namespace domain {

// One such command. A plain struct; the texts live as long as the program.
struct UnchangedCommand {
  // Its name: "PauseCase".
  absl::string_view command;
  // How things are when it changes nothing, for people, customers included: "the case waits in that state already".
  absl::string_view text;
};

// All of them, entity by entity, by number. Every other command changes something whenever it is done; ActivatePolicy and
// CorrectEntityTime, about which rules read no assessment, may be done without events, too. Thread-safe.
absl::Span<const UnchangedCommand> ListUnchangedCommands();

// The command of that name; null when it is none of them. Thread-safe. Linear in their number.
const UnchangedCommand* FindUnchangedCommand(absl::string_view name);

// Whether the assessment in `input` says that the command would change nothing. Costs O(1).
bool IsUnchanged(const v1::DecisionInput& input);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_UNCHANGED_H_
