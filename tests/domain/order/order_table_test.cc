// Every state of an order x every verb, with the result that the table promises.
#include <algorithm>
#include <map>
#include <string>

#include "domain/domain_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// A world whose order is in `state`, with a shipment "s1" on its way or delivered where the state allows one.
World WorldIn(v1::Order::State state) {
  switch (state) {
    case v1::Order::STATE_UNSPECIFIED:
      return MakeWorld();
    case v1::Order::STATE_PLACED:
      return MakePlacedWorld();
    case v1::Order::STATE_SHIPPED: {
      // Two pieces were delivered, the rest is on its way.
      World world = MakePlacedWorld();
      world.Done(
          "record_shipment { order_id: 'o1' shipment { shipment_id: 's0' "
          "lines { line_id: '1' quantity: 2 } } }");
      world.Done("record_delivery { order_id: 'o1' shipment_id: 's0' }");
      world.Done(
          "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' "
          "lines { line_id: '1' quantity: 1 } lines { line_id: '2' quantity: 1 } } }");
      return world;
    }
    case v1::Order::STATE_DELIVERED:
      return MakeDeliveredWorld();
    case v1::Order::STATE_CANCELED: {
      World world = MakePlacedWorld();
      world.Done("cancel_order { order_id: 'o1' settlement: SETTLEMENT_DONE }");
      return world;
    }
    default: {
      // One piece is on its way, one was delivered, the rest is here.
      World world = MakePlacedWorld();
      world.Done(
          "record_shipment { order_id: 'o1' shipment { shipment_id: 's0' "
          "lines { line_id: '1' quantity: 1 } } }");
      world.Done("record_delivery { order_id: 'o1' shipment_id: 's0' }");
      world.Done(
          "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' "
          "lines { line_id: '1' quantity: 1 } } }");
      return world;
    }
  }
}

// Being prepared, nothing shipped.
World PreparingWorld() {
  World world = MakePlacedWorld();
  world.order.set_state(v1::Order::STATE_PROCESSING);
  return world;
}

// A command that is sound wherever its verb is allowed.
std::string SoundCommand(v1::OrderCommand::VerbCase verb, const World& world) {
  switch (verb) {
    case v1::OrderCommand::kPlaceOrder:
      return "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { "
             "variant_id: "
             "'mug-plain' quantity: 1 } payment_method_id: 'card' }";
    case v1::OrderCommand::kImportOrder:
      return "import_order { order { order_id: 'o1' customer_id: 'c1' state: STATE_PLACED "
             "currency_code: "
             "'USD' lines { line_id: '1' variant_id: 'v' unit_price { value: 5 currency_code: "
             "'USD' } "
             "quantities { ordered: 1 } } } source { system: 'x' } }";
    case v1::OrderCommand::kRecordPayment:
      return "record_payment { order_id: 'o1' payment { payment_id: 'extra' state: STATE_CAPTURED "
             "amount { "
             "units: 5 currency_code: 'USD' } payment_method_id: 'card' } }";
    case v1::OrderCommand::kRecordShipment:
      return "record_shipment { order_id: 'o1' shipment { shipment_id: 's9' lines { line_id: '2' "
             "quantity: "
             "1 } } }";
    case v1::OrderCommand::kRecordDelivery:
      return "record_delivery { order_id: 'o1' shipment_id: 's1' }";
    case v1::OrderCommand::kCancelOrder:
      return "cancel_order { order_id: 'o1' reason: 'x' }";
    case v1::OrderCommand::kChangeShippingAddress:
      return "change_shipping_address { order_id: 'o1' address { lines: 'elsewhere' } }";
    case v1::OrderCommand::kChangePaymentMethod:
      return "change_payment_method { order_id: 'o1' payment_method_id: 'wallet' }";
    case v1::OrderCommand::kChangeItems:
      return "change_items { order_id: 'o1' changes { item { line_id: '2' quantity: 1 } "
             "new_variant_id: "
             "'shirt-red' } payment_method_id: 'card' }";
    case v1::OrderCommand::kRequestReturn:
      return "request_return { order_id: 'o1' items { line_id: '1' quantity: 1 } "
             "payment_method_id: 'card' }";
    case v1::OrderCommand::kRequestExchange:
      return "request_exchange { order_id: 'o1' changes { item { line_id: '1' quantity: 1 } "
             "new_variant_id: "
             "'shirt-red' } payment_method_id: 'card' }";
    case v1::OrderCommand::kRequestPayment:
      return "request_payment { order_id: 'o1' payments { payment_method_id: 'card' } }";
    case v1::OrderCommand::kCancelItems:
      return "cancel_items { order_id: 'o1' items { line_id: '2' quantity: 1 } }";
    case v1::OrderCommand::kRecordDispute:
      return "record_dispute { order_id: 'o1' dispute_id: 'd1' payment_id: 'payment-1' state: "
             "STATE_OPEN amount { "
             "units: 5 currency_code: 'USD' } }";
    case v1::OrderCommand::kAnswerDispute:
      return "answer_dispute { order_id: 'o1' dispute_id: 'd1' accepts: true }";
    default:
      return world.order.state() == v1::Order::STATE_CANCELED
                 ? "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 0 "
                   "currency_code: 'USD' } }"
                 : "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 5 "
                   "currency_code: 'USD' } }";
  }
}

