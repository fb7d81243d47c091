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
  if (event.approval().has_approval_requested()) {
    const Approval& requested = event.approval().approval_requested().approval();
    if (approval->state() != Approval::STATE_UNSPECIFIED ||
        requested.state() == Approval::STATE_UNSPECIFIED) {
      return NotApplicableError("the approval exists already");
    }
    *approval = requested;
    return absl::OkStatus();
  }
  if (approval->state() == Approval::STATE_UNSPECIFIED ||
      !event.approval().has_approval_resolved()) {
    return NotApplicableError("there is no such approval, or the event is not known for one");
  }
  const v1::ApprovalResolved& resolved = event.approval().approval_resolved();
  if (resolved.state() != Approval::STATE_UNSPECIFIED) approval->set_state(resolved.state());
  approval->set_resolver_id(resolved.resolver_id());
  *approval->mutable_resolve_time() = resolved.resolve_time();
  if (resolved.state() == Approval::STATE_APPROVED) {
    approval->add_granted_authorities(approval->authority());
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
