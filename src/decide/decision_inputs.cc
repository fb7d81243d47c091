#include "decide/decision_inputs.h"

#include <string>

#include "decide/entities.h"
#include "frontdesk/domain/customer/customer.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

// The interaction in whose course the command is asked: the one that it names, else the one that it
// is about.
const std::string& CourseOf(const Asked& asked, const v1::DecisionInput& input) {
  const std::string& named = asked.command().interaction_id();
  return named.empty() && input.has_interaction() ? asked.entity_id() : named;
}

void CopyCommand(const v1::Command& command, v1::CustomerDecisionInput* arm) {
  *arm->mutable_command() = command.customer();
}
void CopyCommand(const v1::Command& command, v1::InteractionDecisionInput* arm) {
  *arm->mutable_command() = command.interaction();
}
void CopyCommand(const v1::Command& command, v1::OrderDecisionInput* arm) {
  *arm->mutable_command() = command.order();
}
void CopyCommand(const v1::Command& command, v1::AccountDecisionInput* arm) {
  *arm->mutable_command() = command.account();
}
void CopyCommand(const v1::Command& command, v1::CaseDecisionInput* arm) {
  *arm->mutable_command() = command.case_();
}
void CopyCommand(const v1::Command& command, v1::DeskDecisionInput* arm) {
  *arm->mutable_command() = command.desk();
}

}  // namespace

void FillInput(const Asked& asked, const Policy& policy, v1::DecisionInput* input) {
  const v1::Command& command = asked.command();
  const std::string& course = CourseOf(asked, *input);
  VisitArm(*input, 0, [&](auto& arm) {
    CopyCommand(command, &arm);
    *arm.mutable_actor() = command.actor();
    *arm.mutable_now() = asked.now();
    arm.clear_occur_time();
    if (command.late_entry()) *arm.mutable_occur_time() = command.now();
    arm.set_note(command.note());
    const bool at_hand = !course.empty() && arm.interaction().interaction_id() == course;
    arm.set_identity_level(
        at_hand ? domain::ReachedIdentityLevel(arm.customer(), asked.now(), arm.interaction())
                : domain::ReachedIdentityLevel(arm.customer(), asked.now(), course));
    return 0;
  });
  FindEntity(asked.info().entity_kind)->fill(policy, input);
}

void SetApproval(const v1::Approval& approval, v1::DecisionInput* input) {
  VisitArm(*input, 0, [&](auto& arm) {
    *arm.mutable_approval() = approval;
    return 0;
  });
}

}  // namespace internal
}  // namespace frontdesk
