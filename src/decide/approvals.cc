// Held commands: the request for an approval, approving, declining and withdrawing.
//
// An approval covers what the approver saw in a round (approval_content.h). Approve decides the held command again on the state of now:
// - Whatever differs by then is compared with the round as it was recorded, whoever changed it: also a change by the approver counts.
// - The policy of now decides. A rule is the same one if it has the same id and asks for the same authority. A rule of a new policy that
//   holds the command is a new finding; a rule that is gone needs no approval any more.
// - Of two approvers at once, one is first. The other finds the approval resolved, or the round over that it names, and is refused.
// - Approve without a difference that matters grants the findings for which the actor has the authority. If others are left, the approval
//   waits for the next authority, in the same round.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "decide/approval_content.h"
#include "decide/approval_over.h"
#include "decide/approval_rounds.h"
#include "decide/command_run.h"
#include "decide/decision_inputs.h"
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
#include "internal/sha256.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

bool HasAuthority(const v1::Actor& actor, const std::string& authority) {
  const auto& authorities = actor.authorities();
  return std::find(authorities.begin(), authorities.end(), authority) != authorities.end();
}

// By it the same request of the same actor is known again. Another actor asks for itself: policy reads the actor, the outcome is done
// in that actor's name, and each may withdraw only what it asked for.
std::string RequestHash(const v1::Command& command) {
  const std::string& requester_id = command.actor().actor_id();
  return Sha256(absl::StrCat(requester_id.size(), ":", requester_id, BodyHash(command)));
}

bool IsGranted(const v1::ApprovalFinding& finding, const v1::ApprovalAttempt& attempt) {
  return std::any_of(attempt.grants().begin(), attempt.grants().end(),
                     [&finding](const auto& grant) { return IsSameRule(grant, finding); });
}

// The finding that asks next: the first that no grant covers.
const v1::ApprovalFinding& NextFinding(const v1::ApprovalRound& round,
                                       const v1::ApprovalAttempt& attempt) {
  for (const v1::ApprovalFinding& finding : round.findings()) {
    if (!IsGranted(finding, attempt)) return finding;
  }
  return round.findings(0);
}

// The rule that asks: of a finding, an approval, an event of one, or a held outcome.
template <typename From, typename To>
void CopyRule(const From& from, To* to) {
  to->set_authority(from.authority());
  to->set_rule_id(from.rule_id());
  to->set_reason(from.reason());
}

v1::Held MakeHeld(const std::string& approval_id, const v1::ApprovalFinding& finding, int round) {
  v1::Held held;
  held.set_approval_id(approval_id);
  CopyRule(finding, &held);
  held.set_text(finding.text());
  held.set_round(round);
  return held;
}

// Makes a HELD outcome of any: the decisions of policy stay.
void SetHeld(v1::Held held, v1::Outcome* judged) {
  judged->set_verdict(v1::VERDICT_HELD);
  *judged->mutable_held() = std::move(held);
  judged->clear_events();
  judged->clear_effects();
  judged->clear_refusals();
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
  return CheckResolver(field);
}

