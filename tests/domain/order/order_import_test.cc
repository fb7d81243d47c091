// Importing orders: given fields stay, derived ones are filled in, impossible ones are refused.
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// A delivered order of two pieces, paid with a card, one payment refunded in part.
constexpr char kDelivered[] = R"pb(
  order_id: "o1"
  customer_id: "c1"
  state: STATE_DELIVERED
  currency_code: "USD"
  lines {
    line_id: "1"
    variant_id: "shirt-blue"
    unit_price { value: 10000 scale: 2 currency_code: "USD" }
    quantities { ordered: 2 shipped: 2 delivered: 2 }
  }
  payments {
    payment_id: "p1"
    route { payment_method_id: "card" kind: KIND_CARD }
    state: STATE_CAPTURED
    amount { units: 20000 currency_code: "USD" }
  }
  refunds {
    refund_id: "r1"
    route { payment_method_id: "card" kind: KIND_CARD }
    state: STATE_SUCCEEDED
    amount { units: 500 currency_code: "USD" }
    parts {
      payment_id: "p1"
      amount { units: 500 currency_code: "USD" }
    }
  }
  shipments {
    shipment_id: "s1"
    tracking_ids: "t"
    lines { line_id: "1" quantity: 2 }
    delivered: true
  }
)pb";

v1::Command Import(const v1::Order& order) {
  v1::Command command =
      NoonCommand("import_order { source { system: 'shop' document: 'orders' } }");
  *command.mutable_order()->mutable_import_order()->mutable_order() = order;
  return command;
}

v1::Order Delivered(const std::string& more = "") {
  v1::Order order = FromText<v1::Order>(kDelivered);
  order.MergeFrom(FromText<v1::Order>(more));
  return order;
}

TEST(ImportOrderTest, FillsWhatFollowsAndInventsNothing) {
  World world = MakeWorld();
  const Decided decided = world.Do(Import(Delivered()));
  ASSERT_EQ(Summary(decided.refusals), "");
  EXPECT_EQ(EventNames(decided.events), "order_imported");
  EXPECT_TRUE(decided.postings.empty() && decided.effects.empty());
  const v1::Order& order = world.order;
  EXPECT_EQ(order.import_source().system(), "shop");
  EXPECT_EQ(order.lines(0).net_amount().units(), 20000);
  EXPECT_EQ(order.lines(0).refunded_amount().units(), 0);
  EXPECT_EQ(order.totals().total().units(), 20000);
  EXPECT_EQ(order.charges(0).explanation(), "2 x 100.00 USD");
  EXPECT_EQ(AllPayments(order)[0].captured_amount().units(), 20000);
  EXPECT_EQ(AllPayments(order)[0].refunded_amount().units(), 500);
  EXPECT_EQ(AllPayments(order)[0].sequence(), 1);
  EXPECT_EQ(AllRefunds(order)[0].sequence(), 2);
  EXPECT_EQ(HeldAmount(order).units(), 19500);
  EXPECT_FALSE(order.has_place_time());
  EXPECT_FALSE(order.has_deliver_time());
  EXPECT_EQ(ReturnableQuantity(order.lines(0)), 2);
}

