// Working on a case again: within the window, after it, and by a message of the customer.
#include <string>
#include <utility>
#include <vector>

#include "case_testing.h"
#include "frontdesk/domain/case/case.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::IsEmpty;
using v1::Case;
using v1::CaseLink;
using v1::Command;
using v1::InteractionPart;

v1::CasePolicy Window(int64_t seconds, int nanos = 0) {
  v1::CasePolicy policy;
  policy.mutable_reopen_window()->set_seconds(seconds);
  policy.mutable_reopen_window()->set_nanos(nanos);
  return policy;
}

// Resolved at 120, closed at 130.
Case ClosedLongAgo() {
  Command open = Open();
  open.mutable_case_()->mutable_open_case()->set_customer_id("customer-1");
  open.mutable_case_()->mutable_open_case()->set_queue_id("first");
  return After({open, Assign("ann", "", 110), Resolve(120), Close(130)});
}

TEST(CaseReopenTest, CountsFromTheLastResolution) {
  struct Row {
    const char* what;
    Case current_case;
    int64_t until;
  };
  const Case twice =
      After({Open(), Resolve(120), Reopen(130), Resolve(140), Close(150), NameState("filed", 160)});
  // From elsewhere, without a resolution.
  Case imported;
  imported.set_case_id(kId);
  imported.set_kind(Case::KIND_TROUBLE);
  imported.set_subject("an old lamp");
  imported.set_state(Case::STATE_CLOSED);
  const std::pair<Case::State, int> spans[] = {{Case::STATE_RESOLVED, 10},
                                               {Case::STATE_OPEN, 20},
                                               {Case::STATE_RESOLVED, 30},
                                               {Case::STATE_CLOSED, 40}};
  for (const auto& [state, seconds] : spans) {
    imported.add_state_spans()->set_state(state);
    imported.mutable_state_spans()->rbegin()->mutable_start_time()->set_seconds(seconds);
  }
  Case with_resolution = imported;
  with_resolution.add_resolutions()->mutable_time()->set_seconds(33);
  const Row rows[] = {
      {"resolved", Made(Case::STATE_RESOLVED), 220},
      {"closed", ClosedLongAgo(), 220},
      {"resolved twice", twice, 240},
      {"imported", After({Import(imported)}), 130},
      {"imported with a resolution", After({Import(with_resolution)}), 133},
  };
  for (const Row& row : rows) {
    const std::vector<std::string> at_end =
        Reasons(Decide(Reopen(row.until + 100), row.current_case, Window(100)).refusals);
    EXPECT_THAT(at_end, ElementsAre("CASE_REOPEN_WINDOW_OVER")) << row.what;
    v1::CaseDecisionInput input;
    SetCommand(Reopen(), &input);
    *input.mutable_case_() = row.current_case;
    EXPECT_EQ(AssessCase(input, Window(100)).reopen_expire_time().seconds(), row.until) << row.what;
    EXPECT_FALSE(AssessCase(input, {}).has_reopen_expire_time()) << row.what;
  }
}

