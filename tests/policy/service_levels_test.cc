// Service levels, targets, milestones and calendars of a pack: compiled, chosen, and every issue with its position.
#include "frontdesk/policy/service_levels.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "frontdesk/base/error.h"
#include "frontdesk/cel/budget.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/service_level.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A desk with two calendars.
constexpr absl::string_view kCalendars = R"text(
calendars { calendar_id: "support" time_zone: "Europe/Berlin"
  weekly_hours { days: DAY_OF_WEEK_MONDAY days: DAY_OF_WEEK_TUESDAY intervals { open: "09:00" close: "17:00" } } }
calendars { calendar_id: "always" time_zone: "UTC" weekly_hours { intervals { open: "00:00" close: "24:00" } } }
)text";

// The promises of that desk.
constexpr absl::string_view kDesk = R"text(
name: "desk" version: "1"
vocabulary { tiers { name: "gold" } tiers { name: "silver" } }
variables { name: "is_gold" expression: "customer.tier == 'gold'" }
service_levels {
  level_id: "gold" name: "Gold" condition: "has(customer) && variables.is_gold" calendar_id: "always"
  targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 900 } }
}
service_levels {
  level_id: "complaints" condition: "case.kind == Case.Kind.KIND_COMPLAINT" calendar_id: "support"
  targets { target_id: "days" metric: SERVICE_METRIC_TOTAL_RESOLUTION business_days: 15 }
}
service_levels {
  level_id: "standard" calendar_id: "support"
  targets { target_id: "urgent" metric: SERVICE_METRIC_FIRST_REPLY priorities: 1 priorities: 2 duration { seconds: 3600 }
            warnings { seconds: 600 } warnings { seconds: 1800 } warnings { seconds: 900 } on_change: TARGET_CHANGE_MODE_PINNED }
  targets { target_id: "other" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 14400 } calendar_id: "always" }
  targets { target_id: "wait" metric: SERVICE_METRIC_REQUESTER_WAIT duration { seconds: 86400 } counts_all_time: true }
  targets { target_id: "work" metric: SERVICE_METRIC_AGENT_WORK duration { seconds: 28800 } }
  targets { target_id: "update" metric: SERVICE_METRIC_PAUSABLE_UPDATE duration { seconds: 28800 } }
  targets { target_id: "own" metric: SERVICE_METRIC_NEXT_REPLY duration { seconds: 28800 }
            pausing_states: STATE_WAITING_ON_THIRD_PARTY pausing_states: STATE_NEW
            end_condition: "event.case_part_added.part.kind == InteractionPart.Kind.KIND_NOTE" }
  targets { target_id: "step" metric: SERVICE_METRIC_MILESTONE milestone: "second_line" duration { seconds: 7200 } }
  targets { target_id: "step_days" metric: SERVICE_METRIC_MILESTONE milestone: "fixed" business_days: 2 }
}
milestones { name: "second_line" start_condition: "event.case_escalated.escalation.step == 2"
  end_condition: "has(event.case_assigned)" pausing_states : STATE_WAITING_ON_CUSTOMER
}
milestones { name: "fixed" after_milestone: "second_line" end_condition: "case.state == Case.State.STATE_RESOLVED"
  recurrence: RECURRENCE_RECURRING pausing_states: STATE_WAITING_ON_CUSTOMER }
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)text";

std::shared_ptr<const Policy> Load(absl::string_view text) {
  PolicyResult result = Policy::FromText(absl::StrCat(kCalendars, text), "desk.textproto");
  EXPECT_THAT(result.issues, IsEmpty()) << rules::FormatIssues(result.issues);
  if (result.policy == nullptr) return Policy::Compile({}).policy;
  return result.policy;
}

v1::ServiceLevelInput Input(absl::string_view text) {
  v1::ServiceLevelInput input;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(text), &input));
  return input;
}

// The id of the chosen level; "" for none.
std::string Chosen(const Policy& policy, absl::string_view input) {
  cel::Budget budget{1'000'000};
  const auto level = policy.service_levels().ChooseLevel(Input(input), &budget);
  EXPECT_TRUE(level.ok()) << level.status();
  return !level.ok() || *level == nullptr ? "" : (*level)->source->level_id();
}

bool Holds(const ServiceCondition& condition, absl::string_view input) {
  const absl::StatusOr<bool> holds = condition.Holds(Input(input), nullptr);
  EXPECT_TRUE(holds.ok()) << holds.status();
  return holds.ok() && *holds;
}

// "REASON line:column field" of each issue of a pack without calendars.
std::vector<std::string> Issues(absl::string_view text, const PolicyOptions& options = {}) {
  std::vector<std::string> issues;
  for (const v1::Issue& issue : Policy::FromText(text, "desk.textproto", options).issues) {
    issues.push_back(
        absl::StrCat(issue.reason(), " ", issue.line(), ":", issue.column(), " ", issue.field()));
  }
  return issues;
}