TEST(ImportOrderTest, GivenFieldsStay) {
  World world = MakeWorld();
  v1::Order given = Delivered(
      "place_time { seconds: 5 } item_change_count: 1 returns { return_id: 'r' state: "
      "STATE_REQUESTED lines { "
      "line_id: '1' quantity: 1 } } totals { shipping { units: 300 currency_code: 'USD' } } "
      "charges { kind: KIND_LINE amount { units: 19000 currency_code: 'USD' } explanation: "
      "'theirs' }");
  given.mutable_lines(0)->mutable_quantities()->set_return_requested(1);
  *given.mutable_lines(0)->mutable_net_amount() =
      FromText<v1::Money>("units: 19000 currency_code: 'USD'");
  given.mutable_payments(0)->set_sequence(2);
  given.mutable_refunds(0)->set_sequence(1);
  const Decided decided = world.Do(Import(given));
  ASSERT_EQ(Summary(decided.refusals), "");
  EXPECT_EQ(world.order.lines(0).net_amount().units(), 19000);
  EXPECT_EQ(world.order.totals().subtotal().units(), 19000);
  EXPECT_EQ(world.order.totals().total().units(), 19300);
  EXPECT_EQ(world.order.charges_size(), 1);
  EXPECT_EQ(world.order.charges(0).explanation(), "theirs");
  EXPECT_EQ(AllPayments(world.order)[0].sequence(), 2);
  EXPECT_EQ(world.order.place_time().seconds(), 5);
  EXPECT_EQ(world.order.item_change_count(), 1);
  EXPECT_EQ(ReturnableQuantity(world.order.lines(0)), 1);
}

TEST(ImportOrderTest, ACancelledOrderKeepsItsHistory) {
  World world = MakeWorld();
  v1::Order given = Delivered();
  given.set_state(v1::Order::STATE_CANCELED);
  given.clear_shipments();
  given.mutable_lines(0)->mutable_quantities()->set_shipped(0);
  given.mutable_lines(0)->mutable_quantities()->set_delivered(0);
  given.mutable_refunds(0)->mutable_amount()->set_units(20000);
  given.mutable_refunds(0)->mutable_parts(0)->mutable_amount()->set_units(20000);
  const Decided decided = world.Do(Import(given));
  ASSERT_EQ(Summary(decided.refusals), "");
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  EXPECT_FALSE(world.order.has_cancel_time());
}

// The change to the sound order, and the refusals that it gets.
struct BadImport {
  const char* name;
  void (*change)(v1::Order*);
  const char* refusals;
};

