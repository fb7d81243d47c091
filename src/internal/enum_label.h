// Enum values in lower case, without the name of their enum. Private, header only.
#ifndef FRONTDESK_INTERNAL_ENUM_LABEL_H_
#define FRONTDESK_INTERNAL_ENUM_LABEL_H_

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace internal {

// "gift_card" of KIND_GIFT_CARD in an enum Kind, "user" of ESCALATION_BASIS_USER in EscalationBasis.
inline std::string EnumLabel(const google::protobuf::EnumValueDescriptor& value) {
  std::string prefix;
  for (const char letter : value.type()->name()) {
    if (absl::ascii_isupper(letter) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(letter));
  }
  prefix.push_back('_');
  return absl::AsciiStrToLower(absl::StripPrefix(value.name(), prefix));
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_ENUM_LABEL_H_
