// Reports of gateways: the same twice, out of order, late, too much, and contradictions.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// Two shirts of 100.00 that the card is asked for.
World RequestedWorld() {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
      "lines { variant_id: 'shirt-blue' quantity: 2 } payment_method_id: 'card' }");
  return world;
}

std::string UsdUnits(int64_t units) {
  return absl::StrCat("amount { units: ", units, " currency_code: 'USD' } ");
}

std::string ReportPayment(const std::string& state, const std::string& reference,
                          const std::string& more = "payment_id: 'payment-1'") {
  return absl::StrCat("record_payment { order_id: 'o1' payment { state: STATE_", state,
                      " gateway_reference: '", reference, "' ", more, " } }");
}

std::string ReportRefund(const std::string& state, const std::string& reference,
                         const std::string& more = "refund_id: 'refund-2'") {
  return absl::StrCat("record_payment { order_id: 'o1' refund { state: STATE_", state,
                      " gateway_reference: '", reference, "' ", more, " } }");
}

// Done, without an event: the assessment says so, and nothing is decided.
void ExpectSame(World& world, const std::string& report) {
  EXPECT_TRUE(world.Assess(report).is_unchanged()) << report;
  EXPECT_TRUE(world.Done(report).events.empty()) << report;
}

std::string HeldTexts(const World& world) {
  std::vector<std::string> texts;
  for (const v1::Payment& payment : AllPayments(world.order)) {
    texts.push_back(absl::StrCat(v1::Payment_State_Name(payment.state()).substr(6), " ",
                                 payment.captured_amount().units(), " of ",
                                 payment.amount().units(), " holds ", HeldAmount(payment).units()));
  }
  return absl::StrJoin(texts, ", ");
}

TEST(GatewayReportsTest, TheSameCaptureReportedTwiceIsOne) {
  World world = RequestedWorld();
  world.Done(ReportPayment("CAPTURED", "gw-77", "payment_id: 'payment-1' " + UsdUnits(20000)));
  // The second time with a name of its own.
  ExpectSame(world, ReportPayment("CAPTURED", "gw-77",
                                  "payment_id: 'from-webhook-2' payment_method_id: 'card' " +
                                      UsdUnits(20000)));
  ExpectSame(world, ReportPayment("CAPTURED", "gw-77", ""));
  EXPECT_EQ(HeldTexts(world), "CAPTURED 20000 of 20000 holds 20000");
  EXPECT_EQ(world.order.payment_count(), 1);
  ASSERT_EQ(world.order.gateway_reports_size(), 1);
  EXPECT_EQ(world.order.gateway_reports(0).payment_id(), "payment-1");
}

TEST(GatewayReportsTest, TheSameReferenceWithOtherContentIsAConflict) {
  World world = RequestedWorld();
  world.Done(ReportPayment("CAPTURED", "gw-77", "payment_id: 'payment-1' " + UsdUnits(20000)));
  const char conflict[] =
      "ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT@record_payment.payment.gateway_reference";
  EXPECT_EQ(world.Refused(ReportPayment("CAPTURED", "gw-77", UsdUnits(19999))), conflict);
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'other' state: STATE_CAPTURED "
      "payment_method_id: 'wallet' gateway_reference: 'gw-78' " +
      UsdUnits(5) + "} }");
  EXPECT_EQ(world.Refused(ReportPayment("CAPTURED", "gw-77", "payment_id: 'other' ")), conflict);
  EXPECT_EQ(world.Refused(ReportRefund("SUCCEEDED", "gw-77")),
            "ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT@record_payment.refund.gateway_reference");
  // The same reference for another order.
  v1::OrderDecisionInput input = world.Input(NoonCommand(ReportPayment("CAPTURED", "gw-1")));
  input.set_reference_order_id("o2");
  const absl::StatusOr<Decided> decided = DecideOrder(input);
  ASSERT_TRUE(decided.ok());
  EXPECT_EQ(Summary(decided->refusals), conflict);
}

TEST(GatewayReportsTest, AnOvertakenReportChangesNothing) {
  World world = RequestedWorld();
  world.Done(ReportPayment("CAPTURED", "gw-1", "payment_id: 'payment-1' " + UsdUnits(20000)));
  ExpectSame(world, ReportPayment("AUTHORIZED", "gw-1"));
  ExpectSame(world,
             "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: "
             "STATE_AUTHORIZED } }");
  // A reference that is new is kept.
  world.Done(ReportPayment("AUTHORIZED", "auth-1"));
  EXPECT_EQ(HeldTexts(world), "CAPTURED 20000 of 20000 holds 20000");
  ExpectSame(world, ReportPayment("AUTHORIZED", "auth-1"));
  EXPECT_EQ(world.order.gateway_reports_size(), 2);
}

