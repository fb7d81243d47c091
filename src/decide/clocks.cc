#include "decide/clocks.h"

#include <algorithm>
#include <utility>

#include "decide/clock_instants.h"
#include "decide/lend.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/case/case_state.h"
#include "google/protobuf/arena.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

using v1::Case;
using v1::CaseClock;
using v1::ClockChange;

constexpr v1::ServiceMetric kMetrics[] = {
    v1::SERVICE_METRIC_FIRST_REPLY,      v1::SERVICE_METRIC_NEXT_REPLY,
    v1::SERVICE_METRIC_PERIODIC_UPDATE,  v1::SERVICE_METRIC_PAUSABLE_UPDATE,
    v1::SERVICE_METRIC_REQUESTER_WAIT,   v1::SERVICE_METRIC_AGENT_WORK,
    v1::SERVICE_METRIC_TOTAL_RESOLUTION, v1::SERVICE_METRIC_ACKNOWLEDGMENT,
};

absl::Time ClockTimeOf(const v1::Event& event) {
  return InstantOf(event.has_occur_time() ? event.occur_time() : event.time());
}

// A milestone may follow the resolution, but no end.
bool HasMilestones(Case::State state) {
  return domain::IsWorkedOn(state) || state == Case::STATE_RESOLVED;
}

bool Measures(const CaseClock& clock, v1::ServiceMetric metric, absl::string_view milestone) {
  return clock.metric() == metric && clock.milestone() == milestone;
}

bool IsOver(const CaseClock& clock) {
  return clock.state() == CaseClock::STATE_MET || clock.state() == CaseClock::STATE_STOPPED;
}

bool CountsTime(const CaseClock& clock) {
  return clock.has_target() && clock.target().business_days() == 0;
}

bool IsPausedIn(const v1::ClockTarget& target, Case::State state) {
  return std::find(target.pausing_states().begin(), target.pausing_states().end(), state) !=
         target.pausing_states().end();
}

std::vector<Case::State> PausingStates(const v1::ClockTarget& target) {
  std::vector<Case::State> states;
  for (const int state : target.pausing_states()) states.push_back(static_cast<Case::State>(state));
  return states;
}

absl::Time StateStart(const Case& one) { return InstantOf(one.service_times().state_start_time()); }

// The instant at which the case kept the promise of a clock that began at `start`, by the end of the metric itself; nothing: not yet.
absl::optional<absl::Time> KeptAt(v1::ServiceMetric metric, const Case& after, absl::Time start) {
  const v1::CaseServiceTimes& times = after.service_times();
  const auto at = [](bool is_kept, const google::protobuf::Timestamp& time) {
    return is_kept ? absl::optional<absl::Time>(InstantOf(time)) : absl::nullopt;
  };
  switch (metric) {
    case v1::SERVICE_METRIC_FIRST_REPLY:
      return at(times.has_first_reply_time(), times.first_reply_time());
    case v1::SERVICE_METRIC_NEXT_REPLY: {
      const absl::Time unanswered =
          std::max(InstantOf(times.unanswered_since_time()), InstantOf(times.episode_start_time()));
      return at(!times.has_unanswered_since_time() || unanswered > start, times.last_reply_time());
    }
    case v1::SERVICE_METRIC_PERIODIC_UPDATE:
    case v1::SERVICE_METRIC_PAUSABLE_UPDATE:
      return at(InstantOf(times.last_reply_time()) > start, times.last_reply_time());
    case v1::SERVICE_METRIC_ACKNOWLEDGMENT:
      return at(times.has_acknowledge_time(), times.acknowledge_time());
    default:
      return at(after.state() == Case::STATE_RESOLVED, times.state_start_time());
  }
}

}  // namespace

std::vector<domain::ClockPause> ClockPausesOf(const Case& one, absl::Span<const Case::State> states,
                                              const domain::CaseLookup& find_case) {
  std::vector<domain::ClockPause> pauses;
  for (const domain::CasePause& pause :
       domain::ComputeCaseClockBasis(one, states, find_case).pauses) {
    pauses.push_back({InstantOf(pause.start_time), pause.end_time.has_value()
                                                       ? InstantOf(*pause.end_time)
                                                       : absl::InfiniteFuture()});
  }
  return pauses;
}

