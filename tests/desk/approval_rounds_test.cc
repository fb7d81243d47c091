// An approval covers the content that the approver saw.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/approval/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::ApprovalRef;
using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::FactsFor;
using ::frontdesk::testing::MustActivate;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A refund of more than 3.00 needs a supervisor, one of more than 15.00 a director too.
constexpr absl::string_view kRefunds = R"pb(
  name: "refunds"
  version: "1"
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
      condition: "variables.is_much"
    }
  }
  variables { name: "is_much" expression: "assessment.refund_amount > money('15.00 USD')" }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

constexpr char kRefundOne[] =
    "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL "
    "items { line_id: '1' quantity: 1 } }";
constexpr char kRefundBoth[] =
    "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL "
    "items { line_id: '1' quantity: 2 } }";

ApprovalResolution ResolvedBy(absl::string_view actor_id, std::vector<std::string> authorities,
                              std::int64_t seconds, int round = 1) {
  ApprovalResolution resolution;
  resolution.actor = testing::By(actor_id).actor();
  for (const std::string& authority : authorities) resolution.actor.add_authorities(authority);
  resolution.now = At(seconds);
  resolution.round = round;
  return resolution;
}

// "KIND path before after" of the differences that ask again, and of the others.
std::vector<std::string> Differences(const v1::Outcome& outcome, bool asks_again) {
  std::vector<std::string> texts;
  for (const v1::ApprovalDifference& each : outcome.approval_differences()) {
    if (each.asks_again() != asks_again) continue;
    texts.push_back(absl::StrCat(v1::ApprovalDifference::Kind_Name(each.kind()), " ", each.path(),
                                 " ", each.before(), " > ", each.after()));
  }
  return texts;
}

// With the variant "d", of 40.00.
v1::Facts WithVariantD(v1::Facts facts) {
  if (!facts.has_catalog()) return facts;
  v1::CatalogFacts& catalog = *facts.mutable_catalog();
  v1::Variant d = catalog.variants(0);
  d.set_variant_id("d");
  d.mutable_unit_price()->set_value(4000);
  *catalog.add_variants() = d;
  return facts;
}

// A desk with a shop. Two pieces of "a" (10.00) are on line 1 of order o1.
class Rounds : public ::testing::Test {
 protected:
  void Open(absl::string_view policy = kRefunds) {
    CheckRecords();
    desk_ = MustOpen(policy);
    OpenShop(*desk_);
  }
  ~Rounds() override { CheckRecords(); }

  // Whatever was decided can be made again from the log.
  void CheckRecords() {
    if (desk_ == nullptr) return;
    LogPage page;
    page.page_size = 1000;
    const auto records = desk_->Journal(page);
    ASSERT_TRUE(records.ok()) << records.status();
    for (const v1::JournalRecord& record : *records) {
      if (!record.has_input_hash()) continue;
      const auto rebuilt = desk_->DecisionInputOf(record.record_id());
      ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
      EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT) << record.record_id();
    }
  }

  v1::Outcome Ask(absl::string_view text, absl::string_view actor = "anna") {
    v1::Command command = AskInText(text, seconds_++);
    command.mutable_actor()->set_actor_id(std::string(actor));
    auto outcome = desk_->Execute(command, WithVariantD(FactsFor(command)));
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.ok() ? *outcome : v1::Outcome();
  }
  v1::Outcome Approve(const std::string& id, std::vector<std::string> authorities, int round = 1,
                      absl::string_view actor = "ben") {
    auto outcome = desk_->Approve(id, ResolvedBy(actor, std::move(authorities), seconds_++, round));
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.ok() ? *outcome : v1::Outcome();
  }
  // Exchanges both pieces of line 1 for another variant.
  void Change(absl::string_view variant) {
    const v1::Outcome outcome =
        Ask(absl::StrCat("change_items { order_id: 'o1' payment_method_id: 'card' "
                         "settlement: SETTLEMENT_DONE changes { item { line_id: '1' quantity: 2 } "
                         "new_variant_id: '",
                         variant, "' } }"));
    ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  }
  // Pays the order by another method.
  void MoveTo(absl::string_view method) {
    const v1::Outcome outcome =
        Ask(absl::StrCat("change_payment_method { order_id: 'o1' payment_method_id: '", method,
                         "' settlement: SETTLEMENT_DONE }"));
    ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  }
  // Holds a refund, changes what is refunded, and approves it: of one piece from 10.00 to 25.50, or from 25.50 to 40.00.
  void CheckTolerance(const std::string& tolerance, bool from_ten, bool passes) {
    SCOPED_TRACE(absl::StrCat(tolerance, from_ten ? " from 10.00" : " from 25.50"));
    Open(absl::StrReplaceAll(absl::StrCat(kRefunds, "approvals { tolerance { ", tolerance, " } }"),
                             {{"15.00", "99.00"}}));
    if (!from_ten) Change("c");
    const std::string id = Ask(kRefundOne).held().approval_id();
    Change(from_ten ? "c" : "d");
    const v1::Outcome outcome = Approve(id, {"supervisor"});
    EXPECT_EQ(outcome.verdict(), passes ? v1::VERDICT_DONE : v1::VERDICT_HELD);
    EXPECT_EQ(Differences(outcome, true).empty(), passes);
    EXPECT_EQ(Refunded(), !passes ? 0 : from_ten ? 2550 : 4000);
  }
  v1::Approval Approval(const std::string& id) {
    return (*desk_->Get(ApprovalRef(id)))->approval();
  }
  std::int64_t Refunded() {
    std::int64_t sum = 0;
    for (const v1::Refund& refund : (*desk_->Get(OrderRef("o1")))->order().refunds()) {
      if (refund.cause() == v1::REFUND_CAUSE_GOODWILL) sum += refund.amount().units();
    }
    return sum;
  }

  std::unique_ptr<Desk> desk_;
  std::int64_t seconds_ = 1000;
};

