#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "cel/messages.h"
#include "cel/scalar_text.h"
#include "cel/utf8.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/util/json_util.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

constexpr int64_t kMaxJsonInteger = (int64_t{1} << 53) - 1;

template <typename T>
bool InRange(int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

float ToFloat(double value) {
  // A conversion outside float's range is undefined in C++ where IEEE arithmetic gives infinity.
  if (value > std::numeric_limits<float>::max()) {
    // Up to half a unit beyond the largest float rounds down to it.
    constexpr double kHalfway = 3.4028235677973366e38;
    return value < kHalfway ? std::numeric_limits<float>::max()
                            : std::numeric_limits<float>::infinity();
  }
  if (value < std::numeric_limits<float>::lowest()) return -ToFloat(-value);
  return static_cast<float>(value);
}

// Sets or adds: the two families of reflection calls behind one name.
template <typename SetFunction, typename AddFunction, typename T>
void Put(const Reflection* reflection, SetFunction set, AddFunction add, Message* message,
         const FieldDescriptor* field, T&& value) {
  if (field->is_repeated()) {
    (reflection->*add)(message, field, std::forward<T>(value));
  } else {
    (reflection->*set)(message, field, std::forward<T>(value));
  }
}

WriteResult WriteInteger(const Value& value, Message* message, const FieldDescriptor* field) {
  const Reflection* r = message->GetReflection();
  const auto mismatch = WriteResult::Error(Code::FIELD_VALUE);
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      if (!value.is_int() || !InRange<int32_t>(value.int_value())) return mismatch;
      Put(r, &Reflection::SetInt32, &Reflection::AddInt32, message, field,
          static_cast<int32_t>(value.int_value()));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      if (!value.is_int()) return mismatch;
      Put(r, &Reflection::SetInt64, &Reflection::AddInt64, message, field, value.int_value());
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const bool null =
          value.is_null() && field->enum_type()->full_name() == "google.protobuf.NullValue";
      if (!null && (!value.is_int() || !InRange<int32_t>(value.int_value()))) return mismatch;
      Put(r, &Reflection::SetEnumValue, &Reflection::AddEnumValue, message, field,
          static_cast<int>(value.int_value()));
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT32:
      if (!value.is_uint() || value.uint_value() > std::numeric_limits<uint32_t>::max()) {
        return mismatch;
      }
      Put(r, &Reflection::SetUInt32, &Reflection::AddUInt32, message, field,
          static_cast<uint32_t>(value.uint_value()));
      break;
    default:
      if (!value.is_uint()) return mismatch;
      Put(r, &Reflection::SetUInt64, &Reflection::AddUInt64, message, field, value.uint_value());
      break;
  }
  return WriteResult::Ok();
}

// One value into a singular field, or as one more element of a repeated one.
WriteResult WriteOne(const Value& value, Message* message, const FieldDescriptor* field,
                     Arena& arena, int depth) {
  const Reflection* r = message->GetReflection();
  const auto mismatch = WriteResult::Error(Code::FIELD_VALUE);
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.is_bool()) return mismatch;
      Put(r, &Reflection::SetBool, &Reflection::AddBool, message, field, value.bool_value());
      return WriteResult::Ok();
    case FieldDescriptor::CPPTYPE_FLOAT:
      if (!value.is_double()) return mismatch;
      Put(r, &Reflection::SetFloat, &Reflection::AddFloat, message, field,
          ToFloat(value.double_value()));
      return WriteResult::Ok();
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (!value.is_double()) return mismatch;
      Put(r, &Reflection::SetDouble, &Reflection::AddDouble, message, field, value.double_value());
      return WriteResult::Ok();
    case FieldDescriptor::CPPTYPE_STRING: {
      const bool bytes = field->type() == FieldDescriptor::TYPE_BYTES;
      if (bytes ? !value.is_bytes() : !value.is_string()) return mismatch;
      const absl::string_view text = ValueAccess::text(value);
      if (!bytes && !IsValidUtf8(text)) return WriteResult::Error(Code::INVALID_UNICODE);
      arena.AddMessageBytes(text.size());
      Put(r, &Reflection::SetString, &Reflection::AddString, message, field, std::string(text));
      return WriteResult::Ok();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message* target = field->is_repeated()
                            ? r->AddMessage(message, field, arena.source->factory)
                            : r->MutableMessage(message, field, arena.source->factory);
      return WriteMessage(value, target, arena, depth - 1);
    }
    default:
      return WriteInteger(value, message, field);
  }
}

