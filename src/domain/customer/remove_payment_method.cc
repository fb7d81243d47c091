#include "domain/customer/customer_draft.h"
#include "domain/customer/customer_items.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {

void CheckRemovePaymentMethod(const FieldPath& root, const v1::CustomerCommand& command,
                              ArgumentChecker* checker) {
  const v1::RemovePaymentMethod& verb = command.remove_payment_method();
  checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
}

void DecideRemovePaymentMethod(CustomerDraft* draft) {
  const v1::RemovePaymentMethod& verb = draft->command().remove_payment_method();
  const v1::PaymentMethod* before = FindPaymentMethod(draft->current(), verb.payment_method_id());
  if (before == nullptr) {
    draft->Refuse(kReasonCustomerRemovePaymentMethodUnknown,
                  "remove_payment_method.payment_method_id");
    return;
  }
  *draft->AddEvent().mutable_customer()->mutable_payment_method_removed()->mutable_before() =
      *before;
}

}  // namespace domain
}  // namespace frontdesk
