// Reading the log as a whole, and verifying it.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

using internal::Sha256;

// How many rows are read at a time.
constexpr std::size_t kEntries = 256;

// An entry as it is kept.
struct KeptEntry {
  std::int64_t position = 0;
  // Without the link.
  absl::string_view bytes;
  absl::string_view link;
  const v1::LogEntry* entry = nullptr;
};

// Parses the entry of a row into `entry`, which `kept` leads to. False: the row is no entry.
bool ParseEntry(const store::Row& row, KeptEntry* kept, v1::LogEntry* entry) {
  const absl::optional<std::int64_t> position = store::DecodePosition(row.key);
  const absl::string_view value = *row.value;
  if (!position.has_value() || value.size() < store::kLinkBytes) return false;
  kept->position = *position;
  kept->bytes = value.substr(0, value.size() - store::kLinkBytes);
  kept->link = value.substr(kept->bytes.size());
  kept->entry = entry;
  return entry->ParseFromArray(kept->bytes.data(), static_cast<int>(kept->bytes.size()));
}

store::Range EntriesBehind(std::int64_t position) {
  store::Range range = store::RangeOf(kLog, "");
  range.begin = store::EncodePosition(position + 1);
  return range;
}

// One verification.
class Verifier {
 public:
  Verifier(const store::Snapshot& rows, absl::Span<const KnownLink> known)
      : rows_(rows), known_(known.begin(), known.end()), link_(store::FirstLink()) {
    std::sort(known_.begin(), known_.end(),
              [](const KnownLink& a, const KnownLink& b) { return a.position < b.position; });
  }

  absl::StatusOr<v1::LogReport> Run() {
    FRONTDESK_RETURN_IF_ERROR(CheckEntries());
    if (!report_.has_fault()) CheckEnd();
    if (!report_.has_fault()) FRONTDESK_RETURN_IF_ERROR(CheckNothingAdded());
    report_.set_link(link_);
    return std::move(report_);
  }

 private:
  using Kind = v1::LogFault;

  v1::LogFault& Fault(v1::LogFault::Kind kind, std::int64_t position, absl::string_view text) {
    v1::LogFault& fault = *report_.mutable_fault();
    fault.set_kind(kind);
    fault.set_position(position);
    fault.set_text(std::string(text));
    return fault;
  }

