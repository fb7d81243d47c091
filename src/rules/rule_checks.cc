#include "rules/rule_checks.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"
#include "internal/message_utf8.h"
#include "internal/near_name.h"
#include "internal/time.h"
#include "rules/effective_range.h"
#include "rules/name_checks.h"

namespace frontdesk {
namespace rules {
namespace {

std::string RulePath(int index, absl::string_view field) {
  return absl::StrCat("rules[", index, "].", field);
}

class Checker : private NameChecker {
 public:
  Checker(const v1::RuleSet& source, const RuleLimits& limits, const IssueReporter& reporter)
      : NameChecker(limits, reporter), source_(source) {}

  void Run() {
    CheckSet();
    for (int i = 0; i < source_.rules_size(); ++i) CheckRule(i);
  }

 private:
  void CheckSet() {
    if (source_.id().empty())
      report_.Error("id", kReasonRuleSetIdMissing, "the rule set has no id");
    CheckName("id", source_.id());
    CheckDecisionPoints();
    if (!v1::HitPolicy_IsValid(source_.hit_policy())) {
      report_.Error("hit_policy", kReasonRuleSetHitPolicyUnknown,
                    absl::StrCat("there is no hit policy of number ", source_.hit_policy()));
    }
    if (!v1::PolicyOutcome_IsValid(source_.default_outcome())) {
      report_.Error("default_outcome", kReasonRuleSetDefaultUnknown,
                    absl::StrCat("there is no outcome of number ", source_.default_outcome()));
    }
    if (source_.default_outcome() == v1::POLICY_OUTCOME_HOLD) {
      report_.Error("default_outcome", kReasonRuleSetDefaultHold,
                    "a default cannot hold, because it names no authority; write a last rule with "
                    "the condition `true`");
    }
    CheckOutputs(source_.default_outputs(), "default_outputs");
    CheckGroups();
    CheckName("owner", source_.owner());
    CheckText("documentation", source_.documentation());
    if (source_.rules().empty() && source_.default_outcome() == v1::POLICY_OUTCOME_UNSPECIFIED) {
      report_.Warning("rules", kReasonRuleSetEmpty,
                      "without rules and without a default_outcome everything is refused");
    }
  }

  void CheckDecisionPoints() {
    absl::flat_hash_set<absl::string_view> seen;
    bool wildcard = false;
    for (int i = 0; i < source_.decision_points_size(); ++i) {
      const std::string& point = source_.decision_points(i);
      const std::string path = absl::StrCat("decision_points[", i, "]");
      if (point.empty()) {
        report_.Error(path, kReasonRuleSetDecisionPointEmpty, "the decision point has no name");
      } else if (!seen.insert(point).second) {
        report_.Error(
            path, kReasonRuleSetDecisionPointDuplicate,
            absl::StrCat("decision point '", internal::EscapeValue(point), "' is named twice"));
      }
      CheckName(path, point);
      if (point == "*" && !wildcard &&
          (!source_.rules().empty() || !source_.default_outputs().empty() ||
           source_.decision_points_size() > 1)) {
        report_.Error(path, kReasonRuleSetWildcardRules,
                      "a rule set for \"*\" has only a default_outcome: no rules, no "
                      "default_outputs, no other decision point");
      }
      wildcard = wildcard || point == "*";
    }
  }

  void CheckRule(int index) {
    const v1::Rule& rule = source_.rules(index);
    CheckId(index, rule);
    CheckOrder(index, rule);
    CheckOutcome(index, rule);
    CheckName(RulePath(index, "reason"), rule.reason());
    CheckName(RulePath(index, "authority"), rule.authority());
    CheckName(RulePath(index, "owner"), rule.owner());
    CheckText(RulePath(index, "text"), rule.text());
    CheckText(RulePath(index, "customer_text"), rule.customer_text());
    CheckText(RulePath(index, "documentation"), rule.documentation());
    CheckTags(index, rule);
    CheckDetails(index, rule);
    CheckOutputs(rule.outputs(), RulePath(index, "outputs"));
    CheckEffectiveTimes(RulePath(index, ""), rule, "rule");
    CheckGroupOf(index, rule);
  }