// Does what has to come before the verb.
void Prepare(v1::OrderCommand::VerbCase verb, World* world) {
  if (verb == v1::OrderCommand::kAnswerDispute) {
    world->Done(SoundCommand(v1::OrderCommand::kRecordDispute, *world));
  } else if (verb == v1::OrderCommand::kRequestPayment) {
    // The bank took the money back, so that it is owed.
    world->Done(
        "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: "
        "STATE_CHARGED_BACK } }");
  }
}

TEST(OrderTableTest, EveryStateAndVerbAsTheTableSays) {
  for (const Transition& cell : OrderLifecycle().transitions()) {
    const auto from = static_cast<v1::Order::State>(cell.from);
    const auto verb = static_cast<v1::OrderCommand::VerbCase>(cell.command->number);
    SCOPED_TRACE(absl::StrCat(cell.command->name, " in ", v1::Order::State_Name(from)));
    World world = WorldIn(from);
    ASSERT_EQ(world.order.state(), cell.from);
    // An order that is canceled may have no shipped piece.
    if (cell.from == v1::Order::STATE_PROCESSING && verb == v1::OrderCommand::kCancelOrder) {
      world = PreparingWorld();
    }
    if (cell.refusal_reason == nullptr) Prepare(verb, &world);
    const Decided decided = world.Do(SoundCommand(verb, world));
    if (cell.refusal_reason != nullptr) {
      ASSERT_EQ(Summary(decided.refusals), *cell.refusal_reason);
      EXPECT_EQ(decided.refusals[0].origin(), cell.from == v1::Order::STATE_UNSPECIFIED
                                                  ? v1::Refusal::ORIGIN_NOT_FOUND
                                                  : v1::Refusal::ORIGIN_INVARIANT);
      EXPECT_EQ(world.order.state(), cell.from);
      continue;
    }
    ASSERT_EQ(Summary(decided.refusals), "");
    ASSERT_FALSE(decided.events.empty());
    EXPECT_NE(std::find(cell.to.begin(), cell.to.end(), world.order.state()), cell.to.end())
        << v1::Order::State_Name(world.order.state());
    for (const v1::Event& event : decided.events) {
      EXPECT_EQ(event.entity().id(), "o1");
      EXPECT_EQ(event.entity().kind(), v1::ENTITY_KIND_ORDER);
      EXPECT_EQ(event.actor_id(), "agent-1");
      EXPECT_EQ(event.time().seconds(), 1715774400);
      EXPECT_EQ(event.event_id() + event.record_id(), "");
    }
  }
}

TEST(OrderTableTest, StatesFollowTheGoods) {
  World world = MakePlacedWorld();
  const auto ship = [&](const char* id, const char* line, int quantity) {
    world.Done(absl::StrCat("record_shipment { order_id: 'o1' shipment { shipment_id: '", id,
                            "' lines { line_id: '", line, "' quantity: ", quantity, " } } }"));
    return world.order.state();
  };
  const auto deliver = [&](const char* id, int64_t seconds) {
    world.Done(absl::StrCat("record_delivery { order_id: 'o1' shipment_id: '", id,
                            "' deliver_time { seconds: ", seconds, " } }"));
    return world.order.state();
  };
  EXPECT_EQ(ship("a", "1", 2), v1::Order::STATE_PROCESSING);
  EXPECT_EQ(deliver("a", 500), v1::Order::STATE_PROCESSING);
  EXPECT_EQ(ship("b", "1", 1), v1::Order::STATE_PROCESSING);
  EXPECT_EQ(ship("c", "2", 1), v1::Order::STATE_SHIPPED);
  EXPECT_EQ(deliver("c", 700), v1::Order::STATE_SHIPPED);
  EXPECT_FALSE(world.order.has_deliver_time());
  EXPECT_EQ(deliver("b", 600), v1::Order::STATE_DELIVERED);
  EXPECT_EQ(world.order.deliver_time().seconds(), 700);
  EXPECT_EQ(world.order.lines(0).quantities().delivered(), 3);
}

