// Holidays from iCalendar text and from JSON.
#include "frontdesk/calendar/holidays.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/testing.h"
#include "calendar/calendar_testing.h"
#include "calendar/random_calendars.h"
#include "frontdesk/calendar/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace calendar {
namespace {

HolidayOptions Years(int first, int last) {
  HolidayOptions options;
  options.first_date = absl::CivilDay(first, 1, 1);
  options.last_date = absl::CivilDay(last, 12, 31);
  return options;
}

// One a line: dates, intervals, name. Or the reason of the error.
std::string ShownHolidays(const absl::StatusOr<std::vector<v1::CalendarException>>& holidays) {
  if (!holidays.ok()) return GetReason(holidays.status());
  std::string text;
  for (const v1::CalendarException& holiday : *holidays) {
    absl::StrAppend(&text, holiday.date());
    if (!holiday.last_date().empty()) absl::StrAppend(&text, "..", holiday.last_date());
    for (const v1::TimeInterval& interval : holiday.intervals()) {
      absl::StrAppend(&text, " ", interval.open(), "-", interval.close());
    }
    absl::StrAppend(&text, " ", holiday.name(), "\n");
  }
  return text;
}

TEST(HolidaysFromJsonTest, TypesAndTimes) {
  const std::string text = R"([
    {"date": "2026-12-25 00:00:00", "name": "Christmas Day", "type": "public", "_weekday": "Fri"},
    {"date": "2026-12-24 14:00:00", "name": "Christmas Eve", "type": "bank",
     "start": "2026-12-24T17:00:00.000Z", "end": "2026-12-25T03:00:00.000Z"},
    {"date": "2026-03-29", "name": "Festival", "type": "public",
     "start": "2026-03-28T23:00:00.000Z", "end": "2026-03-31T22:00:00.000Z"},
    {"date": "2026-03-15 00:00:00", "name": "Mother's Day", "type": "observance"},
    {"date": "2025-12-25 00:00:00", "name": "Christmas Day", "type": "public"}])";
  EXPECT_EQ(ShownHolidays(HolidaysFromJson(text, Years(2026, 2026))),
            "2026-03-29..2026-03-31 Festival\n2026-12-25 Christmas Day\n");
  HolidayOptions options = Years(2026, 2026);
  options.types = {"bank"};
  EXPECT_EQ(ShownHolidays(HolidaysFromJson(text, options)),
            "2026-12-24 14:00-24:00 Christmas Eve\n");
}