TEST_F(Rounds, KeepTheFindingsTheQuantitiesAndTheTarget) {
  Open();
  const v1::Outcome held = Ask(kRefundBoth);
  ASSERT_EQ(held.verdict(), v1::VERDICT_HELD) << held.ShortDebugString();
  EXPECT_EQ(held.held().round(), 1);
  const v1::Approval approval = Approval(held.held().approval_id());
  ASSERT_EQ(approval.rounds_size(), 1);
  const v1::ApprovalRound& round = approval.rounds(0);
  ASSERT_EQ(round.findings_size(), 2) << "also the rule that asks second";
  EXPECT_EQ(round.findings(0).rule_id(), "some");
  EXPECT_EQ(round.findings(1).authority(), "director");
  // Also the amounts that a variable reads.
  for (const v1::ApprovalFinding& finding : round.findings()) {
    ASSERT_EQ(finding.quantities_size(), 1) << finding.ShortDebugString();
    EXPECT_EQ(finding.quantities(0).path(), "assessment.refund_amount");
    EXPECT_EQ(finding.quantities(0).money_value().units(), 2000);
  }
  ASSERT_EQ(round.paid_amounts_size(), 1);
  EXPECT_EQ(round.paid_amounts(0).units(), 2000);
  EXPECT_EQ(round.target().entity().id(), "o1");
  ASSERT_EQ(round.target().routes_size(), 1);
  EXPECT_EQ(round.target().routes(0).payment_method_id(), "card");
  EXPECT_EQ(round.target().routes(0).customer_id(), "c1");
  EXPECT_EQ(approval.command_name(), "RefundOrder");
  EXPECT_EQ(approval.customer_id(), "c1");
  EXPECT_EQ(approval.entity().id(), "o1");
}

TEST_F(Rounds, ASmallerAmountPasses) {
  Open();
  const std::string id = Ask(kRefundOne).held().approval_id();
  Change("b");
  const v1::Outcome done = Approve(id, {"supervisor"});
  ASSERT_EQ(done.verdict(), v1::VERDICT_DONE) << done.ShortDebugString();
  EXPECT_THAT(Differences(done, true), IsEmpty());
  EXPECT_THAT(Differences(done, false),
              ElementsAre("KIND_QUANTITY assessment.refund_amount 10.00 USD > 4.00 USD",
                          "KIND_PAID_AMOUNT USD 10.00 USD > 4.00 USD",
                          "KIND_ENTITY order o1 version 1 > version 3"));
  EXPECT_EQ(Refunded(), 400);
}

