// The tool on a small desk, beside golden files.
#include "frontdesk/tool/tool.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tool_testing.h"

namespace frontdesk {
namespace tool_testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

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
      {"explain_customer", {"explain", Path("shop.db"), "r0000000006", "--for", "customer"}},
      {"explain_agent", {"explain", Path("shop.db"), "r0000000006", "--for=agent"}},
      {"stats", {"stats", Path("shop.db")}},
      {"stats_json", {"stats", Path("shop.db"), "--json"}},
      {"verify", {"verify", Path("shop.db"), "--rows"}},
      {"help", {"--help"}},
      {"help_find", {"find", "--help"}},
      {"help_import", {"import", "--help"}},
  };
  for (const auto& [name, arguments] : runs) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolDone) << name << ": " << ran.error;
    EXPECT_EQ(ran.error, "") << name;
    ExpectGolden(name, ran.out);
  }
}

TEST_F(ToolTest, FindsWords) {
  MakeShop("shop.db");
  Execute("shop.db",
          {
              "case { add_case_part { case_id: 'k1' part { part_id: 'p1' kind: KIND_NOTE "
              "text: 'Wants a refund' } } }",
              "interaction { start_interaction { interaction_id: 'i1' channel: CHANNEL_VOICE "
              "direction: DIRECTION_INBOUND customer_id: 'c1' } }",
              "interaction { add_interaction_part { interaction_id: 'i1' part { part_id: 'p1' "
              "kind: KIND_MESSAGE visibility: VISIBILITY_PUBLIC text: 'My lamp flickers' } } }",
          });
  const std::vector<std::pair<std::string, std::vector<std::string>>> runs = {
      {"find_words", {"find", Path("shop.db"), "cases", "--words", "LAMP refu*"}},
      {"find_words_interactions", {"find", Path("shop.db"), "interactions", "--words", "lamp"}},
      {"find_words_customer",
       {"find", Path("shop.db"), "cases", "--words", "lamp", "--customer", "c1",
        "--customer-view"}},
  };
  for (const auto& [name, arguments] : runs) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolDone) << name << ": " << ran.error;
    ExpectGolden(name, ran.out);
  }
  const Ran unseen = Run({"find", Path("shop.db"), "cases", "--words", "refund", "--customer", "c1",
                          "--customer-view"});
  EXPECT_EQ(unseen.code, kToolDone) << unseen.error;
  EXPECT_EQ(unseen.out, "") << "the note is internal";
  EXPECT_EQ(Run({"find", Path("shop.db"), "cases", "--words", ""}).code, kToolError);
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
  for (const char* command : {"show", "find", "timeline", "history", "journal", "explain", "stats",
                              "verify", "export", "backup"}) {
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
  const Ran refused = Run(arguments);
  EXPECT_THAT(refused.error, HasSubstr("POLICY_NOT_ACTIVE"));
  EXPECT_THAT(refused.error, HasSubstr("--activate ACTOR"));
  arguments.insert(arguments.end(), {"--activate", "olga"});
  EXPECT_EQ(Run(arguments).out, "ready, under the policy lamps 8\n");
  const Ran history = Run({"history", Path("shop.db"), "desk/desk"});
  EXPECT_THAT(history.out, HasSubstr("by olga"));
  // The first policy was activated by nobody, at no time.
  EXPECT_THAT(history.out, StartsWith("version 1\n"));
}

TEST_F(ToolTest, APolicyAsksForARoleOfTheActor) {
  const std::string text = R"pb(
    name: "shop"
    version: "1"
    rule_sets {
      id: "policy"
      decision_points: "ActivatePolicy"
      default_outcome: POLICY_OUTCOME_REFUSE
      rules {
        id: "owner"
        order: 1
        outcome: POLICY_OUTCOME_ALLOW
        condition: "'owner' in actor.roles"
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE })pb";
  Write("first.textproto", text);
  Write("next.textproto", absl::StrReplaceAll(text, {{"\"1\"", "\"2\""}}));
  const Ran first = Run({"init", Path("shop.db"), "--policy", Path("first.textproto")});
  EXPECT_EQ(first.code, kToolDone) << first.error;
  EXPECT_EQ(first.error, "") << "the owner can replace it";
  std::vector<std::string> arguments = {
      "init", Path("shop.db"), "--policy", Path("next.textproto"), "--activate", "olga"};
  const Ran refused = Run(arguments);
  EXPECT_EQ(refused.code, kToolError);
  EXPECT_THAT(refused.error, HasSubstr("ActivatePolicy is refused"));
  arguments.insert(arguments.end(), {"--role", "clerk,owner"});
  EXPECT_EQ(Run(arguments).out, "ready, under the policy shop 2\n");
  EXPECT_EQ(
      Run({"init", Path("shop.db"), "--policy", Path("next.textproto"), "--role", "owner"}).code,
      kToolUsage);
}

