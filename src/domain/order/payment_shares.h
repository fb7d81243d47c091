// A payment that is split over several methods. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_PAYMENT_SHARES_H_
#define FRONTDESK_DOMAIN_ORDER_PAYMENT_SHARES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "domain/arguments.h"
#include "domain/order/order_draft.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace frontdesk {
namespace domain {

using PaymentShares = google::protobuf::RepeatedPtrField<v1::PaymentShare>;

inline constexpr int kMaxPaymentShares = 20;

// The field `payments` below `root`: one to kMaxPaymentShares shares, one at most without an amount. `currency_code` may be empty: any.
void CheckShares(const FieldPath& root, const PaymentShares& shares,
                 absl::string_view currency_code, ArgumentChecker* checker);

// The methods of the shares with their amounts; the share without one is what the others leave of `whole`. Refuses methods that the customer
// does not have, and another currency. `left` becomes what the shares leave of `whole`; negative when they are more, or leave nothing for the
// share without an amount.
std::vector<std::pair<const v1::PaymentMethod*, int64_t>> ResolveShares(const PaymentShares& shares,
                                                                        int64_t whole,
                                                                        OrderDraft* draft,
                                                                        int64_t* left);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_PAYMENT_SHARES_H_
