// The clocks of a case. They are computed from its history, beside one pass over its events that keeps the same clocks (clock_pass.cc). And
// commands keep them, beside commands on a case without clocks.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench.h"
#include "benchmark/benchmark.h"
#include "clock_pass.h"
#include "day_loop.h"
#include "frontdesk/decide/compute_clocks.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "google/protobuf/text_format.h"

namespace frontdesk {
namespace {

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "clock_bench: %s\n", why.c_str());
  std::exit(1);
}

constexpr char kAllow[] = R"(
  name: "bench" version: "1"
  rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)";

// Six metrics by one calendar with pauses.
constexpr char kLevels[] = R"(
  calendars { calendar_id: "week" time_zone: "Europe/Berlin"
    weekly_hours { days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
      intervals { open: "09:00" close: "17:00" } } }
  service_levels { level_id: "gold" condition: "case.priority == 1" calendar_id: "week"
    targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 3600 } } }
  service_levels { level_id: "rest" calendar_id: "week"
    targets { target_id: "next" metric: SERVICE_METRIC_NEXT_REPLY duration { seconds: 7200 } warnings { seconds: 600 } }
    targets { target_id: "periodic" metric: SERVICE_METRIC_PERIODIC_UPDATE duration { seconds: 7200 } }
    targets { target_id: "pausable" metric: SERVICE_METRIC_PAUSABLE_UPDATE duration { seconds: 7200 } }
    targets { target_id: "wait" metric: SERVICE_METRIC_REQUESTER_WAIT duration { seconds: 288000 } }
    targets { target_id: "work" metric: SERVICE_METRIC_AGENT_WORK duration { seconds: 288000 } }
    targets { target_id: "total" metric: SERVICE_METRIC_TOTAL_RESOLUTION duration { seconds: 288000 } } }
)";

constexpr std::int64_t kBase = 1'781'500'000;

std::shared_ptr<const Policy> CompileOrFail(const std::string& text) {
  PolicyResult result = Policy::FromText(text, "bench");
  if (result.policy == nullptr) Fail(result.status().ToString());
  return result.policy;
}

v1::Command MakeAt(std::int64_t minute, const std::string& text, v1::Actor::Kind by) {
  v1::Command command;
  if (!google::protobuf::TextFormat::ParseFromString(absl::StrCat("case { ", text, " }"), &command))
    Fail(text);
  command.mutable_actor()->set_actor_id("anna");
  command.mutable_actor()->set_kind(by);
  command.mutable_now()->set_seconds(kBase + minute * 60);
  return command;
}

void MustDo(Desk& desk, const v1::Command& command) {
  const absl::StatusOr<v1::Outcome> outcome = desk.Execute(command);
  if (!outcome.ok()) Fail(outcome.status().ToString());
  if (outcome->verdict() != v1::VERDICT_DONE) Fail(outcome->ShortDebugString());
}

std::string Part(int number, bool is_public) {
  return absl::StrCat(
      "add_case_part { case_id: 'k' part { part_id: 'p", number, "' kind: KIND_",
      is_public ? "MESSAGE visibility: VISIBILITY_PUBLIC" : "NOTE visibility: VISIBILITY_INTERNAL",
      " text: 'We have looked at the lamp.' } }");
}

std::unique_ptr<Desk> OpenDesk(const std::string& policy_text) {
  DeskOptions options;
  options.policy = CompileOrFail(policy_text);
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (!desk.ok()) Fail(desk.status().ToString());
  MustDo(**desk,
         MakeAt(0, "open_case { case_id: 'k' kind: KIND_TROUBLE subject: 'a lamp' priority: 2 }",
                v1::Actor::KIND_AGENT));
  return *std::move(desk);
}

const DayLoopCalendar& Hours() {
  static const DayLoopCalendar* const hours = [] {
    auto* const made = new DayLoopCalendar();
    if (!absl::LoadTimeZone("Europe/Berlin", &made->zone)) Fail("no time zone");
    made->opens[0] = 9 * 3600;
    made->closes[0] = 17 * 3600;
    made->opens[1] = made->closes[1] = 17 * 3600;
    return made;
  }();
  return *hours;
}

std::int64_t NanosOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000'000 + time.nanos();
}

// Whether the pass has the clock, and the same of it.
void CheckPassed(const v1::CaseClock& clock, const ClockPass& pass) {
  for (const PassedClock& each : pass.open) {
    if (each.metric != clock.metric()) continue;
    const bool is_same =
        each.instance == clock.instance() &&
        each.is_paused == (clock.state() == v1::CaseClock::STATE_PAUSED) &&
        absl::ToUnixNanos(each.start) == NanosOf(clock.start_time()) &&
        absl::ToUnixNanos(each.changed) == NanosOf(clock.count_time()) &&
        each.counted ==
            absl::Seconds(clock.counted().seconds()) + absl::Nanoseconds(clock.counted().nanos()) &&
        each.due.has_value() == clock.has_due_time() &&
        (!each.due.has_value() || absl::ToUnixNanos(*each.due) == NanosOf(clock.due_time())) &&
        each.warn.has_value() == !clock.warn_times().empty() &&
        (!each.warn.has_value() || absl::ToUnixNanos(*each.warn) == NanosOf(clock.warn_times(0)));
    if (!is_same) Fail(absl::StrCat("the pass has another clock: ", clock.ShortDebugString()));
    return;
  }
  Fail(absl::StrCat("the pass has no clock ", clock.ShortDebugString()));
}

