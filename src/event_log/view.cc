// Reading a log.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "domain/row_lists.h"
#include "event_log/derived_rows.h"
#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "event_log/search_rows.h"
#include "event_log/state_cache.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/arena_message.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace event_log {
namespace {

// How many events are read at a time.
constexpr std::size_t kPiece = 256;

using Events = google::protobuf::RepeatedPtrField<v1::Event>;

// Adds the events of an entity with versions above `after`.
absl::Status ReadEvents(const store::Snapshot& rows, v1::EntityKind kind, absl::string_view id,
                        std::int64_t after, std::size_t most, Events* events) {
  const absl::optional<std::int64_t> first = Behind(after);
  if (!first.has_value()) return absl::OkStatus();
  store::Range range = store::RangeOf(kEvents, EventsPrefix(kind, id));
  range.begin = EventKey(kind, id, *first);
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found, ScanRows(rows, range, most));
  for (const store::Row& row : found) {
    v1::Event& event = *events->Add();
    FRONTDESK_RETURN_IF_ERROR(ParseRow(*row.value, &event));
    const v1::EntityRef& entity = event.entity();
    if (EventKey(entity.kind(), entity.id(), event.version()) != row.key) {
      return CorruptError("an event is in the place of another one");
    }
  }
  return absl::OkStatus();
}

// Ends the range behind that key.
void EndBehind(std::string key, store::Range* range) {
  key.push_back('\0');
  range->end = std::move(key);
}

// Null data: the element was removed.
absl::StatusOr<absl::string_view> ElementIn(absl::string_view value) {
  const absl::optional<absl::string_view> element = DecodeRow(value);
  if (!element.has_value()) return CorruptError("an element of a list has no mark");
  return *element;
}

}  // namespace

absl::StatusOr<StoredState> View::Get(v1::EntityKind kind, const std::string& id) const {
  cache_->Prefetch(kind, id);
  StoredState stored;
  FRONTDESK_ASSIGN_OR_RETURN(stored.head, GetRow(*rows_, kHeads, EntityKey(kind, id)));
  FRONTDESK_RETURN_IF_ERROR(AddState(kind, id, &stored));
  return stored;
}

absl::StatusOr<std::vector<StoredState>> View::GetAll(
    v1::EntityKind kind, absl::Span<const IndexPosition> places) const {
  if (is_remote_) {
    std::vector<v1::EntityRef> entities(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      entities[i].set_kind(kind);
      entities[i].set_id(places[i].id);
    }
    FRONTDESK_ASSIGN_OR_RETURN(const View fetched, Fetch(entities));
    return fetched.GetAll(kind, places);
  }
  std::vector<store::Key> keys;
  keys.reserve(places.size());
  for (const IndexPosition& place : places) {
    cache_->PrefetchPlace(kind, place.id);
    keys.push_back({kHeads, EntityKey(kind, place.id)});
  }
  for (const IndexPosition& place : places) cache_->Prefetch(kind, place.id);
  absl::StatusOr<std::vector<store::Value>> heads = rows_->GetAll(keys);
  if (!heads.ok()) return ReadError(heads.status());
  std::vector<StoredState> all(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    all[i].head = std::move((*heads)[i]);
    FRONTDESK_RETURN_IF_ERROR(AddState(kind, places[i].id, &all[i]));
  }
  return all;
}

absl::Status View::AddState(v1::EntityKind kind, const std::string& id, StoredState* stored) const {
  if (stored->head == nullptr) return absl::OkStatus();
  stored->state = cache_->Find(kind, id, stored->head);
  if (stored->state != nullptr) return absl::OkStatus();
  const absl::optional<Head> head = DecodeHead(*stored->head);
  if (!head.has_value()) return CorruptError("the head of an entity is not valid");
  FRONTDESK_ASSIGN_OR_RETURN(stored->state, FoldFrom(kind, id, head->state_version, head->version));
  cache_->Put(stored->head, stored->state);
  return absl::OkStatus();
}

