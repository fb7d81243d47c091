// Waiting for commits to a desk, those of other processes included: a connection that listens. On Linux.
//
// A watch holds a shared lock on its connection. A transaction that has changed the desk tries to get the same lock alone. When it does
// not get it, its commit notifies the channel of the desk. So no notification is sent while nobody waits: those of a
// server are queued behind one lock, whatever their desk.
#ifndef FRONTDESK_STORE_POSTGRES_NOTIFY_WATCH_H_
#define FRONTDESK_STORE_POSTGRES_NOTIFY_WATCH_H_

#include <memory>

#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"
#include "store/postgres/target.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// As Store::StartWatch().
absl::StatusOr<std::unique_ptr<Watch>> ListenToDesk(const Target& target);

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_NOTIFY_WATCH_H_
