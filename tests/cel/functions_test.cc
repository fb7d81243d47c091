// Functions: the language's own, and those of a host.
#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

TEST(FunctionsTest, Conversions) {
  const auto environment = Bare();
  const Case cases[] = {
      {"int('12')", "12"},
      {"int('+12')", "12"},
      {"int('')", "error CONVERSION_FAILED 1:1"},
      {"int('1.5')", "error CONVERSION_FAILED 1:1"},
      {"int('9223372036854775808')", "error CONVERSION_FAILED 1:1"},
      {"int(1.9)", "1"},
      {"int(-1.9)", "-1"},
      {"int(9.3e18)", "error INTEGER_OVERFLOW 1:1"},
      {"int(double('NaN'))", "error INTEGER_OVERFLOW 1:1"},
      {"int(18446744073709551615u)", "error INTEGER_OVERFLOW 1:1"},
      {"uint(-1)", "error INTEGER_OVERFLOW 1:1"},
      {"uint('7')", "7u"},
      {"uint(-0.5)", "error INTEGER_OVERFLOW 1:1"},
      {"double('1e3')", "1000.0"},
      {"double('1e3x')", "error CONVERSION_FAILED 1:1"},
      {"double('-inf')", "double(\"-Infinity\")"},
      {"string(1.0)", "\"1\""},
      {"string(1e21)", "\"1e+21\""},
      {"string(123456789.0)", "\"123456789\""},
      {"string(true)", "\"true\""},
      {"string(b'a')", "\"a\""},
      {"string(b'\\xff')", "error INVALID_UNICODE 1:1"},
      {"string(timestamp(0))", "\"1970-01-01T00:00:00Z\""},
      {"string(duration('1m1ms'))", "\"60.001s\""},
      {"bool('TRUE')", "true"},
      {"bool('maybe')", "error CONVERSION_FAILED 1:1"},
      {"bytes('\u00fc')", "b\"\\xc3\\xbc\""},
      {"timestamp('2024-02-29T12:00:00+01:00')", "timestamp(\"2024-02-29T11:00:00Z\")"},
      {"timestamp('2023-02-29T12:00:00Z')", "error CONVERSION_FAILED 1:1"},
      {"timestamp('2024-02-29T12:00:00')", "error CONVERSION_FAILED 1:1"},
      {"timestamp('2024-02-29T12:00:60Z')", "error CONVERSION_FAILED 1:1"},
      {"timestamp('0000-12-31T00:00:00Z')", "error TIMESTAMP_OUT_OF_RANGE 1:1"},
      {"timestamp('2024-01-01T00:00:00.123456789Z')",
       "timestamp(\"2024-01-01T00:00:00.123456789Z\")"},
      {"duration('1h30m')", "duration(\"5400s\")"},
      {"duration('-1.5s')", "duration(\"-1.5s\")"},
      {"duration('1h1ms1us1ns')", "duration(\"3600.001001001s\")"},
      {"duration('')", "error CONVERSION_FAILED 1:1"},
      {"duration('1y')", "error CONVERSION_FAILED 1:1"},
      {"duration('3000000h')", "error DURATION_OUT_OF_RANGE 1:1"},
      {"duration('99999999999999999999999999h')", "error DURATION_OUT_OF_RANGE 1:1"},
  };
  for (const Case& test : cases)
    EXPECT_EQ(Outcome(environment, test.text), test.outcome) << test.text;
}

