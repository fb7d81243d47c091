// diff: two policies, by their rules, by tests, or on the recorded work of a desk.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/report/backtest.h"
#include "frontdesk/report/policy_diff.h"
#include "frontdesk/report/policy_tests.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "tool/commands.h"

namespace frontdesk {
namespace tool {
namespace {

// The two policies; null for one that has errors, which are shown.
struct Policies {
  std::shared_ptr<const Policy> before;
  std::shared_ptr<const Policy> after;
};

void ShowText(const Call& call, absl::string_view text) {
  call.screen.Line(absl::StripSuffix(text, "\n"));
}

void ShowRules(const Call& call, const Policies& policies) {
  const std::vector<v1::PolicyDifference> differences =
      report::ComparePacks(policies.before->pack(), policies.after->pack());
  for (const v1::PolicyDifference& difference : differences) {
    if (call.screen.is_json()) {
      call.screen.Json(difference);
    } else {
      ShowText(call, report::FormatDifference(difference));
    }
  }
  if (differences.empty() && !call.screen.is_json()) call.screen.Line("no differences");
}

// Shows each test whose result differs.
absl::StatusOr<int> ShowTests(const Call& call, const Policies& policies) {
  FRONTDESK_ASSIGN_OR_RETURN(const report::PolicyTestsResult read,
                             ReadTests(call, call.options[2]));
  if (!read.ok()) return kCheckErrors;
  FRONTDESK_ASSIGN_OR_RETURN(const v1::PolicyTestReport before,
                             report::RunPolicyTests(policies.before, read.file));
  FRONTDESK_ASSIGN_OR_RETURN(const v1::PolicyTestReport after,
                             report::RunPolicyTests(policies.after, read.file));
  int changed = 0;
  for (int i = 0; i < after.results_size(); ++i) {
    const v1::PolicyTestResult& old = before.results(i);
    const v1::PolicyTestResult& now = after.results(i);
    const auto outcome = [](const v1::PolicyTestResult& result) {
      std::string words = v1::Verdict_Name(result.verdict());
      for (const std::string& reason : result.reasons()) absl::StrAppend(&words, " ", reason);
      return std::string(absl::StripPrefix(words, "VERDICT_"));
    };
    if (outcome(old) == outcome(now)) continue;
    ++changed;
    if (call.screen.is_json()) {
      call.screen.Json(old);
      call.screen.Json(now);
    } else {
      call.screen.Line(internal::EscapeText(now.name()));
      call.screen.Line(absl::StrCat("  - ", internal::EscapeText(outcome(old))));
      call.screen.Line(absl::StrCat("  + ", internal::EscapeText(outcome(now))));
    }
  }
  if (!call.screen.is_json()) {
    call.screen.Line(
        absl::StrCat(changed, " of ", after.results_size(), " tests have another outcome"));
  }
  return kToolDone;
}

absl::StatusOr<int> ShowDesk(const Call& call, const Policies& policies) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(call.options, 2));
  Progress progress(call.terminal, "records", 0);
  report::BacktestOptions options;
  options.before = policies.before;
  options.progress = [&progress](std::int64_t records) {
    progress.Set(records);
    return true;
  };
  FRONTDESK_ASSIGN_OR_RETURN(const v1::BacktestReport report,
                             report::Backtest(*reader, policies.after, options));
  if (call.options.Has("html")) {
    ShowText(call, report::FormatBacktestHtml(report));
  } else if (call.screen.is_json()) {
    call.screen.Json(report);
  } else {
    ShowText(call, report::FormatBacktest(report));
  }
  return kToolDone;
}

bool IsTests(absl::string_view path) {
  return absl::EndsWith(path, ".textproto") || absl::EndsWith(path, ".json") ||
         absl::EndsWith(path, ".jsonl");
}

absl::StatusOr<int> Diff(const Call& call) {
  Policies policies;
  FRONTDESK_ASSIGN_OR_RETURN(policies.before, ReadPolicyFile(call, call.options[0]));
  FRONTDESK_ASSIGN_OR_RETURN(policies.after, ReadPolicyFile(call, call.options[1]));
  if (policies.before == nullptr || policies.after == nullptr) return kCheckErrors;
  const bool has_on = call.options.size() > 2;
  if (call.options.Has("html") && (!has_on || IsTests(call.options[2]))) {
    return UsageError("--html is for the recorded work of a desk");
  }
  if (!has_on) {
    ShowRules(call, policies);
    return kToolDone;
  }
  return IsTests(call.options[2]) ? ShowTests(call, policies) : ShowDesk(call, policies);
}

}  // namespace

CommandRow DiffCommand() {
  return {"diff",
          {"OLD", "NEW", "[TESTS|DESK]"},
          "two policies: their rules; or what differs on tests, or on the recorded work of a desk",
          {{"html", "", "the report on a desk as one page of HTML"}},
          &Diff,
          kPolicyUsage};
}

}  // namespace tool
}  // namespace frontdesk
