// The one connection of a store that writes. Threads that wait for it share a transaction.
#ifndef FRONTDESK_STORE_SQLITE_WRITER_H_
#define FRONTDESK_STORE_SQLITE_WRITER_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/log_watch.h"
#include "store/sqlite/rows.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// Thread-safe.
class Writer {
 public:
  // Through a connection to a prepared file; makes the desk if the file has none of that name.
  static absl::StatusOr<std::unique_ptr<Writer>> Make(std::unique_ptr<Connection> connection,
                                                      std::string desk, std::int64_t version);

  // Batches that CheckBatches() accepts. The transaction is over when it returns.
  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches);

 private:
  // One call of Commit() that waits in queue_.
  struct Request {
    std::vector<Batch> batches;
    std::size_t bytes = 0;
    absl::Status status;
    std::vector<CommitResult> results;
    bool is_done = false;
    std::condition_variable wake;
  };

  Writer(std::unique_ptr<Connection> connection, Rows rows, std::string desk, std::int64_t version);

  // These are for the thread whose request is the first of the queue.
  void CommitGroup(const std::vector<Request*>& group);
  absl::Status TryGroup(const std::vector<Request*>& group);
  absl::Status WriteGroup(const std::vector<Request*>& group);
  absl::StatusOr<CommitResult> WriteBatch(const Batch& batch, Desk* desk);
  absl::StatusOr<bool> Holds(const RangeExpectation& expected, std::int64_t desk);
  void Checkpoint();

  const std::unique_ptr<Connection> connection_;
  Rows rows_;
  const std::string desk_;
  const std::int64_t version_;
  LogBell bell_;
  int log_pages_ = 0;         // Of the log, after the last commit.
  int next_full_ = 0;         // The pages of the log at which readers are waited for.
  bool has_written_ = false;  // Whether the transaction has changed something.

  std::mutex mutex_;
  std::deque<Request*> queue_;  // Guarded by mutex_.
};

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_WRITER_H_
