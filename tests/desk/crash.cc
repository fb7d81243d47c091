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
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "desk/random_commands.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/store/sqlite.h"
#include "frontdesk/v1/log.pb.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::OpenRandomDesk;
using ::frontdesk::testing::RandomCommands;

constexpr int kGroupSize = 16;
constexpr int kRoundsOfAFile = 10;
constexpr int kMostMilliseconds = 250;

enum class Work { kCommands, kGroups, kThreads, kBackups, kImport, kOutbox, kRows };
constexpr const char* kWorkNames[] = {"commands", "groups", "threads", "backups",
                                      "import",   "outbox", "rows"};
constexpr int kWorks = 7;
// Begins the line of an effect that was carried out; other lines are records.
constexpr char kEffectMark = '!';
// The rows of an import of commands, of which a child does a part before it is killed.
constexpr int kRows = 1'000;

// The most records that may be on their way when the child is killed.
int MostOnTheirWay(Work work) {
  switch (work) {
    case Work::kGroups:
    case Work::kRows:
      return kGroupSize;
    case Work::kThreads:
      return 2;
    default:
      return 1;
  }
}

[[noreturn]] void Fail(const std::string& text) {
  std::cerr << "crash: " << text << "\n";
  std::exit(1);
}

std::shared_ptr<store::SqliteStore> MustOpenFile(const std::string& path) {
  auto store = store::SqliteStore::Open(path);
  if (!store.ok()) Fail(absl::StrCat("the file does not open: ", store.status().ToString()));
  return *std::move(store);
}

// With one of the two policies that random commands activate: the one that is active.
std::unique_ptr<Desk> MustOpenDesk(std::shared_ptr<store::Store> store) {
  const std::shared_ptr<const Policy> first = testing::MustCompile(testing::kRandomPolicy);
  v1::PolicyPack second = first->pack();
  second.set_version("2");
  absl::Status status;
  for (const auto& policy : {first, Policy::Compile(second).policy}) {
    DeskOptions options;
    options.policy = policy;
    options.store = store;
    auto desk = Desk::Open(std::move(options));
    if (desk.ok()) return *std::move(desk);
    status = desk.status();
  }
  Fail(absl::StrCat("the desk does not open: ", status.ToString()));
}

// A row of the import of that seed: most create customers, some a second time, some are no command.
void FillRow(std::uint64_t seed, int row, ImportInput* input) {
  if (row % 11 == 0) {
    input->reason = "LINE_EMPTY";
    return;
  }
  const int number = row % 7 == 0 ? row / 2 : row;
  input->command = testing::AskInText(absl::StrCat("create_customer { customer_id: 'i", seed, "-",
                                                   number, "' given_name: 'Ann' }"));
}

absl::StatusOr<v1::ImportReport> ImportRows(Desk* desk, std::uint64_t seed,
                                            std::function<bool(std::int64_t)> progress) {
  ImportCommandsOptions options;
  options.group_size = kGroupSize;
  options.progress = std::move(progress);
  int row = 0;
  return ImportCommands(
      desk, absl::StrCat("import ", seed),
      [&](ImportInput* input) -> absl::StatusOr<bool> {
        if (row == kRows) return false;
        FillRow(seed, ++row, input);
        return true;
      },
      options);
}

// The results of the rows behind `after`.
std::vector<v1::ImportRow> ResultsOf(const Desk& desk, std::uint64_t seed, std::int64_t after) {
  LogPage page;
  page.after = after;
  page.page_size = kRows;
  const auto rows = ReadImport(desk, absl::StrCat("import ", seed), page);
  if (!rows.ok()) Fail(absl::StrCat("the rows of an import: ", rows.status().ToString()));
  return *rows;
}

// ---- The child ---------------------------------------------------------------------------------------

// One line in one call, so that no half of it is read.
void Acknowledge(const v1::Outcome& outcome) {
  if (outcome.record_id().empty()) return;
  const std::string line = outcome.record_id() + "\n";
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(3);
}

// A random command. Its key, if it has one, is used once: for a repeated command the desk returns the record of before, which
// would be acknowledged twice.
v1::Command NextCommand(RandomCommands* commands) {
  static std::atomic<int> count = 0;
  v1::Command command = commands->Next();
  if (!command.idempotency_key().empty()) {
    command.set_idempotency_key(absl::StrCat("key ", getpid(), " ", ++count));
  }
  return command;
}

void ExecuteNext(Desk* desk, RandomCommands* commands) {
  const v1::Command command = NextCommand(commands);
  const auto outcome = desk->Execute(command, commands->NextFacts(command));
  if (outcome.ok()) Acknowledge(*outcome);
}

