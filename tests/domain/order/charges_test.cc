#include "frontdesk/domain/order/charges.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/domain_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// "540 360" for the lines' amounts.
std::string NetAmounts(const ChargeSheet& sheet) {
  return absl::StrJoin(sheet.line_net_amounts, " ", [](std::string* out, const v1::Money& money) {
    absl::StrAppend(out, money.units());
  });
}

// "subtotal discount tax total".
std::string Totals(const ChargeSheet& sheet) {
  const v1::OrderTotals& t = sheet.totals;
  return absl::StrCat(t.subtotal().units(), " ", t.discount().units(), " ", t.tax().units(), " ",
                      t.total().units());
}

constexpr char kSixAndFour[] = R"(
    currency_code: "USD"
    lines { line_id: "1" unit_price { value: 600 scale: 2 currency_code: "USD" } quantities { ordered: 1 } }
    lines { line_id: "2" unit_price { value: 400 scale: 2 currency_code: "USD" } quantities { ordered: 1 } } )";

TEST(ChargesTest, Examples) {
  const struct {
    const char* name;
    std::string order;
    const char* nets;
    const char* totals;  // subtotal discount tax total
  } kCases[] = {
      {"order discount goes to the lines in proportion",
       absl::StrCat(kSixAndFour,
                    "discounts { discount_id: 'd' amount { units: 100 currency_code: 'USD' } }"),
       "540 360", "1000 -100 0 900"},
      {"3 x 100 less 10 %",
       R"(currency_code: "USD" lines { line_id: "1" quantities { ordered: 3 }
          unit_price { value: 100 scale: 0 currency_code: "USD" } }
          discounts { discount_id: "d" line_id: "1" rate_ppm: 100000 })",
       "27000", "30000 -3000 0 27000"},
      {"yen have no decimals",
       R"(currency_code: "JPY" lines { line_id: "1" quantities { ordered: 1 }
          unit_price { value: 5800 scale: 0 currency_code: "JPY" } })",
       "5800", "5800 0 0 5800"},
      {"dinars have three",
       R"(currency_code: "BHD" lines { line_id: "1" quantities { ordered: 2 }
          unit_price { value: 1234 scale: 3 currency_code: "BHD" } })",
       "2468", "2468 0 0 2468"},
      {"line discounts before order discounts, each on what is left",
       absl::StrCat(
           kSixAndFour,
           "discounts { discount_id: 'a' rate_ppm: 500000 } "
           "discounts { discount_id: 'b' line_id: '1' amount { units: 200 currency_code: 'USD' } } "
           "discounts { discount_id: 'c' line_id: '1' rate_ppm: 250000 }"),
       "150 200", "1000 -650 0 350"},
      {"a discount takes no more than there is",
       absl::StrCat(
           kSixAndFour,
           "discounts { discount_id: 'a' line_id: '2' amount { units: 900 currency_code: 'USD' } } "
           "discounts { discount_id: 'b' amount { units: 9000 currency_code: 'USD' } }"),
       "0 0", "1000 -1000 0 0"},
      {"tax on top, rounded line by line",
       R"(currency_code: "USD" tax_rule { rate_ppm: 70000 }
          lines { line_id: "1" quantities { ordered: 1 } unit_price { value: 107 scale: 2 currency_code: "USD" } }
          lines { line_id: "2" quantities { ordered: 1 } unit_price { value: 107 scale: 2 currency_code: "USD" } })",
       "114 114", "214 0 14 228"},
      {"tax on top, rounded on the total",
       R"(currency_code: "USD" tax_rule { rate_ppm: 70000 } rounding_level: ROUNDING_LEVEL_TOTAL
          lines { line_id: "1" quantities { ordered: 1 } unit_price { value: 107 scale: 2 currency_code: "USD" } }
          lines { line_id: "2" quantities { ordered: 1 } unit_price { value: 107 scale: 2 currency_code: "USD" } })",
       "115 114", "214 0 15 229"},
      {"tax contained changes nothing",
       absl::StrCat(kSixAndFour, "tax_rule { rate_ppm: 200000 inclusive: true }"), "600 400",
       "1000 0 0 1000"},
      {"shipping and fees come as they are",
       absl::StrCat(kSixAndFour,
                    "tax_rule { rate_ppm: 100000 } totals { "
                    "shipping { units: 500 currency_code: 'USD' } fees { units: 30 currency_code: "
                    "'USD' } }"),
       "660 440", "1000 0 100 1630"},
      {"prices with more decimals, rounded by line",
       R"(currency_code: "USD"
          lines { line_id: "1" quantities { ordered: 1 } unit_price { value: 1005 scale: 3 currency_code: "USD" } }
          lines { line_id: "2" quantities { ordered: 1 } unit_price { value: 1005 scale: 3 currency_code: "USD" } })",
       "101 101", "202 0 0 202"},
      {"prices with more decimals, rounded on the total",
       R"(currency_code: "USD" rounding_level: ROUNDING_LEVEL_TOTAL
          lines { line_id: "1" quantities { ordered: 1 } unit_price { value: 1005 scale: 3 currency_code: "USD" } }
          lines { line_id: "2" quantities { ordered: 1 } unit_price { value: 1005 scale: 3 currency_code: "USD" } })",
       "101 100", "201 0 0 201"},
      {"half even",
       R"(currency_code: "USD" rounding: ROUNDING_HALF_EVEN
          lines { line_id: "1" quantities { ordered: 1 } unit_price { value: 1005 scale: 3 currency_code: "USD" } }
          lines { line_id: "2" quantities { ordered: 3 } unit_price { value: 1005 scale: 3 currency_code: "USD" } })",
       "100 302", "402 0 0 402"},
      {"nothing costs nothing", "currency_code: 'USD'", "", "0 0 0 0"},
  };
  for (const auto& c : kCases) {
    absl::StatusOr<ChargeSheet> sheet = ComputeCharges(FromText<v1::Order>(c.order));
    ASSERT_TRUE(sheet.ok()) << c.name << ": " << sheet.status();
    EXPECT_EQ(NetAmounts(*sheet), c.nets) << c.name;
    EXPECT_EQ(Totals(*sheet), c.totals) << c.name;
  }
}

