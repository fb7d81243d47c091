// Canonical bytes: deterministic protobuf serialization, which is hashed, compared and kept.
// Private, header only.
//
// Deterministic for one schema: fields in order of number, maps by key, unknown fields as they
// came. String fields must be valid UTF-8 (see message_utf8.h): protobuf writes a complaint to
// stderr otherwise.
#ifndef FRONTDESK_INTERNAL_CANONICAL_H_
#define FRONTDESK_INTERNAL_CANONICAL_H_

#include <cstddef>
#include <string>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/message_lite.h"

namespace frontdesk {
namespace internal {

// Writes the canonical bytes of `message` to `output`, where there is room for `size`, its ByteSizeLong() of just now.
inline void WriteCanonicalBytes(const google::protobuf::MessageLite& message, std::size_t size,
                                char* output) {
  google::protobuf::io::ArrayOutputStream stream(output, static_cast<int>(size));
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);
}

// Appends the canonical bytes of `message` to `*output`.
inline void AppendCanonicalBytes(const google::protobuf::MessageLite& message,
                                 std::string* output) {
  const std::size_t before = output->size();
  const std::size_t size = message.ByteSizeLong();
  output->resize(before + size);
  WriteCanonicalBytes(message, size, &(*output)[before]);
}

// The canonical bytes of `message`.
inline std::string CanonicalBytes(const google::protobuf::MessageLite& message) {
  std::string bytes;
  AppendCanonicalBytes(message, &bytes);
  return bytes;
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_CANONICAL_H_
