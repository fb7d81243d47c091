// Placing, paying, canceling, paying back.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/domain_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// "1 pay card 31000 CAPTURED, 2 back card 31000 SUCCEEDED": all movements by sequence.
std::string Movements(const v1::Order& order) {
  std::vector<std::string> texts(AllPayments(order).size() + AllRefunds(order).size());
  for (const v1::Payment& payment : AllPayments(order)) {
    texts.at(payment.sequence() - 1) = absl::StrCat(
        payment.sequence(), " pay ", payment.route().payment_method_id(), " ",
        payment.amount().units(), " ", v1::Payment_State_Name(payment.state()).substr(6));
  }
  for (const v1::Refund& refund : AllRefunds(order)) {
    texts.at(refund.sequence() - 1) =
        absl::StrCat(refund.sequence(), " back ", refund.route().payment_method_id(), " ",
                     refund.amount().units(), " ", v1::Refund_State_Name(refund.state()).substr(6));
  }
  return absl::StrJoin(texts, ", ");
}

// "credit a1 100, debit a2 5".
std::string PostingTexts(const Decided& decided) {
  std::vector<std::string> texts;
  for (const Posting& posting : decided.postings) {
    texts.push_back(absl::StrCat(posting.credit ? "credit " : "debit ", posting.account_id, " ",
                                 posting.amount.units()));
  }
  return absl::StrJoin(texts, ", ");
}

// "capture_payment payment-1".
std::string EffectTexts(const Decided& decided) {
  std::vector<std::string> texts;
  for (const v1::Effect& effect : decided.effects) {
    EXPECT_EQ(effect.entity().id(), "o1");
    if (effect.order().has_capture_payment()) {
      texts.push_back(absl::StrCat("capture ", effect.order().capture_payment().payment_id(), " ",
                                   effect.order().capture_payment().amount().units()));
    } else if (effect.order().has_void_payment()) {
      texts.push_back(absl::StrCat("void ", effect.order().void_payment().payment_id()));
    } else {
      texts.push_back(absl::StrCat("send ", effect.order().send_refund().refund_id(), " ",
                                   effect.order().send_refund().amount().units()));
    }
  }
  return absl::StrJoin(texts, ", ");
}

std::string Place(const std::string& method, const std::string& more = "") {
  return absl::StrCat(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 2 } payment_method_id: '",
      method, "' ", more, " }");
}

int64_t Balance(World& world, const std::string& id) {
  return world.FindAccount(id)->balance().units();
}

TEST(PlaceOrderTest, FillsTheOrder) {
  World world = MakeWorld();
  const Decided decided = world.Done(
      "place_order { order_id: 'o1' order_number: '#1' customer_id: 'c1' currency_code: 'USD' "
      "lines { variant_id: 'shirt-blue' quantity: 2 } lines { line_id: 'm' variant_id: 'mug-plain' "
      "quantity: 1 } "
      "discounts { discount_id: 'd' rate_ppm: 100000 } shipping { units: 500 currency_code: 'USD' "
      "} "
      "tax_rule { rate_ppm: 200000 name: 'VAT' } payment_method_id: 'card' }");
  EXPECT_EQ(EventNames(decided.events), "order_placed");
  const v1::Order& order = world.order;
  EXPECT_EQ(order.state(), v1::Order::STATE_PLACED);
  EXPECT_EQ(order.order_number(), "#1");
  EXPECT_EQ(order.lines(0).line_id(), "1");
  EXPECT_EQ(order.lines(1).line_id(), "m");
  EXPECT_EQ(order.lines(0).product_id(), "shirt");
  EXPECT_EQ(order.lines(0).options(0).value(), "blue");
  EXPECT_EQ(order.lines(0).net_amount().units(), 21600);
  EXPECT_EQ(order.lines(1).net_amount().units(), 1080);
  EXPECT_EQ(order.totals().total().units(), 23180);
  EXPECT_EQ(order.rounding(), v1::ROUNDING_HALF_UP);
  EXPECT_EQ(order.rounding_level(), v1::ROUNDING_LEVEL_LINE);
  EXPECT_EQ(order.place_time().seconds(), 1715774400);
  EXPECT_EQ(order.shipping_address().lines(0), "1 Main Street");
  EXPECT_EQ(Movements(order), "1 pay card 23180 REQUESTED");
  EXPECT_EQ(EffectTexts(decided), "capture payment-1 23180");
  EXPECT_EQ(HeldAmount(order).units(), 0);
}

