// The section of a pack that holds its service levels and milestones: compiled. Private.
#ifndef FRONTDESK_POLICY_COMPILE_SERVICE_LEVELS_H_
#define FRONTDESK_POLICY_COMPILE_SERVICE_LEVELS_H_

#include <vector>

#include "frontdesk/policy/service_levels.h"
#include "frontdesk/v1/error.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_calendars.h"
#include "policy/pack_expressions.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Checks and compiles the service levels of `pack`, which must outlive the result. The conditions that the checks have no answer
// about are added to `notes`. The result is complete when `issues` has no errors, and `expressions` is finished without one.
ServiceLevels CompileServiceLevels(const v1::PolicyPack& pack, const PackExpressions& expressions,
                                   PackCalendars* calendars, PackIssues* issues,
                                   std::vector<v1::Issue>* notes);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_COMPILE_SERVICE_LEVELS_H_
