// The section of a pack that holds its calendars. Private.
#ifndef FRONTDESK_POLICY_PACK_CALENDARS_H_
#define FRONTDESK_POLICY_PACK_CALENDARS_H_

#include <functional>
#include <map>
#include <set>
#include <string>

#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// The calendars of one pack, compiled. Thread-compatible.
class PackCalendars {
 public:
  // Everything is referred to. With an issue there is no compiled calendar.
  PackCalendars(const v1::PolicyPack& pack, const PolicyOptions& options, PackIssues* issues);

  // Reports an id, which is in `field` of the pack, that no calendar has, or one of a calendar that never opens. An empty id is none.
  void CheckUse(const std::string& calendar_id, const std::string& field);

  // SHA-256 over the definition of a calendar, those that it combines, and the changes of the clock in their zones. There is a calendar of
  // that id.
  const std::string& Digest(const std::string& calendar_id);

  // By id.
  using CalendarMap = std::map<std::string, calendar::BusinessCalendar, std::less<>>;
  const CalendarMap& calendars() const { return calendars_; }

 private:
  void Report(const absl::Status& status);
  void Gather(const std::string& calendar_id,
              std::map<std::string, const v1::Calendar*>* found) const;

  const v1::PolicyPack& pack_;
  PackIssues* const issues_;
  // All ids of the pack, those of invalid calendars too.
  std::map<std::string, const v1::Calendar*> definitions_;
  CalendarMap calendars_;
  std::map<std::string, bool> opens_;
  std::map<std::string, std::string> digests_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_PACK_CALENDARS_H_
