// Where a store is: the parameters of its connections, and the numbers of its desk.
#ifndef FRONTDESK_STORE_POSTGRES_TARGET_H_
#define FRONTDESK_STORE_POSTGRES_TARGET_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/postgres_store.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// A plain struct.
struct Target {
  // Keywords and values for libpq.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string schema;
  std::string desk;
  // The leading key of the desk's rows: it follows from the name alone, so that any server gives the same.
  std::int64_t desk_number = 0;
  // The keys of locks that the server knows by numbers: one for writing the desk, one for its watches, one for the tables.
  std::int64_t write_lock = 0;
  std::int64_t watch_lock = 0;
  std::int64_t schema_lock = 0;
  // The channel of LISTEN and NOTIFY.
  std::string channel;
  bool read_only = false;
  int max_read_connections = 1;
  std::chrono::milliseconds connect_timeout{0};
  std::chrono::milliseconds lock_timeout{0};
  std::chrono::milliseconds statement_timeout{0};
  std::chrono::milliseconds retry_timeout{0};
};

// INVALID_ARGUMENT unless it is a name for a schema or a role: it needs no quotes, and is none of the server's own. `what` is "schema".
absl::Status CheckPlainName(absl::string_view name, absl::string_view what);

// INVALID_ARGUMENT as PostgresStore::Open().
absl::StatusOr<Target> MakeTarget(absl::string_view parameters, const PostgresOptions& options);

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_TARGET_H_
