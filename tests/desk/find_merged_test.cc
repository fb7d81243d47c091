// Finding through merges of customers, as commands make them.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/customer/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Command Create(absl::string_view id, absl::string_view crm_id = "") {
  v1::Command command = By("anna");
  v1::CreateCustomer* create = command.mutable_customer()->mutable_create_customer();
  create->set_customer_id(std::string(id));
  create->set_given_name("Ann");
  create->set_family_name(absl::StrCat("Lee-", id));
  if (!crm_id.empty()) {
    create->add_external_ids()->set_system("crm");
    create->mutable_external_ids(0)->set_id(std::string(crm_id));
  }
  return command;
}

// With a telephone number, an e-mail address and a postcode of its own.
void MakeCustomer(Desk& desk, absl::string_view id, absl::string_view crm_id) {
  MustDo(desk, Create(id, crm_id));
  v1::Command email = By("anna");
  email.mutable_customer()->mutable_add_contact_point()->set_customer_id(std::string(id));
  email.mutable_customer()->mutable_add_contact_point()->set_contact_point_id("mail");
  email.mutable_customer()->mutable_add_contact_point()->set_kind(v1::ContactPoint::KIND_EMAIL);
  email.mutable_customer()->mutable_add_contact_point()->set_as_typed(
      absl::StrCat(id, "@example.com"));
  MustDo(desk, email);
  v1::Command address = By("anna");
  address.mutable_customer()->mutable_change_address()->set_customer_id(std::string(id));
  address.mutable_customer()->mutable_change_address()->mutable_address()->add_lines(
      "1 Main Street");
  address.mutable_customer()->mutable_change_address()->mutable_address()->set_postal_code(
      absl::StrCat("P-", id));
  MustDo(desk, address);
}

v1::Command Merge(absl::string_view survivor, absl::string_view merged) {
  v1::Command command = By("anna", 5);
  command.mutable_customer()->mutable_merge_customers()->set_customer_id(std::string(survivor));
  command.mutable_customer()->mutable_merge_customers()->set_merged_customer_id(
      std::string(merged));
  return command;
}

v1::Command Unmerge(absl::string_view survivor, absl::string_view merged) {
  v1::Command command = By("anna", 6);
  command.mutable_customer()->mutable_unmerge_customers()->set_customer_id(std::string(survivor));
  command.mutable_customer()->mutable_unmerge_customers()->set_merged_customer_id(
      std::string(merged));
  return command;
}

v1::Command EditExternalId(const Desk& desk, absl::string_view id, absl::string_view crm_id,
                           bool add) {
  v1::Command command = By("anna", 7);
  v1::EditCustomer* edit = command.mutable_customer()->mutable_edit_customer();
  edit->set_customer_id(std::string(id));
  edit->set_base_version((*desk.Get(CustomerRef(id)))->version());
  v1::ExternalId* changed = add ? edit->add_add_external_ids() : edit->add_remove_external_ids();
  changed->set_system("crm");
  changed->set_id(std::string(crm_id));
  return command;
}

std::vector<std::string> Ids(const Desk& desk, const v1::FindRequest& request) {
  std::vector<std::string> ids;
  const auto found = desk.Find(request);
  EXPECT_TRUE(found.ok()) << found.status();
  for (const v1::EntityState& state : (*found)->found()) ids.push_back(state.entity().id());
  return ids;
}

// Who is found by everything that the customer `id` was made with.
std::vector<std::string> FoundBy(const Desk& desk, absl::string_view id, absl::string_view crm_id) {
  v1::FindRequest by_email;
  by_email.mutable_customers()->set_email(absl::StrCat(id, "@EXAMPLE.com"));
  const std::vector<std::string> ids = Ids(desk, by_email);
  v1::FindRequest by_name;
  by_name.mutable_customers()->mutable_name_and_postcode()->set_name(absl::StrCat("LEE-", id));
  by_name.mutable_customers()->mutable_name_and_postcode()->set_postal_code(absl::StrCat("p-", id));
  EXPECT_EQ(Ids(desk, by_name), ids) << id;
  v1::FindRequest by_external_id;
  by_external_id.mutable_customers()->mutable_external_id()->set_system("crm");
  by_external_id.mutable_customers()->mutable_external_id()->set_id(std::string(crm_id));
  EXPECT_EQ(Ids(desk, by_external_id), ids) << id;
  return ids;
}

