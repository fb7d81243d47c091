// Approvals: what becomes of held commands. Who may resolve one, and what is decided again then, is
// the desk's (desk/desk.h).
//
//   if (auto refusal = frontdesk::domain::CheckApprovalState(
//           frontdesk::v1::Command::kApprove, frontdesk::v1::Approval::STATE_DECLINED)) {
//     std::cout << refusal->reason() << "\n";  // APPROVAL_STATE
//   }
#ifndef FRONTDESK_DOMAIN_APPROVAL_APPROVAL_H_
#define FRONTDESK_DOMAIN_APPROVAL_APPROVAL_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace domain {

// One cell of the lifecycle: what a verb does in a state. STATE_UNSPECIFIED stands for "no such
// approval". Immutable.
struct ApprovalTransition {
  v1::Command::VerbCase verb;
  v1::Approval::State from;
  // The states that may follow; empty when the verb is refused.
  absl::Span<const v1::Approval::State> to;
  // Why it is refused; empty when it is not.
  absl::string_view refusal_reason;
};

// Every state x every verb of approvals, verbs by number, states by number. Static.
absl::Span<const ApprovalTransition> ApprovalTransitions();

// Why `verb` is refused for an approval in `state`, by the table: APPROVAL_NOT_FOUND, origin
// NOT_FOUND, for STATE_UNSPECIFIED; APPROVAL_STATE, origin INVARIANT, also for a state that is not
// known. Nothing when it is possible. `verb` is Approve or Decline.
absl::optional<v1::Refusal> CheckApprovalState(v1::Command::VerbCase verb,
                                               v1::Approval::State state);

// Folds one event into an approval.
// OK: `approval` is as the event left it.
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event cannot follow on this state; `approval` is
// untouched.
absl::Status EvolveApproval(const v1::Event& event, v1::Approval* approval);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_APPROVAL_APPROVAL_H_
