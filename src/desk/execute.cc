// The commands of a desk, from the envelope to the commit.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/utility/utility.h"
#include "decide/command_run.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/fetch_for_commands.h"
#include "desk/make_batch.h"
#include "desk/retention.h"
#include "desk/state_reader.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/desk/desk.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

// The newest instant to write down with a record of `instant`; nothing when the one that is written down is near enough. So few
// commands meet at its row.
absl::optional<event_log::NewTime> NewNewestTime(const google::protobuf::Timestamp& instant,
                                                 const internal::ClockLimits& clocks,
                                                 const internal::StateReader& reader) {
  if (!clocks.bounds_lead()) return absl::nullopt;
  const absl::optional<absl::Time>& newest = reader.newest_time();
  const absl::Time time = *internal::DecodeTime(instant);
  if (reader.newest_time_row() != nullptr && newest.has_value() &&
      time - *newest <= clocks.lead_step()) {
    return absl::nullopt;
  }
  const bool is_older = newest.has_value() && time < *newest;
  return event_log::NewTime{is_older ? internal::EncodeTime(*newest) : instant,
                            reader.newest_time_row()};
}

v1::Command MakeResolution(const ApprovalResolution& resolution) {
  v1::Command command;
  *command.mutable_actor() = resolution.actor;
  *command.mutable_now() = resolution.now;
  command.set_late_entry(resolution.late_entry);
  command.set_idempotency_key(resolution.idempotency_key);
  return command;
}

// The policy that a command activates must be one that this desk can use.
absl::Status CheckActivated(const v1::Outcome& outcome, const event_log::View& view,
                            internal::ActivePolicy* active) {
  for (const v1::Event& event : outcome.events()) {
    const std::string& hash = event.desk().policy_activated().policy().hash();
    if (hash.empty()) continue;
    FRONTDESK_RETURN_IF_ERROR(active->Get(view, hash).status());
  }
  return absl::OkStatus();
}

bool HasActivation(const v1::Outcome& outcome) {
  return std::any_of(outcome.events().begin(), outcome.events().end(),
                     [](const v1::Event& event) { return event.desk().has_policy_activated(); });
}

// Name, version and hash of a policy, for people.
std::string NameOf(const v1::PolicyRef& policy) {
  return absl::StrCat("\"", internal::EscapeValue(policy.name()), "\", version \"",
                      internal::EscapeValue(policy.version()), "\", hash ",
                      absl::BytesToHexString(policy.hash().substr(0, 6)));
}

// An activation that no command asks for, and that has no record.
absl::StatusOr<event_log::Batch> UnaskedActivation(const event_log::StoredState& before,
                                                   const Policy& policy) {
  event_log::Batch batch;
  auto state = std::make_shared<v1::EntityState>();
  if (before.state != nullptr) *state = *before.state;
  const auto made = std::make_shared<v1::Event>();
  v1::Event& event = *made;
  *event.mutable_entity() = internal::DeskEntity();
  event.set_version(state->version() + 1);
  *event.mutable_desk()->mutable_policy_activated()->mutable_policy() =
      internal::PolicyRefOf(policy.hash(), policy.pack());
  FRONTDESK_RETURN_IF_ERROR(Evolve(event, state.get()));
  batch.events.push_back(made);
  batch.read_entities.push_back({internal::DeskEntity(), before.head});
  batch.changed.push_back({before, std::move(state), {}});
  batch.policy = {policy.hash(), policy.kept()};
  return batch;
}

}  // namespace

absl::StatusOr<v1::Outcome> Desk::Execute(const v1::Command& command, const v1::Facts& facts) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  return Run(command, facts, nullptr);
}

