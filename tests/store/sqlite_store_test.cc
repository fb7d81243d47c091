#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/store/sqlite.h"
#include "gmock/gmock.h"
#include "store/contract.h"
#include "store/rows_testing.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Range kTable1 = {1, "", absl::nullopt};

// ---- The contract ---------------------------------------------------------------------------------------------------

SqliteOptions OptionsOf(SqliteDurability durability) {
  SqliteOptions options;
  options.durability = durability;
  return options;
}

// The store, whose folder goes when it is dropped.
std::shared_ptr<Store> Held(std::shared_ptr<TempFolder> folder,
                            std::shared_ptr<SqliteStore> store) {
  if (store == nullptr) return nullptr;
  Store* const plain = store.get();
  struct Holder {
    std::shared_ptr<TempFolder> folder;
    std::shared_ptr<SqliteStore> store;
  };
  auto holder = std::make_shared<Holder>(Holder{std::move(folder), std::move(store)});
  return std::shared_ptr<Store>(std::move(holder), plain);
}

Kind KindOf(std::string name, SqliteDurability durability) {
  // Where the store of each test is.
  auto last = std::make_shared<std::shared_ptr<TempFolder>>();
  Kind kind;
  kind.name = std::move(name);
  kind.make = [durability, last] {
    *last = std::make_shared<TempFolder>();
    return Held(*last, MustOpen((*last)->File("shop.db"), OptionsOf(durability)));
  };
  kind.reopen = [durability, last](std::shared_ptr<Store> store) {
    const std::shared_ptr<TempFolder> folder = *last;
    store.reset();
    return Held(folder, MustOpen(folder->File("shop.db"), OptionsOf(durability)));
  };
  return kind;
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContractTest,
                         ::testing::Values(KindOf("sqlite", SqliteDurability::kFull)),
                         [](const auto& info) { return info.param.name; });

// ---- A store of its own ---------------------------------------------------------------------------------------------

TEST(SqliteStoreTest, DesksInAFileSeeNothingOfEachOther) {
  const TempFolder folder;
  const auto open = [&](std::string desk) {
    SqliteOptions options;
    options.desk = std::move(desk);
    return MustOpen(folder.File("shop.db"), options);
  };
  const std::string with_nul("a\0b", 3);
  std::vector<std::string> names = {"", "a", with_nul, "A", std::string(255, 'x')};
  std::vector<std::shared_ptr<SqliteStore>> stores;
  for (const std::string& name : names) stores.push_back(open(name));
  for (std::size_t i = 0; i < stores.size(); ++i) {
    Batch batch = OfWrites({Put(1, "k", absl::StrCat(i)), Put(255, "\xff", "edge")});
    batch.expectations = {{{1, "k"}, nullptr}};
    batch.range_expectations = {{{255, "", absl::nullopt}, {}}};
    EXPECT_EQ(MustCommit(*stores[i], std::move(batch)).position, 1);
  }
  MustCommit(*stores[2], OfWrites({Remove(1, "k")}));
  stores.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto store = open(names[i]);
    EXPECT_EQ(Get(*store, 1, "k"), i == 2 ? "<none>" : absl::StrCat(i));
    EXPECT_EQ(MustRead(*store)->position(), i == 2 ? 2 : 1);
    EXPECT_TRUE(store->CheckIntegrity().ok());
  }
}

TEST(SqliteStoreTest, ASecondStoreOnTheFileSeesEachCommit) {
  const TempFolder folder;
  const auto one = MustOpen(folder.File("shop.db"));
  const auto other = MustOpen(folder.File("shop.db"));
  MustCommit(*one, OfWrites({Put(1, "a", "1")}));
  EXPECT_EQ(Get(*other, 1, "a"), "1");
  Batch late = OfWrites({Put(1, "a", "2")});
  late.expectations = {{{1, "a"}, nullptr}};
  EXPECT_FALSE(MustCommit(*other, std::move(late)).is_committed);
  EXPECT_EQ(MustCommit(*other, OfWrites({Put(1, "a", "3")})).position, 2);
  EXPECT_EQ(Get(*one, 1, "a"), "3");
}

TEST(SqliteStoreTest, ASnapshotOutlivesItsStore) {
  const TempFolder folder;
  auto store = MustOpen(folder.File("shop.db"));
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  const auto snapshot = MustRead(*store);
  store.reset();
  EXPECT_EQ(Get(*snapshot, 1, "a"), "1");
}