  void CheckGroups() {
    if (source_.groups_size() > limits_.max_groups) {
      report_.Error("groups", kReasonRuleLimitGroups,
                    absl::StrCat("there are ", source_.groups_size(), " groups, and at most ",
                                 limits_.max_groups, " (max_groups) are accepted"));
      return;
    }
    for (int i = 0; i < source_.groups_size(); ++i) {
      const v1::RuleGroup& group = source_.groups(i);
      const std::string path = absl::StrCat("groups[", i, "].");
      const std::string id_path = absl::StrCat(path, "id");
      if (group.id().empty()) {
        report_.Error(id_path, kReasonRuleGroupIdMissing, "the group has no id");
      } else if (const auto [first, inserted] = groups_.try_emplace(group.id(), i); !inserted) {
        report_.Error(id_path, kReasonRuleGroupIdDuplicate,
                      absl::StrCat("group id '", internal::EscapeValue(group.id()),
                                   "' is used by groups[", first->second, "] too",
                                   report_.LineOf(absl::StrCat("groups[", first->second, "].id"))));
      }
      CheckName(id_path, group.id());
      CheckEffectiveTimes(path, group, "group");
      CheckName(absl::StrCat(path, "owner"), group.owner());
      CheckText(absl::StrCat(path, "documentation"), group.documentation());
    }
  }

  void CheckGroupOf(int index, const v1::Rule& rule) {
    if (rule.group_id().empty()) return;
    const std::string path = RulePath(index, "group_id");
    CheckName(path, rule.group_id());
    const auto found = groups_.find(rule.group_id());
    if (found == groups_.end()) {
      if (source_.groups_size() > limits_.max_groups) return;
      internal::NearName near(rule.group_id());
      for (const v1::RuleGroup& group : source_.groups()) near.Consider(group.id());
      report_.Error(path, kReasonRuleGroupUnknown,
                    absl::StrCat("the rule set has no group '",
                                 internal::EscapeValue(rule.group_id()), "'", near.Hint()));
      return;
    }
    const EffectiveRange own = EffectiveRangeOf(rule);
    const EffectiveRange groups = EffectiveRangeOf(source_.groups(found->second));
    if (!own.is_empty() && !groups.is_empty() && own.Intersect(groups).is_empty()) {
      report_.Warning(path, kReasonRuleNeverInEffect,
                      "the rule is never in effect while its group is, so it never counts");
    }
  }

  void CheckId(int index, const v1::Rule& rule) {
    const std::string path = RulePath(index, "id");
    if (rule.id().empty()) {
      report_.Error(path, kReasonRuleIdMissing, "the rule has no id");
      return;
    }
    CheckName(path, rule.id());
    const auto [first, inserted] = ids_.try_emplace(rule.id(), index);
    if (inserted) return;
    report_.Error(
        path, kReasonRuleIdDuplicate,
        absl::StrCat("rule id '", internal::EscapeValue(rule.id()), "' is used by rules[",
                     first->second, "] too", report_.LineOf(RulePath(first->second, "id"))));
  }

  void CheckOrder(int index, const v1::Rule& rule) {
    const auto [first, inserted] = orders_.try_emplace(rule.order(), index);
    if (inserted) return;
    const std::string other =
        source_.rules(first->second).id().empty()
            ? absl::StrCat("rules[", first->second, "]")
            : absl::StrCat("rule '", internal::EscapeValue(source_.rules(first->second).id()), "'");
    report_.Error(RulePath(index, "order"), kReasonRuleOrderDuplicate,
                  absl::StrCat("order ", rule.order(), " is used by ", other, " too",
                               report_.LineOf(RulePath(first->second, "order"))));
  }

