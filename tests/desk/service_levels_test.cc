// Service levels at a desk, as a support team uses them: due times, pauses, ends, and the faults that other help desks have.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::kAllowAll;
using ::frontdesk::testing::MustActivate;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::MustOpen;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Monday to Friday from 09:00 to 17:00, and from 08:00 to 18:00, in Berlin; 2026-06-15 is a Monday.
constexpr char kCalendars[] = R"(
  calendars { calendar_id: "week" time_zone: "Europe/Berlin"
    weekly_hours { days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
      intervals { open: "09:00" close: "17:00" } }
    exceptions { kind: KIND_HOLIDAY date: "2026-06-17" name: "Founders' Day" } }
  calendars { calendar_id: "long" time_zone: "Europe/Berlin"
    weekly_hours { days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
      intervals { open: "08:00" close: "18:00" } } }
)";

absl::TimeZone Berlin() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  return zone;
}

// "Mon 15 10:00" in Berlin; with seconds where there are some.
std::string Local(const google::protobuf::Timestamp& time) {
  const absl::Time instant = *internal::DecodeTime(time);
  const bool whole = absl::ToUnixSeconds(instant) % 60 == 0;
  return absl::FormatTime(whole ? "%a %d %H:%M" : "%a %d %H:%M:%E*S", instant, Berlin());
}

std::string Span(const google::protobuf::Duration& span) {
  return absl::FormatDuration(*internal::DecodeDuration(span));
}

class ServiceLevelsTest : public ::testing::Test {
 protected:
  static std::string Pack(absl::string_view levels) {
    return absl::StrCat(kAllowAll, kCalendars, levels);
  }

  void Open(absl::string_view levels) { desk_ = MustOpen(Pack(levels)); }

  // At that day of June 2026 and local time: "15 10:00".
  static google::protobuf::Timestamp When(absl::string_view time) {
    absl::Time instant;
    std::string error;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%E*S",
                                absl::StrCat("2026-06-", time, time.size() < 9 ? ":00" : ""),
                                Berlin(), &instant, &error))
        << error;
    return internal::EncodeTime(instant);
  }

  v1::Outcome Do(absl::string_view time, absl::string_view text,
                 v1::Actor::Kind by = v1::Actor::KIND_AGENT, absl::string_view occurred = "") {
    v1::Command command = AskInText(text);
    *command.mutable_now() = When(occurred.empty() ? time : occurred);
    command.set_late_entry(!occurred.empty());
    command.mutable_actor()->set_kind(by);
    const absl::StatusOr<v1::Outcome> outcome = desk_->Execute(command, {});
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    if (!outcome.ok()) return {};
    EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
    return *outcome;
  }

  void Say(absl::string_view time, v1::Actor::Kind by, absl::string_view occurred = "") {
    Do(time,
       absl::StrCat("add_case_part { case_id: 'k' part { part_id: 'p", ++parts_,
                    "' kind: KIND_MESSAGE visibility: VISIBILITY_PUBLIC text: 'words' } }"),
       by, occurred);
  }

  v1::Case Case(const std::string& id = "k") const {
    v1::EntityRef entity;
    entity.set_kind(v1::ENTITY_KIND_CASE);
    entity.set_id(id);
    const auto state = desk_->Get(entity, {"ended_clocks"});
    EXPECT_TRUE(state.ok()) << state.status();
    return state.ok() ? (*state)->case_() : v1::Case();
  }

  // "FIRST_REPLY 1 running, due Mon 15 11:00".
  static std::string Text(const v1::CaseClock& clock) {
    std::string text = v1::ServiceMetric_Name(clock.metric()).substr(15);
    if (!clock.milestone().empty()) absl::StrAppend(&text, " ", clock.milestone());
    absl::StrAppend(&text, " ", clock.instance(), " ",
                    v1::CaseClock::State_Name(clock.state()).substr(6));
    if (clock.has_due_time()) absl::StrAppend(&text, ", due ", Local(clock.due_time()));
    if (clock.state() == v1::CaseClock::STATE_PAUSED) {
      absl::StrAppend(&text, ", left ", Span(clock.left()));
    }
    if (clock.has_end_time()) {
      absl::StrAppend(&text, ", ended ", Local(clock.end_time()), clock.is_late() ? " late" : "");
    }
    return text;
  }

  std::vector<std::string> Clocks(const std::string& id = "k") const {
    std::vector<std::string> texts;
    const v1::Case one = Case(id);
    for (const v1::CaseClock& clock : one.clocks()) texts.push_back(Text(clock));
    return texts;
  }

  std::vector<std::string> Ended(const std::string& id = "k") const {
    std::vector<std::string> texts;
    const v1::Case one = Case(id);
    for (const v1::CaseClock& clock : one.ended_clocks()) texts.push_back(Text(clock));
    return texts;
  }

  // The clocks that are kept are those that follow from the log.
  void TearDown() override {
    for (const char* id : {"k", "k2"}) {
      v1::EntityRef entity;
      entity.set_kind(v1::ENTITY_KIND_CASE);
      entity.set_id(id);
      if (desk_ == nullptr || !desk_->Get(entity).ok()) continue;
      const v1::Case kept = Case(id);
      const absl::StatusOr<v1::Case> computed = desk_->ComputeClocks(id);
      ASSERT_TRUE(computed.ok()) << computed.status();
      const auto text_of = [](const v1::Case& one) {
        v1::Case clocks;
        *clocks.mutable_clocks() = one.clocks();
        *clocks.mutable_ended_clocks() = one.ended_clocks();
        *clocks.mutable_clock_totals() = one.clock_totals();
        clocks.set_service_level_id(one.service_level_id());
        return clocks.DebugString();
      };
      EXPECT_EQ(text_of(*computed), text_of(kept));
    }
  }

  static constexpr char kOpen[] =
      "open_case { case_id: 'k' kind: KIND_TROUBLE subject: 'a dark lamp' priority: 2 }";
  static constexpr char kWait[] = "pause_case { case_id: 'k' state: STATE_WAITING_ON_CUSTOMER }";
  static constexpr char kGoOn[] = "resume_case { case_id: 'k' }";
  static constexpr char kResolve[] = "resolve_case { case_id: 'k' code: 'done' }";
  static constexpr char kReopen[] = "reopen_case { case_id: 'k' }";

  std::unique_ptr<Desk> desk_;
  int parts_ = 0;
};

