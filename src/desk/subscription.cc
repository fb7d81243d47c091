#include "frontdesk/desk/subscription.h"

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#endif

#include <utility>

#include "desk/desk_entry.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/event_log/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {

#ifdef __linux__

// Two things make one descriptor readable: the watch of the store, and a rest that a read has left.
struct Subscription::Waiting {
  explicit Waiting(std::unique_ptr<store::Watch> watch_of_store)
      : watch(std::move(watch_of_store)),
        rest(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)),
        either(::epoll_create1(EPOLL_CLOEXEC)) {}
  ~Waiting() {
    if (either >= 0) ::close(either);
    if (rest >= 0) ::close(rest);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  bool Begin() {
    if (rest < 0 || either < 0) return false;
    ::epoll_event event = {};
    event.events = EPOLLIN;
    return ::epoll_ctl(either, EPOLL_CTL_ADD, rest, &event) == 0 &&
           ::epoll_ctl(either, EPOLL_CTL_ADD, watch->descriptor(), &event) == 0;
  }

  void SetRest(bool has) {
    if (has == has_rest) return;
    has_rest = has;
    std::uint64_t count = 1;
    (void)!(has ? ::write(rest, &count, sizeof(count)) : ::read(rest, &count, sizeof(count)));
  }

  const std::unique_ptr<store::Watch> watch;
  // Readable when there may be changes that were not returned and that the watch is silent about.
  const int rest;
  bool has_rest = true;
  // Readable when one of the two is.
  const int either;
};

#else

struct Subscription::Waiting {
  explicit Waiting(std::unique_ptr<store::Watch> watch_of_store)
      : watch(std::move(watch_of_store)) {}
  bool Begin() { return false; }
  void SetRest(bool) {}
  const std::unique_ptr<store::Watch> watch;
  const int either = -1;
};

#endif

Subscription::Subscription(const Reader* desk, const event_log::EventLog* log,
                           std::int64_t position)
    : desk_(desk), log_(log), position_(position) {}

Subscription::~Subscription() = default;

absl::StatusOr<std::vector<v1::LogChange>> Subscription::Read(int page_size) {
  // Before the lock: a store of the host that calls back would wait for itself.
  const internal::DeskEntry call(desk_);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  const std::lock_guard<std::mutex> lock(mutex_);
  if (waiting_ != nullptr) {
    // In this order: until the read is over there may be a rest.
    waiting_->SetRest(true);
    waiting_->watch->Clear();
  }
  LogPage page;
  page.after = position_;
  page.page_size = page_size;
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::LogChange> changes, view.Log(page));
  if (!changes.empty()) position_ = changes.back().entry().position();
  const bool is_all = changes.empty() || position_ >= view.sequence();
  if (waiting_ != nullptr && is_all) waiting_->SetRest(false);
  return changes;
}

absl::StatusOr<int> Subscription::descriptor() {
  const internal::DeskEntry call(desk_);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  const std::lock_guard<std::mutex> lock(mutex_);
  if (waiting_ != nullptr) return waiting_->either;
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<store::Watch> watch, log_->StartWatch());
  auto waiting = std::make_unique<Waiting>(std::move(watch));
  if (!waiting->Begin()) {
    return MakeError(kReasonStoreUnavailable, "the system has no more descriptors");
  }
  waiting_ = std::move(waiting);
  return waiting_->either;
}

}  // namespace frontdesk
