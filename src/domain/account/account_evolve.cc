// Folding the events of accounts.
#include "domain/event_maker.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Account;

absl::Status ApplyLedgerEntry(const v1::LedgerEntry& entry, bool credit, Account* account) {
  const int64_t last =
      account->entries_size() == 0 ? 0 : account->entries(account->entries_size() - 1).sequence();
  int64_t balance = 0;
  if (account->state() != Account::STATE_ACTIVE || entry.sequence() != last + 1 ||
      entry.amount().currency_code() != account->balance().currency_code() ||
      (credit ? entry.amount().units() < 0 : entry.amount().units() > 0) ||
      __builtin_add_overflow(account->balance().units(), entry.amount().units(), &balance) ||
      balance < 0 || entry.balance_after().units() != balance) {
    return NotApplicableError("the entry does not follow the account's ledger");
  }
  account->mutable_balance()->set_units(balance);
  *account->add_entries() = entry;
  return absl::OkStatus();
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
    return ApplyLedgerEntry(event.account().account_credited().entry(), true, account);
  }
  if (event.account().has_account_debited()) {
    return ApplyLedgerEntry(event.account().account_debited().entry(), false, account);
  }
  return NotApplicableError("the event is not known for an account");
}

}  // namespace domain
}  // namespace frontdesk
