#include "frontdesk/domain/customer/customer.h"

#include <algorithm>
#include <string>

#include "domain/domain_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

v1::Customer MakeCustomer(v1::Customer::State state) {
  if (state == v1::Customer::STATE_UNSPECIFIED) return v1::Customer();
  v1::Customer customer = FromText<v1::Customer>(R"pb(
    customer_id: "c1"
    given_name: "Ann"
    contact_points {
      contact_point_id: "p1"
      kind: KIND_EMAIL
      as_typed: "Ann@Example.com"
      canonical: "Ann@example.com"
      match_key: "ann@example.com"
      preferred: true
    }
    addresses {
      address_id: "home"
      address { lines: "1 Main Street" }
      purpose: "shipping"
    }
    addresses {
      address_id: "work"
      address { lines: "2 Side Street" }
    }
    payment_methods { payment_method_id: "card" kind: KIND_CARD last_four: "4242" }
  )pb");
  customer.set_state(state);
  if (state == v1::Customer::STATE_MERGED) customer.set_survivor_customer_id("c0");
  return customer;
}

absl::StatusOr<Decided> DecideWith(const v1::Command& command, const v1::Customer& customer,
                                   const std::string& region = "") {
  v1::CustomerDecisionInput input;
  SetCommand(command, &input);
  if (customer.state() != v1::Customer::STATE_UNSPECIFIED) *input.mutable_customer() = customer;
  input.set_default_region_code(region);
  *input.mutable_base_customer() = customer;
  const v1::PaymentMethod& method = input.command().add_payment_method().payment_method();
  if (!method.account_id().empty()) {
    v1::Account& account = *input.mutable_account();
    account.set_account_id(method.account_id());
    account.set_kind(v1::Account::KIND_GIFT_CARD);
    account.set_state(v1::Account::STATE_ACTIVE);
    account.set_customer_id(customer.customer_id());
  }
  v1::Customer& other = *input.mutable_other_customer();
  other.set_customer_id("c2");
  other.set_state(v1::Customer::STATE_CUSTOMER);
  for (const v1::MergedCustomer& merge : customer.merged_customers()) {
    if (merge.customer_id() != "c2") continue;
    other.set_state(v1::Customer::STATE_MERGED);
    other.set_survivor_customer_id(customer.customer_id());
  }
  *input.mutable_assessment() = AssessCustomer(input);
  return DecideCustomer(input);
}

// Checks, decides and folds what must be done.
v1::Customer After(const std::string& verb, v1::Customer customer, Decided* made = nullptr) {
  const v1::Command command = NoonCommand(verb);
  EXPECT_EQ(Summary(CheckCustomerArguments(command.customer(), command.now())), "") << verb;
  absl::StatusOr<Decided> decided = DecideWith(command, customer);
  EXPECT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(Summary(decided->refusals), "") << verb;
  ExpectDeclared(command, *decided);
  for (const v1::Event& event : decided->events) {
    if (customer.state() != v1::Customer::STATE_UNSPECIFIED &&
        event.entity().id() != customer.customer_id()) {
      continue;  // Of the other customer of a merge.
    }
    EXPECT_TRUE(EvolveCustomer(event, &customer).ok()) << verb;
  }
  if (made != nullptr) *made = *std::move(decided);
  return customer;
}

std::string Refusals(const std::string& verb, const v1::Customer& customer) {
  absl::StatusOr<Decided> decided = DecideWith(NoonCommand(verb), customer);
  EXPECT_TRUE(decided.ok());
  EXPECT_TRUE(decided->events.empty());
  return Summary(decided->refusals);
}

