// Who works on a case: handing it over, warm and cold, and asking others.
#include <string>
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
using v1::Command;
using v1::TransferCase;

// Open, with Ann, in the first queue.
Case AssignedToAnn() { return After({Open(), Assign("ann", "first", 110)}); }

TEST(CaseAssignTest, ANewCaseStaysNewWhenItIsAskedTo) {
  Case current_case = Made(Case::STATE_NEW);
  ASSERT_THAT(Do(KeepState(Assign("ann", "first", 110)), &current_case), IsEmpty());
  EXPECT_EQ(current_case.assignee_id(), "ann");
  EXPECT_EQ(Spans(current_case), "NEW@100");
  ASSERT_THAT(Do(KeepState(Transfer(TransferCase::KIND_COLD, "bob", "", 120)), &current_case),
              IsEmpty());
  EXPECT_EQ(current_case.assignee_id(), "bob");
  EXPECT_EQ(Spans(current_case), "NEW@100");
  // Work begins.
  ASSERT_THAT(Do(Resume(130), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@130");
  EXPECT_THAT(Places(CheckCaseArguments(
                  KeepState(Transfer(TransferCase::KIND_WARM, "bob", "", 120)).case_())),
              ElementsAre("ARGUMENT_FORBIDDEN at transfer_case.keeps_state"));
}

TEST(CaseAssignTest, NobodyHasTheCaseAgain) {
  Case outside = After({Open(), Assign("ann", "", 110)});
  ASSERT_THAT(Do(Assign("", "", 120), &outside), IsEmpty());
  EXPECT_EQ(outside.assignee_id(), "");
  EXPECT_EQ(outside.queue_id(), "");
  EXPECT_EQ(outside.state(), Case::STATE_OPEN);
  EXPECT_EQ(outside.reassignment_count(), 1);
  // In a queue it is the queue's, and keeps its place in the chain.
  Case in_queue = AssignedToAnn();
  in_queue.mutable_escalation()->set_queue_id("first");
  ASSERT_THAT(Do(Assign("", "", 120), &in_queue), IsEmpty());
  EXPECT_EQ(in_queue.assignee_id(), "");
  EXPECT_EQ(in_queue.queue_id(), "first");
  EXPECT_EQ(in_queue.reassignment_count(), 0);
  EXPECT_TRUE(in_queue.has_escalation());
}

TEST(CaseTransferTest, ColdGoesAtOnce) {
  Case current_case = AssignedToAnn();
  ASSERT_THAT(Do(Transfer(TransferCase::KIND_COLD, "bob", "second"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.assignee_id(), "bob");
  EXPECT_EQ(current_case.queue_id(), "second");
  EXPECT_EQ(current_case.reassignment_count(), 1);
  EXPECT_FALSE(current_case.has_transfer_offer());
  // To a queue: nobody has it.
  ASSERT_THAT(Do(Transfer(TransferCase::KIND_COLD, "", "third"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.assignee_id(), "");
  EXPECT_EQ(current_case.queue_id(), "third");
  EXPECT_EQ(current_case.reassignment_count(), 2);
  EXPECT_TRUE(ChangesNothing(Transfer(TransferCase::KIND_COLD, "", "third"), current_case));
}

TEST(CaseTransferTest, ColdOpensANewCaseThatAPersonGets) {
  Case current_case = Made(Case::STATE_NEW);
  ASSERT_THAT(Do(Transfer(TransferCase::KIND_COLD, "", "first", 105), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100");
  ASSERT_THAT(Do(Transfer(TransferCase::KIND_COLD, "bob", "", 110), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@110");
  EXPECT_EQ(current_case.queue_id(), "first");
  EXPECT_THAT(
      Reasons(
          Decide(Transfer(TransferCase::KIND_COLD, "bob", "", 99), Made(Case::STATE_NEW)).refusals),
      ElementsAre("CASE_TRANSFER_TIME"));
}

TEST(CaseTransferTest, AWarmTransferWaitsUntilItIsAccepted) {
  Case current_case = AssignedToAnn();
  ASSERT_THAT(Do(Transfer(TransferCase::KIND_WARM, "bob", "second", 120, "ann"), &current_case),
              IsEmpty());
  EXPECT_EQ(current_case.assignee_id(), "ann");
  EXPECT_EQ(current_case.queue_id(), "first");
  EXPECT_EQ(current_case.reassignment_count(), 0);
  EXPECT_EQ(current_case.transfer_offer().assignee_id(), "bob");
  EXPECT_EQ(current_case.transfer_offer().queue_id(), "second");
  EXPECT_EQ(current_case.transfer_offer().offerer_id(), "ann");
  EXPECT_EQ(current_case.transfer_offer().note(), "she knows about lamps");
  EXPECT_EQ(current_case.transfer_offer().offer_time().seconds(), 120);
  EXPECT_THAT(Do(Accept("carl"), &current_case), ElementsAre("CASE_ACCEPT_TRANSFER_NOT_YOURS"));
  ASSERT_THAT(Do(Accept("bob", 130), &current_case), IsEmpty());
  EXPECT_EQ(current_case.assignee_id(), "bob");
  EXPECT_EQ(current_case.queue_id(), "second");
  EXPECT_EQ(current_case.reassignment_count(), 1);
  EXPECT_FALSE(current_case.has_transfer_offer());
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@110");
  EXPECT_THAT(Do(Accept("bob"), &current_case), ElementsAre("CASE_ACCEPT_TRANSFER_NONE"));
}

TEST(CaseTransferTest, AnyoneTakesWhatIsOfferedToAQueue) {
  Case current_case = After({Open(), Transfer(TransferCase::KIND_WARM, "", "second", 110)});
  ASSERT_THAT(Do(Accept("carl", 120), &current_case), IsEmpty());
  EXPECT_EQ(current_case.assignee_id(), "carl");
  EXPECT_EQ(current_case.queue_id(), "second");
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@120");
  EXPECT_THAT(Reasons(Decide(Accept("carl", 99),
                             [] {
                               Case offered = Made(Case::STATE_NEW);
                               offered.mutable_transfer_offer()->set_queue_id("second");
                               return offered;
                             }())
                          .refusals),
              ElementsAre("CASE_ACCEPT_TRANSFER_TIME"));
}

TEST(CaseTransferTest, AnOfferIsDeclinedOrWithdrawn) {
  const Case offered = [] {
    Case made = AssignedToAnn();
    EXPECT_THAT(Do(Transfer(TransferCase::KIND_WARM, "bob", "", 120, "ann"), &made), IsEmpty());
    return made;
  }();
  for (const char* who : {"bob", "ann"}) {
    Case current_case = offered;
    ASSERT_THAT(Do(DeclineOffer(who), &current_case), IsEmpty()) << who;
    EXPECT_TRUE(MessageDifferencer::Equals(current_case, AssignedToAnn())) << who;
    EXPECT_THAT(Do(DeclineOffer(who), &current_case), ElementsAre("CASE_DECLINE_TRANSFER_NONE"));
  }
  EXPECT_THAT(Reasons(Decide(DeclineOffer("carl"), offered).refusals),
              ElementsAre("CASE_DECLINE_TRANSFER_NOT_YOURS"));
  Case to_queue = AssignedToAnn();
  ASSERT_THAT(Do(Transfer(TransferCase::KIND_WARM, "", "second"), &to_queue), IsEmpty());
  EXPECT_THAT(Do(DeclineOffer("carl"), &to_queue), IsEmpty());
}

TEST(CaseTransferTest, SomeCommandsEndAnOfferThatWaits) {
  const Case offered = [] {
    Case made = AssignedToAnn();
    EXPECT_THAT(Do(Transfer(TransferCase::KIND_WARM, "bob", "", 120), &made), IsEmpty());
    return made;
  }();
  struct Row {
    const char* what;
    std::vector<Command> commands;
    std::string offered_to;
  };
  const Row rows[] = {
      {"given to another", {Assign("carl")}, ""},
      {"handed over at once", {Transfer(TransferCase::KIND_COLD, "carl")}, ""},
      {"offered to another", {Transfer(TransferCase::KIND_WARM, "carl")}, "carl"},
      {"held", {Hold(Case::STATE_WAITING_ON_CUSTOMER)}, "bob"},
      {"held and resumed", {Hold(Case::STATE_WAITING_ON_CUSTOMER), Resume()}, "bob"},
      {"resolved", {Resolve()}, ""},
      {"resolved and reopened", {Resolve(), Reopen()}, ""},
      {"resolved and offered", {Resolve(), Transfer(TransferCase::KIND_WARM, "bob")}, "bob"},
      {"resolved, offered, closed",
       {Resolve(), Transfer(TransferCase::KIND_WARM, "bob"), Close()},
       ""},
      {"canceled", {Cancel()}, ""},
      {"named", {NameState("at the bench")}, "bob"},
  };
  for (const Row& row : rows) {
    Case current_case = offered;
    for (const Command& command : row.commands) {
      ASSERT_THAT(Do(command, &current_case), IsEmpty()) << row.what;
    }
    EXPECT_EQ(current_case.transfer_offer().assignee_id(), row.offered_to) << row.what;
  }
}

TEST(CaseTransferTest, Arguments) {
  EXPECT_THAT(Places(CheckCaseArguments(Transfer(TransferCase::KIND_UNSPECIFIED, "", "").case_())),
              ElementsAre("ARGUMENT_REQUIRED at transfer_case.kind",
                          "ARGUMENT_REQUIRED at transfer_case.assignee_id"));
  const Command odd = Transfer(static_cast<TransferCase::Kind>(9), "bob");
  EXPECT_THAT(Places(CheckCaseArguments(odd.case_())),
              ElementsAre("ARGUMENT_UNKNOWN_VALUE at transfer_case.kind"));
}

TEST(CaseConsultationTest, IsAskedAndAnsweredOnce) {
  Case current_case = AssignedToAnn();
  ASSERT_THAT(Do(Consult("q1", "carla", 120), &current_case), IsEmpty());
  ASSERT_THAT(Do(Consult("q2", "dora", 125), &current_case), IsEmpty());
  ASSERT_EQ(current_case.consultations_size(), 2);
  EXPECT_EQ(current_case.assignee_id(), "ann");
  const v1::CaseConsultation& asked = current_case.consultations(0);
  EXPECT_EQ(asked.consultant_id(), "carla");
  EXPECT_EQ(asked.question(), "which bulb?");
  EXPECT_EQ(asked.asker_id(), "agent-1");
  EXPECT_EQ(asked.ask_time().seconds(), 120);
  EXPECT_THAT(Do(Consult("q1", "dora"), &current_case), ElementsAre("CASE_CONSULT_ID_EXISTS"));
  EXPECT_THAT(Do(Answer("q3", "carla"), &current_case),
              ElementsAre("CASE_ANSWER_CONSULTATION_UNKNOWN"));
  EXPECT_THAT(Do(Answer("q1", "dora"), &current_case),
              ElementsAre("CASE_ANSWER_CONSULTATION_NOT_YOURS"));
  ASSERT_THAT(Do(Answer("q1", "carla", 130), &current_case), IsEmpty());
  EXPECT_EQ(asked.answer(), "the small one");
  EXPECT_EQ(asked.answerer_id(), "carla");
  EXPECT_EQ(asked.answer_time().seconds(), 130);
  EXPECT_FALSE(current_case.consultations(1).has_answer_time());
  EXPECT_THAT(Do(Answer("q1", "carla"), &current_case),
              ElementsAre("CASE_ANSWER_CONSULTATION_ANSWERED"));
  EXPECT_THAT(
      Do(Answer("q1", "dora"), &current_case),
      ElementsAre("CASE_ANSWER_CONSULTATION_NOT_YOURS", "CASE_ANSWER_CONSULTATION_ANSWERED"));
}

TEST(CaseConsultationTest, Arguments) {
  Command consult = At(1);
  consult.mutable_case_()->mutable_consult_on_case();
  EXPECT_THAT(Places(CheckCaseArguments(consult.case_())),
              ElementsAre("ARGUMENT_REQUIRED at consult_on_case.case_id",
                          "ARGUMENT_REQUIRED at consult_on_case.consultation_id",
                          "ARGUMENT_REQUIRED at consult_on_case.consultant_id",
                          "ARGUMENT_REQUIRED at consult_on_case.question"));
  Command answer = At(1);
  answer.mutable_case_()->mutable_answer_case_consultation();
  EXPECT_THAT(Places(CheckCaseArguments(answer.case_())),
              ElementsAre("ARGUMENT_REQUIRED at answer_case_consultation.case_id",
                          "ARGUMENT_REQUIRED at answer_case_consultation.consultation_id",
                          "ARGUMENT_REQUIRED at answer_case_consultation.answer"));
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
