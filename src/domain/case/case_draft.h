// The draft of a case decision: its input and the result so far. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_DRAFT_H_
#define FRONTDESK_DOMAIN_CASE_CASE_DRAFT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "domain/draft.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_commands.pb.h"
#include "frontdesk/v1/case_input.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace domain {

// Whether a case in that state is over.
inline bool IsOver(v1::Case::State state) {
  return state == v1::Case::STATE_CLOSED || state == v1::Case::STATE_CANCELED;
}

// Makes an empty case one as every case begins: NEW from `now` on, opened by the actor.
void SetNewCase(const std::string& case_id, const v1::CaseDecisionInput& input, v1::Case* new_case);

// Whether the command in `input` would change nothing. `assessment` has everything else that is assessed.
bool IsCaseUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment& assessment);

// One case command while it is decided.
class CaseDraft : public Draft<v1::CaseDecisionInput> {
 public:
  using Draft::Draft;

  // The case before the command.
  const v1::Case& current() const { return input().case_(); }
  const v1::CaseAssessment& assessment() const { return input().assessment(); }

  // Adds an event about the addressed case, or about another one; an effect of the addressed case.
  v1::Event& AddEvent() { return AddEvent(current().case_id()); }
  using Draft::AddEvent;
  v1::Effect& AddEffect() { return Draft::AddEffect(current().case_id()); }

  // Refuses when the state would change before it last did: spans follow one another in time, every
  // clock counts on it. `whose` is the case whose state would change.
  void CheckTime(absl::string_view reason) { CheckTime(current(), "", reason); }
  void CheckTime(const v1::Case& whose, absl::string_view field, absl::string_view reason);

  // Refuses a name of the state that the policy pack does not list.
  void CheckStateName(absl::string_view reason, absl::string_view field);

  // Changes the state without a special event of its own. The event lives until the next one is added.
  v1::CaseStateChanged& ChangeState(v1::Case::State state, const std::string& state_name,
                                    absl::string_view time_reason);

  // A new case that is given to a person is worked on from now on.
  void OpenIfTaken(const std::string& assignee_id, absl::string_view time_reason);
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_DRAFT_H_
