// The parts of commands in totals.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "decide/kept_states.h"
#include "frontdesk/base/money.h"
#include "frontdesk/decide/amounts.h"
#include "frontdesk/domain/command_info.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::KeptStates;
using ::frontdesk::testing::MustCompile;

// Credits above 20 USD are held, above 50 refused; one without an amount is of 7 USD.
constexpr absl::string_view kCredits = R"pb(
  name: "credits"
  rule_sets {
    id: "credit"
    decision_points: "CreditAccount"
    hit_policy: HIT_POLICY_ALL
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "usual"
      order: 1
      outcome: POLICY_OUTCOME_ALLOW
      condition: "true"
      outputs { name: "amount" expression: "money('7 USD')" }
    }
    rules {
      id: "high"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "HIGH"
      authority: "lead"
      condition: "has(command.credit_account.amount) && command.credit_account.amount > money('20 USD')"
    }
    rules {
      id: "too_high"
      order: 3
      outcome: POLICY_OUTCOME_REFUSE
      reason: "TOO_HIGH"
      condition: "has(command.credit_account.amount) && command.credit_account.amount > money('50 USD')"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

class CountedTest : public ::testing::Test {
 protected:
  CountedTest() { states_.OpenShop(); }

  // The amount as "12.34 USD"; empty: none.
  static std::string Text(bool has_amount, const v1::Money& amount) {
    return has_amount ? FormatMoney(amount) : "";
  }

  // "asked / given" of the record of that command.
  std::string Counted(absl::string_view text) {
    states_.record.Clear();
    last_ = states_.Do(text);
    EXPECT_TRUE(states_.status().ok()) << states_.status();
    return OfRecord();
  }
  std::string OfRecord() const {
    if (!states_.record.has_counted()) return "not counted";
    const v1::CountedCommand& counted = states_.record.counted();
    return absl::StrCat(Text(counted.has_asked(), counted.asked()), " / ",
                        Text(counted.has_given(), counted.given()));
  }
  const std::string& Customer() const { return states_.record.counted().customer_id(); }

  KeptStates states_;
  v1::Outcome last_;
};

std::string Credit(absl::string_view units) {
  return absl::StrCat(
      "credit_account { account_id: 'gift-1' cause: 'gift' ",
      units.empty() ? "" : absl::StrCat("amount { currency_code: 'USD' units: ", units, " } "),
      "}");
}

TEST_F(CountedTest, AnAmountIsAskedWhateverTheVerdict) {
  states_.policy = MustCompile(kCredits);
  EXPECT_EQ(Counted(Credit("1000")), "10.00 USD / 10.00 USD");
  EXPECT_EQ(Customer(), "c1") << "that of the account";
  EXPECT_EQ(Counted(Credit("2001")), "20.01 USD / ");
  EXPECT_EQ(last_.verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(Counted(Credit("5001")), "50.01 USD / ");
  EXPECT_EQ(last_.verdict(), v1::VERDICT_REFUSED);
}

TEST_F(CountedTest, AnAmountThatPolicyComputesIsGiven) {
  states_.policy = MustCompile(kCredits);
  EXPECT_EQ(Counted(Credit("")), " / 7.00 USD");
  // One that the command names stays.
  EXPECT_EQ(Counted(Credit("0")), "0.00 USD / 0.00 USD");
}

TEST_F(CountedTest, AnApprovedCommandIsNotAskedAgain) {
  states_.policy = MustCompile(kCredits);
  ASSERT_EQ(Counted(Credit("3000")), "30.00 USD / ");
  v1::Command approve = testing::By("lena", 2'000);
  approve.mutable_actor()->add_authorities("lead");
  approve.mutable_desk()->mutable_approve()->set_approval_id("a1");
  EXPECT_EQ(states_.Do(approve, v1::Facts()).verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(OfRecord(), " / 30.00 USD");
  EXPECT_EQ(Customer(), "c1");
  EXPECT_NE(states_.record.command().actor().actor_id(), "lena");
}

TEST_F(CountedTest, ARefundIsCountedAsItIsAssessed) {
  ASSERT_EQ(states_.Do(testing::PlaceOrder("o1")).verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(Counted("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL items { "
                    "variant_id: 'a' quantity: 1 } settlement: SETTLEMENT_DONE }"),
            "10.00 USD / 10.00 USD");
  EXPECT_EQ(Customer(), "c1");
  EXPECT_EQ(Counted("cancel_order { order_id: 'o1' reason: 'late' }"), "14.00 USD / 14.00 USD");
}

TEST_F(CountedTest, ACommandWithAReasonAloneIsCounted) {
  states_.Done("open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'x' customer_id: 'c1' }");
  states_.Done("open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'x' }");
  EXPECT_EQ(Counted("cancel_case { case_id: 'k1' reason: 'duplicate' }"), " / ");
  EXPECT_EQ(Customer(), "c1");
  EXPECT_EQ(Counted("cancel_case { case_id: 'k2' reason: 'duplicate' }"), " / ");
  EXPECT_EQ(Customer(), "");
  EXPECT_EQ(Counted("change_customer_state { customer_id: 'c1' state: STATE_FORMER }"), " / ");
  EXPECT_EQ(Customer(), "c1");
}

TEST_F(CountedTest, OthersAreNotCounted) {
  EXPECT_EQ(Counted("open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'x' }"), "not counted");
  EXPECT_EQ(Counted("cancel_case { case_id: 'none' reason: 'duplicate' }"), "not counted")
      << "it did not reach policy";
}

// The customer is the one that the entity names: totals of a survivor count those that were merged into it.
TEST_F(CountedTest, TheCustomerIsNotFollowedToItsSurvivor) {
  states_.Done("create_customer { customer_id: 'c2' given_name: 'x' }");
  states_.Done("open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'x' customer_id: 'c1' }");
  states_.Done("merge_customers { customer_id: 'c2' merged_customer_id: 'c1' }");
  EXPECT_EQ(Counted("cancel_case { case_id: 'k1' reason: 'duplicate' }"), " / ");
  EXPECT_EQ(Customer(), "c1");
}

TEST(AmountsTest, AnInputOfAnotherEntityHasNone) {
  v1::Command command;
  v1::CreditAccount& credit = *command.mutable_account()->mutable_credit_account();
  credit.mutable_amount()->set_units(5);
  v1::DecisionInput input;
  EXPECT_EQ(AskedAmount(input, command), nullptr);
  input.mutable_order();
  EXPECT_EQ(AskedAmount(input, command), nullptr);
  EXPECT_EQ(AskedAmount(input, v1::Command()), nullptr);
  *input.mutable_account()->mutable_command() = command.account();
  ASSERT_NE(AskedAmount(input, command), nullptr);
  EXPECT_EQ(GivenAmount(input, command, v1::Decision())->units(), 5);
  EXPECT_EQ(GivenAmount(input, v1::Command(), v1::Decision()), nullptr);
}

}  // namespace
}  // namespace frontdesk
