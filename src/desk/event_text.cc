#include "desk/event_text.h"

#include "absl/strings/str_cat.h"
#include "desk/message_text.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/command_options.pb.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The message in the only oneof of `message`, or in the oneof of that name; null when none is set.
const Message* SetMessage(const Message& message, const char* oneof) {
  const FieldDescriptor* field = message.GetReflection()->GetOneofFieldDescriptor(
      message, message.GetDescriptor()->FindOneofByName(oneof));
  return field == nullptr ? nullptr : &message.GetReflection()->GetMessage(message, field);
}

}  // namespace

std::string EventText(const v1::Event& event) {
  const Message* of_entity = SetMessage(event, "event");
  const Message* happened = of_entity == nullptr ? nullptr : SetMessage(*of_entity, "event");
  return absl::StrCat(
      domain::EntityKindNoun(event.entity().kind()), " ", event.entity().id(), ": ",
      happened == nullptr
          ? "this build does not know the event"
          : FillText(happened->GetDescriptor()->options().GetExtension(v1::event).text(),
                     *happened));
}

std::string EffectText(const v1::Effect& effect) {
  switch (effect.action_case()) {
    case v1::Effect::kCapturePayment:
      return absl::StrCat("capture ", FormatMoney(effect.capture_payment().amount()), " by ",
                          effect.capture_payment().route().payment_method_id(), " (payment ",
                          effect.capture_payment().payment_id(), ")");
    case v1::Effect::kVoidPayment:
      return absl::StrCat("void payment ", effect.void_payment().payment_id(), " by ",
                          effect.void_payment().route().payment_method_id());
    case v1::Effect::kSendRefund:
      return absl::StrCat("send ", FormatMoney(effect.send_refund().amount()), " back by ",
                          effect.send_refund().route().payment_method_id(), " (refund ",
                          effect.send_refund().refund_id(), ")");
    case v1::Effect::kProposeResolution:
      return absl::StrCat("review case ", effect.propose_resolution().case_id(),
                          ": its cause, case ", effect.propose_resolution().cause_case_id(),
                          ", is resolved (", effect.propose_resolution().code(), ")");
    case v1::Effect::ACTION_NOT_SET:
      break;
  }
  return "an effect that this build does not know";
}

}  // namespace internal
}  // namespace frontdesk
