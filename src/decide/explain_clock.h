// Why a clock of a case is due when it is: from the events of the case, when it was in which state, and the policies of the clock's targets.
// Pure; the desk loads. Private.
//
//   ClockStepReader reader(metric, milestone, instance);
//   for (const v1::Event& event : events) reader.Add(event);
//   ... reader.TakeSteps() gives the steps, TargetStretchesOf() the targets whose policies ExplainClock() needs.
#ifndef FRONTDESK_SRC_DECIDE_EXPLAIN_CLOCK_H_
#define FRONTDESK_SRC_DECIDE_EXPLAIN_CLOCK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/domain/case/case_parts.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/clock_explanation.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace internal {

// Collects the steps of one clock from the events of its case, which come in order.
class ClockStepReader {
 public:
  ClockStepReader(v1::ServiceMetric metric, std::string milestone, int instance)
      : metric_(metric), milestone_(std::move(milestone)), instance_(instance) {}

  void Add(const v1::Event& event);

  // The version of the case with the last step; 0 before the first.
  std::int64_t last_version() const { return last_version_; }
  // A step that removed the target has no policy of its own: `is_by_policy` is left for whoever knows the record.
  const std::vector<v1::ClockStep>& steps() const { return steps_; }
  std::vector<v1::ClockStep> TakeSteps() { return std::move(steps_); }

 private:
  const v1::ServiceMetric metric_;
  const std::string milestone_;
  const int instance_;
  // The last command that changed the case, and its first event.
  std::string record_id_;
  std::string first_event_id_;
  std::int64_t last_version_ = 0;
  std::vector<v1::ClockStep> steps_;
};

// A target that time of a clock counts by, to the start of the next one. A plain struct.
struct TargetStretch {
  absl::Time start;
  v1::ClockTarget target;
  // The policy of `target.policy_hash`, once it is loaded.
  std::shared_ptr<const Policy> policy;
};

// The targets that the time of the clock counts by, without policies. There are several only where a target with CUMULATIVE was replaced;
// none where no target holds.
std::vector<TargetStretch> TargetStretchesOf(const v1::CaseClock& clock,
                                             const std::vector<v1::ClockStep>& steps);

// The facts of an explanation. A plain struct.
struct ClockFacts {
  std::string case_id;
  v1::CaseClock clock;
  std::vector<v1::ClockStep> steps;
  // Each with its policy.
  std::vector<TargetStretch> stretches;
  // The case with its lists `state_spans` and `merged_cases`, as it was at the end of the clock, or is now. Outlives the call.
  const v1::Case* whole = nullptr;
  // Those that were merged into it, likewise.
  domain::CaseLookup find_case;
  // For a clock that is not over: the instant until which it counts, and by which the texts say what is left.
  absl::Time now;
  // The zone of the texts. Null: that of the calendar of the last target, else UTC.
  std::shared_ptr<const calendar::Zone> zone;
  std::size_t max_segments = 0;
};

// Errors: CALENDAR_SEGMENTS_TOO_MANY; STORE_CORRUPT when a policy does not have the calendar or the target of its stretch.
absl::StatusOr<v1::ClockExplanation> ExplainClock(const ClockFacts& facts);

// The texts of an explanation in which everything else is set: `line`, `customer_text`, `agent_lines` and `text`.
void FillClockTexts(const std::shared_ptr<const calendar::Zone>& zone,
                    v1::ClockExplanation* explanation);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_EXPLAIN_CLOCK_H_
