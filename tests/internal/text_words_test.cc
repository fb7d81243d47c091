#include "internal/text_words.h"

#include <utf8proc.h>

#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Words(absl::string_view text) {
  std::vector<std::string> words;
  VisitWords(text, [&words](absl::string_view word, bool) {
    words.emplace_back(word);
    return true;
  });
  return words;
}

std::string Encode(utf8proc_int32_t code) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t length = utf8proc_encode_char(code, bytes);
  return std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

struct WordsCase {
  const char* name;
  absl::string_view text;
  // Joined by |.
  absl::string_view words;
};

class TextWordsTest : public ::testing::TestWithParam<WordsCase> {};

TEST_P(TextWordsTest, Splits) {
  EXPECT_EQ(absl::StrJoin(Words(GetParam().text), "|"), GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, TextWordsTest,
    ::testing::Values(
        WordsCase{"Empty", "", ""}, WordsCase{"Blanks", " \t\n\xE3\x80\x80", ""},
        WordsCase{"Ascii", "The LAMP, again!", "the|lamp|again"},
        WordsCase{"Apostrophes", "O'Neill don\xE2\x80\x99t", "o|neill|don|t"},
        WordsCase{"Hyphens", "re-open\xE2\x80\x93now", "re|open|now"},
        WordsCase{"Numbers", "3.14 A4 1,000 \xC2\xBD x\xC2\xB2", "3|14|a4|1|000|1|2|x2"},
        WordsCase{"Address", "Ann_B@example.com", "ann|b|example|com"},
        WordsCase{"SharpS",
                  "Stra\xC3\x9F"
                  "e STRASSE",
                  "strasse|strasse"},
        WordsCase{"Wide", "\xEF\xBC\xA1\xEF\xBD\x82 \xEF\xAC\x81n", "ab|fin"},
        WordsCase{"SoftHyphen",
                  "stras\xC2\xADse a\xE2\x80\x8D"
                  "b",
                  "strasse|ab"},
        WordsCase{"Composed", "\xC3\xA9 e\xCC\x81 E\xCC\x81", "\xC3\xA9|\xC3\xA9|\xC3\xA9"},
        WordsCase{"MarksInAnyOrder", "a\xCC\xA3\xCC\x81 a\xCC\x81\xCC\xA3",
                  "\xE1\xBA\xA1\xCC\x81|\xE1\xBA\xA1\xCC\x81"},
        WordsCase{"LoneMark",
                  " \xCC\x81"
                  "a =\xCC\xB8",
                  "a"},
        WordsCase{"Ypogegrammeni", "\xE1\xBE\xB3\xCC\x81 \xE1\xBE\xB4",
                  "\xCE\xAC\xCE\xB9|\xCE\xAC\xCE\xB9"},
        WordsCase{"Sigma", "ΣΑΣ σας", "σασ|σασ"}, WordsCase{"Turkish", "İIı", "i̇iı"},
        WordsCase{"Han", "東京都", "東|京|都"}, WordsCase{"Hiragana", "がある", "が|あ|る"},
        WordsCase{"Katakana", "ランプは ﾗﾝﾌﾟ", "ランプ|は|ランプ"},
        WordsCase{"Mixed", "iPhoneを買A", "iphone|を|買|a"},
        WordsCase{"Hangul", "\xED\x95\x9C\xEA\xB8\x80 \xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB",
                  "\xED\x95\x9C\xEA\xB8\x80|\xED\x95\x9C"},
        WordsCase{"Thai", "ไฟไม่ติด", "ไฟไม่ติด"}, WordsCase{"Devanagari", "नमस्ते जी", "नमस्ते|जी"},
        WordsCase{"Arabic", "السلام عليكم", "السلام|عليكم"},
        WordsCase{"BecomesBlanks", "\xEF\xB7\xBA", "صلى|الله|عليه|وسلم"},
        WordsCase{"NotUtf8",
                  "a\xFF"
                  "b \xC3",
                  "a|b"},
        WordsCase{"Emoji", "lamp💡off", "lamp|off"}),
    [](const auto& info) { return info.param.name; });

TEST(TextWordsTest, AStarCountsRightBehindAWord) {
  std::vector<std::string> starred;
  VisitWords("lam* bulb *off é* a-* ｂ＊ 東*", [&starred](absl::string_view word, bool is_starred) {
    if (is_starred) starred.emplace_back(word);
    return true;
  });
  EXPECT_THAT(starred, ElementsAre("lam", "é", "b", "東"));
}

TEST(TextWordsTest, TheVisitorEndsIt) {
  int count = 0;
  VisitWords("a b c", [&count](absl::string_view, bool) { return ++count < 2; });
  EXPECT_EQ(count, 2);
}

TEST(TextWordsTest, LongWordsAreCutBehindACharacter) {
  EXPECT_THAT(Words(std::string(200, 'A')), ElementsAre(std::string(kMaxWordBytes, 'a')));
  std::string long_word = "a";
  for (int i = 0; i < 100; ++i) long_word += "é";
  // One byte and 31 characters of two.
  EXPECT_THAT(Words(long_word), ElementsAre(long_word.substr(0, kMaxWordBytes - 1)));
  // A word whose characters are as many decomposed ones as possible still fills the limit.
  std::string greek;
  for (int i = 0; i < 100; ++i) greek += "\xE1\xBE\x82";
  ASSERT_EQ(Words(greek).size(), 1u);
  EXPECT_GT(Words(greek)[0].size(), kMaxWordBytes - 4);
}

// The words of a word are the word itself.
TEST(TextWordsTest, WordsAreStable) {
  for (utf8proc_int32_t code = 0x20; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    for (const std::string& text : {Encode(code), absl::StrCat("a", Encode(code), "b\xCC\x81")}) {
      for (const std::string& word : Words(text)) {
        ASSERT_THAT(Words(word), ElementsAre(word)) << std::hex << code;
      }
    }
  }
}

std::string Map(const std::string& from, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(from.data()),
                                             static_cast<utf8proc_ssize_t>(from.size()), &mapped,
                                             static_cast<utf8proc_option_t>(options));
  std::string to(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
  std::free(mapped);
  return to;
}

// The runs of letters, numbers and marks behind them.
std::vector<std::string> Runs(const std::string& text) {
  std::vector<std::string> runs;
  bool is_in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const auto length = static_cast<std::size_t>(
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                         static_cast<utf8proc_ssize_t>(text.size() - at), &code));
    const char category = utf8proc_category_string(code)[0];
    const bool is_letter = category == 'L' || category == 'N';
    if (is_letter && !is_in_word) runs.emplace_back();
    is_in_word = is_letter || (category == 'M' && is_in_word);
    if (is_in_word) runs.back() += text.substr(at, length);
    at += length;
  }
  return runs;
}

