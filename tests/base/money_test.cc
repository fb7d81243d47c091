#include "frontdesk/base/money.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/testing.h"
#include "frontdesk/base/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

constexpr int64_t kMax = INT64_MAX;
constexpr int64_t kMin = INT64_MIN;

TEST(MoneyTest, Parse) {
  struct Case {
    const char* text;
    const char* currency_code;
    std::string shown;  // Or the reason.
  };
  const Case cases[] = {
      {"12.34", "USD", "12.34 USD"},
      {"-12.34", "USD", "-12.34 USD"},
      {"+12.34", "USD", "12.34 USD"},
      {"12.3", "USD", "12.30 USD"},
      {"12", "USD", "12.00 USD"},
      {"0", "USD", "0.00 USD"},
      {"-0", "USD", "0.00 USD"},
      {"-0.01", "USD", "-0.01 USD"},
      {"007", "USD", "7.00 USD"},
      {"12.3400000000000000000000000000000", "USD", "12.34 USD"},
      {"5800", "JPY", "5800 JPY"},
      {"5800.00", "JPY", "5800 JPY"},
      {"1.234", "BHD", "1.234 BHD"},
      {"1.2345", "CLF", "1.2345 CLF"},
      {"92233720368547758.07", "USD", "92233720368547758.07 USD"},
      {"-92233720368547758.08", "USD", "-92233720368547758.08 USD"},
      {"9223372036854775807", "JPY", "9223372036854775807 JPY"},
      {"0000000000000000000000000000000000000000000000001.00", "USD", "1.00 USD"},
      {"92233720368547758.08", "USD", "MONEY_OVERFLOW"},
      {"-92233720368547758.09", "USD", "MONEY_OVERFLOW"},
      {"99999999999999999999999999999999999999999999999999", "USD", "MONEY_OVERFLOW"},
      {"340282366920938463463374607431768211457", "JPY", "MONEY_OVERFLOW"},  // 1 above 2^128.
      {"12.345", "USD", "MONEY_PRECISION"},
      {"0.001", "USD", "MONEY_PRECISION"},
      {"1.2340000001", "BHD", "MONEY_PRECISION"},
      {"5800.5", "JPY", "MONEY_PRECISION"},
      {"", "USD", "MONEY_SYNTAX"},
      {"-", "USD", "MONEY_SYNTAX"},
      {".", "USD", "MONEY_SYNTAX"},
      {".5", "USD", "MONEY_SYNTAX"},
      {"5.", "USD", "MONEY_SYNTAX"},
      {"5.", "JPY", "MONEY_SYNTAX"},
      {" 5", "USD", "MONEY_SYNTAX"},
      {"5 ", "USD", "MONEY_SYNTAX"},
      {"1,000", "USD", "MONEY_SYNTAX"},
      {"1.2.3", "USD", "MONEY_SYNTAX"},
      {"--1", "USD", "MONEY_SYNTAX"},
      {"1e3", "USD", "MONEY_SYNTAX"},
      {"0x10", "USD", "MONEY_SYNTAX"},
      {"NaN", "USD", "MONEY_SYNTAX"},
      {"\xd9\xa1", "USD", "MONEY_SYNTAX"},  // A digit of another script.
      {"nonsense", "ZZZ", "MONEY_CURRENCY_UNKNOWN"},
      {"1", "XAU", "MONEY_CURRENCY_NO_MINOR_UNIT"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(Shown(ParseMoney(c.text, c.currency_code)), c.shown) << c.text;
}

TEST(MoneyTest, ParseWithRounding) {
  struct Case {
    const char* text;
    const char* currency_code;
    v1::Rounding rounding;
    std::string shown;
  };
  const Case cases[] = {
      {"54.040000000000006", "USD", v1::ROUNDING_HALF_EVEN, "54.04 USD"},
      {"54.039999999999999", "USD", v1::ROUNDING_HALF_EVEN, "54.04 USD"},
      {"0.125", "USD", v1::ROUNDING_HALF_EVEN, "0.12 USD"},
      {"0.135", "USD", v1::ROUNDING_HALF_EVEN, "0.14 USD"},
      {"0.12500000000000000000000000001", "USD", v1::ROUNDING_HALF_EVEN, "0.13 USD"},
      {"0.12500000000000000000000000001", "USD", v1::ROUNDING_HALF_DOWN, "0.13 USD"},
      {"0.125", "USD", v1::ROUNDING_HALF_DOWN, "0.12 USD"},
      {"0.125", "USD", v1::ROUNDING_HALF_UP, "0.13 USD"},
      {"-0.125", "USD", v1::ROUNDING_HALF_UP, "-0.13 USD"},
      {"0.12000000000000000000000000001", "USD", v1::ROUNDING_UP, "0.13 USD"},
      {"0.12000000000000000000000000000", "USD", v1::ROUNDING_UP, "0.12 USD"},
      {"-0.1299", "USD", v1::ROUNDING_DOWN, "-0.12 USD"},
      {"-0.121", "USD", v1::ROUNDING_FLOOR, "-0.13 USD"},
      {"-0.129", "USD", v1::ROUNDING_CEILING, "-0.12 USD"},
      {"-0.001", "USD", v1::ROUNDING_CEILING, "0.00 USD"},
      {"5800.5", "JPY", v1::ROUNDING_HALF_EVEN, "5800 JPY"},
      {"5801.5", "JPY", v1::ROUNDING_HALF_EVEN, "5802 JPY"},
      {"92233720368547758.074", "USD", v1::ROUNDING_HALF_EVEN, "92233720368547758.07 USD"},
      {"92233720368547758.075", "USD", v1::ROUNDING_HALF_UP, "MONEY_OVERFLOW"},
      {"-92233720368547758.089", "USD", v1::ROUNDING_DOWN, "-92233720368547758.08 USD"},
      {"1", "USD", v1::ROUNDING_UNSPECIFIED, "MONEY_ROUNDING_UNSPECIFIED"},
      {"1", "USD", static_cast<v1::Rounding>(99), "MONEY_ROUNDING_UNSPECIFIED"},
      {"x", "USD", v1::ROUNDING_UP, "MONEY_SYNTAX"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Shown(ParseMoney(c.text, c.currency_code, c.rounding)), c.shown)
        << c.text << " " << v1::Rounding_Name(c.rounding);
  }
}

TEST(MoneyTest, Format) {
  EXPECT_EQ(FormatMoney(Units(1234)), "12.34 USD");
  EXPECT_EQ(FormatMoney(Units(-5)), "-0.05 USD");
  EXPECT_EQ(FormatMoney(Units(kMin)), "-92233720368547758.08 USD");
  EXPECT_EQ(FormatMoney(Units(kMin, "JPY")), "-9223372036854775808 JPY");
  EXPECT_EQ(FormatMoney(Units(7, "CLF")), "0.0007 CLF");
  EXPECT_EQ(FormatMoney(Units(1234, "ZZZ")), "1234 minor units of ZZZ");
  EXPECT_EQ(FormatMoney(Units(1234, "XAU")), "1234 minor units of XAU");
  EXPECT_EQ(FormatMoney(Units(1234, "\xff\n")), "1234 minor units of ?");
  EXPECT_EQ(FormatMoney(v1::Money()), "");
  EXPECT_EQ(FormatMoney(Units(1, "")), "1 minor units of ?");
  EXPECT_EQ(*FormatAmount(Units(-120)), "-1.20");
  EXPECT_TRUE(FailsFor(FormatAmount(Units(1, "ZZZ")), kReasonMoneyCurrencyUnknown));
}

TEST(MoneyTest, FormatAndParseAreARoundTrip) {
  std::mt19937_64 random(TestSeed());
  for (int i = 0; i < 3000; ++i) {
    const CurrencyInfo& currency = Currencies()[random() % Currencies().size()];
    if (currency.exponent < 0) continue;
    const v1::Money money = Units(AnyInt64(random), std::string(currency.code));
    const absl::StatusOr<std::string> text = FormatAmount(money);
    ASSERT_TRUE(text.ok());
    const absl::StatusOr<v1::Money> back = ParseMoney(*text, currency.code);
    ASSERT_TRUE(back.ok()) << *text;
    EXPECT_EQ(back->units(), money.units()) << *text;
    EXPECT_EQ(back->currency_code(), currency.code);
  }
}

TEST(MoneyTest, AddAndSubtract) {
  EXPECT_EQ(Shown(AddMoney(Units(1), Units(2))), "0.03 USD");
  EXPECT_EQ(Shown(AddMoney(Units(kMax), Units(kMin))), "-0.01 USD");
  EXPECT_EQ(Shown(AddMoney(Units(kMax), Units(1))), "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(AddMoney(Units(kMin), Units(-1))), "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(SubtractMoney(Units(1), Units(2))), "-0.01 USD");
  EXPECT_EQ(Shown(SubtractMoney(Units(-1), Units(kMin))), "92233720368547758.07 USD");
  EXPECT_EQ(Shown(SubtractMoney(Units(0), Units(kMin))), "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(NegateMoney(Units(5, "JPY"))), "-5 JPY");
  EXPECT_EQ(Shown(NegateMoney(Units(kMin))), "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(NegateMoney(Units(kMax))), "-92233720368547758.07 USD");
}

TEST(MoneyTest, CurrenciesNeverMeet) {
  EXPECT_EQ(Shown(AddMoney(Units(1), Units(1, "EUR"))), "MONEY_CURRENCY_MISMATCH");
  EXPECT_EQ(Shown(SubtractMoney(Units(1), Units(1, "EUR"))), "MONEY_CURRENCY_MISMATCH");
  EXPECT_TRUE(FailsFor(CompareMoney(Units(1), Units(1, "EUR")), kReasonMoneyCurrencyMismatch));
  EXPECT_EQ(Shown(SumMoney({Units(1), Units(1, "EUR")}, "USD")), "MONEY_CURRENCY_MISMATCH");
  // Also nothing has a currency.
  EXPECT_EQ(Shown(AddMoney(Units(0), Units(0, "EUR"))), "MONEY_CURRENCY_MISMATCH");
  EXPECT_EQ(Shown(AddMoney(v1::Money(), Units(1))), "MONEY_CURRENCY_UNKNOWN");
  // Unknown comes before mismatch, mismatch before overflow.
  EXPECT_EQ(Shown(AddMoney(Units(1), Units(1, "ZZZ"))), "MONEY_CURRENCY_UNKNOWN");
  EXPECT_EQ(Shown(AddMoney(Units(1, "ZZZ"), Units(1, "ZZZ"))), "MONEY_CURRENCY_UNKNOWN");
  EXPECT_EQ(Shown(AddMoney(Units(kMax), Units(kMax, "EUR"))), "MONEY_CURRENCY_MISMATCH");
}

TEST(MoneyTest, Sum) {
  EXPECT_EQ(Shown(SumMoney({}, "JPY")), "0 JPY");
  EXPECT_EQ(Shown(SumMoney({Units(1), Units(2), Units(-5)}, "USD")), "-0.02 USD");
  // Partial sums may be beyond 64 bits.
  EXPECT_EQ(Shown(SumMoney({Units(kMax), Units(kMax), Units(-kMax)}, "USD")),
            "92233720368547758.07 USD");
  EXPECT_EQ(Shown(SumMoney({Units(kMax), Units(1)}, "USD")), "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(SumMoney({}, "ZZZ")), "MONEY_CURRENCY_UNKNOWN");
  EXPECT_EQ(Shown(SumMoney({Units(1, "EUR"), Units(1, "ZZZ")}, "USD")), "MONEY_CURRENCY_UNKNOWN");
}

TEST(MoneyTest, Compare) {
  EXPECT_EQ(*CompareMoney(Units(kMin), Units(kMax)), -1);
  EXPECT_EQ(*CompareMoney(Units(kMax), Units(kMin)), 1);
  EXPECT_EQ(*CompareMoney(Units(3), Units(3)), 0);
}

TEST(MoneyTest, Make) {
  EXPECT_EQ(Shown(MakeMoney(5800, "JPY")), "5800 JPY");
  EXPECT_EQ(Shown(MakeMoney(1, "jpy")), "MONEY_CURRENCY_UNKNOWN");
  EXPECT_TRUE(CheckMoney(Units(1)).ok());
  EXPECT_TRUE(FailsFor(CheckMoney(Units(1, "XXX")), kReasonMoneyCurrencyNoMinorUnit));
}

TEST(MoneyTest, RoundingModes) {
  // Tenths, rounded to whole units: the table everybody can check.
  struct Case {
    v1::Rounding rounding;
    std::vector<int64_t> rounded;
  };
  const std::vector<int64_t> tenths = {-25, -16, -15, -11, -5, -1, 0, 1, 5, 11, 15, 16, 25};
  const Case cases[] = {
      {v1::ROUNDING_HALF_EVEN, {-2, -2, -2, -1, 0, 0, 0, 0, 0, 1, 2, 2, 2}},
      {v1::ROUNDING_HALF_UP, {-3, -2, -2, -1, -1, 0, 0, 0, 1, 1, 2, 2, 3}},
      {v1::ROUNDING_HALF_DOWN, {-2, -2, -1, -1, 0, 0, 0, 0, 0, 1, 1, 2, 2}},
      {v1::ROUNDING_UP, {-3, -2, -2, -2, -1, -1, 0, 1, 1, 2, 2, 2, 3}},
      {v1::ROUNDING_DOWN, {-2, -1, -1, -1, 0, 0, 0, 0, 0, 1, 1, 1, 2}},
      {v1::ROUNDING_FLOOR, {-3, -2, -2, -2, -1, -1, 0, 0, 0, 1, 1, 1, 2}},
      {v1::ROUNDING_CEILING, {-2, -1, -1, -1, 0, 0, 0, 1, 1, 2, 2, 2, 3}},
  };
  for (const Case& c : cases) {
    for (size_t i = 0; i < tenths.size(); ++i) {
      const absl::StatusOr<v1::Money> product = MultiplyMoney(Units(tenths[i]), 1, 10, c.rounding);
      ASSERT_TRUE(product.ok());
      EXPECT_EQ(product->units(), c.rounded[i])
          << v1::Rounding_Name(c.rounding) << " " << tenths[i];
      EXPECT_EQ(*RoundDecimal(tenths[i], 1, 0, c.rounding), c.rounded[i]);
    }
  }
}

TEST(MoneyTest, MultiplyErrors) {
  EXPECT_EQ(Shown(MultiplyMoney(Units(1), 1, 1, v1::ROUNDING_UNSPECIFIED)),
            "MONEY_ROUNDING_UNSPECIFIED");
  EXPECT_EQ(Shown(MultiplyMoney(Units(1), 1, 0, v1::ROUNDING_UNSPECIFIED)),
            "MONEY_ROUNDING_UNSPECIFIED");
  EXPECT_EQ(Shown(MultiplyMoney(Units(1), 1, 0, v1::ROUNDING_DOWN)), "MONEY_DIVISOR_ZERO");
  EXPECT_EQ(Shown(MultiplyMoney(Units(kMax), 2, 1, v1::ROUNDING_DOWN)), "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(MultiplyMoney(Units(kMin), 1, -1, v1::ROUNDING_DOWN)), "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(MultiplyMoney(Units(1, "ZZZ"), 1, 0, v1::ROUNDING_DOWN)),
            "MONEY_CURRENCY_UNKNOWN");
}

TEST(MoneyTest, MultiplyAtTheEnds) {
  EXPECT_EQ(Shown(MultiplyMoney(Units(kMin), kMin, kMin, v1::ROUNDING_DOWN)),
            "-92233720368547758.08 USD");
  EXPECT_EQ(Shown(MultiplyMoney(Units(kMax), kMax, kMax, v1::ROUNDING_DOWN)),
            "92233720368547758.07 USD");
  EXPECT_EQ(Shown(MultiplyMoney(Units(100), -15, -100, v1::ROUNDING_DOWN)), "0.15 USD");
  EXPECT_EQ(Shown(MultiplyMoney(Units(1), 1, kMin, v1::ROUNDING_UP)), "-0.01 USD");
}

TEST(MoneyTest, RoundDecimal) {
  EXPECT_EQ(*RoundDecimal(12345, 4, 2, v1::ROUNDING_HALF_UP), 123);
  EXPECT_EQ(*RoundDecimal(123, 2, 4, v1::ROUNDING_HALF_UP), 12300);
  EXPECT_EQ(*RoundDecimal(kMin, 3, 3, v1::ROUNDING_HALF_UP), kMin);
  EXPECT_EQ(*RoundDecimal(kMin, 18, 0, v1::ROUNDING_HALF_EVEN), -9);
  EXPECT_TRUE(FailsFor(RoundDecimal(kMax, 0, 1, v1::ROUNDING_UP), kReasonMoneyOverflow));
  EXPECT_TRUE(FailsFor(RoundDecimal(10, 0, 18, v1::ROUNDING_UP), kReasonMoneyOverflow));
  EXPECT_TRUE(FailsFor(RoundDecimal(1, -1, 0, v1::ROUNDING_UP), kReasonMoneyScale));
  EXPECT_TRUE(FailsFor(RoundDecimal(1, 0, 19, v1::ROUNDING_UP), kReasonMoneyScale));
  EXPECT_TRUE(
      FailsFor(RoundDecimal(1, 0, 0, v1::ROUNDING_UNSPECIFIED), kReasonMoneyRoundingUnspecified));
}

}  // namespace
}  // namespace frontdesk
