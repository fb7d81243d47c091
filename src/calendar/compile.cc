// From messages to compiled calendars.
#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "calendar/calendar_source.h"
#include "calendar/compiled_calendar.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace calendar {
namespace {

using Compiled = std::shared_ptr<const CompiledCalendar>;

void AddZones(const CompiledCalendar& calendar, std::vector<std::shared_ptr<const Zone>>& zones) {
  zones.insert(zones.end(), calendar.zones.begin(), calendar.zones.end());
  std::sort(zones.begin(), zones.end(),
            [](const auto& a, const auto& b) { return a->name() < b->name(); });
  zones.erase(std::unique(zones.begin(), zones.end(),
                          [](const auto& a, const auto& b) {
                            return a->name() == b->name() && a->hash() == b->hash();
                          }),
              zones.end());
}

// `zone`: where business days are counted; null: the zone of the first.
absl::StatusOr<Compiled> CombineCompiled(std::string id,
                                         v1::CalendarCombination::Operation operation,
                                         const std::vector<Compiled>& calendars,
                                         std::shared_ptr<const Zone> zone,
                                         const CalendarLimits& limits) {
  std::vector<std::shared_ptr<const Zone>> zones;
  if (zone == nullptr) {
    zone = calendars[0]->zone;
  } else {
    zones.push_back(zone);
  }
  // Combined with itself, to begin the period where that of the zone does. A difference with itself would be empty.
  absl::StatusOr<Timeline> timeline =
      CombineTimelines(v1::CalendarCombination::OPERATION_UNION, calendars[0]->timeline,
                       calendars[0]->timeline, zone->periodic_from(), limits);
  AddZones(*calendars[0], zones);
  for (std::size_t i = 1; i < calendars.size(); ++i) {
    FRONTDESK_RETURN_IF_ERROR(timeline.status());
    timeline = CombineTimelines(operation, *timeline, calendars[i]->timeline, 0, limits);
    AddZones(*calendars[i], zones);
  }
  FRONTDESK_RETURN_IF_ERROR(timeline.status());
  return std::make_shared<const CompiledCalendar>(std::move(id), *std::move(timeline),
                                                  std::move(zone), std::move(zones));
}

// Compiles a list.
class ListCompiler {
 public:
  ListCompiler(absl::Span<const v1::Calendar* const> calendars, const ZoneSource& zones,
               const CalendarLimits& limits, bool is_list)
      : calendars_(calendars),
        zones_(zones),
        limits_(limits),
        is_list_(is_list),
        errors_(kReasonCalendarInvalid, "a calendar is not valid") {}

  absl::StatusOr<std::vector<Compiled>> Compile() {
    if (calendars_.size() > limits_.max_calendars) {
      return MakeError(kReasonCalendarTooLarge,
                       absl::StrCat("there are more than ", limits_.max_calendars, " calendars"));
    }
    sources_.resize(calendars_.size());
    zone_of_.resize(calendars_.size());
    compiled_.resize(calendars_.size());
    states_.resize(calendars_.size());
    for (std::size_t i = 0; i < calendars_.size(); ++i) {
      FRONTDESK_RETURN_IF_ERROR(Read(i));
    }
    for (std::size_t i = 0; i < calendars_.size(); ++i) CheckCombination(i);
    FRONTDESK_RETURN_IF_ERROR(errors_.Build());
    for (std::size_t i = 0; i < calendars_.size(); ++i) {
      FRONTDESK_RETURN_IF_ERROR(CompileOne(i));
    }
    FRONTDESK_RETURN_IF_ERROR(errors_.Build());
    return std::move(compiled_);
  }

 private:
  enum class State { kNew, kOpen, kDone };

  std::string Prefix(std::size_t i) const { return is_list_ ? absl::StrCat("[", i, "]") : ""; }
  void Add(std::size_t i, absl::string_view path, const Reason& reason, absl::string_view text) {
    errors_.Add(JoinFieldPath(Prefix(i), path), reason, text);
  }

