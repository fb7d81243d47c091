// A desk on a file whose process is killed at random moments: `./dev crash`.
//
//   frontdesk_crash --store sqlite [--rounds N] [--seed N] [--folder FOLDER]
//
// In each round a child works on the file and reports each record that it has acknowledged. It is killed with SIGKILL after a random
// time. The kinds of work take turns: single commands, groups of commands, two threads, commands beside backups. Further
// ones are the import of an exported log, commands beside a worker on the outbox, and the import of commands. After each round, in the parent:
//
// - each acknowledged record is there, once;
// - no effect is in the outbox that was acknowledged or reported as done;
// - of the records that nobody acknowledged there are at most as many as were on their way;
// - the file is whole; the log has no fault, and states, lists, the index and the outbox are what the log says (VerifyRows);
// - each finished backup is a whole desk;
// - an import of commands continues, and the file is then the same as after an import that nobody killed.
//
// A file serves several rounds. Exit status 0: all of that held.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "desk/crash_work.h"
#include "desk/random_commands.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/store/sqlite.h"
#include "frontdesk/v1/log.pb.h"

namespace frontdesk {
namespace {

using namespace crash;  // NOLINT: the parts of this program that are in crash_work.h.
using ::frontdesk::testing::OpenRandomDesk;

constexpr int kWorks = 7;
constexpr int kRoundsOfAFile = 10;
constexpr int kMostMilliseconds = 250;

std::shared_ptr<store::SqliteStore> MustOpenFile(const std::string& path) {
  auto store = store::SqliteStore::Open(path);
  if (!store.ok()) Fail(absl::StrCat("the file does not open: ", store.status().ToString()));
  return *std::move(store);
}

// ---- The child ---------------------------------------------------------------------------------------

// Returns on an error only.
int RunChild(const std::string& path, Work work, std::uint64_t seed) {
  if (work == Work::kImport) {
    // The log of the file, into another one, again and again.
    const std::string target = path + ".imported";
    const std::shared_ptr<store::SqliteStore> from = MustOpenFile(path);
    while (true) {
      std::error_code ignored;
      for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(target + end, ignored);
      LogImportOptions options;
      options.group_size = 8;
      auto importer =
          LogImporter::Make(MustOpenFile(target), LogFormat::kBinary, std::move(options));
      if (!importer.ok()) return 2;
      const absl::Status status =
          ExportLog(*from, LogFormat::kBinary,
                    [&](absl::string_view bytes) { return (*importer)->Read(bytes); });
      if (!status.ok() || !(*importer)->Finish().ok()) return 2;
    }
  }
  const std::shared_ptr<store::SqliteStore> store = MustOpenFile(path);
  const std::unique_ptr<Desk> desk = MustOpenDesk(store);
  std::thread other;
  if (work == Work::kBackups) {
    other = std::thread([&] {
      for (int i = 0;; ++i) {
        if (!store->Backup(absl::StrCat(path, ".backup-", seed, "-", i)).ok()) std::_Exit(4);
      }
    });
  }
  return WorkForEver(desk.get(), work, seed);
}

// ---- The parent --------------------------------------------------------------------------------------

// Opens the file as after a crash, and demands that all is well.
void CheckFile(const std::string& path, const std::string& what) {
  const std::shared_ptr<store::SqliteStore> store = MustOpenFile(path);
  const absl::Status whole = store->CheckIntegrity();
  if (!whole.ok()) Fail(absl::StrCat(what, ": ", whole.ToString()));
  const std::unique_ptr<Desk> desk = MustOpenDesk(store);
  const auto report = desk->VerifyRows();
  if (!report.ok()) Fail(absl::StrCat(what, ": ", report.status().ToString()));
  if (report->has_fault()) Fail(absl::StrCat(what, ": ", report->fault().ShortDebugString()));
}

class Rounds {
 public:
  Rounds(std::string program, std::string folder, std::uint64_t seed)
      : program_(std::move(program)), folder_(std::move(folder)), random_(seed) {}

  void Run(int round) {
    if (round % kRoundsOfAFile == 0) Begin(round);
    const int work = round % kWorks;
    const std::uint64_t seed = random_();
    if (static_cast<Work>(work) == Work::kRows &&
        !MustOpenFile(path_)->Backup(path_ + ".before").ok()) {
      Fail("no backup before an import");
    }
    const Child child = Start(program_, path_, static_cast<Work>(work), seed);
    std::vector<std::string> acknowledged;
    std::thread reader([&] { acknowledged = ReadAll(child.output); });
    // The child opens the file first, which takes some milliseconds.
    std::this_thread::sleep_for(std::chrono::milliseconds(10 + random_() % kMostMilliseconds));
    Kill(child);
    reader.join();
    Check(static_cast<Work>(work), seed, acknowledged);
    total_ += acknowledged.size();
  }

  std::size_t total() const { return total_; }

