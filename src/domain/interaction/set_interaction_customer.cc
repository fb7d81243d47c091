#include "domain/interaction/interaction_draft.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/survivor.h"

namespace frontdesk {
namespace domain {

void CheckSetInteractionCustomer(const FieldPath& root, const v1::InteractionCommand& command,
                                 ArgumentChecker* checker) {
  const v1::SetInteractionCustomer& verb = command.set_interaction_customer();
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
}

void DecideSetInteractionCustomer(InteractionDraft* draft) {
  const v1::SetInteractionCustomer& verb = draft->command().set_interaction_customer();
  // The customer of that id or its survivor, if it was loaded.
  const v1::Customer& customer = draft->input().customer();
  const std::string& customer_id =
      customer.customer_id().empty() ? verb.customer_id() : customer.customer_id();
  if (AreOfOneCustomer(customer, customer_id, draft->current().customer_id())) {
    draft->Refuse(kReasonInteractionSetCustomerUnchanged, "set_interaction_customer.customer_id",
                  "the interaction is with that customer already");
  }
  v1::InteractionCustomerSet& fact =
      *draft->AddEvent().mutable_interaction()->mutable_interaction_customer_set();
  fact.set_customer_id(customer_id);
  fact.set_before_customer_id(draft->current().customer_id());
}

}  // namespace domain
}  // namespace frontdesk
