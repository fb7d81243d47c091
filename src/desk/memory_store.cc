// The store in memory. Its data is in layers: the top one is written, those below are immutable and shared
// with clones. Cloning puts the top layer below a new one on both sides, so it copies nothing.
#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "desk/commit_batch.h"
#include "desk/memory_index.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/desk/store.h"

namespace frontdesk {
namespace {

using internal::EntityKey;

template <typename T>
using Shared = std::shared_ptr<const T>;

int ClampLimit(int limit) { return std::clamp(limit, 1, 10'000); }

// A journal record and the events it caused.
struct JournalEntry {
  Shared<v1::JournalRecord> record;
  std::vector<Shared<v1::Event>> events;
};

struct Layer {
  Shared<Layer> below;
  absl::flat_hash_map<std::string, Shared<v1::EntityState>> states;
  // Events by entity; the versions of a layer follow on those below.
  absl::flat_hash_map<std::string, std::vector<Shared<v1::Event>>> histories;
  // The journal from this sequence on.
  std::int64_t first_sequence = 1;
  std::vector<JournalEntry> journal;
  absl::flat_hash_map<std::string, std::int64_t> sequence_of_record;
  absl::flat_hash_map<std::string, std::int64_t> sequence_of_effect;
  absl::flat_hash_set<std::string> acknowledged_effects;
  absl::flat_hash_map<std::string, Shared<RememberedOutcome>> remembered;
  internal::IndexLayer index;

  std::size_t size() const {
    return states.size() + journal.size() + remembered.size() + acknowledged_effects.size();
  }
  bool empty() const { return size() == 0; }
};

// Puts what `from` holds into `to`, which lies directly below it.
void Fold(const Layer& from, Layer* to) {
  for (const auto& [key, state] : from.states) to->states[key] = state;
  for (const auto& [key, events] : from.histories) {
    std::vector<Shared<v1::Event>>& history = to->histories[key];
    history.insert(history.end(), events.begin(), events.end());
  }
  to->journal.insert(to->journal.end(), from.journal.begin(), from.journal.end());
  to->sequence_of_record.insert(from.sequence_of_record.begin(), from.sequence_of_record.end());
  to->sequence_of_effect.insert(from.sequence_of_effect.begin(), from.sequence_of_effect.end());
  to->acknowledged_effects.insert(from.acknowledged_effects.begin(),
                                  from.acknowledged_effects.end());
  for (const auto& [key, outcome] : from.remembered) to->remembered[key] = outcome;
  internal::FoldIndex(from.index, to->below != nullptr, &to->index);
}

// Makes `top` immutable. A layer that is not small beside the one below is folded into a copy of that one. So
// the number of layers stays logarithmic in their contents.
Shared<Layer> Freeze(Shared<Layer> top) {
  while (top->below != nullptr && top->size() * 2 >= top->below->size()) {
    auto folded = std::make_shared<Layer>(*top->below);
    Fold(*top, folded.get());
    top = std::move(folded);
  }
  return top;
}

class MemoryStore final : public Store {
 public:
  MemoryStore()
      : top_(std::make_shared<Layer>()), open_(std::make_shared<std::set<std::int64_t>>()) {}

  absl::StatusOr<Shared<v1::EntityState>> Get(const v1::EntityRef& entity) const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return FindState(EntityKey(entity));
  }

  absl::StatusOr<std::vector<IndexPosition>> Find(v1::EntityKind kind, absl::string_view key,
                                                  const IndexPage& page) const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return ReadIndex(kind, key, page, static_cast<std::size_t>(ClampLimit(page.page_size)));
  }

  absl::StatusOr<std::int64_t> LastSequence() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return last_sequence_;
  }

  absl::StatusOr<std::vector<v1::Event>> History(const v1::EntityRef& entity,
                                                 const LogPage& page) const override {
    const std::vector<Shared<v1::Event>> found = FindHistory(entity, page);
    std::vector<v1::Event> events;
    events.reserve(found.size());
    for (const Shared<v1::Event>& event : found) events.push_back(*event);
    return events;
  }