const BadImport kBadImports[] = {
    {"a refund of a payment that is not there",
     [](v1::Order* o) { o->mutable_refunds(0)->mutable_parts(0)->set_payment_id("p9"); },
     "ORDER_IMPORT_REFERENCE_UNKNOWN@import_order.order.refunds[0]"},
    {"lines that are not there",
     [](v1::Order* o) {
       o->mutable_shipments(0)->mutable_lines(0)->set_line_id("9");
       o->add_charges()->set_line_id("9");
       *o->mutable_charges(0)->mutable_amount() = FromText<v1::Money>("currency_code: 'USD'");
       o->add_returns()->MergeFrom(FromText<v1::Return>(
           "return_id: 'a' state: STATE_REQUESTED lines { line_id: '9' quantity: 1 }"));
       o->add_exchanges()->MergeFrom(FromText<v1::Exchange>(
           "exchange_id: 'b' state: STATE_ACCEPTED lines { line_id: '9' quantity: 1 }"));
     },
     "ORDER_IMPORT_REFERENCE_UNKNOWN@import_order.order.charges[0] "
     "ORDER_IMPORT_REFERENCE_UNKNOWN@import_order.order.shipments[0] "
     "ORDER_IMPORT_REFERENCE_UNKNOWN@import_order.order.returns[0] "
     "ORDER_IMPORT_REFERENCE_UNKNOWN@import_order.order.exchanges[0]"},
    {"more shipped than ordered",
     [](v1::Order* o) { o->mutable_lines(0)->mutable_quantities()->set_shipped(3); },
     "ORDER_IMPORT_QUANTITIES@import_order.order.lines[0] "
     "ORDER_IMPORT_STATE@import_order.order.state"},
    {"delivered, says the state, and not the counts",
     [](v1::Order* o) {
       o->clear_shipments();
       o->mutable_lines(0)->mutable_quantities()->set_delivered(1);
     },
     "ORDER_IMPORT_STATE@import_order.order.state"},
    {"placed, and shipped", [](v1::Order* o) { o->set_state(v1::Order::STATE_PLACED); },
     "ORDER_IMPORT_STATE@import_order.order.state"},
    {"shipments hold more than was shipped",
     [](v1::Order* o) { o->mutable_shipments(0)->mutable_lines(0)->set_quantity(3); },
     "ORDER_IMPORT_QUANTITIES@import_order.order.lines[0]"},
    {"a return that is not counted",
     [](v1::Order* o) {
       o->add_returns()->MergeFrom(FromText<v1::Return>(
           "return_id: 'a' state: STATE_IN_TRANSIT lines { line_id: '1' quantity: 1 }"));
     },
     "ORDER_IMPORT_QUANTITIES@import_order.order.lines[0]"},
    {"more comes back than was delivered",
     [](v1::Order* o) {
       o->mutable_lines(0)->mutable_quantities()->set_return_requested(1);
       o->mutable_lines(0)->mutable_quantities()->set_returned(2);
     },
     "ORDER_IMPORT_QUANTITIES@import_order.order.lines[0]"},
    {"places given twice",
     [](v1::Order* o) {
       o->mutable_payments(0)->set_sequence(1);
       o->mutable_refunds(0)->set_sequence(1);
     },
     "ORDER_IMPORT_SEQUENCE@import_order.order.payments"},
    {"places given to some", [](v1::Order* o) { o->mutable_payments(0)->set_sequence(1); },
     "ORDER_IMPORT_SEQUENCE@import_order.order.payments"},
    {"more refunded than captured",
     [](v1::Order* o) {
       o->mutable_refunds(0)->mutable_amount()->set_units(20001);
       o->mutable_refunds(0)->mutable_parts(0)->mutable_amount()->set_units(20001);
     },
     "ORDER_IMPORT_PAYMENT_SUMS@import_order.order.payments[0]"},
    {"captured, but failed",
     [](v1::Order* o) {
       o->mutable_payments(0)->set_state(v1::Payment::STATE_FAILED);
       *o->mutable_payments(0)->mutable_captured_amount() =
           FromText<v1::Money>("units: 20000 currency_code: 'USD'");
     },
     "ORDER_IMPORT_PAYMENT_SUMS@import_order.order.payments[0]"},
    {"refunded, says the payment, and not the refunds",
     [](v1::Order* o) {
       *o->mutable_payments(0)->mutable_refunded_amount() =
           FromText<v1::Money>("units: 501 currency_code: 'USD'");
     },
     "ORDER_IMPORT_PAYMENT_SUMS@import_order.order.payments[0]"},
    {"a refund whose parts do not add up",
     [](v1::Order* o) { o->mutable_refunds(0)->mutable_amount()->set_units(501); },
     "ORDER_IMPORT_REFUND_SUMS@import_order.order.refunds[0]"},
    {"payments beyond 63 bits",
     [](v1::Order* o) {
       o->mutable_payments(0)->mutable_amount()->set_units(INT64_MAX);
       *o->add_payments() = o->payments(0);
       o->mutable_payments(1)->set_payment_id("p2");
     },
     "ORDER_IMPORT_PAYMENT_SUMS@import_order.order.payments"},
    {"more paid back for a line than it cost",
     [](v1::Order* o) {
       *o->mutable_refunds(0)->add_lines() = FromText<v1::LineAmount>(
           "line_id: '1' quantity: 1 amount { units: 20001 currency_code: 'USD' }");
       o->mutable_lines(0)->mutable_quantities()->set_refunded(1);
     },
     "ORDER_IMPORT_LINE_SUMS@import_order.order.lines[0]"},
    {"pieces paid back that are not counted",
     [](v1::Order* o) {
       *o->mutable_refunds(0)->add_lines() = FromText<v1::LineAmount>(
           "line_id: '1' quantity: 1 amount { units: 500 currency_code: 'USD' }");
     },
     "ORDER_IMPORT_LINE_SUMS@import_order.order.lines[0]"},
    {"a total that is another",
     [](v1::Order* o) {
       *o->mutable_totals()->mutable_total() =
           FromText<v1::Money>("units: 20001 currency_code: 'USD'");
     },
     "ORDER_IMPORT_TOTALS@import_order.order.totals"},
    {"parts of the total that do not add up",
     [](v1::Order* o) {
       *o->mutable_totals()->mutable_subtotal() =
           FromText<v1::Money>("units: 19999 currency_code: 'USD'");
     },
     "ORDER_IMPORT_TOTALS@import_order.order.totals"},
};

