// Trying again for a limited time, with longer and longer pauses of uneven length.
#ifndef FRONTDESK_STORE_POSTGRES_RETRY_H_
#define FRONTDESK_STORE_POSTGRES_RETRY_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>

namespace frontdesk {
namespace store {
namespace postgres_internal {

// Thread-compatible. The clock runs from the first Wait() on.
class Retry {
 public:
  explicit Retry(std::chrono::milliseconds limit) : limit_(limit) {}

  // The first time, returns at once; later it sleeps a little. False: the limit is over.
  bool Wait() {
    const auto now = std::chrono::steady_clock::now();
    if (attempt_++ == 0) {
      end_ = now + limit_;
      random_ = static_cast<std::uint32_t>(now.time_since_epoch().count()) | 1u;
      return limit_.count() > 0;
    }
    if (now >= end_) return false;
    random_ = random_ * 1'664'525u + 1'013'904'223u;
    const int step = 1'000 << std::min(attempt_, 8);
    const auto pause = std::chrono::microseconds(step + (random_ >> 8) % step);
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(pause, end_ - now));
    return true;
  }

 private:
  const std::chrono::milliseconds limit_;
  std::chrono::steady_clock::time_point end_;
  std::uint32_t random_ = 0;
  int attempt_ = 0;
};

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_RETRY_H_
