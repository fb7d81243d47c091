// Instants: protobuf's Timestamp, as messages and options have it, to and from Abseil's Time.
//
//   const google::protobuf::Timestamp now = frontdesk::ToTimestamp(absl::FromUnixSeconds(1'715'785'200));
//   const absl::optional<absl::Time> time = frontdesk::ToTime(now);
//   if (time.has_value()) std::cout << absl::FormatTime(*time, absl::UTCTimeZone()) << "\n";
//
// Both are pure and thread-safe, and take constant time.
#ifndef FRONTDESK_BASE_TIMESTAMP_H_
#define FRONTDESK_BASE_TIMESTAMP_H_

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {

// The last nanosecond that is not after `time`. An instant outside of the years 1 to 9999 (UTC), also
// InfinitePast and InfiniteFuture, becomes the nearest that is inside: there is no error. MakeCommand does the same.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

// The instant, exactly. Nothing when `timestamp` is not valid: seconds outside of the years 1 to 9999,
// or nanos outside of 0 to 999,999,999. Those that a desk returns are valid. A Timestamp that is not
// set is valid too: it is 1970-01-01T00:00:00Z, so ask the message whether it has the field.
absl::optional<absl::Time> ToTime(const google::protobuf::Timestamp& timestamp);

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_TIMESTAMP_H_
