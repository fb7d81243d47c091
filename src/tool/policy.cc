// check, rules: a policy in a file, before it decides anything.
#include "frontdesk/policy/policy.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "frontdesk/policy/command_rules.h"
#include "frontdesk/rules/issues.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "tool/commands.h"
#include "tool/files.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EscapeText;

// Most bytes of the file; the limit of a text is reported with its place.
constexpr std::size_t kMaxTextBytes = std::size_t{64} << 20;

absl::StatusOr<int> Check(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const PolicyResult result, CompilePolicyFile(call.options[0]));
  ShowIssues(call, result.issues);
  // The notes are many where conditions go through lists.
  if (call.screen.is_json()) ShowIssues(call, result.notes);
  int errors = 0;
  for (const v1::Issue& issue : result.issues) {
    errors += issue.severity() == v1::Issue::SEVERITY_ERROR ? 1 : 0;
  }
  const int warnings = static_cast<int>(result.issues.size()) - errors;
  if (!call.screen.is_json()) {
    call.screen.Line(absl::StrFormat("%d %s, %d %s", errors, errors == 1 ? "error" : "errors",
                                     warnings, warnings == 1 ? "warning" : "warnings"));
    if (!result.notes.empty()) {
      call.screen.Line(absl::StrFormat("not decided for %d %s: see --json", result.notes.size(),
                                       result.notes.size() == 1 ? "rule" : "rules"));
    }
  }
  return errors > 0 ? kCheckErrors : warnings > 0 ? kCheckWarnings : kToolDone;
}

// "refuse" of POLICY_OUTCOME_REFUSE; "" of none.
std::string OutcomeText(v1::PolicyOutcome outcome) {
  if (outcome == v1::POLICY_OUTCOME_UNSPECIFIED) return "";
  const std::string& name = v1::PolicyOutcome_Name(outcome);
  return absl::AsciiStrToLower(absl::StripPrefix(name, "POLICY_OUTCOME_"));
}

// Names and texts as a line of JSON, in this order; without empty ones.
void ShowJson(const Call& call,
              const std::vector<std::pair<absl::string_view, std::string>>& fields) {
  std::vector<std::string> shown;
  for (const auto& [name, text] : fields) {
    if (text.empty()) continue;
    google::protobuf::Value value;
    value.set_string_value(text);
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(value, &json).ok()) continue;
    shown.push_back(absl::StrCat("\"", name, "\":", json));
  }
  call.screen.Line(absl::StrCat("{", absl::StrJoin(shown, ","), "}"));
}

void ShowJson(const Call& call, const CommandRule& rule) {
  ShowJson(call, {{"check", std::string(CheckName(rule.check))},
                  {"reason", rule.reason},
                  {"text", rule.text},
                  {"outcome", OutcomeText(rule.outcome)},
                  {"rule_set_id", rule.rule_set_id},
                  {"rule_id", rule.rule_id},
                  {"condition", rule.condition},
                  {"authority", rule.authority}});
}

void ShowText(const Call& call, const CommandRule& rule) {
  std::string line = absl::StrCat("  ", EscapeText(rule.reason));
  if (rule.reason.empty()) line = "  (no reason)";
  if (rule.outcome != v1::POLICY_OUTCOME_UNSPECIFIED && rule.outcome != v1::POLICY_OUTCOME_REFUSE) {
    absl::StrAppend(&line, " (", OutcomeText(rule.outcome),
                    rule.authority.empty() ? "" : absl::StrCat(" for ", EscapeText(rule.authority)),
                    ")");
  }
  if (!rule.rule_id.empty()) absl::StrAppend(&line, ", rule ", EscapeText(rule.rule_id));
  call.screen.Line(absl::StrCat(line, ": ", EscapeText(rule.text)));
}

