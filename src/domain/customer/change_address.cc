#include "domain/customer/customer_draft.h"

namespace frontdesk {
namespace domain {

void CheckChangeAddress(const FieldPath& root, const v1::CustomerCommand& command,
                        ArgumentChecker* checker) {
  const v1::ChangeAddress& verb = command.change_address();
  const FieldPath address{&root, "address"};
  if (checker->RequireMessage(address, verb.has_address())) {
    checker->CheckAddress(address, verb.address());
  }
}

void DecideChangeAddress(CustomerDraft* draft) {
  const v1::ChangeAddress& verb = draft->command().change_address();
  v1::AddressChanged& fact = *draft->AddEvent().mutable_customer()->mutable_address_changed();
  const v1::CustomerAddress* before = nullptr;
  for (const v1::CustomerAddress& address : draft->current().addresses()) {
    if (verb.address_id().empty() || address.address_id() == verb.address_id()) {
      before = &address;
      break;
    }
  }
  v1::CustomerAddress& after = *fact.mutable_address();
  if (before != nullptr) {
    after = *before;
    *fact.mutable_before() = before->address();
  } else {
    after.set_address_id(verb.address_id().empty() ? "default" : verb.address_id());
  }
  *after.mutable_address() = verb.address();
  if (!verb.purpose().empty()) after.set_purpose(verb.purpose());
}

}  // namespace domain
}  // namespace frontdesk
