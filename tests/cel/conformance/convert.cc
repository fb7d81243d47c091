#include "convert.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"

namespace frontdesk::cel::conformance {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::Message;

Type Scalar(::cel::expr::Type::PrimitiveType type) {
  switch (type) {
    case ::cel::expr::Type::BOOL:
      return Type::Bool();
    case ::cel::expr::Type::INT64:
      return Type::Int();
    case ::cel::expr::Type::UINT64:
      return Type::Uint();
    case ::cel::expr::Type::DOUBLE:
      return Type::Double();
    case ::cel::expr::Type::STRING:
      return Type::String();
    case ::cel::expr::Type::BYTES:
      return Type::Bytes();
    default:
      return Type::Error();
  }
}

// The message in an Any, made by `messages`.
Message* Unpack(const google::protobuf::Any& any, const Messages& messages,
                google::protobuf::Arena& owner) {
  const std::string& url = any.type_url();
  const Descriptor* type = messages.pool->FindMessageTypeByName(url.substr(url.rfind('/') + 1));
  if (type == nullptr) return nullptr;
  Message* message = messages.factory->GetPrototype(type)->New(&owner);
  return message->ParsePartialFromString(any.value()) ? message : nullptr;
}

}  // namespace

absl::StatusOr<Type> ToType(const ::cel::expr::Type& type, const Messages& messages) {
  using Kind = ::cel::expr::Type;
  switch (type.type_kind_case()) {
    case Kind::kDyn:
      return Type::Dyn();
    case Kind::kNull:
      return Type::Null();
    case Kind::kPrimitive:
      return Scalar(type.primitive());
    case Kind::kWrapper:
      return Type::Wrapper(Scalar(type.wrapper()));
    case Kind::kWellKnown:
      return type.well_known() == Kind::ANY         ? Type::Any()
             : type.well_known() == Kind::TIMESTAMP ? Type::Timestamp()
                                                    : Type::Duration();
    case Kind::kListType: {
      auto element = ToType(type.list_type().elem_type(), messages);
      if (!element.ok()) return element;
      return Type::List(*element);
    }
    case Kind::kMapType: {
      auto key = ToType(type.map_type().key_type(), messages);
      auto value = ToType(type.map_type().value_type(), messages);
      if (!key.ok()) return key;
      if (!value.ok()) return value;
      return Type::Map(*key, *value);
    }
    case Kind::kMessageType: {
      const Descriptor* descriptor = messages.pool->FindMessageTypeByName(type.message_type());
      if (descriptor == nullptr) return absl::NotFoundError(type.message_type());
      return Type::Message(descriptor);
    }
    case Kind::kTypeParam:
      return Type::Parameter(type.type_param());
    case Kind::kType: {
      auto inner = ToType(type.type(), messages);
      if (!inner.ok()) return inner;
      return Type::TypeOf(*inner);
    }
    case Kind::kAbstractType: {
      std::vector<Type> parameters;
      for (const auto& parameter : type.abstract_type().parameter_types()) {
        auto converted = ToType(parameter, messages);
        if (!converted.ok()) return converted;
        parameters.push_back(*converted);
      }
      if (type.abstract_type().name() == "optional_type") return Type::Optional(parameters[0]);
      return Type::Opaque(type.abstract_type().name(), parameters);
    }
    default:
      return absl::UnimplementedError(type.ShortDebugString());
  }
}

