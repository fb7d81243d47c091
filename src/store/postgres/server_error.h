// Errors of a server, by their SQLSTATE alone: texts of the server, and of libpq, can hold names, keys and parameters.
#ifndef FRONTDESK_STORE_POSTGRES_SERVER_ERROR_H_
#define FRONTDESK_STORE_POSTGRES_SERVER_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// The status of an error with that SQLSTATE, as of errcodes of PostgreSQL; empty: the server gave none.
absl::Status StatusOfSqlState(absl::string_view sql_state);

// Whether a transaction that ended so has changed nothing, and can be repeated.
bool IsRepeatable(absl::string_view sql_state);

// Whether the connection is of no use afterwards: the server shuts down, or has become a standby.
bool EndsConnection(absl::string_view sql_state);

// Whether a time-out has passed.
bool IsOfWaiting(absl::string_view sql_state);

// UNAVAILABLE.
absl::Status ConnectionLost();

// DATA_LOSS.
absl::Status Damaged(absl::string_view what);

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_SERVER_ERROR_H_
