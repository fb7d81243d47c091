#include "rules/witness.h"

#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/money.h"
#include "frontdesk/cel/value.h"
#include "frontdesk/v1/money.pb.h"
#include "internal/message_utf8.h"
#include "rules/ordered_message.h"

namespace frontdesk {
namespace rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Elements that a list is given.
constexpr int64_t kMaxElements = 1000;
// Points that are described.
constexpr size_t kMaxDescribed = 5;

// The message that holds the last field of `path`, made where it is not there.
Message* HolderOf(const FieldPath& path, Message* root) {
  Message* holder = root;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, path[i]);
  }
  return holder;
}

void SetTime(const FieldDescriptor& field, absl::int128 nanos, Message* holder) {
  Message* time = holder->GetReflection()->MutableMessage(holder, &field);
  absl::int128 seconds = nanos / kNanosInSecond, rest = nanos % kNanosInSecond;
  // A timestamp's nanoseconds count forward; those of a span have its sign.
  if (rest < 0 && field.message_type()->full_name() == "google.protobuf.Timestamp") {
    rest += kNanosInSecond;
    --seconds;
  }
  const google::protobuf::Descriptor* type = time->GetDescriptor();
  time->GetReflection()->SetInt64(time, type->FindFieldByNumber(1), static_cast<int64_t>(seconds));
  time->GetReflection()->SetInt32(time, type->FindFieldByNumber(2), static_cast<int32_t>(rest));
}

// Sets the field, or adds an element to it. False when it cannot have the value.
bool Write(const FieldDescriptor& field, const Point& point, Message* holder) {
  const Reflection& reflection = *holder->GetReflection();
  const bool adds = field.is_repeated();
#define FRONTDESK_WRITE(Type, value)             \
  if (adds) {                                    \
    reflection.Add##Type(holder, &field, value); \
  } else {                                       \
    reflection.Set##Type(holder, &field, value); \
  }                                              \
  return true
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      FRONTDESK_WRITE(Int32, static_cast<int32_t>(point.whole));
    case FieldDescriptor::CPPTYPE_UINT32:
      FRONTDESK_WRITE(UInt32, static_cast<uint32_t>(point.whole));
    case FieldDescriptor::CPPTYPE_INT64:
      FRONTDESK_WRITE(Int64, static_cast<int64_t>(point.whole));
    case FieldDescriptor::CPPTYPE_UINT64:
      FRONTDESK_WRITE(UInt64, static_cast<uint64_t>(point.whole));
    case FieldDescriptor::CPPTYPE_BOOL:
      FRONTDESK_WRITE(Bool, point.whole != 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      FRONTDESK_WRITE(EnumValue, static_cast<int>(point.whole));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      FRONTDESK_WRITE(Double, point.real);
    case FieldDescriptor::CPPTYPE_FLOAT:
      if (!std::isnan(point.real) && static_cast<float>(point.real) != point.real) return false;
      FRONTDESK_WRITE(Float, static_cast<float>(point.real));
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES || !internal::IsValidUtf8(point.text)) {
        return false;
      }
      FRONTDESK_WRITE(String, point.text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (adds) return false;
      SetTime(field, point.whole, holder);
      return true;
  }
#undef FRONTDESK_WRITE
  return false;
}

// A value of the field to fill a place with.
Point PlainElement(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ? Point::Text("") : Point();
}

bool WriteTerm(const Term& term, const Point& point, Message* root) {
  if (term.path.empty() || term.role == TermRole::kSize) return true;
  const FieldDescriptor& field = *term.path.back();
  if (term.role == TermRole::kPresence) {
    if (IsUnset(term, point)) return true;
    Message* holder = HolderOf(term.path, root);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      holder->GetReflection()->MutableMessage(holder, &field);
      return true;
    }
    // Set to its plain value, which makes it present; another one follows if there is a demand on it.
    if (holder->GetReflection()->HasField(*holder, &field)) return true;
    return Write(field, PlainElement(field), holder);
  }
  if (IsUnset(term, point)) return true;
  if (term.ordered != nullptr) {
    Message* holder = HolderOf(term.path, root);
    WriteOrdered(*term.ordered, point, holder->GetReflection()->MutableMessage(holder, &field));
    return true;
  }
  return Write(field, term.role == TermRole::kMember ? term.member : point,
               HolderOf(term.path, root));
}

bool WriteSize(const Term& term, const Point& point, Message* root) {
  if (point.whole > kMaxElements) return false;
  if (point.whole == 0) return true;
  const FieldDescriptor& field = *term.path.back();
  Message* holder = HolderOf(term.path, root);
  const Reflection& reflection = *holder->GetReflection();
  for (int64_t i = reflection.FieldSize(*holder, &field); i < point.whole; ++i) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      reflection.AddMessage(holder, &field);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection.AddEnumValue(holder, &field, 0);
    } else if (!Write(field, PlainElement(field), holder)) {
      return false;
    }
  }
  return true;
}

