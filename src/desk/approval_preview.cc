// The preview of approving a held command.
#include <memory>
#include <string>

#include "decide/command_run.h"
#include "desk/desk_entry.h"
#include "desk/relations.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/approval_preview.pb.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

// The actor of the command that a preview decides; no rule sees it, since the held command has its own.
constexpr char kPreviewActor[] = "preview";

}  // namespace

absl::StatusOr<v1::ApprovalPreview> Desk::PreviewApproval(absl::string_view approval_id,
                                                          const google::protobuf::Timestamp& now,
                                                          const v1::Facts& facts) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_RETURN_IF_ERROR(internal::CheckEntityId(std::string(approval_id), "approval_id"));
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, internal::GetState(view, v1::ENTITY_KIND_APPROVAL,
                                                                  std::string(approval_id)));
  if (state == nullptr) {
    return internal::EntityNotFoundError(v1::ENTITY_KIND_APPROVAL, std::string(approval_id));
  }
  v1::Command command;
  command.mutable_actor()->set_actor_id(kPreviewActor);
  command.mutable_actor()->set_kind(v1::Actor::KIND_SYSTEM);
  *command.mutable_now() = now;
  v1::Approve& approve = *command.mutable_desk()->mutable_approve();
  approve.set_approval_id(std::string(approval_id));
  approve.set_round(domain::RoundOf(state->approval()));
  internal::CommandRun run(limits_, {max_clock_skew_, max_clock_lead_}, trace_, command, facts);
  run.SetReview();
  FRONTDESK_RETURN_IF_ERROR(RunPreview(command, view, &run));
  v1::ApprovalPreview preview;
  *preview.mutable_approval() = state->approval();
  if (domain::HasExpired(state->approval(), *internal::DecodeTime(now))) {
    preview.mutable_approval()->set_state(v1::Approval::STATE_EXPIRED);
  }
  FRONTDESK_ASSIGN_OR_RETURN(const auto held, view.GetRecord(approval_id));
  if (held != nullptr) *preview.mutable_command() = held->command();
  *preview.mutable_outcome() = run.outcome();
  run.FillPreview(&preview);
  return preview;
}

}  // namespace frontdesk
