// A limit over a period in a SQLite file, which several processes share.
#include "desk/limit_work.h"
#include "gtest/gtest.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace {

TEST(TotalsSqliteTest, ThreadsAndProcessesNeverPassALimit) {
  const store::TempFolder folder;
  testing::CreditUpToTheLimit(/*processes=*/1, [&folder] {
    return store::MustOpen(folder.File("shop.db"), store::WithoutSyncs());
  });
}

}  // namespace
}  // namespace frontdesk
