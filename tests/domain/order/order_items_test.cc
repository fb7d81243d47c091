// Changing, returning and exchanging items.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

std::string Change(const std::string& changes, const std::string& method = "card",
                   const std::string& settlement = "SETTLEMENT_DONE") {
  return absl::StrCat("change_items { order_id: 'o1' ", changes, " payment_method_id: '", method,
                      "' settlement: ", settlement, " }");
}

// "1:shirt-blue x3 30000, 2:mug-plain x1 1000".
std::string Lines(const v1::Order& order) {
  std::vector<std::string> texts;
  for (const v1::OrderLine& line : order.lines()) {
    texts.push_back(absl::StrCat(line.line_id(), ":", line.variant_id(), " x",
                                 line.quantities().ordered(), " ", line.net_amount().units()));
  }
  return absl::StrJoin(texts, ", ");
}

TEST(ChangeItemsTest, AllOfALineKeepsItsId) {
  World world = MakePlacedWorld();
  const Decided decided = world.Done(Change(
      "changes { item { variant_id: 'shirt-blue' quantity: 3 } new_variant_id: 'shirt-red' }"));
  EXPECT_EQ(EventNames(decided.events), "items_changed payment_recorded");
  EXPECT_EQ(Lines(world.order), "1:shirt-red x3 36000, 2:mug-plain x1 1000");
  EXPECT_EQ(world.order.lines(0).options(0).value(), "red");
  EXPECT_EQ(world.order.totals().total().units(), 37000);
  EXPECT_EQ(world.order.charges(0).explanation(), "3 x 120.00 USD");
  EXPECT_EQ(world.order.item_change_count(), 1);
  EXPECT_EQ(AllPayments(world.order)[1].amount().units(), 6000);
  EXPECT_EQ(AllPayments(world.order)[1].sequence(), 2);
  const v1::ItemsChanged& fact = decided.events.at(0).order().items_changed();
  EXPECT_EQ(fact.items(0).line_id(), "1");
  EXPECT_EQ(fact.items(0).new_line_id(), "1");
  EXPECT_EQ(fact.items(0).price_difference().units(), 6000);
  EXPECT_EQ(fact.price_difference().units(), 6000);
  EXPECT_EQ(HeldAmount(world.order).units(), 37000);
}

TEST(ChangeItemsTest, PartOfALineBecomesANewOne) {
  World world = MakePlacedWorld();
  world.Done(
      Change("changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-old' } "
             "changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-red' }"));
  EXPECT_EQ(Lines(world.order),
            "1:shirt-blue x1 10000, 2:mug-plain x1 1000, c1.1:shirt-old x1 8000, c1.2:shirt-red x1 "
            "12000");
  // 80.00 + 120.00 for 200.00: nothing to pay, and a refund of nothing is recorded.
  EXPECT_EQ(AllPayments(world.order).size(), 1u);
  ASSERT_EQ(AllRefunds(world.order).size(), 1u);
  EXPECT_EQ(AllRefunds(world.order).at(0).amount().units(), 0);
  // New ids are never those of before.
  world.Done(Change("changes { item { line_id: 'c1.1' quantity: 1 } }"));
  world.Done(Change("changes { new_variant_id: 'mug-plain' added_quantity: 2 }"));
  EXPECT_EQ(Lines(world.order),
            "1:shirt-blue x1 10000, 2:mug-plain x1 1000, c1.2:shirt-red x1 12000, c3.1:mug-plain "
            "x2 2000");
  EXPECT_EQ(HeldAmount(world.order).units(), world.order.totals().total().units());
}

TEST(ChangeItemsTest, AllChangesAreMatchedAgainstTheOrderAsItWas) {
  World world = MakePlacedWorld();
  // The mug becomes a blue shirt, the blue shirts become mugs: neither sees the other's new pieces.
  world.Done(Change(
      "changes { item { variant_id: 'mug-plain' quantity: 1 } new_variant_id: 'shirt-blue' } "
      "changes { item { variant_id: 'shirt-blue' quantity: 3 } new_variant_id: 'mug-plain' }"));
  EXPECT_EQ(Lines(world.order), "1:mug-plain x3 3000, 2:shirt-blue x1 10000");
  // The same pieces are not changed twice.
  EXPECT_EQ(
      world.Refused(Change("changes { item { variant_id: 'mug-plain' quantity: 2 } new_variant_id: "
                           "'shirt-red' } changes { item { variant_id: 'mug-plain' quantity: 2 } "
                           "new_variant_id: 'shirt-red' }")),
      "ORDER_CHANGE_ITEMS_ITEM_QUANTITY@change_items.changes[1].item.quantity");
}