TEST(PlaceOrderTest, MoneyMovesAtOnceWhereItCan) {
  World world = MakeWorld();
  Decided decided = world.Done(Place("card", "settlement: SETTLEMENT_DONE"));
  EXPECT_EQ(Movements(world.order), "1 pay card 20000 CAPTURED");
  EXPECT_EQ(EffectTexts(decided), "");
  EXPECT_EQ(HeldAmount(world.order).units(), 20000);
  World gift = MakeWorld();
  decided = gift.Done(Place("gift"));
  EXPECT_EQ(Movements(gift.order), "1 pay gift 20000 CAPTURED");
  EXPECT_EQ(PostingTexts(decided), "debit a1 20000");
  EXPECT_EQ(EffectTexts(decided), "");
  EXPECT_EQ(Balance(gift, "a1"), 30000);
  EXPECT_EQ(decided.postings.at(0).cause, "payment");
  EXPECT_EQ(decided.postings.at(0).order_id, "o1");
  // For an order that costs nothing nobody is asked.
  World free = MakeWorld();
  decided = free.Done(Place("card", "discounts { discount_id: 'd' rate_ppm: 1000000 }"));
  EXPECT_EQ(Movements(free.order), "");
  EXPECT_EQ(EffectTexts(decided), "");
}

TEST(PlaceOrderTest, InvariantsInOrder) {
  World world = MakeWorld();
  EXPECT_EQ(
      world.Refused(
          "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
          "lines { variant_id: 'mug-yen' quantity: 1 } lines { variant_id: 'none' quantity: 1 } "
          "lines { variant_id: 'mug-unpriced' quantity: 1 } payment_method_id: 'none' }"),
      "ORDER_PLACE_VARIANT_UNKNOWN@place_order.lines[1].variant_id "
      "ORDER_PLACE_PRICE@place_order.lines[2].variant_id "
      "ORDER_PLACE_CURRENCY@place_order.lines[0].variant_id "
      "ORDER_PLACE_PAYMENT_METHOD_UNKNOWN@place_order.payment_method_id");
  EXPECT_EQ(world.Refused(Place("lost")), "ORDER_PLACE_ACCOUNT_UNKNOWN");
  world.customer.Clear();
  EXPECT_EQ(world.Refused(Place("card")),
            "ORDER_PLACE_CUSTOMER_UNKNOWN@place_order.customer_id "
            "ORDER_PLACE_ADDRESS_MISSING@place_order.shipping_address "
            "ORDER_PLACE_PAYMENT_METHOD_UNKNOWN@place_order.payment_method_id");
  World poor = MakeWorld();
  poor.accounts[0].mutable_balance()->set_units(19999);
  EXPECT_EQ(poor.Refused(Place("gift")), "ACCOUNT_DEBIT_INSUFFICIENT_BALANCE");
}

TEST(PlaceOrderTest, OverflowIsAStatus) {
  World world = MakeWorld();
  world.catalog.mutable_variants(0)->mutable_unit_price()->set_value(INT64_MAX);
  EXPECT_EQ(GetReason(DecideOrder(world.Input(NoonCommand(Place("card")))).status()),
            "MONEY_OVERFLOW");
}