constexpr char kFirstReply[] = R"(
  service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 14400 } warnings { seconds: 3600 } } }
)";

TEST_F(ServiceLevelsTest, ADeskWithoutLevelsHasNoClocks) {
  Open("");
  Do("15 10:00", kOpen);
  EXPECT_THAT(Clocks(), IsEmpty());
}

TEST_F(ServiceLevelsTest, FourBusinessHoursFromMondayAfternoon) {
  Open(R"(service_levels { level_id: "all" calendar_id: "long"
    targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 14400 } warnings { seconds: 3600 } } })");
  Do("15 17:00", kOpen);
  EXPECT_THAT(Clocks(), ElementsAre("FIRST_REPLY 1 RUNNING, due Tue 16 11:00"));
  ASSERT_EQ(Case().clocks(0).warn_times_size(), 1);
  EXPECT_EQ(Local(Case().clocks(0).warn_times(0)), "Tue 16 10:00");
  EXPECT_EQ(Case().service_level_id(), "all");
}

TEST_F(ServiceLevelsTest, MetAtTheDeadlineAndLateFromTheFirstInstantAfterIt) {
  Open(kFirstReply);
  Do("15 10:00", kOpen);
  Say("15 14:00", v1::Actor::KIND_AGENT);
  EXPECT_THAT(Ended(), ElementsAre("FIRST_REPLY 1 MET, due Mon 15 14:00, ended Mon 15 14:00"));
}

TEST_F(ServiceLevelsTest, OneNanosecondLater) {
  Open(kFirstReply);
  Do("15 10:00", kOpen);
  Say("15 14:00:00.000000001", v1::Actor::KIND_AGENT);
  ASSERT_EQ(Case().ended_clocks_size(), 1);
  EXPECT_TRUE(Case().ended_clocks(0).is_late());
}

