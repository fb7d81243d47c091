#include "frontdesk/domain/approval/approval.h"

#include <algorithm>

#include "absl/types/optional.h"
#include "domain/event_maker.h"
#include "frontdesk/domain/approval/reasons.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/desk_commands.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Approval;

// The note of an attempt is in the event only: the state holds what decisions read.
void KeepAttempt(const v1::ApprovalAttempt& attempt, Approval* approval) {
  *approval->mutable_last_attempt() = attempt;
  approval->mutable_last_attempt()->clear_note();
}

void Resolve(const v1::ApprovalResolved& resolved, Approval* approval) {
  if (resolved.state() != Approval::STATE_UNSPECIFIED) approval->set_state(resolved.state());
  approval->set_resolver_id(resolved.resolver_id());
  *approval->mutable_resolve_time() = resolved.resolve_time();
  if (resolved.state() != Approval::STATE_APPROVED) return;
  if (approval->rounds().empty()) {
    // Asked for, and approved, by a version without rounds.
    approval->add_granted_authorities(approval->authority());
    return;
  }
  *approval->mutable_grants() = resolved.grants();
  approval->clear_granted_authorities();
  for (const v1::ApprovalGrant& grant : resolved.grants()) {
    const auto& known = approval->granted_authorities();
    if (std::find(known.begin(), known.end(), grant.authority()) == known.end()) {
      approval->add_granted_authorities(grant.authority());
    }
  }
}

// The common part of ApprovalAskedAgain and ApprovalGranted: the next authority, and the grants so far.
template <typename Asked>
void Ask(const Asked& asked, Approval* approval) {
  approval->set_authority(asked.authority());
  approval->set_rule_id(asked.rule_id());
  approval->set_reason(asked.reason());
  *approval->mutable_grants() = asked.grants();
  if (asked.has_attempt()) KeepAttempt(asked.attempt(), approval);
}

}  // namespace

const Lifecycle& ApprovalLifecycle() {
  constexpr Approval::State kPending = Approval::STATE_PENDING;
  using C = v1::DeskCommand;
  static const Lifecycle* const lifecycle = new Lifecycle(
      Approval::State_descriptor(), C::descriptor(), kApprovalReasons,
      {
          // It may ask again, or stay as it is when the held command is refused. After five rounds it is closed.
          {C::kApprove, {{kPending, {Approval::STATE_APPROVED, kPending, Approval::STATE_CLOSED}}}},
          {C::kDecline, {{kPending, {Approval::STATE_DECLINED}}}},
          {C::kWithdraw, {{kPending, {Approval::STATE_WITHDRAWN}}}},
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
  if (approval->state() == Approval::STATE_UNSPECIFIED) {
    return NotApplicableError("there is no such approval");
  }
  const v1::ApprovalEvent& change = event.approval();
  switch (change.event_case()) {
    case v1::ApprovalEvent::kApprovalResolved:
      Resolve(change.approval_resolved(), approval);
      return absl::OkStatus();
    case v1::ApprovalEvent::kApprovalAskedAgain:
      *approval->add_rounds() = change.approval_asked_again().round();
      Ask(change.approval_asked_again(), approval);
      approval->clear_expire_time();
      if (change.approval_asked_again().has_expire_time()) {
        *approval->mutable_expire_time() = change.approval_asked_again().expire_time();
      }
      return absl::OkStatus();
    case v1::ApprovalEvent::kApprovalGranted:
      Ask(change.approval_granted(), approval);
      return absl::OkStatus();
    case v1::ApprovalEvent::kApprovalAttempted:
      KeepAttempt(change.approval_attempted().attempt(), approval);
      return absl::OkStatus();
    case v1::ApprovalEvent::kApprovalClosed:
      approval->set_state(Approval::STATE_CLOSED);
      approval->set_close_reason(change.approval_closed().reason());
      if (event.has_time()) *approval->mutable_resolve_time() = event.time();
      if (change.approval_closed().has_attempt()) {
        KeepAttempt(change.approval_closed().attempt(), approval);
      }
      return absl::OkStatus();
    default:
      return NotApplicableError("the event is not known for an approval");
  }
}

Approval ApprovedUnder(const Approval& approval, const v1::ApprovalAttempt& attempt) {
  v1::ApprovalResolved resolved;
  resolved.set_state(Approval::STATE_APPROVED);
  resolved.set_resolver_id(attempt.resolver_id());
  *resolved.mutable_resolve_time() = attempt.attempt_time();
  *resolved.mutable_grants() = attempt.grants();
  Approval approved = approval;
  Resolve(resolved, &approved);
  // One of an older version shows nothing that could be approved: it has to ask first.
  if (approval.rounds().empty()) approved.clear_granted_authorities();
  return approved;
}

int RoundOf(const Approval& approval) { return std::max(1, approval.rounds_size()); }

bool HasExpired(const Approval& approval, absl::Time now) {
  if (approval.state() != Approval::STATE_PENDING || !approval.has_expire_time()) return false;
  const absl::optional<absl::Time> end = internal::DecodeTime(approval.expire_time());
  return end.has_value() && now >= *end;
}

}  // namespace domain
}  // namespace frontdesk
