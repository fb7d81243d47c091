// Events and effects in a few words.
#include "absl/strings/str_cat.h"
#include "decide/message_text.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/command_options.pb.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The message that is set in the oneof of that name, of the entity's arm; null when none is known.
const Message* SetMessage(const Message& envelope, const char* oneof) {
  const Message* message = &envelope;
  for (int level = 0; level < 2; ++level) {
    const FieldDescriptor* field = message->GetReflection()->GetOneofFieldDescriptor(
        *message, message->GetDescriptor()->FindOneofByName(oneof));
    if (field == nullptr) return nullptr;
    message = &message->GetReflection()->GetMessage(*message, field);
  }
  return message;
}

}  // namespace

std::string EventText(const v1::Event& event) {
  const Message* happened = SetMessage(event, "event");
  const std::string occurred = event.has_occur_time() ? internal::TimeText(event.occur_time()) : "";
  return absl::StrCat(
      internal::EntityWords(event.entity()), ": ",
      happened == nullptr
          ? "this build does not know the event"
          : internal::FillText(happened->GetDescriptor()->options().GetExtension(v1::event).text(),
                               *happened),
      occurred.empty() ? "" : absl::StrCat(", occurred ", occurred));
}

std::string EffectText(const v1::Effect& effect) {
  const Message* asked = SetMessage(effect, "effect");
  if (asked == nullptr) return "an effect that this build does not know";
  return internal::FillText(asked->GetDescriptor()->options().GetExtension(v1::effect).text(),
                            *asked);
}

}  // namespace frontdesk
