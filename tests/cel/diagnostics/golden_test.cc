// The diagnostics of broken expressions, each as an author sees it: tests/cel/diagnostics/*.golden.
//
// A file holds blocks: an expression, a line `-----`, what is said about it, a line `=====`. With
// FRONTDESK_UPDATE_GOLDEN=1 in the environment the test writes what is said now; read the difference before it is kept.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cel/shop.h"

namespace frontdesk::cel::testing {
namespace {

struct Block {
  std::string expression;
  std::string said;
};

std::filesystem::path Folder() {
  const char* source = std::getenv("FRONTDESK_SOURCE_DIR");
  return std::filesystem::path(source == nullptr ? "." : source) / "tests/cel/diagnostics";
}

std::vector<Block> ReadBlocks(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<Block> blocks;
  Block block;
  bool behind = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "=====") {
      blocks.push_back({std::string(absl::StripSuffix(block.expression, "\n")), block.said});
      block = {};
      behind = false;
    } else if (line == "-----") {
      behind = true;
    } else {
      absl::StrAppend(behind ? &block.said : &block.expression, line, "\n");
    }
  }
  return blocks;
}

void WriteBlocks(const std::filesystem::path& path, const std::vector<Block>& blocks) {
  std::ofstream out(path);
  for (const Block& block : blocks)
    out << block.expression << "\n-----\n" << block.said << "=====\n";
}

// The issues of compiling; when there is no error, the error of evaluating over the shop's order.
std::string Said(const Environment& environment, const std::string& expression) {
  const CompileResult compiled = environment.Compile(expression);
  std::string said = FormatIssues(compiled.issues);
  if (!compiled.ok()) return said;
  Scratch scratch;
  const Input input = GoldOrder();
  const EvalResult result = compiled.program->Evaluate(input, scratch);
  absl::StrAppend(&said, result.ok() ? "nothing\n" : FormatIssue(result.issue()));
  return said;
}

std::shared_ptr<const Environment> EnvironmentOf(const std::string& name) {
  Limits limits;
  if (name == "limits") {
    limits.max_nesting = 30;
    limits.max_ast_nodes = 64;
    limits.max_comprehension_nesting = 3;
    limits.max_issues = 5;
    limits.max_expression_bytes = 300;
  }
  EnvironmentBuilder builder;
  Prepare(builder);
  builder.SetLimits(limits);
  return BuildOrDie(builder);
}

class GoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenTest, NamesEachErrorAndItsPlace) {
  const std::filesystem::path path = Folder() / (GetParam() + ".golden");
  const std::vector<Block> blocks = ReadBlocks(path);
  ASSERT_FALSE(blocks.empty()) << path;
  const auto environment = EnvironmentOf(GetParam());
  std::vector<Block> now;
  for (const Block& block : blocks) {
    now.push_back({block.expression, Said(*environment, block.expression)});
    EXPECT_NE(now.back().said, "nothing\n") << block.expression;
  }
  if (std::getenv("FRONTDESK_UPDATE_GOLDEN") != nullptr) return WriteBlocks(path, now);
  for (size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(now[i].said, blocks[i].said) << blocks[i].expression;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenTest,
                         ::testing::Values("syntax", "names", "types", "macros", "limits",
                                           "runtime"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace frontdesk::cel::testing