TEST(CancelOrderTest, PaysBackWhereItCameFrom) {
  World world = MakePlacedWorld();
  Decided decided = world.Done("cancel_order { order_id: 'o1' reason: 'no longer needed' }");
  EXPECT_EQ(EventNames(decided.events), "order_canceled order_refunded");
  EXPECT_EQ(Movements(world.order), "1 pay card 31000 CAPTURED, 2 back card 31000 PENDING");
  EXPECT_EQ(EffectTexts(decided), "send refund-2 31000");
  EXPECT_EQ(world.order.state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ(world.order.cancel_reason(), "no longer needed");
  EXPECT_EQ(world.order.cancel_time().seconds(), 1715774400);
  EXPECT_EQ(world.order.lines(0).quantities().canceled(), 3);
  EXPECT_EQ(AllRefunds(world.order)[0].cause(), v1::REFUND_CAUSE_CANCELLATION);
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  EXPECT_EQ(AllPayments(world.order)[0].refund_pending_amount().units(), 31000);

  World settled = MakePlacedWorld();
  decided = settled.Done("cancel_order { order_id: 'o1' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(Movements(settled.order), "1 pay card 31000 CAPTURED, 2 back card 31000 SUCCEEDED");
  EXPECT_EQ(EffectTexts(decided), "");
  EXPECT_EQ(AllPayments(settled.order)[0].refunded_amount().units(), 31000);

  World gift = MakeWorld();
  gift.Done(Place("gift"));
  decided = gift.Done("cancel_order { order_id: 'o1' }");
  EXPECT_EQ(PostingTexts(decided), "credit a1 20000");
  EXPECT_EQ(Balance(gift, "a1"), 50000);
}

TEST(CancelOrderTest, SeveralPaymentsInTheirOrder) {
  World world = MakePlacedWorld();
  const char* const kPayments[] = {
      "payment_id: 'held' state: STATE_CAPTURED amount { units: 50 currency_code: 'USD' } "
      "payment_method_id: 'wallet'",
      "payment_id: 'zero' state: STATE_CAPTURED amount { units: 0 currency_code: 'USD' } "
      "payment_method_id: 'wallet'",
      "payment_id: 'open' state: STATE_AUTHORIZED amount { units: 70 currency_code: 'USD' } "
      "payment_method_id: 'wallet'",
      "payment_id: 'failed' state: STATE_FAILED amount { units: 70 currency_code: 'USD' } "
      "payment_method_id: 'wallet'",
      "payment_id: 'gone' state: STATE_CAPTURED amount { units: 70 currency_code: 'USD' } "
      "payment_method_id: 'wallet'"};
  for (const char* payment : kPayments) {
    world.Done(absl::StrCat("record_payment { order_id: 'o1' payment { ", payment, " } }"));
  }
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'gone' state: STATE_CHARGED_BACK } }");
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 1000 "
      "currency_code: "
      "'USD' } payment_method_id: 'card' }");
  const Decided decided = world.Done("cancel_order { order_id: 'o1' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(EventNames(decided.events),
            "order_canceled order_refunded order_refunded order_refunded payment_recorded");
  EXPECT_EQ(Movements(world.order),
            "1 pay card 31000 CAPTURED, 2 pay wallet 50 CAPTURED, 3 pay wallet 0 CAPTURED, "
            "4 pay wallet 70 VOIDED, 5 pay wallet 70 FAILED, 6 pay wallet 70 CHARGED_BACK, "
            "7 back card 1000 PENDING, 8 back card 30000 SUCCEEDED, 9 back wallet 50 SUCCEEDED, "
            "10 back wallet 0 SUCCEEDED");
  EXPECT_EQ(EffectTexts(decided), "void open");
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
}

TEST(CancelOrderTest, AnUncapturedPaymentIsVoided) {
  World world = MakeWorld();
  world.Done(Place("card"));
  const Decided decided = world.Done("cancel_order { order_id: 'o1' }");
  EXPECT_EQ(EventNames(decided.events), "order_canceled payment_recorded");
  EXPECT_EQ(Movements(world.order), "1 pay card 20000 VOIDED");
  EXPECT_EQ(EffectTexts(decided), "void payment-1");
  // The gateway was quicker: the money is here, and goes back when somebody asks.
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED } "
      "}");
  EXPECT_EQ(HeldAmount(world.order).units(), 20000);
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_CANCELLATION amount { units: 20000 "
      "currency_code: 'USD' } settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
}

TEST(CancelOrderTest, AccountThatIsNotKnownOrClosed) {
  World world = MakeWorld();
  world.Done(Place("gift"));
  World closed = world;
  closed.accounts[0].set_state(v1::Account::STATE_CLOSED);
  EXPECT_EQ(closed.Refused("cancel_order { order_id: 'o1' }"), "ORDER_ACCOUNT_CLOSED");
  world.accounts.clear();
  EXPECT_EQ(world.Refused("cancel_order { order_id: 'o1' }"), "ORDER_CANCEL_ACCOUNT_UNKNOWN");
}

