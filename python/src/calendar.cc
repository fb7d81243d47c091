// Business time: frontdesk/calendar.
#include <pybind11/stl.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "bridge.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/holidays.h"
#include "frontdesk/calendar/reasons.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/v1/calendar.pb.h"
#include "limit_table.h"

namespace frontdesk::python {
namespace {

using calendar::BusinessCalendar;

// Seconds and nanoseconds of the same sign.
using SpanTuple = std::tuple<int64_t, int64_t>;
// The data of zones by name; nothing: the files of the system.
using ZoneData = std::optional<std::map<std::string, std::string>>;

calendar::ZoneSource ToZoneSource(const ZoneData& zones) {
  if (!zones.has_value()) return calendar::SystemZones();
  return [zones](absl::string_view name) -> absl::StatusOr<std::string> {
    const auto found = zones->find(std::string(name));
    if (found == zones->end()) return absl::NotFoundError("there is no such zone");
    return found->second;
  };
}

absl::Duration ToSpan(const SpanTuple& parts) {
  return absl::Seconds(std::get<0>(parts)) + absl::Nanoseconds(std::get<1>(parts));
}

SpanTuple FromSpan(absl::Duration span) {
  absl::Duration rest;
  const int64_t seconds = absl::IDivDuration(span, absl::Seconds(1), &rest);
  return {seconds, absl::ToInt64Nanoseconds(rest)};
}

TimeTuple TimeOrThrow(absl::StatusOr<absl::Time> time) {
  return FromTime(ValueOrThrow(std::move(time)));
}

std::vector<BusinessCalendar> Compile(const std::vector<py::bytes>& messages, const ZoneData& zones,
                                      const py::dict& limit_values) {
  calendar::CalendarLimits limits;
  ReadLimits<LimitGroup::kCalendarLimits>(limit_values, limits);
  std::vector<v1::Calendar> calendars;
  for (const py::bytes& message : messages) {
    calendars.push_back(Parse<v1::Calendar>(View(message)));
  }
  return WithoutGil([&] {
    std::vector<const v1::Calendar*> pointers;
    for (const v1::Calendar& each : calendars) pointers.push_back(&each);
    return ValueOrThrow(BusinessCalendar::CompileAll(pointers, ToZoneSource(zones), limits));
  });
}

py::list Segments(const BusinessCalendar& self, const TimeTuple& start, const TimeTuple& end,
                  int64_t max_segments) {
  const std::vector<calendar::Segment> segments = WithoutGil([&] {
    return ValueOrThrow(
        self.Segments(ToTime(start), ToTime(end), static_cast<size_t>(max_segments)));
  });
  py::list result;
  for (const calendar::Segment& segment : segments) {
    result.append(py::make_tuple(FromTime(segment.start), FromTime(segment.end), segment.is_open,
                                 static_cast<int>(segment.kind), Str(segment.name)));
  }
  return result;
}

// ---- Columns: numbers of 64 bits in the order of the machine. Instants and spans are nanoseconds, as numpy has them. ----

// numpy's NaT.
constexpr int64_t kNoTime = INT64_MIN;

std::vector<int64_t> ReadColumn(absl::string_view bytes) {
  std::vector<int64_t> column(bytes.size() / sizeof(int64_t));
  std::memcpy(column.data(), bytes.data(), column.size() * sizeof(int64_t));
  return column;
}

std::string WriteColumn(const std::vector<int64_t>& column) {
  return std::string(reinterpret_cast<const char*>(column.data()), column.size() * sizeof(int64_t));
}

absl::StatusOr<int64_t> ToNanos(absl::StatusOr<absl::Time> time) {
  if (!time.ok()) return time.status();
  const absl::Duration span = *time - absl::UnixEpoch();
  const int64_t nanos = absl::ToInt64Nanoseconds(span);
  if (absl::Nanoseconds(nanos) != span) {
    return MakeError(
        kReasonCalendarTimeRange,
        "a result is not in the years 1678 to 2261, which 64 bits of nanoseconds hold");
  }
  return nanos;
}

// work(instant, other number) of each row. Rows without a time have none in the result; `other` may be empty.
template <typename Work>
py::bytes ForEachRow(const py::bytes& times, const py::bytes& other, Work&& work) {
  const absl::string_view first = View(times);
  const absl::string_view second = View(other);
  return WithoutGilBytes([&] {
    std::vector<int64_t> column = ReadColumn(first);
    const std::vector<int64_t> others = ReadColumn(second);
    for (size_t i = 0; i < column.size(); ++i) {
      const int64_t argument = i < others.size() ? others[i] : 0;
      if (column[i] == kNoTime || argument == kNoTime) {
        column[i] = kNoTime;
        continue;
      }
      column[i] =
          ValueOrThrow(absl::StatusOr<int64_t>(work(absl::FromUnixNanos(column[i]), argument)));
    }
    return WriteColumn(column);
  });
}

void BindColumns(py::class_<BusinessCalendar>& bound) {
  bound.def("is_open_all", [](const BusinessCalendar& self, const py::bytes& times) {
    return ForEachRow(times, py::bytes(), [&](absl::Time time, int64_t) -> int64_t {
      return self.IsOpen(time) ? 1 : 0;
    });
  });
  bound.def("next_open_all", [](const BusinessCalendar& self, const py::bytes& times) {
    return ForEachRow(times, py::bytes(),
                      [&](absl::Time time, int64_t) { return ToNanos(self.NextOpen(time)); });
  });
  bound.def("next_close_all", [](const BusinessCalendar& self, const py::bytes& times) {
    return ForEachRow(times, py::bytes(),
                      [&](absl::Time time, int64_t) { return ToNanos(self.NextClose(time)); });
  });
  bound.def("between_all",
            [](const BusinessCalendar& self, const py::bytes& starts, const py::bytes& ends) {
              return ForEachRow(starts, ends, [&](absl::Time start, int64_t end) {
                return ToNanos(absl::UnixEpoch() + self.Between(start, absl::FromUnixNanos(end)));
              });
            });
  bound.def("add_all",
            [](const BusinessCalendar& self, const py::bytes& times, const py::bytes& spans) {
              return ForEachRow(times, spans, [&](absl::Time time, int64_t span) {
                return ToNanos(self.Add(time, absl::Nanoseconds(span)));
              });
            });
  bound.def("subtract_all",
            [](const BusinessCalendar& self, const py::bytes& times, const py::bytes& spans) {
              return ForEachRow(times, spans, [&](absl::Time time, int64_t span) {
                return ToNanos(self.Subtract(time, absl::Nanoseconds(span)));
              });
            });
  bound.def("add_business_days_all",
            [](const BusinessCalendar& self, const py::bytes& times, const py::bytes& days) {
              return ForEachRow(times, days, [&](absl::Time time, int64_t count) {
                return ToNanos(self.AddBusinessDays(time, count));
              });
            });
}

void BindCalendars(py::module_& module) {
  py::class_<BusinessCalendar> bound(module, "Calendar");
  bound.def("id", &BusinessCalendar::id)
      .def("zone", [](const BusinessCalendar& self) { return self.zone().name(); })
      .def("zones",
           [](const BusinessCalendar& self) {
             std::vector<std::pair<std::string, std::string>> zones;
             for (const auto& zone : self.zones()) zones.emplace_back(zone->name(), zone->hash());
             return zones;
           })
      .def("is_open", [](const BusinessCalendar& self,
                         const TimeTuple& time) { return self.IsOpen(ToTime(time)); })
      .def("between",
           [](const BusinessCalendar& self, const TimeTuple& start, const TimeTuple& end) {
             return FromSpan(self.Between(ToTime(start), ToTime(end)));
           })
      .def("next_open",
           [](const BusinessCalendar& self, const TimeTuple& time) {
             return TimeOrThrow(self.NextOpen(ToTime(time)));
           })
      .def("next_close",
           [](const BusinessCalendar& self, const TimeTuple& time) {
             return TimeOrThrow(self.NextClose(ToTime(time)));
           })
      .def("add",
           [](const BusinessCalendar& self, const TimeTuple& time, const SpanTuple& span) {
             return TimeOrThrow(self.Add(ToTime(time), ToSpan(span)));
           })
      .def("subtract",
           [](const BusinessCalendar& self, const TimeTuple& time, const SpanTuple& span) {
             return TimeOrThrow(self.Subtract(ToTime(time), ToSpan(span)));
           })
      .def("add_business_days",
           [](const BusinessCalendar& self, const TimeTuple& time, int64_t days) {
             return TimeOrThrow(self.AddBusinessDays(ToTime(time), days));
           })
      .def("segments", &Segments);
  BindColumns(bound);
  module.def("calendar_compile", &Compile);
  module.def("calendar_combine", [](int operation, const std::vector<BusinessCalendar>& calendars) {
    return WithoutGil([&] {
      return ValueOrThrow(BusinessCalendar::Combine(
          static_cast<v1::CalendarCombination::Operation>(operation), calendars));
    });
  });
}

// (first date, last date) as days since 1970-01-01.
calendar::HolidayOptions ToHolidayOptions(const std::tuple<int64_t, int64_t>& dates, int kind,
                                          const py::dict& limit_values) {
  calendar::HolidayOptions options;
  ReadLimits<LimitGroup::kHolidayLimits>(limit_values, options);
  options.first_date = absl::CivilDay(1970, 1, 1) + std::get<0>(dates);
  options.last_date = absl::CivilDay(1970, 1, 1) + std::get<1>(dates);
  options.kind = static_cast<v1::CalendarException::Kind>(kind);
  return options;
}

void BindHolidays(py::module_& module) {
  module.def("holidays_from_json",
             [](const py::bytes& text, const std::tuple<int64_t, int64_t>& dates, int kind,
                const py::dict& limits, const std::vector<std::string>& types) {
               calendar::HolidayOptions options = ToHolidayOptions(dates, kind, limits);
               options.types = types;
               const absl::string_view view = View(text);
               return BytesList(WithoutGil([&] {
                 return SerializeAll(ValueOrThrow(calendar::HolidaysFromJson(view, options)));
               }));
             });
  module.def("holidays_from_icalendar",
             [](const py::bytes& text, const std::tuple<int64_t, int64_t>& dates, int kind,
                const py::dict& limits, const std::string& zone, const ZoneData& zones) {
               calendar::HolidayOptions options = ToHolidayOptions(dates, kind, limits);
               const absl::string_view view = View(text);
               return BytesList(WithoutGil([&] {
                 options.zones = ToZoneSource(zones);
                 if (!zone.empty()) {
                   options.zone = ValueOrThrow(calendar::LoadZone(options.zones, zone));
                 }
                 return SerializeAll(ValueOrThrow(calendar::HolidaysFromICalendar(view, options)));
               }));
             });
  module.def("holidays_has_icalendar_library", &calendar::HasICalendarLibrary);
}

}  // namespace

void BindCalendar(py::module_& module) {
  BindCalendars(module);
  BindHolidays(module);
}

}  // namespace frontdesk::python
