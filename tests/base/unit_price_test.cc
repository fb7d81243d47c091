#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/testing.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

v1::UnitPrice Price(int64_t value, int scale, const std::string& currency_code = "USD") {
  v1::UnitPrice price;
  price.set_value(value);
  price.set_scale(scale);
  price.set_currency_code(currency_code);
  return price;
}

TEST(UnitPriceTest, Parse) {
  struct Case {
    const char* text;
    std::string shown;
  };
  const Case cases[] = {
      {"1.2345", "1.2345 USD"},
      {"1.50", "1.50 USD"},
      {"7", "7 USD"},
      {"-0.000000001", "-0.000000001 USD"},
      {"1.1234567890000", "1.123456789 USD"},
      {"9223372036.854775807", "9223372036.854775807 USD"},
      {"-9223372036.854775808", "-9223372036.854775808 USD"},
      {"9223372036.854775808", "MONEY_OVERFLOW"},
      {"1.1234567891", "MONEY_PRECISION"},
      {"1.", "MONEY_SYNTAX"},
      {"", "MONEY_SYNTAX"},
  };
  for (const Case& c : cases) EXPECT_EQ(Shown(ParseUnitPrice(c.text, "USD")), c.shown) << c.text;
  EXPECT_EQ(Shown(ParseUnitPrice("1", "ZZZ")), "MONEY_CURRENCY_UNKNOWN");
}

TEST(UnitPriceTest, FormatIsTotal) {
  EXPECT_EQ(FormatUnitPrice(v1::UnitPrice()), "");
  EXPECT_EQ(FormatUnitPrice(Price(5, 10)), "? USD");
  EXPECT_EQ(FormatUnitPrice(Price(5, -1)), "? USD");
  EXPECT_EQ(FormatUnitPrice(Price(5, 1, "\xff")), "0.5 ?");
  EXPECT_EQ(FormatUnitPrice(Price(INT64_MIN, 9)), "-9223372036.854775808 USD");
}

TEST(UnitPriceTest, OfMoney) {
  EXPECT_EQ(Shown(UnitPriceOf(Units(1234))), "12.34 USD");
  EXPECT_EQ(Shown(UnitPriceOf(Units(5800, "JPY"))), "5800 JPY");
  EXPECT_EQ(Shown(UnitPriceOf(Units(1, "XAU"))), "MONEY_CURRENCY_NO_MINOR_UNIT");
}

TEST(UnitPriceTest, Compare) {
  EXPECT_EQ(*CompareUnitPrice(Price(150, 2), Price(15, 1)), 0);
  EXPECT_EQ(*CompareUnitPrice(Price(1499999999, 9), Price(15, 1)), -1);
  EXPECT_EQ(*CompareUnitPrice(Price(INT64_MAX, 0), Price(INT64_MAX, 9)), 1);
  EXPECT_EQ(*CompareUnitPrice(Price(INT64_MIN, 0), Price(INT64_MIN, 9)), -1);
  EXPECT_TRUE(
      FailsFor(CompareUnitPrice(Price(1, 2), Price(1, 2, "EUR")), kReasonMoneyCurrencyMismatch));
  EXPECT_TRUE(FailsFor(CompareUnitPrice(Price(1, 10), Price(1, 2, "EUR")), kReasonMoneyScale));
  EXPECT_TRUE(FailsFor(CheckUnitPrice(Price(1, -1)), kReasonMoneyScale));
  EXPECT_TRUE(FailsFor(CheckUnitPrice(Price(1, 10, "ZZZ")), kReasonMoneyCurrencyUnknown));
  EXPECT_TRUE(CheckUnitPrice(Price(1, 9)).ok());
}