TEST(ChangePaymentMethodTest, NewPaymentFirstThenTheOldOnesBack) {
  World world = MakePlacedWorld();
  const Decided decided = world.Done(
      "change_payment_method { order_id: 'o1' payment_method_id: 'gift' settlement: "
      "SETTLEMENT_DONE }");
  EXPECT_EQ(EventNames(decided.events), "payment_method_changed payment_recorded order_refunded");
  EXPECT_EQ(decided.events.at(0).order().payment_method_changed().amount().units(), 31000);
  EXPECT_EQ(decided.events.at(0).order().payment_method_changed().route().account_id(), "a1");
  EXPECT_EQ(Movements(world.order),
            "1 pay card 31000 CAPTURED, 2 pay gift 31000 CAPTURED, 3 back card 31000 SUCCEEDED");
  EXPECT_EQ(PostingTexts(decided), "debit a1 31000");
  EXPECT_EQ(Balance(world, "a1"), 19000);
  EXPECT_EQ(world.order.payment_method_change_count(), 1);
  EXPECT_EQ(AllRefunds(world.order)[0].cause(), v1::REFUND_CAUSE_PAYMENT_CHANGE);
  // And back again, by a payment that is not settled yet.
  const Decided again =
      world.Done("change_payment_method { order_id: 'o1' payment_method_id: 'wallet' }");
  EXPECT_EQ(PostingTexts(again), "credit a1 31000");
  EXPECT_EQ(EffectTexts(again), "capture payment-4 31000");
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  EXPECT_EQ(Balance(world, "a1"), 50000);
}

// The refunded part is not charged again: of 310.00, 30.00 were refunded, so 280.00 move.
TEST(ChangePaymentMethodTest, OnlyWhatIsStillHeldMoves) {
  World world = MakePlacedWorld();
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 3000 "
      "currency_code: 'USD' } payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  ASSERT_EQ(HeldAmount(world.order).units(), 28000);
  const Decided decided = world.Done(
      "change_payment_method { order_id: 'o1' payment_method_id: 'gift' settlement: "
      "SETTLEMENT_DONE }");
  EXPECT_EQ(decided.events[0].order().payment_method_changed().amount().units(), 28000);
  EXPECT_EQ(Movements(world.order),
            "1 pay card 31000 CAPTURED, 2 back card 3000 SUCCEEDED, 3 pay gift 28000 CAPTURED, "
            "4 back card 28000 SUCCEEDED");
  EXPECT_EQ(PostingTexts(decided), "debit a1 28000");
  EXPECT_EQ(HeldAmount(world.order).units(), 28000);
}

TEST(ChangePaymentMethodTest, AnUncapturedPaymentIsVoided) {
  World world = MakeWorld();
  world.Done(Place("card"));
  const Decided decided =
      world.Done("change_payment_method { order_id: 'o1' payment_method_id: 'gift' }");
  EXPECT_EQ(EventNames(decided.events), "payment_method_changed payment_recorded payment_recorded");
  EXPECT_EQ(Movements(world.order), "1 pay card 20000 VOIDED, 2 pay gift 20000 CAPTURED");
  EXPECT_EQ(EffectTexts(decided), "void payment-1");
}

TEST(ChangePaymentMethodTest, TheMethodThatPaysAlreadyChangesNothing) {
  World world = MakePlacedWorld();
  const std::string to_card = "change_payment_method { order_id: 'o1' payment_method_id: 'card' }";
  EXPECT_TRUE(world.Assess(to_card).is_unchanged());
  EXPECT_TRUE(world.Done(to_card).events.empty());
  // Half of it is paid otherwise.
  v1::Payment& other = *world.order.add_payments();
  other = world.order.payments(0);
  other.set_payment_id("payment-2");
  other.mutable_route()->set_payment_method_id("gift");
  EXPECT_FALSE(world.Assess(to_card).is_unchanged());
  // Nothing pays it.
  world.order.clear_payments();
  EXPECT_FALSE(world.Assess(to_card).is_unchanged());
  EXPECT_FALSE(world.Assess("change_payment_method { order_id: 'o1' payment_method_id: 'none' }")
                   .is_unchanged());
}