  void CheckOutcome(int index, const v1::Rule& rule) {
    const std::string path = RulePath(index, "outcome");
    if (rule.outcome() == v1::POLICY_OUTCOME_UNSPECIFIED) {
      report_.Error(path, kReasonRuleOutcomeMissing,
                    "the rule does not say whether it allows, refuses or holds");
    } else if (!v1::PolicyOutcome_IsValid(rule.outcome())) {
      report_.Error(path, kReasonRuleOutcomeUnknown,
                    absl::StrCat("there is no outcome of number ", rule.outcome()));
    }
    const bool hold = rule.outcome() == v1::POLICY_OUTCOME_HOLD;
    const bool needs_reason = hold || rule.outcome() == v1::POLICY_OUTCOME_REFUSE;
    if (rule.reason().empty() && needs_reason) {
      report_.Error(RulePath(index, "reason"), kReasonRuleReasonMissing,
                    absl::StrCat("a rule that ", hold ? "holds" : "refuses", " needs a reason"));
    } else if (!rule.reason().empty() && !IsSnake(rule.reason(), true)) {
      report_.Error(
          RulePath(index, "reason"), kReasonRuleReasonMalformed,
          absl::StrCat("reason '", internal::EscapeValue(rule.reason()), "' is not UPPER_SNAKE"));
    }
    if (hold && rule.authority().empty()) {
      report_.Error(RulePath(index, "authority"), kReasonRuleAuthorityMissing,
                    "a rule that holds names the authority that can approve");
    } else if (!hold && !rule.authority().empty()) {
      report_.Error(RulePath(index, "authority"), kReasonRuleAuthorityUnexpected,
                    "only a rule that holds names an authority");
    }
  }

  void CheckDetails(int index, const v1::Rule& rule) {
    if (rule.details_size() > limits_.max_details) {
      report_.Error(RulePath(index, "details"), kReasonRuleLimitDetails,
                    absl::StrCat("the rule has ", rule.details_size(), " details, and at most ",
                                 limits_.max_details, " (max_details) are accepted"));
      return;
    }
    static constexpr NamedReasons kReasons = {
        "detail", &kReasonRuleDetailNameMissing, &kReasonRuleDetailNameMalformed,
        &kReasonRuleDetailNameDuplicate, &kReasonRuleDetailExpressionMissing};
    CheckNamed(rule.details(), rule.details_size(), RulePath(index, "details"), kReasons);
  }

  // The outputs of a rule, or the defaults of the set.
  void CheckOutputs(const google::protobuf::RepeatedPtrField<v1::RuleOutput>& outputs,
                    const std::string& path) {
    if (outputs.size() > limits_.max_outputs) {
      report_.Error(path, kReasonRuleLimitOutputs,
                    absl::StrCat("there are ", outputs.size(), " outputs, and at most ",
                                 limits_.max_outputs, " (max_outputs) are accepted"));
      return;
    }
    static constexpr NamedReasons kReasons = {
        "output", &kReasonRuleOutputNameMissing, &kReasonRuleOutputNameMalformed,
        &kReasonRuleOutputNameDuplicate, &kReasonRuleOutputExpressionMissing};
    CheckNamed(outputs, outputs.size(), path, kReasons);
  }

  // The words of a rule for people.
  void CheckTags(int index, const v1::Rule& rule) {
    if (rule.tags_size() > limits_.max_tags) {
      report_.Error(RulePath(index, "tags"), kReasonRuleLimitTags,
                    absl::StrCat("the rule has ", rule.tags_size(), " tags, and at most ",
                                 limits_.max_tags, " (max_tags) are accepted"));
      return;
    }
    for (int i = 0; i < rule.tags_size(); ++i) {
      CheckName(RulePath(index, absl::StrCat("tags[", i, "]")), rule.tags(i));
    }
  }

  // Of a rule or a group.
  template <typename Dated>
  void CheckEffectiveTimes(const std::string& path, const Dated& dated, absl::string_view noun) {
    const bool from_valid = CheckTime(absl::StrCat(path, "effective_time"),
                                      dated.has_effective_time(), dated.effective_time());
    const std::string to_path = absl::StrCat(path, "expire_time");
    const bool to_valid = CheckTime(to_path, dated.has_expire_time(), dated.expire_time());
    if (!from_valid || !to_valid || !EffectiveRangeOf(dated).is_empty()) return;
    report_.Error(to_path, kReasonRuleEffectiveRangeReversed,
                  absl::StrCat("expire_time is not after effective_time, so the ", noun,
                               " would never count"));
  }

  bool CheckTime(const std::string& path, bool present, const google::protobuf::Timestamp& time) {
    if (!present || internal::IsValid(time)) return true;
    report_.Error(
        path, kReasonRuleEffectiveTimeInvalid,
        "the time lies outside the years 1 to 9999, or its nanoseconds outside 0 to 999999999");
    return false;
  }

