// The amount that is owed for an order, and the commands that move it.
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

constexpr char kOwedUsd[] = " currency_code: 'USD' }";

// Two shirts of 100.00, paid by `method`.
World OwedWorld(const std::string& method = "card", const std::string& more = "") {
  World world = MakeWorld();
  world.Done(
      absl::StrCat("place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
                   "lines { variant_id: 'shirt-blue' quantity: 2 } payment_method_id: '",
                   method, "' ", more, " }"));
  return world;
}

std::string OwedReport(const std::string& payment_id, const std::string& state,
                       const std::string& more = "") {
  return absl::StrCat("record_payment { order_id: 'o1' payment { payment_id: '", payment_id,
                      "' state: STATE_", state, " ", more, " } }");
}

std::string OwedAmountText(int64_t units) {
  return absl::StrCat("amount { units: ", units, kOwedUsd);
}

std::string AskedFrom(const std::string& method) {
  return absl::StrCat("request_payment { order_id: 'o1' payments { payment_method_id: '", method,
                      "' } }");
}

// "card 20000 FAILED, wallet 20000 REQUESTED".
std::string PaidTexts(const World& world) {
  std::vector<std::string> texts;
  for (const v1::Payment& payment : AllPayments(world.order)) {
    texts.push_back(absl::StrCat(payment.route().payment_method_id(), " ", payment.amount().units(),
                                 " ", v1::Payment_State_Name(payment.state()).substr(6)));
  }
  return absl::StrJoin(texts, ", ");
}

int64_t OwedBy(const World& world) {
  // By the definition.
  int64_t owed = world.order.totals().total().units() - world.order.credited_amount().units();
  for (const v1::Payment& payment : AllPayments(world.order)) {
    owed -= HeldAmount(payment).units();
    if (payment.state() == v1::Payment::STATE_REQUESTED ||
        payment.state() == v1::Payment::STATE_AUTHORIZED) {
      owed -= payment.amount().units() - payment.captured_amount().units();
    }
  }
  EXPECT_EQ(world.order.owed_amount().units(), owed);
  return world.order.owed_amount().units();
}

TEST(OrderOwedTest, IsWhatIsNeitherHeldNorAskedFor) {
  World world = OwedWorld();
  EXPECT_EQ(OwedBy(world), 0);
  world.Done(OwedReport("payment-1", "FAILED", "failure_code: 'card_declined'"));
  EXPECT_EQ(OwedBy(world), 20000);
  EXPECT_EQ(AllPayments(world.order).at(0).failure_code(), "card_declined");
  EXPECT_EQ(world.Assess(AskedFrom("wallet")).owed_amount().units(), 20000);
  EXPECT_EQ(world.Assess(AskedFrom("wallet")).requested_amount().units(), 20000);
  world.Done(AskedFrom("wallet"));
  EXPECT_EQ(OwedBy(world), 0);
  EXPECT_EQ(PaidTexts(world), "card 20000 FAILED, wallet 20000 REQUESTED");
}

TEST(OrderOwedTest, ADeclinedCardIsReplacedByAnotherMethod) {
  World world = OwedWorld();
  world.Done(OwedReport("payment-1", "FAILED"));
  const Decided decided =
      world.Done("change_payment_method { order_id: 'o1' payment_method_id: 'wallet' }");
  EXPECT_EQ(EventNames(decided.events), "payment_method_changed payment_recorded");
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().capture_payment().amount().units(), 20000);
  EXPECT_EQ(PaidTexts(world), "card 20000 FAILED, wallet 20000 REQUESTED");
  // Nothing is left to move: no payment of zero comes of asking again.
  EXPECT_TRUE(world.Assess("change_payment_method { order_id: 'o1' payment_method_id: 'wallet' }")
                  .is_unchanged());
}

TEST(OrderOwedTest, APartialCaptureIsCompleted) {
  World world = OwedWorld();
  world.Done(OwedReport("payment-1", "AUTHORIZED"));
  world.Done(OwedReport("payment-1", "CAPTURED", OwedAmountText(12000)));
  EXPECT_EQ(OwedBy(world), 8000);
  world.Done(AskedFrom("gift"));
  EXPECT_EQ(OwedBy(world), 0);
  EXPECT_EQ(PaidTexts(world), "card 20000 CAPTURED, gift 8000 CAPTURED");
}

