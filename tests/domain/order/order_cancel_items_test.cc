// CancelItems: pieces canceled before they are shipped, and the money that goes back for them.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

std::string CancelPiecesText(const std::string& items, const std::string& more = "") {
  return absl::StrCat("cancel_items { order_id: 'o1' ", items, " ", more, " }");
}

std::string PiecesOf(const std::string& line_id, int64_t quantity) {
  return absl::StrCat("items { line_id: '", line_id, "' quantity: ", quantity, " } ");
}

std::string FeeText(int64_t units, const std::string& currency_code = "USD") {
  return absl::StrCat("fee { units: ", units, " currency_code: '", currency_code, "' }");
}

// Two lines of one piece each, in another currency, less a discount of the whole order.
World MakeDiscountedWorld(const std::string& currency_code, int scale, int64_t first,
                          int64_t second, int64_t discount) {
  World world = MakeWorld();
  for (const int index : {0, 3}) {
    v1::UnitPrice& price = *world.catalog.mutable_variants(index)->mutable_unit_price();
    price.set_value(index == 0 ? first : second);
    price.set_scale(scale);
    price.set_currency_code(currency_code);
  }
  world.Done(absl::StrCat("place_order { order_id: 'o1' customer_id: 'c1' currency_code: '",
                          currency_code,
                          "' lines { variant_id: 'shirt-blue' quantity: 1 } lines { variant_id: "
                          "'mug-plain' quantity: 1 "
                          "} discounts { discount_id: 'd' amount { units: ",
                          discount, " currency_code: '", currency_code,
                          "' } } payment_method_id: 'card' settlement: SETTLEMENT_DONE }"));
  return world;
}

// Fields of the command that policy has filled.
PolicyFields FilledByPolicy(const char* command, const char* field) {
  PolicyFields fields;
  fields.filled = {FindCommandByName(command)->message->FindFieldByName(field)};
  return fields;
}

// An order of two shirts, 200.00, paid with the gift card.
World MakeGiftWorld() {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } payment_method_id: 'gift' }");
  return world;
}

TEST(CancelItemsTest, ThePiecesAreOwedNoMoreAndNotShipped) {
  World world = MakePlacedWorld();
  const Decided decided = world.Done(CancelPiecesText(PiecesOf("1", 2), "reason: 'sold out'"));
  EXPECT_EQ(EventNames(decided.events), "items_canceled order_refunded");
  const v1::ItemsCanceled& fact = decided.events[0].order().items_canceled();
  EXPECT_EQ(fact.reason(), "sold out");
  EXPECT_EQ(fact.lines(0).amount().units(), 20000);
  EXPECT_FALSE(fact.lines(0).has_withheld_amount());
  const v1::OrderLine& line = world.order.lines(0);
  EXPECT_EQ(line.quantities().ordered(), 3);
  EXPECT_EQ(line.quantities().canceled(), 2);
  EXPECT_EQ(line.canceled_amount().units(), 20000);
  EXPECT_EQ(world.order.credited_amount().units(), 20000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  EXPECT_EQ(HeldAmount(world.order).units(), 11000);
  ASSERT_EQ(world.order.refunds_size(), 1);
  EXPECT_EQ(world.order.refunds(0).amount().units(), 20000);
  EXPECT_EQ(world.order.refunds(0).cause(), v1::REFUND_CAUSE_CANCELLATION);
  EXPECT_EQ(world.order.refunds(0).lines_size(), 0);
  EXPECT_EQ(world.order.state(), v1::Order::STATE_PLACED);
  // One shirt is left to ship.
  const auto ship = [](int quantity) {
    return absl::StrCat(
        "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' lines { line_id: '1' "
        "quantity: ",
        quantity, " } lines { line_id: '2' quantity: 1 } } }");
  };
  EXPECT_NE(world.Refused(ship(2)), "");
  world.Done(ship(1));
  EXPECT_EQ(world.order.state(), v1::Order::STATE_SHIPPED);
  EXPECT_EQ(world.Refused(CancelPiecesText(PiecesOf("1", 1))), "ORDER_CANCEL_ITEMS_STATE");
}

TEST(CancelItemsTest, TheFeeIsSharedByLargestRemainderAndKept) {
  World world = MakePlacedWorld();
  const Decided decided = world.Done(CancelPiecesText(
      PiecesOf("1", 1) + PiecesOf("2", 1), FeeText(1000) + " settlement: SETTLEMENT_DONE"));
  const v1::ItemsCanceled& fact = decided.events[0].order().items_canceled();
  // 10.00 over 100.00 and 10.00.
  EXPECT_EQ(fact.lines(0).withheld_amount().units(), 909);
  EXPECT_EQ(fact.lines(0).amount().units(), 9091);
  EXPECT_EQ(fact.lines(1).withheld_amount().units(), 91);
  EXPECT_EQ(fact.lines(1).amount().units(), 909);
  EXPECT_EQ(AllRefunds(world.order)[0].amount().units(), 10000);
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 909);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  // The rest of the line is worth the same as before.
  EXPECT_EQ(world.Assess(CancelPiecesText(PiecesOf("1", 2))).refund_amount().units(), 20000);
}