TEST(ChangeItemsTest, LinesAreOrderedAsIfChangesWereMadeInTurn) {
  const auto changed = [](absl::string_view first, absl::string_view second, bool by_line) {
    World world = MakePlacedWorld();
    world.Done(
        Change("changes { item { variant_id: 'mug-plain' quantity: 1 } } "
               "changes { new_variant_id: 'shirt-old' added_quantity: 3 }"));
    const auto item = [&](absl::string_view id, absl::string_view line) {
      return by_line ? absl::StrCat("item { line_id: '", line, "' quantity: 3 }")
                     : absl::StrCat("item { variant_id: '", id, "' quantity: 3 }");
    };
    const v1::Order before = world.order;
    EXPECT_EQ(Lines(before), "1:shirt-blue x3 30000, c1.1:shirt-old x3 24000");
    world.Done(Change(absl::StrCat("changes { ", item("shirt-blue", "1"), " new_variant_id: '",
                                   first, "' } changes { ", item("shirt-old", "c1.1"),
                                   " new_variant_id: '", second, "' }")));
    return Lines(world.order);
  };
  // The second change takes the pieces from the first, which come before the old ones.
  EXPECT_EQ(changed("shirt-old", "shirt-blue", false),
            "c1.1:shirt-blue x3 30000, 1:shirt-old x3 24000");
  EXPECT_EQ(changed("shirt-old", "shirt-red", false),
            "c1.1:shirt-red x3 36000, 1:shirt-old x3 24000");
  EXPECT_EQ(changed("shirt-red", "shirt-blue", false),
            "1:shirt-red x3 36000, c1.1:shirt-blue x3 30000");
  // Lines named by their ids are those lines.
  EXPECT_EQ(changed("shirt-old", "shirt-blue", true),
            "1:shirt-old x3 24000, c1.1:shirt-blue x3 30000");
}

TEST(ChangeItemsTest, TheDifferenceGoesBackToTheNamedMethod) {
  World world = MakePlacedWorld();
  const Decided decided =
      world.Done(Change("changes { item { line_id: '1' quantity: 3 } new_variant_id: 'shirt-old' }",
                        "gift", "SETTLEMENT_UNSPECIFIED"));
  EXPECT_EQ(EventNames(decided.events), "items_changed order_refunded");
  const v1::Refund refund = AllRefunds(world.order)[0];
  EXPECT_EQ(refund.amount().units(), 6000);
  EXPECT_EQ(refund.route().account_id(), "a1");
  EXPECT_EQ(refund.state(), v1::Refund::STATE_SUCCEEDED);
  EXPECT_EQ(refund.parts(0).payment_id(), "payment-1");
  EXPECT_EQ(refund.cause(), v1::REFUND_CAUSE_ITEM_CHANGE);
  EXPECT_EQ(decided.postings.size(), 1u);
  EXPECT_EQ(world.FindAccount("a1")->balance().units(), 56000);
  EXPECT_EQ(HeldAmount(world.order).units(), 25000);
}

TEST(ChangeItemsTest, TheDifferenceIsPaidWithTheNamedMethod) {
  World world = MakePlacedWorld();
  const Decided decided =
      world.Done(Change("changes { item { line_id: '2' quantity: 1 } new_variant_id: 'shirt-red' }",
                        "wallet", "SETTLEMENT_UNSPECIFIED"));
  EXPECT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects.at(0).order().capture_payment().amount().units(), 11000);
  EXPECT_EQ(AllPayments(world.order)[1].state(), v1::Payment::STATE_REQUESTED);
  world.accounts[0].mutable_balance()->set_units(1999);
  EXPECT_EQ(
      world.Refused(Change(
          "changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-red' }", "gift")),
      "ACCOUNT_DEBIT_INSUFFICIENT_BALANCE");
}