TEST_F(ServiceLevelsTest, OnlyAPublicPartByAHumanAgentIsAReply) {
  Open(kFirstReply);
  Do("15 10:00", kOpen);
  Say("15 10:01", v1::Actor::KIND_BOT);
  Say("15 10:02", v1::Actor::KIND_SYSTEM);
  Say("15 10:03", v1::Actor::KIND_CUSTOMER);
  Do("15 10:04",
     "add_case_part { case_id: 'k' part { part_id: 'n' kind: KIND_NOTE visibility: "
     "VISIBILITY_INTERNAL text: 'words' } }");
  Do("15 10:05", "assign_case { case_id: 'k' assignee_id: 'anna' }");
  EXPECT_THAT(Clocks(), ElementsAre("FIRST_REPLY 1 RUNNING, due Mon 15 14:00"));
  Say("15 10:06", v1::Actor::KIND_AGENT);
  EXPECT_THAT(Ended(), ElementsAre("FIRST_REPLY 1 MET, due Mon 15 14:00, ended Mon 15 10:06"));
}

// ---- Faults of other help desks ---------------------------------------------------------------------

constexpr char kResolution[] = R"(
  service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "wait" metric: SERVICE_METRIC_REQUESTER_WAIT duration { seconds: 28800 } } }
)";

TEST_F(ServiceLevelsTest, HoldsAreNotCountedOverClosedHours) {
  Open(kResolution);
  Do("15 09:00", kOpen);
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 RUNNING, due Mon 15 17:00"));
  Do("15 16:00", kWait);
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 PAUSED, left 1h"));
  // From 16:00 on Monday to 10:00 on Tuesday, two hours are open.
  Do("16 10:00", kGoOn);
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 RUNNING, due Tue 16 11:00"));
}

TEST_F(ServiceLevelsTest, AHoldOutsideOfOpenHoursMovesNothing) {
  Open(R"(service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "wait" metric: SERVICE_METRIC_REQUESTER_WAIT duration { seconds: 30000 } } })");
  Do("15 09:00", kOpen);
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 RUNNING, due Tue 16 09:20"));
  Do("15 17:00", kWait);
  Do("16 09:00", kGoOn);
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 RUNNING, due Tue 16 09:20"));
}

TEST_F(ServiceLevelsTest, HolidaysAreClosed) {
  Open(kFirstReply);
  Do("16 16:00", kOpen);
  EXPECT_THAT(Clocks(), ElementsAre("FIRST_REPLY 1 RUNNING, due Thu 18 12:00"));
}

TEST_F(ServiceLevelsTest, UpdateTargetsDoNotOverruleTheFirstReply) {
  Open(R"(service_levels { level_id: "all"
    targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 14400 } }
    targets { target_id: "update" metric: SERVICE_METRIC_PERIODIC_UPDATE duration { seconds: 3600 } }
    targets { target_id: "paused" metric: SERVICE_METRIC_PAUSABLE_UPDATE duration { seconds: 3600 } } })");
  Do("15 10:00", kOpen);
  EXPECT_THAT(Clocks(), ElementsAre("FIRST_REPLY 1 RUNNING, due Mon 15 14:00"));
  Say("15 11:00", v1::Actor::KIND_AGENT);
  EXPECT_THAT(Clocks(), ElementsAre("PERIODIC_UPDATE 1 RUNNING, due Mon 15 12:00",
                                    "PAUSABLE_UPDATE 1 RUNNING, due Mon 15 12:00"));
  Do("15 11:30", kWait);
  EXPECT_THAT(Clocks(), ElementsAre("PERIODIC_UPDATE 1 RUNNING, due Mon 15 12:00",
                                    "PAUSABLE_UPDATE 1 PAUSED, left 30m"));
  Say("15 12:30", v1::Actor::KIND_AGENT);
  EXPECT_THAT(Clocks(), ElementsAre("PERIODIC_UPDATE 2 RUNNING, due Mon 15 13:30",
                                    "PAUSABLE_UPDATE 2 PAUSED, left 1h"));
  EXPECT_THAT(Ended(),
              ElementsAre("FIRST_REPLY 1 MET, due Mon 15 14:00, ended Mon 15 11:00",
                          "PERIODIC_UPDATE 1 MET, due Mon 15 12:00, ended Mon 15 12:30 late",
                          "PAUSABLE_UPDATE 1 MET, ended Mon 15 12:30"));
}

