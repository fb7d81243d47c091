#include <string>

#include "absl/time/time.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

// The time to reopen is over: a follow-up case continues the matter, if the command names its id.
void DecideFollowUp(CaseDraft* draft) {
  const v1::ReopenCase& verb = draft->command().reopen_case();
  const Case& current = draft->current();
  const std::string& follow_up_id = verb.follow_up_case_id();
  if (follow_up_id.empty()) {
    AddDetail("until", internal::TimeText(draft->assessment().reopen_expire_time()),
              &draft->Refuse(kReasonCaseReopenWindowOver, "",
                             "the time to reopen the case is over; follow_up_case_id opens a "
                             "follow-up case"));
    return;
  }
  if (follow_up_id == current.case_id() ||
      draft->input().other_case().state() != Case::STATE_UNSPECIFIED) {
    draft->Refuse(kReasonCaseReopenFollowUpExists, "reopen_case.follow_up_case_id",
                  "there is a case of that id already");
  }
  v1::CaseOpened& fact = *draft->AddEvent(follow_up_id).mutable_case_()->mutable_case_opened();
  fact.set_note(verb.note());
  Case& opened = *fact.mutable_case_();
  SetNewCase(follow_up_id, draft->input(), &opened);
  opened.set_kind(current.kind());
  opened.set_subject(current.subject());
  opened.set_customer_id(current.customer_id());
  // It is the same matter, as urgent as it was.
  *opened.mutable_tags() = current.tags();
  opened.set_impact(current.impact());
  opened.set_urgency(current.urgency());
  opened.set_priority(current.priority());
  opened.set_queue_id(current.queue_id());
  v1::CaseLink& back = *opened.add_case_links();
  back.set_kind(v1::CaseLink::KIND_FOLLOW_UP_OF);
  back.set_case_id(current.case_id());
  // An imported case may have that link already.
  if (HasCaseLink(current, v1::CaseLink::KIND_HAS_FOLLOW_UP, follow_up_id)) return;
  v1::CaseLink& link =
      *draft->AddEvent().mutable_case_()->mutable_case_linked()->mutable_case_link();
  link.set_kind(v1::CaseLink::KIND_HAS_FOLLOW_UP);
  link.set_case_id(follow_up_id);
}

}  // namespace

void DecideReopenCase(CaseDraft* draft) {
  const v1::ReopenCase& verb = draft->command().reopen_case();
  const v1::CaseAssessment& assessment = draft->assessment();
  if (assessment.has_reopen_expire_time() &&
      !IsBefore(draft->input().now(), assessment.reopen_expire_time())) {
    return DecideFollowUp(draft);
  }
  draft->CheckTime(kReasonCaseReopenTime);
  draft->CheckStateName(kReasonCaseReopenNameUnknown, "reopen_case.state_name");
  v1::CaseReopened& fact = *draft->AddEvent().mutable_case_()->mutable_case_reopened();
  fact.set_note(verb.note());
  fact.set_state_name(verb.state_name());
  *fact.mutable_start_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
