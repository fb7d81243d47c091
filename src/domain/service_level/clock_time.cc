#include "frontdesk/domain/service_level/clock_time.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "domain/service_level/valid_instant.h"

namespace frontdesk {
namespace domain {
namespace {

absl::Duration Open(const ClockRule& rule, absl::Time start, absl::Time end) {
  if (end <= start) return absl::ZeroDuration();
  return rule.calendar == nullptr ? end - start : rule.calendar->Between(start, end);
}

}  // namespace

absl::Duration CountTime(const ClockRule& rule, absl::Time start, absl::Time end,
                         absl::Span<const ClockPause> pauses) {
  absl::Duration counted;
  absl::Time from = start;
  for (const ClockPause& pause : pauses) {
    if (pause.end <= from) continue;
    if (pause.start >= end) break;
    counted += Open(rule, from, pause.start);
    from = pause.end;
  }
  return counted + Open(rule, from, end);
}

absl::optional<absl::Time> DueTime(const ClockRule& rule, absl::Time from, absl::Duration left) {
  if (left <= absl::ZeroDuration()) return from;
  if (rule.calendar == nullptr) return ValidInstant(from + left);
  return ValidInstant(rule.calendar->Add(from, left));
}

absl::optional<absl::Time> DueTime(const ClockRule& rule, absl::Time start, absl::Duration span,
                                   absl::Span<const ClockPause> pauses) {
  absl::Time from = start;
  for (const ClockPause& pause : pauses) {
    if (pause.end <= from) continue;
    const absl::Duration counted = Open(rule, from, pause.start);
    if (counted >= span) break;
    span -= counted;
    from = pause.end;
    if (from == absl::InfiniteFuture()) return absl::nullopt;
  }
  return DueTime(rule, from, span);
}

absl::optional<absl::Time> DueAfterDays(const ClockRule& rule, absl::Time start) {
  if (rule.calendar == nullptr) return ValidInstant(start + rule.business_days * absl::Hours(24));
  const absl::StatusOr<absl::Time> open = rule.calendar->NextOpen(start);
  if (!open.ok()) return absl::nullopt;
  return ValidInstant(rule.calendar->AddBusinessDays(*open, rule.business_days));
}

absl::Time WarnTime(const ClockRule& rule, absl::Time start, absl::Time due,
                    absl::Duration before) {
  absl::Time warn = due - before;
  if (rule.calendar != nullptr) {
    const absl::StatusOr<absl::Time> counted = rule.calendar->Subtract(due, before);
    if (counted.ok()) warn = *counted;
  }
  return std::max(start, warn);
}

}  // namespace domain
}  // namespace frontdesk
