// Operators of a host on its messages, arguments that may be absent, and variables that are not written.
#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

using ::testing::HasSubstr;

const Money& AsMoney(const Value& value) {
  return dynamic_cast<const Money&>(value.message_value());
}

FunctionOverload Overload(absl::string_view id, std::vector<Type> parameters, Type result,
                          FunctionImplementation implementation) {
  FunctionOverload overload;
  overload.id = std::string(id);
  overload.parameters = std::move(parameters);
  overload.result = std::move(result);
  overload.pure = true;
  overload.implementation = std::move(implementation);
  return overload;
}

Type MoneyType() { return Type::Message(Money::descriptor()); }

Value MakeMoney(ValueArena& arena, int64_t units, const std::string& currency) {
  Money money;
  money.set_units(units);
  money.set_currency(currency);
  return arena.Copy(Value::Message(&money));
}

// Two amounts as an operator takes them; an error value when they do not go together.
Value Mismatch(const Value& a, const Value& b, ValueArena& arena) {
  if (AsMoney(a).currency().empty()) return arena.NewError("NO_MONEY", "{0} is not set");
  if (AsMoney(b).currency().empty()) return arena.NewError("NO_MONEY", "{1} is not set");
  if (AsMoney(a).currency() != AsMoney(b).currency()) {
    return arena.NewError("OTHER_CURRENCY", "{0} and {1} are of two currencies");
  }
  return Value();
}

FunctionOverload MoneyOrder(absl::string_view id, bool (*holds)(int64_t, int64_t)) {
  return Overload(id, {MoneyType(), MoneyType()}, Type::Bool(),
                  [holds](absl::Span<const Value> a, ValueArena& arena) -> absl::StatusOr<Value> {
                    const Value error = Mismatch(a[0], a[1], arena);
                    if (error.is_error()) return error;
                    return Value::Bool(holds(AsMoney(a[0]).units(), AsMoney(a[1]).units()));
                  });
}

void AddMoney(EnvironmentBuilder& builder) {
  builder.AddOperator(Operator::kLess,
                      MoneyOrder("lt", [](int64_t a, int64_t b) { return a < b; }));
  builder.AddOperator(Operator::kGreater,
                      MoneyOrder("gt", [](int64_t a, int64_t b) { return a > b; }));
  builder.AddOperator(
      Operator::kAdd,
      Overload("add", {MoneyType(), MoneyType()}, MoneyType(),
               [](absl::Span<const Value> a, ValueArena& arena) -> absl::StatusOr<Value> {
                 const Value error = Mismatch(a[0], a[1], arena);
                 if (error.is_error()) return error;
                 return MakeMoney(arena, AsMoney(a[0]).units() + AsMoney(a[1]).units(),
                                  AsMoney(a[0]).currency());
               }));
  builder.AddOperator(
      Operator::kDivide,
      Overload("divide", {MoneyType(), Type::Int()}, MoneyType(),
               [](absl::Span<const Value> a, ValueArena& arena) -> absl::StatusOr<Value> {
                 return MakeMoney(arena, AsMoney(a[0]).units() / a[1].int_value(),
                                  AsMoney(a[0]).currency());
               }));
  builder.AddOperator(
      Operator::kNegate,
      Overload("negate", {MoneyType()}, MoneyType(),
               [](absl::Span<const Value> a, ValueArena& arena) -> absl::StatusOr<Value> {
                 return MakeMoney(arena, -AsMoney(a[0]).units(), AsMoney(a[0]).currency());
               }));
  builder.AddFunction(
      "eur", Overload("eur", {Type::Int()}, MoneyType(),
                      [](absl::Span<const Value> a, ValueArena& arena) -> absl::StatusOr<Value> {
                        if (a[0].int_value() < 0) {
                          return arena.NewError("NEGATIVE", "{0} is below zero");
                        }
                        return MakeMoney(arena, a[0].int_value(), "EUR");
                      }));
  builder.AddLiteralHint(Money::descriptor(), "eur({})", "5");
  FunctionOverload since =
      Overload("since", {Type::Optional(Type::Timestamp()), Type::Timestamp()},
               Type::Optional(Type::Duration()),
               [](absl::Span<const Value> a, ValueArena& arena) -> absl::StatusOr<Value> {
                 if (!a[0].optional_has_value()) return Value::OptionalNone();
                 return arena.NewOptional(Value::Duration(a[1].timestamp_value() -
                                                          a[0].optional_value().timestamp_value()));
               });
  since.takes_absent = true;
  since.variables = {"now"};
  builder.AddFunction("since", since);
  FunctionOverload otherwise = Overload(
      "otherwise", {Type::Optional(Type::Parameter("T")), Type::Parameter("T")},
      Type::Parameter("T"), [](absl::Span<const Value> a, ValueArena&) -> absl::StatusOr<Value> {
        return a[0].optional_has_value() ? a[0].optional_value() : a[1];
      });
  otherwise.takes_absent = true;
  builder.AddFunction("otherwise", otherwise);
  // Which of the two is called depends on the value in the optional.
  const auto kind = [](absl::string_view name) -> FunctionImplementation {
    return [name](absl::Span<const Value> a, ValueArena&) -> absl::StatusOr<Value> {
      return a[0].optional_has_value() ? Value::String(name) : Value::String("none");
    };
  };
  for (const Type& type : {Type::Timestamp(), MoneyType()}) {
    FunctionOverload what =
        Overload(absl::StrCat("what_", type.name()), {Type::Optional(type)}, Type::String(),
                 kind(type.name() == MoneyType().name() ? "money" : "time"));
    what.takes_absent = true;
    builder.AddFunction("what", what);
  }
}

