// The instant that a command is decided at: skew of clocks, late entries, several entities, corrections.
#include "absl/time/time.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "decide/kept_states.h"
#include "decide/rebuild.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::KeptStates;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string CaseText(absl::string_view id) {
  return absl::StrCat("open_case { case_id: '", id,
                      "' kind: KIND_TROUBLE subject: 'lamp' queue_id: 'q' }");
}

std::string PartText(absl::string_view case_id, absl::string_view part_id) {
  return absl::StrCat("add_case_part { case_id: '", case_id, "' part { part_id: '", part_id,
                      "' kind: KIND_MESSAGE visibility: VISIBILITY_PUBLIC text: 'We look.' } }");
}

v1::Command Late(v1::Command command) {
  command.set_late_entry(true);
  return command;
}

// The second of the tests' time.
std::int64_t SecondOf(const google::protobuf::Timestamp& time) {
  return time.seconds() - At(0).seconds();
}

// States in which case "k" was opened at second 1000.
class TimeTest : public ::testing::Test {
 protected:
  TimeTest() { Done(AskInText(CaseText("k"), 1000)); }

  v1::Outcome Done(const v1::Command& command) {
    const v1::Outcome outcome = states_.Do(command);
    EXPECT_TRUE(states_.status().ok()) << states_.status();
    EXPECT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
    return outcome;
  }
  v1::EntityState Case(const std::string& id = "k") const {
    return states_.State(v1::ENTITY_KIND_CASE, id);
  }
  std::int64_t LastOf(v1::EntityKind kind, const std::string& id) const {
    return SecondOf(states_.State(kind, id).update_time());
  }

  KeptStates states_;
};

// ---- The last instant of an entity

v1::Event SubjectEvent(std::int64_t seconds) {
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  event.mutable_entity()->set_id("k");
  *event.mutable_time() = At(seconds);
  event.mutable_case_()->mutable_case_subject_changed()->set_subject("x");
  return event;
}

v1::Event CorrectionTo(std::int64_t seconds) {
  v1::Event event = SubjectEvent(5'000);
  *event.mutable_desk()->mutable_entity_time_corrected()->mutable_update_time() = At(seconds);
  return event;
}

TEST_F(TimeTest, TheLastInstantIsTheLatestTimeOfTheEvents) {
  v1::EntityState state = Case();
  EXPECT_EQ(SecondOf(state.update_time()), 1000);
  for (const auto& [time, last] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {900, 1000}, {1000, 1000}, {1001, 1001}}) {
    ASSERT_TRUE(Evolve(SubjectEvent(time), &state).ok());
    EXPECT_EQ(SecondOf(state.update_time()), last);
  }
}

TEST_F(TimeTest, AnEventWithoutAValidTimeKeepsTheLastInstant) {
  v1::EntityState state = Case();
  v1::Event event = SubjectEvent(2000);
  event.mutable_time()->set_nanos(-1);
  ASSERT_TRUE(Evolve(event, &state).ok());
  event.clear_time();
  ASSERT_TRUE(Evolve(event, &state).ok());
  EXPECT_EQ(SecondOf(state.update_time()), 1000);
  // One that is not valid is no last instant.
  state.mutable_update_time()->set_nanos(-1);
  ASSERT_TRUE(Evolve(SubjectEvent(10), &state).ok());
  EXPECT_EQ(SecondOf(state.update_time()), 10);
}

TEST_F(TimeTest, ACorrectionSetsTheLastInstantAndNothingElse) {
  v1::EntityState state = Case();
  v1::EntityState expected = state;
  ASSERT_TRUE(Evolve(CorrectionTo(400), &state).ok());
  *expected.mutable_update_time() = At(400);
  expected.set_version(2);
  EXPECT_EQ(state.SerializeAsString(), expected.SerializeAsString());
  // One that says nothing changes nothing.
  v1::Event empty = CorrectionTo(0);
  empty.mutable_desk()->mutable_entity_time_corrected()->clear_update_time();
  ASSERT_TRUE(Evolve(empty, &state).ok());
  EXPECT_EQ(SecondOf(state.update_time()), 400);
  EXPECT_EQ(state.version(), 3);
}

