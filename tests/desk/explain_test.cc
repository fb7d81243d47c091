#include <string>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kExplainPolicy = R"pb(
  name: "shop"
  version: "3"
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "reason"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "REASON_UNKNOWN"
      text: "Say why."
      condition: "command.cancel_order.reason == ''"
    }
    rules {
      id: "name"
      order: 2
      outcome: POLICY_OUTCOME_REFUSE
      reason: "NAME_BANNED"
      condition: "customer.family_name == 'Quastenberg' && command.cancel_order.reason == 'banned'"
    }
    rules {
      id: "hold"
      order: 3
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      text: "Ask."
      authority: "supervisor"
      condition: "command.cancel_order.reason == 'hold'"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

// Personal data of the shop.
constexpr absl::string_view kPersonal[] = {"Wilhelmina", "Quastenberg", "Zephyrine", "Springfield",
                                           "4711"};

TEST(ExplainTest, ARefusalSaysWhyAndHowToAvoidIt) {
  std::unique_ptr<Desk> desk = MustOpen(kExplainPolicy);
  OpenShop(*desk);
  MustDo(*desk, CancelOrder("o1"));
  const auto refused = desk->Execute(CancelOrder("o1", ""));
  const auto explanation = desk->Explain(refused->record_id());
  ASSERT_TRUE(explanation.ok()) << explanation.status();
  EXPECT_EQ(explanation->record_id(), refused->record_id());
  EXPECT_EQ(explanation->decision_point(), "CancelOrder");
  EXPECT_EQ(explanation->verdict(), v1::VERDICT_REFUSED);
  ASSERT_EQ(explanation->refusals_size(), 2);
  // The record has the rule that decided, and the explanation every one.
  EXPECT_EQ(refused->decision().rules_size(), 1);
  EXPECT_EQ(explanation->decision().rules_size(), 3);
  EXPECT_THAT(explanation->decision().fired_rule_ids(), ElementsAre("reason"));
  EXPECT_THAT(explanation->event_texts(), ::testing::IsEmpty());
  const std::string& text = explanation->text();
  EXPECT_THAT(text, HasSubstr("CancelOrder on order o1 was refused."));
  EXPECT_THAT(text, HasSubstr("REASON_UNKNOWN (policy, rule reason): Say why."));
  EXPECT_THAT(text, HasSubstr("ORDER_CANCEL_STATE (invariant"));
  EXPECT_THAT(text, HasSubstr("Policy shop 3, hash "));
  EXPECT_THAT(text, HasSubstr("command.cancel_order.reason != ''"))
      << "what would have stopped the rule";
  EXPECT_THAT(text, HasSubstr("2023-11-14T22:15:20Z, asked by anna"));
}

TEST(ExplainTest, EventsAreDescribedInWords) {
  std::unique_ptr<Desk> desk = MustOpen(kExplainPolicy);
  OpenShop(*desk);
  const v1::Outcome done = MustDo(*desk, CancelOrder("o2"));
  const auto explanation = desk->Explain(done.record_id());
  ASSERT_EQ(explanation->event_texts_size(), done.events_size());
  EXPECT_THAT(explanation->text(), HasSubstr("CancelOrder on order o2 was done."));
  EXPECT_THAT(explanation->text(), HasSubstr("order o2: canceled (no longer needed)"));
  EXPECT_THAT(explanation->text(), HasSubstr("account gift-1: credited 24.00 USD"));
  EXPECT_THAT(explanation->text(), HasSubstr("balance 100.00 USD"));
  const v1::Outcome effect = MustDo(*desk, CancelOrder("o1"));
  EXPECT_THAT(desk->Explain(effect.record_id())->text(),
              HasSubstr(absl::StrCat(effect.record_id(), "-e1 send 24.00 USD back by card")));
}

TEST(ExplainTest, HeldApprovedAndDeclined) {
  std::unique_ptr<Desk> desk = MustOpen(kExplainPolicy);
  OpenShop(*desk);
  const auto held = desk->Execute(CancelOrder("o2", "hold"));
  const std::string id = held->held().approval_id();
  EXPECT_THAT(desk->Explain(id)->text(),
              HasSubstr(absl::StrCat("Held for the authority supervisor, approval ", id,
                                     ":\n  ASK (rule hold): Ask.")));
  EXPECT_EQ(desk->Explain(id)->held().approval_id(), id);
  ApprovalResolution resolution;
  resolution.actor = testing::By("ben").actor();
  resolution.actor.add_authorities("supervisor");
  resolution.now = testing::At(300);
  const auto done = desk->Approve(id, resolution);
  EXPECT_THAT(desk->Explain(done->record_id())->text(), HasSubstr("after approval " + id));
  EXPECT_THAT(desk->Explain(done->record_id())->event_texts(0), HasSubstr("approved by ben"));

  const auto other = desk->Execute(CancelOrder("o1", "hold"));
  const auto declined = desk->Decline(other->record_id(), resolution);
  EXPECT_THAT(desk->Explain(declined->record_id())->text(), HasSubstr("declined by ben"));
}

TEST(ExplainTest, AnExplanationHoldsNoPersonalData) {
  std::unique_ptr<Desk> desk = MustOpen(kExplainPolicy);
  OpenShop(*desk);
  ASSERT_EQ(desk->Execute(CancelOrder("o1", "banned"))->verdict(), v1::VERDICT_REFUSED);
  ASSERT_EQ(desk->Execute(CancelOrder("o1", "hold"))->verdict(), v1::VERDICT_HELD);
  v1::Command command = CancelOrder("o2");
  command.set_note("Wilhelmina Quastenberg is angry");
  MustDo(*desk, command);
  command = testing::By("anna");
  command.mutable_customer()->mutable_add_contact_point()->set_customer_id("c1");
  command.mutable_customer()->mutable_add_contact_point()->set_contact_point_id("mail");
  command.mutable_customer()->mutable_add_contact_point()->set_kind(v1::ContactPoint::KIND_EMAIL);
  command.mutable_customer()->mutable_add_contact_point()->set_as_typed("Wilhelmina@example.com");
  MustDo(*desk, command);
  const auto journal = desk->Journal();
  ASSERT_EQ(journal->size(), 11u);
  for (const v1::JournalRecord& record : *journal) {
    const auto explanation = desk->Explain(record.record_id());
    ASSERT_TRUE(explanation.ok());
    const std::string told = explanation->DebugString();
    for (const absl::string_view personal : kPersonal) {
      if (personal == "Quastenberg" && record.command().order().cancel_order().reason() != "") {
        continue;  // the author of the rule wrote that name into the condition
      }
      EXPECT_THAT(told, Not(HasSubstr(std::string(personal))));
    }
    for (const std::string& text : explanation->event_texts()) {
      EXPECT_THAT(text, Not(HasSubstr("Quastenberg")));
    }
  }
}

}  // namespace
}  // namespace frontdesk
