#include "frontdesk/domain/service_level/time_span.h"

#include "absl/status/statusor.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {
namespace {

// Nothing beyond all that a Timestamp can hold.
absl::optional<absl::Time> ValidEnd(absl::Time end) {
  if (end >= absl::FromUnixSeconds(internal::kMaxTimestampSeconds + 1)) return absl::nullopt;
  return end;
}

absl::optional<absl::Time> ValidEnd(const absl::StatusOr<absl::Time>& end) {
  if (!end.ok()) return absl::nullopt;
  return ValidEnd(*end);
}

}  // namespace

absl::optional<absl::Time> EndOfSpan(const google::protobuf::Duration& duration,
                                     v1::TimeBasis basis, absl::Time start,
                                     const calendar::BusinessCalendar* calendar) {
  const absl::optional<absl::Duration> length = internal::DecodeDuration(duration);
  if (!length.has_value()) return absl::nullopt;
  if (basis == v1::TIME_BASIS_BUSINESS && calendar != nullptr) {
    return ValidEnd(calendar->Add(start, *length));
  }
  return ValidEnd(start + *length);
}

absl::optional<absl::Time> EndOfSpan(const v1::TimeSpan& span, absl::Time start,
                                     const calendar::BusinessCalendar* calendar) {
  if (span.business_days() == 0) {
    return EndOfSpan(span.duration(), span.basis(), start, calendar);
  }
  if (calendar != nullptr) return ValidEnd(calendar->AddBusinessDays(start, span.business_days()));
  constexpr int kHoursOfDay = 24;
  return ValidEnd(start + absl::Hours(kHoursOfDay) * span.business_days());
}

}  // namespace domain
}  // namespace frontdesk
