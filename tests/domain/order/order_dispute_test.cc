// Disputes of payments: reported, answered, won, lost and withdrawn.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// One shirt at 100.00, captured from the card.
World MakeChargedWorld() {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 1 } payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  return world;
}

// With a reference of its own where the fields identify no dispute.
std::string Dispute(const std::string& fields) {
  static int references = 0;
  const bool is_named =
      absl::StrContains(fields, "dispute_id") || absl::StrContains(fields, "gateway_reference");
  return absl::StrCat("record_dispute { order_id: 'o1' ", fields,
                      is_named ? "" : absl::StrCat(" gateway_reference: 'own-", ++references, "'"),
                      " }");
}

std::string Usd(int64_t units) {
  return absl::StrCat("amount { units: ", units, " currency_code: 'USD' } ");
}

std::string Refund(int64_t units, const std::string& more = "settlement: SETTLEMENT_DONE") {
  return absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL ", Usd(units),
                      more, " }");
}

// A new dispute of 12.34 with the reference "dp_1".
std::string Opened() {
  return Dispute("payment_id: 'payment-1' state: STATE_OPEN gateway_reference: 'dp_1' " +
                 Usd(1234));
}

int64_t Held(const World& world) { return HeldAmount(world.order).units(); }
int64_t Owed(const World& world) { return world.order.owed_amount().units(); }

TEST(RecordDisputeTest, ADisputedPartIsNotRefundable) {
  World world = MakeChargedWorld();
  const Decided decided = world.Done(
      Dispute("payment_id: 'payment-1' state: STATE_OPEN reason: 'fraudulent' case_id: 'case-1' "
              "due_time { seconds: 1716000000 } gateway_reference: 'dp_1' " +
              Usd(1234)));
  EXPECT_EQ(EventNames(decided.events), "dispute_recorded payment_recorded");
  ASSERT_EQ(world.order.disputes_size(), 1);
  const v1::Dispute& dispute = world.order.disputes(0);
  EXPECT_EQ(dispute.dispute_id(), "dispute-1");
  EXPECT_EQ(dispute.payment_id(), "payment-1");
  EXPECT_EQ(dispute.state(), v1::Dispute::STATE_OPEN);
  EXPECT_EQ(dispute.stage(), v1::Dispute::STAGE_CHARGEBACK);
  EXPECT_EQ(dispute.amount().units(), 1234);
  EXPECT_EQ(dispute.reason(), "fraudulent");
  EXPECT_EQ(dispute.due_time().seconds(), 1716000000);
  EXPECT_EQ(dispute.gateway_reference(), "dp_1");
  EXPECT_EQ(dispute.case_id(), "case-1");
  EXPECT_EQ(dispute.time().seconds(), 1715774400);
  EXPECT_EQ(world.order.payments(0).disputed_amount().units(), 1234);
  EXPECT_EQ(Held(world), 8766);
  // Nothing is decided: the customer does not owe it again.
  EXPECT_EQ(Owed(world), 0);
  EXPECT_EQ(world.Refused(Refund(8767)), "ORDER_REFUND_EXCEEDS_HELD@refund_order.amount");
  world.Done(Refund(8766));
  EXPECT_EQ(Held(world), 0);
}

TEST(RecordDisputeTest, AWonOrWithdrawnAmountIsHeldAgain) {
  for (const std::string state : {"STATE_WON", "STATE_WITHDRAWN"}) {
    World world = MakeChargedWorld();
    world.Done(Opened());
    const Decided decided = world.Done(Dispute("gateway_reference: 'dp_1' state: " + state));
    EXPECT_EQ(EventNames(decided.events), "dispute_recorded payment_recorded");
    EXPECT_EQ(Held(world), 10000) << state;
    EXPECT_EQ(Owed(world), 0);
    EXPECT_EQ(world.Refused(Refund(10001)), "ORDER_REFUND_EXCEEDS_HELD@refund_order.amount");
    world.Done(Refund(10000));
  }
}

