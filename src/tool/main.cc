// The program `frontdesk`.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "frontdesk/tool/tool.h"

int main(int argc, char** argv) {
  frontdesk::ToolTerminal terminal;
  terminal.out = [](absl::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); };
  terminal.error = [](absl::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
  terminal.now = [] { return absl::Now(); };
  // https://no-color.org
  const char* const no_color = std::getenv("NO_COLOR");
  terminal.has_color = isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
  terminal.has_progress = isatty(STDERR_FILENO) == 1;
  const int code = frontdesk::RunTool(std::vector<std::string>(argv + 1, argv + argc), terminal);
  return std::fflush(stdout) == 0 ? code : frontdesk::kToolError;
}