TEST(HolidaysFromJsonTest, MistakesAndLimits) {
  const std::string day = R"({"date": "2026-12-25", "name": "a", "type": "public"})";
  for (
      const std::string& text :
      {std::string(""), std::string("{"), std::string("{}"), std::string("[1]"),
       std::string("[null]"), std::string(R"([{"date": 5}])"),
       std::string(R"([{"date": "2026-02-29"}])"),
       std::string(R"([{"date": "2026-02-28 25:00:00"}])"), std::string(R"([{"name": "a"}])"),
       std::string(R"([{"date": "2026-02-28", "start": "x", "end": "y"}])"),
       std::string(
           R"([{"date": "2026-02-28", "start": "2026-02-28T00:00:00Z", "end": "2026-02-27T00:00:00Z"}])"),
       std::string(100'000, '['), std::string("[\xff]")}) {
    EXPECT_EQ(ShownHolidays(HolidaysFromJson(text)), "CALENDAR_HOLIDAYS_SYNTAX")
        << text.substr(0, 80);
  }
  const std::string three = absl::StrCat("[", day, ",", day, ",", day, "]");
  HolidayOptions options;
  options.max_events = 2;
  EXPECT_EQ(ShownHolidays(HolidaysFromJson(three, options)), "CALENDAR_HOLIDAYS_TOO_MANY");
  options = {};
  options.max_holidays = 2;
  EXPECT_EQ(ShownHolidays(HolidaysFromJson(three, options)), "CALENDAR_HOLIDAYS_TOO_MANY");
  options = {};
  options.max_text_bytes = 20;
  EXPECT_EQ(ShownHolidays(HolidaysFromJson(three, options)), "CALENDAR_HOLIDAYS_TOO_MANY");
  EXPECT_EQ(ShownHolidays(HolidaysFromJson("[]", Years(1800, 2000))), "CALENDAR_HOLIDAYS_SYNTAX");
}

TEST(HolidaysFromJsonTest, RealListsMakeCalendars) {
  const char* const shared = std::getenv("FRONTDESK_SHARED");
  int files = 0;
  for (const char* country : {"US", "GB", "DE", "FR", "IN", "JP", "BR"}) {
    for (const int year : {2015, 2016, 2024, 2025, 2026, 2027}) {
      std::ifstream file(absl::StrCat(shared == nullptr ? "" : shared, "/data/holidays/", country,
                                      "-", year, ".json"));
      if (!file) continue;
      ++files;
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      HolidayOptions options = Years(year - 1, year + 1);
      options.types = {"public", "bank", "optional", "observance"};
      const auto holidays = HolidaysFromJson(text, options);
      ASSERT_TRUE(holidays.ok()) << country << year << holidays.status();
      EXPECT_GT(holidays->size(), 5u);
      v1::Calendar calendar = ParseCalendar(AlwaysOpen("UTC"));
      for (const v1::CalendarException& holiday : *holidays) *calendar.add_exceptions() = holiday;
      ASSERT_TRUE(BusinessCalendar::Compile(calendar, SystemZones()).ok());
    }
  }
  if (files == 0) GTEST_SKIP() << "FRONTDESK_SHARED has no data/holidays";
  EXPECT_EQ(files, 42);
}

// ---- iCalendar ----

class HolidaysFromICalendarTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasICalendarLibrary()) GTEST_SKIP() << "this build has no libical";
  }
};

std::string Event(const std::string& lines) {
  return absl::StrCat("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//b//EN\nBEGIN:VEVENT\nUID:1\n",
                      lines, "\nEND:VEVENT\nEND:VCALENDAR\n");
}

TEST(HolidaysWithoutLibraryTest, SaysSo) {
  if (HasICalendarLibrary()) GTEST_SKIP() << "this build has libical";
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar("")), "CALENDAR_NO_ICALENDAR_LIBRARY");
}

TEST_F(HolidaysFromICalendarTest, WholeDays) {
  EXPECT_EQ(
      ShownHolidays(HolidaysFromICalendar(
          Event("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\\, first day"), Years(2026, 2027))),
      "2026-12-25 Christmas, first day\n");
  EXPECT_EQ(
      ShownHolidays(HolidaysFromICalendar(
          Event("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christ\n mas"),
          Years(2026, 2027))),
      "2026-12-24..2026-12-26 Christmas\n");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(
                Event("DTSTART;VALUE=DATE:20261231\nDURATION:P2D\nSUMMARY:x"), Years(2026, 2026))),
            "2026-12-31 x\n");
}

TEST_F(HolidaysFromICalendarTest, RulesAndExceptions) {
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(
                Event("DTSTART;VALUE=DATE:20001126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\n"
                      "EXDATE;VALUE=DATE:20271125\nSUMMARY:Thanksgiving"),
                Years(2026, 2029))),
            "2026-11-26 Thanksgiving\n2028-11-23 Thanksgiving\n2029-11-22 Thanksgiving\n");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(
                Event("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY;COUNT=3\n"
                      "RDATE;VALUE=DATE:20260601\nSUMMARY:x"),
                Years(2026, 2029))),
            "2026-01-01 x\n2026-01-08 x\n2026-01-15 x\n2026-06-01 x\n");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(
                Event("DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=MONTHLY;UNTIL=20260601\nSUMMARY:x"),
                Years(2026, 2029))),
            "2026-01-31 x\n2026-03-31 x\n2026-05-31 x\n");
}

