// The causes of refunds, their components and tax, and the table of them.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

std::string RefundText(const std::string& cause, const std::string& more) {
  return absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_", cause,
                      " settlement: SETTLEMENT_DONE ", more, " }");
}

std::string UnitsText(const std::string& field, int64_t units,
                      const std::string& currency_code = "USD") {
  return absl::StrCat(field, " { units: ", units, " currency_code: '", currency_code, "' } ");
}

// One mug, whose price and tax make `terms`, paid by card.
World MakeMugWorld(int64_t price, int quantity, const std::string& terms) {
  World world = MakeWorld();
  world.catalog.mutable_variants(3)->mutable_unit_price()->set_value(price);
  world.Done(absl::StrCat(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'mug-plain' quantity: ",
      quantity, " } ", terms, " payment_method_id: 'card' settlement: SETTLEMENT_DONE }"));
  return world;
}

constexpr char kShippingAndFee[] =
    "shipping { units: 1000 currency_code: 'USD' } fee { units: 300 currency_code: 'USD' }";

// "LINE 1 x2 1000 payment-1 card GOODWILL".
std::string RowTexts(const v1::RefundTable& table) {
  std::vector<std::string> texts;
  int64_t sum = 0;
  for (const v1::RefundRow& row : table.rows()) {
    sum += row.amount().units();
    texts.push_back(absl::StrCat(v1::RefundRow::Component_Name(row.component()).substr(10), " ",
                                 row.line_id(), " x", row.quantity(), " ", row.amount().units(),
                                 " ", row.payment_id(), " ", row.route().payment_method_id(), " ",
                                 v1::RefundCause_Name(row.cause()).substr(13)));
  }
  EXPECT_EQ(sum, table.amount().units());
  return absl::StrJoin(texts, ", ");
}

// The table of the command, which is then done.
v1::RefundTable TableOf(World* world, const std::string& verb) {
  const v1::Order before = world->order;
  v1::Outcome outcome;
  for (const v1::Event& event : world->Done(verb).events) *outcome.add_events() = event;
  return MakeRefundTable(before, outcome);
}

// Five mugs at 5.50: three were delivered, two are out of stock.
TEST(RefundCauseTest, RefundedAsCanceledIsNotShipped) {
  World world = MakeMugWorld(550, 5, "");
  const auto ship = [](const char* id, int quantity) {
    return absl::StrCat("record_shipment { order_id: 'o1' shipment { shipment_id: '", id,
                        "' lines { line_id: '1' quantity: ", quantity, " } } }");
  };
  world.Done(ship("s1", 3));
  world.Done("record_delivery { order_id: 'o1' shipment_id: 's1' }");
  const Decided decided =
      world.Done(RefundText("CANCELLATION", "items { line_id: '1' quantity: 2 }"));
  EXPECT_EQ(EventNames(decided.events), "items_canceled order_refunded");
  EXPECT_EQ(decided.events[1].order().order_refunded().refund().amount().units(), 1100);
  EXPECT_EQ(decided.events[1].order().order_refunded().refund().lines_size(), 0);
  EXPECT_EQ(world.order.state(), v1::Order::STATE_DELIVERED);
  EXPECT_NE(world.Refused(ship("s2", 2)), "");
  EXPECT_EQ(world.order.lines(0).quantities().canceled(), 2);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  // Delivered pieces are not canceled.
  EXPECT_EQ(world.Refused(RefundText("CANCELLATION", "items { line_id: '1' quantity: 1 }")),
            "ORDER_REFUND_ITEM_QUANTITY@refund_order.items[0].quantity");
}

