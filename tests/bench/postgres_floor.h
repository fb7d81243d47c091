// The baseline of a store in a PostgreSQL database: a program that sends recorded statements through libpq alone.
#ifndef FRONTDESK_TESTS_BENCH_POSTGRES_FLOOR_H_
#define FRONTDESK_TESTS_BENCH_POSTGRES_FLOOR_H_

#include <libpq-fe.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/optional.h"

namespace frontdesk {

// A call of libpq that sends something. A plain struct.
struct SentMessage {
  enum Kind { kPrepare, kExecute, kQuery, kSync };

  std::size_t connection = 0;  // In the order of their first call.
  Kind kind = kSync;
  std::string name;
  std::string text;
  std::vector<absl::optional<std::string>> values;
};

// Records the calls of the whole process from now on, or no more. The linker gives this program's functions to the store.
void StartRecording();
std::vector<SentMessage> TakeRecorded();
std::size_t CountRecorded();

// As many connections as were recorded. Thread-compatible.
class PostgresFloor {
 public:
  PostgresFloor(const std::string& parameters, const std::vector<SentMessage>& messages);
  ~PostgresFloor();
  PostgresFloor(const PostgresFloor&) = delete;
  PostgresFloor& operator=(const PostgresFloor&) = delete;

  // Sends the messages from `begin` on and before `end`. At a synchronization point it waits for the answers, save for those to the end
  // of a snapshot: as the store does. Returns the bytes of all results.
  std::size_t Send(std::size_t begin, std::size_t end);

 private:
  struct Connection {
    PGconn* handle = nullptr;
    int expected_syncs = 0;
    std::string last;
  };
  std::size_t Await(Connection* connection);

  const std::vector<SentMessage>& messages_;
  std::vector<Connection> connections_;
};

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_POSTGRES_FLOOR_H_
