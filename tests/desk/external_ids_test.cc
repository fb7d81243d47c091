// One customer of a desk has an id in another system, merged ones aside. Of cases, interactions, orders and parts one has it where the policy
// says so.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/index_testing.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/customer/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Put;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;

v1::ExternalId Id(absl::string_view system, absl::string_view id) {
  v1::ExternalId external_id;
  external_id.set_system(std::string(system));
  external_id.set_id(std::string(id));
  return external_id;
}

v1::Command CreateWith(absl::string_view customer_id, std::vector<v1::ExternalId> external_ids) {
  v1::Command command = By("anna");
  v1::CreateCustomer* create = command.mutable_customer()->mutable_create_customer();
  create->set_customer_id(std::string(customer_id));
  create->set_family_name("Lee");
  for (v1::ExternalId& each : external_ids) *create->add_external_ids() = std::move(each);
  return command;
}

v1::Command Import(absl::string_view customer_id, std::vector<v1::ExternalId> external_ids) {
  v1::Command command = By("anna");
  v1::ImportCustomer* import = command.mutable_customer()->mutable_import_customer();
  import->mutable_customer()->set_customer_id(std::string(customer_id));
  import->mutable_customer()->set_state(v1::Customer::STATE_CUSTOMER);
  import->mutable_customer()->set_family_name("Lee");
  for (v1::ExternalId& each : external_ids) {
    *import->mutable_customer()->add_external_ids() = std::move(each);
  }
  import->mutable_source()->set_system("crm");
  return command;
}

std::vector<std::string> Fields(const v1::Outcome& outcome) {
  std::vector<std::string> fields;
  for (const v1::Refusal& refusal : outcome.refusals()) fields.push_back(refusal.field());
  return fields;
}

TEST(ExternalIdsTest, ASecondCustomerIsRefused) {
  std::unique_ptr<Desk> desk = MustOpen();
  MustDo(*desk, CreateWith("c1", {Id("crm", "7"), Id("shop", "7")}));
  MustDo(*desk, CreateWith("c2", {Id("crm", "8")}));
  const auto created =
      desk->Execute(CreateWith("c3", {Id("crm", "9"), Id("crm", "7"), Id("crm", "8")}));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_THAT(Reasons(*created),
              ElementsAre(kReasonCustomerExternalIdTaken, kReasonCustomerExternalIdTaken));
  EXPECT_THAT(Fields(*created),
              ElementsAre("create_customer.external_ids[1]", "create_customer.external_ids[2]"));
  EXPECT_EQ(created->refusals(0).origin(), v1::Refusal::ORIGIN_INVARIANT);
  const auto imported = desk->Execute(Import("c3", {Id("shop", "7")}));
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_THAT(Reasons(*imported), ElementsAre(kReasonCustomerExternalIdTaken));
  EXPECT_THAT(Fields(*imported), ElementsAre("import_customer.customer.external_ids[0]"));
  MustDo(*desk, Import("c3", {Id("Shop", "7")}));
}

TEST(ExternalIdsTest, AMergedCustomerDoesNotReserveItsId) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  v1::Customer merged;
  merged.set_customer_id("c1");
  merged.set_state(v1::Customer::STATE_MERGED);
  merged.set_survivor_customer_id("c2");
  *merged.add_external_ids() = Id("crm", "7");
  Put(*store, merged);
  // Only a merged customer has the id.
  MustDo(*desk, CreateWith("c3", {Id("crm", "7")}));
  EXPECT_THAT(Reasons(*desk->Execute(CreateWith("c4", {Id("crm", "7")}))),
              ElementsAre(kReasonCustomerExternalIdTaken));
}

TEST(ExternalIdsTest, OfManyAtTheSameTimeOneGetsTheId) {
  constexpr int kThreads = 8;
  constexpr int kIds = 40;
  std::unique_ptr<Desk> desk = MustOpen();
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int id = 0; id < kIds; ++id) {
        const auto outcome = desk->Execute(
            CreateWith(absl::StrCat("c", thread, "-", id), {Id("crm", absl::StrCat(id))}));
        ASSERT_TRUE(outcome.ok()) << outcome.status();
        if (outcome->verdict() == v1::VERDICT_DONE) {
          ++done;
        } else {
          ASSERT_THAT(Reasons(*outcome), ElementsAre(kReasonCustomerExternalIdTaken));
          ++refused;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kIds);
  EXPECT_EQ(refused, kIds * (kThreads - 1));
  for (int id = 0; id < kIds; ++id) {
    v1::FindRequest request;
    *request.mutable_customers()->mutable_external_id() = Id("crm", absl::StrCat(id));
    EXPECT_EQ((*desk->Find(request))->found_size(), 1);
  }
}

