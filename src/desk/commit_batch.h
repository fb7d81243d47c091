// The checks of a batch that all stores share, whatever they store it in. Private.
#ifndef FRONTDESK_SRC_DESK_COMMIT_BATCH_H_
#define FRONTDESK_SRC_DESK_COMMIT_BATCH_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "frontdesk/desk/store.h"

namespace frontdesk {
namespace internal {

// A text that is different for each entity.
std::string EntityKey(const v1::EntityRef& entity);

// Whether events, states, index entries and record of a batch fit each other; `versions` are the
// expected ones by EntityKey(). Else INVALID_ARGUMENT COMMIT_MALFORMED.
absl::Status CheckBatchIsWhole(const CommitBatch& batch,
                               std::map<std::string, std::int64_t> versions);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_COMMIT_BATCH_H_
