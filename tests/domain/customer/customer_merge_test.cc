#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/customer/customer_testing.h"
#include "frontdesk/domain/survivor.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr char kAnn[] = R"pb(
  customer_id: "c1"
  state: STATE_PROSPECT
  given_name: "Ann"
  contact_points {
    contact_point_id: "p1"
    kind: KIND_EMAIL
    as_typed: "Ann@x.de"
    canonical: "Ann@x.de"
    match_key: "ann@x.de"
    preferred: true
  }
  contact_points {
    contact_point_id: "p2"
    kind: KIND_PHONE
    as_typed: "+49301"
    canonical: "+49301"
    match_key: "+49301"
  }
  addresses {
    address_id: "home"
    address { lines: "1 Main Street" }
  }
  payment_methods { payment_method_id: "card" kind: KIND_CARD gateway_token: "t1" }
  external_ids { system: "crm" id: "1" }
  consents {
    purpose: "marketing"
    channel: "email"
    answer: ANSWER_REFUSED
    record_time { seconds: 10 }
  }
  consents {
    purpose: "service"
    answer: ANSWER_GIVEN
    record_time { seconds: 10 }
  }
  consents {
    purpose: "recording"
    answer: ANSWER_GIVEN
    record_time { seconds: 10 }
  }
  attributes { name: "vip" bool_value: true }
  current_verifications {
    level: 1
    verify_time { seconds: 20 }
  }
  tier: "gold"
)pb";

constexpr char kAnna[] = R"pb(
  customer_id: "c2"
  state: STATE_CUSTOMER
  given_name: "Anna"
  family_name: "Lee"
  contact_points {
    contact_point_id: "p1"
    kind: KIND_EMAIL
    as_typed: "lee@x.de"
    canonical: "lee@x.de"
    match_key: "lee@x.de"
    preferred: true
  }
  contact_points {
    contact_point_id: "q2"
    kind: KIND_PHONE
    as_typed: "0049 301"
    canonical: "+49301"
    match_key: "+49301"
    verify_time { seconds: 5 }
    verification_method: "code"
    preferred: true
  }
  addresses {
    address_id: "home"
    address { lines: "2 Side Street" }
  }
  addresses {
    address_id: "old"
    address { lines: "1 Main Street" }
  }
  payment_methods { payment_method_id: "visa" kind: KIND_CARD gateway_token: "t1" }
  payment_methods { payment_method_id: "gift" kind: KIND_GIFT_CARD account_id: "a1" }
  external_ids { system: "crm" id: "1" }
  external_ids { system: "crm" id: "2" }
  consents {
    purpose: "marketing"
    channel: "email"
    answer: ANSWER_GIVEN
    record_time { seconds: 99 }
  }
  consents {
    purpose: "service"
    answer: ANSWER_GIVEN
    record_time { seconds: 11 }
    evidence: "chat"
  }
  consents {
    purpose: "recording"
    answer: ANSWER_REFUSED
    record_time { seconds: 1 }
  }
  attributes { name: "vip" bool_value: false }
  attributes { name: "visits" int_value: 3 }
  current_verifications {
    level: 2
    verify_time { seconds: 10 }
  }
  current_verifications {
    level: 1
    verify_time { seconds: 20 }
  }
  preferences { language_tag: "de" }
  tier: "silver"
)pb";

Customers MakeCustomers() {
  Customers customers;
  customers.Put(kAnn);
  customers.Put(kAnna);
  customers.Put("customer_id: 'c3' state: STATE_FORMER organization_name: 'Lee Ltd'");
  return customers;
}

std::string Provenance(const v1::MergedCustomer& merge) {
  std::string text;
  for (const v1::FieldProvenance& one : merge.provenance()) {
    EXPECT_EQ(one.source_customer_id(), merge.customer_id());
    absl::StrAppend(&text, text.empty() ? "" : " ", one.field());
  }
  return text;
}