// Cases: one of "crm", named; one of any other system but "free", refused. Parts: one of "mail" of cases, and one of interactions, named.
constexpr absl::string_view kUnique = R"(
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  rule_sets { id: "open" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: "no" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NOT_ANNA" condition: "actor.actor_id == 'eve'" }
    rules { id: "ask" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "ASK" authority: "boss" condition: "actor.actor_id == 'tom'" } }
  unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "crm" duplicate: DUPLICATE_EXISTING }
  unique_external_ids { entity_kind: ENTITY_KIND_CASE }
  unique_external_ids { entity_kind: ENTITY_KIND_CASE of_parts: true systems: "mail" systems: "fax" duplicate: DUPLICATE_EXISTING }
  unique_external_ids { entity_kind: ENTITY_KIND_CASE of_parts: true systems: "letter" duplicate: DUPLICATE_REFUSE }
  unique_external_ids { entity_kind: ENTITY_KIND_INTERACTION of_parts: true duplicate: DUPLICATE_EXISTING }
  unique_external_ids { entity_kind: ENTITY_KIND_INTERACTION systems: "phone" duplicate: DUPLICATE_REFUSE }
  unique_external_ids { entity_kind: ENTITY_KIND_ORDER }
)";

v1::Command OpenWith(absl::string_view case_id, absl::string_view ids) {
  return testing::AskInText(absl::StrCat("open_case { case_id: '", case_id,
                                         "' kind: KIND_TROUBLE subject: 'lamp' ", ids, " }"),
                            1);
}

v1::Command PartWith(absl::string_view case_id, absl::string_view part_id, absl::string_view ids) {
  return testing::AskInText(
      absl::StrCat("add_case_part { case_id: '", case_id, "' part { part_id: '", part_id,
                   "' kind: KIND_NOTE text: 'x' ", ids, " } }"),
      2);
}

std::string In(absl::string_view system, absl::string_view id) {
  return absl::StrCat("external_ids { system: '", system, "' id: '", id, "' }");
}

// "DONE k2", "DONE k2/p1", "DONE" with events, or the reasons and the details of the first refusal.
std::string Answer(Desk& desk, const v1::Command& command) {
  const auto outcome = desk.Execute(command);
  if (!outcome.ok()) return GetReason(outcome.status());
  std::string text = v1::Verdict_Name(outcome->verdict()).substr(8);
  for (const std::string& reason : Reasons(*outcome)) absl::StrAppend(&text, " ", reason);
  if (outcome->refusals_size() > 0) {
    absl::StrAppend(&text, " ", outcome->refusals(0).field());
    for (const v1::DetailValue& detail : outcome->refusals(0).details()) {
      absl::StrAppend(&text, " ", detail.name(), "=", detail.value());
    }
  }
  if (outcome->has_existing_entity()) {
    EXPECT_EQ(outcome->events_size(), 0);
    absl::StrAppend(&text, " ", outcome->existing_entity().id());
    if (!outcome->existing_part_id().empty()) {
      absl::StrAppend(&text, "/", outcome->existing_part_id());
    }
  }
  return text;
}

std::vector<std::string> CasesWith(const Desk& desk, absl::string_view system,
                                   absl::string_view id) {
  v1::FindRequest request;
  *request.mutable_cases()->mutable_external_id() = Id(system, id);
  const auto page = desk.Find(request);
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> ids;
  for (const v1::EntityState& found : (*page)->found()) ids.push_back(found.entity().id());
  return ids;
}

