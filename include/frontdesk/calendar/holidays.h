// Holidays as exceptions of a calendar, from iCalendar text and from JSON.
//
//   frontdesk::calendar::HolidayOptions options;
//   options.first_date = absl::CivilDay(2026, 1, 1);
//   options.last_date = absl::CivilDay(2027, 12, 31);
//   const auto holidays = frontdesk::calendar::HolidaysFromJson(
//       R"([{"date": "2026-12-25 00:00:00", "name": "Christmas Day", "type": "public"}])", options);
//   if (!holidays.ok()) return;
//   frontdesk::v1::Calendar calendar;
//   for (const frontdesk::v1::CalendarException& holiday : *holidays) *calendar.add_exceptions() = holiday;
#ifndef FRONTDESK_CALENDAR_HOLIDAYS_H_
#define FRONTDESK_CALENDAR_HOLIDAYS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {

// Which holidays are read.
struct HolidayOptions {
  // Dates outside are left out; an event that repeats does so in between. Both inclusive, in the years 1900 to 2200.
  absl::CivilDay first_date = absl::CivilDay(2000, 1, 1);
  absl::CivilDay last_date = absl::CivilDay(2050, 12, 31);
  // JSON: the types of holiday that are read.
  std::vector<std::string> types = {"public"};
  // iCalendar: the zone of the calendar. Times of events in UTC or in another zone become local times of it. Without one, such an
  // event is an error; events of whole days and floating times need none.
  std::shared_ptr<const Zone> zone;
  // iCalendar: for events in other zones. Without a source, they are CALENDAR_ZONE_UNKNOWN.
  ZoneSource zones;
  // The kind of the exceptions.
  v1::CalendarException::Kind kind = v1::CalendarException::KIND_HOLIDAY;
  // Limits: more is CALENDAR_HOLIDAYS_TOO_MANY.
  std::size_t max_text_bytes = 4 << 20;
  std::size_t max_events = 20'000;
  // Events that repeat by a rule.
  std::size_t max_rules = 1'000;
  std::size_t max_holidays = 100'000;
};

// The events of an iCalendar text (RFC 5545) as exceptions, by date and name. An event of whole days is closed for these days, one with
// times for its interval. Repetitions (RRULE, RDATE) count, but for EXDATE, for instances that another VEVENT of the same UID replaces
// (RECURRENCE-ID), and for events of the status `CANCELLED`. The summary gives the name. Needs libical (HasICalendarLibrary).
// CALENDAR_NO_ICALENDAR_LIBRARY. CALENDAR_HOLIDAYS_TOO_MANY: beyond a limit. CALENDAR_HOLIDAYS_SYNTAX: no iCalendar text, or an event
// without a valid start or end. CALENDAR_HOLIDAYS_FREQUENCY: a rule below a day. CALENDAR_ZONE_UNKNOWN, and errors of `zones`.
absl::StatusOr<std::vector<v1::CalendarException>> HolidaysFromICalendar(
    absl::string_view text, const HolidayOptions& options = {});

// Whether this build reads iCalendar text.
bool HasICalendarLibrary();

// The holidays of a JSON list as exceptions, by date and name. Each is an object in the form of the npm package date-holidays:
//   - "date": "YYYY-MM-DD", or with a time, "YYYY-MM-DD HH:MM:SS". With a time other than 00:00 it is closed until the end of that day.
//   - "name" and "type", texts.
//   - "start" and "end": instants. They give the number of days.
// Other members are ignored.
// CALENDAR_HOLIDAYS_TOO_MANY, CALENDAR_HOLIDAYS_SYNTAX: no such list; the text says which element.
absl::StatusOr<std::vector<v1::CalendarException>> HolidaysFromJson(
    absl::string_view text, const HolidayOptions& options = {});

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_HOLIDAYS_H_
