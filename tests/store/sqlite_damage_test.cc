// Files that are damaged or hostile: an error with its meaning, or the right rows; never a crash, a hang or another row.
#include <sqlite3.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "store/rows_testing.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace store {
namespace {

std::string KeyOf(int i) { return absl::StrCat("key", 1'000 + i); }
std::string ValueOf(int i) { return absl::StrCat("value ", i, std::string(i * 37 % 900, 'v')); }
constexpr int kRows = 120;

// A file with rows of all kinds, in one piece.
std::string GoodFile() {
  static const std::string* bytes = [] {
    const TempFolder folder;
    const auto store = MustOpen(folder.File("shop.db"));
    std::vector<Write> writes;
    for (int i = 0; i < kRows; ++i) writes.push_back(Put(1, KeyOf(i), ValueOf(i)));
    writes.push_back(Put(2, "large", std::string(20'000, 'x')));
    MustCommit(*store, OfWrites(std::move(writes)));
    EXPECT_TRUE(store->Backup(folder.File("good.db")).ok());
    return new std::string(ReadBytes(folder.File("good.db")));
  }();
  return *bytes;
}

// The result of reading a whole file. A row that is not right is a failure of the test.
enum class Found { kAll, kFewer, kError };

Found ReadAll(const std::string& path, bool* is_checked_good) {
  SqliteOptions options = WithoutSyncs();
  options.busy_timeout = absl::ZeroDuration();
  const auto store = SqliteStore::Open(path, options);
  const auto allowed = [](const absl::Status& status) {
    return status.code() == absl::StatusCode::kDataLoss ||
           status.code() == absl::StatusCode::kInvalidArgument ||
           status.code() == absl::StatusCode::kFailedPrecondition ||
           status.code() == absl::StatusCode::kUnavailable;
  };
  *is_checked_good = false;
  if (!store.ok()) {
    EXPECT_TRUE(allowed(store.status())) << store.status();
    return Found::kError;
  }
  *is_checked_good = (*store)->CheckIntegrity().ok();
  const auto snapshot = (*store)->Read();
  if (!snapshot.ok()) return Found::kError;
  bool has_all = (*snapshot)->position() == 1;
  for (int i = 0; i < kRows; ++i) {
    const auto value = (*snapshot)->Get({1, KeyOf(i)});
    if (!value.ok()) {
      EXPECT_EQ(value.status().code(), absl::StatusCode::kDataLoss) << value.status();
      return Found::kError;
    }
    if (*value == nullptr) {
      has_all = false;
    } else {
      EXPECT_EQ(**value, ValueOf(i));
    }
  }
  const auto rows = (*snapshot)->Scan({1, "", absl::nullopt}, 10'000);
  if (!rows.ok()) return Found::kError;
  for (const Row& row : *rows) {
    bool is_one = false;
    for (int i = 0; i < kRows; ++i)
      is_one = is_one || (row.key == KeyOf(i) && *row.value == ValueOf(i));
    EXPECT_TRUE(is_one) << row.key;
  }
  // To write must not crash either.
  (void)(*store)->Commit(
      {OfWrites({Put(1, KeyOf(3), "new"), Put(1, "other", "new"), Remove(2, "large")})});
  return has_all && rows->size() == static_cast<std::size_t>(kRows) ? Found::kAll : Found::kFewer;
}

void WriteAlone(const std::string& path, const std::string& bytes) {
  for (const char* suffix : {"-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
  WriteBytes(path, bytes);
}

// Each bit of the header, and others at random. A row that is read is right, or there is an error, or the check of the
// whole file finds it.
TEST(SqliteDamageTest, ChangedBitsAreFound) {
  const TempFolder folder;
  const std::string good = GoodFile(), path = folder.File("shop.db");
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  std::map<Found, int> counts;
  const auto flip = [&](std::size_t bit) {
    SCOPED_TRACE(absl::StrCat("byte ", bit / 8, " bit ", bit % 8));
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    WriteAlone(path, bytes);
    bool is_checked_good = false;
    const Found found = ReadAll(path, &is_checked_good);
    if (found == Found::kFewer) {
      EXPECT_FALSE(is_checked_good);
    }
    ++counts[found];
  };
  for (std::size_t bit = 0; bit < 100 * 8 && !HasFailure(); ++bit) flip(bit);
  for (int i = 0; i < 600 && !HasFailure(); ++i) flip(random() % (good.size() * 8));
  std::cout << counts[Found::kAll] << " files were read, " << counts[Found::kFewer]
            << " found damaged by the check alone, " << counts[Found::kError] << " refused\n";
  EXPECT_GT(counts[Found::kError], 400);
}

TEST(SqliteDamageTest, AChangedValueIsDataLoss) {
  const TempFolder folder;
  std::string bytes = GoodFile();
  const std::size_t place = bytes.find("value 77");
  ASSERT_NE(place, std::string::npos);
  bytes[place] = 'V';
  WriteAlone(folder.File("shop.db"), bytes);
  const auto store = MustOpen(folder.File("shop.db"));
  const auto snapshot = MustRead(*store);
  EXPECT_EQ(snapshot->Get({1, KeyOf(77)}).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(snapshot->Scan({1, "", absl::nullopt}, 1'000).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(store->CheckIntegrity().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Get(*snapshot, 1, KeyOf(76)), ValueOf(76));
  // A batch that expects the row fails, and one beside it does not.
  Batch batch = OfWrites({Put(1, "a", "1")});
  batch.expectations = {{{1, KeyOf(77)}, MakeValue(ValueOf(77))}};
  EXPECT_EQ(store->Commit({batch}).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(MustCommit(*store, OfWrites({Put(1, "b", "1")})).position, 2);
  EXPECT_EQ(Get(*store, 1, "a"), "<none>");
}

// Threads share transactions: one that meets a damaged row fails alone.
TEST(SqliteDamageTest, ADamagedRowFailsNoCommitBesideIt) {
  const TempFolder folder;
  std::string bytes = GoodFile();
  bytes[bytes.find("value 77")] = 'V';
  WriteAlone(folder.File("shop.db"), bytes);
  const auto store = MustOpen(folder.File("shop.db"));
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        Batch batch = OfWrites({Put(3, absl::StrCat(i, "-", round), "")});
        if (i % 2 == 0) {
          batch.expectations = {{{1, KeyOf(77)}, MakeValue(ValueOf(77))}};
          EXPECT_EQ(store->Commit({std::move(batch)}).status().code(), absl::StatusCode::kDataLoss);
        } else {
          EXPECT_TRUE(MustCommit(*store, std::move(batch)).is_committed);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Scan(*MustRead(*store), {3, "", absl::nullopt}, 1'000).size(), 80u);
  EXPECT_EQ(MustRead(*store)->position(), 81);
}

TEST(SqliteDamageTest, ACutFileIsDataLoss) {
  const TempFolder folder;
  const std::string good = GoodFile(), path = folder.File("shop.db");
  for (std::size_t size = 1; size < good.size(); size += size < 200 ? 7 : 1'019) {
    SCOPED_TRACE(size);
    WriteAlone(path, good.substr(0, size));
    EXPECT_EQ(SqliteStore::Open(path).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_TRUE(ReadBytes(path) == good.substr(0, size));
  }
}

TEST(SqliteDamageTest, AnEmptyFileWithALogIsDataLoss) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const auto store = MustOpen(path);
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  const std::string log = ReadBytes(path + "-wal");
  ASSERT_FALSE(log.empty());
  const std::string cut = folder.File("cut.db");
  WriteBytes(cut + "-wal", log);
  EXPECT_EQ(SqliteStore::Open(cut).status().code(), absl::StatusCode::kDataLoss);
  WriteBytes(cut, "");
  EXPECT_EQ(SqliteStore::Open(cut).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(ReadBytes(cut + "-wal") == log);
}

// The log of a killed process with changed bits: SQLite drops what is behind the first damage. The batches before it are
// whole.
TEST(SqliteDamageTest, AChangedLogGivesWholeBatches) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db"), killed = folder.File("killed.db");
  const auto store = MustOpen(path);
  for (int i = 1; i <= 5; ++i) {
    MustCommit(*store, OfWrites({Put(1, "a", absl::StrCat(i)), Put(2, "z", absl::StrCat(i))}));
  }
  const std::string file = ReadBytes(path), log = ReadBytes(path + "-wal");
  std::mt19937_64 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string changed = log;
    const std::size_t place = random() % changed.size();
    changed[place] = static_cast<char>(changed[place] ^ 1 << random() % 8);
    WriteAlone(killed, file);
    WriteBytes(killed + "-wal", changed);
    const auto opened = SqliteStore::Open(killed, WithoutSyncs());
    if (!opened.ok()) continue;
    const auto snapshot = MustRead(**opened);
    EXPECT_EQ(Get(*snapshot, 1, "a"), Get(*snapshot, 2, "z"));
    EXPECT_EQ(Scan(*snapshot, {9, "", absl::nullopt}).size(),
              static_cast<std::size_t>(snapshot->position()));
    EXPECT_TRUE((*opened)->CheckIntegrity().ok());
  }
}

TEST(SqliteDamageTest, AHostileSchemaIsNotRun) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const char* const changes[] = {
      "CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM desks; END",
      "CREATE VIEW v AS SELECT load_extension('x')",
      "CREATE INDEX i ON rows(abs(checksum))",
      "CREATE TABLE more(x)",
      "ALTER TABLE rows ADD COLUMN extra INTEGER GENERATED ALWAYS AS (abs(checksum))",
      "ALTER TABLE rows RENAME TO other",
      "DROP TABLE rows",
      ("DROP TABLE rows; CREATE VIEW rows AS SELECT 1 AS space, x'00' AS key, 1 AS checksum, x'' "
       "AS "
       "value"),
      "DROP TABLE desks; CREATE VIRTUAL TABLE desks USING fts5(name)",
  };
  for (const char* change : changes) {
    SCOPED_TRACE(change);
    WriteAlone(path, GoodFile());
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, change, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
    sqlite3_close(handle);
    EXPECT_EQ(SqliteStore::Open(path).status().code(), absl::StatusCode::kDataLoss);
  }
}

// Somebody changes the file while it is open.
TEST(SqliteDamageTest, ATableThatGoesMeanwhileIsDataLoss) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const auto store = MustOpen(path);
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "DROP TABLE rows", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  EXPECT_EQ(store->Read().status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(store->Commit({OfWrites({Put(1, "a", "2")})}).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
