#include "frontdesk/base/money.h"

#include <cstdint>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "base/money_arithmetic.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

using internal::DivideRounded;
using internal::ExponentOrNegative;
using internal::MoneyFromUnits;
using internal::PowerOfTen;

// OK if amounts can be held in the currency. Without allocation when they can.
absl::Status CheckCurrency(absl::string_view code) {
  return ExponentOrNegative(code) >= 0 ? absl::OkStatus() : CurrencyExponent(code).status();
}

absl::Status CheckBoth(const v1::Money& a, const v1::Money& b) {
  FRONTDESK_RETURN_IF_ERROR(CheckMoney(a));
  FRONTDESK_RETURN_IF_ERROR(CheckMoney(b));
  return internal::CheckSameCurrency(a.currency_code(), b.currency_code());
}

}  // namespace

absl::Status CheckMoney(const v1::Money& money) { return CheckCurrency(money.currency_code()); }

absl::StatusOr<v1::Money> MakeMoney(int64_t units, absl::string_view currency_code) {
  FRONTDESK_RETURN_IF_ERROR(CheckCurrency(currency_code));
  return MoneyFromUnits(units, currency_code);
}

absl::StatusOr<v1::Money> AddMoney(const v1::Money& a, const v1::Money& b) {
  FRONTDESK_RETURN_IF_ERROR(CheckBoth(a, b));
  return MoneyFromUnits(absl::int128(a.units()) + b.units(), a.currency_code());
}

absl::StatusOr<v1::Money> SubtractMoney(const v1::Money& a, const v1::Money& b) {
  FRONTDESK_RETURN_IF_ERROR(CheckBoth(a, b));
  return MoneyFromUnits(absl::int128(a.units()) - b.units(), a.currency_code());
}

absl::StatusOr<v1::Money> NegateMoney(const v1::Money& a) {
  FRONTDESK_RETURN_IF_ERROR(CheckMoney(a));
  return MoneyFromUnits(-absl::int128(a.units()), a.currency_code());
}

absl::StatusOr<v1::Money> SumMoney(absl::Span<const v1::Money> amounts,
                                   absl::string_view currency_code) {
  FRONTDESK_RETURN_IF_ERROR(CheckCurrency(currency_code));
  for (const v1::Money& amount : amounts) FRONTDESK_RETURN_IF_ERROR(CheckMoney(amount));
  absl::int128 sum = 0;
  for (const v1::Money& amount : amounts) {
    FRONTDESK_RETURN_IF_ERROR(internal::CheckSameCurrency(amount.currency_code(), currency_code));
    sum += amount.units();
  }
  return MoneyFromUnits(sum, currency_code);
}

absl::StatusOr<int> CompareMoney(const v1::Money& a, const v1::Money& b) {
  FRONTDESK_RETURN_IF_ERROR(CheckBoth(a, b));
  return a.units() < b.units() ? -1 : a.units() > b.units() ? 1 : 0;
}

absl::StatusOr<v1::Money> MultiplyMoney(const v1::Money& m, int64_t numerator, int64_t denominator,
                                        v1::Rounding rounding) {
  FRONTDESK_RETURN_IF_ERROR(CheckMoney(m));
  FRONTDESK_RETURN_IF_ERROR(internal::CheckRounding(rounding));
  if (denominator == 0) return MakeError(kReasonMoneyDivisorZero, "divided by zero");
  const absl::int128 sign = denominator < 0 ? -1 : 1;
  return MoneyFromUnits(DivideRounded(absl::int128(m.units()) * numerator * sign,
                                      absl::int128(denominator) * sign, rounding),
                        m.currency_code());
}

absl::StatusOr<int64_t> RoundDecimal(int64_t value, int from_scale, int to_scale,
                                     v1::Rounding rounding) {
  FRONTDESK_RETURN_IF_ERROR(internal::CheckRounding(rounding));
  for (int scale : {from_scale, to_scale}) {
    if (scale < 0 || scale > internal::kMaxDecimalScale) {
      return MakeError(kReasonMoneyScale,
                       absl::StrCat("scale ", scale, " is not 0 to ", internal::kMaxDecimalScale));
    }
  }
  const absl::int128 result =
      from_scale > to_scale ? DivideRounded(value, PowerOfTen(from_scale - to_scale), rounding)
                            : absl::int128(value) * PowerOfTen(to_scale - from_scale);
  if (!internal::FitsInt64(result)) {
    return MakeError(kReasonMoneyOverflow, "a decimal is too large for its new scale");
  }
  return static_cast<int64_t>(result);
}

}  // namespace frontdesk