std::vector<v1::Refusal> CommandRun::CheckResolver(const std::string& field) const {
  std::vector<v1::Refusal> refusals;
  const v1::Approval& approval = approval_->approval();
  const v1::DeskCommand& verb = command_.desk();
  const bool is_requester = approval.requester_id() == command_.actor().actor_id();
  if (verb.has_withdraw()) {
    if (!is_requester) {
      refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_INVARIANT, kReasonApprovalNotRequester,
                                     field, kReasonApprovalNotRequester.text));
    }
    return refusals;
  }
  // An expired approval can be declined and withdrawn: that does nothing but end it.
  if (verb.has_approve() && domain::HasExpired(approval, *DecodeTime(command_.now()))) {
    refusals.push_back(MakeRefusal(
        v1::Refusal::ORIGIN_INVARIANT, kReasonApprovalExpired, field,
        absl::StrCat("the approval could be given until ", TimeText(approval.expire_time()))));
  }
  if (is_review_) return refusals;
  // Who asked may take it back without any authority.
  if (!HasAuthority(command_.actor(), approval.authority()) &&
      !(is_requester && verb.has_decline())) {
    refusals.push_back(MakeRefusal(
        v1::Refusal::ORIGIN_INVARIANT, kReasonApprovalAuthorityMissing, field,
        absl::StrCat("the authority \"", EscapeValue(approval.authority()), "\" is needed")));
  }
  if (is_requester && verb.has_approve() && !policy_->pack().approvals().requester_may_approve()) {
    refusals.push_back(MakeRefusal(v1::Refusal::ORIGIN_POLICY, kReasonApprovalByRequester, field,
                                   "the requester of a command may not approve it"));
  }
  const int seen_round = std::max(1, verb.approve().round());
  if (verb.has_approve() && refusals.empty() && seen_round != domain::RoundOf(approval)) {
    refusals.push_back(MakeRefusal(
        v1::Refusal::ORIGIN_INVARIANT, kReasonApprovalRound, "approve.round",
        absl::StrCat("the present round is ", domain::RoundOf(approval), ", and round ", seen_round,
                     " is approved; look at the approval, and name the present round")));
  }
  return refusals;
}

v1::Event CommandRun::MakeApprovalEvent(const v1::EntityRef& approval) const {
  v1::Event event;
  *event.mutable_entity() = approval;
  *event.mutable_time() = instant_;
  if (command_.late_entry()) *event.mutable_occur_time() = command_.now();
  event.set_actor_id(command_.actor().actor_id());
  return event;
}

absl::Status CommandRun::RunApprove() {
  const v1::Approve& approve = command_.desk().approve();
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::Refusal> refusals,
                             CheckResolution("approve", approve.approval_id()));
  if (!refusals.empty()) {
    outcome_ = MakeRefused(std::move(refusals));
    return absl::OkStatus();
  }
  const v1::Approval& approval = approval_->approval();
  FRONTDESK_ASSIGN_OR_RETURN(const auto held, source_->HeldRecord(approve.approval_id()));
  if (held == nullptr)
    return MakeError(kReasonStoreCorrupt, "the approval's journal record is missing");
  const domain::CommandInfo* again_info = domain::FindCommand(held->command());
  if (again_info == nullptr || again_info->decision_input == nullptr) {
    return MakeError(kReasonStoreCorrupt,
                     "the approval's journal record has no command that can be held");
  }
  // The record of the last round, which the approver saw.
  round_record_ = held;
  if (approval.rounds_size() > 1) {
    FRONTDESK_ASSIGN_OR_RETURN(
        round_record_,
        source_->CausingRecord(approval_->entity(),
                               approval.rounds(approval.rounds_size() - 1).version()));
    if (round_record_ == nullptr)
      return MakeError(kReasonStoreCorrupt, "the journal record of an approval's round is missing");
  }
  attempt_.set_resolver_id(command_.actor().actor_id());
  *attempt_.mutable_attempt_time() = instant_;
  attempt_.set_note(approve.note());

  // The command as it was asked, at the instant of the approval. The version that the approver saw counts as the expected one.
  again_ = held->command();
  // A late entry still names its own instant.
  if (!again_.late_entry()) {
    *again_.mutable_now() = command_.now();
    again_.set_late_entry(command_.late_entry());
  }
  again_.clear_idempotency_key();
  expects_version_ = again_.has_expected_version();
  again_.clear_expected_version();
  again_facts_ = facts_;
  if (!again_facts_.has_catalog() && round_record_->facts().has_catalog()) {
    *again_facts_.mutable_catalog() = round_record_->facts().catalog();
  }
  return Judge(Asked(again_, instant_), again_facts_, /*body_hash=*/"", /*journalled_always=*/true);
}

