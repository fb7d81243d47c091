#include "decide/explain_clock.h"

#include <algorithm>
#include <set>
#include <utility>

#include "decide/clock_segments.h"
#include "decide/clock_words.h"
#include "decide/clocks.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/service_level/clock_time.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

using v1::CaseClock;
using v1::ClockChange;
using v1::ClockExplanation;
using v1::ClockSegment;

bool CountsOn(const v1::ClockTarget& before, const v1::ClockTarget& after) {
  return before.on_change() == v1::TARGET_CHANGE_MODE_CUMULATIVE && before.business_days() == 0 &&
         after.business_days() == 0;
}

// The pauses of a target, each with its state; days are never paused.
std::vector<StatePause> PausesOf(const v1::ClockTarget& target, const ClockFacts& facts) {
  std::vector<StatePause> pauses;
  if (target.business_days() > 0 || facts.whole == nullptr) return pauses;
  for (const int number : target.pausing_states()) {
    const auto state = static_cast<v1::Case::State>(number);
    for (const domain::ClockPause& pause : ClockPausesOf(*facts.whole, {state}, facts.find_case)) {
      pauses.push_back({state, pause});
    }
  }
  return OrderPauses(pauses);
}

absl::StatusOr<domain::ClockRule> RuleOf(const TargetStretch& stretch) {
  const v1::ClockTarget& target = stretch.target;
  domain::ClockRule rule;
  rule.duration = LengthOf(target.duration());
  rule.business_days = target.business_days();
  if (target.calendar_id().empty()) return rule;
  rule.calendar = stretch.policy->service_levels().FindCalendar(target.calendar_id());
  if (rule.calendar == nullptr) {
    return MakeError(kReasonStoreCorrupt, "the policy of a clock does not have its calendar");
  }
  return rule;
}

// The zones of the calendar of a target, if the fingerprint of the target is not that of its time. The policy is the same, so its zones
// are not. Which one of several is not known.
absl::Status AddDifferingZones(const TargetStretch& stretch, std::set<std::string>* zones) {
  const v1::ClockTarget& target = stretch.target;
  const ServiceLevels& levels = stretch.policy->service_levels();
  const PolicyTarget* now = levels.FindTarget(target.level_id(), target.target_id());
  if (now == nullptr) {
    return MakeError(kReasonStoreCorrupt, "the policy of a clock does not have its target");
  }
  if (now->target.fingerprint() == target.fingerprint() || now->calendar == nullptr) {
    return absl::OkStatus();
  }
  for (const auto& zone : now->calendar->zones()) zones->insert(zone->name());
  return absl::OkStatus();
}

void AddNoTarget(absl::Time start, absl::Time end, ClockExplanation* explanation) {
  if (end <= start) return;
  ClockSegment& all = *explanation->add_segments();
  all.set_kind(ClockSegment::KIND_NO_TARGET);
  *all.mutable_start_time() = EncodeTime(start);
  *all.mutable_end_time() = EncodeTime(end);
}

