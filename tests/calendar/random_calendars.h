// Random calendars around an instant, for tests that print their seed.
#ifndef FRONTDESK_TESTS_CALENDAR_RANDOM_CALENDARS_H_
#define FRONTDESK_TESTS_CALENDAR_RANDOM_CALENDARS_H_

#include <cstdint>
#include <random>
#include <string>

#include "absl/time/time.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {

using Random = std::mt19937_64;

// From 0 to `count` - 1.
std::int64_t Below(Random& random, std::int64_t count);

// A zone, many of them with an odd history.
std::string AnyZone(Random& random);

// A whole minute from 1990 to 2130, mostly near a change of the clock in that zone.
std::int64_t AnyMinute(Random& random, const std::string& zone);
// The first change of the clock after some instant from 1905 to 2050; nothing (0) when there is none.
std::int64_t AnyChange(Random& random, const std::string& zone);

// A calendar of that zone with versions and exceptions around an instant. Its local times are multiples of `step` seconds.
v1::Calendar AnyCalendar(Random& random, const std::string& zone, std::int64_t around,
                         std::int64_t step);

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_CALENDAR_RANDOM_CALENDARS_H_
