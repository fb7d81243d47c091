#include "event_log/derived_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/row_lists.h"
#include "event_log/index_keys.h"
#include "event_log/outbox_rows.h"
#include "event_log/read_rows.h"
#include "event_log/search_rows.h"
#include "event_log/state_rows.h"
#include "event_log/total_rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/event_log/reasons.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

// About the most rows of a batch.
constexpr std::size_t kBatchRows = 1'000;
constexpr int kParts = 64;
// Records of a batch.
constexpr std::size_t kOutboxRecords = 250;
constexpr std::size_t kTotalRecords = 250;
constexpr std::size_t kVersionBytes = 8;

// Where the making of an entity's rows continues: behind the entity, or behind a part of it.
struct EntityPlace {
  std::string head_key;
  absl::optional<RowPosition> part;
};

std::string EncodeEntityPlace(const EntityPlace& place) {
  std::string bytes(1, place.part.has_value() ? '\1' : '\0');
  if (place.part.has_value()) bytes += EncodeRowPosition(*place.part);
  return bytes + place.head_key;
}

absl::optional<EntityPlace> DecodeEntityPlace(absl::string_view bytes) {
  EntityPlace place;
  if (bytes.empty()) return place;
  const bool has_part = bytes[0] != '\0';
  bytes.remove_prefix(1);
  if (has_part) {
    const std::size_t size = EncodeRowPosition({}).size();
    place.part = DecodeRowPosition(bytes.substr(0, size));
    if (!place.part.has_value()) return absl::nullopt;
    bytes.remove_prefix(size);
  }
  place.head_key = std::string(bytes);
  return place;
}

// The rows of one entity: the index, and the words of its texts.
class EntityMaker {
 public:
  EntityMaker(const View& view, std::vector<store::Write>* writes)
      : view_(view), writes_(*writes), search_(writes) {}

  absl::Status Read(absl::string_view head_key) {
    const auto kind = static_cast<v1::EntityKind>(static_cast<unsigned char>(head_key[0]));
    FRONTDESK_ASSIGN_OR_RETURN(StoredState stored,
                               view_.Get(kind, std::string(head_key.substr(1))));
    state_ = std::move(stored.state);
    if (state_ == nullptr) return CorruptError("a head is of no entity");
    return absl::OkStatus();
  }

  void AddState() {
    const v1::EntityKind kind = state_->entity().kind();
    const std::string& id = state_->entity().id();
    for (const internal::IndexEntry& entry : internal::IndexEntriesOf(*state_)) {
      writes_.push_back({{kIndex, IndexKey(kind, entry.key, IndexPosition{entry.sort, id})},
                         store::MakeValue("")});
    }
    search_.AddState(nullptr, *state_);
  }

  // The parts behind `after`, or the reports of gateways; the last one of them, or nothing when none is left.
  absl::StatusOr<absl::optional<RowPosition>> AddParts(absl::optional<RowPosition> after) {
    const v1::EntityKind kind = state_->entity().kind();
    const domain::RowList* const list =
        domain::FindRowList(kind, kind == v1::ENTITY_KIND_ORDER ? "gateway_reports" : "parts");
    if (list == nullptr) return absl::optional<RowPosition>();
    RowPage page;
    page.after = after;
    page.page_size = kParts;
    const int number = list->field->number();
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<StoredRow> parts,
                               view_.Rows(state_->entity(), number, state_->version(), page));
    for (const StoredRow& part : parts) {
      RowChange added;
      added.list = number;
      added.position = part.position;
      added.element = part.element;
      FRONTDESK_RETURN_IF_ERROR(search_.AddRow(*state_, added));
      after = part.position;
      // A page may have many words.
      if (writes_.size() >= kBatchRows) return after;
    }
    if (parts.size() < kParts) after.reset();
    return after;
  }

 private:
  const View& view_;
  std::vector<store::Write>& writes_;
  SearchWriter search_;
  std::shared_ptr<const v1::EntityState> state_;
};

