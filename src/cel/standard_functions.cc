// size, contains, startsWith, endsWith, matches, type, dyn and the conversions.
#include <cmath>
#include <limits>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/environment_data.h"
#include "cel/function_table.h"
#include "cel/messages.h"
#include "cel/regex.h"
#include "cel/scalar_text.h"
#include "cel/utf8.h"

namespace frontdesk::cel::cel_internal {
namespace {

// Reading or writing a time is more than one operation; numbers with digits behind the point are half of that.
bool ChargeTime(const Call& call) { return call.Charge(kTimeTextCost); }
bool ChargeReal(const Call& call) { return call.Charge(kTimeTextCost / 2); }

// Work on a text: a unit for ten bytes.
bool ChargeText(const Call& call, const Value& a) { return call.ChargeText(ValueAccess::text(a)); }

Value Size(const Call& call, const Value* arguments) {
  const Value& value = arguments[0];
  switch (value.kind()) {
    case ValueKind::kString:
      if (!ChargeText(call, value)) return call.Error(Code::LIMIT_COST);
      return Value::Int(static_cast<int64_t>(CountCodePoints(value.string_value())));
    case ValueKind::kBytes:
      return Value::Int(static_cast<int64_t>(value.bytes_value().size()));
    case ValueKind::kList:
      return Value::Int(static_cast<int64_t>(value.list_size()));
    default:
      return Value::Int(static_cast<int64_t>(value.map_size()));
  }
}

Value Contains(const Call& call, const Value* arguments) {
  if (!call.ChargeSearch(arguments[0].string_value(), arguments[1].string_value())) {
    return call.Error(Code::LIMIT_COST);
  }
  return Value::Bool(absl::StrContains(arguments[0].string_value(), arguments[1].string_value()));
}

Value StartsWith(const Call& call, const Value* arguments) {
  if (!ChargeText(call, arguments[1])) return call.Error(Code::LIMIT_COST);
  return Value::Bool(absl::StartsWith(arguments[0].string_value(), arguments[1].string_value()));
}

Value EndsWith(const Call& call, const Value* arguments) {
  if (!ChargeText(call, arguments[1])) return call.Error(Code::LIMIT_COST);
  return Value::Bool(absl::EndsWith(arguments[0].string_value(), arguments[1].string_value()));
}

Value Identity(const Call&, const Value* arguments) { return arguments[0]; }

Value TypeFunction(const Call&, const Value* arguments) {
  return Value::TypeName(TypeNameOf(arguments[0]));
}

Value ConversionError(const Call& call) {
  return call.Error(Code::CONVERSION_FAILED, call.overload->function);
}

Value ToInt(const Call& call, const Value* arguments) {
  const Value& value = arguments[0];
  constexpr double kTwoTo63 = 9223372036854775808.0;
  switch (value.kind()) {
    case ValueKind::kUint:
      if (value.uint_value() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return call.Error(Code::INTEGER_OVERFLOW);
      }
      return Value::Int(static_cast<int64_t>(value.uint_value()));
    case ValueKind::kDouble: {
      const double real = value.double_value();
      // The bounds themselves are refused: they may be rounded from outside.
      if (!(real > -kTwoTo63 && real < kTwoTo63)) return call.Error(Code::INTEGER_OVERFLOW);
      return Value::Int(static_cast<int64_t>(real));
    }
    case ValueKind::kTimestamp:
      return Value::Int(value.timestamp_seconds());
    case ValueKind::kString: {
      if (!ChargeText(call, value)) return call.Error(Code::LIMIT_COST);
      int64_t result;
      if (!ParseInt(value.string_value(), &result)) return ConversionError(call);
      return Value::Int(result);
    }
    default:
      return value;
  }
}

Value ToUint(const Call& call, const Value* arguments) {
  const Value& value = arguments[0];
  constexpr double kTwoTo64 = 18446744073709551616.0;
  switch (value.kind()) {
    case ValueKind::kInt:
      if (value.int_value() < 0) return call.Error(Code::INTEGER_OVERFLOW);
      return Value::Uint(static_cast<uint64_t>(value.int_value()));
    case ValueKind::kDouble: {
      const double real = value.double_value();
      if (!(real >= 0 && real < kTwoTo64)) return call.Error(Code::INTEGER_OVERFLOW);
      return Value::Uint(static_cast<uint64_t>(real));
    }
    case ValueKind::kString: {
      if (!ChargeText(call, value)) return call.Error(Code::LIMIT_COST);
      uint64_t result;
      if (!ParseUint(value.string_value(), &result)) return ConversionError(call);
      return Value::Uint(result);
    }
    default:
      return value;
  }
}

Value ToDouble(const Call& call, const Value* arguments) {
  const Value& value = arguments[0];
  switch (value.kind()) {
    case ValueKind::kInt:
      return Value::Double(static_cast<double>(value.int_value()));
    case ValueKind::kUint:
      return Value::Double(static_cast<double>(value.uint_value()));
    case ValueKind::kString: {
      if (!ChargeText(call, value) || !ChargeReal(call)) return call.Error(Code::LIMIT_COST);
      double result;
      if (!ParseDouble(value.string_value(), &result)) return ConversionError(call);
      return Value::Double(result);
    }
    default:
      return value;
  }
}

Value ToBool(const Call& call, const Value* arguments) {
  if (arguments[0].is_bool()) return arguments[0];
  const absl::string_view text = arguments[0].string_value();
  for (const char* yes : {"1", "t", "true", "TRUE", "True"}) {
    if (text == yes) return Value::Bool(true);
  }
  for (const char* no : {"0", "f", "false", "FALSE", "False"}) {
    if (text == no) return Value::Bool(false);
  }
  return ConversionError(call);
}

Value ToString(const Call& call, const Value* arguments) {
  const Value& value = arguments[0];
  switch (value.kind()) {
    case ValueKind::kBool:
      return Value::String(value.bool_value() ? "true" : "false");
    case ValueKind::kInt:
      return call.NewString(absl::StrCat(value.int_value()));
    case ValueKind::kUint:
      return call.NewString(absl::StrCat(value.uint_value()));
    case ValueKind::kDouble:
      if (!ChargeReal(call)) return call.Error(Code::LIMIT_COST);
      return call.NewString(FormatDouble(value.double_value()));
    case ValueKind::kBytes:
      if (!ChargeText(call, value)) return call.Error(Code::LIMIT_COST);
      if (!IsValidUtf8(value.bytes_value())) return call.Error(Code::INVALID_UNICODE);
      return Value::String(value.bytes_value());
    case ValueKind::kTimestamp:
      if (!ChargeTime(call)) return call.Error(Code::LIMIT_COST);
      return call.NewString(FormatTimestamp(value.timestamp_seconds(), value.timestamp_nanos()));
    case ValueKind::kDuration:
      if (!ChargeTime(call)) return call.Error(Code::LIMIT_COST);
      return call.NewString(FormatDuration(value.duration_nanos()));
    default:
      return value;
  }
}

Value ToBytes(const Call&, const Value* arguments) {
  if (arguments[0].is_bytes()) return arguments[0];
  return Value::Bytes(arguments[0].string_value());
}

Value ToTimestamp(const Call& call, const Value* arguments) {
  const Value& value = arguments[0];
  int64_t seconds = 0;
  int32_t nanos = 0;
  if (value.is_timestamp()) return value;
  if (value.is_string() && (!ChargeText(call, value) || !ChargeTime(call))) {
    return call.Error(Code::LIMIT_COST);
  }
  if (value.is_int()) {
    seconds = value.int_value();
  } else if (!ParseTimestamp(value.string_value(), &seconds, &nanos)) {
    return ConversionError(call);
  }
  if (!ValidTimestamp(seconds, nanos)) return call.Error(Code::TIMESTAMP_OUT_OF_RANGE);
  return Value::TimestampParts(seconds, nanos);
}

Value ToDuration(const Call& call, const Value* arguments) {
  const Value& value = arguments[0];
  if (value.is_duration()) return value;
  if (value.is_string() && (!ChargeText(call, value) || !ChargeTime(call))) {
    return call.Error(Code::LIMIT_COST);
  }
  int64_t nanos;
  if (value.is_int()) {
    if (!DurationToNanos(value.int_value(), 0, &nanos)) {
      return call.Error(Code::DURATION_OUT_OF_RANGE);
    }
    return Value::DurationNanos(nanos);
  }
  const bool days = (call.frame.environment->extensions & kDurationsExtension) != 0;
  switch (ParseDuration(value.string_value(), days, &nanos)) {
    case DurationParse::kOk:
      return Value::DurationNanos(nanos);
    case DurationParse::kOutOfRange:
      return call.Error(Code::DURATION_OUT_OF_RANGE);
    default:
      return ConversionError(call);
  }
}

}  // namespace

Value MatchesFunction(const Call& call, const Value* arguments) {
  Code code = Code::INVALID_REGEX;
  std::string message;
  const Limits& limits = call.frame.environment->limits;
  const absl::string_view pattern = arguments[1].string_value();
  if (static_cast<int64_t>(pattern.size()) > limits.max_regex_bytes) {
    return call.Error(Code::LIMIT_REGEX_SIZE);
  }
  if (!call.Charge(RegexCost(static_cast<int64_t>(pattern.size()), 0))) {
    return call.Error(Code::LIMIT_COST);
  }
  const std::unique_ptr<RE2> regex = CompileRegex(pattern, limits, &code, &message);
  // One that is refused for its size has been compiled that far.
  const int64_t program = regex != nullptr                 ? regex->ProgramSize()
                          : code == Code::LIMIT_REGEX_SIZE ? limits.max_regex_program_size
                                                           : 0;
  if (!call.Charge(program * 10)) return call.Error(Code::LIMIT_COST);
  if (regex == nullptr) return call.Error(code);
  return MatchRegex(*regex, call, arguments[0]);
}

void AddStandardFunctions(FunctionTable* table) {
  const Type string = Type::String(), boolean = Type::Bool();
  const Type list = Type::List(Type::Parameter("A"));
  const Type map = Type::Map(Type::Parameter("A"), Type::Parameter("B"));
  for (const Type& type : {Type::Bytes(), list, map, string}) {
    const std::string name(type.name());
    table->Add("size", "size_" + name, {type}, Type::Int(), Size);
    table->AddMember("size", name + "_size", {type}, Type::Int(), Size);
  }
  table->AddMember("contains", "contains_string", {string, string}, boolean, Contains);
  table->AddMember("startsWith", "starts_with_string", {string, string}, boolean, StartsWith);
  table->AddMember("endsWith", "ends_with_string", {string, string}, boolean, EndsWith);
  table->Add("matches", "matches", {string, string}, boolean, MatchesFunction);
  table->AddMember("matches", "matches_string", {string, string}, boolean, MatchesFunction);
}

void AddConversions(FunctionTable* table) {
  const Type a = Type::Parameter("A");
  table->Add("type", "type", {a}, Type::TypeOf(a), TypeFunction);
  table->Add("dyn", "to_dyn", {a}, Type::Dyn(), Identity);
  const struct {
    const char* name;
    Type result;
    NativeFunction function;
    std::vector<Type> from;
  } conversions[] = {
      {"bool", Type::Bool(), ToBool, {Type::Bool(), Type::String()}},
      {"bytes", Type::Bytes(), ToBytes, {Type::Bytes(), Type::String()}},
      {"double",
       Type::Double(),
       ToDouble,
       {Type::Double(), Type::Int(), Type::Uint(), Type::String()}},
      {"duration", Type::Duration(), ToDuration, {Type::Duration(), Type::Int(), Type::String()}},
      {"int",
       Type::Int(),
       ToInt,
       {Type::Int(), Type::Double(), Type::Timestamp(), Type::String(), Type::Uint()}},
      {"string",
       Type::String(),
       ToString,
       {Type::String(), Type::Bool(), Type::Bytes(), Type::Double(), Type::Duration(), Type::Int(),
        Type::Timestamp(), Type::Uint()}},
      {"timestamp",
       Type::Timestamp(),
       ToTimestamp,
       {Type::Timestamp(), Type::Int(), Type::String()}},
      {"uint", Type::Uint(), ToUint, {Type::Uint(), Type::Double(), Type::Int(), Type::String()}},
  };
  for (const auto& conversion : conversions) {
    for (const Type& from : conversion.from) {
      table->Add(conversion.name, absl::StrCat(from.name(), "_to_", conversion.name), {from},
                 conversion.result, conversion.function);
    }
  }
}

}  // namespace frontdesk::cel::cel_internal
