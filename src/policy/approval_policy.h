// The checks of a pack's ApprovalPolicy. Private.
#ifndef FRONTDESK_POLICY_APPROVAL_POLICY_H_
#define FRONTDESK_POLICY_APPROVAL_POLICY_H_

#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_calendars.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Reports every issue of `policy`, which is of the pack with these calendars, in the order of its fields.
void CheckApprovalPolicy(const v1::ApprovalPolicy& policy, PackCalendars* calendars,
                         PackIssues* issues);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_APPROVAL_POLICY_H_
