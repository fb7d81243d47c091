// A desk in a PostgreSQL database, whose processes are killed at random moments: `./dev crash --store postgres`.
//
//   frontdesk_crash_postgres [--rounds N] [--seed N]
//
// In each round a child works on a desk and reports each record that it has acknowledged. In every other round all processes of the server are
// killed at a random moment and the server is started again, while the child works on. Then the child is killed. The kinds of work
// take turns: single commands, groups of commands, two threads, commands beside a worker on the outbox, and the import of commands. After
// each round, in the parent:
//
// - each acknowledged record is there, once;
// - no effect is in the outbox that was acknowledged or reported as done;
// - of the records that nobody acknowledged there are at most as many as were on their way;
// - the log has no fault, and states, lists, the index and the outbox are what the log says (VerifyRows);
// - an import of commands continues, and leads to the same log as one that nobody killed.
//
// A desk serves several rounds. Exit status 0: all of that held.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
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
#include "absl/strings/str_split.h"
#include "desk/crash_work.h"
#include "desk/random_commands.h"
#include "desk/shop.h"
#include "store/postgres_testing.h"

namespace frontdesk {
namespace {

using namespace crash;  // NOLINT: the parts of this program that are in crash_work.h.
using store::ScratchPostgres;

constexpr Work kTurns[] = {Work::kCommands, Work::kGroups, Work::kThreads, Work::kOutbox,
                           Work::kRows};
constexpr int kRoundsOfADesk = 10;
constexpr int kMostMilliseconds = 250;
constexpr int kMostMillisecondsToBegin = 20'000;
constexpr char kApplication[] = "frontdesk_crash";

std::shared_ptr<store::Store> MustOpenStore(const std::string& parameters,
                                            const std::string& desk) {
  store::PostgresOptions options;
  options.desk = desk;
  auto store = store::PostgresStore::Open(parameters, options);
  if (!store.ok()) Fail(absl::StrCat("the store does not open: ", store.status().ToString()));
  return *std::move(store);
}

// `place` is the name of the desk, and connection parameters.
int RunChild(const std::string& place, Work work, std::uint64_t seed) {
  const std::vector<std::string> parts = absl::StrSplit(place, absl::MaxSplits(':', 1));
  store::PostgresOptions options;
  options.desk = parts[0];
  // The server may be killed meanwhile, and opening does not try again by itself.
  while (true) {
    const auto store = store::PostgresStore::Open(parts[1], options);
    if (store.status().code() == absl::StatusCode::kUnavailable) continue;
    if (!store.ok()) Fail(absl::StrCat("the store does not open: ", store.status().ToString()));
    const auto desk = OpenDesk(*store);
    if (desk.status().code() == absl::StatusCode::kUnavailable) continue;
    if (!desk.ok()) Fail(absl::StrCat("the desk does not open: ", desk.status().ToString()));
    return WorkForEver(desk->get(), work, seed);
  }
}

class Rounds {
 public:
  Rounds(std::string program, std::uint64_t seed)
      : program_(std::move(program)), random_(seed), server_(ScratchPostgres::Get()) {}

  void Run(int round) {
    if (round % kRoundsOfADesk == 0) Begin(round);
    const Work work = kTurns[round % std::size(kTurns)];
    const std::uint64_t seed = random_();
    // The rows as they are before an import, for another one.
    std::shared_ptr<store::Store> before;
    if (work == Work::kRows) before = *MustOpenStore(server_.parameters(), desk_)->Clone();
    const std::string place =
        absl::StrCat(desk_, ":", server_.parameters(), " application_name=", kApplication);
    const Child child = Start(program_, place, work, seed);
    // Most children have begun to work when they are killed, however slow the machine is; some are killed before.
    if (round % 4 != 3) AwaitOutput(child.output);
    std::vector<std::string> acknowledged;
    std::thread reader([&] { acknowledged = ReadAll(child.output); });
    Pause();
    if (work != Work::kRows && round % 2 == 1) {
      server_.Kill();
      server_.Start();
      ++kills_;
      Pause();
    }
    Kill(child);
    reader.join();
    AwaitServer();
    Check(work, seed, before, &acknowledged);
    total_ += acknowledged.size();
  }

