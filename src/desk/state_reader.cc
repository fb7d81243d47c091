#include "desk/state_reader.h"

#include <algorithm>
#include <utility>

#include "desk/active_policy.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

std::vector<std::string> SortedIds(const std::vector<IndexPosition>& positions) {
  std::vector<std::string> ids;
  ids.reserve(positions.size());
  for (const IndexPosition& position : positions) ids.push_back(position.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const v1::EntityState>> StateReader::Get(v1::EntityKind kind,
                                                                        const std::string& id) {
  const auto place = FindPlace(read_, kind, id);
  if (IsAt(read_, place, kind, id)) return place->value.state;
  FRONTDESK_ASSIGN_OR_RETURN(event_log::StoredState stored, ReadState(kind, id));
  return read_.insert(place, {kind, id, std::move(stored)})->value.state;
}

void StateReader::Expect(std::vector<v1::EntityRef> named, v1::EntityRef created) {
  expected_ = std::move(named);
  created_ = is_presumed() ? std::move(created) : v1::EntityRef();
}

absl::StatusOr<event_log::StoredState> StateReader::ReadState(v1::EntityKind kind,
                                                              const std::string& id) {
  if (reading_ == Reading::kOneByOne) return view().Get(kind, id);
  if (is_presumed()) {
    event_log::StoredState known = view().GetKnown(kind, id);
    if (known.state != nullptr) return known;
    if (created_.kind() == kind && created_.id() == id) return event_log::StoredState();
  }
  const auto place = FindPlace(fetched_, kind, id);
  if (IsAt(fetched_, place, kind, id)) return place->value;
  return FetchState(kind, id);
}

absl::StatusOr<event_log::StoredState> StateReader::FetchState(v1::EntityKind kind,
                                                               const std::string& id) {
  std::vector<v1::EntityRef> wanted(1);
  wanted[0].set_kind(kind);
  wanted[0].set_id(id);
  for (v1::EntityRef& entity : expected_) {
    const bool is_known =
        IsAt(read_, FindPlace(read_, entity.kind(), entity.id()), entity.kind(), entity.id()) ||
        (entity.kind() == created_.kind() && entity.id() == created_.id()) ||
        (is_presumed() && view().GetKnown(entity.kind(), entity.id()).state != nullptr);
    if (!is_known) wanted.push_back(std::move(entity));
  }
  expected_.clear();
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View found, view().Fetch(wanted));
  for (const v1::EntityRef& entity : wanted) {
    const auto place = FindPlace(fetched_, entity.kind(), entity.id());
    if (IsAt(fetched_, place, entity.kind(), entity.id())) continue;
    absl::StatusOr<event_log::StoredState> stored = found.Get(entity.kind(), entity.id());
    // One that cannot be read may not be needed.
    if (stored.ok()) fetched_.insert(place, {entity.kind(), entity.id(), *std::move(stored)});
  }
  const auto place = FindPlace(fetched_, kind, id);
  if (IsAt(fetched_, place, kind, id)) return place->value;
  return found.Get(kind, id);
}

bool StateReader::HasRead(v1::EntityKind kind, const std::string& id) const {
  const auto place = FindPlace(read_, kind, id);
  return IsAt(read_, place, kind, id) && place->value.state != nullptr;
}

absl::StatusOr<std::vector<std::string>> StateReader::ReadKey(v1::EntityKind kind,
                                                              const std::string& key) {
  auto place = FindPlace(read_index_, kind, key);
  // Few commands find approvals that wait, or the commit says so.
  if (is_presumed() && kind == v1::ENTITY_KIND_APPROVAL && !IsAt(read_index_, place, kind, key)) {
    place = read_index_.insert(place, {kind, key, {}});
  }
  if (!IsAt(read_index_, place, kind, key)) {
    std::vector<IndexPosition> all;
    IndexPage page;
    std::size_t read = 0;
    do {
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<IndexPosition> positions,
                                 view().Find(kind, key, page));
      read = positions.size();
      all.insert(all.end(), positions.begin(), positions.end());
      if (read > 0) page.after = all.back();
    } while (read >= static_cast<std::size_t>(page.page_size));
    place = read_index_.insert(place, {kind, key, std::move(all)});
  }
  return SortedIds(place->value);
}

