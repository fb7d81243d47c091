#include "rules/issue_list.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace rules {

void IssueList::Add(v1::Issue issue) {
  if (issue.severity() == v1::Issue::SEVERITY_ERROR) has_errors_ = true;
  if (static_cast<int>(issues_.size()) >= max_issues_) {
    ++dropped_;
    return;
  }
  issues_.push_back(std::move(issue));
}

std::vector<v1::Issue> IssueList::Take() {
  std::stable_sort(issues_.begin(), issues_.end(), [](const v1::Issue& a, const v1::Issue& b) {
    return std::make_tuple(a.line(), a.column()) < std::make_tuple(b.line(), b.column());
  });
  if (dropped_ > 0) {
    const v1::Issue::Severity severity =
        has_errors_ ? v1::Issue::SEVERITY_ERROR : v1::Issue::SEVERITY_WARNING;
    issues_.push_back(MakeIssue(severity, kReasonPolicyLimitIssues,
                                absl::StrCat("and ", dropped_, " more that are not listed here")));
    if (issues_.size() > 1) issues_.back().set_file(issues_.front().file());
  }
  dropped_ = 0;
  return std::exchange(issues_, {});
}

v1::Issue MakeIssue(v1::Issue::Severity severity, absl::string_view reason,
                    absl::string_view text) {
  v1::Issue issue;
  issue.set_severity(severity);
  issue.set_reason(std::string(reason));
  issue.set_text(internal::EscapeText(text));
  return issue;
}

void PlaceAt(const SourceMap& source, SourcePosition position, v1::Issue* issue) {
  issue->set_file(source.file());
  issue->set_line(position.line);
  issue->set_column(position.column);
  issue->set_snippet(source.Snippet(position));
}

}  // namespace rules
}  // namespace frontdesk
