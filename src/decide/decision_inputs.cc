#include "decide/decision_inputs.h"

#include <string>

#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/verbs.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

template <typename Arm>
void FillDefinitions(const Policy& policy, v1::EntityKind kind, Arm* arm) {
  arm->clear_attribute_definitions();
  for (const v1::AttributeDefinition& definition : policy.pack().attribute_definitions()) {
    if (definition.entity_kind() == kind) *arm->add_attribute_definitions() = definition;
  }
}

// The interaction in whose course `command` is asked: the one that it names, else the one that it
// is about.
std::string CourseOf(const v1::Command& command, const v1::DecisionInput& input) {
  if (!command.interaction_id().empty() || !input.has_interaction()) {
    return command.interaction_id();
  }
  return domain::AddressedEntity(command).id();
}

}  // namespace

void FillInput(const v1::Command& command, const Policy& policy, v1::DecisionInput* input) {
  const std::string course = CourseOf(command, *input);
  VisitArm(*input, 0, [&](auto& arm) {
    *arm.mutable_command() = command;
    *arm.mutable_actor() = command.actor();
    *arm.mutable_now() = command.now();
    const bool at_hand = !course.empty() && arm.interaction().interaction_id() == course;
    arm.set_identity_level(
        at_hand ? domain::ReachedIdentityLevel(arm.customer(), command.now(), arm.interaction())
                : domain::ReachedIdentityLevel(arm.customer(), command.now(), course));
    return 0;
  });
  if (input->has_customer()) {
    input->mutable_customer()->set_default_region_code(policy.pack().default_region_code());
    FillDefinitions(policy, v1::ENTITY_KIND_CUSTOMER, input->mutable_customer());
  }
  if (input->has_case_input()) {
    FillDefinitions(policy, v1::ENTITY_KIND_CASE, input->mutable_case_input());
  }
  if (input->has_order()) input->mutable_order()->clear_assessment();
  if (input->has_case_input()) input->mutable_case_input()->clear_assessment();
}

}  // namespace internal
}  // namespace frontdesk
