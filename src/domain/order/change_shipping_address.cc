#include <utility>

#include "domain/order/order_draft.h"
#include "google/protobuf/util/message_differencer.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;

}  // namespace

void CheckChangeShippingAddress(const FieldPath& root, const v1::OrderCommand& command,
                                ArgumentChecker* checker) {
  const v1::ChangeShippingAddress& verb = command.change_shipping_address();
  const FieldPath address{&root, "address"};
  if (checker->RequireMessage(address, verb.has_address())) {
    checker->CheckAddress(address, verb.address());
  }
}

bool IsChangeShippingAddressUnchanged(const v1::OrderDecisionInput& input,
                                      const v1::OrderAssessment&) {
  return input.order().has_shipping_address() &&
         MessageDifferencer::Equals(input.order().shipping_address(),
                                    input.command().change_shipping_address().address());
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
