// Every reason that frontdesk itself gives, in one table: the constant, the word, the status code,
// what it means. Issues in the expressions of a policy have reasons besides: CEL_ and one of
// cel::IssueCodes() (cel/issue.h).
//
//   for (const frontdesk::ReasonInfo& info : frontdesk::AllReasons()) {
//     std::cout << info.reason << ": " << info.text << "\n";
//   }
//
// Programs compare reasons, which never change once released; texts are for people. docs/errors.md
// is made from both. A rule of a policy may give any reason of its own; those are not listed
// here.
#ifndef FRONTDESK_BASE_REASONS_H_
#define FRONTDESK_BASE_REASONS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/base/case_reasons.h"
#include "frontdesk/base/order_reasons.h"

namespace frontdesk {

// One reason. A plain value with static storage.
struct ReasonInfo {
  absl::string_view reason;  // UPPER_SNAKE, stable.
  // The code of the status that carries it; kOk for the reason of a refusal or of a violation
  // inside another error, which is never a status of its own.
  absl::StatusCode code;
  absl::string_view text;  // One sentence, without values.
};

// To add a reason, add one line `X(constant, "WORD", code, "Meaning.")` to the list of its room.
// The constant is kReason and the word in camel case; a test checks that. kOk is the code of
// refusals.
// clang-format off

// Money, ids, contact points.
#define FRONTDESK_BASE_REASONS(X) \
  X(kReasonMoneyCurrencyUnknown, "MONEY_CURRENCY_UNKNOWN", kInvalidArgument, "The code is not one of ISO 4217, upper case.") \
  X(kReasonMoneyCurrencyNoMinorUnit, "MONEY_CURRENCY_NO_MINOR_UNIT", kInvalidArgument, "ISO 4217 defines no minor unit for the code (gold, test codes, units of account), so it has no amounts.") \
  X(kReasonMoneyCurrencyMismatch, "MONEY_CURRENCY_MISMATCH", kInvalidArgument, "Amounts of two currencies were combined.") \
  X(kReasonMoneySyntax, "MONEY_SYNTAX", kInvalidArgument, "The text is not a decimal number such as -12.34.") \
  X(kReasonMoneyPrecision, "MONEY_PRECISION", kInvalidArgument, "The number has more decimals than the amount can have, and no rounding was asked for.") \
  X(kReasonMoneyRoundingUnspecified, "MONEY_ROUNDING_UNSPECIFIED", kInvalidArgument, "A rounding is needed and none, or an unknown one, was named.") \
  X(kReasonMoneyDivisorZero, "MONEY_DIVISOR_ZERO", kInvalidArgument, "The denominator is zero.") \
  X(kReasonMoneyScale, "MONEY_SCALE", kInvalidArgument, "A scale is outside 0 to 9.") \
  X(kReasonMoneyWeights, "MONEY_WEIGHTS", kInvalidArgument, "Weights to allocate by are negative, sum to zero, or a part is above the whole.") \
  X(kReasonMoneyOverflow, "MONEY_OVERFLOW", kOutOfRange, "The result does not fit into 64 bits of minor units.") \
  X(kReasonContactPointKind, "CONTACT_POINT_KIND", kInvalidArgument, "The kind of contact point is not set or not known.") \
  X(kReasonContactPointEmpty, "CONTACT_POINT_EMPTY", kInvalidArgument, "The contact point is empty.") \
  X(kReasonContactPointTooLong, "CONTACT_POINT_TOO_LONG", kInvalidArgument, "The contact point is longer than its kind allows.") \
  X(kReasonContactPointSyntax, "CONTACT_POINT_SYNTAX", kInvalidArgument, "The text is not an address, number or handle of its kind.") \
  X(kReasonContactPointRegionRequired, "CONTACT_POINT_REGION_REQUIRED", kInvalidArgument, "A national number needs a region to be read in.") \
  X(kReasonContactPointRegionUnknown, "CONTACT_POINT_REGION_UNKNOWN", kInvalidArgument, "The region is not an ISO 3166-1 alpha-2 code with telephone numbers.") \
  X(kReasonContactPointNoPhoneLibrary, "CONTACT_POINT_NO_PHONE_LIBRARY", kInvalidArgument, "This build reads only numbers typed with +; a national one needs libphonenumber.")
// clang-format on

#define FRONTDESK_X(constant, word, code, text) inline constexpr absl::string_view constant = word;
FRONTDESK_ALL_REASONS(FRONTDESK_X)
#undef FRONTDESK_X

#define FRONTDESK_X(constant, word, code, text) {word, absl::StatusCode::code, text},
inline constexpr ReasonInfo kAllReasons[] = {FRONTDESK_ALL_REASONS(FRONTDESK_X)};
#undef FRONTDESK_X

#undef FRONTDESK_BASE_REASONS
#undef FRONTDESK_RULES_REASONS
#undef FRONTDESK_DOMAIN_REASONS
#undef FRONTDESK_CUSTOMER_REASONS
#undef FRONTDESK_INTERACTION_REASONS
#undef FRONTDESK_ORDER_REASONS
#undef FRONTDESK_ACCOUNT_REASONS
#undef FRONTDESK_CASE_REASONS
#undef FRONTDESK_DESK_REASONS
#undef FRONTDESK_ALL_REASONS

// The whole table, in the order of the rooms. Static storage; thread-safe.
inline absl::Span<const ReasonInfo> AllReasons() { return kAllReasons; }

// The entry of `reason`, or null. Constant time; thread-safe.
const ReasonInfo* FindReason(absl::string_view reason);

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_REASONS_H_
