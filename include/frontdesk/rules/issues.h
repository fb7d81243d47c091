// Issues of an author's text, for people and for programs.
//
//   frontdesk::rules::CompileResult compiled = frontdesk::rules::CompileText(text, input, options);
//   if (!compiled.ok()) std::cout << frontdesk::rules::FormatIssues(compiled.issues);
//   // retail.textproto:14:20: error: undefined field 'totl' in message 'shop.Order' [CEL_UNKNOWN_FIELD]
//   //   condition: "order.totl > 5"
//   //                     ^
#ifndef FRONTDESK_RULES_ISSUES_H_
#define FRONTDESK_RULES_ISSUES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "frontdesk/rules/source_map.h"
#include "frontdesk/v1/error.pb.h"

namespace frontdesk {
namespace rules {

// `file:line:column: error: text [REASON]`, then the snippet, newline-terminated. An issue without a line in the file begins
// with the field's path and, inside an expression, its line and column: `rules[3].condition:1:7: error: …`.
std::string FormatIssue(const v1::Issue& issue);

// The same for all of them, one after the other.
std::string FormatIssues(const std::vector<v1::Issue>& issues);

// Whether one of them is an error: then the text cannot be used.
bool HasErrors(const std::vector<v1::Issue>& issues);

// Puts the issue at the field of this path: at its place in the text if the text mentions it, otherwise at the nearest message around
// it. The issue has that field then, and the file, line, column and snippet of the place. A text without either gives no place.
void PlaceAtField(const SourceMap& source, absl::string_view field_path, v1::Issue* issue);

// OK when there is no error among them; otherwise INVALID_ARGUMENT with reason POLICY_INVALID, all issues in the
// payload and the first error in the text.
absl::Status IssuesToStatus(const std::vector<v1::Issue>& issues);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ISSUES_H_
