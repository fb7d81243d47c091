// The values of expressions over messages.
#include "cel/shop.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/wrappers.pb.h"
#include "tests/cel/protos/legacy.pb.h"

namespace frontdesk::cel::testing {
namespace {

Input FullInput() {
  Input input = GoldOrder();
  input.mutable_extra()->PackFrom(input.customer());
  (*input.mutable_facts()->mutable_fields())["vip"].set_bool_value(true);
  (*input.mutable_facts()->mutable_fields())["depth"].set_number_value(2);
  input.mutable_fact()->mutable_list_value()->add_values()->set_string_value("x");
  input.mutable_list()->add_values()->set_number_value(1.5);
  *input.add_friends() = input.customer();
  input.mutable_friends(0)->set_id("C2");
  (*input.mutable_scores())["b"] = 2;
  (*input.mutable_scores())["a"] = 1;
  return input;
}

TEST(EvaluateTest, Fields) {
  const auto environment = Shop();
  const Input input = FullInput();
  const Case cases[] = {
      {"order.id", "\"W1\""},
      {"order.total.units", "12500"},
      {"order.state", "3"},
      {"order.state == Order.State.STATE_DELIVERED", "true"},
      {"order.state == Order.STATE_DELIVERED", "true"},
      {"customer.tier == TIER_GOLD", "true"},
      {"customer.tier == Tier.TIER_GOLD", "true"},
      {"customer.tier == frontdesk.cel.testing.TIER_SILVER", "false"},
      {"order.delivered_time", "timestamp(\"2023-11-14T22:13:20Z\")"},
      {"order.grace", "duration(\"3600s\")"},
      {"small", "4u"},
      {"order.signature", "b\"\\x00\\xff\""},
      {"order.cash.units", "0"},
      {"has(order.cash)", "false"},
      {"has(order.card) && has(order)", "true"},
      {"has(customer.nickname)", "false"},
      {"customer.nickname", "null"},
      {"customer.nickname == null", "true"},
      {"limit", "null"},
      {"limit == 5", "false"},
      {"extra.id", "\"C1\""},
      {"extra.tier == TIER_GOLD", "true"},
      {"type(extra) == Customer", "true"},
      {"facts.vip", "true"},
      {"facts.depth == 2", "true"},
      {"has(facts.vip) && !has(facts.other)", "true"},
      {"facts", "{\"depth\": 2.0, \"vip\": true}"},
      {"fact[0]", "\"x\""},
      {"list", "[1.5]"},
      {"scores", "{\"a\": 1, \"b\": 2}"},
      {"scores.a + scores['b']", "3"},
      {"'a' in scores", "true"},
      {"scores.map(k, scores[k])", "[1, 2]"},
      {"friends[0].id", "\"C2\""},
      {"friends.map(f, f.tags)", "[[\"vip\"]]"},
      {"customer.attributes.color", "\"blue\""},
      {"order.lines_by_number[3].price.units", "300"},
      {"order.points + [9]", "[5, 7, 9]"},
      {"facts.missing", "error NO_SUCH_FIELD 1:7"},
      {"scores['z']", "error NO_SUCH_KEY 1:7"},
      {"order.lines[3]", "error INDEX_OUT_OF_RANGE 1:12"},
      {"extra.nothing", "error NO_SUCH_FIELD 1:7"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(*environment, test.text, input), test.outcome) << test.text;
  }
}

TEST(EvaluateTest, Logic) {
  const auto environment = Shop();
  const Input input = GoldOrder();
  const Case cases[] = {
      // Errors are absorbed by a deciding term, on either side.
      {"1 / (count - 3) > 0 && false", "false"},
      {"false && 1 / (count - 3) > 0", "false"},
      {"1 / (count - 3) > 0 || true", "true"},
      {"true || 1 / (count - 3) > 0", "true"},
      {"1 / (count - 3) > 0 && flag", "error DIVISION_BY_ZERO 1:3"},
      {"flag && 1 / (count - 3) > 0", "error DIVISION_BY_ZERO 1:11"},
      {"1 / (count - 3) > 0 || !flag", "error DIVISION_BY_ZERO 1:3"},
      {"flag ? 1 : 1 / (count - 3)", "1"},
      {"flag ? 1 / (count - 3) : 1", "error DIVISION_BY_ZERO 1:10"},
      {"!flag || flag && !flag", "false"},
      {"[1, 2, 3].all(x, x > 0)", "true"},
      {"[3, 0, 1].exists(x, 6 / x == 2)", "true"},
      {"[0, 3].exists(x, 6 / x == 2)", "true"},
      {"[0, 3].all(x, 6 / x == 3)", "false"},
      {"[0, 3].all(x, 6 / x == 2)", "error DIVISION_BY_ZERO 1:17"},
      {"[0, 3].exists_one(x, 6 / x == 2)", "error DIVISION_BY_ZERO 1:24"},
      {"[1, 2, 2].exists_one(x, x == 1)", "true"},
      {"[1, 2, 2].existsOne(x, x == 2)", "false"},
      {"[1, 2, 3].map(x, x % 2 == 1, x * 10)", "[10, 30]"},
      {"{'a': 1, 'b': 2}.filter(k, k > 'a')", "[\"b\"]"},
      {"[[1, 2], [3]].map(x, x.map(y, y + count))", "[[4, 5], [6]]"},
      {"[1].exists(count, count == 1) && count == 3", "true"},
      {"cel.bind(x, 1 / (count - 3), true)", "true"},
      {"cel.bind(x, count * 2, x + x)", "12"},
      {"[1, 2].exists(i, v, i == 1 && v == 2)", "true"},
      {"{'a': 1}.transformMap(k, v, v + 1)", "{\"a\": 2}"},
      {"{'a': 1}.transformMapEntry(k, v, {v: k})", "{1: \"a\"}"},
      {"[1, 1].transformMapEntry(i, v, {v: i})", "error DUPLICATE_KEY 1:8"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(*environment, test.text, input), test.outcome) << test.text;
  }
}

TEST(EvaluateTest, ArithmeticAtTheEdges) {
  const auto environment = Shop();
  const Input input = GoldOrder();
  const Case cases[] = {
      {"9223372036854775807 + count", "error INTEGER_OVERFLOW 1:21"},
      {"-9223372036854775807 - count", "error INTEGER_OVERFLOW 1:22"},
      {"9223372036854775807 * count", "error INTEGER_OVERFLOW 1:21"},
      {"-9223372036854775808 / (count - 4)", "error INTEGER_OVERFLOW 1:22"},
      {"-9223372036854775808 % (count - 4)", "error INTEGER_OVERFLOW 1:22"},
      {"-(-9223372036854775808 + count - 3)", "error INTEGER_OVERFLOW 1:1"},
      {"count / (count - 3)", "error DIVISION_BY_ZERO 1:7"},
      {"count % (count - 3)", "error DIVISION_BY_ZERO 1:7"},
      {"small - 5u", "error INTEGER_OVERFLOW 1:7"},
      {"uint(count) - small", "error INTEGER_OVERFLOW 1:13"},
      {"ratio / 0.0", "double(\"Infinity\")"},
      {"int(ratio / 0.0)", "error INTEGER_OVERFLOW 1:1"},
      {"-7 / 2", "-3"},
      {"-7 % 2", "-1"},
      {"now + duration('2562047h')", "timestamp(\"2316-02-24T22:13:20Z\")"},
      {"timestamp('9999-12-31T23:59:59Z') + order.grace", "error TIMESTAMP_OUT_OF_RANGE 1:35"},
      {"timestamp('0001-01-01T00:00:00Z') - order.grace", "error TIMESTAMP_OUT_OF_RANGE 1:35"},
      {"now - timestamp('0001-01-01T00:00:00Z')", "error DURATION_OUT_OF_RANGE 1:5"},
      {"timestamp(0) - duration('-9223372036854775808ns')",
       "timestamp(\"2262-04-11T23:47:16.854775808Z\")"},
      // The longest span, although its seconds alone are beyond it.
      {"timestamp(0) - (timestamp(0) - duration('9223372036854775807ns'))",
       "duration(\"9223372036.854775807s\")"},
      {"duration('2562047h') + order.grace", "error DURATION_OUT_OF_RANGE 1:22"},
      {"duration('-9223372036854775808ns') + (now - now)", "duration(\"-9223372036.854775808s\")"},
      {"now - duration('-9223372036854775808ns')", "timestamp(\"2316-02-24T23:00:36.854775808Z\")"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(*environment, test.text, input), test.outcome) << test.text;
  }
}

TEST(EvaluateTest, MessagesAndLiterals) {
  const auto environment = Shop();
  const Input input = GoldOrder();
  const Case cases[] = {
      {"Money{units: 5, currency: 'EUR'}",
       "frontdesk.cel.testing.Money{currency: \"EUR\", units: 5}"},
      {"Money{units: count}.units", "3"},
      {"Order{lines: [Line{quantity: 2}]}.lines[0].quantity", "2"},
      {"Customer{attributes: {'a': 'b'}, nickname: 'x'}.nickname", "\"x\""},
      {"Customer{nickname: null} == Customer{}", "true"},
      {"Customer{tier: TIER_GOLD}.tier == customer.tier", "true"},
      {"Input{now: now}.now == now", "true"},
      {"Input{limit: 4}.limit + 1", "5"},
      {"Input{extra: Money{units: 1}}.extra == Money{units: 1}", "true"},
      {"Input{facts: {'a': [1, null]}}.facts", "{\"a\": [1.0, null]}"},
      {"google.protobuf.Int64Value{value: 3}", "3"},
      {"google.protobuf.Timestamp{seconds: 1}", "timestamp(\"1970-01-01T00:00:01Z\")"},
      {"order.total == Money{currency: 'EUR', units: 12500}", "true"},
      {"Line{quantity: count * 1000000000}", "error FIELD_VALUE 1:22"},
      {"[1, 'a', null, 2u, [true]]", "[1, \"a\", null, 2u, [true]]"},
      {"{'a': 1, 2: [3]}", "{\"a\": 1, 2: [3]}"},
      {"{'a': 1, 'a': count}", "error DUPLICATE_KEY 1:1"},
      {"{1: 1, 1u: count}", "error DUPLICATE_KEY 1:1"},
      {"{ratio: 1}", "error UNSUPPORTED_KEY 1:1"},
      {"[1, 2] == [1.0, 2.0]", "issue NO_MATCHING_OVERLOAD 1:8"},
      {"[1, 2] == [1.0, 2u]", "true"},
      {"dyn([1, 2]) == [1.0, 2.0]", "true"},
      {"{1: 'a'} == {1u: 'a'}", "issue NO_MATCHING_OVERLOAD 1:10"},
      {"dyn({1: 'a'}) == {1u: 'a'}", "true"},
      {"type(order) == Order", "true"},
      {"type(1) == int && type(type(1)) == type", "true"},
      {"[order.id, order.total.currency].join('/')", "\"W1/EUR\""},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(*environment, test.text, input), test.outcome) << test.text;
  }
}

TEST(EvaluateTest, Proto2DefaultsAndGroups) {
  EnvironmentBuilder builder;
  builder.SetRootMessage(Legacy::descriptor()).SetContainer("frontdesk.cel.testing");
  const auto environment = BuildOrDie(builder);
  Legacy legacy;
  legacy.add_values(1.5f);
  legacy.mutable_part()->set_on(true);
  const Case cases[] = {
      {"number", "7"},
      {"text", "\"none\""},
      {"has(number)", "false"},
      {"child.number", "7"},
      {"has(child.text)", "false"},
      {"values[0]", "1.5"},
      {"part.on", "true"},
      {"Legacy{number: 8}.number", "8"},
      {"has(Legacy{number: 7}.number)", "true"},
  };
  for (const Case& test : cases) {
    const auto program = CompileOrDie(*environment, test.text);
    Scratch scratch;
    EXPECT_EQ(ToText(program->Evaluate(legacy, scratch).value()), test.outcome) << test.text;
  }
}

TEST(EvaluateTest, Variables) {
  EnvironmentBuilder builder;
  builder.AddVariable("x", Type::Int())
      .AddVariable("request.path", Type::String())
      .AddVariable("items", Type::List(Type::Map(Type::String(), Type::Int())))
      .AddVariable("maybe", Type::Wrapper(Type::Int()))
      .AddVariable("anything", Type::Dyn())
      .AddVariable("money", Type::Message(Money::descriptor()))
      .AddConstant("kLimit", Value::Int(10));
  const auto environment = BuildOrDie(builder);
  Activation activation(environment);
  EXPECT_EQ(activation.Set("y", Value::Int(1)).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(activation.Set("x", Value::String("1")).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(activation.Set("kLimit", Value::Int(1)).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(activation.Set("x", Value::Int(5)).ok());
  ASSERT_TRUE(activation.Set("request.path", Value::String("/a")).ok());
  ValueArena& arena = activation.arena();
  const Value entry = arena.NewMap({{Value::String("n"), Value::Int(4)}});
  ASSERT_TRUE(activation.Set("items", arena.NewList({entry, entry})).ok());
  ASSERT_TRUE(activation.Set("maybe", Value::Null()).ok());
  google::protobuf::Int64Value wrapped;
  wrapped.set_value(12);
  ASSERT_TRUE(activation.Set("anything", Value::Message(&wrapped)).ok());
  const Case cases[] = {
      {"x + kLimit", "15"},
      {"request.path.startsWith('/')", "true"},
      {"items.map(i, i.n)", "[4, 4]"},
      {"maybe == null", "true"},
      {"anything + 1", "13"},
  };
  Scratch scratch;
  for (const Case& test : cases) {
    const auto program = CompileOrDie(*environment, test.text);
    EXPECT_EQ(ToText(program->Evaluate(activation, scratch).value()), test.outcome) << test.text;
  }
  const auto program = CompileOrDie(*environment, "x > 0 && money.units == 1");
  const EvalResult unbound = program->Evaluate(activation, scratch);
  EXPECT_EQ(unbound.reason(), "UNBOUND_VARIABLE");
  EXPECT_EQ(unbound.issue().column, 10);
  Money money;
  money.set_units(1);
  ASSERT_TRUE(activation.Set("money", Value::Message(&money)).ok());
  EXPECT_EQ(program->EvaluateBool(activation, scratch), BoolOutcome::kTrue);
  activation.Clear();
  EXPECT_EQ(program->Evaluate(activation, scratch).reason(), "UNBOUND_VARIABLE");
}

TEST(EvaluateTest, RootOfAnotherType) {
  const auto environment = Shop();
  const auto program = CompileOrDie(*environment, "order.id == 'x'");
  Scratch scratch;
  EXPECT_EQ(program->Evaluate(Money(), scratch).reason(), "ROOT_MISMATCH");
  EXPECT_EQ(program->EvaluateBool(Money(), scratch), BoolOutcome::kError);
  EXPECT_EQ(program->LastError(scratch).reason(), "ROOT_MISMATCH");
  const auto other = Shop();
  Activation activation(other);
  EXPECT_EQ(program->Evaluate(activation, scratch).reason(), "ROOT_MISMATCH");
  Activation own(environment);
  EXPECT_EQ(own.SetRoot(Money()).code(), absl::StatusCode::kInvalidArgument);
  const Input input = GoldOrder();
  EXPECT_EQ(program->Evaluate(own, scratch).reason(), "ROOT_MISMATCH");
  ASSERT_TRUE(own.SetRoot(input).ok());
  EXPECT_EQ(program->EvaluateBool(own, scratch), BoolOutcome::kFalse);
}

TEST(EvaluateTest, NoBoolIsAnError) {
  const auto environment = Shop();
  const auto program = CompileOrDie(*environment, "count");
  Scratch scratch;
  EXPECT_EQ(program->EvaluateBool(GoldOrder(), scratch), BoolOutcome::kError);
  EXPECT_EQ(program->LastError(scratch).reason(), "NOT_BOOL");
}

}  // namespace
}  // namespace frontdesk::cel::testing
