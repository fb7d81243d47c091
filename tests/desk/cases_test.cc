// Cases at a desk: the policy's matrix, names and window, and the decision point ReopenOnMessage.
#include <string>
#include <vector>

#include "desk/shop.h"
#include "desk/whole_state.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using v1::Case;

constexpr absl::string_view kCasesPolicy = R"pb(
  name: "desk"
  version: "1"
  rule_sets {
    id: "messages"
    decision_points: "ReopenOnMessage"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "thanks"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "THANKS_ONLY"
      text: "Thanks need no answer."
      condition: "command.add_case_part.part.text.matches(r'(?i)^\\s*(thanks|thank you)[\\s!.]*$')"
    }
  }
  rule_sets {
    id: "parts"
    decision_points: "AddCasePart"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "shouting"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "SHOUTING"
      condition: "command.add_case_part.part.text == 'AGAIN!'"
    }
    rules {
      id: "reopens"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      authority: "supervisor"
      condition: "assessment.reopens_on_message && command.add_case_part.part.text == 'hold me'"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  cases {
    priority_matrix { impact: 1 urgency: 1 priority: 1 }
    priority_matrix { impact: 1 urgency: 2 priority: 2 }
    state_names { name: "at the bench" state: STATE_OPEN }
    reopen_window { seconds: 1000 }
  }
)pb";

v1::EntityRef CaseRef(absl::string_view id) {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id(std::string(id));
  return entity;
}

Case GetCase(const Desk& desk, absl::string_view id = "case-1") {
  return testing::GetWhole(desk, CaseRef(id)).value_or(v1::EntityState()).case_();
}

v1::Command Open(const std::string& id, std::int64_t seconds = 0) {
  v1::Command command = By("anna", seconds);
  v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
  verb.set_case_id(id);
  verb.set_kind(Case::KIND_TROUBLE);
  verb.set_subject("a lamp");
  return command;
}

v1::Command Resolve(std::int64_t seconds) {
  v1::Command command = By("anna", seconds);
  command.mutable_case_()->mutable_resolve_case()->set_case_id("case-1");
  command.mutable_case_()->mutable_resolve_case()->set_code("replaced");
  return command;
}

v1::Command Reopen(std::int64_t seconds, const std::string& follow_up_case_id = "") {
  v1::Command command = By("anna", seconds);
  command.mutable_case_()->mutable_reopen_case()->set_case_id("case-1");
  command.mutable_case_()->mutable_reopen_case()->set_follow_up_case_id(follow_up_case_id);
  return command;
}

v1::Command Says(const std::string& part_id, const std::string& text, std::int64_t seconds) {
  v1::Command command = By("c1", seconds);
  command.mutable_actor()->set_kind(v1::Actor::KIND_CUSTOMER);
  v1::AddCasePart& verb = *command.mutable_case_()->mutable_add_case_part();
  verb.set_case_id("case-1");
  verb.mutable_part()->set_part_id(part_id);
  verb.mutable_part()->set_kind(v1::InteractionPart::KIND_MESSAGE);
  verb.mutable_part()->set_visibility(v1::VISIBILITY_PUBLIC);
  verb.mutable_part()->set_text(text);
  return command;
}

// A desk with a case that was resolved at second 100.
std::unique_ptr<Desk> WithResolvedCase(absl::string_view policy = kCasesPolicy) {
  std::unique_ptr<Desk> desk = MustOpen(policy);
  MustDo(*desk, Open("case-1"));
  MustDo(*desk, Resolve(100));
  return desk;
}

