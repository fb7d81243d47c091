#include "policy/input_arms.h"

#include <string>

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

}  // namespace internal
}  // namespace frontdesk
