// Timelines, beside a plain walk over the whole log.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "desk/chance.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenRandomDesk;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::RandomCommands;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

v1::TimelineRequest About(const std::string& customer_id) {
  v1::TimelineRequest request;
  request.set_customer_id(customer_id);
  return request;
}

// The ids of all events of all pages.
std::vector<std::string> AllPages(const Reader& reader, v1::TimelineRequest request) {
  std::vector<std::string> ids;
  for (;;) {
    const absl::StatusOr<v1::Timeline> page = reader.Timeline(request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return ids;
    for (const v1::TimelineEntry& entry : page->entries()) ids.push_back(entry.event().event_id());
    if (page->next_page_token().empty()) return ids;
    request.set_page_token(page->next_page_token());
  }
}

TEST(TimelineTest, ShowsWhatHappenedNewestFirst) {
  const std::unique_ptr<Desk> desk = MustOpen();
  MustDo(*desk, AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }", 0));
  MustDo(*desk, AskInText("open_case { case_id: 'k1' kind: KIND_TROUBLE customer_id: 'c1' "
                          "subject: 'broken' }",
                          60));
  MustDo(*desk, AskInText("create_customer { customer_id: 'c2' given_name: 'Bob' }", 70));
  MustDo(*desk, AskInText("assign_case { case_id: 'k1' assignee_id: 'anna' }", 120));
  const absl::StatusOr<v1::Timeline> timeline = desk->Timeline(About("c1"));
  ASSERT_TRUE(timeline.ok()) << timeline.status();
  EXPECT_EQ(timeline->customer_id(), "c1");
  std::vector<std::string> verbs;
  for (const v1::TimelineEntry& entry : timeline->entries()) {
    verbs.push_back(entry.verb());
    EXPECT_FALSE(entry.text().empty());
    EXPECT_EQ(desk->GetRecord(entry.event().record_id())->sequence(), entry.position());
  }
  EXPECT_THAT(verbs, ElementsAre("AssignCase", "AssignCase", "OpenCase", "CreateCustomer"));
  EXPECT_EQ(timeline->next_page_token(), "");
  v1::TimelineRequest cases = About("c1");
  cases.add_entity_kinds(v1::ENTITY_KIND_CASE);
  cases.set_oldest_first(true);
  EXPECT_THAT(AllPages(*desk, cases),
              ElementsAre("r0000000002-1", "r0000000004-1", "r0000000004-2"));
}

TEST(TimelineTest, InvalidRequestsAreErrors) {
  const std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  const auto reason = [&](const v1::TimelineRequest& request) {
    return GetReason(desk->Timeline(request).status());
  };
  EXPECT_EQ(reason(About("")), kReasonEntityRefMalformed);
  EXPECT_EQ(reason(About("nobody")), kReasonEntityNotFound);
  v1::TimelineRequest request = About("c1");
  request.set_page_size(1001);
  EXPECT_EQ(reason(request), kReasonFindMalformed);
  request.set_page_size(-1);
  EXPECT_EQ(reason(request), kReasonFindMalformed);
  request = About("c1");
  request.add_entity_kinds(v1::ENTITY_KIND_UNSPECIFIED);
  EXPECT_EQ(reason(request), kReasonFindMalformed);
  request = About("c1");
  request.set_page_size(1);
  request.set_page_token(desk->Timeline(request)->next_page_token());
  EXPECT_TRUE(desk->Timeline(request).ok());
  request.set_oldest_first(true);
  EXPECT_EQ(reason(request), kReasonFindPageTokenInvalid) << "it is of another request";
  ReaderOptions few;
  few.store = store::MakeMemoryStore();
  few.find_limits.max_related = 1;
  const std::unique_ptr<Desk> other = MustOpen(testing::kAllowAll, few.store);
  OpenShop(*other);
  EXPECT_EQ(GetReason((*Reader::Open(few))->Timeline(About("c1")).status()),
            kReasonFindRelatedTooMany);
}

// The customer that a customer was merged into, or itself. Nothing when imports have them merged in a circle, or into nobody.
absl::optional<std::string> SurvivorOf(const Reader& reader, std::string id) {
  std::set<std::string> seen;
  while (seen.insert(id).second) {
    const auto state = reader.Get(CustomerRef(id));
    if (!state.ok()) return absl::nullopt;
    const std::string& next = (*state)->customer().survivor_customer_id();
    if (next.empty()) return id;
    id = next;
  }
  return absl::nullopt;
}

TEST(TimelineTest, EqualsAWalkOverTheLog) {
  Chance chance(testing::SeedOfRun());
  const std::unique_ptr<Desk> desk = OpenRandomDesk();
  RandomCommands commands(&chance, desk.get());
  for (int i = 0; i < 1500; ++i) {
    const v1::Command command = commands.Next();
    desk->Execute(command, commands.NextFacts(command)).status().IgnoreError();
  }
  LogPage whole;
  whole.page_size = 10'000;
  std::vector<v1::Event> events;
  std::set<std::string> customers;
  const std::vector<v1::LogChange> log = *desk->ReadLog(whole);
  for (const v1::LogChange& change : log) {
    for (const v1::Event& event : change.events()) {
      events.push_back(event);
      if (event.entity().kind() == v1::ENTITY_KIND_CUSTOMER) customers.insert(event.entity().id());
    }
  }
  int shown = 0;
  for (const std::string& customer : customers) {
    const absl::optional<std::string> survivor = SurvivorOf(*desk, customer);
    if (!survivor.has_value()) {
      EXPECT_EQ(GetReason(desk->Timeline(About(customer)).status()), kReasonEntityNotFound);
      continue;
    }
    std::set<std::string> accounts;
    const auto owner = *desk->Get(CustomerRef(*survivor));
    for (const v1::PaymentMethod& method : owner->customer().payment_methods()) {
      accounts.insert(method.account_id());
    }
    const auto belongs = [&](const v1::EntityRef& entity) {
      const auto state = *desk->Get(entity);
      const auto is_of = [&](const std::string& id) {
        return customers.count(id) > 0 && SurvivorOf(*desk, id) == survivor;
      };
      if (state->has_customer()) return is_of(entity.id());
      if (state->has_case_()) return is_of(state->case_().customer_id());
      if (state->has_order()) return is_of(state->order().customer_id());
      if (state->has_interaction()) return is_of(state->interaction().customer_id());
      if (state->has_approval()) return is_of(state->approval().customer_id());
      return state->has_account() && accounts.count(entity.id()) > 0;
    };
    std::vector<std::string> expected;
    for (const v1::Event& event : events) {
      if (belongs(event.entity())) expected.push_back(event.event_id());
    }
    shown += static_cast<int>(expected.size());
    v1::TimelineRequest request = About(customer);
    request.set_oldest_first(true);
    request.set_page_size(1 + chance.Below(40));
    EXPECT_THAT(AllPages(*desk, request), ElementsAreArray(expected)) << customer;
    request.set_oldest_first(false);
    request.set_page_size(1 + chance.Below(40));
    std::reverse(expected.begin(), expected.end());
    EXPECT_THAT(AllPages(*desk, request), ElementsAreArray(expected)) << customer;
  }
  EXPECT_GT(shown, 50);
}

}  // namespace
}  // namespace frontdesk
