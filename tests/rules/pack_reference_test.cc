// Random packs with outputs, variables, groups, dates and disabled rules against a plain interpreter of the pack, which evaluates
// every expression from its text, with the variables written out.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/types/optional.h"
#include "bakery.pb.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/variables.h"
#include "frontdesk/v1/policy.pb.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace pack_reference_tests {
namespace {

constexpr int kVariables = 6;

struct Expected {
  v1::PolicyOutcome outcome = v1::POLICY_OUTCOME_REFUSE;
  std::vector<std::string> fired;
  bool by_default = false;
  bool default_errs = false;
  std::map<std::string, std::string> outputs;  // "value (rule)" by name.
};

class Interpreter {
 public:
  explicit Interpreter(const v1::PolicyPack& pack) : pack_(pack) {
    cel::EnvironmentBuilder builder;
    builder.SetRootMessage(bakery::Input::descriptor()).SetContainer("bakery");
    environment_ = *builder.Build();
  }

  Expected Decide(const bakery::Input& input, int64_t instant,
                  const std::vector<std::string>& granted) {
    input_ = &input;
    const v1::RuleSet& set = pack_.rule_sets(0);
    std::vector<const v1::Rule*> rules;
    for (const v1::Rule& rule : set.rules()) {
      if (Counts(set, rule, instant)) rules.push_back(&rule);
    }
    std::sort(rules.begin(), rules.end(),
              [](const v1::Rule* a, const v1::Rule* b) { return a->order() < b->order(); });
    expected_ = Expected();
    passed_.clear();
    granted_ = granted;
    if (set.hit_policy() == v1::HIT_POLICY_ALL) {
      All(rules);
    } else {
      First(rules);
    }
    if (expected_.fired.empty()) Default(set);
    // The first of each name by order number.
    std::sort(passed_.begin(), passed_.end(),
              [](const v1::Rule* a, const v1::Rule* b) { return a->order() < b->order(); });
    for (const v1::Rule* rule : passed_) Write(rule->outputs(), rule->id());
    return expected_;
  }

  static bool Counts(const v1::RuleSet& set, const v1::Rule& rule, int64_t instant) {
    const auto within = [instant](const auto& dated) {
      return !dated.disabled() &&
             (!dated.has_effective_time() || dated.effective_time().seconds() <= instant) &&
             (!dated.has_expire_time() || instant < dated.expire_time().seconds());
    };
    for (const v1::RuleGroup& group : set.groups()) {
      if (group.id() == rule.group_id() && !within(group)) return false;
    }
    return within(rule);
  }

 private:
  enum class Truth { kFalse, kTrue, kError };

  // The value as text; nothing when it errs.
  absl::optional<std::string> Evaluate(std::string text) {
    for (int round = 0; round < kVariables; ++round) {
      for (const v1::Variable& variable : pack_.variables()) {
        text = absl::StrReplaceAll(text, {{absl::StrCat("variables.", variable.name()),
                                           absl::StrCat("(", variable.expression(), ")")}});
      }
    }
    auto& program = programs_[text];
    if (program == nullptr) program = environment_->Compile(text).program;
    EXPECT_NE(program, nullptr) << text;
    if (program == nullptr) return absl::nullopt;
    const cel::EvalResult result = program->Evaluate(*input_, scratch_);
    if (!result.ok()) return absl::nullopt;
    return cel::ToText(result.value());
  }

  Truth Condition(const v1::Rule& rule) {
    const absl::optional<std::string> value = Evaluate(rule.condition());
    if (!value.has_value()) return Truth::kError;
    return *value == "true" ? Truth::kTrue : Truth::kFalse;
  }

  bool IsApproved(const v1::Rule& rule) const {
    return rule.outcome() == v1::POLICY_OUTCOME_HOLD &&
           std::count(granted_.begin(), granted_.end(), rule.authority()) > 0;
  }

  template <typename List>
  bool AnyErrs(const List& list) {
    for (const auto& each : list) {
      if (!Evaluate(each.expression()).has_value()) return true;
    }
    return false;
  }

  bool Errs(const v1::Rule& rule) { return AnyErrs(rule.details()) || AnyErrs(rule.outputs()); }

  void Write(const google::protobuf::RepeatedPtrField<v1::RuleOutput>& outputs,
             const std::string& rule_id) {
    for (const v1::RuleOutput& output : outputs) {
      if (output.expression() == "order.delivered_time" && !input_->order().has_delivered_time()) {
        continue;
      }
      expected_.outputs.emplace(output.name(),
                                absl::StrCat(*Evaluate(output.expression()), " (", rule_id, ")"));
    }
  }