TEST(RefundCauseTest, ACancellationMayWithholdAPart) {
  World world = MakePlacedWorld();
  const Decided decided = world.Done(RefundText(
      "CANCELLATION", "items { line_id: '1' quantity: 1 } " + UnitsText("amount", 8500)));
  const v1::ItemsCanceled& fact = decided.events[0].order().items_canceled();
  EXPECT_EQ(fact.lines(0).amount().units(), 8500);
  EXPECT_EQ(fact.lines(0).withheld_amount().units(), 1500);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

// The last pieces cancel the order; shipping stays until somebody refunds it.
TEST(RefundCauseTest, TheLastPiecesCancelTheOrder) {
  World world = MakeMugWorld(550, 2, kShippingAndFee);
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'p2' state: STATE_AUTHORIZED amount { "
      "units: 400 currency_code: 'USD' } payment_method_id: 'wallet' } }");
  const Decided decided =
      world.Done(RefundText("CANCELLATION", "items { line_id: '1' quantity: 2 }"));
  EXPECT_EQ(EventNames(decided.events),
            "items_canceled order_canceled payment_recorded order_refunded");
  EXPECT_EQ(world.order.state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ(HeldAmount(world.order).units(), 1300);
  EXPECT_EQ(world.order.owed_amount().units(), -1300);
  world.Done(RefundText("CANCELLATION",
                        UnitsText("shipping_amount", 1000) + UnitsText("fee_amount", 300)));
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(RefundCauseTest, LostPiecesAreNeitherDeliveredNorOwed) {
  World world = MakeShippedWorld();
  EXPECT_EQ(world.Refused(RefundText("LOST", "items { line_id: '1' quantity: 4 }")),
            "ORDER_REFUND_ITEM_QUANTITY@refund_order.items[0].quantity");
  const Decided decided = world.Done(RefundText("LOST", "items { line_id: '1' quantity: 1 }"));
  EXPECT_EQ(EventNames(decided.events), "items_lost order_refunded");
  EXPECT_EQ(decided.events[1].order().order_refunded().refund().lines(0).amount().units(), 10000);
  EXPECT_EQ(world.order.lines(0).quantities().lost(), 1);
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 1);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  world.Done("record_delivery { order_id: 'o1' shipment_id: 's1' }");
  EXPECT_EQ(world.order.lines(0).quantities().delivered(), 2);
  EXPECT_EQ(world.order.state(), v1::Order::STATE_DELIVERED);
  EXPECT_EQ(world.Refused(RefundText("LOST", "items { line_id: '1' quantity: 1 }")),
            "ORDER_REFUND_ITEM_QUANTITY@refund_order.items[0].quantity");
}

// A piece that was refunded as goodwill may be lost too: it is worth nothing more.
TEST(RefundCauseTest, ARefundedPieceIsLostWithoutMoney) {
  World world = MakeShippedWorld();
  world.Done(RefundText("GOODWILL", "items { line_id: '2' quantity: 1 }"));
  const Decided decided = world.Done(
      RefundText("LOST", "items { line_id: '2' quantity: 1 } items { line_id: '1' quantity: 3 }"));
  EXPECT_EQ(decided.events[0].order().items_lost().lines_size(), 2);
  const v1::Refund& refund = decided.events[1].order().order_refunded().refund();
  EXPECT_EQ(refund.amount().units(), 30000);
  EXPECT_EQ(refund.lines_size(), 1);
  EXPECT_EQ(world.order.state(), v1::Order::STATE_DELIVERED);
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
}

// Which causes lower what is owed, by the table at RefundCause. CANCELLATION needs pieces for that.
TEST(RefundCauseTest, EachCauseSaysWhatIsOwed) {
  struct Case {
    const char* cause;
    int64_t owed;
  };
  for (const Case& each :
       {Case{"RETURN", 0}, Case{"ITEM_CHANGE", 500}, Case{"PAYMENT_CHANGE", 500},
        Case{"EXCHANGE", 0}, Case{"GOODWILL", 0}, Case{"DUPLICATE", 500}, Case{"FRAUD", 0},
        Case{"LOST", 0}, Case{"PRICE_ADJUSTMENT", 0}, Case{"OTHER", 0}}) {
    SCOPED_TRACE(each.cause);
    World world = MakePlacedWorld();
    world.Done(RefundText(each.cause, UnitsText("amount", 500) + "reason: 'x'"));
    EXPECT_EQ(world.order.owed_amount().units(), each.owed);
    EXPECT_EQ(AllRefunds(world.order)[0].reason(), "x");
  }
}

TEST(RefundCauseTest, Arguments) {
  World world = MakePlacedWorld();
  EXPECT_EQ(world.Refused(RefundText("OTHER", UnitsText("amount", 1))),
            "ARGUMENT_REQUIRED@refund_order.reason");
  EXPECT_EQ(world.Refused(RefundText("GOODWILL", "")), "ARGUMENT_REQUIRED@refund_order.amount");
  EXPECT_EQ(world.Refused(RefundText("GOODWILL", "cash_out: true " + UnitsText("amount", 1))),
            "ARGUMENT_FORBIDDEN@refund_order.cash_out");
  EXPECT_EQ(world.Refused(RefundText("DUPLICATE", "items { line_id: '1' quantity: 1 } " +
                                                      UnitsText("shipping_amount", 1) +
                                                      UnitsText("fee_amount", -1))),
            "ARGUMENT_FORBIDDEN@refund_order.items ARGUMENT_FORBIDDEN@refund_order.shipping_amount "
            "ARGUMENT_OUT_OF_RANGE@refund_order.fee_amount.units "
            "ARGUMENT_FORBIDDEN@refund_order.fee_amount");
}

// 10.00 of shipping is not refunded three times with 5.00.
TEST(RefundComponentTest, NoneIsRefundedAboveItsCharge) {
  World world = MakeMugWorld(2000, 2, kShippingAndFee);
  const std::string half = RefundText("GOODWILL", UnitsText("shipping_amount", 500));
  world.Done(half);
  EXPECT_EQ(AllRefunds(world.order)[0].shipping_amount().units(), 500);
  world.Done(half);
  EXPECT_EQ(world.order.refunded_shipping_amount().units(), 1000);
  EXPECT_EQ(world.Refused(half), "ORDER_REFUND_EXCEEDS_CHARGE@refund_order.shipping_amount");
  EXPECT_EQ(world.Refused(RefundText("GOODWILL", UnitsText("fee_amount", 301))),
            "ORDER_REFUND_EXCEEDS_CHARGE@refund_order.fee_amount");
  EXPECT_EQ(world.Refused(RefundText("GOODWILL", UnitsText("fee_amount", 300, "EUR"))),
            "ORDER_REFUND_CURRENCY@refund_order.fee_amount");
  world.Done(RefundText("GOODWILL", UnitsText("fee_amount", 300) + UnitsText("amount", 4000)));
  EXPECT_EQ(world.order.refunded_fee_amount().units(), 300);
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(RefundComponentTest, ARefundThatFailsReleasesItsComponents) {
  World world = MakeMugWorld(2000, 2, kShippingAndFee);
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL shipping_amount { units: 1000 "
      "currency_code: 'USD' } }");
  EXPECT_EQ(world.order.refunded_shipping_amount().units(), 1000);
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_FAILED } }");
  EXPECT_EQ(world.order.refunded_shipping_amount().units(), 0);
  // Refunded again; then the first one succeeds all the same: it is not shipping any more.
  world.Done(RefundText("GOODWILL", UnitsText("shipping_amount", 600)));
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_SUCCEEDED } }");
  EXPECT_EQ(world.order.refunded_shipping_amount().units(), 1000);
  EXPECT_EQ(HeldAmount(world.order).units(), 4000 + 300 - 600);
}

