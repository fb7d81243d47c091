// Texts that quote what a stranger wrote: escaped, so that no line can be forged, and cut between characters. Private.
#ifndef FRONTDESK_INTERNAL_ESCAPE_TEXT_H_
#define FRONTDESK_INTERNAL_ESCAPE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// The code point at the beginning of `text`, which is not empty. `length` is its number of bytes; where the first byte begins no
// well-formed sequence, `value` is U+FFFD, `length` is 1 and `valid` is false.
struct CodePoint {
  uint32_t value;
  size_t length;
  bool valid;
};
CodePoint DecodeCodePoint(absl::string_view text);

// Whether a code point is a control or a format character, a line or paragraph separator, a noncharacter, or invisible. That is
// General_Category Cc, Cf, Zl and Zp, Noncharacter_Code_Point and Default_Ignorable_Code_Point. Source: the Unicode Character
// Database, version 15.1 (DerivedGeneralCategory.txt, PropList.txt, DerivedCoreProperties.txt). All bidirectional controls and zero-width
// characters are among them.
bool IsHiddenCodePoint(uint32_t code_point);

// `text` in one line. Hidden code points become \n, \r, \t, or \u and four or \U and eight hexadecimal digits, as in string
// literals of the language. U+200C, U+200D and variation selectors, which Persian and Indic words and emoji are written with, are
// kept: they move nothing. Bytes that are not UTF-8 become \ufffd. For texts of the house, which may contain values that are
// escaped already.
std::string EscapeText(absl::string_view text);

// EscapeText() of a value that a text quotes: a backslash and quotes get a backslash before them too.
std::string EscapeValue(absl::string_view value);

// The lines of `text`, each of them as EscapeText() has it. Lines after the first one begin with `indent` and "| ", with which
// no line of the house begins.
std::string EscapeLines(absl::string_view text, absl::string_view indent);

// The lines of `text`, each of them after "  | " and followed by a line feed, as ReplaceHidden() has them. For the line of an
// author below an issue, so that it never looks like a line of the house.
std::string QuoteLines(absl::string_view text);

// `text` with U+FFFD for each hidden code point but tabs and line feeds, and for each byte that is not UTF-8: the columns stay.
std::string ReplaceHidden(absl::string_view text);

// The longest beginning of `text` that has at most `max_bytes` bytes and ends between characters.
absl::string_view CutBetweenCharacters(absl::string_view text, size_t max_bytes);

// `text` when it has at most `max_bytes` bytes; else a beginning of it, cut between characters, and "...": at most `max_bytes`
// bytes together, but at least "...".
std::string CutText(absl::string_view text, size_t max_bytes);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_ESCAPE_TEXT_H_
