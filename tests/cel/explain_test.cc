// Taking programs apart: conjuncts, references, explanations.
#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

using ::testing::ElementsAre;

TEST(ConjunctsTest, FlattenedInOrder) {
  const auto environment = Shop(/*accessors=*/true);
  const auto program = CompileOrDie(
      *environment,
      "order.total.units > 10000 && ((customer.tier == TIER_GOLD) && (flag && count > 5))");
  std::vector<std::string> texts;
  std::vector<BoolOutcome> outcomes;
  Scratch scratch;
  const Input input = GoldOrder();
  for (const Program& conjunct : program->conjuncts()) {
    texts.emplace_back(conjunct.text());
    outcomes.push_back(conjunct.EvaluateBool(input, scratch));
    EXPECT_EQ(conjunct.conjuncts().size(), 1u);
    EXPECT_EQ(conjunct.source(), program->text());
  }
  EXPECT_THAT(texts, ElementsAre("order.total.units > 10000", "customer.tier == TIER_GOLD", "flag",
                                 "count > 5"));
  EXPECT_THAT(outcomes, ElementsAre(BoolOutcome::kTrue, BoolOutcome::kTrue, BoolOutcome::kTrue,
                                    BoolOutcome::kFalse));
}

TEST(ConjunctsTest, OneTermIsTheProgramItself) {
  const auto environment = Shop();
  for (const char* text : {"flag || count > 5", "flag", "true", "true && true"}) {
    const auto program = CompileOrDie(*environment, text);
    ASSERT_EQ(program->conjuncts().size(), 1u) << text;
    Scratch scratch;
    EXPECT_EQ(program->conjuncts()[0].EvaluateBool(GoldOrder(), scratch), BoolOutcome::kTrue);
  }
}

TEST(ConjunctsTest, ErrorsKeepTheirPlaceInTheWhole) {
  const auto environment = Shop();
  const auto program = CompileOrDie(*environment, "flag && 1 / (count - 3) == 1");
  Scratch scratch;
  const Program& second = program->conjuncts()[1];
  const EvalResult result = second.Evaluate(GoldOrder(), scratch);
  EXPECT_EQ(result.issue().column, 11);
}

// The parts of a comparison for a rule: the path, the operator, the constant.
TEST(AstTest, ComparisonOfAPathWithAConstant) {
  const auto environment = Shop();
  const auto program = CompileOrDie(
      *environment,
      "order.total.units > 10000 && customer.tier in [TIER_SILVER, TIER_GOLD] && "
      "!has(customer.age) && now - order.delivered_time < duration('720h') && has(order)");
  const auto conjuncts = program->conjuncts();
  ASSERT_EQ(conjuncts.size(), 5u);
  const Expr compare = conjuncts[0].expr();
  EXPECT_EQ(compare.op(), Operator::kGreater);
  EXPECT_TRUE(compare.child(0).is_path());
  EXPECT_EQ(compare.child(0).path(), "order.total.units");
  EXPECT_EQ(compare.child(0).field(), Money::descriptor()->FindFieldByName("units"));
  EXPECT_EQ(compare.child(0).type(), Type::Int());
  ASSERT_NE(compare.child(1).constant(), nullptr);
  EXPECT_EQ(compare.child(1).constant()->int_value(), 10000);
  const Expr in = conjuncts[1].expr();
  EXPECT_EQ(in.op(), Operator::kIn);
  ASSERT_NE(in.child(1).constant(), nullptr);
  EXPECT_EQ(ToText(*in.child(1).constant()), "[1, 2]");
  EXPECT_EQ(in.child(1).child(1).name(), "frontdesk.cel.testing.TIER_GOLD");
  EXPECT_EQ(in.child(1).child(1).reference(), ReferenceKind::kConstant);
  const Expr negation = conjuncts[2].expr();
  EXPECT_EQ(negation.op(), Operator::kNot);
  EXPECT_EQ(negation.child(0).kind(), ExprKind::kHas);
  EXPECT_EQ(negation.child(0).path(), "customer.age");
  EXPECT_EQ(negation.child(0).field()->name(), "age");
  const Expr time = conjuncts[3].expr();
  EXPECT_EQ(time.child(0).op(), Operator::kSubtract);
  EXPECT_EQ(ToText(*time.child(1).constant()), "duration(\"2592000s\")");
  EXPECT_EQ(conjuncts[4].expr().path(), "order");
}

