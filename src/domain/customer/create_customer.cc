#include "domain/customer/customer_arguments.h"
#include "domain/customer/customer_draft.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

}  // namespace

void CheckCreateCustomer(const FieldPath& root, const v1::CustomerCommand& command,
                         ArgumentChecker* checker) {
  const v1::CreateCustomer& verb = command.create_customer();
  if (verb.state() != Customer::STATE_UNSPECIFIED) {
    checker->CheckEnum(
        {&root, "state"}, verb.state(),
        verb.state() == Customer::STATE_PROSPECT || verb.state() == Customer::STATE_CUSTOMER);
  }
  if (verb.given_name().empty() && verb.family_name().empty() && verb.organization_name().empty()) {
    checker->Add({&root, "given_name"}, kReasonArgumentRequired,
                 "is required when neither family_name nor organization_name is set");
  }
  CheckPreferences({&root, "preferences"}, verb.preferences(), checker);
  checker->CheckExternalIds(root, verb.external_ids());
}

void DecideCreateCustomer(CustomerDraft* draft) {
  const v1::CreateCustomer& verb = draft->command().create_customer();
  Customer& customer = *draft->AddEvent(verb.customer_id())
                            .mutable_customer()
                            ->mutable_customer_created()
                            ->mutable_customer();
  customer.set_customer_id(verb.customer_id());
  customer.set_state(verb.state() == Customer::STATE_UNSPECIFIED ? Customer::STATE_PROSPECT
                                                                 : verb.state());
  // A field that is set to an empty text has a string of its own.
  if (!verb.given_name().empty()) customer.set_given_name(verb.given_name());
  if (!verb.family_name().empty()) customer.set_family_name(verb.family_name());
  if (!verb.organization_name().empty()) customer.set_organization_name(verb.organization_name());
  if (verb.has_preferences()) *customer.mutable_preferences() = verb.preferences();
  if (!verb.tier().empty()) customer.set_tier(verb.tier());
  *customer.mutable_external_ids() = verb.external_ids();
  *customer.mutable_create_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