TEST_F(TimeTest, AnEventOfTheDeskNeedsAnEntity) {
  v1::EntityState none;
  EXPECT_EQ(GetReason(Evolve(CorrectionTo(400), &none)), kReasonEventNotApplicable);
  EXPECT_EQ(none.ByteSizeLong(), 0u);
  v1::EntityState state = Case();
  v1::Event unknown = CorrectionTo(400);
  unknown.mutable_desk()->clear_entity_time_corrected();
  EXPECT_EQ(GetReason(Evolve(unknown, &state)), kReasonEventNotApplicable);
  EXPECT_EQ(state.SerializeAsString(), Case().SerializeAsString());
}

// ---- Skew

TEST_F(TimeTest, WithinTheSkewACommandIsDecidedAtTheLastInstant) {
  const v1::Outcome outcome = Done(AskInText(PartText("k", "m"), 940));
  ASSERT_EQ(outcome.events_size(), 1);
  EXPECT_EQ(SecondOf(outcome.events(0).time()), 1000);
  EXPECT_FALSE(outcome.events(0).has_occur_time());
  EXPECT_EQ(SecondOf(states_.record.time()), 1000);
  EXPECT_EQ(SecondOf(states_.record.command().now()), 940) << "the given one";
  EXPECT_EQ(SecondOf(Case().case_().parts(0).time()), 1000);
  EXPECT_FALSE(Case().case_().parts(0).has_occur_time());
}

TEST_F(TimeTest, BeyondTheSkewACommandIsRefused) {
  v1::Command command = AskInText(PartText("k", "m"), 940);
  command.mutable_now()->set_seconds(command.now().seconds() - 1);
  command.mutable_now()->set_nanos(999'999'999);
  const std::string before = Case().SerializeAsString();
  const v1::Outcome outcome = states_.Do(command);
  EXPECT_EQ(outcome.verdict(), v1::VERDICT_REFUSED);
  ASSERT_THAT(Reasons(outcome), ElementsAre(kReasonCommandTooEarly));
  EXPECT_EQ(outcome.refusals(0).field(), "now");
  EXPECT_EQ(outcome.refusals(0).origin(), v1::Refusal::ORIGIN_INVARIANT);
  EXPECT_FALSE(outcome.has_decision()) << "before policy";
  EXPECT_EQ(Case().SerializeAsString(), before);
}

TEST_F(TimeTest, TheSkewIsALimit) {
  states_.clocks.max_skew = absl::Seconds(5);
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "m"), 994)),
              ElementsAre(kReasonCommandTooEarly));
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "m"), 995)), IsEmpty());
  states_.clocks.max_skew = absl::ZeroDuration();
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "n"), 999)),
              ElementsAre(kReasonCommandTooEarly));
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "n"), 1000)), IsEmpty());
  states_.clocks.max_skew = absl::InfiniteDuration();
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "o"), -9'000)), IsEmpty());
}

TEST_F(TimeTest, TheTimeIsCheckedAfterTheVersionAndBeforePolicy) {
  v1::Command command = AskInText(PartText("k", "m"), 10);
  command.set_expected_version(7);
  EXPECT_THAT(states_.ReasonsOf(command), ElementsAre(kReasonVersionConflict));
  command.set_expected_version(1);
  states_.policy = MustCompile("name: 'refuses everything'");
  EXPECT_THAT(states_.ReasonsOf(command), ElementsAre(kReasonCommandTooEarly));
  command = AskInText(PartText("k", ""), 10);
  EXPECT_THAT(states_.ReasonsOf(command), ElementsAre(kReasonArgumentRequired));
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("none", "m"), 10)),
              ElementsAre("CASE_NOT_FOUND"));
}

