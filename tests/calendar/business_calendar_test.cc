// Calendars as hosts use them: the examples of a service desk, clocks that are set forward and back, exceptions, errors.
#include "frontdesk/calendar/business_calendar.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/testing.h"
#include "calendar/calendar_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ShownSegments(const absl::StatusOr<std::vector<Segment>>& segments) {
  if (!segments.ok()) return GetReason(segments.status());
  std::string text;
  for (const Segment& segment : *segments) {
    absl::StrAppend(&text, absl::FormatTime("%d %H:%M-", segment.start, absl::UTCTimeZone()),
                    absl::FormatTime("%d %H:%M", segment.end, absl::UTCTimeZone()),
                    segment.is_open ? " open" : " closed");
    if (segment.kind != v1::CalendarException::KIND_UNSPECIFIED) {
      absl::StrAppend(&text, " ", v1::CalendarException::Kind_Name(segment.kind).substr(5), " '",
                      segment.name, "'");
    }
    text += "\n";
  }
  return text;
}

// The violations of an error: field and reason.
std::vector<std::string> Violations(const absl::Status& status) {
  std::vector<std::string> shown;
  const v1::ErrorDetail detail = GetErrorDetail(status).value_or(v1::ErrorDetail());
  for (const v1::FieldViolation& violation : detail.violations()) {
    shown.push_back(absl::StrCat(violation.field(), " ", violation.reason()));
  }
  return shown;
}

// June 8, 2026 is a Monday.
TEST(BusinessCalendarTest, OfficeHoursOfADesk) {
  const BusinessCalendar calendar = MakeCalendar(WorkWeek("UTC", "09:00", "17:00"));
  EXPECT_EQ(Shown(calendar.Add(At("2026-06-12 16:30:00"), absl::Hours(1))), "2026-06-15 09:30:00");
  EXPECT_EQ(Shown(calendar.Add(At("2026-06-10 10:00:00"), absl::Hours(2))), "2026-06-10 12:00:00");
  EXPECT_EQ(Shown(calendar.Add(At("2026-06-10 07:00:00"), absl::Hours(2))), "2026-06-10 11:00:00");
}

TEST(BusinessCalendarTest, WarnsABusinessHourBefore) {
  const BusinessCalendar calendar = MakeCalendar(WorkWeek("UTC", "08:00", "18:00"));
  const absl::Time due = calendar.Add(At("2026-06-08 17:00:00"), absl::Hours(4)).value();
  EXPECT_EQ(Shown(due), "2026-06-09 11:00:00");
  EXPECT_EQ(Shown(calendar.Subtract(due, absl::Hours(1))), "2026-06-09 10:00:00");
}

TEST(BusinessCalendarTest, AHoldInClosedHoursMovesNothing) {
  const BusinessCalendar calendar = MakeCalendar(WorkWeek("UTC", "09:00", "17:00"));
  const absl::Time due = calendar.Add(At("2026-06-08 09:00:00"), absl::Hours(8)).value();
  EXPECT_EQ(Shown(due), "2026-06-08 17:00:00");  // The end of the day, not the start of the next.
  EXPECT_EQ(calendar.Between(At("2026-06-08 17:00:00"), At("2026-06-09 09:00:00")),
            absl::ZeroDuration());
}

TEST(BusinessCalendarTest, EndsOfIntervals) {
  const BusinessCalendar calendar = MakeCalendar(WorkWeek("UTC", "09:00", "17:00"));
  const absl::Time open = At("2026-06-08 09:00:00");
  const absl::Time close = At("2026-06-08 17:00:00");
  const absl::Duration tick = absl::Nanoseconds(1);
  EXPECT_TRUE(calendar.IsOpen(open));
  EXPECT_FALSE(calendar.IsOpen(open - tick));
  EXPECT_TRUE(calendar.IsOpen(close - tick));
  EXPECT_FALSE(calendar.IsOpen(close));
  EXPECT_EQ(calendar.Between(open - tick, open + tick), tick);
  EXPECT_EQ(calendar.Between(close + tick, close - tick), -tick);
  EXPECT_EQ(calendar.Add(close - tick, 3 * tick).value(), At("2026-06-09 09:00:00") + 2 * tick);
  EXPECT_EQ(calendar.Subtract(open + tick, 3 * tick).value(), At("2026-06-05 17:00:00") - 2 * tick);
  EXPECT_EQ(calendar.NextOpen(open - tick).value(), open);
  EXPECT_EQ(calendar.NextOpen(open + tick).value(), open + tick);
  EXPECT_EQ(calendar.NextOpen(close).value(), At("2026-06-09 09:00:00"));
  EXPECT_EQ(calendar.NextClose(open).value(), close);
  EXPECT_EQ(calendar.NextClose(close + tick).value(), close + tick);
  EXPECT_EQ(calendar.Add(close, absl::ZeroDuration()).value(), close);
}

