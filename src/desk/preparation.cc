#include "desk/preparation.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "decide/decision_inputs.h"
#include "decide/pipeline.h"
#include "desk/external_ids.h"
#include "desk/index_keys.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/command_options.pb.h"
#include "internal/canonical.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

std::pair<int, std::string> StateKey(const v1::EntityRef& entity) {
  return std::make_pair(static_cast<int>(entity.kind()), entity.id());
}

// Puts the approval under which a command is decided again into the input.
void SetApproval(const v1::Approval& approval, v1::DecisionInput* input) {
  VisitArm(*input, 0, [&](auto& arm) {
    *arm.mutable_approval() = approval;
    return 0;
  });
}

}  // namespace

std::string BodyHash(const v1::Command& command) {
  v1::Command body = command;
  body.clear_now();
  body.clear_idempotency_key();
  body.clear_expected_version();
  return Sha256(CanonicalBytes(body));
}

absl::Status Preparation::Run() {
  if (command_.desk().has_approve()) return RunApprove();
  if (command_.desk().has_decline()) return RunDecline();
  return RunVerb();
}

absl::Status Preparation::RunVerb() { return Judge(command_, facts_, /*journalled_always=*/false); }

absl::Status Preparation::CheckVersion(const Asked& asked) {
  const v1::Command& command = asked.command();
  if (!command.has_expected_version()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             reader_.Get(asked.info().entity_kind, asked.entity_id()));
  const std::int64_t version = state == nullptr ? 0 : state->version();
  if (version == command.expected_version()) return absl::OkStatus();
  v1::ErrorDetail detail;
  v1::ErrorMetadata* metadata = detail.add_metadata();
  metadata->set_name("version");
  metadata->set_value(absl::StrCat(version));
  return MakeError(kReasonVersionConflict,
                   absl::StrCat("version ", command.expected_version(),
                                " was expected, but the version is ", version),
                   std::move(detail));
}

absl::Status Preparation::CheckStored(const Asked& asked, std::vector<v1::Refusal>* refusals) {
  const v1::Command& command = asked.command();
  // Entities with a place in the input were looked for there.
  const bool has_place =
      !input_.has_interaction() && input_.input_case() != v1::DecisionInput::INPUT_NOT_SET;
  if (!command.interaction_id().empty() && !has_place) {
    v1::EntityRef interaction;
    interaction.set_kind(v1::ENTITY_KIND_INTERACTION);
    interaction.set_id(command.interaction_id());
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, reader_.Get(interaction.kind(), interaction.id()));
    if (state == nullptr) refusals->push_back(MakeNotFound(interaction, "interaction_id"));
  }
  for (const Reference& reference : asked.references()) {
    if (!reference.must_exist() || reference.has_place()) continue;
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, reader_.Get(reference.kind, *reference.id));
    if (state == nullptr) {
      refusals->push_back(MakeNotFound(reference.entity(), asked.FieldOf(reference)));
    }
  }
  return absl::OkStatus();
}

absl::Status Preparation::Judge(const v1::Command& command, const v1::Facts& facts,
                                bool journalled_always) {
  const Asked asked(command);
  v1::Outcome judged;
  bool reached_policy = false;
  std::vector<v1::Refusal> refusals = CheckArguments(asked, policy_);
  if (refusals.empty()) {
    FRONTDESK_RETURN_IF_ERROR(LoadInput(asked, facts, limits_, &reader_, &input_));
    FillInput(asked, policy_, &input_);
    if (approval_ != nullptr)
      SetApproval(new_states_.at(StateKey(approval_->entity()))->approval(), &input_);
    // The loader walked from the named customer to its survivor, and so has read the named one.
    refusals = CheckExistence(asked, input_, [this](const std::string& customer_id) {
      return reader_.HasRead(v1::ENTITY_KIND_CUSTOMER, customer_id);
    });
    FRONTDESK_RETURN_IF_ERROR(CheckStored(asked, &refusals));
    FRONTDESK_RETURN_IF_ERROR(CheckExternalIds(command, &reader_, &refusals));
  }
  if (refusals.empty()) {
    FRONTDESK_RETURN_IF_ERROR(CheckVersion(asked));
    FRONTDESK_ASSIGN_OR_RETURN(judged, DecideFilled(asked, policy_, limits_, &input_));
    reached_policy = true;
  } else {
    judged = MakeRefused(std::move(refusals));
  }
  for (v1::Event& event : *judged.mutable_events()) FRONTDESK_RETURN_IF_ERROR(Fold(&event));
  // The event that resolved the approval, if any, comes first.
  v1::Outcome before = std::move(outcome_);
  outcome_ = std::move(judged);
  if (before.events_size() > 0) {
    before.mutable_events()->MergeFrom(outcome_.events());
    *outcome_.mutable_events() = std::move(*before.mutable_events());
  }
  if (reached_policy || journalled_always) FillRecord(asked);
  return absl::OkStatus();
}

