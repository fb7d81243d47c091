// Queries of a calendar with thirty exceptions over a year and a month, beside a loop over its days (day_loop.cc). Results are compared.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "bench.h"
#include "benchmark/benchmark.h"
#include "day_loop.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace {

using calendar::BusinessCalendar;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "time_bench: %s\n", why.c_str());
  std::exit(1);
}

constexpr std::size_t kInputs = 1'024;
constexpr int kExceptions = 30;
constexpr char kZone[] = "Europe/Berlin";

// The same hours in both forms, and instants of 2026 and 2027 in random order.
struct TimeInputs {
  BusinessCalendar calendar;
  DayLoopCalendar loop;
  std::vector<absl::Time> starts;
  std::vector<absl::Time> months_later;
  std::vector<absl::Time> years_later;
  std::vector<absl::Duration> spans;
};

TimeInputs MakeTimeInputs() {
  std::mt19937_64 random(4711);
  v1::Calendar message;
  message.set_calendar_id("bench");
  message.set_time_zone(kZone);
  v1::WeeklyHours& hours = *message.add_weekly_hours();
  for (int day = v1::DAY_OF_WEEK_MONDAY; day <= v1::DAY_OF_WEEK_FRIDAY; ++day) {
    hours.add_days(static_cast<v1::DayOfWeek>(day));
  }
  DayLoopCalendar loop = {{}, {9 * 3600, 13 * 3600}, {12 * 3600, 17 * 3600 + 1800}, {}};
  if (!absl::LoadTimeZone(kZone, &loop.zone)) Die("there is no zone");
  for (const char* const times : {"09:0012:00", "13:0017:30"}) {
    v1::TimeInterval& interval = *hours.add_intervals();
    interval.set_open(std::string(times, 5));
    interval.set_close(std::string(times + 5));
  }
  const absl::CivilDay first(2026, 1, 1);
  while (loop.holidays.size() < kExceptions) {
    const absl::CivilDay day = first + static_cast<std::int64_t>(random() % (3 * 365));
    const std::string name = absl::StrCat("holiday ", loop.holidays.size());
    if (!loop.holidays.emplace(day - absl::CivilDay(1970, 1, 1), name).second) continue;
    v1::CalendarException& exception = *message.add_exceptions();
    exception.set_kind(v1::CalendarException::KIND_HOLIDAY);
    exception.set_date(absl::FormatCivilTime(day));
    exception.set_name(name);
  }
  absl::StatusOr<BusinessCalendar> compiled =
      BusinessCalendar::Compile(message, calendar::SystemZones());
  if (!compiled.ok()) Die(compiled.status().ToString());
  TimeInputs inputs = {*std::move(compiled), std::move(loop), {}, {}, {}, {}};
  const absl::Time base = absl::FromCivil(first, inputs.loop.zone);
  for (std::size_t i = 0; i < kInputs; ++i) {
    const absl::Time start =
        base +
        absl::Nanoseconds(static_cast<std::int64_t>(random() % (730ULL * 86'400'000'000'000)));
    inputs.starts.push_back(start);
    inputs.months_later.push_back(start + absl::Hours(24 * 30));
    inputs.years_later.push_back(start + absl::Hours(24 * 365));
    inputs.spans.push_back(inputs.calendar.Between(start, inputs.years_later.back()));
  }
  return inputs;
}

bool AreEqual(const std::vector<calendar::Segment>& segments,
              const std::vector<DayLoopSegment>& others) {
  if (segments.size() != others.size()) return false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].start != others[i].start || segments[i].end != others[i].end ||
        segments[i].is_open != others[i].is_open || segments[i].name != others[i].name) {
      return false;
    }
  }
  return true;
}

// The inputs, after both sides have given the same results for all of them.
const TimeInputs& CheckedInputs() {
  static const TimeInputs* const inputs = [] {
    auto* const made = new TimeInputs(MakeTimeInputs());
    for (std::size_t i = 0; i < kInputs; ++i) {
      const absl::Time start = made->starts[i];
      const absl::Time year = made->years_later[i];
      if (made->calendar.Between(start, year) != DayLoopBetween(made->loop, start, year) ||
          made->calendar.Add(start, made->spans[i]).value() !=
              DayLoopAdd(made->loop, start, made->spans[i]) ||
          !AreEqual(made->calendar.Segments(start, made->months_later[i]).value(),
                    DayLoopSegments(made->loop, start, made->months_later[i]))) {
        Die("the loop over days has another result");
      }
    }
    return made;
  }();
  return *inputs;
}

// work(inputs, number of the input), one after the other.
template <typename Work>
void RunInputs(benchmark::State& state, Work&& work) {
  const TimeInputs& inputs = CheckedInputs();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(work(inputs, i));
    i = (i + 1) % kInputs;
  }
}

void AddYear(benchmark::State& state) {
  CompareWith(state, "day_loop_add_year");
  RunInputs(state, [](const TimeInputs& inputs, std::size_t i) {
    return *inputs.calendar.Add(inputs.starts[i], inputs.spans[i]);
  });
}

void DayLoopAddYear(benchmark::State& state) {
  RunInputs(state, [](const TimeInputs& inputs, std::size_t i) {
    return DayLoopAdd(inputs.loop, inputs.starts[i], inputs.spans[i]);
  });
}

void BetweenYear(benchmark::State& state) {
  CompareWith(state, "day_loop_between_year");
  RunInputs(state, [](const TimeInputs& inputs, std::size_t i) {
    return inputs.calendar.Between(inputs.starts[i], inputs.years_later[i]);
  });
}

void DayLoopBetweenYear(benchmark::State& state) {
  RunInputs(state, [](const TimeInputs& inputs, std::size_t i) {
    return DayLoopBetween(inputs.loop, inputs.starts[i], inputs.years_later[i]);
  });
}

void SegmentsMonth(benchmark::State& state) {
  CompareWith(state, "day_loop_segments_month");
  RunInputs(state, [](const TimeInputs& inputs, std::size_t i) {
    return inputs.calendar.Segments(inputs.starts[i], inputs.months_later[i])->size();
  });
}

void DayLoopSegmentsMonth(benchmark::State& state) {
  RunInputs(state, [](const TimeInputs& inputs, std::size_t i) {
    return DayLoopSegments(inputs.loop, inputs.starts[i], inputs.months_later[i]).size();
  });
}

BENCHMARK(AddYear)->Name("add_year");
BENCHMARK(DayLoopAddYear)->Name("day_loop_add_year");
BENCHMARK(BetweenYear)->Name("between_year");
BENCHMARK(DayLoopBetweenYear)->Name("day_loop_between_year");
BENCHMARK(SegmentsMonth)->Name("segments_month");
BENCHMARK(DayLoopSegmentsMonth)->Name("day_loop_segments_month");

}  // namespace
}  // namespace frontdesk

BENCHMARK_MAIN();
