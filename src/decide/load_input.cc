#include "decide/load_input.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "decide/lend.h"
#include "decide/load_cases.h"
#include "decide/named_facts.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/domain/command_info.h"
#include "internal/status_macros.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

using StatePtr = std::shared_ptr<const v1::EntityState>;

template <typename Arm>
absl::Status LoadCustomer(const std::string& customer_id, int max_related, StateSource* source,
                          const InputWriter& writer, Arm* arm) {
  FRONTDESK_ASSIGN_OR_RETURN(const StatePtr found, FindCustomer(customer_id, max_related, source));
  if (found != nullptr) {
    arm->unsafe_arena_set_allocated_customer(writer.Lend(found, found->customer()));
  }
  return absl::OkStatus();
}

// The customer as it was in `version`, if it ever was; `state` is that of now.
absl::Status LoadBase(const StatePtr& state, std::int64_t version, StateSource* source,
                      const InputWriter& writer, v1::CustomerDecisionInput* arm) {
  StatePtr base = version == state->version() ? state : nullptr;
  if (version >= 1 && version < state->version()) {
    FRONTDESK_ASSIGN_OR_RETURN(base, source->GetAt(state->entity(), version));
  }
  if (base != nullptr) {
    arm->unsafe_arena_set_allocated_base_customer(writer.Lend(base, base->customer()));
  }
  return absl::OkStatus();
}

// The customer that the command names, else that of the addressed entity.
std::string CustomerIdOf(const Asked& asked, const std::string& of_entity) {
  const std::string& named = asked.ReferencedId("customer");
  return named.empty() ? of_entity : named;
}

constexpr int kMaxJoinedCases = 100;

// The customer's id, and those of all that were merged into it.
void AddIds(const v1::Customer& customer, std::set<std::string>* ids) {
  ids->insert(customer.customer_id());
  for (const v1::MergedCustomerRef& ref : customer.merged_customer_refs()) {
    ids->insert(ref.customer_id());
  }
}

// The cases that were merged while the customers were one: of each pair one belongs to `merged`. At most as
// many as are reported at once.
absl::Status LoadJoinedCases(const v1::Customer& survivor, const v1::Customer& merged,
                             const CommandLimits& limits, StateSource* source,
                             v1::CustomerDecisionInput* arm) {
  std::set<std::string> of_merged;
  AddIds(merged, &of_merged);
  std::set<std::string> ids = of_merged;
  AddIds(survivor, &ids);
  CaseReader reader(source, limits.max_related);
  for (const std::string& id : ids) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> case_ids, source->MergedCasesOf(id));
    for (const std::string& case_id : case_ids) {
      FRONTDESK_ASSIGN_OR_RETURN(const auto joined, reader.Get(case_id));
      if (joined == nullptr) continue;
      if (arm->joined_cases_size() >= kMaxJoinedCases) return absl::OkStatus();
      const std::string& into_id = joined->case_().survivor_case_id();
      FRONTDESK_ASSIGN_OR_RETURN(const auto into, reader.Get(into_id));
      if (into == nullptr || of_merged.count(into->case_().customer_id()) == of_merged.count(id)) {
        continue;
      }
      v1::JoinedCase& pair = *arm->add_joined_cases();
      pair.set_case_id(case_id);
      pair.set_survivor_case_id(into_id);
    }
  }
  return absl::OkStatus();
}

// The addressed customer is the one of that very id: a merged one is changed no more.
absl::Status LoadCustomerArm(const Asked& asked, const CommandLimits& limits, StateSource* source,
                             const InputWriter& writer, v1::CustomerDecisionInput* arm) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             source->Get(v1::ENTITY_KIND_CUSTOMER, asked.entity_id()));
  if (state == nullptr) return absl::OkStatus();
  arm->unsafe_arena_set_allocated_customer(writer.Lend(state, state->customer()));
  if (asked.command().customer().has_edit_customer()) {
    return LoadBase(state, asked.command().customer().edit_customer().base_version(), source,
                    writer, arm);
  }
  const std::string& account_id = asked.ReferencedId("account");
  if (!account_id.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto account,
                               source->Get(v1::ENTITY_KIND_ACCOUNT, account_id));
    if (account != nullptr) {
      arm->unsafe_arena_set_allocated_account(writer.Lend(account, account->account()));
    }
  }
  const std::string& other_id = asked.ReferencedId("other_customer");
  if (other_id.empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto other, source->Get(v1::ENTITY_KIND_CUSTOMER, other_id));
  if (other == nullptr) return absl::OkStatus();
  arm->unsafe_arena_set_allocated_other_customer(writer.Lend(other, other->customer()));
  if (!asked.command().customer().has_unmerge_customers()) return absl::OkStatus();
  return LoadJoinedCases(state->customer(), other->customer(), limits, source, arm);
}