std::shared_ptr<const Environment> MoneyShop(bool accessors) {
  EnvironmentBuilder builder;
  Prepare(builder);
  if (accessors) builder.AddAccessors(ShopAccessors());
  AddMoney(builder);
  return BuildOrDie(builder);
}

// With accessors and without, checked and not.
void Expect(const char* text, const char* outcome, const Input& input) {
  for (const bool accessors : {false, true}) {
    EXPECT_EQ(Outcome(*MoneyShop(accessors), text, input), outcome) << text;
  }
}

TEST(HostOperatorsTest, AreChosenByTheTypes) {
  Input input = GoldOrder();
  for (Line& line : *input.mutable_order()->mutable_lines())
    line.mutable_price()->set_currency("EUR");
  const Case cases[] = {
      {"order.total > eur(12499)", "true"},
      {"order.total > eur(12500)", "false"},
      {"eur(12500) < order.total || order.total < eur(1)", "false"},
      {"order.total + eur(1) > order.total", "true"},
      {"(-order.total).units", "-12500"},
      {"(order.total / 2).units", "6250"},
      {"dyn(order.total) > dyn(eur(5))", "true"},
      {"dyn(order.total) > eur(5)", "true"},
      {"order.total == eur(12500)", "true"},
      {"order.total == Money{units: 12500, currency: 'USD'}", "false"},
      {"optional.of(order.total) > eur(5)", "true"},
      {"order.?total > eur(5)", "true"},
      {"order.?cash > eur(5)", "error OPTIONAL_EMPTY 1:13"},
      {"order.lines.map(l, l.price).sum().orValue(eur(0)).units", "600"},
      {"max(order.lines.map(l, l.price)).value().units", "300"},
      {"avg(order.lines.map(l, l.price)).value().units", "200"},
      {"sum(order.lines.filter(l, false).map(l, l.price)).hasValue()", "false"},
      {"sum([order.total, Money{units: 1, currency: 'USD'}]).hasValue()",
       "error OTHER_CURRENCY 1:1"},
      {"order.total > Money{units: 1, currency: 'USD'}", "error OTHER_CURRENCY 1:13"},
      {"order.total > 500", "issue NO_MATCHING_OVERLOAD 1:13"},
      {"order.total == 500", "issue NO_MATCHING_OVERLOAD 1:13"},
      {"order.total * 5", "issue NO_MATCHING_OVERLOAD 1:13"},
      {"order.total <= eur(5)", "issue NO_MATCHING_OVERLOAD 1:13"},
      {"dyn(order.total) <= eur(5)", "issue NO_MATCHING_OVERLOAD 1:18"},
      {"dyn(order.total) <= dyn(5)", "error NO_MATCHING_OVERLOAD 1:18"},
      {"order > order", "issue NO_MATCHING_OVERLOAD 1:7"},
  };
  for (const Case& each : cases) Expect(each.text, each.outcome, input);
}

std::string Messages(absl::string_view text) {
  std::string messages;
  for (const Issue& issue : MoneyShop(false)->Compile(text).issues) {
    absl::StrAppend(&messages, issue.message, "\n");
  }
  return messages;
}