// One sound command of each verb.
const char* const kSoundCommands[] = {
    "create_customer { customer_id: 'c1' given_name: 'Ann' }",
    "import_customer { customer { customer_id: 'c1' state: STATE_CUSTOMER } source { system: 'x' } "
    "}",
    "change_address { customer_id: 'c1' address { lines: 'x' } }",
    "add_contact_point { customer_id: 'c1' contact_point_id: 'p2' kind: KIND_EMAIL as_typed: "
    "'b@c.de' }",
    "verify_contact_point { customer_id: 'c1' contact_point_id: 'p1' method: 'code' }",
    "remove_contact_point { customer_id: 'c1' contact_point_id: 'p1' }",
    "add_payment_method { customer_id: 'c1' payment_method { payment_method_id: 'm2' kind: "
    "KIND_CASH } }",
    "verify_payment_method { customer_id: 'c1' payment_method_id: 'card' method: 'code' }",
    "remove_payment_method { customer_id: 'c1' payment_method_id: 'card' }",
    "record_consent { customer_id: 'c1' consent { purpose: 'marketing' answer: ANSWER_GIVEN } }",
    "edit_customer { customer_id: 'c1' base_version: 1 tier: 'gold' }",
    "verify_identity { customer_id: 'c1' level: 2 method: 'date of birth' }",
    "disclose_customer { customer_id: 'c1' topics: 'order status' }",
    "merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }",
    "unmerge_customers { customer_id: 'c1' merged_customer_id: 'c2' }",
};

// A state to change to.
v1::Customer::State AnotherThan(v1::Customer::State state) {
  return state == v1::Customer::STATE_FORMER ? v1::Customer::STATE_CUSTOMER
                                             : v1::Customer::STATE_FORMER;
}

TEST(CustomerTest, EveryStateAndVerbAsTheTableSays) {
  size_t cells = 0;
  for (const Transition& cell : CustomerLifecycle().transitions()) {
    const auto from = static_cast<v1::Customer::State>(cell.from);
    std::vector<std::string> verbs(std::begin(kSoundCommands), std::end(kSoundCommands));
    verbs.push_back(absl::StrCat("change_customer_state { customer_id: 'c1' state: ",
                                 v1::Customer::State_Name(AnotherThan(from)), " }"));
    for (const std::string& verb : verbs) {
      const v1::Command command = NoonCommand(verb);
      if (FindCommand(command) != cell.command) continue;
      ++cells;
      v1::Customer customer = MakeCustomer(from);
      if (command.customer().has_unmerge_customers() && cell.to.size() > 0) {
        customer =
            After("merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }", customer);
      }
      absl::StatusOr<Decided> decided = DecideWith(command, customer);
      ASSERT_TRUE(decided.ok());
      if (cell.refusal_reason != nullptr) {
        ASSERT_EQ(Summary(decided->refusals), *cell.refusal_reason) << verb << " in " << cell.from;
        EXPECT_EQ(decided->refusals[0].origin(), cell.from == v1::Customer::STATE_UNSPECIFIED
                                                     ? v1::Refusal::ORIGIN_NOT_FOUND
                                                     : v1::Refusal::ORIGIN_INVARIANT);
        if (cell.from == v1::Customer::STATE_MERGED && !cell.command->creates) {
          const auto& details = decided->refusals[0].details();
          ASSERT_FALSE(details.empty()) << verb;
          EXPECT_EQ(details[details.size() - 1].name(), "survivor_customer_id");
          EXPECT_EQ(details[details.size() - 1].value(), "c0");
        }
        continue;
      }
      ASSERT_EQ(Summary(decided->refusals), "") << verb << " in " << cell.from;
      for (const v1::Event& event : decided->events) {
        if (event.entity().id() != "c1") continue;  // Of the other customer of a merge.
        ASSERT_TRUE(EvolveCustomer(event, &customer).ok());
      }
      EXPECT_NE(std::find(cell.to.begin(), cell.to.end(), customer.state()), cell.to.end());
    }
  }
  EXPECT_EQ(cells, CustomerLifecycle().transitions().size());
}