TEST_F(Rounds, ALargerAmountAsksAgainUnderTheSameApproval) {
  Open();
  const std::string id = Ask(kRefundOne).held().approval_id();
  Change("c");
  const v1::Outcome again = Approve(id, {"supervisor"});
  ASSERT_EQ(again.verdict(), v1::VERDICT_HELD) << again.ShortDebugString();
  EXPECT_EQ(again.held().approval_id(), id);
  EXPECT_EQ(again.held().round(), 2);
  EXPECT_EQ(again.held().authority(), "supervisor");
  EXPECT_THAT(Differences(again, true),
              ElementsAre("KIND_FINDING_ADDED much  > director",
                          "KIND_QUANTITY assessment.refund_amount 10.00 USD > 25.50 USD",
                          "KIND_PAID_AMOUNT USD 10.00 USD > 25.50 USD"));
  EXPECT_EQ(Refunded(), 0);
  EXPECT_EQ(Approval(id).state(), v1::Approval::STATE_PENDING);
  // Who saw the first round cannot approve the second.
  EXPECT_THAT(Reasons(Approve(id, {"supervisor"}, 1, "cleo")), ElementsAre(kReasonApprovalRound));
  const v1::Outcome half = Approve(id, {"supervisor"}, 2);
  ASSERT_EQ(half.verdict(), v1::VERDICT_HELD) << half.ShortDebugString();
  EXPECT_EQ(half.held().authority(), "director");
  EXPECT_EQ(half.held().round(), 2) << "nothing differs";
  const v1::Outcome done = Approve(id, {"director"}, 2, "cleo");
  ASSERT_EQ(done.verdict(), v1::VERDICT_DONE) << done.ShortDebugString();
  EXPECT_EQ(Refunded(), 2550);
  const v1::Approval approval = Approval(id);
  EXPECT_EQ(approval.state(), v1::Approval::STATE_APPROVED);
  EXPECT_THAT(approval.granted_authorities(), ElementsAre("supervisor", "director"));
  ASSERT_EQ(approval.grants_size(), 2);
  EXPECT_EQ(approval.grants(0).resolver_id(), "ben");
  EXPECT_EQ(approval.grants(1).resolver_id(), "cleo");
}

