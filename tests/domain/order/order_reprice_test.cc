// Changing items of orders that are partly shipped, partly paid or partly canceled, and the price of the changed order.
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

std::string Change(const std::string& changes,
                   const std::string& settlement = "SETTLEMENT_UNSPECIFIED") {
  return absl::StrCat("change_items { order_id: 'o1' ", changes,
                      " payment_method_id: 'card' settlement: ", settlement, " }");
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

// Three shirts at 100.00 and a mug at 10.00, asked for from the card.
World MakeUnpaidWorld() {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 3 } lines { variant_id: 'mug-plain' quantity: 1 } "
      "payment_method_id: 'card' }");
  return world;
}

std::string Ship(const std::string& lines) {
  return absl::StrCat("record_shipment { order_id: 'o1' shipment { shipment_id: 's1' ", lines,
                      " } }");
}

// Takes pieces of line 1 off the order, as their event does.
void Cancel(int64_t quantity, int64_t units, World* world) {
  v1::Event event =
      EventFromText(absl::StrCat("items_canceled { lines { line_id: '1' quantity: ", quantity,
                                 " amount { units: ", units, " currency_code: 'USD' } } }"));
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_ORDER);
  event.mutable_entity()->set_id("o1");
  ASSERT_TRUE(EvolveOrder(event, &world->order).ok());
}

