#include "domain/case/case_draft.h"

#include "domain/interaction_part.h"

namespace frontdesk {
namespace domain {

void SetNewCase(const std::string& case_id, const v1::CaseDecisionInput& input,
                v1::Case* new_case) {
  const google::protobuf::Timestamp& now = input.now();
  v1::Case& opened = *new_case;
  opened.set_case_id(case_id);
  opened.set_state(v1::Case::STATE_NEW);
  *opened.mutable_open_time() = now;
  opened.mutable_opener()->set_actor_id(input.actor().actor_id());
  opened.mutable_opener()->set_kind(input.actor().kind());
  v1::CaseStateSpan& span = *opened.add_state_spans();
  span.set_state(v1::Case::STATE_NEW);
  *span.mutable_start_time() = now;
}

void CaseDraft::CheckTime(const v1::Case& whose, absl::string_view field,
                          absl::string_view reason) {
  if (!whose.has_state_time()) return;
  if (IsBefore(input().now(), whose.state_time())) {
    Refuse(reason, field, "the state would change before its last change");
  }
}

void CaseDraft::CheckStateName(absl::string_view reason, absl::string_view field) {
  if (assessment().state_name_unknown()) {
    Refuse(reason, field, "the name is not one that the policy lists for that category");
  }
}

v1::CaseStateChanged& CaseDraft::ChangeState(v1::Case::State state, const std::string& state_name,
                                             absl::string_view time_reason) {
  CheckTime(time_reason);
  v1::CaseStateChanged& fact = *AddEvent().mutable_case_()->mutable_case_state_changed();
  fact.set_state(state);
  fact.set_state_name(state_name);
  *fact.mutable_start_time() = input().now();
  return fact;
}

void CaseDraft::OpenIfTaken(const std::string& assignee_id, absl::string_view time_reason) {
  if (current().state() == v1::Case::STATE_NEW && !assignee_id.empty()) {
    ChangeState(v1::Case::STATE_OPEN, "", time_reason);
  }
}

}  // namespace domain
}  // namespace frontdesk
