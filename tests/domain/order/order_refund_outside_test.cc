// Refunds that began outside, as a gateway reports them.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// A report; without an id or a reference in `more` with an id of its own.
std::string OutsideText(const std::string& state, const std::string& more) {
  static int last_id = 0;
  const bool is_named =
      absl::StrContains(more, "refund_id") || absl::StrContains(more, "gateway_reference");
  return absl::StrCat("record_payment { order_id: 'o1' refund { state: STATE_", state, " ",
                      is_named ? "" : absl::StrCat("refund_id: 'out", ++last_id, "' "), more,
                      " } }");
}

std::string CentsText(int64_t units, const std::string& currency_code = "USD") {
  return absl::StrCat("amount { units: ", units, " currency_code: '", currency_code, "' } ");
}

TEST(RefundOutsideTest, IsRecordedWithAllThatIsKnownOfIt) {
  World world = MakePlacedWorld();
  const Decided decided = world.Done(
      OutsideText("SUCCEEDED",
                  "gateway_reference: 'acme:re_1' cause: REFUND_CAUSE_DUPLICATE reason: 'twice' "
                  "note: 'Charged two times.' " +
                      CentsText(1000)));
  EXPECT_EQ(EventNames(decided.events), "order_refunded");
  EXPECT_TRUE(decided.effects.empty());
  EXPECT_TRUE(decided.postings.empty());
  ASSERT_EQ(AllRefunds(world.order).size(), 1u);
  const v1::Refund refund = AllRefunds(world.order)[0];
  EXPECT_EQ(refund.refund_id(), "refund-2");
  EXPECT_EQ(refund.state(), v1::Refund::STATE_SUCCEEDED);
  EXPECT_EQ(refund.cause(), v1::REFUND_CAUSE_DUPLICATE);
  EXPECT_EQ(refund.reason(), "twice");
  EXPECT_EQ(refund.note(), "Charged two times.");
  EXPECT_EQ(refund.gateway_reference(), "acme:re_1");
  EXPECT_TRUE(refund.is_external());
  EXPECT_EQ(refund.route().payment_method_id(), "card");
  EXPECT_EQ(refund.parts(0).payment_id(), "payment-1");
  EXPECT_EQ(HeldAmount(world.order).units(), 30000);
  EXPECT_EQ(world.order.refunded_amount().units(), 1000);
  // A duplicate lowers nothing.
  EXPECT_EQ(world.order.owed_amount().units(), 1000);
  ASSERT_EQ(world.order.gateway_reports_size(), 1);
  EXPECT_EQ(world.order.gateway_reports(0).refund_id(), "refund-2");
  EXPECT_EQ(world.order.gateway_reports(0).facts(0).amount().units(), 1000);
}

