#include "frontdesk/calendar/zone.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "calendar/civil.h"
#include "calendar/posix_rule.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/time_zone_name.h"
#include "frontdesk/calendar/reasons.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace calendar {
namespace {

constexpr std::size_t kHeaderBytes = 44;
// The offsets that RFC 9636 allows.
constexpr std::int64_t kMinOffset = -25 * 3600 + 1;
constexpr std::int64_t kMaxOffset = 26 * 3600 - 1;
// Changes outside of these are of no local time from year 1 to 9999.
constexpr std::int64_t kFirstChange = kBeginSeconds - 3 * kDaySeconds;
constexpr std::int64_t kLastChange = kEndSeconds + 3 * kDaySeconds;
// The rule of a footer is written out to this year at least, so that zones with data of other lengths have the same hash.
constexpr std::int64_t kLeastLastYear = 2037;

absl::Status ZoneFault(absl::string_view name, absl::string_view text) {
  return MakeError(kReasonCalendarZoneInvalid, absl::StrCat("the data of ", name, " ", text));
}

std::int64_t BigEndian(absl::string_view bytes) {
  std::uint64_t value = bytes.empty() || (bytes[0] & 0x80) == 0 ? 0 : ~std::uint64_t{0};
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

// The counts of a header, RFC 9636 section 3.1.
struct ZoneCounts {
  std::uint64_t ut_indicators = 0;
  std::uint64_t standard_indicators = 0;
  std::uint64_t leaps = 0;
  std::uint64_t changes = 0;
  std::uint64_t types = 0;
  std::uint64_t characters = 0;

  std::uint64_t BodyBytes(std::uint64_t time_bytes) const {
    return changes * (time_bytes + 1) + types * 6 + characters + leaps * (time_bytes + 4) +
           standard_indicators + ut_indicators;
  }
};

}  // namespace

// Makes one zone.
class ZoneBuilder {
 public:
  ZoneBuilder(absl::string_view name, absl::string_view bytes) : name_(name), rest_(bytes) {}

  absl::StatusOr<std::shared_ptr<const Zone>> Build() {
    FRONTDESK_RETURN_IF_ERROR(ReadData());
    Clean();
    FRONTDESK_RETURN_IF_ERROR(ExtendByRule());
    std::shared_ptr<Zone> zone(new Zone());
    zone->name_ = std::string(name_);
    zone->periodic_from_ = periodic_from_;
    zone->stretches_.push_back({kFirstChange, first_offset_, 0, 0});
    for (const Change& change : changes_) {
      if (change.offset == zone->stretches_.back().offset) continue;
      zone->stretches_.push_back({change.time, change.offset, 0, 0});
    }
    zone->Finish();
    return std::shared_ptr<const Zone>(std::move(zone));
  }

 private:
  struct Change {
    std::int64_t time;
    std::int64_t offset;
  };

  absl::Status ReadHeader(ZoneCounts& counts, char& version) {
    if (rest_.size() < kHeaderBytes || !absl::StartsWith(rest_, "TZif")) {
      return ZoneFault(name_, "does not begin with a header of TZif");
    }
    version = rest_[4];
    if (version != '\0' && (version < '2' || version > '4')) {
      return ZoneFault(name_, "has an unknown version of TZif");
    }
    std::uint64_t* const fields[] = {&counts.ut_indicators, &counts.standard_indicators,
                                     &counts.leaps,         &counts.changes,
                                     &counts.types,         &counts.characters};
    for (std::size_t i = 0; i < 6; ++i) {
      *fields[i] = static_cast<std::uint64_t>(BigEndian(rest_.substr(20 + 4 * i, 4))) & 0xFFFFFFFF;
    }
    rest_.remove_prefix(kHeaderBytes);
    return absl::OkStatus();
  }

  absl::Status ReadData() {
    if (rest_.size() > kMaxZoneBytes) return ZoneFault(name_, "has more bytes than the limit");
    ZoneCounts counts;
    char version = 0;
    FRONTDESK_RETURN_IF_ERROR(ReadHeader(counts, version));
    std::uint64_t time_bytes = 4;
    if (version != '\0') {
      // The first block is for readers of version 1.
      const std::uint64_t skipped = counts.BodyBytes(4);
      if (skipped > rest_.size()) return ZoneFault(name_, "ends early");
      rest_.remove_prefix(skipped);
      FRONTDESK_RETURN_IF_ERROR(ReadHeader(counts, version));
      time_bytes = 8;
    }
    if (counts.BodyBytes(time_bytes) > rest_.size()) return ZoneFault(name_, "ends early");
    if (counts.leaps != 0) return ZoneFault(name_, "counts leap seconds");
    if (counts.types == 0 || counts.types > 256) {
      return ZoneFault(name_, "has no local time type, or more than 256");
    }
    FRONTDESK_RETURN_IF_ERROR(ReadChanges(counts, time_bytes));
    rest_.remove_prefix(counts.BodyBytes(time_bytes));
    return version == '\0' ? absl::OkStatus() : ReadFooter();
  }

