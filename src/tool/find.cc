// find.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "frontdesk/v1/case.pb.h"
#include "internal/enum_label.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "tool/commands.h"
#include "tool/entity_words.h"
#include "tool/pages.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EnumLabel;
using internal::EscapeText;
using internal::TimeText;

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

absl::Status FillExternalId(const Options& options, v1::ExternalId* external_id) {
  const std::vector<std::string> parts =
      absl::StrSplit(options.Get("external"), absl::MaxSplits('/', 1));
  if (parts.size() != 2) return UsageError("an external id is written as SYSTEM/ID");
  external_id->set_system(parts[0]);
  external_id->set_id(parts[1]);
  return absl::OkStatus();
}

absl::Status FillTime(const Options& options, absl::string_view name,
                      google::protobuf::Timestamp* time) {
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<absl::Time> read, options.GetInstant(name));
  *time = internal::EncodeTime(*read);
  return absl::OkStatus();
}

// The fields of cases beside customer, queue, assignee and state.
absl::Status FillCaseFields(const Options& options, v1::CaseQuery* query) {
  query->set_tag(options.Get("tag"));
  if (options.Has("attribute")) {
    const std::vector<std::string> parts =
        absl::StrSplit(options.Get("attribute"), absl::MaxSplits('=', 1));
    query->mutable_attribute()->set_name(parts[0]);
    if (parts.size() == 2) query->mutable_attribute()->set_string_value(parts[1]);
  }
  for (const absl::string_view text :
       absl::StrSplit(options.Get("priority"), ',', absl::SkipEmpty())) {
    std::int32_t priority = 0;
    if (!absl::SimpleAtoi(text, &priority)) {
      return UsageError("--priority is numbers: 1,2; 0 for cases without one");
    }
    query->add_priorities(priority);
  }
  query->set_is_unassigned(options.Has("unassigned"));
  if (options.Has("oldest-first") && options.Has("due-first")) {
    return UsageError("--oldest-first and --due-first are two orders; one is possible");
  }
  if (options.Has("oldest-first")) query->set_order(v1::CaseQuery::ORDER_OLDEST_FIRST);
  if (options.Has("due-first")) query->set_order(v1::CaseQuery::ORDER_DUE_FIRST);
  if (options.Has("external")) {
    FRONTDESK_RETURN_IF_ERROR(FillExternalId(options, query->mutable_external_id()));
  }
  if (options.Has("opened-since")) {
    FRONTDESK_RETURN_IF_ERROR(FillTime(options, "opened-since", query->mutable_open_start_time()));
  }
  if (options.Has("opened-before")) {
    FRONTDESK_RETURN_IF_ERROR(FillTime(options, "opened-before", query->mutable_open_end_time()));
  }
  if (options.Has("waiting-since")) {
    FRONTDESK_RETURN_IF_ERROR(FillTime(options, "waiting-since", query->mutable_state_end_time()));
  }
  if (options.Has("due-before")) {
    FRONTDESK_RETURN_IF_ERROR(FillTime(options, "due-before", query->mutable_clock_due_end_time()));
  }
  return absl::OkStatus();
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
  return FillCaseFields(options, query);
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
    return FillExternalId(options, query->mutable_external_id());
  }
  return absl::OkStatus();
}

// An option that says what is looked for. A plain struct.
struct FindOption {
  OptionRow row;
  std::vector<absl::string_view> kinds;
  // Whether it goes with --words.
  bool has_words = false;
};

