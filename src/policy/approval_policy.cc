#include "policy/approval_policy.h"

#include "frontdesk/base/money.h"
#include "frontdesk/policy/reasons.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {

void CheckApprovalPolicy(const v1::ApprovalPolicy& policy, PackIssues* issues) {
  const google::protobuf::Duration& expiry = policy.expire_after();
  if (policy.has_expire_after() &&
      (!IsValid(expiry) || expiry.seconds() < 0 || expiry.nanos() < 0 ||
       (expiry.seconds() == 0 && expiry.nanos() == 0))) {
    issues->AddError(kReasonPolicyApprovalExpiryRange, "approvals.expire_after",
                     "the time to approve is not a duration of more than 0");
  }
  const v1::ApprovalTolerance& tolerance = policy.tolerance();
  if (tolerance.percent() < 0 || tolerance.percent() > 100) {
    issues->AddError(kReasonPolicyApprovalTolerance, "approvals.tolerance.percent",
                     "the tolerance is not in 1 to 100 percent");
  }
  if (tolerance.has_amount() &&
      (!CheckMoney(tolerance.amount()).ok() || tolerance.amount().units() <= 0)) {
    issues->AddError(kReasonPolicyApprovalTolerance, "approvals.tolerance.amount",
                     "the tolerance is not an amount of more than 0 in a known currency");
  }
}

}  // namespace internal
}  // namespace frontdesk
