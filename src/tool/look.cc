// show, find, timeline, history, explain, stats.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/timeline.pb.h"
#include "internal/enum_label.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "tool/commands.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EnumLabel;
using internal::EscapeText;
using internal::TimeText;

constexpr OptionRow kLimit = {"limit", "N", "at most N of them (default 50)"};
constexpr OptionRow kPage = {"page", "TOKEN",
                             "the page behind the last one, which ends with its token"};
// Records that `stats` looks at, the newest ones.
constexpr int kStatsRecords = 1'000;

// The value of an enum by its short name.
absl::StatusOr<int> FindEnum(const google::protobuf::EnumDescriptor* type, absl::string_view name) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& value = *type->value(i);
    if (value.number() == 0) continue;
    if (absl::EqualsIgnoreCase(EnumLabel(value), name)) return value.number();
    names.push_back(EnumLabel(value));
  }
  return UsageError(absl::StrCat(EscapeText(name), " is none of ", absl::StrJoin(names, ", ")));
}

absl::StatusOr<v1::EntityKind> FindKind(absl::string_view name) {
  FRONTDESK_ASSIGN_OR_RETURN(const int kind, FindEnum(v1::EntityKind_descriptor(), name));
  return static_cast<v1::EntityKind>(kind);
}

// "case/k1".
absl::StatusOr<v1::EntityRef> ParseRef(absl::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == absl::string_view::npos) {
    return UsageError("an entity is written as KIND/ID: case/k1");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const v1::EntityKind kind, FindKind(text.substr(0, slash)));
  return Ref(kind, text.substr(slash + 1));
}

std::string KindText(v1::EntityKind kind) {
  const auto* value = v1::EntityKind_descriptor()->FindValueByNumber(kind);
  return value == nullptr ? absl::StrCat(static_cast<int>(kind)) : EnumLabel(*value);
}

std::string RefText(const v1::EntityRef& entity) {
  return absl::StrCat(KindText(entity.kind()), "/", EscapeText(entity.id()));
}

// The entity in a state; null: there is none.
const google::protobuf::Message* EntityIn(const v1::EntityState& state) {
  const auto* oneof =
      v1::EntityState::descriptor()->FindFieldByName("customer")->containing_oneof();
  const auto* field = state.GetReflection()->GetOneofFieldDescriptor(state, oneof);
  return field == nullptr ? nullptr : &state.GetReflection()->GetMessage(state, field);
}

absl::StatusOr<int> Show(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const v1::EntityRef entity, ParseRef(call.options[1]));
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(call.options));
  std::vector<std::string> lists =
      absl::StrSplit(call.options.Get("lists"), ',', absl::SkipEmpty());
  const std::vector<absl::string_view> views(lists.begin(), lists.end());
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, reader->Get(entity, views));
  if (call.screen.is_json()) {
    call.screen.Json(*state);
    return kToolDone;
  }
  std::string head =
      absl::StrCat(call.screen.Bold(RefText(entity)), ", version ", state->version());
  if (state->has_update_time()) absl::StrAppend(&head, ", ", TimeText(state->update_time()));
  call.screen.Line(head);
  const google::protobuf::Message* const shown = EntityIn(*state);
  if (shown != nullptr) call.screen.Fields(*shown, 2);
  return kToolDone;
}

// One line about an entity that was found.
std::string FoundLine(const Screen& screen, const v1::EntityState& state) {
  std::string line = screen.Bold(RefText(state.entity()));
  const auto add = [&line](absl::string_view name, absl::string_view value) {
    if (!value.empty())
      absl::StrAppend(&line, "  ", name, name.empty() ? "" : " ", EscapeText(value));
  };
  if (state.has_customer()) {
    const v1::Customer& customer = state.customer();
    add("", absl::StrJoin({customer.given_name(), customer.family_name()}, " "));
    add("", customer.organization_name());
  } else if (state.has_case_()) {
    const v1::Case& shown = state.case_();
    add("", EnumLabel(*v1::Case::State_descriptor()->FindValueByNumber(shown.state())));
    add("customer", shown.customer_id());
    add("queue", shown.queue_id());
    add("assignee", shown.assignee_id());
    add("", shown.subject());
  } else if (state.has_order()) {
    add("", EnumLabel(*v1::Order::State_descriptor()->FindValueByNumber(state.order().state())));
    add("customer", state.order().customer_id());
  } else if (state.has_interaction()) {
    add("customer", state.interaction().customer_id());
  }
  if (state.has_update_time()) add("", TimeText(state.update_time()));
  return line;
}

