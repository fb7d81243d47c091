// The stretches of a clock's time: counted, closed, paused. Private. Pure: targets, calendars and pauses are given.
#ifndef FRONTDESK_SRC_DECIDE_CLOCK_SEGMENTS_H_
#define FRONTDESK_SRC_DECIDE_CLOCK_SEGMENTS_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "frontdesk/domain/service_level/clock_time.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/clock_explanation.pb.h"
#include "google/protobuf/repeated_field.h"

namespace frontdesk {
namespace internal {

// When a case was in a state that pauses a clock. A plain struct.
struct StatePause {
  v1::Case::State state = v1::Case::STATE_UNSPECIFIED;
  domain::ClockPause pause;
};

// Pauses in order, without overlaps. Where several are at one time, the first of them in `pauses` counts.
std::vector<StatePause> OrderPauses(const std::vector<StatePause>& pauses);

// The stretches from `start` to `end` by a rule, in order and without gaps, added to `segments`. Nothing when `end` is not later. A stretch
// that is closed and paused is closed: it would not count anyway. Those of kind COUNTED sum up to domain::CountTime(). `pauses` are ordered.
// CALENDAR_SEGMENTS_TOO_MANY: `segments` would have more than `max_segments`; other errors of the calendar.
absl::Status AddClockSegments(const domain::ClockRule& rule, absl::Time start, absl::Time end,
                              const std::vector<StatePause>& pauses, std::size_t max_segments,
                              google::protobuf::RepeatedPtrField<v1::ClockSegment>* segments);

// The sum of those of kind COUNTED that end at `until` or before.
absl::Duration SumCounted(const google::protobuf::RepeatedPtrField<v1::ClockSegment>& segments,
                          absl::Time until);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_CLOCK_SEGMENTS_H_
