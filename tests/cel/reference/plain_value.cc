#include "cel/reference/plain_value.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::cel::testing {

Plain::Plain() = default;
Plain::Plain(const Plain&) = default;
Plain::Plain(Plain&&) noexcept = default;
Plain& Plain::operator=(const Plain&) = default;
Plain& Plain::operator=(Plain&&) noexcept = default;
Plain::~Plain() = default;

namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::DescriptorPool;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::MessageFactory;
using ::google::protobuf::Reflection;

Plain Make(PlainKind kind) {
  Plain plain;
  plain.kind = kind;
  return plain;
}

}  // namespace

Plain Plain::Bool(bool value) {
  Plain plain = Make(PlainKind::kBool);
  plain.boolean = value;
  return plain;
}
Plain Plain::Int(int64_t value) {
  Plain plain = Make(PlainKind::kInt);
  plain.number = value;
  return plain;
}
Plain Plain::Uint(uint64_t value) {
  Plain plain = Make(PlainKind::kUint);
  plain.unsigned_number = value;
  return plain;
}
Plain Plain::Double(double value) {
  Plain plain = Make(PlainKind::kDouble);
  plain.real = value;
  return plain;
}
Plain Plain::String(std::string value) {
  Plain plain = Make(PlainKind::kString);
  plain.text = std::move(value);
  return plain;
}
Plain Plain::Bytes(std::string value) {
  Plain plain = Make(PlainKind::kBytes);
  plain.text = std::move(value);
  return plain;
}
Plain Plain::Timestamp(int64_t seconds, int32_t nanos) {
  const bool valid =
      seconds >= -62135596800 && seconds <= 253402300799 && nanos >= 0 && nanos <= 999999999;
  if (!valid) return Error("TIMESTAMP_OUT_OF_RANGE");
  Plain plain = Make(PlainKind::kTimestamp);
  plain.number = seconds;
  plain.nanos = nanos;
  return plain;
}
Plain Plain::Duration(int64_t nanos) {
  Plain plain = Make(PlainKind::kDuration);
  plain.number = nanos;
  return plain;
}
Plain Plain::List(std::vector<Plain> elements) {
  Plain plain = Make(PlainKind::kList);
  plain.elements = std::move(elements);
  return plain;
}
Plain Plain::Map(std::vector<std::pair<Plain, Plain>> entries) {
  Plain plain = Make(PlainKind::kMap);
  plain.entries = std::move(entries);
  return plain;
}
Plain Plain::Type(std::string name) {
  Plain plain = Make(PlainKind::kType);
  plain.text = std::move(name);
  return plain;
}
Plain Plain::None() { return Make(PlainKind::kOptional); }
Plain Plain::Some(Plain value) {
  Plain plain = Make(PlainKind::kOptional);
  plain.elements.push_back(std::move(value));
  return plain;
}
Plain Plain::Error(std::string reason) {
  Plain plain = Make(PlainKind::kError);
  plain.text = std::move(reason);
  return plain;
}

