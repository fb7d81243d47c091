#include "frontdesk/decide/decide.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "decide/decision_inputs.h"
#include "decide/pipeline.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/verbs.h"
#include "frontdesk/rules/decision.h"
#include "internal/status_macros.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

// Decides the movements of money on accounts that go with `decided`, each on what the one before
// left behind. Their events follow those of the entity; their refusals, if any, take the place of
// everything.
absl::Status DecidePostings(const v1::OrderDecisionInput& input, domain::Decided* decided) {
  std::map<std::string, v1::Account> accounts;
  for (const v1::Account& account : input.accounts()) accounts[account.account_id()] = account;
  std::vector<v1::Event> events;
  std::vector<v1::Refusal> refusals;
  for (const domain::Posting& posting : decided->postings) {
    v1::Account& account = accounts[posting.account_id];
    domain::Decided moved = domain::DecidePosting(posting, account, input.command());
    refusals.insert(refusals.end(), moved.refusals.begin(), moved.refusals.end());
    for (v1::Event& event : moved.events) {
      FRONTDESK_RETURN_IF_ERROR(domain::EvolveAccount(event, &account));
      events.push_back(std::move(event));
    }
  }
  decided->postings.clear();
  if (!refusals.empty()) {
    *decided = domain::Decided();
    decided->refusals = std::move(refusals);
    return absl::OkStatus();
  }
  decided->events.insert(decided->events.end(), std::make_move_iterator(events.begin()),
                         std::make_move_iterator(events.end()));
  return absl::OkStatus();
}

// Invariants and computation, those of the accounts included.
absl::StatusOr<domain::Decided> DecideEntity(const v1::DecisionInput& input) {
  switch (input.input_case()) {
    case v1::DecisionInput::kCustomer:
      return domain::DecideCustomer(input.customer());
    case v1::DecisionInput::kAccount:
      return domain::DecideAccount(input.account());
    case v1::DecisionInput::kInteraction:
      return domain::DecideInteraction(input.interaction());
    case v1::DecisionInput::kCaseInput:
      return domain::DecideCase(input.case_input());
    case v1::DecisionInput::kOrder: {
      FRONTDESK_ASSIGN_OR_RETURN(domain::Decided decided, domain::DecideOrder(input.order()));
      if (!decided.refused()) FRONTDESK_RETURN_IF_ERROR(DecidePostings(input.order(), &decided));
      return decided;
    }
    default:
      return MakeError(kReasonDecisionInputMismatch, "nothing decides on this input");
  }
}

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