absl::StatusOr<absl::optional<event_log::Batch>> Desk::Decide(
    const v1::Command& command, const std::shared_ptr<const Policy>& offered,
    const event_log::View& view, internal::StateReader* reader, internal::ActiveAt* active,
    internal::CommandRun* run, std::string* record_id) {
  FRONTDESK_RETURN_IF_ERROR(run->Run(
      [&]() -> absl::StatusOr<const Policy*> {
        if (reader->is_presumed()) *active = active_policy_->LastRead();
        if (active->head == nullptr) {
          FRONTDESK_ASSIGN_OR_RETURN(*active, FindPolicy(command, view));
        }
        return active->policy.get();
      },
      reader));
  const bool remembers = run->is_to_remember();
  if (run->is_remembered() || (!run->has_record() && !remembers)) {
    return absl::optional<event_log::Batch>();
  }
  FRONTDESK_RETURN_IF_ERROR(CheckActivated(run->outcome(), view, active_policy_.get()));
  // No lock is held: the source may do what it likes.
  if (run->has_record() && record_id->empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(*record_id,
                               NextRecordId(*internal::DecodeTime(run->record().time()), view));
  }
  // Where it is returned: a batch has many parts to move.
  absl::StatusOr<absl::optional<event_log::Batch>> made(absl::in_place, absl::in_place);
  event_log::Batch& batch = **made;
  FRONTDESK_RETURN_IF_ERROR(internal::MakeBatch(*record_id, reader, run, &batch));
  if (batch.record == nullptr) {
    // A verdict that is only remembered counts as long as everything is there on which it was decided.
    batch.read_entities = reader->ReadEntities();
    batch.read_indexes = reader->TakeIndexes();
    batch.read_totals = reader->TakeTotals();
  }
  batch.read_entities.push_back({internal::DeskEntity(), active->head});
  FRONTDESK_RETURN_IF_ERROR(view.AddReport(&batch));
  if (batch.record != nullptr) {
    batch.newest_time =
        NewNewestTime(batch.record->time(), {max_clock_skew_, max_clock_lead_}, *reader);
    if (offered != nullptr) batch.policy = {offered->hash(), offered->kept()};
  }
  if (remembers) {
    event_log::NewOutcome& remembered = batch.remembered.emplace();
    remembered.idempotency_key = command.idempotency_key();
    remembered.before = reader->outdated();
    *remembered.outcome.mutable_time() = command.now();
    remembered.outcome.set_body_hash(run->body_hash());
    *remembered.outcome.mutable_outcome() = run->outcome();
  }
  return made;
}

absl::StatusOr<v1::Outcome> Desk::Run(const v1::Command& command, const v1::Facts& facts,
                                      const std::shared_ptr<const Policy>& offered) {
  using Reading = internal::StateReader::Reading;
  internal::CommandRun run(limits_, {max_clock_skew_, max_clock_lead_}, trace_, command, facts);
  std::string record_id;
  // The first attempt on states in memory is one more. Commands to the desk are few, and read other things.
  const bool is_remote = log_->is_remote();
  for (int attempt = is_remote && !command.has_desk() ? -1 : 0; attempt < max_commit_attempts_;
       ++attempt) {
    const bool is_presumed = attempt < 0;
    const auto decide = [&]() -> absl::StatusOr<absl::optional<event_log::Batch>> {
      // A store in memory keeps the old values of rows that it changes while somebody reads: not for this commit.
      absl::StatusOr<event_log::View> view = is_remote ? log_->ReadLater() : log_->Read();
      FRONTDESK_RETURN_IF_ERROR(view.status());
      internal::ActiveAt active;
      internal::StateReader reader(*view, remember_for_, offered.get(),
                                   is_presumed ? Reading::kPresumed
                                   : is_remote ? Reading::kTogether
                                               : Reading::kOneByOne);
      return Decide(command, offered, *view, &reader, &active, &run, &record_id);
    };
    const absl::StatusOr<absl::optional<event_log::Batch>> decided = decide();
    // Without a commit, nobody finds out whether the states were the newest.
    if (is_presumed && (!decided.ok() || !decided->has_value())) continue;
    FRONTDESK_RETURN_IF_ERROR(decided.status());
    const absl::optional<event_log::Batch>& batch = *decided;
    if (!batch.has_value()) {
      ReturnRecordId(std::move(record_id));
      return run.TakeOutcome();
    }
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::CommitVerdict verdict, log_->Commit(*batch));
    if (verdict == event_log::CommitVerdict::kCommitted) {
      if (HasActivation(run.outcome())) RefreshPolicy();
      if (batch->remembered.has_value()) ForgetOutcomes(command);
      return run.TakeOutcome();
    }
    FRONTDESK_RETURN_IF_ERROR(CheckRetry(verdict));
    // The desk's own ids are in the order of the journal where commands race for one entity.
    if (id_source_ == nullptr) {
      if (is_presumed) ReturnRecordId(record_id);
      record_id.clear();
    }
  }
  return MakeError(kReasonCommitContended,
                   absl::StrCat("max_commit_attempts is ", max_commit_attempts_));
}

