#include "frontdesk/domain/approval/approval.h"

#include "domain/event_maker.h"
#include "domain/transition_text.h"
#include "frontdesk/base/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Approval;
using v1::Command;

constexpr Approval::State kApproved[] = {Approval::STATE_APPROVED};
constexpr Approval::State kDeclined[] = {Approval::STATE_DECLINED};

constexpr ApprovalTransition kApprovalTransitions[] = {
    {Command::kApprove, Approval::STATE_UNSPECIFIED, {}, kReasonApprovalNotFound},
    {Command::kApprove, Approval::STATE_PENDING, kApproved, ""},
    {Command::kApprove, Approval::STATE_APPROVED, {}, kReasonApprovalState},
    {Command::kApprove, Approval::STATE_DECLINED, {}, kReasonApprovalState},
    {Command::kDecline, Approval::STATE_UNSPECIFIED, {}, kReasonApprovalNotFound},
    {Command::kDecline, Approval::STATE_PENDING, kDeclined, ""},
    {Command::kDecline, Approval::STATE_APPROVED, {}, kReasonApprovalState},
    {Command::kDecline, Approval::STATE_DECLINED, {}, kReasonApprovalState},
};

}  // namespace

absl::Span<const ApprovalTransition> ApprovalTransitions() { return kApprovalTransitions; }

absl::optional<v1::Refusal> CheckApprovalState(Command::VerbCase verb, Approval::State state) {
  const ApprovalTransition* transition = FindTransition(ApprovalTransitions(), verb, state);
  if (transition == nullptr) return MakeStateRefusal(kReasonApprovalState, /*exists=*/true);
  if (transition->refusal_reason.empty()) return absl::nullopt;
  return MakeTransitionRefusal(ApprovalTransitions(), *transition, *Approval::State_descriptor());
}

absl::Status EvolveApproval(const v1::Event& event, Approval* approval) {
  if (event.has_approval_requested() && approval->state() == Approval::STATE_UNSPECIFIED &&
      event.approval_requested().approval().state() == Approval::STATE_PENDING) {
    *approval = event.approval_requested().approval();
    return absl::OkStatus();
  }
  const v1::ApprovalResolved& resolved = event.approval_resolved();
  const bool approved = resolved.state() == Approval::STATE_APPROVED;
  if (!event.has_approval_resolved() || approval->state() != Approval::STATE_PENDING ||
      (!approved && resolved.state() != Approval::STATE_DECLINED)) {
    return NotApplicableError("the event cannot follow on this approval");
  }
  approval->set_state(resolved.state());
  approval->set_resolver_id(resolved.resolver_id());
  *approval->mutable_resolved_time() = resolved.resolved_time();
  if (approved) approval->add_granted_authorities(approval->authority());
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
