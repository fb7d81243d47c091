// Types that are deduced, and texts that are refused.
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

using ::testing::HasSubstr;

TEST(CheckerTest, DeducedTypes) {
  const auto environment = Shop();
  const Case cases[] = {
      {"order", "frontdesk.cel.testing.Order"},
      {"order.total.units", "int"},
      {"order.lines", "list(frontdesk.cel.testing.Line)"},
      {"order.lines_by_number", "map(int, frontdesk.cel.testing.Line)"},
      {"customer.attributes", "map(string, string)"},
      {"customer.nickname", "wrapper(string)"},
      {"customer.tier", "int"},
      {"now", "google.protobuf.Timestamp"},
      {"now - now", "google.protobuf.Duration"},
      {"extra", "google.protobuf.Any"},
      {"extra.anything[1]", "dyn"},
      {"facts", "map(string, dyn)"},
      {"fact", "dyn"},
      {"list", "list(dyn)"},
      {"order.lines.map(l, l.price)", "list(frontdesk.cel.testing.Money)"},
      {"order.lines.filter(l, true)[0].quantity", "int"},
      {"scores.map(k, scores[k])", "list(int)"},
      {"[]", "list(dyn)"},
      {"[1, 'a']", "list(dyn)"},
      {"[[], [1]]", "list(list(int))"},
      {"{}", "map(dyn, dyn)"},
      {"true ? limit : 5", "wrapper(int)"},
      {"limit + 1", "int"},
      {"type(order)", "type(frontdesk.cel.testing.Order)"},
      {"Order", "type(frontdesk.cel.testing.Order)"},
      {"optional.of(1).orValue(2)", "int"},
      {"customer.?nickname", "optional_type(wrapper(string))"},
      {"order.lines[?0].?product", "optional_type(string)"},
      {"size(note) > 0", "bool"},
      {"dyn(1)", "dyn"},
  };
  for (const Case& test : cases) {
    const AstResult checked = environment->Check(test.text);
    ASSERT_TRUE(checked.ok()) << test.text << "\n" << FormatIssues(checked.issues);
    EXPECT_EQ(checked.ast->root().type().ToString(), test.outcome) << test.text;
    EXPECT_TRUE(checked.ast->checked());
  }
}

TEST(CheckerTest, Refused) {
  const auto environment = Shop();
  const Input input;
  const Case cases[] = {
      {"ordr.id", "issue UNKNOWN_NAME 1:1"},
      {"order.totl", "issue UNKNOWN_FIELD 1:7"},
      {"order.total.unit", "issue UNKNOWN_FIELD 1:13"},
      {"order.id.x", "issue NOT_SELECTABLE 1:10"},
      {"order.id + 1", "issue NO_MATCHING_OVERLOAD 1:10"},
      {"count == 'a'", "issue NO_MATCHING_OVERLOAD 1:7"},
      {"count > 1.5", "issue NO_MATCHING_OVERLOAD 1:7"},
      {"count == null", "issue NO_MATCHING_OVERLOAD 1:7"},
      {"count && true", "issue TYPE_MISMATCH 1:1"},
      {"!count", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"count ? 1 : 2", "issue TYPE_MISMATCH 1:1"},
      {"flag ? 1 : 'a'", "issue NO_MATCHING_OVERLOAD 1:6"},
      {"order.lines.exists(l, l.quantity)", "issue TYPE_MISMATCH 1:23"},
      {"count.exists(l, true)", "issue TYPE_MISMATCH 1:1"},
      {"siz(note)", "issue UNKNOWN_FUNCTION 1:1"},
      {"note.startWith('a')", "issue UNKNOWN_FUNCTION 1:6"},
      {"note.startsWith(1)", "issue NO_MATCHING_OVERLOAD 1:6"},
      {"startsWith(note, 'a')", "issue NO_MATCHING_OVERLOAD 1:1"},
      {"Mony{}", "issue UNKNOWN_MESSAGE 1:1"},
      {"Money{unit: 1}", "issue UNKNOWN_FIELD 1:7"},
      {"Money{units: 'a'}", "issue TYPE_MISMATCH 1:14"},
      {"Money{units: 1, units: 2}", "issue DUPLICATE_FIELD 1:17"},
      {"has(order.x)", "issue UNKNOWN_FIELD 1:11"},
      {"has(nothing)", "issue UNKNOWN_NAME 1:5"},
      {"note.matches('[')", "issue INVALID_REGEX 1:14"},
      {"'a' in 'b'", "issue NO_MATCHING_OVERLOAD 1:5"},
      {"order.lines['a']", "issue NO_MATCHING_OVERLOAD 1:12"},
      {"scores[1]", "issue NO_MATCHING_OVERLOAD 1:7"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(*environment, test.text, input), test.outcome) << test.text;
  }
}

