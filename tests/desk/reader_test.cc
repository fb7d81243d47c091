#include "frontdesk/desk/reader.h"

#include <memory>
#include <string>
#include <utility>

#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustCompileLucky;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::Snapshot;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<Reader> MustRead(std::shared_ptr<store::Store> store) {
  ReaderOptions options;
  options.store = std::move(store);
  absl::StatusOr<std::unique_ptr<Reader>> reader = Reader::Open(std::move(options));
  EXPECT_TRUE(reader.ok()) << reader.status();
  return reader.ok() ? *std::move(reader) : nullptr;
}

TEST(ReaderTest, ReadsWhatADeskWroteAndWrites) {
  const auto store = store::MakeMemoryStore();
  const std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  const std::unique_ptr<Reader> reader = MustRead(store);
  OpenShop(*desk);
  EXPECT_EQ(Snapshot(*reader), Snapshot(*desk));
  v1::FindRequest orders;
  orders.mutable_orders()->set_customer_id("c1");
  EXPECT_EQ((*reader->Find(orders))->SerializeAsString(),
            (*desk->Find(orders))->SerializeAsString());
  const std::string record_id = (*desk->Journal()).back().record_id();
  EXPECT_EQ(reader->Explain(record_id)->SerializeAsString(),
            desk->Explain(record_id)->SerializeAsString());
  EXPECT_EQ(reader->DecisionInputOf(record_id)->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  EXPECT_FALSE(reader->VerifyRows()->has_fault());
  // Later commands are read too.
  MustDo(*desk, AskInText("create_customer { customer_id: 'c9' given_name: 'Zoe' }", 900));
  EXPECT_EQ((*reader->Get(CustomerRef("c9")))->customer().given_name(), "Zoe");
}

TEST(ReaderTest, WritesNothing) {
  const auto store = store::MakeMemoryStore();
  OpenShop(*MustOpen(testing::kAllowAll, store));
  const std::string before = (*store->Read())->link();
  const std::unique_ptr<Reader> reader = MustRead(store);
  ASSERT_TRUE(reader->Get(OrderRef("o1")).ok());
  ASSERT_TRUE(reader->VerifyRows().ok());
  EXPECT_EQ((*store->Read())->link(), before);
}

TEST(ReaderTest, AnEmptyStoreHasNothing) {
  const auto store = store::MakeMemoryStore();
  const std::unique_ptr<Reader> reader = MustRead(store);
  EXPECT_EQ(GetReason(reader->Get(OrderRef("o1")).status()), kReasonEntityNotFound);
  v1::FindRequest customers;
  customers.mutable_customers()->set_email("ann@example.com");
  EXPECT_EQ((*reader->Find(customers))->found_size(), 0);
  EXPECT_THAT(*reader->Journal(), IsEmpty());
  EXPECT_EQ((*store->Read())->position(), 0);
}

TEST(ReaderTest, ExplainsByFunctionsOfTheHostWhereItHasThem) {
  const auto store = store::MakeMemoryStore();
  DeskOptions options;
  options.store = store;
  options.policy = MustCompileLucky(
      R"pb(rule_sets {
             id: "c"
             decision_points: "CreateCustomer"
             default_outcome: POLICY_OUTCOME_ALLOW
             rules {
               id: "unlucky"
               order: 1
               outcome: POLICY_OUTCOME_REFUSE
               reason: "UNLUCKY"
               condition: "!lucky(now.getSeconds())"
             }
           })pb",
      "1");
  const std::unique_ptr<Desk> desk = *Desk::Open(options);
  const auto outcome =
      desk->Execute(AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }", 0));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  const std::unique_ptr<Reader> without = MustRead(store);
  EXPECT_THAT(without->Explain(outcome->record_id())->text(),
              HasSubstr("not shown: POLICY_FUNCTION_MISSING"));
  EXPECT_EQ(GetReason(without->DecisionInputOf(outcome->record_id()).status()),
            kReasonPolicyFunctionMissing);
  ReaderOptions with;
  with.store = store;
  with.policy_options = options.policy->options();
  const std::unique_ptr<Reader> reader = *Reader::Open(std::move(with));
  EXPECT_EQ(reader->Explain(outcome->record_id())->text(),
            desk->Explain(outcome->record_id())->text());
}

TEST(ReaderTest, InvalidOptionsAreErrors) {
  EXPECT_EQ(GetReason(Reader::Open({}).status()), kReasonDeskOptionsInvalid);
  ReaderOptions options;
  options.store = store::MakeMemoryStore();
  options.find_limits.max_rows = 0;
  EXPECT_EQ(GetReason(Reader::Open(options).status()), kReasonDeskOptionsInvalid);
}

}  // namespace
}  // namespace frontdesk