TEST(ReopenOnMessageTest, ThanksDoNotReopen) {
  std::unique_ptr<Desk> desk = WithResolvedCase();
  const v1::Outcome outcome = MustDo(*desk, Says("p1", "  Thank you!! ", 200));
  ASSERT_EQ(outcome.events_size(), 1);
  EXPECT_TRUE(outcome.events(0).case_().has_case_part_added());
  EXPECT_EQ(outcome.decision().decision_point(), "AddCasePart");
  ASSERT_EQ(outcome.further_decisions_size(), 1);
  EXPECT_EQ(outcome.further_decisions(0).decision_point(), "ReopenOnMessage");
  EXPECT_EQ(outcome.further_decisions(0).outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_THAT(outcome.further_decisions(0).fired_rule_ids(), ElementsAre("thanks"));
  EXPECT_EQ(GetCase(*desk).state(), Case::STATE_RESOLVED);
  EXPECT_EQ(GetCase(*desk).reopen_count(), 0);

  const auto record = desk->GetRecord(outcome.record_id());
  ASSERT_TRUE(record.ok());
  ASSERT_EQ(record->further_decisions_size(), 1);
  EXPECT_EQ(record->further_decisions(0).SerializeAsString(),
            outcome.further_decisions(0).SerializeAsString());
  EXPECT_TRUE(record->assessed().case_().assessment().may_reopen_on_message());
  EXPECT_FALSE(record->assessed().case_().assessment().reopens_on_message());
  const auto explanation = desk->Explain(outcome.record_id());
  ASSERT_TRUE(explanation.ok());
  ASSERT_EQ(explanation->further_decisions_size(), 1);
  EXPECT_THAT(explanation->text(), HasSubstr("And on ReopenOnMessage:"));
  EXPECT_THAT(explanation->text(), HasSubstr("THANKS_ONLY (rule thanks)"));
}

TEST(ReopenOnMessageTest, AMessageWithMoreThanThanksReopens) {
  std::unique_ptr<Desk> desk = WithResolvedCase();
  const v1::Outcome outcome = MustDo(*desk, Says("p1", "Thanks, but it is broken again", 200));
  ASSERT_EQ(outcome.events_size(), 2);
  EXPECT_TRUE(outcome.events(0).case_().has_case_part_added());
  EXPECT_TRUE(outcome.events(1).case_().has_case_reopened());
  EXPECT_EQ(outcome.events(1).version(), outcome.events(0).version() + 1);
  EXPECT_EQ(outcome.further_decisions(0).outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_EQ(GetCase(*desk).state(), Case::STATE_OPEN);
  EXPECT_EQ(GetCase(*desk).reopen_count(), 1);
  // It is open: nothing more is asked.
  EXPECT_THAT(MustDo(*desk, Says("p2", "and again", 300)).further_decisions(), IsEmpty());
}

v1::Command Wait(std::int64_t seconds) {
  v1::Command command = By("anna", seconds);
  command.mutable_case_()->mutable_pause_case()->set_case_id("case-1");
  command.mutable_case_()->mutable_pause_case()->set_state(Case::STATE_WAITING_ON_CUSTOMER);
  return command;
}

TEST(ReopenOnMessageTest, AnAnswerEndsTheWaitingInTheSameCommit) {
  std::unique_ptr<Desk> desk = MustOpen(kCasesPolicy);
  MustDo(*desk, Open("case-1"));
  MustDo(*desk, Wait(100));
  EXPECT_EQ(MustDo(*desk, Says("p1", "Thank you!", 200)).events_size(), 1);
  EXPECT_EQ(GetCase(*desk).state(), Case::STATE_WAITING_ON_CUSTOMER);
  const v1::Outcome outcome = MustDo(*desk, Says("p2", "The serial is 77.", 300));
  ASSERT_EQ(outcome.events_size(), 2);
  EXPECT_EQ(outcome.events(1).case_().case_state_changed().state(), Case::STATE_OPEN);
  EXPECT_EQ(outcome.events(1).record_id(), outcome.events(0).record_id());
  EXPECT_EQ(outcome.further_decisions(0).outcome(), v1::POLICY_OUTCOME_ALLOW);
  const Case answered = GetCase(*desk);
  EXPECT_EQ(answered.state(), Case::STATE_OPEN);
  EXPECT_EQ(answered.reopen_count(), 0);
  ASSERT_EQ(answered.state_spans_size(), 3);
  EXPECT_EQ(answered.state_spans(2).actor_id(), "c1");
  // It is open: nothing more is asked.
  EXPECT_THAT(MustDo(*desk, Says("p3", "and 78", 400)).further_decisions(), IsEmpty());
}

TEST(ReopenOnMessageTest, WithoutARuleSetOfItsOwnTheCaseGoesOnWaiting) {
  std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll);
  MustDo(*desk, Open("case-1"));
  MustDo(*desk, Wait(100));
  const v1::Outcome outcome = MustDo(*desk, Says("p1", "The serial is 77.", 200));
  EXPECT_EQ(outcome.events_size(), 1);
  EXPECT_THAT(outcome.further_decisions(), IsEmpty());
  EXPECT_EQ(GetCase(*desk).state(), Case::STATE_WAITING_ON_CUSTOMER);
}

TEST(ReopenOnMessageTest, NotAfterTheWindowAndNotByAgents) {
  std::unique_ptr<Desk> desk = WithResolvedCase();
  v1::Command by_agent = Says("p1", "is it well now?", 200);
  by_agent.mutable_actor()->set_kind(v1::Actor::KIND_AGENT);
  EXPECT_THAT(MustDo(*desk, by_agent).further_decisions(), IsEmpty());
  EXPECT_THAT(MustDo(*desk, Says("p2", "it is not", 1100)).further_decisions(), IsEmpty());
  EXPECT_EQ(GetCase(*desk).state(), Case::STATE_RESOLVED);
}

TEST(ReopenOnMessageTest, WithoutARuleSetOfItsOwnNothingIsReopened) {
  std::unique_ptr<Desk> desk = WithResolvedCase(testing::kAllowAll);
  const v1::Outcome outcome = MustDo(*desk, Says("p1", "it is broken again", 200));
  EXPECT_EQ(outcome.events_size(), 1);
  EXPECT_THAT(outcome.further_decisions(), IsEmpty());
}

TEST(ReopenOnMessageTest, TheVerbsOwnRulesKnowOfIt) {
  std::unique_ptr<Desk> desk = WithResolvedCase();
  const auto refused = desk->Execute(Says("p1", "AGAIN!", 200));
  ASSERT_TRUE(refused.ok());
  EXPECT_THAT(Reasons(*refused), ElementsAre("SHOUTING"));
  EXPECT_EQ(refused->further_decisions_size(), 1);
  EXPECT_EQ(GetCase(*desk).state(), Case::STATE_RESOLVED);
  const auto held = desk->Execute(Says("p1", "hold me", 200));
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(held->verdict(), v1::VERDICT_HELD);
  ApprovalResolution resolution;
  *resolution.actor.mutable_authorities()->Add() = "supervisor";
  resolution.actor.set_actor_id("boss");
  resolution.actor.set_kind(v1::Actor::KIND_AGENT);
  resolution.now = testing::At(300);
  const auto approved = desk->Approve(held->held().approval_id(), resolution);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(GetCase(*desk).state(), Case::STATE_OPEN);
}

// The pure function says the same.
TEST(ReopenOnMessageTest, DecideDoesTheSame) {
  std::unique_ptr<Desk> desk = WithResolvedCase();
  const auto policy = MustCompile(kCasesPolicy);
  v1::DecisionInput input;
  *input.mutable_case_()->mutable_case_() = GetCase(*desk);
  // The caller's own assessment does not count.
  input.mutable_case_()->mutable_assessment()->set_reopens_on_message(true);
  const auto thanks = Decide(input, Says("p1", "thanks", 200), *policy);
  ASSERT_TRUE(thanks.ok()) << thanks.status();
  EXPECT_EQ(thanks->events_size(), 1);
  EXPECT_EQ(thanks->further_decisions_size(), 1);
  const auto again = Decide(input, Says("p1", "again", 200), *policy);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->events_size(), 2);
  EXPECT_EQ(again->further_decisions(0).outcome(), v1::POLICY_OUTCOME_ALLOW);
}