TEST(BusinessCalendarTest, NightShiftsReachIntoTheNextDay) {
  const BusinessCalendar calendar = MakeCalendar(
      "calendar_id: 'night' time_zone: 'UTC' "
      "weekly_hours { days: DAY_OF_WEEK_SUNDAY intervals { open: '22:00' close: '30:00' } } "
      "weekly_hours { days: DAY_OF_WEEK_TUESDAY intervals { open: '08:00' close: '12:00' } "
      "               intervals { open: '13:00' close: '17:30:30' } }");
  EXPECT_TRUE(calendar.IsOpen(At("2026-06-08 00:00:00")));
  EXPECT_EQ(Shown(calendar.NextClose(At("2026-06-07 23:00:00"))), "2026-06-08 06:00:00");
  EXPECT_EQ(Shown(calendar.Add(At("2026-06-07 21:00:00"), absl::Hours(10))), "2026-06-09 10:00:00");
  EXPECT_EQ(Shown(calendar.Add(At("2026-06-09 11:30:00"), absl::Hours(1))), "2026-06-09 13:30:00");
  EXPECT_EQ(calendar.Between(At("2026-06-07 00:00:00"), At("2026-06-14 00:00:00")),
            absl::Hours(16) + absl::Minutes(30) + absl::Seconds(30));
}

TEST(BusinessCalendarTest, SegmentsSayWhy) {
  const BusinessCalendar calendar = MakeCalendar(
      WorkWeek("UTC", "09:00", "17:00") +
      "exceptions { kind: KIND_HOLIDAY date: '2026-12-25' name: 'Christmas Day' } "
      "exceptions { kind: KIND_SHORT date: '2026-12-24' intervals { open: '09:00' close: '12:00' } "
      "             name: 'Christmas Eve' } "
      "exceptions { kind: KIND_EXTRA date: '2026-12-26' intervals { open: '10:00' close: '14:00' } "
      "             name: 'Exchange day' } "
      "exceptions { kind: KIND_CLOSURE date: '2026-12-23' intervals { open: '14:00' close: '16:00' "
      "} "
      "             name: 'Meeting' } ");
  EXPECT_EQ(ShownSegments(calendar.Segments(At("2026-12-23 13:00:00"), At("2026-12-28 10:00:00"))),
            "23 13:00-23 14:00 open\n"
            "23 14:00-23 16:00 closed CLOSURE 'Meeting'\n"
            "23 16:00-23 17:00 open\n"
            "23 17:00-24 00:00 closed\n"
            "24 00:00-24 09:00 closed SHORT 'Christmas Eve'\n"
            "24 09:00-24 12:00 open SHORT 'Christmas Eve'\n"
            "24 12:00-25 00:00 closed SHORT 'Christmas Eve'\n"
            "25 00:00-26 00:00 closed HOLIDAY 'Christmas Day'\n"
            "26 00:00-26 10:00 closed\n"
            "26 10:00-26 14:00 open EXTRA 'Exchange day'\n"
            "26 14:00-28 09:00 closed\n"
            "28 09:00-28 10:00 open\n");
  EXPECT_EQ(ShownSegments(calendar.Segments(At("2026-12-23 13:00:00"), At("2026-12-23 13:00:00"))),
            "");
  EXPECT_EQ(
      ShownSegments(calendar.Segments(At("2026-12-23 13:00:00"), At("2026-12-28 10:00:00"), 11)),
      "CALENDAR_SEGMENTS_TOO_MANY");
}

