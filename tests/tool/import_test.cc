// Importing by the tool: an exported log, or a file of commands.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "frontdesk/tool/tool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tool_testing.h"

namespace frontdesk {
namespace tool_testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A line of a file of commands at noon and some minutes.
std::string LineOf(int minute, const std::string& command, const std::string& facts = "") {
  return absl::StrCat(R"({"command": {"actor": {"actor_id": "import", "kind": "KIND_SYSTEM"}, )",
                      R"("now": "2024-05-15T12:)", minute / 10, minute % 10, R"(:00Z", )", command,
                      "}", facts, "}");
}

std::string CreateLine(int minute, const std::string& id) {
  return LineOf(minute, absl::StrCat(R"("customer": {"create_customer": {"customer_id": ")", id,
                                     R"(", "given_name": "Annabella"}})"));
}

// The texts without line breaks, one after the other.
std::string Joined(const std::vector<std::string>& texts) { return absl::StrJoin(texts, ""); }

// Lines of every kind, of which some are hostile.
std::vector<std::string> ManyLines() {
  const std::string card = Joined({
      R"("customer": {"add_payment_method": {"customer_id": "c1", "payment_method": )",
      R"({"payment_method_id": "card", "kind": "KIND_CARD"}}})",
  });
  const std::string place = Joined({
      R"("order": {"place_order": {"order_id": "1001", "customer_id": "c1", "currency_code": "EUR", )",
      R"("lines": [{"variant_id": "lamp-red", "quantity": 2}], "payment_method_id": "card", )",
      R"("shipping_address": {"lines": ["1 Main St"], "country_code": "DE"}}})",
  });
  const std::string facts = Joined({
      R"(, "facts": {"catalog": {"products": [{"product_id": "lamp", "name": "Lamp"}], )",
      R"("variants": [{"variant_id": "lamp-red", "product_id": "lamp", "name": "Red", )",
      R"("available": true, "unit_price": {"value": 1999, "scale": 2, "currency_code": "EUR"}}]}})",
  });
  const std::string open =
      R"("case": {"open_case": {"case_id": "k1", "kind": "KIND_COMPLAINT", "customer_id": "c1")";
  const auto resolve = [](int units) {
    return Joined({
        R"("case": {"resolve_case": {"case_id": "k1", "code": "refunded", "remedy": "credit", )",
        R"("remedy_amount": {"units": )",
        absl::StrCat(units),
        R"(, "currency_code": "EUR"}}})",
    });
  };
  return {
      CreateLine(0, "c1"),
      LineOf(1, card),
      "",
      CreateLine(2, "c1"),
      LineOf(3, place),
      LineOf(3, place, facts),
      LineOf(4, open + "}}"),
      LineOf(4, open + R"(, "subject": "No light"}})"),
      LineOf(5, resolve(60000)),
      LineOf(6, resolve(6000)),
      R"({"command": {"customer": {"create_customer": {"given_name": "Annabella)",
      R"({"command": {"customer": {"create_customer": {"Annabella": "c2"}}}})",
      R"({"command": {"customer": {"create_customer": {"customer_id": {"Annabella": 1}}}}})",
      R"({"command": {"case": {"open_case": {"kind": "Annabella"}}}})",
      R"({"command": {"order": {"place_order": {"lines": [{}, {"quantity": "Annabella"}]}}}})",
      R"({"Annabella": 1})",
      "Annabella",
      "{}",
      R"({"command": {"customer": {"create_customer": {"given_name": "Annabella)"
      "\xFF"
      R"("}}}})",
      R"({"command": {"note": "Annabella )" + std::string(std::size_t{33} << 20, 'x') + R"("}})",
      std::string(100'000, '['),
      CreateLine(7, "c3"),
  };
}

class ImportTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    Write("lamps.textproto", kPolicy);
  }

  std::vector<std::string> Arguments(const std::string& desk, const std::string& input) const {
    return {"import", Path(desk), Path(input), "--policy", Path("lamps.textproto")};
  }

  Ran Import(const std::string& desk, const std::string& input,
             const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = Arguments(desk, input);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
};