absl::Status FillCases(const Options& options, v1::CaseQuery* query) {
  query->set_customer_id(options.Get("customer"));
  query->set_queue_id(options.Get("queue"));
  query->set_assignee_id(options.Get("assignee"));
  for (const absl::string_view name :
       absl::StrSplit(options.Get("state"), ',', absl::SkipEmpty())) {
    FRONTDESK_ASSIGN_OR_RETURN(const int state, FindEnum(v1::Case::State_descriptor(), name));
    query->add_states(static_cast<v1::Case::State>(state));
  }
  return absl::OkStatus();
}

absl::Status FillCustomers(const Options& options, v1::CustomerQuery* query) {
  if (options.Has("phone")) query->mutable_phone()->set_phone(options.Get("phone"));
  if (options.Has("email")) query->set_email(options.Get("email"));
  if (options.Has("order")) query->set_order_id(options.Get("order"));
  if (options.Has("name") || options.Has("postcode")) {
    query->mutable_name_and_postcode()->set_name(options.Get("name"));
    query->mutable_name_and_postcode()->set_postal_code(options.Get("postcode"));
  }
  if (options.Has("external")) {
    const std::vector<std::string> parts =
        absl::StrSplit(options.Get("external"), absl::MaxSplits('/', 1));
    if (parts.size() != 2) return UsageError("an external id is written as SYSTEM/ID");
    query->mutable_external_id()->set_system(parts[0]);
    query->mutable_external_id()->set_id(parts[1]);
  }
  return absl::OkStatus();
}

// The page that --limit and --page ask for.
template <typename Request>
absl::Status FillPage(const Options& options, Request* request) {
  FRONTDESK_ASSIGN_OR_RETURN(const int limit,
                             options.GetNumber("limit", kDefaultPageSize, kMaxPageSize));
  request->set_page_size(limit);
  request->set_page_token(options.Get("page"));
  return absl::OkStatus();
}

void HintNextPage(const Screen& screen, absl::string_view token) {
  if (!token.empty()) screen.Hint(absl::StrCat("more: --page ", token));
}

absl::StatusOr<int> Find(const Call& call) {
  const Options& options = call.options;
  v1::FindRequest request;
  const std::string& what = options[1];
  absl::Status filled;
  if (what == "customers") {
    filled = FillCustomers(options, request.mutable_customers());
  } else if (what == "cases") {
    filled = FillCases(options, request.mutable_cases());
  } else if (what == "orders") {
    request.mutable_orders()->set_customer_id(options.Get("customer"));
  } else if (what == "interactions") {
    request.mutable_interactions()->set_customer_id(options.Get("customer"));
    request.mutable_interactions()->set_case_id(options.Get("case"));
  } else {
    filled = UsageError("KINDS is customers, cases, orders or interactions");
  }
  if (!filled.ok()) return filled;
  FRONTDESK_RETURN_IF_ERROR(FillPage(options, &request));
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(options));
  FRONTDESK_ASSIGN_OR_RETURN(const auto page, reader->Find(request));
  for (const v1::EntityState& state : page->found()) {
    if (call.screen.is_json()) {
      call.screen.Json(state);
    } else {
      call.screen.Line(FoundLine(call.screen, state));
    }
  }
  HintNextPage(call.screen, page->next_page_token());
  return kToolDone;
}

absl::StatusOr<int> Timeline(const Call& call) {
  const Options& options = call.options;
  v1::TimelineRequest request;
  request.set_customer_id(options[1]);
  request.set_oldest_first(options.Has("oldest-first"));
  for (const absl::string_view name :
       absl::StrSplit(options.Get("kinds"), ',', absl::SkipEmpty())) {
    FRONTDESK_ASSIGN_OR_RETURN(const v1::EntityKind kind, FindKind(name));
    request.add_entity_kinds(kind);
  }
  FRONTDESK_RETURN_IF_ERROR(FillPage(options, &request));
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(options));
  FRONTDESK_ASSIGN_OR_RETURN(const v1::Timeline page, reader->Timeline(request));
  for (const v1::TimelineEntry& entry : page.entries()) {
    if (call.screen.is_json()) {
      call.screen.Json(entry);
      continue;
    }
    call.screen.Line(absl::StrCat(TimeText(entry.event().time()), "  ", EscapeText(entry.text()),
                                  "  by ", EscapeText(entry.event().actor_id()), "  (",
                                  EscapeText(entry.event().record_id()), ")"));
  }
  HintNextPage(call.screen, page.next_page_token());
  return kToolDone;
}

