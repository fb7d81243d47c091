#include "decide/command_run.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "decide/counted.h"
#include "decide/decision_inputs.h"
#include "decide/input_hash.h"
#include "decide/lend.h"
#include "decide/load_input.h"
#include "decide/load_totals.h"
#include "decide/pipeline.h"
#include "decide/policy_outputs.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "internal/arena_message.h"
#include "internal/canonical.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

// Each pass is at a later instant, that of an entity that the one before would have changed.
constexpr int kMaxPasses = 100;

// The place of the entity in `states`, or that before which it belongs.
template <typename States>
auto FindPlace(States& states, const v1::EntityRef& entity) {
  return std::lower_bound(
      states.begin(), states.end(), entity, [](const auto& state, const v1::EntityRef& wanted) {
        const int kind = static_cast<int>(wanted.kind());
        return std::tie(state.first.first, state.first.second) < std::tie(kind, wanted.id());
      });
}

template <typename Place>
bool IsOf(const Place& place, const v1::EntityRef& entity) {
  return place->first.first == static_cast<int>(entity.kind()) &&
         place->first.second == entity.id();
}

// Removes the refusal that the entity exists which the command would create.
void RemoveExists(const Asked& asked, std::vector<v1::Refusal>* refusals) {
  const std::string reason = absl::StrCat(domain::EntityKindName(asked.entity_kind()), "_EXISTS");
  refusals->erase(
      std::remove_if(refusals->begin(), refusals->end(),
                     [&reason](const v1::Refusal& refusal) { return refusal.reason() == reason; }),
      refusals->end());
}

}  // namespace

std::string BodyHash(const v1::Command& command) {
  google::protobuf::Arena arena;
  v1::Command& body = *google::protobuf::Arena::CreateMessage<v1::Command>(&arena);
  body.set_interaction_id(command.interaction_id());
  const google::protobuf::Reflection& access = *command.GetReflection();
  const google::protobuf::FieldDescriptor* arm = access.GetOneofFieldDescriptor(
      command, v1::Command::descriptor()->FindOneofByName("command"));
  // Lent: see lend.h.
  auto* const lent = const_cast<google::protobuf::Message*>(&access.GetMessage(command, arm));
  access.UnsafeArenaSetAllocatedMessage(&body, lent, arm);
  return Sha256(CanonicalBytes(body));
}

absl::Status CommandRun::Run(absl::FunctionRef<absl::StatusOr<const Policy*>()> find_policy,
                             StateSource* source) {
  source_ = source;
  Reset();
  if (!is_checked_) {
    FRONTDESK_RETURN_IF_ERROR(CheckEnvelope(command_, {facts_, "facts"}, limits_, &fields_));
    if (!command_.idempotency_key().empty()) body_hash_ = BodyHash(command_);
    is_checked_ = true;
  }
  FRONTDESK_RETURN_IF_ERROR(Remember());
  if (is_remembered_) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(policy_, find_policy());
  instant_ = command_.now();
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    latest_ = instant_;
    FRONTDESK_RETURN_IF_ERROR(RunAtInstant());
    if (!is_void()) return absl::OkStatus();
    instant_ = latest_;
    Reset();
  }
  return MakeError(kReasonRelatedTooMany,
                   absl::StrCat("at each of ", kMaxPasses,
                                " instants, an entity with a later last instant would change"));
}

absl::Status CommandRun::RunAtInstant() {
  const v1::DeskCommand& desk = command_.desk();
  if (desk.has_approve()) return RunApprove();
  if (desk.has_decline()) {
    return RunResolve("decline", desk.decline().approval_id(), v1::Approval::STATE_DECLINED,
                      desk.decline().note());
  }
  if (desk.has_withdraw()) {
    return RunResolve("withdraw", desk.withdraw().approval_id(), v1::Approval::STATE_WITHDRAWN,
                      desk.withdraw().note());
  }
  return Judge(Asked(command_, instant_, fields_), facts_, body_hash_,
               /*journalled_always=*/false);
}

void CommandRun::Reset() {
  is_remembered_ = false;
  outcome_.Clear();
  has_record_ = false;
  arena_.Reset();
  record_ = google::protobuf::Arena::CreateMessage<v1::JournalRecord>(&arena_);
  input_ = google::protobuf::Arena::CreateMessage<v1::DecisionInput>(&arena_);
  loaded_.rows.clear();
  loaded_.states.clear();
  approval_ = nullptr;
  round_record_ = nullptr;
  attempt_.Clear();
  given_.clear();
  content_ = ApprovalContent();
  differences_.clear();
  existing_ = ExternalIdCheck();
  requested_.reset();
  new_states_.clear();
}

