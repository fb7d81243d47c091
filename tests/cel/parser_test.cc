// Text to tree: precedence, literals, ranges.
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

std::string Tree(absl::string_view text) {
  static const auto environment = Bare();
  const AstResult parsed = environment->Parse(text);
  if (!parsed.ok()) return parsed.issues.empty() ? "no issue" : parsed.issues.at(0).code;
  return ToDebugString(parsed.ast->root());
}

TEST(ParserTest, Trees) {
  const Case cases[] = {
      {"1 + 2 * 3", "_+_(1, _*_(2, 3))"},
      {"(1 + 2) * 3", "_*_(_+_(1, 2), 3)"},
      {"a - b - c", "_-_(_-_(a, b), c)"},
      {"a || b && c || d", "_||_(a, _&&_(b, c), d)"},
      {"a && (b && c)", "_&&_(a, _&&_(b, c))"},
      {"a < b == c", "_==_(_<_(a, b), c)"},
      {"a in b", "@in(a, b)"},
      {"a ? b : c ? d : e", "_?_:_(a, b, _?_:_(c, d, e))"},
      {"!a", "!_(a)"},
      {"!!a", "!_(!_(a))"},
      {"-a", "-_(a)"},
      {"--1", "-_(-1)"},
      {"-1.5", "-1.5"},
      {"- 5", "-5"},
      {"-a.b", "-_(a.b)"},
      {"-1.f()", "-1.f()"},
      {"a.b.c", "a.b.c"},
      {".a.b", "a.b"},
      {"a[1][2]", "_[_](_[_](a, 1), 2)"},
      {"a.f(b, c)", "a.f(b, c)"},
      {"f(a)", "f(a)"},
      {"[1, 2,]", "[1, 2]"},
      {"{'a': 1, 'b': 2,}", "{\"a\": 1, \"b\": 2}"},
      {"a.B{c: 1, d: 2,}", "a.B{c: 1, d: 2}"},
      {"A{}", "A{}"},
      {"has(a.b)", "has(a.b)"},
      {"a.all(x, x)", "a.all(x, x)"},
      {"a.map(x, y, z)", "a.map(x, y, z)"},
      {"a.exists(i, v, i)", "a.exists(i, v, i)"},
      {"cel.bind(x, 1, x)", "1.bind(x, x)"},
      {"a.?b", "_?._(a, b)"},
      {"a[?0]", "_[?_](a, 0)"},
      {"a.`b c`", "a.b c"},
      {"a.package", "a.package"},
      {"a // comment\n + b", "_+_(a, b)"},
      {"import{}", "import{}"},
      {".package.x{a: 1}", "package.x{a: 1}"},
      {"namespace.package.A{}", "namespace.package.A{}"},
      {"!-42", "!_(-42)"},
      {"!!-.2[0]", "!_(!_(_[_](-0.2, 0)))"},
      {"9in-x", "@in(9, -_(x))"},
      {"0x1F", "31"},
      {"0xFFFFFFFFFFFFFFFFu", "18446744073709551615u"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"-0x8000000000000000", "-9223372036854775808"},
      {".5e3", "500.0"},
      {"1e3", "1000.0"},
      {"r'\\d'", "\"\\\\d\""},
      {"'a\\u00e9\\U0001F600\\x41\\101'", "\"a\u00e9\U0001F600AA\""},
      {"b'\\xff\\377a'", "b\"\\xff\\xffa\""},
      {"'''a\n'b'''", "\"a\\n'b\""},
      {"\"\"\"\"x\"\"\"", "\"\\\"x\""},
      {"true", "true"},
      {"null", "null"},
  };
  for (const Case& test : cases) EXPECT_EQ(Tree(test.text), test.outcome) << test.text;
}

TEST(ParserTest, Broken) {
  const Case cases[] = {
      {"", "SYNTAX_ERROR"},
      {"1 +", "SYNTAX_ERROR"},
      {"(1", "SYNTAX_ERROR"},
      {"1 2", "SYNTAX_ERROR"},
      {"a.", "SYNTAX_ERROR"},
      {"a.1", "SYNTAX_ERROR"},
      {"[1,,2]", "SYNTAX_ERROR"},
      {"{1}", "SYNTAX_ERROR"},
      {"a{1: 2}", "SYNTAX_ERROR"},
      {"(a){b: 1}", "SYNTAX_ERROR"},
      {"a ? b", "SYNTAX_ERROR"},
      {"!-a", "SYNTAX_ERROR"},
      {"in", "SYNTAX_ERROR"},
      {"a = b", "INVALID_CHARACTER"},
      {"a & b", "INVALID_CHARACTER"},
      {"a | b", "INVALID_CHARACTER"},
      {"a # b", "INVALID_CHARACTER"},
      {"'abc", "UNTERMINATED_STRING"},
      {"'a\nb'", "UNTERMINATED_STRING"},
      {"'''abc''", "UNTERMINATED_STRING"},
      {"'\\", "UNTERMINATED_STRING"},
      {"a.`b", "UNTERMINATED_STRING"},
      {"'\\q'", "INVALID_ESCAPE"},
      {"'\\ud800'", "INVALID_ESCAPE"},
      {"'\\U00110000'", "INVALID_ESCAPE"},
      {"'\\x4'", "INVALID_ESCAPE"},
      {"b'\\u0041'", "INVALID_ESCAPE"},
      {"9223372036854775808", "INVALID_NUMBER"},
      {"-9223372036854775809", "INVALID_NUMBER"},
      {"18446744073709551616u", "INVALID_NUMBER"},
      {"1e999", "INVALID_NUMBER"},
      {"12abc", "INVALID_NUMBER"},
      {"12in_", "INVALID_NUMBER"},
      {"for + 1", "RESERVED_WORD"},
      {"package.x", "RESERVED_WORD"},
      {"package.x()", "RESERVED_WORD"},
      {"import()", "RESERVED_WORD"},
      {"import.true{}", "RESERVED_WORD"},
      {".import", "SYNTAX_ERROR"},
      {"!-x", "SYNTAX_ERROR"},
      {"has(a)", "MACRO_ARGUMENT"},
      {"has(a.f())", "MACRO_ARGUMENT"},
      {"a.all(1, true)", "MACRO_ARGUMENT"},
      {"a.all(b.c, true)", "MACRO_ARGUMENT"},
      {"a.all(x, x, true)", "MACRO_ARGUMENT"},
      {"cel.bind(a.b, 1, 2)", "MACRO_ARGUMENT"},
      {"'\xff'", "INVALID_UTF8"},
  };
  for (const Case& test : cases) EXPECT_EQ(Tree(test.text), test.outcome) << test.text;
}

