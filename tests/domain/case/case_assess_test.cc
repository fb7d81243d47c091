// The assessment of a case before policy is asked, and its results: priorities and the names of
// states.
#include <string>
#include <vector>

#include "case_testing.h"
#include "domain/case/case_world.h"
#include "frontdesk/domain/case/case.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using v1::Case;
using v1::Command;

v1::CasePolicy MakePolicy() {
  v1::CasePolicy policy;
  const int cells[][3] = {{1, 1, 1}, {1, 2, 2}, {2, 1, 2}, {2, 2, 3}};
  for (const auto& cell : cells) {
    v1::PriorityCell& made = *policy.add_priority_matrix();
    made.set_impact(cell[0]);
    made.set_urgency(cell[1]);
    made.set_priority(cell[2]);
  }
  const auto name = [&](const char* text, Case::State state) {
    policy.add_state_names()->set_name(text);
    policy.mutable_state_names()->rbegin()->set_state(state);
  };
  name("at the bench", Case::STATE_OPEN);
  name("at the carrier", Case::STATE_WAITING_ON_THIRD_PARTY);
  name("paid out", Case::STATE_RESOLVED);
  name("filed", Case::STATE_CLOSED);
  return policy;
}

v1::CaseAssessment Assess(const Command& command, const Case& current_case,
                          const v1::CasePolicy& policy) {
  v1::CaseDecisionInput input;
  SetCommand(command, &input);
  *input.mutable_case_() = current_case;
  return AssessCase(input, policy);
}

Command OpenWith(int impact, int urgency) {
  Command command = Open();
  command.mutable_case_()->mutable_open_case()->set_impact(impact);
  command.mutable_case_()->mutable_open_case()->set_urgency(urgency);
  return command;
}

TEST(CasePriorityTest, FollowsFromTheMatrix) {
  const v1::CasePolicy policy = MakePolicy();
  Case current_case;
  ASSERT_THAT(Do(OpenWith(2, 1), &current_case, policy), IsEmpty());
  EXPECT_EQ(current_case.impact(), 2);
  EXPECT_EQ(current_case.urgency(), 1);
  EXPECT_EQ(current_case.priority(), 2);
  // A level of 0 keeps the current one.
  ASSERT_THAT(Do(Prioritize(0, 2), &current_case, policy), IsEmpty());
  EXPECT_EQ(current_case.impact(), 2);
  EXPECT_EQ(current_case.urgency(), 2);
  EXPECT_EQ(current_case.priority(), 3);
  ASSERT_THAT(Do(Prioritize(1, 0), &current_case, policy), IsEmpty());
  EXPECT_EQ(current_case.priority(), 2);
}

TEST(CasePriorityTest, NoneWhileHalfIsKnownOrWithoutAMatrix) {
  const v1::CasePolicy policy = MakePolicy();
  Case current_case;
  ASSERT_THAT(Do(OpenWith(2, 0), &current_case, policy), IsEmpty());
  EXPECT_EQ(current_case.priority(), 0);
  ASSERT_THAT(Do(Prioritize(0, 2), &current_case, policy), IsEmpty());
  EXPECT_EQ(current_case.priority(), 3);

  Case without = After({OpenWith(7, 9)});
  EXPECT_EQ(without.priority(), 0);
  EXPECT_THAT(Do(Prioritize(8, 0), &without), IsEmpty());
  EXPECT_EQ(without.impact(), 8);
  EXPECT_EQ(without.priority(), 0);
  // The company gets a matrix: the same numbers have a priority now.
  EXPECT_TRUE(ChangesNothing(Prioritize(8, 9), without));
  v1::CasePolicy later;
  later.add_priority_matrix()->set_impact(8);
  later.mutable_priority_matrix(0)->set_urgency(9);
  later.mutable_priority_matrix(0)->set_priority(1);
  EXPECT_THAT(Do(Prioritize(8, 9), &without, later), IsEmpty());
  EXPECT_EQ(without.priority(), 1);
}

TEST(CasePriorityTest, APairThatTheMatrixLacksIsRefused) {
  const v1::CasePolicy policy = MakePolicy();
  Case current_case;
  EXPECT_THAT(Do(OpenWith(3, 1), &current_case, policy), ElementsAre("CASE_OPEN_CELL_MISSING"));
  ASSERT_THAT(Do(OpenWith(1, 1), &current_case, policy), IsEmpty());
  EXPECT_THAT(Do(Prioritize(0, 5), &current_case, policy),
              ElementsAre("CASE_PRIORITIZE_CELL_MISSING"));
  EXPECT_TRUE(ChangesNothing(Prioritize(1, 1), current_case, policy));
  // Nor is a pair that the matrix lacks, or another priority than its own, without change.
  Case without = current_case;
  without.set_impact(3);
  without.set_urgency(1);
  without.set_priority(0);
  EXPECT_FALSE(ChangesNothing(Prioritize(3, 1), without, policy));
}