absl::Status CommandRun::Remember() {
  if (command_.idempotency_key().empty() || as_of_.has_value()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const RememberedVerdict remembered, source_->FindRemembered(command_));
  if (remembered.outcome == nullptr) return absl::OkStatus();
  if (remembered.body_hash != body_hash_) {
    return MakeError(kReasonIdempotencyKeyReused, "the key was used for another command");
  }
  is_remembered_ = true;
  outcome_ = *remembered.outcome;
  return absl::OkStatus();
}

bool CommandRun::is_to_remember() const {
  if (body_hash_.empty()) return false;
  // Also when the held command of an approval comes to nothing: the approval is used up.
  if (has_record_) return true;
  const auto& refusals = outcome_.refusals();
  return std::none_of(refusals.begin(), refusals.end(), [](const v1::Refusal& refusal) {
    return refusal.origin() == v1::Refusal::ORIGIN_NOT_FOUND ||
           refusal.reason() == kReasonCommandTooEarly ||
           refusal.reason() == kReasonCommandTooFarAhead;
  });
}

absl::Status CommandRun::CheckVersion(const Asked& asked) {
  const v1::Command& command = asked.command();
  if (!command.has_expected_version()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             source_->Get(asked.entity_kind(), asked.entity_id()));
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

absl::Status CommandRun::CheckStored(const Asked& asked, std::vector<v1::Refusal>* refusals) {
  const v1::Command& command = asked.command();
  // Entities with a place in the input were looked for there.
  const bool has_place =
      !input_->has_interaction() && input_->input_case() != v1::DecisionInput::INPUT_NOT_SET;
  if (!command.interaction_id().empty() && !has_place) {
    v1::EntityRef interaction;
    interaction.set_kind(v1::ENTITY_KIND_INTERACTION);
    interaction.set_id(command.interaction_id());
    FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                               source_->Get(interaction.kind(), interaction.id()));
    if (state == nullptr) refusals->push_back(MakeNotFound(interaction, "interaction_id"));
  }
  for (const Reference& reference : asked.references()) {
    if (!reference.must_exist() || reference.has_place()) continue;
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, source_->Get(reference.kind, *reference.id));
    if (state == nullptr) {
      refusals->push_back(MakeNotFound(reference.entity(), asked.FieldOf(reference)));
    }
  }
  return absl::OkStatus();
}

absl::Status CommandRun::ReadInstants(const Asked& asked) {
  // No last instant binds a command to the desk, unless it says what happened to an entity.
  if (asked.info().entity_kind == v1::ENTITY_KIND_UNSPECIFIED &&
      !asked.command().desk().has_report_effect()) {
    return absl::OkStatus();
  }
  FRONTDESK_RETURN_IF_ERROR(ReadInstant(asked.entity_kind(), asked.entity_id()));
  for (const Reference& reference : asked.references()) {
    if (!reference.is_changed()) continue;
    FRONTDESK_RETURN_IF_ERROR(ReadInstant(reference.kind, *reference.id));
  }
  return absl::OkStatus();
}

absl::Status CommandRun::ReadInstant(v1::EntityKind kind, const std::string& id) {
  if (id.empty() || FindIdFault(id).has_value()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, source_->Get(kind, id));
  if (state != nullptr) RaiseTo(*state);
  return absl::OkStatus();
}

void CommandRun::RaiseTo(const v1::EntityState& state) {
  const absl::optional<absl::Time> last = DecodeTime(state.update_time());
  if (state.has_update_time() && last.has_value() && *last > *DecodeTime(latest_)) {
    latest_ = state.update_time();
  }
}

bool CommandRun::is_void() const { return *DecodeTime(latest_) > *DecodeTime(instant_); }

absl::Status CommandRun::CheckTime(std::vector<v1::Refusal>* refusals) {
  const absl::Time now = *DecodeTime(command_.now());
  if (!command_.late_entry() && *DecodeTime(instant_) - now > clocks_.max_skew) {
    refusals->push_back(MakeRefusal(
        v1::Refusal::ORIGIN_INVARIANT, kReasonCommandTooEarly, "now",
        absl::StrCat("the command is earlier than ", TimeText(instant_),
                     ", the last instant of an entity that it changes; a late entry is possible")));
  }
  if (!clocks_.bounds_lead()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<absl::Time> newest, source_->NewestTime());
  if (newest.has_value() && now - *newest > clocks_.max_lead + clocks_.lead_step()) {
    refusals->push_back(MakeRefusal(
        v1::Refusal::ORIGIN_INVARIANT, kReasonCommandTooFarAhead, "now",
        absl::StrCat("the newest instant of the desk is ", TimeText(EncodeTime(*newest)),
                     ", and a command may be later by ", absl::FormatDuration(clocks_.max_lead))));
  }
  return absl::OkStatus();
}