void ExecuteForEver(Desk* desk, std::uint64_t seed) {
  Chance chance(seed);
  RandomCommands commands(&chance, desk);
  while (true) ExecuteNext(desk, &commands);
}

// Says that an effect was carried out, in one of the two ways; returns whether that was accepted.
bool Finish(Desk* desk, const ClaimedEffect& claimed, bool by_command) {
  const std::string& id = claimed.effect.effect_id();
  if (!by_command) return desk->AcknowledgeEffect(id, claimed.attempt).ok();
  // At the last instant of the entity, whatever that is.
  v1::Command command = testing::By("mailer");
  command.set_late_entry(true);
  v1::ReportEffect& verb = *command.mutable_desk()->mutable_report_effect();
  *verb.mutable_entity() = claimed.effect.entity();
  verb.set_effect_id(id);
  verb.set_result(v1::EFFECT_RESULT_DONE);
  const auto outcome = desk->Execute(command);
  if (!outcome.ok()) return false;
  Acknowledge(*outcome);
  return outcome->verdict() == v1::VERDICT_DONE;
}

// Commands, and claims of their effects, most of which are carried out and some of which fail.
void WorkOnOutboxForEver(Desk* desk, std::uint64_t seed) {
  Chance chance(seed);
  RandomCommands commands(&chance, desk);
  ClaimOptions options;
  options.max_effects = 3;
  options.lease = absl::Seconds(5);
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  while (true) {
    for (int i = 0; i < 3; ++i) ExecuteNext(desk, &commands);
    now += absl::Seconds(1);
    const auto claimed = desk->ClaimEffects(now, options);
    if (!claimed.ok()) std::_Exit(6);
    for (const ClaimedEffect& each : *claimed) {
      const std::string& id = each.effect.effect_id();
      if (chance.OneIn(3)) {
        desk->RetryEffect(id, each.attempt, now).status().IgnoreError();
      } else if (Finish(desk, each, /*by_command=*/chance.OneIn(2))) {
        const std::string line = absl::StrCat(std::string(1, kEffectMark), id, "\n");
        if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(3);
      }
    }
  }
}

void ExecuteGroupsForEver(Desk* desk, std::uint64_t seed) {
  Chance chance(seed);
  RandomCommands commands(&chance, desk);
  ExecuteAllOptions options;
  options.group_size = kGroupSize;
  while (true) {
    std::vector<CommandWithFacts> group;
    for (int i = 0; i < kGroupSize; ++i) {
      CommandWithFacts& next = group.emplace_back();
      next.command = NextCommand(&commands);
      next.facts = commands.NextFacts(next.command);
    }
    for (const auto& outcome : desk->ExecuteAll(group, options)) {
      if (outcome.ok()) Acknowledge(*outcome);
    }
  }
}

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
  if (work == Work::kRows) {
    std::int64_t acknowledged = 0;
    const auto report = ImportRows(desk.get(), seed, [&](std::int64_t rows) {
      for (const v1::ImportRow& row : ResultsOf(*desk, seed, acknowledged)) {
        v1::Outcome outcome;
        outcome.set_record_id(row.record_id());
        Acknowledge(outcome);
      }
      acknowledged = rows;
      return true;
    });
    if (!report.ok()) return 2;
    // The import may be done before the kill.
    while (true) pause();
  }
  std::thread other;
  if (work == Work::kThreads) {
    other = std::thread([&] { ExecuteForEver(desk.get(), seed + 1); });
  } else if (work == Work::kBackups) {
    other = std::thread([&] {
      for (int i = 0;; ++i) {
        if (!store->Backup(absl::StrCat(path, ".backup-", seed, "-", i)).ok()) std::_Exit(4);
      }
    });
  }
  if (work == Work::kGroups) {
    ExecuteGroupsForEver(desk.get(), seed);
  } else if (work == Work::kOutbox) {
    WorkOnOutboxForEver(desk.get(), seed);
  } else {
    ExecuteForEver(desk.get(), seed);
  }
  return 2;
}

// ---- The parent --------------------------------------------------------------------------------------

// A child that writes into a pipe. The program is started anew: a fork of a process with threads is no place to work in.
struct Child {
  pid_t pid = 0;
  int output = -1;
};

Child Start(const std::string& program, const std::string& path, int work, std::uint64_t seed) {
  int ends[2];
  if (pipe(ends) != 0) Fail("no pipe");
  const std::string work_text = absl::StrCat(work), seed_text = absl::StrCat(seed);
  const pid_t pid = fork();
  if (pid < 0) Fail("no process");
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl(program.c_str(), program.c_str(), "--child", path.c_str(), work_text.c_str(),
          seed_text.c_str(), nullptr);
    std::_Exit(127);
  }
  close(ends[1]);
  return {pid, ends[0]};
}

