#include "rules/presence.h"

#include <cstddef>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace frontdesk {
namespace rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The path of a variable of a macro whose origin is not known begins with the variable's own name.
bool BeginsAtInput(const cel::Read& read) {
  cel::Expr part = read.expr;
  while (part.child_count() > 0) part = part.child(0);
  if (part.reference() != cel::ReferenceKind::kLocal) return true;
  return !absl::StartsWith(read.path, part.name()) ||
         (read.path.size() > part.name().size() && read.path[part.name().size()] == '[');
}

// Takes ".name" or "name" off the front; "" for anything else.
absl::string_view TakeName(absl::string_view* path) {
  if (!path->empty() && path->front() == '.') path->remove_prefix(1);
  size_t size = 0;
  while (size < path->size() && (*path)[size] != '.' && (*path)[size] != '[') ++size;
  const absl::string_view name = path->substr(0, size);
  path->remove_prefix(size);
  return name;
}

// Takes "[7]" off the front; -1 for anything else.
int TakeIndex(absl::string_view* path) {
  const size_t end = path->find(']');
  int index = -1;
  if (path->empty() || path->front() != '[' || end == absl::string_view::npos ||
      !absl::SimpleAtoi(path->substr(1, end - 1), &index)) {
    return -1;
  }
  path->remove_prefix(end + 1);
  return index;
}

bool IsUnspecified(const Message& message, const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM || field.is_repeated()) return false;
  if (message.GetReflection()->GetEnumValue(message, &field) != 0) return false;
  const auto* zero = field.enum_type()->FindValueByNumber(0);
  return zero != nullptr && absl::EndsWith(zero->name(), "_UNSPECIFIED");
}

}  // namespace

const FieldDescriptor* FindUnset(const Message& input, const cel::Read& read) {
  if (!BeginsAtInput(read)) return nullptr;
  absl::string_view path = read.path;
  const Message* message = &input;
  while (true) {
    const std::string name(TakeName(&path));
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->is_map()) return nullptr;
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    if (field->is_repeated()) {
      if (path.empty()) return nullptr;
      const int index = TakeIndex(&path);
      if (index < 0 || index >= reflection.FieldSize(*message, field) || path.empty() ||
          field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        return nullptr;
      }
      message = &reflection.GetRepeatedMessage(*message, field, index);
      continue;
    }
    if (field->has_presence() && !reflection.HasField(*message, field)) return field;
    if (path.empty()) return IsUnspecified(*message, *field) ? field : nullptr;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || path.front() != '.') {
      return nullptr;
    }
    message = &reflection.GetMessage(*message, field);
  }
}

}  // namespace rules
}  // namespace frontdesk
