// A role that may use stores, and nothing else.
#include <libpq-fe.h>
#include <poll.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/store/postgres_store.h"
#include "gmock/gmock.h"
#include "store/contract.h"
#include "store/postgres/open_store.h"
#include "store/postgres_testing.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PostgresRoleTest : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (IsSkipped()) return;
    options_.schema = NewPostgresName();
    role_ = NewPostgresName();
  }

  static std::string Query(const std::string& text) { return ScratchPostgres::Get().Query(text); }
  static std::string Superuser() { return ScratchPostgres::Get().parameters(); }
  static std::string As(const std::string& role) {
    return absl::StrCat("host=", ScratchPostgres::Get().folder(), " dbname=postgres user=", role);
  }
  // The SQLSTATE of a statement that fails; "done" when it does not.
  static std::string SqlState(const std::string& parameters, const std::string& text) {
    PGconn* const connection = PQconnectdb(parameters.c_str());
    PGresult* const result = PQexec(connection, text.c_str());
    const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string found = state == nullptr ? "done" : state;
    PQclear(result);
    PQfinish(connection);
    return found;
  }
  void MustMakeRole() {
    const absl::Status made = PostgresStore::MakeRole(Superuser(), role_, options_);
    ASSERT_TRUE(made.ok()) << made;
  }

  PostgresOptions options_;
  std::string role_;
};

