// A small desk for tests of the tool, and its golden files. FRONTDESK_UPDATE_GOLDEN=1 writes them anew.
#ifndef FRONTDESK_TESTS_TOOL_TOOL_TESTING_H_
#define FRONTDESK_TESTS_TOOL_TOOL_TESTING_H_

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/store/sqlite.h"
#include "frontdesk/tool/tool.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace tool_testing {

namespace fs = std::filesystem;

inline constexpr char kPolicy[] = R"pb(
  name: "lamps"
  version: "7"
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  rule_sets {
    id: "resolve"
    decision_points: "ResolveCase"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "too_much"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "REMEDY_TOO_LARGE"
      text: "A remedy is at most 500.00 EUR."
      condition: "has(command.resolve_case.remedy_amount) && command.resolve_case.remedy_amount > money('500 EUR')"
    }
    rules {
      id: "much"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "REMEDY_LARGE"
      authority: "goodwill"
      condition: "has(command.resolve_case.remedy_amount) && command.resolve_case.remedy_amount > money('50 EUR')"
    }
  }
)pb";

// The result of a run.
struct Ran {
  int code = -1;
  std::string out;
  std::string error;
};

inline std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

class ToolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / absl::StrCat("frontdesk-tool-", getpid());
    fs::create_directory(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(Path(name), std::ios::binary) << content;
  }

  Ran Run(const std::vector<std::string>& arguments, bool has_color = false) const {
    ToolTerminal terminal;
    terminal.has_color = has_color;
    return RunAt(std::move(terminal), arguments);
  }

  // At a terminal that has more than a place to write to.
  static Ran RunAt(ToolTerminal terminal, const std::vector<std::string>& arguments) {
    Ran ran;
    terminal.out = [&ran](absl::string_view text) { absl::StrAppend(&ran.out, text); };
    terminal.error = [&ran](absl::string_view text) { absl::StrAppend(&ran.error, text); };
    terminal.now = [] { return absl::FromUnixSeconds(1715785200); };
    ran.code = RunTool(arguments, terminal);
    return ran;
  }

  // Makes a desk with a customer, two cases, and a command that is refused.
  void MakeShop(const std::string& name) {
    Write("lamps.textproto", kPolicy);
    ASSERT_EQ(Run({"init", Path(name), "--policy", Path("lamps.textproto")}).code, kToolDone);
    Execute(
        name,
        {
            "customer { create_customer { customer_id: 'c1' given_name: 'Ann' family_name: 'Lee' "
            "} }",
            "case { open_case { case_id: 'k1' kind: KIND_COMPLAINT customer_id: 'c1' subject: "
            "'The lamp broke' } }",
            "case { open_case { case_id: 'k2' kind: KIND_TROUBLE customer_id: 'c1' queue_id: "
            "'repairs' "
            "subject: 'red \\033[31m \\342\\200\\256 end' } }",
            "case { assign_case { case_id: 'k1' assignee_id: 'anna' } }",
            "case { resolve_case { case_id: 'k1' code: 'refunded' remedy: 'credit' "
            "remedy_amount { units: 60000 currency_code: 'EUR' } } }",
            "case { resolve_case { case_id: 'k1' code: 'refunded' remedy: 'credit' "
            "remedy_amount { units: 6000 currency_code: 'EUR' } } }",
        });
  }

  std::unique_ptr<Desk> OpenDesk(const std::string& name) const {
    store::SqliteOptions how;
    how.durability = store::SqliteDurability::kOff;
    DeskOptions options;
    options.store = *store::SqliteStore::Open(Path(name), how);
    options.policy = Policy::FromText(kPolicy, "lamps").policy;
    return *Desk::Open(std::move(options));
  }

  // Carries out commands, a minute each, behind those that the desk has done.
  void Execute(const std::string& name, const std::vector<std::string>& texts) {
    const std::unique_ptr<Desk> desk = OpenDesk(name);
    for (const std::string& text : texts) {
      v1::Command command;
      ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &command)) << text;
      *command.mutable_actor() = MakeActor("anna");
      command.mutable_now()->set_seconds(1715785200 + 60 * minute_++);
      const auto outcome = desk->Execute(command);
      ASSERT_TRUE(outcome.ok()) << outcome.status();
    }
  }

  int minute_ = 0;
  fs::path folder_;
};

inline void ExpectGolden(const std::string& name, const std::string& text) {
  const char* const source = std::getenv("FRONTDESK_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  const fs::path path = fs::path(source) / "tests/tool/golden" / (name + ".txt");
  if (std::getenv("FRONTDESK_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  EXPECT_EQ(text, ReadText(path)) << path;
}

}  // namespace tool_testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_TOOL_TOOL_TESTING_H_