absl::StatusOr<Value> ToValue(const ::cel::expr::Value& value, const Messages& messages,
                              ValueArena& arena, google::protobuf::Arena& owner) {
  using Kind = ::cel::expr::Value;
  switch (value.kind_case()) {
    case Kind::kNullValue:
      return Value::Null();
    case Kind::kBoolValue:
      return Value::Bool(value.bool_value());
    case Kind::kInt64Value:
      return Value::Int(value.int64_value());
    case Kind::kUint64Value:
      return Value::Uint(value.uint64_value());
    case Kind::kDoubleValue:
      return Value::Double(value.double_value());
    case Kind::kStringValue:
      return arena.NewString(value.string_value());
    case Kind::kBytesValue:
      return arena.NewBytes(value.bytes_value());
    case Kind::kTypeValue:
      return Value::TypeName(arena.NewString(value.type_value()).string_value());
    case Kind::kObjectValue: {
      const Message* message = Unpack(value.object_value(), messages, owner);
      if (message == nullptr) return absl::NotFoundError(value.object_value().type_url());
      return Value::Message(message);
    }
    case Kind::kListValue: {
      std::vector<Value> elements;
      for (const auto& element : value.list_value().values()) {
        auto converted = ToValue(element, messages, arena, owner);
        if (!converted.ok()) return converted;
        elements.push_back(*converted);
      }
      return arena.NewList(elements);
    }
    case Kind::kMapValue: {
      std::vector<std::pair<Value, Value>> entries;
      for (const auto& entry : value.map_value().entries()) {
        auto key = ToValue(entry.key(), messages, arena, owner);
        auto mapped = ToValue(entry.value(), messages, arena, owner);
        if (!key.ok()) return key;
        if (!mapped.ok()) return mapped;
        entries.emplace_back(*key, *mapped);
      }
      return arena.NewMap(entries);
    }
    default:
      return absl::UnimplementedError(value.ShortDebugString());
  }
}

namespace {

// Strict sameness: kinds, and NaN like NaN.
bool Same(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case ValueKind::kDouble:
      return a.double_value() == b.double_value() ||
             (std::isnan(a.double_value()) && std::isnan(b.double_value()));
    case ValueKind::kList:
      if (a.list_size() != b.list_size()) return false;
      for (size_t i = 0; i < a.list_size(); ++i) {
        if (!Same(a.list_at(i), b.list_at(i))) return false;
      }
      return true;
    case ValueKind::kMap:
      if (a.map_size() != b.map_size()) return false;
      for (size_t i = 0; i < a.map_size(); ++i) {
        const auto found = b.map_find(a.map_key(i));
        if (!found.has_value() || !Same(a.map_value(i), *found)) return false;
      }
      return true;
    case ValueKind::kMessage: {
      const Message& x = a.message_value();
      const Message& y = b.message_value();
      if (x.GetDescriptor() != y.GetDescriptor()) return false;
      google::protobuf::util::MessageDifferencer differencer;
      google::protobuf::util::DefaultFieldComparator comparator;
      comparator.set_treat_nan_as_equal(true);
      differencer.set_field_comparator(&comparator);
      return differencer.Compare(x, y);
    }
    default:
      return Equals(a, b);
  }
}

// The same value with every message of a well-known type unpacked.
Value Unwrapped(const Value& value, ValueArena& arena) {
  switch (value.kind()) {
    case ValueKind::kMessage:
      return FromMessage(value.message_value(), arena);
    case ValueKind::kList: {
      std::vector<Value> elements;
      for (size_t i = 0; i < value.list_size(); ++i) {
        elements.push_back(Unwrapped(value.list_at(i), arena));
      }
      return arena.NewList(elements);
    }
    case ValueKind::kMap: {
      std::vector<std::pair<Value, Value>> entries;
      for (size_t i = 0; i < value.map_size(); ++i) {
        entries.emplace_back(value.map_key(i), Unwrapped(value.map_value(i), arena));
      }
      return arena.NewMap(entries);
    }
    default:
      return value;
  }
}

}  // namespace

std::string Difference(const ::cel::expr::Value& expected, const Value& actual,
                       const Messages& messages) {
  ValueArena arena;
  google::protobuf::Arena owner;
  auto wanted = ToValue(expected, messages, arena, owner);
  if (!wanted.ok())
    return absl::StrCat("cannot read the expected value: ", wanted.status().message());
  const Value plain = Unwrapped(*wanted, arena);
  if (Same(plain, actual)) return "";
  return absl::StrCat("expected ", ToText(plain), ", got ", ToText(actual));
}

}  // namespace frontdesk::cel::conformance
