// The comparison of the rounds of an approval: the one that an approver saw, and the present one. Private.
#ifndef FRONTDESK_SRC_DECIDE_APPROVAL_ROUNDS_H_
#define FRONTDESK_SRC_DECIDE_APPROVAL_ROUNDS_H_

#include <vector>

#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace internal {

// Whether findings or grants are of the same rule: one with the same id that asks for the same authority.
template <typename One, typename Other>
bool IsSameRule(const One& one, const Other& other) {
  return one.rule_id() == other.rule_id() && one.authority() == other.authority();
}

// The differences between two rounds, in the order of the kinds. Those of other entities and their versions are not among them.
std::vector<v1::ApprovalDifference> CompareRounds(const v1::ApprovalRound& seen,
                                                  const v1::ApprovalRound& now,
                                                  const v1::ApprovalTolerance& tolerance);

// Whether any of them matters: then the command asks in another round.
bool AsksAgain(const std::vector<v1::ApprovalDifference>& differences);

// Whether `seen` shows all that matters of a finding of `now`: the finding itself and its quantities, the target, the version, the
// amounts that are paid.
bool IsSeen(const v1::ApprovalFinding& finding, const v1::ApprovalRound& seen,
            const v1::ApprovalRound& now, const v1::ApprovalTolerance& tolerance);

// The grants that cover a finding of `now`: each is compared with the round in which it was given.
std::vector<v1::ApprovalGrant> CoveringGrants(const v1::Approval& approval,
                                              const std::vector<v1::ApprovalGrant>& given,
                                              const v1::ApprovalRound& now,
                                              const v1::ApprovalTolerance& tolerance);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_APPROVAL_ROUNDS_H_
