#include "calendar/calendar_source.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "calendar/civil.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/calendar/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace calendar {
namespace {

// The number of the digits at `at`, or -1.
int TwoDigits(absl::string_view text, std::size_t at) {
  if (at + 2 > text.size() || !absl::ascii_isdigit(text[at]) ||
      !absl::ascii_isdigit(text[at + 1])) {
    return -1;
  }
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

class CalendarReader {
 public:
  CalendarReader(const v1::Calendar& calendar, const CalendarLimits& limits,
                 absl::string_view prefix, ErrorBuilder& errors)
      : calendar_(calendar), limits_(limits), prefix_(prefix), errors_(errors) {}

  absl::StatusOr<CalendarSource> Read() {
    if (static_cast<std::size_t>(calendar_.versions_size()) > limits_.max_versions) {
      return TooLarge("versions", limits_.max_versions);
    }
    if (static_cast<std::size_t>(calendar_.exceptions_size()) > limits_.max_exceptions) {
      return TooLarge("exceptions", limits_.max_exceptions);
    }
    FRONTDESK_RETURN_IF_ERROR(AddVersion(INT64_MIN, calendar_.weekly_hours(), ""));
    for (int i = 0; i < calendar_.versions_size(); ++i) {
      FRONTDESK_RETURN_IF_ERROR(ReadVersion(i));
    }
    for (int i = 0; i < calendar_.exceptions_size(); ++i) {
      FRONTDESK_RETURN_IF_ERROR(ReadException(i));
    }
    return std::move(source_);
  }

 private:
  using Hours = google::protobuf::RepeatedPtrField<v1::WeeklyHours>;
  using Intervals = google::protobuf::RepeatedPtrField<v1::TimeInterval>;

  absl::Status TooLarge(absl::string_view what, std::size_t limit) const {
    return MakeError(kReasonCalendarTooLarge,
                     absl::StrCat("a calendar has more than ", limit, " ", what));
  }

  void Add(absl::string_view path, const Reason& reason, absl::string_view text) {
    errors_.Add(JoinFieldPath(prefix_, path), reason, text);
  }

  // Nothing, and a violation, for another text than a local time.
  absl::optional<std::int64_t> ReadTime(absl::string_view text, std::int64_t max_seconds,
                                        const std::string& path) {
    if (text.empty()) {
      Add(path, kReasonCalendarFieldRequired, "an interval has a begin and an end");
      return absl::nullopt;
    }
    const absl::optional<std::int64_t> seconds = ParseLocalTime(text, max_seconds);
    if (!seconds.has_value()) {
      Add(path, kReasonCalendarLocalTime,
          "the time is not HH:MM or HH:MM:SS, or is later than is possible here");
    }
    return seconds;
  }

  std::vector<Interval> ReadIntervals(const Intervals& intervals, const std::string& path) {
    std::vector<Interval> result;
    for (int i = 0; i < intervals.size(); ++i) {
      const std::string place = absl::StrCat(path, "intervals[", i, "]");
      const auto open =
          ReadTime(intervals[i].open(), kDaySeconds - 1, absl::StrCat(place, ".open"));
      const auto close =
          ReadTime(intervals[i].close(), 2 * kDaySeconds, absl::StrCat(place, ".close"));
      if (!open.has_value() || !close.has_value()) continue;
      if (*close <= *open) {
        Add(place, kReasonCalendarIntervalEmpty,
            "the interval closes before it opens; 06:00 of the next day is \"30:00\"");
        continue;
      }
      result.push_back({*open, *close});
    }
    return result;
  }

  std::vector<int> ReadDays(const v1::WeeklyHours& hours, const std::string& path) {
    std::vector<int> days;
    for (int i = 0; i < hours.days_size(); ++i) {
      if (hours.days(i) < v1::DAY_OF_WEEK_MONDAY || hours.days(i) > v1::DAY_OF_WEEK_SUNDAY) {
        Add(absl::StrCat(path, "days[", i, "]"), kReasonCalendarValueUnknown,
            "a day is one of the seven days of the week");
        continue;
      }
      days.push_back(hours.days(i) - v1::DAY_OF_WEEK_MONDAY);
    }
    if (hours.days_size() == 0) days = {0, 1, 2, 3, 4, 5, 6};
    return days;
  }

  absl::Status AddVersion(std::int64_t local_start, const Hours& weekly_hours,
                          const std::string& path) {
    std::vector<Interval> week;
    for (int i = 0; i < weekly_hours.size(); ++i) {
      const std::string place = absl::StrCat(path, "weekly_hours[", i, "].");
      const v1::WeeklyHours& hours = weekly_hours[i];
      weekly_intervals_ += static_cast<std::size_t>(hours.intervals_size()) *
                           static_cast<std::size_t>(std::max(hours.days_size(), 7));
      if (weekly_intervals_ > limits_.max_weekly_intervals) {
        return TooLarge("weekly intervals", limits_.max_weekly_intervals);
      }
      if (hours.intervals_size() == 0) {
        Add(absl::StrCat(place, "intervals"), kReasonCalendarFieldRequired,
            "weekly hours have an interval");
      }
      const std::vector<Interval> intervals = ReadIntervals(hours.intervals(), place);
      for (const int day : ReadDays(hours, place)) {
        for (const Interval& interval : intervals) AddToWeek(day, interval, week);
      }
    }
    source_.versions.push_back({local_start, Normalize(std::move(week))});
    return absl::OkStatus();
  }

  static void AddToWeek(int day, const Interval& interval, std::vector<Interval>& week) {
    const std::int64_t begin = day * kDaySeconds + interval.begin;
    const std::int64_t end = day * kDaySeconds + interval.end;
    week.push_back({begin, std::min(end, kWeekSeconds)});
    if (end > kWeekSeconds) week.push_back({0, end - kWeekSeconds});
  }

  absl::Status ReadVersion(int i) {
    const v1::CalendarVersion& version = calendar_.versions(i);
    const std::string path = absl::StrCat("versions[", i, "].");
    const auto day = ReadDate(version.effective_date(), absl::StrCat(path, "effective_date"));
    const std::int64_t start = day.value_or(0) * kDaySeconds;
    if (day.has_value() && start <= last_version_) {
      Add(absl::StrCat(path, "effective_date"), kReasonCalendarDateOrder,
          "versions are in the order of their dates, and no date occurs twice");
    }
    if (day.has_value()) last_version_ = start;
    return AddVersion(start, version.weekly_hours(), path);
  }

  absl::optional<std::int64_t> ReadDate(absl::string_view text, const std::string& path) {
    if (text.empty()) {
      Add(path, kReasonCalendarFieldRequired, "a date is required");
      return absl::nullopt;
    }
    const absl::optional<std::int64_t> day = ParseDate(text);
    if (!day.has_value()) {
      Add(path, kReasonCalendarDate, "the text is no date of the form YYYY-MM-DD");
    }
    return day;
  }

  absl::Status ReadException(int i) {
    const v1::CalendarException& exception = calendar_.exceptions(i);
    const std::string path = absl::StrCat("exceptions[", i, "].");
    SourceException read;
    read.kind = exception.kind();
    read.name = exception.name();
    if (exception.kind() == v1::CalendarException::KIND_UNSPECIFIED ||
        !v1::CalendarException::Kind_IsValid(exception.kind())) {
      Add(absl::StrCat(path, "kind"), kReasonCalendarValueUnknown,
          "the kind of the exception is not set, or not known");
    }
    if (!exception.name().empty() && FindIdFault(exception.name()).has_value()) {
      Add(absl::StrCat(path, "name"), kReasonCalendarTextEncoding,
          "a name has at most 1,024 bytes of UTF-8, without control or invisible characters");
    }
    const auto first = ReadDate(exception.date(), absl::StrCat(path, "date"));
    auto last = first;
    if (!exception.last_date().empty()) {
      last = ReadDate(exception.last_date(), absl::StrCat(path, "last_date"));
    }
    read.intervals = ReadIntervals(exception.intervals(), path);
    const bool needs_intervals = exception.kind() == v1::CalendarException::KIND_SHORT ||
                                 exception.kind() == v1::CalendarException::KIND_EXTRA;
    if (needs_intervals && exception.intervals_size() == 0) {
      Add(absl::StrCat(path, "intervals"), kReasonCalendarFieldRequired,
          "a short or extra day has an interval");
    }
    if (!first.has_value() || !last.has_value()) return absl::OkStatus();
    if (*last < *first) {
      Add(absl::StrCat(path, "last_date"), kReasonCalendarDateOrder,
          "the last date is before the first");
      return absl::OkStatus();
    }
    read.first_day = *first;
    read.last_day = *last;
    exception_intervals_ += static_cast<std::size_t>(exception.intervals_size()) *
                            static_cast<std::size_t>(*last - *first + 1);
    if (exception_intervals_ > limits_.max_exception_intervals) {
      return TooLarge("intervals in exceptions", limits_.max_exception_intervals);
    }
    source_.exceptions.push_back(std::move(read));
    return absl::OkStatus();
  }

  const v1::Calendar& calendar_;
  const CalendarLimits& limits_;
  const absl::string_view prefix_;
  ErrorBuilder& errors_;
  CalendarSource source_;
  std::size_t weekly_intervals_ = 0;
  std::size_t exception_intervals_ = 0;
  std::int64_t last_version_ = INT64_MIN;
};

}  // namespace

absl::optional<std::int64_t> ParseDate(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return absl::nullopt;
  const int century = TwoDigits(text, 0);
  const int years = TwoDigits(text, 2);
  const int month = TwoDigits(text, 5);
  const int day = TwoDigits(text, 8);
  if (century < 0 || years < 0 || month < 1 || day < 1) return absl::nullopt;
  const absl::CivilDay civil(century * 100 + years, month, day);
  // An impossible date would become another one.
  if (civil.year() < 1 || civil.month() != month || civil.day() != day) return absl::nullopt;
  return DayNumber(civil);
}

absl::optional<std::int64_t> ParseLocalTime(absl::string_view text, std::int64_t max_seconds) {
  const bool has_seconds = text.size() == 8;
  if ((text.size() != 5 && !has_seconds) || text[2] != ':' || (has_seconds && text[5] != ':')) {
    return absl::nullopt;
  }
  const int hours = TwoDigits(text, 0);
  const int minutes = TwoDigits(text, 3);
  const int seconds = has_seconds ? TwoDigits(text, 6) : 0;
  if (hours < 0 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) {
    return absl::nullopt;
  }
  const std::int64_t total = hours * 3600 + minutes * 60 + seconds;
  if (total > max_seconds) return absl::nullopt;
  return total;
}

absl::StatusOr<CalendarSource> ReadCalendar(const v1::Calendar& calendar,
                                            const CalendarLimits& limits, absl::string_view prefix,
                                            ErrorBuilder& errors) {
  return CalendarReader(calendar, limits, prefix, errors).Read();
}

}  // namespace calendar
}  // namespace frontdesk
