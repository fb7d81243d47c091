// The tax in refunds, one after the other, beside money that has no tax in it: compared with the share of the sum so far.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

std::string MoneyOf(const char* field, int64_t units) {
  return absl::StrCat(field, " { units: ", units, " currency_code: 'USD' } ");
}

// Two shirts at 100.00, one of which was canceled before anything was paid, and another method pays than at first: 120.00 are held, of
// which 20.00 are tax, and 120.00 went back without tax.
World CanceledAndMovedWorld() {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } tax_rule { rate_ppm: 200000 } payment_method_id: 'card' }");
  world.Done("cancel_items { order_id: 'o1' items { line_id: '1' quantity: 1 } }");
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED } "
      "}");
  world.Done(
      "change_payment_method { order_id: 'o1' payment_method_id: 'wallet' settlement: "
      "SETTLEMENT_DONE }");
  return world;
}

// The part of `tax` in `goods` of `whole`: an exact half is given by AllocateMoney().
int64_t TaxOf(int64_t goods, int64_t whole, int64_t tax) {
  v1::Money all;
  all.set_currency_code("USD");
  all.set_units(tax);
  const absl::StatusOr<std::vector<v1::Money>> parts = AllocateMoney(all, {goods, whole - goods});
  EXPECT_TRUE(parts.ok());
  return parts.ok() ? (*parts)[0].units() : -1;
}

TEST(RefundTaxBaseTest, EachRefundEndsAtTheTaxOfAllSoFar) {
  World world = CanceledAndMovedWorld();
  ASSERT_EQ(HeldAmount(world.order).units(), 12000);
  int64_t refunded = 0;
  int64_t tax = 0;
  for (int64_t units = 1; refunded + units <= 12000; units += 7) {
    world.Done(
        absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL settlement: "
                     "SETTLEMENT_DONE ",
                     MoneyOf("amount", units), "}"));
    refunded += units;
    tax += AllRefunds(world.order).back().tax_amount().units();
    // The order has 40.00 of tax in 240.00.
    EXPECT_EQ(tax, TaxOf(refunded, 24000, 4000)) << refunded;
    EXPECT_EQ(world.order.refunded_goods_amount().units(), refunded);
    EXPECT_EQ(world.order.refunded_tax_amount().units(), tax);
  }
}

TEST(RefundTaxBaseTest, ARefundThatComesBackTakesItsGoodsWithIt) {
  World world = CanceledAndMovedWorld();
  world.Done(absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN ",
                          MoneyOf("amount", 1003), "}"));
  EXPECT_EQ(world.order.refunded_goods_amount().units(), 1003);
  const std::string report = absl::StrCat("record_payment { order_id: 'o1' refund { refund_id: '",
                                          AllRefunds(world.order).back().refund_id(), "' state: ");
  world.Done(report + "STATE_SUCCEEDED } }");
  world.Done(report + "STATE_FAILED } }");
  EXPECT_EQ(world.order.refunded_goods_amount().units(), 0);
  world.Done(report + "STATE_SUCCEEDED } }");
  EXPECT_EQ(world.order.refunded_goods_amount().units(), 1003);
  EXPECT_EQ(world.order.refunded_tax_amount().units(), TaxOf(1003, 24000, 4000));
}

TEST(RefundTaxBaseTest, ShippingAndOtherMoneyAreNoGoods) {
  World world = MakeWorld();
  world.Done(absl::StrCat(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } tax_rule { rate_ppm: 200000 } ",
      MoneyOf("shipping", 500), MoneyOf("fee", 300),
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }"));
  world.Done(absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL ",
                          MoneyOf("amount", 1000), MoneyOf("shipping_amount", 200),
                          MoneyOf("fee_amount", 300), "}"));
  EXPECT_EQ(world.order.refunded_goods_amount().units(), 1000);
  world.Done(absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_DUPLICATE ",
                          MoneyOf("amount", 50), "}"));
  world.Done(
      "change_items { order_id: 'o1' changes { item { line_id: '1' quantity: 1 } } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(world.order.refunded_goods_amount().units(), 1000);
}

// The customer paid too much and got it back as goodwill: above the price there is no tax, also after the price rose.
TEST(RefundTaxBaseTest, RefundsAboveThePriceAreNoBaseOfTheNextOne) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 1 } tax_rule { rate_ppm: 200000 } payment_method_id: 'card' "
      "settlement: SETTLEMENT_DONE }");
  world.Done(absl::StrCat(
      "record_payment { order_id: 'o1' payment { payment_method_id: 'card' state: STATE_CAPTURED "
      "gateway_reference: 'twice' ",
      MoneyOf("amount", 30000), "} }"));
  world.Done(absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL ",
                          MoneyOf("amount", 36000), "}"));
  EXPECT_EQ(world.order.refunded_goods_amount().units(), 36000);
  EXPECT_EQ(world.order.refunded_tax_amount().units(), 2000);
  world.Done(
      "change_items { order_id: 'o1' changes { new_variant_id: 'shirt-blue' added_quantity: 3 } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(world.order.refunded_goods_amount().units(), 12000);
  world.Done(absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL ",
                          MoneyOf("amount", 600), "}"));
  EXPECT_EQ(AllRefunds(world.order).back().tax_amount().units(), 100);
}

// Of refunds in another system the tax is not known. Later refunds have their own.
TEST(RefundTaxBaseTest, ImportedRefundsWithoutTaxAreNoBase) {
  World world = MakeWorld();
  const std::string usd = "currency_code: 'USD'";
  world.Done(absl::StrCat(
      "import_order { source { system: 'shop' } order { order_id: 'o1' customer_id: 'c1' state: "
      "STATE_PLACED currency_code: 'USD' tax_rule { rate_ppm: 200000 } lines { line_id: '1' "
      "variant_id: 'shirt-blue' unit_price { value: 10000 scale: 2 ",
      usd, " } quantities { ordered: 1 } } payments { payment_id: 'p1' state: STATE_CAPTURED ",
      MoneyOf("amount", 12000),
      "route { payment_method_id: 'card' kind: KIND_CARD } } refunds { refund_id: 'r1' state: "
      "STATE_SUCCEEDED cause: REFUND_CAUSE_GOODWILL ",
      MoneyOf("amount", 6000), "parts { payment_id: 'p1' ", MoneyOf("amount", 6000),
      "} route { payment_method_id: 'card' kind: KIND_CARD } } } }"));
  EXPECT_FALSE(world.order.has_refunded_goods_amount());
  world.Done(absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL ",
                          MoneyOf("amount", 600), "}"));
  EXPECT_EQ(AllRefunds(world.order).back().tax_amount().units(), 100);
  EXPECT_EQ(world.order.refunded_goods_amount().units(), 600);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
