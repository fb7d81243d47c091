// The tool on a small desk, beside golden files. FRONTDESK_UPDATE_GOLDEN=1 writes them anew.
#include "frontdesk/tool/tool.h"

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
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/store/sqlite.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr char kPolicy[] = R"pb(
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
      condition: "command.resolve_case.remedy_amount.units > 50000"
    }
    rules {
      id: "much"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "REMEDY_LARGE"
      authority: "goodwill"
      condition: "command.resolve_case.remedy_amount.units > 5000"
    }
  }
)pb";

// The result of a run.
struct Ran {
  int code = -1;
  std::string out;
  std::string error;
};

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
    Ran ran;
    ToolTerminal terminal;
    terminal.out = [&ran](absl::string_view text) { absl::StrAppend(&ran.out, text); };
    terminal.error = [&ran](absl::string_view text) { absl::StrAppend(&ran.error, text); };
    terminal.now = [] { return absl::FromUnixSeconds(1715785200); };
    terminal.has_color = has_color;
    ran.code = RunTool(arguments, terminal);
    return ran;
  }

  // Makes a desk with a customer, two cases, and a command that is refused.
  void MakeShop(const std::string& name) {
    Write("lamps.textproto", kPolicy);
    ASSERT_EQ(Run({"init", Path(name), "--policy", Path("lamps.textproto")}).code, kToolDone);
    DeskOptions options;
    options.store = *store::SqliteStore::Open(Path(name));
    options.policy = Policy::FromText(kPolicy, "lamps").policy;
    const std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
    int minute = 0;
    for (const char* text : {
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
         }) {
      v1::Command command;
      ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &command)) << text;
      *command.mutable_actor() = MakeActor("anna");
      command.mutable_now()->set_seconds(1715785200 + 60 * minute++);
      const auto outcome = desk->Execute(command);
      ASSERT_TRUE(outcome.ok()) << outcome.status();
    }
  }

  fs::path folder_;
};

