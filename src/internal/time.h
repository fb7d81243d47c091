// Protobuf's Timestamp and Duration to and from Abseil's, with their validity checked. Private,
// header only.
#ifndef FRONTDESK_INTERNAL_TIME_H_
#define FRONTDESK_INTERNAL_TIME_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace internal {

// The range of a valid Timestamp: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.
inline constexpr int64_t kMinTimestampSeconds = -62135596800;
inline constexpr int64_t kMaxTimestampSeconds = 253402300799;

// The range of a valid Duration: about 10000 years either way.
inline constexpr int64_t kMaxDurationSeconds = 315576000000;

// Seconds in range and nanos 0 to 999,999,999.
inline bool IsValid(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= kMinTimestampSeconds &&
         timestamp.seconds() <= kMaxTimestampSeconds && timestamp.nanos() >= 0 &&
         timestamp.nanos() <= 999'999'999;
}

// Seconds in range, nanos within one second and of the same sign.
inline bool IsValid(const google::protobuf::Duration& duration) {
  return duration.seconds() >= -kMaxDurationSeconds && duration.seconds() <= kMaxDurationSeconds &&
         duration.nanos() >= -999'999'999 && duration.nanos() <= 999'999'999 &&
         !(duration.seconds() > 0 && duration.nanos() < 0) &&
         !(duration.seconds() < 0 && duration.nanos() > 0);
}

// The instant, or nothing if `timestamp` is not valid.
inline absl::optional<absl::Time> DecodeTime(const google::protobuf::Timestamp& timestamp) {
  if (!IsValid(timestamp)) return absl::nullopt;
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// The instant in UTC, as RFC 3339 has it; empty if `timestamp` is not valid.
inline std::string TimeText(const google::protobuf::Timestamp& timestamp) {
  const absl::optional<absl::Time> time = DecodeTime(timestamp);
  if (!time.has_value()) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", *time, absl::UTCTimeZone());
}

// Nanoseconds since 1970. A time that does not fit (before 1677, after 2262) becomes the nearest that does.
inline constexpr int64_t kNoNanos = std::numeric_limits<int64_t>::min();  // There is no time.
inline int64_t UnixNanos(bool has_time, const google::protobuf::Timestamp& time) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kNanosPerSecond = 1'000'000'000;
  if (!has_time) return kNoNanos;
  if (time.seconds() >= kMax / kNanosPerSecond) return kMax;
  if (time.seconds() <= kNoNanos / kNanosPerSecond) return kNoNanos + 1;
  return time.seconds() * kNanosPerSecond + time.nanos();
}

// The span, or nothing if `duration` is not valid.
inline absl::optional<absl::Duration> DecodeDuration(const google::protobuf::Duration& duration) {
  if (!IsValid(duration)) return absl::nullopt;
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

// The last nanosecond that is not after `time`; what lies outside the range of a valid Timestamp
// becomes its nearest end.
inline google::protobuf::Timestamp EncodeTime(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const absl::Time first = absl::FromUnixSeconds(kMinTimestampSeconds);
  const absl::Time end = absl::FromUnixSeconds(kMaxTimestampSeconds + 1);
  if (time >= end) {
    timestamp.set_seconds(kMaxTimestampSeconds);
    timestamp.set_nanos(999'999'999);
    return timestamp;
  }
  time = std::max(time, first);
  const int64_t seconds = absl::ToUnixSeconds(time);  // Rounds towards the past.
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>((time - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
  return timestamp;
}

// Truncated towards zero to nanoseconds; what lies outside the range of a valid Duration becomes
// its nearest end.
inline google::protobuf::Duration EncodeDuration(absl::Duration span) {
  google::protobuf::Duration duration;
  span = std::min(span, absl::Seconds(kMaxDurationSeconds));
  span = std::max(span, -absl::Seconds(kMaxDurationSeconds));
  absl::Duration rest;
  duration.set_seconds(absl::IDivDuration(span, absl::Seconds(1), &rest));
  duration.set_nanos(static_cast<int32_t>(absl::IDivDuration(rest, absl::Nanoseconds(1), &rest)));
  return duration;
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_TIME_H_
