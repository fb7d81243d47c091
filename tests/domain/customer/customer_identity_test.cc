#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "domain/customer/customer_testing.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr std::int64_t kNow = 1715774400;  // Of NoonCommand().

google::protobuf::Timestamp TimeAt(std::int64_t seconds, int nanos = 0) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

TEST(CustomerIdentityTest, LevelIsTheHighestThatHolds) {
  const v1::Customer customer = FromText<v1::Customer>(R"pb(
    current_verifications {
      level: 1
      verify_time { seconds: 100 }
    }
    current_verifications {
      level: 3
      verify_time { seconds: 200 }
      expire_time { seconds: 300 }
    }
    current_verifications {
      level: 4
      verify_time { seconds: 200 }
      interaction_id: "i1"
    }
    current_verifications { level: 9 }
  )pb");
  EXPECT_EQ(ReachedIdentityLevel(customer, TimeAt(99, 999'999'999), ""), 0);
  EXPECT_EQ(ReachedIdentityLevel(customer, TimeAt(100), ""), 1);
  EXPECT_EQ(ReachedIdentityLevel(customer, TimeAt(200), ""), 3);
  EXPECT_EQ(ReachedIdentityLevel(customer, TimeAt(299, 999'999'999), "i2"), 3);
  EXPECT_EQ(ReachedIdentityLevel(customer, TimeAt(300), "i2"), 1);
  EXPECT_EQ(ReachedIdentityLevel(customer, TimeAt(300), "i1"), 4);
  EXPECT_EQ(ReachedIdentityLevel(v1::Customer(), TimeAt(300), "i1"), 0);
}

TEST(CustomerIdentityTest, VerifyRecordsWhenHowAndWhere) {
  Customers customers;
  customers.Put("customer_id: 'c1' state: STATE_PROSPECT given_name: 'Ann'");
  v1::Command command = NoonCommand(
      "interaction_id: 'i1' verify_identity { customer_id: 'c1' level: 2 method: 'date of birth' "
      "expire_time { seconds: 1715774500 } }");
  ASSERT_EQ(customers.Do(command), "");
  command.mutable_now()->set_seconds(kNow - 10);
  command.clear_interaction_id();
  command.mutable_customer()->mutable_verify_identity()->clear_expire_time();
  command.mutable_customer()->mutable_verify_identity()->set_level(1);
  ASSERT_EQ(customers.Do(command), "");
  const v1::Customer& customer = customers.Get("c1");
  ASSERT_EQ(customer.current_verifications_size(), 2);
  // Oldest first, also when the host's clock went back.
  EXPECT_EQ(customer.current_verifications(0).level(), 1);
  const v1::IdentityVerification& verification = customer.current_verifications(1);
  EXPECT_EQ(verification.level(), 2);
  EXPECT_EQ(verification.method(), "date of birth");
  EXPECT_EQ(verification.verify_time().seconds(), kNow);
  EXPECT_EQ(verification.expire_time().seconds(), kNow + 100);
  EXPECT_EQ(verification.interaction_id(), "i1");
  EXPECT_EQ(ReachedIdentityLevel(customer, TimeAt(kNow), "i1"), 2);
  EXPECT_EQ(ReachedIdentityLevel(customer, TimeAt(kNow), ""), 1);
}

// The state has a bounded part of them; the level is that of all, by a plain look at the rows.
TEST(CustomerIdentityTest, OfManyVerificationsThoseThatCountAreKept) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&random](int limit) {
      return std::uniform_int_distribution<int>(0, limit - 1)(random);
    };
    Customers customers;
    customers.Put("customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann'");
    const int interactions = 1 + below(6);
    for (int i = 0; i < 150; ++i) {
      v1::Command command = NoonCommand("verify_identity { customer_id: 'c1' method: 'asked' }");
      command.mutable_now()->set_seconds(kNow + 10 * i);
      v1::VerifyIdentity& verb = *command.mutable_customer()->mutable_verify_identity();
      verb.set_level(1 + below(3));
      if (below(3) > 0) verb.mutable_expire_time()->set_seconds(kNow + 10 * i + 1 + below(400));
      if (below(2) == 0) command.set_interaction_id(absl::StrCat("i", below(interactions)));
      ASSERT_EQ(customers.Do(command), "");
      const v1::Customer& customer = customers.Get("c1");
      ASSERT_EQ(customer.identity_verifications_size(), i + 1);
      ASSERT_LE(customer.current_verifications_size(), 32);
      for (int k = 0; k <= interactions; ++k) {
        const std::string interaction_id = k == 0 ? "" : absl::StrCat("i", k - 1);
        const std::int64_t seconds = kNow + 10 * i + below(10);
        int level = 0;
        for (const v1::IdentityVerification& each : customer.identity_verifications()) {
          const bool here =
              each.interaction_id().empty() || each.interaction_id() == interaction_id;
          const bool expired = each.has_expire_time() && each.expire_time().seconds() <= seconds;
          if (here && !expired) level = std::max(level, each.level());
        }
        ASSERT_EQ(ReachedIdentityLevel(customer, TimeAt(seconds), interaction_id), level);
      }
    }
  }
}

TEST(CustomerIdentityTest, DisclosureIsRecordedAndChangesNothing) {
  Customers customers;
  customers.Put(
      "customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann' current_verifications { level: 2 "
      "verify_time { seconds: 1 } interaction_id: 'i1' }");
  const std::string before = customers.Get("c1").SerializeAsString();
  ASSERT_EQ(
      customers.Do(NoonCommand("interaction_id: 'i1' disclose_customer { customer_id: 'c1' "
                               "topics: 'order status' topics: 'balance' purpose: 'asked' }")),
      "");
  const v1::CustomerDisclosed& fact = customers.events().at(0).customer().customer_disclosed();
  EXPECT_EQ(absl::StrJoin(fact.topics(), ","), "order status,balance");
  EXPECT_EQ(fact.purpose(), "asked");
  EXPECT_EQ(fact.interaction_id(), "i1");
  EXPECT_EQ(fact.identity_level(), 2);
  EXPECT_EQ(customers.Get("c1").SerializeAsString(), before);
}

TEST(CustomerIdentityTest, ChangeState) {
  Customers customers;
  customers.Put("customer_id: 'c1' state: STATE_PROSPECT given_name: 'Ann'");
  EXPECT_EQ(customers.Do("change_customer_state { customer_id: 'c1' state: STATE_PROSPECT }"),
            "unchanged");
  EXPECT_EQ(customers.Do("change_customer_state { customer_id: 'c1' state: STATE_FORMER "
                         "reason: 'moved' }"),
            "");
  EXPECT_EQ(customers.events().at(0).customer().customer_state_changed().reason(), "moved");
  EXPECT_EQ(customers.Get("c1").state(), v1::Customer::STATE_FORMER);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
