// import: an exported log, or a file of commands.
#include "frontdesk/desk/import.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/v1/import_line.pb.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "tool/commands.h"
#include "tool/files.h"
#include "tool/input_lines.h"
#include "tool/open_store.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EscapeText;

// Most bytes of a line of a file of commands.
constexpr std::size_t kMaxLineBytes = std::size_t{32} << 20;
// Most rows that are committed together, and about the most bytes of their lines.
constexpr std::size_t kGroupRows = 256;
constexpr std::size_t kGroupBytes = std::size_t{32} << 20;
// Most rows that are shown because they are not done.
constexpr std::size_t kShownRows = 20;
constexpr int kPageRows = 1'000;

absl::StatusOr<int> ImportLog(const Call& call, File* file, InputKind kind) {
  for (const char* name : {"policy", "name", "report"}) {
    if (call.options.Has(name)) {
      return UsageError(absl::StrCat("--", name, " is for a file of commands, and ",
                                     "INPUT is an exported log, which has its policies in it"));
    }
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t total, file->Size());
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenStore(call.options, /*read_only=*/false));
  FRONTDESK_ASSIGN_OR_RETURN(
      const auto importer,
      LogImporter::Make(store,
                        kind == InputKind::kJsonLog ? LogFormat::kJsonLines : LogFormat::kBinary));
  {
    Progress progress(call.terminal, "bytes", total);
    std::int64_t bytes = 0;
    for (;;) {
      FRONTDESK_ASSIGN_OR_RETURN(const std::string piece, file->Read(kPieceBytes));
      if (piece.empty()) break;
      FRONTDESK_RETURN_IF_ERROR(importer->Read(piece));
      bytes += static_cast<std::int64_t>(piece.size());
      progress.Set(bytes);
    }
  }
  FRONTDESK_ASSIGN_OR_RETURN(const v1::LogReport report, importer->Finish());
  if (call.screen.is_json()) {
    call.screen.Json(report);
  } else {
    call.screen.Line(absl::StrCat(report.entry_count(), " entries"));
  }
  return kToolDone;
}

// The name of the import in the desk.
absl::StatusOr<std::string> ImportName(const Options& options) {
  std::string name = options.Get("name");
  const bool is_given = options.Has("name");
  if (!is_given) name = std::filesystem::path(options[1]).filename().string();
  const auto fault = FindIdFault(name);
  if (!name.empty() && !fault.has_value()) return name;
  return UsageError(absl::StrCat(is_given ? "--name" : "the name of the file, without --name,", " ",
                                 fault.has_value() ? fault->text : "is empty"));
}

// The row that a line is.
ImportInput ReadLine(absl::string_view line, std::string source) {
  ImportInput input;
  input.source = std::move(source);
  ParseLimits limits;
  limits.max_bytes = kMaxLineBytes;
  v1::ImportLine read;
  const absl::Status status = ParseJson(line, &read, limits);
  if (status.ok()) {
    input.command = std::move(*read.mutable_command());
    input.facts = std::move(*read.mutable_facts());
  } else {
    input.reason = GetReason(status);
    input.text = std::string(status.message());
  }
  return input;
}

// Carries the lines out, in groups.
absl::Status AddLines(const Call& call, File* file, CommandImporter* importer) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t total, file->Size());
  // A source has a limit, and a name of a file may be longer.
  const std::string name = std::filesystem::path(call.options[1]).filename().string();
  const bool has_name = name.size() <= kMaxImportSourceBytes / 2 && !FindIdFault(name).has_value();
  Progress progress(call.terminal, "bytes", total);
  LineReader lines(file, kMaxLineBytes);
  std::string line;
  for (bool has_line = true; has_line;) {
    std::vector<ImportInput> group;
    std::size_t bytes = 0;
    while (group.size() < kGroupRows && bytes < kGroupBytes) {
      FRONTDESK_ASSIGN_OR_RETURN(has_line, lines.Next(&line));
      if (!has_line) break;
      bytes += line.size();
      group.push_back(
          ReadLine(line, absl::StrCat(has_name ? name : std::string("line"), ":", lines.number())));
    }
    FRONTDESK_RETURN_IF_ERROR(importer->Add(group));
    progress.Set(lines.bytes());
  }
  return absl::OkStatus();
}

// Calls `take` with each row of an import, until it returns false.
template <typename Take>
absl::Status ForEachRow(const Desk& desk, const std::string& name, Take&& take) {
  LogPage page;
  page.page_size = kPageRows;
  for (;;) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::ImportRow> rows, ReadImport(desk, name, page));
    for (const v1::ImportRow& row : rows) {
      FRONTDESK_ASSIGN_OR_RETURN(const bool goes_on, take(row));
      if (!goes_on) return absl::OkStatus();
    }
    if (rows.empty()) return absl::OkStatus();
    page.after = rows.back().row();
  }
}

bool IsDone(v1::Verdict verdict) { return verdict == v1::VERDICT_DONE; }

void ShowRow(const Screen& screen, const v1::ImportRow& row) {
  std::string line = absl::StrCat("  ", screen.Bold(EscapeText(row.source())), "  ",
                                  screen.VerdictText(row.verdict()));
  const std::string reason = row.reasons_size() > 0 ? row.reasons(0) : std::string();
  // The text of an error begins with its reason.
  if (!absl::StartsWith(row.text(), reason)) absl::StrAppend(&line, "  ", EscapeText(reason));
  if (!row.text().empty()) absl::StrAppend(&line, "  ", EscapeText(row.text()));
  screen.Line(line);
}