// All type errors of one text together, each once.
TEST(CheckerTest, AllErrorsAtOnce) {
  const CompileResult compiled =
      Shop()->Compile("order.totl > 5 &&\n  customr.tier == 1 &&\n  note + 1 == note");
  ASSERT_EQ(compiled.issues.size(), 3u);
  EXPECT_EQ(compiled.issues[0].line, 1);
  EXPECT_EQ(compiled.issues[1].line, 2);
  EXPECT_EQ(compiled.issues[1].column, 3);
  EXPECT_EQ(compiled.issues[2].line, 3);
}

TEST(CheckerTest, Suggestions) {
  const auto environment = Shop();
  const Case cases[] = {
      {"order.totl", "did you mean 'total'?"},
      {"custmer.tier", "did you mean 'customer'?"},
      {"note.startWith('a')", "did you mean 'startsWith'?"},
      {"Money{unit: 1}", "did you mean 'units'?"},
      {"[1].exists(item, itm > 0)", "did you mean 'item'?"},
  };
  for (const Case& test : cases) {
    const CompileResult compiled = environment->Compile(test.text);
    ASSERT_FALSE(compiled.issues.empty()) << test.text;
    EXPECT_THAT(compiled.issues[0].message, HasSubstr(test.outcome)) << test.text;
  }
  // Nothing that is far from everything.
  EXPECT_THAT(environment->Compile("zzzzzzzz").issues[0].message,
              ::testing::Not(HasSubstr("did you mean")));
}

TEST(CheckerTest, ExpectedType) {
  const auto environment = Shop();
  CompileOptions options;
  options.expected_type = Type::Bool();
  EXPECT_TRUE(environment->Compile("count > 1", options).ok());
  EXPECT_TRUE(environment->Compile("extra.flag", options).ok());
  const CompileResult compiled = environment->Compile("count", options);
  ASSERT_EQ(compiled.issues.size(), 1u);
  EXPECT_EQ(compiled.issues[0].code, "TYPE_MISMATCH");
}

TEST(CheckerTest, UncheckedFailsWhenItRuns) {
  const auto environment = Shop();
  CompileOptions options;
  options.check = false;
  Scratch scratch;
  const Input input = GoldOrder();
  const struct {
    const char* text;
    const char* outcome;
  } cases[] = {
      {"count == 'a'", "false"},
      {"count + 'a'", "error NO_MATCHING_OVERLOAD"},
      {"order.total.units > 10000.5", "true"},
      {"nothing", "error UNKNOWN_NAME"},
      {"order.nothing", "error NO_SUCH_FIELD"},
      {"nothing(1)", "error UNKNOWN_FUNCTION"},
      {"size(1)", "error NO_MATCHING_OVERLOAD"},
      {"order.lines.map(l, l.quantity)", "[1, 2, 3]"},
      {"note.matches('[')", "error INVALID_REGEX"},
      {"Nothing{}", "error UNKNOWN_MESSAGE"},
      {"customer.tier == TIER_GOLD && has(order.total)", "true"},
  };
  for (const auto& test : cases) {
    const CompileResult compiled = environment->Compile(test.text, options);
    ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
    const EvalResult result = compiled.program->Evaluate(input, scratch);
    EXPECT_EQ(result.ok() ? ToText(result.value()) : "error " + std::string(result.reason()),
              test.outcome)
        << test.text;
  }
}

