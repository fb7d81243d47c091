#include "rules/rule_checks.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"
#include "internal/message_utf8.h"
#include "internal/time.h"

namespace frontdesk {
namespace rules {
namespace {

// UPPER_SNAKE or lower_snake: begins with a letter, then letters of the same case, digits and underscores.
bool IsSnake(absl::string_view word, bool upper) {
  const auto letter = [upper](char c) {
    return upper ? absl::ascii_isupper(c) : absl::ascii_islower(c);
  };
  return !word.empty() && letter(word[0]) &&
         std::all_of(word.begin(), word.end(),
                     [&letter](char c) { return letter(c) || absl::ascii_isdigit(c) || c == '_'; });
}

std::string RulePath(int index, absl::string_view field) {
  return absl::StrCat("rules[", index, "].", field);
}

class Checker {
 public:
  Checker(const v1::RuleSet& source, const RuleLimits& limits, const IssueReporter& reporter)
      : source_(source), limits_(limits), report_(reporter) {}

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
          (!source_.rules().empty() || source_.decision_points_size() > 1)) {
        report_.Error(
            path, kReasonRuleSetWildcardRules,
            "a rule set for \"*\" has only a default_outcome: no rules, no other decision point");
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
    if (static_cast<int64_t>(rule.text().size()) > limits_.max_text_bytes) {
      report_.Error(RulePath(index, "text"), kReasonRuleLimitTextBytes,
                    absl::StrCat("the text has ", rule.text().size(), " bytes, and at most ",
                                 limits_.max_text_bytes, " (max_text_bytes) are accepted"));
    }
    CheckDetails(index, rule);
    CheckEffectiveTimes(index, rule);
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
    absl::flat_hash_set<absl::string_view> names;
    for (int i = 0; i < rule.details_size(); ++i) {
      const v1::RuleDetail& detail = rule.details(i);
      const std::string path = RulePath(index, absl::StrCat("details[", i, "]"));
      const std::string name_path = absl::StrCat(path, ".name");
      if (detail.name().empty()) {
        report_.Error(name_path, kReasonRuleDetailNameMissing, "the detail has no name");
      } else if (!IsSnake(detail.name(), false)) {
        report_.Error(name_path, kReasonRuleDetailNameMalformed,
                      absl::StrCat("detail name '", internal::EscapeValue(detail.name()),
                                   "' is not lower_snake_case"));
      } else if (!names.insert(detail.name()).second) {
        report_.Error(name_path, kReasonRuleDetailNameDuplicate,
                      absl::StrCat("detail '", detail.name(), "' is given twice"));
      }
      CheckName(name_path, detail.name());
      if (detail.expression().empty()) {
        report_.Error(absl::StrCat(path, ".expression"), kReasonRuleDetailExpressionMissing,
                      "the detail has no expression");
      }
    }
  }

  void CheckEffectiveTimes(int index, const v1::Rule& rule) {
    const bool from_valid = CheckTime(RulePath(index, "effective_time"), rule.has_effective_time(),
                                      rule.effective_time());
    const bool to_valid =
        CheckTime(RulePath(index, "expire_time"), rule.has_expire_time(), rule.expire_time());
    if (!from_valid || !to_valid || !rule.has_effective_time() || !rule.has_expire_time()) return;
    if (*internal::DecodeTime(rule.effective_time()) >= *internal::DecodeTime(rule.expire_time())) {
      report_.Error(RulePath(index, "expire_time"), kReasonRuleEffectiveRangeReversed,
                    "expire_time is not after effective_time, so the rule would never count");
    }
  }

  bool CheckTime(const std::string& path, bool present, const google::protobuf::Timestamp& time) {
    if (!present || internal::IsValid(time)) return true;
    report_.Error(
        path, kReasonRuleEffectiveTimeInvalid,
        "the time lies outside the years 1 to 9999, or its nanoseconds outside 0 to 999999999");
    return false;
  }

  void CheckName(absl::string_view path, const std::string& name) {
    if (static_cast<int64_t>(name.size()) > limits_.max_name_bytes) {
      report_.Error(path, kReasonRuleLimitNameBytes,
                    absl::StrCat("the name has ", name.size(), " bytes, and at most ",
                                 limits_.max_name_bytes, " (max_name_bytes) are accepted"));
    } else if (const auto fault = FindIdFault(name)) {
      report_.Error(path, *fault->reason, absl::StrCat("the name ", fault->text));
    }
  }

  const v1::RuleSet& source_;
  const RuleLimits& limits_;
  const IssueReporter& report_;
  absl::flat_hash_map<absl::string_view, int> ids_;
  absl::flat_hash_map<int32_t, int> orders_;
};

}  // namespace

std::string IssueReporter::FullPath(absl::string_view field) const {
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
