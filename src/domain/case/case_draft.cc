#include "domain/case/case_draft.h"

#include <iterator>

#include "domain/interaction_part.h"

namespace frontdesk {
namespace domain {

v1::Case MakeNewCase(const std::string& case_id, const google::protobuf::Timestamp& now) {
  v1::Case opened;
  opened.set_case_id(case_id);
  opened.set_state(v1::Case::STATE_NEW);
  *opened.mutable_open_time() = now;
  v1::CaseStateSpan& span = *opened.add_state_spans();
  span.set_state(v1::Case::STATE_NEW);
  *span.mutable_start_time() = now;
  return opened;
}

v1::Event& CaseDraft::AddEvent(const std::string& case_id) {
  return decided_.events.emplace_back(MakeEvent(v1::ENTITY_KIND_CASE, case_id, OccasionOf(input_)));
}

v1::Refusal& CaseDraft::Refuse(absl::string_view reason, absl::string_view field,
                               absl::string_view text) {
  return decided_.refusals.emplace_back(MakeRefusal(reason, field, text));
}

void CaseDraft::Refuse(std::vector<v1::Refusal> refusals) {
  decided_.refusals.insert(decided_.refusals.end(), std::make_move_iterator(refusals.begin()),
                           std::make_move_iterator(refusals.end()));
}

void CaseDraft::CheckTime(const v1::Case& whose, absl::string_view field,
                          absl::string_view reason) {
  if (whose.state_spans().empty()) return;
  if (IsBefore(input_.now(), whose.state_spans(whose.state_spans_size() - 1).start_time())) {
    Refuse(reason, field, "the state would change before its last change");
  }
}

void CaseDraft::CheckStateName(absl::string_view reason, absl::string_view field) {
  if (assessment().state_name_unknown()) {
    Refuse(reason, field, "the name is not one that the policy lists for that category");
  }
}

void CaseDraft::ChangeState(v1::Case::State state, const std::string& state_name,
                            absl::string_view time_reason) {
  CheckTime(time_reason);
  v1::CaseStateChanged& fact = *AddEvent().mutable_case_()->mutable_case_state_changed();
  fact.set_state(state);
  fact.set_state_name(state_name);
  *fact.mutable_start_time() = input_.now();
}

Decided CaseDraft::Finish() && {
  if (decided_.refused()) {
    decided_.events.clear();
    decided_.effects.clear();
  }
  return std::move(decided_);
}

}  // namespace domain
}  // namespace frontdesk
