// Connections, hosts and time-outs of stores in a PostgreSQL database.
#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/store/postgres_store.h"
#include "gmock/gmock.h"
#include "store/contract.h"
#include "store/postgres_testing.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace store {
namespace {

using ::testing::HasSubstr;

class PostgresLimitsTest : public PostgresTest {
 protected:
  static std::string Query(const std::string& text) { return ScratchPostgres::Get().Query(text); }
  static std::string Parameters() { return ScratchPostgres::Get().parameters(); }
};

// A session of somebody else, with a transaction that is open.
class OtherSession {
 public:
  explicit OtherSession(const std::string& statement)
      : connection_(PQconnectdb(ScratchPostgres::Get().parameters().c_str())) {
    PQclear(PQexec(connection_, "BEGIN"));
    PGresult* const result = PQexec(connection_, statement.c_str());
    EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(connection_);
    PQclear(result);
  }
  ~OtherSession() { PQfinish(connection_); }
  OtherSession(const OtherSession&) = delete;
  OtherSession& operator=(const OtherSession&) = delete;

 private:
  PGconn* const connection_;
};

TEST_F(PostgresLimitsTest, ManyThreadsShareFewConnections) {
  constexpr int kThreads = 12;
  constexpr int kRounds = 25;
  PostgresOptions options;
  options.desk = NewPostgresName();
  options.max_read_connections = 2;
  const auto opened =
      PostgresStore::Open(absl::StrCat(Parameters(), " application_name=", options.desk), options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  PostgresStore& store = **opened;
  std::atomic<int> running{kThreads};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        const std::string key = absl::StrCat(i);
        EXPECT_EQ(Get(*MustRead(store), 1, key), round == 0 ? "<none>" : absl::StrCat(round - 1));
        EXPECT_TRUE(MustCommit(store, OfWrites({Put(1, key, absl::StrCat(round))})).is_committed);
      }
      --running;
    });
  }
  int most = 0;
  while (running > 0) {
    most = std::max(most, std::stoi(Query(absl::StrCat(
                              "SELECT count(*) FROM pg_stat_activity WHERE application_name = '",
                              options.desk, "'"))));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, options.max_read_connections + 1);
  EXPECT_EQ(MustRead(store)->position(), kThreads * kRounds);
}

// A server that has no connection left gives one later.
TEST_F(PostgresLimitsTest, AServerWithoutAFreeConnectionIsNamed) {
  const std::string role = NewPostgresName(), desk = NewPostgresName();
  MustOpenPostgres(desk);
  ASSERT_TRUE(PostgresStore::MakeRole(Parameters(), role).ok());
  Query(absl::StrCat("ALTER ROLE ", role, " CONNECTION LIMIT 1"));
  PostgresOptions options;
  options.desk = desk;
  options.retry_timeout = absl::Milliseconds(100);
  const std::string parameters =
      absl::StrCat("host=", ScratchPostgres::Get().folder(), " dbname=postgres user=", role);
  const auto store = PostgresStore::Open(parameters, options);
  ASSERT_TRUE(store.ok()) << store.status();
  for (const absl::Status& status :
       {PostgresStore::Open(parameters, options).status(), (*store)->Read().status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), HasSubstr("too many connections"));
  }
  Query(absl::StrCat("ALTER ROLE ", role, " CONNECTION LIMIT 2"));
  EXPECT_EQ(MustRead(**store)->position(), 0);
}

TEST_F(PostgresLimitsTest, TheFirstHostThatAnswersIsUsed) {
  const std::string folder = ScratchPostgres::Get().folder();
  PostgresOptions options;
  options.desk = NewPostgresName();
  for (const std::string& hosts :
       {absl::StrCat("/nowhere,", folder), absl::StrCat(folder, ",/nowhere"),
        absl::StrCat("/nowhere,127.0.0.1,", folder, " port=5432,1,5432")}) {
    const auto store = PostgresStore::Open(
        absl::StrCat("host=", hosts, " user=frontdesk dbname=postgres"), options);
    ASSERT_TRUE(store.ok()) << hosts << ": " << store.status();
    EXPECT_TRUE(MustCommit(**store, OfWrites({})).is_committed);
  }
}

// The whole table is locked, as by an administrator. A time-out has its name, and leaves nothing half done.
TEST_F(PostgresLimitsTest, TimeOutsHaveNamesAndLeaveNothing) {
  struct Case {
    absl::Duration lock_timeout, statement_timeout;
    const char* name;
  };
  for (const Case& each : {Case{absl::Milliseconds(100), absl::Seconds(30), "lock_timeout"},
                           Case{absl::Seconds(30), absl::Milliseconds(100), "statement_timeout"}}) {
    SCOPED_TRACE(each.name);
    PostgresOptions options;
    options.schema = NewPostgresName();
    options.lock_timeout = each.lock_timeout;
    options.statement_timeout = each.statement_timeout;
    const auto store = MustOpenPostgres("", options);
    MustCommit(*store, OfWrites({Put(1, "a", "1")}));
    const auto batches = [] {
      return std::vector<Batch>{OfWrites({Put(1, "a", "2")}), OfWrites({Put(1, "b", "2")})};
    };
    {
      const OtherSession other(
          absl::StrCat("LOCK TABLE ", options.schema, ".rows IN ACCESS EXCLUSIVE MODE"));
      const absl::Status written = store->Commit(batches()).status();
      EXPECT_EQ(written.code(), absl::StatusCode::kUnavailable);
      EXPECT_THAT(std::string(written.message()), HasSubstr(each.name));
      const absl::Status read = MustRead(*store)->Get({1, "a"}).status();
      EXPECT_EQ(read.code(), absl::StatusCode::kUnavailable);
      EXPECT_THAT(std::string(read.message()), HasSubstr(each.name));
    }
    {
      const auto snapshot = MustRead(*store);
      EXPECT_EQ(snapshot->position(), 1);
      EXPECT_EQ(Get(*snapshot, 1, "a"), "1");
      EXPECT_EQ(Get(*snapshot, 1, "b"), "<none>");
    }
    const auto results = store->Commit(batches());
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_EQ(results->back().position, 3);
  }
}

// One who counts rows slowly, in a trigger: the statement itself takes too long, and waits for no lock.
TEST_F(PostgresLimitsTest, ASlowStatementIsEnded) {
  PostgresOptions options;
  options.schema = NewPostgresName();
  options.statement_timeout = absl::Milliseconds(200);
  const auto store = MustOpenPostgres("", options);
  Query(absl::StrCat("CREATE FUNCTION ", options.schema,
                     ".slow() RETURNS trigger LANGUAGE plpgsql AS "
                     "$$BEGIN PERFORM pg_sleep(30); RETURN NEW; END$$; CREATE TRIGGER slow BEFORE "
                     "INSERT ON ",
                     options.schema,
                     ".rows FOR EACH ROW WHEN (new.value = 'slow') EXECUTE FUNCTION ",
                     options.schema, ".slow()"));
  const absl::Status late =
      store->Commit({OfWrites({Put(1, "a", "quick"), Put(1, "b", "slow")})}).status();
  EXPECT_EQ(late.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(late.message()), HasSubstr("statement_timeout"));
  EXPECT_EQ(Get(*store, 1, "a"), "<none>");
  EXPECT_EQ(MustCommit(*store, OfWrites({Put(1, "a", "quick")})).position, 1);
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
