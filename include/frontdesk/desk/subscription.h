// Following what happens in a desk: a place in its log that moves on, and a descriptor to wait on.
//
//   #include <poll.h>
//   #include "frontdesk/desk/desk.h"
//   absl::StatusOr<std::unique_ptr<frontdesk::Subscription>> subscription = desk.Subscribe(position);
//   if (!subscription.ok()) return subscription.status();
//   absl::StatusOr<int> descriptor = (*subscription)->descriptor();
//   if (!descriptor.ok()) return descriptor.status();  // Not for this store: read from time to time.
//   pollfd waiting = {*descriptor, POLLIN, 0};
//   while (poll(&waiting, 1, -1) == 1) {
//     auto changes = (*subscription)->Read();
//     if (!changes.ok()) return changes.status();
//     for (const frontdesk::v1::LogChange& change : *changes) std::printf("%d events\n", change.events_size());
//     // Keep (*subscription)->position() with the results: the next process begins there.
//   }
#ifndef FRONTDESK_DESK_SUBSCRIPTION_H_
#define FRONTDESK_DESK_SUBSCRIPTION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "frontdesk/v1/log.pb.h"

namespace frontdesk {

class Reader;

namespace event_log {
class EventLog;
}  // namespace event_log

// The changes of a log behind a position, each once, in their order: those of all desks on the store, and of all processes that
// share it. Nothing happens on its own: the host asks, and may wait before it asks. Made by Reader::Subscribe. Thread-safe;
// outlived by its desk, or reader.
class Subscription {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // The changes behind position(), oldest first, at most `page_size`: 1 to 10,000, other values are clamped to this range. Empty:
  // there is nothing new. position() moves behind those that are returned. Several threads may read at the same
  // time; each change goes to one of them. Errors of Reader::ReadLog; then nothing has moved. Costs O(page).
  absl::StatusOr<std::vector<v1::LogChange>> Read(int page_size = 1'000);

  // The position of the last change that Read() returned, or the one that was subscribed from.
  std::int64_t position() const { return position_; }

  // A descriptor for poll, epoll, select and event loops. It is readable as long as there may be a change that Read() has not
  // returned, from the beginning on. So waiting and reading in turn misses nothing, whatever the size of a page. Now
  // and then it is readable without a new change. Only wait on it: it belongs to the subscription, which closes it. With each call it is
  // the same one; the first call makes it, with at most four others.
  //
  // Errors, in this order: FAILED_PRECONDITION DESK_REENTERED. UNIMPLEMENTED STORE_NOT_WATCHABLE: the store of the desk
  // cannot be watched, or the system is not Linux. UNAVAILABLE STORE_UNAVAILABLE: the system has no more descriptors.
  absl::StatusOr<int> descriptor();

 private:
  friend class Reader;
  struct Waiting;
  Subscription(const Reader* desk, const event_log::EventLog* log, std::int64_t position);

  const Reader* const desk_;
  const event_log::EventLog* const log_;
  std::atomic<std::int64_t> position_;  // Changes under mutex_.
  std::mutex mutex_;
  std::unique_ptr<Waiting> waiting_;  // Null until the descriptor is asked for. Guarded by mutex_.
};

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_SUBSCRIPTION_H_
