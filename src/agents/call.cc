// Tools that ask for commands, or preview them.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "agents/argument_reader.h"
#include "agents/render.h"
#include "agents/summary.h"
#include "agents/tool.h"
#include "frontdesk/agents/reasons.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/policy/command_rules.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "frontdesk/v1/rule.pb.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::Message;

// The pointer of a field that a refusal names: "cancel_order.order_id" is "/order_id".
std::string PointerOfRefusal(const domain::CommandInfo& info, absl::string_view field) {
  absl::ConsumePrefix(&field, absl::StrCat(info.arm, "."));
  if (field == info.field || !absl::ConsumePrefix(&field, absl::StrCat(info.field, "."))) {
    return "";
  }
  return PointerOf(field);
}

v1::ToolCall::Result ResultOf(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_DONE:
      return v1::ToolCall::RESULT_DONE;
    case v1::VERDICT_HELD:
      return v1::ToolCall::RESULT_HELD;
    default:
      return v1::ToolCall::RESULT_REFUSED;
  }
}

// The name of the authority for people.
std::string AuthorityText(const Policy& policy, const std::string& authority) {
  for (const v1::VocabularyWord& word : policy.pack().vocabulary().authorities()) {
    if (word.name() == authority && !word.text().empty()) return word.text();
  }
  return authority;
}

// Writes the answer to one command.
class CommandAnswer {
 public:
  CommandAnswer(const CallParts& parts, const domain::CommandInfo& info, const v1::Command& command,
                bool preview)
      : parts_(parts), info_(info), command_(command), preview_(preview) {}

  absl::StatusOr<Answer> Write(const v1::Outcome& outcome) {
    FRONTDESK_RETURN_IF_ERROR(WriteAll(outcome, true));
    if (answer_.json.size() <= parts_.limits.max_answer_bytes) return std::move(answer_);
    answer_ = {};
    FRONTDESK_RETURN_IF_ERROR(WriteAll(outcome, false));
    return std::move(answer_);
  }

 private:
  absl::Status WriteAll(const v1::Outcome& outcome, bool with_state) {
    json_ = {};
    answer_.result = ResultOf(outcome.verdict());
    answer_.record_id = outcome.record_id();
    json_.BeginObject();
    json_.Member("verdict", VerdictWord(answer_.result));
    if (preview_) {
      json_.Name("preview");
      json_.Flag(true);
    }
    switch (outcome.verdict()) {
      case v1::VERDICT_DONE:
        FRONTDESK_RETURN_IF_ERROR(WriteDone(outcome, with_state));
        break;
      case v1::VERDICT_HELD:
        WriteHeld(outcome);
        break;
      default:
        WriteRefusals(outcome);
    }
    WriteExplanation(outcome);
    if (!outcome.record_id().empty()) json_.Member("record_id", outcome.record_id());
    json_.EndObject();
    answer_.json = std::move(json_).Take();
    // A preview only shows.
    if (preview_) answer_.result = v1::ToolCall::RESULT_SHOWN;
    return absl::OkStatus();
  }

