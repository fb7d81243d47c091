// The floor of the clocks: one pass over the events of a case, as a programmer writes it for one company. The six metrics, their durations and
// the business hours are in the code; it has no policy, no changes of targets, no merges, no explanations.
#ifndef FRONTDESK_TESTS_BENCH_CLOCK_PASS_H_
#define FRONTDESK_TESTS_BENCH_CLOCK_PASS_H_

#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "day_loop.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {

// One clock, open or over.
struct PassedClock {
  v1::ServiceMetric metric;
  int instance = 0;
  bool is_paused = false;
  absl::Time start;
  // The business time until `changed`.
  absl::Duration counted;
  absl::Time changed;
  absl::optional<absl::Time> due;
  absl::optional<absl::Time> warn;
  absl::optional<absl::Time> end;
  bool is_late = false;
};

struct ClockPass {
  std::vector<PassedClock> open;
  std::vector<PassedClock> ended;
};

// `hours` are those of the policy that the bench has.
ClockPass PassOverEvents(const DayLoopCalendar& hours, const std::vector<v1::Event>& events);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_CLOCK_PASS_H_
