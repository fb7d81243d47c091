#include "frontdesk/domain/case/case.h"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "case_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/interaction/interaction.h"
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
using v1::InteractionPart;

// ---- The lifecycle ----

constexpr char kCustomer[] = "WAITING_ON_CUSTOMER";
constexpr char kThird[] = "WAITING_ON_THIRD_PARTY";

// The result of each verb in each state, said a second time: a state, or the rest of a reason
// after CASE_. States by number.
struct CaseRow {
  Command command;
  std::vector<std::string> expected;
  v1::CasePolicy policy = {};
};

std::vector<std::string> Imported(const std::string& state) {
  std::vector<std::string> expected(Case::State_ARRAYSIZE, "EXISTS");
  expected[0] = state;
  return expected;
}

std::vector<CaseRow> Expected() {
  const std::string none = "NOT_FOUND";
  v1::CasePolicy late;
  late.mutable_reopen_window()->set_seconds(10);
  v1::CasePolicy chains;
  v1::EscalationChain& chain = *chains.add_escalation_chains();
  chain.set_name("lamps");
  chain.add_steps()->set_queue_id("second");
  chain.set_fallback_queue_id("desk");
  return {
      {Open(),
       {"NEW", "EXISTS", "EXISTS", "EXISTS", "EXISTS", "EXISTS", "EXISTS", "EXISTS", "EXISTS"}},
      {Classify(Case::KIND_TROUBLE),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CLOSED", "CANCELED",
        "CLASSIFY_STATE"}},
      {Assign("bob"),
       {none, "OPEN", "OPEN", kCustomer, kThird, "RESOLVED", "ASSIGN_STATE", "ASSIGN_STATE",
        "ASSIGN_STATE"}},
      {Assign("", "second line"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "ASSIGN_STATE", "ASSIGN_STATE",
        "ASSIGN_STATE"}},
      {KeepState(Assign("bob")),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "ASSIGN_STATE", "ASSIGN_STATE",
        "ASSIGN_STATE"}},
      {AddPart("p", InteractionPart::KIND_MESSAGE),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CLOSED", "CANCELED",
        "ADD_PART_STATE"}},
      {Hold(Case::STATE_WAITING_ON_CUSTOMER, "asked"),
       {none, kCustomer, kCustomer, kCustomer, kCustomer, "PAUSE_STATE", "PAUSE_STATE",
        "PAUSE_STATE", "PAUSE_STATE"}},
      {Hold(Case::STATE_WAITING_ON_THIRD_PARTY, "at the carrier"),
       {none, kThird, kThird, kThird, kThird, "PAUSE_STATE", "PAUSE_STATE", "PAUSE_STATE",
        "PAUSE_STATE"}},
      {Resume(),
       {none, "OPEN", "RESUME_STATE", "OPEN", "OPEN", "RESUME_STATE", "RESUME_STATE",
        "RESUME_STATE", "RESUME_STATE"}},
      {Resolve(),
       {none, "RESOLVED", "RESOLVED", "RESOLVED", "RESOLVED", "RESOLVE_STATE", "RESOLVE_STATE",
        "RESOLVE_STATE", "RESOLVE_STATE"}},
      {Reopen(),
       {none, "REOPEN_STATE", "REOPEN_STATE", "REOPEN_STATE", "REOPEN_STATE", "OPEN", "OPEN",
        "REOPEN_STATE", "REOPEN_STATE"}},
      {Reopen(500, "case-2"),
       {none, "REOPEN_STATE", "REOPEN_STATE", "REOPEN_STATE", "REOPEN_STATE", "RESOLVED", "CLOSED",
        "REOPEN_STATE", "REOPEN_STATE"},
       late},
      {CustomerSays("again"),
       {none, "NEW", "OPEN", "OPEN", kThird, "OPEN", "ADD_PART_OVER", "ADD_PART_OVER",
        "ADD_PART_STATE"}},
      {Close(),
       {none, "CLOSE_REASON_REQUIRED", "CLOSE_REASON_REQUIRED", "CLOSE_REASON_REQUIRED",
        "CLOSE_REASON_REQUIRED", "CLOSED", "CLOSE_STATE", "CLOSE_STATE", "CLOSE_STATE"}},
      {CloseFor("no answer"),
       {none, "CLOSED", "CLOSED", "CLOSED", "CLOSED", "CLOSE_REASON_FORBIDDEN", "CLOSE_STATE",
        "CLOSE_STATE", "CLOSE_STATE"}},
      {Cancel(),
       {none, "CANCELED", "CANCELED", "CANCELED", "CANCELED", "CANCEL_STATE", "CANCEL_STATE",
        "CANCEL_STATE", "CANCEL_STATE"}},
      {Import(Case::STATE_NEW), Imported("NEW")},
      {Import(Case::STATE_OPEN), Imported("OPEN")},
      {Import(Case::STATE_WAITING_ON_CUSTOMER), Imported(kCustomer)},
      {Import(Case::STATE_WAITING_ON_THIRD_PARTY), Imported(kThird)},
      {Import(Case::STATE_RESOLVED), Imported("RESOLVED")},
      {Import(Case::STATE_CLOSED), Imported("CLOSED")},
      {Import(Case::STATE_CANCELED), Imported("CANCELED")},
      {Prioritize(1, 2),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "PRIORITIZE_STATE", "PRIORITIZE_STATE",
        "PRIORITIZE_STATE"}},
      {Transfer(v1::TransferCase::KIND_WARM, "bob"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "TRANSFER_STATE", "TRANSFER_STATE",
        "TRANSFER_STATE"}},
      {Transfer(v1::TransferCase::KIND_COLD, "bob"),
       {none, "OPEN", "OPEN", kCustomer, kThird, "RESOLVED", "TRANSFER_STATE", "TRANSFER_STATE",
        "TRANSFER_STATE"}},
      {Accept("bob"),
       {none, "OPEN", "OPEN", kCustomer, kThird, "RESOLVED", "ACCEPT_TRANSFER_STATE",
        "ACCEPT_TRANSFER_STATE", "ACCEPT_TRANSFER_STATE"}},
      {DeclineOffer("bob"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "DECLINE_TRANSFER_STATE",
        "DECLINE_TRANSFER_STATE", "DECLINE_TRANSFER_STATE"}},
      {Consult("q2", "carla"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CONSULT_STATE", "CONSULT_STATE",
        "CONSULT_STATE"}},
      {Answer("q1", "carla"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CLOSED", "CANCELED", "MERGED"}},
      {Escalate("lamps"),
       {none, "NEW", "OPEN", kCustomer, kThird, "ESCALATE_STATE", "ESCALATE_STATE",
        "ESCALATE_STATE", "ESCALATE_STATE"},
       chains},
      {Refer("r1"),
       {none, kThird, kThird, kThird, kThird, "REFER_STATE", "REFER_STATE", "REFER_STATE",
        "REFER_STATE"}},
      {SetCustomer("c2"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CLOSED", "CANCELED",
        "SET_CUSTOMER_STATE"}},
      {ChangeSubject("two lamps flicker"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CHANGE_SUBJECT_STATE",
        "CHANGE_SUBJECT_STATE", "CHANGE_SUBJECT_STATE"}},
      // The only open referral, and one of two.
      {Withdraw("f1"),
       {none, "WITHDRAW_REFERRAL_STATE", "WITHDRAW_REFERRAL_STATE", "WITHDRAW_REFERRAL_STATE",
        "OPEN", "WITHDRAW_REFERRAL_STATE", "WITHDRAW_REFERRAL_STATE", "WITHDRAW_REFERRAL_STATE",
        "WITHDRAW_REFERRAL_STATE"}},
      {Withdraw("f2"),
       {none, "WITHDRAW_REFERRAL_STATE", "WITHDRAW_REFERRAL_STATE", "WITHDRAW_REFERRAL_STATE",
        kThird, "WITHDRAW_REFERRAL_STATE", "WITHDRAW_REFERRAL_STATE", "WITHDRAW_REFERRAL_STATE",
        "WITHDRAW_REFERRAL_STATE"}},
      {Correct("repaired"),
       {none, "CORRECT_RESOLUTION_STATE", "CORRECT_RESOLUTION_STATE", "CORRECT_RESOLUTION_STATE",
        "CORRECT_RESOLUTION_STATE", "RESOLVED", "CLOSED", "CORRECT_RESOLUTION_STATE",
        "CORRECT_RESOLUTION_STATE"}},
      {ChangeIds({"7"}),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CLOSED", "CANCELED",
        "CHANGE_EXTERNAL_IDS_STATE"}},
      {AddFollower("p1", "dora"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CLOSED", "CANCELED",
        "ADD_PARTICIPANT_STATE"}},
      {RemoveParticipant("p0"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CLOSED", "CANCELED",
        "REMOVE_PARTICIPANT_STATE"}},
      {NameState("at the bench"),
       {none, "NEW", "OPEN", kCustomer, kThird, "RESOLVED", "CLOSED", "CANCELED",
        "NAME_STATE_STATE"}},
  };
}

