// Variables: named expressions that rules share.
#include "frontdesk/rules/variables.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/v1/policy.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace variables_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeInput;
using testing::MustDecide;
using testing::Reasons;

struct Compiled {
  std::vector<std::shared_ptr<const RuleSet>> sets;
  std::vector<v1::Issue> issues;
};

// A pack in text format, its sets over bakery.Input; those whose id begins with "order" over bakery.Order.
Compiled CompilePack(const std::string& text, CompileOptions options = {}) {
  Compiled compiled;
  v1::PolicyPack pack;
  compiled.issues = ParsePolicyText(text, "p.textproto", &pack, &options.source);
  EXPECT_THAT(compiled.issues, IsEmpty()) << FormatIssues(compiled.issues);
  options.file = "p.textproto";
  std::map<const google::protobuf::Descriptor*, std::shared_ptr<const cel::Environment>> made;
  options.environments = &made;
  const auto input_of = [](const v1::RuleSet& set) {
    return set.id().substr(0, 5) == "order" ? bakery::Order::descriptor()
                                            : bakery::Input::descriptor();
  };
  std::vector<const google::protobuf::Descriptor*> inputs;
  for (const v1::RuleSet& set : pack.rule_sets()) inputs.push_back(input_of(set));
  VariableTable variables(pack.variables(), inputs, options);
  options.variables = &variables;
  for (int i = 0; i < pack.rule_sets_size(); ++i) {
    options.field_path = absl::StrCat("rule_sets[", i, "]");
    CompileResult result =
        RuleSet::Compile(pack.rule_sets(i), input_of(pack.rule_sets(i)), options);
    compiled.sets.push_back(result.rule_set);
    for (v1::Issue& issue : result.issues) compiled.issues.push_back(std::move(issue));
  }
  for (v1::Issue& issue : variables.Finish()) compiled.issues.push_back(std::move(issue));
  return compiled;
}

std::string Variable(absl::string_view name, absl::string_view expression) {
  return absl::StrCat("variables { name: \"", name, "\" expression: \"", expression, "\" }\n");
}

// A set with the rule r1 that refuses under the condition.
std::string Set(absl::string_view condition, absl::string_view rest = "",
                absl::string_view id = "s") {
  return absl::StrCat("rule_sets { id: \"", id, R"(" default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: "r1" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "R" condition: ")",
                      condition, "\" ", rest, " } }\n");
}

std::shared_ptr<const RuleSet> MustCompilePack(const std::string& text,
                                               const CompileOptions& options = {}) {
  const Compiled compiled = CompilePack(text, options);
  EXPECT_THAT(compiled.issues, IsEmpty()) << FormatIssues(compiled.issues);
  return compiled.sets.empty() ? nullptr : compiled.sets[0];
}

