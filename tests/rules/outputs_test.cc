// Outputs: the values that rules compute, of every type, under every hit policy.
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/cel/value.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/v1/money.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace outputs_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeInput;
using testing::MustCompile;
using testing::MustDecide;
using testing::Reasons;

// A rule set with the rule r1 that allows always, and its outputs.
std::string WithOutputs(absl::string_view outputs) {
  return absl::StrCat(R"(id: "s" rules { id: "r1" order: 1 outcome: POLICY_OUTCOME_ALLOW
    condition: "order.total_units >= 0" )",
                      outputs, " } default_outcome: POLICY_OUTCOME_REFUSE");
}

std::string Output(absl::string_view name, absl::string_view expression) {
  return absl::StrCat(" outputs { name: \"", name, "\" expression: \"", expression, "\" }");
}

CompileResult Compile(absl::string_view text, CompileOptions options = {}) {
  options.file = "s.textproto";
  return CompileText(text, bakery::Input::descriptor(), options);
}

// "name=value (rule)" of each output.
std::vector<std::string> Outputs(const v1::Decision& decision) {
  std::vector<std::string> texts;
  for (const v1::OutputValue& output : decision.outputs()) {
    texts.push_back(
        absl::StrCat(output.name(), "=", OutputText(output), " (", output.rule_id(), ")"));
  }
  return texts;
}

TEST(Outputs, HaveEveryType) {
  const auto set = MustCompile(WithOutputs(
      Output("text", "'line ' + order.order_id") + Output("count", "order.total_units * 2") +
      Output("natural", "uint(order.total_units)") + Output("state", "order.state") +
      Output("weight", "order.weight / 2.0") + Output("fast", "order.express") +
      Output("end", "now + duration('36h')") + Output("length", "order.baking_time") +
      Output("price", "frontdesk.v1.Money{units: order.total_units, currency_code: 'EUR'}")));
  const v1::Decision decision = MustDecide(
      *set, MakeInput(R"(order { order_id: "o1" total_units: 1250 state: STATE_BAKED weight: 3
                         express: true baking_time { seconds: 90 nanos: 5 } }
                         now { seconds: 86400 nanos: 7 })"));
  EXPECT_THAT(
      Outputs(decision),
      ElementsAre("count=2500 (r1)", "end=1970-01-03T12:00:00.000000007Z (r1)", "fast=true (r1)",
                  "length=1m30.000000005s (r1)", "natural=1250 (r1)", "price=12.50 EUR (r1)",
                  "state=2 (r1)", "text=line o1 (r1)", "weight=1.5 (r1)"));
  const auto arm = [&](absl::string_view name) { return FindOutput(decision, name)->value_case(); };
  EXPECT_EQ(arm("count"), v1::OutputValue::kIntValue);
  EXPECT_EQ(arm("natural"), v1::OutputValue::kIntValue);
  EXPECT_EQ(arm("state"), v1::OutputValue::kIntValue);
  EXPECT_EQ(arm("weight"), v1::OutputValue::kDoubleValue);
  EXPECT_EQ(arm("fast"), v1::OutputValue::kBoolValue);
  EXPECT_EQ(arm("end"), v1::OutputValue::kTimeValue);
  EXPECT_EQ(arm("length"), v1::OutputValue::kDurationValue);
  EXPECT_EQ(arm("price"), v1::OutputValue::kMoneyValue);
  EXPECT_EQ(arm("text"), v1::OutputValue::kStringValue);
  EXPECT_EQ(FindOutput(decision, "none"), nullptr);
  // Without the other rules the values are the same.
  DecideOptions brief;
  brief.trace = TraceLevel::kFired;
  EXPECT_EQ(Outputs(MustDecide(*set, MakeInput("order { total_units: 3 }"), brief)).size(), 7);
}

TEST(Outputs, ADurationBelowZeroIsAValidMessage) {
  const auto set = MustCompile(WithOutputs(Output("wait", "duration('-1.5s')")));
  const v1::Decision decision = MustDecide(*set, bakery::Input());
  EXPECT_EQ(decision.outputs(0).duration_value().seconds(), -1);
  EXPECT_EQ(decision.outputs(0).duration_value().nanos(), -500000000);
}

