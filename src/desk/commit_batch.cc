#include "desk/commit_batch.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"

namespace frontdesk {
namespace internal {
namespace {

absl::Status CheckIndexEntries(const CommitBatch& batch) {
  std::set<std::string> entities;
  for (const std::shared_ptr<const v1::EntityState>& state : batch.states) {
    entities.insert(EntityKey(state->entity()));
  }
  std::set<std::pair<std::string, absl::string_view>> seen;
  for (const IndexEntry& entry : batch.index_entries) {
    std::string entity = EntityKey(entry.entity);
    absl::string_view wrong;
    if (entities.count(entity) == 0) {
      wrong = "an index entry without a state";
    } else if (entry.key.empty() || entry.key.size() > kMaxIndexKeyBytes) {
      wrong = "an index key that is empty or too long";
    } else if (!seen.emplace(std::move(entity), entry.key).second) {
      wrong = "an index entry twice";
    }
    if (!wrong.empty()) return MakeError(kReasonCommitMalformed, wrong);
  }
  return absl::OkStatus();
}

}  // namespace

std::string EntityKey(const v1::EntityRef& entity) {
  return absl::StrCat(static_cast<int>(entity.kind()), ":", entity.id());
}

absl::Status CheckBatchIsWhole(const CommitBatch& batch,
                               std::map<std::string, std::int64_t> versions) {
  const auto malformed = [](absl::string_view text) {
    return MakeError(kReasonCommitMalformed, text);
  };
  if (!batch.record.has_value()) {
    if (!batch.events.empty() || !batch.states.empty() || !batch.index_entries.empty())
      return malformed("a change without a record");
    return absl::OkStatus();
  }
  if (batch.record->record_id().empty()) return malformed("a record without an id");
  if (batch.record->event_ids_size() != static_cast<int>(batch.events.size())) {
    return malformed("the record does not name the events");
  }
  std::set<std::string> changed;
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const v1::Event& event = batch.events[i];
    const std::string key = EntityKey(event.entity());
    const auto version = versions.find(key);
    if (version == versions.end()) return malformed("an event of an entity that was not read");
    if (event.version() != ++version->second)
      return malformed("an event's version does not follow");
    if (event.event_id() != batch.record->event_ids(static_cast<int>(i))) {
      return malformed("the record does not name the events");
    }
    changed.insert(key);
  }
  for (const std::shared_ptr<const v1::EntityState>& state : batch.states) {
    const std::string key = EntityKey(state->entity());
    if (changed.erase(key) == 0) return malformed("a state without an event");
    if (state->version() != versions[key])
      return malformed("a state's version does not fit its events");
  }
  if (!changed.empty()) return malformed("an event without a state");
  return CheckIndexEntries(batch);
}

}  // namespace internal
}  // namespace frontdesk