TEST(OrderOwedTest, AfterAFailureOneMorePieceAsksForAll) {
  World world = OwedWorld();
  world.Done(OwedReport("payment-1", "FAILED"));
  world.Done(
      "change_items { order_id: 'o1' changes { new_variant_id: 'mug-plain' added_quantity: 1 } "
      "payment_method_id: 'card' }");
  EXPECT_EQ(PaidTexts(world), "card 20000 FAILED, card 21000 REQUESTED");
  EXPECT_EQ(OwedBy(world), 0);
}

TEST(OrderOwedTest, BeforeTheCaptureAPieceIsRemoved) {
  World world = OwedWorld();
  const Decided decided = world.Done(
      "change_items { order_id: 'o1' changes { item { line_id: '1' quantity: 1 } } "
      "payment_method_id: 'card' }");
  EXPECT_EQ(PaidTexts(world), "card 10000 REQUESTED");
  EXPECT_EQ(OwedBy(world), 0);
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().lower_payment().amount().units(), 10000);
  EXPECT_TRUE(AllRefunds(world.order).empty());
}

TEST(OrderOwedTest, SeveralMethodsPayAnOrder) {
  World world = MakeWorld();
  const std::string place =
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
      "lines { variant_id: 'shirt-blue' quantity: 2 } ";
  const auto share = [](const std::string& method, int64_t units) {
    return absl::StrCat("payments { payment_method_id: '", method, "' ", OwedAmountText(units),
                        " } ");
  };
  EXPECT_EQ(world.Refused(place + share("gift", 5000) + share("card", 14999) + "}"),
            "ORDER_PLACE_PAYMENTS@place_order.payments");
  EXPECT_EQ(
      world.Refused(place + share("gift", 20000) + "payments { payment_method_id: 'card' } }"),
      "ORDER_PLACE_PAYMENTS@place_order.payments");
  EXPECT_EQ(world.Refused(place + share("none", 20000) + "}"),
            "ORDER_PLACE_PAYMENT_METHOD_UNKNOWN@place_order.payments[0].payment_method_id");
  EXPECT_EQ(world.Refused(place + share("gift", 20000) + "payment_method_id: 'card' }"),
            "ARGUMENT_EXCLUSIVE@place_order.payments");
  const Decided decided =
      world.Done(place + share("gift", 5000) + "payments { payment_method_id: 'card' } }");
  EXPECT_EQ(EventNames(decided.events), "order_placed");
  EXPECT_EQ(PaidTexts(world), "gift 5000 CAPTURED, card 15000 REQUESTED");
  EXPECT_EQ(OwedBy(world), 0);
  EXPECT_EQ(world.FindAccount("a1")->balance().units(), 45000);
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().capture_payment().payment_id(), "payment-2");
}

TEST(OrderOwedTest, AFreeOrderHasNoPayment) {
  World world = OwedWorld("card", "discounts { discount_id: 'd' rate_ppm: 1000000 }");
  EXPECT_EQ(PaidTexts(world), "");
  EXPECT_EQ(OwedBy(world), 0);
}

