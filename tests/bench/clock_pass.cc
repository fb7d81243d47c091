#include "clock_pass.h"

#include <utility>

namespace frontdesk {
namespace {

struct Promise {
  v1::ServiceMetric metric;
  // Business time; zero: none, the metric is only measured.
  absl::Duration duration;
  absl::Duration warning;
  bool is_pausable;
};

constexpr absl::Duration kNone = absl::ZeroDuration();
const Promise kPromises[] = {
    {v1::SERVICE_METRIC_FIRST_REPLY, kNone, kNone, false},
    {v1::SERVICE_METRIC_NEXT_REPLY, absl::Hours(2), absl::Minutes(10), false},
    {v1::SERVICE_METRIC_PERIODIC_UPDATE, absl::Hours(2), kNone, false},
    {v1::SERVICE_METRIC_PAUSABLE_UPDATE, absl::Hours(2), kNone, true},
    {v1::SERVICE_METRIC_REQUESTER_WAIT, absl::Hours(80), kNone, true},
    {v1::SERVICE_METRIC_AGENT_WORK, absl::Hours(80), kNone, true},
    {v1::SERVICE_METRIC_TOTAL_RESOLUTION, absl::Hours(80), kNone, false},
};

const Promise& PromiseOf(v1::ServiceMetric metric) {
  for (const Promise& promise : kPromises) {
    if (promise.metric == metric) return promise;
  }
  return kPromises[0];
}

class Pass {
 public:
  explicit Pass(const DayLoopCalendar& hours) : hours_(hours) {}

  void Take(const v1::Event& event) {
    const v1::CaseEvent& fact = event.case_();
    const absl::Time now =
        absl::FromUnixSeconds(event.time().seconds()) + absl::Nanoseconds(event.time().nanos());
    switch (fact.event_case()) {
      case v1::CaseEvent::kCaseOpened:
        for (const Promise& promise : kPromises) {
          if (promise.metric == v1::SERVICE_METRIC_FIRST_REPLY ||
              promise.metric >= v1::SERVICE_METRIC_REQUESTER_WAIT) {
            Start(promise.metric, now);
          }
        }
        break;
      case v1::CaseEvent::kCasePartAdded:
        TakePart(fact.case_part_added().part(), now);
        break;
      case v1::CaseEvent::kCaseStateChanged:
        Move(fact.case_state_changed().state(), now);
        break;
      default:
        break;
    }
  }

  ClockPass Result() && { return std::move(result_); }

 private:
  void TakePart(const v1::InteractionPart& part, absl::Time now) {
    if (part.visibility() != v1::VISIBILITY_PUBLIC) return;
    if (part.author().kind() == v1::Actor::KIND_CUSTOMER) {
      if (has_reply_ && !Find(v1::SERVICE_METRIC_NEXT_REPLY)) {
        Start(v1::SERVICE_METRIC_NEXT_REPLY, now);
      }
      return;
    }
    if (part.author().kind() != v1::Actor::KIND_AGENT) return;
    End(v1::SERVICE_METRIC_FIRST_REPLY, now);
    End(v1::SERVICE_METRIC_NEXT_REPLY, now);
    End(v1::SERVICE_METRIC_PERIODIC_UPDATE, now);
    End(v1::SERVICE_METRIC_PAUSABLE_UPDATE, now);
    Start(v1::SERVICE_METRIC_PERIODIC_UPDATE, now);
    Start(v1::SERVICE_METRIC_PAUSABLE_UPDATE, now);
    has_reply_ = true;
  }

  void Move(v1::Case::State state, absl::Time now) {
    const bool was_waiting = is_waiting_;
    is_waiting_ = state == v1::Case::STATE_WAITING_ON_CUSTOMER;
    if (was_waiting == is_waiting_) return;
    for (PassedClock& clock : result_.open) {
      if (!PromiseOf(clock.metric).is_pausable) continue;
      is_waiting_ ? Pause(now, &clock) : Resume(now, &clock);
    }
  }

  PassedClock* Find(v1::ServiceMetric metric) {
    for (PassedClock& clock : result_.open) {
      if (clock.metric == metric) return &clock;
    }
    return nullptr;
  }

  void Start(v1::ServiceMetric metric, absl::Time now) {
    const Promise& promise = PromiseOf(metric);
    PassedClock clock;
    clock.metric = metric;
    clock.instance = ++counts_[metric];
    clock.start = clock.changed = now;
    clock.is_paused = promise.is_pausable && is_waiting_;
    if (!clock.is_paused && promise.duration > kNone) SetDue(promise, promise.duration, &clock);
    result_.open.push_back(clock);
  }

  void SetDue(const Promise& promise, absl::Duration left, PassedClock* clock) {
    clock->due = DayLoopAdd(hours_, clock->changed, left);
    if (promise.warning > kNone) {
      clock->warn = DayLoopAdd(hours_, clock->start, promise.duration - promise.warning);
    }
  }

  void Pause(absl::Time now, PassedClock* clock) {
    const Promise& promise = PromiseOf(clock->metric);
    clock->counted += DayLoopBetween(hours_, clock->changed, now);
    clock->changed = now;
    clock->is_paused = true;
    if (clock->counted >= promise.duration) return;
    clock->due.reset();
    clock->warn.reset();
  }

  void Resume(absl::Time now, PassedClock* clock) {
    const Promise& promise = PromiseOf(clock->metric);
    clock->changed = now;
    clock->is_paused = false;
    if (!clock->due.has_value()) SetDue(promise, promise.duration - clock->counted, clock);
  }

  void End(v1::ServiceMetric metric, absl::Time now) {
    PassedClock* const clock = Find(metric);
    if (clock == nullptr) return;
    if (!clock->is_paused && PromiseOf(metric).duration > kNone) {
      clock->counted += DayLoopBetween(hours_, clock->changed, now);
    }
    clock->changed = now;
    clock->end = now;
    clock->is_late = clock->due.has_value() && now > *clock->due;
    result_.ended.push_back(*clock);
    result_.open.erase(result_.open.begin() + (clock - result_.open.data()));
  }

  const DayLoopCalendar& hours_;
  ClockPass result_;
  int counts_[v1::ServiceMetric_ARRAYSIZE] = {};
  bool has_reply_ = false;
  bool is_waiting_ = false;
};

}  // namespace

ClockPass PassOverEvents(const DayLoopCalendar& hours, const std::vector<v1::Event>& events) {
  Pass pass(hours);
  for (const v1::Event& event : events) pass.Take(event);
  return std::move(pass).Result();
}

}  // namespace frontdesk