TEST_F(HolidaysFromICalendarTest, OneInstanceIsMovedAndOneCanceled) {
  const std::string text = Event(
      "DTSTART;VALUE=DATE:20250105\nRRULE:FREQ=YEARLY\nSUMMARY:Party\nEND:VEVENT\n"
      "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;VALUE=DATE:20260105\nDTSTART;VALUE=DATE:20260107\n"
      "SUMMARY:Party (moved)\nEND:VEVENT\n"
      "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;VALUE=DATE:20270105\nDTSTART;VALUE=DATE:20270105\n"
      "STATUS:CANCELLED\nSUMMARY:Party");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(text, Years(2025, 2028))),
            "2025-01-05 Party\n2026-01-07 Party (moved)\n2028-01-05 Party\n");
}

TEST_F(HolidaysFromICalendarTest, TimesAreThoseOfTheCalendar) {
  HolidayOptions options = Years(2026, 2026);
  // A floating time needs no zone.
  const std::string floating =
      Event("DTSTART:20260701T140000\nDTEND:20260701T160000\nSUMMARY:Meeting");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(floating, options)),
            "2026-07-01 14:00-16:00 Meeting\n");
  const std::string utc =
      Event("DTSTART:20260701T140000Z\nDTEND:20260701T160030Z\nSUMMARY:Meeting");
  const std::string new_york = Event(
      "DTSTART;TZID=America/New_York:20260701T180000\nDURATION:PT3H\nRRULE:FREQ=DAILY;COUNT=2\n"
      "EXDATE:20260702T220000Z\nSUMMARY:Call");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(utc, options)), "CALENDAR_ZONE_UNKNOWN");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(new_york, options)), "CALENDAR_ZONE_UNKNOWN");
  options.zone = LoadZone(SystemZones(), "Europe/Berlin").value();
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(utc, options)),
            "2026-07-01 16:00-18:00:30 Meeting\n");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(new_york, options)), "CALENDAR_ZONE_UNKNOWN");
  options.zones = SystemZones();
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(new_york, options)),
            "2026-07-02 00:00-03:00 Call\n");
  EXPECT_EQ(
      ShownHolidays(HolidaysFromICalendar(
          absl::StrReplaceAll(new_york, {{"America/New_York", "Romance Standard Time"}}), options)),
      "CALENDAR_ZONE_UNKNOWN");
  // Over midnight it is two.
  const std::string night = Event("DTSTART:20260701T220000\nDTEND:20260702T060000\nSUMMARY:Night");
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(night, options)),
            "2026-07-01 22:00-24:00 Night\n2026-07-02 00:00-06:00 Night\n");
}

TEST_F(HolidaysFromICalendarTest, MistakesAndLimits) {
  const std::string deep = [] {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "BEGIN:VEVENT\n";
    return text;
  }();
  for (const std::string& text :
       {std::string(), std::string("text"), Event("SUMMARY:x"), Event("DTSTART:2026"),
        Event("DTSTART;VALUE=DATE:20261325"),
        Event("DTSTART:20260701T140000\nDTEND:20260630T160000"),
        Event("DTSTART;VALUE=DATE:18990101"),
        Event("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=NEVER"),
        Event("DTSTART;VALUE=DATE:20260101\nRRULE:RSCALE=CHINESE;FREQ=YEARLY"), deep,
        std::string("BEGIN:VCALENDAR\0END:VCALENDAR", 29)}) {
    const std::string shown = ShownHolidays(HolidaysFromICalendar(text));
    EXPECT_TRUE(shown == "CALENDAR_HOLIDAYS_SYNTAX") << shown << text.substr(0, 200);
  }
  for (const char* rule : {"FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
                           "FREQ=DAILY;BYHOUR=1,2"}) {
    EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(
                  Event(absl::StrCat("DTSTART:20260101T100000\nRRULE:", rule)))),
              "CALENDAR_HOLIDAYS_FREQUENCY")
        << rule;
  }
  const std::string daily =
      Event("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY\nSUMMARY:x");
  HolidayOptions options = Years(2026, 2026);
  options.max_holidays = 364;
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(daily, options)), "CALENDAR_HOLIDAYS_TOO_MANY");
  options = Years(2026, 2026);
  options.max_rules = 1;
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(daily, options)), "CALENDAR_HOLIDAYS_TOO_MANY");
  options.max_rules = 2;
  EXPECT_TRUE(HolidaysFromICalendar(daily, options).ok());
  options.max_events = 0;
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(daily, options)), "CALENDAR_HOLIDAYS_TOO_MANY");
  options = {};
  options.max_text_bytes = 20;
  EXPECT_EQ(ShownHolidays(HolidaysFromICalendar(daily, options)), "CALENDAR_HOLIDAYS_TOO_MANY");
}