const std::vector<FindOption>& FindOptions() {
  static const auto* const all = new std::vector<FindOption>{
      {{"phone", "NUMBER", "customers by telephone number"}, {"customers"}},
      {{"email", "ADDRESS", "customers by e-mail address"}, {"customers"}},
      {{"name", "NAME", "customers by name, with --postcode"}, {"customers"}},
      {{"postcode", "CODE", "customers by postal code, with --name"}, {"customers"}},
      {{"external", "SYSTEM/ID", "by an id in another system"},
       {"customers", "cases", "orders", "interactions"}},
      {{"order", "ID", "the customer of an order"}, {"customers"}},
      {{"customer", "ID", "cases, orders or interactions of a customer"},
       {"cases", "orders", "interactions"},
       true},
      {{"state", "STATES", "cases in these states: new,open"}, {"cases"}},
      {{"queue", "ID", "cases in a queue"}, {"cases"}},
      {{"assignee", "ID", "cases of an assignee"}, {"cases"}},
      {{"unassigned", "", "cases that nobody has"}, {"cases"}},
      {{"tag", "TAG", "cases with a tag"}, {"cases"}},
      {{"attribute", "NAME[=TEXT]", "cases with an attribute, or with that text in it"}, {"cases"}},
      {{"priority", "NUMBERS", "cases with these priorities: 1,2"}, {"cases"}},
      {{"opened-since", "DATE", "cases opened then or later: 2026-01-31"}, {"cases"}},
      {{"opened-before", "DATE", "cases opened before then"}, {"cases"}},
      {{"waiting-since", "DATE", "cases in their state since before then"}, {"cases"}},
      {{"due-before", "DATE", "cases with a clock that is due before then"}, {"cases"}},
      {{"oldest-first", "", "the first opened first"}, {"cases"}},
      {{"due-first", "", "the first due first; only cases with a clock that is due"}, {"cases"}},
      {{"case", "ID", "interactions of a case"}, {"interactions"}},
      {{"words", "WORDS", "cases or interactions by words in their texts: \"lamp refund*\""},
       {"cases", "interactions"},
       true},
      {{"customer-view", "", "only words that the customer sees; with --words and --customer"},
       {"cases", "interactions"},
       true},
  };
  return *all;
}

// An option that would have no effect is an error.
absl::Status CheckFindOptions(const Options& options) {
  const std::string& what = options[1];
  for (const FindOption& option : FindOptions()) {
    if (!options.Has(option.row.name)) continue;
    if (std::find(option.kinds.begin(), option.kinds.end(), what) == option.kinds.end()) {
      return UsageError(
          absl::StrCat("--", option.row.name, " is for ", absl::StrJoin(option.kinds, ", ")));
    }
    if (options.Has("words") && !option.has_words) {
      return UsageError(absl::StrCat("--", option.row.name, " does not go with --words"));
    }
  }
  if (options.Has("customer-view") && !options.Has("words")) {
    return UsageError("--customer-view goes with --words");
  }
  return absl::OkStatus();
}

void FillTexts(const Options& options, v1::EntityKind kind, v1::TextQuery* query) {
  query->set_words(options.Get("words"));
  query->set_entity_kind(kind);
  query->set_customer_id(options.Get("customer"));
  query->set_customer_view(options.Has("customer-view"));
}

// The query that the options ask for.
absl::Status FillQuery(const Options& options, v1::FindRequest* request) {
  const std::string& what = options[1];
  if (what != "customers" && what != "cases" && what != "orders" && what != "interactions") {
    return UsageError("KINDS is customers, cases, orders or interactions");
  }
  FRONTDESK_RETURN_IF_ERROR(CheckFindOptions(options));
  if (what == "customers") return FillCustomers(options, request->mutable_customers());
  if (what == "orders") {
    request->mutable_orders()->set_customer_id(options.Get("customer"));
    if (!options.Has("external")) return absl::OkStatus();
    return FillExternalId(options, request->mutable_orders()->mutable_external_id());
  }
  if (options.Has("words")) {
    FillTexts(options, what == "cases" ? v1::ENTITY_KIND_CASE : v1::ENTITY_KIND_INTERACTION,
              request->mutable_texts());
    return absl::OkStatus();
  }
  if (what == "cases") return FillCases(options, request->mutable_cases());
  request->mutable_interactions()->set_customer_id(options.Get("customer"));
  request->mutable_interactions()->set_case_id(options.Get("case"));
  if (!options.Has("external")) return absl::OkStatus();
  return FillExternalId(options, request->mutable_interactions()->mutable_external_id());
}

absl::StatusOr<int> Find(const Call& call) {
  const Options& options = call.options;
  v1::FindRequest request;
  FRONTDESK_RETURN_IF_ERROR(FillQuery(options, &request));
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

}  // namespace

CommandRow FindCommand() {
  CommandRow command = {
      "find", {"FILE", "KINDS"}, "find customers, cases, orders or interactions", {}, &Find};
  for (const FindOption& option : FindOptions()) command.options.push_back(option.row);
  command.options.push_back(kLimit);
  command.options.push_back(kPage);
  return command;
}

}  // namespace tool
}  // namespace frontdesk
