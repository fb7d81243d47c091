// The one connection of a store that writes. Threads that wait for it share a transaction.
#ifndef FRONTDESK_STORE_POSTGRES_WRITER_H_
#define FRONTDESK_STORE_POSTGRES_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"
#include "store/commit_queue.h"
#include "store/postgres/connection.h"
#include "store/postgres/target.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// Thread-safe.
class Writer {
 public:
  // Through a connection to prepared tables; makes the desk if it is not there.
  static absl::StatusOr<std::unique_ptr<Writer>> Make(std::unique_ptr<Connection> connection,
                                                      const Target& target, std::int64_t version);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Batches that CheckBatches() accepts. The transaction is over when it returns.
  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches);

 private:
  using Request = CommitQueue::Request;
  Writer(std::unique_ptr<Connection> connection, const Target& target, std::int64_t version,
         std::string name);

  // These are for the thread that the queue lets write.
  void CommitGroup(const std::vector<Request*>& group);
  // A group as one transaction, sent again until its answer has come.
  absl::Status TryGroup(const std::vector<Request*>& group);
  absl::Status Connect();
  absl::Status Send(const std::vector<Request*>& group);

  const Target target_;
  const std::int64_t version_;
  // The key of this writer in the table of writers: random.
  const std::string name_;
  std::unique_ptr<Connection> connection_;  // Null: lost.
  // Of the last transaction. One that is sent again keeps its number.
  std::int64_t number_ = 0;
  CommitQueue queue_;
};

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_WRITER_H_
