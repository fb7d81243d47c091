#include "decide/entities.h"

#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "absl/types/optional.h"
#include "decide/case_calendar.h"
#include "decide/pipeline.h"
#include "frontdesk/base/time_zone_name.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/desk/desk.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

template <typename Input>
void FillDefinitions(const Policy& policy, v1::EntityKind kind, Input* input) {
  input->clear_attribute_definitions();
  for (const v1::AttributeDefinition& definition : policy.pack().attribute_definitions()) {
    if (definition.entity_kind() == kind) *input->add_attribute_definitions() = definition;
  }
}

void FillNothing(const Policy&, v1::DecisionInput*) {}
absl::Status AssessNothing(const Policy&, const PolicyCall&, v1::DecisionInput*,
                           FurtherDecisions*) {
  return absl::OkStatus();
}

// ---- Customers

std::vector<v1::Refusal> CheckCustomer(const Asked& asked, const Policy& policy,
                                       const domain::PolicyFields&) {
  const v1::CustomerCommand& verb = asked.command().customer();
  std::vector<v1::Refusal> refusals = domain::CheckCustomerArguments(
      verb, asked.now(), policy.pack().default_region_code(), asked.fields());
  // The form of the name is checked there; the zones themselves are known to the policy.
  const auto check_zone = [&](absl::string_view field, const std::string& name) {
    if (name.empty() || !IsTimeZoneName(name) || policy.KnowsTimeZone(name)) return;
    refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_ARGUMENT, kReasonArgumentTimeZone, field,
                                   "is not a time zone of the IANA database"));
  };
  check_zone("edit_customer.time_zone", verb.edit_customer().time_zone());
  check_zone("create_customer.preferences.time_zone",
             verb.create_customer().preferences().time_zone());
  if (verb.import_customer().strict()) {
    check_zone("import_customer.customer.preferences.time_zone",
               verb.import_customer().customer().preferences().time_zone());
  }
  return refusals;
}
void FillCustomer(const Policy& policy, v1::DecisionInput* input) {
  input->mutable_customer()->clear_assessment();
  const std::string& region_code = policy.pack().default_region_code();
  if (input->customer().default_region_code() != region_code) {
    input->mutable_customer()->set_default_region_code(region_code);
  }
  FillDefinitions(policy, v1::ENTITY_KIND_CUSTOMER, input->mutable_customer());
}
// Set only where the core found something: most commands find nothing, and their inputs are as small as before.
absl::Status AssessCustomer(const Policy& policy, const PolicyCall&, v1::DecisionInput* input,
                            FurtherDecisions*) {
  const v1::CustomerAssessment assessed = domain::AssessCustomer(input->customer());
  if (assessed.is_unchanged()) *input->mutable_customer()->mutable_assessment() = assessed;
  const v1::CustomerCommand& command = input->customer().command();
  if (!command.has_import_customer()) return absl::OkStatus();
  const std::string& zone = command.import_customer().customer().preferences().time_zone();
  const bool is_unknown = IsTimeZoneName(zone) && !policy.KnowsTimeZone(zone);
  if (is_unknown) input->mutable_customer()->mutable_assessment()->set_time_zone_unknown(true);
  return absl::OkStatus();
}
absl::StatusOr<domain::Decided> DecideCustomer(const v1::DecisionInput& input) {
  return domain::DecideCustomer(input.customer());
}
absl::Status EvolveCustomer(const v1::Event& event, v1::EntityState* state) {
  return domain::EvolveCustomer(event, state->mutable_customer());
}

// ---- Interactions

