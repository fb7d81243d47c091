#include "decide/load_input.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/customer/customer.h"
#include "internal/status_macros.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

// Copies the customer with this id, if there is one, to its place in `arm`: for a merged customer the
// survivor. Chains longer than merges can make lead to no customer; imports may contain them, even circular
// ones.
template <typename Arm>
absl::Status LoadCustomer(std::string customer_id, StateSource* source, Arm* arm) {
  std::shared_ptr<const v1::EntityState> found;
  for (int steps = 0; !customer_id.empty(); ++steps) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                               source->Get(v1::ENTITY_KIND_CUSTOMER, customer_id));
    if (state == nullptr) break;
    if (steps > domain::kMaxMergeChain) return absl::OkStatus();
    found = state;
    customer_id = state->customer().survivor_customer_id();
  }
  if (found != nullptr) *arm->mutable_customer() = found->customer();
  return absl::OkStatus();
}

// The customer as it was in `version`, if it ever was; `state` is that of now.
absl::Status LoadBase(const v1::EntityState& state, std::int64_t version, StateSource* source,
                      v1::CustomerDecisionInput* arm) {
  if (version == state.version()) *arm->mutable_base_customer() = state.customer();
  if (version >= state.version() || version < 1) return absl::OkStatus();
  v1::EntityState base;
  while (base.version() < version) {
    FRONTDESK_ASSIGN_OR_RETURN(
        const std::vector<v1::Event> events,
        source->History(state.entity(), base.version(), version - base.version()));
    if (events.empty())
      return MakeError(kReasonStoreCorrupt, "a history is shorter than its version");
    for (const v1::Event& event : events) FRONTDESK_RETURN_IF_ERROR(Evolve(event, &base));
  }
  *arm->mutable_base_customer() = base.customer();
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
  for (const v1::MergedCustomer& merge : customer.merged_customers()) {
    AddIds(merge.merged_before(), ids);
  }
}

// The cases that were merged while the customers were one: of each pair one belongs to `merged`. At most as
// many as are reported at once.
absl::Status LoadJoinedCases(const v1::Customer& survivor, const v1::Customer& merged,
                             StateSource* source, v1::CustomerDecisionInput* arm) {
  std::set<std::string> of_merged;
  AddIds(merged, &of_merged);
  std::set<std::string> ids = of_merged;
  AddIds(survivor, &ids);
  for (const std::string& id : ids) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> case_ids, source->MergedCasesOf(id));
    for (const std::string& case_id : case_ids) {
      FRONTDESK_ASSIGN_OR_RETURN(const auto joined, source->Get(v1::ENTITY_KIND_CASE, case_id));
      if (joined == nullptr) continue;
      if (arm->joined_cases_size() >= kMaxJoinedCases) return absl::OkStatus();
      const std::string& into_id = joined->case_().survivor_case_id();
      FRONTDESK_ASSIGN_OR_RETURN(const auto into, source->Get(v1::ENTITY_KIND_CASE, into_id));
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
absl::Status LoadCustomerArm(const Asked& asked, StateSource* source,
                             v1::CustomerDecisionInput* arm) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             source->Get(v1::ENTITY_KIND_CUSTOMER, asked.entity_id()));
  if (state == nullptr) return absl::OkStatus();
  *arm->mutable_customer() = state->customer();
  if (asked.command().customer().has_edit_customer()) {
    return LoadBase(*state, asked.command().customer().edit_customer().base_version(), source, arm);
  }
  const std::string& other_id = asked.ReferencedId("other_customer");
  if (other_id.empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto other, source->Get(v1::ENTITY_KIND_CUSTOMER, other_id));
  if (other == nullptr) return absl::OkStatus();
  *arm->mutable_other_customer() = other->customer();
  if (!asked.command().customer().has_unmerge_customers()) return absl::OkStatus();
  return LoadJoinedCases(state->customer(), other->customer(), source, arm);
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

