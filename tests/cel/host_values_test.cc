// Values that leave an evaluation: copies, and arguments of a host's functions. Their size is bounded, and no function of
// a host sees an error.
#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

using ::testing::HasSubstr;

// A list whose parts are shared, so that it has 2 to the power of `doublings` parts and more, and little memory.
std::string Shared(int doublings) {
  std::string text = "[1]";
  for (int i = 0; i < doublings; ++i) text += ".map(a, [a, a])";
  return text;
}

// An environment with inspect(list(dyn)) and inspect(dyn), which count their calls and accept anything.
class HostValuesTest : public ::testing::Test {
 protected:
  std::shared_ptr<const Environment> Build(const Limits& limits = {}) {
    EnvironmentBuilder builder;
    Prepare(builder);
    FunctionOverload inspect;
    inspect.id = "inspect_dyn";
    inspect.parameters = {Type::Dyn()};
    inspect.result = Type::Bool();
    inspect.implementation = [this](absl::Span<const Value>, ValueArena&) -> absl::StatusOr<Value> {
      ++calls_;
      return Value::Bool(true);
    };
    builder.AddFunction("inspect", inspect).SetLimits(limits);
    return BuildOrDie(builder);
  }

  int calls_ = 0;
};

TEST_F(HostValuesTest, NoFunctionSeesAnErrorInsideAValue) {
  const auto environment = Build();
  Input input;
  input.mutable_order()->add_events()->set_seconds(1);
  EXPECT_EQ(Outcome(*environment, "inspect(order.events)", input), "true");
  EXPECT_EQ(calls_, 1);
  input.mutable_order()->add_events()->set_seconds(int64_t{1} << 60);
  input.mutable_extra()->set_type_url("type.googleapis.com/no.such.Type");
  calls_ = 0;
  const std::string out_of_range = "error TIMESTAMP_OUT_OF_RANGE 1:1";
  EXPECT_EQ(Outcome(*environment, "inspect(order.events)", input), out_of_range);
  EXPECT_EQ(Outcome(*environment, "inspect([order.events])", input), out_of_range);
  EXPECT_EQ(Outcome(*environment, "inspect({'a': order.events})", input), out_of_range);
  EXPECT_EQ(Outcome(*environment, "inspect(optional.of([order.events]))", input), out_of_range);
  EXPECT_EQ(Outcome(*environment, "inspect(extra)", input), "error INVALID_ANY 1:9");
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(Outcome(*environment, "inspect(order.events.size())", input), "true");
}

TEST_F(HostValuesTest, LookingForErrorsIsCharged) {
  const auto environment = Build();
  const auto cost = [&](const std::string& text) {
    const auto program = CompileOrDie(*environment, text);
    Scratch scratch;
    EXPECT_TRUE(program->Evaluate(Input(), scratch).ok()) << text;
    return scratch.metered_cost();
  };
  EXPECT_EQ(
      cost("inspect(dyn([1].map(a, 1)))") + 9,
      cost("inspect(dyn([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(a, 1)))") -
          (cost("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(a, 1) == []") - cost("[1].map(a, 1) == []")));
  EXPECT_EQ(Outcome(*environment, absl::StrCat("inspect(", Shared(30), ")"), Input()),
            "error LIMIT_COST 1:1");
  EXPECT_EQ(calls_, 2);
}

TEST_F(HostValuesTest, TheCostOfAFunctionHasARange) {
  for (const int64_t cost : {INT64_MIN, int64_t{-1}, int64_t{0}, kMaxFunctionCost + 1, INT64_MAX}) {
    EnvironmentBuilder builder;
    FunctionOverload overload;
    overload.id = "f";
    overload.result = Type::Bool();
    overload.cost = cost;
    builder.AddFunction("f", overload);
    const auto environment = builder.Build();
    EXPECT_THAT(std::string(environment.status().message()), HasSubstr("cost")) << cost;
  }
}

TEST_F(HostValuesTest, TextsOfErrorsAreInOneLine) {
  ValueArena arena;
  const Value error =
      arena.NewError("A\n1:1: error: forged", "text\n1:1: error: forged\xe2\x80\xae");
  EXPECT_EQ(error.error_reason(), "A\\n1:1: error: forged");
  EnvironmentBuilder builder;
  builder.SetContainer("a\nb");
  EXPECT_THAT(std::string(builder.Build().status().message()), HasSubstr("a\\nb"));
  const auto environment = Build();
  Activation activation(environment);
  EXPECT_EQ(activation.Set("a\nb", Value::Int(1)).message(),
            "no variable 'a\\nb' in the environment");
}

