// Spans of business time in commands about cases, by the calendar of the service level.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "calendar/calendar_testing.h"
#include "case_testing.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/service_level/time_span.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using v1::Case;

// Seconds of the first week of 1970, which begins on a Thursday.
constexpr int64_t kHour = 3600;
constexpr int64_t kThursday = 0;
constexpr int64_t kFriday = 24 * kHour;
constexpr int64_t kMonday = 4 * 24 * kHour;
constexpr int64_t kTuesday = 5 * 24 * kHour;

const calendar::BusinessCalendar& WorkHours() {
  static const auto* const hours = new calendar::BusinessCalendar(
      calendar::MakeCalendar(calendar::WorkWeek("UTC", "09:00", "17:00")));
  return *hours;
}

v1::TimeSpan SpanOf(const std::string& text) {
  v1::TimeSpan span;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &span));
  return span;
}

// The end in seconds; -1: none.
int64_t EndSeconds(const std::string& span, int64_t start,
                   const calendar::BusinessCalendar* calendar = &WorkHours()) {
  const absl::optional<absl::Time> end =
      EndOfSpan(SpanOf(span), absl::FromUnixSeconds(start), calendar);
  return end.has_value() ? absl::ToUnixSeconds(*end) : -1;
}

TEST(TimeSpanTest, ASpanCountsByItsBasis) {
  const std::string two_hours = "duration { seconds: 7200 } ";
  const std::string business = two_hours + "basis: TIME_BASIS_BUSINESS";
  EXPECT_EQ(EndSeconds(business, kFriday + 16 * kHour), kMonday + 10 * kHour);
  EXPECT_EQ(EndSeconds(business, kThursday), 11 * kHour);
  // The end of a day is the end of its last hour.
  EXPECT_EQ(EndSeconds(business, kFriday + 15 * kHour), kFriday + 17 * kHour);
  EXPECT_EQ(EndSeconds(two_hours, kFriday + 16 * kHour), kFriday + 18 * kHour);
  EXPECT_EQ(EndSeconds(two_hours + "basis: TIME_BASIS_ELAPSED", kFriday + 16 * kHour),
            kFriday + 18 * kHour);
  // Without a calendar all time counts.
  EXPECT_EQ(EndSeconds(business, kFriday + 16 * kHour, nullptr), kFriday + 18 * kHour);
}

TEST(TimeSpanTest, BusinessDaysKeepTheTimeOfDay) {
  EXPECT_EQ(EndSeconds("business_days: 2", kFriday + 16 * kHour), kTuesday + 16 * kHour);
  EXPECT_EQ(EndSeconds("business_days: 2", kFriday + 16 * kHour, nullptr),
            kFriday + (2 * 24 + 16) * kHour);
}

TEST(TimeSpanTest, ASpanMayHaveNoEnd) {
  EXPECT_EQ(EndSeconds("duration { seconds: 315576000000 }", kFriday), -1);
  EXPECT_EQ(EndSeconds("duration { seconds: 315576000000 } basis: TIME_BASIS_BUSINESS", kFriday),
            -1);
  EXPECT_EQ(EndSeconds("business_days: 2147483647", kFriday), -1);
  EXPECT_EQ(EndSeconds("business_days: 2147483647", kFriday, nullptr), -1);
  EXPECT_EQ(EndSeconds("duration { seconds: 1 nanos: -1 }", kFriday), -1);
  const calendar::BusinessCalendar closed =
      calendar::MakeCalendar("calendar_id: 'closed' time_zone: 'UTC'");
  EXPECT_EQ(EndSeconds("duration { seconds: 1 } basis: TIME_BASIS_BUSINESS", kFriday, &closed), -1);
  EXPECT_EQ(EndSeconds("business_days: 1", kFriday, &closed), -1);
}

v1::Command PauseFor(const std::string& span, int64_t seconds,
                     Case::State state = Case::STATE_WAITING_ON_CUSTOMER) {
  v1::Command command = Hold(state, "", seconds);
  *command.mutable_case_()->mutable_pause_case()->mutable_wait() = SpanOf(span);
  return command;
}

v1::Command TaskDueIn(const std::string& span, int64_t seconds) {
  v1::Command command = At(seconds);
  v1::AddCaseTask& verb = *command.mutable_case_()->mutable_add_case_task();
  verb.set_case_id(kId);
  verb.mutable_task()->set_task_id("call");
  verb.mutable_task()->set_title("Call the customer");
  *verb.mutable_due_in() = SpanOf(span);
  return command;
}

