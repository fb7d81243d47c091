#include "decide/state_source.h"

#include <set>

#include "decide/load_rows.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

absl::StatusOr<std::shared_ptr<const v1::EntityState>> FindCustomer(std::string customer_id,
                                                                    int max_related,
                                                                    StateSource* source) {
  std::shared_ptr<const v1::EntityState> found;
  std::set<std::string> seen;
  while (!customer_id.empty()) {
    if (!seen.insert(customer_id).second) return nullptr;
    FRONTDESK_RETURN_IF_ERROR(CheckRelated(seen.size(), max_related));
    FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                               source->Get(v1::ENTITY_KIND_CUSTOMER, customer_id));
    if (state == nullptr) break;
    found = state;
    customer_id = state->customer().survivor_customer_id();
  }
  return found;
}

}  // namespace internal
}  // namespace frontdesk