TEST_F(ToolTest, AnOwnerReplacesEachPolicyOfTheExamples) {
  const char* const source = std::getenv("FRONTDESK_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(source) / "examples/policies")) {
    const std::string text = ReadText(entry.path());
    const std::string next =
        absl::StrReplaceAll(text, {{"\nversion: \"1\"\n", "\nversion: \"2\"\n"}});
    ASSERT_NE(next, text) << entry.path();
    Write("next.textproto", next);
    const std::string desk = Path(absl::StrCat("desk", ++count));
    const Ran first = Run({"init", desk, "--policy", entry.path().string()});
    EXPECT_EQ(first.code, kToolDone) << first.error;
    EXPECT_EQ(first.error, "") << entry.path();
    const Ran ran = Run({"init", desk, "--policy", Path("next.textproto"), "--activate", "olga",
                         "--role", "owner"});
    EXPECT_EQ(ran.code, kToolDone) << entry.path() << ran.error;
    EXPECT_THAT(ran.out, EndsWith(" 2\n"));
  }
  EXPECT_GE(count, 5);
  // The shop's policy accepts nobody else, and no other policy.
  const fs::path policies = fs::path(source) / "examples/policies";
  const std::string retail = (policies / "retail.textproto").string();
  ASSERT_EQ(Run({"init", Path("retail.db"), "--policy", retail}).code, kToolDone);
  EXPECT_THAT(Run({"init", Path("retail.db"), "--policy", (policies / "crm.textproto").string(),
                   "--activate", "olga", "--role", "owner"})
                  .error,
              HasSubstr("RETAIL_ACTIVATE_POLICY_OTHER_NAME"));
  Write("next.textproto",
        absl::StrReplaceAll(ReadText(retail), {{"version: \"1\"", "version: \"2\""}}));
  EXPECT_THAT(
      Run({"init", Path("retail.db"), "--policy", Path("next.textproto"), "--activate", "olga"})
          .error,
      HasSubstr("RETAIL_ACTIVATE_POLICY_NOT_OWNER"));
}

TEST_F(ToolTest, InitNotesAPolicyThatNobodyCanReplace) {
  const std::string refuses =
      "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_REFUSE }";
  const std::string allows =
      "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }";
  const auto policy_set = [](absl::string_view outcome) {
    return absl::StrCat(
        "rule_sets { id: 'policy' decision_points: 'ActivatePolicy' rules { id: 'owner' order: 1 "
        "outcome: ",
        outcome, " reason: 'OWNER' condition: \"'owner' in actor.roles\"",
        outcome == "POLICY_OUTCOME_HOLD" ? " authority: 'owner'" : "", " } }");
  };
  const std::vector<std::pair<std::string, bool>> cases = {
      {"", true},
      {refuses, true},
      {allows, false},
      {allows + policy_set("POLICY_OUTCOME_REFUSE"), true},
      {policy_set("POLICY_OUTCOME_REFUSE") + allows, true},
      {refuses + policy_set("POLICY_OUTCOME_ALLOW"), false},
      {refuses + policy_set("POLICY_OUTCOME_HOLD"), false},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Write("policy.textproto", absl::StrCat("name: 'p' ", cases[i].first));
    const Ran ran =
        Run({"init", Path(absl::StrCat("desk", i)), "--policy", Path("policy.textproto")});
    EXPECT_EQ(ran.code, kToolDone) << ran.error;
    EXPECT_EQ(absl::StrContains(ran.error, "nobody can replace"), cases[i].second)
        << cases[i].first << ran.error;
  }
}

