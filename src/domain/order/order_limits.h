// The limits of one order; the comments of the protos name them. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_LIMITS_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_LIMITS_H_

#include <cstdint>

namespace frontdesk {
namespace domain {

inline constexpr int kMaxOrderLines = 1'000;
inline constexpr int64_t kMaxLineQuantity = 1'000'000;
inline constexpr int kMaxDiscounts = 100;
inline constexpr int64_t kMaxTaxRatePpm = 10'000'000;
inline constexpr int kMaxDisputes = 100;
inline constexpr int kMaxDisputeEvidence = 100;
// Payments, refunds, shipments, returns and exchanges, each, of an order that is imported.
inline constexpr int kMaxImportedParts = 10'000;

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_LIMITS_H_
