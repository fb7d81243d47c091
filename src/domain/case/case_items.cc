#include "domain/case/case_items.h"

namespace frontdesk {
namespace domain {

const v1::FollowUpTask* FindTask(const v1::Case& current_case, const std::string& task_id) {
  for (const v1::FollowUpTask& task : current_case.tasks()) {
    if (task.task_id() == task_id) return &task;
  }
  return nullptr;
}

const v1::CaseConsultation* FindConsultation(const v1::Case& current_case,
                                             const std::string& consultation_id) {
  for (const v1::CaseConsultation& consultation : current_case.consultations()) {
    if (consultation.consultation_id() == consultation_id) return &consultation;
  }
  return nullptr;
}

const v1::CaseParticipant* FindParticipant(const v1::Case& current_case,
                                           const std::string& participant_id) {
  for (const v1::CaseParticipant& participant : current_case.participants()) {
    if (participant.participant_id() == participant_id) return &participant;
  }
  return nullptr;
}

const v1::InteractionPart* FindCasePart(const v1::Case& current_case, const std::string& part_id) {
  for (const v1::InteractionPart& part : current_case.parts()) {
    if (part.part_id() == part_id) return &part;
  }
  return nullptr;
}

const v1::FollowUpTask* RequireUndoneTask(const std::string& task_id, absl::string_view field,
                                          absl::string_view unknown_reason,
                                          absl::string_view done_reason, CaseDraft* draft) {
  const v1::FollowUpTask* task = FindTask(draft->current(), task_id);
  if (task == nullptr) {
    draft->Refuse(unknown_reason, field, "the case has no task of that id");
    return nullptr;
  }
  if (!task->has_complete_time()) return task;
  draft->Refuse(done_reason, field, "the task was done already");
  return nullptr;
}

}  // namespace domain
}  // namespace frontdesk