TEST(UniqueIdsTest, ASecondCaseIsRefusedOrTheFirstIsNamed) {
  std::unique_ptr<Desk> desk = MustOpen(kUnique);
  EXPECT_EQ(Answer(*desk, OpenWith("k1", In("crm", "7") + In("erp", "8"))), "DONE");
  EXPECT_EQ(Answer(*desk, OpenWith("k2", In("crm", "7"))), "DONE k1");
  EXPECT_EQ(Answer(*desk, OpenWith("k1", In("crm", "7"))), "DONE k1") << "a repeated request";
  EXPECT_EQ(Answer(*desk, OpenWith("k1", In("crm", "6"))), "REFUSED CASE_EXISTS open_case.case_id")
      << "another matter under the same id";
  EXPECT_EQ(Answer(*desk, OpenWith("k2", In("erp", "8"))),
            "REFUSED CASE_EXTERNAL_ID_TAKEN open_case.external_ids[0] existing_id=k1");
  EXPECT_EQ(Answer(*desk, OpenWith("k2", In("crm", "7") + In("erp", "8"))),
            "REFUSED CASE_EXTERNAL_ID_TAKEN open_case.external_ids[1] existing_id=k1");
  EXPECT_EQ(Answer(*desk, OpenWith("k2", In("crm", "7") + In("crm", "9"))), "DONE k1");
  EXPECT_EQ(Answer(*desk, OpenWith("k2", In("crm", "9"))), "DONE") << "k2 was never opened";
  EXPECT_EQ(Answer(*desk, OpenWith("k3", In("crm", "7") + In("crm", "9"))),
            "REFUSED CASE_EXTERNAL_ID_TAKEN open_case.external_ids[1] existing_id=k2")
      << "the ids of two cases";
  EXPECT_EQ(Answer(*desk, testing::AskInText(
                              "import_case { case { case_id: 'k3' state: STATE_NEW kind: "
                              "KIND_TROUBLE subject: 'x' external_ids { system: 'erp' id: '8' } } "
                              "source { system: 'erp' } }",
                              3)),
            "REFUSED CASE_EXTERNAL_ID_TAKEN import_case.case.external_ids[0] existing_id=k1");
}

TEST(UniqueIdsTest, PolicyDecidesBeforeTheExistingOneIsNamed) {
  std::unique_ptr<Desk> desk = MustOpen(kUnique);
  MustDo(*desk, OpenWith("k1", In("crm", "7")));
  v1::Command asked = OpenWith("k2", In("crm", "7"));
  asked.mutable_actor()->set_actor_id("eve");
  EXPECT_EQ(Answer(*desk, asked), "REFUSED NOT_ANNA ");
  asked.mutable_actor()->set_actor_id("tom");
  EXPECT_EQ(Answer(*desk, asked), "DONE k1") << "nothing waits for an approval";
  *asked.mutable_case_() = OpenWith("k2", In("crm", "8")).case_();
  EXPECT_EQ(Answer(*desk, asked), "HELD");
}

TEST(UniqueIdsTest, ThePartThatExistsIsNamed) {
  std::unique_ptr<Desk> desk = MustOpen(kUnique);
  MustDo(*desk, OpenWith("k1", ""));
  MustDo(*desk, OpenWith("k2", ""));
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p1", In("mail", "m1") + In("letter", "l1"))), "DONE");
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p2", In("mail", "m2"))), "DONE");
  EXPECT_EQ(Answer(*desk, PartWith("k2", "p1", In("mail", "m2"))), "DONE k1/p2");
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p3", In("mail", "m1"))), "DONE k1/p1");
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p1", In("mail", "m1"))), "DONE k1/p1") << "repeated";
  EXPECT_EQ(Answer(*desk, PartWith("k2", "p1", In("letter", "l1"))),
            "REFUSED CASE_EXTERNAL_ID_TAKEN add_case_part.part.external_ids[0] existing_id=k1 "
            "existing_part_id=p1");
  EXPECT_EQ(Answer(*desk, PartWith("k2", "p1", In("mail", "m1") + In("mail", "m2"))),
            "REFUSED CASE_EXTERNAL_ID_TAKEN add_case_part.part.external_ids[1] existing_id=k1 "
            "existing_part_id=p2");
  EXPECT_EQ(Answer(*desk, PartWith("k2", "p1", In("chat", "m1"))), "DONE");
  EXPECT_EQ(Answer(*desk, PartWith("k2", "p2", In("chat", "m1"))), "DONE") << "not unique";
  EXPECT_THAT(CasesWith(*desk, "mail", "m2"), ElementsAre("k1"));
  EXPECT_THAT(CasesWith(*desk, "chat", "m1"), ElementsAre("k2"));
  // A case that is over takes no new message, and names one that it has. A note can still be added.
  MustDo(*desk, testing::AskInText("cancel_case { case_id: 'k1' reason: 'mistake' }", 4));
  const auto message = [](absl::string_view mail) {
    v1::Command command = PartWith("k1", "p9", In("mail", mail));
    v1::InteractionPart& part = *command.mutable_case_()->mutable_add_case_part()->mutable_part();
    part.set_kind(v1::InteractionPart::KIND_MESSAGE);
    part.set_visibility(v1::VISIBILITY_PUBLIC);
    return command;
  };
  EXPECT_EQ(Answer(*desk, message("m1")), "DONE k1/p1");
  EXPECT_EQ(Answer(*desk, message("m3")),
            "REFUSED CASE_ADD_PART_OVER add_case_part.part.visibility");
  EXPECT_THAT(CasesWith(*desk, "mail", "m3"), ::testing::IsEmpty());
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p9", In("mail", "m1"))), "DONE k1/p1");
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p9", In("mail", "m3"))), "DONE");
  EXPECT_THAT(CasesWith(*desk, "mail", "m3"), ElementsAre("k1"));
}

