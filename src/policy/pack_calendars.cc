#include "policy/pack_calendars.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/reasons.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/policy/reasons.h"
#include "internal/canonical.h"
#include "internal/near_name.h"
#include "internal/sha256.h"

namespace frontdesk {
namespace internal {
namespace {

bool Opens(const calendar::BusinessCalendar& calendar) {
  const absl::Time first = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  return calendar.NextOpen(first).ok();
}

}  // namespace

PackCalendars::PackCalendars(const v1::PolicyPack& pack, const PolicyOptions& options,
                             PackIssues* issues)
    : pack_(pack), issues_(issues) {
  std::vector<const v1::Calendar*> sources;
  for (const v1::Calendar& source : pack_.calendars()) {
    sources.push_back(&source);
    definitions_.emplace(source.calendar_id(), &source);
  }
  if (sources.empty()) return;
  absl::StatusOr<std::vector<calendar::BusinessCalendar>> compiled =
      calendar::BusinessCalendar::CompileAll(
          sources, options.zones ? options.zones : calendar::SystemZones(),
          options.calendar_limits);
  if (!compiled.ok()) {
    Report(compiled.status());
    return;
  }
  for (calendar::BusinessCalendar& each : *compiled) calendars_.emplace(each.id(), std::move(each));
}

// The violations have places in the list; an error as a whole has that of the list.
void PackCalendars::Report(const absl::Status& status) {
  const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(status);
  if (!detail.has_value() || detail->violations().empty()) {
    const std::string reason = detail.has_value() ? detail->reason() : "";
    issues_->AddError(reason.empty() ? std::string(kReasonCalendarZoneInvalid.word) : reason,
                      "calendars", std::string(status.message()));
    return;
  }
  for (const v1::FieldViolation& violation : detail->violations()) {
    issues_->AddError(violation.reason(), JoinFieldPath("calendars", violation.field()),
                      violation.text());
  }
}

void PackCalendars::CheckUse(const std::string& calendar_id, const std::string& field) {
  if (calendar_id.empty()) return;
  if (definitions_.count(calendar_id) == 0) {
    NearName near(calendar_id);
    for (const auto& [id, definition] : definitions_) near.Consider(id);
    issues_->AddError(kReasonPolicyCalendarUnknown, field,
                      absl::StrCat("the pack has no calendar of this id", near.Hint()));
    return;
  }
  const auto found = calendars_.find(calendar_id);
  if (found == calendars_.end()) return;
  const auto [opens, is_new] = opens_.emplace(calendar_id, false);
  if (is_new) opens->second = Opens(found->second);
  if (opens->second) return;
  issues_->AddError(kReasonPolicyCalendarNeverOpens, field,
                    "the calendar never opens, so no time would count; give it weekly hours");
}

void PackCalendars::Gather(const std::string& calendar_id,
                           std::map<std::string, const v1::Calendar*>* found) const {
  const v1::Calendar* const definition = definitions_.at(calendar_id);
  if (!found->emplace(calendar_id, definition).second) return;
  for (const std::string& id : definition->combination().calendar_ids()) Gather(id, found);
}

const std::string& PackCalendars::Digest(const std::string& calendar_id) {
  const auto [digest, is_new] = digests_.emplace(calendar_id, "");
  if (!is_new) return digest->second;
  std::map<std::string, const v1::Calendar*> definitions;
  Gather(calendar_id, &definitions);
  v1::PolicyPack sources;
  for (const auto& [id, definition] : definitions) *sources.add_calendars() = *definition;
  std::string bytes = Sha256(CanonicalBytes(sources));
  for (const auto& zone : calendars_.find(calendar_id)->second.zones()) {
    absl::StrAppend(&bytes, zone->hash());
  }
  digest->second = Sha256(bytes);
  return digest->second;
}

}  // namespace internal
}  // namespace frontdesk
