// In a translation unit of its own and never inlined, so that the compiler cannot see the arguments.
#include "cel_floor.h"

#include "absl/base/attributes.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace {

inline absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

}  // namespace

ABSL_ATTRIBUTE_NOINLINE bool IsRecentLargeOrder(const v1::OrderDecisionInput& input) {
  return input.order().totals().total().units() > 10000 &&
         input.customer().state() == v1::Customer::STATE_CUSTOMER &&
         (input.order().state() == v1::Order::STATE_SHIPPED ||
          input.order().state() == v1::Order::STATE_DELIVERED) &&
         ToTime(input.now()) - ToTime(input.order().deliver_time()) < absl::Hours(720);
}

ABSL_ATTRIBUTE_NOINLINE bool IsRecentLargeOrderByText(const v1::OrderDecisionInput& input) {
  return input.order().totals().total().units() > 10000 && input.customer().tier() == "gold" &&
         (input.order().currency_code() == "EUR" || input.order().currency_code() == "USD") &&
         ToTime(input.now()) - ToTime(input.order().deliver_time()) < absl::Hours(720);
}

}  // namespace frontdesk
