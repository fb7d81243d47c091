#include "frontdesk/rules/issues.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "frontdesk/base/error.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"
#include "rules/issue_list.h"

namespace frontdesk {
namespace rules {
namespace {

// Where it is, with a colon behind every part.
std::string FormatPlace(const v1::Issue& issue) {
  std::string place;
  if (!issue.file().empty()) absl::StrAppend(&place, internal::EscapeText(issue.file()), ":");
  if (issue.line() > 0) {
    absl::StrAppend(&place, issue.line(), ":", issue.column(), ":");
    return place;
  }
  if (!issue.field().empty()) absl::StrAppend(&place, internal::EscapeText(issue.field()), ":");
  if (issue.expression_line() > 0) {
    absl::StrAppend(&place, issue.expression_line(), ":", issue.expression_column(), ":");
  }
  return place;
}

}  // namespace

std::string FormatIssue(const v1::Issue& issue) {
  const std::string place = FormatPlace(issue);
  const char* severity = issue.severity() == v1::Issue::SEVERITY_WARNING ? "warning"
                         : issue.severity() == v1::Issue::SEVERITY_ERROR ? "error"
                                                                         : "note";
  std::string text = absl::StrCat(place, place.empty() ? "" : " ", severity, ": ",
                                  internal::EscapeText(issue.text()), " [",
                                  internal::EscapeValue(issue.reason()), "]\n");
  if (!issue.snippet().empty()) text += internal::QuoteLines(issue.snippet());
  return text;
}

std::string FormatIssues(const std::vector<v1::Issue>& issues) {
  std::string text;
  for (const v1::Issue& issue : issues) text += FormatIssue(issue);
  return text;
}

bool HasErrors(const std::vector<v1::Issue>& issues) {
  return std::any_of(issues.begin(), issues.end(), [](const v1::Issue& issue) {
    return issue.severity() == v1::Issue::SEVERITY_ERROR;
  });
}

void PlaceAtField(const SourceMap& source, absl::string_view field_path, v1::Issue* issue) {
  issue->set_field(std::string(field_path));
  absl::string_view path = field_path;
  while (true) {
    const absl::optional<SourcePosition> position = source.Find(path);
    if (position.has_value()) {
      PlaceAt(source, *position, issue);
      return;
    }
    if (path.empty()) return;
    const size_t end = path.find_last_of(".[");
    path = path.substr(0, end == absl::string_view::npos ? 0 : end);
  }
}

absl::Status IssuesToStatus(const std::vector<v1::Issue>& issues) {
  const auto error = std::find_if(issues.begin(), issues.end(), [](const v1::Issue& issue) {
    return issue.severity() == v1::Issue::SEVERITY_ERROR;
  });
  if (error == issues.end()) return absl::OkStatus();
  v1::ErrorDetail detail;
  for (const v1::Issue& issue : issues) *detail.add_issues() = issue;
  const std::string place = FormatPlace(*error);
  return MakeError(
      kReasonPolicyInvalid,
      absl::StrCat(place, place.empty() ? "" : " ", error->text(), " [", error->reason(), "]"),
      std::move(detail));
}

}  // namespace rules
}  // namespace frontdesk
