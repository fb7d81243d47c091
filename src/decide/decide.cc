#include "frontdesk/decide/decide.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "decide/asked.h"
#include "decide/decision_inputs.h"
#include "decide/entities.h"
#include "decide/load_totals.h"
#include "decide/pipeline.h"
#include "decide/policy_outputs.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/domain/unchanged.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/v1/command_options.pb.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

std::vector<v1::Refusal> PolicyRefusals(const v1::Decision& decision) {
  std::vector<v1::Refusal> refusals;
  for (rules::DecisionReason& reason : rules::DecisionReasons(decision)) {
    v1::Refusal& refusal = refusals.emplace_back();
    refusal.set_origin(v1::Refusal::ORIGIN_POLICY);
    refusal.set_reason(std::move(reason.reason));
    refusal.set_text(std::move(reason.text));
    refusal.set_rule_id(std::move(reason.rule_id));
    for (v1::DetailValue& detail : reason.details) *refusal.add_details() = std::move(detail);
  }
  return refusals;
}

v1::Held MakeHeld(const v1::Decision& decision) {
  v1::Held held;
  std::vector<rules::DecisionReason> reasons = rules::DecisionReasons(decision);
  if (reasons.empty()) return held;
  rules::DecisionReason& leading = reasons.front();
  held.set_authority(std::move(leading.authority));
  held.set_rule_id(std::move(leading.rule_id));
  held.set_reason(std::move(leading.reason));
  held.set_text(std::move(leading.text));
  return held;
}

// Decides a command without the fields that policy could have filled, and has not. Whether it changes nothing was open until now.
absl::StatusOr<domain::Decided> DecideUnfilled(const Asked& asked, const Policy& policy,
                                               const PolicyCall& call,
                                               const v1::DecisionInput& input) {
  const Entity& entity = *FindEntity(asked.info().entity_kind);
  if (domain::FindUnchangedCommand(asked.info().name) == nullptr) return entity.decide(input);
  v1::DecisionInput again = input;
  // No command that knows an output is decided at further points.
  FurtherDecisions further;
  FRONTDESK_RETURN_IF_ERROR(entity.assess(policy, call, &again, &further));
  return entity.decide(again);
}

}  // namespace

absl::StatusOr<domain::Decided> DecideEvents(const Asked& asked, const Policy& policy,
                                             const v1::Decision& decision, const PolicyCall& call,
                                             const v1::DecisionInput& input) {
  if (decision.outcome() == v1::POLICY_OUTCOME_ALLOW ||
      decision.outcome() == v1::POLICY_OUTCOME_HOLD) {
    const std::vector<UsedOutput> outputs = UsedOutputs(asked, decision);
    if (!outputs.empty()) {
      return DecideWithOutputs(asked, policy, decision, outputs, call, input);
    }
  }
  if (!OpenFields(asked, policy).open.empty()) {
    // No output has filled what the command leaves out, which is then required.
    domain::Decided decided;
    decided.refusals = CheckArguments(asked, policy, {});
    if (decided.refused()) return decided;
    return DecideUnfilled(asked, policy, call, input);
  }
  return FindEntity(asked.info().entity_kind)->decide(input);
}

v1::Refusal MakeRefusal(v1::Refusal::Origin origin, absl::string_view reason,
                        absl::string_view field, absl::string_view text) {
  v1::Refusal refusal;
  refusal.set_origin(origin);
  refusal.set_reason(std::string(reason));
  refusal.set_field(std::string(field));
  refusal.set_text(EscapeText(text));
  return refusal;
}

v1::Outcome MakeRefused(std::vector<v1::Refusal> refusals) {
  v1::Outcome outcome;
  outcome.set_verdict(v1::VERDICT_REFUSED);
  for (v1::Refusal& refusal : refusals) *outcome.add_refusals() = std::move(refusal);
  return outcome;
}