v1::CaseDecisionInput InputOf(const v1::Command& command, const Case& current,
                              const v1::CasePolicy& policy = {}) {
  v1::CaseDecisionInput input;
  SetCommand(command, &input);
  *input.mutable_case_() = current;
  *input.mutable_assessment() = AssessCase(input, policy, &WorkHours());
  return input;
}

// Folds the command, by the calendar; the reasons if it is refused.
std::vector<std::string> DoByCalendar(const v1::Command& command, Case* current) {
  EXPECT_THAT(CheckCaseArguments(command.case_()), IsEmpty());
  const absl::StatusOr<Decided> decided = DecideCase(InputOf(command, *current));
  EXPECT_TRUE(decided.ok()) << decided.status();
  if (!decided.ok()) return {"NOT_OK"};
  for (const v1::Event& event : decided->events) {
    EXPECT_TRUE(EvolveCase(event, current).ok());
  }
  return Reasons(decided->refusals);
}

TEST(CaseTimeSpanTest, ACaseWaitsUntilAnInstantOfBusinessTime) {
  const std::string day = "duration { seconds: 28800 } basis: TIME_BASIS_BUSINESS";
  Case one = After({Open()});
  EXPECT_THAT(DoByCalendar(PauseFor(day, 500), &one), IsEmpty());
  EXPECT_EQ(one.state(), Case::STATE_WAITING_ON_CUSTOMER);
  EXPECT_EQ(one.wait_until_time().seconds(), 17 * kHour);

  // The same once more changes nothing; another end does.
  EXPECT_TRUE(InputOf(PauseFor(day, 600), one).assessment().is_unchanged());
  EXPECT_FALSE(InputOf(PauseFor("business_days: 1", 600), one).assessment().is_unchanged());
  EXPECT_FALSE(
      InputOf(Hold(Case::STATE_WAITING_ON_CUSTOMER, "", 600), one).assessment().is_unchanged());
  EXPECT_THAT(DoByCalendar(PauseFor("business_days: 1", 600), &one), IsEmpty());
  EXPECT_EQ(one.wait_until_time().seconds(), kFriday + 600);

  // Without an end it waits for good.
  EXPECT_THAT(DoByCalendar(Hold(Case::STATE_WAITING_ON_CUSTOMER, "", 700), &one), IsEmpty());
  EXPECT_FALSE(one.has_wait_until_time());
  EXPECT_TRUE(
      InputOf(Hold(Case::STATE_WAITING_ON_CUSTOMER, "", 800), one).assessment().is_unchanged());
}

TEST(CaseTimeSpanTest, ACaseThatNoLongerWaitsHasNoEndOfIt) {
  const std::vector<v1::Command> leaving = {Resume(600), Resolve(600), CloseFor("given up", 600),
                                            Cancel(600),
                                            Hold(Case::STATE_WAITING_ON_THIRD_PARTY, "", 600)};
  for (const v1::Command& command : leaving) {
    SCOPED_TRACE(command.ShortDebugString());
    Case one = After({Open()});
    EXPECT_THAT(DoByCalendar(PauseFor("duration { seconds: 60 }", 500), &one), IsEmpty());
    ASSERT_EQ(one.wait_until_time().seconds(), 560);
    EXPECT_THAT(DoByCalendar(command, &one), IsEmpty());
    EXPECT_FALSE(one.has_wait_until_time());
  }
  // A name of the state is another name only.
  Case named = After({Open()});
  EXPECT_THAT(DoByCalendar(PauseFor("duration { seconds: 60 }", 500), &named), IsEmpty());
  EXPECT_THAT(DoByCalendar(NameState("for the serial", 520), &named), IsEmpty());
  EXPECT_EQ(named.wait_until_time().seconds(), 560);
}

TEST(CaseTimeSpanTest, ALateEntryCountsFromItsOwnInstant) {
  v1::CaseDecisionInput input = InputOf(PauseFor("duration { seconds: 60 }", 500), After({Open()}));
  input.mutable_occur_time()->set_seconds(300);
  EXPECT_EQ(AssessCase(input, {}).wait_until_time().seconds(), 360);
}

TEST(CaseTimeSpanTest, ATaskIsDueInBusinessTime) {
  Case one = After({Open()});
  EXPECT_THAT(DoByCalendar(TaskDueIn("duration { seconds: 7200 } basis: TIME_BASIS_BUSINESS",
                                     kFriday + 16 * kHour),
                           &one),
              IsEmpty());
  ASSERT_EQ(one.tasks_size(), 1);
  EXPECT_EQ(one.tasks(0).due_time().seconds(), kMonday + 10 * kHour);
}

