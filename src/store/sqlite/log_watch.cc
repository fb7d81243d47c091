#include "store/sqlite/log_watch.h"

#ifdef __linux__
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cerrno>
#include <utility>

#include "absl/status/status.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {
namespace {

std::string LogPathOf(const Connection& connection) {
  return sqlite3_filename_wal(sqlite3_db_filename(connection.handle(), "main"));
}

}  // namespace

#ifdef __linux__

namespace {

// The lock of watches, as a writer or a watch would have it: of the open file, not of the process.
struct ::flock WatchLock(short type) {
  struct ::flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  return lock;
}

int OpenLog(const std::string& path) { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }

class LogWatch : public Watch {
 public:
  LogWatch(std::unique_ptr<Connection> connection, int file, int events)
      : connection_(std::move(connection)), file_(file), events_(events) {}
  ~LogWatch() override {
    if (events_ >= 0) ::close(events_);
    if (file_ >= 0) ::close(file_);
  }
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  int descriptor() const override { return events_; }

  void Clear() override {
    // Equal events that wait are one: those of many commits fit. A rest would be read the next time.
    alignas(::inotify_event) char events[4'096];
    (void)!::read(events_, events, sizeof(events));
  }

  // OK: it is on the log of that path.
  absl::Status Begin(const std::string& path) {
    struct ::flock lock = WatchLock(F_RDLCK);
    if (::fcntl(file_, F_OFD_SETLK, &lock) != 0) {
      return absl::UnimplementedError("the file system has no locks of open files");
    }
    if (::inotify_add_watch(events_, path.c_str(), IN_ATTRIB | IN_CLOSE_WRITE) < 0) {
      return absl::UnavailableError("the system watches no more files");
    }
    struct ::stat opened = {}, named = {};
    if (::fstat(file_, &opened) != 0 || ::stat(path.c_str(), &named) != 0 ||
        opened.st_dev != named.st_dev || opened.st_ino != named.st_ino) {
      return absl::UnavailableError("the log of the SQLite file was moved");
    }
    std::atomic_thread_fence(std::memory_order_seq_cst);  // As in LogBell::Ring.
    return absl::OkStatus();
  }

 private:
  // Keeps the log where it is.
  const std::unique_ptr<Connection> connection_;
  const int file_;
  const int events_;
};

}  // namespace

LogBell::LogBell(const Connection& connection) : path_(LogPathOf(connection)) {}

LogBell::~LogBell() {
  if (file_ >= 0) ::close(file_);
}

void LogBell::Ring() {
  if (file_ < 0) file_ = OpenLog(path_);
  // The commit is in memory that the processes share. It is there before the lock is looked for; a watch has the lock before it looks for
  // commits. So at least one of the two sees the other.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  struct ::flock lock = WatchLock(F_WRLCK);
  if (::fcntl(file_, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK) return;
  (void)::futimens(file_, nullptr);
}

absl::StatusOr<std::unique_ptr<Watch>> WatchLog(std::unique_ptr<Connection> connection) {
  const std::string path = LogPathOf(*connection);
  const int file = OpenLog(path);
  if (file < 0 && errno == ENOENT) {
    return absl::UnimplementedError("the SQLite file has no log: nobody has opened it for writing");
  }
  const int events = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  auto watch = std::make_unique<LogWatch>(std::move(connection), file, events);
  if (file < 0 || events < 0) return absl::UnavailableError("the system has no more descriptors");
  absl::Status begun = watch->Begin(path);
  if (!begun.ok()) return begun;
  return std::unique_ptr<Watch>(std::move(watch));
}

#else

LogBell::LogBell(const Connection& connection) : path_(LogPathOf(connection)) {}
LogBell::~LogBell() = default;
void LogBell::Ring() { static_cast<void>(file_); }

absl::StatusOr<std::unique_ptr<Watch>> WatchLog(std::unique_ptr<Connection> /*connection*/) {
  return absl::UnimplementedError("stores are watched on Linux only");
}

#endif

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk
