// Reasons of stored-value accounts. The type is in base/reason.h.
#ifndef FRONTDESK_DOMAIN_ACCOUNT_REASONS_H_
#define FRONTDESK_DOMAIN_ACCOUNT_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_ACCOUNT_REASONS(X) \
  X(kReasonAccountExists, "ACCOUNT_EXISTS", kOk, "There is an account of that id already.", "there is one already") \
  X(kReasonAccountNotFound, "ACCOUNT_NOT_FOUND", kOk, "There is no account of that id.", "we cannot find the account") \
  X(kReasonAccountCreditState, "ACCOUNT_CREDIT_STATE", kOk, "The account is closed, so it cannot be credited.", "the account is closed") \
  X(kReasonAccountCreditCurrency, "ACCOUNT_CREDIT_CURRENCY", kOk, "The amount is of another currency than the account.", "the account has another currency") \
  X(kReasonAccountCreditOverflow, "ACCOUNT_CREDIT_OVERFLOW", kOk, "The balance would be larger than an account can hold.") \
  X(kReasonAccountDebitState, "ACCOUNT_DEBIT_STATE", kOk, "The account is closed, so it cannot be debited.", "the account is closed") \
  X(kReasonAccountDebitCurrency, "ACCOUNT_DEBIT_CURRENCY", kOk, "The amount is of another currency than the account.", "the account has another currency") \
  X(kReasonAccountDebitExpired, "ACCOUNT_DEBIT_EXPIRED", kOk, "The value of the account has expired.", "the balance of the account has expired") \
  X(kReasonAccountDebitInsufficientBalance, "ACCOUNT_DEBIT_INSUFFICIENT_BALANCE", kOk, "The balance of the account is less than the amount.", "there is not enough on the account")
// clang-format on

FRONTDESK_ACCOUNT_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kAccountReasons[] = {FRONTDESK_ACCOUNT_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_ACCOUNT_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ACCOUNT_REASONS_H_
