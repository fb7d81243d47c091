// Checks of arguments that several commands of customers share. Private.
#ifndef FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ARGUMENTS_H_
#define FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ARGUMENTS_H_

#include "absl/strings/string_view.h"
#include "domain/arguments.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/customer.pb.h"

namespace frontdesk {
namespace domain {

// Reads a contact point as its kind, when arguments are checked and when they are decided. Fills `canonical` and `match_key` from `kind` and `as_typed`; `region_code` wins over
// `default_region_code`. On failure adds the reason to `checker` at `as_typed`, or at an invalid `kind` or
// `region_code`, below `parent`.
bool ReadContactPoint(const FieldPath& parent, absl::string_view region_code,
                      absl::string_view default_region_code, v1::ContactPoint* contact_point,
                      ArgumentChecker* checker);

// A payment method below `field`, with its id.
void CheckPaymentMethod(const FieldPath& field, const v1::PaymentMethod& method,
                        ArgumentChecker* checker);

// Preferences below `field`: a language tag and a time zone.
void CheckPreferences(const FieldPath& field, const v1::CustomerPreferences& preferences,
                      ArgumentChecker* checker);

// A consent below `field`.
void CheckConsent(const FieldPath& field, const v1::Consent& consent, ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ARGUMENTS_H_
