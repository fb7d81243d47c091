#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "domain/customer/customer_testing.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr char kEditedAnn[] = R"pb(
  customer_id: "c1"
  state: STATE_CUSTOMER
  given_name: "Ann"
  preferences { language_tag: "de" }
  tier: "silver"
  attributes { name: "visits" int_value: 1 }
  attributes { name: "segment" string_value: "home" }
  external_ids { system: "crm" id: "7" }
)pb";

Customers MakeEditedCustomers() {
  Customers customers;
  for (const char* definition : {
           "entity_kind: ENTITY_KIND_CUSTOMER name: 'segment' type: TYPE_STRING "
           "allowed_values: 'home' allowed_values: 'work'",
           "entity_kind: ENTITY_KIND_CUSTOMER name: 'visits' type: TYPE_INT",
           "entity_kind: ENTITY_KIND_CUSTOMER name: 'vip' type: TYPE_BOOL",
           "entity_kind: ENTITY_KIND_CUSTOMER name: 'since' type: TYPE_TIME",
           "entity_kind: ENTITY_KIND_CUSTOMER name: 'spent' type: TYPE_MONEY",
       }) {
    customers.definitions.push_back(FromText<v1::AttributeDefinition>(definition));
  }
  customers.Put(kEditedAnn);
  return customers;
}

std::string Edit(int base, const std::string& fields) {
  return absl::StrCat("edit_customer { customer_id: 'c1' base_version: ", base, " ", fields, " }");
}

TEST(CustomerEditTest, ChangesWhatIsSetAndSaysWhat) {
  Customers customers = MakeEditedCustomers();
  ASSERT_EQ(customers.Do(Edit(1,
                              "family_name: 'Lee' language_tag: '' tier: 'gold' "
                              "set_attributes { name: 'vip' bool_value: true } "
                              "remove_attributes: 'visits' "
                              "add_external_ids { system: 'shop' id: '1' } "
                              "remove_external_ids { system: 'crm' id: '7' }")),
            "");
  const v1::Customer& after = customers.Get("c1");
  EXPECT_EQ(after.given_name(), "Ann");
  EXPECT_EQ(after.family_name(), "Lee");
  EXPECT_FALSE(after.has_preferences());
  EXPECT_EQ(after.tier(), "gold");
  ASSERT_EQ(after.attributes_size(), 2);
  EXPECT_EQ(after.attributes(0).name(), "segment");
  EXPECT_TRUE(after.attributes(1).bool_value());
  ASSERT_EQ(after.external_ids_size(), 1);
  EXPECT_EQ(after.external_ids(0).system(), "shop");
  const v1::CustomerEdited& fact = customers.events().at(0).customer().customer_edited();
  EXPECT_EQ(absl::StrJoin(fact.changed_fields(), " "),
            "family_name language_tag tier set_attributes[vip] remove_attributes[visits] "
            "add_external_ids[shop/1] remove_external_ids[crm/7]");
  EXPECT_EQ(fact.before().tier(), "silver");
  EXPECT_EQ(fact.before().given_name(), "");  // It did not change.
  EXPECT_EQ(fact.before().attributes_size(), 2);
  EXPECT_EQ(fact.before().external_ids(0).id(), "7");
}

TEST(CustomerEditTest, DifferentFieldsOfOneVersionBothGetTheirWay) {
  Customers customers = MakeEditedCustomers();
  ASSERT_EQ(customers.Do(Edit(1, "tier: 'gold'")), "");
  ASSERT_EQ(customers.Do(Edit(1, "family_name: 'Lee'")), "");
  EXPECT_EQ(customers.Get("c1").tier(), "gold");
  EXPECT_EQ(customers.Get("c1").family_name(), "Lee");
}

TEST(CustomerEditTest, TheSameValueIsNoConflict) {
  Customers customers = MakeEditedCustomers();
  ASSERT_EQ(customers.Do(Edit(1, "tier: 'gold'")), "");
  ASSERT_EQ(customers.Do(Edit(1, "tier: 'gold' family_name: 'Lee'")), "");
  EXPECT_EQ(customers.events().at(0).customer().customer_edited().changed_fields_size(), 1);
}

