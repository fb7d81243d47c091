#include "domain/case/case_arguments.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_resolution.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

const v1::Resolution* CorrectableResolution(const v1::Case& one) {
  // A case that was closed unresolved may have resolutions from before it was reopened.
  if (one.resolutions().empty() || !one.end_reason().empty()) return nullptr;
  return &one.resolutions(one.resolutions_size() - 1);
}

bool IsCorrectResolutionUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  const v1::CorrectResolution& verb = input.command().correct_resolution();
  const v1::Resolution* const last = CorrectableResolution(input.case_());
  return last != nullptr && verb.code() == last->code() && verb.remedy() == last->remedy() &&
         verb.has_remedy_amount() == last->has_remedy_amount() &&
         verb.remedy_amount().units() == last->remedy_amount().units() &&
         verb.remedy_amount().currency_code() == last->remedy_amount().currency_code() &&
         verb.note() == last->note() && verb.root_cause() == last->root_cause();
}

void CheckCorrectResolution(const FieldPath& root, const v1::CaseCommand& command,
                            ArgumentChecker* checker) {
  CheckResolutionArguments(root, command.correct_resolution(), checker);
}

void DecideCorrectResolution(CaseDraft* draft) {
  const v1::CorrectResolution& verb = draft->command().correct_resolution();
  const v1::Resolution* const last = CorrectableResolution(draft->current());
  if (last == nullptr) {
    draft->Refuse(kReasonCaseCorrectResolutionMissing, "correct_resolution.case_id");
    return;
  }
  if (draft->assessment().remedy_problem() == v1::CaseAssessment::REMEDY_PROBLEM_UNKNOWN) {
    draft->Refuse(kReasonCaseCorrectResolutionRemedyUnknown, "correct_resolution.remedy");
  } else if (draft->assessment().remedy_problem() == v1::CaseAssessment::REMEDY_PROBLEM_AMOUNT) {
    draft->Refuse(kReasonCaseCorrectResolutionRemedyAmount, "correct_resolution.remedy_amount");
  }
  v1::Resolution& resolution =
      *draft->AddEvent().mutable_case_()->mutable_case_resolution_corrected()->mutable_resolution();
  resolution = *last;
  SetResolution(verb, &resolution);
  *resolution.mutable_correct_time() = draft->input().now();
  resolution.set_corrector_id(draft->input().actor().actor_id());
}

void ApplyCaseResolutionCorrected(const v1::CaseResolutionCorrected& fact, v1::Case* current_case) {
  if (current_case->resolutions().empty()) return;
  *current_case->mutable_resolutions()->rbegin() = fact.resolution();
}

}  // namespace domain
}  // namespace frontdesk
