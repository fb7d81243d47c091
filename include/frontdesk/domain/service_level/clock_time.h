// The arithmetic of clocks: how much time counts under a given target, and when it is due. Pure; it chooses no target.
//
//   frontdesk::domain::ClockRule rule;  // Four hours of open time, paused while the case waits for the customer.
//   rule.duration = absl::Hours(4);
//   rule.calendar = &calendar;
//   const absl::Duration counted = frontdesk::domain::CountTime(rule, start, now, pauses);
//   const absl::optional<absl::Time> due = frontdesk::domain::DueTime(rule, now, rule.duration - counted);
#ifndef FRONTDESK_DOMAIN_SERVICE_LEVEL_CLOCK_TIME_H_
#define FRONTDESK_DOMAIN_SERVICE_LEVEL_CLOCK_TIME_H_

#include <cstdint>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/calendar/business_calendar.h"

namespace frontdesk {
namespace domain {

// The rule of a target by which time counts. A plain struct.
struct ClockRule {
  // The time promised. Of no meaning with `business_days`.
  absl::Duration duration;
  // The business days promised, in place of it; 0: none.
  std::int64_t business_days = 0;
  // The calendar by which time counts; it outlives the rule. Null: all time counts.
  const calendar::BusinessCalendar* calendar = nullptr;
};

// A stretch in which a clock is paused, half-open. A plain struct.
struct ClockPause {
  absl::Time start;
  // InfiniteFuture: it is not over.
  absl::Time end = absl::InfiniteFuture();
};

// The time from `start` to `end` that counts: open time of the calendar outside of `pauses`, which are in order and do not overlap. 0 when
// `end` is not later.
absl::Duration CountTime(const ClockRule& rule, absl::Time start, absl::Time end,
                         absl::Span<const ClockPause> pauses = {});

// The first instant from `from` on, without pauses, until which `left` more counts; with `left` of 0 or less, `from`. Nothing: there is none
// up to the end of year 9999, or the calendar never opens.
absl::optional<absl::Time> DueTime(const ClockRule& rule, absl::Time from, absl::Duration left);

// The instant until which `span` counts from `start` on, with `pauses` as above. Nothing also when a pause that is not over begins before.
absl::optional<absl::Time> DueTime(const ClockRule& rule, absl::Time start, absl::Duration span,
                                   absl::Span<const ClockPause> pauses);

// The end of the business days of the rule: that number after the first open instant that is not before `start`; days of 24 hours without a
// calendar. Nothing as above.
absl::optional<absl::Time> DueAfterDays(const ClockRule& rule, absl::Time start);

// The instant `before` ahead of `due`, in time that counts, and not before `start`.
absl::Time WarnTime(const ClockRule& rule, absl::Time start, absl::Time due, absl::Duration before);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_SERVICE_LEVEL_CLOCK_TIME_H_
