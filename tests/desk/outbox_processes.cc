#include "desk/outbox_processes.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/outbox_work.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace testing {
namespace {

constexpr int kThreads = 8;
constexpr int kProcesses = 4;

pid_t StartWorker(const std::string& place, std::uint64_t seed, int rounds,
                  const std::string& output) {
  const std::string seed_text = absl::StrCat(seed), rounds_text = absl::StrCat(rounds);
  const pid_t id = ::fork();
  if (id != 0) return id;
  if (std::freopen(output.c_str(), "w", stdout) == nullptr) ::_exit(126);
  ::execl(FRONTDESK_DESK_WORKER, FRONTDESK_DESK_WORKER, "outbox", place.c_str(), seed_text.c_str(),
          rounds_text.c_str(), nullptr);
  ::_exit(127);
}

}  // namespace

void ClaimByThreadsAndProcesses(const std::string& place,
                                const std::function<std::shared_ptr<store::Store>()>& open) {
  const char* given = std::getenv("FRONTDESK_OUTBOX_ROUNDS");
  const int rounds = given == nullptr ? 15 : std::atoi(given);
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << ", " << rounds << " rounds" << std::endl;
  const store::TempFolder folder;
  // Before there is a thread.
  OpenWork(*MustOpen(kAllowAll, open()));
  std::vector<pid_t> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.push_back(StartWorker(place, seed + 100 + static_cast<std::uint64_t>(i), rounds,
                                    folder.File(absl::StrCat("lines-", i))));
  }
  const auto desk = MustOpen(kAllowAll, open());
  std::mutex mutex;
  std::vector<std::string> lines;
  const auto say = [&](const std::string& line) {
    const std::lock_guard<std::mutex> lock(mutex);
    lines.push_back(line);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const std::string error =
          WorkOnOutbox(desk.get(), seed + static_cast<std::uint64_t>(i), rounds, say);
      EXPECT_EQ(error, "");
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kProcesses; ++i) {
    int status = 0;
    EXPECT_EQ(::waitpid(processes[i], &status, 0), processes[i]);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    std::ifstream in(folder.File(absl::StrCat("lines-", i)));
    for (std::string line; std::getline(in, line);) lines.push_back(line);
  }
  EXPECT_EQ(DrainOutbox(desk.get(), say), "");
  EXPECT_EQ(CheckWork(*desk, lines), "");
  int refunds = 0;
  for (const std::string& line : lines) refunds += line.rfind("refund ", 0) == 0 ? 1 : 0;
  EXPECT_EQ(refunds, (kThreads + kProcesses) * rounds);
}

}  // namespace testing
}  // namespace frontdesk