TEST(ChangeItemsTest, DiscountsOfTheOrderGoOnHolding) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
      "lines { variant_id: 'shirt-blue' quantity: 2 } lines { variant_id: 'mug-plain' quantity: 1 "
      "} "
      "discounts { discount_id: 'l' line_id: '1' rate_ppm: 500000 } "
      "discounts { discount_id: 'o' rate_ppm: 100000 } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(Lines(world.order), "1:shirt-blue x2 9000, 2:mug-plain x1 900");
  world.Done(
      Change("changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-red' } "
             "changes { item { line_id: '2' quantity: 1 } }"));
  // The rate of the line goes with the piece; that of the order holds for all.
  EXPECT_EQ(Lines(world.order), "1:shirt-blue x1 4500, c1.1:shirt-red x1 5400");
  EXPECT_EQ(world.order.discounts_size(), 3);
  EXPECT_EQ(world.order.discounts(2).line_id(), "c1.1");
  EXPECT_EQ(world.order.totals().total().units(), 9900);
  const auto sheet = ComputeCharges(world.order);
  ASSERT_TRUE(sheet.ok());
  EXPECT_EQ(sheet->totals.total().units(), 9900);
  // A discount of a line that goes, goes.
  world.Done(Change("changes { item { line_id: 'c1.1' quantity: 1 } }"));
  EXPECT_EQ(world.order.discounts_size(), 2);
  EXPECT_EQ(HeldAmount(world.order).units(), 4500);
}

// The copy of a discount has an id of its own, which is one that commands accept.
TEST(ChangeItemsTest, CopiesOfDiscountsHaveIdsOfTheirOwn) {
  for (const std::string& id : {std::string("l"), std::string(1024, 'd')}) {
    World world = MakeWorld();
    world.Done(absl::StrCat(
        "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
        "'shirt-blue' quantity: 3 } discounts { discount_id: '",
        id,
        "' line_id: '1' rate_ppm: 500000 } discounts { discount_id: 'l/c1.1' rate_ppm: 1 } "
        "payment_method_id: 'card' settlement: SETTLEMENT_DONE }"));
    world.Done(Change("changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-red' }"));
    ASSERT_EQ(world.order.discounts_size(), 3);
    std::set<std::string> ids;
    for (const v1::Discount& discount : world.order.discounts()) {
      ids.insert(discount.discount_id());
      EXPECT_LE(discount.discount_id().size(), 1024u);
    }
    EXPECT_EQ(ids.size(), 3u);
  }
}

TEST(ChangeItemsTest, GivenAmountsStayWhereNothingExplainsThem) {
  World world = MakeWorld();
  // The source computed 25.00 for three shirts by rules of its own.
  world.Done(
      "import_order { source { system: 'x' } order { order_id: 'o1' customer_id: 'c1' state: "
      "STATE_PLACED "
      "currency_code: 'USD' "
      "lines { line_id: '1' variant_id: 'shirt-blue' quantities { ordered: 3 } unit_price { value: "
      "1000 "
      "scale: 2 currency_code: 'USD' } net_amount { units: 2500 currency_code: 'USD' } } "
      "lines { line_id: '2' variant_id: 'mug-plain' quantities { ordered: 1 } net_amount { units: "
      "700 "
      "currency_code: 'USD' } } "
      "payments { payment_id: 'p' route { payment_method_id: 'card' kind: KIND_CARD } state: "
      "STATE_CAPTURED "
      "amount { units: 3200 currency_code: 'USD' } } } }");
  const Decided decided = world.Done(
      Change("changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-old' }"));
  EXPECT_EQ(Lines(world.order), "1:shirt-blue x2 1667, 2:mug-plain x1 700, c1.1:shirt-old x1 8000");
  EXPECT_EQ(decided.events.at(0).order().items_changed().price_difference().units(), 8000 - 833);
  EXPECT_EQ(world.order.totals().total().units(), 10367);
  EXPECT_EQ(world.order.totals().subtotal().units(), 10367);
  EXPECT_EQ(HeldAmount(world.order).units(), 10367);
  EXPECT_EQ(world.order.charges_size(), 3);
}

