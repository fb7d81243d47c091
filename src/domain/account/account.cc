#include "frontdesk/domain/account/account.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/arguments.h"
#include "domain/event_maker.h"
#include "frontdesk/base/money.h"
#include "frontdesk/v1/account_input.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Account;
using v1::AccountCommand;

void CheckMovement(const FieldPath& verb, absl::string_view account_id, bool has_amount,
                   const v1::Money& amount, absl::string_view cause, ArgumentChecker* checker) {
  checker->RequireText({&verb, "account_id"}, account_id);
  const FieldPath field{&verb, "amount"};
  if (checker->RequireMessage(field, has_amount)) checker->CheckAmount(field, amount, 0);
  checker->RequireText({&verb, "cause"}, cause);
}

void CheckImportAccount(const v1::ImportAccount& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "import_account"};
  const FieldPath field{&root, "account"};
  if (checker->RequireMessage(field, verb.has_account())) {
    const Account& account = verb.account();
    checker->RequireText({&field, "account_id"}, account.account_id());
    checker->CheckEnum(
        {&field, "kind"}, account.kind(),
        account.kind() != Account::KIND_UNSPECIFIED && v1::Account_Kind_IsValid(account.kind()));
    checker->CheckEnum({&field, "state"}, account.state(),
                       account.state() != Account::STATE_UNSPECIFIED &&
                           v1::Account_State_IsValid(account.state()));
    const FieldPath balance{&field, "balance"};
    if (checker->RequireMessage(balance, account.has_balance())) {
      checker->CheckAmount(balance, account.balance(), 0);
    }
    checker->Forbid({&field, "entries"}, account.entries_size() > 0);
    checker->CheckTime({&field, "expire_time"}, account.has_expire_time(), account.expire_time());
  }
  checker->CheckSource({&root, "source"}, verb.has_source(), verb.source());
}

bool HasExpired(const Account& account, const Occasion& occasion) {
  if (!account.has_expire_time()) return false;
  return std::make_pair(occasion.now.seconds(), occasion.now.nanos()) >=
         std::make_pair(account.expire_time().seconds(), account.expire_time().nanos());
}

// The refusals of a movement, by place in the documented order; `verb_field` is "" for a posting.
std::vector<v1::Refusal> CheckInvariants(const Posting& posting, const Account& account,
                                         const Occasion& occasion, absl::string_view verb_field) {
  std::vector<v1::Refusal> refusals;
  const CommandInfo& movement = *FindCommandByMessage(
      posting.credit ? v1::CreditAccount::descriptor() : v1::DebitAccount::descriptor());
  if (auto refusal = AccountLifecycle().Refuse(movement, account.state())) {
    refusals.push_back(*std::move(refusal));
    return refusals;
  }
  const std::string field = verb_field.empty() ? "" : absl::StrCat(verb_field, ".amount");
  if (posting.amount.currency_code() != account.balance().currency_code()) {
    refusals.push_back(
        MakeRefusal(posting.credit ? kReasonAccountCreditCurrency : kReasonAccountDebitCurrency,
                    field, absl::StrCat("the account is in ", account.balance().currency_code())));
    return refusals;
  }
  if (posting.credit) {
    if (!AddMoney(account.balance(), posting.amount).ok()) {
      refusals.push_back(MakeRefusal(kReasonAccountCreditOverflow, field,
                                     "the balance would not fit in 64 bits of minor units"));
    }
    return refusals;
  }
  if (HasExpired(account, occasion)) {
    refusals.push_back(
        MakeRefusal(kReasonAccountDebitExpired, "", "the value of the account has expired"));
  }
  if (posting.amount.units() > account.balance().units()) {
    refusals.push_back(
        MakeRefusal(kReasonAccountDebitInsufficientBalance, field,
                    absl::StrCat("the account holds less than ", FormatMoney(posting.amount))));
  }
  return refusals;
}

