#include "store/postgres/notify_watch.h"

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#endif

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"
#include "store/postgres/connection.h"
#include "store/postgres/server_error.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

#ifdef __linux__

namespace {

// A descriptor of the system, closed at the end; below 0: none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  const int number_;
};

constexpr Statement kLockShared = {"", "SELECT pg_advisory_lock_shared($1)"};

absl::StatusOr<std::unique_ptr<Connection>> Listen(const Target& target) {
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connection::Open(target));
  if (connection->is_standby()) {
    return absl::UnimplementedError("a standby of PostgreSQL cannot be watched");
  }
  const std::string text = absl::StrCat("LISTEN ", target.channel);
  const Statement listen = {"", text.c_str()};
  // It listens before the lock shows that it does. The lock waits for a commit that has looked for it before.
  Call calls[] = {{&listen, {}}, {&kLockShared, {}}};
  calls[1].parameters.Add(target.watch_lock);
  for (const Call& call : calls) {
    FRONTDESK_RETURN_IF_ERROR(connection->Run({&call, 1}).status());
  }
  return connection;
}

// Waits on an epoll descriptor: the connection behind it may be another one after a while.
class NotifyWatch : public Watch {
 public:
  NotifyWatch(const Target& target, std::unique_ptr<Connection> connection)
      : target_(target),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        signal_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        connection_(std::move(connection)) {}

  absl::Status Start() {
    if (epoll_.number() < 0 || signal_.number() < 0 || !Add(signal_.number()) ||
        !Add(connection_->socket())) {
      return absl::UnavailableError("the system has no more descriptors");
    }
    return absl::OkStatus();
  }

  int descriptor() const override { return epoll_.number(); }

  void Clear() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (connection_ != nullptr && connection_->TakeNotifications()) return;
    // While there is no connection, the descriptor stays readable: who reads then gets the error of the store.
    const std::uint64_t one = 1;
    (void)!::write(signal_.number(), &one, sizeof(one));
    connection_ = nullptr;
    auto opened = Listen(target_);
    if (!opened.ok() || !Add((*opened)->socket())) return;
    connection_ = *std::move(opened);
    std::uint64_t count = 0;
    (void)!::read(signal_.number(), &count, sizeof(count));
  }

 private:
  bool Add(int descriptor) {
    epoll_event event = {};
    event.events = EPOLLIN;
    return ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event) == 0;
  }

  const Target target_;
  const Descriptor epoll_;
  const Descriptor signal_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;  // Guarded by mutex_.
};

}  // namespace

absl::StatusOr<std::unique_ptr<Watch>> ListenToDesk(const Target& target) {
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Listen(target));
  auto watch = std::make_unique<NotifyWatch>(target, std::move(connection));
  FRONTDESK_RETURN_IF_ERROR(watch->Start());
  return watch;
}

#else

absl::StatusOr<std::unique_ptr<Watch>> ListenToDesk(const Target&) {
  return absl::UnimplementedError("stores are watched on Linux only");
}

#endif

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
