// A process that works on the outbox of a file beside others: outbox_sqlite_test.cc starts some.
//
//   frontdesk_outbox_worker FILE SEED ROUNDS
//
// Prints a line for each thing that it did. Exit status 0: there was no error.
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/strings/numbers.h"
#include "desk/outbox_work.h"
#include "desk/shop.h"
#include "store/sqlite_testing.h"

int main(int argc, char** argv) {
  std::uint64_t seed = 0;
  int rounds = 0;
  if (argc != 4 || !absl::SimpleAtoi(argv[2], &seed) || !absl::SimpleAtoi(argv[3], &rounds))
    return 2;
  const auto store = frontdesk::store::MustOpen(argv[1], frontdesk::store::WithoutSyncs());
  const auto desk = frontdesk::testing::MustOpen(frontdesk::testing::kAllowAll, store);
  const std::string error = frontdesk::testing::WorkOnOutbox(
      desk.get(), seed, rounds, [](const std::string& line) { std::cout << line << "\n"; });
  if (error.empty()) return 0;
  std::cerr << error << "\n";
  return 1;
}
