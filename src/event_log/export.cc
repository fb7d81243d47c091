// The contents of a log as lines that another store can begin with.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/outbox_rows.h"
#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "event_log/total_sums.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/canonical.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace event_log {
namespace {

constexpr int kLines = 256;

using WriteLine = absl::FunctionRef<absl::Status(const v1::LogLine&)>;

// Whether the effects of a record are in the outbox as its commit put them there.
absl::StatusOr<bool> IsUntouched(const store::Snapshot& rows, const v1::JournalRecord& record) {
  if (record.effects_size() == 0) return true;
  FRONTDESK_ASSIGN_OR_RETURN(const OpenPlaces open, ReadOpenPlaces(rows, record.sequence()));
  return open.claims.empty() && open.places == AllPlaces(record.effects_size());
}

absl::Status ExportEffects(const store::Snapshot& rows, std::int64_t sequence, WriteLine write) {
  FRONTDESK_ASSIGN_OR_RETURN(const OpenPlaces open, ReadOpenPlaces(rows, sequence));
  v1::LogLine line;
  line.mutable_open_effects()->set_sequence(sequence);
  for (const int place : open.places) line.mutable_open_effects()->add_places(place);
  for (const auto& [place, claim] : open.claims) *line.mutable_open_effects()->add_claims() = claim;
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
    case kClaims:
      return "claims of effects";
    case kEntityEffects:
      return "effects of entities";
    case kQueue:
      return "queue of effects";
    case kNewest:
      return "newest instant";
    case kDerived:
      return "version of the rows";
    case kImports:
      return "results of imports";
    case kTotals:
      return "totals";
    case kTotalSums:
      return "sums of totals";
    default:
      return absl::StrCat("unknown table ", table);
  }
}

// A line for each row of a table.
absl::Status ExportTable(
    const store::Snapshot& rows, Table table,
    absl::FunctionRef<absl::Status(const store::Row& row, v1::LogLine* line)> fill,
    WriteLine write) {
  store::Range range = store::RangeOf(table, "");
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found, ScanRows(rows, range, kLines));
    for (const store::Row& row : found) {
      v1::LogLine line;
      FRONTDESK_RETURN_IF_ERROR(fill(row, &line));
      FRONTDESK_RETURN_IF_ERROR(write(line));
    }
    if (found.size() < kLines) return absl::OkStatus();
    range.begin = found.back().key + '\0';
  }
}

absl::Status FillOutcome(const store::Row& row, v1::LogLine* line) {
  line->mutable_outcome()->set_idempotency_key(row.key);
  return ParseRow(*row.value, line->mutable_outcome()->mutable_remembered());
}

absl::Status FillImportRow(const store::Row& row, v1::LogLine* line) {
  const auto place = DecodeImportKey(row.key);
  if (!place.has_value()) return CorruptError("the result of an import has no row");
  v1::KeptImportRow& kept = *line->mutable_import_row();
  kept.set_import_id(std::string(place->first));
  FRONTDESK_RETURN_IF_ERROR(ParseRow(*row.value, kept.mutable_row()));
  kept.mutable_row()->set_row(place->second);
  return absl::OkStatus();
}

}  // namespace

absl::Status View::Export(WriteLine write) const {
  v1::LogLine header;
  header.mutable_header()->set_format(kLogFormat);
  FRONTDESK_RETURN_IF_ERROR(write(header));
  LogPage page;
  page.page_size = kLines;
  // Reports among the changes change the outbox, so its lines come behind all of them.
  std::vector<std::int64_t> touched;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::LogChange> changes, Log(page));
    for (v1::LogChange& change : changes) {
      page.after = change.entry().position();
      v1::LogLine line;
      *line.mutable_change() = std::move(change);
      FRONTDESK_RETURN_IF_ERROR(write(line));
      FRONTDESK_ASSIGN_OR_RETURN(const bool is_untouched,
                                 IsUntouched(*rows_, line.change().record()));
      if (!is_untouched) touched.push_back(page.after);
    }
    if (changes.size() < kLines) break;
  }
  for (const std::int64_t sequence : touched) {
    FRONTDESK_RETURN_IF_ERROR(ExportEffects(*rows_, sequence, write));
  }
  FRONTDESK_RETURN_IF_ERROR(ExportTable(*rows_, kRemembered, FillOutcome, write));
  FRONTDESK_RETURN_IF_ERROR(ExportTable(*rows_, kImports, FillImportRow, write));
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
    if (table == kTotalSums) {
      // Those who read a total make them, each some.
      FRONTDESK_ASSIGN_OR_RETURN(const bool is_sound, AreSumsSound(*rows_));
      FRONTDESK_ASSIGN_OR_RETURN(const bool is_other_sound, AreSumsSound(*other.rows_));
      if (!is_sound || !is_other_sound) return absl::make_optional(NameOf(table));
      continue;
    }
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