TEST(CustomerMergeTest, UnitesAndSaysWhereEachValueComesFrom) {
  Customers customers = MakeCustomers();
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  ASSERT_EQ(EventNames(customers.events()), "customer_merged customer_merged_away");
  const v1::Customer& after = customers.Get("c1");
  EXPECT_EQ(after.state(), v1::Customer::STATE_PROSPECT);
  EXPECT_EQ(after.given_name(), "Ann");
  EXPECT_EQ(after.family_name(), "Lee");
  EXPECT_EQ(after.tier(), "gold");
  EXPECT_EQ(after.preferences().language_tag(), "de");
  ASSERT_EQ(after.contact_points_size(), 3);
  EXPECT_TRUE(after.contact_points(0).preferred());
  // The verified one, under the survivor's id; preferred, since the survivor preferred no phone.
  EXPECT_EQ(after.contact_points(1).contact_point_id(), "p2");
  EXPECT_EQ(after.contact_points(1).as_typed(), "0049 301");
  EXPECT_EQ(after.contact_points(1).verification_method(), "code");
  EXPECT_TRUE(after.contact_points(1).preferred());
  // Another one under an id in use; the survivor's stays preferred.
  EXPECT_EQ(after.contact_points(2).contact_point_id(), "c2/p1");
  EXPECT_EQ(after.contact_points(2).match_key(), "lee@x.de");
  EXPECT_FALSE(after.contact_points(2).preferred());
  ASSERT_EQ(after.addresses_size(), 2);
  EXPECT_EQ(after.addresses(1).address_id(), "c2/home");
  ASSERT_EQ(after.payment_methods_size(), 2);
  EXPECT_EQ(after.payment_methods(1).payment_method_id(), "gift");
  ASSERT_EQ(after.external_ids_size(), 2);
  ASSERT_EQ(after.consents_size(), 3);
  EXPECT_EQ(after.consents(0).answer(), v1::Consent::ANSWER_REFUSED);  // Beats a later consent.
  EXPECT_EQ(after.consents(1).evidence(), "chat");                     // The later one.
  EXPECT_EQ(after.consents(2).answer(), v1::Consent::ANSWER_REFUSED);
  ASSERT_EQ(after.attributes_size(), 2);
  EXPECT_TRUE(after.attributes(0).bool_value());
  ASSERT_EQ(after.current_verifications_size(), 2);
  EXPECT_EQ(after.current_verifications(0).level(), 2);

  ASSERT_EQ(after.merged_customers_size(), 1);
  const v1::MergedCustomer& merge = after.merged_customers(0);
  EXPECT_EQ(Provenance(merge),
            "family_name preferences contact_points[c2/p1] contact_points[p2] addresses[c2/home] "
            "payment_methods[gift] external_ids[crm/2] consents[service/] consents[recording/] "
            "attributes[visits] current_verifications[1970-01-01T00:00:10Z]");
  EXPECT_EQ(merge.merge_time().seconds(), 1715774400);
  EXPECT_EQ(customers.Get("c2").state(), v1::Customer::STATE_MERGED);
  EXPECT_EQ(customers.Get("c2").survivor_customer_id(), "c1");
  EXPECT_EQ(customers.Get("c2").family_name(), "Lee");
}

TEST(CustomerMergeTest, FieldsFromMerged) {
  Customers customers = MakeCustomers();
  ASSERT_EQ(customers.Merge("c1", "c3",
                            "merged_field_names: 'given_name' merged_field_names: 'tier' "
                            "merged_field_names: 'preferences'"),
            "");
  const v1::Customer& after = customers.Get("c1");
  EXPECT_EQ(after.given_name(), "");
  EXPECT_EQ(after.organization_name(), "Lee Ltd");
  EXPECT_EQ(after.tier(), "");
  EXPECT_EQ(Provenance(after.merged_customers(0)), "given_name organization_name tier");
}

TEST(CustomerMergeTest, UnmergeRestoresBoth) {
  Customers customers = MakeCustomers();
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  ASSERT_EQ(customers.Unmerge("c1", "c2"), "");
  ASSERT_EQ(EventNames(customers.events()), "customer_unmerged customer_restored");
  v1::Customer survivor = customers.Get("c1");
  // The ids of methods that it had, or that named one of its own, are not used again.
  ASSERT_EQ(survivor.removed_payment_methods_size(), 2);
  EXPECT_EQ(survivor.removed_payment_methods(0).payment_method_id(), "visa");
  EXPECT_EQ(survivor.removed_payment_methods(1).payment_method_id(), "gift");
  survivor.clear_removed_payment_methods();
  EXPECT_EQ(survivor.SerializeAsString(), FromText<v1::Customer>(kAnn).SerializeAsString());
  EXPECT_EQ(customers.Get("c2").SerializeAsString(),
            FromText<v1::Customer>(kAnna).SerializeAsString());
}

