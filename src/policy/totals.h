// The section of a pack that holds its totals. Private.
#ifndef FRONTDESK_POLICY_TOTALS_H_
#define FRONTDESK_POLICY_TOTALS_H_

#include <set>
#include <vector>

#include "frontdesk/policy/policy.h"
#include "frontdesk/policy/total.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "frontdesk/v1/total.pb.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// The kind of entity that the subject is, if it has to be the one that the command addresses; else UNSPECIFIED.
v1::EntityKind AddressedKindOf(v1::TotalSubject subject);

// Reports more totals than the options allow.
void CheckTotalLimits(const v1::PolicyPack& pack, const PolicyOptions& options, PackIssues* issues);

// The totals of `pack`, to which they refer; complete when `issues` has no errors.
std::vector<PolicyTotal> CompileTotals(const v1::PolicyPack& pack, const PolicyOptions& options,
                                       PackIssues* issues);

// Warns of totals that no rule reads; `read` are those that one does, by their place.
void CheckUnreadTotals(const v1::PolicyPack& pack, const std::set<int>& read, PackIssues* issues);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_TOTALS_H_