TEST(ChargesTest, EveryChargeExplainsItself) {
  absl::StatusOr<ChargeSheet> sheet = ComputeCharges(FromText<v1::Order>(R"pb(
    currency_code: "USD"
    lines {
      line_id: "1"
      quantities { ordered: 3 }
      unit_price { value: 100 scale: 0 currency_code: "USD" }
    }
    discounts { discount_id: "a" line_id: "1" rate_ppm: 125000 description: "spring" }
    discounts {
      discount_id: "b"
      amount { units: 250 currency_code: "USD" }
    }
    tax_rule { rate_ppm: 200000 name: "VAT" }
    totals {
      shipping { units: 499 currency_code: "USD" }
      fees { units: 1 currency_code: "USD" }
    }
  )pb"));
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  std::vector<std::string> lines;
  for (const v1::Charge& charge : sheet->charges) {
    lines.push_back(absl::StrCat(v1::Charge_Kind_Name(charge.kind()), " ", charge.line_id(), " ",
                                 charge.amount().units(), " ", charge.explanation()));
  }
  EXPECT_EQ(absl::StrJoin(lines, "\n"),
            "KIND_LINE 1 30000 3 x 100 USD\n"
            "KIND_DISCOUNT 1 -3750 spring: 12.5 % off 300.00 USD\n"
            "KIND_DISCOUNT  -250 2.50 USD off 262.50 USD\n"
            "KIND_TAX  5200 VAT: 20 % on 260.00 USD\n"
            "KIND_SHIPPING  499 shipping\n"
            "KIND_FEE  1 fee");
  absl::StatusOr<ChargeSheet> contained = ComputeCharges(FromText<v1::Order>(
      absl::StrCat(kSixAndFour, "tax_rule { rate_ppm: 200000 inclusive: true name: 'VAT' }")));
  ASSERT_TRUE(contained.ok());
  const v1::Charge& tax = contained->charges.back();
  EXPECT_TRUE(tax.contained());
  EXPECT_EQ(tax.amount().units(), 167);  // 100 + 67, each rounded.
  EXPECT_EQ(tax.explanation(), "VAT: 20 % contained in 10.00 USD");
}

TEST(ChargesTest, ExplanationsQuoteInOneLine) {
  absl::StatusOr<ChargeSheet> sheet = ComputeCharges(FromText<v1::Order>(absl::StrCat(
      kSixAndFour,
      "discounts { discount_id: 'd' rate_ppm: 500000 description: 'spring\\nVAT\\342\\200\\256' } "
      "tax_rule { rate_ppm: 200000 name: 'VAT\\ntotal: 0' }")));
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  const auto& charges = sheet->charges;
  ASSERT_EQ(charges.size(), 4u);
  EXPECT_EQ(charges[2].explanation(), "spring\\nVAT\\u202e: 50 % off 10.00 USD");
  EXPECT_EQ(charges[3].explanation(), "VAT\\ntotal: 0: 20 % on 5.00 USD");
}

TEST(ChargesTest, Errors) {
  const struct {
    std::string order;
    const char* reason;
  } kCases[] = {
      {"currency_code: 'usd'", "MONEY_CURRENCY_UNKNOWN"},
      {"currency_code: 'USD' lines { unit_price { currency_code: 'USD' scale: 10 } }",
       "MONEY_SCALE"},
      {"currency_code: 'USD' lines { unit_price { currency_code: 'EUR' } }",
       "MONEY_CURRENCY_MISMATCH"},
      {"currency_code: 'USD' lines { unit_price { currency_code: 'USD' value: -1 } }",
       "MONEY_OVERFLOW"},
      {"currency_code: 'USD' lines { unit_price { currency_code: 'USD' } quantities { ordered: -1 "
       "} }",
       "MONEY_OVERFLOW"},
      {absl::StrCat(kSixAndFour, "rounding: 99"), "MONEY_ROUNDING_UNSPECIFIED"},
      {absl::StrCat(kSixAndFour, "rounding: 99 rounding_level: ROUNDING_LEVEL_TOTAL"),
       "MONEY_ROUNDING_UNSPECIFIED"},
      {absl::StrCat(kSixAndFour, "discounts { line_id: '3' rate_ppm: 1 }"),
       "ORDER_CHARGES_LINE_UNKNOWN"},
      {absl::StrCat(kSixAndFour, "discounts { amount { units: 1 currency_code: 'EUR' } }"),
       "MONEY_CURRENCY_MISMATCH"},
      {absl::StrCat(kSixAndFour,
                    "totals { fees { units: 9223372036854775807 currency_code: 'USD' } }"),
       "MONEY_OVERFLOW"},
      {"currency_code: 'USD' lines { unit_price { currency_code: 'USD' value: 9223372036854775807 "
       "} "
       "quantities { ordered: 1000000 } }",
       "MONEY_OVERFLOW"},
      {"currency_code: 'USD' rounding_level: ROUNDING_LEVEL_TOTAL lines { unit_price { "
       "currency_code: "
       "'USD' value: 9223372036854775807 } quantities { ordered: 1000000 } }",
       "MONEY_OVERFLOW"},
      {"currency_code: 'USD' lines { unit_price { currency_code: 'USD' value: 9223372036854775807 "
       "scale: 2 } "
       "quantities { ordered: 1 } } lines { unit_price { currency_code: 'USD' value: 1 } "
       "quantities { ordered: 1 } }",
       "MONEY_OVERFLOW"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(GetReason(ComputeCharges(FromText<v1::Order>(c.order)).status()), c.reason)
        << c.order;
  }
}

v1::OrderLine MakeLine(int64_t units, int64_t ordered) {
  v1::OrderLine line;
  line.mutable_net_amount()->set_units(units);
  line.mutable_net_amount()->set_currency_code("USD");
  line.mutable_quantities()->set_ordered(ordered);
  return line;
}

TEST(ChargesTest, PartsOfALineAreWorthExactlyTheLine) {
  // 3 x 100 less 10 %: two of them are 180.
  EXPECT_EQ(WorthOfPieces(MakeLine(27000, 3), 0, 2)->units(), 18000);
  EXPECT_EQ(WorthOfPieces(MakeLine(100, 3), 0, 1)->units(), 33);
  EXPECT_EQ(WorthOfPieces(MakeLine(100, 3), 1, 1)->units(), 34);
  EXPECT_EQ(WorthOfPieces(MakeLine(100, 3), 2, 1)->units(), 33);
  EXPECT_EQ(WorthOfPieces(MakeLine(0, 3), 0, 3)->units(), 0);
  EXPECT_EQ(GetReason(WorthOfPieces(MakeLine(100, 3), 2, 2).status()), "MONEY_WEIGHTS");
}

TEST(ChargesTest, EverySequenceOfRefundsOfALineEndsAtItsAmount) {
  const uint32_t seed = 7;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    const int64_t ordered = 1 + static_cast<int64_t>(random() % 20);
    v1::OrderLine line = MakeLine(static_cast<int64_t>(random() % 1000), ordered);
    int64_t refunded = 0;
    while (line.quantities().refunded() < ordered) {
      const int64_t left = ordered - line.quantities().refunded();
      const int64_t quantity = 1 + static_cast<int64_t>(random() % left);
      absl::StatusOr<v1::Money> amount = LineRefundAmount(line, quantity);
      ASSERT_TRUE(amount.ok()) << amount.status();
      ASSERT_GE(amount->units(), 0);
      // No piece is worth more or less than a unit beside its exact part.
      const double exact = static_cast<double>(line.net_amount().units()) * quantity / ordered;
      ASSERT_LT(std::abs(static_cast<double>(amount->units()) - exact), 1.0 + 1e-9);
      refunded += amount->units();
      line.mutable_quantities()->set_refunded(line.quantities().refunded() + quantity);
      line.mutable_refunded_amount()->set_units(refunded);
      line.mutable_refunded_amount()->set_currency_code("USD");
    }
    ASSERT_EQ(refunded, line.net_amount().units());
  }
}

// A random order, with nothing in it that overflows.
v1::Order RandomOrder(std::mt19937& random) {
  const char* const kCodes[] = {"USD", "JPY", "BHD", "CLF"};
  v1::Order order;
  order.set_currency_code(kCodes[random() % 4]);
  const int lines = 1 + static_cast<int>(random() % 5);
  for (int i = 0; i < lines; ++i) {
    v1::OrderLine& line = *order.add_lines();
    line.set_line_id(std::to_string(i + 1));
    line.mutable_unit_price()->set_currency_code(order.currency_code());
    line.mutable_unit_price()->set_scale(static_cast<int>(random() % 10));
    line.mutable_unit_price()->set_value(static_cast<int64_t>(random() % 100000000));
    line.mutable_quantities()->set_ordered(1 + static_cast<int64_t>(random() % 50));
  }
  for (int i = 0; i < static_cast<int>(random() % 4); ++i) {
    v1::Discount& discount = *order.add_discounts();
    if (random() % 2 == 0) discount.set_line_id(std::to_string(1 + random() % lines));
    if (random() % 2 == 0) {
      discount.set_rate_ppm(1 + static_cast<int64_t>(random() % 1000000));
    } else {
      discount.mutable_amount()->set_units(static_cast<int64_t>(random() % 5000));
      discount.mutable_amount()->set_currency_code(order.currency_code());
    }
  }
  if (random() % 2 == 0)
    order.mutable_tax_rule()->set_rate_ppm(static_cast<int64_t>(random() % 300000));
  order.mutable_tax_rule()->set_inclusive(random() % 2 == 0);
  order.set_rounding_level(random() % 2 == 0 ? v1::ROUNDING_LEVEL_TOTAL : v1::ROUNDING_LEVEL_LINE);
  order.set_rounding(static_cast<v1::Rounding>(1 + random() % 7));
  if (random() % 2 == 0) {
    order.mutable_totals()->mutable_shipping()->set_units(static_cast<int64_t>(random() % 1000));
    order.mutable_totals()->mutable_shipping()->set_currency_code(order.currency_code());
  }
  return order;
}

TEST(ChargesTest, SumsHoldForRandomOrders) {
  const uint32_t seed = 11;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 5000; ++round) {
    const v1::Order order = RandomOrder(random);
    SCOPED_TRACE(order.ShortDebugString());
    absl::StatusOr<ChargeSheet> sheet = ComputeCharges(order);
    ASSERT_TRUE(sheet.ok()) << sheet.status();
    const v1::OrderTotals& t = sheet->totals;
    ASSERT_EQ(t.total().units(), t.subtotal().units() + t.discount().units() + t.tax().units() +
                                     t.shipping().units() + t.fees().units());
    int64_t charges = 0;
    for (const v1::Charge& charge : sheet->charges) {
      if (!charge.contained()) charges += charge.amount().units();
    }
    ASSERT_EQ(charges, t.total().units());
    int64_t nets = t.shipping().units() + t.fees().units();
    for (const v1::Money& net : sheet->line_net_amounts) {
      ASSERT_GE(net.units(), 0);
      nets += net.units();
    }
    ASSERT_EQ(nets, t.total().units());
    ASSERT_LE(t.discount().units(), 0);
  }
}

