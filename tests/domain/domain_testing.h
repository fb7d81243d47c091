// A small world to decide order commands in, and the words to write them down with.
#ifndef FRONTDESK_TESTS_DOMAIN_DOMAIN_TESTING_H_
#define FRONTDESK_TESTS_DOMAIN_DOMAIN_TESTING_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/commands.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/order_input.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {

// A command of agent-1 at 2024-05-15T12:00:00Z.
inline v1::Command NoonCommand(const std::string& verb) { return CommandAt(1715774400, verb); }

// "REASON@field", in order; every reason must be one of the registry.
inline std::string Summary(const std::vector<v1::Refusal>& refusals) {
  std::vector<std::string> texts;
  for (const v1::Refusal& refusal : refusals) {
    EXPECT_NE(FindReason(refusal.reason()), nullptr) << refusal.reason();
    EXPECT_FALSE(refusal.text().empty()) << refusal.reason();
    EXPECT_NE(refusal.origin(), v1::Refusal::ORIGIN_UNSPECIFIED);
    texts.push_back(refusal.field().empty() ? refusal.reason()
                                            : absl::StrCat(refusal.reason(), "@", refusal.field()));
  }
  return absl::StrJoin(texts, " ");
}

// State and facts around one order.
// All payments and all refunds of an order that holds its finished ones too, by their sequence.
template <typename Element>
std::vector<Element> InSequence(const google::protobuf::RepeatedPtrField<Element>& open,
                                const google::protobuf::RepeatedPtrField<Element>& finished) {
  std::vector<Element> all(open.begin(), open.end());
  all.insert(all.end(), finished.begin(), finished.end());
  std::sort(all.begin(), all.end(),
            [](const Element& a, const Element& b) { return a.sequence() < b.sequence(); });
  return all;
}
inline std::vector<v1::Payment> AllPayments(const v1::Order& order) {
  return InSequence(order.payments(), order.finished_payments());
}
inline std::vector<v1::Refund> AllRefunds(const v1::Order& order) {
  return InSequence(order.refunds(), order.finished_refunds());
}

struct World {
  v1::Customer customer;
  std::vector<v1::Account> accounts;
  v1::CatalogFacts catalog;
  v1::Order order;
  // The fields of the next command that are for policy.
  PolicyFields policy_fields;

  v1::Account* FindAccount(const std::string& id) {
    for (v1::Account& account : accounts) {
      if (account.account_id() == id) return &account;
    }
    return nullptr;
  }

  v1::OrderDecisionInput Input(const v1::Command& command) const {
    v1::OrderDecisionInput input;
    SetCommand(command, &input);
    if (order.state() != v1::Order::STATE_UNSPECIFIED) *input.mutable_order() = order;
    if (customer.state() != v1::Customer::STATE_UNSPECIFIED) *input.mutable_customer() = customer;
    for (const v1::Account& account : accounts) *input.add_accounts() = account;
    *input.mutable_catalog() = catalog;
    if (auto assessed = AssessOrder(input); assessed.ok()) *input.mutable_assessment() = *assessed;
    return input;
  }

  v1::OrderAssessment Assess(const std::string& verb) const {
    absl::StatusOr<v1::OrderAssessment> assessment = AssessOrder(Input(NoonCommand(verb)));
    EXPECT_TRUE(assessment.ok()) << assessment.status();
    return assessment.ok() ? *assessment : v1::OrderAssessment();
  }

  // Checks, decides and, unless it is refused, folds: the order's events and those of the accounts' movements.
  Decided Do(const v1::Command& command) {
    Decided decided;
    decided.refusals =
        CheckOrderArguments(command.order(), command.now(), Fields::kUnknown, policy_fields);
    if (decided.refused()) return decided;
    absl::StatusOr<Decided> made = DecideOrder(Input(command));
    EXPECT_TRUE(made.ok()) << made.status();
    if (!made.ok()) return decided;
    decided = *std::move(made);
    if (decided.refused()) {
      EXPECT_TRUE(decided.events.empty() && decided.postings.empty() && decided.effects.empty());
      return decided;
    }
    ExpectDeclared(command, decided);
    std::vector<v1::Account> moved = accounts;
    for (const Posting& posting : decided.postings) {
      for (v1::Account& account : moved) {
        if (account.account_id() != posting.account_id) continue;
        Decided movement = DecidePosting(posting, account, {command.actor(), command.now()});
        if (movement.refused()) return movement;
        ExpectDeclared(command, movement);
        for (const v1::Event& event : movement.events) {
          EXPECT_TRUE(EvolveAccount(event, &account).ok());
        }
      }
    }
    for (const v1::Event& event : decided.events) {
      const absl::Status folded = EvolveOrder(event, &order);
      EXPECT_TRUE(folded.ok()) << folded;
    }
    accounts = std::move(moved);
    return decided;
  }

  Decided Do(const std::string& verb) { return Do(NoonCommand(verb)); }

  // The same for a command that must be done.
  Decided Done(const std::string& verb) {
    Decided decided = Do(verb);
    EXPECT_EQ(Summary(decided.refusals), "") << verb;
    return decided;
  }

  // The refusals of a command that must be refused.
  std::string Refused(const std::string& verb) {
    const v1::Order before = order;
    Decided decided = Do(verb);
    EXPECT_EQ(before.SerializeAsString(), order.SerializeAsString());
    return Summary(decided.refusals);
  }
};

// A customer with a card, a wallet and two gift cards, a catalog of shirts, and no order yet.
World MakeWorld();

// The same with order "o1": 3 shirts at 100.00 as line "1" and 1 mug at 10.00 as line "2", paid with "card" (captured).
World MakePlacedWorld();

// The same with all of it shipped as "s1", or delivered.
World MakeShippedWorld();
World MakeDeliveredWorld();

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOMAIN_DOMAIN_TESTING_H_
