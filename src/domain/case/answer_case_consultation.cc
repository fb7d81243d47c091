#include <string>

#include "domain/case/case_draft.h"
#include "domain/case/case_items.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckAnswerCaseConsultation(const FieldPath& root, const v1::CaseCommand& command,
                                 ArgumentChecker* checker) {
  const v1::AnswerCaseConsultation& verb = command.answer_case_consultation();
  checker->RequireText({&root, "consultation_id"}, verb.consultation_id());
  checker->RequireText({&root, "answer"}, verb.answer());
}

void DecideAnswerCaseConsultation(CaseDraft* draft) {
  const v1::AnswerCaseConsultation& verb = draft->command().answer_case_consultation();
  const std::string& actor_id = draft->input().actor().actor_id();
  const v1::CaseConsultation* asked = FindConsultation(draft->current(), verb.consultation_id());
  if (asked == nullptr) {
    draft->Refuse(kReasonCaseAnswerConsultationUnknown, "answer_case_consultation.consultation_id",
                  "the case has no consultation of that id");
  } else {
    if (asked->consultant_id() != actor_id) {
      draft->Refuse(kReasonCaseAnswerConsultationNotYours, "", "somebody else was asked");
    }
    if (asked->has_answer_time()) {
      draft->Refuse(kReasonCaseAnswerConsultationAnswered, "",
                    "the consultation was answered already");
    }
  }
  v1::CaseConsultationAnswered& fact =
      *draft->AddEvent().mutable_case_()->mutable_case_consultation_answered();
  fact.set_consultation_id(verb.consultation_id());
  fact.set_answer(verb.answer());
  fact.set_answerer_id(actor_id);
  *fact.mutable_answer_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
