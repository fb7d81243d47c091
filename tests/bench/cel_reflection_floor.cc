#include "cel_reflection_floor.h"

#include <string>

#include "absl/base/attributes.h"
#include "absl/time/time.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/order.pb.h"

namespace frontdesk {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

inline const Message& Get(const Message& message, const FieldDescriptor* field) {
  return message.GetReflection()->GetMessage(message, field);
}

}  // namespace

ReflectionFloor::ReflectionFloor(const Descriptor* input) {
  order_ = input->FindFieldByName("order");
  const Descriptor* order = order_->message_type();
  totals_ = order->FindFieldByName("totals");
  total_ = totals_->message_type()->FindFieldByName("total");
  units_ = total_->message_type()->FindFieldByName("units");
  state_ = order->FindFieldByName("state");
  currency_code_ = order->FindFieldByName("currency_code");
  delivered_time_ = order->FindFieldByName("deliver_time");
  lines_ = order->FindFieldByName("lines");
  quantities_ = lines_->message_type()->FindFieldByName("quantities");
  ordered_ = quantities_->message_type()->FindFieldByName("ordered");
  net_amount_ = lines_->message_type()->FindFieldByName("net_amount");
  customer_ = input->FindFieldByName("customer");
  customer_state_ = customer_->message_type()->FindFieldByName("state");
  tier_ = customer_->message_type()->FindFieldByName("tier");
  now_ = input->FindFieldByName("now");
  seconds_ = now_->message_type()->FindFieldByName("seconds");
  nanos_ = now_->message_type()->FindFieldByName("nanos");
}

bool ReflectionFloor::IsRecent(const Message& input, const Message& order) const {
  const Message& now = Get(input, now_);
  const Message& delivered = Get(order, delivered_time_);
  const auto to_time = [this](const Message& time) {
    const google::protobuf::Reflection& reflection = *time.GetReflection();
    return absl::FromUnixSeconds(reflection.GetInt64(time, seconds_)) +
           absl::Nanoseconds(reflection.GetInt32(time, nanos_));
  };
  return to_time(now) - to_time(delivered) < absl::Hours(720);
}

ABSL_ATTRIBUTE_NOINLINE bool ReflectionFloor::IsRecentLargeOrder(const Message& input) const {
  const Message& order = Get(input, order_);
  const Message& total = Get(Get(order, totals_), total_);
  if (total.GetReflection()->GetInt64(total, units_) <= 10000) return false;
  const Message& customer = Get(input, customer_);
  if (customer.GetReflection()->GetEnumValue(customer, customer_state_) !=
      v1::Customer::STATE_CUSTOMER) {
    return false;
  }
  const int state = order.GetReflection()->GetEnumValue(order, state_);
  if (state != v1::Order::STATE_SHIPPED && state != v1::Order::STATE_DELIVERED) return false;
  return IsRecent(input, order);
}

ABSL_ATTRIBUTE_NOINLINE bool ReflectionFloor::IsRecentLargeOrderByText(const Message& input) const {
  const Message& order = Get(input, order_);
  const Message& total = Get(Get(order, totals_), total_);
  if (total.GetReflection()->GetInt64(total, units_) <= 10000) return false;
  const Message& customer = Get(input, customer_);
  std::string scratch;
  if (customer.GetReflection()->GetStringReference(customer, tier_, &scratch) != "gold") {
    return false;
  }
  const std::string& currency =
      order.GetReflection()->GetStringReference(order, currency_code_, &scratch);
  if (currency != "EUR" && currency != "USD") return false;
  return IsRecent(input, order);
}

ABSL_ATTRIBUTE_NOINLINE bool ReflectionFloor::AllLinesSmall(const Message& input) const {
  const Message& order = Get(input, order_);
  const google::protobuf::Reflection& reflection = *order.GetReflection();
  const int size = reflection.FieldSize(order, lines_);
  for (int i = 0; i < size; ++i) {
    const Message& line = reflection.GetRepeatedMessage(order, lines_, i);
    const Message& quantities = Get(line, quantities_);
    if (quantities.GetReflection()->GetInt64(quantities, ordered_) <= 0) return false;
    const Message& amount = Get(line, net_amount_);
    if (amount.GetReflection()->GetInt64(amount, units_) >= 1000) return false;
  }
  return true;
}

}  // namespace frontdesk