TEST(BusinessCalendarTest, StrongerExceptionsWin) {
  const std::string short_day =
      "exceptions { kind: KIND_SHORT date: '2026-06-10' intervals { open: '10:00' close: '12:00' } "
      "name: 's' } ";
  const std::string holiday =
      "exceptions { kind: KIND_HOLIDAY date: '2026-06-09' last_date: '2026-06-11' name: 'h' } ";
  const std::string extra =
      "exceptions { kind: KIND_EXTRA date: '2026-06-10' intervals { open: '11:00' close: '25:00' } "
      "name: 'e' } ";
  const std::string week = WorkWeek("UTC", "09:00", "17:00");
  for (const std::string& exceptions :
       {short_day + holiday + extra, extra + holiday + short_day, holiday + extra + short_day}) {
    const BusinessCalendar calendar = MakeCalendar(week + exceptions);
    EXPECT_EQ(
        ShownSegments(calendar.Segments(At("2026-06-08 16:00:00"), At("2026-06-12 10:00:00"))),
        "08 16:00-08 17:00 open\n"
        "08 17:00-09 00:00 closed\n"
        "09 00:00-10 11:00 closed HOLIDAY 'h'\n"
        "10 11:00-11 01:00 open EXTRA 'e'\n"
        "11 01:00-12 00:00 closed HOLIDAY 'h'\n"
        "12 00:00-12 09:00 closed\n"
        "12 09:00-12 10:00 open\n");
  }
}

TEST(BusinessCalendarTest, HolidaysCutNightShiftsAtMidnight) {
  const BusinessCalendar calendar = MakeCalendar(
      "calendar_id: 'n' time_zone: 'UTC' "
      "weekly_hours { intervals { open: '20:00' close: '28:00' } } "
      "exceptions { kind: KIND_HOLIDAY date: '2026-06-10' name: 'h' }");
  EXPECT_EQ(ShownSegments(calendar.Segments(At("2026-06-09 12:00:00"), At("2026-06-11 12:00:00"))),
            "09 12:00-09 20:00 closed\n"
            "09 20:00-10 00:00 open\n"
            "10 00:00-11 00:00 closed HOLIDAY 'h'\n"
            "11 00:00-11 04:00 open\n"
            "11 04:00-11 12:00 closed\n");
}

TEST(BusinessCalendarTest, LaterHoursHoldFromTheirDateOn) {
  const BusinessCalendar calendar = MakeCalendar(
      WorkWeek("Europe/Berlin", "09:00", "17:00") +
      "versions { effective_date: '2026-07-01' weekly_hours { days: DAY_OF_WEEK_WEDNESDAY "
      "           intervals { open: '08:00' close: '20:00' } } } "
      "versions { effective_date: '2026-07-09' }");
  // June 30 is a Tuesday.
  EXPECT_EQ(calendar.Between(At("2026-06-29 00:00:00"), At("2026-07-06 00:00:00")),
            absl::Hours(8 + 8 + 12));
  EXPECT_EQ(calendar.Between(At("2026-07-06 00:00:00"), At("2027-07-06 00:00:00")),
            absl::Hours(12));
  EXPECT_EQ(Shown(calendar.NextOpen(At("2026-07-09 00:00:00"))), "CALENDAR_NEVER_OPENS");
}

