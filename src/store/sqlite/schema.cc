#include "store/sqlite/schema.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {
namespace {

constexpr absl::string_view kMagic("SQLite format 3\0", 16);
constexpr std::size_t kApplicationIdOffset = 68;

// More tables than a file of any version has.
constexpr std::size_t kMaxTables = 32;

// The parts of a file that show its layout.
struct Marks {
  std::int64_t application_id = 0;
  std::int64_t version = 0;
  // Everything in the schema, ordered by name. Anything but a table is there as an empty text.
  std::vector<std::string> tables;

  bool IsEmpty() const { return application_id == 0 && version == 0 && tables.empty(); }
};

// To be called in a transaction.
absl::StatusOr<Marks> ReadMarks(Connection& connection) {
  Marks marks;
  FRONTDESK_ASSIGN_OR_RETURN(marks.application_id, connection.ReadInteger("PRAGMA application_id"));
  FRONTDESK_ASSIGN_OR_RETURN(marks.version, connection.ReadInteger("PRAGMA user_version"));
  FRONTDESK_ASSIGN_OR_RETURN(
      Statement statement,
      Statement::Prepare(connection, "SELECT type, sql FROM sqlite_schema ORDER BY name"));
  while (marks.tables.size() < kMaxTables) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
    if (!has_row) break;
    const bool is_table = statement.Bytes(0) == "table";
    // An index that SQLite makes for a key has no text.
    if (!is_table && statement.Is(1, SQLITE_NULL)) continue;
    marks.tables.emplace_back(is_table ? statement.Bytes(1) : absl::string_view());
  }
  return marks;
}

// The tables of the version; null for one that `schema` does not know.
const std::vector<std::string>* TablesOf(const Schema& schema, std::int64_t version) {
  if (version == schema.version()) return &schema.tables;
  if (version < 1 || version > schema.version()) return nullptr;
  return &schema.migrations[static_cast<std::size_t>(version - 1)].tables;
}

// OK: the file is empty, or has one of the versions of `schema`.
absl::Status CheckMarks(const Marks& marks, const Schema& schema) {
  if (marks.IsEmpty()) return absl::OkStatus();
  if (marks.application_id != kApplicationId) {
    if (marks.application_id == kCloneApplicationId) {
      return absl::InvalidArgumentError("the file is the clone of a store, and was left behind");
    }
    if (marks.tables == schema.tables) return Damaged("its header");
    return absl::InvalidArgumentError("the file is a database of another program");
  }
  if (marks.version > schema.version()) return NewerVersion(marks.version, schema.version());
  const std::vector<std::string>* tables = TablesOf(schema, marks.version);
  if (tables == nullptr) return Damaged("its version");
  if (marks.tables != *tables) return Damaged("its tables");
  return absl::OkStatus();
}

absl::Status Create(Connection& connection, const Schema& schema) {
  for (const std::string& table : schema.tables) {
    FRONTDESK_RETURN_IF_ERROR(connection.Run(table.c_str()));
  }
  return connection.Run(absl::StrCat("PRAGMA application_id=", kApplicationId).c_str());
}

// In a transaction for writing: from whatever version the file has by now.
absl::Status Bring(Connection& connection, const Schema& schema) {
  FRONTDESK_ASSIGN_OR_RETURN(const Marks marks, ReadMarks(connection));
  FRONTDESK_RETURN_IF_ERROR(CheckMarks(marks, schema));
  if (marks.IsEmpty()) {
    FRONTDESK_RETURN_IF_ERROR(Create(connection, schema));
  } else {
    for (std::int64_t version = marks.version; version < schema.version(); ++version) {
      const auto index = static_cast<std::size_t>(version - 1);
      FRONTDESK_RETURN_IF_ERROR(schema.migrations[index].run(connection));
    }
  }
  FRONTDESK_RETURN_IF_ERROR(
      connection.Run(absl::StrCat("PRAGMA user_version=", schema.version()).c_str()));
  // A migration that misses the tables of its version is not kept.
  FRONTDESK_ASSIGN_OR_RETURN(const Marks after, ReadMarks(connection));
  if (after.tables != schema.tables) return Damaged("its tables after a migration");
  return connection.Run("COMMIT");
}