CaseClocks::CaseClocks(const Case& before)
    : open_(before.clocks().begin(), before.clocks().end()), level_id_(before.service_level_id()) {
  for (const v1::CaseClockTotal& total : before.clock_totals()) {
    counted_.push_back(
        {total.metric(), total.milestone(), total.count(), DecodeTime(total.last_start_time())});
  }
}

CaseClocks::Wanted CaseClocks::WantedOf(v1::ServiceMetric metric, const Case& after) {
  const v1::CaseServiceTimes& times = after.service_times();
  if (!domain::IsWorkedOn(after.state()) || !times.has_episode_start_time()) return {};
  const absl::Time episode = InstantOf(times.episode_start_time());
  const auto since = [episode](bool is_open, const google::protobuf::Timestamp& time) {
    return Wanted{is_open, is_open ? std::max(episode, InstantOf(time)) : episode};
  };
  switch (metric) {
    case v1::SERVICE_METRIC_FIRST_REPLY:
      return {!times.has_first_reply_time(), episode};
    case v1::SERVICE_METRIC_NEXT_REPLY:
      return since(times.has_first_reply_time() && times.has_unanswered_since_time(),
                   times.unanswered_since_time());
    case v1::SERVICE_METRIC_PERIODIC_UPDATE:
    case v1::SERVICE_METRIC_PAUSABLE_UPDATE:
      return since(times.has_last_reply_time(), times.last_reply_time());
    case v1::SERVICE_METRIC_ACKNOWLEDGMENT:
      return since(times.has_complaint_since_time() && !times.has_acknowledge_time(),
                   times.complaint_since_time());
    default:
      return {true, episode};
  }
}

CaseClock* CaseClocks::FindOpen(v1::ServiceMetric metric, absl::string_view milestone) {
  for (CaseClock& clock : open_) {
    if (Measures(clock, metric, milestone)) return &clock;
  }
  return nullptr;
}

CaseClocks::Counted& CaseClocks::CountOf(v1::ServiceMetric metric, absl::string_view milestone) {
  for (Counted& each : counted_) {
    if (each.metric == metric && each.milestone == milestone) return each;
  }
  counted_.push_back({metric, std::string(milestone), 0, absl::nullopt});
  return counted_.back();
}

void CaseClocks::Add(ClockChange::Kind kind, const CaseClock& clock) {
  ClockChange& change = *changes_.add_changes();
  change.set_kind(kind);
  *change.mutable_clock() = clock;
}

void CaseClocks::Activate(v1::ServiceMetric metric, absl::string_view milestone, absl::Time start) {
  Counted& counted = CountOf(metric, milestone);
  counted.last_start = start;
  CaseClock& clock = open_.emplace_back();
  clock.set_metric(metric);
  clock.set_milestone(std::string(milestone));
  clock.set_instance(++counted.count);
  clock.set_state(CaseClock::STATE_RUNNING);
  *clock.mutable_start_time() = EncodeTime(start);
  *clock.mutable_count_time() = clock.start_time();
  Add(ClockChange::KIND_ACTIVATED, clock);
}

absl::StatusOr<const PolicyTarget*> CaseClocks::FindTarget(const v1::ClockTarget& target,
                                                           ClockSource* source) {
  const PolicyTarget* found =
      source->policy().service_levels().FindTarget(target.level_id(), target.target_id());
  if (found != nullptr && found->target.fingerprint() == target.fingerprint()) return found;
  FRONTDESK_ASSIGN_OR_RETURN(auto earlier, source->FindPolicy(target.policy_hash()));
  policies_.push_back(std::move(earlier));
  found = policies_.back()->service_levels().FindTarget(target.level_id(), target.target_id());
  if (found != nullptr) return found;
  return MakeError(kReasonStoreCorrupt, "the policy of a clock does not have its target");
}

absl::StatusOr<domain::ClockRule> CaseClocks::RuleOf(const CaseClock& clock, ClockSource* source) {
  domain::ClockRule rule;
  const v1::ClockTarget& target = clock.target();
  rule.duration = LengthOf(target.duration());
  rule.business_days = target.business_days();
  if (target.calendar_id().empty()) return rule;
  FRONTDESK_ASSIGN_OR_RETURN(const PolicyTarget* found, FindTarget(target, source));
  rule.calendar = found->calendar;
  return rule;
}