// The same with a priority that is given.
Command WithPriority(Command command, int priority) {
  v1::CaseCommand& verb = *command.mutable_case_();
  if (verb.has_open_case()) {
    verb.mutable_open_case()->set_priority(priority);
  } else {
    verb.mutable_prioritize_case()->set_priority(priority);
  }
  return command;
}

TEST(CasePriorityTest, IsGivenWhereThereIsNoMatrix) {
  Case without;
  ASSERT_THAT(Do(WithPriority(OpenWith(7, 0), 4), &without), IsEmpty());
  EXPECT_EQ(without.priority(), 4);
  ASSERT_THAT(Do(Prioritize(0, 2), &without), IsEmpty());
  EXPECT_EQ(without.priority(), 4);
  EXPECT_EQ(without.urgency(), 2);
  ASSERT_THAT(Do(WithPriority(Prioritize(0, 0), 1), &without), IsEmpty());
  EXPECT_EQ(without.priority(), 1);
  EXPECT_EQ(without.impact(), 7);
  EXPECT_TRUE(ChangesNothing(WithPriority(Prioritize(0, 0), 1), without));
  EXPECT_THAT(Places(CheckCaseArguments(WithPriority(Prioritize(0, 0), -1).case_())),
              ElementsAre("ARGUMENT_OUT_OF_RANGE at prioritize_case.priority"));
  EXPECT_THAT(Places(CheckCaseArguments(WithPriority(OpenWith(0, 0), -1).case_())),
              ElementsAre("ARGUMENT_OUT_OF_RANGE at open_case.priority"));
}

TEST(CasePriorityTest, AGivenOneIsThatOfTheMatrix) {
  const v1::CasePolicy policy = MakePolicy();
  Case current_case;
  EXPECT_THAT(Do(WithPriority(OpenWith(2, 2), 1), &current_case, policy),
              ElementsAre("CASE_OPEN_PRIORITY_DIFFERS"));
  // Half is known: the matrix has no priority yet.
  EXPECT_THAT(Do(WithPriority(OpenWith(2, 0), 1), &current_case, policy),
              ElementsAre("CASE_OPEN_PRIORITY_DIFFERS"));
  ASSERT_THAT(Do(WithPriority(OpenWith(2, 2), 3), &current_case, policy), IsEmpty());
  EXPECT_EQ(current_case.priority(), 3);
  EXPECT_THAT(Do(WithPriority(Prioritize(1, 0), 3), &current_case, policy),
              ElementsAre("CASE_PRIORITIZE_PRIORITY_DIFFERS"));
  ASSERT_THAT(Do(WithPriority(Prioritize(1, 0), 2), &current_case, policy), IsEmpty());
  EXPECT_EQ(current_case.priority(), 2);
}

TEST(CasePriorityTest, AFieldThatPolicyMayFillIsNotRequired) {
  PolicyFields fields;
  fields.open = {v1::PrioritizeCase::descriptor()->FindFieldByName("priority")};
  EXPECT_THAT(CheckCaseArguments(Prioritize(0, 0).case_(), Fields::kUnknown, fields), IsEmpty());
  fields.open = {v1::TransferCase::descriptor()->FindFieldByName("queue_id")};
  EXPECT_THAT(CheckCaseArguments(Transfer(v1::TransferCase::KIND_COLD, "").case_(),
                                 Fields::kUnknown, fields),
              IsEmpty());
}

TEST(CasePriorityTest, Arguments) {
  EXPECT_THAT(Places(CheckCaseArguments(Prioritize(0, 0).case_())),
              ElementsAre("ARGUMENT_REQUIRED at prioritize_case.impact"));
  EXPECT_THAT(Places(CheckCaseArguments(Prioritize(-1, -2).case_())),
              ElementsAre("ARGUMENT_OUT_OF_RANGE at prioritize_case.impact",
                          "ARGUMENT_OUT_OF_RANGE at prioritize_case.urgency"));
  EXPECT_THAT(Places(CheckCaseArguments(OpenWith(-1, -2).case_())),
              ElementsAre("ARGUMENT_OUT_OF_RANGE at open_case.impact",
                          "ARGUMENT_OUT_OF_RANGE at open_case.urgency"));
  Command open = Open();
  open.mutable_case_()->mutable_open_case()->add_attributes()->set_name("size");
  open.mutable_case_()->mutable_open_case()->add_external_ids()->set_system("zendesk");
  EXPECT_THAT(Places(CheckCaseArguments(open.case_())),
              ElementsAre("ARGUMENT_REQUIRED at open_case.attributes[0]",
                          "ARGUMENT_REQUIRED at open_case.external_ids[0].id"));
}