// The index and the words of the texts of all entities.
absl::StatusOr<absl::optional<std::string>> MakeEntityRows(const View& view,
                                                           const store::Snapshot& rows,
                                                           absl::string_view place,
                                                           store::Batch* batch) {
  std::vector<store::Write>* const writes = &batch->writes;
  absl::optional<EntityPlace> at = DecodeEntityPlace(place);
  if (!at.has_value()) return CorruptError("the rows are made from no place");
  EntityMaker maker(view, writes);
  // Continues in the middle of an entity.
  bool is_begun = at->part.has_value();
  while (true) {
    if (!is_begun) {
      if (writes->size() >= kBatchRows) return absl::make_optional(EncodeEntityPlace(*at));
      store::Range range = store::RangeOf(kHeads, "");
      if (!at->head_key.empty()) range.begin = at->head_key + '\0';
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> heads, ScanRows(rows, range, 1));
      if (heads.empty()) return absl::optional<std::string>();
      at->head_key = heads.front().key;
      at->part.reset();
    }
    FRONTDESK_RETURN_IF_ERROR(maker.Read(at->head_key));
    if (!is_begun) maker.AddState();
    is_begun = true;
    while (is_begun) {
      if (writes->size() >= kBatchRows && at->part.has_value()) {
        return absl::make_optional(EncodeEntityPlace(*at));
      }
      FRONTDESK_ASSIGN_OR_RETURN(at->part, maker.AddParts(at->part));
      is_begun = at->part.has_value();
    }
  }
}

// The order of the effects in the outbox, and their queue.
absl::StatusOr<absl::optional<std::string>> MakeOutboxRows(const View&, const store::Snapshot& rows,
                                                           absl::string_view place,
                                                           store::Batch* batch) {
  store::Range range = store::RangeOf(kOutbox, "");
  if (!place.empty()) range.begin = absl::StrCat(place, absl::string_view("\0", 1));
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                             ScanRows(rows, range, kOutboxRecords));
  for (const store::Row& row : found) {
    const absl::optional<std::int64_t> sequence = store::DecodePosition(row.key);
    if (!sequence.has_value()) return CorruptError("a key of the outbox is no sequence");
    FRONTDESK_ASSIGN_OR_RETURN(const OpenPlaces open, ReadOpenPlaces(rows, *sequence));
    FRONTDESK_ASSIGN_OR_RETURN(const v1::JournalRecord record, ReadRecordAt(rows, *sequence));
    FRONTDESK_RETURN_IF_ERROR(CheckPlaces(record, open.places));
    batch->expectations.push_back({{kOutbox, row.key}, open.row});
    for (auto& [key, bytes] : RowsOfRecord(*sequence, record, open.places, open.claims)) {
      if (key.first != kEntityEffects && key.first != kQueue) continue;
      batch->writes.push_back(
          {{static_cast<std::uint8_t>(key.first), key.second}, store::MakeValue(bytes)});
    }
  }
  if (found.size() < kOutboxRecords) return absl::optional<std::string>();
  return absl::make_optional(found.back().key);
}

// The rows for totals, from the commands of the journal.
absl::StatusOr<absl::optional<std::string>> MakeTotalRows(const View&, const store::Snapshot& rows,
                                                          absl::string_view place,
                                                          store::Batch* batch) {
  store::Range range = store::RangeOf(kRecords, "");
  if (!place.empty()) range.begin = absl::StrCat(place, absl::string_view("\0", 1));
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                             ScanRows(rows, range, kTotalRecords));
  for (const store::Row& row : found) {
    v1::JournalRecord record;
    FRONTDESK_RETURN_IF_ERROR(ReadRecord(row, &record));
    if (record.has_counted()) AddTotals(record, record.sequence(), &batch->writes);
  }
  if (found.size() < kTotalRecords) return absl::optional<std::string>();
  return absl::make_optional(found.back().key);
}

// Removes rows of the tables: true when none is left.
absl::StatusOr<bool> RemoveRows(const store::Snapshot& rows, const std::vector<Table>& tables,
                                std::vector<store::Write>* writes) {
  for (const Table table : tables) {
    FRONTDESK_ASSIGN_OR_RETURN(
        std::vector<store::Row> found,
        ScanRows(rows, store::RangeOf(table, ""), kBatchRows - writes->size()));
    for (store::Row& row : found) writes->push_back({{table, std::move(row.key)}, nullptr});
    if (writes->size() >= kBatchRows) return false;
  }
  return true;
}

}  // namespace

