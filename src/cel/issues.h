// Collects the issues of one expression. Private to cel/.
#ifndef FRONTDESK_CEL_ISSUES_H_
#define FRONTDESK_CEL_ISSUES_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cel/errors.h"
#include "frontdesk/cel/issue.h"

namespace frontdesk::cel::cel_internal {

class IssueList {
 public:
  IssueList(absl::string_view text, int32_t max_issues) : text_(text), max_issues_(max_issues) {}

  void Error(Code code, SourceRange range, absl::string_view message) {
    has_error_ = true;
    Add(Severity::kError, code, range, message);
  }
  void Warning(Code code, SourceRange range, absl::string_view message) {
    Add(Severity::kWarning, code, range, message);
  }

  bool has_error() const { return has_error_; }

  // In order of position.
  std::vector<Issue> Take() {
    std::stable_sort(issues_.begin(), issues_.end(),
                     [](const Issue& a, const Issue& b) { return a.range.begin < b.range.begin; });
    if (dropped_ > 0) {
      issues_.push_back(MakeIssue(has_error_ ? Severity::kError : Severity::kWarning,
                                  CodeName(Code::LIMIT_ISSUES), text_, last_,
                                  std::to_string(dropped_) + " more issues are not shown"));
    }
    return std::move(issues_);
  }

 private:
  void Add(Severity severity, Code code, SourceRange range, absl::string_view message) {
    if (static_cast<int32_t>(issues_.size()) >= std::max(max_issues_, 1)) {
      if (dropped_++ == 0) last_ = range;
      return;
    }
    issues_.push_back(MakeIssue(severity, CodeName(code), text_, range, message));
  }

  absl::string_view text_;
  int32_t max_issues_;
  bool has_error_ = false;
  int32_t dropped_ = 0;
  SourceRange last_;
  std::vector<Issue> issues_;
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_ISSUES_H_
