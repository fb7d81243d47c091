// Answers that come in another order than that of their times, and answers of merged customers.
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/customer/customer_testing.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr std::int64_t kNoonSeconds = 1715774400;  // Of NoonCommand().

v1::Command ConsentAt(std::int64_t seconds, const std::string& answer) {
  v1::Command command = NoonCommand(absl::StrCat(
      "record_consent { customer_id: 'c1' consent { purpose: 'marketing' channel: 'email' answer: ",
      answer, " } }"));
  command.mutable_now()->set_seconds(seconds);
  return command;
}

TEST(LateConsentTest, DoesNotUndoANewerAnswer) {
  Customers customers;
  customers.Put("customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann'");
  ASSERT_EQ(customers.Do(ConsentAt(kNoonSeconds, "ANSWER_REFUSED")), "");
  ASSERT_EQ(customers.Do(ConsentAt(kNoonSeconds - 1, "ANSWER_GIVEN")), "");
  ASSERT_EQ(customers.Get("c1").consents_size(), 1);
  EXPECT_EQ(customers.Get("c1").consents(0).answer(), v1::Consent::ANSWER_REFUSED);
  EXPECT_EQ(customers.Get("c1").consents(0).record_time().seconds(), kNoonSeconds);
  // At the same instant the one that comes last counts.
  ASSERT_EQ(customers.Do(ConsentAt(kNoonSeconds, "ANSWER_GIVEN")), "");
  EXPECT_EQ(customers.Get("c1").consents(0).answer(), v1::Consent::ANSWER_GIVEN);
}

// A late entry is recorded last, and was given first.
TEST(LateConsentTest, ALateEntryDoesNotUndoAnAnswerThatWasGivenAfterIt) {
  Customers customers;
  customers.Put(
      "customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann' consents { purpose: 'marketing' "
      "channel: 'email' answer: ANSWER_REFUSED record_time { seconds: 1715774400 } }");
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CUSTOMER);
  event.mutable_entity()->set_id("c1");
  v1::Consent& consent = *event.mutable_customer()->mutable_consent_recorded()->mutable_consent();
  consent.set_purpose("marketing");
  consent.set_channel("email");
  consent.set_answer(v1::Consent::ANSWER_GIVEN);
  consent.mutable_record_time()->set_seconds(kNoonSeconds + 100);
  consent.mutable_occur_time()->set_seconds(kNoonSeconds - 1);
  v1::Customer customer = customers.Get("c1");
  ASSERT_TRUE(EvolveCustomer(event, &customer).ok());
  EXPECT_EQ(customer.consents(0).answer(), v1::Consent::ANSWER_REFUSED);
  consent.mutable_occur_time()->set_seconds(kNoonSeconds);
  ASSERT_TRUE(EvolveCustomer(event, &customer).ok());
  EXPECT_EQ(customer.consents(0).answer(), v1::Consent::ANSWER_GIVEN);
}

TEST(LateConsentTest, ARefusalWhileMergedHoldsForBoth) {
  Customers customers;
  customers.Put("customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann'");
  customers.Put(
      "customer_id: 'c2' state: STATE_CUSTOMER given_name: 'Anna' consents { purpose: 'marketing' "
      "channel: 'email' answer: ANSWER_GIVEN record_time { seconds: 10 } }");
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  ASSERT_EQ(customers.Do(ConsentAt(kNoonSeconds, "ANSWER_REFUSED")), "");
  ASSERT_EQ(customers.Unmerge("c1", "c2"), "");
  for (const char* id : {"c1", "c2"}) {
    ASSERT_EQ(customers.Get(id).consents_size(), 1) << id;
    EXPECT_EQ(customers.Get(id).consents(0).answer(), v1::Consent::ANSWER_REFUSED) << id;
  }
}

TEST(LateConsentTest, AConsentWhileMergedIsTheSurvivorsOnly) {
  Customers customers;
  customers.Put("customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann'");
  customers.Put("customer_id: 'c2' state: STATE_CUSTOMER given_name: 'Anna'");
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  ASSERT_EQ(customers.Do(ConsentAt(kNoonSeconds, "ANSWER_GIVEN")), "");
  ASSERT_EQ(customers.Unmerge("c1", "c2"), "");
  EXPECT_EQ(customers.Get("c1").consents_size(), 1);
  EXPECT_EQ(customers.Get("c2").consents_size(), 0);
}

