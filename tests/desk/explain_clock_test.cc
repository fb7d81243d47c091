// Why is it due then? Clocks explained at a desk: over a weekend and a holiday, paused, entered late, under other targets, merged.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "desk/clock_testing.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::kAllowAll;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::MustOpen;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Monday to Friday from 09:00 to 17:00 in New York; 2026-05-25 is a Monday.
constexpr char kWeek[] = R"(
  calendars { calendar_id: "week" time_zone: "America/New_York"
    weekly_hours { days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
      intervals { open: "09:00" close: "17:00" } }
    exceptions { kind: KIND_HOLIDAY date: "2026-05-25" name: "Memorial Day" }
    exceptions { kind: KIND_SHORT date: "2026-05-28" intervals { open: "09:00" close: "12:00" } name: "Stocktaking" } }
)";

constexpr char kFirst[] = R"(
  service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 14400 }
              pausing_states: STATE_WAITING_ON_CUSTOMER } }
)";

// Two hours for urgent cases, four for others.
std::string LevelsBy(absl::string_view mode) {
  return absl::StrCat(R"(service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "urgent" metric: SERVICE_METRIC_FIRST_REPLY priorities: 1 duration { seconds: 7200 } on_change: )",
                      mode, R"( }
    targets { target_id: "normal" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 14400 } on_change: )",
                      mode, " } }");
}

absl::Time InNewYork(absl::string_view time) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("America/New_York", &zone));
  absl::Time instant;
  std::string error;
  EXPECT_TRUE(
      absl::ParseTime("%Y-%m-%d %H:%M", absl::StrCat("2026-05-", time), zone, &instant, &error))
      << error;
  return instant;
}

class ExplainClockTest : public ::testing::Test {
 protected:
  void OpenDesk(absl::string_view levels) {
    desk_ = MustOpen(absl::StrCat(kAllowAll, kWeek, levels), store_);
  }

  // At that day of May 2026 and local time: "22 16:00".
  void Do(absl::string_view time, absl::string_view text,
          v1::Actor::Kind by = v1::Actor::KIND_AGENT, bool is_late = false) {
    v1::Command command = AskInText(text);
    *command.mutable_now() = internal::EncodeTime(InNewYork(time));
    command.set_late_entry(is_late);
    command.mutable_actor()->set_kind(by);
    const absl::StatusOr<v1::Outcome> outcome = desk_->Execute(command, {});
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ASSERT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
  }

  void DoLate(absl::string_view time, absl::string_view text) {
    Do(time, text, v1::Actor::KIND_AGENT, true);
  }

  void Reply(absl::string_view time, bool is_late = false) {
    Do(time,
       absl::StrCat("add_case_part { case_id: 'k' part { part_id: 'p", ++parts_,
                    "' kind: KIND_MESSAGE visibility: VISIBILITY_PUBLIC text: 'words' } }"),
       v1::Actor::KIND_AGENT, is_late);
  }

  // The first reply of case k, explained at that time.
  v1::ClockExplanation Why(absl::string_view time, std::string time_zone = "",
                           v1::ServiceMetric metric = v1::SERVICE_METRIC_FIRST_REPLY) {
    ExplainClockOptions options;
    options.now = InNewYork(time);
    options.time_zone = std::move(time_zone);
    const auto why = desk_->ExplainClock("k", metric, 1, "", options);
    EXPECT_TRUE(why.ok()) << why.status();
    if (!why.ok()) return {};
    EXPECT_EQ(testing::TilingFault(*why), "") << why->DebugString();
    EXPECT_EQ(testing::ExplanationFault(*desk_, "k", why->clock()), "");
    return *why;
  }