// 2026-03-29: Berlin sets the clock from 02:00 to 03:00. 2026-10-25: from 03:00 to 02:00.
TEST(BusinessCalendarTest, ClocksThatAreSet) {
  const BusinessCalendar always = MakeCalendar(AlwaysOpen("Europe/Berlin"));
  EXPECT_EQ(
      always.Between(At("2026-03-29 00:00:00", "+01:00"), At("2026-03-30 00:00:00", "+02:00")),
      absl::Hours(23));
  EXPECT_EQ(
      always.Between(At("2026-10-25 00:00:00", "+02:00"), At("2026-10-26 00:00:00", "+01:00")),
      absl::Hours(25));
  const std::string head = "calendar_id: 'c' time_zone: 'Europe/Berlin' weekly_hours { intervals ";
  // A gap: 02:15 and 02:45 are the instant after it.
  const BusinessCalendar in_gap = MakeCalendar(head + "{ open: '02:15' close: '02:45' } }");
  EXPECT_EQ(in_gap.Between(At("2026-03-28 12:00:00"), At("2026-03-29 12:00:00")),
            absl::ZeroDuration());
  const BusinessCalendar over_gap = MakeCalendar(head + "{ open: '02:30' close: '04:00' } }");
  EXPECT_EQ(Shown(over_gap.NextOpen(At("2026-03-29 00:00:00"))), "2026-03-29 01:00:00");
  EXPECT_EQ(Shown(over_gap.NextClose(At("2026-03-29 01:00:00"))), "2026-03-29 02:00:00");
  // A fold: the first 02:30 opens, and the last 02:30 closes.
  const BusinessCalendar opens = MakeCalendar(head + "{ open: '02:30' close: '04:00' } }");
  EXPECT_EQ(Shown(opens.NextOpen(At("2026-10-25 00:00:00"))), "2026-10-25 00:30:00");
  EXPECT_EQ(Shown(opens.NextClose(At("2026-10-25 00:30:00"))), "2026-10-25 03:00:00");
  const BusinessCalendar closes = MakeCalendar(head + "{ open: '01:00' close: '02:30' } }");
  EXPECT_EQ(Shown(closes.NextClose(At("2026-10-25 00:00:00"))), "2026-10-25 01:30:00");
  const BusinessCalendar inside = MakeCalendar(head + "{ open: '02:10' close: '02:50' } }");
  EXPECT_EQ(Shown(inside.NextOpen(At("2026-10-25 00:00:00"))), "2026-10-25 00:10:00");
  EXPECT_EQ(Shown(inside.NextClose(At("2026-10-25 00:10:00"))), "2026-10-25 01:50:00");
}

TEST(BusinessCalendarTest, TheDayThatApiaSkipped) {
  const BusinessCalendar calendar = MakeCalendar(AlwaysOpen("Pacific/Apia"));
  // December 29, 2011, 24:00 (UTC-10) is December 31, 00:00 (UTC+14).
  const absl::Time midnight = At("2011-12-30 10:00:00");
  EXPECT_EQ(Shown(calendar.AddBusinessDays(midnight - absl::Hours(12), 1)), "2011-12-30 22:00:00");
  EXPECT_EQ(Shown(calendar.AddBusinessDays(midnight + absl::Hours(12), -1)), "2011-12-29 22:00:00");
  const BusinessCalendar skipped = MakeCalendar(
      AlwaysOpen("Pacific/Apia") + "exceptions { kind: KIND_HOLIDAY date: '2011-12-30' }");
  EXPECT_EQ(skipped.Between(midnight - absl::Hours(1), midnight + absl::Hours(1)), absl::Hours(2));
}

TEST(BusinessCalendarTest, BusinessDaysKeepTheTimeOfDay) {
  const BusinessCalendar calendar =
      MakeCalendar(WorkWeek("Europe/Berlin", "09:00", "17:00") +
                   "exceptions { kind: KIND_HOLIDAY date: '2026-05-01' name: 'Labor Day' } "
                   "exceptions { kind: KIND_EXTRA date: '2026-05-02' intervals { open: '09:00' "
                   "close: '10:00' } }");
  const absl::Time thursday = At("2026-04-30 19:12:13.5", "+02:00");
  EXPECT_EQ(calendar.AddBusinessDays(thursday, 0).value(), thursday);
  EXPECT_EQ(calendar.AddBusinessDays(thursday, 1).value(), At("2026-05-02 19:12:13.5", "+02:00"));
  EXPECT_EQ(calendar.AddBusinessDays(thursday, 2).value(), At("2026-05-04 19:12:13.5", "+02:00"));
  EXPECT_EQ(calendar.AddBusinessDays(thursday, -1).value(), At("2026-04-29 19:12:13.5", "+02:00"));
  // A day that is none: the first business day after, and before, is one away.
  const absl::Time sunday = At("2026-05-03 12:00:00", "+02:00");
  EXPECT_EQ(calendar.AddBusinessDays(sunday, 1).value(), At("2026-05-04 12:00:00", "+02:00"));
  EXPECT_EQ(calendar.AddBusinessDays(sunday, -1).value(), At("2026-05-02 12:00:00", "+02:00"));
  // Over the change of the clock.
  EXPECT_EQ(calendar.AddBusinessDays(At("2026-10-23 12:00:00", "+02:00"), 1).value(),
            At("2026-10-26 12:00:00", "+01:00"));
  EXPECT_EQ(calendar.AddBusinessDays(thursday, 261 * 1000).value() > thursday, true);
  EXPECT_EQ(Shown(calendar.AddBusinessDays(thursday, 3'000'000)), "CALENDAR_TIME_RANGE");
  EXPECT_EQ(Shown(calendar.AddBusinessDays(thursday, INT64_MAX)), "CALENDAR_TIME_RANGE");
  EXPECT_EQ(Shown(calendar.AddBusinessDays(thursday, INT64_MIN)), "CALENDAR_TIME_RANGE");
}

