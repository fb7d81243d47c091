// The desk: commands in, outcomes out, everything that happened kept in a store.
//
//   frontdesk::DeskOptions options;
//   options.policy = policy;  // see policy.h
//   absl::StatusOr<std::unique_ptr<frontdesk::Desk>> desk =
//       frontdesk::Desk::Open(std::move(options));
//   if (!desk.ok()) return desk.status();
//   frontdesk::v1::CancelOrder cancel;
//   cancel.set_order_id("1001");
//   const frontdesk::v1::Command command = frontdesk::MakeCommand(
//       frontdesk::MakeActor("anna"), absl::FromUnixSeconds(1'700'000'000), cancel);
//   absl::StatusOr<frontdesk::v1::Outcome> outcome = (*desk)->Execute(command);
//   if (!outcome.ok()) return outcome.status();  // nothing could be decided, nothing changed
//   if (outcome->verdict() == frontdesk::v1::VERDICT_REFUSED) {
//     std::puts(outcome->refusals(0).text().c_str());
//   }
#ifndef FRONTDESK_DESK_DESK_H_
#define FRONTDESK_DESK_DESK_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/base/id.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/desk_options.h"
#include "frontdesk/desk/execute_options.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/event_log/outbox.h"
#include "frontdesk/event_log/page.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/approval_preview.pb.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/customer_view.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/find.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/log.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/remedy.pb.h"

namespace frontdesk {

namespace event_log {
class EventLog;
class View;
enum class CommitVerdict;
struct Batch;
}  // namespace event_log

namespace internal {
class ActivePolicy;
class CommandImport;
class CommandRun;
class Retention;
class StateReader;
struct ActiveAt;
}  // namespace internal

// A service desk: a Reader that carries out commands. Thread-safe: commands run at the same time and are committed one by one, as if
// they had come in turn.
//
// Every command is decided by the policy that is active when it is committed. One policy is active in a
// store, for all desks on it: the command ActivatePolicy replaces it. The other desks load the new one
// from the store, and compile it with the options of a policy that they were handed, the last one first. When it does
// not compile, FAILED_PRECONDITION POLICY_NOT_USABLE is the error of all that the policy decides. It is
// POLICY_FUNCTION_MISSING when no options have all functions of the host that the policy calls, in the same
// versions. Nothing has changed then.
//
// Functions of the policy, id sources, time zone sources and stores of the host run inside a call.
// From there no function of the same desk may be called, except policy(). The first error of all
// others is FAILED_PRECONDITION DESK_REENTERED; nothing has changed then. Other desks may be
// called, and this one from other threads: no lock is held meanwhile.
//
// Besides the errors that each function names, every one that reads the store may fail as that does: UNAVAILABLE
// STORE_UNAVAILABLE, DATA_LOSS STORE_CORRUPT. One that writes may fail with FAILED_PRECONDITION STORE_NOT_USABLE too, when the store
// is read-only; so may all when another process has migrated its file.
class Desk : public Reader {
 public:
  // Opens a desk. INVALID_ARGUMENT DESK_OPTIONS_INVALID when there is no policy or a limit is not
  // positive. FAILED_PRECONDITION POLICY_NOT_ACTIVE when another policy is active in the store, and `activate` is not set, or the
  // command is refused or held, or was done before under the same key. Then errors of Activate. In a store of an older version the index,
  // the words of texts and the order of the outbox are made again first, O(rows); STORE_NOT_USABLE for a newer one (docs/storage.md).
  static absl::StatusOr<std::unique_ptr<Desk>> Open(DeskOptions options);

  ~Desk() override;

