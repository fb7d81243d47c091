// A case that goes to who knows or may do more, and whose matter goes outside.
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "case_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer_view.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using v1::Case;
using v1::Command;

v1::CasePolicy Chains() {
  v1::CasePolicy policy;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    escalation_chains {
      name: "lamps" basis: ESCALATION_BASIS_SKILL
      steps { queue_id: "second" time_out { seconds: 3600 } }
      steps { queue_id: "third" time_out { nanos: 5 } }
      steps { queue_id: "makers" }
      fallback_queue_id: "desk"
    }
    escalation_chains {
      name: "money" basis: ESCALATION_BASIS_AUTHORITY
      steps { queue_id: "supervisors" time_out { seconds: 315576000000 } }
      fallback_queue_id: "directors"
    }
    state_names { name: "at the maker" state: STATE_WAITING_ON_THIRD_PARTY }
    state_names { name: "in repair" state: STATE_WAITING_ON_THIRD_PARTY }
    state_names { name: "in work" state: STATE_OPEN }
  )",
                                                            &policy));
  return policy;
}

// Open, with Ann, in the first queue.
Case WithAnn() { return After({Open(), Assign("ann", "first", 110)}); }

std::vector<std::string> DoIt(const Command& command, Case* current_case) {
  return Do(command, current_case, Chains());
}