TEST(ImportOrderTest, ImpossibleOrdersAreRefused) {
  for (const BadImport& bad : kBadImports) {
    World world = MakeWorld();
    v1::Order order = Delivered();
    bad.change(&order);
    const Decided decided = world.Do(Import(order));
    EXPECT_EQ(Summary(decided.refusals), bad.refusals) << bad.name;
    EXPECT_EQ(world.order.state(), v1::Order::STATE_UNSPECIFIED);
  }
}

// As many payments as stay in the state: also those of nothing, until they are refunded, and those whose refunds wait.
TEST(ImportOrderTest, PaymentsThatAreNotFinishedHaveALimit) {
  const auto order_with = [](int count, bool refunds, const char* state) {
    v1::Order order = Delivered();
    order.clear_payments();
    order.clear_refunds();
    for (int i = 0; i <= count; ++i) {
      const std::string id = absl::StrCat("p", i);
      v1::Payment& payment = *order.add_payments();
      payment = FromText<v1::Payment>(
          "route { payment_method_id: 'card' kind: KIND_CARD } state: STATE_CAPTURED "
          "amount { units: 0 currency_code: 'USD' }");
      payment.set_payment_id(id);
      if (i == 0) payment.mutable_amount()->set_units(20000);
      if (!refunds || i == 0) continue;
      v1::Refund& refund = *order.add_refunds();
      refund = FromText<v1::Refund>(absl::StrCat(
          "refund_id: 'r", i, "' route { payment_method_id: 'card' kind: KIND_CARD } state: ",
          state, " amount { units: 0 currency_code: 'USD' } parts { payment_id: '", id,
          "' amount { units: 0 currency_code: 'USD' } }"));
    }
    return order;
  };
  World world = MakeWorld();
  EXPECT_EQ(Summary(world.Do(Import(order_with(100, false, ""))).refusals),
            "ORDER_PAYMENTS_TOO_MANY@import_order.order.payments");
  EXPECT_EQ(Summary(world.Do(Import(order_with(100, true, "STATE_SUCCEEDED"))).refusals), "");
  EXPECT_EQ(world.order.payments_size(), 1);
  World other = MakeWorld();
  EXPECT_EQ(Summary(other.Do(Import(order_with(99, false, ""))).refusals), "");
  EXPECT_EQ(other.order.payments_size(), 100);
}

TEST(ImportOrderTest, OverflowIsAStatus) {
  const World world = MakeWorld();
  v1::Order order = Delivered();
  order.mutable_lines(0)->mutable_unit_price()->set_value(INT64_MAX);
  EXPECT_EQ(GetReason(DecideOrder(world.Input(Import(order))).status()), "MONEY_OVERFLOW");
}

TEST(ImportOrderTest, RefundsOfAnImportedOrder) {
  World world = MakeWorld();
  ASSERT_EQ(Summary(world.Do(Import(Delivered())).refusals), "");
  EXPECT_EQ(world.Refused("refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN items { "
                          "line_id: '1' quantity: 2 } }"),
            "ORDER_REFUND_EXCEEDS_HELD");
  world.Done(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN items { line_id: '1' quantity: 1 } "
      "}");
  EXPECT_EQ(AllRefunds(world.order)[1].amount().units(), 10000);
  EXPECT_EQ(AllRefunds(world.order)[1].sequence(), 3);
  EXPECT_EQ(AllRefunds(world.order)[1].refund_id(), "refund-3");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