// The log grows while a snapshot is open, and begins anew when it is released.
TEST(SqliteStoreTest, TheLogDoesNotGrowForEver) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File("shop.db"), WithoutSyncs());
  const auto log_bytes = [&] { return std::filesystem::file_size(folder.File("shop.db-wal")); };
  const auto write = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      MustCommit(*store, OfWrites({Put(1, absl::StrCat(i % 10), std::string(100'000, 'x'))}));
    }
  };
  write(200);
  const auto usual = log_bytes();
  EXPECT_LT(usual, 20u << 20);
  auto snapshot = MustRead(*store);
  write(300);
  const auto grown = log_bytes();
  EXPECT_GT(grown, 25u << 20);
  snapshot.reset();
  write(300);
  EXPECT_LE(log_bytes(), grown + (1u << 20));
}

// Snapshots that overlap one another all the time do not keep the log from beginning anew.
TEST(SqliteStoreTest, TheLogEndsWhileSnapshotsOverlap) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File("shop.db"), WithoutSyncs());
  const auto write = [&] {
    MustCommit(*store, OfWrites({Put(1, "large", std::string(2'000'000, 'x'))}));
  };
  write();
  MustCommit(*store, OfWrites({Put(2, "small", "row")}));
  std::atomic<bool> is_over{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      auto snapshot = MustRead(*store);
      while (!is_over) {
        EXPECT_EQ(Get(*snapshot, 2, "small"), "row");
        // The next one is there before this one goes.
        auto next = MustRead(*store);
        snapshot = std::move(next);
      }
    });
  }
  for (int i = 0; i < 160; ++i) write();
  is_over = true;
  for (std::thread& reader : readers) reader.join();
  // 320 MB were written; a reader that gets no processor for a while lets the log grow meanwhile.
  EXPECT_LT(std::filesystem::file_size(folder.File("shop.db-wal")), 240u << 20);
}

TEST(SqliteStoreTest, EveryDurabilityKeepsWhatIsCommitted) {
  for (const SqliteDurability durability :
       {SqliteDurability::kFull, SqliteDurability::kNormal, SqliteDurability::kOff}) {
    const TempFolder folder;
    const auto store = MustOpen(folder.File("shop.db"), OptionsOf(durability));
    MustCommit(*store, OfWrites({Put(1, "a", "1")}));
    // As a killed process leaves it.
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::copy_file(folder.File("shop.db") + suffix,
                                 folder.File("killed.db") + suffix);
    }
    EXPECT_EQ(Get(*MustOpen(folder.File("killed.db")), 1, "a"), "1");
  }
}

TEST(SqliteStoreTest, AReadOnlyStoreReadsAlone) {
  const TempFolder folder;
  SqliteOptions options;
  options.read_only = true;
  EXPECT_EQ(SqliteStore::Open(folder.File("shop.db"), options).status().code(),
            absl::StatusCode::kNotFound);
  const auto writing = MustOpen(folder.File("shop.db"));
  MustCommit(*writing, OfWrites({Put(1, "a", "1")}));
  const auto reading = MustOpen(folder.File("shop.db"), options);
  EXPECT_EQ(Get(*reading, 1, "a"), "1");
  MustCommit(*writing, OfWrites({Put(1, "a", "2")}));
  EXPECT_EQ(Get(*reading, 1, "a"), "2");
  EXPECT_EQ(reading->Commit({OfWrites({Put(1, "a", "3")})}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Get(*writing, 1, "a"), "2");
  EXPECT_TRUE(reading->CheckIntegrity().ok());
  EXPECT_TRUE(reading->Backup(folder.File("copy.db")).ok());
  EXPECT_EQ(Get(*MustOpen(folder.File("copy.db"), options), 1, "a"), "2");
  // A desk that the file does not have is empty, until another process makes it.
  options.desk = "other";
  const auto other = MustOpen(folder.File("shop.db"), options);
  EXPECT_EQ(MustRead(*other)->position(), 0);
  EXPECT_EQ(Get(*other, 1, "a"), "<none>");
  SqliteOptions writable;
  writable.desk = "other";
  MustCommit(*MustOpen(folder.File("shop.db"), writable), OfWrites({Put(1, "a", "4")}));
  EXPECT_EQ(Get(*other, 1, "a"), "4");
}

TEST(SqliteStoreTest, AFileThatMustExistIsNotMade) {
  const TempFolder folder;
  SqliteOptions options;
  options.must_exist = true;
  const auto code = [&] {
    return SqliteStore::Open(folder.File("shop.db"), options).status().code();
  };
  EXPECT_EQ(code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder.File("shop.db")));
  WriteBytes(folder.File("shop.db"), "");
  EXPECT_EQ(code(), absl::StatusCode::kNotFound);
  MustOpen(folder.File("shop.db"));
  EXPECT_EQ(code(), absl::StatusCode::kOk);
}

