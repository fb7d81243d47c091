// In a translation unit of its own and never inlined, as cel_floor.cc.
#include "sqlite_floor.h"

#include <sqlite3.h>

#include <cstring>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

void Require(int code, absl::string_view what) {
  if (code != SQLITE_OK) Die(absl::StrCat("SQLite: ", what, ": ", sqlite3_errstr(code)));
}

sqlite3* OpenFile(const std::string& path) {
  sqlite3* handle = nullptr;
  Require(
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr),
      "open");
  return handle;
}

sqlite3_stmt* Prepare(sqlite3* handle, const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  Require(
      sqlite3_prepare_v3(handle, text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr),
      text);
  return statement;
}

// The values of all rows, in the order of the keys.
bool AreSame(sqlite3_stmt* a, sqlite3_stmt* b) {
  while (true) {
    const int code = sqlite3_step(a);
    if (sqlite3_step(b) != code) return false;
    if (code == SQLITE_DONE) return true;
    if (code != SQLITE_ROW) Die("SQLite: a table cannot be read");
    for (int i = 0; i < sqlite3_column_count(a); ++i) {
      const void* const of_a = sqlite3_column_blob(a, i);
      const void* const of_b = sqlite3_column_blob(b, i);
      const int bytes = sqlite3_column_bytes(a, i);
      if (sqlite3_column_bytes(b, i) != bytes) return false;
      if (bytes > 0 && std::memcmp(of_a, of_b, static_cast<std::size_t>(bytes)) != 0) return false;
    }
  }
}

}  // namespace

struct SqliteFloor::Parts {
  const RecordedStatements& recorded;
  std::vector<sqlite3*> handles;
  // By connection and text; null where it was not executed.
  std::vector<std::vector<sqlite3_stmt*>> statements;
};

SqliteFloor::SqliteFloor(const std::string& path, const RecordedStatements& recorded,
                         bool is_synced)
    : parts_(new Parts{recorded, {}, {}}) {
  parts_->statements.resize(recorded.connections);
  for (std::size_t i = 0; i < recorded.connections; ++i) {
    sqlite3* const handle = OpenFile(path);
    parts_->handles.push_back(handle);
    parts_->statements[i].resize(recorded.texts.size());
    // The settings of src/store/sqlite/connection.cc that have a part in the cost.
    const std::string settings = absl::StrCat(
        "PRAGMA cache_size=-8192; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA "
        "cell_size_check=ON;"
        " PRAGMA secure_delete=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=",
        is_synced ? "FULL" : "OFF");
    Require(sqlite3_exec(handle, settings.c_str(), nullptr, nullptr, nullptr), "settings");
  }
  for (const RecordedStatement& each : recorded.statements) {
    sqlite3_stmt*& statement = parts_->statements[each.connection][each.text];
    if (statement != nullptr) continue;
    statement = Prepare(parts_->handles[each.connection], recorded.texts[each.text]);
  }
}

SqliteFloor::~SqliteFloor() {
  for (const std::vector<sqlite3_stmt*>& statements : parts_->statements) {
    for (sqlite3_stmt* const statement : statements) sqlite3_finalize(statement);
  }
  for (sqlite3* const handle : parts_->handles) {
    if (sqlite3_close(handle) != SQLITE_OK) Die("SQLite: a connection is not closed");
  }
}

ABSL_ATTRIBUTE_NOINLINE std::uint64_t SqliteFloor::Execute(std::size_t begin, std::size_t end) {
  std::uint64_t bytes = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const RecordedStatement& recorded = parts_->recorded.statements[i];
    sqlite3_stmt* const statement = parts_->statements[recorded.connection][recorded.text];
    int parameter = 0;
    for (const SqliteValue& value : recorded.values) {
      ++parameter;
      if (const std::string* const blob = std::get_if<std::string>(&value)) {
        sqlite3_bind_blob64(statement, parameter, blob->data(), blob->size(), SQLITE_STATIC);
      } else {
        sqlite3_bind_int64(statement, parameter, std::get<std::int64_t>(value));
      }
    }
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      for (int column = 0; column < sqlite3_column_count(statement); ++column) {
        if (sqlite3_column_type(statement, column) != SQLITE_BLOB) continue;
        if (sqlite3_column_blob(statement, column) == nullptr) continue;
        bytes += static_cast<std::uint64_t>(sqlite3_column_bytes(statement, column));
      }
    }
    sqlite3_reset(statement);
    if (code != SQLITE_DONE) Require(code, parts_->recorded.texts[recorded.text]);
  }
  return bytes;
}

bool HaveSameRows(const std::string& path, const std::string& other) {
  sqlite3* const handles[] = {OpenFile(path), OpenFile(other)};
  bool is_same = true;
  for (const char* const text :
       {"SELECT * FROM desks ORDER BY desk", "SELECT * FROM rows ORDER BY space, key"}) {
    sqlite3_stmt* const a = Prepare(handles[0], text);
    sqlite3_stmt* const b = Prepare(handles[1], text);
    is_same = is_same && AreSame(a, b);
    sqlite3_finalize(a);
    sqlite3_finalize(b);
  }
  for (sqlite3* const handle : handles) sqlite3_close(handle);
  return is_same;
}

}  // namespace frontdesk
