// Small changes as a manager makes them. Each has a folder in testdata/tries with the first try, the messages about it, and the text that
// was repaired by them. The inputs beside them have their outcome in the file's name. FRONTDESK_UPDATE_GOLDEN=1 writes the messages anew.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/issues.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

fs::path TriesFolder() {
  const char* const source = std::getenv("FRONTDESK_SOURCE_DIR");
  EXPECT_NE(source, nullptr);
  return fs::path(source == nullptr ? "." : source) / "tests/policy/testdata/tries";
}

std::string ReadTry(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> Tries() {
  std::vector<fs::path> tries;
  for (const auto& entry : fs::directory_iterator(TriesFolder())) tries.push_back(entry.path());
  std::sort(tries.begin(), tries.end());
  return tries;
}

TEST(TriesTest, TheMessageNamesTheRepairAndTheRepairedTextLoads) {
  int count = 0;
  for (const fs::path& one : Tries()) {
    SCOPED_TRACE(one.filename().string());
    const PolicyResult wrong =
        Policy::FromText(ReadTry(one / "wrong.textproto"), "wrong.textproto");
    const std::string message = rules::FormatIssues(wrong.issues);
    if (std::getenv("FRONTDESK_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(one / "message.txt", std::ios::binary) << message;
    }
    EXPECT_EQ(message, ReadTry(one / "message.txt"));
    const std::string repaired_text = ReadTry(one / "repaired.textproto");
    const std::string repair = ReadTry(one / "repair.txt");
    for (const absl::string_view words : absl::StrSplit(repair, '\n', absl::SkipEmpty())) {
      EXPECT_THAT(message, HasSubstr(std::string(words)));
      EXPECT_THAT(repaired_text, HasSubstr(std::string(words)));
    }
    const PolicyResult repaired = Policy::FromText(repaired_text, "repaired.textproto");
    EXPECT_THAT(repaired.issues, IsEmpty()) << rules::FormatIssues(repaired.issues);
    ++count;
  }
  EXPECT_GE(count, 10);
}

// "refuse" of "2_refuse.textproto".
std::string OutcomeOf(const fs::path& input) {
  const std::string stem = input.stem().string();
  return stem.substr(stem.find('_') + 1);
}

TEST(TriesTest, TheRepairedTextDecidesAsMeant) {
  for (const fs::path& one : Tries()) {
    const PolicyResult repaired =
        Policy::FromText(ReadTry(one / "repaired.textproto"), "repaired.textproto");
    ASSERT_NE(repaired.policy, nullptr) << one;
    int count = 0;
    for (const auto& entry : fs::directory_iterator(one)) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(entry.path().filename().string()[0]))) {
        continue;
      }
      SCOPED_TRACE(entry.path().string());
      v1::DecisionInput input;
      ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(ReadTry(entry.path()), &input));
      const absl::StatusOr<v1::Decision> decision = repaired.policy->Decide(input);
      ASSERT_TRUE(decision.ok()) << decision.status();
      const std::string outcome = v1::PolicyOutcome_Name(decision->outcome());
      EXPECT_EQ(absl::AsciiStrToLower(outcome), "policy_outcome_" + OutcomeOf(entry.path()));
      for (const v1::RuleTrace& rule : decision->rules()) {
        EXPECT_NE(rule.result(), v1::RuleTrace::RESULT_ERROR) << rule.error();
      }
      ++count;
    }
    EXPECT_GE(count, 2) << one;
  }
}

}  // namespace
}  // namespace frontdesk
