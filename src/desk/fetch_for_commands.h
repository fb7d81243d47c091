// Reading together what several commands will read. Private.
#ifndef FRONTDESK_SRC_DESK_FETCH_FOR_COMMANDS_H_
#define FRONTDESK_SRC_DESK_FETCH_FOR_COMMANDS_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/command.pb.h"

namespace frontdesk {
namespace internal {

// A group for these commands. A remote store reads for it, in few exchanges, the idempotency keys and the entities that the commands
// name, with the customers and accounts of those. One exchange is enough when their states are in memory.
absl::StatusOr<event_log::Group> BeginGroupFor(absl::Span<const v1::Command* const> commands,
                                               const event_log::EventLog& log);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_FETCH_FOR_COMMANDS_H_
