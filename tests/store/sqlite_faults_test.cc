// A file system that fails at each call of one transaction, one after another. Nothing is lost, nothing is half there,
// and the store works again as soon as the file system does.
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "store/faulty_vfs.h"
#include "store/old_schema_testing.h"
#include "store/rows_testing.h"
#include "store/sqlite/open_store.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace store {
namespace {

constexpr int kMostCalls = 2'000;

// The faults of the n-th call.
std::vector<Fault> FaultsOf(int number) {
  std::vector<Fault> faults;
  for (const bool is_lasting : {false, true}) {
    faults.push_back({FileCall::kWrite, number, SQLITE_IOERR_WRITE, is_lasting, false});
    faults.push_back({FileCall::kWrite, number, SQLITE_FULL, is_lasting, true});
    faults.push_back({FileCall::kSync, number, SQLITE_IOERR_FSYNC, is_lasting, false});
    if (is_lasting) continue;
    faults.push_back({FileCall::kRead, number, SQLITE_IOERR_READ, is_lasting, false});
    faults.push_back({FileCall::kTruncate, number, SQLITE_IOERR_TRUNCATE, is_lasting, false});
    faults.push_back({FileCall::kOpen, number, SQLITE_CANTOPEN, is_lasting, false});
    faults.push_back({FileCall::kSharedMemory, number, SQLITE_IOERR_SHMMAP, is_lasting, false});
  }
  return faults;
}

std::string Describe(const Fault& fault) {
  return absl::StrCat("call ", static_cast<int>(fault.call), " number ", fault.number,
                      fault.is_lasting ? " and all after it" : "", fault.is_torn ? ", torn" : "");
}

// Runs `one` for each fault at the first call, the second one, and so on, until no fault is reached any more. `one`
// returns whether its fault was reached. Returns the number of calls that failed.
int ForEveryFault(const std::function<bool(const Fault&)>& one) {
  std::vector<bool> is_over(FaultsOf(1).size(), false);
  int reached = 0;
  for (int number = 1; number < kMostCalls; ++number) {
    const std::vector<Fault> faults = FaultsOf(number);
    bool is_any_reached = false;
    for (std::size_t i = 0; i < faults.size(); ++i) {
      if (is_over[i]) continue;
      SCOPED_TRACE(Describe(faults[i]));
      is_over[i] = !one(faults[i]);
      reached += is_over[i] ? 0 : 1;
      is_any_reached = is_any_reached || !is_over[i];
      if (::testing::Test::HasFailure()) return reached;
    }
    if (!is_any_reached) return reached;
  }
  ADD_FAILURE() << "the faults do not end";
  return reached;
}

// A copy of the file and its log as they are: what a killed process leaves.
void CopyFile(const std::string& from, const std::string& to) {
  for (const char* suffix : {"", "-wal", "-journal"}) {
    std::error_code error;
    std::filesystem::remove(to + suffix, error);
    std::filesystem::copy_file(from + suffix, to + suffix, error);
  }
  std::filesystem::remove(to + "-shm");
}

Batch SecondBatch() {
  Batch batch = OfWrites({Put(1, "a", "2"), Remove(1, "b"),
                          Put(1, "large", std::string(30'000, 'x')), Put(2, "z", "2")});
  batch.expectations = {{{1, "a"}, MakeValue("1")}};
  batch.range_expectations = {{{2, "", absl::nullopt}, {}}};
  return batch;
}

// The state before SecondBatch() is there, or the one after it; nothing else.
void ExpectWhole(const Store& store, bool is_committed) {
  const auto snapshot = MustRead(store);
  EXPECT_EQ(snapshot->position(), is_committed ? 2 : 1);
  EXPECT_EQ(Get(*snapshot, 1, "a"), is_committed ? "2" : "1");
  EXPECT_EQ(Get(*snapshot, 1, "b"), is_committed ? "<none>" : "1");
  EXPECT_EQ(Get(*snapshot, 1, "large").size(), is_committed ? 30'000u : 6u);
  EXPECT_EQ(Get(*snapshot, 2, "z"), is_committed ? "2" : "<none>");
}

TEST(SqliteFaultsTest, ACommitIsSyncedWhenItIsToBe) {
  FaultyVfs vfs;
  for (const SqliteDurability durability :
       {SqliteDurability::kFull, SqliteDurability::kNormal, SqliteDurability::kOff}) {
    const TempFolder folder;
    SqliteOptions options;
    options.durability = durability;
    const auto store = MustOpen(folder.File("shop.db"), options);
    MustCommit(*store, OfWrites({Put(1, "a", "1")}));
    vfs.Arm({FileCall::kSync, 1, SQLITE_OK, false, false});
    MustCommit(*store, OfWrites({Put(1, "a", "2")}));
    EXPECT_EQ(vfs.Disarm(), durability == SqliteDurability::kFull);
  }
}

TEST(SqliteFaultsTest, ACommitIsWholeOrNotThere) {
  FaultyVfs vfs;
  const TempFolder folder;
  const std::string base = folder.File("base.db"), path = folder.File("shop.db");
  MustCommit(*MustOpen(base), OfWrites({Put(1, "a", "1"), Put(1, "b", "1")}));
  const int reached = ForEveryFault([&](const Fault& fault) {
    CopyFile(base, path);
    auto store = MustOpen(path);
    vfs.Arm(fault);
    const auto results = store->Commit({SecondBatch()});
    const bool is_reached = vfs.Disarm();
    if (!results.ok()) {
      EXPECT_EQ(results.status().code(), absl::StatusCode::kUnavailable) << results.status();
    }
    EXPECT_TRUE(is_reached || results.ok());
    // At once, as a killed process leaves it, and after the next commit.
    ExpectWhole(*store, results.ok());
    CopyFile(path, folder.File("killed.db"));
    {
      const auto killed = MustOpen(folder.File("killed.db"));
      const bool is_there = Get(*killed, 1, "a") == "2";
      if (results.ok()) {
        EXPECT_TRUE(is_there);
      }
      // A sync that fails leaves the bytes that were to be synced; Commit() documents it.
      if (is_there && !results.ok()) {
        EXPECT_EQ(fault.call, FileCall::kSync);
      }
      ExpectWhole(*killed, is_there);
      EXPECT_TRUE(killed->CheckIntegrity().ok());
    }
    EXPECT_EQ(MustCommit(*store, OfWrites({Put(3, "next", "3")})).position, results.ok() ? 3 : 2);
    store.reset();
    store = MustOpen(path);
    EXPECT_EQ(Get(*store, 1, "a"), results.ok() ? "2" : "1");
    EXPECT_EQ(Get(*store, 3, "next"), "3");
    EXPECT_TRUE(store->CheckIntegrity().ok());
    return is_reached;
  });
  EXPECT_GE(reached, 20);
}

// The log goes into the file at the end of a commit: no failure of that fails the commit, or loses anything.
TEST(SqliteFaultsTest, ACheckpointThatFailsLosesNothing) {
  FaultyVfs vfs;
  const TempFolder folder;
  const std::string base = folder.File("base.db"), path = folder.File("shop.db");
  // A log that has a few pages less than it has when it goes into the file.
  const std::string large(7'800'000, 'x');
  const auto base_store = MustOpen(base);
  MustCommit(*base_store, OfWrites({Put(1, "large", large)}));
  const Batch next = OfWrites({Put(2, "next", std::string(500'000, 'y'))});
  int commits = 0;
  for (int number = 1; number <= 1'024; number *= 4) {
    for (const Fault& fault : FaultsOf(number)) {
      if (fault.call == FileCall::kOpen || fault.call == FileCall::kSharedMemory) continue;
      SCOPED_TRACE(Describe(fault));
      CopyFile(base, path);
      const auto store = MustOpen(path);
      vfs.Arm(fault);
      const auto results = store->Commit({next});
      commits += vfs.Disarm() && results.ok();
      EXPECT_EQ(Get(*store, 2, "next") == *next.writes[0].value, results.ok());
      CopyFile(path, folder.File("killed.db"));
      const auto killed = MustOpen(folder.File("killed.db"));
      EXPECT_TRUE(Get(*killed, 1, "large") == large);
      if (results.ok()) {
        EXPECT_TRUE(Get(*killed, 2, "next") == *next.writes[0].value);
      }
      EXPECT_TRUE(killed->CheckIntegrity().ok());
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_GT(commits, 5);
}

TEST(SqliteFaultsTest, AReadFailsOrIsRight) {
  FaultyVfs vfs;
  const TempFolder folder;
  const std::string base = folder.File("base.db"), path = folder.File("shop.db");
  std::vector<Write> writes;
  for (int i = 0; i < 300; ++i) {
    writes.push_back(Put(1, absl::StrCat(1'000 + i), std::string(500, 'x')));
  }
  MustCommit(*MustOpen(base), OfWrites(std::move(writes)));
  int ended = 0;
  const int reached = ForEveryFault([&](const Fault& fault) {
    CopyFile(base, path);
    const auto store = MustOpen(path);
    vfs.Arm(fault);
    const auto snapshot = store->Read();
    absl::Status status = snapshot.status();
    if (snapshot.ok()) {
      const auto rows = (*snapshot)->Scan({1, "", absl::nullopt}, 1'000);
      status = rows.status();
      if (rows.ok()) {
        EXPECT_EQ(rows->size(), 300u);
      }
    }
    const bool is_reached = vfs.Disarm();
    if (!status.ok()) {
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    }
    // The store works again. The snapshot is as it was, or it has ended.
    MustCommit(*store, OfWrites({Put(1, "1007", "new"), Remove(1, "1008")}));
    EXPECT_EQ(Get(*store, 1, "1007"), "new");
    if (snapshot.ok()) {
      const auto rows = (*snapshot)->Scan({1, "", absl::nullopt}, 1'000);
      const auto value = (*snapshot)->Get({1, "1007"});
      EXPECT_EQ(rows.ok(), value.ok());
      if (rows.ok() && value.ok()) {
        EXPECT_EQ(rows->size(), 300u);
        EXPECT_EQ(**value, std::string(500, 'x'));
      } else {
        EXPECT_EQ(rows.status().code(), absl::StatusCode::kUnavailable);
        ++ended;
      }
    }
    return is_reached;
  });
  EXPECT_GT(ended, 0);
  EXPECT_GE(reached, 20);
}

TEST(SqliteFaultsTest, AFileIsMadeOrNot) {
  FaultyVfs vfs;
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const int reached = ForEveryFault([&](const Fault& fault) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
      std::filesystem::remove(path + suffix);
    }
    vfs.Arm(fault);
    auto store = SqliteStore::Open(path);
    const bool is_reached = vfs.Disarm();
    if (!store.ok()) {
      EXPECT_EQ(store.status().code(), absl::StatusCode::kUnavailable) << store.status();
    }
    EXPECT_TRUE(is_reached || store.ok());
    store = absl::UnknownError("closed");
    const auto again = MustOpen(path);
    EXPECT_EQ(MustCommit(*again, OfWrites({Put(1, "a", "1")})).position, 1);
    EXPECT_TRUE(again->CheckIntegrity().ok());
    return is_reached;
  });
  EXPECT_GE(reached, 40);
}

TEST(SqliteFaultsTest, AMigrationIsWholeOrNotThere) {
  FaultyVfs vfs;
  const TempFolder folder;
  const std::string base = folder.File("base.db"), path = folder.File("shop.db");
  MakeOldFile(base, 20);
  const int reached = ForEveryFault([&](const Fault& fault) {
    CopyFile(base, path);
    vfs.Arm(fault);
    auto store = sqlite_internal::OpenStore(path, {}, SchemaWithMigration());
    const bool is_reached = vfs.Disarm();
    if (!store.ok()) {
      EXPECT_EQ(store.status().code(), absl::StatusCode::kUnavailable) << store.status();
    }
    store = absl::UnknownError("closed");
    const auto again = sqlite_internal::OpenStore(path, {}, SchemaWithMigration());
    EXPECT_TRUE(again.ok()) << again.status();
    if (!again.ok()) return false;
    EXPECT_EQ(Scan(*MustRead(**again), {1, "", absl::nullopt}).size(), 20u);
    EXPECT_EQ(MustRead(**again)->position(), 7);
    EXPECT_TRUE((*again)->CheckIntegrity().ok());
    return is_reached;
  });
  EXPECT_GE(reached, 40);
}

TEST(SqliteFaultsTest, ABackupIsWholeOrNotThere) {
  FaultyVfs vfs;
  const TempFolder folder;
  const std::string copy = folder.File("copy.db");
  const auto store = MustOpen(folder.File("shop.db"));
  MustCommit(*store, OfWrites({Put(1, "a", std::string(200'000, 'x'))}));
  const int reached = ForEveryFault([&](const Fault& fault) {
    std::filesystem::remove(copy);
    vfs.Arm(fault);
    const absl::Status status = store->Backup(copy);
    const bool is_reached = vfs.Disarm();
    EXPECT_EQ(std::filesystem::exists(copy), status.ok());
    if (status.ok()) {
      const auto copied = MustOpen(copy);
      EXPECT_TRUE(copied->CheckIntegrity().ok());
      EXPECT_EQ(Get(*copied, 1, "a").size(), 200'000u);
    } else {
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      EXPECT_EQ(entry.path().string().find("partial"), std::string::npos) << entry.path();
    }
    return is_reached;
  });
  EXPECT_GE(reached, 40);
  EXPECT_EQ(MustCommit(*store, OfWrites({Put(1, "b", "1")})).position, 2);
}

TEST(SqliteFaultsTest, ACloneIsWholeOrNotThere) {
  FaultyVfs vfs;
  const TempFolder folder;
  const auto store = MustOpen(folder.File("shop.db"));
  MustCommit(*store, OfWrites({Put(1, "a", std::string(200'000, 'x'))}));
  const int reached = ForEveryFault([&](const Fault& fault) {
    vfs.Arm(fault);
    auto clone = store->Clone();
    const bool is_reached = vfs.Disarm();
    if (clone.ok()) {
      EXPECT_EQ(Get(**clone, 1, "a").size(), 200'000u);
      EXPECT_EQ(MustCommit(**clone, OfWrites({Put(1, "b", "1")})).position, 2);
      EXPECT_EQ(Get(**clone, 1, "b"), "1");
    } else {
      EXPECT_EQ(clone.status().code(), absl::StatusCode::kUnavailable) << clone.status();
    }
    clone = absl::UnknownError("closed");
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      EXPECT_EQ(entry.path().string().find("clone"), std::string::npos) << entry.path();
    }
    return is_reached;
  });
  EXPECT_GE(reached, 40);
  EXPECT_EQ(MustCommit(*store, OfWrites({Put(1, "b", "1")})).position, 2);
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