TEST(CancelItemsTest, APaymentOnItsWayIsAskedForLess) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } payment_method_id: 'card' }");
  const Decided decided = world.Done(CancelPiecesText(PiecesOf("1", 1)));
  EXPECT_EQ(EventNames(decided.events), "items_canceled payment_recorded");
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().lower_payment().amount().units(), 10000);
  EXPECT_EQ(world.order.payments(0).amount().units(), 10000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  // The last one voids it, and cancels the order.
  const Decided last = world.Done(CancelPiecesText(PiecesOf("1", 1)));
  EXPECT_EQ(EventNames(last.events), "items_canceled order_canceled payment_recorded");
  EXPECT_TRUE(last.effects[0].order().has_void_payment());
  EXPECT_EQ(world.order.state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(CancelItemsTest, NothingGoesBackWhereMoreIsOwedAllTheSame) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 3 } payment_method_id: 'card' }");
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED "
      "amount { units: 15000 currency_code: 'USD' } } }");
  ASSERT_EQ(world.order.owed_amount().units(), 15000);
  EXPECT_EQ(EventNames(world.Done(CancelPiecesText(PiecesOf("1", 1))).events), "items_canceled");
  EXPECT_EQ(world.order.owed_amount().units(), 5000);
  // Of the next 100.00 half was paid.
  const Decided decided = world.Done(CancelPiecesText(PiecesOf("1", 1)));
  EXPECT_EQ(EventNames(decided.events), "items_canceled order_refunded");
  EXPECT_EQ(decided.events[1].order().order_refunded().refund().amount().units(), 5000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(CancelItemsTest, TheLastPiecesCancelTheOrderWithShippingAndFees) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } shipping { units: 500 currency_code: 'USD' } fee { units: 200 "
      "currency_code: 'USD' } payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  world.Done(CancelPiecesText(PiecesOf("1", 1), FeeText(1000)));
  EXPECT_EQ(world.order.refunds(0).amount().units(), 9000);
  EXPECT_FALSE(world.order.refunds(0).has_shipping_amount());
  const std::string last = CancelPiecesText(PiecesOf("1", 1), FeeText(300));
  EXPECT_EQ(world.Assess(last).refund_amount().units(), 10400);
  const Decided decided = world.Done(last);
  EXPECT_EQ(EventNames(decided.events), "items_canceled order_canceled order_refunded");
  // Both fees stay owed, and are held.
  EXPECT_EQ(decided.events[1].order().order_canceled().kept_amount().units(), 1300);
  const v1::Refund& refund = decided.events[2].order().order_refunded().refund();
  EXPECT_EQ(refund.amount().units(), 10400);
  EXPECT_EQ(refund.shipping_amount().units(), 500);
  EXPECT_EQ(refund.fee_amount().units(), 200);
  EXPECT_EQ(world.order.state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ(HeldAmount(world.order).units(), 1300);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  EXPECT_EQ(world.order.lines(0).quantities().canceled(), 2);
  EXPECT_EQ(world.order.lines(0).canceled_amount().units(), 18700);
}

// CancelOrder leaves the fee for a piece that was canceled before.
TEST(CancelItemsTest, TheFeeIsOwedWhenTheRestIsCanceled) {
  World world = MakePlacedWorld();
  world.Done(CancelPiecesText(PiecesOf("1", 1), FeeText(1000)));
  EXPECT_EQ(world.Assess("cancel_order { order_id: 'o1' }").refund_amount().units(), 21000);
  const Decided decided = world.Done("cancel_order { order_id: 'o1' }");
  EXPECT_EQ(EventNames(decided.events), "order_canceled order_refunded");
  EXPECT_EQ(decided.events[0].order().order_canceled().kept_amount().units(), 1000);
  EXPECT_EQ(HeldAmount(world.order).units(), 1000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

// A fee that was not paid yet is still asked for.
TEST(CancelItemsTest, AnOpenPaymentIsLoweredToTheFee) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 1 } payment_method_id: 'card' }");
  const Decided decided = world.Done(CancelPiecesText(PiecesOf("1", 1), FeeText(1500)));
  EXPECT_EQ(EventNames(decided.events), "items_canceled order_canceled payment_recorded");
  EXPECT_EQ(decided.effects[0].order().lower_payment().amount().units(), 1500);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(CancelItemsTest, TheRestOfAPartlyShippedOrderIsCanceled) {
  World world = MakePlacedWorld();
  world.Done(
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' lines { line_id: '1' "
      "quantity: 2 } } }");
  world.Done("record_delivery { order_id: 'o1' shipment_id: 's1' }");
  EXPECT_EQ(world.Refused(CancelPiecesText(PiecesOf("1", 2))),
            "ORDER_CANCEL_ITEMS_ITEM_QUANTITY@cancel_items.items[0].quantity");
  world.Done(CancelPiecesText(PiecesOf("1", 1)));
  EXPECT_EQ(world.order.state(), v1::Order::STATE_PROCESSING);
  const Decided decided = world.Done(CancelPiecesText(PiecesOf("2", 1)));
  EXPECT_EQ(EventNames(decided.events), "items_canceled order_refunded");
  EXPECT_EQ(world.order.state(), v1::Order::STATE_DELIVERED);
  EXPECT_EQ(world.order.deliver_time().seconds(), 1715774400);
  EXPECT_EQ(HeldAmount(world.order).units(), 20000);
}

TEST(CancelItemsTest, PiecesThatWereRefundedAreWorthNothingMore) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } lines { variant_id: 'shirt-blue' quantity: 1 } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '1' quantity: 2 "
      "} settlement: SETTLEMENT_DONE }");
  // By variant, the line whose piece was not refunded comes first.
  const Decided first =
      world.Done(CancelPiecesText("items { variant_id: 'shirt-blue' quantity: 1 }"));
  EXPECT_EQ(first.events[0].order().items_canceled().lines(0).line_id(), "2");
  EXPECT_EQ(first.events[0].order().items_canceled().lines(0).amount().units(), 10000);
  const Decided second = world.Done(CancelPiecesText(PiecesOf("1", 1)));
  EXPECT_EQ(EventNames(second.events), "items_canceled");
  EXPECT_EQ(second.events[0].order().items_canceled().lines(0).amount().units(), 0);
  EXPECT_EQ(world.order.lines(0).quantities().canceled(), 1);
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 1);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 20000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(CancelItemsTest, HalfOfThePiecesWereRefunded) {
  World world = MakePlacedWorld();
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '1' quantity: 1 "
      "} settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(world.Assess(CancelPiecesText(PiecesOf("1", 2))).refund_amount().units(), 20000);
  EXPECT_EQ(world.Assess(CancelPiecesText(PiecesOf("1", 3))).refund_amount().units(), 20000);
  EXPECT_EQ(
      world.Assess(CancelPiecesText(PiecesOf("1", 2) + PiecesOf("1", 1))).refund_amount().units(),
      20000);
  world.Done(CancelPiecesText(PiecesOf("1", 3)));
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 0);
  EXPECT_EQ(world.order.lines(0).canceled_amount().units(), 20000);
  EXPECT_EQ(HeldAmount(world.order).units(), 1000);
}

