#include "rules/hit_policy_checks.h"

#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace rules {
namespace {

using internal::EscapeValue;

std::string OrderPath(int order) { return absl::StrCat("output_orders[", order, "]"); }

std::string OrderValuePath(int order, int value) {
  return absl::StrCat(OrderPath(order), ".values[", value, "]");
}

void CheckAggregator(const v1::RuleSet& source, const IssueReporter& report) {
  if (!v1::HitAggregator_IsValid(source.aggregator())) {
    report.Error("aggregator", kReasonRuleSetAggregatorUnknown,
                 absl::StrCat("there is no aggregator of number ", source.aggregator()));
    return;
  }
  const bool aggregates = source.aggregator() != v1::HIT_AGGREGATOR_UNSPECIFIED;
  if (aggregates && source.hit_policy() != v1::HIT_POLICY_COLLECT) {
    report.Error("aggregator", kReasonRuleSetAggregatorUnexpected,
                 "only a rule set with HIT_POLICY_COLLECT has an aggregator");
  }
  if (!aggregates && !source.aggregate_output().empty()) {
    report.Error("aggregate_output", kReasonRuleSetAggregatorUnexpected,
                 "the rule set names an output for an aggregator and has no aggregator");
  }
  if (aggregates && source.aggregate_output().empty()) {
    report.Error("aggregator", kReasonRuleSetAggregateOutputMissing,
                 "an aggregator needs the name of an output in aggregate_output");
  }
  if (source.aggregator() != v1::HIT_AGGREGATOR_COUNT) return;
  for (int i = 0; i < source.default_outputs_size(); ++i) {
    if (source.default_outputs(i).name() != source.aggregate_output()) continue;
    report.Error(absl::StrCat("default_outputs[", i, "].name"), kReasonRuleSetAggregateDefault,
                 "a count needs no default: it is 0 when no rule matches");
  }
}

bool CheckOrders(const v1::RuleSet& source, const RuleLimits& limits, const IssueReporter& report) {
  if (!ComparesOutputs(source.hit_policy()) && !source.output_orders().empty()) {
    report.Error("output_orders", kReasonRuleSetOutputOrderUnexpected,
                 "only a rule set with HIT_POLICY_PRIORITY or HIT_POLICY_OUTPUT_ORDER compares "
                 "outputs by their orders");
  }
  if (ComparesOutputs(source.hit_policy()) && source.output_orders().empty()) {
    report.Error("hit_policy", kReasonRuleSetOutputOrderMissing,
                 "the hit policy compares outputs; list the values of one, most important first, "
                 "in output_orders");
  }
  if (source.output_orders_size() > limits.max_outputs) {
    report.Error("output_orders", kReasonRuleSetLimitOutputOrders,
                 absl::StrCat("there are ", source.output_orders_size(), " orders, and at most ",
                              limits.max_outputs, " (max_outputs) are accepted"));
    return false;
  }
  std::set<std::string> names;
  bool is_within_limits = true;
  for (int i = 0; i < source.output_orders_size(); ++i) {
    const v1::OutputOrder& order = source.output_orders(i);
    if (order.name().empty() || !names.insert(order.name()).second) {
      report.Error(absl::StrCat(OrderPath(i), ".name"), kReasonRuleSetOutputOrderName,
                   order.name().empty() ? "the order names no output"
                                        : absl::StrCat("output '", EscapeValue(order.name()),
                                                       "' has an order before"));
    }
    if (order.values().empty()) {
      report.Error(absl::StrCat(OrderPath(i), ".values"), kReasonRuleSetOutputOrderEmpty,
                   "the order lists no value");
    }
    if (order.values_size() > limits.max_output_values) {
      report.Error(absl::StrCat(OrderPath(i), ".values"), kReasonRuleSetLimitOutputOrders,
                   absl::StrCat("there are ", order.values_size(), " values, and at most ",
                                limits.max_output_values, " (max_output_values) are accepted"));
      is_within_limits = false;
    }
  }
  return is_within_limits;
}

bool CanAggregate(v1::HitAggregator aggregator, OutputType type) {
  switch (aggregator) {
    case v1::HIT_AGGREGATOR_SUM:
      return type == OutputType::kInt || type == OutputType::kDouble ||
             type == OutputType::kDuration || type == OutputType::kMoney;
    case v1::HIT_AGGREGATOR_MIN:
    case v1::HIT_AGGREGATOR_MAX:
      return type != OutputType::kBool;
    default:
      return true;
  }
}

class HitPolicyCompiler {
 public:
  HitPolicyCompiler(const v1::RuleSet& source, const OutputTypes& types,
                    const IssueReporter& report, CompiledRuleSet& set)
      : source_(source), types_(types), report_(report), set_(set), plan_(set.hit_plan) {}

  void Run(const OrderPrograms& orders) {
    if (source_.hit_policy() != v1::HIT_POLICY_UNSPECIFIED) plan_.policy = source_.hit_policy();
    plan_.aggregator = source_.aggregator();
    plan_.aggregate_output = source_.aggregate_output();
    if (plan_.aggregator != v1::HIT_AGGREGATOR_UNSPECIFIED && !plan_.aggregate_output.empty()) {
      CheckAggregateType();
      CheckEveryRuleHas(plan_.aggregate_output);
    }
    for (size_t i = 0; i < orders.size(); ++i) CompileOrder(static_cast<int>(i), orders[i]);
    for (const ValueOrder& order : plan_.orders) {
      CheckEveryRuleHas(order.name);
      CheckConstants(order);
    }
  }

