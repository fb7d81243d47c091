#include <string>

#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void CheckUnmergeCases(const FieldPath& root, const v1::CaseCommand& command,
                       ArgumentChecker* checker) {
  checker->RequireText({&root, "merged_case_id"}, command.unmerge_cases().merged_case_id());
}

void DecideUnmergeCases(CaseDraft* draft) {
  const std::string field = "unmerge_cases.merged_case_id";
  const Case& current = draft->current();
  const Case& other = draft->input().other_case();
  if (!RequireOtherCase(field, draft->command().unmerge_cases().merged_case_id(), draft)) {
    return;
  }
  const v1::CaseStateSpan& before = other.span_before_merge();
  if (!IsMergedInto(other, current) || !other.has_span_before_merge()) {
    AddStandingCase(other, &draft->Refuse(kReasonCaseUnmergeNotMerged, field,
                                          "the other case is not merged into this one"));
    return;
  }
  draft->CheckTime(other, field, kReasonCaseUnmergeTime);
  draft->AddEvent().mutable_case_()->mutable_case_unmerged()->set_unmerged_case_id(other.case_id());
  v1::CaseRestored& restored =
      *draft->AddEvent(other.case_id()).mutable_case_()->mutable_case_restored();
  restored.set_state(before.state());
  restored.set_state_name(before.state_name());
  *restored.mutable_start_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