TEST(MergedPreferenceTest, OneOfAKindIsPreferred) {
  const auto point = [](const char* id, const char* kind, const char* key) {
    return absl::StrCat(" contact_points { contact_point_id: '", id, "' kind: ", kind,
                        " as_typed: '", key, "' match_key: '", key, "' preferred: true }");
  };
  Customers customers;
  customers.Put(absl::StrCat("customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann'",
                             point("p1", "KIND_EMAIL", "ann@x.de")));
  customers.Put(absl::StrCat("customer_id: 'c2' state: STATE_CUSTOMER given_name: 'Anna'",
                             point("q1", "KIND_EMAIL", "anna@x.de"),
                             point("q2", "KIND_PHONE", "+49301")));
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  ASSERT_EQ(customers.Get("c1").contact_points_size(), 3);
  EXPECT_TRUE(customers.Get("c1").contact_points(0).preferred());
  EXPECT_FALSE(customers.Get("c1").contact_points(1).preferred());
  EXPECT_TRUE(customers.Get("c1").contact_points(2).preferred());
  // A new preferred address takes the place of the one of its kind only.
  ASSERT_EQ(customers.Do("add_contact_point { customer_id: 'c1' contact_point_id: 'p9' kind: "
                         "KIND_EMAIL as_typed: 'new@x.de' preferred: true }"),
            "");
  ASSERT_EQ(customers.Get("c1").contact_points_size(), 4);
  EXPECT_FALSE(customers.Get("c1").contact_points(0).preferred());
  EXPECT_TRUE(customers.Get("c1").contact_points(2).preferred());
  EXPECT_TRUE(customers.Get("c1").contact_points(3).preferred());
}

TEST(IdentityOfAnInteractionTest, CountsForItsCustomerWhileItLasts) {
  const v1::Customer customer = FromText<v1::Customer>(
      "customer_id: 'c1' current_verifications { level: 2 verify_time { seconds: 100 } "
      "interaction_id: 'i1' }");
  google::protobuf::Timestamp now;
  now.set_seconds(200);
  v1::Interaction interaction;
  interaction.set_interaction_id("i1");
  interaction.set_customer_id("c1");
  for (const auto& [state, level] :
       {std::pair(v1::Interaction::STATE_OPEN, 2), std::pair(v1::Interaction::STATE_ENDED, 2),
        std::pair(v1::Interaction::STATE_WRAPPED_UP, 0)}) {
    interaction.set_state(state);
    EXPECT_EQ(ReachedIdentityLevel(customer, now, interaction), level)
        << v1::Interaction::State_Name(state);
  }
  interaction.set_state(v1::Interaction::STATE_OPEN);
  interaction.set_customer_id("c2");
  EXPECT_EQ(ReachedIdentityLevel(customer, now, interaction), 0);
  interaction.clear_customer_id();
  EXPECT_EQ(ReachedIdentityLevel(customer, now, interaction), 2);
  interaction.set_interaction_id("i2");
  EXPECT_EQ(ReachedIdentityLevel(customer, now, interaction), 0);
}

TEST(RecordConsentTest, PurposesAndChannelsHaveALimit) {
  Customers customers;
  customers.Put("customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann'");
  const auto record = [&customers](int i) {
    return customers.Do(absl::StrCat("record_consent { customer_id: 'c1' consent { purpose: 'p",
                                     i / 2, "' channel: '", i % 2 == 0 ? "email" : "phone",
                                     "' answer: ANSWER_GIVEN } }"));
  };
  for (int i = 0; i < kMaxConsents; ++i) ASSERT_EQ(record(i), "") << i;
  EXPECT_EQ(record(kMaxConsents), "CUSTOMER_RECORD_CONSENT_LIMIT@record_consent.consent");
  EXPECT_EQ(record(7), "") << "one that is known is answered anew";
  EXPECT_EQ(customers.Get("c1").consents_size(), kMaxConsents);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