TEST(CustomerEditTest, AllConflictsAreReportedAtOnceAndNothingIsDone) {
  Customers customers = MakeEditedCustomers();
  ASSERT_EQ(customers.Do(Edit(1,
                              "tier: 'gold' time_zone: 'Europe/Berlin' "
                              "set_attributes { name: 'visits' int_value: 2 } "
                              "remove_attributes: 'segment' "
                              "remove_external_ids { system: 'crm' id: '7' }")),
            "");
  const std::string before = customers.Get("c1").SerializeAsString();
  EXPECT_EQ(customers.Do(Edit(1,
                              "family_name: 'Lee' tier: 'bronze' time_zone: 'Asia/Tokyo' "
                              "set_attributes { name: 'visits' int_value: 3 } "
                              "set_attributes { name: 'segment' string_value: 'work' } "
                              "add_external_ids { system: 'crm' id: '7' }")),
            "CUSTOMER_EDIT_CONFLICT@edit_customer.time_zone "
            "CUSTOMER_EDIT_CONFLICT@edit_customer.tier "
            "CUSTOMER_EDIT_CONFLICT@edit_customer.set_attributes[0] "
            "CUSTOMER_EDIT_CONFLICT@edit_customer.set_attributes[1] "
            "CUSTOMER_EDIT_CONFLICT@edit_customer.add_external_ids[0]");
  EXPECT_EQ(customers.Get("c1").SerializeAsString(), before);
  for (const v1::Refusal& refusal : customers.refusals()) {
    EXPECT_EQ(refusal.text().find("bronze"), std::string::npos);
  }
  // Who saw the change may change it again.
  EXPECT_EQ(customers.Do(Edit(2, "tier: 'bronze'")), "");
}

TEST(CustomerEditTest, Refusals) {
  Customers customers = MakeEditedCustomers();
  const struct {
    const char* fields;
    const char* refusals;
  } kCases[] = {
      {"tier: 'silver'", "unchanged"},
      {"", "unchanged"},
      {"remove_attributes: 'since' remove_external_ids { system: 'x' id: '1' }", "unchanged"},
      {"set_attributes { name: 'visits' string_value: 'many' }",
       "ATTRIBUTE_TYPE@edit_customer.set_attributes[0]"},
      {"given_name: ''", "CUSTOMER_EDIT_NAME_MISSING@edit_customer"},
      {"set_attributes { name: 'shoe_size' int_value: 1 } "
       "set_attributes { name: 'visits' string_value: 'many' } "
       "set_attributes { name: 'segment' string_value: 'moon' }",
       "ATTRIBUTE_UNDEFINED@edit_customer.set_attributes[0].name "
       "ATTRIBUTE_TYPE@edit_customer.set_attributes[1] "
       "ATTRIBUTE_VALUE@edit_customer.set_attributes[2].string_value"},
  };
  for (const auto& c : kCases) EXPECT_EQ(customers.Do(Edit(1, c.fields)), c.refusals) << c.fields;
  EXPECT_EQ(customers.Do(Edit(2, "tier: 'gold'")),
            "CUSTOMER_EDIT_BASE_UNKNOWN@edit_customer.base_version");
  EXPECT_EQ(customers.Version("c1"), 1);
  EXPECT_EQ(customers.Do(Edit(1,
                              "set_attributes { name: 'since' time_value { seconds: 1 } } "
                              "set_attributes { name: 'spent' money_value { units: 1 "
                              "currency_code: 'USD' } }")),
            "");
}

// One edit of a random choice of fields, of which those of `half` 0 and 1 have nothing in common.
std::string RandomEdit(int half, std::mt19937_64& random) {
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  const std::vector<std::vector<std::string>> kFields = {
      {absl::StrCat("family_name: 'L", below(3), "'"), absl::StrCat("tier: 't", below(3), "'"),
       absl::StrCat("language_tag: '", below(2) == 0 ? "" : "en", "'"),
       absl::StrCat("set_attributes { name: 'visits' int_value: ", below(3), " }"),
       "remove_attributes: 'vip'",
       absl::StrCat("add_external_ids { system: 'crm' id: '", below(3), "' }")},
      {absl::StrCat("organization_name: 'O", below(3), "'"),
       absl::StrCat("preferred_channel: 'c", below(3), "'"),
       absl::StrCat("time_zone: '", below(2) == 0 ? "" : "UTC", "'"),
       absl::StrCat("set_attributes { name: 'since' time_value { seconds: ", below(3), " } }"),
       "set_attributes { name: 'segment' string_value: 'work' }",
       "remove_external_ids { system: 'crm' id: '7' }",
       absl::StrCat("add_external_ids { system: 'shop' id: '", below(3), "' }")},
  };
  std::string fields;
  for (const std::string& field : kFields[half]) {
    if (below(2) == 0) absl::StrAppend(&fields, field, " ");
  }
  return fields;
}

TEST(CustomerEditTest, TwoEditorsOfDifferentFieldsEndAlikeInEitherOrder) {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  int both = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string one = RandomEdit(0, random);
    const std::string two = RandomEdit(1, random);
    Customers first = MakeEditedCustomers();
    Customers second = MakeEditedCustomers();
    const std::string one_first = first.Do(Edit(1, one));
    const std::string two_second = first.Do(Edit(1, two));
    const std::string two_first = second.Do(Edit(1, two));
    const std::string one_second = second.Do(Edit(1, one));
    ASSERT_EQ(one_first, one_second) << one << " | " << two;
    ASSERT_EQ(two_first, two_second) << one << " | " << two;
    ASSERT_EQ(first.Get("c1").SerializeAsString(), second.Get("c1").SerializeAsString())
        << one << " | " << two;
    if (one_first.empty() && two_first.empty()) ++both;
  }
  EXPECT_GT(both, 1000);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
