#include "decide/field_screen.h"

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/cel/accessor_table.h"
#include "frontdesk/v1/accessors.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/data_class.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "google/protobuf/descriptor.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::FieldAccessor;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Type;

// A field that is looked at.
struct Field {
  enum class Check { kText, kId, kEnum, kMessage };

  FieldAccessor accessor;
  Check check;
  bool is_list;
  const Type* inner;  // Of a message.
  const EnumDescriptor* values;
  std::int64_t dense_end;  // All numbers from 0 up to this one are known; it is not.
};

// A message type: the fields that are looked at.
struct Type {
  // Not all of them have getters.
  bool is_open = false;
  std::vector<Field> fields;
  // Of each oneof, the arms that are looked at. At most one of them is set.
  std::vector<std::vector<Field>> oneofs;
};

bool IsNumberKnown(std::int64_t number, const Field& field) {
  if (number >= 0 && number < field.dense_end) return true;
  return field.values->FindValueByNumber(static_cast<int>(number)) != nullptr;
}

bool IsTextSound(absl::string_view text, const Field& field) {
  return field.check == Field::Check::kId ? !FindIdFault(text).has_value() : IsValidUtf8(text);
}

bool IsMessageSound(const Message& message, const Type& type);

bool AreElementsSound(const Message& message, const Field& field) {
  const int size = field.accessor.size(message);
  for (int i = 0; i < size; ++i) {
    bool is_sound = false;
    switch (field.check) {
      case Field::Check::kText:
      case Field::Check::kId:
        is_sound = IsTextSound(field.accessor.getter.at_string(message, i), field);
        break;
      case Field::Check::kEnum:
        is_sound = IsNumberKnown(field.accessor.getter.at_int(message, i), field);
        break;
      case Field::Check::kMessage:
        is_sound = IsMessageSound(*field.accessor.getter.at_message(message, i), *field.inner);
        break;
    }
    if (!is_sound) return false;
  }
  return true;
}

// Of a field that is no list; a message is set.
bool IsValueSound(const Message& message, const Field& field) {
  switch (field.check) {
    case Field::Check::kText:
    case Field::Check::kId: {
      const absl::string_view text = field.accessor.getter.get_string(message);
      return text.empty() || IsTextSound(text, field);
    }
    case Field::Check::kEnum:
      return IsNumberKnown(field.accessor.getter.get_int(message), field);
    case Field::Check::kMessage:
      break;
  }
  return IsMessageSound(*field.accessor.getter.get_message(message), *field.inner);
}

bool IsMessageSound(const Message& message, const Type& type) {
  if (type.is_open) return false;
  for (const Field& field : type.fields) {
    if (field.is_list) {
      if (!AreElementsSound(message, field)) return false;
      continue;
    }
    if (field.check == Field::Check::kMessage && !field.accessor.has(message)) continue;
    if (!IsValueSound(message, field)) return false;
  }
  for (const std::vector<Field>& arms : type.oneofs) {
    for (const Field& arm : arms) {
      if (!arm.accessor.has(message)) continue;
      if (!IsValueSound(message, arm)) return false;
      break;
    }
  }
  return true;
}

// The types of commands, facts and decision inputs.
class Types {
 public:
  Types() {
    for (const Descriptor* each :
         {v1::Command::descriptor(), v1::Facts::descriptor(), v1::DecisionInput::descriptor()}) {
      roots_.emplace_back(each, &Make(each));
    }
  }

  // Null for another type.
  const Type* Find(const Descriptor* descriptor) const {
    for (const auto& [root, type] : roots_) {
      if (root == descriptor) return type;
    }
    return nullptr;
  }

 private:
  // A type without fields to look at. Messages of the libraries of protobuf are such, as far as they occur.
  static bool HasNothing(const Descriptor& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.message_type() != nullptr || field.enum_type() != nullptr ||
          field.type() == FieldDescriptor::TYPE_STRING) {
        return false;
      }
    }
    return true;
  }

  static bool IsLookedAt(const FieldDescriptor& field) {
    if (field.message_type() != nullptr) return !HasNothing(*field.message_type());
    return field.enum_type() != nullptr || field.type() == FieldDescriptor::TYPE_STRING;
  }

  // Makes the type, and those in it. A type in itself is found by its descriptor.
  const Type& Make(const Descriptor* descriptor) {
    const auto [entry, is_new] = types_.try_emplace(descriptor);
    Type& made = entry->second;  // Stays where it is.
    if (!is_new) return made;
    std::unordered_map<const google::protobuf::OneofDescriptor*, std::vector<Field>> oneofs;
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor& field = *descriptor->field(i);
      if (!IsLookedAt(field)) continue;
      const FieldAccessor* accessor = v1::Accessors().Find(&field);
      if (accessor == nullptr) {
        made.is_open = true;
        continue;
      }
      const auto* oneof = field.real_containing_oneof();
      (oneof == nullptr ? made.fields : oneofs[oneof]).push_back(MakeField(field, *accessor));
    }
    for (auto& [oneof, arms] : oneofs) made.oneofs.push_back(std::move(arms));
    return made;
  }

  Field MakeField(const FieldDescriptor& field, const FieldAccessor& accessor) {
    Field made = {accessor, Field::Check::kMessage, field.is_repeated(), nullptr, nullptr, 0};
    if (field.message_type() != nullptr) {
      made.inner = &Make(field.message_type());
    } else if (field.enum_type() != nullptr) {
      made.check = Field::Check::kEnum;
      made.values = field.enum_type();
      while (made.values->FindValueByNumber(static_cast<int>(made.dense_end)) != nullptr) {
        ++made.dense_end;
      }
    } else {
      const bool is_id = field.options().GetExtension(v1::data_class) == v1::DATA_CLASS_INTERNAL;
      made.check = is_id ? Field::Check::kId : Field::Check::kText;
    }
    return made;
  }

  std::unordered_map<const Descriptor*, Type> types_;
  std::vector<std::pair<const Descriptor*, const Type*>> roots_;
};

const Types& TheTypes() {
  static const Types* const types = new Types();
  return *types;
}

}  // namespace

bool AreFieldsSound(const Message& message) {
  const Type* type = TheTypes().Find(message.GetDescriptor());
  return type != nullptr && IsMessageSound(message, *type);
}

}  // namespace internal
}  // namespace frontdesk
