// Business time: when something is open, and arithmetic in open time.
//
//   frontdesk::v1::Calendar week;
//   week.set_calendar_id("support");
//   week.set_time_zone("Europe/Berlin");
//   frontdesk::v1::WeeklyHours& hours = *week.add_weekly_hours();
//   for (int day = frontdesk::v1::DAY_OF_WEEK_MONDAY; day <= frontdesk::v1::DAY_OF_WEEK_FRIDAY; ++day) {
//     hours.add_days(static_cast<frontdesk::v1::DayOfWeek>(day));
//   }
//   hours.add_intervals()->set_open("09:00");
//   hours.mutable_intervals(0)->set_close("17:00");
//   const auto calendar = frontdesk::calendar::BusinessCalendar::Compile(week, frontdesk::calendar::SystemZones());
//   if (!calendar.ok()) return;
//   const absl::Time friday = absl::FromUnixSeconds(1'781'278'200);  // 2026-06-12 17:30 in Berlin
//   const absl::StatusOr<absl::Time> due = calendar->Add(friday, absl::Hours(1));  // Monday 10:00
//   if (due.ok()) std::cout << calendar->Between(friday, *due) << "\n";  // 1h
//
// A calendar is a set of instants, made of half-open intervals. The comments of frontdesk/v1/calendar.proto say which set a message means.
#ifndef FRONTDESK_CALENDAR_BUSINESS_CALENDAR_H_
#define FRONTDESK_CALENDAR_BUSINESS_CALENDAR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {

// The limits of a list of calendars. More is CALENDAR_TOO_LARGE.
struct CalendarLimits {
  // Calendars of the list.
  std::size_t max_calendars = 1'000;
  // Weekly intervals of a calendar, in all versions, counted once a day.
  std::size_t max_weekly_intervals = 10'000;
  // Versions of a calendar.
  std::size_t max_versions = 1'000;
  // Exceptions of a calendar.
  std::size_t max_exceptions = 100'000;
  // Intervals of the exceptions of a calendar, counted once a date.
  std::size_t max_exception_intervals = 400'000;
  // Ids of a combination.
  std::size_t max_combined = 100;
  // Pieces of a compiled calendar, of 32 bytes each: exceptions, and changes of the clock in 400 years.
  std::size_t max_pieces = 2'000'000;
};

// A stretch of time that is open, or closed, for one cause.
struct Segment {
  // The first instant.
  absl::Time start;
  // The first instant after it.
  absl::Time end;
  // Whether the calendar is open.
  bool is_open = false;
  // The kind of the exception that decides it; KIND_UNSPECIFIED: the weekly hours do. In a combination it is the exception of the
  // first calendar that has one with this effect.
  v1::CalendarException::Kind kind = v1::CalendarException::KIND_UNSPECIFIED;
  // The name of the exception.
  std::string name;
};

// The form that queries use. Private.
class CompiledCalendar;

// A compiled calendar. A value that is cheap to copy; immutable, thread-safe. Instants are exact to the nanosecond (and to the quarter of
// one that absl::Time has). Queries cost O(log n) over n exceptions, versions and changes of the clock, however long the span is.
// Instants outside of the years 1 to 9999 (UTC) are never open.
class BusinessCalendar {
 public:
  // The calendar of a message that is no combination. OK: it holds until the end of year 9999.
  // CALENDAR_INVALID: the violations list every invalid field, an unknown zone (CALENDAR_ZONE_UNKNOWN) too.
  // CALENDAR_TOO_LARGE: beyond a limit. CALENDAR_ZONE_INVALID, and errors of the source: its zone could not be loaded.
  // A calendar that never opens is valid.
  static absl::StatusOr<BusinessCalendar> Compile(const v1::Calendar& calendar,
                                                  const ZoneSource& zones,
                                                  const CalendarLimits& limits = {});

  // The calendars of a list, in its order; a combination refers to others of the list. Each zone is loaded once. Errors as above; the fields
  // of violations begin with the place in the list: "[2].weekly_hours[0].intervals[0].close".
  static absl::StatusOr<std::vector<BusinessCalendar>> CompileAll(
      absl::Span<const v1::Calendar* const> calendars, const ZoneSource& zones,
      const CalendarLimits& limits = {});

  // Calendars combined as sets. Business days are those of the first one's zone. The id is empty.
  // CALENDAR_INVALID: no calendar, or an unknown operation. CALENDAR_TOO_LARGE: beyond max_combined or max_pieces.
  static absl::StatusOr<BusinessCalendar> Combine(v1::CalendarCombination::Operation operation,
                                                  absl::Span<const BusinessCalendar> calendars,
                                                  const CalendarLimits& limits = {});

  // The id of the message.
  const std::string& id() const;
  // The zone in which business days are counted.
  const Zone& zone() const;
  // All zones that it depends on, each once, by name.
  const std::vector<std::shared_ptr<const Zone>>& zones() const;

  // Whether `time` is in open time.
  bool IsOpen(absl::Time time) const;

  // The open time from `start` to `end`; negative when `end` is earlier. Parts outside of the years 1 to 9999 count nothing.
  // Additive: Between(a, b) + Between(b, c) = Between(a, c).
  absl::Duration Between(absl::Time start, absl::Time end) const;

  // The first open instant that is not before `time`; `time` itself when it is open.
  // CALENDAR_TIME_RANGE: `time` is not in the years 1 to 9999. CALENDAR_NEVER_OPENS: there is none.
  absl::StatusOr<absl::Time> NextOpen(absl::Time time) const;
  // The same for closed instants. CALENDAR_TIME_RANGE, CALENDAR_NEVER_CLOSES.
  absl::StatusOr<absl::Time> NextClose(absl::Time time) const;

  // The first instant with Between(time, instant) = span. So the end of a day is preferred to the start of the next, and a span of 0
  // gives `time`. A negative span subtracts.
  // CALENDAR_TIME_RANGE: `time` or the result is not in the years 1 to 9999. CALENDAR_NEVER_OPENS: no open time follows `time` at all.
  absl::StatusOr<absl::Time> Add(absl::Time time, absl::Duration span) const;
  // The last instant with Between(instant, time) = span. Subtract(Add(time, span), span) = time if `time` is open.
  // Errors as of Add; CALENDAR_NEVER_OPENS: no open time is before `time`.
  absl::StatusOr<absl::Time> Subtract(absl::Time time, absl::Duration span) const;

  // The same local time of day on the business day that is `days` after the local date of `time`; before it for a negative number. A
  // business day is a local date with open time. The date of `time` itself does not count, open or not; 0 gives `time`. A time of day
  // that the clock skips or repeats on that date is as for an opening. CALENDAR_TIME_RANGE, CALENDAR_NEVER_OPENS.
  absl::StatusOr<absl::Time> AddBusinessDays(absl::Time time, std::int64_t days) const;

  // The stretches from `start` to `end`, in order and without gaps; empty when `end` is not later. Neighbors differ in
  // `is_open`, `kind` or `name`. O(log n) and the length of the result.
  // CALENDAR_TIME_RANGE: an instant is not in the years 1 to 9999 (the end of year 9999 is possible as `end`).
  // CALENDAR_SEGMENTS_TOO_MANY: more than `max_segments`.
  absl::StatusOr<std::vector<Segment>> Segments(absl::Time start, absl::Time end,
                                                std::size_t max_segments = 100'000) const;

 private:
  explicit BusinessCalendar(std::shared_ptr<const CompiledCalendar> compiled)
      : compiled_(std::move(compiled)) {}

  std::shared_ptr<const CompiledCalendar> compiled_;
};

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_BUSINESS_CALENDAR_H_