  absl::Status ReadChanges(const ZoneCounts& counts, std::uint64_t time_bytes) {
    const absl::string_view types = rest_.substr(counts.changes * (time_bytes + 1));
    std::vector<std::int64_t> offsets;
    for (std::uint64_t i = 0; i < counts.types; ++i) {
      offsets.push_back(BigEndian(types.substr(6 * i, 4)));
      if (offsets.back() < kMinOffset || offsets.back() > kMaxOffset) {
        return ZoneFault(name_, "has an offset of a day or more");
      }
    }
    first_offset_ = offsets[0];
    for (std::uint64_t i = 0; i < counts.changes; ++i) {
      const auto type = static_cast<unsigned char>(rest_[counts.changes * time_bytes + i]);
      if (type >= offsets.size()) return ZoneFault(name_, "names a type that it does not have");
      const std::int64_t time = BigEndian(rest_.substr(i * time_bytes, time_bytes));
      if (!changes_.empty() && time <= changes_.back().time) {
        return ZoneFault(name_, "has changes out of order");
      }
      changes_.push_back({time, offsets[type]});
    }
    return absl::OkStatus();
  }

  absl::Status ReadFooter() {
    const std::size_t end =
        rest_.empty() || rest_[0] != '\n' ? absl::string_view::npos : rest_.find('\n', 1);
    if (end == absl::string_view::npos) return ZoneFault(name_, "has no footer");
    const absl::string_view text = rest_.substr(1, end - 1);
    if (text.empty()) return absl::OkStatus();
    rule_ = ParsePosixRule(text);
    if (!rule_.has_value()) return ZoneFault(name_, "has a footer that is no POSIX TZ rule");
    return absl::OkStatus();
  }

  // Drops what lies outside of the years 1 to 9999.
  void Clean() {
    std::size_t before = 0;
    while (before < changes_.size() && changes_[before].time <= kFirstChange) {
      first_offset_ = changes_[before++].offset;
    }
    changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(before));
    while (!changes_.empty() && changes_.back().time >= kLastChange) changes_.pop_back();
  }

  absl::Status ExtendByRule() {
    std::int64_t last_year = kLeastLastYear;
    if (!changes_.empty()) {
      last_year = std::max(last_year, absl::ToCivilYear(absl::FromUnixSeconds(changes_.back().time),
                                                        absl::UTCTimeZone())
                                          .year());
    }
    // A whole year of the rule comes first, so that it begins as each period does.
    periodic_from_ = DayNumber(absl::CivilDay(last_year + 2, 1, 1)) * kDaySeconds;
    if (!rule_.has_value()) return absl::OkStatus();
    const bool has_changes = !changes_.empty();
    if (!rule_->has_daylight) {
      if (has_changes && changes_.back().offset != rule_->standard_offset) {
        return ZoneFault(name_, "has a footer that contradicts its last change");
      }
      if (!has_changes) first_offset_ = rule_->standard_offset;
      return absl::OkStatus();
    }
    const std::int64_t from = has_changes ? changes_.back().time : kFirstChange;
    const std::int64_t first_year =
        absl::ToCivilYear(absl::FromUnixSeconds(from), absl::UTCTimeZone()).year();
    std::vector<Change> ruled;
    for (std::int64_t year = first_year - 1; year <= last_year + 404; ++year) {
      const Change start = {LocalTimeOf(rule_->daylight_start, year) - rule_->standard_offset,
                            rule_->daylight_offset};
      const Change end = {LocalTimeOf(rule_->daylight_end, year) - rule_->daylight_offset,
                          rule_->standard_offset};
      ruled.push_back(start.time <= end.time ? start : end);
      ruled.push_back(start.time <= end.time ? end : start);
    }
    // Daylight time all year ends when it begins again: then the later one counts.
    std::stable_sort(ruled.begin(), ruled.end(),
                     [](const Change& a, const Change& b) { return a.time < b.time; });
    for (const Change& change : ruled) {
      if (change.time <= from) {
        if (!has_changes) first_offset_ = change.offset;
        continue;
      }
      if (!changes_.empty() && changes_.back().time == change.time) changes_.pop_back();
      changes_.push_back(change);
    }
    return absl::OkStatus();
  }

  absl::string_view name_;
  absl::string_view rest_;
  std::int64_t first_offset_ = 0;
  std::vector<Change> changes_;
  absl::optional<PosixRule> rule_;
  std::int64_t periodic_from_ = 0;
};

absl::StatusOr<std::shared_ptr<const Zone>> Zone::Parse(absl::string_view name,
                                                        absl::string_view bytes) {
  return ZoneBuilder(name, bytes).Build();
}

