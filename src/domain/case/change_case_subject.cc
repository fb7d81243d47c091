#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckChangeCaseSubject(const FieldPath& root, const v1::CaseCommand& command,
                            ArgumentChecker* checker) {
  checker->RequireText({&root, "subject"}, command.change_case_subject().subject());
}

bool IsChangeCaseSubjectUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  return input.command().change_case_subject().subject() == input.case_().subject();
}

void DecideChangeCaseSubject(CaseDraft* draft) {
  const v1::ChangeCaseSubject& verb = draft->command().change_case_subject();
  draft->AddEvent().mutable_case_()->mutable_case_subject_changed()->set_subject(verb.subject());
}

}  // namespace domain
}  // namespace frontdesk
