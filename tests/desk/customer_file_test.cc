// The customer's file, candidates for duplicates, and the customer's own view, from a desk.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/index_testing.h"
#include "desk/shop.h"
#include "frontdesk/base/contact_point.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::At;
using ::frontdesk::testing::By;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::Put;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

FileOptions Options(std::int64_t seconds = 0) {
  FileOptions options;
  options.now = At(seconds);
  return options;
}

v1::Customer NewCustomer(absl::string_view id, absl::string_view phone = "",
                         absl::string_view email = "") {
  v1::Customer customer;
  customer.set_customer_id(std::string(id));
  customer.set_state(v1::Customer::STATE_CUSTOMER);
  customer.set_family_name(absl::StrCat("Lee ", id));
  const auto add = [&customer](v1::ContactPoint::Kind kind, absl::string_view text) {
    if (text.empty()) return;
    v1::ContactPoint* point = customer.add_contact_points();
    point->set_kind(kind);
    point->set_match_key(NormalizeContactPoint(kind, text)->match_key);
    point->mutable_verify_time()->set_seconds(1);
  };
  add(v1::ContactPoint::KIND_PHONE, phone);
  add(v1::ContactPoint::KIND_EMAIL, email);
  return customer;
}

void PutCase(store::Store& store, absl::string_view id, absl::string_view customer_id,
             v1::Case::State state, std::int64_t seconds) {
  v1::Case made;
  made.set_case_id(std::string(id));
  made.set_customer_id(std::string(customer_id));
  made.set_state(state);
  *made.mutable_open_time() = At(seconds);
  Put(store, made);
}

std::vector<std::string> CaseIds(const v1::CustomerFile& file) {
  std::vector<std::string> ids;
  for (const v1::Case& each : file.open_cases()) ids.push_back(each.case_id());
  return ids;
}

std::vector<std::string> Told(const std::vector<v1::DuplicateCandidate>& candidates) {
  std::vector<std::string> told;
  for (const v1::DuplicateCandidate& each : candidates) {
    told.push_back(
        absl::StrCat(each.customer_id(), ":", each.score(), each.is_certain() ? "!" : ""));
  }
  return told;
}

TEST(CustomerFileTest, OfTheShopsCustomer) {
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  v1::Command open = By("anna", 10);
  open.mutable_case_()->mutable_open_case()->set_case_id("k1");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_QUESTION);
  open.mutable_case_()->mutable_open_case()->set_subject("Where is it?");
  open.mutable_case_()->mutable_open_case()->set_customer_id("c1");
  MustDo(*desk, open);
  v1::Command start = By("anna", 11);
  start.mutable_interaction()->mutable_start_interaction()->set_interaction_id("i1");
  start.mutable_interaction()->mutable_start_interaction()->set_channel(v1::CHANNEL_VOICE);
  start.mutable_interaction()->mutable_start_interaction()->set_direction(v1::DIRECTION_INBOUND);
  start.mutable_interaction()->mutable_start_interaction()->set_customer_id("c1");
  MustDo(*desk, start);

  const auto opened = desk->OpenFile("c1", Options(20));
  ASSERT_TRUE(opened.ok()) << opened.status();
  const v1::CustomerFile& file = **opened;
  const v1::EntityState customer = **desk->Get(CustomerRef("c1"));
  EXPECT_EQ(file.customer().SerializeAsString(), customer.customer().SerializeAsString());
  EXPECT_EQ(file.version(), customer.version());
  EXPECT_EQ(file.identity_level(), 0);
  EXPECT_THAT(CaseIds(file), ElementsAre("k1"));
  ASSERT_EQ(file.recent_interactions_size(), 1);
  EXPECT_EQ(file.recent_interactions(0).interaction_id(), "i1");
  ASSERT_EQ(file.recent_orders_size(), 2);
  EXPECT_EQ(file.recent_orders(1).SerializeAsString(),
            (*desk->Get(OrderRef(file.recent_orders(1).order_id())))->order().SerializeAsString());
  ASSERT_EQ(file.accounts_size(), 1);
  EXPECT_EQ(file.accounts(0).account_id(), "gift-1");
  EXPECT_FALSE(file.has_more_open_cases() || file.has_more_interactions() ||
               file.has_more_orders());
  EXPECT_THAT(file.duplicates(), IsEmpty());
}