TEST(UniqueIdsTest, InteractionsAndOrders) {
  std::unique_ptr<Desk> desk = MustOpen(kUnique);
  const auto start = [](absl::string_view id, absl::string_view ids) {
    return testing::AskInText(absl::StrCat("start_interaction { interaction_id: '", id,
                                           "' channel: CHANNEL_EMAIL direction: "
                                           "DIRECTION_INBOUND ",
                                           ids, " }"),
                              1);
  };
  const auto add = [](absl::string_view id, absl::string_view part_id, absl::string_view ids) {
    return testing::AskInText(
        absl::StrCat("add_interaction_part { interaction_id: '", id, "' part { part_id: '", part_id,
                     "' kind: KIND_MESSAGE text: 'x' ", ids, " } }"),
        2);
  };
  EXPECT_EQ(Answer(*desk, start("i1", In("phone", "1"))), "DONE");
  EXPECT_EQ(Answer(*desk, start("i2", In("phone", "1"))),
            "REFUSED INTERACTION_EXTERNAL_ID_TAKEN start_interaction.external_ids[0] "
            "existing_id=i1");
  EXPECT_EQ(Answer(*desk, start("i2", In("other", "1"))), "DONE");
  EXPECT_EQ(Answer(*desk, start("i3", In("other", "1"))), "DONE") << "not unique";
  EXPECT_EQ(Answer(*desk, add("i1", "p1", In("any", "m"))), "DONE");
  EXPECT_EQ(Answer(*desk, add("i2", "p1", In("any", "m"))), "DONE i1/p1");
  v1::FindRequest request;
  *request.mutable_interactions()->mutable_external_id() = Id("other", "1");
  EXPECT_EQ((*desk->Find(request))->found_size(), 2);
  *request.mutable_interactions()->mutable_external_id() = Id("any", "m");
  ASSERT_EQ((*desk->Find(request))->found_size(), 1);
  EXPECT_EQ((*desk->Find(request))->found(0).entity().id(), "i1");
  MustDo(*desk, CreateWith("c1", {}));
  const auto import = [](absl::string_view id) {
    return testing::AskInText(
        absl::StrCat("import_order { order { order_id: '", id,
                     "' customer_id: 'c1' currency_code: 'EUR' state: STATE_PLACED lines { "
                     "line_id: '1' variant_id: 'v' unit_price { value: 5 currency_code: 'EUR' } "
                     "quantities { ordered: 1 } } ",
                     In("shop", "1"), " } source { system: 'shop' } }"),
        1);
  };
  EXPECT_EQ(Answer(*desk, import("o1")), "DONE");
  EXPECT_EQ(Answer(*desk, import("o2")),
            "REFUSED ORDER_EXTERNAL_ID_TAKEN import_order.order.external_ids[0] existing_id=o1");
  v1::FindRequest orders;
  *orders.mutable_orders()->mutable_external_id() = Id("shop", "1");
  EXPECT_EQ(*desk->Count(orders), 1);
  orders.mutable_orders()->set_customer_id("c2");
  EXPECT_EQ(*desk->Count(orders), 0);
  orders.mutable_orders()->set_customer_id("c1");
  EXPECT_EQ(*desk->Count(orders), 1);
}

TEST(UniqueIdsTest, ACaseThatIsMergedKeepsItsIds) {
  std::unique_ptr<Desk> desk = MustOpen(kUnique);
  MustDo(*desk, OpenWith("k1", In("crm", "7")));
  MustDo(*desk, OpenWith("k2", ""));
  MustDo(*desk, testing::AskInText("merge_cases { case_id: 'k2' merged_case_id: 'k1' }", 3));
  EXPECT_THAT(CasesWith(*desk, "crm", "7"), ElementsAre("k1"));
  EXPECT_EQ(Answer(*desk, OpenWith("k3", In("crm", "7"))), "DONE k1");
}

