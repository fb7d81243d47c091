// Variables of one expression, whose values a source computes when they are read.
#include "frontdesk/cel/variable_source.h"

#include <string>
#include <vector>

#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Gives the number of the variable, and an error for number 9; counts reads.
struct Numbers : VariableSource {
  std::vector<int32_t> reads;
  Value Get(int32_t index, ValueArena& arena) override {
    reads.push_back(index);
    if (index == 9) return arena.NewError("TOO_LATE", "the variable is too late");
    return Value::Int(index);
  }
};

class VariableSourceTest : public ::testing::Test {
 protected:
  VariableSourceTest() {
    EnvironmentBuilder builder;
    Prepare(builder);
    builder.AddVariable("outside", Type::Int());
    environment_ = *builder.Build();
    options_.variables = {
        {"v.three", Type::Int(), 3}, {"v.nine", Type::Int(), 9}, {"v.four.more", Type::Int(), 4}};
  }

  std::shared_ptr<const Program> Compile(const std::string& text) {
    CompileResult compiled = environment_->Compile(text, options_);
    EXPECT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
    return compiled.program;
  }

  EvalResult Run(const Program& program) {
    activation_.emplace(environment_);
    EXPECT_TRUE(activation_->SetRoot(input_).ok());
    EXPECT_TRUE(activation_->Set("outside", Value::Int(1000)).ok());
    activation_->SetSource(&numbers_);
    return program.Evaluate(*activation_, scratch_);
  }

  std::shared_ptr<const Environment> environment_;
  CompileOptions options_;
  Input input_;
  Numbers numbers_;
  absl::optional<Activation> activation_;
  Scratch scratch_;
};

TEST_F(VariableSourceTest, GivesValuesWhereTheyAreRead) {
  input_.mutable_order()->mutable_total()->set_units(50);
  const auto program = Compile("order.total.units + outside + v.three + v.four.more");
  EXPECT_EQ(Run(*program).value().int_value(), 1057);
  EXPECT_THAT(numbers_.reads, ElementsAre(3, 4));
  numbers_.reads.clear();
  const auto lazy = Compile("order.total.units > 10 || v.nine > 3");
  EXPECT_TRUE(Run(*lazy).value().bool_value());
  EXPECT_THAT(numbers_.reads, ElementsAre());
  EXPECT_EQ(program->references().variables.back().name, "v.four.more");
}

TEST_F(VariableSourceTest, ErrorsHaveThePlaceOfTheRead) {
  const auto program = Compile("v.three > 5 || v.nine > 3");
  const EvalResult result = Run(*program);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.reason(), "TOO_LATE");
  EXPECT_EQ(result.issue().column, 18);
  EXPECT_EQ(result.issue().message, "the variable is too late");
  // Another term makes it good, as with any error.
  EXPECT_TRUE(Run(*Compile("v.nine > 3 || v.three == 3")).value().bool_value());
}

TEST_F(VariableSourceTest, AreExplainedByTheirNames) {
  const auto program = Compile("v.three > 5");
  Run(*program);
  const Explanation explanation = program->Explain(*activation_, scratch_);
  ASSERT_EQ(explanation.reads.size(), 1);
  EXPECT_EQ(explanation.reads[0].path, "v.three");
  EXPECT_EQ(explanation.reads[0].value.int_value(), 3);
}

TEST_F(VariableSourceTest, BelongToOneExpression) {
  EXPECT_EQ(environment_->Compile("v.three > 5").issues[0].code, "UNKNOWN_NAME");
  EXPECT_EQ(environment_->Compile("v.three == 'x'", options_).issues[0].code,
            "NO_MATCHING_OVERLOAD");
  // A macro's own variable of that name goes before.
  EXPECT_TRUE(environment_->Compile("order.lines.all(v, v.quantity > 0)", options_).ok());
}

TEST_F(VariableSourceTest, WithoutASourceAreErrors) {
  const auto program = Compile("v.three > 5");
  EXPECT_EQ(program->Evaluate(input_, scratch_).reason(), "UNBOUND_VARIABLE");
  EXPECT_EQ(program->EvaluateBool(input_, scratch_), BoolOutcome::kError);
  Run(*program);
  activation_->Clear();
  ASSERT_TRUE(activation_->SetRoot(input_).ok());
  EXPECT_EQ(program->Evaluate(*activation_, scratch_).reason(), "UNBOUND_VARIABLE");
  EXPECT_THAT(program->Evaluate(*activation_, scratch_).issue().message, HasSubstr("v.three"));
}

}  // namespace
}  // namespace frontdesk::cel::testing