absl::StatusOr<const ServiceCondition*> CaseClocks::EndConditionOf(const CaseClock& clock,
                                                                   ClockSource* source) {
  if (!clock.has_target()) return nullptr;
  FRONTDESK_ASSIGN_OR_RETURN(const PolicyTarget* found, FindTarget(clock.target(), source));
  return found->end.get();
}

absl::StatusOr<v1::ServiceLevelInput*> CaseClocks::MakeInput(const v1::CaseEvent* event,
                                                             const Case& after, absl::Time now,
                                                             google::protobuf::Arena* arena,
                                                             ClockSource* source) {
  if (!customer_.has_value()) {
    FRONTDESK_ASSIGN_OR_RETURN(customer_, source->FindCustomer(after.customer_id()));
  }
  auto* input = google::protobuf::Arena::CreateMessage<v1::ServiceLevelInput>(arena);
  input->unsafe_arena_set_allocated_case_(LendTo(arena, after));
  if (*customer_ != nullptr) {
    input->unsafe_arena_set_allocated_customer(LendTo(arena, **customer_));
  }
  if (event != nullptr) input->unsafe_arena_set_allocated_event(LendTo(arena, *event));
  *input->mutable_now() = EncodeTime(now);
  return input;
}

absl::StatusOr<bool> CaseClocks::Holds(const ServiceCondition& condition,
                                       const v1::CaseEvent& event, const Case& after,
                                       absl::Time now, ClockSource* source) {
  google::protobuf::Arena arena;
  FRONTDESK_ASSIGN_OR_RETURN(const v1::ServiceLevelInput* input,
                             MakeInput(&event, after, now, &arena, source));
  return condition.Holds(*input, source->budget());
}

absl::StatusOr<const PolicyLevel*> CaseClocks::ChooseLevel(const Case& after, absl::Time now,
                                                           ClockSource* source) {
  const ServiceLevels& levels = source->policy().service_levels();
  if (!levels.has_levels()) return nullptr;
  if (levels.levels().front().condition == nullptr) return &levels.levels().front();
  google::protobuf::Arena arena;
  FRONTDESK_ASSIGN_OR_RETURN(const v1::ServiceLevelInput* input,
                             MakeInput(nullptr, after, now, &arena, source));
  return levels.ChooseLevel(*input, source->budget());
}

void CaseClocks::SetDue(const domain::ClockRule& rule, absl::optional<absl::Time> due,
                        CaseClock* clock) {
  clock->clear_warn_times();
  if (rule.business_days == 0) {
    *clock->mutable_left() = EncodeDuration(rule.duration - LengthOf(clock->counted()));
  }
  if (!due.has_value()) {
    clock->clear_due_time();
    return;
  }
  *clock->mutable_due_time() = EncodeTime(*due);
  const absl::Time start = InstantOf(clock->start_time());
  for (const google::protobuf::Duration& before : clock->target().warnings()) {
    *clock->add_warn_times() = EncodeTime(domain::WarnTime(rule, start, *due, LengthOf(before)));
  }
}

absl::StatusOr<std::vector<domain::ClockPause>> CaseClocks::PausesOf(const Case& after,
                                                                     const CaseClock& clock,
                                                                     absl::Time from,
                                                                     ClockSource* source) {
  const std::vector<Case::State> pausing = PausingStates(clock.target());
  if (pausing.empty()) return std::vector<domain::ClockPause>();
  // Most clocks begin in the current stretch: the stretches before it, which may be many, need not be read.
  if (after.merged_case_count() == 0 && after.service_times().has_state_start_time() &&
      from >= StateStart(after)) {
    std::vector<domain::ClockPause> pauses;
    if (IsPausedIn(clock.target(), after.state())) pauses.push_back({StateStart(after)});
    return pauses;
  }
  return source->Pauses(after, pausing);
}