TEST(GatewayReportsTest, SeveralCapturesOfOneAuthorization) {
  World world = RequestedWorld();
  world.Done(ReportPayment("AUTHORIZED", "auth-1"));
  world.Done(ReportPayment("CAPTURED", "cap-1",
                           "payment_id: 'payment-1' more_captures: true " + UsdUnits(8000)));
  EXPECT_EQ(HeldTexts(world), "AUTHORIZED 8000 of 20000 holds 8000");
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  ExpectSame(world, ReportPayment("CAPTURED", "cap-1", "more_captures: true " + UsdUnits(8000)));
  // Part of it can go back while the rest is still to be captured.
  world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL " + UsdUnits(1000) + " }");
  world.Done(ReportPayment("CAPTURED", "cap-2",
                           "payment_id: 'payment-1' more_captures: true " + UsdUnits(7000)));
  world.Done(ReportPayment("CAPTURED", "cap-3"));
  EXPECT_EQ(HeldTexts(world), "CAPTURED 20000 of 20000 holds 19000");
  EXPECT_EQ(world.order.captured_amount().units(), 20000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(GatewayReportsTest, ALastCaptureOfLessReleasesTheRest) {
  World world = RequestedWorld();
  world.Done(ReportPayment("AUTHORIZED", "auth-1"));
  world.Done(ReportPayment("CAPTURED", "cap-1",
                           "payment_id: 'payment-1' more_captures: true " + UsdUnits(8000)));
  world.Done(ReportPayment("CAPTURED", "cap-2", "payment_id: 'payment-1' " + UsdUnits(2000)));
  EXPECT_EQ(HeldTexts(world), "CAPTURED 10000 of 20000 holds 10000");
  EXPECT_EQ(world.order.owed_amount().units(), 10000);
}

TEST(GatewayReportsTest, MoreThanWasAskedForIsRecordedAndReported) {
  World world = RequestedWorld();
  const Decided decided =
      world.Done(ReportPayment("CAPTURED", "gw-1", "payment_id: 'payment-1' " + UsdUnits(20500)));
  ASSERT_EQ(decided.events.size(), 1u);
  EXPECT_EQ(decided.events[0].order().payment_recorded().excess_amount().units(), 500);
  EXPECT_EQ(HeldTexts(world), "CAPTURED 20500 of 20000 holds 20500");
  EXPECT_EQ(world.order.owed_amount().units(), -500);
  // A further capture, with a reference of its own.
  const Decided further =
      world.Done(ReportPayment("CAPTURED", "gw-2", "payment_id: 'payment-1' " + UsdUnits(100)));
  EXPECT_EQ(further.events[0].order().payment_recorded().excess_amount().units(), 600);
  // Without one it may be the first reported again.
  EXPECT_EQ(
      world.Refused("record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: "
                    "STATE_CAPTURED " +
                    UsdUnits(7) + "} }"),
      "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.payment.state");
}

TEST(GatewayReportsTest, AWebhookAboutACaptureThatTheDeskRecordedItself) {
  World world = MakePlacedWorld();  // Paid with SETTLEMENT_DONE: 310.00.
  world.Done(ReportPayment("CAPTURED", "gw-1", "payment_id: 'payment-1' " + UsdUnits(31000)));
  EXPECT_EQ(HeldTexts(world), "CAPTURED 31000 of 31000 holds 31000");
  EXPECT_EQ(world.order.payments(0).gateway_reference(), "gw-1");
}

TEST(GatewayReportsTest, ADirectDebitComesBackLate) {
  World world = RequestedWorld();
  world.Done(ReportPayment("CAPTURED", "gw-1"));
  world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL " + UsdUnits(1000) + " }");
  const Decided decided = world.Done(ReportPayment(
      "FAILED", "gw-1", "payment_id: 'payment-1' failure_code: 'insufficient_funds'"));
  EXPECT_EQ(HeldTexts(world), "FAILED 20000 of 20000 holds 0");
  // The refund on its way is contested; the host is asked to stop it.
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().withdraw_refund().refund_id(), "refund-2");
  EXPECT_TRUE(AllRefunds(world.order).at(0).is_contested());
  EXPECT_EQ(world.order.owed_amount().units(), 19000);
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_CANCELED } }");
  EXPECT_EQ(world.order.owed_amount().units(), 20000);
}

