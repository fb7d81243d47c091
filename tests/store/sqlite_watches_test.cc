// Watches on a SQLite file: commits of other stores, of other processes and of killed ones, whatever becomes of the log.
#include <poll.h>
#include <sqlite3.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/rows_testing.h"
#include "store/sqlite_testing.h"
#include "store/worker_testing.h"

#ifdef __linux__

namespace frontdesk {
namespace store {
namespace {

bool IsReadable(int descriptor) {
  pollfd waiting = {descriptor, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1;
}

std::unique_ptr<Watch> MustWatch(const Store& store) {
  auto watch = store.StartWatch();
  EXPECT_TRUE(watch.ok()) << watch.status();
  return watch.ok() ? *std::move(watch) : nullptr;
}

// Waits without end until the store has the position.
void Follow(const Store& store, Watch& watch, std::int64_t position) {
  while (true) {
    watch.Clear();
    if (MustRead(store)->position() >= position) return;
    pollfd waiting = {watch.descriptor(), POLLIN, 0};
    while (::poll(&waiting, 1, -1) != 1) continue;
  }
}

// Whether a commit touches the log: a watch waits for that.
class Touches {
 public:
  explicit Touches(const std::string& log) : events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    EXPECT_GE(::inotify_add_watch(events_, log.c_str(), IN_ATTRIB), 0);
  }
  ~Touches() { ::close(events_); }
  Touches(const Touches&) = delete;
  Touches& operator=(const Touches&) = delete;

  bool ByCommit(Store& store) {
    char events[4'096];
    while (::read(events_, events, sizeof(events)) > 0) continue;
    MustCommit(store, OfWrites({}));
    return IsReadable(events_);
  }

 private:
  const int events_;
};

TEST(SqliteWatchesTest, AWatchIsReadableAfterCommitsAlone) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const auto store = MustOpen(path), other = MustOpen(path);
  SqliteOptions options;
  options.read_only = true;
  const auto reader = MustOpen(path, options);
  options = {};
  options.desk = "brand";
  const auto brand = MustOpen(path, options);
  const auto watch = MustWatch(*store), reading = MustWatch(*reader);
  // The first snapshot opens a connection. SQLite gives the log its owner again then, if it is root.
  MustRead(*other);
  for (Watch* each : {watch.get(), reading.get()}) {
    each->Clear();
    EXPECT_FALSE(IsReadable(each->descriptor()));
    // Of the same store, of another one, of another desk in the file.
    for (Store* writer : {store.get(), other.get(), brand.get()}) {
      MustCommit(*writer, OfWrites({Put(1, "a", "x")}));
      EXPECT_TRUE(IsReadable(each->descriptor()));
      EXPECT_TRUE(IsReadable(each->descriptor()));
      each->Clear();
      EXPECT_FALSE(IsReadable(each->descriptor()));
    }
    // Reading, and a batch that is refused, are no commits.
    EXPECT_EQ(Get(*other, 1, "a"), "x");
    Batch refused = OfWrites({});
    refused.expectations = {{{1, "a"}, nullptr}};
    EXPECT_FALSE(MustCommit(*other, std::move(refused)).is_committed);
    EXPECT_FALSE(IsReadable(each->descriptor()));
  }
}

TEST(SqliteWatchesTest, ACommitWithoutWatchesTouchesNothing) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const auto store = MustOpen(path), other = MustOpen(path);
  Touches touches(path + "-wal");
  EXPECT_FALSE(touches.ByCommit(*store));
  auto watch = MustWatch(*other);
  EXPECT_TRUE(touches.ByCommit(*store));
  EXPECT_TRUE(touches.ByCommit(*other));
  watch = nullptr;
  EXPECT_FALSE(touches.ByCommit(*store));
}

// A process that is killed after its commit, before it could touch the log, leaves this behind.
TEST(SqliteWatchesTest, TheEndOfAWriterIsSeen) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const auto store = MustOpen(path);
  const auto watch = MustWatch(*store);
  sqlite3* writer = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &writer), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(writer, "UPDATE desks SET name = name", nullptr, nullptr, nullptr),
            SQLITE_OK);
  watch->Clear();
  EXPECT_FALSE(IsReadable(watch->descriptor()));
  ASSERT_EQ(sqlite3_close(writer), SQLITE_OK);
  EXPECT_TRUE(IsReadable(watch->descriptor()));
}