absl::StatusOr<v1::Total> StateReader::SumTotal(const TotalKey& key, absl::Time from) {
  FRONTDESK_ASSIGN_OR_RETURN(event_log::SummedTotal summed, view().SumTotal(key, from));
  const bool is_known = std::any_of(
      read_totals_.begin(), read_totals_.end(),
      [&summed](const event_log::ReadTotal& read) { return read.list == summed.read.list; });
  if (!is_known) read_totals_.push_back(std::move(summed.read));
  return std::move(summed.total);
}

absl::StatusOr<absl::optional<v1::PolicyRef>> StateReader::FindPolicy(absl::string_view hash) {
  if (offered_ != nullptr && offered_->hash() == hash) {
    return absl::make_optional(PolicyRefOf(hash, offered_->pack()));
  }
  return ViewSource::FindPolicy(hash);
}

std::vector<event_log::ReadEntity> StateReader::ReadEntities() const {
  std::vector<event_log::ReadEntity> entities;
  entities.reserve(read_.size() + 2);  // The desk and a new approval may come to them.
  for (const auto& [kind, id, stored] : read_) {
    event_log::ReadEntity& read = entities.emplace_back();
    read.entity.set_kind(kind);
    read.entity.set_id(id);
    read.head = stored.head;
  }
  return entities;
}

std::vector<event_log::ReadIndex> StateReader::TakeIndexes() {
  std::vector<event_log::ReadIndex> indexes;
  indexes.reserve(read_index_.size());
  for (auto& [kind, key, positions] : read_index_) {
    indexes.push_back({kind, std::move(key), std::move(positions)});
  }
  read_index_.clear();
  return indexes;
}

event_log::StoredState StateReader::Stored(const v1::EntityRef& entity) const {
  const auto place = FindPlace(read_, entity.kind(), entity.id());
  return IsAt(read_, place, entity.kind(), entity.id()) ? place->value : event_log::StoredState();
}

void StateReader::AddReads(v1::JournalRecord* record) const {
  for (const auto& [kind, id, stored] : read_) {
    v1::EntityRead& read = *record->add_entity_reads();
    read.mutable_entity()->set_kind(kind);
    read.mutable_entity()->set_id(id);
    if (stored.state != nullptr) read.set_version(stored.state->version());
  }
  for (const auto& [kind, key, positions] : read_index_) {
    v1::IndexRead& read = *record->add_index_reads();
    read.set_entity_kind(kind);
    read.set_key(key);
    for (std::string& id : SortedIds(positions)) read.add_ids(std::move(id));
  }
}

absl::StatusOr<absl::optional<absl::Time>> StateReader::NewestTime() {
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::StoredTime stored, view().NewestTime());
  newest_time_row_ = stored.row;
  newest_time_ = absl::nullopt;
  if (stored.row != nullptr) {
    newest_time_ = DecodeTime(stored.time);
    return newest_time_;
  }
  // No desk with a bound has written here.
  FRONTDESK_ASSIGN_OR_RETURN(const auto newest, view().NewestRecord());
  if (newest != nullptr) newest_time_ = DecodeTime(newest->time());
  return newest_time_;
}

absl::StatusOr<RememberedVerdict> StateReader::FindRemembered(const v1::Command& command) {
  if (is_presumed()) {
    has_read_outcome_ = true;
    return RememberedVerdict();
  }
  FRONTDESK_ASSIGN_OR_RETURN(event_log::StoredOutcome stored,
                             view().FindRemembered(command.idempotency_key()));
  outdated_ = nullptr;
  has_read_outcome_ = true;
  outcome_row_ = stored.row;
  if (stored.row == nullptr) return RememberedVerdict();
  const absl::optional<absl::Time> time = DecodeTime(stored.outcome.time());
  if (!time.has_value() || *DecodeTime(command.now()) - *time >= remember_for_) {
    outdated_ = stored.row;
    return RememberedVerdict();
  }
  RememberedVerdict remembered;
  remembered.body_hash = stored.outcome.body_hash();
  remembered.outcome =
      std::make_shared<const v1::Outcome>(std::move(*stored.outcome.mutable_outcome()));
  return remembered;
}

}  // namespace internal
}  // namespace frontdesk