// The case in that state, with a participant, asked about, offered to somebody, and referred as far as can be: twice for a command about referral f2.
Case Ready(Case::State state, const Command& command) {
  Case current_case = Made(state);
  if (state == Case::STATE_UNSPECIFIED) return current_case;
  v1::CaseConsultation& asked = *current_case.add_consultations();
  asked.set_consultation_id("q1");
  asked.set_consultant_id("carla");
  current_case.add_participants()->set_participant_id("p0");
  if (state > Case::STATE_RESOLVED) return current_case;
  if (state == Case::STATE_WAITING_ON_THIRD_PARTY) {
    current_case.add_referrals()->set_referral_id("f1");
    if (command.case_().withdraw_referral().referral_id() == "f2") {
      current_case.add_referrals()->set_referral_id("f2");
    }
  }
  current_case.mutable_transfer_offer()->set_assignee_id("bob");
  return current_case;
}

TEST(CaseLifecycleTest, EveryStateAndVerb) {
  for (const CaseRow& row : Expected()) {
    for (int state = 0; state <= Case::State_MAX; ++state) {
      SCOPED_TRACE(absl::StrCat(FindCommand(row.command)->name, " in state ", state));
      Case current_case = Ready(static_cast<Case::State>(state), row.command);
      ASSERT_EQ(current_case.state(), state);
      const Case before = current_case;
      const std::vector<std::string> reasons = Do(row.command, &current_case, row.policy);
      if (reasons.empty()) {
        EXPECT_EQ(Case::State_Name(current_case.state()), "STATE_" + row.expected[state]);
      } else {
        EXPECT_THAT(reasons, ElementsAre("CASE_" + row.expected[state]));
        EXPECT_TRUE(MessageDifferencer::Equals(before, current_case));
      }
    }
  }
}

