// The end of a span of time that counts by the calendar of a case.
//
//   frontdesk::v1::TimeSpan wait;
//   wait.set_business_days(2);
//   const absl::optional<absl::Time> until = frontdesk::domain::EndOfSpan(wait, now, &calendar);
#ifndef FRONTDESK_DOMAIN_SERVICE_LEVEL_TIME_SPAN_H_
#define FRONTDESK_DOMAIN_SERVICE_LEVEL_TIME_SPAN_H_

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/duration.pb.h"

namespace frontdesk {
namespace domain {

// The instant until which a span that begins at `start` lasts. `calendar` is that of the service level of the case; it counts for business
// days and for TIME_BASIS_BUSINESS. Null: all time counts, and business days are days of 24 hours. Nothing: the span is not valid, it
// does not end by the end of year 9999, or the calendar opens no more. Costs O(log) of the calendar.
absl::optional<absl::Time> EndOfSpan(const v1::TimeSpan& span, absl::Time start,
                                     const calendar::BusinessCalendar* calendar);

// The same of a duration.
absl::optional<absl::Time> EndOfSpan(const google::protobuf::Duration& duration,
                                     v1::TimeBasis basis, absl::Time start,
                                     const calendar::BusinessCalendar* calendar);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_SERVICE_LEVEL_TIME_SPAN_H_
