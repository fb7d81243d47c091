// A gateway's reference is of one order in the whole desk, whoever reports it at the same time. A store of an older version gets the
// rows by which it is found.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/derived_rows_testing.h"
#include "desk/shop.h"
#include "event_log/derived_rows.h"
#include "event_log/index_keys.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/order/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenOn;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::PutProgress;
using ::frontdesk::testing::PutRow;
using ::frontdesk::testing::Reasons;
using ::frontdesk::testing::RowsOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Command Capture(absl::string_view order_id, absl::string_view reference, int units) {
  return AskInText(
      absl::StrCat("record_payment { order_id: '", order_id, "' payment { payment_id: '", reference,
                   "' state: STATE_CAPTURED payment_method_id: 'card' gateway_reference: '",
                   reference, "' amount { units: ", units, " currency_code: 'USD' } } }"),
      300);
}

TEST(GatewayReportsTest, OfManyOrdersAtTheSameTimeOneGetsAReference) {
  constexpr int kReferences = 30;
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  const std::unique_ptr<Desk> first = MustOpen(testing::kAllowAll, store);
  OpenShop(*first);
  // As another process has the store open.
  const std::unique_ptr<Desk> second = MustOpen(testing::kAllowAll, store);
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  const auto work = [&](Desk& desk, absl::string_view order_id) {
    for (int i = 0; i < kReferences; ++i) {
      const auto outcome = desk.Execute(Capture(order_id, absl::StrCat("gw-", i), 10));
      ASSERT_TRUE(outcome.ok()) << outcome.status();
      if (outcome->verdict() == v1::VERDICT_DONE) {
        ++done;
      } else {
        ASSERT_THAT(Reasons(*outcome), ElementsAre("ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"));
        ++refused;
      }
    }
  };
  std::thread one([&] { work(*first, "o1"); });
  std::thread two([&] { work(*second, "o2"); });
  one.join();
  two.join();
  EXPECT_EQ(done, kReferences);
  EXPECT_EQ(refused, kReferences);
}

// The refund is finished and no part of the state any more; its second reference finds it all the same.
TEST(GatewayReportsTest, ASecondReferenceFindsAFinishedRefund) {
  const std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store::MakeMemoryStore());
  OpenShop(*desk);
  MustDo(*desk, AskInText("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL settlement: "
                          "SETTLEMENT_DONE amount { units: 100 currency_code: 'USD' } }",
                          300));
  const auto report = [](absl::string_view refund_id, absl::string_view state) {
    return AskInText(absl::StrCat("record_payment { order_id: 'o1' refund { refund_id: '",
                                  refund_id, "' state: ", state, " gateway_reference: 're-1' } }"),
                     301);
  };
  const auto order = [&] { return (*desk->Get(testing::OrderRef("o1")))->order(); };
  const v1::Order before = order();
  MustDo(*desk, report("refund-2", "STATE_SUCCEEDED"));
  EXPECT_EQ(order().refunded_amount().units(), 100);
  EXPECT_EQ(order().owed_amount().units(), before.owed_amount().units());
  // The bank sends it back, under a name of the gateway's own.
  MustDo(*desk, report("from-webhook", "STATE_FAILED"));
  EXPECT_EQ(order().refunded_amount().units(), 0);
  EXPECT_EQ(order().refund_count(), 1);
}

// Every row that is made from events: of lists, of names, and of the index.
std::vector<std::string> MadeRows(const store::Store& store) {
  std::vector<std::string> rows;
  for (const event_log::Table table : {event_log::kRows, event_log::kRowNames, event_log::kIndex}) {
    for (const store::Row& row : RowsOf(store, table)) {
      rows.push_back(absl::StrCat(static_cast<int>(table), "/", row.key, "=", *row.value));
    }
  }
  return rows;
}

// A store of a version without reports, and without removed payment methods.
TEST(GatewayReportsTest, AnOlderStoreGetsTheRows) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  {
    const std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
    OpenShop(*desk);
    MustDo(*desk, Capture("o1", "gw-1", 10));
    MustDo(*desk, Capture("o1", "gw-2", 10));
    // A second fact with the first reference.
    MustDo(*desk, AskInText("record_payment { order_id: 'o1' payment { state: STATE_CHARGED_BACK "
                            "gateway_reference: 'gw-1' } }",
                            301));
    MustDo(*desk, AskInText("add_payment_method { customer_id: 'c1' payment_method { "
                            "payment_method_id: 'old' kind: KIND_CARD } }",
                            302));
    MustDo(*desk,
           AskInText("remove_payment_method { customer_id: 'c1' payment_method_id: 'old' }", 303));
  }
  const std::vector<std::string> rows = MadeRows(*store);
  const auto is_of = [](const store::Row& row, v1::EntityKind kind, absl::string_view id,
                        int list) {
    return row.key.rfind(event_log::RowsPrefix(kind, id, list), 0) == 0;
  };
  int removed = 0;
  for (const event_log::Table table : {event_log::kRows, event_log::kRowNames}) {
    for (const store::Row& row : RowsOf(*store, table)) {
      if (is_of(row, v1::ENTITY_KIND_ORDER, "o1", v1::Order::kGatewayReportsFieldNumber) ||
          is_of(row, v1::ENTITY_KIND_CUSTOMER, "c1",
                v1::Customer::kRemovedPaymentMethodsFieldNumber)) {
        PutRow(*store, table, row.key, nullptr);
        ++removed;
      }
    }
  }
  EXPECT_EQ(removed, 3 + 2 + 1 + 1) << "rows of two reports and a method, and their names";
  for (const store::Row& row : RowsOf(*store, event_log::kIndex)) {
    for (const char* reference : {"gw-1", "gw-2"}) {
      if (row.key.rfind(
              event_log::IndexPrefix(v1::ENTITY_KIND_ORDER, internal::ReferenceKey(reference)),
              0) == 0) {
        PutRow(*store, event_log::kIndex, row.key, nullptr);
        ++removed;
      }
    }
  }
  EXPECT_EQ(removed, 9);
  PutProgress(*store, {event_log::kDerivedVersion - 1, absl::nullopt, ""});
  const auto desk = OpenOn(store);
  ASSERT_TRUE(desk.ok()) << desk.status();
  EXPECT_EQ(MadeRows(*store), rows);
  EXPECT_THAT(Reasons(*(*desk)->Execute(Capture("o2", "gw-1", 10))),
              ElementsAre("ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"));
  EXPECT_THAT(Reasons(*(*desk)->Execute(Capture("o2", "gw-3", 10))), IsEmpty());
}

}  // namespace
}  // namespace frontdesk
