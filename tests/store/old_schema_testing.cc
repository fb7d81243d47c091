#include "store/old_schema_testing.h"

#include <sqlite3.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"
#include "store/sqlite/rows.h"

namespace frontdesk {
namespace store {
namespace {

using sqlite_internal::Connection;
using sqlite_internal::CurrentSchema;
using sqlite_internal::Rows;
using sqlite_internal::Schema;
using sqlite_internal::Statement;

constexpr char kOldDesks[] = "CREATE TABLE desks(name TEXT PRIMARY KEY,position INTEGER)";
constexpr char kOldRows[] = "CREATE TABLE old_rows(desk TEXT,tab INTEGER,key BLOB,value BLOB)";

absl::Status FromOld(Connection& connection) {
  FRONTDESK_RETURN_IF_ERROR(connection.Run("ALTER TABLE desks RENAME TO old_desks"));
  for (const std::string& table : CurrentSchema().tables) {
    FRONTDESK_RETURN_IF_ERROR(connection.Run(table.c_str()));
  }
  FRONTDESK_ASSIGN_OR_RETURN(Rows rows, Rows::Prepare(connection));
  FRONTDESK_ASSIGN_OR_RETURN(
      Statement desks,
      Statement::Prepare(connection, "SELECT name, position FROM old_desks ORDER BY name"));
  FRONTDESK_ASSIGN_OR_RETURN(
      Statement old,
      Statement::Prepare(connection,
                         "SELECT tab, key, value FROM old_rows WHERE CAST(desk AS BLOB) = ?1"));
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_desk, desks.Step());
    if (!has_desk) break;
    const std::string name(desks.Bytes(0));
    FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t number, rows.NextDesk());
    FRONTDESK_RETURN_IF_ERROR(rows.PutDesk(name, {number, desks.Integer(1), FirstLink()}));
    old.Bind(1, name);
    while (true) {
      FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, old.Step());
      if (!has_row) break;
      FRONTDESK_RETURN_IF_ERROR(
          rows.Put(number, static_cast<std::uint8_t>(old.Integer(0)), old.Bytes(1), old.Bytes(2)));
    }
  }
  return connection.Run("DROP TABLE old_desks; DROP TABLE old_rows");
}

}  // namespace

const Schema& SchemaWithMigration() {
  static const auto* schema =
      new Schema{CurrentSchema().tables, {{{kOldDesks, kOldRows}, &FromOld}}};
  return *schema;
}

void MakeOldFile(const std::string& path, int rows) {
  sqlite3* handle = nullptr;
  bool is_made = sqlite3_open(path.c_str(), &handle) == SQLITE_OK;
  std::string sql = absl::StrCat("BEGIN; ", kOldDesks, "; ", kOldRows, "; PRAGMA user_version=1;",
                                 "PRAGMA application_id=", sqlite_internal::kApplicationId, ";");
  for (const char* desk : {"", "other"}) {
    absl::StrAppend(&sql, "INSERT INTO desks VALUES('", desk, "', 7);",
                    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ",
                    rows, ") INSERT INTO old_rows SELECT '", desk,
                    "', 1, CAST(printf('%05d', i) AS BLOB), CAST('value ' || i AS BLOB) FROM n;");
  }
  absl::StrAppend(&sql, "COMMIT");
  is_made = is_made && sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  sqlite3_close(handle);
  if (!is_made) {
    std::fputs("the old file could not be made\n", stderr);
    std::abort();
  }
}

}  // namespace store
}  // namespace frontdesk
