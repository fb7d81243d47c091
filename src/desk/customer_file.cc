// The customer's file, and who may be the same customer.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "desk/desk_entry.h"
#include "desk/finder.h"
#include "desk/relations.h"
#include "desk/shared_answer.h"
#include "event_log/index_keys.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/customer/customer_match.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

using StatePtr = std::shared_ptr<const v1::EntityState>;

// The survivor of `customer_id`.
absl::StatusOr<StatePtr> MustStand(const event_log::View& view, const std::string& customer_id,
                                   int max_related) {
  FRONTDESK_RETURN_IF_ERROR(internal::CheckEntityId(customer_id, "customer_id"));
  FRONTDESK_ASSIGN_OR_RETURN(StatePtr customer,
                             internal::StandingCustomer(view, customer_id, max_related));
  if (customer == nullptr)
    return internal::EntityNotFoundError(v1::ENTITY_KIND_CUSTOMER, customer_id);
  return customer;
}

absl::StatusOr<std::vector<v1::DuplicateCandidate>> ReadDuplicates(const event_log::View& view,
                                                                   const v1::Customer& customer,
                                                                   const FindLimits& limits) {
  IndexPage page;
  page.page_size = limits.max_compared + 1;  // The customer itself may be among them.
  std::set<std::string> ids;
  for (const std::string& key : internal::CustomerKeys(customer)) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<IndexPosition> positions,
                               view.Find(v1::ENTITY_KIND_CUSTOMER, key, page));
    int compared = 0;
    for (const IndexPosition& position : positions) {
      if (position.id != customer.customer_id() && compared++ < limits.max_compared) {
        ids.insert(position.id);
      }
    }
  }
  std::vector<v1::DuplicateCandidate> candidates;
  for (const std::string& id : ids) {
    FRONTDESK_ASSIGN_OR_RETURN(const StatePtr other,
                               internal::GetState(view, v1::ENTITY_KIND_CUSTOMER, id));
    if (other == nullptr) continue;
    auto candidate = domain::MatchCustomers(customer, other->customer());
    if (candidate.has_value()) candidates.push_back(*std::move(candidate));
  }
  // The ids are in order, and stay so among equals.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.score() > b.score(); });
  if (candidates.size() > static_cast<std::size_t>(limits.max_duplicates)) {
    candidates.erase(candidates.begin() + limits.max_duplicates, candidates.end());
  }
  return candidates;
}

using FileAnswer = internal::SharedAnswer<v1::CustomerFile>;

// Reads one list of the file; gives whether there is more. `entity_of` gives the entity in a state.
template <typename Entity>
absl::StatusOr<bool> ReadList(const event_log::View& view, internal::FindPlan plan, int limit,
                              const Entity& (v1::EntityState::*entity_of)() const,
                              google::protobuf::RepeatedPtrField<Entity>* list,
                              FileAnswer* answer) {
  FRONTDESK_ASSIGN_OR_RETURN(
      internal::FoundPage page,
      internal::ReadPage(view, std::move(plan), absl::nullopt, std::clamp(limit, 0, kMaxPageSize),
                         kMaxPageSize + 1));
  for (StatePtr& state : page.states) {
    const Entity& entity = ((*state).*entity_of)();
    list->UnsafeArenaAddAllocated(answer->Lend(std::move(state), entity));
  }
  return page.has_more;
}

