#include "frontdesk/tool/tool.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tool/commands.h"

namespace frontdesk {
namespace {

using tool::Call;
using tool::CommandRow;
using tool::OptionRow;
using tool::Options;
using tool::Screen;

// Those of all commands.
constexpr OptionRow kCommonOptions[] = {
    {"desk", "NAME", "the desk, where the file has several"},
    {"json", "", "results as JSON, a line each"},
    {"help", "", "this text"},
};

std::vector<CommandRow> AllCommands() {
  std::vector<CommandRow> all = tool::KeepCommands();
  for (CommandRow& row : tool::LookCommands()) all.push_back(std::move(row));
  for (CommandRow& row : tool::PolicyCommands()) all.push_back(std::move(row));
  all.push_back(tool::TestCommand());
  all.push_back(tool::DiffCommand());
  for (CommandRow& row : all) {
    row.options.insert(row.options.end(), std::begin(kCommonOptions), std::end(kCommonOptions));
  }
  return all;
}

std::string HelpText(const std::vector<CommandRow>& all) {
  std::string text = "frontdesk COMMAND FILE …: looks at a desk in a SQLite file, and keeps it\n\n";
  for (const CommandRow& row : all)
    absl::StrAppendFormat(&text, "  %-10s %s\n", row.name, row.help);
  absl::StrAppend(&text,
                  "\nFILE is also postgres:PARAMETERS, for a desk in a PostgreSQL database.\n"
                  "frontdesk COMMAND --help lists the options of a command.\n");
  return text;
}

std::string HelpText(const CommandRow& row) {
  std::string text = absl::StrCat("frontdesk ", row.name);
  for (const absl::string_view name : row.positional) absl::StrAppend(&text, " ", name);
  absl::StrAppend(&text, " [OPTION…]: ", row.help, "\n\n");
  for (const OptionRow& option : row.options) {
    const std::string name =
        absl::StrCat("--", option.name, option.value.empty() ? "" : " ", option.value);
    absl::StrAppendFormat(&text, "  %-22s %s\n", name, option.help);
  }
  return text;
}

bool HasHelp(const std::vector<std::string>& arguments) {
  return std::find(arguments.begin(), arguments.end(), "--help") != arguments.end();
}

}  // namespace

int RunTool(const std::vector<std::string>& arguments, const ToolTerminal& terminal) {
  const std::vector<CommandRow> all = AllCommands();
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "help") {
    (arguments.empty() ? terminal.error : terminal.out)(HelpText(all));
    return arguments.empty() ? kToolUsage : kToolDone;
  }
  const auto row = std::find_if(all.begin(), all.end(),
                                [&](const CommandRow& each) { return each.name == arguments[0]; });
  if (row == all.end()) {
    terminal.error(absl::StrCat("frontdesk: there is no such command\n\n", HelpText(all)));
    return kToolUsage;
  }
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (HasHelp(rest)) {
    terminal.out(HelpText(*row));
    return kToolDone;
  }
  absl::StatusOr<Options> options = Options::Parse(rest, row->positional, row->options);
  if (options.ok()) options->set_terminal(&terminal);
  const Screen screen(terminal, options.ok() && options->Has("json"));
  const absl::StatusOr<int> result = options.ok() ? row->run(Call{*options, screen, terminal})
                                                  : absl::StatusOr<int>(options.status());
  if (result.ok()) return *result;
  screen.Error(result.status());
  const bool is_usage = tool::IsUsageError(result.status());
  if (is_usage) screen.Hint(absl::StrCat("frontdesk ", row->name, " --help lists the options"));
  return is_usage ? row->usage_exit : kToolError;
}

}  // namespace frontdesk
