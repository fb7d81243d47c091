// Commands with every invalid field: all of them are reported, with their paths.
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/order/order.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

const struct {
  const char* verb;
  const char* refusals;
} kArgumentCases[] = {
    {"", ""},
    {"credit_account {}", ""},
    {"place_order {}",
     "ARGUMENT_REQUIRED@place_order.order_id ARGUMENT_REQUIRED@place_order.customer_id "
     "ARGUMENT_CURRENCY_UNKNOWN@place_order.currency_code ARGUMENT_COUNT@place_order.lines "
     "ARGUMENT_REQUIRED@place_order.payment_method_id"},
    {"place_order { order_id: 'o' customer_id: 'c' currency_code: 'USD' payment_method_id: 'm' "
     "lines { line_id: '2' variant_id: 'v' quantity: 1 } lines { quantity: 1000001 } "
     "discounts { line_id: '3' } discounts { discount_id: 'd' rate_ppm: 1000001 } "
     "discounts { discount_id: 'd' amount { units: 0 currency_code: 'EUR' } } "
     "shipping { units: -1 currency_code: 'USD' } fee { units: 1 currency_code: 'XXX' } "
     "tax_rule { rate_ppm: -1 } rounding_level: 9 rounding: 9 shipping_address {} settlement: 9 }",
     "ARGUMENT_DUPLICATE@place_order.lines[1].line_id "
     "ARGUMENT_REQUIRED@place_order.lines[1].variant_id "
     "ARGUMENT_OUT_OF_RANGE@place_order.lines[1].quantity "
     "ARGUMENT_REQUIRED@place_order.discounts[0].discount_id "
     "ARGUMENT_UNKNOWN_VALUE@place_order.discounts[0].line_id "
     "ARGUMENT_OUT_OF_RANGE@place_order.discounts[0].rate_ppm "
     "ARGUMENT_OUT_OF_RANGE@place_order.discounts[1].rate_ppm "
     "ARGUMENT_DUPLICATE@place_order.discounts[2].discount_id "
     "ARGUMENT_CURRENCY_MISMATCH@place_order.discounts[2].amount.currency_code "
     "ARGUMENT_OUT_OF_RANGE@place_order.discounts[2].amount.units "
     "ARGUMENT_OUT_OF_RANGE@place_order.shipping.units "
     "ARGUMENT_CURRENCY_UNKNOWN@place_order.fee.currency_code "
     "ARGUMENT_OUT_OF_RANGE@place_order.tax_rule.rate_ppm "
     "ARGUMENT_UNKNOWN_VALUE@place_order.rounding_level "
     "ARGUMENT_UNKNOWN_VALUE@place_order.rounding "
     "ARGUMENT_COUNT@place_order.shipping_address.lines "
     "ARGUMENT_UNKNOWN_VALUE@place_order.settlement"},
    {"record_payment {}",
     "ARGUMENT_REQUIRED@record_payment.order_id ARGUMENT_EXCLUSIVE@record_payment.payment"},
    {"record_payment { payment { state: STATE_REQUESTED amount { units: -1 currency_code: 'U' } } "
     "}",
     "ARGUMENT_REQUIRED@record_payment.order_id "
     "ARGUMENT_REQUIRED@record_payment.payment.payment_id "
     "ARGUMENT_UNKNOWN_VALUE@record_payment.payment.state "
     "ARGUMENT_CURRENCY_UNKNOWN@record_payment.payment.amount.currency_code "
     "ARGUMENT_OUT_OF_RANGE@record_payment.payment.amount.units"},
    {"record_payment { order_id: 'o' refund { state: 9 } }",
     "ARGUMENT_REQUIRED@record_payment.refund.refund_id "
     "ARGUMENT_UNKNOWN_VALUE@record_payment.refund.state"},
    {"record_shipment {}",
     "ARGUMENT_REQUIRED@record_shipment.order_id ARGUMENT_REQUIRED@record_shipment.shipment"},
    {"record_shipment { order_id: 'o' shipment { lines { line_id: '1' quantity: 0 } lines { "
     "line_id: '1' "
     "quantity: 1 } lines { quantity: 1 } ship_time { seconds: 1715774401 } deliver_time {} "
     "delivered: true } }",
     "ARGUMENT_REQUIRED@record_shipment.shipment.shipment_id "
     "ARGUMENT_OUT_OF_RANGE@record_shipment.shipment.lines[0].quantity "
     "ARGUMENT_DUPLICATE@record_shipment.shipment.lines[1].line_id "
     "ARGUMENT_REQUIRED@record_shipment.shipment.lines[2].line_id "
     "ARGUMENT_OUT_OF_RANGE@record_shipment.shipment.ship_time "
     "ARGUMENT_FORBIDDEN@record_shipment.shipment.deliver_time "
     "ARGUMENT_FORBIDDEN@record_shipment.shipment.delivered"},
    {"record_delivery { deliver_time { nanos: -1 } }",
     "ARGUMENT_REQUIRED@record_delivery.order_id ARGUMENT_REQUIRED@record_delivery.shipment_id "
     "ARGUMENT_OUT_OF_RANGE@record_delivery.deliver_time"},
    {"record_delivery { order_id: 'o' shipment_id: 's' deliver_time { seconds: 1715774400 nanos: "
     "1 } }",
     "ARGUMENT_OUT_OF_RANGE@record_delivery.deliver_time"},
    {"record_delivery { order_id: 'o' shipment_id: 's' deliver_time { seconds: 1715774400 } }", ""},
    {"cancel_order { settlement: 7 }",
     "ARGUMENT_REQUIRED@cancel_order.order_id ARGUMENT_UNKNOWN_VALUE@cancel_order.settlement"},
    {"cancel_order { order_id: 'o' }", ""},
    {"change_shipping_address {}",
     "ARGUMENT_REQUIRED@change_shipping_address.order_id "
     "ARGUMENT_REQUIRED@change_shipping_address.address"},
    {"change_shipping_address { order_id: 'o' address { country_code: 'USA' } }",
     "ARGUMENT_COUNT@change_shipping_address.address.lines "
     "ARGUMENT_SYNTAX@change_shipping_address.address.country_code"},
    {"change_payment_method {}",
     "ARGUMENT_REQUIRED@change_payment_method.order_id "
     "ARGUMENT_REQUIRED@change_payment_method.payment_method_id"},
    {"change_items {}",
     "ARGUMENT_REQUIRED@change_items.order_id ARGUMENT_COUNT@change_items.changes "
     "ARGUMENT_REQUIRED@change_items.payment_method_id"},
    {"change_items { order_id: 'o' payment_method_id: 'm' changes { item { quantity: 0 } } "
     "changes { item { line_id: 'l' variant_id: 'v' quantity: 1 } added_quantity: 1 } "
     "changes { new_variant_id: 'v' added_quantity: -1 } changes {} }",
     "ARGUMENT_EXCLUSIVE@change_items.changes[0].item.line_id "
     "ARGUMENT_OUT_OF_RANGE@change_items.changes[0].item.quantity "
     "ARGUMENT_EXCLUSIVE@change_items.changes[1].item.line_id "
     "ARGUMENT_FORBIDDEN@change_items.changes[1].added_quantity "
     "ARGUMENT_OUT_OF_RANGE@change_items.changes[2].added_quantity"},
    {"request_return {}",
     "ARGUMENT_REQUIRED@request_return.order_id ARGUMENT_COUNT@request_return.items "
     "ARGUMENT_REQUIRED@request_return.payment_method_id"},
    {"request_exchange {}",
     "ARGUMENT_REQUIRED@request_exchange.order_id ARGUMENT_COUNT@request_exchange.changes "
     "ARGUMENT_REQUIRED@request_exchange.payment_method_id"},
    {"refund_order {}",
     "ARGUMENT_REQUIRED@refund_order.order_id ARGUMENT_REQUIRED@refund_order.cause "
     "ARGUMENT_REQUIRED@refund_order.amount"},
    {"refund_order { order_id: 'o' cause: 99 items {} amount { units: -1 currency_code: 'USD' } "
     "settlement: 5 }",
     "ARGUMENT_UNKNOWN_VALUE@refund_order.cause "
     "ARGUMENT_EXCLUSIVE@refund_order.items[0].line_id "
     "ARGUMENT_OUT_OF_RANGE@refund_order.items[0].quantity "
     "ARGUMENT_OUT_OF_RANGE@refund_order.amount.units "
     "ARGUMENT_UNKNOWN_VALUE@refund_order.settlement"},
    {"import_order {}",
     "ARGUMENT_REQUIRED@import_order.order ARGUMENT_REQUIRED@import_order.source"},
    {"import_order { order {} source {} }",
     "ARGUMENT_REQUIRED@import_order.order.order_id "
     "ARGUMENT_REQUIRED@import_order.order.customer_id "
     "ARGUMENT_REQUIRED@import_order.order.state "
     "ARGUMENT_CURRENCY_UNKNOWN@import_order.order.currency_code "
     "ARGUMENT_COUNT@import_order.order.lines ARGUMENT_REQUIRED@import_order.source.system"},
    {"import_order { strict: true source { system: 's' } order { order_id: 'o' customer_id: 'c' "
     "state: 42 "
     "currency_code: 'USD' "
     "lines { variant_id: 'v' quantities { ordered: 0 shipped: -1 } } "
     "lines { line_id: 'l' unit_price { value: -1 scale: 10 currency_code: 'EUR' } quantities { "
     "ordered: 1 } } "
     "lines { line_id: 'l' variant_id: 'v' net_amount { units: -5 currency_code: 'USD' } "
     "quantities { ordered: 1 } } "
     "totals { total { units: 1 currency_code: 'EUR' } } "
     "payments { state: STATE_CAPTURED sequence: -1 } "
     "refunds { refund_id: 'r' route { payment_method_id: 'm' kind: KIND_CARD } amount { "
     "currency_code: 'USD' } "
     "parts {} lines { amount { currency_code: 'USD' } quantity: -1 } cause: 77 } "
     "shipments { lines { quantity: 0 } } "
     "returns { return_id: 'x' lines { quantity: 1 } disposition: 9 } "
     "exchanges { exchange_id: 'x' state: STATE_REQUESTED } place_time { nanos: -1 } "
     "item_change_count: -1 } }",
     "ARGUMENT_UNKNOWN_VALUE@import_order.order.state "
     "ARGUMENT_REQUIRED@import_order.order.lines[0].line_id "
     "ARGUMENT_REQUIRED@import_order.order.lines[0].unit_price "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.lines[0].quantities.ordered "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.lines[0].quantities.shipped "
     "ARGUMENT_REQUIRED@import_order.order.lines[1].variant_id "
     "ARGUMENT_CURRENCY_MISMATCH@import_order.order.lines[1].unit_price.currency_code "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.lines[1].unit_price.value "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.lines[1].unit_price.scale "
     "ARGUMENT_DUPLICATE@import_order.order.lines[2].line_id "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.lines[2].net_amount.units "
     "ARGUMENT_CURRENCY_MISMATCH@import_order.order.totals.total.currency_code "
     "ARGUMENT_REQUIRED@import_order.order.payments[0].payment_id "
     "ARGUMENT_REQUIRED@import_order.order.payments[0].route.payment_method_id "
     "ARGUMENT_REQUIRED@import_order.order.payments[0].route.kind "
     "ARGUMENT_REQUIRED@import_order.order.payments[0].amount "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.payments[0].sequence "
     "ARGUMENT_REQUIRED@import_order.order.refunds[0].state "
     "ARGUMENT_REQUIRED@import_order.order.refunds[0].parts[0].amount "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.refunds[0].lines[0].quantity "
     "ARGUMENT_UNKNOWN_VALUE@import_order.order.refunds[0].cause "
     "ARGUMENT_REQUIRED@import_order.order.shipments[0].shipment_id "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.shipments[0].lines[0].quantity "
     "ARGUMENT_REQUIRED@import_order.order.returns[0].state "
     "ARGUMENT_UNKNOWN_VALUE@import_order.order.returns[0].disposition "
     "ARGUMENT_DUPLICATE@import_order.order.exchanges[0].exchange_id "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.place_time "
     "ARGUMENT_OUT_OF_RANGE@import_order.order.item_change_count"},
};