// A merge of customers gives a method another id, and its id to another method.
TEST(ChangePaymentMethodTest, ACardIsKnownByItsTokenNotByItsName) {
  World world = MakeWorld();
  world.customer.mutable_payment_methods(0)->set_gateway_token("token-1");
  world.customer.mutable_payment_methods(0)->clear_last_four();
  ASSERT_EQ(Summary(world.Done(Place("card", "settlement: SETTLEMENT_DONE")).refusals), "");
  EXPECT_EQ(world.order.payments(0).route().gateway_token(), "token-1");
  EXPECT_EQ(world.order.payments(0).route().customer_id(), "c1");
  v1::PaymentMethod& same = *world.customer.add_payment_methods();
  same = world.customer.payment_methods(0);
  same.set_payment_method_id("c1/card");
  world.customer.mutable_payment_methods(0)->set_gateway_token("token-2");
  const std::string to = "change_payment_method { order_id: 'o1' payment_method_id: '";
  EXPECT_TRUE(world.Assess(to + "c1/card' }").is_unchanged());
  const Decided decided = world.Done(to + "card' }");
  ASSERT_EQ(decided.effects.size(), 2u);
  EXPECT_EQ(decided.effects[0].order().capture_payment().route().gateway_token(), "token-2");
  EXPECT_EQ(decided.effects[1].order().send_refund().route().gateway_token(), "token-1");
}

TEST(ChangePaymentMethodTest, Invariants) {
  World world = MakePlacedWorld();
  EXPECT_EQ(
      world.Refused("change_payment_method { order_id: 'o1' payment_method_id: 'none' }"),
      "ORDER_CHANGE_PAYMENT_METHOD_PAYMENT_METHOD_UNKNOWN@change_payment_method.payment_method_id");
  EXPECT_EQ(world.Refused("change_payment_method { order_id: 'o1' payment_method_id: 'lost' }"),
            "ORDER_CHANGE_PAYMENT_METHOD_ACCOUNT_UNKNOWN");
  world.accounts[0].mutable_balance()->set_units(30999);
  EXPECT_EQ(world.Refused("change_payment_method { order_id: 'o1' payment_method_id: 'gift' }"),
            "ACCOUNT_DEBIT_INSUFFICIENT_BALANCE");
}

TEST(ChangePaymentMethodTest, NothingMovesOfAnOrderThatCostsNothing) {
  World world = MakeWorld();
  world.Done(Place("card", "discounts { discount_id: 'd' rate_ppm: 1000000 }"));
  const Decided decided =
      world.Done("change_payment_method { order_id: 'o1' payment_method_id: 'wallet' }");
  EXPECT_TRUE(decided.events.empty());
  EXPECT_EQ(Movements(world.order), "");
  world.Done("cancel_order { order_id: 'o1' }");
  EXPECT_EQ(Movements(world.order), "");
}

TEST(CancelOrderTest, APaymentOfZeroGoesBackOnce) {
  World world = MakePlacedWorld();
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'zero' state: STATE_CAPTURED amount { "
      "units: 0 currency_code: 'USD' } payment_method_id: 'wallet' } }");
  world.Done("cancel_order { order_id: 'o1' settlement: SETTLEMENT_DONE }");
  EXPECT_EQ(Movements(world.order),
            "1 pay card 31000 CAPTURED, 2 pay wallet 0 CAPTURED, 3 back card 31000 SUCCEEDED, "
            "4 back wallet 0 SUCCEEDED");
}

TEST(RecordPaymentTest, EveryPairOfStates) {
  for (int from = 0; from < v1::Payment::State_ARRAYSIZE; ++from) {
    for (int to = 2; to < v1::Payment::State_ARRAYSIZE; ++to) {
      SCOPED_TRACE(absl::StrCat(from, " to ", to));
      World world = MakePlacedWorld();
      if (from != 0) {
        v1::Payment& payment = *world.order.mutable_payments(0);
        payment.set_state(static_cast<v1::Payment::State>(from));
        if (from != v1::Payment::STATE_CAPTURED) payment.mutable_captured_amount()->set_units(0);
      }
      const bool allowed = std::any_of(PaymentTransitions().begin(), PaymentTransitions().end(),
                                       [&](const auto& t) { return t.from == from && t.to == to; });
      const Decided decided = world.Do(
          absl::StrCat("record_payment { order_id: 'o1' payment { payment_id: '",
                       from == 0 ? "new" : "payment-1", "' state: ", to,
                       " amount { units: 5 currency_code: 'USD' } payment_method_id: 'wallet' "
                       "gateway_reference: 'g' } }"));
      if (!allowed) {
        EXPECT_EQ(Summary(decided.refusals),
                  "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.payment.state");
        continue;
      }
      ASSERT_EQ(Summary(decided.refusals), "");
      const v1::Payment payment = AllPayments(world.order).back();
      EXPECT_EQ(payment.state(), to);
      EXPECT_EQ(payment.gateway_reference(), "g");
      // A further capture adds to those before.
      const int64_t before = from == v1::Payment::STATE_CAPTURED ? 31000 : 0;
      const int64_t captured = to == v1::Payment::STATE_CAPTURED ? before + 5 : before;
      EXPECT_EQ(payment.captured_amount().units(), captured);
      EXPECT_EQ(HeldAmount(payment).units(), to == v1::Payment::STATE_CAPTURED ? captured : 0);
    }
  }
}