namespace {

// Whether a state can be that of an effect.
bool IsPossible(const v1::EffectClaim& claim) {
  const bool is_timed = claim.state() == v1::EffectClaim::STATE_CLAIMED ||
                        claim.state() == v1::EffectClaim::STATE_DELAYED;
  return claim.state() > v1::EffectClaim::STATE_UNSPECIFIED &&
         claim.state() <= v1::EffectClaim::STATE_DEAD && claim.past_attempts() >= 0 &&
         claim.past_attempts() <= claim.attempts() && claim.has_due_time() == is_timed &&
         internal::IsValid(claim.due_time());
}

// The change that leaves the effects of a record in the outbox as they were exported.
absl::StatusOr<store::Batch> PutEffects(const store::Snapshot& rows, const v1::OpenEffects& line) {
  const std::string key = store::EncodePosition(line.sequence());
  FRONTDESK_ASSIGN_OR_RETURN(const store::Value value, GetRow(rows, kRecords, key));
  if (value == nullptr) return CorruptError("open effects have no journal record");
  v1::JournalRecord record;
  FRONTDESK_RETURN_IF_ERROR(ParseRow(*value, &record));
  FRONTDESK_ASSIGN_OR_RETURN(const OpenPlaces before, ReadOpenPlaces(rows, line.sequence()));
  FRONTDESK_RETURN_IF_ERROR(CheckPlaces(record, before.places));
  OpenPlaces after;
  for (const int place : line.places()) {
    if (!after.places.empty() && place <= after.places.back()) {
      return CorruptError("open effects are not in order");
    }
    // Those that were reported as done are not among them.
    if (!std::binary_search(before.places.begin(), before.places.end(), place)) {
      return CorruptError("an open effect is not in the outbox");
    }
    after.places.push_back(place);
  }
  for (const v1::EffectClaim& claim : line.claims()) {
    const bool is_open =
        std::binary_search(after.places.begin(), after.places.end(), claim.place());
    if (!is_open || !IsPossible(claim) || !after.claims.emplace(claim.place(), claim).second) {
      return CorruptError("the state of an effect is not possible");
    }
  }
  store::Batch batch;
  batch.expectations.push_back({{kOutbox, key}, before.row});
  OutboxRows all = RowsOfRecord(line.sequence(), record, after.places, after.claims);
  for (const auto& [place, bytes] :
       RowsOfRecord(line.sequence(), record, before.places, before.claims)) {
    if (all.count(place) > 0) continue;
    batch.writes.push_back({{static_cast<std::uint8_t>(place.first), place.second}, nullptr});
  }
  for (auto& [place, bytes] : all) {
    batch.writes.push_back({{static_cast<std::uint8_t>(place.first), place.second},
                            store::MakeValue(std::move(bytes))});
  }
  return batch;
}

}  // namespace

absl::Status EventLog::PutImportRows(absl::Span<const v1::LogLine> lines) {
  if (lines.empty()) return absl::OkStatus();
  std::vector<store::Batch> batches(1);
  for (const v1::LogLine& line : lines) {
    const v1::KeptImportRow& kept = line.import_row();
    store::Write write = ImportRowWrite(kept.import_id(), kept.row());
    if (!DecodeImportKey(write.key.bytes).has_value()) {
      return CorruptError("the result of an import has no row");
    }
    batches[0].writes.push_back(std::move(write));
  }
  return CommitAll(std::move(batches)).status();
}

absl::Status EventLog::PutLine(const v1::LogLine& line) {
  if (line.has_import_row()) return PutImportRows(absl::MakeConstSpan(&line, 1));
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
    FRONTDESK_ASSIGN_OR_RETURN(batches[0], PutEffects(*view.rows_, line.open_effects()));
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