// A consent that is recorded late, of an earlier instant, changes nothing; one of the same instant counts.
TEST(CustomerTest, TheLatestConsentCounts) {
  const auto record = [](const char* answer, int64_t seconds, v1::Customer customer) {
    v1::Command command =
        NoonCommand(absl::StrCat("record_consent { customer_id: 'c1' consent { purpose: 'news' "
                                 "channel: 'mail' answer: ANSWER_",
                                 answer, " evidence: '", seconds, "' } }"));
    command.mutable_now()->set_seconds(command.now().seconds() + seconds);
    absl::StatusOr<Decided> decided = DecideWith(command, customer);
    EXPECT_TRUE(decided.ok() && decided->events.size() == 1) << decided.status();
    EXPECT_TRUE(EvolveCustomer(decided->events[0], &customer).ok());
    return customer;
  };
  const v1::Customer refused = record("REFUSED", 10, MakeCustomer(v1::Customer::STATE_CUSTOMER));
  const auto last = [](const v1::Customer& customer) {
    const v1::Consent& consent = customer.consents(customer.consents_size() - 1);
    return absl::StrCat(consent.evidence(), " of ", customer.consents_size());
  };
  const std::string first = last(refused);
  EXPECT_EQ(last(record("GIVEN", 9, refused)), first);
  const v1::Customer later = record("GIVEN", 11, refused);
  EXPECT_EQ(later.consents_size(), refused.consents_size());
  EXPECT_EQ(later.consents(later.consents_size() - 1).answer(), v1::Consent::ANSWER_GIVEN);
  const v1::Customer same = record("GIVEN", 10, refused);
  EXPECT_EQ(same.consents(same.consents_size() - 1).answer(), v1::Consent::ANSWER_GIVEN);
}

