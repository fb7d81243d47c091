#include <string>

#include "domain/interaction/interaction_draft.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/survivor.h"

namespace frontdesk {
namespace domain {
namespace {

// The customer that the command names or its survivor, if it was loaded.
const std::string& NamedCustomerId(const v1::InteractionDecisionInput& input) {
  const std::string& loaded = input.customer().customer_id();
  return loaded.empty() ? input.command().set_interaction_customer().customer_id() : loaded;
}

}  // namespace

void CheckSetInteractionCustomer(const FieldPath& root, const v1::InteractionCommand& command,
                                 ArgumentChecker* checker) {
  const v1::SetInteractionCustomer& verb = command.set_interaction_customer();
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
}

bool IsSetInteractionCustomerUnchanged(const v1::InteractionDecisionInput& input,
                                       const v1::InteractionAssessment&) {
  return AreOfOneCustomer(input.customer(), NamedCustomerId(input),
                          input.interaction().customer_id());
}

void DecideSetInteractionCustomer(InteractionDraft* draft) {
  v1::InteractionCustomerSet& fact =
      *draft->AddEvent().mutable_interaction()->mutable_interaction_customer_set();
  fact.set_customer_id(NamedCustomerId(draft->input()));
  fact.set_before_customer_id(draft->current().customer_id());
}

}  // namespace domain
}  // namespace frontdesk
