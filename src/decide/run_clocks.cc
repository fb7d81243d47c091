#include "decide/run_clocks.h"

#include <algorithm>
#include <map>
#include <utility>

#include "decide/load_rows.h"
#include "domain/row_lists.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {

void RunClocks::Begin(const std::string& case_id, const v1::EntityState* before) {
  static const v1::Case* const none = new v1::Case();
  const v1::Case& known = before == nullptr ? *none : before->case_();
  const bool is_followed =
      std::any_of(followed_.begin(), followed_.end(),
                  [&case_id](const Followed& each) { return each.case_id == case_id; });
  if (is_followed) return;
  if (!policy_.service_levels().has_levels() && known.clocks().empty()) return;
  followed_.push_back({case_id, CaseClocks(known), v1::Event(), false});
}

absl::Status RunClocks::Note(const v1::Event& event, const v1::EntityState& after) {
  // One of the desk says nothing about the case; none may follow the correction of its last instant.
  if (event.has_desk()) return absl::OkStatus();
  for (Followed& each : followed_) {
    if (each.case_id != event.entity().id()) continue;
    if (!each.is_changed) {
      *each.last.mutable_entity() = event.entity();
      *each.last.mutable_time() = event.time();
      if (event.has_occur_time()) *each.last.mutable_occur_time() = event.occur_time();
      each.last.set_actor_id(event.actor_id());
      each.is_changed = true;
    }
    return each.clocks.Note(event, after.case_(), this);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Event>> RunClocks::Finish(
    absl::Time now, const std::function<const v1::Case&(const std::string&)>& state_of) {
  std::vector<v1::Event> events;
  for (Followed& each : followed_) {
    if (!each.is_changed) continue;
    FRONTDESK_ASSIGN_OR_RETURN(absl::optional<v1::CaseClocksChanged> changed,
                               each.clocks.Finish(state_of(each.case_id), now, this));
    if (!changed.has_value()) continue;
    v1::Event& event = events.emplace_back(std::move(each.last));
    *event.mutable_case_()->mutable_case_clocks_changed() = *std::move(changed);
  }
  return events;
}

absl::StatusOr<std::shared_ptr<const Policy>> RunClocks::FindPolicy(const std::string& hash) {
  if (!kept_) return MakeError(kReasonStoreCorrupt, "the policy of a clock is not kept");
  return kept_(hash);
}

absl::StatusOr<const v1::Customer*> RunClocks::FindCustomer(const std::string& customer_id) {
  FRONTDESK_ASSIGN_OR_RETURN(auto state,
                             internal::FindCustomer(customer_id, limits_.max_related, source_));
  if (state == nullptr) return nullptr;
  customers_.push_back(std::move(state));
  return &customers_.back()->customer();
}

absl::StatusOr<std::vector<domain::ClockPause>> RunClocks::Pauses(
    const v1::Case& one, absl::Span<const v1::Case::State> states) {
  // Whole cases with their stretches: those that are kept, and those that the command has added.
  std::map<std::string, v1::Case> cases;
  std::vector<std::string> open = {one.case_id()};
  while (!open.empty()) {
    const std::string case_id = std::move(open.back());
    open.pop_back();
    const auto [entry, is_new] = cases.try_emplace(case_id);
    if (!is_new) continue;
    v1::Case& whole = entry->second;
    v1::Case kept;
    if (case_id == one.case_id()) {
      kept = one;
    } else {
      FRONTDESK_ASSIGN_OR_RETURN(const auto state, source_->Get(v1::ENTITY_KIND_CASE, case_id));
      if (state == nullptr) continue;
      kept = state->case_();
    }
    whole.set_case_id(case_id);
    FRONTDESK_RETURN_IF_ERROR(ForEachElement<v1::CaseStateSpan>(
        whole, "state_spans", source_,
        [&whole](v1::CaseStateSpan& span) { *whole.add_state_spans() = std::move(span); }));
    FRONTDESK_RETURN_IF_ERROR(ForEachElement<v1::MergedCase>(
        whole, "merged_cases", source_,
        [&whole](v1::MergedCase& merged) { *whole.add_merged_cases() = std::move(merged); }));
    whole.mutable_state_spans()->MergeFrom(kept.state_spans());
    whole.mutable_merged_cases()->MergeFrom(kept.merged_cases());
    for (const v1::MergedCase& merged : whole.merged_cases()) open.push_back(merged.case_id());
  }
  return ClockPausesOf(cases.at(one.case_id()), states,
                       [&cases](const std::string& case_id) -> const v1::Case* {
                         const auto found = cases.find(case_id);
                         return found == cases.end() ? nullptr : &found->second;
                       });
}

}  // namespace internal
}  // namespace frontdesk