std::vector<v1::Refusal> CheckArguments(const Asked& asked, const Policy& policy,
                                        const domain::PolicyFields& policy_fields) {
  const Entity* entity = FindEntity(asked.info().entity_kind);
  if (entity == nullptr || entity->check_arguments == nullptr) return {};
  return entity->check_arguments(asked, policy, policy_fields);
}

v1::Refusal MakeNotFound(const v1::EntityRef& entity, absl::string_view field) {
  return MakeRefusal(v1::Refusal::ORIGIN_NOT_FOUND,
                     absl::StrCat(domain::EntityKindName(entity.kind()), "_NOT_FOUND"), field,
                     absl::StrCat("there is no ", domain::EntityKindNoun(entity.kind()), " ",
                                  EscapeValue(entity.id())));
}

std::vector<v1::Refusal> CheckExistence(const Asked& asked, const v1::DecisionInput& input,
                                        IsSurvivor is_survivor) {
  std::vector<v1::Refusal> refusals;
  const v1::Command& command = asked.command();
  const domain::CommandInfo& info = asked.info();
  const bool exists = !InputEntityId(input).empty();
  const bool has_entity = !info.id_fields.empty();
  if (info.creates && exists) {
    refusals.push_back(MakeRefusal(
        v1::Refusal::ORIGIN_INVARIANT,
        absl::StrCat(domain::EntityKindName(info.entity_kind), "_EXISTS"), asked.EntityField(),
        absl::StrCat("the ", domain::EntityKindNoun(info.entity_kind), " ",
                     EscapeValue(asked.entity_id()), " exists already")));
  } else if (has_entity && !info.creates && !exists) {
    refusals.push_back(MakeNotFound(asked.entity(), asked.EntityField()));
  }
  for (const Reference& reference : asked.references()) {
    if (!reference.must_exist() || !reference.has_place()) continue;
    if (IsLoaded(reference, *InputArm(input), is_survivor)) continue;
    refusals.push_back(MakeNotFound(reference.entity(), asked.FieldOf(reference)));
  }
  if (command.desk().has_activate_policy() && exists && !input.desk().has_policy()) {
    refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_NOT_FOUND, kReasonPolicyNotFound,
                                   absl::StrCat(info.field, ".policy_hash"),
                                   kReasonPolicyNotFound.text));
  }
  if (command.desk().has_report_effect() && exists && !input.desk().has_effect()) {
    refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_NOT_FOUND, kReasonDeskReportEffectNotFound,
                                   absl::StrCat(info.field, ".effect_id"),
                                   kReasonDeskReportEffectNotFound.text));
  }
  // The input of a command about an interaction holds that one; CommandRun looks for the other.
  if (!command.interaction_id().empty() && !input.has_interaction()) {
    const bool found = VisitArm(input, false, [&command](const auto& arm) {
      return arm.interaction().interaction_id() == command.interaction_id();
    });
    if (!found) {
      v1::EntityRef interaction;
      interaction.set_kind(v1::ENTITY_KIND_INTERACTION);
      interaction.set_id(command.interaction_id());
      refusals.push_back(MakeNotFound(interaction, "interaction_id"));
    }
  }
  return refusals;
}

std::vector<std::string> GrantedAuthorities(const v1::DecisionInput& input) {
  const v1::Approval& approval = InputApproval(input);
  if (approval.state() != v1::Approval::STATE_APPROVED || !approval.rounds().empty()) return {};
  return {approval.granted_authorities().begin(), approval.granted_authorities().end()};
}

absl::Status Assess(const Asked& asked, const Policy& policy, const PolicyCall& call,
                    v1::DecisionInput* input, FurtherDecisions* further) {
  FRONTDESK_RETURN_IF_ERROR(
      FindEntity(asked.info().entity_kind)->assess(policy, call, input, further));
  // The fields that policy fills are not known yet, and may change something.
  if (domain::IsUnchanged(*input) && !OpenFields(asked, policy).open.empty()) {
    ClearUnchanged(input);
  }
  SetTotalsCurrency(asked.command(), input);
  return absl::OkStatus();
}

