// A server of PostgreSQL for a test binary, and stores in it. See scratch_postgres.py.
#ifndef FRONTDESK_TESTS_STORE_POSTGRES_TESTING_H_
#define FRONTDESK_TESTS_STORE_POSTGRES_TESTING_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "frontdesk/store/postgres_store.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace store {

// A server, or a primary with its standby. It ends with the object, or with the process, however that ends.
class ScratchPostgres {
 public:
  // The server of this process, which is started by the first call.
  static ScratchPostgres& Get();
  // Servers of their own; `option` is one of scratch_postgres.py, or null.
  explicit ScratchPostgres(const char* option);
  ~ScratchPostgres();
  ScratchPostgres(const ScratchPostgres&) = delete;
  ScratchPostgres& operator=(const ScratchPostgres&) = delete;

  // Why there is no server here; empty: there is one.
  const std::string& absence() const { return absence_; }
  // The folder of its socket.
  const std::string& folder() const { return folder_; }
  // Its connection parameters.
  const std::string& parameters() const { return parameters_; }

  // Ends all of its processes at once; ends it in order; starts it again.
  void Kill() { Order("kill"); }
  void Stop() { Order("stop"); }
  void Start() { Order("start"); }

  // Of a pair whose primary has ended: makes the standby the primary.
  void Promote() { Order("promote"); }
  // Makes the server that has ended a new standby of the primary.
  void MakeStandby() { Order("standby"); }
  // The primary waits for no standby any more, and the standby ends.
  void Detach() { Order("detach"); }
  // Ends the standby, for which the primary waits; starts it again.
  void Halt() { Order("halt"); }
  void Resume() { Order("resume"); }

  // Runs statements as the superuser; the first column of the last one's first row, as text.
  std::string Query(const std::string& text, const std::string& parameters = "");

 private:
  void Order(absl::string_view command);
  std::string ReadLine();

  int process_ = 0;
  int input_ = -1;
  int output_ = -1;
  std::string absence_;
  std::string parameters_;
  std::string folder_;
};

// A name that no other test of this process has, for a desk or a schema.
std::string NewPostgresName();

inline std::shared_ptr<PostgresStore> MustOpenPostgres(const std::string& desk,
                                                       PostgresOptions options = {}) {
  options.desk = desk;
  auto store = PostgresStore::Open(ScratchPostgres::Get().parameters(), options);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

// Is skipped where there is no PostgreSQL.
class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!ScratchPostgres::Get().absence().empty()) {
      GTEST_SKIP() << ScratchPostgres::Get().absence();
    }
  }
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_POSTGRES_TESTING_H_
