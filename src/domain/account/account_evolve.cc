// Folding the events of accounts.
#include "domain/event_maker.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Account;

void ApplyLedgerEntry(const v1::LedgerEntry& entry, Account* account) {
  if (entry.has_balance_after()) *account->mutable_balance() = entry.balance_after();
  *account->add_entries() = entry;
  account->set_entry_count(NextCount(account->entry_count()));
  *account->mutable_last_entry() = entry;
}

}  // namespace

absl::Status EvolveAccount(const v1::Event& event, v1::Account* account) {
  if (event.entity().kind() != v1::ENTITY_KIND_ACCOUNT) {
    return NotApplicableError("the event is not about an account");
  }
  if (event.account().has_account_imported()) {
    const v1::AccountImported& fact = event.account().account_imported();
    if (account->state() != Account::STATE_UNSPECIFIED ||
        fact.account().state() == Account::STATE_UNSPECIFIED ||
        fact.account().account_id() != event.entity().id()) {
      return NotApplicableError("the account exists already, or the id is not its own");
    }
    *account = fact.account();
    *account->mutable_import_source() = fact.source();
    return absl::OkStatus();
  }
  if (event.entity().id() != account->account_id()) {
    return NotApplicableError("the event is about another account");
  }
  if (event.account().has_account_credited()) {
    ApplyLedgerEntry(event.account().account_credited().entry(), account);
    return absl::OkStatus();
  }
  if (event.account().has_account_debited()) {
    ApplyLedgerEntry(event.account().account_debited().entry(), account);
    return absl::OkStatus();
  }
  return NotApplicableError("the event is not known for an account");
}

}  // namespace domain
}  // namespace frontdesk