// The same of a pack with the calendars, in front of it in one line.
std::vector<std::string> IssuesWithCalendars(absl::string_view text) {
  return Issues(absl::StrCat(absl::StrReplaceAll(kCalendars, {{"\n", " "}}), text));
}

TEST(ServiceLevelsTest, ACaseHasTheFirstLevelWhoseConditionHolds) {
  const auto policy = Load(kDesk);
  const ServiceLevels& levels = policy->service_levels();
  EXPECT_TRUE(levels.has_levels());
  ASSERT_EQ(levels.levels().size(), 3u);
  EXPECT_EQ(Chosen(*policy, "case {} customer { tier: 'gold' }"), "gold");
  EXPECT_EQ(Chosen(*policy, "case { kind: KIND_COMPLAINT } customer { tier: 'gold' }"), "gold");
  EXPECT_EQ(Chosen(*policy, "case { kind: KIND_COMPLAINT } customer { tier: 'silver' }"),
            "complaints");
  EXPECT_EQ(Chosen(*policy, "case {} customer { tier: 'silver' }"), "standard");
  // Without a customer the first condition does not hold.
  EXPECT_EQ(Chosen(*policy, "case {}"), "standard");

  EXPECT_TRUE(Holds(*levels.levels()[1].condition, "case { kind: KIND_COMPLAINT }"));
  EXPECT_FALSE(Holds(*levels.levels()[1].condition, "case { kind: KIND_QUESTION }"));
  EXPECT_EQ(levels.levels()[2].condition, nullptr);
}

TEST(ServiceLevelsTest, WithoutALevelForAllACaseMayHaveNone) {
  const auto policy = Load(R"text(
service_levels { level_id: "late" condition: "case.priority == 2" }
service_levels { level_id: "urgent" condition: "case.priority == 1" }
)text");
  EXPECT_EQ(Chosen(*policy, "case { priority: 1 }"), "urgent");
  EXPECT_EQ(Chosen(*policy, "case { priority: 2 }"), "late");
  EXPECT_EQ(Chosen(*policy, "case { priority: 3 }"), "");
  const auto empty = Load("name: 'x'");
  EXPECT_FALSE(empty->service_levels().has_levels());
  EXPECT_EQ(Chosen(*empty, "case {}"), "");
}

TEST(ServiceLevelsTest, AConditionThatErrsDoesNotHold) {
  const auto policy = Load(R"text(
service_levels { level_id: "errs" condition: "10 / case.priority > 1" }
service_levels { level_id: "next" condition: "case.priority < 5" }
)text");
  EXPECT_EQ(Chosen(*policy, "case { priority: 0 }"), "next");
  EXPECT_EQ(Chosen(*policy, "case { priority: 2 }"), "errs");
  EXPECT_FALSE(Holds(*policy->service_levels().levels()[0].condition, "case {}"));
}

TEST(ServiceLevelsTest, ABudgetThatEndsIsAnError) {
  const auto policy = Load(R"text(
service_levels { level_id: "long" condition: "case.tags.exists(tag, tag.startsWith('x') && tag.endsWith('y'))" }
service_levels { level_id: "rest" }
)text");
  v1::ServiceLevelInput input;
  for (int i = 0; i < 100; ++i) input.mutable_case_()->add_tags("x0123456789");
  cel::Budget little{20};
  const auto level = policy->service_levels().ChooseLevel(input, &little);
  EXPECT_EQ(GetReason(level.status()), kReasonRulesBudgetExhausted);
  EXPECT_EQ(level.status().code(), absl::StatusCode::kResourceExhausted);
  little.left = 20;
  EXPECT_EQ(
      GetReason(policy->service_levels().levels()[0].condition->Holds(input, &little).status()),
      kReasonRulesBudgetExhausted);
  cel::Budget enough{1'000'000};
  const auto chosen = policy->service_levels().ChooseLevel(input, &enough);
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_EQ((*chosen)->source->level_id(), "rest");
  EXPECT_LT(enough.left, 1'000'000);
}

TEST(ServiceLevelsTest, ATargetIsTheFirstThatFits) {
  const auto policy = Load(kDesk);
  const ServiceLevels& levels = policy->service_levels();
  const PolicyLevel& standard = *levels.FindLevel("standard");
  const auto target = [&standard](v1::ServiceMetric metric, absl::string_view milestone,
                                  int priority) {
    const PolicyTarget* const found =
        ServiceLevels::ChooseTarget(standard, metric, milestone, priority);
    return found == nullptr ? "" : found->target.target_id();
  };
  EXPECT_EQ(target(v1::SERVICE_METRIC_FIRST_REPLY, "", 1), "urgent");
  EXPECT_EQ(target(v1::SERVICE_METRIC_FIRST_REPLY, "", 2), "urgent");
  EXPECT_EQ(target(v1::SERVICE_METRIC_FIRST_REPLY, "", 3), "other");
  EXPECT_EQ(target(v1::SERVICE_METRIC_FIRST_REPLY, "", 0), "other");
  EXPECT_EQ(target(v1::SERVICE_METRIC_MILESTONE, "second_line", 1), "step");
  EXPECT_EQ(target(v1::SERVICE_METRIC_MILESTONE, "fixed", 1), "step_days");
  EXPECT_EQ(target(v1::SERVICE_METRIC_PERIODIC_UPDATE, "", 1), "");

  EXPECT_TRUE(levels.Measures(v1::SERVICE_METRIC_AGENT_WORK));
  EXPECT_FALSE(levels.Measures(v1::SERVICE_METRIC_PERIODIC_UPDATE));
  EXPECT_EQ(levels.FindTarget("standard", "other")->source->target_id(), "other");
  EXPECT_EQ(levels.FindTarget("gold", "other"), nullptr);
  EXPECT_EQ(levels.FindTarget("bronze", "other"), nullptr);
  EXPECT_EQ(levels.FindLevel("bronze"), nullptr);
  EXPECT_EQ(levels.FindMilestone("third_line"), nullptr);
  EXPECT_EQ(levels.FindCalendar("support")->id(), "support");
  EXPECT_EQ(levels.FindCalendar(""), nullptr);
}