// The clocks of the pass are those of the case, and as many have ended.
void CheckPass(const v1::Case& computed, const ClockPass& pass) {
  if (static_cast<int>(pass.open.size()) != computed.clocks_size())
    Fail("another number of clocks");
  for (const v1::CaseClock& clock : computed.clocks()) CheckPassed(clock, pass);
  int ended = 0, late = 0;
  for (const v1::CaseClockTotal& total : computed.clock_totals()) {
    ended += total.met_count() + total.met_late_count();
    late += total.met_late_count();
  }
  for (const PassedClock& each : pass.ended) late -= each.is_late ? 1 : 0;
  if (ended != static_cast<int>(pass.ended.size()) || late != 0) Fail("other clocks have ended");
}

// 200 events of a case that goes to and fro, without those of clocks, by command.
struct History {
  std::shared_ptr<const Policy> policy;
  std::vector<v1::Event> events;
  std::vector<ClockCommand> commands;
};

const History& CaseHistory() {
  static const History* const history = [] {
    auto* const made = new History();
    made->policy = CompileOrFail(absl::StrCat(kAllow, kLevels));
    const std::unique_ptr<Desk> desk = OpenDesk(absl::StrCat(kAllow, kLevels));
    for (int i = 1; i < 200; ++i) {
      const std::int64_t minute = i * 97;
      switch (i % 5) {
        case 0:
          MustDo(*desk,
                 MakeAt(minute, "pause_case { case_id: 'k' state: STATE_WAITING_ON_CUSTOMER }",
                        v1::Actor::KIND_AGENT));
          break;
        case 1:
          MustDo(*desk, MakeAt(minute, Part(i, true), v1::Actor::KIND_CUSTOMER));
          break;
        case 2:
          MustDo(*desk, MakeAt(minute, "resume_case { case_id: 'k' }", v1::Actor::KIND_AGENT));
          break;
        case 3:
          MustDo(*desk, MakeAt(minute, Part(i, true), v1::Actor::KIND_AGENT));
          break;
        default:
          MustDo(*desk, MakeAt(minute, Part(i, false), v1::Actor::KIND_AGENT));
      }
    }
    v1::EntityRef entity;
    entity.set_kind(v1::ENTITY_KIND_CASE);
    entity.set_id("k");
    const auto all = desk->History(entity);
    if (!all.ok()) Fail(all.status().ToString());
    for (const v1::Event& event : *all) {
      if (!event.case_().has_case_clocks_changed()) made->events.push_back(event);
    }
    for (const v1::Event& event : made->events) {
      made->commands.push_back({absl::MakeSpan(&event, 1), made->policy.get(), nullptr});
    }
    const absl::StatusOr<v1::Case> computed = ComputeClocks(made->commands, nullptr, nullptr);
    const auto kept = desk->Get(entity);
    if (!computed.ok() || !kept.ok()) Fail("no clocks");
    v1::Case clocks, others;
    *clocks.mutable_clocks() = computed->clocks();
    *others.mutable_clocks() = (*kept)->case_().clocks();
    if (clocks.clocks().empty() || clocks.SerializeAsString() != others.SerializeAsString()) {
      Fail("the computed clocks are others");
    }
    CheckPass(*computed, PassOverEvents(Hours(), made->events));
    return made;
  }();
  return *history;
}

void Clocks200Events(benchmark::State& state) {
  CompareWith(state, "pass_200_events");
  const History& history = CaseHistory();
  for (auto _ : state) {
    benchmark::DoNotOptimize(ComputeClocks(history.commands, nullptr, nullptr));
  }
}

void Pass200Events(benchmark::State& state) {
  const History& history = CaseHistory();
  for (auto _ : state) benchmark::DoNotOptimize(PassOverEvents(Hours(), history.events));
}

// Notes on one case, which change none of its clocks.
void AddNotes(benchmark::State& state, const std::string& policy_text, int clocks) {
  const std::unique_ptr<Desk> desk = OpenDesk(policy_text);
  MustDo(*desk, MakeAt(1, Part(1, true), v1::Actor::KIND_AGENT));
  MustDo(*desk, MakeAt(2, Part(2, true), v1::Actor::KIND_CUSTOMER));
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id("k");
  if ((*desk->Get(entity))->case_().clocks_size() != clocks) Fail("another number of clocks");
  int number = 2;
  for (auto _ : state) {
    state.PauseTiming();
    const v1::Command command = MakeAt(number + 1, Part(number + 1, false), v1::Actor::KIND_AGENT);
    ++number;
    state.ResumeTiming();
    const absl::StatusOr<v1::Outcome> outcome = desk->Execute(command);
    if (!outcome.ok() || outcome->events_size() != 1) Fail("a note was not added");
  }
}

void SixClocks(benchmark::State& state) {
  CompareWith(state, "no_clock");
  AddNotes(state, absl::StrCat(kAllow, kLevels), 6);
}

void NoClock(benchmark::State& state) { AddNotes(state, kAllow, 0); }

BENCHMARK(Clocks200Events)->Name("clocks_200_events");
BENCHMARK(Pass200Events)->Name("pass_200_events");
BENCHMARK(SixClocks)->Name("six_clocks");
BENCHMARK(NoClock)->Name("no_clock");

}  // namespace
}  // namespace frontdesk
