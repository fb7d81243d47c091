// The content of a held command as approvers see it, and the comparison with that of a later instant. Private.
//
// A round of an approval shows the rules that hold the command (id and authority), and the amounts and numbers that these rules read or
// compute. It also shows the amounts that the command pays, and its target. Everything else may change without another round.
#ifndef FRONTDESK_SRC_DECIDE_APPROVAL_CONTENT_H_
#define FRONTDESK_SRC_DECIDE_APPROVAL_CONTENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "decide/asked.h"
#include "decide/entities.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/approval_preview.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace internal {

// How long an approval can be given where the policy does not say it.
inline constexpr absl::Duration kDefaultApprovalExpiry = absl::Hours(24 * 30);

// A command as approvers see it. A plain struct.
struct ApprovalContent {
  // Without times, differences and version.
  v1::ApprovalRound round;
  // The decision and the result once all findings are approved; refused when nothing would be done.
  v1::Decision decision;
  domain::Decided decided;
};

// Makes the content of the command on `input`, which has been assessed, with at most `max_findings`. No approval in it counts.
absl::StatusOr<ApprovalContent> MakeContent(const Asked& asked, const Policy& policy,
                                            int max_findings, const PolicyCall& call,
                                            const v1::DecisionInput& input);

// The movements of money of a command, in the order of its events.
std::vector<v1::ApprovalMovement> MovementsOf(const domain::Decided& decided);

// Whether `now` is no more than an approver saw: the same currency and sign, and not larger, apart from the tolerance. An amount or number
// that is not there is 0.
bool IsCovered(const v1::ApprovalQuantity* seen, const v1::ApprovalQuantity& now,
               const v1::ApprovalTolerance& tolerance);

// The differences between two rounds, in the order of the kinds. Those of other entities and their versions are not among them.
std::vector<v1::ApprovalDifference> CompareRounds(const v1::ApprovalRound& seen,
                                                  const v1::ApprovalRound& now,
                                                  const v1::ApprovalTolerance& tolerance);

// Whether `seen` shows all that matters of a finding of `now`: the finding itself and its quantities, the target, the version, the
// amounts that are paid.
bool IsSeen(const v1::ApprovalFinding& finding, const v1::ApprovalRound& seen,
            const v1::ApprovalRound& now, const v1::ApprovalTolerance& tolerance);

// The grants that cover a finding of `now`: each is compared with the round in which it was given.
std::vector<v1::ApprovalGrant> CoveringGrants(const v1::Approval& approval,
                                              const std::vector<v1::ApprovalGrant>& given,
                                              const v1::ApprovalRound& now,
                                              const v1::ApprovalTolerance& tolerance);

// The end of an approval that is asked for at `time`; absent when it would be later than any valid time.
absl::optional<absl::Time> ApprovalExpiry(const v1::ApprovalPolicy& policy, absl::Time time);

// "retail 3": name and version of a policy, for people.
std::string PolicyName(const Policy& policy);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_APPROVAL_CONTENT_H_