// null as an element means no element, except where null is a value of its own.
bool IsPrunedNull(const Value& element, const FieldDescriptor* field) {
  if (!element.is_null() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
  const Descriptor::WellKnownType type = field->message_type()->well_known_type();
  return type != Descriptor::WELLKNOWNTYPE_VALUE && type != Descriptor::WELLKNOWNTYPE_ANY;
}

WriteResult WriteMap(const Value& value, Message* message, const FieldDescriptor* field,
                     Arena& arena, int depth) {
  if (!value.is_map()) return WriteResult::Error(Code::FIELD_VALUE);
  const FieldDescriptor* key_field = field->message_type()->map_key();
  const FieldDescriptor* value_field = field->message_type()->map_value();
  for (size_t i = 0; i < value.map_size(); ++i) {
    const Value element = value.map_value(i);
    if (IsPrunedNull(element, value_field)) continue;
    if (arena.full()) return WriteResult::Error(Code::LIMIT_MEMORY);
    Message* entry = message->GetReflection()->AddMessage(message, field, arena.source->factory);
    arena.AddMessageBytes(64);
    WriteResult result = WriteOne(value.map_key(i), entry, key_field, arena, depth);
    if (result.ok) result = WriteOne(element, entry, value_field, arena, depth);
    if (!result.ok) return result;
  }
  return WriteResult::Ok();
}

WriteResult WriteJson(const Value& value, Message* message, Arena& arena, int depth);

// A number as JSON data has it: exact as a double, otherwise as a decimal string.
WriteResult WriteJsonNumber(const Value& value, Message* message) {
  const Descriptor* descriptor = message->GetDescriptor();
  const Reflection* r = message->GetReflection();
  const FieldDescriptor* number = descriptor->FindFieldByName("number_value");
  if (value.is_double()) {
    r->SetDouble(message, number, value.double_value());
    return WriteResult::Ok();
  }
  const bool fits =
      value.is_int() ? value.int_value() >= -kMaxJsonInteger && value.int_value() <= kMaxJsonInteger
                     : value.uint_value() <= static_cast<uint64_t>(kMaxJsonInteger);
  if (fits) {
    r->SetDouble(message, number,
                 value.is_int() ? static_cast<double>(value.int_value())
                                : static_cast<double>(value.uint_value()));
  } else {
    r->SetString(
        message, descriptor->FindFieldByName("string_value"),
        value.is_int() ? absl::StrCat(value.int_value()) : absl::StrCat(value.uint_value()));
  }
  return WriteResult::Ok();
}

// The JSON form of a message, by way of protobuf's own conversion.
WriteResult WriteMessageAsJson(const Value& value, Message* message, Arena& arena) {
  google::protobuf::LogSilencer silencer;
  std::string json;
  const Message& source = value.message_value();
  arena.AddMessageBytes(source.ByteSizeLong() * 16);
  if (arena.full()) return WriteResult::Error(Code::LIMIT_MEMORY);
  if (!google::protobuf::util::MessageToJsonString(source, &json).ok() ||
      !google::protobuf::util::JsonStringToMessage(json, message).ok()) {
    return WriteResult::Error(Code::FIELD_VALUE);
  }
  return WriteResult::Ok();
}

WriteResult WriteJson(const Value& value, Message* message, Arena& arena, int depth) {
  const Descriptor* descriptor = message->GetDescriptor();
  const Reflection* r = message->GetReflection();
  const auto field = [&](const char* name) { return descriptor->FindFieldByName(name); };
  const auto text = [&](std::string value) {
    r->SetString(message, field("string_value"), std::move(value));
    return WriteResult::Ok();
  };
  switch (value.kind()) {
    case ValueKind::kNull:
      r->SetEnumValue(message, field("null_value"), 0);
      return WriteResult::Ok();
    case ValueKind::kBool:
      r->SetBool(message, field("bool_value"), value.bool_value());
      return WriteResult::Ok();
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDouble:
      return WriteJsonNumber(value, message);
    case ValueKind::kString:
      if (!IsValidUtf8(value.string_value())) return WriteResult::Error(Code::INVALID_UNICODE);
      arena.AddMessageBytes(value.string_value().size());
      return text(std::string(value.string_value()));
    case ValueKind::kBytes:
      arena.AddMessageBytes(value.bytes_value().size() * 4 / 3);
      return text(Base64Encode(value.bytes_value()));
    case ValueKind::kTimestamp:
      return text(FormatTimestamp(value.timestamp_seconds(), value.timestamp_nanos()));
    case ValueKind::kDuration:
      return text(FormatDuration(value.duration_nanos()));
    case ValueKind::kList:
      return WriteMessage(value,
                          r->MutableMessage(message, field("list_value"), arena.source->factory),
                          arena, depth - 1);
    case ValueKind::kMap:
      return WriteMessage(value,
                          r->MutableMessage(message, field("struct_value"), arena.source->factory),
                          arena, depth - 1);
    case ValueKind::kMessage:
      return WriteMessageAsJson(value, message, arena);
    default:
      return WriteResult::Error(Code::FIELD_VALUE);
  }
}

// Packs `packed` into the Any `message`.
WriteResult PackAny(const Message& packed, Message* message, Arena& arena) {
  google::protobuf::LogSilencer silencer;
  const Descriptor* descriptor = message->GetDescriptor();
  std::string bytes = packed.SerializePartialAsString();
  arena.AddMessageBytes(bytes.size());
  if (arena.full()) return WriteResult::Error(Code::LIMIT_MEMORY);
  message->GetReflection()->SetString(
      message, descriptor->FindFieldByNumber(1),
      absl::StrCat("type.googleapis.com/", packed.GetDescriptor()->full_name()));
  message->GetReflection()->SetString(message, descriptor->FindFieldByNumber(2), std::move(bytes));
  return WriteResult::Ok();
}

const char* AnyTypeOf(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return "google.protobuf.Value";
    case ValueKind::kBool:
      return "google.protobuf.BoolValue";
    case ValueKind::kInt:
      return "google.protobuf.Int64Value";
    case ValueKind::kUint:
      return "google.protobuf.UInt64Value";
    case ValueKind::kDouble:
      return "google.protobuf.DoubleValue";
    case ValueKind::kString:
      return "google.protobuf.StringValue";
    case ValueKind::kBytes:
      return "google.protobuf.BytesValue";
    case ValueKind::kTimestamp:
      return "google.protobuf.Timestamp";
    case ValueKind::kDuration:
      return "google.protobuf.Duration";
    case ValueKind::kList:
      return "google.protobuf.ListValue";
    case ValueKind::kMap:
      return "google.protobuf.Struct";
    default:
      return nullptr;
  }
}

