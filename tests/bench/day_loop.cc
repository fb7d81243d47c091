#include "day_loop.h"

#include <algorithm>

namespace frontdesk {
namespace {

const std::string* HolidayOf(const DayLoopCalendar& calendar, absl::CivilDay day) {
  const auto found = calendar.holidays.find(day - absl::CivilDay(1970, 1, 1));
  return found == calendar.holidays.end() ? nullptr : &found->second;
}

bool IsWorkday(const DayLoopCalendar& calendar, absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday &&
         HolidayOf(calendar, day) == nullptr;
}

absl::Time TimeOf(const DayLoopCalendar& calendar, absl::CivilDay day, std::int64_t seconds) {
  return absl::FromCivil(absl::CivilSecond(day) + seconds, calendar.zone);
}

}  // namespace

absl::Duration DayLoopBetween(const DayLoopCalendar& calendar, absl::Time start, absl::Time end) {
  absl::Duration sum;
  const absl::CivilDay last = absl::ToCivilDay(end, calendar.zone);
  for (absl::CivilDay day = absl::ToCivilDay(start, calendar.zone); day <= last; ++day) {
    if (!IsWorkday(calendar, day)) continue;
    for (int i = 0; i < 2; ++i) {
      const absl::Time open = std::max(start, TimeOf(calendar, day, calendar.opens[i]));
      const absl::Time close = std::min(end, TimeOf(calendar, day, calendar.closes[i]));
      if (open < close) sum += close - open;
    }
  }
  return sum;
}

absl::Time DayLoopAdd(const DayLoopCalendar& calendar, absl::Time time, absl::Duration span) {
  for (absl::CivilDay day = absl::ToCivilDay(time, calendar.zone);; ++day) {
    if (!IsWorkday(calendar, day)) continue;
    for (int i = 0; i < 2; ++i) {
      const absl::Time open = std::max(time, TimeOf(calendar, day, calendar.opens[i]));
      const absl::Time close = TimeOf(calendar, day, calendar.closes[i]);
      if (open >= close) continue;
      if (close - open >= span) return open + span;
      span -= close - open;
    }
  }
}

std::vector<DayLoopSegment> DayLoopSegments(const DayLoopCalendar& calendar, absl::Time start,
                                            absl::Time end) {
  std::vector<DayLoopSegment> segments;
  const auto add = [&](absl::Time from, absl::Time to, bool is_open, const std::string& name) {
    from = std::max(from, start);
    to = std::min(to, end);
    if (from >= to) return;
    if (!segments.empty() && segments.back().is_open == is_open && segments.back().name == name) {
      segments.back().end = to;
    } else {
      segments.push_back({from, to, is_open, name});
    }
  };
  const absl::CivilDay last = absl::ToCivilDay(end, calendar.zone);
  for (absl::CivilDay day = absl::ToCivilDay(start, calendar.zone); day <= last; ++day) {
    absl::Time time = TimeOf(calendar, day, 0);
    const absl::Time midnight = TimeOf(calendar, day + 1, 0);
    const std::string* const holiday = HolidayOf(calendar, day);
    if (holiday != nullptr) {
      add(time, midnight, false, *holiday);
      continue;
    }
    for (int i = 0; i < 2 && IsWorkday(calendar, day); ++i) {
      const absl::Time open = TimeOf(calendar, day, calendar.opens[i]);
      const absl::Time close = TimeOf(calendar, day, calendar.closes[i]);
      add(time, open, false, "");
      add(open, close, true, "");
      time = close;
    }
    add(time, midnight, false, "");
  }
  return segments;
}

}  // namespace frontdesk