  // Carries out a command: the only way in which anything changes. Checks, in this order (see also
  // decide/decide.h):
  //   1 envelope          INVALID_ARGUMENT COMMAND_MALFORMED; RESOURCE_EXHAUSTED COMMAND_TOO_LARGE,
  //                       FACTS_TOO_LARGE. Facts that no decision about the command's entity reads
  //                       are a violation of COMMAND_MALFORMED: FACT_UNEXPECTED
  //   2 idempotency       the remembered outcome; with another body ALREADY_EXISTS
  //                       IDEMPOTENCY_KEY_REUSED
  //   3 arguments         REFUSED, origin ARGUMENT
  //   4 existence         REFUSED, origin NOT_FOUND, also for entities that LinkInteraction,
  //                       LinkCase and OpenCase link with; or <ENTITY>_EXISTS,
  //                       CUSTOMER_EXTERNAL_ID_TAKEN, origin INVARIANT; CASE_EXTERNAL_ID_TAKEN,
  //                       INTERACTION_EXTERNAL_ID_TAKEN, ORDER_EXTERNAL_ID_TAKEN where the policy pack
  //                       has the ids unique. Where it asks for the existing entity: DONE without
  //                       events, once policy allows or holds the command
  //   5 expected version  ABORTED VERSION_CONFLICT
  //   6 time              REFUSED, origin INVARIANT: COMMAND_TOO_EARLY, COMMAND_TOO_FAR_AHEAD
  //   7 policy            REFUSED, origin POLICY; without facts that are needed FAILED_PRECONDITION
  //                       FACT_MISSING
  //   8 invariants        REFUSED, origin INVARIANT
  //   9 commit            ABORTED COMMIT_CONTENDED; for an id of the id source INVALID_ARGUMENT ID_…
  //                       when base/id_text.h excludes it or it is empty, ALREADY_EXISTS
  //                       COMMIT_RECORD_EXISTS when it was used; of the store UNAVAILABLE
  //                       STORE_UNAVAILABLE, DATA_LOSS STORE_CORRUPT, RESOURCE_EXHAUSTED
  //                       STORE_ROW_TOO_LARGE
  // DONE: all events are stored, with the effects, or none is. HELD: an approval is stored that
  // waits under the id in `held`. REFUSED from 7 on: a journal record is stored. A verdict is
  // remembered under the command's key, for DeskOptions::remember_for. Errors are not, and leave
  // everything as it was. Refusals that say that something does not exist, or that the time is not
  // possible, are not either.
  //
  // A command is decided at the latest of its `now` and the last instants of all entities that it changes
  // (EntityState.update_time): the addressed one, and those that get an event. That instant is `now` for
  // the rules, and the time of the events and of the record. How much earlier the given `now` may be is
  // DeskOptions::max_clock_skew; a late entry may be earlier by any duration. Its events keep the given
  // `now` as `occur_time`. CorrectEntityTime is decided at its `now`, whatever the entity's last instant is.
  //
  // A key is unique in the desk, whoever uses it. Its body is the entity's command and the
  // interaction: not `now`, the actor, the note, the expected version or the facts.
  absl::StatusOr<v1::Outcome> Execute(const v1::Command& command, const v1::Facts& facts = {});

  // Carries out many commands, each as Execute does: its own verdict and its own record. They come one after the other, in this order, and
  // are committed in groups, which costs a store on a disk as much as one command. Where another desk or thread changes what a
  // group has read meanwhile, the commands concerned are decided again, after those of their group. A store that fails fails all
  // commands of a group that change something. Returns a result for each command; fewer when `options.progress` ends it.
  std::vector<absl::StatusOr<v1::Outcome>> ExecuteAll(absl::Span<const CommandWithFacts> commands,
                                                      const ExecuteAllOptions& options = {});

  // Says what Execute would say at this moment, and changes nothing. The outcome carries no ids,
  // unless it is one that is remembered under the command's key. `trace` takes the place of
  // DeskOptions::trace. `as_of` selects the rules of the active policy that are in effect at that instant, rather than at
  // the instant of the decision. Rules still read the latter as `now`. No outcome is remembered then.
  absl::StatusOr<v1::Outcome> Preview(const v1::Command& command, const v1::Facts& facts = {},
                                      absl::optional<rules::TraceLevel> trace = absl::nullopt,
                                      absl::optional<absl::Time> as_of = absl::nullopt) const;

  // Ranks the policy pack's remedies for a case of its kind. Those that the actor of `resolve` may
  // give come first, then those that somebody has to approve, then those that are refused. Each
  // group is in the order of the pack. `resolve` is a ResolveCase command; its code, remedy and
  // amount are replaced by those of each remedy. The verdict is that of Preview, so the rules on
  // ResolveCase decide who may give a remedy. Empty when the pack has none for the case. All of one
  // policy and, as OpenFile, of one moment. Changes nothing; costs a Preview for each remedy.
  //
  // Errors, in this order: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when `resolve` is no ResolveCase,
  // COMMAND_MALFORMED as Preview. NOT_FOUND ENTITY_NOT_FOUND when there is no such case. Then the
  // error of the first Preview that fails.
  absl::StatusOr<std::vector<v1::RankedRemedy>> RankRemedies(const v1::Command& resolve,
                                                             const v1::Facts& facts = {}) const;