// The sums, and the first rows that are not done.
absl::Status ShowReport(const Call& call, const Desk& desk, const v1::ImportReport& report) {
  const Screen& screen = call.screen;
  std::string head = absl::StrCat(report.row_count(), " rows");
  if (report.earlier_row_count() > 0) {
    absl::StrAppend(&head, ", ", report.earlier_row_count(), " of them by an earlier run");
  }
  screen.Line(head);
  std::int64_t open_count = 0;
  for (const v1::ImportCount& count : report.counts()) {
    if (!IsDone(count.verdict())) open_count += count.row_count();
    std::string line =
        absl::StrFormat("  %7d  %s", count.row_count(), screen.VerdictText(count.verdict()));
    if (!count.verb().empty()) absl::StrAppend(&line, "  ", count.verb());
    if (!count.reason().empty()) absl::StrAppend(&line, "  ", EscapeText(count.reason()));
    screen.Line(line);
  }
  if (!report.finding_counts().empty()) screen.Line("kept although it is not valid:");
  for (const v1::ImportFindingCount& count : report.finding_counts()) {
    screen.Line(absl::StrFormat("  %7d  %s in %d rows", count.finding_count(), count.reason(),
                                count.row_count()));
  }
  if (open_count == 0) return absl::OkStatus();
  screen.Line("not done:");
  std::size_t shown = 0;
  FRONTDESK_RETURN_IF_ERROR(
      ForEachRow(desk, report.import_id(), [&](const v1::ImportRow& row) -> absl::StatusOr<bool> {
        if (IsDone(row.verdict())) return true;
        if (shown == kShownRows) return false;
        ShowRow(screen, row);
        ++shown;
        return true;
      }));
  if (open_count > static_cast<std::int64_t>(shown)) {
    screen.Hint("more: --report REPORT writes the result of each row");
  }
  return absl::OkStatus();
}

absl::Status WriteReport(const std::string& path, const Desk& desk, const std::string& name) {
  FRONTDESK_ASSIGN_OR_RETURN(NewFile file, NewFile::Make({"report", path}));
  FRONTDESK_RETURN_IF_ERROR(
      ForEachRow(desk, name, [&](const v1::ImportRow& row) -> absl::StatusOr<bool> {
        FRONTDESK_RETURN_IF_ERROR(file.Write(absl::StrCat(JsonText(row), "\n")));
        return true;
      }));
  return file.Finish();
}

absl::StatusOr<int> ImportFileOfCommands(const Call& call, File* file) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::string name, ImportName(call.options));
  const std::string report_path = call.options.Get("report");
  if (!report_path.empty() && std::filesystem::exists(report_path)) {
    return FileError({"report", report_path}, "exists already");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const Policy> policy, ReadPolicy(call));
  DeskOptions options;
  options.policy = policy;
  FRONTDESK_ASSIGN_OR_RETURN(options.store, OpenStore(call.options, /*read_only=*/false));
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Desk> desk, Desk::Open(std::move(options)));
  FRONTDESK_ASSIGN_OR_RETURN(const auto importer, CommandImporter::Make(desk.get(), name));
  const absl::Status added = AddLines(call, file, importer.get());
  const absl::StatusOr<v1::ImportReport> report =
      added.ok() ? importer->Finish() : absl::StatusOr<v1::ImportReport>(added);
  if (!report.ok()) {
    call.screen.Hint(
        GetReason(report.status()) == kReasonImportNotContinued
            ? std::string("the desk has an import of this name with other rows: --name gives it "
                          "another name")
            : absl::StrCat(importer->report().row_count(),
                           " rows have a result; the same command continues behind them"));
    return report.status();
  }
  if (!report_path.empty()) FRONTDESK_RETURN_IF_ERROR(WriteReport(report_path, *desk, name));
  if (call.screen.is_json()) {
    call.screen.Json(*report);
  } else {
    FRONTDESK_RETURN_IF_ERROR(ShowReport(call, *desk, *report));
  }
  for (const v1::ImportCount& count : report->counts()) {
    if (!IsDone(count.verdict())) return kToolRowsOpen;
  }
  return kToolDone;
}

absl::StatusOr<int> Import(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(File file, File::Open({"input", call.options[1]}, "rb"));
  FRONTDESK_ASSIGN_OR_RETURN(const std::string head, file.Read(kHeadBytes));
  file.Rewind();
  const InputKind kind = FindInputKind(head);
  switch (kind) {
    case InputKind::kJsonLog:
    case InputKind::kBinaryLog:
      return ImportLog(call, &file, kind);
    case InputKind::kCommands:
      return ImportFileOfCommands(call, &file);
    case InputKind::kUnknown:
      break;
  }
  return FileError(
      file.name(),
      "is neither an exported log nor a file of commands (lines of JSON, each {\"command\": {…}, "
      "\"facts\": {…}})");
}

}  // namespace

CommandRow ImportCommand() {
  return {"import",
          {"FILE", "INPUT"},
          "carry out a file of commands, or read an exported log into an empty file",
          {{"policy", "POLICY", "the policy that decides the commands. Required for them"},
           {"name", "NAME", "the name of the import in the desk (default: that of the file)"},
           {"report", "REPORT", "write the result of each command there, as lines of JSON"}},
          &Import};
}

}  // namespace tool
}  // namespace frontdesk
