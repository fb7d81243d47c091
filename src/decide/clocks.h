// The clocks of one case while a command, or a history of commands, changes it. Private.
//
// Which clocks a case has follows from its service times (CaseServiceTimes) alone. A clock counts from its start, whether a target applies to
// it or not; the target is chosen at the end of each command. See frontdesk/v1/service_level.proto and docs/time.md.
#ifndef FRONTDESK_SRC_DECIDE_CLOCKS_H_
#define FRONTDESK_SRC_DECIDE_CLOCKS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/cel/budget.h"
#include "frontdesk/domain/case/case_parts.h"
#include "frontdesk/domain/service_level/clock_time.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_events.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "google/protobuf/arena.h"

namespace frontdesk {
namespace internal {

// The basis of the clocks of a case beside its events. Serves one command.
class ClockSource {
 public:
  virtual ~ClockSource() = default;
  // The policy that decided the command.
  virtual const Policy& policy() const = 0;
  // An earlier policy, for a target that it gave; never null. Errors where it is not known any more.
  virtual absl::StatusOr<std::shared_ptr<const Policy>> FindPolicy(const std::string& hash) = 0;
  // The customer of the case as before the command, for a merged one the survivor; null: nobody, or not known.
  virtual absl::StatusOr<const v1::Customer*> FindCustomer(const std::string& customer_id) = 0;
  // When the case, or one that is merged into it, was in one of the states: in order, without overlaps.
  virtual absl::StatusOr<std::vector<domain::ClockPause>> Pauses(
      const v1::Case& one, absl::Span<const v1::Case::State> states) = 0;
  virtual cel::Budget* budget() = 0;
};

// The pauses of `one` and of those merged into it, all with all of their stretches (domain::ComputeCaseClockBasis).
std::vector<domain::ClockPause> ClockPausesOf(const v1::Case& one,
                                              absl::Span<const v1::Case::State> states,
                                              const domain::CaseLookup& find_case);

// Collects the changes of the clocks of one case by the events of one command.
class CaseClocks {
 public:
  // `before` is the case before the first event; an empty one for a new case.
  explicit CaseClocks(const v1::Case& before);

  // After each event was folded: `after` is the case with it.
  absl::Status Note(const v1::Event& event, const v1::Case& after, ClockSource* source);

  // After the last event, at the instant of the command: chooses the level and the targets. Nothing: no clock and no level changed.
  absl::StatusOr<absl::optional<v1::CaseClocksChanged>> Finish(const v1::Case& after,
                                                               absl::Time now, ClockSource* source);

 private:
  // Whether a metric's clock is due to be open, and since when.
  struct Wanted {
    bool is_open = false;
    absl::Time start;
  };
  // A total that this command may have raised.
  struct Counted {
    v1::ServiceMetric metric;
    std::string milestone;
    int count;
    absl::optional<absl::Time> last_start;
  };

  static Wanted WantedOf(v1::ServiceMetric metric, const v1::Case& after);

  absl::Status NoteMetric(v1::ServiceMetric metric, const v1::Event& event, const v1::Case& after,
                          ClockSource* source);
  // Ends the clock of a metric where its promise is kept, or nothing is promised any more. `is_wanted`: the metric has a clock now.
  absl::Status EndIfDone(const v1::Event& event, const v1::Case& after, bool is_wanted,
                         v1::CaseClock* clock, ClockSource* source);
  absl::Status NoteMilestones(const v1::Event& event, const v1::Case& after, ClockSource* source);
  absl::Status NotePauses(const v1::Event& event, const v1::Case& after, ClockSource* source);
  // The pauses of the clock, of which those that are over at `from` may be left out.
  absl::StatusOr<std::vector<domain::ClockPause>> PausesOf(const v1::Case& after,
                                                           const v1::CaseClock& clock,
                                                           absl::Time from, ClockSource* source);
  // The condition of the target that the clock runs under; null: the metric's own end.
  absl::StatusOr<const ServiceCondition*> EndConditionOf(const v1::CaseClock& clock,
                                                         ClockSource* source);
  // The target in its policy. DATA_LOSS STORE_CORRUPT: that policy does not have it.
  absl::StatusOr<const PolicyTarget*> FindTarget(const v1::ClockTarget& target,
                                                 ClockSource* source);
  // The rule by which the time of the clock counts.
  absl::StatusOr<domain::ClockRule> RuleOf(const v1::CaseClock& clock, ClockSource* source);
  absl::StatusOr<v1::ServiceLevelInput*> MakeInput(const v1::CaseEvent* event,
                                                   const v1::Case& after, absl::Time now,
                                                   google::protobuf::Arena* arena,
                                                   ClockSource* source);
  absl::StatusOr<bool> Holds(const ServiceCondition& condition, const v1::CaseEvent& event,
                             const v1::Case& after, absl::Time now, ClockSource* source);
  absl::StatusOr<const PolicyLevel*> ChooseLevel(const v1::Case& after, absl::Time now,
                                                 ClockSource* source);

  v1::CaseClock* FindOpen(v1::ServiceMetric metric, absl::string_view milestone);
  Counted& CountOf(v1::ServiceMetric metric, absl::string_view milestone);
  void Activate(v1::ServiceMetric metric, absl::string_view milestone, absl::Time start);
  absl::Status End(v1::CaseClock::State state, absl::Time time, const v1::Case& after,
                   v1::CaseClock* clock, ClockSource* source);
  absl::Status Restart(absl::Time start, absl::Time now, const v1::Case& after,
                       v1::CaseClock* clock, ClockSource* source);
  absl::Status Pause(absl::Time time, v1::CaseClock* clock, ClockSource* source);
  absl::Status Resume(absl::Time time, v1::CaseClock* clock, ClockSource* source);
  // Counts all time of the clock anew, by its target.
  absl::Status Recount(absl::Time now, const v1::Case& after, v1::CaseClock* clock,
                       ClockSource* source);
  absl::Status ApplyTarget(const PolicyTarget* chosen, absl::Time now, const v1::Case& after,
                           v1::CaseClock* clock, ClockSource* source);
  // Sets due and warning times, and the time that is left.
  void SetDue(const domain::ClockRule& rule, absl::optional<absl::Time> due, v1::CaseClock* clock);
  void Add(v1::ClockChange::Kind kind, const v1::CaseClock& clock);

  std::vector<v1::CaseClock> open_;
  std::vector<Counted> counted_;
  std::string level_id_;
  v1::CaseClocksChanged changes_;
  // Policies that were asked for, so that their calendars live.
  std::vector<std::shared_ptr<const Policy>> policies_;
  // The customer, once it was asked for.
  absl::optional<const v1::Customer*> customer_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_CLOCKS_H_