TEST_F(TimeTest, ARefusalForTheTimeIsNotRemembered) {
  v1::Command command = AskInText(PartText("k", "m"), 10);
  command.set_idempotency_key("key");
  EXPECT_THAT(states_.ReasonsOf(command), ElementsAre(kReasonCommandTooEarly));
  *command.mutable_now() = At(1001);
  EXPECT_THAT(states_.ReasonsOf(command), IsEmpty());
  // Now it is.
  EXPECT_EQ(Done(command).events_size(), 1);
  EXPECT_EQ(Case().version(), 2);
}

TEST_F(TimeTest, ANewEntityHasNoLastInstant) {
  Done(AskInText(CaseText("other"), -5'000));
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CASE, "other"), -5'000);
}

// ---- Late entries

TEST_F(TimeTest, ALateEntryIsDecidedAtTheLastInstantAndKeepsItsOwn) {
  const v1::Outcome outcome = Done(Late(AskInText(PartText("k", "m"), -17'000)));
  ASSERT_EQ(outcome.events_size(), 1);
  EXPECT_EQ(SecondOf(outcome.events(0).time()), 1000);
  EXPECT_EQ(SecondOf(outcome.events(0).occur_time()), -17'000);
  EXPECT_EQ(SecondOf(states_.record.time()), 1000);
  EXPECT_EQ(SecondOf(states_.record.command().now()), -17'000);
  EXPECT_TRUE(states_.record.command().late_entry());
  const v1::InteractionPart part = Case().case_().parts(0);
  EXPECT_EQ(SecondOf(part.time()), 1000);
  EXPECT_EQ(SecondOf(part.occur_time()), -17'000);
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CASE, "k"), 1000);
}

TEST_F(TimeTest, ALateEntryThatIsNotEarlyIsDecidedAtItsOwnInstant) {
  const v1::Outcome outcome = Done(Late(AskInText(PartText("k", "m"), 1200)));
  EXPECT_EQ(SecondOf(outcome.events(0).time()), 1200);
  EXPECT_EQ(SecondOf(outcome.events(0).occur_time()), 1200);
}

TEST_F(TimeTest, PartsStayInTheOrderOfRecording) {
  Done(AskInText(PartText("k", "first"), 1010));
  Done(Late(AskInText(PartText("k", "second"), 500)));
  Done(AskInText(PartText("k", "third"), 1020));
  std::vector<std::string> ids;
  const v1::EntityState state = Case();
  for (const v1::InteractionPart& part : state.case_().parts()) ids.push_back(part.part_id());
  EXPECT_THAT(ids, ElementsAre("first", "second", "third"));
}

TEST_F(TimeTest, StatesKeepTheInstantWhereAClockNeedsIt) {
  Done(AskInText("add_case_task { case_id: 'k' task { task_id: 't' title: 'call back' } }", 1010));
  Done(
      AskInText("consult_on_case { case_id: 'k' consultation_id: 'c' consultant_id: 'bob' "
                "question: 'why?' }",
                1010));
  Done(Late(AskInText("complete_case_task { case_id: 'k' task_id: 't' }", 501)));
  v1::Command answer = Late(AskInText(
      "answer_case_consultation { case_id: 'k' consultation_id: 'c' answer: 'so' }", 502));
  answer.mutable_actor()->set_actor_id("bob");
  Done(answer);
  Done(AskInText("assign_case { case_id: 'k' assignee_id: 'anna' }", 1020));
  Done(Late(AskInText("resolve_case { case_id: 'k' code: 'fixed' }", 503)));
  const v1::Case one = Case().case_();
  EXPECT_EQ(SecondOf(one.tasks(0).complete_time()), 1010);
  EXPECT_EQ(SecondOf(one.tasks(0).complete_occur_time()), 501);
  EXPECT_EQ(SecondOf(one.consultations(0).answer_time()), 1010);
  EXPECT_EQ(SecondOf(one.consultations(0).answer_occur_time()), 502);
  EXPECT_EQ(SecondOf(one.resolutions(0).time()), 1020);
  EXPECT_EQ(SecondOf(one.resolutions(0).occur_time()), 503);
  const v1::CaseStateSpan& last = one.state_spans(one.state_spans_size() - 1);
  EXPECT_EQ(last.state(), v1::Case::STATE_RESOLVED);
  EXPECT_EQ(SecondOf(last.start_time()), 1020);
  EXPECT_EQ(SecondOf(last.occur_time()), 503);
  EXPECT_FALSE(one.state_spans(0).has_occur_time());
}

TEST_F(TimeTest, AnInteractionKeepsTheInstantAtWhichItEnded) {
  Done(
      AskInText("start_interaction { interaction_id: 'i' channel: CHANNEL_VOICE "
                "direction: DIRECTION_INBOUND }",
                1000));
  Done(
      AskInText("add_interaction_part { interaction_id: 'i' part { part_id: 'n' kind: KIND_NOTE "
                "text: 'x' } }",
                1100));
  Done(Late(AskInText("end_interaction { interaction_id: 'i' }", 1050)));
  Done(Late(AskInText("wrap_up_interaction { interaction_id: 'i' disposition: 'solved' }", 1060)));
  const v1::EntityState state = states_.State(v1::ENTITY_KIND_INTERACTION, "i");
  EXPECT_EQ(SecondOf(state.interaction().end_time()), 1100);
  EXPECT_EQ(SecondOf(state.interaction().end_occur_time()), 1050);
  EXPECT_EQ(SecondOf(state.interaction().wrap_up().time()), 1100);
  EXPECT_EQ(SecondOf(state.interaction().wrap_up().occur_time()), 1060);
}

TEST_F(TimeTest, AMessageFromBeforeTheResolutionIsNoAnswerToIt) {
  states_.policy = MustCompile(R"pb(
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets {
      id: "message"
      decision_points: "ReopenOnMessage"
      default_outcome: POLICY_OUTCOME_ALLOW
    }
  )pb");
  Done(AskInText("assign_case { case_id: 'k' assignee_id: 'anna' }", 1010));
  Done(AskInText("resolve_case { case_id: 'k' code: 'fixed' }", 1020));
  v1::Command message = Late(AskInText(PartText("k", "before"), 1015));
  message.mutable_actor()->set_kind(v1::Actor::KIND_CUSTOMER);
  Done(message);
  EXPECT_EQ(Case().case_().state(), v1::Case::STATE_RESOLVED);
  message = Late(AskInText(PartText("k", "after"), 1025));
  message.mutable_actor()->set_kind(v1::Actor::KIND_CUSTOMER);
  Done(message);
  EXPECT_EQ(Case().case_().state(), v1::Case::STATE_OPEN);
}

// ---- Several entities

TEST_F(TimeTest, ACommandOverTwoCasesIsDecidedAtTheLaterOne) {
  Done(AskInText(CaseText("other"), 1500));
  EXPECT_THAT(
      states_.ReasonsOf(AskInText("merge_cases { case_id: 'k' merged_case_id: 'other' }", 1439)),
      ElementsAre(kReasonCommandTooEarly));
  const v1::Outcome outcome =
      Done(AskInText("merge_cases { case_id: 'k' merged_case_id: 'other' }", 1440));
  EXPECT_EQ(outcome.events_size(), 2);
  for (const v1::Event& event : outcome.events()) EXPECT_EQ(SecondOf(event.time()), 1500);
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CASE, "k"), 1500);
  EXPECT_EQ(SecondOf(states_.record.time()), 1500);
}

// An account is not named: it is known when the order is decided.
TEST_F(TimeTest, AnAccountThatMoneyMovesOnCounts) {
  states_.OpenShop();
  Done(testing::PlaceOrder("o1", "gift"));
  Done(
      AskInText("credit_account { account_id: 'gift-1' amount { units: 1 currency_code: 'USD' } "
                "cause: 'goodwill' }",
                700));
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_ACCOUNT, "gift-1"), 700);
  v1::Command cancel = testing::CancelOrder("o1");
  *cancel.mutable_now() = At(639);
  const v1::Outcome refused = states_.Do(cancel);
  EXPECT_THAT(Reasons(refused), ElementsAre(kReasonCommandTooEarly));
  EXPECT_FALSE(refused.has_decision());
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_ORDER, "o1"), 60);

  const v1::Outcome late = KeptStates(states_).Do(Late(cancel));
  ASSERT_EQ(late.verdict(), v1::VERDICT_DONE) << late.ShortDebugString();
  for (const v1::Event& event : late.events()) {
    EXPECT_EQ(SecondOf(event.time()), 700);
    EXPECT_EQ(SecondOf(event.occur_time()), 639);
  }

  *cancel.mutable_now() = At(640);
  const v1::Outcome outcome = Done(cancel);
  EXPECT_GT(outcome.events_size(), 1);
  for (const v1::Event& event : outcome.events()) EXPECT_EQ(SecondOf(event.time()), 700);
  EXPECT_EQ(SecondOf(states_.record.time()), 700);
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_ORDER, "o1"), 700);
}

