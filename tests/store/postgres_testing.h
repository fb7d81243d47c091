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

// The server of this process. It is started by the first call of Get(), and ends with the process, however that ends.
class ScratchPostgres {
 public:
  static ScratchPostgres& Get();
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

  // Runs statements as the superuser; the first column of the last one's first row, as text.
  std::string Query(const std::string& text, const std::string& parameters = "");

 private:
  ScratchPostgres();
  ~ScratchPostgres();
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
