#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/store/store.h"
#include "gtest/gtest.h"
#include "store/contract.h"

namespace frontdesk {
namespace store {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContractTest,
                         ::testing::Values(Kind{"memory", &MakeMemoryStore}),
                         [](const auto& info) { return info.param.name; });

// Values are shared, not copied.
TEST(MemoryStoreTest, AValueIsTheOneThatWasWritten) {
  const auto store = MakeMemoryStore();
  const Value value = MakeValue(std::string(1 << 20, 'x'));
  Batch batch;
  batch.writes.push_back({{1, "a"}, value, Write::Position::kNowhere});
  ASSERT_TRUE(store->Commit({std::move(batch)}).ok());
  const auto clone = *store->Clone();
  EXPECT_EQ(*(*clone->Read())->Get({1, "a"}), value);
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
