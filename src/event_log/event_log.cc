// Writing a log.
#include "frontdesk/event_log/event_log.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "event_log/derived_rows.h"
#include "event_log/entry_bytes.h"
#include "event_log/index_keys.h"
#include "event_log/outbox_rows.h"
#include "event_log/pending_rows.h"
#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "event_log/search_rows.h"
#include "event_log/state_cache.h"
#include "event_log/state_rows.h"
#include "event_log/total_rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/event_log/reasons.h"
#include "internal/canonical.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

using internal::CanonicalBytes;
using internal::Sha256;
using store::MakeValue;
using store::Value;
using store::Write;

// The rows of one batch, as they are put together.
class BatchWriter {
 public:
  // `derived` is the row of the version of derived rows; null: it is not known, and not expected. The value of the entry is made by the
  // store when `is_entry_late`.
  absl::StatusOr<store::Batch> Make(const Batch& batch, const Value& derived, bool is_entry_late) {
    rows_.writes.reserve(kFewWrites);
    rows_.expectations.reserve(kFewExpectations);
    if (batch.import_row.has_value()) AddImportRow(*batch.import_row);
    if (batch.remembered.has_value()) AddRemembered(*batch.remembered);
    if (batch.record != nullptr) {
      rows_.expectations.push_back({{kRecordIds, batch.record->record_id()}, nullptr});
    }
    for (const ReadEntity& read : batch.read_entities) {
      rows_.expectations.push_back(
          {{kHeads, EntityKey(read.entity.kind(), read.entity.id())}, read.head});
    }
    for (const ReadIndex& read : batch.read_indexes) AddReadIndex(read);
    for (const ReadTotal& read : batch.read_totals) AddReadTotal(read);
    if (batch.read_outcome.has_value()) {
      const ReadOutcome& read = *batch.read_outcome;
      rows_.expectations.push_back({{kRemembered, read.idempotency_key}, read.row});
    }
    if (batch.newest_time.has_value()) AddNewestTime(*batch.newest_time);
    const bool has_entry = !batch.events.empty() || batch.record != nullptr;
    if (has_entry) entry_ = std::make_shared<EntryBytes>();
    for (const auto& event : batch.events) AddEvent(*event);
    for (const ChangedEntity& changed : batch.changed) {
      FRONTDESK_RETURN_IF_ERROR(AddChanged(changed));
    }
    if (batch.record != nullptr) AddRecord(*batch.record);
    if (batch.policy.has_value()) AddPolicy(*batch.policy);
    if (batch.outbox.has_value()) AddOutbox(*batch.outbox);
    if (has_entry) AddEntry(is_entry_late);
    // Behind all others: see WhyNot().
    if (derived != nullptr) rows_.expectations.push_back({{kDerived, ""}, derived});
    return std::move(rows_);
  }

  // The new heads, in the order of the entities that change.
  const std::vector<Value>& heads() const { return heads_; }

 private:
  // Most commands have no more.
  static constexpr std::size_t kFewWrites = 16;
  static constexpr std::size_t kFewExpectations = 8;

  void Put(Table table, std::string&& key, Value value,
           Write::Position position = Write::Position::kNowhere) {
    Write& write = rows_.writes.emplace_back();
    write.key.table = table;
    write.key.bytes = std::move(key);
    write.value = std::move(value);
    write.position = position;
  }

  void AddRemembered(const NewOutcome& remembered) {
    const std::string& key = remembered.idempotency_key;
    rows_.expectations.push_back({{kRemembered, key}, remembered.before});
    if (remembered.before != nullptr) {
      v1::RememberedOutcome before;
      if (before.ParseFromString(*remembered.before)) {
        Put(kRememberedTimes, RememberedTimeKey(before.time(), key), nullptr);
      }
    }
    Put(kRemembered, std::string(key), MakeValue(CanonicalBytes(remembered.outcome)));
    Put(kRememberedTimes, RememberedTimeKey(remembered.outcome.time(), key), EmptyValue());
  }

