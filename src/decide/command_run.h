// A command on its whole way, up to the point where ids are given and everything is committed. Private.
#ifndef FRONTDESK_SRC_DECIDE_COMMAND_RUN_H_
#define FRONTDESK_SRC_DECIDE_COMMAND_RUN_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "decide/approval_content.h"
#include "decide/asked.h"
#include "decide/external_ids.h"
#include "decide/load_input.h"
#include "decide/run_clocks.h"
#include "decide/state_source.h"
#include "domain/row_lists.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/domain/row.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/approval_events.pb.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace internal {

// How far clocks may be apart. A plain struct.
struct ClockLimits {
  // How much earlier than the instant decided at the `now` of a command may be that is no late entry.
  absl::Duration max_skew = absl::Minutes(1);
  // How much later than the newest instant of the desk. Infinite: not bounded, and the newest instant is not read.
  absl::Duration max_lead = absl::InfiniteDuration();

  bool bounds_lead() const { return max_lead < absl::InfiniteDuration(); }
  // The newest instant is written when it grows by this, and `now` may be later by as much.
  absl::Duration lead_step() const { return max_lead / 8; }
};

// The new state of an entity that a command changes.
struct NewState {
  // At the end of the run without the elements of lists that are rows.
  std::shared_ptr<v1::EntityState> state;
  domain::RowTracker tracker;
  // The changes of these elements, in the order of the events.
  std::vector<RowChange> rows;
};
// The new state begins as `stored`, if there is one, with those of the rows that are in lists of the entity.
absl::Status BeginState(const v1::EntityRef& entity,
                        const std::shared_ptr<const v1::EntityState>& stored,
                        const std::vector<LoadedRow>& rows, NewState* changed);

// In the order of kinds and ids; few.
using NewStates = std::vector<std::pair<std::pair<int, std::string>, NewState>>;

// Adds an entity that may exist: one of a known kind with a possible id.
void AddEntity(v1::EntityKind kind, const std::string& id, std::vector<v1::EntityRef>* entities);

// The entities that a command names, the addressed one first: those with a possible id, at most some dozens. None when it has no verb.
std::vector<v1::EntityRef> NamedEntities(const v1::Command& command);

// SHA-256 of the body of a command, by which an idempotency key knows it again: the entity's command, which is set, and the interaction.
std::string BodyHash(const v1::Command& command);

// Decides one command on the state of now, and folds the events: envelope, remembered outcome, arguments, existence, expected
// version, time, policy, invariants. Used for one command and thrown away.
//
// The command is decided at the latest of its `now` and the last instants of the entities that it changes. It is decided again, at a
// later instant, until no event is about an entity whose last instant is later.
class CommandRun {
 public:
  // All arguments outlive the run.
  CommandRun(const CommandLimits& limits, const ClockLimits& clocks, rules::TraceLevel trace,
             const v1::Command& command, const v1::Facts& facts)
      : limits_(limits), clocks_(clocks), trace_(trace), command_(command), facts_(facts) {}

  // Decides by the rules in effect at `as_of`, whatever the instant of the decision is: before Run(). No outcome is remembered then,
  // and nothing may be recorded.
  void SetAsOf(absl::Time as_of) { as_of_ = as_of; }

  // The earlier policies of the desk, by which clocks may still run: before Run(). Without it such a clock is an error.
  void SetKeptPolicies(KeptPolicySource kept) { kept_policies_ = std::move(kept); }

  // Decides on the state in `source`, which serves this call only; changes nothing. Another call forgets everything but the
  // envelope and the hash, and decides anew, perhaps by another policy. On an error the results are of no use.
  // The policy is asked for once the envelope is checked and no outcome is remembered; it lives as long as the call.
  absl::Status Run(absl::FunctionRef<absl::StatusOr<const Policy*>()> find_policy,
                   StateSource* source);

  // Whether the outcome is the one that is remembered under the command's key: then nothing else was done.
  bool is_remembered() const { return is_remembered_; }
  // The hash of the command's body; empty without an idempotency key.
  const std::string& body_hash() const { return body_hash_; }

  // The outcome. It has no ids, unless it was remembered.
  v1::Outcome& outcome() { return outcome_; }
  // The same, at the end: the run is of no use afterwards.
  v1::Outcome TakeOutcome() { return std::move(outcome_); }

  // Whether a later command with the same key gets this outcome. That something does not exist is no verdict to keep, and neither is
  // that the time of the command is not possible: either may be otherwise later.
  bool is_to_remember() const;

  // Whether it belongs in the journal, and its record: without ids, effects, reads, and the approval of a held one.
  bool has_record() const { return has_record_; }
  // The hashes of the input are made by the first call: a run that nobody records does without. Parts of it are those of the command and
  // of the outcome: it is not to be cleared, and of no use once the outcome is changed.
  v1::JournalRecord& record();

  // The new state of every entity that an event is about.
  const NewStates& new_states() const { return new_states_; }
  NewStates& new_states() { return new_states_; }
  // The approval that a held command begins, without an id; null when it begins none: it is not held, or one waits already.
  const v1::Approval* requested() const { return requested_.has_value() ? &*requested_ : nullptr; }

  // Only reviews: before Run() with Approve. The run decides as if everybody whose authority is needed approved the present round.
  // Nothing may be recorded then.
  void SetReview() { is_review_ = true; }
  // After a review: the content of now, the differences from the last round, and the movements of money. For HELD also the events and
  // effects once the next round is approved.
  void FillPreview(v1::ApprovalPreview* preview) const;

