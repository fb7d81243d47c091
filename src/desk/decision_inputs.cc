#include "desk/decision_inputs.h"

#include <string>

#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/verbs.h"

namespace frontdesk {
namespace internal {
namespace {

v1::EntityRef Ref(v1::EntityKind kind, const std::string& id) {
  v1::EntityRef entity;
  entity.set_kind(kind);
  entity.set_id(id);
  return entity;
}

}  // namespace

const google::protobuf::Message* InputArm(const v1::DecisionInput& input) {
  using google::protobuf::Message;
  return VisitArm(input, static_cast<const Message*>(nullptr),
                  [](const auto& arm) -> const Message* { return &arm; });
}

const v1::Command& InputCommand(const v1::DecisionInput& input) {
  return *VisitArm(input, &v1::Command::default_instance(),
                   [](const auto& arm) { return &arm.command(); });
}

const google::protobuf::Timestamp& InputNow(const v1::DecisionInput& input) {
  return *VisitArm(input, &google::protobuf::Timestamp::default_instance(),
                   [](const auto& arm) { return &arm.now(); });
}

const v1::Approval& InputApproval(const v1::DecisionInput& input) {
  return *VisitArm(input, &v1::Approval::default_instance(),
                   [](const auto& arm) { return &arm.approval(); });
}

void SetArm(v1::EntityKind kind, v1::DecisionInput* input) {
  input->Clear();
  switch (kind) {
    case v1::ENTITY_KIND_CUSTOMER:
      input->mutable_customer();
      break;
    case v1::ENTITY_KIND_INTERACTION:
      input->mutable_interaction();
      break;
    case v1::ENTITY_KIND_ORDER:
      input->mutable_order();
      break;
    case v1::ENTITY_KIND_ACCOUNT:
      input->mutable_account();
      break;
    case v1::ENTITY_KIND_CASE:
      input->mutable_case_input();
      break;
    default:
      break;
  }
}

v1::EntityRef InputEntity(const v1::DecisionInput& input) {
  switch (input.input_case()) {
    case v1::DecisionInput::kCustomer:
      return Ref(v1::ENTITY_KIND_CUSTOMER, input.customer().customer().customer_id());
    case v1::DecisionInput::kInteraction:
      return Ref(v1::ENTITY_KIND_INTERACTION, input.interaction().interaction().interaction_id());
    case v1::DecisionInput::kOrder:
      return Ref(v1::ENTITY_KIND_ORDER, input.order().order().order_id());
    case v1::DecisionInput::kAccount:
      return Ref(v1::ENTITY_KIND_ACCOUNT, input.account().account().account_id());
    case v1::DecisionInput::kCaseInput:
      return Ref(v1::ENTITY_KIND_CASE, input.case_input().current_case().case_id());
    case v1::DecisionInput::INPUT_NOT_SET:
      break;
  }
  return v1::EntityRef();
}

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