absl::Status LoadOrderArm(const Asked& asked, const v1::Facts& facts, StateSource* source,
                          v1::OrderDecisionInput* arm) {
  const std::string& order_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_ORDER, order_id));
  std::set<std::string> account_ids;
  std::string customer_id;
  if (state != nullptr) {
    *arm->mutable_order() = state->order();
    customer_id = state->order().customer_id();
    AddAccounts(state->order(), &account_ids);
  } else if (asked.command().order().has_import_order()) {
    AddAccounts(asked.command().order().import_order().order(), &account_ids);
  }
  FRONTDESK_RETURN_IF_ERROR(LoadCustomer(CustomerIdOf(asked, customer_id), source, arm));
  for (const v1::PaymentMethod& method : arm->customer().payment_methods()) {
    if (!method.account_id().empty()) account_ids.insert(method.account_id());
  }
  for (const std::string& account_id : account_ids) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto account,
                               source->Get(v1::ENTITY_KIND_ACCOUNT, account_id));
    if (account != nullptr) *arm->add_accounts() = account->account();
  }
  if (facts.has_catalog()) *arm->mutable_catalog() = facts.catalog();
  return absl::OkStatus();
}

absl::Status LoadAccountArm(const Asked& asked, StateSource* source,
                            v1::AccountDecisionInput* arm) {
  const std::string& account_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_ACCOUNT, account_id));
  if (state != nullptr) *arm->mutable_account() = state->account();
  return LoadCustomer(CustomerIdOf(asked, state == nullptr ? "" : state->account().customer_id()),
                      source, arm);
}

absl::Status LoadInteractionArm(const Asked& asked, StateSource* source,
                                v1::InteractionDecisionInput* arm) {
  const std::string& interaction_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             source->Get(v1::ENTITY_KIND_INTERACTION, interaction_id));
  if (state != nullptr) *arm->mutable_interaction() = state->interaction();
  return LoadCustomer(
      CustomerIdOf(asked, state == nullptr ? "" : state->interaction().customer_id()), source, arm);
}

// The survivor of `case_id`: the case itself, or the end of its chain of merges.
absl::StatusOr<std::shared_ptr<const v1::EntityState>> GetStandingCase(std::string case_id,
                                                                       StateSource* source) {
  std::set<std::string> seen;
  while (seen.insert(case_id).second) {
    FRONTDESK_ASSIGN_OR_RETURN(auto state, source->Get(v1::ENTITY_KIND_CASE, case_id));
    if (state == nullptr || state->case_().state() != v1::Case::STATE_MERGED) return state;
    case_id = state->case_().survivor_case_id();
  }
  return nullptr;
}

bool GoesOn(const v1::Case& one) {
  return one.state() == v1::Case::STATE_NEW || one.state() == v1::Case::STATE_OPEN ||
         one.state() == v1::Case::STATE_WAITING_ON_CUSTOMER ||
         one.state() == v1::Case::STATE_WAITING_ON_THIRD_PARTY;
}

// The cases that `cause`, or a case merged into it, caused and that go on; each once.
absl::Status LoadCausedCases(const v1::Case& cause, StateSource* source,
                             v1::CaseDecisionInput* arm) {
  std::vector<std::string> causes = {cause.case_id()};
  std::set<std::string> known = {cause.case_id()};
  std::set<std::string> added = {cause.case_id()};
  for (size_t next = 0; next < causes.size(); ++next) {
    const std::string cause_id = causes[next];
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_CASE, cause_id));
    if (state == nullptr) continue;
    for (const v1::MergedCase& merged : state->case_().merged_cases()) {
      if (known.insert(merged.case_id()).second) causes.push_back(merged.case_id());
    }
    for (const v1::CaseLink& link : state->case_().case_links()) {
      if (link.kind() != v1::CaseLink::KIND_CAUSE_OF) continue;
      FRONTDESK_ASSIGN_OR_RETURN(const auto caused, GetStandingCase(link.case_id(), source));
      if (caused == nullptr || !GoesOn(caused->case_())) continue;
      if (added.insert(caused->case_().case_id()).second) {
        *arm->add_caused_cases() = caused->case_();
      }
    }
  }
  return absl::OkStatus();
}

