#include "domain/account/account_draft.h"
#include "domain/account/account_movement.h"

namespace frontdesk {
namespace domain {

void CheckCreditAccount(const FieldPath& root, const v1::AccountCommand& command,
                        ArgumentChecker* checker) {
  const v1::CreditAccount& verb = command.credit_account();
  CheckMovement(root, verb.has_amount(), verb.amount(), verb.cause(), checker);
}

void DecideCreditAccount(AccountDraft* draft) {
  const v1::CreditAccount& verb = draft->command().credit_account();
  MoveValue({true, verb.account_id(), verb.amount(), verb.cause(), verb.order_id(), verb.case_id()},
            "credit_account.amount", draft);
}

}  // namespace domain
}  // namespace frontdesk
