// Reading the rows of a log. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_READ_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_READ_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "event_log/rows.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/journal.pb.h"

namespace frontdesk {
namespace event_log {

// The size of a page within its limits.
std::size_t Clamp(int page_size);

// The number behind `after`, from 1 on; nothing when there is none.
absl::optional<std::int64_t> Behind(std::int64_t after);

// The row, or null. Errors as of ReadError().
absl::StatusOr<store::Value> GetRow(const store::Snapshot& rows, Table table, std::string key);

// The row of an event, or null. Errors as of ReadError().
absl::StatusOr<store::Value> GetEventRow(const store::Snapshot& rows, const v1::EventRef& event);

// The first rows of the range. Errors as of ReadError().
absl::StatusOr<std::vector<store::Row>> ScanRows(const store::Snapshot& rows,
                                                 const store::Range& range, std::size_t most,
                                                 bool descending = false);

// The record in a row of the journal, with its sequence.
absl::Status ReadRecord(const store::Row& row, v1::JournalRecord* record);

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_READ_ROWS_H_