TEST(CustomerTest, AllInvalidArgumentsAreReportedAtOnce) {
  const struct {
    const char* verb;
    const char* refusals;
  } kCases[] = {
      {"create_customer { state: STATE_FORMER external_ids { system: 'x' } "
       "external_ids { system: 'y' id: '1' } external_ids { system: 'y' id: '1' } }",
       "ARGUMENT_REQUIRED@create_customer.customer_id ARGUMENT_UNKNOWN_VALUE@create_customer.state "
       "ARGUMENT_REQUIRED@create_customer.given_name "
       "ARGUMENT_REQUIRED@create_customer.external_ids[0].id "
       "ARGUMENT_DUPLICATE@create_customer.external_ids[2]"},
      {"create_customer { customer_id: 'c' organization_name: 'Ltd' }", ""},
      {"import_customer {}",
       "ARGUMENT_REQUIRED@import_customer.customer ARGUMENT_REQUIRED@import_customer.source"},
      {"import_customer { strict: true customer { "
       "contact_points { contact_point_id: 'p' kind: KIND_EMAIL as_typed: 'no mail' preferred: "
       "true } "
       "contact_points { contact_point_id: 'p' kind: KIND_EMAIL as_typed: 'a@b.de' preferred: true "
       "} "
       "contact_points { kind: KIND_HANDLE as_typed: 'x' } "
       "addresses { address { country_code: 'de' } } "
       "payment_methods { kind: KIND_GIFT_CARD last_four: '12345' } "
       "payment_methods { payment_method_id: 'm' kind: KIND_CARD account_id: 'a' last_four: '12x4' "
       "} "
       "consents { answer: ANSWER_GIVEN } attributes { name: 'x' } "
       "survivor_customer_id: 'z' } source { system: 'x' as_of_time { nanos: -1 } } }",
       "ARGUMENT_REQUIRED@import_customer.customer.customer_id "
       "ARGUMENT_REQUIRED@import_customer.customer.state "
       "CONTACT_POINT_SYNTAX@import_customer.customer.contact_points[0].as_typed "
       "ARGUMENT_DUPLICATE@import_customer.customer.contact_points[1].contact_point_id "
       "ARGUMENT_DUPLICATE@import_customer.customer.contact_points[1].preferred "
       "ARGUMENT_REQUIRED@import_customer.customer.contact_points[2].contact_point_id "
       "ARGUMENT_REQUIRED@import_customer.customer.contact_points[2].service "
       "ARGUMENT_REQUIRED@import_customer.customer.addresses[0].address_id "
       "ARGUMENT_COUNT@import_customer.customer.addresses[0].address.lines "
       "ARGUMENT_SYNTAX@import_customer.customer.addresses[0].address.country_code "
       "ARGUMENT_REQUIRED@import_customer.customer.payment_methods[0].payment_method_id "
       "ARGUMENT_SYNTAX@import_customer.customer.payment_methods[0].last_four "
       "ARGUMENT_REQUIRED@import_customer.customer.payment_methods[0].account_id "
       "ARGUMENT_SYNTAX@import_customer.customer.payment_methods[1].last_four "
       "ARGUMENT_FORBIDDEN@import_customer.customer.payment_methods[1].account_id "
       "ARGUMENT_REQUIRED@import_customer.customer.consents[0].purpose "
       "ARGUMENT_REQUIRED@import_customer.customer.attributes[0] "
       "ARGUMENT_FORBIDDEN@import_customer.customer.survivor_customer_id "
       "ARGUMENT_OUT_OF_RANGE@import_customer.source.as_of_time"},
      {"change_address {}",
       "ARGUMENT_REQUIRED@change_address.customer_id ARGUMENT_REQUIRED@change_address.address"},
      {"change_address { customer_id: 'c' address { lines: '1' lines: '2' lines: '3' lines: '4' "
       "lines: '5' lines: '6' } }",
       "ARGUMENT_COUNT@change_address.address.lines"},
      {"add_contact_point { as_typed: '+49 30 1234567' region_code: 'DE' service: 'x' }",
       "ARGUMENT_REQUIRED@add_contact_point.customer_id "
       "ARGUMENT_REQUIRED@add_contact_point.contact_point_id "
       "ARGUMENT_FORBIDDEN@add_contact_point.region_code CONTACT_POINT_KIND@add_contact_point.kind "
       "ARGUMENT_FORBIDDEN@add_contact_point.service"},
      {"add_contact_point { customer_id: 'c' contact_point_id: 'p' kind: KIND_HANDLE as_typed: '' "
       "}",
       "CONTACT_POINT_EMPTY@add_contact_point.as_typed "
       "ARGUMENT_REQUIRED@add_contact_point.service"},
      {"verify_contact_point {}",
       "ARGUMENT_REQUIRED@verify_contact_point.customer_id "
       "ARGUMENT_REQUIRED@verify_contact_point.contact_point_id "
       "ARGUMENT_REQUIRED@verify_contact_point.method"},
      {"remove_contact_point {}",
       "ARGUMENT_REQUIRED@remove_contact_point.customer_id "
       "ARGUMENT_REQUIRED@remove_contact_point.contact_point_id"},
      {"add_payment_method {}",
       "ARGUMENT_REQUIRED@add_payment_method.customer_id "
       "ARGUMENT_REQUIRED@add_payment_method.payment_method"},
      {"add_payment_method { customer_id: 'c' payment_method { payment_method_id: 'm' kind: "
       "KIND_CARD "
       "verify_time { seconds: 1 } verification_method: 'x' } }",
       "ARGUMENT_FORBIDDEN@add_payment_method.payment_method.verify_time "
       "ARGUMENT_FORBIDDEN@add_payment_method.payment_method.verification_method"},
      {"verify_payment_method {}",
       "ARGUMENT_REQUIRED@verify_payment_method.customer_id "
       "ARGUMENT_REQUIRED@verify_payment_method.payment_method_id "
       "ARGUMENT_REQUIRED@verify_payment_method.method"},
      {"remove_payment_method {}",
       "ARGUMENT_REQUIRED@remove_payment_method.customer_id "
       "ARGUMENT_REQUIRED@remove_payment_method.payment_method_id"},
      {"record_consent { consent { record_time { seconds: 1 } } }",
       "ARGUMENT_REQUIRED@record_consent.customer_id "
       "ARGUMENT_REQUIRED@record_consent.consent.purpose "
       "ARGUMENT_REQUIRED@record_consent.consent.answer "
       "ARGUMENT_FORBIDDEN@record_consent.consent.record_time"},
      {"import_customer { strict: true customer { customer_id: 'c' state: STATE_CUSTOMER "
       "identity_verifications { verify_time { nanos: -1 } } merged_customers {} } "
       "source { system: 'x' } }",
       "ARGUMENT_OUT_OF_RANGE@import_customer.customer.identity_verifications[0].level "
       "ARGUMENT_OUT_OF_RANGE@import_customer.customer.identity_verifications[0].verify_time "
       "ARGUMENT_FORBIDDEN@import_customer.customer.merged_customers"},
      {"edit_customer { set_attributes { name: 'a' } set_attributes { name: 'a' int_value: 1 } "
       "remove_attributes: '' remove_attributes: 'a' add_external_ids { system: 'crm' id: '1' } "
       "remove_external_ids { system: 'crm' id: '1' } remove_external_ids {} }",
       "ARGUMENT_REQUIRED@edit_customer.customer_id "
       "ARGUMENT_OUT_OF_RANGE@edit_customer.base_version "
       "ARGUMENT_REQUIRED@edit_customer.set_attributes[0] "
       "ARGUMENT_DUPLICATE@edit_customer.set_attributes[1].name "
       "ARGUMENT_REQUIRED@edit_customer.remove_attributes[0] "
       "ARGUMENT_DUPLICATE@edit_customer.remove_attributes[1] "
       "ARGUMENT_REQUIRED@edit_customer.remove_external_ids[1].system "
       "ARGUMENT_REQUIRED@edit_customer.remove_external_ids[1].id "
       "ARGUMENT_DUPLICATE@edit_customer.remove_external_ids[0]"},
      {"verify_identity { level: -1 expire_time { seconds: 1715774400 } }",
       "ARGUMENT_REQUIRED@verify_identity.customer_id ARGUMENT_OUT_OF_RANGE@verify_identity.level "
       "ARGUMENT_REQUIRED@verify_identity.method "
       "ARGUMENT_OUT_OF_RANGE@verify_identity.expire_time"},
      {"verify_identity { customer_id: 'c' level: 1 method: 'x' expire_time { seconds: 1715774400 "
       "nanos: 1 } }",
       ""},
      {"disclose_customer {}",
       "ARGUMENT_REQUIRED@disclose_customer.customer_id ARGUMENT_COUNT@disclose_customer.topics"},
      {"disclose_customer { customer_id: 'c' topics: 'a' topics: '' topics: 'a' }",
       "ARGUMENT_REQUIRED@disclose_customer.topics[1] "
       "ARGUMENT_DUPLICATE@disclose_customer.topics[2]"},
      {"merge_customers { merged_field_names: 'tier' merged_field_names: 'state' "
       "merged_field_names: 'tier' }",
       "ARGUMENT_REQUIRED@merge_customers.customer_id "
       "ARGUMENT_REQUIRED@merge_customers.merged_customer_id "
       "ARGUMENT_UNKNOWN_VALUE@merge_customers.merged_field_names[1] "
       "ARGUMENT_DUPLICATE@merge_customers.merged_field_names[2]"},
      {"unmerge_customers {}",
       "ARGUMENT_REQUIRED@unmerge_customers.customer_id "
       "ARGUMENT_REQUIRED@unmerge_customers.merged_customer_id"},
      {"change_customer_state { state: STATE_MERGED }",
       "ARGUMENT_REQUIRED@change_customer_state.customer_id "
       "ARGUMENT_UNKNOWN_VALUE@change_customer_state.state"},
      {"cancel_order {}", ""},
  };
  for (const auto& c : kCases) {
    const v1::Command command = NoonCommand(c.verb);
    const std::vector<v1::Refusal> refusals =
        CheckCustomerArguments(command.customer(), command.now());
    EXPECT_EQ(Summary(refusals), c.refusals) << c.verb;
    for (const v1::Refusal& refusal : refusals) {
      EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_ARGUMENT);
      EXPECT_EQ(refusal.text().find("no mail"), std::string::npos);
    }
  }
}

