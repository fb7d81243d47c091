// The contact points and payment methods of a customer by their ids. Private.
#ifndef FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ITEMS_H_
#define FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ITEMS_H_

#include "absl/strings/string_view.h"
#include "frontdesk/v1/customer.pb.h"

namespace frontdesk {
namespace domain {

// The item of that id; null when the customer has none.
inline const v1::ContactPoint* FindContactPoint(const v1::Customer& customer,
                                                absl::string_view id) {
  for (const v1::ContactPoint& point : customer.contact_points()) {
    if (point.contact_point_id() == id) return &point;
  }
  return nullptr;
}

inline const v1::PaymentMethod* FindPaymentMethod(const v1::Customer& customer,
                                                  absl::string_view id) {
  for (const v1::PaymentMethod& method : customer.payment_methods()) {
    if (method.payment_method_id() == id) return &method;
  }
  return nullptr;
}

// Whether the id is that of a payment method of the customer, or was: as far as the removed ones are loaded.
inline bool WasMethodId(const v1::Customer& customer, absl::string_view id) {
  for (const v1::PaymentMethod& method : customer.removed_payment_methods()) {
    if (method.payment_method_id() == id) return true;
  }
  return FindPaymentMethod(customer, id) != nullptr;
}

// The instant at which an answer was given: of a late entry that is not the one of the recording.
inline const google::protobuf::Timestamp& AnswerTime(const v1::Consent& consent) {
  return consent.has_occur_time() ? consent.occur_time() : consent.record_time();
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_ITEMS_H_
