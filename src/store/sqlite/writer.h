// The one connection of a store that writes. Threads that wait for it share a transaction.
#ifndef FRONTDESK_STORE_SQLITE_WRITER_H_
#define FRONTDESK_STORE_SQLITE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"
#include "store/commit_queue.h"
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
  using Request = CommitQueue::Request;

  Writer(std::unique_ptr<Connection> connection, Rows rows, std::string desk, std::int64_t version);

  // These are for the thread that the queue lets write.
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
  CommitQueue queue_;
};

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_WRITER_H_
