// A role that may read and write the rows of desks, and nothing else.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/substitute.h"
#include "frontdesk/store/postgres_store.h"
#include "internal/status_macros.h"
#include "store/postgres/connection.h"
#include "store/postgres/schema.h"
#include "store/postgres/target.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

constexpr absl::string_view kTooMuch = "FD101";

// $0 is the role, $1 the schema; both need no quotes. A role that may do more than a store needs gets no grants: they would not make it
// less.
constexpr absl::string_view kMakeRole = R"sql(DO $$$$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$0') THEN
    CREATE ROLE "$0" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = '$0'
      AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls))
    OR EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
      WHERE r.rolname = '$0')
    OR EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
      WHERE n.nspname = '$1' AND r.rolname = '$0')
    OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_roles r ON r.oid = c.relowner WHERE n.nspname = '$1' AND r.rolname = '$0') THEN
    RAISE EXCEPTION 'the role may do more than a store needs' USING ERRCODE = 'FD101';
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO "$0"', current_database());
END
$$$$)sql";

constexpr absl::string_view kGrants[] = {
    R"sql(REVOKE ALL ON ALL TABLES IN SCHEMA "$1" FROM "$0")sql",
    R"sql(REVOKE ALL ON SCHEMA "$1" FROM "$0")sql",
    R"sql(GRANT USAGE ON SCHEMA "$1" TO "$0")sql",
    R"sql(GRANT SELECT ON "$1".layout TO "$0")sql",
    R"sql(GRANT SELECT, INSERT, UPDATE ON "$1".desks TO "$0")sql",
    R"sql(GRANT SELECT, INSERT, UPDATE, DELETE ON "$1".rows, "$1".writers TO "$0")sql",
    R"sql(GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA "$1" TO "$0")sql",
};

// A grant by somebody who may not give it is a warning of the server, and no error.
constexpr absl::string_view kCheckGrants = R"sql(DO $$$$
BEGIN
  IF NOT has_schema_privilege('$0', '$1', 'USAGE')
    OR NOT has_table_privilege('$0', '$1.layout', 'SELECT')
    OR NOT has_table_privilege('$0', '$1.desks', 'UPDATE')
    OR NOT has_table_privilege('$0', '$1.rows', 'DELETE')
    OR NOT has_table_privilege('$0', '$1.writers', 'DELETE') THEN
    RAISE EXCEPTION 'these privileges are the owner''s to give' USING ERRCODE = '42501';
  END IF;
END
$$$$)sql";

// To be run in one transaction.
std::vector<std::string> StatementsOfRole(absl::string_view role, absl::string_view schema) {
  std::vector<std::string> statements = {absl::Substitute(kMakeRole, role, schema)};
  for (const absl::string_view text : kGrants) {
    statements.push_back(absl::Substitute(text, role, schema));
  }
  statements.push_back(absl::Substitute(kCheckGrants, role, schema));
  return statements;
}

absl::Status RunInOneTransaction(Connection& connection, const std::vector<std::string>& texts) {
  std::vector<Statement> statements;
  statements.reserve(texts.size());
  for (const std::string& text : texts) statements.push_back({"", text.c_str()});
  std::vector<Call> calls(statements.size());
  for (std::size_t i = 0; i < calls.size(); ++i) calls[i].statement = &statements[i];
  const absl::Status done = connection.Run(calls).status();
  if (done.ok() || connection.sql_state() != kTooMuch) return done;
  return absl::FailedPreconditionError(
      "the role exists, and may do more than a store needs. It is a superuser, makes databases or "
      "roles, replicates, passes row security, is a member of another role, or owns the tables");
}

}  // namespace
}  // namespace postgres_internal

using postgres_internal::Target;

absl::StatusOr<std::string> PostgresStore::RoleStatements(absl::string_view role,
                                                          const PostgresOptions& options) {
  FRONTDESK_RETURN_IF_ERROR(postgres_internal::CheckPlainName(role, "role"));
  FRONTDESK_ASSIGN_OR_RETURN(const Target target, postgres_internal::MakeTarget("", options));
  std::string text = "BEGIN;\n";
  for (const std::string& each : postgres_internal::StatementsOfRole(role, target.schema)) {
    absl::StrAppend(&text, each, ";\n");
  }
  return text + "COMMIT;\n";
}

absl::Status PostgresStore::MakeRole(absl::string_view parameters, absl::string_view role,
                                     const PostgresOptions& options) {
  FRONTDESK_RETURN_IF_ERROR(postgres_internal::CheckPlainName(role, "role"));
  FRONTDESK_ASSIGN_OR_RETURN(const Target target,
                             postgres_internal::MakeTarget(parameters, options));
  FRONTDESK_ASSIGN_OR_RETURN(const auto connection, postgres_internal::Connection::Open(target));
  FRONTDESK_RETURN_IF_ERROR(postgres_internal::PrepareTables(
      *connection, target, postgres_internal::CurrentSchema(), options.must_exist));
  return postgres_internal::RunInOneTransaction(
      *connection, postgres_internal::StatementsOfRole(role, target.schema));
}

}  // namespace store
}  // namespace frontdesk
