// A compiled calendar, and the ways to make its timeline. Private.
#ifndef FRONTDESK_CALENDAR_COMPILED_CALENDAR_H_
#define FRONTDESK_CALENDAR_COMPILED_CALENDAR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "calendar/business_days.h"
#include "calendar/calendar_source.h"
#include "calendar/civil.h"
#include "calendar/timeline.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/zone.h"

namespace frontdesk {
namespace calendar {

class CompiledCalendar {
 public:
  CompiledCalendar(std::string id, Timeline timeline, std::shared_ptr<const Zone> zone,
                   std::vector<std::shared_ptr<const Zone>> zones)
      : id(std::move(id)),
        timeline(std::move(timeline)),
        zone(std::move(zone)),
        zones(std::move(zones)),
        business_days(this->timeline, *this->zone) {}

  const std::string id;
  const Timeline timeline;
  const std::shared_ptr<const Zone> zone;
  const std::vector<std::shared_ptr<const Zone>> zones;
  const BusinessDays business_days;
};

// Timelines reach so far beyond their first period.
inline constexpr std::int64_t kPeriodMargin = 2 * kWeekSeconds;

// The timeline of weekly hours with exceptions. CALENDAR_TOO_LARGE.
absl::StatusOr<Timeline> BuildTimeline(const CalendarSource& source, const Zone& zone,
                                       const CalendarLimits& limits);

// `a` and `b` as one. Its period begins at `period_start` or later. CALENDAR_TOO_LARGE.
absl::StatusOr<Timeline> CombineTimelines(v1::CalendarCombination::Operation operation,
                                          const Timeline& a, const Timeline& b,
                                          std::int64_t period_start, const CalendarLimits& limits);

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_COMPILED_CALENDAR_H_