TEST(RecordDisputeTest, ALostAmountIsOwedAgain) {
  World world = MakeChargedWorld();
  world.Done(Opened());
  // No money moves when the bank decides for the customer: it is away already.
  EXPECT_EQ(EventNames(world.Done(Dispute("dispute_id: 'dispute-1' state: STATE_LOST")).events),
            "dispute_recorded");
  EXPECT_EQ(Held(world), 8766);
  EXPECT_EQ(Owed(world), 1234);
  EXPECT_EQ(world.Refused(Refund(8767)), "ORDER_REFUND_EXCEEDS_HELD@refund_order.amount");
  // The decision is reversed, and the next stage begins.
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_WON"));
  EXPECT_EQ(Held(world), 10000);
  EXPECT_EQ(Owed(world), 0);
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_OPEN stage: STAGE_PRE_ARBITRATION " +
                     Usd(1000)));
  EXPECT_EQ(Held(world), 9000);
  EXPECT_EQ(world.order.disputes(0).stage(), v1::Dispute::STAGE_PRE_ARBITRATION);
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_LOST"));
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_OPEN stage: STAGE_ARBITRATION"));
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_WON"));
  EXPECT_EQ(Held(world), 10000);
  EXPECT_EQ(world.order.disputes_size(), 1);
}

TEST(RecordDisputeTest, AnInquiryWithholdsNothing) {
  World world = MakeChargedWorld();
  const Decided decided =
      world.Done(Dispute("payment_id: 'payment-1' dispute_id: 'd' state: STATE_OPEN stage: "
                         "STAGE_INQUIRY"));
  EXPECT_EQ(EventNames(decided.events), "dispute_recorded");
  // All that was captured is asked about.
  EXPECT_EQ(world.order.disputes(0).amount().units(), 10000);
  EXPECT_EQ(Held(world), 10000);
  world.Done(Dispute("dispute_id: 'd' state: STATE_OPEN stage: STAGE_CHARGEBACK"));
  EXPECT_EQ(Held(world), 0);
}