TEST(FindMergedTest, TheSurvivorIsFoundUntilTheyAreTakenApart) {
  std::unique_ptr<Desk> desk = MustOpen();
  MakeCustomer(*desk, "a", "1");
  MakeCustomer(*desk, "b", "2");
  MakeCustomer(*desk, "c", "3");
  v1::Command open = By("anna", 1);
  open.mutable_case_()->mutable_open_case()->set_case_id("k");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_QUESTION);
  open.mutable_case_()->mutable_open_case()->set_subject("?");
  open.mutable_case_()->mutable_open_case()->set_customer_id("a");
  MustDo(*desk, open);
  v1::FindRequest cases_of_c;
  cases_of_c.mutable_cases()->set_customer_id("c");
  EXPECT_THAT(Ids(*desk, cases_of_c), IsEmpty());

  MustDo(*desk, Merge("b", "a"));
  EXPECT_THAT(FoundBy(*desk, "a", "1"), ElementsAre("b"));
  EXPECT_THAT(FoundBy(*desk, "b", "2"), ElementsAre("b"));
  MustDo(*desk, Merge("c", "b"));
  for (const auto& [id, crm_id] : {std::pair("a", "1"), std::pair("b", "2"), std::pair("c", "3")}) {
    EXPECT_THAT(FoundBy(*desk, id, crm_id), ElementsAre("c")) << id;
    FileOptions options;
    options.now = testing::At(9);
    const auto file = desk->OpenFile(id, options);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ((*file)->customer().customer_id(), "c");
    ASSERT_EQ((*file)->open_cases_size(), 1);
    EXPECT_THAT((*file)->duplicates(), IsEmpty()) << "those merged into it are no duplicates";
  }
  EXPECT_THAT(Ids(*desk, cases_of_c), ElementsAre("k"));

  MustDo(*desk, Unmerge("c", "b"));
  EXPECT_THAT(FoundBy(*desk, "a", "1"), ElementsAre("b"));
  EXPECT_THAT(FoundBy(*desk, "b", "2"), ElementsAre("b"));
  EXPECT_THAT(FoundBy(*desk, "c", "3"), ElementsAre("c"));
  EXPECT_THAT(Ids(*desk, cases_of_c), IsEmpty());
  MustDo(*desk, Unmerge("b", "a"));
  EXPECT_THAT(FoundBy(*desk, "a", "1"), ElementsAre("a"));
  EXPECT_THAT(FoundBy(*desk, "b", "2"), ElementsAre("b"));
}

TEST(FindMergedTest, AnUnmergeCannotRestoreAnExternalIdInUse) {
  std::unique_ptr<Desk> desk = MustOpen();
  MustDo(*desk, Create("a", "1"));
  MustDo(*desk, Create("b"));
  MustDo(*desk, Merge("b", "a"));
  const std::vector<std::string> taken = {std::string(kReasonCustomerExternalIdTaken.word)};
  EXPECT_EQ(Reasons(*desk->Execute(Create("d", "1"))), taken);
  MustDo(*desk, EditExternalId(*desk, "b", "1", /*add=*/false));
  MustDo(*desk, Create("d", "1"));
  EXPECT_EQ(Reasons(*desk->Execute(EditExternalId(*desk, "b", "1", /*add=*/true))), taken);
  const auto unmerged = desk->Execute(Unmerge("b", "a"));
  ASSERT_TRUE(unmerged.ok()) << unmerged.status();
  EXPECT_EQ(Reasons(*unmerged), taken);
  EXPECT_EQ(unmerged->refusals(0).field(), "unmerge_customers.merged_customer_id");
  MustDo(*desk, EditExternalId(*desk, "d", "1", /*add=*/false));
  MustDo(*desk, Unmerge("b", "a"));
  EXPECT_EQ(Reasons(*desk->Execute(EditExternalId(*desk, "d", "1", /*add=*/true))), taken);
}

TEST(FindMergedTest, OfManyEditsAtTheSameTimeOneGetsTheId) {
  constexpr int kThreads = 6;
  constexpr int kIds = 20;
  std::unique_ptr<Desk> desk = MustOpen();
  for (int thread = 0; thread < kThreads; ++thread)
    MustDo(*desk, Create(absl::StrCat("c", thread)));
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int id = 0; id < kIds; ++id) {
        const auto outcome = desk->Execute(
            EditExternalId(*desk, absl::StrCat("c", thread), absl::StrCat(id), /*add=*/true));
        ASSERT_TRUE(outcome.ok()) << outcome.status();
        done += outcome->verdict() == v1::VERDICT_DONE;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kIds);
}

}  // namespace
}  // namespace frontdesk
