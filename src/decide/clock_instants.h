// The instants and spans of clocks, decoded. Private.
#ifndef FRONTDESK_SRC_DECIDE_CLOCK_INSTANTS_H_
#define FRONTDESK_SRC_DECIDE_CLOCK_INSTANTS_H_

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {

// Times and spans of states and events are valid.
inline absl::Time InstantOf(const google::protobuf::Timestamp& time) {
  return DecodeTime(time).value_or(absl::UnixEpoch());
}
inline absl::Duration LengthOf(const google::protobuf::Duration& span) {
  return DecodeDuration(span).value_or(absl::ZeroDuration());
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_CLOCK_INSTANTS_H_
