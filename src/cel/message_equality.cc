// Equality of messages. It is our own because it has to count its work and to stop: what strangers pack and nest may be
// far larger to compare than to send.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cel/messages.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/unknown_field_set.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;
using ::google::protobuf::UnknownField;
using ::google::protobuf::UnknownFieldSet;

Ternary ToTernary(bool equal) { return equal ? Ternary::kTrue : Ternary::kFalse; }

class Comparer {
 public:
  explicit Comparer(Work* work) : work_(*work) {}

  Ternary Messages(const Message& a, const Message& b, int depth);

 private:
  Ternary Fields(const Message& a, const Message& b, int depth);
  Ternary Field(const Message& a, const Message& b, const FieldDescriptor* field, int depth);
  Ternary Element(const Message& a, const Message& b, const FieldDescriptor* field, int i, int j,
                  int depth);
  Ternary Maps(const Message& a, const Message& b, const FieldDescriptor* field, int depth);
  Ternary Texts(const std::string& a, const std::string& b);
  Ternary Anys(const Message& a, const Message& b, int depth);
  Ternary Unknown(const UnknownFieldSet& a, const UnknownFieldSet& b, int depth);
  Ternary Unknown(const UnknownField& a, const UnknownField& b, int depth);

  // The entries of a map by key; of equal keys the last one counts.
  using Entries = std::vector<std::pair<Value, const Message*>>;
  bool Sorted(const Message& message, const FieldDescriptor* field, Entries* entries);

  bool Take(size_t units) { return work_.Take(static_cast<int64_t>(units)); }

  Work& work_;
  Arena keys_;  // Of maps, where they cannot be views.
};

Ternary Comparer::Texts(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return Ternary::kFalse;
  if (!Take(a.size() / 16)) return Ternary::kTooMuch;
  return ToTernary(a == b);
}