TEST_F(HolidaysFromICalendarTest, ARuleThatNeverHoldsEnds) {
  EXPECT_EQ(
      ShownHolidays(HolidaysFromICalendar(
          Event("DTSTART;VALUE=DATE:20260228\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nSUMMARY:x"),
          Years(2026, 2030))),
      "2026-02-28 x\n");
}

TEST_F(HolidaysFromICalendarTest, DamagedTextEndsInAnErrorOrHolidays) {
  Random random(TestSeed());
  const std::string good = Event(
      "DTSTART;TZID=America/New_York:20260701T180000\nDURATION:PT3H\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;"
      "COUNT=5\nEXDATE:20260702T220000Z\nRDATE;VALUE=DATE:20260709\nSUMMARY:Call\nEND:VEVENT\n"
      "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;VALUE=DATE:20260731\nDTSTART;VALUE=DATE:20260107\n"
      "DTEND;VALUE=DATE:20260109\nSTATUS:CONFIRMED\nSUMMARY:moved");
  HolidayOptions options = Years(2026, 2027);
  options.zones = SystemZones();
  options.zone = LoadZone(options.zones, "Europe/Berlin").value();
  const std::vector<std::string> words = {
      "BEGIN:VEVENT\n",      "END:VEVENT\n",  "DTSTART:", "FREQ=DAILY",
      "INTERVAL=0",          "COUNT=-1",      ";",        "BYDAY=53SU",
      "VALUE=DATE",          "19000101",      "99999999", "\n ",
      "BYSETPOS=366",        "UNTIL=1900",    "P-1W",     "BYYEARDAY=-366",
      "RRULE:FREQ=YEARLY\n", "BEGIN:VALARM\n"};
  for (int i = 0; i < 2'000; ++i) {
    std::string text = good;
    for (std::int64_t j = 1 + Below(random, 4); j > 0; --j) {
      const auto at =
          static_cast<std::size_t>(Below(random, static_cast<std::int64_t>(text.size())));
      switch (Below(random, 3)) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, static_cast<std::size_t>(1 + Below(random, 10)));
          break;
        default:
          text.insert(at, words[static_cast<std::size_t>(
                              Below(random, static_cast<std::int64_t>(words.size())))]);
      }
    }
    ::testing::internal::CaptureStderr();
    const auto holidays = HolidaysFromICalendar(text, options);
    ASSERT_EQ(::testing::internal::GetCapturedStderr(), "") << text;
    if (!holidays.ok()) {
      ASSERT_NE(FindReason(kCalendarReasons, GetReason(holidays.status())), nullptr)
          << holidays.status();
      continue;
    }
    v1::Calendar calendar = ParseCalendar(AlwaysOpen("UTC"));
    for (const v1::CalendarException& holiday : *holidays) *calendar.add_exceptions() = holiday;
    const absl::Status status = BusinessCalendar::Compile(calendar, SystemZones()).status();
    ASSERT_TRUE(status.ok()) << status << text;
  }
}

}  // namespace
}  // namespace calendar
}  // namespace frontdesk
