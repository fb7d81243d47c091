// Reading a contact point as its kind, for the check of arguments and for decide. Private.
#ifndef FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ARGUMENTS_H_
#define FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ARGUMENTS_H_

#include "absl/strings/string_view.h"
#include "domain/arguments.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {
namespace domain {

// Fills `canonical` and `match_key` from `kind` and `as_typed`; `region_code` wins over
// `default_region_code`. On failure adds the reason to `checker` at `as_typed`, or at an invalid `kind` or
// `region_code`, below `parent`.
bool ReadContactPoint(const FieldPath& parent, absl::string_view region_code,
                      absl::string_view default_region_code, v1::ContactPoint* contact_point,
                      ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ARGUMENTS_H_