absl::Status CommandRun::AddEntityChanges() {
  for (const v1::EntityRead& read : round_record_->entity_reads()) {
    const v1::EntityRef& entity = read.entity();
    if (entity.kind() == v1::ENTITY_KIND_APPROVAL || entity.kind() == v1::ENTITY_KIND_DESK ||
        !source_->HasRead(entity.kind(), entity.id())) {
      continue;
    }
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, source_->Get(entity.kind(), entity.id()));
    if (state->version() == read.version()) continue;
    v1::ApprovalDifference& difference = differences_.emplace_back();
    difference.set_kind(v1::ApprovalDifference::KIND_ENTITY);
    difference.set_path(absl::StrCat(domain::EntityKindNoun(entity.kind()), " ", entity.id()));
    difference.set_before(absl::StrCat("version ", read.version()));
    difference.set_after(absl::StrCat("version ", state->version()));
  }
  return absl::OkStatus();
}

absl::Status CommandRun::MakeContentOf(const Asked& asked, int known_findings,
                                       bool expects_version) {
  cel::Budget budget{limits_.max_policy_cost};
  const PolicyCall call{&budget, rules::TraceLevel::kFired, as_of_};
  FRONTDESK_ASSIGN_OR_RETURN(
      content_,
      MakeContent(asked, *policy_, known_findings + limits_.max_approval_findings, call, *input_));
  *content_.round.mutable_request_time() = instant_;
  if (!expects_version) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             source_->Get(asked.entity_kind(), asked.entity_id()));
  if (state != nullptr) content_.round.set_entity_version(state->version());
  return absl::OkStatus();
}

absl::Status CommandRun::ReviewApproval(const Asked& asked) {
  cel::Budget budget{limits_.max_policy_cost};
  FurtherDecisions further;
  FRONTDESK_RETURN_IF_ERROR(
      Assess(asked, *policy_, {&budget, rules::TraceLevel::kFired, as_of_}, input_, &further));
  const v1::Approval& approval = approval_->approval();
  const v1::ApprovalTolerance& tolerance = policy_->pack().approvals().tolerance();
  const int round = approval.rounds_size();
  const v1::ApprovalRound seen = round == 0 ? v1::ApprovalRound() : approval.rounds(round - 1);
  FRONTDESK_RETURN_IF_ERROR(MakeContentOf(asked, seen.findings_size(), expects_version_));
  given_.assign(approval.grants().begin(), approval.grants().end());
  for (const v1::ApprovalFinding& finding : seen.findings()) {
    if (!is_review_ && !HasAuthority(command_.actor(), finding.authority())) continue;
    const bool is_given = std::any_of(given_.begin(), given_.end(), [&](const auto& grant) {
      return IsSameRule(grant, finding) && grant.round() == round;
    });
    if (is_given) continue;
    v1::ApprovalGrant& grant = given_.emplace_back();
    grant.set_rule_id(finding.rule_id());
    grant.set_authority(finding.authority());
    grant.set_resolver_id(attempt_.resolver_id());
    *grant.mutable_grant_time() = instant_;
    grant.set_round(round);
  }
  for (v1::ApprovalGrant& grant : CoveringGrants(approval, given_, content_.round, tolerance)) {
    *attempt_.add_grants() = std::move(grant);
  }
  differences_ = CompareRounds(seen, content_.round, tolerance);
  FRONTDESK_RETURN_IF_ERROR(AddEntityChanges());
  SetApproval(domain::ApprovedUnder(approval, attempt_), input_);
  return absl::OkStatus();
}

