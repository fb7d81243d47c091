#include "domain/customer/customer_draft.h"
#include "google/protobuf/util/message_differencer.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;

// The address that the command names, or the first; null when there is none.
const v1::CustomerAddress* FindAddress(const v1::ChangeAddress& verb,
                                       const v1::Customer& customer) {
  for (const v1::CustomerAddress& address : customer.addresses()) {
    if (verb.address_id().empty() || address.address_id() == verb.address_id()) return &address;
  }
  return nullptr;
}

}  // namespace

void CheckChangeAddress(const FieldPath& root, const v1::CustomerCommand& command,
                        ArgumentChecker* checker) {
  const v1::ChangeAddress& verb = command.change_address();
  const FieldPath address{&root, "address"};
  if (checker->RequireMessage(address, verb.has_address())) {
    checker->CheckAddress(address, verb.address());
  }
}

bool IsChangeAddressUnchanged(const v1::CustomerDecisionInput& input,
                              const v1::CustomerAssessment&) {
  const v1::ChangeAddress& verb = input.command().change_address();
  const v1::CustomerAddress* before = FindAddress(verb, input.customer());
  return before != nullptr && MessageDifferencer::Equals(before->address(), verb.address()) &&
         (verb.purpose().empty() || verb.purpose() == before->purpose());
}

void DecideChangeAddress(CustomerDraft* draft) {
  const v1::ChangeAddress& verb = draft->command().change_address();
  v1::AddressChanged& fact = *draft->AddEvent().mutable_customer()->mutable_address_changed();
  const v1::CustomerAddress* before = FindAddress(verb, draft->current());
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