TEST(ChangeItemsTest, InvariantsInOrder) {
  World world = MakePlacedWorld();
  EXPECT_EQ(world.Refused(Change(
                "changes { } changes { item { line_id: '9' quantity: 1 } new_variant_id: 'none' } "
                "changes { item { line_id: '1' quantity: 4 } new_variant_id: 'mug-yen' } "
                "changes { new_variant_id: 'mug-unpriced' }",
                "none")),
            "ORDER_CHANGE_ITEMS_ITEM_UNPAIRED@change_items.changes[0] "
            "ORDER_CHANGE_ITEMS_ITEM_UNKNOWN@change_items.changes[1].item "
            "ORDER_CHANGE_ITEMS_ITEM_QUANTITY@change_items.changes[2].item.quantity "
            "ORDER_CHANGE_ITEMS_ITEM_QUANTITY@change_items.changes[3].added_quantity "
            "ORDER_CHANGE_ITEMS_VARIANT_UNKNOWN@change_items.changes[1].new_variant_id "
            "ORDER_CHANGE_ITEMS_PRICE@change_items.changes[3].new_variant_id "
            "ORDER_CHANGE_ITEMS_CURRENCY@change_items.changes[2].new_variant_id "
            "ORDER_CHANGE_ITEMS_PAYMENT_METHOD_UNKNOWN@change_items.payment_method_id");
  EXPECT_EQ(world.Refused(Change("changes { item { line_id: '1' quantity: 3 } } "
                                 "changes { item { line_id: '2' quantity: 1 } }")),
            "ORDER_CHANGE_ITEMS_NOTHING_LEFT");
  EXPECT_EQ(world.Refused(Change("changes { item { line_id: '1' quantity: 1 } }", "lost")),
            "ORDER_CHANGE_ITEMS_ACCOUNT_UNKNOWN");
}

TEST(ChangeItemsTest, PiecesThatWerePaidBackStay) {
  World world = MakePlacedWorld();
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '1' quantity: 2 "
      "} }");
  EXPECT_EQ(world.Refused(Change(
                "changes { item { line_id: '1' quantity: 2 } new_variant_id: 'shirt-red' }")),
            "ORDER_CHANGE_ITEMS_ITEM_QUANTITY@change_items.changes[0].item.quantity");
  world.Done(Change("changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-red' }"));
  EXPECT_EQ(Lines(world.order),
            "1:shirt-blue x2 20000, 2:mug-plain x1 1000, c1.1:shirt-red x1 12000");
}

TEST(ChangeItemsTest, NoLineCostsLessThanWasPaidBackForIt) {
  World world = MakeWorld();
  // A discount of 100.00 off 110.00: the mug is worth 0.91.
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
      "lines { variant_id: 'shirt-blue' quantity: 1 } lines { variant_id: 'mug-plain' quantity: 1 "
      "} "
      "discounts { discount_id: 'd' amount { units: 10000 currency_code: 'USD' } } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(Lines(world.order), "1:shirt-blue x1 909, 2:mug-plain x1 91");
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '2' quantity: 1 "
      "} }");
  // With a cheaper shirt the discount would take all, and the mug would have cost nothing.
  EXPECT_EQ(world.Refused(Change(
                "changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-old' }")),
            "ORDER_CHANGE_ITEMS_REFUNDED");
}

TEST(ChangeItemsTest, AtMostAThousandLines) {
  World world = MakePlacedWorld();
  std::string changes;
  for (int i = 0; i < 999; ++i)
    absl::StrAppend(&changes, "changes { new_variant_id: 'mug-plain' added_quantity: 1 } ");
  EXPECT_EQ(world.Refused(Change(changes)), "ORDER_CHANGE_ITEMS_LINES");
}

