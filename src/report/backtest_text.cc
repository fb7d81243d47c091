// A backtest as text, and as a page of HTML.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "frontdesk/base/money.h"
#include "frontdesk/report/backtest.h"
#include "internal/escape_text.h"
#include "report/message_names.h"

namespace frontdesk {
namespace report {
namespace {

using internal::EscapeText;
using internal::EscapeValue;

std::string VerdictWord(v1::Verdict verdict) { return absl::AsciiStrToLower(VerdictName(verdict)); }

std::string Amounts(const google::protobuf::RepeatedPtrField<v1::Money>& amounts) {
  return absl::StrJoin(amounts, ", ", [](std::string* out, const v1::Money& amount) {
    absl::StrAppend(out, FormatMoney(amount));
  });
}

// "25.00 EUR", or "25.00 EUR -> 20.00 EUR" where the policies compute different ones.
std::string AmountsText(const v1::VerdictChange& change) {
  const std::string before = Amounts(change.before_amounts());
  const std::string after = Amounts(change.after_amounts());
  return before == after ? before : absl::StrCat(before, " -> ", after);
}

std::string PolicyName(const v1::PolicyRef& policy) {
  const std::string name = policy.name().empty() ? "a policy without a name" : policy.name();
  return absl::StrCat(
      EscapeText(name),
      policy.version().empty() ? "" : absl::StrCat(" ", EscapeText(policy.version())), " (",
      absl::BytesToHexString(policy.hash().substr(0, 6)), ")");
}

std::string BeforeName(const v1::BacktestReport& report) {
  return report.has_before() ? PolicyName(report.before()) : "as recorded";
}

std::string IdsText(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  return absl::StrJoin(ids, ", ", [](std::string* out, const std::string& id) {
    absl::StrAppend(out, EscapeValue(id));
  });
}

// The rows of both forms. A plain struct.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

Table VerdictRows(const v1::BacktestReport& report) {
  Table table{{"command", "before", "after", "commands", "amounts", "records"}, {}};
  const auto add = [&table](absl::string_view name, const v1::VerdictChange& change) {
    table.rows.push_back({std::string(name), VerdictWord(change.before()),
                          VerdictWord(change.after()), absl::StrCat(change.count()),
                          AmountsText(change), IdsText(change.example_ids())});
  };
  for (const v1::CommandChanges& command : report.commands()) {
    for (const v1::VerdictChange& change : command.verdicts())
      add(command.decision_point(), change);
  }
  for (const v1::VerdictChange& change : report.verdicts()) add("all", change);
  return table;
}

// Reasons that are given more or less often, or by other commands.
Table ReasonRows(const v1::BacktestReport& report) {
  Table table{{"command", "reason", "rule", "before", "after", "records"}, {}};
  for (const v1::ReasonChange& reason : report.reasons()) {
    if (reason.example_ids().empty() && reason.before_count() == reason.after_count()) continue;
    table.rows.push_back({reason.decision_point(), EscapeText(reason.reason()),
                          EscapeText(reason.rule_id()), absl::StrCat(reason.before_count()),
                          absl::StrCat(reason.after_count()), IdsText(reason.example_ids())});
  }
  return table;
}

Table UndecidedRows(const v1::BacktestReport& report) {
  Table table{{"reason", "commands", "records"}, {}};
  for (const v1::UndecidedInputs& row : report.undecided()) {
    table.rows.push_back(
        {EscapeText(row.reason()), absl::StrCat(row.count()), IdsText(row.example_ids())});
  }
  return table;
}

void AppendTable(const Table& table, std::string* text) {
  std::vector<std::size_t> widths;
  for (const std::string& cell : table.head) widths.push_back(cell.size());
  for (const std::vector<std::string>& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto append = [&](const std::vector<std::string>& row) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(&line, " ", row[i]);
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 1, ' ');
    }
    while (line.back() == ' ') line.pop_back();
    absl::StrAppend(text, line, "\n");
  };
  append(table.head);
  for (const std::vector<std::string>& row : table.rows) append(row);
}

std::string Html(absl::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '&':
        html += "&amp;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

void AppendHtmlTable(absl::string_view title, const Table& table, std::string* html) {
  if (table.rows.empty()) return;
  absl::StrAppend(html, "<h2>", title, "</h2>\n<table>\n<tr>");
  for (const std::string& cell : table.head) absl::StrAppend(html, "<th>", Html(cell), "</th>");
  absl::StrAppend(html, "</tr>\n");
  for (const std::vector<std::string>& row : table.rows) {
    absl::StrAppend(html, "<tr>");
    for (const std::string& cell : row) absl::StrAppend(html, "<td>", Html(cell), "</td>");
    absl::StrAppend(html, "</tr>\n");
  }
  absl::StrAppend(html, "</table>\n");
}

std::vector<std::string> HeadLines(const v1::BacktestReport& report) {
  std::vector<std::string> lines = {
      absl::StrCat("before: ", BeforeName(report)),
      absl::StrCat("after: ", PolicyName(report.after())),
      absl::StrCat(report.decided_count(), " of ", report.record_count(), " commands decided, ",
                   report.changed_count(), " with another verdict")};
  if (report.approved_count() > 0) {
    lines.push_back(absl::StrCat("decided again after an approval: ", report.approved_count()));
  }
  if (report.changed_input_count() > 0) {
    lines.push_back(absl::StrCat(
        report.changed_input_count(),
        " commands are decided on an input that this version of the code makes otherwise"));
  }
  return lines;
}

}  // namespace

std::string FormatBacktest(const v1::BacktestReport& report) {
  std::string text;
  for (const std::string& line : HeadLines(report)) absl::StrAppend(&text, line, "\n");
  absl::StrAppend(&text, "\nverdicts\n");
  AppendTable(VerdictRows(report), &text);
  const Table reasons = ReasonRows(report);
  if (!reasons.rows.empty()) {
    absl::StrAppend(&text, "\nreasons that are given to others\n");
    AppendTable(reasons, &text);
  }
  const Table undecided = UndecidedRows(report);
  if (!undecided.rows.empty()) {
    absl::StrAppend(&text, "\ncannot be decided\n");
    AppendTable(undecided, &text);
  }
  absl::StrAppend(&text, "\n");
  for (const std::string& note : report.notes()) absl::StrAppend(&text, EscapeText(note), "\n");
  return text;
}

std::string FormatBacktestHtml(const v1::BacktestReport& report) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<title>A policy tried on history</title>\n<style>\n"
      "body { font-family: sans-serif; margin: 2em; }\n"
      "table { border-collapse: collapse; }\n"
      "th, td { border: 1px solid #999; padding: 0.2em 0.6em; text-align: left; }\n"
      "</style>\n</head>\n<body>\n<h1>A policy tried on history</h1>\n";
  for (const std::string& line : HeadLines(report)) {
    absl::StrAppend(&html, "<p>", Html(line), "</p>\n");
  }
  AppendHtmlTable("Verdicts", VerdictRows(report), &html);
  AppendHtmlTable("Reasons that are given to others", ReasonRows(report), &html);
  AppendHtmlTable("Cannot be decided", UndecidedRows(report), &html);
  for (const std::string& note : report.notes())
    absl::StrAppend(&html, "<p>", Html(note), "</p>\n");
  absl::StrAppend(&html, "</body>\n</html>\n");
  return html;
}

}  // namespace report
}  // namespace frontdesk