  // "counted Fri 22 16:00-17:00".
  static std::vector<std::string> Stretches(const v1::ClockExplanation& why) {
    absl::TimeZone zone;
    EXPECT_TRUE(absl::LoadTimeZone("America/New_York", &zone));
    std::vector<std::string> texts;
    for (const v1::ClockSegment& segment : why.segments()) {
      std::string text = v1::ClockSegment::Kind_Name(segment.kind()).substr(5);
      if (!segment.name().empty()) absl::StrAppend(&text, " ", segment.name());
      if (segment.state() != 0) {
        absl::StrAppend(&text, " ", v1::Case::State_Name(segment.state()).substr(6));
      }
      for (const auto* time : {&segment.start_time(), &segment.end_time()}) {
        absl::StrAppend(&text, time == &segment.start_time() ? " " : " to ",
                        absl::FormatTime("%d %H:%M", *internal::DecodeTime(*time), zone));
      }
      texts.push_back(std::move(text));
    }
    return texts;
  }

  // "TARGET_APPLIED -2h".
  static std::vector<std::string> Steps(const v1::ClockExplanation& why) {
    std::vector<std::string> texts;
    for (const v1::ClockStep& step : why.steps()) {
      std::string text = v1::ClockChange::Kind_Name(step.change().kind()).substr(5);
      if (step.has_moved()) {
        absl::StrAppend(&text, " ", absl::FormatDuration(*internal::DecodeDuration(step.moved())));
      }
      if (step.is_by_policy()) text += " by policy";
      texts.push_back(std::move(text));
    }
    return texts;
  }

  static std::vector<std::string> Lines(const v1::ClockExplanation& why) {
    return {why.agent_lines().begin(), why.agent_lines().end()};
  }

  static std::string Counted(const v1::ClockExplanation& why) {
    return absl::FormatDuration(*internal::DecodeDuration(why.counted()));
  }

  static constexpr char kOpenK[] =
      "open_case { case_id: 'k' kind: KIND_TROUBLE subject: 'a dark lamp' priority: 2 }";
  static constexpr char kWaitK[] = "pause_case { case_id: 'k' state: STATE_WAITING_ON_CUSTOMER }";
  static constexpr char kGoOnK[] = "resume_case { case_id: 'k' }";
  static constexpr char kUrgent[] = "prioritize_case { case_id: 'k' priority: 1 }";

  std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk_;
  int parts_ = 0;
};

TEST_F(ExplainClockTest, OverAWeekendAndAHolidayWithAPause) {
  OpenDesk(kFirst);
  Do("22 15:00", kOpenK);
  Do("22 16:00", kWaitK);
  // An hour of the pause is open.
  Do("26 10:00", kGoOnK);
  const v1::ClockExplanation why = Why("26 10:15");
  EXPECT_THAT(Stretches(why),
              ElementsAre("COUNTED 22 15:00 to 22 16:00",                     //
                          "PAUSED WAITING_ON_CUSTOMER 22 16:00 to 22 17:00",  //
                          "CLOSED 22 17:00 to 25 00:00",                      //
                          "HOLIDAY Memorial Day 25 00:00 to 26 00:00",        //
                          "CLOSED 26 00:00 to 26 09:00",                      //
                          "PAUSED WAITING_ON_CUSTOMER 26 09:00 to 26 10:00",  //
                          "COUNTED 26 10:00 to 26 10:15",                     //
                          "COUNTED 26 10:15 to 26 13:00"));
  EXPECT_EQ(Counted(why), "1h15m");
  EXPECT_EQ(why.line(), "first reply due Tue 13:00, 2 h 45 min left");
  EXPECT_EQ(why.customer_text(),
            "We will reply to you by Tuesday, May 26, 2026, 13:00 (America/New_York).");
  EXPECT_THAT(
      Lines(why),
      ElementsAre("First reply due Tue 13:00, 2 h 45 min left; promised within 4 h of open time.",
                  "Counted from Fri 15:00 until Tue 10:15: 1 h 15 min of open time.",
                  "Not counted: paused 2 h while waiting for the customer, closed Fri 17:00 to "
                  "Tue 09:00 (Memorial Day).",
                  "The due time moved on Tue 10:00, from Tue 11:00 to Tue 13:00: the pause was "
                  "over."));
  EXPECT_THAT(Steps(why), ElementsAre("ACTIVATED", "PAUSED", "RESUMED"));
  EXPECT_THAT(why.text(), HasSubstr("Clock: first reply of case k\n"
                                    "State: running\n"
                                    "Start: 2026-05-22T15:00:00-04:00\n"
                                    "Target: first of level all, 4 h of open time by the calendar "
                                    "week, paused in waiting on customer, on change "));
  EXPECT_THAT(why.text(),
              HasSubstr("Counted: 1 h 15 min until 2026-05-26T10:15:00-04:00\n"
                        "Stretches (America/New_York):\n"
                        "  2026-05-22T15:00:00-04:00 to 2026-05-22T16:00:00-04:00  counted 1 h\n"
                        "  2026-05-22T16:00:00-04:00 to 2026-05-22T17:00:00-04:00  paused 1 h "
                        "while waiting for the customer\n"
                        "  2026-05-22T17:00:00-04:00 to 2026-05-25T00:00:00-04:00  closed 55 h\n"
                        "  2026-05-25T00:00:00-04:00 to 2026-05-26T00:00:00-04:00  holiday 24 h, "
                        "Memorial Day\n"));
  // The first event of each command, and its record.
  const v1::ClockStep& opened = why.steps(0);
  EXPECT_EQ(opened.event_id(), absl::StrCat(opened.record_id(), "-1"));
  EXPECT_EQ(desk_->GetRecord(opened.record_id())->command().case_().open_case().case_id(), "k");
  EXPECT_EQ(*internal::DecodeTime(why.steps(1).time()), InNewYork("22 16:00"));
}

