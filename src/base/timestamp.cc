#include "frontdesk/base/timestamp.h"

#include "internal/time.h"

namespace frontdesk {

google::protobuf::Timestamp ToTimestamp(absl::Time time) { return internal::EncodeTime(time); }

absl::optional<absl::Time> ToTime(const google::protobuf::Timestamp& timestamp) {
  return internal::DecodeTime(timestamp);
}

}  // namespace frontdesk