TEST(CustomerFileTest, OpenCasesOnlyAndNoMoreThanAskedFor) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  v1::Customer merged = NewCustomer("c2");
  v1::Customer survivor = NewCustomer("c1");
  v1::MergedCustomer* merge = survivor.add_merged_customers();
  merge->set_customer_id("c2");
  *merge->mutable_merged_before() = merged;
  survivor.add_merged_customer_refs()->set_customer_id("c2");
  merged.set_state(v1::Customer::STATE_MERGED);
  merged.set_survivor_customer_id("c1");
  Put(*store, survivor);
  Put(*store, merged);
  for (int state = 1; state <= 8; ++state) {
    PutCase(*store, absl::StrCat("k", state), state % 2 == 0 ? "c2" : "c1",
            static_cast<v1::Case::State>(state), state);
  }
  for (const char* id : {"c1", "c2"}) {
    FileOptions options = Options();
    EXPECT_THAT(CaseIds(**desk->OpenFile(id, options)), ElementsAre("k5", "k4", "k3", "k2", "k1"));
    options.max_open_cases = 5;
    EXPECT_FALSE((*desk->OpenFile(id, options))->has_more_open_cases());
    options.max_open_cases = 4;
    EXPECT_THAT(CaseIds(**desk->OpenFile(id, options)), ElementsAre("k5", "k4", "k3", "k2"));
    EXPECT_TRUE((*desk->OpenFile(id, options))->has_more_open_cases());
    options.max_open_cases = 0;
    EXPECT_THAT(CaseIds(**desk->OpenFile(id, options)), IsEmpty());
    EXPECT_TRUE((*desk->OpenFile(id, options))->has_more_open_cases());
    options.max_open_cases = -7;
    EXPECT_THAT(CaseIds(**desk->OpenFile(id, options)), IsEmpty());
    EXPECT_EQ((*desk->OpenFile(id, options))->customer().customer_id(), "c1");
  }
}

TEST(CustomerFileTest, TheIdentityLevelIsThatOfTheMomentAndTheInteraction) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  v1::Customer customer = NewCustomer("c1");
  const auto verify = [&customer](int level, std::int64_t from, std::int64_t until,
                                  absl::string_view interaction_id) {
    v1::IdentityVerification* added = customer.add_current_verifications();
    added->set_level(level);
    *added->mutable_verify_time() = At(from);
    if (until > 0) *added->mutable_expire_time() = At(until);
    added->set_interaction_id(std::string(interaction_id));
  };
  verify(1, 10, 0, "");
  verify(2, 10, 20, "");
  verify(3, 10, 0, "i1");
  Put(*store, customer);
  const auto level = [&desk](std::int64_t seconds, const std::string& interaction_id) {
    FileOptions options = Options(seconds);
    options.interaction_id = interaction_id;
    return (*desk->OpenFile("c1", options))->identity_level();
  };
  EXPECT_EQ(level(9, ""), 0);
  EXPECT_EQ(level(10, ""), 2);
  EXPECT_EQ(level(20, ""), 1);
  const auto put = [&store](const char* id, const char* customer_id, v1::Interaction::State state) {
    v1::Interaction interaction;
    interaction.set_interaction_id(id);
    interaction.set_customer_id(customer_id);
    interaction.set_state(state);
    Put(*store, interaction);
  };
  EXPECT_EQ(level(20, "i1"), 1);  // There is none.
  put("i1", "", v1::Interaction::STATE_OPEN);
  put("i2", "c1", v1::Interaction::STATE_OPEN);
  EXPECT_EQ(level(20, "i1"), 3);
  EXPECT_EQ(level(20, "i2"), 1);
  put("i1", "c1", v1::Interaction::STATE_ENDED);
  EXPECT_EQ(level(20, "i1"), 3);
  put("i1", "c2", v1::Interaction::STATE_ENDED);
  EXPECT_EQ(level(20, "i1"), 1);
  put("i1", "c1", v1::Interaction::STATE_WRAPPED_UP);
  EXPECT_EQ(level(20, "i1"), 1);
}

