// Deciding the commands of cases, one function each. Every one expects that the transition table allows the
// command, works on the draft, and refuses by it. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_VERBS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_VERBS_H_

#include "domain/case/case_draft.h"

namespace frontdesk {
namespace domain {

// case_matter.cc: the matter of a case, its impact and urgency.
void DecideOpenCase(CaseDraft* draft);
void DecideClassifyCase(CaseDraft* draft);
void DecidePrioritizeCase(CaseDraft* draft);
void DecideAddCasePart(CaseDraft* draft);

// case_states.cc: how far it got.
void DecidePauseCase(CaseDraft* draft);
void DecideResumeCase(CaseDraft* draft);
void DecideResolveCase(CaseDraft* draft);
void DecideReopenCase(CaseDraft* draft);
void DecideCloseCase(CaseDraft* draft);
void DecideCancelCase(CaseDraft* draft);
void DecideNameCaseState(CaseDraft* draft);

// case_hands.cc: who works on it.
void DecideAssignCase(CaseDraft* draft);
void DecideTransferCase(CaseDraft* draft);
void DecideAcceptCaseTransfer(CaseDraft* draft);
void DecideDeclineCaseTransfer(CaseDraft* draft);
void DecideConsultOnCase(CaseDraft* draft);
void DecideAnswerCaseConsultation(CaseDraft* draft);

// case_elsewhere.cc: escalations along a chain, and referrals to somebody outside.
void DecideEscalateCase(CaseDraft* draft);
void DecideReferCase(CaseDraft* draft);

// import_case.cc: imports from another system.
void DecideImportCase(CaseDraft* draft);

// case_links.cc: what it hangs together with.
void DecideLinkCase(CaseDraft* draft);
void DecideUnlinkCase(CaseDraft* draft);

// case_tasks.cc: tasks to be done later.
void DecideAddCaseTask(CaseDraft* draft);
void DecideCompleteCaseTask(CaseDraft* draft);
void DecideRemoveCaseTask(CaseDraft* draft);

// case_merge.cc: two cases that are one matter.
void DecideMergeCases(CaseDraft* draft);
void DecideUnmergeCases(CaseDraft* draft);

// case_split.cc: one case that is two matters.
void DecideSplitCase(CaseDraft* draft);
void DecideUnsplitCase(CaseDraft* draft);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_VERBS_H_
