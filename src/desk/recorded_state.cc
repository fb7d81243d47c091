#include "desk/recorded_state.h"

#include <utility>

#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

RecordedState::RecordedState(const event_log::View& view, const v1::JournalRecord& record)
    : ViewSource(view), record_(record) {
  for (const v1::EntityRead& read : record.entity_reads()) {
    versions_[KeyOf(read.entity().kind(), read.entity().id())] = read.version();
  }
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> RecordedState::Get(v1::EntityKind kind,
                                                                          const std::string& id) {
  const auto read = versions_.find(KeyOf(kind, id));
  if (read == versions_.end()) return nullptr;
  return view().GetAt(kind, id, read->second);
}

bool RecordedState::HasRead(v1::EntityKind kind, const std::string& id) const {
  const auto read = versions_.find(KeyOf(kind, id));
  return read != versions_.end() && read->second > 0;
}

absl::StatusOr<std::vector<std::string>> RecordedState::ReadKey(v1::EntityKind kind,
                                                                const std::string& key) {
  for (const v1::IndexRead& read : record_.index_reads()) {
    if (read.entity_kind() == kind && read.key() == key) {
      return std::vector<std::string>(read.ids().begin(), read.ids().end());
    }
  }
  return std::vector<std::string>();
}

absl::StatusOr<v1::Total> RecordedState::SumTotal(const TotalKey& key, absl::Time from) {
  if (!are_rows_checked_) FRONTDESK_RETURN_IF_ERROR(view().CheckRows());
  are_rows_checked_ = true;
  // A record that is not in the log yet comes behind all.
  FRONTDESK_ASSIGN_OR_RETURN(
      event_log::SummedTotal summed,
      view().SumTotal(key, from,
                      record_.sequence() > 0 ? record_.sequence() : view().sequence() + 1));
  return std::move(summed.total);
}

absl::StatusOr<absl::optional<absl::Time>> RecordedState::NewestTime() { return absl::nullopt; }

absl::StatusOr<RememberedVerdict> RecordedState::FindRemembered(const v1::Command&) {
  return RememberedVerdict();
}

}  // namespace internal
}  // namespace frontdesk
