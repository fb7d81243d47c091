// UTF-8 in the small steps that the language needs. Private to cel/.
#ifndef FRONTDESK_CEL_UTF8_H_
#define FRONTDESK_CEL_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk::cel::cel_internal {

// One decoded code point. Of bytes that are not valid UTF-8: U+FFFD, length 1, valid false.
struct CodePoint {
  uint32_t value;
  uint8_t length;
  bool valid;
};

// Decodes the code point at the beginning of `text`, which is not empty.
CodePoint DecodeUtf8(absl::string_view text);

// The byte length of the code point at the beginning of non-empty `text` (1 for an invalid byte).
inline size_t Utf8Length(absl::string_view text) {
  return static_cast<unsigned char>(text[0]) < 0x80 ? 1 : DecodeUtf8(text).length;
}

bool IsValidUtf8(absl::string_view text);
bool IsAscii(absl::string_view text);

// Code points in `text`, an invalid byte counting one.
size_t CountCodePoints(absl::string_view text);

// The byte offset of code point `index`, or npos when `text` has fewer; the size of `text` for index equal to
// its count.
size_t CodePointOffset(absl::string_view text, size_t index);

// Appends `code_point`, which is a valid scalar value.
void AppendUtf8(uint32_t code_point, std::string* out);

// True for code points that move the text around them or are hidden in it, and so could make a text look like another one.
// These are the general categories Cc, Cf, Zl and Zp of Unicode 15.0: controls, separators of lines, bidirectional marks.
// The joiners U+200C and U+200D are left out, because words of some languages need them.
bool ChangesLayout(uint32_t code_point);

// Appends the first code point of `text`, which is not empty. Where ChangesLayout() is true it is written as in string
// literals: \n, \r, \t, \u202e. A byte that is no UTF-8 becomes \ufffd. Returns the number of bytes in `text`.
size_t AppendVisible(absl::string_view text, std::string* out);

// `text` in one line, written by AppendVisible().
std::string InOneLine(absl::string_view text);

// `text` with U+FFFD for code points that change the layout and bytes that are no UTF-8. Tabs stay, and so do the columns.
std::string KeepColumns(absl::string_view text);

// True for code points that Unicode calls White_Space.
bool IsUnicodeSpace(uint32_t code_point);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_UTF8_H_