// The states that pause a clock, by number.
std::vector<int> PausingStates(const ServiceLevels& levels, absl::string_view target_id) {
  const auto& states = levels.FindTarget("standard", target_id)->target.pausing_states();
  return {states.begin(), states.end()};
}

TEST(ServiceLevelsTest, ATargetIsKeptAsClocksKeepIt) {
  const auto policy = Load(kDesk);
  const ServiceLevels& levels = policy->service_levels();
  const v1::ClockTarget& urgent = levels.FindTarget("standard", "urgent")->target;
  v1::ClockTarget expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(R"text(
      level_id: "standard" target_id: "urgent" duration { seconds: 3600 } calendar_id: "support"
      on_change: TARGET_CHANGE_MODE_PINNED warnings { seconds: 1800 } warnings { seconds: 900 } warnings { seconds: 600 })text",
                                                            &expected));
  expected.set_fingerprint(urgent.fingerprint());
  EXPECT_EQ(urgent.DebugString(), expected.DebugString());
  EXPECT_EQ(urgent.fingerprint().size(), 32u);

  const PolicyTarget& other = *levels.FindTarget("standard", "other");
  EXPECT_EQ(other.target.calendar_id(), "always");
  EXPECT_EQ(other.calendar, levels.FindCalendar("always"));
  EXPECT_EQ(other.target.on_change(), v1::TARGET_CHANGE_MODE_LATEST);
  const PolicyTarget& wait = *levels.FindTarget("standard", "wait");
  EXPECT_EQ(wait.target.calendar_id(), "");
  EXPECT_EQ(wait.calendar, nullptr);
  EXPECT_EQ(levels.FindTarget("standard", "work")->calendar, levels.FindCalendar("support"));
  EXPECT_EQ(levels.FindTarget("complaints", "days")->target.business_days(), 15);
  EXPECT_FALSE(levels.FindTarget("complaints", "days")->target.has_duration());

  constexpr int kNew = v1::Case::STATE_NEW;
  constexpr int kCustomer = v1::Case::STATE_WAITING_ON_CUSTOMER;
  constexpr int kThirdParty = v1::Case::STATE_WAITING_ON_THIRD_PARTY;
  EXPECT_THAT(PausingStates(levels, "urgent"), IsEmpty());
  EXPECT_THAT(PausingStates(levels, "wait"), ElementsAre(kCustomer));
  EXPECT_THAT(PausingStates(levels, "update"), ElementsAre(kCustomer));
  EXPECT_THAT(PausingStates(levels, "work"), ElementsAre(kCustomer, kThirdParty));
  EXPECT_THAT(PausingStates(levels, "own"), ElementsAre(kNew, kThirdParty));
  EXPECT_THAT(PausingStates(levels, "step"), ElementsAre(kCustomer));
  // Nothing pauses business days.
  EXPECT_THAT(PausingStates(levels, "step_days"), IsEmpty());
}

TEST(ServiceLevelsTest, ConditionsAfterAnEventReadIt) {
  const auto policy = Load(kDesk);
  const ServiceLevels& levels = policy->service_levels();
  const PolicyTarget& own = *levels.FindTarget("standard", "own");
  EXPECT_TRUE(Holds(*own.end, "case {} event { case_part_added { part { kind: KIND_NOTE } } }"));
  EXPECT_FALSE(
      Holds(*own.end, "case {} event { case_part_added { part { kind: KIND_MESSAGE } } }"));
  EXPECT_FALSE(Holds(*own.end, "case {} event { case_opened {} }"));
  EXPECT_EQ(levels.FindTarget("standard", "work")->end, nullptr);

  const PolicyMilestone& second_line = *levels.FindMilestone("second_line");
  EXPECT_TRUE(Holds(*second_line.start, "event { case_escalated { escalation { step: 2 } } }"));
  EXPECT_FALSE(Holds(*second_line.start, "event { case_escalated { escalation { step: 1 } } }"));
  EXPECT_TRUE(Holds(*second_line.end, "event { case_assigned {} }"));
  const PolicyMilestone& fixed = *levels.FindMilestone("fixed");
  EXPECT_EQ(fixed.start, nullptr);
  EXPECT_EQ(fixed.source->after_milestone(), "second_line");
  EXPECT_TRUE(Holds(*fixed.end, "case { state: STATE_RESOLVED } event { case_resolved {} }"));
  ASSERT_EQ(levels.milestones().size(), 2u);
}

