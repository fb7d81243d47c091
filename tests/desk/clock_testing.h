// The laws of the explanation of any clock, for tests.
#ifndef FRONTDESK_TESTS_DESK_CLOCK_TESTING_H_
#define FRONTDESK_TESTS_DESK_CLOCK_TESTING_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/clock_explanation.pb.h"
#include "internal/time.h"

namespace frontdesk {
namespace testing {

// The counted time of the stretches before `until`.
inline absl::Duration CountedBefore(const v1::ClockExplanation& why, absl::Time until) {
  absl::Duration sum;
  for (const v1::ClockSegment& segment : why.segments()) {
    if (segment.kind() != v1::ClockSegment::KIND_COUNTED) continue;
    const absl::Time start = *internal::DecodeTime(segment.start_time());
    const absl::Time end = std::min(until, *internal::DecodeTime(segment.end_time()));
    if (end > start) sum += end - start;
  }
  return sum;
}

// The stretches have no gaps and no overlaps, and reach from the start of the clock to its end, or to its due time. Empty when that holds.
inline std::string TilingFault(const v1::ClockExplanation& why) {
  const v1::CaseClock& clock = why.clock();
  absl::Time at = *internal::DecodeTime(clock.start_time());
  absl::Time end = std::max(at, *internal::DecodeTime(why.until_time()));
  if (clock.has_due_time()) end = std::max(end, *internal::DecodeTime(clock.due_time()));
  for (const v1::ClockSegment& segment : why.segments()) {
    if (*internal::DecodeTime(segment.start_time()) != at) return "a gap before a stretch";
    const absl::Time next = *internal::DecodeTime(segment.end_time());
    if (next <= at) return "an empty stretch";
    const bool is_paused = segment.kind() == v1::ClockSegment::KIND_PAUSED;
    if (is_paused != (segment.state() != v1::Case::STATE_UNSPECIFIED)) return "a state too many";
    const bool has_no_target = segment.kind() == v1::ClockSegment::KIND_NO_TARGET;
    if (has_no_target == clock.has_target()) return "a stretch has no target, or should have none";
    at = next;
  }
  if (at != end) return "the stretches end elsewhere";
  return "";
}

// The fault of the explanation of a clock that the desk keeps; empty when all holds.
inline std::string ExplanationFault(const Reader& reader, const std::string& case_id,
                                    const v1::CaseClock& clock) {
  ExplainClockOptions options;
  options.now = *internal::DecodeTime(clock.count_time());
  const absl::StatusOr<v1::ClockExplanation> why =
      reader.ExplainClock(case_id, clock.metric(), clock.instance(), clock.milestone(), options);
  // A clock of many years has more stretches than an explanation.
  if (absl::IsResourceExhausted(why.status())) return "";
  if (!why.ok()) return why.status().ToString();
  const auto fault = [&why](absl::string_view text) {
    return absl::StrCat(text, " in ", why->DebugString());
  };
  if (why->clock().SerializeAsString() != clock.SerializeAsString()) return fault("another clock");
  const std::string tiling = TilingFault(*why);
  if (!tiling.empty()) return fault(tiling);
  if (why->steps().empty()) return fault("no steps");
  const v1::CaseClock& last = why->steps(why->steps_size() - 1).change().clock();
  if (last.SerializeAsString() != clock.SerializeAsString()) return fault("the last step is older");
  const absl::Time until = *internal::DecodeTime(why->until_time());
  if (CountedBefore(*why, until) != *internal::DecodeDuration(why->counted())) {
    return fault("the sum differs");
  }
  if (!why->differing_zones().empty()) return fault("a zone differs");
  if (why->line().empty() || why->agent_lines().empty() || why->text().empty()) {
    return fault("a text is missing");
  }
  if (!clock.has_target() || clock.target().business_days() > 0) return "";
  if (*internal::DecodeDuration(why->counted()) != *internal::DecodeDuration(clock.counted())) {
    return fault("the clock has counted something else");
  }
  // After a target that counted on, what is due may have been due before.
  const bool counted_on =
      std::any_of(why->steps().begin(), why->steps().end(), [](const v1::ClockStep& step) {
        return step.change().clock().target().on_change() == v1::TARGET_CHANGE_MODE_CUMULATIVE;
      });
  const bool is_stopped_early = clock.has_end_time() && !clock.is_late();
  if (!clock.has_due_time() || counted_on || is_stopped_early) return "";
  const absl::Time due = *internal::DecodeTime(clock.due_time());
  if (CountedBefore(*why, due) != *internal::DecodeDuration(clock.target().duration())) {
    return fault("another time is due");
  }
  return "";
}

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_CLOCK_TESTING_H_