TEST_F(ExplainClockTest, PausedOverdueAndMet) {
  OpenDesk(kFirst);
  Do("26 09:00", kOpenK);
  Do("26 11:00", kWaitK);
  EXPECT_EQ(Why("26 12:00").line(), "first reply paused, 2 h left");
  EXPECT_EQ(Why("26 12:00").customer_text(),
            "The time in which we reply to you is paused; 2 h of our opening hours are left.");
  Do("26 12:00", kGoOnK);
  const v1::ClockExplanation late = Why("26 15:30");
  EXPECT_EQ(late.line(), "first reply overdue since Tue 14:00, by 1 h 30 min");
  EXPECT_THAT(late.customer_text(), HasSubstr("That time has passed."));
  EXPECT_EQ(Counted(late), "5h30m");
  Reply("26 15:30");
  const v1::ClockExplanation met = Why("29 12:00");
  EXPECT_EQ(met.line(), "first reply met late Tue 15:30 (due Tue 14:00)");
  EXPECT_EQ(met.customer_text(),
            "We replied to you on Tuesday, May 26, 2026, 15:30 (America/New_York). That was later "
            "than promised: Tuesday, May 26, 2026, 14:00 (America/New_York).");
  EXPECT_EQ(Counted(met), "5h30m") << "a clock that is over counts no further";
  EXPECT_THAT(Stretches(met), ElementsAre("COUNTED 26 09:00 to 26 11:00",
                                          "PAUSED WAITING_ON_CUSTOMER 26 11:00 to 26 12:00",
                                          "COUNTED 26 12:00 to 26 15:30"));
}

TEST_F(ExplainClockTest, AShortDayAndTimesFarAway) {
  OpenDesk(kFirst);
  Do("28 10:00", kOpenK);
  const v1::ClockExplanation why = Why("28 10:00", "Asia/Kathmandu");
  EXPECT_THAT(Stretches(why),
              ElementsAre("COUNTED Stocktaking 28 10:00 to 28 12:00",
                          "HOLIDAY Stocktaking 28 12:00 to 29 00:00", "CLOSED 29 00:00 to 29 09:00",
                          "COUNTED 29 09:00 to 29 11:00"));
  EXPECT_EQ(why.line(), "first reply due Fri 20:45, 4 h left");
  Reply("28 11:00");
  Do("30 11:00", "resolve_case { case_id: 'k' code: 'done' }");
  ExplainClockOptions options;
  options.now = InNewYork("28 11:00");
  EXPECT_EQ(desk_->ExplainClock("k", v1::SERVICE_METRIC_FIRST_REPLY, 1, "", options)->line(),
            "first reply met Thu 11:00 (due Fri 11:00)");
}

