// journal.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "tool/commands.h"
#include "tool/entity_words.h"
#include "tool/open_store.h"
#include "tool/pages.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EscapeText;
using internal::TimeText;

// Places of the log that are read at a time. Their records are in memory together.
constexpr std::int64_t kPieceRecords = 256;

// The records that are asked for. A plain struct.
struct Wanted {
  // Empty: any.
  std::vector<v1::Verdict> verdicts;
  absl::optional<v1::EntityRef> entity;
  absl::optional<std::string> actor_id;
  // Only records before this place of the log. Nothing: all.
  absl::optional<std::int64_t> end;
};

absl::StatusOr<Wanted> ReadWanted(const Options& options) {
  Wanted wanted;
  for (const absl::string_view name :
       absl::StrSplit(options.Get("verdict"), ',', absl::SkipEmpty())) {
    FRONTDESK_ASSIGN_OR_RETURN(const int verdict, FindEnum(v1::Verdict_descriptor(), name));
    wanted.verdicts.push_back(static_cast<v1::Verdict>(verdict));
  }
  if (options.Has("entity")) {
    FRONTDESK_ASSIGN_OR_RETURN(wanted.entity, ParseRef(options.Get("entity")));
  }
  if (options.Has("actor")) wanted.actor_id = options.Get("actor");
  if (options.Has("page")) {
    std::int64_t end = 0;
    if (!absl::SimpleAtoi(options.Get("page"), &end) || end < 1) {
      return UsageError("--page is not the token of a page");
    }
    wanted.end = end;
  }
  return wanted;
}

bool IsWanted(const Wanted& wanted, const v1::JournalRecord& record) {
  if (!wanted.verdicts.empty() && !absl::c_linear_search(wanted.verdicts, record.verdict())) {
    return false;
  }
  if (wanted.entity.has_value() && (record.entity().kind() != wanted.entity->kind() ||
                                    record.entity().id() != wanted.entity->id())) {
    return false;
  }
  return !wanted.actor_id.has_value() || record.command().actor().actor_id() == *wanted.actor_id;
}

// The reason with its rule; empty for a command that is done.
std::string ReasonText(absl::string_view reason, absl::string_view rule_id) {
  std::string text = EscapeText(reason);
  if (!rule_id.empty()) absl::StrAppend(&text, " (rule ", EscapeText(rule_id), ")");
  return text;
}

std::string RecordLine(const Screen& screen, const v1::JournalRecord& record) {
  const domain::CommandInfo* const verb = domain::FindCommand(record.command());
  std::string line =
      absl::StrCat(TimeText(record.time()), "  ", screen.VerdictText(record.verdict()), "  ",
                   verb == nullptr ? absl::string_view() : verb->name, "  ",
                   screen.Bold(RefText(record.entity())), "  by ",
                   EscapeText(record.command().actor().actor_id()));
  if (record.refusals_size() > 0) {
    const v1::Refusal& leading = record.refusals(0);
    absl::StrAppend(&line, "  ", ReasonText(leading.reason(), leading.rule_id()));
  }
  if (record.has_held()) {
    absl::StrAppend(&line, "  ", ReasonText(record.held().reason(), record.held().rule_id()));
  }
  if (!record.approval_id().empty()) {
    absl::StrAppend(&line, "  after approval ", EscapeText(record.approval_id()));
  }
  absl::StrAppend(&line, "  (", EscapeText(record.record_id()), ")");
  return line;
}

absl::StatusOr<int> Journal(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const Wanted wanted, ReadWanted(call.options));
  FRONTDESK_ASSIGN_OR_RETURN(const int limit,
                             call.options.GetNumber("limit", kDefaultPageSize, kMaxPageSize));
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenStore(call.options, /*read_only=*/true));
  const auto snapshot = store->Read();
  if (!snapshot.ok()) return event_log::StoreError(snapshot.status());
  std::int64_t last = (*snapshot)->position();
  if (wanted.end.has_value()) last = std::min(last, *wanted.end - 1);
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(store));
  int shown = 0;
  std::int64_t shown_sequence = 0;
  while (last > 0) {
    LogPage page;
    page.after = std::max<std::int64_t>(0, last - kPieceRecords);
    page.page_size = static_cast<int>(last - page.after);
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::JournalRecord> records, reader->Journal(page));
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
      // Where an entry has no record, the page ends behind the piece.
      if (record->sequence() > last || !IsWanted(wanted, *record)) continue;
      if (shown == limit) {
        HintNextPage(call.screen, absl::StrCat(shown_sequence));
        return kToolDone;
      }
      if (call.screen.is_json()) {
        call.screen.Json(*record);
      } else {
        call.screen.Line(RecordLine(call.screen, *record));
      }
      ++shown;
      shown_sequence = record->sequence();
    }
    last = page.after;
  }
  return kToolDone;
}

}  // namespace

CommandRow JournalCommand() {
  return {"journal",
          {"FILE"},
          "the commands that reached policy, newest first: done, refused or held",
          {{"verdict", "VERDICTS", "only with these verdicts: refused,held"},
           {"entity", "KIND/ID", "only those that address this entity"},
           {"actor", "ID", "only those that this actor asked for"},
           kLimit,
           kPage},
          &Journal};
}

}  // namespace tool
}  // namespace frontdesk
