// The customer that an id means after merges: a host that keeps its own storage passes the survivor to decide/.
//
//   if (!frontdesk::domain::StandsFor(customer, case_.customer_id())) {
//     std::puts("the case is another customer's");
//   }
#ifndef FRONTDESK_DOMAIN_SURVIVOR_H_
#define FRONTDESK_DOMAIN_SURVIVOR_H_

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace v1 {
class Customer;
}  // namespace v1

namespace domain {

// Whether `customer` has that id, or is the survivor of the customer that has it, directly or through others. Linear in the
// customers that were merged into it.
bool StandsFor(const v1::Customer& customer, absl::string_view customer_id);

// Whether both ids mean one customer: they are the same (two empty ones too), or `customer` is the survivor of both.
bool AreOfOneCustomer(const v1::Customer& customer, absl::string_view a, absl::string_view b);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_SURVIVOR_H_
