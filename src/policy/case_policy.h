// The checks of a pack's CasePolicy. Private.
#ifndef FRONTDESK_POLICY_CASE_POLICY_H_
#define FRONTDESK_POLICY_CASE_POLICY_H_

#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Reports more steps of escalation or remedies than the options allow.
void CheckCasePolicyLimits(const v1::CasePolicy& policy, const PolicyOptions& options,
                           PackIssues* issues);

// Reports every issue of `policy`, in the order of its fields.
void CheckCasePolicy(const v1::CasePolicy& policy, PackIssues* issues);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_CASE_POLICY_H_
