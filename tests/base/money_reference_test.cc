// Multiplication and rounding against a slow and obviously right reference: schoolbook arithmetic
// on decimal digits.
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/optional.h"
#include "base/testing.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

// A natural number as its decimal digits, the most significant first; zero is "0".
using Digits = std::string;

Digits Trim(Digits digits) {
  const size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

bool Less(const Digits& a, const Digits& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

Digits Add(Digits a, Digits b) {
  const size_t size = std::max(a.size(), b.size()) + 1;
  a.insert(0, size - a.size(), '0');
  b.insert(0, size - b.size(), '0');
  int carry = 0;
  for (size_t i = size; i-- > 0;) {
    const int sum = a[i] - '0' + b[i] - '0' + carry;
    a[i] = static_cast<char>('0' + sum % 10);
    carry = sum / 10;
  }
  return Trim(a);
}

// a - b, for a >= b.
Digits Subtract(Digits a, Digits b) {
  b.insert(0, a.size() - b.size(), '0');
  int borrow = 0;
  for (size_t i = a.size(); i-- > 0;) {
    int difference = a[i] - b[i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    a[i] = static_cast<char>('0' + difference + 10 * borrow);
  }
  return Trim(a);
}

Digits Multiply(const Digits& a, const Digits& b) {
  Digits product = "0";
  for (char digit : b) {
    product = Trim(product + "0");
    for (int i = 0; i < digit - '0'; ++i) product = Add(product, a);
  }
  return product;
}

// Long division.
void Divide(const Digits& a, const Digits& b, Digits* quotient, Digits* remainder) {
  *quotient = "0";
  *remainder = "0";
  for (char digit : a) {
    *remainder = Trim(*remainder + digit);
    int times = 0;
    for (; !Less(*remainder, b); ++times) *remainder = Subtract(*remainder, b);
    *quotient = Trim(*quotient + static_cast<char>('0' + times));
  }
}

Digits Magnitude(int64_t value) {
  const std::string text = absl::StrCat(value);
  return text.front() == '-' ? text.substr(1) : text;
}

// The rounded quotient of two products with their signs, as text; "overflow" when it is no int64.
std::string ReferenceQuotient(const Digits& numerator, const Digits& denominator, bool negative,
                              v1::Rounding rounding) {
  Digits quotient;
  Digits remainder;
  Divide(numerator, denominator, &quotient, &remainder);
  if (remainder != "0") {
    const Digits twice = Add(remainder, remainder);
    const bool tie = twice == denominator;
    const bool above_half = Less(denominator, twice);
    const bool odd = (quotient.back() - '0') % 2 == 1;
    bool away = false;
    if (rounding == v1::ROUNDING_HALF_EVEN) away = above_half || (tie && odd);
    if (rounding == v1::ROUNDING_HALF_UP) away = above_half || tie;
    if (rounding == v1::ROUNDING_HALF_DOWN) away = above_half;
    if (rounding == v1::ROUNDING_UP) away = true;
    if (rounding == v1::ROUNDING_DOWN) away = false;
    if (rounding == v1::ROUNDING_FLOOR) away = negative;
    if (rounding == v1::ROUNDING_CEILING) away = !negative;
    if (away) quotient = Add(quotient, "1");
  }
  const Digits limit = negative ? "9223372036854775808" : "9223372036854775807";
  if (Less(limit, quotient)) return "overflow";
  return quotient == "0" ? "0" : absl::StrCat(negative ? "-" : "", quotient);
}

std::string Result(const absl::StatusOr<v1::Money>& money) {
  if (money.ok()) return absl::StrCat(money->units());
  return GetReason(money.status()) == kReasonMoneyOverflow ? "overflow" : money.status().ToString();
}

v1::Rounding AnyRounding(std::mt19937_64& random) {
  return static_cast<v1::Rounding>(1 + random() % 7);
}

TEST(MoneyReferenceTest, TheReferenceItself) {
  EXPECT_EQ(ReferenceQuotient(Multiply("12", "13"), "1", false, v1::ROUNDING_DOWN), "156");
  EXPECT_EQ(ReferenceQuotient("7", "2", true, v1::ROUNDING_HALF_EVEN), "-4");
  EXPECT_EQ(ReferenceQuotient("1", "3", false, v1::ROUNDING_UP), "1");
  EXPECT_EQ(ReferenceQuotient("9223372036854775808", "1", false, v1::ROUNDING_UP), "overflow");
  EXPECT_EQ(ReferenceQuotient("9223372036854775808", "1", true, v1::ROUNDING_UP),
            "-9223372036854775808");
}

TEST(MoneyReferenceTest, Multiply) {
  std::mt19937_64 random(TestSeed());
  int fits = 0;
  for (int i = 0; i < 5000; ++i) {
    const int64_t units = AnyInt64(random);
    const int64_t numerator = AnyInt64(random);
    int64_t denominator = AnyInt64(random);
    if (denominator == 0) denominator = 7;
    const v1::Rounding rounding = AnyRounding(random);
    const bool negative = (units < 0) != ((numerator < 0) != (denominator < 0));
    const std::string expected = ReferenceQuotient(Multiply(Magnitude(units), Magnitude(numerator)),
                                                   Magnitude(denominator), negative, rounding);
    fits += expected != "overflow";
    ASSERT_EQ(Result(MultiplyMoney(Units(units), numerator, denominator, rounding)), expected)
        << units << " x " << numerator << " / " << denominator << " "
        << v1::Rounding_Name(rounding);
  }
  EXPECT_GT(fits, 1000);
}

TEST(MoneyReferenceTest, SymmetricRounding) {
  std::mt19937_64 random(TestSeed());
  for (int i = 0; i < 5000; ++i) {
    const int64_t units = AnyInt64(random) / 1024;
    const int64_t numerator = static_cast<int64_t>(random() % 1000);
    const int64_t denominator = 1 + static_cast<int64_t>(random() % 1000);
    for (v1::Rounding rounding : {v1::ROUNDING_HALF_EVEN, v1::ROUNDING_HALF_UP,
                                  v1::ROUNDING_HALF_DOWN, v1::ROUNDING_UP, v1::ROUNDING_DOWN}) {
      const absl::StatusOr<v1::Money> plus =
          MultiplyMoney(Units(units), numerator, denominator, rounding);
      const absl::StatusOr<v1::Money> minus =
          MultiplyMoney(Units(-units), numerator, denominator, rounding);
      ASSERT_EQ(plus.ok(), minus.ok());
      if (plus.ok()) {
        ASSERT_EQ(plus->units(), -minus->units());
      }
    }
    const absl::StatusOr<v1::Money> floor =
        MultiplyMoney(Units(units), numerator, denominator, v1::ROUNDING_FLOOR);
    const absl::StatusOr<v1::Money> ceiling =
        MultiplyMoney(Units(-units), numerator, denominator, v1::ROUNDING_CEILING);
    ASSERT_EQ(floor.ok(), ceiling.ok());
    if (floor.ok()) {
      ASSERT_EQ(floor->units(), -ceiling->units());
    }
  }
}

TEST(MoneyReferenceTest, PriceTimes) {
  std::mt19937_64 random(TestSeed());
  const char* codes[] = {"JPY", "USD", "BHD", "CLF"};
  const int exponents[] = {0, 2, 3, 4};
  int fits = 0;
  for (int i = 0; i < 5000; ++i) {
    const size_t currency = random() % 4;
    v1::UnitPrice price;
    price.set_value(AnyInt64(random));
    price.set_scale(static_cast<int32_t>(random() % 10));
    price.set_currency_code(codes[currency]);
    const int64_t quantity = AnyInt64(random);
    const v1::Rounding rounding = AnyRounding(random);
    const std::string expected =
        ReferenceQuotient(Multiply(Magnitude(price.value()), Magnitude(quantity)) +
                              std::string(exponents[currency], '0'),
                          "1" + std::string(static_cast<size_t>(price.scale()), '0'),
                          (price.value() < 0) != (quantity < 0), rounding);
    // Zeros appended to zero are still zero for Divide, which trims as it goes.
    fits += expected != "overflow";
    ASSERT_EQ(Result(PriceTimes(price, quantity, rounding)), expected)
        << FormatUnitPrice(price) << " x " << quantity << " " << v1::Rounding_Name(rounding);
  }
  EXPECT_GT(fits, 1000);
}

TEST(MoneyReferenceTest, ParseWithRounding) {
  std::mt19937_64 random(TestSeed());
  const char* codes[] = {"JPY", "USD", "BHD", "CLF"};
  const int exponents[] = {0, 2, 3, 4};
  for (int i = 0; i < 5000; ++i) {
    const size_t currency = random() % 4;
    std::string digits;
    const size_t length = 1 + random() % 30;
    // Many nines, fives and zeros, where roundings differ.
    for (size_t d = 0; d < length; ++d) digits.push_back("0123456789000005559"[random() % 19]);
    const size_t decimals = random() % length;
    const bool negative = random() % 2 == 0;
    std::string text = absl::StrCat(negative ? "-" : "", digits.substr(0, length - decimals));
    if (decimals > 0) absl::StrAppend(&text, ".", digits.substr(length - decimals));
    const v1::Rounding rounding = AnyRounding(random);
    const std::string expected =
        ReferenceQuotient(Trim(digits + std::string(exponents[currency], '0')),
                          "1" + std::string(decimals, '0'), negative, rounding);
    ASSERT_EQ(Result(ParseMoney(text, codes[currency], rounding)), expected)
        << text << " " << codes[currency] << " " << v1::Rounding_Name(rounding);
  }
}

}  // namespace
}  // namespace frontdesk
