// stats.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/enum_label.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "tool/commands.h"
#include "tool/json_object.h"
#include "tool/open_store.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EnumLabel;
using internal::EscapeText;
using internal::TimeText;

// Records that `stats` looks at, the newest ones.
constexpr int kStatsRecords = 1'000;

void PrintCounts(const Screen& screen, absl::string_view head,
                 const std::map<std::string, int>& counts) {
  if (counts.empty()) return;
  std::vector<std::pair<int, std::string>> sorted;
  for (const auto& [name, count] : counts) sorted.emplace_back(-count, name);
  std::sort(sorted.begin(), sorted.end());
  screen.Line(absl::StrCat(head, ":"));
  for (const auto& [count, name] : sorted) {
    screen.Line(absl::StrFormat("  %7d  %s", -count, EscapeText(name)));
  }
}

absl::StatusOr<int> Stats(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenStore(call.options, /*read_only=*/true));
  const auto snapshot = store->Read();
  if (!snapshot.ok()) return event_log::StoreError(snapshot.status());
  const std::int64_t entries = (*snapshot)->position();
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(store));
  LogPage page;
  page.after = std::max<std::int64_t>(0, entries - kStatsRecords);
  page.page_size = kStatsRecords;
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::JournalRecord> records, reader->Journal(page));
  std::map<std::string, int> verdicts;
  std::map<std::string, int> verbs;
  std::map<std::string, int> reasons;
  for (const v1::JournalRecord& record : records) {
    const domain::CommandInfo* const verb = domain::FindCommand(record.command());
    ++verdicts[EnumLabel(*v1::Verdict_descriptor()->FindValueByNumber(record.verdict()))];
    if (verb != nullptr) ++verbs[std::string(verb->name)];
    if (record.refusals_size() > 0) ++reasons[record.refusals(0).reason()];
    if (record.has_held()) ++reasons[record.held().reason()];
  }
  LogPage effects_page;
  effects_page.page_size = kStatsRecords;
  FRONTDESK_ASSIGN_OR_RETURN(const auto effects, reader->PendingEffects(effects_page));
  const auto desk = reader->Get(Ref(v1::ENTITY_KIND_DESK, "desk"));
  const Screen& screen = call.screen;
  if (screen.is_json()) {
    JsonObject object;
    object.Add("entries", entries);
    object.Add("records", static_cast<std::int64_t>(records.size()));
    object.Add("verdicts", verdicts);
    object.Add("verbs", verbs);
    object.Add("reasons", reasons);
    object.Add("pending_effects", static_cast<std::int64_t>(effects.size()));
    screen.Line(object.text());
    return kToolDone;
  }
  screen.Line(absl::StrCat("entries of the log: ", entries));
  if (desk.ok()) {
    const v1::PolicyRef& policy = (*desk)->desk().active_policy();
    screen.Line(absl::StrCat("active policy: ", EscapeText(policy.name()), " ",
                             EscapeText(policy.version())));
  }
  const bool is_more = effects.size() >= static_cast<std::size_t>(kStatsRecords);
  screen.Line(absl::StrCat("effects to carry out: ", effects.size(), is_more ? " or more" : ""));
  if (!records.empty()) {
    screen.Line(absl::StrCat("the newest ", records.size(), " commands, ",
                             TimeText(records.front().time()), " to ",
                             TimeText(records.back().time())));
    PrintCounts(screen, "verdicts", verdicts);
    PrintCounts(screen, "commands", verbs);
    PrintCounts(screen, "reasons", reasons);
  }
  return kToolDone;
}

}  // namespace

CommandRow StatsCommand() {
  return {"stats", {"FILE"}, "sizes, and the newest 1,000 commands in numbers", {}, &Stats};
}

}  // namespace tool
}  // namespace frontdesk
