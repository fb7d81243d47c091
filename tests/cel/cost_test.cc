// The cost of an evaluation: estimated before, metered while it runs, and at the limit.
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

// The sizes of GoldOrder(), exactly.
SizeHints GoldHints() {
  SizeHints hints;
  hints.sizes = {{"order.lines", 3},
                 {"order.lines[].product", 2},
                 {"order.lines_by_number", 3},
                 {"order.points", 2},
                 {"order.tiers", 1},
                 {"order.signature", 2},
                 {"order.id", 2},
                 {"order.total.currency", 3},
                 {"customer.tags", 1},
                 {"customer.tags[]", 3},
                 {"customer.attributes", 2},
                 {"customer.attributes{}", 5},
                 {"customer.attributes[]", 4},
                 {"customer.email", 15},
                 {"note", 5}};
  return hints;
}

TEST(CostTest, WithoutSizesNothingIsBounded) {
  for (const char* text : {"note.matches('a')", "note.matches(order.id)", "note.format([1])",
                           "note.replace('a', 'b') == ''", "note.split(',') == []",
                           "note in customer.tags", "note + note == note"}) {
    const CostEstimate estimate = CompileOrDie(*Shop(), text)->EstimateCost(SizeHints());
    EXPECT_EQ(estimate.max, kUnboundedCost) << text;
    EXPECT_GE(estimate.min, 0) << text;
  }
}

// Where types are not checked, a call may turn out to be any function of its name.
TEST(CostTest, TheCostOfAnUncheckedProgramLiesWithinItsEstimate) {
  CompileOptions options;
  options.check = false;
  for (const char* text :
       {"string(now.getMinutes('No/Where'))", "now.getHours('Europe/Berlin') + 1",
        "string(now.getMinutes())", "string(now) + string(count)"}) {
    const CompileResult compiled = Shop()->Compile(text, options);
    ASSERT_TRUE(compiled.ok()) << text;
    Scratch scratch;
    const Input input = GoldOrder();
    static_cast<void>(compiled.program->Evaluate(input, scratch));
    EXPECT_LE(compiled.program->fixed_cost() + scratch.metered_cost(),
              compiled.program->EstimateCost(GoldHints()).max)
        << text;
  }
}

TEST(CostTest, TheCostLiesWithinTheEstimate) {
  const char* texts[] = {
      "1 + 1",
      "count",
      "flag",
      "count + 1 > 2 && flag",
      "order.total.units > 10000 && customer.tier == TIER_GOLD",
      "note + note + note == 'x'",
      "note == customer.email || note < order.id",
      "order.lines.all(l, l.quantity > 0)",
      "order.lines.exists(l, l.quantity == 9)",
      "order.lines.map(l, l.product + note).size() == 3",
      "order.lines.filter(l, l.product != note).map(l, l.product + l.product)",
      "order.lines.map(l, order.points.map(p, p * l.quantity))",
      "order.lines.all(l, order.lines.exists(m, m.quantity == l.quantity))",
      "customer.attributes.exists(k, v, v.contains(note) || k.startsWith(v))",
      "customer.attributes['color'].size() + order.lines_by_number[2].quantity",
      "customer.attributes.transformMap(k, v, v + k)",
      "order.lines.exists_one(l, l.product.matches('P[0-9]+'))",
      "note.matches(order.id)",
      "note.replace('l', note).split(note)",
      "[note, note].join(',').upperAscii().reverse()",
      "'%s and %d'.format([note, count])",
      "note in customer.tags || 'vip' in customer.tags || 7 in order.points",
      "note in ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'hello']",
      "cel.bind(twice, note + note, twice + twice)",
      "flag ? note + note : note",
      "!flag ? note + note : note",
      "now.getHours('Europe/Berlin') + now.getDate()",
      "{note: 1, customer.email: 2}[note]",
      "[1, 2, 3, 4].map(x, x + count).filter(x, x > 5)",
      "math.greatest(order.points)",
      "base64.encode(order.signature)",
      "string(count) + string(ratio) + string(now)",
      "int('12') + size(note) + size(order.lines)",
      "optional.of(note).orValue('x') + note",
  };
  for (const bool accessors : {false, true}) {
    const auto environment = Shop(accessors);
    for (const char* text : texts) {
      const auto program = CompileOrDie(*environment, text);
      ASSERT_NE(program, nullptr);
      const CostEstimate estimate = program->EstimateCost(GoldHints());
      Scratch scratch;
      const EvalResult result = program->Evaluate(GoldOrder(), scratch);
      EXPECT_TRUE(result.ok()) << text << ": " << result.status();
      const int64_t spent = program->fixed_cost() + scratch.metered_cost();
      EXPECT_LE(estimate.min, spent) << text;
      EXPECT_GE(estimate.max, spent) << text;
      EXPECT_TRUE(estimate.bounded()) << text;
      EXPECT_GE(scratch.metered_cost(), 0) << text;
    }
  }
}

