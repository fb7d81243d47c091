#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "agents/json_writer.h"
#include "agents/render.h"
#include "agents/words.h"
#include "frontdesk/agents/toolset.h"
#include "internal/enum_label.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void WriteArguments(const Message& message, JsonWriter* json);

// The value of a field, or of the element of a list.
struct Value {
  const Message& message;
  const FieldDescriptor& field;
  // Negative: the field is no list.
  int index;

  template <typename T>
  T Get(T (Reflection::*get)(const Message&, const FieldDescriptor*) const,
        T (Reflection::*get_one)(const Message&, const FieldDescriptor*, int) const) const {
    const Reflection& reflection = *message.GetReflection();
    return index < 0 ? (reflection.*get)(message, &field)
                     : (reflection.*get_one)(message, &field, index);
  }
};

void WriteNumber(const Value& value, JsonWriter* json) {
  switch (value.field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return json->Number(value.Get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
    case FieldDescriptor::CPPTYPE_UINT32:
      return json->Number(value.Get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return json->Raw(
          absl::StrCat(value.Get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64)));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return json->Raw(
          absl::StrCat(value.Get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat)));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return json->Raw(
          absl::StrCat(value.Get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble)));
    default:
      return json->Number(value.Get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
  }
}

void WriteMessageValue(Scalar scalar, const Message& value, JsonWriter* json) {
  if (scalar == Scalar::kTime) {
    google::protobuf::Timestamp time;
    time.CopyFrom(value);
    return json->Text(TimeText(time));
  }
  if (scalar == Scalar::kDuration) {
    google::protobuf::Duration duration;
    duration.CopyFrom(value);
    return json->Text(DurationText(duration));
  }
  json->BeginObject();
  WriteArguments(value, json);
  json->EndObject();
}

void WriteValue(const Value& value, JsonWriter* json) {
  const Reflection& reflection = *value.message.GetReflection();
  const Scalar scalar = ScalarOf(value.field);
  switch (scalar) {
    case Scalar::kBool:
      return json->Flag(value.Get(&Reflection::GetBool, &Reflection::GetRepeatedBool));
    case Scalar::kInteger:
    case Scalar::kNumber:
      return WriteNumber(value, json);
    case Scalar::kText:
    case Scalar::kBytes: {
      const std::string text = value.Get(&Reflection::GetString, &Reflection::GetRepeatedString);
      return json->Text(scalar == Scalar::kText ? text : absl::Base64Escape(text));
    }
    case Scalar::kEnum: {
      const int number = value.Get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue);
      const auto* label = value.field.enum_type()->FindValueByNumber(number);
      return label == nullptr ? json->Number(number) : json->Text(internal::EnumLabel(*label));
    }
    default:
      return WriteMessageValue(
          scalar,
          value.index < 0 ? reflection.GetMessage(value.message, &value.field)
                          : reflection.GetRepeatedMessage(value.message, &value.field, value.index),
          json);
  }
}

void WriteArguments(const Message& message, JsonWriter* json) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        field->message_type() == v1::Actor::descriptor()) {
      continue;
    }
    json->Name(field->name());
    if (!field->is_repeated()) {
      WriteValue({message, *field, -1}, json);
      continue;
    }
    json->BeginArray();
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      WriteValue({message, *field, i}, json);
    }
    json->EndArray();
  }
}

}  // namespace

std::string ArgumentsOf(const Message& verb) {
  JsonWriter json;
  json.BeginObject();
  WriteArguments(verb, &json);
  json.EndObject();
  return std::move(json).Take();
}

std::string ToolNameOf(const google::protobuf::Descriptor& verb) {
  const domain::CommandInfo* info = domain::FindCommandByMessage(&verb);
  return info == nullptr ? "" : ToolNameOf(info->name);
}

}  // namespace agents
}  // namespace frontdesk