TEST(CancelItemsTest, PiecesKeepTheirShareOfDiscountsInEachCurrency) {
  struct Case {
    const char* currency_code;
    int scale;
    int64_t first, second, discount, worth, rest;
  };
  for (const Case& each :
       {Case{"USD", 2, 600, 400, 100, 540, 360}, Case{"JPY", 0, 600, 400, 100, 540, 360},
        Case{"KWD", 3, 6000, 4000, 1000, 5400, 3600}}) {
    SCOPED_TRACE(each.currency_code);
    World world =
        MakeDiscountedWorld(each.currency_code, each.scale, each.first, each.second, each.discount);
    world.Done(CancelPiecesText(PiecesOf("1", 1)));
    EXPECT_EQ(world.order.refunds(0).amount().units(), each.worth);
    world.Done(
        "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '2' quantity: "
        "1 } }");
    EXPECT_EQ(world.order.refunds(1).amount().units(), each.rest);
    EXPECT_EQ(HeldAmount(world.order).units(), 0);
    EXPECT_EQ(world.order.owed_amount().units(), 0);
  }
}

// A canceled amount does not change when the rest of the order is priced anew.
TEST(CancelItemsTest, TheShareOfDiscountsIsFrozen) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } lines { variant_id: 'mug-plain' quantity: 2 } discounts { "
      "discount_id: 'd' rate_ppm: 100000 } payment_method_id: 'card' settlement: SETTLEMENT_DONE "
      "}");
  world.Done(CancelPiecesText(PiecesOf("1", 1)));
  ASSERT_EQ(world.order.lines(0).canceled_amount().units(), 9000);
  world.Done(
      "change_items { order_id: 'o1' changes { item { line_id: '2' quantity: 1 } } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(world.order.lines(0).canceled_amount().units(), 9000);
  EXPECT_EQ(world.order.lines(0).quantities().canceled(), 1);
  EXPECT_EQ(world.order.credited_amount().units(), 9000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  // The other piece of the line is still worth its part.
  EXPECT_EQ(world.Assess(CancelPiecesText(PiecesOf("1", 1))).refund_amount().units(), 9000);
}

TEST(CancelItemsTest, Arguments) {
  World world = MakePlacedWorld();
  EXPECT_EQ(world.Refused("cancel_items { settlement: 7 cash_out: true " + FeeText(-1) + " }"),
            "ARGUMENT_REQUIRED@cancel_items.order_id ARGUMENT_COUNT@cancel_items.items "
            "ARGUMENT_OUT_OF_RANGE@cancel_items.fee.units "
            "ARGUMENT_UNKNOWN_VALUE@cancel_items.settlement "
            "ARGUMENT_FORBIDDEN@cancel_items.cash_out");
  EXPECT_EQ(world.Refused(CancelPiecesText("items { quantity: 0 }")),
            "ARGUMENT_EXCLUSIVE@cancel_items.items[0].line_id "
            "ARGUMENT_OUT_OF_RANGE@cancel_items.items[0].quantity");
}

TEST(CancelItemsTest, Invariants) {
  World world = MakePlacedWorld();
  EXPECT_EQ(world.Refused(CancelPiecesText(PiecesOf("9", 1) + PiecesOf("1", 2) + PiecesOf("1", 2),
                                           FeeText(1, "EUR") + " payment_method_id: 'none'")),
            "ORDER_CANCEL_ITEMS_ITEM_UNKNOWN@cancel_items.items[0] "
            "ORDER_CANCEL_ITEMS_ITEM_QUANTITY@cancel_items.items[2].quantity "
            "ORDER_CANCEL_ITEMS_CURRENCY@cancel_items.fee "
            "ORDER_CANCEL_ITEMS_PAYMENT_METHOD_UNKNOWN@cancel_items.payment_method_id");
  EXPECT_EQ(world.Refused(CancelPiecesText(PiecesOf("1", 1), FeeText(10001))),
            "ORDER_CANCEL_ITEMS_EXCEEDS_ITEMS@cancel_items.fee");
  EXPECT_FALSE(
      world.Assess(CancelPiecesText(PiecesOf("1", 1), FeeText(10001))).has_refund_amount());
  EXPECT_EQ(world.Refused(CancelPiecesText(PiecesOf("1", 1), "payment_method_id: 'lost'")),
            "ORDER_CANCEL_ITEMS_ACCOUNT_UNKNOWN");
  world.Done("cancel_order { order_id: 'o1' }");
  EXPECT_EQ(world.Refused(CancelPiecesText(PiecesOf("1", 1))), "ORDER_CANCEL_ITEMS_STATE");
}

TEST(CancelItemsTest, AnAccountThatTakesNothingAnyMore) {
  const std::string cancel = CancelPiecesText(PiecesOf("1", 1));
  World world = MakeGiftWorld();
  EXPECT_FALSE(world.Assess(cancel).is_route_closed());
  World closed = world;
  closed.accounts[0].set_state(v1::Account::STATE_CLOSED);
  EXPECT_TRUE(closed.Assess(cancel).is_route_closed());
  EXPECT_EQ(closed.Refused(cancel), "ORDER_ACCOUNT_CLOSED");
  World expired = world;
  expired.accounts[0].mutable_expire_time()->set_seconds(1715774400);
  EXPECT_TRUE(expired.Assess(cancel).is_route_closed());
  EXPECT_EQ(expired.Refused(cancel), "ORDER_ACCOUNT_EXPIRED");
  // To another gift card; to a card only where policy says so.
  const auto to = [](const std::string& method) {
    return CancelPiecesText(PiecesOf("1", 1), absl::StrCat("payment_method_id: '", method, "'"));
  };
  EXPECT_FALSE(closed.Assess(to("gift2")).is_route_closed());
  EXPECT_FALSE(closed.Assess(to("gift2")).is_cash_out());
  EXPECT_TRUE(closed.Assess(to("card")).is_cash_out());
  EXPECT_EQ(closed.Refused(to("card")), "ORDER_CASH_OUT");
  World paid_out = closed;
  closed.Done(to("gift2"));
  EXPECT_EQ(closed.FindAccount("a2")->balance().units(), 60000);
  paid_out.policy_fields = FilledByPolicy("CancelItems", "cash_out");
  const Decided decided =
      paid_out.Done(CancelPiecesText(PiecesOf("1", 1), "payment_method_id: 'card' cash_out: true"));
  EXPECT_EQ(decided.events[1].order().order_refunded().refund().route().kind(),
            v1::PaymentMethod::KIND_CARD);
}

TEST(CancelItemsTest, CancelOrderGoesElsewhereOnlyWhereItMust) {
  World world = MakeGiftWorld();
  const std::string elsewhere = "cancel_order { order_id: 'o1' payment_method_id: 'gift2' }";
  World open = world;
  open.Done(elsewhere);
  EXPECT_EQ(open.FindAccount("a1")->balance().units(), 50000);
  world.accounts[0].set_state(v1::Account::STATE_CLOSED);
  EXPECT_TRUE(world.Assess("cancel_order { order_id: 'o1' }").is_route_closed());
  EXPECT_EQ(world.Refused("cancel_order { order_id: 'o1' }"), "ORDER_ACCOUNT_CLOSED");
  EXPECT_EQ(world.Refused("cancel_order { order_id: 'o1' payment_method_id: 'none' }"),
            "ORDER_CANCEL_PAYMENT_METHOD_UNKNOWN@cancel_order.payment_method_id");
  EXPECT_EQ(world.Refused("cancel_order { order_id: 'o1' cash_out: true }"),
            "ARGUMENT_FORBIDDEN@cancel_order.cash_out");
  const std::string to_card = "cancel_order { order_id: 'o1' payment_method_id: 'card' }";
  EXPECT_TRUE(world.Assess(to_card).is_cash_out());
  EXPECT_EQ(world.Refused(to_card), "ORDER_CASH_OUT");
  EXPECT_FALSE(world.Assess(elsewhere).is_route_closed());
  World paid_out = world;
  world.Done(elsewhere);
  EXPECT_EQ(world.FindAccount("a2")->balance().units(), 70000);
  paid_out.policy_fields = FilledByPolicy("CancelOrder", "cash_out");
  paid_out.Done("cancel_order { order_id: 'o1' payment_method_id: 'card' cash_out: true }");
  EXPECT_EQ(paid_out.order.refunds(0).route().payment_method_id(), "card");
}

TEST(CancelItemsTest, TheAssessmentNamesTheItems) {
  World world = MakePlacedWorld();
  const v1::OrderAssessment assessment =
      world.Assess(CancelPiecesText(PiecesOf("1", 2) + PiecesOf("9", 1), FeeText(500)));
  ASSERT_EQ(assessment.items_size(), 2);
  EXPECT_EQ(assessment.items(0).line().line_id(), "1");
  EXPECT_EQ(assessment.items(0).available_quantity(), 3);
  EXPECT_FALSE(assessment.items(1).has_line());
  EXPECT_FALSE(assessment.has_refund_amount());
  EXPECT_EQ(world.Assess(CancelPiecesText(PiecesOf("1", 2), FeeText(500))).refund_amount().units(),
            19500);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