TEST(UnitPriceTest, Times) {
  EXPECT_EQ(Shown(PriceTimes(Price(12345, 4), 10, v1::ROUNDING_HALF_EVEN)), "12.34 USD");  // 12.345
  EXPECT_EQ(Shown(PriceTimes(Price(12345, 4), 10, v1::ROUNDING_HALF_UP)), "12.35 USD");
  EXPECT_EQ(Shown(PriceTimes(Price(12345, 4), -10, v1::ROUNDING_HALF_UP)), "-12.35 USD");
  EXPECT_EQ(Shown(PriceTimes(Price(5800, 0, "JPY"), 3, v1::ROUNDING_HALF_UP)), "17400 JPY");
  EXPECT_EQ(Shown(PriceTimes(Price(5, 1, "JPY"), 3, v1::ROUNDING_HALF_EVEN)), "2 JPY");
  EXPECT_EQ(Shown(PriceTimes(Price(3, 0, "CLF"), 2, v1::ROUNDING_DOWN)), "6.0000 CLF");
  EXPECT_EQ(Shown(PriceTimes(Price(INT64_MAX, 9), 1'000'000'000, v1::ROUNDING_DOWN)),
            "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(PriceTimes(Price(INT64_MAX, 9), 10'000'000, v1::ROUNDING_DOWN)),
            "92233720368547758.07 USD");
  EXPECT_EQ(Shown(PriceTimes(Price(INT64_MAX, 0), INT64_MAX, v1::ROUNDING_DOWN)), "MONEY_OVERFLOW");
  // 2^124 x 10^4 is a multiple of 2^128.
  const int64_t large = int64_t{1} << 62;
  EXPECT_EQ(Shown(PriceTimes(Price(large, 0, "CLF"), large, v1::ROUNDING_DOWN)), "MONEY_OVERFLOW");
  EXPECT_EQ(Shown(PriceTimes(Price(1, 0), 1, v1::ROUNDING_UNSPECIFIED)),
            "MONEY_ROUNDING_UNSPECIFIED");
  EXPECT_EQ(Shown(PriceTimes(Price(1, 10), 1, v1::ROUNDING_UNSPECIFIED)), "MONEY_SCALE");
}

TEST(PriceLinesTest, LevelDecidesWhereRoundingHappens) {
  // Three lines of 0.335: each rounds to 0.34 (sum 1.02), the exact sum 1.005 rounds to 1.00 or
  // 1.01.
  const std::vector<PricedQuantity> lines(3, {Price(335, 3), 1});
  EXPECT_EQ(Shown(PriceLines(lines, "USD", v1::ROUNDING_LEVEL_LINE, v1::ROUNDING_HALF_UP)),
            "34 34 34");
  EXPECT_EQ(Shown(PriceLines(lines, "USD", v1::ROUNDING_LEVEL_UNSPECIFIED, v1::ROUNDING_HALF_UP)),
            "34 34 34");
  EXPECT_EQ(Shown(PriceLines(lines, "USD", v1::ROUNDING_LEVEL_TOTAL, v1::ROUNDING_HALF_UP)),
            "34 34 33");
  EXPECT_EQ(Shown(PriceLines(lines, "USD", v1::ROUNDING_LEVEL_TOTAL, v1::ROUNDING_HALF_EVEN)),
            "34 33 33");
  // The negative of it, as for a return.
  const std::vector<PricedQuantity> back(3, {Price(335, 3), -1});
  EXPECT_EQ(Shown(PriceLines(back, "USD", v1::ROUNDING_LEVEL_TOTAL, v1::ROUNDING_HALF_UP)),
            "-34 -34 -33");
}

TEST(PriceLinesTest, Errors) {
  const v1::Rounding half = v1::ROUNDING_HALF_EVEN;
  for (v1::RoundingLevel level : {v1::ROUNDING_LEVEL_LINE, v1::ROUNDING_LEVEL_TOTAL}) {
    EXPECT_EQ(Shown(PriceLines({}, "USD", level, half)), "");
    EXPECT_EQ(Shown(PriceLines({}, "ZZZ", level, half)), "MONEY_CURRENCY_UNKNOWN");
    EXPECT_EQ(Shown(PriceLines({}, "USD", level, v1::ROUNDING_UNSPECIFIED)),
              "MONEY_ROUNDING_UNSPECIFIED");
    EXPECT_EQ(Shown(PriceLines({{Price(1, 0, "EUR"), 1}, {Price(1, 11), 1}}, "USD", level, half)),
              "MONEY_SCALE");
    EXPECT_EQ(Shown(PriceLines({{Price(1, 0, "EUR"), 1}}, "USD", level, v1::ROUNDING_UNSPECIFIED)),
              "MONEY_CURRENCY_MISMATCH");
    EXPECT_EQ(Shown(PriceLines({{Price(INT64_MAX, 0), INT64_MAX}}, "USD", level, half)),
              "MONEY_OVERFLOW");
    EXPECT_EQ(Shown(PriceLines({{Price(INT64_MAX, 0), 1}}, "USD", level, half)), "MONEY_OVERFLOW");
  }
  const std::vector<PricedQuantity> large(40, {Price(INT64_MAX, 9), INT64_MAX});
  EXPECT_EQ(Shown(PriceLines(large, "USD", v1::ROUNDING_LEVEL_TOTAL, half)), "MONEY_OVERFLOW");
}

// Of random lines: they sum to the total rounded once, and none is further than one unit from its
// exact amount.
TEST(PriceLinesTest, TotalsSumAndStayClose) {
  std::mt19937_64 random(TestSeed());
  for (int round = 0; round < 2000; ++round) {
    std::vector<PricedQuantity> lines(1 + random() % 8);
    __int128 exact_sum = 0;  // In 10^-9.
    std::vector<__int128> exact;
    const int sign = random() % 2 == 0 ? 1 : -1;
    const bool mixed = random() % 4 == 0;
    for (PricedQuantity& line : lines) {
      const int scale = static_cast<int>(random() % 10);
      line.price = Price(static_cast<int64_t>(random() % 100'000), scale);
      line.quantity = sign * static_cast<int64_t>(random() % 10) * (mixed && random() % 2 ? -1 : 1);
      __int128 amount = static_cast<__int128>(line.price.value()) * line.quantity;
      for (int i = scale; i < 9; ++i) amount *= 10;
      exact.push_back(amount);
      exact_sum += amount;
    }
    const v1::Rounding rounding = static_cast<v1::Rounding>(1 + random() % 7);
    const absl::StatusOr<std::vector<v1::Money>> amounts =
        PriceLines(lines, "USD", v1::ROUNDING_LEVEL_TOTAL, rounding);
    ASSERT_TRUE(amounts.ok()) << amounts.status();
    // The exact sum as one price, where it fits; then PriceTimes rounds it.
    ASSERT_LT(exact_sum < 0 ? -exact_sum : exact_sum, static_cast<__int128>(INT64_MAX));
    const absl::StatusOr<v1::Money> total =
        PriceTimes(Price(static_cast<int64_t>(exact_sum), 9), 1, rounding);
    ASSERT_TRUE(total.ok());
    ASSERT_EQ(SumMoney(*amounts, "USD")->units(), total->units());
    for (size_t i = 0; i < lines.size(); ++i) {
      const __int128 difference =
          static_cast<__int128>((*amounts)[i].units()) * 10'000'000 - exact[i];
      ASSERT_LT(difference < 0 ? -difference : difference, 10'000'000);
    }
  }
}

}  // namespace
}  // namespace frontdesk