TEST(RequestReturnTest, CountsWhatWasRequestedAndMovesNoMoney) {
  World world = MakeDeliveredWorld();
  const Decided decided = world.Done(
      "request_return { order_id: 'o1' items { variant_id: 'shirt-blue' quantity: 2 } items { "
      "line_id: '2' "
      "quantity: 1 } payment_method_id: 'gift' reason: 'too small' }");
  EXPECT_EQ(EventNames(decided.events), "return_requested");
  EXPECT_TRUE(decided.postings.empty() && decided.effects.empty());
  ASSERT_EQ(world.order.returns_size(), 1);
  const v1::Return& entry = world.order.returns(0);
  EXPECT_EQ(entry.return_id(), "return-1");
  EXPECT_EQ(entry.state(), v1::Return::STATE_REQUESTED);
  EXPECT_EQ(entry.refund_amount().units(), 21000);
  EXPECT_EQ(entry.refund_route().account_id(), "a1");
  EXPECT_EQ(entry.reason(), "too small");
  EXPECT_EQ(entry.request_time().seconds(), 1715774400);
  EXPECT_EQ(world.order.state(), v1::Order::STATE_DELIVERED);
  EXPECT_EQ(ReturnableQuantity(world.order.lines(0)), 1);
  EXPECT_EQ(ReturnableQuantity(world.order.lines(1)), 0);
  // Nothing comes back twice.
  EXPECT_EQ(
      world.Refused(
          "request_return { order_id: 'o1' items { line_id: '1' quantity: 2 } items { line_id: "
          "'9' quantity: 1 } payment_method_id: 'none' }"),
      "ORDER_REQUEST_RETURN_ITEM_UNKNOWN@request_return.items[1] "
      "ORDER_REQUEST_RETURN_ITEM_QUANTITY@request_return.items[0].quantity "
      "ORDER_REQUEST_RETURN_PAYMENT_METHOD_UNKNOWN@request_return.payment_method_id");
  world.Done(
      "request_return { order_id: 'o1' items { line_id: '1' quantity: 1 } payment_method_id: "
      "'card' }");
  EXPECT_EQ(world.order.returns(1).return_id(), "return-2");
}

TEST(RequestReturnTest, ThreeTimesAHundredLessTenPercent) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 3 } discounts { discount_id: 'd' rate_ppm: 100000 } "
      "payment_method_id: 'card' "
      "settlement: SETTLEMENT_DONE }");
  world.Done(
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' lines { line_id: '1' "
      "quantity: 3 } } }");
  world.Done("record_delivery { order_id: 'o1' shipment_id: 's1' }");
  world.Done(
      "request_return { order_id: 'o1' items { line_id: '1' quantity: 2 } payment_method_id: "
      "'card' }");
  EXPECT_EQ(world.order.returns(0).refund_amount().units(), 18000);
}

TEST(RequestReturnTest, ARefundedAmountIsNotPromisedAgain) {
  World world = MakeDeliveredWorld();
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '1' quantity: 2 "
      "} }");
  world.Done(
      "request_return { order_id: 'o1' items { line_id: '1' quantity: 2 } items { line_id: '1' "
      "quantity: 1 } "
      "payment_method_id: 'card' }");
  EXPECT_EQ(world.order.returns(0).refund_amount().units(), 10000);
}

TEST(RequestExchangeTest, NamesTheDifferenceAndMovesNoMoney) {
  World world = MakeDeliveredWorld();
  const Decided decided = world.Done(
      "request_exchange { order_id: 'o1' changes { item { variant_id: 'shirt-blue' quantity: 1 } "
      "new_variant_id: "
      "'shirt-red' } changes { item { line_id: '1' quantity: 2 } new_variant_id: 'shirt-old' } "
      "payment_method_id: 'card' reason: 'colour' }");
  EXPECT_EQ(EventNames(decided.events), "exchange_requested");
  EXPECT_TRUE(decided.postings.empty() && decided.effects.empty());
  const v1::Exchange& entry = world.order.exchanges(0);
  EXPECT_EQ(entry.exchange_id(), "exchange-1");
  EXPECT_EQ(entry.state(), v1::Return::STATE_REQUESTED);
  EXPECT_EQ(entry.lines(0).price_difference().units(), 2000);
  EXPECT_EQ(entry.lines(1).price_difference().units(), -4000);
  EXPECT_EQ(entry.lines(1).new_variant().variant_id(), "shirt-old");
  EXPECT_EQ(entry.price_difference().units(), -2000);
  EXPECT_EQ(entry.settlement_route().payment_method_id(), "card");
  EXPECT_EQ(ReturnableQuantity(world.order.lines(0)), 0);
  EXPECT_EQ(Lines(world.order), "1:shirt-blue x3 30000, 2:mug-plain x1 1000");
  // Ids are shared with returns.
  world.Done(
      "request_return { order_id: 'o1' items { line_id: '2' quantity: 1 } payment_method_id: "
      "'card' }");
  EXPECT_EQ(world.order.returns(0).return_id(), "return-2");
}

