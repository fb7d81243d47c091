#include "frontdesk/cel/issue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cel/errors.h"
#include "cel/utf8.h"

namespace frontdesk {
namespace cel {
namespace {

constexpr IssueCode kIssueCodes[] = {
#define FRONTDESK_CEL_CODE(name, phase, meaning, text) {#name, IssuePhase::k##phase, meaning},
    FRONTDESK_CEL_CODES(FRONTDESK_CEL_CODE)
#undef FRONTDESK_CEL_CODE
};

constexpr absl::string_view kTexts[] = {
#define FRONTDESK_CEL_CODE(name, phase, meaning, text) text,
    FRONTDESK_CEL_CODES(FRONTDESK_CEL_CODE)
#undef FRONTDESK_CEL_CODE
};

// Bytes of a source line that are shown before and after the position.
constexpr size_t kSnippetBefore = 80;
constexpr size_t kSnippetAfter = 80;

// Moves `offset` back to the beginning of a code point.
size_t AlignBack(absl::string_view text, size_t offset) {
  while (offset > 0 && offset < text.size() &&
         (static_cast<uint8_t>(text[offset]) & 0xC0) == 0x80) {
    --offset;
  }
  return offset;
}

std::string Snippet(absl::string_view text, SourceRange range) {
  const size_t begin = std::min<size_t>(std::max(range.begin, 0), text.size());
  size_t line_begin = begin;
  while (line_begin > 0 && text[line_begin - 1] != '\n') --line_begin;
  size_t line_end = begin;
  while (line_end < text.size() && text[line_end] != '\n' && text[line_end] != '\r') ++line_end;
  std::string line, caret;
  size_t from = line_begin;
  if (begin - line_begin > kSnippetBefore) {
    from = AlignBack(text, begin - kSnippetBefore);
    line = "...";
    caret = "   ";
  }
  size_t to = line_end;
  if (line_end - begin > kSnippetAfter) to = AlignBack(text, begin + kSnippetAfter);
  absl::StrAppend(&line, cel_internal::KeepColumns(text.substr(from, to - from)),
                  to < line_end ? "..." : "");
  for (absl::string_view before = text.substr(from, begin - from); !before.empty();) {
    caret.push_back(before[0] == '\t' ? '\t' : ' ');
    before.remove_prefix(cel_internal::Utf8Length(before));
  }
  caret.push_back('^');
  const size_t end = std::min<size_t>(std::max<size_t>(range.end, begin), to);
  const size_t width = cel_internal::CountCodePoints(text.substr(begin, end - begin));
  if (width > 1) caret.append(width - 1, '~');
  return absl::StrCat(line, "\n", caret);
}

}  // namespace

absl::Span<const IssueCode> IssueCodes() { return kIssueCodes; }

void LocateOffset(absl::string_view text, int32_t offset, int32_t* line, int32_t* column) {
  const size_t end = std::min<size_t>(std::max(offset, 0), text.size());
  *line = 1;
  size_t line_begin = 0;
  for (size_t i = 0; i < end; ++i) {
    if (text[i] == '\n') {
      ++*line;
      line_begin = i + 1;
    }
  }
  *column = 1 + static_cast<int32_t>(
                    cel_internal::CountCodePoints(text.substr(line_begin, end - line_begin)));
}

Issue MakeIssue(Severity severity, absl::string_view code, absl::string_view text,
                SourceRange range, absl::string_view message) {
  Issue issue;
  issue.severity = severity;
  issue.code = std::string(code);
  issue.range = range;
  issue.message = std::string(message);
  LocateOffset(text, range.begin, &issue.line, &issue.column);
  issue.snippet = Snippet(text, range);
  return issue;
}

std::string FormatIssue(const Issue& issue, absl::string_view file) {
  std::string out;
  if (!file.empty()) absl::StrAppend(&out, file, ":");
  if (issue.line > 0) absl::StrAppend(&out, issue.line, ":", issue.column, ":");
  absl::StrAppend(&out, out.empty() ? "" : " ",
                  issue.severity == Severity::kError ? "error" : "warning", ": ", issue.message,
                  " [", issue.code, "]\n");
  // No line of an author looks like an issue.
  if (issue.snippet.empty()) return out;
  for (const absl::string_view line : absl::StrSplit(issue.snippet, '\n')) {
    absl::StrAppend(&out, "  | ", line, "\n");
  }
  return out;
}

std::string FormatIssues(absl::Span<const Issue> issues, absl::string_view file) {
  std::string out;
  for (const Issue& issue : issues) out += FormatIssue(issue, file);
  return out;
}

namespace cel_internal {

absl::string_view CodeName(Code code) { return kIssueCodes[static_cast<int>(code)].code; }

std::string CodeText(Code code, absl::string_view detail) {
  // There are two limits of that reason; the detail names the second.
  if (code == Code::LIMIT_RESULT_SIZE && !detail.empty()) {
    return absl::StrCat("a value would be larger than ", detail);
  }
  return absl::StrReplaceAll(kTexts[static_cast<int>(code)], {{"%s", detail}});
}

}  // namespace cel_internal
}  // namespace cel
}  // namespace frontdesk