TEST_F(ImportTest, EachLineHasAResult) {
  Write("commands.jsonl", absl::StrCat("\xEF\xBB\xBF", absl::StrJoin(ManyLines(), "\r\n")));
  const Ran ran = Import("shop.db", "commands.jsonl", {"--report", Path("report")});
  EXPECT_EQ(ran.code, kToolRowsOpen) << ran.error;
  EXPECT_EQ(ran.error, "");
  ExpectGolden("import", ran.out);
  ExpectGolden("import_report", ReadText(Path("report")));
  EXPECT_THAT(absl::StrCat(ran.out, ReadText(Path("report"))), Not(HasSubstr("Annabella")));
  EXPECT_EQ(Run({"show", Path("shop.db"), "order/1001"}).code, kToolDone);

  const Ran again = Import("shop.db", "commands.jsonl", {"--json"});
  EXPECT_EQ(again.code, kToolRowsOpen);
  ExpectGolden("import_again_json", again.out);
}

TEST_F(ImportTest, ManyOpenRowsAreInTheReport) {
  std::vector<std::string> lines;
  for (int i = 0; i < 30; ++i) lines.push_back(CreateLine(0, "c1"));
  Write("commands.jsonl", absl::StrJoin(lines, "\n"));
  const Ran ran = Import("shop.db", "commands.jsonl");
  EXPECT_EQ(ran.code, kToolRowsOpen);
  EXPECT_THAT(ran.out, HasSubstr("commands.jsonl:21 "));
  EXPECT_THAT(ran.out, Not(HasSubstr("commands.jsonl:22 ")));
  EXPECT_THAT(ran.error, StartsWith("more: --report"));
}

TEST_F(ImportTest, AllDone) {
  Write("commands.jsonl", absl::StrCat(CreateLine(0, "c1"), "\n", CreateLine(1, "c2"), "\n"));
  const Ran ran = Import("shop.db", "commands.jsonl");
  EXPECT_EQ(ran.code, kToolDone) << ran.error;
  EXPECT_EQ(ran.out, "2 rows\n        2  done  CreateCustomer\n");
}

TEST_F(ImportTest, AnImportThatWasKilledContinues) {
  constexpr int kRows = 600;
  std::vector<std::string> lines;
  for (int i = 0; i < kRows; ++i) lines.push_back(CreateLine(0, absl::StrCat("c", i % 500)));
  Write("commands.jsonl", absl::StrJoin(lines, "\n"));
  EXPECT_EXIT(
      {
        ToolTerminal terminal;
        terminal.out = [](absl::string_view) {};
        // The first progress comes behind the first group.
        terminal.error = [](absl::string_view) { _exit(9); };
        terminal.now = [] { return absl::UnixEpoch(); };
        terminal.has_progress = true;
        RunTool(Arguments("killed.db", "commands.jsonl"), terminal);
        _exit(0);
      },
      ::testing::ExitedWithCode(9), "");
  const Ran rest = Import("killed.db", "commands.jsonl");
  EXPECT_THAT(rest.out, StartsWith("600 rows, 256 of them by an earlier run\n"));
  const Ran whole = Import("whole.db", "commands.jsonl");
  EXPECT_EQ(rest.out.substr(rest.out.find('\n')), whole.out.substr(whole.out.find('\n')));
  EXPECT_EQ(Run({"verify", Path("killed.db")}).out, Run({"verify", Path("whole.db")}).out);
}

TEST_F(ImportTest, TheLogOfTheFileStaysShort) {
  constexpr int kRows = 10'000;
  constexpr std::uintmax_t kMaxBytes = 12 << 20;
  std::vector<std::string> lines;
  for (int i = 0; i < kRows; ++i) lines.push_back(CreateLine(0, absl::StrCat("c", i)));
  Write("commands.jsonl", absl::StrJoin(lines, "\n"));
  int second = 0;
  std::uintmax_t longest = 0;
  ToolTerminal terminal;
  terminal.out = [](absl::string_view) {};
  terminal.error = [&](absl::string_view) {
    std::error_code none;
    const std::uintmax_t bytes = fs::file_size(Path("shop.db-wal"), none);
    if (!none) longest = std::max(longest, bytes);
  };
  terminal.now = [&second] { return absl::FromUnixSeconds(++second); };
  terminal.has_progress = true;
  ASSERT_EQ(RunTool(Arguments("shop.db", "commands.jsonl"), terminal), kToolDone);
  EXPECT_GT(longest, 0);
  EXPECT_LT(longest, kMaxBytes);
}

