#include "internal/message_utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::vector<const FieldDescriptor*> SetFields(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);  // In order of field number.
  return fields;
}

void Find(const Message& message, const std::string& path, std::vector<std::string>* found) {
  const Reflection* reflection = message.GetReflection();
  for (const FieldDescriptor* field : SetFields(message)) {
    const std::string field_path =
        path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      std::string element_path = field_path;
      if (field->is_map()) {
        absl::StrAppend(&element_path, "[?]");
      } else if (field->is_repeated()) {
        absl::StrAppend(&element_path, "[", i, "]");
      }
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Find(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                  : reflection->GetMessage(message, field),
             element_path, found);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string scratch;
        const std::string& text =
            field->is_repeated()
                ? reflection->GetRepeatedStringReference(message, field, i, &scratch)
                : reflection->GetStringReference(message, field, &scratch);
        if (!IsValidUtf8(text)) found->push_back(element_path);
      }
    }
  }
}

}  // namespace

// Table 3-7: the first byte determines the length and the range of the second byte; all later ones are 80..BF.
size_t Utf8SequenceLength(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  size_t length = 0;
  uint8_t low = 0x80;
  uint8_t high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  } else {
    return 0;
  }
  if (text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  }
  return length;
}

bool IsValidUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string ReplaceInvalidUtf8(absl::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const size_t length = Utf8SequenceLength(text);
    if (length == 0) {
      valid.append("\xef\xbf\xbd");
    } else {
      valid.append(text.data(), length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return valid;
}

std::vector<std::string> FieldsWithInvalidUtf8(const Message& message) {
  std::vector<std::string> found;
  Find(message, "", &found);
  return found;
}

void ReplaceInvalidUtf8InFields(Message* message) {
  const Reflection* reflection = message->GetReflection();
  for (const FieldDescriptor* field : SetFields(*message)) {
    if (field->is_map()) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(*message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        ReplaceInvalidUtf8InFields(field->is_repeated()
                                       ? reflection->MutableRepeatedMessage(message, field, i)
                                       : reflection->MutableMessage(message, field));
      } else if (field->type() != FieldDescriptor::TYPE_STRING) {
        continue;
      } else if (field->is_repeated()) {
        const std::string text = reflection->GetRepeatedString(*message, field, i);
        if (!IsValidUtf8(text)) {
          reflection->SetRepeatedString(message, field, i, ReplaceInvalidUtf8(text));
        }
      } else {
        const std::string text = reflection->GetString(*message, field);
        if (!IsValidUtf8(text)) reflection->SetString(message, field, ReplaceInvalidUtf8(text));
      }
    }
  }
}

}  // namespace internal
}  // namespace frontdesk