TEST(FunctionsTest, Strings) {
  const auto environment = Bare();
  const Case cases[] = {
      {"'hello'.contains('ell') && 'hello'.startsWith('he') && 'hello'.endsWith('lo')", "true"},
      {"'abc'.matches('^a.c$')", "true"},
      {"matches('abc', 'b')", "true"},
      {"'fianc\u00e9'.size()", "6"},
      {"size(b'\u00e9')", "2"},
      {"'h\u00e9llo'.charAt(1)", "\"\u00e9\""},
      {"'abc'.charAt(4)", "error INDEX_OUT_OF_RANGE 1:7"},
      {"'abc'.charAt(-1)", "error INDEX_OUT_OF_RANGE 1:7"},
      {"'h\u00e9llo'.indexOf('l')", "2"},
      {"'hello'.lastIndexOf('l')", "3"},
      {"'a,b,c'.split(',')", "[\"a\", \"b\", \"c\"]"},
      {"'abc'.split('')", "[\"a\", \"b\", \"c\"]"},
      {"'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]"},
      {"['a', 'b'].join('-')", "\"a-b\""},
      {"'aaa'.replace('a', 'b', 2)", "\"bba\""},
      {"'ab'.replace('', '-')", "\"-a-b-\""},
      {"'abc'.replace('b', '')", "\"ac\""},
      {"'h\u00e9llo'.substring(1, 3)", "\"\u00e9l\""},
      {"'abc'.substring(2, 1)", "error INDEX_OUT_OF_RANGE 1:7"},
      {"'  x '.trim()", "\"x\""},
      {"'aB\u00c9'.lowerAscii()", "\"ab\u00c9\""},
      {"'aB'.upperAscii()", "\"AB\""},
      {"'ab\u00e9'.reverse()", "\"\u00e9ba\""},
      {"strings.quote('a\"b')", "\"\\\"a\\\\\\\"b\\\"\""},
      {"'%s %d %.2f %x %b %e'.format(['a', 1, 1.5, 255, 5, 1.0])",
       "\"a 1 1.50 ff 101 1.000000e+00\""},
      {"'%s'.format([[0.000000002, -0.00001, 0.1, 1e22, -123456789012345680000.0, 12.5, 0.0, "
       "-0.0]])",
       "\"[0.000000002, -0.00001, 0.1, 10000000000000000000000, -123456789012345680000, 12.5, 0, "
       "-0]\""},
      {"'%d'.format([5e-324]).size()", "326"},
      {"'%s'.format([-1.0 / 0.0])", "\"-Infinity\""},
      {"'%s'.format([])", "error INVALID_ARGUMENT 1:6"},
      {"'%q'.format([1])", "error INVALID_ARGUMENT 1:6"},
      {"'%.99999999f'.format([1.0])", "error INVALID_ARGUMENT 1:15"},
      {"base64.encode(b'hello')", "\"aGVsbG8=\""},
      {"base64.decode('aGVsbG8')", "b\"hello\""},
      {"base64.decode('a*')", "error CONVERSION_FAILED 1:8"},
  };
  for (const Case& test : cases)
    EXPECT_EQ(Outcome(environment, test.text), test.outcome) << test.text;
}

TEST(FunctionsTest, SpansByUnit) {
  const auto environment = Bare();
  const Case cases[] = {
      {"days(2) + hours(3) + minutes(4) + seconds(5)", "duration(\"183845s\")"},
      {"days(-1)", "duration(\"-86400s\")"},
      {"days(106751)", "duration(\"9223286400s\")"},
      {"days(106752)", "error DURATION_OUT_OF_RANGE 1:1"},
      {"hours(-2562048)", "error DURATION_OUT_OF_RANGE 1:1"},
      {"duration('1w')", "duration(\"604800s\")"},
      {"duration('-1.5d1h')", "duration(\"-133200s\")"},
      {"duration('1dx')", "error CONVERSION_FAILED 1:1"},
      {"days(1.5)", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"days", "issue UNKNOWN_NAME 1:1"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(environment, test.text), test.outcome) << test.text;
  }
  EnvironmentBuilder builder;
  builder.SetExtensions(kDefaultExtensions & ~kDurationsExtension);
  const auto without = BuildOrDie(builder);
  EXPECT_EQ(Outcome(without, "duration('1d')"), "error CONVERSION_FAILED 1:1");
  EXPECT_EQ(Outcome(without, "days(1)"), "issue UNKNOWN_FUNCTION 1:1");
}

