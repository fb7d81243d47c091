// The rows that keep what the events of an entity fold to: its head, the copies of its state, and the elements without a name in its lists. A
// newer version may fold the same events to more. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_STATE_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_STATE_ROWS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "event_log/rows.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/entity_state.pb.h"

namespace frontdesk {
namespace event_log {

// Whether a copy of the state is written behind a command whose events end with this tail.
bool IsCopyDue(std::int64_t tail_bytes, const v1::EntityState& state);

// Folds the events of all entities behind the head `place` from the first one on, and writes the rows that differ. Rows are changed where they
// are, so every state stays readable meanwhile. Elements with a name stay as they are: a command loads those that it names, and no
// history says which. Contract of DerivedRows::make. Costs O(rows of one entity) of memory.
absl::StatusOr<absl::optional<std::string>> MakeStateRows(const View& view,
                                                          const store::Snapshot& rows,
                                                          absl::string_view place,
                                                          store::Batch* batch);

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_STATE_ROWS_H_