TEST(CaseTimeSpanTest, ASpanWithoutAnEndIsRefused) {
  Case one = After({Open()});
  EXPECT_THAT(DoByCalendar(PauseFor("business_days: 2147483647", 500), &one),
              ElementsAre("CASE_PAUSE_WAIT_ENDLESS"));
  EXPECT_THAT(DoByCalendar(TaskDueIn("duration { seconds: 315576000000 }", 500), &one),
              ElementsAre("CASE_ADD_TASK_DUE_ENDLESS"));
}

// "REASON field" of each invalid argument.
std::vector<std::string> Faults(const v1::Command& command) {
  std::vector<std::string> faults;
  for (const v1::Refusal& refusal : CheckCaseArguments(command.case_())) {
    faults.push_back(absl::StrCat(refusal.reason(), " ", refusal.field()));
  }
  return faults;
}

TEST(CaseTimeSpanTest, ASpanIsADurationOrBusinessDays) {
  const struct {
    std::string span;
    std::string fault;
  } rows[] = {
      {"", "ARGUMENT_EXCLUSIVE "},
      {"duration { seconds: 1 } business_days: 1", "ARGUMENT_EXCLUSIVE "},
      {"duration {}", "ARGUMENT_OUT_OF_RANGE .duration"},
      {"duration { seconds: -1 }", "ARGUMENT_OUT_OF_RANGE .duration"},
      {"duration { seconds: 1 nanos: -1 }", "ARGUMENT_OUT_OF_RANGE .duration"},
      {"business_days: -1", "ARGUMENT_OUT_OF_RANGE .business_days"},
      {"business_days: 1 basis: TIME_BASIS_BUSINESS", "ARGUMENT_FORBIDDEN .basis"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.span);
    std::string wait = row.fault;
    wait.insert(wait.find(' ') + 1, "pause_case.wait");
    EXPECT_THAT(Faults(PauseFor(row.span, 500)), ElementsAre(wait));
    std::string due = row.fault;
    due.insert(due.find(' ') + 1, "add_case_task.due_in");
    EXPECT_THAT(Faults(TaskDueIn(row.span, 500)), ElementsAre(due));
  }
  v1::Command both = TaskDueIn("business_days: 1", 500);
  both.mutable_case_()->mutable_add_case_task()->mutable_task()->mutable_due_time()->set_seconds(9);
  EXPECT_THAT(Faults(both), ElementsAre("ARGUMENT_EXCLUSIVE add_case_task.task.due_time"));
}

TEST(CaseTimeSpanTest, TheTimeToReopenMayBeBusinessTime) {
  v1::CasePolicy policy;
  policy.mutable_reopen_window()->set_seconds(8 * kHour);
  policy.set_reopen_window_basis(v1::TIME_BASIS_BUSINESS);
  const Case resolved = After({Open(), Resolve(kFriday + 16 * kHour)});
  EXPECT_EQ(InputOf(Reopen(kMonday), resolved, policy).assessment().reopen_expire_time().seconds(),
            kMonday + 16 * kHour);
  policy.clear_reopen_window_basis();
  EXPECT_EQ(InputOf(Reopen(kMonday), resolved, policy).assessment().reopen_expire_time().seconds(),
            kFriday + 24 * kHour);
}

TEST(CaseTimeSpanTest, AStepOfAChainMayTimeOutInBusinessTime) {
  v1::CasePolicy policy;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
      escalation_chains { name: "c" basis: ESCALATION_BASIS_SKILL fallback_queue_id: "f"
        steps { queue_id: "second" time_out { seconds: 7200 } time_out_basis: TIME_BASIS_BUSINESS }
        steps { queue_id: "third" time_out { seconds: 7200 } } })",
                                                            &policy));
  const Case one = After({Open()});
  const int64_t friday = kFriday + 16 * kHour;
  EXPECT_EQ(InputOf(Escalate("c", {}, friday), one, policy)
                .assessment()
                .escalation()
                .due_time()
                .seconds(),
            kMonday + 10 * kHour);
  EXPECT_EQ(InputOf(Escalate("c", {"second"}, friday), one, policy)
                .assessment()
                .escalation()
                .due_time()
                .seconds(),
            friday + 2 * kHour);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
