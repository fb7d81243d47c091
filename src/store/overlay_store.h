// A store for experiments: what it writes is in memory, over a snapshot of another store that it never changes.
#ifndef FRONTDESK_STORE_OVERLAY_STORE_H_
#define FRONTDESK_STORE_OVERLAY_STORE_H_

#include <memory>

#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

// It begins with the rows of `below`, which it keeps as long as it, a clone or a snapshot of it exists.
std::shared_ptr<Store> MakeOverlayStore(std::shared_ptr<const Snapshot> below);

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_OVERLAY_STORE_H_
