// The rule in the footer of TZif data: a POSIX TZ string with the extensions of RFC 9636. Private.
#ifndef FRONTDESK_CALENDAR_POSIX_RULE_H_
#define FRONTDESK_CALENDAR_POSIX_RULE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace frontdesk {
namespace calendar {

// The day of a year and the local time at which the clock changes.
struct PosixDate {
  enum class Form { kJulian, kZeroBased, kMonth };
  Form form = Form::kMonth;
  // Day of the year: 1 to 365 without February 29, or 0 to 365 with it.
  int day = 0;
  // Or the `week`-th `weekday` (0: Sunday) of `month`; week 5 is the last one.
  int month = 0;
  int week = 0;
  int weekday = 0;
  // Seconds after 00:00 of that day, -167 to 167 hours.
  std::int64_t time = 7'200;
};

// Offsets are local time less UTC, in seconds.
struct PosixRule {
  std::int64_t standard_offset = 0;
  bool has_daylight = false;
  std::int64_t daylight_offset = 0;
  PosixDate daylight_start;
  PosixDate daylight_end;
};

// The rule, or nothing when `text` is none. A daylight time without dates is none.
absl::optional<PosixRule> ParsePosixRule(absl::string_view text);

// The local time of `date` in that year, in seconds since 1970-01-01T00:00:00 on the local clock.
std::int64_t LocalTimeOf(const PosixDate& date, std::int64_t year);

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_POSIX_RULE_H_