TEST(OrderArgumentsTest, AllInvalidFieldsAreReported) {
  for (const auto& c : kArgumentCases) {
    const v1::Command command = NoonCommand(c.verb);
    const std::vector<v1::Refusal> refusals = CheckOrderArguments(command.order(), command.now());
    EXPECT_EQ(Summary(refusals), c.refusals) << c.verb;
    for (const v1::Refusal& refusal : refusals) {
      EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_ARGUMENT);
    }
  }
}

// A field that no check of its own names, and one that is named once all the same.
TEST(OrderArgumentsTest, UnknownValuesAreReportedOnceInEveryField) {
  v1::Command command = NoonCommand("import_order { order { charges {} charges {} } }");
  v1::Order* order = command.mutable_order()->mutable_import_order()->mutable_order();
  const auto reported = [&](const char* field) {
    int count = 0;
    for (const v1::Refusal& refusal : CheckOrderArguments(command.order(), command.now())) {
      count += refusal.field() == field && refusal.reason() == "ARGUMENT_UNKNOWN_VALUE";
    }
    return count;
  };
  order->mutable_charges(1)->set_kind(v1::Charge::KIND_TAX);
  order->set_rounding(v1::ROUNDING_HALF_UP);
  EXPECT_EQ(reported("import_order.order.charges[1].kind"), 0);
  EXPECT_EQ(reported("import_order.order.rounding"), 0);
  for (const int number : {6, 77777, -1}) {
    order->mutable_charges(1)->set_kind(static_cast<v1::Charge::Kind>(number));
    order->set_rounding(static_cast<v1::Rounding>(77));
    EXPECT_EQ(reported("import_order.order.charges[0].kind"), 0);
    EXPECT_EQ(reported("import_order.order.charges[1].kind"), 1) << number;
    EXPECT_EQ(reported("import_order.order.rounding"), 1);
  }
}

