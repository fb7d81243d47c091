#include "store/watchers.h"

#ifdef __linux__
#include <sys/eventfd.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <cstdint>
#include <utility>

namespace frontdesk {
namespace store {

#ifdef __linux__

class Watchers::EventWatch : public Watch {
 public:
  EventWatch(std::shared_ptr<Watchers> watchers, int descriptor)
      : watchers_(std::move(watchers)), descriptor_(descriptor) {
    const std::lock_guard<std::mutex> lock(watchers_->mutex_);
    watchers_->watches_.push_back(this);
    ++watchers_->count_;
  }
  ~EventWatch() override {
    {
      const std::lock_guard<std::mutex> lock(watchers_->mutex_);
      auto& watches = watchers_->watches_;
      watches.erase(std::find(watches.begin(), watches.end(), this));
      --watchers_->count_;
    }
    ::close(descriptor_);
  }
  EventWatch(const EventWatch&) = delete;
  EventWatch& operator=(const EventWatch&) = delete;

  int descriptor() const override { return descriptor_; }

  void Clear() override {
    std::uint64_t count = 0;
    // It does not wait: there may be nothing to read.
    (void)!::read(descriptor_, &count, sizeof(count));
    // Only now: a signal that comes in between need not write, since its commit is in the snapshot that follows.
    is_signaled_ = false;
  }

  void Signal() {
    if (is_signaled_.exchange(true)) return;
    const std::uint64_t one = 1;
    (void)!::write(descriptor_, &one, sizeof(one));
  }

 private:
  const std::shared_ptr<Watchers> watchers_;
  const int descriptor_;
  // Whether the descriptor is readable, or becomes so in a moment.
  std::atomic<bool> is_signaled_{false};
};

absl::StatusOr<std::unique_ptr<Watch>> Watchers::Start() {
  const int descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) return absl::UnavailableError("the system has no more descriptors");
  return std::make_unique<EventWatch>(shared_from_this(), descriptor);
}

void Watchers::Signal() {
  // A watch that began before a snapshot is seen by each commit that the snapshot does not have: the store's lock is between them.
  if (count_.load(std::memory_order_acquire) == 0) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (EventWatch* watch : watches_) watch->Signal();
}

#else

absl::StatusOr<std::unique_ptr<Watch>> Watchers::Start() {
  return absl::UnimplementedError("stores are watched on Linux only");
}

void Watchers::Signal() {}

#endif

}  // namespace store
}  // namespace frontdesk