// The host makes roles: frontdesk/store/postgres_store.h.
TEST_F(ToolTest, InitMakesARoleForADatabase) {
  Write("lamps.textproto", kPolicy);
  std::vector<std::string> made, opened;
  ToolTerminal terminal;
  terminal.make_database_role = [&](absl::string_view parameters, absl::string_view role,
                                    bool dry_run) -> absl::StatusOr<std::string> {
    made.push_back(absl::StrCat(parameters, "/", role, dry_run ? "/dry" : ""));
    if (role == "strong") return absl::FailedPreconditionError("the role exists");
    return std::string("BEGIN;\nCOMMIT;\n");
  };
  terminal.open_database = [&](absl::string_view parameters, absl::string_view desk,
                               bool) -> absl::StatusOr<std::shared_ptr<store::Store>> {
    opened.push_back(absl::StrCat(parameters, "/", desk));
    return store::MakeMemoryStore();
  };
  const std::string policy = Path("lamps.textproto");
  Ran ran = RunAt(terminal, {"init", "postgres:host=a", "--role", "app", "--dry-run"});
  EXPECT_EQ(ran.code, kToolDone) << ran.error;
  EXPECT_EQ(ran.out, "BEGIN;\nCOMMIT;\n");
  EXPECT_EQ(RunAt(terminal, {"init", "postgres:host=a", "--role", "app"}).code, kToolDone);
  EXPECT_THAT(opened, IsEmpty());
  // With a policy the desk is opened too.
  ran = RunAt(terminal, {"init", "postgres:host=a", "--role", "app", "--policy", policy});
  EXPECT_EQ(ran.code, kToolDone) << ran.error;
  EXPECT_THAT(opened, ElementsAre("host=a/"));
  ran = RunAt(terminal, {"init", "postgres:host=a", "--role", "strong", "--policy", policy});
  EXPECT_EQ(ran.code, kToolError);
  EXPECT_THAT(ran.error, HasSubstr("STORE_NOT_USABLE"));
  EXPECT_EQ(opened.size(), 1u);
  EXPECT_THAT(made, ElementsAre("host=a/app/dry", "host=a/app", "host=a/app", "host=a/strong"));
  // Of an actor: no role is made.
  const auto activate = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"init", "postgres:host=a", "--policy",
                                          policy, "--activate",      "olga"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunAt(terminal, arguments).code;
  };
  EXPECT_EQ(activate({"--role", "owner"}), kToolDone);
  EXPECT_EQ(activate({"--role", "owner", "--dry-run"}), kToolUsage);
  EXPECT_EQ(activate({"--dry-run"}), kToolUsage);
  EXPECT_EQ(made.size(), 4u);
  // A file has none, and a host without the way to make one neither.
  EXPECT_EQ(RunAt(terminal, {"init", Path("shop.db"), "--role", "app"}).code, kToolUsage);
  EXPECT_EQ(Run({"init", "postgres:host=a", "--role", "app"}).code, kToolUsage);
}