  absl::Status Read(std::size_t i) {
    const v1::Calendar& calendar = *calendars_[i];
    if (calendar.calendar_id().empty()) {
      Add(i, "calendar_id", kReasonCalendarFieldRequired, "a calendar has an id");
    } else if (const absl::optional<IdFault> fault = FindIdFault(calendar.calendar_id());
               fault.has_value()) {
      Add(i, "calendar_id", *fault->reason, fault->text);
    } else if (!places_.emplace(calendar.calendar_id(), i).second) {
      Add(i, "calendar_id", kReasonCalendarIdDuplicate, "another calendar has this id");
    }
    if (!calendar.name().empty() && FindIdFault(calendar.name()).has_value()) {
      Add(i, "name", kReasonCalendarTextEncoding,
          "a name has at most 1,024 bytes of UTF-8, without control or invisible characters");
    }
    FRONTDESK_RETURN_IF_ERROR(ReadZone(i));
    if (!calendar.has_combination()) {
      FRONTDESK_ASSIGN_OR_RETURN(sources_[i], ReadCalendar(calendar, limits_, Prefix(i), errors_));
    }
    return absl::OkStatus();
  }

  absl::Status ReadZone(std::size_t i) {
    const v1::Calendar& calendar = *calendars_[i];
    if (calendar.time_zone().empty()) {
      if (!calendar.has_combination()) {
        Add(i, "time_zone", kReasonCalendarFieldRequired, "a calendar has a time zone");
      }
      return absl::OkStatus();
    }
    const auto [place, is_new] = loaded_.emplace(calendar.time_zone(), nullptr);
    if (is_new) {
      absl::StatusOr<std::shared_ptr<const Zone>> zone = LoadZone(zones_, calendar.time_zone());
      if (zone.ok()) {
        place->second = *std::move(zone);
      } else if (GetReason(zone.status()) != kReasonCalendarZoneUnknown) {
        return zone.status();
      }
    }
    zone_of_[i] = place->second;
    if (zone_of_[i] == nullptr) {
      Add(i, "time_zone", kReasonCalendarZoneUnknown, "the source of zones has none of this name");
    }
    return absl::OkStatus();
  }

  void CheckCombination(std::size_t i) {
    const v1::Calendar& calendar = *calendars_[i];
    if (!calendar.has_combination()) return;
    const v1::CalendarCombination& combination = calendar.combination();
    if (!calendar.weekly_hours().empty() || !calendar.versions().empty() ||
        !calendar.exceptions().empty()) {
      Add(i, "combination", kReasonCalendarFieldExcluded,
          "a calendar combines others, or has hours, versions and exceptions of its own");
    }
    if (combination.operation() == v1::CalendarCombination::OPERATION_UNSPECIFIED ||
        !v1::CalendarCombination::Operation_IsValid(combination.operation())) {
      Add(i, "combination.operation", kReasonCalendarValueUnknown,
          "the operation is not set, or not known");
    }
    if (combination.calendar_ids().empty()) {
      Add(i, "combination.calendar_ids", kReasonCalendarFieldRequired,
          "a combination names calendars");
    }
    for (int j = 0; j < combination.calendar_ids_size(); ++j) {
      if (places_.count(combination.calendar_ids(j)) == 0) {
        Add(i, absl::StrCat("combination.calendar_ids[", j, "]"), kReasonCalendarIdUnknown,
            "no calendar of the list has this id");
      }
    }
  }

  absl::Status CompileOne(std::size_t i) {
    if (states_[i] == State::kDone) return absl::OkStatus();
    states_[i] = State::kOpen;
    const v1::Calendar& calendar = *calendars_[i];
    if (calendar.has_combination()) {
      FRONTDESK_RETURN_IF_ERROR(CompileCombination(i));
    } else {
      FRONTDESK_ASSIGN_OR_RETURN(Timeline timeline,
                                 BuildTimeline(sources_[i], *zone_of_[i], limits_));
      compiled_[i] = std::make_shared<const CompiledCalendar>(
          calendar.calendar_id(), std::move(timeline), zone_of_[i],
          std::vector<std::shared_ptr<const Zone>>{zone_of_[i]});
    }
    states_[i] = State::kDone;
    return absl::OkStatus();
  }