void ExpectGolden(const std::string& name, const std::string& text) {
  const char* const source = std::getenv("FRONTDESK_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  const fs::path path = fs::path(source) / "tests/tool/golden" / (name + ".txt");
  if (std::getenv("FRONTDESK_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  EXPECT_EQ(text, content.str()) << path;
}

TEST_F(ToolTest, ShowsWhatTheDeskHolds) {
  MakeShop("shop.db");
  const std::vector<std::pair<std::string, std::vector<std::string>>> runs = {
      {"show", {"show", Path("shop.db"), "case/k1"}},
      {"show_hostile", {"show", Path("shop.db"), "case/k2"}},
      {"show_json", {"show", Path("shop.db"), "customer/c1", "--json"}},
      {"find_cases", {"find", Path("shop.db"), "cases", "--customer", "c1"}},
      {"find_queue", {"find", Path("shop.db"), "cases", "--queue=repairs", "--state", "new,open"}},
      {"timeline", {"timeline", Path("shop.db"), "c1"}},
      {"timeline_cases", {"timeline", Path("shop.db"), "c1", "--kinds", "case", "--oldest-first"}},
      {"history", {"history", Path("shop.db"), "case/k1"}},
      {"explain_refused", {"explain", Path("shop.db"), "r0000000005"}},
      {"explain_held", {"explain", Path("shop.db"), "r0000000006"}},
      {"stats", {"stats", Path("shop.db")}},
      {"stats_json", {"stats", Path("shop.db"), "--json"}},
      {"verify", {"verify", Path("shop.db"), "--rows"}},
      {"help", {"--help"}},
      {"help_find", {"find", "--help"}},
  };
  for (const auto& [name, arguments] : runs) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolDone) << name << ": " << ran.error;
    EXPECT_EQ(ran.error, "") << name;
    ExpectGolden(name, ran.out);
  }
}

TEST_F(ToolTest, PagesEndWithTheTokenOfTheNextOne) {
  MakeShop("shop.db");
  std::vector<std::string> arguments = {"timeline", Path("shop.db"), "c1", "--limit", "1"};
  std::string all;
  int pages = 0;
  for (;;) {
    const Ran ran = Run(arguments);
    ASSERT_EQ(ran.code, kToolDone) << ran.error;
    all += ran.out;
    ++pages;
    if (ran.error.empty()) break;
    ASSERT_EQ(ran.error.substr(0, 13), "more: --page ");
    arguments.resize(5);
    arguments.push_back("--page");
    arguments.push_back(ran.error.substr(13, ran.error.size() - 14));
  }
  EXPECT_EQ(all, Run({"timeline", Path("shop.db"), "c1"}).out);
  EXPECT_GT(pages, 3);
}

TEST_F(ToolTest, ALogGoesIntoAnotherFile) {
  MakeShop("shop.db");
  for (const bool is_binary : {false, true}) {
    const std::string suffix = is_binary ? "binary" : "json";
    std::vector<std::string> arguments = {"export", Path("shop.db"), Path(suffix)};
    if (is_binary) arguments.push_back("--binary");
    ASSERT_EQ(Run(arguments).code, kToolDone);
    EXPECT_EQ(Run(arguments).code, kToolError) << "the file is there already";
    ASSERT_EQ(Run({"import", Path(suffix + ".db"), Path(suffix)}).out, "7 entries\n");
    EXPECT_EQ(Run({"import", Path(suffix + ".db"), Path(suffix)}).out, "7 entries\n") << "again";
    EXPECT_EQ(Run({"timeline", Path(suffix + ".db"), "c1"}).out,
              Run({"timeline", Path("shop.db"), "c1"}).out);
  }
  ASSERT_EQ(Run({"backup", Path("shop.db"), Path("copy.db")}).code, kToolDone);
  EXPECT_THAT(Run({"backup", Path("shop.db"), Path("copy.db")}).error,
              HasSubstr("STORE_FILE_EXISTS"));
  EXPECT_EQ(Run({"verify", Path("copy.db")}).code, kToolDone);
}

TEST_F(ToolTest, NothingIsWrittenWithoutAPolicy) {
  EXPECT_EQ(Run({"init", Path("new.db")}).code, kToolUsage);
  for (const char* command :
       {"show", "find", "timeline", "history", "explain", "stats", "verify", "export", "backup"}) {
    const Ran ran = Run({command, Path("new.db"), "case/k1"});
    EXPECT_NE(ran.code, kToolDone) << command;
    EXPECT_THAT(ran.error, AnyOf(HasSubstr("STORE_NOT_FOUND"), HasSubstr("frontdesk: ")))
        << command;
  }
  EXPECT_FALSE(fs::exists(Path("new.db")));
  Write("broken.textproto", "rule_sets { id: 'a' decision_points: 'Nonsense' }");
  const Ran broken = Run({"init", Path("new.db"), "--policy", Path("broken.textproto")});
  EXPECT_EQ(broken.code, kToolError);
  EXPECT_THAT(broken.error, HasSubstr("broken.textproto:1:"));
  EXPECT_FALSE(fs::exists(Path("new.db")));
}

TEST_F(ToolTest, AnotherPolicyIsActivatedByAnActor) {
  MakeShop("shop.db");
  Write("next.textproto", absl::StrReplaceAll(kPolicy, {{"\"7\"", "\"8\""}}));
  std::vector<std::string> arguments = {"init", Path("shop.db"), "--policy",
                                        Path("next.textproto")};
  EXPECT_THAT(Run(arguments).error, HasSubstr("POLICY_NOT_ACTIVE"));
  arguments.insert(arguments.end(), {"--activate", "olga"});
  EXPECT_EQ(Run(arguments).out, "ready, under the policy lamps 8\n");
  EXPECT_THAT(Run({"history", Path("shop.db"), "desk/desk"}).out, HasSubstr("by olga"));
}

TEST_F(ToolTest, InvalidArgumentsAreUsageErrors) {
  MakeShop("shop.db");
  const std::vector<std::vector<std::string>> runs = {
      {},
      {"nonsense"},
      {"show"},
      {"show", Path("shop.db")},
      {"show", Path("shop.db"), "k1"},
      {"show", Path("shop.db"), "shelf/k1"},
      {"show", Path("shop.db"), "case/k1", "more"},
      {"show", Path("shop.db"), "case/k1", "--nonsense"},
      {"show", Path("shop.db"), "case/k1", "--json=yes"},
      {"show", Path("shop.db"), "case/k1", "--json", "--json"},
      {"find", Path("shop.db"), "cases", "--state", "shut"},
      {"find", Path("shop.db"), "cases", "--limit", "0", "--customer", "c1"},
      {"find", Path("shop.db"), "cases", "--limit"},
      {"find", Path("shop.db"), "shelves"},
  };
  for (const std::vector<std::string>& arguments : runs) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolUsage) << ran.error;
    EXPECT_THAT(ran.error, Not(IsEmpty()));
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_EQ(Run({"show", Path("shop.db"), "case/none"}).code, kToolError);
  EXPECT_EQ(Run({"explain", Path("shop.db"), "none"}).code, kToolError);
  EXPECT_EQ(Run({"find", Path("shop.db"), "cases"}).code, kToolError) << "FIND_MALFORMED";
}

TEST_F(ToolTest, ColorsOnlyWhereTheTerminalHasThem) {
  MakeShop("shop.db");
  EXPECT_THAT(Run({"show", Path("shop.db"), "case/k2"}, /*has_color=*/true).out,
              HasSubstr("\033[1mcase/k2\033[0m"));
  EXPECT_THAT(Run({"show", Path("shop.db"), "case/k2"}).out, Not(HasSubstr("\033")));
  EXPECT_THAT(Run({"show", Path("shop.db"), "case/k2", "--json"}, /*has_color=*/true).out,
              Not(HasSubstr("\033[1m")));
}

TEST_F(ToolTest, AFileThatWasChangedIsAFault) {
  MakeShop("shop.db");
  ASSERT_EQ(Run({"export", Path("shop.db"), Path("log")}).code, kToolDone);
  std::ifstream file(Path("log"), std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  Write("other", absl::StrReplaceAll(content.str(), {{"The lamp broke", "The lamp b0rke"}}));
  const Ran ran = Run({"import", Path("other.db"), Path("other")});
  EXPECT_EQ(ran.code, kToolError);
  EXPECT_THAT(ran.error, HasSubstr("LOG_LINK_UNEXPECTED"));
}

}  // namespace
}  // namespace frontdesk
