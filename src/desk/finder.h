// Finding: pages of entities out of a log. Private.
#ifndef FRONTDESK_SRC_DESK_FINDER_H_
#define FRONTDESK_SRC_DESK_FINDER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "desk/find_query.h"
#include "frontdesk/event_log/event_log.h"
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
absl::StatusOr<FoundPage> ReadPage(const event_log::View& view, FindPlan plan,
                                   absl::optional<IndexPosition> after, int page_size,
                                   int max_scanned);

// Answers a request, with shared states.
absl::StatusOr<std::shared_ptr<const v1::FindResponse>> AnswerFind(
    const v1::FindRequest& request, const std::string& default_region_code,
    const FindLimits& limits, const event_log::View& view);

// The number of entities that a request finds, of whichever page.
absl::StatusOr<std::int64_t> AnswerCount(const v1::FindRequest& request,
                                         const std::string& default_region_code,
                                         const FindLimits& limits, const event_log::View& view);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_FINDER_H_
