// Exact money: integers of minor units with an ISO 4217 code, 128 bits inside, never floating
// point.
//
//   absl::StatusOr<frontdesk::v1::Money> price = frontdesk::ParseMoney("12.34", "USD");
//   if (!price.ok()) return price.status();
//   absl::StatusOr<frontdesk::v1::Money> three = frontdesk::MultiplyMoney(
//       *price, 3, 1, frontdesk::v1::ROUNDING_HALF_EVEN);  // 37.02 USD
//   absl::StatusOr<std::vector<frontdesk::v1::Money>> shares =
//       frontdesk::AllocateMoney(*three, {1, 1, 2});       // 9.26, 9.25, 18.51
//
// v1::Money is the noun; these free functions are its verbs. All are pure and thread-safe. On an
// error nothing is returned and nothing was changed. Errors are statuses with the reasons named,
// checked in the order in which they are listed. Every function that takes an amount first checks
// its currency code:
//   MONEY_CURRENCY_UNKNOWN         not an upper-case code of ISO 4217 list one; so also none
//   MONEY_CURRENCY_NO_MINOR_UNIT   a code without minor unit, such as XAU
// and these two are not repeated below. Everything is constant time unless it says otherwise.
#ifndef FRONTDESK_BASE_MONEY_H_
#define FRONTDESK_BASE_MONEY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/v1/money.pb.h"

