// Finding, query by query.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/index_testing.h"
#include "desk/shop.h"
#include "domain/customer/customer_changes.h"
#include "frontdesk/base/contact_point.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::At;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Put;
using ::frontdesk::testing::ViolatedFields;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kFindPolicy = R"pb(
  name: "find"
  default_region_code: "US"
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

v1::Customer NewLee(absl::string_view id, absl::string_view family_name = "Lee") {
  v1::Customer customer;
  customer.set_customer_id(std::string(id));
  customer.set_state(v1::Customer::STATE_CUSTOMER);
  customer.set_family_name(std::string(family_name));
  return customer;
}

void AddContact(v1::ContactPoint::Kind kind, absl::string_view as_typed, v1::Customer* customer) {
  v1::ContactPoint* point = customer->add_contact_points();
  point->set_contact_point_id(absl::StrCat("p", customer->contact_points_size()));
  point->set_kind(kind);
  point->set_as_typed(std::string(as_typed));
  const auto normalized = NormalizeContactPoint(kind, as_typed, "US");
  ASSERT_TRUE(normalized.ok()) << normalized.status();
  point->set_canonical(normalized->canonical);
  point->set_match_key(normalized->match_key);
}

void AddPostcode(absl::string_view postal_code, v1::Customer* customer) {
  v1::CustomerAddress* address = customer->add_addresses();
  address->set_address_id(absl::StrCat("a", customer->addresses_size()));
  address->mutable_address()->add_lines("1 Main Street");
  address->mutable_address()->set_postal_code(std::string(postal_code));
}

// Makes `from` a customer merged into `to`, both as the store is to hold them.
void MergeInto(v1::Customer* to, v1::Customer* from) {
  v1::MergedCustomer* merged = to->add_merged_customers();
  merged->set_customer_id(from->customer_id());
  *merged->mutable_merged_before() = *from;
  domain::AddMergedRefs(*from, to->mutable_merged_customer_refs());
  from->set_state(v1::Customer::STATE_MERGED);
  from->set_survivor_customer_id(to->customer_id());
}

v1::Order NewOrder(absl::string_view id, absl::string_view customer_id, std::int64_t seconds) {
  v1::Order order;
  order.set_order_id(std::string(id));
  order.set_customer_id(std::string(customer_id));
  if (seconds >= 0) *order.mutable_place_time() = At(seconds);
  return order;
}

v1::Case NewCase(absl::string_view id, absl::string_view customer_id, v1::Case::State state,
                 std::int64_t seconds) {
  v1::Case made;
  made.set_case_id(std::string(id));
  made.set_customer_id(std::string(customer_id));
  made.set_state(state);
  *made.mutable_open_time() = At(seconds);
  return made;
}

v1::Interaction NewInteraction(absl::string_view id, absl::string_view customer_id,
                               std::int64_t seconds, absl::string_view case_id = "") {
  v1::Interaction interaction;
  interaction.set_interaction_id(std::string(id));
  interaction.set_customer_id(std::string(customer_id));
  *interaction.mutable_start_time() = At(seconds);
  if (!case_id.empty()) {
    v1::EntityRef* link = interaction.add_links();
    link->set_kind(v1::ENTITY_KIND_CASE);
    link->set_id(std::string(case_id));
  }
  return interaction;
}

void LinkInteraction(absl::string_view interaction_id, v1::Case* linked) {
  v1::EntityRef* link = linked->add_links();
  link->set_kind(v1::ENTITY_KIND_INTERACTION);
  link->set_id(std::string(interaction_id));
}