TEST(Variables, AreReadByConditionsDetailsOutputsAndVariables) {
  const auto set =
      MustCompilePack(Variable("limit", "customer.tier == Tier.TIER_GOLD ? 500 : 100") +
                      Variable("excess", "order.total_units - variables.limit") +
                      Set("variables.excess > 0",
                          "details { name: 'by' expression: 'variables.excess' }"
                          " outputs { name: 'limit' expression: 'variables.limit' }"));
  ASSERT_NE(set, nullptr);
  const v1::Decision refused = MustDecide(*set, MakeInput("order { total_units: 150 }"));
  EXPECT_EQ(refused.outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(refused.rules(0).details(0).value(), "50");
  EXPECT_EQ(FindOutput(refused, "limit")->int_value(), 100);
  EXPECT_EQ(MustDecide(*set, MakeInput("order { total_units: 150 } customer { tier: TIER_GOLD }"))
                .outcome(),
            v1::POLICY_OUTCOME_ALLOW);
}

TEST(Variables, TheFieldsThatARuleReadsAreKnown) {
  const auto set = MustCompilePack(
      Variable("large", "order.lines.filter(l, l.quantity > 2)") + Variable("order", "order") +
      Set("variables.large.exists(l, l.product_id == 'cake') && has(order.express) && "
          "order.lines.exists(l, [1, 2].exists(n, n == l.quantity)) && size(order.lines) > 1",
          "details { name: 'by' expression: 'variables.order.total_units' }"
          " outputs { name: 'tier' expression: 'int(customer.tier)' }"));
  ASSERT_NE(set, nullptr);
  EXPECT_THAT(set->FieldsReadBy("r1"),
              ElementsAre("customer.tier", "order", "order.lines", "order.lines[].product_id",
                          "order.lines[].quantity", "order.total_units"));
  EXPECT_THAT(set->FieldsReadBy("r2"), IsEmpty());
}

TEST(Variables, OfMessagesAndListsAreReadInParts) {
  const auto set = MustCompilePack(
      Variable("large", "order.lines.filter(l, l.quantity > 2)") + Variable("order", "order") +
      Set("variables.large.exists(l, l.product_id == 'cake') && variables.order.express"));
  ASSERT_NE(set, nullptr);
  const auto outcome = [&](absl::string_view text) {
    return MustDecide(*set, MakeInput(text)).outcome();
  };
  EXPECT_EQ(outcome("order { express: true lines { product_id: 'cake' quantity: 3 } }"),
            v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(outcome("order { express: true lines { product_id: 'cake' quantity: 2 } }"),
            v1::POLICY_OUTCOME_ALLOW);
  EXPECT_EQ(outcome("order { lines { product_id: 'cake' quantity: 3 } }"),
            v1::POLICY_OUTCOME_ALLOW);
}

TEST(Variables, AreEvaluatedWhenReadAndOnce) {
  int calls = 0;
  CompileOptions options;
  cel::FunctionOverload overload;
  overload.id = "counted_int";
  overload.parameters = {cel::Type::Int()};
  overload.result = cel::Type::Int();
  overload.implementation = [&calls](absl::Span<const cel::Value> arguments,
                                     cel::ValueArena&) -> absl::StatusOr<cel::Value> {
    ++calls;
    return arguments[0];
  };
  options.functions.emplace_back("counted", overload);
  const auto set =
      MustCompilePack(Variable("units", "counted(order.total_units)") +
                          Variable("twice", "variables.units + variables.units") +
                          Set("order.express && variables.twice > 4 && variables.units > 2",
                              "details { name: 'units' expression: 'variables.units' }"
                              " outputs { name: 'units' expression: 'variables.units' }"),
                      options);
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(calls, 0);  // The analysis does not run what is not pure.
  DecideOptions brief;
  brief.trace = TraceLevel::kFired;
  MustDecide(*set, MakeInput("order { total_units: 3 }"), brief);
  EXPECT_EQ(calls, 0);
  for (const TraceLevel trace : {TraceLevel::kFired, TraceLevel::kFull}) {
    calls = 0;
    DecideOptions decide;
    decide.trace = trace;
    const v1::Decision decision =
        MustDecide(*set, MakeInput("order { total_units: 3 express: true }"), decide);
    EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
    EXPECT_EQ(calls, 1);
  }
  // The next decision evaluates it again.
  EXPECT_EQ(MustDecide(*set, MakeInput("order { total_units: 1 express: true }")).outcome(),
            v1::POLICY_OUTCOME_ALLOW);
}

TEST(Variables, ThatErrMakeWhatReadsThemErr) {
  const auto set = MustCompilePack(Variable("share", "10 / order.total_units") +
                                   Variable("half", "variables.share / 2") +
                                   Set("order.express || variables.half > 2"));
  ASSERT_NE(set, nullptr);
  const v1::Decision decision = MustDecide(*set, bakery::Input());
  EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(decision.rules(0).result(), v1::RuleTrace::RESULT_ERROR);
  EXPECT_EQ(decision.rules(0).error(),
            "1:28: variables.half cannot be evaluated: 1:11: variables.share cannot be evaluated: "
            "1:4: division by zero [CEL_DIVISION_BY_ZERO]");
  // Another part decides.
  EXPECT_EQ(MustDecide(*set, MakeInput("order { express: true }")).rules(0).result(),
            v1::RuleTrace::RESULT_FIRED);
  EXPECT_EQ(MustDecide(*set, MakeInput("order { total_units: 5 }")).outcome(),
            v1::POLICY_OUTCOME_ALLOW);
}

TEST(Variables, AreShownInTraces) {
  const auto set = MustCompilePack(
      Variable("state", "order.state") + Variable("delivered", "order.delivered_time") +
      Variable("units", "order.total_units * 2") +
      Set("variables.state != Order.State.STATE_BAKED && variables.units > 2 && "
          "variables.delivered < now"));
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(FormatDecision(MustDecide(*set, MakeInput("order { total_units: 3 state: STATE_PLACED }"
                                                      " now { seconds: 5 }"))),
            "It is refused: R (rule r1)\n"
            "\n"
            "Why:\n"
            "  rule r1 refused: R\n"
            "    yes   variables.state != Order.State.STATE_BAKED\n"
            "            variables.state is Order.State.STATE_PLACED\n"
            "            would not hold if variables.state == Order.State.STATE_BAKED\n"
            "    yes   variables.units > 2\n"
            "            variables.units is 6\n"
            "            would not hold if variables.units <= 2\n"
            "    yes   variables.delivered < now\n"
            "            variables.delivered is not set\n"
            "            now is timestamp(\"1970-01-01T00:00:05Z\")\n"
            "            would not hold if variables.delivered were set, and "
            "variables.delivered >= now\n");
}

TEST(Variables, ThatReadPersonalFieldsAreMasked) {
  const auto set = MustCompilePack(
      Variable("who", "customer.name + '!'") + Variable("born", "customer.birth_year") +
      Variable("buyer", "customer") + Variable("is_smith", "customer.name == 'Smith'") +
      Variable("greeting", "'Dear ' + variables.who") +
      Set("variables.who != 'x' && variables.born > 1900 && variables.buyer.name != 'x' && "
          "variables.greeting != 'x' && !variables.is_smith",
          "details { name: 'who' expression: 'variables.greeting' }"));
  ASSERT_NE(set, nullptr);
  const v1::Decision decision =
      MustDecide(*set, MakeInput("customer { name: 'Ada Stern' birth_year: 1980 }"));
  EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_THAT(decision.DebugString(), ::testing::Not(HasSubstr("Ada")));
  EXPECT_THAT(decision.DebugString(), ::testing::Not(HasSubstr("1980")));
  std::vector<std::string> reads;
  for (const v1::ConjunctTrace& conjunct : decision.rules(0).conjuncts()) {
    for (const v1::ValueRead& read : conjunct.reads()) {
      reads.push_back(absl::StrCat(read.path(), "=", read.value()));
    }
  }
  EXPECT_THAT(reads, ElementsAre("variables.who=<personal>", "variables.born=<personal>",
                                 "variables.buyer.name=<personal>", "variables.greeting=<personal>",
                                 "variables.is_smith=false"));
  EXPECT_EQ(decision.rules(0).details(0).value(), "<personal>");
  const Compiled output =
      CompilePack(Variable("who", "customer.name") +
                  Set("true", "outputs { name: 'who' expression: 'variables.who' }"));
  EXPECT_THAT(Reasons(output.issues), ElementsAre("RULE_OUTPUT_CLASS"));
}

TEST(Variables, AreCompiledForTheInputsOfTheSetsThatReadThem) {
  // `quantity` fits bakery.Order, `limit` fits bakery.Input, `three` fits both.
  const std::string variables = Variable("quantity", "size(lines)") +
                                Variable("limit", "order.total_units") + Variable("three", "3");
  const Compiled fine = CompilePack(variables + Set("variables.limit > variables.three") +
                                    Set("variables.quantity > variables.three", "", "order"));
  EXPECT_THAT(fine.issues, IsEmpty()) << FormatIssues(fine.issues);
  ASSERT_NE(fine.sets[1], nullptr);
  bakery::Order order;
  for (int i = 0; i < 4; ++i) order.add_lines();
  EXPECT_EQ(fine.sets[1]->Decide(order, {})->outcome(), v1::POLICY_OUTCOME_REFUSE);

  const Compiled wrong = CompilePack(variables + Set("variables.limit > variables.three") +
                                     Set("variables.quantity > variables.limit", "", "order"));
  ASSERT_THAT(Reasons(wrong.issues), ElementsAre("RULE_VARIABLE_INPUT"));
  EXPECT_EQ(wrong.sets[1], nullptr);
  EXPECT_NE(wrong.sets[0], nullptr);
  EXPECT_EQ(wrong.issues[0].field(), "rule_sets[1].rules[0].condition");
  EXPECT_EQ(wrong.issues[0].expression_column(), 22);
  EXPECT_THAT(wrong.issues[0].text(), HasSubstr("variable 'limit' (line 2) does not fit these "
                                                "rules, which read Order: unknown name 'order'"));
}

struct Wrong {
  std::string pack;
  std::vector<std::string> reasons;
  std::string field;
  std::string text;
};

TEST(Variables, IssuesSayWhereAndWhy) {
  const std::string read_a = Set("variables.a > 1");
  const Wrong kWrong[] = {
      {Variable("", "1") + Set("true"), {"RULE_VARIABLE_NAME_MISSING"}, "variables[0].name", ""},
      {Variable("A", "1") + Set("variables.A > 0"),
       {"RULE_VARIABLE_NAME_MALFORMED"},
       "variables[0].name",
       "'A'"},
      {Variable("a", "2") + Variable("a", "3") + read_a,
       {"RULE_VARIABLE_NAME_DUPLICATE"},
       "variables[1].name",
       "'a'"},
      {"variables { name: 'a' }" + read_a,
       {"RULE_VARIABLE_EXPRESSION_MISSING"},
       "variables[0].expression",
       ""},
      {Variable("a", "order.totl") + read_a,
       {"CEL_UNKNOWN_FIELD"},
       "variables[0].expression",
       "totl"},
      {Variable("a", "order.totl"),
       {"RULE_VARIABLE_UNREAD"},
       "variables[0]",
       ""},  // No set has an input to fit.
      {Variable("a", "order.totl") + Set("true"),
       {"CEL_UNKNOWN_FIELD"},
       "variables[0].expression",
       ""},
      {Variable("a", "1 +") + read_a, {"CEL_SYNTAX_ERROR"}, "variables[0].expression", ""},
      {Variable("a", "1") + Set("true"), {"RULE_VARIABLE_UNREAD"}, "variables[0]", "'a'"},
      {Variable("a", "variables.a + 1") + read_a,
       {"RULE_VARIABLE_CYCLE"},
       "variables[0].expression",
       "variable 'a' reads itself"},
      {Variable("a", "variables.b") + Variable("b", "variables.c") + Variable("c", "variables.a") +
           read_a,
       {"RULE_VARIABLE_CYCLE"},
       "variables[0].expression",
       "variable 'a' reads itself: 'a' reads 'b' reads 'c' reads 'a'"},
      {Variable("limit", "1") + Set("variables.limt > 0 && variables.limit > 0"),
       {"RULE_VARIABLE_UNKNOWN"},
       "rule_sets[0].rules[0].condition",
       "'limit'"},
      {Variable("a", "variables.limt") + Variable("limit", "variables.a") +
           Set("variables.limit > 1"),
       {"RULE_VARIABLE_UNKNOWN"},
       "variables[0].expression",
       "'limit'"},
      {Set("variables.a > 1"), {"RULE_VARIABLE_UNKNOWN"}, "rule_sets[0].rules[0].condition", "'a'"},
      {Variable("a", "order") + Set("has(variables.a)"),
       {"RULE_VARIABLE_TEST"},
       "rule_sets[0].rules[0].condition",
       "variables.a"},
      {Variable("a", "order.express") + read_a,
       {"CEL_NO_MATCHING_OVERLOAD"},
       "rule_sets[0].rules[0].condition",
       ""},
      {Variable("a", "order.state == Tier.TIER_GOLD") + Set("variables.a"),
       {"RULE_ENUM_TYPE"},
       "variables[0].expression",
       ""},
  };
  for (const Wrong& wrong : kWrong) {
    SCOPED_TRACE(wrong.pack);
    const Compiled compiled = CompilePack(wrong.pack);
    EXPECT_EQ(Reasons(compiled.issues), wrong.reasons) << FormatIssues(compiled.issues);
    if (wrong.reasons.empty() || compiled.issues.empty()) continue;
    EXPECT_EQ(compiled.issues[0].field(), wrong.field);
    EXPECT_THAT(compiled.issues[0].text(), HasSubstr(wrong.text));
    EXPECT_EQ(compiled.issues[0].file(), "p.textproto");
    EXPECT_GT(compiled.issues[0].line(), 0);
  }
}

TEST(Variables, HaveLimits) {
  CompileOptions options;
  options.limits.max_variables = 2;
  options.limits.max_variable_depth = 2;
  const std::string two = Variable("a", "1") + Variable("b", "variables.a");
  EXPECT_THAT(CompilePack(two + Set("variables.b > 0"), options).issues, IsEmpty());
  const std::string three = two + Variable("c", "variables.b");
  EXPECT_THAT(Reasons(CompilePack(three + Set("variables.b > 0"), options).issues),
              ElementsAre("RULE_LIMIT_VARIABLES"));
  options.limits.max_variables = 3;
  for (const std::string& pack :
       {three, Variable("c", "variables.b") + Variable("b", "variables.a") + Variable("a", "1")}) {
    const Compiled compiled = CompilePack(pack + Set("variables.c > 0"), options);
    EXPECT_THAT(Reasons(compiled.issues), ElementsAre("RULE_LIMIT_VARIABLE_DEPTH"));
    EXPECT_EQ(compiled.sets[0], nullptr);
  }
  // The budget of a decision counts what variables cost.
  CompileOptions small;
  small.limits.max_decision_cost = 300;
  const auto set =
      MustCompilePack(Variable("many", "order.lines.map(l, l.quantity * 2).map(q, q + 1)") +
                          Set("size(variables.many) > 100"),
                      small);
  bakery::Input input;
  EXPECT_EQ(MustDecide(*set, input).outcome(), v1::POLICY_OUTCOME_ALLOW);
  for (int i = 0; i < 90; ++i) input.mutable_order()->add_lines();
  const v1::Decision decision = MustDecide(*set, input);
  EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_THAT(decision.rules(0).error(), HasSubstr("LIMIT_BUDGET"));
}

TEST(Variables, AreAPartOfTheHashOfTheSetsThatReadThem) {
  const auto hash = [](const std::string& variables, const std::string& set) {
    return CompilePack(variables + set).sets[0]->hash();
  };
  const std::string reads = Set("variables.a > 1"), plain = Set("order.total_units > 1");
  const std::string one = Variable("a", "1"), other = Variable("a", "2");
  EXPECT_NE(hash(one, reads), hash(other, reads));
  EXPECT_EQ(hash(one, plain), hash(other, plain));
  EXPECT_EQ(hash(one, plain), hash("", plain));
  EXPECT_EQ(hash(one + Variable("b", "7"), reads), hash(Variable("b", "9") + one, reads));
  EXPECT_NE(hash(Variable("a", "variables.b") + Variable("b", "7"), reads),
            hash(Variable("a", "variables.b") + Variable("b", "9"), reads));
}

TEST(Variables, RaiseNoFalseAlarms) {
  // Each would be an issue if the analysis took the variable for something else than an unknown.
  const char* const kConditions[] = {
      "variables.is_delivered && now - order.delivered_time > duration('720h')",
      "!variables.is_delivered || now - order.delivered_time > duration('720h')",
      "variables.has_lines && order.lines[0].quantity > 2",
      "variables.share > 2",
      "variables.share > 2 && order.express",
      "now - variables.delivered > duration('720h')",
  };
  CompileOptions options;
  auto facts = std::make_shared<InputFacts>();
  facts->presence = {{"order", true}, {"now", true}};
  auto typical = std::make_shared<bakery::Input>();
  typical->mutable_order();
  typical->mutable_now()->set_seconds(1767225600);
  facts->typical = typical;
  options.facts = facts;
  for (const char* const condition : kConditions) {
    std::string pack;
    for (const auto& [name, expression] : std::vector<std::pair<std::string, std::string>>{
             {"is_delivered", "has(order.delivered_time)"},
             {"has_lines", "size(order.lines) > 0"},
             {"share", "10 / order.total_units"},
             {"delivered", "order.delivered_time"}}) {
      if (absl::StrCat(condition).find("variables." + name) != std::string::npos) {
        pack += Variable(name, expression);
      }
    }
    const Compiled compiled = CompilePack(pack + Set(condition), options);
    EXPECT_THAT(compiled.issues, IsEmpty()) << FormatIssues(compiled.issues);
  }
}

TEST(Variables, AreUnknownsOfTheAnalysis) {
  const auto set = MustCompilePack(Variable("big", "order.total_units > 100") +
                                   R"(rule_sets { id: "s" default_outcome: POLICY_OUTCOME_ALLOW
           rules { id: "r1" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "R"
                   condition: "variables.big" }
           rules { id: "r2" order: 2 outcome: POLICY_OUTCOME_REFUSE reason: "S"
                   condition: "order.total_units > 200 || order.express" } })");
  ASSERT_NE(set, nullptr);
  const Analysis analysis = Analyze(*set);
  EXPECT_EQ(analysis.rules[1].condition, ConditionVerdict::kSometimes);
  EXPECT_NE(analysis.rules[1].reach, Reach::kNever);
  // The same variable has the same value.
  const Compiled never = CompilePack(Variable("big", "order.total_units > 100") +
                                     Set("variables.big && !variables.big"));
  EXPECT_THAT(Reasons(never.issues), ElementsAre("RULE_CONDITION_NEVER"));
}

TEST(Variables, OfANameThatAMacroHasAreNone) {
  const auto set = MustCompilePack(Set("order.lines.exists(variables, variables.quantity > 2)"));
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(MustDecide(*set, MakeInput("order { lines { quantity: 3 } }")).outcome(),
            v1::POLICY_OUTCOME_REFUSE);
}

}  // namespace
}  // namespace variables_tests
}  // namespace rules
}  // namespace frontdesk
