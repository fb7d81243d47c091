#include "cel/utf8.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace frontdesk::cel::cel_internal {

CodePoint DecodeUtf8(absl::string_view text) {
  constexpr CodePoint kInvalid = {0xFFFD, 1, false};
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1, true};
  size_t length = 0;
  uint32_t value = 0;
  uint32_t minimum = 0;
  if ((first & 0xE0) == 0xC0) {
    length = 2, value = first & 0x1F, minimum = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3, value = first & 0x0F, minimum = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    length = 4, value = first & 0x07, minimum = 0x10000;
  } else {
    return kInvalid;
  }
  if (text.size() < length) return kInvalid;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kInvalid;
    value = (value << 6) | (byte(i) & 0x3F);
  }
  if (value < minimum || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return kInvalid;
  return {value, static_cast<uint8_t>(length), true};
}

bool IsAscii(absl::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080ull) != 0) return false;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<uint8_t>(text[i]) >= 0x80) return false;
  }
  return true;
}

bool IsValidUtf8(absl::string_view text) {
  if (IsAscii(text)) return true;
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    if (!point.valid) return false;
    text.remove_prefix(point.length);
  }
  return true;
}

size_t CountCodePoints(absl::string_view text) {
  if (IsAscii(text)) return text.size();
  size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(Utf8Length(text));
    ++count;
  }
  return count;
}

size_t CodePointOffset(absl::string_view text, size_t index) {
  size_t offset = 0;
  for (; index > 0; --index) {
    if (offset >= text.size()) return absl::string_view::npos;
    offset += Utf8Length(text.substr(offset));
  }
  return offset;
}

void AppendUtf8(uint32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (c >> 6)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (c >> 12)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (c >> 18)));
    out->push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

bool ChangesLayout(uint32_t c) {
  if (c < 0x80) return c < 0x20 || c == 0x7F;
  if (c < 0xA0 || c == 0xAD) return true;
  const auto in = [c](uint32_t first, uint32_t last) { return c >= first && c <= last; };
  return in(0x600, 0x605) || c == 0x61C || c == 0x6DD || c == 0x70F || in(0x890, 0x891) ||
         c == 0x8E2 || c == 0x180E || c == 0x200B || in(0x200E, 0x200F) || in(0x2028, 0x202E) ||
         in(0x2060, 0x206F) || c == 0xFEFF || in(0xFFF9, 0xFFFB) || c == 0x110BD || c == 0x110CD ||
         in(0x13430, 0x1343F) || in(0x1BCA0, 0x1BCA3) || in(0x1D173, 0x1D17A) || c == 0xE0001 ||
         in(0xE0020, 0xE007F);
}

size_t AppendVisible(absl::string_view text, std::string* out) {
  const CodePoint point = DecodeUtf8(text);
  if (!point.valid) {
    *out += "\\ufffd";
  } else if (point.value == '\n' || point.value == '\r' || point.value == '\t') {
    *out += point.value == '\n' ? "\\n" : point.value == '\r' ? "\\r" : "\\t";
  } else if (ChangesLayout(point.value)) {
    const bool wide = point.value > 0xFFFF;
    absl::StrAppend(out, wide ? "\\U" : "\\u",
                    absl::Hex(point.value, wide ? absl::kZeroPad8 : absl::kZeroPad4));
  } else {
    out->append(text.data(), point.length);
  }
  return point.length;
}

std::string InOneLine(absl::string_view text) {
  std::string line;
  while (!text.empty()) text.remove_prefix(AppendVisible(text, &line));
  return line;
}

std::string KeepColumns(absl::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    if (!point.valid || (ChangesLayout(point.value) && point.value != '\t')) {
      AppendUtf8(0xFFFD, &kept);
    } else {
      kept.append(text.data(), point.length);
    }
    text.remove_prefix(point.length);
  }
  return kept;
}

bool IsUnicodeSpace(uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

}  // namespace frontdesk::cel::cel_internal