TEST(ReopenOnMessageTest, PolicyIsAskedByItself) {
  const auto policy = MustCompile(kCasesPolicy);
  v1::DecisionInput input;
  *input.mutable_case_()->mutable_command() = Says("p1", "thanks", 200).case_();
  *input.mutable_case_()->mutable_now() = testing::At(200);
  const auto decision = policy->DecideReopenOnMessage(input);
  ASSERT_TRUE(decision.ok()) << decision.status();
  ASSERT_TRUE(decision->has_value());
  EXPECT_EQ((*decision)->outcome(), v1::POLICY_OUTCOME_REFUSE);
  const auto none = MustCompile(testing::kAllowAll)->DecideReopenOnMessage(input);
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());
  input.mutable_case_()->clear_now();
  input.mutable_case_()->mutable_now()->set_nanos(-1);
  EXPECT_EQ(GetReason(policy->DecideReopenOnMessage(input).status()), "COMMAND_MALFORMED");
  *input.mutable_case_()->mutable_command() = Resolve(1).case_();
  EXPECT_EQ(GetReason(policy->DecideReopenOnMessage(input).status()), "DECISION_INPUT_MISMATCH");
}

TEST(CasesAtADeskTest, AFollowUpCaseIsOpenedAfterTheWindow) {
  std::unique_ptr<Desk> desk = WithResolvedCase();
  MustDo(*desk, Open("taken"));
  const auto late = desk->Execute(Reopen(1100));
  ASSERT_TRUE(late.ok());
  EXPECT_THAT(Reasons(*late), ElementsAre("CASE_REOPEN_WINDOW_OVER"));
  const auto taken = desk->Execute(Reopen(1100, "taken"));
  ASSERT_TRUE(taken.ok());
  EXPECT_THAT(Reasons(*taken), ElementsAre("CASE_REOPEN_FOLLOW_UP_EXISTS"));
  const v1::Outcome outcome = MustDo(*desk, Reopen(1100, "case-2"));
  ASSERT_EQ(outcome.events_size(), 2);
  EXPECT_EQ(outcome.events(0).entity().id(), "case-2");
  EXPECT_EQ(outcome.events(1).entity().id(), "case-1");
  EXPECT_EQ(GetCase(*desk).state(), Case::STATE_RESOLVED);
  EXPECT_EQ(GetCase(*desk).further_case_links(0).case_id(), "case-2");
  EXPECT_EQ(GetCase(*desk, "case-2").state(), Case::STATE_NEW);
  EXPECT_EQ(GetCase(*desk, "case-2").case_links(0).kind(), v1::CaseLink::KIND_FOLLOW_UP_OF);
  // Within the window it is the case itself.
  std::unique_ptr<Desk> within = WithResolvedCase();
  MustDo(*within, Reopen(1099));
  EXPECT_EQ(GetCase(*within).state(), Case::STATE_OPEN);
}