TEST_F(PostgresRoleTest, ReadsWritesAndWatches) {
  // Whoever makes a role makes the tables too; a second time changes nothing.
  MustMakeRole();
  MustMakeRole();
  const auto opened = PostgresStore::Open(As(role_), options_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  PostgresStore& store = **opened;
  const auto watch = store.StartWatch();
  ASSERT_TRUE(watch.ok()) << watch.status();
  MustCommit(store, OfWrites({Put(1, "a", "1"), Put(1, "b", "1")}));
  pollfd waiting = {(*watch)->descriptor(), POLLIN, 0};
  while (::poll(&waiting, 1, -1) != 1) continue;
  MustCommit(store, OfWrites({Put(1, "a", "2"), Remove(1, "b")}));
  EXPECT_EQ(Get(store, 1, "a"), "2");
  EXPECT_EQ(Get(store, 1, "b"), "<none>");
  EXPECT_EQ(MustRead(store)->position(), 2);
  // Another desk of the schema.
  options_.desk = "south";
  const auto other = PostgresStore::Open(As(role_), options_);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(MustCommit(**other, OfWrites({})).position, 1);
}

TEST_F(PostgresRoleTest, DoesNothingElse) {
  MustMakeRole();
  const std::string other = NewPostgresName();
  Query(absl::StrCat("CREATE SCHEMA ", other, "; CREATE TABLE ", other, ".secrets(a integer)"));
  const std::string schema = options_.schema;
  for (const std::string& text : {
           absl::StrCat("CREATE TABLE ", schema, ".more(a integer)"),
           absl::StrCat("CREATE FUNCTION ", schema,
                        ".f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
           absl::StrCat("ALTER TABLE ", schema, ".rows ADD COLUMN a integer"),
           absl::StrCat("ALTER SCHEMA ", schema, " RENAME TO mine"),
           absl::StrCat("DROP TABLE ", schema, ".rows"),
           absl::StrCat("DROP SCHEMA ", schema, " CASCADE"),
           absl::StrCat("TRUNCATE ", schema, ".rows"),
           absl::StrCat("UPDATE ", schema, ".layout SET version = 9"),
           absl::StrCat("DELETE FROM ", schema, ".desks"),
           absl::StrCat("CREATE INDEX ON ", schema, ".rows(value)"),
           absl::StrCat("CREATE TRIGGER t AFTER INSERT ON ", schema,
                        ".rows EXECUTE FUNCTION suppress_redundant_updates_trigger()"),
           absl::StrCat("SELECT * FROM ", other, ".secrets"),
           std::string("SELECT * FROM pg_authid"),
           std::string("CREATE TABLE public.more(a integer)"),
           std::string("CREATE SCHEMA more"),
           std::string("CREATE ROLE more"),
           std::string("CREATE DATABASE more"),
           std::string("COPY (SELECT 1) TO PROGRAM 'cat'"),
           std::string("SET ROLE frontdesk"),
       }) {
    EXPECT_EQ(SqlState(As(role_), text), "42501") << text;
  }
  // Readable tables are those of the schema.
  EXPECT_EQ(
      Query(absl::StrCat("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = "
                         "c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN "
                         "('pg_catalog', 'information_schema', '",
                         schema, "') AND has_table_privilege('", role_, "', c.oid, 'SELECT')")),
      "0");
}

TEST_F(PostgresRoleTest, MakesAndMigratesNoTables) {
  EXPECT_TRUE(MustOpenPostgres("", options_) != nullptr);
  MustMakeRole();
  postgres_internal::Schema next = postgres_internal::CurrentSchema();
  next.migrations.push_back({next.columns, {"ALTER TABLE desks ADD COLUMN more bigint"}});
  next.columns.replace(next.columns.find(", layout."), 0, ", desks.more bigint");
  const absl::Status migrated = postgres_internal::OpenStore(As(role_), options_, next).status();
  EXPECT_EQ(migrated.code(), absl::StatusCode::kFailedPrecondition) << migrated;
  EXPECT_THAT(std::string(migrated.message()), HasSubstr("may not migrate the tables"));
  EXPECT_THAT(std::string(migrated.message()), Not(HasSubstr(role_)));
  const auto opened = PostgresStore::Open(As(role_), options_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(MustCommit(**opened, OfWrites({})).position, 1);
  PostgresOptions elsewhere;
  elsewhere.schema = NewPostgresName();
  const absl::Status made = PostgresStore::Open(As(role_), elsewhere).status();
  EXPECT_EQ(made.code(), absl::StatusCode::kFailedPrecondition) << made;
  EXPECT_THAT(std::string(made.message()), HasSubstr("may not make the tables"));
}

TEST_F(PostgresRoleTest, HasExactlyThesePrivileges) {
  MustMakeRole();
  const std::string schema = options_.schema;
  Query(absl::StrCat("GRANT ALL ON ALL TABLES IN SCHEMA ", schema, " TO ", role_,
                     "; GRANT ALL ON SCHEMA ", schema, " TO ", role_, "; ALTER ROLE ", role_,
                     " PASSWORD 'planted' CONNECTION LIMIT 7"));
  EXPECT_EQ(SqlState(As(role_), absl::StrCat("UPDATE ", schema, ".layout SET version = version")),
            "done");
  MustMakeRole();
  EXPECT_EQ(SqlState(As(role_), absl::StrCat("UPDATE ", schema, ".layout SET version = version")),
            "42501");
  EXPECT_EQ(SqlState(As(role_), absl::StrCat("CREATE TABLE ", schema, ".t(a integer)")), "42501");
  EXPECT_EQ(Query(absl::StrCat("SELECT rolconnlimit FROM pg_authid WHERE rolpassword IS NOT NULL"
                               " AND rolname = '",
                               role_, "'")),
            "7");
}

// A role that may do more would do more.
TEST_F(PostgresRoleTest, RolesThatMayDoMoreAreRefused) {
  const std::string maker = NewPostgresName(), member = NewPostgresName(),
                    owner = NewPostgresName();
  Query(absl::StrCat("CREATE ROLE ", maker, " CREATEDB; CREATE ROLE ", member, " IN ROLE ", maker,
                     "; CREATE ROLE ", owner, " LOGIN"));
  Query(absl::StrCat("CREATE SCHEMA ", options_.schema, " AUTHORIZATION ", owner));
  ASSERT_TRUE(PostgresStore::Open(As(owner), options_).ok());
  for (const std::string& role : {std::string("frontdesk"), maker, member, owner}) {
    const absl::Status refused = PostgresStore::MakeRole(Superuser(), role, options_);
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << role << ": " << refused;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("may do more"));
  }
  // Neither may anybody make roles who may not.
  EXPECT_EQ(PostgresStore::MakeRole(As(owner), role_, options_).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Query(absl::StrCat("SELECT count(*) FROM pg_roles WHERE rolname = '", role_, "'")),
            "0");
  // One who may make roles gives no privileges of others.
  Query(absl::StrCat("ALTER ROLE ", maker, " LOGIN CREATEROLE; GRANT USAGE ON SCHEMA ",
                     options_.schema, " TO ", maker, "; GRANT SELECT ON ALL TABLES IN SCHEMA ",
                     options_.schema, " TO ", maker));
  EXPECT_EQ(PostgresStore::MakeRole(As(maker), role_, options_).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Query(absl::StrCat("SELECT count(*) FROM pg_roles WHERE rolname = '", role_, "'")),
            "0");
}

TEST_F(PostgresRoleTest, TheStatementsAreAScript) {
  EXPECT_TRUE(MustOpenPostgres("", options_) != nullptr);
  const auto script = PostgresStore::RoleStatements(role_, options_);
  ASSERT_TRUE(script.ok()) << script.status();
  Query(*script);
  Query(*script);
  const auto opened = PostgresStore::Open(As(role_), options_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(MustCommit(**opened, OfWrites({})).position, 1);
  for (const std::string& role :
       {std::string(), std::string("Planted"), std::string("a\"b"), std::string("a'b"),
        std::string("a;b"), std::string("pg_planted"), std::string("1a"), std::string("a$0"),
        std::string(kMaxPostgresSchemaBytes + 1, 'x')}) {
    EXPECT_EQ(PostgresStore::RoleStatements(role).status().code(),
              absl::StatusCode::kInvalidArgument)
        << role;
    EXPECT_EQ(PostgresStore::MakeRole(Superuser(), role, options_).code(),
              absl::StatusCode::kInvalidArgument)
        << role;
  }
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