void CommandRun::FinishApproval(v1::Outcome* judged) {
  v1::Event event = MakeApprovalEvent(approval_->entity());
  v1::ApprovalEvent& change = *event.mutable_approval();
  const bool is_new_version =
      std::any_of(differences_.begin(), differences_.end(), [](const auto& difference) {
        return difference.kind() == v1::ApprovalDifference::KIND_VERSION;
      });
  if (judged->verdict() == v1::VERDICT_REFUSED) {
    // Not used up: the obstacle may go, and the approver has seen the request.
    for (const v1::Refusal& refusal : judged->refusals()) {
      attempt_.add_refusal_reasons(refusal.reason());
    }
    *change.mutable_approval_attempted()->mutable_attempt() = attempt_;
  } else if (judged->verdict() == v1::VERDICT_DONE && !is_new_version &&
             !approval_->approval().rounds().empty()) {
    v1::ApprovalResolved& resolved = *change.mutable_approval_resolved();
    resolved.set_state(v1::Approval::STATE_APPROVED);
    resolved.set_resolver_id(attempt_.resolver_id());
    *resolved.mutable_resolve_time() = instant_;
    resolved.set_note(attempt_.note());
    *resolved.mutable_grants() = attempt_.grants();
    // Grants of earlier rounds cover the differences, or no rule asks for an approval any more.
    for (v1::ApprovalDifference& each : differences_) each.set_asks_again(false);
    for (const v1::ApprovalDifference& each : differences_) *resolved.add_differences() = each;
  } else {
    AskOn(judged, &change);
  }
  for (const v1::ApprovalDifference& each : differences_) {
    *judged->add_approval_differences() = each;
  }
  // It comes first.
  *judged->add_events() = std::move(event);
  for (int i = judged->events_size() - 1; i > 0; --i) {
    judged->mutable_events()->SwapElements(i, i - 1);
  }
}

void CommandRun::AskOn(v1::Outcome* judged, v1::ApprovalEvent* change) {
  const v1::Approval& approval = approval_->approval();
  v1::ApprovalRound& now = content_.round;
  const auto is_open = [this](const v1::ApprovalFinding& finding) {
    return !IsGranted(finding, attempt_);
  };
  const bool has_open = std::any_of(now.findings().begin(), now.findings().end(), is_open);
  if (!has_open && judged->verdict() == v1::VERDICT_HELD) {
    // A rule holds it that reads the approval itself.
    v1::ApprovalFinding& finding = *now.add_findings();
    CopyRule(judged->held(), &finding);
    finding.set_text(judged->held().text());
  }
  if (now.findings().empty() && approval.rounds_size() > 0) {
    // Nothing holds it any more but the version: who approved the last round is asked once more.
    *now.mutable_findings() = approval.rounds(approval.rounds_size() - 1).findings();
  } else if (now.findings().empty()) {
    // Nobody knows the content of an approval of an older version.
    CopyRule(approval, now.add_findings());
  }
  const v1::ApprovalTolerance& tolerance = policy_->pack().approvals().tolerance();
  const bool is_same_round =
      approval.rounds_size() > 0 && has_open &&
      std::all_of(now.findings().begin(), now.findings().end(), [&](const auto& finding) {
        return IsGranted(finding, attempt_) ||
               IsSeen(finding, approval.rounds(approval.rounds_size() - 1), now, tolerance);
      });
  if (is_same_round) {
    const v1::ApprovalFinding& next = NextFinding(now, attempt_);
    v1::ApprovalGranted& granted = *change->mutable_approval_granted();
    CopyRule(next, &granted);
    *granted.mutable_attempt() = attempt_;
    for (const v1::ApprovalGrant& grant : given_) *granted.add_grants() = grant;
    SetHeld(MakeHeld(approval_->entity().id(), next, domain::RoundOf(approval)), judged);
    return;
  }
  if (approval.rounds_size() >= limits_.max_approval_rounds) {
    v1::ApprovalClosed& closed = *change->mutable_approval_closed();
    closed.set_reason(std::string(kReasonApprovalRoundsExceeded.word));
    *closed.mutable_attempt() = attempt_;
    v1::Outcome refused = MakeRefused(
        {MakeRefusal(v1::Refusal::ORIGIN_INVARIANT, kReasonApprovalRoundsExceeded, "approve.round",
                     absl::StrCat("max_approval_rounds is ", limits_.max_approval_rounds,
                                  "; the command can be asked for anew"))});
    judged->clear_held();
    judged->clear_events();
    judged->clear_effects();
    judged->set_verdict(v1::VERDICT_REFUSED);
    *judged->mutable_refusals() = refused.refusals();
    return;
  }
  v1::ApprovalAskedAgain& asked = *change->mutable_approval_asked_again();
  *asked.mutable_attempt() = attempt_;
  for (const v1::ApprovalGrant& grant : given_) *asked.add_grants() = grant;
  SetHeld(AskNextRound(*approval_, &asked), judged);
}

