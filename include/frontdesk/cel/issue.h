// An issue of an expression: severity, stable code, position, text and a caret.
//
//   for (const frontdesk::cel::Issue& issue : result.issues) {
//     std::cout << frontdesk::cel::FormatIssue(issue, "policy.cel");
//   }
//   // policy.cel:1:7: error: undefined field 'totl' in message 'shop.Order'; did you mean 'total'?
//   // order.totl > 5
//   //       ^~~~
#ifndef FRONTDESK_CEL_ISSUE_H_
#define FRONTDESK_CEL_ISSUE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace frontdesk {
namespace cel {

enum class Severity {
  kError,    // The expression cannot be used (compiling) or has no value (evaluating).
  kWarning,  // The expression can be used, but probably means something else.
};

// A half-open range of bytes [begin, end) in the text of an expression.
struct SourceRange {
  int32_t begin = 0;
  int32_t end = 0;
};

inline bool operator==(const SourceRange& a, const SourceRange& b) {
  return a.begin == b.begin && a.end == b.end;
}

// One finding. A plain value; thread-compatible.
struct Issue {
  Severity severity = Severity::kError;

  // Stable, UPPER_SNAKE, one of IssueCodes(). Programs compare this and never `message`.
  std::string code;

  // Where it begins: line and column count from 1, columns in Unicode code points. Zero: no position.
  int32_t line = 0;
  int32_t column = 0;

  // The same as bytes of the expression's text.
  SourceRange range;

  // For people, in English, without a trailing period. Holds names of variables, fields, types and
  // functions; never a value read from a message or a variable.
  std::string message;

  // The source line (shortened around the position when very long; tabs kept) and, on a second line,
  // a caret below the position. Empty when there is no position.
  std::string snippet;
};

// `file:line:column: error: message [CODE]`, a newline, and the snippet, newline-terminated. `file` may be
// empty: then the line begins with `line:column:`. Linear in the issue's size.
std::string FormatIssue(const Issue& issue, absl::string_view file = "");

// The same for all `issues`, one after the other.
std::string FormatIssues(absl::Span<const Issue> issues, absl::string_view file = "");

// Where and when a code can occur.
enum class IssuePhase { kParse, kCheck, kEvaluate };

struct IssueCode {
  absl::string_view code;     // For example "UNKNOWN_FIELD".
  IssuePhase phase;           // The first phase that reports it.
  absl::string_view meaning;  // One sentence.
};

// Every code that an Issue or an EvalResult can carry, in a fixed order. Static storage; thread-safe.
absl::Span<const IssueCode> IssueCodes();

// The position of byte `offset` of `text`: `line` and `column` from 1, columns in code points (a byte that
// belongs to no valid UTF-8 sequence counts one). Offsets beyond the end mean the end. Linear in `text`.
void LocateOffset(absl::string_view text, int32_t offset, int32_t* line, int32_t* column);

// An issue for `range` of `text` with line, column and snippet filled in. Linear in `text`.
Issue MakeIssue(Severity severity, absl::string_view code, absl::string_view text,
                SourceRange range, absl::string_view message);

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_ISSUE_H_
