#include "frontdesk/store/postgres_store.h"

#include <libpq-fe.h>
#include <poll.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "store/contract.h"
#include "store/cutting_proxy.h"
#include "store/postgres/open_store.h"
#include "store/postgres_testing.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// ---- The contract ---------------------------------------------------------------------------------------------------

Kind PostgresKind() {
  // The desk of the store of each test.
  auto last = std::make_shared<std::string>();
  Kind kind;
  kind.name = "postgres";
  kind.make = [last] {
    *last = NewPostgresName();
    return MustOpenPostgres(*last);
  };
  kind.reopen = [last](std::shared_ptr<Store> store) {
    store.reset();
    return MustOpenPostgres(*last);
  };
  return kind;
}

// The clone of an empty desk, which is a store in memory over a snapshot.
Kind CloneKind() {
  return {"postgres_clone",
          []() -> std::shared_ptr<Store> { return *MustOpenPostgres(NewPostgresName())->Clone(); },
          nullptr};
}

std::vector<Kind> Kinds() {
  if (!ScratchPostgres::Get().absence().empty()) return {};
  return {PostgresKind(), CloneKind()};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContractTest);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreContractTest, ::testing::ValuesIn(Kinds()),
                         [](const auto& info) { return info.param.name; });

// ---- A store of its own ---------------------------------------------------------------------------------------------

class PostgresStoreTest : public PostgresTest {
 protected:
  static std::string Parameters() { return ScratchPostgres::Get().parameters(); }
  static std::string Query(const std::string& text) { return ScratchPostgres::Get().Query(text); }
};

// Options of a store in a new schema.
PostgresOptions InNewSchema() {
  PostgresOptions options;
  options.schema = NewPostgresName();
  return options;
}

PostgresOptions ReadOnly(PostgresOptions options) {
  options.read_only = true;
  return options;
}

TEST_F(PostgresStoreTest, DesksInASchemaSeeNothingOfEachOther) {
  PostgresOptions options = InNewSchema();
  const std::string with_nul("a\0b", 3);
  const std::vector<std::string> names = {"", "a", with_nul, "A", std::string(255, 'x')};
  std::vector<std::shared_ptr<PostgresStore>> stores;
  for (const std::string& name : names) stores.push_back(MustOpenPostgres(name, options));
  for (std::size_t i = 0; i < stores.size(); ++i) {
    Batch batch = OfWrites({Put(1, "k", absl::StrCat(i)), Put(255, "\xff", "edge")});
    batch.expectations = {{{1, "k"}, nullptr}};
    batch.range_expectations = {{{255, "", absl::nullopt}, {}}};
    EXPECT_EQ(MustCommit(*stores[i], std::move(batch)).position, 1);
  }
  MustCommit(*stores[2], OfWrites({Remove(1, "k")}));
  stores.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto store = MustOpenPostgres(names[i], options);
    EXPECT_EQ(Get(*store, 1, "k"), i == 2 ? "<none>" : absl::StrCat(i));
    EXPECT_EQ(MustRead(*store)->position(), i == 2 ? 2 : 1);
  }
  // Another schema has none of it.
  EXPECT_EQ(Get(*MustOpenPostgres("a", InNewSchema()), 1, "k"), "<none>");
}

TEST_F(PostgresStoreTest, ASecondStoreOnTheDeskSeesEachCommit) {
  const std::string desk = NewPostgresName();
  const auto one = MustOpenPostgres(desk), other = MustOpenPostgres(desk);
  MustCommit(*one, OfWrites({Put(1, "a", "1")}));
  EXPECT_EQ(Get(*other, 1, "a"), "1");
  Batch late = OfWrites({Put(1, "a", "2")});
  late.expectations = {{{1, "a"}, nullptr}};
  EXPECT_FALSE(MustCommit(*other, std::move(late)).is_committed);
  EXPECT_EQ(MustCommit(*other, OfWrites({Put(1, "a", "3")})).position, 2);
  EXPECT_EQ(Get(*one, 1, "a"), "3");
}

