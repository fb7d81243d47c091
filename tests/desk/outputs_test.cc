// Outputs of policy that commands use, at a desk: previewed, held and approved, recorded, made again.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "desk/watched_desk.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::RandomCommands;
using ::frontdesk::testing::Reasons;
using ::frontdesk::testing::WatchedDesk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Pieces are refunded less a fifth; more than 7.00 waits for a supervisor.
constexpr absl::string_view kLessAFifth = R"pb(
  name: "less"
  variables { name: "due" expression: "percent(assessment.refund_amount, 80)" }
  rule_sets {
    id: "refunds"
    decision_points: "RefundOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "much"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "MUCH"
      authority: "supervisor"
      condition: "variables.due > money('7 USD')"
      outputs { name: "amount" expression: "variables.due" }
    }
    rules {
      id: "less"
      order: 2
      outcome: POLICY_OUTCOME_ALLOW
      condition: "true"
      outputs { name: "amount" expression: "variables.due" }
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

v1::Command RefundItems(absl::string_view variant_id, int quantity, std::int64_t seconds) {
  return AskInText(
      absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { "
                   "variant_id: '",
                   variant_id, "' quantity: ", quantity, " } settlement: SETTLEMENT_DONE }"),
      seconds);
}

TEST(OutputsDeskTest, AHeldAmountIsPaidExactlyWhenApproved) {
  std::unique_ptr<Desk> desk = MustOpen(kLessAFifth);
  OpenShop(*desk);
  const v1::Command command = RefundItems("a", 1, 100);
  const auto preview = desk->Preview(command);
  ASSERT_TRUE(preview.ok()) << preview.status();
  const auto held = desk->Execute(command);
  ASSERT_TRUE(held.ok()) << held.status();
  for (const v1::Outcome* outcome : {&*preview, &*held}) {
    ASSERT_EQ(outcome->verdict(), v1::VERDICT_HELD) << outcome->ShortDebugString();
    ASSERT_EQ(outcome->decision().outputs_size(), 1);
    EXPECT_EQ(outcome->decision().outputs(0).name(), "amount");
    EXPECT_EQ(outcome->decision().outputs(0).money_value().units(), 800);
  }
  ApprovalResolution resolution;
  resolution.actor = testing::By("boss").actor();
  resolution.actor.add_authorities("supervisor");
  resolution.now = At(200);
  const auto approved = desk->Approve(held->held().approval_id(), resolution);
  ASSERT_TRUE(approved.ok()) << approved.status();
  ASSERT_EQ(approved->verdict(), v1::VERDICT_DONE) << approved->ShortDebugString();
  EXPECT_EQ((*desk->Get(OrderRef("o1")))->order().refunded_amount().units(), 800);
  for (const std::string& id : {held->record_id(), approved->record_id()}) {
    const auto rebuilt = desk->DecisionInputOf(id);
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
    // As policy saw it.
    EXPECT_EQ(rebuilt->input().order().assessment().refund_amount().units(), 1'000);
    EXPECT_FALSE(rebuilt->input().order().command().refund_order().has_amount());
    const auto explained = desk->Explain(id);
    ASSERT_TRUE(explained.ok()) << explained.status();
    ASSERT_EQ(explained->decision().outputs_size(), 1);
    EXPECT_EQ(explained->decision().outputs(0).money_value().units(), 800);
  }
}

TEST(OutputsDeskTest, RestsAndFeesAddUp) {
  std::unique_ptr<Desk> desk = MustOpen(kLessAFifth);
  OpenShop(*desk);
  // 3.20 of 4.00, at once.
  const auto done = desk->Execute(RefundItems("b", 1, 100));
  ASSERT_TRUE(done.ok()) << done.status();
  ASSERT_EQ(done->verdict(), v1::VERDICT_DONE) << done->ShortDebugString();
  const v1::Order order = (*desk->Get(OrderRef("o1")))->order();
  EXPECT_EQ(order.refunded_amount().units(), 320);
  EXPECT_EQ(order.lines(1).withheld_amount().units(), 80);
  // No piece is left, so the assessment has no amount.
  EXPECT_THAT(Reasons(*desk->Execute(RefundItems("b", 1, 110))),
              ElementsAre("POLICY_ERROR", "ORDER_REFUND_ITEM_QUANTITY"));
}

TEST(OutputsDeskTest, PreviewsCanAskAsOfAnotherDate) {
  std::unique_ptr<Desk> desk = MustOpen(R"pb(
    rule_sets {
      id: "cancel"
      decision_points: "CancelOrder"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "later"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "LATER"
        condition: "true"
        effective_time { seconds: 1893456000 }
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )pb");
  OpenShop(*desk);
  v1::Command command = testing::CancelOrder("o1");
  command.set_idempotency_key("key");
  EXPECT_EQ(desk->Preview(command)->verdict(), v1::VERDICT_DONE);
  const absl::Time later = absl::FromUnixSeconds(1'893'456'000);
  const auto preview = [&](absl::Time as_of) {
    return *desk->Preview(command, {}, absl::nullopt, as_of);
  };
  EXPECT_THAT(Reasons(preview(later)), ElementsAre("LATER"));
  EXPECT_THAT(Reasons(preview(later - absl::Nanoseconds(1))), IsEmpty());
  ASSERT_EQ(desk->Execute(command)->verdict(), v1::VERDICT_DONE);
  // The remembered outcome is that of the rules of then.
  EXPECT_EQ(desk->Preview(command)->verdict(), v1::VERDICT_DONE);
  EXPECT_THAT(Reasons(preview(later)), ElementsAre("LATER", "ORDER_CANCEL_STATE"));
}

// ---- Random commands -------------------------------------------------------------------------------

// Computes everything that commands know, sometimes what is not possible.
constexpr absl::string_view kComputing = R"pb(
  name: "computing"
  version: "1"
  variables { name: "due" expression: "percent(assessment.refund_amount, 75)" }
  rule_sets {
    id: "refund"
    decision_points: "RefundOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "nothing_asked"
      order: 1
      outcome: POLICY_OUTCOME_ALLOW
      condition: "!has(assessment.refund_amount)"
      outputs { name: "amount" expression: "money('1.50 USD')" }
    }
    rules {
      id: "big"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "BIG"
      authority: "supervisor"
      condition: "variables.due > money('9 USD')"
      outputs { name: "amount" expression: "variables.due" }
    }
    rules {
      id: "less"
      order: 3
      outcome: POLICY_OUTCOME_ALLOW
      condition: "true"
      outputs { name: "amount" expression: "variables.due" }
    }
  }
  rule_sets {
    id: "open"
    decision_points: "OpenCase"
    default_outcome: POLICY_OUTCOME_ALLOW
    default_outputs { name: "queue" expression: "'queue1'" }
    default_outputs { name: "impact" expression: "2" }
    default_outputs { name: "priority" expression: "command.open_case.urgency - 1" }
  }
  rule_sets {
    id: "prioritize"
    decision_points: "PrioritizeCase"
    default_outcome: POLICY_OUTCOME_ALLOW
    default_outputs { name: "priority" expression: "case.priority + 1" }
  }
  rule_sets {
    id: "credit"
    decision_points: "CreditAccount"
    default_outcome: POLICY_OUTCOME_ALLOW
    default_outputs { name: "amount" expression: "percent(account.balance, 1)" }
  }
  rule_sets {
    id: "assign"
    decision_points: [ "AssignCase", "TransferCase" ]
    default_outcome: POLICY_OUTCOME_ALLOW
    default_outputs { name: "queue" expression: "'queue2'" }
  }
  rule_sets {
    id: "resolve"
    decision_points: "ResolveCase"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "voucher"
      order: 1
      outcome: POLICY_OUTCOME_ALLOW
      condition: "command.resolve_case.remedy != ''"
      outputs { name: "remedy_amount" expression: "money('3 USD')" }
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

// Half a unit and more is one more.
std::int64_t PercentOf(std::int64_t units, std::int64_t percent) {
  return (2 * units * percent + 100) / 200;
}

std::string Text(const v1::Money& money) {
  return absl::StrCat(money.units(), " ", money.currency_code());
}

// A value after a command was done, and the expected one: the actor's, or that of the policy above for the input.
struct Expectation {
  std::string what;
  std::string is;
  std::string must_be;
};

std::vector<Expectation> ExpectRefund(const v1::OrderDecisionInput& input,
                                      const std::vector<v1::Event>& events) {
  const v1::RefundOrder& verb = input.command().refund_order();
  v1::Money refunded;
  for (const v1::Event& event : events) {
    if (!event.order().has_order_refunded()) continue;
    const v1::Money& amount = event.order().order_refunded().refund().amount();
    refunded.set_units(refunded.units() + amount.units());
    refunded.set_currency_code(amount.currency_code());
  }
  v1::Money due;
  due.set_currency_code("USD");
  if (verb.has_amount()) {
    due = verb.amount();
  } else if (verb.items().empty()) {
    due.set_units(150);
  } else {
    due.set_units(PercentOf(input.assessment().refund_amount().units(), 75));
  }
  return {{"refund", Text(refunded), Text(due)}};
}

template <typename Field>
std::string NumberOr(Field set, Field otherwise) {
  return absl::StrCat(set != 0 ? set : otherwise);
}

std::vector<Expectation> ExpectCase(const v1::CaseDecisionInput& input,
                                    const std::vector<v1::Event>& events) {
  const auto queue_or = [](const std::string& set, const char* otherwise) {
    return set.empty() ? std::string(otherwise) : set;
  };
  for (const v1::Event& event : events) {
    const v1::CaseEvent& fact = event.case_();
    if (fact.has_case_opened() && input.command().has_open_case()) {
      const v1::OpenCase& verb = input.command().open_case();
      const v1::Case& opened = fact.case_opened().case_();
      const int computed = verb.urgency() - 1;
      return {{"queue", opened.queue_id(), queue_or(verb.queue_id(), "queue1")},
              {"impact", absl::StrCat(opened.impact()), NumberOr(verb.impact(), 2)},
              {"urgency", absl::StrCat(opened.urgency()), absl::StrCat(verb.urgency())},
              {"priority", absl::StrCat(opened.priority()), NumberOr(verb.priority(), computed)}};
    }
    if (fact.has_case_prioritized()) {
      const v1::PrioritizeCase& verb = input.command().prioritize_case();
      return {{"priority", absl::StrCat(fact.case_prioritized().priority()),
               NumberOr(verb.priority(), input.case_().priority() + 1)}};
    }
    if (fact.has_case_assigned()) {
      return {{"queue", fact.case_assigned().queue_id(),
               queue_or(input.command().assign_case().queue_id(), "queue2")}};
    }
    if (fact.has_case_transferred()) {
      return {{"queue", fact.case_transferred().queue_id(),
               queue_or(input.command().transfer_case().queue_id(), "queue2")}};
    }
    if (fact.has_case_resolved()) {
      const v1::ResolveCase& verb = input.command().resolve_case();
      const v1::Resolution& resolution = fact.case_resolved().resolution();
      const std::string amount = verb.has_remedy_amount() ? Text(verb.remedy_amount())
                                 : verb.remedy().empty()  ? ""
                                                          : "300 USD";
      return {{"remedy", resolution.has_remedy_amount() ? Text(resolution.remedy_amount()) : "",
               amount}};
    }
  }
  return {};
}

std::vector<Expectation> ExpectCredit(const v1::AccountDecisionInput& input,
                                      const std::vector<v1::Event>& events) {
  for (const v1::Event& event : events) {
    if (!event.account().has_account_credited()) continue;
    const v1::CreditAccount& verb = input.command().credit_account();
    v1::Money due = input.account().balance();
    due.set_units(PercentOf(due.units(), 1));
    return {{"credit", Text(event.account().account_credited().entry().amount()),
             Text(verb.has_amount() ? verb.amount() : due)}};
  }
  return {};
}

// Leaves out the fields that policy may fill, often.
void LeaveOut(Chance& chance, v1::Command* command) {
  if (chance.OneIn(3)) return;
  if (command->order().has_refund_order()) {
    command->mutable_order()->mutable_refund_order()->clear_amount();
  } else if (command->account().has_credit_account()) {
    command->mutable_account()->mutable_credit_account()->clear_amount();
  } else if (command->case_().has_open_case()) {
    v1::OpenCase& verb = *command->mutable_case_()->mutable_open_case();
    verb.clear_queue_id();
    verb.clear_priority();
    if (chance.OneIn(2)) verb.clear_impact();
  } else if (command->case_().has_prioritize_case()) {
    command->mutable_case_()->mutable_prioritize_case()->clear_priority();
  } else if (command->case_().has_assign_case()) {
    command->mutable_case_()->mutable_assign_case()->clear_queue_id();
  } else if (command->case_().has_transfer_case()) {
    command->mutable_case_()->mutable_transfer_case()->clear_queue_id();
  } else if (command->case_().has_resolve_case()) {
    command->mutable_case_()->mutable_resolve_case()->clear_remedy_amount();
  }
}

// A command that is done has the values of the actor, or those that policy computed, and no others. The journal makes the same inputs
// again, and money adds up (WatchedDesk).
TEST(OutputsDeskTest, RandomCommandsGetWhatPolicyComputes) {
  const std::uint64_t seed = testing::SeedOfRun();
  constexpr int kDesks = 12, kCommands = 400;
  std::map<std::string, int> checked, computed;
  int impossible = 0;
  for (int run = 0; run < kDesks; ++run) {
    std::unique_ptr<Desk> opened = testing::OpenRandomDesk(nullptr, kComputing);
    for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(*opened, command);
    WatchedDesk desk(std::move(opened));
    Chance chance(seed + static_cast<std::uint64_t>(run));
    RandomCommands commands(&chance, &desk.desk());
    LogPage page;
    const auto before = desk.desk().Journal();
    ASSERT_TRUE(before.ok()) << before.status();
    for (const v1::JournalRecord& each : *before) page.after = each.sequence();
    for (int i = 0; i < kCommands; ++i) {
      v1::Command command = commands.Next();
      LeaveOut(chance, &command);
      ASSERT_EQ(desk.Execute(command, commands.NextFacts(command)), "") << "run " << run;
      const auto journal = desk.desk().Journal(page);
      ASSERT_TRUE(journal.ok()) << journal.status();
      for (const v1::JournalRecord& record : *journal) {
        page.after = record.sequence();
        for (const v1::Refusal& refusal : record.refusals()) {
          impossible += refusal.reason() == kReasonPolicyOutputNotPossible;
        }
        if (record.verdict() != v1::VERDICT_DONE || !record.has_input_hash()) continue;
        const auto input = desk.desk().DecisionInputOf(record.record_id());
        ASSERT_TRUE(input.ok()) << input.status();
        ASSERT_EQ(input->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
        std::vector<v1::Event> events;
        for (const v1::EventRef& ref : record.events()) {
          LogPage one;
          one.after = ref.version() - 1;
          one.page_size = 1;
          const auto found = desk.desk().History(ref.entity(), one);
          ASSERT_TRUE(found.ok() && found->size() == 1);
          events.push_back(found->front());
        }
        std::vector<Expectation> expected;
        if (record.command().order().has_refund_order()) {
          expected = ExpectRefund(input->input().order(), events);
        } else if (record.command().account().has_credit_account()) {
          expected = ExpectCredit(input->input().account(), events);
        } else if (record.command().has_case_()) {
          expected = ExpectCase(input->input().case_(), events);
        }
        for (const Expectation& each : expected) {
          ASSERT_EQ(each.is, each.must_be) << each.what << "\n" << record.DebugString();
          ++checked[each.what];
          if (record.decision().outputs_size() > 0) ++computed[each.what];
        }
      }
    }
    ASSERT_EQ(desk.CheckAll(), "") << "run " << run;
  }
  for (const auto& [what, times] : checked) {
    std::cout << what << " " << times << ", computed " << computed[what] << "\n";
  }
  EXPECT_EQ(checked.size(), 7u);
  EXPECT_GT(impossible, 0);
}

}  // namespace
}  // namespace frontdesk
