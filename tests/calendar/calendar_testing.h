// Shared by the tests of calendar: calendars from text, instants from local times.
#ifndef FRONTDESK_TESTS_CALENDAR_CALENDAR_TESTING_H_
#define FRONTDESK_TESTS_CALENDAR_CALENDAR_TESTING_H_

#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/testing.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/reasons.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/v1/calendar.pb.h"
#include "google/protobuf/text_format.h"

namespace frontdesk {
namespace calendar {

inline v1::Calendar ParseCalendar(const std::string& text) {
  v1::Calendar calendar;
  if (!google::protobuf::TextFormat::ParseFromString(text, &calendar)) std::abort();
  return calendar;
}

inline BusinessCalendar MakeCalendar(const std::string& text) {
  return BusinessCalendar::Compile(ParseCalendar(text), SystemZones()).value();
}

// Monday to Friday, from `open` to `close`.
inline std::string WorkWeek(const std::string& zone, const std::string& open,
                            const std::string& close) {
  return "calendar_id: 'c' time_zone: '" + zone +
         "' weekly_hours { days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, "
         "DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY] intervals { open: '" +
         open + "' close: '" + close + "' } } ";
}

inline std::string AlwaysOpen(const std::string& zone) {
  return "calendar_id: 'c' time_zone: '" + zone +
         "' weekly_hours { intervals { open: '00:00' close: '24:00' } } ";
}

// An instant: "2026-06-12 16:30:00" on the clock of UTC, or of the zone with that offset.
inline absl::Time At(absl::string_view text, absl::string_view offset = "+00:00") {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%E4Y-%m-%d %H:%M:%E*S%Ez", std::string(text) + std::string(offset), &time,
                       &error)) {
    std::abort();
  }
  return time;
}

// The instant in UTC, or the reason of the error.
inline std::string Shown(const absl::StatusOr<absl::Time>& time) {
  return time.ok() ? absl::FormatTime("%E4Y-%m-%d %H:%M:%E*S", *time, absl::UTCTimeZone())
                   : GetReason(time.status());
}

inline std::uint64_t CountFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_CALENDAR_CALENDAR_TESTING_H_