TEST(ChangePartlyShippedTest, ShippingBarsChangesOfThesePiecesOnly) {
  World world = MakePlacedWorld();
  world.Done(Ship("lines { line_id: '1' quantity: 2 }"));
  EXPECT_EQ(world.Refused(Change(
                "changes { item { line_id: '1' quantity: 2 } new_variant_id: 'shirt-red' }")),
            "ORDER_CHANGE_ITEMS_ITEM_QUANTITY@change_items.changes[0].item.quantity");
  // The last piece of the line is split off, and the line keeps its shipped pieces.
  world.Done(
      Change("changes { item { line_id: '1' quantity: 1 } new_variant_id: 'shirt-red' } "
             "changes { item { line_id: '2' quantity: 1 } new_variant_id: 'shirt-old' }"));
  EXPECT_EQ(Lines(world.order),
            "1:shirt-blue x2 20000, 2:shirt-old x1 8000, c1.1:shirt-red x1 12000");
  EXPECT_EQ(world.order.state(), v1::Order::STATE_PROCESSING);
  EXPECT_EQ(world.order.lines(0).quantities().shipped(), 2);
  // Without the rest, all of the order is on its way.
  world.Done(
      Change("changes { item { line_id: '2' quantity: 1 } } changes { item { line_id: "
             "'c1.1' quantity: 1 } }"));
  EXPECT_EQ(Lines(world.order), "1:shirt-blue x2 20000");
  EXPECT_EQ(world.order.state(), v1::Order::STATE_SHIPPED);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(ChangePartlyShippedTest, ALineWithCanceledPiecesIsSplit) {
  World world = MakePlacedWorld();
  Cancel(1, 10000, &world);
  EXPECT_EQ(world.Refused(Change(
                "changes { item { line_id: '1' quantity: 3 } new_variant_id: 'shirt-red' }")),
            "ORDER_CHANGE_ITEMS_ITEM_QUANTITY@change_items.changes[0].item.quantity");
  world.Done(Change("changes { item { line_id: '1' quantity: 2 } new_variant_id: 'shirt-red' }"));
  // The canceled piece stays where its share is kept.
  EXPECT_EQ(Lines(world.order),
            "1:shirt-blue x1 10000, 2:mug-plain x1 1000, c1.1:shirt-red x2 24000");
  EXPECT_EQ(world.order.lines(0).quantities().canceled(), 1);
  EXPECT_EQ(world.order.lines(0).canceled_amount().units(), 10000);
  // 350.00 less the canceled 100.00, of which 310.00 are held.
  EXPECT_EQ(world.order.owed_amount().units(), 25000 - 31000);
  // Nothing would be left but what is off the order already.
  EXPECT_EQ(world.Refused(Change("changes { item { line_id: '2' quantity: 1 } } changes { item { "
                                 "line_id: 'c1.1' quantity: 2 } }")),
            "ORDER_CHANGE_ITEMS_NOTHING_LEFT");
}

TEST(ChangePartlyShippedTest, NoLineCostsLessThanItsCanceledPieces) {
  World world = MakeWorld();
  // A discount of 100.00 off 120.00.
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'mug-plain' quantity: 2 } lines { variant_id: 'shirt-blue' quantity: 1 } discounts { "
      "discount_id: 'd' amount { units: 10000 currency_code: 'USD' } } payment_method_id: 'card' "
      "settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(Lines(world.order), "1:mug-plain x2 333, 2:shirt-blue x1 1667");
  Cancel(1, 167, &world);
  // With a cheaper shirt the discount would take all, and the canceled mug would have cost nothing.
  EXPECT_EQ(world.Refused(Change(
                "changes { item { line_id: '2' quantity: 1 } new_variant_id: 'shirt-old' }")),
            "ORDER_CHANGE_ITEMS_REFUNDED");
  world.Done(Change("changes { item { line_id: '2' quantity: 1 } new_variant_id: 'shirt-red' }"));
}

TEST(ChangeUnpaidTest, PiecesAreRemovedBeforeThePaymentIsCaptured) {
  World world = MakeUnpaidWorld();
  const Decided lowered = world.Done(Change("changes { item { line_id: '1' quantity: 1 } }"));
  EXPECT_EQ(EventNames(lowered.events), "items_changed payment_recorded");
  ASSERT_EQ(lowered.effects.size(), 1u);
  EXPECT_EQ(lowered.effects[0].order().lower_payment().amount().units(), 21000);
  EXPECT_EQ(world.order.payments(0).amount().units(), 21000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  // A second payment for a mug is not asked for any more when the mug is removed.
  world.Done(Change("changes { new_variant_id: 'mug-plain' added_quantity: 1 }"));
  ASSERT_EQ(world.order.payments_size(), 2);
  EXPECT_EQ(world.order.payments(1).amount().units(), 1000);
  const Decided voided = world.Done(Change("changes { item { line_id: 'c2.1' quantity: 1 } }"));
  ASSERT_EQ(voided.effects.size(), 1u);
  EXPECT_EQ(voided.effects[0].order().void_payment().payment_id(), "payment-2");
  EXPECT_EQ(world.order.payments_size(), 1);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(ChangeUnpaidTest, AfterAFailureAllThatIsOwedIsAskedFor) {
  World world = MakeUnpaidWorld();
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_FAILED } }");
  EXPECT_EQ(world.order.owed_amount().units(), 31000);
  const Decided decided =
      world.Done(Change("changes { new_variant_id: 'mug-plain' added_quantity: 1 }"));
  ASSERT_EQ(decided.effects.size(), 1u);
  EXPECT_EQ(decided.effects[0].order().capture_payment().amount().units(), 32000);
  EXPECT_EQ(decided.events[0].order().items_changed().price_difference().units(), 1000);
  EXPECT_EQ(world.order.owed_amount().units(), 0);
}

TEST(ChangeUnpaidTest, AChangeThatCostsNothingMovesNoMoney) {
  for (const std::string settlement : {"SETTLEMENT_UNSPECIFIED", "SETTLEMENT_DONE"}) {
    World world = MakePlacedWorld();
    const Decided decided = world.Done(Change(
        "changes { item { line_id: '2' quantity: 1 } new_variant_id: 'mug-plain' }", settlement));
    // A refund of nothing is recorded; a payment of nothing never is.
    EXPECT_EQ(EventNames(decided.events), "items_changed order_refunded");
    EXPECT_EQ(decided.events[1].order().order_refunded().refund().amount().units(), 0);
    EXPECT_TRUE(decided.effects.empty());
  }
}

TEST(ChangeUnpaidTest, ADisputedAmountIsNotRefunded) {
  World world = MakePlacedWorld();
  world.Done(
      "record_dispute { order_id: 'o1' dispute_id: 'd1' payment_id: 'payment-1' state: STATE_OPEN "
      "amount { units: 30500 currency_code: 'USD' } }");
  // 100.00 less are owed, but only 5.00 are held while the bank decides.
  const Decided decided = world.Done(Change("changes { item { line_id: '1' quantity: 1 } }"));
  EXPECT_EQ(EventNames(decided.events), "items_changed order_refunded");
  EXPECT_EQ(world.order.refunds(0).amount().units(), 500);
  EXPECT_EQ(world.order.owed_amount().units(), -9500);
  const Decided again = world.Done(Change("changes { item { line_id: '1' quantity: 1 } }"));
  EXPECT_EQ(EventNames(again.events), "items_changed");
}

TEST(PriceDifferenceTest, OfAnItemIsThatOfItsOwnPieces) {
  World world = MakeWorld();
  // 30.00 off 310.00: the shirts are worth 270.97, the mug 9.03.
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 3 } lines { variant_id: 'mug-plain' quantity: 1 } discounts { "
      "discount_id: 'd' amount { units: 3000 currency_code: 'USD' } } payment_method_id: 'card' "
      "settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(Lines(world.order), "1:shirt-blue x3 27097, 2:mug-plain x1 903");
  const std::string verb = Change(
      "changes { item { line_id: '1' quantity: 1 } } changes { item { line_id: '1' quantity: 1 } "
      "new_variant_id: 'shirt-red' } changes { new_variant_id: 'mug-plain' added_quantity: 2 }");
  const v1::OrderAssessment assessment = world.Assess(verb);
  const Decided decided = world.Done(verb);
  EXPECT_EQ(Lines(world.order),
            "1:shirt-blue x1 8800, 2:mug-plain x1 880, c1.1:shirt-red x1 10560, c1.2:mug-plain x2 "
            "1760");
  const v1::ItemsChanged& fact = decided.events[0].order().items_changed();
  EXPECT_EQ(fact.price_difference().units(), 22000 - 28000);
  // The third shirt was worth 90.32, the second one 90.33.
  EXPECT_EQ(fact.items(0).price_difference().units(), -9032);
  EXPECT_EQ(fact.items(1).price_difference().units(), 10560 - 9033);
  EXPECT_EQ(fact.items(2).price_difference().units(), 1760);
  EXPECT_EQ(assessment.price_difference().units(), -6000);
  EXPECT_EQ(assessment.refund_amount().units(), 6000);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(assessment.items(i).price_difference().units(),
              fact.items(i).price_difference().units());
  }
}

