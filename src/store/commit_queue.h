// Calls of Store::Commit() that wait for one writer: those that wait at the same time are carried out together.
#ifndef FRONTDESK_STORE_COMMIT_QUEUE_H_
#define FRONTDESK_STORE_COMMIT_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

// Thread-safe.
class CommitQueue {
 public:
  // One call that waits. A plain struct.
  struct Request {
    std::vector<Batch> batches;
    std::size_t bytes = 0;
    // Set by the writer: an error, or one result for each batch.
    absl::Status status;
    std::vector<CommitResult> results;
    bool is_done = false;
    std::condition_variable wake;
  };
  // Carries requests out. Called in the thread of the first of them, and never by two threads at the same time.
  using Write = std::function<void(const std::vector<Request*>& group)>;

  // A group of several requests has at most this number of bytes.
  explicit CommitQueue(std::size_t max_group_bytes) : max_group_bytes_(max_group_bytes) {}

  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches, const Write& write);

 private:
  const std::size_t max_group_bytes_;
  std::mutex mutex_;
  std::deque<Request*> queue_;  // Guarded by mutex_.
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_COMMIT_QUEUE_H_
