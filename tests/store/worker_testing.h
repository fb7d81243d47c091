// Processes for tests: those of sqlite_worker.cc.
#ifndef FRONTDESK_TESTS_STORE_WORKER_TESTING_H_
#define FRONTDESK_TESTS_STORE_WORKER_TESTING_H_

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace frontdesk {
namespace store {

// A worker that runs; it is killed at the latest when this goes.
class Worker {
 public:
  explicit Worker(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), FRONTDESK_SQLITE_WORKER);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(&argument[0]);
    pointers.push_back(nullptr);
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    id_ = ::fork();
    if (id_ == 0) {
      ::dup2(ends[1], 1);
      ::execv(pointers[0], pointers.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Worker() {
    if (id_ > 0) Kill();
    ::close(output_);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The next line; empty at the end.
  std::string ReadLine() {
    while (true) {
      const std::size_t end = buffer_.find('\n');
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      char bytes[4'096];
      const ssize_t size = ::read(output_, bytes, sizeof(bytes));
      if (size <= 0) return "";
      buffer_.append(bytes, static_cast<std::size_t>(size));
    }
  }

  void Kill() {
    ::kill(id_, SIGKILL);
    (void)Wait();
  }

  // The exit code; -1: a signal.
  int Wait() {
    int status = 0;
    EXPECT_EQ(::waitpid(id_, &status, 0), id_);
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t id_ = 0;
  int output_ = -1;
  std::string buffer_;
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_WORKER_TESTING_H_