TEST(Outputs, OfAFieldThatIsNotSetThereAreNone) {
  const auto set = MustCompile(
      WithOutputs(Output("delivered", "order.delivered_time") + Output("state", "order.state") +
                  Output("units", "order.total_units") + Output("tier", "customer.tier") +
                  Output("priority", "order.priority") + Output("absent", "frontdesk.v1.Money{}")));
  EXPECT_THAT(Outputs(MustDecide(*set, MakeInput("order {} customer { tier: TIER_GOLD }"))),
              ElementsAre("tier=2 (r1)", "units=0 (r1)"));
}

TEST(Outputs, AmountsOfDynamicMessagesAreAmounts) {
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  google::protobuf::FileDescriptorProto file;
  file.set_name("shop.proto");
  file.set_package("shop");
  file.set_syntax("proto3");
  file.add_dependency(v1::Money::descriptor()->file()->name());
  auto* message = file.add_message_type();
  message->set_name("Input");
  auto* field = message->add_field();
  field->set_name("price");
  field->set_number(1);
  field->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  field->set_type(google::protobuf::FieldDescriptorProto::TYPE_MESSAGE);
  field->set_type_name(".frontdesk.v1.Money");
  ASSERT_NE(pool.BuildFile(file), nullptr);
  const auto* type = pool.FindMessageTypeByName("shop.Input");
  const CompileResult compiled = CompileText(
      R"(id: "s" default_outcome: POLICY_OUTCOME_ALLOW
         default_outputs { name: "price" expression: "price" })",
      type);
  ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> input(factory.GetPrototype(type)->New());
  ASSERT_TRUE(input->ParseFromString(std::string("\x0a\x07\x08\x05\x12\x03", 6) + "EUR"));
  const auto decision = compiled.rule_set->Decide(*input, {});
  ASSERT_TRUE(decision.ok());
  EXPECT_THAT(Outputs(*decision), ElementsAre("price=0.05 EUR ()"));
}

TEST(Outputs, ThatErrMakeTheirRuleErr) {
  for (const absl::string_view policy : {"HIT_POLICY_FIRST", "HIT_POLICY_ALL"}) {
    SCOPED_TRACE(policy);
    const auto set = MustCompile(absl::StrCat(
        "hit_policy: ", policy, " ",
        WithOutputs(Output("name", "order.order_id") + Output("share", "10 / order.total_units") +
                    " details { name: 'd' expression: 'order.express' }")));
    const v1::Decision decision = MustDecide(*set, MakeInput("order { order_id: 'o1' }"));
    EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
    EXPECT_THAT(decision.fired_rule_ids(), ElementsAre("r1"));
    EXPECT_EQ(decision.rules(0).result(), v1::RuleTrace::RESULT_ERROR);
    EXPECT_EQ(decision.rules(0).error(),
              "output 'share': 1:4: division by zero [CEL_DIVISION_BY_ZERO]");
    EXPECT_THAT(decision.rules(0).details(), IsEmpty());
    EXPECT_THAT(decision.outputs(), IsEmpty());
    EXPECT_THAT(Outputs(MustDecide(*set, MakeInput("order { total_units: 5 }"))),
                ElementsAre("name= (r1)", "share=2 (r1)"));
  }
}

TEST(Outputs, TooLongATextErrsAtItsLimit) {
  CompileOptions options;
  options.limits.max_output_bytes = 5;
  const auto set = MustCompile(WithOutputs(Output("name", "order.order_id")), options);
  EXPECT_THAT(Outputs(MustDecide(*set, MakeInput("order { order_id: '12345' }"))),
              ElementsAre("name=12345 (r1)"));
  const v1::Decision decision = MustDecide(*set, MakeInput("order { order_id: '123456' }"));
  EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_THAT(decision.rules(0).error(), HasSubstr("max_output_bytes"));
  const auto natural = MustCompile(WithOutputs(Output("n", "uint(order.weight)")));
  EXPECT_EQ(MustDecide(*natural, MakeInput("order { weight: 9.3e18 }")).outcome(),
            v1::POLICY_OUTCOME_REFUSE);
}

