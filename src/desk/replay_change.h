// The rows to which an entry of a log leads. Private.
#ifndef FRONTDESK_SRC_DESK_REPLAY_CHANGE_H_
#define FRONTDESK_SRC_DESK_REPLAY_CHANGE_H_

#include "absl/status/statusor.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/log.pb.h"

namespace frontdesk {
namespace internal {

// The batch that adds the entry to a log that ends just before it, as it is in `view`. It borrows from `change`, whose record loses
// its sequence. INVALID_ARGUMENT LOG_MALFORMED when the entry cannot follow; errors of the store.
absl::StatusOr<event_log::Batch> ReplayChange(const event_log::View& view,
                                              const CommandLimits& limits, v1::LogChange* change);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_REPLAY_CHANGE_H_
