// The batch that a decided command commits. Private.
#ifndef FRONTDESK_SRC_DESK_MAKE_BATCH_H_
#define FRONTDESK_SRC_DESK_MAKE_BATCH_H_

#include <string>

#include "absl/status/status.h"
#include "decide/command_run.h"
#include "desk/state_reader.h"
#include "frontdesk/event_log/event_log.h"

namespace frontdesk {
namespace internal {

// Gives ids after `record_id` to the outcome of `run`, and makes the approval if the command is held. Puts everything that is to be
// committed into the empty `batch`, all but the remembered verdict. Takes the record out of `run`, and the keys that were read out of
// `reader`. The batch stays empty when the command does not belong in the journal.
absl::Status MakeBatch(const std::string& record_id, StateReader* reader, CommandRun* run,
                       event_log::Batch* batch);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_MAKE_BATCH_H_