TEST_F(TimeTest, AnEntityThatIsReadOnlyDoesNotCount) {
  Done(AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }", 9'000));
  Done(AskInText("set_case_customer { case_id: 'k' customer_id: 'c1' }", 1010));
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CASE, "k"), 1010);
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CUSTOMER, "c1"), 9'000);
}

// ---- Readers of the instant

TEST_F(TimeTest, RulesSeeTheInstantDecidedAt) {
  states_.policy = MustCompile(absl::StrCat(R"pb(
    rule_sets {
      id: "parts"
      decision_points: "AddCasePart"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "before"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "BEFORE"
        condition: "now < case.state_time"
      }
      rules {
        id: "old"
        order: 2
        outcome: POLICY_OUTCOME_REFUSE
        reason: "OLD"
        condition: "has(occur_time) && now - occur_time > duration('1h')"
      }
    })pb"));
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "m"), 990)), IsEmpty());
  EXPECT_THAT(states_.ReasonsOf(Late(AskInText(PartText("k", "n"), -2600))), IsEmpty());
  EXPECT_THAT(states_.ReasonsOf(Late(AskInText(PartText("k", "o"), -2601))), ElementsAre("OLD"));
}

TEST_F(TimeTest, ArgumentsAreCheckedAgainstTheInstantDecidedAt) {
  Done(AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }", 1000));
  const auto verify = [](std::int64_t now, std::int64_t expires) {
    v1::Command command =
        AskInText("verify_identity { customer_id: 'c1' level: 1 method: 'call back' }", now);
    *command.mutable_customer()->mutable_verify_identity()->mutable_expire_time() = At(expires);
    return command;
  };
  EXPECT_THAT(states_.ReasonsOf(verify(950, 1000)), ElementsAre(kReasonArgumentOutOfRange));
  EXPECT_THAT(states_.ReasonsOf(verify(950, 1001)), IsEmpty());
}

