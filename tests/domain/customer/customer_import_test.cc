// Invalid values in an imported customer: kept and reported.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/customer/customer_testing.h"
#include "frontdesk/domain/customer/customer_match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

v1::Command Import(const std::string& fields, bool strict = false) {
  return NoonCommand(absl::StrCat("import_customer { strict: ", strict ? "true" : "false",
                                  " source { system: 'crm' } customer { customer_id: 'c1' ",
                                  "state: STATE_CUSTOMER ", fields, " } }"));
}

// The event of an import by a policy that has the number "points", and whose host does not know the zone "Mars/Base".
v1::CustomerImported Imported(const std::string& fields) {
  v1::CustomerDecisionInput input;
  const v1::Command command = Import(fields);
  EXPECT_THAT(CheckCustomerArguments(command.customer(), command.now()), IsEmpty());
  SetCommand(command, &input);
  *input.add_attribute_definitions() =
      FromText<v1::AttributeDefinition>("name: 'points' type: TYPE_INT");
  input.mutable_assessment()->set_time_zone_unknown(
      command.customer().import_customer().customer().preferences().time_zone() == "Mars/Base");
  const absl::StatusOr<Decided> decided = DecideCustomer(input);
  EXPECT_TRUE(decided.ok()) << decided.status();
  if (!decided.ok()) return {};
  EXPECT_EQ(Summary(decided->refusals), "");
  if (decided->events.empty()) return {};
  return decided->events[0].customer().customer_imported();
}

std::vector<std::string> Findings(const v1::CustomerImported& fact) {
  std::vector<std::string> found;
  for (const v1::ImportFinding& finding : fact.findings()) {
    found.push_back(absl::StrCat(finding.reason(), " at ", finding.field()));
  }
  return found;
}

std::vector<std::string> Aside(const v1::CustomerImported& fact) {
  std::vector<std::string> kept;
  for (const v1::Attribute& each : fact.customer().unrecognized_attributes()) {
    kept.push_back(absl::StrCat(each.name(), ": ", each.string_value()));
  }
  return kept;
}

TEST(CustomerImportTest, AContactPointThatIsNoneIsKeptAsTyped) {
  const v1::CustomerImported fact = Imported(
      "contact_points { contact_point_id: 'a' kind: KIND_EMAIL as_typed: 'none, she says' "
      "canonical: 'x' match_key: 'x' } "
      "contact_points { contact_point_id: 'b' kind: KIND_PHONE as_typed: 'ask Bob' } "
      "contact_points { contact_point_id: 'c' kind: KIND_HANDLE as_typed: 'ann' } "
      "contact_points { contact_point_id: 'd' kind: KIND_EMAIL as_typed: 'Ann@Example.com' "
      "is_invalid: true }");
  EXPECT_THAT(Findings(fact), ElementsAre("IMPORT_ADDRESS_INVALID at contact_points[0].as_typed",
                                          "IMPORT_ADDRESS_INVALID at contact_points[1].as_typed",
                                          "IMPORT_ADDRESS_INVALID at contact_points[2].service"));
  ASSERT_THAT(fact.customer().contact_points(), SizeIs(4));
  const v1::ContactPoint& none = fact.customer().contact_points(0);
  EXPECT_EQ(none.as_typed(), "none, she says");
  EXPECT_TRUE(none.is_invalid());
  EXPECT_EQ(none.canonical() + none.match_key(), "");
  EXPECT_FALSE(fact.customer().contact_points(3).is_invalid());
  EXPECT_EQ(fact.customer().contact_points(3).match_key(), "ann@example.com");
}

