#include "domain/account/account_movement.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/event_maker.h"
#include "domain/stored_value.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/account/reasons.h"
#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Account;

// The refusals of a movement on an active account, in the documented order. `field` is that of the amount.
std::vector<v1::Refusal> CheckMovementInvariants(const Posting& posting, const Account& account,
                                                 const Occasion& occasion,
                                                 absl::string_view field) {
  std::vector<v1::Refusal> refusals;
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
  if (HasExpired(account, occasion.now)) {
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

// Sets what happened in the event of a movement that is not refused.
void SetMovement(const Posting& posting, const Account& account, const Occasion& occasion,
                 v1::Event* event) {
  v1::LedgerEntry entry;
  const int64_t units = posting.credit ? posting.amount.units() : -posting.amount.units();
  entry.set_sequence(NextCount(account.entry_count()));
  *entry.mutable_amount() = posting.amount;
  entry.mutable_amount()->set_units(units);
  *entry.mutable_balance_after() = account.balance();
  entry.mutable_balance_after()->set_units(account.balance().units() + units);
  entry.set_cause(posting.cause);
  entry.set_order_id(posting.order_id);
  entry.set_case_id(posting.case_id);
  entry.set_actor_id(occasion.actor.actor_id());
  *entry.mutable_time() = occasion.now;
  if (posting.credit) {
    *event->mutable_account()->mutable_account_credited()->mutable_entry() = std::move(entry);
  } else {
    *event->mutable_account()->mutable_account_debited()->mutable_entry() = std::move(entry);
  }
}

}  // namespace

void CheckMovement(const FieldPath& root, bool has_amount, const v1::Money& amount,
                   absl::string_view cause, ArgumentChecker* checker) {
  const FieldPath field{&root, "amount"};
  if (has_amount) {
    checker->CheckAmount(field, amount, 0);
  } else if (!checker->IsOpen("amount")) {
    checker->RequireMessage(field, false);
  }
  checker->RequireText({&root, "cause"}, cause);
}

void MoveValue(const Posting& posting, absl::string_view amount_field, AccountDraft* draft) {
  const Account& account = draft->input().account();
  const Occasion occasion = OccasionOf(draft->input());
  draft->Refuse(CheckMovementInvariants(posting, account, occasion, amount_field));
  if (draft->refused()) return;
  SetMovement(posting, account, occasion, &draft->AddEvent(account.account_id()));
}

Decided DecidePosting(const Posting& posting, const Account& account, const Occasion& occasion) {
  Decided decided;
  const CommandInfo& movement = *FindCommandByMessage(
      posting.credit ? v1::CreditAccount::descriptor() : v1::DebitAccount::descriptor());
  if (auto refusal = AccountLifecycle().Refuse(movement, account.state())) {
    decided.refusals.push_back(*std::move(refusal));
    return decided;
  }
  decided.refusals = CheckMovementInvariants(posting, account, occasion, "");
  if (decided.refused()) return decided;
  v1::Event& event = decided.events.emplace_back(
      MakeEvent(v1::ENTITY_KIND_ACCOUNT, account.account_id(), occasion));
  SetMovement(posting, account, occasion, &event);
  return decided;
}

}  // namespace domain
}  // namespace frontdesk