TEST_F(ServiceLevelsTest, NextReplyCountsFromTheOldestUnansweredMessage) {
  Open(R"(service_levels { level_id: "all"
    targets { target_id: "next" metric: SERVICE_METRIC_NEXT_REPLY duration { seconds: 3600 } } })");
  Do("15 10:00", kOpen);
  Say("15 10:10", v1::Actor::KIND_CUSTOMER);
  EXPECT_THAT(Clocks(), IsEmpty());  // That is for the first reply.
  Say("15 10:20", v1::Actor::KIND_AGENT);
  EXPECT_THAT(Clocks(), IsEmpty());
  Say("15 10:30", v1::Actor::KIND_CUSTOMER);
  Say("15 11:00", v1::Actor::KIND_CUSTOMER);
  EXPECT_THAT(Clocks(), ElementsAre("NEXT_REPLY 1 RUNNING, due Mon 15 11:30"));
  Say("15 11:10", v1::Actor::KIND_AGENT);
  Say("15 12:00", v1::Actor::KIND_CUSTOMER);
  EXPECT_THAT(Clocks(), ElementsAre("NEXT_REPLY 2 RUNNING, due Mon 15 13:00"));
}

TEST_F(ServiceLevelsTest, AReopenedCaseDoesNotBreachAtOnce) {
  Open(R"(service_levels { level_id: "all"
    targets { target_id: "total" metric: SERVICE_METRIC_TOTAL_RESOLUTION duration { seconds: 7200 } } })");
  Do("15 10:00", kOpen);
  Do("15 11:00", kResolve);
  EXPECT_THAT(Ended(), ElementsAre("TOTAL_RESOLUTION 1 MET, due Mon 15 12:00, ended Mon 15 11:00"));
  Do("18 10:00", kReopen);
  EXPECT_THAT(Clocks(), ElementsAre("TOTAL_RESOLUTION 2 RUNNING, due Thu 18 12:00"));
  EXPECT_THAT(Ended(), ElementsAre("TOTAL_RESOLUTION 1 MET, due Mon 15 12:00, ended Mon 15 11:00"));
}

TEST_F(ServiceLevelsTest, CanceledClosedAndMergedCasesStopTheirClocks) {
  Open(kResolution);
  Do("15 09:00", kOpen);
  Do("15 10:00", "cancel_case { case_id: 'k' reason: 'by mistake' }");
  EXPECT_THAT(Clocks(), IsEmpty());
  EXPECT_THAT(Ended(),
              ElementsAre("REQUESTER_WAIT 1 STOPPED, due Mon 15 17:00, ended Mon 15 10:00"));
  Do("15 11:00", "open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'another lamp' }");
  Do("15 12:00", "close_case { case_id: 'k2' reason: 'given up' }");
  EXPECT_THAT(Clocks("k2"), IsEmpty());
  EXPECT_THAT(Ended("k2"),
              ElementsAre("REQUESTER_WAIT 1 STOPPED, due Tue 16 11:00, ended Mon 15 12:00"));
}

TEST_F(ServiceLevelsTest, AMergeTakesTheEarliestStartAndTheUnionOfPauses) {
  Open(kResolution);
  Do("15 09:00", "open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'another lamp' }");
  Do("15 10:00", kOpen);
  Do("15 11:00", "pause_case { case_id: 'k2' state: STATE_WAITING_ON_CUSTOMER }");
  Do("15 12:00", kWait);
  Do("15 13:00", "resume_case { case_id: 'k2' }");
  Do("15 14:00", kGoOn);
  // From 09:00 on, paused from 11:00 to 14:00.
  Do("15 15:00", "merge_cases { case_id: 'k' merged_case_id: 'k2' }");
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 RUNNING, due Tue 16 12:00"));
  EXPECT_THAT(Clocks("k2"), IsEmpty());
  EXPECT_THAT(Ended("k2"),
              ElementsAre("REQUESTER_WAIT 1 STOPPED, due Tue 16 11:00, ended Mon 15 15:00"));
}

TEST_F(ServiceLevelsTest, AnUnmergedCaseBeginsAnEpisode) {
  Open(kResolution);
  Do("15 09:00", "open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'another lamp' }");
  Do("15 10:00", kOpen);
  Do("15 11:00", "merge_cases { case_id: 'k' merged_case_id: 'k2' }");
  Do("15 12:00", "unmerge_cases { case_id: 'k' merged_case_id: 'k2' }");
  EXPECT_THAT(Clocks("k2"), ElementsAre("REQUESTER_WAIT 2 RUNNING, due Tue 16 12:00"));
  EXPECT_THAT(Clocks("k"), ElementsAre("REQUESTER_WAIT 1 RUNNING, due Mon 15 17:00"));
}