TEST(CheckerTest, AlwaysFailingPartsAreWarnings) {
  const CompileResult compiled = Shop()->Compile("flag || 1 / 0 > 1");
  ASSERT_TRUE(compiled.ok());
  ASSERT_EQ(compiled.issues.size(), 1u);
  EXPECT_EQ(compiled.issues[0].severity, Severity::kWarning);
  EXPECT_EQ(compiled.issues[0].code, "CONSTANT_ERROR");
  EXPECT_EQ(compiled.issues[0].column, 11);
}

TEST(CheckerTest, Containers) {
  EnvironmentBuilder builder;
  builder.SetContainer("a.b")
      .AddVariable("a.b.x", Type::Int())
      .AddVariable("a.x", Type::String())
      .AddVariable("x", Type::Bool())
      .AddVariable("y", Type::Bool());
  const auto environment = BuildOrDie(builder);
  const Case cases[] = {
      {"x", "int"}, {"a.x", "string"}, {".x", "bool"}, {".a.x", "string"}, {"y", "bool"}};
  for (const Case& test : cases) {
    const AstResult checked = environment->Check(test.text);
    ASSERT_TRUE(checked.ok()) << test.text << FormatIssues(checked.issues);
    EXPECT_EQ(checked.ast->root().type().ToString(), test.outcome) << test.text;
  }
}

TEST(EnvironmentBuilderTest, RefusesInvalidDeclarations) {
  const auto fails = [](const std::function<void(EnvironmentBuilder&)>& change) {
    EnvironmentBuilder builder;
    change(builder);
    const auto built = builder.Build();
    EXPECT_FALSE(built.ok());
    return built.ok() ? "" : std::string(built.status().message());
  };
  EXPECT_THAT(fails([](auto& b) { b.AddVariable("1x", Type::Int()); }), HasSubstr("1x"));
  EXPECT_THAT(fails([](auto& b) { b.AddVariable("a.", Type::Int()); }), HasSubstr("no name"));
  EXPECT_THAT(fails([](auto& b) { b.AddVariable("x", Type::Int()).AddVariable("x", Type::Int()); }),
              HasSubstr("twice"));
  EXPECT_THAT(fails([](auto& b) { b.SetRootMessage(nullptr); }), HasSubstr("null"));
  EXPECT_THAT(fails([](auto& b) { b.SetDescriptorPool(nullptr); }), HasSubstr("null"));
  google::protobuf::DescriptorPool empty;
  EXPECT_THAT(
      fails([&](auto& b) { b.SetDescriptorPool(&empty).SetRootMessage(Input::descriptor()); }),
      HasSubstr("not in the pool"));
  EXPECT_THAT(fails([](auto& b) { b.SetContainer("a..b"); }), HasSubstr("a..b"));
  EXPECT_THAT(fails([](auto& b) { b.AddFunction("f", FunctionOverload()); }), HasSubstr("no id"));
  FunctionOverload overload;
  overload.id = "f1";
  overload.parameters = {Type::Int()};
  EXPECT_THAT(fails([&](auto& b) { b.AddFunction("_+_", overload); }), HasSubstr("_+_"));
  EXPECT_THAT(fails([&](auto& b) { b.AddFunction("has", overload); }), HasSubstr("has"));
  EXPECT_THAT(fails([&](auto& b) { b.AddFunction("f", overload).AddFunction("f", overload); }),
              HasSubstr("used twice"));
  FunctionOverload same = overload;
  same.id = "f2";
  same.parameters = {Type::Dyn()};
  EXPECT_THAT(fails([&](auto& b) { b.AddFunction("f", overload).AddFunction("f", same); }),
              HasSubstr("overlaps"));
  FunctionOverload size = overload;
  size.id = "my_size";
  size.parameters = {Type::String()};
  EXPECT_THAT(fails([&](auto& b) { b.AddFunction("size", size); }), HasSubstr("overlaps"));
}

