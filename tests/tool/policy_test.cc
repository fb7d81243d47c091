// check and rules, beside golden files. FRONTDESK_UPDATE_GOLDEN=1 writes them anew.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "frontdesk/tool/tool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr absl::string_view kRest =
    "rule_sets { id: \"rest\" decision_points: \"*\" default_outcome: POLICY_OUTCOME_ALLOW }\n";

constexpr absl::string_view kGood =
    R"pb(rule_sets {
           id: "cancel"
           decision_points: "CancelOrder"
           default_outcome: POLICY_OUTCOME_REFUSE
           rules {
             id: "owner"
             order: 1
             outcome: POLICY_OUTCOME_ALLOW
             condition: "'owner' in actor.roles"
           }
           rules {
             id: "large"
             order: 2
             outcome: POLICY_OUTCOME_HOLD
             reason: "LARGE"
             authority: "orders"
             condition: "order.totals.total > money('500 EUR')"
             text: "An order above 500.00 EUR is canceled by a supervisor."
           }
         }
    )pb";

constexpr absl::string_view kDoubtful = R"pb(rule_sets {
                                               id: "cancel"
                                               decision_points: "CancelOrder"
                                               rules {
                                                 id: "a"
                                                 order: 1
                                                 outcome: POLICY_OUTCOME_REFUSE
                                                 reason: "A"
                                                 condition: "order.state == 4"
                                               }
                                               rules {
                                                 id: "b"
                                                 order: 2
                                                 outcome: POLICY_OUTCOME_REFUSE
                                                 reason: "B"
                                                 condition: "order.totals.total.units > 500"
                                               }
                                             }
)pb";

constexpr absl::string_view kBroken = R"pb(rule_sets {
                                             id: "cancel"
                                             decision_points: "CancelOrders"
                                             default_outcome: POLICY_OUTCOME_ALLOW
                                           }
                                           rule_sets {
                                             id: "resolve"
                                             decision_points: "ResolveCase"
                                             default_outcome: POLICY_OUTCOME_ALLOW
                                             rules {
                                               id: "a"
                                               order: 1
                                               outcome: POLICY_OUTCOME_REFUSE
                                               reason: "A"
                                               condition: "has(command.open_case)"
                                             }
                                           }
)pb";

// The result of a run.
struct PolicyRan {
  int code = -1;
  std::string out;
  std::string error;
};

class PolicyToolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / absl::StrCat("frontdesk-policy-tool-", getpid());
    fs::create_directory(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, absl::string_view content) const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  PolicyRan Run(const std::vector<std::string>& arguments) const {
    PolicyRan ran;
    ToolTerminal terminal;
    terminal.out = [&ran](absl::string_view text) { absl::StrAppend(&ran.out, text); };
    terminal.error = [&ran](absl::string_view text) { absl::StrAppend(&ran.error, text); };
    terminal.now = [] { return absl::FromUnixSeconds(1715785200); };
    ran.code = RunTool(arguments, terminal);
    const std::string folder = folder_.string() + "/";
    ran.out = absl::StrReplaceAll(ran.out, {{folder, ""}});
    return ran;
  }

  void ExpectGolden(const std::string& name, const std::string& text) const {
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

  fs::path folder_;
};

TEST_F(PolicyToolTest, CheckShowsIssuesAndItsExitCodeTheWorst) {
  const struct {
    std::string name;
    std::string text;
    int code;
  } kTests[] = {
      {"good", absl::StrCat(kRest, kGood), kToolDone},
      {"doubtful", absl::StrCat(kRest, kDoubtful), kCheckWarnings},
      {"broken", absl::StrCat(kRest, kBroken), kCheckErrors},
      {"unreadable", "rule_sets {", kCheckErrors},
  };
  for (const auto& test : kTests) {
    const std::string path = Write(test.name + ".textproto", test.text);
    const PolicyRan ran = Run({"check", path});
    EXPECT_EQ(ran.code, test.code) << ran.out;
    EXPECT_THAT(ran.error, IsEmpty());
    ExpectGolden("check_" + test.name, ran.out);
    const PolicyRan json = Run({"check", path, "--json"});
    EXPECT_EQ(json.code, test.code);
    ExpectGolden("check_" + test.name + "_json", json.out);
  }
}

