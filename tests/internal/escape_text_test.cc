#include "internal/escape_text.h"

#include <cstdint>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/id_text.h"
#include "gtest/gtest.h"
#include "internal/join_ids.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace internal {
namespace {

std::string Encode(uint32_t code_point) {
  std::string text;
  const auto add = [&text](uint32_t byte) { text += static_cast<char>(byte); };
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xc0 | code_point >> 6);
    add(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    add(0xe0 | code_point >> 12);
    add(0x80 | (code_point >> 6 & 0x3f));
    add(0x80 | (code_point & 0x3f));
  } else {
    add(0xf0 | code_point >> 18);
    add(0x80 | (code_point >> 12 & 0x3f));
    add(0x80 | (code_point >> 6 & 0x3f));
    add(0x80 | (code_point & 0x3f));
  }
  return text;
}

TEST(CodePointTest, EveryScalarValueIsDecodedAsItWasWritten) {
  for (uint32_t value = 0; value <= 0x10ffff; ++value) {
    if (value >= 0xd800 && value <= 0xdfff) continue;
    const std::string text = Encode(value) + "z";
    const CodePoint point = DecodeCodePoint(text);
    ASSERT_TRUE(point.valid) << value;
    ASSERT_EQ(point.value, value);
    ASSERT_EQ(point.length, text.size() - 1) << value;
  }
  const CodePoint broken = DecodeCodePoint("\xe2\x82");
  EXPECT_FALSE(broken.valid);
  EXPECT_EQ(broken.value, 0xfffdu);
  EXPECT_EQ(broken.length, 1u);
}

TEST(HiddenCodePointTest, ControlsFormatsAndInvisibleCharacters) {
  for (const uint32_t hidden :
       {0x0u,    0x9u,     0xau,     0xdu,     0x1bu,    0x1fu,   0x7fu,   0x80u,   0x85u,
        0x9fu,   0xadu,    0x34fu,   0x61cu,   0x115fu,  0x1160u, 0x180eu, 0x200bu, 0x200cu,
        0x200du, 0x200eu,  0x200fu,  0x2028u,  0x2029u,  0x202au, 0x202eu, 0x2060u, 0x2064u,
        0x2066u, 0x2069u,  0x3164u,  0xfdd0u,  0xfe0fu,  0xfeffu, 0xffa0u, 0xfff9u, 0xfffeu,
        0xffffu, 0x1fffeu, 0xe0001u, 0xe007fu, 0x10ffffu}) {
    EXPECT_TRUE(IsHiddenCodePoint(hidden)) << std::hex << hidden;
  }
  for (const uint32_t shown :
       {0x20u, 0x41u, 0x7eu, 0xa0u, 0xacu, 0xaeu, 0xe9u, 0x627u, 0x200au, 0x2010u, 0x202fu, 0x3163u,
        0xfdefu + 1, 0xfe10u, 0xfffcu, 0xfffdu, 0x1f600u, 0xe1000u, 0x10fffdu}) {
    EXPECT_FALSE(IsHiddenCodePoint(shown)) << std::hex << shown;
  }
}

