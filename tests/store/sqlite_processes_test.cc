// Several processes on one file, and processes that are killed at random moments.
//
// FRONTDESK_SQLITE_KILLS is the number of kills of each kind; 12 without it.
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "store/old_schema_testing.h"
#include "store/rows_testing.h"
#include "store/sqlite/open_store.h"
#include "store/sqlite_testing.h"
#include "store/worker_testing.h"

namespace frontdesk {
namespace store {
namespace {

int Kills() {
  const char* count = std::getenv("FRONTDESK_SQLITE_KILLS");
  return count == nullptr ? 12 : std::atoi(count);
}

std::mt19937_64 SeededRandom() {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  return std::mt19937_64(seed);
}

// A number of microseconds of work, so that a kill comes at any moment between two lines.
void Spin(std::uint64_t steps) {
  volatile std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < steps; ++i) sum = sum + i;
}

TEST(SqliteProcessesTest, CountersAreExact) {
  constexpr int kWorkers = 4;
  constexpr int kThreads = 2;
  constexpr int kRounds = 25;
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  // The file does not exist: they all want to make it.
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.push_back(std::make_unique<Worker>(
        std::vector<std::string>{"count", path, absl::StrCat(kThreads), absl::StrCat(kRounds)}));
  }
  for (const auto& worker : workers) EXPECT_EQ(worker->Wait(), 0);
  const auto store = MustOpen(path);
  EXPECT_EQ(Get(*store, 1, "counter"), absl::StrCat(kWorkers * kThreads * kRounds));
  EXPECT_EQ(MustRead(*store)->position(), kWorkers * kThreads * kRounds);
  EXPECT_EQ(Scan(*MustRead(*store), {9, "", absl::nullopt}, 1'000).size(),
            static_cast<std::size_t>(kWorkers * kThreads * kRounds));
  EXPECT_TRUE(store->CheckIntegrity().ok());
}

// The keys in a table, each once.
std::set<std::string> KeysOf(const Snapshot& snapshot, std::uint8_t table) {
  const auto rows = snapshot.Scan({table, "", absl::nullopt}, 1'000'000);
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::set<std::string> keys;
  if (!rows.ok()) return keys;
  for (const Row& row : *rows) keys.insert(row.key);
  return keys;
}

TEST(SqliteProcessesTest, AKilledWriterLosesNothingAcknowledged) {
  std::mt19937_64 random = SeededRandom();
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  std::set<std::string> acknowledged;
  for (int kill = 0; kill < Kills() && !HasFailure(); ++kill) {
    SCOPED_TRACE(kill);
    {
      // Two at a time; one of them goes on while the other is killed.
      Worker worker({"write", path, "3", absl::StrCat("w", kill)});
      Worker other({"write", path, "1", absl::StrCat("v", kill)});
      EXPECT_EQ(worker.ReadLine(), "ready");
      for (std::uint64_t lines = random() % 60; lines > 0; --lines) {
        const std::string key = worker.ReadLine();
        ASSERT_NE(key, "");
        acknowledged.insert(key);
      }
      Spin(random() % 3'000'000);
      worker.Kill();
      for (std::string key = worker.ReadLine(); !key.empty(); key = worker.ReadLine()) {
        acknowledged.insert(key);
      }
      EXPECT_EQ(other.ReadLine(), "ready");
      const std::string key = other.ReadLine();
      ASSERT_NE(key, "");
      acknowledged.insert(key);
      other.Kill();
    }
    const auto store = MustOpen(path);
    const auto snapshot = MustRead(*store);
    const std::set<std::string> first = KeysOf(*snapshot, 1), second = KeysOf(*snapshot, 2);
    EXPECT_EQ(first, second);
    for (const std::string& key : acknowledged) EXPECT_EQ(first.count(key), 1u) << key;
    // The log has each batch once, at positions without gaps.
    std::set<std::string> logged;
    const auto log = snapshot->Scan({9, "", absl::nullopt}, 1'000'000);
    ASSERT_TRUE(log.ok());
    for (const Row& row : *log) logged.insert(*row.value);
    EXPECT_EQ(logged, first);
    EXPECT_EQ(log->size(), logged.size());
    ASSERT_FALSE(log->empty());
    EXPECT_EQ(log->back().key, EncodePosition(static_cast<std::int64_t>(log->size())));
    EXPECT_EQ(snapshot->position(), static_cast<std::int64_t>(log->size()));
    EXPECT_TRUE(store->CheckIntegrity().ok());
  }
  std::cout << acknowledged.size() << " batches were acknowledged\n";
}

TEST(SqliteProcessesTest, AKilledMigrationIsWholeOrNotThere) {
  std::mt19937_64 random = SeededRandom();
  const TempFolder folder;
  const std::string old_file = folder.File("old.db");
  MakeOldFile(old_file, 3'000);
  const std::string bytes = ReadBytes(old_file);
  int migrated = 0;
  for (int kill = 0; kill < Kills() && !HasFailure(); ++kill) {
    const std::string path = folder.File(absl::StrCat(kill, ".db"));
    WriteBytes(path, bytes);
    Worker worker({"migrate", path});
    EXPECT_EQ(worker.ReadLine(), "ready");
    Spin(random() % 60'000'000);
    worker.Kill();
    const bool was_reported = worker.ReadLine() == "migrated";
    migrated += was_reported;
    sqlite_internal::Schema schema = SchemaWithMigration();
    // A migration that was reported does not run again.
    if (was_reported) {
      schema.migrations[0].run = [](sqlite_internal::Connection&) {
        return absl::InternalError("it was not migrated");
      };
    }
    const auto store = sqlite_internal::OpenStore(path, {}, schema);
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ(KeysOf(*MustRead(**store), 1).size(), 3'000u);
    EXPECT_EQ(MustRead(**store)->position(), 7);
    EXPECT_TRUE((*store)->CheckIntegrity().ok());
  }
  std::cout << migrated << " of " << Kills() << " migrations had ended\n";
}

TEST(SqliteProcessesTest, AKilledBackupLeavesNoHalfFile) {
  std::mt19937_64 random = SeededRandom();
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  std::vector<Write> writes;
  for (int i = 0; i < 50; ++i) writes.push_back(Put(1, absl::StrCat(i), std::string(50'000, 'x')));
  MustCommit(*MustOpen(path), OfWrites(std::move(writes)));
  int copies = 0;
  for (int kill = 0; kill < Kills() && !HasFailure(); ++kill) {
    const TempFolder target;
    std::size_t reported = 0;
    {
      Worker worker({"backup", path, target.path()});
      EXPECT_EQ(worker.ReadLine(), "ready");
      for (std::uint64_t lines = random() % 4; lines > 0; --lines, ++reported) {
        ASSERT_NE(worker.ReadLine(), "");
      }
      Spin(random() % 10'000'000);
      worker.Kill();
      while (!worker.ReadLine().empty()) ++reported;
    }
    std::size_t complete = 0;
    for (const auto& entry : std::filesystem::directory_iterator(target.path())) {
      if (entry.path().extension() != ".db") continue;  // The killed one was at it.
      const auto copy = MustOpen(entry.path().string());
      ASSERT_NE(copy, nullptr);
      EXPECT_EQ(KeysOf(*MustRead(*copy), 1).size(), 50u);
      EXPECT_TRUE(copy->CheckIntegrity().ok());
      ++complete;
    }
    EXPECT_GE(complete, reported);
    EXPECT_LE(complete, reported + 1);
    copies += static_cast<int>(complete);
  }
  std::cout << copies << " copies\n";
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