void AddRoute(const v1::MoneyRoute& route, std::set<std::string>* account_ids) {
  if (!route.account_id().empty()) account_ids->insert(route.account_id());
}

void AddAccounts(const v1::Order& order, std::set<std::string>* account_ids) {
  for (const v1::Payment& payment : order.payments()) AddRoute(payment.route(), account_ids);
  for (const v1::Refund& refund : order.refunds()) AddRoute(refund.route(), account_ids);
  for (const v1::Return& back : order.returns()) AddRoute(back.refund_route(), account_ids);
  for (const v1::Exchange& exchange : order.exchanges())
    AddRoute(exchange.settlement_route(), account_ids);
}

// The reference of a gateway that the command reports; empty when it reports none.
const std::string& ReportedReference(const v1::OrderCommand& command) {
  if (command.has_record_dispute()) return command.record_dispute().gateway_reference();
  if (command.record_payment().has_refund()) {
    return command.record_payment().refund().gateway_reference();
  }
  return command.record_payment().payment().gateway_reference();
}

// Where the order has the reference itself, its own report decides.
absl::Status LoadReference(const std::string& order_id, const std::string& reference,
                           StateSource* source, v1::OrderDecisionInput* arm) {
  if (reference.empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                             source->OrdersWithReference(reference));
  if (ids.empty() || std::find(ids.begin(), ids.end(), order_id) != ids.end()) {
    return absl::OkStatus();
  }
  arm->set_reference_order_id(ids.front());
  return absl::OkStatus();
}

absl::Status LoadOrderArm(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                          StateSource* source, const InputWriter& writer,
                          v1::OrderDecisionInput* arm) {
  const std::string& order_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_ORDER, order_id));
  std::set<std::string> account_ids;
  std::string customer_id;
  if (state != nullptr) {
    arm->unsafe_arena_set_allocated_order(writer.Lend(state, state->order()));
    customer_id = state->order().customer_id();
    AddAccounts(state->order(), &account_ids);
    FRONTDESK_RETURN_IF_ERROR(
        LoadReference(order_id, ReportedReference(asked.command().order()), source, arm));
  } else if (asked.command().order().has_import_order()) {
    AddAccounts(asked.command().order().import_order().order(), &account_ids);
  }
  FRONTDESK_RETURN_IF_ERROR(
      LoadCustomer(CustomerIdOf(asked, customer_id), limits.max_related, source, writer, arm));
  for (const v1::PaymentMethod& method : arm->customer().payment_methods()) {
    if (!method.account_id().empty()) account_ids.insert(method.account_id());
  }
  for (const std::string& account_id : account_ids) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto account,
                               source->Get(v1::ENTITY_KIND_ACCOUNT, account_id));
    if (account == nullptr) continue;
    arm->mutable_accounts()->UnsafeArenaAddAllocated(writer.Lend(account, account->account()));
  }
  if (facts.has_catalog()) {
    AddNamedFacts(asked.command().order(), facts.catalog(), arm->mutable_catalog());
  }
  return absl::OkStatus();
}

absl::Status LoadAccountArm(const Asked& asked, const CommandLimits& limits, StateSource* source,
                            const InputWriter& writer, v1::AccountDecisionInput* arm) {
  const std::string& account_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_ACCOUNT, account_id));
  if (state != nullptr) {
    arm->unsafe_arena_set_allocated_account(writer.Lend(state, state->account()));
  }
  return LoadCustomer(CustomerIdOf(asked, state == nullptr ? "" : state->account().customer_id()),
                      limits.max_related, source, writer, arm);
}

absl::Status LoadInteractionArm(const Asked& asked, const CommandLimits& limits,
                                StateSource* source, const InputWriter& writer,
                                v1::InteractionDecisionInput* arm) {
  const std::string& interaction_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             source->Get(v1::ENTITY_KIND_INTERACTION, interaction_id));
  if (state != nullptr) {
    arm->unsafe_arena_set_allocated_interaction(writer.Lend(state, state->interaction()));
  }
  return LoadCustomer(
      CustomerIdOf(asked, state == nullptr ? "" : state->interaction().customer_id()),
      limits.max_related, source, writer, arm);
}

