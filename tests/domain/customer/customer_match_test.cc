#include "frontdesk/domain/customer/customer_match.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using ::testing::ElementsAre;
using Evidence = v1::DuplicateEvidence;

v1::Customer Named(absl::string_view id, absl::string_view given, absl::string_view family) {
  v1::Customer customer;
  customer.set_customer_id(std::string(id));
  customer.set_given_name(std::string(given));
  customer.set_family_name(std::string(family));
  return customer;
}

v1::ContactPoint* AddContact(v1::ContactPoint::Kind kind, absl::string_view match_key,
                             bool verified, v1::Customer* customer) {
  v1::ContactPoint* point = customer->add_contact_points();
  point->set_kind(kind);
  point->set_match_key(std::string(match_key));
  if (verified) point->mutable_verify_time()->set_seconds(1);
  return point;
}

void AddAddress(absl::string_view line, absl::string_view postal_code, v1::Customer* customer) {
  v1::PostalAddress* address = customer->add_addresses()->mutable_address();
  if (!line.empty()) address->add_lines(std::string(line));
  address->set_postal_code(std::string(postal_code));
}

// "kind:weight" and "!" when verified, for each evidence.
std::vector<std::string> Told(const v1::DuplicateCandidate& candidate) {
  std::vector<std::string> told;
  for (const Evidence& each : candidate.evidence()) {
    told.push_back(absl::StrCat(Evidence::Kind_Name(each.kind()), ":", each.weight(),
                                each.verified() ? "!" : ""));
  }
  return told;
}

// Compares both ways, which must come to the same.
absl::optional<v1::DuplicateCandidate> Match(const v1::Customer& a, const v1::Customer& b) {
  auto there = MatchCustomers(a, b);
  auto back = MatchCustomers(b, a);
  EXPECT_EQ(there.has_value(), back.has_value());
  if (there.has_value() && back.has_value()) {
    EXPECT_EQ(there->customer_id(), b.customer_id());
    EXPECT_EQ(back->customer_id(), a.customer_id());
    back->set_customer_id(there->customer_id());
    EXPECT_EQ(there->SerializeAsString(), back->SerializeAsString());
  }
  return there;
}

TEST(CustomerMatchTest, StrangersAreNoCandidates) {
  EXPECT_FALSE(Match(Named("a", "Ann", "Lee"), Named("b", "Bob", "Lee")).has_value());
  EXPECT_FALSE(Match(Named("a", "", ""), Named("b", "", "")).has_value());
  EXPECT_FALSE(Match(Named("a", "", "Lee"), Named("b", "", "Lee")).has_value())
      << "a family name alone is not a name";
}

TEST(CustomerMatchTest, NamesWithoutRegardToCaseAndBlanks) {
  auto candidate = Match(Named("a", "Anna Maria", "Strauß"), Named("b", "ANNAMARIA", "strauss"));
  ASSERT_TRUE(candidate.has_value());
  EXPECT_THAT(Told(*candidate), ElementsAre("KIND_NAME:150"));
  EXPECT_EQ(candidate->score(), 150);
  EXPECT_FALSE(candidate->is_certain());
  v1::Customer one;
  one.set_organization_name("ACME Ltd");
  v1::Customer other = one;
  other.set_organization_name("Acme LTD ");
  EXPECT_TRUE(Match(one, other).has_value());
}

TEST(CustomerMatchTest, ASharedPhoneIsNeverCertain) {
  for (const bool one_verified : {false, true}) {
    for (const bool other_verified : {false, true}) {
      v1::Customer one = Named("a", "Ann", "Lee");
      v1::Customer other = Named("b", "Bob", "Lee");
      AddContact(v1::ContactPoint::KIND_PHONE, "+16502530000", one_verified, &one);
      AddContact(v1::ContactPoint::KIND_PHONE, "+16502530000", other_verified, &other);
      const auto candidate = Match(one, other);
      ASSERT_TRUE(candidate.has_value());
      EXPECT_FALSE(candidate->is_certain());
      EXPECT_THAT(Told(*candidate), ElementsAre(one_verified && other_verified ? "KIND_PHONE:250!"
                                                                               : "KIND_PHONE:200"));
    }
  }
}

TEST(CustomerMatchTest, AnEmailIsCertainWhenBothSidesAreVerified) {
  for (const bool one_verified : {false, true}) {
    for (const bool other_verified : {false, true}) {
      v1::Customer one = Named("a", "Ann", "Lee");
      v1::Customer other = Named("b", "Bob", "Lee");
      AddContact(v1::ContactPoint::KIND_EMAIL, "a@example.com", one_verified, &one);
      AddContact(v1::ContactPoint::KIND_EMAIL, "a@example.com", other_verified, &other);
      const auto candidate = Match(one, other);
      ASSERT_TRUE(candidate.has_value());
      EXPECT_EQ(candidate->is_certain(), one_verified && other_verified);
      EXPECT_THAT(Told(*candidate), ElementsAre(one_verified && other_verified ? "KIND_EMAIL:600!"
                                                                               : "KIND_EMAIL:400"));
    }
  }
  // One that somebody gives up may be another's later.
  v1::Customer one;
  v1::Customer other;
  AddContact(v1::ContactPoint::KIND_EMAIL, "a@example.com", true, &one);
  AddContact(v1::ContactPoint::KIND_EMAIL, "a@example.com", true, &other)
      ->mutable_expire_time()
      ->set_seconds(5);
  EXPECT_FALSE(Match(one, other)->is_certain());
}