TEST(RequestExchangeTest, ForTheSameVariantCostsNothing) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 3 } discounts { discount_id: 'd' rate_ppm: 123456 } "
      "payment_method_id: 'card' "
      "settlement: SETTLEMENT_DONE }");
  world.Done(
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' lines { line_id: '1' "
      "quantity: 3 } } }");
  world.Done("record_delivery { order_id: 'o1' shipment_id: 's1' }");
  world.Done(
      "request_exchange { order_id: 'o1' changes { item { line_id: '1' quantity: 2 } "
      "new_variant_id: "
      "'shirt-blue' } payment_method_id: 'card' }");
  EXPECT_EQ(world.order.exchanges(0).price_difference().units(), 0);
}

TEST(RequestExchangeTest, InvariantsInOrder) {
  World world = MakeDeliveredWorld();
  EXPECT_EQ(
      world.Refused("request_exchange { order_id: 'o1' changes { new_variant_id: 'shirt-red' } "
                    "changes { item { line_id: '1' quantity: 1 } } "
                    "changes { item { line_id: '1' quantity: 1 } new_variant_id: 'none' } "
                    "changes { item { line_id: '2' quantity: 2 } new_variant_id: 'mug-plain' } "
                    "changes { item { variant_id: 'x' quantity: 2 } new_variant_id: 'mug-yen' } "
                    "payment_method_id: 'none' }"),
      "ORDER_REQUEST_EXCHANGE_ITEM_UNPAIRED@request_exchange.changes[0] "
      "ORDER_REQUEST_EXCHANGE_ITEM_UNPAIRED@request_exchange.changes[1] "
      "ORDER_REQUEST_EXCHANGE_ITEM_UNKNOWN@request_exchange.changes[4].item "
      "ORDER_REQUEST_EXCHANGE_ITEM_QUANTITY@request_exchange.changes[3].item.quantity "
      "ORDER_REQUEST_EXCHANGE_VARIANT_UNKNOWN@request_exchange.changes[2].new_variant_id "
      "ORDER_REQUEST_EXCHANGE_CURRENCY@request_exchange.changes[4].new_variant_id "
      "ORDER_REQUEST_EXCHANGE_PAYMENT_METHOD_UNKNOWN@request_exchange.payment_method_id");
}

TEST(AssessOrderTest, ItemsWithTheirLinesAndDifferences) {
  const World world = MakePlacedWorld();
  const v1::OrderAssessment assessment = world.Assess(Change(
      "changes { item { variant_id: 'shirt-blue' quantity: 2 } new_variant_id: 'shirt-red' } "
      "changes { item { line_id: '2' quantity: 1 } new_variant_id: 'mug-plain' }",
      "gift"));
  ASSERT_EQ(assessment.items_size(), 2);
  EXPECT_EQ(assessment.items(0).index(), 0);
  EXPECT_EQ(assessment.items(0).line().line_id(), "1");
  EXPECT_EQ(assessment.items(0).quantity(), 2);
  EXPECT_EQ(assessment.items(0).available_quantity(), 3);
  EXPECT_EQ(assessment.items(0).new_variant().variant_id(), "shirt-red");
  EXPECT_EQ(assessment.items(0).price_difference().units(), 4000);
  EXPECT_EQ(assessment.items(1).price_difference().units(), 0);
  EXPECT_EQ(assessment.price_difference().units(), 4000);
  EXPECT_EQ(assessment.price_difference().currency_code(), "USD");
  EXPECT_EQ(assessment.refund_amount().units(), 0);
  EXPECT_EQ(assessment.held_amount().units(), 31000);
  EXPECT_EQ(assessment.payment_method().payment_method_id(), "gift");
  EXPECT_EQ(assessment.payment_account().balance().units(), 50000);
}

TEST(AssessOrderTest, UnknownValuesAreAbsent) {
  const World world = MakePlacedWorld();
  const v1::OrderAssessment assessment = world.Assess(
      Change("changes { item { line_id: '9' quantity: 1 } new_variant_id: 'shirt-red' } "
             "changes { item { line_id: '1' quantity: 4 } new_variant_id: 'none' } "
             "changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-red' } "
             "changes { item { line_id: '2' quantity: 1 } new_variant_id: 'mug-yen' } "
             "changes { new_variant_id: 'mug-plain' added_quantity: 1 }",
             "none"));
  ASSERT_EQ(assessment.items_size(), 5);
  EXPECT_FALSE(assessment.items(0).has_line());
  EXPECT_EQ(assessment.items(0).available_quantity(), 0);
  EXPECT_TRUE(assessment.items(0).has_new_variant());
  EXPECT_FALSE(assessment.items(1).has_line());
  EXPECT_EQ(assessment.items(1).available_quantity(), 3);
  EXPECT_FALSE(assessment.items(1).has_new_variant());
  EXPECT_FALSE(assessment.items(1).has_price_difference());
  EXPECT_EQ(assessment.items(2).price_difference().units(), 2000);
  EXPECT_FALSE(assessment.items(3).has_price_difference());
  EXPECT_EQ(assessment.items(4).price_difference().units(), 1000);
  EXPECT_FALSE(assessment.has_price_difference());
  EXPECT_FALSE(assessment.has_refund_amount());
  EXPECT_FALSE(assessment.has_payment_method());
  EXPECT_FALSE(assessment.has_payment_account());
}

