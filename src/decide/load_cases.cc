#include "decide/load_cases.h"

#include <algorithm>
#include <set>
#include <utility>

#include "frontdesk/domain/case/case_links.h"
#include "frontdesk/domain/case/case_state.h"

namespace frontdesk {
namespace internal {
namespace {

// The cases that `cause` itself caused.
absl::StatusOr<std::vector<std::string>> CausedCaseIds(const v1::Case& cause, StateSource* source) {
  std::vector<std::string> ids;
  const bool causes =
      std::any_of(cause.case_link_counts().begin(), cause.case_link_counts().end(),
                  [](const auto& count) { return count.kind() == v1::CaseLink::KIND_CAUSE_OF; });
  if (!causes) return ids;
  FRONTDESK_RETURN_IF_ERROR(ForEachElement<v1::CaseLink>(
      cause, "further_case_links", source, [&ids](const v1::CaseLink& link) {
        if (link.kind() == v1::CaseLink::KIND_CAUSE_OF) ids.push_back(link.case_id());
      }));
  return ids;
}

// The cases that were merged into this one, oldest first.
absl::StatusOr<std::vector<std::string>> MergedCaseIds(const v1::Case& one, StateSource* source) {
  std::vector<std::string> ids;
  if (one.merged_case_count() == 0) return ids;
  FRONTDESK_RETURN_IF_ERROR(ForEachElement<v1::MergedCase>(
      one, "merged_cases", source,
      [&ids](const v1::MergedCase& merged) { ids.push_back(merged.case_id()); }));
  return ids;
}

}  // namespace

absl::Status LoadCausedCases(const v1::Case& cause, int max_cases, StateSource* source,
                             const InputWriter& writer, v1::CaseDecisionInput* arm) {
  CaseReader reader(source, max_cases);
  std::vector<std::string> causes = {cause.case_id()};
  std::set<std::string> known = {cause.case_id()};
  std::set<std::string> added = {cause.case_id()};
  for (size_t next = 0; next < causes.size(); ++next) {
    const std::string cause_id = causes[next];
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, reader.Get(cause_id));
    if (state == nullptr) continue;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> merged_ids,
                               MergedCaseIds(state->case_(), source));
    for (const std::string& id : merged_ids) {
      if (known.insert(id).second) causes.push_back(id);
    }
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> caused_ids,
                               CausedCaseIds(state->case_(), source));
    for (const std::string& caused_id : caused_ids) {
      FRONTDESK_ASSIGN_OR_RETURN(const auto caused, reader.GetSurvivor(caused_id));
      if (caused == nullptr || !domain::IsWorkedOn(caused->case_().state())) continue;
      if (added.insert(caused->case_().case_id()).second) {
        arm->mutable_caused_cases()->UnsafeArenaAddAllocated(writer.Lend(caused, caused->case_()));
      }
    }
  }
  return absl::OkStatus();
}

namespace {

// The kind of link that leads from the lower to the upper of two cases linked by `kind`: from a child to its parent, from
// a case to its cause. KIND_UNSPECIFIED when neither is above the other.
v1::CaseLink::Kind UpwardKind(v1::CaseLink::Kind kind) {
  if (domain::IsUpward(kind)) return kind;
  const v1::CaseLink::Kind counterpart = domain::CounterpartOf(kind);
  return domain::IsUpward(counterpart) ? counterpart : v1::CaseLink::KIND_UNSPECIFIED;
}

}  // namespace

absl::Status LoadAncestors(const v1::LinkCase& verb, const CommandLimits& limits,
                           StateSource* source, v1::CaseDecisionInput* arm) {
  const v1::CaseLink& link = verb.case_link();
  const v1::CaseLink::Kind upward = UpwardKind(link.kind());
  if (upward == v1::CaseLink::KIND_UNSPECIFIED) return absl::OkStatus();
  const bool is_lower = link.kind() == upward;
  const std::string& lower = is_lower ? verb.case_id() : link.case_id();
  const std::string& upper = is_lower ? link.case_id() : verb.case_id();
  struct Place {
    std::string case_id;
    bool counts;  // Not merged into the case before it.
  };
  std::vector<Place> places = {{upper, true}};
  std::set<std::string> known = {upper};
  int counted = 1;
  for (size_t next = 0; next < places.size(); ++next) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                               source->Get(v1::ENTITY_KIND_CASE, places[next].case_id));
    if (state == nullptr) continue;
    const v1::Case& one = state->case_();
    std::vector<std::string> above;
    if (one.state() == v1::Case::STATE_MERGED) above.push_back(one.survivor_case_id());
    for (const v1::CaseLink& each : one.case_links()) {
      if (each.kind() == upward) above.push_back(each.case_id());
    }
    for (std::string& id : above) {
      if (!known.insert(id).second) continue;
      arm->add_ancestor_case_ids(id);
      if (id == lower) return absl::OkStatus();
      if (++counted > limits.max_case_ancestors) {
        arm->set_has_more_ancestors(true);
        return absl::OkStatus();
      }
      places.push_back({std::move(id), true});
    }
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<std::string> merged_ids, MergedCaseIds(one, source));
    for (std::string& id : merged_ids) {
      if (known.insert(id).second) places.push_back({std::move(id), false});
    }
    FRONTDESK_RETURN_IF_ERROR(CheckRelated(places.size(), limits.max_related));
  }
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace frontdesk