class FindTest : public ::testing::Test {
 protected:
  // The ids found, over all pages of this size.
  std::vector<std::string> Ids(v1::FindRequest request, int page_size = 2) {
    std::vector<std::string> ids;
    request.set_page_size(page_size);
    do {
      const auto page = desk_->Find(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE((*page)->found_size(), page_size);
      for (const v1::EntityState& state : (*page)->found()) {
        EXPECT_EQ(state.SerializeAsString(), (*desk_->Get(state.entity()))->SerializeAsString());
        ids.push_back(state.entity().id());
      }
      request.set_page_token((*page)->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }

  std::vector<std::string> ByPhone(absl::string_view phone, absl::string_view region = "") {
    v1::FindRequest request;
    request.mutable_customers()->mutable_phone()->set_phone(std::string(phone));
    request.mutable_customers()->mutable_phone()->set_region_code(std::string(region));
    return Ids(request);
  }

  std::vector<std::string> ByEmail(absl::string_view email) {
    v1::FindRequest request;
    request.mutable_customers()->set_email(std::string(email));
    return Ids(request);
  }

  std::vector<std::string> ByName(absl::string_view name, absl::string_view postal_code) {
    v1::FindRequest request;
    auto* query = request.mutable_customers()->mutable_name_and_postcode();
    query->set_name(std::string(name));
    query->set_postal_code(std::string(postal_code));
    return Ids(request);
  }

  std::vector<std::string> ByExternalId(absl::string_view system, absl::string_view id) {
    v1::FindRequest request;
    request.mutable_customers()->mutable_external_id()->set_system(std::string(system));
    request.mutable_customers()->mutable_external_id()->set_id(std::string(id));
    return Ids(request);
  }

  std::vector<std::string> ByOrder(absl::string_view order_id) {
    v1::FindRequest request;
    request.mutable_customers()->set_order_id(std::string(order_id));
    return Ids(request);
  }

  std::vector<std::string> Orders(absl::string_view customer_id) {
    v1::FindRequest request;
    request.mutable_orders()->set_customer_id(std::string(customer_id));
    return Ids(request);
  }

  std::vector<std::string> OfCase(absl::string_view case_id) {
    v1::FindRequest request;
    request.mutable_interactions()->set_case_id(std::string(case_id));
    return Ids(request);
  }

  std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk_ = MustOpen(kFindPolicy, store_);
};

TEST_F(FindTest, CustomersByPhone) {
  for (const char* id : {"c3", "c1", "c2"}) {
    v1::Customer customer = NewLee(id);
    AddContact(v1::ContactPoint::KIND_PHONE, "+1 650-253-0000", &customer);
    Put(*store_, customer);
  }
  EXPECT_THAT(ByPhone("+1 (650) 253 0000"), ElementsAre("c1", "c2", "c3"));
  EXPECT_THAT(ByPhone("+1 650 253 0001"), IsEmpty());
  if (HasPhoneLibrary()) {
    EXPECT_THAT(ByPhone("650 253 0000"), ElementsAre("c1", "c2", "c3")) << "the pack's region";
    EXPECT_THAT(ByPhone("650 253 0000", "DE"), IsEmpty()) << "another region, another number";
  }
  // A number that is no longer the customer's finds nobody.
  Put(*store_, NewLee("c2"));
  EXPECT_THAT(ByPhone("+16502530000"), ElementsAre("c1", "c3"));
}

TEST_F(FindTest, CustomersByEmail) {
  v1::Customer customer = NewLee("c1");
  AddContact(v1::ContactPoint::KIND_EMAIL, "Ann.Lee+news@Example.com", &customer);
  Put(*store_, customer);
  EXPECT_THAT(ByEmail(" ann.lee+NEWS@EXAMPLE.COM "), ElementsAre("c1"));
  EXPECT_THAT(ByEmail("annlee+news@example.com"), IsEmpty());
  EXPECT_THAT(ByEmail("ann.lee@example.com"), IsEmpty());
}

TEST_F(FindTest, CustomersByNameAndPostcode) {
  v1::Customer person = NewLee("c1", "Strauß  Müller");
  person.set_given_name("Ann");
  AddPostcode("sw1a 1aa", &person);
  AddPostcode("10115", &person);
  Put(*store_, person);
  v1::Customer organization = NewLee("c2", "");
  organization.set_organization_name("STRAUSSMÜLLER");
  AddPostcode("SW1A1AA", &organization);
  Put(*store_, organization);
  EXPECT_THAT(ByName("strauss müller", "SW1A 1AA"), ElementsAre("c1", "c2"));
  EXPECT_THAT(ByName("StraußMÜLLER", " 1 0115"), ElementsAre("c1"));
  EXPECT_THAT(ByName("Strauss Muller", "SW1A 1AA"), IsEmpty()) << "accents count";
  EXPECT_THAT(ByName("Ann", "10115"), IsEmpty()) << "given names are not looked at";
  EXPECT_THAT(ByName("strauss müller", "10116"), IsEmpty());
}

TEST_F(FindTest, TextsNeverRunIntoEachOther) {
  v1::Customer customer = NewLee("c1");
  customer.add_external_ids()->set_system("crm");
  customer.mutable_external_ids(0)->set_id("1:7");
  Put(*store_, customer);
  v1::Customer other = NewLee("c2");
  other.add_external_ids()->set_system("crm1:");
  other.mutable_external_ids(0)->set_id("7");
  Put(*store_, other);
  v1::Customer longest = NewLee("c3");
  longest.add_external_ids()->set_system("crm");
  longest.mutable_external_ids(0)->set_id(std::string(1'000, 'x'));
  Put(*store_, longest);
  v1::Customer longest_but_one = NewLee("c4");
  longest_but_one.add_external_ids()->set_system("crm");
  longest_but_one.mutable_external_ids(0)->set_id(std::string(999, 'x'));
  Put(*store_, longest_but_one);
  EXPECT_THAT(ByExternalId("crm", "1:7"), ElementsAre("c1"));
  EXPECT_THAT(ByExternalId("crm1:", "7"), ElementsAre("c2"));
  EXPECT_THAT(ByExternalId("CRM", "1:7"), IsEmpty()) << "external ids are compared exactly";
  EXPECT_THAT(ByExternalId("crm", std::string(1'000, 'x')), ElementsAre("c3"));
  EXPECT_THAT(ByExternalId("crm", std::string(999, 'x')), ElementsAre("c4"));
}

TEST_F(FindTest, CustomersByOrder) {
  Put(*store_, NewLee("c1"));
  Put(*store_, NewOrder("o1", "c1", 0));
  Put(*store_, NewOrder("o2", "nobody", 0));
  Put(*store_, NewOrder("o3", "", 0));
  EXPECT_THAT(ByOrder("o1"), ElementsAre("c1"));
  EXPECT_THAT(ByOrder("o2"), IsEmpty());
  EXPECT_THAT(ByOrder("o3"), IsEmpty());
  EXPECT_THAT(ByOrder("o4"), IsEmpty());
}

TEST_F(FindTest, OrdersTheLatestFirst) {
  Put(*store_, NewOrder("o1", "c1", 5));
  Put(*store_, NewOrder("o2", "c1", 9));
  Put(*store_, NewOrder("o3", "c1", -1));  // no time
  Put(*store_, NewOrder("o4", "c1", 5));
  Put(*store_, NewOrder("o5", "c2", 7));
  v1::Order early = NewOrder("o6", "c1", -1);
  early.mutable_place_time()->set_seconds(-62135596800);  // the year 1
  Put(*store_, early);
  v1::Order late = NewOrder("o7", "c1", 9);
  late.mutable_place_time()->set_nanos(1);
  Put(*store_, late);
  EXPECT_THAT(Orders("c1"), ElementsAre("o7", "o2", "o4", "o1", "o6", "o3"));
  EXPECT_THAT(Orders("c2"), ElementsAre("o5"));
  EXPECT_THAT(Orders("c3"), IsEmpty());
}

TEST_F(FindTest, CasesByCustomerStateQueueAndAssignee) {
  using v1::Case;
  const struct {
    const char* id;
    const char* customer_id;
    Case::State state;
    const char* queue_id;
    const char* assignee_id;
  } kCases[] = {
      {"k1", "c1", Case::STATE_NEW, "billing", ""},
      {"k2", "c1", Case::STATE_OPEN, "billing", "anna"},
      {"k3", "c1", Case::STATE_CLOSED, "", "anna"},
      {"k4", "c2", Case::STATE_OPEN, "billing", "anna"},
      {"k5", "c2", Case::STATE_OPEN, "returns", "anna"},
      {"k6", "c2", Case::STATE_MERGED, "billing", "ben"},
  };
  std::int64_t seconds = 0;
  for (const auto& each : kCases) {
    v1::Case made = NewCase(each.id, each.customer_id, each.state, ++seconds);
    made.set_queue_id(each.queue_id);
    made.set_assignee_id(each.assignee_id);
    Put(*store_, made);
  }
  const auto find = [this](absl::string_view customer_id, absl::string_view queue_id,
                           absl::string_view assignee_id, std::vector<Case::State> states) {
    v1::FindRequest request;
    v1::CaseQuery* query = request.mutable_cases();
    query->set_customer_id(std::string(customer_id));
    query->set_queue_id(std::string(queue_id));
    query->set_assignee_id(std::string(assignee_id));
    for (const Case::State state : states) query->add_states(state);
    return Ids(request);
  };
  EXPECT_THAT(find("c1", "", "", {}), ElementsAre("k3", "k2", "k1"));
  EXPECT_THAT(find("c2", "", "", {}), ElementsAre("k6", "k5", "k4"));
  EXPECT_THAT(find("c1", "", "", {Case::STATE_NEW, Case::STATE_OPEN, Case::STATE_NEW}),
              ElementsAre("k2", "k1"));
  EXPECT_THAT(find("", "billing", "", {}), ElementsAre("k6", "k4", "k2", "k1"));
  EXPECT_THAT(find("", "", "anna", {Case::STATE_OPEN}), ElementsAre("k5", "k4", "k2"));
  EXPECT_THAT(find("", "billing", "anna", {}), ElementsAre("k4", "k2"));
  EXPECT_THAT(find("c2", "billing", "anna", {Case::STATE_OPEN}), ElementsAre("k4"));
  EXPECT_THAT(find("c2", "billing", "anna", {Case::STATE_CLOSED}), IsEmpty());
  EXPECT_THAT(find("c3", "", "", {}), IsEmpty());
  EXPECT_THAT(find("", "", "", {Case::STATE_OPEN}), ElementsAre("k5", "k4", "k2"));
  EXPECT_THAT(find("", "", "", {Case::STATE_MERGED, Case::STATE_NEW}), ElementsAre("k6", "k1"));
  EXPECT_THAT(find("", "", "", {Case::STATE_RESOLVED}), IsEmpty());
}

TEST_F(FindTest, CasesWithoutAKeyAreAllCases) {
  for (int i = 0; i < 5; ++i) {
    v1::Case made =
        NewCase(absl::StrCat("k", i), i == 0 ? "" : "c1", static_cast<v1::Case::State>(1 + i), i);
    if (i == 3) made.clear_open_time();
    Put(*store_, made);
  }
  v1::FindRequest request;
  request.mutable_cases();
  request.set_page_size(2);
  EXPECT_THAT(Ids(request), ElementsAre("k4", "k2", "k1", "k0", "k3"))
      << "that whose time of opening is not known comes last";
  EXPECT_EQ(*desk_->Count(request), 5);
  request.mutable_cases()->set_order(v1::CaseQuery::ORDER_OLDEST_FIRST);
  EXPECT_THAT(Ids(request), ElementsAre("k3", "k0", "k1", "k2", "k4"));
  *request.mutable_cases()->mutable_open_start_time() = testing::At(1);
  EXPECT_THAT(Ids(request), ElementsAre("k1", "k2", "k4"));
  *request.mutable_cases()->mutable_open_end_time() = testing::At(4);
  EXPECT_THAT(Ids(request), ElementsAre("k1", "k2"));
  EXPECT_EQ(*desk_->Count(request), 2);
  request.mutable_cases()->clear_open_start_time();
  EXPECT_THAT(Ids(request), ElementsAre("k0", "k1", "k2"));
  request.mutable_cases()->clear_order();
  EXPECT_THAT(Ids(request), ElementsAre("k2", "k1", "k0"));
}

// Its place in the list is the nearest that there is, so the bound of the list does not decide.
TEST_F(FindTest, CasesOfTimesWithoutAPlaceOfTheirOwn) {
  v1::Case old = NewCase("old", "c1", v1::Case::STATE_NEW, 0);
  old.mutable_open_time()->set_seconds(-60'000'000'000);
  Put(*store_, old);
  v1::Case late = NewCase("late", "c1", v1::Case::STATE_NEW, 0);
  late.mutable_open_time()->set_seconds(250'000'000'000);
  Put(*store_, late);
  const auto find = [this](std::int64_t start, std::int64_t end) {
    v1::FindRequest request;
    request.mutable_cases()->mutable_open_start_time()->set_seconds(start);
    request.mutable_cases()->mutable_open_end_time()->set_seconds(end);
    EXPECT_EQ(*desk_->Count(request), static_cast<std::int64_t>(Ids(request).size()));
    return Ids(request);
  };
  EXPECT_THAT(find(-61'000'000'000, 251'000'000'000), ElementsAre("late", "old"));
  EXPECT_THAT(find(-59'000'000'000, 249'000'000'000), IsEmpty());
  EXPECT_THAT(find(-61'000'000'000, 0), ElementsAre("old"));
  EXPECT_THAT(find(0, 251'000'000'000), ElementsAre("late"));
  EXPECT_THAT(find(249'000'000'000, 251'000'000'000), ElementsAre("late"));
  EXPECT_THAT(find(251'000'000'000, 252'000'000'000), IsEmpty());
}

TEST_F(FindTest, InteractionsOfACaseFromBothSides) {
  Put(*store_, NewInteraction("i1", "c1", 1, "k1"));
  Put(*store_, NewInteraction("i2", "c1", 2));
  Put(*store_, NewInteraction("i3", "c1", 3, "k1"));
  Put(*store_, NewInteraction("i4", "c1", 4, "k2"));
  Put(*store_, NewInteraction("i5", "c1", 5));
  Put(*store_, NewInteraction("i6", "c1", 6, "k3"));
  v1::Case first = NewCase("k1", "c1", v1::Case::STATE_OPEN, 0);
  LinkInteraction("i2", &first);
  LinkInteraction("i3", &first);  // from both sides, returned once
  LinkInteraction("nowhere", &first);
  first.add_merged_cases()->set_case_id("k2");
  first.set_merged_case_count(1);
  v1::Case second = NewCase("k2", "c1", v1::Case::STATE_MERGED, 0);
  LinkInteraction("i5", &second);
  second.add_merged_cases()->set_case_id("k3");
  second.set_merged_case_count(1);
  Put(*store_, first);
  Put(*store_, second);
  Put(*store_, NewCase("k3", "c1", v1::Case::STATE_MERGED, 0));
  EXPECT_THAT(OfCase("k1"), ElementsAre("i6", "i5", "i4", "i3", "i2", "i1"));
  EXPECT_THAT(OfCase("k2"), ElementsAre("i6", "i5", "i4"));
  EXPECT_THAT(OfCase("k3"), ElementsAre("i6"));
  EXPECT_THAT(OfCase("k4"), IsEmpty());
}

TEST_F(FindTest, ASurvivorIsFoundForAllThatWereMergedIntoIt) {
  v1::Customer last = NewLee("c3", "Old");
  AddContact(v1::ContactPoint::KIND_EMAIL, "old@example.com", &last);
  AddPostcode("111", &last);
  // A merge unites the contact points.
  v1::Customer middle = NewLee("c2", "Between");
  AddContact(v1::ContactPoint::KIND_EMAIL, "old@example.com", &middle);
  MergeInto(&middle, &last);
  v1::Customer survivor = NewLee("c1", "New");
  AddContact(v1::ContactPoint::KIND_EMAIL, "old@example.com", &survivor);
  AddPostcode("222", &survivor);
  MergeInto(&survivor, &middle);
  for (const v1::Customer& each : {survivor, middle, last}) Put(*store_, each);
  Put(*store_, NewOrder("o1", "c1", 1));
  Put(*store_, NewOrder("o2", "c2", 2));
  Put(*store_, NewOrder("o3", "c3", 3));
  Put(*store_, NewOrder("o4", "c4", 4));
  Put(*store_, NewInteraction("i1", "c1", 1));
  Put(*store_, NewInteraction("i3", "c3", 3));
  Put(*store_, NewCase("k2", "c2", v1::Case::STATE_NEW, 2));
  Put(*store_, NewCase("k3", "c3", v1::Case::STATE_OPEN, 3));

  EXPECT_THAT(ByEmail("old@example.com"), ElementsAre("c1"));
  EXPECT_THAT(ByName("old", "111"), ElementsAre("c1"));
  EXPECT_THAT(ByName("new", "222"), ElementsAre("c1"));
  EXPECT_THAT(ByOrder("o3"), ElementsAre("c1"));
  for (const char* id : {"c1", "c2", "c3"}) {
    EXPECT_THAT(Orders(id), ElementsAre("o3", "o2", "o1")) << id;
    v1::FindRequest request;
    request.mutable_interactions()->set_customer_id(id);
    EXPECT_THAT(Ids(request), ElementsAre("i3", "i1")) << id;
    request.mutable_cases()->set_customer_id(id);
    EXPECT_THAT(Ids(request), ElementsAre("k3", "k2")) << id;
  }

  // An incorrect address that was removed from the survivor is found no more.
  survivor.clear_contact_points();
  Put(*store_, survivor);
  EXPECT_THAT(ByEmail("old@example.com"), IsEmpty());
  EXPECT_THAT(ByName("old", "111"), ElementsAre("c1"));

  // Unmerged, each is found for itself.
  Put(*store_, NewLee("c1", "New"));
  v1::Customer restored = NewLee("c2", "Between");
  AddContact(v1::ContactPoint::KIND_EMAIL, "old@example.com", &restored);
  *restored.mutable_merged_customers() = middle.merged_customers();
  *restored.mutable_merged_customer_refs() = middle.merged_customer_refs();
  Put(*store_, restored);
  EXPECT_THAT(ByEmail("old@example.com"), ElementsAre("c2"));
  EXPECT_THAT(Orders("c1"), ElementsAre("o1"));
  EXPECT_THAT(Orders("c3"), ElementsAre("o3", "o2"));
}

struct MalformedCase {
  const char* name;
  void (*fill)(v1::FindRequest&);
  std::vector<std::string> fields;
};

class MalformedFindTest : public ::testing::TestWithParam<MalformedCase> {};

TEST_P(MalformedFindTest, IsRefusedWithAllInvalidFields) {
  v1::FindRequest request;
  GetParam().fill(request);
  const auto found = MustOpen(kFindPolicy)->Find(request);
  EXPECT_EQ(found.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetReason(found.status()), kReasonFindMalformed);
  EXPECT_EQ(ViolatedFields(found.status()), GetParam().fields);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, MalformedFindTest,
    ::testing::Values(
        MalformedCase{"Nothing", [](v1::FindRequest&) {}, {"query"}},
        MalformedCase{"NoWay", [](v1::FindRequest& r) { r.mutable_customers(); }, {"customers.by"}},
        MalformedCase{"NoPhone",
                      [](v1::FindRequest& r) {
                        r.mutable_customers()->mutable_phone();
                        r.set_page_size(-1);
                      },
                      {"customers.phone.phone", "page_size"}},
        MalformedCase{"NoEmail",
                      [](v1::FindRequest& r) { r.mutable_customers()->set_email(""); },
                      {"customers.email"}},
        MalformedCase{"BlankName",
                      [](v1::FindRequest& r) {
                        r.mutable_customers()->mutable_name_and_postcode()->set_name(" \xC2\xA0");
                        r.set_page_size(1'001);
                      },
                      {"customers.name_and_postcode.name",
                       "customers.name_and_postcode.postal_code", "page_size"}},
        MalformedCase{"NoOrder",
                      [](v1::FindRequest& r) { r.mutable_customers()->set_order_id(""); },
                      {"customers.order_id"}},
        MalformedCase{
            "HalfExternalId",
            [](v1::FindRequest& r) { r.mutable_customers()->mutable_external_id()->set_id("7"); },
            {"customers.external_id.system"}},
        MalformedCase{"OrdersOfNobody",
                      [](v1::FindRequest& r) { r.mutable_orders(); },
                      {"orders.customer_id"}},
        MalformedCase{"CasesOfNoState",
                      [](v1::FindRequest& r) {
                        r.mutable_cases()->add_states(v1::Case::STATE_NEW);
                        r.mutable_cases()->add_states(v1::Case::STATE_UNSPECIFIED);
                        r.mutable_cases()->add_states(static_cast<v1::Case::State>(99));
                      },
                      {"cases.states[1]", "cases.states[2]"}},
        MalformedCase{
            "CasesInAFaultyRequest",
            [](v1::FindRequest& r) {
              v1::CaseQuery* query = r.mutable_cases();
              query->set_assignee_id("anna");
              query->set_is_unassigned(true);
              query->mutable_external_id()->set_id("7");
              query->mutable_external_id()->set_is_invalid(true);
              query->mutable_attribute()->set_string_value("gold");
              query->mutable_open_end_time()->set_nanos(-1);
              query->set_order(static_cast<v1::CaseQuery::Order>(7));
              for (int i = 0; i <= kMaxQueryPriorities; ++i) query->add_priorities(i);
            },
            {"cases.external_id.system", "cases.external_id.is_invalid", "cases.attribute.name",
             "cases.priorities", "cases.open_end_time", "cases", "cases.order"}},
        MalformedCase{"InteractionsOfNobody",
                      [](v1::FindRequest& r) { r.mutable_interactions(); },
                      {"interactions"}},
        MalformedCase{"InteractionsOfTwo",
                      [](v1::FindRequest& r) {
                        r.mutable_interactions()->set_case_id("k");
                        r.mutable_interactions()->set_customer_id("c");
                      },
                      {"interactions"}},
        MalformedCase{"TooLong",
                      [](v1::FindRequest& r) {
                        r.mutable_orders()->set_customer_id(std::string(1'025, 'c'));
                      },
                      {"orders.customer_id"}},
        MalformedCase{"NotUtf8",
                      [](v1::FindRequest& r) {
                        r.mutable_cases()->set_queue_id("\xFF");
                        r.set_page_token("\xFE");
                      },
                      {"cases.queue_id", "page_token"}}),
    [](const auto& info) { return info.param.name; });

TEST_F(FindTest, UnreadableInputIsReportedWithoutRepeatingIt) {
  v1::FindRequest request;
  request.mutable_customers()->mutable_phone()->set_phone("+1 555 CALL-ANN");
  const absl::Status phone = desk_->Find(request).status();
  EXPECT_EQ(GetReason(phone), kReasonContactPointSyntax);
  EXPECT_THAT(phone.ToString(), ::testing::Not(::testing::HasSubstr("555")));
  request.mutable_customers()->set_email("Ann Lee at home");
  const absl::Status email = desk_->Find(request).status();
  EXPECT_EQ(GetReason(email), kReasonContactPointSyntax);
  EXPECT_THAT(email.ToString(), ::testing::Not(::testing::HasSubstr("Ann")));
}

TEST_F(FindTest, TokensAreGoodForTheirQueryOnly) {
  for (const char* id : {"o1", "o2", "o3"}) Put(*store_, NewOrder(id, "c1", 0));
  v1::FindRequest request;
  request.mutable_orders()->set_customer_id("c1");
  request.set_page_size(1);
  const auto first = desk_->Find(request);
  ASSERT_TRUE(first.ok());
  const std::string token = (*first)->next_page_token();
  request.set_page_token(token);
  request.set_page_size(5);  // another size is no other query
  ASSERT_TRUE(desk_->Find(request).ok());
  EXPECT_EQ((*desk_->Find(request))->found_size(), 2);

  std::vector<v1::FindRequest> wrong(5, request);
  wrong[0].mutable_orders()->set_customer_id("c2");
  wrong[1].mutable_interactions()->set_customer_id("c1");
  wrong[2].set_page_token("no token");
  wrong[3].set_page_token(token.substr(0, 8));
  wrong[4].set_page_token(token + token);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string spoilt = token;
    spoilt[i] = spoilt[i] == 'A' ? 'B' : 'A';
    wrong.push_back(request);
    wrong.back().set_page_token(spoilt);
  }
  for (const v1::FindRequest& each : wrong) {
    const absl::Status status = desk_->Find(each).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << each.ShortDebugString();
    EXPECT_EQ(GetReason(status), kReasonFindPageTokenInvalid) << each.ShortDebugString();
  }
}

TEST_F(FindTest, LooksAtNoMoreThanTheLimitForOnePage) {
  DeskOptions options;
  options.policy = desk_->policy();
  options.store = store_;
  options.find_limits.max_scanned = 3;
  const auto desk = Desk::Open(options);
  ASSERT_TRUE(desk.ok()) << desk.status();
  for (int i = 0; i < 10; ++i) {
    v1::Case made = NewCase(absl::StrCat("k", i), "c1", v1::Case::STATE_NEW, i);
    if (i % 9 == 0) made.set_queue_id("rare");
    Put(*store_, made);
  }
  v1::FindRequest request;
  request.mutable_cases()->set_customer_id("c1");
  request.mutable_cases()->set_queue_id("rare");
  std::vector<int> sizes;
  std::vector<std::string> ids;
  do {
    const auto page = (*desk)->Find(request);
    ASSERT_TRUE(page.ok()) << page.status();
    sizes.push_back((*page)->found_size());
    for (const auto& state : (*page)->found()) ids.push_back(state.entity().id());
    request.set_page_token((*page)->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(sizes, ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(ids, ElementsAre("k9", "k0"));
}

// Entities that do not count are looked at, too.
TEST_F(FindTest, CountsNoMoreThanTheLimit) {
  DeskOptions options;
  options.policy = desk_->policy();
  options.store = store_;
  options.find_limits.max_counted = 3;
  const auto desk = Desk::Open(options);
  ASSERT_TRUE(desk.ok()) << desk.status();
  v1::FindRequest all;
  all.mutable_cases()->set_customer_id("c1");
  v1::FindRequest some = all;
  some.mutable_cases()->set_queue_id("rare");
  for (int i = 0; i < 4; ++i) {
    v1::Case made = NewCase(absl::StrCat("k", i), "c1", v1::Case::STATE_NEW, i);
    if (i % 2 == 0) made.set_queue_id("rare");
    Put(*store_, made);
    if (i != 2) continue;
    EXPECT_EQ(*(*desk)->Count(all), 3);
    EXPECT_EQ(*(*desk)->Count(some), 2);
  }
  for (const v1::FindRequest& request : {all, some}) {
    const absl::Status status = (*desk)->Count(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(GetReason(status), kReasonFindCountTooMany);
  }
}

}  // namespace
}  // namespace frontdesk
