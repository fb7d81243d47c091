// Approving and declining held commands.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "decide/command_run.h"
#include "decide/pipeline.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/approval/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/reasons.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

bool HasAuthority(const v1::Actor& actor, const std::string& authority) {
  const auto& authorities = actor.authorities();
  return std::find(authorities.begin(), authorities.end(), authority) != authorities.end();
}

}  // namespace

absl::StatusOr<std::vector<v1::Refusal>> CommandRun::CheckResolution(
    absl::string_view verb_field, const std::string& approval_id) {
  const std::string field = absl::StrCat(verb_field, ".approval_id");
  std::vector<v1::Refusal> refusals;
  if (approval_id.empty()) {
    refusals.push_back(
        MakeRefusal(v1::Refusal::ORIGIN_ARGUMENT, kReasonArgumentRequired, field, "is required"));
    return refusals;
  }
  if (const auto fault = FindIdFault(approval_id)) {
    refusals.push_back(
        MakeRefusal(v1::Refusal::ORIGIN_ARGUMENT, *fault->reason, field, fault->text));
    return refusals;
  }
  const Asked asked(command_);
  FRONTDESK_ASSIGN_OR_RETURN(approval_, source_->Get(v1::ENTITY_KIND_APPROVAL, approval_id));
  absl::optional<v1::Refusal> impossible = domain::ApprovalLifecycle().Refuse(
      asked.info(),
      approval_ == nullptr ? v1::Approval::STATE_UNSPECIFIED : approval_->approval().state());
  if (approval_ == nullptr) {
    v1::EntityRef approval;
    approval.set_kind(v1::ENTITY_KIND_APPROVAL);
    approval.set_id(approval_id);
    refusals.push_back(MakeNotFound(approval, field));
  }
  if (impossible.has_value()) impossible->set_field(field);
  FRONTDESK_RETURN_IF_ERROR(CheckStored(asked, &refusals));
  if (!refusals.empty()) return refusals;
  FRONTDESK_RETURN_IF_ERROR(CheckVersion(asked));
  RaiseTo(*approval_);
  FRONTDESK_RETURN_IF_ERROR(CheckTime(&refusals));
  if (!refusals.empty()) return refusals;

  if (impossible.has_value()) return std::vector<v1::Refusal>{*std::move(impossible)};
  const v1::Approval& approval = approval_->approval();
  const bool is_requester = approval.requester_id() == command_.actor().actor_id();
  // Who asked may take it back without any authority.
  if (!HasAuthority(command_.actor(), approval.authority()) &&
      !(is_requester && command_.desk().has_decline())) {
    refusals.push_back(MakeRefusal(
        v1::Refusal::ORIGIN_INVARIANT, kReasonApprovalAuthorityMissing, field,
        absl::StrCat("the authority \"", EscapeValue(approval.authority()), "\" is needed")));
  }
  if (is_requester && command_.desk().has_approve() &&
      !policy_->pack().approvals().requester_may_approve()) {
    refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_POLICY, kReasonApprovalByRequester, field,
                                   "the requester of a command may not approve it"));
  }
  return refusals;
}

absl::Status CommandRun::AddResolved(v1::Approval::State state, const std::string& note) {
  v1::Event* event = outcome_.add_events();
  *event->mutable_entity() = approval_->entity();
  *event->mutable_time() = instant_;
  if (command_.late_entry()) *event->mutable_occur_time() = command_.now();
  event->set_actor_id(command_.actor().actor_id());
  v1::ApprovalResolved* resolved = event->mutable_approval()->mutable_approval_resolved();
  resolved->set_state(state);
  resolved->set_resolver_id(command_.actor().actor_id());
  *resolved->mutable_resolve_time() = instant_;
  resolved->set_note(note);
  return Fold(event);
}

absl::Status CommandRun::RunApprove() {
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::Refusal> refusals,
                             CheckResolution("approve", command_.desk().approve().approval_id()));
  if (!refusals.empty()) {
    outcome_ = MakeRefused(std::move(refusals));
    return absl::OkStatus();
  }
  FRONTDESK_ASSIGN_OR_RETURN(const auto held,
                             source_->HeldRecord(command_.desk().approve().approval_id()));
  if (held == nullptr)
    return MakeError(kReasonStoreCorrupt, "the approval's journal record is missing");
  const domain::CommandInfo* again_info = domain::FindCommand(held->command());
  if (again_info == nullptr || again_info->decision_input == nullptr) {
    return MakeError(kReasonStoreCorrupt,
                     "the approval's journal record has no command that can be held");
  }
  FRONTDESK_RETURN_IF_ERROR(
      AddResolved(v1::Approval::STATE_APPROVED, command_.desk().approve().note()));

  // The command as it was asked, at the instant of the approval. The version it expected was that
  // of then.
  again_ = held->command();
  // A late entry still names its own instant.
  if (!again_.late_entry()) {
    *again_.mutable_now() = command_.now();
    again_.set_late_entry(command_.late_entry());
  }
  again_.clear_idempotency_key();
  again_.clear_expected_version();
  again_facts_ = facts_;
  if (!again_facts_.has_catalog() && held->facts().has_catalog()) {
    *again_facts_.mutable_catalog() = held->facts().catalog();
  }
  return Judge(Asked(again_, instant_), again_facts_, /*body_hash=*/"", /*journalled_always=*/true);
}

absl::Status CommandRun::RunDecline() {
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::Refusal> refusals,
                             CheckResolution("decline", command_.desk().decline().approval_id()));
  if (!refusals.empty()) {
    outcome_ = MakeRefused(std::move(refusals));
    return absl::OkStatus();
  }
  FRONTDESK_RETURN_IF_ERROR(
      AddResolved(v1::Approval::STATE_DECLINED, command_.desk().decline().note()));
  outcome_.set_verdict(v1::VERDICT_DONE);
  FillRecord(Asked(command_), body_hash_);
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace frontdesk