// ---- Changes on the way ------------------------------------------------------------------------

std::string ByPriority(absl::string_view mode) {
  return absl::StrCat(R"(service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "urgent" metric: SERVICE_METRIC_AGENT_WORK priorities: 1 duration { seconds: 7200 } counts_all_time: true
      on_change: TARGET_CHANGE_MODE_)",
                      mode, R"( }
    targets { target_id: "rest" metric: SERVICE_METRIC_AGENT_WORK duration { seconds: 14400 } on_change: TARGET_CHANGE_MODE_)",
                      mode, " } }");
}

constexpr char kUrgent[] = "prioritize_case { case_id: 'k' priority: 1 }";

TEST_F(ServiceLevelsTest, PinnedKeepsItsTarget) {
  Open(ByPriority("PINNED"));
  Do("15 16:00", kOpen);
  EXPECT_THAT(Clocks(), ElementsAre("AGENT_WORK 1 RUNNING, due Tue 16 12:00"));
  Do("15 16:30", kUrgent);
  EXPECT_THAT(Clocks(), ElementsAre("AGENT_WORK 1 RUNNING, due Tue 16 12:00"));
}

TEST_F(ServiceLevelsTest, LatestCountsAnewFromTheStart) {
  Open(ByPriority("LATEST"));
  Do("15 16:00", kOpen);
  Do("16 09:30", kUrgent);
  // All time counts from 16:00 on: it was due before the priority changed.
  EXPECT_THAT(Clocks(), ElementsAre("AGENT_WORK 1 RUNNING, due Mon 15 18:00"));
  Do("16 10:00", "prioritize_case { case_id: 'k' priority: 3 }");
  EXPECT_THAT(Clocks(), ElementsAre("AGENT_WORK 1 RUNNING, due Tue 16 12:00"));
}

TEST_F(ServiceLevelsTest, CumulativeKeepsWhatWasCounted) {
  Open(ByPriority("CUMULATIVE"));
  Do("15 16:00", kOpen);
  // An hour and a half of open time are gone; half an hour of any time is left.
  Do("16 09:30", kUrgent);
  EXPECT_THAT(Clocks(), ElementsAre("AGENT_WORK 1 RUNNING, due Tue 16 10:00"));
}

TEST_F(ServiceLevelsTest, LatestCountsPausesAnewToo) {
  Open(R"(service_levels { level_id: "urgent" condition: "case.priority == 1"
    targets { target_id: "t" metric: SERVICE_METRIC_TOTAL_RESOLUTION duration { seconds: 7200 } } }
  service_levels { level_id: "rest"
    targets { target_id: "t" metric: SERVICE_METRIC_REQUESTER_WAIT duration { seconds: 7200 } }
    targets { target_id: "u" metric: SERVICE_METRIC_AGENT_WORK duration { seconds: 7200 } pausing_states: STATE_WAITING_ON_CUSTOMER } }
  service_levels { level_id: "never" condition: "false"
    targets { target_id: "v" metric: SERVICE_METRIC_AGENT_WORK duration { seconds: 1 } } })");
  Do("15 10:00", kOpen);
  Do("15 10:30", kWait);
  Do("15 11:00", kGoOn);
  EXPECT_THAT(Clocks(),
              ElementsAre("REQUESTER_WAIT 1 RUNNING, due Mon 15 12:30",
                          "AGENT_WORK 1 RUNNING, due Mon 15 12:30", "TOTAL_RESOLUTION 1 RUNNING"));
  Do("15 11:30", kUrgent);
  EXPECT_EQ(Case().service_level_id(), "urgent");
  // A clock counts from its start although its target applies later.
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 RUNNING", "AGENT_WORK 1 RUNNING",
                                    "TOTAL_RESOLUTION 1 RUNNING, due Mon 15 12:00"));
}

