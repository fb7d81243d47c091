// A calendar message that was checked: numbers in place of texts. Private.
#ifndef FRONTDESK_CALENDAR_CALENDAR_SOURCE_H_
#define FRONTDESK_CALENDAR_CALENDAR_SOURCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "calendar/week_pattern.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {

// Weekly hours from a date on.
struct SourceVersion {
  // Local seconds of the 00:00 from which it holds; INT64_MIN for the first.
  std::int64_t local_start;
  // Normalized seconds since Monday 00:00, local.
  std::vector<Interval> week;
};

struct SourceException {
  v1::CalendarException::Kind kind;
  // Both inclusive, in days since 1970-01-01.
  std::int64_t first_day;
  std::int64_t last_day;
  // Seconds since 00:00 of each day. Empty for whole days.
  std::vector<Interval> intervals;
  std::string name;
};

struct CalendarSource {
  std::vector<SourceVersion> versions;
  std::vector<SourceException> exceptions;
};

// Reads the hours of `calendar`. Each invalid field is added to `errors`, with `prefix` in front. An error: beyond a limit.
absl::StatusOr<CalendarSource> ReadCalendar(const v1::Calendar& calendar,
                                            const CalendarLimits& limits, absl::string_view prefix,
                                            ErrorBuilder& errors);

// Days since 1970-01-01 of "YYYY-MM-DD"; nothing for another text or a date that does not exist.
absl::optional<std::int64_t> ParseDate(absl::string_view text);

// Seconds of "HH:MM" or "HH:MM:SS", up to `max_seconds`.
absl::optional<std::int64_t> ParseLocalTime(absl::string_view text, std::int64_t max_seconds);

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_CALENDAR_SOURCE_H_
