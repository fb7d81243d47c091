// Snapshots of a file: each is a read transaction on a connection of its own, which is used again later.
#ifndef FRONTDESK_STORE_SQLITE_SNAPSHOTS_H_
#define FRONTDESK_STORE_SQLITE_SNAPSHOTS_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/rows.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// A connection for reading with its statements. Thread-compatible.
struct Reader {
  std::unique_ptr<Connection> connection;
  Rows rows;
};

// Makes snapshots. Thread-safe. Held by its snapshots.
class Snapshots : public std::enable_shared_from_this<Snapshots> {
 public:
  // `path` and `settings` are for the connections, `desk` is the name of the desk, `version` that of the layout. `held` is kept
  // until the last connection is closed.
  Snapshots(std::string path, const Connection::Settings& settings, std::string desk,
            std::int64_t version, std::shared_ptr<const void> held = nullptr);

  absl::StatusOr<std::shared_ptr<const Snapshot>> Read();

  // A reader in a transaction of its own, as the file is now. The caller hands it to Return() at the end.
  absl::StatusOr<std::unique_ptr<Reader>> Begin();

  // Ends the transaction, and keeps the reader for later.
  void Return(std::unique_ptr<Reader> reader);

 private:
  absl::StatusOr<std::unique_ptr<Reader>> Open() const;

  const std::shared_ptr<const void> held_;
  const std::string path_;
  const Connection::Settings settings_;
  const std::string desk_;
  const std::int64_t version_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;  // Guarded by mutex_.
};

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_SNAPSHOTS_H_
