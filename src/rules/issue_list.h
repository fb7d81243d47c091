// Issues as they are found: bounded in number, with places and snippets. Private to rules/.
#ifndef FRONTDESK_RULES_ISSUE_LIST_H_
#define FRONTDESK_RULES_ISSUE_LIST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/source_map.h"
#include "frontdesk/v1/error.pb.h"

namespace frontdesk {
namespace rules {

class IssueList {
 public:
  explicit IssueList(int max_issues) : max_issues_(max_issues) {}

  // Takes the issue, or, at the limit, counts it only.
  void Add(v1::Issue issue);
  bool has_errors() const { return has_errors_; }
  bool empty() const { return issues_.empty(); }

  // All of them by line and column (those without a place keep their order), with a note at the end when the limit left
  // some out. The list is then empty.
  std::vector<v1::Issue> Take();

 private:
  int max_issues_;
  int dropped_ = 0;
  bool has_errors_ = false;
  std::vector<v1::Issue> issues_;
};

// An issue with these words and no place.
v1::Issue MakeIssue(v1::Issue::Severity severity, absl::string_view reason, absl::string_view text);

// Puts the issue at a place of the text.
void PlaceAt(const SourceMap& source, SourcePosition position, v1::Issue* issue);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ISSUE_LIST_H_