TEST(HostOperatorsTest, AnIssueSaysHowAValueIsWritten) {
  EXPECT_THAT(Messages("order.total > 500"), HasSubstr("; write eur(500)"));
  EXPECT_THAT(Messages("500.5 < order.total"), HasSubstr("; write eur(500.5)"));
  EXPECT_THAT(Messages("order.total == count"), HasSubstr("; write eur(5)"));
  EXPECT_THAT(Messages("since(now) == duration('1h')"), HasSubstr("orValue()"));
}

TEST(HostOperatorsTest, ConstantsAreWorkedOutWhileCompiling) {
  const auto environment = MoneyShop(false);
  const CompileResult compiled = environment->Compile("order.total > eur(500)");
  ASSERT_TRUE(compiled.ok());
  EXPECT_NE(compiled.program->expr().child(1).constant(), nullptr);
  EXPECT_THAT(Messages("order.total > eur(-5)"), HasSubstr("this always fails: -5 is below zero"));
  // The constant lives as long as the program.
  const Program copy = *compiled.program;
  Scratch scratch;
  EXPECT_EQ(copy.EvaluateBool(GoldOrder(), scratch), BoolOutcome::kTrue);
}

TEST(HostOperatorsTest, AnErrorNamesTheOperands) {
  const auto environment = MoneyShop(true);
  const auto message = [&](absl::string_view text) {
    Scratch scratch;
    return CompileOrDie(*environment, text)->Evaluate(Input(), scratch).issue().message;
  };
  EXPECT_EQ(message("order.total > eur(500)"), "order.total is not set");
  EXPECT_EQ(message("eur(500) < (flag ? order.cash : order.total)"),
            "flag ? order.cash : order.total is not set");
}

TEST(HostOperatorsTest, OtherOperatorsAreRefused) {
  const auto build = [](Operator op, FunctionOverload overload) {
    EnvironmentBuilder builder;
    builder.AddOperator(op, std::move(overload));
    return std::string(builder.Build().status().message());
  };
  const auto same = [](absl::Span<const Value> a, ValueArena&) -> absl::StatusOr<Value> {
    return a[0];
  };
  const std::vector<Type> two = {MoneyType(), MoneyType()};
  EXPECT_EQ(build(Operator::kAdd, Overload("plus", two, MoneyType(), same)), "");
  EXPECT_THAT(build(Operator::kEqual, Overload("same", two, Type::Bool(), same)),
              HasSubstr("one meaning"));
  EXPECT_THAT(build(Operator::kModulo, Overload("rest", two, Type::Bool(), same)),
              HasSubstr("one meaning"));
  EXPECT_THAT(build(Operator::kAdd, Overload("", two, MoneyType(), same)), HasSubstr("no id"));
  EXPECT_THAT(build(Operator::kAdd, Overload("one", {MoneyType()}, MoneyType(), same)),
              HasSubstr("operands"));
  EXPECT_THAT(
      build(Operator::kAdd, Overload("ints", {Type::Int(), Type::Int()}, Type::Int(), same)),
      HasSubstr("a message"));
  FunctionOverload impure = Overload("impure", two, MoneyType(), same);
  impure.pure = false;
  EXPECT_THAT(build(Operator::kAdd, impure), HasSubstr("pure"));
  FunctionOverload reads = Overload("reads", two, MoneyType(), same);
  reads.variables = {"now"};
  EnvironmentBuilder builder;
  builder.AddFunction("f", reads);
  EXPECT_THAT(std::string(builder.Build().status().message()), HasSubstr("'now'"));
}