TEST(CasesAtADeskTest, TheMatrixAndTheNamesOfThePack) {
  std::unique_ptr<Desk> desk = MustOpen(kCasesPolicy);
  v1::Command open = Open("case-1");
  open.mutable_case_()->mutable_open_case()->set_impact(1);
  open.mutable_case_()->mutable_open_case()->set_urgency(2);
  const v1::Outcome opened = MustDo(*desk, open);
  EXPECT_EQ(GetCase(*desk).priority(), 2);
  const auto rebuilt = desk->DecisionInputOf(opened.record_id());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->input().case_().assessment().priority(), 2);
  v1::Command prioritize = By("anna", 10);
  prioritize.mutable_case_()->mutable_prioritize_case()->set_case_id("case-1");
  prioritize.mutable_case_()->mutable_prioritize_case()->set_impact(2);
  const auto refused = desk->Execute(prioritize);
  ASSERT_TRUE(refused.ok());
  EXPECT_THAT(Reasons(*refused), ElementsAre("CASE_PRIORITIZE_CELL_MISSING"));
  v1::Command resume = By("anna", 20);
  resume.mutable_case_()->mutable_resume_case()->set_case_id("case-1");
  resume.mutable_case_()->mutable_resume_case()->set_state_name("in the cellar");
  const auto unknown = desk->Execute(resume);
  ASSERT_TRUE(unknown.ok());
  EXPECT_THAT(Reasons(*unknown), ElementsAre("CASE_RESUME_NAME_UNKNOWN"));
  resume.mutable_case_()->mutable_resume_case()->set_state_name("at the bench");
  MustDo(*desk, resume);
  EXPECT_EQ(GetCase(*desk).state_name(), "at the bench");
}

