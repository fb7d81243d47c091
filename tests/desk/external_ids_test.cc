// No two customers of a desk have one id in another system, unless one of them is merged.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/index_testing.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/customer/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Put;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;

v1::ExternalId Id(absl::string_view system, absl::string_view id) {
  v1::ExternalId external_id;
  external_id.set_system(std::string(system));
  external_id.set_id(std::string(id));
  return external_id;
}

v1::Command CreateWith(absl::string_view customer_id, std::vector<v1::ExternalId> external_ids) {
  v1::Command command = By("anna");
  v1::CreateCustomer* create = command.mutable_customer()->mutable_create_customer();
  create->set_customer_id(std::string(customer_id));
  create->set_family_name("Lee");
  for (v1::ExternalId& each : external_ids) *create->add_external_ids() = std::move(each);
  return command;
}

v1::Command Import(absl::string_view customer_id, std::vector<v1::ExternalId> external_ids) {
  v1::Command command = By("anna");
  v1::ImportCustomer* import = command.mutable_customer()->mutable_import_customer();
  import->mutable_customer()->set_customer_id(std::string(customer_id));
  import->mutable_customer()->set_state(v1::Customer::STATE_CUSTOMER);
  import->mutable_customer()->set_family_name("Lee");
  for (v1::ExternalId& each : external_ids) {
    *import->mutable_customer()->add_external_ids() = std::move(each);
  }
  import->mutable_source()->set_system("crm");
  return command;
}

std::vector<std::string> Fields(const v1::Outcome& outcome) {
  std::vector<std::string> fields;
  for (const v1::Refusal& refusal : outcome.refusals()) fields.push_back(refusal.field());
  return fields;
}

TEST(ExternalIdsTest, ASecondCustomerIsRefused) {
  std::unique_ptr<Desk> desk = MustOpen();
  MustDo(*desk, CreateWith("c1", {Id("crm", "7"), Id("shop", "7")}));
  MustDo(*desk, CreateWith("c2", {Id("crm", "8")}));
  const auto created =
      desk->Execute(CreateWith("c3", {Id("crm", "9"), Id("crm", "7"), Id("crm", "8")}));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_THAT(Reasons(*created),
              ElementsAre(kReasonCustomerExternalIdTaken, kReasonCustomerExternalIdTaken));
  EXPECT_THAT(Fields(*created),
              ElementsAre("create_customer.external_ids[1]", "create_customer.external_ids[2]"));
  EXPECT_EQ(created->refusals(0).origin(), v1::Refusal::ORIGIN_INVARIANT);
  const auto imported = desk->Execute(Import("c3", {Id("shop", "7")}));
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_THAT(Reasons(*imported), ElementsAre(kReasonCustomerExternalIdTaken));
  EXPECT_THAT(Fields(*imported), ElementsAre("import_customer.customer.external_ids[0]"));
  MustDo(*desk, Import("c3", {Id("Shop", "7")}));
}

TEST(ExternalIdsTest, AMergedCustomerDoesNotReserveItsId) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  v1::Customer merged;
  merged.set_customer_id("c1");
  merged.set_state(v1::Customer::STATE_MERGED);
  merged.set_survivor_customer_id("c2");
  *merged.add_external_ids() = Id("crm", "7");
  Put(*store, merged);
  // Only a merged customer has the id.
  MustDo(*desk, CreateWith("c3", {Id("crm", "7")}));
  EXPECT_THAT(Reasons(*desk->Execute(CreateWith("c4", {Id("crm", "7")}))),
              ElementsAre(kReasonCustomerExternalIdTaken));
}

TEST(ExternalIdsTest, OfManyAtTheSameTimeOneGetsTheId) {
  constexpr int kThreads = 8;
  constexpr int kIds = 40;
  std::unique_ptr<Desk> desk = MustOpen();
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int id = 0; id < kIds; ++id) {
        const auto outcome = desk->Execute(
            CreateWith(absl::StrCat("c", thread, "-", id), {Id("crm", absl::StrCat(id))}));
        ASSERT_TRUE(outcome.ok()) << outcome.status();
        if (outcome->verdict() == v1::VERDICT_DONE) {
          ++done;
        } else {
          ASSERT_THAT(Reasons(*outcome), ElementsAre(kReasonCustomerExternalIdTaken));
          ++refused;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kIds);
  EXPECT_EQ(refused, kIds * (kThreads - 1));
  for (int id = 0; id < kIds; ++id) {
    v1::FindRequest request;
    *request.mutable_customers()->mutable_external_id() = Id("crm", absl::StrCat(id));
    EXPECT_EQ((*desk->Find(request))->found_size(), 1);
  }
}

}  // namespace
}  // namespace frontdesk