std::int64_t Zone::EndOf(std::size_t stretch) const {
  return stretch + 1 < stretches_.size() ? stretches_[stretch + 1].start : kNoChange;
}

void Zone::Finish() {
  std::string canonical;
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    Stretch& stretch = stretches_[i];
    if (stretch.start < periodic_from_ + kPeriodSeconds) {
      for (const std::int64_t number : {stretch.start, stretch.offset}) {
        for (int shift = 56; shift >= 0; shift -= 8) {
          canonical.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> shift));
        }
      }
    }
    const std::int64_t end = EndOf(i);
    stretch.max_local_end = end == kNoChange ? kNoChange : end + stretch.offset;
    if (i > 0) {
      stretch.max_local_end = std::max(stretch.max_local_end, stretches_[i - 1].max_local_end);
    }
  }
  for (std::size_t i = stretches_.size(); i-- > 0;) {
    Stretch& stretch = stretches_[i];
    stretch.min_local_start = stretch.start + stretch.offset;
    if (i + 1 < stretches_.size()) {
      stretch.min_local_start =
          std::min(stretch.min_local_start, stretches_[i + 1].min_local_start);
    }
  }
  hash_ = internal::Sha256Hex(canonical);
}

namespace {

// The seconds of whole periods by which `seconds` is beyond the first one.
std::int64_t PeriodsBeyond(std::int64_t seconds, std::int64_t periodic_from) {
  const std::int64_t beyond = seconds - periodic_from;
  return beyond < kPeriodSeconds ? 0 : beyond / kPeriodSeconds * kPeriodSeconds;
}

}  // namespace

std::size_t Zone::FindStretch(std::int64_t seconds) const {
  const auto after = std::upper_bound(
      stretches_.begin(), stretches_.end(), seconds,
      [](std::int64_t time, const Stretch& stretch) { return time < stretch.start; });
  return after == stretches_.begin()
             ? 0
             : static_cast<std::size_t>(std::distance(stretches_.begin(), after)) - 1;
}

int Zone::OffsetAt(std::int64_t seconds) const {
  seconds -= PeriodsBeyond(seconds, periodic_from_);
  return static_cast<int>(stretches_[FindStretch(seconds)].offset);
}

std::int64_t Zone::NextChange(std::int64_t seconds) const {
  const std::int64_t shift = PeriodsBeyond(seconds, periodic_from_);
  const std::int64_t end = EndOf(FindStretch(seconds - shift));
  return end == kNoChange ? kNoChange : end + shift;
}

// Local times differ from instants by less than two days; so the periods of local times begin some days later.
std::int64_t Zone::FirstAt(std::int64_t local) const {
  const std::int64_t shift = PeriodsBeyond(local, periodic_from_ + 3 * kDaySeconds);
  local -= shift;
  const auto stretch =
      std::partition_point(stretches_.begin(), stretches_.end(),
                           [local](const Stretch& each) { return each.max_local_end <= local; });
  if (stretch == stretches_.begin()) return local - stretch->offset + shift;
  return std::max(stretch->start, local - stretch->offset) + shift;
}

std::int64_t Zone::LastAt(std::int64_t local) const {
  const std::int64_t shift = PeriodsBeyond(local, periodic_from_ + 3 * kDaySeconds);
  local -= shift;
  const auto after =
      std::partition_point(stretches_.begin(), stretches_.end(),
                           [local](const Stretch& each) { return each.min_local_start <= local; });
  const std::size_t stretch =
      after == stretches_.begin()
          ? 0
          : static_cast<std::size_t>(std::distance(stretches_.begin(), after)) - 1;
  return std::min(EndOf(stretch), local - stretches_[stretch].offset) + shift;
}

ZoneSource SystemZones(absl::string_view folder) {
  return [folder = std::string(folder)](absl::string_view name) -> absl::StatusOr<std::string> {
    std::ifstream file(absl::StrCat(folder, "/", name), std::ios::binary);
    std::string bytes(kMaxZoneBytes + 1, '\0');
    if (!file.read(&bytes[0], static_cast<std::streamsize>(bytes.size())) && file.gcount() == 0) {
      return absl::NotFoundError("the folder has no such file");
    }
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
  };
}

absl::StatusOr<std::shared_ptr<const Zone>> LoadZone(const ZoneSource& zones,
                                                     absl::string_view name) {
  if (!IsTimeZoneName(name)) {
    return MakeError(kReasonCalendarZoneUnknown, "the text is no name of a time zone");
  }
  absl::StatusOr<std::string> bytes = zones == nullptr ? absl::NotFoundError("") : zones(name);
  if (absl::IsNotFound(bytes.status())) {
    return MakeError(kReasonCalendarZoneUnknown, absl::StrCat("there is no time zone ", name));
  }
  FRONTDESK_RETURN_IF_ERROR(bytes.status());
  return Zone::Parse(name, *bytes);
}

}  // namespace calendar
}  // namespace frontdesk
