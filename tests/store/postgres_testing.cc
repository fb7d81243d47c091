#include "store/postgres_testing.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace store {

ScratchPostgres& ScratchPostgres::Get() {
  static ScratchPostgres server(nullptr);
  return server;
}

ScratchPostgres::ScratchPostgres(const char* option) {
  int in[2] = {-1, -1}, out[2] = {-1, -1};
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) {
    absence_ = "the system has no more descriptors";
    return;
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(in[0], 0);
    ::dup2(out[1], 1);
    ::execl(FRONTDESK_TEST_PYTHON, FRONTDESK_TEST_PYTHON, "-B", FRONTDESK_SCRATCH_POSTGRES, option,
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  output_ = out[0];
  parameters_ = ReadLine();
  if (absl::StartsWith(parameters_, "absent: ")) {
    absence_ = parameters_;
  } else if (parameters_.empty()) {
    absence_ = "the server did not start";
    ADD_FAILURE() << absence_;
  } else {
    // host=FOLDER user=…
    folder_ = parameters_.substr(5, parameters_.find(' ') - 5);
  }
}

ScratchPostgres::~ScratchPostgres() {
  ::close(input_);
  int status = 0;
  if (process_ > 0) ::waitpid(process_, &status, 0);
  ::close(output_);
}

std::string ScratchPostgres::ReadLine() {
  std::string line;
  char byte = 0;
  while (::read(output_, &byte, 1) == 1 && byte != '\n') line += byte;
  return line;
}

void ScratchPostgres::Order(absl::string_view command) {
  const std::string line = absl::StrCat(command, "\n");
  ASSERT_EQ(::write(input_, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  ASSERT_EQ(ReadLine(), "done");
}

std::string ScratchPostgres::Query(const std::string& text, const std::string& parameters) {
  PGconn* const connection = PQconnectdb((parameters.empty() ? parameters_ : parameters).c_str());
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  PGresult* const result = PQexec(connection, text.c_str());
  const ExecStatusType status = PQresultStatus(result);
  EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
      << PQerrorMessage(connection);
  std::string value;
  if (status == PGRES_TUPLES_OK && PQntuples(result) > 0) value = PQgetvalue(result, 0, 0);
  PQclear(result);
  PQfinish(connection);
  return value;
}

std::string NewPostgresName() {
  static std::atomic<int> count{0};
  return absl::StrCat("t", ++count, "_", ::getpid());
}

}  // namespace store
}  // namespace frontdesk
