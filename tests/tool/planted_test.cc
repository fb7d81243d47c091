// Personal data is planted in random commands of a desk in a file. The tool's lists, explanations, reports and errors never show it. Only
// `show`, `history` and `find`, which print an entity's own data, may do so.
//
// FRONTDESK_RANDOM_COMMANDS says how many commands, FRONTDESK_RANDOM_SEED repeats a run.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "desk/message_filler.h"
#include "desk/planter.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "store/sqlite_testing.h"
#include "tool/tool_testing.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::EntityIds;
using ::frontdesk::testing::FindPersonal;
using ::frontdesk::testing::Plant;
using ::frontdesk::testing::Planting;
using ::frontdesk::testing::RandomCommands;

constexpr int kUsualCommands = 600;
// One of each seven records is explained.
constexpr int kExplainedStride = 7;

class PlantedToolTest : public tool_testing::ToolTest {
 protected:
  tool_testing::Ran RunAndScan(const std::vector<std::string>& arguments) {
    tool_testing::Ran ran = Run(arguments);
    const std::string what = absl::StrJoin(arguments, " ");
    EXPECT_EQ(FindPersonal(ran.out), "") << what << "\n" << ran.out;
    EXPECT_EQ(FindPersonal(ran.error), "") << what << "\n" << ran.error;
    return ran;
  }

  // Carries the commands out, and returns the ids of their records.
  std::vector<std::string> MakeDesk(std::uint64_t seed, int wanted) {
    const auto desk =
        testing::OpenRandomDesk(store::MustOpen(Path("shop.db"), store::WithoutSyncs()));
    for (v1::Command command : testing::OpeningCommands()) {
      Plant(Planting::kPersonalOnly, &command);
      testing::MustDo(*desk, command);
    }
    Chance chance(seed);
    RandomCommands commands(&chance, desk.get());
    for (int i = 0; i < wanted; ++i) {
      v1::Command command = commands.Next();
      const v1::Facts facts = commands.NextFacts(command);
      Plant(chance.OneIn(8) ? Planting::kEverything : Planting::kPersonalOnly, &command);
      desk->Execute(command, facts).status().IgnoreError();
      std::string json;
      if (google::protobuf::util::MessageToJsonString(command, &json).ok()) {
        absl::StrAppend(&lines_, "{\"command\": ", json, "}\n");
        if (chance.OneIn(20)) absl::StrAppend(&lines_, "{\"command\": ", json.substr(0, 200), "\n");
      }
    }
    LogPage page;
    page.page_size = 10'000;
    std::vector<std::string> ids;
    const auto journal = desk->Journal(page);
    EXPECT_TRUE(journal.ok()) << journal.status();
    for (const v1::JournalRecord& record : *journal) ids.push_back(record.record_id());
    return ids;
  }

  // The commands as a file to import.
  std::string lines_;
};

TEST_F(PlantedToolTest, ListsExplanationsAndReportsRevealNothing) {
  const std::uint64_t seed = testing::SeedOfRun();
  const std::vector<std::string> records =
      MakeDesk(seed, static_cast<int>(testing::NumberFromEnvironment("FRONTDESK_RANDOM_COMMANDS",
                                                                     kUsualCommands)));
  ASSERT_NE(FindPersonal(lines_), "");
  const std::string file = Path("shop.db");
  EXPECT_EQ(RunAndScan({"journal", file, "--limit", "1000"}).code, kToolDone);
  EXPECT_EQ(RunAndScan({"journal", file, "--verdict", "refused,held"}).code, kToolDone);
  EXPECT_EQ(RunAndScan({"stats", file}).code, kToolDone);
  EXPECT_EQ(RunAndScan({"verify", file, "--rows"}).code, kToolDone);
  ASSERT_GT(records.size(), 20u);
  for (std::size_t i = 0; i < records.size(); i += kExplainedStride) {
    for (const char* audience : {"customer", "agent", "auditor"}) {
      EXPECT_EQ(RunAndScan({"explain", file, records[i], "--for", audience}).code, kToolDone);
    }
  }
  int timelines = 0;
  for (const std::string& id : EntityIds(v1::ENTITY_KIND_CUSTOMER)) {
    const auto timeline = RunAndScan({"timeline", file, id, "--limit", "1000"});
    timelines += timeline.code == kToolDone ? 1 : 0;
  }
  EXPECT_GT(timelines, 0);
  // The same commands, carried out by the tool.
  Write("commands.jsonl", lines_);
  Write("all.textproto",
        "name: 'all' rule_sets { id: 'all' decision_points: '*' default_outcome: "
        "POLICY_OUTCOME_ALLOW }");
  const auto imported = RunAndScan({"import", Path("other.db"), Path("commands.jsonl"), "--policy",
                                    Path("all.textproto"), "--report", Path("report")});
  EXPECT_EQ(imported.code, kToolRowsOpen) << imported.error;
  EXPECT_EQ(FindPersonal(tool_testing::ReadText(Path("report"))), "");
  EXPECT_EQ(RunAndScan({"journal", Path("other.db"), "--limit", "1000"}).code, kToolDone);
}

}  // namespace
}  // namespace frontdesk
