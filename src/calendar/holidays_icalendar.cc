#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "calendar/holiday_list.h"
#include "frontdesk/calendar/holidays.h"

#ifdef FRONTDESK_WITH_LIBICAL

#include <libical/ical.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "calendar/civil.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace calendar {
namespace {

// Components inside of components; a calendar has three.
constexpr int kMaxNesting = 8;
constexpr std::int64_t kMaxEventSeconds = 366 * kDaySeconds;
// Occurrences that are computed for one holiday inside of the window: rules may begin long before it.
constexpr std::size_t kOccurrencesPerHoliday = 4;

absl::Status EventFault(absl::string_view text) {
  return MakeError(kReasonCalendarHolidaysSyntax, absl::StrCat("an event ", text));
}

// Whether a line begins or ends a component, after its name.
bool IsLineOf(absl::string_view line, absl::string_view property) {
  const absl::string_view name = line.substr(0, line.find_first_of(":;"));
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(name), property);
}

// Whether it is that name, a colon and the name of a component.
bool IsPlainLineOf(absl::string_view line, absl::string_view property) {
  if (!absl::StartsWith(line, property)) return false;
  line.remove_prefix(property.size());
  return line.size() > 1 && line[0] == ':' && std::all_of(line.begin() + 1, line.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '-';
         });
}

// Joins folded lines. Refuses text that is nested deeper than the library's recursion should go, and an END too many, about which the
// library would write to stderr.
absl::StatusOr<std::string> Unfold(absl::string_view text) {
  std::string unfolded;
  unfolded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t rest = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
    const std::size_t next = i + rest + 1;
    if (text[i + rest] == '\n' && next < text.size() && (text[next] == ' ' || text[next] == '\t')) {
      i = next;
    } else if (text[i] == '\0') {
      return MakeError(kReasonCalendarHolidaysSyntax, "the text has a null character");
    } else {
      unfolded.push_back(text[i]);
    }
  }
  int depth = 0;
  for (std::size_t begin = 0; begin < unfolded.size();) {
    const std::size_t end = std::min(unfolded.find('\n', begin), unfolded.size());
    const absl::string_view line =
        absl::StripTrailingAsciiWhitespace(absl::string_view(unfolded).substr(begin, end - begin));
    for (const absl::string_view property : {"BEGIN", "END"}) {
      if (!IsLineOf(line, property)) continue;
      depth += property == "BEGIN" ? 1 : -1;
      if (depth < 0 || depth > kMaxNesting || !IsPlainLineOf(line, property)) {
        return MakeError(kReasonCalendarHolidaysSyntax,
                         "a component ends before it begins, is nested too deeply, or has no name");
      }
    }
    begin = end + 1;
  }
  return unfolded;
}

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
struct FreeIterator {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};

// A time as an event has it: local seconds, and the place whose clock shows them.
struct EventTime {
  std::int64_t local = 0;
  bool is_date = false;
  bool is_utc = false;
  std::string zone;  // Empty: floating, or UTC.
};

EventTime TimeOf(const icaltimetype& time, absl::string_view zone) {
  const absl::CivilSecond civil(time.year, time.month, time.day, time.is_date ? 0 : time.hour,
                                time.is_date ? 0 : time.minute, time.is_date ? 0 : time.second);
  return {civil - absl::CivilSecond(1970, 1, 1), time.is_date != 0, icaltime_is_utc(time) != 0,
          std::string(zone)};
}

absl::string_view ZoneIdOf(const icalproperty* property) {
  icalparameter* const parameter =
      icalproperty_get_first_parameter(const_cast<icalproperty*>(property), ICAL_TZID_PARAMETER);
  const char* const id = parameter == nullptr ? nullptr : icalparameter_get_tzid(parameter);
  return id == nullptr ? "" : id;
}

// Reads the events of one text.
class EventReader {
 public:
  explicit EventReader(const HolidayOptions& options) : options_(options), holidays_(options) {}