// The lines of the child until it is gone.
std::vector<std::string> ReadAll(int output) {
  std::string text;
  char piece[4096];
  while (true) {
    const ssize_t count = read(output, piece, sizeof(piece));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(piece, static_cast<std::size_t>(count));
  }
  close(output);
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

std::int64_t CountRecords(const Desk& desk) {
  LogPage page;
  page.page_size = 10'000;
  std::int64_t count = 0;
  while (true) {
    const auto records = desk.Journal(page);
    if (!records.ok()) Fail(absl::StrCat("the journal: ", records.status().ToString()));
    count += static_cast<std::int64_t>(records->size());
    if (records->empty()) return count;
    page.after = records->back().sequence();
  }
}

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
    const Child child = Start(program_, path_, work, seed);
    std::vector<std::string> acknowledged;
    std::thread reader([&] { acknowledged = ReadAll(child.output); });
    // The child opens the file first, which takes some milliseconds.
    std::this_thread::sleep_for(std::chrono::milliseconds(10 + random_() % kMostMilliseconds));
    kill(child.pid, SIGKILL);
    int status = 0;
    waitpid(child.pid, &status, 0);
    reader.join();
    if (!WIFSIGNALED(status)) {
      Fail(absl::StrCat("the child ended with ", WEXITSTATUS(status), " before it was killed"));
    }
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

  // Takes the lines of effects; `lines` are those of records then.
  static void CheckEffects(const Desk& desk, std::vector<std::string>* lines) {
    const auto is_record = [](const std::string& line) { return line[0] != kEffectMark; };
    const auto effects = std::stable_partition(lines->begin(), lines->end(), is_record);
    std::set<std::string> finished;
    for (auto line = effects; line != lines->end(); ++line) finished.insert(line->substr(1));
    lines->erase(effects, lines->end());
    LogPage page;
    page.page_size = 10'000;
    while (true) {
      const auto pending = desk.PendingEffects(page);
      if (!pending.ok()) Fail(absl::StrCat("the outbox: ", pending.status().ToString()));
      if (pending->empty()) return;
      for (const PendingEffect& each : *pending) {
        if (finished.count(each.effect.effect_id()) > 0) Fail("a finished effect is pending");
      }
      page.after = pending->back().sequence;
    }
  }

  void Check(Work work, std::uint64_t seed, std::vector<std::string>& acknowledged) {
    CheckFile(path_, "after a kill");
    const std::unique_ptr<Desk> desk = MustOpenDesk(MustOpenFile(path_));
    CheckEffects(*desk, &acknowledged);
    const std::set<std::string> once(acknowledged.begin(), acknowledged.end());
    if (once.size() != acknowledged.size()) Fail("a record was acknowledged twice");
    for (const std::string& record_id : once) {
      if (!desk->GetRecord(record_id).ok()) Fail("an acknowledged record is not there");
    }
    const std::int64_t records = CountRecords(*desk);
    const std::int64_t more = records - known_ - static_cast<std::int64_t>(acknowledged.size());
    if (more < 0 || more > MostOnTheirWay(work)) {
      Fail(absl::StrCat(more, " records that nobody acknowledged, under ",
                        kWorkNames[static_cast<int>(work)]));
    }
    known_ = records;
    if (work == Work::kRows) CheckRows(desk.get(), seed);
    CheckCopies();
  }

  // The import continues. It, and one that begins where this one began, lead to the same log and the same results.
  void CheckRows(Desk* desk, std::uint64_t seed) {
    const std::string before = path_ + ".before";
    const std::shared_ptr<store::SqliteStore> store = MustOpenFile(before);
    const std::unique_ptr<Desk> other = MustOpenDesk(store);
    const auto report = ImportRows(desk, seed, nullptr);
    const auto expected = ImportRows(other.get(), seed, nullptr);
    if (!report.ok() || !expected.ok()) {
      Fail(absl::StrCat("an import of rows does not end: ", report.status().ToString()));
    }
    const std::vector<v1::ImportRow> rows = ResultsOf(*desk, seed, 0);
    const std::vector<v1::ImportRow> others = ResultsOf(*other, seed, 0);
    const bool is_same = std::equal(rows.begin(), rows.end(), others.begin(), others.end(),
                                    [](const auto& a, const auto& b) {
                                      return a.SerializeAsString() == b.SerializeAsString();
                                    });
    if (!is_same || rows.size() != kRows || report->row_count() != kRows) {
      Fail("an import that was killed has other results");
    }
    if (desk->Verify()->link() != other->Verify()->link()) {
      Fail("an import that was killed leads to another log");
    }
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
