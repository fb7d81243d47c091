// Snapshots of a desk: each is a transaction on a connection of its own, which is used again later.
#ifndef FRONTDESK_STORE_POSTGRES_SNAPSHOTS_H_
#define FRONTDESK_STORE_POSTGRES_SNAPSHOTS_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "frontdesk/store/store.h"
#include "store/postgres/connection.h"
#include "store/postgres/statements.h"
#include "store/postgres/target.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// A connection in a transaction that reads, and the head that it sees. A plain struct.
struct Reading {
  std::unique_ptr<Connection> connection;
  Head head;
  // Of its first calls.
  std::vector<Result> results;
};

// Makes snapshots. Thread-safe. Held by its snapshots.
class Snapshots : public std::enable_shared_from_this<Snapshots> {
 public:
  // `version` is that of the tables.
  Snapshots(Target target, std::int64_t version);

  absl::StatusOr<std::shared_ptr<const Snapshot>> Read();

  // The same with first reads, in one exchange.
  absl::StatusOr<FirstRead> ReadAndScan(absl::Span<const ScanRequest> requests);

  // A transaction of its own, as the desk is now. The caller hands it to Return() at the end. `calls` are its first ones.
  absl::StatusOr<Reading> Begin(absl::Span<const Call> calls = {});

  // Ends the transaction, and keeps the connection for later, unless it is lost. Null: none was made.
  void Return(std::unique_ptr<Connection> connection);

  const Target& target() const { return target_; }

 private:
  absl::Status WaitForTurn();
  // `may_repeat` is set when no connection could be made.
  absl::StatusOr<std::unique_ptr<Connection>> Take(bool* may_repeat);
  absl::StatusOr<Reading> TryBegin(absl::Span<const Call> calls, bool* may_repeat);

  const Target target_;
  const std::int64_t version_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_.
  int used_ = 0;  // Connections that are not idle. Guarded by mutex_.
  // Whether a head was seen that says so: it stays so.
  std::atomic<bool> has_long_keys_{false};
};

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_SNAPSHOTS_H_