  absl::StatusOr<Shared<v1::JournalRecord>> GetRecord(absl::string_view record_id) const override {
    std::lock_guard<std::mutex> lock(mutex_);
    const JournalEntry* entry = FindEntry(record_id);
    return entry == nullptr ? nullptr : entry->record;
  }

  absl::StatusOr<std::vector<Shared<v1::JournalRecord>>> Journal(
      const LogPage& page) const override {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<Shared<v1::JournalRecord>> records;
    const std::int64_t after = std::clamp<std::int64_t>(page.after, 0, last_sequence_);
    const std::int64_t end =
        after + std::min<std::int64_t>(ClampLimit(page.page_size), last_sequence_ - after);
    for (std::int64_t sequence = after + 1; sequence <= end; ++sequence) {
      records.push_back(EntryAt(sequence)->record);
    }
    return records;
  }

  absl::StatusOr<std::vector<v1::Event>> RecordEvents(absl::string_view record_id) const override {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<v1::Event> events;
    if (const JournalEntry* entry = FindEntry(record_id)) {
      for (const Shared<v1::Event>& event : entry->events) events.push_back(*event);
    }
    return events;
  }

  absl::StatusOr<Shared<RememberedOutcome>> FindRemembered(
      absl::string_view idempotency_key) const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return FindValue(&Layer::remembered, std::string(idempotency_key));
  }

  absl::StatusOr<std::vector<PendingEffect>> PendingEffects(const LogPage& page) const override {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<PendingEffect> pending;
    for (auto it = open_->upper_bound(page.after); it != open_->end(); ++it) {
      if (pending.size() >= static_cast<std::size_t>(ClampLimit(page.page_size))) break;
      for (const v1::Effect& effect : EntryAt(*it)->record->effects()) {
        if (!IsAcknowledged(effect.effect_id())) pending.push_back({*it, effect});
      }
    }
    return pending;
  }

  absl::Status AcknowledgeEffect(absl::string_view effect_id) override {
    std::lock_guard<std::mutex> lock(mutex_);
    std::int64_t sequence = 0;
    for (const Layer* layer = top_.get(); layer != nullptr && sequence == 0;
         layer = layer->below.get()) {
      auto found = layer->sequence_of_effect.find(effect_id);
      if (found != layer->sequence_of_effect.end()) sequence = found->second;
    }
    if (sequence == 0) return MakeError(kReasonEffectNotFound, "no effect has this id");
    if (IsAcknowledged(effect_id)) return absl::OkStatus();
    top_->acknowledged_effects.emplace(effect_id);
    for (const v1::Effect& effect : EntryAt(sequence)->record->effects()) {
      if (!IsAcknowledged(effect.effect_id())) return absl::OkStatus();
    }
    OpenForWriting().erase(sequence);
    return absl::OkStatus();
  }

  absl::StatusOr<std::int64_t> Commit(CommitBatch batch) override {
    std::lock_guard<std::mutex> lock(mutex_);
    absl::Status possible = CheckCommit(batch);
    if (!possible.ok()) return possible;
    return Apply(std::move(batch));
  }

  absl::StatusOr<std::shared_ptr<Store>> Clone() const override {
    auto clone = std::make_shared<MemoryStore>();
    std::lock_guard<std::mutex> lock(mutex_);
    if (!top_->empty()) {
      Shared<Layer> frozen = Freeze(top_);
      top_ = std::make_shared<Layer>();
      top_->below = std::move(frozen);
      top_->first_sequence = last_sequence_ + 1;
    }
    clone->top_->below = top_->below;
    clone->top_->first_sequence = top_->first_sequence;
    clone->last_sequence_ = last_sequence_;
    clone->open_ = open_;
    clone->open_shared_ = open_shared_ = true;
    return std::shared_ptr<Store>(std::move(clone));
  }

