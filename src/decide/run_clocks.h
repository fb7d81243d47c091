// The clocks of the cases that a command changes, in its run. Private.
#ifndef FRONTDESK_SRC_DECIDE_RUN_CLOCKS_H_
#define FRONTDESK_SRC_DECIDE_RUN_CLOCKS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "decide/clocks.h"
#include "decide/state_source.h"
#include "frontdesk/cel/budget.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace internal {

// An earlier policy of the desk by its hash.
using KeptPolicySource =
    std::function<absl::StatusOr<std::shared_ptr<const Policy>>(const std::string& hash)>;

// Follows the events of one pass of a command. Thread-compatible.
class RunClocks : public ClockSource {
 public:
  // All outlive this.
  RunClocks(const Policy& policy, const KeptPolicySource& kept, StateSource* source,
            const CommandLimits& limits)
      : policy_(policy),
        kept_(kept),
        source_(source),
        limits_(limits),
        budget_{limits.max_policy_cost} {}

  // Before the first event about a case, which is `before` then; null for a new one.
  void Begin(const std::string& case_id, const v1::EntityState* before);
  // After an event about a case was folded.
  absl::Status Note(const v1::Event& event, const v1::EntityState& after);
  // After the last one: the events about clocks that follow, one a case at most, without versions. `state_of` has the case with all events.
  absl::StatusOr<std::vector<v1::Event>> Finish(
      absl::Time now, const std::function<const v1::Case&(const std::string&)>& state_of);

  const Policy& policy() const override { return policy_; }
  absl::StatusOr<std::shared_ptr<const Policy>> FindPolicy(const std::string& hash) override;
  absl::StatusOr<const v1::Customer*> FindCustomer(const std::string& customer_id) override;
  absl::StatusOr<std::vector<domain::ClockPause>> Pauses(
      const v1::Case& one, absl::Span<const v1::Case::State> states) override;
  cel::Budget* budget() override { return &budget_; }

 private:
  struct Followed {
    std::string case_id;
    CaseClocks clocks;
    // The envelope of the last event; absent before the first.
    v1::Event last;
    bool is_changed = false;
  };

  const Policy& policy_;
  const KeptPolicySource& kept_;
  StateSource* const source_;
  const CommandLimits& limits_;
  cel::Budget budget_;
  std::vector<Followed> followed_;
  std::vector<std::shared_ptr<const v1::EntityState>> customers_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_RUN_CLOCKS_H_
