#include <string>

#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/survivor.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseLink;

}  // namespace

void CheckUnsplitCase(const FieldPath& root, const v1::CaseCommand& command,
                      ArgumentChecker* checker) {
  checker->RequireText({&root, "split_case_id"}, command.unsplit_case().split_case_id());
}

void DecideUnsplitCase(CaseDraft* draft) {
  const std::string field = "unsplit_case.split_case_id";
  const Case& current = draft->current();
  const Case& other = draft->input().other_case();
  if (!RequireOtherCase(field, draft->command().unsplit_case().split_case_id(), draft)) return;
  if (FindSplitOff(current, other.case_id()) == nullptr) {
    draft->Refuse(kReasonCaseUnsplitNotSplit, field, "the other case was not split off this one");
    return;
  }
  if (other.state() == Case::STATE_MERGED) {
    AddStandingCase(other, &draft->Refuse(kReasonCaseUnsplitCaseMerged, field,
                                          "the other case is merged; unmerge it first"));
  }
  if (!other.customer_id().empty() &&
      !AreOfOneCustomer(draft->input().customer(), current.customer_id(), other.customer_id())) {
    draft->Refuse(kReasonCaseUnsplitCustomer, field, "the cases are not of the same customer");
  }
  draft->CheckTime(other, field, kReasonCaseUnsplitTime);
  draft->AddEvent().mutable_case_()->mutable_case_unsplit()->set_split_case_id(other.case_id());
  CaseLink& link = *draft->AddEvent(other.case_id())
                        .mutable_case_()
                        ->mutable_case_unlinked()
                        ->mutable_case_link();
  link.set_kind(CaseLink::KIND_SPLIT_FROM);
  link.set_case_id(current.case_id());
  // Parts that were added to it since the split are seen in the original from now on.
  AddMergeEvents(other, draft);
}

}  // namespace domain
}  // namespace frontdesk
