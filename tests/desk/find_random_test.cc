// Pages of a store that changes meanwhile, against a scan of everything.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/index_testing.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::At;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Put;

constexpr int kCustomers = 6;
constexpr int kQueues = 2;

// Cases and interactions put into a store at random, and kept in plain maps beside.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) {}

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  // Adds something, or changes everything about it but its time.
  void Change() {
    if (Below(2) == 0) {
      const std::string id = absl::StrCat("k", Below(120));
      v1::Case& changed = cases_[id];
      if (changed.case_id().empty() && Below(10) > 0) *changed.mutable_open_time() = At(Below(20));
      changed.set_case_id(id);
      changed.set_customer_id(AnyCustomer());
      changed.set_state(static_cast<v1::Case::State>(1 + Below(8)));
      changed.set_queue_id(absl::StrCat("q", Below(kQueues)));
      changed.set_assignee_id(Below(3) == 0 ? "" : absl::StrCat("a", Below(2)));
      FillCase(&changed);
      changed.clear_links();
      for (int i = Below(3); i > 0; --i) {
        v1::EntityRef* link = changed.add_links();
        link->set_kind(v1::ENTITY_KIND_INTERACTION);
        link->set_id(absl::StrCat("i", Below(120)));
      }
      Put(*store_, changed);
    } else {
      const std::string id = absl::StrCat("i", Below(120));
      v1::Interaction& changed = interactions_[id];
      if (changed.interaction_id().empty()) *changed.mutable_start_time() = At(Below(20));
      changed.set_interaction_id(id);
      changed.set_customer_id(AnyCustomer());
      changed.clear_links();
      for (int i = Below(3); i > 0; --i) {
        v1::EntityRef* link = changed.add_links();
        link->set_kind(v1::ENTITY_KIND_CASE);
        link->set_id(absl::StrCat("k", Below(10)));
      }
      Put(*store_, changed);
    }
  }

  v1::FindRequest AnyRequest() {
    v1::FindRequest request;
    switch (Below(4)) {
      case 0:
        request.mutable_interactions()->set_customer_id(AnyCustomer());
        break;
      case 1:
        request.mutable_interactions()->set_case_id(absl::StrCat("k", Below(10)));
        break;
      default: {
        v1::CaseQuery* query = request.mutable_cases();
        const int fields = Below(8);
        if (fields & 1) query->set_customer_id(AnyCustomer());
        if (fields & 2) query->set_queue_id(absl::StrCat("q", Below(kQueues)));
        if (fields & 4) query->set_assignee_id(absl::StrCat("a", Below(2)));
        FillQuery(query);
        for (int i = Below(4); i > 0; --i) {
          query->add_states(static_cast<v1::Case::State>(1 + Below(8)));
        }
      }
    }
    request.set_page_size(1 + Below(8));
    return request;
  }

  // The ids that a request should find, in order, by looking at everything.
  std::vector<std::string> Scan(const v1::FindRequest& request) const {
    std::vector<std::pair<std::int64_t, std::string>> found;
    for (const auto& [id, each] : cases_) {
      if (request.has_cases() && Fits(request.cases(), each)) {
        found.emplace_back(PlaceOf(request.cases(), each), id);
      }
    }
    for (const auto& [id, each] : interactions_) {
      if (request.has_interactions() && Fits(request.interactions(), each)) {
        found.emplace_back(each.start_time().seconds(), id);
      }
    }
    std::sort(found.rbegin(), found.rend());
    if (request.cases().order() != v1::CaseQuery::ORDER_UNSPECIFIED) {
      std::reverse(found.begin(), found.end());
    }
    std::vector<std::string> ids;
    for (auto& [seconds, id] : found) ids.push_back(std::move(id));
    return ids;
  }

  Desk& desk() { return *desk_; }

 private:
  v1::Attribute AnyAttribute() {
    v1::Attribute attribute;
    attribute.set_name(absl::StrCat("n", Below(2)));
    switch (Below(3)) {
      case 0:
        attribute.set_string_value(absl::StrCat(Below(2)));
        break;
      case 1:
        attribute.set_int_value(Below(2));
        break;
      default:
        attribute.set_bool_value(Below(2) == 0);
    }
    return attribute;
  }

  // Fields with keys of their own, and without.
  void FillCase(v1::Case* changed) {
    changed->set_priority(Below(3));
    changed->clear_tags();
    for (int i = Below(3); i > 0; --i) changed->add_tags(absl::StrCat("t", i));
    changed->clear_attributes();
    if (Below(2) == 0) *changed->add_attributes() = AnyAttribute();
    changed->clear_external_ids();
    if (Below(2) == 0) {
      v1::ExternalId* external_id = changed->add_external_ids();
      external_id->set_system("crm");
      external_id->set_id(absl::StrCat(Below(9)));
      external_id->set_is_invalid(Below(5) == 0);
    }
    changed->clear_clocks();
    for (int i = Below(4); i > 0; --i) {
      v1::CaseClock* clock = changed->add_clocks();
      clock->set_instance(i);
      if (Below(4) > 0) *clock->mutable_due_time() = At(Below(60));
    }
    changed->clear_state_time();
    if (Below(8) > 0) *changed->mutable_state_time() = At(Below(40));
  }

  void FillQuery(v1::CaseQuery* query) {
    const auto is_set = [this] { return Below(6) == 0; };
    if (is_set()) query->set_tag(absl::StrCat("t", 1 + Below(3)));
    if (is_set()) {
      *query->mutable_attribute() = AnyAttribute();
      if (Below(3) == 0) query->mutable_attribute()->clear_value();
    }
    if (is_set()) {
      query->mutable_external_id()->set_system("crm");
      query->mutable_external_id()->set_id(absl::StrCat(Below(9)));
    }
    for (int i = is_set() ? 1 + Below(2) : 0; i > 0; --i) query->add_priorities(Below(3));
    if (is_set()) *query->mutable_open_start_time() = At(Below(20));
    if (is_set()) *query->mutable_open_end_time() = At(Below(20));
    if (is_set()) *query->mutable_state_end_time() = At(Below(40));
    if (query->assignee_id().empty() && Below(3) == 0) query->set_is_unassigned(true);
    if (is_set()) *query->mutable_clock_due_end_time() = At(Below(60));
    query->set_order(static_cast<v1::CaseQuery::Order>(Below(v1::CaseQuery::Order_ARRAYSIZE)));
  }

  // Seconds; 0: nothing is due.
  static std::int64_t DueOf(const v1::Case& each) {
    std::int64_t earliest = 0;
    for (const v1::CaseClock& clock : each.clocks()) {
      if (!clock.has_due_time()) continue;
      const std::int64_t due = clock.due_time().seconds();
      if (earliest == 0 || due < earliest) earliest = due;
    }
    return earliest;
  }

  static std::int64_t PlaceOf(const v1::CaseQuery& query, const v1::Case& each) {
    if (query.order() == v1::CaseQuery::ORDER_DUE_FIRST) return DueOf(each);
    return each.has_open_time() ? each.open_time().seconds() : 0;
  }

  std::string AnyCustomer() { return absl::StrCat("c", Below(kCustomers)); }

  static bool HasAttribute(const v1::Case& each, const v1::Attribute& asked) {
    for (const v1::Attribute& has : each.attributes()) {
      if (has.name() != asked.name()) continue;
      if (asked.value_case() == v1::Attribute::VALUE_NOT_SET) return true;
      if (has.SerializeAsString() == asked.SerializeAsString()) return true;
    }
    return false;
  }

  static bool FitsKeyless(const v1::CaseQuery& query, const v1::Case& each) {
    const auto& tags = each.tags();
    if (!query.tag().empty() && std::find(tags.begin(), tags.end(), query.tag()) == tags.end()) {
      return false;
    }
    if (query.has_attribute() && !HasAttribute(each, query.attribute())) return false;
    if (query.has_external_id()) {
      if (each.external_ids().empty() || each.external_ids(0).is_invalid()) return false;
      if (each.external_ids(0).id() != query.external_id().id()) return false;
    }
    const auto& priorities = query.priorities();
    if (!priorities.empty() &&
        std::find(priorities.begin(), priorities.end(), each.priority()) == priorities.end()) {
      return false;
    }
    const std::int64_t opened = each.open_time().seconds();
    const bool is_aged = query.has_open_start_time() || query.has_open_end_time();
    if (is_aged && !each.has_open_time()) return false;
    if (query.has_open_start_time() && opened < query.open_start_time().seconds()) return false;
    if (query.has_open_end_time() && opened >= query.open_end_time().seconds()) return false;
    if (query.has_state_end_time() &&
        (!each.has_state_time() ||
         each.state_time().seconds() >= query.state_end_time().seconds())) {
      return false;
    }
    const std::int64_t due = DueOf(each);
    if (query.order() == v1::CaseQuery::ORDER_DUE_FIRST && due == 0) return false;
    if (query.has_clock_due_end_time() &&
        (due == 0 || due >= query.clock_due_end_time().seconds())) {
      return false;
    }
    return !query.is_unassigned() || each.assignee_id().empty();
  }

  static bool Fits(const v1::CaseQuery& query, const v1::Case& each) {
    return FitsKeyless(query, each) &&
           (query.customer_id().empty() || query.customer_id() == each.customer_id()) &&
           (query.queue_id().empty() || query.queue_id() == each.queue_id()) &&
           (query.assignee_id().empty() || query.assignee_id() == each.assignee_id()) &&
           (query.states().empty() || std::find(query.states().begin(), query.states().end(),
                                                each.state()) != query.states().end());
  }

  bool Fits(const v1::InteractionQuery& query, const v1::Interaction& each) const {
    if (!query.customer_id().empty()) return query.customer_id() == each.customer_id();
    for (const v1::EntityRef& link : each.links()) {
      if (link.id() == query.case_id()) return true;
    }
    const auto asked = cases_.find(query.case_id());
    if (asked == cases_.end()) return false;
    for (const v1::EntityRef& link : asked->second.links()) {
      if (link.id() == each.interaction_id()) return true;
    }
    return false;
  }

  std::mt19937 random_;
  std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk_ = MustOpen(testing::kAllowAll, store_);
  std::map<std::string, v1::Case> cases_;
  std::map<std::string, v1::Interaction> interactions_;
};

