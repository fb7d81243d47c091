#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/approval/reasons.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::ApprovalRef;
using ::frontdesk::testing::At;
using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::Reasons;
using ::frontdesk::testing::Snapshot;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Canceling for "hold" needs a supervisor; for "hold twice" a director as well.
constexpr absl::string_view kHolds = R"pb(
  name: "holds"
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "hold"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      text: "Ask a supervisor."
      authority: "supervisor"
      condition: "command.cancel_order.reason.startsWith('hold')"
    }
    rules {
      id: "again"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK_MORE"
      authority: "director"
      condition: "command.cancel_order.reason == 'hold twice'"
    }
    rules {
      id: "late"
      order: 3
      outcome: POLICY_OUTCOME_REFUSE
      reason: "LATE"
      condition: "now > timestamp('2023-11-15T22:13:20Z')"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

std::string PolicyText(bool requester_may_approve) {
  return absl::StrCat(kHolds,
                      requester_may_approve ? "approvals { requester_may_approve: true }" : "");
}

ApprovalResolution By(absl::string_view actor_id, std::vector<std::string> authorities,
                      std::int64_t seconds = 200) {
  ApprovalResolution resolution;
  resolution.actor = testing::By(actor_id).actor();
  for (const std::string& authority : authorities) resolution.actor.add_authorities(authority);
  resolution.now = At(seconds);
  return resolution;
}

// A desk with a shop at which anna asked to cancel o2 for `reason`, which was held.
struct HeldShop {
  explicit HeldShop(absl::string_view reason = "hold", bool requester_may_approve = false)
      : desk(MustOpen(PolicyText(requester_may_approve))) {
    OpenShop(*desk);
    v1::Command command = CancelOrder("o2", reason);
    command.set_expected_version((*desk->Get(OrderRef("o2")))->version());
    command.set_idempotency_key("held key");
    outcome = *desk->Execute(command);
    EXPECT_EQ(outcome.verdict(), v1::VERDICT_HELD) << outcome.ShortDebugString();
    id = outcome.held().approval_id();
  }

  v1::Approval Approval() const { return (*desk->Get(ApprovalRef(id)))->approval(); }

  std::unique_ptr<Desk> desk;
  v1::Outcome outcome;
  std::string id;
};

TEST(ApprovalTest, AHeldCommandWaits) {
  HeldShop shop;
  EXPECT_EQ(shop.id, shop.outcome.record_id());
  EXPECT_EQ(shop.outcome.held().authority(), "supervisor");
  EXPECT_EQ(shop.outcome.held().text(), "Ask a supervisor.");
  ASSERT_EQ(shop.outcome.events_size(), 1);
  EXPECT_TRUE(shop.outcome.events(0).approval().has_approval_requested());
  EXPECT_EQ((*shop.desk->Get(OrderRef("o2")))->order().state(), v1::Order::STATE_PLACED);
  const v1::Approval approval = shop.Approval();
  EXPECT_EQ(approval.state(), v1::Approval::STATE_PENDING);
  EXPECT_EQ(approval.approval_id(), shop.id);
  EXPECT_EQ(approval.authority(), "supervisor");
  EXPECT_EQ(approval.requester_id(), "anna");
  EXPECT_EQ(approval.rule_id(), "hold");
  EXPECT_EQ(approval.reason(), "ASK");
  const auto record = shop.desk->GetRecord(shop.id);
  EXPECT_EQ(record->verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(record->held().approval_id(), shop.id);
  EXPECT_THAT(record->event_ids(), ElementsAre(shop.id + "-1"));
}

// The record of an approval is about the held command, which has no key when it is decided again.
TEST(ApprovalTest, RecordsOfAnApprovalHaveNoHashOfABody) {
  for (const char* key : {"", "approval key"}) {
    HeldShop shop;
    ApprovalResolution resolution = By("ben", {"supervisor"});
    resolution.idempotency_key = key;
    const absl::StatusOr<v1::Outcome> approved = shop.desk->Approve(shop.id, resolution);
    ASSERT_TRUE(approved.ok()) << approved.status();
    ASSERT_EQ(approved->verdict(), v1::VERDICT_DONE);
    const auto record = shop.desk->GetRecord(approved->record_id());
    EXPECT_TRUE(record->command().has_order());
    EXPECT_EQ(record->body_hash(), "");
  }
}

TEST(ApprovalTest, PreviewOfAHeldCommandMakesNone) {
  std::unique_ptr<Desk> desk = MustOpen(PolicyText(false));
  OpenShop(*desk);
  const std::string before = Snapshot(*desk);
  const auto preview = desk->Preview(CancelOrder("o2", "hold"));
  EXPECT_EQ(preview->verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(preview->held().approval_id(), "");
  EXPECT_EQ(preview->held().authority(), "supervisor");
  EXPECT_THAT(preview->events(), IsEmpty());
  EXPECT_EQ(Snapshot(*desk), before);
}

TEST(ApprovalTest, ApprovedIsDoneInTheRequestersName) {
  HeldShop shop;
  ApprovalResolution resolution = By("ben", {"supervisor"});
  resolution.note = "as a favor";
  const auto outcome = shop.desk->Approve(shop.id, resolution);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  ASSERT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
  EXPECT_EQ((*shop.desk->Get(OrderRef("o2")))->order().state(), v1::Order::STATE_CANCELED);

  const v1::Event& resolved = outcome->events(0);
  EXPECT_EQ(resolved.approval().approval_resolved().state(), v1::Approval::STATE_APPROVED);
  EXPECT_EQ(resolved.approval().approval_resolved().note(), "as a favor");
  EXPECT_EQ(resolved.actor_id(), "ben");
  EXPECT_EQ(resolved.version(), 2);
  for (int i = 1; i < outcome->events_size(); ++i) {
    EXPECT_EQ(outcome->events(i).actor_id(), "anna");
    EXPECT_EQ(outcome->events(i).time().seconds(), At(200).seconds());
  }
  const v1::Approval approval = shop.Approval();
  EXPECT_EQ(approval.state(), v1::Approval::STATE_APPROVED);
  EXPECT_EQ(approval.resolver_id(), "ben");
  EXPECT_THAT(approval.granted_authorities(), ElementsAre("supervisor"));

  const auto record = shop.desk->GetRecord(outcome->record_id());
  EXPECT_EQ(record->approval_id(), shop.id);
  EXPECT_EQ(record->entity().id(), "o2");
  EXPECT_EQ(record->command().order().cancel_order().reason(), "hold");
  EXPECT_EQ(record->command().actor().actor_id(), "anna");
  EXPECT_EQ(record->command().now().seconds(), At(200).seconds());
  const auto rebuilt = shop.desk->DecisionInputOf(outcome->record_id());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  EXPECT_EQ(rebuilt->input().order().approval().state(), v1::Approval::STATE_APPROVED);
  // The record decides the same again.
  const auto again = Decide(rebuilt->input(), record->command(), *shop.desk->policy());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(again->events_size() + 1, outcome->events_size());
}

TEST(ApprovalTest, ApproveIsACommandLikeAnyOther) {
  HeldShop shop;
  v1::Command command = testing::By("ben", 200);
  command.mutable_actor()->add_authorities("supervisor");
  command.mutable_desk()->mutable_approve()->set_approval_id(shop.id);
  command.set_idempotency_key("a");
  command.set_expected_version(7);
  EXPECT_EQ(GetReason(shop.desk->Execute(command).status()), kReasonVersionConflict);
  command.set_expected_version(1);
  const std::string before = Snapshot(*shop.desk);
  EXPECT_EQ(shop.desk->Preview(command)->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(Snapshot(*shop.desk), before);
  const auto first = shop.desk->Execute(command);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(shop.desk->Execute(command)->SerializeAsString(), first->SerializeAsString());
}

TEST(ApprovalTest, DecidedAgainOnTheStateOfThatMoment) {
  HeldShop shop;
  MustDo(*shop.desk,
         testing::AskInText("record_shipment { order_id: 'o2' shipment { shipment_id: 's1' "
                            "lines { line_id: '1' quantity: 2 } "
                            "lines { line_id: '2' quantity: 1 } } }",
                            130));
  const auto outcome = shop.desk->Approve(shop.id, By("ben", {"supervisor"}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_REFUSED);
  EXPECT_THAT(Reasons(*outcome), ElementsAre("ORDER_CANCEL_STATE"));
  ASSERT_EQ(outcome->events_size(), 1);
  EXPECT_TRUE(outcome->events(0).approval().has_approval_attempted());
  EXPECT_EQ(shop.Approval().state(), v1::Approval::STATE_PENDING) << "it is not used up";
  EXPECT_EQ(shop.desk->GetRecord(outcome->record_id())->verdict(), v1::VERDICT_REFUSED);
}

TEST(ApprovalTest, PolicyIsAskedAgain) {
  HeldShop shop;
  const auto outcome = shop.desk->Approve(shop.id, By("ben", {"supervisor"}, 200'000));
  ASSERT_TRUE(outcome.ok());
  EXPECT_THAT(Reasons(*outcome), ElementsAre("LATE"));
}

TEST(ApprovalTest, SeveralAuthoritiesInARow) {
  HeldShop shop("hold twice");
  const auto second = shop.desk->Approve(shop.id, By("ben", {"supervisor"}));
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(second->verdict(), v1::VERDICT_HELD) << second->ShortDebugString();
  EXPECT_EQ(second->held().authority(), "director");
  EXPECT_EQ(second->held().reason(), "ASK_MORE");
  const std::string next = second->held().approval_id();
  EXPECT_EQ(next, shop.id);
  ASSERT_EQ(second->events_size(), 1);
  EXPECT_TRUE(second->events(0).approval().has_approval_granted());
  const v1::Approval waiting = (*shop.desk->Get(ApprovalRef(next)))->approval();
  EXPECT_EQ(waiting.requester_id(), "anna");
  ASSERT_EQ(waiting.grants_size(), 1);
  EXPECT_EQ(waiting.grants(0).resolver_id(), "ben");

  EXPECT_THAT(Reasons(*shop.desk->Approve(next, By("ben", {"supervisor"}))),
              ElementsAre(kReasonApprovalAuthorityMissing));
  const auto done = shop.desk->Approve(next, By("cleo", {"director"}));
  ASSERT_EQ(done->verdict(), v1::VERDICT_DONE) << done->ShortDebugString();
  EXPECT_THAT((*shop.desk->Get(ApprovalRef(next)))->approval().granted_authorities(),
              ElementsAre("supervisor", "director"));
  EXPECT_EQ((*shop.desk->Get(OrderRef("o2")))->order().state(), v1::Order::STATE_CANCELED);
}

TEST(ApprovalTest, WhoMayResolve) {
  struct Case {
    const char* name;
    bool approve;
    bool requester_may;
    const char* actor;
    std::vector<std::string> authorities;
    std::vector<std::string> reasons;
  };
  const std::vector<Case> cases = {
      {"supervisor approves", true, false, "ben", {"clerk", "supervisor"}, {}},
      {"stranger approves", true, false, "ben", {"clerk"}, {"APPROVAL_AUTHORITY_MISSING"}},
      {"requester approves", true, false, "anna", {"supervisor"}, {"APPROVAL_BY_REQUESTER"}},
      {"requester without authority approves",
       true,
       false,
       "anna",
       {},
       {"APPROVAL_AUTHORITY_MISSING", "APPROVAL_BY_REQUESTER"}},
      {"requester may approve", true, true, "anna", {"supervisor"}, {}},
      {"requester may approve, without authority",
       true,
       true,
       "anna",
       {},
       {"APPROVAL_AUTHORITY_MISSING"}},
      {"supervisor declines", false, false, "ben", {"supervisor"}, {}},
      {"stranger declines", false, false, "ben", {}, {"APPROVAL_AUTHORITY_MISSING"}},
      {"requester takes it back", false, false, "anna", {}, {}},
  };
  for (const Case& c : cases) {
    HeldShop shop("hold", c.requester_may);
    const std::string before = Snapshot(*shop.desk);
    const ApprovalResolution resolution = By(c.actor, c.authorities);
    const auto outcome = c.approve ? shop.desk->Approve(shop.id, resolution)
                                   : shop.desk->Decline(shop.id, resolution);
    ASSERT_TRUE(outcome.ok()) << c.name << outcome.status();
    EXPECT_EQ(Reasons(*outcome), c.reasons) << c.name;
    EXPECT_EQ(outcome->verdict(), c.reasons.empty() ? v1::VERDICT_DONE : v1::VERDICT_REFUSED)
        << c.name;
    if (!c.reasons.empty()) {
      EXPECT_EQ(Snapshot(*shop.desk), before) << c.name;
      EXPECT_EQ(shop.Approval().state(), v1::Approval::STATE_PENDING);
    }
  }
}

TEST(ApprovalTest, DeclinedForGood) {
  HeldShop shop;
  ApprovalResolution resolution = By("ben", {"supervisor"});
  resolution.note = "no";
  const auto outcome = shop.desk->Decline(shop.id, resolution);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE);
  ASSERT_EQ(outcome->events_size(), 1);
  EXPECT_EQ(shop.Approval().state(), v1::Approval::STATE_DECLINED);
  EXPECT_THAT(shop.Approval().granted_authorities(), IsEmpty());
  EXPECT_EQ((*shop.desk->Get(OrderRef("o2")))->order().state(), v1::Order::STATE_PLACED);
  EXPECT_THAT(Reasons(*shop.desk->Approve(shop.id, By("ben", {"supervisor"}))),
              ElementsAre(kReasonApprovalState));
  EXPECT_THAT(Reasons(*shop.desk->Decline(shop.id, By("ben", {"supervisor"}))),
              ElementsAre(kReasonApprovalState));
  const auto record = shop.desk->GetRecord(outcome->record_id());
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE(record->command().desk().has_decline());
  EXPECT_EQ(record->entity().kind(), v1::ENTITY_KIND_APPROVAL);
}

// Brings an approval to `state`, or gives an id of none.
std::string BringTo(v1::Approval::State state, HeldShop* shop) {
  if (state == v1::Approval::STATE_APPROVED) {
    EXPECT_EQ(shop->desk->Approve(shop->id, By("ben", {"supervisor"}))->verdict(),
              v1::VERDICT_DONE);
  } else if (state == v1::Approval::STATE_DECLINED) {
    EXPECT_EQ(shop->desk->Decline(shop->id, By("ben", {"supervisor"}))->verdict(),
              v1::VERDICT_DONE);
  } else if (state == v1::Approval::STATE_WITHDRAWN) {
    EXPECT_EQ(shop->desk->Withdraw(shop->id, By("anna", {}))->verdict(), v1::VERDICT_DONE);
  } else if (state == v1::Approval::STATE_CLOSED) {
    MustDo(*shop->desk, CancelOrder("o2", "meanwhile"));
  }
  return state == v1::Approval::STATE_UNSPECIFIED ? "nothing" : shop->id;
}

TEST(ApprovalTest, EveryVerbInEveryStateAsTheTableSays) {
  for (const domain::Transition& cell : domain::ApprovalLifecycle().transitions()) {
    // Never stored.
    if (cell.from == v1::Approval::STATE_EXPIRED) continue;
    HeldShop shop;
    const std::string id = BringTo(static_cast<v1::Approval::State>(cell.from), &shop);
    const std::string before = Snapshot(*shop.desk);
    const bool withdraw = cell.command->name == "Withdraw";
    const ApprovalResolution resolution = withdraw ? By("anna", {}) : By("ben", {"supervisor"});
    const bool approve = cell.command->name == "Approve";
    const auto outcome = approve    ? shop.desk->Approve(id, resolution)
                         : withdraw ? shop.desk->Withdraw(id, resolution)
                                    : shop.desk->Decline(id, resolution);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    if (!cell.to.empty()) {
      EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE);
      EXPECT_EQ(shop.Approval().state(), cell.to[0]);
      continue;
    }
    EXPECT_THAT(Reasons(*outcome), ElementsAre(cell.refusal_reason->word));
    EXPECT_EQ(outcome->refusals(0).field(), absl::StrCat(cell.command->field, ".approval_id"));
    EXPECT_EQ(Snapshot(*shop.desk), before);
    if (cell.from == v1::Approval::STATE_UNSPECIFIED) continue;
    EXPECT_EQ(outcome->refusals(0).details(1).name(), "possible_in");
    EXPECT_EQ(outcome->refusals(0).details(1).value(), "PENDING");
  }
}

TEST(ApprovalTest, AnUnknownApprovalIsRefused) {
  HeldShop shop;
  const auto missing = shop.desk->Approve("nothing", By("ben", {"supervisor"}));
  EXPECT_THAT(Reasons(*missing), ElementsAre(kReasonApprovalNotFound));
  EXPECT_EQ(missing->refusals(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
  EXPECT_EQ(missing->refusals(0).field(), "approve.approval_id");
  const auto empty = shop.desk->Decline("", By("ben", {"supervisor"}));
  EXPECT_THAT(Reasons(*empty), ElementsAre(kReasonArgumentRequired));
  EXPECT_EQ(empty->refusals(0).field(), "decline.approval_id");
  v1::Command command = testing::By("ben");
  command.set_interaction_id("i1");
  command.mutable_desk()->mutable_approve()->set_approval_id(shop.id);
  EXPECT_THAT(Reasons(*shop.desk->Execute(command)), ElementsAre(kReasonInteractionNotFound));
}

TEST(ApprovalTest, FactsOfThenCountUnlessThereAreNewerOnes) {
  for (const bool newer : {false, true}) {
    std::unique_ptr<Desk> desk = MustOpen(R"pb(
      name: "holds"
      rule_sets {
        id: "place"
        decision_points: "PlaceOrder"
        default_outcome: POLICY_OUTCOME_ALLOW
        rules {
          id: "hold"
          order: 1
          outcome: POLICY_OUTCOME_HOLD
          reason: "ASK"
          authority: "supervisor"
          condition: "command.place_order.order_id == 'o3'"
        }
      }
      rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW })pb");
    OpenShop(*desk);
    const auto held = desk->Execute(testing::PlaceOrder("o3"), testing::Catalog());
    ASSERT_EQ(held->verdict(), v1::VERDICT_HELD);
    v1::Facts facts;
    if (newer) {
      facts = testing::Catalog();
      facts.mutable_catalog()->mutable_variants(0)->mutable_unit_price()->set_value(2000);
    }
    const auto done = desk->Approve(held->held().approval_id(), By("ben", {"supervisor"}), facts);
    ASSERT_TRUE(done.ok()) << done.status();
    ASSERT_EQ(done->verdict(), v1::VERDICT_DONE) << done->ShortDebugString();
    EXPECT_EQ((*desk->Get(OrderRef("o3")))->order().totals().total().units(), newer ? 4400 : 2400);
  }
}

}  // namespace
}  // namespace frontdesk
