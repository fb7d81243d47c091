// The open seconds of a week that repeats: sorted half-open intervals of seconds since Monday 00:00 UTC. Private.
#ifndef FRONTDESK_CALENDAR_WEEK_PATTERN_H_
#define FRONTDESK_CALENDAR_WEEK_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {

// Seconds of a week, or any other seconds.
struct Interval {
  std::int64_t begin;
  std::int64_t end;

  friend bool operator==(const Interval& a, const Interval& b) {
    return a.begin == b.begin && a.end == b.end;
  }
};

// Sorted, without empty ones, none touching the next.
std::vector<Interval> Normalize(std::vector<Interval> intervals);

// Immutable. Instants are any seconds since 1970-01-01T00:00:00Z; all queries take logarithmic time.
class WeekPattern {
 public:
  // From normalized intervals of seconds 0 to kWeekSeconds.
  explicit WeekPattern(std::vector<Interval> intervals);

  const std::vector<Interval>& intervals() const { return intervals_; }
  std::int64_t open_seconds() const { return open_before_.back(); }

  // The number of intervals that begin at that second of the week or before.
  std::size_t CountBegun(std::int64_t week_second) const;
  bool IsOpen(std::int64_t time) const;
  // The first instant after `time` at which it opens or closes, at most kWeekSeconds later; INT64_MAX: never.
  std::int64_t NextToggle(std::int64_t time) const;
  // Open seconds from some fixed Monday to `time`; negative before it. Only differences have a meaning.
  std::int64_t OpenCount(std::int64_t time) const;
  // The same of closed seconds.
  std::int64_t ClosedCount(std::int64_t time) const;
  // The begin of the second that has that OpenCount, and is open. There is open time.
  std::int64_t FindOpen(std::int64_t open_count) const;
  // The begin of the second that has that ClosedCount, and is closed. There is closed time.
  std::int64_t FindClosed(std::int64_t closed_count) const;

 private:
  std::vector<Interval> intervals_;
  // Open seconds before each interval, and of all.
  std::vector<std::int64_t> open_before_;
};

// Sets of seconds combined. Both are normalized, and so is the result.
std::vector<Interval> CombineIntervals(v1::CalendarCombination::Operation operation,
                                       const std::vector<Interval>& a,
                                       const std::vector<Interval>& b);

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_WEEK_PATTERN_H_