std::vector<v1::Refusal> CheckInteraction(const Asked& asked, const Policy&,
                                          const domain::PolicyFields&) {
  return domain::CheckInteractionArguments(asked.command().interaction(), asked.fields());
}
void FillInteraction(const Policy&, v1::DecisionInput* input) {
  input->mutable_interaction()->clear_assessment();
}
absl::Status AssessInteraction(const Policy&, const PolicyCall&, v1::DecisionInput* input,
                               FurtherDecisions*) {
  v1::InteractionAssessment assessed = domain::AssessInteraction(input->interaction());
  if (assessed.is_unchanged()) *input->mutable_interaction()->mutable_assessment() = assessed;
  return absl::OkStatus();
}
absl::StatusOr<domain::Decided> DecideInteraction(const v1::DecisionInput& input) {
  return domain::DecideInteraction(input.interaction());
}
absl::Status EvolveInteraction(const v1::Event& event, v1::EntityState* state) {
  return domain::EvolveInteraction(event, state->mutable_interaction());
}

// ---- Orders

std::vector<v1::Refusal> CheckOrder(const Asked& asked, const Policy&,
                                    const domain::PolicyFields& policy_fields) {
  return domain::CheckOrderArguments(asked.command().order(), asked.now(), asked.fields(),
                                     policy_fields);
}
void FillOrder(const Policy&, v1::DecisionInput* input) {
  input->mutable_order()->clear_assessment();
}
absl::Status AssessOrder(const Policy&, const PolicyCall&, v1::DecisionInput* input,
                         FurtherDecisions*) {
  FRONTDESK_ASSIGN_OR_RETURN(v1::OrderAssessment assessed, domain::AssessOrder(input->order()));
  v1::OrderDecisionInput& order = *input->mutable_order();
  google::protobuf::Arena* const arena = order.GetArena();
  if (arena == nullptr) {
    *order.mutable_assessment() = std::move(assessed);
  } else {
    // Not copied to the arena: dropped with it.
    auto* const owned = new v1::OrderAssessment(std::move(assessed));
    arena->Own(owned);
    order.unsafe_arena_set_allocated_assessment(owned);
  }
  return absl::OkStatus();
}

