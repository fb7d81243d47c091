// Approvals of one command run after another, without a store.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "decide/approval_rounds.h"
#include "decide/kept_states.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::KeptStates;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kRefundRules = R"pb(
  rule_sets {
    id: "refunds"
    decision_points: "RefundOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "some"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "SOME"
      authority: "supervisor"
      condition: "assessment.refund_amount > money('3.00 USD')"
    }
    rules {
      id: "much"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "MUCH"
      authority: "director"
      condition: "assessment.refund_amount > money('15.00 USD')"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

constexpr char kOnePiece[] =
    "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '1' quantity: 1 } "
    "}";
constexpr char kTwoPieces[] =
    "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { line_id: '1' quantity: 2 } "
    "}";

class ApprovalRunTest : public ::testing::Test {
 protected:
  void Open(absl::string_view more = "") {
    states_ = KeptStates();
    states_.OpenShop();
    ASSERT_EQ(states_.Do(testing::PlaceOrder("o1")).verdict(), v1::VERDICT_DONE);
    states_.policy = MustCompile(absl::StrCat(kRefundRules, more));
  }
  // The id of the approval for which the command waits.
  std::string Hold(const char* text, const char* actor = "anna", bool expects_version = false) {
    v1::Command command = AskInText(text, seconds_++);
    command.mutable_actor()->set_actor_id(actor);
    if (expects_version) command.set_expected_version(1);
    const v1::Outcome held = states_.Do(command);
    EXPECT_EQ(held.verdict(), v1::VERDICT_HELD) << held.ShortDebugString();
    return held.held().approval_id();
  }
  v1::Outcome Approve(const std::string& id, std::vector<std::string> authorities, int round = 1) {
    v1::Command command = testing::By("boss", seconds_++);
    for (const std::string& each : authorities) command.mutable_actor()->add_authorities(each);
    command.mutable_desk()->mutable_approve()->set_approval_id(id);
    command.mutable_desk()->mutable_approve()->set_round(round);
    return states_.Do(command, v1::Facts());
  }
  void Do(const std::string& text) {
    const v1::Outcome outcome = states_.Do(AskInText(text, seconds_++));
    ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  }
  void Change(const char* variant) {
    Do(absl::StrCat(
        "change_items { order_id: 'o1' payment_method_id: 'card' settlement: SETTLEMENT_DONE "
        "changes { item { line_id: '1' quantity: 2 } new_variant_id: '",
        variant, "' } }"));
  }
  void MoveTo(const char* method) {
    Do(absl::StrCat("change_payment_method { order_id: 'o1' payment_method_id: '", method,
                    "' settlement: SETTLEMENT_DONE }"));
  }
  v1::Approval::State State(const std::string& id) {
    return states_.State(v1::ENTITY_KIND_APPROVAL, id).approval().state();
  }

  KeptStates states_;
  std::int64_t seconds_ = 1000;
};

TEST_F(ApprovalRunTest, OnlyTheSameOrLessPasses) {
  Open();
  std::string id = Hold(kOnePiece);
  Change("c");
  const v1::Outcome again = Approve(id, {"supervisor", "director"});
  ASSERT_EQ(again.verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(again.held().approval_id(), id);
  EXPECT_EQ(again.held().round(), 2);
  EXPECT_THAT(Reasons(Approve(id, {"supervisor", "director"})), ElementsAre("APPROVAL_ROUND"));
  Change("b");
  EXPECT_EQ(Approve(id, {"supervisor"}, 2).verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(State(id), v1::Approval::STATE_APPROVED);
}

TEST_F(ApprovalRunTest, EachAuthorityApprovesItsOwn) {
  Open();
  const std::string id = Hold(kTwoPieces);
  const v1::Outcome half = Approve(id, {"supervisor"});
  ASSERT_EQ(half.verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(half.held().authority(), "director");
  EXPECT_EQ(half.held().round(), 1);
  EXPECT_EQ(Approve(id, {"director"}).verdict(), v1::VERDICT_DONE);
}

TEST_F(ApprovalRunTest, AnotherRouteOrVersionAsksAgain) {
  Open();
  std::string id = Hold(kOnePiece);
  MoveTo("gift");
  EXPECT_EQ(Approve(id, {"supervisor"}).verdict(), v1::VERDICT_HELD);
  Open();
  id = Hold(kOnePiece, "anna", /*expects_version=*/true);
  Do("change_shipping_address { order_id: 'o1' address { lines: 'x' country_code: 'US' } }");
  EXPECT_EQ(Approve(id, {"supervisor"}).verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(Approve(id, {"supervisor"}, 2).verdict(), v1::VERDICT_DONE);
}

TEST_F(ApprovalRunTest, ANewVersionAsksAgainAlsoWhenNoRuleDoes) {
  Open();
  const std::string id = Hold(kOnePiece, "anna", /*expects_version=*/true);
  Do("change_shipping_address { order_id: 'o1' address { lines: 'x' country_code: 'US' } }");
  states_.policy = MustCompile(testing::kAllowAll);
  const v1::Outcome again = Approve(id, {"supervisor"});
  ASSERT_EQ(again.verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(again.held().authority(), "supervisor");
  EXPECT_EQ(Approve(id, {"supervisor"}, 2).verdict(), v1::VERDICT_DONE);
}

TEST_F(ApprovalRunTest, FiveRoundsAtMost) {
  Open();
  const std::string id = Hold(kOnePiece, "anna", /*expects_version=*/true);
  for (int round = 1; round <= 5; ++round) {
    MoveTo(round % 2 == 1 ? "gift" : "card");
    EXPECT_EQ(Approve(id, {"supervisor"}, round).verdict(),
              round < 5 ? v1::VERDICT_HELD : v1::VERDICT_REFUSED);
  }
  EXPECT_EQ(State(id), v1::Approval::STATE_CLOSED);
}

TEST_F(ApprovalRunTest, ATolerance) {
  Open("approvals { tolerance { amount { units: 1549 currency_code: 'USD' } } }");
  const std::string id = Hold(kOnePiece);
  Change("c");
  EXPECT_EQ(Approve(id, {"supervisor", "director"}).verdict(), v1::VERDICT_HELD);
  Open("approvals { tolerance { amount { units: 1550 currency_code: 'USD' } } }");
  const std::string other = Hold(kTwoPieces);
  MoveTo("gift");
  MoveTo("card");
  EXPECT_EQ(Approve(other, {"supervisor", "director"}).verdict(), v1::VERDICT_DONE);
}

// Versions without rounds did not keep the content.
TEST_F(ApprovalRunTest, AnApprovalOfAnOlderVersionAsksFirst) {
  for (const bool is_held : {true, false}) {
    Open();
    const std::string id = Hold(kOnePiece);
    v1::EntityState old = states_.State(v1::ENTITY_KIND_APPROVAL, id);
    old.mutable_approval()->clear_rounds();
    states_.Put(old);
    if (!is_held) states_.policy = MustCompile(testing::kAllowAll);
    const v1::Outcome again = Approve(id, {"supervisor"});
    ASSERT_EQ(again.verdict(), v1::VERDICT_HELD) << again.ShortDebugString();
    EXPECT_EQ(again.held().authority(), "supervisor");
    EXPECT_EQ(again.held().round(), 1);
    EXPECT_EQ(Approve(id, {"supervisor"}).verdict(), v1::VERDICT_DONE);
  }
}

TEST_F(ApprovalRunTest, TheSameRequestOfOneActorWaitsOnce) {
  Open();
  const std::string id = Hold(kOnePiece);
  EXPECT_EQ(Hold(kOnePiece), id);
  EXPECT_NE(Hold(kOnePiece, "bea"), id);
}

TEST_F(ApprovalRunTest, ExpiredAndClosed) {
  Open("approvals { expire_after { seconds: 60 } }");
  const std::string id = Hold(kOnePiece);
  seconds_ += 59;
  EXPECT_THAT(Reasons(Approve(id, {"supervisor"})), ElementsAre("APPROVAL_EXPIRED"));
  Do("cancel_order { order_id: 'o1' reason: 'x' }");
  EXPECT_EQ(State(id), v1::Approval::STATE_CLOSED);
}

TEST_F(ApprovalRunTest, ARefusalLeavesItPending) {
  Open();
  const std::string id = Hold(kTwoPieces);
  const std::string first = Hold(kOnePiece);
  EXPECT_EQ(Approve(first, {"supervisor"}).verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(Approve(id, {"supervisor", "director"}).verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(State(id), v1::Approval::STATE_PENDING);
}

// The differences of the routes of two rounds, each given as method and owner; "again" before those that ask again.
std::vector<std::string> RouteDifferences(
    const std::vector<std::pair<std::string, std::string>>& seen,
    const std::vector<std::pair<std::string, std::string>>& now) {
  v1::ApprovalRound rounds[2];
  for (const bool is_now : {false, true}) {
    for (const auto& [method, owner] : is_now ? now : seen) {
      v1::ApprovalRoute& route = *rounds[is_now ? 1 : 0].mutable_target()->add_routes();
      route.set_payment_method_id(method);
      route.set_customer_id(owner);
    }
  }
  std::vector<std::string> texts;
  for (const v1::ApprovalDifference& each :
       internal::CompareRounds(rounds[0], rounds[1], v1::ApprovalTolerance())) {
    EXPECT_EQ(each.path(), "routes");
    texts.push_back(
        absl::StrCat(each.asks_again() ? "again: " : "", each.before(), " > ", each.after()));
  }
  return texts;
}

TEST(ApprovalRoutesTest, AnotherOwnerAsksAgain) {
  EXPECT_THAT(RouteDifferences({{"card", "c1"}}, {{"card", "c1"}}), IsEmpty());
  EXPECT_THAT(RouteDifferences({{"card", "c1"}}, {{"card", "c2"}}),
              ElementsAre("again: card of c1 > card of c2"));
  EXPECT_THAT(RouteDifferences({{"card", "c1"}, {"wallet", "c1"}}, {{"wallet", "c1"}}),
              ElementsAre("card of c1, wallet of c1 > wallet of c1"));
  EXPECT_THAT(RouteDifferences({{"card", "c1"}}, {{"card", "c1"}, {"card", "c2"}}),
              ElementsAre("again: card of c1 > card of c1, card of c2"));
}

// Rounds of before owners were kept do not say the owner.
TEST(ApprovalRoutesTest, AnOwnerThatIsNotKnownSaysNothing) {
  EXPECT_THAT(RouteDifferences({{"card", ""}}, {{"card", "c1"}}), IsEmpty());
  EXPECT_THAT(RouteDifferences({{"card", ""}, {"wallet", ""}}, {{"wallet", "c1"}, {"card", "c1"}}),
              IsEmpty());
}

}  // namespace
}  // namespace frontdesk
