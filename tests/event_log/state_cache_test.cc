#include "event_log/state_cache.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "internal/arena_message.h"

namespace frontdesk {
namespace event_log {
namespace {

using StatePtr = std::shared_ptr<const v1::EntityState>;

constexpr v1::EntityKind kCustomer = v1::ENTITY_KIND_CUSTOMER;

StatePtr MakeState(absl::string_view id, std::size_t bytes = 0) {
  auto state = std::make_shared<v1::EntityState>();
  state->mutable_entity()->set_kind(kCustomer);
  state->mutable_entity()->set_id(std::string(id));
  state->mutable_customer()->set_given_name(std::string(bytes, 'x'));
  return state;
}

TEST(StateCacheTest, AStateIsThatOfItsHead) {
  StateCache cache(1'000'000);
  const store::Value head = store::MakeValue("1");
  const StatePtr state = MakeState("a");
  cache.Put(head, state);
  EXPECT_EQ(cache.Find(kCustomer, "a", head), state);
  EXPECT_EQ(cache.Find(kCustomer, "a", store::MakeValue("1")), state) << "read again";
  EXPECT_EQ(cache.Find(kCustomer, "a", store::MakeValue("2")), nullptr);
  EXPECT_EQ(cache.Find(kCustomer, "b", store::MakeValue("1")), nullptr);
  EXPECT_EQ(cache.Find(v1::ENTITY_KIND_CASE, "a", store::MakeValue("1")), nullptr);
}

TEST(StateCacheTest, ALaterStateTakesThePlaceOfAnEarlierOne) {
  StateCache cache(10'000, 1);
  // Many times the size: the room of those before is free again.
  for (int i = 0; i < 100; ++i) {
    const store::Value head = store::MakeValue(absl::StrCat(i));
    const StatePtr state = MakeState("a", 500);
    cache.Put(head, state);
    EXPECT_EQ(cache.Find(kCustomer, "a", head), state);
    EXPECT_EQ(cache.Find(kCustomer, "a", store::MakeValue(absl::StrCat(i - 1))), nullptr);
  }
  const store::Value head = store::MakeValue("b");
  cache.Put(head, MakeState("b", 500));
  EXPECT_NE(cache.Find(kCustomer, "b", head), nullptr);
  EXPECT_NE(cache.Find(kCustomer, "a", store::MakeValue("99")), nullptr);
}

TEST(StateCacheTest, TheStatesThatAreUsedStayUpToTheSize) {
  // Room for about ten of these.
  StateCache cache(25'000, 1);
  const store::Value head = store::MakeValue("1");
  cache.Put(head, MakeState("used", 500));
  for (int i = 0; i < 100; ++i) {
    ASSERT_NE(cache.Find(kCustomer, "used", head), nullptr) << i;
    cache.Put(head, MakeState(absl::StrCat(i), 500));
  }
  int kept = 0;
  for (int i = 0; i < 100; ++i) kept += cache.Find(kCustomer, absl::StrCat(i), head) != nullptr;
  EXPECT_GT(kept, 5);
  EXPECT_LT(kept, 15);
  EXPECT_NE(cache.Find(kCustomer, "99", head), nullptr);
  EXPECT_EQ(cache.Find(kCustomer, "0", head), nullptr);
}

// A small state takes the room of its arena.
TEST(StateCacheTest, StatesCountWithTheirMemory) {
  const auto on_arena = internal::MakeOnArena<v1::EntityState>();
  on_arena->mutable_entity()->set_kind(kCustomer);
  on_arena->mutable_entity()->set_id("a");
  const store::Value head = store::MakeValue("1");
  StateCache cache(800, 1);
  cache.Put(head, on_arena);
  EXPECT_EQ(cache.Find(kCustomer, "a", head), nullptr);
  const StatePtr plain = MakeState("a");
  cache.Put(head, plain);
  EXPECT_EQ(cache.Find(kCustomer, "a", head), plain);
}

TEST(StateCacheTest, AStateThatIsTooLargeIsNotKept) {
  StateCache cache(25'000, 1);
  const store::Value head = store::MakeValue("1");
  cache.Put(head, MakeState("a", 500));
  cache.Put(head, MakeState("b", 7'000));
  EXPECT_EQ(cache.Find(kCustomer, "b", head), nullptr);
  EXPECT_NE(cache.Find(kCustomer, "a", head), nullptr);
  StateCache none(0);
  none.Put(head, MakeState("a"));
  EXPECT_EQ(none.Find(kCustomer, "a", head), nullptr);
}

TEST(StateCacheTest, StatesOfTheOneBelowAreFound) {
  const auto below = std::make_shared<StateCache>(1'000'000);
  StateCache cache(1'000'000, 1, below);
  const store::Value head = store::MakeValue("1"), later = store::MakeValue("2");
  const StatePtr state = MakeState("a");
  below->Put(head, state);
  cache.Prefetch(kCustomer, "a");
  EXPECT_EQ(cache.Find(kCustomer, "a", head), state);
  const StatePtr changed = MakeState("a", 1);
  cache.Put(later, changed);
  EXPECT_EQ(cache.Find(kCustomer, "a", later), changed);
  EXPECT_EQ(below->Find(kCustomer, "a", later), nullptr) << "nothing is added to it";
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
