#include "domain/customer/customer_arguments.h"
#include "domain/customer/customer_draft.h"
#include "domain/customer/customer_items.h"
#include "domain/stored_value.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {

void CheckAddPaymentMethod(const FieldPath& root, const v1::CustomerCommand& command,
                           ArgumentChecker* checker) {
  const v1::AddPaymentMethod& verb = command.add_payment_method();
  const FieldPath method{&root, "payment_method"};
  if (!checker->RequireMessage(method, verb.has_payment_method())) return;
  CheckPaymentMethod(method, verb.payment_method(), checker);
  checker->Forbid({&method, "verify_time"}, verb.payment_method().has_verify_time());
  checker->Forbid({&method, "verification_method"},
                  !verb.payment_method().verification_method().empty());
}

void DecideAddPaymentMethod(CustomerDraft* draft) {
  const v1::AddPaymentMethod& verb = draft->command().add_payment_method();
  if (WasMethodId(draft->current(), verb.payment_method().payment_method_id())) {
    draft->Refuse(kReasonCustomerAddPaymentMethodIdExists,
                  "add_payment_method.payment_method.payment_method_id");
    return;
  }
  const v1::PaymentMethod& method = verb.payment_method();
  if (!method.account_id().empty()) {
    const v1::Account& account = draft->input().account();
    if (!FitsKind(method.kind(), account)) {
      draft->Refuse(kReasonCustomerAddPaymentMethodAccountKind,
                    "add_payment_method.payment_method.kind");
    }
    if (!MayBeUsedBy(draft->current(), account)) {
      draft->Refuse(kReasonCustomerAddPaymentMethodAccountForeign,
                    "add_payment_method.payment_method.account_id");
    }
  }
  *draft->AddEvent().mutable_customer()->mutable_payment_method_added()->mutable_payment_method() =
      method;
}

}  // namespace domain
}  // namespace frontdesk
