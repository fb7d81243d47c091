// The part that both forms of holidays share. Private, header only.
#ifndef FRONTDESK_CALENDAR_HOLIDAY_LIST_H_
#define FRONTDESK_CALENDAR_HOLIDAY_LIST_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "calendar/civil.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/calendar/holidays.h"
#include "frontdesk/calendar/reasons.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {

inline absl::Status HolidaysTooMany(absl::string_view what, std::size_t limit) {
  return MakeError(kReasonCalendarHolidaysTooMany,
                   absl::StrCat("the text has more than ", limit, " ", what));
}

// The window of dates must be one that rules can be repeated in.
inline absl::Status CheckHolidayWindow(const HolidayOptions& options) {
  if (options.first_date.year() >= 1900 && options.last_date.year() <= 2200 &&
      options.first_date <= options.last_date) {
    return absl::OkStatus();
  }
  return MakeError(kReasonCalendarHolidaysSyntax,
                   "the first and the last date are in order, and in the years 1900 to 2200");
}

// Collects exceptions.
class HolidayList {
 public:
  explicit HolidayList(const HolidayOptions& options) : options_(options) {}

  // Local seconds since 1970-01-01T00:00:00, `end` is the first one after it. Whole days, or times in one day or several.
  // Days outside of the window are left out, also those of a holiday that is partly inside.
  absl::Status Add(std::int64_t begin, std::int64_t end, bool is_whole_days,
                   absl::string_view name) {
    const std::int64_t first = DayNumber(options_.first_date);
    const std::int64_t last = DayNumber(options_.last_date);
    std::int64_t day = std::max(first, FloorDiv(begin, kDaySeconds));
    const std::int64_t last_day = std::min(last, FloorDiv(end - 1, kDaySeconds));
    if (day > last_day) return absl::OkStatus();
    if (is_whole_days) return AddDays(day, last_day, 0, kDaySeconds, name);
    for (; day <= last_day; ++day) {
      const std::int64_t midnight = day * kDaySeconds;
      absl::Status added = AddDays(day, day, std::max<std::int64_t>(0, begin - midnight),
                                   std::min(kDaySeconds, end - midnight), name);
      if (!added.ok()) return added;
    }
    return absl::OkStatus();
  }

  // By date, then name.
  std::vector<v1::CalendarException> Build() {
    const auto key = [](const v1::CalendarException& each) {
      return std::tie(each.date(), each.name(), each.last_date());
    };
    std::stable_sort(holidays_.begin(), holidays_.end(),
                     [&](const auto& a, const auto& b) { return key(a) < key(b); });
    return std::move(holidays_);
  }

 private:
  static std::string DateText(std::int64_t day) {
    return absl::FormatCivilTime(absl::CivilDay(1970, 1, 1) + day);
  }
  static std::string TimeText(std::int64_t seconds) {
    std::string text = absl::StrFormat("%02d:%02d", seconds / 3600, seconds / 60 % 60);
    if (seconds % 60 != 0) absl::StrAppendFormat(&text, ":%02d", seconds % 60);
    return text;
  }

  absl::Status AddDays(std::int64_t day, std::int64_t last_day, std::int64_t begin,
                       std::int64_t end, absl::string_view name) {
    if (holidays_.size() == options_.max_holidays) {
      return HolidaysTooMany("holidays", options_.max_holidays);
    }
    v1::CalendarException& holiday = holidays_.emplace_back();
    holiday.set_kind(options_.kind);
    holiday.set_date(DateText(day));
    if (last_day > day) holiday.set_last_date(DateText(last_day));
    if (begin > 0 || end < kDaySeconds) {
      v1::TimeInterval& interval = *holiday.add_intervals();
      interval.set_open(TimeText(begin));
      interval.set_close(TimeText(end));
    }
    // A name that a calendar would refuse is left out: the date is worth more.
    if (!FindIdFault(name).has_value()) holiday.set_name(std::string(name));
    return absl::OkStatus();
  }

  const HolidayOptions& options_;
  std::vector<v1::CalendarException> holidays_;
};

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_HOLIDAY_LIST_H_
