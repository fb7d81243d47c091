// A process that works on the outbox of a store beside others: outbox_processes.cc starts some.
//
//   frontdesk_outbox_worker PLACE SEED ROUNDS
//
// PLACE is a SQLite file, or `postgres:` and connection parameters.
// Prints a line for each thing that it did. Exit status 0: there was no error.
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "desk/outbox_work.h"
#include "desk/shop.h"
#include "store/sqlite_testing.h"
#ifdef FRONTDESK_WITH_POSTGRES
#include "frontdesk/store/postgres_store.h"
#endif

namespace {

std::shared_ptr<frontdesk::store::Store> Open(absl::string_view place) {
#ifdef FRONTDESK_WITH_POSTGRES
  if (absl::ConsumePrefix(&place, "postgres:")) {
    auto opened = frontdesk::store::PostgresStore::Open(place);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
#endif
  return frontdesk::store::MustOpen(std::string(place), frontdesk::store::WithoutSyncs());
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 0;
  int rounds = 0;
  if (argc != 4 || !absl::SimpleAtoi(argv[2], &seed) || !absl::SimpleAtoi(argv[3], &rounds))
    return 2;
  const auto desk = frontdesk::testing::MustOpen(frontdesk::testing::kAllowAll, Open(argv[1]));
  const std::string error = frontdesk::testing::WorkOnOutbox(
      desk.get(), seed, rounds, [](const std::string& line) { std::cout << line << "\n"; });
  if (error.empty()) return 0;
  std::cerr << error << "\n";
  return 1;
}