TEST(CustomerFileTest, Errors) {
  std::unique_ptr<Desk> desk = MustOpen();
  EXPECT_EQ(GetReason(desk->OpenFile("", Options()).status()), kReasonEntityRefMalformed);
  EXPECT_EQ(GetReason(desk->OpenFile("\xFF", Options()).status()), kReasonEntityRefMalformed);
  EXPECT_EQ(GetReason(desk->OpenFile("c1", Options()).status()), kReasonEntityNotFound);
  FileOptions never = Options();
  never.now.set_nanos(-1);
  EXPECT_EQ(GetReason(desk->OpenFile("c1", never).status()), kReasonFindMalformed);
  EXPECT_EQ(GetReason(desk->FindDuplicates("").status()), kReasonEntityRefMalformed);
  EXPECT_EQ(GetReason(desk->FindDuplicates("c1").status()), kReasonEntityNotFound);
}

TEST(FindDuplicatesTest, TheLikeliestFirst) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  Put(*store, NewCustomer("c1", "+16502530000", "a@example.com"));
  Put(*store, NewCustomer("c2", "+16502530000"));
  Put(*store, NewCustomer("c3", "+16502530000", "A@EXAMPLE.COM"));
  Put(*store, NewCustomer("c4", "+16502530000"));
  Put(*store, NewCustomer("c5", "+16502530001"));
  v1::Customer merged = NewCustomer("c6", "+16502530000", "a@example.com");
  merged.set_state(v1::Customer::STATE_MERGED);
  merged.set_survivor_customer_id("c1");
  Put(*store, merged);
  EXPECT_THAT(Told(*desk->FindDuplicates("c1")), ElementsAre("c3:850!", "c2:250", "c4:250"));
  EXPECT_THAT(Told(*desk->FindDuplicates("c6")), ElementsAre("c3:850!", "c2:250", "c4:250"));
  EXPECT_THAT(Told(*desk->FindDuplicates("c5")), IsEmpty());
  FileOptions options = Options();
  options.max_duplicates = 2;
  const auto file = desk->OpenFile("c1", options);
  ASSERT_TRUE(file.ok());
  EXPECT_THAT(Told({(*file)->duplicates().begin(), (*file)->duplicates().end()}),
              ElementsAre("c3:850!", "c2:250"));
}

TEST(FindDuplicatesTest, ComparesNoMoreThanTheLimits) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.store = store::MakeMemoryStore();
  options.find_limits.max_compared = 3;
  options.find_limits.max_duplicates = 2;
  for (int i = 0; i < 9; ++i) {
    Put(*options.store, NewCustomer(absl::StrCat("c", i), "+16502530000"));
  }
  const auto desk = Desk::Open(options);
  ASSERT_TRUE(desk.ok());
  EXPECT_THAT(Told(*(*desk)->FindDuplicates("c1")), ElementsAre("c0:250", "c2:250"));
  options.find_limits.max_duplicates = 9;
  EXPECT_THAT(Told(*(*Desk::Open(options))->FindDuplicates("c8")),
              ElementsAre("c0:250", "c1:250", "c2:250"));
  // The customer itself is under the same number, and is not one of those that are compared.
  options.find_limits.max_compared = 1;
  EXPECT_THAT(Told(*(*Desk::Open(options))->FindDuplicates("c0")), ElementsAre("c1:250"));
  options.find_limits.max_compared = 1'000;
  EXPECT_EQ(GetReason(Desk::Open(options).status()), kReasonDeskOptionsInvalid);
}

// Orders for 24.00 are placed and canceled on a gift card of 100.00. A read of one moment shows
// that the amount missing on the card is the cost of the orders that are not canceled.
TEST(CustomerFileTest, IsOfOneMoment) {
  std::unique_ptr<Desk> desk = MustOpen();
  for (const v1::Command& command : testing::OpeningCommands()) MustDo(*desk, command);
  std::atomic<bool> is_over = false;
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) {
      MustDo(*desk, testing::PlaceOrder(absl::StrCat("o", i), "gift"));
      if (i >= 3) MustDo(*desk, testing::CancelOrder(absl::StrCat("o", i - 3)));
    }
    is_over = true;
  });
  FileOptions options = Options();
  options.max_orders = kMaxPageSize;
  std::int64_t balance = 0;
  bool is_last = false;
  while (!is_last) {
    is_last = is_over;
    const auto file = desk->OpenFile("c1", options);
    ASSERT_TRUE(file.ok()) << file.status();
    std::int64_t lacking = 0;
    for (const v1::Order& order : (*file)->recent_orders()) {
      if (order.state() != v1::Order::STATE_CANCELED) lacking += 2'400;
    }
    ASSERT_EQ((*file)->accounts_size(), 1);
    balance = (*file)->accounts(0).balance().units();
    ASSERT_EQ(balance, 10'000 - lacking);
  }
  writer.join();
  EXPECT_EQ(balance, 10'000 - 3 * 2'400) << "as it was left";
}