TEST(AssessOrderTest, TheRefundIsAssessed) {
  World world = MakeDeliveredWorld();
  const auto refund = [&](const std::string& verb) -> std::string {
    const v1::OrderAssessment assessment = world.Assess(verb);
    return assessment.has_refund_amount() ? absl::StrCat(assessment.refund_amount().units())
                                          : "absent";
  };
  EXPECT_EQ(refund("cancel_order { order_id: 'o1' }"), "31000");
  EXPECT_EQ(refund("request_return { order_id: 'o1' items { line_id: '1' quantity: 2 } }"),
            "20000");
  EXPECT_EQ(refund("request_return { order_id: 'o1' items { line_id: '1' quantity: 4 } }"),
            "absent");
  EXPECT_EQ(
      refund(
          "refund_order { order_id: 'o1' items { line_id: '1' quantity: 1 } items { line_id: '2' "
          "quantity: 1 } }"),
      "11000");
  EXPECT_EQ(refund("refund_order { order_id: 'o1' amount { units: 7 currency_code: 'USD' } }"),
            "7");
  EXPECT_EQ(refund("request_exchange { order_id: 'o1' changes { item { line_id: '1' quantity: 1 } "
                   "new_variant_id: 'shirt-old' } }"),
            "2000");
  EXPECT_EQ(
      refund("request_exchange { order_id: 'o1' changes { item { line_id: '1' quantity: 1 } } }"),
      "absent");
  EXPECT_EQ(refund("change_shipping_address { order_id: 'o1' }"), "0");
  const v1::OrderAssessment place = MakeWorld().Assess(
      "place_order { order_id: 'o2' currency_code: 'EUR' payment_method_id: 'card' }");
  EXPECT_EQ(place.held_amount().currency_code(), "EUR");
  EXPECT_EQ(place.payment_method().payment_method_id(), "card");
}

TEST(AssessOrderTest, TheAmountOfAnOrderIsTheTotalThatItIsPlacedWith) {
  const auto place = [](const std::string& rest) {
    return absl::StrCat("place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' ",
                        "payment_method_id: 'card' ", rest, " }");
  };
  const std::string lines =
      "lines { variant_id: 'shirt-blue' quantity: 3 } lines { line_id: 'b' variant_id: 'mug-plain' "
      "quantity: 2 }";
  for (const std::string& rest : {
           lines,
           lines + " shipping { units: 495 currency_code: 'USD' } fee { units: 5 currency_code: "
                   "'USD' }",
           lines + " discounts { discount_id: 'd' rate_ppm: 100000 } tax_rule { rate_ppm: 190000 }",
           lines + " tax_rule { rate_ppm: 77777 } rounding_level: ROUNDING_LEVEL_TOTAL rounding: "
                   "ROUNDING_HALF_EVEN",
       }) {
    World world = MakeWorld();
    const v1::OrderAssessment assessment = world.Assess(place(rest));
    world.Done(place(rest));
    ASSERT_TRUE(assessment.has_order_amount()) << rest;
    EXPECT_EQ(assessment.order_amount().units(), world.order.totals().total().units()) << rest;
    EXPECT_EQ(assessment.order_amount().currency_code(), "USD");
  }
  const World world = MakeWorld();
  EXPECT_FALSE(world.Assess(place("lines { variant_id: 'none' quantity: 1 }")).has_order_amount());
  EXPECT_FALSE(
      world.Assess(place("lines { variant_id: 'mug-yen' quantity: 1 }")).has_order_amount());
  EXPECT_FALSE(MakePlacedWorld().Assess("cancel_order { order_id: 'o1' }").has_order_amount());
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