absl::StatusOr<v1::Outcome> DecideFilled(const Asked& asked, const Policy& policy,
                                         const CommandLimits& limits, rules::TraceLevel trace,
                                         absl::optional<absl::Time> as_of,
                                         v1::DecisionInput* input) {
  v1::Outcome outcome;
  cel::Budget budget{limits.max_policy_cost};
  const PolicyCall call{&budget, trace, as_of};
  FRONTDESK_RETURN_IF_ERROR(
      Assess(asked, policy, call, input, outcome.mutable_further_decisions()));
  FRONTDESK_ASSIGN_OR_RETURN(
      v1::Decision decision,
      policy.Decide(*input, GrantedAuthorities(*input), &budget, trace, as_of));
  FRONTDESK_ASSIGN_OR_RETURN(domain::Decided decided,
                             DecideEvents(asked, policy, decision, call, *input));
  if (decided.events.size() > static_cast<std::size_t>(limits.max_events_per_command)) {
    return MakeError(kReasonEventsTooMany,
                     absl::StrCat("max_events_per_command is ", limits.max_events_per_command));
  }

  std::vector<v1::Refusal> refusals;
  const bool allowed = decision.outcome() == v1::POLICY_OUTCOME_ALLOW;
  const bool held = decision.outcome() == v1::POLICY_OUTCOME_HOLD;
  if (!allowed && !held) refusals = PolicyRefusals(decision);
  refusals.insert(refusals.end(), decided.refusals.begin(), decided.refusals.end());
  if (!refusals.empty() || (!allowed && !held)) {
    outcome.set_verdict(v1::VERDICT_REFUSED);
    for (v1::Refusal& refusal : refusals) *outcome.add_refusals() = std::move(refusal);
  } else if (held) {
    outcome.set_verdict(v1::VERDICT_HELD);
    *outcome.mutable_held() = MakeHeld(decision);
  } else {
    outcome.set_verdict(v1::VERDICT_DONE);
    for (v1::Event& event : decided.events) *outcome.add_events() = std::move(event);
    for (v1::Effect& effect : decided.effects) *outcome.add_effects() = std::move(effect);
  }
  *outcome.mutable_decision() = std::move(decision);
  return outcome;
}

}  // namespace internal

absl::StatusOr<v1::Outcome> Decide(const v1::DecisionInput& input, const v1::Command& command,
                                   const Policy& policy, const CommandLimits& limits,
                                   rules::TraceLevel trace) {
  domain::Fields fields = domain::Fields::kUnknown;
  FRONTDESK_RETURN_IF_ERROR(internal::CheckEnvelope(command, {input, "input"}, limits, &fields));
  const google::protobuf::Message* arm = internal::InputArm(input);
  const absl::optional<absl::Time> last = internal::DecodeTime(internal::InputNow(input));
  const bool is_later = last.has_value() && *last > *internal::DecodeTime(command.now());
  const internal::Asked asked(command, is_later ? internal::InputNow(input) : command.now(),
                              fields);
  if (arm == nullptr || arm->GetDescriptor() != asked.info().decision_input) {
    return MakeError(kReasonDecisionInputMismatch,
                     absl::StrCat(asked.info().name, " is decided with another input"));
  }
  std::vector<v1::Refusal> refusals =
      internal::CheckArguments(asked, policy, internal::OpenFields(asked, policy));
  if (!refusals.empty()) return internal::MakeRefused(std::move(refusals));
  const std::string& given_id = internal::InputEntityId(input);
  if (!given_id.empty() && given_id != asked.entity_id()) {
    return MakeError(kReasonDecisionInputMismatch,
                     "the entity in the input is not the one that the command addresses");
  }
  v1::DecisionInput filled = input;
  internal::FillInput(asked, policy, &filled);
  refusals = internal::CheckExistence(asked, filled, [](const std::string&) { return false; });
  if (!refusals.empty()) return internal::MakeRefused(std::move(refusals));
  return internal::DecideFilled(asked, policy, limits, trace, /*as_of=*/absl::nullopt, &filled);
}

}  // namespace frontdesk
