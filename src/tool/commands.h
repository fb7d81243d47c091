// The commands of the tool. Private.
#ifndef FRONTDESK_SRC_TOOL_COMMANDS_H_
#define FRONTDESK_SRC_TOOL_COMMANDS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/report/policy_tests.h"
#include "frontdesk/store/store.h"
#include "frontdesk/tool/tool.h"
#include "frontdesk/v1/error.pb.h"
#include "tool/options.h"
#include "tool/screen.h"

namespace frontdesk {
namespace tool {

// One run of a command. A plain struct.
struct Call {
  const Options& options;
  const Screen& screen;
  const ToolTerminal& terminal;
};

// A command. A plain struct.
struct CommandRow {
  absl::string_view name;
  std::vector<absl::string_view> positional;
  absl::string_view help;
  std::vector<OptionRow> options;
  // Returns the exit code, or the error.
  absl::StatusOr<int> (*run)(const Call& call);
  // The exit code when the arguments are not valid.
  int usage_exit = kToolUsage;
};

// Those that look at a desk.
std::vector<CommandRow> LookCommands();
CommandRow FindCommand();
CommandRow JournalCommand();
CommandRow StatsCommand();
// Those that make, fill, copy and verify its file.
std::vector<CommandRow> KeepCommands();
CommandRow ImportCommand();
// Those that look at a policy. Their files are no desks.
std::vector<CommandRow> PolicyCommands();
CommandRow TestCommand();
CommandRow DiffCommand();

// The text in a file of at most 64 MiB. `content` is a noun for errors: "policy".
absl::StatusOr<std::string> ReadText(absl::string_view content, const std::string& path);
// Shows issues of a text, one after the other.
void ShowIssues(const Call& call, const std::vector<v1::Issue>& issues);
// The policy in a file, as text of protobuf, or as JSON in one whose name ends with .json.
absl::StatusOr<PolicyResult> CompilePolicyFile(const std::string& path);
// The policy in a file; null for one that has errors, which are shown.
absl::StatusOr<std::shared_ptr<const Policy>> ReadPolicyFile(const Call& call,
                                                             const std::string& path);
// The tests in a file. Issues are shown; the file has errors unless ok().
absl::StatusOr<report::PolicyTestsResult> ReadTests(const Call& call, const std::string& path);
// The policy in the file that --policy names. Issues are shown.
absl::StatusOr<std::shared_ptr<const Policy>> ReadPolicy(const Call& call);

// A reader on that store.
absl::StatusOr<std::unique_ptr<Reader>> MakeReader(std::shared_ptr<store::Store> store);
// A reader on the store that an argument names, the first one most often.
absl::StatusOr<std::unique_ptr<Reader>> MakeReader(const Options& options, std::size_t place = 0);

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_COMMANDS_H_
