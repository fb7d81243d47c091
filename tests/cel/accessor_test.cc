// Accessor tables, and that a program gives the same with and without them.
#include <vector>

#include "cel/shop.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "tests/cel/protos/legacy.pb.h"

namespace frontdesk::cel::testing {
namespace {

using MessageRef = const google::protobuf::Message&;

constexpr FieldAccessor kMoneyFields[] = {
    FieldAccessor::String(
        1,
        [](MessageRef m) -> absl::string_view { return static_cast<const Money&>(m).currency(); }),
    FieldAccessor::Int(
        2, [](MessageRef m) -> int64_t { return static_cast<const Money&>(m).units(); }),
    FieldAccessor::Int(
        3, [](MessageRef m) -> int64_t { return static_cast<const Money&>(m).nanos(); }),
};

// One of everything that reads a field: with and without accessors it comes to the same.
const std::vector<std::string>& Readings() {
  static const auto* const texts = new std::vector<std::string>{
      "order.total.units > 10000",
      "10000 < order.total.units",
      "order.total.units == 12500",
      "order.total.units != 12500",
      "order.total.units >= 12501",
      "order.total.units <= 12500",
      "order.total.units < 5",
      "order.total.units + count",
      "order.total.currency == 'EUR'",
      "order.total.currency != 'EUR'",
      "order.total.currency < 'F'",
      "customer.tier == TIER_GOLD",
      "customer.tier in [TIER_SILVER, TIER_GOLD]",
      "customer.tier in [TIER_SILVER]",
      "order.state in [Order.State.STATE_SHIPPED, Order.State.STATE_DELIVERED]",
      "now - order.delivered_time < duration('720h')",
      "now - order.delivered_time > duration('720h')",
      "now - order.delivered_time == duration('1h')",
      "now > order.delivered_time",
      "order.delivered_time",
      "order.grace",
      "order.grace + duration('1s')",
      "order.grace > duration('59m')",
      "order.lines.map(l, l.price.units * l.quantity)",
      "order.lines.exists(l, l.product == 'P2' && l.quantity == 2)",
      "order.lines[1].price.units",
      "order.lines.filter(l, l.quantity > 1).map(l, l.product)",
      "order.points",
      "order.points.map(p, p * 2)",
      "order.tiers[0] == TIER_GOLD",
      "7 in order.points",
      "size(order.lines)",
      "order.signature",
      "order.signature == b'\\x00\\xff'",
      "has(order.total)",
      "has(order.lines)",
      "has(order.cash)",
      "has(order.card)",
      "has(customer.age)",
      "customer.age",
      "has(customer.blocked)",
      "has(customer.tags)",
      "customer.tags",
      "customer.blocked || flag",
      "flag",
      "!flag",
      "has(limit)",
      "has(order)",
      "limit == null",
      "limit",
      "ratio * 2.0 == 1.0",
      "ratio < 0.75",
      "small == 4u",
      "small > 3u",
      "note",
      "note == 'hello'",
      "note.size()",
      "customer.attributes['color']",
      "customer.attributes",
      "order.lines_by_number[2].product",
      "order.lines_by_number.map(k, k)",
      "order.lines[0].replaced.replaced.replaced.quantity",
      "order.total",
      "order.cash.units",
      "customer.nickname",
  };
  return *texts;
}

TEST(AccessorTest, SameAsReflection) {
  const auto with = Shop(/*accessors=*/true);
  const auto without = Shop();
  Input with_limit = GoldOrder();
  with_limit.mutable_limit()->set_value(9);
  with_limit.mutable_customer()->set_age(40);
  const std::vector<Input> inputs = {Input(), GoldOrder(), with_limit};
  for (const std::string& text : Readings()) {
    for (const Input& input : inputs) {
      EXPECT_EQ(Outcome(*with, text, input), Outcome(*without, text, input)) << text;
    }
  }
}

// A dynamic message of the very same descriptor is not of the generated class: no getter may be called on it.
TEST(AccessorTest, DynamicMessageOfGeneratedDescriptor) {
  const auto environment = Shop(/*accessors=*/true);
  google::protobuf::DynamicMessageFactory factory;
  std::unique_ptr<google::protobuf::Message> dynamic(
      factory.GetPrototype(Input::descriptor())->New());
  const Input input = GoldOrder();
  ASSERT_TRUE(dynamic->ParseFromString(input.SerializeAsString()));
  for (const std::string& text : Readings()) {
    const auto program = CompileOrDie(*environment, text);
    Scratch scratch, other;
    const EvalResult expected = program->Evaluate(input, scratch);
    const EvalResult actual = program->Evaluate(*dynamic, other);
    EXPECT_EQ(ToText(actual.value()), ToText(expected.value())) << text;
  }
}

TEST(AccessorTest, InvalidTimesAreErrors) {
  for (const bool accessors : {false, true}) {
    const auto environment = Shop(accessors);
    Input input = GoldOrder();
    input.mutable_now()->set_seconds(int64_t{1} << 60);
    EXPECT_EQ(Outcome(*environment, "now - order.delivered_time < duration('720h')", input),
              "error TIMESTAMP_OUT_OF_RANGE 1:1");
    input.mutable_now()->set_seconds(0);
    input.mutable_now()->set_nanos(-1);
    EXPECT_EQ(Outcome(*environment, "now", input), "error TIMESTAMP_OUT_OF_RANGE 1:1");
    // A difference of more than 292 years does not fit a duration.
    input = GoldOrder();
    input.mutable_order()->mutable_delivered_time()->set_seconds(-62135596800);
    EXPECT_EQ(Outcome(*environment, "now - order.delivered_time < duration('720h')", input),
              "error DURATION_OUT_OF_RANGE 1:5");
  }
}

TEST(AccessorTest, AddRefusesWhatDoesNotFit) {
  AccessorTable table;
  EXPECT_EQ(table.Add(nullptr, kMoneyFields).code(), absl::StatusCode::kInvalidArgument);
  const FieldAccessor unknown[] = {FieldAccessor::Bool(99, [](MessageRef) { return true; })};
  EXPECT_EQ(table.Add(Money::descriptor(), unknown).code(), absl::StatusCode::kNotFound);
  const FieldAccessor wrong[] = {FieldAccessor::Bool(2, [](MessageRef) { return true; })};
  EXPECT_EQ(table.Add(Money::descriptor(), wrong).code(), absl::StatusCode::kInvalidArgument);
  const FieldAccessor null[] = {
      FieldAccessor::Int(2, static_cast<int64_t (*)(MessageRef)>(nullptr))};
  EXPECT_EQ(table.Add(Money::descriptor(), null).code(), absl::StatusCode::kInvalidArgument);
  const FieldAccessor without_size[] = {FieldAccessor::RepeatedInt(
      11, [](MessageRef, int) -> int64_t { return 0; }, nullptr)};
  EXPECT_EQ(table.Add(Order::descriptor(), without_size).code(),
            absl::StatusCode::kInvalidArgument);
  const FieldAccessor map[] = {FieldAccessor::RepeatedMessage(
      7, [](MessageRef m, int) { return &m; }, [](MessageRef) { return 0; })};
  EXPECT_EQ(table.Add(Order::descriptor(), map).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_TRUE(table.Add(Money::descriptor(), kMoneyFields).ok());
  EXPECT_EQ(table.size(), 3u);
  EXPECT_NE(table.Find(Money::descriptor()->FindFieldByName("units")), nullptr);
  EXPECT_EQ(table.Find(Order::descriptor()->FindFieldByName("id")), nullptr);
}

}  // namespace
}  // namespace frontdesk::cel::testing
