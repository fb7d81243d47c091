// The calendar by which business time counts for a case. Private.
#ifndef FRONTDESK_DECIDE_CASE_CALENDAR_H_
#define FRONTDESK_DECIDE_CASE_CALENDAR_H_

#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/case.pb.h"

namespace frontdesk {
namespace internal {

// The calendar of the service level of `one`, as `policy` has the level; null: all time counts. It lives as long as the policy.
inline const calendar::BusinessCalendar* CalendarOfCase(const Policy& policy, const v1::Case& one) {
  if (one.service_level_id().empty()) return nullptr;
  const PolicyLevel* const level = policy.service_levels().FindLevel(one.service_level_id());
  return level == nullptr ? nullptr : level->calendar;
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_DECIDE_CASE_CALENDAR_H_