// The rules of a set that refuse, hold or allow by their numbers: rule 2 decides where total_units is 2 or 12 and so on.
std::string Many(absl::string_view hit_policy) {
  const auto rule = [](int order, absl::string_view outcome, absl::string_view rest) {
    return absl::StrCat(" rules { id: 'r", order, "' order: ", order, " outcome: POLICY_OUTCOME_",
                        outcome, " condition: '", order, " in order.past_states' ", rest, " }");
  };
  return absl::StrCat(
      "id: 's' hit_policy: ", hit_policy, " default_outcome: POLICY_OUTCOME_ALLOW",
      " default_outputs { name: 'a' expression: '0' }",
      rule(1, "HOLD", "reason: 'H' authority: 'boss'" + Output("a", "1") + Output("h", "1")),
      rule(2, "REFUSE", "reason: 'R'" + Output("a", "2") + Output("b", "2")),
      rule(3, "REFUSE", "reason: 'R'" + Output("b", "3") + Output("c", "3")),
      rule(4, "ALLOW", Output("a", "4") + Output("d", "4")),
      rule(5, "ALLOW", Output("a", "5") + Output("e", "5")));
}

std::vector<std::string> ManyOutputs(const RuleSet& set, const std::vector<int>& rules,
                                     bool approved) {
  bakery::Input input;
  for (const int rule : rules) {
    input.mutable_order()->add_past_states(static_cast<bakery::Order::State>(rule));
  }
  DecideOptions options;
  if (approved) options.granted_authorities = {"boss"};
  return Outputs(MustDecide(set, input, options));
}

TEST(Outputs, OfTheFirstRuleThatDecides) {
  const auto set = MustCompile(Many("HIT_POLICY_FIRST"));
  EXPECT_THAT(ManyOutputs(*set, {}, false), ElementsAre("a=0 ()"));
  EXPECT_THAT(ManyOutputs(*set, {4, 5}, false), ElementsAre("a=4 (r4)", "d=4 (r4)"));
  EXPECT_THAT(ManyOutputs(*set, {1, 4}, false), ElementsAre("a=1 (r1)", "h=1 (r1)"));
  // Others that refuse are reported as well.
  EXPECT_THAT(ManyOutputs(*set, {2, 3, 4}, false), ElementsAre("a=2 (r2)", "b=2 (r2)", "c=3 (r3)"));
  // The values that the approver saw count, whatever decides behind them.
  EXPECT_THAT(ManyOutputs(*set, {1}, true), ElementsAre("a=1 (r1)", "h=1 (r1)"));
  EXPECT_THAT(ManyOutputs(*set, {1, 4}, true), ElementsAre("a=1 (r1)", "d=4 (r4)", "h=1 (r1)"));
}

TEST(Outputs, OfAllRulesThatDecideTheLeadingOneCounts) {
  const auto set = MustCompile(Many("HIT_POLICY_ALL"));
  EXPECT_THAT(ManyOutputs(*set, {}, false), ElementsAre("a=0 ()"));
  EXPECT_THAT(ManyOutputs(*set, {4, 5}, false), ElementsAre("a=4 (r4)", "d=4 (r4)", "e=5 (r5)"));
  EXPECT_THAT(ManyOutputs(*set, {1, 5}, false), ElementsAre("a=1 (r1)", "h=1 (r1)"));
  EXPECT_THAT(ManyOutputs(*set, {2, 3, 5}, false), ElementsAre("a=2 (r2)", "b=2 (r2)", "c=3 (r3)"));
  EXPECT_THAT(ManyOutputs(*set, {1, 5}, true), ElementsAre("a=1 (r1)", "e=5 (r5)", "h=1 (r1)"));
}

TEST(Outputs, OfAnApprovedRuleThatErrRefuse) {
  for (const absl::string_view policy : {"HIT_POLICY_FIRST", "HIT_POLICY_ALL"}) {
    SCOPED_TRACE(policy);
    const auto set = MustCompile(absl::StrCat(
        "id: 's' hit_policy: ", policy, R"( rules { id: "r1" order: 1 outcome: POLICY_OUTCOME_HOLD
           reason: "BIG" authority: "boss" condition: "order.express" )",
        Output("share", "10 / order.total_units"), R"( }
         rules { id: "r2" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "order.express" })"));
    DecideOptions options;
    options.granted_authorities = {"boss"};
    const v1::Decision decision = MustDecide(*set, MakeInput("order { express: true }"), options);
    EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
    EXPECT_THAT(decision.fired_rule_ids(), ElementsAre("r1"));
    EXPECT_EQ(decision.rules(0).result(), v1::RuleTrace::RESULT_ERROR);
  }
}

