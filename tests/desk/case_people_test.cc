// The people, links and ids of a case at a desk, and its corrected resolution: loaded, rebuilt, counted and shown.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "desk/shop.h"
#include "desk/whole_state.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/make_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Case;

constexpr absl::string_view kPeoplePolicy = R"pb(
  name: "desk"
  version: "1"
  totals {
    name: "credits"
    text: "remedies of the last 30 days"
    commands: "ResolveCase"
    commands: "CorrectResolution"
    per: TOTAL_SUBJECT_CUSTOMER
    days: 30
  }
  rule_sets {
    id: "money"
    decision_points: "CorrectResolution"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "limit"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "LIMIT"
      condition: "has(assessment.remedy_increase) && totals.given('credits') + assessment.remedy_increase > money('30 EUR')"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

v1::EntityRef TheCase() {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id("case-1");
  return entity;
}

Case PeopleCase(const Desk& desk) {
  return testing::GetWhole(desk, TheCase()).value_or(v1::EntityState()).case_();
}

template <typename Verb>
v1::Command ByAnna(const Verb& verb) {
  return MakeCommand(MakeActor("anna"), absl::FromUnixSeconds(1'715'785'200), verb);
}

std::unique_ptr<Desk> OpenWithCase() {
  std::unique_ptr<Desk> desk = MustOpen(kPeoplePolicy);
  for (const char* id : {"c1", "c2", "c3"}) {
    v1::CreateCustomer create;
    create.set_customer_id(id);
    create.set_given_name("Ann");
    MustDo(*desk, ByAnna(create));
  }
  v1::MergeCustomers merge;
  merge.set_customer_id("c2");
  merge.set_merged_customer_id("c3");
  MustDo(*desk, ByAnna(merge));
  v1::OpenCase open;
  open.set_case_id("case-1");
  open.set_kind(Case::KIND_BILLING);
  open.set_subject("Billed twice");
  open.set_customer_id("c1");
  open.set_queue_id("first");
  MustDo(*desk, ByAnna(open));
  return desk;
}

// The texts of the events.
template <typename Verb>
std::vector<std::string> EventTexts(Desk& desk, const Verb& verb) {
  const v1::Outcome outcome = MustDo(desk, ByAnna(verb));
  const absl::StatusOr<v1::Explanation> explained = desk.Explain(outcome.record_id());
  EXPECT_TRUE(explained.ok()) << explained.status();
  if (!explained.ok()) return {};
  EXPECT_EQ(explained->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  return {explained->event_texts().begin(), explained->event_texts().end()};
}

template <typename Verb>
std::vector<std::string> ReasonsAgainst(Desk& desk, const Verb& verb) {
  const absl::StatusOr<v1::Outcome> outcome = desk.Execute(ByAnna(verb));
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  std::vector<std::string> reasons;
  if (!outcome.ok()) return reasons;
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_REFUSED);
  for (const v1::Refusal& refusal : outcome->refusals()) reasons.push_back(refusal.reason());
  return reasons;
}

TEST(CasePeopleTest, AParticipantIsTheSurvivorOfACustomer) {
  const auto desk = OpenWithCase();
  v1::AddCaseParticipant verb;
  verb.set_case_id("case-1");
  verb.mutable_participant()->set_participant_id("p1");
  verb.mutable_participant()->set_kind(v1::CaseParticipant::KIND_COPIED);
  verb.mutable_participant()->set_customer_id("c3");
  verb.mutable_participant()->set_name("Wilhelmina");
  EXPECT_THAT(EventTexts(*desk, verb), ElementsAre("case case-1: participant p1 added (copied)"));
  EXPECT_EQ(PeopleCase(*desk).participants(0).customer_id(), "c2");
  verb.mutable_participant()->set_participant_id("p2");
  verb.mutable_participant()->set_customer_id("elsewhere");
  EXPECT_THAT(EventTexts(*desk, verb), ElementsAre("case case-1: participant p2 added (copied)"));
  EXPECT_EQ(PeopleCase(*desk).participants(1).customer_id(), "elsewhere");
  EXPECT_THAT(ReasonsAgainst(*desk, verb), ElementsAre("CASE_ADD_PARTICIPANT_ID_EXISTS"));
  v1::RemoveCaseParticipant remove;
  remove.set_case_id("case-1");
  remove.set_participant_id("p1");
  EXPECT_THAT(EventTexts(*desk, remove), ElementsAre("case case-1: participant p1 removed"));
}

// A rule reads the participant's customer apart from the customer of the case.
TEST(CasePeopleTest, TheInputHasBothCustomers) {
  const auto desk = OpenWithCase();
  v1::AddCaseParticipant verb;
  verb.set_case_id("case-1");
  verb.mutable_participant()->set_participant_id("p1");
  verb.mutable_participant()->set_kind(v1::CaseParticipant::KIND_COPIED);
  verb.mutable_participant()->set_customer_id("c3");
  const auto rebuilt = desk->DecisionInputOf(MustDo(*desk, ByAnna(verb)).record_id());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->input().case_().customer().customer_id(), "c1");
  EXPECT_EQ(rebuilt->input().case_().participant_customer().customer_id(), "c2");
}

TEST(CasePeopleTest, LinksAndIdsElsewhereInTexts) {
  const auto desk = OpenWithCase();
  v1::LinkCase link;
  link.set_case_id("case-1");
  link.mutable_external_link()->set_system("billing");
  link.mutable_external_link()->set_id("inv-7");
  EXPECT_THAT(EventTexts(*desk, link), ElementsAre("case case-1: linked: inv-7 in billing"));
  link.mutable_external_link()->set_role("disputed invoice");
  EXPECT_THAT(EventTexts(*desk, link),
              ElementsAre("case case-1: linked: inv-7 in billing (disputed invoice)"));
  v1::UnlinkCase unlink;
  unlink.set_case_id("case-1");
  *unlink.mutable_external_link() = link.external_link();
  EXPECT_THAT(EventTexts(*desk, unlink),
              ElementsAre("case case-1: link removed: inv-7 in billing (disputed invoice)"));
  v1::LinkCase other;
  other.set_case_id("case-1");
  other.mutable_entity()->set_kind(v1::ENTITY_KIND_ORDER);
  other.mutable_entity()->set_id("none");
  EXPECT_THAT(ReasonsAgainst(*desk, other), ElementsAre("ORDER_NOT_FOUND"));
  v1::ChangeCaseExternalIds ids;
  ids.set_case_id("case-1");
  ids.add_add_external_ids()->set_system("crm");
  ids.mutable_add_external_ids(0)->set_id("7");
  EXPECT_THAT(EventTexts(*desk, ids), ElementsAre("case case-1: now with 1 id in other systems"));
  EXPECT_THAT(EventTexts(*desk, ids), IsEmpty()) << "it has that id";
}

v1::CorrectResolution CorrectTo(std::int64_t units) {
  v1::CorrectResolution verb;
  verb.set_case_id("case-1");
  verb.set_code("paid");
  verb.set_remedy("credit");
  verb.mutable_remedy_amount()->set_units(units);
  verb.mutable_remedy_amount()->set_currency_code("EUR");
  return verb;
}

TEST(CasePeopleTest, TotalsCountWhatACorrectionAdds) {
  const auto desk = OpenWithCase();
  EXPECT_THAT(ReasonsAgainst(*desk, CorrectTo(2500)), ElementsAre("CASE_CORRECT_RESOLUTION_STATE"));
  v1::ResolveCase resolve;
  resolve.set_case_id("case-1");
  resolve.set_code("paid");
  resolve.set_remedy("credit");
  *resolve.mutable_remedy_amount() = CorrectTo(2000).remedy_amount();
  MustDo(*desk, ByAnna(resolve));
  EXPECT_THAT(ReasonsAgainst(*desk, CorrectTo(4000)), ElementsAre("LIMIT"));
  EXPECT_THAT(EventTexts(*desk, CorrectTo(2500)),
              ElementsAre("case case-1: resolution corrected, now paid"));
  EXPECT_THAT(EventTexts(*desk, CorrectTo(2000)),
              ElementsAre("case case-1: resolution corrected, now paid"));
  // 20 and 5 are given; less takes nothing back.
  EXPECT_THAT(ReasonsAgainst(*desk, CorrectTo(2600)), ElementsAre("LIMIT"));
  EXPECT_THAT(EventTexts(*desk, CorrectTo(2000)), IsEmpty()) << "nothing to correct";
  EXPECT_EQ(PeopleCase(*desk).resolutions_size(), 1);
  EXPECT_EQ(PeopleCase(*desk).resolutions(0).corrector_id(), "anna");
}

TEST(CasePeopleTest, SpansAreRows) {
  const auto desk = OpenWithCase();
  v1::AssignCase assign;
  assign.set_case_id("case-1");
  for (const char* who : {"anna", "bob", "anna"}) {
    assign.set_assignee_id(who);
    MustDo(*desk, ByAnna(assign));
  }
  EXPECT_EQ((*desk->Get(TheCase()))->case_().assignee_spans_size(), 0);
  const Case whole = PeopleCase(*desk);
  std::vector<std::string> had;
  for (const v1::CaseAssigneeSpan& span : whole.assignee_spans()) {
    had.push_back(span.assignee_id() + "/" + span.queue_id());
  }
  EXPECT_THAT(had, ElementsAre("/first", "anna/first", "bob/first", "anna/first"));
}

TEST(CasePeopleTest, NoPersonalDataInTexts) {
  const auto desk = OpenWithCase();
  v1::AddCaseParticipant verb;
  verb.set_case_id("case-1");
  verb.mutable_participant()->set_participant_id("p1");
  verb.mutable_participant()->set_kind(v1::CaseParticipant::KIND_COPIED);
  verb.mutable_participant()->set_name("Wilhelmina");
  verb.mutable_participant()->set_address("wilhelmina@example.com");
  for (int i = 0; i < 2; ++i) {
    const absl::StatusOr<v1::Outcome> outcome = desk->Execute(ByAnna(verb));
    ASSERT_TRUE(outcome.ok());
    const absl::StatusOr<v1::Explanation> explained = desk->Explain(outcome->record_id());
    ASSERT_TRUE(explained.ok());
    EXPECT_THAT(explained->text(), ::testing::Not(::testing::HasSubstr("ilhelmina")));
    EXPECT_EQ(outcome->verdict(), i == 0 ? v1::VERDICT_DONE : v1::VERDICT_REFUSED);
  }
}

}  // namespace
}  // namespace frontdesk