TEST(RefundComponentTest, TheAssessmentHasShippingAndFees) {
  World world = MakeMugWorld(2000, 2, kShippingAndFee);
  const std::string all =
      RefundText("RETURN", "items { line_id: '1' quantity: 1 } " +
                               UnitsText("shipping_amount", 1000) + UnitsText("fee_amount", 300));
  EXPECT_EQ(world.Assess(all).refund_amount().units(), 3300);
  world.Done(all);
  const v1::Refund refund = AllRefunds(world.order)[0];
  EXPECT_EQ(refund.amount().units(), 3300);
  EXPECT_EQ(refund.lines(0).amount().units(), 2000);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 2000);
}

// Net 41.00, tax 8.61: refunds of 10.00, 20.00 and 19.61 have tax 1.74, 3.47 and 3.40; so they have where prices contain the tax.
TEST(RefundTaxTest, TheTaxIsAllocatedCumulatively) {
  for (const bool inclusive : {false, true}) {
    SCOPED_TRACE(inclusive);
    World world = MakeMugWorld(inclusive ? 4961 : 4100, 1,
                               absl::StrCat("tax_rule { rate_ppm: 210000 inclusive: ",
                                            inclusive ? "true" : "false", " } ", kShippingAndFee));
    ASSERT_EQ(world.order.totals().total().units(), 4961 + 1300);
    std::vector<int64_t> taxes;
    for (const int64_t units : {1000, 2000, 1961}) {
      world.Done(RefundText("GOODWILL", UnitsText("amount", units)));
      taxes.push_back(AllRefunds(world.order).back().tax_amount().units());
    }
    EXPECT_EQ(taxes, (std::vector<int64_t>{174, 347, 340}));
    EXPECT_EQ(world.order.refunded_tax_amount().units(), 861);
    // Shipping is given as the customer pays it.
    world.Done(RefundText("GOODWILL", UnitsText("shipping_amount", 1000)));
    EXPECT_EQ(world.order.refunded_tax_amount().units(), 861);
  }
}