TEST(CustomerTest, CreateStartsAProspectUnlessAsked) {
  v1::Customer customer = After(
      "create_customer { customer_id: 'c9' family_name: 'Lee' tier: 'gold' "
      "preferences { language_tag: 'de' } external_ids { system: 'crm' id: '7' } }",
      v1::Customer());
  EXPECT_EQ(customer.state(), v1::Customer::STATE_PROSPECT);
  EXPECT_EQ(customer.family_name(), "Lee");
  EXPECT_EQ(customer.tier(), "gold");
  EXPECT_EQ(customer.preferences().language_tag(), "de");
  EXPECT_EQ(customer.external_ids(0).id(), "7");
  EXPECT_EQ(customer.create_time().seconds(), 1715774400);
  customer = After("create_customer { customer_id: 'c9' family_name: 'Lee' state: STATE_CUSTOMER }",
                   v1::Customer());
  EXPECT_EQ(customer.state(), v1::Customer::STATE_CUSTOMER);
}

TEST(CustomerTest, ImportMakesCanonicalForms) {
  const v1::Customer customer = After(
      "import_customer { customer { customer_id: 'c9' state: STATE_FORMER contact_points { "
      "contact_point_id: 'p' kind: KIND_EMAIL as_typed: ' Ann.Lee@EXAMPLE.com ' canonical: 'made "
      "up' } } "
      "source { system: 'crm' } }",
      v1::Customer());
  EXPECT_EQ(customer.state(), v1::Customer::STATE_FORMER);
  EXPECT_EQ(customer.contact_points(0).canonical(), "Ann.Lee@example.com");
  EXPECT_EQ(customer.contact_points(0).match_key(), "ann.lee@example.com");
  EXPECT_EQ(customer.contact_points(0).as_typed(), " Ann.Lee@EXAMPLE.com ");
  EXPECT_EQ(customer.import_source().system(), "crm");
}

