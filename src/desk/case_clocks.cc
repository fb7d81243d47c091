// The clocks of a case from the log alone.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "decide/state_source.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/history.h"
#include "desk/recorded_state.h"
#include "desk/relations.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/compute_clocks.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/domain/case/case.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

v1::EntityRef CaseRef(absl::string_view case_id) {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id(std::string(case_id));
  return entity;
}

absl::StatusOr<std::vector<v1::Event>> WholeHistory(const event_log::View& view,
                                                    const v1::EntityRef& entity) {
  std::vector<v1::Event> events;
  FRONTDESK_RETURN_IF_ERROR(internal::ForEachEvent(
      view, entity, [&events](v1::Event& event) { events.push_back(std::move(event)); }));
  return events;
}

absl::StatusOr<v1::Case> FoldCase(absl::Span<const v1::Event> events) {
  v1::Case folded;
  for (const v1::Event& event : events) {
    if (event.has_case_()) FRONTDESK_RETURN_IF_ERROR(domain::EvolveCase(event, &folded));
  }
  return folded;
}

}  // namespace

absl::StatusOr<v1::Case> Reader::ComputeClocks(absl::string_view case_id) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  const v1::EntityRef entity = CaseRef(case_id);
  FRONTDESK_RETURN_IF_ERROR(internal::CheckEntityId(case_id, "case_id"));
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::Event> events, WholeHistory(view, entity));
  if (events.empty()) return internal::EntityNotFoundError(entity.kind(), entity.id());

  // Whole, with those merged into the case, and so on.
  std::map<std::string, v1::Case> cases;
  std::vector<std::string> open = {entity.id()};
  while (!open.empty()) {
    const std::string next = std::move(open.back());
    open.pop_back();
    if (cases.count(next) > 0) continue;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::Event> history,
                               WholeHistory(view, CaseRef(next)));
    FRONTDESK_ASSIGN_OR_RETURN(v1::Case folded, FoldCase(history));
    // One that was unmerged since was merged for a time.
    for (const v1::Event& event : history) {
      if (event.case_().has_case_merged()) {
        open.push_back(event.case_().case_merged().merge().case_id());
      }
    }
    for (const v1::MergedCase& merged : folded.merged_cases()) open.push_back(merged.case_id());
    cases.emplace(next, std::move(folded));
  }

  std::vector<ClockCommand> commands;
  std::vector<std::shared_ptr<const Policy>> policies;
  std::vector<std::shared_ptr<const v1::EntityState>> customers;
  v1::Case folded;
  for (std::size_t first = 0; first < events.size();) {
    std::size_t end = first;
    while (end < events.size() && events[end].record_id() == events[first].record_id()) {
      if (events[end].has_case_())
        FRONTDESK_RETURN_IF_ERROR(domain::EvolveCase(events[end], &folded));
      ++end;
    }
    FRONTDESK_ASSIGN_OR_RETURN(const auto record, view.GetRecord(events[first].record_id()));
    if (record == nullptr) {
      return MakeError(kReasonStoreCorrupt, "an event of a case has no journal record");
    }
    FRONTDESK_ASSIGN_OR_RETURN(auto policy, active_policy_->Get(view, record->policy_hash()));
    // As the command of the record read it.
    internal::RecordedState recorded(view, *record);
    FRONTDESK_ASSIGN_OR_RETURN(
        auto customer,
        internal::FindCustomer(folded.customer_id(), limits_.max_related, &recorded));
    ClockCommand& command = commands.emplace_back();
    command.events = absl::MakeSpan(events).subspan(first, end - first);
    command.policy = policy.get();
    command.customer = customer == nullptr ? nullptr : &customer->customer();
    policies.push_back(std::move(policy));
    customers.push_back(std::move(customer));
    first = end;
  }
  return frontdesk::ComputeClocks(
      commands, [&](const std::string& hash) { return active_policy_->Get(view, hash); },
      [&cases](const std::string& id) -> const v1::Case* {
        const auto found = cases.find(id);
        return found == cases.end() ? nullptr : &found->second;
      },
      limits_.max_policy_cost);
}

}  // namespace frontdesk
