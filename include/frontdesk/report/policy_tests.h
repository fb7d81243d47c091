// Tests of a policy in files: the desk as it is before, a command, the outcome that is expected.
//
//   frontdesk::report::PolicyTestsResult read = frontdesk::report::ReadPolicyTests(R"(
//     time: "2024-05-15T12:00:00Z"
//     entities { order { order_id: "1001" order_number: "1001" state: STATE_DELIVERED } }
//     tests {
//       name: "a delivered order is not canceled"
//       command { order { cancel_order { order_id: "1001" } } }
//       expected { verdict: VERDICT_REFUSED reasons: "NOT_PLACED" }
//     })", "cancel.textproto");
//   if (!read.ok()) return frontdesk::rules::IssuesToStatus(read.issues);
//   absl::StatusOr<frontdesk::v1::PolicyTestReport> report =
//       frontdesk::report::RunPolicyTests(policy, read.file);
//   if (report.ok()) std::cout << frontdesk::report::FormatPolicyTestReport(*report);
//
// The messages are described in frontdesk/v1/policy_test.proto.
#ifndef FRONTDESK_REPORT_POLICY_TESTS_H_
#define FRONTDESK_REPORT_POLICY_TESTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/v1/error.pb.h"
#include "frontdesk/v1/policy_test.pb.h"

namespace frontdesk {
namespace report {

// How tests are read and run. A plain struct.
struct PolicyTestOptions {
  // Most tests of a file. Beyond: issue POLICY_TEST_LIMIT_TESTS.
  std::size_t max_tests = 100'000;
  // Most entities and commands of a test, those of the file included. Beyond: issue POLICY_TEST_LIMIT_GIVEN.
  std::size_t max_given = 10'000;
  // Limits of the text.
  rules::TextLimits text_limits;
  // Called after each test with the number of tests that have run. False: the others are not run, and are not in the report.
  std::function<bool(std::int64_t tests)> progress;
};

// The form of a text.
enum class PolicyTestFormat {
  // A v1.PolicyTestFile in protobuf text format.
  kText,
  // The same in protobuf JSON.
  kJson,
  // JSON lines, each a v1.PolicyTest. Blank lines are skipped.
  kJsonLines,
};

// The form that a file of that name has: JSON lines if the name ends with ".jsonl", JSON with ".json", else text.
PolicyTestFormat PolicyTestFormatOf(absl::string_view file_name);

// The result of reading. A plain struct.
struct PolicyTestsResult {
  v1::PolicyTestFile file;
  // Every issue, in the order of the text: those of reading (rules/text.h), and of the tests, by field:
  //   tests               POLICY_TEST_NONE (warning): there is none; POLICY_TEST_LIMIT_TESTS
  //   tests[]             POLICY_TEST_LIMIT_GIVEN
  //   tests[].name        POLICY_TEST_NAME: missing, or as an earlier one
  //   tests[].command     POLICY_TEST_COMMAND: it is missing or no command; also of tests[].commands[] and decided_commands[]
  //   tests[].time, time  POLICY_TEST_TIME: not RFC 3339, or missing where a command has no `now`
  //   tests[].entities[], entities[]
  //                       POLICY_TEST_ENTITY: no customer, order, case or account
  //   tests[].expected    POLICY_TEST_EXPECTED: missing, without a verdict, or what no outcome can be
  std::vector<v1::Issue> issues;

  // Whether none of them is an error.
  bool ok() const;
};

// Reads a text, and checks it. `file` names it in issues. Pure; linear in the text.
PolicyTestsResult ReadPolicyTests(absl::string_view text, absl::string_view file,
                                  PolicyTestFormat format = PolicyTestFormat::kText,
                                  const PolicyTestOptions& options = {});

// Runs the tests in their order, each on a desk in memory. A test whose given entities or commands are not possible has failed, and says
// why. INVALID_ARGUMENT POLICY_INVALID with the issues of ReadPolicyTests, without positions, for a message that was not read by it.
// Costs a few desks in memory; holds one test at a time.
absl::StatusOr<v1::PolicyTestReport> RunPolicyTests(const std::shared_ptr<const Policy>& policy,
                                                    const v1::PolicyTestFile& file,
                                                    const PolicyTestOptions& options = {});

// Adds the results and the coverage of a run to those of another one under the same policy.
void MergePolicyTestReports(const v1::PolicyTestReport& from, v1::PolicyTestReport* into);

// The parts of FormatPolicyTestReport.
struct PolicyTestFormatOptions {
  // Whether the rules and operands that were never true, or never false, are listed.
  bool coverage = true;
};

// For people, several lines: each test that failed, with its differences and the explanation of its outcome; the counts; rules and operands
// that no test made true, or false. Deterministic.
std::string FormatPolicyTestReport(const v1::PolicyTestReport& report,
                                   const PolicyTestFormatOptions& options = {});

}  // namespace report
}  // namespace frontdesk

#endif  // FRONTDESK_REPORT_POLICY_TESTS_H_