TEST(CustomerTest, ChangeAddress) {
  const v1::Customer before = MakeCustomer(v1::Customer::STATE_CUSTOMER);
  Decided made;
  // The first, when none is named; the purpose stays.
  v1::Customer after =
      After("change_address { customer_id: 'c1' address { lines: 'new' } }", before, &made);
  EXPECT_EQ(after.addresses(0).address().lines(0), "new");
  EXPECT_EQ(after.addresses(0).purpose(), "shipping");
  EXPECT_EQ(made.events.at(0).customer().address_changed().before().lines(0), "1 Main Street");
  // The one that is named.
  after = After(
      "change_address { customer_id: 'c1' address_id: 'work' address { lines: 'new' } "
      "purpose: 'billing' }",
      before);
  EXPECT_EQ(after.addresses(1).address().lines(0), "new");
  EXPECT_EQ(after.addresses(1).purpose(), "billing");
  EXPECT_EQ(after.addresses(0).address().lines(0), "1 Main Street");
  // A new one.
  after = After("change_address { customer_id: 'c1' address_id: 'hut' address { lines: 'new' } }",
                before, &made);
  ASSERT_EQ(after.addresses_size(), 3);
  EXPECT_EQ(after.addresses(2).address_id(), "hut");
  EXPECT_FALSE(made.events.at(0).customer().address_changed().has_before());
  // The same address with another purpose.
  after = After(
      "change_address { customer_id: 'c1' address { lines: '1 Main Street' } purpose: 'billing' }",
      before);
  EXPECT_EQ(after.addresses(0).purpose(), "billing");
  // The first one of all.
  v1::Customer homeless = before;
  homeless.clear_addresses();
  after = After("change_address { customer_id: 'c1' address { lines: 'new' } }", homeless);
  EXPECT_EQ(after.addresses(0).address_id(), "default");
}

