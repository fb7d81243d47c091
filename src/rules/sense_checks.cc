#include "rules/sense_checks.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "frontdesk/rules/reasons.h"
#include "rules/analyzer.h"

namespace frontdesk {
namespace rules {
namespace {

// Names in one text; the rest is counted.
constexpr size_t kMaxNames = 5;

std::string ConditionPath(const CompiledRule& rule) {
  return absl::StrCat("rules[", rule.index, "].condition");
}

std::string Names(const std::vector<std::string>& names, absl::string_view quote) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < kMaxNames; ++i) {
    const bool is_last = i + 1 == names.size();
    absl::StrAppend(&text, i == 0 ? "" : is_last ? " and " : ", ", quote, names[i], quote);
  }
  if (names.size() > kMaxNames) {
    absl::StrAppend(&text, " and ", names.size() - kMaxNames, " more");
  }
  return text;
}

// The first part of an instant that the expression reads.
absl::optional<CountedPart> FindPartIn(const cel::Expr& expr) {
  absl::optional<CountedPart> part = FindCountedPart(expr);
  for (size_t i = 0; i < expr.child_count() && !part.has_value(); ++i) {
    part = FindPartIn(expr.child(i));
  }
  return part;
}

class SenseCheck {
 public:
  SenseCheck(const CompiledRuleSet& set, const CompileOptions& options, const IssueReporter& report,
             const IssueReporter& notes)
      : set_(set),
        options_(options),
        report_(report),
        notes_(notes),
        analysis_options_(Options(options)),
        analyzer_(set, analysis_options_) {}

  void Run() {
    const Analysis analysis = analyzer_.Run();
    for (size_t i = 0; i < analysis.rules.size(); ++i) CheckRule(i, analysis.rules[i]);
    CheckOverlaps(analysis);
    CheckDefault(analysis);
    if (!analysis.is_complete) {
      report_.Warning(
          "rules", kReasonRuleLimitAnalysis,
          absl::StrCat("the rules were not all analyzed: that takes more than ",
                       options_.limits.max_analysis_steps, " steps (max_analysis_steps)"));
    }
  }

 private:
  static AnalysisOptions Options(const CompileOptions& options) {
    AnalysisOptions result;
    if (options.facts != nullptr) result.facts = options.facts->presence;
    result.max_steps = options.limits.max_analysis_steps;
    result.max_overlaps = static_cast<size_t>(std::max(options.limits.max_issues, 1));
    return result;
  }

  void Warn(const CompiledRule& rule, const cel::Expr& expr, const Reason& reason,
            absl::string_view text) const {
    report_.InExpression(ConditionPath(rule),
                         cel::MakeIssue(cel::Severity::kWarning, "",
                                        rule.conjuncts[0].program.source(), expr.range(), text),
                         reason);
  }

  // The whole condition.
  void Warn(const CompiledRule& rule, const Reason& reason, absl::string_view text) const {
    Warn(rule, rule.conjuncts[0].program.expr(), reason, text);
  }

  void CheckRule(size_t index, const RuleAnalysis& rule) {
    const CompiledRule& compiled = set_.rules[index];
    if (compiled.conjuncts.empty()) return;
    if (rule.condition == ConditionVerdict::kNever) {
      ReportNever(index);
      return;
    }
    const bool is_plain_true = compiled.conjuncts.size() == 1 &&
                               compiled.conjuncts[0].program.expr().constant() != nullptr;
    if (rule.condition == ConditionVerdict::kAlways && !is_plain_true) {
      Warn(compiled, kReasonRuleConditionAlways,
           "the condition always holds; write `true` if that is meant");
    } else if (!is_plain_true && analyzer_.has_steps() && analyzer_.IsNeverFalse(index)) {
      Warn(compiled, kReasonRuleConditionAlways,
           "the condition holds for every input for which it does not fail; write `true` if that "
           "is meant");
    } else if (!is_plain_true && analyzer_.has_steps()) {
      for (const PartVerdict& part : analyzer_.FindParts(index)) {
        Warn(compiled, part.part, kReasonRuleConditionPart,
             part.always ? "this part always holds, so the condition is the same without it"
                         : "this part never holds, so the condition is the same without it");
      }
    }
    if (rule.condition == ConditionVerdict::kNotDecided) {
      Note(index, "whether the condition always or never holds");
    } else if (rule.reach == Reach::kNotDecided && set_.hit_plan.policy == v1::HIT_POLICY_FIRST) {
      Note(index, "whether the rule is reached");
    }
    if (rule.reach == Reach::kNever) {
      ReportNeverReached(compiled, rule);
    } else if (!rule.duplicate_of.empty()) {
      Warn(compiled, kReasonRuleDuplicate,
           absl::StrCat("rule '", rule.duplicate_of,
                        "' has the same condition and result; remove one of them"));
    }
  }

  void Note(size_t index, absl::string_view question) const {
    const CompiledRule& rule = set_.rules[index];
    const cel::Expr unknown = analyzer_.FindUnknown(index);
    const cel::Expr expr = unknown.valid() ? unknown : rule.conjuncts[0].program.expr();
    notes_.InExpression(
        ConditionPath(rule),
        cel::MakeIssue(
            cel::Severity::kWarning, "", rule.conjuncts[0].program.source(), expr.range(),
            absl::StrCat("not decided: ", question,
                         unknown.valid()
                             ? ", because this is no comparison of a field with constants"
                             : "")),
        kReasonRuleNotDecided);
  }

