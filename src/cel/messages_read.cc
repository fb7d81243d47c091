#include <algorithm>
#include <limits>
#include <string>
#include <typeinfo>

#include "cel/messages.h"
#include "cel/utf8.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

template <typename T>
const T* AsGenerated(const Message& message) {
  return typeid(message) == typeid(T) ? static_cast<const T*>(&message) : nullptr;
}

Value TimestampValue(int64_t seconds, int32_t nanos) {
  if (!ValidTimestamp(seconds, nanos)) return StaticError(Code::TIMESTAMP_OUT_OF_RANGE);
  return Value::TimestampParts(seconds, nanos);
}

Value DurationValue(int64_t seconds, int32_t nanos) {
  int64_t total;
  if (!DurationToNanos(seconds, nanos, &total)) return StaticError(Code::DURATION_OUT_OF_RANGE);
  return Value::DurationNanos(total);
}

// A string of a message of which `text` may be a temporary's contents.
absl::string_view StableText(const std::string& text, const std::string& scratch, Arena& arena) {
  return &text == &scratch ? arena.CopyText(text) : absl::string_view(text);
}

Value ReadElement(const Message& message, const FieldDescriptor* field, int i, Arena& arena) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection->GetRepeatedBool(message, field, i));
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection->GetRepeatedInt32(message, field, i));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection->GetRepeatedInt64(message, field, i));
    case FieldDescriptor::CPPTYPE_ENUM:
      if (field->enum_type()->full_name() == "google.protobuf.NullValue") return Value::Null();
      return Value::Int(reflection->GetRepeatedEnumValue(message, field, i));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(reflection->GetRepeatedUInt32(message, field, i));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(reflection->GetRepeatedUInt64(message, field, i));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection->GetRepeatedFloat(message, field, i));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(reflection->GetRepeatedDouble(message, field, i));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const absl::string_view text = StableText(
          reflection->GetRepeatedStringReference(message, field, i, &scratch), scratch, arena);
      return field->type() == FieldDescriptor::TYPE_BYTES ? Value::Bytes(text)
                                                          : Value::String(text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ReadMessage(reflection->GetRepeatedMessage(message, field, i), arena);
  }
  return Value::Null();
}