// Two values that must compare in a certain way, and that no demand of their own fixes: moves one of them.
void WriteOrder(const FormulaTable& table, const Term& order, const Point& point,
                const std::set<int32_t>& fixed, Message* root) {
  const Term& left = table.term(order.left);
  const Term& right = table.term(order.right);
  if (left.role != TermRole::kValue || right.role != TermRole::kValue) return;
  const bool moves_right = fixed.count(order.right) == 0;
  if (!moves_right && fixed.count(order.left) > 0) return;
  const Term& moved = moves_right ? right : left;
  const int32_t other = moves_right ? order.left : order.right;
  const Term& still = moves_right ? left : right;
  if (still.line != Line::kWhole && still.line != Line::kText) return;
  // A value that nothing fixes is not set.
  if (fixed.count(other) > 0) return;
  const absl::int128 sign = moves_right ? -point.whole : point.whole;
  if (sign == 0) return;
  if (moved.line == Line::kText) {
    Write(*(sign > 0 ? moved : still).path.back(), Point::Text("a"),
          HolderOf((sign > 0 ? moved : still).path, root));
    return;
  }
  if (moved.min <= sign && sign <= moved.max) {
    Write(*moved.path.back(), Point::Whole(sign), HolderOf(moved.path, root));
  } else {
    Write(*still.path.back(), Point::Whole(-sign), HolderOf(still.path, root));
  }
}

cel::Value ToValue(const Term& term, const Point& point) {
  switch (term.type) {
    case cel::TypeKind::kBool:
      return cel::Value::Bool(point.whole != 0);
    case cel::TypeKind::kUint:
      return cel::Value::Uint(static_cast<uint64_t>(point.whole));
    case cel::TypeKind::kDouble:
      return cel::Value::Double(point.real);
    case cel::TypeKind::kString:
      return cel::Value::String(point.text);
    case cel::TypeKind::kTimestamp: {
      absl::int128 seconds = point.whole / kNanosInSecond, rest = point.whole % kNanosInSecond;
      if (rest < 0) {
        rest += kNanosInSecond;
        --seconds;
      }
      return cel::Value::TimestampParts(static_cast<int64_t>(seconds), static_cast<int32_t>(rest));
    }
    case cel::TypeKind::kDuration:
      return cel::Value::DurationNanos(static_cast<int64_t>(point.whole));
    default:
      return cel::Value::Int(static_cast<int64_t>(point.whole));
  }
}

std::string ValueText(const Term& term, const Point& point, absl::string_view container) {
  if (term.enum_type != nullptr) {
    return EnumText(*term.enum_type, static_cast<int64_t>(point.whole), container);
  }
  if (term.ordered != nullptr) {
    v1::Money money;
    money.set_units(static_cast<int64_t>(point.whole));
    money.set_currency_code(point.text);
    if (term.ordered->number->containing_type() == v1::Money::descriptor() &&
        CurrencyExponent(point.text).ok()) {
      return FormatMoney(money);
    }
    return absl::StrCat(static_cast<int64_t>(point.whole), " ", point.text);
  }
  return cel::ToText(ToValue(term, point), 100);
}

std::string Describe(const Term& term, const Point& point, absl::string_view container) {
  const bool is_one = point.whole != 0;
  if (point.is_error) return absl::StrCat(term.text, " fails");
  switch (term.role) {
    case TermRole::kPresence:
      return absl::StrCat(term.text, is_one ? " is set" : " is not set");
    case TermRole::kMember:
      return absl::StrCat(term.text, is_one ? " has " : " does not have ",
                          ValueText(term, term.member, container));
    case TermRole::kOrder:
      return "";
    case TermRole::kUnknown:
      if (term.type == cel::TypeKind::kBool) {
        return absl::StrCat(term.text, is_one ? " holds" : " does not hold");
      }
      return absl::StrCat(term.text, " is ", ValueText(term, point, container));
    case TermRole::kSize:
    case TermRole::kValue:
      break;
  }
  const bool is_message = term.type == cel::TypeKind::kTimestamp ||
                          term.type == cel::TypeKind::kDuration ||
                          term.type == cel::TypeKind::kMessage;
  if (term.role == TermRole::kValue && is_message && IsUnset(term, point)) {
    return absl::StrCat(term.text, " is not set");
  }
  return absl::StrCat(term.text, " is ", ValueText(term, point, container));
}

absl::int128 ReadTime(const Message& time) {
  const google::protobuf::Descriptor* type = time.GetDescriptor();
  const Reflection& reflection = *time.GetReflection();
  return absl::int128(reflection.GetInt64(time, type->FindFieldByNumber(1))) * kNanosInSecond +
         reflection.GetInt32(time, type->FindFieldByNumber(2));
}

