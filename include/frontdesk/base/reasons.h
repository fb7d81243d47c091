// Reasons of base/: money, contact points, ids. The type is in base/reason.h.
#ifndef FRONTDESK_BASE_REASONS_H_
#define FRONTDESK_BASE_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
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
  X(kReasonContactPointNoPhoneLibrary, "CONTACT_POINT_NO_PHONE_LIBRARY", kInvalidArgument, "This build reads only numbers typed with +; a national one needs libphonenumber.") \
  X(kReasonIdTooLong, "ID_TOO_LONG", kInvalidArgument, "An id, or the name of a word of the policy, is longer than the limit.") \
  X(kReasonIdEncoding, "ID_ENCODING", kInvalidArgument, "An id, or the name of a word of the policy, is not UTF-8.") \
  X(kReasonIdCharacter, "ID_CHARACTER", kInvalidArgument, "An id, or the name of a word of the policy, has a control, format or invisible character.") \
  X(kReasonStoreCorrupt, "STORE_CORRUPT", kDataLoss, "The data in the store is not valid.")
// clang-format on

FRONTDESK_BASE_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kBaseReasons[] = {FRONTDESK_BASE_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_BASE_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_REASONS_H_
