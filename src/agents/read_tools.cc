// Tools that read.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/render.h"
#include "agents/summary.h"
#include "agents/tool.h"
#include "frontdesk/agents/reasons.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/v1/find.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/timeline.pb.h"
#include "frontdesk/v1/tool_arguments.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::Message;

// Writes the answer of one read.
class Shown {
 public:
  explicit Shown(const CallParts& parts) : parts_(parts), renderer_(*parts.policy, parts.scope) {
    json_.BeginObject();
    json_.Member("verdict", VerdictWord(v1::ToolCall::RESULT_SHOWN));
  }

  JsonWriter& json() { return json_; }
  Renderer& renderer() { return renderer_; }

  absl::Status AddWhole(absl::string_view name, const Message& message) {
    json_.Name(name);
    return renderer_.WriteMessage(message, &json_);
  }

  absl::Status AddSummary(absl::string_view name, const v1::EntityState& state) {
    json_.Name(name);
    return WriteSummary(state, *parts_.policy, parts_.scope, &json_);
  }

  // Only what is in scope: lists hold what a customer has, which links may have brought there.
  template <typename Elements>
  absl::Status AddSummaries(absl::string_view name, const Elements& elements, bool has_more) {
    if (elements.empty()) return absl::OkStatus();
    json_.Name(name);
    json_.BeginArray();
    for (const auto& element : elements) {
      FRONTDESK_RETURN_IF_ERROR(WriteSummary(element, *parts_.policy, parts_.scope, &json_));
    }
    json_.EndArray();
    if (has_more) {
      json_.Name(absl::StrCat("has_more_", name));
      json_.Flag(true);
    }
    return absl::OkStatus();
  }

  Answer Take() {
    json_.EndObject();
    if (json_.size() > parts_.limits.max_answer_bytes) {
      return RefuseFor({{"", kReasonAgentAnswerTooLarge,
                         "The answer has more bytes than the limit. Ask for less."}},
                       parts_.limits.max_violations);
    }
    Answer answer;
    answer.result = v1::ToolCall::RESULT_SHOWN;
    answer.json = std::move(json_).Take();
    return answer;
  }

 private:
  const CallParts& parts_;
  Renderer renderer_;
  JsonWriter json_;
};

Answer OutOfScopeAnswer(const CallParts& parts, absl::string_view path) {
  return RefuseFor({{std::string(path), kReasonAgentOutOfScope,
                     "Nothing that belongs to the customer of this conversation is found so."}},
                   parts.limits.max_violations);
}

Answer RequiredAnswer(const CallParts& parts, absl::string_view path) {
  return RefuseFor({{std::string(path), kReasonAgentArgumentRequired,
                     "The argument is required: the call is bound to no customer."}},
                   parts.limits.max_violations);
}

absl::StatusOr<Answer> FindCustomer(const CallParts& parts, const Message& message) {
  v1::FindCustomerTool arguments;
  arguments.CopyFrom(message);
  v1::FindRequest request;
  request.set_page_size(parts.limits.max_page_size);
  v1::CustomerQuery& query = *request.mutable_customers();
  switch (arguments.by_case()) {
    case v1::FindCustomerTool::kPhone:
      query.mutable_phone()->set_phone(arguments.phone());
      query.mutable_phone()->set_region_code(arguments.region_code());
      break;
    case v1::FindCustomerTool::kEmail:
      query.set_email(arguments.email());
      break;
    case v1::FindCustomerTool::kName:
      query.mutable_name_and_postcode()->set_name(arguments.name());
      query.mutable_name_and_postcode()->set_postal_code(arguments.postal_code());
      break;
    case v1::FindCustomerTool::kOrderId:
      query.set_order_id(arguments.order_id());
      break;
    case v1::FindCustomerTool::kExternalId:
      *query.mutable_external_id() = arguments.external_id();
      break;
    case v1::FindCustomerTool::BY_NOT_SET:
      return RefuseFor({{"", kReasonAgentArgumentRequired,
                         "One of phone, email, name, order_id and external_id is required."}},
                       parts.limits.max_violations);
  }
  FRONTDESK_ASSIGN_OR_RETURN(const auto found, parts.desk.Find(request));
  std::vector<const v1::EntityState*> own;
  for (const v1::EntityState& state : found->found()) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has,
                               parts.scope.Has(state.entity().kind(), state.entity().id()));
    if (has) own.push_back(&state);
  }
  // Somebody else and nobody have the same answer, so that a search shows neither.
  if (own.empty() && parts.scope.is_bound()) return OutOfScopeAnswer(parts, "");
  Shown shown(parts);
  shown.json().Name("customers");
  shown.json().BeginArray();
  for (const v1::EntityState* state : own) {
    FRONTDESK_RETURN_IF_ERROR(shown.renderer().WriteMessage(state->customer(), &shown.json()));
  }
  shown.json().EndArray();
  return shown.Take();
}

