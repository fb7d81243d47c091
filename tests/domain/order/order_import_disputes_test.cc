// Disputes of an order of another system: they come with it, and go on here.
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// One shirt of 100.00, captured from the card; 60.00 were refunded.
constexpr char kChargedOrder[] = R"pb(
  order_id: "o1"
  customer_id: "c1"
  state: STATE_PLACED
  currency_code: "USD"
  lines {
    line_id: "1"
    variant_id: "shirt-blue"
    unit_price { value: 10000 scale: 2 currency_code: "USD" }
    quantities { ordered: 1 }
  }
  payments {
    payment_id: "p1"
    route { payment_method_id: "card" kind: KIND_CARD }
    state: STATE_CAPTURED
    amount { units: 10000 currency_code: "USD" }
    gateway_reference: "ch-1"
  }
  refunds {
    refund_id: "r1"
    route { payment_method_id: "card" kind: KIND_CARD }
    state: STATE_SUCCEEDED
    cause: REFUND_CAUSE_GOODWILL
    amount { units: 6000 currency_code: "USD" }
    parts {
      payment_id: "p1"
      amount { units: 6000 currency_code: "USD" }
    }
  }
)pb";

v1::Command ImportCharged(const std::string& more, bool strict = true) {
  v1::Command command = NoonCommand("import_order { source { system: 'shop' } }");
  v1::ImportOrder& verb = *command.mutable_order()->mutable_import_order();
  verb.set_strict(strict);
  *verb.mutable_order() = FromText<v1::Order>(kChargedOrder);
  verb.mutable_order()->MergeFrom(FromText<v1::Order>(more));
  return command;
}

std::string DisputeText(const std::string& fields, int64_t units = 1234) {
  return absl::StrCat("disputes { payment_id: 'p1' ", fields, " amount { units: ", units,
                      " currency_code: 'USD' } } ");
}

std::string ReportDispute(const std::string& fields) {
  return absl::StrCat("record_dispute { order_id: 'o1' ", fields, " }");
}

TEST(ImportDisputesTest, AnOpenOneHoldsItsMoneyAndGoesOn) {
  World world = MakeWorld();
  ASSERT_EQ(Summary(world
                        .Do(ImportCharged(DisputeText(
                            "dispute_id: 'd1' state: STATE_UNDER_REVIEW reason: 'fraudulent' "
                            "gateway_reference: 'dp-1' time { seconds: 1700000000 } evidence { "
                            "kind: 'receipt' text: 'signed' } case_id: 'old-case'")))
                        .refusals),
            "");
  const v1::Dispute& dispute = world.order.disputes(0);
  EXPECT_EQ(dispute.stage(), v1::Dispute::STAGE_CHARGEBACK);
  EXPECT_EQ(dispute.reason(), "fraudulent");
  EXPECT_EQ(dispute.evidence(0).kind(), "receipt");
  EXPECT_EQ(dispute.time().seconds(), 1700000000);
  EXPECT_EQ(world.order.payments(0).disputed_amount().units(), 1234);
  EXPECT_EQ(HeldAmount(world.order).units(), 10000 - 6000 - 1234);
  // Undecided, it is not owed again.
  EXPECT_EQ(world.order.owed_amount().units(), 0);
  // The report of before is known by its reference, and the next one ends the dispute.
  EXPECT_TRUE(world
                  .Done(ReportDispute("gateway_reference: 'dp-1' state: STATE_UNDER_REVIEW amount "
                                      "{ units: 1234 currency_code: 'USD' }"))
                  .events.empty());
  EXPECT_EQ(
      world.Refused(ReportDispute("gateway_reference: 'ch-1' payment_id: 'p1' state: STATE_OPEN")),
      "ORDER_RECORD_DISPUTE_REFERENCE_CONFLICT@record_dispute.gateway_reference");
  world.Done(ReportDispute("gateway_reference: 'dp-1' state: STATE_WON"));
  EXPECT_EQ(HeldAmount(world.order).units(), 4000);
  EXPECT_EQ(world.order.captured_amount().units(), 10000);
}

TEST(ImportDisputesTest, TheStateSaysWhereTheMoneyIs) {
  struct {
    const char* fields;
    int64_t held;
    int64_t owed;
  } const cases[] = {
      {"state: STATE_OPEN", 2766, 0},
      {"state: STATE_OPEN stage: STAGE_INQUIRY", 4000, 0},
      {"state: STATE_WON", 4000, 0},
      {"state: STATE_WITHDRAWN", 4000, 0},
      {"state: STATE_LOST stage: STAGE_ARBITRATION", 2766, 1234},
  };
  for (const auto& [fields, held, owed] : cases) {
    World world = MakeWorld();
    ASSERT_EQ(
        Summary(world.Do(ImportCharged(DisputeText(absl::StrCat("dispute_id: 'd1' ", fields))))
                    .refusals),
        "");
    EXPECT_EQ(HeldAmount(world.order).units(), held) << fields;
    EXPECT_EQ(world.order.owed_amount().units(), owed) << fields;
  }
}

