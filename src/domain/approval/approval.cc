#include "frontdesk/domain/approval/approval.h"

#include "domain/event_maker.h"
#include "frontdesk/domain/approval/reasons.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/desk_commands.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Approval;

}  // namespace

const Lifecycle& ApprovalLifecycle() {
  constexpr Approval::State kPending = Approval::STATE_PENDING;
  using C = v1::DeskCommand;
  static const Lifecycle* const lifecycle =
      new Lifecycle(Approval::State_descriptor(), C::descriptor(), kApprovalReasons,
                    {
                        {C::kApprove, {{kPending, {Approval::STATE_APPROVED}}}},
                        {C::kDecline, {{kPending, {Approval::STATE_DECLINED}}}},
                    });
  return *lifecycle;
}

absl::Status EvolveApproval(const v1::Event& event, Approval* approval) {
  if (event.approval().has_approval_requested() &&
      approval->state() == Approval::STATE_UNSPECIFIED &&
      event.approval().approval_requested().approval().state() == Approval::STATE_PENDING) {
    *approval = event.approval().approval_requested().approval();
    return absl::OkStatus();
  }
  const v1::ApprovalResolved& resolved = event.approval().approval_resolved();
  const bool approved = resolved.state() == Approval::STATE_APPROVED;
  if (!event.approval().has_approval_resolved() || approval->state() != Approval::STATE_PENDING ||
      (!approved && resolved.state() != Approval::STATE_DECLINED)) {
    return NotApplicableError("the event does not follow the state of the approval");
  }
  approval->set_state(resolved.state());
  approval->set_resolver_id(resolved.resolver_id());
  *approval->mutable_resolve_time() = resolved.resolve_time();
  if (approved) approval->add_granted_authorities(approval->authority());
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
