// Deciding the verbs of cases, one function each. Every one expects that the transition table
// allows the verb, works on the draft, and refuses by it. Private.
#ifndef FRONTDESK_DOMAIN_CASE_VERBS_H_
#define FRONTDESK_DOMAIN_CASE_VERBS_H_

#include "domain/case_draft.h"

namespace frontdesk {
namespace domain {

// case_matter.cc: what it is about.
void DecideOpenCase(CaseDraft* draft);
void DecideClassifyCase(CaseDraft* draft);
void DecideAddCasePart(CaseDraft* draft);

// case_states.cc: how far it got.
void DecideHoldCase(CaseDraft* draft);
void DecideResumeCase(CaseDraft* draft);
void DecideResolveCase(CaseDraft* draft);
void DecideReopenCase(CaseDraft* draft);
void DecideCloseCase(CaseDraft* draft);
void DecideCancelCase(CaseDraft* draft);

// case_hands.cc: who works on it.
void DecideAssignCase(CaseDraft* draft);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_VERBS_H_
