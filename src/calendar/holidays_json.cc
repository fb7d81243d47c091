#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "calendar/calendar_source.h"
#include "calendar/civil.h"
#include "calendar/holiday_list.h"
#include "frontdesk/calendar/holidays.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/util/json_util.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace calendar {
namespace {

absl::Status HolidayFault(int element, absl::string_view text) {
  return MakeError(kReasonCalendarHolidaysSyntax, absl::StrCat("element ", element, " ", text));
}

// The text of a member; empty when it is not there.
absl::StatusOr<std::string> MemberText(const google::protobuf::Struct& holiday, int element,
                                       const char* name) {
  const auto member = holiday.fields().find(name);
  if (member == holiday.fields().end()) return std::string();
  if (member->second.kind_case() != google::protobuf::Value::kStringValue) {
    return HolidayFault(element, absl::StrCat("has a \"", name, "\" that is no text"));
  }
  return member->second.string_value();
}

// The days from "start" to "end"; 1 without both.
absl::StatusOr<std::int64_t> CountDays(const google::protobuf::Struct& holiday, int element) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::string start, MemberText(holiday, element, "start"));
  FRONTDESK_ASSIGN_OR_RETURN(const std::string end, MemberText(holiday, element, "end"));
  if (start.empty() || end.empty()) return 1;
  absl::Time start_time;
  absl::Time end_time;
  if (!absl::ParseTime(absl::RFC3339_full, start, &start_time, nullptr) ||
      !absl::ParseTime(absl::RFC3339_full, end, &end_time, nullptr)) {
    return HolidayFault(element, "has a \"start\" or \"end\" that is no instant");
  }
  // Days have 23 to 25 hours.
  const std::int64_t days = (absl::ToInt64Hours(end_time - start_time) + 12) / 24;
  if (end_time <= start_time || days > 366) {
    return HolidayFault(element, "ends before it starts, or more than a year later");
  }
  return std::max<std::int64_t>(days, 1);
}

absl::Status AddHoliday(const google::protobuf::Value& value, int element,
                        const HolidayOptions& options, HolidayList& holidays) {
  if (value.kind_case() != google::protobuf::Value::kStructValue) {
    return HolidayFault(element, "is no object");
  }
  const google::protobuf::Struct& holiday = value.struct_value();
  FRONTDESK_ASSIGN_OR_RETURN(const std::string type, MemberText(holiday, element, "type"));
  FRONTDESK_ASSIGN_OR_RETURN(const std::string name, MemberText(holiday, element, "name"));
  FRONTDESK_ASSIGN_OR_RETURN(const std::string date, MemberText(holiday, element, "date"));
  const absl::optional<std::int64_t> day = ParseDate(absl::string_view(date).substr(0, 10));
  absl::optional<std::int64_t> time = 0;
  if (date.size() > 10) {
    time = date[10] == ' ' || date[10] == 'T'
               ? ParseLocalTime(absl::string_view(date).substr(11, 8), kDaySeconds - 1)
               : absl::nullopt;
  }
  if (!day.has_value() || !time.has_value()) {
    return HolidayFault(element, "has no \"date\" of the form YYYY-MM-DD or YYYY-MM-DD HH:MM:SS");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t days, CountDays(holiday, element));
  if (std::find(options.types.begin(), options.types.end(), type) == options.types.end()) {
    return absl::OkStatus();
  }
  const std::int64_t midnight = *day * kDaySeconds;
  if (*time != 0) return holidays.Add(midnight + *time, midnight + kDaySeconds, false, name);
  return holidays.Add(midnight, midnight + days * kDaySeconds, true, name);
}

}  // namespace

absl::StatusOr<std::vector<v1::CalendarException>> HolidaysFromJson(absl::string_view text,
                                                                    const HolidayOptions& options) {
  FRONTDESK_RETURN_IF_ERROR(CheckHolidayWindow(options));
  if (text.size() > options.max_text_bytes) {
    return HolidaysTooMany("bytes", options.max_text_bytes);
  }
  google::protobuf::LogSilencer silencer;
  google::protobuf::ListValue list;
  const google::protobuf::StringPiece json(text.data(), text.size());
  if (!google::protobuf::util::JsonStringToMessage(json, &list).ok()) {
    return MakeError(kReasonCalendarHolidaysSyntax, "the text is no JSON list");
  }
  if (static_cast<std::size_t>(list.values_size()) > options.max_events) {
    return HolidaysTooMany("elements", options.max_events);
  }
  HolidayList holidays(options);
  for (int i = 0; i < list.values_size(); ++i) {
    FRONTDESK_RETURN_IF_ERROR(AddHoliday(list.values(i), i, options, holidays));
  }
  return holidays.Build();
}

}  // namespace calendar
}  // namespace frontdesk