absl::Status CaseClocks::Recount(absl::Time now, const Case& after, CaseClock* clock,
                                 ClockSource* source) {
  const absl::Time start = InstantOf(clock->start_time());
  FRONTDESK_ASSIGN_OR_RETURN(const domain::ClockRule rule, RuleOf(*clock, source));
  if (!CountsTime(*clock)) {
    clock->set_state(CaseClock::STATE_RUNNING);
    clock->clear_counted();
    clock->clear_left();
    SetDue(rule, domain::DueAfterDays(rule, start), clock);
    return absl::OkStatus();
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<domain::ClockPause> pauses,
                             PausesOf(after, *clock, start, source));
  const absl::Duration counted = domain::CountTime(rule, start, now, pauses);
  const absl::Duration left = rule.duration - counted;
  const bool is_paused = IsPausedIn(clock->target(), after.state());
  *clock->mutable_counted() = EncodeDuration(counted);
  *clock->mutable_count_time() = EncodeTime(std::max(start, now));
  clock->set_state(is_paused ? CaseClock::STATE_PAUSED : CaseClock::STATE_RUNNING);
  absl::optional<absl::Time> due;
  if (left <= absl::ZeroDuration()) {
    due = domain::DueTime(rule, start, rule.duration, pauses);
  } else if (!is_paused) {
    due = domain::DueTime(rule, std::max(start, now), left);
  }
  SetDue(rule, due, clock);
  return absl::OkStatus();
}

absl::Status CaseClocks::Pause(absl::Time time, CaseClock* clock, ClockSource* source) {
  FRONTDESK_ASSIGN_OR_RETURN(const domain::ClockRule rule, RuleOf(*clock, source));
  const absl::Time from = InstantOf(clock->count_time());
  time = std::max(time, from);
  const absl::Duration counted = LengthOf(clock->counted()) + domain::CountTime(rule, from, time);
  *clock->mutable_counted() = EncodeDuration(counted);
  *clock->mutable_count_time() = EncodeTime(time);
  clock->set_state(CaseClock::STATE_PAUSED);
  // Nothing moves the end of a clock whose time has run out.
  const bool is_out = counted >= rule.duration && clock->has_due_time();
  SetDue(rule, is_out ? DecodeTime(clock->due_time()) : absl::nullopt, clock);
  Add(ClockChange::KIND_PAUSED, *clock);
  return absl::OkStatus();
}

absl::Status CaseClocks::Resume(absl::Time time, CaseClock* clock, ClockSource* source) {
  FRONTDESK_ASSIGN_OR_RETURN(const domain::ClockRule rule, RuleOf(*clock, source));
  time = std::max(time, InstantOf(clock->count_time()));
  *clock->mutable_count_time() = EncodeTime(time);
  clock->set_state(CaseClock::STATE_RUNNING);
  if (!clock->has_due_time()) {
    SetDue(rule, domain::DueTime(rule, time, rule.duration - LengthOf(clock->counted())), clock);
  }
  Add(ClockChange::KIND_RESUMED, *clock);
  return absl::OkStatus();
}

absl::Status CaseClocks::End(CaseClock::State state, absl::Time time, const Case& after,
                             CaseClock* clock, ClockSource* source) {
  time = std::max(time, InstantOf(clock->start_time()));
  if (CountsTime(*clock)) {
    FRONTDESK_ASSIGN_OR_RETURN(const domain::ClockRule rule, RuleOf(*clock, source));
    absl::Duration counted = LengthOf(clock->counted());
    const absl::Time from = InstantOf(clock->count_time());
    if (time < from) {
      // A late entry ended it before its last change.
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<domain::ClockPause> pauses,
                                 PausesOf(after, *clock, time, source));
      counted -= domain::CountTime(rule, time, from, pauses);
    } else if (clock->state() == CaseClock::STATE_RUNNING) {
      counted += domain::CountTime(rule, from, time);
    }
    *clock->mutable_counted() = EncodeDuration(std::max(counted, absl::ZeroDuration()));
    *clock->mutable_left() = EncodeDuration(rule.duration - LengthOf(clock->counted()));
  }
  clock->set_is_late(clock->has_due_time() && time > InstantOf(clock->due_time()));
  *clock->mutable_count_time() = EncodeTime(time);
  *clock->mutable_end_time() = clock->count_time();
  clock->set_state(state);
  Add(state == CaseClock::STATE_MET ? ClockChange::KIND_MET : ClockChange::KIND_STOPPED, *clock);
  return absl::OkStatus();
}