TEST(CustomerMergeTest, AMethodThatWasRemovedSinceIsNotRestored) {
  Customers customers = MakeCustomers();
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  // "card" is "visa" of the other, too.
  for (const char* id : {"gift", "card"}) {
    ASSERT_EQ(customers.Do(absl::StrCat("remove_payment_method { customer_id: 'c1' "
                                        "payment_method_id: '",
                                        id, "' }")),
              "");
  }
  ASSERT_EQ(customers.Unmerge("c1", "c2"), "");
  for (const char* id : {"c1", "c2"}) {
    EXPECT_EQ(customers.Get(id).payment_methods_size(), 0) << id;
    EXPECT_GE(customers.Get(id).removed_payment_methods_size(), 2) << id;
  }
}

TEST(CustomerMergeTest, UnmergeKeepsTheEditsMadeSince) {
  Customers customers = MakeCustomers();
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  // Edits of the survivor's own fields, of those from the merge, and new ones.
  for (
      const char* verb : {
          "edit_customer { customer_id: 'c1' base_version: 2 family_name: 'Lee-Smith' "
          "preferred_channel: 'phone' }",
          "remove_contact_point { customer_id: 'c1' contact_point_id: 'p1' }",
          "verify_contact_point { customer_id: 'c1' contact_point_id: 'c2/p1' method: 'code' }",
          "add_contact_point { customer_id: 'c1' contact_point_id: 'p3' kind: KIND_PHONE as_typed: "
          "'+49 30 1234567' preferred: true }",
          "change_address { customer_id: 'c1' address_id: 'home' address { lines: '3 New Road' } }",
          "record_consent { customer_id: 'c1' consent { purpose: 'recording' answer: ANSWER_GIVEN "
          "} "
          "}",
          "verify_identity { customer_id: 'c1' level: 5 method: 'passport' }",
          "change_customer_state { customer_id: 'c1' state: STATE_CUSTOMER }",
      }) {
    ASSERT_EQ(customers.Do(verb), "") << verb;
  }
  ASSERT_EQ(customers.Unmerge("c1", "c2"), "");
  const v1::Customer& after = customers.Get("c1");
  EXPECT_EQ(after.state(), v1::Customer::STATE_CUSTOMER);
  EXPECT_EQ(after.family_name(), "Lee-Smith");
  EXPECT_EQ(after.preferences().language_tag(), "");  // Went with the merged customer.
  EXPECT_EQ(after.preferences().channel(), "phone");
  ASSERT_EQ(after.contact_points_size(), 3);
  EXPECT_EQ(after.contact_points(0).as_typed(), "+49301");  // As before the merge.
  EXPECT_FALSE(after.contact_points(0).has_verify_time());
  EXPECT_FALSE(after.contact_points(0).preferred());
  EXPECT_EQ(after.contact_points(1).contact_point_id(), "c2/p1");  // Verified since, so it stays.
  EXPECT_TRUE(after.contact_points(2).preferred());
  ASSERT_EQ(after.addresses_size(), 1);
  EXPECT_EQ(after.addresses(0).address().lines(0), "3 New Road");
  ASSERT_EQ(after.consents_size(), 3);
  EXPECT_EQ(after.consents(1).evidence(), "");
  EXPECT_EQ(after.consents(2).record_time().seconds(), 1715774400);
  EXPECT_EQ(after.current_verifications_size(), 2);
  EXPECT_EQ(after.attributes_size(), 1);
  EXPECT_EQ(after.merged_customers_size(), 0);
  EXPECT_EQ(customers.Get("c2").SerializeAsString(),
            FromText<v1::Customer>(kAnna).SerializeAsString());
}

// "id<direct:depth names/codes" of each customer that this one replaces.
std::string Refs(const v1::Customer& customer) {
  std::string text;
  for (const v1::MergedCustomerRef& ref : customer.merged_customer_refs()) {
    absl::StrAppend(&text, ref.customer_id(), "<", ref.direct_customer_id(), ":", ref.depth(), " ",
                    absl::StrJoin(ref.names(), "+"), "/", absl::StrJoin(ref.postal_codes(), "+"),
                    "; ");
  }
  return text;
}