void Desk::ForgetOutcomes(const v1::Command& command) {
  if (remember_for_ == absl::InfiniteDuration()) return;
  const absl::optional<absl::Time> now = retention_->Count(*internal::DecodeTime(command.now()));
  if (!now.has_value()) return;
  // Its failure fails no command: the next window tries again.
  log_->ForgetOutcomes(internal::EncodeTime(*now - remember_for_), 2 * internal::Retention::kWindow)
      .status()
      .IgnoreError();
}

absl::Status Desk::CheckRetry(event_log::CommitVerdict verdict) {
  if (verdict != event_log::CommitVerdict::kRecordExists) return absl::OkStatus();
  if (id_source_ != nullptr) {
    return MakeError(kReasonCommitRecordExists, "a journal record has this id already");
  }
  knows_newest_id_ = false;
  return absl::OkStatus();
}

std::vector<absl::StatusOr<v1::Outcome>> Desk::ExecuteAll(
    absl::Span<const CommandWithFacts> commands, const ExecuteAllOptions& options) {
  std::vector<absl::StatusOr<v1::Outcome>> results;
  const internal::DeskEntry call(this);
  absl::Status possible = call.Check();
  if (options.group_size <= 0) {
    possible.Update(MakeError(kReasonDeskOptionsInvalid, "the group size is not positive"));
  }
  if (!possible.ok()) {
    results.assign(commands.size(), possible);
    return results;
  }
  while (results.size() < commands.size()) {
    const absl::Span<const CommandWithFacts> rest = commands.subspan(results.size());
    std::size_t count = 0;
    // A command to the desk may change the policy, and so is no part of a group.
    while (count < rest.size() && count < static_cast<std::size_t>(options.group_size) &&
           !rest[count].command.has_desk()) {
      ++count;
    }
    if (count == 0) {
      results.push_back(Run(rest[0].command, rest[0].facts, nullptr));
    } else {
      RunGroup(rest.first(count), &results);
    }
    if (options.progress && !options.progress(results.size())) return results;
  }
  return results;
}

void Desk::RunGroup(absl::Span<const CommandWithFacts> commands,
                    std::vector<absl::StatusOr<v1::Outcome>>* results) {
  const std::size_t first = results->size();
  std::vector<const v1::Command*> given;
  given.reserve(commands.size());
  for (const CommandWithFacts& each : commands) given.push_back(&each.command);
  absl::StatusOr<event_log::Group> group = internal::BeginGroupFor(given, *log_);
  if (!group.ok()) {
    results->insert(results->end(), commands.size(), group.status());
    return;
  }
  // The place in the group of each command's batch; -1: it has none.
  std::vector<int> places;
  for (const CommandWithFacts& each : commands) {
    internal::CommandRun run(limits_, {max_clock_skew_, max_clock_lead_}, trace_, each.command,
                             each.facts);
    std::string record_id;
    internal::ActiveAt active;
    internal::StateReader reader(group->view(), remember_for_);
    const absl::StatusOr<absl::optional<event_log::Batch>> batch =
        Decide(each.command, nullptr, group->view(), &reader, &active, &run, &record_id);
    absl::Status status = batch.status();
    int place = -1;
    if (status.ok() && batch->has_value()) {
      status = group->Add(**batch);
      if (status.ok()) place = static_cast<int>(group->size()) - 1;
    }
    places.push_back(place);
    if (status.ok()) {
      results->push_back(run.TakeOutcome());
    } else {
      results->push_back(status);
    }
  }
  const absl::StatusOr<std::vector<event_log::CommitVerdict>> verdicts =
      log_->CommitGroup(*std::move(group));
  // Behind one that was not committed, those without a batch may have been decided on it.
  bool is_sound = true;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    absl::StatusOr<v1::Outcome>& result = (*results)[first + i];
    if (places[i] >= 0) {
      if (!verdicts.ok()) {
        result = verdicts.status();
        continue;
      }
      const event_log::CommitVerdict verdict = (*verdicts)[places[i]];
      if (verdict == event_log::CommitVerdict::kCommitted) {
        if (!commands[i].command.idempotency_key().empty()) ForgetOutcomes(commands[i].command);
        continue;
      }
      is_sound = false;
      const absl::Status retry = CheckRetry(verdict);
      if (!retry.ok()) {
        result = retry;
        continue;
      }
    } else if (is_sound && verdicts.ok()) {
      continue;
    }
    result = Run(commands[i].command, commands[i].facts, nullptr);
  }
}