TEST_F(ServiceLevelsTest, AnotherPolicyMovesAClockAtTheNextCommand) {
  Open(kFirstReply);
  Do("15 10:00", kOpen);
  MustActivate(*desk_, MustCompile(Pack(R"(service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 7200 } } })")),
               When("15 10:30").seconds() - 1'700'000'000);
  EXPECT_THAT(Clocks(), ElementsAre("FIRST_REPLY 1 RUNNING, due Mon 15 14:00"));
  Do("15 10:40", "change_case_subject { case_id: 'k' subject: 'a very dark lamp' }");
  EXPECT_THAT(Clocks(), ElementsAre("FIRST_REPLY 1 RUNNING, due Mon 15 12:00"));
}

TEST_F(ServiceLevelsTest, APinnedClockKeepsTheCalendarOfItsPolicy) {
  Open(R"(service_levels { level_id: "all" calendar_id: "week" targets { target_id: "wait"
    metric: SERVICE_METRIC_REQUESTER_WAIT duration { seconds: 28800 } on_change: TARGET_CHANGE_MODE_PINNED } })");
  Do("15 09:00", kOpen);
  Do("15 16:00", kWait);
  MustActivate(*desk_, MustCompile(kAllowAll), When("15 16:30").seconds() - 1'700'000'000);
  Do("16 10:00", kGoOn);
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 RUNNING, due Tue 16 11:00"));
}

TEST_F(ServiceLevelsTest, LevelsThatComeLaterCountFromTheStart) {
  Open("");
  Do("15 10:00", kOpen);
  Do("15 10:30", kWait);
  Do("15 11:00", kGoOn);
  MustActivate(*desk_, MustCompile(Pack(R"(service_levels { level_id: "all"
    targets { target_id: "wait" metric: SERVICE_METRIC_REQUESTER_WAIT duration { seconds: 7200 } } })")),
               When("15 11:10").seconds() - 1'700'000'000);
  Do("15 11:20", "change_case_subject { case_id: 'k' subject: 'a very dark lamp' }");
  EXPECT_THAT(Clocks(), ElementsAre("REQUESTER_WAIT 1 RUNNING, due Mon 15 12:30"));
}

// ---- Late entries ------------------------------------------------------------------------------

TEST_F(ServiceLevelsTest, ALateEntryCountsAtTheInstantThatItNames) {
  Open(kFirstReply);
  Do("15 10:00", kOpen);
  Do("15 16:00", "change_case_subject { case_id: 'k' subject: 'a very dark lamp' }");
  Say("15 16:00", v1::Actor::KIND_AGENT, "15 13:00");
  EXPECT_THAT(Ended(), ElementsAre("FIRST_REPLY 1 MET, due Mon 15 14:00, ended Mon 15 13:00"));
}

// ---- Own conditions ----------------------------------------------------------------------------

TEST_F(ServiceLevelsTest, AConditionOfTheCompanysOwnEndsAClock) {
  Open(
      R"(service_levels { level_id: "all" targets { target_id: "taken" metric: SERVICE_METRIC_FIRST_REPLY
    duration { seconds: 3600 } end_condition: "case.assignee_id != ''" } })");
  Do("15 10:00", kOpen);
  Say("15 10:10", v1::Actor::KIND_AGENT);
  EXPECT_THAT(Clocks(), ElementsAre("FIRST_REPLY 1 RUNNING, due Mon 15 11:00"));
  Do("15 10:20", "assign_case { case_id: 'k' assignee_id: 'anna' }");
  EXPECT_THAT(Clocks(), IsEmpty());
  EXPECT_THAT(Ended(), ElementsAre("FIRST_REPLY 1 MET, due Mon 15 11:00, ended Mon 15 10:20"));
  Do("15 10:30", "change_case_subject { case_id: 'k' subject: 'a very dark lamp' }");
  EXPECT_THAT(Clocks(), IsEmpty());
}