TEST_F(HostValuesTest, LookingForErrorsIsEstimated) {
  EnvironmentBuilder builder;
  Prepare(builder);
  const auto add = [&](const std::string& name, const Type& parameter) {
    FunctionOverload overload;
    overload.id = name;
    overload.parameters = {parameter};
    overload.result = Type::Bool();
    overload.implementation = [](absl::Span<const Value>, ValueArena&) -> absl::StatusOr<Value> {
      return Value::Bool(true);
    };
    builder.AddFunction(name, overload);
  };
  const Type numbers = Type::List(Type::Int());
  add("numbers", numbers);
  add("rows", Type::List(numbers));
  add("table", Type::Map(Type::String(), numbers));
  add("perhaps", Type::Optional(numbers));
  add("text", Type::String());
  add("any", Type::Dyn());
  const auto environment = BuildOrDie(builder);
  const struct {
    const char* text;
    int64_t parts;  // Below the argument; -1: unbounded.
  } cases[] = {
      {"text('abc')", 0},
      {"numbers([1, 2, 3])", 3},
      {"rows([[1, 2], [3]])", 2 + 4},
      {"table({'a': [1], 'b': [2, 3]})", 4 + 4},
      {"perhaps(optional.of([1, 2]))", 1 + 2},
      {"any(dyn([1, 2, 3]))", -1},
  };
  for (const auto& test : cases) {
    const auto program = CompileOrDie(*environment, test.text);
    const CostEstimate estimate = program->EstimateCost(SizeHints());
    EXPECT_EQ(estimate.bounded(), test.parts >= 0) << test.text;
    Scratch scratch;
    ASSERT_TRUE(program->Evaluate(Input(), scratch).ok()) << test.text;
    EXPECT_LE(program->fixed_cost() + scratch.metered_cost(), estimate.max) << test.text;
    if (test.parts >= 0) {
      EXPECT_EQ(estimate.max - program->fixed_cost(), 1 + test.parts) << test.text;
    }
  }
}

TEST_F(HostValuesTest, TooDeepForAFunction) {
  Limits limits;
  limits.max_value_depth = 3;
  const auto environment = Build(limits);
  EXPECT_EQ(Outcome(*environment, "inspect([[1]])", Input()), "true");
  EXPECT_EQ(Outcome(*environment, "inspect([[[1]]])", Input()), "error LIMIT_VALUE_DEPTH 1:1");
}

TEST_F(HostValuesTest, CopiesCountEachPartAsOftenAsItOccurs) {
  const auto environment = Build();
  const auto program = CompileOrDie(*environment, Shared(26));
  Scratch scratch;
  const EvalResult result = program->Evaluate(Input(), scratch);
  ASSERT_TRUE(result.ok());
  const Value copy = OwnedValue(result.value()).value();
  ASSERT_EQ(copy.error_reason(), "LIMIT_RESULT_SIZE");
  EXPECT_THAT(program->ErrorIssue(copy).message, HasSubstr("max_result_bytes"));
  ValueArena arena;
  EXPECT_EQ(arena.Copy(result.value()).error_reason(), "LIMIT_RESULT_SIZE");
  EXPECT_LT(arena.bytes_used(), 1024u) << "nothing is copied before it is counted";
}

TEST_F(HostValuesTest, TheLimitOfAnEnvironmentHoldsInItsArena) {
  Limits limits;
  limits.max_result_bytes = 100;
  const auto environment = Build(limits);
  const struct {
    const char* text;
    int64_t bytes;
  } cases[] = {
      {"1", 16},
      {"'12345'", 21},
      {"b'12345'", 21},
      {"[1, '12345']", 16 + 16 + 21},
      {"{'a': 1}", 16 + 17 + 16},
      {"optional.of('a')", 16 + 17},
      {"Money{currency: 'EUR'}", 16 + 5},
      {"[1, 2, 3, 4, '1234']", 100},
      {"[1, 2, 3, 4, '12345']", 101},
  };
  for (const auto& test : cases) {
    const auto program = CompileOrDie(*environment, test.text);
    Scratch scratch;
    const EvalResult result = program->Evaluate(Input(), scratch);
    ASSERT_TRUE(result.ok()) << test.text;
    EXPECT_EQ(scratch.arena().max_result_bytes(), 100);
    const auto error = scratch.arena().FindError(result.value());
    EXPECT_EQ(error.has_value() ? error->error_reason() : "",
              test.bytes > 100 ? "LIMIT_RESULT_SIZE" : "")
        << test.text;
    EXPECT_EQ(OwnedValue(result.value(), test.bytes).value().error_reason(), "") << test.text;
    if (!result.value().is_int()) {
      EXPECT_EQ(OwnedValue(result.value(), test.bytes - 1).value().error_reason(),
                "LIMIT_RESULT_SIZE")
          << test.text;
    }
    int64_t left = 1000;
    EXPECT_FALSE(scratch.arena().FindError(result.value(), &left).has_value()) << test.text;
    EXPECT_EQ(left, 1000 - test.bytes) << test.text;
  }
}

TEST_F(HostValuesTest, ACopyKeepsErrorsAndFindErrorReportsThem) {
  ValueArena arena;
  const Value holds = arena.NewList({Value::Int(1), arena.NewError("OWN", "of its own")});
  EXPECT_EQ(arena.Copy(holds).list_at(1).error_reason(), "OWN");
  ASSERT_TRUE(arena.FindError(holds).has_value());
  EXPECT_EQ(arena.FindError(holds)->error_reason(), "OWN");
  EXPECT_FALSE(arena.FindError(arena.NewList({Value::Int(1)})).has_value());
}

}  // namespace
}  // namespace frontdesk::cel::testing
