#include "frontdesk/domain/account/account.h"

#include <utility>
#include <vector>

#include "domain/account/account_draft.h"
#include "domain/arguments.h"
#include "domain/command_table.h"
#include "domain/event_maker.h"
#include "frontdesk/domain/account/reasons.h"
#include "frontdesk/v1/account.pb.h"

namespace frontdesk {
namespace domain {

// The functions of each command are in a file of its own, and only the list below names them. A check looks at all arguments but
// the id of the account. A decision expects a state that allows the command; it works on the draft, and refuses by it.
using AccountCheck = ArgumentCheck<v1::AccountCommand>;
using AccountDecision = void(AccountDraft* draft);

AccountCheck CheckImportAccount;
AccountCheck CheckCreditAccount;
AccountCheck CheckDebitAccount;

AccountDecision DecideImportAccount;
AccountDecision DecideCreditAccount;
AccountDecision DecideDebitAccount;

namespace {

using v1::Account;

using AccountCommandTable = CommandTable<v1::AccountCommand, AccountDecision>;

const AccountCommandTable& AccountCommands() {
  constexpr Account::State kNone = Account::STATE_UNSPECIFIED;
  constexpr Account::State kActive = Account::STATE_ACTIVE;
  constexpr Account::State kClosed = Account::STATE_CLOSED;
  using C = v1::AccountCommand;
  static const AccountCommandTable* const table = new AccountCommandTable(
      Account::State_descriptor(), kAccountReasons,
      {
          {C::kImportAccount,
           CheckImportAccount,
           DecideImportAccount,
           {{kNone, {kActive, kClosed}}}},
          {C::kCreditAccount, CheckCreditAccount, DecideCreditAccount, Keep({kActive})},
          {C::kDebitAccount, CheckDebitAccount, DecideDebitAccount, Keep({kActive})},
      });
  return *table;
}

}  // namespace

const Lifecycle& AccountLifecycle() { return AccountCommands().lifecycle(); }

std::vector<v1::Refusal> CheckAccountArguments(const v1::AccountCommand& command, Fields fields,
                                               const PolicyFields& policy_fields) {
  const CommandInfo* info = FindEntityCommand(command);
  if (info == nullptr) return {};
  ArgumentChecker checker;
  checker.SetPolicyFields(policy_fields);
  const FieldPath root{nullptr, info->field};
  // An import has the id in the imported account, and checks it there.
  if (!command.has_import_account()) {
    checker.RequireText({&root, info->id_path}, AddressedId(*info, command));
  }
  if (const auto check = AccountCommands().FindCheck(*info)) check(root, command, &checker);
  if (fields == Fields::kUnknown) checker.CheckFields(command);
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideAccount(const v1::AccountDecisionInput& input) {
  const CommandInfo* info = FindEntityCommand(input.command());
  if (info == nullptr) return WrongEntityError();
  AccountDraft draft(input, *info);
  if (auto refusal = AccountLifecycle().Refuse(*info, input.account().state())) {
    draft.Refuse({*std::move(refusal)});
  } else {
    const auto decide = AccountCommands().FindDecide(*info);
    decide(&draft);
  }
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