  void AddImportRow(const NewImportRow& added) {
    store::Write write = ImportRowWrite(added.import_id, added.row);
    rows_.expectations.push_back({write.key, nullptr});
    rows_.writes.push_back(std::move(write));
  }

  void AddNewestTime(const NewTime& newest) {
    rows_.expectations.push_back({{kNewest, ""}, newest.before});
    Put(kNewest, "", MakeValue(CanonicalBytes(newest.time)));
  }

  void AddReadIndex(const ReadIndex& read) {
    store::RangeExpectation& expected = rows_.range_expectations.emplace_back();
    expected.range = store::RangeOf(kIndex, IndexPrefix(read.kind, read.key));
    for (const IndexPosition& position : read.positions) {
      expected.keys.push_back(IndexKey(read.kind, read.key, position));
    }
  }

  void AddReadTotal(const ReadTotal& read) {
    rows_.range_expectations.push_back(read.end);
    rows_.expectations.insert(rows_.expectations.end(), read.rows.begin(), read.rows.end());
    rows_.writes.insert(rows_.writes.end(), read.sums.begin(), read.sums.end());
  }

  void AddEvent(const v1::Event& event) {
    const v1::EntityRef& entity = event.entity();
    Value bytes = MakeValue(CanonicalBytes(event));
    entry_->AddEvent(entity, event.version(), bytes);
    TailOf(entity) += static_cast<std::int64_t>(bytes->size());
    Put(kEvents, EventKey(entity.kind(), entity.id(), event.version()), std::move(bytes));
  }

  // The bytes of the new events of an entity. Few entities have some.
  std::int64_t& TailOf(const v1::EntityRef& entity) {
    for (Tail& tail : tails_) {
      if (tail.entity->kind() == entity.kind() && tail.entity->id() == entity.id()) {
        return tail.bytes;
      }
    }
    return tails_.emplace_back(Tail{&entity, 0}).bytes;
  }

  absl::Status AddChanged(const ChangedEntity& changed) {
    const v1::EntityState& after = *changed.after;
    Head head;
    if (changed.before.head != nullptr) head = *DecodeHead(*changed.before.head);
    head.version = after.version();
    head.tail_bytes += TailOf(after.entity());
    if (IsCopyDue(head.tail_bytes, after)) {
      const auto state_key = [&after](std::int64_t version) {
        return StateKey(after.entity().kind(), after.entity().id(), version);
      };
      if (head.older_state_version > 0) Put(kStates, state_key(head.older_state_version), nullptr);
      head.older_state_version = head.state_version;
      head.state_version = head.version;
      head.tail_bytes = 0;
      Put(kStates, state_key(head.version), MakeValue(CanonicalBytes(after)));
    }
    Value value = MakeValue(EncodeHead(head));
    heads_.push_back(value);
    Put(kHeads, EntityKey(after.entity().kind(), after.entity().id()), std::move(value));
    AddIndex(changed);
    search_.AddState(changed.before.state.get(), after);
    for (const RowChange& row : changed.rows) {
      AddRow(after.entity(), row);
      FRONTDESK_RETURN_IF_ERROR(search_.AddRow(after, row));
    }
    return absl::OkStatus();
  }

  void AddRow(const v1::EntityRef& entity, const RowChange& row) {
    Put(kRows, RowKey(entity.kind(), entity.id(), row.list, row.position, row.version),
        MakeValue(EncodeRow(row.element)));
    // A name stays with its element; after a removal it may be that of another one.
    if (row.name.empty() || row.position.version != row.version) return;
    Put(kRowNames, RowNameKey(entity.kind(), entity.id(), row.list, row.name, row.version),
        MakeValue(EncodeRowPosition(row.position)));
  }

