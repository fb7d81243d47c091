#include "domain/customer/customer_draft.h"
#include "domain/customer/customer_items.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {

void CheckVerifyPaymentMethod(const FieldPath& root, const v1::CustomerCommand& command,
                              ArgumentChecker* checker) {
  const v1::VerifyPaymentMethod& verb = command.verify_payment_method();
  checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
  checker->RequireText({&root, "method"}, verb.method());
}

void DecideVerifyPaymentMethod(CustomerDraft* draft) {
  const v1::VerifyPaymentMethod& verb = draft->command().verify_payment_method();
  if (FindPaymentMethod(draft->current(), verb.payment_method_id()) == nullptr) {
    draft->Refuse(kReasonCustomerVerifyPaymentMethodUnknown,
                  "verify_payment_method.payment_method_id");
    return;
  }
  v1::PaymentMethodVerified& fact =
      *draft->AddEvent().mutable_customer()->mutable_payment_method_verified();
  fact.set_payment_method_id(verb.payment_method_id());
  fact.set_method(verb.method());
  *fact.mutable_verify_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
