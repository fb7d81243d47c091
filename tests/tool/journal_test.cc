// The journal by the tool: its lines, what is listed, its pages, and the end of an approval.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/tool/tool.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tool_testing.h"

namespace frontdesk {
namespace tool_testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class JournalTest : public ToolTest {
 protected:
  // The records of a page, by --json. `next` is the token of the next page; empty: there is none.
  std::vector<v1::JournalRecord> Records(std::vector<std::string> arguments, std::string* next) {
    arguments.insert(arguments.begin(), {"journal", Path("shop.db"), "--json"});
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolDone) << ran.error;
    const std::string head = "more: --page ";
    EXPECT_TRUE(ran.error.empty() || ran.error.rfind(head, 0) == 0) << ran.error;
    *next =
        ran.error.empty() ? "" : ran.error.substr(head.size(), ran.error.size() - head.size() - 1);
    std::vector<v1::JournalRecord> records;
    for (const absl::string_view line : absl::StrSplit(ran.out, '\n', absl::SkipEmpty())) {
      records.emplace_back();
      EXPECT_TRUE(
          google::protobuf::util::JsonStringToMessage(std::string(line), &records.back()).ok())
          << line;
    }
    return records;
  }

  std::vector<std::string> Ids(std::vector<std::string> arguments) {
    std::string next;
    std::vector<std::string> ids;
    for (const v1::JournalRecord& record : Records(std::move(arguments), &next)) {
      ids.push_back(record.record_id());
    }
    EXPECT_EQ(next, "");
    return ids;
  }

  void Resolve(const std::string& approval_id, bool is_approved) {
    const std::unique_ptr<Desk> desk = OpenDesk("shop.db");
    ApprovalResolution resolution;
    resolution.actor = MakeActor("carla", v1::Actor::KIND_AGENT, {}, {"goodwill"});
    resolution.now.set_seconds(1715785200 + 60 * minute_++);
    const auto outcome = is_approved ? desk->Approve(approval_id, resolution)
                                     : desk->Decline(approval_id, resolution);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
  }
};

TEST_F(JournalTest, ShowsALineARecord) {
  MakeShop("shop.db");
  Resolve("r0000000006", /*is_approved=*/true);
  const std::vector<std::pair<std::string, std::vector<std::string>>> runs = {
      {"journal", {"journal", Path("shop.db")}},
      {"journal_open", {"journal", Path("shop.db"), "--verdict", "refused,held"}},
      {"explain_approved", {"explain", Path("shop.db"), "r0000000006"}},
      {"help_journal", {"journal", "--help"}},
  };
  for (const auto& [name, arguments] : runs) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolDone) << name << ": " << ran.error;
    EXPECT_EQ(ran.error, "") << name;
    ExpectGolden(name, ran.out);
  }
}

TEST_F(JournalTest, ListsWhatIsAskedFor) {
  MakeShop("shop.db");
  Resolve("r0000000006", /*is_approved=*/false);
  EXPECT_THAT(Ids({"--verdict", "held"}), ElementsAre("r0000000006"));
  EXPECT_THAT(Ids({"--verdict", "held,refused"}), ElementsAre("r0000000006", "r0000000005"));
  EXPECT_THAT(Ids({"--entity", "case/k2"}), ElementsAre("r0000000003"));
  EXPECT_THAT(Ids({"--entity", "customer/k2"}), IsEmpty());
  EXPECT_THAT(Ids({"--entity", "case/k1", "--verdict", "done"}),
              ElementsAre("r0000000004", "r0000000002"));
  EXPECT_THAT(Ids({"--actor", "carla"}), ElementsAre("r0000000007"));
  EXPECT_THAT(Ids({"--actor", "nobody"}), IsEmpty());
  EXPECT_THAT(Run({"explain", Path("shop.db"), "r0000000006"}).out,
              HasSubstr("Declined by carla, 2024-05-15T15:06:00Z, record r0000000007\n"));
}

TEST_F(JournalTest, PagesHaveEachRecordOnce) {
  MakeShop("shop.db");
  // More than are read at a time, twice.
  std::vector<std::string> commands;
  for (int i = 0; i < 600; ++i) {
    commands.push_back(
        i % 7 == 0
            ? "case { resolve_case { case_id: 'k1' code: 'refunded' remedy: 'credit' "
              "remedy_amount { units: 60000 currency_code: 'EUR' } } }"
            : absl::StrCat("case { assign_case { case_id: 'k2' assignee_id: 'a", i, "' } }"));
  }
  Execute("shop.db", commands);
  const std::vector<v1::JournalRecord> all = *OpenDesk("shop.db")->Journal();
  ASSERT_EQ(all.size(), 606U);
  for (const bool only_refused : {false, true}) {
    std::vector<std::string> expected;
    for (auto record = all.rbegin(); record != all.rend(); ++record) {
      if (only_refused && record->verdict() != v1::VERDICT_REFUSED) continue;
      expected.push_back(record->SerializeAsString());
    }
    for (const int limit : {29, 87, 1'000}) {
      std::vector<std::string> listed;
      std::string next;
      int pages = 0;
      do {
        std::vector<std::string> arguments = {"--limit", absl::StrCat(limit)};
        if (only_refused) arguments.insert(arguments.end(), {"--verdict", "refused"});
        if (!next.empty()) arguments.insert(arguments.end(), {"--page", next});
        for (const v1::JournalRecord& record : Records(arguments, &next)) {
          listed.push_back(record.SerializeAsString());
        }
        ++pages;
      } while (!next.empty() && pages < 100);
      EXPECT_EQ(listed, expected) << limit;
      // The last page is never empty.
      EXPECT_EQ(pages, (static_cast<int>(expected.size()) + limit - 1) / limit) << limit;
    }
  }
}

TEST_F(JournalTest, InvalidArgumentsAreUsageErrors) {
  MakeShop("shop.db");
  const std::vector<std::vector<std::string>> runs = {
      {"--verdict", "maybe"}, {"--entity", "k1"}, {"--entity", "shelf/k1"}, {"--limit", "0"},
      {"--page", "0"},        {"--page", "next"}, {"--limit", "1001"},
  };
  for (std::vector<std::string> arguments : runs) {
    arguments.insert(arguments.begin(), {"journal", Path("shop.db")});
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, kToolUsage) << arguments[2] << ": " << ran.error;
    EXPECT_THAT(ran.error, Not(IsEmpty()));
    EXPECT_EQ(ran.out, "");
  }
}

}  // namespace
}  // namespace tool_testing
}  // namespace frontdesk
