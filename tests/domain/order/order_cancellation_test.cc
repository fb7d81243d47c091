// Money around a cancellation: beside disputes, and refunds that say "canceled" without pieces.
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

std::string CanceledAmount(int64_t units, const std::string& more = "") {
  return absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_CANCELLATION ",
                      "amount { units: ", units, " currency_code: 'USD' } ", more, " }");
}

std::string DisputeOfPayment(int64_t units) {
  return absl::StrCat(
      "record_dispute { order_id: 'o1' payment_id: 'payment-1' state: STATE_OPEN "
      "gateway_reference: 'dp-1' amount { units: ",
      units, " currency_code: 'USD' } }");
}

std::string CaptureOutside(const std::string& reference, int64_t units) {
  return absl::StrCat(
      "record_payment { order_id: 'o1' payment { payment_method_id: 'card' state: STATE_CAPTURED "
      "gateway_reference: '",
      reference, "' amount { units: ", units, " currency_code: 'USD' } } }");
}

// The old payment is disputed while its refund is on its way. The new one is asked for the fee, and for nothing else.
TEST(CancellationTest, TheFeeIsAskedForBesideADisputedRefund) {
  World world = MakePlacedWorld();
  world.Done("change_payment_method { order_id: 'o1' payment_method_id: 'wallet' }");
  world.Done(DisputeOfPayment(31000));
  ASSERT_EQ(world.order.owed_amount().units(), 0);
  const std::string all =
      "cancel_items { order_id: 'o1' items { line_id: '1' quantity: 3 } items { line_id: '2' "
      "quantity: 1 } fee { units: 300 currency_code: 'USD' } }";
  EXPECT_EQ(world.Assess(all).refund_amount().units(), 0);
  const Decided decided = world.Done(all);
  EXPECT_EQ(EventNames(decided.events), "items_canceled order_canceled payment_recorded");
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().lower_payment().amount().units(), 300);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

// A part of the payment is disputed, and the bank has more than is left of it.
TEST(CancellationTest, ADisputeCountsAsHeldOnlyAsFarAsTheMoneyIsThere) {
  World world = MakePlacedWorld();
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_DUPLICATE settlement: SETTLEMENT_DONE "
      "amount { units: 30000 currency_code: 'USD' } }");
  world.Done(DisputeOfPayment(20000));
  ASSERT_EQ(world.order.owed_amount().units(), 30000);
  world.Done(
      "request_payment { order_id: 'o1' payments { payment_method_id: 'wallet' amount { units: "
      "30000 currency_code: 'USD' } } }");
  const Decided decided = world.Done(
      "cancel_items { order_id: 'o1' items { line_id: '1' quantity: 3 } items { line_id: '2' "
      "quantity: 1 } fee { units: 1500 currency_code: 'USD' } }");
  // Of the fee 10.00 are with the bank.
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().lower_payment().amount().units(), 500);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(CancellationTest, AnAmountWithoutPiecesThatIsOwedIsNotRefunded) {
  World world = MakePlacedWorld();
  EXPECT_EQ(world.Refused(CanceledAmount(1)), "ORDER_REFUND_EXCEEDS_CANCELED@refund_order.amount");
  // More than is held is that first.
  EXPECT_EQ(world.Refused(CanceledAmount(31001)), "ORDER_REFUND_EXCEEDS_HELD@refund_order.amount");
  // The pieces take their worth with them; another cause lowers the owed amount.
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_CANCELLATION items { line_id: '2' "
      "quantity: 1 } }");
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  EXPECT_EQ(world.Refused(CanceledAmount(1)), "ORDER_REFUND_EXCEEDS_CANCELED@refund_order.amount");
  // Nothing is not owed.
  world.Done(CanceledAmount(0));
}

// The refund of canceled pieces bounced: its money is held above the owed amount.
TEST(CancellationTest, AnAmountAboveTheOwedOneIsRefunded) {
  World world = MakePlacedWorld();
  world.Done("cancel_items { order_id: 'o1' items { line_id: '2' quantity: 1 } }");
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_FAILED } }");
  ASSERT_EQ(world.order.owed_amount().units(), -1000);
  EXPECT_EQ(world.Refused(CanceledAmount(1001)),
            "ORDER_REFUND_EXCEEDS_CANCELED@refund_order.amount");
  world.Done(CanceledAmount(1000));
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  EXPECT_EQ(world.order.credited_amount().units(), 1000);
}