 private:
  void CheckAggregateType() const {
    const auto type = types_.find(plan_.aggregate_output);
    if (type == types_.end() || CanAggregate(plan_.aggregator, type->second.first)) return;
    report_.Error("aggregator", kReasonRuleSetAggregateType,
                  absl::StrCat("output '", EscapeValue(plan_.aggregate_output), "' is ",
                               OutputTypeName(type->second.first),
                               plan_.aggregator == v1::HIT_AGGREGATOR_SUM
                                   ? "; a sum is of whole numbers, numbers, durations or amounts"
                                   : "; only values with an order have a smallest or largest one"));
  }

  void CheckEveryRuleHas(const std::string& name) const {
    for (const CompiledRule& rule : set_.rules) {
      const bool has = absl::c_any_of(rule.rule->outputs(), [&](const v1::RuleOutput& output) {
        return output.name() == name;
      });
      if (has) continue;
      report_.Error(absl::StrCat("rules[", rule.index, "].outputs"), kReasonRuleOutputMissing,
                    absl::StrCat("the hit policy reads output '", EscapeValue(name),
                                 "' of every rule, and this one does not have it"));
    }
  }

  void CompileOrder(int number, const std::vector<std::shared_ptr<const cel::Program>>& programs) {
    ValueOrder order;
    order.name = source_.output_orders(number).name();
    const auto type = types_.find(order.name);
    if (!order.name.empty() && type == types_.end()) {
      if (set_.rules.empty()) return;
      report_.Error(absl::StrCat(OrderPath(number), ".name"), kReasonRuleSetOutputOrderName,
                    absl::StrCat("no rule has an output '", EscapeValue(order.name), "'"));
      return;
    }
    const bool is_known = absl::c_any_of(
        plan_.orders, [&](const ValueOrder& each) { return each.name == order.name; });
    if (type == types_.end() || is_known) return;
    for (size_t i = 0; i < programs.size(); ++i) {
      const std::string path = OrderValuePath(number, static_cast<int>(i));
      const absl::optional<std::string> key = KeyOf(path, type->second.first, programs[i]);
      if (!key.has_value()) continue;
      if (!order.places.emplace(*key, order.places.size()).second) {
        report_.Error(path, kReasonRuleSetOutputOrderDuplicate,
                      absl::StrCat("the value is listed twice in the order of output '",
                                   EscapeValue(order.name), "'"));
      }
    }
    has_all_values_ = has_all_values_ && order.places.size() == programs.size();
    plan_.orders.push_back(std::move(order));
  }

  // The key of a constant of an order; nothing, and an issue, for anything else.
  absl::optional<std::string> KeyOf(const std::string& path, OutputType type,
                                    const std::shared_ptr<const cel::Program>& program) const {
    if (program == nullptr) return absl::nullopt;
    const auto report = [&](absl::string_view text) {
      report_.InExpression(path,
                           cel::MakeIssue(cel::Severity::kError, "", program->source(),
                                          program->expr().range(), text),
                           kReasonRuleSetOutputOrderValue.word);
    };
    const cel::Value* constant = program->expr().constant();
    if (constant == nullptr || type == OutputType::kMoney) {
      report(type == OutputType::kMoney ? "amounts of money have no declared order"
                                        : "a value in an order is a constant");
      return absl::nullopt;
    }
    if (OutputTypeOf(program->result_type()) != type) {
      report(absl::StrCat("the output is ", OutputTypeName(type), ", and this is of type ",
                          program->result_type().ToString()));
      return absl::nullopt;
    }
    v1::OutputValue written;
    std::string error;
    if (WriteOutput(type, *constant, set_.limits.max_output_bytes, &written, &error)) {
      return ValueKey(written);
    }
    report(error);
    return absl::nullopt;
  }

  void CheckConstants(const ValueOrder& order) const {
    if (!has_all_values_) return;  // The author looks at these first.
    for (const CompiledRule& rule : set_.rules) {
      const auto output = absl::c_find_if(
          rule.outputs, [&](const CompiledOutput& each) { return each.name == order.name; });
      if (output == rule.outputs.end()) continue;
      const cel::Value* constant = output->program->expr().constant();
      v1::OutputValue written;
      std::string error;
      if (constant == nullptr ||
          !WriteOutput(output->type, *constant, set_.limits.max_output_bytes, &written, &error)) {
        continue;
      }
      if (order.places.contains(ValueKey(written))) continue;
      report_.InExpression(
          ExpressionPath(rule, order.name),
          cel::MakeIssue(cel::Severity::kError, "", output->program->source(),
                         output->program->expr().range(),
                         absl::StrCat("the value is not listed in the order of output '",
                                      EscapeValue(order.name), "'")),
          kReasonRuleOutputUnranked.word);
    }
  }

  static std::string ExpressionPath(const CompiledRule& rule, const std::string& name) {
    int place = 0;
    while (place < rule.rule->outputs_size() && rule.rule->outputs(place).name() != name) ++place;
    return absl::StrCat("rules[", rule.index, "].outputs[", place, "].expression");
  }

  const v1::RuleSet& source_;
  const OutputTypes& types_;
  const IssueReporter& report_;
  CompiledRuleSet& set_;
  HitPlan& plan_;
  bool has_all_values_ = true;
};

}  // namespace

bool CheckHitPolicy(const v1::RuleSet& source, const RuleLimits& limits,
                    const IssueReporter& reporter) {
  CheckAggregator(source, reporter);
  return CheckOrders(source, limits, reporter);
}

void CompileHitPolicy(const v1::RuleSet& source, const OrderPrograms& orders,
                      const OutputTypes& types, const IssueReporter& reporter,
                      CompiledRuleSet* set) {
  HitPolicyCompiler(source, types, reporter, *set).Run(orders);
}

}  // namespace rules
}  // namespace frontdesk
