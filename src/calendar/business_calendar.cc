#include "frontdesk/calendar/business_calendar.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "calendar/civil.h"
#include "calendar/compiled_calendar.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace calendar {
namespace {

// Business days beyond are of no year up to 9999.
constexpr std::int64_t kMaxBusinessDays = 4'000'000;

// An instant as whole seconds and a fraction from 0 to less than one second.
struct SplitTime {
  std::int64_t seconds;
  absl::Duration fraction;
};

SplitTime Split(absl::Time time) {
  const std::int64_t seconds = absl::ToUnixSeconds(time);  // Rounds down.
  return {seconds, time - absl::FromUnixSeconds(seconds)};
}

absl::Time TimeOf(std::int64_t seconds, absl::Duration fraction = absl::ZeroDuration()) {
  return absl::FromUnixSeconds(seconds) + fraction;
}

bool IsInRange(absl::Time time) {
  return time >= absl::FromUnixSeconds(kBeginSeconds) && time < absl::FromUnixSeconds(kEndSeconds);
}

absl::Status CheckRange(absl::Time time) {
  if (IsInRange(time)) return absl::OkStatus();
  return MakeError(kReasonCalendarTimeRange, "the instant is not in the years 1 to 9999");
}

absl::Status ResultRange() {
  return MakeError(kReasonCalendarTimeRange, "the result is not in the years 1 to 9999");
}

absl::Status NeverOpens(absl::string_view side) {
  return MakeError(kReasonCalendarNeverOpens,
                   absl::StrCat("the calendar has no open time ", side, " the instant"));
}

// Open time from the beginning to an instant: whole seconds and a fraction.
SplitTime OpenUpTo(const Timeline& timeline, absl::Time time) {
  const SplitTime split = Split(time);
  const bool counts = split.fraction != absl::ZeroDuration() && timeline.IsOpen(split.seconds);
  return {timeline.OpenBefore(split.seconds), counts ? split.fraction : absl::ZeroDuration()};
}

// `span` as whole seconds and a fraction from 0 to less than one second; it is not negative.
SplitTime SplitSpan(absl::Duration span) {
  absl::Duration fraction;
  const std::int64_t seconds = absl::IDivDuration(span, absl::Seconds(1), &fraction);
  return {seconds, fraction};
}

absl::Time Clamp(absl::Time time) {
  return std::min(std::max(time, absl::FromUnixSeconds(kBeginSeconds)),
                  absl::FromUnixSeconds(kEndSeconds));
}

// Room for the segments of a span: a few a day, and not much for a long one.
std::size_t EstimateSegments(std::int64_t seconds) {
  return static_cast<std::size_t>(std::min<std::int64_t>(4 + 3 * seconds / kDaySeconds, 256));
}

// No result of a calendar is farther than this.
constexpr absl::Duration MaxSpan() { return absl::Seconds(kEndSeconds - kBeginSeconds); }

}  // namespace

const std::string& BusinessCalendar::id() const { return compiled_->id; }

const Zone& BusinessCalendar::zone() const { return *compiled_->zone; }

const std::vector<std::shared_ptr<const Zone>>& BusinessCalendar::zones() const {
  return compiled_->zones;
}

bool BusinessCalendar::IsOpen(absl::Time time) const {
  return IsInRange(time) && compiled_->timeline.IsOpen(Split(time).seconds);
}

absl::Duration BusinessCalendar::Between(absl::Time start, absl::Time end) const {
  const Timeline& timeline = compiled_->timeline;
  const SplitTime before = OpenUpTo(timeline, Clamp(start));
  const SplitTime after = OpenUpTo(timeline, Clamp(end));
  return absl::Seconds(after.seconds - before.seconds) + (after.fraction - before.fraction);
}

absl::StatusOr<absl::Time> BusinessCalendar::NextOpen(absl::Time time) const {
  FRONTDESK_RETURN_IF_ERROR(CheckRange(time));
  const Timeline& timeline = compiled_->timeline;
  const std::int64_t seconds = Split(time).seconds;
  if (timeline.IsOpen(seconds)) return time;
  const absl::optional<std::int64_t> open = timeline.FindOpen(timeline.OpenBefore(seconds));
  if (!open.has_value() || *open >= kEndSeconds) return NeverOpens("after");
  return TimeOf(*open);
}

absl::StatusOr<absl::Time> BusinessCalendar::NextClose(absl::Time time) const {
  FRONTDESK_RETURN_IF_ERROR(CheckRange(time));
  const Timeline& timeline = compiled_->timeline;
  const std::int64_t seconds = Split(time).seconds;
  if (!timeline.IsOpen(seconds)) return time;
  const absl::optional<std::int64_t> closed =
      timeline.FindClosed(seconds - kBeginSeconds - timeline.OpenBefore(seconds));
  if (!closed.has_value() || *closed >= kEndSeconds) {
    return MakeError(kReasonCalendarNeverCloses,
                     "the calendar has no closed time after the instant");
  }
  return TimeOf(*closed);
}

