#include "store/postgres/server_error.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

struct Known {
  absl::string_view sql_state;
  absl::StatusCode code;
  absl::string_view text;
};

constexpr Known kKnown[] = {
    {"28000", absl::StatusCode::kFailedPrecondition, "the server refuses the user"},
    {"28P01", absl::StatusCode::kFailedPrecondition, "the server refuses the password"},
    {"3D000", absl::StatusCode::kNotFound, "the server has no such database"},
    {"42501", absl::StatusCode::kFailedPrecondition,
     "the role of the connection lacks a privilege"},
    {"25006", absl::StatusCode::kUnavailable, "the server does not accept writing"},
    {"53100", absl::StatusCode::kUnavailable, "the disk of the server is full"},
    {"53200", absl::StatusCode::kUnavailable, "the server has no memory left"},
    {"53300", absl::StatusCode::kUnavailable, "the server has too many connections"},
    {"55P03", absl::StatusCode::kUnavailable,
     "another process holds a lock for longer than lock_timeout"},
    {"57014", absl::StatusCode::kUnavailable,
     "the server ended a statement: it took longer than statement_timeout, or somebody canceled "
     "it"},
    {"57P01", absl::StatusCode::kUnavailable, "the server is shutting down"},
    {"57P02", absl::StatusCode::kUnavailable, "the server has crashed"},
    {"57P03", absl::StatusCode::kUnavailable, "the server is starting, or is shutting down"},
    {"40001", absl::StatusCode::kUnavailable, "the server could not serialize a transaction"},
    {"40P01", absl::StatusCode::kUnavailable, "the server found a deadlock"},
    {"XX001", absl::StatusCode::kDataLoss, "the server found damaged data"},
    {"XX002", absl::StatusCode::kDataLoss, "the server found a damaged index"},
};

// Tables, columns, functions or types that are not those of frontdesk, and values that do not fit them.
bool IsOfOtherTables(absl::string_view sql_state) {
  return absl::StartsWith(sql_state, "42") || absl::StartsWith(sql_state, "22") ||
         absl::StartsWith(sql_state, "23") || sql_state == "3F000";
}

}  // namespace

absl::Status StatusOfSqlState(absl::string_view sql_state) {
  if (sql_state.empty()) return ConnectionLost();
  for (const Known& known : kKnown) {
    if (known.sql_state != sql_state) continue;
    return absl::Status(known.code,
                        absl::StrCat("PostgreSQL: ", known.text, " (SQLSTATE ", sql_state, ")"));
  }
  return absl::Status(
      IsOfOtherTables(sql_state) ? absl::StatusCode::kDataLoss : absl::StatusCode::kUnavailable,
      absl::StrCat("PostgreSQL: the server reports SQLSTATE ", sql_state));
}

bool IsRepeatable(absl::string_view sql_state) {
  return sql_state == "40001" || sql_state == "40P01" || EndsConnection(sql_state);
}

bool EndsConnection(absl::string_view sql_state) {
  return sql_state == "25006" || absl::StartsWith(sql_state, "57P") ||
         absl::StartsWith(sql_state, "08");
}

bool IsOfWaiting(absl::string_view sql_state) {
  return sql_state == "55P03" || sql_state == "57014";
}

absl::Status ConnectionLost() {
  return absl::UnavailableError("PostgreSQL: the connection to the server was lost");
}

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the PostgreSQL store is damaged: ", what));
}

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