TEST(GatewayReportsTest, TheEndOfAnAuthorizationContestsNoRefundOfItsCaptures) {
  // All that was captured is on its way back when the rest is voided, expires, or is authorized again.
  for (const char* const end : {"VOIDED", "EXPIRED", "AUTHORIZED"}) {
    World world = RequestedWorld();
    world.Done(ReportPayment("AUTHORIZED", "gw-1"));
    world.Done(ReportPayment("CAPTURED", "gw-2",
                             "payment_id: 'payment-1' more_captures: true " + UsdUnits(5000)));
    world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL " + UsdUnits(5000) +
               " }");
    const Decided decided = world.Done(ReportPayment(end, "gw-3", "payment_id: 'payment-1'"));
    EXPECT_TRUE(decided.effects.empty()) << end;
    EXPECT_FALSE(AllRefunds(world.order).at(0).is_contested()) << end;
  }
}

TEST(GatewayReportsTest, AReportOfAKnownStateIsTheSameLaterToo) {
  World world = RequestedWorld();
  world.Done(ReportPayment("AUTHORIZED", "gw-1"));
  world.Done(ReportPayment("FAILED", "gw-2", "payment_id: 'payment-1'"));
  // The payment has failed already; the reference says so now too.
  EXPECT_EQ(world.Done(ReportPayment("FAILED", "gw-1")).events.size(), 1u);
  EXPECT_TRUE(world.Done(ReportPayment("FAILED", "gw-1")).events.empty());
  world.Done(ReportPayment("CAPTURED", "gw-3", "payment_id: 'payment-1'"));
  EXPECT_TRUE(world.Done(ReportPayment("FAILED", "gw-1")).events.empty());
  EXPECT_TRUE(world.Done(ReportPayment("AUTHORIZED", "gw-1")).events.empty());
  EXPECT_EQ(HeldTexts(world), "CAPTURED 20000 of 20000 holds 20000");
}

TEST(GatewayReportsTest, AReportOfARefundThatWasKnownIsTheSameLaterToo) {
  World world = MakePlacedWorld();
  world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL " + UsdUnits(1000) + " }");
  world.Done(ReportRefund("PENDING", "re-1"));
  world.Done(ReportRefund("FAILED", "re-2"));
  EXPECT_EQ(world.Done(ReportRefund("FAILED", "re-1")).events.size(), 1u);
  world.Done(ReportRefund("SUCCEEDED", "re-3"));
  EXPECT_TRUE(world.Done(ReportRefund("FAILED", "re-1")).events.empty());
  EXPECT_EQ(AllRefunds(world.order).at(0).state(), v1::Refund::STATE_SUCCEEDED);
}

TEST(GatewayReportsTest, ARefundThatSucceededBounces) {
  World world = MakePlacedWorld();
  world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL " + UsdUnits(31000) +
             " }");
  world.Done(ReportRefund("SUCCEEDED", "re-1"));
  EXPECT_EQ(HeldTexts(world), "CAPTURED 31000 of 31000 holds 0");
  ASSERT_EQ(world.order.payments_size(), 0);  // It is finished.
  world.Done(ReportRefund("FAILED", "re-1", "failure_code: 'account_closed'"));
  EXPECT_EQ(HeldTexts(world), "CAPTURED 31000 of 31000 holds 31000");
  EXPECT_EQ(world.order.refunded_amount().units(), 0);
  EXPECT_EQ(world.order.credited_amount().units(), 0);
  // A late repetition of the success does not take it away again.
  ExpectSame(world, ReportRefund("SUCCEEDED", "re-1"));
  world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL " + UsdUnits(31000) +
             " }");
  // Now the first would be paid twice.
  EXPECT_EQ(world.Refused(ReportRefund("SUCCEEDED", "re-9")),
            "ORDER_RECORD_PAYMENT_EXCEEDS_HELD@record_payment.refund.state");
}

TEST(GatewayReportsTest, ItemsOfABouncedRefundCanBeRefundedAgain) {
  World world = MakePlacedWorld();
  const std::string items =
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN items { line_id: '1' quantity: 3 } "
      "}";
  world.Done(items);
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 3);
  world.Done(ReportRefund("SUCCEEDED", "re-1"));
  world.Done(ReportRefund("FAILED", "re-1"));
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 0);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 0);
  world.Done(items);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 30000);
}