// ---- Approvals

constexpr absl::string_view kHoldParts = R"pb(
  rule_sets {
    id: "parts"
    decision_points: "AddCasePart"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "ask"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      authority: "supervisor"
      condition: "true"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

v1::Command Approving(std::int64_t seconds) {
  v1::Command command = testing::By("boss", seconds);
  command.mutable_actor()->add_authorities("supervisor");
  command.mutable_desk()->mutable_approve()->set_approval_id("a1");
  return command;
}

TEST_F(TimeTest, AnApprovalAndTheHeldCommandHaveOneInstant) {
  states_.policy = MustCompile(kHoldParts);
  ASSERT_EQ(states_.Do(AskInText(PartText("k", "m"), 1100)).verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_APPROVAL, "a1"), 1100);
  Done(AskInText("change_case_subject { case_id: 'k' subject: 'lamps' }", 2000));
  EXPECT_THAT(states_.ReasonsOf(Approving(1939)), ElementsAre(kReasonCommandTooEarly));
  EXPECT_EQ(states_.State(v1::ENTITY_KIND_APPROVAL, "a1").approval().state(),
            v1::Approval::STATE_PENDING);
  const v1::Outcome outcome = Done(Approving(1940));
  ASSERT_EQ(outcome.events_size(), 2);
  for (const v1::Event& event : outcome.events()) EXPECT_EQ(SecondOf(event.time()), 2000);
  const v1::Approval approval = states_.State(v1::ENTITY_KIND_APPROVAL, "a1").approval();
  EXPECT_EQ(SecondOf(approval.resolve_time()), 2000);
  EXPECT_EQ(SecondOf(states_.record.time()), 2000);
  EXPECT_EQ(SecondOf(states_.record.command().now()), 1940);
}