TEST(CaseStateNameTest, IsOneThatThePolicyLists) {
  const v1::CasePolicy policy = MakePolicy();
  const Case open = Made(Case::STATE_OPEN);
  const Case waiting = Made(Case::STATE_WAITING_ON_CUSTOMER);
  const Case resolved = Made(Case::STATE_RESOLVED);
  const Case closed = Made(Case::STATE_CLOSED);
  struct Row {
    const char* what;
    Command command;
    const Case* current_case;
    std::vector<std::string> reasons;
  };
  const Row rows[] = {
      {"listed", Hold(Case::STATE_WAITING_ON_THIRD_PARTY, "at the carrier"), &open, {}},
      {"of another category",
       Hold(Case::STATE_WAITING_ON_CUSTOMER, "at the carrier"),
       &open,
       {"CASE_PAUSE_NAME_UNKNOWN"}},
      {"no name is always possible", Hold(Case::STATE_WAITING_ON_CUSTOMER), &open, {}},
      {"resume", Resume(500, "at the bench"), &waiting, {}},
      {"resume, not listed", Resume(500, "ready"), &waiting, {"CASE_RESUME_NAME_UNKNOWN"}},
      {"reopen", Reopen(500, "", "at the bench"), &resolved, {}},
      {"reopen, as resolved", Reopen(500, "", "paid out"), &resolved, {"CASE_REOPEN_NAME_UNKNOWN"}},
      {"name", NameState("paid out"), &resolved, {}},
      {"name of what is over", NameState("filed"), &closed, {}},
      {"name of another", NameState("filed"), &open, {"CASE_NAME_STATE_UNKNOWN"}},
      {"name earlier", NameState("at the bench", 109), &open, {"CASE_NAME_STATE_TIME"}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Reasons(Decide(row.command, *row.current_case, policy).refusals), row.reasons)
        << row.what;
    // Without a list any name will do.
    if (row.reasons.size() == 1 && row.reasons.at(0).find("NAME_UNKNOWN") != std::string::npos) {
      EXPECT_THAT(Decide(row.command, *row.current_case).refusals, IsEmpty()) << row.what;
    }
  }
}

TEST(CaseStateNameTest, ANameIsASpanAndNothingElse) {
  Case current_case = Made(Case::STATE_CLOSED);  // Closed at 130.
  ASSERT_THAT(Do(NameState("filed", 140), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100 RESOLVED@120 CLOSED@130 CLOSED/filed@140");
  EXPECT_EQ(current_case.state_name(), "filed");
  EXPECT_EQ(current_case.close_time().seconds(), 130);
  ASSERT_THAT(Do(NameState("", 150), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state_name(), "");
  ASSERT_THAT(Do(Reopen(160, "", "once more"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state_name(), "once more");
  EXPECT_EQ(Spans(current_case),
            "NEW@100 RESOLVED@120 CLOSED@130 CLOSED/filed@140 CLOSED@150 OPEN/once more@160");
}

TEST(CaseAssessmentTest, HoldsWhatConcernsTheVerb) {
  const v1::CasePolicy policy = [] {
    v1::CasePolicy made = MakePolicy();
    made.mutable_reopen_window()->set_seconds(100);
    return made;
  }();
  const Case resolved = Made(Case::STATE_RESOLVED);
  EXPECT_EQ(Assess(Prioritize(2, 2), resolved, policy).ShortDebugString(), "priority: 3");
  EXPECT_EQ(Assess(Prioritize(2, 9), resolved, policy).ShortDebugString(),
            "priority_cell_missing: true");
  EXPECT_EQ(Assess(Close(), resolved, policy).ByteSizeLong(), 0u);
  EXPECT_EQ(Assess(Reopen(), resolved, policy).ShortDebugString(),
            "reopen_expire_time { seconds: 220 }");
  EXPECT_EQ(Assess(CustomerSays("p", 219), resolved, policy).ShortDebugString(),
            "reopen_expire_time { seconds: 220 } may_reopen_on_message: true");
  EXPECT_EQ(
      Assess(Hold(Case::STATE_WAITING_ON_CUSTOMER, "odd"), resolved, policy).ShortDebugString(),
      "state_name_unknown: true");
}

// The window begins when the case was resolved, not when that was recorded.
TEST(CaseAssessmentTest, TheWindowBeginsAtTheInstantOfALateEntry) {
  v1::CasePolicy policy = MakePolicy();
  policy.mutable_reopen_window()->set_seconds(100);
  Case resolved = Made(Case::STATE_RESOLVED);
  v1::Resolution& resolution = *resolved.add_resolutions();
  resolution.mutable_time()->set_seconds(120);
  EXPECT_EQ(Assess(Reopen(), resolved, policy).reopen_expire_time().seconds(), 220);
  resolution.mutable_occur_time()->set_seconds(70);
  EXPECT_EQ(Assess(Reopen(), resolved, policy).reopen_expire_time().seconds(), 170);
  resolved.clear_resolutions();
  resolved.mutable_state_spans(resolved.state_spans_size() - 1)
      ->mutable_occur_time()
      ->set_seconds(60);
  resolved = Counted(resolved);
  EXPECT_EQ(Assess(Reopen(), resolved, policy).reopen_expire_time().seconds(), 160);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