// The parents of the case that would be above the other, when LinkCase makes one a parent.
absl::Status LoadAncestors(const v1::LinkCase& verb, int max_ancestors, StateSource* source,
                           v1::CaseDecisionInput* arm) {
  const v1::CaseLink& link = verb.case_link();
  const bool to_parent = link.kind() == v1::CaseLink::KIND_PARENT;
  if (!to_parent && link.kind() != v1::CaseLink::KIND_CHILD) return absl::OkStatus();
  const std::string& child = to_parent ? verb.case_id() : link.case_id();
  std::string above = to_parent ? link.case_id() : verb.case_id();
  for (int level = 0; level < max_ancestors; ++level) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_CASE, above));
    if (state == nullptr) return absl::OkStatus();
    const auto& links = state->case_().case_links();
    const auto parent = std::find_if(links.begin(), links.end(), [](const v1::CaseLink& each) {
      return each.kind() == v1::CaseLink::KIND_PARENT;
    });
    if (parent == links.end()) return absl::OkStatus();
    above = parent->case_id();
    arm->add_ancestor_case_ids(above);
    if (above == child) return absl::OkStatus();
  }
  arm->set_has_more_ancestors(true);
  return absl::OkStatus();
}

absl::Status LoadCaseArm(const Asked& asked, int max_ancestors, StateSource* source,
                         v1::CaseDecisionInput* arm) {
  const std::string& case_id = asked.entity_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_CASE, case_id));
  if (state != nullptr) *arm->mutable_case_() = state->case_();
  const std::string& other_id = asked.ReferencedId("other_case");
  if (!other_id.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto found, source->Get(v1::ENTITY_KIND_CASE, other_id));
    if (found != nullptr) *arm->mutable_other_case() = found->case_();
  }
  if (asked.command().case_().has_resolve_case() && state != nullptr) {
    FRONTDESK_RETURN_IF_ERROR(LoadCausedCases(state->case_(), source, arm));
  }
  if (asked.command().case_().has_link_case()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadAncestors(asked.command().case_().link_case(), max_ancestors, source, arm));
  }
  return LoadCustomer(CustomerIdOf(asked, state == nullptr ? "" : state->case_().customer_id()),
                      source, arm);
}

}  // namespace

absl::Status LoadInput(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                       StateSource* source, v1::DecisionInput* input) {
  SetArm(asked.info().entity_kind, input);
  if (input->has_order()) {
    FRONTDESK_RETURN_IF_ERROR(LoadOrderArm(asked, facts, source, input->mutable_order()));
  } else if (input->has_account()) {
    FRONTDESK_RETURN_IF_ERROR(LoadAccountArm(asked, source, input->mutable_account()));
  } else if (input->has_customer()) {
    FRONTDESK_RETURN_IF_ERROR(LoadCustomerArm(asked, source, input->mutable_customer()));
  } else if (input->has_case_()) {
    FRONTDESK_RETURN_IF_ERROR(
        LoadCaseArm(asked, limits.max_case_ancestors, source, input->mutable_case_()));
  } else if (input->has_interaction()) {
    return LoadInteractionArm(asked, source, input->mutable_interaction());
  }
  if (asked.command().interaction_id().empty()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto interaction, source->Get(v1::ENTITY_KIND_INTERACTION,
                                                                 asked.command().interaction_id()));
  if (interaction == nullptr) return absl::OkStatus();
  VisitArm(*input, 0, [&](auto& arm) {
    *arm.mutable_interaction() = interaction->interaction();
    return 0;
  });
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace frontdesk