TEST(FindRandomTest, FindEqualsAScanWhileNothingChanges) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  World world(seed);
  for (int round = 0; round < 400; ++round) {
    for (int i = world.Below(8); i > 0; --i) world.Change();
    v1::FindRequest request = world.AnyRequest();
    std::vector<std::string> ids;
    do {
      const auto page = world.desk().Find(request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const auto& state : (*page)->found()) ids.push_back(state.entity().id());
      request.set_page_token((*page)->next_page_token());
    } while (!request.page_token().empty());
    ASSERT_EQ(ids, world.Scan(request)) << request.ShortDebugString();
    ASSERT_EQ(*world.desk().Count(request), static_cast<std::int64_t>(ids.size()))
        << request.ShortDebugString();
  }
}

TEST(FindRandomTest, AnUnchangedEntityIsFoundExactlyOnce) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  World world(seed);
  int pages = 0;
  for (int i = 0; i < 150; ++i) world.Change();
  for (int round = 0; round < 400; ++round) {
    v1::FindRequest request = world.AnyRequest();
    // The place in that order may change.
    if (request.cases().order() == v1::CaseQuery::ORDER_DUE_FIRST) {
      request.mutable_cases()->clear_order();
    }
    std::vector<std::string> told;
    std::vector<std::string> stood = world.Scan(request);
    std::set<std::string> ever(stood.begin(), stood.end());
    do {
      const auto page = world.desk().Find(request);
      ASSERT_TRUE(page.ok()) << page.status();
      ++pages;
      for (const auto& state : (*page)->found()) told.push_back(state.entity().id());
      request.set_page_token((*page)->next_page_token());
      for (int i = world.Below(4); i > 0 && !request.page_token().empty(); --i) {
        world.Change();
        const std::vector<std::string> now = world.Scan(request);
        ever.insert(now.begin(), now.end());
        const std::set<std::string> stands(now.begin(), now.end());
        stood.erase(std::remove_if(stood.begin(), stood.end(),
                                   [&](const std::string& id) { return stands.count(id) == 0; }),
                    stood.end());
      }
    } while (!request.page_token().empty());
    const std::set<std::string> told_once(told.begin(), told.end());
    ASSERT_EQ(told_once.size(), told.size()) << "told twice: " << request.ShortDebugString();
    for (const std::string& id : stood) {
      ASSERT_EQ(told_once.count(id), 1u) << id << " left out: " << request.ShortDebugString();
    }
    for (const std::string& id : told) ASSERT_EQ(ever.count(id), 1u) << id << " never fitted";
    // The unchanged ones are returned in order.
    const std::set<std::string> stood_set(stood.begin(), stood.end());
    std::vector<std::string> told_of_stood;
    for (const std::string& id : told) {
      if (stood_set.count(id) > 0) told_of_stood.push_back(id);
    }
    ASSERT_EQ(told_of_stood, stood);
  }
  EXPECT_GT(pages, 400) << "some took several pages";
}

}  // namespace
}  // namespace frontdesk