absl::StatusOr<store::Value> View::GetHead(v1::EntityKind kind, absl::string_view id) const {
  return GetRow(*rows_, kHeads, EntityKey(kind, id));
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> View::GetAt(v1::EntityKind kind,
                                                                   const std::string& id,
                                                                   std::int64_t version) const {
  if (version < 1) return nullptr;
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value row, GetRow(*rows_, kHeads, EntityKey(kind, id)));
  if (row == nullptr) return nullptr;
  const absl::optional<Head> head = DecodeHead(*row);
  if (!head.has_value()) return CorruptError("the head of an entity is not valid");
  if (version > head->version) return nullptr;
  if (version == head->version) {
    FRONTDESK_ASSIGN_OR_RETURN(StoredState stored, Get(kind, id));
    return std::move(stored.state);
  }
  const std::int64_t copies[] = {head->state_version, head->older_state_version, 0};
  const std::int64_t from = *std::find_if(std::begin(copies), std::end(copies),
                                          [version](std::int64_t copy) { return copy <= version; });
  return FoldFrom(kind, id, from, version);
}

absl::StatusOr<std::int64_t> View::VersionAsOf(v1::EntityKind kind, absl::string_view id,
                                               absl::Time time) const {
  // A corrected time runs backwards, so that only the newest one that is not later counts.
  store::Range range = store::RangeOf(kEvents, EventsPrefix(kind, id));
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                               ScanRows(*rows_, range, kPiece, /*descending=*/true));
    for (const store::Row& row : found) {
      v1::Event event;
      FRONTDESK_RETURN_IF_ERROR(ParseRow(*row.value, &event));
      const absl::optional<absl::Time> instant = internal::DecodeTime(event.time());
      if (!instant.has_value()) return CorruptError("the time of an event is not valid");
      // An event that no command caused has no time.
      if (!event.has_time() || *instant <= time) return event.version();
    }
    if (found.size() < kPiece) return 0;
    range.end = found.back().key;
  }
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> View::FoldFrom(v1::EntityKind kind,
                                                                      const std::string& id,
                                                                      std::int64_t copy_version,
                                                                      std::int64_t version) const {
  const auto state = internal::MakeOnArena<v1::EntityState>();
  if (copy_version > 0) {
    FRONTDESK_ASSIGN_OR_RETURN(const store::Value copy,
                               GetRow(*rows_, kStates, StateKey(kind, id, copy_version)));
    if (copy == nullptr) return CorruptError("the state of an entity is missing");
    FRONTDESK_RETURN_IF_ERROR(ParseRow(*copy, state.get()));
    if (state->version() != copy_version) {
      return CorruptError("the state of an entity has another version");
    }
  }
  const auto visit = [](const v1::Event*, v1::EntityState*) { return absl::OkStatus(); };
  FRONTDESK_RETURN_IF_ERROR(FoldOn(kind, id, version, visit, state.get()));
  google::protobuf::Message* arm = domain::MutableEntity(state.get());
  if (arm == nullptr) return CorruptError("the state of an entity is empty");
  domain::ClearRows(arm);
  return state;
}

absl::Status View::FoldOn(v1::EntityKind kind, const std::string& id, std::int64_t version,
                          VisitFold visit, v1::EntityState* state) const {
  while (state->version() < version) {
    const auto most = std::min<std::uint64_t>(kPiece, version - state->version());
    const auto events = internal::MakeOnArena<Events>();
    FRONTDESK_RETURN_IF_ERROR(ReadEvents(*rows_, kind, id, state->version(), most, events.get()));
    if (events->empty()) return CorruptError("a history is shorter than its version");
    for (const v1::Event& event : *events) {
      FRONTDESK_RETURN_IF_ERROR(visit(&event, state));
      if (!fold_(event, state).ok() || state->version() != event.version()) {
        return CorruptError("an event of a history does not fold");
      }
    }
  }
  if (state->version() != version) return CorruptError("a history has a gap");
  return visit(nullptr, state);
}

absl::Status View::Replay(v1::EntityKind kind, const std::string& id, std::int64_t version,
                          VisitFold visit) const {
  const auto state = internal::MakeOnArena<v1::EntityState>();
  return FoldOn(kind, id, version, visit, state.get());
}

