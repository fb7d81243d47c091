// Finding: pages of entities out of a store. Private.
#ifndef FRONTDESK_SRC_DESK_FINDER_H_
#define FRONTDESK_SRC_DESK_FINDER_H_

#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "desk/find_query.h"
#include "frontdesk/desk/store.h"
#include "frontdesk/v1/find.pb.h"

namespace frontdesk {
namespace internal {

// Some entities of a list. A plain struct.
struct FoundPage {
  std::vector<std::shared_ptr<const v1::EntityState>> states;
  // Whether there is more.
  bool has_more = false;
  // Behind which it comes; nothing for the beginning.
  absl::optional<IndexPosition> next;
};

// At most `page_size` entities of a plan, behind `after`; stops after `max_scanned`.
absl::StatusOr<FoundPage> ReadPage(const Store& store, FindPlan plan,
                                   absl::optional<IndexPosition> after, int page_size,
                                   int max_scanned);

// Answers a request.
absl::StatusOr<v1::FindResponse> AnswerFind(const v1::FindRequest& request,
                                            const std::string& default_region_code,
                                            const FindLimits& limits, const Store& store);

// Calls `read`, which reads several things from `store`, until they belong together: no command was
// committed meanwhile. The last time no command can be by who holds `commit_mutex`; another desk on
// the same store still could, and then what was read last is returned.
template <typename Read>
auto ReadTogether(const Store& store, std::mutex& commit_mutex, Read read) -> decltype(read()) {
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    std::unique_lock<std::mutex> lock(commit_mutex, std::defer_lock);
    if (attempt == kAttempts) lock.lock();
    const absl::StatusOr<std::int64_t> before = store.LastSequence();
    if (!before.ok()) return before.status();
    auto result = read();
    const absl::StatusOr<std::int64_t> after = store.LastSequence();
    if (!after.ok()) return after.status();
    if (*before == *after || attempt == kAttempts) return result;
  }
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_FINDER_H_