  // Approves a held command (docs/approvals.md): it is decided again on the current state. The same as Execute with `approve` set; the round
  // is that of `resolution`. Refusals, none of which is kept in the journal, in this order:
  //   APPROVAL_NOT_FOUND          no such approval
  //   APPROVAL_STATE              it is no longer pending
  //   APPROVAL_EXPIRED            `now` is not before its end
  //   APPROVAL_AUTHORITY_MISSING  the actor does not have the authority
  //   APPROVAL_BY_REQUESTER       the actor is the requester, and the policy does not allow that
  //   APPROVAL_ROUND              another round is the present one: the actor has not seen it
  // Otherwise the outcome is that of the held command, after the event of the approval. `approval_differences` has the
  // differences from the round that the approver saw.
  //   DONE     the approval is used up
  //   REFUSED  by policy or invariants: the approval stays pending. APPROVAL_ROUNDS_EXCEEDED: it is closed
  //   HELD     under the same approval, for the next authority in the same round, or in the next round: something is there that
  //            nobody with the authority saw
  // `facts` are newer ones for the held command; without catalog facts those of the present round count.
  absl::StatusOr<v1::Outcome> Approve(absl::string_view approval_id,
                                      const ApprovalResolution& resolution,
                                      const v1::Facts& facts = {});

  // Turns a held command down for good: DONE. Who asked for it may take it back this way; anybody
  // else needs the authority. The same as Execute with `decline` set. Refusals: APPROVAL_NOT_FOUND,
  // APPROVAL_STATE, APPROVAL_AUTHORITY_MISSING.
  absl::StatusOr<v1::Outcome> Decline(absl::string_view approval_id,
                                      const ApprovalResolution& resolution);

  // Withdraws a held command: DONE. Only the actor who asked for it can. The same as Execute with `withdraw` set. Refusals:
  // APPROVAL_NOT_FOUND, APPROVAL_STATE, APPROVAL_NOT_REQUESTER.
  absl::StatusOr<v1::Outcome> Withdraw(absl::string_view approval_id,
                                       const ApprovalResolution& resolution);

  // The result of approving at `now`, as if everybody whose authority is needed approved the present round. It has the amounts, their
  // split over the routes, events and effects, and the differences from the round. Nothing is written; no authority is needed. An
  // approval that is not pending, or has expired, is REFUSED. INVALID_ARGUMENT ENTITY_REF_MALFORMED for an id that is none; NOT_FOUND
  // ENTITY_NOT_FOUND; then errors of Preview.
  absl::StatusOr<v1::ApprovalPreview> PreviewApproval(absl::string_view approval_id,
                                                      const google::protobuf::Timestamp& now,
                                                      const v1::Facts& facts = {}) const;

  // Activates a policy: from the commit on, it decides every command on the store. The policy of before decides this command. The
  // store keeps the new policy as soon as the command has a record. The same as Execute with `activate_policy` set, which needs a
  // policy that the store keeps. DONE without events when the policy is active already. Refusals of its own: POLICY_NOT_FOUND when
  // the store does not keep the policy. INVALID_ARGUMENT DESK_OPTIONS_INVALID for null; then errors of Execute. The desk keeps the last
  // sixteen policies that it was handed, and compiles others with the options of one of them.
  absl::StatusOr<v1::Outcome> Activate(std::shared_ptr<const Policy> policy,
                                       const PolicyActivation& activation);

  // The outbox: event_log/outbox.h describes effects, their claims and their states.
  //
  // Claims effects that are due at `now`: first those that were claimed before, by their due times, then the others, in the order of the
  // journal. There may be fewer than asked for while there are more; none means that none is due. Costs O(claimed): an effect that has
  // to wait is looked at once. INVALID_ARGUMENT EFFECT_OPTIONS_INVALID; ABORTED OUTBOX_CONTENDED.
  absl::StatusOr<std::vector<ClaimedEffect>> ClaimEffects(absl::Time now,
                                                          const ClaimOptions& options = {});

  // Says that an effect was carried out: it leaves the outbox. Without `attempt` whoever has claimed it, if anybody. OK also when it has
  // left before. NOT_FOUND EFFECT_NOT_FOUND; ABORTED EFFECT_CLAIM_LOST when it was claimed again since, or is a dead letter. ReportEffect, a
  // command, does the same, and keeps the result in the history of the entity.
  absl::Status AcknowledgeEffect(absl::string_view effect_id,
                                 absl::optional<int> attempt = absl::nullopt);

