// The commands on an order after a part of its money went back, and their amounts.
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// An order of one shirt, 100.00, paid by card.
World MakeShirtWorld() {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
      "lines { variant_id: 'shirt-blue' quantity: 1 } payment_method_id: 'card' "
      "settlement: SETTLEMENT_DONE }");
  return world;
}

std::string Refund(int64_t units, const std::string& more) {
  return absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: ",
                      units, " currency_code: 'USD' } ", more, " }");
}

int64_t HeldOf(const v1::Order& order, const std::string& payment_method_id) {
  int64_t units = 0;
  for (const v1::Payment& payment : AllPayments(order)) {
    if (payment.route().payment_method_id() == payment_method_id) {
      units += HeldAmount(payment).units();
    }
  }
  return units;
}

TEST(OrderAfterRefundsTest, AnotherPaymentMethodPaysWhatIsStillHeld) {
  for (const char* settlement : {"settlement: SETTLEMENT_DONE", ""}) {
    World world = MakeShirtWorld();
    world.Done(Refund(3000, settlement));  // Back, or on its way back.
    const Decided decided = world.Done(
        "change_payment_method { order_id: 'o1' payment_method_id: 'gift' settlement: "
        "SETTLEMENT_DONE }");
    ASSERT_FALSE(decided.events.empty());
    EXPECT_EQ(decided.events.front().order().payment_method_changed().amount().units(), 7000);
    EXPECT_EQ(HeldOf(world.order, "gift"), 7000) << settlement;
    EXPECT_EQ(HeldOf(world.order, "card"), 0) << settlement;
    EXPECT_EQ(HeldAmount(world.order).units(), 7000) << settlement;
    EXPECT_EQ(world.FindAccount("a1")->balance().units(), 50000 - 7000) << settlement;
  }
}

TEST(OrderAfterRefundsTest, NothingMovesWhenAllWentBack) {
  World world = MakeShirtWorld();
  world.Done(Refund(10000, "settlement: SETTLEMENT_DONE"));
  const Decided decided =
      world.Done("change_payment_method { order_id: 'o1' payment_method_id: 'gift' }");
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  EXPECT_TRUE(decided.effects.empty());
  EXPECT_EQ(world.FindAccount("a1")->balance().units(), 50000);
}

TEST(OrderAfterRefundsTest, CancelingGivesTheRestBack) {
  World world = MakeShirtWorld();
  world.Done(Refund(3000, ""));
  world.Done("cancel_order { order_id: 'o1' settlement: SETTLEMENT_DONE }");
  ASSERT_EQ(AllRefunds(world.order).size(), 2u);
  EXPECT_EQ(AllRefunds(world.order)[1].amount().units(), 7000);
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
}

// Of several payments the latest is refunded first.
TEST(OrderAfterRefundsTest, TheLatestPaymentIsRefundedFirst) {
  World world = MakeShirtWorld();
  for (const char* id : {"p2", "p3"}) {
    world.Done(absl::StrCat("record_payment { order_id: 'o1' payment { payment_id: '", id,
                            "' state: STATE_CAPTURED amount { units: 5000 currency_code: 'USD' } "
                            "payment_method_id: 'wallet' } }"));
  }
  world.Done(Refund(6000, "settlement: SETTLEMENT_DONE"));
  ASSERT_EQ(AllPayments(world.order).size(), 3u);
  EXPECT_EQ(AllPayments(world.order)[2].refunded_amount().units(), 5000);
  EXPECT_EQ(AllPayments(world.order)[1].refunded_amount().units(), 1000);
  EXPECT_EQ(AllPayments(world.order)[0].refunded_amount().units(), 0);
}

TEST(OrderAfterRefundsTest, TheReturnPeriodBeginsWithTheLastParcel) {
  World world = MakePlacedWorld();
  world.Done(
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' lines { line_id: '1' "
      "quantity: 3 } } }");
  world.Done(
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's2' lines { line_id: '2' "
      "quantity: 1 } } }");
  // The later parcel is recorded first.
  world.Done(
      "record_delivery { order_id: 'o1' shipment_id: 's2' deliver_time { seconds: 1715774300 } }");
  EXPECT_FALSE(world.order.has_deliver_time());
  world.Done(
      "record_delivery { order_id: 'o1' shipment_id: 's1' deliver_time { seconds: 1715774200 } }");
  EXPECT_EQ(world.order.state(), v1::Order::STATE_DELIVERED);
  EXPECT_EQ(world.order.deliver_time().seconds(), 1715774300);
}

TEST(OrderAfterRefundsTest, NothingIsLeftToShipOfACanceledOrder) {
  World world = MakePlacedWorld();
  world.Done("cancel_order { order_id: 'o1' }");
  ASSERT_EQ(world.order.lines_size(), 2);
  EXPECT_EQ(world.order.lines(0).quantities().canceled(), 3);
  EXPECT_EQ(world.order.lines(1).quantities().canceled(), 1);
}

TEST(OrderAfterRefundsTest, NoPieceIsRequestedBackTwice) {
  World world = MakeDeliveredWorld();
  const auto back = [](int quantity) {
    return absl::StrCat("request_return { order_id: 'o1' items { line_id: '1' quantity: ", quantity,
                        " } payment_method_id: 'card' }");
  };
  world.Done(back(2));
  EXPECT_EQ(world.Refused(back(2)),
            "ORDER_REQUEST_RETURN_ITEM_QUANTITY@request_return.items[0].quantity");
  world.Done(back(1));
  EXPECT_NE(world.Refused(back(1)), "");
}

TEST(OrderAfterRefundsTest, APieceThatWasNotRefundedComesBackFirst) {
  for (const char* back : {"request_return { order_id: 'o1' items { variant_id: 'shirt-blue' "
                           "quantity: 1 } payment_method_id: 'card' }",
                           "request_exchange { order_id: 'o1' changes { item { variant_id: "
                           "'shirt-blue' quantity: 1 } new_variant_id: 'shirt-red' } "
                           "payment_method_id: 'card' }"}) {
    World world = MakeWorld();
    world.Done(
        "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
        "lines { variant_id: 'shirt-blue' quantity: 1 } lines { variant_id: 'shirt-blue' quantity: "
        "1 "
        "} payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
    world.Done(
        "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' lines { line_id: '1' "
        "quantity: 1 } lines { line_id: '2' quantity: 1 } } }");
    world.Done("record_delivery { order_id: 'o1' shipment_id: 's1' }");
    world.Done(
        "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '1' quantity: "
        "1 } settlement: SETTLEMENT_DONE }");
    world.Done(back);
    EXPECT_EQ(world.order.lines(0).quantities().return_requested(), 0) << back;
    EXPECT_EQ(world.order.lines(1).quantities().return_requested(), 1) << back;
    // The refunded piece is all that is left.
    world.Done(back);
    EXPECT_EQ(world.order.lines(0).quantities().return_requested(), 1) << back;
  }
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