TEST(CustomerTest, ContactPoints) {
  const v1::Customer before = MakeCustomer(v1::Customer::STATE_CUSTOMER);
  v1::Customer after = After(
      "add_contact_point { customer_id: 'c1' contact_point_id: 'p2' kind: KIND_EMAIL "
      "as_typed: 'b@Example.com' preferred: true }",
      before);
  EXPECT_FALSE(after.contact_points(0).preferred());
  EXPECT_TRUE(after.contact_points(1).preferred());
  EXPECT_EQ(after.contact_points(1).canonical(), "b@example.com");
  after = After(
      "add_contact_point { customer_id: 'c1' contact_point_id: 'p3' kind: KIND_PHONE "
      "as_typed: '+49 30 1234567' preferred: true }",
      after);
  EXPECT_TRUE(after.contact_points(1).preferred());
  EXPECT_EQ(after.contact_points(2).canonical(), "+49301234567");
  after = After("verify_contact_point { customer_id: 'c1' contact_point_id: 'p2' method: 'code' }",
                after);
  EXPECT_EQ(after.contact_points(1).verify_time().seconds(), 1715774400);
  EXPECT_EQ(after.contact_points(1).verification_method(), "code");
  Decided made;
  after = After("remove_contact_point { customer_id: 'c1' contact_point_id: 'p1' }", after, &made);
  EXPECT_EQ(after.contact_points_size(), 2);
  EXPECT_EQ(made.events.at(0).customer().contact_point_removed().before().as_typed(),
            "Ann@Example.com");
}

TEST(CustomerTest, InvariantsInOrder) {
  const v1::Customer customer = MakeCustomer(v1::Customer::STATE_CUSTOMER);
  EXPECT_EQ(
      Refusals("add_contact_point { customer_id: 'c1' contact_point_id: 'p1' kind: KIND_EMAIL "
               "as_typed: 'ANN@example.com' }",
               customer),
      "CUSTOMER_ADD_CONTACT_POINT_ID_EXISTS@add_contact_point.contact_point_id "
      "CUSTOMER_ADD_CONTACT_POINT_DUPLICATE@add_contact_point.as_typed");
  EXPECT_EQ(
      Refusals("add_contact_point { customer_id: 'c1' contact_point_id: 'p1' kind: KIND_EMAIL "
               "as_typed: 'broken' }",
               customer),
      "CONTACT_POINT_SYNTAX@add_contact_point.as_typed "
      "CUSTOMER_ADD_CONTACT_POINT_ID_EXISTS@add_contact_point.contact_point_id");
  EXPECT_EQ(
      Refusals("verify_contact_point { customer_id: 'c1' contact_point_id: 'p9' method: 'x' }",
               customer),
      "CUSTOMER_VERIFY_CONTACT_POINT_UNKNOWN@verify_contact_point.contact_point_id");
  EXPECT_EQ(Refusals("remove_contact_point { customer_id: 'c1' contact_point_id: 'p9' }", customer),
            "CUSTOMER_REMOVE_CONTACT_POINT_UNKNOWN@remove_contact_point.contact_point_id");
  EXPECT_EQ(
      Refusals("add_payment_method { customer_id: 'c1' payment_method { payment_method_id: 'card' "
               "kind: KIND_CARD } }",
               customer),
      "CUSTOMER_ADD_PAYMENT_METHOD_ID_EXISTS@add_payment_method.payment_method.payment_method_id");
  EXPECT_EQ(
      Refusals("verify_payment_method { customer_id: 'c1' payment_method_id: 'm9' method: 'x' }",
               customer),
      "CUSTOMER_VERIFY_PAYMENT_METHOD_UNKNOWN@verify_payment_method.payment_method_id");
  EXPECT_EQ(
      Refusals("remove_payment_method { customer_id: 'c1' payment_method_id: 'm9' }", customer),
      "CUSTOMER_REMOVE_PAYMENT_METHOD_UNKNOWN@remove_payment_method.payment_method_id");
}

