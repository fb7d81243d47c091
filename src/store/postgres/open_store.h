// Opening a store with a schema of one's choice: tests have schemas of their own.
#ifndef FRONTDESK_STORE_POSTGRES_OPEN_STORE_H_
#define FRONTDESK_STORE_POSTGRES_OPEN_STORE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/postgres_store.h"
#include "store/postgres/schema.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// As PostgresStore::Open().
absl::StatusOr<std::shared_ptr<PostgresStore>> OpenStore(absl::string_view parameters,
                                                         const PostgresOptions& options,
                                                         const Schema& schema);

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_OPEN_STORE_H_
