#include "frontdesk/all_reasons.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

TEST(ReasonsTest, WordsAreUniqueAndUpperSnake) {
  const std::regex upper_snake("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
  std::set<absl::string_view> seen;
  for (const Reason& info : AllReasons()) {
    EXPECT_TRUE(seen.insert(info.word).second) << info.word << " is there twice";
    EXPECT_TRUE(std::regex_match(std::string(info.word), upper_snake)) << info.word;
  }
  EXPECT_GE(seen.size(), 17u);
}

TEST(ReasonsTest, TextsAreSentences) {
  for (const Reason& info : AllReasons()) {
    ASSERT_FALSE(info.text.empty()) << info.word;
    EXPECT_EQ(info.text.back(), '.') << info.word;
    EXPECT_FALSE(absl::ascii_islower(static_cast<unsigned char>(info.text.front()))) << info.word;
  }
}

TEST(ReasonsTest, FindsExactlyWhatIsListed) {
  for (const Reason& info : AllReasons()) {
    const Reason* found = FindReason(info.word);
    ASSERT_NE(found, nullptr) << info.word;
    EXPECT_EQ(found->word, info.word);
    EXPECT_EQ(found->text, info.text);
  }
  EXPECT_EQ(FindReason(""), nullptr);
  EXPECT_EQ(FindReason("money_overflow"), nullptr);
  EXPECT_EQ(FindReason("NO_SUCH_REASON"), nullptr);
}

// The constant of ORDER_CANCEL_STATE is kReasonOrderCancelState, so that one search finds both.
TEST(ReasonsTest, ConstantsSpellTheirWords) {
  const char* source = std::getenv("FRONTDESK_SOURCE_DIR");
  if (source == nullptr) GTEST_SKIP() << "FRONTDESK_SOURCE_DIR is not set";
  std::stringstream header;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(std::string(source) + "/include/frontdesk")) {
    if (file.path().filename() == "reasons.h") header << std::ifstream(file.path()).rdbuf();
  }
  const std::regex entry("^ *X\\((k[A-Za-z0-9]+), \"([A-Z0-9_]+)\".*");
  size_t entries = 0;
  for (std::string line; std::getline(header, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, entry)) continue;
    ++entries;
    std::string expected = "kReason";
    const std::string reason = match[2];
    for (absl::string_view word : absl::StrSplit(reason, '_')) {
      const std::string lower = absl::AsciiStrToLower(word);
      expected += absl::ascii_toupper(static_cast<unsigned char>(lower.front()));
      expected += lower.substr(1);
    }
    EXPECT_EQ(match[1], expected);
  }
  EXPECT_EQ(entries, AllReasons().size());
}

}  // namespace
}  // namespace frontdesk