TEST(RecordDisputeTest, TheSameReportAgainIsUnchanged) {
  World world = MakeChargedWorld();
  world.Done(Opened());
  EXPECT_TRUE(world.Assess(Opened()).is_unchanged());
  EXPECT_TRUE(world.Done(Opened()).events.empty());
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_UNDER_REVIEW"));
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_WON"));
  // A report that a later one has overtaken changes nothing.
  EXPECT_TRUE(world.Done(Opened()).events.empty());
  EXPECT_TRUE(
      world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_UNDER_REVIEW")).events.empty());
  EXPECT_EQ(world.order.disputes(0).state(), v1::Dispute::STATE_WON);
  // By its id, without a reference.
  EXPECT_TRUE(world.Done(Dispute("dispute_id: 'dispute-1' state: STATE_WON")).events.empty());
  EXPECT_EQ(Held(world), 10000);
}

TEST(RecordDisputeTest, OtherNewsIsRecorded) {
  World world = MakeChargedWorld();
  world.Done(Opened());
  const std::string linked = Dispute(
      "gateway_reference: 'dp_1' state: STATE_OPEN case_id: 'case-1' reason: 'fraudulent' due_time "
      "{ seconds: 1716000000 }");
  EXPECT_EQ(EventNames(world.Done(linked).events), "dispute_recorded");
  EXPECT_EQ(world.order.disputes(0).case_id(), "case-1");
  EXPECT_EQ(world.order.disputes(0).reason(), "fraudulent");
  EXPECT_TRUE(world.Done(linked).events.empty());
  // Also when the dispute is over, without a second decision.
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_WON"));
  world.Done(Dispute("dispute_id: 'dispute-1' state: STATE_WON case_id: 'case-2'"));
  EXPECT_EQ(world.order.disputes(0).case_id(), "case-2");
  EXPECT_EQ(world.order.disputes(0).due_time().seconds(), 1716000000);
}

TEST(RecordDisputeTest, AReferenceIsForOneThing) {
  World world = MakeChargedWorld();
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'p2' state: STATE_CAPTURED amount { "
      "units: 500 currency_code: 'USD' } payment_method_id: 'card' gateway_reference: 'ch_2' } }");
  world.Done(Opened());
  world.Done(Dispute("payment_id: 'p2' state: STATE_OPEN gateway_reference: 'dp_2' " + Usd(500)));
  EXPECT_EQ(world.order.disputes(1).dispute_id(), "dispute-2");
  const std::string conflict =
      "ORDER_RECORD_DISPUTE_REFERENCE_CONFLICT@record_dispute.gateway_reference";
  for (const std::string& fields :
       {// Another amount, payment or dispute.
        "state: STATE_OPEN gateway_reference: 'dp_1' " + Usd(1235),
        std::string("state: STATE_OPEN gateway_reference: 'dp_1' payment_id: 'p2'"),
        std::string("state: STATE_WON gateway_reference: 'dp_1' dispute_id: 'dispute-2'"),
        // A payment's reference.
        std::string("state: STATE_OPEN gateway_reference: 'ch_2' payment_id: 'p2'")}) {
    EXPECT_EQ(world.Refused(Dispute(fields)), conflict) << fields;
  }
  EXPECT_EQ(world.Refused("record_payment { order_id: 'o1' payment { payment_id: 'p2' state: "
                          "STATE_FAILED gateway_reference: 'dp_2' } }"),
            "ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT@record_payment.payment.gateway_reference");
  // Another order has it.
  v1::OrderDecisionInput input = world.Input(
      NoonCommand(Dispute("state: STATE_OPEN gateway_reference: 'dp_3' payment_id: 'payment-1'")));
  input.set_reference_order_id("o2");
  EXPECT_EQ(Summary(DecideOrder(input).value().refusals), conflict);
}

TEST(RecordDisputeTest, SeveralAtOnceTakeNoMoreThanWasCaptured) {
  World world = MakeChargedWorld();
  world.Done(Opened());
  const std::string more = "payment_id: 'payment-1' state: STATE_OPEN ";
  EXPECT_EQ(world.Refused(Dispute(more + Usd(8767))),
            "ORDER_RECORD_DISPUTE_AMOUNT@record_dispute.amount");
  EXPECT_EQ(world.Refused(Dispute(more + Usd(0))),
            "ORDER_RECORD_DISPUTE_AMOUNT@record_dispute.amount");
  // All of it, which is too much beside the first dispute.
  EXPECT_EQ(world.Refused(Dispute(more)), "ORDER_RECORD_DISPUTE_AMOUNT");
  world.Done(Dispute(more + "stage: STAGE_INQUIRY " + Usd(10000)));
  world.Done(Dispute(more + Usd(8766)));
  EXPECT_EQ(Held(world), 0);
  EXPECT_EQ(world.order.payments(0).disputed_amount().units(), 10000);
  // The inquiry becomes a charge-back only when others are over.
  const std::string taken =
      Dispute("dispute_id: 'dispute-2' state: STATE_OPEN stage: STAGE_CHARGEBACK " + Usd(1235));
  EXPECT_EQ(world.Refused(taken), "ORDER_RECORD_DISPUTE_AMOUNT@record_dispute.amount");
  world.Done(Dispute("dispute_id: 'dispute-1' state: STATE_WITHDRAWN"));
  world.Done(
      Dispute("dispute_id: 'dispute-2' state: STATE_OPEN stage: STAGE_CHARGEBACK " + Usd(1234)));
  EXPECT_EQ(Held(world), 0);
}

TEST(RecordDisputeTest, RefundsOnTheirWayAreContested) {
  World world = MakeChargedWorld();
  world.Done(Refund(4000, ""));
  EXPECT_EQ(Owed(world), 0);
  const Decided decided =
      world.Done(Dispute("payment_id: 'payment-1' state: STATE_OPEN gateway_reference: 'dp_1'"));
  EXPECT_EQ(EventNames(decided.events), "dispute_recorded payment_recorded payment_recorded");
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().withdraw_refund().refund_id(), "refund-2");
  EXPECT_TRUE(world.order.refunds(0).is_contested());
  // 100.00 were disputed though 40.00 were on their way back: nothing is held, and nothing is owed before the bank decides.
  EXPECT_EQ(Held(world), 0);
  EXPECT_EQ(Owed(world), 0);
  // The host withdrew it.
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_CANCELED } }");
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_WON"));
  EXPECT_EQ(Held(world), 10000);
}

