// How far a case got: waiting, solved, over, and again.
#include <string>

#include "absl/time/time.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "domain/case/case_verbs.h"
#include "domain/interaction_part.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {

using v1::Case;

namespace {

// The time to reopen is over: a follow-up case continues the matter, if the command names its id.
void DecideFollowUp(CaseDraft* draft) {
  const v1::ReopenCase& verb = draft->command().reopen_case();
  const Case& current = draft->current();
  const std::string& follow_up_id = verb.follow_up_case_id();
  if (follow_up_id.empty()) {
    v1::Refusal& refusal =
        draft->Refuse(kReasonCaseReopenWindowOver, "",
                      "the time to reopen the case is over; follow_up_case_id opens a "
                      "follow-up case");
    v1::DetailValue& until = *refusal.add_details();
    until.set_name("until");
    until.set_value(absl::FormatTime(
        "%Y-%m-%dT%H:%M:%E*SZ",
        internal::DecodeTime(draft->assessment().reopen_expire_time()).value_or(absl::Time()),
        absl::UTCTimeZone()));
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
  opened = MakeNewCase(follow_up_id, draft->input().now());
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

void DecidePauseCase(CaseDraft* draft) {
  const v1::PauseCase& verb = draft->command().pause_case();
  const Case& current = draft->current();
  if (verb.state() == current.state() && verb.state_name() == current.state_name()) {
    draft->Refuse(kReasonCasePauseUnchanged, "pause_case.state",
                  "the case waits in that state already");
  }
  draft->ChangeState(verb.state(), verb.state_name(), kReasonCasePauseTime);
  draft->CheckStateName(kReasonCasePauseNameUnknown, "pause_case.state_name");
}

void DecideResumeCase(CaseDraft* draft) {
  draft->ChangeState(Case::STATE_OPEN, draft->command().resume_case().state_name(),
                     kReasonCaseResumeTime);
  draft->CheckStateName(kReasonCaseResumeNameUnknown, "resume_case.state_name");
}

void DecideResolveCase(CaseDraft* draft) {
  const v1::ResolveCase& verb = draft->command().resolve_case();
  if (draft->assessment().remedy_problem() == v1::CaseAssessment::REMEDY_PROBLEM_UNKNOWN) {
    draft->Refuse(kReasonCaseResolveRemedyUnknown, "resolve_case.remedy",
                  "the policy lists remedies, and this is not one for cases of that kind");
  } else if (draft->assessment().remedy_problem() == v1::CaseAssessment::REMEDY_PROBLEM_AMOUNT) {
    draft->Refuse(kReasonCaseResolveRemedyAmount, "resolve_case.remedy_amount",
                  "the policy lists the remedy with another amount, or with none");
  }
  draft->CheckTime(kReasonCaseResolveTime);
  v1::Resolution& resolution =
      *draft->AddEvent().mutable_case_()->mutable_case_resolved()->mutable_resolution();
  resolution.set_code(verb.code());
  resolution.set_root_cause(verb.root_cause());
  resolution.set_remedy(verb.remedy());
  if (verb.has_remedy_amount()) *resolution.mutable_remedy_amount() = verb.remedy_amount();
  resolution.set_note(verb.note());
  *resolution.mutable_time() = draft->input().now();
  ProposeResolutions(verb.code(), draft);
}

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

void DecideCloseCase(CaseDraft* draft) {
  draft->ChangeState(Case::STATE_CLOSED, "", kReasonCaseCloseTime);
}

void DecideCancelCase(CaseDraft* draft) {
  draft->CheckTime(kReasonCaseCancelTime);
  v1::CaseCanceled& fact = *draft->AddEvent().mutable_case_()->mutable_case_canceled();
  fact.set_reason(draft->command().cancel_case().reason());
  *fact.mutable_start_time() = draft->input().now();
}

void DecideNameCaseState(CaseDraft* draft) {
  const v1::NameCaseState& verb = draft->command().name_case_state();
  if (verb.state_name() == draft->current().state_name()) {
    draft->Refuse(kReasonCaseNameStateUnchanged, "name_case_state.state_name",
                  "the state has that name already");
  }
  draft->CheckTime(kReasonCaseNameStateTime);
  draft->CheckStateName(kReasonCaseNameStateUnknown, "name_case_state.state_name");
  v1::CaseStateNamed& fact = *draft->AddEvent().mutable_case_()->mutable_case_state_named();
  fact.set_state_name(verb.state_name());
  *fact.mutable_start_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