TEST(OrderTableTest, ShipmentInvariants) {
  World world = MakePlacedWorld();
  const std::string shipment =
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' lines { line_id: '1' "
      "quantity: 2 } } }";
  world.Done(shipment);
  EXPECT_EQ(world.Refused(shipment),
            "ORDER_RECORD_SHIPMENT_ID_EXISTS@record_shipment.shipment.shipment_id "
            "ORDER_RECORD_SHIPMENT_QUANTITY@record_shipment.shipment.lines[0].quantity");
  EXPECT_EQ(
      world.Refused("record_shipment { order_id: 'o1' shipment { shipment_id: 's2' "
                    "lines { line_id: '2' quantity: 2 } lines { line_id: '7' quantity: 1 } } }"),
      "ORDER_RECORD_SHIPMENT_LINE_UNKNOWN@record_shipment.shipment.lines[1].line_id "
      "ORDER_RECORD_SHIPMENT_QUANTITY@record_shipment.shipment.lines[0].quantity");
  EXPECT_EQ(world.Refused("record_delivery { order_id: 'o1' shipment_id: 's7' }"),
            "ORDER_RECORD_DELIVERY_SHIPMENT_UNKNOWN@record_delivery.shipment_id");
  world.Done("record_delivery { order_id: 'o1' shipment_id: 's1' }");
  EXPECT_EQ(world.order.shipments(0).deliver_time().seconds(), 1715774400);
  EXPECT_EQ(world.Refused("record_delivery { order_id: 'o1' shipment_id: 's1' }"),
            "ORDER_RECORD_DELIVERY_DELIVERED@record_delivery.shipment_id");
  world.Done(
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's3' "
      "lines { line_id: '2' quantity: 1 } ship_time { seconds: 1000 } } }");
  EXPECT_EQ(world.Refused("record_delivery { order_id: 'o1' shipment_id: 's3' "
                          "deliver_time { seconds: 999 } }"),
            "ORDER_RECORD_DELIVERY_TIME@record_delivery.deliver_time");
}

TEST(OrderTableTest, AShippedOrderIsNotCanceled) {
  World world = MakePlacedWorld();
  world.Done(
      "record_shipment { order_id: 'o1' shipment { shipment_id: 's1' "
      "lines { line_id: '1' quantity: 1 } } }");
  EXPECT_EQ(world.Refused("cancel_order { order_id: 'o1' }"), "ORDER_CANCEL_SHIPPED");
}

TEST(OrderTableTest, ShippingAddress) {
  World world = MakePlacedWorld();
  EXPECT_EQ(world.order.shipping_address().lines(0), "1 Main Street");
  const Decided decided =
      world.Done("change_shipping_address { order_id: 'o1' address { lines: 'elsewhere' } }");
  EXPECT_EQ(decided.events.at(0).order().shipping_address_changed().before().lines(0),
            "1 Main Street");
  EXPECT_EQ(world.order.shipping_address().lines(0), "elsewhere");
}

TEST(OrderTableTest, AnotherEntityAndMissingFactsAreStatuses) {
  const World world = MakePlacedWorld();
  for (const char* verb : {"credit_account { account_id: 'a' }", ""}) {
    EXPECT_EQ(GetReason(DecideOrder(world.Input(NoonCommand(verb))).status()),
              "COMMAND_WRONG_ENTITY");
    EXPECT_EQ(GetReason(AssessOrder(world.Input(NoonCommand(verb))).status()),
              "COMMAND_WRONG_ENTITY");
  }
  for (const auto verb : {v1::OrderCommand::kPlaceOrder, v1::OrderCommand::kChangeItems,
                          v1::OrderCommand::kRequestExchange, v1::OrderCommand::kRequestReturn,
                          v1::OrderCommand::kCancelOrder}) {
    v1::OrderDecisionInput input = world.Input(NoonCommand(SoundCommand(verb, world)));
    input.clear_catalog();
    const bool needed =
        verb != v1::OrderCommand::kRequestReturn && verb != v1::OrderCommand::kCancelOrder;
    const absl::Status assessed = AssessOrder(input).status();
    EXPECT_EQ(GetReason(assessed), needed ? "FACT_MISSING" : "") << verb;
    EXPECT_EQ(GetReason(DecideOrder(input).status()), needed ? "FACT_MISSING" : "");
    if (needed) {
      EXPECT_EQ(assessed.code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_EQ(GetErrorDetail(assessed).value().violations(0).field(), "catalog");
    }
  }
}

TEST(OrderTableTest, EventsOfOthersAreNotFolded) {
  const World world = MakeDeliveredWorld();
  const char* const kFacts[] = {
      "",
      "consent_recorded {}",
      "order_placed { order { order_id: 'o1' state: STATE_PLACED } }",
      "order_imported { order { order_id: 'o1' state: STATE_PLACED } }",
  };
  for (const char* fact : kFacts) {
    v1::Event event = EventFromText(fact);
    event.mutable_entity()->set_kind(v1::ENTITY_KIND_ORDER);
    event.mutable_entity()->set_id("o1");
    v1::Order after = world.order;
    const absl::Status status = EvolveOrder(event, &after);
    EXPECT_EQ(GetReason(status), "EVENT_NOT_APPLICABLE") << fact;
    EXPECT_EQ(after.SerializeAsString(), world.order.SerializeAsString()) << fact;
  }
  v1::Order none;
  v1::Event event = EventFromText("entity { kind: ENTITY_KIND_ORDER id: 'o1' } order_canceled {}");
  EXPECT_EQ(GetReason(EvolveOrder(event, &none)), "EVENT_NOT_APPLICABLE");
  event.mutable_entity()->set_id("o2");
  v1::Order other = world.order;
  EXPECT_EQ(GetReason(EvolveOrder(event, &other)), "EVENT_NOT_APPLICABLE");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