absl::Status CommandRun::Judge(const Asked& asked, const v1::Facts& facts,
                               const std::string& body_hash, bool journalled_always) {
  if (source_->ReadsAhead()) {
    source_->Expect(NamedEntities(asked.command()),
                    asked.info().creates ? asked.entity() : v1::EntityRef());
  }
  FRONTDESK_RETURN_IF_ERROR(ReadInstants(asked));
  if (is_void()) return absl::OkStatus();
  v1::Outcome judged;
  bool reached_policy = false;
  std::vector<v1::Refusal> refusals = CheckArguments(asked, *policy_, OpenFields(asked, *policy_));
  if (refusals.empty()) {
    FRONTDESK_RETURN_IF_ERROR(LoadInput(asked, facts, limits_, source_, input_, &loaded_));
    FillInput(asked, *policy_, input_);
    // The loader walked from the named customer to its survivor, and so has read the named one.
    refusals = CheckExistence(asked, *input_, [this](const std::string& customer_id) {
      return source_->HasRead(v1::ENTITY_KIND_CUSTOMER, customer_id);
    });
    FRONTDESK_RETURN_IF_ERROR(CheckStored(asked, &refusals));
    FRONTDESK_ASSIGN_OR_RETURN(existing_, CheckExternalIds(asked, *policy_, source_));
    // The existing entity may have the very id that the command gives the new one.
    if (existing_.existing.id() == asked.entity_id()) RemoveExists(asked, &refusals);
    std::move(existing_.refusals.begin(), existing_.refusals.end(), std::back_inserter(refusals));
  }
  if (refusals.empty()) {
    FRONTDESK_RETURN_IF_ERROR(CheckVersion(asked));
    FRONTDESK_RETURN_IF_ERROR(CheckTime(&refusals));
  }
  if (refusals.empty()) {
    FRONTDESK_RETURN_IF_ERROR(LoadTotals(asked, *policy_, limits_, source_, input_));
    if (approval_ != nullptr) FRONTDESK_RETURN_IF_ERROR(ReviewApproval(asked));
    FRONTDESK_ASSIGN_OR_RETURN(judged,
                               DecideFilled(asked, *policy_, limits_, trace_, as_of_, input_));
    if (!existing_.existing.id().empty()) AnswerExisting(&judged);
    reached_policy = true;
  } else {
    judged = MakeRefused(std::move(refusals));
  }
  if (approval_ != nullptr) {
    FinishApproval(&judged);
  } else if (judged.verdict() == v1::VERDICT_HELD) {
    FRONTDESK_RETURN_IF_ERROR(HoldRequest(asked, &judged));
  }
  run_clocks_.emplace(*policy_, kept_policies_, source_, limits_);
  for (v1::Event& event : *judged.mutable_events()) FRONTDESK_RETURN_IF_ERROR(Fold(&event));
  FRONTDESK_RETURN_IF_ERROR(FinishClocks(&judged));
  FRONTDESK_RETURN_IF_ERROR(CloseApprovals(&judged));
  for (auto& [key, changed] : new_states_)
    changed.tracker.Clear(domain::MutableEntity(changed.state.get()));
  outcome_ = std::move(judged);
  if (reached_policy || journalled_always) FillRecord(asked, body_hash);
  if (reached_policy) FillCounted(asked, *input_, outcome_, record_);
  return absl::OkStatus();
}

void CommandRun::AnswerExisting(v1::Outcome* judged) const {
  const v1::PolicyOutcome decided = judged->decision().outcome();
  if (decided != v1::POLICY_OUTCOME_ALLOW && decided != v1::POLICY_OUTCOME_HOLD) return;
  // Nothing is created, so nothing is against it but policy, and nothing waits for an approval.
  judged->set_verdict(v1::VERDICT_DONE);
  judged->clear_events();
  judged->clear_effects();
  judged->clear_refusals();
  judged->clear_held();
  *judged->mutable_existing_entity() = existing_.existing;
  judged->set_existing_part_id(existing_.existing_part_id);
}