TEST(RefundOutsideTest, ReportedTwiceItIsOneRefund) {
  World world = MakePlacedWorld();
  const std::string report = OutsideText(
      "SUCCEEDED", "gateway_reference: 're_1' cause: REFUND_CAUSE_GOODWILL " + CentsText(1000));
  world.Done(report);
  EXPECT_TRUE(world.Done(report).events.empty());
  EXPECT_EQ(world.order.refund_count(), 1);
  EXPECT_EQ(world.Refused(OutsideText(
                "SUCCEEDED",
                "gateway_reference: 're_1' cause: REFUND_CAUSE_GOODWILL " + CentsText(2000))),
            "ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT@record_payment.refund.gateway_reference");
  // It bounces later, by its reference alone.
  world.Done(OutsideText("FAILED", "gateway_reference: 're_1' failure_code: 'closed'"));
  EXPECT_EQ(HeldAmount(world.order).units(), 31000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  EXPECT_EQ(AllRefunds(world.order)[0].failure_code(), "closed");
}

TEST(RefundOutsideTest, PendingFirstWithAnIdOfTheHost) {
  World world = MakePlacedWorld();
  world.Done(
      OutsideText("PENDING", "refund_id: 'r7' cause: REFUND_CAUSE_FRAUD " + CentsText(31000)));
  EXPECT_EQ(world.order.refunds(0).refund_id(), "r7");
  EXPECT_EQ(world.order.payments(0).refund_pending_amount().units(), 31000);
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  world.Done(OutsideText("CANCELED", "refund_id: 'r7'"));
  EXPECT_EQ(HeldAmount(world.order).units(), 31000);
  EXPECT_EQ(AllRefunds(world.order)[0].state(), v1::Refund::STATE_CANCELED);
}

TEST(RefundOutsideTest, OneThatFailedMovesNothing) {
  for (const char* state : {"FAILED", "CANCELED"}) {
    SCOPED_TRACE(state);
    World world = MakePlacedWorld();
    const Decided decided = world.Done(
        OutsideText(state, "cause: REFUND_CAUSE_CANCELLATION items { line_id: '1' quantity: 1 }"));
    EXPECT_EQ(EventNames(decided.events), "order_refunded");
    EXPECT_EQ(HeldAmount(world.order).units(), 31000);
    EXPECT_EQ(world.order.lines(0).quantities().canceled(), 0);
    EXPECT_EQ(world.order.owed_amount().units(), 0);
    // More than is held may fail too.
    world.Done(OutsideText(state, "cause: REFUND_CAUSE_GOODWILL " + CentsText(99999)));
    EXPECT_EQ(AllRefunds(world.order)[1].amount().units(), 99999);
  }
}

TEST(RefundOutsideTest, ItemsWithAndWithoutAnAmount) {
  World world = MakePlacedWorld();
  const Decided canceled = world.Done(OutsideText(
      "SUCCEEDED",
      "cause: REFUND_CAUSE_CANCELLATION items { line_id: '1' quantity: 1 } " + CentsText(9000)));
  EXPECT_EQ(EventNames(canceled.events), "items_canceled order_refunded");
  EXPECT_EQ(world.order.lines(0).quantities().canceled(), 1);
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 1000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  world.Done(
      OutsideText("SUCCEEDED", "cause: REFUND_CAUSE_RETURN items { line_id: '2' quantity: 1 }"));
  EXPECT_EQ(AllRefunds(world.order)[1].lines(0).amount().units(), 1000);
  world.Done(
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' lines { line_id: '1' "
      "quantity: 2 } lines { line_id: '2' quantity: 1 } } }");
  const Decided lost = world.Done(
      OutsideText("SUCCEEDED", "cause: REFUND_CAUSE_LOST items { line_id: '1' quantity: 1 }"));
  EXPECT_EQ(EventNames(lost.events), "items_lost order_refunded");
  EXPECT_EQ(world.order.lines(0).quantities().lost(), 1);
}

TEST(RefundOutsideTest, TheLastPiecesCancelTheOrder) {
  World world = MakePlacedWorld();
  const Decided decided = world.Done(
      OutsideText("SUCCEEDED",
                  "cause: REFUND_CAUSE_CANCELLATION items { line_id: '1' quantity: 3 } items { "
                  "line_id: '2' quantity: 1 }"));
  EXPECT_EQ(EventNames(decided.events), "items_canceled order_canceled order_refunded");
  EXPECT_EQ(world.order.state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(RefundOutsideTest, FromThePaymentToTheMethodThatAreNamed) {
  World world = MakePlacedWorld();
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'p2' state: STATE_CAPTURED amount { "
      "units: 5000 currency_code: 'USD' } payment_method_id: 'wallet' } }");
  world.Done(OutsideText("SUCCEEDED",
                         "cause: REFUND_CAUSE_GOODWILL payment_id: 'payment-1' "
                         "payment_method_id: 'wallet' " +
                             CentsText(300)));
  EXPECT_EQ(AllRefunds(world.order)[0].parts(0).payment_id(), "payment-1");
  EXPECT_EQ(AllRefunds(world.order)[0].route().payment_method_id(), "wallet");
  // The payment holds less than the order.
  EXPECT_EQ(world.Refused(OutsideText(
                "SUCCEEDED", "cause: REFUND_CAUSE_GOODWILL payment_id: 'p2' " + CentsText(5001))),
            "ORDER_RECORD_PAYMENT_EXCEEDS_HELD@record_payment.refund.amount");
  // Without one the latest comes first, as for RefundOrder.
  world.Done(OutsideText("SUCCEEDED", "cause: REFUND_CAUSE_GOODWILL " + CentsText(6000)));
  ASSERT_EQ(AllRefunds(world.order)[1].parts_size(), 2);
  EXPECT_EQ(AllRefunds(world.order)[1].parts(0).payment_id(), "p2");
  EXPECT_EQ(AllRefunds(world.order)[1].route().payment_method_id(), "wallet");
}

TEST(RefundOutsideTest, StoredValueIsNotRefundedOutside) {
  World world = MakePlacedWorld();
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'p2' state: STATE_CAPTURED amount { "
      "units: 5000 currency_code: 'USD' } payment_method_id: 'gift' } }");
  EXPECT_EQ(world.Refused(OutsideText(
                "SUCCEEDED", "cause: REFUND_CAUSE_GOODWILL payment_id: 'p2' " + CentsText(1))),
            "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.refund.state");
  EXPECT_EQ(
      world.Refused(OutsideText(
          "SUCCEEDED", "cause: REFUND_CAUSE_GOODWILL payment_method_id: 'gift' " + CentsText(1))),
      "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.refund.state");
  world.Done(OutsideText("SUCCEEDED", "cause: REFUND_CAUSE_GOODWILL " + CentsText(1)));
  EXPECT_EQ(AllRefunds(world.order)[0].parts(0).payment_id(), "payment-1");
  // The card holds 309.99, and the gift card is not asked for the rest.
  EXPECT_EQ(
      world.Refused(OutsideText("SUCCEEDED", "cause: REFUND_CAUSE_GOODWILL " + CentsText(31000))),
      "ORDER_RECORD_PAYMENT_EXCEEDS_HELD@record_payment.refund.amount");
}

TEST(RefundOutsideTest, Refusals) {
  World world = MakePlacedWorld();
  EXPECT_EQ(world.Refused(OutsideText("FAILED", "refund_id: 'r'")),
            "ORDER_RECORD_PAYMENT_REFUND_UNKNOWN@record_payment.refund.refund_id");
  EXPECT_EQ(world.Refused(OutsideText("SUCCEEDED",
                                      "refund_id: 'r' cause: REFUND_CAUSE_FRAUD "
                                      "payment_id: 'x' payment_method_id: 'y'")),
            "ORDER_RECORD_PAYMENT_AMOUNT@record_payment.refund.amount "
            "ORDER_RECORD_PAYMENT_PAYMENT_METHOD_UNKNOWN@record_payment.refund.payment_method_id "
            "ORDER_RECORD_PAYMENT_PAYMENT_UNKNOWN@record_payment.refund.payment_id");
  EXPECT_EQ(world.Refused(OutsideText("SUCCEEDED",
                                      "refund_id: 'r' cause: REFUND_CAUSE_FRAUD items { line_id: "
                                      "'9' quantity: 1 } items { line_id: '1' quantity: 4 } " +
                                          CentsText(1, "EUR"))),
            "ORDER_RECORD_PAYMENT_CURRENCY@record_payment.refund.amount "
            "ORDER_RECORD_PAYMENT_ITEM_UNKNOWN@record_payment.refund.items[0] "
            "ORDER_RECORD_PAYMENT_ITEM_QUANTITY@record_payment.refund.items[1].quantity");
  EXPECT_EQ(world.Refused(OutsideText("SUCCEEDED",
                                      "refund_id: 'r' cause: REFUND_CAUSE_FRAUD items { line_id: "
                                      "'1' quantity: 1 } " +
                                          CentsText(10001))),
            "ORDER_RECORD_PAYMENT_EXCEEDS_ITEMS@record_payment.refund.amount");
  EXPECT_EQ(world.Refused(OutsideText(
                "SUCCEEDED", "refund_id: 'r' cause: REFUND_CAUSE_FRAUD " + CentsText(31001))),
            "ORDER_RECORD_PAYMENT_EXCEEDS_HELD@record_payment.refund.amount");
}

TEST(RefundOutsideTest, Arguments) {
  World world = MakePlacedWorld();
  EXPECT_EQ(world.Refused("record_payment { order_id: 'o1' refund { state: STATE_SUCCEEDED cause: "
                          "REFUND_CAUSE_OTHER failure_code: 'x' items {} } }"),
            "ARGUMENT_REQUIRED@record_payment.refund.refund_id "
            "ARGUMENT_FORBIDDEN@record_payment.refund.failure_code "
            "ARGUMENT_EXCLUSIVE@record_payment.refund.items[0].line_id "
            "ARGUMENT_OUT_OF_RANGE@record_payment.refund.items[0].quantity "
            "ARGUMENT_REQUIRED@record_payment.refund.reason");
  EXPECT_EQ(world.Refused(OutsideText("SUCCEEDED", "refund_id: 'r' cause: 99")),
            "ARGUMENT_UNKNOWN_VALUE@record_payment.refund.cause");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