TEST(CustomerTest, PaymentMethods) {
  v1::Customer customer = MakeCustomer(v1::Customer::STATE_CUSTOMER);
  customer = After(
      "add_payment_method { customer_id: 'c1' payment_method { payment_method_id: 'gift' "
      "kind: KIND_GIFT_CARD account_id: 'a1' } }",
      customer);
  EXPECT_EQ(customer.payment_methods(1).account_id(), "a1");
  customer =
      After("verify_payment_method { customer_id: 'c1' payment_method_id: 'gift' method: 'pin' }",
            customer);
  EXPECT_EQ(customer.payment_methods(1).verify_time().seconds(), 1715774400);
  EXPECT_EQ(customer.payment_methods(1).verification_method(), "pin");
  customer =
      After("remove_payment_method { customer_id: 'c1' payment_method_id: 'card' }", customer);
  ASSERT_EQ(customer.payment_methods_size(), 1);
  EXPECT_EQ(customer.payment_methods(0).payment_method_id(), "gift");
  // Its id is not used again.
  ASSERT_EQ(customer.removed_payment_methods_size(), 1);
  EXPECT_EQ(customer.removed_payment_methods(0).last_four(), "4242");
  EXPECT_EQ(Refusals("add_payment_method { customer_id: 'c1' payment_method { "
                     "payment_method_id: 'card' kind: KIND_CARD } }",
                     customer),
            "CUSTOMER_ADD_PAYMENT_METHOD_ID_EXISTS@"
            "add_payment_method.payment_method.payment_method_id");
}

TEST(CustomerTest, ConsentKeepsTheLatestAnswerOfAPurposeAndChannel) {
  v1::Customer customer = MakeCustomer(v1::Customer::STATE_FORMER);
  customer = After(
      "record_consent { customer_id: 'c1' consent { purpose: 'marketing' channel: 'email' "
      "answer: ANSWER_GIVEN } }",
      customer);
  customer = After(
      "record_consent { customer_id: 'c1' consent { purpose: 'marketing' answer: "
      "ANSWER_GIVEN } }",
      customer);
  customer = After(
      "record_consent { customer_id: 'c1' consent { purpose: 'marketing' channel: 'email' "
      "answer: ANSWER_REFUSED } }",
      customer);
  ASSERT_EQ(customer.consents_size(), 2);
  EXPECT_EQ(customer.consents(0).answer(), v1::Consent::ANSWER_REFUSED);
  EXPECT_EQ(customer.consents(1).answer(), v1::Consent::ANSWER_GIVEN);
  EXPECT_EQ(customer.consents(0).record_time().seconds(), 1715774400);
}

TEST(CustomerTest, ACommandOfAnotherEntityIsAStatus) {
  EXPECT_EQ(GetReason(DecideWith(NoonCommand("cancel_order {}"), v1::Customer()).status()),
            "COMMAND_WRONG_ENTITY");
}

TEST(CustomerTest, EventsOfOthersAreNotFolded) {
  const v1::Customer customer = MakeCustomer(v1::Customer::STATE_CUSTOMER);
  const char* const kFacts[] = {
      "",
      "order_canceled {}",
      "customer_created { customer { customer_id: 'c1' state: STATE_CUSTOMER } }",
      "customer_imported { customer { customer_id: 'c1' state: STATE_CUSTOMER } }",
      "customer_edited { changed_fields: 'tier' changed_fields: 'height' after { tier: 'x' } }",
      "customer_merged { merge { survivor_after { customer_id: 'c2' } } }",
      "customer_unmerged { unmerged_customer_id: 'c2' survivor_after { customer_id: 'c3' } }",
      "customer_restored { customer { customer_id: 'c2' state: STATE_CUSTOMER } }",
  };
  for (const char* fact : kFacts) {
    v1::Event event = EventFromText(fact);
    event.mutable_entity()->set_kind(v1::ENTITY_KIND_CUSTOMER);
    event.mutable_entity()->set_id("c1");
    v1::Customer after = customer;
    EXPECT_EQ(GetReason(EvolveCustomer(event, &after)), "EVENT_NOT_APPLICABLE") << fact;
    EXPECT_EQ(after.SerializeAsString(), customer.SerializeAsString()) << fact;
  }
  v1::Event other = EventFromText(
      "entity { kind: ENTITY_KIND_CUSTOMER id: 'c2' } consent_recorded { consent { purpose: 'x' } "
      "}");
  v1::Customer after = customer;
  EXPECT_EQ(GetReason(EvolveCustomer(other, &after)), "EVENT_NOT_APPLICABLE");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