  // The number of merged customers with which both states begin.
  static int CommonRefs(const ChangedEntity& changed) {
    if (changed.before.state == nullptr) return 0;
    const auto& before = changed.before.state->customer().merged_customer_refs();
    const auto& after = changed.after->customer().merged_customer_refs();
    int common = 0;
    while (common < before.size() && common < after.size() &&
           before[common].customer_id() == after[common].customer_id() &&
           before[common].direct_customer_id() == after[common].direct_customer_id()) {
      ++common;
    }
    return common;
  }

  // The entries of the index that the entity has now and had not before, and the reverse.
  void AddIndex(const ChangedEntity& changed) {
    if (changed.before.state != nullptr &&
        internal::HaveSameKeys(*changed.before.state, *changed.after)) {
      return;
    }
    const v1::EntityKind kind = changed.after->entity().kind();
    const std::string& id = changed.after->entity().id();
    // Those of merged customers that stay are looked at only when some entry is to be removed.
    const int common = CommonRefs(changed);
    std::vector<internal::IndexEntry> after = internal::IndexEntriesOf(*changed.after, common);
    std::vector<internal::IndexEntry> before;
    if (changed.before.state != nullptr) {
      before = internal::IndexEntriesOf(*changed.before.state, common);
      if (common > 0 && !std::includes(after.begin(), after.end(), before.begin(), before.end())) {
        after = internal::IndexEntriesOf(*changed.after);
        before = internal::IndexEntriesOf(*changed.before.state);
      }
    }
    const auto has = [](const std::vector<internal::IndexEntry>& entries,
                        const internal::IndexEntry& entry) {
      return std::binary_search(entries.begin(), entries.end(), entry);
    };
    for (const internal::IndexEntry& entry : before) {
      if (!has(after, entry)) {
        Put(kIndex, IndexKey(kind, entry.key, IndexPosition{entry.sort, id}), nullptr);
      }
    }
    for (const internal::IndexEntry& entry : after) {
      if (!has(before, entry)) {
        Put(kIndex, IndexKey(kind, entry.key, IndexPosition{entry.sort, id}), EmptyValue());
      }
    }
  }

  void AddPolicy(const NewPolicy& policy) {
    Value bytes = MakeValue(CanonicalBytes(policy.policy));
    // A policy that comes without an entry is in none.
    if (entry_ != nullptr) entry_->SetPolicy(policy.hash, bytes);
    Put(kPolicies, std::string(policy.hash), std::move(bytes));
  }

  // Behind what WhyNot() knows of.
  void AddOutbox(const store::Batch& outbox) {
    const auto append = [](const auto& from, auto* to) {
      to->insert(to->end(), from.begin(), from.end());
    };
    append(outbox.expectations, &rows_.expectations);
    append(outbox.range_expectations, &rows_.range_expectations);
    append(outbox.writes, &rows_.writes);
  }

  void AddEntry(bool is_late) {
    if (is_late) {
      Put(kLog, "", EmptyValue(), Write::Position::kBehindKeyLinkBehindValue);
      rows_.late_value = std::move(entry_);
      return;
    }
    std::string bytes = entry_->Make();
    rows_.digest = Sha256(bytes);
    Put(kLog, "", MakeValue(std::move(bytes)), Write::Position::kBehindKeyLinkBehindValue);
  }

  void AddRecord(const v1::JournalRecord& record) {
    Value bytes = MakeValue(CanonicalBytes(record));
    entry_->SetRecord(record.record_id(), bytes);
    Put(kRecords, "", std::move(bytes), Write::Position::kBehindKey);
    Put(kRecordIds, std::string(record.record_id()), EmptyValue(), Write::Position::kBehindValue);
    if (record.effects_size() > 0) AddNewEffects(record, &rows_.writes);
    if (record.has_counted()) AddTotals(record, absl::nullopt, &rows_.writes);
  }

