// optional.of, optional.ofNonZeroValue, optional.none, hasValue, value, or, orValue; base64.
#include <vector>

#include "cel/environment_data.h"
#include "cel/function_table.h"
#include "cel/scalar_text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"

namespace frontdesk::cel::cel_internal {
namespace {

Value NewOptional(const Call& call, const Value& value) {
  return ValueAccess::Optional(call.arena().New<Value>(value));
}

Value OptionalOf(const Call& call, const Value* arguments) {
  return NewOptional(call, arguments[0]);
}

Value OptionalNone(const Call&, const Value*) { return Value::OptionalNone(); }

// No field is set. It looks at every one, not into them.
bool IsEmpty(const Call& call, const google::protobuf::Message& message) {
  call.Charge(static_cast<int64_t>(FieldsCost(*message.GetDescriptor())));
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields.empty() && message.GetReflection()->GetUnknownFields(message).empty();
}

bool IsZero(const Call& call, const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return true;
    case ValueKind::kBool:
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDuration:
      return ValueAccess::bits(value) == 0;
    case ValueKind::kDouble:
      return value.double_value() == 0;
    case ValueKind::kString:
    case ValueKind::kBytes:
      return ValueAccess::text(value).empty();
    case ValueKind::kTimestamp:
      return value.timestamp_seconds() == 0 && value.timestamp_nanos() == 0;
    case ValueKind::kList:
      return value.list_size() == 0;
    case ValueKind::kMap:
      return value.map_size() == 0;
    case ValueKind::kMessage:
      return IsEmpty(call, value.message_value());
    case ValueKind::kOptional:
      return !value.optional_has_value();
    default:
      return false;
  }
}

Value OptionalOfNonZero(const Call& call, const Value* arguments) {
  const bool zero = IsZero(call, arguments[0]);
  if (call.frame.exhausted()) return call.Error(Code::LIMIT_COST);
  if (zero) return Value::OptionalNone();
  return NewOptional(call, arguments[0]);
}

Value HasValue(const Call&, const Value* arguments) {
  return Value::Bool(arguments[0].optional_has_value());
}

Value ValueOf(const Call& call, const Value* arguments) {
  if (!arguments[0].optional_has_value()) return call.Error(Code::OPTIONAL_EMPTY);
  return arguments[0].optional_value();
}

Value Or(const Call&, const Value* arguments) {
  return arguments[0].optional_has_value() ? arguments[0] : arguments[1];
}

Value OrValue(const Call&, const Value* arguments) {
  return arguments[0].optional_has_value() ? arguments[0].optional_value() : arguments[1];
}

Value Encode(const Call& call, const Value* arguments) {
  if (!call.Charge(static_cast<int64_t>(1 + arguments[0].bytes_value().size() / 10))) {
    return call.Error(Code::LIMIT_COST);
  }
  return call.NewString(Base64Encode(arguments[0].bytes_value()));
}

Value Decode(const Call& call, const Value* arguments) {
  if (!call.Charge(static_cast<int64_t>(1 + arguments[0].string_value().size() / 10))) {
    return call.Error(Code::LIMIT_COST);
  }
  std::string bytes;
  if (!Base64Decode(arguments[0].string_value(), &bytes)) {
    return call.Error(Code::CONVERSION_FAILED, "bytes");
  }
  return call.NewBytes(bytes);
}

}  // namespace

void AddOptionalsExtension(FunctionTable* table) {
  const Type v = Type::Parameter("V"), k = Type::Parameter("K");
  const Type optional = Type::Optional(v);
  table->Add("optional.of", "optional_of", {v}, optional, OptionalOf);
  table->Add("optional.ofNonZeroValue", "optional_ofNonZeroValue", {v}, optional,
             OptionalOfNonZero);
  table->Add("optional.none", "optional_none", {}, optional, OptionalNone);
  table->AddMember("value", "optional_value", {optional}, v, ValueOf);
  table->AddMember("hasValue", "optional_hasValue", {optional}, Type::Bool(), HasValue);
  table->AddMember("or", "optional_or_optional", {optional, optional}, optional, Or);
  table->AddMember("orValue", "optional_orValue_value", {optional, v}, v, OrValue);
  const absl::string_view index = OperatorName(Operator::kIndex);
  const absl::string_view optional_index = OperatorName(Operator::kOptionalIndex);
  const Type list = Type::List(v), map = Type::Map(k, v);
  table->Add(optional_index, "list_optindex_optional_int", {list, Type::Int()}, optional, nullptr);
  table->Add(optional_index, "optional_list_optindex_optional_int",
             {Type::Optional(list), Type::Int()}, optional, nullptr);
  table->Add(optional_index, "map_optindex_optional_value", {map, k}, optional, nullptr);
  table->Add(optional_index, "optional_map_optindex_optional_value", {Type::Optional(map), k},
             optional, nullptr);
  table->Add(index, "optional_list_index_int", {Type::Optional(list), Type::Int()}, optional,
             nullptr);
  table->Add(index, "optional_map_index_value", {Type::Optional(map), k}, optional, nullptr);
}

void AddEncodersExtension(FunctionTable* table) {
  table->Add("base64.encode", "base64_encode_bytes", {Type::Bytes()}, Type::String(), Encode);
  table->Add("base64.decode", "base64_decode_string", {Type::String()}, Type::Bytes(), Decode);
}

}  // namespace frontdesk::cel::cel_internal
