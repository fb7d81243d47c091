#include "internal/escape_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace internal {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// In order. The last two code points of each plane, which are noncharacters, are not listed.
constexpr Range kHidden[] = {
    {0x0000, 0x001f},    // C0 controls.
    {0x007f, 0x009f},    // DEL and C1 controls.
    {0x00ad, 0x00ad},    // Soft hyphen.
    {0x034f, 0x034f},    // Combining grapheme joiner.
    {0x0600, 0x0605},    // Arabic number signs.
    {0x061c, 0x061c},    // Arabic letter mark.
    {0x06dd, 0x06dd},    // Arabic end of ayah.
    {0x070f, 0x070f},    // Syriac abbreviation mark.
    {0x0890, 0x0891},    // Arabic pound and piastre marks.
    {0x08e2, 0x08e2},    // Arabic disputed end of ayah.
    {0x115f, 0x1160},    // Hangul fillers.
    {0x17b4, 0x17b5},    // Khmer inherent vowels.
    {0x180b, 0x180f},    // Mongolian variation selectors and vowel separator.
    {0x200b, 0x200f},    // Zero-width characters, left-to-right and right-to-left mark.
    {0x2028, 0x202e},    // Line and paragraph separator, bidirectional embeddings and overrides.
    {0x2060, 0x206f},    // Word joiner, invisible operators, bidirectional isolates.
    {0x3164, 0x3164},    // Hangul filler.
    {0xfdd0, 0xfdef},    // Noncharacters.
    {0xfe00, 0xfe0f},    // Variation selectors.
    {0xfeff, 0xfeff},    // Byte order mark.
    {0xffa0, 0xffa0},    // Half-width Hangul filler.
    {0xfff0, 0xfffb},    // Unassigned and ignorable; interlinear annotations.
    {0x110bd, 0x110bd},  // Kaithi number sign.
    {0x110cd, 0x110cd},  // Kaithi number sign above.
    {0x13430, 0x1343f},  // Egyptian hieroglyph controls.
    {0x1bca0, 0x1bca3},  // Shorthand format controls.
    {0x1d173, 0x1d17a},  // Musical format controls.
    {0xe0000, 0xe0fff},  // Tags and further variation selectors.
};

constexpr absl::string_view kEllipsis = "...";

// Hidden characters that words and emoji are written with.
bool IsPartOfWords(uint32_t code_point) {
  return code_point == 0x200c || code_point == 0x200d ||
         (code_point >= 0xfe00 && code_point <= 0xfe0f);
}

void AppendEscaped(uint32_t code_point, std::string* out) {
  switch (code_point) {
    case '\n':
      *out += "\\n";
      break;
    case '\r':
      *out += "\\r";
      break;
    case '\t':
      *out += "\\t";
      break;
    default:
      if (code_point > 0xffff) {
        absl::StrAppend(out, "\\U", absl::Hex(code_point, absl::kZeroPad8));
      } else {
        absl::StrAppend(out, "\\u", absl::Hex(code_point, absl::kZeroPad4));
      }
  }
}

// The kinds of bytes in a text to escape. Most texts are visible ASCII as a whole, which stays as it is.
enum ByteKind : uint8_t { kOther, kQuoted, kPlain };

constexpr std::array<ByteKind, 256> MakeByteKinds() {
  std::array<ByteKind, 256> kinds = {};
  for (int byte = 0x20; byte <= 0x7e; ++byte) kinds[byte] = kPlain;
  for (const char byte : {'\\', '"', '\''}) kinds[byte] = kQuoted;
  return kinds;
}
constexpr std::array<ByteKind, 256> kByteKinds = MakeByteKinds();

// How many bytes the text begins with that are at least of that kind.
std::size_t PlainLength(absl::string_view text, ByteKind least) {
  std::size_t length = 0;
  while (length < text.size() && kByteKinds[static_cast<uint8_t>(text[length])] >= least) ++length;
  return length;
}

// `plain` is the least kind of a byte that stays as it is: of the others the ASCII ones that are quoted get a backslash.
std::string Escape(absl::string_view text, ByteKind plain) {
  std::size_t length = PlainLength(text, plain);
  if (length == text.size()) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (true) {
    out.append(text.data(), length);
    text.remove_prefix(length);
    if (text.empty()) return out;
    const CodePoint point = DecodeCodePoint(text);
    if (!point.valid) {
      out += "\\ufffd";
    } else if (IsHiddenCodePoint(point.value) && !IsPartOfWords(point.value)) {
      AppendEscaped(point.value, &out);
    } else {
      if (kByteKinds[static_cast<uint8_t>(text[0])] == kQuoted) out += '\\';
      out.append(text.data(), point.length);
    }
    text.remove_prefix(point.length);
    length = PlainLength(text, plain);
  }
}

}  // namespace

CodePoint DecodeCodePoint(absl::string_view text) {
  const size_t length = Utf8SequenceLength(text);
  const auto first = static_cast<uint8_t>(text[0]);
  if (length == 0) return {0xfffd, 1, false};
  if (length == 1) return {first, 1, true};
  uint32_t value = first & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) value = value << 6 | (static_cast<uint8_t>(text[i]) & 0x3fu);
  return {value, length, true};
}

bool IsHiddenCodePoint(uint32_t code_point) {
  if ((code_point & 0xfffe) == 0xfffe) return true;
  const auto* const range =
      std::lower_bound(std::begin(kHidden), std::end(kHidden), code_point,
                       [](const Range& each, uint32_t value) { return each.last < value; });
  return range != std::end(kHidden) && range->first <= code_point;
}

std::string EscapeText(absl::string_view text) { return Escape(text, kQuoted); }

std::string EscapeValue(absl::string_view value) { return Escape(value, kPlain); }

std::string EscapeLines(absl::string_view text, absl::string_view indent) {
  std::string out;
  bool first = true;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!first) absl::StrAppend(&out, "\n", indent, "| ");
    first = false;
    out += EscapeText(line);
  }
  return out;
}

std::string QuoteLines(absl::string_view text) {
  std::string out;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::StrAppend(&out, "  | ", ReplaceHidden(line), "\n");
  }
  return out;
}

std::string ReplaceHidden(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = DecodeCodePoint(text);
    const bool is_kept = point.value == '\t' || point.value == '\n' || IsPartOfWords(point.value);
    if (!point.valid || (IsHiddenCodePoint(point.value) && !is_kept)) {
      out += "\xef\xbf\xbd";
    } else {
      out.append(text.data(), point.length);
    }
    text.remove_prefix(point.length);
  }
  return out;
}

absl::string_view CutBetweenCharacters(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  // A character has at most three continuation bytes; more of them are not UTF-8, and are cut anywhere.
  for (int i = 0; i < 3 && end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80; ++i) --end;
  return text.substr(0, end);
}

std::string CutText(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  const size_t kept = max_bytes > kEllipsis.size() ? max_bytes - kEllipsis.size() : 0;
  return absl::StrCat(CutBetweenCharacters(text, kept), kEllipsis);
}

}  // namespace internal
}  // namespace frontdesk
