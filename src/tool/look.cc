// show, timeline, history, explain.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/v1/timeline.pb.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "tool/commands.h"
#include "tool/entity_words.h"
#include "tool/pages.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EscapeText;
using internal::TimeText;

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

// The activation of the first policy has no time, no actor and no record.
std::string EventHead(const v1::Event& event) {
  std::string head = absl::StrCat("version ", event.version());
  if (event.has_time()) absl::StrAppend(&head, "  ", TimeText(event.time()));
  if (!event.actor_id().empty()) absl::StrAppend(&head, "  by ", EscapeText(event.actor_id()));
  if (!event.record_id().empty()) absl::StrAppend(&head, "  (", EscapeText(event.record_id()), ")");
  return head;
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
    call.screen.Line(call.screen.Bold(EventHead(event)));
    const auto* oneof = v1::Event::descriptor()->FindFieldByName("customer")->containing_oneof();
    const auto* arm = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
    if (arm != nullptr) call.screen.Fields(event.GetReflection()->GetMessage(event, arm), 2);
  }
  if (events.size() == static_cast<std::size_t>(limit)) {
    call.screen.Hint(absl::StrCat("more: --after ", events.back().version()));
  }
  return kToolDone;
}

constexpr int kMostApprovalEvents = 100;

absl::string_view ResolutionWord(v1::Approval::State state) {
  if (state == v1::Approval::STATE_APPROVED) return "Approved";
  return state == v1::Approval::STATE_WITHDRAWN ? "Withdrawn" : "Declined";
}

// Who approved, declined or withdrew, and the events before that, each with its record; nothing while nobody has looked at the approval.
absl::Status ShowResolution(const Screen& screen, const Reader& reader,
                            absl::string_view approval_id) {
  LogPage page;
  page.after = 1;  // Version 1 is the request.
  page.page_size = kMostApprovalEvents;
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::Event> events,
                             reader.History(Ref(v1::ENTITY_KIND_APPROVAL, approval_id), page));
  for (const v1::Event& event : events) {
    const v1::ApprovalResolved& resolved = event.approval().approval_resolved();
    screen.Line(absl::StrCat(event.approval().has_approval_resolved()
                                 ? absl::StrCat(ResolutionWord(resolved.state()), " by ",
                                                EscapeText(resolved.resolver_id()))
                                 : EventText(event),
                             ", ", TimeText(event.time()), ", record ",
                             EscapeText(event.record_id())));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Explain(const Call& call) {
  const std::string reader_name = call.options.Get("for");
  const bool is_customer = reader_name == "customer", is_agent = reader_name == "agent";
  if (call.options.Has("for") && !is_customer && !is_agent && reader_name != "auditor") {
    return UsageError("--for is customer, agent or auditor");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(call.options));
  FRONTDESK_ASSIGN_OR_RETURN(const v1::Explanation explanation, reader->Explain(call.options[1]));
  if (call.screen.is_json()) {
    call.screen.Json(explanation);
  } else if (is_customer) {
    if (explanation.customer_text().empty()) {
      call.screen.Hint("customers are not informed of this command");
    } else {
      call.screen.Line(EscapeText(explanation.customer_text()));
    }
  } else if (is_agent) {
    for (const std::string& line : explanation.agent_lines()) call.screen.Line(EscapeText(line));
  } else {
    // The text has escaped what it quotes.
    call.terminal.out(explanation.text());
    if (explanation.has_held()) {
      FRONTDESK_RETURN_IF_ERROR(
          ShowResolution(call.screen, *reader, explanation.held().approval_id()));
    }
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
      FindCommand(),
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
      JournalCommand(),
      {"explain",
       {"FILE", "RECORD"},
       "why a command came out as it did, also why not",
       {{"for", "READER",
         "customer: one sentence; agent: a few lines; auditor: everything (default)"}},
       &Explain},
      StatsCommand(),
  };
}

}  // namespace tool
}  // namespace frontdesk
