// A process that works on a SQLite file, for tests that start several and kill some.
//
//   frontdesk_sqlite_worker count FILE THREADS ROUNDS     adds 1 to the row (1, "counter") ROUNDS times in each thread
//   frontdesk_sqlite_worker write FILE THREADS PREFIX     commits for ever; one line for each batch that is committed
//   frontdesk_sqlite_worker follow FILE POSITION          reads and waits in turn, each time without end, up to the position
//   frontdesk_sqlite_worker backup FILE FOLDER            makes a backup after another one for ever, 0.db and so on
//   frontdesk_sqlite_worker migrate FILE                  opens a file of the made-up old version
//   frontdesk_sqlite_worker first FILE                    makes the file that tests/store/testdata keeps
//
// A line "ready" comes first. The exit code is 0 when everything went well.
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/store/sqlite.h"
#include "store/old_schema_testing.h"
#include "store/sqlite/open_store.h"

namespace frontdesk {
namespace store {
namespace {

[[noreturn]] void Fail(const absl::Status& status) {
  std::fprintf(stderr, "frontdesk_sqlite_worker: %s\n", status.ToString().c_str());
  std::_Exit(1);
}

// One line, whole: pipes do not mix short writes.
void Say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(1, text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::_Exit(2);
}

std::shared_ptr<SqliteStore> Open(const std::string& path, std::string desk = "") {
  SqliteOptions options;
  options.busy_timeout = absl::Minutes(5);
  options.desk = std::move(desk);
  auto store = SqliteStore::Open(path, options);
  if (!store.ok()) Fail(store.status());
  return *std::move(store);
}

template <typename Work>
void InThreads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

Write RowOf(std::uint8_t table, std::string key, std::string value) {
  return {{table, std::move(key)}, MakeValue(std::move(value)), Write::Position::kNowhere};
}
Write LogOf(std::string value) {
  return {{9, ""}, MakeValue(std::move(value)), Write::Position::kBehindKey};
}

int Count(const std::string& path, int threads, int rounds) {
  const auto store = Open(path);
  Say("ready");
  InThreads(threads, [&](int) {
    for (int done = 0; done < rounds;) {
      const auto snapshot = store->Read();
      if (!snapshot.ok()) Fail(snapshot.status());
      const auto value = (*snapshot)->Get({1, "counter"});
      if (!value.ok()) Fail(value.status());
      const int before = *value == nullptr ? 0 : std::atoi((*value)->c_str());
      Batch batch;
      batch.expectations = {{{1, "counter"}, *value}};
      batch.writes = {RowOf(1, "counter", absl::StrCat(before + 1)), LogOf("")};
      const auto results = store->Commit({std::move(batch)});
      if (!results.ok()) Fail(results.status());
      done += results->front().is_committed;
    }
  });
  return 0;
}

// Batch i of thread t: a row each in the tables 1 and 2, key PREFIX-t-i, and its entry in the log.
int WriteForEver(const std::string& path, int threads, const std::string& prefix) {
  const auto store = Open(path);
  Say("ready");
  InThreads(threads, [&](int thread) {
    for (int i = 0;; ++i) {
      const std::string key = absl::StrCat(prefix, "-", thread, "-", i);
      Batch batch;
      batch.expectations = {{{1, key}, nullptr}};
      batch.writes = {RowOf(1, key, std::string(i % 50 * 400, 'x')), RowOf(2, key, "y"),
                      LogOf(key)};
      const auto results = store->Commit({std::move(batch)});
      if (!results.ok()) Fail(results.status());
      if (!results->front().is_committed) Fail(absl::InternalError("the row was there"));
      Say(key);
    }
  });
  return 0;
}

int Follow(const std::string& path, std::int64_t position) {
  const auto store = Open(path);
  const auto watch = store->StartWatch();
  if (!watch.ok()) Fail(watch.status());
  Say("ready");
  while (true) {
    (*watch)->Clear();
    const auto snapshot = store->Read();
    if (!snapshot.ok()) Fail(snapshot.status());
    if ((*snapshot)->position() >= position) return 0;
    pollfd waiting = {(*watch)->descriptor(), POLLIN, 0};
    while (::poll(&waiting, 1, -1) != 1) continue;
  }
}

int BackUpForEver(const std::string& path, const std::string& folder) {
  const auto store = Open(path);
  Say("ready");
  for (int i = 0;; ++i) {
    const absl::Status status = store->Backup(absl::StrCat(folder, "/", i, ".db"));
    if (!status.ok()) Fail(status);
    Say(absl::StrCat(i));
  }
}

int Migrate(const std::string& path) {
  Say("ready");
  const auto store = sqlite_internal::OpenStore(path, {}, SchemaWithMigration());
  if (!store.ok()) Fail(store.status());
  Say("migrated");
  return 0;
}

int MakeFirst(const std::string& path) {
  const std::string work = path + ".work";
  const auto store = Open(work), brand = Open(work, "brand");
  const auto commit = [](SqliteStore& into, std::vector<Write> writes) {
    Batch batch;
    batch.writes = std::move(writes);
    batch.writes.push_back(LogOf("log"));
    const auto results = into.Commit({std::move(batch)});
    if (!results.ok()) Fail(results.status());
  };
  commit(*store, {RowOf(1, "", "empty key"), RowOf(1, "b", "1"), RowOf(1, "c", "goes")});
  commit(*store, {RowOf(1, std::string("a\0b", 3), "with zero"),
                  RowOf(1, "\xff", "high"),
                  {{1, "c"}, nullptr, Write::Position::kNowhere}});
  commit(*store, {RowOf(1, "b", ""), RowOf(255, "large", std::string(10'000, 'x'))});
  commit(*brand, {RowOf(1, "", "of the brand")});
  const absl::Status status = store->Backup(path);
  if (!status.ok()) Fail(status);
  return 0;
}

int Run(const std::vector<std::string>& arguments) {
  const std::string mode = arguments.empty() ? "" : arguments[0];
  if (mode == "count" && arguments.size() == 4) {
    return Count(arguments[1], std::stoi(arguments[2]), std::stoi(arguments[3]));
  }
  if (mode == "write" && arguments.size() == 4) {
    return WriteForEver(arguments[1], std::stoi(arguments[2]), arguments[3]);
  }
  if (mode == "follow" && arguments.size() == 3) {
    return Follow(arguments[1], std::stoi(arguments[2]));
  }
  if (mode == "backup" && arguments.size() == 3) return BackUpForEver(arguments[1], arguments[2]);
  if (mode == "migrate" && arguments.size() == 2) return Migrate(arguments[1]);
  if (mode == "first" && arguments.size() == 2) return MakeFirst(arguments[1]);
  std::fputs("frontdesk_sqlite_worker: the arguments are in its source\n", stderr);
  return 2;
}

}  // namespace
}  // namespace store
}  // namespace frontdesk

int main(int count, char** arguments) {
  return frontdesk::store::Run(std::vector<std::string>(arguments + 1, arguments + count));
}