absl::StatusOr<absl::optional<StoredRow>> View::FindRow(const v1::EntityRef& entity, int list,
                                                        absl::string_view name,
                                                        std::int64_t version) const {
  const absl::optional<StoredRow> none;
  store::Range names =
      store::RangeOf(kRowNames, RowNamePrefix(entity.kind(), entity.id(), list, name));
  EndBehind(RowNameKey(entity.kind(), entity.id(), list, name, version), &names);
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> named,
                             ScanRows(*rows_, names, 1, /*descending=*/true));
  if (named.empty()) return none;
  const absl::optional<RowPosition> position = DecodeRowPosition(*named.front().value);
  if (!position.has_value()) return CorruptError("the name of an element leads nowhere");
  store::Range range =
      store::RangeOf(kRows, RowPrefix(entity.kind(), entity.id(), list, *position));
  EndBehind(RowKey(entity.kind(), entity.id(), list, *position, version), &range);
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                             ScanRows(*rows_, range, 1, /*descending=*/true));
  if (found.empty()) return CorruptError("an element of a list is missing");
  FRONTDESK_ASSIGN_OR_RETURN(const absl::string_view element, ElementIn(*found.front().value));
  if (element.data() == nullptr) return none;
  return absl::optional<StoredRow>(StoredRow{*position, std::string(element)});
}

absl::StatusOr<std::vector<StoredRow>> View::Rows(const v1::EntityRef& entity, int list,
                                                  std::int64_t version, const RowPage& page) const {
  const std::string prefix = RowsPrefix(entity.kind(), entity.id(), list);
  store::Range range = store::RangeOf(kRows, prefix);
  if (page.after.has_value()) {
    const store::Range after =
        store::RangeOf(kRows, RowPrefix(entity.kind(), entity.id(), list, *page.after));
    if (page.descending) {
      range.end = after.begin;
    } else {
      range.begin =
          *after.end;  // The prefix of a list has an end: not all its bytes are the highest.
    }
  }
  const std::size_t most = Clamp(page.page_size);
  std::vector<StoredRow> rows;
  // The position that was met last, and whether its newest row that counts was met.
  absl::optional<RowPosition> current;
  bool is_current_known = false;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                               ScanRows(*rows_, range, most + 1, page.descending));
    for (const store::Row& row : found) {
      const auto place = DecodeRowPlace(absl::string_view(row.key).substr(prefix.size()));
      if (!place.has_value()) return CorruptError("a key of a list is no position");
      FRONTDESK_ASSIGN_OR_RETURN(const absl::string_view element, ElementIn(*row.value));
      const auto& [position, row_version] = *place;
      if (!current.has_value() || !(*current == position)) {
        if (rows.size() == most) return rows;
        current = position;
        is_current_known = false;
      }
      if (row_version > version) continue;
      if (page.descending) {
        // The first that counts is the newest.
        if (is_current_known) continue;
        if (element.data() != nullptr) rows.push_back({position, std::string(element)});
      } else {
        // The last one that counts takes the place of those before.
        if (is_current_known && !rows.empty() && rows.back().position == position) rows.pop_back();
        if (element.data() != nullptr) rows.push_back({position, std::string(element)});
      }
      is_current_known = true;
    }
    if (found.size() < most + 1) return rows;
    if (page.descending) {
      range.end = found.back().key;
    } else {
      range.begin = found.back().key + '\0';
    }
  }
}

absl::StatusOr<absl::optional<v1::KeptPolicy>> View::GetPolicy(absl::string_view hash) const {
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value row, GetRow(*rows_, kPolicies, std::string(hash)));
  absl::optional<v1::KeptPolicy> kept;
  if (row != nullptr) FRONTDESK_RETURN_IF_ERROR(ParseRow(*row, &kept.emplace()));
  return kept;
}

absl::Status View::CheckRows() const {
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value current, GetRow(*rows_, kDerived, ""));
  return CheckDerivedVersion(*rows_, current);
}