TEST(BusinessCalendarTest, CalendarsCombine) {
  const v1::Calendar office =
      ParseCalendar(WorkWeek("UTC", "09:00", "17:00") +
                    "exceptions { kind: KIND_HOLIDAY date: '2026-06-10' name: 'Office holiday' }");
  v1::Calendar hotline = ParseCalendar(
      "calendar_id: 'hotline' time_zone: 'America/New_York' "
      "weekly_hours { intervals { open: '08:00' close: '12:00' } }");
  std::vector<v1::Calendar> list = {office, hotline};
  for (const char* operation : {"UNION", "INTERSECTION", "DIFFERENCE"}) {
    list.push_back(ParseCalendar(absl::StrCat("calendar_id: '", operation,
                                              "' combination { operation: OPERATION_", operation,
                                              " calendar_ids: ['c', 'hotline'] }")));
  }
  std::vector<const v1::Calendar*> pointers;
  for (const v1::Calendar& calendar : list) pointers.push_back(&calendar);
  const std::vector<BusinessCalendar> compiled =
      BusinessCalendar::CompileAll(pointers, SystemZones()).value();
  const absl::Time start = At("2026-06-09 08:00:00");
  const absl::Time end = At("2026-06-10 18:00:00");
  // The hotline is open from 12:00 to 16:00 UTC.
  EXPECT_EQ(ShownSegments(compiled[2].Segments(start, end)),
            "09 08:00-09 09:00 closed\n"
            "09 09:00-09 17:00 open\n"
            "09 17:00-10 00:00 closed\n"
            "10 00:00-10 12:00 closed HOLIDAY 'Office holiday'\n"
            "10 12:00-10 16:00 open\n"
            "10 16:00-10 18:00 closed HOLIDAY 'Office holiday'\n");
  EXPECT_EQ(ShownSegments(compiled[3].Segments(start, end)),
            "09 08:00-09 12:00 closed\n"
            "09 12:00-09 16:00 open\n"
            "09 16:00-10 00:00 closed\n"
            "10 00:00-10 18:00 closed HOLIDAY 'Office holiday'\n");
  EXPECT_EQ(ShownSegments(compiled[4].Segments(start, end)),
            "09 08:00-09 09:00 closed\n"
            "09 09:00-09 12:00 open\n"
            "09 12:00-09 16:00 closed\n"
            "09 16:00-09 17:00 open\n"
            "09 17:00-10 00:00 closed\n"
            "10 00:00-10 18:00 closed HOLIDAY 'Office holiday'\n");
  EXPECT_EQ(compiled[4].id(), "DIFFERENCE");
  EXPECT_EQ(compiled[4].zone().name(), "UTC");
  ASSERT_EQ(compiled[4].zones().size(), 2u);
  EXPECT_EQ(compiled[4].zones()[0]->name(), "America/New_York");
  const BusinessCalendar same = BusinessCalendar::Combine(v1::CalendarCombination::OPERATION_UNION,
                                                          {compiled[0], compiled[1]})
                                    .value();
  EXPECT_EQ(same.Between(start, end), compiled[2].Between(start, end));
  EXPECT_TRUE(FailsFor(BusinessCalendar::Combine(v1::CalendarCombination::OPERATION_UNION, {}),
                       kReasonCalendarInvalid));
}

// Far from now all repeats: years of segments cover the borders of the repetition.
TEST(BusinessCalendarTest, SegmentsOfFarYearsAreThoseOfTheirOpenTime) {
  const BusinessCalendar calendar = MakeCalendar(WorkWeek("Europe/Berlin", "01:00", "02:30"));
  for (int year = 2430; year < 2450; ++year) {
    const absl::Time start = At(absl::StrCat(year, "-01-01 00:00:00.25"));
    const absl::Time end = At(absl::StrCat(year + 1, "-01-01 00:00:00.25"));
    const std::vector<Segment> segments = calendar.Segments(start, end).value();
    absl::Duration open;
    absl::Time time = start;
    for (const Segment& segment : segments) {
      ASSERT_EQ(segment.start, time);
      ASSERT_LT(segment.start, segment.end);
      ASSERT_EQ(segment.is_open, calendar.IsOpen(segment.start));
      if (segment.is_open) open += segment.end - segment.start;
      time = segment.end;
    }
    EXPECT_EQ(time, end);
    EXPECT_EQ(open, calendar.Between(start, end));
    EXPECT_GT(segments.size(), 500u);
  }
}