absl::Status CommandRun::Fold(v1::Event* event) {
  const v1::EntityRef& entity = event->entity();
  auto place = FindPlace(new_states_, entity);
  if (place == new_states_.end() || !IsOf(place, entity)) {
    place = new_states_.insert(place, {{static_cast<int>(entity.kind()), entity.id()}, NewState()});
  }
  NewState& changed = place->second;
  if (changed.state == nullptr) {
    FRONTDESK_RETURN_IF_ERROR(Begin(event->entity(), &changed));
    if (changed.state->version() > 0 && !event->has_desk()) RaiseTo(*changed.state);
  }
  event->set_version(changed.state->version() + 1);
  const bool has_clocks = run_clocks_.has_value() && entity.kind() == v1::ENTITY_KIND_CASE;
  if (has_clocks && !event->case_().has_case_clocks_changed()) {
    run_clocks_->Begin(entity.id(), changed.state->version() == 0 ? nullptr : changed.state.get());
  }
  FRONTDESK_RETURN_IF_ERROR(Evolve(*event, changed.state.get()));
  if (has_clocks && !event->case_().has_case_clocks_changed()) {
    FRONTDESK_RETURN_IF_ERROR(run_clocks_->Note(*event, *changed.state));
  }
  changed.tracker.Note(event->version(), *domain::MutableEntity(changed.state.get()),
                       &changed.rows);
  return absl::OkStatus();
}

absl::Status CommandRun::FinishClocks(v1::Outcome* judged) {
  const auto state_of = [this](const std::string& case_id) -> const v1::Case& {
    v1::EntityRef entity;
    entity.set_kind(v1::ENTITY_KIND_CASE);
    entity.set_id(case_id);
    return FindPlace(new_states_, entity)->second.state->case_();
  };
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::Event> events,
                             run_clocks_->Finish(*DecodeTime(instant_), state_of));
  for (v1::Event& event : events) {
    FRONTDESK_RETURN_IF_ERROR(Fold(&event));
    *judged->add_events() = std::move(event);
  }
  run_clocks_.reset();
  return absl::OkStatus();
}

absl::Status CommandRun::Begin(const v1::EntityRef& entity, NewState* changed) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto stored, source_->Get(entity.kind(), entity.id()));
  return BeginState(entity, stored, loaded_.rows, changed);
}

absl::Status BeginState(const v1::EntityRef& entity,
                        const std::shared_ptr<const v1::EntityState>& stored,
                        const std::vector<LoadedRow>& rows, NewState* changed) {
  changed->state = MakeOnArena<v1::EntityState>(stored.get());
  if (stored == nullptr) return absl::OkStatus();
  *changed->state = *stored;
  for (const LoadedRow& loaded : rows) {
    if (loaded.entity.kind() != entity.kind() || loaded.entity.id() != entity.id()) continue;
    FRONTDESK_RETURN_IF_ERROR(changed->tracker.Load(*loaded.list, loaded.row.position,
                                                    loaded.row.element,
                                                    domain::MutableEntity(changed->state.get())));
  }
  return absl::OkStatus();
}

void CommandRun::FillRecord(const Asked& asked, const std::string& body_hash) {
  has_record_ = true;
  *record_->mutable_time() = instant_;
  record_->mutable_entity()->set_kind(asked.entity_kind());
  record_->mutable_entity()->set_id(asked.entity_id());
  record_->unsafe_arena_set_allocated_command(LendTo(&arena_, asked.command()));
  if (!body_hash.empty()) record_->set_body_hash(body_hash);
  record_->set_policy_hash(policy_->hash());
  record_->set_policy_name(PolicyName(*policy_));
  if (outcome_.has_decision()) {
    record_->unsafe_arena_set_allocated_decision(LendTo(&arena_, outcome_.decision()));
  }
  for (const v1::Decision& further : outcome_.further_decisions()) {
    record_->mutable_further_decisions()->UnsafeArenaAddAllocated(LendTo(&arena_, further));
  }
  record_->set_verdict(outcome_.verdict());
  for (const v1::Refusal& refusal : outcome_.refusals()) {
    record_->mutable_refusals()->UnsafeArenaAddAllocated(LendTo(&arena_, refusal));
  }
  if (approval_ != nullptr) record_->set_approval_id(approval_->entity().id());
}

v1::JournalRecord& CommandRun::record() {
  // A command that reached policy has its decision.
  if (outcome_.has_decision() && !record_->has_input_hash()) FillRecordInput();
  return *record_;
}

void CommandRun::FillRecordInput() {
  HashInput(*input_, record_->mutable_input_hash());
  if (record_->command().case_().has_link_case()) {
    record_->set_max_case_ancestors(limits_.max_case_ancestors);
  }
  if (input_->order().has_catalog()) {
    *record_->mutable_facts()->mutable_catalog() =
        std::move(*input_->mutable_order()->mutable_catalog());
  }
  TakeAssessment(input_, record_);
}

}  // namespace internal
}  // namespace frontdesk
