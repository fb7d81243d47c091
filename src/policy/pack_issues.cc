#include "policy/pack_issues.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/issues.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace internal {

bool IsLowerSnake(absl::string_view name) {
  return !name.empty() && absl::ascii_islower(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

PackIssues::PackIssues(absl::string_view file, const rules::SourceMap& source)
    : file_(file), source_(source) {}

void PackIssues::AddError(absl::string_view reason, std::string field, std::string text) {
  AddAt(v1::Issue::SEVERITY_ERROR, reason, field, text);
}

void PackIssues::AddWarning(absl::string_view reason, std::string field, std::string text) {
  AddAt(v1::Issue::SEVERITY_WARNING, reason, field, text);
}

void PackIssues::AddAt(v1::Issue::Severity severity, absl::string_view reason,
                       absl::string_view field, absl::string_view text) {
  v1::Issue issue;
  issue.set_severity(severity);
  issue.set_reason(std::string(reason));
  issue.set_text(EscapeText(text));
  issue.set_file(file_);
  rules::PlaceAtField(source_, field, &issue);
  issues_.push_back(std::move(issue));
}

void PackIssues::Add(v1::Issue issue) { issues_.push_back(std::move(issue)); }

void PackIssues::CheckName(absl::string_view name, std::string field) {
  if (const auto fault = FindIdFault(name)) {
    AddError(*fault->reason, std::move(field), absl::StrCat("the name ", fault->text));
  }
}

void PackIssues::CheckTimeBasis(v1::TimeBasis basis, bool has_time, absl::string_view owner,
                                absl::string_view name) {
  std::string field = absl::StrCat(owner, ".", name, "_basis");
  if (!v1::TimeBasis_IsValid(basis)) {
    AddError(kReasonPolicyTimeBasis, std::move(field),
             "the basis is not known; it is ELAPSED or BUSINESS");
  } else if (basis != v1::TIME_BASIS_UNSPECIFIED && !has_time) {
    AddError(kReasonPolicyTimeBasis, std::move(field),
             absl::StrCat("the basis is for ", name, ", which is not set"));
  }
}

bool PackIssues::HasErrors() const { return rules::HasErrors(issues_); }

std::vector<v1::Issue> PackIssues::Take() { return std::move(issues_); }

}  // namespace internal
}  // namespace frontdesk