  absl::Status CompileCombination(std::size_t i) {
    const v1::CalendarCombination& combination = calendars_[i]->combination();
    if (static_cast<std::size_t>(combination.calendar_ids_size()) > limits_.max_combined) {
      return MakeError(kReasonCalendarTooLarge, absl::StrCat("a calendar combines more than ",
                                                             limits_.max_combined, " others"));
    }
    std::vector<Compiled> parts;
    for (int j = 0; j < combination.calendar_ids_size(); ++j) {
      const std::size_t place = places_.at(combination.calendar_ids(j));
      if (states_[place] == State::kOpen) {
        Add(i, absl::StrCat("combination.calendar_ids[", j, "]"), kReasonCalendarCycle,
            "the combination contains itself");
        continue;
      }
      FRONTDESK_RETURN_IF_ERROR(CompileOne(place));
      parts.push_back(compiled_[place]);
    }
    if (!errors_.empty()) return absl::OkStatus();
    FRONTDESK_ASSIGN_OR_RETURN(
        compiled_[i], CombineCompiled(calendars_[i]->calendar_id(), combination.operation(), parts,
                                      zone_of_[i], limits_));
    return absl::OkStatus();
  }

  const absl::Span<const v1::Calendar* const> calendars_;
  const ZoneSource& zones_;
  const CalendarLimits& limits_;
  const bool is_list_;
  ErrorBuilder errors_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::map<std::string, std::shared_ptr<const Zone>, std::less<>> loaded_;
  std::vector<CalendarSource> sources_;
  std::vector<std::shared_ptr<const Zone>> zone_of_;
  std::vector<Compiled> compiled_;
  std::vector<State> states_;
};

}  // namespace

absl::StatusOr<BusinessCalendar> BusinessCalendar::Compile(const v1::Calendar& calendar,
                                                           const ZoneSource& zones,
                                                           const CalendarLimits& limits) {
  const v1::Calendar* const list[] = {&calendar};
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<Compiled> compiled,
                             ListCompiler(list, zones, limits, false).Compile());
  return BusinessCalendar(std::move(compiled[0]));
}

absl::StatusOr<std::vector<BusinessCalendar>> BusinessCalendar::CompileAll(
    absl::Span<const v1::Calendar* const> calendars, const ZoneSource& zones,
    const CalendarLimits& limits) {
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<Compiled> compiled,
                             ListCompiler(calendars, zones, limits, true).Compile());
  std::vector<BusinessCalendar> result;
  for (Compiled& calendar : compiled) result.push_back(BusinessCalendar(std::move(calendar)));
  return result;
}

absl::StatusOr<BusinessCalendar> BusinessCalendar::Combine(
    v1::CalendarCombination::Operation operation, absl::Span<const BusinessCalendar> calendars,
    const CalendarLimits& limits) {
  ErrorBuilder errors(kReasonCalendarInvalid, "the calendars cannot be combined");
  if (operation == v1::CalendarCombination::OPERATION_UNSPECIFIED ||
      !v1::CalendarCombination::Operation_IsValid(operation)) {
    errors.Add("operation", kReasonCalendarValueUnknown, "the operation is not set, or not known");
  }
  if (calendars.empty()) {
    errors.Add("calendar_ids", kReasonCalendarFieldRequired, "a combination has calendars");
  }
  FRONTDESK_RETURN_IF_ERROR(errors.Build());
  if (calendars.size() > limits.max_combined) {
    return MakeError(kReasonCalendarTooLarge,
                     absl::StrCat("more than ", limits.max_combined, " calendars are combined"));
  }
  std::vector<Compiled> parts;
  parts.reserve(calendars.size());
  for (const BusinessCalendar& calendar : calendars) parts.push_back(calendar.compiled_);
  FRONTDESK_ASSIGN_OR_RETURN(Compiled combined,
                             CombineCompiled("", operation, parts, nullptr, limits));
  return BusinessCalendar(std::move(combined));
}

}  // namespace calendar
}  // namespace frontdesk