TEST(EscapeTextTest, OneLineInWhichNothingIsHidden) {
  struct Case {
    const char* text;
    const char* escaped;
    const char* value;
  };
  const Case cases[] = {
      {"", "", ""},
      {"order 7", "order 7", "order 7"},
      {"a\nb", "a\\nb", "a\\nb"},
      {"a\r\n\tb", "a\\r\\n\\tb", "a\\r\\n\\tb"},
      {"a\xc2\x85z", "a\\u0085z", "a\\u0085z"},
      {"a\xe2\x80\xa8z", "a\\u2028z", "a\\u2028z"},
      {"a\xe2\x80\xaez", "a\\u202ez", "a\\u202ez"},
      {"a\x1b[2Jz", "a\\u001b[2Jz", "a\\u001b[2Jz"},
      {"\xf3\xa0\x81\x81", "\\U000e0041", "\\U000e0041"},
      {"\xff", "\\ufffd", "\\ufffd"},
      // Only a value has quotes and backslashes escaped.
      {"a\\n'b' \"c\"", "a\\n'b' \"c\"", "a\\\\n\\'b\\' \\\"c\\\""},
      // Persian, and an emoji of several code points.
      {"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88",
       "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88",
       "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88"},
      {"\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(EscapeText(each.text), each.escaped);
    EXPECT_EQ(EscapeValue(each.text), each.value);
    EXPECT_EQ(EscapeText(EscapeText(each.text)), each.escaped) << "a second time changes nothing";
  }
}

TEST(EscapeTextTest, FurtherLinesAreMarked) {
  EXPECT_EQ(EscapeLines("one", "  "), "one");
  EXPECT_EQ(EscapeLines("one\n  two\xe2\x80\xae\n", "  "), "one\n  |   two\\u202e\n  | ");
}

TEST(QuoteLinesTest, EveryLineIsMarked) {
  EXPECT_EQ(QuoteLines("a > 5\n  ^"), "  | a > 5\n  |   ^\n");
  EXPECT_EQ(QuoteLines("1:1: error: x\n\n\xe2\x80\xae"),
            "  | 1:1: error: x\n  | \n  | \xef\xbf\xbd\n");
}

TEST(JoinIdsTest, IsNeverLongerThanAnIdMayBe) {
  EXPECT_EQ(JoinIds("c1", "phone", kMaxIdBytes), "c1/phone");
  const std::string fits =
      JoinIds(std::string(500, 'a'), std::string(kMaxIdBytes - 501, 'b'), kMaxIdBytes);
  EXPECT_EQ(fits, absl::StrCat(std::string(500, 'a'), "/", std::string(kMaxIdBytes - 501, 'b')));
  std::set<std::string> joined;
  for (const char* last : {"1", "2", "é"}) {
    for (const char* first : {"é", "x"}) {
      std::string long_id;
      while (long_id.size() < kMaxIdBytes) long_id += first;
      joined.insert(JoinIds(long_id, absl::StrCat(std::string(900, 'y'), last), kMaxIdBytes));
    }
  }
  EXPECT_EQ(joined.size(), 6u);
  for (const std::string& id : joined) EXPECT_FALSE(FindIdFault(id).has_value()) << id;
}

TEST(ReplaceHiddenTest, KeepsTheColumns) {
  EXPECT_EQ(ReplaceHidden("a\tb\n c"), "a\tb\n c");
  EXPECT_EQ(ReplaceHidden("a\xe2\x80\xae\r\xff"), "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(CutTextTest, NeverInsideACharacter) {
  std::mt19937 random(20261129);
  const uint32_t letters[] = {'a', 0xe9, 0x20ac, 0x1f600};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const size_t letter_count = random() % 12;
    for (size_t i = 0; i < letter_count; ++i) text += Encode(letters[random() % 4]);
    for (size_t most = 0; most <= text.size() + 2; ++most) {
      const absl::string_view cut = CutBetweenCharacters(text, most);
      ASSERT_TRUE(IsValidUtf8(cut)) << text << " at " << most;
      ASSERT_LE(cut.size(), most);
      ASSERT_EQ(text.substr(0, cut.size()), cut);
      if (cut.size() < text.size()) {
        const size_t next = DecodeCodePoint(absl::string_view(text).substr(cut.size())).length;
        ASSERT_GT(cut.size() + next, most) << "one more character had room";
      }
      const std::string with_dots = CutText(text, most);
      ASSERT_TRUE(IsValidUtf8(with_dots));
      ASSERT_LE(with_dots.size(), std::max<size_t>(most, 3));
      ASSERT_EQ(with_dots == text, text.size() <= most) << text << " at " << most;
    }
  }
  EXPECT_EQ(CutText("0123456789", 8), "01234...");
  EXPECT_EQ(CutText("0123456789", 1), "...");
  EXPECT_EQ(CutBetweenCharacters(std::string(9, '\x80'), 6).size(), 3u) << "no UTF-8 at all";
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
