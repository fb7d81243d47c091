// The survivors of merges. Private.
#ifndef FRONTDESK_SRC_DESK_RELATIONS_H_
#define FRONTDESK_SRC_DESK_RELATIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/event_log/event_log.h"

namespace frontdesk {
namespace internal {

// NOT_FOUND ENTITY_NOT_FOUND, with the kind and the id in the text and in the metadata.
absl::Status EntityNotFoundError(v1::EntityKind kind, absl::string_view id);

// ENTITY_REF_MALFORMED when `id`, which is in `field`, is empty or breaks the rule for ids (base/id_text.h).
absl::Status CheckEntityId(absl::string_view id, absl::string_view field);

// The state of an entity, or null.
absl::StatusOr<std::shared_ptr<const v1::EntityState>> GetState(const event_log::View& view,
                                                                v1::EntityKind kind,
                                                                const std::string& id);

// The survivor of the customer with this id: the customer itself unless it was merged. Null when there is
// none, also when imports have it merged in a circle. FIND_RELATED_TOO_MANY beyond `max_related` customers.
absl::StatusOr<std::shared_ptr<const v1::EntityState>> StandingCustomer(const event_log::View& view,
                                                                        const std::string& id,
                                                                        int max_related);

// The ids of this customer's survivor and of all that were merged into it, those merged into these included.
// Just `id` when there is no such customer. FIND_RELATED_TOO_MANY likewise.
absl::StatusOr<std::vector<std::string>> CustomerWithMerged(const event_log::View& view,
                                                            const std::string& id, int max_related);

// The states of this case and of all that were merged into it, likewise. Empty when there is no such
// case.
absl::StatusOr<std::vector<std::shared_ptr<const v1::EntityState>>> CaseWithMerged(
    const event_log::View& view, const std::string& id, int max_related);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_RELATIONS_H_