TEST(DeskCustomerViewTest, OfInteractionsAndCases) {
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  v1::Command open = By("anna", 1);
  open.mutable_case_()->mutable_open_case()->set_case_id("k1");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_QUESTION);
  open.mutable_case_()->mutable_open_case()->set_subject("Where is it?");
  open.mutable_case_()->mutable_open_case()->set_customer_id("c1");
  MustDo(*desk, open);
  for (const auto visibility : {v1::VISIBILITY_INTERNAL, v1::VISIBILITY_PUBLIC}) {
    v1::Command add = By("anna", 2);
    v1::AddCasePart* part = add.mutable_case_()->mutable_add_case_part();
    part->set_case_id("k1");
    part->mutable_part()->set_part_id(absl::StrCat("p", static_cast<int>(visibility)));
    part->mutable_part()->set_kind(v1::InteractionPart::KIND_MESSAGE);
    part->mutable_part()->set_visibility(visibility);
    part->mutable_part()->set_text("text");
    MustDo(*desk, add);
  }
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id("k1");
  const auto view = desk->CustomerView(entity);
  ASSERT_TRUE(view.ok()) << view.status();
  ASSERT_EQ(view->case_().parts_size(), 1);
  EXPECT_EQ(view->case_().parts(0).part_id(), "p2");
  EXPECT_EQ(view->case_().subject(), "Where is it?");

  entity.set_id("k2");
  EXPECT_EQ(GetReason(desk->CustomerView(entity).status()), kReasonEntityNotFound);
  entity.set_kind(v1::ENTITY_KIND_INTERACTION);
  EXPECT_EQ(GetReason(desk->CustomerView(entity).status()), kReasonEntityNotFound);
  entity.clear_id();
  EXPECT_EQ(GetReason(desk->CustomerView(entity).status()), kReasonEntityRefMalformed);
  EXPECT_EQ(GetReason(desk->CustomerView(OrderRef("o1")).status()), kReasonEntityRefMalformed);
}

// No command leaves cases of two customers merged; a store might hold them.
TEST(DeskCustomerViewTest, NothingOfAnotherCustomerWhateverIsMerged) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  const auto put = [&store](const std::string& id, const std::string& customer_id,
                            const std::vector<std::string>& merged) {
    v1::Case made;
    made.set_case_id(id);
    made.set_customer_id(customer_id);
    made.set_state(v1::Case::STATE_OPEN);
    for (const std::string& other : merged) made.add_merged_cases()->set_case_id(other);
    made.set_merged_case_count(made.merged_cases_size());
    v1::InteractionPart* part = made.add_parts();
    part->set_part_id("p");
    part->set_kind(v1::InteractionPart::KIND_MESSAGE);
    part->set_visibility(v1::VISIBILITY_PUBLIC);
    part->set_text(id);
    Put(*store, made);
  };
  v1::Customer old = NewCustomer("old");
  old.set_state(v1::Customer::STATE_MERGED);
  old.set_survivor_customer_id("ann");
  Put(*store, NewCustomer("ann"));
  Put(*store, NewCustomer("bob"));
  Put(*store, old);
  put("ann's", "ann", {"bob's", "old's", "nobody's", "unknown's"});
  put("bob's", "bob", {});
  put("old's", "old", {});
  put("nobody's", "", {"bob's"});
  put("unknown's", "who", {});
  const std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  const auto seen = [&desk](const std::string& id) {
    v1::EntityRef entity;
    entity.set_kind(v1::ENTITY_KIND_CASE);
    entity.set_id(id);
    const auto view = desk->CustomerView(entity);
    EXPECT_TRUE(view.ok()) << view.status();
    std::vector<std::string> texts;
    for (const auto& part : view->case_().parts()) texts.push_back(part.text());
    return texts;
  };
  EXPECT_THAT(seen("ann's"), ElementsAre("ann's", "old's", "nobody's"));
  EXPECT_THAT(seen("nobody's"), ElementsAre("nobody's"));
  EXPECT_THAT(seen("unknown's"), ElementsAre("unknown's"));
}

}  // namespace
}  // namespace frontdesk
