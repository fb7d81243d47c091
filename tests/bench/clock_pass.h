// The floor of the clocks: one pass over the events of a case, as a programmer writes it who counts by elapsed time and one target.
#ifndef FRONTDESK_TESTS_BENCH_CLOCK_PASS_H_
#define FRONTDESK_TESTS_BENCH_CLOCK_PASS_H_

#include <cstdint>
#include <vector>

#include "frontdesk/v1/event.pb.h"

namespace frontdesk {

// The results of the pass, in nanoseconds since 1970.
struct ClockPass {
  std::int64_t first_reply = 0;
  std::int64_t last_reply = 0;
  std::int64_t unanswered_since = 0;
  std::int64_t resolved = 0;
  // Time in which the case did not wait.
  std::int64_t worked = 0;
};

ClockPass PassOverEvents(const std::vector<v1::Event>& events);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_CLOCK_PASS_H_
