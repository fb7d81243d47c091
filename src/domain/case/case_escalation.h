// Where a case goes next along a chain. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_ESCALATION_H_
#define FRONTDESK_DOMAIN_CASE_CASE_ESCALATION_H_

#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/v1/case_input.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace domain {

// Fills `escalation`, `escalation_obstacle` and `known_chains` for an EscalateCase command. The step is the
// first one behind the case's current step, by its escalation or else by its queue, where somebody is
// available; after the last the fallback. Time-outs in business time
// count by `calendar`; null: all time counts. Linear in the chains.
void AssessEscalation(const v1::CaseDecisionInput& input, const v1::CasePolicy& policy,
                      const calendar::BusinessCalendar* calendar, v1::CaseAssessment* assessment);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_ESCALATION_H_