 private:
  // Finds the outcome that is remembered under the command's key, if it has one.
  absl::Status Remember();
  // Forgets the results of the pass before. Input and record begin on an empty arena.
  void Reset();
  // Most commands need no second block.
  google::protobuf::ArenaOptions FirstBlock() {
    google::protobuf::ArenaOptions options;
    options.initial_block = first_block_;
    options.initial_block_size = sizeof(first_block_);
    options.start_block_size = sizeof(first_block_);
    return options;
  }
  // One pass: decides at `instant_`.
  absl::Status RunAtInstant();

  // Raises `latest_` to the last instant of an entity that the command changes: of every such entity that the command names, of one of
  // them, of one that was read.
  absl::Status ReadInstants(const Asked& asked);
  absl::Status ReadInstant(v1::EntityKind kind, const std::string& id);
  void RaiseTo(const v1::EntityState& state);
  // Whether the pass comes to nothing, since it is at too early an instant.
  bool is_void() const;
  // Whether the command's time is possible for the instant decided at.
  absl::Status CheckTime(std::vector<v1::Refusal>* refusals);
  absl::Status RunApprove();
  // Declines or withdraws.
  absl::Status RunResolve(absl::string_view verb_field, const std::string& approval_id,
                          v1::Approval::State state, const std::string& note);

  // The refusals against resolving the approval of `verb_field`; fills `approval_`, null when there is none.
  absl::StatusOr<std::vector<v1::Refusal>> CheckResolution(absl::string_view verb_field,
                                                           const std::string& approval_id);
  // Those that the actor and the time give.
  std::vector<v1::Refusal> CheckResolver(const std::string& field) const;
  // An event of an approval, without its arm.
  v1::Event MakeApprovalEvent(const v1::EntityRef& approval) const;

  // Fills `content_` from the assessed input, with as many findings as the limit and those known, and the version of the addressed
  // entity in it, if it counts.
  absl::Status MakeContentOf(const Asked& asked, int known_findings, bool expects_version);
  // Before the held command is decided again: the differences, the grants that cover the content, and the approval in the input.
  absl::Status ReviewApproval(const Asked& asked);
  absl::Status AddEntityChanges();
  // After it was decided: the event of the approval, which comes first. A command that asks again is HELD.
  void FinishApproval(v1::Outcome* judged);
  // Asks for the next authority, or in the next round.
  void AskOn(v1::Outcome* judged, v1::ApprovalEvent* change);
  v1::Held AskNextRound(const v1::EntityState& waiting, v1::ApprovalAskedAgain* asked);

  // For a held command: the same request that waits already, or the new approval.
  absl::Status HoldRequest(const Asked& asked, v1::Outcome* judged);
  // Whether the request waits as `waiting` from now on.
  bool JoinRequest(const v1::EntityState& waiting, v1::Outcome* judged);
  // Closes the approvals that wait for entities that are over by the events.
  absl::Status CloseApprovals(v1::Outcome* judged);

  // Decides a command on the state of now; `journalled_always` also when it does not reach policy. `body_hash` is that of the command;
  // empty without an idempotency key.
  absl::Status Judge(const Asked& asked, const v1::Facts& facts, const std::string& body_hash,
                     bool journalled_always);
  // Whether what the command refers to exists, as far as its input has no place for it.
  absl::Status CheckStored(const Asked& asked, std::vector<v1::Refusal>* refusals);
  absl::Status CheckVersion(const Asked& asked);
  // For a command that would create what exists already by its id in another system: DONE with that, unless policy refuses it.
  void AnswerExisting(v1::Outcome* judged) const;
  // Gives the event its version and folds it into the new state of its entity.
  absl::Status Fold(v1::Event* event);
  // Adds the events of clocks that follow from those of the outcome, and folds them.
  absl::Status FinishClocks(v1::Outcome* judged);
  // The new state begins as that of now, with the elements that the command names.
  absl::Status Begin(const v1::EntityRef& entity, NewState* changed);
  // The journal record of the command that `asked` is about.
  void FillRecord(const Asked& asked, const std::string& body_hash);
  // Its part about the decision input, which is of no use afterwards.
  void FillRecordInput();

  const CommandLimits& limits_;
  const ClockLimits clocks_;
  const rules::TraceLevel trace_;
  const v1::Command& command_;
  const v1::Facts& facts_;
  absl::optional<absl::Time> as_of_;
  const Policy* policy_ = nullptr;
  StateSource* source_ = nullptr;
  google::protobuf::Timestamp instant_;  // At which this pass decides.
  google::protobuf::Timestamp latest_;   // At which the next one has to, if it is later.
  bool is_checked_ = false;
  domain::Fields fields_ = domain::Fields::kUnknown;  // Of the command, once it is checked.
  bool is_remembered_ = false;
  std::string body_hash_;
  v1::Outcome outcome_;
  bool has_record_ = false;
  // The held command that an approval decides again, and its facts.
  v1::Command again_;
  v1::Facts again_facts_;
  LoadedParts loaded_;
  alignas(8) char first_block_[8'192];
  // Holds the two below, which borrow from the command, the facts, the states and the outcome.
  google::protobuf::Arena arena_{FirstBlock()};
  v1::JournalRecord* record_ = nullptr;
  v1::DecisionInput* input_ = nullptr;
  // Of an approval: its state before, the record of its last round, the Approve, all grants.
  bool is_review_ = false;
  bool expects_version_ = false;
  std::shared_ptr<const v1::EntityState> approval_;
  std::shared_ptr<const v1::JournalRecord> round_record_;
  v1::ApprovalAttempt attempt_;
  std::vector<v1::ApprovalGrant> given_;
  ApprovalContent content_;
  std::vector<v1::ApprovalDifference> differences_;
  ExternalIdCheck existing_;
  absl::optional<v1::Approval> requested_;
  NewStates new_states_;
  KeptPolicySource kept_policies_;
  absl::optional<RunClocks> run_clocks_;  // Of this pass.
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_COMMAND_RUN_H_