TEST(CancellationTest, ShippingLowersTheOwedAmountUntilTheOrderIsCanceled) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'mug-plain' quantity: 2 } shipping { units: 400 currency_code: 'USD' } payment_method_id: "
      "'card' settlement: SETTLEMENT_DONE }");
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_CANCELLATION shipping_amount { units: 100 "
      "currency_code: 'USD' } }");
  EXPECT_EQ(world.order.credited_amount().units(), 100);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  world.Done(
      "cancel_items { order_id: 'o1' items { line_id: '1' quantity: 2 } fee { units: 200 "
      "currency_code: 'USD' } settlement: SETTLEMENT_DONE }");
  ASSERT_EQ(world.order.state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ(world.order.credited_amount().units(), 2200);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  // The fee stays owed. Nor does a capture that comes too late make it less.
  const std::string shipping =
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_CANCELLATION shipping_amount { units: ";
  EXPECT_EQ(world.Refused(CanceledAmount(1)), "ORDER_REFUND_EXCEEDS_CANCELED@refund_order.amount");
  world.Done(CaptureOutside("late", 500));
  EXPECT_EQ(world.order.owed_amount().units(), -500);
  world.Done(CanceledAmount(500));
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  EXPECT_EQ(world.order.credited_amount().units(), 2200);
  EXPECT_EQ(HeldAmount(world.order).units(), 200);
}

// The shipping of a canceled order was credited with it: its refund, made again after it bounced, credits it no second time.
TEST(CancellationTest, ShippingOfACanceledOrderIsCreditedOnce) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'mug-plain' quantity: 2 } shipping { units: 400 currency_code: 'USD' } payment_method_id: "
      "'card' settlement: SETTLEMENT_DONE }");
  world.Done(
      "cancel_items { order_id: 'o1' items { line_id: '1' quantity: 2 } fee { units: 200 "
      "currency_code: 'USD' } }");
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_FAILED } }");
  ASSERT_EQ(world.order.owed_amount().units(), -2200);
  v1::Command again = CommandAt(
      1715774400 + 60,
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_CANCELLATION amount { units: 1800 "
      "currency_code: 'USD' } shipping_amount { units: 400 currency_code: 'USD' } }");
  EXPECT_EQ(Summary(world.Do(again).refusals), "");
  EXPECT_EQ(world.order.credited_amount().units(), 2200);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  EXPECT_EQ(HeldAmount(world.order).units(), 200);
  // Its shipping counts as refunded all the same, and a bounce is the money held again.
  EXPECT_EQ(world.order.refunded_shipping_amount().units(), 400);
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-3' state: STATE_FAILED } }");
  EXPECT_EQ(world.order.credited_amount().units(), 2200);
  EXPECT_EQ(world.order.owed_amount().units(), -2200);
}

// A cancellation that was refunded outside removes no piece; CancelItems does, and gives nothing back twice.
TEST(CancellationTest, PiecesOfARefundOutsideAreCanceledAfterIt) {
  World world = MakePlacedWorld();
  world.Done(
      "record_payment { order_id: 'o1' refund { state: STATE_SUCCEEDED gateway_reference: 're-1' "
      "cause: REFUND_CAUSE_CANCELLATION amount { units: 10000 currency_code: 'USD' } } }");
  EXPECT_EQ(world.order.owed_amount().units(), 10000);
  const Decided decided =
      world.Done("cancel_items { order_id: 'o1' items { line_id: '1' quantity: 1 } }");
  EXPECT_EQ(EventNames(decided.events), "items_canceled");
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  EXPECT_EQ(HeldAmount(world.order).units(), 21000);
}

// The last pieces were canceled at the gateway: the rest of the payment is asked for no more.
TEST(CancellationTest, ACancellationOutsideAsksForNothingMore) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'mug-plain' quantity: 1 } shipping { units: 400 currency_code: 'USD' } payment_method_id: "
      "'card' }");
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED "
      "more_captures: true gateway_reference: 'cap-1' amount { units: 1000 currency_code: 'USD' } "
      "} }");
  const Decided decided = world.Done(
      "record_payment { order_id: 'o1' refund { state: STATE_SUCCEEDED gateway_reference: 're-1' "
      "cause: REFUND_CAUSE_CANCELLATION items { line_id: '1' quantity: 1 } } }");
  EXPECT_EQ(EventNames(decided.events),
            "items_canceled order_canceled payment_recorded order_refunded");
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().void_payment().payment_id(), "payment-1");
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
