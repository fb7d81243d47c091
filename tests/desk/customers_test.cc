// Customers at a desk: edits of a version that was read, merges, and old ids that find a survivor.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "domain/row_lists.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::PlaceOrder;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Command AskAt(const std::string& verb, int seconds = 200) {
  return testing::AskInText(verb, seconds);
}

std::vector<std::string> Try(Desk& desk, const v1::Command& command) {
  const absl::StatusOr<v1::Outcome> outcome =
      desk.Execute(command, ::frontdesk::testing::FactsFor(command));
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return outcome.ok() ? Reasons(*outcome) : std::vector<std::string>{"error"};
}

// The fold of a customer's history is its state.
void ExpectFold(const Desk& desk, const std::string& id) {
  const absl::StatusOr<std::vector<v1::Event>> history = desk.History(CustomerRef(id));
  ASSERT_TRUE(history.ok());
  v1::EntityState state;
  for (const v1::Event& event : *history) ASSERT_TRUE(Evolve(event, &state).ok());
  domain::ClearRows(domain::MutableEntity(&state));
  EXPECT_EQ(state.SerializeAsString(), (*desk.Get(CustomerRef(id)))->SerializeAsString());
}

void AddOther(Desk& desk) {
  MustDo(desk, AskAt("create_customer { customer_id: 'c2' given_name: 'Mina' }"));
}

TEST(DeskCustomersTest, EditsAreMergedOnTheVersionThatWasSeen) {
  auto desk = MustOpen();
  OpenShop(*desk);
  const std::int64_t version = (*desk->Get(CustomerRef("c1")))->version();
  const auto edit = [](std::int64_t base, const std::string& fields) {
    return AskAt(
        absl::StrCat("edit_customer { customer_id: 'c1' base_version: ", base, " ", fields, " }"));
  };
  MustDo(*desk, edit(version, "tier: 'gold'"));
  MustDo(*desk, edit(version, "time_zone: 'Europe/Berlin'"));
  // Version 1 had a name and no tier.
  EXPECT_THAT(Try(*desk, edit(1, "tier: 'bronze' family_name: 'Lee'")),
              ElementsAre("CUSTOMER_EDIT_CONFLICT"));
  MustDo(*desk, edit(1, "family_name: 'Lee'"));
  EXPECT_THAT(Try(*desk, edit(version + 4, "tier: 'bronze'")),
              ElementsAre("CUSTOMER_EDIT_BASE_UNKNOWN"));
  MustDo(*desk, edit(version + 3, "tier: 'bronze'"));
  const v1::Customer customer = (*desk->Get(CustomerRef("c1")))->customer();
  EXPECT_EQ(customer.tier(), "bronze");
  EXPECT_EQ(customer.family_name(), "Lee");
  EXPECT_EQ(customer.preferences().time_zone(), "Europe/Berlin");
  ExpectFold(*desk, "c1");
}