  store::Batch rows_;
  SearchWriter search_{&rows_.writes};
  // Null: the batch makes none.
  std::shared_ptr<EntryBytes> entry_;
  // An entity of events or of a state of the batch.
  struct Tail {
    const v1::EntityRef* entity;
    std::int64_t bytes;
  };
  absl::InlinedVector<Tail, 2> tails_;
  std::vector<Value> heads_;
};

absl::Status CheckHeads(const Batch& batch) {
  for (const ChangedEntity& changed : batch.changed) {
    const store::Value& head = changed.before.head;
    if (head != nullptr && !DecodeHead(*head).has_value()) {
      return CorruptError("the head of an entity is not valid");
    }
  }
  return absl::OkStatus();
}

// The cause for which a batch was not committed, by the order in which its writer expects things.
CommitVerdict WhyNot(const store::CommitResult& result, bool has_import_row, bool has_key,
                     bool has_record) {
  std::size_t place = result.failed;
  if (has_import_row && place-- == 0) return CommitVerdict::kImportRowExists;
  if (has_key && place-- == 0) return CommitVerdict::kKeyRemembered;
  if (has_record && place-- == 0) return CommitVerdict::kRecordExists;
  return CommitVerdict::kConflict;
}

}  // namespace

EventLog::EventLog(std::shared_ptr<store::Store> store, EventLogOptions options)
    : store_(std::move(store)),
      options_(std::move(options)),
      cache_(std::make_shared<StateCache>(options_.max_cached_bytes)) {}

absl::StatusOr<View> EventLog::Read() const {
  absl::StatusOr<std::shared_ptr<const store::Snapshot>> rows = store_->Read();
  if (!rows.ok()) return ReadError(rows.status());
  NotePosition((*rows)->position());
  View view(*std::move(rows), options_.fold, cache_);
  view.is_remote_ = is_remote();
  return view;
}

absl::StatusOr<std::vector<store::CommitResult>> EventLog::CommitAll(
    std::vector<store::Batch> batches) {
  const std::size_t count = batches.size();
  absl::StatusOr<std::vector<store::CommitResult>> results = store_->Commit(std::move(batches));
  if (!results.ok()) return CommitError(results.status());
  if (results->size() != count) {
    return CommitError(absl::UnavailableError("the store does not give one result for each batch"));
  }
  for (const store::CommitResult& result : *results) NotePosition(result.position);
  return results;
}

// Batches as rows, with the states that they lead to.
struct Group::Parts {
  // An entity as a batch leaves it.
  struct Left {
    Value head;
    std::shared_ptr<const v1::EntityState> state;
    std::size_t state_bytes;
  };
  struct Member {
    bool has_import_row;
    bool has_key;
    bool has_record;
    std::vector<Left> left;
  };

  Parts(std::shared_ptr<PendingRows> pending, std::shared_ptr<StateCache> states, View view_of_them,
        Value derived_row, bool makes_entries_late)
      : rows(std::move(pending)),
        cache(std::move(states)),
        view(std::move(view_of_them)),
        derived(std::move(derived_row)),
        is_late(makes_entries_late) {}

  std::shared_ptr<PendingRows> rows;
  std::shared_ptr<StateCache> cache;
  View view;
  Value derived;
  // Whether entries are made by the store.
  bool is_late;
  std::vector<Member> members;
};