TEST(RecordPaymentTest, Invariants) {
  World world = MakeWorld();
  world.Done(Place("card"));
  const auto payment = [&](const std::string& text) {
    return world.Refused(absl::StrCat("record_payment { order_id: 'o1' payment { ", text, " } }"));
  };
  // A capture above the amount is recorded, and reported.
  World above = world;
  const Decided recorded = above.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED "
      "amount { units: 20001 currency_code: 'USD' } } }");
  EXPECT_EQ(recorded.events[0].order().payment_recorded().excess_amount().units(), 1);
  EXPECT_EQ(
      payment(
          "payment_id: 'payment-1' state: STATE_CAPTURED amount { units: 1 currency_code: 'EUR' }"),
      "ORDER_RECORD_PAYMENT_CURRENCY@record_payment.payment.amount");
  EXPECT_EQ(payment("payment_id: 'new' state: STATE_VOIDED"),
            "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.payment.state "
            "ORDER_RECORD_PAYMENT_AMOUNT@record_payment.payment.amount "
            "ORDER_RECORD_PAYMENT_PAYMENT_METHOD_UNKNOWN@record_payment.payment.payment_method_id");
  EXPECT_EQ(
      payment("payment_id: 'new' state: STATE_AUTHORIZED amount { units: 1 currency_code: 'USD' } "
              "payment_method_id: 'gift'"),
      "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.payment.state");
  EXPECT_EQ(
      payment("payment_id: 'new' state: STATE_CAPTURED amount { units: 1 currency_code: 'USD' } "
              "payment_method_id: 'lost'"),
      "ORDER_RECORD_PAYMENT_ACCOUNT_UNKNOWN");
  EXPECT_EQ(world.Refused(
                "record_payment { order_id: 'o1' refund { refund_id: 'r' state: STATE_FAILED } }"),
            "ORDER_RECORD_PAYMENT_REFUND_UNKNOWN@record_payment.refund.refund_id");
  const Decided stored = world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'new' state: STATE_CAPTURED amount { "
      "units: 9 "
      "currency_code: 'USD' } payment_method_id: 'gift' } }");
  EXPECT_EQ(PostingTexts(stored), "debit a1 9");
  // All payments of an order together stay below 2^63.
  const v1::Command huge = NoonCommand(
      "record_payment { order_id: 'o1' payment { payment_id: 'huge' state: STATE_AUTHORIZED amount "
      "{ units: "
      "9223372036854775807 currency_code: 'USD' } payment_method_id: 'card' } }");
  EXPECT_EQ(GetReason(DecideOrder(world.Input(huge)).status()), "MONEY_OVERFLOW");
}

TEST(RecordPaymentTest, CapturedInPart) {
  World world = MakeWorld();
  world.Done(Place("card"));
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_AUTHORIZED } "
      "}");
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED "
      "amount { units: 15000 currency_code: 'USD' } } }");
  EXPECT_EQ(HeldAmount(world.order).units(), 15000);
  EXPECT_EQ(world.Refused(
                "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 15001 "
                "currency_code: 'USD' } }"),
            "ORDER_REFUND_EXCEEDS_HELD@refund_order.amount");
}

