#include "report/policy_test_coverage.h"

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/environment.h"

namespace frontdesk {
namespace report {
namespace {

constexpr std::size_t kMaxPartBytes = 1'000;

// The operands of the top-level `&&`, in the order of the text.
void AddParts(const cel::Expr& expr, v1::RuleCoverage* rule) {
  if (expr.op() == cel::Operator::kAnd) {
    for (std::size_t i = 0; i < expr.child_count(); ++i) AddParts(expr.child(i), rule);
    return;
  }
  absl::string_view text = expr.text();
  rule->add_parts()->set_text(std::string(text.substr(0, kMaxPartBytes)));
}

void Count(v1::ConjunctTrace::Result result, v1::PartCoverage* part) {
  switch (result) {
    case v1::ConjunctTrace::RESULT_TRUE:
      part->set_true_count(part->true_count() + 1);
      return;
    case v1::ConjunctTrace::RESULT_FALSE:
      part->set_false_count(part->false_count() + 1);
      return;
    case v1::ConjunctTrace::RESULT_ERROR:
      part->set_error_count(part->error_count() + 1);
      return;
    default:
      return;
  }
}

void Count(const v1::RuleTrace& trace, v1::RuleCoverage* rule) {
  switch (trace.result()) {
    case v1::RuleTrace::RESULT_FIRED:
      rule->set_fired_count(rule->fired_count() + 1);
      rule->set_true_count(rule->true_count() + 1);
      break;
    case v1::RuleTrace::RESULT_MATCHED:
    case v1::RuleTrace::RESULT_APPROVED:
      rule->set_true_count(rule->true_count() + 1);
      break;
    case v1::RuleTrace::RESULT_NOT_MATCHED:
      rule->set_false_count(rule->false_count() + 1);
      break;
    case v1::RuleTrace::RESULT_ERROR:
      rule->set_error_count(rule->error_count() + 1);
      break;
    default:
      return;
  }
  // A condition that is cut in the trace, at the limits of a rule set, counts as far as it goes.
  for (int i = 0; i < trace.conjuncts_size() && i < rule->parts_size(); ++i) {
    Count(trace.conjuncts(i).result(), rule->mutable_parts(i));
  }
}

}  // namespace

PolicyCoverage::PolicyCoverage(const v1::PolicyPack& pack, v1::PolicyTestReport* report) {
  absl::StatusOr<std::shared_ptr<const cel::Environment>> environment =
      cel::EnvironmentBuilder().Build();
  for (const v1::RuleSet& set : pack.rule_sets()) {
    for (const v1::Rule& rule : set.rules()) {
      v1::RuleCoverage& coverage = *report->add_rules();
      coverage.set_rule_set_id(set.id());
      coverage.set_rule_id(rule.id());
      if (environment.ok()) {
        const cel::AstResult parsed = (*environment)->Parse(rule.condition());
        if (parsed.ok()) AddParts(parsed.ast->root(), &coverage);
      }
    }
    v1::RuleCoverage& by_default = *report->add_rules();
    by_default.set_rule_set_id(set.id());
  }
  // The list does not grow any more, so that its elements stay where they are.
  for (v1::RuleCoverage& rule : *report->mutable_rules()) {
    rules_[{rule.rule_set_id(), rule.rule_id()}] = &rule;
  }
}

void PolicyCoverage::Add(const v1::Outcome& outcome) {
  if (outcome.has_decision()) AddDecision(outcome.decision());
  for (const v1::Decision& decision : outcome.further_decisions()) AddDecision(decision);
}

v1::RuleCoverage* PolicyCoverage::Find(const std::string& rule_set_id, const std::string& rule_id) {
  const auto found = rules_.find({rule_set_id, rule_id});
  return found == rules_.end() ? nullptr : found->second;
}

void PolicyCoverage::AddDecision(const v1::Decision& decision) {
  for (const v1::RuleTrace& trace : decision.rules()) {
    // A level of identity is a rule before all others, of no set.
    if (v1::RuleCoverage* rule = Find(decision.rule_set_id(), trace.rule_id())) {
      Count(trace, rule);
    }
  }
  if (!decision.by_default()) return;
  if (v1::RuleCoverage* rule = Find(decision.rule_set_id(), "")) {
    rule->set_fired_count(rule->fired_count() + 1);
  }
}

}  // namespace report
}  // namespace frontdesk