TEST_F(ServiceLevelsTest, MilestonesRecurAndFormChains) {
  Open(R"(
    milestones { name: "pick_up" start_condition: 'has(event.case_task_added)' end_condition: "case.assignee_id != ''"
      recurrence: RECURRENCE_RECURRING }
    milestones { name: "report" after_milestone: "pick_up" end_condition: 'has(event.case_task_completed)' }
    service_levels { level_id: "all"
      targets { target_id: "p" metric: SERVICE_METRIC_MILESTONE milestone: "pick_up" duration { seconds: 600 } }
      targets { target_id: "r" metric: SERVICE_METRIC_MILESTONE milestone: "report" duration { seconds: 1200 } } })");
  Do("15 10:00", kOpen);
  EXPECT_THAT(Clocks(), IsEmpty());
  Do("15 10:10", "add_case_task { case_id: 'k' task { task_id: 't' title: 'look' } }");
  EXPECT_THAT(Clocks(), ElementsAre("MILESTONE pick_up 1 RUNNING, due Mon 15 10:20"));
  Do("15 10:15", "assign_case { case_id: 'k' assignee_id: 'anna' }");
  EXPECT_THAT(Clocks(), ElementsAre("MILESTONE report 1 RUNNING, due Mon 15 10:35"));
  Do("15 10:40", "complete_case_task { case_id: 'k' task_id: 't' outcome_note: 'seen' }");
  EXPECT_THAT(Ended(),
              ElementsAre("MILESTONE pick_up 1 MET, due Mon 15 10:20, ended Mon 15 10:15",
                          "MILESTONE report 1 MET, due Mon 15 10:35, ended Mon 15 10:40 late"));
}

TEST_F(ServiceLevelsTest, AMilestoneMayEndWithTheCase) {
  Open(R"(
    milestones { name: "closing" start_condition: 'has(event.case_opened)' end_condition: 'case.state == Case.State.STATE_CLOSED' }
    service_levels { level_id: "all"
      targets { target_id: "c" metric: SERVICE_METRIC_MILESTONE milestone: "closing" duration { seconds: 7200 } } })");
  Do("15 10:00", kOpen);
  Do("15 11:00", kResolve);
  EXPECT_THAT(Clocks(), ElementsAre("MILESTONE closing 1 RUNNING, due Mon 15 12:00"));
  Do("15 13:00", "close_case { case_id: 'k' }");
  EXPECT_THAT(Ended(),
              ElementsAre("MILESTONE closing 1 MET, due Mon 15 12:00, ended Mon 15 13:00 late"));
}

TEST_F(ServiceLevelsTest, AComplaintIsAcknowledgedByTheCompany) {
  Open(
      R"(service_levels { level_id: "all" targets { target_id: "ack" metric: SERVICE_METRIC_ACKNOWLEDGMENT
    duration { seconds: 3600 } } })");
  Do("15 10:00", kOpen);
  EXPECT_THAT(Clocks(), IsEmpty());
  Do("15 10:30", "classify_case { case_id: 'k' kind: KIND_COMPLAINT }");
  EXPECT_THAT(Clocks(), ElementsAre("ACKNOWLEDGMENT 1 RUNNING, due Mon 15 11:30"));
  Say("15 10:40", v1::Actor::KIND_SYSTEM);
  EXPECT_THAT(Ended(), ElementsAre("ACKNOWLEDGMENT 1 MET, due Mon 15 11:30, ended Mon 15 10:40"));
}

TEST_F(ServiceLevelsTest, BusinessDaysKeepTheTimeOfDay) {
  Open(R"(service_levels { level_id: "all" calendar_id: "week" targets { target_id: "days"
    metric: SERVICE_METRIC_TOTAL_RESOLUTION business_days: 3 } })");
  Do("15 10:15", kOpen);
  EXPECT_THAT(Clocks(), ElementsAre("TOTAL_RESOLUTION 1 RUNNING, due Fri 19 10:15"));
  Do("20 12:00", "open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'another lamp' }");
  EXPECT_THAT(Clocks("k2"), ElementsAre("TOTAL_RESOLUTION 1 RUNNING, due Thu 25 09:00"));
}

TEST_F(ServiceLevelsTest, RulesReadClocks) {
  desk_ = MustOpen(absl::StrCat(kCalendars, kFirstReply, R"(
    name: "p" version: "1"
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets { id: "resolve" decision_points: "ResolveCase" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "unanswered" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "UNANSWERED"
        condition: 'case.clocks.exists(c, c.metric == ServiceMetric.SERVICE_METRIC_FIRST_REPLY && c.due_time >= now)' }
    })"));
  Do("15 10:00", kOpen);
  v1::Command command = AskInText(kResolve);
  *command.mutable_now() = When("15 11:00");
  const absl::StatusOr<v1::Outcome> refused = desk_->Execute(command, {});
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->verdict(), v1::VERDICT_REFUSED);
}

}  // namespace
}  // namespace frontdesk