TEST(RefundTaxTest, ARefundThatFailsReleasesItsTax) {
  World world = MakeMugWorld(4100, 1, "tax_rule { rate_ppm: 210000 }");
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 1000 "
      "currency_code: 'USD' } }");
  EXPECT_EQ(world.order.refunded_tax_amount().units(), 174);
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_FAILED } }");
  EXPECT_EQ(world.order.refunded_tax_amount().units(), 0);
  world.Done(RefundText("GOODWILL", UnitsText("amount", 4961)));
  EXPECT_EQ(world.order.refunded_tax_amount().units(), 861);
}

// The order was paid twice on the way: what went back for that has no tax, and takes none from later refunds.
TEST(RefundTaxTest, MoneyBesideThePriceHasNoTax) {
  World world = MakeMugWorld(4100, 1, "tax_rule { rate_ppm: 210000 }");
  world.Done(
      "change_payment_method { order_id: 'o1' payment_method_id: 'gift' settlement: "
      "SETTLEMENT_DONE }");
  ASSERT_EQ(world.order.refund_count(), 1);
  EXPECT_FALSE(AllRefunds(world.order)[0].has_tax_amount());
  world.Done(RefundText("GOODWILL", UnitsText("amount", 1000)));
  EXPECT_EQ(AllRefunds(world.order)[1].tax_amount().units(), 174);
}

// A piece that was never paid takes no tax back.
TEST(RefundTaxTest, PiecesThatWereNotPaidHaveNoTaxToRefund) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } tax_rule { rate_ppm: 200000 } payment_method_id: 'card' }");
  world.Done("cancel_items { order_id: 'o1' items { line_id: '1' quantity: 1 } }");
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED } "
      "}");
  ASSERT_EQ(HeldAmount(world.order).units(), 12000);
  world.Done(RefundText("RETURN", "items { line_id: '1' quantity: 1 }"));
  EXPECT_EQ(AllRefunds(world.order)[0].tax_amount().units(), 2000);
}

TEST(RefundTaxTest, CancelingAndChangingHaveTaxToo) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 3 } shipping { units: 600 currency_code: 'USD' } tax_rule { "
      "rate_ppm: "
      "200000 } payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  world.Done(
      "change_items { order_id: 'o1' changes { item { line_id: '1' quantity: 1 } } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(AllRefunds(world.order)[0].tax_amount().units(), 2000);
  world.Done(
      "cancel_items { order_id: 'o1' items { line_id: '1' quantity: 1 } settlement: "
      "SETTLEMENT_DONE }");
  EXPECT_EQ(AllRefunds(world.order)[1].tax_amount().units(), 2000);
  world.Done("cancel_order { order_id: 'o1' settlement: SETTLEMENT_DONE }");
  const v1::Refund rest = AllRefunds(world.order)[2];
  EXPECT_EQ(rest.amount().units(), 12600);
  EXPECT_EQ(rest.shipping_amount().units(), 600);
  EXPECT_EQ(rest.tax_amount().units(), 2000);
}

// Three of 100.00 less 10 %: two of them are 180.00.
TEST(RefundComponentTest, TwoOfThreeLessTenPercent) {
  World world = MakeMugWorld(10000, 3, "discounts { discount_id: 'd' rate_ppm: 100000 }");
  world.Done(RefundText("RETURN", "items { line_id: '1' quantity: 2 }"));
  EXPECT_EQ(AllRefunds(world.order)[0].amount().units(), 18000);
}

