// Zones read from TZif data, against Abseil's zones and by hand-made data.
#include "frontdesk/calendar/zone.h"

#include <dirent.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/testing.h"
#include "calendar/calendar_testing.h"
#include "calendar/random_calendars.h"
#include "frontdesk/base/time_zone_name.h"
#include "frontdesk/calendar/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace calendar {
namespace {

constexpr char kFolder[] = "/usr/share/zoneinfo";

void CollectNames(const std::string& below, std::vector<std::string>& names) {
  DIR* const folder = opendir(absl::StrCat(kFolder, "/", below).c_str());
  if (folder == nullptr) return;
  while (const dirent* const entry = readdir(folder)) {
    const std::string name = entry->d_name;
    if (name[0] == '.') continue;
    const std::string path = below.empty() ? name : absl::StrCat(below, "/", name);
    if (entry->d_type == DT_DIR) {
      if (name != "right" && name != "posix") CollectNames(path, names);
    } else if (IsTimeZoneName(path)) {
      names.push_back(path);
    }
  }
  closedir(folder);
}

std::int64_t LocalSeconds(absl::CivilSecond local) { return local - absl::CivilSecond(1970, 1, 1); }

int AbseilOffset(const absl::TimeZone& zone, std::int64_t seconds) {
  return zone.At(absl::FromUnixSeconds(seconds)).offset;
}

// All that Abseil knows about an instant and its local time.
void CompareAt(const Zone& zone, const absl::TimeZone& other, std::int64_t seconds) {
  ASSERT_EQ(zone.OffsetAt(seconds), AbseilOffset(other, seconds)) << zone.name() << " " << seconds;
  const absl::CivilSecond local = other.At(absl::FromUnixSeconds(seconds)).cs;
  const absl::TimeZone::TimeInfo info = other.At(local);
  const bool skipped = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
  ASSERT_EQ(zone.FirstAt(LocalSeconds(local)), absl::ToUnixSeconds(skipped ? info.trans : info.pre))
      << zone.name() << " " << seconds;
  ASSERT_EQ(zone.LastAt(LocalSeconds(local)), absl::ToUnixSeconds(skipped ? info.trans : info.post))
      << zone.name() << " " << seconds;
}

void CompareZone(const Zone& zone, const absl::TimeZone& other, Random& random) {
  const std::int64_t end = absl::ToUnixSeconds(At("2120-01-01 00:00:00"));
  std::int64_t change = zone.NextChange(absl::ToUnixSeconds(At("1700-01-01 00:00:00")));
  for (; change < end; change = zone.NextChange(change)) {
    ASSERT_NE(AbseilOffset(other, change - 1), AbseilOffset(other, change)) << zone.name();
    for (const std::int64_t away : {-7200, -1, 0, 1, 1800, 7200}) {
      CompareAt(zone, other, change + away);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
  for (int i = 0; i < 40; ++i) {
    CompareAt(zone, other, Below(random, 253'402'300'800) - (i % 2 == 0 ? 0 : 62'135'596'800));
    CompareAt(zone, other, Below(random, 6'000'000'000) - 2'000'000'000);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(ZoneTest, EveryZoneOfTheSystemIsThatOfAbseil) {
  std::vector<std::string> names;
  CollectNames("", names);
  ASSERT_GT(names.size(), 300u);
  Random random(TestSeed());
  std::set<std::string> hashes;
  for (const std::string& name : names) {
    const absl::StatusOr<std::shared_ptr<const Zone>> zone = LoadZone(SystemZones(), name);
    ASSERT_TRUE(zone.ok()) << name << " " << zone.status();
    if (!hashes.insert((*zone)->hash()).second) continue;  // Another name of a zone.
    absl::TimeZone other;
    ASSERT_TRUE(absl::LoadTimeZone(name, &other));
    CompareZone(**zone, other, random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(hashes.size(), 250u);
}

std::shared_ptr<const Zone> SystemZone(absl::string_view name) {
  return LoadZone(SystemZones(), name).value();
}

TEST(ZoneTest, ChangesGoOnForEver) {
  const auto zone = SystemZone("Europe/Berlin");
  // 9999-03-28 is the last Sunday of that March.
  const std::int64_t summer = absl::ToUnixSeconds(At("9999-03-28 01:00:00"));
  EXPECT_EQ(zone->OffsetAt(summer - 1), 3600);
  EXPECT_EQ(zone->OffsetAt(summer), 7200);
  EXPECT_EQ(zone->NextChange(summer - 1), summer);
  EXPECT_EQ(zone->FirstAt(LocalSeconds(absl::CivilSecond(9999, 3, 28, 2, 30, 0))), summer);
  EXPECT_EQ(SystemZone("UTC")->NextChange(0), Zone::kNoChange);
  EXPECT_EQ(SystemZone("Asia/Kolkata")->NextChange(0), Zone::kNoChange);
}

TEST(ZoneTest, HashesAreThoseOfLocalTimes) {
  EXPECT_EQ(SystemZone("UTC")->hash(), SystemZone("Etc/UTC")->hash());
  EXPECT_EQ(SystemZone("UTC")->hash().size(), 64u);
  EXPECT_NE(SystemZone("UTC")->hash(), SystemZone("Etc/GMT+1")->hash());
  EXPECT_NE(SystemZone("Europe/Berlin")->hash(), SystemZone("Europe/Paris")->hash());
}

TEST(ZoneTest, NamesAreNoPaths) {
  for (const char* name : {"", "../etc/passwd", "/etc/passwd", "localtime", "Europe",
                           "Mars/Olympus", "posixrules", "Europe/Berlin/", "tzdata.zi"}) {
    EXPECT_TRUE(FailsFor(LoadZone(SystemZones(), name), kReasonCalendarZoneUnknown)) << name;
  }
  EXPECT_TRUE(
      FailsFor(LoadZone(SystemZones("/no/such/folder"), "UTC"), kReasonCalendarZoneUnknown));
  EXPECT_TRUE(FailsFor(LoadZone(nullptr, "UTC"), kReasonCalendarZoneUnknown));
}

// ---- Data made by hand ----

std::string Number(std::int64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text.push_back(static_cast<char>(value >> shift));
  }
  return text;
}

struct Data {
  std::vector<std::int64_t> offsets = {0};
  std::vector<std::pair<std::int64_t, int>> changes;
  std::string footer = "UTC0";
  int leaps = 0;
  char version = '2';

  std::string Block(int time_bytes) const {
    std::string text = absl::StrCat("TZif", std::string(1, version), std::string(15, '\0'));
    for (const std::size_t count : {std::size_t{0}, std::size_t{0}, static_cast<std::size_t>(leaps),
                                    changes.size(), offsets.size(), std::size_t{4}}) {
      text += Number(static_cast<std::int64_t>(count), 4);
    }
    for (const auto& change : changes) text += Number(change.first, time_bytes);
    for (const auto& change : changes) text += Number(change.second, 1);
    for (const std::int64_t offset : offsets) text += Number(offset, 4) + std::string(2, '\0');
    text += std::string("ABC\0", 4);
    return text + std::string(static_cast<std::size_t>(leaps * (time_bytes + 4)), '\0');
  }
  std::string Bytes() const {
    if (version == '\0') return Block(4);
    return absl::StrCat(Block(4), Block(8), "\n", footer, "\n");
  }
};

TEST(ZoneTest, ARuleWrittenOutIsTheSameZone) {
  // Daylight time from the last Sunday of March to the last Sunday of October, 01:00 UTC.
  Data rule;
  rule.offsets = {3600, 7200};
  rule.footer = "CET-1CEST,M3.5.0,M10.5.0/3";
  rule.changes = {{absl::ToUnixSeconds(At("1996-03-31 01:00:00")), 1}};
  Data written = rule;
  for (int year = 1996; year < 2030; ++year) {
    for (const int month : {3, 10}) {
      absl::CivilDay day(year, month, 31);
      while (absl::GetWeekday(day) != absl::Weekday::sunday) --day;
      const std::int64_t time = LocalSeconds(absl::CivilSecond(day) + 3600);
      if (time > written.changes[0].first) written.changes.push_back({time, month == 3 ? 1 : 0});
    }
  }
  const auto first = Zone::Parse("A/B", rule.Bytes()).value();
  const auto second = Zone::Parse("A/B", written.Bytes()).value();
  EXPECT_EQ(first->hash(), second->hash());
  const auto berlin = SystemZone("Europe/Berlin");
  for (std::int64_t time = 900'000'000; time < 7'000'000'000; time += 1'000'003) {
    ASSERT_EQ(first->OffsetAt(time), berlin->OffsetAt(time));
  }
}

TEST(ZoneTest, RulesOfPosix) {
  const auto offsets = [](const std::string& footer) {
    Data data;
    data.footer = footer;
    data.version = '3';
    const absl::StatusOr<std::shared_ptr<const Zone>> zone = Zone::Parse("A/B", data.Bytes());
    if (!zone.ok()) return GetReason(zone.status());
    std::string text;
    for (const char* time : {"2028-02-28 12:00:00", "2028-02-29 12:00:00", "2028-03-01 12:00:00",
                             "2028-07-01 12:00:00", "2028-12-31 12:00:00"}) {
      absl::StrAppend(&text, text.empty() ? "" : " ",
                      (*zone)->OffsetAt(absl::ToUnixSeconds(At(time))) / 60);
    }
    return text;
  };
  EXPECT_EQ(offsets("EST5"), "-300 -300 -300 -300 -300");
  EXPECT_EQ(offsets("<-0330>+3:30:00"), "-210 -210 -210 -210 -210");
  EXPECT_EQ(offsets("EST5EDT,M3.2.0,M11.1.0"), "-300 -300 -300 -240 -300");
  EXPECT_EQ(offsets("EST5EDT4,J60,J365"), "-300 -300 -240 -240 -300");     // March 1.
  EXPECT_EQ(offsets("EST5EDT4,59,364/1"), "-300 -240 -240 -240 -300");     // February 29.
  EXPECT_EQ(offsets("IST-1GMT0,M10.5.0,M3.5.0/1"), "0 0 0 60 0");          // Dublin.
  EXPECT_EQ(offsets("XXX3EDT4,0/0,J365/23"), "-240 -240 -240 -240 -240");  // All year.
  EXPECT_EQ(offsets("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"), "-120 -120 -120 -60 -120");
  for (const char* broken :
       {"EST", "5", "E5", "<ABC5", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J1", "EST5EDT,366,1",
        "EST25", "EST5:60", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0 ", "EST5 ",
        "EST5EDT,M3.2.0,M11.1.0,", "EST99999999999999999999"}) {
    EXPECT_EQ(offsets(broken), "CALENDAR_ZONE_INVALID") << broken;
  }
}

TEST(ZoneTest, DataThatIsNotValid) {
  const auto refuses = [](const std::string& bytes) {
    return FailsFor(Zone::Parse("A/B", bytes), kReasonCalendarZoneInvalid);
  };
  Data data;
  data.changes = {{0, 0}, {10, 0}};
  ASSERT_TRUE(Zone::Parse("A/B", data.Bytes()).ok());
  const std::string good = data.Bytes();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(refuses(good.substr(0, size))) << size;
  }
  EXPECT_TRUE(refuses("tzif" + good.substr(4)));
  EXPECT_TRUE(refuses(good + std::string(kMaxZoneBytes, 'x')));
  const auto changed = [&](auto change) {
    Data other = data;
    change(other);
    return other.Bytes();
  };
  EXPECT_TRUE(refuses(changed([](Data& other) { other.version = '5'; })));
  EXPECT_TRUE(refuses(changed([](Data& other) { other.leaps = 1; })));
  EXPECT_TRUE(refuses(changed([](Data& other) { other.offsets.clear(); })));
  EXPECT_TRUE(refuses(changed([](Data& other) { other.offsets = {90'000 + 3'600}; })));
  EXPECT_TRUE(refuses(changed([](Data& other) { other.offsets = {-90'000}; })));
  EXPECT_TRUE(refuses(changed([](Data& other) { other.changes[1].first = 0; })));
  EXPECT_TRUE(refuses(changed([](Data& other) { other.changes[1].second = 1; })));
  EXPECT_TRUE(refuses(changed([](Data& other) { other.footer = "EST5"; })));
  EXPECT_TRUE(Zone::Parse("A/B", changed([](Data& other) { other.version = '\0'; })).ok());
  EXPECT_TRUE(Zone::Parse("A/B", changed([](Data& other) { other.footer = ""; })).ok());
}

TEST(ZoneTest, ChangesBeyondAllCalendarsAreDropped) {
  Data data;
  data.offsets = {100, 200, 300};
  data.changes = {{INT64_MIN, 1}, {0, 2}, {INT64_MAX, 0}};
  data.footer = "";
  const auto zone = Zone::Parse("A/B", data.Bytes()).value();
  EXPECT_EQ(zone->OffsetAt(-1), 200);
  EXPECT_EQ(zone->OffsetAt(253'402'300'799), 300);
  EXPECT_EQ(zone->NextChange(0), Zone::kNoChange);
}

// Bytes of real zones with random mistakes are refused, or are a zone that answers.
TEST(ZoneTest, DamagedDataEndsInAnErrorOrAZone) {
  Random random(TestSeed());
  for (int i = 0; i < 3'000; ++i) {
    std::string bytes = SystemZones()(AnyZone(random)).value();
    for (std::int64_t j = 1 + Below(random, 4); j > 0; --j) {
      const auto at =
          static_cast<std::size_t>(Below(random, static_cast<std::int64_t>(bytes.size())));
      if (Below(random, 8) == 0) {
        bytes.erase(at, 1 + random() % 8);
      } else {
        bytes[at] = static_cast<char>(random());
      }
      if (bytes.empty()) break;
    }
    const absl::StatusOr<std::shared_ptr<const Zone>> zone = Zone::Parse("A/B", bytes);
    if (!zone.ok()) {
      ASSERT_TRUE(FailsFor(zone, kReasonCalendarZoneInvalid));
      continue;
    }
    for (int j = 0; j < 20; ++j) {
      const std::int64_t time = Below(random, 315'537'897'600) - 62'135'596'800;
      const std::int64_t local = time + (*zone)->OffsetAt(time);
      ASSERT_LE((*zone)->FirstAt(local), time);
      ASSERT_GE((*zone)->LastAt(local + 1), time);
      ASSERT_GT((*zone)->NextChange(time), time);
    }
  }
}

}  // namespace
}  // namespace calendar
}  // namespace frontdesk