// Every cell is there once, and holds exactly the states that its verb can lead to.
TEST(CaseLifecycleTest, TheTableSaysWhatIsDone) {
  std::set<std::pair<int, int>> cells;
  for (const Transition& cell : CaseLifecycle().transitions()) {
    const int verb = cell.command->number;
    SCOPED_TRACE(absl::StrCat(cell.command->name, " in state ", cell.from));
    EXPECT_TRUE(cells.insert({verb, cell.from}).second);
    EXPECT_EQ(cell.to.empty(), cell.refusal_reason != nullptr);
    // Those of several cases: case_links_test.cc.
    if (verb >= v1::CaseCommand::kLinkCase && verb < v1::CaseCommand::kEscalateCase) continue;
    std::set<int> reached;
    for (const CaseRow& row : Expected()) {
      if (FindCommand(row.command) != cell.command) continue;
      Case current_case = Ready(static_cast<Case::State>(cell.from), row.command);
      const std::vector<std::string> reasons = Do(row.command, &current_case, row.policy);
      if (reasons.empty()) {
        reached.insert(current_case.state());
      } else if (cell.refusal_reason != nullptr) {
        EXPECT_THAT(reasons, ElementsAre(std::string(cell.refusal_reason->word)));
      } else {
        // Other arguments would do.
        EXPECT_THAT(reasons, ElementsAre("CASE_" + row.expected[cell.from]));
      }
    }
    // One that is merged in its source has a survivor: case_import_dirt_test.cc.
    if (verb == v1::CaseCommand::kImportCase && cell.from == Case::STATE_UNSPECIFIED) {
      reached.insert(Case::STATE_MERGED);
    }
    EXPECT_EQ(reached, std::set<int>(cell.to.begin(), cell.to.end()));
  }
  size_t verbs = 0;
  for (const CommandInfo& info : Commands()) verbs += info.entity_kind == v1::ENTITY_KIND_CASE;
  EXPECT_EQ(cells.size(), verbs * Case::State_ARRAYSIZE);
}

TEST(CaseLifecycleTest, RefusedTransitionsNameTheAllowedOnes) {
  const Decided decided = Decide(Reopen(), Made(Case::STATE_OPEN));
  std::string possible;
  for (const Transition& cell : CaseLifecycle().transitions()) {
    if (cell.from != Case::STATE_OPEN || cell.to.empty()) continue;
    absl::StrAppend(&possible, possible.empty() ? "" : ", ", cell.command->name);
  }
  ASSERT_EQ(decided.refusals.size(), 1u);
  const v1::Refusal& refusal = decided.refusals[0];
  EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_INVARIANT);
  EXPECT_EQ(
      refusal.text(),
      "ReopenCase is possible in RESOLVED, CLOSED, and the state is OPEN; possible in OPEN are " +
          possible);
  ASSERT_EQ(refusal.details_size(), 3);
  EXPECT_EQ(refusal.details(1).name(), "possible_in");
  EXPECT_EQ(refusal.details(1).value(), "RESOLVED, CLOSED");
  EXPECT_EQ(refusal.details(2).value(), possible);
  EXPECT_THAT(possible, testing::StartsWith("ClassifyCase, AssignCase, AddCasePart, PauseCase, "));
  const v1::Refusal canceled = Decide(Reopen(), Made(Case::STATE_CANCELED)).refusals[0];
  EXPECT_EQ(canceled.text(),
            "ReopenCase is possible in RESOLVED, CLOSED, and the state is CANCELED; possible in "
            "CANCELED are ClassifyCase, AddCasePart, AnswerCaseConsultation, NameCaseState, "
            "LinkCase, UnlinkCase, "
            "CompleteCaseTask, RemoveCaseTask, UnmergeCases, SetCaseCustomer, "
            "ChangeCaseExternalIds, AddCaseParticipant, RemoveCaseParticipant");
  EXPECT_EQ(Decide(Close(), Case()).refusals[0].origin(), v1::Refusal::ORIGIN_NOT_FOUND);
  EXPECT_EQ(Decide(Open(), Made(Case::STATE_NEW)).refusals[0].origin(),
            v1::Refusal::ORIGIN_INVARIANT);
}

TEST(CaseLifecycleTest, AStateThatIsNotKnown) {
  Case current_case = Made(Case::STATE_OPEN);
  current_case.set_state(static_cast<Case::State>(99));
  EXPECT_THAT(Reasons(Decide(Close(), current_case).refusals), ElementsAre("ENTITY_STATE_UNKNOWN"));
  EXPECT_THAT(Reasons(Decide(Open(), current_case).refusals), ElementsAre("CASE_EXISTS"));
}

// ---- What is recorded ----

TEST(CaseTest, Opened) {
  Command open = Open();
  open.mutable_case_()->mutable_open_case()->set_customer_id("customer-1");
  open.mutable_case_()->mutable_open_case()->set_queue_id("first line");
  v1::EntityRef& link = *open.mutable_case_()->mutable_open_case()->add_links();
  link.set_kind(v1::ENTITY_KIND_ORDER);
  link.set_id("order-1");
  const Case current_case = After({open});
  EXPECT_EQ(current_case.case_id(), kId);
  EXPECT_EQ(current_case.kind(), Case::KIND_COMPLAINT);
  EXPECT_EQ(current_case.subject(), "a lamp that does not light");
  EXPECT_EQ(current_case.customer_id(), "customer-1");
  EXPECT_EQ(current_case.queue_id(), "first line");
  EXPECT_EQ(current_case.links(0).id(), "order-1");
  EXPECT_EQ(current_case.open_time().seconds(), 100);
  EXPECT_EQ(Spans(current_case), "NEW@100");
}