TEST(CostTest, WithoutHintsOnlyWhatHasNoSizeIsBounded) {
  const auto environment = Shop();
  const auto estimate = [&](const char* text, const SizeHints& hints = {}) {
    return CompileOrDie(*environment, text)->EstimateCost(hints);
  };
  EXPECT_TRUE(estimate("order.total.units > 10000 && customer.tier == TIER_GOLD").bounded());
  EXPECT_TRUE(estimate("[1, 2, 3].all(x, x < count)").bounded());
  EXPECT_TRUE(estimate("now - order.delivered_time < duration('720h')").bounded());
  EXPECT_FALSE(estimate("order.lines.all(l, l.quantity > 0)").bounded());
  EXPECT_FALSE(estimate("note + 'a' == 'b'").bounded());
  EXPECT_FALSE(estimate("fact == fact").bounded());
  EXPECT_FALSE(estimate("facts.a.b == 'c'").bounded());
  SizeHints hints;
  hints.other = 10;
  EXPECT_TRUE(estimate("order.lines.all(l, l.quantity > 0)", hints).bounded());
  // Twice as many elements, about twice the cost; a nested loop four times.
  const char* nested = "order.lines.all(l, order.lines.all(m, m.quantity > l.quantity))";
  hints.other = 1000;
  const int64_t thousand = estimate(nested, hints).max;
  hints.other = 2000;
  EXPECT_GT(estimate(nested, hints).max, thousand * 7 / 2);
  EXPECT_LT(estimate(nested, hints).max, thousand * 9 / 2);
  // Too much to count is unbounded.
  hints.other = int64_t{1} << 40;
  EXPECT_FALSE(estimate(nested, hints).bounded());
}

TEST(CostTest, EstimatesOfConjunctsAreTheirOwn) {
  const auto program = CompileOrDie(*Shop(), "flag && order.lines.all(l, l.quantity > 0)");
  EXPECT_TRUE(program->conjuncts()[0].EstimateCost().bounded());
  EXPECT_FALSE(program->conjuncts()[1].EstimateCost().bounded());
}

// The position is that of the part where most of the cost was spent, not where it ran out.
TEST(CostTest, TheLimitNamesWhatIsExpensive) {
  EnvironmentBuilder builder;
  Prepare(builder);
  Limits limits;
  limits.max_cost = 2000;
  builder.SetLimits(limits);
  const auto environment = BuildOrDie(builder);
  Input input;
  for (int i = 0; i < 100; ++i) {
    input.mutable_order()->add_points(i);
    input.mutable_order()->add_lines()->set_product(std::string(50, 'a'));
  }
  input.set_note(std::string(100000, 'n'));
  const auto issue = [&](const char* text) {
    const auto program = CompileOrDie(*environment, text);
    Scratch scratch;
    const Issue found = program->Evaluate(input, scratch).issue();
    EXPECT_EQ(found.code, "LIMIT_COST") << text;
    return absl::StrCat(found.column, ": ", found.message);
  };
  // The outer loop, each of whose rounds is cheap.
  EXPECT_EQ(issue("flag || order.points.all(p, order.points.exists(q, q == p + 50 || q > 97))"),
            "22: the evaluation costs more than max_cost = 2000, most of it in "
            "'order.points.all(p, order.points.exists(q, q == p + 50 || q ...'");
  // One step that is expensive by itself, inside loops.
  EXPECT_EQ(issue("order.points.all(p, note.contains('x'))"),
            "26: the evaluation costs more than max_cost = 2000, most of it in "
            "'note.contains('x')'");
  EXPECT_EQ(issue("order.lines.map(l, l.product + l.product).size() == 3 || "
                  "[1, 2].exists(x, order.lines.map(l, note).size() + x == size(note))"),
            "114: the evaluation costs more than max_cost = 2000, most of it in 'size(note)'");
  // A fixed cost that is too high by itself.
  std::string sum = "count";
  for (int i = 0; i < 200; ++i) absl::StrAppend(&sum, " + count");
  const std::string lists = absl::StrCat("flag ? 1 : [", sum, ",", sum, ",", sum, ",", sum, ",",
                                         sum, ",", sum, "].size()");
  EXPECT_THAT(issue(lists.c_str()), ::testing::HasSubstr("most of it in '["));
}

// No other term makes up for an exceeded limit.
TEST(CostTest, NoTermAbsorbsALimit) {
  EnvironmentBuilder builder;
  Prepare(builder);
  Limits limits;
  limits.max_cost = 500;
  limits.max_comprehension_iterations = 100;
  builder.SetLimits(limits);
  const auto environment = BuildOrDie(builder);
  Input input = GoldOrder();
  for (int i = 0; i < 200; ++i) input.mutable_order()->add_points(i);
  input.set_note(std::string(100000, 'n'));
  const Case cases[] = {
      {"note.contains('x') || flag", "error LIMIT_COST 1:6"},
      {"flag || note.contains('x')", "true"},
      {"[1, 2].exists(x, note.contains('x') || x == 2)", "error LIMIT_COST 1:23"},
      {"[1, 2].all(x, x == 1 || (note.contains('x') && !flag))", "error LIMIT_COST 1:31"},
      {"order.points.map(p, p).size() > 0 || flag", "error LIMIT_COMPREHENSION_ITERATIONS 1:14"},
      {"!order.points.all(p, p >= 0) || flag", "error LIMIT_COMPREHENSION_ITERATIONS 1:15"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(*environment, test.text, input), test.outcome) << test.text;
  }
}

TEST(CostTest, StatusIsResourceExhausted) {
  EnvironmentBuilder builder;
  Prepare(builder);
  Limits limits;
  limits.max_cost = 10;
  builder.SetLimits(limits);
  const auto program =
      CompileOrDie(*BuildOrDie(builder), "order.lines.all(l, l.quantity > 0 && l.price.units > 0)");
  Scratch scratch;
  EXPECT_EQ(program->Evaluate(GoldOrder(), scratch).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(program->EvaluateBool(GoldOrder(), scratch), BoolOutcome::kError);
  EXPECT_EQ(program->LastError(scratch).reason(), "LIMIT_COST");
}

}  // namespace
}  // namespace frontdesk::cel::testing
