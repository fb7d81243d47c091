// The end of a case: resolved, closed without a resolution, canceled; what is still possible then, and the way back.
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
using v1::InteractionPart;

constexpr Case::State kUnresolved[] = {Case::STATE_NEW, Case::STATE_OPEN,
                                       Case::STATE_WAITING_ON_CUSTOMER,
                                       Case::STATE_WAITING_ON_THIRD_PARTY};

v1::CasePolicy Window(int64_t seconds) {
  v1::CasePolicy policy;
  policy.mutable_reopen_window()->set_seconds(seconds);
  return policy;
}

google::protobuf::Timestamp ReopenUntil(const Case& current_case) {
  v1::CaseDecisionInput input;
  SetCommand(Reopen(), &input);
  *input.mutable_case_() = current_case;
  return AssessCase(input, Window(100)).reopen_expire_time();
}

TEST(CaseCloseTest, WithoutAResolutionItNeedsAReason) {
  for (const Case::State state : kUnresolved) {
    const Case before = Made(state);
    const Decided refused = Decide(Close(), before);
    EXPECT_EQ(Summary(refused.refusals), "CASE_CLOSE_REASON_REQUIRED@close_case.reason") << state;
    Case closed = before;
    ASSERT_THAT(Do(CloseFor("no answer"), &closed), IsEmpty()) << state;
    EXPECT_EQ(closed.state(), Case::STATE_CLOSED);
    EXPECT_EQ(closed.end_reason(), "no answer");
    EXPECT_EQ(closed.close_time().seconds(), 500);
    EXPECT_EQ(closed.resolutions_size(), 0);
  }
}

TEST(CaseCloseTest, TheResolutionIsTheReasonOfAResolvedCase) {
  Case resolved = Made(Case::STATE_RESOLVED);
  EXPECT_EQ(Summary(Decide(CloseFor("no answer"), resolved).refusals),
            "CASE_CLOSE_REASON_FORBIDDEN@close_case.reason");
  ASSERT_THAT(Do(Close(), &resolved), IsEmpty());
  EXPECT_EQ(resolved.end_reason(), "");
}

TEST(CaseCloseTest, EndsWhatWaitsForTheCase) {
  Case current_case = After({Open(), Refer("r1", "", 110)});
  ASSERT_THAT(Do(Transfer(v1::TransferCase::KIND_WARM, "bob", "", 120), &current_case), IsEmpty());
  ASSERT_THAT(Do(CloseFor("no answer", 130), &current_case), IsEmpty());
  EXPECT_FALSE(current_case.has_transfer_offer());
  EXPECT_EQ(current_case.referrals(0).return_time().seconds(), 130);
  EXPECT_EQ(Spans(current_case), "NEW@100 WAITING_ON_THIRD_PARTY@110 CLOSED@130");
}

TEST(CaseCloseTest, TheReasonGoesWithTheEnd) {
  Case current_case = After({Open(), CloseFor("no answer", 130)});
  // A new name of the state is no new end.
  ASSERT_THAT(Do(NameState("filed", 140), &current_case), IsEmpty());
  EXPECT_EQ(current_case.end_reason(), "no answer");
  EXPECT_EQ(current_case.close_time().seconds(), 130);
  ASSERT_THAT(Do(Reopen(150), &current_case), IsEmpty());
  EXPECT_EQ(current_case.end_reason(), "");
  EXPECT_EQ(current_case.reopen_count(), 1);
  ASSERT_THAT(Do(Resolve(160), &current_case), IsEmpty());
  ASSERT_THAT(Do(Close(170), &current_case), IsEmpty());
  EXPECT_EQ(current_case.end_reason(), "");
  const Case canceled = After({Open(), Cancel(130)});
  EXPECT_EQ(canceled.end_reason(), "spam");
}

TEST(CaseCloseTest, AMergedCaseKeepsTheReasonOfItsEnd) {
  CaseWorld world;
  for (const char* case_id : {"a", "b"}) world.Open(case_id);
  world.Done("close_case { case_id: 'b' reason: 'no answer' }");
  world.Done("merge_cases { case_id: 'a' merged_case_id: 'b' }");
  EXPECT_EQ(world.cases["b"].end_reason(), "no answer");
  world.Done("unmerge_cases { case_id: 'a' merged_case_id: 'b' }");
  EXPECT_EQ(world.cases["b"].state(), Case::STATE_CLOSED);
  EXPECT_EQ(world.cases["b"].end_reason(), "no answer");
}

