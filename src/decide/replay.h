// The states to which an entry of a log leads. Private.
#ifndef FRONTDESK_SRC_DECIDE_REPLAY_H_
#define FRONTDESK_SRC_DECIDE_REPLAY_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "decide/command_run.h"
#include "decide/state_source.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/v1/log.pb.h"

namespace frontdesk {
namespace internal {

// By kind and id.
using ReplayedStates = std::map<std::pair<int, std::string>, NewState>;

// Serves a replay. A plain struct.
struct ReplaySources {
  // The reads of the entry's record, in the versions of then. Null without a record.
  StateSource* recorded = nullptr;
  // The state of an entity before the entry; null when there is none.
  absl::FunctionRef<absl::StatusOr<std::shared_ptr<const v1::EntityState>>(const v1::EntityRef&)>
      before;
  // The error for an entry that cannot follow.
  absl::FunctionRef<absl::Status(absl::string_view text)> malformed;
};

// The new state of each entity with an event in the entry, with the changes of its lists. Nothing is decided. Errors: that of
// `malformed`, and those of the sources.
absl::StatusOr<ReplayedStates> ReplayEvents(const v1::LogChange& change,
                                            const CommandLimits& limits,
                                            const ReplaySources& sources);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_REPLAY_H_