// The fingerprint of the only target of a pack with these parts.
std::string Fingerprint(absl::string_view target, absl::string_view close = "17:00",
                        const PolicyOptions& options = {}) {
  const PolicyResult result = Policy::FromText(absl::StrCat(R"text(
calendars { calendar_id: "hours" time_zone: "Europe/Berlin" weekly_hours { intervals { open: "09:00" close: ")text",
                                                            close, R"text(" } } }
calendars { calendar_id: "both" combination { operation: OPERATION_UNION calendar_ids: "hours" calendar_ids: "hours" } }
calendars { calendar_id: "rest" time_zone: "UTC" weekly_hours { intervals { open: "01:00" close: "02:00" } } }
service_levels { level_id: "l" calendar_id: "both" targets { target_id: "t" metric: SERVICE_METRIC_FIRST_REPLY )text",
                                                            target, "} }"),
                                               "x", options);
  EXPECT_NE(result.policy, nullptr) << rules::FormatIssues(result.issues);
  if (result.policy == nullptr) return "";
  return result.policy->service_levels().FindTarget("l", "t")->target.fingerprint();
}

TEST(ServiceLevelsTest, AFingerprintIsThatOfTheTargetAndOfItsCalendars) {
  const std::string hour = Fingerprint("duration { seconds: 3600 }");
  EXPECT_EQ(hour.size(), 32u);
  EXPECT_EQ(hour, Fingerprint("duration { seconds: 3600 } on_change: TARGET_CHANGE_MODE_LATEST"));
  // Priorities choose a target, and are no part of it.
  EXPECT_EQ(hour, Fingerprint("duration { seconds: 3600 } priorities: 1"));
  EXPECT_NE(hour, Fingerprint("duration { seconds: 3601 }"));
  EXPECT_NE(hour, Fingerprint("duration { seconds: 3600 } warnings { seconds: 1 }"));
  EXPECT_NE(hour, Fingerprint("duration { seconds: 3600 } pausing_states: STATE_NEW"));
  EXPECT_NE(hour, Fingerprint("duration { seconds: 3600 } calendar_id: 'rest'"));
  // A calendar that the level's calendar combines.
  EXPECT_NE(hour, Fingerprint("duration { seconds: 3600 }", "18:00"));
  EXPECT_EQ(Fingerprint("duration { seconds: 3600 } calendar_id: 'rest'"),
            Fingerprint("duration { seconds: 3600 } calendar_id: 'rest'", "18:00"));
  EXPECT_EQ(Fingerprint("duration { seconds: 3600 } counts_all_time: true"),
            Fingerprint("duration { seconds: 3600 } counts_all_time: true", "18:00"));
  // Another zone under the same name.
  PolicyOptions options;
  options.zones = [](absl::string_view) { return calendar::SystemZones()("Europe/Paris"); };
  EXPECT_NE(hour, Fingerprint("duration { seconds: 3600 }", "17:00", options));
  const auto order = [](absl::string_view states) {
    return Fingerprint(absl::StrCat("duration { seconds: 3600 } ", states));
  };
  EXPECT_EQ(order("pausing_states: STATE_NEW pausing_states: STATE_OPEN"),
            order("pausing_states: STATE_OPEN pausing_states: STATE_NEW"));
}

TEST(ServiceLevelIssuesTest, TargetsAreCheckedWithTheirPlaces) {
  EXPECT_THAT(
      IssuesWithCalendars(R"text(
service_levels { level_id: "a" condition: "case.priority == 1" calendar_id: "suport" targets {} }
service_levels { level_id: "a" condition: "case.priority == 2"
  targets { target_id: "t" metric: 77 duration { seconds: 5 } }
  targets { target_id: "t" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 5 } business_days: 1 }
}
service_levels { condition: "case.priority == 3" }
)text"),
      ElementsAre("POLICY_CALENDAR_UNKNOWN 2:64 service_levels[0].calendar_id",
                  "POLICY_SERVICE_TARGET_ID_MISSING 2:86 service_levels[0].targets[0]",
                  "POLICY_SERVICE_METRIC 2:86 service_levels[0].targets[0]",
                  "POLICY_SERVICE_TIME 2:86 service_levels[0].targets[0]",
                  "POLICY_SERVICE_LEVEL_ID_DUPLICATE 3:18 service_levels[1].level_id",
                  "POLICY_SERVICE_METRIC 4:28 service_levels[1].targets[0].metric",
                  "POLICY_SERVICE_TARGET_ID_DUPLICATE 5:13 service_levels[1].targets[1].target_id",
                  "POLICY_SERVICE_TIME 5:3 service_levels[1].targets[1]",
                  "POLICY_SERVICE_BUSINESS_DAYS 5:87 service_levels[1].targets[1].business_days",
                  "POLICY_SERVICE_LEVEL_ID_MISSING 7:1 service_levels[2]"));
}