TEST_F(PolicyToolTest, RulesListsTheTotalsThatAreRead) {
  const std::string path =
      Write("totals.textproto", absl::StrCat(kRest, R"pb(
              totals {
                name: "refunds_30d"
                text: "refunds of the last 30 days"
                commands: "RefundOrder"
                days: 30
              }
              totals { name: "refunds" commands: "RefundOrder" }
              rule_sets {
                id: "refund"
                decision_points: "RefundOrder"
                default_outcome: POLICY_OUTCOME_ALLOW
                rules {
                  id: "often"
                  order: 1
                  outcome: POLICY_OUTCOME_REFUSE
                  reason: "OFTEN"
                  condition: "totals.given_count('refunds') + totals.given_count('refunds_30d') > 9"
                }
              }
            )pb"));
  const PolicyRan ran = Run({"rules", path, "RefundOrder"});
  EXPECT_EQ(ran.code, kToolDone) << ran.error;
  EXPECT_THAT(ran.out, EndsWith("totals\n  refunds_30d: refunds of the last 30 days\n  refunds\n"));
  EXPECT_THAT(
      Run({"rules", path, "RefundOrder", "--json"}).out,
      EndsWith("{\"check\":\"total\",\"name\":\"refunds_30d\",\"text\":\"refunds of the last "
               "30 days\"}\n{\"check\":\"total\",\"name\":\"refunds\"}\n"));
  EXPECT_THAT(Run({"rules", path, "CancelOrder"}).out, Not(HasSubstr("totals")));
}

TEST_F(PolicyToolTest, RulesListsEverythingThatCanRefuse) {
  const std::string path = Write("shop.textproto", absl::StrCat(kRest, kGood));
  const PolicyRan ran = Run({"rules", path, "CancelOrder"});
  EXPECT_EQ(ran.code, kToolDone) << ran.error;
  ExpectGolden("rules", ran.out);
  ExpectGolden("rules_json", Run({"rules", path, "CancelOrder", "--json"}).out);
}

TEST_F(PolicyToolTest, RulesListsThoseInEffectAtADate) {
  const std::string path = Write("dated.textproto", absl::StrCat(kRest, R"pb(
                                   rule_sets {
                                     id: "cancel"
                                     decision_points: "CancelOrder"
                                     default_outcome: POLICY_OUTCOME_ALLOW
                                     rules {
                                       id: "law"
                                       order: 1
                                       outcome: POLICY_OUTCOME_REFUSE
                                       reason: "NEW_LAW"
                                       condition: "order.payment_count > 1"
                                       effective_time { seconds: 1767225600 }  # 2026-01-01
                                     }
                                   }
                                 )pb"));
  for (const char* before :
       {"2025-12-31", "2025-12-31T23:59:59.999Z", "2026-01-01T00:30:00+01:00"}) {
    const PolicyRan ran = Run({"rules", path, "CancelOrder", "--as-of", before});
    EXPECT_EQ(ran.code, kToolDone) << ran.error;
    EXPECT_THAT(ran.out, Not(HasSubstr("NEW_LAW"))) << before;
  }
  for (const char* from : {"2026-01-01", "2026-01-01T00:00:00Z"}) {
    EXPECT_THAT(Run({"rules", path, "CancelOrder", "--as-of", from}).out, HasSubstr("NEW_LAW"));
  }
  for (const char* fault : {"", "tomorrow", "2026-13-01", "1767225600"}) {
    const PolicyRan ran = Run({"rules", path, "CancelOrder", "--as-of", fault});
    EXPECT_EQ(ran.code, kPolicyUsage) << fault << ran.out;
    EXPECT_THAT(ran.error, HasSubstr("2026-01-31"));
  }
}

TEST_F(PolicyToolTest, ExitCodesOfTheirOwn) {
  const std::string path = Write("shop.textproto", absl::StrCat(kRest, kGood));
  EXPECT_EQ(Run({"check"}).code, kPolicyUsage);
  EXPECT_EQ(Run({"check", path, "--nonsense"}).code, kPolicyUsage);
  EXPECT_EQ(Run({"rules", path}).code, kPolicyUsage);
  EXPECT_EQ(Run({"check", path + ".none"}).code, kToolError);
  const PolicyRan unknown = Run({"rules", path, "CancelOrders"});
  EXPECT_EQ(unknown.code, kToolError);
  EXPECT_THAT(unknown.error, HasSubstr("POLICY_DECISION_POINT_UNKNOWN"));
  EXPECT_THAT(unknown.error, HasSubstr("did you mean 'CancelOrder'?"));
  const std::string broken = Write("broken.textproto", kBroken);
  EXPECT_EQ(Run({"rules", broken, "ResolveCase"}).code, kCheckErrors);
}

}  // namespace
}  // namespace frontdesk