TEST_F(ExplainClockTest, ALateEntryCountsFromTheInstantThatItNames) {
  OpenDesk(kFirst);
  Do("26 09:00", kOpenK);
  Do("26 12:00", "prioritize_case { case_id: 'k' priority: 3 }");
  DoLate("26 10:00", kWaitK);
  const v1::ClockExplanation why = Why("26 15:00");
  EXPECT_THAT(Stretches(why), ElementsAre("COUNTED 26 09:00 to 26 10:00",
                                          "PAUSED WAITING_ON_CUSTOMER 26 10:00 to 26 15:00"));
  EXPECT_EQ(Counted(why), "1h");
}

TEST_F(ExplainClockTest, AClockThatIsOverIsExplainedByTheEventsUpToItsEnd) {
  OpenDesk(kFirst);
  Do("26 09:00", kOpenK);
  Reply("26 12:00");
  Do("26 13:00", "open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'another lamp' }");
  const std::vector<std::string> before = Stretches(Why("26 14:00"));
  EXPECT_THAT(before, ElementsAre("COUNTED 26 09:00 to 26 12:00", "COUNTED 26 12:00 to 26 13:00"));
  DoLate("26 10:00", kWaitK);
  EXPECT_EQ(Stretches(Why("26 14:00")), before);
}

TEST_F(ExplainClockTest, PinnedKeepsTheTarget) {
  OpenDesk(LevelsBy("TARGET_CHANGE_MODE_PINNED"));
  Do("26 09:00", kOpenK);
  Do("26 10:00", kUrgent);
  const v1::ClockExplanation why = Why("26 10:30");
  EXPECT_EQ(why.line(), "first reply due Tue 13:00, 2 h 30 min left");
  EXPECT_THAT(Steps(why), ElementsAre("ACTIVATED"));
}

TEST_F(ExplainClockTest, LatestCountsAnew) {
  OpenDesk(LevelsBy("TARGET_CHANGE_MODE_LATEST"));
  Do("26 09:00", kOpenK);
  Do("26 10:00", kUrgent);
  const v1::ClockExplanation why = Why("26 10:30");
  EXPECT_EQ(why.line(), "first reply due Tue 11:00, 30 min left");
  EXPECT_THAT(Steps(why), ElementsAre("ACTIVATED", "TARGET_APPLIED -2h"));
  EXPECT_THAT(Lines(why),
              ::testing::Contains("The due time moved on Tue 10:00, from Tue 13:00 to Tue 11:00: "
                                  "another target applied."));
}

TEST_F(ExplainClockTest, CumulativeKeepsWhatWasCounted) {
  // The urgent target counts all time, the normal one open time.
  OpenDesk(R"(service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "urgent" metric: SERVICE_METRIC_FIRST_REPLY priorities: 1 duration { seconds: 14400 }
              counts_all_time: true on_change: TARGET_CHANGE_MODE_CUMULATIVE }
    targets { target_id: "normal" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 28800 }
              on_change: TARGET_CHANGE_MODE_CUMULATIVE } })");
  Do("26 15:00", kOpenK);
  Do("26 18:00", kUrgent);
  const v1::ClockExplanation why = Why("26 19:00");
  EXPECT_THAT(Stretches(why),
              ElementsAre("COUNTED 26 15:00 to 26 17:00", "CLOSED 26 17:00 to 26 18:00",
                          "COUNTED 26 18:00 to 26 19:00", "COUNTED 26 19:00 to 26 20:00"));
  EXPECT_EQ(Counted(why), "3h");
  EXPECT_EQ(why.line(), "first reply due Wed 00:00, 1 h left") << "in UTC: it has no calendar";
  Do("26 19:30", "prioritize_case { case_id: 'k' priority: 2 }");
  const v1::ClockExplanation again = Why("27 09:30");
  EXPECT_THAT(Stretches(again),
              ElementsAre("COUNTED 26 15:00 to 26 17:00", "CLOSED 26 17:00 to 26 18:00",
                          "COUNTED 26 18:00 to 26 19:30", "CLOSED 26 19:30 to 27 09:00",
                          "COUNTED 27 09:00 to 27 09:30", "COUNTED 27 09:30 to 27 13:30"));
  EXPECT_EQ(Counted(again), "4h");
}