  void WriteRefusals(const v1::Outcome& outcome) {
    json_.Name("reasons");
    json_.BeginArray();
    int left = parts_.limits.max_violations;
    for (const v1::Refusal& refusal : outcome.refusals()) {
      if (left-- == 0) break;
      answer_.reasons.push_back(refusal.reason());
      json_.BeginObject();
      json_.Member("reason", refusal.reason());
      const std::string path = PointerOfRefusal(info_, refusal.field());
      if (!path.empty()) json_.Member("path", path);
      if (!refusal.text().empty()) json_.Member("text", refusal.text());
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteHeld(const v1::Outcome& outcome) {
    const v1::Held& held = outcome.held();
    answer_.reasons.push_back(held.reason());
    json_.Name("approval");
    json_.BeginObject();
    if (!held.approval_id().empty()) json_.Member("approval_id", held.approval_id());
    json_.Member("authority", held.authority());
    json_.Member("granted_by", AuthorityText(*parts_.policy, held.authority()));
    if (!held.reason().empty()) json_.Member("reason", held.reason());
    if (!held.text().empty()) json_.Member("text", held.text());
    json_.EndObject();
  }

  absl::Status WriteDone(const v1::Outcome& outcome, bool with_state) {
    // The command has changed the owners of entities.
    Scope scope(parts_.desk, parts_.context);
    FRONTDESK_RETURN_IF_ERROR(scope.Begin());
    std::vector<std::string> lines;
    for (const v1::Event& event : outcome.events()) {
      if (static_cast<int>(lines.size()) == parts_.limits.max_page_size) break;
      FRONTDESK_ASSIGN_OR_RETURN(const bool is_shown, scope.HasAll(event));
      if (is_shown) lines.push_back(EventText(event));
    }
    WriteLines("events", lines, &json_);
    if (outcome.has_existing_entity()) {
      FRONTDESK_ASSIGN_OR_RETURN(const bool has, scope.Has(outcome.existing_entity().kind(),
                                                           outcome.existing_entity().id()));
      if (has) json_.Member("existing_id", outcome.existing_entity().id());
    }
    if (preview_ || !with_state) return absl::OkStatus();
    const v1::EntityRef entity = domain::AddressedEntity(command_);
    FRONTDESK_ASSIGN_OR_RETURN(const bool has, scope.Has(entity.kind(), entity.id()));
    if (!has) return absl::OkStatus();
    const auto state = parts_.desk.Get(entity);
    if (!state.ok()) return absl::OkStatus();
    json_.Name("state");
    return WriteSummary(**state, *parts_.policy, scope, &json_);
  }

  // A preview with every rule says the most; nothing is recorded. Another command in between may have made another verdict.
  void WriteExplanation(const v1::Outcome& outcome) {
    if (outcome.verdict() == v1::VERDICT_DONE) {
      const std::string say = SayWhenDone(outcome);
      if (!say.empty()) json_.Member("say", say);
      return;
    }
    v1::Explanation why;
    bool is_explained = false;
    if (outcome.has_decision()) {
      v1::Command again = command_;
      again.clear_idempotency_key();
      const auto full = parts_.desk.Preview(again, parts_.context.facts, rules::TraceLevel::kFull);
      is_explained = full.ok() && full->verdict() == outcome.verdict();
      if (is_explained) why = Explain(again, *full, parts_.policy.get());
    }
    if (!is_explained) why = Explain(command_, outcome, parts_.policy.get());
    std::vector<std::string> lines(why.agent_lines().begin(), why.agent_lines().end());
    WriteLines("possible", lines, &json_);
    if (!why.customer_text().empty()) json_.Member("say", why.customer_text());
  }

  // Only a rule that allowed may have another sentence than the command. To explain costs more than most commands.
  std::string SayWhenDone(const v1::Outcome& outcome) const {
    const auto& fired = outcome.decision().fired_rule_ids();
    const v1::RuleSet* set =
        fired.empty() ? nullptr : FindRuleSet(parts_.policy->pack(), info_.name);
    const bool has_own_text =
        set != nullptr &&
        std::any_of(set->rules().begin(), set->rules().end(), [&](const v1::Rule& rule) {
          return !rule.customer_text().empty() &&
                 std::find(fired.begin(), fired.end(), rule.id()) != fired.end();
        });
    if (!has_own_text) return info_.options->done_text();
    return Explain(command_, outcome, parts_.policy.get()).customer_text();
  }

  const CallParts& parts_;
  const domain::CommandInfo& info_;
  const v1::Command& command_;
  const bool preview_;
  JsonWriter json_;
  Answer answer_;
};

// Errors that the model can mend, or that are about this call alone.
bool IsAboutCall(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kResourceExhausted:
      return true;
    case absl::StatusCode::kFailedPrecondition:
      return GetReason(status) != kReasonDeskReentered &&
             GetReason(status) != kReasonStoreNotUsable;
    default:
      return false;
  }
}

}  // namespace

std::string KeyOf(const CallContext& context, absl::string_view purpose) {
  return absl::StrCat(
      "tool-", purpose, "-",
      internal::Sha256Hex(absl::StrCat(context.interaction_id, "\n", context.call_id)));
}

absl::StatusOr<Answer> AnswerError(const absl::Status& status, const ToolsetLimits& limits,
                                   const domain::CommandInfo* info) {
  if (!IsAboutCall(status)) return status;
  const auto detail = GetErrorDetail(status);
  if (!detail.has_value()) return status;
  if (detail->reason() == kReasonIdempotencyKeyReused) {
    return RefuseFor(
        {{"", kReasonAgentCallIdReused, "A call with this id asked for something else."}},
        limits.max_violations);
  }
  std::vector<Violation> violations;
  for (const v1::FieldViolation& each : detail->violations()) {
    violations.push_back(
        {info == nullptr ? PointerOf(each.field()) : PointerOfRefusal(*info, each.field()),
         each.reason(), each.text()});
  }
  if (violations.empty()) {
    violations.push_back({"", detail->reason(), std::string(status.message())});
  }
  return RefuseFor(violations, limits.max_violations, v1::ToolCall::RESULT_FAILED);
}

absl::StatusOr<Answer> RunCommand(const CallParts& parts, const domain::CommandInfo& info,
                                  const Message& verb, bool preview) {
  const CallContext& context = parts.context;
  v1::Command command =
      MakeCommand(context.actor, ToTime(context.now).value_or(absl::UnixEpoch()), verb);
  *command.mutable_now() = context.now;
  command.set_interaction_id(context.interaction_id);
  command.set_note(context.note);
  command.set_tool_call_id(context.call_id);
  if (!preview) command.set_idempotency_key(KeyOf(context, "call"));
  const absl::StatusOr<v1::Outcome> outcome = preview ? parts.desk.Preview(command, context.facts)
                                                      : parts.desk.Execute(command, context.facts);
  if (!outcome.ok()) return outcome.status();
  FRONTDESK_ASSIGN_OR_RETURN(Answer answer,
                             CommandAnswer(parts, info, command, preview).Write(*outcome));
  answer.outcome = *std::move(outcome);
  return answer;
}

}  // namespace agents
}  // namespace frontdesk