absl::StatusOr<absl::Time> BusinessCalendar::Add(absl::Time time, absl::Duration span) const {
  if (span < absl::ZeroDuration()) return Subtract(time, -span);
  FRONTDESK_RETURN_IF_ERROR(CheckRange(time));
  if (span == absl::ZeroDuration()) return time;
  const Timeline& timeline = compiled_->timeline;
  const SplitTime start = OpenUpTo(timeline, time);
  absl::optional<std::int64_t> second;
  SplitTime sum = {0, absl::ZeroDuration()};
  if (span <= MaxSpan()) {
    sum = SplitSpan(span + start.fraction);
    sum.seconds += start.seconds;
    // A whole second ends with its last instant; the next open second may be days later.
    const bool is_whole = sum.fraction == absl::ZeroDuration();
    second = timeline.FindOpen(is_whole ? sum.seconds - 1 : sum.seconds);
    if (second.has_value() && is_whole) ++*second;
  }
  if (second.has_value() && *second < kEndSeconds) return TimeOf(*second, sum.fraction);
  // Inside of an open second, its rest is open too.
  const bool has_more = timeline.OpenBefore(kEndSeconds) > start.seconds;
  return has_more ? ResultRange() : NeverOpens("after");
}

absl::StatusOr<absl::Time> BusinessCalendar::Subtract(absl::Time time, absl::Duration span) const {
  if (span < absl::ZeroDuration()) return Add(time, -span);
  FRONTDESK_RETURN_IF_ERROR(CheckRange(time));
  if (span == absl::ZeroDuration()) return time;
  const Timeline& timeline = compiled_->timeline;
  const SplitTime end = OpenUpTo(timeline, time);
  const absl::Duration open = absl::Seconds(end.seconds) + end.fraction;
  if (open == absl::ZeroDuration()) return NeverOpens("before");
  if (span > open) return ResultRange();
  const SplitTime rest = SplitSpan(open - span);
  return TimeOf(timeline.FindOpen(rest.seconds).value(), rest.fraction);
}

absl::StatusOr<absl::Time> BusinessCalendar::AddBusinessDays(absl::Time time,
                                                             std::int64_t days) const {
  FRONTDESK_RETURN_IF_ERROR(CheckRange(time));
  if (days == 0) return time;
  const BusinessDays& business_days = compiled_->business_days;
  const SplitTime split = Split(time);
  const std::int64_t local = split.seconds + zone().OffsetAt(split.seconds);
  const std::int64_t day = FloorDiv(local, kDaySeconds);
  const std::int64_t limited = std::max(-kMaxBusinessDays, std::min(days, kMaxBusinessDays));
  const std::int64_t before = business_days.CountBefore(day);
  const absl::optional<std::int64_t> result =
      days > 0 ? business_days.Find(business_days.CountBefore(day + 1) + limited - 1)
               : business_days.Find(before + limited);
  if (!result.has_value()) {
    if (days < 0 && before > 0) return ResultRange();
    return NeverOpens(days > 0 ? "after" : "before");
  }
  const absl::Time moved =
      TimeOf(zone().FirstAt(*result * kDaySeconds + (local - day * kDaySeconds)), split.fraction);
  if (!IsInRange(moved)) return ResultRange();
  return moved;
}

absl::StatusOr<std::vector<Segment>> BusinessCalendar::Segments(absl::Time start, absl::Time end,
                                                                std::size_t max_segments) const {
  FRONTDESK_RETURN_IF_ERROR(CheckRange(start));
  if (end != absl::FromUnixSeconds(kEndSeconds)) FRONTDESK_RETURN_IF_ERROR(CheckRange(end));
  const Timeline& timeline = compiled_->timeline;
  std::vector<Segment> segments;
  std::int32_t last_label = PieceTable::kNoLabel;
  bool is_too_long = false;
  const SplitTime last = Split(end);
  const std::int64_t last_second = last.seconds + (last.fraction == absl::ZeroDuration() ? 0 : 1);
  if (start < end) segments.reserve(EstimateSegments(last_second - Split(start).seconds));
  timeline.ForEachStretch(
      Split(start).seconds, start < end ? last_second : INT64_MIN,
      [&](std::int64_t begin, std::int64_t until, bool is_open, std::int32_t label) {
        if (!segments.empty() && segments.back().is_open == is_open && last_label == label) {
          segments.back().end = absl::FromUnixSeconds(until);
          return true;
        }
        is_too_long = segments.size() == max_segments;
        if (is_too_long) return false;
        Segment& segment = segments.emplace_back();
        segment.start = absl::FromUnixSeconds(begin);
        segment.end = absl::FromUnixSeconds(until);
        segment.is_open = is_open;
        last_label = label;
        if (label == PieceTable::kNoLabel) return true;
        segment.kind = timeline.table().label(label).kind;
        segment.name = timeline.table().label(label).name;
        return true;
      });
  if (is_too_long) {
    return MakeError(kReasonCalendarSegmentsTooMany,
                     absl::StrCat("the span has more than ", max_segments, " segments"));
  }
  // They were made of whole seconds.
  if (!segments.empty()) {
    segments.front().start = start;
    segments.back().end = end;
  }
  return segments;
}

}  // namespace calendar
}  // namespace frontdesk
