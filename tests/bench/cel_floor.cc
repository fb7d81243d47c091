// In a translation unit of its own and never inlined, so that the compiler cannot see the arguments.
#include "cel_floor.h"

#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace {

inline absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// Whether it is less than `seconds` from `begin` to `end`. The nanoseconds of a timestamp count upwards.
inline bool IsShorter(const google::protobuf::Timestamp& begin,
                      const google::protobuf::Timestamp& end, std::int64_t seconds) {
  const std::int64_t span = end.seconds() - begin.seconds();
  return span < seconds || (span == seconds && end.nanos() < begin.nanos());
}

}  // namespace

ABSL_ATTRIBUTE_NOINLINE bool IsRecentLargeOrderByNumbers(const v1::OrderDecisionInput& input) {
  return input.order().totals().total().units() > 10000 &&
         input.customer().state() == v1::Customer::STATE_CUSTOMER &&
         (input.order().state() == v1::Order::STATE_SHIPPED ||
          input.order().state() == v1::Order::STATE_DELIVERED) &&
         IsShorter(input.order().deliver_time(), input.now(), std::int64_t{720} * 3600);
}

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