TEST(Outputs, OfDefaultsThatErrRefuse) {
  const auto set = MustCompile(R"(id: "s" default_outcome: POLICY_OUTCOME_ALLOW
    default_outputs { name: "share" expression: "10 / order.total_units" })");
  EXPECT_THAT(Outputs(MustDecide(*set, MakeInput("order { total_units: 2 }"))),
              ElementsAre("share=5 ()"));
  const v1::Decision decision = MustDecide(*set, bakery::Input());
  EXPECT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_FALSE(decision.by_default());
  EXPECT_THAT(decision.default_error(), HasSubstr("CEL_DIVISION_BY_ZERO"));
  ASSERT_EQ(DecisionReasons(decision).size(), 1);
  EXPECT_EQ(DecisionReasons(decision)[0].reason, "POLICY_ERROR");
  // Also where there is no default outcome.
  const auto none = MustCompile(R"(id: "s"
    default_outputs { name: "units" expression: "order.total_units" })");
  EXPECT_THAT(Outputs(MustDecide(*none, MakeInput("order { total_units: 2 }"))),
              ElementsAre("units=2 ()"));
  EXPECT_EQ(DecisionReasons(MustDecide(*none, bakery::Input()))[0].reason, "POLICY_NO_RULE");
}

TEST(Outputs, AreShownToPeople) {
  const auto set = MustCompile(
      WithOutputs(Output("price", "frontdesk.v1.Money{units: 1250, currency_code: 'EUR'}") +
                  Output("note", "'a\\\\nb'")));
  EXPECT_EQ(FormatDecision(MustDecide(*set, MakeInput("order {}"))),
            "It is allowed (rule r1)\n"
            "\n"
            "Computed:\n"
            "  note = a\\nb (rule r1)\n"
            "  price = 12.50 EUR (rule r1)\n"
            "\n"
            "Why:\n"
            "  rule r1 allowed\n"
            "    yes   order.total_units >= 0\n"
            "            order.total_units is 0\n"
            "            would not hold if order.total_units < 0\n");
}

struct Wrong {
  std::string outputs;
  std::string reason;
  std::string text;
};

TEST(Outputs, IssuesSayWhereAndWhy) {
  const Wrong kWrong[] = {
      {" outputs { expression: '1' }", "RULE_OUTPUT_NAME_MISSING", ""},
      {Output("Amount", "1"), "RULE_OUTPUT_NAME_MALFORMED", "'Amount'"},
      {Output("a", "1") + Output("a", "2"), "RULE_OUTPUT_NAME_DUPLICATE", "'a'"},
      {" outputs { name: 'a' }", "RULE_OUTPUT_EXPRESSION_MISSING", ""},
      {Output("a", "order.totl"), "CEL_UNKNOWN_FIELD", "totl"},
      {Output("a", "order.lines"), "RULE_OUTPUT_TYPE", "size("},
      {Output("a", "order"), "RULE_OUTPUT_TYPE", "bakery.Order"},
      {Output("a", "null"), "RULE_OUTPUT_TYPE", "a timestamp"},
      {Output("a", "b'x'"), "RULE_OUTPUT_TYPE", "bytes"},
      {Output("a", "dyn(1)"), "RULE_OUTPUT_TYPE", "int("},
      {Output("a", "order.?total_units"), "RULE_OUTPUT_TYPE", ".orValue("},
      {Output("a", "order.nickname"), "RULE_OUTPUT_TYPE", "wrapper"},
      {Output("a", "customer.name"), "RULE_OUTPUT_CLASS", "personal"},
      {Output("a", "customer.birth_year + 1"), "RULE_OUTPUT_CLASS", "personal"},
      {Output("a", "customer.allergy"), "RULE_OUTPUT_CLASS", "sensitive"},
      {Output("a", "order.code"), "RULE_OUTPUT_CLASS", "data class"},
  };
  for (const Wrong& wrong : kWrong) {
    const CompileResult compiled = Compile(WithOutputs(wrong.outputs));
    ASSERT_THAT(Reasons(compiled.issues), ElementsAre(wrong.reason)) << wrong.outputs;
    EXPECT_EQ(compiled.rule_set, nullptr);
    EXPECT_GT(compiled.issues[0].line(), 0) << wrong.outputs;
    EXPECT_THAT(compiled.issues[0].field(), HasSubstr("rules[0].outputs["));
    EXPECT_THAT(compiled.issues[0].text(), HasSubstr(wrong.text));
  }
}

