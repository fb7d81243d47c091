#include "absl/strings/str_cat.h"
#include "domain/case/case_arguments.h"
#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void CheckPrioritizeCase(const FieldPath& root, const v1::CaseCommand& command,
                         ArgumentChecker* checker) {
  const v1::PrioritizeCase& verb = command.prioritize_case();
  const FieldPath impact{&root, "impact"};
  const bool is_open =
      checker->IsOpen("impact") || checker->IsOpen("urgency") || checker->IsOpen("priority");
  if (verb.impact() == 0 && verb.urgency() == 0 && verb.priority() == 0 && !is_open) {
    checker->Add(impact, kReasonArgumentRequired,
                 "is required when neither urgency nor priority is set");
  }
  CheckCaseScale(impact, verb.impact(), checker);
  CheckCaseScale({&root, "urgency"}, verb.urgency(), checker);
  CheckCaseScale({&root, "priority"}, verb.priority(), checker);
}

bool IsPrioritizeCaseUnchanged(const v1::CaseDecisionInput& input,
                               const v1::CaseAssessment& assessment) {
  const v1::PrioritizeCase& verb = input.command().prioritize_case();
  const Case& current = input.case_();
  const bool is_same = (verb.impact() == 0 || verb.impact() == current.impact()) &&
                       (verb.urgency() == 0 || verb.urgency() == current.urgency()) &&
                       assessment.priority() == current.priority();
  return is_same && !assessment.priority_cell_missing() && !assessment.priority_differs();
}

void DecidePrioritizeCase(CaseDraft* draft) {
  const v1::PrioritizeCase& verb = draft->command().prioritize_case();
  const Case& current = draft->current();
  v1::CasePrioritized& fact = *draft->AddEvent().mutable_case_()->mutable_case_prioritized();
  fact.set_impact(verb.impact() != 0 ? verb.impact() : current.impact());
  fact.set_urgency(verb.urgency() != 0 ? verb.urgency() : current.urgency());
  fact.set_priority(draft->assessment().priority());
  if (draft->assessment().priority_cell_missing()) {
    draft->Refuse(kReasonCasePrioritizeCellMissing, "prioritize_case.impact",
                  absl::StrCat("the matrix has no priority for impact ", fact.impact(),
                               " and urgency ", fact.urgency()));
  } else if (draft->assessment().priority_differs()) {
    draft->Refuse(
        kReasonCasePrioritizePriorityDiffers, "prioritize_case.priority",
        PriorityDiffersText(fact.impact(), fact.urgency(), draft->assessment().priority()));
  }
}

}  // namespace domain
}  // namespace frontdesk
