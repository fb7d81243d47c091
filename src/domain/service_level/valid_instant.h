// The bound of the instants that a Timestamp can hold. Private.
#ifndef FRONTDESK_SRC_DOMAIN_SERVICE_LEVEL_VALID_INSTANT_H_
#define FRONTDESK_SRC_DOMAIN_SERVICE_LEVEL_VALID_INSTANT_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {

// Nothing for an instant behind year 9999, and for an error.
inline absl::optional<absl::Time> ValidInstant(absl::Time time) {
  if (time >= absl::FromUnixSeconds(internal::kMaxTimestampSeconds + 1)) return absl::nullopt;
  return time;
}
inline absl::optional<absl::Time> ValidInstant(const absl::StatusOr<absl::Time>& time) {
  if (!time.ok()) return absl::nullopt;
  return ValidInstant(*time);
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DOMAIN_SERVICE_LEVEL_VALID_INSTANT_H_
