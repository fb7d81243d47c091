// Work on a whole file: a copy of it, and a check of all its contents.
#ifndef FRONTDESK_STORE_SQLITE_MAINTENANCE_H_
#define FRONTDESK_STORE_SQLITE_MAINTENANCE_H_

#include <string>

#include "absl/status/status.h"
#include "store/sqlite/connection.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// Copies the file, as the open transaction of `source` sees it, to `path`, which is absolute. Errors as
// SqliteStore::Backup().
absl::Status BackUp(Connection& source, const std::string& path);

// Checks the file as the open transaction sees it. DATA_LOSS.
absl::Status CheckFile(Connection& connection);

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_MAINTENANCE_H_