Group::Group(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Group::Group(Group&&) noexcept = default;
Group& Group::operator=(Group&&) noexcept = default;
Group::~Group() = default;

const View& Group::view() const { return parts_->view; }
std::size_t Group::size() const { return parts_->rows->size(); }

absl::Status Group::Add(const Batch& batch) { return AddIfLink(batch, "").status(); }

absl::StatusOr<bool> Group::AddIfLink(const Batch& batch, absl::string_view link) {
  FRONTDESK_RETURN_IF_ERROR(CheckHeads(batch));
  BatchWriter writer;
  // A link that is to be compared is made at once.
  FRONTDESK_ASSIGN_OR_RETURN(
      store::Batch rows,
      writer.Make(batch, parts_->derived, /*is_entry_late=*/link.empty() && parts_->is_late));
  if (!link.empty() && store::NextLink(parts_->rows->link(), rows.digest) != link) return false;
  Parts::Member member{
      batch.import_row.has_value(), batch.remembered.has_value(), batch.record != nullptr, {}};
  for (std::size_t i = 0; i < batch.changed.size(); ++i) {
    const Value& head = writer.heads()[i];
    const std::shared_ptr<const v1::EntityState>& state = batch.changed[i].after;
    const std::size_t state_bytes = StateCache::BytesOf(*state);
    parts_->cache->Put(head, state, state_bytes);
    member.left.push_back({head, state, state_bytes});
  }
  parts_->rows->Add(std::move(rows));
  parts_->members.push_back(std::move(member));
  return true;
}

absl::StatusOr<View> ReadStore(const store::Store& store, FoldFunction fold) {
  absl::StatusOr<std::shared_ptr<const store::Snapshot>> rows = store.Read();
  if (!rows.ok()) return ReadError(rows.status());
  return View(*std::move(rows), std::move(fold), std::make_shared<StateCache>(0));
}

absl::StatusOr<Group> EventLog::BeginGroup() const {
  FRONTDESK_ASSIGN_OR_RETURN(const View view, Read());
  return BeginGroup(view);
}

Group EventLog::BeginGroup(const View& view) const {
  auto rows = std::make_shared<PendingRows>(view.rows_);
  // States that may never be committed are kept apart.
  auto states = std::make_shared<StateCache>(options_.max_cached_bytes, /*shards=*/1, cache_);
  View view_of_group(rows, options_.fold, states);
  view_of_group.committed_ = view.sequence();
  return Group(std::make_unique<Group::Parts>(std::move(rows), std::move(states),
                                              std::move(view_of_group), derived_,
                                              store_->TakesLateValues()));
}

absl::StatusOr<std::vector<CommitVerdict>> EventLog::CommitGroup(Group group) {
  std::vector<CommitVerdict> verdicts;
  if (group.size() == 0) return verdicts;
  std::vector<store::Batch> batches = group.parts_->rows->Take();
  std::vector<Group::Parts::Member> members = std::move(group.parts_->members);
  // Its view is not open during the commit: a SQLite file whose log is being read at each commit cannot begin that log anew.
  group.parts_ = nullptr;
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::CommitResult> results,
                             CommitAll(std::move(batches)));
  for (std::size_t i = 0; i < results.size(); ++i) {
    Group::Parts::Member& member = members[i];
    if (!results[i].is_committed) {
      verdicts.push_back(
          WhyNot(results[i], member.has_import_row, member.has_key, member.has_record));
      continue;
    }
    for (Group::Parts::Left& left : member.left) {
      cache_->Put(std::move(left.head), std::move(left.state), left.state_bytes);
    }
    verdicts.push_back(CommitVerdict::kCommitted);
  }
  // All of them expect the same version of the rows.
  if (std::count(verdicts.begin(), verdicts.end(), CommitVerdict::kCommitted) == 0) {
    FRONTDESK_RETURN_IF_ERROR(CheckRows());
  }
  return verdicts;
}

absl::StatusOr<CommitVerdict> EventLog::Commit(const Batch& batch) {
  FRONTDESK_RETURN_IF_ERROR(CheckHeads(batch));
  BatchWriter writer;
  std::vector<store::Batch> batches;
  FRONTDESK_ASSIGN_OR_RETURN(batches.emplace_back(),
                             writer.Make(batch, derived_, store_->TakesLateValues()));
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::CommitResult> results,
                             CommitAll(std::move(batches)));
  if (!results.front().is_committed) {
    const CommitVerdict verdict = WhyNot(results.front(), batch.import_row.has_value(),
                                         batch.remembered.has_value(), batch.record != nullptr);
    if (verdict == CommitVerdict::kConflict) FRONTDESK_RETURN_IF_ERROR(CheckRows());
    return verdict;
  }
  for (std::size_t i = 0; i < batch.changed.size(); ++i) {
    cache_->Put(writer.heads()[i], batch.changed[i].after);
  }
  return CommitVerdict::kCommitted;
}