TEST(RefundOrderTest, APendingRefundReservesAFailedOneReleases) {
  World world = MakePlacedWorld();
  const std::string all =
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 31000 "
      "currency_code: 'USD' } }";
  const Decided decided = world.Done(all);
  EXPECT_EQ(EffectTexts(decided), "send refund-2 31000");
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  EXPECT_EQ(world.Refused(all), "ORDER_REFUND_EXCEEDS_HELD@refund_order.amount");
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_FAILED "
      "gateway_reference: 'no' } }");
  EXPECT_EQ(HeldAmount(world.order).units(), 31000);
  EXPECT_EQ(AllRefunds(world.order)[0].gateway_reference(), "no");
  // The gateway tried again, and then the money came back.
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_SUCCEEDED } }");
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: STATE_FAILED } }");
  EXPECT_EQ(HeldAmount(world.order).units(), 31000);
  world.Done(all);
  // It cannot succeed again, since another one has its money.
  EXPECT_EQ(world.Refused("record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: "
                          "STATE_SUCCEEDED } }"),
            "ORDER_RECORD_PAYMENT_EXCEEDS_HELD@record_payment.refund.state");
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-3' state: STATE_SUCCEEDED } }");
  EXPECT_EQ(AllPayments(world.order)[0].refunded_amount().units(), 31000);
  EXPECT_EQ(AllPayments(world.order)[0].refund_pending_amount().units(), 0);
}

TEST(RefundOrderTest, ByItemsEveryPieceAtItsPart) {
  World world = MakeWorld();
  // 6.00 and 4.00 less 1.00: the first is worth 5.40, the second 3.60.
  world.catalog.mutable_variants(0)->mutable_unit_price()->set_value(600);
  world.catalog.mutable_variants(3)->mutable_unit_price()->set_value(400);
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' "
      "lines { variant_id: 'shirt-blue' quantity: 1 } lines { variant_id: 'mug-plain' quantity: 1 "
      "} "
      "discounts { discount_id: 'd' amount { units: 100 currency_code: 'USD' } } "
      "payment_method_id: 'card' settlement: SETTLEMENT_DONE }");
  const auto refund = [](const char* line) {
    return absl::StrCat(
        "refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN settlement: SETTLEMENT_DONE "
        "items { line_id: '",
        line, "' quantity: 1 } }");
  };
  world.Done(refund("1"));
  EXPECT_EQ(AllRefunds(world.order)[0].amount().units(), 540);
  EXPECT_EQ(AllRefunds(world.order)[0].lines(0).amount().units(), 540);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 540);
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 1);
  EXPECT_EQ(world.Refused(refund("1")),
            "ORDER_REFUND_ITEM_QUANTITY@refund_order.items[0].quantity");
  world.Done(refund("2"));
  EXPECT_EQ(AllRefunds(world.order)[1].amount().units(), 360);
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
}

TEST(RefundOrderTest, SeveralPaymentsAndTheirRoutes) {
  World world = MakeWorld();
  world.Done(Place("gift"));  // 200.00
  world.Done(
      "record_payment { order_id: 'o1' payment { payment_id: 'p2' state: STATE_CAPTURED amount { "
      "units: "
      "5000 currency_code: 'USD' } payment_method_id: 'card' } }");
  // To where it came from, the latest first; a piece whose money goes two ways counts once.
  Decided decided = world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN items { variant_id: 'shirt-blue' "
      "quantity: 1 } }");
  EXPECT_EQ(Movements(world.order),
            "1 pay gift 20000 CAPTURED, 2 pay card 5000 CAPTURED, 3 back card 5000 PENDING, "
            "4 back gift 5000 SUCCEEDED");
  EXPECT_EQ(EffectTexts(decided), "send refund-3 5000");
  EXPECT_EQ(PostingTexts(decided), "credit a1 5000");
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 1);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 10000);
  // When one of the two fails, the piece can be paid back again, for the rest of its worth.
  world.Done(
      "record_payment { order_id: 'o1' refund { refund_id: 'refund-3' state: STATE_FAILED } }");
  EXPECT_EQ(world.order.lines(0).quantities().refunded(), 0);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 5000);
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN items { line_id: '1' quantity: 1 } "
      "payment_method_id: 'gift' }");
  EXPECT_EQ(AllRefunds(world.order)[2].amount().units(), 5000);
  EXPECT_EQ(world.order.lines(0).refunded_amount().units(), 10000);
  // To a method of choice: its own payments first, then the others.
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 12000 "
      "currency_code: "
      "'USD' } payment_method_id: 'gift' }");
  const v1::Refund last = AllRefunds(world.order)[3];
  ASSERT_EQ(last.parts_size(), 2);
  EXPECT_EQ(last.parts(0).payment_id(), "payment-1");
  EXPECT_EQ(last.parts(0).amount().units(), 10000);
  EXPECT_EQ(last.parts(1).payment_id(), "p2");
  EXPECT_EQ(last.parts(1).amount().units(), 2000);
}

