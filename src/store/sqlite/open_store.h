// Opens a store on a layout of the caller's choice: tests migrate to and from layouts that no release has.
#ifndef FRONTDESK_STORE_SQLITE_OPEN_STORE_H_
#define FRONTDESK_STORE_SQLITE_OPEN_STORE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/sqlite.h"
#include "store/sqlite/schema.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// As SqliteStore::Open(), with `schema` in the place of CurrentSchema(). It has the tables of that one at least.
absl::StatusOr<std::shared_ptr<SqliteStore>> OpenStore(absl::string_view path,
                                                       const SqliteOptions& options,
                                                       const Schema& schema);

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_OPEN_STORE_H_