// The exact total in long double, good to far more digits than the sizes here need.
long double RoughTotal(const v1::Order& order) {
  long double sum = 0;
  std::vector<long double> lines;
  const int exponent = *CurrencyExponent(order.currency_code());
  for (const v1::OrderLine& line : order.lines()) {
    long double amount = line.unit_price().value();
    for (int i = 0; i < line.unit_price().scale(); ++i) amount /= 10;
    for (int i = 0; i < exponent; ++i) amount *= 10;
    lines.push_back(amount * line.quantities().ordered());
  }
  const auto take = [](const v1::Discount& discount, long double left) {
    const long double size = discount.has_amount()
                                 ? static_cast<long double>(discount.amount().units())
                                 : left * discount.rate_ppm() / 1e6L;
    return std::min(size, left);
  };
  for (const v1::Discount& discount : order.discounts()) {
    if (discount.line_id().empty()) continue;
    long double& line = lines[std::stoi(discount.line_id()) - 1];
    line -= take(discount, line);
  }
  for (long double line : lines) sum += line;
  for (const v1::Discount& discount : order.discounts()) {
    if (discount.line_id().empty()) sum -= take(discount, sum);
  }
  if (!order.tax_rule().inclusive()) sum += sum * order.tax_rule().rate_ppm() / 1e6L;
  return sum + order.totals().shipping().units();
}

TEST(ChargesTest, RoundingOnTheTotalIsOffByLessThanOneUnit) {
  const uint32_t seed = 13;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 5000; ++round) {
    v1::Order order = RandomOrder(random);
    order.set_rounding_level(v1::ROUNDING_LEVEL_TOTAL);
    SCOPED_TRACE(order.ShortDebugString());
    absl::StatusOr<ChargeSheet> sheet = ComputeCharges(order);
    ASSERT_TRUE(sheet.ok()) << sheet.status();
    const long double off = sheet->totals.total().units() - RoughTotal(order);
    const bool nearest = order.rounding() <= v1::ROUNDING_HALF_DOWN;
    ASSERT_LE(std::abs(off), nearest ? 0.5L + 1e-6L : 1.0L) << static_cast<double>(off);
    if (order.rounding() == v1::ROUNDING_UP) {
      ASSERT_GE(off, -1e-6L);
    }
    if (order.rounding() == v1::ROUNDING_DOWN) {
      ASSERT_LE(off, 1e-6L);
    }
  }
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