TEST_F(Rounds, OneWithAllAuthoritiesApprovesAtOnce) {
  Open();
  const std::string id = Ask(kRefundBoth).held().approval_id();
  EXPECT_EQ(Approve(id, {"supervisor", "director"}).verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(Refunded(), 2000);
}

TEST_F(Rounds, EachAuthorityHasToSeeTheSame) {
  Open();
  const std::string id = Ask(kRefundBoth).held().approval_id();
  ASSERT_EQ(Approve(id, {"supervisor"}).held().authority(), "director");
  Change("c");
  // The director saw 20.00, and so did the supervisor.
  const v1::Outcome again = Approve(id, {"director"}, 1, "cleo");
  ASSERT_EQ(again.verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(again.held().round(), 2);
  EXPECT_EQ(again.held().authority(), "supervisor");
  EXPECT_EQ(Approve(id, {"supervisor"}, 2).held().authority(), "director");
  EXPECT_EQ(Approve(id, {"director"}, 2, "cleo").verdict(), v1::VERDICT_DONE);
}

TEST_F(Rounds, AnotherRouteOfTheMoneyAsksAgain) {
  Open();
  const std::string id = Ask(kRefundOne).held().approval_id();
  MoveTo("gift");
  const v1::Outcome again = Approve(id, {"supervisor"});
  ASSERT_EQ(again.verdict(), v1::VERDICT_HELD) << again.ShortDebugString();
  EXPECT_THAT(Differences(again, true),
              ElementsAre("KIND_TARGET routes card of c1 > gift (account gift-1) of c1"));
  EXPECT_EQ(Approve(id, {"supervisor"}, 2).verdict(), v1::VERDICT_DONE);
}

TEST_F(Rounds, ACreditShowsWhoseAccountItIs) {
  Open(R"pb(
    rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets {
      id: "credits"
      decision_points: "CreditAccount"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "any"
        order: 1
        outcome: POLICY_OUTCOME_HOLD
        reason: "CREDIT"
        authority: "supervisor"
        condition: "true"
      }
    }
  )pb");
  const v1::Outcome held =
      Ask("credit_account { account_id: 'gift-1' cause: 'goodwill' amount { units: 500 "
          "currency_code: 'USD' } }");
  ASSERT_EQ(held.verdict(), v1::VERDICT_HELD) << held.ShortDebugString();
  const v1::Approval approval = Approval(held.held().approval_id());
  ASSERT_EQ(approval.rounds(0).target().routes_size(), 1) << approval.ShortDebugString();
  const v1::ApprovalRoute& route = approval.rounds(0).target().routes(0);
  EXPECT_EQ(route.payment_method_id(), "");
  EXPECT_EQ(route.account_id(), "gift-1");
  EXPECT_EQ(route.customer_id(), "c1");
}

TEST_F(Rounds, TheApproversOwnChangeCountsToo) {
  Open();
  const std::string id = Ask(kRefundOne).held().approval_id();
  ASSERT_EQ(
      Ask("change_items { order_id: 'o1' payment_method_id: 'card' settlement: "
          "SETTLEMENT_DONE changes { item { line_id: '1' quantity: 2 } new_variant_id: 'c' } }",
          "ben")
          .verdict(),
      v1::VERDICT_DONE);
  EXPECT_EQ(Approve(id, {"supervisor", "director"}, 1, "ben").verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(Refunded(), 0);
}

// Percent, amount, both, and an amount of another currency.
TEST_F(Rounds, AToleranceIsCountedFromTheSeenAmount) {
  struct Case {
    const char* tolerance;
    // Whether the growth passes, for one from 10.00 to 25.50 (155 percent, 15.50), and for one from 25.50 to 40.00 (57 percent, 14.50).
    bool passes_155;
    bool passes_57;
  };
  const Case cases[] = {
      {"", false, false},
      {"percent: 56", false, false},
      {"percent: 57", false, true},
      {"percent: 100", false, true},
      {"amount { units: 1550 currency_code: 'USD' }", true, true},
      {"amount { units: 1549 currency_code: 'USD' }", false, true},
      {"amount { units: 1449 currency_code: 'USD' }", false, false},
      {"percent: 100 amount { units: 1550 currency_code: 'USD' }", false, true},
      {"percent: 57 amount { units: 1450 currency_code: 'USD' }", false, true},
      {"percent: 56 amount { units: 1450 currency_code: 'USD' }", false, false},
      {"percent: 57 amount { units: 1449 currency_code: 'USD' }", false, false},
      // The amount says nothing of other currencies: without percent nothing may grow, with it that alone limits.
      {"amount { units: 9999 currency_code: 'EUR' }", false, false},
      {"percent: 57 amount { units: 1 currency_code: 'EUR' }", false, true},
      {"percent: 56 amount { units: 9999 currency_code: 'EUR' }", false, false},
  };
  for (const Case& c : cases) {
    for (const bool from_ten : {true, false}) {
      CheckTolerance(c.tolerance, from_ten, from_ten ? c.passes_155 : c.passes_57);
    }
  }
}

TEST_F(Rounds, AnotherPolicyDecides) {
  struct Case {
    const char* name;
    std::vector<std::pair<std::string, std::string>> changes;
    v1::Verdict verdict;
    std::vector<std::string> asks_again;
  };
  const std::vector<Case> cases = {
      {"the rule is gone", {{"3.00", "50.00"}}, v1::VERDICT_DONE, {}},
      {"another authority",
       {{"authority: \"supervisor\"", "authority: \"boss\""}},
       v1::VERDICT_HELD,
       {"KIND_FINDING_ADDED some  > boss"}},
      {"another rule holds it too",
       {{"15.00", "5.00"}},
       v1::VERDICT_HELD,
       {"KIND_FINDING_ADDED much  > director"}},
      {"a rule of another id with the same authority",
       {{"id: \"some\"", "id: \"other\""}},
       v1::VERDICT_HELD,
       {"KIND_FINDING_ADDED other  > supervisor"}},
      {"the same rule", {{"SOME", "ANY"}}, v1::VERDICT_DONE, {}},
      {"it refuses now",
       {{"HOLD\n      reason: \"SOME\"\n      authority: \"supervisor\"",
         "REFUSE\n      reason: \"NEVER\""}},
       v1::VERDICT_REFUSED,
       {}},
  };
  for (const Case& c : cases) {
    Open();
    const std::string id = Ask(kRefundOne).held().approval_id();
    const std::string text = absl::StrReplaceAll(kRefunds, c.changes);
    ASSERT_NE(text, kRefunds) << c.name;
    MustActivate(*desk_, MustCompile(text), seconds_++);
    const v1::Outcome outcome = Approve(id, {"supervisor"});
    EXPECT_EQ(outcome.verdict(), c.verdict) << c.name << outcome.ShortDebugString();
    EXPECT_EQ(Differences(outcome, true), c.asks_again) << c.name;
    const bool is_over = c.verdict == v1::VERDICT_DONE;
    EXPECT_EQ(Approval(id).state(),
              is_over ? v1::Approval::STATE_APPROVED : v1::Approval::STATE_PENDING);
  }
}

TEST_F(Rounds, AnExpectedVersionIsAskedAgain) {
  for (const bool expects : {false, true}) {
    Open();
    v1::Command command = AskInText(kRefundOne, 500);
    if (expects) command.set_expected_version(1);
    const std::string id = desk_->Execute(command)->held().approval_id();
    ASSERT_EQ(Ask("change_shipping_address { order_id: 'o1' address { lines: 'x' "
                  "country_code: 'US' } }")
                  .verdict(),
              v1::VERDICT_DONE);
    const v1::Outcome outcome = Approve(id, {"supervisor"});
    if (!expects) {
      EXPECT_EQ(outcome.verdict(), v1::VERDICT_DONE) << "versions count where the command has one";
      continue;
    }
    ASSERT_EQ(outcome.verdict(), v1::VERDICT_HELD);
    EXPECT_THAT(Differences(outcome, true), ElementsAre("KIND_VERSION expected_version 1 > 2"));
    EXPECT_EQ(Approve(id, {"supervisor"}, 2).verdict(), v1::VERDICT_DONE);
  }
}

TEST_F(Rounds, AnEarlierRoundStaysApproved) {
  Open();
  const std::string id = Ask(kRefundOne).held().approval_id();
  MoveTo("gift");
  ASSERT_EQ(Approve(id, {"supervisor"}).held().round(), 2);
  MoveTo("card");
  // By another one than who saw the card; both had the authority.
  const v1::Outcome done = Approve(id, {"supervisor"}, 2, "cleo");
  ASSERT_EQ(done.verdict(), v1::VERDICT_DONE);
  EXPECT_THAT(Differences(done, true), IsEmpty());
  ASSERT_EQ(Approval(id).grants_size(), 1);
  EXPECT_EQ(Approval(id).grants(0).round(), 1);
  EXPECT_EQ(Approval(id).grants(0).resolver_id(), "ben");
}

TEST_F(Rounds, FiveRoundsAreTheLimit) {
  Open();
  v1::Command command = AskInText(kRefundOne, 500);
  command.set_expected_version(1);
  const std::string id = desk_->Execute(command)->held().approval_id();
  for (int round = 1; round <= 5; ++round) {
    MoveTo(round % 2 == 1 ? "gift" : "card");
    const v1::Outcome outcome = Approve(id, {"supervisor"}, round);
    if (round < 5) {
      ASSERT_EQ(outcome.verdict(), v1::VERDICT_HELD) << round << outcome.ShortDebugString();
      EXPECT_EQ(outcome.held().round(), round + 1);
    } else {
      EXPECT_THAT(Reasons(outcome), ElementsAre(kReasonApprovalRoundsExceeded));
    }
  }
  EXPECT_EQ(Approval(id).state(), v1::Approval::STATE_CLOSED);
  EXPECT_EQ(Approval(id).close_reason(), kReasonApprovalRoundsExceeded.word);
  EXPECT_EQ(Refunded(), 0);
  EXPECT_NE(Ask(kRefundOne).held().approval_id(), id) << "it can be asked for anew";
}

TEST_F(Rounds, ARefusedApprovalIsNotUsedUp) {
  Open();
  const std::string id = Ask(kRefundBoth).held().approval_id();
  // 24.00 are there; 10.00 of it are on their way elsewhere.
  const std::string other = Ask(kRefundOne).held().approval_id();
  ASSERT_EQ(Approve(other, {"supervisor"}).verdict(), v1::VERDICT_DONE);
  const v1::Outcome refused = Approve(id, {"supervisor", "director"});
  ASSERT_EQ(refused.verdict(), v1::VERDICT_REFUSED) << refused.ShortDebugString();
  ASSERT_EQ(refused.events_size(), 1);
  EXPECT_TRUE(refused.events(0).approval().has_approval_attempted());
  const v1::Approval approval = Approval(id);
  EXPECT_EQ(approval.state(), v1::Approval::STATE_PENDING);
  EXPECT_EQ(approval.last_attempt().resolver_id(), "ben");
  EXPECT_EQ(approval.last_attempt().refusal_reasons(0), refused.refusals(0).reason());
  EXPECT_THAT(approval.grants(), IsEmpty());
  // The money comes back, and nothing is in the way any more.
  const auto order = (*desk_->Get(OrderRef("o1")))->order();
  ASSERT_EQ(Ask(absl::StrCat("record_payment { order_id: 'o1' refund { refund_id: '",
                             order.refunds(order.refunds_size() - 1).refund_id(),
                             "' state: STATE_FAILED } }"))
                .verdict(),
            v1::VERDICT_DONE);
  EXPECT_EQ(Approve(id, {"supervisor", "director"}).verdict(), v1::VERDICT_DONE);
}

TEST_F(Rounds, TheSameRequestWaitsOnce) {
  Open();
  const v1::Outcome first = Ask(kRefundOne);
  const v1::Outcome same = Ask(kRefundOne);
  ASSERT_EQ(same.verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(same.held().approval_id(), first.held().approval_id());
  EXPECT_THAT(same.events(), IsEmpty());
  // Another body, or another actor, is another request.
  EXPECT_NE(Ask(kRefundBoth).held().approval_id(), first.held().approval_id());
  const v1::Outcome other = Ask(kRefundOne, "bea");
  EXPECT_NE(other.held().approval_id(), first.held().approval_id());
  // Once it has grown, the same approval asks again.
  Change("c");
  const v1::Outcome grown = Ask(kRefundOne);
  ASSERT_EQ(grown.verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(grown.held().approval_id(), first.held().approval_id());
  EXPECT_EQ(grown.held().round(), 2);
  EXPECT_EQ(grown.events_size(), 1);
  EXPECT_EQ(Approve(first.held().approval_id(), {"supervisor", "director"}, 2).verdict(),
            v1::VERDICT_DONE);
  EXPECT_NE(Ask(kRefundOne).held().approval_id(), first.held().approval_id());
}

TEST_F(Rounds, OnlyWhoAskedWithdraws) {
  Open();
  const std::string id = Ask(kRefundOne).held().approval_id();
  EXPECT_THAT(Reasons(*desk_->Withdraw(id, ResolvedBy("ben", {"supervisor"}, seconds_++))),
              ElementsAre(kReasonApprovalNotRequester));
  EXPECT_EQ(desk_->Withdraw(id, ResolvedBy("anna", {}, seconds_++))->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(Approval(id).state(), v1::Approval::STATE_WITHDRAWN);
  EXPECT_THAT(Reasons(Approve(id, {"supervisor"})), ElementsAre(kReasonApprovalState));
}

TEST_F(Rounds, AnApprovalExpires) {
  for (const char* policy : {"", "approvals { expire_after { seconds: 60 } }"}) {
    Open(absl::StrCat(kRefunds, policy));
    const std::int64_t asked = seconds_;
    const std::int64_t lasts = *policy == '\0' ? 30 * 24 * 3600 : 60;
    const std::string id = Ask(kRefundOne).held().approval_id();
    EXPECT_EQ(Approval(id).expire_time().seconds(), At(asked + lasts).seconds());
    seconds_ = asked + lasts;
    EXPECT_THAT(Reasons(Approve(id, {"supervisor"})), ElementsAre(kReasonApprovalExpired));
    EXPECT_EQ(Approval(id).state(), v1::Approval::STATE_PENDING) << "reads with a time show it";
    EXPECT_NE(Ask(kRefundOne).held().approval_id(), id) << "the old one does not wait any more";
    seconds_ = asked + lasts - 1;
    EXPECT_EQ(desk_->Approve(id, ResolvedBy("ben", {"supervisor"}, asked + lasts - 1))->verdict(),
              v1::VERDICT_DONE);
  }
}

TEST_F(Rounds, AnEntityThatIsOverClosesItsApprovals) {
  Open();
  const std::string id = Ask(kRefundOne).held().approval_id();
  const std::string declined = Ask(kRefundBoth).held().approval_id();
  ASSERT_EQ(desk_->Decline(declined, ResolvedBy("ben", {"supervisor"}, seconds_++))->verdict(),
            v1::VERDICT_DONE);
  const v1::Outcome canceled = Ask("cancel_order { order_id: 'o1' reason: 'x' }");
  ASSERT_EQ(canceled.verdict(), v1::VERDICT_DONE) << canceled.ShortDebugString();
  const v1::Event& closed = canceled.events(canceled.events_size() - 1);
  EXPECT_EQ(closed.entity().id(), id);
  EXPECT_EQ(closed.approval().approval_closed().reason(), "ORDER_CANCELED");
  EXPECT_EQ(Approval(id).state(), v1::Approval::STATE_CLOSED);
  EXPECT_EQ(Approval(id).close_reason(), "ORDER_CANCELED");
  EXPECT_EQ(Approval(declined).state(), v1::Approval::STATE_DECLINED);
  EXPECT_THAT(Reasons(Approve(id, {"supervisor"})), ElementsAre(kReasonApprovalState));
}

}  // namespace
}  // namespace frontdesk