TEST(DeskCustomersTest, MergedIdsMeanTheSurvivor) {
  auto desk = MustOpen();
  OpenShop(*desk);
  AddOther(*desk);
  MustDo(*desk, AskAt("create_customer { customer_id: 'c3' given_name: 'Willa' }"));
  const v1::Outcome merged =
      MustDo(*desk, AskAt("merge_customers { customer_id: 'c2' merged_customer_id: 'c1' }"));
  ASSERT_EQ(merged.events_size(), 2);
  EXPECT_EQ(merged.events(0).entity().id(), "c2");
  EXPECT_EQ(merged.events(1).entity().id(), "c1");
  MustDo(*desk, AskAt("merge_customers { customer_id: 'c3' merged_customer_id: 'c2' }"));
  // The order is c1's, and c1 means c3 now: with the payment methods that came to it.
  const v1::Outcome placed = MustDo(*desk, PlaceOrder("o3", "gift"));
  const v1::DecisionInput input = desk->DecisionInputOf(placed.record_id())->input();
  EXPECT_EQ(input.order().customer().customer_id(), "c3");
  EXPECT_EQ(input.order().accounts_size(), 1);
  MustDo(*desk, ::frontdesk::testing::CancelOrder("o1"));
  MustDo(*desk, AskAt("start_interaction { interaction_id: 'i1' channel: CHANNEL_VOICE direction: "
                      "DIRECTION_INBOUND }"));
  MustDo(*desk, AskAt("set_interaction_customer { interaction_id: 'i1' customer_id: 'c1' }"));
  v1::EntityRef call;
  call.set_kind(v1::ENTITY_KIND_INTERACTION);
  call.set_id("i1");
  EXPECT_EQ((*desk->Get(call))->interaction().customer_id(), "c3");
  // Nothing is changed at a merged one; the refusal says where.
  const v1::Outcome refused = *desk->Execute(
      AskAt("record_consent { customer_id: 'c1' consent { purpose: 'x' answer: ANSWER_GIVEN } }"));
  EXPECT_THAT(Reasons(refused), ElementsAre("CUSTOMER_RECORD_CONSENT_STATE"));
  const auto& details = refused.refusals(0).details();
  EXPECT_EQ(details[details.size() - 1].value(), "c2");
  for (const char* id : {"c1", "c2", "c3"}) ExpectFold(*desk, id);

  EXPECT_THAT(Try(*desk, AskAt("unmerge_customers { customer_id: 'c2' merged_customer_id: 'c1' }")),
              ElementsAre("CUSTOMER_UNMERGE_STATE"));
  MustDo(*desk, AskAt("unmerge_customers { customer_id: 'c3' merged_customer_id: 'c2' }"));
  MustDo(*desk, AskAt("unmerge_customers { customer_id: 'c2' merged_customer_id: 'c1' }"));
  EXPECT_THAT(Try(*desk, PlaceOrder("o4", "gift")), IsEmpty());
  for (const char* id : {"c1", "c2", "c3"}) {
    EXPECT_NE((*desk->Get(CustomerRef(id)))->customer().state(), v1::Customer::STATE_MERGED);
    ExpectFold(*desk, id);
  }
}