TEST(CustomerImportTest, AVerificationWithoutATimeNeverCounts) {
  const v1::CustomerImported fact = Imported(
      "contact_points { contact_point_id: 'a' kind: KIND_EMAIL as_typed: 'a@b.de' "
      "verification_method: 'code' } "
      "identity_verifications { level: 1 method: 'id' verify_time { seconds: 5 } } "
      "identity_verifications { level: 9 method: 'id' }");
  EXPECT_THAT(Findings(fact),
              ElementsAre("IMPORT_VERIFICATION_TIME at contact_points[0].verify_time",
                          "IMPORT_VERIFICATION_TIME at identity_verifications[1].verify_time"));
  EXPECT_THAT(fact.customer().identity_verifications(), SizeIs(2));
  EXPECT_FALSE(fact.customer().contact_points(0).has_verify_time());
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CUSTOMER);
  event.mutable_entity()->set_id("c1");
  *event.mutable_customer()->mutable_customer_imported() = fact;
  v1::Customer customer;
  ASSERT_TRUE(EvolveCustomer(event, &customer).ok());
  google::protobuf::Timestamp later;
  later.set_seconds(2'000'000'000);
  EXPECT_EQ(ReachedIdentityLevel(customer, later, ""), 1);
}

TEST(CustomerImportTest, PreferencesAndPlacesThatNobodyKnows) {
  const v1::CustomerImported fact = Imported(
      "preferences { language_tag: 'English!' time_zone: 'half past' } "
      "addresses { address_id: 'a' address { lines: '1 Main Street' country_code: 'USA' } } "
      "addresses { address_id: 'b' address { } }");
  EXPECT_THAT(Findings(fact),
              ElementsAre("IMPORT_COUNTRY_UNKNOWN at addresses[0].address.country_code",
                          "IMPORT_POSTAL_ADDRESS at addresses[1].address.lines",
                          "IMPORT_LANGUAGE_INVALID at preferences.language_tag",
                          "IMPORT_TIME_ZONE_UNKNOWN at preferences.time_zone"));
  EXPECT_THAT(Aside(fact), ElementsAre("preferences.language_tag: English!",
                                       "preferences.time_zone: half past"));
  EXPECT_EQ(fact.customer().preferences().time_zone(), "");
  EXPECT_EQ(fact.customer().addresses(0).address().country_code(), "");
  EXPECT_EQ(fact.customer().addresses(0).address().country_as_written(), "USA");
  EXPECT_THAT(fact.customer().addresses(), SizeIs(2));
  // The host's source of time zones has the last word.
  EXPECT_THAT(Findings(Imported("preferences { time_zone: 'Mars/Base' }")),
              ElementsAre("IMPORT_TIME_ZONE_UNKNOWN at preferences.time_zone"));
}

TEST(CustomerImportTest, ElementsThatLackSomethingOrComeTwice) {
  const v1::CustomerImported fact = Imported(
      "contact_points { contact_point_id: 'a' kind: KIND_EMAIL as_typed: 'a@b.de' preferred: true "
      "} "
      "contact_points { contact_point_id: 'a' kind: KIND_EMAIL as_typed: 'c@b.de' } "
      "contact_points { contact_point_id: 'b' kind: KIND_EMAIL as_typed: 'd@b.de' preferred: true "
      "} "
      "payment_methods { payment_method_id: 'm' kind: KIND_CARD last_four: '12x4' } "
      "external_ids { system: 'shop' id: '7' } external_ids { system: 'shop' id: '7' } "
      "external_ids { system: 'shop' } "
      "attributes { name: 'points' string_value: 'ten' } attributes { name: 'size' int_value: 4 }");
  EXPECT_THAT(Findings(fact), ElementsAre("IMPORT_DUPLICATE at contact_points[1].contact_point_id",
                                          "IMPORT_DUPLICATE at contact_points[2].preferred",
                                          "IMPORT_SYNTAX at payment_methods[0].last_four",
                                          "IMPORT_DUPLICATE at external_ids[1]",
                                          "IMPORT_ID_INVALID at external_ids[2].id",
                                          "IMPORT_ATTRIBUTE_TYPE at attributes[0]",
                                          "IMPORT_ATTRIBUTE_UNKNOWN at attributes[1]"));
  const v1::Customer& customer = fact.customer();
  EXPECT_THAT(customer.contact_points(), SizeIs(2));
  EXPECT_TRUE(customer.contact_points(0).preferred());
  EXPECT_FALSE(customer.contact_points(1).preferred());
  EXPECT_THAT(customer.payment_methods(), SizeIs(1));
  ASSERT_THAT(customer.external_ids(), SizeIs(2));
  EXPECT_TRUE(customer.external_ids(1).is_invalid());
  EXPECT_THAT(customer.attributes(), IsEmpty());
  EXPECT_THAT(Aside(fact),
              ElementsAre("contact_points[1]: contact_point_id: \"a\" kind: KIND_EMAIL as_typed: "
                          "\"c@b.de\"",
                          "payment_methods[0].last_four: 12x4", "points: ten", "size: "));
}

