#include "desk/recorded_state.h"

#include "event_log/index_keys.h"

namespace frontdesk {
namespace internal {

RecordedState::RecordedState(const event_log::View& view, const v1::JournalRecord& record)
    : view_(view), record_(record) {
  for (const v1::EntityRead& read : record.entity_reads()) {
    versions_[{static_cast<int>(read.entity().kind()), read.entity().id()}] = read.version();
  }
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> RecordedState::Get(v1::EntityKind kind,
                                                                          const std::string& id) {
  const auto read = versions_.find({static_cast<int>(kind), id});
  if (read == versions_.end()) return nullptr;
  return view_.GetAt(kind, id, read->second);
}

bool RecordedState::HasRead(v1::EntityKind kind, const std::string& id) const {
  const auto read = versions_.find({static_cast<int>(kind), id});
  return read != versions_.end() && read->second > 0;
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> RecordedState::GetAt(
    const v1::EntityRef& entity, std::int64_t version) {
  return view_.GetAt(entity.kind(), entity.id(), version);
}

std::vector<std::string> RecordedState::ReadKey(v1::EntityKind kind, const std::string& key) const {
  for (const v1::IndexRead& read : record_.index_reads()) {
    if (read.entity_kind() == kind && read.key() == key) {
      return {read.ids().begin(), read.ids().end()};
    }
  }
  return {};
}

absl::StatusOr<std::vector<std::string>> RecordedState::MergedCasesOf(
    const std::string& customer_id) {
  return ReadKey(v1::ENTITY_KIND_CASE, OfCustomerKey(customer_id, v1::Case::STATE_MERGED));
}

absl::StatusOr<std::vector<std::string>> RecordedState::CustomersWith(
    const v1::ExternalId& external_id) {
  return ReadKey(v1::ENTITY_KIND_CUSTOMER, ExternalIdKey(external_id));
}

absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> RecordedState::HeldRecord(
    const std::string& approval_id) {
  return view_.GetRecord(approval_id);
}

absl::StatusOr<RememberedVerdict> RecordedState::FindRemembered(const v1::Command&) {
  return RememberedVerdict();
}

}  // namespace internal
}  // namespace frontdesk
