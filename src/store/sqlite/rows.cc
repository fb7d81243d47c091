#include "store/sqlite/rows.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "internal/status_macros.h"
#include "store/sqlite/row_checksum.h"
#include "store/sqlite/schema.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

enum Rows::Use : std::size_t {
  kBegin,
  kBeginWriting,
  kEnd,
  kVersion,
  kFindDesk,
  kPutDesk,
  kNextDesk,
  kGet,
  kScan,
  kScanToEnd,
  kScanDescending,
  kScanToEndDescending,
  kKeys,
  kKeysToEnd,
  kPut,
  kRemove,
};

namespace {

// In the order of Rows::Use.
constexpr absl::string_view kTexts[] = {
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "PRAGMA user_version",
    "SELECT desk, position, checksum, link FROM desks WHERE name = ?1",
    "INSERT INTO desks(name, desk, position, checksum, link) VALUES(?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT(desk) DO UPDATE SET position = excluded.position, checksum = excluded.checksum,"
    " link = excluded.link",
    "SELECT max(desk) FROM desks",
    "SELECT value, checksum FROM rows WHERE space = ?1 AND key = ?2",
    "SELECT value, checksum, key FROM rows WHERE space = ?1 AND key >= ?2 AND key < ?4"
    " ORDER BY key LIMIT ?3",
    "SELECT value, checksum, key FROM rows WHERE space = ?1 AND key >= ?2"
    " ORDER BY key LIMIT ?3",
    "SELECT value, checksum, key FROM rows WHERE space = ?1 AND key >= ?2 AND key < ?4"
    " ORDER BY key DESC LIMIT ?3",
    "SELECT value, checksum, key FROM rows WHERE space = ?1 AND key >= ?2"
    " ORDER BY key DESC LIMIT ?3",
    "SELECT key FROM rows WHERE space = ?1 AND key >= ?2 AND key < ?4 ORDER BY key LIMIT ?3",
    "SELECT key FROM rows WHERE space = ?1 AND key >= ?2 ORDER BY key LIMIT ?3",
    "REPLACE INTO rows(space, key, checksum, value) VALUES(?1, ?2, ?3, ?4)",
    "DELETE FROM rows WHERE space = ?1 AND key = ?2",
};

// Far more than there can be; the numbers of spaces and positions stay numbers of 64 bits.
constexpr std::int64_t kMaxDesks = std::int64_t{1} << 31;
constexpr std::int64_t kMaxPosition = std::int64_t{1} << 62;

std::int64_t SpaceOf(std::int64_t desk, std::uint8_t table) { return desk * 256 + table; }

std::int64_t ChecksumOf(absl::string_view name, const Desk& desk) {
  return RowChecksum(desk.number, name, absl::StrCat(EncodePosition(desk.position), desk.link));
}

bool IsDeskValid(absl::string_view name, const Desk& desk, std::int64_t checksum) {
  return desk.number >= 1 && desk.number <= kMaxDesks && desk.position >= 0 &&
         desk.position <= kMaxPosition && desk.link.size() == kLinkBytes &&
         checksum == ChecksumOf(name, desk);
}

// The value of the row that `statement` is at: its columns are the value and the checksum.
absl::StatusOr<absl::string_view> CheckedValue(const Statement& statement, std::int64_t space,
                                               absl::string_view key) {
  if (!statement.Is(0, SQLITE_BLOB) || !statement.Is(1, SQLITE_INTEGER)) {
    return Damaged("a row is not of its types");
  }
  const absl::string_view value = statement.Bytes(0);
  if (RowChecksum(space, key, value) != statement.Integer(1)) {
    return Damaged("a row does not have its checksum");
  }
  return value;
}

std::int64_t LimitOf(std::size_t most) {
  return static_cast<std::int64_t>(
      std::min<std::uint64_t>(most, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace

absl::StatusOr<Rows> Rows::Prepare(const Connection& connection) {
  std::vector<Statement> statements;
  for (const absl::string_view text : kTexts) {
    FRONTDESK_ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(connection, text));
    statements.push_back(std::move(statement));
  }
  return Rows(std::move(statements));
}

absl::Status Rows::Begin() { return statements_[kBegin].Run(); }
absl::Status Rows::BeginWriting() { return statements_[kBeginWriting].Run(); }
absl::Status Rows::End() { return statements_[kEnd].Run(); }

absl::Status Rows::CheckVersion(std::int64_t known) {
  Statement& statement = statements_[kVersion];
  const StatementReset reset(statement);
  FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
  const std::int64_t version = has_row ? statement.Integer(0) : 0;
  if (version > known) return NewerVersion(version, known);
  return version == known ? absl::OkStatus() : Damaged("its version");
}

absl::StatusOr<Desk> Rows::FindDesk(absl::string_view name) {
  Statement& statement = statements_[kFindDesk];
  const StatementReset reset(statement);
  FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Bind(1, name).Step());
  if (!has_row) return Desk();
  const Desk desk = {statement.Integer(0), statement.Integer(1), std::string(statement.Bytes(3))};
  if (!IsDeskValid(name, desk, statement.Integer(2))) return Damaged("a desk is not valid");
  return desk;
}

absl::Status Rows::PutDesk(absl::string_view name, const Desk& desk) {
  return statements_[kPutDesk]
      .Bind(1, name)
      .Bind(2, desk.number)
      .Bind(3, desk.position)
      .Bind(4, ChecksumOf(name, desk))
      .Bind(5, desk.link)
      .Run();
}

absl::StatusOr<std::int64_t> Rows::NextDesk() {
  Statement& statement = statements_[kNextDesk];
  const StatementReset reset(statement);
  FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
  const std::int64_t last = has_row ? statement.Integer(0) : 0;
  if (last < 0 || last >= kMaxDesks) return Damaged("a desk is not valid");
  return last + 1;
}

absl::StatusOr<absl::optional<absl::string_view>> Rows::Find(std::int64_t desk, const Key& key) {
  const std::int64_t space = SpaceOf(desk, key.table);
  Statement& statement = statements_[kGet];
  FRONTDESK_ASSIGN_OR_RETURN(const bool has_row,
                             statement.Bind(1, space).Bind(2, key.bytes).Step());
  absl::optional<absl::string_view> value;
  if (!has_row) return value;
  FRONTDESK_ASSIGN_OR_RETURN(value, CheckedValue(statement, space, key.bytes));
  return value;
}

absl::StatusOr<Value> Rows::Get(std::int64_t desk, const Key& key) {
  const StatementReset reset(statements_[kGet]);
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<absl::string_view> value, Find(desk, key));
  return value.has_value() ? MakeValue(std::string(*value)) : Value();
}

absl::StatusOr<bool> Rows::Holds(std::int64_t desk, const Key& key, const Value& value) {
  const StatementReset reset(statements_[kGet]);
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<absl::string_view> found, Find(desk, key));
  if (value == nullptr || !found.has_value()) return value == nullptr && !found.has_value();
  return *found == *value;
}