TEST(GatewayReportsTest, AReportMayNameOnlyItsReference) {
  World world = RequestedWorld();
  world.Done(
      "record_payment { order_id: 'o1' payment { state: STATE_FAILED gateway_reference: 'gw-1' "
      "payment_id: 'payment-1' } }");
  // Another attempt that the gateway made by itself: a new payment gets an id.
  world.Done(
      "record_payment { order_id: 'o1' payment { state: STATE_AUTHORIZED gateway_reference: 'gw-2' "
      "payment_method_id: 'wallet' " +
      UsdUnits(20000) + "} }");
  EXPECT_EQ(AllPayments(world.order).at(1).payment_id(), "payment-2");
  world.Done(
      "record_payment { order_id: 'o1' payment { state: STATE_CAPTURED gateway_reference: 'gw-2' } "
      "}");
  EXPECT_EQ(HeldTexts(world), "FAILED 0 of 20000 holds 0, CAPTURED 20000 of 20000 holds 20000");
  EXPECT_EQ(world.Refused("record_payment { order_id: 'o1' payment { state: STATE_CAPTURED } }"),
            "ARGUMENT_REQUIRED@record_payment.payment.payment_id");
}

TEST(GatewayReportsTest, ACaptureStaysWhenTheRestIsVoidedOrExpires) {
  for (const char* state : {"VOIDED", "EXPIRED"}) {
    World world = RequestedWorld();
    world.Done(ReportPayment("AUTHORIZED", "auth-1"));
    world.Done(ReportPayment("CAPTURED", "cap-1",
                             "payment_id: 'payment-1' more_captures: true " + UsdUnits(8000)));
    world.Done(ReportPayment(state, "auth-1"));
    EXPECT_EQ(HeldTexts(world), "CAPTURED 8000 of 20000 holds 8000");
    EXPECT_EQ(world.order.owed_amount().units(), 12000);
    ExpectSame(world, ReportPayment(state, "auth-1"));
  }
}

TEST(GatewayReportsTest, ARefundOfAReturnedDebitStaysRefunded) {
  World world = RequestedWorld();
  world.Done(ReportPayment("CAPTURED", "gw-1"));
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL settlement: "
      "SETTLEMENT_DONE " +
      UsdUnits(15000) + " }");
  world.Done(ReportPayment("FAILED", "gw-1"));
  world.Done(ReportPayment("CAPTURED", "gw-2", "payment_id: 'payment-1' " + UsdUnits(4000)));
  EXPECT_EQ(HeldTexts(world), "CAPTURED 15000 of 20000 holds 0");
  EXPECT_EQ(world.order.owed_amount().units(), 5000);
}

// As a desk has it: the head without the lists of finished payments and refunds, and without reports.
v1::Order HeadOf(v1::Order order) {
  order.clear_finished_payments();
  order.clear_finished_refunds();
  order.clear_gateway_reports();
  return order;
}

// The references that the events keep, once they are folded into the head alone. The heads are then the same.
std::string KeptReferences(World* world, const std::string& report) {
  v1::Order head = HeadOf(world->order);
  std::vector<std::string> references;
  for (const v1::Event& event : world->Done(report).events) {
    EXPECT_TRUE(EvolveOrder(event, &head).ok());
    const v1::GatewayReport& kept = event.order().payment_recorded().report();
    references.push_back(
        absl::StrCat(kept.reference(), " of ", kept.payment_id(), kept.refund_id()));
  }
  EXPECT_EQ(HeadOf(head).DebugString(), HeadOf(world->order).DebugString()) << report;
  return absl::StrJoin(references, ", ");
}