TEST(ReferencesTest, FieldsAndFunctionsOnce) {
  const auto environment = Shop();
  const auto program = CompileOrDie(
      *environment,
      "order.total.units > 5 && size(order.lines) > 0 && order.lines.exists(l, l.product == note) "
      "&& has(customer.age) && order.total.units < 9 && customer.attributes['a'] == note");
  std::vector<std::string> fields, functions;
  for (const FieldReference& field : program->references().fields) fields.push_back(field.path);
  for (const FunctionReference& function : program->references().functions) {
    functions.push_back(function.name);
  }
  EXPECT_THAT(fields, ElementsAre("order.total.units", "order.lines", "l.product", "note",
                                  "customer.age", "customer.attributes"));
  EXPECT_THAT(functions, ElementsAre("_&&_", "_>_", "size", "_==_", "_<_", "_[_]"));
  EXPECT_EQ(program->references().fields[2].field, Line::descriptor()->FindFieldByName("product"));
}

TEST(ReferencesTest, VariablesAndOrigins) {
  const auto environment = Shop();
  const auto program = CompileOrDie(
      *environment,
      "has(note) && order.lines.exists(l, l.product == note && l.price.units > count) && "
      "customer.attributes.all(k, v, k != v) && cel.bind(m, order.total, m.units > 1) && "
      "order.lines_by_number[1].quantity > 0 && [1].all(x, x > 0 && flag)");
  std::vector<std::string> variables;
  for (const VariableReference& variable : program->references().variables) {
    variables.push_back(absl::StrCat(variable.name, ": ", variable.type.ToString()));
  }
  EXPECT_THAT(variables,
              ElementsAre("note: string", "order: frontdesk.cel.testing.Order", "count: int",
                          "customer: frontdesk.cel.testing.Customer", "flag: bool"));
  std::vector<std::string> origins;
  for (const FieldReference& field : program->references().fields) {
    origins.push_back(absl::StrCat(field.path, " = ", field.origin));
  }
  EXPECT_THAT(
      origins,
      ElementsAre("note = note", "order.lines = order.lines", "l.product = order.lines[].product",
                  "l.price.units = order.lines[].price.units", "count = count",
                  "customer.attributes = customer.attributes", "k = customer.attributes{}",
                  "v = customer.attributes[]", "order.total = order.total",
                  "m.units = order.total.units", "order.lines_by_number = order.lines_by_number",
                  "x = ", "flag = flag"));
}

TEST(ReferencesTest, VariablesOfActivations) {
  EnvironmentBuilder builder;
  builder.AddVariable("request.user", Type::String()).AddVariable("limit", Type::Int());
  const auto program =
      CompileOrDie(*BuildOrDie(builder), "request.user == 'a' && limit < 3 && limit > 1");
  std::vector<std::string> variables;
  for (const VariableReference& variable : program->references().variables) {
    variables.push_back(absl::StrCat(variable.name, ": ", variable.type.ToString(), " at ",
                                     variable.expr.range().begin));
  }
  EXPECT_THAT(variables, ElementsAre("request.user: string at 0", "limit: int at 23"));
}

std::vector<std::string> ReadTexts(const Explanation& explanation) {
  std::vector<std::string> out;
  for (const Read& read : explanation.reads) out.push_back(read.path + "=" + ToText(read.value));
  return out;
}

TEST(ExplainTest, ReadsAndSteps) {
  const auto environment = Shop(/*accessors=*/true);
  const auto program = CompileOrDie(
      *environment, "order.total.units > 10000 && customer.tier == TIER_GOLD && note.size() == 4");
  Scratch scratch;
  const Input input = GoldOrder();
  const Explanation explanation = program->Explain(input, scratch);
  EXPECT_EQ(ToText(explanation.value), "false");
  EXPECT_THAT(ReadTexts(explanation),
              ElementsAre("order.total.units=12500", "customer.tier=2", "note=\"hello\""));
  EXPECT_EQ(explanation.reads.at(1).field, Customer::descriptor()->FindFieldByName("tier"));
  std::vector<std::string> steps;
  for (const Step& step : explanation.steps) {
    steps.push_back(std::string(step.expr.text()) + " -> " + ToText(step.value));
  }
  EXPECT_THAT(
      steps,
      ElementsAre("order.total.units -> 12500", "order.total.units > 10000 -> true",
                  "customer.tier -> 2", "customer.tier == TIER_GOLD -> true", "note -> \"hello\"",
                  "note.size() -> 5", "note.size() == 4 -> false",
                  "order.total.units > 10000 && customer.tier == TIER_GOLD && note.size() == 4 -> "
                  "false"));
  EXPECT_FALSE(explanation.truncated);
}

