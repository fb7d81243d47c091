// The ids that payment methods get when their customer is merged into another one. Private.
#ifndef FRONTDESK_DOMAIN_MERGED_METHOD_IDS_H_
#define FRONTDESK_DOMAIN_MERGED_METHOD_IDS_H_

#include <string>
#include <vector>

#include "frontdesk/v1/customer.pb.h"

namespace frontdesk {
namespace domain {

// The ids that the payment methods of `merged` get by a merge into `survivor`, as far as it has them not yet. None was used before for
// another method. The removed methods of both that have one of these ids must be loaded.
std::vector<std::string> MergedMethodIds(const v1::Customer& survivor, const v1::Customer& merged);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_MERGED_METHOD_IDS_H_