// Which pieces an order has, by variant.
std::map<std::string, int64_t> Pieces(const v1::Order& order) {
  std::map<std::string, int64_t> pieces;
  for (const v1::OrderLine& line : order.lines()) {
    pieces[line.variant_id()] += line.quantities().ordered();
  }
  return pieces;
}

// Makes random orders and changes.
class RandomPrices {
 public:
  explicit RandomPrices(uint32_t seed) : random_(seed) {}

  int Below(int count) { return static_cast<int>(random_() % count); }

  std::string PlaceCommand() {
    std::string verb =
        "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' payment_method_id: "
        "'card' settlement: SETTLEMENT_DONE ";
    const int lines = 1 + Below(5);
    for (int i = 0; i < lines; ++i) {
      absl::StrAppend(&verb, "lines { variant_id: '", Variant(), "' quantity: ", 1 + Below(4),
                      " } ");
    }
    for (int i = Below(5); i > 0; --i) {
      absl::StrAppend(&verb, "discounts { discount_id: 'd", i, "' ");
      if (Below(2) == 0) absl::StrAppend(&verb, "line_id: '", 1 + Below(lines), "' ");
      if (Below(2) == 0) {
        absl::StrAppend(&verb, "rate_ppm: ", 1 + Below(400'000), " } ");
      } else {
        absl::StrAppend(&verb, "amount { units: ", 1 + Below(3'000), " currency_code: 'USD' } } ");
      }
    }
    if (Below(2) == 0) {
      absl::StrAppend(&verb, "tax_rule { rate_ppm: ", Below(300'000),
                      " inclusive: ", Below(2) == 0 ? "true" : "false", " } ");
    }
    if (Below(2) == 0) absl::StrAppend(&verb, "rounding_level: ROUNDING_LEVEL_TOTAL ");
    if (Below(3) == 0) {
      absl::StrAppend(&verb, "shipping { units: ", Below(900), " currency_code: 'USD' } ");
    }
    return absl::StrCat(verb, "}");
  }

  std::string ChangeCommand(const v1::Order& order) {
    std::string changes;
    for (int i = 1 + Below(4); i > 0; --i) {
      if (Below(4) == 0) {
        absl::StrAppend(&changes, "changes { new_variant_id: '", Variant(),
                        "' added_quantity: ", 1 + Below(3), " } ");
        continue;
      }
      const v1::OrderLine& line = order.lines(Below(order.lines_size()));
      absl::StrAppend(&changes, "changes { item { ",
                      Below(2) == 0 ? absl::StrCat("line_id: '", line.line_id(), "'")
                                    : absl::StrCat("variant_id: '", line.variant_id(), "'"),
                      " quantity: ", 1 + Below(3), " } ");
      if (Below(3) != 0) absl::StrAppend(&changes, "new_variant_id: '", Variant(), "' ");
      absl::StrAppend(&changes, "} ");
    }
    return Change(changes, "SETTLEMENT_DONE");
  }

 private:
  std::string Variant() {
    const std::vector<std::string> kVariants = {"shirt-blue", "shirt-red", "shirt-old",
                                                "mug-plain"};
    return kVariants[Below(4)];
  }

  std::mt19937 random_;
};

// The worth of the old pieces of each change, from the end of their line, one by one.
std::vector<int64_t> SlowWorths(const v1::Order& before, const v1::ItemsChanged& fact) {
  std::map<std::string, int64_t> left;
  for (const v1::OrderLine& line : before.lines()) {
    left[line.line_id()] = line.quantities().ordered();
  }
  std::vector<int64_t> worths;
  for (const v1::ItemChanged& item : fact.items()) {
    int64_t& worth = worths.emplace_back(0);
    for (const v1::OrderLine& line : before.lines()) {
      if (item.line_id().empty() || line.line_id() != item.line_id()) continue;
      for (int64_t i = 0; i < item.quantity(); ++i) {
        worth += WorthOfPieces(line, --left[line.line_id()], 1).value().units();
      }
    }
  }
  return worths;
}

void ExpectPrices(const v1::Order& before, const v1::Order& after, const v1::ItemsChanged& fact,
                  const v1::OrderAssessment& assessment) {
  const ChargeSheet sheet = ComputeCharges(after).value();
  EXPECT_EQ(sheet.totals.SerializeAsString(), fact.totals().SerializeAsString());
  ASSERT_EQ(static_cast<int>(sheet.charges.size()), fact.charges_size());
  for (int i = 0; i < fact.charges_size(); ++i) {
    EXPECT_EQ(sheet.charges[i].SerializeAsString(), fact.charges(i).SerializeAsString());
  }
  ASSERT_EQ(static_cast<int>(sheet.line_net_amounts.size()), fact.lines_size());
  std::map<std::string, int64_t> net;
  for (int i = 0; i < fact.lines_size(); ++i) {
    EXPECT_EQ(sheet.line_net_amounts[i].units(), fact.lines(i).net_amount().units());
    net[fact.lines(i).line_id()] = fact.lines(i).net_amount().units();
  }
  EXPECT_EQ(fact.price_difference().units(),
            after.totals().total().units() - before.totals().total().units());
  EXPECT_EQ(assessment.price_difference().units(), fact.price_difference().units());
  const std::vector<int64_t> worths = SlowWorths(before, fact);
  std::map<std::string, int64_t> pieces = Pieces(before);
  for (int i = 0; i < fact.items_size(); ++i) {
    const v1::ItemChanged& item = fact.items(i);
    EXPECT_EQ(item.price_difference().units(),
              (item.new_line_id().empty() ? 0 : net.at(item.new_line_id())) - worths[i]);
    EXPECT_EQ(assessment.items(i).price_difference().units(), item.price_difference().units());
    for (const v1::OrderLine& line : before.lines()) {
      if (line.line_id() == item.line_id()) pieces[line.variant_id()] -= item.quantity();
    }
    if (item.has_new_variant()) pieces[item.new_variant().variant_id()] += item.quantity();
  }
  for (const auto& [variant_id, quantity] : Pieces(after)) {
    EXPECT_EQ(pieces[variant_id], quantity) << variant_id;
    pieces.erase(variant_id);
  }
  for (const auto& [variant_id, quantity] : pieces) EXPECT_EQ(quantity, 0) << variant_id;
}

TEST(RepriceRandomTest, TheChangedOrderCostsWhatItCostsFromScratch) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::cout << "seed " << seed << "\n";
  RandomPrices random(seed);
  int done = 0;
  for (int round = 0; round < 150; ++round) {
    World world = MakeWorld();
    const std::string place = random.PlaceCommand();
    SCOPED_TRACE(place);
    world.Done(place);
    for (int step = 0; step < 6; ++step) {
      const v1::Order before = world.order;
      const std::string verb = random.ChangeCommand(before);
      SCOPED_TRACE(verb);
      const v1::OrderAssessment assessment = world.Assess(verb);
      const Decided decided = world.Do(verb);
      if (decided.refused()) {
        const std::string reason = decided.refusals[0].reason();
        EXPECT_TRUE(reason == "ORDER_CHANGE_ITEMS_ITEM_QUANTITY" ||
                    reason == "ORDER_CHANGE_ITEMS_NOTHING_LEFT")
            << reason;
        continue;
      }
      ++done;
      ExpectPrices(before, world.order, decided.events.at(0).order().items_changed(), assessment);
      EXPECT_EQ(world.order.owed_amount().units(), 0);
      EXPECT_EQ(HeldAmount(world.order).units(), world.order.totals().total().units());
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(done, 100);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
