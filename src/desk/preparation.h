// A command decided on the contents of a store, up to the point where ids are assigned and everything is
// committed. Private.
#ifndef FRONTDESK_SRC_DESK_PREPARATION_H_
#define FRONTDESK_SRC_DESK_PREPARATION_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "decide/asked.h"
#include "desk/input_loader.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/store.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace internal {

// SHA-256 of the body of an idempotency key: the command without `now`, key and expected version.
std::string BodyHash(const v1::Command& command);

// Decides one command on the state of now, and folds the events. Used for one command and thrown
// away.
class Preparation {
 public:
  // All arguments outlive the preparation. The command's envelope was checked.
  Preparation(const Store& store, const Policy& policy, const CommandLimits& limits,
              const v1::Command& command, const v1::Facts& facts)
      : policy_(policy), limits_(limits), command_(command), facts_(facts), reader_(store) {}

  // Decides, changing nothing. To be called once. On an error the preparation is of no use.
  absl::Status Run();

  // The outcome; ids are not set before Finish().
  const v1::Outcome& outcome() const { return outcome_; }
  // The same, at the end: the preparation is of no use afterwards.
  v1::Outcome TakeOutcome() { return std::move(outcome_); }

  // Whether it belongs in the journal.
  bool has_record() const { return has_record_; }

  // Gives ids after `record_id`, makes the approval if the command is held, and returns what is to
  // be committed, all but the remembered verdict.
  CommitBatch Finish(const std::string& record_id);

 private:
  // Runs of three kinds: a command that policy decides, and the two of the desk.
  absl::Status RunVerb();
  absl::Status RunApprove();
  absl::Status RunDecline();

  // The refusals against resolving the approval of `verb_field`; fills `approval_`, null when there is none.
  absl::StatusOr<std::vector<v1::Refusal>> CheckResolution(absl::string_view verb_field,
                                                           const std::string& approval_id);
  // The event that resolves `approval_`.
  absl::Status AddResolved(v1::Approval::State state, const std::string& note);

  // Decides `command` on the state of now; `journalled_always` also when it does not reach policy.
  absl::Status Judge(const v1::Command& command, const v1::Facts& facts, bool journalled_always);
  // Whether what the command refers to exists, as far as its input has no place for it.
  absl::Status CheckStored(const Asked& asked, std::vector<v1::Refusal>* refusals);
  absl::Status CheckVersion(const Asked& asked);
  // Gives the event its version and folds it into the new state of its entity.
  absl::Status Fold(v1::Event* event);
  // The journal record of `command`, all but what Finish gives.
  void FillRecord(const Asked& asked);
  void FinishHeld(const std::string& record_id, CommitBatch* batch);

  const Policy& policy_;
  const CommandLimits& limits_;
  const v1::Command& command_;
  const v1::Facts& facts_;
  StateReader reader_;
  v1::Outcome outcome_;
  bool has_record_ = false;
  v1::JournalRecord record_;
  v1::DecisionInput input_;
  std::shared_ptr<const v1::EntityState> approval_;
  std::map<std::pair<int, std::string>, std::shared_ptr<v1::EntityState>> new_states_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_PREPARATION_H_
