// The contents of a log as lines that another store can begin with.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/canonical.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

constexpr int kLines = 256;

using WriteLine = absl::FunctionRef<absl::Status(const v1::LogLine&)>;

// A line where effects of the record were acknowledged.
absl::Status ExportEffects(const store::Snapshot& rows, const v1::JournalRecord& record,
                           WriteLine write) {
  if (record.effects_size() == 0) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value value,
                             GetRow(rows, kOutbox, store::EncodePosition(record.sequence())));
  const std::vector<int> open = value == nullptr ? std::vector<int>() : DecodePlaces(*value);
  if (open == AllPlaces(record.effects_size())) return absl::OkStatus();
  v1::LogLine line;
  line.mutable_open_effects()->set_sequence(record.sequence());
  for (const int place : open) line.mutable_open_effects()->add_places(place);
  return write(line);
}

// For people.
std::string NameOf(int table) {
  switch (table) {
    case kHeads:
      return "heads of entities";
    case kStates:
      return "states";
    case kEvents:
      return "events";
    case kRecords:
      return "journal";
    case kRecordIds:
      return "ids of the journal";
    case kIndex:
      return "index";
    case kRemembered:
      return "remembered outcomes";
    case kOutbox:
      return "outbox";
    case kPolicies:
      return "policies";
    case kRows:
      return "lists";
    case kRowNames:
      return "names in lists";
    case kLog:
      return "log";
    case kRememberedTimes:
      return "times of remembered outcomes";
    case kSearch:
      return "words of texts";
    case kNewest:
      return "newest instant";
    case kDerived:
      return "version of the rows";
    default:
      return absl::StrCat("unknown table ", table);
  }
}

absl::Status ExportOutcomes(const store::Snapshot& rows, WriteLine write) {
  store::Range range = store::RangeOf(kRemembered, "");
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found, ScanRows(rows, range, kLines));
    for (const store::Row& row : found) {
      v1::LogLine line;
      line.mutable_outcome()->set_idempotency_key(row.key);
      FRONTDESK_RETURN_IF_ERROR(ParseRow(*row.value, line.mutable_outcome()->mutable_remembered()));
      FRONTDESK_RETURN_IF_ERROR(write(line));
    }
    if (found.size() < kLines) return absl::OkStatus();
    range.begin = found.back().key + '\0';
  }
}

}  // namespace

absl::Status View::Export(WriteLine write) const {
  v1::LogLine header;
  header.mutable_header()->set_format(kLogFormat);
  FRONTDESK_RETURN_IF_ERROR(write(header));
  LogPage page;
  page.page_size = kLines;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::LogChange> changes, Log(page));
    for (v1::LogChange& change : changes) {
      page.after = change.entry().position();
      v1::LogLine line;
      *line.mutable_change() = std::move(change);
      FRONTDESK_RETURN_IF_ERROR(write(line));
      FRONTDESK_RETURN_IF_ERROR(ExportEffects(*rows_, line.change().record(), write));
    }
    if (changes.size() < kLines) break;
  }
  FRONTDESK_RETURN_IF_ERROR(ExportOutcomes(*rows_, write));
  FRONTDESK_ASSIGN_OR_RETURN(const StoredTime newest, NewestTime());
  if (newest.row != nullptr) {
    v1::LogLine line;
    *line.mutable_newest_time() = newest.time;
    FRONTDESK_RETURN_IF_ERROR(write(line));
  }
  v1::LogLine trailer;
  trailer.mutable_trailer()->set_entry_count(page.after);
  trailer.mutable_trailer()->set_link(rows_->link());
  return write(trailer);
}

absl::StatusOr<absl::optional<std::string>> View::Difference(const View& other) const {
  for (int table = 0; table <= std::numeric_limits<std::uint8_t>::max(); ++table) {
    store::Range range = store::RangeOf(static_cast<std::uint8_t>(table), "");
    while (true) {
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                                 ScanRows(*rows_, range, kLines));
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> others,
                                 ScanRows(*other.rows_, range, kLines));
      const bool is_same =
          std::equal(found.begin(), found.end(), others.begin(), others.end(),
                     [](const store::Row& one, const store::Row& another) {
                       return one.key == another.key && *one.value == *another.value;
                     });
      if (!is_same) return absl::make_optional(NameOf(table));
      if (found.size() < kLines) break;
      range.begin = found.back().key + '\0';
    }
  }
  return absl::optional<std::string>();
}

absl::Status EventLog::PutLine(const v1::LogLine& line) {
  std::vector<store::Batch> batches(1);
  store::Write& write = batches[0].writes.emplace_back();
  if (line.has_outcome()) {
    write.key = {kRemembered, line.outcome().idempotency_key()};
    const v1::RememberedOutcome& remembered = line.outcome().remembered();
    write.value = store::MakeValue(internal::CanonicalBytes(remembered));
    const std::string time_key = RememberedTimeKey(remembered.time(), write.key.bytes);
    batches[0].writes.push_back(
        {{kRememberedTimes, time_key}, store::MakeValue(""), store::Write::Position::kNowhere});
  } else if (line.has_open_effects()) {
    FRONTDESK_ASSIGN_OR_RETURN(const View view, Read());
    const v1::OpenEffects& open = line.open_effects();
    write.key = {kOutbox, store::EncodePosition(open.sequence())};
    FRONTDESK_ASSIGN_OR_RETURN(const store::Value value,
                               GetRow(*view.rows_, kRecords, write.key.bytes));
    if (value == nullptr) return CorruptError("open effects have no journal record");
    v1::JournalRecord record;
    FRONTDESK_RETURN_IF_ERROR(ParseRow(*value, &record));
    std::vector<int> places;
    for (const int place : open.places()) {
      const bool is_next = places.empty() ? place >= 0 : place > places.back();
      if (!is_next || place >= record.effects_size()) return CorruptError("an effect is missing");
      places.push_back(place);
    }
    if (!places.empty()) write.value = store::MakeValue(EncodePlaces(places));
  } else if (line.has_newest_time()) {
    write.key = {kNewest, ""};
    write.value = store::MakeValue(internal::CanonicalBytes(line.newest_time()));
  } else {
    return absl::OkStatus();
  }
  return CommitAll(std::move(batches)).status();
}

}  // namespace event_log
}  // namespace frontdesk
