#include "tool/open_store.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "frontdesk/event_log/event_log.h"
#include "tool/files.h"

namespace frontdesk {
namespace tool {
namespace {

constexpr absl::string_view kPostgres = "postgres:";

absl::StatusOr<std::shared_ptr<store::SqliteStore>> OpenSqlite(const Options& options,
                                                               bool read_only, std::size_t place) {
  store::SqliteOptions how;
  how.desk = options.Get("desk");
  how.read_only = read_only;
  auto store = store::SqliteStore::Open(options[place], how);
  if (!store.ok()) return WithPath(event_log::StoreError(store.status()), options[place]);
  return store;
}

absl::StatusOr<std::shared_ptr<store::Store>> OpenDatabase(const Options& options, bool read_only,
                                                           std::size_t place) {
  if (options.terminal() == nullptr || !options.terminal()->open_database) {
    return UsageError("this build is without PostgreSQL");
  }
  auto store = options.terminal()->open_database(
      absl::string_view(options[place]).substr(kPostgres.size()), options.Get("desk"), read_only);
  if (!store.ok()) return event_log::StoreError(store.status());
  return store;
}

}  // namespace

bool IsDatabase(const Options& options) { return absl::StartsWith(options[0], kPostgres); }

absl::StatusOr<std::string> MakeDatabaseRole(const Options& options) {
  if (options.terminal() == nullptr || !options.terminal()->make_database_role) {
    return UsageError("this build is without PostgreSQL");
  }
  auto statements =
      options.terminal()->make_database_role(absl::string_view(options[0]).substr(kPostgres.size()),
                                             options.Get("role"), options.Has("dry-run"));
  if (!statements.ok()) return event_log::StoreError(statements.status());
  return statements;
}

absl::StatusOr<std::shared_ptr<store::Store>> OpenStore(const Options& options, bool read_only,
                                                        std::size_t place) {
  if (absl::StartsWith(options[place], kPostgres)) return OpenDatabase(options, read_only, place);
  auto store = OpenSqlite(options, read_only, place);
  if (!store.ok()) return store.status();
  return std::shared_ptr<store::Store>(*std::move(store));
}

absl::StatusOr<std::shared_ptr<store::SqliteStore>> OpenFileToRead(const Options& options) {
  if (IsDatabase(options)) {
    return UsageError(
        "a database is copied by the tools of PostgreSQL, such as pg_dump; export writes its log");
  }
  return OpenSqlite(options, /*read_only=*/true, /*place=*/0);
}

}  // namespace tool
}  // namespace frontdesk