absl::StatusOr<v1::Outcome> Desk::Preview(const v1::Command& command, const v1::Facts& facts,
                                          absl::optional<rules::TraceLevel> trace,
                                          absl::optional<absl::Time> as_of) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  internal::CommandRun run(limits_, {max_clock_skew_, max_clock_lead_}, trace.value_or(trace_),
                           command, facts);
  if (as_of.has_value()) run.SetAsOf(*as_of);
  FRONTDESK_RETURN_IF_ERROR(RunPreview(command, view, &run));
  if (!run.is_remembered()) {
    FRONTDESK_RETURN_IF_ERROR(CheckActivated(run.outcome(), view, active_policy_.get()));
  }
  return run.TakeOutcome();
}

absl::Status Desk::RunPreview(const v1::Command& command, const event_log::View& view,
                              internal::CommandRun* run) const {
  internal::ActiveAt active;
  internal::StateReader reader(view, remember_for_, nullptr,
                               log_->is_remote() ? internal::StateReader::Reading::kTogether
                                                 : internal::StateReader::Reading::kOneByOne);
  return run->Run(
      [&]() -> absl::StatusOr<const Policy*> {
        FRONTDESK_ASSIGN_OR_RETURN(active, FindPolicy(command, view));
        return active.policy.get();
      },
      &reader);
}

absl::StatusOr<internal::ActiveAt> Desk::FindPolicy(const v1::Command& command,
                                                    const event_log::View& view) const {
  absl::StatusOr<internal::ActiveAt> active = active_policy_->Read(view);
  const v1::ActivatePolicy& verb = command.desk().activate_policy();
  if (!verb.replace_unusable() || !absl::IsFailedPrecondition(active.status())) return active;
  internal::ActiveAt instead;
  FRONTDESK_ASSIGN_OR_RETURN(instead.policy, active_policy_->Get(view, verb.policy_hash()));
  FRONTDESK_ASSIGN_OR_RETURN(instead.head, view.GetHead(v1::ENTITY_KIND_DESK, domain::kDeskId));
  return instead;
}

absl::StatusOr<v1::Outcome> Desk::Approve(absl::string_view approval_id,
                                          const ApprovalResolution& resolution,
                                          const v1::Facts& facts) {
  v1::Command command = MakeResolution(resolution);
  command.mutable_desk()->mutable_approve()->set_approval_id(std::string(approval_id));
  command.mutable_desk()->mutable_approve()->set_note(resolution.note);
  command.mutable_desk()->mutable_approve()->set_round(resolution.round);
  return Execute(command, facts);
}

absl::StatusOr<v1::Outcome> Desk::Decline(absl::string_view approval_id,
                                          const ApprovalResolution& resolution) {
  v1::Command command = MakeResolution(resolution);
  command.mutable_desk()->mutable_decline()->set_approval_id(std::string(approval_id));
  command.mutable_desk()->mutable_decline()->set_note(resolution.note);
  return Execute(command);
}

absl::StatusOr<v1::Outcome> Desk::Withdraw(absl::string_view approval_id,
                                           const ApprovalResolution& resolution) {
  v1::Command command = MakeResolution(resolution);
  command.mutable_desk()->mutable_withdraw()->set_approval_id(std::string(approval_id));
  command.mutable_desk()->mutable_withdraw()->set_note(resolution.note);
  return Execute(command);
}