TEST(RecordDisputeTest, AFinishedPaymentIsDisputed) {
  World world = MakeChargedWorld();
  world.Done(Refund(10000));
  ASSERT_EQ(world.order.payments_size(), 0);
  ASSERT_EQ(world.order.finished_payments_size(), 1);
  world.Done(Dispute("payment_id: 'payment-1' state: STATE_OPEN gateway_reference: 'dp_1'"));
  ASSERT_EQ(world.order.payments_size(), 1);
  EXPECT_EQ(world.order.payments(0).disputed_amount().units(), 10000);
  EXPECT_EQ(Held(world), 0);
  EXPECT_EQ(Owed(world), 0);
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_WON"));
  EXPECT_EQ(world.order.payments_size(), 0);
  EXPECT_EQ(world.order.payment_count(), 1);
  EXPECT_EQ(world.order.captured_amount().units(), 10000);
}

TEST(RecordDisputeTest, Invariants) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 1 } payments { payment_method_id: 'gift' amount { units: 4000 "
      "currency_code: 'USD' } } payments { payment_method_id: 'card' } }");
  const auto refused = [&](const std::string& fields) { return world.Refused(Dispute(fields)); };
  // A payment of the company's own, one that was not captured, none.
  for (const std::string payment : {"payment-1", "payment-2"}) {
    EXPECT_EQ(refused(absl::StrCat("payment_id: '", payment, "' state: STATE_OPEN ", Usd(1))),
              "ORDER_RECORD_DISPUTE_PAYMENT_STATE@record_dispute.payment_id");
  }
  EXPECT_EQ(refused("dispute_id: 'new' state: STATE_WITHDRAWN"),
            "ORDER_RECORD_DISPUTE_PAYMENT_UNKNOWN@record_dispute.payment_id "
            "ORDER_RECORD_DISPUTE_TRANSITION@record_dispute.state");
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-2' state: STATE_CAPTURED } "
      "}");
  EXPECT_EQ(refused("payment_id: 'payment-2' state: STATE_OPEN amount { units: 1 currency_code: "
                    "'EUR' }"),
            "ORDER_RECORD_DISPUTE_CURRENCY@record_dispute.amount");
  world.Done(Dispute("payment_id: 'payment-2' state: STATE_OPEN " + Usd(1)));
  EXPECT_EQ(refused("dispute_id: 'dispute-1' payment_id: 'payment-1' state: STATE_WON"),
            "ORDER_RECORD_DISPUTE_PAYMENT_UNKNOWN@record_dispute.payment_id");
  for (int i = 1; i < 100; ++i) {
    world.Done(Dispute("payment_id: 'payment-2' state: STATE_OPEN " + Usd(1)));
  }
  EXPECT_EQ(refused("payment_id: 'payment-2' state: STATE_OPEN " + Usd(1)),
            "ORDER_RECORD_DISPUTE_TOO_MANY");
  world.Done(Dispute("dispute_id: 'dispute-100' state: STATE_WON"));
  EXPECT_EQ(Held(world), 10000 - 99);
}

TEST(RecordDisputeTest, ArgumentsAreChecked) {
  World world = MakeChargedWorld();
  EXPECT_EQ(world.Refused(Dispute("payment_id: 'payment-1' stage: 9 amount { units: -1 "
                                  "currency_code: 'USD' }")),
            "ARGUMENT_REQUIRED@record_dispute.state "
            "ARGUMENT_UNKNOWN_VALUE@record_dispute.stage "
            "ARGUMENT_OUT_OF_RANGE@record_dispute.amount.units");
}

std::string Answer(const std::string& fields) {
  return absl::StrCat("answer_dispute { order_id: 'o1' ", fields, " }");
}