TEST(BusinessCalendarTest, EndsOfTime) {
  const BusinessCalendar week = MakeCalendar(WorkWeek("UTC", "09:00", "17:00"));
  const BusinessCalendar always = MakeCalendar(AlwaysOpen("Europe/Berlin"));
  const BusinessCalendar never = MakeCalendar("calendar_id: 'never' time_zone: 'UTC'");
  const absl::Time now = At("2026-06-08 12:00:00");
  EXPECT_EQ(Shown(never.Add(now, absl::Hours(1))), "CALENDAR_NEVER_OPENS");
  EXPECT_EQ(Shown(never.Add(now, absl::InfiniteDuration())), "CALENDAR_NEVER_OPENS");
  EXPECT_EQ(Shown(never.Subtract(now, absl::Hours(1))), "CALENDAR_NEVER_OPENS");
  EXPECT_EQ(Shown(never.NextOpen(now)), "CALENDAR_NEVER_OPENS");
  EXPECT_EQ(Shown(never.NextClose(now)), "2026-06-08 12:00:00");
  EXPECT_EQ(Shown(never.AddBusinessDays(now, 1)), "CALENDAR_NEVER_OPENS");
  EXPECT_EQ(Shown(never.AddBusinessDays(now, -1)), "CALENDAR_NEVER_OPENS");
  EXPECT_EQ(Shown(always.NextClose(now)), "CALENDAR_NEVER_CLOSES");
  EXPECT_EQ(Shown(week.Add(now, absl::Hours(8 * 261 * 8000))), "CALENDAR_TIME_RANGE");
  EXPECT_EQ(Shown(week.Add(now, absl::InfiniteDuration())), "CALENDAR_TIME_RANGE");
  EXPECT_EQ(Shown(week.Subtract(now, absl::InfiniteDuration())), "CALENDAR_TIME_RANGE");
  EXPECT_EQ(Shown(week.Add(now, -absl::InfiniteDuration())), "CALENDAR_TIME_RANGE");
  EXPECT_EQ(Shown(always.Add(At("9999-12-31 23:59:59"), absl::Nanoseconds(999'999'999))),
            "9999-12-31 23:59:59.999999999");
  EXPECT_EQ(Shown(always.Add(At("9999-12-31 23:59:59"), absl::Seconds(1))), "CALENDAR_TIME_RANGE");
  EXPECT_EQ(Shown(always.Subtract(At("0001-01-01 00:00:01"), absl::Seconds(1))),
            "0001-01-01 00:00:00");
  for (const absl::Time time :
       {absl::InfinitePast(), absl::InfiniteFuture(), At("0001-01-01 00:00:00") - absl::Seconds(1),
        At("9999-12-31 23:59:59") + absl::Seconds(1)}) {
    EXPECT_FALSE(always.IsOpen(time));
    EXPECT_EQ(Shown(always.Add(time, absl::Hours(1))), "CALENDAR_TIME_RANGE");
    EXPECT_EQ(Shown(always.Subtract(time, absl::Hours(1))), "CALENDAR_TIME_RANGE");
    EXPECT_EQ(Shown(always.NextOpen(time)), "CALENDAR_TIME_RANGE");
    EXPECT_EQ(Shown(always.NextClose(time)), "CALENDAR_TIME_RANGE");
    EXPECT_EQ(Shown(always.AddBusinessDays(time, 1)), "CALENDAR_TIME_RANGE");
    EXPECT_TRUE(FailsFor(always.Segments(time, now), kReasonCalendarTimeRange));
  }
  // Of all years there are 3,652,059 days.
  EXPECT_EQ(always.Between(absl::InfinitePast(), absl::InfiniteFuture()),
            absl::Hours(24) * 3'652'059);
  EXPECT_EQ(always.Between(absl::InfiniteFuture(), absl::InfinitePast()),
            -absl::Hours(24) * 3'652'059);
}

