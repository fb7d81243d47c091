#include "internal/fold_text.h"

#include <utf8proc.h>

#include <cstddef>

#include "internal/message_utf8.h"

namespace frontdesk {
namespace internal {
namespace {

// The most characters that one becomes by case folding is three.
constexpr int kMaxFolded = 8;

void AppendUtf8(utf8proc_int32_t code, std::string* text) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t length = utf8proc_encode_char(code, bytes);
  text->append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
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
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      if (!IsBlank(static_cast<unsigned char>(c))) {
        folded.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
      }
      ++at;
      continue;
    }
    utf8proc_int32_t code = 0;
    at += static_cast<std::size_t>(
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code));
    if (IsBlank(static_cast<char32_t>(code))) continue;
    utf8proc_int32_t sequence[kMaxFolded];
    int boundary = 0;
    const utf8proc_ssize_t count =
        utf8proc_decompose_char(code, sequence, kMaxFolded, UTF8PROC_CASEFOLD, &boundary);
    for (utf8proc_ssize_t i = 0; i < count; ++i) AppendUtf8(sequence[i], &folded);
  }
  return folded;
}

}  // namespace internal
}  // namespace frontdesk