TEST_F(ExplainClockTest, NoTargetOnlyWhereNoneHolds) {
  OpenDesk(R"(service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "urgent" metric: SERVICE_METRIC_FIRST_REPLY priorities: 1 duration { seconds: 7200 } } })");
  Do("26 09:00", kOpenK);
  const v1::ClockExplanation none = Why("26 10:00");
  EXPECT_THAT(Stretches(none), ElementsAre("NO_TARGET 26 09:00 to 26 10:00"));
  EXPECT_EQ(none.line(), "first reply has no target");
  EXPECT_EQ(none.customer_text(), "");
  EXPECT_EQ(Counted(none), "0");
  Do("26 10:00", kUrgent);
  EXPECT_THAT(Stretches(Why("26 10:30")),
              ElementsAre("COUNTED 26 09:00 to 26 10:30", "COUNTED 26 10:30 to 26 11:00"));
  Do("26 11:00", "prioritize_case { case_id: 'k' priority: 3 }");
  const v1::ClockExplanation removed = Why("26 11:00");
  EXPECT_THAT(Stretches(removed), ElementsAre("NO_TARGET 26 09:00 to 26 11:00"));
  EXPECT_THAT(Steps(removed), ElementsAre("ACTIVATED", "TARGET_APPLIED", "TARGET_APPLIED"));
}

TEST_F(ExplainClockTest, AMergeTakesTheEarliestStartAndTheUnionOfPauses) {
  OpenDesk(R"(service_levels { level_id: "all" calendar_id: "week"
    targets { target_id: "wait" metric: SERVICE_METRIC_REQUESTER_WAIT duration { seconds: 28800 }
              pausing_states: [STATE_WAITING_ON_CUSTOMER, STATE_WAITING_ON_THIRD_PARTY] } })");
  Do("26 09:00", "open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'another lamp' }");
  Do("26 10:00", kOpenK);
  Do("26 11:00", "pause_case { case_id: 'k2' state: STATE_WAITING_ON_THIRD_PARTY }");
  Do("26 12:00", kWaitK);
  Do("26 13:00", "resume_case { case_id: 'k2' }");
  Do("26 14:00", kGoOnK);
  Do("26 15:00", "merge_cases { case_id: 'k' merged_case_id: 'k2' }");
  const v1::ClockExplanation why = Why("26 15:30", "", v1::SERVICE_METRIC_REQUESTER_WAIT);
  EXPECT_THAT(Stretches(why),
              ElementsAre("COUNTED 26 09:00 to 26 11:00",
                          "PAUSED WAITING_ON_THIRD_PARTY 26 11:00 to 26 12:00",
                          "PAUSED WAITING_ON_CUSTOMER 26 12:00 to 26 14:00",
                          "COUNTED 26 14:00 to 26 15:30", "COUNTED 26 15:30 to 26 17:00",
                          "CLOSED 26 17:00 to 27 09:00", "COUNTED 27 09:00 to 27 12:00"));
  EXPECT_EQ(Counted(why), "3h30m");
  EXPECT_THAT(Steps(why), ::testing::Contains(::testing::StartsWith("RESTARTED")));
}

TEST_F(ExplainClockTest, AnotherPolicyMovesAClockAtTheNextCommand) {
  OpenDesk(LevelsBy("TARGET_CHANGE_MODE_LATEST"));
  Do("26 09:00", kOpenK);
  const auto activate = [this](absl::string_view levels, absl::string_view time) {
    testing::MustActivate(*desk_, MustCompile(absl::StrCat(kAllowAll, kWeek, levels)),
                          absl::ToUnixSeconds(InNewYork(time)));
  };
  activate(kFirst, "26 09:10");
  Do("26 09:20", "assign_case { case_id: 'k' assignee_id: 'ann' }");
  EXPECT_THAT(Steps(Why("26 09:30")), ElementsAre("ACTIVATED", "TARGET_APPLIED 0 by policy"));
  activate(R"(service_levels { level_id: "none" })", "26 09:40");
  Do("26 09:50", kUrgent);
  const v1::ClockExplanation why = Why("26 10:00");
  EXPECT_THAT(Steps(why),
              ElementsAre("ACTIVATED", "TARGET_APPLIED 0 by policy", "TARGET_APPLIED by policy"));
  EXPECT_THAT(Stretches(why), ElementsAre("NO_TARGET 26 09:00 to 26 10:00"));
}