v1::Held CommandRun::AskNextRound(const v1::EntityState& waiting, v1::ApprovalAskedAgain* asked) {
  v1::ApprovalRound& round = *asked->mutable_round();
  round = content_.round;
  round.set_version(waiting.version() + 1);
  for (const v1::ApprovalDifference& each : differences_) *round.add_differences() = each;
  const v1::ApprovalFinding& next = NextFinding(round, asked->attempt());
  CopyRule(next, asked);
  const absl::optional<absl::Time> expiry =
      ApprovalExpiry(*policy_, *input_, *DecodeTime(instant_));
  if (expiry.has_value()) *asked->mutable_expire_time() = EncodeTime(*expiry);
  return MakeHeld(waiting.entity().id(), next, waiting.approval().rounds_size() + 1);
}

absl::Status CommandRun::HoldRequest(const Asked& asked, v1::Outcome* judged) {
  FRONTDESK_RETURN_IF_ERROR(
      MakeContentOf(asked, /*known_findings=*/0, asked.command().has_expected_version()));
  const std::string hash = RequestHash(asked.command());
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> ids, source_->WaitingRequests(hash));
  for (const std::string& id : ids) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto waiting, source_->Get(v1::ENTITY_KIND_APPROVAL, id));
    if (waiting == nullptr || waiting->approval().state() != v1::Approval::STATE_PENDING ||
        waiting->approval().rounds().empty() ||
        domain::HasExpired(waiting->approval(), *DecodeTime(command_.now()))) {
      continue;
    }
    if (JoinRequest(*waiting, judged)) return absl::OkStatus();
  }
  requested_.emplace();
  v1::Approval& approval = *requested_;
  approval.set_state(v1::Approval::STATE_PENDING);
  CopyRule(judged->held(), &approval);
  approval.set_requester_id(asked.command().actor().actor_id());
  *approval.mutable_request_time() = instant_;
  *approval.add_rounds() = content_.round;
  approval.mutable_rounds(0)->set_version(1);
  if (!asked.entity_id().empty()) *approval.mutable_entity() = asked.entity();
  approval.set_command_name(std::string(asked.info().name));
  approval.set_customer_id(InputCustomerId(*input_));
  approval.set_request_hash(hash);
  const absl::optional<absl::Time> expiry =
      ApprovalExpiry(*policy_, *input_, *DecodeTime(instant_));
  if (expiry.has_value()) *approval.mutable_expire_time() = EncodeTime(*expiry);
  judged->mutable_held()->set_round(1);
  return absl::OkStatus();
}

bool CommandRun::JoinRequest(const v1::EntityState& waiting, v1::Outcome* judged) {
  const v1::Approval& approval = waiting.approval();
  const v1::ApprovalRound& seen = approval.rounds(approval.rounds_size() - 1);
  // Whether a version counts is that of the first request: its command is what is decided.
  v1::ApprovalRound now = content_.round;
  now.set_entity_version(seen.entity_version());
  differences_ = CompareRounds(seen, now, policy_->pack().approvals().tolerance());
  if (!AsksAgain(differences_)) {
    v1::ApprovalFinding next;
    CopyRule(approval, &next);
    next.set_text(judged->held().text());
    SetHeld(MakeHeld(approval.approval_id(), next, domain::RoundOf(approval)), judged);
    for (const v1::ApprovalDifference& each : differences_) {
      *judged->add_approval_differences() = each;
    }
    return true;
  }
  v1::Event event = MakeApprovalEvent(waiting.entity());
  const bool is_closed = approval.rounds_size() >= limits_.max_approval_rounds;
  if (is_closed) {
    event.mutable_approval()->mutable_approval_closed()->set_reason(
        std::string(kReasonApprovalRoundsExceeded.word));
  } else {
    v1::ApprovalAskedAgain& asked = *event.mutable_approval()->mutable_approval_asked_again();
    *asked.mutable_grants() = approval.grants();
    if (seen.entity_version() == 0) content_.round.clear_entity_version();
    SetHeld(AskNextRound(waiting, &asked), judged);
    for (const v1::ApprovalDifference& each : differences_) {
      *judged->add_approval_differences() = each;
    }
  }
  *judged->add_events() = std::move(event);
  // The one that is closed makes room for a new one.
  return !is_closed;
}