TEST(FunctionsTest, Aggregates) {
  const auto environment = Bare();
  const Case cases[] = {
      {"sum([1, 2]) + [3].sum()", "6"},
      {"sum([1u, 2u])", "3u"},
      {"sum([0.5, 2.0])", "2.5"},
      {"sum([])", "0"},
      {"sum([1.5].filter(x, x > 2.0))", "0.0"},
      {"sum([9223372036854775807, 1, -1])", "9223372036854775807"},
      {"sum([9223372036854775807, 1])", "error INTEGER_OVERFLOW 1:1"},
      {"sum([18446744073709551615u, 1u])", "error INTEGER_OVERFLOW 1:1"},
      {"sum([days(106751), days(106751), days(-106751)])", "duration(\"9223286400s\")"},
      {"sum([days(106751), days(106751)])", "error DURATION_OUT_OF_RANGE 1:1"},
      {"sum([duration('1s')].filter(x, false))", "duration(\"0s\")"},
      {"avg([1, 2])", "optional.of(1.5)"},
      {"avg([9223372036854775807, 9223372036854775807])", "optional.of(9223372036854775808.0)"},
      {"avg([duration('1ns'), duration('2ns')])", "optional.of(duration(\"0.000000002s\"))"},
      {"avg([duration('-1ns'), duration('-2ns')])", "optional.of(duration(\"-0.000000002s\"))"},
      {"avg([duration('1ns'), duration('1ns'), duration('2ns')])",
       "optional.of(duration(\"0.000000001s\"))"},
      {"avg([days(106751), days(106751)])", "optional.of(duration(\"9223286400s\"))"},
      {"min(['b', 'a'])", "optional.of(\"a\")"},
      {"max([timestamp(5), timestamp(7)])", "optional.of(timestamp(\"1970-01-01T00:00:07Z\"))"},
      {"min([2.0, 1.0, 1.0]) == optional.of(1.0)", "true"},
      {"max([1].filter(x, false))", "optional.none()"},
      {"sum([dyn(1), dyn(2.0)])", "error NO_MATCHING_OVERLOAD 1:1"},
      {"sum([dyn('a'), dyn('b')])", "error NO_MATCHING_OVERLOAD 1:1"},
      {"sum(['a'])", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"max([[1]])", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"max(1, 2)", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"[1, 2].max", "issue NOT_SELECTABLE 1:8"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(environment, test.text), test.outcome) << test.text;
  }
}

TEST(FunctionsTest, TimeParts) {
  EnvironmentBuilder builder;
  builder.SetTimeZones(SystemTimeZones());
  const auto environment = BuildOrDie(builder);
  const std::string t = "timestamp('2024-03-31T00:59:58.25Z')";
  const struct {
    const char* call;
    const char* outcome;
  } cases[] = {
      {"getFullYear()", "2024"},   {"getMonth()", "2"},
      {"getDate()", "31"},         {"getDayOfMonth()", "30"},
      {"getDayOfWeek()", "0"},     {"getDayOfYear()", "90"},
      {"getHours()", "0"},         {"getMinutes()", "59"},
      {"getSeconds()", "58"},      {"getMilliseconds()", "250"},
      {"getHours('+05:30')", "6"}, {"getHours('-01:00')", "23"},
      {"getDate('-01:00')", "30"}, {"getHours('Europe/Berlin')", "1"},
      {"getHours('UTC')", "0"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Outcome(environment, t + "." + test.call), test.outcome) << test.call;
  }
  // After the clock went forward.
  EXPECT_EQ(Outcome(environment, "timestamp('2024-03-31T01:00:00Z').getHours('Europe/Berlin')"),
            "3");
  for (const char* zone : {"No/Where", "../../etc/passwd", "/etc/localtime", "file:/etc/passwd",
                           "+25:00", "+1:2:3", "Europe"}) {
    EXPECT_EQ(Outcome(environment, absl::StrCat(t, ".getHours('", zone, "')")),
              "issue UNKNOWN_TIME_ZONE 1:47")
        << zone;
  }
  // Without a source only fixed offsets are known.
  EXPECT_EQ(Outcome(Bare(), t + ".getHours('Europe/Berlin')"), "issue UNKNOWN_TIME_ZONE 1:47");
  EXPECT_EQ(Outcome(Bare(), t + ".getHours('+01:00')"), "1");
  EXPECT_EQ(Outcome(Bare(), "duration('90m1s').getHours()"), "1");
  EXPECT_EQ(Outcome(Bare(), "duration('90m1s').getMinutes()"), "90");
}

TEST(FunctionsTest, Optionals) {
  const auto environment = Shop();
  const Input input = GoldOrder();
  const Case cases[] = {
      {"customer.?nickname", "optional.none()"},
      {"customer.?email", "optional.of(\"ada@example.com\")"},
      {"customer.attributes[?'color'].orValue('none')", "\"blue\""},
      {"customer.attributes[?'other'].orValue('none')", "\"none\""},
      {"optional.none().value()", "error OPTIONAL_EMPTY 1:17"},
      {"order.lines[?9].?price.?units.orValue(7)", "7"},
      {"order.lines[?0].?price.?units.orValue(7)", "100"},
      {"optional.of(2).optMap(x, x + count)", "optional.of(5)"},
      {"optional.of(1).or(optional.of(1 / (count - 3)))", "optional.of(1)"},
      {"optional.of(1).orValue(1 / (count - 3))", "1"},
      {"[?customer.?nickname, ?optional.of('x')]", "[\"x\"]"},
      {"{?'a': optional.none(), 'b': 1}", "{\"b\": 1}"},
      {"Customer{?nickname: customer.?nickname}", "frontdesk.cel.testing.Customer{}"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(*environment, test.text, input), test.outcome) << test.text;
  }
}

