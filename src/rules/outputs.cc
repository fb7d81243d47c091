#include "rules/outputs.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "frontdesk/v1/money.pb.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace rules {
namespace {

using cel::TypeKind;

constexpr int64_t kNanosPerSecond = 1000000000;

absl::string_view HintOf(const cel::Type& type) {
  switch (type.kind()) {
    case TypeKind::kOptional:
      return "; add `.orValue(…)` with the value for when it is absent";
    case TypeKind::kDyn:
    case TypeKind::kAny:
      return "; convert it, for example with string(…), int(…) or double(…)";
    case TypeKind::kList:
    case TypeKind::kMap:
      return "; compute one value, for example with size(…) or sum(…)";
    default:
      return "";
  }
}

// Messages of one type may be of different classes: a dynamic one is copied by its bytes.
bool CopyMoney(const google::protobuf::Message& message, v1::Money* money) {
  if (message.GetDescriptor() == v1::Money::descriptor()) {
    money->CopyFrom(message);
    return true;
  }
  return money->ParseFromString(message.SerializeAsString());
}

}  // namespace

absl::string_view OutputTypeName(OutputType type) {
  switch (type) {
    case OutputType::kText:
      return "text";
    case OutputType::kInt:
      return "a whole number";
    case OutputType::kDouble:
      return "a number";
    case OutputType::kBool:
      return "true or false";
    case OutputType::kTime:
      return "an instant";
    case OutputType::kDuration:
      return "a duration";
    case OutputType::kMoney:
      return "an amount of money";
  }
  return "";
}

v1::OutputValue::ValueCase OutputCase(OutputType type) {
  switch (type) {
    case OutputType::kText:
      return v1::OutputValue::kStringValue;
    case OutputType::kInt:
      return v1::OutputValue::kIntValue;
    case OutputType::kDouble:
      return v1::OutputValue::kDoubleValue;
    case OutputType::kBool:
      return v1::OutputValue::kBoolValue;
    case OutputType::kTime:
      return v1::OutputValue::kTimeValue;
    case OutputType::kDuration:
      return v1::OutputValue::kDurationValue;
    case OutputType::kMoney:
      return v1::OutputValue::kMoneyValue;
  }
  return v1::OutputValue::VALUE_NOT_SET;
}

absl::optional<OutputType> OutputTypeOf(const cel::Type& type) {
  switch (type.kind()) {
    case TypeKind::kString:
      return OutputType::kText;
    case TypeKind::kInt:
    case TypeKind::kUint:
      return OutputType::kInt;
    case TypeKind::kDouble:
      return OutputType::kDouble;
    case TypeKind::kBool:
      return OutputType::kBool;
    case TypeKind::kTimestamp:
      return OutputType::kTime;
    case TypeKind::kDuration:
      return OutputType::kDuration;
    case TypeKind::kMessage:
      if (type.name() == v1::Money::descriptor()->full_name()) return OutputType::kMoney;
      return absl::nullopt;
    default:
      return absl::nullopt;
  }
}

std::string OutputTypeText(const cel::Type& type) {
  return absl::StrCat(
      "an output is a string, an int (also a uint or an enum), a double, a bool, a timestamp, a "
      "duration or a ",
      v1::Money::descriptor()->name(), ", and this is of type ", type.ToString(), HintOf(type));
}

std::string OutputClassText(const NodeExposure& exposure) {
  Exposure highest = std::max(exposure.exposure, exposure.floor);
  if (exposure.holder == v1::DATA_CLASS_PERSONAL) highest = std::max(highest, Exposure::kPersonal);
  if (exposure.holder > v1::DATA_CLASS_PERSONAL) highest = std::max(highest, Exposure::kSensitive);
  if (highest == Exposure::kShown) return "";
  constexpr absl::string_view kWhy = "an output is kept with its decision, and this value ";
  if (highest == Exposure::kUnclassified) {
    return absl::StrCat(kWhy, "is of a field without a data class; give the field one");
  }
  return absl::StrCat(kWhy, "is ", MaskOf(highest).substr(1, MaskOf(highest).size() - 2),
                      "; compare it, and compute the output from the result");
}

bool WriteOutput(OutputType type, const cel::Value& value, size_t max_bytes,
                 v1::OutputValue* written, std::string* error) {
  switch (type) {
    case OutputType::kText:
      if (value.string_value().size() > max_bytes) {
        *error = absl::StrCat("the text has ", value.string_value().size(), " bytes, and at most ",
                              max_bytes, " (max_output_bytes) are accepted");
        return false;
      }
      written->set_string_value(internal::ReplaceInvalidUtf8(value.string_value()));
      return true;
    case OutputType::kInt:
      if (value.uint_value() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        *error = "the number is larger than an int";
        return false;
      }
      written->set_int_value(value.is_uint() ? static_cast<int64_t>(value.uint_value())
                                             : value.int_value());
      return true;
    case OutputType::kDouble:
      written->set_double_value(value.double_value());
      return true;
    case OutputType::kBool:
      written->set_bool_value(value.bool_value());
      return true;
    case OutputType::kTime:
      written->mutable_time_value()->set_seconds(value.timestamp_seconds());
      written->mutable_time_value()->set_nanos(value.timestamp_nanos());
      return true;
    case OutputType::kDuration:
      written->mutable_duration_value()->set_seconds(value.duration_nanos() / kNanosPerSecond);
      written->mutable_duration_value()->set_nanos(
          static_cast<int32_t>(value.duration_nanos() % kNanosPerSecond));
      return true;
    case OutputType::kMoney:
      if (value.is_message() && CopyMoney(value.message_value(), written->mutable_money_value())) {
        return true;
      }
      *error = "the value is no amount of money";
      return false;
  }
  return false;
}

}  // namespace rules
}  // namespace frontdesk
