// Finding and counting approvals by each field of the query, and by pairs of fields, against a plain look at all of them.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::ApprovalRef;
using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::FactsFor;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::testing::ElementsAre;

// Cancellations are held: a supervisor approves up to 20.00, a director above. Pauses of bea are held.
constexpr absl::string_view kHoldsToFind = R"pb(
  name: "holds"
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "much"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "MUCH"
      authority: "director"
      condition: "assessment.refund_amount > money('20.00 USD')"
    }
    rules {
      id: "any"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "ANY"
      authority: "supervisor"
      condition: "assessment.refund_amount > money('1.00 USD')"
    }
  }
  rule_sets {
    id: "pause"
    decision_points: "PauseCase"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "pauses"
      outcome: POLICY_OUTCOME_HOLD
      reason: "PAUSES"
      authority: "supervisor"
      condition: "actor.actor_id == 'bea'"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  approvals { expire_after { seconds: 100 } }
)pb";

struct Search {
  const char* query;
  std::function<bool(const v1::Approval&)> is_meant;
};

class FindApprovals : public ::testing::Test {
 protected:
  void SetUp() override {
    desk_ = MustOpen(kHoldsToFind);
    for (const v1::Command& command : testing::OpeningCommands()) MustDo(*desk_, command);
    Do("create_customer { customer_id: 'c2' given_name: 'Will' }");
    Do("change_address { customer_id: 'c2' address { lines: '2 Hill Road' country_code: 'GB' } }");
    Do("add_payment_method { customer_id: 'c2' payment_method { payment_method_id: 'card' kind: "
       "KIND_CARD } }");
    for (const char* id : {"o1", "o2", "o3", "o4", "o5"}) {
      v1::Command place = testing::PlaceOrder(id);
      if (std::string(id) == "o3")
        place.mutable_order()->mutable_place_order()->set_customer_id("c2");
      MustDo(*desk_, place);
    }
    // 12.00 instead of 24.00.
    for (const char* id : {"o2", "o5"}) {
      Do(absl::StrCat("change_items { order_id: '", id,
                      "' payment_method_id: 'card' settlement: SETTLEMENT_DONE changes { item { "
                      "line_id: '1' quantity: 2 } new_variant_id: 'b' } }"));
    }
    Do("open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'a dark lamp' customer_id: 'c1' }");
    Do("open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'another' }");
    Hold("anna", Cancel("o1"), 200);
    Hold("bea", Cancel("o1"), 210);
    Hold("anna", Cancel("o2"), 220);
    Hold("anna", Cancel("o3"), 230);
    Hold("bea", Pause("k1"), 240);
    Hold("bea", Pause("k2"), 250);
    Hold("anna", Cancel("o4"), 260);
    Hold("anna", Cancel("o5"), 270);
    Resolve("decline", 4, "sue", 280);
    Resolve("withdraw", 6, "anna", 280);
    Resolve("approve", 7, "sue", 280);
    Do("merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }", 285);
    for (const std::string& id : ids_) {
      approvals_.push_back((*desk_->Get(ApprovalRef(id)))->approval());
    }
  }

  static std::string Cancel(absl::string_view id) {
    return absl::StrCat("cancel_order { order_id: '", id, "' reason: 'x' }");
  }
  static std::string Pause(absl::string_view id) {
    return absl::StrCat("pause_case { case_id: '", id, "' state: STATE_WAITING_ON_CUSTOMER }");
  }

  void Do(absl::string_view text, std::int64_t seconds = 100) {
    MustDo(*desk_, AskInText(text, seconds));
  }

  void Hold(absl::string_view actor, absl::string_view text, std::int64_t seconds) {
    v1::Command command = AskInText(text, seconds);
    command.mutable_actor()->set_actor_id(std::string(actor));
    const auto outcome = desk_->Execute(command, FactsFor(command));
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ASSERT_EQ(outcome->verdict(), v1::VERDICT_HELD) << outcome->ShortDebugString();
    ids_.push_back(outcome->held().approval_id());
  }

  void Resolve(absl::string_view verb, std::size_t number, absl::string_view actor,
               std::int64_t seconds) {
    v1::Command command =
        AskInText(absl::StrCat(verb, " { approval_id: '", ids_.at(number), "' }"), seconds);
    command.mutable_actor()->set_actor_id(std::string(actor));
    command.mutable_actor()->add_authorities("supervisor");
    MustDo(*desk_, command, v1::Facts());
  }

  // The ids that a query finds, over small pages.
  std::vector<std::string> Find(const std::string& query) {
    v1::FindRequest request = Request(query);
    request.set_page_size(2);
    std::vector<std::string> ids;
    for (;;) {
      const auto page = desk_->Find(request);
      EXPECT_TRUE(page.ok()) << page.status() << query;
      if (!page.ok()) return ids;
      for (const v1::EntityState& state : (*page)->found()) ids.push_back(state.entity().id());
      if ((*page)->next_page_token().empty()) return ids;
      request.set_page_token((*page)->next_page_token());
    }
  }

  static v1::FindRequest Request(const std::string& query) {
    v1::FindRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        absl::StrCat("approvals { ", query, " }"), &request))
        << query;
    return request;
  }

  std::unique_ptr<Desk> desk_;
  std::vector<std::string> ids_;
  std::vector<v1::Approval> approvals_;
};

