// A process that works on a store beside others: outbox_processes.cc and unique_ids_processes.cc start some.
//
//   frontdesk_desk_worker outbox PLACE SEED ROUNDS
//   frontdesk_desk_worker unique_ids PLACE NAME
//
// PLACE is a SQLite file, or `postgres:` and connection parameters. Prints a line for each thing that it did. With `unique_ids`, each
// line of the standard input is the number of a round to do, and "." follows the lines of a round. Exit status 0: there was no error.
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "desk/outbox_work.h"
#include "desk/shop.h"
#include "desk/unique_ids_work.h"
#include "store/sqlite_testing.h"
#ifdef FRONTDESK_WITH_POSTGRES
#include "frontdesk/store/postgres_store.h"
#endif

namespace frontdesk {
namespace testing {
namespace {

std::shared_ptr<store::Store> OpenPlace(absl::string_view place) {
#ifdef FRONTDESK_WITH_POSTGRES
  if (absl::ConsumePrefix(&place, "postgres:")) {
    auto opened = store::PostgresStore::Open(place);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
#endif
  return store::MustOpen(std::string(place), store::WithoutSyncs());
}

int Work(absl::string_view place, const std::string& seed_text, const std::string& rounds_text) {
  std::uint64_t seed = 0;
  int rounds = 0;
  if (!absl::SimpleAtoi(seed_text, &seed) || !absl::SimpleAtoi(rounds_text, &rounds)) return 2;
  const auto desk = MustOpen(kAllowAll, OpenPlace(place));
  const std::string error = WorkOnOutbox(
      desk.get(), seed, rounds, [](const std::string& line) { std::cout << line << "\n"; });
  if (error.empty()) return 0;
  std::cerr << error << "\n";
  return 1;
}

int GiveIds(absl::string_view place, const std::string& name) {
  const auto desk = MustOpen(kUniqueIdsPolicy, OpenPlace(place));
  int round = 0;
  while (std::cin >> round) {
    for (const std::string& line : GiveUniqueIds(desk.get(), name, round)) {
      std::cout << line << "\n";
    }
    std::cout << "." << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace testing
}  // namespace frontdesk

int main(int argc, char** argv) {
  const std::string work = argc > 1 ? argv[1] : "";
  if (work == "outbox" && argc == 5) return frontdesk::testing::Work(argv[2], argv[3], argv[4]);
  if (work == "unique_ids" && argc == 4) return frontdesk::testing::GiveIds(argv[2], argv[3]);
  return 2;
}