// A report that says nothing of a finished refund but a reference. A later one may know the refund by nothing else.
TEST(GatewayReportsTest, ANewReferenceOfAFinishedRefundIsKept) {
  for (const bool fails : {false, true}) {
    SCOPED_TRACE(fails);
    World world = MakePlacedWorld();
    world.Done(
        "refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN items { line_id: '1' quantity: 1 "
        "} }");
    const std::string state = fails ? "FAILED" : "SUCCEEDED";
    world.Done(ReportRefund(state, "re-1"));
    const int64_t owed = world.order.owed_amount().units();
    EXPECT_EQ(KeptReferences(&world, ReportRefund(state, "re-2")), "re-2 of refund-2");
    EXPECT_EQ(KeptReferences(&world, ReportRefund("PENDING", "re-3")), "re-3 of refund-2");
    ExpectSame(world, ReportRefund(state, "re-2", "refund_id: 'from-webhook'"));
    EXPECT_EQ(world.order.refund_count(), 1);
    EXPECT_EQ(world.order.refunded_amount().units(), fails ? 0 : 10000);
    EXPECT_EQ(world.order.lines(0).refunded_amount().units(), fails ? 0 : 10000);
    EXPECT_EQ(world.order.owed_amount().units(), owed);
    EXPECT_EQ(AllRefunds(world.order).at(0).gateway_reference(), "re-1");
    // Now the gateway knows the refund by the second reference only.
    const std::string next = fails ? "SUCCEEDED" : "FAILED";
    EXPECT_EQ(KeptReferences(&world, ReportRefund(next, "re-2", "refund_id: 'from-webhook'")),
              "re-2 of refund-2");
    EXPECT_EQ(world.order.refunded_amount().units(), fails ? 10000 : 0);
    EXPECT_EQ(world.order.lines(0).refunded_amount().units(), fails ? 10000 : 0);
  }
}

// A refund that was recorded as made gets its first reference.
TEST(GatewayReportsTest, TheFirstReferenceOfAFinishedRefund) {
  World world = MakePlacedWorld();
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL settlement: "
      "SETTLEMENT_DONE " +
      UsdUnits(31000) + " }");
  ASSERT_EQ(world.order.payments_size(), 0);  // The payment is finished, too.
  EXPECT_EQ(KeptReferences(&world, ReportRefund("SUCCEEDED", "re-1")), "re-1 of refund-2");
  EXPECT_EQ(AllRefunds(world.order).at(0).gateway_reference(), "re-1");
  EXPECT_EQ(world.order.refunded_amount().units(), 31000);
  EXPECT_EQ(HeldTexts(world), "CAPTURED 31000 of 31000 holds 0");
  // Without a reference there is nothing to keep.
  ExpectSame(world, ReportRefund("SUCCEEDED", ""));
}

TEST(GatewayReportsTest, ANewReferenceOfAFinishedPaymentIsKept) {
  World world = MakePlacedWorld();
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL settlement: "
      "SETTLEMENT_DONE " +
      UsdUnits(31000) + " }");
  ASSERT_EQ(world.order.payments_size(), 0);
  EXPECT_EQ(KeptReferences(&world, ReportPayment("CAPTURED", "gw-1")), "gw-1 of payment-1");
  EXPECT_EQ(KeptReferences(&world, ReportPayment("AUTHORIZED", "gw-0")), "gw-0 of payment-1");
  EXPECT_EQ(world.order.captured_amount().units(), 31000);
  ExpectSame(world, ReportPayment("CAPTURED", "gw-1", "payment_id: 'from-webhook'"));
}

// The head of an imported order counts what was captured once, too: its payment has no disputed amount, as in older events.
TEST(GatewayReportsTest, AFinishedPaymentOfAnImportedOrderIsCapturedOnce) {
  World world = MakeWorld();
  const std::string money = UsdUnits(10000);
  const std::string route = "route { payment_method_id: 'card' kind: KIND_CARD } ";
  world.Done(absl::StrCat(
      "import_order { source { system: 'shop' } order { order_id: 'o1' customer_id: 'c1' state: "
      "STATE_PLACED currency_code: 'USD' lines { line_id: '1' variant_id: 'shirt-blue' net_amount "
      "{ units: 10000 currency_code: 'USD' } quantities { ordered: 1 } } payments { payment_id: "
      "'payment-1' state: STATE_CAPTURED ",
      money, route, "} refunds { refund_id: 'refund-2' state: STATE_SUCCEEDED ", money, route,
      "parts { payment_id: 'payment-1' ", money, "} } } }"));
  ASSERT_EQ(world.order.payments_size(), 0);
  EXPECT_EQ(KeptReferences(&world, ReportPayment("CAPTURED", "gw-1")), "gw-1 of payment-1");
  EXPECT_EQ(KeptReferences(&world, ReportRefund("FAILED", "re-1")), "re-1 of refund-2,  of ");
  EXPECT_EQ(world.order.captured_amount().units(), 10000);
  EXPECT_EQ(HeldTexts(world), "CAPTURED 10000 of 10000 holds 10000");
}

TEST(GatewayReportsTest, NoMoreIsCreditedThanTheOrderCosts) {
  World world = RequestedWorld();
  world.Done(ReportPayment("CAPTURED", "gw-1", "payment_id: 'payment-1' " + UsdUnits(20500)));
  world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL " + UsdUnits(20500) +
             " }");
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