TEST(SqliteStoreTest, APathIsTheNameOfAFile) {
  const TempFolder folder;
  EXPECT_EQ(SqliteStore::Open("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SqliteStore::Open(absl::string_view("a\0b", 3)).status().code(),
            absl::StatusCode::kInvalidArgument);
  SqliteOptions options;
  options.desk = std::string(kMaxSqliteDeskBytes + 1, 'x');
  EXPECT_EQ(SqliteStore::Open(folder.File("shop.db"), options).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SqliteStore::Open(folder.File("none/shop.db")).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(SqliteStore::Open(folder.path()).status().code(), absl::StatusCode::kUnavailable);
  // SQLite would read these as something else.
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const std::string name : {":memory:", "file:x?mode=memory", "%41#?.db"}) {
    MustCommit(*MustOpen(name), OfWrites({Put(1, "a", name)}));
    EXPECT_TRUE(std::filesystem::exists(folder.File(name))) << name;
    EXPECT_EQ(Get(*MustOpen(folder.File(name)), 1, "a"), name);
  }
  std::filesystem::current_path(before);
}

// ---- Copies ---------------------------------------------------------------------------------------------------------

TEST(SqliteStoreTest, ABackupIsTheStoreAtOneMoment) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File("shop.db"), WithoutSyncs());
  SqliteOptions other;
  other.desk = "other";
  MustCommit(*MustOpen(folder.File("shop.db"), other), OfWrites({Put(1, "o", "1")}));
  MustCommit(*store, OfWrites({Put(1, "a", "0"), Put(1, "z", "0")}));
  std::thread writer([&] {
    for (int i = 1; i <= 200; ++i) {
      MustCommit(*store, OfWrites({Put(1, "a", absl::StrCat(i)), Put(1, "z", absl::StrCat(i)),
                                   Put(2, absl::StrCat(i), std::string(20'000, 'x'))}));
    }
  });
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(store->Backup(folder.File(absl::StrCat(i, ".db"))).ok());
  }
  writer.join();
  std::int64_t last = 0;
  for (int i = 0; i < 5; ++i) {
    const std::string path = folder.File(absl::StrCat(i, ".db"));
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
    const auto copy = MustOpen(path);
    EXPECT_TRUE(copy->CheckIntegrity().ok());
    EXPECT_EQ(Get(*copy, 1, "a"), Get(*copy, 1, "z"));
    EXPECT_GE(MustRead(*copy)->position(), last);
    last = MustRead(*copy)->position();
    EXPECT_EQ(last, std::stoi(Get(*copy, 1, "a")) + 1);
    EXPECT_EQ(MustCommit(*copy, OfWrites({Put(1, "a", "copy")})).position, last + 1);
    EXPECT_EQ(Get(*MustOpen(path, other), 1, "o"), "1");
  }
  EXPECT_EQ(Get(*store, 1, "a"), "200");
  // Nothing but the copies is left.
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path().string().find("partial"), std::string::npos) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 6);
}

TEST(SqliteStoreTest, ABackupReplacesNoFile) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File("shop.db"));
  for (const std::string name : {"text.txt", "left.db-wal", "left.db-journal"}) {
    WriteBytes(folder.File(name), "mine");
  }
  for (const std::string name : {"text.txt", "left.db", "shop.db"}) {
    EXPECT_EQ(store->Backup(folder.File(name)).code(), absl::StatusCode::kAlreadyExists) << name;
  }
  EXPECT_EQ(ReadBytes(folder.File("text.txt")), "mine");
  EXPECT_FALSE(std::filesystem::exists(folder.File("left.db")));
  EXPECT_EQ(store->Backup("").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store->Backup(folder.File("none/copy.db")).code(), absl::StatusCode::kUnavailable);
}

// ---- Clones ---------------------------------------------------------------------------------------------------------

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::shared_ptr<Store> MustClone(const Store& store) {
  auto clone = store.Clone();
  EXPECT_TRUE(clone.ok()) << clone.status();
  return clone.ok() ? *std::move(clone) : nullptr;
}