 private:
  // The value of `key` in the topmost layer that has it, or null.
  template <typename Value>
  Value FindValue(absl::flat_hash_map<std::string, Value> Layer::*map,
                  absl::string_view key) const {
    for (const Layer* layer = top_.get(); layer != nullptr; layer = layer->below.get()) {
      auto found = (layer->*map).find(key);
      if (found != (layer->*map).end()) return found->second;
    }
    return nullptr;
  }

  Shared<v1::EntityState> FindState(absl::string_view key) const {
    return FindValue(&Layer::states, key);
  }

  std::vector<IndexPosition> ReadIndex(v1::EntityKind kind, absl::string_view key,
                                       const IndexPage& page, std::size_t limit) const {
    const std::string row_key = internal::IndexRowKey(kind, key);
    std::vector<const internal::IndexRows*> layers;
    for (const Layer* layer = top_.get(); layer != nullptr; layer = layer->below.get()) {
      auto found = layer->index.rows.find(row_key);
      if (found != layer->index.rows.end()) layers.push_back(&found->second);
    }
    return internal::ReadIndex(layers, page, limit);
  }

  bool IndexIsAsExpected(const ExpectedIndex& expected) const {
    std::vector<std::string> ids;
    for (IndexPosition& position :
         ReadIndex(expected.kind, expected.key, IndexPage(), expected.ids.size() + 1)) {
      ids.push_back(std::move(position.id));
    }
    std::sort(ids.begin(), ids.end());
    return ids == expected.ids;
  }

  // Replaces the index entries of the entities of `states` by `entries`.
  void ApplyIndex(const std::vector<Shared<v1::EntityState>>& states,
                  std::vector<IndexEntry> entries) {
    std::map<std::string, std::vector<IndexEntry>> entries_by_entity;
    for (const Shared<v1::EntityState>& state : states) {
      entries_by_entity[EntityKey(state->entity())];
    }
    for (IndexEntry& entry : entries) {
      entries_by_entity[EntityKey(entry.entity)].push_back(std::move(entry));
    }
    for (auto& [key, after] : entries_by_entity) {
      Shared<std::vector<IndexEntry>> before;
      for (const Layer* layer = top_.get(); layer != nullptr && before == nullptr;
           layer = layer->below.get()) {
        auto found = layer->index.entries.find(key);
        if (found != layer->index.entries.end()) before = found->second;
      }
      if (before == nullptr && after.empty()) continue;
      internal::ReplaceIndexEntries(before == nullptr ? std::vector<IndexEntry>() : *before, after,
                                    top_->below != nullptr, &top_->index);
      top_->index.entries[key] = std::make_shared<std::vector<IndexEntry>>(std::move(after));
    }
  }

  bool IsAcknowledged(absl::string_view effect_id) const {
    for (const Layer* layer = top_.get(); layer != nullptr; layer = layer->below.get()) {
      if (layer->acknowledged_effects.contains(effect_id)) return true;
    }
    return false;
  }

  const JournalEntry* EntryAt(std::int64_t sequence) const {
    const Layer* layer = top_.get();
    while (sequence < layer->first_sequence) layer = layer->below.get();
    return &layer->journal[sequence - layer->first_sequence];
  }

  const JournalEntry* FindEntry(absl::string_view record_id) const {
    for (const Layer* layer = top_.get(); layer != nullptr; layer = layer->below.get()) {
      auto found = layer->sequence_of_record.find(record_id);
      if (found != layer->sequence_of_record.end()) return EntryAt(found->second);
    }
    return nullptr;
  }

