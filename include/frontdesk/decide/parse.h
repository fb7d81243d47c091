// Reading messages from bytes and JSON that come from strangers.
//
//   frontdesk::v1::Command command;
//   absl::Status read = frontdesk::ParseBytes(bytes, &command);
//   if (!read.ok()) return read;  // names every string that is not UTF-8
//
// Use these in place of protobuf's own parsing: that one writes to stderr when a string is not
// UTF-8.
#ifndef FRONTDESK_DECIDE_PARSE_H_
#define FRONTDESK_DECIDE_PARSE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace frontdesk {

// How much is read. A plain struct.
struct ParseLimits {
  // Most bytes. More: RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE.
  std::size_t max_bytes = 64 << 20;
  // Deepest nesting of messages. Deeper: INVALID_ARGUMENT MESSAGE_MALFORMED.
  int max_depth = 64;
};

// Reads `bytes` in protobuf's binary form into `message`. Fields that the message does not know are
// kept. Errors, in this order, after which `message` is empty:
//   - RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE;
//   - INVALID_ARGUMENT MESSAGE_MALFORMED for bytes that are no message of this type;
//   - INVALID_ARGUMENT MESSAGE_TEXT_ENCODING with a violation for each such field.
absl::Status ParseBytes(absl::string_view bytes, google::protobuf::Message* message,
                        const ParseLimits& limits = {});

// Reads `json` in the protobuf JSON mapping into `message`. Errors, after which `message` is empty,
// in this order: RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE; INVALID_ARGUMENT MESSAGE_TEXT_ENCODING;
// INVALID_ARGUMENT MESSAGE_MALFORMED, whose text names the field with the fault, where there is one. No text quotes `json`.
absl::Status ParseJson(absl::string_view json, google::protobuf::Message* message,
                       const ParseLimits& limits = {});

}  // namespace frontdesk

#endif  // FRONTDESK_DECIDE_PARSE_H_