namespace frontdesk {

// ---- Currencies ----

// One currency or fund of ISO 4217 list one.
struct CurrencyInfo {
  absl::string_view code;  // Alphabetic, three upper-case letters: "USD".
  int number;              // Numeric: 840.
  int exponent;            // How many decimals the minor unit is: 2. -1 where the list says "N.A.".
};

// All of them, sorted by code, as published 2024-06-25. Static storage.
absl::Span<const CurrencyInfo> Currencies();

// How many decimals the minor unit of `currency_code` is: 2 for USD, 0 for JPY, 3 for BHD, 4 for
// CLF.
absl::StatusOr<int> CurrencyExponent(absl::string_view currency_code);

// OK when `money` has a currency in which an amount can be held.
absl::Status CheckMoney(const v1::Money& money);

// OK when `price` has such a currency, and else
//   MONEY_SCALE   a scale below 0 or above 9
absl::Status CheckUnitPrice(const v1::UnitPrice& price);

// ---- Making, reading and writing ----

// `units` minor units.
absl::StatusOr<v1::Money> MakeMoney(int64_t units, absl::string_view currency_code);

// Reads a decimal number of major units: an optional sign (- or +), digits, optionally a point and
// digits. No spaces, no grouping, no exponent. Decimals beyond the minor unit must be zeros. Linear
// in `text`.
//   MONEY_SYNTAX      anything else
//   MONEY_PRECISION   other decimals than zeros beyond the minor unit
//   MONEY_OVERFLOW    more than 64 bits of minor units
absl::StatusOr<v1::Money> ParseMoney(absl::string_view text, absl::string_view currency_code);

// The same, with any number of decimals, rounded to the minor unit.
//   MONEY_ROUNDING_UNSPECIFIED, MONEY_SYNTAX, MONEY_OVERFLOW
absl::StatusOr<v1::Money> ParseMoney(absl::string_view text, absl::string_view currency_code,
                                     v1::Rounding rounding);

// "12.34": as many decimals as the minor unit has, "-" in front if negative. ParseMoney reads it
// back.
absl::StatusOr<std::string> FormatAmount(const v1::Money& money);

// "12.34 USD", for texts. Total: an amount in an unknown currency is "1234 minor units of ?" with
// the code when that is three upper-case letters; an absent amount (no code, no units) is "".
std::string FormatMoney(const v1::Money& money);

// ---- Adding and comparing ----

// a + b.
//   MONEY_CURRENCY_MISMATCH   the codes differ (after both were checked)
//   MONEY_OVERFLOW
absl::StatusOr<v1::Money> AddMoney(const v1::Money& a, const v1::Money& b);

// a - b; errors as AddMoney.
absl::StatusOr<v1::Money> SubtractMoney(const v1::Money& a, const v1::Money& b);

// -a.
//   MONEY_OVERFLOW   the most negative amount
absl::StatusOr<v1::Money> NegateMoney(const v1::Money& a);

// The sum of `amounts`, all in `currency_code`; zero for none. Only the result has to fit, not
// every partial sum. Linear.
//   MONEY_CURRENCY_MISMATCH, MONEY_OVERFLOW
absl::StatusOr<v1::Money> SumMoney(absl::Span<const v1::Money> amounts,
                                   absl::string_view currency_code);

// Below zero, zero or above zero as a is less than, equal to or greater than b.
//   MONEY_CURRENCY_MISMATCH
absl::StatusOr<int> CompareMoney(const v1::Money& a, const v1::Money& b);

// ---- Multiplying and rounding ----

// m x numerator / denominator, rounded once; exact before the rounding. Every mode but FLOOR and
// CEILING gives for -m the negative of its value for m.
//   MONEY_ROUNDING_UNSPECIFIED   also when the result would be exact
//   MONEY_DIVISOR_ZERO, MONEY_OVERFLOW
absl::StatusOr<v1::Money> MultiplyMoney(const v1::Money& m, int64_t numerator, int64_t denominator,
                                        v1::Rounding rounding);

// An integer of 10^-from_scale as an integer of 10^-to_scale: (12345, 4, 2, HALF_UP) is 123. Scales
// are 0 to 18.
//   MONEY_ROUNDING_UNSPECIFIED, MONEY_SCALE, MONEY_OVERFLOW
absl::StatusOr<int64_t> RoundDecimal(int64_t value, int from_scale, int to_scale,
                                     v1::Rounding rounding);

// ---- Unit prices ----

// Reads as ParseMoney; the scale is the number of decimals written. Linear in `text`.
//   MONEY_SYNTAX
//   MONEY_PRECISION   other decimals than zeros beyond nine (zeros there are dropped)
//   MONEY_OVERFLOW
absl::StatusOr<v1::UnitPrice> ParseUnitPrice(absl::string_view text,
                                             absl::string_view currency_code);

// "1.2345 USD": as many decimals as the scale says. Total, as FormatMoney; an invalid scale writes
// "? USD".
std::string FormatUnitPrice(const v1::UnitPrice& price);

// `money` as the price of one piece: the scale is the currency's exponent.
absl::StatusOr<v1::UnitPrice> UnitPriceOf(const v1::Money& money);

// Below zero, zero or above zero as a is less than, equal to or greater than b, by value: 1.50
// equals 1.5.
//   MONEY_SCALE, MONEY_CURRENCY_MISMATCH
absl::StatusOr<int> CompareUnitPrice(const v1::UnitPrice& a, const v1::UnitPrice& b);

// price x quantity, rounded once to the minor unit.
//   MONEY_SCALE, MONEY_ROUNDING_UNSPECIFIED, MONEY_OVERFLOW
absl::StatusOr<v1::Money> PriceTimes(const v1::UnitPrice& price, int64_t quantity,
                                     v1::Rounding rounding);

// A price and how many pieces.
struct PricedQuantity {
  v1::UnitPrice price;
  int64_t quantity = 0;
};

// The amount of every line, rounded as `level` says. UNSPECIFIED is LINE. n log n in the lines.
// - LINE rounds each line for itself.
// - TOTAL rounds the exact sum once. Each line gets its exact amount, rounded down (up when the sum
//   is negative). The missing units go one each to lines by largest remainder, ties to the first,
//   so that the lines sum to that total.
//
// Errors:
//   MONEY_SCALE
//   MONEY_CURRENCY_MISMATCH      a line is not in `currency_code`
//   MONEY_ROUNDING_UNSPECIFIED
//   MONEY_OVERFLOW               also when the exact sum needs more than 125 bits of 10^-9
absl::StatusOr<std::vector<v1::Money>> PriceLines(absl::Span<const PricedQuantity> lines,
                                                  absl::string_view currency_code,
                                                  v1::RoundingLevel level, v1::Rounding rounding);

// ---- Allocating ----

// Splits `total` in proportion to `weights` by the method of largest remainder. Each part is its
// exact share rounded toward zero. The units that are left go one each to the parts with the largest
// remainders, ties to the first. The parts sum to `total` exactly, a weight of zero gets nothing,
// and -total gives the negated parts. A total of zero may be split by weights that are all zero.
// n log n in the weights.
//   MONEY_WEIGHTS   a negative weight; a sum of zero while the total is not
absl::StatusOr<std::vector<v1::Money>> AllocateMoney(const v1::Money& total,
                                                     absl::Span<const int64_t> weights);

// The next part of a `total` that is paid out bit by bit: the amount due for `weight_so_far` (this
// part included) of `weight_whole`, less `already_given`. The amount due is the first share of
// AllocateMoney(total, {weight_so_far, weight_whole - weight_so_far}). It never falls as
// weight_so_far grows, and is `total` at the whole. So every sequence of parts that reaches the
// whole sums to `total`, whatever its steps, even if an earlier part was not given as computed.
//   MONEY_CURRENCY_MISMATCH
//   MONEY_WEIGHTS    weight_so_far is below zero or above weight_whole, or weight_whole is zero
//                    while the total is not
//   MONEY_OVERFLOW
absl::StatusOr<v1::Money> AllocateCumulative(const v1::Money& total, int64_t weight_so_far,
                                             int64_t weight_whole, const v1::Money& already_given);

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_MONEY_H_
