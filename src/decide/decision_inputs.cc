#include "decide/decision_inputs.h"

#include <string>
#include <type_traits>

#include "decide/entities.h"
#include "decide/lend.h"
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

void LendCommand(const v1::Command& command, v1::CustomerDecisionInput* arm) {
  arm->unsafe_arena_set_allocated_command(LendTo(arm->GetArena(), command.customer()));
}
void LendCommand(const v1::Command& command, v1::InteractionDecisionInput* arm) {
  arm->unsafe_arena_set_allocated_command(LendTo(arm->GetArena(), command.interaction()));
}
void LendCommand(const v1::Command& command, v1::OrderDecisionInput* arm) {
  arm->unsafe_arena_set_allocated_command(LendTo(arm->GetArena(), command.order()));
}
void LendCommand(const v1::Command& command, v1::AccountDecisionInput* arm) {
  arm->unsafe_arena_set_allocated_command(LendTo(arm->GetArena(), command.account()));
}
void LendCommand(const v1::Command& command, v1::CaseDecisionInput* arm) {
  arm->unsafe_arena_set_allocated_command(LendTo(arm->GetArena(), command.case_()));
}
void LendCommand(const v1::Command& command, v1::DeskDecisionInput* arm) {
  arm->unsafe_arena_set_allocated_command(LendTo(arm->GetArena(), command.desk()));
}

}  // namespace

void FillInput(const Asked& asked, const Policy& policy, v1::DecisionInput* input) {
  const v1::Command& command = asked.command();
  const std::string& course = CourseOf(asked, *input);
  VisitArm(*input, 0, [&](auto& arm) {
    LendCommand(command, &arm);
    arm.unsafe_arena_set_allocated_actor(LendTo(arm.GetArena(), command.actor()));
    *arm.mutable_now() = asked.now();
    arm.clear_occur_time();
    if (command.late_entry()) *arm.mutable_occur_time() = command.now();
    // An empty text that is set has a string of its own.
    if (arm.note() != command.note()) arm.set_note(command.note());
    const bool at_hand = !course.empty() && arm.interaction().interaction_id() == course;
    arm.set_identity_level(
        at_hand ? domain::ReachedIdentityLevel(arm.customer(), asked.now(), arm.interaction())
                : domain::ReachedIdentityLevel(arm.customer(), asked.now(), course));
    return 0;
  });
  FindEntity(asked.info().entity_kind)->fill(policy, input);
}

void SetCommand(const v1::Command& command, v1::DecisionInput* input) {
  VisitArm(*input, 0, [&command](auto& arm) {
    LendCommand(command, &arm);
    return 0;
  });
}

void SetApproval(const v1::Approval& approval, v1::DecisionInput* input) {
  VisitArm(*input, 0, [&](auto& arm) {
    *arm.mutable_approval() = approval;
    return 0;
  });
}

void ClearUnchanged(v1::DecisionInput* input) {
  VisitArm(*input, 0, [](auto& arm) {
    if constexpr (HasAssessment<std::remove_reference_t<decltype(arm)>>::value) {
      arm.mutable_assessment()->clear_is_unchanged();
    }
    return 0;
  });
}

}  // namespace internal
}  // namespace frontdesk
