// The issues of broken policies, as people read them. Each file in testdata/broken has its issues beside it, in
// a file of the same name with .issues behind. With FRONTDESK_UPDATE_GOLDEN=1 in the environment the expectations are
// written instead of compared; read the changes.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bakery.pb.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/text.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

std::filesystem::path BrokenFolder() {
  const char* root = std::getenv("FRONTDESK_SOURCE_DIR");
  return std::filesystem::path(root == nullptr ? "." : root) / "tests/rules/testdata/broken";
}

std::vector<std::string> BrokenFiles() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(BrokenFolder())) {
    const std::string name = entry.path().filename().string();
    if (!absl::EndsWith(name, ".issues")) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Golden, IssuesOfBrokenPolicies) {
  const char* update = std::getenv("FRONTDESK_UPDATE_GOLDEN");
  const std::vector<std::string> names = BrokenFiles();
  EXPECT_GE(names.size(), 25u);
  for (const std::string& name : names) {
    const std::string text = testing::ReadTestFile(absl::StrCat("testdata/broken/", name));
    CompileOptions options;
    options.file = name;
    ::testing::internal::CaptureStderr();
    const CompileResult compiled = absl::EndsWith(name, ".json")
                                       ? CompileJson(text, bakery::Input::descriptor(), options)
                                       : CompileText(text, bakery::Input::descriptor(), options);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << name;
    EXPECT_FALSE(compiled.issues.empty()) << name;
    EXPECT_EQ(compiled.ok(), !HasErrors(compiled.issues)) << name;
    for (const v1::Issue& issue : compiled.issues) {
      EXPECT_EQ(issue.file(), name);
      EXPECT_GT(issue.line(), 0) << name << ": " << issue.DebugString();
      EXPECT_FALSE(issue.reason().empty()) << name;
    }
    const std::string told = FormatIssues(compiled.issues);
    if (update != nullptr && std::string(update) == "1") {
      std::ofstream(BrokenFolder() / absl::StrCat(name, ".issues"), std::ios::binary) << told;
      continue;
    }
    EXPECT_EQ(told, testing::ReadTestFile(absl::StrCat("testdata/broken/", name, ".issues")))
        << name;
  }
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