TEST(AbsentTest, AFieldThatIsNotSetIsNone) {
  const Case set[] = {
      {"since(order.delivered_time)", "optional.of(duration(\"3600s\"))"},
      {"since(order.delivered_time) > duration('30m')", "true"},
      {"since(timestamp('2023-11-14T22:13:20Z')).value()", "duration(\"3600s\")"},
      {"since(order.?delivered_time) == since(order.delivered_time)", "true"},
      {"[since].size()", "issue UNKNOWN_NAME 1:2"},
      {"order.events.map(now, since(now)).size()", "0"},
      {"[timestamp(1700000000)].map(now, since(now))[0].value()", "duration(\"3600s\")"},
      {"otherwise(customer.email, 'none')", "\"ada@example.com\""},
      {"otherwise(customer.age, 18)", "18"},
      {"otherwise(customer.attributes.color, 'red')", "\"blue\""},
      {"otherwise(customer.attributes.weight, 'red')", "\"red\""},
      {"otherwise(order.lines[0].product, 'x') + otherwise(order.lines[0].replaced.product, 'y')",
       "\"P1y\""},
      {"otherwise(facts.a, dyn(1))", "1"},
      {"otherwise(limit, 5)", "5"},
      {"otherwise(since(order.delivered_time), duration('0s'))", "duration(\"3600s\")"},
      {"what(order.total) + what(order.cash) + what(now)", "\"moneynonetime\""},
      {"what(dyn(order.total)) + what(dyn(now))", "\"moneytime\""},
      {"what(dyn(5))", "error NO_MATCHING_OVERLOAD 1:1"},
      {"what(5)", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"since(5)", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"since(now, now)", "issue NO_MATCHING_OVERLOAD 1:1"},
  };
  for (const Case& each : set) Expect(each.text, each.outcome, GoldOrder());
  const Case unset[] = {
      {"since(order.delivered_time)", "optional.none()"},
      {"since(order.delivered_time) > duration('30m')", "error OPTIONAL_EMPTY 1:29"},
      {"since(order.delivered_time).orValue(duration('0s')) > duration('30m')", "false"},
      {"since(order.delivered_time) > duration('30m') || true", "true"},
      {"otherwise(customer.email, 'none')", "\"none\""},
      {"otherwise(order.total.currency, 'none')", "\"none\""},
      {"what(order.total)", "\"none\""},
  };
  Input now;
  now.mutable_now()->set_seconds(1700000000);
  for (const Case& each : unset) Expect(each.text, each.outcome, now);
}

TEST(AbsentTest, TheErrorNamesTheField) {
  const auto environment = MoneyShop(true);
  const auto message = [&](absl::string_view text) {
    Scratch scratch;
    return CompileOrDie(*environment, text)->Evaluate(Input(), scratch).issue().message;
  };
  EXPECT_EQ(message("since(order.delivered_time) > duration('1h')"),
            "order.delivered_time is not set");
  EXPECT_EQ(message("duration('1h') < since(order.delivered_time)"),
            "order.delivered_time is not set");
  EXPECT_EQ(message("since(order.delivered_time).value()"), "order.delivered_time is not set");
  EXPECT_EQ(message("order.?delivered_time < now"), "order.delivered_time is not set");
  EXPECT_EQ(message("order.points.max() > 5"), "'order.points.max()' is absent");
}

TEST(AbsentTest, AnExplanationShowsWhatWasReadWithoutBeingWritten) {
  const auto environment = MoneyShop(true);
  const auto program = CompileOrDie(*environment, "since(order.delivered_time) > duration('1h')");
  std::vector<std::string> variables, paths;
  for (const VariableReference& each : program->references().variables)
    variables.push_back(each.name);
  EXPECT_THAT(variables, ::testing::UnorderedElementsAre("order", "now"));
  Scratch scratch;
  const Input input = GoldOrder();
  for (const Read& read : program->Explain(input, scratch).reads) paths.push_back(read.path);
  EXPECT_THAT(paths, ::testing::UnorderedElementsAre("order.delivered_time", "now"));
  EXPECT_EQ(ToDebugString(program->expr()), "_>_(since(order.delivered_time), duration(\"1h\"))");
  EXPECT_EQ(program->expr().child(0).child_count(), 1u);
  EXPECT_EQ(program->expr().child(0).implicit_count(), 1u);
  EXPECT_EQ(program->expr().child(0).implicit(0).name(), "now");
  EXPECT_FALSE(program->expr().child(0).implicit(1).valid());
}

// Spent is never above the estimate, with operators of the host too.
TEST(HostOperatorsTest, TheEstimateHolds) {
  const auto environment = MoneyShop(true);
  const Input input = GoldOrder();
  for (const char* text :
       {"order.total > eur(5)", "order.lines.map(l, l.price).sum().hasValue()",
        "sum([order.total, order.total]).value() > eur(7)", "dyn(order.total) > eur(5)",
        "since(order.delivered_time) > duration('1h')", "order.lines.all(l, what(l.price) != '')",
        "otherwise(customer.attributes.color, 'x') == 'y'", "max(order.points) > 3"}) {
    const auto program = CompileOrDie(*environment, text);
    Scratch scratch;
    program->Evaluate(input, scratch);
    SizeHints hints;
    hints.other = 100;
    EXPECT_LE(program->fixed_cost() + scratch.metered_cost(), program->EstimateCost(hints).max)
        << text;
  }
}

}  // namespace
}  // namespace frontdesk::cel::testing