TEST(CaseTest, SpansHoldTheWholeLife) {
  Case current_case = After({
      Open(100),
      Assign("ann", "", 110),
      Hold(Case::STATE_WAITING_ON_CUSTOMER, "asked", 120),
      Hold(Case::STATE_WAITING_ON_CUSTOMER, "asked again", 130),
      Resume(140),
      Resolve(150),
  });
  EXPECT_EQ(current_case.state_name(), "");
  EXPECT_FALSE(current_case.has_close_time());
  EXPECT_THAT(Do(Close(160), &current_case), IsEmpty());
  EXPECT_EQ(current_case.close_time().seconds(), 160);
  EXPECT_THAT(Do(Reopen(170), &current_case), IsEmpty());
  EXPECT_FALSE(current_case.has_close_time());
  EXPECT_EQ(current_case.reopen_count(), 1);
  EXPECT_THAT(Do(Resolve(180), &current_case), IsEmpty());
  EXPECT_THAT(Do(Reopen(190), &current_case), IsEmpty());
  EXPECT_EQ(current_case.reopen_count(), 2);
  EXPECT_THAT(Do(Cancel(200), &current_case), IsEmpty());
  EXPECT_EQ(current_case.close_time().seconds(), 200);
  EXPECT_EQ(Spans(current_case),
            "NEW@100 OPEN@110 WAITING_ON_CUSTOMER/asked@120 WAITING_ON_CUSTOMER/asked again@130 "
            "OPEN@140 RESOLVED@150 CLOSED@160 OPEN@170 RESOLVED@180 OPEN@190 CANCELED@200");
  EXPECT_EQ(current_case.resolutions_size(), 2);
  EXPECT_EQ(current_case.resolutions(1).time().seconds(), 180);
}

TEST(CaseTest, Resolution) {
  Command resolve = Resolve(120);
  resolve.mutable_case_()->mutable_resolve_case()->set_remedy("store credit");
  resolve.mutable_case_()->mutable_resolve_case()->mutable_remedy_amount()->set_units(1500);
  resolve.mutable_case_()->mutable_resolve_case()->mutable_remedy_amount()->set_currency_code(
      "EUR");
  resolve.mutable_case_()->mutable_resolve_case()->set_note("she was glad");
  const Case current_case = After({Open(), resolve});
  ASSERT_EQ(current_case.resolutions_size(), 1);
  EXPECT_EQ(current_case.resolutions(0).code(), "replaced");
  EXPECT_EQ(current_case.resolutions(0).remedy(), "store credit");
  EXPECT_EQ(current_case.resolutions(0).remedy_amount().units(), 1500);
  EXPECT_EQ(current_case.resolutions(0).note(), "she was glad");
}

TEST(CaseTest, ReassignmentsCountChangesOfQueue) {
  struct Step {
    Command command;
    int count;
  };
  Command open = Open();
  open.mutable_case_()->mutable_open_case()->set_queue_id("first");
  const Step steps[] = {
      {open, 0},
      {Assign("ann"), 0},            // From its queue to Ann, as intended.
      {Assign("bob"), 0},            // From Ann to Bob, in the queue.
      {Assign("bob", "second"), 1},  // From queue to queue.
      {Assign("", "second"), 1},     // From Bob back to the queue.
      {Assign("", "third"), 2},      // From queue to queue.
      {Assign("ann"), 2},
      {Assign("", "first"), 3},
      {Assign("cid", "second"), 4},  // From the first queue to somebody in the second.
  };
  Case current_case;
  for (const Step& step : steps) {
    ASSERT_THAT(Do(step.command, &current_case), IsEmpty());
    EXPECT_EQ(current_case.reassignment_count(), step.count);
  }
  EXPECT_EQ(current_case.assignee_id(), "cid");
  EXPECT_EQ(current_case.queue_id(), "second");
}

