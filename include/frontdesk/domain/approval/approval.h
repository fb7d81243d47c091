// Approvals: the lifecycle of held commands. The desk (desk/desk.h) decides who may resolve one,
// and decides the command again.
//
//   #include "frontdesk/v1/approval.pb.h"
//   #include "frontdesk/v1/outcome.pb.h"
//
//   const frontdesk::domain::CommandInfo& approve = *frontdesk::domain::FindCommandByName("Approve");
//   const auto refusal = frontdesk::domain::ApprovalLifecycle().Refuse(
//       approve, frontdesk::v1::Approval::STATE_DECLINED);
//   if (refusal.has_value()) std::cout << refusal->reason() << "\n";  // APPROVAL_STATE
#ifndef FRONTDESK_DOMAIN_APPROVAL_APPROVAL_H_
#define FRONTDESK_DOMAIN_APPROVAL_APPROVAL_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "frontdesk/domain/lifecycle.h"

namespace frontdesk {
namespace v1 {
class Approval;
class ApprovalAttempt;
class Event;
}  // namespace v1

namespace domain {

// Every state x every command of approvals, commands by number, states by number. Static.
const Lifecycle& ApprovalLifecycle();

// Folds one event into an approval.
// OK: `approval` is as the event left it.
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event cannot follow on this state; `approval` is
// untouched.
absl::Status EvolveApproval(const v1::Event& event, v1::Approval* approval);

// The approval as an Approve leaves it that is done: APPROVED, with the grants of `attempt`. The held command is decided under this one,
// whatever the outcome is, so that rules see the same `approval` each time.
v1::Approval ApprovedUnder(const v1::Approval& approval, const v1::ApprovalAttempt& attempt);

// The number of the present round: Approve names it. From 1.
int RoundOf(const v1::Approval& approval);

// Whether a pending approval can no longer be approved at `now`.
bool HasExpired(const v1::Approval& approval, absl::Time now);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_APPROVAL_APPROVAL_H_
