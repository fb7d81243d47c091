// The commands of each entity that may change nothing. Private.
#ifndef FRONTDESK_DOMAIN_UNCHANGED_COMMANDS_H_
#define FRONTDESK_DOMAIN_UNCHANGED_COMMANDS_H_

#include "absl/types/span.h"
#include "frontdesk/domain/unchanged.h"

namespace frontdesk {
namespace domain {

// By number. They live as long as the program.
absl::Span<const UnchangedCommand> UnchangedCustomerCommands();
absl::Span<const UnchangedCommand> UnchangedInteractionCommands();
absl::Span<const UnchangedCommand> UnchangedOrderCommands();
absl::Span<const UnchangedCommand> UnchangedCaseCommands();

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_UNCHANGED_COMMANDS_H_