TEST(CasesAtADeskTest, AnImportedCaseHasItsCustomerAndItsText) {
  std::unique_ptr<Desk> desk = MustOpen(R"pb(
    rule_sets {
      id: "imports"
      decision_points: "ImportCase"
      default_outcome: POLICY_OUTCOME_REFUSE
      rules {
        id: "ours"
        order: 1
        outcome: POLICY_OUTCOME_ALLOW
        condition: "customer.customer_id == 'c1'"
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )pb");
  testing::OpenShop(*desk);
  v1::Command import = By("anna", 10);
  Case& imported = *import.mutable_case_()->mutable_import_case()->mutable_case_();
  imported.set_case_id("case-1");
  imported.set_kind(Case::KIND_TROUBLE);
  imported.set_subject("a lamp");
  imported.set_state(Case::STATE_OPEN);
  import.mutable_case_()->mutable_import_case()->mutable_source()->set_system("snow");
  const auto nobody = desk->Execute(import);
  ASSERT_TRUE(nobody.ok());
  EXPECT_EQ(nobody->verdict(), v1::VERDICT_REFUSED);
  imported.set_customer_id("c1");
  const v1::Outcome outcome = MustDo(*desk, import);
  const auto explanation = desk->Explain(outcome.record_id());
  ASSERT_TRUE(explanation.ok());
  EXPECT_THAT(explanation->event_texts(), ElementsAre("case case-1: imported from snow"));
  const auto again = desk->Execute(import);
  ASSERT_TRUE(again.ok());
  EXPECT_THAT(Reasons(*again), ElementsAre("CASE_EXISTS"));
}

// Each event of a case that changes hands has a text without personal data.
TEST(CasesAtADeskTest, HandsInWords) {
  std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll);
  MustDo(*desk, Open("case-1"));
  std::vector<std::string> texts;
  std::int64_t seconds = 10;
  const auto run = [&](v1::Command command) {
    const v1::Outcome outcome = MustDo(*desk, command);
    const auto explanation = desk->Explain(outcome.record_id());
    ASSERT_TRUE(explanation.ok());
    for (const std::string& text : explanation->event_texts()) texts.push_back(text.substr(13));
  };
  const auto by = [&](absl::string_view who) { return By(who, ++seconds); };
  v1::Command command = by("anna");
  command.mutable_case_()->mutable_transfer_case()->set_case_id("case-1");
  command.mutable_case_()->mutable_transfer_case()->set_kind(v1::TransferCase::KIND_COLD);
  command.mutable_case_()->mutable_transfer_case()->set_queue_id("second");
  command.mutable_case_()->mutable_transfer_case()->set_note("Quastenberg is angry");
  run(command);
  command.mutable_case_()->mutable_transfer_case()->set_kind(v1::TransferCase::KIND_WARM);
  command.mutable_case_()->mutable_transfer_case()->set_assignee_id("bob");
  run(command);
  command = by("bob");
  command.mutable_case_()->mutable_decline_case_transfer()->set_case_id("case-1");
  command.mutable_case_()->mutable_decline_case_transfer()->set_note("Quastenberg again");
  run(command);
  command = by("anna");
  command.mutable_case_()->mutable_transfer_case()->set_case_id("case-1");
  command.mutable_case_()->mutable_transfer_case()->set_kind(v1::TransferCase::KIND_WARM);
  command.mutable_case_()->mutable_transfer_case()->set_assignee_id("bob");
  run(command);
  command = by("bob");
  command.mutable_case_()->mutable_accept_case_transfer()->set_case_id("case-1");
  run(command);
  command = by("bob");
  command.mutable_case_()->mutable_consult_on_case()->set_case_id("case-1");
  command.mutable_case_()->mutable_consult_on_case()->set_consultation_id("q1");
  command.mutable_case_()->mutable_consult_on_case()->set_consultant_id("carla");
  command.mutable_case_()->mutable_consult_on_case()->set_question("what does Quastenberg want?");
  run(command);
  command = by("carla");
  command.mutable_case_()->mutable_answer_case_consultation()->set_case_id("case-1");
  command.mutable_case_()->mutable_answer_case_consultation()->set_consultation_id("q1");
  command.mutable_case_()->mutable_answer_case_consultation()->set_answer("a lamp for Quastenberg");
  run(command);
  command = by("bob");
  command.mutable_case_()->mutable_prioritize_case()->set_case_id("case-1");
  command.mutable_case_()->mutable_prioritize_case()->set_impact(2);
  run(command);
  command = by("bob");
  command.mutable_case_()->mutable_name_case_state()->set_case_id("case-1");
  command.mutable_case_()->mutable_name_case_state()->set_state_name("at the bench");
  run(command);
  command = by("bob");
  command.mutable_case_()->mutable_name_case_state()->set_case_id("case-1");
  run(command);
  EXPECT_THAT(
      texts,
      ElementsAre("handed over to queue second", "offered to bob", "offer declined or withdrawn",
                  "offered to bob", "accepted by bob", "now open", "carla asked, consultation q1",
                  "consultation q1 answered by carla", "now of priority 0, impact 2 and urgency 0",
                  "state named at the bench", "state without a name"));
}

}  // namespace
}  // namespace frontdesk