// Slow and plain: the runs in NFKD, each as Unicode defines toNFKC_Casefold.
std::vector<std::string> PlainWords(const std::string& text) {
  std::vector<std::string> words =
      Runs(Map(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE));
  for (std::string& word : words) {
    word = Map(word, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                         UTF8PROC_IGNORE);
  }
  return words;
}

TEST(TextWordsTest, RandomTextsHaveTheWordsOfAPlainReading) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto below = [&random](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  // Letters, marks of several classes, a ypogegrammeni, joiners, ligatures, jamo, symbols; no ideograph and no Hiragana.
  const std::vector<utf8proc_int32_t> alphabet = {
      'a',    'B',    ' ',    '-',     '*',     '7',    0xE9,   0xDF,   0x130,  0x131,  0x149,
      0x1E9E, 0x300,  0x301,  0x323,   0x327,   0x345,  0x334,  0x5B0,  0x1FB3, 0x1FB4, 0x1F82,
      0x3B1,  0x3C2,  0x3A3,  0xAD,    0x200D,  0x34F,  0xFE0F, 0xFB01, 0x3392, 0x1100, 0x1161,
      0x11A8, 0xAC00, 0x915,  0x93C,   0x94D,   0xE31,  0x30AB, 0xFF76, 0xFF9E, 0x2126, 0x1F600,
      0xA8,   0x37A,  0x2260, 0x1D400, 0x10400, 0xFDFA, 0x140,  0xFF0A};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = below(12); i >= 0; --i) {
      text += Encode(alphabet[static_cast<std::size_t>(below(static_cast<int>(alphabet.size())))]);
    }
    ASSERT_EQ(Words(text), PlainWords(text)) << ::testing::PrintToString(text);
  }
}

TEST(TextWordsTest, ATextHasEachWordOnce) {
  TextWords words;
  words.Read("b A c a B b");
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(words[0], "a");
  EXPECT_EQ(words[1], "b");
  EXPECT_EQ(words[2], "c");
  words.Read("");
  EXPECT_EQ(words.size(), 0u);
}

// Against a set of all words, in texts with few and with many different ones, of which many begin alike.
TEST(TextWordsTest, RandomTextsHaveTheWordsOfASet) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto below = [&random](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  TextWords words;
  for (int round = 0; round < 300; ++round) {
    const int letters = 1 + below(3);
    std::string text;
    for (int i = below(round % 10 == 0 ? 2'000 : 60); i > 0; --i) {
      if (below(3) == 0) text += "thesame8";
      for (int k = below(10); k >= 0; --k) text += static_cast<char>('a' + below(letters));
      text += below(20) == 0 ? "\xC3\xA4 " : " ";
    }
    std::set<std::string> expected;
    for (std::string& word : Words(text)) expected.insert(std::move(word));
    words.Read(text);
    std::vector<std::string> read;
    for (std::size_t i = 0; i < words.size(); ++i) read.emplace_back(words[i]);
    ASSERT_EQ(read, std::vector<std::string>(expected.begin(), expected.end())) << text;
  }
}

TEST(TextWordsTest, TheFirstWordsOfALongTextCount) {
  // Few different words, many times, are no reason to stop.
  std::string text;
  for (std::size_t i = 0; i < 5 * kMaxTextWords; ++i) absl::StrAppend(&text, "w", i % 100, " ");
  std::set<std::string> expected;
  for (int i = 0; i < 100; ++i) expected.insert(absl::StrCat("w", i));
  for (std::size_t i = 0; i < 3 * kMaxTextWords; ++i) {
    absl::StrAppend(&text, "x", i, " ");
    if (expected.size() < kMaxTextWords) expected.insert(absl::StrCat("x", i));
  }
  TextWords words;
  words.Read(text);
  std::vector<std::string> read;
  for (std::size_t i = 0; i < words.size(); ++i) read.emplace_back(words[i]);
  EXPECT_EQ(read.size(), kMaxTextWords);
  EXPECT_TRUE(std::equal(read.begin(), read.end(), expected.begin(), expected.end()));
}

// A run of marks is sorted, and only as much of it as a word can hold.
TEST(TextWordsTest, ARunOfMarksIsLinear) {
  std::string text = "a";
  for (int i = 0; i < 200'000; ++i) text += i % 2 == 0 ? "\xCC\x81" : "\xCC\xA3";
  const std::vector<std::string> words = Words(text);
  ASSERT_EQ(words.size(), 1u);
  EXPECT_LE(words[0].size(), kMaxWordBytes);
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