TEST_F(PostgresStoreTest, ASnapshotOutlivesItsStore) {
  auto store = MustOpenPostgres(NewPostgresName());
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  const auto snapshot = MustRead(*store);
  store.reset();
  EXPECT_EQ(Get(*snapshot, 1, "a"), "1");
}

TEST_F(PostgresStoreTest, AReadOnlyStoreWritesNothing) {
  PostgresOptions options = InNewSchema();
  EXPECT_EQ(PostgresStore::Open(Parameters(), ReadOnly(options)).status().code(),
            absl::StatusCode::kNotFound);
  options.must_exist = true;
  EXPECT_EQ(PostgresStore::Open(Parameters(), options).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Query(absl::StrCat("SELECT count(*) FROM pg_namespace WHERE nspname = '",
                               options.schema, "'")),
            "0");
  options.must_exist = false;
  const auto store = MustOpenPostgres("north", options);
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  const auto read_only = MustOpenPostgres("north", ReadOnly(options));
  EXPECT_EQ(Get(*read_only, 1, "a"), "1");
  EXPECT_EQ(read_only->Commit({OfWrites({})}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const auto clone = read_only->Clone();
  ASSERT_TRUE(clone.ok()) << clone.status();
  EXPECT_EQ(MustCommit(**clone, OfWrites({Put(1, "a", "2")})).position, 2);
  EXPECT_EQ(Get(*read_only, 1, "a"), "1");
  // A desk that nobody has opened for writing is empty.
  EXPECT_EQ(MustRead(*MustOpenPostgres("south", ReadOnly(options)))->position(), 0);
}

// ---- Opening --------------------------------------------------------------------------------------------------------

TEST_F(PostgresStoreTest, OpenFails) {
  const std::string host = absl::StrCat("host=", ScratchPostgres::Get().folder(), " ");
  struct Case {
    std::string parameters;
    absl::StatusCode code;
  };
  for (const Case& each : std::vector<Case>{
           {"not parameters", absl::StatusCode::kInvalidArgument},
           {"planted=planted", absl::StatusCode::kInvalidArgument},
           {"postgresql://[planted", absl::StatusCode::kInvalidArgument},
           {std::string("host=a\0b", 8), absl::StatusCode::kInvalidArgument},
           {host + "user=frontdesk dbname=planted", absl::StatusCode::kNotFound},
           {host + "user=planted dbname=postgres", absl::StatusCode::kFailedPrecondition},
           {"host=/planted/folder user=frontdesk", absl::StatusCode::kUnavailable},
           {host + "port=5433 user=frontdesk dbname=postgres", absl::StatusCode::kUnavailable},
           {host + "user=frontdesk dbname=postgres target_session_attrs=standby",
            absl::StatusCode::kUnavailable}}) {
    const absl::Status status = PostgresStore::Open(each.parameters).status();
    EXPECT_EQ(status.code(), each.code) << each.parameters << ": " << status;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("planted")));
  }
  PostgresOptions options;
  options.desk = std::string(kMaxPostgresDeskBytes + 1, 'x');
  EXPECT_EQ(PostgresStore::Open(Parameters(), options).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const std::string& schema :
       {std::string(), std::string("Planted"), std::string("a\"b"), std::string("pg_planted"),
        std::string("1a"), std::string(kMaxPostgresSchemaBytes + 1, 'x')}) {
    options = PostgresOptions();
    options.schema = schema;
    EXPECT_EQ(PostgresStore::Open(Parameters(), options).status().code(),
              absl::StatusCode::kInvalidArgument)
        << schema;
  }
}