Decided DecideMovement(const Posting& posting, const Account& account, const Occasion& occasion,
                       absl::string_view verb_field) {
  Decided decided;
  decided.refusals = CheckInvariants(posting, account, occasion, verb_field);
  if (decided.refused()) return decided;
  v1::LedgerEntry entry;
  const int64_t units = posting.credit ? posting.amount.units() : -posting.amount.units();
  const int64_t last =
      account.entries_size() == 0 ? 0 : account.entries(account.entries_size() - 1).sequence();
  entry.set_sequence(last + 1);
  *entry.mutable_amount() = posting.amount;
  entry.mutable_amount()->set_units(units);
  *entry.mutable_balance_after() = account.balance();
  entry.mutable_balance_after()->set_units(account.balance().units() + units);
  entry.set_cause(posting.cause);
  entry.set_order_id(posting.order_id);
  *entry.mutable_time() = occasion.now;
  v1::Event event = MakeEvent(v1::ENTITY_KIND_ACCOUNT, account.account_id(), occasion);
  if (posting.credit) {
    *event.mutable_account()->mutable_account_credited()->mutable_entry() = std::move(entry);
  } else {
    *event.mutable_account()->mutable_account_debited()->mutable_entry() = std::move(entry);
  }
  decided.events.push_back(std::move(event));
  return decided;
}

Decided DecideImport(const v1::AccountDecisionInput& input) {
  Decided decided;
  const v1::ImportAccount& verb = input.command().import_account();
  if (auto refusal = AccountLifecycle().Refuse(*FindCommandByMessage(verb.GetDescriptor()),
                                               input.account().state())) {
    decided.refusals.push_back(*std::move(refusal));
    return decided;
  }
  v1::Event event =
      MakeEvent(v1::ENTITY_KIND_ACCOUNT, verb.account().account_id(), OccasionOf(input));
  v1::AccountImported& imported = *event.mutable_account()->mutable_account_imported();
  *imported.mutable_account() = verb.account();
  imported.mutable_account()->clear_import_source();
  *imported.mutable_account()->mutable_create_time() = input.now();
  *imported.mutable_source() = verb.source();
  decided.events.push_back(std::move(event));
  return decided;
}

absl::Status ApplyEntry(const v1::LedgerEntry& entry, bool credit, Account* account) {
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

const Lifecycle& AccountLifecycle() {
  constexpr Account::State kNone = Account::STATE_UNSPECIFIED;
  constexpr Account::State kActive = Account::STATE_ACTIVE;
  constexpr Account::State kClosed = Account::STATE_CLOSED;
  using C = v1::AccountCommand;
  static const Lifecycle* const lifecycle =
      new Lifecycle(Account::State_descriptor(), C::descriptor(),
                    {
                        {C::kImportAccount, {{kNone, {kActive, kClosed}}}},
                        {C::kCreditAccount, {{kActive, {kActive}}}},
                        {C::kDebitAccount, {{kActive, {kActive}}}},
                    });
  return *lifecycle;
}

std::vector<v1::Refusal> CheckAccountArguments(const v1::AccountCommand& command) {
  ArgumentChecker checker;
  if (command.has_import_account()) {
    CheckImportAccount(command.import_account(), &checker);
  } else if (command.has_credit_account()) {
    const v1::CreditAccount& verb = command.credit_account();
    CheckMovement({nullptr, "credit_account"}, verb.account_id(), verb.has_amount(), verb.amount(),
                  verb.cause(), &checker);
  } else if (command.has_debit_account()) {
    const v1::DebitAccount& verb = command.debit_account();
    CheckMovement({nullptr, "debit_account"}, verb.account_id(), verb.has_amount(), verb.amount(),
                  verb.cause(), &checker);
  }
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideAccount(const v1::AccountDecisionInput& input) {
  const AccountCommand& command = input.command();
  if (command.has_import_account()) return DecideImport(input);
  if (command.has_credit_account()) {
    const v1::CreditAccount& verb = command.credit_account();
    return DecideMovement({true, verb.account_id(), verb.amount(), verb.cause(), verb.order_id()},
                          input.account(), OccasionOf(input), "credit_account");
  }
  if (command.has_debit_account()) {
    const v1::DebitAccount& verb = command.debit_account();
    return DecideMovement({false, verb.account_id(), verb.amount(), verb.cause(), verb.order_id()},
                          input.account(), OccasionOf(input), "debit_account");
  }
  return WrongEntityError();
}

Decided DecidePosting(const Posting& posting, const v1::Account& account,
                      const Occasion& occasion) {
  return DecideMovement(posting, account, occasion, "");
}

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
    return ApplyEntry(event.account().account_credited().entry(), true, account);
  }
  if (event.account().has_account_debited()) {
    return ApplyEntry(event.account().account_debited().entry(), false, account);
  }
  return NotApplicableError("the event is not known for an account");
}

}  // namespace domain
}  // namespace frontdesk