TEST(CustomerMergeTest, TheSurvivorRefersToAllThatItReplaces) {
  Customers customers;
  customers.Put("customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann'");
  customers.Put(
      "customer_id: 'c2' state: STATE_CUSTOMER family_name: 'Lee' organization_name: 'Lee & Co' "
      "addresses { address_id: 'a' address { postal_code: '111' } } "
      "addresses { address_id: 'b' address { postal_code: '111' } }");
  customers.Put("customer_id: 'c3' state: STATE_CUSTOMER family_name: 'Old'");
  customers.Put("customer_id: 'c4' state: STATE_CUSTOMER given_name: 'Bea'");
  ASSERT_EQ(customers.Merge("c2", "c3"), "");
  ASSERT_EQ(customers.Merge("c1", "c4"), "");
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  EXPECT_EQ(Refs(customers.Get("c1")), "c4<c4:1 /; c2<c2:1 Lee+Lee & Co/111; c3<c2:2 Old/; ");
  EXPECT_EQ(Refs(customers.Get("c2")), "c3<c3:1 Old/; ");
  for (const char* id : {"c1", "c2", "c3", "c4"}) {
    EXPECT_TRUE(StandsFor(customers.Get("c1"), id)) << id;
  }
  // No snapshot repeats them.
  const v1::MergedCustomer& merge = customers.Get("c1").merged_customers(1);
  EXPECT_EQ(Refs(merge.survivor_before()), "");
  EXPECT_EQ(Refs(merge.survivor_after()), "");
  EXPECT_EQ(merge.merged_before().merged_customers_size(), 0);
  ASSERT_EQ(customers.Unmerge("c1", "c2"), "");
  EXPECT_EQ(Refs(customers.Get("c1")), "c4<c4:1 /; ");
  EXPECT_EQ(Refs(customers.Get("c2")), "c3<c3:1 Old/; ");
  EXPECT_EQ(customers.Get("c2").merged_customers_size(), 1);
  ASSERT_EQ(customers.Unmerge("c2", "c3"), "");
  EXPECT_EQ(Refs(customers.Get("c2")), "");
}

// Older events have the customers below a merged one whole.
TEST(CustomerMergeTest, OlderEventsGiveTheSameReferences) {
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CUSTOMER);
  event.mutable_entity()->set_id("c1");
  v1::MergedCustomer& merge = *event.mutable_customer()->mutable_customer_merged()->mutable_merge();
  merge = FromText<v1::MergedCustomer>(
      "customer_id: 'c2' survivor_after { customer_id: 'c1' state: STATE_CUSTOMER } "
      "merged_before { customer_id: 'c2' family_name: 'Lee' merged_customers { customer_id: 'c3' "
      "merged_before { customer_id: 'c3' family_name: 'Old' } } }");
  auto customer = FromText<v1::Customer>("customer_id: 'c1' state: STATE_CUSTOMER");
  ASSERT_TRUE(EvolveCustomer(event, &customer).ok());
  EXPECT_EQ(Refs(customer), "c2<c2:1 Lee/; c3<c2:2 Old/; ");
}

TEST(CustomerMergeTest, UnmergeLeavesAName) {
  Customers customers;
  customers.Put("customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann'");
  customers.Put("customer_id: 'c2' state: STATE_CUSTOMER family_name: 'Lee'");
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  ASSERT_EQ(customers.Do("edit_customer { customer_id: 'c1' base_version: 2 given_name: '' }"), "");
  ASSERT_EQ(customers.Unmerge("c1", "c2"), "");
  EXPECT_EQ(customers.Get("c1").given_name(), "Ann");
}