  void Fire(const v1::Rule& rule, bool errs) {
    expected_.fired.push_back(rule.id());
    if (!errs) passed_.push_back(&rule);
  }

  void First(const std::vector<const v1::Rule*>& rules) {
    std::vector<const v1::Rule*> approved;
    for (size_t i = 0; i < rules.size(); ++i) {
      const v1::Rule& rule = *rules[i];
      const Truth truth = Condition(rule);
      if (truth == Truth::kFalse) continue;
      const bool is_approved = truth == Truth::kTrue && IsApproved(rule);
      if (is_approved && !AnyErrs(rule.outputs())) {
        approved.push_back(&rule);
        passed_.push_back(&rule);
        continue;
      }
      const bool errs = truth == Truth::kError || is_approved || Errs(rule);
      Fire(rule, errs);
      expected_.outcome = errs ? v1::POLICY_OUTCOME_REFUSE : rule.outcome();
      const bool allows = truth == Truth::kTrue && rule.outcome() == v1::POLICY_OUTCOME_ALLOW;
      if (expected_.outcome != v1::POLICY_OUTCOME_REFUSE || allows) return;
      // Other rules that refuse, up to one that would allow.
      for (size_t k = i + 1; k < rules.size(); ++k) {
        const v1::Rule& other = *rules[k];
        if (other.outcome() == v1::POLICY_OUTCOME_HOLD || Condition(other) != Truth::kTrue)
          continue;
        if (other.outcome() == v1::POLICY_OUTCOME_ALLOW) return;
        if (!Errs(other)) Fire(other, false);
      }
      return;
    }
    AllowApproved(approved);
  }

  void All(const std::vector<const v1::Rule*>& rules) {
    std::vector<const v1::Rule*> approved, allow, hold;
    for (const v1::Rule* rule : rules) {
      const Truth truth = Condition(*rule);
      if (truth == Truth::kFalse) continue;
      if (truth == Truth::kError || rule->outcome() == v1::POLICY_OUTCOME_REFUSE) {
        Fire(*rule, truth == Truth::kError || Errs(*rule));
      } else if (IsApproved(*rule)) {
        if (AnyErrs(rule->outputs())) {
          Fire(*rule, true);
        } else {
          approved.push_back(rule);
          passed_.push_back(rule);
        }
      } else {
        (rule->outcome() == v1::POLICY_OUTCOME_HOLD ? hold : allow).push_back(rule);
      }
    }
    if (!expected_.fired.empty()) return;
    const std::vector<const v1::Rule*>& strongest = hold.empty() ? allow : hold;
    for (const v1::Rule* rule : strongest) {
      if (Errs(*rule)) Fire(*rule, true);
    }
    if (!expected_.fired.empty()) return;
    for (const v1::Rule* rule : strongest) {
      Fire(*rule, false);
      expected_.outcome = rule->outcome();
    }
    if (expected_.fired.empty()) AllowApproved(approved);
  }

  // Their values are written already.
  void AllowApproved(const std::vector<const v1::Rule*>& approved) {
    for (const v1::Rule* rule : approved) expected_.fired.push_back(rule->id());
    if (!approved.empty()) expected_.outcome = v1::POLICY_OUTCOME_ALLOW;
  }

  void Default(const v1::RuleSet& set) {
    if (AnyErrs(set.default_outputs())) {
      expected_.default_errs = true;
      return;
    }
    Write(set.default_outputs(), "");
    if (set.default_outcome() == v1::POLICY_OUTCOME_UNSPECIFIED) return;
    expected_.outcome = set.default_outcome();
    expected_.by_default = true;
  }