absl::Status EventLog::MakeRows() {
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const View view, Read());
    FRONTDESK_ASSIGN_OR_RETURN(const Value current, GetRow(*view.rows_, kDerived, ""));
    FRONTDESK_ASSIGN_OR_RETURN(DerivedBatch next, NextDerivedBatch(view, *view.rows_, current));
    if (next.next == nullptr) {
      derived_ = current;
      return absl::OkStatus();
    }
    std::vector<store::Batch> batches;
    batches.push_back(std::move(next.batch));
    // Another process may have been first: then it has made the batch.
    FRONTDESK_RETURN_IF_ERROR(CommitAll(std::move(batches)).status());
  }
}

absl::Status EventLog::CheckRows() const {
  if (derived_ == nullptr) return absl::OkStatus();
  const absl::StatusOr<View> read = is_remote() ? ReadLater() : Read();
  FRONTDESK_RETURN_IF_ERROR(read.status());
  FRONTDESK_ASSIGN_OR_RETURN(const Value current, GetRow(*read->rows_, kDerived, ""));
  if (current != nullptr && *current == *derived_) return absl::OkStatus();
  return MakeError(
      kReasonStoreNotUsable,
      "another version of frontdesk has made rows of the store again since it was opened");
}

absl::StatusOr<int> EventLog::ForgetOutcomes(const google::protobuf::Timestamp& before, int most) {
  FRONTDESK_ASSIGN_OR_RETURN(const View view, Read());
  store::Range range = store::RangeOf(kRememberedTimes, "");
  range.end = RememberedTimeKey(before, "");
  absl::StatusOr<std::vector<store::Row>> found =
      view.rows_->Scan(range, static_cast<std::size_t>(std::max(most, 0)));
  if (!found.ok()) return ReadError(found.status());
  // One batch each: others may remember an outcome under one of the keys meanwhile.
  std::vector<store::Batch> batches;
  for (const store::Row& row : *found) {
    const absl::optional<absl::string_view> key = DecodeRememberedTimeKey(row.key);
    if (!key.has_value()) return CorruptError("the time of a remembered outcome is none");
    const absl::StatusOr<Value> outcome = view.rows_->Get({kRemembered, std::string(*key)});
    if (!outcome.ok()) return ReadError(outcome.status());
    store::Batch& batch = batches.emplace_back();
    batch.expectations.push_back({{kRemembered, std::string(*key)}, *outcome});
    batch.writes.push_back({{kRemembered, std::string(*key)}, nullptr, Write::Position::kNowhere});
    batch.writes.push_back({{kRememberedTimes, row.key}, nullptr, Write::Position::kNowhere});
  }
  if (batches.empty()) return 0;
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::CommitResult> results,
                             CommitAll(std::move(batches)));
  return static_cast<int>(
      std::count_if(results.begin(), results.end(),
                    [](const store::CommitResult& result) { return result.is_committed; }));
}

absl::StatusOr<std::shared_ptr<store::Store>> EventLog::CloneStore() const {
  absl::StatusOr<std::shared_ptr<store::Store>> clone = store_->Clone();
  if (!clone.ok()) return CloneError(clone.status());
  return clone;
}

absl::StatusOr<std::unique_ptr<store::Watch>> EventLog::StartWatch() const {
  absl::StatusOr<std::unique_ptr<store::Watch>> watch = store_->StartWatch();
  if (watch.ok()) return watch;
  if (watch.status().code() != absl::StatusCode::kUnimplemented) return ReadError(watch.status());
  return MakeError(kReasonStoreNotWatchable, watch.status().message());
}

}  // namespace event_log
}  // namespace frontdesk
