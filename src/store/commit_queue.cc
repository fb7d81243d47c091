#include "store/commit_queue.h"

#include <utility>

namespace frontdesk {
namespace store {
namespace {

std::size_t BytesOf(const std::vector<Batch>& batches) {
  std::size_t bytes = 0;
  for (const Batch& batch : batches) {
    for (const Write& write : batch.writes) {
      bytes += write.key.bytes.size() + (write.value == nullptr ? 0 : write.value->size());
    }
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::vector<CommitResult>> CommitQueue::Commit(std::vector<Batch> batches,
                                                              const Write& write) {
  Request request;
  request.bytes = BytesOf(batches);
  request.batches = std::move(batches);
  std::vector<Request*> group;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    queue_.push_back(&request);
    request.wake.wait(lock, [&] { return request.is_done || queue_.front() == &request; });
    if (!request.is_done) {
      std::size_t bytes = 0;
      for (Request* each : queue_) {
        bytes += each->bytes;
        if (!group.empty() && bytes > max_group_bytes_) break;
        group.push_back(each);
      }
    }
  }
  if (!group.empty()) {
    write(group);
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Request* each : group) {
      queue_.pop_front();
      each->is_done = true;
      if (each != &request) each->wake.notify_one();
    }
    if (!queue_.empty()) queue_.front()->wake.notify_one();
  }
  if (!request.status.ok()) return request.status;
  return std::move(request.results);
}

}  // namespace store
}  // namespace frontdesk
