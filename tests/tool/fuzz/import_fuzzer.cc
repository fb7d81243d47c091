// The bytes as a file that the tool imports: a file of commands into a desk that holds those of earlier runs, an exported log into a new
// file. The tool ends with an exit code of its own, and writes nothing but text.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/tool/tool.h"

namespace frontdesk {
namespace {

namespace fs = std::filesystem;

constexpr char kPolicy[] =
    "rule_sets { id: 'all' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }";

void Require(bool holds, const char* text) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", text);
  std::abort();
}

// A folder that is removed at the end of the process.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / absl::StrCat("frontdesk-import-", getpid())) {
    fs::create_directory(path_);
    std::ofstream(path_ / "policy.textproto") << kPolicy;
  }
  ~Folder() { fs::remove_all(path_); }

  std::string File(const char* name) const { return (path_ / name).string(); }

 private:
  const fs::path path_;
};

int Import(const std::vector<std::string>& arguments) {
  std::string written;
  ToolTerminal terminal;
  terminal.out = [&written](absl::string_view text) { absl::StrAppend(&written, text); };
  terminal.error = terminal.out;
  terminal.now = [] { return absl::UnixEpoch(); };
  const int code = RunTool(arguments, terminal);
  Require(code == kToolDone || !written.empty(), "no cause is shown");
  for (std::size_t begin = 0; begin < written.size();) {
    const std::size_t end = written.find('\n', begin);
    Require(end != std::string::npos, "a line has no end");
    const std::string line = written.substr(begin, end - begin);
    const auto fault = FindIdFault(line, line.size());
    Require(line.empty() || !fault.has_value(), "a line is no text, or controls the terminal");
    begin = end + 1;
  }
  return code;
}

void FuzzImport(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  static int run = 0;
  const std::string input = folder.File("input"), desk = folder.File("desk.db");
  std::ofstream(input, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const int code = Import({"import", desk, input, "--policy", folder.File("policy.textproto"),
                           "--name", absl::StrCat("run", ++run)});
  Require(code == kToolDone || code == kToolError || code == kToolRowsOpen || code == kToolUsage,
          "the exit code is none of an import");
  // The policy does not go with an exported log.
  if (code != kToolUsage) return;
  const std::string copy = folder.File("copy.db");
  const int of_log = Import({"import", copy, input});
  Require(of_log == kToolDone || of_log == kToolError, "the exit code is none of a log");
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(copy + suffix);
}

}  // namespace
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  frontdesk::FuzzImport(data, size);
  return 0;
}