TEST(FunctionsTest, HostFunctions) {
  EnvironmentBuilder builder;
  builder.AddVariable("x", Type::Int());
  int calls = 0;
  FunctionOverload twice;
  twice.id = "twice_int";
  twice.parameters = {Type::Int()};
  twice.result = Type::Int();
  twice.pure = true;
  twice.implementation = [&calls](absl::Span<const Value> arguments,
                                  ValueArena&) -> absl::StatusOr<Value> {
    ++calls;
    return Value::Int(arguments[0].int_value() * 2);
  };
  FunctionOverload greet;
  greet.id = "greet_string";
  greet.parameters = {Type::String()};
  greet.result = Type::String();
  greet.member = true;
  greet.implementation = [](absl::Span<const Value> arguments,
                            ValueArena& arena) -> absl::StatusOr<Value> {
    return arena.NewString(absl::StrCat("hello ", arguments[0].string_value()));
  };
  FunctionOverload first;
  first.id = "first_list";
  first.parameters = {Type::List(Type::Parameter("T"))};
  first.result = Type::Parameter("T");
  first.implementation = [](absl::Span<const Value> arguments,
                            ValueArena& arena) -> absl::StatusOr<Value> {
    if (arguments[0].list_size() == 0) return arena.NewError("EMPTY_LIST", "the list is empty");
    return arguments[0].list_at(0);
  };
  FunctionOverload fails = twice;
  fails.id = "fails_int";
  fails.pure = false;
  fails.implementation = [](absl::Span<const Value>, ValueArena&) -> absl::StatusOr<Value> {
    return absl::InternalError("SECRET");
  };
  FunctionOverload liar = twice;
  liar.id = "liar_int";
  liar.pure = false;
  liar.implementation = [](absl::Span<const Value>, ValueArena&) -> absl::StatusOr<Value> {
    return Value::String("not an int");
  };
  FunctionOverload unbound = twice;
  unbound.id = "unbound_int";
  unbound.implementation = nullptr;
  builder.AddFunction("math.twice", twice)
      .AddFunction("greet", greet)
      .AddFunction("first", first)
      .AddFunction("fails", fails)
      .AddFunction("liar", liar)
      .AddFunction("unbound", unbound);
  const auto environment = BuildOrDie(builder);
  const Case cases[] = {
      {"math.twice(21)", "42"},
      {"'you'.greet()", "\"hello you\""},
      {"first([3, 4]) + 1", "4"},
      {"first(['a']) + 1", "issue NO_MATCHING_OVERLOAD 1:14"},
      {"first([])", "error EMPTY_LIST 1:1"},
      {"1 + fails(1)", "error FUNCTION_FAILED 1:5"},
      {"1 + liar(1)", "error FUNCTION_FAILED 1:5"},
      {"unbound(1)", "error FUNCTION_UNBOUND 1:1"},
      {"greet('you')", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"math.twice('a')", "issue NO_MATCHING_OVERLOAD 1:6"},
      {"fails(1) == 1 || true", "true"},
  };
  for (const Case& test : cases)
    EXPECT_EQ(Outcome(environment, test.text), test.outcome) << test.text;
  // A pure function of constants is called while planning, and not again.
  calls = 0;
  const auto program = CompileOrDie(*environment, "math.twice(21) == 42");
  EXPECT_EQ(calls, 1);
  Scratch scratch;
  Activation activation(environment);
  EXPECT_EQ(program->EvaluateBool(activation, scratch), BoolOutcome::kTrue);
  EXPECT_EQ(calls, 1);
  const CompileResult failed = environment->Compile("fails(1) == x");
  ASSERT_TRUE(failed.ok());
  EXPECT_EQ(failed.program->Evaluate(activation, scratch).status().ToString().find("SECRET"),
            std::string::npos);
}

}  // namespace
}  // namespace frontdesk::cel::testing