// Ids of the longest kind: those of the merged customer still are ids.
TEST(CustomerMergeTest, ItemsKeepIdsThatCommandsAccept) {
  const std::string ann(1024, 'a'), anna(1024, 'b'), item(1024, 'i');
  Customers customers;
  for (const std::string& id : {ann, anna}) {
    customers.Put(absl::StrCat("customer_id: '", id, "' state: STATE_CUSTOMER given_name: 'Ann' ",
                               "addresses { address_id: '", item, "' address { lines: '", id,
                               "' } } contact_points { contact_point_id: '", item,
                               "' kind: KIND_EMAIL as_typed: '", id, "' match_key: '", id, "' }"));
  }
  ASSERT_EQ(customers.Merge(ann, anna), "");
  const v1::Customer after = customers.Get(ann);
  ASSERT_EQ(after.contact_points_size(), 2);
  const std::string second = after.contact_points(1).contact_point_id();
  EXPECT_NE(second, item);
  EXPECT_LE(second.size(), 1024u);
  EXPECT_EQ(after.addresses(1).address_id(), second);
  EXPECT_EQ(customers.Do(absl::StrCat("remove_contact_point { customer_id: '", ann,
                                      "' contact_point_id: '", second, "' }")),
            "");
}

TEST(CustomerMergeTest, Refusals) {
  Customers customers = MakeCustomers();
  EXPECT_EQ(customers.Merge("c1", "c1"), "CUSTOMER_MERGE_SELF@merge_customers.merged_customer_id");
  EXPECT_EQ(customers.Merge("c1", "c9"), "CUSTOMER_NOT_FOUND@merge_customers.merged_customer_id");
  EXPECT_EQ(customers.refusals().at(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
  EXPECT_EQ(customers.Unmerge("c1", "c9"),
            "CUSTOMER_NOT_FOUND@unmerge_customers.merged_customer_id");
  EXPECT_EQ(customers.Unmerge("c1", "c2"),
            "CUSTOMER_UNMERGE_UNKNOWN@unmerge_customers.merged_customer_id");
  ASSERT_EQ(customers.Merge("c1", "c2"), "");
  EXPECT_EQ(customers.Merge("c1", "c2"), "unchanged");
  EXPECT_EQ(customers.Merge("c3", "c2"),
            "CUSTOMER_MERGE_OTHER_STATE@merge_customers.merged_customer_id");
  EXPECT_EQ(customers.refusals().at(0).details(0).value(), "c1");
  EXPECT_EQ(customers.Merge("c2", "c3"), "CUSTOMER_MERGE_STATE");
  const auto& details = customers.refusals().at(0).details();
  EXPECT_EQ(details[details.size() - 1].value(), "c1");
  ASSERT_EQ(customers.Merge("c1", "c3"), "");
  EXPECT_EQ(customers.Unmerge("c1", "c2"),
            "CUSTOMER_UNMERGE_NOT_LAST@unmerge_customers.merged_customer_id");
  EXPECT_EQ(customers.refusals().at(0).details(0).name(), "last_merged_customer_id");
  EXPECT_EQ(customers.refusals().at(0).details(0).value(), "c3");
}

TEST(CustomerMergeTest, ChainsAndNumbersHaveALimit) {
  Customers customers;
  const auto put = [&customers](int i) {
    customers.Put(absl::StrCat("customer_id: 'c", i, "' state: STATE_CUSTOMER given_name: 'Ann'"));
  };
  put(0);
  for (int i = 1; i <= kMaxMergeChain; ++i) {
    put(i);
    ASSERT_EQ(customers.Merge(absl::StrCat("c", i), absl::StrCat("c", i - 1)), "") << i;
  }
  put(kMaxMergeChain + 1);
  const std::string top = absl::StrCat("c", kMaxMergeChain);
  EXPECT_EQ(customers.Merge(absl::StrCat("c", kMaxMergeChain + 1), top),
            "CUSTOMER_MERGE_LIMIT@merge_customers.merged_customer_id");
  for (int i = 100; i < 100 + kMaxMergedCustomers - kMaxMergeChain; ++i) {
    put(i);
    ASSERT_EQ(customers.Merge(top, absl::StrCat("c", i)), "") << i;
  }
  EXPECT_EQ(customers.Merge(top, absl::StrCat("c", kMaxMergeChain + 1)),
            "CUSTOMER_MERGE_LIMIT@merge_customers.merged_customer_id");
  // The longest chain can be written and read.
  v1::Customer read;
  EXPECT_TRUE(read.ParseFromString(customers.Get(top).SerializeAsString()));
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
