// Reading files of tests, and the text of a report.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/report/policy_tests.h"
#include "frontdesk/report/reasons.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/source_map.h"
#include "internal/escape_text.h"
#include "report/policy_test_checks.h"

namespace frontdesk {
namespace report {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Checks the tests of a file. `place` gives an issue at a field its place.
class Checker {
 public:
  Checker(const v1::PolicyTestFile& file, const PolicyTestOptions& options, const PlaceIssue& place,
          std::vector<v1::Issue>* issues)
      : file_(file), options_(options), place_(place), issues_(issues) {}

  void Check() {
    if (file_.tests().empty()) {
      Add(v1::Issue::SEVERITY_WARNING, kReasonPolicyTestNone, "", "the file has no test");
      return;
    }
    if (static_cast<std::size_t>(file_.tests_size()) > options_.max_tests) {
      Add(v1::Issue::SEVERITY_ERROR, kReasonPolicyTestLimitTests, "tests",
          absl::StrCat("the file has ", file_.tests_size(), " tests; max_tests is ",
                       options_.max_tests));
      return;
    }
    CheckTime(file_.time(), "time");
    CheckEntities(file_.entities(), "entities");
    // Their time may be that of each test.
    CheckCommands(file_.commands(), /*has_time=*/true, "commands");
    for (int i = 0; i < file_.tests_size(); ++i) {
      CheckTest(file_.tests(i), absl::StrCat("tests[", i, "]"));
    }
  }

 private:
  void Add(v1::Issue::Severity severity, absl::string_view reason, std::string field,
           std::string text) {
    v1::Issue& issue = issues_->emplace_back();
    issue.set_severity(severity);
    issue.set_reason(std::string(reason));
    issue.set_text(std::move(text));
    issue.set_field(std::move(field));
    place_(&issue);
  }
  void AddError(absl::string_view reason, std::string field, std::string text) {
    Add(v1::Issue::SEVERITY_ERROR, reason, std::move(field), std::move(text));
  }

  void CheckTime(const std::string& time, std::string field) {
    if (time.empty() || ParseTestTime(time).has_value()) return;
    AddError(kReasonPolicyTestTime, std::move(field),
             "the time is not written as in \"2024-05-15T12:00:00Z\"");
  }

  void CheckEntities(const google::protobuf::RepeatedPtrField<v1::EntityState>& entities,
                     const std::string& field) {
    for (int i = 0; i < entities.size(); ++i) {
      if (MakeImport(entities[i]).has_value()) continue;
      AddError(kReasonPolicyTestEntity, absl::StrCat(field, "[", i, "]"),
               "the entity is no customer, order, case or account; give a command that begins an "
               "interaction instead");
    }
  }

  void CheckCommand(const v1::Command& command, bool has_time, std::string field) {
    if (domain::FindCommand(command) == nullptr) {
      AddError(kReasonPolicyTestCommand, std::move(field), "there is no command");
      return;
    }
    if (!command.has_now() && !has_time) {
      AddError(kReasonPolicyTestTime, std::move(field),
               "the command has no time: give the test or the file a `time`");
    }
  }

  void CheckCommands(const google::protobuf::RepeatedPtrField<v1::ImportLine>& lines, bool has_time,
                     const std::string& field) {
    for (int i = 0; i < lines.size(); ++i) {
      CheckCommand(lines[i].command(), has_time, absl::StrCat(field, "[", i, "]"));
    }
  }

