// The steps of a clock, the targets that its time counts by, and the texts, from plain messages.
#include "decide/explain_clock.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/base/error.h"
#include "frontdesk/policy/policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kClockLevels[] = R"(
  rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  service_levels { level_id: "all"
    targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 7200 } } }
)";

std::shared_ptr<const Policy> ClockClockLevels() {
  return Policy::FromText(kClockLevels, "levels.textproto").policy;
}

absl::Time ClockHour(double hour) {
  return absl::FromUnixSeconds(1'779'400'800) + hour * absl::Hours(1);
}

v1::ClockTarget TargetOf(const Policy& policy, v1::TargetChangeMode mode) {
  v1::ClockTarget target = policy.service_levels().FindTarget("all", "first")->target;
  target.set_policy_hash(policy.hash());
  target.set_on_change(mode);
  return target;
}

v1::CaseClock ClockAt(double start) {
  v1::CaseClock clock;
  clock.set_metric(v1::SERVICE_METRIC_FIRST_REPLY);
  clock.set_instance(1);
  clock.set_state(v1::CaseClock::STATE_RUNNING);
  *clock.mutable_start_time() = EncodeTime(ClockHour(start));
  *clock.mutable_count_time() = clock.start_time();
  return clock;
}

// An event about clocks, behind another one of the same command.
class ClockLog {
 public:
  void Add(double hour, std::vector<std::pair<v1::ClockChange::Kind, v1::CaseClock>> changes) {
    v1::Event first = Next(hour);
    first.mutable_case_()->mutable_case_assigned();
    reader_.Add(first);
    v1::Event second = Next(hour);
    second.set_record_id(first.record_id());
    second.set_event_id(absl::StrCat(first.record_id(), "-2"));
    for (auto& [kind, clock] : changes) {
      v1::ClockChange& change =
          *second.mutable_case_()->mutable_case_clocks_changed()->add_changes();
      change.set_kind(kind);
      *change.mutable_clock() = clock;
    }
    reader_.Add(second);
  }

  ClockStepReader& reader() { return reader_; }

 private:
  v1::Event Next(double hour) {
    v1::Event event;
    event.set_version(++version_);
    event.set_record_id(absl::StrCat("r", version_));
    event.set_event_id(absl::StrCat(event.record_id(), "-1"));
    *event.mutable_time() = EncodeTime(ClockHour(hour));
    return event;
  }

  std::int64_t version_ = 0;
  ClockStepReader reader_{v1::SERVICE_METRIC_FIRST_REPLY, "", 1};
};

class ExplainClockTest : public ::testing::Test {
 protected:
  v1::CaseClock WithTarget(v1::CaseClock clock, v1::TargetChangeMode mode, double due) {
    *clock.mutable_target() = TargetOf(*policy_, mode);
    *clock.mutable_due_time() = EncodeTime(ClockHour(due));
    return clock;
  }

  const std::shared_ptr<const Policy> policy_ = ClockClockLevels();
};

TEST_F(ExplainClockTest, AStepNamesTheFirstEventOfItsCommand) {
  ClockLog log;
  v1::CaseClock other = ClockAt(0);
  other.set_instance(2);
  const v1::CaseClock clock = WithTarget(ClockAt(0), v1::TARGET_CHANGE_MODE_LATEST, 2);
  log.Add(0, {{v1::ClockChange::KIND_ACTIVATED, clock}, {v1::ClockChange::KIND_ACTIVATED, other}});
  v1::CaseClock moved = clock;
  *moved.mutable_due_time() = EncodeTime(ClockHour(1.5));
  moved.mutable_target()->set_policy_hash("another");
  log.Add(1, {{v1::ClockChange::KIND_TARGET_APPLIED, moved}});
  v1::CaseClock paused = moved;
  paused.clear_due_time();
  log.Add(1.2, {{v1::ClockChange::KIND_PAUSED, paused}});
  EXPECT_EQ(log.reader().last_version(), 6);
  const std::vector<v1::ClockStep> steps = log.reader().TakeSteps();
  ASSERT_THAT(steps, SizeIs(3));
  EXPECT_EQ(steps[0].record_id(), "r1");
  EXPECT_EQ(steps[0].event_id(), "r1-1");
  EXPECT_EQ(steps[1].event_id(), "r3-1");
  EXPECT_EQ(*DecodeTime(steps[1].time()), ClockHour(1));
  EXPECT_FALSE(steps[0].has_moved());
  EXPECT_FALSE(steps[0].is_by_policy());
  EXPECT_EQ(*DecodeDuration(steps[1].moved()), -absl::Minutes(30));
  EXPECT_TRUE(steps[1].is_by_policy());
  EXPECT_FALSE(steps[2].has_moved());
  EXPECT_FALSE(steps[2].is_by_policy());
}

TEST_F(ExplainClockTest, OnlyACumulativeTargetLeavesItsStretch) {
  for (const auto mode : {v1::TARGET_CHANGE_MODE_LATEST, v1::TARGET_CHANGE_MODE_CUMULATIVE}) {
    const bool counts_on = mode == v1::TARGET_CHANGE_MODE_CUMULATIVE;
    ClockLog log;
    const v1::CaseClock clock = WithTarget(ClockAt(0), mode, 2);
    log.Add(0, {{v1::ClockChange::KIND_ACTIVATED, clock}});
    v1::CaseClock changed = WithTarget(clock, mode, 3);
    *changed.mutable_count_time() = EncodeTime(ClockHour(1));
    log.Add(1, {{v1::ClockChange::KIND_TARGET_APPLIED, changed}});
    v1::CaseClock paused = changed;
    *paused.mutable_count_time() = EncodeTime(ClockHour(1.5));
    log.Add(1.5, {{v1::ClockChange::KIND_PAUSED, paused}});
    std::vector<TargetStretch> stretches = TargetStretchesOf(paused, log.reader().steps());
    ASSERT_THAT(stretches, SizeIs(counts_on ? 2 : 1));
    EXPECT_EQ(stretches.front().start, ClockHour(0));
    EXPECT_EQ(stretches.back().start, counts_on ? ClockHour(1) : ClockHour(0));
    // Days count from the start on.
    v1::CaseClock days = changed;
    days.mutable_target()->set_business_days(1);
    log.Add(2, {{v1::ClockChange::KIND_TARGET_APPLIED, days}});
    EXPECT_THAT(TargetStretchesOf(days, log.reader().steps()), SizeIs(1));
    log.Add(3, {{v1::ClockChange::KIND_TARGET_APPLIED, ClockAt(0)}});
    EXPECT_THAT(TargetStretchesOf(ClockAt(0), log.reader().steps()), IsEmpty());
    v1::CaseClock restarted = WithTarget(ClockAt(-1), mode, 1);
    log.Add(4, {{v1::ClockChange::KIND_TARGET_APPLIED, changed},
                {v1::ClockChange::KIND_TARGET_APPLIED, changed},
                {v1::ClockChange::KIND_RESTARTED, restarted}});
    stretches = TargetStretchesOf(restarted, log.reader().steps());
    ASSERT_THAT(stretches, SizeIs(1));
    EXPECT_EQ(stretches[0].start, ClockHour(-1));
  }
}

TEST_F(ExplainClockTest, WithoutStepsTheTargetOfTheClockCounts) {
  ClockFacts facts;
  facts.case_id = "k";
  facts.clock = WithTarget(ClockAt(0), v1::TARGET_CHANGE_MODE_LATEST, 2);
  facts.stretches = TargetStretchesOf(facts.clock, {});
  ASSERT_THAT(facts.stretches, SizeIs(1));
  facts.stretches[0].policy = policy_;
  facts.now = ClockHour(0.5);
  facts.max_segments = 10;
  const auto why = ExplainClock(facts);
  ASSERT_TRUE(why.ok()) << why.status();
  ASSERT_EQ(why->segments_size(), 2);
  EXPECT_EQ(*DecodeTime(why->segments(0).end_time()), ClockHour(0.5));
  EXPECT_EQ(*DecodeTime(why->segments(1).end_time()), ClockHour(2));
  EXPECT_EQ(*DecodeDuration(why->counted()), absl::Minutes(30));
  EXPECT_EQ(why->line(), "first reply due Fri 00:00, 1 h 30 min left");
  EXPECT_THAT(why->text(), HasSubstr("Steps: not known.\n"));
  EXPECT_THAT(why->differing_zones(), IsEmpty());

  facts.now = ClockHour(3);
  EXPECT_EQ(ExplainClock(facts)->line(), "first reply overdue since Fri 00:00, by 1 h");
  EXPECT_EQ(*DecodeTime(ExplainClock(facts)->segments(0).end_time()), ClockHour(3));
  facts.clock.set_state(v1::CaseClock::STATE_STOPPED);
  *facts.clock.mutable_end_time() = EncodeTime(ClockHour(1));
  EXPECT_EQ(ExplainClock(facts)->line(), "first reply stopped Thu 23:00 (due Fri 00:00)");
  EXPECT_EQ(ExplainClock(facts)->customer_text(), "");
  EXPECT_EQ(*DecodeDuration(ExplainClock(facts)->counted()), absl::Hours(1));
}

TEST_F(ExplainClockTest, APolicyWithoutTheCalendarIsAFaultOfTheStore) {
  ClockFacts facts;
  facts.clock = WithTarget(ClockAt(0), v1::TARGET_CHANGE_MODE_LATEST, 2);
  facts.clock.mutable_target()->set_calendar_id("week");
  facts.stretches = TargetStretchesOf(facts.clock, {});
  facts.stretches[0].policy = policy_;
  facts.now = ClockHour(1);
  facts.max_segments = 10;
  EXPECT_EQ(GetReason(ExplainClock(facts).status()), "STORE_CORRUPT");
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
