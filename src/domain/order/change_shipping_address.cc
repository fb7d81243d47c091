#include <utility>

#include "domain/order/order_draft.h"

namespace frontdesk {
namespace domain {

void CheckChangeShippingAddress(const FieldPath& root, const v1::OrderCommand& command,
                                ArgumentChecker* checker) {
  const v1::ChangeShippingAddress& verb = command.change_shipping_address();
  const FieldPath address{&root, "address"};
  if (checker->RequireMessage(address, verb.has_address())) {
    checker->CheckAddress(address, verb.address());
  }
}

absl::Status DecideChangeShippingAddress(OrderDraft* draft) {
  v1::Event event = draft->NewEvent();
  v1::ShippingAddressChanged& fact = *event.mutable_order()->mutable_shipping_address_changed();
  *fact.mutable_address() = draft->command().change_shipping_address().address();
  if (draft->order().has_shipping_address()) {
    *fact.mutable_before() = draft->order().shipping_address();
  }
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