// Else the customer of the one case would go on seeing what the other customer wrote in the other.
TEST(DeskCustomersTest, CasesThatAreOneKeepTheirCustomersTogether) {
  auto desk = MustOpen();
  MustDo(*desk, AskAt("create_customer { customer_id: 'c0' given_name: 'Ann' }"));
  MustDo(*desk, AskAt("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  AddOther(*desk);
  MustDo(*desk, AskAt("merge_customers { customer_id: 'c1' merged_customer_id: 'c0' }"));
  const auto open = [&desk](const std::string& id, const std::string& customer_id) {
    MustDo(*desk,
           AskAt(absl::StrCat("open_case { case_id: '", id, "' kind: KIND_QUESTION subject: '", id,
                              "' customer_id: '", customer_id, "' }")));
    MustDo(*desk, AskAt(absl::StrCat("add_case_part { case_id: '", id, "' part { part_id: '", id,
                                     "' kind: KIND_MESSAGE visibility: VISIBILITY_PUBLIC text: '",
                                     id, "' } }")));
  };
  const auto join = [&desk](const std::string& into, const std::string& id) {
    MustDo(*desk,
           AskAt(absl::StrCat("merge_cases { case_id: '", into, "' merged_case_id: '", id, "' }")));
  };
  for (const char* id : {"1a", "1b", "1c"}) open(id, "c1");
  for (const char* id : {"2a", "2b", "2c"}) open(id, "c2");
  open("0", "c0");
  open("nobody", "");
  MustDo(*desk, AskAt("merge_customers { customer_id: 'c2' merged_customer_id: 'c1' }"));
  join("1a", "2a");
  join("2b", "1b");
  join("2b", "2c");      // These are of one customer whatever becomes of the two,
  join("1a", "nobody");  // and so is this,
  join("1c", "0");       // and c0 goes with c1.
  v1::EntityRef case_ref;
  case_ref.set_kind(v1::ENTITY_KIND_CASE);
  case_ref.set_id("1a");
  EXPECT_EQ(desk->CustomerView(case_ref)->case_().parts_size(), 3);

  const v1::Command unmerge =
      AskAt("unmerge_customers { customer_id: 'c2' merged_customer_id: 'c1' }");
  const v1::Outcome refused = *desk->Execute(unmerge);
  ASSERT_THAT(Reasons(refused), ElementsAre("CUSTOMER_UNMERGE_CASES", "CUSTOMER_UNMERGE_CASES"));
  const auto joined = [&refused](int i) {
    const auto& details = refused.refusals(i).details();
    return absl::StrCat(details.at(0).name(), "=", details.at(0).value(), " ", details.at(1).name(),
                        "=", details.at(1).value());
  };
  EXPECT_EQ(joined(0), "merged_case_id=1b case_id=2b");
  EXPECT_EQ(joined(1), "merged_case_id=2a case_id=1a");
  MustDo(*desk, AskAt("unmerge_cases { case_id: '1a' merged_case_id: '2a' }"));
  EXPECT_THAT(Try(*desk, unmerge), ElementsAre("CUSTOMER_UNMERGE_CASES"));
  MustDo(*desk, AskAt("unmerge_cases { case_id: '2b' merged_case_id: '1b' }"));
  MustDo(*desk, unmerge);
  EXPECT_EQ(desk->CustomerView(case_ref)->case_().parts_size(), 2);
  EXPECT_EQ(Try(*desk, AskAt("merge_cases { case_id: '1a' merged_case_id: '2a' }")),
            std::vector<std::string>{"CASE_MERGE_CUSTOMER"});
}

TEST(DeskCustomersTest, WhoIsNamedMustExist) {
  auto desk = MustOpen();
  OpenShop(*desk);
  MustDo(*desk, AskAt("start_interaction { interaction_id: 'i1' channel: CHANNEL_VOICE direction: "
                      "DIRECTION_INBOUND }"));
  for (const char* verb : {
           "merge_customers { customer_id: 'c1' merged_customer_id: 'c9' }",
           "unmerge_customers { customer_id: 'c1' merged_customer_id: 'c9' }",
           "set_interaction_customer { interaction_id: 'i1' customer_id: 'c9' }",
       }) {
    const v1::Outcome outcome = *desk->Execute(AskAt(verb));
    EXPECT_THAT(Reasons(outcome), ElementsAre("CUSTOMER_NOT_FOUND")) << verb;
    EXPECT_EQ(outcome.refusals(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
    EXPECT_EQ(outcome.record_id(), "");  // It did not reach policy.
  }
  // The pure function says the same of an input without the other customer.
  v1::DecisionInput input;
  *input.mutable_customer()->mutable_customer() = (*desk->Get(CustomerRef("c1")))->customer();
  const v1::Command command =
      AskAt("merge_customers { customer_id: 'c1' merged_customer_id: 'c9' }");
  EXPECT_THAT(Reasons(*Decide(input, command, *desk->policy())), ElementsAre("CUSTOMER_NOT_FOUND"));
  // And of one with another customer than the command names.
  v1::DecisionInput other;
  other.mutable_interaction()->mutable_interaction()->set_interaction_id("i1");
  other.mutable_interaction()->mutable_interaction()->set_state(v1::Interaction::STATE_OPEN);
  other.mutable_interaction()->mutable_customer()->set_customer_id("c1");
  const v1::Outcome outcome =
      *Decide(other, AskAt("set_interaction_customer { interaction_id: 'i1' customer_id: 'c9' }"),
              *desk->policy());
  EXPECT_THAT(Reasons(outcome), ElementsAre("CUSTOMER_NOT_FOUND"));
  EXPECT_EQ(outcome.refusals(0).field(), "set_interaction_customer.customer_id");
}

// The id of a merged customer means its survivor, and the policy reads the customer that is named.
TEST(DeskCustomersTest, ACaseIsGivenToTheSurvivor) {
  const std::unique_ptr<Desk> desk = MustOpen(R"(
      rule_sets {
        id: "case-customers" decision_points: "SetCaseCustomer" default_outcome: POLICY_OUTCOME_ALLOW
        rules { id: "strangers" order: 1 condition: "customer.family_name == 'Stranger'"
                outcome: POLICY_OUTCOME_REFUSE reason: "STRANGER" }
      }
      rule_sets { id: "others" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW })");
  MustDo(*desk, AskAt("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  MustDo(*desk, AskAt("create_customer { customer_id: 'c2' given_name: 'Anne' }"));
  MustDo(*desk, AskAt("create_customer { customer_id: 'c3' family_name: 'Stranger' }"));
  MustDo(*desk, AskAt("merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }"));
  MustDo(*desk, AskAt("open_case { case_id: 'k' kind: KIND_QUESTION subject: 'who?' }"));
  const v1::Outcome unknown =
      *desk->Execute(AskAt("set_case_customer { case_id: 'k' customer_id: 'c9' }"));
  EXPECT_THAT(Reasons(unknown), ElementsAre("CUSTOMER_NOT_FOUND"));
  EXPECT_EQ(unknown.refusals(0).field(), "set_case_customer.customer_id");
  EXPECT_THAT(
      Reasons(*desk->Execute(AskAt("set_case_customer { case_id: 'k' customer_id: 'c3' }"))),
      ElementsAre("STRANGER"));
  MustDo(*desk, AskAt("set_case_customer { case_id: 'k' customer_id: 'c2' }"));
  v1::FindRequest request;
  request.mutable_cases()->set_customer_id("c1");
  const auto found = desk->Find(request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ((*found)->found_size(), 1);
  EXPECT_EQ((*found)->found(0).case_().customer_id(), "c1");
}

TEST(DeskCustomersTest, ImportedMergesThatRunInACircleMeanNobody) {
  auto desk = MustOpen();
  for (int i = 0; i < 2; ++i) {
    MustDo(*desk, AskAt(absl::StrCat("import_customer { customer { customer_id: 'x", i,
                                     "' state: STATE_MERGED survivor_customer_id: 'x", 1 - i,
                                     "' } source { system: 'crm' } }")));
  }
  MustDo(*desk, AskAt("import_customer { customer { customer_id: 'y' state: STATE_MERGED "
                      "survivor_customer_id: 'gone' } source { system: 'crm' } }"));
  const v1::Outcome circle =
      MustDo(*desk, AskAt("open_case { case_id: 'k1' kind: KIND_QUESTION subject: 's' customer_id: "
                          "'x0' }"));
  EXPECT_FALSE(desk->DecisionInputOf(circle.record_id())->input().case_().has_customer());
  EXPECT_EQ(GetReason(desk->OpenFile("x0", FileOptions()).status()), kReasonEntityNotFound);
  // The last one that is known, where the chain leaves the desk.
  const v1::Outcome gone =
      MustDo(*desk, AskAt("open_case { case_id: 'k2' kind: KIND_QUESTION subject: 's' customer_id: "
                          "'y' }"));
  EXPECT_EQ(desk->DecisionInputOf(gone.record_id())->input().case_().customer().customer_id(), "y");
}

// The data of a customer who was imported as merged is found by either id.
TEST(DeskCustomersTest, ImportedAsMerged) {
  auto desk = MustOpen();
  MustDo(*desk, AskAt("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  MustDo(*desk, AskAt("import_customer { customer { customer_id: 'old' state: STATE_MERGED "
                      "survivor_customer_id: 'c1' } source { system: 'crm' } }"));
  MustDo(*desk, AskAt("import_customer { customer { customer_id: 'older' state: STATE_MERGED "
                      "survivor_customer_id: 'old' } source { system: 'crm' } }"));
  for (const char* id : {"c1", "old", "older"}) {
    MustDo(*desk,
           AskAt(absl::StrCat("open_case { case_id: 'of-", id,
                              "' kind: KIND_QUESTION subject: 's' customer_id: '", id, "' }")));
  }
  for (const char* id : {"c1", "old", "older"}) {
    v1::FindRequest request;
    request.mutable_cases()->set_customer_id(id);
    EXPECT_EQ((*desk->Find(request))->found_size(), 3) << id;
    EXPECT_EQ((*desk->OpenFile(id, FileOptions()))->open_cases_size(), 3) << id;
  }
  MustDo(*desk, AskAt("open_case { case_id: 'k' kind: KIND_QUESTION subject: 'who?' }"));
  MustDo(*desk, AskAt("set_case_customer { case_id: 'k' customer_id: 'older' }"));
  EXPECT_EQ((*desk->Get(Ref(v1::ENTITY_KIND_CASE, "k")))->case_().customer_id(), "c1");
}

// Cases of customers who turned out to be one are cases of one.
TEST(DeskCustomersTest, CasesOfMergedCustomersCanBeMerged) {
  auto desk = MustOpen();
  for (const char* id : {"c1", "c2", "c3"}) {
    MustDo(*desk,
           AskAt(absl::StrCat("create_customer { customer_id: '", id, "' given_name: 'A' }")));
    MustDo(*desk,
           AskAt(absl::StrCat("open_case { case_id: 'k-", id,
                              "' kind: KIND_QUESTION subject: 's' customer_id: '", id, "' }")));
  }
  const v1::Command merge = AskAt("merge_cases { case_id: 'k-c2' merged_case_id: 'k-c1' }");
  EXPECT_THAT(Reasons(*desk->Execute(merge)), ElementsAre("CASE_MERGE_CUSTOMER"));
  MustDo(*desk, AskAt("merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }"));
  EXPECT_THAT(
      Reasons(*desk->Execute(AskAt("merge_cases { case_id: 'k-c2' merged_case_id: 'k-c3' }"))),
      ElementsAre("CASE_MERGE_CUSTOMER"));
  MustDo(*desk, merge);
}

// Who refused as the survivor refused as both; who agreed, as the survivor alone.
TEST(DeskCustomersTest, ARefusalOutlivesTheMerge) {
  auto desk = MustOpen();
  const auto consent = [&desk](const char* id, const char* purpose, const char* answer, int at,
                               bool is_late = false) {
    v1::Command command =
        AskAt(absl::StrCat("record_consent { customer_id: '", id, "' consent { purpose: '", purpose,
                           "' channel: 'email' answer: ", answer, " } }"),
              at);
    command.set_late_entry(is_late);
    MustDo(*desk, command);
  };
  const auto answers = [&desk](const char* id) {
    std::vector<std::string> told;
    const auto state = *desk->Get(CustomerRef(id));
    for (const v1::Consent& each : state->customer().consents()) {
      told.push_back(absl::StrCat(each.purpose(), " ", v1::Consent::Answer_Name(each.answer())));
    }
    return told;
  };
  for (const char* id : {"c1", "c2"}) {
    MustDo(*desk,
           AskAt(absl::StrCat("create_customer { customer_id: '", id, "' given_name: 'A' }")));
  }
  consent("c2", "marketing", "ANSWER_GIVEN", 210);
  consent("c2", "survey", "ANSWER_GIVEN", 210);
  MustDo(*desk, AskAt("merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }", 215));
  consent("c1", "marketing", "ANSWER_REFUSED", 220);
  consent("c1", "recording", "ANSWER_GIVEN", 220);
  MustDo(*desk, AskAt("unmerge_customers { customer_id: 'c1' merged_customer_id: 'c2' }", 230));
  EXPECT_THAT(answers("c1"), ElementsAre("marketing ANSWER_REFUSED", "recording ANSWER_GIVEN"));
  EXPECT_THAT(answers("c2"), ElementsAre("marketing ANSWER_REFUSED", "survey ANSWER_GIVEN"));
  // A late answer counts less than one that was given after it.
  consent("c1", "marketing", "ANSWER_GIVEN", 215, /*is_late=*/true);
  EXPECT_EQ(answers("c1").front(), "marketing ANSWER_REFUSED");
  consent("c1", "marketing", "ANSWER_GIVEN", 220, /*is_late=*/true);
  EXPECT_EQ(answers("c1").front(), "marketing ANSWER_GIVEN");
}

TEST(DeskCustomersTest, ExplanationsHoldNoPersonalData) {
  auto desk = MustOpen();
  OpenShop(*desk);
  AddOther(*desk);
  std::string texts;
  for (const char* verb : {
           "edit_customer { customer_id: 'c1' base_version: 2 given_name: 'Xanthippe' }",
           "verify_identity { customer_id: 'c1' level: 2 method: 'passport' }",
           "disclose_customer { customer_id: 'c1' topics: 'balance' }",
           "change_customer_state { customer_id: 'c1' state: STATE_FORMER }",
           "merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }",
           "unmerge_customers { customer_id: 'c1' merged_customer_id: 'c2' }",
       }) {
    const v1::Outcome outcome = MustDo(*desk, AskAt(verb));
    absl::StrAppend(&texts, desk->Explain(outcome.record_id())->text());
  }
  for (const char* told : {
           "customer c1: edited: given_name",
           "customer c1: identity verified to level 2 by passport",
           "customer c1: disclosed at identity level 2: balance",
           "customer c1: now former",
           "customer c1: customer c2 merged into this customer",
           "customer c2: merged into customer c1",
           "customer c1: customer c2 unmerged",
           "customer c2: as it was before the merge",
       }) {
    EXPECT_NE(texts.find(told), std::string::npos) << told;
  }
  for (const char* personal : {"Xanthippe", "Wilhelmina", "Mina", "Quastenberg", "Zephyrine"}) {
    EXPECT_EQ(texts.find(personal), std::string::npos) << personal;
  }
}

}  // namespace
}  // namespace frontdesk