absl::StatusOr<std::vector<IndexPosition>> View::Find(v1::EntityKind kind, absl::string_view key,
                                                      const IndexPage& page) const {
  const std::string prefix = IndexPrefix(kind, key);
  store::Range range = store::RangeOf(kIndex, prefix);
  if (page.after.has_value()) {
    std::string after = IndexKey(kind, key, *page.after);
    if (page.descending) {
      range.end = std::move(after);
    } else {
      // The first key that is possible behind it.
      after.push_back('\0');
      range.begin = std::move(after);
    }
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                             ScanRows(*rows_, range, Clamp(page.page_size), page.descending));
  std::vector<IndexPosition> positions;
  positions.reserve(found.size());
  for (const store::Row& row : found) {
    absl::optional<IndexPosition> position =
        DecodeIndexPosition(absl::string_view(row.key).substr(prefix.size()));
    if (!position.has_value()) return CorruptError("a row of the index has no place");
    positions.push_back(*std::move(position));
  }
  return positions;
}

absl::StatusOr<std::string> View::FindPart(v1::EntityKind kind, absl::string_view key,
                                           const IndexPosition& place) const {
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value found,
                             GetRow(*rows_, kIndex, IndexKey(kind, key, place)));
  return found == nullptr ? std::string() : std::string(*found);
}

absl::StatusOr<std::vector<IndexPosition>> View::FindWord(
    v1::EntityKind kind, absl::string_view word, bool is_seen_by_customer,
    const absl::optional<IndexPosition>& after, int most) const {
  const std::string prefix = SearchPrefix(kind, is_seen_by_customer, word);
  store::Range range = store::RangeOf(kSearch, prefix);
  if (after.has_value()) range.end = SearchEnd(prefix, *after);
  std::vector<IndexPosition> places;
  const std::size_t wanted = Clamp(most);
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                               ScanRows(*rows_, range, wanted, /*descending=*/true));
    for (const store::Row& row : found) {
      absl::optional<IndexPosition> place =
          DecodeSearchPlace(absl::string_view(row.key).substr(prefix.size()));
      if (!place.has_value()) return CorruptError("a row of a word has no place");
      // An entity may have the word in several texts.
      if (!places.empty() && places.back() == *place) continue;
      if (places.size() == wanted) return places;
      places.push_back(*std::move(place));
    }
    if (found.size() < wanted) return places;
    range.end = SearchEnd(prefix, places.back());
  }
}

absl::StatusOr<std::vector<std::string>> View::WordsThatBegin(v1::EntityKind kind,
                                                              absl::string_view beginning,
                                                              bool is_seen_by_customer,
                                                              std::size_t most) const {
  const std::string all = SearchBeginning(kind, is_seen_by_customer, "");
  store::Range range = store::RangeOf(kSearch, absl::StrCat(all, beginning));
  std::vector<std::string> words;
  while (words.size() < most) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found, ScanRows(*rows_, range, 1));
    if (found.empty()) break;
    const absl::optional<absl::string_view> word =
        DecodeSearchWord(absl::string_view(found.front().key).substr(all.size()));
    if (!word.has_value()) return CorruptError("a row of a word has no word");
    words.emplace_back(*word);
    range.begin = *store::RangeOf(kSearch, SearchPrefix(kind, is_seen_by_customer, *word)).end;
  }
  return words;
}

absl::StatusOr<std::vector<v1::Event>> View::History(const v1::EntityRef& entity,
                                                     const LogPage& page) const {
  Events events;
  FRONTDESK_RETURN_IF_ERROR(
      ReadEvents(*rows_, entity.kind(), entity.id(), page.after, Clamp(page.page_size), &events));
  return std::vector<v1::Event>(std::make_move_iterator(events.begin()),
                                std::make_move_iterator(events.end()));
}

absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> View::GetRecord(
    absl::string_view record_id) const {
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value place,
                             GetRow(*rows_, kRecordIds, std::string(record_id)));
  if (place == nullptr) return nullptr;
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value value, GetRow(*rows_, kRecords, *place));
  if (value == nullptr) return CorruptError("a journal record is missing");
  auto record = std::make_shared<v1::JournalRecord>();
  FRONTDESK_RETURN_IF_ERROR(ReadRecord({*place, value}, record.get()));
  if (record->record_id() != record_id) return CorruptError("a journal record has another id");
  return record;
}

absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> View::NewestRecord() const {
  FRONTDESK_ASSIGN_OR_RETURN(
      const std::vector<store::Row> found,
      ScanRows(*rows_, store::RangeOf(kRecords, ""), 1, /*descending=*/true));
  if (found.empty()) return nullptr;
  auto record = std::make_shared<v1::JournalRecord>();
  FRONTDESK_RETURN_IF_ERROR(ReadRecord(found.front(), record.get()));
  return record;
}

