// Stored-value accounts (gift cards, store credit): decide and evolve. An account is never below
// zero.
//
//   #include "frontdesk/v1/account_input.pb.h"
//
//   frontdesk::v1::AccountDecisionInput input;
//   input.mutable_account()->set_account_id("card-1");  // The rest of its state, too.
//   frontdesk::v1::DebitAccount& debit = *input.mutable_command()->mutable_debit_account();
//   debit.set_account_id("card-1");
//   debit.set_cause("payment");
//   debit.mutable_amount()->set_units(1250);
//   debit.mutable_amount()->set_currency_code("USD");
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideAccount(input);
#ifndef FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_H_
#define FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/domain/lifecycle.h"

namespace frontdesk {
namespace v1 {
class Account;
class AccountCommand;
class AccountDecisionInput;
class Event;
class Refusal;
}  // namespace v1

namespace domain {

// Every state x every command of accounts, commands by number, states by number. Static.
const Lifecycle& AccountLifecycle();

// Checks the arguments of an account command, whatever the state. Returns every invalid field, in
// the order of the fields, origin ARGUMENT, with its path from the command
// ("debit_account.amount.currency_code"). Empty: all are valid, or the command is of another
// entity. Reasons: see domain/reasons.h, ARGUMENT_….
// A field that is open in `policy_fields` may be absent.
std::vector<v1::Refusal> CheckAccountArguments(const v1::AccountCommand& command,
                                               Fields fields = Fields::kUnknown,
                                               const PolicyFields& policy_fields = {});

// Decides an account command. Pure. Expects arguments in which CheckAccountArguments() finds no
// invalid field.
//
// OK: see Decided. Invariants, in the order they are listed:
//   1. ACCOUNT_EXISTS, ACCOUNT_NOT_FOUND, ACCOUNT_CREDIT_STATE, ACCOUNT_DEBIT_STATE: the transition
//      table (then nothing else is checked).
//   2. ACCOUNT_CREDIT_CURRENCY, ACCOUNT_DEBIT_CURRENCY: the amount is of another currency than the
//      account (then nothing else is checked).
//   3. ACCOUNT_DEBIT_EXPIRED: the account's value has expired at `now`.
//   4. ACCOUNT_DEBIT_INSUFFICIENT_BALANCE: the amount is more than the balance.
//   5. ACCOUNT_CREDIT_OVERFLOW: the balance would be more than 64 bits can hold.
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when the command is no account command.
// Costs O(1), and O(entries) of a copy for ImportAccount.
absl::StatusOr<Decided> DecideAccount(const v1::AccountDecisionInput& input);

// Decides a movement that another entity's command makes, as CreditAccount or DebitAccount would, with
// the same invariants. The movements of one command on one
// account are decided one after the other, each on the account as the one before left it.
Decided DecidePosting(const Posting& posting, const v1::Account& account, const Occasion& occasion);

// Folds one event into an account.
// OK: `account` has the state after the event. Never fails on events of DecideAccount() and
// DecidePosting(). Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event does not follow on this
// state; `account` is unchanged.
absl::Status EvolveAccount(const v1::Event& event, v1::Account* account);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ACCOUNT_ACCOUNT_H_