TEST(ExplainTest, ElementsHaveTheirPlace) {
  const auto environment = Shop();
  const Input input = GoldOrder();
  Scratch scratch;
  auto program = CompileOrDie(*environment, "order.lines.exists(l, l.price.units == 200)");
  EXPECT_THAT(ReadTexts(program->Explain(input, scratch)),
              ::testing::IsSupersetOf({std::string("order.lines[0].price.units=100"),
                                       std::string("order.lines[1].price.units=200")}));
  program = CompileOrDie(*environment, "order.lines[1].quantity == 2");
  EXPECT_THAT(ReadTexts(program->Explain(input, scratch)),
              ElementsAre("order.lines[1].quantity=2"));
  program = CompileOrDie(*environment, "customer.attributes['color'] == 'blue'");
  EXPECT_THAT(ReadTexts(program->Explain(input, scratch)),
              ElementsAre("customer.attributes[\"color\"]=\"blue\""));
  program = CompileOrDie(*environment, "customer.attributes.exists(k, v, v == 'M')");
  EXPECT_THAT(ReadTexts(program->Explain(input, scratch)),
              ::testing::Contains("customer.attributes[\"size\"]=\"M\""));
  program = CompileOrDie(*environment, "cel.bind(m, order.total, m.units > 1 && m.units < 2)");
  EXPECT_THAT(ReadTexts(program->Explain(input, scratch)),
              ::testing::Contains("order.total.units=12500"));
}

TEST(ExplainTest, ConjunctsAndErrors) {
  const auto environment = Shop();
  const Input input = GoldOrder();
  Scratch scratch;
  const auto program = CompileOrDie(*environment, "flag && 10 / (count - 3) == 1 && note == ''");
  const Explanation whole = program->Explain(input, scratch);
  EXPECT_EQ(ToText(whole.value), "false");
  const Explanation part = program->conjuncts()[1].Explain(input, scratch);
  EXPECT_EQ(part.value.error_reason(), "DIVISION_BY_ZERO");
  EXPECT_THAT(ReadTexts(part), ElementsAre("count=3"));
  EXPECT_EQ(program->ErrorIssue(part.value).column, 12);
}

TEST(ExplainTest, SaysWhatWasLeftOut) {
  const auto environment = Shop();
  const auto skipped = [&](const char* text, const Input& input) {
    const auto program = CompileOrDie(*environment, text);
    Scratch scratch;
    std::vector<std::string> out;
    for (const Expr& expr : program->Explain(input, scratch).skipped) {
      out.emplace_back(expr.text());
    }
    return out;
  };
  const Input gold = GoldOrder();
  EXPECT_THAT(skipped("flag && count > 5 && note == 'a' && order.total.units > 1", gold),
              ElementsAre("note == 'a'", "order.total.units > 1"));
  EXPECT_THAT(skipped("flag || count > 5", gold), ElementsAre("count > 5"));
  EXPECT_THAT(skipped("flag ? note : customer.id + note", gold), ElementsAre("customer.id + note"));
  EXPECT_THAT(skipped("1 / (count - 3) > 0 && note + 'b' == ''", gold), ElementsAre());
  EXPECT_THAT(skipped("1 / (count - 3) + size(note) > 0", gold), ElementsAre("size(note)"));
  EXPECT_THAT(skipped("order.lines.all(l, l.quantity > 0 && l.product == note)", Input()),
              ElementsAre("l.quantity > 0 && l.product == note"));
  // A part that some element needed was not left out.
  EXPECT_THAT(skipped("order.lines.exists(l, l.quantity == 2 && l.product == note)", gold),
              ElementsAre());
  EXPECT_THAT(skipped("optional.of(count).orValue(small == 4u ? 1 : 2) == 3", gold),
              ElementsAre("small == 4u ? 1 : 2"));
  EXPECT_THAT(skipped("true || flag", gold), ElementsAre("flag"));
}

TEST(ExplainTest, Bounded) {
  const auto environment = Shop();
  Input input;
  for (int i = 0; i < 1000; ++i) input.mutable_order()->add_lines()->set_quantity(i);
  const auto program = CompileOrDie(*environment, "order.lines.all(l, l.quantity >= 0)");
  Scratch scratch;
  ExplainOptions options;
  options.max_reads = 10;
  options.max_steps = 20;
  const Explanation explanation = program->Explain(input, scratch, options);
  EXPECT_LE(explanation.reads.size(), 10u);
  EXPECT_LE(explanation.steps.size(), 20u);
  EXPECT_TRUE(explanation.truncated);
  EXPECT_EQ(ToText(explanation.value), "true");
}

}  // namespace
}  // namespace frontdesk::cel::testing