TEST(CaseTest, WithoutAQueueReassignmentsAreFromPersonToPerson) {
  Case current_case = After({Open()});
  ASSERT_EQ(current_case.queue_id(), "");
  for (const auto& [assignee, count] : {std::pair{"ann", 0}, {"bob", 1}, {"ann", 2}}) {
    ASSERT_THAT(Do(Assign(assignee), &current_case), IsEmpty());
    EXPECT_EQ(current_case.reassignment_count(), count);
  }
  // Into its first queue, with its assignee.
  ASSERT_THAT(Do(Assign("ann", "first"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.reassignment_count(), 2);
}

TEST(CaseTest, WorkCanBeginWithoutAnybodyNamed) {
  const Case current_case = After({Open(), Resume(110)});
  EXPECT_EQ(current_case.state(), Case::STATE_OPEN);
  EXPECT_EQ(current_case.assignee_id(), "");
}

TEST(CaseTest, ANewCaseOpensWhenItIsGivenToSomebody) {
  const Decided to_queue = Decide(Assign("", "first"), Made(Case::STATE_NEW));
  EXPECT_EQ(to_queue.events.size(), 1u);
  const Decided to_ann = Decide(Assign("ann", "", 110), Made(Case::STATE_NEW));
  ASSERT_EQ(to_ann.events.size(), 2u);
  EXPECT_TRUE(to_ann.events[0].case_().has_case_assigned());
  EXPECT_EQ(to_ann.events[1].case_().case_state_changed().state(), Case::STATE_OPEN);
  EXPECT_EQ(Spans(After({Open(), Assign("ann", "", 110)})), "NEW@100 OPEN@110");
}

TEST(CaseTest, Tags) {
  Case current_case = After({Open(), Classify(Case::KIND_UNSPECIFIED, {"lamp", "fragile"})});
  EXPECT_EQ(current_case.kind(), Case::KIND_COMPLAINT);
  EXPECT_THAT(current_case.tags(), ElementsAre("lamp", "fragile"));
  EXPECT_THAT(Do(Classify(Case::KIND_TROUBLE, {"fragile", "glass"}, {"lamp", "never there"}),
                 &current_case),
              IsEmpty());
  EXPECT_EQ(current_case.kind(), Case::KIND_TROUBLE);
  EXPECT_THAT(current_case.tags(), ElementsAre("fragile", "glass"));
}

v1::Attribute Text(const std::string& name, const std::string& value) {
  v1::Attribute attribute;
  attribute.set_name(name);
  attribute.set_string_value(value);
  return attribute;
}

v1::Attribute Number(const std::string& name, int64_t value) {
  v1::Attribute attribute;
  attribute.set_name(name);
  attribute.set_int_value(value);
  return attribute;
}

Command SetAttributes(const std::vector<v1::Attribute>& set,
                      const std::vector<std::string>& remove = {}) {
  Command command = Classify(Case::KIND_UNSPECIFIED);
  for (const v1::Attribute& attribute : set) {
    *command.mutable_case_()->mutable_classify_case()->add_set_attributes() = attribute;
  }
  for (const std::string& name : remove) {
    command.mutable_case_()->mutable_classify_case()->add_remove_attributes(name);
  }
  return command;
}

// "colour=red watts=60".
std::string AttributesOf(const Case& current_case) {
  std::string text;
  for (const v1::Attribute& attribute : current_case.attributes()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", attribute.name(), "=",
                    attribute.string_value());
    if (attribute.has_int_value()) absl::StrAppend(&text, attribute.int_value());
  }
  return text;
}

TEST(CaseTest, Attributes) {
  Command open = Open();
  *open.mutable_case_()->mutable_open_case()->add_attributes() = Text("colour", "red");
  Case current_case = After({open, Classify(Case::KIND_TROUBLE, {"lamp"})});
  EXPECT_EQ(AttributesOf(current_case), "colour=red");
  ASSERT_THAT(Do(SetAttributes({Number("watts", 60)}), &current_case), IsEmpty());
  EXPECT_EQ(AttributesOf(current_case), "colour=red watts=60");
  EXPECT_THAT(current_case.tags(), ElementsAre("lamp"));
  ASSERT_THAT(Do(SetAttributes({Text("colour", "green")}, {"watts", "size"}), &current_case),
              IsEmpty());
  EXPECT_EQ(AttributesOf(current_case), "colour=green");
  EXPECT_TRUE(ChangesNothing(SetAttributes({Text("colour", "green")}, {"watts"}), current_case));
}

TEST(CaseTest, AttributesAreThoseThatThePackDefines) {
  const std::vector<v1::Attribute> wrong = {Text("watts", "60"), Text("colour", "blue"),
                                            Number("size", 3)};
  Command open = Open();
  for (const v1::Attribute& attribute : wrong) {
    *open.mutable_case_()->mutable_open_case()->add_attributes() = attribute;
  }
  const std::vector<std::string> reasons = {"ATTRIBUTE_TYPE", "ATTRIBUTE_VALUE",
                                            "ATTRIBUTE_UNDEFINED"};
  EXPECT_EQ(Reasons(Decide(open, Case()).refusals), reasons);
  const Decided classified = Decide(SetAttributes(wrong), Made(Case::STATE_NEW));
  EXPECT_EQ(Reasons(classified.refusals), reasons);
  EXPECT_EQ(classified.refusals.at(2).field(), "classify_case.set_attributes[2].name");
}

TEST(CaseTest, Invariants) {
  const Case open =
      After({Open(), Assign("ann", "first", 110), AddPart("hidden", InteractionPart::KIND_MESSAGE),
             Classify(Case::KIND_UNSPECIFIED, {"lamp"})});
  const Case waiting = After({Open(), Hold(Case::STATE_WAITING_ON_CUSTOMER, "asked", 120)});
  const Case resolved = After({Open(), Resolve(120)});
  const Case fresh = After({Open()});
  const InteractionPart::Kind message = InteractionPart::KIND_MESSAGE;
  struct Row {
    const char* what;
    Command command;
    const Case* current_case;
    std::vector<std::string> reasons;
  };
  const Row rows[] = {
      {"taken id", AddPart("hidden", message), &open, {"CASE_ADD_PART_ID_EXISTS"}},
      {"correction of nothing",
       AddPart("p", message, v1::VISIBILITY_INTERNAL, "none"),
       &open,
       {"CASE_ADD_PART_CORRECTS_UNKNOWN"}},
      {"all of a part",
       AddPart("hidden", message, v1::VISIBILITY_PUBLIC, "hidden"),
       &open,
       {"CASE_ADD_PART_ID_EXISTS", "CASE_ADD_PART_MORE_VISIBLE"}},
      {"same queue, nobody", Assign("", "first"), &open, {}},
      {"given away before it came", Assign("ann", "", 99), &fresh, {"CASE_ASSIGN_TIME"}},
      {"given away at once", Assign("ann", "", 100), &fresh, {}},
      {"other name of it", Hold(Case::STATE_WAITING_ON_CUSTOMER), &waiting, {}},
      {"hold earlier", Hold(Case::STATE_WAITING_ON_CUSTOMER, "", 109), &open, {"CASE_PAUSE_TIME"}},
      {"resume earlier", Resume(119), &waiting, {"CASE_RESUME_TIME"}},
      {"resume at once", Resume(120), &waiting, {}},
      {"resolve earlier", Resolve(119), &waiting, {"CASE_RESOLVE_TIME"}},
      {"cancel earlier", Cancel(119), &waiting, {"CASE_CANCEL_TIME"}},
      {"reopen earlier", Reopen(119), &resolved, {"CASE_REOPEN_TIME"}},
      {"close earlier", Close(119), &resolved, {"CASE_CLOSE_TIME"}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Reasons(Decide(row.command, *row.current_case).refusals), row.reasons) << row.what;
  }
}

TEST(CaseTest, UnchangedByTheSameOnceMore) {
  const Case open =
      After({Open(), Assign("ann", "first", 110), Classify(Case::KIND_UNSPECIFIED, {"lamp"})});
  const Case waiting = After({Open(), Hold(Case::STATE_WAITING_ON_CUSTOMER, "asked", 120)});
  const Command hold = Hold(Case::STATE_WAITING_ON_CUSTOMER, "asked");
  for (const Command& command :
       {Classify(Case::KIND_COMPLAINT), Classify(Case::KIND_UNSPECIFIED, {"lamp"}),
        Classify(Case::KIND_UNSPECIFIED, {}, {"none"}), Assign("ann"), Assign("ann", "first"),
        Transfer(v1::TransferCase::KIND_WARM, "ann"), NameState("")}) {
    EXPECT_TRUE(ChangesNothing(command, open)) << command.ShortDebugString();
  }
  EXPECT_TRUE(ChangesNothing(hold, waiting));
  for (const Command& command :
       {Classify(Case::KIND_TROUBLE), Classify(Case::KIND_COMPLAINT, {"fan"}),
        Classify(Case::KIND_COMPLAINT, {}, {"lamp"}), Assign("", "first"), Assign("ann", "second"),
        Assign("bob"), Transfer(v1::TransferCase::KIND_WARM, "bob"), NameState("at work"), hold}) {
    EXPECT_FALSE(ChangesNothing(command, open)) << command.ShortDebugString();
  }
  EXPECT_FALSE(ChangesNothing(Hold(Case::STATE_WAITING_ON_CUSTOMER), waiting));
  EXPECT_FALSE(ChangesNothing(Hold(Case::STATE_WAITING_ON_THIRD_PARTY, "asked"), waiting));
  // A state that refuses the command does so although it would change nothing.
  Case closed = open;
  closed.set_state(Case::STATE_CLOSED);
  EXPECT_EQ(Reasons(Decide(Assign("ann"), closed).refusals),
            std::vector<std::string>{"CASE_ASSIGN_STATE"});
}

// A case that its assignee has not begun: to give it to the same person is to begin it.
TEST(CaseTest, UnchangedUnlessWorkBegins) {
  Case fresh = After({Open()});
  fresh.set_assignee_id("ann");
  EXPECT_FALSE(ChangesNothing(Assign("ann"), fresh));
  EXPECT_FALSE(ChangesNothing(Transfer(v1::TransferCase::KIND_COLD, "ann"), fresh));
  Command assign = Assign("ann");
  assign.mutable_case_()->mutable_assign_case()->set_keeps_state(true);
  EXPECT_TRUE(ChangesNothing(assign, fresh));
  Command transfer = Transfer(v1::TransferCase::KIND_COLD, "ann");
  transfer.mutable_case_()->mutable_transfer_case()->set_keeps_state(true);
  EXPECT_TRUE(ChangesNothing(transfer, fresh));
}

// ---- Arguments ----

TEST(CaseArgumentsTest, AllInvalidFieldsAreReported) {
  Command open = At(1);
  v1::OpenCase& verb = *open.mutable_case_()->mutable_open_case();
  verb.set_kind(static_cast<Case::Kind>(77));
  verb.add_links()->set_kind(v1::ENTITY_KIND_CUSTOMER);
  for (int i = 0; i < 2; ++i) {
    v1::EntityRef& link = *verb.add_links();
    link.set_kind(v1::ENTITY_KIND_ORDER);
    link.set_id("order-1");
  }
  EXPECT_THAT(Places(CheckCaseArguments(open.case_())),
              ElementsAre("ARGUMENT_REQUIRED at open_case.case_id",
                          "ARGUMENT_UNKNOWN_VALUE at open_case.kind",
                          "ARGUMENT_REQUIRED at open_case.subject",
                          "ARGUMENT_UNKNOWN_VALUE at open_case.links[0].kind",
                          "ARGUMENT_REQUIRED at open_case.links[0].id",
                          "ARGUMENT_DUPLICATE at open_case.links[2]"));
  Command many = Open();
  for (int i = 0; i < 101; ++i) {
    v1::EntityRef& link = *many.mutable_case_()->mutable_open_case()->add_links();
    link.set_kind(v1::ENTITY_KIND_INTERACTION);
    link.set_id(absl::StrCat("call-", i));
  }
  EXPECT_THAT(Places(CheckCaseArguments(many.case_())),
              ElementsAre("ARGUMENT_COUNT at open_case.links"));

  EXPECT_THAT(Places(CheckCaseArguments(Classify(Case::KIND_UNSPECIFIED).case_())),
              ElementsAre("ARGUMENT_REQUIRED at classify_case.kind"));
  EXPECT_THAT(
      Places(CheckCaseArguments(
          Classify(static_cast<Case::Kind>(77), {"a", "", "a", "b"}, {"c", "b", ""}).case_())),
      ElementsAre("ARGUMENT_UNKNOWN_VALUE at classify_case.kind",
                  "ARGUMENT_REQUIRED at classify_case.add_tags[1]",
                  "ARGUMENT_DUPLICATE at classify_case.add_tags[2]",
                  "ARGUMENT_DUPLICATE at classify_case.remove_tags[1]",
                  "ARGUMENT_REQUIRED at classify_case.remove_tags[2]"));
  EXPECT_THAT(
      Places(CheckCaseArguments(
          SetAttributes({Text("a", "b"), v1::Attribute(), Text("a", "c")}, {"", "a", "b", "b"})
              .case_())),
      ElementsAre("ARGUMENT_REQUIRED at classify_case.set_attributes[1].name",
                  "ARGUMENT_REQUIRED at classify_case.set_attributes[1]",
                  "ARGUMENT_DUPLICATE at classify_case.set_attributes[2].name",
                  "ARGUMENT_REQUIRED at classify_case.remove_attributes[0]",
                  "ARGUMENT_DUPLICATE at classify_case.remove_attributes[1]",
                  "ARGUMENT_DUPLICATE at classify_case.remove_attributes[3]"));
  EXPECT_THAT(CheckCaseArguments(Assign("", "").case_()), IsEmpty());
  Command part = At(1);
  part.mutable_case_()->mutable_add_case_part();
  EXPECT_THAT(Places(CheckCaseArguments(part.case_())),
              ElementsAre("ARGUMENT_REQUIRED at add_case_part.case_id",
                          "ARGUMENT_REQUIRED at add_case_part.part"));
  EXPECT_THAT(Places(CheckCaseArguments(
                  AddPart("p", InteractionPart::KIND_NOTE, v1::VISIBILITY_PUBLIC).case_())),
              ElementsAre("ARGUMENT_UNKNOWN_VALUE at add_case_part.part.visibility"));
  EXPECT_THAT(Places(CheckCaseArguments(Hold(Case::STATE_UNSPECIFIED).case_())),
              ElementsAre("ARGUMENT_REQUIRED at pause_case.state"));
  EXPECT_THAT(Places(CheckCaseArguments(Hold(Case::STATE_CLOSED).case_())),
              ElementsAre("ARGUMENT_UNKNOWN_VALUE at pause_case.state"));
  Command resolve = At(1);
  resolve.mutable_case_()->mutable_resolve_case()->mutable_remedy_amount()->set_units(-1);
  EXPECT_THAT(Places(CheckCaseArguments(resolve.case_())),
              ElementsAre("ARGUMENT_REQUIRED at resolve_case.case_id",
                          "ARGUMENT_REQUIRED at resolve_case.code",
                          "ARGUMENT_REQUIRED at resolve_case.remedy",
                          "ARGUMENT_CURRENCY_UNKNOWN at resolve_case.remedy_amount.currency_code",
                          "ARGUMENT_OUT_OF_RANGE at resolve_case.remedy_amount.units"));
  Command cancel = At(1);
  cancel.mutable_case_()->mutable_cancel_case();
  EXPECT_THAT(Places(CheckCaseArguments(cancel.case_())),
              ElementsAre("ARGUMENT_REQUIRED at cancel_case.case_id",
                          "ARGUMENT_REQUIRED at cancel_case.reason"));
  for (Command command : {Resume(), Reopen(), Close()}) {
    EXPECT_THAT(CheckCaseArguments(command.case_()), IsEmpty());
  }
  Command resume = At(1);
  resume.mutable_case_()->mutable_resume_case();
  EXPECT_THAT(Places(CheckCaseArguments(resume.case_())),
              ElementsAre("ARGUMENT_REQUIRED at resume_case.case_id"));
}

TEST(CaseArgumentsTest, OtherEntities) {
  Command command = At(1);
  command.mutable_order()->mutable_cancel_order();
  EXPECT_THAT(CheckCaseArguments(command.case_()), IsEmpty());
  EXPECT_THAT(CheckCaseArguments(Command().case_()), IsEmpty());
  v1::CaseDecisionInput input;
  EXPECT_EQ(GetReason(DecideCase(input).status()), "COMMAND_WRONG_ENTITY");
  SetCommand(command, &input);
  EXPECT_EQ(GetReason(DecideCase(input).status()), "COMMAND_WRONG_ENTITY");
}

// ---- Laws over random lives ----

Command AnyCommand(std::mt19937_64& random, int64_t seconds) {
  const auto any = [&](const char* word, int count) {
    return absl::StrCat(word, random() % static_cast<uint64_t>(count));
  };
  switch (random() % 20) {
    case 0:
      return Open(seconds);
    case 1:
      return Classify(static_cast<Case::Kind>(random() % 7), {any("tag", 4)}, {}, seconds);
    case 2:
    case 3: {
      const Command assign = Assign(random() % 3 == 0 ? "" : any("agent", 3),
                                    random() % 2 == 0 ? "" : any("queue", 3), seconds);
      return random() % 2 == 0 ? assign : KeepState(assign);
    }
    case 4:
      return Hold(
          random() % 2 == 0 ? Case::STATE_WAITING_ON_CUSTOMER : Case::STATE_WAITING_ON_THIRD_PARTY,
          random() % 2 == 0 ? "" : any("name", 2), seconds);
    case 5:
      return Resume(seconds);
    case 6:
      return ResolveAs(random() % 2 == 0 ? "" : any("name", 2), seconds);
    case 7:
      return Reopen(seconds);
    case 8:
      return random() % 4 == 0 ? CloseAs(random() % 2 == 0 ? "" : any("name", 2),
                                         random() % 2 == 0 ? "" : any("reason", 2), seconds)
                               : Reopen(seconds);
    case 9:
      return random() % 8 == 0 ? Cancel(seconds) : Resume(seconds);
    case 10:
    case 11:
      return Transfer(random() % 2 == 0 ? v1::TransferCase::KIND_WARM : v1::TransferCase::KIND_COLD,
                      random() % 3 == 0 ? "" : any("agent", 3),
                      random() % 2 == 0 ? "" : any("queue", 3), seconds, any("agent", 3));
    case 12:
    case 13:
      return Accept(any("agent", 3), seconds);
    case 14:
      return DeclineOffer(any("agent", 3), seconds);
    case 15:
      return Consult(any("q", 4), any("agent", 3), seconds);
    case 16:
      return Answer(any("q", 4), any("agent", 3), seconds);
    case 17:
      return NameState(random() % 2 == 0 ? "" : any("name", 2), seconds);
    case 18:
      return Prioritize(static_cast<int>(random() % 3), static_cast<int>(random() % 3), seconds);
    case 19:
      return CustomerSays(random() % 2 == 0 ? any("again", 4) : any("thanks", 4), seconds);
    default:
      return AddPart(any("p", 12), static_cast<InteractionPart::Kind>(1 + random() % 3),
                     static_cast<v1::Visibility>(random() % 3),
                     random() % 2 == 0 ? "" : any("p", 12), seconds);
  }
}

void CheckLaws(const Case& current_case, int reopened) {
  ASSERT_GE(current_case.state_spans_size(), 1);
  for (int i = 0; i < current_case.state_spans_size(); ++i) {
    const v1::CaseStateSpan& span = current_case.state_spans(i);
    if (i == 0) {
      EXPECT_EQ(span.state(), Case::STATE_NEW);
      continue;
    }
    const v1::CaseStateSpan& before = current_case.state_spans(i - 1);
    EXPECT_LE(before.start_time().seconds(), span.start_time().seconds());
    EXPECT_TRUE(before.state() != span.state() || before.state_name() != span.state_name());
  }
  const v1::CaseStateSpan& last = current_case.state_spans(current_case.state_spans_size() - 1);
  EXPECT_EQ(last.state(), current_case.state());
  EXPECT_EQ(last.state_name(), current_case.state_name());
  const bool over =
      current_case.state() == Case::STATE_CLOSED || current_case.state() == Case::STATE_CANCELED;
  EXPECT_EQ(current_case.has_close_time(), over);
  // One that ended has a resolution or a reason.
  if (!over) {
    EXPECT_EQ(current_case.end_reason(), "");
  } else {
    int last_resolved = -1;
    int last_worked_on = -1;
    for (int i = 0; i < current_case.state_spans_size(); ++i) {
      const Case::State state = current_case.state_spans(i).state();
      if (state == Case::STATE_RESOLVED) last_resolved = i;
      if (state < Case::STATE_RESOLVED) last_worked_on = i;
    }
    EXPECT_EQ(current_case.end_reason().empty(), last_resolved > last_worked_on);
  }
  for (const v1::CaseStateSpan& span : current_case.state_spans()) {
    EXPECT_NE(span.actor_id(), "");
  }
  EXPECT_EQ(current_case.reopen_count(), reopened);
  int resolved = 0;
  Case::State before = Case::STATE_UNSPECIFIED;  // A stretch may have had several names.
  for (const v1::CaseStateSpan& span : current_case.state_spans()) {
    resolved += span.state() == Case::STATE_RESOLVED && before != Case::STATE_RESOLVED;
    before = span.state();
  }
  EXPECT_LE(current_case.has_transfer_offer(), !over);
  for (const v1::CaseConsultation& asked : current_case.consultations()) {
    EXPECT_EQ(asked.has_answer_time(), !asked.answer().empty());
    EXPECT_EQ(asked.answerer_id(), asked.has_answer_time() ? asked.consultant_id() : "");
  }
  EXPECT_EQ(current_case.resolutions_size(), resolved);
  std::map<std::string, bool> is_public;
  for (const InteractionPart& part : current_case.parts()) {
    EXPECT_TRUE(is_public.emplace(part.part_id(), IsPublic(part)).second);
    EXPECT_FALSE(part.kind() == InteractionPart::KIND_NOTE && IsPublic(part));
    if (part.corrects_part_id().empty()) continue;
    ASSERT_EQ(is_public.count(part.corrects_part_id()), 1u);
    EXPECT_LE(IsPublic(part), is_public[part.corrects_part_id()]);
  }
}

TEST(CaseLawsTest, HoldOverRandomLives) {
  const char* given = std::getenv("FRONTDESK_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : uint64_t{std::random_device{}()};
  std::cout << "FRONTDESK_TEST_SEED=" << seed << std::endl;
  std::mt19937_64 random(seed);
  int done = 0;
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    Case current_case;
    int reopened = 0;
    int64_t seconds = 1000;
    for (int step = 0; step < 40; ++step) {
      seconds += static_cast<int64_t>(random() % 4) - 1;  // Now and then a clock goes back.
      const Command command = step == 0 ? Open(seconds) : AnyCommand(random, seconds);
      if (!CheckCaseArguments(command.case_()).empty()) continue;
      const Case before = current_case;
      if (Do(command, &current_case).empty()) {
        ++done;
        reopened += before.state() == Case::STATE_RESOLVED || before.state() == Case::STATE_CLOSED
                        ? current_case.state() == Case::STATE_OPEN
                        : 0;
        // Parts are added and nothing else becomes of them.
        for (int i = 0; i < before.parts_size(); ++i) {
          ASSERT_TRUE(MessageDifferencer::Equals(before.parts(i), current_case.parts(i)));
        }
      } else {
        ++refused;
        ASSERT_TRUE(MessageDifferencer::Equals(before, current_case));
      }
      CheckLaws(current_case, reopened);
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_GT(done, 1000);
  EXPECT_GT(refused, 1000);
}

// ---- Folding ----

TEST(EvolveCaseTest, EventsOfOthersAreNotFolded) {
  const auto event = [] {
    v1::Event made;
    made.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
    made.mutable_entity()->set_id(kId);
    return made;
  };
  struct Row {
    const char* what;
    Case::State state;
    v1::Event event;
  };
  std::vector<Row> rows;
  const auto add = [&](const char* what, Case::State state) -> v1::Event& {
    rows.push_back({what, state, event()});
    return rows.back().event;
  };
  add("no fact", Case::STATE_OPEN);
  *add("opened twice", Case::STATE_NEW).mutable_case_()->mutable_case_opened()->mutable_case_() =
      Made(Case::STATE_NEW);
  add("opened as nothing", Case::STATE_UNSPECIFIED).mutable_case_()->mutable_case_opened();
  add("before it was opened", Case::STATE_UNSPECIFIED).mutable_case_()->mutable_case_classified();
  add("of an order", Case::STATE_OPEN).mutable_order()->mutable_order_canceled();
  v1::Event& other = add("about another case", Case::STATE_OPEN);
  other.mutable_case_()->mutable_case_classified();
  other.mutable_entity()->set_id("case-2");
  v1::Event& order = add("about an order", Case::STATE_OPEN);
  order.mutable_case_()->mutable_case_classified();
  order.mutable_entity()->set_kind(v1::ENTITY_KIND_ORDER);
  for (const Row& row : rows) {
    const Case before = Made(row.state);
    Case after = before;
    const absl::Status status = EvolveCase(row.event, &after);
    EXPECT_EQ(GetReason(status), "EVENT_NOT_APPLICABLE") << row.what;
    EXPECT_TRUE(MessageDifferencer::Equals(before, after)) << row.what;
  }
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
