#include "frontdesk/report/policy_tests.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "frontdesk/base/error.h"
#include "frontdesk/policy/policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kPolicy = R"policy(
  name: "bank" version: "7"
  rule_sets {
    id: "credits" decision_points: "CreditAccount" default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "bots" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "BOTS_GIVE_NO_CREDIT"
      condition: "actor.kind == Actor.Kind.KIND_BOT && command.credit_account.amount > money('10 EUR')"
    }
    rules {
      id: "large" order: 20 outcome: POLICY_OUTCOME_HOLD reason: "CREDIT_LARGE" authority: "approve_credit"
      condition: "command.credit_account.amount > money('100 EUR')"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)policy";

constexpr absl::string_view kTests = R"(
time: "2024-05-15T12:00:00Z"
entities { account { account_id: "a1" kind: KIND_STORE_CREDIT state: STATE_ACTIVE balance { currency_code: "EUR" units: 500 } } }
tests {
  name: "a small credit"
  command { account { credit_account { account_id: "a1" cause: "goodwill" amount { currency_code: "EUR" units: 1000 } } } }
  expected { verdict: VERDICT_DONE no_effects: true events: "AccountCredited" }
}
tests {
  name: "a large credit waits"
  command { account { credit_account { account_id: "a1" cause: "goodwill" amount { currency_code: "EUR" units: 10001 } } } }
  expected { verdict: VERDICT_HELD reasons: "CREDIT_LARGE" rule_ids: "large" authority: "approve_credit" }
}
tests {
  name: "a bot"
  actor { actor_id: "robo" kind: KIND_BOT }
  command { account { credit_account { account_id: "a1" cause: "goodwill" amount { currency_code: "EUR" units: 1001 } } } }
  expected { verdict: VERDICT_REFUSED reasons: "BOTS_GIVE_NO_CREDIT" }
}
)";

std::shared_ptr<const Policy> MustCompile(absl::string_view text) {
  PolicyResult result = Policy::FromText(text, "bank.textproto");
  EXPECT_TRUE(result.status().ok()) << result.status();
  return result.policy;
}

v1::PolicyTestReport MustRun(absl::string_view policy, absl::string_view tests) {
  const PolicyTestsResult read = ReadPolicyTests(tests, "bank_tests.textproto");
  EXPECT_TRUE(read.ok()) << read.issues[0].ShortDebugString();
  absl::StatusOr<v1::PolicyTestReport> report = RunPolicyTests(MustCompile(policy), read.file);
  EXPECT_TRUE(report.ok()) << report.status();
  return *std::move(report);
}

std::string Failures(const v1::PolicyTestReport& report) {
  std::string text;
  for (const v1::PolicyTestResult& result : report.results()) {
    for (const std::string& difference : result.differences()) {
      absl::StrAppend(&text, result.name(), ": ", difference, "\n");
    }
  }
  return text;
}

TEST(PolicyTestsTest, PassesWhenOutcomesAreAsExpected) {
  const v1::PolicyTestReport report = MustRun(kPolicy, kTests);
  EXPECT_EQ(Failures(report), "");
  EXPECT_EQ(report.passed_count(), 3);
  EXPECT_EQ(report.failed_count(), 0);
  EXPECT_EQ(report.results(1).verdict(), v1::VERDICT_HELD);
  EXPECT_THAT(report.results(1).reasons(), ElementsAre("CREDIT_LARGE"));
}

TEST(PolicyTestsTest, CountsRulesAndPartsOfConditions) {
  const v1::PolicyTestReport report = MustRun(kPolicy, kTests);
  ASSERT_EQ(report.rules_size(), 4);
  const v1::RuleCoverage& bots = report.rules(0);
  EXPECT_EQ(bots.rule_id(), "bots");
  EXPECT_EQ(bots.fired_count(), 1);
  EXPECT_EQ(bots.false_count(), 2);
  ASSERT_EQ(bots.parts_size(), 2);
  EXPECT_EQ(bots.parts(0).text(), "actor.kind == Actor.Kind.KIND_BOT");
  EXPECT_EQ(bots.parts(0).true_count(), 1);
  EXPECT_EQ(bots.parts(0).false_count(), 2);
  EXPECT_EQ(bots.parts(1).true_count(), 1);
  EXPECT_EQ(bots.parts(1).false_count(), 0);
  EXPECT_EQ(report.rules(2).rule_id(), "");
  EXPECT_EQ(report.rules(2).fired_count(), 1);
  const std::string text = FormatPolicyTestReport(report);
  EXPECT_THAT(text, HasSubstr("3 passed, 0 failed\n"));
  EXPECT_THAT(text,
              HasSubstr("    never false: command.credit_account.amount > money('10 EUR')\n"));
  EXPECT_THAT(text, HasSubstr("  the default of rest: never decided\n"));
  PolicyTestFormatOptions without;
  without.coverage = false;
  EXPECT_EQ(FormatPolicyTestReport(report, without), "3 passed, 0 failed\n");
}