// A password is in no text, whether it is right, refused, or in parameters that nobody understands.
TEST_F(PostgresStoreTest, NoErrorHasAPassword) {
  Query(
      "CREATE ROLE with_password LOGIN PASSWORD 'planted-right';"
      " GRANT CREATE ON DATABASE postgres TO with_password");
  const std::string folder = ScratchPostgres::Get().folder();
  const auto open = [&](const std::string& parameters) {
    return PostgresStore::Open(parameters, InNewSchema());
  };
  const std::string user = absl::StrCat("host=", folder, " dbname=postgres user=with_password ");
  const auto right = open(user + "password=planted-right");
  ASSERT_TRUE(right.ok()) << right.status();
  const absl::Status none = open(user).status();
  EXPECT_EQ(none.code(), absl::StatusCode::kFailedPrecondition) << none;
  for (const std::string& parameters :
       {user + "password=planted-wrong", user + "password='planted-open",
        std::string("host=/nowhere user=with_password password=planted-right"),
        std::string("postgresql://with_password:planted-wrong@127.0.0.1:1/postgres"),
        std::string("postgresql://with_password:planted-wrong@[/postgres"),
        user + "password=planted-right sslmode=planted",
        user + "password=planted-right connect_timeout=planted"}) {
    const absl::Status status = open(parameters).status();
    EXPECT_FALSE(status.ok()) << parameters;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("planted"))) << parameters;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("with_password"))) << parameters;
  }
  // The password is changed while the store is open, and its connections are lost.
  Query(
      "ALTER ROLE with_password PASSWORD 'other'; SELECT pg_terminate_backend(pid)"
      " FROM pg_stat_activity WHERE usename = 'with_password'");
  PostgresOptions options;
  const absl::Status lost = (*right)->Read().status();
  EXPECT_FALSE(lost.ok());
  EXPECT_THAT(lost.ToString(), Not(HasSubstr("planted")));
}