// The issues of one target, without the place of its level.
std::vector<std::string> TargetIssues(absl::string_view target, absl::string_view level = "") {
  std::vector<std::string> issues;
  for (const std::string& issue : IssuesWithCalendars(absl::StrCat(
           "\nservice_levels { level_id: 'l' ", level, " targets { target_id: 't' ", target,
           " } }\nmilestones { name: 'fixed' start_condition: 'true' "
           "end_condition: 'case.priority == 1' }"))) {
    issues.push_back(absl::StrReplaceAll(issue, {{"service_levels[0].targets[0]", "target"}}));
    // The column depends on the text in front.
    const std::string& last = issues.back();
    issues.back() = absl::StrCat(last.substr(0, last.find(' ')), last.substr(last.rfind(' ')));
  }
  return issues;
}

TEST(ServiceLevelIssuesTest, EveryFieldOfATargetIsChecked) {
  const std::string reply = "metric: SERVICE_METRIC_FIRST_REPLY ";
  const std::string hour = reply + "duration { seconds: 3600 } ";
  EXPECT_THAT(TargetIssues(hour), IsEmpty());
  EXPECT_THAT(TargetIssues(reply + "duration { seconds: 0 }"),
              ElementsAre("POLICY_SERVICE_TIME_RANGE target.duration"));
  EXPECT_THAT(TargetIssues(reply + "duration { seconds: -1 }"),
              ElementsAre("POLICY_SERVICE_TIME_RANGE target.duration"));
  EXPECT_THAT(TargetIssues(reply + "duration { nanos: 1 }"), IsEmpty());
  EXPECT_THAT(TargetIssues(reply + "duration { seconds: 1 nanos: -1 }"),
              ElementsAre("POLICY_SERVICE_TIME_RANGE target.duration"));
  EXPECT_THAT(TargetIssues(reply), ElementsAre("POLICY_SERVICE_TIME target"));
  EXPECT_THAT(TargetIssues(reply + "business_days: -1", "calendar_id: 'support'"),
              ElementsAre("POLICY_SERVICE_TIME_RANGE target.business_days"));
  EXPECT_THAT(TargetIssues(reply + "business_days: 1"),
              ElementsAre("POLICY_SERVICE_BUSINESS_DAYS target.business_days"));
  EXPECT_THAT(TargetIssues(reply + "business_days: 1 calendar_id: 'support'"), IsEmpty());
  EXPECT_THAT(
      TargetIssues(reply + "business_days: 1 counts_all_time: true pausing_states: STATE_NEW",
                   "calendar_id: 'support'"),
      ElementsAre("POLICY_SERVICE_BUSINESS_DAYS target.counts_all_time",
                  "POLICY_SERVICE_BUSINESS_DAYS target.pausing_states"));
  EXPECT_THAT(TargetIssues(hour + "calendar_id: 'support' counts_all_time: true"),
              ElementsAre("POLICY_SERVICE_CALENDAR_EXCLUDED target.calendar_id"));
  EXPECT_THAT(TargetIssues(hour + "calendar_id: 'nights'"),
              ElementsAre("POLICY_CALENDAR_UNKNOWN target.calendar_id"));
  EXPECT_THAT(TargetIssues(hour + "priorities: 0 priorities: 2 priorities: 2"),
              ElementsAre("POLICY_SERVICE_PRIORITY target.priorities[0]",
                          "POLICY_SERVICE_PRIORITY target.priorities[2]"));
  EXPECT_THAT(TargetIssues(hour + "on_change: 9"),
              ElementsAre("POLICY_SERVICE_CHANGE_MODE target.on_change"));
  EXPECT_THAT(TargetIssues(hour + "milestone: 'fixed'"),
              ElementsAre("POLICY_SERVICE_MILESTONE target.milestone"));
  const std::string milestone = "metric: SERVICE_METRIC_MILESTONE duration { seconds: 1 } ";
  EXPECT_THAT(TargetIssues(milestone + "milestone: 'fixed'"), IsEmpty());
  EXPECT_THAT(TargetIssues(milestone), ElementsAre("POLICY_SERVICE_MILESTONE target"));
  EXPECT_THAT(TargetIssues(milestone + "milestone: 'broken'"),
              ElementsAre("POLICY_SERVICE_MILESTONE target.milestone"));
  EXPECT_THAT(
      TargetIssues(hour +
                   "warnings { seconds: 60 } warnings { nanos: -1 } warnings { seconds: 3600 } "
                   "warnings { seconds: 3599 nanos: 999999999 } warnings { seconds: 60 }"),
      ElementsAre("POLICY_SERVICE_WARNING target.warnings[1]",
                  "POLICY_SERVICE_WARNING target.warnings[2]",
                  "POLICY_SERVICE_WARNING target.warnings[4]"));
  // The length of business days is not known.
  EXPECT_THAT(
      TargetIssues(reply + "business_days: 1 calendar_id: 'support' warnings { seconds: 999999 }"),
      IsEmpty());
}

