// Fills a text with values of a message, as frontdesk/v1/command_options.proto describes it. Private.
#ifndef FRONTDESK_SRC_DECIDE_MESSAGE_TEXT_H_
#define FRONTDESK_SRC_DECIDE_MESSAGE_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace internal {

// `text` with its placeholders filled from `message`. A field that the message does not have, and a placeholder without an end,
// count as empty values. Texts of the message are escaped, so that no line can be forged. Linear in the text and the lists that it names.
std::string FillText(absl::string_view text, const google::protobuf::Message& message);

// "order o1"; "desk" of the one desk, whose id is its kind.
std::string EntityWords(const v1::EntityRef& entity);

// An enum value or a field name in words: "gift card" of KIND_GIFT_CARD, without the enum's own prefix.
std::string EnumWords(const google::protobuf::EnumDescriptor& type, int number);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_MESSAGE_TEXT_H_