// A file that ends inside a page has been cut, unless its log has the rest. SQLite itself compares whole pages. To be
// called in a transaction, which keeps others from emptying the log meanwhile.
absl::Status CheckLength(Connection& connection) {
  FRONTDESK_ASSIGN_OR_RETURN(const Connection::Raw raw, connection.ReadRaw());
  FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t page, connection.ReadInteger("PRAGMA page_size"));
  if (raw.log_bytes > 0 || page <= 0 || raw.bytes % page == 0) return absl::OkStatus();
  return Damaged("it is cut off");
}

absl::StatusOr<Marks> ReadMarksAlone(Connection& connection) {
  FRONTDESK_RETURN_IF_ERROR(connection.Run("BEGIN"));
  absl::StatusOr<Marks> marks = ReadMarks(connection);
  if (marks.ok()) {
    absl::Status checked = CheckLength(connection);
    if (!checked.ok()) marks = checked;
  }
  const bool is_no_database =
      !marks.ok() && (sqlite3_extended_errcode(connection.handle()) & 0xff) == SQLITE_NOTADB;
  FRONTDESK_RETURN_IF_ERROR(connection.RollBack());
  if (is_no_database) return NoDatabase(connection);
  return marks;
}

}  // namespace

const Schema& CurrentSchema() {
  // `space` is the number of the desk, times 256, plus the number of the table.
  static const auto* schema = new Schema{
      {"CREATE TABLE desks(desk INTEGER PRIMARY KEY,name BLOB NOT NULL UNIQUE,"
       "position INTEGER NOT NULL,checksum INTEGER NOT NULL,link BLOB NOT NULL)STRICT",
       "CREATE TABLE rows(space INTEGER NOT NULL,key BLOB NOT NULL,checksum INTEGER NOT NULL,"
       "value BLOB NOT NULL,PRIMARY KEY(space,key))STRICT,WITHOUT ROWID"},
      {}};
  return *schema;
}

// The change of an old file needs the file alone, and SQLite does not always wait for that.
absl::Status UseLog(Connection& connection) {
  for (int attempt = 0;; ++attempt) {
    absl::StatusOr<std::string> mode = connection.ReadText("PRAGMA journal_mode=WAL");
    if (mode.ok() && *mode == "wal") return absl::OkStatus();
    if (mode.ok()) {
      return absl::UnavailableError("the file system has no shared memory for the log of SQLite");
    }
    const int code = sqlite3_extended_errcode(connection.handle()) & 0xff;
    if (code != SQLITE_BUSY || !connection.busy_wait().Wait(attempt)) return mode.status();
  }
}

absl::Status NewerVersion(std::int64_t version, std::int64_t known) {
  return absl::FailedPreconditionError(absl::StrCat("the SQLite file has version ", version,
                                                    "; this code reads and writes up to ", known,
                                                    "; a newer frontdesk opens it"));
}

absl::Status NoDatabase(Connection& connection) {
  FRONTDESK_ASSIGN_OR_RETURN(const Connection::Raw raw, connection.ReadRaw());
  const absl::string_view bytes = raw.header;
  const std::string id = {char(kApplicationId >> 24), char(kApplicationId >> 16 & 0xff),
                          char(kApplicationId >> 8 & 0xff), char(kApplicationId & 0xff)};
  const bool has_magic =
      !bytes.empty() && bytes.substr(0, kMagic.size()) == kMagic.substr(0, bytes.size());
  const bool has_id = bytes.size() > kApplicationIdOffset &&
                      absl::StartsWith(bytes.substr(kApplicationIdOffset), id);
  if (has_magic || has_id) return Damaged("its header");
  return absl::InvalidArgumentError("the file is no SQLite database");
}

absl::Status PrepareFile(Connection& connection, const Schema& schema, bool read_only,
                         bool must_exist) {
  FRONTDESK_ASSIGN_OR_RETURN(const Marks marks, ReadMarksAlone(connection));
  FRONTDESK_RETURN_IF_ERROR(CheckMarks(marks, schema));
  if (marks.IsEmpty() && must_exist) return absl::NotFoundError("the file is empty");
  const bool is_current = !marks.IsEmpty() && marks.version == schema.version();
  if (read_only) {
    if (is_current) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("the SQLite file has the older version ", marks.version,
                     ", which has to be migrated; open it once for writing"));
  }
  FRONTDESK_RETURN_IF_ERROR(UseLog(connection));
  if (is_current) return absl::OkStatus();
  FRONTDESK_RETURN_IF_ERROR(connection.Run("BEGIN IMMEDIATE"));
  absl::Status brought = Bring(connection, schema);
  if (!brought.ok()) (void)connection.RollBack();
  return brought;
}

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk
