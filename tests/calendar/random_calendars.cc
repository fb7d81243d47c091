#include "calendar/random_calendars.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace frontdesk {
namespace calendar {
namespace {

// Half-hour changes, negative daylight time, skipped days, changes at midnight, a minute later, and by two hours.
constexpr const char* kZones[] = {
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Caracas",
    "Atlantic/Azores",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Gaza",
    "Asia/Tehran",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kwajalein",
};

absl::TimeZone ZoneOf(const std::string& name) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) std::abort();
  return zone;
}

std::string TimeText(std::int64_t seconds) {
  return absl::StrFormat("%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

v1::TimeInterval AnyInterval(Random& random, std::int64_t step) {
  // Often in the night, when clocks are set.
  std::int64_t open = Below(random, 2) == 0 ? Below(random, 4 * 3600) : Below(random, 86'400);
  std::int64_t close =
      open + (Below(random, 3) == 0 ? Below(random, 2 * 3600) : Below(random, 20 * 3600));
  if (Below(random, 6) == 0) open = 0;
  if (Below(random, 6) == 0) close = 86'400;
  open = open / step * step;
  close = std::min<std::int64_t>(std::max(close / step * step, open + step), 2 * 86'400);
  v1::TimeInterval interval;
  interval.set_open(TimeText(open));
  interval.set_close(TimeText(close));
  return interval;
}

template <typename Message>
void AddWeek(Random& random, std::int64_t step, Message& message) {
  for (std::int64_t rows = Below(random, 4); rows > 0; --rows) {
    v1::WeeklyHours& row = *message.add_weekly_hours();
    for (int day = 1; day <= 7; ++day) {
      if (Below(random, 2) == 0) row.add_days(static_cast<v1::DayOfWeek>(day));
    }
    for (std::int64_t i = Below(random, 3); i >= 0; --i) {
      *row.add_intervals() = AnyInterval(random, step);
    }
  }
}

}  // namespace

std::int64_t Below(Random& random, std::int64_t count) {
  return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count));
}

std::string AnyZone(Random& random) {
  return kZones[Below(random, static_cast<std::int64_t>(std::size(kZones)))];
}

std::int64_t AnyMinute(Random& random, const std::string& zone) {
  std::int64_t seconds = 631'152'000 + Below(random, 140LL * 365 * 86'400);
  absl::TimeZone::CivilTransition change;
  if (Below(random, 4) != 0 &&
      ZoneOf(zone).NextTransition(absl::FromUnixSeconds(seconds), &change)) {
    const std::int64_t near = absl::ToUnixSeconds(ZoneOf(zone).At(change.to).pre) +
                              Below(random, 6 * 86'400) - 3 * 86'400;
    seconds = std::max(seconds, near);
  }
  return seconds / 60 * 60;
}

std::int64_t AnyChange(Random& random, const std::string& zone) {
  const std::int64_t from = -2'051'222'400 + Below(random, 145LL * 365 * 86'400);
  absl::TimeZone::CivilTransition change;
  if (!ZoneOf(zone).NextTransition(absl::FromUnixSeconds(from), &change)) return 0;
  return absl::ToUnixSeconds(ZoneOf(zone).At(change.to).trans);
}

v1::Calendar AnyCalendar(Random& random, const std::string& zone, std::int64_t around,
                         std::int64_t step) {
  const absl::CivilDay today = absl::ToCivilDay(absl::FromUnixSeconds(around), ZoneOf(zone));
  const auto any_day = [&] { return today + Below(random, 17) - 8; };
  v1::Calendar calendar;
  calendar.set_calendar_id("any");
  calendar.set_time_zone(zone);
  AddWeek(random, step, calendar);
  std::set<absl::CivilDay> versions;
  for (std::int64_t i = Below(random, 3); i > 0; --i) versions.insert(any_day());
  for (const absl::CivilDay day : versions) {
    v1::CalendarVersion& version = *calendar.add_versions();
    version.set_effective_date(absl::FormatCivilTime(day));
    AddWeek(random, step, version);
  }
  for (std::int64_t i = Below(random, 6); i > 0; --i) {
    v1::CalendarException& exception = *calendar.add_exceptions();
    exception.set_kind(static_cast<v1::CalendarException::Kind>(1 + Below(random, 4)));
    exception.set_name(absl::StrCat("exception ", Below(random, 3)));
    const absl::CivilDay day = any_day();
    exception.set_date(absl::FormatCivilTime(day));
    if (Below(random, 3) == 0) {
      exception.set_last_date(absl::FormatCivilTime(day + Below(random, 3)));
    }
    const bool may_be_whole = exception.kind() == v1::CalendarException::KIND_HOLIDAY ||
                              exception.kind() == v1::CalendarException::KIND_CLOSURE;
    if (may_be_whole && Below(random, 2) == 0) continue;
    for (std::int64_t j = Below(random, 2); j >= 0; --j) {
      *exception.add_intervals() = AnyInterval(random, step);
    }
  }
  return calendar;
}

}  // namespace calendar
}  // namespace frontdesk
