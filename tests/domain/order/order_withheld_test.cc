// Refunds of pieces by less than they are worth, as policy computes them.
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

const CommandInfo& RefundInfo() { return *FindCommandByName("RefundOrder"); }

// The fields of a command whose amount policy has filled.
PolicyFields AmountFilled() {
  PolicyFields fields;
  fields.filled = {RefundInfo().message->FindFieldByName("amount")};
  return fields;
}

// A refund of pieces of lines, with the amount for all of them.
std::string RefundItems(const std::map<std::string, int64_t>& pieces, int64_t units,
                        const std::string& more = "") {
  std::string text = absl::StrCat(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: ", units,
      " currency_code: 'USD' } ", more);
  for (const auto& [line_id, quantity] : pieces) {
    absl::StrAppend(&text, " items { line_id: '", line_id, "' quantity: ", quantity, " }");
  }
  return absl::StrCat(text, " }");
}

// 3 shirts at 100.00 as line "1" and 1 mug at 10.00 as line "2", paid by card.
World MakeFilledWorld() {
  World world = MakePlacedWorld();
  world.policy_fields = AmountFilled();
  return world;
}

TEST(OrderWithheldTest, ThePiecesAreRefundedByTheAmount) {
  World world = MakeFilledWorld();
  const Decided decided = world.Done(RefundItems({{"1", 1}}, 8'000, "settlement: SETTLEMENT_DONE"));
  ASSERT_EQ(decided.events.size(), 1u);
  const v1::Refund& refund = decided.events[0].order().order_refunded().refund();
  EXPECT_EQ(refund.amount().units(), 8'000);
  ASSERT_EQ(refund.lines_size(), 1);
  EXPECT_EQ(refund.lines(0).amount().units(), 8'000);
  EXPECT_EQ(refund.lines(0).withheld_amount().units(), 2'000);
  EXPECT_EQ(refund.lines(0).quantity(), 1);
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 1);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 8'000);
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 2'000);
}

TEST(OrderWithheldTest, TheWithheldPartIsNotRefundedWithOtherPieces) {
  World world = MakeFilledWorld();
  world.Done(RefundItems({{"1", 1}}, 8'000, "settlement: SETTLEMENT_DONE"));
  const std::string next =
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL "
      "items { line_id: '1' quantity: 2 } settlement: SETTLEMENT_DONE }";
  EXPECT_EQ(world.Assess(next).refund_amount().units(), 20'000);
  world.Done(next);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 28'000);
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 2'000);
  // 310.00 were paid: 20.00 withheld, 10.00 for the mug.
  EXPECT_EQ(HeldAmount(world.order).units(), 3'000);
}

TEST(OrderWithheldTest, OverSeveralLinesEachGetsItsPart) {
  World world = MakeFilledWorld();
  world.Done(RefundItems({{"1", 1}, {"2", 1}}, 9'999, "settlement: SETTLEMENT_DONE"));
  // 99.99 of 110.00 by largest remainder: 90.90 and 9.09.
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 9'090);
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 910);
  EXPECT_EQ(world.order.lines(1).refunded_amount().units(), 909);
  EXPECT_EQ(world.order.lines(1).withheld_amount().units(), 91);
}

TEST(OrderWithheldTest, AllOrNothingMayBeWithheld) {
  World world = MakeFilledWorld();
  world.Done(RefundItems({{"1", 1}}, 10'000, "settlement: SETTLEMENT_DONE"));
  EXPECT_FALSE(world.order.lines(0).has_withheld_amount());
  world.Done(RefundItems({{"1", 1}}, 0));
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 10'000);
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 10'000);
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 2);
}

TEST(OrderWithheldTest, MoreThanThePiecesAreWorthIsRefused) {
  World world = MakeFilledWorld();
  EXPECT_EQ(world.Refused(RefundItems({{"1", 1}}, 10'001)),
            "ORDER_REFUND_EXCEEDS_ITEMS@refund_order.amount");
}

TEST(OrderWithheldTest, TheActorMaySetTheAmountToo) {
  World world = MakePlacedWorld();
  world.Done(RefundItems({{"1", 1}}, 8'000));
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 2'000);
  const std::string neither = "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL }";
  EXPECT_EQ(world.Refused(neither), "ARGUMENT_REQUIRED@refund_order.amount");
  world.policy_fields.open = {RefundInfo().message->FindFieldByName("amount")};
  EXPECT_EQ(Summary(CheckOrderArguments(NoonCommand(neither).order(), NoonCommand(neither).now(),
                                        Fields::kUnknown, world.policy_fields)),
            "");
  // Nothing is known yet of the amount.
  EXPECT_FALSE(world.Assess(neither).has_refund_amount());
}

TEST(OrderWithheldTest, AFailedRefundReleasesBoth) {
  World world = MakeFilledWorld();
  const Decided decided = world.Done(RefundItems({{"1", 2}}, 15'000));
  const std::string id = decided.events[0].order().order_refunded().refund().refund_id();
  world.policy_fields = {};
  world.Done(absl::StrCat("record_payment { order_id: 'o1' refund { refund_id: '", id,
                          "' state: STATE_FAILED } }"));
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 0);
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 0);
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 0);
  EXPECT_EQ(HeldAmount(world.order).units(), 31'000);
}

// A refund over two payments, of which the first part fails. The failed part alone is refunded again.
TEST(OrderWithheldTest, APartThatFailsIsRefundedAgainAlone) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
      "lines { variant_id: 'shirt-blue' quantity: 1 } payment_method_id: 'card' "
      "settlement: SETTLEMENT_DONE }");
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'p2' state: STATE_CAPTURED "
      "amount { units: 3000 currency_code: 'USD' } payment_method_id: 'wallet' } }");
  world.policy_fields = AmountFilled();
  const Decided decided = world.Done(RefundItems({{"1", 1}}, 8'000));
  ASSERT_EQ(decided.events.size(), 2u);
  const v1::Refund& first = decided.events[0].order().order_refunded().refund();
  EXPECT_EQ(first.amount().units(), 3'000);
  EXPECT_FALSE(first.lines(0).has_withheld_amount());
  world.policy_fields = {};
  world.Done(absl::StrCat("record_payment { order_id: 'o1' refund { refund_id: '",
                          first.refund_id(), "' state: STATE_FAILED } }"));
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 5'000);
  EXPECT_EQ(world.order.lines(0).withheld_amount().units(), 2'000);
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 0);
  EXPECT_EQ(world
                .Assess("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { "
                        "line_id: '1' quantity: 1 } }")
                .refund_amount()
                .units(),
            3'000);
}

TEST(OrderWithheldTest, AReturnIsWorthWhatIsNeitherRefundedNorWithheld) {
  World world = MakeDeliveredWorld();
  world.policy_fields = AmountFilled();
  world.Done(RefundItems({{"1", 2}}, 15'000, "settlement: SETTLEMENT_DONE"));
  world.policy_fields = {};
  EXPECT_EQ(world
                .Assess("request_return { order_id: 'o1' items { line_id: '1' quantity: 3 } "
                        "payment_method_id: 'card' }")
                .refund_amount()
                .units(),
            10'000);
}

// Random refunds of pieces against a model that adds the parts of each refund up.
TEST(OrderWithheldTest, RandomRefundsAddUp) {
  const unsigned seed = 20'260'721;
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const auto pick = [&random](int64_t most) {
    return static_cast<int64_t>(random() % static_cast<std::uint64_t>(most + 1));
  };
  for (int run = 0; run < 300; ++run) {
    World world = MakeWorld();
    const int64_t pieces = 1 + pick(6);
    const int64_t discount = pick(9'999);
    world.Done(absl::StrCat(
        "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
        "lines { variant_id: 'shirt-blue' quantity: ",
        pieces, " } lines { variant_id: 'mug-plain' quantity: 2 } ",
        discount == 0 ? ""
                      : absl::StrCat("discounts { discount_id: 'd' amount { units: ", discount,
                                     " currency_code: 'USD' } } "),
        "payment_method_id: 'card' settlement: SETTLEMENT_DONE }"));
    struct Sums {
      int64_t pieces = 0, refunded = 0, withheld = 0;
    };
    std::map<std::string, Sums> lines;
    for (int step = 0; step < 6; ++step) {
      std::map<std::string, int64_t> asked;
      int64_t worth = 0;
      std::map<std::string, int64_t> worths;
      for (const v1::OrderLine& line : world.order.lines()) {
        const Sums& sums = lines[line.line_id()];
        const int64_t quantity = pick(line.quantities().ordered() - sums.pieces);
        if (quantity == 0) continue;
        const int64_t after = sums.pieces + quantity;
        const int64_t due =
            AllocateMoney(line.net_amount(), {after, line.quantities().ordered() - after})
                ->front()
                .units();
        asked[line.line_id()] = quantity;
        worths[line.line_id()] = due - sums.refunded - sums.withheld;
        worth += worths[line.line_id()];
      }
      if (asked.empty()) continue;
      const int64_t units = pick(worth);
      world.policy_fields = AmountFilled();
      EXPECT_EQ(world.Refused(RefundItems(asked, worth + 1)),
                "ORDER_REFUND_EXCEEDS_ITEMS@refund_order.amount");
      const Decided decided = world.Done(RefundItems(asked, units, "settlement: SETTLEMENT_DONE"));
      int64_t paid = 0;
      for (const v1::Event& event : decided.events) {
        const v1::Refund& refund = event.order().order_refunded().refund();
        paid += refund.amount().units();
        for (const v1::LineAmount& entry : refund.lines()) {
          Sums& sums = lines[entry.line_id()];
          sums.pieces += entry.quantity();
          sums.refunded += entry.amount().units();
          sums.withheld += entry.withheld_amount().units();
          EXPECT_GE(entry.withheld_amount().units(), 0);
          EXPECT_EQ(entry.amount().units() + entry.withheld_amount().units(),
                    worths[entry.line_id()]);
        }
      }
      EXPECT_EQ(paid, units);
      for (const v1::OrderLine& line : world.order.lines()) {
        const Sums& sums = lines[line.line_id()];
        EXPECT_EQ(line.quantities().refunded(), sums.pieces);
        EXPECT_EQ(line.refunded_amount().units(), sums.refunded);
        EXPECT_EQ(line.withheld_amount().units(), sums.withheld);
        EXPECT_LE(sums.refunded + sums.withheld, line.net_amount().units());
        if (sums.pieces == line.quantities().ordered()) {
          EXPECT_EQ(sums.refunded + sums.withheld, line.net_amount().units());
        }
      }
    }
  }
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
