#include "calendar/posix_rule.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"
#include "calendar/civil.h"

namespace frontdesk {
namespace calendar {
namespace {

// Reads a text from its beginning. A function that fails returns false.
class PosixScanner {
 public:
  explicit PosixScanner(absl::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool Next(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool NextIs(char c) const { return !rest_.empty() && rest_[0] == c; }

  // Three letters or more, or letters, digits and signs in <>.
  bool ReadName() {
    const bool quoted = Next('<');
    std::size_t length = 0;
    while (length < rest_.size() && (absl::ascii_isalpha(rest_[length]) ||
                                     (quoted && (absl::ascii_isdigit(rest_[length]) ||
                                                 rest_[length] == '+' || rest_[length] == '-')))) {
      ++length;
    }
    rest_.remove_prefix(length);
    return length >= 3 && (!quoted || Next('>'));
  }

  bool ReadNumber(int min, int max, int& number) {
    if (rest_.empty() || !absl::ascii_isdigit(rest_[0])) return false;
    number = 0;
    for (int digits = 0; !rest_.empty() && absl::ascii_isdigit(rest_[0]); ++digits) {
      if (digits == 3) return false;
      number = number * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return number >= min && number <= max;
  }

  // [+-]h[hh][:mm[:ss]] in seconds.
  bool ReadTime(int max_hours, std::int64_t& seconds) {
    const bool negative = Next('-');
    if (!negative) Next('+');
    int hours = 0;
    int minutes = 0;
    int rest = 0;
    if (!ReadNumber(0, max_hours, hours)) return false;
    if (Next(':')) {
      if (!ReadNumber(0, 59, minutes)) return false;
      if (Next(':') && !ReadNumber(0, 59, rest)) return false;
    }
    seconds = hours * 3600 + minutes * 60 + rest;
    if (negative) seconds = -seconds;
    return true;
  }

  // ,Jn ,n or ,Mm.w.d and [/time]
  bool ReadDate(PosixDate& date) {
    if (!Next(',')) return false;
    if (Next('J')) {
      date.form = PosixDate::Form::kJulian;
      if (!ReadNumber(1, 365, date.day)) return false;
    } else if (Next('M')) {
      date.form = PosixDate::Form::kMonth;
      if (!ReadNumber(1, 12, date.month) || !Next('.') || !ReadNumber(1, 5, date.week) ||
          !Next('.') || !ReadNumber(0, 6, date.weekday)) {
        return false;
      }
    } else {
      date.form = PosixDate::Form::kZeroBased;
      if (!ReadNumber(0, 365, date.day)) return false;
    }
    return !Next('/') || ReadTime(167, date.time);
  }

 private:
  absl::string_view rest_;
};

}  // namespace

absl::optional<PosixRule> ParsePosixRule(absl::string_view text) {
  PosixScanner scanner(text);
  PosixRule rule;
  std::int64_t west = 0;  // POSIX counts hours west of Greenwich.
  if (!scanner.ReadName() || !scanner.ReadTime(24, west)) return absl::nullopt;
  rule.standard_offset = -west;
  if (scanner.at_end()) return rule;
  rule.has_daylight = true;
  rule.daylight_offset = rule.standard_offset + 3600;
  if (!scanner.ReadName()) return absl::nullopt;
  if (!scanner.at_end() && !scanner.NextIs(',')) {
    if (!scanner.ReadTime(24, west)) return absl::nullopt;
    rule.daylight_offset = -west;
  }
  if (!scanner.ReadDate(rule.daylight_start) || !scanner.ReadDate(rule.daylight_end) ||
      !scanner.at_end()) {
    return absl::nullopt;
  }
  return rule;
}

std::int64_t LocalTimeOf(const PosixDate& date, std::int64_t year) {
  const auto january = absl::CivilDay(year, 1, 1);
  const bool leap = absl::CivilDay(year + 1, 1, 1) - january == 366;
  std::int64_t day = 0;
  switch (date.form) {
    case PosixDate::Form::kJulian:
      day = DayNumber(january) + date.day - 1 + (leap && date.day >= 60 ? 1 : 0);
      break;
    case PosixDate::Form::kZeroBased:
      day = DayNumber(january) + date.day;
      break;
    case PosixDate::Form::kMonth: {
      const std::int64_t first = DayNumber(absl::CivilDay(year, date.month, 1));
      const std::int64_t next = DayNumber(absl::CivilDay(absl::CivilMonth(year, date.month) + 1));
      // WeekdayOf counts from Monday, POSIX from Sunday.
      const std::int64_t shift = FloorMod(date.weekday - (WeekdayOf(first) + 1), 7);
      day = first + shift + 7 * (date.week - 1);
      while (day >= next) day -= 7;
      break;
    }
  }
  return day * kDaySeconds + date.time;
}

}  // namespace calendar
}  // namespace frontdesk
