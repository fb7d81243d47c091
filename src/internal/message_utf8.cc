#include "internal/message_utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
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

struct TextType;

// A field in which a text can be.
struct TextField {
  const FieldDescriptor* field;
  const TextType* inner;  // Null for a string.
};

// Of a message type, the fields in which a text can be: strings, and messages with such fields.
struct TextType {
  struct Oneof {
    const OneofDescriptor* oneof;
    std::vector<TextField> arms;  // By their index in it; without a field where no text can be.
  };
  std::vector<TextField> fields;
  std::vector<Oneof> oneofs;
};

// The text types of the program's own messages. They are made once: a message has many fields, and few of them are set. Thread-safe.
class TextTypes {
 public:
  // Null when nothing is known of the type: extensions can be anywhere in it, or its descriptor may be gone some day.
  const TextType* Find(const Descriptor* type) {
    if (type->file()->pool() != DescriptorPool::generated_pool()) return nullptr;
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto known = roots_.find(type);
    if (known != roots_.end()) return known->second;
    const std::unordered_set<const Descriptor*> inside = TypesIn(type);
    const bool is_open = std::any_of(inside.begin(), inside.end(), [](const Descriptor* each) {
      return each->extension_range_count() > 0;
    });
    return roots_[type] = is_open ? nullptr : Make(type);
  }

 private:
  // The type, and all that can be in its messages.
  static std::unordered_set<const Descriptor*> TypesIn(const Descriptor* type) {
    std::unordered_set<const Descriptor*> types = {type};
    std::vector<const Descriptor*> rest = {type};
    while (!rest.empty()) {
      const Descriptor* const next = rest.back();
      rest.pop_back();
      for (int i = 0; i < next->field_count(); ++i) {
        const Descriptor* const inner = next->field(i)->message_type();
        if (inner != nullptr && types.insert(inner).second) rest.push_back(inner);
      }
    }
    return types;
  }

  static bool HasText(const Descriptor* type) {
    const std::unordered_set<const Descriptor*> inside = TypesIn(type);
    return std::any_of(inside.begin(), inside.end(), [](const Descriptor* each) {
      for (int i = 0; i < each->field_count(); ++i) {
        if (each->field(i)->type() == FieldDescriptor::TYPE_STRING) return true;
      }
      return false;
    });
  }

  const TextType* Make(const Descriptor* type) {
    const auto [entry, is_new] = types_.try_emplace(type);
    TextType* const made = &entry->second;  // Stays where it is. A type in itself finds it here.
    if (!is_new) return made;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* const field = type->field(i);
      if (field->real_containing_oneof() == nullptr && CanHaveText(*field)) {
        made->fields.push_back(MakeField(field));
      }
    }
    for (int i = 0; i < type->real_oneof_decl_count(); ++i) {
      TextType::Oneof oneof = {type->oneof_decl(i), {}};
      for (int k = 0; k < oneof.oneof->field_count(); ++k) {
        const FieldDescriptor* const arm = oneof.oneof->field(k);
        oneof.arms.push_back(CanHaveText(*arm) ? MakeField(arm) : TextField{nullptr, nullptr});
      }
      made->oneofs.push_back(std::move(oneof));
    }
    return made;
  }

  static bool CanHaveText(const FieldDescriptor& field) {
    if (field.message_type() != nullptr) return HasText(field.message_type());
    return field.type() == FieldDescriptor::TYPE_STRING;
  }

  TextField MakeField(const FieldDescriptor* field) {
    const Descriptor* const inner = field->message_type();
    return {field, inner == nullptr ? nullptr : Make(inner)};
  }

  std::mutex mutex_;
  std::unordered_map<const Descriptor*, const TextType*> roots_;  // Guarded by mutex_.
  std::unordered_map<const Descriptor*, TextType> types_;         // Guarded by mutex_.
};

const TextType* FindTextType(const Descriptor* type) {
  static TextTypes* const types = new TextTypes();
  return types->Find(type);
}

bool AreTextsValid(const Message& message, const TextType& type);

// Whether all texts in a field of `message` are UTF-8.
bool IsFieldValid(const Message& message, const Reflection& reflection, const TextField& text) {
  const FieldDescriptor* const field = text.field;
  std::string scratch;
  if (!field->is_repeated()) {
    if (text.inner == nullptr) {
      return IsValidUtf8(reflection.GetStringReference(message, field, &scratch));
    }
    return !reflection.HasField(message, field) ||
           AreTextsValid(reflection.GetMessage(message, field), *text.inner);
  }
  const int count = reflection.FieldSize(message, field);
  for (int i = 0; i < count; ++i) {
    const bool is_valid =
        text.inner == nullptr
            ? IsValidUtf8(reflection.GetRepeatedStringReference(message, field, i, &scratch))
            : AreTextsValid(reflection.GetRepeatedMessage(message, field, i), *text.inner);
    if (!is_valid) return false;
  }
  return true;
}

// Whether all texts in `message` are UTF-8.
bool AreTextsValid(const Message& message, const TextType& type) {
  const Reflection& reflection = *message.GetReflection();
  for (const TextField& field : type.fields) {
    if (!IsFieldValid(message, reflection, field)) return false;
  }
  for (const TextType::Oneof& oneof : type.oneofs) {
    const FieldDescriptor* const arm = reflection.GetOneofFieldDescriptor(message, oneof.oneof);
    if (arm == nullptr) continue;
    const TextField& field = oneof.arms[arm->index_in_oneof()];
    if (field.field != nullptr && !IsFieldValid(message, reflection, field)) return false;
  }
  return true;
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
  // Most texts are ASCII: eight bytes at a time.
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;
  std::uint64_t bytes = 0;
  while (text.size() >= sizeof(bytes)) {
    std::memcpy(&bytes, text.data(), sizeof(bytes));
    if ((bytes & kHighBits) != 0) break;
    text.remove_prefix(sizeof(bytes));
  }
  if (text.size() < sizeof(bytes)) {
    unsigned char all = 0;
    for (const char byte : text) all |= static_cast<unsigned char>(byte);
    if (all < 0x80) return true;
  }
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
  const TextType* type = FindTextType(message.GetDescriptor());
  if (type != nullptr && AreTextsValid(message, *type)) return found;
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
