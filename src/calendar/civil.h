// Seconds, days and weeks as the room counts them: floor division, and the range of instants. Private, header only.
#ifndef FRONTDESK_CALENDAR_CIVIL_H_
#define FRONTDESK_CALENDAR_CIVIL_H_

#include <cstdint>

#include "absl/time/civil_time.h"

namespace frontdesk {
namespace calendar {

inline constexpr std::int64_t kDaySeconds = 86'400;
inline constexpr std::int64_t kWeekSeconds = 7 * kDaySeconds;
// The Gregorian calendar repeats after 400 years, which are whole weeks.
inline constexpr std::int64_t kPeriodDays = 146'097;
inline constexpr std::int64_t kPeriodSeconds = kPeriodDays * kDaySeconds;
// 0001-01-01T00:00:00 and 10000-01-01T00:00:00, as instants in UTC and as local times.
inline constexpr std::int64_t kBeginSeconds = -62'135'596'800;
inline constexpr std::int64_t kEndSeconds = 253'402'300'800;
// 1970-01-01 was a Thursday: the seconds since Monday.
inline constexpr std::int64_t kEpochWeekSecond = 3 * kDaySeconds;

inline constexpr std::int64_t FloorDiv(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
inline constexpr std::int64_t FloorMod(std::int64_t a, std::int64_t b) {
  return a - FloorDiv(a, b) * b;
}

// Seconds since the last Monday 00:00.
inline constexpr std::int64_t WeekSecond(std::int64_t seconds) {
  return FloorMod(seconds + kEpochWeekSecond, kWeekSeconds);
}

// Days since 1970-01-01.
inline std::int64_t DayNumber(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }
// 0 for Monday, 6 for Sunday.
inline constexpr int WeekdayOf(std::int64_t day) { return static_cast<int>(FloorMod(day + 3, 7)); }

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_CIVIL_H_
