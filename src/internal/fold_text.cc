#include "internal/fold_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "internal/message_utf8.h"

namespace frontdesk {
namespace internal {
namespace {

// Every `step`-th character of [first, last] becomes the one `delta` further on.
struct CaseFoldRange {
  char32_t first;
  char32_t last;
  std::uint32_t step;
  std::int32_t delta;
};

// A character that becomes several; zeros fill up.
struct CaseFoldSequence {
  char32_t code;
  char32_t folded[3];
};

#include "internal/case_fold_table.inc"

void Append(char32_t code, std::string* text) {
  const auto trail = [code](int shift) {
    return static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x80) {
    text->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    text->push_back(static_cast<char>(0xC0 | (code >> 6)));
    text->push_back(trail(0));
  } else if (code < 0x10000) {
    text->push_back(static_cast<char>(0xE0 | (code >> 12)));
    text->push_back(trail(6));
    text->push_back(trail(0));
  } else {
    text->push_back(static_cast<char>(0xF0 | (code >> 18)));
    text->push_back(trail(12));
    text->push_back(trail(6));
    text->push_back(trail(0));
  }
}

void AppendFolded(char32_t code, std::string* text) {
  if (code < 0x80) {
    return Append(code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code, text);
  }
  const auto range = std::lower_bound(
      std::begin(kCaseFoldRanges), std::end(kCaseFoldRanges), code,
      [](const CaseFoldRange& range, char32_t wanted) { return range.last < wanted; });
  if (range != std::end(kCaseFoldRanges) && range->first <= code &&
      (code - range->first) % range->step == 0) {
    return Append(static_cast<char32_t>(static_cast<std::int32_t>(code) + range->delta), text);
  }
  const auto sequence = std::lower_bound(
      std::begin(kCaseFoldSequences), std::end(kCaseFoldSequences), code,
      [](const CaseFoldSequence& sequence, char32_t wanted) { return sequence.code < wanted; });
  if (sequence == std::end(kCaseFoldSequences) || sequence->code != code) {
    return Append(code, text);
  }
  for (const char32_t each : sequence->folded) {
    if (each != 0) Append(each, text);
  }
}

// The character that begins at `*at` of well-formed UTF-8; moves on behind it.
char32_t Next(absl::string_view text, std::size_t* at) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte((*at)++);
  const int trails = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t code = trails == 0 ? lead : lead & (0x3F >> trails);
  for (int i = 0; i < trails; ++i) code = (code << 6) | (byte((*at)++) & 0x3F);
  return code;
}

}  // namespace

bool IsBlank(char32_t code) {
  return (code >= 0x9 && code <= 0xD) || code == 0x20 || code == 0x85 || code == 0xA0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
         code == 0x202F || code == 0x205F || code == 0x3000;
}

std::string FoldText(absl::string_view text) {
  if (!IsValidUtf8(text)) return FoldText(ReplaceInvalidUtf8(text));
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = Next(text, &at);
    if (!IsBlank(code)) AppendFolded(code, &folded);
  }
  return folded;
}

}  // namespace internal
}  // namespace frontdesk