absl::StatusOr<Answer> GetProfile(const CallParts& parts, const Message& message) {
  v1::GetProfileTool arguments;
  arguments.CopyFrom(message);
  const std::string& id =
      arguments.customer_id().empty() ? parts.scope.customer_id() : arguments.customer_id();
  if (id.empty()) return RequiredAnswer(parts, "/customer_id");
  FileOptions options;
  options.now = parts.context.now;
  options.interaction_id = parts.context.interaction_id;
  const int most = parts.limits.max_page_size;
  options.max_open_cases = most;
  options.max_interactions = most;
  options.max_orders = most;
  options.max_pending_approvals = most;
  // Who may be the same is somebody else.
  options.max_duplicates = 0;
  FRONTDESK_ASSIGN_OR_RETURN(const auto file, parts.desk.OpenFile(id, options));
  Shown shown(parts);
  FRONTDESK_RETURN_IF_ERROR(shown.AddWhole("customer", file->customer()));
  shown.json().Name("identity_level");
  shown.json().Number(file->identity_level());
  FRONTDESK_RETURN_IF_ERROR(
      shown.AddSummaries("open_cases", file->open_cases(), file->has_more_open_cases()));
  FRONTDESK_RETURN_IF_ERROR(
      shown.AddSummaries("orders", file->recent_orders(), file->has_more_orders()));
  FRONTDESK_RETURN_IF_ERROR(shown.AddSummaries("interactions", file->recent_interactions(),
                                               file->has_more_interactions()));
  FRONTDESK_RETURN_IF_ERROR(shown.AddSummaries("accounts", file->accounts(), false));
  FRONTDESK_RETURN_IF_ERROR(shown.AddSummaries("approvals", file->pending_approvals(),
                                               file->has_more_pending_approvals()));
  return shown.Take();
}

absl::StatusOr<Answer> GetTimeline(const CallParts& parts, const Message& message) {
  v1::GetTimelineTool arguments;
  arguments.CopyFrom(message);
  v1::TimelineRequest request;
  request.set_page_size(parts.limits.max_page_size);
  request.set_page_token(arguments.page_token());
  *request.mutable_entity_kinds() = arguments.entity_kinds();
  if (arguments.has_entity()) {
    *request.mutable_entity() = arguments.entity();
  } else {
    request.set_customer_id(arguments.customer_id().empty() ? parts.scope.customer_id()
                                                            : arguments.customer_id());
    if (request.customer_id().empty()) return RequiredAnswer(parts, "/customer_id");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const v1::Timeline timeline, parts.desk.Timeline(request));
  Shown shown(parts);
  JsonWriter& json = shown.json();
  json.Name("entries");
  json.BeginArray();
  for (const v1::TimelineEntry& entry : timeline.entries()) {
    json.BeginObject();
    json.Name("time");
    FRONTDESK_RETURN_IF_ERROR(shown.renderer().WriteMessage(entry.event().time(), &json));
    json.Member("verb", entry.verb());
    // The event of a link names the other side.
    FRONTDESK_ASSIGN_OR_RETURN(const bool has, parts.scope.HasAll(entry.event()));
    if (has) {
      json.Member("text", entry.text());
    } else {
      json.Name("text");
      WriteHidden("OUT_OF_SCOPE", &json);
    }
    json.EndObject();
  }
  json.EndArray();
  if (!timeline.next_page_token().empty()) {
    json.Member("next_page_token", timeline.next_page_token());
  }
  return shown.Take();
}

// The entity as the customer sees it, with the few fields that say how far it is.
absl::Status AddCustomerView(const CallParts& parts, const v1::EntityState& state, Shown* shown) {
  FRONTDESK_RETURN_IF_ERROR(shown->AddSummary("entity", state));
  FRONTDESK_ASSIGN_OR_RETURN(const v1::CustomerView view, parts.desk.CustomerView(state.entity()));
  return view.view_case() == v1::CustomerView::kCase ? shown->AddWhole("view", view.case_())
                                                     : shown->AddWhole("view", view.interaction());
}

