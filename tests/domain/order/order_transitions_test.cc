// Every state of a payment, a refund and a dispute, reached and left by commands alone.
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

bool IsListed(absl::Span<const PaymentTransition> transitions, int from, int to) {
  return std::any_of(transitions.begin(), transitions.end(), [&](const PaymentTransition& each) {
    return each.from == from && each.to == to;
  });
}

// All states of `type` but the zero one.
std::set<int> AllStates(const google::protobuf::EnumDescriptor& type) {
  std::set<int> states;
  for (int i = 1; i < type.value_count(); ++i) states.insert(type.value(i)->number());
  return states;
}

std::string Payment(const std::string& fields) {
  return absl::StrCat("record_payment { order_id: 'o1' payment { payment_id: 'payment-1' ", fields,
                      " } }");
}

// A world with payment-1 in the state.
World WorldWithPayment(v1::Payment::State state) {
  World world = MakeWorld();
  world.Done(
      "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' lines { variant_id: "
      "'shirt-blue' quantity: 1 } payment_method_id: 'card' }");
  if (state == v1::Payment::STATE_REQUESTED) return world;
  if (state == v1::Payment::STATE_CHARGED_BACK) world.Done(Payment("state: STATE_CAPTURED"));
  world.Done(Payment(absl::StrCat("state: ", v1::Payment::State_Name(state))));
  return world;
}

const v1::Payment& FirstPayment(const World& world) {
  return world.order.payments_size() > 0 ? world.order.payments(0)
                                         : world.order.finished_payments(0);
}

TEST(OrderTransitionsTest, Payments) {
  std::set<int> reached = {v1::Payment::STATE_REQUESTED};
  std::set<int> left;
  for (const int from : AllStates(*v1::Payment::State_descriptor())) {
    for (const int to : AllStates(*v1::Payment::State_descriptor())) {
      if (to == v1::Payment::STATE_REQUESTED) continue;
      SCOPED_TRACE(
          absl::StrCat(v1::Payment::State_Name(from), " to ", v1::Payment::State_Name(to)));
      World world = WorldWithPayment(static_cast<v1::Payment::State>(from));
      ASSERT_EQ(FirstPayment(world).state(), from);
      const std::string verb = Payment(absl::StrCat("state: ", to, " gateway_reference: 'new'"));
      if (IsListed(PaymentTransitions(), from, to)) {
        world.Done(verb);
        EXPECT_EQ(FirstPayment(world).state(), to);
        reached.insert(to);
        if (from != to) left.insert(from);
        continue;
      }
      // The same state under another reference is no transition, and an authorization may be reported after what followed it.
      if (from == to || to == v1::Payment::STATE_AUTHORIZED) {
        const int64_t held = HeldAmount(world.order).units();
        world.Done(verb);
        EXPECT_EQ(FirstPayment(world).state(), from);
        EXPECT_EQ(HeldAmount(world.order).units(), held);
        continue;
      }
      EXPECT_EQ(world.Refused(verb),
                "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.payment.state");
    }
  }
  EXPECT_EQ(reached, AllStates(*v1::Payment::State_descriptor()));
  EXPECT_EQ(left, AllStates(*v1::Payment::State_descriptor()));
}

TEST(OrderTransitionsTest, NewPayments) {
  for (const int to : AllStates(*v1::Payment::State_descriptor())) {
    if (to == v1::Payment::STATE_REQUESTED) continue;
    World world = WorldWithPayment(v1::Payment::STATE_REQUESTED);
    const std::string verb =
        absl::StrCat("record_payment { order_id: 'o1' payment { payment_id: 'new' state: ", to,
                     " amount { units: 5 currency_code: 'USD' } payment_method_id: 'card' } }");
    if (IsListed(PaymentTransitions(), v1::Payment::STATE_UNSPECIFIED, to)) {
      world.Done(verb);
      EXPECT_EQ(AllPayments(world.order).back().state(), to);
    } else {
      EXPECT_EQ(world.Refused(verb),
                "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.payment.state");
    }
  }
}

std::string Refund(int state, const std::string& more = "") {
  return absl::StrCat("record_payment { order_id: 'o1' refund { refund_id: 'refund-2' state: ",
                      state, " ", more, " } }");
}