TEST(CaseEscalationTest, GoesFromStepToStepAndThenToTheFallback) {
  Case current_case = WithAnn();
  ASSERT_THAT(DoIt(Transfer(v1::TransferCase::KIND_WARM, "bob", "", 115), &current_case),
              IsEmpty());
  ASSERT_THAT(DoIt(Escalate("lamps", {}, 120), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "second");
  EXPECT_EQ(current_case.assignee_id(), "");
  EXPECT_FALSE(current_case.has_transfer_offer());
  EXPECT_EQ(current_case.reassignment_count(), 1);
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@110");
  const v1::CaseEscalation first = current_case.escalation();
  EXPECT_EQ(first.chain(), "lamps");
  EXPECT_EQ(first.basis(), v1::ESCALATION_BASIS_SKILL);
  EXPECT_EQ(first.step(), 1);
  EXPECT_EQ(first.queue_id(), "second");
  EXPECT_THAT(first.passed_over_queue_ids(), IsEmpty());
  EXPECT_EQ(first.note(), "too hard");
  EXPECT_EQ(first.escalator_id(), "agent-1");
  EXPECT_EQ(first.escalate_time().seconds(), 120);
  EXPECT_EQ(first.due_time().seconds(), 3720);

  // Whoever accepts it there leaves it at its step.
  ASSERT_THAT(DoIt(Assign("cleo", "", 130), &current_case), IsEmpty());
  EXPECT_EQ(current_case.escalation().step(), 1);
  ASSERT_THAT(DoIt(Escalate("lamps", {}, 140), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "third");
  EXPECT_EQ(current_case.escalation().due_time().nanos(), 5);
  ASSERT_THAT(DoIt(Escalate("lamps", {}, 150), &current_case), IsEmpty());
  EXPECT_EQ(current_case.escalation().step(), 3);
  EXPECT_FALSE(current_case.escalation().has_due_time());
  ASSERT_THAT(DoIt(Escalate("lamps", {}, 160), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "desk");
  EXPECT_EQ(current_case.escalation().step(), 0);
  EXPECT_EQ(current_case.reassignment_count(), 4);
  EXPECT_THAT(DoIt(Escalate("lamps", {}, 170), &current_case), ElementsAre("CASE_ESCALATE_END"));
  // Another chain begins at its beginning; its time-out ends after all times.
  ASSERT_THAT(DoIt(Escalate("money", {}, 180), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "supervisors");
  EXPECT_EQ(current_case.escalation().basis(), v1::ESCALATION_BASIS_AUTHORITY);
  EXPECT_FALSE(current_case.escalation().has_due_time());
}

TEST(CaseEscalationTest, WhereNobodyIsItDoesNotGo) {
  Case current_case = WithAnn();
  ASSERT_THAT(DoIt(Escalate("lamps", {"second", "elsewhere", "makers"}), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "third");
  EXPECT_EQ(current_case.escalation().step(), 2);
  EXPECT_THAT(current_case.escalation().passed_over_queue_ids(), ElementsAre("second"));
  // A queue before the current step is not passed over again.
  ASSERT_THAT(DoIt(Escalate("lamps", {"second", "makers"}), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "desk");
  EXPECT_THAT(current_case.escalation().passed_over_queue_ids(), ElementsAre("makers"));

  const Decided nobody =
      Decide(Escalate("lamps", {"desk", "third", "second", "makers"}), WithAnn(), Chains());
  EXPECT_THAT(Reasons(nobody.refusals), ElementsAre("CASE_ESCALATE_NOBODY_AVAILABLE"));
  EXPECT_EQ(nobody.refusals.at(0).details(0).name(), "passed_over");
  EXPECT_EQ(nobody.refusals.at(0).details(0).value(), "second, third, makers, desk");
  const Decided unknown = Decide(Escalate("lambs"), WithAnn(), Chains());
  EXPECT_THAT(Reasons(unknown.refusals), ElementsAre("CASE_ESCALATE_CHAIN_UNKNOWN"));
  EXPECT_EQ(unknown.refusals.at(0).details(0).name(), "known");
  EXPECT_EQ(unknown.refusals.at(0).details(0).value(), "lamps, money");
}

TEST(CaseEscalationTest, BeginsBehindTheQueueInWhichItLies) {
  Case current_case = After({Open(), Assign("", "third", 110)});
  ASSERT_THAT(DoIt(Escalate("lamps"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "makers");
  EXPECT_EQ(current_case.state(), Case::STATE_NEW) << "nobody works on it yet";
  EXPECT_EQ(current_case.reassignment_count(), 1) << "from one queue to another";
  Case nobodys = After({Open()});
  ASSERT_THAT(DoIt(Escalate("lamps"), &nobodys), IsEmpty());
  EXPECT_EQ(nobodys.reassignment_count(), 0) << "it was taken from nobody";
}

TEST(CaseEscalationTest, WhoBeginsInTheFallbackGoesUpFromTheFirstStep) {
  Case current_case = After({Open(), Assign("", "desk", 110)});
  EXPECT_THAT(DoIt(Escalate("lamps", {"second", "third", "makers"}), &current_case),
              ElementsAre("CASE_ESCALATE_END"));
  for (const char* queue_id : {"second", "third", "makers", "desk"}) {
    ASSERT_THAT(DoIt(Escalate("lamps"), &current_case), IsEmpty());
    EXPECT_EQ(current_case.queue_id(), queue_id);
  }
  EXPECT_THAT(DoIt(Escalate("lamps"), &current_case), ElementsAre("CASE_ESCALATE_END"));
  // A policy that has fewer steps now: what comes next is the fallback.
  current_case.mutable_escalation()->set_step(9);
  current_case.set_queue_id("old");
  ASSERT_THAT(DoIt(Escalate("lamps"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "desk");
}

TEST(CaseEscalationTest, EndsWhenItIsGivenElsewhereOrSolved) {
  const Case escalated = [] {
    Case made = WithAnn();
    EXPECT_THAT(DoIt(Escalate("lamps", {}, 120), &made), IsEmpty());
    return made;
  }();
  const std::vector<Command> ends = {Assign("ann", "first"),
                                     Transfer(v1::TransferCase::KIND_COLD, "", "other"), Resolve(),
                                     Cancel()};
  for (const Command& command : ends) {
    Case current_case = escalated;
    ASSERT_THAT(DoIt(command, &current_case), IsEmpty());
    EXPECT_FALSE(current_case.has_escalation());
  }
  for (const Command& command :
       {Transfer(v1::TransferCase::KIND_COLD, "bob"), Hold(Case::STATE_WAITING_ON_CUSTOMER)}) {
    Case current_case = escalated;
    ASSERT_THAT(DoIt(command, &current_case), IsEmpty());
    EXPECT_TRUE(current_case.has_escalation());
  }
}

TEST(CaseReferralTest, TheMatterGoesOutsideAndTheCaseStays) {
  Case current_case = WithAnn();
  ASSERT_THAT(DoIt(Refer("r1", "at the maker", 120), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@110 WAITING_ON_THIRD_PARTY/at the maker@120");
  EXPECT_EQ(current_case.assignee_id(), "ann");
  EXPECT_EQ(current_case.queue_id(), "first");
  EXPECT_EQ(current_case.reassignment_count(), 0);
  ASSERT_EQ(current_case.referrals_size(), 1);
  const v1::CaseReferral first = current_case.referrals(0);
  EXPECT_EQ(first.referral_id(), "r1");
  EXPECT_EQ(first.party(), "the maker");
  EXPECT_EQ(first.reference(), "RMA-7");
  EXPECT_EQ(first.note(), "see the picture");
  EXPECT_EQ(first.referrer_id(), "agent-1");
  EXPECT_EQ(first.refer_time().seconds(), 120);
  EXPECT_FALSE(first.has_return_time());

  // A second one while it waits: the state keeps its name, or takes another.
  ASSERT_THAT(DoIt(Refer("r2", "", 130), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state_spans_size(), 3);
  ASSERT_THAT(DoIt(Refer("r3", "in repair", 140), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state_name(), "in repair");
  EXPECT_FALSE(current_case.referrals(0).has_return_time());
  EXPECT_THAT(DoIt(Refer("r2", "", 150), &current_case), ElementsAre("CASE_REFER_ID_EXISTS"));

  ASSERT_THAT(DoIt(Resume(160), &current_case), IsEmpty());
  for (const v1::CaseReferral& referral : current_case.referrals()) {
    EXPECT_EQ(referral.return_time().seconds(), 160);
  }
  ASSERT_THAT(DoIt(Refer("r4", "", 170), &current_case), IsEmpty());
  ASSERT_THAT(DoIt(Resolve(180), &current_case), IsEmpty());
  EXPECT_EQ(current_case.referrals(0).return_time().seconds(), 160);
  EXPECT_EQ(current_case.referrals(3).return_time().seconds(), 180);
}

// Commands may come in another order than that of their times.
TEST(CaseReferralTest, NothingReturnsBeforeItWasReferred) {
  Case current_case = After({Open(), Hold(Case::STATE_WAITING_ON_THIRD_PARTY, "", 110)});
  EXPECT_THAT(DoIt(Refer("r1", "", 109), &current_case), ElementsAre("CASE_REFER_TIME"));
  ASSERT_THAT(DoIt(Refer("r1", "", 200), &current_case), IsEmpty());
  ASSERT_THAT(DoIt(Resume(150), &current_case), IsEmpty());
  EXPECT_EQ(current_case.referrals(0).return_time().seconds(), 200);
}

TEST(CaseReferralTest, RefusalsInOrder) {
  EXPECT_THAT(Reasons(Decide(Refer("r1", "in work", 90), WithAnn(), Chains()).refusals),
              ElementsAre("CASE_REFER_TIME", "CASE_REFER_NAME_UNKNOWN"));
}

TEST(WithdrawReferralTest, ThePartyIsInformedAndTheLastOneEndsTheWait) {
  Case current_case = WithAnn();
  ASSERT_THAT(DoIt(Refer("r1", "at the maker", 120), &current_case), IsEmpty());
  ASSERT_THAT(DoIt(Refer("r2", "", 130), &current_case), IsEmpty());
  const Decided one = Decide(Withdraw("r1", 140), current_case, Chains());
  EXPECT_EQ(EventNames(one.events), "case_referral_withdrawn");
  ASSERT_EQ(one.effects.size(), 1u);
  EXPECT_EQ(one.effects[0].entity().id(), kId);
  const v1::NotifyReferralParty& effect = one.effects[0].case_().notify_referral_party();
  EXPECT_EQ(effect.case_id(), kId);
  EXPECT_EQ(effect.referral_id(), "r1");
  EXPECT_EQ(effect.reference(), "RMA-7");
  ASSERT_THAT(DoIt(Withdraw("r1", 140), &current_case), IsEmpty());
  EXPECT_EQ(current_case.referrals(0).return_time().seconds(), 140);
  EXPECT_FALSE(current_case.referrals(1).has_return_time());
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@110 WAITING_ON_THIRD_PARTY/at the maker@120");
  EXPECT_THAT(DoIt(Withdraw("r1", 150), &current_case),
              ElementsAre("CASE_WITHDRAW_REFERRAL_RETURNED"));
  EXPECT_THAT(DoIt(Withdraw("r9", 150), &current_case),
              ElementsAre("CASE_WITHDRAW_REFERRAL_UNKNOWN"));

  EXPECT_EQ(EventNames(Decide(Withdraw("r2", 160), current_case, Chains()).events),
            "case_referral_withdrawn case_state_changed");
  ASSERT_THAT(DoIt(Withdraw("r2", 160), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state(), Case::STATE_OPEN);
  EXPECT_EQ(current_case.referrals(0).return_time().seconds(), 140);
  EXPECT_EQ(current_case.referrals(1).return_time().seconds(), 160);
  EXPECT_EQ(current_case.assignee_id(), "ann");
  EXPECT_THAT(DoIt(Withdraw("r2", 170), &current_case),
              ElementsAre("CASE_WITHDRAW_REFERRAL_STATE"));
}

// The referral goes on while the case is merged: it is withdrawn before, or after the case is unmerged.
TEST(WithdrawReferralTest, NotOfAMergedCase) {
  Case current_case = WithAnn();
  ASSERT_THAT(DoIt(Refer("r1", "", 120), &current_case), IsEmpty());
  current_case.set_state(Case::STATE_MERGED);
  current_case.set_survivor_case_id("case-2");
  const Decided decided = Decide(Withdraw("r1", 130), current_case, Chains());
  EXPECT_THAT(Reasons(decided.refusals), ElementsAre("CASE_WITHDRAW_REFERRAL_STATE"));
}

TEST(WithdrawReferralTest, RefusalsInOrder) {
  Case current_case = WithAnn();
  ASSERT_THAT(DoIt(Refer("r1", "", 120), &current_case), IsEmpty());
  EXPECT_THAT(Reasons(Decide(Withdraw("r1", 90), current_case, Chains()).refusals),
              ElementsAre("CASE_WITHDRAW_REFERRAL_TIME"));
  current_case.mutable_referrals(0)->mutable_return_time()->set_seconds(125);
  EXPECT_THAT(Reasons(Decide(Withdraw("r1", 90), current_case, Chains()).refusals),
              ElementsAre("CASE_WITHDRAW_REFERRAL_RETURNED", "CASE_WITHDRAW_REFERRAL_TIME"));
  EXPECT_THAT(Places(CheckCaseArguments(Withdraw("").case_())),
              ElementsAre("ARGUMENT_REQUIRED at withdraw_referral.referral_id"));
}

TEST(CaseReferralTest, NoCustomerSeesIt) {
  Case current_case = WithAnn();
  ASSERT_THAT(DoIt(Refer("r1", "", 120), &current_case), IsEmpty());
  ASSERT_THAT(DoIt(Escalate("lamps"), &current_case), IsEmpty());
  const std::string seen =
      ViewCase(current_case, [](const std::string&) { return nullptr; }).DebugString();
  for (const char* word : {"maker", "RMA-7", "picture", "too hard", "lamps", "queue"}) {
    EXPECT_THAT(seen, testing::Not(testing::HasSubstr(word)));
  }
}

TEST(CaseElsewhereArgumentsTest, AllInvalidFieldsAreReported) {
  Command escalate = Escalate("", {"a", ""});
  escalate.mutable_case_()->mutable_escalate_case()->clear_case_id();
  EXPECT_THAT(Places(CheckCaseArguments(escalate.case_())),
              ElementsAre("ARGUMENT_REQUIRED at escalate_case.case_id",
                          "ARGUMENT_REQUIRED at escalate_case.chain",
                          "ARGUMENT_REQUIRED at escalate_case.unavailable_queue_ids[1]"));
  const Command many = Escalate("lamps", std::vector<std::string>(1'001, "a"));
  EXPECT_THAT(Places(CheckCaseArguments(many.case_())),
              ElementsAre("ARGUMENT_COUNT at escalate_case.unavailable_queue_ids"));
  Command refer = Refer("");
  refer.mutable_case_()->mutable_refer_case()->clear_party();
  EXPECT_THAT(Places(CheckCaseArguments(refer.case_())),
              ElementsAre("ARGUMENT_REQUIRED at refer_case.referral_id",
                          "ARGUMENT_REQUIRED at refer_case.party"));
}

TEST(CaseElsewhereArgumentsTest, AnImportedCaseIsChecked) {
  Command import = Import(Case::STATE_RESOLVED);
  import.mutable_case_()->mutable_import_case()->set_strict(true);
  Case& imported = *import.mutable_case_()->mutable_import_case()->mutable_case_();
  imported.set_queue_id("first");
  imported.mutable_escalation()->set_queue_id("second");
  imported.mutable_escalation()->set_step(-1);
  imported.mutable_escalation()->mutable_escalate_time()->set_seconds(2);
  imported.mutable_escalation()->mutable_due_time()->set_seconds(1);
  imported.add_referrals()->set_party("the maker");
  imported.add_referrals()->set_referral_id("r1");
  imported.mutable_referrals(1)->mutable_refer_time()->set_seconds(2);
  imported.mutable_referrals(1)->mutable_return_time()->set_seconds(1);
  EXPECT_THAT(Places(CheckCaseArguments(import.case_())),
              ElementsAre("ARGUMENT_FORBIDDEN at import_case.case.escalation",
                          "ARGUMENT_REQUIRED at import_case.case.escalation.chain",
                          "ARGUMENT_REQUIRED at import_case.case.escalation.basis",
                          "ARGUMENT_OUT_OF_RANGE at import_case.case.escalation.step",
                          "ARGUMENT_FORBIDDEN at import_case.case.escalation.queue_id",
                          "ARGUMENT_OUT_OF_RANGE at import_case.case.escalation.due_time",
                          "ARGUMENT_REQUIRED at import_case.case.referrals[0].referral_id",
                          "ARGUMENT_REQUIRED at import_case.case.referrals[0].return_time",
                          "ARGUMENT_REQUIRED at import_case.case.referrals[1].party",
                          "ARGUMENT_OUT_OF_RANGE at import_case.case.referrals[1]."
                          "return_time"));
  Command good = Import(Case::STATE_WAITING_ON_THIRD_PARTY);
  Case& waiting = *good.mutable_case_()->mutable_import_case()->mutable_case_();
  waiting.set_queue_id("second");
  waiting.mutable_escalation()->set_chain("lamps");
  waiting.mutable_escalation()->set_step(1);
  waiting.mutable_escalation()->set_basis(v1::ESCALATION_BASIS_SKILL);
  waiting.mutable_escalation()->set_queue_id("second");
  waiting.add_referrals()->set_referral_id("r1");
  waiting.mutable_referrals(0)->set_party("the maker");
  Case current_case;
  ASSERT_THAT(DoIt(good, &current_case), IsEmpty());
  ASSERT_THAT(DoIt(Escalate("lamps", {}, 600), &current_case), IsEmpty());
  EXPECT_EQ(current_case.queue_id(), "third");
}

// No table of states is asked: another version of the desk may have decided it.
TEST(CaseElsewhereFoldTest, FoldsInAnyState) {
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  event.mutable_entity()->set_id(kId);
  v1::CaseEscalation& escalation =
      *event.mutable_case_()->mutable_case_escalated()->mutable_escalation();
  escalation.set_queue_id("second");
  escalation.set_chain("lamps");
  Case over = Made(Case::STATE_CLOSED);
  ASSERT_TRUE(EvolveCase(event, &over).ok());
  EXPECT_EQ(over.queue_id(), "second");
  EXPECT_EQ(over.escalation().chain(), "lamps");
  event.mutable_case_()->mutable_case_referred()->mutable_referral()->set_referral_id("r1");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(EvolveCase(event, &over).ok());
    ASSERT_EQ(over.referrals_size(), 1);
    EXPECT_EQ(over.referrals(0).referral_id(), "r1");
  }
}

TEST(CaseRootCauseTest, IsKeptWithTheResolution) {
  Command resolve = Resolve();
  resolve.mutable_case_()->mutable_resolve_case()->set_root_cause("packed badly");
  EXPECT_EQ(After({Open(), resolve}).resolutions(0).root_cause(), "packed badly");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