// Fills a message with whatever may be harmful: extremes, small numbers, known and unknown ids and codes.
class Filler {
 public:
  explicit Filler(uint32_t seed) : random_(seed) {}

  void Fill(google::protobuf::Message* message, int depth) {
    const auto* descriptor = message->GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      if (Pick(field->is_repeated() ? 2 : 4) == 0) continue;
      if (field->real_containing_oneof() != nullptr && Pick(2) == 0) continue;
      if (!field->is_repeated()) {
        Set(message, field, depth, false);
      } else {
        for (int n = Pick(3); n > 0; --n) Set(message, field, depth, true);
      }
    }
  }

 private:
  int Pick(int count) { return static_cast<int>(random_() % static_cast<uint32_t>(count)); }

  int64_t Number() {
    static const int64_t kNumbers[] = {
        0, 1, 1, 2, 3, 100, -1, INT64_MAX, INT64_MIN, INT64_MAX / 2, 1000000};
    return kNumbers[Pick(Pick(3) == 0 ? 11 : 6)];
  }
  std::string Text() {
    static const char* const kTexts[] = {"1", "2", "p1", "a1", "USD", "USD", "JPY", ""};
    return kTexts[Pick(8)];
  }

  void Set(google::protobuf::Message* message, const google::protobuf::FieldDescriptor* field,
           int depth, bool add) {
    using google::protobuf::FieldDescriptor;
    const auto* r = message->GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        add ? r->AddInt32(message, field, static_cast<int32_t>(Number()))
            : r->SetInt32(message, field, static_cast<int32_t>(Number()));
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        add ? r->AddInt64(message, field, Number()) : r->SetInt64(message, field, Number());
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        add ? r->AddBool(message, field, Pick(2) == 0) : r->SetBool(message, field, Pick(2) == 0);
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        add ? r->AddEnumValue(message, field, Pick(8)) : r->SetEnumValue(message, field, Pick(8));
        return;
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string text = field->name() == "currency_code" ? "USD" : Text();
        add ? r->AddString(message, field, text) : r->SetString(message, field, text);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth > 0) {
          Fill(add ? r->AddMessage(message, field) : r->MutableMessage(message, field), depth - 1);
        }
        return;
      default:
        return;
    }
  }

  std::mt19937 random_;
};

