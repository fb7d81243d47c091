// Whether the strings of a message are UTF-8, checked before protobuf sees bytes of strangers.
// Private.
#ifndef FRONTDESK_INTERNAL_MESSAGE_UTF8_H_
#define FRONTDESK_INTERNAL_MESSAGE_UTF8_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace internal {

// The length of the well-formed sequence at the beginning of `text`, which is not empty; 0 when there is none.
size_t Utf8SequenceLength(absl::string_view text);

// Whether `text` is well-formed UTF-8 as table 3-7 of Unicode has it: no overlong forms, no
// surrogates, nothing above U+10FFFF.
bool IsValidUtf8(absl::string_view text);

// `text` with every byte that is in no well-formed sequence replaced by U+FFFD.
std::string ReplaceInvalidUtf8(absl::string_view text);

// The paths ("order.lines[2].note") of all string fields of `message`, at any depth, that are not
// UTF-8, in order of field number. What is in a map has the map's path with "[?]": a key may be
// personal. Linear in the message.
std::vector<std::string> FieldsWithInvalidUtf8(const google::protobuf::Message& message);

// Applies ReplaceInvalidUtf8 to all string fields of `*message` at any depth but those in maps.
void ReplaceInvalidUtf8InFields(google::protobuf::Message* message);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_MESSAGE_UTF8_H_