namespace {

// One value of a field: singular, or element `index` of a repeated one.
Plain FromSingle(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool repeated = index >= 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Plain::Bool(repeated ? r.GetRepeatedBool(message, field, index)
                                  : r.GetBool(message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return Plain::Int(repeated ? r.GetRepeatedInt32(message, field, index)
                                 : r.GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return Plain::Int(repeated ? r.GetRepeatedInt64(message, field, index)
                                 : r.GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Plain::Uint(repeated ? r.GetRepeatedUInt32(message, field, index)
                                  : r.GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Plain::Uint(repeated ? r.GetRepeatedUInt64(message, field, index)
                                  : r.GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Plain::Double(repeated ? r.GetRepeatedFloat(message, field, index)
                                    : r.GetFloat(message, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Plain::Double(repeated ? r.GetRepeatedDouble(message, field, index)
                                    : r.GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      if (field->enum_type()->full_name() == "google.protobuf.NullValue") return Plain::Null();
      return Plain::Int(repeated ? r.GetRepeatedEnumValue(message, field, index)
                                 : r.GetEnumValue(message, field));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          repeated ? r.GetRepeatedString(message, field, index) : r.GetString(message, field);
      return field->type() == FieldDescriptor::TYPE_BYTES ? Plain::Bytes(text)
                                                          : Plain::String(text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FromMessage(repeated ? r.GetRepeatedMessage(message, field, index)
                                  : r.GetMessage(message, field));
  }
  return Plain::Error("UNSUPPORTED");
}

bool IsWrapper(const Descriptor* type) {
  return type->well_known_type() >= Descriptor::WELLKNOWNTYPE_DOUBLEVALUE &&
         type->well_known_type() <= Descriptor::WELLKNOWNTYPE_BOOLVALUE;
}

bool KeyLess(const std::pair<Plain, Plain>& a, const std::pair<Plain, Plain>& b) {
  const Plain &x = a.first, &y = b.first;
  return std::tie(x.boolean, x.number, x.unsigned_number, x.text) <
         std::tie(y.boolean, y.number, y.unsigned_number, y.text);
}

Plain FromMapField(const Message& message, const FieldDescriptor* field) {
  const Reflection& r = *message.GetReflection();
  const Descriptor* entry = field->message_type();
  std::vector<std::pair<Plain, Plain>> entries;
  for (int i = 0; i < r.FieldSize(message, field); ++i) {
    const Message& each = r.GetRepeatedMessage(message, field, i);
    const Plain key = FromSingle(each, entry->map_key(), -1);
    Plain value = FromField(each, entry->map_value());
    // A key that occurs twice on the wire: the last one counts.
    const auto same = std::find_if(entries.begin(), entries.end(), [&](const auto& known) {
      return PlainEquals(known.first, key);
    });
    if (same != entries.end()) {
      same->second = std::move(value);
    } else {
      entries.emplace_back(key, std::move(value));
    }
  }
  std::sort(entries.begin(), entries.end(), KeyLess);
  return Plain::Map(std::move(entries));
}

Plain FromAny(const Message& any) {
  const Descriptor* type = any.GetDescriptor();
  const Reflection& r = *any.GetReflection();
  const std::string url = r.GetString(any, type->FindFieldByNumber(1));
  const std::string bytes = r.GetString(any, type->FindFieldByNumber(2));
  const size_t slash = url.rfind('/');
  if (slash == std::string::npos) return Plain::Error("INVALID_ANY");
  const Descriptor* held =
      DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(slash + 1));
  if (held == nullptr) return Plain::Error("INVALID_ANY");
  std::unique_ptr<Message> message(MessageFactory::generated_factory()->GetPrototype(held)->New());
  if (!message->ParsePartialFromString(bytes)) return Plain::Error("INVALID_ANY");
  return FromMessage(*message);
}

Plain FromJson(const Message& value) {
  const Reflection& r = *value.GetReflection();
  const auto* kind = value.GetDescriptor()->oneof_decl(0);
  const FieldDescriptor* field = r.GetOneofFieldDescriptor(value, kind);
  if (field == nullptr) return Plain::Null();
  return FromField(value, field);
}

}  // namespace

Plain FromMessage(const Message& message) {
  const Descriptor* type = message.GetDescriptor();
  const Reflection& r = *message.GetReflection();
  const auto field = [&](int number) { return type->FindFieldByNumber(number); };
  if (IsWrapper(type)) return FromSingle(message, field(1), -1);
  switch (type->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Plain::Timestamp(r.GetInt64(message, field(1)), r.GetInt32(message, field(2)));
    case Descriptor::WELLKNOWNTYPE_DURATION: {
      const __int128 nanos = static_cast<__int128>(r.GetInt64(message, field(1))) * 1000000000 +
                             r.GetInt32(message, field(2));
      if (nanos < std::numeric_limits<int64_t>::min() ||
          nanos > std::numeric_limits<int64_t>::max()) {
        return Plain::Error("DURATION_OUT_OF_RANGE");
      }
      return Plain::Duration(static_cast<int64_t>(nanos));
    }
    case Descriptor::WELLKNOWNTYPE_ANY:
      return FromAny(message);
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return FromMapField(message, field(1));
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return FromField(message, field(1));
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return FromJson(message);
    default:
      break;
  }
  Plain plain = Make(PlainKind::kMessage);
  std::shared_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  plain.message = copy;
  return plain;
}

Plain FromField(const Message& message, const FieldDescriptor* field) {
  const Reflection& r = *message.GetReflection();
  if (field->is_map()) return FromMapField(message, field);
  if (field->is_repeated()) {
    std::vector<Plain> elements;
    for (int i = 0; i < r.FieldSize(message, field); ++i) {
      elements.push_back(FromSingle(message, field, i));
    }
    return Plain::List(std::move(elements));
  }
  // Wrappers and Any that are not set.
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !r.HasField(message, field) &&
      (IsWrapper(field->message_type()) ||
       field->message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_ANY)) {
    return Plain::Null();
  }
  return FromSingle(message, field, -1);
}

bool HasField(const Message& message, const FieldDescriptor* field) {
  const Reflection& r = *message.GetReflection();
  if (field->is_repeated()) return r.FieldSize(message, field) > 0;
  return r.HasField(message, field);
}

namespace {

std::string SetSingle(Message* message, const FieldDescriptor* field, const Plain& value,
                      bool add) {
  const Reflection& r = *message->GetReflection();
  const std::string no = "FIELD_VALUE";
  const auto int32_fits = [&] {
    return value.number >= std::numeric_limits<int32_t>::min() &&
           value.number <= std::numeric_limits<int32_t>::max();
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.is(PlainKind::kBool)) return no;
      add ? r.AddBool(message, field, value.boolean) : r.SetBool(message, field, value.boolean);
      return "";
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_ENUM: {
      if (!value.is(PlainKind::kInt) || !int32_fits()) return no;
      const int32_t number = static_cast<int32_t>(value.number);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        add ? r.AddEnumValue(message, field, number) : r.SetEnumValue(message, field, number);
      } else {
        add ? r.AddInt32(message, field, number) : r.SetInt32(message, field, number);
      }
      return "";
    }
    case FieldDescriptor::CPPTYPE_INT64:
      if (!value.is(PlainKind::kInt)) return no;
      add ? r.AddInt64(message, field, value.number) : r.SetInt64(message, field, value.number);
      return "";
    case FieldDescriptor::CPPTYPE_UINT32: {
      if (!value.is(PlainKind::kUint) ||
          value.unsigned_number > std::numeric_limits<uint32_t>::max()) {
        return no;
      }
      const uint32_t number = static_cast<uint32_t>(value.unsigned_number);
      add ? r.AddUInt32(message, field, number) : r.SetUInt32(message, field, number);
      return "";
    }
    case FieldDescriptor::CPPTYPE_UINT64:
      if (!value.is(PlainKind::kUint)) return no;
      add ? r.AddUInt64(message, field, value.unsigned_number)
          : r.SetUInt64(message, field, value.unsigned_number);
      return "";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (!value.is(PlainKind::kDouble)) return no;
      add ? r.AddDouble(message, field, value.real) : r.SetDouble(message, field, value.real);
      return "";
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "UNSUPPORTED";
    case FieldDescriptor::CPPTYPE_STRING: {
      const bool bytes = field->type() == FieldDescriptor::TYPE_BYTES;
      if (!value.is(bytes ? PlainKind::kBytes : PlainKind::kString)) return no;
      add ? r.AddString(message, field, value.text) : r.SetString(message, field, value.text);
      return "";
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  const Descriptor* type = field->message_type();
  const auto target = [&] {
    return add ? r.AddMessage(message, field) : r.MutableMessage(message, field);
  };
  if (value.is(PlainKind::kNull)) {
    if (add) return "UNSUPPORTED";
    if (type->well_known_type() == Descriptor::WELLKNOWNTYPE_VALUE ||
        type->well_known_type() == Descriptor::WELLKNOWNTYPE_ANY) {
      return "UNSUPPORTED";
    }
    return "";  // It stays unset.
  }
  if (IsWrapper(type)) return SetSingle(target(), type->FindFieldByNumber(1), value, false);
  if (type->well_known_type() == Descriptor::WELLKNOWNTYPE_TIMESTAMP) {
    if (!value.is(PlainKind::kTimestamp)) return no;
    Message* time = target();
    time->GetReflection()->SetInt64(time, type->FindFieldByNumber(1), value.number);
    time->GetReflection()->SetInt32(time, type->FindFieldByNumber(2), value.nanos);
    return "";
  }
  if (type->well_known_type() == Descriptor::WELLKNOWNTYPE_DURATION) {
    if (!value.is(PlainKind::kDuration)) return no;
    Message* span = target();
    span->GetReflection()->SetInt64(span, type->FindFieldByNumber(1), value.number / 1000000000);
    span->GetReflection()->SetInt32(span, type->FindFieldByNumber(2),
                                    static_cast<int32_t>(value.number % 1000000000));
    return "";
  }
  if (type->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) return "UNSUPPORTED";
  if (!value.is(PlainKind::kMessage) || value.message->GetDescriptor() != type) return no;
  target()->CopyFrom(*value.message);
  return "";
}

}  // namespace

std::string SetField(Message* message, const FieldDescriptor* field, const Plain& value) {
  if (field->is_map()) {
    if (!value.is(PlainKind::kMap)) return "FIELD_VALUE";
    const Descriptor* entry = field->message_type();
    for (const auto& [key, mapped] : value.entries) {
      Message* added = message->GetReflection()->AddMessage(message, field);
      std::string wrong = SetSingle(added, entry->map_key(), key, false);
      if (wrong.empty()) wrong = SetSingle(added, entry->map_value(), mapped, false);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }
  if (field->is_repeated()) {
    if (!value.is(PlainKind::kList)) return "FIELD_VALUE";
    for (const Plain& element : value.elements) {
      const std::string wrong = SetSingle(message, field, element, true);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }
  return SetSingle(message, field, value, false);
}

Plain FromValue(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return Plain::Null();
    case ValueKind::kBool:
      return Plain::Bool(value.bool_value());
    case ValueKind::kInt:
      return Plain::Int(value.int_value());
    case ValueKind::kUint:
      return Plain::Uint(value.uint_value());
    case ValueKind::kDouble:
      return Plain::Double(value.double_value());
    case ValueKind::kString:
      return Plain::String(std::string(value.string_value()));
    case ValueKind::kBytes:
      return Plain::Bytes(std::string(value.bytes_value()));
    case ValueKind::kTimestamp:
      return Plain::Timestamp(value.timestamp_seconds(), value.timestamp_nanos());
    case ValueKind::kDuration:
      return Plain::Duration(value.duration_nanos());
    case ValueKind::kList: {
      std::vector<Plain> elements;
      for (size_t i = 0; i < value.list_size(); ++i) {
        elements.push_back(FromValue(value.list_at(i)));
      }
      return Plain::List(std::move(elements));
    }
    case ValueKind::kMap: {
      std::vector<std::pair<Plain, Plain>> entries;
      for (size_t i = 0; i < value.map_size(); ++i) {
        entries.emplace_back(FromValue(value.map_key(i)), FromValue(value.map_value(i)));
      }
      return Plain::Map(std::move(entries));
    }
    case ValueKind::kMessage:
      return FromMessage(value.message_value());
    case ValueKind::kType:
      return Plain::Type(std::string(value.type_name()));
    case ValueKind::kOptional:
      return value.optional_has_value() ? Plain::Some(FromValue(value.optional_value()))
                                        : Plain::None();
    case ValueKind::kError:
      return Plain::Error(std::string(value.error_reason()));
  }
  return Plain::Error("UNSUPPORTED");
}

bool IsPlainNumber(const Plain& value) {
  return value.is(PlainKind::kInt) || value.is(PlainKind::kUint) || value.is(PlainKind::kDouble);
}

namespace {

// Doubles of the range of int and uint are whole numbers and fractions that long double holds exactly here.
static_assert(std::numeric_limits<long double>::digits >= 64);

long double AsReal(const Plain& value) {
  return value.is(PlainKind::kInt)    ? static_cast<long double>(value.number)
         : value.is(PlainKind::kUint) ? static_cast<long double>(value.unsigned_number)
                                      : static_cast<long double>(value.real);
}

bool MessagesEqual(const Message& a, const Message& b) {
  if (a.GetDescriptor() != b.GetDescriptor()) return false;
  for (int i = 0; i < a.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = a.GetDescriptor()->field(i);
    if (HasField(a, field) != HasField(b, field)) return false;
    if (HasField(a, field) && !PlainEquals(FromField(a, field), FromField(b, field))) return false;
  }
  return true;
}

}  // namespace

int ComparePlainNumbers(const Plain& a, const Plain& b) {
  const long double x = AsReal(a), y = AsReal(b);
  if (std::isnan(x) || std::isnan(y)) return 2;
  return x < y ? -1 : x > y ? 1 : 0;
}

const Plain* FindEntry(const Plain& map, const Plain& key) {
  for (const auto& [known, value] : map.entries) {
    if (PlainEquals(known, key)) return &value;
  }
  return nullptr;
}

bool PlainEquals(const Plain& a, const Plain& b) {
  if (IsPlainNumber(a) && IsPlainNumber(b)) return ComparePlainNumbers(a, b) == 0;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case PlainKind::kNull:
      return true;
    case PlainKind::kBool:
      return a.boolean == b.boolean;
    case PlainKind::kString:
    case PlainKind::kBytes:
    case PlainKind::kType:
      return a.text == b.text;
    case PlainKind::kTimestamp:
    case PlainKind::kDuration:
      return a.number == b.number && a.nanos == b.nanos;
    case PlainKind::kList:
    case PlainKind::kOptional:
      return std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(),
                        PlainEquals);
    case PlainKind::kMap:
      if (a.entries.size() != b.entries.size()) return false;
      for (const auto& [key, value] : a.entries) {
        const Plain* other = FindEntry(b, key);
        if (other == nullptr || !PlainEquals(value, *other)) return false;
      }
      return true;
    case PlainKind::kMessage:
      return MessagesEqual(*a.message, *b.message);
    default:
      return false;
  }
}

bool SamePlain(const Plain& a, const Plain& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case PlainKind::kInt:
      return a.number == b.number;
    case PlainKind::kUint:
      return a.unsigned_number == b.unsigned_number;
    case PlainKind::kDouble:
      if (std::isnan(a.real) || std::isnan(b.real)) return std::isnan(a.real) == std::isnan(b.real);
      return a.real == b.real && std::signbit(a.real) == std::signbit(b.real);
    case PlainKind::kError:
      return a.text == b.text;
    case PlainKind::kList:
    case PlainKind::kOptional:
      return std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(),
                        SamePlain);
    case PlainKind::kMap:
      if (a.entries.size() != b.entries.size()) return false;
      for (const auto& [key, value] : a.entries) {
        const Plain* other = FindEntry(b, key);
        if (other == nullptr || !SamePlain(value, *other)) return false;
      }
      return true;
    case PlainKind::kMessage: {
      // NaN in a message is like itself here: the texts are compared, with maps in order.
      return ShowPlain(a) == ShowPlain(b);
    }
    default:
      return PlainEquals(a, b);
  }
}

std::string ShowPlain(const Plain& value) {
  switch (value.kind) {
    case PlainKind::kNull:
      return "null";
    case PlainKind::kBool:
      return value.boolean ? "true" : "false";
    case PlainKind::kInt:
      return absl::StrCat(value.number);
    case PlainKind::kUint:
      return absl::StrCat(value.unsigned_number, "u");
    case PlainKind::kDouble: {
      char text[64];
      std::snprintf(text, sizeof(text), "%.17g (double)", value.real);
      return text;
    }
    case PlainKind::kString:
      return absl::StrCat("\"", absl::CEscape(value.text), "\"");
    case PlainKind::kBytes:
      return absl::StrCat("b\"", absl::CEscape(value.text), "\"");
    case PlainKind::kTimestamp:
      return absl::StrCat("timestamp ", value.number, " s ", value.nanos, " ns");
    case PlainKind::kDuration:
      return absl::StrCat("duration ", value.number, " ns");
    case PlainKind::kType:
      return absl::StrCat("type ", value.text);
    case PlainKind::kError:
      return absl::StrCat("error ", value.text);
    case PlainKind::kOptional:
      return value.elements.empty() ? "none" : absl::StrCat("some ", ShowPlain(value.elements[0]));
    case PlainKind::kList: {
      std::string out = "[";
      for (const Plain& element : value.elements) absl::StrAppend(&out, ShowPlain(element), ", ");
      return out + "]";
    }
    case PlainKind::kMap: {
      std::string out = "{";
      for (const auto& [key, mapped] : value.entries) {
        absl::StrAppend(&out, ShowPlain(key), ": ", ShowPlain(mapped), ", ");
      }
      return out + "}";
    }
    case PlainKind::kMessage: {
      const Message& message = *value.message;
      std::string out = absl::StrCat(message.GetDescriptor()->name(), "{");
      for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
        const FieldDescriptor* field = message.GetDescriptor()->field(i);
        if (!HasField(message, field)) continue;
        absl::StrAppend(&out, field->name(), ": ", ShowPlain(FromField(message, field)), ", ");
      }
      return out + "}";
    }
  }
  return "";
}

}  // namespace frontdesk::cel::testing