  void CheckTest(const v1::PolicyTest& test, const std::string& field) {
    if (test.name().empty()) {
      AddError(kReasonPolicyTestName, absl::StrCat(field, ".name"), "the test has no name");
    } else if (!names_.insert(test.name()).second) {
      AddError(kReasonPolicyTestName, absl::StrCat(field, ".name"),
               "an earlier test has the same name");
    }
    const std::size_t given =
        static_cast<std::size_t>(file_.entities_size() + test.entities_size() +
                                 test.commands_size() + test.decided_commands_size());
    if (given > options_.max_given) {
      AddError(kReasonPolicyTestLimitGiven, field,
               absl::StrCat("the test is given ", given, " entities and commands; max_given is ",
                            options_.max_given));
      return;
    }
    CheckTime(test.time(), absl::StrCat(field, ".time"));
    CheckEntities(test.entities(), absl::StrCat(field, ".entities"));
    const bool has_time = !test.time().empty() || !file_.time().empty();
    CheckCommands(test.commands(), has_time, absl::StrCat(field, ".commands"));
    CheckCommands(test.decided_commands(), has_time, absl::StrCat(field, ".decided_commands"));
    CheckCommand(test.command(), has_time, absl::StrCat(field, ".command"));
    if (!has_time && !file_.commands().empty() &&
        std::any_of(file_.commands().begin(), file_.commands().end(),
                    [](const v1::ImportLine& line) { return !line.command().has_now(); })) {
      AddError(kReasonPolicyTestTime, absl::StrCat(field, ".time"),
               "commands of the file have no time: give the test or the file a `time`");
    }
    CheckExpected(test.expected(), absl::StrCat(field, ".expected"));
  }

  void CheckExpected(const v1::ExpectedOutcome& expected, const std::string& field) {
    const v1::Verdict verdict = expected.verdict();
    std::string fault;
    if (verdict != v1::VERDICT_DONE && verdict != v1::VERDICT_REFUSED &&
        verdict != v1::VERDICT_HELD) {
      fault = "the verdict is missing: VERDICT_DONE, VERDICT_REFUSED or VERDICT_HELD";
    } else if (verdict == v1::VERDICT_DONE && expected.reasons_size() > 0) {
      fault = "a command that is done has no reasons";
    } else if (verdict != v1::VERDICT_DONE &&
               (expected.effects_size() > 0 || expected.no_effects())) {
      fault = "only a command that is done has effects";
    } else if (verdict != v1::VERDICT_HELD && !expected.authority().empty()) {
      fault = "only a command that is held waits for an authority";
    } else if (expected.no_effects() && expected.effects_size() > 0) {
      fault = "effects are listed, and none is expected";
    }
    for (const v1::OutputValue& output : expected.outputs()) {
      if (output.name().empty() || output.value_case() == v1::OutputValue::VALUE_NOT_SET) {
        fault = "an output has no name, or no value";
      }
    }
    if (!fault.empty()) AddError(kReasonPolicyTestExpected, field, std::move(fault));
  }

  const v1::PolicyTestFile& file_;
  const PolicyTestOptions& options_;
  const PlaceIssue& place_;
  std::vector<v1::Issue>* const issues_;
  std::set<std::string> names_;
};

void ReadLines(absl::string_view text, absl::string_view file, const PolicyTestOptions& options,
               PolicyTestsResult* result, std::vector<int>* lines) {
  absl::ConsumePrefix(&text, kByteOrderMark);
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    v1::PolicyTest test;
    for (v1::Issue& issue :
         rules::ParsePolicyJson(line, file, &test, nullptr, options.text_limits)) {
      issue.set_line(number);
      result->issues.push_back(std::move(issue));
    }
    *result->file.add_tests() = std::move(test);
    lines->push_back(number);
    if (result->file.tests_size() > static_cast<int>(options.max_tests)) return;
  }
}

// The place of "tests[3].name" in a text of lines.
void PlaceInLines(const std::vector<int>& lines, absl::string_view file, v1::Issue* issue) {
  issue->set_file(std::string(file));
  absl::string_view field = issue->field();
  if (!absl::ConsumePrefix(&field, "tests[")) return;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(field, absl::MaxSplits("]", 1));
  std::size_t index = 0;
  if (!absl::SimpleAtoi(parts.first, &index) || index >= lines.size()) return;
  issue->set_line(lines[index]);
  issue->set_column(1);
  issue->set_field(std::string(absl::StripPrefix(parts.second, ".")));
}

std::string Name(absl::string_view set, absl::string_view rule) {
  return rule.empty()
             ? absl::StrCat("the default of ", internal::EscapeValue(set))
             : absl::StrCat(internal::EscapeValue(set), ", rule ", internal::EscapeValue(rule));
}

void AppendCoverage(const v1::PolicyTestReport& report, std::string* text) {
  std::string gaps;
  for (const v1::RuleCoverage& rule : report.rules()) {
    const std::string name = Name(rule.rule_set_id(), rule.rule_id());
    if (rule.rule_id().empty()) {
      if (rule.fired_count() == 0) absl::StrAppend(&gaps, "  ", name, ": never decided\n");
      continue;
    }
    if (rule.true_count() == 0) absl::StrAppend(&gaps, "  ", name, ": never true\n");
    if (rule.false_count() == 0) absl::StrAppend(&gaps, "  ", name, ": never false\n");
    if (rule.parts_size() < 2) continue;
    for (const v1::PartCoverage& part : rule.parts()) {
      const absl::string_view never = part.true_count() == 0    ? "never true"
                                      : part.false_count() == 0 ? "never false"
                                                                : "";
      if (never.empty()) continue;
      absl::StrAppend(&gaps, "    ", never, ": ", internal::EscapeText(part.text()), "\n");
    }
  }
  if (gaps.empty()) {
    absl::StrAppend(text, "Every rule and every part of a condition was true and false.\n");
  } else {
    absl::StrAppend(text, "Not tested:\n", gaps);
  }
}

}  // namespace

