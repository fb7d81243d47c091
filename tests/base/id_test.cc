#include "frontdesk/base/id.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/testing.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

absl::Time At(int64_t milliseconds) { return absl::FromUnixMillis(milliseconds); }

// Gives the numbers it was made with, one after the other.
std::function<uint64_t()> Given(std::vector<uint64_t> numbers) {
  auto next = std::make_shared<size_t>(0);
  return [numbers = std::move(numbers), next] { return numbers.at((*next)++); };
}

TEST(TimeOrderedIdSourceTest, Layout) {
  struct Case {
    int64_t milliseconds;
    uint64_t high;
    uint64_t low;
    const char* id;
  };
  const Case cases[] = {
      {0, 0, 0, "00000000000000000000000000"},
      {1, 0, 0, "00000000010000000000000000"},
      {0, 0, 1, "00000000000000000000000001"},
      {0, 0, 31, "0000000000000000000000000Z"},
      {0, 0, 32, "00000000000000000000000010"},
      {0, 0xffff, UINT64_MAX, "0000000000ZZZZZZZZZZZZZZZZ"},
      {0, 0xffff0000, 0, "00000000000000000000000000"},  // Only 16 bits of it are used.
      {(int64_t{1} << 48) - 1, 0xffff, UINT64_MAX, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"},
      {1469918176385, 0, 0,
       "01ARYZ6S410000000000000000"},  // The time of the specification's own example.
  };
  for (const Case& c : cases) {
    TimeOrderedIdSource source(Given({c.high, c.low}));
    EXPECT_EQ(source.NextId(At(c.milliseconds)), c.id);
  }
}

TEST(TimeOrderedIdSourceTest, CountsWithinAMillisecond) {
  TimeOrderedIdSource source(Given({0, 30, 7, 7}));
  EXPECT_EQ(source.NextId(At(5)), "0000000005000000000000000Y");
  EXPECT_EQ(source.NextId(At(5) + absl::Microseconds(999)), "0000000005000000000000000Z");
  EXPECT_EQ(source.NextId(At(5)), "00000000050000000000000010");
}

TEST(TimeOrderedIdSourceTest, AClockSetBackBreaksNoOrder) {
  TimeOrderedIdSource source(Given({0, 1, 0, 9}));
  EXPECT_EQ(source.NextId(At(5)), "00000000050000000000000001");
  EXPECT_EQ(source.NextId(At(3)), "00000000050000000000000002");
  EXPECT_EQ(source.NextId(At(6)), "00000000060000000000000009");
}

TEST(TimeOrderedIdSourceTest, TheCountCarriesAndOverflows) {
  TimeOrderedIdSource carries(Given({1, UINT64_MAX}));
  carries.NextId(At(0));
  EXPECT_EQ(carries.NextId(At(0)),
            "00000000000010000000000000");  // Bit 65: the 14th character from the end.
  TimeOrderedIdSource last(Given({0xfffe, UINT64_MAX}));
  last.NextId(At(5));
  EXPECT_EQ(TimeOfId(last.NextId(At(5))), At(5));
  TimeOrderedIdSource overflows(Given({0xffff, UINT64_MAX, 0, 4}));
  EXPECT_EQ(overflows.NextId(At(5)), "0000000005ZZZZZZZZZZZZZZZZ");
  EXPECT_EQ(overflows.NextId(At(5)), "00000000060000000000000004");
  EXPECT_EQ(overflows.NextId(At(5)), "00000000060000000000000005");
}

// A host's source of random bits may throw. The next id then begins with random bits all the same.
TEST(TimeOrderedIdSourceTest, ARandomSourceThatThrows) {
  for (const int good_draws : {0, 1}) {
    int draws = 0;
    bool fails = true;
    TimeOrderedIdSource ids([&]() -> uint64_t {
      if (fails && draws++ == good_draws) throw std::runtime_error("no random bits");
      return 7;
    });
    EXPECT_THROW(ids.NextId(At(1)), std::runtime_error);
    fails = false;
    EXPECT_EQ(ids.NextId(At(1)), TimeOrderedIdSource([] { return 7; }).NextId(At(1)));
  }
}

TEST(TimeOrderedIdSourceTest, TimesOutOfRange) {
  for (absl::Time time : {absl::InfinitePast(), At(-1), absl::FromUnixSeconds(-62135596800)}) {
    TimeOrderedIdSource source(Given({0, 0}));
    EXPECT_EQ(source.NextId(time), "00000000000000000000000000");
  }
  TimeOrderedIdSource source(Given({0, 0}));
  EXPECT_EQ(source.NextId(absl::InfiniteFuture()), "7ZZZZZZZZZ0000000000000000");
}

TEST(TimeOrderedIdSourceTest, SortsAsItWasMade) {
  std::mt19937_64 random(TestSeed());
  std::mt19937_64 bits(random());
  TimeOrderedIdSource source([&bits] { return bits(); });
  const std::regex shape("[0-7][0-9A-HJKMNP-TV-Z]{25}");
  std::string before;
  int64_t now = 1'700'000'000'000;
  for (int i = 0; i < 5000; ++i) {
    now += static_cast<int64_t>(random() % 5) - 2;
    const std::string id = source.NextId(At(now));
    ASSERT_LT(before, id);
    if (i < 100) {
      ASSERT_TRUE(std::regex_match(id, shape)) << id;
    }
    ASSERT_GE(TimeOfId(id), At(now));
    before = id;
  }
}

TEST(TimeOrderedIdSourceTest, ManyThreadsNeverGetTheSame) {
  std::mt19937_64 bits(1);
  TimeOrderedIdSource source([&bits] { return bits(); });
  SequenceIdSource sequence("n");
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::vector<std::vector<std::string>> made(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        made[t].push_back(source.NextId(At(i)));
        made[t].push_back(sequence.NextId(At(i)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const std::vector<std::string>& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 2u * kThreads * kEach);
}

TEST(SequenceIdSourceTest, Counts) {
  SequenceIdSource source("order-");
  EXPECT_EQ(source.NextId(absl::InfinitePast()), "order-0000000001");
  EXPECT_EQ(source.NextId(absl::InfiniteFuture()), "order-0000000002");
  SequenceIdSource large("", 9'999'999'999);
  EXPECT_EQ(large.NextId(At(0)), "9999999999");
  EXPECT_EQ(large.NextId(At(0)), "10000000000");
}

TEST(TimeOfIdTest, ReadsBack) {
  for (int64_t milliseconds : {int64_t{0}, int64_t{1469918176385}, (int64_t{1} << 48) - 1}) {
    EXPECT_EQ(TimeOfId(TimeOrderedIdSource([] { return UINT64_MAX; }).NextId(At(milliseconds))),
              At(milliseconds));
  }
  for (const char* id : {"", "0000000000000000000000000", "000000000000000000000000000",
                         "80000000000000000000000000", "0000000000000000000000000I",
                         "0000000000000000000000000a", "order-0000000001"}) {
    EXPECT_EQ(TimeOfId(id), absl::InfinitePast()) << id;
  }
}

}  // namespace
}  // namespace frontdesk