Statement& Rows::BindRange(std::int64_t desk, const Range& range, std::size_t most, bool descending,
                           bool keys_only) {
  const bool has_end = range.end.has_value();
  const Use use = keys_only    ? (has_end ? kKeys : kKeysToEnd)
                  : descending ? (has_end ? kScanDescending : kScanToEndDescending)
                               : (has_end ? kScan : kScanToEnd);
  Statement& statement = statements_[use];
  statement.Bind(1, SpaceOf(desk, range.table)).Bind(2, range.begin).Bind(3, LimitOf(most));
  if (has_end) statement.Bind(4, *range.end);
  return statement;
}

absl::StatusOr<std::vector<Row>> Rows::Scan(std::int64_t desk, const Range& range, std::size_t most,
                                            bool descending) {
  Statement& statement = BindRange(desk, range, most, descending, /*keys_only=*/false);
  const StatementReset reset(statement);
  const std::int64_t space = SpaceOf(desk, range.table);
  std::vector<Row> rows;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
    if (!has_row) return rows;
    std::string key(statement.Bytes(2));
    FRONTDESK_ASSIGN_OR_RETURN(const absl::string_view value, CheckedValue(statement, space, key));
    rows.push_back({std::move(key), MakeValue(std::string(value))});
  }
}

absl::StatusOr<std::vector<std::string>> Rows::Keys(std::int64_t desk, const Range& range,
                                                    std::size_t most) {
  Statement& statement = BindRange(desk, range, most, /*descending=*/false, /*keys_only=*/true);
  const StatementReset reset(statement);
  std::vector<std::string> keys;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
    if (!has_row) return keys;
    keys.emplace_back(statement.Bytes(0));
  }
}

absl::Status Rows::Put(std::int64_t desk, std::uint8_t table, absl::string_view key,
                       absl::string_view value) {
  const std::int64_t space = SpaceOf(desk, table);
  return statements_[kPut]
      .Bind(1, space)
      .Bind(2, key)
      .Bind(3, RowChecksum(space, key, value))
      .Bind(4, value)
      .Run();
}

absl::Status Rows::Remove(std::int64_t desk, std::uint8_t table, absl::string_view key) {
  return statements_[kRemove].Bind(1, SpaceOf(desk, table)).Bind(2, key).Run();
}

absl::Status Rows::CheckAll(const Connection& connection) {
  std::vector<std::int64_t> desks;
  FRONTDESK_ASSIGN_OR_RETURN(
      Statement statement,
      Statement::Prepare(connection,
                         "SELECT desk, position, checksum, name, link FROM desks ORDER BY desk"));
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
    if (!has_row) break;
    const Desk desk = {statement.Integer(0), statement.Integer(1), std::string(statement.Bytes(4))};
    if (!IsDeskValid(statement.Bytes(3), desk, statement.Integer(2))) {
      return Damaged("a desk is not valid");
    }
    desks.push_back(desk.number);
  }
  FRONTDESK_ASSIGN_OR_RETURN(
      statement, Statement::Prepare(connection, "SELECT value, checksum, space, key FROM rows"));
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
    if (!has_row) return absl::OkStatus();
    const std::int64_t space = statement.Integer(2);
    if (!std::binary_search(desks.begin(), desks.end(), space / 256)) {
      return Damaged("a row belongs to no desk");
    }
    FRONTDESK_RETURN_IF_ERROR(CheckedValue(statement, space, statement.Bytes(3)).status());
  }
}

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk
