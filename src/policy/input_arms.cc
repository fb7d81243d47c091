#include "policy/input_arms.h"

#include <string>

namespace frontdesk {
namespace internal {

const google::protobuf::Message* InputArm(const v1::DecisionInput& input) {
  using google::protobuf::Message;
  return VisitArm(input, static_cast<const Message*>(nullptr),
                  [](const auto& arm) -> const Message* { return &arm; });
}

const domain::CommandInfo* InputCommand(const v1::DecisionInput& input) {
  return VisitArm(input, static_cast<const domain::CommandInfo*>(nullptr),
                  [](const auto& arm) { return domain::FindEntityCommand(arm.command()); });
}

const google::protobuf::Timestamp& InputNow(const v1::DecisionInput& input) {
  return *VisitArm(input, &google::protobuf::Timestamp::default_instance(),
                   [](const auto& arm) { return &arm.now(); });
}

const std::string& InputCustomerId(const v1::DecisionInput& input) {
  return VisitArm(input, &v1::Customer::default_instance(),
                  [](const auto& arm) { return &arm.customer(); })
      ->customer_id();
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
      return;
    case v1::ENTITY_KIND_INTERACTION:
      input->mutable_interaction();
      return;
    case v1::ENTITY_KIND_ORDER:
      input->mutable_order();
      return;
    case v1::ENTITY_KIND_ACCOUNT:
      input->mutable_account();
      return;
    case v1::ENTITY_KIND_CASE:
      input->mutable_case_();
      return;
    case v1::ENTITY_KIND_UNSPECIFIED:
    case v1::ENTITY_KIND_DESK:
      input->mutable_desk();
      return;
    default:
      return;
  }
}

const std::string& InputEntityId(const v1::DecisionInput& input) {
  static const std::string* const none = new std::string();
  return *VisitArm(input, none, [](const auto& arm) { return &AddressedIdIn(arm); });
}

}  // namespace internal
}  // namespace frontdesk
