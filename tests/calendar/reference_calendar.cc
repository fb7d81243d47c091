#include "calendar/reference_calendar.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

namespace frontdesk {
namespace calendar {
namespace {

absl::CivilDay DayOf(const std::string& text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) std::abort();
  return day;
}

std::int64_t SecondsOf(const std::string& text) {
  const std::int64_t seconds = text.size() > 5 ? std::atoi(text.c_str() + 6) : 0;
  return std::atoi(text.c_str()) * 3600 + std::atoi(text.c_str() + 3) * 60 + seconds;
}

// Abseil counts from Monday, as the messages do.
v1::DayOfWeek DayOfWeekOf(absl::CivilDay day) {
  return static_cast<v1::DayOfWeek>(static_cast<int>(absl::GetWeekday(day)) + 1);
}

}  // namespace

std::int64_t Painted::StepOf(absl::Time time) const {
  return (absl::ToUnixSeconds(time) - begin) / step;
}

absl::Time Painted::BeginOf(std::int64_t number) const {
  return absl::FromUnixSeconds(begin + number * step);
}

// The end of the span is in no step.
bool Painted::IsStepOpen(std::int64_t number) const {
  return number < static_cast<std::int64_t>(open.size()) &&
         open[static_cast<std::size_t>(number)] != 0;
}

bool Painted::IsOpen(absl::Time time) const { return IsStepOpen(StepOf(time)); }

absl::Duration Painted::Between(absl::Time start, absl::Time end) const {
  const std::int64_t first = StepOf(start);
  const std::int64_t last = StepOf(end);
  absl::Duration sum;
  // Whole steps, and then less what is before `start` in the first, and more what is before `end` in the last.
  std::int64_t steps = 0;
  for (std::int64_t i = first; i < last; ++i) steps += open[static_cast<std::size_t>(i)];
  sum += absl::Seconds(steps * step);
  if (IsStepOpen(first)) sum -= start - BeginOf(first);
  if (IsStepOpen(last)) sum += end - BeginOf(last);
  return sum;
}

absl::Time Painted::Add(absl::Time time, absl::Duration span) const {
  if (span == absl::ZeroDuration()) return time;
  std::int64_t at = StepOf(time);
  if (IsStepOpen(at)) span += time - BeginOf(at);
  const absl::Duration whole = absl::Seconds(step);
  for (; at < static_cast<std::int64_t>(open.size()); ++at) {
    if (!IsStepOpen(at)) continue;
    if (span <= whole) return BeginOf(at) + span;
    span -= whole;
  }
  return absl::InfiniteFuture();
}

absl::Time Painted::Subtract(absl::Time time, absl::Duration span) const {
  if (span == absl::ZeroDuration()) return time;
  std::int64_t at = StepOf(time);
  const absl::Duration whole = absl::Seconds(step);
  if (IsStepOpen(at)) span += BeginOf(at) + whole - time;
  for (; at >= 0; --at) {
    if (!IsStepOpen(at)) continue;
    if (span <= whole) return BeginOf(at) + whole - span;
    span -= whole;
  }
  return absl::InfinitePast();
}

absl::Time Painted::Next(absl::Time time, bool is_open) const {
  std::int64_t at = StepOf(time);
  if (IsStepOpen(at) == is_open) return time;
  for (; at < static_cast<std::int64_t>(open.size()); ++at) {
    if (IsStepOpen(at) == is_open) return BeginOf(at);
  }
  return absl::InfiniteFuture();
}

ReferenceCalendar::ReferenceCalendar(v1::Calendar calendar) : calendar_(std::move(calendar)) {
  if (!absl::LoadTimeZone(calendar_.time_zone(), &zone_)) std::abort();
}

std::int64_t ReferenceCalendar::First(absl::CivilSecond local) const {
  const absl::TimeZone::TimeInfo info = zone_.At(local);
  return absl::ToUnixSeconds(info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans
                                                                            : info.pre);
}

std::int64_t ReferenceCalendar::Last(absl::CivilSecond local) const {
  const absl::TimeZone::TimeInfo info = zone_.At(local);
  return absl::ToUnixSeconds(info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans
                                                                            : info.post);
}

std::int64_t ReferenceCalendar::BeginOf(absl::CivilDay day) const {
  return First(absl::CivilSecond(day));
}

absl::CivilSecond ReferenceCalendar::LocalOf(std::int64_t seconds) const {
  return zone_.At(absl::FromUnixSeconds(seconds)).cs;
}

std::vector<ReferenceCalendar::Local> ReferenceCalendar::WeekOf(absl::CivilDay first,
                                                                absl::CivilDay last) const {
  std::vector<Local> intervals;
  for (int version = -1; version < calendar_.versions_size(); ++version) {
    const auto& rows =
        version < 0 ? calendar_.weekly_hours() : calendar_.versions(version).weekly_hours();
    const absl::CivilSecond from =
        version < 0 ? absl::CivilSecond::min()
                    : absl::CivilSecond(DayOf(calendar_.versions(version).effective_date()));
    const absl::CivilSecond until =
        version + 1 < calendar_.versions_size()
            ? absl::CivilSecond(DayOf(calendar_.versions(version + 1).effective_date()))
            : absl::CivilSecond::max();
    for (absl::CivilDay day = first; day <= last; ++day) {
      for (const v1::WeeklyHours& row : rows) {
        if (!row.days().empty() && std::count(row.days().begin(), row.days().end(),
                                              static_cast<int>(DayOfWeekOf(day))) == 0) {
          continue;
        }
        for (const v1::TimeInterval& interval : row.intervals()) {
          const absl::CivilSecond midnight(day);
          const Local local = {std::max(from, midnight + SecondsOf(interval.open())),
                               std::min(until, midnight + SecondsOf(interval.close()))};
          if (local.begin < local.end) intervals.push_back(local);
        }
      }
    }
  }
  return intervals;
}

void ReferenceCalendar::Fill(Painted& painted, std::int64_t begin, std::int64_t end,
                             bool is_open) const {
  begin = std::max(begin, painted.begin);
  end = std::min(end, painted.end());
  if (begin >= end) return;
  std::fill(painted.open.begin() + (begin - painted.begin) / painted.step,
            painted.open.begin() + (end - painted.begin) / painted.step, is_open ? 1 : 0);
}

Painted ReferenceCalendar::Paint(std::int64_t begin, std::int64_t end, std::int64_t step) const {
  Painted painted = {begin, step, {}};
  painted.open.assign(static_cast<std::size_t>((end - begin) / step), 0);
  const absl::CivilDay first = absl::CivilDay(LocalOf(begin)) - 4;
  const absl::CivilDay last = absl::CivilDay(LocalOf(end)) + 2;
  for (const Local& local : WeekOf(first, last)) {
    Fill(painted, First(local.begin), Last(local.end), true);
  }
  const auto each = [&](v1::CalendarException::Kind a, v1::CalendarException::Kind b,
                        const auto& paint) {
    for (const v1::CalendarException& exception : calendar_.exceptions()) {
      if (exception.kind() == a || exception.kind() == b) {
        const absl::CivilDay from = DayOf(exception.date());
        paint(exception, from, exception.last_date().empty() ? from : DayOf(exception.last_date()));
      }
    }
  };
  using Kind = v1::CalendarException;
  each(Kind::KIND_SHORT, Kind::KIND_SHORT, [&](const auto&, auto from, auto until) {
    Fill(painted, BeginOf(from), BeginOf(until + 1), false);
  });
  const auto open = [&](const auto& exception, auto from, auto until) {
    for (absl::CivilDay day = from; day <= until; ++day) {
      for (const v1::TimeInterval& interval : exception.intervals()) {
        Fill(painted, First(absl::CivilSecond(day) + SecondsOf(interval.open())),
             Last(absl::CivilSecond(day) + SecondsOf(interval.close())), true);
      }
    }
  };
  each(Kind::KIND_SHORT, Kind::KIND_SHORT, open);
  each(Kind::KIND_HOLIDAY, Kind::KIND_CLOSURE, [&](const auto& exception, auto from, auto until) {
    if (exception.intervals().empty()) Fill(painted, BeginOf(from), BeginOf(until + 1), false);
    for (absl::CivilDay day = from; day <= until; ++day) {
      for (const v1::TimeInterval& interval : exception.intervals()) {
        Fill(painted, Last(absl::CivilSecond(day) + SecondsOf(interval.open())),
             First(absl::CivilSecond(day) + SecondsOf(interval.close())), false);
      }
    }
  });
  each(Kind::KIND_EXTRA, Kind::KIND_EXTRA, open);
  return painted;
}

}  // namespace calendar
}  // namespace frontdesk
