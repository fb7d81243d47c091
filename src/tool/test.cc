// test: the tests of a policy in files.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontdesk/policy/policy.h"
#include "frontdesk/report/policy_tests.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/v1/policy_test.pb.h"
#include "internal/status_macros.h"
#include "tool/commands.h"

namespace frontdesk {
namespace tool {
namespace {

void ShowReport(const Call& call, const v1::PolicyTestReport& report) {
  if (!call.screen.is_json()) {
    report::PolicyTestFormatOptions options;
    options.coverage = call.options.Has("coverage");
    std::string text = report::FormatPolicyTestReport(report, options);
    if (!text.empty()) text.pop_back();  // Line() ends the last line.
    call.screen.Line(text);
    return;
  }
  for (const v1::PolicyTestResult& result : report.results()) call.screen.Json(result);
  if (!call.options.Has("coverage")) return;
  for (const v1::RuleCoverage& rule : report.rules()) call.screen.Json(rule);
}

absl::StatusOr<int> Test(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const Policy> policy,
                             ReadPolicyFile(call, call.options[0]));
  if (policy == nullptr) return kCheckErrors;
  v1::PolicyTestReport report;
  for (std::size_t i = 1; i < call.options.size(); ++i) {
    FRONTDESK_ASSIGN_OR_RETURN(const report::PolicyTestsResult read,
                               ReadTests(call, call.options[i]));
    if (!read.ok()) return kCheckErrors;
    FRONTDESK_ASSIGN_OR_RETURN(const v1::PolicyTestReport one,
                               report::RunPolicyTests(policy, read.file));
    report::MergePolicyTestReports(one, &report);
  }
  ShowReport(call, report);
  return report.failed_count() > 0 ? kTestFailed : kToolDone;
}

}  // namespace

absl::StatusOr<report::PolicyTestsResult> ReadTests(const Call& call, const std::string& path) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::string text, ReadText("tests", path));
  report::PolicyTestsResult read =
      report::ReadPolicyTests(text, path, report::PolicyTestFormatOf(path));
  if (!read.issues.empty()) call.terminal.error(rules::FormatIssues(read.issues));
  return read;
}

CommandRow TestCommand() {
  return {"test",
          {"FILE", "TESTS..."},
          "runs tests of a policy; exit code 0 passed, 1 errors in a file, 2 failed, 64 usage",
          {{"coverage", "", "lists rules and parts of conditions that were never true or false"}},
          &Test,
          kPolicyUsage};
}

}  // namespace tool
}  // namespace frontdesk