// Puts what the core works out into the input, and what policy says on points beside the verb's own
// into `further`.
absl::Status Assess(const Policy& policy, v1::DecisionInput* input,
                    google::protobuf::RepeatedPtrField<v1::Decision>* further) {
  if (input->has_order()) {
    FRONTDESK_ASSIGN_OR_RETURN(*input->mutable_order()->mutable_assessment(),
                               domain::AssessOrder(input->order()));
  }
  if (!input->has_case_input()) return absl::OkStatus();
  v1::CaseAssessment& assessment = *input->mutable_case_input()->mutable_assessment();
  assessment = domain::AssessCase(input->case_input(), policy.pack().cases());
  if (!assessment.may_reopen_on_message()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(absl::optional<v1::Decision> decision,
                             policy.DecideReopenOnMessage(*input));
  if (!decision.has_value()) return absl::OkStatus();
  assessment.set_reopens_on_message(decision->outcome() == v1::POLICY_OUTCOME_ALLOW);
  *further->Add() = *std::move(decision);
  return absl::OkStatus();
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

}  // namespace

v1::Refusal MakeRefusal(v1::Refusal::Origin origin, absl::string_view reason,
                        absl::string_view field, absl::string_view text) {
  v1::Refusal refusal;
  refusal.set_origin(origin);
  refusal.set_reason(std::string(reason));
  refusal.set_field(std::string(field));
  refusal.set_text(std::string(text));
  return refusal;
}

v1::Outcome MakeRefused(std::vector<v1::Refusal> refusals) {
  v1::Outcome outcome;
  outcome.set_verdict(v1::VERDICT_REFUSED);
  for (v1::Refusal& refusal : refusals) *outcome.add_refusals() = std::move(refusal);
  return outcome;
}

std::vector<v1::Refusal> CheckArguments(const v1::Command& command, const Policy& policy) {
  switch (domain::VerbEntityKind(command.verb_case())) {
    case v1::ENTITY_KIND_CUSTOMER:
      return domain::CheckCustomerArguments(command, policy.pack().default_region_code());
    case v1::ENTITY_KIND_ORDER:
      return domain::CheckOrderArguments(command);
    case v1::ENTITY_KIND_ACCOUNT:
      return domain::CheckAccountArguments(command);
    case v1::ENTITY_KIND_INTERACTION:
      return domain::CheckInteractionArguments(command);
    case v1::ENTITY_KIND_CASE:
      return domain::CheckCaseArguments(command);
    default:
      return {};
  }
}

namespace {

// The other customer that a command names is to be there, too.
void CheckOtherCustomer(const v1::DecisionInput& input, std::vector<v1::Refusal>* refusals) {
  const v1::Command& command = InputCommand(input);
  absl::string_view field;
  if (command.has_merge_customers() && !input.customer().has_other_customer()) {
    field = "merge_customers.merged_customer_id";
  } else if (command.has_unmerge_customers() && !input.customer().has_other_customer()) {
    field = "unmerge_customers.merged_customer_id";
  } else if (command.has_set_interaction_customer() && !input.interaction().has_customer()) {
    field = "set_interaction_customer.customer_id";
  } else {
    return;
  }
  refusals->push_back(MakeRefusal(v1::Refusal::ORIGIN_NOT_FOUND, kReasonCustomerNotFound, field,
                                  "there is no such customer"));
}

}  // namespace

std::vector<v1::Refusal> CheckExistence(const v1::DecisionInput& input) {
  std::vector<v1::Refusal> refusals;
  const v1::Command& command = InputCommand(input);
  const domain::VerbInfo* verb = domain::FindVerb(command.verb_case());
  const v1::EntityRef entity = InputEntity(input);
  const absl::string_view kind = domain::EntityKindName(verb->entity_kind);
  const std::string noun = absl::AsciiStrToLower(kind);
  const std::string field = absl::StrCat(verb->field, ".", verb->id_path);
  if (verb->creates && !entity.id().empty()) {
    refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_INVARIANT, absl::StrCat(kind, "_EXISTS"),
                                   field, absl::StrCat("this ", noun, " exists already")));
  } else if (!verb->creates && entity.id().empty()) {
    refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_NOT_FOUND, absl::StrCat(kind, "_NOT_FOUND"),
                                   field, absl::StrCat("there is no such ", noun)));
  }
  CheckOtherCustomer(input, &refusals);
  if (input.has_case_input()) {
    const domain::OtherCase other = domain::FindOtherCase(command);
    if (other.must_exist && !other.case_id.empty() &&
        input.case_input().other_case().case_id() != other.case_id) {
      refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_NOT_FOUND, kReasonCaseNotFound,
                                     other.field, "there is no such case"));
    }
  }
  // The interaction in whose course an interaction is changed has no place in the input; the desk
  // looks for it.
  if (!command.interaction_id().empty() && !input.has_interaction()) {
    const std::string found = VisitArm(
        input, std::string(), [](const auto& arm) { return arm.interaction().interaction_id(); });
    if (found != command.interaction_id()) {
      refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_NOT_FOUND, kReasonInteractionNotFound,
                                     "interaction_id", "there is no such interaction"));
    }
  }
  return refusals;
}

absl::StatusOr<v1::Outcome> DecideFilled(const Policy& policy, const CommandLimits& limits,
                                         v1::DecisionInput* input) {
  v1::Outcome outcome;
  FRONTDESK_RETURN_IF_ERROR(Assess(policy, input, outcome.mutable_further_decisions()));
  const v1::Approval& approval = InputApproval(*input);
  std::vector<std::string> granted;
  if (approval.state() == v1::Approval::STATE_APPROVED) {
    granted.assign(approval.granted_authorities().begin(), approval.granted_authorities().end());
  }
  FRONTDESK_ASSIGN_OR_RETURN(v1::Decision decision, policy.Decide(*input, granted));
  FRONTDESK_ASSIGN_OR_RETURN(domain::Decided decided, DecideEntity(*input));
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
                                   const Policy& policy, const CommandLimits& limits) {
  FRONTDESK_RETURN_IF_ERROR(internal::CheckEnvelope(command, {input, "input"}, limits));
  const google::protobuf::Message* arm = internal::InputArm(input);
  if (arm == nullptr ||
      arm->GetDescriptor() != domain::DecisionInputDescriptor(command.verb_case())) {
    return MakeError(kReasonDecisionInputMismatch,
                     "the input is not the one that the verb is decided on");
  }
  std::vector<v1::Refusal> refusals = internal::CheckArguments(command, policy);
  if (!refusals.empty()) return internal::MakeRefused(std::move(refusals));
  const v1::EntityRef entity = internal::InputEntity(input);
  if (!entity.id().empty() && entity.id() != domain::AddressedEntity(command).id()) {
    return MakeError(kReasonDecisionInputMismatch,
                     "the entity in the input is not the one that the command addresses");
  }
  v1::DecisionInput filled = input;
  internal::FillInput(command, policy, &filled);
  refusals = internal::CheckExistence(filled);
  if (!refusals.empty()) return internal::MakeRefused(std::move(refusals));
  return internal::DecideFilled(policy, limits, &filled);
}

}  // namespace frontdesk