TEST(AnswerDisputeTest, EvidenceIsSentAndTheBankDecides) {
  World world = MakeChargedWorld();
  world.Done(Opened());
  const Decided decided = world.Done(
      Answer("dispute_id: 'dispute-1' evidence { kind: 'shipping_documentation' text: 'signed' } "
             "evidence { kind: 'receipt' document_id: 'doc-1' }"));
  EXPECT_EQ(EventNames(decided.events), "dispute_recorded");
  ASSERT_EQ(decided.effects.size(), 1u);
  const v1::SendDisputeAnswer& effect = decided.effects[0].order().send_dispute_answer();
  EXPECT_EQ(effect.dispute_id(), "dispute-1");
  EXPECT_EQ(effect.gateway_reference(), "dp_1");
  EXPECT_EQ(effect.evidence_size(), 2);
  EXPECT_FALSE(effect.accepts());
  EXPECT_EQ(world.order.disputes(0).state(), v1::Dispute::STATE_UNDER_REVIEW);
  EXPECT_EQ(world.order.disputes(0).answer_time().seconds(), 1715774400);
  EXPECT_EQ(world.order.disputes(0).evidence(1).document_id(), "doc-1");
  EXPECT_EQ(Held(world), 8766);
  EXPECT_EQ(world.Refused(Answer("dispute_id: 'dispute-1' accepts: true")),
            "ORDER_ANSWER_DISPUTE_DISPUTE_STATE@answer_dispute.dispute_id");
  // The gateway confirms it, and that report is known from then on.
  EXPECT_EQ(
      EventNames(world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_UNDER_REVIEW")).events),
      "dispute_recorded");
  // The next stage is answered with all that was given.
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_OPEN stage: STAGE_PRE_ARBITRATION"));
  const Decided again = world.Done(Answer("dispute_id: 'dispute-1' evidence { kind: 'receipt' }"));
  EXPECT_EQ(again.effects[0].order().send_dispute_answer().evidence_size(), 3);
}

TEST(AnswerDisputeTest, AnAcceptedDisputeWaitsForTheBank) {
  World world = MakeChargedWorld();
  world.Done(Opened());
  const Decided decided = world.Done(Answer("dispute_id: 'dispute-1' accepts: true"));
  EXPECT_TRUE(decided.effects.at(0).order().send_dispute_answer().accepts());
  EXPECT_EQ(world.order.disputes(0).state(), v1::Dispute::STATE_OPEN);
  EXPECT_TRUE(world.order.disputes(0).is_accepted());
  EXPECT_EQ(Held(world), 8766);
  EXPECT_EQ(world.Refused(Answer("dispute_id: 'dispute-1' evidence { kind: 'receipt' }")),
            "ORDER_ANSWER_DISPUTE_DISPUTE_STATE@answer_dispute.dispute_id");
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_LOST"));
  EXPECT_TRUE(world.order.disputes(0).is_accepted());
  EXPECT_EQ(Owed(world), 1234);
  // A stage that begins may be answered again.
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_OPEN stage: STAGE_ARBITRATION"));
  EXPECT_FALSE(world.order.disputes(0).is_accepted());
  world.Done(Answer("dispute_id: 'dispute-1' evidence { kind: 'receipt' }"));
}

TEST(AnswerDisputeTest, Invariants) {
  World world = MakeChargedWorld();
  EXPECT_EQ(world.Refused(Answer("dispute_id: 'dispute-1' accepts: true")),
            "ORDER_ANSWER_DISPUTE_DISPUTE_UNKNOWN@answer_dispute.dispute_id");
  EXPECT_EQ(world.Refused(Answer("accepts: true evidence { kind: 'k' }")),
            "ARGUMENT_REQUIRED@answer_dispute.dispute_id "
            "ARGUMENT_FORBIDDEN@answer_dispute.evidence");
  EXPECT_EQ(world.Refused(Answer("dispute_id: 'd' evidence { text: 't' }")),
            "ARGUMENT_REQUIRED@answer_dispute.evidence[0].kind");
  // An answer at the due time comes too late.
  world.Done(Dispute(
      "payment_id: 'payment-1' state: STATE_OPEN gateway_reference: 'dp_1' due_time { seconds: "
      "1715774400 }"));
  EXPECT_EQ(world.Refused(Answer("dispute_id: 'dispute-1' accepts: true")),
            "ORDER_ANSWER_DISPUTE_TIME@answer_dispute.dispute_id");
  world.Done(
      Dispute("gateway_reference: 'dp_1' state: STATE_OPEN due_time { seconds: 1715774401 }"));
  std::string evidence;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&evidence, "evidence { kind: 'k' } ");
  world.Done(Answer("dispute_id: 'dispute-1' " + evidence));
  world.Done(Dispute("gateway_reference: 'dp_1' state: STATE_OPEN stage: STAGE_ARBITRATION"));
  EXPECT_EQ(world.Refused(Answer("dispute_id: 'dispute-1' evidence { kind: 'k' }")),
            "ORDER_ANSWER_DISPUTE_EVIDENCE@answer_dispute.evidence");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