bool IsPending(const v1::Approval& approval) {
  return approval.state() == v1::Approval::STATE_PENDING;
}

std::int64_t Paid(const v1::Approval& approval) {
  const v1::ApprovalRound& round = approval.rounds(approval.rounds_size() - 1);
  return round.paid_amounts().empty() ? 0 : round.paid_amounts(0).units();
}

// The queries of one field each. The times of the tests begin at 1,700,000,000 s.
std::vector<Search> Searches() {
  using A = v1::Approval;
  return {
      {"", [](const A&) { return true; }},
      {"states: STATE_PENDING", IsPending},
      {"states: STATE_APPROVED states: STATE_DECLINED",
       [](const A& a) { return a.state() == A::STATE_APPROVED || a.state() == A::STATE_DECLINED; }},
      {"states: STATE_WITHDRAWN", [](const A& a) { return a.state() == A::STATE_WITHDRAWN; }},
      {"authority: 'director'", [](const A& a) { return a.authority() == "director"; }},
      {"authority: 'supervisor'", [](const A& a) { return a.authority() == "supervisor"; }},
      {"requester_id: 'bea'", [](const A& a) { return a.requester_id() == "bea"; }},
      {"entity { kind: ENTITY_KIND_ORDER id: 'o1' }",
       [](const A& a) { return a.entity().id() == "o1"; }},
      {"entity { kind: ENTITY_KIND_CASE id: 'k1' }",
       [](const A& a) { return a.entity().id() == "k1"; }},
      {"customer_id: 'c1'", [](const A& a) { return !a.customer_id().empty(); }},
      {"start_time { seconds: 1700000230 }",
       [](const A& a) { return a.request_time().seconds() >= 1700000230; }},
      {"end_time { seconds: 1700000230 }",
       [](const A& a) { return a.request_time().seconds() < 1700000230; }},
      {"min_amount { units: 1200 currency_code: 'USD' }",
       [](const A& a) { return Paid(a) >= 1200; }},
      {"min_amount { units: 1201 currency_code: 'USD' }",
       [](const A& a) { return Paid(a) >= 1201; }},
      {"max_amount { units: 1200 currency_code: 'USD' }",
       [](const A& a) { return Paid(a) <= 1200; }},
      {"min_amount { units: 1 currency_code: 'EUR' }", [](const A&) { return false; }},
  };
}

std::string FieldOf(const Search& search) {
  const std::string query = search.query;
  return query.substr(0, query.find_first_of(" :"));
}

bool HasAmount(const Search& search) { return FieldOf(search).find("amount") != std::string::npos; }

bool IsInEuro(const Search& search) {
  return std::string(search.query).find("EUR") != std::string::npos;
}

TEST_F(FindApprovals, ByEachFieldAndByPairsOfThem) {
  ASSERT_EQ(approvals_.size(), 8u);
  const std::vector<Search> searches = Searches();
  for (const Search& one : searches) {
    for (const Search& other : searches) {
      // A field is named once; alone where both are the same search.
      if (&one != &other && FieldOf(one) == FieldOf(other)) continue;
      // Two amounts are of one currency.
      if (HasAmount(one) && HasAmount(other) && IsInEuro(one) != IsInEuro(other)) continue;
      const std::string query =
          &one == &other ? one.query : absl::StrCat(one.query, " ", other.query);
      std::vector<std::string> expected;
      for (const v1::Approval& approval : approvals_) {
        if (one.is_meant(approval) && other.is_meant(approval)) {
          expected.push_back(approval.approval_id());
        }
      }
      EXPECT_EQ(Find(query), expected) << query;
      const auto count = desk_->Count(Request(query));
      ASSERT_TRUE(count.ok()) << count.status() << query;
      EXPECT_EQ(*count, static_cast<std::int64_t>(expected.size())) << query;
    }
  }
}

TEST_F(FindApprovals, ThoseThatHaveExpiredByThen) {
  // Asked for at 200, and valid for 100 s.
  const std::string at_300 = "now { seconds: 1700000300 } ";
  EXPECT_THAT(Find(at_300 + "states: STATE_EXPIRED"), ElementsAre(ids_[0]));
  EXPECT_THAT(Find(at_300 + "states: STATE_PENDING"),
              ElementsAre(ids_[1], ids_[2], ids_[3], ids_[5]));
  EXPECT_EQ(*desk_->Count(Request(at_300 + "states: STATE_EXPIRED states: STATE_PENDING")), 5);
  v1::FindRequest shown = Request(at_300 + "entity { kind: ENTITY_KIND_ORDER id: 'o1' }");
  const auto page = desk_->Find(shown);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ((*page)->found(0).approval().state(), v1::Approval::STATE_EXPIRED);
  EXPECT_EQ((*page)->found(1).approval().state(), v1::Approval::STATE_PENDING);
  EXPECT_EQ(testing::ViolatedFields(desk_->Find(Request("states: STATE_EXPIRED")).status()),
            std::vector<std::string>{"approvals.now"});
}

}  // namespace
}  // namespace frontdesk