 private:
  void Begin(int round) {
    path_ = absl::StrCat(folder_, "/desk-", round, ".db");
    const std::unique_ptr<Desk> desk = OpenRandomDesk(MustOpenFile(path_));
    for (const v1::Command& command : testing::OpeningCommands()) {
      if (!desk->Execute(command).ok()) Fail("the shop does not open");
    }
    known_ = CountRecords(*desk);
  }

  void Check(Work work, std::uint64_t seed, std::vector<std::string>& acknowledged) {
    CheckFile(path_, "after a kill");
    const std::unique_ptr<Desk> desk = MustOpenDesk(MustOpenFile(path_));
    CheckEffects(*desk, &acknowledged);
    known_ = CheckRecords(*desk, work, known_, acknowledged);
    if (work == Work::kRows) CheckRows(desk.get(), seed);
    CheckCopies();
  }

  void CheckRows(Desk* desk, std::uint64_t seed) {
    const std::string before = path_ + ".before";
    const std::shared_ptr<store::SqliteStore> store = MustOpenFile(before);
    const std::unique_ptr<Desk> other = MustOpenDesk(store);
    CompareImports(desk, other.get(), seed);
    CheckFile(path_, "an import of rows");
    known_ = CountRecords(*desk);
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(before + end);
  }

  // Copies that are finished, and the file of an interrupted import.
  void CheckCopies() {
    std::vector<std::string> copies;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().string();
      const bool is_log = name.size() > 4 && (name.compare(name.size() - 4, 4, "-wal") == 0 ||
                                              name.compare(name.size() - 4, 4, "-shm") == 0);
      if (name == path_ || is_log) continue;
      if (name.find(".backup-") != std::string::npos &&
          name.find("-partial-") == std::string::npos) {
        copies.push_back(name);
      } else if (name == path_ + ".imported") {
        CheckImported(name);
      }
    }
    // One of them is enough.
    if (!copies.empty()) CheckFile(copies.back(), "a backup");
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().string();
      if (name.find(".backup-") != std::string::npos || name.find(".imported") != std::string::npos)
        std::filesystem::remove(entry.path());
    }
  }

  // A beginning of the log; the import continues.
  void CheckImported(const std::string& name) {
    auto importer = LogImporter::Make(MustOpenFile(name), LogFormat::kBinary);
    if (!importer.ok()) Fail(importer.status().ToString());
    const absl::Status status =
        ExportLog(*MustOpenFile(path_), LogFormat::kBinary,
                  [&](absl::string_view bytes) { return (*importer)->Read(bytes); });
    if (!status.ok()) Fail(absl::StrCat("an import does not continue: ", status.ToString()));
    const auto report = (*importer)->Finish();
    if (!report.ok()) Fail(absl::StrCat("an import does not end: ", report.status().ToString()));
    importer->reset();
    CheckFile(name, "an import");
  }

  const std::string program_;
  const std::string folder_;
  std::mt19937_64 random_;
  std::string path_;
  std::int64_t known_ = 0;
  std::size_t total_ = 0;
};

int Main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 4 && arguments[0] == "--child") {
    int work = 0;
    std::uint64_t seed = 0;
    if (!absl::SimpleAtoi(arguments[2], &work) || !absl::SimpleAtoi(arguments[3], &seed)) return 5;
    return RunChild(arguments[1], static_cast<Work>(work), seed);
  }
  int rounds = 20;
  std::uint64_t seed = std::random_device{}() & 0xffffffff;
  std::string folder;
  std::string store;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (i + 1 == arguments.size()) Fail(absl::StrCat(arguments[i], " needs a value"));
    const std::string& value = arguments[i + 1];
    bool is_right = true;
    if (arguments[i] == "--rounds") {
      is_right = absl::SimpleAtoi(value, &rounds) && rounds > 0;
    } else if (arguments[i] == "--seed") {
      is_right = absl::SimpleAtoi(value, &seed);
    } else if (arguments[i] == "--folder") {
      folder = value;
    } else if (arguments[i] == "--store") {
      store = value;
    } else {
      Fail(absl::StrCat("unknown option ", arguments[i]));
    }
    if (!is_right) Fail(absl::StrCat(arguments[i], " needs a number"));
  }
  if (store != "sqlite") Fail("--store sqlite is possible");
  const std::filesystem::path scratch =
      folder.empty()
          ? std::filesystem::temp_directory_path() / absl::StrCat("frontdesk-crash-", getpid())
          : std::filesystem::path(folder);
  std::filesystem::create_directories(scratch);
  std::cout << "seed " << seed << ", " << rounds << " rounds\n" << std::flush;
  Rounds all(std::filesystem::read_symlink("/proc/self/exe").string(), scratch.string(), seed);
  for (int round = 0; round < rounds; ++round) {
    all.Run(round);
    if ((round + 1) % kRoundsOfAFile != 0 && round + 1 < rounds) continue;
    std::cout << round + 1 << " kills, " << all.total() << " acknowledged records are there\n"
              << std::flush;
    for (const auto& entry : std::filesystem::directory_iterator(scratch)) {
      std::filesystem::remove(entry.path());
    }
  }
  if (folder.empty()) std::filesystem::remove_all(scratch);
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
