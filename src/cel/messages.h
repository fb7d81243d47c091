// Between protobuf messages and values. Private to cel/.
#ifndef FRONTDESK_CEL_MESSAGES_H_
#define FRONTDESK_CEL_MESSAGES_H_

#include <string>

#include "cel/value_data.h"
#include "frontdesk/cel/accessor_table.h"

namespace frontdesk::cel::cel_internal {

// Errors of the functions below have no position; LocateError() gives one.
inline Value LocateError(Arena& arena, const Value& value, int32_t expr) {
  if (!value.is_error() || ValueAccess::error(value)->expr >= 0) return value;
  ErrorData* located = arena.New<ErrorData>(*ValueAccess::error(value));
  located->expr = expr;
  return ValueAccess::Error(located);
}

// The parts of a google.protobuf.Any, also of one that is a dynamic message. Refers to it.
class AnyParts {
 public:
  explicit AnyParts(const google::protobuf::Message& any);
  AnyParts(const AnyParts&) = delete;
  AnyParts& operator=(const AnyParts&) = delete;
  const std::string& url() const { return url_; }
  const std::string& bytes() const { return bytes_; }
  // The type that the URL names; null when the pool has none of that name.
  const google::protobuf::Descriptor* FindType(const google::protobuf::DescriptorPool& pool) const;

 private:
  std::string url_scratch_, bytes_scratch_;
  const std::string& url_;
  const std::string& bytes_;
};

// The value of a message, well-known types unpacked.
Value ReadMessage(const google::protobuf::Message& message, Arena& arena);

// `value` itself unless it is a message of a well-known type.
inline Value Unpack(const Value& value, Arena& arena) {
  if (!value.is_message()) return value;
  return ReadMessage(*ValueAccess::message(value), arena);
}

// A field by reflection. An unset message field is its default instance, an unset wrapper, Any or Value null.
Value ReadField(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor* field, Arena& arena);

// As has() has it: repeated fields and maps when not empty, proto3 scalars when not zero.
bool HasField(const google::protobuf::Message& message,
              const google::protobuf::FieldDescriptor* field);

// A list that reads its elements through an accessor.
Value ReadRepeated(const google::protobuf::Message& message, const FieldAccessor* accessor,
                   const google::protobuf::FieldDescriptor* field, Arena& arena);

// The result of writing a field; kOk is not a code of its own.
struct WriteResult {
  bool ok = true;
  Code code = Code::FIELD_VALUE;
  static WriteResult Ok() { return {}; }
  static WriteResult Error(Code code) { return {false, code}; }
};

// Writes a value into a message of any type, as the contents of a field of that type.
WriteResult WriteMessage(const Value& value, google::protobuf::Message* message, Arena& arena,
                         int depth);
// Sets a field. null leaves message fields unset.
WriteResult WriteField(const Value& value, google::protobuf::Message* message,
                       const google::protobuf::FieldDescriptor* field, Arena& arena, int depth);

// The field, or the extension by its full name; null when the message has none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor* message,
                                                   absl::string_view name);

// A new message of a type in `arena`; null when the factory cannot make it.
google::protobuf::Message* NewMessage(const google::protobuf::Descriptor* descriptor, Arena& arena);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_MESSAGES_H_
