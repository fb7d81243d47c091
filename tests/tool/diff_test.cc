// Two policies by the tool: their rules, tests, and the work of a desk in each form of the report.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "frontdesk/tool/tool.h"
#include "frontdesk/v1/backtest.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tool_testing.h"

namespace frontdesk {
namespace tool_testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DiffTest : public ToolTest {
 protected:
  // A desk on which a remedy of 60 EUR was held and approved; its policy, and one that refuses above 55 EUR.
  void SetUp() override {
    ToolTest::SetUp();
    MakeShop("shop.db");
    Write("strict.textproto",
          absl::StrReplaceAll(
              kPolicy, {{"\"7\"", "\"8\""}, {"500 EUR", "55 EUR"}, {"500.00 EUR", "55.00 EUR"}}));
    const std::unique_ptr<Desk> desk = OpenDesk("shop.db");
    ApprovalResolution resolution;
    resolution.actor = MakeActor("carla", v1::Actor::KIND_AGENT, {}, {"goodwill"});
    resolution.now.set_seconds(1715785200 + 60 * minute_++);
    ASSERT_EQ(desk->Approve("r0000000006", resolution)->verdict(), v1::VERDICT_DONE);
  }

  Ran Diff(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"diff", Path("lamps.textproto"),
                                          Path("strict.textproto")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
};

TEST_F(DiffTest, ListsTheRulesThatDiffer) {
  const Ran ran = Diff({});
  EXPECT_EQ(ran.code, kToolDone) << ran.error;
  ExpectGolden("diff", ran.out);
  const Ran same = Run({"diff", Path("lamps.textproto"), Path("lamps.textproto")});
  EXPECT_EQ(same.out, "no differences\n");
}

TEST_F(DiffTest, ListsTheTestsWithAnotherOutcome) {
  Write("lamps_tests.textproto", R"pb(
    time: "2024-05-15T12:00:00Z"
    entities { case { case_id: "k1" state: STATE_OPEN kind: KIND_COMPLAINT subject: "lamp" } }
    tests {
      name: "60 EUR wait"
      command {
        case {
          resolve_case {
            case_id: "k1"
            code: "refunded"
            remedy: "credit"
            remedy_amount { units: 6000 currency_code: "EUR" }
          }
        }
      }
      expected { verdict: VERDICT_HELD }
    }
    tests {
      name: "nothing is paid"
      command { case { resolve_case { case_id: "k1" code: "explained" } } }
      expected { verdict: VERDICT_DONE }
    })pb");
  const Ran ran = Diff({Path("lamps_tests.textproto")});
  EXPECT_EQ(ran.code, kToolDone) << ran.error;
  EXPECT_EQ(ran.out,
            "60 EUR wait\n  - HELD REMEDY_LARGE\n  + REFUSED REMEDY_TOO_LARGE\n"
            "1 of 2 tests have another outcome\n");
}

TEST_F(DiffTest, TriesTheWorkOfADesk) {
  const Ran text = Diff({Path("shop.db")});
  EXPECT_EQ(text.code, kToolDone) << text.error;
  ExpectGolden("diff_desk", text.out);

  // Each form says what a report does not follow up, and how approvals count.
  const Ran json = Diff({Path("shop.db"), "--json"});
  v1::BacktestReport report;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &report).ok()) << json.out;
  EXPECT_EQ(report.changed_count(), 2);
  EXPECT_EQ(report.approved_count(), 1);
  ASSERT_THAT(report.notes(), SizeIs(2));
  const Ran html = Diff({Path("shop.db"), "--html"});
  for (const std::string& note : report.notes()) {
    EXPECT_THAT(text.out, HasSubstr(absl::StrCat("\n", note, "\n")));
    EXPECT_THAT(html.out, HasSubstr(absl::StrCat("<p>", note, "</p>")));
  }
}

TEST_F(DiffTest, APageIsOfADesk) {
  const Ran ran = Diff({"--html"});
  EXPECT_EQ(ran.code, kPolicyUsage);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.error, HasSubstr("--html is for the recorded work of a desk"));
}

}  // namespace
}  // namespace tool_testing
}  // namespace frontdesk
