#include "event_log/state_rows.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/row_lists.h"
#include "event_log/read_rows.h"
#include "frontdesk/domain/row.h"
#include "frontdesk/v1/event.pb.h"
#include "internal/canonical.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

using internal::CanonicalBytes;

// A copy of a state is written when the events since the last one are larger than it by this.
constexpr std::int64_t kMinTailBytes = 1'024;
// About the most writes of a batch, and events that are folded for it.
constexpr std::size_t kBatchWrites = 1'000;
constexpr std::int64_t kBatchEvents = 10'000;
constexpr std::size_t kPiece = 1'000;

// Whether the rows of the list can be made from events alone. Of a list whose elements have names the events of later commands are folded
// without the elements that these commands had loaded, which is enough where none is ever removed.
bool IsMade(const domain::RowList& list) {
  return list.key.empty() || list.field->name() == "gateway_reports" ||
         list.field->name() == "removed_payment_methods";
}

// The rows of one entity, as its events make them.
class EntityRows {
 public:
  EntityRows(v1::EntityKind kind, std::string id) : kind_(kind), id_(std::move(id)) {}

  absl::Status Fold(const View& view, std::int64_t version) {
    return view.Replay(kind_, id_, version, [this](const v1::Event* next, v1::EntityState* state) {
      return Visit(next, state);
    });
  }

  // Adds what differs from the rows that are kept. New copies come before the head that names them, and that before their removal, so that a
  // part of the writes leaves the entity whole.
  absl::Status AddDifferences(const store::Snapshot& rows, const store::Value& head,
                              std::vector<store::Write>* writes) {
    for (const auto& [version, bytes] : copies_) {
      std::string key = StateKey(kind_, id_, version);
      FRONTDESK_ASSIGN_OR_RETURN(const store::Value kept, GetRow(rows, kStates, key));
      AddIfOther(kStates, std::move(key), kept, bytes, writes);
    }
    AddIfOther(kHeads, EntityKey(kind_, id_), head, EncodeHead(head_), writes);
    const Head old = *DecodeHead(*head);
    for (const std::int64_t version : {old.state_version, old.older_state_version}) {
      if (version == 0 || copies_.count(version) > 0) continue;
      writes->push_back({{kStates, StateKey(kind_, id_, version)}, nullptr});
    }
    for (const int list : lists_) {
      FRONTDESK_RETURN_IF_ERROR(
          AddListDifferences(rows, kRows, RowsPrefix(kind_, id_, list), elements_, writes));
    }
    for (const int list : named_lists_) {
      FRONTDESK_RETURN_IF_ERROR(
          AddListDifferences(rows, kRowNames, RowsPrefix(kind_, id_, list), names_, writes));
    }
    return absl::OkStatus();
  }

 private:
  static void AddIfOther(Table table, std::string key, const store::Value& kept,
                         const std::string& bytes, std::vector<store::Write>* writes) {
    if (kept != nullptr && *kept == bytes) return;
    writes->push_back({{table, std::move(key)}, store::MakeValue(bytes)});
  }

  // The state is behind all events before `next`; null: there is no further one.
  absl::Status Visit(const v1::Event* next, v1::EntityState* state) {
    if (state->version() > 0) FRONTDESK_RETURN_IF_ERROR(EndEvent(state));
    const bool is_same_command = next != nullptr && state->version() > 0 && !record_id_.empty() &&
                                 next->record_id() == record_id_;
    if (state->version() > 0 && !is_same_command) EndCommand(state);
    if (next == nullptr) return absl::OkStatus();
    record_id_ = next->record_id();
    head_.tail_bytes += static_cast<std::int64_t>(next->ByteSizeLong());
    return absl::OkStatus();
  }

  absl::Status EndEvent(v1::EntityState* state) {
    const google::protobuf::Message* const arm = domain::MutableEntity(state);
    if (arm == nullptr) return CorruptError("the state of an entity is empty");
    if (lists_.empty()) {
      for (const domain::RowList& list : domain::RowListsOf(*arm->GetDescriptor())) {
        if (IsMade(list)) lists_.push_back(list.field->number());
        if (IsMade(list) && !list.key.empty()) named_lists_.push_back(list.field->number());
      }
    }
    std::vector<RowChange> changes;
    tracker_.Note(state->version(), *arm, &changes);
    for (const RowChange& change : changes) {
      if (std::find(lists_.begin(), lists_.end(), change.list) == lists_.end()) continue;
      std::string bytes = EncodeRow(change.element);
      RowPosition position = change.position;
      if (!change.name.empty() && !AddName(change, bytes, &position)) continue;
      elements_[RowKey(kind_, id_, change.list, position, change.version)] = std::move(bytes);
    }
    return absl::OkStatus();
  }

