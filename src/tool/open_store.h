// The store of a desk, as an argument of a command names it, most often the first one. Private.
#ifndef FRONTDESK_TOOL_OPEN_STORE_H_
#define FRONTDESK_TOOL_OPEN_STORE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "frontdesk/store/sqlite.h"
#include "frontdesk/store/store.h"
#include "tool/options.h"

namespace frontdesk {
namespace tool {

// A SQLite file, or `postgres:` with connection parameters of libpq. Errors have the reasons of StoreError. `place` is the number of the
// argument that names it.
absl::StatusOr<std::shared_ptr<store::Store>> OpenStore(const Options& options, bool read_only,
                                                        std::size_t place = 0);

// The role of `--role` for the database; the statements that make it. With --dry-run nothing is made.
absl::StatusOr<std::string> MakeDatabaseRole(const Options& options);

// Whether the first argument names a database.
bool IsDatabase(const Options& options);

// The SQLite file, for commands that are about files alone: a usage error for a database.
absl::StatusOr<std::shared_ptr<store::SqliteStore>> OpenFileToRead(const Options& options);

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_TOOL_OPEN_STORE_H_
