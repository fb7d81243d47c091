#include "frontdesk/base/timestamp.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::google::protobuf::Timestamp;

constexpr std::int64_t kFirst = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLast = 253'402'300'799;   // 9999-12-31T23:59:59Z

Timestamp Make(std::int64_t seconds, std::int32_t nanos) {
  Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(nanos);
  return timestamp;
}

TEST(TimestampTest, EveryNanosecondComesBack) {
  for (const std::int64_t seconds :
       {kFirst, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1'715'785'200}, kLast}) {
    for (const std::int32_t nanos : {0, 1, 500'000'000, 999'999'999}) {
      const Timestamp timestamp = Make(seconds, nanos);
      const absl::optional<absl::Time> time = ToTime(timestamp);
      ASSERT_TRUE(time.has_value()) << seconds << " " << nanos;
      EXPECT_EQ(*time, absl::FromUnixSeconds(seconds) + absl::Nanoseconds(nanos));
      const Timestamp back = ToTimestamp(*time);
      EXPECT_EQ(back.seconds(), seconds);
      EXPECT_EQ(back.nanos(), nanos);
    }
  }
}

TEST(TimestampTest, ToTimestampRoundsToThePastAndClamps) {
  struct Case {
    absl::Time time;
    std::int64_t seconds;
    std::int32_t nanos;
  };
  const Case cases[] = {
      {absl::FromUnixSeconds(5) + absl::Nanoseconds(1) / 4, 5, 0},
      {absl::FromUnixSeconds(-5) - absl::Nanoseconds(1) / 4, -6, 999'999'999},
      {absl::FromUnixSeconds(kFirst) - absl::Nanoseconds(1), kFirst, 0},
      {absl::FromUnixSeconds(kLast + 1), kLast, 999'999'999},
      {absl::InfinitePast(), kFirst, 0},
      {absl::InfiniteFuture(), kLast, 999'999'999},
  };
  for (const Case& each : cases) {
    const Timestamp timestamp = ToTimestamp(each.time);
    EXPECT_EQ(timestamp.seconds(), each.seconds) << each.time;
    EXPECT_EQ(timestamp.nanos(), each.nanos) << each.time;
  }
}

TEST(TimestampTest, ToTimeReadsValidTimestampsOnly) {
  EXPECT_EQ(ToTime(Timestamp()), absl::UnixEpoch());
  for (const Timestamp& timestamp :
       {Make(kFirst - 1, 999'999'999), Make(kLast + 1, 0), Make(0, -1), Make(0, 1'000'000'000)}) {
    EXPECT_FALSE(ToTime(timestamp).has_value()) << timestamp.ShortDebugString();
  }
}

}  // namespace
}  // namespace frontdesk