TEST(OrderOwedTest, RequestsAskForNoMoreThanIsOwed) {
  World world = OwedWorld();
  EXPECT_EQ(world.Refused(AskedFrom("wallet")), "ORDER_REQUEST_PAYMENT_NOTHING_OWED");
  world.Done(OwedReport("payment-1", "FAILED"));
  EXPECT_EQ(
      world.Refused("request_payment { order_id: 'o1' payments { payment_method_id: 'wallet' " +
                    OwedAmountText(20001) + " } }"),
      "ORDER_REQUEST_PAYMENT_EXCEEDS_OWED@request_payment.payments");
  EXPECT_EQ(world.Refused("request_payment { order_id: 'o1' payments { payment_method_id: 'wallet' "
                          "amount { units: 1 currency_code: 'EUR' } } }"),
            "ORDER_REQUEST_PAYMENT_CURRENCY@request_payment.payments[0].amount");
  EXPECT_EQ(
      world.Refused("request_payment { order_id: 'o1' payments { payment_method_id: 'lost' } }"),
      "ORDER_REQUEST_PAYMENT_ACCOUNT_UNKNOWN");
  EXPECT_EQ(world.Refused("request_payment { order_id: 'o1' }"),
            "ARGUMENT_COUNT@request_payment.payments");
  world.Done("request_payment { order_id: 'o1' payments { payment_method_id: 'gift' " +
             OwedAmountText(6000) + " } payments { payment_method_id: 'wallet' } }");
  EXPECT_EQ(PaidTexts(world), "card 20000 FAILED, gift 6000 CAPTURED, wallet 14000 REQUESTED");
  world.Done("cancel_order { order_id: 'o1' }");
  EXPECT_EQ(world.Refused(AskedFrom("card")), "ORDER_REQUEST_PAYMENT_STATE");
  EXPECT_EQ(OwedBy(world), 0);
}

TEST(OrderOwedTest, AnAuthorizationExpires) {
  World world = OwedWorld();
  world.Done(OwedReport("payment-1", "AUTHORIZED", "expire_time { seconds: 1715774401 }"));
  EXPECT_EQ(OwedBy(world), 0);
  // One second later, before anybody reports it.
  v1::Command later = NoonCommand(AskedFrom("wallet"));
  later.mutable_now()->set_seconds(1715774401);
  EXPECT_EQ(world.Input(later).assessment().owed_amount().units(), 20000);
  EXPECT_EQ(Summary(world.Do(later).refusals), "");
  EXPECT_EQ(PaidTexts(world), "card 20000 AUTHORIZED, wallet 20000 REQUESTED");
  world.Done(OwedReport("payment-1", "EXPIRED"));
  EXPECT_EQ(PaidTexts(world), "card 20000 EXPIRED, wallet 20000 REQUESTED");
  EXPECT_EQ(OwedBy(world), 0);
}

TEST(OrderOwedTest, ACanceledOrderOwesNothing) {
  World world = OwedWorld();
  world.Done(OwedReport("payment-1", "CAPTURED"));
  world.Done("cancel_order { order_id: 'o1' }");
  EXPECT_EQ(OwedBy(world), 0);
  EXPECT_EQ(world.order.credited_amount().units(), 20000);
  // The refund bounces: the customer has it still to get.
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_FAILED } }");
  EXPECT_EQ(OwedBy(world), -20000);
}

TEST(OrderOwedTest, GoodwillLowersWhatIsOwedAndADuplicateDoesNot) {
  World world = OwedWorld("card", "settlement: SETTLEMENT_DONE");
  world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL " + OwedAmountText(500) +
             " }");
  EXPECT_EQ(OwedBy(world), 0);
  EXPECT_EQ(world.order.credited_amount().units(), 500);
  world.Done(
      OwedReport("twice", "CAPTURED", OwedAmountText(20000) + " payment_method_id: 'wallet'"));
  EXPECT_EQ(OwedBy(world), -20000);
  world.Done("refund_order { order_id: 'o1' cause: REFUND_CAUSE_DUPLICATE " +
             OwedAmountText(20000) + " }");
  EXPECT_EQ(OwedBy(world), 0);
  EXPECT_EQ(world.order.credited_amount().units(), 500);
}

TEST(OrderOwedTest, AnImportedOrderWithoutPaymentsSaysNothing) {
  World world = MakeWorld();
  world.Done(
      "import_order { order { order_id: 'o1' customer_id: 'c1' state: STATE_PLACED currency_code: "
      "'USD' lines { line_id: '1' variant_id: 'shirt-blue' unit_price { value: 10000 scale: 2 "
      "currency_code: 'USD' } quantities { ordered: 1 } } } source { system: 'x' } }");
  EXPECT_FALSE(world.order.has_owed_amount());
  // A change asks for its own price.
  world.Done(
      "change_items { order_id: 'o1' changes { new_variant_id: 'mug-plain' added_quantity: 1 } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(PaidTexts(world), "card 1000 CAPTURED");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