  const v1::PolicyPack& pack_;
  std::shared_ptr<const cel::Environment> environment_;
  std::map<std::string, std::shared_ptr<const cel::Program>> programs_;
  cel::Scratch scratch_;
  const bakery::Input* input_ = nullptr;
  std::vector<std::string> granted_;
  Expected expected_;
  std::vector<const v1::Rule*> passed_;  // Those whose outputs count.
};

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }

  v1::PolicyPack Pack() {
    v1::PolicyPack pack;
    has_variables_ = 0;
    std::vector<v1::Variable> variables;
    for (int i = 0; i < kVariables; ++i) {
      variables.emplace_back();
      variables.back().set_name(absl::StrCat("v", i));
      variables.back().set_expression(Number());
      has_variables_ = i + 1;
    }
    std::shuffle(variables.begin(), variables.end(), random_);
    for (const v1::Variable& variable : variables) *pack.add_variables() = variable;
    FillSet(pack.add_rule_sets());
    return pack;
  }

  bakery::Input Input() {
    bakery::Input input;
    input.mutable_order()->set_total_units(Below(5));
    input.mutable_order()->set_express(Below(2) == 0);
    input.mutable_order()->set_order_id(absl::StrCat("o", Below(3)));
    if (Below(2) == 0) input.mutable_order()->mutable_delivered_time()->set_seconds(1 + Below(9));
    for (int n = Below(3); n > 0; --n) input.mutable_order()->add_lines()->set_quantity(Below(4));
    return input;
  }

 private:
  std::string Number() {
    switch (Below(has_variables_ > 0 ? 8 : 4)) {
      case 0:
        return "order.total_units";
      case 1:
        return absl::StrCat(6 + Below(6), " / order.total_units");
      case 2:
        return "size(order.lines)";
      case 3:
        return absl::StrCat("order.lines[", Below(2), "].quantity");
      default:
        return absl::StrCat("variables.v", Below(has_variables_), " + ", Below(3));
    }
  }

  std::string Condition() {
    std::string text;
    for (int n = 1 + Below(2); n > 0; --n) {
      if (!text.empty()) text += Below(3) == 0 ? " || " : " && ";
      text += Below(4) == 0 ? "order.express" : absl::StrCat(Number(), " > ", Below(4));
    }
    return text;
  }

  void AddOutput(const std::string& name, const std::string& expression,
                 google::protobuf::RepeatedPtrField<v1::RuleOutput>* outputs) {
    if (Below(3) != 0) return;
    v1::RuleOutput* output = outputs->Add();
    output->set_name(name);
    output->set_expression(expression);
  }

  void AddOutputs(google::protobuf::RepeatedPtrField<v1::RuleOutput>* outputs) {
    AddOutput("units", Number(), outputs);
    AddOutput("count", Number(), outputs);
    AddOutput("id", absl::StrCat("order.order_id + '", Below(3), "'"), outputs);
    AddOutput("fast", "order.express", outputs);
    AddOutput("time", Below(2) == 0 ? "order.delivered_time" : "timestamp(5)", outputs);
  }

  template <typename Dated>
  void Date(Dated* dated) {
    if (Below(8) == 0) dated->set_disabled(true);
    const int from = Below(10);
    if (Below(4) == 0) dated->mutable_effective_time()->set_seconds(from);
    if (Below(4) == 0) dated->mutable_expire_time()->set_seconds(from + 1 + Below(10));
  }

  void FillSet(v1::RuleSet* set) {
    set->set_id("random");
    set->set_hit_policy(Below(2) == 0 ? v1::HIT_POLICY_ALL : v1::HIT_POLICY_FIRST);
    set->set_default_outcome(static_cast<v1::PolicyOutcome>(Below(3)));
    AddOutputs(set->mutable_default_outputs());
    for (int i = 0; i < 3; ++i) {
      set->add_groups()->set_id(absl::StrCat("g", i));
      Date(set->mutable_groups(i));
    }
    std::vector<int> orders(20);
    for (int i = 0; i < 20; ++i) orders[i] = i - 10;
    std::shuffle(orders.begin(), orders.end(), random_);
    for (int i = Below(8); i > 0; --i) {
      v1::Rule* rule = set->add_rules();
      rule->set_order(orders[i]);
      rule->set_id(absl::StrCat("r", orders[i]));
      rule->set_outcome(static_cast<v1::PolicyOutcome>(1 + Below(3)));
      rule->set_reason("REASON");
      if (rule->outcome() == v1::POLICY_OUTCOME_HOLD) {
        rule->set_authority(Below(2) == 0 ? "boss" : "chief");
      }
      rule->set_condition(Condition());
      Date(rule);
      if (Below(2) == 0) rule->set_group_id(absl::StrCat("g", Below(3)));
      AddOutputs(rule->mutable_outputs());
      if (Below(5) == 0) {
        rule->add_details()->set_name("detail");
        rule->mutable_details(0)->set_expression(Number());
      }
    }
  }

  std::mt19937 random_;
  int has_variables_ = 0;
};