TEST_F(ImportTest, OtherRowsNeedAnotherName) {
  Write("commands.jsonl", CreateLine(0, "c1"));
  ASSERT_EQ(Import("shop.db", "commands.jsonl").code, kToolDone);
  Write("commands.jsonl", CreateLine(0, "c2"));
  const Ran ran = Import("shop.db", "commands.jsonl");
  EXPECT_EQ(ran.code, kToolError);
  EXPECT_THAT(ran.error, HasSubstr("IMPORT_NOT_CONTINUED"));
  EXPECT_THAT(ran.error, HasSubstr("--name"));
  EXPECT_EQ(Run({"show", Path("shop.db"), "customer/c2"}).code, kToolError);
  EXPECT_EQ(Import("shop.db", "commands.jsonl", {"--name", "second"}).code, kToolDone);
  // Lines at the end belong to the same import.
  Write("commands.jsonl", absl::StrCat(CreateLine(0, "c1"), "\n", CreateLine(1, "c3")));
  EXPECT_THAT(Import("shop.db", "commands.jsonl").out, StartsWith("2 rows, 1 of them"));
}

TEST_F(ImportTest, NothingIsWrittenWhenItCannotBegin) {
  Write("commands.jsonl", CreateLine(0, "c1"));
  Write("table.csv", "id,name\nc1,Ann\n");
  Write("empty", "");
  Write("there", "");
  Write("other.textproto",
        "name: 'other' rule_sets { id: 'all' decision_points: '*' default_outcome: "
        "POLICY_OUTCOME_ALLOW }");
  const std::vector<std::pair<int, std::vector<std::string>>> runs = {
      {kToolUsage, {"import", Path("shop.db"), Path("commands.jsonl")}},
      {kToolUsage,
       {"import", Path("shop.db"), Path("commands.jsonl"), "--policy", Path("lamps.textproto"),
        "--name", ""}},
      {kToolUsage,
       {"import", Path("shop.db"), Path("commands.jsonl"), "--policy", Path("lamps.textproto"),
        "--name", "\n"}},
      {kToolError, {"import", Path("shop.db"), Path("commands.jsonl"), "--policy", Path("none")}},
      {kToolError,
       {"import", Path("shop.db"), Path("commands.jsonl"), "--policy", Path("lamps.textproto"),
        "--report", Path("there")}},
      {kToolError, Arguments("shop.db", "table.csv")},
      {kToolError, Arguments("shop.db", "empty")},
      {kToolError, Arguments("shop.db", "none")},
      {kToolError, Arguments("shop.db", ".")},
  };
  for (const auto& [code, arguments] : runs) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, code) << ran.error;
    EXPECT_THAT(ran.error, Not(HasSubstr("Annabella")));
    EXPECT_FALSE(fs::exists(Path("shop.db"))) << ran.error;
  }
  MakeShop("shop.db");
  EXPECT_THAT(
      Run({"import", Path("shop.db"), Path("commands.jsonl"), "--policy", Path("other.textproto")})
          .error,
      HasSubstr("POLICY_NOT_ACTIVE"));
}

TEST_F(ImportTest, ALogNeedsNoPolicy) {
  MakeShop("shop.db");
  for (const bool is_binary : {false, true}) {
    const std::string log = is_binary ? "binary" : "json";
    std::vector<std::string> arguments = {"export", Path("shop.db"), Path(log)};
    if (is_binary) arguments.push_back("--binary");
    ASSERT_EQ(Run(arguments).code, kToolDone);
    EXPECT_EQ(Import(log + ".db", log).code, kToolUsage);
    EXPECT_FALSE(fs::exists(Path(log + ".db")));
    EXPECT_EQ(Run({"import", Path(log + ".db"), Path(log)}).out, "7 entries\n");
  }
}

}  // namespace
}  // namespace tool_testing
}  // namespace frontdesk