// The value of a field that is not repeated, or of an element of one that is.
Point Read(const Message& holder, const FieldDescriptor& field, int element) {
  const Reflection& reflection = *holder.GetReflection();
  const bool repeated = field.is_repeated();
#define FRONTDESK_READ(Type)                                        \
  (repeated ? reflection.GetRepeated##Type(holder, &field, element) \
            : reflection.Get##Type(holder, &field))
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Point::Whole(FRONTDESK_READ(Int32));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Point::Whole(absl::int128(FRONTDESK_READ(UInt32)));
    case FieldDescriptor::CPPTYPE_INT64:
      return Point::Whole(FRONTDESK_READ(Int64));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Point::Whole(absl::int128(FRONTDESK_READ(UInt64)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Point::Whole(FRONTDESK_READ(Bool) ? 1 : 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return Point::Whole(FRONTDESK_READ(EnumValue));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Point::Real(FRONTDESK_READ(Double));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Point::Real(FRONTDESK_READ(Float));
    case FieldDescriptor::CPPTYPE_STRING:
      return Point::Text(FRONTDESK_READ(String));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Point::Whole(ReadTime(FRONTDESK_READ(Message)));
  }
#undef FRONTDESK_READ
  return Point();
}

}  // namespace

absl::optional<Point> ReadTerm(const Term& term, const Message& input) {
  if (term.path.empty()) return absl::nullopt;
  const Message* holder = &input;
  for (size_t i = 0; i + 1 < term.path.size(); ++i) {
    holder = &holder->GetReflection()->GetMessage(*holder, term.path[i]);
  }
  const FieldDescriptor& field = *term.path.back();
  const Reflection& reflection = *holder->GetReflection();
  switch (term.role) {
    case TermRole::kPresence:
      return Point::Whole(reflection.HasField(*holder, &field) ? 1 : 0);
    case TermRole::kValue:
      if (term.ordered != nullptr) {
        return PointOfMessage(*term.ordered, reflection.GetMessage(*holder, &field));
      }
      return Read(*holder, field, 0);
    case TermRole::kSize:
      return Point::Whole(reflection.FieldSize(*holder, &field));
    case TermRole::kMember:
      for (int i = 0; i < reflection.FieldSize(*holder, &field); ++i) {
        if (ComparePoints(Read(*holder, field, i), term.member) == 0) return Point::Whole(1);
      }
      return Point::Whole(0);
    default:
      return absl::nullopt;
  }
}

WitnessMaker::WitnessMaker(const google::protobuf::Descriptor* input) : input_(input) {
  if (input->file()->pool() != google::protobuf::DescriptorPool::generated_pool()) {
    factory_ = std::make_shared<google::protobuf::DynamicMessageFactory>();
  }
}

std::shared_ptr<Message> WitnessMaker::New(const std::vector<FieldFact>& facts) const {
  google::protobuf::MessageFactory* factory = factory_.get();
  if (factory == nullptr) factory = google::protobuf::MessageFactory::generated_factory();
  std::shared_ptr<Message> message(factory->GetPrototype(input_)->New(),
                                   [keep = factory_](Message* made) { delete made; });
  for (const FieldFact& fact : facts) {
    const FieldDescriptor* field = fact.path.back();
    if (!fact.is_present || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
        field->is_repeated()) {
      continue;
    }
    Message* holder = HolderOf(fact.path, message.get());
    holder->GetReflection()->MutableMessage(holder, field);
  }
  return message;
}

std::shared_ptr<const Message> WitnessMaker::MakeEmpty(const std::vector<FieldFact>& facts) const {
  return New(facts);
}

std::shared_ptr<const Message> WitnessMaker::Make(const FormulaTable& table,
                                                  const std::vector<FieldFact>& facts,
                                                  const Model& model) const {
  std::shared_ptr<Message> message = New(facts);
  std::set<int32_t> fixed;
  for (const bool is_presence : {true, false}) {
    for (const auto& [index, point] : model.points) {
      const Term& term = table.term(index);
      if ((term.role == TermRole::kPresence) != is_presence || point.is_error) continue;
      if (term.role == TermRole::kValue) fixed.insert(index);
      if (!WriteTerm(term, point, message.get())) return nullptr;
    }
  }
  for (const auto& [index, point] : model.points) {
    const Term& term = table.term(index);
    if (point.is_error) continue;
    if (term.role == TermRole::kSize && !WriteSize(term, point, message.get())) return nullptr;
    if (term.role == TermRole::kOrder) WriteOrder(table, term, point, fixed, message.get());
  }
  return message;
}

std::string EnumText(const google::protobuf::EnumDescriptor& type, int64_t number,
                     absl::string_view container) {
  const google::protobuf::EnumValueDescriptor* value =
      type.FindValueByNumber(static_cast<int>(number));
  if (value == nullptr) return absl::StrCat(number);
  absl::string_view name = type.full_name();
  if (!container.empty()) absl::ConsumePrefix(&name, absl::StrCat(container, "."));
  return absl::StrCat(name, ".", value->name());
}

std::string DescribeModel(const FormulaTable& table, const Model& model,
                          absl::string_view container) {
  std::vector<std::string> parts;
  for (const auto& [index, point] : model.points) {
    std::string part = Describe(table.term(index), point, container);
    if (part.empty()) continue;
    if (parts.size() == kMaxDescribed) {
      parts.push_back("...");
      break;
    }
    parts.push_back(std::move(part));
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace rules
}  // namespace frontdesk
