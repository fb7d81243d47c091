// Every check of a rule set apart from its expressions. Private to rules/.
#ifndef FRONTDESK_RULES_RULE_CHECKS_H_
#define FRONTDESK_RULES_RULE_CHECKS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/cel/issue.h"
#include "frontdesk/rules/rule_set.h"
#include "rules/issue_list.h"

namespace frontdesk {
namespace rules {

// Places issues of one rule set: by field, and inside expressions.
class IssueReporter {
 public:
  IssueReporter(const CompileOptions& options, IssueList* issues)
      : options_(options), issues_(issues) {}

  // `field` is a path below the rule set: "rules[3].id".
  void Error(absl::string_view field, absl::string_view reason, absl::string_view text) const;
  void Warning(absl::string_view field, absl::string_view reason, absl::string_view text) const;
  // An issue in the expression of `field`; reason "CEL_" and its code.
  void InExpression(absl::string_view field, const cel::Issue& issue) const;
  // The same with a reason of our own.
  void InExpression(absl::string_view field, const cel::Issue& issue,
                    absl::string_view reason) const;
  // ` (line 7)`, or "" when the place of `field` is not known.
  std::string LineOf(absl::string_view field) const;

 private:
  void Add(v1::Issue::Severity severity, absl::string_view field, absl::string_view reason,
           absl::string_view text) const;
  std::string FullPath(absl::string_view field) const;

  const CompileOptions& options_;
  IssueList* issues_;
};

// The issue of a finding in the expression with that text; its reason is the finding's own.
cel::Issue IssueOf(const ExpressionFinding& finding, absl::string_view source);

// Whether one of them is an error: then the expression cannot be used.
bool HasErrors(const std::vector<ExpressionFinding>& findings);

// Reports strings that are not UTF-8; false when there are some: then nothing else may look at the rule set.
bool CheckEncoding(const v1::RuleSet& source, const IssueReporter& reporter);

// Reports the issues of everything but conditions and the expressions of details.
void CheckRuleSet(const v1::RuleSet& source, const RuleLimits& limits,
                  const IssueReporter& reporter);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_RULE_CHECKS_H_
