#include "calendar/business_days.h"

#include <algorithm>
#include <iterator>

#include "calendar/civil.h"

namespace frontdesk {
namespace calendar {
namespace {

unsigned BitOf(std::int64_t day) { return 1U << WeekdayOf(day); }

bool HasWeekday(unsigned weekdays, std::int64_t day) { return (weekdays & BitOf(day)) != 0; }

int CountBits(unsigned weekdays) {
  int count = 0;
  for (; weekdays != 0; weekdays &= weekdays - 1) ++count;
  return count;
}

// The instants at which a piece of the calendar, or an offset of the zone, begins.
std::vector<std::int64_t> FindCuts(const Timeline& timeline, const Zone& zone, std::int64_t end) {
  std::vector<std::int64_t> cuts;
  for (const Piece& piece : timeline.pieces()) cuts.push_back(piece.start);
  for (std::int64_t change = zone.NextChange(kBeginSeconds); change < end;
       change = zone.NextChange(change)) {
    cuts.push_back(change);
  }
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

}  // namespace

BusinessDays::BusinessDays(const Timeline& timeline, const Zone& zone) {
  const auto is_business = [&](std::int64_t day) {
    return timeline.OpenBefore(zone.FirstAt((day + 1) * kDaySeconds)) >
           timeline.OpenBefore(zone.FirstAt(day * kDaySeconds));
  };
  period_first_day_ = FloorDiv(timeline.period_start(), kDaySeconds) + 3;
  const std::int64_t end_day = period_first_day_ + kPeriodDays + 3;
  std::int64_t day = FloorDiv(kBeginSeconds, kDaySeconds) - 2;
  // Dates up to `last` are looked at one by one. The dates between such ones are alike, week by week.
  const auto add_single_days = [&](std::int64_t last) {
    for (; day <= last; ++day) Append(day, is_business(day) ? BitOf(day) : 0, BitOf(day));
  };
  const auto add_alike_days = [&](std::int64_t end) {
    if (day >= end) return;
    unsigned weekdays = 0;
    unsigned known = 0;
    for (std::int64_t each = day; each < std::min(end, day + 7); ++each) {
      known |= BitOf(each);
      if (is_business(each)) weekdays |= BitOf(each);
    }
    Append(day, weekdays, known);
    day = end;
  };
  for (const std::int64_t cut : FindCuts(timeline, zone, end_day * kDaySeconds)) {
    const std::int64_t before = FloorDiv(cut - 1 + zone.OffsetAt(cut - 1), kDaySeconds);
    const std::int64_t after = FloorDiv(cut + zone.OffsetAt(cut), kDaySeconds);
    add_alike_days(std::min(before, after));
    add_single_days(std::max(before, after));
  }
  add_alike_days(end_day);
  before_period_ = CountInTable(period_first_day_);
  in_period_ = CountInTable(period_first_day_ + kPeriodDays) - before_period_;
}

void BusinessDays::Append(std::int64_t day, unsigned weekdays, unsigned known) {
  if (runs_.empty()) {
    runs_.push_back({day, 0, weekdays});
    return;
  }
  const Run& last = runs_.back();
  if ((last.weekdays & known) == weekdays) return;
  runs_.push_back({day, last.before + CountInRun(last, day), weekdays});
}

std::int64_t BusinessDays::CountInRun(const Run& run, std::int64_t day) {
  const std::int64_t days = day - run.first_day;
  std::int64_t count = days / 7 * CountBits(run.weekdays);
  for (std::int64_t each = day - days % 7; each < day; ++each) {
    if (HasWeekday(run.weekdays, each)) ++count;
  }
  return count;
}

std::int64_t BusinessDays::CountInTable(std::int64_t day) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), day,
                       [](std::int64_t each, const Run& run) { return each < run.first_day; });
  if (after == runs_.begin()) return 0;
  const Run& run = *std::prev(after);
  return run.before + CountInRun(run, day);
}

std::int64_t BusinessDays::CountBefore(std::int64_t day) const {
  const std::int64_t periods =
      day < period_first_day_ ? 0 : (day - period_first_day_) / kPeriodDays;
  return CountInTable(day - periods * kPeriodDays) + periods * in_period_;
}

absl::optional<std::int64_t> BusinessDays::Find(std::int64_t count) const {
  if (count < 0 || (in_period_ == 0 && count >= before_period_)) return absl::nullopt;
  const std::int64_t periods =
      count < before_period_ || in_period_ == 0 ? 0 : (count - before_period_) / in_period_;
  count -= periods * in_period_;
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), count,
                       [](std::int64_t each, const Run& run) { return each < run.before; });
  const Run& run = *std::prev(after);
  std::int64_t rest = count - run.before;
  const int in_week = CountBits(run.weekdays);
  std::int64_t day = run.first_day + rest / in_week * 7;
  for (rest %= in_week; rest > 0 || !HasWeekday(run.weekdays, day); ++day) {
    if (HasWeekday(run.weekdays, day)) --rest;
  }
  return day + periods * kPeriodDays;
}

}  // namespace calendar
}  // namespace frontdesk