  void ReportNever(size_t index) {
    const CompiledRule& compiled = set_.rules[index];
    const std::vector<cel::Expr> conflict = analyzer_.FindConflict(index);
    if (conflict.size() <= 1) {
      const cel::Expr expr = conflict.empty() ? compiled.conjuncts[0].program.expr() : conflict[0];
      const absl::optional<CountedPart> part = FindPartIn(expr);
      Warn(compiled, expr, kReasonRuleConditionNever,
           absl::StrCat("the condition never holds, so the rule never counts",
                        part.has_value() ? absl::StrCat("; ", part->name, "() counts from ",
                                                        part->min, " to ", part->max)
                                         : ""));
      return;
    }
    std::vector<std::string> texts;
    for (const cel::Expr& expr : conflict) {
      texts.push_back(
          absl::StrCat("`", expr.text().substr(0, options_.limits.max_conjunct_bytes), "`"));
    }
    Warn(compiled, conflict.back(), kReasonRuleConditionNever,
         absl::StrCat("the condition never holds: ", Names(texts, ""),
                      conflict.size() == 2 ? " exclude each other" : " do not hold together"));
  }

  void ReportNeverReached(const CompiledRule& compiled, const RuleAnalysis& rule) const {
    std::string text;
    if (!rule.duplicate_of.empty()) {
      text = absl::StrCat("the rule is never reached: rule '", rule.duplicate_of,
                          "' has the same condition and result; remove one of them");
    } else {
      text = absl::StrCat(
          "the rule is never reached: ", rule.covering_rule_ids.size() == 1 ? "rule " : "rules ",
          Names(rule.covering_rule_ids, "'"),
          rule.covering_rule_ids.size() == 1 ? " decides" : " decide",
          " whenever its condition holds");
      if (!rule.witness_text.empty()) absl::StrAppend(&text, ", as when ", rule.witness_text);
      absl::StrAppend(&text, "; give it a lower order number, or remove it");
    }
    Warn(compiled, kReasonRuleNeverReached, text);
  }

  // Rules that match the same input where the hit policy does not allow it.
  void CheckOverlaps(const Analysis& analysis) const {
    absl::flat_hash_map<absl::string_view, size_t> index_of;
    for (size_t i = 0; i < analysis.rules.size(); ++i) index_of[analysis.rules[i].rule_id] = i;
    for (const RuleOverlap& overlap : analysis.overlaps) {
      if (!overlap.is_violation) continue;
      std::string text = absl::StrCat("rule '", overlap.rule_id, "' matches too");
      if (!overlap.witness_text.empty()) absl::StrAppend(&text, " when ", overlap.witness_text);
      absl::StrAppend(&text, ", and the hit policy ", HitPolicyName(set_.hit_plan.policy),
                      set_.hit_plan.policy == v1::HIT_POLICY_UNIQUE
                          ? " allows one rule"
                          : absl::StrCat(" allows equal results only; they differ in ",
                                         Names(overlap.differences, "")));
      Warn(set_.rules[index_of.at(overlap.other_rule_id)], kReasonRuleOverlap, text);
    }
    if (analysis.undecided_overlaps == 0) return;
    notes_.Warning("rules", kReasonRuleNotDecided,
                   absl::StrCat("not decided: whether rules match the same input, for ",
                                analysis.undecided_overlaps, " pairs"));
  }

  void CheckDefault(const Analysis& analysis) const {
    if (set_.source.default_outcome() != v1::POLICY_OUTCOME_UNSPECIFIED ||
        analysis.gap_verdict == GapVerdict::kNone) {
      return;
    }
    // A table of DMN is complete, or has a default.
    if (set_.hit_plan.asks_all() && analysis.gap_verdict == GapVerdict::kFound) {
      report_.Warning("rules", kReasonRuleSetGap,
                      absl::StrCat("no rule matches when ",
                                   analysis.gap_text.empty() ? "nothing is set" : analysis.gap_text,
                                   ", and the rule set has no default_outcome"));
      return;
    }
    if (!options_.default_expected) return;
    // A rule that always counts is a default.
    for (size_t i = 0; i < analysis.rules.size(); ++i) {
      if (analysis.rules[i].condition == ConditionVerdict::kAlways &&
          set_.rules[i].effective.is_always()) {
        return;
      }
    }
    const std::vector<std::string> points(set_.source.decision_points().begin(),
                                          set_.source.decision_points().end());
    report_.Warning(
        "default_outcome", kReasonRuleSetDefaultMissing,
        absl::StrCat("the rule set has no default_outcome: commands that no rule matches",
                     points.empty() ? "" : absl::StrCat(" (", Names(points, ""), ")"),
                     " are refused with POLICY_NO_RULE; write default_outcome: "
                     "POLICY_OUTCOME_ALLOW, or POLICY_OUTCOME_REFUSE if that is meant"));
  }

  const CompiledRuleSet& set_;
  const CompileOptions& options_;
  const IssueReporter& report_;
  const IssueReporter& notes_;
  const AnalysisOptions analysis_options_;
  Analyzer analyzer_;
};

}  // namespace

void CheckSense(const CompiledRuleSet& set, const CompileOptions& options,
                const IssueReporter& report, const IssueReporter& notes) {
  if (set.input == nullptr || set.rules.empty() || options.limits.max_analysis_steps <= 0) return;
  SenseCheck(set, options, report, notes).Run();
}

}  // namespace rules
}  // namespace frontdesk
