#include "agents/argument_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "frontdesk/agents/reasons.h"
#include "frontdesk/base/timestamp.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "internal/near_name.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Type = JsonValue::Type;

// Most values that a text lists.
constexpr std::size_t kMostListed = 20;

absl::string_view TypeText(Scalar scalar) {
  switch (scalar) {
    case Scalar::kBool:
      return "true or false";
    case Scalar::kInteger:
      return "a whole number";
    case Scalar::kNumber:
      return "a number";
    case Scalar::kMessage:
      return "an object";
    default:
      return "a text";
  }
}

Type TypeOf(Scalar scalar) {
  switch (scalar) {
    case Scalar::kBool:
      return Type::kBool;
    case Scalar::kInteger:
    case Scalar::kNumber:
      return Type::kNumber;
    case Scalar::kMessage:
      return Type::kObject;
    default:
      return Type::kString;
  }
}

// The seconds and nanos of "3.5s"; false when it is none, or more than 10,000 years.
bool ReadDuration(absl::string_view text, google::protobuf::Duration* duration) {
  if (!absl::ConsumeSuffix(&text, "s")) return false;
  const bool negative = absl::ConsumePrefix(&text, "-");
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('.', 1));
  const auto is_digits = [](absl::string_view digits) {
    return !digits.empty() && digits.find_first_not_of("0123456789") == absl::string_view::npos;
  };
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  if (!is_digits(parts.first) || !absl::SimpleAtoi(parts.first, &seconds)) return false;
  if (absl::StrContains(text, '.')) {
    std::string digits(parts.second);
    if (!is_digits(digits) || digits.size() > 9) return false;
    digits.resize(9, '0');
    if (!absl::SimpleAtoi(digits, &nanos)) return false;
  }
  constexpr std::int64_t kMostSeconds = 315'576'000'000;
  if (seconds > kMostSeconds) return false;
  duration->set_seconds(negative ? -seconds : seconds);
  duration->set_nanos(negative ? -nanos : nanos);
  return true;
}

class ArgumentReader {
 public:
  ArgumentReader(const ArgumentWords& words, std::vector<Violation>* violations)
      : words_(words), violations_(*violations) {}

  void ReadMembers(const JsonValue& object, const std::string& path, Message* message) {
    std::set<const google::protobuf::OneofDescriptor*> chosen;
    std::set<const FieldDescriptor*> given;
    for (const auto& [name, value] : object.members) {
      const std::string inner = PointerTo(path, name);
      const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
      if (field == nullptr || !words_.IsArgument(*field)) {
        AddUnknown(inner, name, *message->GetDescriptor());
        continue;
      }
      given.insert(field);
      // As in the JSON of protobuf, null is an argument that is not given.
      if (value.type == Type::kNull) {
        given.erase(field);
        continue;
      }
      const auto* oneof = field->real_containing_oneof();
      if (oneof != nullptr && !chosen.insert(oneof).second) {
        Add(inner, kReasonAgentArgumentConflict, "Only one of these arguments is possible.");
        continue;
      }
      ReadField(value, inner, *field, message);
    }
    AddMissing(given, path, *message->GetDescriptor());
  }

 private:
  void Add(std::string path, absl::string_view reason, std::string text) {
    violations_.push_back({std::move(path), reason, std::move(text)});
  }

  void AddUnknown(std::string path, absl::string_view name, const Descriptor& message) {
    if (IsReservedName(name) || message.FindFieldByName(std::string(name)) != nullptr) {
      return Add(std::move(path), kReasonAgentArgumentReserved,
                 "The host sets this value. Leave it out.");
    }
    internal::NearName near(name);
    for (int i = 0; i < message.field_count(); ++i) {
      if (words_.IsArgument(*message.field(i))) near.Consider(message.field(i)->name());
    }
    Add(std::move(path), kReasonAgentArgumentUnknown,
        absl::StrCat("There is no such argument", near.Hint(), near.Hint().empty() ? "." : ""));
  }

