#include "domain/account/account_draft.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr absl::string_view kComputedFields[] = {"entries", "entry_count", "last_entry"};

}  // namespace

void CheckImportAccount(const FieldPath& root, const v1::AccountCommand& command,
                        ArgumentChecker* checker) {
  const v1::ImportAccount& verb = command.import_account();
  const FieldPath field{&root, "account"};
  if (checker->RequireMessage(field, verb.has_account())) {
    const v1::Account& account = verb.account();
    checker->RequireText({&field, "account_id"}, account.account_id());
    checker->CheckEnum({&field, "kind"}, account.kind(),
                       account.kind() != v1::Account::KIND_UNSPECIFIED &&
                           v1::Account_Kind_IsValid(account.kind()));
    checker->CheckEnum({&field, "state"}, account.state(),
                       account.state() != v1::Account::STATE_UNSPECIFIED &&
                           v1::Account_State_IsValid(account.state()));
    const FieldPath balance{&field, "balance"};
    if (checker->RequireMessage(balance, account.has_balance())) {
      checker->CheckAmount(balance, account.balance(), 0);
    }
    checker->ForbidComputed(field, account, kComputedFields);
    checker->CheckTime({&field, "expire_time"}, account.has_expire_time(), account.expire_time());
  }
  checker->CheckSource({&root, "source"}, verb.has_source(), verb.source());
}

void DecideImportAccount(AccountDraft* draft) {
  const v1::ImportAccount& verb = draft->command().import_account();
  v1::AccountImported& imported =
      *draft->AddEvent(verb.account().account_id()).mutable_account()->mutable_account_imported();
  *imported.mutable_account() = verb.account();
  imported.mutable_account()->clear_import_source();
  *imported.mutable_account()->mutable_create_time() = draft->input().now();
  *imported.mutable_source() = ImportedFrom(verb.source(), draft->input().now());
}

}  // namespace domain
}  // namespace frontdesk
