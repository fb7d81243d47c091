// Reasons of calendar/: calendars, time zones, holidays. The type is in base/reason.h.
#ifndef FRONTDESK_CALENDAR_REASONS_H_
#define FRONTDESK_CALENDAR_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_CALENDAR_REASONS(X) \
  X(kReasonCalendarInvalid, "CALENDAR_INVALID", kInvalidArgument, "A calendar is not valid; the violations list the fields.") \
  X(kReasonCalendarTooLarge, "CALENDAR_TOO_LARGE", kResourceExhausted, "The calendars have more hours, versions, exceptions or pieces than a limit.") \
  X(kReasonCalendarNeverOpens, "CALENDAR_NEVER_OPENS", kOutOfRange, "The calendar has no open time on that side of the instant.") \
  X(kReasonCalendarNeverCloses, "CALENDAR_NEVER_CLOSES", kOutOfRange, "The calendar has no closed time after the instant.") \
  X(kReasonCalendarTimeRange, "CALENDAR_TIME_RANGE", kOutOfRange, "An instant that was given, or the result, is not in the years 1 to 9999.") \
  X(kReasonCalendarSegmentsTooMany, "CALENDAR_SEGMENTS_TOO_MANY", kResourceExhausted, "The span has more segments than the limit.") \
  X(kReasonCalendarZoneUnknown, "CALENDAR_ZONE_UNKNOWN", kNotFound, "The source of time zones has none of that name.") \
  X(kReasonCalendarZoneInvalid, "CALENDAR_ZONE_INVALID", kInvalidArgument, "The bytes of a time zone are not valid TZif data.") \
  X(kReasonCalendarHolidaysSyntax, "CALENDAR_HOLIDAYS_SYNTAX", kInvalidArgument, "The text is no list of holidays, or one of them is not valid.") \
  X(kReasonCalendarHolidaysTooMany, "CALENDAR_HOLIDAYS_TOO_MANY", kResourceExhausted, "The text, its events, or the holidays that follow from it are more than a limit.") \
  X(kReasonCalendarHolidaysFrequency, "CALENDAR_HOLIDAYS_FREQUENCY", kInvalidArgument, "An event of an iCalendar text repeats more often than daily.") \
  X(kReasonCalendarNoIcalendarLibrary, "CALENDAR_NO_ICALENDAR_LIBRARY", kUnimplemented, "This build reads no iCalendar text; that needs libical.") \
  X(kReasonCalendarFieldRequired, "CALENDAR_FIELD_REQUIRED", kOk, "A required field of a calendar is not set.") \
  X(kReasonCalendarFieldExcluded, "CALENDAR_FIELD_EXCLUDED", kOk, "A calendar that combines others has hours, versions or exceptions of its own.") \
  X(kReasonCalendarValueUnknown, "CALENDAR_VALUE_UNKNOWN", kOk, "A day, kind or operation is not set, or not known.") \
  X(kReasonCalendarIdDuplicate, "CALENDAR_ID_DUPLICATE", kOk, "Another calendar of the list has this id.") \
  X(kReasonCalendarIdUnknown, "CALENDAR_ID_UNKNOWN", kOk, "No calendar of the list has this id.") \
  X(kReasonCalendarCycle, "CALENDAR_CYCLE", kOk, "A combination contains itself, directly or through others.") \
  X(kReasonCalendarLocalTime, "CALENDAR_LOCAL_TIME", kOk, "A local time is not HH:MM or HH:MM:SS in its range.") \
  X(kReasonCalendarIntervalEmpty, "CALENDAR_INTERVAL_EMPTY", kOk, "An interval closes before it opens, or at the same time.") \
  X(kReasonCalendarDate, "CALENDAR_DATE", kOk, "A date is not YYYY-MM-DD, or does not exist.") \
  X(kReasonCalendarDateOrder, "CALENDAR_DATE_ORDER", kOk, "A date is before one that it has to follow.") \
  X(kReasonCalendarTextEncoding, "CALENDAR_TEXT_ENCODING", kOk, "A name is not valid UTF-8, or is too long.")
// clang-format on

FRONTDESK_CALENDAR_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kCalendarReasons[] = {FRONTDESK_CALENDAR_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_CALENDAR_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_REASONS_H_
