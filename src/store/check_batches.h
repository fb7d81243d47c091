// The checks of batches that every store of ours makes before it touches a row.
#ifndef FRONTDESK_STORE_CHECK_BATCHES_H_
#define FRONTDESK_STORE_CHECK_BATCHES_H_

#include <vector>

#include "absl/status/status.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

// INVALID_ARGUMENT as Store::Commit() has it.
absl::Status CheckBatches(const std::vector<Batch>& batches);

// Whether a write of the batch has the position.
bool HasPosition(const Batch& batch);

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_CHECK_BATCHES_H_
