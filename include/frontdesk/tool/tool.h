// The command-line tool `frontdesk`, as a function: it looks at a desk in a SQLite file or a database, and keeps it.
//
//   frontdesk::ToolTerminal terminal;
//   terminal.out = [](absl::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); };
//   terminal.error = [](absl::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
//   terminal.now = [] { return absl::Now(); };
//   const int code = frontdesk::RunTool({"show", "shop.db", "case/k1"}, terminal);
//   if (code != frontdesk::kToolDone) std::puts("failed");
#ifndef FRONTDESK_TOOL_TOOL_H_
#define FRONTDESK_TOOL_TOOL_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/store/store.h"

namespace frontdesk {

// Where the tool writes. A plain struct.
struct ToolTerminal {
  // The results. Required.
  std::function<void(absl::string_view)> out;
  // Errors, progress, and the hint that there is a further page. Required.
  std::function<void(absl::string_view)> error;
  // The time, for commands that change a desk. Required.
  std::function<absl::Time()> now;
  // Opens the rows of a desk in a database, for `postgres:PARAMETERS`, for example by PostgresStore::Open(). Without it, that is an
  // argument that is not valid.
  std::function<absl::StatusOr<std::shared_ptr<store::Store>>(
      absl::string_view parameters, absl::string_view desk, bool read_only)>
      open_database;
  // Makes a role that may use the stores of a database, for example by PostgresStore::MakeRole(), and returns the statements that do. With
  // `dry_run` it makes nothing, and does not connect. Without it, `init --role` of a database is not valid.
  std::function<absl::StatusOr<std::string>(absl::string_view parameters, absl::string_view role,
                                            bool dry_run)>
      make_database_role;
  // Whether results may have colors, as ECMA-48 has them.
  bool has_color = false;
  // Whether long work shows its progress, in a line that is written again and again.
  bool has_progress = false;
};

// The exit code of the tool.
enum ToolExit : int {
  kToolDone = 0,
  // An error: the text begins with its reason, as docs/errors.md lists them. Nothing has changed, but what `import` has done before.
  kToolError = 1,
  // The arguments are not valid.
  kToolUsage = 2,
  // `verify` found a fault.
  kToolNotClean = 3,
  // `import` came to the end of a file of commands, and not all of them are done: some are refused, held, or in error.
  kToolRowsOpen = 4,
  // `check`, `rules`, `test` and `diff`: the policy has errors.
  kCheckErrors = 1,
  // `check`: the policy has warnings, and no errors. For this command 2 does not mean that the arguments are not valid.
  kCheckWarnings = 2,
  // `test`: a test failed.
  kTestFailed = 2,
  // `check`, `rules`, `test` and `diff`: the arguments are not valid.
  kPolicyUsage = 64,
};

// Runs one command; `arguments` are those behind the name of the program. Returns a ToolExit.
int RunTool(const std::vector<std::string>& arguments, const ToolTerminal& terminal);

}  // namespace frontdesk

#endif  // FRONTDESK_TOOL_TOOL_H_
