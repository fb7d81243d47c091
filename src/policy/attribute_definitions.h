// The section of a pack that defines custom attributes: its checks. Private.
#ifndef FRONTDESK_POLICY_ATTRIBUTE_DEFINITIONS_H_
#define FRONTDESK_POLICY_ATTRIBUTE_DEFINITIONS_H_

#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Reports more definitions than the options allow.
void CheckAttributeLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                          PackIssues* issues);

// Reports every issue of the definitions of `pack`, in their order.
void CheckAttributeDefinitions(const v1::PolicyPack& pack, PackIssues* issues);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_ATTRIBUTE_DEFINITIONS_H_
