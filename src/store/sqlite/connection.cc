#include "store/sqlite/connection.h"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"
#include "store/sqlite/schema.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {
namespace {

// A row has a key, a value, and a little beside them.
constexpr int kMaxRowBytes = static_cast<int>(kMaxValueBytes + kMaxKeyBytes + 1'024);
constexpr int kMaxSqlBytes = 100'000;
constexpr int kHeaderBytes = 100;
// Of a new file. In pages of 4,096 bytes, a record of the journal would have a page of its own. The file would be more
// than twice as large.
constexpr int kPageBytes = 8'192;

absl::StatusCode StatusCodeOf(int code) {
  switch (code) {
    case SQLITE_IOERR_CORRUPTFS:
    case SQLITE_IOERR_DATA:
      return absl::StatusCode::kDataLoss;
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    // These come from a file that another program has changed: a table or column that is gone, a type
    // that does not fit, a row that is too large.
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_AUTH:
      return absl::StatusCode::kDataLoss;
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_INTERNAL:
      return absl::StatusCode::kInternal;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

int OnBusy(void* wait, int attempt) { return static_cast<BusyWait*>(wait)->Wait(attempt) ? 1 : 0; }

const char* SynchronousOf(SqliteDurability durability) {
  switch (durability) {
    case SqliteDurability::kFull:
      return "PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; PRAGMA checkpoint_fullfsync=ON";
    case SqliteDurability::kNormal:
      return "PRAGMA synchronous=NORMAL";
    case SqliteDurability::kOff:
      break;
  }
  return "PRAGMA synchronous=OFF";
}

// Turns off, or limits, all that a file of a stranger could use against this process.
absl::Status Harden(sqlite3* handle) {
  const std::pair<int, int> configurations[] = {
      {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
      {SQLITE_DBCONFIG_ENABLE_FKEY, 0},    {SQLITE_DBCONFIG_DQS_DML, 0},
      {SQLITE_DBCONFIG_DQS_DDL, 0},        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}};
  for (const auto& [option, value] : configurations) {
    const int code = sqlite3_db_config(handle, option, value, static_cast<int*>(nullptr));
    if (code != SQLITE_OK) return StatusOf(code);
  }
  const std::pair<int, int> limits[] = {
      {SQLITE_LIMIT_LENGTH, kMaxRowBytes}, {SQLITE_LIMIT_SQL_LENGTH, kMaxSqlBytes},
      {SQLITE_LIMIT_COLUMN, 32},           {SQLITE_LIMIT_EXPR_DEPTH, 32},
      {SQLITE_LIMIT_COMPOUND_SELECT, 4},   {SQLITE_LIMIT_VDBE_OP, 25'000},
      {SQLITE_LIMIT_FUNCTION_ARG, 8},      {SQLITE_LIMIT_ATTACHED, 0},
      {SQLITE_LIMIT_VARIABLE_NUMBER, 16},  {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
      {SQLITE_LIMIT_WORKER_THREADS, 0}};
  for (const auto& [limit, value] : limits) sqlite3_limit(handle, limit, value);
  return absl::OkStatus();
}

}  // namespace

absl::Status StatusOf(int code) {
  const int primary = code & 0xff;
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
    return absl::UnavailableError("the lock of the SQLite file is held by another process");
  }
  return absl::Status(StatusCodeOf(code),
                      absl::StrCat("SQLite: ", sqlite3_errstr(code), " (code ", code, ")"));
}

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the SQLite file is damaged: ", what));
}

bool BusyWait::Wait(int attempt) {
  const auto now = std::chrono::steady_clock::now();
  if (attempt == 0) {
    end_ = now + limit_;
    random_ ^= static_cast<std::uint32_t>(now.time_since_epoch().count()) | 1u;
  }
  if (now >= end_) return false;
  random_ = random_ * 1'664'525u + 1'013'904'223u;
  const auto step = std::chrono::microseconds(200 + (random_ >> 16) % (attempt < 10 ? 800 : 4'000));
  std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(step, end_ - now));
  return true;
}

Connection::Connection(sqlite3* handle, std::chrono::milliseconds busy_timeout)
    : handle_(handle), busy_wait_(busy_timeout) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_handler(handle_, &OnBusy, &busy_wait_);
}

Connection::~Connection() { sqlite3_close_v2(handle_); }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& path,
                                                             const Settings& settings) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, settings.flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (handle == nullptr) return StatusOf(SQLITE_NOMEM);
  std::unique_ptr<Connection> connection(new Connection(handle, settings.busy_timeout));
  if (code != SQLITE_OK) return StatusOf(code);
  FRONTDESK_RETURN_IF_ERROR(Harden(handle));
  const std::string pragmas = absl::StrCat(
      "PRAGMA page_size=", kPageBytes, "; PRAGMA cache_size=-", settings.cache_bytes / 1'024,
      "; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
      " PRAGMA secure_delete=ON; ",
      SynchronousOf(settings.durability));
  absl::Status configured = connection->Run(pragmas.c_str());
  if ((sqlite3_extended_errcode(handle) & 0xff) == SQLITE_NOTADB) return NoDatabase(*connection);
  if (!configured.ok()) return configured;
  return connection;
}

absl::Status Connection::Run(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : StatusOf(code);
}

absl::StatusOr<std::int64_t> Connection::ReadInteger(const char* sql) {
  FRONTDESK_ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(*this, sql));
  FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
  return has_row ? statement.Integer(0) : 0;
}

