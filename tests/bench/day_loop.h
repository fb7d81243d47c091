// Business time as a program without a calendar counts it: day by day, with Abseil's time zone and a set of holidays.
#ifndef FRONTDESK_TESTS_BENCH_DAY_LOOP_H_
#define FRONTDESK_TESTS_BENCH_DAY_LOOP_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace frontdesk {

// Monday to Friday, two intervals a day, closed on holidays.
struct DayLoopCalendar {
  absl::TimeZone zone;
  // Seconds since 00:00.
  std::int64_t opens[2];
  std::int64_t closes[2];
  // Name by days since 1970-01-01.
  std::unordered_map<std::int64_t, std::string> holidays;
};

struct DayLoopSegment {
  absl::Time start;
  absl::Time end;
  bool is_open;
  std::string name;
};

absl::Duration DayLoopBetween(const DayLoopCalendar& calendar, absl::Time start, absl::Time end);
absl::Time DayLoopAdd(const DayLoopCalendar& calendar, absl::Time time, absl::Duration span);
std::vector<DayLoopSegment> DayLoopSegments(const DayLoopCalendar& calendar, absl::Time start,
                                            absl::Time end);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_DAY_LOOP_H_
