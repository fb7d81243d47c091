// The tables of a schema: their version, and the way from an older version to the current one.
#ifndef FRONTDESK_STORE_POSTGRES_SCHEMA_H_
#define FRONTDESK_STORE_POSTGRES_SCHEMA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "store/postgres/connection.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// From one version to the next. A plain struct.
struct Migration {
  // The columns of the version that it begins with, as Schema::columns.
  std::string columns;
  // Statements that bring the tables to the next version. They run in one transaction.
  std::vector<std::string> statements;
};

// A plain struct.
struct Schema {
  // Statements that make the tables and functions of the current version in an empty schema.
  std::vector<std::string> statements;
  // All tables with their columns and types, ordered by the name of the table.
  std::string columns;
  // From version 1 on; the current version is one more than there are migrations.
  std::vector<Migration> migrations;

  std::int64_t version() const { return static_cast<std::int64_t>(migrations.size()) + 1; }
};

// The tables that this code reads and writes.
const Schema& CurrentSchema();

// Brings the tables to `schema` in one transaction, or checks that they are so. Errors as PostgresStore::Open().
absl::Status PrepareTables(Connection& connection, const Target& target, const Schema& schema,
                           bool must_exist);

// FAILED_PRECONDITION when the tables have a newer version than `known` by now, DATA_LOSS when they have any other. To be asked
// when a statement of this version does not find what it needs.
absl::Status CheckVersion(Connection& connection, std::int64_t known);

// FAILED_PRECONDITION.
absl::Status NewerVersion(std::int64_t version, std::int64_t known);

// Whether a statement with that SQLSTATE may have met tables of another version.
bool IsOfOtherVersion(absl::string_view sql_state);

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_SCHEMA_H_