absl::Status Preparation::Fold(v1::Event* event) {
  std::shared_ptr<v1::EntityState>& state = new_states_[StateKey(event->entity())];
  if (state == nullptr) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto stored,
                               reader_.Get(event->entity().kind(), event->entity().id()));
    state = stored == nullptr ? std::make_shared<v1::EntityState>()
                              : std::make_shared<v1::EntityState>(*stored);
  }
  event->set_version(state->version() + 1);
  return Evolve(*event, state.get());
}

void Preparation::FillRecord(const Asked& asked) {
  has_record_ = true;
  *record_.mutable_time() = command_.now();
  *record_.mutable_entity() = asked.entity();
  *record_.mutable_command() = asked.command();
  record_.set_body_hash(BodyHash(asked.command()));
  record_.set_policy_hash(policy_.hash());
  record_.set_policy_name(policy_.pack().version().empty()
                              ? policy_.pack().name()
                              : absl::StrCat(policy_.pack().name(), " ", policy_.pack().version()));
  if (input_.input_case() != v1::DecisionInput::INPUT_NOT_SET) {
    VisitArm(input_, 0, [](auto& arm) {
      arm.clear_command();
      return 0;
    });
    *record_.mutable_input() = std::move(input_);
  }
  if (outcome_.has_decision()) *record_.mutable_decision() = outcome_.decision();
  *record_.mutable_further_decisions() = outcome_.further_decisions();
  record_.set_verdict(outcome_.verdict());
  *record_.mutable_refusals() = outcome_.refusals();
  if (approval_ != nullptr) record_.set_approval_id(approval_->entity().id());
}

void Preparation::FinishHeld(const std::string& record_id, CommitBatch* batch) {
  outcome_.mutable_held()->set_approval_id(record_id);
  const v1::Held& held = outcome_.held();
  v1::Event* event = outcome_.add_events();
  event->mutable_entity()->set_kind(v1::ENTITY_KIND_APPROVAL);
  event->mutable_entity()->set_id(record_id);
  event->set_version(1);
  *event->mutable_time() = command_.now();
  event->set_actor_id(record_.command().actor().actor_id());
  v1::Approval* approval =
      event->mutable_approval()->mutable_approval_requested()->mutable_approval();
  approval->set_approval_id(record_id);
  approval->set_state(v1::Approval::STATE_PENDING);
  approval->set_authority(held.authority());
  approval->set_requester_id(record_.command().actor().actor_id());
  approval->set_rule_id(held.rule_id());
  approval->set_reason(held.reason());
  *approval->mutable_request_time() = command_.now();
  if (approval_ != nullptr) {
    *approval->mutable_granted_authorities() =
        new_states_.at(StateKey(approval_->entity()))->approval().granted_authorities();
  }
  auto state = std::make_shared<v1::EntityState>();
  *state->mutable_entity() = event->entity();
  state->set_version(1);
  *state->mutable_approval() = *approval;
  batch->expected_versions.push_back({event->entity(), 0});
  batch->states.push_back(std::move(state));
}

CommitBatch Preparation::Finish(const std::string& record_id) {
  CommitBatch batch;
  if (!has_record_) return batch;
  batch.expected_versions = reader_.ExpectedVersions();
  batch.expected_index = reader_.ExpectedIndexes();
  for (const auto& [key, state] : new_states_) {
    std::vector<IndexEntry> entries = IndexEntriesOf(*state);
    std::move(entries.begin(), entries.end(), std::back_inserter(batch.index_entries));
    batch.states.push_back(state);
  }
  if (outcome_.verdict() == v1::VERDICT_HELD) FinishHeld(record_id, &batch);
  int place = 0;
  for (v1::Event& event : *outcome_.mutable_events()) {
    event.set_event_id(absl::StrCat(record_id, "-", ++place));
    event.set_record_id(record_id);
    record_.add_event_ids(event.event_id());
    batch.events.push_back(event);
  }
  place = 0;
  for (v1::Effect& effect : *outcome_.mutable_effects()) {
    effect.set_effect_id(absl::StrCat(record_id, "-e", ++place));
  }
  outcome_.set_record_id(record_id);
  record_.set_record_id(record_id);
  if (outcome_.has_held()) *record_.mutable_held() = outcome_.held();
  *record_.mutable_effects() = outcome_.effects();
  batch.record = std::move(record_);
  return batch;
}

}  // namespace internal
}  // namespace frontdesk