absl::Status CaseClocks::Restart(absl::Time start, absl::Time now, const Case& after,
                                 CaseClock* clock, ClockSource* source) {
  const CaseClock before = *clock;
  *clock->mutable_start_time() = EncodeTime(start);
  CountOf(clock->metric(), clock->milestone()).last_start = start;
  if (clock->has_target()) {
    FRONTDESK_RETURN_IF_ERROR(Recount(now, after, clock, source));
  } else {
    *clock->mutable_count_time() = clock->start_time();
  }
  const bool is_same = InstantOf(before.start_time()) == start &&
                       before.state() == clock->state() &&
                       LengthOf(before.left()) == LengthOf(clock->left()) &&
                       before.has_due_time() == clock->has_due_time() &&
                       InstantOf(before.due_time()) == InstantOf(clock->due_time());
  if (is_same) {
    *clock = before;
  } else if (InstantOf(before.start_time()) != start || before.state() == clock->state()) {
    Add(ClockChange::KIND_RESTARTED, *clock);
  } else {
    const bool is_paused = clock->state() == CaseClock::STATE_PAUSED;
    Add(is_paused ? ClockChange::KIND_PAUSED : ClockChange::KIND_RESUMED, *clock);
  }
  return absl::OkStatus();
}

absl::Status CaseClocks::EndIfDone(const v1::Event& event, const Case& after, bool is_wanted,
                                   CaseClock* clock, ClockSource* source) {
  FRONTDESK_ASSIGN_OR_RETURN(const ServiceCondition* own, EndConditionOf(*clock, source));
  const bool is_worked_on = domain::IsWorkedOn(after.state());
  absl::optional<absl::Time> kept;
  if (own == nullptr) {
    kept = KeptAt(clock->metric(), after, InstantOf(clock->start_time()));
  } else {
    FRONTDESK_ASSIGN_OR_RETURN(const bool holds,
                               Holds(*own, event.case_(), after, InstantOf(event.time()), source));
    if (holds) kept = ClockTimeOf(event);
  }
  if (kept.has_value()) return End(CaseClock::STATE_MET, *kept, after, clock, source);
  const bool stops = own == nullptr ? !is_wanted : !is_worked_on;
  if (!stops) return absl::OkStatus();
  return End(CaseClock::STATE_STOPPED, is_worked_on ? ClockTimeOf(event) : StateStart(after), after,
             clock, source);
}

absl::Status CaseClocks::NoteMetric(v1::ServiceMetric metric, const v1::Event& event,
                                    const Case& after, ClockSource* source) {
  const Wanted wanted = WantedOf(metric, after);
  CaseClock* open = FindOpen(metric, "");
  if (open != nullptr) {
    FRONTDESK_RETURN_IF_ERROR(EndIfDone(event, after, wanted.is_open, open, source));
    if (!IsOver(*open)) {
      const absl::Time start = InstantOf(open->start_time());
      const absl::Time earliest = wanted.is_open ? std::min(start, wanted.start) : start;
      if (earliest == start && !event.case_().has_case_merged()) return absl::OkStatus();
      return Restart(earliest, InstantOf(event.time()), after, open, source);
    }
    open_.erase(open_.begin() + (open - open_.data()));
  }
  if (!wanted.is_open || !source->policy().service_levels().Measures(metric)) {
    return absl::OkStatus();
  }
  // A condition of the company's own may have ended the clock of this start already.
  const Counted& counted = CountOf(metric, "");
  if (counted.last_start.has_value() && wanted.start == *counted.last_start) {
    return absl::OkStatus();
  }
  Activate(metric, "", wanted.start);
  return absl::OkStatus();
}

