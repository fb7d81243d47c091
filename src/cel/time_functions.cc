// The parts of timestamps and durations.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "cel/environment_data.h"
#include "cel/function_table.h"
#include "cel/scalar_text.h"

namespace frontdesk::cel::cel_internal {
namespace {

enum class Part {
  kFullYear,
  kMonth,
  kDate,
  kDayOfMonth,
  kDayOfWeek,
  kDayOfYear,
  kHours,
  kMinutes,
  kSeconds,
  kMilliseconds,
};

int64_t PartOf(Part part, const absl::CivilSecond& civil, int32_t nanos) {
  switch (part) {
    case Part::kFullYear:
      return civil.year();
    case Part::kMonth:
      return civil.month() - 1;
    case Part::kDate:
      return civil.day();
    case Part::kDayOfMonth:
      return civil.day() - 1;
    case Part::kDayOfWeek:
      // Monday is absl's zero, Sunday the language's.
      return (static_cast<int>(absl::GetWeekday(civil)) + 1) % 7;
    case Part::kDayOfYear:
      return absl::GetYearDay(absl::CivilDay(civil)) - 1;
    case Part::kHours:
      return civil.hour();
    case Part::kMinutes:
      return civil.minute();
    case Part::kSeconds:
      return civil.second();
    case Part::kMilliseconds:
      return nanos / 1000000;
  }
  return 0;
}

template <Part part>
Value TimestampPart(const Call&, const Value* arguments) {
  static const absl::CivilSecond epoch(1970, 1, 1, 0, 0, 0);
  const Value& time = arguments[0];
  return Value::Int(PartOf(part, epoch + time.timestamp_seconds(), time.timestamp_nanos()));
}

template <Part part>
Value ZonedTimestampPart(const Call& call, const Value* arguments) {
  static const absl::CivilSecond epoch(1970, 1, 1, 0, 0, 0);
  const Value& time = arguments[0];
  const absl::string_view name = arguments[1].string_value();
  int64_t offset;
  if (ParseFixedOffset(name, &offset)) {
    return Value::Int(
        PartOf(part, epoch + (time.timestamp_seconds() + offset), time.timestamp_nanos()));
  }
  if (!call.Charge(kZoneCost)) return call.Error(Code::LIMIT_COST);
  const absl::optional<absl::TimeZone> zone = call.frame.environment->FindTimeZone(name);
  if (!zone.has_value()) return call.Error(Code::UNKNOWN_TIME_ZONE);
  const absl::CivilSecond civil =
      absl::ToCivilSecond(absl::FromUnixSeconds(time.timestamp_seconds()), *zone);
  return Value::Int(PartOf(part, civil, time.timestamp_nanos()));
}

template <int64_t unit>
Value DurationPart(const Call&, const Value* arguments) {
  return Value::Int(arguments[0].duration_nanos() / unit);
}

Value DurationMilliseconds(const Call&, const Value* arguments) {
  return Value::Int(arguments[0].duration_nanos() % 1000000000 / 1000000);
}

absl::optional<ConstantProblem> CheckZone(const EnvironmentData& environment,
                                          absl::Span<const Value* const> arguments) {
  if (arguments[1] == nullptr || !arguments[1]->is_string()) return absl::nullopt;
  const absl::string_view name = arguments[1]->string_value();
  int64_t offset;
  if (ParseFixedOffset(name, &offset) || environment.FindTimeZone(name).has_value()) {
    return absl::nullopt;
  }
  return ConstantProblem{1, Code::UNKNOWN_TIME_ZONE,
                         absl::StrCat("unknown time zone ", ToText(*arguments[1], 64))};
}

template <Part part>
void AddPart(FunctionTable* table, absl::string_view name) {
  table->AddMember(name, absl::StrCat("timestamp_", name), {Type::Timestamp()}, Type::Int(),
                   TimestampPart<part>);
  table->AddMember(name, absl::StrCat("timestamp_", name, "_with_tz"),
                   {Type::Timestamp(), Type::String()}, Type::Int(), ZonedTimestampPart<part>);
  table->SetCheck(name, 2, CheckZone);
}

}  // namespace

absl::optional<absl::TimeZone> EnvironmentData::FindTimeZone(absl::string_view name) const {
  constexpr size_t kMaxName = 64;
  if (name.size() > kMaxName || !time_zones) return absl::nullopt;
  for (const char c : name) {
    if (!absl::ascii_isalnum(c) && c != '_' && c != '+' && c != '-' && c != '/') {
      return absl::nullopt;
    }
  }
  return time_zones(name);
}

void AddTimeFunctions(FunctionTable* table) {
  AddPart<Part::kFullYear>(table, "getFullYear");
  AddPart<Part::kMonth>(table, "getMonth");
  AddPart<Part::kDate>(table, "getDate");
  AddPart<Part::kDayOfMonth>(table, "getDayOfMonth");
  AddPart<Part::kDayOfWeek>(table, "getDayOfWeek");
  AddPart<Part::kDayOfYear>(table, "getDayOfYear");
  AddPart<Part::kHours>(table, "getHours");
  AddPart<Part::kMinutes>(table, "getMinutes");
  AddPart<Part::kSeconds>(table, "getSeconds");
  AddPart<Part::kMilliseconds>(table, "getMilliseconds");
  const auto add = [&](absl::string_view name, NativeFunction function) {
    table->AddMember(name, absl::StrCat("duration_", name), {Type::Duration()}, Type::Int(),
                     function);
  };
  add("getHours", DurationPart<3600000000000>);
  add("getMinutes", DurationPart<60000000000>);
  add("getSeconds", DurationPart<1000000000>);
  add("getMilliseconds", DurationMilliseconds);
}

}  // namespace frontdesk::cel::cel_internal