TEST(ServiceLevelIssuesTest, AStateThatPausesIsOneInWhichTheClockIsOpen) {
  const std::string hour = "metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 3600 } ";
  EXPECT_THAT(TargetIssues(hour + "pausing_states: STATE_OPEN pausing_states: STATE_NEW "
                                  "pausing_states: STATE_WAITING_ON_CUSTOMER"),
              IsEmpty());
  EXPECT_THAT(TargetIssues(hour + "pausing_states: STATE_RESOLVED pausing_states: STATE_CLOSED "
                                  "pausing_states: STATE_CANCELED pausing_states: STATE_MERGED "
                                  "pausing_states: STATE_UNSPECIFIED pausing_states: 99"),
              ElementsAre("POLICY_SERVICE_PAUSING_STATE target.pausing_states[0]",
                          "POLICY_SERVICE_PAUSING_STATE target.pausing_states[1]",
                          "POLICY_SERVICE_PAUSING_STATE target.pausing_states[2]",
                          "POLICY_SERVICE_PAUSING_STATE target.pausing_states[3]",
                          "POLICY_SERVICE_PAUSING_STATE target.pausing_states[4]",
                          "POLICY_SERVICE_PAUSING_STATE target.pausing_states[5]"));
  EXPECT_THAT(TargetIssues(hour + "pausing_states: STATE_NEW pausing_states: STATE_NEW"),
              ElementsAre("POLICY_SERVICE_PAUSING_STATE target.pausing_states[1]"));
  EXPECT_THAT(TargetIssues(hour + "pausing_states: STATE_OPEN pausing_states: STATE_NEW "
                                  "pausing_states: STATE_WAITING_ON_CUSTOMER "
                                  "pausing_states: STATE_WAITING_ON_THIRD_PARTY"),
              ElementsAre("POLICY_SERVICE_PAUSING_STATE target.pausing_states"));
  for (const char* metric : {"PERIODIC_UPDATE", "TOTAL_RESOLUTION"}) {
    EXPECT_THAT(TargetIssues(absl::StrCat("metric: SERVICE_METRIC_", metric,
                                          " duration { seconds: 9 } pausing_states: STATE_NEW")),
                ElementsAre("POLICY_SERVICE_PAUSING_STATE target.pausing_states"));
  }
}

TEST(ServiceLevelIssuesTest, LevelsAndTargetsWithoutCasesAreWarnings) {
  const auto target = [](absl::string_view id, absl::string_view rest) {
    return absl::StrCat("targets { target_id: '", id,
                        "' metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 9 } ", rest,
                        " }\n");
  };
  EXPECT_THAT(
      Issues(absl::StrCat("service_levels { level_id: 'a' condition: 'case.priority == 1'\n",
                          target("one", "priorities: 1"), target("two", "priorities: 2"),
                          target("both", "priorities: 2 priorities: 1"), target("all", ""),
                          target("three", "priorities: 3"), target("again", ""), "}")),
      ElementsAre("POLICY_SERVICE_TARGET_UNREACHED 4:1 service_levels[0].targets[2]",
                  "POLICY_SERVICE_TARGET_UNREACHED 6:1 service_levels[0].targets[4]",
                  "POLICY_SERVICE_TARGET_UNREACHED 7:1 service_levels[0].targets[5]"));
  EXPECT_THAT(Issues(R"text(
service_levels { level_id: "all" }
service_levels { level_id: "none" condition: "case.priority == 1" }
)text"),
              ElementsAre("POLICY_SERVICE_LEVEL_UNREACHED 3:1 service_levels[1]"));
  // The analysis of rules sees it too.
  const PolicyResult result = Policy::FromText(R"text(
service_levels { level_id: "low" condition: "case.priority < 5" }
service_levels { level_id: "first" condition: "case.priority < 2" }
service_levels { level_id: "never" condition: "case.priority > 8 && case.priority < 7" }
)text",
                                               "desk.textproto");
  ASSERT_EQ(result.issues.size(), 2u) << rules::FormatIssues(result.issues);
  EXPECT_EQ(result.issues[0].reason(), kReasonPolicyServiceLevelUnreached.word);
  EXPECT_EQ(result.issues[0].field(), "service_levels[1].condition");
  EXPECT_EQ(result.issues[0].severity(), v1::Issue::SEVERITY_WARNING);
  EXPECT_THAT(result.issues[0].text(), HasSubstr("move it up"));
  EXPECT_EQ(result.issues[1].reason(), kReasonRuleConditionNever.word);
  EXPECT_EQ(result.issues[1].field(), "service_levels[2].condition");
  EXPECT_NE(result.policy, nullptr);
}