TEST(PolicyTestsTest, ABrokenRuleFailsItsTestAndSaysWhy) {
  std::string broken(kPolicy);
  const std::size_t at = broken.find("100 EUR");
  broken.replace(at, 7, "900 EUR");
  const v1::PolicyTestReport report = MustRun(broken, kTests);
  EXPECT_EQ(report.failed_count(), 1);
  EXPECT_EQ(Failures(report),
            "a large credit waits: the verdict is DONE; expected: HELD\n"
            "a large credit waits: the reasons: none; expected: CREDIT_LARGE\n"
            "a large credit waits: the rules that decided: none; expected: large\n"
            "a large credit waits: the authority: ; expected: approve_credit\n");
  EXPECT_THAT(report.results(1).explanation(), HasSubstr("900 EUR"));
  EXPECT_THAT(FormatPolicyTestReport(report), HasSubstr("FAILED a large credit waits\n"));
}

TEST(PolicyTestsTest, EarlierCommandsAreDoneWhateverThePolicySays) {
  const v1::PolicyTestReport report = MustRun(kPolicy, R"(
    time: "2024-05-15T12:00:00Z"
    tests {
      name: "after a large credit"
      entities { account { account_id: "a1" kind: KIND_STORE_CREDIT state: STATE_ACTIVE balance { currency_code: "EUR" } } }
      commands { command { now { seconds: 1700000000 } account { credit_account {
          account_id: "a1" cause: "goodwill" amount { currency_code: "EUR" units: 90000 } } } } }
      decided_commands { command { account { credit_account {
          account_id: "a1" cause: "goodwill" amount { currency_code: "EUR" units: 90000 } } } } }
      command { account { debit_account { account_id: "a1" cause: "order" amount { currency_code: "EUR" units: 90001 } } } }
      expected { verdict: VERDICT_REFUSED reasons: "ACCOUNT_DEBIT_BALANCE" }
    })");
  // The first credit of 900.00 was done, the second one was held.
  ASSERT_EQ(report.results_size(), 1);
  EXPECT_EQ(report.results(0).verdict(), v1::VERDICT_REFUSED) << Failures(report);
  EXPECT_EQ(report.rules(1).fired_count(), 1) << "the command that the policy decided";
}

TEST(PolicyTestsTest, APolicyIsOfferedByNameAndVersion) {
  constexpr absl::string_view kOwnPolicy = R"(
    name: "bank" version: "7"
    rule_sets {
      id: "policies" decision_points: "ActivatePolicy" default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "same_name" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "OTHER_NAME"
        condition: "policy.name != active_policy.name || policy.version == active_policy.version"
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW })";
  const v1::PolicyTestReport report = MustRun(kOwnPolicy, R"(
    time: "2024-05-15T12:00:00Z"
    tests {
      name: "a new version"
      command { desk { activate_policy { desk_id: "desk" } } }
      offered_policy { version: "8" }
      expected { verdict: VERDICT_DONE events: "PolicyActivated" }
    }
    tests {
      name: "another name"
      command { desk { activate_policy { desk_id: "desk" } } }
      offered_policy { name: "shop" version: "8" }
      expected { verdict: VERDICT_REFUSED reasons: "OTHER_NAME" }
    }
    tests {
      name: "the same once more"
      command { desk { activate_policy { desk_id: "desk" } } }
      expected { verdict: VERDICT_REFUSED reasons: "OTHER_NAME" }
    })");
  EXPECT_EQ(Failures(report), "");
  EXPECT_EQ(report.passed_count(), 3);
}

