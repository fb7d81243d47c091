// Other orders and rows of lists that are loaded for reports of gateways, and for the ids of payment methods.
#include <string>

#include "absl/strings/str_cat.h"
#include "decide/kept_states.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::KeptStates;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The orders "o1" and "o2" of 24.00, paid by card.
class LoadedMoneyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    states_.OpenShop();
    for (const char* id : {"o1", "o2"}) {
      ASSERT_EQ(states_.Do(testing::PlaceOrder(id)).verdict(), v1::VERDICT_DONE);
    }
    total_ = Order("o1").totals().total().units();
  }

  v1::Order Order(const std::string& id) const {
    return states_.State(v1::ENTITY_KIND_ORDER, id).order();
  }

  static std::string Payment(absl::string_view order_id, absl::string_view fields) {
    return absl::StrCat("record_payment { order_id: '", order_id, "' payment { ", fields, " } }");
  }
  static std::string Refund(absl::string_view order_id, absl::string_view fields) {
    return absl::StrCat("record_payment { order_id: '", order_id, "' refund { ", fields, " } }");
  }
  static std::string NewCapture(absl::string_view reference) {
    return absl::StrCat("state: STATE_CAPTURED payment_id: 'p-", reference,
                        "' payment_method_id: 'card' gateway_reference: '", reference,
                        "' amount { units: 10 currency_code: 'USD' }");
  }

  KeptStates states_;
  std::int64_t total_ = 0;
};

TEST_F(LoadedMoneyTest, AReferenceIsOfOneOrder) {
  states_.Done(Payment("o1", NewCapture("gw-1")));
  EXPECT_THAT(states_.ReasonsOf(Payment("o2", NewCapture("gw-1"))),
              ElementsAre("ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"));
  EXPECT_THAT(states_.ReasonsOf(Refund("o2", "state: STATE_FAILED gateway_reference: 'gw-1'")),
              ElementsAre("ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"));
  // The order's own report is no other order's.
  EXPECT_THAT(states_.ReasonsOf(Payment("o1", NewCapture("gw-1"))), IsEmpty());
  EXPECT_EQ(Order("o1").captured_amount().units(), total_ + 10);
  EXPECT_THAT(states_.ReasonsOf(Payment("o2", NewCapture("gw-2"))), IsEmpty());
}

// The payment and the refund were finished, and the report names neither by its id.
TEST_F(LoadedMoneyTest, ARefundThatBouncedIsHeldAgain) {
  const std::string refund = absl::StrCat(
      "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: ", total_,
      " currency_code: 'USD' } }");
  states_.Done(refund);
  const std::string id = Order("o1").refunds(0).refund_id();
  states_.Done(Refund("o1", absl::StrCat("refund_id: '", id,
                                         "' state: STATE_SUCCEEDED gateway_reference: 're-1'")));
  ASSERT_EQ(Order("o1").payments_size(), 0);
  ASSERT_EQ(Order("o1").finished_payments_size(), 1);
  ASSERT_EQ(Order("o1").finished_refunds_size(), 1);
  states_.Done(Refund("o1", "state: STATE_FAILED gateway_reference: 're-1'"));
  ASSERT_EQ(Order("o1").payments_size(), 1);
  EXPECT_EQ(Order("o1").payments(0).refunded_amount().units(), 0);
  EXPECT_EQ(Order("o1").finished_payments_size(), 0);
  states_.Done(refund);
}

// A report that names a finished payment by its reference only.
TEST_F(LoadedMoneyTest, APaymentIsFoundByItsReference) {
  states_.Done(Payment("o1", NewCapture("gw-1")));
  states_.Done(Payment("o1", "state: STATE_CHARGED_BACK gateway_reference: 'gw-1'"));
  ASSERT_EQ(Order("o1").finished_payments_size(), 1);
  EXPECT_THAT(states_.ReasonsOf(Payment("o1", "state: STATE_FAILED gateway_reference: 'gw-1'")),
              ElementsAre("ORDER_RECORD_PAYMENT_TRANSITION"));
}

TEST_F(LoadedMoneyTest, AMergeAvoidsTheIdsOfRemovedMethods) {
  const auto add = [&](const std::string& customer_id, const std::string& id) {
    states_.Done(absl::StrCat("add_payment_method { customer_id: '", customer_id,
                              "' payment_method { payment_method_id: '", id,
                              "' kind: KIND_CARD gateway_token: '", customer_id, id, "' } }"));
  };
  const auto remove = [&](const std::string& customer_id, const std::string& id) {
    states_.Done(absl::StrCat("remove_payment_method { customer_id: '", customer_id,
                              "' payment_method_id: '", id, "' }"));
  };
  for (const char* id : {"c2", "c3"}) {
    states_.Done(absl::StrCat("create_customer { customer_id: '", id, "' given_name: 'Anna' }"));
  }
  // "x" was the survivor's, "c2/x" the merged customer's, and "c2/c2/x" that of one merged into it.
  for (const auto& [customer_id, id] :
       {std::pair("c1", "x"), std::pair("c2", "c2/x"), std::pair("c3", "c2/c2/x")}) {
    add(customer_id, id);
    remove(customer_id, id);
  }
  states_.Done("merge_customers { customer_id: 'c2' merged_customer_id: 'c3' }");
  add("c2", "x");
  states_.Done("merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }");
  const v1::Customer survivor = states_.State(v1::ENTITY_KIND_CUSTOMER, "c1").customer();
  EXPECT_EQ(survivor.payment_methods(survivor.payment_methods_size() - 1).payment_method_id(),
            "c2/c2/c2/x");
  // Nor does the survivor give one of them to a new card.
  for (const char* id : {"x", "c2/x", "c2/c2/x", "c2/c2/c2/x"}) {
    EXPECT_THAT(states_.ReasonsOf(absl::StrCat(
                    "add_payment_method { customer_id: 'c1' payment_method { payment_method_id: '",
                    id, "' kind: KIND_CARD } }")),
                ElementsAre("CUSTOMER_ADD_PAYMENT_METHOD_ID_EXISTS"))
        << id;
  }
}

}  // namespace
}  // namespace frontdesk