TEST(CaseReopenTest, TheWindowIsHalfOpen) {
  const Case resolved = Made(Case::STATE_RESOLVED);  // At 120.
  EXPECT_THAT(Decide(Reopen(219), resolved, Window(100)).refusals, IsEmpty());
  EXPECT_THAT(Reasons(Decide(Reopen(220), resolved, Window(100)).refusals),
              ElementsAre("CASE_REOPEN_WINDOW_OVER"));
  EXPECT_THAT(Decide(Reopen(220), resolved, Window(100, 1)).refusals, IsEmpty());
  EXPECT_THAT(Reasons(Decide(Reopen(120), resolved, Window(0)).refusals),
              ElementsAre("CASE_REOPEN_WINDOW_OVER"));
  EXPECT_THAT(Decide(Reopen(9'999'999'999), resolved).refusals, IsEmpty());
  // An end that no instant can hold is none.
  EXPECT_THAT(Decide(Reopen(9'999'999'999), resolved, Window(300'000'000'000)).refusals, IsEmpty());
}

TEST(CaseReopenTest, TheRefusalSaysUntilWhen) {
  const v1::Refusal refusal =
      Decide(Reopen(500), Made(Case::STATE_RESOLVED), Window(100, 500'000'000)).refusals.at(0);
  ASSERT_EQ(refusal.details_size(), 1);
  EXPECT_EQ(refusal.details(0).name(), "until");
  EXPECT_EQ(refusal.details(0).value(), "1970-01-01T00:03:40.5Z");
}

TEST(CaseReopenTest, AfterTheWindowAFollowUpCaseGoesOn) {
  Case closed = ClosedLongAgo();
  closed.add_tags("lamp");
  closed.set_impact(1);
  closed.set_urgency(2);
  closed.set_priority(3);
  v1::Command reopen = Reopen(500, "case-2", "once more");
  reopen.mutable_case_()->mutable_reopen_case()->set_note("the lamp flickers again");
  const Decided decided = Decide(reopen, closed, Window(100));
  ASSERT_THAT(decided.refusals, IsEmpty());
  ASSERT_EQ(decided.events.size(), 2u);
  EXPECT_EQ(decided.events[0].case_().case_opened().note(), "the lamp flickers again");
  Case follow_up;
  ASSERT_TRUE(EvolveCase(decided.events[0], &follow_up).ok());
  EXPECT_EQ(follow_up.case_id(), "case-2");
  EXPECT_EQ(follow_up.state(), Case::STATE_NEW);
  EXPECT_EQ(follow_up.kind(), Case::KIND_COMPLAINT);
  EXPECT_EQ(follow_up.subject(), closed.subject());
  EXPECT_EQ(follow_up.customer_id(), "customer-1");
  EXPECT_EQ(follow_up.queue_id(), "first");
  EXPECT_THAT(follow_up.tags(), testing::ElementsAre("lamp"));
  EXPECT_EQ(follow_up.impact(), 1);
  EXPECT_EQ(follow_up.urgency(), 2);
  EXPECT_EQ(follow_up.priority(), 3);
  EXPECT_EQ(follow_up.assignee_id(), "");
  EXPECT_EQ(Spans(follow_up), "NEW@500");
  ASSERT_EQ(follow_up.case_links_size(), 1);
  EXPECT_EQ(follow_up.case_links(0).kind(), CaseLink::KIND_FOLLOW_UP_OF);
  EXPECT_EQ(follow_up.case_links(0).case_id(), kId);

  // The closed case knows of it, and is the same otherwise.
  Case after = closed;
  ASSERT_TRUE(EvolveCase(decided.events[1], &after).ok());
  ASSERT_EQ(after.further_case_links_size(), 1);
  EXPECT_EQ(after.further_case_links(0).kind(), CaseLink::KIND_HAS_FOLLOW_UP);
  EXPECT_EQ(after.further_case_links(0).case_id(), "case-2");
  after.clear_further_case_links();
  after.clear_case_link_counts();
  EXPECT_TRUE(MessageDifferencer::Equals(after, closed));
}

TEST(CaseReopenTest, TheFollowUpHasAFreeId) {
  const Case closed = ClosedLongAgo();
  Case other;
  other.set_case_id("case-2");
  other.set_state(Case::STATE_CANCELED);
  EXPECT_THAT(Reasons(Decide(Reopen(500, "case-2"), closed, Window(100), other).refusals),
              ElementsAre("CASE_REOPEN_FOLLOW_UP_EXISTS"));
  EXPECT_THAT(Reasons(Decide(Reopen(500, kId), closed, Window(100)).refusals),
              ElementsAre("CASE_REOPEN_FOLLOW_UP_EXISTS"));
  // Within the window it is not needed.
  const Decided reopened = Decide(Reopen(200, "case-2"), closed, Window(100), other);
  ASSERT_THAT(reopened.refusals, IsEmpty());
  ASSERT_EQ(reopened.events.size(), 1u);
  EXPECT_TRUE(reopened.events[0].case_().has_case_reopened());
}

TEST(CaseReopenOnMessageTest, WhichMessagesMay) {
  const Case resolved = Made(Case::STATE_RESOLVED);  // At 120.
  const auto by_customer = [](Command command) {
    command.mutable_actor()->set_kind(v1::Actor::KIND_CUSTOMER);
    return command;
  };
  struct Row {
    const char* what;
    Command command;
    Case current_case;
    bool may;
  };
  const auto part = [](InteractionPart::Kind kind, v1::Visibility visibility) {
    return AddPart("p", kind, visibility, "", 200);
  };
  const Row rows[] = {
      {"a public message", CustomerSays("p", 200), resolved, true},
      {"at the end of the window", CustomerSays("p", 220), resolved, false},
      {"before it was resolved", CustomerSays("p", 119), resolved, false},
      {"of an agent", part(InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC), resolved, false},
      {"internal", by_customer(part(InteractionPart::KIND_MESSAGE, v1::VISIBILITY_INTERNAL)),
       resolved, false},
      {"a transcript", by_customer(part(InteractionPart::KIND_TRANSCRIPT, v1::VISIBILITY_PUBLIC)),
       resolved, false},
      {"on an open case", CustomerSays("p", 200), Made(Case::STATE_OPEN), false},
      {"on a case that waits for the customer", CustomerSays("p", 900),
       Made(Case::STATE_WAITING_ON_CUSTOMER), true},
      {"before it waited", CustomerSays("p", 119), Made(Case::STATE_WAITING_ON_CUSTOMER), false},
      {"of an agent while it waits", part(InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC),
       Made(Case::STATE_WAITING_ON_CUSTOMER), false},
      {"on a case that waits for others", CustomerSays("p", 200),
       Made(Case::STATE_WAITING_ON_THIRD_PARTY), false},
      {"on a closed case", CustomerSays("p", 200), Made(Case::STATE_CLOSED), false},
  };
  for (const Row& row : rows) {
    v1::CaseDecisionInput input;
    SetCommand(row.command, &input);
    *input.mutable_case_() = row.current_case;
    EXPECT_EQ(AssessCase(input, Window(100)).may_reopen_on_message(), row.may) << row.what;
    EXPECT_FALSE(AssessCase(input, Window(100)).reopens_on_message()) << row.what;
  }
}

TEST(CaseReopenOnMessageTest, OnlyWhatPolicyLets) {
  Case current_case = Made(Case::STATE_RESOLVED);
  ASSERT_THAT(Do(CustomerSays("thanks", 200), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100 RESOLVED@120");
  EXPECT_EQ(current_case.reopen_count(), 0);
  const Decided decided = Decide(CustomerSays("again", 210), current_case);
  ASSERT_EQ(decided.events.size(), 2u);
  EXPECT_TRUE(decided.events[0].case_().has_case_part_added());
  EXPECT_EQ(decided.events[1].case_().case_reopened().start_time().seconds(), 210);
  ASSERT_THAT(Do(CustomerSays("again", 210), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100 RESOLVED@120 OPEN@210");
  EXPECT_EQ(current_case.reopen_count(), 1);
  EXPECT_EQ(current_case.parts_size(), 2);
  EXPECT_EQ(current_case.resolutions_size(), 1);
}

// The assessment that an input brings does not count on a case that cannot be reopened.
TEST(CaseReopenOnMessageTest, AForgedAssessmentReopensNothing) {
  v1::CaseDecisionInput input;
  SetCommand(CustomerSays("p", 200), &input);
  *input.mutable_case_() = Made(Case::STATE_OPEN);
  input.mutable_assessment()->set_may_reopen_on_message(true);
  input.mutable_assessment()->set_reopens_on_message(true);
  const auto decided = DecideCase(input);
  ASSERT_TRUE(decided.ok());
  EXPECT_EQ(decided->events.size(), 1u);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