TEST(PolicyTestsTest, GivenEntitiesHaveToBePossible) {
  const v1::PolicyTestReport report = MustRun(kPolicy, R"(
    time: "2024-05-15T12:00:00Z"
    tests {
      name: "twice"
      entities { account { account_id: "a1" kind: KIND_STORE_CREDIT state: STATE_ACTIVE balance { currency_code: "EUR" } } }
      entities { account { account_id: "a1" kind: KIND_STORE_CREDIT state: STATE_ACTIVE balance { currency_code: "EUR" } } }
      command { account { credit_account { account_id: "a1" cause: "goodwill" amount { currency_code: "EUR" units: 1 } } } }
      expected { verdict: VERDICT_DONE }
    }
    tests {
      name: "no actor"
      actor { actor_id: "x" }
      command { account { credit_account { account_id: "a1" cause: "goodwill" amount { currency_code: "EUR" units: 1 } } } }
      expected { verdict: VERDICT_DONE }
    })");
  EXPECT_EQ(report.failed_count(), 2);
  const std::string failures = Failures(report);
  EXPECT_THAT(failures, HasSubstr("twice: an entity or command that is given is not possible: "
                                  "entity 2 is refused: ACCOUNT_EXISTS"));
  EXPECT_THAT(failures, HasSubstr("no actor: the command cannot be decided: "));
  EXPECT_THAT(failures, HasSubstr("actor.kind"));
  EXPECT_EQ(report.results(1).verdict(), v1::VERDICT_UNSPECIFIED);
}

TEST(PolicyTestsTest, ComparesOutputsByName) {
  const v1::PolicyTestReport report = MustRun(kPolicy, R"(
    time: "2024-05-15T12:00:00Z"
    entities { account { account_id: "a1" kind: KIND_STORE_CREDIT state: STATE_ACTIVE balance { currency_code: "EUR" } } }
    tests {
      name: "no output"
      command { account { credit_account { account_id: "a1" cause: "goodwill" amount { currency_code: "EUR" units: 1 } } } }
      expected { verdict: VERDICT_DONE outputs { name: "fee" int_value: 3 } }
    })");
  EXPECT_EQ(Failures(report), "no output: there is no output fee; expected: int_value: 3\n");
}

TEST(PolicyTestsTest, NamesEveryFaultOfAFileWithItsPlace) {
  const PolicyTestsResult read = ReadPolicyTests(R"(time: "yesterday"
entities { interaction { interaction_id: "i1" } }
tests { name: "a" command { account { credit_account { account_id: "a1" cause: "goodwill" } } } expected { verdict: VERDICT_DONE reasons: "X" } }
tests { name: "a" expected { verdict: VERDICT_HELD effects: "SendRefund" } }
tests { command { now { seconds: 1 } account { credit_account { account_id: "a1" cause: "goodwill" } } } }
)",
                                                 "faults.textproto");
  EXPECT_FALSE(read.ok());
  std::vector<std::string> found;
  for (const v1::Issue& issue : read.issues) {
    found.push_back(absl::StrCat(issue.line(), " ", issue.reason(), " ", issue.field()));
    EXPECT_EQ(issue.file(), "faults.textproto");
  }
  EXPECT_THAT(
      found,
      ElementsAre("1 POLICY_TEST_TIME time", "2 POLICY_TEST_ENTITY entities[0]",
                  "3 POLICY_TEST_EXPECTED tests[0].expected", "4 POLICY_TEST_NAME tests[1].name",
                  "4 POLICY_TEST_COMMAND tests[1].command",
                  "4 POLICY_TEST_EXPECTED tests[1].expected", "5 POLICY_TEST_NAME tests[2].name",
                  "5 POLICY_TEST_EXPECTED tests[2].expected"));
  const absl::StatusOr<v1::PolicyTestReport> report =
      RunPolicyTests(MustCompile(kPolicy), read.file);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(GetErrorDetail(report.status())->issues_size(), 8);
}

