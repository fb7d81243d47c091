// The local dates that have open time, countable in logarithmic time. Private.
#ifndef FRONTDESK_CALENDAR_BUSINESS_DAYS_H_
#define FRONTDESK_CALENDAR_BUSINESS_DAYS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/optional.h"
#include "calendar/timeline.h"
#include "frontdesk/calendar/zone.h"

namespace frontdesk {
namespace calendar {

// Dates are days since 1970-01-01. Immutable.
class BusinessDays {
 public:
  // The period of `timeline` begins no earlier than that of `zone`.
  BusinessDays(const Timeline& timeline, const Zone& zone);

  // The business days from some first date to `day`, which does not count. Only differences have a meaning.
  std::int64_t CountBefore(std::int64_t day) const;
  // The business day with that number of them before it; nothing when there is none.
  absl::optional<std::int64_t> Find(std::int64_t count) const;

 private:
  // Dates on which the same days of the week are business days, up to the next run.
  struct Run {
    std::int64_t first_day;
    std::int64_t before;
    // Bit 0 for Monday.
    unsigned weekdays;
  };

  // The business days from `day` on: `weekdays` of those in `known`, the days of the week that occur.
  void Append(std::int64_t day, unsigned weekdays, unsigned known);
  std::int64_t CountInTable(std::int64_t day) const;
  static std::int64_t CountInRun(const Run& run, std::int64_t day);

  std::vector<Run> runs_;
  // From here on dates repeat after kPeriodDays.
  std::int64_t period_first_day_ = 0;
  std::int64_t before_period_ = 0;
  std::int64_t in_period_ = 0;
};

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_BUSINESS_DAYS_H_
