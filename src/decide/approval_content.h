// The content of a held command as approvers see it. Private.
//
// A round of an approval shows the rules that hold the command (id and authority), and the amounts and numbers that these rules read or
// compute. It also shows the amounts that the command pays, and its target. Everything else may change without another round.
#ifndef FRONTDESK_SRC_DECIDE_APPROVAL_CONTENT_H_
#define FRONTDESK_SRC_DECIDE_APPROVAL_CONTENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "decide/asked.h"
#include "decide/entities.h"
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
  // The result once all findings are approved; refused when nothing would be done.
  domain::Decided decided;
  // The movements of money, in the order of the events.
  std::vector<v1::ApprovalMovement> movements;
};

// Makes the content of the command on `input`, which has been assessed, with at most `max_findings`. No approval in it counts.
absl::StatusOr<ApprovalContent> MakeContent(const Asked& asked, const Policy& policy,
                                            int max_findings, const PolicyCall& call,
                                            const v1::DecisionInput& input);

// The end of an approval of the command in `input` that is asked for at `time`; absent when it would be later than any valid time.
absl::optional<absl::Time> ApprovalExpiry(const Policy& policy, const v1::DecisionInput& input,
                                          absl::Time time);

// "retail 3": name and version of a policy, for people.
std::string PolicyName(const Policy& policy);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_APPROVAL_CONTENT_H_