bool PolicyTestsResult::ok() const { return !rules::HasErrors(issues); }

PolicyTestFormat PolicyTestFormatOf(absl::string_view file_name) {
  if (absl::EndsWith(file_name, ".jsonl")) return PolicyTestFormat::kJsonLines;
  if (absl::EndsWith(file_name, ".json")) return PolicyTestFormat::kJson;
  return PolicyTestFormat::kText;
}

void CheckPolicyTests(const v1::PolicyTestFile& file, const PolicyTestOptions& options,
                      const PlaceIssue& place, std::vector<v1::Issue>* issues) {
  Checker(file, options, place, issues).Check();
}

PolicyTestsResult ReadPolicyTests(absl::string_view text, absl::string_view file,
                                  PolicyTestFormat format, const PolicyTestOptions& options) {
  PolicyTestsResult result;
  rules::SourceMap source;
  std::vector<int> lines;
  switch (format) {
    case PolicyTestFormat::kText:
      result.issues =
          rules::ParsePolicyText(text, file, &result.file, &source, options.text_limits);
      break;
    case PolicyTestFormat::kJson:
      result.issues =
          rules::ParsePolicyJson(text, file, &result.file, &source, options.text_limits);
      break;
    case PolicyTestFormat::kJsonLines:
      ReadLines(text, file, options, &result, &lines);
      break;
  }
  if (!result.ok()) return result;
  const bool is_lines = format == PolicyTestFormat::kJsonLines;
  const PlaceIssue place = [&](v1::Issue* issue) {
    if (is_lines) {
      PlaceInLines(lines, file, issue);
    } else {
      issue->set_file(std::string(file));
      rules::PlaceAtField(source, std::string(issue->field()), issue);
    }
  };
  CheckPolicyTests(result.file, options, place, &result.issues);
  return result;
}

std::string FormatPolicyTestReport(const v1::PolicyTestReport& report,
                                   const PolicyTestFormatOptions& options) {
  std::string text;
  for (const v1::PolicyTestResult& result : report.results()) {
    if (result.passed()) continue;
    absl::StrAppend(&text, "FAILED ", internal::EscapeText(result.name()), "\n");
    for (const std::string& difference : result.differences()) {
      absl::StrAppend(&text, "  ", difference, "\n");
    }
    for (absl::string_view line : absl::StrSplit(result.explanation(), '\n', absl::SkipEmpty())) {
      absl::StrAppend(&text, "    ", line, "\n");
    }
  }
  absl::StrAppend(&text, report.passed_count(), " passed, ", report.failed_count(), " failed\n");
  if (options.coverage) AppendCoverage(report, &text);
  return text;
}

}  // namespace report
}  // namespace frontdesk