absl::Status AddSegments(const ClockFacts& facts, absl::Time until, absl::Time end,
                         ClockExplanation* explanation) {
  const absl::Time start = InstantOf(facts.clock.start_time());
  if (facts.stretches.empty()) {
    AddNoTarget(start, end, explanation);
    return absl::OkStatus();
  }
  for (std::size_t i = 0; i < facts.stretches.size(); ++i) {
    const TargetStretch& stretch = facts.stretches[i];
    FRONTDESK_ASSIGN_OR_RETURN(const domain::ClockRule rule, RuleOf(stretch));
    const std::vector<StatePause> pauses = PausesOf(stretch.target, facts);
    const bool is_last = i + 1 == facts.stretches.size();
    const absl::Time from = std::max(start, stretch.start);
    const absl::Time to = is_last ? end : std::min(end, facts.stretches[i + 1].start);
    // The end of the counted time divides a segment, so that the sums can be checked.
    const absl::Time middle = std::min(std::max(from, until), to);
    for (const auto& [first, last] : {std::make_pair(from, middle), std::make_pair(middle, to)}) {
      FRONTDESK_RETURN_IF_ERROR(AddClockSegments(rule, first, last, pauses, facts.max_segments,
                                                 explanation->mutable_segments()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

void ClockStepReader::Add(const v1::Event& event) {
  if (event.record_id() != record_id_ || first_event_id_.empty()) {
    record_id_ = event.record_id();
    first_event_id_ = event.event_id();
  }
  for (const ClockChange& change : event.case_().case_clocks_changed().changes()) {
    const CaseClock& clock = change.clock();
    if (clock.metric() != metric_ || clock.milestone() != milestone_ ||
        clock.instance() != instance_) {
      continue;
    }
    last_version_ = event.version();
    v1::ClockStep step;
    *step.mutable_change() = change;
    *step.mutable_time() = event.time();
    step.set_record_id(event.record_id());
    step.set_event_id(first_event_id_);
    if (!steps_.empty()) {
      const CaseClock& before = steps_.back().change().clock();
      if (before.has_due_time() && clock.has_due_time()) {
        *step.mutable_moved() =
            EncodeDuration(InstantOf(clock.due_time()) - InstantOf(before.due_time()));
      }
      step.set_is_by_policy(change.kind() == ClockChange::KIND_TARGET_APPLIED &&
                            before.has_target() && clock.has_target() &&
                            before.target().policy_hash() != clock.target().policy_hash());
    }
    steps_.push_back(std::move(step));
  }
}

std::vector<TargetStretch> TargetStretchesOf(const CaseClock& clock,
                                             const std::vector<v1::ClockStep>& steps) {
  std::vector<TargetStretch> stretches;
  for (const v1::ClockStep& step : steps) {
    const CaseClock& after = step.change().clock();
    if (!after.has_target()) {
      stretches.clear();
      continue;
    }
    const bool is_counted_on = step.change().kind() == ClockChange::KIND_TARGET_APPLIED &&
                               !stretches.empty() &&
                               CountsOn(stretches.back().target, after.target());
    if (is_counted_on) {
      stretches.push_back({InstantOf(after.count_time()), after.target(), nullptr});
      continue;
    }
    const bool is_new = stretches.empty() ||
                        step.change().kind() == ClockChange::KIND_TARGET_APPLIED ||
                        step.change().kind() == ClockChange::KIND_RESTARTED;
    if (!is_new) continue;
    stretches.clear();
    stretches.push_back({InstantOf(after.start_time()), after.target(), nullptr});
  }
  // The events of an imported clock are not known.
  if (steps.empty() && clock.has_target()) {
    stretches.push_back({InstantOf(clock.start_time()), clock.target(), nullptr});
  }
  return stretches;
}

absl::StatusOr<ClockExplanation> ExplainClock(const ClockFacts& facts) {
  ClockExplanation explanation;
  explanation.set_case_id(facts.case_id);
  *explanation.mutable_clock() = facts.clock;
  for (const v1::ClockStep& step : facts.steps) *explanation.add_steps() = step;
  const absl::Time start = InstantOf(facts.clock.start_time());
  const absl::Time until =
      std::max(start, facts.clock.has_end_time() ? InstantOf(facts.clock.end_time()) : facts.now);
  absl::Time end = until;
  if (facts.clock.has_due_time()) end = std::max(end, InstantOf(facts.clock.due_time()));
  FRONTDESK_RETURN_IF_ERROR(AddSegments(facts, until, end, &explanation));
  *explanation.mutable_counted() = EncodeDuration(SumCounted(explanation.segments(), until));
  *explanation.mutable_until_time() = EncodeTime(until);
  std::set<std::string> zones;
  std::shared_ptr<const calendar::Zone> zone = facts.zone;
  for (const TargetStretch& stretch : facts.stretches) {
    FRONTDESK_RETURN_IF_ERROR(AddDifferingZones(stretch, &zones));
  }
  if (zone == nullptr && !facts.stretches.empty()) {
    const TargetStretch& last = facts.stretches.back();
    const calendar::BusinessCalendar* const calendar =
        last.policy->service_levels().FindCalendar(last.target.calendar_id());
    // The policy of the stretch outlives the texts.
    if (calendar != nullptr) zone = {last.policy, &calendar->zone()};
  }
  for (const std::string& name : zones) explanation.add_differing_zones(name);
  FillClockTexts(zone, &explanation);
  return explanation;
}

}  // namespace internal
}  // namespace frontdesk