// A role that may not make tables uses those that are there.
TEST_F(PostgresStoreTest, ARoleNeedsFewPrivileges) {
  const PostgresOptions options = InNewSchema();
  const std::string role = NewPostgresName();
  Query(absl::StrCat("CREATE ROLE ", role, " LOGIN"));
  const std::string parameters =
      absl::StrCat("host=", ScratchPostgres::Get().folder(), " dbname=postgres user=", role);
  EXPECT_EQ(PostgresStore::Open(parameters, options).status().code(),
            absl::StatusCode::kFailedPrecondition);
  MustCommit(*MustOpenPostgres("", options), OfWrites({Put(1, "a", "1")}));
  EXPECT_EQ(PostgresStore::Open(parameters, options).status().code(),
            absl::StatusCode::kFailedPrecondition);
  Query(absl::StrCat("GRANT USAGE ON SCHEMA ", options.schema, " TO ", role,
                     "; GRANT SELECT ON ALL TABLES IN SCHEMA ", options.schema, " TO ", role));
  const auto reader = PostgresStore::Open(parameters, ReadOnly(options));
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(Get(**reader, 1, "a"), "1");
  EXPECT_EQ(PostgresStore::Open(parameters, options).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const std::string schema = options.schema + ".";
  Query(absl::StrCat("GRANT INSERT, UPDATE ON ", schema, "desks TO ", role,
                     "; GRANT INSERT, UPDATE, DELETE ON ", schema, "rows, ", schema, "writers TO ",
                     role));
  const auto writer = PostgresStore::Open(parameters, options);
  ASSERT_TRUE(writer.ok()) << writer.status();
  EXPECT_EQ(MustCommit(**writer, OfWrites({Put(1, "a", "2"), Remove(1, "b")})).position, 2);
  EXPECT_EQ(Get(**reader, 1, "a"), "2");
  // It loses a privilege while it works.
  Query(absl::StrCat("REVOKE INSERT ON ", schema, "rows FROM ", role));
  const absl::Status revoked = (*writer)->Commit({OfWrites({Put(1, "a", "3")})}).status();
  EXPECT_EQ(revoked.code(), absl::StatusCode::kFailedPrecondition) << revoked;
  EXPECT_THAT(std::string(revoked.message()), HasSubstr("42501"));
  EXPECT_EQ(Get(**reader, 1, "a"), "2");
}

// ---- Versions -------------------------------------------------------------------------------------------------------

// A made-up version 2, whose rows know when they were made.
postgres_internal::Schema NextSchema() {
  const postgres_internal::Schema& current = postgres_internal::CurrentSchema();
  postgres_internal::Schema next = current;
  next.migrations.push_back(
      {current.columns, {"ALTER TABLE desks ADD COLUMN make_time timestamp with time zone"}});
  next.columns.replace(next.columns.find(", layout."), 0,
                       ", desks.make_time timestamp with time zone");
  return next;
}

TEST_F(PostgresStoreTest, OlderTablesAreMigrated) {
  const PostgresOptions options = InNewSchema();
  const auto old = MustOpenPostgres("", options);
  MustCommit(*old, OfWrites({Put(1, "a", "1")}));
  const postgres_internal::Schema next = NextSchema();
  EXPECT_EQ(postgres_internal::OpenStore(Parameters(), ReadOnly(options), next).status().code(),
            absl::StatusCode::kFailedPrecondition);
  // A migration that fails changes nothing.
  postgres_internal::Schema failing = next;
  failing.migrations[0].statements.push_back("SELECT 1 / 0");
  EXPECT_FALSE(postgres_internal::OpenStore(Parameters(), options, failing).ok());
  failing.migrations[0].statements = {"SELECT 1"};
  EXPECT_EQ(postgres_internal::OpenStore(Parameters(), options, failing).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(MustCommit(*old, OfWrites({})).position, 2);
  for (int round = 0; round < 2; ++round) {
    const auto migrated = postgres_internal::OpenStore(Parameters(), options, next);
    ASSERT_TRUE(migrated.ok()) << migrated.status();
    EXPECT_EQ(Get(**migrated, 1, "a"), "1");
    EXPECT_EQ(MustCommit(**migrated, OfWrites({})).position, 3 + round);
  }
}

TEST_F(PostgresStoreTest, AProcessNoticesAMigration) {
  const PostgresOptions options = InNewSchema();
  const auto old = MustOpenPostgres("", options);
  MustCommit(*old, OfWrites({Put(1, "a", "1")}));
  const auto migrated = postgres_internal::OpenStore(Parameters(), options, NextSchema());
  ASSERT_TRUE(migrated.ok()) << migrated.status();
  EXPECT_EQ(Get(**migrated, 1, "a"), "1");
  EXPECT_EQ(old->Read().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(PostgresStore::Open(Parameters(), options).status().code(),
            absl::StatusCode::kFailedPrecondition);
  // The next version has another function for commits.
  Query(
      absl::StrCat("ALTER FUNCTION ", options.schema, ".commit_batch_1 RENAME TO commit_batch_2"));
  const absl::Status written = old->Commit({OfWrites({})}).status();
  EXPECT_EQ(written.code(), absl::StatusCode::kFailedPrecondition) << written;
}

TEST_F(PostgresStoreTest, TablesOfAnotherProgramAreNotTouched) {
  PostgresOptions options = InNewSchema();
  Query(absl::StrCat("CREATE SCHEMA ", options.schema, "; CREATE TABLE ", options.schema,
                     ".rows(a integer)"));
  EXPECT_EQ(PostgresStore::Open(Parameters(), options).status().code(),
            absl::StatusCode::kInvalidArgument);
  options = InNewSchema();
  // An empty schema is one for new tables.
  Query(absl::StrCat("CREATE SCHEMA ", options.schema));
  EXPECT_TRUE(MustOpenPostgres("", options) != nullptr);
  Query(absl::StrCat("ALTER TABLE ", options.schema, ".rows ADD COLUMN other integer"));
  EXPECT_EQ(PostgresStore::Open(Parameters(), options).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(PostgresStoreTest, SeveralMakeTheTablesAtOnce) {
  const PostgresOptions options = InNewSchema();
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto store = MustOpenPostgres("", options);
      ASSERT_NE(store, nullptr);
      MustCommit(*store, OfWrites({}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(MustRead(*MustOpenPostgres("", options))->position(), 6);
}

// ---- Groups, locks and connections ----------------------------------------------------------------------------------

// A transaction of the superuser that holds the lock of a desk, until it is released.
class LockOfDesk {
 public:
  LockOfDesk(const std::string& parameters, const std::string& schema, const std::string& desk) {
    connection_ = PQconnectdb(parameters.c_str());
    const std::string digest = NextLink(schema + '\0', "write" + desk);
    std::uint64_t key = 0;
    for (int i = 0; i < 8; ++i) key = key << 8 | static_cast<unsigned char>(digest[i]);
    PQclear(PQexec(connection_, "BEGIN"));
    PQclear(PQexec(connection_, absl::StrCat("SELECT pg_advisory_xact_lock(",
                                             static_cast<std::int64_t>(key), ")")
                                    .c_str()));
  }
  ~LockOfDesk() { PQfinish(connection_); }
  LockOfDesk(const LockOfDesk&) = delete;
  LockOfDesk& operator=(const LockOfDesk&) = delete;

 private:
  PGconn* connection_;
};

TEST_F(PostgresStoreTest, AHeldLockIsATimeOut) {
  PostgresOptions options;
  options.lock_timeout = absl::Milliseconds(50);
  const std::string desk = NewPostgresName();
  const auto store = MustOpenPostgres(desk, options);
  {
    const LockOfDesk lock(Parameters(), options.schema, desk);
    const absl::Status late = store->Commit({OfWrites({})}).status();
    EXPECT_EQ(late.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(late.message()), HasSubstr("lock_timeout"));
    // Readers and other desks wait for nobody.
    EXPECT_EQ(MustRead(*store)->position(), 0);
    MustCommit(*MustOpenPostgres(NewPostgresName(), options), OfWrites({}));
  }
  EXPECT_EQ(MustCommit(*store, OfWrites({})).position, 1);
}

TEST_F(PostgresStoreTest, AStatementHasATimeOut) {
  PostgresOptions options;
  options.statement_timeout = absl::Milliseconds(50);
  const std::string desk = NewPostgresName();
  const auto store = MustOpenPostgres(desk, options);
  const LockOfDesk lock(Parameters(), options.schema, desk);
  const absl::Status late = store->Commit({OfWrites({})}).status();
  EXPECT_EQ(late.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(late.message()), HasSubstr("statement_timeout"));
}

// Threads that wait while the desk is locked share a transaction: `change_count` counts these.
TEST_F(PostgresStoreTest, WaitingThreadsShareATransaction) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 5;
  const PostgresOptions options = InNewSchema();
  const auto store = MustOpenPostgres("", options);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::thread> threads;
    {
      const LockOfDesk lock(Parameters(), options.schema, "");
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
          EXPECT_TRUE(MustCommit(*store, OfWrites({Put(1, absl::StrCat(i), "")})).is_committed);
        });
      }
      // The first one waits for the lock, and the others for the first.
      while (Query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'") == "0") {
        std::this_thread::yield();
      }
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(MustRead(*store)->position(), kRounds * kThreads);
  const std::string transactions =
      Query(absl::StrCat("SELECT change_count FROM ", options.schema, ".desks"));
  EXPECT_LT(std::stoi(transactions), kRounds * kThreads);
  std::cout << transactions << " transactions for " << kRounds * kThreads << " commits\n";
}

// Of snapshots of one desk, in whatever process; nothing else notices.
TEST_F(PostgresStoreTest, AKeyIsHeldByOneSnapshot) {
  const PostgresOptions options = InNewSchema();
  const auto store = MustOpenPostgres("north", options);
  const auto same = MustOpenPostgres("north", options);
  const auto south = MustOpenPostgres("south", options);
  const Key a = {1, "a"}, b = {1, "b"}, c = {2, "a"};
  auto first = MustRead(*store);
  const auto second = MustRead(*same);
  EXPECT_EQ(*first->TryHold({}), std::vector<bool>());
  EXPECT_EQ(*first->TryHold({a, b}), (std::vector<bool>{true, true}));
  EXPECT_EQ(*first->TryHold({a}), std::vector<bool>{true});
  EXPECT_EQ(*second->TryHold({c, b, a}), (std::vector<bool>{true, false, false}));
  EXPECT_EQ(*MustRead(*south)->TryHold({a, b}), (std::vector<bool>{true, true}));
  EXPECT_TRUE(MustCommit(*same, OfWrites({Put(1, "a", "1")})).is_committed);
  EXPECT_EQ(Get(*same, 1, "a"), "1");
  first = nullptr;
  // The end of a snapshot is sent, and not waited for.
  while (!(*second->TryHold({a}))[0]) std::this_thread::yield();
  EXPECT_EQ(*second->TryHold({b, a}), (std::vector<bool>{true, true}));
}

// The tables were never analyzed: plans must not depend on statistics.
TEST_F(PostgresStoreTest, ACommitReadsOnlyTheRowsThatItNames) {
  constexpr int kRows = 2'000;
  constexpr int kCommits = 20;
  const PostgresOptions options = InNewSchema();
  auto store = MustOpenPostgres("", options);
  const std::string table = absl::StrCat(options.schema, ".rows");
  Query(absl::StrCat("ALTER TABLE ", table, " SET (autovacuum_enabled = off)"));
  std::vector<Write> writes;
  for (int i = 0; i < kRows; ++i) writes.push_back(Put(1, absl::StrCat(i), "x"));
  MustCommit(*store, OfWrites(std::move(writes)));
  // A backend counts the rows that it has read at its end.
  const auto rows_read = [&] {
    store.reset();
    while (Query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'frontdesk'") !=
           "0") {
      std::this_thread::yield();
    }
    return std::stoi(Query(
        absl::StrCat("SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_user_tables WHERE relid = '",
                     table, "'::regclass")));
  };
  const int before = rows_read();
  store = MustOpenPostgres("", options);
  for (int i = 0; i < kCommits; ++i) {
    Batch batch = OfWrites({Put(1, absl::StrCat(i), "y"), Remove(1, absl::StrCat("no", i))});
    batch.expectations = {{{1, absl::StrCat(i)}, MakeValue("x")}, {{1, "none"}, nullptr}};
    batch.range_expectations = {{RangeOf(1, "none"), {}}};
    EXPECT_TRUE(MustCommit(*store, std::move(batch)).is_committed);
    EXPECT_EQ(Scan(*MustRead(*store), RangeOf(1, "199"), 5).size(), 5u);
  }
  EXPECT_LT(rows_read() - before, 20 * kCommits);
}

// A request that fails fails alone.
TEST_F(PostgresStoreTest, ABadRowFailsItsOwnRequestOnly) {
  const PostgresOptions options = InNewSchema();
  const auto store = MustOpenPostgres("", options);
  Query(absl::StrCat("ALTER TABLE ", options.schema,
                     ".rows ADD CONSTRAINT no_bad CHECK (value <> 'bad')"));
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 10; ++round) {
        const bool is_bad = i == 0;
        const auto results = store->Commit(
            {OfWrites({Put(1, absl::StrCat(i, "-", round), is_bad ? "bad" : "good")})});
        EXPECT_EQ(results.ok(), !is_bad) << results.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Scan(*MustRead(*store), {1, "", absl::nullopt}).size(), 50u);
}

TEST_F(PostgresStoreTest, SnapshotsWaitForAConnection) {
  PostgresOptions options;
  options.max_read_connections = 2;
  options.connect_timeout = absl::ZeroDuration();  // The least: two seconds.
  const auto store = MustOpenPostgres(NewPostgresName(), options);
  auto one = MustRead(*store);
  const auto other = MustRead(*store);
  EXPECT_EQ(store->Read().status().code(), absl::StatusCode::kUnavailable);
  one.reset();
  EXPECT_EQ(MustRead(*store)->position(), 0);
}

// ---- Lost connections -----------------------------------------------------------------------------------------------

std::string LoseConnections(const std::string& application) {
  return absl::StrCat("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity",
                      " WHERE application_name = '", application, "'");
}

TEST_F(PostgresStoreTest, LostConnectionsAreMadeAgain) {
  const std::string application = NewPostgresName();
  auto opened = PostgresStore::Open(absl::StrCat(Parameters(), " application_name=", application),
                                    InNewSchema());
  ASSERT_TRUE(opened.ok()) << opened.status();
  PostgresStore& store = **opened;
  MustCommit(store, OfWrites({Put(1, "a", "1")}));
  auto snapshot = MustRead(store);
  EXPECT_EQ(Query(LoseConnections(application)), "2");
  // Nothing has changed: the snapshot goes on.
  EXPECT_EQ(Get(*snapshot, 1, "a"), "1");
  EXPECT_EQ(MustCommit(store, OfWrites({Put(1, "a", "2")})).position, 2);
  EXPECT_EQ(Get(*snapshot, 1, "a"), "1");
  Query(LoseConnections(application));
  EXPECT_EQ(snapshot->Get({1, "a"}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(snapshot->Get({1, "a"}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Get(store, 1, "a"), "2");
}

TEST_F(PostgresStoreTest, AWatchListensAgain) {
  const std::string application = NewPostgresName();
  auto opened = PostgresStore::Open(absl::StrCat(Parameters(), " application_name=", application),
                                    InNewSchema());
  ASSERT_TRUE(opened.ok()) << opened.status();
  auto watch = (*opened)->StartWatch();
  ASSERT_TRUE(watch.ok()) << watch.status();
  for (int round = 1; round <= 3; ++round) {
    Query(LoseConnections(application));
    // The end of the connection makes it readable.
    pollfd waiting = {(*watch)->descriptor(), POLLIN, 0};
    while (::poll(&waiting, 1, -1) != 1) continue;
    (*watch)->Clear();
    MustCommit(**opened, OfWrites({}));
    while (::poll(&waiting, 1, -1) != 1) continue;
    (*watch)->Clear();
  }
}

// A commit whose connection is cut at any byte is done once.
TEST_F(PostgresStoreTest, ACommitIsDoneOnceWhereverItsConnectionIsCut) {
  const char* const step_text = std::getenv("FRONTDESK_POSTGRES_CUT_STEP");
  const std::size_t step = step_text == nullptr ? 64 : std::stoul(step_text);
  CuttingProxy proxy(ScratchPostgres::Get().folder());
  auto opened = PostgresStore::Open(
      absl::StrCat("host=", proxy.folder(), " user=frontdesk dbname=postgres"), InNewSchema());
  ASSERT_TRUE(opened.ok()) << opened.status();
  PostgresStore& store = **opened;
  int count = 0;
  const auto add = [&] {
    const auto snapshot = store.Read();
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    Batch first = OfWrites({Put(1, "counter", absl::StrCat(count + 1))});
    first.expectations = {{{1, "counter"}, count == 0 ? nullptr : MakeValue(absl::StrCat(count))}};
    Batch failing = OfWrites({Put(1, "never", "")});
    failing.expectations = {{{1, "counter"}, MakeValue("never")}};
    // Done twice, it would be there twice.
    Batch logged = OfWrites({});
    const auto results = store.Commit({std::move(first), std::move(failing), std::move(logged)});
    ASSERT_TRUE(results.ok()) << results.status();
    ASSERT_TRUE((*results)[0].is_committed);
    ASSERT_FALSE((*results)[1].is_committed);
    ASSERT_EQ((*results)[0].position, 2 * count + 1);
    ASSERT_EQ((*results)[2].position, 2 * count + 2);
    ++count;
  };
  int cuts = 0;
  for (const auto direction : {CuttingProxy::kToServer, CuttingProxy::kToClient}) {
    // Twice what passes: the cut may come into the exchange of the second connection too.
    const std::size_t before = proxy.passed(direction);
    add();
    const std::size_t bytes = proxy.passed(direction) - before;
    for (std::size_t place = 0; place < bytes && !HasFatalFailure(); place += step) {
      SCOPED_TRACE(absl::StrCat("direction ", direction, ", byte ", place));
      proxy.CutAfter(direction, place);
      add();
      cuts += !proxy.Disarm();
    }
  }
  EXPECT_GT(cuts, 0);
  std::cout << cuts << " cuts\n";
  const auto snapshot = MustRead(store);
  EXPECT_EQ(Get(*snapshot, 1, "counter"), absl::StrCat(count));
  EXPECT_EQ(snapshot->position(), 2 * count);
  EXPECT_EQ(Scan(*snapshot, {9, "", absl::nullopt}, 100'000).size(),
            static_cast<std::size_t>(2 * count));
}

// Threads count while the server is killed and started again: nothing is lost, and nothing is done twice.
TEST_F(PostgresStoreTest, CountersAreExactWhileTheServerIsKilled) {
  constexpr int kThreads = 4;
  const auto store = MustOpenPostgres(NewPostgresName());
  std::atomic<bool> is_over{false};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      while (!is_over) {
        const auto snapshot = store->Read();
        ASSERT_TRUE(snapshot.ok()) << snapshot.status();
        const std::string key = absl::StrCat(i % 2);
        const auto before = (*snapshot)->Get({1, key});
        // The snapshot is lost with its server, where another thread has committed since.
        if (!before.ok()) continue;
        const int value = *before == nullptr ? 0 : std::stoi(**before);
        Batch batch = OfWrites({Put(1, key, absl::StrCat(value + 1))});
        batch.expectations = {{{1, key}, *before}};
        const auto results = store->Commit({std::move(batch)});
        ASSERT_TRUE(results.ok()) << results.status();
        done += results->front().is_committed;
      }
    });
  }
  for (int round = 0; round < 4; ++round) {
    const int before = done;
    while (done < before + 50 && !HasFatalFailure()) std::this_thread::yield();
    if (round % 2 == 0) {
      ScratchPostgres::Get().Kill();
    } else {
      ScratchPostgres::Get().Stop();
    }
    ScratchPostgres::Get().Start();
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  const auto snapshot = MustRead(*store);
  EXPECT_EQ(std::stoi(Get(*snapshot, 1, "0")) + std::stoi(Get(*snapshot, 1, "1")), done);
  EXPECT_EQ(snapshot->position(), done);
}

TEST_F(PostgresStoreTest, AServerThatStaysAwayIsAnError) {
  PostgresOptions options;
  options.retry_timeout = absl::Milliseconds(100);
  const auto store = MustOpenPostgres(NewPostgresName(), options);
  MustCommit(*store, OfWrites({}));
  const auto snapshot = MustRead(*store);
  ScratchPostgres::Get().Stop();
  EXPECT_EQ(store->Read().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store->Commit({OfWrites({})}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(snapshot->Get({1, "a"}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(PostgresStore::Open(Parameters()).status().code(), absl::StatusCode::kUnavailable);
  ScratchPostgres::Get().Start();
  EXPECT_EQ(MustCommit(*store, OfWrites({})).position, 2);
}

TEST_F(PostgresStoreTest, WritersThatEndLeaveNoRow) {
  const PostgresOptions options = InNewSchema();
  const std::string writers = absl::StrCat("SELECT count(*) FROM ", options.schema, ".writers");
  auto store = MustOpenPostgres("", options);
  MustCommit(*store, OfWrites({}));
  EXPECT_EQ(Query(writers), "1");
  store.reset();
  EXPECT_EQ(Query(writers), "0");
  // One that was killed is forgotten after a week.
  for (const char* const age : {"6 days", "8 days"}) {
    Query(absl::StrCat("INSERT INTO ", options.schema, ".writers SELECT desk, '", age,
                       "', 1, '', now() - interval '", age, "' FROM ", options.schema, ".desks"));
  }
  store = MustOpenPostgres("", options);
  EXPECT_EQ(Query(writers), "1");
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