// Whatever is handed in, also what no history leads to: an answer, and no harm.
TEST(OrderArgumentsTest, HostileInputIsAnswered) {
  const uint32_t seed = 99;
  int answered = 0;
  int decided_count = 0;
  for (uint32_t i = 0; i < 3000; ++i) {
    SCOPED_TRACE(absl::StrCat("seed ", seed + i));
    Filler filler(seed + i);
    v1::OrderDecisionInput input;
    filler.Fill(input.mutable_order(), 4);
    filler.Fill(input.mutable_customer(), 2);
    filler.Fill(input.mutable_catalog(), 3);
    filler.Fill(input.add_accounts(), 2);
    const auto& verbs = *v1::OrderCommand::descriptor()->FindOneofByName("verb");
    v1::OrderCommand& command = *input.mutable_command();
    filler.Fill(command.GetReflection()->MutableMessage(
                    &command, verbs.field(static_cast<int>(i) % verbs.field_count())),
                4);
    Summary(CheckOrderArguments(command, input.now()));
    if (AssessOrder(input).ok()) ++answered;
    absl::StatusOr<Decided> decided = DecideOrder(input);
    if (!decided.ok()) continue;
    Summary(decided->refusals);
    if (decided->refused()) continue;
    ++decided_count;
    v1::Order order = input.order();
    for (const v1::Event& event : decided->events) EXPECT_TRUE(EvolveOrder(event, &order).ok());
  }
  EXPECT_GT(answered, 1000);
  EXPECT_GT(decided_count, 10);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