// Decides the movements of money on accounts that go with `decided`, one after the other. Their events follow
// those of the order; their refusals, if any, replace everything.
absl::Status DecidePostings(const v1::OrderDecisionInput& input, domain::Decided* decided) {
  if (decided->postings.empty()) return absl::OkStatus();
  // Copies of those that change before the last movement, which the others see.
  std::map<absl::string_view, v1::Account> changed;
  const auto find = [&](absl::string_view id) -> const v1::Account& {
    const auto found = changed.find(id);
    if (found != changed.end()) return found->second;
    for (const v1::Account& account : input.accounts()) {
      if (account.account_id() == id) return account;
    }
    return v1::Account::default_instance();
  };
  const domain::Occasion occasion = {input.actor(), input.now(),
                                     input.has_occur_time() ? &input.occur_time() : nullptr};
  std::vector<v1::Event> events;
  std::vector<v1::Refusal> refusals;
  for (const domain::Posting& posting : decided->postings) {
    const v1::Account& account = find(posting.account_id);
    domain::Decided moved = domain::DecidePosting(posting, account, occasion);
    refusals.insert(refusals.end(), moved.refusals.begin(), moved.refusals.end());
    const bool is_last = &posting == &decided->postings.back();
    for (v1::Event& event : moved.events) {
      if (!is_last) {
        v1::Account& after = changed.try_emplace(posting.account_id, account).first->second;
        FRONTDESK_RETURN_IF_ERROR(domain::EvolveAccount(event, &after));
      }
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

absl::StatusOr<domain::Decided> DecideOrder(const v1::DecisionInput& input) {
  FRONTDESK_ASSIGN_OR_RETURN(domain::Decided decided, domain::DecideOrder(input.order()));
  if (!decided.refused()) FRONTDESK_RETURN_IF_ERROR(DecidePostings(input.order(), &decided));
  return decided;
}
absl::Status EvolveOrder(const v1::Event& event, v1::EntityState* state) {
  return domain::EvolveOrder(event, state->mutable_order());
}

// ---- Accounts

std::vector<v1::Refusal> CheckAccount(const Asked& asked, const Policy&,
                                      const domain::PolicyFields& policy_fields) {
  return domain::CheckAccountArguments(asked.command().account(), asked.fields(), policy_fields);
}
absl::StatusOr<domain::Decided> DecideAccount(const v1::DecisionInput& input) {
  return domain::DecideAccount(input.account());
}
absl::Status EvolveAccount(const v1::Event& event, v1::EntityState* state) {
  return domain::EvolveAccount(event, state->mutable_account());
}

// ---- Cases

std::vector<v1::Refusal> CheckCase(const Asked& asked, const Policy&,
                                   const domain::PolicyFields& policy_fields) {
  return domain::CheckCaseArguments(asked.command().case_(), asked.fields(), policy_fields);
}
void FillCase(const Policy& policy, v1::DecisionInput* input) {
  FillDefinitions(policy, v1::ENTITY_KIND_CASE, input->mutable_case_());
  input->mutable_case_()->clear_assessment();
}
absl::Status AssessCase(const Policy& policy, const PolicyCall& call, v1::DecisionInput* input,
                        FurtherDecisions* further) {
  v1::CaseAssessment& assessment = *input->mutable_case_()->mutable_assessment();
  assessment = domain::AssessCase(input->case_(), policy.pack().cases(),
                                  CalendarOfCase(policy, input->case_().case_()));
  if (!assessment.may_reopen_on_message()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(
      absl::optional<v1::Decision> decision,
      policy.DecideReopenOnMessage(*input, call.budget, call.trace, call.as_of));
  if (!decision.has_value()) return absl::OkStatus();
  assessment.set_reopens_on_message(decision->outcome() == v1::POLICY_OUTCOME_ALLOW);
  *further->Add() = *std::move(decision);
  return absl::OkStatus();
}
absl::StatusOr<domain::Decided> DecideCase(const v1::DecisionInput& input) {
  return domain::DecideCase(input.case_());
}
absl::Status EvolveCase(const v1::Event& event, v1::EntityState* state) {
  return domain::EvolveCase(event, state->mutable_case_());
}

// ---- Commands to the desk

std::vector<v1::Refusal> CheckDesk(const Asked& asked, const Policy&, const domain::PolicyFields&) {
  return domain::CheckDeskArguments(asked.command().desk(), asked.fields());
}
absl::StatusOr<domain::Decided> DecideDesk(const v1::DecisionInput& input) {
  return domain::DecideDesk(input.desk());
}

absl::Status EvolveDesk(const v1::Event& event, v1::EntityState* state) {
  return domain::EvolveDesk(event, state->mutable_desk());
}

// ---- Approvals

absl::Status EvolveApproval(const v1::Event& event, v1::EntityState* state) {
  return domain::EvolveApproval(event, state->mutable_approval());
}

constexpr Entity kEntities[] = {
    {v1::ENTITY_KIND_CUSTOMER, CheckCustomer, FillCustomer, AssessCustomer, DecideCustomer,
     EvolveCustomer},
    {v1::ENTITY_KIND_INTERACTION, CheckInteraction, FillInteraction, AssessInteraction,
     DecideInteraction, EvolveInteraction},
    {v1::ENTITY_KIND_ORDER, CheckOrder, FillOrder, AssessOrder, DecideOrder, EvolveOrder},
    {v1::ENTITY_KIND_ACCOUNT, CheckAccount, FillNothing, AssessNothing, DecideAccount,
     EvolveAccount},
    {v1::ENTITY_KIND_CASE, CheckCase, FillCase, AssessCase, DecideCase, EvolveCase},
    {v1::ENTITY_KIND_APPROVAL, nullptr, nullptr, nullptr, nullptr, EvolveApproval},
    {v1::ENTITY_KIND_DESK, CheckDesk, FillNothing, AssessNothing, DecideDesk, EvolveDesk},
    {v1::ENTITY_KIND_UNSPECIFIED, CheckDesk, FillNothing, AssessNothing, DecideDesk, nullptr},
};

}  // namespace

const Entity* FindEntity(v1::EntityKind kind) {
  for (const Entity& entity : kEntities) {
    if (entity.kind == kind) return &entity;
  }
  return nullptr;
}

}  // namespace internal
}  // namespace frontdesk
