#include "domain/account/account_draft.h"
#include "domain/account/account_movement.h"

namespace frontdesk {
namespace domain {

void CheckDebitAccount(const FieldPath& root, const v1::AccountCommand& command,
                       ArgumentChecker* checker) {
  const v1::DebitAccount& verb = command.debit_account();
  CheckMovement(root, verb.has_amount(), verb.amount(), verb.cause(), checker);
}

void DecideDebitAccount(AccountDraft* draft) {
  const v1::DebitAccount& verb = draft->command().debit_account();
  MoveValue(
      {false, verb.account_id(), verb.amount(), verb.cause(), verb.order_id(), verb.case_id()},
      "debit_account.amount", draft);
}

}  // namespace domain
}  // namespace frontdesk
