// Stretches of a clock's time, against a walk over minutes and against CountTime().
#include "decide/clock_segments.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "decide/clock_words.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/business_calendar.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

using Segments = google::protobuf::RepeatedPtrField<v1::ClockSegment>;

// Three days in October 2026, in one of which the clock is set back in Berlin.
constexpr std::int64_t kFirstMinute = 1'792'800'000 / 60;
constexpr int kSpanMinutes = 3 * 24 * 60;

absl::Time MinuteAt(int minute) { return absl::FromUnixSeconds((kFirstMinute + minute) * 60); }

calendar::BusinessCalendar Night() {
  v1::Calendar night;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        calendar_id: "night"
        time_zone: "Europe/Berlin"
        weekly_hours {
          intervals { open: "01:30" close: "02:45" }
          intervals { open: "20:00" close: "25:00" }
        }
        exceptions { kind: KIND_HOLIDAY date: "2026-10-26" name: "Inventory" }
      )pb",
      &night));
  return calendar::BusinessCalendar::Compile(night, calendar::SystemZones()).value();
}

TEST(ClockSegmentsTest, EqualAWalkOverMinutes) {
  const calendar::BusinessCalendar night = Night();
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto below = [&random](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  for (int run = 0; run < 60; ++run) {
    domain::ClockRule rule;
    if (below(4) > 0) rule.calendar = &night;
    std::vector<StatePause> pauses;
    for (int i = below(6); i > 0; --i) {
      const int start = below(kSpanMinutes);
      const auto state = static_cast<v1::Case::State>(v1::Case::STATE_OPEN + below(3));
      const absl::Time end =
          below(8) == 0 ? absl::InfiniteFuture() : MinuteAt(start + below(kSpanMinutes / 2));
      pauses.push_back({state, {MinuteAt(start), end}});
    }
    const std::vector<StatePause> ordered = OrderPauses(pauses);
    const int start = below(kSpanMinutes);
    const int end = start + below(kSpanMinutes - start) + 1;
    Segments segments;
    ASSERT_TRUE(
        AddClockSegments(rule, MinuteAt(start), MinuteAt(end), ordered, 1'000, &segments).ok());
    int at = start;
    for (const v1::ClockSegment& segment : segments) {
      ASSERT_EQ(InstantOf(segment.start_time()), MinuteAt(at)) << "a gap";
      for (; MinuteAt(at) < InstantOf(segment.end_time()); ++at) {
        const absl::Time minute = MinuteAt(at);
        const bool is_open = rule.calendar == nullptr || night.IsOpen(minute);
        v1::Case::State paused = v1::Case::STATE_UNSPECIFIED;
        for (const StatePause& pause : pauses) {
          const bool covers = pause.pause.start <= minute && minute < pause.pause.end;
          if (covers && paused == v1::Case::STATE_UNSPECIFIED) paused = pause.state;
        }
        const bool is_closed = segment.kind() == v1::ClockSegment::KIND_CLOSED ||
                               segment.kind() == v1::ClockSegment::KIND_HOLIDAY;
        ASSERT_EQ(is_closed, !is_open) << segment.ShortDebugString();
        if (!is_open) continue;
        ASSERT_EQ(segment.state(), paused) << segment.ShortDebugString();
        ASSERT_EQ(segment.kind() == v1::ClockSegment::KIND_COUNTED,
                  paused == v1::Case::STATE_UNSPECIFIED);
      }
    }
    ASSERT_EQ(at, end);
    std::vector<domain::ClockPause> united;
    for (const StatePause& pause : ordered) {
      ASSERT_TRUE(united.empty() || united.back().end <= pause.pause.start);
      united.push_back(pause.pause);
    }
    const absl::Duration counted = domain::CountTime(rule, MinuteAt(start), MinuteAt(end), united);
    EXPECT_EQ(SumCounted(segments, MinuteAt(end)), counted);
  }
}

TEST(ClockSegmentsTest, AHolidayHasItsName) {
  const calendar::BusinessCalendar night = Night();
  domain::ClockRule rule;
  rule.calendar = &night;
  Segments segments;
  const absl::Time sunday =
      absl::FromCivil(absl::CivilMinute(2026, 10, 25, 22, 0), absl::UTCTimeZone());
  ASSERT_TRUE(AddClockSegments(rule, sunday, sunday + absl::Hours(4), {}, 9, &segments).ok());
  ASSERT_EQ(segments.size(), 2);
  EXPECT_EQ(segments[0].kind(), v1::ClockSegment::KIND_COUNTED);
  EXPECT_EQ(segments[1].kind(), v1::ClockSegment::KIND_HOLIDAY);
  EXPECT_EQ(segments[1].name(), "Inventory");
}

TEST(ClockSegmentsTest, MoreThanTheLimitIsAnError) {
  domain::ClockRule rule;
  const std::vector<StatePause> pauses = {{v1::Case::STATE_OPEN, {MinuteAt(1), MinuteAt(2)}},
                                          {v1::Case::STATE_OPEN, {MinuteAt(3), MinuteAt(4)}}};
  Segments segments;
  EXPECT_TRUE(AddClockSegments(rule, MinuteAt(0), MinuteAt(4), pauses, 4, &segments).ok());
  EXPECT_EQ(segments.size(), 4);
  segments.Clear();
  EXPECT_EQ(GetReason(AddClockSegments(rule, MinuteAt(0), MinuteAt(5), pauses, 4, &segments)),
            "CALENDAR_SEGMENTS_TOO_MANY");
}

TEST(ClockWordsTest, SpansAreShort) {
  EXPECT_EQ(ShortSpan(absl::ZeroDuration()), "0 min");
  EXPECT_EQ(ShortSpan(absl::Nanoseconds(1)), "less than 1 s");
  EXPECT_EQ(ShortSpan(absl::Seconds(45)), "45 s");
  EXPECT_EQ(ShortSpan(absl::Minutes(75)), "1 h 15 min");
  EXPECT_EQ(ShortSpan(absl::Hours(55) + absl::Seconds(1)), "55 h 1 s");
  EXPECT_EQ(ShortSpan(-absl::Hours(2)), "minus 2 h");
}

TEST(ClockWordsTest, AWeekdayIsEnoughForSixDays) {
  const absl::Time friday =
      absl::FromCivil(absl::CivilMinute(2026, 5, 22, 16, 0), absl::UTCTimeZone());
  const ClockTimes times(nullptr, friday);
  EXPECT_EQ(times.Short(friday), "Fri 16:00");
  EXPECT_EQ(times.Short(friday + absl::Hours(6 * 24) + absl::Seconds(1)), "Thu 16:00:01");
  EXPECT_EQ(times.Short(friday - absl::Hours(6 * 24)), "Sat 16:00");
  EXPECT_EQ(times.Short(friday + absl::Hours(7 * 24)), "2026-05-29 16:00");
  EXPECT_EQ(times.Long(friday), "Friday, May 22, 2026, 16:00");
  EXPECT_EQ(times.Exact(friday + absl::Nanoseconds(5)), "2026-05-22T16:00:00.000000005+00:00");
  EXPECT_EQ(times.zone_name(), "UTC");
}

TEST(ClockWordsTest, ClocksAndPromisesHaveNames) {
  v1::CaseClock clock;
  clock.set_metric(v1::SERVICE_METRIC_NEXT_REPLY);
  clock.set_instance(1);
  EXPECT_EQ(ClockName(clock), "next reply");
  clock.set_instance(2);
  EXPECT_EQ(ClockName(clock), "next reply 2");
  clock.set_metric(v1::SERVICE_METRIC_MILESTONE);
  clock.set_milestone("call_back");
  EXPECT_EQ(ClockName(clock), "call back 2");
  v1::ClockTarget target;
  target.mutable_duration()->set_seconds(3600);
  EXPECT_EQ(PromiseWords(target), "1 h");
  target.set_calendar_id("week");
  EXPECT_EQ(PromiseWords(target), "1 h of open time");
  target.set_business_days(1);
  EXPECT_EQ(PromiseWords(target), "1 business day");
  EXPECT_EQ(PauseWords(v1::Case::STATE_WAITING_ON_THIRD_PARTY), "while waiting for a third party");
  EXPECT_EQ(PauseWords(v1::Case::STATE_NEW), "while new");
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
