#include "desk/state_reader.h"

#include <algorithm>

#include "desk/index_keys.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {

absl::StatusOr<std::shared_ptr<const v1::EntityState>> StateReader::Get(v1::EntityKind kind,
                                                                        const std::string& id) {
  const auto key = std::make_pair(static_cast<int>(kind), id);
  const auto found = read_.find(key);
  if (found != read_.end()) return found->second;
  v1::EntityRef entity;
  entity.set_kind(kind);
  entity.set_id(id);
  FRONTDESK_ASSIGN_OR_RETURN(std::shared_ptr<const v1::EntityState> state, store_.Get(entity));
  read_.emplace(key, state);
  return state;
}

bool StateReader::HasRead(v1::EntityKind kind, const std::string& id) const {
  const auto found = read_.find(std::make_pair(static_cast<int>(kind), id));
  return found != read_.end() && found->second != nullptr;
}

absl::StatusOr<std::vector<std::string>> StateReader::ReadIndex(v1::EntityKind kind,
                                                                const std::string& key) {
  const auto place = std::make_pair(static_cast<int>(kind), key);
  const auto found = read_index_.find(place);
  if (found != read_index_.end()) return found->second;
  std::vector<std::string> ids;
  IndexPage page;
  std::size_t read = 0;
  do {
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<IndexPosition> positions, store_.Find(kind, key, page));
    read = positions.size();
    for (const IndexPosition& position : positions) ids.push_back(position.id);
    if (read > 0) page.after = std::move(positions.back());
  } while (read >= static_cast<std::size_t>(page.page_size));
  std::sort(ids.begin(), ids.end());
  read_index_.emplace(place, ids);
  return ids;
}

std::vector<ExpectedVersion> StateReader::ExpectedVersions() const {
  std::vector<ExpectedVersion> versions;
  for (const auto& [key, state] : read_) {
    ExpectedVersion& expected = versions.emplace_back();
    expected.entity.set_kind(static_cast<v1::EntityKind>(key.first));
    expected.entity.set_id(key.second);
    expected.version = state == nullptr ? 0 : state->version();
  }
  return versions;
}

std::vector<ExpectedIndex> StateReader::ExpectedIndexes() const {
  std::vector<ExpectedIndex> expected;
  for (const auto& [key, ids] : read_index_) {
    expected.push_back({static_cast<v1::EntityKind>(key.first), key.second, ids});
  }
  return expected;
}

absl::StatusOr<std::vector<v1::Event>> StateReader::History(const v1::EntityRef& entity,
                                                            std::int64_t after, std::int64_t most) {
  LogPage page;
  page.after = after;
  page.page_size = static_cast<int>(std::min<std::int64_t>(page.page_size, most));
  return store_.History(entity, page);
}

absl::StatusOr<std::vector<std::string>> StateReader::MergedCasesOf(
    const std::string& customer_id) {
  return ReadIndex(v1::ENTITY_KIND_CASE, OfCustomerKey(customer_id, v1::Case::STATE_MERGED));
}

absl::StatusOr<std::vector<std::string>> StateReader::CustomersWith(
    const v1::ExternalId& external_id) {
  return ReadIndex(v1::ENTITY_KIND_CUSTOMER, ExternalIdKey(external_id));
}

absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> StateReader::HeldRecord(
    const std::string& approval_id) {
  return store_.GetRecord(approval_id);
}

absl::StatusOr<RememberedVerdict> StateReader::FindRemembered(const v1::Command& command) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const RememberedOutcome> remembered,
                             store_.FindRemembered(command.idempotency_key()));
  outdated_.reset();
  if (remembered == nullptr) return RememberedVerdict();
  if (*DecodeTime(command.now()) - remembered->time >= remember_for_) {
    outdated_ = remembered->time;
    return RememberedVerdict();
  }
  return RememberedVerdict{{remembered, &remembered->outcome}, remembered->body_hash};
}

}  // namespace internal
}  // namespace frontdesk
