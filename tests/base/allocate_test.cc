#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/testing.h"
#include "frontdesk/base/money.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using Weights = std::vector<int64_t>;

TEST(AllocateTest, ByLargestRemainder) {
  struct Case {
    int64_t total;
    Weights weights;
    std::string parts;
  };
  const Case cases[] = {
      {100, {600, 400}, "60 40"},        // A discount of 1.00 on lines of 6.00 and 4.00.
      {100, {1, 1, 1}, "34 33 33"},      // Ties go to the first.
      {-100, {1, 1, 1}, "-34 -33 -33"},  // Symmetric.
      {5, {1, 1, 1, 1, 1, 1, 1}, "1 1 1 1 1 0 0"},
      {1, {1, 2}, "0 1"},  // To the larger remainder, not to the first.
      {3702, {1, 1, 2}, "926 925 1851"},
      {101, {0, 1, 0}, "0 101 0"},  // Nothing for a weight of nothing.
      {7, {0, 0, 3, 0}, "0 0 7 0"},
      {0, {3, 4}, "0 0"},
      {0, {0, 0}, "0 0"},
      {0, {}, ""},
      {INT64_MAX,
       {INT64_MAX, INT64_MAX, INT64_MAX},
       "3074457345618258603 3074457345618258602 3074457345618258602"},
      {INT64_MIN, {1}, "-9223372036854775808"},
      {INT64_MIN, {1, 1}, "-4611686018427387904 -4611686018427387904"},
      {1, {}, "MONEY_WEIGHTS"},
      {1, {0, 0}, "MONEY_WEIGHTS"},
      {1, {2, -1}, "MONEY_WEIGHTS"},
      {0, {-1}, "MONEY_WEIGHTS"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Shown(AllocateMoney(Units(c.total), c.weights)), c.parts) << c.total;
  }
  EXPECT_EQ(Shown(AllocateMoney(Units(1, "ZZZ"), {-1})), "MONEY_CURRENCY_UNKNOWN");
  EXPECT_EQ((*AllocateMoney(Units(5800, "JPY"), {1}))[0].currency_code(), "JPY");
}

// The meaning of largest remainder, said without sorting. Every part is its exact share rounded
// toward zero, or one unit more. No part without the unit had more claim to it than a part with it.
TEST(AllocateTest, PropertiesOfRandomAllocations) {
  std::mt19937_64 random(TestSeed());
  for (int round = 0; round < 5000; ++round) {
    const int64_t total = AnyInt64(random) >> (random() % 2 * 40);
    Weights weights(1 + random() % 9);
    const int shift = static_cast<int>(random() % 63);
    for (int64_t& weight : weights) weight = static_cast<int64_t>((random() >> 1) >> shift);
    if (random() % 4 == 0) weights[random() % weights.size()] = 0;
    __int128 whole = 0;
    for (int64_t weight : weights) whole += weight;
    const absl::StatusOr<std::vector<v1::Money>> parts = AllocateMoney(Units(total), weights);
    if (whole == 0) {
      EXPECT_EQ(parts.ok(), total == 0);
      continue;
    }
    ASSERT_TRUE(parts.ok()) << parts.status();
    const __int128 magnitude = total < 0 ? -static_cast<__int128>(total) : total;
    __int128 sum = 0;
    std::vector<__int128> remainders;
    std::vector<bool> got;
    for (size_t i = 0; i < weights.size(); ++i) {
      const __int128 part = (*parts)[i].units() * static_cast<__int128>(total < 0 ? -1 : 1);
      sum += part;
      const __int128 share = magnitude * weights[i] / whole;
      ASSERT_TRUE(part == share || part == share + 1);
      got.push_back(part != share);
      remainders.push_back(magnitude * weights[i] - share * whole);
      if (weights[i] == 0) {
        ASSERT_TRUE(part == 0);
      }
    }
    ASSERT_TRUE(sum == magnitude);
    for (size_t i = 0; i < weights.size(); ++i) {
      for (size_t j = 0; j < weights.size(); ++j) {
        if (!got[i] || got[j]) continue;
        ASSERT_TRUE(remainders[i] > remainders[j] || (remainders[i] == remainders[j] && i < j));
      }
    }
  }
}