  // Says that an attempt failed, and when the effect is claimed again, if ever. Returns its new state. INVALID_ARGUMENT
  // EFFECT_OPTIONS_INVALID; then as AcknowledgeEffect, and EFFECT_CLAIM_LOST when it has left the outbox.
  absl::StatusOr<v1::EffectClaim> RetryEffect(absl::string_view effect_id, int attempt,
                                              absl::Time now, const RetryOptions& options = {});

  // Gives a lease another end. Errors as of RetryEffect.
  absl::Status ExtendLease(absl::string_view effect_id, int attempt, absl::Time lease_end);

  // Makes a dead letter due again, with new attempts. NOT_FOUND EFFECT_NOT_FOUND; FAILED_PRECONDITION EFFECT_NOT_DEAD.
  absl::Status ReviveEffect(absl::string_view effect_id);

  // The active policy, as this desk knows it: that of its last call that asked policy, or activated one.
  std::shared_ptr<const Policy> policy() const;

  // A desk of its own that begins with everything this one holds, for experiments: what happens there
  // changes nothing here. `policy` is active there from the beginning, without a command; null: the one that is active
  // here. With a store in memory it costs next to nothing. With one in a SQLite file it copies the file, on the disk, and the copy is
  // removed with the fork: SqliteStore::Clone(). `id_source` null: it draws from this desk's source, if that has one. UNIMPLEMENTED
  // STORE_NOT_CLONEABLE; then errors of a store that is read and written.
  absl::StatusOr<std::unique_ptr<Desk>> Fork(std::shared_ptr<IdSource> id_source = nullptr,
                                             std::shared_ptr<const Policy> policy = nullptr) const;

 private:
  friend class internal::CommandImport;
  explicit Desk(DeskOptions options);

  // Decides a command on the view, which `reader` reads. Nothing when there is nothing to commit. The batch refers to the run.
  absl::StatusOr<absl::optional<event_log::Batch>> Decide(
      const v1::Command& command, const std::shared_ptr<const Policy>& offered,
      const event_log::View& view, internal::StateReader* reader, internal::ActiveAt* active,
      internal::CommandRun* run, std::string* record_id);

  // After the commit of a verdict that is remembered: removes some that are not any more, from time to time.
  void ForgetOutcomes(const v1::Command& command);

  // Whether a command that was not committed may be decided again.
  absl::Status CheckRetry(event_log::CommitVerdict verdict);

  // Commands of one group, whose results are added.
  void RunGroup(absl::Span<const CommandWithFacts> commands,
                std::vector<absl::StatusOr<v1::Outcome>>* results);

  // Carries out a command, with which the store is to keep `offered`; null: no policy.
  absl::StatusOr<v1::Outcome> Run(const v1::Command& command, const v1::Facts& facts,
                                  const std::shared_ptr<const Policy>& offered);

  // Decides the command of `run` on the view, for a preview: nothing is committed.
  absl::Status RunPreview(const v1::Command& command, const event_log::View& view,
                          internal::CommandRun* run) const;

  // Makes `policy` the active one while the desk is opened.
  absl::Status BeginWith(const std::shared_ptr<const Policy>& policy,
                         const absl::optional<PolicyActivation>& activation);

  // Makes `policy` the active one where the store has none, or this is a fork; returns the active one.
  absl::StatusOr<v1::PolicyRef> BeginWithFirst(const Policy& policy, bool is_fork);

  // The policy that decides the command.
  absl::StatusOr<internal::ActiveAt> FindPolicy(const v1::Command& command,
                                                const event_log::View& view) const;

  // Reads the active policy, for policy().
  void RefreshPolicy() const;

  // The id of the next journal record.
  absl::StatusOr<std::string> NextRecordId(absl::Time now, const event_log::View& view);
  // One that no record has got: the next record may get it. Empty: nothing.
  void ReturnRecordId(std::string id);

  const std::shared_ptr<IdSource> id_source_;
  const absl::optional<std::size_t> max_cached_state_bytes_;
  const int max_commit_attempts_;
  const absl::Duration remember_for_;
  const absl::Duration max_clock_skew_;
  const absl::Duration max_clock_lead_;
  const rules::TraceLevel trace_;
  std::atomic<bool> knows_newest_id_{false};
  const std::unique_ptr<internal::Retention> retention_;
  std::mutex ids_mutex_;
  std::int64_t last_id_ = 0;               // guarded by ids_mutex_
  std::vector<std::string> returned_ids_;  // guarded by ids_mutex_; of the id source
};

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_DESK_H_