TEST(RefundOrderTest, Invariants) {
  World world = MakePlacedWorld();
  EXPECT_EQ(
      world.Refused(
          "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '9' "
          "quantity: 1 } items { line_id: '1' quantity: 2 } items { line_id: '1' quantity: 2 } "
          "payment_method_id: 'none' }"),
      "ORDER_REFUND_ITEM_UNKNOWN@refund_order.items[0] "
      "ORDER_REFUND_ITEM_QUANTITY@refund_order.items[2].quantity "
      "ORDER_REFUND_PAYMENT_METHOD_UNKNOWN@refund_order.payment_method_id");
  EXPECT_EQ(
      world.Refused("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 1 "
                    "currency_code: 'EUR' } }"),
      "ORDER_REFUND_CURRENCY@refund_order.amount");
  EXPECT_EQ(
      world.Refused("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 1 "
                    "currency_code: 'USD' } payment_method_id: 'lost' }"),
      "ORDER_REFUND_ACCOUNT_UNKNOWN");
  World unpaid = MakeWorld();
  unpaid.Done(Place("card"));
  EXPECT_EQ(
      unpaid.Refused("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 0 "
                     "currency_code: 'USD' } }"),
      "ORDER_REFUND_NOTHING_HELD");
  EXPECT_EQ(unpaid.Refused(
                "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '1' "
                "quantity: 1 } }"),
            "ORDER_REFUND_EXCEEDS_HELD");
}

TEST(RecordPaymentTest, PaymentsThatAreNotFinishedHaveALimit) {
  World world = MakePlacedWorld();
  const auto record = [&world](const std::string& id, const char* state) {
    return Summary(
        world
            .Do(absl::StrCat(
                "record_payment { order_id: 'o1' payment { payment_id: '", id, "' state: ", state,
                " amount { units: 5 currency_code: 'USD' } payment_method_id: 'wallet' } }"))
            .refusals);
  };
  for (int i = 0; i < 300; ++i) ASSERT_EQ(record(absl::StrCat("f", i), "STATE_FAILED"), "");
  ASSERT_EQ(world.order.payments_size(), 1);
  EXPECT_EQ(world.order.finished_payments_size(), 300);
  for (int i = 1; i < 100; ++i) ASSERT_EQ(record(absl::StrCat("a", i), "STATE_AUTHORIZED"), "");
  EXPECT_EQ(record("a100", "STATE_AUTHORIZED"), "ORDER_PAYMENTS_TOO_MANY");
  EXPECT_EQ(record("f300", "STATE_FAILED"), "");
  EXPECT_EQ(record("a1", "STATE_VOIDED"), "");
  EXPECT_EQ(record("a100", "STATE_AUTHORIZED"), "");
  // The gateway was quicker than the wish to void.
  EXPECT_EQ(record("a1", "STATE_CAPTURED"), "");
  EXPECT_EQ(world.order.payments_size(), 101);
  EXPECT_EQ(world.order.captured_amount().units(), 31005);
}

TEST(RecordPaymentTest, IdsOfTheHostAreNotGivenAgain) {
  World world = MakePlacedWorld();
  ASSERT_EQ(
      Summary(world
                  .Do("record_payment { order_id: 'o1' payment { payment_id: 'refund-5' state: "
                      "STATE_FAILED amount { units: 5 currency_code: 'USD' } "
                      "payment_method_id: 'wallet' } }")
                  .refusals),
      "");
  ASSERT_EQ(Summary(world
                        .Do("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { "
                            "units: 5 currency_code: 'USD' } settlement: SETTLEMENT_DONE }")
                        .refusals),
            "");
  EXPECT_EQ(AllRefunds(world.order)[0].refund_id(), "refund-6");
  EXPECT_EQ(AllRefunds(world.order)[0].sequence(), 3);
  const std::string too_high =
      "record_payment { order_id: 'o1' payment { payment_id: 'payment-1000000000000001' state: "
      "STATE_FAILED amount { units: 5 currency_code: 'USD' } payment_method_id: 'wallet' } }";
  EXPECT_EQ(Summary(world.Do(too_high).refusals),
            "ARGUMENT_OUT_OF_RANGE@record_payment.payment.payment_id");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
