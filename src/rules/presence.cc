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

bool IsUnset(const Message& message, const FieldDescriptor& field) {
  return field.has_presence() && !message.GetReflection()->HasField(message, &field);
}

bool IsUnspecified(const Message& message, const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM || field.is_repeated()) return false;
  if (message.GetReflection()->GetEnumValue(message, &field) != 0) return false;
  const auto* zero = field.enum_type()->FindValueByNumber(0);
  return zero != nullptr && absl::EndsWith(zero->name(), "_UNSPECIFIED");
}

// Any other value is of a field that is set, or a default that proto2 declares. Most reads need no look at the messages then.
bool CanBeDefault(const cel::Value& value) {
  switch (value.kind()) {
    case cel::ValueKind::kBool:
      return !value.bool_value();
    case cel::ValueKind::kInt:
      return value.int_value() == 0;
    case cel::ValueKind::kUint:
      return value.uint_value() == 0;
    case cel::ValueKind::kString:
      return value.string_value().empty();
    case cel::ValueKind::kTimestamp:
      return value.timestamp_seconds() == 0 && value.timestamp_nanos() == 0;
    case cel::ValueKind::kDuration:
      return value.duration_nanos() == 0;
    case cel::ValueKind::kList:
      return value.list_size() == 0;
    default:
      return true;
  }
}

constexpr size_t kMaxSteps = 16;

// The fields of a path that begins at the input and names no element, the last one first; 0 for any other expression.
size_t FieldsOf(cel::Expr expr, const Message& input, const FieldDescriptor** steps) {
  size_t count = 0;
  for (; count < kMaxSteps; expr = expr.child(0)) {
    const FieldDescriptor* field = expr.field();
    if (field == nullptr || field->is_extension()) return 0;
    steps[count++] = field;
    if (expr.kind() == cel::ExprKind::kIdentifier) {
      const bool root = expr.reference() == cel::ReferenceKind::kRootField &&
                        field->containing_type() == input.GetDescriptor();
      return root ? count : 0;
    }
    if (expr.kind() != cel::ExprKind::kSelect) return 0;
  }
  return 0;
}

// The same without looking anything up.
const FieldDescriptor* FindUnsetStep(const Message& input, const FieldDescriptor* const* steps,
                                     size_t count) {
  const Message* message = &input;
  while (true) {
    const FieldDescriptor* field = steps[--count];
    if (field->containing_type() != message->GetDescriptor() || field->is_repeated()) {
      return nullptr;
    }
    if (IsUnset(*message, *field)) return field;
    if (count == 0) return IsUnspecified(*message, *field) ? field : nullptr;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
    message = &message->GetReflection()->GetMessage(*message, field);
  }
}

}  // namespace

const FieldDescriptor* FindUnset(const Message& input, const cel::Read& read) {
  if (!CanBeDefault(read.value)) return nullptr;
  const FieldDescriptor* steps[kMaxSteps];
  if (const size_t count = FieldsOf(read.expr, input, steps); count > 0) {
    return FindUnsetStep(input, steps, count);
  }
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
    if (IsUnset(*message, *field)) return field;
    if (path.empty()) return IsUnspecified(*message, *field) ? field : nullptr;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || path.front() != '.') {
      return nullptr;
    }
    message = &reflection.GetMessage(*message, field);
  }
}

const Message* FindHolder(const Message& input, const cel::Read& read) {
  const bool is_of_input = BeginsAtInput(read);
  if (!is_of_input) return nullptr;
  absl::string_view path = read.path;
  const Message* message = &input;
  while (true) {
    const FieldDescriptor* field =
        message->GetDescriptor()->FindFieldByName(std::string(TakeName(&path)));
    if (field == nullptr || field->is_map()) return nullptr;
    if (path.empty()) return field == read.field ? message : nullptr;
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    const int index = field->is_repeated() ? TakeIndex(&path) : -1;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || path.empty() ||
        path.front() != '.') {
      return nullptr;
    }
    if (!field->is_repeated()) {
      message = &reflection.GetMessage(*message, field);
    } else if (index >= 0 && index < reflection.FieldSize(*message, field)) {
      message = &reflection.GetRepeatedMessage(*message, field, index);
    } else {
      return nullptr;
    }
  }
}

}  // namespace rules
}  // namespace frontdesk
