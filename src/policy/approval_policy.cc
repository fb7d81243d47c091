#include "policy/approval_policy.h"

#include "frontdesk/base/money.h"
#include "frontdesk/policy/reasons.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {

void CheckApprovalPolicy(const v1::ApprovalPolicy& policy, PackCalendars* calendars,
                         PackIssues* issues) {
  const google::protobuf::Duration& expiry = policy.expire_after();
  if (policy.has_expire_after() &&
      (!IsValid(expiry) || expiry.seconds() < 0 || expiry.nanos() < 0 ||
       (expiry.seconds() == 0 && expiry.nanos() == 0))) {
    issues->AddError(kReasonPolicyApprovalExpiryRange, "approvals.expire_after",
                     "the time to approve is not a duration of more than 0");
  }
  issues->CheckTimeBasis(policy.expire_after_basis(), policy.has_expire_after(), "approvals",
                         "expire_after");
  if (!policy.calendar_id().empty() && policy.expire_after_basis() != v1::TIME_BASIS_BUSINESS) {
    issues->AddError(kReasonPolicyApprovalCalendar, "approvals.calendar_id",
                     "the calendar is for an expire_after_basis of BUSINESS");
  }
  calendars->CheckUse(policy.calendar_id(), "approvals.calendar_id");
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
