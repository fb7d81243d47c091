// When outcomes are forgotten that are no longer remembered. Private.
#ifndef FRONTDESK_SRC_DESK_RETENTION_H_
#define FRONTDESK_SRC_DESK_RETENTION_H_

#include <mutex>

#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace frontdesk {
namespace internal {

// The commands with a key are counted, in windows. Thread-safe.
class Retention {
 public:
  // Commands of a window. As many outcomes at most are removed after it, and as many again: more than came.
  static constexpr int kWindow = 256;

  // Counts a command of that instant. At the end of a window: the earliest instant in it, since one clock may be ahead by years.
  absl::optional<absl::Time> Count(absl::Time now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    earliest_ = count_ == 0 || now < earliest_ ? now : earliest_;
    if (++count_ < kWindow) return absl::nullopt;
    count_ = 0;
    return earliest_;
  }

 private:
  std::mutex mutex_;
  int count_ = 0;        // Guarded by mutex_.
  absl::Time earliest_;  // Guarded by mutex_.
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_RETENTION_H_