TEST_F(TimeTest, AnApprovalIsNotEarlierThanItsRequest) {
  states_.policy = MustCompile(kHoldParts);
  ASSERT_EQ(states_.Do(AskInText(PartText("k", "m"), 5'000)).verdict(), v1::VERDICT_HELD);
  EXPECT_THAT(states_.ReasonsOf(Approving(4'000)), ElementsAre(kReasonCommandTooEarly));
  const v1::Outcome outcome = Done(Late(Approving(4'000)));
  ASSERT_EQ(outcome.events_size(), 2);
  for (const v1::Event& event : outcome.events()) {
    EXPECT_EQ(SecondOf(event.time()), 5'000);
    EXPECT_EQ(SecondOf(event.occur_time()), 4'000);
  }
}

TEST_F(TimeTest, AHeldLateEntryKeepsItsInstant) {
  states_.policy = MustCompile(kHoldParts);
  ASSERT_EQ(states_.Do(Late(AskInText(PartText("k", "m"), 300))).verdict(), v1::VERDICT_HELD);
  const v1::Outcome outcome = Done(Approving(1500));
  ASSERT_EQ(outcome.events_size(), 2);
  EXPECT_FALSE(outcome.events(0).has_occur_time()) << "the approval is no late entry";
  EXPECT_EQ(SecondOf(outcome.events(1).time()), 1500);
  EXPECT_EQ(SecondOf(outcome.events(1).occur_time()), 300);
  EXPECT_EQ(SecondOf(states_.record.command().now()), 300);
}

// ---- How far ahead

TEST_F(TimeTest, HowFarAheadACommandMayBeIsALimitThatIsOff) {
  states_.newest_time = absl::FromUnixSeconds(At(1000).seconds());
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "far"), 900'000'000)), IsEmpty());
}

TEST_F(TimeTest, ACommandFarAheadIsRefused) {
  states_.clocks.max_lead = absl::Seconds(80);
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "m"), 9'000)), IsEmpty())
      << "nothing is bounded in an empty desk";
  states_.newest_time = absl::FromUnixSeconds(At(10'000).seconds());
  v1::Command command = AskInText(PartText("k", "n"), 10'091);
  command.set_idempotency_key("key");
  const v1::Outcome outcome = states_.Do(command);
  ASSERT_THAT(Reasons(outcome), ElementsAre(kReasonCommandTooFarAhead));
  EXPECT_EQ(outcome.refusals(0).field(), "now");
  EXPECT_EQ(outcome.refusals(0).origin(), v1::Refusal::ORIGIN_INVARIANT);
  EXPECT_FALSE(outcome.has_decision());
  *command.mutable_now() = At(10'090);
  EXPECT_THAT(states_.ReasonsOf(command), IsEmpty()) << "not remembered";
}

// ---- Corrections

v1::Command Correcting(const std::string& case_id, std::int64_t to, std::int64_t now) {
  v1::Command command = testing::By("eva", now);
  v1::CorrectEntityTime* verb = command.mutable_desk()->mutable_correct_entity_time();
  verb->mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  verb->mutable_entity()->set_id(case_id);
  *verb->mutable_update_time() = At(to);
  return command;
}

TEST_F(TimeTest, ACorrectionFreesAnEntity) {
  Done(AskInText(PartText("k", "wrong"), 900'000));
  EXPECT_THAT(states_.ReasonsOf(AskInText(PartText("k", "right"), 1100)),
              ElementsAre(kReasonCommandTooEarly));
  // Its own `now` is not bound.
  const v1::Outcome outcome = Done(Correcting("k", 1000, 1050));
  ASSERT_EQ(outcome.events_size(), 1);
  EXPECT_EQ(outcome.events(0).entity().id(), "k");
  EXPECT_EQ(outcome.events(0).version(), 3);
  EXPECT_EQ(SecondOf(outcome.events(0).time()), 1050);
  const v1::EntityTimeCorrected& fact = outcome.events(0).desk().entity_time_corrected();
  EXPECT_EQ(SecondOf(fact.update_time()), 1000);
  EXPECT_EQ(SecondOf(fact.before_update_time()), 900'000);
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CASE, "k"), 1000);
  EXPECT_EQ(states_.record.entity().kind(), v1::ENTITY_KIND_CASE);
  EXPECT_EQ(states_.record.entity().id(), "k");
  EXPECT_EQ(SecondOf(states_.record.time()), 1050);
  const v1::Outcome after = Done(AskInText(PartText("k", "right"), 1100));
  EXPECT_EQ(SecondOf(after.events(0).time()), 1100);
}

TEST_F(TimeTest, ACorrectionIsNotLaterThanTheLastInstant) {
  EXPECT_THAT(states_.ReasonsOf(Correcting("k", 1001, 5'000)),
              ElementsAre(kReasonDeskCorrectEntityTimeLater));
  const v1::Outcome same = Done(Correcting("k", 1000, 5'000));
  EXPECT_THAT(same.events(), IsEmpty()) << "nothing changes";
  EXPECT_EQ(Case().version(), 1);
}

TEST_F(TimeTest, ACorrectionIsAboutAnEntityThatExists) {
  v1::Outcome outcome = states_.Do(Correcting("none", 10, 5'000));
  ASSERT_THAT(Reasons(outcome), ElementsAre("CASE_NOT_FOUND"));
  EXPECT_EQ(outcome.refusals(0).field(), "correct_entity_time.entity.id");
  v1::Command command = Correcting("k", 10, 5'000);
  command.set_expected_version(4);
  EXPECT_THAT(states_.ReasonsOf(command), ElementsAre(kReasonVersionConflict));
  command = testing::By("boss", 5'000);
  command.mutable_desk()->mutable_correct_entity_time();
  outcome = states_.Do(command);
  ASSERT_THAT(Reasons(outcome), ElementsAre(kReasonArgumentRequired, kReasonArgumentRequired));
  EXPECT_EQ(outcome.refusals(0).field(), "correct_entity_time.entity");
  EXPECT_EQ(outcome.refusals(1).field(), "correct_entity_time.update_time");
}

TEST_F(TimeTest, ACorrectionIsDecidedByPolicy) {
  states_.policy = MustCompile("name: 'no rule set'");
  const v1::Outcome without = states_.Do(Correcting("k", 400, 5'000));
  EXPECT_EQ(without.verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(without.decision().decision_point(), "CorrectEntityTime");
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CASE, "k"), 1000);

  states_.policy = MustCompile(R"pb(
    rule_sets {
      id: "times"
      decision_points: "CorrectEntityTime"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "cases"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "ONLY_CASES"
        condition: "entity.kind != EntityKind.ENTITY_KIND_CASE"
      }
      rules {
        id: "far"
        order: 2
        outcome: POLICY_OUTCOME_HOLD
        reason: "FAR"
        authority: "supervisor"
        condition: "update_time - command.correct_entity_time.update_time > duration('500s') && "
                   "entity.id == 'k' && actor.actor_id == 'eva'"
      }
    })pb");
  EXPECT_EQ(states_.Do(Correcting("k", 499, 500)).verdict(), v1::VERDICT_HELD);
  const v1::Outcome approved = Done(Approving(600));
  ASSERT_EQ(approved.events_size(), 2);
  EXPECT_TRUE(approved.events(1).desk().has_entity_time_corrected());
  EXPECT_EQ(SecondOf(approved.events(1).time()), 600);
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CASE, "k"), 499);
  Done(Correcting("k", 400, 500));
  EXPECT_EQ(LastOf(v1::ENTITY_KIND_CASE, "k"), 400);
}

// ---- The pure function

TEST_F(TimeTest, ThePureFunctionDecidesAtTheLaterOfTheTwoInstants) {
  v1::DecisionInput input;
  *input.mutable_case_()->mutable_case_() = Case().case_();
  const auto policy = MustCompile(testing::kAllowAll);
  const v1::Command command = Late(AskInText(PartText("k", "m"), 700));
  const auto at = [&](const google::protobuf::Timestamp& now) {
    *input.mutable_case_()->mutable_now() = now;
    const auto outcome = Decide(input, command, *policy);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(SecondOf(outcome->events(0).occur_time()), 700);
    return SecondOf(outcome->events(0).time());
  };
  EXPECT_EQ(at(At(1000)), 1000);
  EXPECT_EQ(at(At(700)), 700);
  EXPECT_EQ(at(At(-5)), 700);
  google::protobuf::Timestamp invalid = At(1000);
  invalid.set_nanos(-1);
  EXPECT_EQ(at(invalid), 700);
}

// An input is made again with the instant decided at, and the one that a late entry names.
TEST_F(TimeTest, ARecordsInputIsMadeAgainWithBothInstants) {
  for (const bool late_entry : {false, true}) {
    KeptStates before = states_;
    v1::Command command = AskInText(PartText("k", late_entry ? "m" : "n"), 950);
    command.set_late_entry(late_entry);
    Done(command);
    const auto rebuilt =
        internal::RebuildInput(states_.record, *states_.policy, states_.limits, &before);
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT) << rebuilt->ShortDebugString();
    EXPECT_EQ(SecondOf(rebuilt->input().case_().now()), 1000);
    EXPECT_EQ(rebuilt->input().case_().has_occur_time(), late_entry);
  }
}

// The input of a journal record decides the same again.
TEST_F(TimeTest, ARecordsInputDecidesAtTheSameInstant) {
  const v1::Outcome outcome = Done(AskInText(PartText("k", "m"), 950));
  v1::DecisionInput input;
  *input.mutable_case_()->mutable_case_() = Case().case_();
  input.mutable_case_()->mutable_case_()->clear_parts();
  *input.mutable_case_()->mutable_now() = states_.record.time();
  const auto again = Decide(input, states_.record.command(), *states_.policy);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(SecondOf(again->events(0).time()), SecondOf(outcome.events(0).time()));
}

TEST_F(TimeTest, ThePureFunctionRefusesAnotherEntityForACorrection) {
  v1::DecisionInput input;
  input.mutable_desk()->mutable_entity()->set_kind(v1::ENTITY_KIND_ORDER);
  input.mutable_desk()->mutable_entity()->set_id("k");
  *input.mutable_desk()->mutable_update_time() = At(1000);
  const auto policy = MustCompile(testing::kAllowAll);
  EXPECT_EQ(GetReason(Decide(input, Correcting("k", 10, 20), *policy).status()),
            kReasonCommandWrongEntity);
  input.mutable_desk()->mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  EXPECT_EQ(Decide(input, Correcting("k", 10, 20), *policy)->verdict(), v1::VERDICT_DONE);
}

}  // namespace
}  // namespace frontdesk
