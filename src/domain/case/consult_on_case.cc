#include "domain/case/case_draft.h"
#include "domain/case/case_items.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckConsultOnCase(const FieldPath& root, const v1::CaseCommand& command,
                        ArgumentChecker* checker) {
  const v1::ConsultOnCase& verb = command.consult_on_case();
  checker->RequireText({&root, "consultation_id"}, verb.consultation_id());
  checker->RequireText({&root, "consultant_id"}, verb.consultant_id());
  checker->RequireText({&root, "question"}, verb.question());
}

void DecideConsultOnCase(CaseDraft* draft) {
  const v1::ConsultOnCase& verb = draft->command().consult_on_case();
  if (FindConsultation(draft->current(), verb.consultation_id()) != nullptr) {
    draft->Refuse(kReasonCaseConsultIdExists, "consult_on_case.consultation_id",
                  "the case has a consultation of that id already");
  }
  v1::CaseConsultation& consultation =
      *draft->AddEvent().mutable_case_()->mutable_case_consulted()->mutable_consultation();
  consultation.set_consultation_id(verb.consultation_id());
  consultation.set_consultant_id(verb.consultant_id());
  consultation.set_question(verb.question());
  consultation.set_asker_id(draft->input().actor().actor_id());
  *consultation.mutable_ask_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
