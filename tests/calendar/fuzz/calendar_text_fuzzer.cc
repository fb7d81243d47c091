// Any text as a calendar: it is refused, or its queries keep the laws.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/time/time.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/v1/calendar.pb.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/text_format.h"

namespace frontdesk {
namespace calendar {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckLaws(const BusinessCalendar& calendar, absl::Time time) {
  const absl::Duration span = absl::Hours(5) + absl::Nanoseconds(7);
  const absl::StatusOr<absl::Time> later = calendar.Add(time, span);
  const absl::StatusOr<absl::Time> next = calendar.NextOpen(time);
  if (next.ok()) Require(*next >= time && calendar.IsOpen(*next));
  if (!later.ok()) return;
  Require(calendar.Between(time, *later) == span);
  if (calendar.IsOpen(time)) Require(*calendar.Subtract(*later, span) == time);
  const absl::StatusOr<absl::Time> day = calendar.AddBusinessDays(time, 1);
  if (day.ok()) Require(*day >= time - absl::Hours(48));
  const absl::StatusOr<std::vector<Segment>> segments =
      calendar.Segments(time, time + absl::Hours(500));
  absl::Duration open;
  for (const Segment& segment : segments.value()) {
    Require(segment.start < segment.end);
    if (segment.is_open) open += segment.end - segment.start;
  }
  Require(open == calendar.Between(time, time + absl::Hours(500)));
}

int FuzzCalendar(const std::uint8_t* data, std::size_t size) {
  const google::protobuf::LogSilencer silencer;
  v1::Calendar message;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) return 0;
  CalendarLimits limits;
  limits.max_exception_intervals = 10'000;
  const absl::StatusOr<BusinessCalendar> calendar =
      BusinessCalendar::Compile(message, SystemZones(), limits);
  if (!calendar.ok()) return 0;
  for (const std::int64_t seconds : {1'774'746'000LL, 1'792'890'000LL, 64'060'588'800LL}) {
    CheckLaws(*calendar, absl::FromUnixSeconds(seconds) + absl::Nanoseconds(3));
  }
  return 0;
}

}  // namespace
}  // namespace calendar
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return frontdesk::calendar::FuzzCalendar(data, size);
}