TEST(UniqueIdsTest, RememberedOutcomesAndExplanationsNameTheExistingOne) {
  std::unique_ptr<Desk> desk = MustOpen(kUnique);
  MustDo(*desk, OpenWith("k1", In("crm", "7")));
  v1::Command again = OpenWith("k2", In("crm", "7"));
  again.set_idempotency_key("one");
  const auto outcome = desk->Execute(again);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->existing_entity().id(), "k1");
  EXPECT_FALSE(outcome->record_id().empty());
  const auto remembered = desk->Execute(again);
  ASSERT_TRUE(remembered.ok()) << remembered.status();
  EXPECT_EQ(remembered->SerializeAsString(), outcome->SerializeAsString());
  const auto preview = desk->Preview(OpenWith("k3", In("crm", "7")));
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->existing_entity().id(), "k1");
  const auto explained = desk->Explain(outcome->record_id());
  ASSERT_TRUE(explained.ok()) << explained.status();
  constexpr absl::string_view kText = "Nothing was created: the outside id belongs to case k1.";
  EXPECT_THAT(explained->text(), ::testing::HasSubstr(std::string(kText)));
  EXPECT_THAT(explained->agent_lines(), ::testing::Contains(std::string(kText)));
  EXPECT_EQ(explained->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  const auto first = desk->Explain((*desk->Journal()->begin()).record_id());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->text(), ::testing::Not(::testing::HasSubstr("Nothing was created")));
}

// Each thread opens a case and adds a part for the same ids, at one of two desks on the same store, as two processes are.
TEST(UniqueIdsTest, OfManyAtTheSameTimeOneCaseAndOnePartGetTheId) {
  constexpr int kThreads = 8;
  constexpr int kIds = 25;
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  const std::unique_ptr<Desk> desk = MustOpen(kUnique, store);
  const std::unique_ptr<Desk> second_desk = MustOpen(kUnique, store);
  std::atomic<int> opened = 0;
  std::atomic<int> added = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Desk& own_desk = thread % 2 == 0 ? *desk : *second_desk;
      for (int id = 0; id < kIds; ++id) {
        const std::string own = absl::StrCat("k", thread, "-", id);
        const auto opening = own_desk.Execute(OpenWith(own, In("crm", absl::StrCat(id))));
        ASSERT_TRUE(opening.ok()) << opening.status();
        ASSERT_EQ(opening->verdict(), v1::VERDICT_DONE);
        const bool is_first = !opening->has_existing_entity();
        if (is_first) ++opened;
        const std::string& target = is_first ? own : opening->existing_entity().id();
        const auto adding = own_desk.Execute(
            PartWith(target, absl::StrCat("p", thread), In("mail", absl::StrCat(id))));
        ASSERT_TRUE(adding.ok()) << adding.status();
        ASSERT_EQ(adding->verdict(), v1::VERDICT_DONE);
        if (!adding->has_existing_entity()) ++added;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, kIds);
  EXPECT_EQ(added, kIds);
  for (int id = 0; id < kIds; ++id) {
    EXPECT_EQ(CasesWith(*desk, "crm", absl::StrCat(id)).size(), 1u);
    EXPECT_EQ(CasesWith(*desk, "mail", absl::StrCat(id)).size(), 1u);
  }
}

TEST(UniqueIdsTest, APartHasTwentyValidIds) {
  std::unique_ptr<Desk> desk = MustOpen(kUnique);
  MustDo(*desk, OpenWith("k1", ""));
  std::string ids;
  for (int i = 0; i < 20; ++i) absl::StrAppend(&ids, In("chat", absl::StrCat(i)));
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p1", ids)), "DONE");
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p2", ids + In("chat", "20"))),
            "REFUSED ARGUMENT_COUNT add_case_part.part.external_ids");
  EXPECT_EQ(Answer(*desk, PartWith("k1", "p2",
                                   "external_ids { system: 'chat' id: 'x' is_invalid: true }")),
            "REFUSED ARGUMENT_FORBIDDEN add_case_part.part.external_ids[0].is_invalid");
}

}  // namespace
}  // namespace frontdesk