WriteResult WriteAny(const Value& value, Message* message, Arena& arena, int depth) {
  if (value.is_message()) return PackAny(value.message_value(), message, arena);
  const char* type = AnyTypeOf(value);
  if (type == nullptr) return WriteResult::Error(Code::FIELD_VALUE);
  const Descriptor* descriptor = arena.source->pool->FindMessageTypeByName(type);
  if (descriptor == nullptr) {
    descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  }
  Message* wrapped = descriptor == nullptr ? nullptr : NewMessage(descriptor, arena);
  if (wrapped == nullptr) return WriteResult::Error(Code::FIELD_VALUE);
  const WriteResult result = WriteMessage(value, wrapped, arena, depth - 1);
  return result.ok ? PackAny(*wrapped, message, arena) : result;
}

WriteResult WriteParts(int64_t seconds, int32_t nanos, Message* message) {
  const Descriptor* descriptor = message->GetDescriptor();
  message->GetReflection()->SetInt64(message, descriptor->FindFieldByNumber(1), seconds);
  message->GetReflection()->SetInt32(message, descriptor->FindFieldByNumber(2), nanos);
  return WriteResult::Ok();
}

WriteResult WriteList(const Value& value, Message* message, const FieldDescriptor* field,
                      Arena& arena, int depth) {
  if (!value.is_list()) return WriteResult::Error(Code::FIELD_VALUE);
  for (size_t i = 0; i < value.list_size(); ++i) {
    const Value element = value.list_at(i);
    if (IsPrunedNull(element, field)) continue;
    arena.AddMessageBytes(16);
    if (arena.full()) return WriteResult::Error(Code::LIMIT_MEMORY);
    const WriteResult result = WriteOne(element, message, field, arena, depth);
    if (!result.ok) return result;
  }
  return WriteResult::Ok();
}

}  // namespace

