#include "frontdesk/domain/service_level/time_span.h"

#include "domain/service_level/valid_instant.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {

absl::optional<absl::Time> EndOfSpan(const google::protobuf::Duration& duration,
                                     v1::TimeBasis basis, absl::Time start,
                                     const calendar::BusinessCalendar* calendar) {
  const absl::optional<absl::Duration> length = internal::DecodeDuration(duration);
  if (!length.has_value()) return absl::nullopt;
  if (basis == v1::TIME_BASIS_BUSINESS && calendar != nullptr) {
    return ValidInstant(calendar->Add(start, *length));
  }
  return ValidInstant(start + *length);
}

absl::optional<absl::Time> EndOfSpan(const v1::TimeSpan& span, absl::Time start,
                                     const calendar::BusinessCalendar* calendar) {
  if (span.business_days() == 0) {
    return EndOfSpan(span.duration(), span.basis(), start, calendar);
  }
  if (calendar != nullptr)
    return ValidInstant(calendar->AddBusinessDays(start, span.business_days()));
  constexpr int kHoursOfDay = 24;
  return ValidInstant(start + absl::Hours(kHoursOfDay) * span.business_days());
}

}  // namespace domain
}  // namespace frontdesk
