// A connection to a SQLite file that is hardened against hostile files, and statements on it.
#ifndef FRONTDESK_STORE_SQLITE_CONNECTION_H_
#define FRONTDESK_STORE_SQLITE_CONNECTION_H_

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/sqlite.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// The status of a result code of SQLite that is none of OK, ROW and DONE. The text has SQLite's words for
// the code alone: messages of SQLite can hold parts of the file.
absl::Status StatusOf(int code);

// DATA_LOSS.
absl::Status Damaged(absl::string_view what);

// Waits for locks up to a limit, in short steps of uneven length: several processes that wait get their turn.
class BusyWait {
 public:
  explicit BusyWait(std::chrono::milliseconds limit) : limit_(limit) {}

  // Sleeps a little. False: the limit is over. `attempt` counts from 0 for each lock.
  bool Wait(int attempt);

  std::chrono::milliseconds limit() const { return limit_; }
  void set_limit(std::chrono::milliseconds limit) { limit_ = limit; }

 private:
  std::chrono::milliseconds limit_;
  std::chrono::steady_clock::time_point end_;
  std::uint32_t random_ = 0;
};

// A connection. Thread-compatible.
class Connection {
 public:
  struct Settings {
    int flags = 0;  // SQLITE_OPEN_READWRITE, …
    SqliteDurability durability = SqliteDurability::kFull;
    std::chrono::milliseconds busy_timeout{0};
    std::size_t cache_bytes = 0;
  };

  // `path` is absolute. INVALID_ARGUMENT for a file that is no database at all.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& path,
                                                          const Settings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* handle() const { return handle_; }
  BusyWait& busy_wait() { return busy_wait_; }

  // Runs statements that have no results that matter.
  absl::Status Run(const char* sql);
  // The integer that a pragma gives.
  absl::StatusOr<std::int64_t> ReadInteger(const char* sql);
  // The text that a pragma gives.
  absl::StatusOr<std::string> ReadText(const char* sql);

  // Ends the transaction that is open, if there is one, without its changes.
  absl::Status RollBack();

  // The file on the disk, read through SQLite's own handle: to open and close another one would drop the locks of
  // this process.
  struct Raw {
    std::string header;  // At most the first 100 bytes.
    std::int64_t bytes = 0;
    std::int64_t log_bytes = 0;  // Of the log, or the journal, that is open.
  };
  absl::StatusOr<Raw> ReadRaw();

 private:
  Connection(sqlite3* handle, std::chrono::milliseconds busy_timeout);

  sqlite3* const handle_;
  BusyWait busy_wait_;
};

// A prepared statement. Thread-compatible; outlived by its connection.
class Statement {
 public:
  static absl::StatusOr<Statement> Prepare(const Connection& connection, absl::string_view sql);

  // Parameters count from 1. Bytes must outlive the statement's run.
  Statement& Bind(int index, std::int64_t value);
  Statement& Bind(int index, absl::string_view bytes);

  // True: there is a row. False: it is over, and the statement can run again. An error ends it too.
  absl::StatusOr<bool> Step();
  // Runs it to its end.
  absl::Status Run();
  void Reset();

  // Of the row: columns count from 0. `Bytes` is valid until the next step.
  std::int64_t Integer(int column) const;
  absl::string_view Bytes(int column) const;
  // Whether the column is of the type SQLITE_INTEGER, SQLITE_BLOB, SQLITE_TEXT, …
  bool Is(int column, int type) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = SQLITE_OK;  // The first failure of a Bind().
};

// Resets a statement at the end of a scope.
class StatementReset {
 public:
  explicit StatementReset(Statement& statement) : statement_(statement) {}
  ~StatementReset() { statement_.Reset(); }
  StatementReset(const StatementReset&) = delete;
  StatementReset& operator=(const StatementReset&) = delete;

 private:
  Statement& statement_;
};

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_CONNECTION_H_
