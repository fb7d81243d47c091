// States that reads hand out without a copy.
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/make_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AccountRef;
using ::frontdesk::testing::At;
using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;

using StatePtr = std::shared_ptr<const v1::EntityState>;

v1::FindRequest OrdersOf(const char* customer_id) {
  v1::FindRequest request;
  request.mutable_orders()->set_customer_id(customer_id);
  return request;
}

FileOptions Now() {
  FileOptions options;
  options.now = At(20);
  return options;
}

std::unique_ptr<Desk> OpenedShop() {
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  return desk;
}

TEST(SharedStatesTest, ReadsOfOneStateHaveTheSameOne) {
  const std::unique_ptr<Desk> desk = OpenedShop();
  const StatePtr order = *desk->Get(OrderRef("o1"));
  EXPECT_EQ(*desk->Get(OrderRef("o1")), order);
  const auto found = *desk->Find(OrdersOf("c1"));
  const auto file = *desk->OpenFile("c1", Now());
  ASSERT_EQ(found->found_size(), file->recent_orders_size());
  ASSERT_GT(found->found_size(), 1);
  for (int i = 0; i < found->found_size(); ++i) {
    const StatePtr state = *desk->Get(found->found(i).entity());
    EXPECT_EQ(&found->found(i), state.get());
    EXPECT_EQ(&file->recent_orders(i), &state->order());
  }
  EXPECT_EQ(&file->customer(), &(*desk->Get(CustomerRef("c1")))->customer());
  ASSERT_EQ(file->accounts_size(), 1);
  EXPECT_EQ(&file->accounts(0), &(*desk->Get(AccountRef("gift-1")))->account());
}

TEST(SharedStatesTest, AStateStaysAsItIsWhenTheEntityChanges) {
  const std::unique_ptr<Desk> desk = OpenedShop();
  const StatePtr order = *desk->Get(OrderRef("o1"));
  const auto found = *desk->Find(OrdersOf("c1"));
  const auto file = *desk->OpenFile("c1", Now());
  const std::string bytes[] = {order->SerializeAsString(), found->SerializeAsString(),
                               file->SerializeAsString()};
  MustDo(*desk, CancelOrder("o1"));
  EXPECT_NE((*desk->Get(OrderRef("o1")))->SerializeAsString(), bytes[0]);
  EXPECT_NE((*desk->Find(OrdersOf("c1")))->SerializeAsString(), bytes[1]);
  EXPECT_NE((*desk->OpenFile("c1", Now()))->SerializeAsString(), bytes[2]);
  EXPECT_EQ(order->SerializeAsString(), bytes[0]);
  EXPECT_EQ(found->SerializeAsString(), bytes[1]);
  EXPECT_EQ(file->SerializeAsString(), bytes[2]);
}

TEST(SharedStatesTest, AnswersOutliveTheDesk) {
  std::unique_ptr<Desk> desk = OpenedShop();
  const StatePtr order = *desk->Get(OrderRef("o1"));
  const auto found = *desk->Find(OrdersOf("c1"));
  const auto file = *desk->OpenFile("c1", Now());
  desk.reset();
  EXPECT_EQ(order->order().order_id(), "o1");
  EXPECT_EQ(found->found(0).order().customer_id(), "c1");
  EXPECT_EQ(file->customer().customer_id(), "c1");
}

TEST(SharedStatesTest, CopiesMayBeChanged) {
  const std::unique_ptr<Desk> desk = OpenedShop();
  v1::FindResponse found = **desk->Find(OrdersOf("c1"));
  v1::CustomerFile file = **desk->OpenFile("c1", Now());
  v1::EntityState order = **desk->Get(OrderRef("o1"));
  found.mutable_found(0)->mutable_order()->set_customer_id("x");
  file.mutable_customer()->set_given_name("x");
  file.mutable_recent_orders()->Clear();
  order.mutable_order()->Clear();
  const auto again = *desk->Find(OrdersOf("c1"));
  for (const v1::EntityState& state : again->found()) {
    EXPECT_EQ(state.order().customer_id(), "c1");
  }
  EXPECT_NE((*desk->OpenFile("c1", Now()))->customer().given_name(), "x");
  EXPECT_EQ((*desk->Get(OrderRef("o1")))->order().order_id(), "o1");
}

TEST(SharedStatesTest, WithListsTheStateIsTheCallersOwn) {
  const std::unique_ptr<Desk> desk = OpenedShop();
  const absl::string_view lists[] = {"entries"};
  const StatePtr whole = *desk->Get(AccountRef("gift-1"), lists);
  EXPECT_GT(whole->account().entries_size(), 0);
  EXPECT_EQ((*desk->Get(AccountRef("gift-1")))->account().entries_size(), 0);
}

TEST(SharedStatesTest, AStateThatIsNotKeptIsMadeAgain) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.max_cached_state_bytes = 0;
  const std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  OpenShop(*desk);
  const StatePtr order = *desk->Get(OrderRef("o1"));
  const StatePtr again = *desk->Get(OrderRef("o1"));
  EXPECT_NE(order, again);
  EXPECT_EQ(order->SerializeAsString(), again->SerializeAsString());
  // The option is that of a fork too.
  const std::unique_ptr<Desk> fork = *desk->Fork();
  EXPECT_NE(*fork->Get(OrderRef("o1")), *fork->Get(OrderRef("o1")));
}

// A store that is not in memory, as far as it says.
class StoreElsewhere : public store::Store {
 public:
  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return rows_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    return rows_->Commit(std::move(batches));
  }

 private:
  const std::shared_ptr<store::Store> rows_ = store::MakeMemoryStore();
};

// A large state has no room among the few that are kept beside a store that is not in memory.
TEST(SharedStatesTest, MoreStatesAreKeptBesideAStoreInMemory) {
  v1::ImportCustomer import;
  import.mutable_source()->set_system("old-shop");
  import.mutable_customer()->set_customer_id("large");
  import.mutable_customer()->set_state(v1::Customer::STATE_CUSTOMER);
  import.mutable_customer()->set_given_name("Ann");
  for (int i = 0; i < 40'000; ++i) {
    v1::ExternalId& id = *import.mutable_customer()->add_external_ids();
    id.set_system("s");
    id.set_id(absl::StrCat(i));
  }
  const v1::EntityRef large = Ref(v1::ENTITY_KIND_CUSTOMER, "large");
  for (const bool is_in_memory : {true, false}) {
    DeskOptions options;
    options.policy = testing::MustCompile(testing::kAllowAll);
    if (!is_in_memory) options.store = std::make_shared<StoreElsewhere>();
    const std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
    MustDo(*desk, MakeCommand(MakeActor("anna"), absl::FromUnixSeconds(1), import));
    EXPECT_EQ(*desk->Get(large) == *desk->Get(large), is_in_memory);
  }
}

// For the thread sanitizer too: a message that is read keeps its size in itself.
TEST(SharedStatesTest, ThreadsReadTheSameStates) {
  const std::unique_ptr<Desk> desk = OpenedShop();
  const std::string expected = (*desk->Get(OrderRef("o1")))->SerializeAsString();
  std::vector<int> equal(2);
  std::vector<std::thread> threads;
  for (int& each : equal) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto found = *desk->Find(OrdersOf("c1"));
        const auto file = *desk->OpenFile("c1", Now());
        each += (*desk->Get(OrderRef("o1")))->SerializeAsString() == expected &&
                found->SerializeAsString().size() == found->ByteSizeLong() &&
                file->SerializeAsString().size() == file->ByteSizeLong();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(equal, ::testing::Each(200));
}

}  // namespace
}  // namespace frontdesk