absl::StatusOr<int> History(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const v1::EntityRef entity, ParseRef(call.options[1]));
  LogPage page;
  FRONTDESK_ASSIGN_OR_RETURN(const int after, call.options.GetNumber("after", 0, 1'000'000'000));
  FRONTDESK_ASSIGN_OR_RETURN(const int limit,
                             call.options.GetNumber("limit", kDefaultPageSize, 10'000));
  page.after = after;
  page.page_size = limit;
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(call.options));
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::Event> events, reader->History(entity, page));
  for (const v1::Event& event : events) {
    if (call.screen.is_json()) {
      call.screen.Json(event);
      continue;
    }
    call.screen.Line(call.screen.Bold(
        absl::StrCat("version ", event.version(), "  ", TimeText(event.time()), "  by ",
                     EscapeText(event.actor_id()), "  (", EscapeText(event.record_id()), ")")));
    const auto* oneof = v1::Event::descriptor()->FindFieldByName("customer")->containing_oneof();
    const auto* arm = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
    if (arm != nullptr) call.screen.Fields(event.GetReflection()->GetMessage(event, arm), 2);
  }
  if (events.size() == static_cast<std::size_t>(limit)) {
    call.screen.Hint(absl::StrCat("more: --after ", events.back().version()));
  }
  return kToolDone;
}

absl::StatusOr<int> Explain(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(call.options));
  FRONTDESK_ASSIGN_OR_RETURN(const v1::Explanation explanation, reader->Explain(call.options[1]));
  if (call.screen.is_json()) {
    call.screen.Json(explanation);
  } else {
    // The text has escaped what it quotes.
    call.terminal.out(explanation.text());
  }
  return kToolDone;
}

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
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenToRead(call.options));
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
    const auto numbers = [](const std::map<std::string, int>& counts) {
      return absl::StrJoin(counts, ",", [](std::string* out, const auto& count) {
        // Verdicts, verbs and reasons are words of the policy or of frontdesk: they have no quotes and no control characters.
        absl::StrAppend(
            out, "\"",
            absl::StrReplaceAll(EscapeText(count.first), {{"\\", "\\\\"}, {"\"", "\\\""}}),
            "\":", count.second);
      });
    };
    screen.Line(absl::StrCat("{\"entries\":", entries, ",\"records\":", records.size(),
                             ",\"verdicts\":{", numbers(verdicts), "},\"verbs\":{", numbers(verbs),
                             "},\"reasons\":{", numbers(reasons),
                             "},\"pending_effects\":", effects.size(), "}"));
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

std::vector<CommandRow> LookCommands() {
  return {
      {"show",
       {"FILE", "KIND/ID"},
       "show an entity: customer, interaction, order, account, case, approval, desk",
       {{"lists", "NAMES", "with these lists, which are rows of their own: entries,parts"}},
       &Show},
      {"find",
       {"FILE", "KINDS"},
       "find customers, cases, orders or interactions",
       {{"phone", "NUMBER", "customers by telephone number"},
        {"email", "ADDRESS", "customers by e-mail address"},
        {"name", "NAME", "customers by name, with --postcode"},
        {"postcode", "CODE", "customers by postal code, with --name"},
        {"external", "SYSTEM/ID", "customers by their id in another system"},
        {"order", "ID", "the customer of an order"},
        {"customer", "ID", "cases, orders or interactions of a customer"},
        {"state", "STATES", "cases in these states: new,open"},
        {"queue", "ID", "cases in a queue"},
        {"assignee", "ID", "cases of an assignee"},
        {"case", "ID", "interactions of a case"},
        kLimit,
        kPage},
       &Find},
      {"timeline",
       {"FILE", "CUSTOMER"},
       "everything that happened about a customer, newest first",
       {{"kinds", "KINDS", "only of these kinds of entities: case,order"},
        {"oldest-first", "", "oldest first"},
        kLimit,
        kPage},
       &Timeline},
      {"history",
       {"FILE", "KIND/ID"},
       "the events of an entity, oldest first",
       {kLimit, {"after", "VERSION", "only those behind this version"}},
       &History},
      {"explain",
       {"FILE", "RECORD"},
       "why a command came out as it did, also why not",
       {},
       &Explain},
      {"stats", {"FILE"}, "sizes, and the newest 1,000 commands in numbers", {}, &Stats},
  };
}

}  // namespace tool
}  // namespace frontdesk
