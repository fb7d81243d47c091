// Movements on an account: by CreditAccount and DebitAccount, and by commands about orders. Private.
#ifndef FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_MOVEMENT_H_
#define FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_MOVEMENT_H_

#include "absl/strings/string_view.h"
#include "domain/account/account_draft.h"
#include "domain/arguments.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/v1/money.pb.h"

namespace frontdesk {
namespace domain {

// The arguments of CreditAccount and DebitAccount below `root`, all but the id of the account.
void CheckMovement(const FieldPath& root, bool has_amount, const v1::Money& amount,
                   absl::string_view cause, ArgumentChecker* checker);

// Decides the movement on the account of the input. `amount_field` is the field of its amount.
void MoveValue(const Posting& posting, absl::string_view amount_field, AccountDraft* draft);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_MOVEMENT_H_
