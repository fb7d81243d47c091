#include "desk/unique_ids_processes.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "desk/unique_ids_work.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace testing {
namespace {

constexpr int kOtherProcesses = 2;
constexpr int kUsualRounds = 20;

// A frontdesk_desk_worker that does one round after the other. The destructor waits for its end.
class IdWorker {
 public:
  IdWorker(const std::string& place, const std::string& name) {
    int orders[2], answers[2];
    // A later process has no end of these, so that closing one ends this process.
    if (::pipe2(orders, O_CLOEXEC) != 0 || ::pipe2(answers, O_CLOEXEC) != 0) return;
    id_ = ::fork();
    if (id_ == 0) {
      ::dup2(orders[0], STDIN_FILENO);
      ::dup2(answers[1], STDOUT_FILENO);
      ::execl(FRONTDESK_DESK_WORKER, FRONTDESK_DESK_WORKER, "unique_ids", place.c_str(),
              name.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(orders[0]);
    ::close(answers[1]);
    orders_ = ::fdopen(orders[1], "w");
    answers_ = ::fdopen(answers[0], "r");
  }
  IdWorker(const IdWorker&) = delete;
  IdWorker& operator=(const IdWorker&) = delete;
  ~IdWorker() {
    if (orders_ != nullptr) std::fclose(orders_);
    if (answers_ != nullptr) std::fclose(answers_);
    int status = 0;
    EXPECT_EQ(::waitpid(id_, &status, 0), id_);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }

  void Begin(int round) {
    std::fprintf(orders_, "%d\n", round);
    std::fflush(orders_);
  }

  // Appends the lines of the round; false when the process ended before.
  bool End(std::vector<std::string>* lines) {
    char* text = nullptr;
    std::size_t size = 0;
    bool ended = false;
    while (!ended && ::getline(&text, &size, answers_) > 0) {
      const std::string line(absl::StripSuffix(text, "\n"));
      ended = line == ".";
      if (!ended) lines->push_back(line);
    }
    std::free(text);
    return ended;
  }

 private:
  pid_t id_ = -1;
  std::FILE* orders_ = nullptr;
  std::FILE* answers_ = nullptr;
};

// How many ids each process got.
std::string Winners(const std::vector<std::string>& lines) {
  std::map<std::string, int> won;
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" -/"));
    if (words.size() > 4 && words[2] == "won") ++won[words[4]];
  }
  std::string text;
  for (const auto& [process, times] : won) absl::StrAppend(&text, process, " ", times, ", ");
  return text;
}

}  // namespace

void GiveIdsByThreadsAndProcesses(const std::string& place,
                                  const std::function<std::shared_ptr<store::Store>()>& open) {
  const auto rounds =
      static_cast<int>(NumberFromEnvironment("FRONTDESK_UNIQUE_ID_ROUNDS", kUsualRounds));
  // The customer of the orders, before there is another process.
  MustDo(*MustOpen(kUniqueIdsPolicy, open()),
         AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  std::vector<std::string> lines;
  {
    std::vector<std::unique_ptr<IdWorker>> others;
    for (int i = 0; i < kOtherProcesses; ++i) {
      others.push_back(std::make_unique<IdWorker>(place, absl::StrCat("process", i)));
    }
    const auto desk = MustOpen(kUniqueIdsPolicy, open());
    for (int round = 0; round < rounds; ++round) {
      for (const auto& other : others) other->Begin(round);
      const std::vector<std::string> own = GiveUniqueIds(desk.get(), "own", round);
      lines.insert(lines.end(), own.begin(), own.end());
      for (const auto& other : others) ASSERT_TRUE(other->End(&lines)) << "a process ended early";
    }
  }
  std::cout << rounds << " rounds, ids of each process: " << Winners(lines) << "\n";
  EXPECT_EQ(CheckUniqueIds(*MustOpen(kUniqueIdsPolicy, open()), lines, 1 + kOtherProcesses, rounds),
            "");
}

}  // namespace testing
}  // namespace frontdesk