absl::Span<const DerivedRows> AllDerivedRows() {
  static const auto* const all = new std::vector<DerivedRows>{
      // The others read states.
      {{}, &MakeStateRows},
      {{kIndex, kSearch}, &MakeEntityRows},
      {{kEntityEffects, kQueue}, &MakeOutboxRows},
      {{kTotals, kTotalSums}, &MakeTotalRows},
  };
  return *all;
}

std::string EncodeProgress(const DerivedProgress& progress) {
  std::string bytes = store::EncodePosition(progress.version);
  if (!progress.step.has_value()) return bytes;
  return absl::StrCat(bytes, store::EncodePosition(*progress.step), progress.place);
}

absl::optional<DerivedProgress> DecodeProgress(absl::string_view bytes) {
  if (bytes.size() < kVersionBytes) return absl::nullopt;
  DerivedProgress progress;
  progress.version = *store::DecodePosition(bytes.substr(0, kVersionBytes));
  bytes.remove_prefix(kVersionBytes);
  if (bytes.empty()) return progress;
  if (bytes.size() < kVersionBytes) return absl::nullopt;
  progress.step = static_cast<int>(*store::DecodePosition(bytes.substr(0, kVersionBytes)));
  progress.place = std::string(bytes.substr(kVersionBytes));
  return progress;
}

absl::Status CheckDerivedVersion(const store::Snapshot& rows, const store::Value& current) {
  if (current == nullptr && rows.position() == 0) return absl::OkStatus();
  const absl::optional<DerivedProgress> progress =
      current == nullptr ? DerivedProgress() : DecodeProgress(*current);
  if (!progress.has_value()) return CorruptError("the version of the rows is none");
  if (progress->version == kDerivedVersion && !progress->step.has_value()) return absl::OkStatus();
  return MakeError(
      kReasonStoreNotUsable,
      absl::StrCat("the states, the index, the words of texts, the order of the outbox and totals "
                   "are of version ",
                   progress->version, progress->step.has_value() ? ", and not complete" : "",
                   "; this frontdesk reads version ", kDerivedVersion,
                   ". A desk that opens the store makes older ones again"));
}

absl::StatusOr<DerivedBatch> NextDerivedBatch(const View& view, const store::Snapshot& rows,
                                              const store::Value& current) {
  DerivedBatch made;
  absl::optional<DerivedProgress> progress;
  if (current != nullptr) {
    progress = DecodeProgress(*current);
    if (!progress.has_value()) return CorruptError("the version of the rows is none");
    if (progress->version > kDerivedVersion) {
      return MakeError(kReasonStoreNotUsable,
                       absl::StrCat("the rows are of version ", progress->version,
                                    "; this frontdesk makes and reads version ", kDerivedVersion));
    }
    if (progress->version == kDerivedVersion && !progress->step.has_value()) return made;
  }
  DerivedProgress next;
  next.version = kDerivedVersion;
  std::vector<store::Write>& writes = made.batch.writes;
  if (!progress.has_value() || progress->version < kDerivedVersion) {
    // From here on nobody else writes events. An empty store has no rows to make.
    if (rows.position() > 0) next.step = 0;
  } else {
    const int steps = 2 * static_cast<int>(AllDerivedRows().size());
    const int step = *progress->step;
    if (step < 0 || step >= steps) return CorruptError("the rows are made in no step");
    const DerivedRows& each = AllDerivedRows()[static_cast<std::size_t>(step / 2)];
    bool is_over = false;
    if (step % 2 == 0) {
      FRONTDESK_ASSIGN_OR_RETURN(is_over, RemoveRows(rows, each.tables, &writes));
    } else {
      FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<std::string> place,
                                 each.make(view, rows, progress->place, &made.batch));
      is_over = !place.has_value();
      if (!is_over) next.place = *place;
    }
    const int next_step = is_over ? step + 1 : step;
    if (next_step < steps) next.step = next_step;
  }
  made.next = store::MakeValue(EncodeProgress(next));
  made.batch.expectations.push_back({{kDerived, ""}, current});
  writes.push_back({{kDerived, ""}, made.next});
  return made;
}

}  // namespace event_log
}  // namespace frontdesk