// Several errors of one text are reported together, in order.
TEST(ParserTest, GoesOnBehindErrors) {
  const AstResult parsed = Bare()->Parse("f(1 +, [2 3], g(4 4), 'a\\q')");
  ASSERT_EQ(parsed.issues.size(), 4u);
  std::vector<int> columns;
  for (const Issue& issue : parsed.issues) columns.push_back(issue.column);
  EXPECT_THAT(columns, ::testing::ElementsAre(6, 11, 19, 25));
}

TEST(ParserTest, RangesAreTheText) {
  const AstResult parsed = Bare()->Parse("  (a + b) * f( c ) && !(d) ");
  ASSERT_TRUE(parsed.ok());
  const Expr root = parsed.ast->root();
  EXPECT_EQ(root.text(), "(a + b) * f( c ) && !(d)");
  EXPECT_EQ(root.child(0).text(), "(a + b) * f( c )");
  EXPECT_EQ(root.child(0).child(0).text(), "a + b");
  EXPECT_EQ(root.child(0).child(1).text(), "f( c )");
  EXPECT_EQ(root.child(1).text(), "!(d)");
  EXPECT_FALSE(parsed.ast->checked());
  EXPECT_FALSE(root.child(7).valid());
}

TEST(ParserTest, MacrosCanBeOff) {
  CompileOptions options;
  options.macros = false;
  const AstResult parsed = Bare()->Parse("has(a) && b.all(x, x)", options);
  ASSERT_TRUE(parsed.ok()) << FormatIssues(parsed.issues);
  EXPECT_EQ(ToDebugString(parsed.ast->root()), "_&&_(has(a), b.all(x, x))");
  EXPECT_EQ(parsed.ast->root().child(0).kind(), ExprKind::kCall);
}

TEST(ParserTest, ExtensionsCanBeOff) {
  EnvironmentBuilder builder;
  builder.SetExtensions(kNoExtensions);
  const auto environment = BuildOrDie(builder);
  EXPECT_EQ(Outcome(environment, "[1][?0]"), "issue SYNTAX_ERROR 1:5");
  EXPECT_EQ(Outcome(environment, "'a'.trim()"), "issue UNKNOWN_FUNCTION 1:5");
  EXPECT_EQ(Outcome(environment, "'a'.size()"), "1");
  EXPECT_EQ(Outcome(environment, "optional.of(1)"), "issue UNKNOWN_NAME 1:1");
}

TEST(OperatorTest, OppositesAndMirrorsMeanWhatTheyShould) {
  const auto holds = [](Operator op, int a, int b) {
    switch (op) {
      case Operator::kEqual:
        return a == b;
      case Operator::kNotEqual:
        return a != b;
      case Operator::kLess:
        return a < b;
      case Operator::kLessOrEqual:
        return a <= b;
      case Operator::kGreater:
        return a > b;
      default:
        return a >= b;
    }
  };
  for (const Operator op :
       {Operator::kEqual, Operator::kNotEqual, Operator::kLess, Operator::kLessOrEqual,
        Operator::kGreater, Operator::kGreaterOrEqual}) {
    for (int a = 0; a < 3; ++a) {
      EXPECT_EQ(holds(Opposite(op), a, 1), !holds(op, a, 1)) << OperatorName(op) << a;
      EXPECT_EQ(holds(Mirrored(op), 1, a), holds(op, a, 1)) << OperatorName(op) << a;
    }
    const bool is_equality = op == Operator::kEqual || op == Operator::kNotEqual;
    EXPECT_EQ(IsEquality(op), is_equality) << OperatorName(op);
    EXPECT_EQ(IsOrder(op), !is_equality) << OperatorName(op);
  }
  EXPECT_EQ(Opposite(Operator::kAdd), Operator::kNone);
  EXPECT_FALSE(IsEquality(Operator::kIn) || IsOrder(Operator::kAdd) || IsOrder(Operator::kNone));
}

}  // namespace
}  // namespace frontdesk::cel::testing
