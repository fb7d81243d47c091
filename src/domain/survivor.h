// Which customer an id means after merges. Private.
#ifndef FRONTDESK_DOMAIN_SURVIVOR_H_
#define FRONTDESK_DOMAIN_SURVIVOR_H_

#include "absl/strings/string_view.h"
#include "frontdesk/v1/customer.pb.h"

namespace frontdesk {
namespace domain {

// Whether `customer` is the customer of that id, or one that it was merged into, directly or over
// others, so that the old id means this customer now. Linear in the customers merged into it.
bool StandsFor(const v1::Customer& customer, absl::string_view customer_id);

// Whether both ids mean one customer: they are the same, or `customer` is the survivor of both.
bool AreOfOneCustomer(const v1::Customer& customer, absl::string_view a, absl::string_view b);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_SURVIVOR_H_
