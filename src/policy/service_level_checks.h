// The checks of service levels, targets and milestones of a pack, apart from their conditions and calendars. Private.
#ifndef FRONTDESK_POLICY_SERVICE_LEVEL_CHECKS_H_
#define FRONTDESK_POLICY_SERVICE_LEVEL_CHECKS_H_

#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/policy.pb.h"
#include "frontdesk/v1/service_level.pb.h"
#include "policy/pack_calendars.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Reports a pack with more levels, targets or milestones than the options allow.
void CheckServiceLevelLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                             PackIssues* issues);

// Checks the levels with their targets, and their use of calendars.
void CheckServiceLevels(const v1::PolicyPack& pack, PackCalendars* calendars, PackIssues* issues);

// Checks the milestones.
void CheckMilestones(const v1::PolicyPack& pack, PackIssues* issues);

// Whether nothing ever pauses clocks of the metric.
bool IsNeverPaused(v1::ServiceMetric metric);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_SERVICE_LEVEL_CHECKS_H_