  // An element that has a name. Reports are changed where they were first: false when it is as it was. Removed methods are not changed.
  bool AddName(const RowChange& change, const std::string& bytes, RowPosition* position) {
    if (kind_ == v1::ENTITY_KIND_ORDER) {
      auto& [first, last_bytes] =
          named_.try_emplace(change.name, change.position, std::string()).first->second;
      if (last_bytes == bytes) return false;
      last_bytes = bytes;
      *position = first;
    }
    if (position->version == change.version) {
      names_[RowNameKey(kind_, id_, change.list, change.name, change.version)] =
          EncodeRowPosition(*position);
    }
    return true;
  }

  void EndCommand(v1::EntityState* state) {
    domain::ClearRows(domain::MutableEntity(state));
    tracker_ = domain::RowTracker();
    head_.version = state->version();
    if (!IsCopyDue(head_.tail_bytes, *state)) return;
    copies_.erase(head_.older_state_version);
    head_.older_state_version = head_.state_version;
    head_.state_version = head_.version;
    head_.tail_bytes = 0;
    copies_[head_.version] = CanonicalBytes(*state);
  }

  static absl::Status AddListDifferences(const store::Snapshot& rows, Table table,
                                         const std::string& prefix,
                                         const std::map<std::string, std::string>& all_made,
                                         std::vector<store::Write>* writes) {
    store::Range range = store::RangeOf(table, prefix);
    auto made = all_made.lower_bound(prefix);
    const auto end = range.end.has_value() ? all_made.lower_bound(*range.end) : all_made.end();
    while (true) {
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                                 ScanRows(rows, range, kPiece));
      for (const store::Row& row : found) {
        for (; made != end && made->first < row.key; ++made) {
          AddIfOther(table, made->first, nullptr, made->second, writes);
        }
        if (made != end && made->first == row.key) {
          AddIfOther(table, row.key, row.value, made->second, writes);
          ++made;
        } else {
          writes->push_back({{table, row.key}, nullptr});
        }
      }
      if (found.size() < kPiece) break;
      range.begin = found.back().key + '\0';
    }
    for (; made != end; ++made) AddIfOther(table, made->first, nullptr, made->second, writes);
    return absl::OkStatus();
  }

  const v1::EntityKind kind_;
  const std::string id_;
  Head head_;
  // By the version.
  std::map<std::int64_t, std::string> copies_;
  // The lists whose rows are made, and those of them whose elements have names.
  std::vector<int> lists_;
  std::vector<int> named_lists_;
  // Their rows, by the key.
  std::map<std::string, std::string> elements_;
  // The rows of names, by the key.
  std::map<std::string, std::string> names_;
  // Where each report was first, and its last row, by its name.
  std::map<std::string, std::pair<RowPosition, std::string>> named_;
  // Of the command of the last event.
  std::string record_id_;
  domain::RowTracker tracker_;
};

}  // namespace

bool IsCopyDue(std::int64_t tail_bytes, const v1::EntityState& state) {
  // Mostly too few whatever the size of the state, which costs a walk through it.
  return tail_bytes > kMinTailBytes &&
         tail_bytes > static_cast<std::int64_t>(state.ByteSizeLong()) + kMinTailBytes;
}

absl::StatusOr<absl::optional<std::string>> MakeStateRows(const View& view,
                                                          const store::Snapshot& rows,
                                                          absl::string_view place,
                                                          store::Batch* batch) {
  std::vector<store::Write>& writes = batch->writes;
  std::string last(place);
  std::int64_t events = 0;
  while (true) {
    if (writes.size() >= kBatchWrites || events >= kBatchEvents) return absl::make_optional(last);
    store::Range range = store::RangeOf(kHeads, "");
    if (!last.empty()) range.begin = last + '\0';
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found, ScanRows(rows, range, 1));
    if (found.empty()) return absl::optional<std::string>();
    const store::Row& row = found.front();
    const absl::optional<Head> head = DecodeHead(*row.value);
    if (row.key.empty() || !head.has_value()) {
      return CorruptError("the head of an entity is not valid");
    }
    const auto kind = static_cast<v1::EntityKind>(static_cast<unsigned char>(row.key[0]));
    EntityRows entity(kind, row.key.substr(1));
    FRONTDESK_RETURN_IF_ERROR(entity.Fold(view, head->version));
    FRONTDESK_RETURN_IF_ERROR(entity.AddDifferences(rows, row.value, &writes));
    events += head->version;
    if (writes.size() > 2 * kBatchWrites) {
      // The rest of this entity is what still differs behind the batch.
      writes.resize(2 * kBatchWrites);
      return absl::make_optional(last);
    }
    last = row.key;
  }
}

}  // namespace event_log
}  // namespace frontdesk