// The element i of `a` and j of `b` of a repeated field; of a singular one the field itself when both are -1.
Ternary Comparer::Element(const Message& a, const Message& b, const FieldDescriptor* field, int i,
                          int j, int depth) {
  if (!Take(1)) return Ternary::kTooMuch;
  const Reflection* x = a.GetReflection();
  const Reflection* y = b.GetReflection();
  const bool one = i < 0;
  switch (field->cpp_type()) {
#define FRONTDESK_CEL_SAME(TYPE, Name)                                      \
  case FieldDescriptor::CPPTYPE_##TYPE:                                     \
    return ToTernary(one ? x->Get##Name(a, field) == y->Get##Name(b, field) \
                         : x->GetRepeated##Name(a, field, i) == y->GetRepeated##Name(b, field, j))
    FRONTDESK_CEL_SAME(BOOL, Bool);
    FRONTDESK_CEL_SAME(INT32, Int32);
    FRONTDESK_CEL_SAME(INT64, Int64);
    FRONTDESK_CEL_SAME(UINT32, UInt32);
    FRONTDESK_CEL_SAME(UINT64, UInt64);
    FRONTDESK_CEL_SAME(FLOAT, Float);
    FRONTDESK_CEL_SAME(DOUBLE, Double);
    FRONTDESK_CEL_SAME(ENUM, EnumValue);
#undef FRONTDESK_CEL_SAME
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string of_a, of_b;
      return one ? Texts(x->GetStringReference(a, field, &of_a),
                         y->GetStringReference(b, field, &of_b))
                 : Texts(x->GetRepeatedStringReference(a, field, i, &of_a),
                         y->GetRepeatedStringReference(b, field, j, &of_b));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return one ? Messages(x->GetMessage(a, field), y->GetMessage(b, field), depth - 1)
             : Messages(x->GetRepeatedMessage(a, field, i), y->GetRepeatedMessage(b, field, j),
                        depth - 1);
}

bool Comparer::Sorted(const Message& message, const FieldDescriptor* field, Entries* entries) {
  const Reflection* reflection = message.GetReflection();
  const int size = reflection->FieldSize(message, field);
  // An entry is some steps away, and each comparison is one.
  const size_t each = 7 + SortDepth(static_cast<size_t>(size));
  if (!Take(static_cast<size_t>(size) * each)) return false;
  const FieldDescriptor* key_field = field->message_type()->map_key();
  for (int i = 0; i < size; ++i) {
    const Message& entry = reflection->GetRepeatedMessage(message, field, i);
    const Value key = ReadField(entry, key_field, keys_);
    if (key.is_string() && !Take(key.string_value().size() / 16 * each)) return false;
    entries->emplace_back(key, &entry);
  }
  std::stable_sort(entries->begin(), entries->end(),
                   [](const auto& a, const auto& b) { return KeyLess(a.first, b.first); });
  size_t kept = 0;
  for (size_t i = 0; i < entries->size(); ++i) {
    if (i + 1 < entries->size() && !KeyLess((*entries)[i].first, (*entries)[i + 1].first)) continue;
    (*entries)[kept++] = (*entries)[i];
  }
  entries->resize(kept);
  return true;
}

Ternary Comparer::Maps(const Message& a, const Message& b, const FieldDescriptor* field,
                       int depth) {
  Entries x, y;
  if (!Sorted(a, field, &x) || !Sorted(b, field, &y)) return Ternary::kTooMuch;
  if (x.size() != y.size()) return Ternary::kFalse;
  const FieldDescriptor* value = field->message_type()->map_value();
  for (size_t i = 0; i < x.size(); ++i) {
    if (!EqualScalars(x[i].first, y[i].first)) return Ternary::kFalse;
    const Ternary equal = Element(*x[i].second, *y[i].second, value, -1, -1, depth);
    if (equal != Ternary::kTrue) return equal;
  }
  return Ternary::kTrue;
}

Ternary Comparer::Field(const Message& a, const Message& b, const FieldDescriptor* field,
                        int depth) {
  if (!field->is_repeated()) return Element(a, b, field, -1, -1, depth);
  if (field->is_map()) return Maps(a, b, field, depth);
  const int size = a.GetReflection()->FieldSize(a, field);
  if (size != b.GetReflection()->FieldSize(b, field)) return Ternary::kFalse;
  for (int i = 0; i < size; ++i) {
    const Ternary equal = Element(a, b, field, i, i, depth);
    if (equal != Ternary::kTrue) return equal;
  }
  return Ternary::kTrue;
}

Ternary Comparer::Unknown(const UnknownField& a, const UnknownField& b, int depth) {
  if (a.number() != b.number() || a.type() != b.type()) return Ternary::kFalse;
  if (!Take(1)) return Ternary::kTooMuch;
  switch (a.type()) {
    case UnknownField::TYPE_VARINT:
      return ToTernary(a.varint() == b.varint());
    case UnknownField::TYPE_FIXED32:
      return ToTernary(a.fixed32() == b.fixed32());
    case UnknownField::TYPE_FIXED64:
      return ToTernary(a.fixed64() == b.fixed64());
    case UnknownField::TYPE_LENGTH_DELIMITED:
      return Texts(a.length_delimited(), b.length_delimited());
    case UnknownField::TYPE_GROUP:
      return Unknown(a.group(), b.group(), depth - 1);
  }
  return Ternary::kFalse;
}

// By number, those of one number in their order.
Ternary Comparer::Unknown(const UnknownFieldSet& a, const UnknownFieldSet& b, int depth) {
  if (depth < 0) return Ternary::kTooDeep;
  if (a.field_count() != b.field_count()) return Ternary::kFalse;
  if (a.field_count() == 0) return Ternary::kTrue;
  const size_t count = static_cast<size_t>(a.field_count());
  if (!Take(count * (1 + SortDepth(count)))) return Ternary::kTooMuch;
  const auto sorted = [](const UnknownFieldSet& set) {
    std::vector<const UnknownField*> fields;
    for (int i = 0; i < set.field_count(); ++i) fields.push_back(&set.field(i));
    std::stable_sort(
        fields.begin(), fields.end(),
        [](const UnknownField* x, const UnknownField* y) { return x->number() < y->number(); });
    return fields;
  };
  const auto x = sorted(a), y = sorted(b);
  for (size_t i = 0; i < x.size(); ++i) {
    const Ternary equal = Unknown(*x[i], *y[i], depth);
    if (equal != Ternary::kTrue) return equal;
  }
  return Ternary::kTrue;
}

Ternary Comparer::Fields(const Message& a, const Message& b, int depth) {
  if (depth < 0) return Ternary::kTooDeep;
  if (!Take(FieldsCost(*a.GetDescriptor()))) return Ternary::kTooMuch;
  std::vector<const FieldDescriptor*> x, y;
  a.GetReflection()->ListFields(a, &x);
  b.GetReflection()->ListFields(b, &y);
  if (x != y) return Ternary::kFalse;
  for (const FieldDescriptor* field : x) {
    const Ternary equal = Field(a, b, field, depth);
    if (equal != Ternary::kTrue) return equal;
  }
  return Unknown(a.GetReflection()->GetUnknownFields(a), b.GetReflection()->GetUnknownFields(b),
                 depth);
}

// The message in an Any; null where its type or its bytes are unknown.
std::unique_ptr<Message> Unpacked(const Message& any, const AnyParts& parts) {
  const Descriptor* type = parts.FindType(*any.GetDescriptor()->file()->pool());
  if (type == nullptr) return nullptr;
  const Message* prototype = any.GetReflection()->GetMessageFactory()->GetPrototype(type);
  if (prototype == nullptr) return nullptr;
  google::protobuf::LogSilencer silencer;
  std::unique_ptr<Message> unpacked(prototype->New());
  return unpacked->ParsePartialFromString(parts.bytes()) ? std::move(unpacked) : nullptr;
}

Ternary Comparer::Anys(const Message& a, const Message& b, int depth) {
  const Ternary same = Fields(a, b, depth);
  if (same != Ternary::kFalse) return same;
  const AnyParts x(a), y(b);
  if (x.url() != y.url()) return Ternary::kFalse;
  if (!Take(kUnpackCost + (x.bytes().size() + y.bytes().size()) / 5)) return Ternary::kTooMuch;
  const std::unique_ptr<Message> of_a = Unpacked(a, x), of_b = Unpacked(b, y);
  if (of_a == nullptr || of_b == nullptr) return Ternary::kFalse;
  return Messages(*of_a, *of_b, depth - 1);
}

Ternary Comparer::Messages(const Message& a, const Message& b, int depth) {
  if (depth < 0) return Ternary::kTooDeep;
  const Descriptor* descriptor = a.GetDescriptor();
  if (descriptor != b.GetDescriptor()) {
    if (descriptor->full_name() != b.GetDescriptor()->full_name()) return Ternary::kFalse;
    // The same type from two pools: compared as messages of the first.
    google::protobuf::LogSilencer silencer;
    const std::unique_ptr<Message> copy(a.New());
    const std::string bytes = b.SerializePartialAsString();
    if (!Take(kUnpackCost + bytes.size() / 5)) return Ternary::kTooMuch;
    return copy->ParsePartialFromString(bytes) ? Messages(a, *copy, depth) : Ternary::kFalse;
  }
  if (descriptor->well_known_type() == Descriptor::WELLKNOWNTYPE_ANY) return Anys(a, b, depth);
  return Fields(a, b, depth);
}

}  // namespace

Ternary EqualMessages(const Message& a, const Message& b, int depth, Work* work) {
  return Comparer(work).Messages(a, b, depth);
}

}  // namespace frontdesk::cel::cel_internal