TEST(BusinessCalendarTest, AllMistakesAreReported) {
  const v1::Calendar calendar = ParseCalendar(
      "name: '\\001' time_zone: 'Mars/Olympus' "
      "weekly_hours { days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_UNSPECIFIED] "
      "               intervals { open: '9:00' close: '17:00' } intervals { open: '09:00' } "
      "               intervals { open: '17:00' close: '09:00' } intervals { open: '00:00' close: "
      "'48:01' } "
      "               intervals { open: '24:00' close: '25:00' } } "
      "weekly_hours { } "
      "versions { effective_date: '2026-07-01' } versions { effective_date: '2026-07-01' } "
      "versions { } "
      "exceptions { kind: KIND_HOLIDAY date: '2026-02-29' } "
      "exceptions { date: '2026-02-28' last_date: '2026-02-27' name: '\\001' } "
      "exceptions { kind: KIND_SHORT date: '2026-02-28' } exceptions { kind: KIND_EXTRA }");
  const absl::Status status = BusinessCalendar::Compile(calendar, SystemZones()).status();
  EXPECT_TRUE(FailsFor(status, kReasonCalendarInvalid));
  EXPECT_THAT(
      Violations(status),
      ElementsAre("calendar_id CALENDAR_FIELD_REQUIRED", "name CALENDAR_TEXT_ENCODING",
                  "time_zone CALENDAR_ZONE_UNKNOWN",
                  "weekly_hours[0].intervals[0].open CALENDAR_LOCAL_TIME",
                  "weekly_hours[0].intervals[1].close CALENDAR_FIELD_REQUIRED",
                  "weekly_hours[0].intervals[2] CALENDAR_INTERVAL_EMPTY",
                  "weekly_hours[0].intervals[3].close CALENDAR_LOCAL_TIME",
                  "weekly_hours[0].intervals[4].open CALENDAR_LOCAL_TIME",
                  "weekly_hours[0].days[1] CALENDAR_VALUE_UNKNOWN",
                  "weekly_hours[1].intervals CALENDAR_FIELD_REQUIRED",
                  "versions[1].effective_date CALENDAR_DATE_ORDER",
                  "versions[2].effective_date CALENDAR_FIELD_REQUIRED",
                  "exceptions[0].date CALENDAR_DATE", "exceptions[1].kind CALENDAR_VALUE_UNKNOWN",
                  "exceptions[1].name CALENDAR_TEXT_ENCODING",
                  "exceptions[1].last_date CALENDAR_DATE_ORDER",
                  "exceptions[2].intervals CALENDAR_FIELD_REQUIRED",
                  "exceptions[3].date CALENDAR_FIELD_REQUIRED",
                  "exceptions[3].intervals CALENDAR_FIELD_REQUIRED"));
}

absl::Status CompileList(const std::vector<std::string>& texts, const CalendarLimits& limits = {}) {
  std::vector<v1::Calendar> list;
  for (const std::string& text : texts) list.push_back(ParseCalendar(text));
  std::vector<const v1::Calendar*> pointers;
  for (const v1::Calendar& calendar : list) pointers.push_back(&calendar);
  return BusinessCalendar::CompileAll(pointers, SystemZones(), limits).status();
}

TEST(BusinessCalendarTest, MistakesOfLists) {
  const std::string plain = AlwaysOpen("UTC");
  EXPECT_THAT(
      Violations(CompileList({plain, plain, "calendar_id: 'x'", "calendar_id: 'y' combination {}",
                              "calendar_id: 'z' time_zone: 'UTC' weekly_hours {} combination { "
                              "operation: OPERATION_UNION calendar_ids: ['c', 'w'] }"})),
      ElementsAre("[1].calendar_id CALENDAR_ID_DUPLICATE", "[2].time_zone CALENDAR_FIELD_REQUIRED",
                  "[3].combination.operation CALENDAR_VALUE_UNKNOWN",
                  "[3].combination.calendar_ids CALENDAR_FIELD_REQUIRED",
                  "[4].combination CALENDAR_FIELD_EXCLUDED",
                  "[4].combination.calendar_ids[1] CALENDAR_ID_UNKNOWN"));
  const std::string first =
      "calendar_id: 'a' combination { operation: OPERATION_UNION calendar_ids: ['c', 'b'] }";
  const std::string second =
      "calendar_id: 'b' combination { operation: OPERATION_UNION calendar_ids: 'a' }";
  EXPECT_THAT(Violations(CompileList({plain, first, second})),
              ElementsAre("[2].combination.calendar_ids[0] CALENDAR_CYCLE"));
  EXPECT_TRUE(CompileList({}).ok());
}