TEST(ServiceLevelIssuesTest, ConditionsAreCheckedLikeThoseOfRules) {
  const PolicyResult result = Policy::FromText(R"text(
vocabulary { tiers { name: "gold" } }
attribute_definitions { entity_kind: ENTITY_KIND_CASE name: "site" type: TYPE_STRING }
service_levels {
  level_id: "a"
  condition: "case.prioriti == 1"
  targets { target_id: "t" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 5 }
            end_condition: "event.case_opened.case.priority" }
}
service_levels { level_id: "b" condition: "has(event.case_opened)" }
service_levels { level_id: "c" condition: "customer.tier == 'glod'" }
service_levels { level_id: "d" condition: "case.attributes.text('sight') == 'x'" }
service_levels { level_id: "e" condition: "case.ended_clocks.size() > 3" }
service_levels { level_id: "f" condition: "variables.big" }
milestones { name: "m" start_condition: "event.case_opened.case.kind == 3 &&" end_condition: "true" }
)text",
                                               "desk.textproto");
  EXPECT_EQ(result.policy, nullptr);
  std::vector<std::string> issues;
  for (const v1::Issue& issue : result.issues) {
    issues.push_back(
        absl::StrCat(issue.reason(), " ", issue.line(), ":", issue.column(), " ", issue.field()));
  }
  EXPECT_THAT(
      issues,
      ElementsAre("CEL_UNKNOWN_FIELD 6:20 service_levels[0].condition",
                  "POLICY_ENTITY_ABSENT 10:48 service_levels[1].condition",
                  "POLICY_WORD_UNKNOWN 11:61 service_levels[2].condition",
                  "POLICY_ATTRIBUTE_UNKNOWN 12:65 service_levels[3].condition",
                  "POLICY_LIST_IN_ROWS 13:44 service_levels[4].condition",
                  "RULE_VARIABLE_UNKNOWN 14:44 service_levels[5].condition",
                  "CEL_SYNTAX_ERROR 15:77 milestones[0].start_condition",
                  "RULE_CONDITION_NOT_BOOL 8:29 service_levels[0].targets[0].end_condition"))
      << rules::FormatIssues(result.issues);
  EXPECT_THAT(result.issues[0].snippet(), HasSubstr("^"));
  EXPECT_EQ(result.issues[0].expression_column(), 6);
}

TEST(ServiceLevelIssuesTest, CalendarsAreCheckedWithTheirPlaces) {
  EXPECT_THAT(Issues(R"text(
calendars { calendar_id: "a" time_zone: "Europe/Berlyn" }
calendars { calendar_id: "a" time_zone: "UTC" weekly_hours { intervals { open: "09:00" close: "08:00" } } }
calendars { calendar_id: "b" combination { operation: OPERATION_UNION calendar_ids: "c" } }
service_levels { level_id: "l" calendar_id: "b" }
)text"),
              ElementsAre("CALENDAR_ZONE_UNKNOWN 2:30 calendars[0].time_zone",
                          "CALENDAR_ID_DUPLICATE 3:13 calendars[1].calendar_id",
                          "CALENDAR_INTERVAL_EMPTY 3:62 calendars[1].weekly_hours[0].intervals[0]",
                          "CALENDAR_ID_UNKNOWN 4:71 calendars[2].combination.calendar_ids[0]"));
  EXPECT_THAT(
      Issues(
          R"text(calendars { calendar_id: "a" combination { operation: OPERATION_UNION calendar_ids: "b" } }
calendars { calendar_id: "b" combination { operation: OPERATION_UNION calendar_ids: "a" } })text"),
      ElementsAre("CALENDAR_CYCLE 2:71 calendars[1].combination.calendar_ids[0]"));
  PolicyOptions options;
  options.calendar_limits.max_calendars = 1;
  EXPECT_THAT(Issues(kCalendars, options), ElementsAre("CALENDAR_TOO_LARGE 1:1 calendars"));
}

TEST(ServiceLevelIssuesTest, TimeCountsByACalendarThatOpens) {
  constexpr absl::string_view kClosed = R"text(
calendars { calendar_id: "closed" time_zone: "UTC" }
calendars { calendar_id: "open" time_zone: "UTC" weekly_hours { intervals { open: "09:00" close: "17:00" } } }
calendars { calendar_id: "less" combination { operation: OPERATION_DIFFERENCE calendar_ids: "open" calendar_ids: "closed" } }
)text";
  // One that is only subtracted may be empty.
  EXPECT_THAT(Issues(absl::StrCat(kClosed, "service_levels { level_id: 'a' calendar_id: 'less' }")),
              IsEmpty());
  EXPECT_THAT(
      Issues(absl::StrCat(kClosed, R"text(service_levels { level_id: "a" calendar_id: "closed"
  targets { target_id: "t" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 5 } calendar_id: "closed" } }
approvals { expire_after { seconds: 60 } expire_after_basis: TIME_BASIS_BUSINESS calendar_id: "closed" })text")),
      ElementsAre("POLICY_CALENDAR_NEVER_OPENS 5:32 service_levels[0].calendar_id",
                  "POLICY_CALENDAR_NEVER_OPENS 6:87 service_levels[0].targets[0].calendar_id",
                  "POLICY_CALENDAR_NEVER_OPENS 7:82 approvals.calendar_id"));
}

