// Reading and writing amounts and unit prices.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "base/money_arithmetic.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

using internal::PowerOfTen;

// A decimal number as it was written.
struct DecimalText {
  bool negative = false;
  absl::string_view integer;   // One digit or more.
  absl::string_view fraction;  // The digits behind the point; none if there was no point.
};

bool AreDigits(absl::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

absl::StatusOr<DecimalText> SplitDecimal(absl::string_view text) {
  DecimalText decimal;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const size_t point = text.find('.');
  decimal.integer = text.substr(0, point);
  bool valid = AreDigits(decimal.integer);
  if (point != absl::string_view::npos) {
    decimal.fraction = text.substr(point + 1);
    valid = valid && AreDigits(decimal.fraction);
  }
  if (!valid) return MakeError(kReasonMoneySyntax, "an amount is written like -12.34");
  return decimal;
}

absl::string_view WithoutTrailingZeros(absl::string_view digits) {
  while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1);
  return digits;
}

// The digits of `integer` and the first `decimals` of `fraction` (zeros where it is shorter) as one
// number. Nothing when that is above 2^70, which is more than any stored amount with one more
// decimal.
absl::optional<absl::int128> ReadDigits(absl::string_view integer, absl::string_view fraction,
                                        int decimals) {
  constexpr absl::int128 kLimit = absl::MakeInt128(64, 0);
  absl::int128 number = 0;
  const auto append = [&](int digit) {
    if (number <= kLimit) number = number * 10 + digit;
  };
  for (char c : integer) append(c - '0');
  for (int i = 0; i < decimals; ++i) {
    append(static_cast<size_t>(i) < fraction.size() ? fraction[i] - '0' : 0);
  }
  if (number > kLimit) return absl::nullopt;
  return number;
}

absl::Status TooLarge() { return MakeError(kReasonMoneyOverflow, "a written amount is too large"); }

// "12.34" from 1234 and 2.
std::string WriteDecimal(int64_t value, int scale) {
  const bool negative = value < 0;
  // The magnitude of the most negative value fits into 64 bits without sign.
  const uint64_t magnitude =
      negative ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::string digits = absl::StrCat(magnitude);
  if (digits.size() <= static_cast<size_t>(scale)) {
    digits.insert(0, static_cast<size_t>(scale) + 1 - digits.size(), '0');
  }
  if (scale > 0) digits.insert(digits.size() - static_cast<size_t>(scale), 1, '.');
  return absl::StrCat(negative ? "-" : "", digits);
}

// A code as far as it can be shown.
absl::string_view ShownCode(absl::string_view code) {
  return internal::IsCurrencyShaped(code) ? code : "?";
}

}  // namespace

absl::StatusOr<v1::Money> ParseMoney(absl::string_view text, absl::string_view currency_code) {
  FRONTDESK_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency_code));
  FRONTDESK_ASSIGN_OR_RETURN(const DecimalText decimal, SplitDecimal(text));
  if (WithoutTrailingZeros(decimal.fraction).size() > static_cast<size_t>(exponent)) {
    return MakeError(kReasonMoneyPrecision,
                     absl::StrCat(currency_code, " has ", exponent, " decimals"));
  }
  return ParseMoney(text, currency_code, v1::ROUNDING_DOWN);
}

absl::StatusOr<v1::Money> ParseMoney(absl::string_view text, absl::string_view currency_code,
                                     v1::Rounding rounding) {
  FRONTDESK_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency_code));
  FRONTDESK_RETURN_IF_ERROR(internal::CheckRounding(rounding));
  FRONTDESK_ASSIGN_OR_RETURN(const DecimalText decimal, SplitDecimal(text));
  // One decimal more than is kept, and one for "there are others than zeros behind it": that is all
  // any mode needs.
  const absl::optional<absl::int128> digits =
      ReadDigits(decimal.integer, decimal.fraction, exponent + 1);
  if (!digits.has_value()) return TooLarge();
  const absl::string_view kept = decimal.fraction.substr(0, static_cast<size_t>(exponent) + 1);
  const bool more = WithoutTrailingZeros(decimal.fraction).size() > kept.size();
  const absl::int128 hundredths = *digits * 10 + (more ? 1 : 0);
  return internal::MoneyFromUnits(
      internal::DivideRounded(decimal.negative ? -hundredths : hundredths, 100, rounding),
      currency_code);
}

absl::StatusOr<std::string> FormatAmount(const v1::Money& money) {
  FRONTDESK_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(money.currency_code()));
  return WriteDecimal(money.units(), exponent);
}

std::string FormatMoney(const v1::Money& money) {
  const absl::string_view code = money.currency_code();
  const int exponent = internal::ExponentOrNegative(code);
  if (exponent >= 0) return absl::StrCat(WriteDecimal(money.units(), exponent), " ", code);
  if (code.empty() && money.units() == 0) return "";
  return absl::StrCat(money.units(), " minor units of ", ShownCode(code));
}

absl::StatusOr<v1::UnitPrice> ParseUnitPrice(absl::string_view text,
                                             absl::string_view currency_code) {
  FRONTDESK_RETURN_IF_ERROR(CurrencyExponent(currency_code).status());
  FRONTDESK_ASSIGN_OR_RETURN(const DecimalText decimal, SplitDecimal(text));
  if (WithoutTrailingZeros(decimal.fraction).size() > internal::kMaxUnitPriceScale) {
    return MakeError(
        kReasonMoneyPrecision,
        absl::StrCat("a unit price has at most ", internal::kMaxUnitPriceScale, " decimals"));
  }
  const absl::string_view fraction = decimal.fraction.substr(0, internal::kMaxUnitPriceScale);
  const absl::optional<absl::int128> digits =
      ReadDigits(decimal.integer, fraction, static_cast<int>(fraction.size()));
  if (!digits.has_value()) return TooLarge();
  const absl::int128 value = decimal.negative ? -*digits : *digits;
  if (!internal::FitsInt64(value)) return TooLarge();
  v1::UnitPrice price;
  price.set_value(static_cast<int64_t>(value));
  price.set_scale(static_cast<int32_t>(fraction.size()));
  price.set_currency_code(currency_code.data(), currency_code.size());
  return price;
}

std::string FormatUnitPrice(const v1::UnitPrice& price) {
  const absl::string_view code = price.currency_code();
  if (code.empty() && price.value() == 0) return "";
  const bool scaled = price.scale() >= 0 && price.scale() <= internal::kMaxUnitPriceScale;
  return absl::StrCat(scaled ? WriteDecimal(price.value(), price.scale()) : "?", " ",
                      ShownCode(code));
}

}  // namespace frontdesk
