// The outbox in a SQLite file: random work beside a plain list, and eight threads and four processes at the same time.
#include <cstdint>
#include <iostream>
#include <random>

#include "absl/strings/str_cat.h"
#include "desk/outbox_processes.h"
#include "event_log/outbox_model.h"
#include "gtest/gtest.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace {

TEST(OutboxSqliteTest, RandomWorkIsAsAPlainListSays) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  const store::TempFolder folder;
  for (int round = 0; round < 2 && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    const auto file =
        store::MustOpen(folder.File(absl::StrCat(round, ".db")), store::WithoutSyncs());
    event_log::OutboxRun(file, seed + static_cast<std::uint64_t>(round)).Run(200);
  }
}

TEST(OutboxSqliteTest, ThreadsAndProcessesClaimEachEffectOnce) {
  const store::TempFolder folder;
  const std::string path = folder.File("shop.db");
  testing::ClaimByThreadsAndProcesses(path,
                                      [&] { return store::MustOpen(path, store::WithoutSyncs()); });
}

}  // namespace
}  // namespace frontdesk