TEST_F(ToolTest, ErrorsNameTheFile) {
  MakeShop("shop.db");
  Write("words", "no commands");
  Write("there", "");
  const std::vector<std::pair<std::string, std::vector<std::string>>> runs = {
      {"the file of the policy cannot be opened: \\u001b.textproto\n",
       {"init", Path("new.db"), "--policy", "\033.textproto"}},
      {absl::StrCat("the file of the policy cannot be read: ", folder_.string(), "\n"),
       {"init", Path("new.db"), "--policy", folder_.string()}},
      {absl::StrCat("the file of the input cannot be opened: ", Path("none"), "\n"),
       {"import", Path("new.db"), Path("none")}},
      {absl::StrCat("}): ", Path("words"), "\n"), {"import", Path("new.db"), Path("words")}},
      {absl::StrCat("the file of the log exists already: ", Path("there"), "\n"),
       {"export", Path("shop.db"), Path("there")}},
      {absl::StrCat("the file of the log cannot be opened: ", Path("none/log"), "\n"),
       {"export", Path("shop.db"), Path("none/log")}},
      {absl::StrCat("STORE_NOT_FOUND: there is no such file, or it is empty: ", Path("none.db"),
                    "\n"),
       {"show", Path("none.db"), "case/k1"}},
      {absl::StrCat(": ", Path("there"), "\n"), {"backup", Path("shop.db"), Path("there")}},
      {absl::StrCat(": ", Path("words"), "\n"),
       {"init", Path("words"), "--policy", Path("lamps.textproto")}},
  };
  for (const auto& [text, arguments] : runs) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolError) << text;
    EXPECT_THAT(ran.error, AllOf(StartsWith("frontdesk: "), EndsWith(text)));
  }
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
      {"find", Path("shop.db"), "customers", "--words", "lamp"},
      {"find", Path("shop.db"), "cases", "--words", "lamp", "--state", "new"},
      {"find", Path("shop.db"), "cases", "--customer", "c1", "--customer-view"},
      {"find", Path("shop.db"), "orders", "--queue", "repairs", "--customer", "c1"},
      {"find", Path("shop.db"), "orders", "--tag", "loud", "--customer", "c1"},
      {"find", Path("shop.db"), "cases", "--external", "crm"},
      {"find", Path("shop.db"), "cases", "--priority", "1,high"},
      {"find", Path("shop.db"), "cases", "--opened-since", "yesterday"},
      {"find", Path("shop.db"), "cases", "--words", "lamp", "--unassigned"},
  };
  for (const std::vector<std::string>& arguments : runs) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolUsage) << ran.error;
    EXPECT_THAT(ran.error, Not(IsEmpty()));
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_EQ(Run({"show", Path("shop.db"), "case/none"}).code, kToolError);
  EXPECT_EQ(Run({"explain", Path("shop.db"), "none"}).code, kToolError);
  EXPECT_EQ(Run({"explain", Path("shop.db"), "none", "--for", "nobody"}).code, kToolUsage);
  EXPECT_EQ(Run({"find", Path("shop.db"), "interactions"}).code, kToolError) << "FIND_MALFORMED";
}

TEST_F(ToolTest, FindsCasesByTheirFields) {
  MakeShop("shop.db");
  Execute("shop.db",
          {"case { open_case { case_id: 'k3' kind: KIND_TROUBLE queue_id: 'repairs' subject: 'dim' "
           "priority: 1 external_ids { system: 'crm' id: 'a/7' } } }",
           "case { classify_case { case_id: 'k3' add_tags: 'loud' } }"});
  const auto found = [this](std::vector<std::string> options) {
    std::vector<std::string> arguments = {"find", Path("shop.db"), "cases"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolDone) << ran.error;
    std::string ids;
    for (const char* id : {"k1", "k2", "k3"}) {
      if (ran.out.find(absl::StrCat("case/", id, " ")) != std::string::npos) ids += id;
    }
    return ids;
  };
  EXPECT_EQ(found({}), "k1k2k3");
  EXPECT_EQ(found({"--tag", "loud"}), "k3");
  EXPECT_EQ(found({"--priority", "1,2"}), "k3");
  EXPECT_EQ(found({"--unassigned"}), "k2k3");
  EXPECT_EQ(found({"--external", "crm/a/7"}), "k3");
  EXPECT_EQ(found({"--attribute", "size=big"}), "");
  EXPECT_EQ(found({"--opened-since", "2024-05-15"}), "k1k2k3");
  EXPECT_EQ(found({"--opened-before", "2024-05-15T15:02:00Z"}), "k1");
  EXPECT_EQ(found({"--waiting-since", "2024-05-15T15:03:00Z"}), "k2");
  EXPECT_EQ(found({"--due-first"}), "") << "no case of the shop has a clock";
  EXPECT_EQ(found({"--due-before", "2034-05-15"}), "");
  const Ran orders = Run({"find", Path("shop.db"), "cases", "--due-first", "--oldest-first"});
  EXPECT_EQ(orders.code, kToolUsage);
  const Ran oldest = Run({"find", Path("shop.db"), "cases", "--oldest-first", "--limit", "1"});
  EXPECT_THAT(oldest.out, StartsWith("case/k1 "));
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
  Write("other",
        absl::StrReplaceAll(ReadText(Path("log")), {{"The lamp broke", "The lamp b0rke"}}));
  const Ran ran = Run({"import", Path("other.db"), Path("other")});
  EXPECT_EQ(ran.code, kToolError);
  EXPECT_THAT(ran.error, HasSubstr("LOG_LINK_UNEXPECTED"));
}

}  // namespace
}  // namespace tool_testing
}  // namespace frontdesk