TEST_F(ExplainClockTest, AZoneWithOtherRulesIsNamed) {
  OpenDesk(kFirst);
  Do("26 09:00", kOpenK);
  ReaderOptions options;
  options.store = store_;
  const calendar::ZoneSource system = calendar::SystemZones();
  options.policy_options.zones = [system](absl::string_view name) {
    return system(name == "America/New_York" ? "America/Chicago" : name);
  };
  const auto reader = Reader::Open(std::move(options));
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto why = (*reader)->ExplainClock("k", v1::SERVICE_METRIC_FIRST_REPLY, 1);
  ASSERT_TRUE(why.ok()) << why.status();
  EXPECT_THAT(why->differing_zones(), ElementsAre("America/New_York"));
  EXPECT_THAT(Lines(*why),
              ::testing::Contains(HasSubstr("in the zone America/New_York are others")));
  EXPECT_THAT(Why("26 10:00").differing_zones(), IsEmpty());
}

TEST_F(ExplainClockTest, BusinessDaysAndMilestones) {
  OpenDesk(R"pack(
    milestones { name: "call_back" start_condition: "has(event.case_assigned)" end_condition: "has(event.case_resolved)" }
    service_levels { level_id: "all" calendar_id: "week"
      targets { target_id: "total" metric: SERVICE_METRIC_TOTAL_RESOLUTION business_days: 1 }
      targets { target_id: "call" metric: SERVICE_METRIC_MILESTONE milestone: "call_back" duration { seconds: 3600 } } })pack");
  Do("26 10:00", kOpenK);
  Do("26 11:00", "assign_case { case_id: 'k' assignee_id: 'ann' }");
  const v1::ClockExplanation days = Why("26 12:00", "", v1::SERVICE_METRIC_TOTAL_RESOLUTION);
  EXPECT_EQ(days.line(), "total resolution due Wed 10:00");
  EXPECT_THAT(Lines(days), ::testing::Contains(
                               "Total resolution due Wed 10:00; promised within 1 business day."));
  EXPECT_EQ(Counted(days), "2h");
  ExplainClockOptions options;
  options.now = InNewYork("26 11:15");
  const auto call = desk_->ExplainClock("k", v1::SERVICE_METRIC_MILESTONE, 1, "call_back", options);
  ASSERT_TRUE(call.ok()) << call.status();
  EXPECT_EQ(call->line(), "call back due Tue 12:00, 45 min left");
  EXPECT_EQ(call->customer_text(), "");
}

TEST_F(ExplainClockTest, ErrorsNameTheirReason) {
  OpenDesk(kFirst);
  Do("26 09:00", kOpenK);
  const auto reason = [this](absl::string_view id, int instance,
                             const ExplainClockOptions& options = {}) {
    const auto why = desk_->ExplainClock(id, v1::SERVICE_METRIC_FIRST_REPLY, instance, "", options);
    return why.ok() ? std::string("none") : GetReason(why.status());
  };
  EXPECT_EQ(reason("k", 1), "none");
  EXPECT_EQ(reason("", 1), "ENTITY_REF_MALFORMED");
  EXPECT_EQ(reason("x", 1), "ENTITY_NOT_FOUND");
  EXPECT_EQ(reason("k", 2), "CLOCK_NOT_FOUND");
  EXPECT_EQ(reason("k", 0), "CLOCK_NOT_FOUND");
  ExplainClockOptions options;
  options.time_zone = "Mars/Olympus";
  EXPECT_EQ(reason("k", 1, options), "CALENDAR_ZONE_UNKNOWN");
  options.time_zone = "";
  options.max_segments = 1;
  options.now = InNewYork("27 12:00");
  EXPECT_EQ(reason("k", 1, options), "CALENDAR_SEGMENTS_TOO_MANY");
}

}  // namespace
}  // namespace frontdesk
