#include "decide/clock_words.h"

#include <cstdint>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "decide/value_words.h"
#include "internal/enum_label.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace internal {
namespace {

// Days on either side of the present one on which a weekday is not ambiguous.
constexpr int kWeekdayDays = 6;

constexpr absl::string_view kWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
constexpr absl::string_view kMonths[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
constexpr int kWeekdayLetters = 3;

absl::string_view WeekdayOf(absl::CivilDay day) {
  return kWeekdays[static_cast<int>(absl::GetWeekday(day))];
}

// The time of day.
std::string HourText(absl::CivilSecond local) {
  const std::string text = absl::StrFormat("%02d:%02d", local.hour(), local.minute());
  return local.second() == 0 ? text : absl::StrCat(text, absl::StrFormat(":%02d", local.second()));
}

}  // namespace

std::string ShortSpan(absl::Duration span) {
  if (span < absl::ZeroDuration()) return absl::StrCat("minus ", ShortSpan(-span));
  if (span == absl::ZeroDuration()) return "0 min";
  if (span < absl::Seconds(1)) return "less than 1 s";
  absl::Duration rest = span;
  const std::int64_t hours = absl::IDivDuration(rest, absl::Hours(1), &rest);
  const std::int64_t minutes = absl::IDivDuration(rest, absl::Minutes(1), &rest);
  const std::int64_t seconds = absl::IDivDuration(rest, absl::Seconds(1), &rest);
  std::string text;
  const auto add = [&text](std::int64_t count, absl::string_view unit) {
    if (count == 0) return;
    absl::StrAppend(&text, text.empty() ? "" : " ", count, " ", unit);
  };
  add(hours, "h");
  add(minutes, "min");
  add(seconds, "s");
  return text;
}

absl::TimeZone ClockTimes::PlaceAt(absl::Time time) const {
  if (zone_ == nullptr) return absl::UTCTimeZone();
  return absl::FixedTimeZone(zone_->OffsetAt(absl::ToUnixSeconds(time)));
}

absl::CivilSecond ClockTimes::Local(absl::Time time) const {
  return absl::ToCivilSecond(time, PlaceAt(time));
}

std::string ClockTimes::Short(absl::Time time) const {
  const absl::CivilSecond local = Local(time);
  const std::int64_t days = absl::CivilDay(local) - absl::CivilDay(Local(now_));
  const std::string hour = HourText(local);
  if (std::abs(days) <= kWeekdayDays) {
    return absl::StrCat(WeekdayOf(absl::CivilDay(local)).substr(0, kWeekdayLetters), " ", hour);
  }
  return absl::StrCat(absl::FormatCivilTime(absl::CivilDay(local)), " ", hour);
}

std::string ClockTimes::Long(absl::Time time) const {
  const absl::CivilSecond local = Local(time);
  return absl::StrCat(WeekdayOf(absl::CivilDay(local)), ", ", kMonths[local.month() - 1], " ",
                      local.day(), ", ", local.year(), ", ", HourText(local));
}

std::string ClockTimes::Exact(absl::Time time) const {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*S%Ez", time, PlaceAt(time));
}

std::string ClockName(const v1::CaseClock& clock) {
  const auto* metric = v1::ServiceMetric_descriptor()->FindValueByNumber(clock.metric());
  std::string name = clock.metric() == v1::SERVICE_METRIC_MILESTONE || metric == nullptr
                         ? EscapeText(SpacedWords(clock.milestone()))
                         : SpacedWords(EnumLabel(*metric));
  if (clock.instance() > 1) absl::StrAppend(&name, " ", clock.instance());
  return name;
}

std::string PromiseWords(const v1::ClockTarget& target) {
  if (target.business_days() > 0) {
    return absl::StrCat(target.business_days(),
                        target.business_days() == 1 ? " business day" : " business days");
  }
  return absl::StrCat(ShortSpan(LengthOf(target.duration())),
                      target.calendar_id().empty() ? "" : " of open time");
}

std::string PauseWords(v1::Case::State state) {
  if (state == v1::Case::STATE_WAITING_ON_CUSTOMER) return "while waiting for the customer";
  if (state == v1::Case::STATE_WAITING_ON_THIRD_PARTY) return "while waiting for a third party";
  const auto* value = v1::Case::State_descriptor()->FindValueByNumber(state);
  return value == nullptr ? "in a state that this version does not know"
                          : absl::StrCat("while ", SpacedWords(EnumLabel(*value)));
}

}  // namespace internal
}  // namespace frontdesk
