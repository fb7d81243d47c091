// The arms of a DecisionInput, handled alike. Private.
#ifndef FRONTDESK_POLICY_INPUT_ARMS_H_
#define FRONTDESK_POLICY_INPUT_ARMS_H_

#include <string>
#include <type_traits>

#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace internal {

// Calls `visit` with the arm of `input` that is set, and returns what it returns; `otherwise` when
// none is.
template <typename Input, typename Result, typename Visitor>
Result VisitArm(Input& input, Result otherwise, Visitor visit) {
  using v1::DecisionInput;
  constexpr bool kConst = std::is_const<Input>::value;
  switch (input.input_case()) {
#define FRONTDESK_ARM(name, field) \
  case DecisionInput::name:        \
    if constexpr (kConst)          \
      return visit(input.field()); \
    else                           \
      return visit(*input.mutable_##field());
    FRONTDESK_ARM(kCustomer, customer)
    FRONTDESK_ARM(kInteraction, interaction)
    FRONTDESK_ARM(kOrder, order)
    FRONTDESK_ARM(kAccount, account)
    FRONTDESK_ARM(kCase, case_)
    FRONTDESK_ARM(kDesk, desk)
#undef FRONTDESK_ARM
    case DecisionInput::INPUT_NOT_SET:
      break;
  }
  return otherwise;
}

// The arm that is set, or null.
const google::protobuf::Message* InputArm(const v1::DecisionInput& input);

// The command in the arm that is set; null when there is no arm, or no command in it.
const domain::CommandInfo* InputCommand(const v1::DecisionInput& input);

// `now` and approval of the arm that is set; empty ones when none is.
const google::protobuf::Timestamp& InputNow(const v1::DecisionInput& input);
const v1::Approval& InputApproval(const v1::DecisionInput& input);

// The id of the customer concerned; empty when there is none.
const std::string& InputCustomerId(const v1::DecisionInput& input);

// Sets the arm for entities of `kind`; none for kinds that policy does not decide about. ENTITY_KIND_UNSPECIFIED: that for commands to
// the desk itself.
void SetArm(v1::EntityKind kind, v1::DecisionInput* input);

// The id of the addressed entity in one arm; empty when there is no such entity.
inline const std::string& AddressedIdIn(const v1::CustomerDecisionInput& arm) {
  return arm.customer().customer_id();
}
inline const std::string& AddressedIdIn(const v1::InteractionDecisionInput& arm) {
  return arm.interaction().interaction_id();
}
inline const std::string& AddressedIdIn(const v1::OrderDecisionInput& arm) {
  return arm.order().order_id();
}
inline const std::string& AddressedIdIn(const v1::AccountDecisionInput& arm) {
  return arm.account().account_id();
}
inline const std::string& AddressedIdIn(const v1::CaseDecisionInput& arm) {
  return arm.case_().case_id();
}
inline const std::string& AddressedIdIn(const v1::DeskDecisionInput& arm) {
  return arm.entity().id();
}

// The same of the arm that is set; empty also when none is.
const std::string& InputEntityId(const v1::DecisionInput& input);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_INPUT_ARMS_H_