WriteResult WriteMessage(const Value& value, Message* message, Arena& arena, int depth) {
  if (depth <= 0) return WriteResult::Error(Code::LIMIT_VALUE_DEPTH);
  const Descriptor* descriptor = message->GetDescriptor();
  const auto mismatch = WriteResult::Error(Code::FIELD_VALUE);
  switch (descriptor->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      break;
    case Descriptor::WELLKNOWNTYPE_ANY:
      return WriteAny(value, message, arena, depth);
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return WriteJson(value, message, arena, depth);
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      if (!value.is_timestamp()) return mismatch;
      return WriteParts(value.timestamp_seconds(), value.timestamp_nanos(), message);
    case Descriptor::WELLKNOWNTYPE_DURATION:
      if (!value.is_duration()) return mismatch;
      return WriteParts(value.duration_nanos() / 1000000000,
                        static_cast<int32_t>(value.duration_nanos() % 1000000000), message);
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return WriteList(value, message, descriptor->FindFieldByNumber(1), arena, depth);
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return WriteMap(value, message, descriptor->FindFieldByNumber(1), arena, depth);
    default:
      return WriteOne(value, message, descriptor->FindFieldByNumber(1), arena, depth);
  }
  if (!value.is_message()) return mismatch;
  const Message& source = value.message_value();
  if (source.GetDescriptor() == descriptor) {
    arena.AddMessageBytes(source.SpaceUsedLong());
    if (arena.full()) return WriteResult::Error(Code::LIMIT_MEMORY);
    message->CopyFrom(source);
    return WriteResult::Ok();
  }
  // The same type from another pool goes by way of its bytes.
  if (source.GetDescriptor()->full_name() != descriptor->full_name()) return mismatch;
  google::protobuf::LogSilencer silencer;
  const std::string bytes = source.SerializePartialAsString();
  arena.AddMessageBytes(bytes.size() * 4);
  if (arena.full()) return WriteResult::Error(Code::LIMIT_MEMORY);
  return message->ParsePartialFromString(bytes) ? WriteResult::Ok() : mismatch;
}

WriteResult WriteField(const Value& value, Message* message, const FieldDescriptor* field,
                       Arena& arena, int depth) {
  if (field->is_map()) return WriteMap(value, message, field, arena, depth);
  if (field->is_repeated()) return WriteList(value, message, field, arena, depth);
  if (value.is_null() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    switch (field->message_type()->well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_VALUE:
      case Descriptor::WELLKNOWNTYPE_ANY:
        break;  // Both can hold null.
      case Descriptor::WELLKNOWNTYPE_STRUCT:
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return WriteResult::Error(Code::FIELD_VALUE);
      default:
        return WriteResult::Ok();  // null leaves the field unset.
    }
  }
  return WriteOne(value, message, field, arena, depth);
}

}  // namespace frontdesk::cel::cel_internal

namespace frontdesk::cel {

absl::Status ToMessage(const Value& value, google::protobuf::Message* message) {
  cel_internal::Arena arena;
  const cel_internal::WriteResult result =
      cel_internal::WriteMessage(value, message, arena, arena.max_value_depth);
  if (result.ok) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(cel_internal::CodeName(result.code), ": a ",
                                                 KindName(value.kind()), " does not fit into ",
                                                 message->GetDescriptor()->full_name()));
}

}  // namespace frontdesk::cel
