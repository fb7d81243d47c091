// The cost of any program is never above its estimate. A limit that is passed ends the evaluation, and it is passed by one
// step at most.
#include <random>

#include "absl/strings/match.h"
#include "cel/random_programs.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

constexpr int kPrograms = 8000;

std::shared_ptr<const Environment> WithCost(int64_t max_cost, bool accessors) {
  EnvironmentBuilder builder;
  Prepare(builder);
  Limits limits;
  limits.max_cost = max_cost;
  builder.SetLimits(limits);
  if (accessors) builder.AddAccessors(ShopAccessors());
  return BuildOrDie(builder);
}

// A seed of this run, printed so that a failure can be repeated.
uint64_t Seed() {
  static const uint64_t seed = [] {
    const uint64_t made = std::random_device()();
    std::cout << "seed " << made << "\n";
    return made;
  }();
  return seed;
}

TEST(CostPropertyTest, NoProgramCostsMoreThanItsEstimate) {
  const auto environment = WithCost(1000000, true);
  int bounded = 0, failed = 0;
  for (int i = 0; i < kPrograms; ++i) {
    const uint64_t seed = Seed() + static_cast<uint64_t>(i);
    const RandomProgram random = MakeRandomProgram(seed);
    const CompileResult compiled = environment->Compile(random.text);
    if (!compiled.ok()) continue;
    Scratch scratch;
    const EvalResult result = compiled.program->Evaluate(random.input, scratch);
    const int64_t spent = compiled.program->fixed_cost() + scratch.metered_cost();
    const CostEstimate estimate = compiled.program->EstimateCost(SizesOf(random.input).hints());
    bounded += estimate.bounded();
    failed += !result.ok();
    ASSERT_LE(spent, estimate.max) << "seed " << seed << "\n"
                                   << random.text << "\n"
                                   << result.status() << "\n"
                                   << random.input.ShortDebugString();
    ASSERT_GE(spent, estimate.min) << "seed " << seed << "\n" << random.text;
  }
  // Otherwise the test would say little.
  EXPECT_GT(bounded, kPrograms / 4);
  EXPECT_GT(failed, kPrograms / 50);
}

TEST(CostPropertyTest, ALimitThatIsPassedEndsTheEvaluation) {
  const auto unlimited = WithCost(1000000, true);
  int ended = 0;
  for (int i = 0; i < kPrograms / 4; ++i) {
    const uint64_t seed = Seed() + static_cast<uint64_t>(i);
    const RandomProgram random = MakeRandomProgram(seed);
    const CompileResult compiled = unlimited->Compile(random.text);
    if (!compiled.ok()) continue;
    Scratch scratch;
    const EvalResult whole = compiled.program->Evaluate(random.input, scratch);
    const std::string reason(whole.reason());
    if (absl::StartsWith(reason, "LIMIT_")) continue;
    const int64_t spent = compiled.program->fixed_cost() + scratch.metered_cost();
    const int64_t metered = scratch.metered_cost();
    if (metered < 1) continue;
    // One unit too few, half of the metered units, none of them.
    for (const int64_t limit : {spent - 1, spent - 1 - metered / 2, spent - metered}) {
      Budget budget{limit};
      scratch.SetBudget(&budget);
      const EvalResult cut = compiled.program->Evaluate(random.input, scratch);
      EXPECT_EQ(cut.reason(), "LIMIT_BUDGET") << "seed " << seed << "\n" << random.text;
      EXPECT_EQ(budget.left, 0);
      // A step is at most as expensive as the input is large, or a regular expression to compile.
      const int64_t step = 200000 + static_cast<int64_t>(random.input.ByteSizeLong()) * 100;
      EXPECT_LE(compiled.program->fixed_cost() + scratch.metered_cost(), limit + step) << seed;
      budget.left = limit;
      EXPECT_EQ(compiled.program->EvaluateBool(random.input, scratch), BoolOutcome::kError);
      EXPECT_EQ(compiled.program->LastError(scratch).reason(), "LIMIT_BUDGET") << random.text;
      budget.left = limit;
      EXPECT_EQ(compiled.program->Explain(random.input, scratch).value.error_reason(),
                "LIMIT_BUDGET")
          << random.text;
      ++ended;
    }
    Budget enough{spent};
    scratch.SetBudget(&enough);
    const EvalResult again = compiled.program->Evaluate(random.input, scratch);
    EXPECT_EQ(again.reason(), reason) << "seed " << seed << "\n" << random.text;
    EXPECT_EQ(enough.left, 0);
    scratch.SetBudget(nullptr);
    if (HasFailure()) return;
  }
  EXPECT_GT(ended, 100);
}

TEST(BudgetTest, EvaluationsShareIt) {
  const auto environment = Shop(true);
  const auto cheap = CompileOrDie(*environment, "count == 3");
  const auto loop = CompileOrDie(*environment, "order.points.all(p, p > 0)");
  ASSERT_NE(cheap, nullptr);
  ASSERT_NE(loop, nullptr);
  Input input = GoldOrder();
  for (int i = 0; i < 100; ++i) input.mutable_order()->add_points(1);
  Scratch scratch;
  Budget budget{500};
  scratch.SetBudget(&budget);
  EXPECT_EQ(cheap->EvaluateBool(input, scratch), BoolOutcome::kTrue);
  EXPECT_EQ(budget.left, 500 - cheap->fixed_cost() - scratch.metered_cost());
  const int64_t before = budget.left;
  EXPECT_EQ(loop->EvaluateBool(input, scratch), BoolOutcome::kTrue);
  const int64_t once = before - budget.left;
  EXPECT_EQ(once, loop->fixed_cost() + scratch.metered_cost());
  EXPECT_GT(once, 200);
  EXPECT_EQ(loop->EvaluateBool(input, scratch), BoolOutcome::kError);
  EXPECT_EQ(loop->LastError(scratch).reason(), "LIMIT_BUDGET");
  EXPECT_EQ(budget.left, 0);
  // Nothing is left, for the cheap one neither.
  EXPECT_EQ(cheap->EvaluateBool(input, scratch), BoolOutcome::kError);
  EXPECT_EQ(cheap->LastError(scratch).reason(), "LIMIT_BUDGET");
  const EvalResult result = loop->Evaluate(input, scratch);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(result.issue().message),
              ::testing::HasSubstr("the evaluations that share a budget cost more than it"));
  scratch.SetBudget(nullptr);
  EXPECT_EQ(loop->EvaluateBool(input, scratch), BoolOutcome::kTrue);
}

}  // namespace
}  // namespace frontdesk::cel::testing