  const v1::RuleSet& source_;
  absl::flat_hash_map<absl::string_view, int> ids_;
  absl::flat_hash_map<absl::string_view, int> groups_;
  absl::flat_hash_map<int32_t, int> orders_;
};

}  // namespace

std::string IssueReporter::FullPath(absl::string_view field) const {
  if (!options_.condition_paths.empty()) {
    size_t rule = 0;
    absl::string_view number = field;
    if (absl::ConsumePrefix(&number, "rules[") && absl::ConsumeSuffix(&number, "].condition") &&
        absl::SimpleAtoi(number, &rule) && rule < options_.condition_paths.size()) {
      return options_.condition_paths[rule];
    }
  }
  if (options_.field_path.empty()) return std::string(field);
  return field.empty() ? options_.field_path : absl::StrCat(options_.field_path, ".", field);
}

void IssueReporter::Add(v1::Issue::Severity severity, absl::string_view field,
                        absl::string_view reason, absl::string_view text) const {
  v1::Issue issue = MakeIssue(severity, reason, text);
  issue.set_file(options_.file);
  PlaceAtField(options_.source, FullPath(field), &issue);
  issues_->Add(std::move(issue));
}

void IssueReporter::Error(absl::string_view field, absl::string_view reason,
                          absl::string_view text) const {
  Add(v1::Issue::SEVERITY_ERROR, field, reason, text);
}

void IssueReporter::Warning(absl::string_view field, absl::string_view reason,
                            absl::string_view text) const {
  Add(v1::Issue::SEVERITY_WARNING, field, reason, text);
}

cel::Issue IssueOf(const ExpressionFinding& finding, absl::string_view source) {
  const bool warning = finding.severity == v1::Issue::SEVERITY_WARNING;
  return cel::MakeIssue(warning ? cel::Severity::kWarning : cel::Severity::kError, "", source,
                        finding.expr.range(), finding.text);
}

bool HasErrors(const std::vector<ExpressionFinding>& findings) {
  return absl::c_any_of(findings, [](const ExpressionFinding& finding) {
    return finding.severity == v1::Issue::SEVERITY_ERROR;
  });
}

void IssueReporter::InExpression(absl::string_view field, const cel::Issue& issue) const {
  InExpression(field, issue, absl::StrCat("CEL_", issue.code));
}

void IssueReporter::InExpression(absl::string_view field, const cel::Issue& issue,
                                 absl::string_view reason) const {
  // The language only warns of a part that always fails. In a rule it can only be a mistake.
  const bool warning = issue.severity == cel::Severity::kWarning && issue.code != "CONSTANT_ERROR";
  v1::Issue placed = MakeIssue(warning ? v1::Issue::SEVERITY_WARNING : v1::Issue::SEVERITY_ERROR,
                               reason, issue.message);
  const std::string path = FullPath(field);
  placed.set_file(options_.file);
  placed.set_field(path);
  placed.set_expression_line(issue.line);
  placed.set_expression_column(issue.column);
  const absl::optional<SourcePosition> position =
      options_.source.FindInside(path, issue.range.begin);
  if (position.has_value()) {
    PlaceAt(options_.source, *position, &placed);
  } else {
    PlaceAtField(options_.source, path, &placed);
    if (placed.snippet().empty()) placed.set_snippet(issue.snippet);
  }
  issues_->Add(std::move(placed));
}

std::string IssueReporter::LineOf(absl::string_view field) const {
  const absl::optional<SourcePosition> position = options_.source.Find(FullPath(field));
  return position.has_value() ? absl::StrCat(" (line ", position->line, ")") : "";
}

bool CheckEncoding(const v1::RuleSet& source, const IssueReporter& reporter) {
  const std::vector<std::string> broken = internal::FieldsWithInvalidUtf8(source);
  for (const std::string& path : broken) {
    reporter.Error(path, kReasonRuleSetEncoding, "the string is not UTF-8");
  }
  return broken.empty();
}

void CheckRuleSet(const v1::RuleSet& source, const RuleLimits& limits,
                  const IssueReporter& reporter) {
  Checker(source, limits, reporter).Run();
}

}  // namespace rules
}  // namespace frontdesk
