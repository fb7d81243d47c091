#include "domain/customer/customer_draft.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

}  // namespace

void CheckChangeCustomerState(const FieldPath& root, const v1::CustomerCommand& command,
                              ArgumentChecker* checker) {
  const v1::ChangeCustomerState& verb = command.change_customer_state();
  checker->CheckEnum({&root, "state"}, verb.state(),
                     verb.state() == Customer::STATE_PROSPECT ||
                         verb.state() == Customer::STATE_CUSTOMER ||
                         verb.state() == Customer::STATE_FORMER);
}

bool IsChangeCustomerStateUnchanged(const v1::CustomerDecisionInput& input,
                                    const v1::CustomerAssessment&) {
  return input.command().change_customer_state().state() == input.customer().state();
}

void DecideChangeCustomerState(CustomerDraft* draft) {
  const v1::ChangeCustomerState& verb = draft->command().change_customer_state();
  v1::CustomerStateChanged& fact =
      *draft->AddEvent().mutable_customer()->mutable_customer_state_changed();
  fact.set_state(verb.state());
  fact.set_reason(verb.reason());
}

}  // namespace domain
}  // namespace frontdesk