TEST(RefundTableTest, FromEachComponentAndPaymentToItsPlace) {
  World world = MakeMugWorld(2000, 2, kShippingAndFee);  // 53.00 by card.
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'p2' state: STATE_CAPTURED amount { "
      "units: 2500 currency_code: 'USD' } payment_method_id: 'wallet' } }");
  const v1::RefundTable table =
      TableOf(&world, RefundText("RETURN", "items { line_id: '1' quantity: 2 } " +
                                               UnitsText("shipping_amount", 1000)));
  EXPECT_EQ(RowTexts(table),
            "LINE 1 x0 2500 p2 wallet RETURN, LINE 1 x2 1500 payment-1 card RETURN, "
            "SHIPPING  x0 1000 payment-1 card RETURN");
  EXPECT_EQ(table.refundable_amount().units(), 7800);
  EXPECT_EQ(table.amount().units(), 5000);
}

TEST(RefundTableTest, CanceledPiecesAndTheRestOfTheOrder) {
  World world = MakeMugWorld(2000, 2, kShippingAndFee);
  EXPECT_EQ(
      RowTexts(TableOf(&world,
                       "cancel_items { order_id: 'o1' items { line_id: '1' quantity: 1 } fee { "
                       "units: 100 currency_code: 'USD' } }")),
      "LINE 1 x1 1900 payment-1 card CANCELLATION");
  EXPECT_EQ(RowTexts(TableOf(&world, RefundText("GOODWILL", UnitsText("amount", 50)))),
            "ORDER  x0 50 payment-1 card GOODWILL");
  EXPECT_EQ(RowTexts(TableOf(&world, "cancel_order { order_id: 'o1' }")),
            "ORDER  x0 1950 payment-1 card CANCELLATION, SHIPPING  x0 1000 payment-1 card "
            "CANCELLATION, FEE  x0 300 payment-1 card CANCELLATION");
}

TEST(RefundTableTest, WithoutRefundsItIsEmpty) {
  World world = MakePlacedWorld();
  const v1::RefundTable table =
      TableOf(&world, "change_shipping_address { order_id: 'o1' address { lines: 'x' } }");
  EXPECT_EQ(RowTexts(table), "");
  EXPECT_EQ(table.refundable_amount().units(), 31000);
  // Events of another order are not its own.
  const Decided decided = world.Done(RefundText("GOODWILL", UnitsText("amount", 0)));
  v1::Outcome outcome;
  *outcome.add_events() = decided.events[0];
  EXPECT_EQ(RowTexts(MakeRefundTable(world.order, outcome)), "ORDER  x0 0 payment-1 card GOODWILL");
  outcome.mutable_events(0)->mutable_entity()->set_id("o2");
  EXPECT_EQ(MakeRefundTable(world.order, outcome).rows_size(), 0);
}

TEST(RefundRouteTest, StoredValueGoesBackOrWherePolicySays) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 1 } payment_method_id: 'gift' }");
  const std::string to_card =
      RefundText("GOODWILL", UnitsText("amount", 100) + "payment_method_id: 'card'");
  EXPECT_TRUE(world.Assess(to_card).is_cash_out());
  EXPECT_EQ(world.Refused(to_card), "ORDER_CASH_OUT");
  const std::string back = RefundText("GOODWILL", UnitsText("amount", 100));
  EXPECT_FALSE(world.Assess(back).is_cash_out());
  EXPECT_FALSE(world.Assess(back).is_route_closed());
  world.accounts[0].set_state(v1::Account::STATE_CLOSED);
  EXPECT_TRUE(world.Assess(back).is_route_closed());
  EXPECT_EQ(world.Refused(back), "ORDER_ACCOUNT_CLOSED");
  world.policy_fields.filled = {
      FindCommandByName("RefundOrder")->message->FindFieldByName("cash_out"),
      FindCommandByName("RefundOrder")->message->FindFieldByName("payment_method_id")};
  world.Done(RefundText("GOODWILL",
                        UnitsText("amount", 100) + "payment_method_id: 'card' cash_out: true"));
  EXPECT_EQ(AllRefunds(world.order)[0].route().payment_method_id(), "card");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
