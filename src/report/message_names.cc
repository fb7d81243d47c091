#include "report/message_names.h"

#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace report {
namespace {

// The message in the first oneof; null when none is set.
const google::protobuf::Message* Arm(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  const auto* arm =
      reflection->GetOneofFieldDescriptor(message, message.GetDescriptor()->oneof_decl(0));
  return arm == nullptr ? nullptr : &reflection->GetMessage(message, arm);
}

}  // namespace

absl::string_view InnerName(const google::protobuf::Message& envelope) {
  const google::protobuf::Message* entity = Arm(envelope);
  const google::protobuf::Message* inner = entity == nullptr ? nullptr : Arm(*entity);
  return inner == nullptr ? absl::string_view() : inner->GetDescriptor()->name();
}

absl::string_view VerdictName(v1::Verdict verdict) {
  return absl::StripPrefix(v1::Verdict_Name(verdict), "VERDICT_");
}

}  // namespace report
}  // namespace frontdesk
