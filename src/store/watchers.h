// The watches of a store that only this process writes.
#ifndef FRONTDESK_STORE_WATCHERS_H_
#define FRONTDESK_STORE_WATCHERS_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

// Thread-safe.
class Watchers : public std::enable_shared_from_this<Watchers> {
 public:
  // As Store::StartWatch().
  absl::StatusOr<std::unique_ptr<Watch>> Start();

  // Makes every descriptor readable. To be called after a commit, when snapshots have it. Costs a look at a number without
  // watches, and a system call for each watch that was cleared since the last signal.
  void Signal();

 private:
  class EventWatch;

  // Changes under mutex_.
  std::atomic<int> count_{0};
  std::mutex mutex_;
  std::vector<EventWatch*> watches_;  // Guarded by mutex_.
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_WATCHERS_H_
