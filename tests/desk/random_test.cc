// Random commands: whatever they are, the fold of the history is the state, and refused ones change
// nothing.
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AccountRef;
using ::frontdesk::testing::At;
using ::frontdesk::testing::By;
using ::frontdesk::testing::Catalogue;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OrderRef;

constexpr int kSequences = 12;
constexpr int kCommands = 120;

constexpr absl::string_view kPolicy = R"pb(
  name: "random"
  rule_sets {
    id: "refund"
    decision_points: "RefundOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "big"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "BIG"
      authority: "supervisor"
      condition: "assessment.refund_amount.units > 1500"
    }
  }
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "odd"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "ODD"
      condition: "order.order_id in ['o1', 'o3'] && size(order.lines) > 1"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

class RandomCommands {
 public:
  explicit RandomCommands(std::uint64_t seed) : random_(seed) {}

  v1::Command Next(const Desk& desk) {
    v1::Command command = By("anna", ++seconds_);
    const std::string order_id = absl::StrCat("o", Below(5));
    const absl::StatusOr<v1::EntityState> state = desk.Get(OrderRef(order_id));
    const v1::Order order = state.ok() ? state->order() : v1::Order();
    switch (Below(14)) {
      case 0:
      case 1:
        return Place(order_id);
      case 2:
        command.mutable_cancel_order()->set_order_id(order_id);
        Settle(command.mutable_cancel_order());
        return command;
      case 3:
        command.mutable_change_shipping_address()->set_order_id(order_id);
        command.mutable_change_shipping_address()->mutable_address()->add_lines(
            absl::StrCat(Below(9), " Road"));
        return command;
      case 4:
        command.mutable_change_payment_method()->set_order_id(order_id);
        command.mutable_change_payment_method()->set_payment_method_id(Method());
        Settle(command.mutable_change_payment_method());
        return command;
      case 5:
      case 6:
        return ChangeItems(command, order, order_id);
      case 7:
        return Ship(command, order, order_id);
      case 8:
        command.mutable_record_delivery()->set_order_id(order_id);
        command.mutable_record_delivery()->set_shipment_id(
            order.shipments_size() > 0
                ? order.shipments(Below(order.shipments_size())).shipment_id()
                : "s");
        return command;
      case 9:
        return Return(command, order, order_id);
      case 10:
        command.mutable_refund_order()->set_order_id(order_id);
        command.mutable_refund_order()->set_cause(v1::REFUND_CAUSE_GOODWILL);
        *command.mutable_refund_order()->mutable_amount() = Amount(3000);
        Settle(command.mutable_refund_order());
        return command;
      case 11:
        command.mutable_credit_account()->set_account_id("gift-1");
        *command.mutable_credit_account()->mutable_amount() = Amount(5000);
        command.mutable_credit_account()->set_cause("top-up");
        return command;
      case 12:
        command.mutable_debit_account()->set_account_id("gift-1");
        *command.mutable_debit_account()->mutable_amount() = Amount(9000);
        command.mutable_debit_account()->set_cause("payment");
        return command;
      default:
        return Resolve(command, desk);
    }
  }

