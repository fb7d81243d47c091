// The layout of a file: its marks, its tables, and the way from an older layout to the current one.
#ifndef FRONTDESK_STORE_SQLITE_SCHEMA_H_
#define FRONTDESK_STORE_SQLITE_SCHEMA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "store/sqlite/connection.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// "frds": the application id in the header of each file.
inline constexpr std::int64_t kApplicationId = 0x66726473;
// "frdc": that of a clone. One that a killed process has left is no file of a desk.
inline constexpr std::int64_t kCloneApplicationId = 0x66726463;

// From one version to the next. A plain struct.
struct Migration {
  // The tables of the version that it begins with: statements as SQLite keeps them, ordered by the name of the table.
  std::vector<std::string> tables;
  // Brings the file to the tables of the next version. It runs inside a transaction for writing.
  absl::Status (*run)(Connection& connection);
};

// A plain struct.
struct Schema {
  // The tables of the current version, as above.
  std::vector<std::string> tables;
  // From version 1 on; the current version is one more than there are migrations.
  std::vector<Migration> migrations;

  std::int64_t version() const { return static_cast<std::int64_t>(migrations.size()) + 1; }
};

// The layout that this code reads and writes.
const Schema& CurrentSchema();

// Makes the file one with a log that readers and a writer share.
absl::Status UseLog(Connection& connection);

// Brings the file to `schema` in one transaction, or checks that it has it. An empty file becomes a new one
// unless it is read-only. Errors as SqliteStore::Open().
absl::Status PrepareFile(Connection& connection, const Schema& schema, bool read_only,
                         bool must_exist);

// INVALID_ARGUMENT or DATA_LOSS for a file whose first bytes SQLite does not accept.
absl::Status NoDatabase(Connection& connection);

// FAILED_PRECONDITION.
absl::Status NewerVersion(std::int64_t version, std::int64_t known);

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_SCHEMA_H_