// The bank has all of it, the refunded part too: the payment holds nothing, and stays in the state for the end of the dispute.
TEST(ImportDisputesTest, APaymentThatIsDisputedAsAWholeIsNotFinished) {
  World world = MakeWorld();
  ASSERT_EQ(
      Summary(world.Do(ImportCharged(DisputeText("dispute_id: 'd1' state: STATE_OPEN", 10000)))
                  .refusals),
      "");
  ASSERT_EQ(world.order.payments_size(), 1);
  EXPECT_EQ(HeldAmount(world.order).units(), 0);
  world.Done(ReportDispute("dispute_id: 'd1' state: STATE_WON"));
  EXPECT_EQ(HeldAmount(world.order).units(), 4000);
}

TEST(ImportDisputesTest, AmountsThatDoNotAddUpAreRefused) {
  const std::string open = "dispute_id: 'd1' state: STATE_OPEN";
  struct {
    std::string more;
    const char* refusals;
  } const cases[] = {
      {"disputes { dispute_id: 'd1' payment_id: 'p9' state: STATE_OPEN amount { units: 1 "
       "currency_code: 'USD' } }",
       "ORDER_IMPORT_REFERENCE_UNKNOWN@import_order.order.disputes[0]"},
      {DisputeText(open, 10001), "ORDER_IMPORT_DISPUTE_SUMS@import_order.order.disputes[0]"},
      {DisputeText("dispute_id: 'd1' state: STATE_WON", 10001),
       "ORDER_IMPORT_DISPUTE_SUMS@import_order.order.disputes[0]"},
      {DisputeText(open, 6000) + DisputeText("dispute_id: 'd2' state: STATE_LOST", 4001),
       "ORDER_IMPORT_DISPUTE_SUMS@import_order.order.disputes[1]"},
      {DisputeText(open) + DisputeText(open),
       "ARGUMENT_DUPLICATE@import_order.order.disputes[1]."
       "dispute_id"},
      {DisputeText("state: STATE_OPEN"),
       "ARGUMENT_REQUIRED@import_order.order.disputes[0]."
       "dispute_id"},
      {DisputeText("dispute_id: 'd1'"), "ARGUMENT_REQUIRED@import_order.order.disputes[0].state"},
      {DisputeText(open, 0), "ARGUMENT_OUT_OF_RANGE@import_order.order.disputes[0].amount.units"},
      {DisputeText(open + " evidence { text: 'a' }"),
       "ARGUMENT_REQUIRED@import_order.order.disputes[0].evidence[0].kind"},
      {"refunded_goods_amount { units: 1 currency_code: 'USD' }",
       "ARGUMENT_FORBIDDEN@import_order.order.refunded_goods_amount"},
  };
  for (const auto& [more, refusals] : cases) {
    for (const bool strict : {false, true}) {
      World world = MakeWorld();
      EXPECT_EQ(Summary(world.Do(ImportCharged(more, strict)).refusals), refusals) << more;
    }
  }
  // Two that took all of it, and one that took nothing, are possible.
  World world = MakeWorld();
  EXPECT_EQ(Summary(world
                        .Do(ImportCharged(DisputeText(open, 6000) +
                                          DisputeText("dispute_id: 'd2' state: STATE_LOST", 4000) +
                                          DisputeText("dispute_id: 'd3' state: STATE_WON", 10000)))
                        .refusals),
            "");
}

TEST(ImportDisputesTest, TheDisputedAmountOfAPaymentFits) {
  v1::Command command = ImportCharged(DisputeText("dispute_id: 'd1' state: STATE_OPEN"));
  v1::Money& disputed = *command.mutable_order()
                             ->mutable_import_order()
                             ->mutable_order()
                             ->mutable_payments(0)
                             ->mutable_disputed_amount();
  disputed = FromText<v1::Money>("units: 1233 currency_code: 'USD'");
  World world = MakeWorld();
  EXPECT_EQ(Summary(world.Do(command).refusals),
            "ORDER_IMPORT_PAYMENT_SUMS@import_order.order.payments[0]");
  disputed.set_units(1234);
  EXPECT_EQ(Summary(world.Do(command).refusals), "");
}

TEST(ImportDisputesTest, StoredValueHasNoBank) {
  v1::Command command = ImportCharged(DisputeText("dispute_id: 'd1' state: STATE_OPEN"));
  v1::Order& order = *command.mutable_order()->mutable_import_order()->mutable_order();
  order.mutable_payments(0)->mutable_route()->set_kind(v1::PaymentMethod::KIND_GIFT_CARD);
  World world = MakeWorld();
  EXPECT_EQ(Summary(world.Do(command).refusals),
            "ORDER_IMPORT_DISPUTE_SUMS@import_order.order.disputes[0]");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