TEST(ServiceLevelIssuesTest, MilestonesAreCheckedWithTheirPlaces) {
  EXPECT_THAT(Issues(R"text(
milestones { name: "Fixed" start_condition: "case.priority == 1" end_condition: "case.priority == 2" }
milestones { name: "a" end_condition: "case.priority == 2" }
milestones { name: "a" start_condition: "case.priority == 1" after_milestone: "b" end_condition: "case.priority == 2" }
milestones { name: "c" after_milestone: "fixt" }
milestones { name: "d" after_milestone: "e" end_condition: "case.priority == 2" recurrence: 7 }
milestones { name: "e" after_milestone: "d" end_condition: "case.priority == 2" pausing_states: STATE_CLOSED }
milestones { name: "f" after_milestone: "f" end_condition: "case.priority == 2" }
milestones { name: "g" after_milestone: "f" end_condition: "case.priority == 2" }
milestones { start_condition: "case.priority == 1" end_condition: "case.priority == 2" }
)text"),
              ElementsAre("POLICY_MILESTONE_NAME 2:14 milestones[0].name",
                          "POLICY_MILESTONE_START 3:1 milestones[1]",
                          "POLICY_MILESTONE_DUPLICATE 4:14 milestones[2].name",
                          "POLICY_MILESTONE_START 4:1 milestones[2]",
                          "POLICY_MILESTONE_UNKNOWN 4:62 milestones[2].after_milestone",
                          "POLICY_MILESTONE_END 5:1 milestones[3]",
                          "POLICY_MILESTONE_UNKNOWN 5:24 milestones[3].after_milestone",
                          "POLICY_MILESTONE_RECURRENCE 6:81 milestones[4].recurrence",
                          "POLICY_SERVICE_PAUSING_STATE 7:81 milestones[5].pausing_states[0]",
                          "POLICY_MILESTONE_NAME 10:1 milestones[8]",
                          "POLICY_MILESTONE_CYCLE 6:24 milestones[4].after_milestone",
                          "POLICY_MILESTONE_CYCLE 8:24 milestones[6].after_milestone"));
}

TEST(ServiceLevelIssuesTest, LimitsHaveNames) {
  PolicyOptions options;
  options.max_service_targets = 2;
  options.max_milestones = 1;
  constexpr absl::string_view kTarget =
      "targets { target_id: 't' metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 9 } }";
  EXPECT_THAT(Issues(absl::StrCat("service_levels { level_id: 'a' ", kTarget, " }"), options),
              IsEmpty());
  EXPECT_THAT(
      Issues(absl::StrCat("service_levels { level_id: 'a' ", kTarget,
                          " }\nservice_levels { level_id: 'a' }\nmilestones {}\nmilestones {}"),
             options),
      ElementsAre("POLICY_LIMIT_SERVICE_TARGETS 1:1 service_levels",
                  "POLICY_LIMIT_MILESTONES 1:1 milestones"));
}

TEST(TimeBasisTest, ABasisIsForATimeThatIsSet) {
  EXPECT_THAT(
      Issues(R"text(cases {
  reopen_window_basis: TIME_BASIS_BUSINESS
  escalation_chains { name: "c" basis: ESCALATION_BASIS_SKILL fallback_queue_id: "f"
    steps { queue_id: "a" time_out { seconds: 60 } time_out_basis: TIME_BASIS_BUSINESS }
    steps { queue_id: "b" time_out_basis: TIME_BASIS_ELAPSED }
    steps { queue_id: "d" time_out { seconds: 60 } time_out_basis: 8 }
  }
}
approvals { expire_after_basis: TIME_BASIS_BUSINESS calendar_id: "x" })text"),
      ElementsAre("POLICY_TIME_BASIS 9:13 approvals.expire_after_basis",
                  "POLICY_CALENDAR_UNKNOWN 9:53 approvals.calendar_id",
                  "POLICY_TIME_BASIS 5:27 cases.escalation_chains[0].steps[1].time_out_basis",
                  "POLICY_TIME_BASIS 6:52 cases.escalation_chains[0].steps[2].time_out_basis",
                  "POLICY_TIME_BASIS 2:3 cases.reopen_window_basis"));
  EXPECT_THAT(
      IssuesWithCalendars("\napprovals { expire_after { seconds: 60 } calendar_id: 'support' }"),
      ElementsAre("POLICY_APPROVAL_CALENDAR 2:42 approvals.calendar_id"));
  EXPECT_THAT(IssuesWithCalendars("\napprovals { expire_after { seconds: 60 } expire_after_basis: "
                                  "TIME_BASIS_BUSINESS calendar_id: 'support' }"),
              IsEmpty());
}

}  // namespace
}  // namespace frontdesk