TEST(SqliteStoreTest, ACloneIsAPrivateFileThatGoesWithItsLastSnapshot) {
  const TempFolder folder;
  ::umask(0);
  auto store = MustOpen(folder.File("shop.db"));
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  auto clone = MustClone(*store);
  auto of_clone = MustClone(*clone);
  store.reset();
  std::filesystem::remove(folder.File("shop.db"));
  EXPECT_EQ(MustCommit(*clone, OfWrites({Put(1, "a", "2")})).position, 2);
  EXPECT_EQ(Get(*of_clone, 1, "a"), "1");
  int files = 0;
  for (const std::string& name : FilesIn(folder.path())) {
    EXPECT_THAT(name, ::testing::StartsWith("shop.db-clone-"));
    EXPECT_EQ(name.find("-clone-", 10), std::string::npos) << name;
    EXPECT_EQ(std::filesystem::status(folder.File(name)).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << name;
    ++files;
  }
  EXPECT_GE(files, 6) << "two files with their logs";
  of_clone.reset();
  auto snapshot = MustRead(*clone);
  clone.reset();
  EXPECT_EQ(Get(*snapshot, 1, "a"), "2");
  snapshot.reset();
  EXPECT_THAT(FilesIn(folder.path()), IsEmpty());
}

TEST(SqliteStoreTest, AReadOnlyStoreHasClonesThatCanBeWritten) {
  const TempFolder folder, other;
  SqliteOptions options;
  options.desk = "brand";
  MustCommit(*MustOpen(folder.File("shop.db")), OfWrites({Put(1, "a", "of the other desk")}));
  MustCommit(*MustOpen(folder.File("shop.db"), options), OfWrites({Put(1, "a", "1")}));
  const std::string before = ReadBytes(folder.File("shop.db"));
  options.read_only = true;
  options.clone_folder = other.path();
  const auto reading = MustOpen(folder.File("shop.db"), options);
  const auto clone = MustClone(*reading);
  ASSERT_NE(clone, nullptr);
  EXPECT_EQ(Get(*clone, 1, "a"), "1");
  EXPECT_EQ(MustCommit(*clone, OfWrites({Put(1, "a", "2")})).position, 2);
  EXPECT_EQ(Get(*clone, 1, "a"), "2");
  EXPECT_EQ(Get(*reading, 1, "a"), "1");
  for (const std::string& name : FilesIn(folder.path())) {
    EXPECT_EQ(name.find("clone"), std::string::npos) << name;
  }
  EXPECT_THAT(FilesIn(other.path()).front(), ::testing::StartsWith("shop.db-clone-"));
  EXPECT_EQ(ReadBytes(folder.File("shop.db")), before);

  options.clone_folder = other.File("none");
  EXPECT_EQ(MustOpen(folder.File("shop.db"), options)->Clone().status().code(),
            absl::StatusCode::kUnavailable);
}

// A killed process leaves the file. Nobody opens it by mistake, in the place of the store or of a backup.
TEST(SqliteStoreTest, ACloneThatIsLeftBehindIsNoStore) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File("shop.db"));
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  auto clone = MustClone(*store);
  MustCommit(*clone, OfWrites({Put(1, "a", "2")}));
  std::string left;
  for (const std::string& name : FilesIn(folder.path())) {
    if (name.find("-clone-") == std::string::npos) continue;
    const std::size_t suffix = name.find("-wal");
    if (suffix == std::string::npos && name.find("-shm") == std::string::npos) left = name;
    std::filesystem::copy_file(folder.File(name), folder.File("left-" + name));
  }
  std::filesystem::remove(folder.File("left-" + left + "-shm"));
  SqliteOptions options;
  for (const bool read_only : {false, true}) {
    options.read_only = read_only;
    EXPECT_EQ(SqliteStore::Open(folder.File("left-" + left), options).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  // A backup of a clone is a store.
  const auto file = std::dynamic_pointer_cast<SqliteStore>(clone);
  ASSERT_NE(file, nullptr);
  EXPECT_TRUE(file->CheckIntegrity().ok());
  ASSERT_TRUE(file->Backup(folder.File("copy.db")).ok());
  const auto copy = MustOpen(folder.File("copy.db"));
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(Get(*copy, 1, "a"), "2");
}

TEST(SqliteStoreTest, ACloneIsTheStoreAtOneMoment) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File("shop.db"), WithoutSyncs());
  MustCommit(*store, OfWrites({Put(1, "a", "0"), Put(1, "z", "0")}));
  std::thread writer([&] {
    for (int i = 1; i <= 200; ++i) {
      MustCommit(*store, OfWrites({Put(1, "a", absl::StrCat(i)), Put(1, "z", absl::StrCat(i)),
                                   Put(2, absl::StrCat(i), std::string(20'000, 'x'))}));
    }
  });
  for (int i = 0; i < 5; ++i) {
    const auto clone = MustClone(*store);
    const auto snapshot = MustRead(*clone);
    EXPECT_EQ(Get(*snapshot, 1, "a"), Get(*snapshot, 1, "z"));
    EXPECT_EQ(MustCommit(*clone, OfWrites({Put(1, "a", "mine")})).position,
              snapshot->position() + 1);
  }
  writer.join();
  EXPECT_EQ(Get(*store, 1, "a"), "200");
}

// ---- Locks and folders ----------------------------------------------------------------------------------------------

// A connection of another program.
class Stranger {
 public:
  explicit Stranger(const std::string& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &handle_), SQLITE_OK);
  }
  ~Stranger() { sqlite3_close(handle_); }
  void Run(const char* sql) {
    EXPECT_EQ(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sql << ": " << sqlite3_errmsg(handle_);
  }

 private:
  sqlite3* handle_ = nullptr;
};

TEST(SqliteStoreTest, ALockOfAnotherProgramIsWaitedForUpToALimit) {
  const TempFolder folder;
  SqliteOptions options;
  options.busy_timeout = absl::Milliseconds(20);
  const auto store = MustOpen(folder.File("shop.db"), options);
  MustCommit(*store, OfWrites({Put(1, "a", "1")}));
  Stranger stranger(folder.File("shop.db"));
  stranger.Run("BEGIN IMMEDIATE");
  EXPECT_EQ(store->Commit({OfWrites({Put(1, "a", "2")})}).status().code(),
            absl::StatusCode::kUnavailable);
  // Reading waits for nobody, and opening neither, unless there is a desk to make.
  EXPECT_EQ(Get(*store, 1, "a"), "1");
  EXPECT_EQ(Get(*MustOpen(folder.File("shop.db"), options), 1, "a"), "1");
  options.desk = "new";
  EXPECT_EQ(SqliteStore::Open(folder.File("shop.db"), options).status().code(),
            absl::StatusCode::kUnavailable);
  stranger.Run("ROLLBACK");
  EXPECT_EQ(MustCommit(*store, OfWrites({Put(1, "a", "2")})).position, 2);
  // One that waits long enough gets the lock.
  options.busy_timeout = absl::Minutes(10);
  const auto patient = MustOpen(folder.File("shop.db"), options);
  stranger.Run("BEGIN IMMEDIATE");
  std::thread waiting([&] { MustCommit(*patient, OfWrites({Put(1, "a", "3")})); });
  stranger.Run("ROLLBACK");
  waiting.join();
  EXPECT_EQ(Get(*patient, 1, "a"), "3");
}

TEST(SqliteStoreTest, AFileThatAnotherProgramHasForItselfIsUnavailable) {
  const TempFolder folder;
  MustOpen(folder.File("shop.db"));
  Stranger stranger(folder.File("shop.db"));
  stranger.Run("PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE; COMMIT");
  SqliteOptions options;
  options.busy_timeout = absl::Milliseconds(20);
  EXPECT_EQ(SqliteStore::Open(folder.File("shop.db"), options).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(SqliteStoreTest, AFolderThatCannotBeWrittenIsUnavailable) {
  const TempFolder folder;
  MustCommit(*MustOpen(folder.File("shop.db")), OfWrites({Put(1, "a", "1")}));
  ASSERT_TRUE(MustOpen(folder.File("shop.db"))->Backup(folder.File("copy.db")).ok());
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  for (const char* name : {"shop.db", "copy.db"}) {
    std::filesystem::permissions(folder.File(name), std::filesystem::perms(0444));
  }
  const std::string before = ReadBytes(folder.File("shop.db"));
  // Nothing is forbidden to root: be somebody else for a while.
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    ASSERT_EQ(::seteuid(65'534), 0);
  }
  const auto status = SqliteStore::Open(folder.File("shop.db")).status();
  const auto status_of_new = SqliteStore::Open(folder.File("new.db")).status();
  SqliteOptions options;
  options.read_only = true;
  // A copy has no log, and is read where nothing can be written.
  const auto copy = SqliteStore::Open(folder.File("copy.db"), options);
  const std::string value = copy.ok() ? Get(**copy, 1, "a") : copy.status().ToString();
  if (is_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(status_of_new.code(), absl::StatusCode::kUnavailable) << status_of_new;
  EXPECT_EQ(value, "1");
  EXPECT_EQ(ReadBytes(folder.File("shop.db")), before);
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