TEST(AllocateCumulativeTest, Table) {
  struct Case {
    int64_t total;
    int64_t weight_so_far;
    int64_t weight_whole;
    int64_t already_given;
    std::string part;
  };
  const Case cases[] = {
      {100, 1, 3, 0, "0.33 USD"},
      {100, 2, 3, 33, "0.34 USD"},
      {100, 3, 3, 67, "0.33 USD"},
      {100, 3, 3, 0, "1.00 USD"},
      {1, 1, 2, 0, "0.01 USD"},  // Half a unit goes to the earlier part,
      {1, 2, 2, 1, "0.00 USD"},  // and is not given again.
      {-1, 1, 2, 0, "-0.01 USD"},
      {100, 0, 3, 0, "0.00 USD"},
      {100, 3, 3, 250, "-1.50 USD"},  // Too much was given elsewhere: the end is still the total.
      {0, 0, 0, 0, "0.00 USD"},
      {0, 0, 0, 5, "-0.05 USD"},
      {1, 0, 0, 0, "MONEY_WEIGHTS"},
      {1, 4, 3, 0, "MONEY_WEIGHTS"},
      {1, -1, 3, 0, "MONEY_WEIGHTS"},
      {1, -2, -1, 0, "MONEY_WEIGHTS"},
      {INT64_MAX, INT64_MAX, INT64_MAX, 0, "92233720368547758.07 USD"},
      {INT64_MAX, 1, 1, -1, "MONEY_OVERFLOW"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Shown(AllocateCumulative(Units(c.total), c.weight_so_far, c.weight_whole,
                                       Units(c.already_given))),
              c.part)
        << c.total << " " << c.weight_so_far << "/" << c.weight_whole;
  }
  EXPECT_EQ(Shown(AllocateCumulative(Units(1), 4, 3, Units(0, "EUR"))), "MONEY_CURRENCY_MISMATCH");
  EXPECT_EQ(Shown(AllocateCumulative(Units(1), 4, 3, Units(0, "ZZZ"))), "MONEY_CURRENCY_UNKNOWN");
}

TEST(AllocateCumulativeTest, EverySequenceEndsAtTheTotal) {
  std::mt19937_64 random(TestSeed());
  for (int round = 0; round < 3000; ++round) {
    const int64_t total = (AnyInt64(random) >> (random() % 2 * 44)) / 2;
    const int64_t whole =
        1 + static_cast<int64_t>(random() % (round % 2 == 0 ? 40 : 1'000'000'007));
    int64_t so_far = 0;
    int64_t given = 0;
    while (so_far < whole) {
      so_far += 1 + static_cast<int64_t>(random() % static_cast<uint64_t>(whole - so_far));
      const absl::StatusOr<v1::Money> part =
          AllocateCumulative(Units(total), so_far, whole, Units(given));
      ASSERT_TRUE(part.ok()) << part.status();
      // No part has the opposite sign.
      ASSERT_TRUE(total >= 0 ? part->units() >= 0 : part->units() <= 0);
      given += part->units();
      // The amount due is the first share of an allocation to the part so far and the rest.
      const absl::StatusOr<std::vector<v1::Money>> shares =
          AllocateMoney(Units(total), {so_far, whole - so_far});
      ASSERT_TRUE(shares.ok());
      ASSERT_EQ(given, shares->front().units());
    }
    ASSERT_EQ(given, total);
  }
}

// Two lines of 6.00 and 4.00 with an order discount of 1.00: the refund of the first is 5.40, of
// the second then 3.60.
TEST(AllocateCumulativeTest, RefundsOfDiscountedLines) {
  const v1::Money discount = Units(100);
  const absl::StatusOr<v1::Money> first = AllocateCumulative(discount, 600, 1000, Units(0));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Shown(SubtractMoney(Units(600), *first)), "5.40 USD");
  const absl::StatusOr<v1::Money> second = AllocateCumulative(discount, 1000, 1000, *first);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(Shown(SubtractMoney(Units(400), *second)), "3.60 USD");
}

// Three pieces of 100 less 10 %, two of them returned: 180.
TEST(AllocateCumulativeTest, PiecesOfADiscountedLine) {
  const absl::StatusOr<v1::Money> line =
      MultiplyMoney(Units(30000), 90, 100, v1::ROUNDING_HALF_EVEN);
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(Shown(AllocateCumulative(*line, 2, 3, Units(0))), "180.00 USD");
  EXPECT_EQ(Shown(AllocateCumulative(*line, 3, 3, Units(18000))), "90.00 USD");
}

TEST(AllocateCumulativeTest, YenHaveNoCents) {
  // 5800 yen are 5800 minor units; a third is 1933, then 1934, then 1933.
  const v1::Money total = Units(5800, "JPY");
  EXPECT_EQ(FormatMoney(total), "5800 JPY");
  EXPECT_EQ(Shown(AllocateCumulative(total, 1, 3, Units(0, "JPY"))), "1933 JPY");
  EXPECT_EQ(Shown(AllocateCumulative(total, 2, 3, Units(1933, "JPY"))), "1934 JPY");
  EXPECT_EQ(Shown(AllocateCumulative(total, 3, 3, Units(3867, "JPY"))), "1933 JPY");
}

}  // namespace
}  // namespace frontdesk
