// The laws of calendars, and calendars against references that count step by step. FRONTDESK_CALENDAR_CASES sets the number of cases.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/testing.h"
#include "calendar/calendar_testing.h"
#include "calendar/random_calendars.h"
#include "calendar/reference_calendar.h"
#include "frontdesk/calendar/business_calendar.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace calendar {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr int kCasesOfCalendar = 20;

std::uint64_t CountOfCases() { return CountFromEnvironment("FRONTDESK_CALENDAR_CASES", 10'000); }

// Zones are read once for all calendars.
const ZoneSource& CachedZones() {
  static const auto* const source = new ZoneSource([](absl::string_view name) {
    static auto* const kept = new std::map<std::string, absl::StatusOr<std::string>>();
    const auto [place, is_new] = kept->emplace(std::string(name), std::string());
    if (is_new) place->second = SystemZones()(name);
    return place->second;
  });
  return *source;
}

BusinessCalendar Compile(const v1::Calendar& calendar) {
  return BusinessCalendar::Compile(calendar, CachedZones()).value();
}

// An instant of the painted span, whole or with a fraction.
absl::Time AnyTime(Random& random, const Painted& painted, std::int64_t from, std::int64_t to) {
  const std::int64_t seconds = painted.begin + from + Below(random, to - from);
  if (Below(random, 3) == 0) {
    return absl::FromUnixSeconds(painted.begin +
                                 (seconds - painted.begin) / painted.step * painted.step);
  }
  return absl::FromUnixSeconds(seconds) +
         absl::Nanoseconds(Below(random, 2) == 0 ? 0 : Below(random, 1'000'000'000));
}

void CheckSegments(const BusinessCalendar& calendar, const Painted& painted, absl::Time start,
                   absl::Time end) {
  const std::vector<Segment> segments = calendar.Segments(start, end).value();
  absl::Duration open;
  absl::Time time = start;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    ASSERT_EQ(segment.start, time);
    ASSERT_LT(segment.start, segment.end);
    ASSERT_EQ(segment.is_open, painted.IsOpen(segment.start));
    ASSERT_EQ(painted.Between(segment.start, segment.end),
              segment.is_open ? segment.end - segment.start : absl::ZeroDuration());
    if (i > 0) {
      const Segment& last = segments[i - 1];
      ASSERT_TRUE(last.is_open != segment.is_open || last.kind != segment.kind ||
                  last.name != segment.name);
    }
    if (segment.is_open) open += segment.end - segment.start;
    time = segment.end;
  }
  ASSERT_EQ(time, end);
  ASSERT_EQ(open, calendar.Between(start, end));
}

// Business days counted one by one; nothing to compare where the painted span ends.
void CheckBusinessDays(const BusinessCalendar& calendar, const ReferenceCalendar& reference,
                       const Painted& painted, absl::Time time, std::int64_t days) {
  if (days == 0) {  // Also the second of two equal local times.
    ASSERT_EQ(calendar.AddBusinessDays(time, 0).value(), time);
    return;
  }
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  const absl::CivilSecond local = reference.LocalOf(seconds);
  absl::CivilDay day(local);
  for (std::int64_t left = std::abs(days); left > 0;) {
    day += days > 0 ? 1 : -1;
    const std::int64_t begin = reference.BeginOf(day);
    const std::int64_t end = reference.BeginOf(day + 1);
    if (begin < painted.begin || end > painted.end()) return;
    if (painted.Between(absl::FromUnixSeconds(begin), absl::FromUnixSeconds(end)) >
        absl::ZeroDuration()) {
      --left;
    }
  }
  const absl::Time expected =
      absl::FromUnixSeconds(reference.First(absl::CivilSecond(day) +
                                            (local - absl::CivilSecond(absl::CivilDay(local))))) +
      (time - absl::FromUnixSeconds(seconds));
  ASSERT_EQ(Shown(calendar.AddBusinessDays(time, days)), Shown(expected)) << days << " days";
}

void CheckCase(Random& random, const BusinessCalendar& calendar, const Painted& painted) {
  const std::int64_t size = painted.end() - painted.begin;
  absl::Time a = AnyTime(random, painted, 0, size);
  absl::Time c = AnyTime(random, painted, 0, size);
  if (c < a) std::swap(a, c);
  const absl::Time b = a + (c - a) / 3;
  ASSERT_EQ(calendar.IsOpen(a), painted.IsOpen(a));
  const absl::Duration open = painted.Between(a, c);
  ASSERT_EQ(calendar.Between(a, c), open);
  ASSERT_EQ(calendar.Between(c, a), -open);
  // Additive and monotone.
  ASSERT_EQ(calendar.Between(a, b) + calendar.Between(b, c), open);
  ASSERT_LE(calendar.Between(a, b), open);
  for (const bool is_open : {true, false}) {
    const absl::Time next = painted.Next(a, is_open);
    if (next == absl::InfiniteFuture()) continue;
    ASSERT_EQ(Shown(is_open ? calendar.NextOpen(a) : calendar.NextClose(a)), Shown(next));
  }
  absl::Duration span = open * Below(random, 1'000) / 1'000;
  if (Below(random, 4) == 0) span = open;
  const absl::Time later = painted.Add(a, span);
  ASSERT_EQ(Shown(calendar.Add(a, span)), Shown(later));
  ASSERT_EQ(calendar.Between(a, later), span);
  const absl::Time earlier = painted.Subtract(c, span);
  ASSERT_EQ(Shown(calendar.Subtract(c, span)), Shown(earlier));
  ASSERT_EQ(calendar.Between(earlier, c), span);
  ASSERT_EQ(Shown(calendar.Add(c, -span)), Shown(earlier));
  // Inverse on open time.
  if (painted.IsOpen(a)) {
    ASSERT_EQ(Shown(calendar.Subtract(later, span)), Shown(a));
  }
  CheckSegments(calendar, painted, a, c);
}

class RandomCalendarTest : public ::testing::Test {
 protected:
  Random random_{TestSeed()};
};

TEST_F(RandomCalendarTest, CountedByMinutes) {
  for (std::uint64_t done = 0; done < CountOfCases(); done += kCasesOfCalendar) {
    const std::string zone = AnyZone(random_);
    const std::int64_t around = AnyMinute(random_, zone);
    const v1::Calendar message = AnyCalendar(random_, zone, around, 60);
    SCOPED_TRACE(absl::StrCat(message.DebugString(), "around ", around));
    const BusinessCalendar calendar = Compile(message);
    const ReferenceCalendar reference(message);
    const Painted painted = reference.Paint(around - 7 * kDay, around + 7 * kDay, 60);
    for (int i = 0; i < kCasesOfCalendar; ++i) {
      CheckCase(random_, calendar, painted);
      if (HasFatalFailure()) return;
    }
    CheckBusinessDays(calendar, reference, painted, AnyTime(random_, painted, 5 * kDay, 9 * kDay),
                      Below(random_, 9) - 4);
    if (HasFatalFailure()) return;
  }
}

TEST_F(RandomCalendarTest, CountedBySecondsNearChangesOfTheClock) {
  for (std::uint64_t done = 0; done < CountOfCases(); done += kCasesOfCalendar) {
    const std::string zone = AnyZone(random_);
    const std::int64_t change = AnyChange(random_, zone);
    const v1::Calendar message = AnyCalendar(random_, zone, change, 1);
    SCOPED_TRACE(absl::StrCat(message.DebugString(), "around ", change));
    const BusinessCalendar calendar = Compile(message);
    const Painted painted =
        ReferenceCalendar(message).Paint(change - 6 * 3600, change + 6 * 3600, 1);
    for (int i = 0; i < kCasesOfCalendar; ++i) {
      CheckCase(random_, calendar, painted);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(RandomCalendarTest, CombinationsAreThoseOfSets) {
  for (std::uint64_t done = 0; done < CountOfCases(); done += 3 * kCasesOfCalendar) {
    const std::string zone = AnyZone(random_);
    const std::int64_t around = AnyMinute(random_, zone);
    const v1::Calendar a = AnyCalendar(random_, zone, around, 60);
    const v1::Calendar b = AnyCalendar(random_, AnyZone(random_), around, 60);
    SCOPED_TRACE(absl::StrCat(a.DebugString(), b.DebugString(), "around ", around));
    const std::vector<BusinessCalendar> both = {Compile(a), Compile(b)};
    const Painted in_a = ReferenceCalendar(a).Paint(around - 7 * kDay, around + 7 * kDay, 60);
    const Painted in_b = ReferenceCalendar(b).Paint(around - 7 * kDay, around + 7 * kDay, 60);
    for (const auto operation :
         {v1::CalendarCombination::OPERATION_UNION, v1::CalendarCombination::OPERATION_INTERSECTION,
          v1::CalendarCombination::OPERATION_DIFFERENCE}) {
      Painted painted = in_a;
      for (std::size_t i = 0; i < painted.open.size(); ++i) {
        const bool first = in_a.open[i] != 0;
        const bool second = in_b.open[i] != 0;
        painted.open[i] = operation == v1::CalendarCombination::OPERATION_UNION ? first || second
                          : operation == v1::CalendarCombination::OPERATION_INTERSECTION
                              ? first && second
                              : first && !second;
      }
      const BusinessCalendar calendar = BusinessCalendar::Combine(operation, both).value();
      for (int i = 0; i < kCasesOfCalendar; ++i) {
        CheckCase(random_, calendar, painted);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_F(RandomCalendarTest, WholeWeeksWithoutDaylightTimeChangeNothing) {
  for (std::uint64_t done = 0; done < CountOfCases(); done += kCasesOfCalendar) {
    v1::Calendar message =
        AnyCalendar(random_, Below(random_, 2) == 0 ? "UTC" : "Asia/Kolkata", 1'000'000'000, 1);
    message.clear_exceptions();
    message.clear_versions();
    SCOPED_TRACE(message.DebugString());
    const BusinessCalendar calendar = Compile(message);
    for (int i = 0; i < kCasesOfCalendar; ++i) {
      const absl::Time a = absl::FromUnixSeconds(Below(random_, 4'000'000'000));
      const absl::Time b = a + absl::Nanoseconds(Below(random_, 40LL * kDay * 1'000'000'000));
      // After 1946 India has not set its clocks.
      const absl::Duration weeks = absl::Hours(168) * Below(random_, 400'000);
      ASSERT_EQ(calendar.Between(a, b), calendar.Between(a + weeks, b + weeks));
      ASSERT_EQ(calendar.IsOpen(a), calendar.IsOpen(a + weeks));
      const absl::Duration open = calendar.Between(a, b);
      if (open == absl::ZeroDuration()) continue;
      ASSERT_EQ(calendar.Add(a, open).value() + weeks, calendar.Add(a + weeks, open).value());
    }
  }
}

// A calendar of whole intervals within days, and its open time summed up day by day.
TEST_F(RandomCalendarTest, LongSpansCountedByDays) {
  for (std::uint64_t done = 0; done < CountOfCases(); done += 1'000) {
    const std::string zone = AnyZone(random_);
    v1::Calendar message = ParseCalendar(WorkWeek(zone, "08:30", "17:15"));
    message.mutable_weekly_hours(0)->mutable_intervals(0)->set_close("12:00");
    v1::TimeInterval& afternoon = *message.mutable_weekly_hours(0)->add_intervals();
    afternoon.set_open("12:45");
    afternoon.set_close("17:15");
    const absl::CivilDay first(1960 + Below(random_, 2'000), 1 + Below(random_, 12), 1);
    const absl::CivilDay last = first + 365 + Below(random_, 40 * 365);
    std::vector<std::int64_t> holidays;
    for (int i = 0; i < 30; ++i) {
      v1::CalendarException& exception = *message.add_exceptions();
      exception.set_kind(v1::CalendarException::KIND_HOLIDAY);
      holidays.push_back(Below(random_, last - first));
      exception.set_date(absl::FormatCivilTime(first + holidays.back()));
    }
    SCOPED_TRACE(
        absl::StrCat(zone, " ", absl::FormatCivilTime(first), " ", absl::FormatCivilTime(last)));
    const BusinessCalendar calendar = Compile(message);
    const ReferenceCalendar reference(message);
    std::int64_t open = 0;
    std::int64_t business_days = 0;
    for (absl::CivilDay day = first; day < last; ++day) {
      const bool is_free = absl::GetWeekday(day) > absl::Weekday::friday ||
                           std::count(holidays.begin(), holidays.end(), day - first) > 0;
      if (is_free) continue;
      const absl::CivilSecond midnight(day);
      const std::int64_t of_day =
          reference.Last(midnight + 12 * 3600) - reference.First(midnight + 8 * 3600 + 1800) +
          reference.Last(midnight + 17 * 3600 + 900) - reference.First(midnight + 12 * 3600 + 2700);
      open += of_day;
      if (of_day > 0 && day > first) ++business_days;
      if (of_day == 0 || day == first) continue;
      if (business_days % 97 != 0) continue;
      const absl::Time start =
          absl::FromUnixSeconds(reference.First(absl::CivilSecond(first) + 36'000));
      ASSERT_EQ(Shown(calendar.AddBusinessDays(start, business_days)),
                Shown(absl::FromUnixSeconds(reference.First(midnight + 36'000))));
    }
    const absl::Time start = absl::FromUnixSeconds(reference.BeginOf(first));
    const absl::Time end = absl::FromUnixSeconds(reference.BeginOf(last));
    ASSERT_EQ(calendar.Between(start, end), absl::Seconds(open));
    ASSERT_EQ(calendar.Between(start, calendar.Add(start, absl::Seconds(open)).value()),
              absl::Seconds(open));
    ASSERT_LE(calendar.Add(start, absl::Seconds(open)).value(), end);
  }
}

}  // namespace
}  // namespace calendar
}  // namespace frontdesk
