#include <algorithm>

#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_items.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckRemoveCaseParticipant(const FieldPath& root, const v1::CaseCommand& command,
                                ArgumentChecker* checker) {
  checker->RequireText({&root, "participant_id"},
                       command.remove_case_participant().participant_id());
}

void DecideRemoveCaseParticipant(CaseDraft* draft) {
  const std::string& participant_id = draft->command().remove_case_participant().participant_id();
  if (FindParticipant(draft->current(), participant_id) == nullptr) {
    draft->Refuse(kReasonCaseRemoveParticipantUnknown, "remove_case_participant.participant_id");
  }
  draft->AddEvent().mutable_case_()->mutable_case_participant_removed()->set_participant_id(
      participant_id);
}

void ApplyCaseParticipantRemoved(const v1::CaseParticipantRemoved& fact, v1::Case* current_case) {
  auto* participants = current_case->mutable_participants();
  participants->erase(std::remove_if(participants->begin(), participants->end(),
                                     [&fact](const v1::CaseParticipant& each) {
                                       return each.participant_id() == fact.participant_id();
                                     }),
                      participants->end());
}

}  // namespace domain
}  // namespace frontdesk