absl::StatusOr<Answer> GetEntity(const CallParts& parts, const Message& message) {
  v1::GetEntityTool arguments;
  arguments.CopyFrom(message);
  const v1::EntityRef& entity = arguments.entity();
  // An id that is left out is in no scope either.
  FRONTDESK_ASSIGN_OR_RETURN(const bool has, parts.scope.Has(entity.kind(), entity.id()));
  if (!has) return OutOfScopeAnswer(parts, "/entity/id");
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, parts.desk.Get(entity));
  Shown shown(parts);
  shown.json().Name("version");
  shown.json().Number(state->version());
  const bool has_view = state->has_case_() || state->has_interaction();
  if (parts.scope.is_bound() && has_view) {
    FRONTDESK_RETURN_IF_ERROR(AddCustomerView(parts, *state, &shown));
    return shown.Take();
  }
  const auto* arm =
      v1::EntityState::descriptor()->FindFieldByNumber(static_cast<int>(state->state_case()));
  FRONTDESK_RETURN_IF_ERROR(
      shown.AddWhole("entity", state->GetReflection()->GetMessage(*state, arm)));
  if (!has_view) return shown.Take();
  RowPage page;
  page.page_size = parts.limits.max_page_size;
  page.descending = true;
  FRONTDESK_ASSIGN_OR_RETURN(const Rows rows, parts.desk.ReadRows(entity, "parts", page));
  const Message& parts_alone = state->has_case_()
                                   ? static_cast<const Message&>(rows.state.case_())
                                   : static_cast<const Message&>(rows.state.interaction());
  FRONTDESK_RETURN_IF_ERROR(shown.AddWhole("latest_parts", parts_alone));
  return shown.Take();
}

absl::StatusOr<Answer> ExplainRecordTool(const CallParts& parts, const Message& message) {
  v1::ExplainTool arguments;
  arguments.CopyFrom(message);
  const auto record = parts.desk.GetRecord(arguments.record_id());
  bool has = !parts.scope.is_bound();
  if (record.ok() && !has) {
    FRONTDESK_ASSIGN_OR_RETURN(has,
                               parts.scope.Has(record->entity().kind(), record->entity().id()));
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_others, parts.scope.HasAll(record->command()));
    has = has && has_others;
  }
  if (!has) return OutOfScopeAnswer(parts, "/record_id");
  if (!record.ok()) return record.status();
  FRONTDESK_ASSIGN_OR_RETURN(const v1::Explanation why, parts.desk.Explain(arguments.record_id()));
  Shown shown(parts);
  shown.json().Member("command", why.decision_point());
  shown.json().Member("outcome", v1::Verdict_Name(why.verdict()).substr(sizeof("VERDICT_") - 1));
  WriteLines("lines", {why.agent_lines().begin(), why.agent_lines().end()}, &shown.json());
  if (!why.customer_text().empty()) shown.json().Member("say", why.customer_text());
  return shown.Take();
}

absl::StatusOr<Answer> ListApprovals(const CallParts& parts, const Message& message) {
  v1::ListApprovalsTool arguments;
  arguments.CopyFrom(message);
  v1::FindRequest request;
  request.set_page_size(parts.limits.max_page_size);
  v1::ApprovalQuery& query = *request.mutable_approvals();
  *query.mutable_states() = arguments.states();
  if (query.states().empty()) query.add_states(v1::Approval::STATE_PENDING);
  query.set_authority(arguments.authority());
  query.set_customer_id(arguments.customer_id().empty() ? parts.scope.customer_id()
                                                        : arguments.customer_id());
  if (arguments.has_entity()) *query.mutable_entity() = arguments.entity();
  if (parts.scope.is_bound() && query.customer_id().empty()) {
    return RequiredAnswer(parts, "/customer_id");
  }
  *query.mutable_now() = parts.context.now;
  FRONTDESK_ASSIGN_OR_RETURN(const auto found, parts.desk.Find(request));
  Shown shown(parts);
  shown.json().Name("approvals");
  shown.json().BeginArray();
  for (const v1::EntityState& state : found->found()) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has,
                               parts.scope.Has(state.entity().kind(), state.entity().id()));
    if (!has) continue;
    FRONTDESK_RETURN_IF_ERROR(
        WriteSummary(state.approval(), *parts.policy, parts.scope, &shown.json()));
  }
  shown.json().EndArray();
  if (!found->next_page_token().empty()) {
    shown.json().Name("has_more");
    shown.json().Flag(true);
  }
  return shown.Take();
}

}  // namespace

absl::Span<const ReadTool> ReadTools() {
  static constexpr ReadTool kTools[] = {
      {"explain", &v1::ExplainTool::descriptor, &ExplainRecordTool},
      {"find_customer", &v1::FindCustomerTool::descriptor, &FindCustomer},
      {"get_entity", &v1::GetEntityTool::descriptor, &GetEntity},
      {"get_profile", &v1::GetProfileTool::descriptor, &GetProfile},
      {"get_timeline", &v1::GetTimelineTool::descriptor, &GetTimeline},
      {"list_approvals", &v1::ListApprovalsTool::descriptor, &ListApprovals},
  };
  return kTools;
}

}  // namespace agents
}  // namespace frontdesk
