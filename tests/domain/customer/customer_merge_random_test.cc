// Merge then unmerge restores the same histories. Customers that were merged and unmerged, also
// nested and with edits between, are equal to customers that were never merged.
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "domain/customer/customer_testing.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr int kCustomers = 4;

class RandomHistories {
 public:
  // Names that are new begin after `fresh`.
  explicit RandomHistories(std::uint64_t seed, int fresh = 0) : random_(seed), fresh_(fresh) {}

  std::string Id() { return absl::StrCat("c", Below(kCustomers)); }

  std::string Create(int i) {
    return absl::StrCat("create_customer { customer_id: 'c", i, "' given_name: '", Word(), "' ",
                        Maybe("family_name: '", "' "), Maybe("tier: '", "' "),
                        Maybe("preferences { language_tag: 'x-", "' } "),
                        Maybe("external_ids { system: 'crm' id: '", "' } "), "}");
  }

  // An edit before merges, of a few values in a small world, so that merged customers have much in
  // common.
  std::string Anything(const std::string& id, int version) {
    const std::string who = absl::StrCat("customer_id: '", id, "' ");
    switch (Below(10)) {
      case 0:
        return absl::StrCat("add_contact_point { ", who, "contact_point_id: 'p", Below(4),
                            "' kind: KIND_EMAIL as_typed: '", Word(), "@x.de' ",
                            Below(2) ? "preferred: true" : "", " }");
      case 1:
        return absl::StrCat("verify_contact_point { ", who, "contact_point_id: 'p", Below(4),
                            "' method: 'code' }");
      case 2:
        return absl::StrCat("remove_contact_point { ", who, "contact_point_id: 'p", Below(4),
                            "' }");
      case 3:
        return absl::StrCat("change_address { ", who, "address_id: 'a", Below(3),
                            "' address { lines: '", Word(), "' } }");
      case 4:
        return absl::StrCat("add_payment_method { ", who, "payment_method { payment_method_id: 'm",
                            Below(3), "' kind: KIND_CARD gateway_token: '", Word(), "' } }");
      case 5:
        return absl::StrCat("record_consent { ", who, "consent { purpose: '", Word(),
                            "' answer: ", Below(2) ? "ANSWER_GIVEN" : "ANSWER_REFUSED", " } }");
      case 6:
        return absl::StrCat("verify_identity { ", who, "level: ", 1 + Below(3), " method: 'x' }");
      case 7:
        return absl::StrCat("change_customer_state { ", who, "state: STATE_",
                            Below(2) ? "FORMER" : "CUSTOMER", " }");
      default:
        return absl::StrCat("edit_customer { ", who, "base_version: ", version, " ",
                            Maybe("given_name: '", "' "), Maybe("family_name: '", "' "),
                            Maybe("time_zone: 'Z", "' "), Maybe("tier: '", "' "),
                            Maybe("set_attributes { name: 'color' string_value: '", "' } "),
                            Maybe("add_external_ids { system: 'crm' id: '", "' } "), "}");
    }
  }

  // An edit that is possible whether the customer is merged or not. It is of something new, of a
  // field that every customer has, or of a contact point that may be there.
  std::string OfItsOwn(const std::string& id, int version) {
    const std::string who = absl::StrCat("customer_id: '", id, "' ");
    const std::string fresh = absl::StrCat("new", ++fresh_);
    switch (Below(8)) {
      case 0:
        return absl::StrCat("add_contact_point { ", who, "contact_point_id: '", fresh,
                            "' kind: KIND_PHONE as_typed: '+49 30 1234", 1000 + fresh_, "' ",
                            Below(2) ? "preferred: true" : "", " }");
      case 1:
        return absl::StrCat("change_address { ", who, "address_id: '", fresh,
                            "' address { lines: 'x' } }");
      case 2:
        return absl::StrCat("add_payment_method { ", who, "payment_method { payment_method_id: '",
                            fresh, "' kind: KIND_CARD gateway_token: '", fresh, "' } }");
      case 3:
        return absl::StrCat("record_consent { ", who, "consent { purpose: '", fresh,
                            "' answer: ANSWER_GIVEN evidence: '", fresh, "' } }");
      case 4:
        return absl::StrCat("verify_identity { ", who, "level: 4 method: '", fresh, "' }");
      case 5:
        return absl::StrCat("remove_contact_point { ", who, "contact_point_id: 'p", Below(4),
                            "' }");
      default:
        return absl::StrCat("edit_customer { ", who, "base_version: ", version,
                            Below(2) ? " given_name: '" : " tier: '", fresh, "' time_zone: 'Z",
                            fresh, "' set_attributes { name: '", Below(2) ? "color" : "size",
                            "' string_value: '", fresh, "' } }");
    }
  }