  absl::Status CheckEntries() {
    std::int64_t last = 0;
    while (true) {
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                                 ScanRows(rows_, EntriesBehind(last), kEntries));
      for (const store::Row& row : found) {
        KeptEntry kept;
        v1::LogEntry entry;
        if (!ParseEntry(row, &kept, &entry)) {
          Fault(Kind::KIND_ENTRY_CHANGED, last + 1, "the entry is not one");
          return absl::OkStatus();
        }
        if (kept.position != last + 1) {
          Fault(Kind::KIND_ENTRY_MISSING, last + 1, "the entry is missing");
          return absl::OkStatus();
        }
        FRONTDESK_RETURN_IF_ERROR(CheckEntry(kept));
        if (report_.has_fault()) return absl::OkStatus();
        last = kept.position;
      }
      if (found.size() < kEntries) return absl::OkStatus();
    }
  }

  absl::Status CheckEntry(const KeptEntry& kept) {
    const std::string link = store::NextLink(link_, Sha256(kept.bytes));
    if (link != kept.link) {
      Fault(Kind::KIND_ENTRY_CHANGED, kept.position, "the entry is not what its link says");
      return absl::OkStatus();
    }
    for (; known_at_ < known_.size() && known_[known_at_].position <= kept.position; ++known_at_) {
      if (known_[known_at_].position == kept.position && known_[known_at_].link != link) {
        Fault(Kind::KIND_LINK_UNEXPECTED, kept.position, "the link is not the known one");
        return absl::OkStatus();
      }
    }
    for (const v1::LoggedEvent& logged : kept.entry->events()) {
      FRONTDESK_RETURN_IF_ERROR(CheckEvent(kept.position, logged));
      if (report_.has_fault()) return absl::OkStatus();
    }
    FRONTDESK_RETURN_IF_ERROR(CheckRecord(kept));
    if (report_.has_fault()) return absl::OkStatus();
    FRONTDESK_RETURN_IF_ERROR(CheckPolicy(kept));
    if (report_.has_fault()) return absl::OkStatus();
    link_ = link;
    report_.set_entry_count(kept.position);
    report_.set_event_count(report_.event_count() + kept.entry->events_size());
    return absl::OkStatus();
  }

  absl::Status CheckEvent(std::int64_t position, const v1::LoggedEvent& logged) {
    const v1::EventRef& ref = logged.event();
    const auto fault = [&](v1::LogFault::Kind kind, absl::string_view what) {
      *Fault(kind, position, absl::StrCat("an event of version ", ref.version(), " ", what))
           .mutable_event() = ref;
      return absl::OkStatus();
    };
    FRONTDESK_ASSIGN_OR_RETURN(const store::Value value, GetEventRow(rows_, ref));
    if (value == nullptr) return fault(Kind::KIND_EVENT_MISSING, "is missing");
    if (Sha256(*value) != logged.sha256()) return fault(Kind::KIND_EVENT_CHANGED, "was changed");
    std::int64_t& version = versions_[EntityKey(ref.entity().kind(), ref.entity().id())];
    if (ref.version() != version + 1) return fault(Kind::KIND_EVENT_ADDED, "is out of order");
    version = ref.version();
    return absl::OkStatus();
  }

  absl::Status CheckRecord(const KeptEntry& kept) {
    FRONTDESK_ASSIGN_OR_RETURN(const store::Value value,
                               GetRow(rows_, kRecords, store::EncodePosition(kept.position)));
    const std::string& record_id = kept.entry->record_id();
    const auto fault = [&](v1::LogFault::Kind kind, absl::string_view text) {
      Fault(kind, kept.position, text).set_record_id(record_id);
      return absl::OkStatus();
    };
    if (kept.entry->record_sha256().empty()) {
      if (value == nullptr) return absl::OkStatus();
      return fault(Kind::KIND_RECORD_ADDED, "the entry has no journal record");
    }
    if (value == nullptr) return fault(Kind::KIND_RECORD_MISSING, "the journal record is missing");
    if (Sha256(*value) != kept.entry->record_sha256()) {
      return fault(Kind::KIND_RECORD_CHANGED, "the journal record was changed");
    }
    return absl::OkStatus();
  }

  absl::Status CheckPolicy(const KeptEntry& kept) {
    if (kept.entry->policy_sha256().empty()) return absl::OkStatus();
    FRONTDESK_ASSIGN_OR_RETURN(const store::Value value,
                               GetRow(rows_, kPolicies, kept.entry->policy_hash()));
    if (value == nullptr) {
      Fault(Kind::KIND_POLICY_MISSING, kept.position, "the policy is missing");
    } else if (Sha256(*value) != kept.entry->policy_sha256()) {
      Fault(Kind::KIND_POLICY_CHANGED, kept.position, "the policy was changed");
    }
    return absl::OkStatus();
  }

  // The store and the caller may know of more entries than there are.
  void CheckEnd() {
    const std::int64_t last = report_.entry_count();
    const bool is_known = known_at_ < known_.size();
    if (is_known || rows_.position() > last) {
      Fault(Kind::KIND_ENTRY_MISSING, last + 1, "the entry is missing");
    } else if (rows_.link() != link_) {
      Fault(Kind::KIND_LINK_UNEXPECTED, last, "the link is not that of the store");
    }
  }

  // Everything in the entries was found, so that what was added is beside or behind it.
  absl::Status CheckNothingAdded() {
    store::Range range = store::RangeOf(kEvents, "");
    while (true) {
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                                 ScanRows(rows_, range, kEntries));
      for (const store::Row& row : found) {
        v1::Event event;
        const bool is_event = event.ParseFromString(*row.value);
        const v1::EntityRef& entity = event.entity();
        const auto known = versions_.find(EntityKey(entity.kind(), entity.id()));
        const bool has_place = is_event && known != versions_.end() &&
                               event.version() <= known->second &&
                               row.key == EventKey(entity.kind(), entity.id(), event.version());
        if (has_place) continue;
        v1::LogFault& fault = Fault(Kind::KIND_EVENT_ADDED, 0, "an event is in no entry");
        fault.mutable_event()->set_version(event.version());
        *fault.mutable_event()->mutable_entity() = entity;
        return absl::OkStatus();
      }
      if (found.size() < kEntries) break;
      range.begin = found.back().key + '\0';
    }
    store::Range behind = store::RangeOf(kRecords, "");
    behind.begin = store::EncodePosition(report_.entry_count() + 1);
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> records, ScanRows(rows_, behind, 1));
    if (!records.empty()) Fault(Kind::KIND_RECORD_ADDED, 0, "a journal record is in no entry");
    return absl::OkStatus();
  }

  const store::Snapshot& rows_;
  std::vector<KnownLink> known_;
  std::size_t known_at_ = 0;
  std::string link_;
  // The last version in an entry, by entity.
  std::map<std::string, std::int64_t> versions_;
  v1::LogReport report_;
};

}  // namespace

