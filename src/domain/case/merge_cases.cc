#include <string>

#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/survivor.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void CheckMergeCases(const FieldPath& root, const v1::CaseCommand& command,
                     ArgumentChecker* checker) {
  checker->RequireText({&root, "merged_case_id"}, command.merge_cases().merged_case_id());
}

bool IsMergeCasesUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  const Case& other = input.other_case();
  return input.command().merge_cases().merged_case_id() == other.case_id() &&
         IsMergedInto(other, input.case_());
}

void DecideMergeCases(CaseDraft* draft) {
  const std::string field = "merge_cases.merged_case_id";
  const Case& current = draft->current();
  const Case& other = draft->input().other_case();
  if (draft->command().merge_cases().merged_case_id() == current.case_id()) {
    draft->Refuse(kReasonCaseMergeItself, field, "a merge of a case into itself is not possible");
    return;
  }
  if (!RequireOtherCase(field, draft->command().merge_cases().merged_case_id(), draft)) return;
  if (other.state() == Case::STATE_MERGED) {
    AddStandingCase(other, &draft->Refuse(kReasonCaseMergeCaseMerged, field,
                                          "the other case is merged into another"));
  }
  // In this direction only: a case of nobody that took in one of somebody's could take in another's.
  if (!other.customer_id().empty() &&
      !AreOfOneCustomer(draft->input().customer(), current.customer_id(), other.customer_id())) {
    draft->Refuse(kReasonCaseMergeCustomer, field, "the cases are not of the same customer");
  }
  draft->CheckTime(other, field, kReasonCaseMergeTime);
  AddMergeEvents(other, draft);
}

}  // namespace domain
}  // namespace frontdesk
