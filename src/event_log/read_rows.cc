#include "event_log/read_rows.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {

std::size_t Clamp(int page_size) {
  return static_cast<std::size_t>(std::clamp(page_size, 1, 10'000));
}

absl::optional<std::int64_t> Behind(std::int64_t after) {
  if (after == std::numeric_limits<std::int64_t>::max()) return absl::nullopt;
  return std::max<std::int64_t>(0, after) + 1;
}

absl::StatusOr<store::Value> GetRow(const store::Snapshot& rows, Table table, std::string key) {
  absl::StatusOr<store::Value> value = rows.Get({table, std::move(key)});
  if (!value.ok()) return ReadError(value.status());
  return value;
}

absl::StatusOr<store::Value> GetEventRow(const store::Snapshot& rows, const v1::EventRef& event) {
  const v1::EntityRef& entity = event.entity();
  return GetRow(rows, kEvents, EventKey(entity.kind(), entity.id(), event.version()));
}

absl::StatusOr<std::vector<store::Row>> ScanRows(const store::Snapshot& rows,
                                                 const store::Range& range, std::size_t most,
                                                 bool descending) {
  absl::StatusOr<std::vector<store::Row>> found = rows.Scan(range, most, descending);
  if (!found.ok()) return ReadError(found.status());
  return found;
}

absl::Status ReadRecord(const store::Row& row, v1::JournalRecord* record) {
  const absl::optional<std::int64_t> sequence = store::DecodePosition(row.key);
  if (!sequence.has_value()) return CorruptError("a key of the journal is no sequence");
  FRONTDESK_RETURN_IF_ERROR(ParseRow(*row.value, record));
  record->set_sequence(*sequence);
  return absl::OkStatus();
}

}  // namespace event_log
}  // namespace frontdesk