TEST(BusinessCalendarTest, LimitsBite) {
  const std::string plain = AlwaysOpen("UTC");
  const std::string holiday = "exceptions { kind: KIND_HOLIDAY date: '2026-02-01' } ";
  const std::string extra =
      "exceptions { kind: KIND_EXTRA date: '2026-01-01' last_date: '2026-01-10' "
      "intervals { open: '10:00' close: '14:00' } } ";
  const auto refuses = [](const std::vector<std::string>& texts, auto set) {
    CalendarLimits limits;
    set(limits);
    return FailsFor(CompileList(texts, limits), kReasonCalendarTooLarge);
  };
  EXPECT_TRUE(refuses({plain}, [](auto& limits) { limits.max_calendars = 0; }));
  EXPECT_TRUE(refuses({plain}, [](auto& limits) { limits.max_weekly_intervals = 6; }));
  EXPECT_TRUE(refuses({plain + holiday}, [](auto& limits) { limits.max_exceptions = 0; }));
  EXPECT_TRUE(refuses({plain + extra}, [](auto& limits) { limits.max_exception_intervals = 9; }));
  EXPECT_TRUE(refuses({plain + holiday}, [](auto& limits) { limits.max_pieces = 2; }));
  EXPECT_TRUE(refuses({plain + "versions { effective_date: '2026-01-01' }"},
                      [](auto& limits) { limits.max_versions = 0; }));
  EXPECT_TRUE(refuses(
      {plain, "calendar_id: 'a' combination { operation: OPERATION_UNION calendar_ids: 'c' }"},
      [](auto& limits) { limits.max_combined = 0; }));
}

TEST(BusinessCalendarTest, AHundredThousandExceptions) {
  v1::Calendar calendar = ParseCalendar(WorkWeek("Europe/Berlin", "09:00", "17:00"));
  const absl::CivilDay first(2000, 1, 1);
  for (int i = 0; i < 100'000; ++i) {
    v1::CalendarException& exception = *calendar.add_exceptions();
    exception.set_kind(v1::CalendarException::KIND_HOLIDAY);
    exception.set_date(absl::FormatCivilTime(first + 7 * (i % 20'000)));
    exception.set_name(absl::StrCat("holiday ", i));
  }
  const BusinessCalendar compiled = BusinessCalendar::Compile(calendar, SystemZones()).value();
  // They are Saturdays.
  EXPECT_EQ(compiled.Between(At("2026-06-08 00:00:00"), At("2026-06-15 00:00:00")),
            absl::Hours(40));
  EXPECT_THAT(
      ShownSegments(compiled.Segments(At("2026-06-13 00:00:00"), At("2026-06-14 00:00:00"))),
      HasSubstr("HOLIDAY 'holiday 1380'"));
  *calendar.add_exceptions() = calendar.exceptions(0);
  EXPECT_TRUE(
      FailsFor(BusinessCalendar::Compile(calendar, SystemZones()), kReasonCalendarTooLarge));
}

TEST(BusinessCalendarTest, ErrorsOfTheSourceAreKept) {
  const v1::Calendar calendar = ParseCalendar(AlwaysOpen("Europe/Berlin"));
  const auto source_of = [](absl::StatusOr<std::string> answer) {
    return [answer](absl::string_view) { return answer; };
  };
  EXPECT_EQ(BusinessCalendar::Compile(calendar, source_of(absl::UnavailableError("down"))).status(),
            absl::UnavailableError("down"));
  EXPECT_TRUE(FailsFor(BusinessCalendar::Compile(calendar, source_of("no TZif")),
                       kReasonCalendarZoneInvalid));
  EXPECT_THAT(Violations(BusinessCalendar::Compile(calendar, nullptr).status()),
              ElementsAre("time_zone CALENDAR_ZONE_UNKNOWN"));
}

}  // namespace
}  // namespace calendar
}  // namespace frontdesk