absl::StatusOr<v1::LogReport> View::Verify(absl::Span<const KnownLink> known) const {
  return Verifier(*rows_, known).Run();
}

absl::StatusOr<std::vector<v1::LogChange>> View::Log(const LogPage& page) const {
  google::protobuf::RepeatedPtrField<v1::LogChange> changes;
  FRONTDESK_RETURN_IF_ERROR(Log(page, &changes));
  return std::vector<v1::LogChange>(std::make_move_iterator(changes.begin()),
                                    std::make_move_iterator(changes.end()));
}

absl::Status View::Log(const LogPage& page,
                       google::protobuf::RepeatedPtrField<v1::LogChange>* changes) const {
  const absl::optional<std::int64_t> first = Behind(page.after);
  if (!first.has_value()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                             ScanRows(*rows_, EntriesBehind(*first - 1), Clamp(page.page_size)));
  if (found.empty()) return absl::OkStatus();
  // Records have the keys of their entries.
  store::Range range = store::RangeOf(kRecords, "");
  range.begin = found.front().key;
  range.end = found.back().key + '\0';
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> records,
                             ScanRows(*rows_, range, found.size()));
  auto record = records.begin();
  for (const store::Row& row : found) {
    v1::LogChange& change = *changes->Add();
    v1::LogEntry& entry = *change.mutable_entry();
    KeptEntry kept;
    if (!ParseEntry(row, &kept, &entry)) return CorruptError("an entry of the log is not one");
    entry.set_position(kept.position);
    entry.set_link(std::string(kept.link));
    for (const v1::LoggedEvent& logged : entry.events()) {
      const v1::EventRef& ref = logged.event();
      FRONTDESK_ASSIGN_OR_RETURN(const store::Value value, GetEventRow(*rows_, ref));
      if (value == nullptr) return CorruptError("an event of the log is missing");
      FRONTDESK_RETURN_IF_ERROR(ParseRow(*value, change.add_events()));
    }
    if (!entry.record_sha256().empty()) {
      while (record != records.end() && record->key < row.key) ++record;
      if (record == records.end() || record->key != row.key) {
        return CorruptError("a journal record of the log is missing");
      }
      FRONTDESK_RETURN_IF_ERROR(ReadRecord(*record, change.mutable_record()));
    }
    if (!entry.policy_sha256().empty()) {
      FRONTDESK_ASSIGN_OR_RETURN(const store::Value value,
                                 GetRow(*rows_, kPolicies, entry.policy_hash()));
      if (value == nullptr) return CorruptError("a policy of the log is missing");
      FRONTDESK_RETURN_IF_ERROR(ParseRow(*value, change.mutable_policy()));
    }
  }
  return absl::OkStatus();
}

}  // namespace event_log
}  // namespace frontdesk