Value ReadSingular(const Message& message, const FieldDescriptor* field, Arena& arena) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection->GetBool(message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      if (field->enum_type()->full_name() == "google.protobuf.NullValue") return Value::Null();
      return Value::Int(reflection->GetEnumValue(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(reflection->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(reflection->GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection->GetFloat(message, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(reflection->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const absl::string_view text =
          StableText(reflection->GetStringReference(message, field, &scratch), scratch, arena);
      return field->type() == FieldDescriptor::TYPE_BYTES ? Value::Bytes(text)
                                                          : Value::String(text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  switch (field->message_type()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return Value::Message(&reflection->GetMessage(message, field));
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION:
    case Descriptor::WELLKNOWNTYPE_STRUCT:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      break;
    default:
      if (!reflection->HasField(message, field)) return Value::Null();
  }
  return ReadMessage(reflection->GetMessage(message, field), arena);
}

// A repeated field, read by reflection.
class RepeatedList final : public ListData {
 public:
  RepeatedList(const Message& message, const FieldDescriptor* field, Arena& arena)
      : ListData(message.GetReflection()->FieldSize(message, field), nullptr),
        message_(message),
        field_(field),
        arena_(arena) {}

 protected:
  Value Get(size_t i) const override {
    return ReadElement(message_, field_, static_cast<int>(i), arena_);
  }

 private:
  const Message& message_;
  const FieldDescriptor* field_;
  Arena& arena_;
};

// A repeated field, read through an accessor of a shape. `special`: the elements are not what the shape says by itself
// (bytes, null, messages of well-known types).
template <FieldAccessor::Shape shape, bool special>
class AccessorList final : public ListData {
 public:
  AccessorList(const Message& message, const FieldAccessor* accessor, Arena& arena)
      : ListData(static_cast<size_t>(accessor->size(message)), nullptr),
        message_(message),
        getter_(accessor->getter),
        arena_(arena) {}

 protected:
  Value Get(size_t i) const override {
    const int index = static_cast<int>(i);
    if constexpr (shape == FieldAccessor::Shape::kRepeatedBool) {
      return Value::Bool(getter_.at_bool(message_, index));
    } else if constexpr (shape == FieldAccessor::Shape::kRepeatedInt) {
      return special ? Value::Null() : Value::Int(getter_.at_int(message_, index));
    } else if constexpr (shape == FieldAccessor::Shape::kRepeatedUint) {
      return Value::Uint(getter_.at_uint(message_, index));
    } else if constexpr (shape == FieldAccessor::Shape::kRepeatedDouble) {
      return Value::Double(getter_.at_double(message_, index));
    } else if constexpr (shape == FieldAccessor::Shape::kRepeatedString) {
      return special ? Value::Bytes(getter_.at_string(message_, index))
                     : Value::String(getter_.at_string(message_, index));
    } else {
      const Message* element = getter_.at_message(message_, index);
      return special ? ReadMessage(*element, arena_) : Value::Message(element);
    }
  }

 private:
  const Message& message_;
  const FieldAccessor::Getter getter_;
  Arena& arena_;
};

template <FieldAccessor::Shape shape>
const ListData* NewAccessorList(const Message& message, const FieldAccessor* accessor, bool special,
                                Arena& arena) {
  if (special) return arena.New<AccessorList<shape, true>>(message, accessor, arena);
  return arena.New<AccessorList<shape, false>>(message, accessor, arena);
}

// A map field. Look-ups go through the entries as they are; the order by key is made when it is first asked for.
class FieldMap final : public MapData {
 public:
  FieldMap(const Message& message, const FieldDescriptor* field, Arena& arena)
      : MapData(message.GetReflection()->FieldSize(message, field)),
        message_(message),
        field_(field),
        arena_(arena) {
    // A dynamic message keeps an entry that came twice; of equal keys the last one counts, as everywhere.
    const google::protobuf::MessageFactory* factory = message.GetReflection()->GetMessageFactory();
    if (size() > 1 && factory != google::protobuf::MessageFactory::generated_factory()) {
      KeepLastOfEqualKeys();
    }
  }

  Value key(size_t i) const override { return Sorted()[i].key; }
  Value value(size_t i) const override { return ValueOf(Entry(Sorted()[i].index)); }

  size_t find_cost() const override { return sorted_ != nullptr ? depth_ : size() * kEntryCost; }

 protected:
  bool FindKey(const Value& key, Value* value) const override {
    // One look-up does not pay for sorting.
    if (sorted_ != nullptr || (size() > kLinear && ++finds_ > 2)) return FindSorted(key, value);
    for (size_t i = 0; i < size(); ++i) {
      const Message& entry = Entry(static_cast<int>(i));
      if (EqualScalars(KeyOf(entry), key)) {
        *value = ValueOf(entry);
        return true;
      }
    }
    return false;
  }

 private:
  static constexpr size_t kLinear = 8;
  struct Ordered {
    Value key;
    int index;
  };

  const Message& Entry(int i) const {
    return message_.GetReflection()->GetRepeatedMessage(message_, field_, i);
  }
  Value KeyOf(const Message& entry) const {
    return ReadSingular(entry, field_->message_type()->map_key(), arena_);
  }
  Value ValueOf(const Message& entry) const {
    const FieldDescriptor* value = field_->message_type()->map_value();
    if (value->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return ReadMessage(entry.GetReflection()->GetMessage(entry, value), arena_);
    }
    return ReadSingular(entry, value, arena_);
  }

  const Ordered* Sorted() const {
    if (sorted_ == nullptr) {
      Ordered* sorted = arena_.NewArray<Ordered>(size());
      size_t text = 0;
      for (size_t i = 0; i < size(); ++i) {
        sorted[i] = {KeyOf(Entry(static_cast<int>(i))), static_cast<int>(i)};
        if (sorted[i].key.is_string()) text += sorted[i].key.string_value().size();
      }
      depth_ = SortDepth(size());
      arena_.AddWork((size() + text / 16) * depth_);
      // Of equal keys the later one stays behind. (A stable sort would take memory.)
      std::sort(sorted, sorted + size(), [](const Ordered& a, const Ordered& b) {
        if (KeyLess(a.key, b.key)) return true;
        return a.index < b.index && !KeyLess(b.key, a.key);
      });
      sorted_ = sorted;
    }
    return sorted_;
  }

  void KeepLastOfEqualKeys() {
    Sorted();
    Ordered* kept = sorted_;
    for (size_t i = 0; i < size(); ++i) {
      if (i + 1 < size() && !KeyLess(sorted_[i].key, sorted_[i + 1].key)) continue;
      *kept++ = sorted_[i];
    }
    set_size(static_cast<size_t>(kept - sorted_));
  }

  bool FindSorted(const Value& key, Value* value) const {
    const Ordered* end = Sorted() + size();
    // Keys are of one kind and numbers of any kind compare with them.
    const Ordered* found = std::lower_bound(
        Sorted(), end, key, [](const Ordered& a, const Value& b) { return KeyLess(a.key, b); });
    if (found == end || !EqualScalars(found->key, key)) return false;
    *value = ValueOf(Entry(found->index));
    return true;
  }

  const Message& message_;
  const FieldDescriptor* field_;
  Arena& arena_;
  mutable Ordered* sorted_ = nullptr;
  mutable size_t depth_ = 0;  // Comparisons of one look-up among the sorted.
  mutable int finds_ = 0;
};

Value ReadJsonValue(const google::protobuf::Value& value, Arena& arena);

class StructMap final : public MapData {
 public:
  StructMap(const google::protobuf::Struct& source, Arena& arena)
      : MapData(source.fields().size()), source_(source), arena_(arena) {}

  Value key(size_t i) const override { return Value::String(Sorted()[i]->first); }
  Value value(size_t i) const override { return ReadJsonValue(Sorted()[i]->second, arena_); }

  size_t find_cost() const override { return 1; }

 protected:
  bool FindKey(const Value& key, Value* value) const override {
    if (!key.is_string()) return false;
    const absl::string_view name = key.string_value();
    const auto found = source_.fields().find(std::string_view(name.data(), name.size()));
    if (found == source_.fields().end()) return false;
    *value = ReadJsonValue(found->second, arena_);
    return true;
  }

 private:
  using Pair = google::protobuf::Map<std::string, google::protobuf::Value>::value_type;

  const Pair* const* Sorted() const {
    if (sorted_ == nullptr) {
      const Pair** sorted = arena_.NewArray<const Pair*>(size());
      size_t i = 0, text = 0;
      for (const Pair& pair : source_.fields()) {
        sorted[i++] = &pair;
        text += pair.first.size();
      }
      arena_.AddWork((size() + text / 16) * SortDepth(size()));
      std::sort(sorted, sorted + size(),
                [](const Pair* a, const Pair* b) { return a->first < b->first; });
      sorted_ = sorted;
    }
    return sorted_;
  }

  const google::protobuf::Struct& source_;
  Arena& arena_;
  mutable const Pair* const* sorted_ = nullptr;
};

class JsonList final : public ListData {
 public:
  JsonList(const google::protobuf::ListValue& source, Arena& arena)
      : ListData(source.values_size(), nullptr), source_(source), arena_(arena) {}

 protected:
  Value Get(size_t i) const override {
    return ReadJsonValue(source_.values(static_cast<int>(i)), arena_);
  }

 private:
  const google::protobuf::ListValue& source_;
  Arena& arena_;
};

Value ReadJsonValue(const google::protobuf::Value& value, Arena& arena) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kBoolValue:
      return Value::Bool(value.bool_value());
    case google::protobuf::Value::kNumberValue:
      return Value::Double(value.number_value());
    case google::protobuf::Value::kStringValue:
      return Value::String(value.string_value());
    case google::protobuf::Value::kStructValue:
      return ValueAccess::Map(arena.New<StructMap>(value.struct_value(), arena));
    case google::protobuf::Value::kListValue:
      return ValueAccess::List(arena.New<JsonList>(value.list_value(), arena));
    default:
      return Value::Null();
  }
}

// `message` as the generated class T: itself, or a copy by way of its bytes when it is a dynamic message.
template <typename T>
const T* ToGenerated(const Message& message, Arena& arena) {
  if (const T* generated = AsGenerated<T>(message)) return generated;
  google::protobuf::LogSilencer silencer;
  T* copy = google::protobuf::Arena::CreateMessage<T>(arena.messages());
  const std::string bytes = message.SerializePartialAsString();
  arena.AddWork(kUnpackCost);
  arena.AddMessageBytes(bytes.size() * 4);
  return copy->ParsePartialFromString(bytes) ? copy : nullptr;
}

Value ReadAny(const Message& message, Arena& arena) {
  const AnyParts any(message);
  const Descriptor* type = any.FindType(*arena.source->pool);
  Message* unpacked = type == nullptr ? nullptr : NewMessage(type, arena);
  if (unpacked == nullptr) return StaticError(Code::INVALID_ANY);
  google::protobuf::LogSilencer silencer;
  arena.AddWork(kUnpackCost);
  arena.AddMessageBytes(any.bytes().size() * 4);
  if (arena.full()) return StaticError(Code::LIMIT_MEMORY);
  if (!unpacked->ParsePartialFromString(any.bytes())) return StaticError(Code::INVALID_ANY);
  // An Any in an Any is unpacked again; what a stranger can nest is bounded by the depth given here.
  if (type->well_known_type() == Descriptor::WELLKNOWNTYPE_ANY) {
    if (arena.max_value_depth <= 0) return StaticError(Code::LIMIT_VALUE_DEPTH);
    --arena.max_value_depth;
    const Value value = ReadAny(*unpacked, arena);
    ++arena.max_value_depth;
    return value;
  }
  return ReadMessage(*unpacked, arena);
}

}  // namespace

AnyParts::AnyParts(const Message& any)
    : url_(any.GetReflection()->GetStringReference(any, any.GetDescriptor()->FindFieldByNumber(1),
                                                   &url_scratch_)),
      bytes_(any.GetReflection()->GetStringReference(any, any.GetDescriptor()->FindFieldByNumber(2),
                                                     &bytes_scratch_)) {}

const Descriptor* AnyParts::FindType(const google::protobuf::DescriptorPool& pool) const {
  const size_t slash = url_.rfind('/');
  return slash == std::string::npos ? nullptr : pool.FindMessageTypeByName(url_.substr(slash + 1));
}

Value ReadMessage(const Message& message, Arena& arena) {
  const Descriptor* descriptor = message.GetDescriptor();
  switch (descriptor->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return Value::Message(&message);
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION: {
      const Reflection* reflection = message.GetReflection();
      const int64_t seconds = reflection->GetInt64(message, descriptor->FindFieldByNumber(1));
      const int32_t nanos = reflection->GetInt32(message, descriptor->FindFieldByNumber(2));
      return descriptor->well_known_type() == Descriptor::WELLKNOWNTYPE_TIMESTAMP
                 ? TimestampValue(seconds, nanos)
                 : DurationValue(seconds, nanos);
    }
    case Descriptor::WELLKNOWNTYPE_ANY:
      return ReadAny(message, arena);
    case Descriptor::WELLKNOWNTYPE_STRUCT: {
      const auto* source = ToGenerated<google::protobuf::Struct>(message, arena);
      if (source == nullptr) return StaticError(Code::INVALID_ANY);
      return ValueAccess::Map(arena.New<StructMap>(*source, arena));
    }
    case Descriptor::WELLKNOWNTYPE_LISTVALUE: {
      const auto* source = ToGenerated<google::protobuf::ListValue>(message, arena);
      if (source == nullptr) return StaticError(Code::INVALID_ANY);
      return ValueAccess::List(arena.New<JsonList>(*source, arena));
    }
    case Descriptor::WELLKNOWNTYPE_VALUE: {
      const auto* source = ToGenerated<google::protobuf::Value>(message, arena);
      if (source == nullptr) return StaticError(Code::INVALID_ANY);
      return ReadJsonValue(*source, arena);
    }
    default:
      // The wrappers: one field, number 1.
      return ReadSingular(message, descriptor->FindFieldByNumber(1), arena);
  }
}

Value ReadField(const Message& message, const FieldDescriptor* field, Arena& arena) {
  if (!field->is_repeated()) return ReadSingular(message, field, arena);
  if (field->is_map()) return ValueAccess::Map(arena.New<FieldMap>(message, field, arena));
  return ValueAccess::List(arena.New<RepeatedList>(message, field, arena));
}

bool HasField(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated()) return reflection->FieldSize(message, field) > 0;
  return reflection->HasField(message, field);
}

Value ReadRepeated(const Message& message, const FieldAccessor* accessor,
                   const FieldDescriptor* field, Arena& arena) {
  using Shape = FieldAccessor::Shape;
  const auto list = [&]() -> const ListData* {
    switch (accessor->shape) {
      case Shape::kRepeatedBool:
        return NewAccessorList<Shape::kRepeatedBool>(message, accessor, false, arena);
      case Shape::kRepeatedInt: {
        const bool null = field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
                          field->enum_type()->full_name() == "google.protobuf.NullValue";
        return NewAccessorList<Shape::kRepeatedInt>(message, accessor, null, arena);
      }
      case Shape::kRepeatedUint:
        return NewAccessorList<Shape::kRepeatedUint>(message, accessor, false, arena);
      case Shape::kRepeatedDouble:
        return NewAccessorList<Shape::kRepeatedDouble>(message, accessor, false, arena);
      case Shape::kRepeatedString: {
        const bool bytes = field->type() == FieldDescriptor::TYPE_BYTES;
        return NewAccessorList<Shape::kRepeatedString>(message, accessor, bytes, arena);
      }
      default: {
        const bool known =
            field->message_type()->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
        return NewAccessorList<Shape::kRepeatedMessage>(message, accessor, known, arena);
      }
    }
  };
  return ValueAccess::List(list());
}

const FieldDescriptor* FindField(const Descriptor* message, absl::string_view name) {
  const std::string text(name);
  const FieldDescriptor* field = message->FindFieldByName(text);
  if (field != nullptr || message->extension_range_count() == 0) return field;
  const FieldDescriptor* extension = message->file()->pool()->FindExtensionByName(text);
  return extension != nullptr && extension->containing_type() == message ? extension : nullptr;
}

Message* NewMessage(const Descriptor* descriptor, Arena& arena) {
  const Message* prototype = arena.source->factory->GetPrototype(descriptor);
  if (prototype == nullptr) return nullptr;
  arena.AddMessageBytes(128);
  return prototype->New(arena.messages());
}

}  // namespace frontdesk::cel::cel_internal

namespace frontdesk::cel {

Value FromMessage(const google::protobuf::Message& message, ValueArena& arena) {
  return cel_internal::ReadMessage(message, cel_internal::ValueAccess::arena(arena));
}

Value FromField(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor* field, ValueArena& arena) {
  return cel_internal::ReadField(message, field, cel_internal::ValueAccess::arena(arena));
}

}  // namespace frontdesk::cel