  std::vector<Shared<v1::Event>> FindHistory(const v1::EntityRef& entity,
                                             const LogPage& page) const {
    const std::string key = EntityKey(entity);
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<const std::vector<Shared<v1::Event>>*> parts;
    for (const Layer* layer = top_.get(); layer != nullptr; layer = layer->below.get()) {
      auto found = layer->histories.find(key);
      if (found != layer->histories.end()) parts.push_back(&found->second);
    }
    const std::size_t limit = static_cast<std::size_t>(ClampLimit(page.page_size));
    std::vector<Shared<v1::Event>> events;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      // Versions within a part have no gaps, so the first one wanted is found by its distance.
      const std::int64_t skipped =
          std::max<std::int64_t>(0, page.after - ((*part)->front()->version() - 1));
      for (std::size_t i = static_cast<std::size_t>(skipped); i < (*part)->size(); ++i) {
        if (events.size() == limit) return events;
        events.push_back((**part)[i]);
      }
    }
    return events;
  }

  std::set<std::int64_t>& OpenForWriting() {
    if (open_shared_) {
      open_ = std::make_shared<std::set<std::int64_t>>(*open_);
      open_shared_ = false;
    }
    return *open_;
  }

  // Checks the whole batch before anything is changed.
  absl::Status CheckCommit(const CommitBatch& batch) const {
    if (batch.remembered.has_value()) {
      const auto known = FindValue(&Layer::remembered, batch.remembered->idempotency_key);
      if (known != nullptr && known->time != batch.outdated) {
        return MakeError(kReasonCommitKeyRemembered, "the key has a verdict already");
      }
    }
    std::map<std::string, std::int64_t> versions;
    for (const ExpectedVersion& expected : batch.expected_versions) {
      std::string key = EntityKey(expected.entity);
      const Shared<v1::EntityState> state = FindState(key);
      if ((state == nullptr ? 0 : state->version()) != expected.version) {
        return MakeError(kReasonCommitConflict, "an entity no longer has its expected version");
      }
      versions[std::move(key)] = expected.version;
    }
    for (const ExpectedIndex& expected : batch.expected_index) {
      if (!IndexIsAsExpected(expected)) {
        return MakeError(kReasonCommitConflict,
                         "the entities under an index key are not the expected ones");
      }
    }
    if (batch.record.has_value() && FindEntry(batch.record->record_id()) != nullptr) {
      return MakeError(kReasonCommitRecordExists, "a journal record has this id already");
    }
    return internal::CheckBatchIsWhole(batch, std::move(versions));
  }

  std::int64_t Apply(CommitBatch batch) {
    if (batch.remembered.has_value()) {
      auto remembered = std::make_shared<RememberedOutcome>(*std::move(batch.remembered));
      top_->remembered[remembered->idempotency_key] = std::move(remembered);
    }
    if (!batch.record.has_value()) return 0;
    ApplyIndex(batch.states, std::move(batch.index_entries));
    for (Shared<v1::EntityState>& state : batch.states) {
      top_->states[EntityKey(state->entity())] = std::move(state);
    }
    JournalEntry entry;
    for (v1::Event& event : batch.events) {
      auto shared = std::make_shared<const v1::Event>(std::move(event));
      top_->histories[EntityKey(shared->entity())].push_back(shared);
      entry.events.push_back(std::move(shared));
    }
    const std::int64_t sequence = ++last_sequence_;
    auto record = std::make_shared<v1::JournalRecord>(*std::move(batch.record));
    record->set_sequence(sequence);
    for (const v1::Effect& effect : record->effects()) {
      top_->sequence_of_effect.emplace(effect.effect_id(), sequence);
    }
    if (record->effects_size() > 0) OpenForWriting().insert(sequence);
    top_->sequence_of_record.emplace(record->record_id(), sequence);
    entry.record = std::move(record);
    top_->journal.push_back(std::move(entry));
    return sequence;
  }

  mutable std::mutex mutex_;
  // Guarded by mutex_. Clone() moves the layer's place but changes nothing that can be seen.
  mutable std::shared_ptr<Layer> top_;
  std::int64_t last_sequence_ = 0;
  // Sequences with effects that were not acknowledged; shared with clones until one writes.
  std::shared_ptr<std::set<std::int64_t>> open_;
  mutable bool open_shared_ = false;
};

}  // namespace

absl::StatusOr<std::shared_ptr<Store>> Store::Clone() const {
  return MakeError(kReasonStoreNotCloneable, "this store cannot be cloned");
}

std::shared_ptr<Store> MakeMemoryStore() { return std::make_shared<MemoryStore>(); }

}  // namespace frontdesk
