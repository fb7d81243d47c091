// Time zones as calendars use them, read from TZif data (RFC 9636) that the host gives by name.
//
//   const frontdesk::calendar::ZoneSource zones = frontdesk::calendar::SystemZones();
//   const auto zone = frontdesk::calendar::LoadZone(zones, "Europe/Berlin");
//   if (!zone.ok()) return;
//   // 2026-03-29: the clock is set forward from 02:00 to 03:00, so 02:30 does not exist.
//   const std::int64_t local = absl::CivilSecond(2026, 3, 29, 2, 30, 0) - absl::CivilSecond();
//   const absl::Time time = absl::FromUnixSeconds((*zone)->FirstAt(local));
//   std::cout << absl::FormatTime(time, absl::UTCTimeZone()) << "\n";  // 2026-03-29T01:00:00+00:00
//
// Abseil's time zones are loaded from files once a process, and by the system's version. These come from bytes, so that an old decision
// can be computed again with the zones of its time.
#ifndef FRONTDESK_CALENDAR_ZONE_H_
#define FRONTDESK_CALENDAR_ZONE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace frontdesk {
namespace calendar {

// The TZif data of an IANA name; NOT_FOUND when there is none. Called with names for which IsTimeZoneName (base/time_zone_name.h) is
// true only, while calendars are compiled, never by a query.
using ZoneSource = std::function<absl::StatusOr<std::string>(absl::string_view name)>;

// The files of the system, below `folder`. Reads the file each time it is called; thread-safe. This is the only function of calendar/
// that reads files.
ZoneSource SystemZones(absl::string_view folder = "/usr/share/zoneinfo");

// Most bytes of the data of a zone. The largest of the IANA database has less than 4,000. Beyond: CALENDAR_ZONE_INVALID.
inline constexpr std::size_t kMaxZoneBytes = 256 << 10;

// The local time of a zone, from year 1 to year 9999. Instants are seconds since 1970-01-01T00:00:00Z, local times are seconds since
// 1970-01-01T00:00:00 on the local clock. Immutable, thread-safe.
class Zone {
 public:
  // The zone that `bytes` describe. The rule of the footer holds after the last change of the data. Abbreviations are not read.
  // CALENDAR_ZONE_INVALID: no TZif data of the versions 1 to 4, leap seconds ("right/…"), changes out of order, a footer that is no rule or
  // contradicts the data, or more than kMaxZoneBytes. Linear.
  static absl::StatusOr<std::shared_ptr<const Zone>> Parse(absl::string_view name,
                                                           absl::string_view bytes);

  // The name that it was loaded by.
  const std::string& name() const { return name_; }
  // The SHA-256 of all changes of local time, as 64 hexadecimal digits. Zones with the same hash have the same local time at every
  // instant. The reverse holds too, whether changes up to 2037 are written out or follow from a rule.
  const std::string& hash() const { return hash_; }

  // Local time less UTC at an instant, in seconds. Logarithmic time, as all that follow.
  int OffsetAt(std::int64_t seconds) const;
  // The first change of local time after an instant; kNoChange: there is none.
  std::int64_t NextChange(std::int64_t seconds) const;
  // The first instant at which the local clock shows `local` or more: an opening. In a gap, that is the end of the gap.
  std::int64_t FirstAt(std::int64_t local) const;
  // The last instant at which the local clock shows `local` or less: a closing. It differs from FirstAt for local times that occur twice.
  std::int64_t LastAt(std::int64_t local) const;

  // From here on the changes repeat every 400 years (146,097 days), as the Gregorian calendar does.
  std::int64_t periodic_from() const { return periodic_from_; }

  static constexpr std::int64_t kNoChange = INT64_MAX;

 private:
  // A stretch of time with one offset, to the next one.
  struct Stretch {
    std::int64_t start;
    std::int64_t offset;
    // The greatest local time at the end of this stretch or an earlier one.
    std::int64_t max_local_end;
    // The smallest local time at the start of this stretch or a later one.
    std::int64_t min_local_start;
  };

  Zone() = default;
  // The stretch of an instant that is not beyond the last period.
  std::size_t FindStretch(std::int64_t seconds) const;
  std::int64_t EndOf(std::size_t stretch) const;
  void Finish();

  std::string name_;
  std::string hash_;
  // In order; the first one has no beginning. They reach to the end of the first period and some days more.
  std::vector<Stretch> stretches_;
  std::int64_t periodic_from_ = 0;

  friend class ZoneBuilder;
};

// The zone of that name from `zones`. CALENDAR_ZONE_UNKNOWN: the name is no name of a zone, or the source says NOT_FOUND. Other errors of
// the source are returned as they are; then those of Zone::Parse.
absl::StatusOr<std::shared_ptr<const Zone>> LoadZone(const ZoneSource& zones,
                                                     absl::string_view name);

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_ZONE_H_
