#include "calendar/week_pattern.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "calendar/civil.h"

namespace frontdesk {
namespace calendar {
namespace {

// The last Monday 00:00 UTC that is not after `time`.
std::int64_t WeekBegin(std::int64_t time) { return time - WeekSecond(time); }

std::int64_t WeekNumber(std::int64_t time) {
  return FloorDiv(time + kEpochWeekSecond, kWeekSeconds);
}

std::int64_t BeginOfWeek(std::int64_t number) { return number * kWeekSeconds - kEpochWeekSecond; }

bool IsIn(v1::CalendarCombination::Operation operation, bool in_a, bool in_b) {
  switch (operation) {
    case v1::CalendarCombination::OPERATION_UNION:
      return in_a || in_b;
    case v1::CalendarCombination::OPERATION_INTERSECTION:
      return in_a && in_b;
    default:
      return in_a && !in_b;
  }
}

}  // namespace

std::vector<Interval> Normalize(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
  std::vector<Interval> normal;
  for (const Interval& interval : intervals) {
    if (interval.begin >= interval.end) continue;
    if (!normal.empty() && interval.begin <= normal.back().end) {
      normal.back().end = std::max(normal.back().end, interval.end);
    } else {
      normal.push_back(interval);
    }
  }
  return normal;
}

WeekPattern::WeekPattern(std::vector<Interval> intervals) : intervals_(std::move(intervals)) {
  open_before_.push_back(0);
  for (const Interval& interval : intervals_) {
    open_before_.push_back(open_before_.back() + interval.end - interval.begin);
  }
}

std::size_t WeekPattern::CountBegun(std::int64_t week_second) const {
  const auto after = std::upper_bound(
      intervals_.begin(), intervals_.end(), week_second,
      [](std::int64_t second, const Interval& interval) { return second < interval.begin; });
  return static_cast<std::size_t>(std::distance(intervals_.begin(), after));
}

bool WeekPattern::IsOpen(std::int64_t time) const {
  const std::int64_t second = WeekSecond(time);
  const std::size_t begun = CountBegun(second);
  return begun > 0 && second < intervals_[begun - 1].end;
}

std::int64_t WeekPattern::NextToggle(std::int64_t time) const {
  const std::int64_t open = open_seconds();
  if (open == 0 || open == kWeekSeconds) return INT64_MAX;
  // Intervals that reach over the end of the week are two, which touch.
  const bool is_open = IsOpen(time);
  return is_open ? FindClosed(ClosedCount(time)) : FindOpen(OpenCount(time));
}

std::int64_t WeekPattern::OpenCount(std::int64_t time) const {
  const std::int64_t second = time - WeekBegin(time);
  const std::size_t begun = CountBegun(second);
  std::int64_t count = WeekNumber(time) * open_seconds();
  if (begun > 0) {
    const Interval& last = intervals_[begun - 1];
    count += open_before_[begun - 1] + std::min(second, last.end) - last.begin;
  }
  return count;
}

std::int64_t WeekPattern::ClosedCount(std::int64_t time) const {
  return time + kEpochWeekSecond - OpenCount(time);
}

std::int64_t WeekPattern::FindOpen(std::int64_t open_count) const {
  const std::int64_t week = FloorDiv(open_count, open_seconds());
  const std::int64_t rest = open_count - week * open_seconds();
  // The last interval that has at most that number of open seconds before it.
  const auto after = std::upper_bound(open_before_.begin(), std::prev(open_before_.end()), rest);
  const auto index = static_cast<std::size_t>(std::distance(open_before_.begin(), after)) - 1;
  return BeginOfWeek(week) + intervals_[index].begin + rest - open_before_[index];
}

std::int64_t WeekPattern::FindClosed(std::int64_t closed_count) const {
  const std::int64_t closed_seconds = kWeekSeconds - open_seconds();
  const std::int64_t week = FloorDiv(closed_count, closed_seconds);
  const std::int64_t rest = closed_count - week * closed_seconds;
  // The number of intervals before that second: those with at most `rest` closed seconds before them.
  std::size_t low = 0;
  std::size_t high = intervals_.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (intervals_[middle].begin - open_before_[middle] <= rest) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return BeginOfWeek(week) + rest + open_before_[low];
}

std::vector<Interval> CombineIntervals(v1::CalendarCombination::Operation operation,
                                       const std::vector<Interval>& a,
                                       const std::vector<Interval>& b) {
  std::vector<Interval> result;
  std::size_t next_a = 0;  // Ends of intervals that are passed: odd, inside of an interval.
  std::size_t next_b = 0;
  const auto edge = [](const std::vector<Interval>& intervals, std::size_t next) {
    if (next >= 2 * intervals.size()) return INT64_MAX;
    const Interval& interval = intervals[next / 2];
    return next % 2 == 0 ? interval.begin : interval.end;
  };
  while (next_a < 2 * a.size() || next_b < 2 * b.size()) {
    const std::int64_t time = std::min(edge(a, next_a), edge(b, next_b));
    if (edge(a, next_a) == time) ++next_a;
    if (edge(b, next_b) == time) ++next_b;
    const bool is_in = IsIn(operation, next_a % 2 == 1, next_b % 2 == 1);
    const bool was_in = !result.empty() && result.back().end == INT64_MAX;
    if (is_in && !was_in) result.push_back({time, INT64_MAX});
    if (!is_in && was_in) result.back().end = time;
  }
  return result;
}

}  // namespace calendar
}  // namespace frontdesk