// The text that cel::ToText has for the value.
std::string ValueText(const v1::OutputValue& output) {
  switch (output.value_case()) {
    case v1::OutputValue::kStringValue:
      return absl::StrCat("\"", output.string_value(), "\"");
    case v1::OutputValue::kTimeValue:
      return absl::StrCat("timestamp(\"", OutputText(output), "\")");
    default:
      return OutputText(output);
  }
}

void ExpectSame(const v1::Decision& decision, const Expected& expected) {
  EXPECT_EQ(decision.outcome(), expected.outcome);
  EXPECT_EQ(
      std::vector<std::string>(decision.fired_rule_ids().begin(), decision.fired_rule_ids().end()),
      expected.fired);
  EXPECT_EQ(decision.by_default(), expected.by_default);
  EXPECT_EQ(!decision.default_error().empty(), expected.default_errs);
  std::map<std::string, std::string> outputs;
  std::string last;
  for (const v1::OutputValue& output : decision.outputs()) {
    EXPECT_LT(last, output.name());
    last = output.name();
    outputs[output.name()] = absl::StrCat(ValueText(output), " (", output.rule_id(), ")");
  }
  EXPECT_EQ(outputs, expected.outputs);
}

TEST(PackReference, RandomPacksDecideAsTheInterpreterDoes) {
  const uint32_t seed = static_cast<uint32_t>(testing::RandomSeed());
  Generator generator(seed);
  const std::vector<std::vector<std::string>> grants = {{}, {"boss"}, {"chief", "boss"}};
  std::map<v1::PolicyOutcome, int> outcomes;
  int with_outputs = 0, passed_over = 0, not_in_effect = 0, default_errs = 0;
  for (int round = 0; round < 300; ++round) {
    const v1::PolicyPack pack = generator.Pack();
    const v1::RuleSet& source = pack.rule_sets(0);
    CompileOptions options;
    options.limits.max_analysis_steps = 0;
    VariableTable variables(pack.variables(), {bakery::Input::descriptor()}, options);
    options.variables = &variables;
    const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor(), options);
    ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues) << pack.DebugString();
    ASSERT_FALSE(HasErrors(variables.Finish()));
    Interpreter interpreter(pack);
    cel::Scratch scratch;
    for (int i = 0; i < 15; ++i) {
      const bakery::Input input = generator.Input();
      const int64_t instant = generator.Below(24) - 2;
      DecideOptions decide;
      decide.now = absl::FromUnixSeconds(instant);
      decide.granted_authorities = grants[generator.Below(3)];
      const Expected expected = interpreter.Decide(input, instant, decide.granted_authorities);
      const absl::StatusOr<v1::Decision> full = compiled.rule_set->Decide(input, decide, scratch);
      ASSERT_TRUE(full.ok());
      ExpectSame(*full, expected);
      for (const v1::Rule& rule : source.rules()) {
        const bool counts = Interpreter::Counts(source, rule, instant);
        EXPECT_EQ(FindRule(*full, rule.id())->result() == v1::RuleTrace::RESULT_NOT_IN_EFFECT,
                  !counts);
        not_in_effect += !counts;
      }
      // The same instant asked for as of another time, and without a full trace.
      decide.as_of = decide.now;
      decide.now = absl::FromUnixSeconds(generator.Below(24) - 2);
      decide.trace = TraceLevel::kFired;
      const absl::StatusOr<v1::Decision> brief = compiled.rule_set->Decide(input, decide, scratch);
      ASSERT_TRUE(brief.ok());
      ExpectSame(*brief, expected);
      ++outcomes[expected.outcome];
      with_outputs += expected.outputs.size() > 1;
      default_errs += expected.default_errs;
      for (const auto& [name, value] : expected.outputs) {
        passed_over += value.find("()") == std::string::npos &&
                       std::none_of(expected.fired.begin(), expected.fired.end(),
                                    [&value = value](const std::string& id) {
                                      return value.find("(" + id + ")") != std::string::npos;
                                    });
      }
      if (::testing::Test::HasFailure()) {
        FAIL() << "seed " << seed << "\n"
               << pack.DebugString() << input.DebugString() << "instant " << instant;
      }
    }
  }
  // The generator reaches everything.
  EXPECT_EQ(outcomes.size(), 3);
  for (const auto& [outcome, count] : outcomes) EXPECT_GT(count, 100) << outcome;
  EXPECT_GT(with_outputs, 300);
  EXPECT_GT(passed_over, 5);
  EXPECT_GT(not_in_effect, 1000);
  EXPECT_GT(default_errs, 20);
}

}  // namespace
}  // namespace pack_reference_tests
}  // namespace rules
}  // namespace frontdesk
