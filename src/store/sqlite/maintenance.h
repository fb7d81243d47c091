// Work on a whole file: a copy of it, and a check of all its contents.
#ifndef FRONTDESK_STORE_SQLITE_MAINTENANCE_H_
#define FRONTDESK_STORE_SQLITE_MAINTENANCE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/sqlite/connection.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// Copies the file, as the open transaction of `source` sees it, to `path`, which is absolute. Errors as
// SqliteStore::Backup().
absl::Status BackUp(Connection& source, const std::string& path);

// A file that is removed with its logs at the end of the scope, unless that is in a child of the process.
class TemporaryFile {
 public:
  // `path` is absolute.
  explicit TemporaryFile(std::string path);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
  const std::int64_t process_;
};

// Copies the file, as the open transaction of `source` sees it, to a new one beside `path`, or in `folder`, unless that is empty. The copy
// is marked as a clone: PrepareFile() does not accept it. UNAVAILABLE, and there is no copy.
absl::StatusOr<std::shared_ptr<const TemporaryFile>> CloneFile(Connection& source,
                                                               const std::string& path,
                                                               const std::string& folder);

// Checks the file as the open transaction sees it. DATA_LOSS.
absl::Status CheckFile(Connection& connection);

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_MAINTENANCE_H_