TEST(CustomerImportTest, OfTwoAnswersTheLaterCountsAndElseTheRefusal) {
  const std::string given = "consents { purpose: 'mail' answer: ANSWER_GIVEN ";
  const std::string refused = "consents { purpose: 'mail' answer: ANSWER_REFUSED ";
  const auto answer = [](const std::string& fields) {
    const v1::CustomerImported fact = Imported(fields);
    EXPECT_THAT(Findings(fact), ElementsAre("IMPORT_DUPLICATE at consents[1]"));
    EXPECT_THAT(fact.customer().consents(), SizeIs(1));
    EXPECT_THAT(fact.customer().unrecognized_attributes(), SizeIs(1));
    return fact.customer().consents(0).answer();
  };
  EXPECT_EQ(
      answer(refused + "record_time { seconds: 1 } } " + given + "record_time { seconds: 2 } }"),
      v1::Consent::ANSWER_GIVEN);
  EXPECT_EQ(
      answer(refused + "record_time { seconds: 2 } } " + given + "record_time { seconds: 1 } }"),
      v1::Consent::ANSWER_REFUSED);
  EXPECT_EQ(answer(given + "} " + refused + "record_time { seconds: 1 } }"),
            v1::Consent::ANSWER_REFUSED);
  EXPECT_EQ(answer(refused + "} " + given + "}"), v1::Consent::ANSWER_REFUSED);
}

// An invalid address is never verified, and makes no two customers one.
TEST(CustomerImportTest, NothingIsDoneWithAnInvalidContactPoint) {
  Customers customers;
  const std::string point =
      "contact_points { contact_point_id: 'a' kind: KIND_EMAIL as_typed: 'has none' is_invalid: "
      "true } "
      "external_ids { system: 'crm' id: 'x' is_invalid: true }";
  customers.Put("customer_id: 'c1' state: STATE_CUSTOMER family_name: 'Lee' " + point);
  EXPECT_EQ(customers.Do(NoonCommand("verify_contact_point { customer_id: 'c1' contact_point_id: "
                                     "'a' method: 'code' }")),
            "CUSTOMER_VERIFY_CONTACT_POINT_INVALID@verify_contact_point.contact_point_id");
  EXPECT_FALSE(MatchCustomers(customers.Get("c1"),
                              FromText<v1::Customer>("customer_id: 'c2' state: STATE_CUSTOMER "
                                                     "given_name: 'Bo' " +
                                                     point))
                   .has_value());
}

TEST(CustomerImportTest, AStateWithoutMeaningIsRefused) {
  const auto refusals = [](const std::string& fields) {
    const v1::Command command = Import(fields);
    return Summary(CheckCustomerArguments(command.customer(), command.now()));
  };
  EXPECT_EQ(refusals("survivor_customer_id: 'c2'"),
            "ARGUMENT_FORBIDDEN@import_customer.customer.survivor_customer_id");
  EXPECT_EQ(refusals("merged_customers {}"),
            "ARGUMENT_FORBIDDEN@import_customer.customer.merged_customers");
  v1::Command command = Import("");
  command.mutable_customer()->mutable_import_customer()->mutable_customer()->set_customer_id(
      "a\nb");
  EXPECT_EQ(Summary(CheckCustomerArguments(command.customer(), command.now())),
            "ID_CHARACTER@import_customer.customer.customer_id");
  command = Import("");
  command.mutable_customer()->mutable_import_customer()->mutable_source()->set_system("a\nb");
  EXPECT_EQ(Summary(CheckCustomerArguments(command.customer(), command.now())),
            "ID_CHARACTER@import_customer.source.system");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
