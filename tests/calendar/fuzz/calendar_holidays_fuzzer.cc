// Any text as holidays, in both forms: it is refused, or a calendar accepts them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/holidays.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {
namespace {

void CheckHolidays(const absl::StatusOr<std::vector<v1::CalendarException>>& holidays) {
  if (!holidays.ok()) return;
  v1::Calendar calendar;
  calendar.set_calendar_id("c");
  calendar.set_time_zone("UTC");
  for (const v1::CalendarException& holiday : *holidays) *calendar.add_exceptions() = holiday;
  if (!BusinessCalendar::Compile(calendar, SystemZones()).ok()) std::abort();
}

int FuzzHolidays(const std::uint8_t* data, std::size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  HolidayOptions options;
  options.first_date = absl::CivilDay(2026, 1, 1);
  options.last_date = absl::CivilDay(2026, 12, 31);
  options.max_rules = 20;
  options.max_holidays = 5'000;
  options.zones = SystemZones();
  options.zone = LoadZone(options.zones, "Europe/Berlin").value();
  CheckHolidays(HolidaysFromJson(text, options));
  CheckHolidays(HolidaysFromICalendar(text, options));
  return 0;
}

}  // namespace
}  // namespace calendar
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return frontdesk::calendar::FuzzHolidays(data, size);
}
