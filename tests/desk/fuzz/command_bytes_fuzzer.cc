// The bytes as commands from strangers, given to a busy shop one after the other. Bytes that begin
// with `#` are in text format, each command ended by a line `--`. Bytes that begin with `{` are
// JSON. All others are in binary form, each command after its length in two bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "desk/fuzz/fuzz_common.h"
#include "desk/shop.h"
#include "desk/watched_desk.h"
#include "frontdesk/decide/parse.h"

namespace frontdesk {
namespace testing {
namespace {

std::vector<v1::Command> ReadCommands(absl::string_view bytes) {
  std::vector<v1::Command> commands;
  v1::Command command;
  if (absl::StartsWith(bytes, "#")) {
    for (const absl::string_view text : absl::StrSplit(bytes, "\n--\n")) {
      // Strings that are not UTF-8 come through, and it is for the desk to say so.
      if (ReadText(text, &command)) commands.push_back(command);
    }
  } else if (absl::StartsWith(bytes, "{")) {
    const absl::Status read = ParseJson(bytes, &command);
    RequireKnown(read);
    if (read.ok()) commands.push_back(command);
  } else {
    while (bytes.size() > 2) {
      const size_t length = static_cast<uint8_t>(bytes[0]) << 8 | static_cast<uint8_t>(bytes[1]);
      const absl::Status read = ParseBytes(bytes.substr(2, length), &command);
      RequireKnown(read);
      if (read.ok()) commands.push_back(command);
      bytes.remove_prefix(std::min(bytes.size(), length + 2));
    }
  }
  return commands;
}

void FuzzCommandBytes(const uint8_t* data, size_t size) {
  const std::vector<v1::Command> commands =
      ReadCommands(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (commands.empty()) return;
  WatchedDesk desk = ForkBusyDesk();
  for (const v1::Command& command : commands) {
    RequireUnbroken(desk.Execute(command, FactsFor(command)));
  }
}

}  // namespace
}  // namespace testing
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::testing::FuzzCommandBytes(data, size);
  return 0;
}
