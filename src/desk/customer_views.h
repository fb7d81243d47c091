// The customer's view, read from a store. Private.
#ifndef FRONTDESK_SRC_DESK_CUSTOMER_VIEWS_H_
#define FRONTDESK_SRC_DESK_CUSTOMER_VIEWS_H_

#include "absl/status/statusor.h"
#include "frontdesk/desk/find.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/customer_view.pb.h"
#include "frontdesk/v1/entity_state.pb.h"

namespace frontdesk {
namespace internal {

// The view that the customer has of an interaction or a case, which is `state` in `view`. RESOURCE_EXHAUSTED FIND_ROWS_TOO_MANY,
// FIND_RELATED_TOO_MANY; as the store fails.
absl::StatusOr<v1::CustomerView> ReadCustomerView(const event_log::View& view,
                                                  const v1::EntityState& state,
                                                  const FindLimits& limits);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_CUSTOMER_VIEWS_H_