// Nothing is known of a variable whose type is a type parameter: it is dyn, also inside a list or map.
TEST(CheckerTest, ATypeParameterOfAVariableIsDyn) {
  EnvironmentBuilder builder;
  builder.AddVariable("x", Type::Parameter("T"))
      .AddVariable("xs", Type::List(Type::Parameter("T")))
      .AddVariable("m", Type::Map(Type::String(), Type::Parameter("U")));
  const auto environment = BuildOrDie(builder);
  for (const char* text : {"x == 1", "x + 'a' == 'b'", "x.size() > 0", "xs[0] == 1 && xs[1] == 'a'",
                           "m.a == 1 || m.b == 'x'", "[x, 1, 'a'].size() == 3", "x ? 1 : 2",
                           "xs.all(e, e > 0)", "x == xs", "x.y.z == 1"}) {
    const CompileResult compiled = environment->Compile(text);
    EXPECT_TRUE(compiled.ok()) << text << "\n" << FormatIssues(compiled.issues);
  }
  EXPECT_EQ(CompileOrDie(*environment, "x")->result_type(), Type::Dyn());
  EXPECT_EQ(CompileOrDie(*environment, "xs")->result_type(), Type::List(Type::Dyn()));
  Activation activation(environment);
  ASSERT_TRUE(activation.Set("x", Value::Int(1)).ok());
  Scratch scratch;
  EXPECT_EQ(CompileOrDie(*environment, "x == 1 && x != 'a'")->EvaluateBool(activation, scratch),
            BoolOutcome::kTrue);
}

// Opaque types with a dyn parameter compare as lists and optionals of dyn do.
TEST(CheckerTest, OpaqueTypesOfDynCompare) {
  EnvironmentBuilder builder;
  builder.AddOpaqueType("set")
      .AddVariable("ints", Type::Opaque("set", {Type::Int()}))
      .AddVariable("any", Type::Opaque("set", {Type::Dyn()}))
      .AddVariable("texts", Type::Opaque("set", {Type::String()}))
      .AddVariable("nested", Type::Opaque("set", {Type::List(Type::Int())}))
      .AddVariable("nested_any", Type::Opaque("set", {Type::List(Type::Dyn())}))
      .AddVariable("other", Type::Opaque("bag", {Type::Int()}))
      .AddOpaqueType("bag");
  FunctionOverload make;
  make.id = "set_of";
  make.parameters = {Type::List(Type::Parameter("T"))};
  make.result = Type::Opaque("set", {Type::Parameter("T")});
  builder.AddFunction("setOf", make);
  const auto environment = BuildOrDie(builder);
  for (const char* text :
       {"ints == any", "any == ints", "any != texts", "nested == nested_any", "ints in [any]",
        "[ints, any].size() == 2", "true ? ints == any : false", "setOf([1]) == setOf([dyn(1)])",
        "setOf([dyn(1)]) == setOf([1])", "setOf([]) == ints", "setOf([1, 'a']) == texts",
        "optional.of(ints) == optional.of(any)", "[ints] == [any]"}) {
    const CompileResult compiled = environment->Compile(text);
    EXPECT_TRUE(compiled.ok()) << text << "\n" << FormatIssues(compiled.issues);
  }
  for (const char* text :
       {"ints == texts", "ints == other", "setOf([1]) == setOf(['a'])", "nested == ints"}) {
    EXPECT_FALSE(environment->Compile(text).ok()) << text;
  }
}

}  // namespace
}  // namespace frontdesk::cel::testing