  int Below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }

 private:
  std::string Word() { return absl::StrCat("w", Below(4)); }
  std::string Maybe(const std::string& before, const std::string& after) {
    return Below(3) == 0 ? "" : absl::StrCat(before, Word(), after);
  }

  std::mt19937_64 random_;
  int fresh_;
};

Customers Begin(RandomHistories& random) {
  Customers customers;
  for (const char* name : {"color", "size"}) {
    customers.definitions.push_back(FromText<v1::AttributeDefinition>(
        absl::StrCat("entity_kind: ENTITY_KIND_CUSTOMER name: '", name, "' type: TYPE_STRING")));
  }
  for (int i = 0; i < kCustomers; ++i) EXPECT_EQ(customers.Do(random.Create(i)), "");
  for (int i = 0; i < 40; ++i) {
    const std::string id = random.Id();
    customers.Do(random.Anything(id, customers.Version(id)));
  }
  return customers;
}

void ExpectSame(const Customers& one, const Customers& other) {
  for (int i = 0; i < kCustomers; ++i) {
    const std::string id = absl::StrCat("c", i);
    // A method that a customer had for a while leaves its id behind.
    v1::Customer a = one.Get(id);
    v1::Customer b = other.Get(id);
    a.clear_removed_payment_methods();
    b.clear_removed_payment_methods();
    ASSERT_EQ(a.DebugString(), b.DebugString());
  }
}

// The cards of each customer by their ids, at any time.
class MethodNames {
 public:
  // An id is always that of the same card.
  void Note(const Customers& customers) {
    for (int i = 0; i < kCustomers; ++i) {
      const std::string customer_id = absl::StrCat("c", i);
      for (const v1::PaymentMethod& method : customers.Get(customer_id).payment_methods()) {
        const std::string& token =
            tokens_.try_emplace({customer_id, method.payment_method_id()}, method.gateway_token())
                .first->second;
        ASSERT_EQ(token, method.gateway_token()) << customer_id << method.payment_method_id();
      }
    }
  }

 private:
  std::map<std::pair<std::string, std::string>, std::string> tokens_;
};

std::uint64_t Seed() {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  return seed;
}

TEST(CustomerMergeRandomTest, MergedAndTakenApartInAnyLegalOrderNothingChanged) {
  RandomHistories random(Seed());
  int nested = 0;
  for (int round = 0; round < 400; ++round) {
    Customers customers = Begin(random);
    const Customers before = customers;
    std::vector<std::pair<std::string, std::string>> merges;
    for (int i = 0; i < 12; ++i) {
      const std::string survivor = random.Id();
      const std::string merged = random.Id();
      if (random.Below(3) > 0) {
        if (customers
                .Merge(survivor, merged,
                       random.Below(2) ? "merged_field_names: 'given_name' "
                                         "merged_field_names: 'preferences'"
                                       : "")
                .empty()) {
          if (customers.Get(merged).merged_customers_size() > 0) ++nested;
          merges.emplace_back(survivor, merged);
        }
      } else if (!merges.empty()) {
        const int which = random.Below(static_cast<int>(merges.size()));
        if (customers.Unmerge(merges[which].first, merges[which].second).empty()) {
          merges.erase(merges.begin() + which);
        }
      }
    }
    // In whatever order it is possible.
    while (!merges.empty()) {
      bool some = false;
      const size_t first = random.Below(static_cast<int>(merges.size()));
      for (size_t i = 0; i < merges.size() && !some; ++i) {
        const size_t which = (first + i) % merges.size();
        if (!customers.Unmerge(merges[which].first, merges[which].second).empty()) continue;
        merges.erase(merges.begin() + static_cast<std::ptrdiff_t>(which));
        some = true;
      }
      ASSERT_TRUE(some) << "some customer can always be taken out";
    }
    ASSERT_NO_FATAL_FAILURE(ExpectSame(customers, before));
  }
  EXPECT_GT(nested, 20);
}