TEST(OrderTransitionsTest, Refunds) {
  std::set<int> reached = {v1::Refund::STATE_PENDING};
  std::set<int> left;
  for (const int from : AllStates(*v1::Refund::State_descriptor())) {
    for (const int to : AllStates(*v1::Refund::State_descriptor())) {
      SCOPED_TRACE(absl::StrCat(v1::Refund::State_Name(from), " to ", v1::Refund::State_Name(to)));
      World world = WorldWithPayment(v1::Payment::STATE_CAPTURED);
      world.Done(
          "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: 700 "
          "currency_code: 'USD' } }");
      if (from != v1::Refund::STATE_PENDING) world.Done(Refund(from));
      ASSERT_EQ(AllRefunds(world.order)[0].state(), from);
      const int64_t held = HeldAmount(world.order).units();
      const std::string verb = Refund(to, "gateway_reference: 'new'");
      if (IsListed(RefundTransitions(), from, to)) {
        world.Done(verb);
        EXPECT_EQ(AllRefunds(world.order)[0].state(), to);
        // An amount that does not reach the customer is held.
        EXPECT_EQ(HeldAmount(world.order).units(),
                  to == v1::Refund::STATE_SUCCEEDED ? 9300 : 10000);
        reached.insert(to);
        left.insert(from);
      } else if (from == to || to == v1::Refund::STATE_PENDING) {
        // No transition: of each refund it is known that it was on its way.
        world.Done(verb);
        EXPECT_EQ(AllRefunds(world.order)[0].state(), from);
        EXPECT_EQ(HeldAmount(world.order).units(), held);
      } else {
        EXPECT_EQ(world.Refused(verb),
                  "ORDER_RECORD_PAYMENT_TRANSITION@record_payment.refund.state");
      }
    }
  }
  EXPECT_EQ(reached, AllStates(*v1::Refund::State_descriptor()));
  EXPECT_EQ(left, AllStates(*v1::Refund::State_descriptor()));
}

std::string Dispute(int state, const std::string& more) {
  return absl::StrCat("record_dispute { order_id: 'o1' dispute_id: 'd' state: ", state, " ", more,
                      " }");
}

TEST(OrderTransitionsTest, Disputes) {
  std::set<int> reached;
  std::set<int> left;
  std::set<int> all = AllStates(*v1::Dispute::State_descriptor());
  std::set<int> and_none = all;
  and_none.insert(v1::Dispute::STATE_UNSPECIFIED);
  for (const int from : and_none) {
    for (const int to : all) {
      SCOPED_TRACE(
          absl::StrCat(v1::Dispute::State_Name(from), " to ", v1::Dispute::State_Name(to)));
      World world = WorldWithPayment(v1::Payment::STATE_CAPTURED);
      if (from != v1::Dispute::STATE_UNSPECIFIED) {
        world.Done(Dispute(v1::Dispute::STATE_OPEN, "payment_id: 'payment-1'"));
        if (from != v1::Dispute::STATE_OPEN) world.Done(Dispute(from, ""));
        ASSERT_EQ(world.order.disputes(0).state(), from);
      }
      // In another stage, so that no report is the one before.
      const std::string verb = Dispute(to, "payment_id: 'payment-1' stage: STAGE_ARBITRATION");
      if (!IsListed(DisputeTransitions(), from, to)) {
        EXPECT_EQ(world.Refused(verb), "ORDER_RECORD_DISPUTE_TRANSITION@record_dispute.state");
        continue;
      }
      world.Done(verb);
      EXPECT_EQ(world.order.disputes(0).state(), to);
      const bool is_back = to == v1::Dispute::STATE_WON || to == v1::Dispute::STATE_WITHDRAWN;
      EXPECT_EQ(HeldAmount(world.order).units(), is_back ? 10000 : 0);
      EXPECT_EQ(world.order.owed_amount().units(), to == v1::Dispute::STATE_LOST ? 10000 : 0);
      reached.insert(to);
      if (from != to && from != v1::Dispute::STATE_UNSPECIFIED) left.insert(from);
    }
  }
  EXPECT_EQ(reached, all);
  EXPECT_EQ(left, all);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