absl::StatusOr<absl::optional<v1::ImportRow>> View::FindImportRow(absl::string_view import_id,
                                                                  std::int64_t row) const {
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value value,
                             GetRow(*rows_, kImports, ImportKey(import_id, row)));
  absl::optional<v1::ImportRow> found;
  if (value == nullptr) return found;
  FRONTDESK_RETURN_IF_ERROR(ParseRow(*value, &found.emplace()));
  found->set_row(row);
  return found;
}

absl::StatusOr<std::vector<v1::ImportRow>> View::ImportRows(absl::string_view import_id,
                                                            const LogPage& page) const {
  std::vector<v1::ImportRow> rows;
  const absl::optional<std::int64_t> first = Behind(page.after);
  if (!first.has_value()) return rows;
  store::Range range = store::RangeOf(kImports, ImportPrefix(import_id));
  range.begin = ImportKey(import_id, *first);
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                             ScanRows(*rows_, range, Clamp(page.page_size)));
  rows.resize(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto place = DecodeImportKey(found[i].key);
    if (!place.has_value()) return CorruptError("the result of an import has no row");
    FRONTDESK_RETURN_IF_ERROR(ParseRow(*found[i].value, &rows[i]));
    rows[i].set_row(place->second);
  }
  return rows;
}

absl::StatusOr<std::vector<std::string>> View::Imports(const ImportPage& page) const {
  std::vector<std::string> names;
  const std::size_t most = Clamp(page.page_size);
  store::Range range = store::RangeOf(kImports, "");
  std::string last = page.after;
  while (names.size() < most) {
    if (!last.empty()) range.begin = BehindImport(last);
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found, ScanRows(*rows_, range, 1));
    if (found.empty()) break;
    const auto place = DecodeImportKey(found[0].key);
    if (!place.has_value()) return CorruptError("the result of an import has no row");
    last = std::string(place->first);
    names.push_back(last);
  }
  return names;
}

absl::StatusOr<std::vector<v1::JournalRecord>> View::Journal(const LogPage& page) const {
  const absl::optional<std::int64_t> first = Behind(page.after);
  if (!first.has_value()) return std::vector<v1::JournalRecord>();
  store::Range range = store::RangeOf(kRecords, "");
  range.begin = store::EncodePosition(*first);
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                             ScanRows(*rows_, range, Clamp(page.page_size)));
  std::vector<v1::JournalRecord> records(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    FRONTDESK_RETURN_IF_ERROR(ReadRecord(found[i], &records[i]));
  }
  return records;
}

absl::StatusOr<std::vector<v1::Event>> View::RecordEvents(const v1::JournalRecord& record) const {
  std::vector<v1::Event> events(record.events_size());
  for (int i = 0; i < record.events_size(); ++i) {
    const v1::EventRef& ref = record.events(i);
    FRONTDESK_ASSIGN_OR_RETURN(const store::Value value, GetEventRow(*rows_, ref));
    if (value == nullptr) return CorruptError("an event of a journal record is missing");
    FRONTDESK_RETURN_IF_ERROR(ParseRow(*value, &events[i]));
  }
  return events;
}

absl::StatusOr<StoredOutcome> View::FindRemembered(absl::string_view idempotency_key) const {
  StoredOutcome stored;
  FRONTDESK_ASSIGN_OR_RETURN(stored.row, GetRow(*rows_, kRemembered, std::string(idempotency_key)));
  if (stored.row != nullptr) FRONTDESK_RETURN_IF_ERROR(ParseRow(*stored.row, &stored.outcome));
  return stored;
}

absl::StatusOr<StoredTime> View::NewestTime() const {
  StoredTime stored;
  FRONTDESK_ASSIGN_OR_RETURN(stored.row, GetRow(*rows_, kNewest, ""));
  if (stored.row != nullptr) FRONTDESK_RETURN_IF_ERROR(ParseRow(*stored.row, &stored.time));
  return stored;
}

}  // namespace event_log
}  // namespace frontdesk
