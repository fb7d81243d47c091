// Files of other versions, and of other programs.
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "store/old_schema_testing.h"
#include "store/rows_testing.h"
#include "store/sqlite/open_store.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace store {
namespace {

using ::testing::ElementsAre;

// The folder of the sources; the tests run anywhere.
std::string SourceFolder() {
  const char* folder = std::getenv("FRONTDESK_SOURCE_DIR");
  return folder == nullptr ? "." : folder;
}

void RunSql(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

absl::StatusCode CodeOfOpening(const std::string& path, bool read_only = false) {
  SqliteOptions options;
  options.read_only = read_only;
  const absl::Status status = SqliteStore::Open(path, options).status();
  // A text is about the file, and names nothing of it.
  EXPECT_FALSE(absl::StrContains(status.message(), "quastenberg")) << status;
  EXPECT_FALSE(absl::StrContains(status.message(), path)) << status;
  return status.code();
}

// The file as the first version made it. It stays readable for ever.
TEST(SqliteMigrationTest, TheFirstFileIsRead) {
  const TempFolder folder;
  const std::string path = folder.File("first.db");
  std::filesystem::copy_file(SourceFolder() + "/tests/store/testdata/first.db", path);
  const auto store = MustOpen(path);
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(store->CheckIntegrity().ok());
  const auto snapshot = MustRead(*store);
  EXPECT_EQ(snapshot->position(), 3);
  EXPECT_THAT(Scan(*snapshot, {1, "", absl::nullopt}),
              ElementsAre("=empty key", std::string("a\0b=with zero", 13), "b=", "\xff=high"));
  EXPECT_EQ(Get(*snapshot, 255, "large"), std::string(10'000, 'x'));
  EXPECT_EQ(Scan(*snapshot, {9, "", absl::nullopt}).size(), 3u);
  SqliteOptions options;
  options.desk = "brand";
  const auto brand = MustOpen(path, options);
  EXPECT_EQ(MustRead(*brand)->position(), 1);
  EXPECT_EQ(Get(*brand, 1, ""), "of the brand");
  EXPECT_EQ(MustCommit(*brand, OfWrites({Put(1, "", "more")})).position, 2);
}

TEST(SqliteMigrationTest, AnOlderFileIsMigrated) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  MakeOldFile(path, 3'000);
  const std::string before = ReadBytes(path);
  SqliteOptions options;
  options.read_only = true;
  EXPECT_EQ(sqlite_internal::OpenStore(path, options, SchemaWithMigration()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(ReadBytes(path) == before);
  options.read_only = false;
  for (const char* desk : {"", "other"}) {
    options.desk = desk;
    const auto store = sqlite_internal::OpenStore(path, options, SchemaWithMigration());
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_TRUE((*store)->CheckIntegrity().ok());
    const auto snapshot = MustRead(**store);
    EXPECT_EQ(snapshot->position(), 7);
    EXPECT_EQ(Scan(*snapshot, {1, "", absl::nullopt}, 10'000).size(), 3'000u);
    EXPECT_EQ(Get(*snapshot, 1, "02999"), "value 2999");
    EXPECT_EQ(MustCommit(**store, OfWrites({Put(1, "00000", desk)})).position, 8);
    EXPECT_EQ(Get(**store, 1, "00000"), desk);
  }
}

TEST(SqliteMigrationTest, ManyOpenAnOlderFileAtOnce) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  MakeOldFile(path, 500);
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      const auto store = sqlite_internal::OpenStore(path, {}, SchemaWithMigration());
      ASSERT_TRUE(store.ok()) << store.status();
      EXPECT_EQ(Get(**store, 1, "00499"), "value 499");
      MustCommit(**store, OfWrites({Put(2, absl::StrCat(i), "")}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto store = sqlite_internal::OpenStore(path, {}, SchemaWithMigration());
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(MustRead(**store)->position(), 13);
}

TEST(SqliteMigrationTest, AMigrationThatMissesItsTablesIsNotKept) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  MakeOldFile(path, 10);
  sqlite_internal::Schema schema = SchemaWithMigration();
  schema.migrations[0].run = [](sqlite_internal::Connection& connection) {
    return connection.Run("DROP TABLE old_rows");
  };
  EXPECT_EQ(sqlite_internal::OpenStore(path, {}, schema).status().code(),
            absl::StatusCode::kDataLoss);
  const auto store = sqlite_internal::OpenStore(path, {}, SchemaWithMigration());
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(Scan(*MustRead(**store), {1, "", absl::nullopt}).size(), 10u);
}

TEST(SqliteMigrationTest, ANewerFileIsNotTouched) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const auto store = MustOpen(path);
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  const auto old_snapshot = MustRead(*store);
  // A process of a newer version migrates it.
  RunSql(path, "CREATE TABLE quastenberg(x); PRAGMA user_version=2");
  EXPECT_EQ(CodeOfOpening(path), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOfOpening(path, /*read_only=*/true), absl::StatusCode::kFailedPrecondition);
  // This one, which has the file open, notices.
  EXPECT_EQ(store->Commit({OfWrites({Put(1, "a", "2")})}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store->Read().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Get(*old_snapshot, 1, "a"), "1");
  RunSql(path, "DROP TABLE quastenberg; PRAGMA user_version=1");
  EXPECT_EQ(Get(*store, 1, "a"), "1");
  EXPECT_EQ(MustCommit(*store, OfWrites({Put(1, "a", "2")})).position, 2);
}

TEST(SqliteMigrationTest, AFileOfAnotherProgramIsNotTouched) {
  const TempFolder folder;
  const std::string text = folder.File("text"), other = folder.File("other"),
                    marked = folder.File("marked");
  WriteBytes(text, std::string(5'000, 'q') + "quastenberg");
  RunSql(other, "CREATE TABLE quastenberg(x); INSERT INTO quastenberg VALUES(1)");
  RunSql(marked, "PRAGMA user_version=1");
  for (const std::string& path : {text, other, marked}) {
    const std::string before = ReadBytes(path);
    EXPECT_EQ(CodeOfOpening(path), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(CodeOfOpening(path, /*read_only=*/true), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_TRUE(ReadBytes(path) == before) << path;
  }
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