  void AddMissing(const std::set<const FieldDescriptor*>& given, const std::string& path,
                  const Descriptor& message) {
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (given.count(&field) > 0 || !words_.IsRequired(field)) continue;
      Add(PointerTo(path, field.name()), kReasonAgentArgumentRequired, "The argument is required.");
    }
  }

  void ReadField(const JsonValue& value, const std::string& path, const FieldDescriptor& field,
                 Message* message) {
    if (!field.is_repeated()) return ReadValue(value, path, field, message);
    if (value.type != Type::kArray) {
      return Add(path, kReasonAgentArgumentType, "The argument must be an array.");
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      ReadValue(value.items[i], absl::StrCat(path, "/", i), field, message);
    }
  }

  void ReadValue(const JsonValue& value, const std::string& path, const FieldDescriptor& field,
                 Message* message) {
    const Scalar scalar = ScalarOf(field);
    if (value.type != TypeOf(scalar)) {
      return Add(path, kReasonAgentArgumentType,
                 absl::StrCat("The argument must be ", TypeText(scalar), "."));
    }
    const Reflection& reflection = *message->GetReflection();
    switch (scalar) {
      case Scalar::kBool:
        return field.is_repeated() ? reflection.AddBool(message, &field, value.flag)
                                   : reflection.SetBool(message, &field, value.flag);
      case Scalar::kInteger:
        return ReadInteger(value.text, path, field, message);
      case Scalar::kNumber:
        return ReadNumber(value.text, path, field, message);
      case Scalar::kEnum:
        return ReadEnum(value.text, path, field, message);
      case Scalar::kMessage:
        return ReadMembers(value, path,
                           field.is_repeated() ? reflection.AddMessage(message, &field)
                                               : reflection.MutableMessage(message, &field));
      case Scalar::kTime:
      case Scalar::kDuration:
        return ReadTime(scalar, value.text, path, field, message);
      case Scalar::kText:
      case Scalar::kBytes:
        return ReadText(scalar, value.text, path, field, message);
    }
  }

  void ReadInteger(const std::string& text, const std::string& path, const FieldDescriptor& field,
                   Message* message) {
    if (text.find_first_of(".eE") != std::string::npos) {
      return Add(path, kReasonAgentArgumentType,
                 "The argument must be a whole number, without a point or an exponent.");
    }
    const Reflection& reflection = *message->GetReflection();
    std::int64_t number = 0;
    std::uint64_t positive = 0;
    bool fits = absl::SimpleAtoi(text, &number);
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        fits = fits && number >= std::numeric_limits<std::int32_t>::min() &&
               number <= std::numeric_limits<std::int32_t>::max();
        if (fits) Set(&Reflection::SetInt32, &Reflection::AddInt32, number, field, message);
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        fits = fits && number >= 0 && number <= std::numeric_limits<std::uint32_t>::max();
        if (fits) Set(&Reflection::SetUInt32, &Reflection::AddUInt32, number, field, message);
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        fits = absl::SimpleAtoi(text, &positive);
        if (fits) {
          field.is_repeated() ? reflection.AddUInt64(message, &field, positive)
                              : reflection.SetUInt64(message, &field, positive);
        }
        break;
      default:
        if (fits) Set(&Reflection::SetInt64, &Reflection::AddInt64, number, field, message);
    }
    if (!fits) {
      Add(path, kReasonAgentArgumentRange, "The number is outside of the range of the argument.");
    }
  }

  template <typename Number>
  void Set(void (Reflection::*set)(Message*, const FieldDescriptor*, Number) const,
           void (Reflection::*add)(Message*, const FieldDescriptor*, Number) const,
           std::int64_t number, const FieldDescriptor& field, Message* message) {
    const auto& put = field.is_repeated() ? add : set;
    (message->GetReflection()->*put)(message, &field, static_cast<Number>(number));
  }

  void ReadNumber(const std::string& text, const std::string& path, const FieldDescriptor& field,
                  Message* message) {
    double number = 0;
    if (!absl::SimpleAtod(text, &number) || !std::isfinite(number)) {
      return Add(path, kReasonAgentArgumentRange,
                 "The number is outside of the range of the argument.");
    }
    const Reflection& reflection = *message->GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
      const auto narrow = static_cast<float>(number);
      field.is_repeated() ? reflection.AddFloat(message, &field, narrow)
                          : reflection.SetFloat(message, &field, narrow);
    } else {
      field.is_repeated() ? reflection.AddDouble(message, &field, number)
                          : reflection.SetDouble(message, &field, number);
    }
  }

  // Whether the text is one of those that the schema lists.
  bool CheckListed(absl::string_view text, const std::string& path, const FieldDescriptor& field) {
    const auto values = words_.Values(field);
    if (!values.has_value() || std::find(values->begin(), values->end(), text) != values->end()) {
      return true;
    }
    const bool all = values->size() <= kMostListed;
    Add(path, kReasonAgentArgumentValue,
        absl::StrCat("The argument must be one of ",
                     absl::StrJoin(values->begin(),
                                   values->begin() + static_cast<std::ptrdiff_t>(
                                                         std::min(values->size(), kMostListed)),
                                   ", "),
                     all ? "." : ", ..."));
    return false;
  }

  void ReadEnum(const std::string& text, const std::string& path, const FieldDescriptor& field,
                Message* message) {
    if (!CheckListed(text, path, field)) return;
    const int number = FindEnumLabel(*field.enum_type(), text).value_or(0);
    const Reflection& reflection = *message->GetReflection();
    field.is_repeated() ? reflection.AddEnumValue(message, &field, number)
                        : reflection.SetEnumValue(message, &field, number);
  }

  void ReadTime(Scalar scalar, const std::string& text, const std::string& path,
                const FieldDescriptor& field, Message* message) {
    const Reflection& reflection = *message->GetReflection();
    google::protobuf::Timestamp time;
    google::protobuf::Duration duration;
    if (scalar == Scalar::kTime) {
      absl::Time read;
      const bool is_time = absl::ParseTime(absl::RFC3339_full, text, &read, nullptr) &&
                           read != absl::InfiniteFuture() && read != absl::InfinitePast();
      if (is_time) time = ToTimestamp(read);
      if (!is_time || ToTime(time) != read) {
        return Add(path, kReasonAgentArgumentFormat,
                   "The argument must be an instant such as 2024-05-15T12:00:00Z.");
      }
    } else if (!ReadDuration(text, &duration)) {
      return Add(path, kReasonAgentArgumentFormat,
                 "The argument must be a number of seconds with an s, such as 3600s.");
    }
    Message* target = field.is_repeated() ? reflection.AddMessage(message, &field)
                                          : reflection.MutableMessage(message, &field);
    target->CopyFrom(scalar == Scalar::kTime ? static_cast<const Message&>(time)
                                             : static_cast<const Message&>(duration));
  }

  void ReadText(Scalar scalar, const std::string& text, const std::string& path,
                const FieldDescriptor& field, Message* message) {
    if (!CheckListed(text, path, field)) return;
    std::string value = text;
    if (scalar == Scalar::kBytes && !absl::Base64Unescape(text, &value)) {
      return Add(path, kReasonAgentArgumentFormat, "The argument must be base64.");
    }
    const Reflection& reflection = *message->GetReflection();
    field.is_repeated() ? reflection.AddString(message, &field, value)
                        : reflection.SetString(message, &field, value);
  }

  const ArgumentWords& words_;
  std::vector<Violation>& violations_;
};

}  // namespace

std::vector<Violation> ReadArguments(const JsonValue& arguments, const ArgumentWords& words,
                                     Message* message) {
  std::vector<Violation> violations;
  if (arguments.type != Type::kObject) {
    violations.push_back(
        {"", kReasonAgentArgumentsMalformed, "The arguments must be a JSON object."});
    return violations;
  }
  ArgumentReader(words, &violations).ReadMembers(arguments, "", message);
  return violations;
}

std::string PointerOf(absl::string_view path) {
  if (path.empty()) return "";
  return absl::StrCat("/", absl::StrReplaceAll(path, {{".", "/"}, {"[", "/"}, {"]", ""}}));
}

}  // namespace agents
}  // namespace frontdesk