  absl::StatusOr<std::vector<v1::CalendarException>> Read(const std::string& text) {
    const std::unique_ptr<icalcomponent, FreeComponent> root(icalparser_parse_string(text.c_str()));
    if (root == nullptr) return NoCalendar();
    CollectEvents(root.get());
    if (!has_calendar_) return NoCalendar();
    if (events_.size() > options_.max_events) {
      return HolidaysTooMany("events", options_.max_events);
    }
    for (icalcomponent* const event : events_) FRONTDESK_RETURN_IF_ERROR(ReadReplaced(event));
    for (icalcomponent* const event : events_) FRONTDESK_RETURN_IF_ERROR(ReadEvent(event));
    return holidays_.Build();
  }

 private:
  static absl::Status NoCalendar() {
    return MakeError(kReasonCalendarHolidaysSyntax, "the text has no VCALENDAR");
  }

  void CollectEvents(icalcomponent* component) {
    if (icalcomponent_isa(component) == ICAL_VCALENDAR_COMPONENT) has_calendar_ = true;
    for (icalcomponent* inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
         inner != nullptr;
         inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT)) {
      if (icalcomponent_isa(inner) == ICAL_VEVENT_COMPONENT) {
        events_.push_back(inner);
      } else if (icalcomponent_isa(inner) == ICAL_VCALENDAR_COMPONENT) {
        CollectEvents(inner);
      }
    }
  }

  // The local time of the calendar's zone.
  absl::StatusOr<std::int64_t> ToLocal(const EventTime& time) {
    if (time.is_date || (!time.is_utc && time.zone.empty())) return time.local;
    if (options_.zone == nullptr) {
      return MakeError(kReasonCalendarZoneUnknown,
                       "an event has a time zone, and that of the calendar is not given");
    }
    std::int64_t seconds = time.local;
    if (!time.is_utc) {
      if (time.zone == options_.zone->name()) return time.local;
      FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const Zone> zone, FindZone(time.zone));
      seconds = zone->FirstAt(time.local);
    }
    return seconds + options_.zone->OffsetAt(seconds);
  }

  absl::StatusOr<std::shared_ptr<const Zone>> FindZone(const std::string& name) {
    std::shared_ptr<const Zone>& zone = zones_[name];
    if (zone == nullptr) {
      FRONTDESK_ASSIGN_OR_RETURN(zone, LoadZone(options_.zones, name));
    }
    return zone;
  }

  // The time of a property that has one; the property may be null.
  template <typename Get>
  absl::StatusOr<EventTime> ReadTime(icalproperty* property, Get get) {
    if (property == nullptr) return EventFault("has no start");
    const icaltimetype time = get(property);
    const absl::CivilDay day(time.year, time.month, time.day);
    if (icaltime_is_null_time(time) || day.month() != time.month || day.day() != time.day ||
        day.year() < 1900 || day.year() > 2200) {
      return EventFault("has a time that is not valid, or not in the years 1900 to 2200");
    }
    return TimeOf(time, ZoneIdOf(property));
  }

  static icalproperty* First(icalcomponent* event, icalproperty_kind kind) {
    return icalcomponent_get_first_property(event, kind);
  }

  static std::string UidOf(icalcomponent* event) {
    const char* const uid = icalcomponent_get_uid(event);
    return uid == nullptr ? "" : uid;
  }

  // An event with RECURRENCE-ID replaces that instance of a rule.
  absl::Status ReadReplaced(icalcomponent* event) {
    icalproperty* const property = First(event, ICAL_RECURRENCEID_PROPERTY);
    if (property == nullptr) return absl::OkStatus();
    FRONTDESK_ASSIGN_OR_RETURN(const EventTime time,
                               ReadTime(property, icalproperty_get_recurrenceid));
    FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t local, ToLocal(time));
    replaced_[UidOf(event)].insert(local);
    return absl::OkStatus();
  }

  absl::StatusOr<std::int64_t> ReadLength(icalcomponent* event, const EventTime& start) {
    icalproperty* const end = First(event, ICAL_DTEND_PROPERTY);
    icalproperty* const duration = First(event, ICAL_DURATION_PROPERTY);
    std::int64_t length = start.is_date ? kDaySeconds : 0;
    if (end != nullptr) {
      FRONTDESK_ASSIGN_OR_RETURN(const EventTime end_time, ReadTime(end, icalproperty_get_dtend));
      FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t local_end, ToLocal(end_time));
      FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t local_start, ToLocal(start));
      length = local_end - local_start;
    } else if (duration != nullptr) {
      length = icaldurationtype_as_int(icalproperty_get_duration(duration));
    }
    if (length < 0 || length > kMaxEventSeconds) {
      return EventFault("ends before it starts, or more than 366 days later");
    }
    return length;
  }

  // The library drops a property that it cannot read, and leaves a note. A date or rule that is lost makes other holidays.
  static absl::Status CheckDropped(icalcomponent* event) {
    for (icalproperty* property = First(event, ICAL_XLICERROR_PROPERTY); property != nullptr;
         property = icalcomponent_get_next_property(event, ICAL_XLICERROR_PROPERTY)) {
      const char* const note = icalproperty_get_xlicerror(property);
      for (const char* name :
           {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}) {
        if (note == nullptr || absl::StrContains(note, absl::StrCat(name, " property"))) {
          return EventFault(absl::StrCat("has a ", name, " that is not valid"));
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadEvent(icalcomponent* event) {
    FRONTDESK_RETURN_IF_ERROR(CheckDropped(event));
    FRONTDESK_ASSIGN_OR_RETURN(const EventTime start, ReadTime(First(event, ICAL_DTSTART_PROPERTY),
                                                               icalproperty_get_dtstart));
    FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t length, ReadLength(event, start));
    if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return absl::OkStatus();
    const bool is_instance = First(event, ICAL_RECURRENCEID_PROPERTY) != nullptr;
    std::set<std::int64_t> excluded;
    std::set<std::int64_t> excluded_days;
    FRONTDESK_RETURN_IF_ERROR(ReadExcluded(event, excluded, excluded_days));
    if (!is_instance) {
      const std::set<std::int64_t>& replaced = replaced_[UidOf(event)];
      excluded.insert(replaced.begin(), replaced.end());
    }
    std::set<std::int64_t> locals = {start.local};
    FRONTDESK_RETURN_IF_ERROR(Repeat(event, start, locals));
    std::set<std::int64_t> starts;
    for (const std::int64_t local : locals) {
      EventTime occurrence = start;
      occurrence.local = local;
      FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t converted, ToLocal(occurrence));
      starts.insert(converted);
    }
    FRONTDESK_RETURN_IF_ERROR(ReadDates(event, starts));
    const char* const summary = icalcomponent_get_summary(event);
    for (const std::int64_t local : starts) {
      if (excluded.count(local) != 0 || excluded_days.count(FloorDiv(local, kDaySeconds)) != 0) {
        continue;
      }
      if (length == 0) continue;
      FRONTDESK_RETURN_IF_ERROR(
          holidays_.Add(local, local + length, start.is_date, summary == nullptr ? "" : summary));
    }
    return absl::OkStatus();
  }

  absl::Status ReadExcluded(icalcomponent* event, std::set<std::int64_t>& excluded,
                            std::set<std::int64_t>& excluded_days) {
    for (icalproperty* property = First(event, ICAL_EXDATE_PROPERTY); property != nullptr;
         property = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
      FRONTDESK_ASSIGN_OR_RETURN(const EventTime time, ReadTime(property, icalproperty_get_exdate));
      FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t local, ToLocal(time));
      if (time.is_date) {
        excluded_days.insert(FloorDiv(local, kDaySeconds));
      } else {
        excluded.insert(local);
      }
    }
    return absl::OkStatus();
  }

  // RDATE: the start of a period counts, and the event has its own length.
  absl::Status ReadDates(icalcomponent* event, std::set<std::int64_t>& starts) {
    for (icalproperty* property = First(event, ICAL_RDATE_PROPERTY); property != nullptr;
         property = icalcomponent_get_next_property(event, ICAL_RDATE_PROPERTY)) {
      const auto get = [](icalproperty* each) {
        const icaldatetimeperiodtype date = icalproperty_get_rdate(each);
        return icaltime_is_null_time(date.time) ? date.period.start : date.time;
      };
      FRONTDESK_ASSIGN_OR_RETURN(const EventTime time, ReadTime(property, get));
      FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t local, ToLocal(time));
      starts.insert(local);
    }
    return absl::OkStatus();
  }

  absl::Status Repeat(icalcomponent* event, const EventTime& start,
                      std::set<std::int64_t>& locals) {
    // A component has one place in its properties: nothing else is looked up inside of the loop.
    const icaltimetype first = icalproperty_get_dtstart(First(event, ICAL_DTSTART_PROPERTY));
    for (icalproperty* property = First(event, ICAL_RRULE_PROPERTY); property != nullptr;
         property = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY)) {
      if (++rules_ > options_.max_rules) return HolidaysTooMany("rules", options_.max_rules);
      icalrecurrencetype rule = icalproperty_get_rrule(property);
      if (rule.freq == ICAL_NO_RECURRENCE || rule.rscale != nullptr) {
        return EventFault("has a rule that is not valid, or of another calendar system");
      }
      if (rule.freq < ICAL_DAILY_RECURRENCE || rule.by_hour[0] != ICAL_RECURRENCE_ARRAY_MAX ||
          rule.by_minute[0] != ICAL_RECURRENCE_ARRAY_MAX ||
          rule.by_second[0] != ICAL_RECURRENCE_ARRAY_MAX) {
        return MakeError(kReasonCalendarHolidaysFrequency,
                         "an event repeats more often than once a day");
      }
      FRONTDESK_RETURN_IF_ERROR(RepeatRule(rule, first, start, locals));
    }
    return absl::OkStatus();
  }

  absl::Status RepeatRule(const icalrecurrencetype& rule, const icaltimetype& first,
                          const EventTime& start, std::set<std::int64_t>& locals) {
    const std::unique_ptr<icalrecur_iterator, FreeIterator> iterator(
        icalrecur_iterator_new(rule, first));
    if (iterator == nullptr) return EventFault("has a rule that is not valid");
    // One day more: the zone of the event may be behind that of the calendar.
    const std::int64_t end = (DayNumber(options_.last_date) + 2) * kDaySeconds;
    for (;;) {
      const icaltimetype time = icalrecur_iterator_next(iterator.get());
      if (icaltime_is_null_time(time)) return absl::OkStatus();
      const std::int64_t local = TimeOf(time, start.zone).local;
      if (local >= end) return absl::OkStatus();
      locals.insert(local);
      if (++occurrences_ > kOccurrencesPerHoliday * options_.max_holidays) {
        return HolidaysTooMany("occurrences of events",
                               kOccurrencesPerHoliday * options_.max_holidays);
      }
    }
  }

  const HolidayOptions& options_;
  HolidayList holidays_;
  bool has_calendar_ = false;
  std::vector<icalcomponent*> events_;
  std::map<std::string, std::set<std::int64_t>> replaced_;
  std::map<std::string, std::shared_ptr<const Zone>> zones_;
  std::size_t rules_ = 0;
  std::size_t occurrences_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<v1::CalendarException>> HolidaysFromICalendar(
    absl::string_view text, const HolidayOptions& options) {
  FRONTDESK_RETURN_IF_ERROR(CheckHolidayWindow(options));
  if (text.size() > options.max_text_bytes) {
    return HolidaysTooMany("bytes", options.max_text_bytes);
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::string unfolded, Unfold(text));
  return EventReader(options).Read(unfolded);
}

bool HasICalendarLibrary() { return true; }

}  // namespace calendar
}  // namespace frontdesk

#else

namespace frontdesk {
namespace calendar {

absl::StatusOr<std::vector<v1::CalendarException>> HolidaysFromICalendar(
    absl::string_view /*text*/, const HolidayOptions& /*options*/) {
  return MakeError(kReasonCalendarNoIcalendarLibrary, "this build has no libical");
}

bool HasICalendarLibrary() { return false; }

}  // namespace calendar
}  // namespace frontdesk

#endif
