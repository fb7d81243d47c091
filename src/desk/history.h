// The whole history of an entity. Private.
#ifndef FRONTDESK_SRC_DESK_HISTORY_H_
#define FRONTDESK_SRC_DESK_HISTORY_H_

#include <vector>

#include "absl/status/status.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/event.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

// Calls `visit(event)` with each event of the entity, oldest first. The event may be moved from.
template <typename Visitor>
absl::Status ForEachEvent(const event_log::View& view, const v1::EntityRef& entity, Visitor visit) {
  LogPage page;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::Event> events, view.History(entity, page));
    if (!events.empty()) page.after = events.back().version();
    for (v1::Event& event : events) visit(event);
    if (static_cast<int>(events.size()) < page.page_size) return absl::OkStatus();
  }
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_HISTORY_H_