// The window to reopen counts from the closing, also after an earlier resolution.
TEST(CaseCloseTest, WithoutAResolutionTheWindowCountsFromTheClosing) {
  EXPECT_EQ(ReopenUntil(After({Open(), CloseFor("no answer", 130)})).seconds(), 230);
  const Case again = After({Open(), Resolve(120), Reopen(130), CloseFor("no answer", 140)});
  EXPECT_EQ(ReopenUntil(again).seconds(), 240);
  EXPECT_THAT(Decide(Reopen(239), again, Window(100)).refusals, IsEmpty());
  EXPECT_THAT(Reasons(Decide(Reopen(240), again, Window(100)).refusals),
              ElementsAre("CASE_REOPEN_WINDOW_OVER"));
  const Case resolved = After({Open(), Resolve(120), Close(140)});
  EXPECT_EQ(ReopenUntil(resolved).seconds(), 220);
}

// ---- Names of the states at the end ----

TEST(CaseEndNameTest, IsKeptInTheStateAndItsSpan) {
  Case current_case = After({Open(), ResolveAs("paid out", 120)});
  EXPECT_EQ(current_case.state_name(), "paid out");
  ASSERT_THAT(Do(CloseAs("filed", "", 130), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state_name(), "filed");
  ASSERT_THAT(Do(Reopen(140), &current_case), IsEmpty());
  ASSERT_THAT(Do(CancelAs("by mistake", 150), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state_name(), "by mistake");
  EXPECT_EQ(Spans(current_case),
            "NEW@100 RESOLVED/paid out@120 CLOSED/filed@130 OPEN@140 CANCELED/by mistake@150");
}

TEST(CaseEndNameTest, IsOneThatThePolicyLists) {
  v1::CasePolicy policy;
  for (const auto& [name, state] :
       {std::pair("paid out", Case::STATE_RESOLVED), std::pair("filed", Case::STATE_CLOSED),
        std::pair("by mistake", Case::STATE_CANCELED)}) {
    policy.add_state_names()->set_name(name);
    policy.mutable_state_names()->rbegin()->set_state(state);
  }
  const Case open = Made(Case::STATE_OPEN);
  EXPECT_THAT(Decide(ResolveAs("paid out"), open, policy).refusals, IsEmpty());
  EXPECT_THAT(Decide(CloseAs("filed", "no answer"), open, policy).refusals, IsEmpty());
  EXPECT_THAT(Decide(CancelAs("by mistake"), open, policy).refusals, IsEmpty());
  EXPECT_EQ(Summary(Decide(ResolveAs("filed"), open, policy).refusals),
            "CASE_RESOLVE_NAME_UNKNOWN@resolve_case.state_name");
  EXPECT_EQ(Summary(Decide(CloseAs("paid out", "no answer"), open, policy).refusals),
            "CASE_CLOSE_NAME_UNKNOWN@close_case.state_name");
  EXPECT_EQ(Summary(Decide(CancelAs("filed"), open, policy).refusals),
            "CASE_CANCEL_NAME_UNKNOWN@cancel_case.state_name");
  // Without a list any name will do.
  EXPECT_THAT(Decide(CancelAs("filed"), open).refusals, IsEmpty());
}

// ---- After the end ----

TEST(CaseAfterTheEndTest, ItIsStillClassified) {
  for (const Case::State state : {Case::STATE_CLOSED, Case::STATE_CANCELED}) {
    Case over = Made(state);
    ASSERT_THAT(Do(Classify(Case::KIND_TROUBLE, {"lamp"}), &over), IsEmpty()) << state;
    EXPECT_EQ(over.state(), state);
    EXPECT_EQ(over.kind(), Case::KIND_TROUBLE);
    EXPECT_THAT(over.tags(), ElementsAre("lamp"));
  }
  EXPECT_THAT(Reasons(Decide(Classify(Case::KIND_TROUBLE), Made(Case::STATE_MERGED)).refusals),
              ElementsAre("CASE_CLASSIFY_STATE"));
}

TEST(CaseAfterTheEndTest, OnlyWhatIsInternalIsAdded) {
  for (const Case::State state : {Case::STATE_CLOSED, Case::STATE_CANCELED}) {
    Case over = Made(state);
    ASSERT_THAT(Do(AddPart("note", InteractionPart::KIND_NOTE), &over), IsEmpty()) << state;
    ASSERT_THAT(Do(AddPart("mail", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_INTERNAL), &over),
                IsEmpty());
    EXPECT_EQ(over.parts_size(), 2);
    EXPECT_EQ(over.state(), state);
    const Command shown = AddPart("p", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC);
    EXPECT_EQ(Summary(Decide(shown, over).refusals),
              "CASE_ADD_PART_OVER@add_case_part.part.visibility");
    EXPECT_THAT(Reasons(Decide(CustomerSays("again"), over).refusals),
                ElementsAre("CASE_ADD_PART_OVER"));
  }
}

// ---- The customer's answer ----

TEST(CaseAnswerTest, EndsTheWaitingForTheCustomer) {
  Case current_case = After({Open(), Hold(Case::STATE_WAITING_ON_CUSTOMER, "asked", 120)});
  // "thanks" is no answer, by the policy of these tests.
  ASSERT_THAT(Do(CustomerSays("thanks", 130), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state(), Case::STATE_WAITING_ON_CUSTOMER);
  const Decided decided = Decide(CustomerSays("again", 140), current_case);
  ASSERT_EQ(decided.events.size(), 2u);
  EXPECT_TRUE(decided.events[0].case_().has_case_part_added());
  EXPECT_EQ(decided.events[1].case_().case_state_changed().state(), Case::STATE_OPEN);
  ASSERT_THAT(Do(CustomerSays("again", 140), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100 WAITING_ON_CUSTOMER/asked@120 OPEN@140");
  EXPECT_EQ(current_case.reopen_count(), 0);
}

TEST(CaseAnswerTest, WaitingForOthersGoesOn) {
  Case current_case = After({Open(), Hold(Case::STATE_WAITING_ON_THIRD_PARTY, "", 120)});
  ASSERT_THAT(Do(CustomerSays("again", 140), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state(), Case::STATE_WAITING_ON_THIRD_PARTY);
}

// ---- Who did it ----

TEST(CaseActorsTest, EachStretchKnowsWhoBeganIt) {
  const auto by = [](Command command, const char* actor_id) {
    command.mutable_actor()->set_actor_id(actor_id);
    return command;
  };
  Case current_case =
      After({by(Open(), "ann"), by(Hold(Case::STATE_WAITING_ON_CUSTOMER, "", 110), "ben"),
             CustomerSays("again", 120), by(Resolve(130), "cid"), by(NameState("paid", 140), "dan"),
             by(Close(150), "eva")});
  std::vector<std::string> actors;
  for (const v1::CaseStateSpan& span : current_case.state_spans()) {
    actors.push_back(span.actor_id());
  }
  EXPECT_THAT(actors, ElementsAre("ann", "ben", "customer-1", "cid", "dan", "eva"));
  EXPECT_EQ(current_case.resolutions(0).resolver_id(), "cid");
}

TEST(CaseActorsTest, AnImportedHistoryHasItsOwn) {
  Case imported = Import(Case::STATE_OPEN).case_().import_case().case_();
  v1::CaseStateSpan& span = *imported.add_state_spans();
  span.set_state(Case::STATE_OPEN);
  span.set_actor_id("somebody elsewhere");
  span.mutable_start_time()->set_seconds(50);
  Case current_case = After({Import(imported), Resolve(600)});
  EXPECT_EQ(current_case.state_spans(0).actor_id(), "somebody elsewhere");
  EXPECT_EQ(current_case.state_spans(1).actor_id(), "agent-1");
  EXPECT_EQ(After({Import(Case::STATE_OPEN)}).state_spans(0).actor_id(), "");
  EXPECT_FALSE(current_case.has_opener());
}

TEST(CaseActorsTest, WhoOpenedItIsKept) {
  Command open = Open();
  open.mutable_actor()->set_kind(v1::Actor::KIND_CUSTOMER);
  open.mutable_actor()->add_roles("vip");
  const Case current_case = After({open, Resolve(120)});
  EXPECT_EQ(current_case.opener().ShortDebugString(), "actor_id: \"agent-1\" kind: KIND_CUSTOMER");
  // The follow-up case has another opener.
  const Decided follow_up = Decide(Reopen(500, "case-2"), current_case, Window(100));
  EXPECT_EQ(follow_up.events.at(0).case_().case_opened().case_().opener().kind(),
            v1::Actor::KIND_AGENT);
  CaseWorld world;
  world.Open("a");
  world.AddPart("a", "1");
  world.Done("split_case { case_id: 'a' new_case_id: 's' subject: 'more' part_ids: '1' }");
  EXPECT_EQ(world.cases["s"].opener().actor_id(), "agent-1");
  EXPECT_EQ(world.cases["s"].opener().kind(), world.Make("close_case {}").actor().kind());
  EXPECT_EQ(world.cases["s"].state_spans(0).actor_id(), "agent-1");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