TEST(CustomerMergeRandomTest, NoIdOfAMethodIsUsedAgain) {
  RandomHistories random(Seed());
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    Customers customers = Begin(random);
    MethodNames names;
    std::vector<std::pair<std::string, std::string>> merges;
    for (int i = 0; i < 60; ++i) {
      ASSERT_NO_FATAL_FAILURE(names.Note(customers));
      const std::string id = random.Id();
      const std::string other = random.Id();
      const int kind = random.Below(6);
      if (kind == 0 && customers.Merge(id, other).empty()) merges.emplace_back(id, other);
      if (kind == 1 && !merges.empty()) {
        customers.Unmerge(merges.back().first, merges.back().second);
        merges.pop_back();
      }
      const std::string method = absl::StrCat("m", random.Below(3));
      if (kind == 2 || kind == 3) {
        const std::string asked = absl::StrCat(
            "add_payment_method { customer_id: '", id, "' payment_method { payment_method_id: '",
            method, "' kind: KIND_CARD gateway_token: 'n", round, "-", i, "' } }");
        refused += customers.Do(asked).empty() ? 0 : 1;
      }
      if (kind > 3) {
        customers.Do(absl::StrCat("remove_payment_method { customer_id: '", id,
                                  "' payment_method_id: '", method, "' }"));
      }
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(CustomerMergeRandomTest, EditsBetweenStay) {
  RandomHistories random(Seed());
  int edits = 0;
  int asked = 0;
  int compared = 0;
  for (int round = 0; round < 400; ++round) {
    Customers customers = Begin(random);
    Customers without = customers;
    ASSERT_EQ(customers.Merge("c0", "c1"), "");
    const bool nested = random.Below(2) == 0;
    const bool second = random.Below(2) == 0;
    const auto edit = [&](const std::string& id) {
      for (int i = 0; i < 6; ++i) {
        // An edit of its own data, or of something new: both worlds get it.
        const std::uint64_t seed = static_cast<std::uint64_t>(random.Below(1 << 30));
        RandomHistories one(seed, ++asked);
        RandomHistories other(seed, asked);
        const std::string own = without.Do(other.OfItsOwn(id, without.Version(id)));
        const std::string there = customers.Do(one.OfItsOwn(id, customers.Version(id)));
        // An edit that is possible in only one of both is not compared.
        if (own.empty() != there.empty()) return false;
        if (own.empty()) ++edits;
      }
      return true;
    };
    if (!edit("c0")) continue;
    if (second && !customers.Merge("c0", "c2").empty()) continue;
    if (!edit("c0")) continue;
    std::string top = "c0";
    if (nested) {
      ASSERT_EQ(customers.Merge("c3", "c0"), "");
      if (!edit("c3")) continue;
      ASSERT_EQ(customers.Unmerge("c3", "c0"), "");
    }
    if (second) {
      ASSERT_EQ(customers.Unmerge("c0", "c2"), "");
    }
    if (!edit("c0")) continue;
    ASSERT_EQ(customers.Unmerge("c0", "c1"), "");
    ASSERT_NO_FATAL_FAILURE(ExpectSame(customers, without)) << round;
    ++compared;
  }
  EXPECT_GT(edits, 1000);
  EXPECT_GT(compared, 100);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
