// Waking those who wait for commits to a file, in this process and in others. On Linux.
//
// A watch has two things on the log of the file (`…-wal`): a shared lock, and inotify for changes of its times and for the end of
// writers. A process that has committed looks for such a lock, once its transaction is visible, and touches the log only when there is
// one. A process that is killed between the two is seen by its end, which closes the log. SQLite itself never locks the log.
//
// The log is one and the same file while somebody has a connection: SQLite begins it anew in place, and only the last connection
// removes it. So writers and watches have one.
#ifndef FRONTDESK_STORE_SQLITE_LOG_WATCH_H_
#define FRONTDESK_STORE_SQLITE_LOG_WATCH_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"
#include "store/sqlite/connection.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// The side of a writer. Thread-compatible.
class LogBell {
 public:
  // Used only while `connection` is open.
  explicit LogBell(const Connection& connection);
  ~LogBell();
  LogBell(const LogBell&) = delete;
  LogBell& operator=(const LogBell&) = delete;

  // Wakes all watches. To be called after a commit, when it is visible. Costs one system call when there is no watch.
  void Ring();

 private:
  const std::string path_;
  int file_ = -1;  // The log; below 0: not opened yet.
};

// As Store::StartWatch(), through a connection that has read the file and that nobody else uses.
absl::StatusOr<std::unique_ptr<Watch>> WatchLog(std::unique_ptr<Connection> connection);

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_LOG_WATCH_H_
