#include "decide/clock_segments.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "decide/clock_words.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/reasons.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

using v1::ClockSegment;

// Adds segments up to a limit.
class SegmentList {
 public:
  SegmentList(std::size_t most, google::protobuf::RepeatedPtrField<ClockSegment>* segments)
      : most_(most), segments_(segments) {}

  absl::Status Add(ClockSegment::Kind kind, absl::Time start, absl::Time end,
                   const std::string& name, v1::Case::State state = v1::Case::STATE_UNSPECIFIED) {
    if (end <= start) return absl::OkStatus();
    if (static_cast<std::size_t>(segments_->size()) >= most_) {
      return MakeError(kReasonCalendarSegmentsTooMany, absl::StrCat("max_segments is ", most_));
    }
    ClockSegment& added = *segments_->Add();
    added.set_kind(kind);
    *added.mutable_start_time() = EncodeTime(start);
    *added.mutable_end_time() = EncodeTime(end);
    added.set_name(name);
    added.set_state(state);
    return absl::OkStatus();
  }

 private:
  const std::size_t most_;
  google::protobuf::RepeatedPtrField<ClockSegment>* const segments_;
};

}  // namespace

std::vector<StatePause> OrderPauses(const std::vector<StatePause>& pauses) {
  // By time, the pauses that begin and end then.
  std::map<absl::Time, std::vector<std::pair<std::size_t, bool>>> changes;
  for (std::size_t i = 0; i < pauses.size(); ++i) {
    if (pauses[i].pause.end <= pauses[i].pause.start) continue;
    changes[pauses[i].pause.start].emplace_back(i, true);
    changes[pauses[i].pause.end].emplace_back(i, false);
  }
  std::vector<StatePause> ordered;
  std::set<std::size_t> open;
  absl::Time since;
  for (const auto& [time, at] : changes) {
    if (!open.empty()) {
      const v1::Case::State state = pauses[*open.begin()].state;
      const bool continues =
          !ordered.empty() && ordered.back().pause.end == since && ordered.back().state == state;
      if (continues) {
        ordered.back().pause.end = time;
      } else {
        ordered.push_back({state, {since, time}});
      }
    }
    for (const auto& [pause, begins] : at) {
      if (begins) {
        open.insert(pause);
      } else {
        open.erase(pause);
      }
    }
    since = time;
  }
  return ordered;
}

absl::Status AddClockSegments(const domain::ClockRule& rule, absl::Time start, absl::Time end,
                              const std::vector<StatePause>& pauses, std::size_t max_segments,
                              google::protobuf::RepeatedPtrField<ClockSegment>* segments) {
  if (end <= start) return absl::OkStatus();
  std::vector<calendar::Segment> times;
  if (rule.calendar == nullptr) {
    times.push_back({start, end, true, v1::CalendarException::KIND_UNSPECIFIED, ""});
  } else {
    FRONTDESK_ASSIGN_OR_RETURN(times, rule.calendar->Segments(start, end, max_segments));
  }
  SegmentList list(max_segments, segments);
  auto pause = pauses.begin();
  for (const calendar::Segment& time : times) {
    if (!time.is_open) {
      const bool is_named = time.kind != v1::CalendarException::KIND_UNSPECIFIED;
      FRONTDESK_RETURN_IF_ERROR(
          list.Add(is_named ? ClockSegment::KIND_HOLIDAY : ClockSegment::KIND_CLOSED, time.start,
                   time.end, time.name));
      continue;
    }
    absl::Time from = time.start;
    while (from < time.end) {
      while (pause != pauses.end() && pause->pause.end <= from) ++pause;
      const bool is_met = pause != pauses.end() && pause->pause.start < time.end;
      const absl::Time until = is_met ? std::max(from, pause->pause.start) : time.end;
      FRONTDESK_RETURN_IF_ERROR(list.Add(ClockSegment::KIND_COUNTED, from, until, time.name));
      from = until;
      if (!is_met) break;
      const absl::Time resumed = std::min(pause->pause.end, time.end);
      FRONTDESK_RETURN_IF_ERROR(
          list.Add(ClockSegment::KIND_PAUSED, from, resumed, "", pause->state));
      from = resumed;
    }
  }
  return absl::OkStatus();
}

absl::Duration SumCounted(const google::protobuf::RepeatedPtrField<ClockSegment>& segments,
                          absl::Time until) {
  absl::Duration sum;
  for (const ClockSegment& segment : segments) {
    if (segment.kind() != ClockSegment::KIND_COUNTED) continue;
    const absl::Time end = InstantOf(segment.end_time());
    if (end <= until) sum += end - InstantOf(segment.start_time());
  }
  return sum;
}

}  // namespace internal
}  // namespace frontdesk