// The totals that the rules read.
void ShowTotals(const Call& call, absl::Span<const PolicyTotal* const> totals) {
  if (!totals.empty() && !call.screen.is_json()) call.screen.Line(call.screen.Bold("totals"));
  for (const PolicyTotal* total : totals) {
    const v1::TotalDefinition& definition = *total->definition;
    if (call.screen.is_json()) {
      ShowJson(call,
               {{"check", "total"}, {"name", definition.name()}, {"text", definition.text()}});
      continue;
    }
    call.screen.Line(absl::StrCat("  ", EscapeText(definition.name()),
                                  definition.text().empty() ? "" : ": ",
                                  EscapeText(definition.text())));
  }
}

absl::StatusOr<int> Rules(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<absl::Time> as_of,
                             call.options.GetInstant("as-of"));
  FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const Policy> policy,
                             ReadPolicyFile(call, call.options[0]));
  if (policy == nullptr) return kCheckErrors;
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<CommandRule> list,
                             ListCommandRules(policy->pack(), call.options[1], as_of));
  absl::string_view last;
  for (const CommandRule& rule : list) {
    if (call.screen.is_json()) {
      ShowJson(call, rule);
      continue;
    }
    if (CheckName(rule.check) != last) {
      last = CheckName(rule.check);
      call.screen.Line(call.screen.Bold(absl::StrCat(last, "s")));
    }
    ShowText(call, rule);
  }
  FRONTDESK_ASSIGN_OR_RETURN(const auto totals, ListCommandTotals(*policy, call.options[1]));
  ShowTotals(call, totals);
  return kToolDone;
}

}  // namespace

void ShowIssues(const Call& call, const std::vector<v1::Issue>& issues) {
  for (const v1::Issue& issue : issues) {
    if (call.screen.is_json()) {
      call.screen.Json(issue);
    } else {
      call.screen.Line(absl::StripSuffix(rules::FormatIssue(issue), "\n"));
    }
  }
}

absl::StatusOr<std::string> ReadText(absl::string_view content, const std::string& path) {
  FRONTDESK_ASSIGN_OR_RETURN(File file, File::Open({content, path}, "rb"));
  std::string text;
  for (bool is_whole = false; !is_whole;) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::string piece, file.Read(kPieceBytes));
    text += piece;
    if (text.size() > kMaxTextBytes) return FileError(file.name(), "is too large");
    is_whole = piece.size() < kPieceBytes;
  }
  return text;
}

absl::StatusOr<PolicyResult> CompilePolicyFile(const std::string& path) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::string text, ReadText("policy", path));
  return absl::EndsWith(path, ".json") ? Policy::FromJson(text, path)
                                       : Policy::FromText(text, path);
}

absl::StatusOr<std::shared_ptr<const Policy>> ReadPolicyFile(const Call& call,
                                                             const std::string& path) {
  FRONTDESK_ASSIGN_OR_RETURN(const PolicyResult result, CompilePolicyFile(path));
  if (result.policy == nullptr) call.terminal.error(rules::FormatIssues(result.issues));
  return result.policy;
}

absl::StatusOr<std::shared_ptr<const Policy>> ReadPolicy(const Call& call) {
  const std::string path = call.options.Get("policy");
  if (path.empty()) return UsageError("--policy is missing: nothing is written without a policy");
  FRONTDESK_ASSIGN_OR_RETURN(const PolicyResult result, CompilePolicyFile(path));
  if (!result.issues.empty()) call.terminal.error(rules::FormatIssues(result.issues));
  if (result.policy == nullptr) return result.status();
  return result.policy;
}

std::vector<CommandRow> PolicyCommands() {
  std::vector<CommandRow> rows = {
      {"check",
       {"FILE"},
       "the issues of a policy; exit code 0 none, 1 errors, 2 warnings only, 64 usage",
       {},
       &Check},
      {"rules",
       {"FILE", "VERB"},
       "everything that can refuse a command under a policy, in order",
       {{"as-of", "DATE", "only rules in effect then: 2026-01-31, or 2026-01-31T12:00:00Z"}},
       &Rules},
  };
  for (CommandRow& row : rows) row.usage_exit = kPolicyUsage;
  return rows;
}

}  // namespace tool
}  // namespace frontdesk
