// The program `frontdesk`.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "frontdesk/tool/tool.h"
#ifdef FRONTDESK_WITH_POSTGRES
#include "frontdesk/store/postgres_store.h"
#endif

#ifdef FRONTDESK_WITH_POSTGRES
static absl::StatusOr<std::shared_ptr<frontdesk::store::Store>> OpenDatabase(
    absl::string_view parameters, absl::string_view desk, bool read_only) {
  frontdesk::store::PostgresOptions options;
  options.desk = std::string(desk);
  options.read_only = read_only;
  auto opened = frontdesk::store::PostgresStore::Open(parameters, options);
  if (!opened.ok()) return opened.status();
  return std::shared_ptr<frontdesk::store::Store>(*std::move(opened));
}

static absl::StatusOr<std::string> MakeDatabaseRole(absl::string_view parameters,
                                                    absl::string_view role, bool dry_run) {
  using frontdesk::store::PostgresStore;
  absl::StatusOr<std::string> statements = PostgresStore::RoleStatements(role);
  if (!statements.ok() || dry_run) return statements;
  const absl::Status made = PostgresStore::MakeRole(parameters, role);
  if (!made.ok()) return made;
  return statements;
}
#endif

int main(int argc, char** argv) {
  frontdesk::ToolTerminal terminal;
  terminal.out = [](absl::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); };
  terminal.error = [](absl::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
  terminal.now = [] { return absl::Now(); };
#ifdef FRONTDESK_WITH_POSTGRES
  terminal.open_database = &OpenDatabase;
  terminal.make_database_role = &MakeDatabaseRole;
#endif
  // https://no-color.org
  const char* const no_color = std::getenv("NO_COLOR");
  terminal.has_color = isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
  terminal.has_progress = isatty(STDERR_FILENO) == 1;
  const int code = frontdesk::RunTool(std::vector<std::string>(argv + 1, argv + argc), terminal);
  return std::fflush(stdout) == 0 ? code : frontdesk::kToolError;
}