  std::size_t total() const { return total_; }
  int kills() const { return kills_; }

 private:
  // Until the child has acknowledged something, or has ended.
  static void AwaitOutput(int output) {
    pollfd waiting = {output, POLLIN, 0};
    (void)::poll(&waiting, 1, kMostMillisecondsToBegin);
  }

  void Pause() {
    std::this_thread::sleep_for(std::chrono::milliseconds(10 + random_() % kMostMilliseconds));
  }

  // The server may carry out the last statement of the killed child.
  void AwaitServer() {
    while (server_.Query(absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE "
                                      "application_name = '",
                                      kApplication, "'")) != "0") {
      std::this_thread::yield();
    }
  }

  void Begin(int round) {
    desk_ = absl::StrCat("desk-", round);
    const std::unique_ptr<Desk> desk =
        testing::OpenRandomDesk(MustOpenStore(server_.parameters(), desk_));
    for (const v1::Command& command : testing::OpeningCommands()) {
      if (!desk->Execute(command).ok()) Fail("the shop does not open");
    }
    known_ = CountRecords(*desk);
  }

  static void CheckRows(const Desk& desk, const std::string& what) {
    const auto report = desk.VerifyRows();
    if (!report.ok()) Fail(absl::StrCat(what, ": ", report.status().ToString()));
    if (report->has_fault()) Fail(absl::StrCat(what, ": ", report->fault().ShortDebugString()));
  }

  void Check(Work work, std::uint64_t seed, const std::shared_ptr<store::Store>& before,
             std::vector<std::string>* acknowledged) {
    const std::unique_ptr<Desk> desk = MustOpenDesk(MustOpenStore(server_.parameters(), desk_));
    CheckRows(*desk, "after a kill");
    CheckEffects(*desk, acknowledged);
    known_ = CheckRecords(*desk, work, known_, *acknowledged);
    if (before == nullptr) return;
    CompareImports(desk.get(), MustOpenDesk(before).get(), seed);
    CheckRows(*desk, "an import of rows");
    known_ = CountRecords(*desk);
  }

  const std::string program_;
  std::mt19937_64 random_;
  ScratchPostgres& server_;
  std::string desk_;
  std::int64_t known_ = 0;
  std::size_t total_ = 0;
  int kills_ = 0;
};

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 4 && arguments[0] == "--child") {
    int work = 0;
    std::uint64_t seed = 0;
    if (!absl::SimpleAtoi(arguments[2], &work) || !absl::SimpleAtoi(arguments[3], &seed)) return 5;
    return RunChild(arguments[1], static_cast<Work>(work), seed);
  }
  int rounds = 20;
  std::uint64_t seed = std::random_device{}() & 0xffffffff;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (i + 1 == arguments.size()) Fail(absl::StrCat(arguments[i], " needs a value"));
    const bool is_right =
        arguments[i] == "--rounds"
            ? absl::SimpleAtoi(arguments[i + 1], &rounds) && rounds > 0
            : arguments[i] == "--seed" && absl::SimpleAtoi(arguments[i + 1], &seed);
    if (!is_right) Fail(absl::StrCat("not possible: ", arguments[i], " ", arguments[i + 1]));
  }
  if (!ScratchPostgres::Get().absence().empty()) {
    std::cout << "skipped: " << ScratchPostgres::Get().absence() << "\n";
    return 0;
  }
  std::cout << "seed " << seed << ", " << rounds << " rounds\n" << std::flush;
  Rounds all(std::filesystem::read_symlink("/proc/self/exe").string(), seed);
  for (int round = 0; round < rounds; ++round) {
    all.Run(round);
    if ((round + 1) % kRoundsOfADesk != 0 && round + 1 < rounds) continue;
    std::cout << round + 1 << " kills, " << all.kills() << " of the server, " << all.total()
              << " acknowledged records are there\n"
              << std::flush;
  }
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) {
  return frontdesk::Main(std::vector<std::string>(argv + 1, argv + argc));
}