TEST(Outputs, OfOneNameHaveOneType) {
  const auto set = [](absl::string_view first, absl::string_view second) {
    return absl::StrCat(WithOutputs(Output("a", first)),
                        " default_outputs { name: 'a' expression: \"", second, "\" }");
  };
  EXPECT_TRUE(Compile(set("1", "uint(2)")).ok());
  EXPECT_TRUE(Compile(set("1", "order.state")).ok());
  const CompileResult compiled = Compile(set("1", "1.0"));
  ASSERT_THAT(Reasons(compiled.issues), ElementsAre("RULE_OUTPUT_TYPE_CONFLICT"));
  EXPECT_EQ(compiled.issues[0].field(), "default_outputs[0].expression");
  EXPECT_EQ(
      compiled.issues[0].text(),
      "output 'a' is a whole number in rules[0].outputs[0] (line 2), and a number here; give one "
      "of them another name");
}

TEST(Outputs, HaveLimits) {
  CompileOptions options;
  options.limits.max_outputs = 1;
  options.limits.max_tags = 1;
  options.limits.max_text_bytes = 4;
  options.limits.max_name_bytes = 4;
  const auto reasons = [&](const std::string& text) {
    return Reasons(Compile(text, options).issues);
  };
  const std::string two = Output("a", "1") + Output("b", "1");
  EXPECT_THAT(reasons(WithOutputs(Output("a", "1"))), IsEmpty());
  EXPECT_THAT(reasons(WithOutputs(two)), ElementsAre("RULE_LIMIT_OUTPUTS"));
  EXPECT_THAT(reasons("id: 's' default_outcome: POLICY_OUTCOME_ALLOW"
                      " default_outputs { name: 'a' expression: '1' }"
                      " default_outputs { name: 'b' expression: '1' }"),
              ElementsAre("RULE_LIMIT_OUTPUTS"));
  EXPECT_THAT(reasons(WithOutputs(Output("abcde", "1"))), ElementsAre("RULE_LIMIT_NAME_BYTES"));
  EXPECT_THAT(reasons(WithOutputs("tags: 'a' tags: 'b'")), ElementsAre("RULE_LIMIT_TAGS"));
  EXPECT_THAT(reasons(WithOutputs("tags: 'abcde'")), ElementsAre("RULE_LIMIT_NAME_BYTES"));
  EXPECT_THAT(reasons(WithOutputs("owner: 'abcde'")), ElementsAre("RULE_LIMIT_NAME_BYTES"));
  EXPECT_THAT(reasons(WithOutputs("documentation: '12345'")), ElementsAre("RULE_LIMIT_TEXT_BYTES"));
  EXPECT_THAT(reasons(WithOutputs("customer_text: '12345'")), ElementsAre("RULE_LIMIT_TEXT_BYTES"));
  EXPECT_THAT(reasons(WithOutputs("") + " owner: 'abcde' documentation: '12345'"),
              ElementsAre("RULE_LIMIT_NAME_BYTES", "RULE_LIMIT_TEXT_BYTES"));
}

TEST(Outputs, AreCountedInTheHashInTheOrderOfTheirNames) {
  const auto hash = [](const std::string& outputs) {
    return MustCompile(WithOutputs(outputs))->hash();
  };
  const std::string a = Output("a", "1"), b = Output("b", "2");
  EXPECT_EQ(hash(a + b), hash(b + a));
  EXPECT_NE(hash(a + b), hash(a));
  EXPECT_NE(hash(a), hash(Output("a", "2")));
}

TEST(Outputs, OfASetForAllOtherCommandsAreRefused) {
  v1::RuleSet set;
  set.set_id("s");
  set.add_decision_points("*");
  set.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  EXPECT_TRUE(RuleSet::Compile(set, nullptr).ok());
  set.add_default_outputs()->set_name("a");
  set.mutable_default_outputs(0)->set_expression("1");
  EXPECT_THAT(Reasons(RuleSet::Compile(set, nullptr).issues),
              ElementsAre("RULE_SET_WILDCARD_RULES", "RULE_SET_INPUT_MISSING"));
}

}  // namespace
}  // namespace outputs_tests
}  // namespace rules
}  // namespace frontdesk