absl::StatusOr<std::string> Connection::ReadText(const char* sql) {
  FRONTDESK_ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(*this, sql));
  FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
  return has_row ? std::string(statement.Bytes(0)) : std::string();
}

absl::Status Connection::RollBack() {
  return sqlite3_get_autocommit(handle_) != 0 ? absl::OkStatus() : Run("ROLLBACK");
}

absl::StatusOr<Connection::Raw> Connection::ReadRaw() {
  Raw raw;
  sqlite3_file* file = nullptr;
  int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK) return StatusOf(code);
  if (file == nullptr || file->pMethods == nullptr) return raw;
  sqlite3_int64 bytes = 0;
  code = file->pMethods->xFileSize(file, &bytes);
  if (code != SQLITE_OK) return StatusOf(code);
  raw.bytes = bytes;
  raw.header.resize(static_cast<std::size_t>(std::min<sqlite3_int64>(bytes, kHeaderBytes)));
  if (!raw.header.empty()) {
    code = file->pMethods->xRead(file, &raw.header[0], static_cast<int>(raw.header.size()), 0);
    if (code != SQLITE_OK) return StatusOf(code);
  }
  sqlite3_file* log = nullptr;
  code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (code != SQLITE_OK) return StatusOf(code);
  if (log != nullptr && log->pMethods != nullptr) {
    code = log->pMethods->xFileSize(log, &bytes);
    if (code != SQLITE_OK) return StatusOf(code);
    raw.log_bytes = bytes;
  }
  return raw;
}

absl::StatusOr<Statement> Statement::Prepare(const Connection& connection, absl::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return StatusOf(code);
  return Statement(statement);
}

Statement& Statement::Bind(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), index, value);
  if (bound_ == SQLITE_OK) bound_ = code;
  return *this;
}

Statement& Statement::Bind(int index, absl::string_view bytes) {
  // A null pointer would be NULL, not an empty value.
  const char* data = bytes.empty() ? "" : bytes.data();
  const int code = sqlite3_bind_blob64(statement_.get(), index, data, bytes.size(), SQLITE_STATIC);
  if (bound_ == SQLITE_OK) bound_ = code;
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  int code = std::exchange(bound_, SQLITE_OK);
  if (code == SQLITE_OK) code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(statement_.get());
  if (code == SQLITE_DONE) return false;
  return StatusOf(code);
}

absl::Status Statement::Run() {
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, Step());
    if (!has_row) return absl::OkStatus();
  }
}

void Statement::Reset() {
  bound_ = SQLITE_OK;
  sqlite3_reset(statement_.get());
}

std::int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

absl::string_view Statement::Bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr
             ? absl::string_view()
             : absl::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

bool Statement::Is(int column, int type) const {
  return sqlite3_column_type(statement_.get(), column) == type;
}

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk
