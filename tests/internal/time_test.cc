#include "internal/time.h"

#include <cstdint>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

google::protobuf::Timestamp Timestamp(int64_t seconds, int32_t nanos) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(nanos);
  return timestamp;
}

google::protobuf::Duration Duration(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  return duration;
}

TEST(TimeTest, RangeOfTimestamps) {
  struct Case {
    int64_t seconds;
    int32_t nanos;
    bool valid;
  };
  const Case cases[] = {
      {0, 0, true},
      {-1, 999'999'999, true},
      {kMinTimestampSeconds, 0, true},
      {kMinTimestampSeconds - 1, 999'999'999, false},
      {kMaxTimestampSeconds, 999'999'999, true},
      {kMaxTimestampSeconds + 1, 0, false},
      {0, -1, false},
      {0, 1'000'000'000, false},
      {INT64_MIN, 0, false},
      {INT64_MAX, 0, false},
  };
  for (const Case& c : cases) {
    const google::protobuf::Timestamp timestamp = Timestamp(c.seconds, c.nanos);
    EXPECT_EQ(IsValid(timestamp), c.valid) << c.seconds << " " << c.nanos;
    ASSERT_EQ(DecodeTime(timestamp).has_value(), c.valid) << c.seconds << " " << c.nanos;
    if (!c.valid) continue;
    const google::protobuf::Timestamp back = EncodeTime(*DecodeTime(timestamp));
    EXPECT_EQ(back.seconds(), c.seconds);
    EXPECT_EQ(back.nanos(), c.nanos);
  }
}

TEST(TimeTest, InstantsAreWhatTheCalendarSays) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  EXPECT_EQ(DecodeTime(Timestamp(kMinTimestampSeconds, 0)),
            absl::FromCivil(absl::CivilSecond(1, 1, 1), utc));
  EXPECT_EQ(DecodeTime(Timestamp(kMaxTimestampSeconds, 0)),
            absl::FromCivil(absl::CivilSecond(9999, 12, 31, 23, 59, 59), utc));
  EXPECT_EQ(
      DecodeTime(Timestamp(1709210096, 5)),
      absl::FromCivil(absl::CivilSecond(2024, 2, 29, 12, 34, 56), utc) + absl::Nanoseconds(5));
}

TEST(TimeTest, EncodingRoundsTowardsThePastAndKeepsTheRange) {
  // Abseil counts quarters of a nanosecond.
  const absl::Duration quarter = absl::Nanoseconds(1) / 4;
  EXPECT_EQ(EncodeTime(absl::FromUnixSeconds(-1) + quarter).nanos(), 0);
  EXPECT_EQ(EncodeTime(absl::FromUnixSeconds(0) - quarter).seconds(), -1);
  EXPECT_EQ(EncodeTime(absl::FromUnixSeconds(0) - quarter).nanos(), 999'999'999);
  for (absl::Time time :
       {absl::InfiniteFuture(), absl::FromUnixSeconds(kMaxTimestampSeconds + 1)}) {
    EXPECT_EQ(EncodeTime(time).seconds(), kMaxTimestampSeconds);
    EXPECT_EQ(EncodeTime(time).nanos(), 999'999'999);
  }
  for (absl::Time time :
       {absl::InfinitePast(), absl::FromUnixSeconds(kMinTimestampSeconds) - quarter}) {
    EXPECT_EQ(EncodeTime(time).seconds(), kMinTimestampSeconds);
    EXPECT_EQ(EncodeTime(time).nanos(), 0);
  }
}

TEST(TimeTest, RangeOfDurations) {
  struct Case {
    int64_t seconds;
    int32_t nanos;
    bool valid;
  };
  const Case cases[] = {
      {0, 0, true},
      {0, -999'999'999, true},
      {0, 999'999'999, true},
      {1, -1, false},
      {-1, 1, false},
      {-1, -1, true},
      {0, 1'000'000'000, false},
      {0, -1'000'000'000, false},
      {kMaxDurationSeconds, 0, true},
      {-kMaxDurationSeconds, 0, true},
      {kMaxDurationSeconds + 1, 0, false},
      {-kMaxDurationSeconds - 1, 0, false},
  };
  for (const Case& c : cases) {
    const google::protobuf::Duration duration = Duration(c.seconds, c.nanos);
    EXPECT_EQ(IsValid(duration), c.valid) << c.seconds << " " << c.nanos;
    ASSERT_EQ(DecodeDuration(duration).has_value(), c.valid) << c.seconds << " " << c.nanos;
    if (!c.valid) continue;
    const google::protobuf::Duration back = EncodeDuration(*DecodeDuration(duration));
    EXPECT_EQ(back.seconds(), c.seconds);
    EXPECT_EQ(back.nanos(), c.nanos);
  }
}

TEST(TimeTest, EncodedDurationsKeepTheRange) {
  EXPECT_EQ(EncodeDuration(absl::InfiniteDuration()).seconds(), kMaxDurationSeconds);
  EXPECT_EQ(EncodeDuration(-absl::InfiniteDuration()).seconds(), -kMaxDurationSeconds);
  EXPECT_EQ(EncodeDuration(absl::Nanoseconds(-1) / 4).nanos(), 0);
  EXPECT_EQ(EncodeDuration(absl::Hours(720)).seconds(), 2592000);
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