absl::StatusOr<v1::Outcome> Desk::Activate(std::shared_ptr<const Policy> policy,
                                           const PolicyActivation& activation) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  if (policy == nullptr) return MakeError(kReasonDeskOptionsInvalid, "a policy is required");
  v1::Command command;
  *command.mutable_actor() = activation.actor;
  *command.mutable_now() = activation.now;
  command.set_note(activation.note);
  command.set_idempotency_key(activation.idempotency_key);
  command.set_late_entry(activation.late_entry);
  if (activation.expected_version.has_value()) {
    command.set_expected_version(*activation.expected_version);
  }
  v1::ActivatePolicy& verb = *command.mutable_desk()->mutable_activate_policy();
  verb.set_desk_id(std::string(domain::kDeskId));
  verb.set_policy_hash(policy->hash());
  verb.set_replace_unusable(activation.replace_unusable);
  // Before the command: other threads may meet the policy as soon as it is active, and an approval may activate it later.
  active_policy_->Give(policy);
  FRONTDESK_ASSIGN_OR_RETURN(v1::Outcome outcome, Run(command, {}, policy));
  RefreshPolicy();
  return outcome;
}

void Desk::RefreshPolicy() const {
  const absl::StatusOr<event_log::View> view = log_->Read();
  // An error here is one of the next command too.
  if (view.ok()) active_policy_->Read(*view).status().IgnoreError();
}

absl::StatusOr<v1::PolicyRef> Desk::BeginWithFirst(const Policy& policy, bool is_fork) {
  for (int attempt = 0; attempt < max_commit_attempts_; ++attempt) {
    event_log::Batch batch;
    {
      FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
      FRONTDESK_ASSIGN_OR_RETURN(const event_log::StoredState stored,
                                 view.Get(v1::ENTITY_KIND_DESK, std::string(domain::kDeskId)));
      const bool has_policy = stored.state != nullptr;
      if (has_policy &&
          (!is_fork || stored.state->desk().active_policy().hash() == policy.hash())) {
        return stored.state->desk().active_policy();
      }
      FRONTDESK_ASSIGN_OR_RETURN(batch, UnaskedActivation(stored, policy));
    }
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::CommitVerdict verdict, log_->Commit(batch));
    if (verdict == event_log::CommitVerdict::kCommitted) {
      return internal::PolicyRefOf(policy.hash(), policy.pack());
    }
    // Another desk was first.
  }
  return MakeError(kReasonCommitContended,
                   absl::StrCat("max_commit_attempts is ", max_commit_attempts_));
}

absl::Status Desk::BeginWith(const std::shared_ptr<const Policy>& policy,
                             const absl::optional<PolicyActivation>& activation) {
  FRONTDESK_ASSIGN_OR_RETURN(v1::PolicyRef active, BeginWithFirst(*policy, /*is_fork=*/false));
  if (active.hash() == policy->hash()) return absl::OkStatus();
  if (activation.has_value()) {
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Outcome outcome, Activate(policy, *activation));
    if (outcome.verdict() == v1::VERDICT_HELD) {
      return MakeError(kReasonPolicyNotActive,
                       absl::StrCat("ActivatePolicy waits for the approval ",
                                    internal::EscapeValue(outcome.held().approval_id())));
    }
    if (outcome.verdict() != v1::VERDICT_DONE) {
      return MakeError(kReasonPolicyNotActive,
                       absl::StrCat("ActivatePolicy is refused with ",
                                    internal::EscapeValue(outcome.refusals(0).reason())));
    }
    // A remembered command is done, and may be long ago.
    FRONTDESK_ASSIGN_OR_RETURN(active, BeginWithFirst(*policy, /*is_fork=*/false));
    if (active.hash() == policy->hash()) return absl::OkStatus();
  }
  return MakeError(
      kReasonPolicyNotActive,
      absl::StrCat("the active policy is ", NameOf(active), "; the desk is opened with ",
                   NameOf(internal::PolicyRefOf(policy->hash(), policy->pack())),
                   activation.has_value() ? ""
                                          : ", which DeskOptions::activate (in Python activate=) "
                                            "makes the active one"));
}

}  // namespace frontdesk