absl::Status CommandRun::CloseApprovals(v1::Outcome* judged) {
  std::vector<std::pair<v1::EntityRef, std::string>> over;
  for (const auto& [key, changed] : new_states_) {
    std::string reason = OverReason(*changed.state);
    if (reason.empty()) continue;
    const v1::EntityRef& entity = changed.state->entity();
    FRONTDESK_ASSIGN_OR_RETURN(const auto before, source_->Get(entity.kind(), entity.id()));
    if (before == nullptr || !OverReason(*before).empty()) continue;
    over.emplace_back(entity, std::move(reason));
  }
  int closed = 0;
  for (const auto& [entity, reason] : over) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                               source_->WaitingApprovalsOf(entity));
    for (const std::string& id : ids) {
      // The one that is approved by this very command waits no more, or is dealt with already.
      if (approval_ != nullptr && approval_->entity().id() == id) continue;
      FRONTDESK_ASSIGN_OR_RETURN(const auto waiting, source_->Get(v1::ENTITY_KIND_APPROVAL, id));
      if (waiting == nullptr || waiting->approval().state() != v1::Approval::STATE_PENDING)
        continue;
      if (++closed > limits_.max_events_per_command) {
        return MakeError(kReasonEventsTooMany, absl::StrCat("max_events_per_command is ",
                                                            limits_.max_events_per_command));
      }
      v1::Event event = MakeApprovalEvent(waiting->entity());
      event.mutable_approval()->mutable_approval_closed()->set_reason(reason);
      FRONTDESK_RETURN_IF_ERROR(Fold(&event));
      *judged->add_events() = std::move(event);
    }
  }
  return absl::OkStatus();
}

void CommandRun::FillPreview(v1::ApprovalPreview* preview) const {
  *preview->mutable_current() = content_.round;
  for (const v1::ApprovalDifference& each : differences_) *preview->add_differences() = each;
  for (const v1::ApprovalMovement& each : content_.movements) *preview->add_movements() = each;
  v1::Outcome& outcome = *preview->mutable_outcome();
  if (outcome.verdict() != v1::VERDICT_HELD) return;
  outcome.clear_events();
  for (const v1::Event& event : content_.decided.events) *outcome.add_events() = event;
  for (const v1::Effect& effect : content_.decided.effects) *outcome.add_effects() = effect;
}

absl::Status CommandRun::RunResolve(absl::string_view verb_field, const std::string& approval_id,
                                    v1::Approval::State state, const std::string& note) {
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::Refusal> refusals,
                             CheckResolution(verb_field, approval_id));
  if (!refusals.empty()) {
    outcome_ = MakeRefused(std::move(refusals));
    return absl::OkStatus();
  }
  v1::Event event = MakeApprovalEvent(approval_->entity());
  v1::ApprovalResolved* resolved = event.mutable_approval()->mutable_approval_resolved();
  resolved->set_state(state);
  resolved->set_resolver_id(command_.actor().actor_id());
  *resolved->mutable_resolve_time() = instant_;
  resolved->set_note(note);
  FRONTDESK_RETURN_IF_ERROR(Fold(&event));
  *outcome_.add_events() = std::move(event);
  outcome_.set_verdict(v1::VERDICT_DONE);
  FillRecord(Asked(command_), body_hash_);
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace frontdesk
