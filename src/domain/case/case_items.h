// The tasks, consultations, participants and parts of a case by their ids. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_ITEMS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_ITEMS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "domain/case/case_draft.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/interaction.pb.h"

namespace frontdesk {
namespace domain {

// The item of that id; null when the case has none.
const v1::FollowUpTask* FindTask(const v1::Case& current_case, const std::string& task_id);
const v1::CaseConsultation* FindConsultation(const v1::Case& current_case,
                                             const std::string& consultation_id);
const v1::CaseParticipant* FindParticipant(const v1::Case& current_case,
                                           const std::string& participant_id);
const v1::InteractionPart* FindCasePart(const v1::Case& current_case, const std::string& part_id);

// The task that is not done yet; null, and refused, when there is none.
const v1::FollowUpTask* RequireUndoneTask(const std::string& task_id, absl::string_view field,
                                          absl::string_view unknown_reason,
                                          absl::string_view done_reason, CaseDraft* draft);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_ITEMS_H_