// The log goes into the file and begins anew, and is never cut.
TEST(SqliteWatchesTest, ALogThatBeginsAnewIsWatchedOn) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const auto store = MustOpen(path, WithoutSyncs()), other = MustOpen(path, WithoutSyncs());
  const auto watch = MustWatch(*other);
  MustRead(*other);  // Opens its connection.
  constexpr int kCommits = 400;
  const std::string value(100'000, 'x');
  for (int i = 1; i <= kCommits; ++i) {
    MustCommit(*store, OfWrites({Put(1, absl::StrCat(i % 10), value)}));
    Follow(*other, *watch, i);
    EXPECT_FALSE(IsReadable(watch->descriptor())) << i;
  }
  EXPECT_LT(std::filesystem::file_size(path + "-wal"), kCommits * value.size() / 2);
}

// The watch keeps the log where it is when all writers have gone.
TEST(SqliteWatchesTest, WritersMayGoAndOthersCome) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  MustCommit(*MustOpen(path), OfWrites({}));
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
  SqliteOptions options;
  options.read_only = true;
  const auto reader = MustOpen(path, options);
  const auto watch = MustWatch(*reader);
  for (int round = 2; round <= 4; ++round) {
    MustCommit(*MustOpen(path), OfWrites({}));
    Follow(*reader, *watch, round);
  }
}

TEST(SqliteWatchesTest, AWatchOutlivesItsStore) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  auto store = MustOpen(path);
  const auto watch = MustWatch(*store);
  store = nullptr;
  EXPECT_TRUE(std::filesystem::exists(path + "-wal"));
  const auto writer = MustOpen(path);
  watch->Clear();
  MustCommit(*writer, OfWrites({}));
  EXPECT_TRUE(IsReadable(watch->descriptor()));
}

// A copy in one file has no log until somebody opens it for writing.
TEST(SqliteWatchesTest, AFileWithoutALogCannotBeWatched) {
  const TempFolder folder;
  ASSERT_TRUE(MustOpen(folder.File("shop.db"))->Backup(folder.File("copy.db")).ok());
  SqliteOptions options;
  options.read_only = true;
  const auto copy = MustOpen(folder.File("copy.db"), options);
  EXPECT_EQ(copy->StartWatch().status().code(), absl::StatusCode::kUnimplemented);
  const auto writer = MustOpen(folder.File("copy.db"));
  const auto watch = MustWatch(*copy);
  MustCommit(*writer, OfWrites({}));
  Follow(*copy, *watch, 1);
}

TEST(SqliteWatchesTest, ProcessesFollowEachOther) {
  constexpr int kWriters = 2;
  constexpr int kThreads = 2;
  constexpr int kRounds = 40;
  constexpr int kAll = kWriters * kThreads * kRounds;
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  // The file does not exist: followers and writers want to make it.
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < 2; ++i) {
    workers.push_back(
        std::make_unique<Worker>(std::vector<std::string>{"follow", path, absl::StrCat(kAll)}));
  }
  for (int i = 0; i < kWriters; ++i) {
    workers.push_back(std::make_unique<Worker>(
        std::vector<std::string>{"count", path, absl::StrCat(kThreads), absl::StrCat(kRounds)}));
  }
  const auto store = MustOpen(path);
  const auto watch = MustWatch(*store);
  for (int next = 1; next <= kAll; ++next) Follow(*store, *watch, next);
  for (const auto& worker : workers) EXPECT_EQ(worker->Wait(), 0);
}

// Each process is killed at some moment. Its commits are seen, with nobody there to commit more.
TEST(SqliteWatchesTest, CommitsOfKilledProcessesAreSeen) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  const auto store = MustOpen(path), other = MustOpen(path);
  const auto watch = MustWatch(*store);
  for (int kill = 0; kill < 12; ++kill) {
    Worker worker({"write", path, "2", absl::StrCat("w", kill)});
    ASSERT_EQ(worker.ReadLine(), "ready");
    const std::int64_t begin = MustRead(*store)->position();
    Follow(*store, *watch, begin + 5 * kill + 1);
    worker.Kill();
    Follow(*store, *watch, MustRead(*other)->position());
  }
}

}  // namespace
}  // namespace store
}  // namespace frontdesk

#endif  // __linux__