TEST(PolicyTestsTest, ReadsJsonAndJsonLines) {
  const absl::string_view line =
      R"({"name": "$0", "time": "2024-05-15T12:00:00Z", "command": {"account": {"creditAccount": {"accountId": "a1"}}}, "expected": {"verdict": "VERDICT_REFUSED"}})";
  const std::string first = absl::Substitute(line, "one");
  const std::string second = absl::Substitute(line, "two");
  EXPECT_EQ(PolicyTestFormatOf("x.jsonl"), PolicyTestFormat::kJsonLines);
  EXPECT_EQ(PolicyTestFormatOf("x.json"), PolicyTestFormat::kJson);
  EXPECT_EQ(PolicyTestFormatOf("x.textproto"), PolicyTestFormat::kText);
  const PolicyTestsResult lines = ReadPolicyTests(absl::StrCat(first, "\n\n", second, "\n"),
                                                  "x.jsonl", PolicyTestFormat::kJsonLines);
  EXPECT_THAT(lines.issues, IsEmpty());
  EXPECT_EQ(lines.file.tests_size(), 2);
  const PolicyTestsResult json = ReadPolicyTests(
      absl::StrCat("{\"tests\": [", first, ", ", second, "]}"), "x.json", PolicyTestFormat::kJson);
  EXPECT_THAT(json.issues, IsEmpty());
  EXPECT_EQ(json.file.SerializeAsString(), lines.file.SerializeAsString());
  const PolicyTestsResult faulty =
      ReadPolicyTests(absl::StrCat(first, "\n\n", first), "x.jsonl", PolicyTestFormat::kJsonLines);
  ASSERT_EQ(faulty.issues.size(), 1U);
  EXPECT_EQ(faulty.issues[0].line(), 3);
  EXPECT_EQ(faulty.issues[0].field(), "name");
  const PolicyTestsResult broken =
      ReadPolicyTests("{\"nam\": 1}", "x.jsonl", PolicyTestFormat::kJsonLines);
  EXPECT_FALSE(broken.ok());
}

TEST(PolicyTestsTest, LimitsHaveNames) {
  PolicyTestOptions options;
  options.max_tests = 2;
  const PolicyTestsResult many =
      ReadPolicyTests(kTests, "x.textproto", PolicyTestFormat::kText, options);
  ASSERT_EQ(many.issues.size(), 1U);
  EXPECT_EQ(many.issues[0].reason(), "POLICY_TEST_LIMIT_TESTS");
  PolicyTestOptions few;
  few.max_given = 0;
  const PolicyTestsResult given =
      ReadPolicyTests(kTests, "x.textproto", PolicyTestFormat::kText, few);
  ASSERT_EQ(given.issues.size(), 3U);
  EXPECT_EQ(given.issues[0].reason(), "POLICY_TEST_LIMIT_GIVEN");
  const PolicyTestsResult none = ReadPolicyTests("time: \"2024-05-15T12:00:00Z\"", "x.textproto");
  EXPECT_TRUE(none.ok());
  ASSERT_EQ(none.issues.size(), 1U);
  EXPECT_EQ(none.issues[0].reason(), "POLICY_TEST_NONE");
}

TEST(PolicyTestsTest, ProgressEndsARun) {
  const PolicyTestsResult read = ReadPolicyTests(kTests, "x.textproto");
  PolicyTestOptions options;
  std::vector<std::int64_t> seen;
  options.progress = [&seen](std::int64_t tests) {
    seen.push_back(tests);
    return tests < 2;
  };
  const absl::StatusOr<v1::PolicyTestReport> report =
      RunPolicyTests(MustCompile(kPolicy), read.file, options);
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(seen, ElementsAre(1, 2));
  EXPECT_EQ(report->results_size(), 2);
}

TEST(PolicyTestsTest, ReportsAreAdded) {
  const v1::PolicyTestReport one = MustRun(kPolicy, kTests);
  v1::PolicyTestReport sum;
  MergePolicyTestReports(one, &sum);
  EXPECT_EQ(sum.SerializeAsString(), one.SerializeAsString());
  MergePolicyTestReports(one, &sum);
  EXPECT_EQ(sum.passed_count(), 6);
  EXPECT_EQ(sum.results_size(), 6);
  EXPECT_EQ(sum.rules(0).parts(0).false_count(), 4);
}

}  // namespace
}  // namespace report
}  // namespace frontdesk