absl::Status CaseClocks::NoteMilestones(const v1::Event& event, const Case& after,
                                        ClockSource* source) {
  const absl::Time time = ClockTimeOf(event);
  const absl::Time now = InstantOf(event.time());
  std::vector<std::string> met;
  for (std::size_t i = 0; i < open_.size();) {
    CaseClock& clock = open_[i];
    if (clock.metric() != v1::SERVICE_METRIC_MILESTONE) {
      ++i;
      continue;
    }
    const PolicyMilestone* milestone =
        source->policy().service_levels().FindMilestone(clock.milestone());
    bool holds = false;
    if (milestone != nullptr) {
      FRONTDESK_ASSIGN_OR_RETURN(holds, Holds(*milestone->end, event.case_(), after, now, source));
    }
    if (holds) {
      FRONTDESK_RETURN_IF_ERROR(End(CaseClock::STATE_MET, time, after, &clock, source));
      met.push_back(clock.milestone());
    } else if (milestone == nullptr || !HasMilestones(after.state())) {
      FRONTDESK_RETURN_IF_ERROR(End(CaseClock::STATE_STOPPED, time, after, &clock, source));
    } else {
      ++i;
      continue;
    }
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (!HasMilestones(after.state())) return absl::OkStatus();
  for (const PolicyMilestone& milestone : source->policy().service_levels().milestones()) {
    const v1::Milestone& defined = *milestone.source;
    if (FindOpen(v1::SERVICE_METRIC_MILESTONE, defined.name()) != nullptr) continue;
    const bool recurs = defined.recurrence() == v1::Milestone::RECURRENCE_RECURRING;
    if (!recurs && CountOf(v1::SERVICE_METRIC_MILESTONE, defined.name()).count > 0) continue;
    bool starts = false;
    if (milestone.start == nullptr) {
      starts = std::find(met.begin(), met.end(), defined.after_milestone()) != met.end();
    } else {
      FRONTDESK_ASSIGN_OR_RETURN(starts,
                                 Holds(*milestone.start, event.case_(), after, now, source));
    }
    if (starts) Activate(v1::SERVICE_METRIC_MILESTONE, defined.name(), time);
  }
  return absl::OkStatus();
}

absl::Status CaseClocks::NotePauses(const v1::Event& event, const Case& after,
                                    ClockSource* source) {
  // A late entry may name an instant before the last change of a clock, and an unmerged case takes its pauses along.
  const bool changes_past = event.has_occur_time() || event.case_().has_case_unmerged();
  for (CaseClock& clock : open_) {
    if (!CountsTime(clock)) continue;
    const bool is_one_rule = clock.target().on_change() != v1::TARGET_CHANGE_MODE_CUMULATIVE;
    if (changes_past && is_one_rule && !clock.target().pausing_states().empty()) {
      FRONTDESK_RETURN_IF_ERROR(
          Restart(InstantOf(clock.start_time()), InstantOf(event.time()), after, &clock, source));
      continue;
    }
    const bool pauses = IsPausedIn(clock.target(), after.state());
    if (pauses == (clock.state() == CaseClock::STATE_PAUSED)) continue;
    FRONTDESK_RETURN_IF_ERROR(pauses ? Pause(StateStart(after), &clock, source)
                                     : Resume(StateStart(after), &clock, source));
  }
  return absl::OkStatus();
}

absl::Status CaseClocks::Note(const v1::Event& event, const Case& after, ClockSource* source) {
  if (!source->policy().service_levels().has_levels() && open_.empty()) return absl::OkStatus();
  customer_.reset();
  for (const v1::ServiceMetric metric : kMetrics) {
    FRONTDESK_RETURN_IF_ERROR(NoteMetric(metric, event, after, source));
  }
  FRONTDESK_RETURN_IF_ERROR(NoteMilestones(event, after, source));
  return NotePauses(event, after, source);
}

absl::Status CaseClocks::ApplyTarget(const PolicyTarget* chosen, absl::Time now, const Case& after,
                                     CaseClock* clock, ClockSource* source) {
  const bool had_target = clock->has_target();
  const bool counts_on =
      had_target && clock->target().on_change() == v1::TARGET_CHANGE_MODE_CUMULATIVE &&
      CountsTime(*clock) && chosen != nullptr && chosen->target.business_days() == 0;
  const absl::optional<absl::Time> due_before =
      clock->has_due_time() ? DecodeTime(clock->due_time()) : absl::nullopt;
  if (counts_on && clock->state() == CaseClock::STATE_RUNNING) {
    FRONTDESK_ASSIGN_OR_RETURN(const domain::ClockRule rule, RuleOf(*clock, source));
    const absl::Time from = InstantOf(clock->count_time());
    *clock->mutable_counted() = EncodeDuration(LengthOf(clock->counted()) +
                                               domain::CountTime(rule, from, std::max(from, now)));
  }
  if (chosen == nullptr) {
    clock->clear_target();
    clock->clear_counted();
    clock->clear_left();
    clock->clear_due_time();
    clock->clear_warn_times();
    clock->set_state(CaseClock::STATE_RUNNING);
  } else {
    *clock->mutable_target() = chosen->target;
    clock->mutable_target()->set_policy_hash(source->policy().hash());
    if (!counts_on) {
      FRONTDESK_RETURN_IF_ERROR(Recount(now, after, clock, source));
    } else {
      FRONTDESK_ASSIGN_OR_RETURN(const domain::ClockRule rule, RuleOf(*clock, source));
      const bool is_paused = IsPausedIn(clock->target(), after.state());
      const absl::Duration left = rule.duration - LengthOf(clock->counted());
      const absl::Time from = std::max(now, InstantOf(clock->count_time()));
      *clock->mutable_count_time() = EncodeTime(from);
      clock->set_state(is_paused ? CaseClock::STATE_PAUSED : CaseClock::STATE_RUNNING);
      absl::optional<absl::Time> due;
      if (left <= absl::ZeroDuration()) {
        due = due_before.has_value() ? std::min(*due_before, from) : from;
      } else if (!is_paused) {
        due = domain::DueTime(rule, from, left);
      }
      SetDue(rule, due, clock);
    }
  }
  // A clock that this command began has its target from the start.
  if (!had_target && chosen != nullptr) {
    for (ClockChange& change : *changes_.mutable_changes()) {
      const CaseClock& changed = change.clock();
      if (change.kind() == ClockChange::KIND_ACTIVATED && changed.instance() == clock->instance() &&
          Measures(changed, clock->metric(), clock->milestone())) {
        *change.mutable_clock() = *clock;
        return absl::OkStatus();
      }
    }
  }
  Add(ClockChange::KIND_TARGET_APPLIED, *clock);
  return absl::OkStatus();
}

absl::StatusOr<absl::optional<v1::CaseClocksChanged>> CaseClocks::Finish(const Case& after,
                                                                         absl::Time now,
                                                                         ClockSource* source) {
  const ServiceLevels& levels = source->policy().service_levels();
  const bool is_measured =
      !open_.empty() || (levels.has_levels() && domain::IsWorkedOn(after.state()));
  if (!is_measured && changes_.changes().empty()) {
    return absl::optional<v1::CaseClocksChanged>();
  }
  customer_.reset();
  const PolicyLevel* level = nullptr;
  std::string level_id = level_id_;
  if (is_measured) {
    FRONTDESK_ASSIGN_OR_RETURN(level, ChooseLevel(after, now, source));
    level_id = level == nullptr ? "" : level->source->level_id();
  }
  for (CaseClock& clock : open_) {
    const PolicyTarget* chosen =
        level == nullptr ? nullptr
                         : ServiceLevels::ChooseTarget(*level, clock.metric(), clock.milestone(),
                                                       after.priority());
    if (clock.has_target()) {
      const v1::ClockTarget& target = clock.target();
      if (target.on_change() == v1::TARGET_CHANGE_MODE_PINNED) continue;
      if (chosen != nullptr && chosen->target.fingerprint() == target.fingerprint()) continue;
    } else if (chosen == nullptr) {
      continue;
    }
    FRONTDESK_RETURN_IF_ERROR(ApplyTarget(chosen, now, after, &clock, source));
  }
  if (changes_.changes().empty() && level_id == level_id_) {
    return absl::optional<v1::CaseClocksChanged>();
  }
  changes_.set_service_level_id(level_id);
  return absl::optional<v1::CaseClocksChanged>(std::move(changes_));
}

}  // namespace internal
}  // namespace frontdesk