 private:
  int Below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }
  std::string Method() { return Below(2) == 0 ? "card" : "gift"; }
  std::string Variant() { return std::string(1, "abc"[Below(3)]); }
  v1::Money Amount(int below) {
    v1::Money money;
    money.set_units(Below(below));
    money.set_currency_code("USD");
    return money;
  }
  template <typename Verb>
  void Settle(Verb* verb) {
    if (Below(2) == 0) verb->set_settlement(v1::SETTLEMENT_DONE);
  }

  v1::Command Place(const std::string& order_id) {
    v1::Command command = testing::PlaceOrder(order_id, Method());
    command.mutable_place_order()->mutable_lines(0)->set_quantity(1 + Below(3));
    command.mutable_place_order()->mutable_lines(1)->set_variant_id(Variant());
    if (Below(3) == 0) command.mutable_place_order()->set_settlement(v1::SETTLEMENT_UNSPECIFIED);
    return command;
  }

  void Select(const v1::Order& order, v1::ItemSelector* item) {
    if (order.lines_size() > 0) {
      item->set_line_id(order.lines(Below(order.lines_size())).line_id());
    } else {
      item->set_variant_id(Variant());
    }
    item->set_quantity(1 + Below(2));
  }

  v1::Command ChangeItems(v1::Command command, const v1::Order& order,
                          const std::string& order_id) {
    command.mutable_change_items()->set_order_id(order_id);
    command.mutable_change_items()->set_payment_method_id(Method());
    for (int i = 1 + Below(2); i > 0; --i) {
      v1::ItemChange* change = command.mutable_change_items()->add_changes();
      Select(order, change->mutable_item());
      change->set_new_variant_id(Variant());
    }
    Settle(command.mutable_change_items());
    return command;
  }

  v1::Command Ship(v1::Command command, const v1::Order& order, const std::string& order_id) {
    command.mutable_record_shipment()->set_order_id(order_id);
    v1::Shipment* shipment = command.mutable_record_shipment()->mutable_shipment();
    shipment->set_shipment_id(absl::StrCat("s", Below(4)));
    for (const v1::OrderLine& line : order.lines()) {
      if (Below(3) == 0) continue;
      shipment->add_lines()->set_line_id(line.line_id());
      shipment->mutable_lines()->rbegin()->set_quantity(
          1 + Below(static_cast<int>(line.quantities().ordered()) + 1));
    }
    return command;
  }

  v1::Command Return(v1::Command command, const v1::Order& order, const std::string& order_id) {
    command.mutable_request_return()->set_order_id(order_id);
    command.mutable_request_return()->set_payment_method_id(Method());
    Select(order, command.mutable_request_return()->add_items());
    return command;
  }

  // Approves or declines some command that was held.
  v1::Command Resolve(v1::Command command, const Desk& desk) {
    command = By("ben", seconds_);
    command.mutable_actor()->add_authorities("supervisor");
    std::string id = "none";
    Page page;
    page.limit = 10'000;
    const auto journal = desk.Journal(page);
    for (const v1::JournalRecord& record : *journal) {
      if (record.verdict() == v1::VERDICT_HELD) id = record.record_id();
    }
    if (Below(4) == 0) {
      command.mutable_decline()->set_approval_id(id);
    } else {
      command.mutable_approve()->set_approval_id(id);
    }
    return command;
  }

  std::mt19937_64 random_;
  std::int64_t seconds_ = 1000;
};

void ExpectFoldsToState(const Desk& desk, const v1::EntityRef& entity) {
  const auto state = desk.Get(entity);
  if (!state.ok()) return;
  v1::EntityState folded;
  Page page;
  page.limit = 10'000;
  const auto events = desk.History(entity, page);
  ASSERT_TRUE(events.ok());
  for (const v1::Event& event : *events) {
    const absl::Status status = Evolve(event, &folded);
    ASSERT_TRUE(status.ok()) << status << event.ShortDebugString();
  }
  ASSERT_EQ(folded.SerializeAsString(), state->SerializeAsString()) << entity.ShortDebugString();
}

TEST(RandomTest, FoldOfTheHistoryIsTheState) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  RecordProperty("seed", std::to_string(seed));
  int verdicts[4] = {};
  for (int sequence = 0; sequence < kSequences; ++sequence) {
    std::unique_ptr<Desk> desk = MustOpen(kPolicy);
    for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(*desk, command);
    RandomCommands commands(seed + static_cast<std::uint64_t>(sequence));
    std::vector<v1::EntityRef> entities = {CustomerRef("c1"), AccountRef("gift-1")};
    for (int i = 0; i < 5; ++i) entities.push_back(OrderRef(absl::StrCat("o", i)));
    for (int i = 0; i < kCommands; ++i) {
      const v1::Command command = commands.Next(*desk);
      const auto preview = desk->Preview(command, Catalogue());
      const auto outcome = desk->Execute(command, Catalogue());
      ASSERT_TRUE(outcome.ok()) << "seed " << seed << " " << outcome.status()
                                << command.ShortDebugString();
      ASSERT_EQ(preview->verdict(), outcome->verdict());
      ++verdicts[outcome->verdict()];
      if (outcome->verdict() == v1::VERDICT_HELD) {
        entities.push_back(testing::ApprovalRef(outcome->held().approval_id()));
      }
      ASSERT_GE(desk->Get(AccountRef("gift-1"))->account().balance().units(), 0) << "seed " << seed;
    }
    for (const v1::EntityRef& entity : entities)
      ASSERT_NO_FATAL_FAILURE(ExpectFoldsToState(*desk, entity));
    Page page;
    page.limit = 10'000;
    const auto journal = desk->Journal(page);
    for (std::size_t i = 0; i < journal->size(); ++i) {
      ASSERT_EQ((*journal)[i].sequence(), static_cast<std::int64_t>(i) + 1);
      ASSERT_TRUE(desk->Explain((*journal)[i].record_id()).ok());
    }
  }
  std::cout << verdicts[v1::VERDICT_DONE] << " done, " << verdicts[v1::VERDICT_REFUSED]
            << " refused, " << verdicts[v1::VERDICT_HELD] << " held\n";
  EXPECT_GT(verdicts[v1::VERDICT_DONE], kSequences * kCommands / 10);
  EXPECT_GT(verdicts[v1::VERDICT_REFUSED], kSequences);
}

}  // namespace
}  // namespace frontdesk