absl::Status LoadCaseArm(const Asked& asked, const CommandLimits& limits, StateSource* source,
                         const InputWriter& writer, v1::CaseDecisionInput* arm) {
  const std::string& case_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_CASE, case_id));
  if (state != nullptr) {
    arm->unsafe_arena_set_allocated_case_(writer.Lend(state, state->case_()));
  }
  const std::string& other_id = asked.ReferencedId("other_case");
  if (!other_id.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto found, source->Get(v1::ENTITY_KIND_CASE, other_id));
    if (found != nullptr) {
      arm->unsafe_arena_set_allocated_other_case(writer.Lend(found, found->case_()));
    }
  }
  if (asked.command().case_().has_add_case_participant()) {
    FRONTDESK_ASSIGN_OR_RETURN(
        const StatePtr participant,
        FindCustomer(asked.ReferencedId("participant_customer"), limits.max_related, source));
    if (participant != nullptr) {
      arm->unsafe_arena_set_allocated_participant_customer(
          writer.Lend(participant, participant->customer()));
    }
  }
  if (asked.command().case_().has_resolve_case() && state != nullptr) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadCausedCases(state->case_(), limits.max_related, source, writer, arm));
  }
  if (asked.command().case_().has_link_case()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadAncestors(asked.command().case_().link_case(), limits, source, arm));
  }
  return LoadCustomer(CustomerIdOf(asked, state == nullptr ? "" : state->case_().customer_id()),
                      limits.max_related, source, writer, arm);
}

absl::Status LoadDeskArm(const Asked& asked, StateSource* source, v1::DeskDecisionInput* arm) {
  if (asked.info().id_fields.empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(asked.entity_kind(), asked.entity_id()));
  if (state == nullptr) return absl::OkStatus();
  *arm->mutable_entity() = state->entity();
  if (state->has_update_time()) *arm->mutable_update_time() = state->update_time();
  if (asked.command().desk().has_report_effect()) {
    const std::string& effect_id = asked.command().desk().report_effect().effect_id();
    FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<v1::Effect> effect,
                               source->FindEffect(effect_id));
    const bool is_own = effect.has_value() && effect->entity().kind() == asked.entity_kind() &&
                        effect->entity().id() == asked.entity_id();
    if (is_own) *arm->mutable_effect() = *effect;
    return absl::OkStatus();
  }
  if (!asked.command().desk().has_activate_policy()) return absl::OkStatus();
  *arm->mutable_active_policy() = state->desk().active_policy();
  FRONTDESK_ASSIGN_OR_RETURN(
      const absl::optional<v1::PolicyRef> policy,
      source->FindPolicy(asked.command().desk().activate_policy().policy_hash()));
  if (policy.has_value()) *arm->mutable_policy() = *policy;
  return absl::OkStatus();
}

absl::Status LoadArm(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                     StateSource* source, const InputWriter& writer, v1::DecisionInput* input) {
  SetArm(asked.info().entity_kind, input);
  if (input->has_order()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadOrderArm(asked, facts, limits, source, writer, input->mutable_order()));
  } else if (input->has_account()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadAccountArm(asked, limits, source, writer, input->mutable_account()));
  } else if (input->has_customer()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadCustomerArm(asked, limits, source, writer, input->mutable_customer()));
  } else if (input->has_case_()) {
    FRONTDESK_RETURN_IF_ERROR(LoadCaseArm(asked, limits, source, writer, input->mutable_case_()));
  } else if (input->has_interaction()) {
    return LoadInteractionArm(asked, limits, source, writer, input->mutable_interaction());
  } else if (input->has_desk()) {
    FRONTDESK_RETURN_IF_ERROR(LoadDeskArm(asked, source, input->mutable_desk()));
  }
  if (asked.command().interaction_id().empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto interaction, source->Get(v1::ENTITY_KIND_INTERACTION,
                                                                 asked.command().interaction_id()));
  if (interaction == nullptr) return absl::OkStatus();
  VisitArm(*input, 0, [&](auto& arm) {
    arm.unsafe_arena_set_allocated_interaction(
        writer.Lend(interaction, interaction->interaction()));
    return 0;
  });
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadInput(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                       StateSource* source, v1::DecisionInput* input, LoadedParts* parts) {
  const InputWriter writer(input->GetArena(), &parts->states);
  FRONTDESK_RETURN_IF_ERROR(LoadArm(asked, facts, limits, source, writer, input));
  return LoadRows(asked, limits, source, input, &parts->rows);
}

}  // namespace internal
}  // namespace frontdesk