TEST(CustomerMatchTest, VerificationOfOneAddressSaysNothingOfAnother) {
  v1::Customer one;
  v1::Customer other;
  AddContact(v1::ContactPoint::KIND_EMAIL, "a@example.com", true, &one);
  AddContact(v1::ContactPoint::KIND_EMAIL, "b@example.com", false, &one);
  AddContact(v1::ContactPoint::KIND_EMAIL, "a@example.com", false, &other);
  AddContact(v1::ContactPoint::KIND_EMAIL, "b@example.com", true, &other);
  const auto candidate = Match(one, other);
  ASSERT_TRUE(candidate.has_value());
  EXPECT_FALSE(candidate->is_certain());
  EXPECT_THAT(Told(*candidate), ElementsAre("KIND_EMAIL:400"));
}

TEST(CustomerMatchTest, KindsOfContactPointsAndServicesAreApart) {
  v1::Customer one;
  v1::Customer other;
  AddContact(v1::ContactPoint::KIND_HANDLE, "ann", true, &one)->set_service("chat.example");
  AddContact(v1::ContactPoint::KIND_HANDLE, "ann", true, &other)->set_service("talk.example");
  EXPECT_FALSE(Match(one, other).has_value());
  AddContact(v1::ContactPoint::KIND_HANDLE, "ann", true, &other)->set_service("Chat.Example");
  const auto candidate = Match(one, other);
  ASSERT_TRUE(candidate.has_value());
  EXPECT_THAT(Told(*candidate), ElementsAre("KIND_HANDLE:400!"));
  EXPECT_FALSE(candidate->is_certain());
  v1::Customer mail;
  AddContact(v1::ContactPoint::KIND_EMAIL, "ann", true, &mail);
  EXPECT_FALSE(Match(one, mail).has_value());
}

TEST(CustomerMatchTest, AddressesNeedPostcodeAndFirstLine) {
  v1::Customer one;
  v1::Customer other;
  AddAddress("1 Main Street", "SW1A 1AA", &one);
  AddAddress("2 Main Street", "SW1A 1AA", &other);
  AddAddress("1 Main Street", "SW1A 1AB", &other);
  AddAddress("", "SW1A 1AA", &other);
  EXPECT_FALSE(Match(one, other).has_value());
  AddAddress("1 MAIN STREET", "sw1a1aa", &other);
  EXPECT_THAT(Told(*Match(one, other)), ElementsAre("KIND_ADDRESS:150"));
}

TEST(CustomerMatchTest, EverythingTogetherIsNoMoreThanTheMost) {
  v1::Customer one = Named("a", "Ann", "Lee");
  AddContact(v1::ContactPoint::KIND_EMAIL, "a@example.com", true, &one);
  AddContact(v1::ContactPoint::KIND_PHONE, "+16502530000", true, &one);
  AddContact(v1::ContactPoint::KIND_HANDLE, "ann", false, &one)->set_service("chat.example");
  AddAddress("1 Main Street", "111", &one);
  one.add_external_ids()->set_system("crm");
  one.mutable_external_ids(0)->set_id("7");
  v1::PaymentMethod* method = one.add_payment_methods();
  method->set_gateway_token("token-secret");
  method->mutable_verify_time()->set_seconds(1);
  v1::Customer other = one;
  other.set_customer_id("b");
  const auto candidate = Match(one, other);
  ASSERT_TRUE(candidate.has_value());
  EXPECT_THAT(
      Told(*candidate),
      ElementsAre("KIND_EXTERNAL_ID:1000", "KIND_EMAIL:600!", "KIND_PAYMENT_METHOD:350!",
                  "KIND_HANDLE:300", "KIND_PHONE:250!", "KIND_NAME:150", "KIND_ADDRESS:150"));
  EXPECT_EQ(candidate->score(), 1'000);
  EXPECT_TRUE(candidate->is_certain());
  EXPECT_THAT(candidate->DebugString(), ::testing::Not(::testing::HasSubstr("secret")));
}

TEST(CustomerMatchTest, TheSameExternalIdIsCertain) {
  v1::Customer one;
  v1::Customer other;
  one.add_external_ids()->set_system("crm");
  one.mutable_external_ids(0)->set_id("7");
  other.add_external_ids()->set_system("shop");
  other.mutable_external_ids(0)->set_id("7");
  EXPECT_FALSE(Match(one, other).has_value());
  other.mutable_external_ids(0)->set_system("crm");
  EXPECT_TRUE(Match(one, other)->is_certain());
}

TEST(CustomerMatchTest, EmptyTokensAreNone) {
  v1::Customer one;
  v1::Customer other;
  one.add_payment_methods()->set_account_id("gift");
  other.add_payment_methods()->set_account_id("gift");
  EXPECT_FALSE(Match(one, other).has_value());
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