absl::Status ReadLists(const event_log::View& view, const FileOptions& options, int max_related,
                       FileAnswer* answer) {
  v1::CustomerFile& file = *answer->message();
  FRONTDESK_ASSIGN_OR_RETURN(
      const std::vector<std::string> ids,
      internal::CustomerWithMerged(view, file.customer().customer_id(), max_related));
  FRONTDESK_ASSIGN_OR_RETURN(const bool more_cases,
                             ReadList(view, internal::PlanOpenCases(ids), options.max_open_cases,
                                      &v1::EntityState::case_, file.mutable_open_cases(), answer));
  file.set_has_more_open_cases(more_cases);
  FRONTDESK_ASSIGN_OR_RETURN(
      const bool more_interactions,
      ReadList(view, internal::PlanInteractions(ids), options.max_interactions,
               &v1::EntityState::interaction, file.mutable_recent_interactions(), answer));
  file.set_has_more_interactions(more_interactions);
  FRONTDESK_ASSIGN_OR_RETURN(
      const bool more_orders,
      ReadList(view, internal::PlanOrders(ids), options.max_orders, &v1::EntityState::order,
               file.mutable_recent_orders(), answer));
  file.set_has_more_orders(more_orders);
  FRONTDESK_ASSIGN_OR_RETURN(const bool more_approvals,
                             ReadList(view, internal::PlanPendingApprovals(ids, options.now),
                                      options.max_pending_approvals, &v1::EntityState::approval,
                                      file.mutable_pending_approvals(), answer));
  file.set_has_more_pending_approvals(more_approvals);
  std::set<std::string> account_ids;
  for (const v1::PaymentMethod& method : file.customer().payment_methods()) {
    if (method.account_id().empty() || !account_ids.insert(method.account_id()).second) continue;
    FRONTDESK_ASSIGN_OR_RETURN(
        const StatePtr account,
        internal::GetState(view, v1::ENTITY_KIND_ACCOUNT, method.account_id()));
    if (account == nullptr) continue;
    file.mutable_accounts()->UnsafeArenaAddAllocated(answer->Lend(account, account->account()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const v1::CustomerFile>> ReadFile(const event_log::View& view,
                                                                 const std::string& customer_id,
                                                                 const FileOptions& options,
                                                                 FindLimits limits) {
  FRONTDESK_ASSIGN_OR_RETURN(const StatePtr customer,
                             MustStand(view, customer_id, limits.max_related));
  FileAnswer answer;
  v1::CustomerFile& file = *answer.message();
  file.unsafe_arena_set_allocated_customer(answer.Lend(customer, customer->customer()));
  file.set_version(customer->version());
  StatePtr interaction;
  if (!options.interaction_id.empty()) {
    FRONTDESK_RETURN_IF_ERROR(internal::CheckEntityId(options.interaction_id, "interaction_id"));
    FRONTDESK_ASSIGN_OR_RETURN(
        interaction, internal::GetState(view, v1::ENTITY_KIND_INTERACTION, options.interaction_id));
  }
  file.set_identity_level(interaction == nullptr
                              ? domain::ReachedIdentityLevel(customer->customer(), options.now, "")
                              : domain::ReachedIdentityLevel(customer->customer(), options.now,
                                                             interaction->interaction()));
  FRONTDESK_RETURN_IF_ERROR(ReadLists(view, options, limits.max_related, &answer));
  limits.max_duplicates = std::clamp(options.max_duplicates, 0, limits.max_duplicates);
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::DuplicateCandidate> duplicates,
                             ReadDuplicates(view, customer->customer(), limits));
  for (v1::DuplicateCandidate& each : duplicates) *file.add_duplicates() = std::move(each);
  return answer.Take();
}

}  // namespace

absl::StatusOr<std::vector<v1::DuplicateCandidate>> Reader::FindDuplicates(
    absl::string_view customer_id) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_RETURN_IF_ERROR(view.CheckRows());
  FRONTDESK_ASSIGN_OR_RETURN(const StatePtr customer,
                             MustStand(view, std::string(customer_id), find_limits_.max_related));
  return ReadDuplicates(view, customer->customer(), find_limits_);
}

absl::StatusOr<std::shared_ptr<const v1::CustomerFile>> Reader::OpenFile(
    absl::string_view customer_id, const FileOptions& options) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  if (!internal::IsValid(options.now)) {
    return MakeError(kReasonFindMalformed, "the time is not in the years 1 to 9999");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_RETURN_IF_ERROR(view.CheckRows());
  return ReadFile(view, std::string(customer_id), options, find_limits_);
}

}  // namespace frontdesk
