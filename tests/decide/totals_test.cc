// Totals of a decision: which commands of the past a rule sees, against a plain recount.
#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "decide/kept_states.h"
#include "decide/load_totals.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/explain.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::By;
using ::frontdesk::testing::KeptStates;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86'400;

// Credits of one account are at most 100 EUR in 30 days; above 70 EUR they wait.
constexpr absl::string_view kLimit = R"pb(
  name: "limit"
  totals {
    name: "credits_30d"
    text: "credits of the last 30 days"
    commands: "CreditAccount"
    per: TOTAL_SUBJECT_ACCOUNT
    days: 30
  }
  rule_sets {
    id: "credits"
    decision_points: "CreditAccount"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "limit"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "LIMIT"
      condition: "totals.given('credits_30d') + command.credit_account.amount > money('100 EUR')"
    }
    rules {
      id: "large"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "LARGE"
      authority: "boss"
      condition: "command.credit_account.amount > money('70 EUR')"
    }
    rules {
      id: "often"
      order: 3
      outcome: POLICY_OUTCOME_REFUSE
      reason: "OFTEN"
      condition: "totals.asked_count('credits_30d') >= 6"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

std::string Import(absl::string_view account_id, absl::string_view customer_id = "") {
  return absl::StrCat("import_account { account { account_id: '", account_id, "' customer_id: '",
                      customer_id,
                      "' kind: KIND_STORE_CREDIT state: STATE_ACTIVE balance { currency_code: "
                      "'EUR' } } source { system: 'bank' } }");
}

v1::Command Credit(absl::string_view account_id, std::int64_t cents, std::int64_t seconds,
                   absl::string_view actor_id = "anna", absl::string_view cause = "goodwill",
                   absl::string_view currency_code = "EUR") {
  v1::Command command = By(actor_id, seconds);
  v1::CreditAccount& credit = *command.mutable_account()->mutable_credit_account();
  credit.set_account_id(std::string(account_id));
  credit.set_cause(std::string(cause));
  credit.mutable_amount()->set_units(cents);
  credit.mutable_amount()->set_currency_code(std::string(currency_code));
  return command;
}

v1::Command Approve(absl::string_view approval_id, std::int64_t seconds) {
  v1::Command command = By("carl", seconds);
  command.mutable_actor()->add_authorities("boss");
  command.mutable_desk()->mutable_approve()->set_approval_id(std::string(approval_id));
  return command;
}

class TotalsTest : public ::testing::Test {
 protected:
  TotalsTest() {
    states_.Done(Import("s1"));
    states_.policy = MustCompile(kLimit);
  }
  std::string VerdictOf(const v1::Command& command) {
    const v1::Outcome outcome = states_.Do(command);
    EXPECT_TRUE(states_.status().ok()) << states_.status();
    if (outcome.verdict() != v1::VERDICT_REFUSED) return v1::Verdict_Name(outcome.verdict());
    return Reasons(outcome)[0];
  }

  KeptStates states_;
};

TEST_F(TotalsTest, ALimitIsReachedExactlyAndMovesWithItsWindow) {
  EXPECT_EQ(VerdictOf(Credit("s1", 6'000, 1'000)), "VERDICT_DONE");
  EXPECT_EQ(VerdictOf(Credit("s1", 4'001, 2'000)), "LIMIT");
  EXPECT_EQ(VerdictOf(Credit("s1", 4'000, 3'000)), "VERDICT_DONE");
  EXPECT_EQ(VerdictOf(Credit("s1", 1, 4'000)), "LIMIT");
  // The first one leaves the window at the instant itself.
  EXPECT_EQ(VerdictOf(Credit("s1", 6'000, 1'000 + 30 * kDay - 1)), "LIMIT");
  EXPECT_EQ(VerdictOf(Credit("s1", 6'000, 1'000 + 30 * kDay)), "VERDICT_DONE");
}

TEST_F(TotalsTest, AHeldCommandIsAskedOnceAndGivenWhenItIsApproved) {
  EXPECT_EQ(VerdictOf(Credit("s1", 8'000, 1'000)), "VERDICT_HELD");
  // Nothing is given yet.
  EXPECT_EQ(VerdictOf(Credit("s1", 3'000, 2'000)), "VERDICT_DONE");
  // The approval decides again, on the credits given since.
  EXPECT_EQ(VerdictOf(Approve("a1", 3'000)), "LIMIT");
  EXPECT_EQ(VerdictOf(Credit("s1", 7'001, 30 * kDay + 2'000)), "VERDICT_HELD");
  EXPECT_EQ(VerdictOf(Approve("a2", 30 * kDay + 3'000)), "VERDICT_DONE");
  EXPECT_EQ(VerdictOf(Credit("s1", 3'000, 30 * kDay + 4'000)), "LIMIT");
  // Asked in this window: the three above, not the approvals.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(VerdictOf(Credit("s1", 1, 30 * kDay + 5'000 + i)), "VERDICT_DONE");
  }
  EXPECT_EQ(VerdictOf(Credit("s1", 1, 30 * kDay + 6'000)), "VERDICT_DONE");
  EXPECT_EQ(VerdictOf(Credit("s1", 1, 30 * kDay + 7'000)), "OFTEN");
}

TEST_F(TotalsTest, AnInputWithoutTotalsHasNone) {
  states_.Done("create_customer { customer_id: 'c9' given_name: 'X' }");
  EXPECT_FALSE(internal::InputTotals(v1::DecisionInput()).totals_size() > 0);
}

TEST_F(TotalsTest, TheAgentReadsTheSumAndTheLimit) {
  EXPECT_EQ(VerdictOf(Credit("s1", 6'000, 1'000)), "VERDICT_DONE");
  const v1::Command command = Credit("s1", 5'000, 2'000);
  const v1::Outcome outcome = states_.Do(command);
  const v1::Explanation explanation = Explain(command, outcome, states_.policy.get());
  EXPECT_THAT(
      explanation.agent_lines(),
      ElementsAre("The request to add the amount to the account was refused.", "Reason: Limit.",
                  "Values that counted: the credits of the last 30 days are 60.00 EUR; the amount "
                  "is 50.00 EUR; together 110.00 EUR.",
                  "This reason would not apply if the credits of the last 30 days plus the amount "
                  "were at most 100.00 EUR."));
}

TEST_F(TotalsTest, APureDecisionReadsTheTotalsOfItsHost) {
  v1::DecisionInput input;
  v1::AccountDecisionInput& arm = *input.mutable_account();
  *arm.mutable_account() = states_.State(v1::ENTITY_KIND_ACCOUNT, "s1").account();
  const v1::Command command = Credit("s1", 5'000, 1'000);
  absl::StatusOr<v1::Outcome> outcome = Decide(input, command, *states_.policy);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(Reasons(*outcome), ElementsAre("POLICY_ERROR"));
  v1::Total& total = *arm.mutable_totals()->add_totals();
  total.set_name("credits_30d");
  // The core sets the currency, whatever the host gives.
  arm.mutable_totals()->set_currency_code("USD");
  outcome = Decide(input, command, *states_.policy);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE);
  v1::Money& given = *total.add_given();
  given.set_units(5'001);
  given.set_currency_code("EUR");
  outcome = Decide(input, command, *states_.policy);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(Reasons(*outcome), ElementsAre("LIMIT"));
}

// ---- Random commands ----

// A total of the random policy. Each total is read by a detail, as "asked count, given count, asked EUR, given EUR, given
// USD", or "none" where it is not there.
struct Definition {
  std::string name;
  std::string fields;
};

const std::vector<Definition>& Definitions() {
  static const auto* const definitions = new std::vector<Definition>{
      {"customer", "per: TOTAL_SUBJECT_CUSTOMER days: 3"},
      {"actor", "per: TOTAL_SUBJECT_ACTOR"},
      {"account_day",
       "per: TOTAL_SUBJECT_ACCOUNT calendar_unit: CALENDAR_UNIT_DAY time_zone: 'Europe/Berlin'"},
      {"reason", "per: TOTAL_SUBJECT_REASON duration { seconds: 100000 nanos: 5 }"},
      {"desk", "reasons: 'goodwill' reasons: 'bonus' calendar_unit: CALENDAR_UNIT_WEEK"},
      {"customer_reason",
       "commands: 'DebitAccount' per: TOTAL_SUBJECT_CUSTOMER per: TOTAL_SUBJECT_REASON "
       "calendar_unit: CALENDAR_UNIT_MONTH time_zone: 'America/New_York'"},
  };
  return *definitions;
}

std::string RandomPolicy() {
  std::string totals, details;
  for (const Definition& each : Definitions()) {
    absl::StrAppend(&totals, "totals { name: '", each.name, "' commands: 'CreditAccount' ",
                    each.fields, " }\n");
    std::string read =
        "totals.has_total('NAME') ? string(totals.asked_count('NAME')) + ' ' + "
        "string(totals.given_count('NAME')) + ' ' + string(totals.asked('NAME', 'EUR').units) + "
        "' ' + string(totals.given('NAME', 'EUR').units) + ' ' + string(totals.given('NAME', "
        "'USD').units) : 'none'";
    absl::StrAppend(&details, "details { name: '", each.name, "' expression: \"",
                    absl::StrReplaceAll(read, {{"NAME", each.name}}), "\" }\n");
  }
  return absl::StrCat(
      "name: 'random'\n", totals,
      "rule_sets { id: 'credits' decision_points: 'CreditAccount' "
      "rules { id: 'large' order: 1 outcome: POLICY_OUTCOME_HOLD reason: 'LARGE' authority: "
      "'boss' "
      "condition: \"command.credit_account.amount.units > 80\"\n",
      details,
      "} rules { id: 'even' order: 2 outcome: POLICY_OUTCOME_REFUSE reason: 'EVEN' "
      "condition: \"command.credit_account.amount.units % 7 == 0\"\n",
      details, "} rules { id: 'all' order: 3 outcome: POLICY_OUTCOME_ALLOW condition: 'true'\n",
      details,
      "} }\n rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW "
      "}");
}

// One command of the past, as a clerk would have noted it.
struct Noted {
  absl::Time time;
  std::string command, customer, actor, account, reason, currency;
  std::int64_t units = 0;
  bool is_asked = false;
  bool is_given = false;
};

class RandomTotalsTest : public ::testing::Test {
 protected:
  static constexpr int kCustomers = 4;
  static constexpr int kAccounts = 6;

  RandomTotalsTest() : seed_(std::random_device()()), random_(seed_) {
    for (int i = 0; i < kCustomers; ++i) {
      states_.Done(absl::StrCat("create_customer { customer_id: 'c", i, "' given_name: 'X' }"));
    }
    for (int i = 0; i < kAccounts; ++i) {
      // The last one belongs to nobody, the one before to a customer that the desk does not know.
      const std::string owner = i == kAccounts - 1 ? "" : absl::StrCat("c", i);
      customer_of_[absl::StrCat("s", i)] = owner;
      v1::EntityState state;
      state.mutable_entity()->set_kind(v1::ENTITY_KIND_ACCOUNT);
      state.mutable_entity()->set_id(absl::StrCat("s", i));
      state.set_version(1);
      v1::Account& account = *state.mutable_account();
      account.set_account_id(absl::StrCat("s", i));
      account.set_customer_id(owner);
      account.set_kind(v1::Account::KIND_STORE_CREDIT);
      account.set_state(v1::Account::STATE_ACTIVE);
      account.mutable_balance()->set_currency_code(i == 1 ? "USD" : "EUR");
      account.mutable_balance()->set_units(1'000'000);
      states_.Put(state);
    }
    states_.policy = MustCompile(RandomPolicy());
  }

  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  std::string RootOf(std::string customer) const {
    for (auto found = survivors_.find(customer); found != survivors_.end();
         found = survivors_.find(customer)) {
      customer = found->second;
    }
    return customer;
  }

  // The value of a total for a credit that is asked now, by looking at every note.
  std::string Recount(const std::string& name, const Noted& now) const {
    std::int64_t asked_count = 0, given_count = 0, asked = 0, given = 0, dollars = 0;
    if (now.customer.empty() && (name == "customer" || name == "customer_reason")) return "none";
    for (const Noted& each : notes_) {
      if (each.command == "DebitAccount" && name != "customer_reason") continue;
      if (!IsCounted(name, each, now)) continue;
      const bool is_euro = each.currency == "EUR";
      asked_count += each.is_asked ? 1 : 0;
      given_count += each.is_given ? 1 : 0;
      asked += each.is_asked && is_euro ? each.units : 0;
      given += each.is_given && is_euro ? each.units : 0;
      dollars += each.is_given && !is_euro ? each.units : 0;
    }
    return absl::StrCat(asked_count, " ", given_count, " ", asked, " ", given, " ", dollars);
  }

  bool IsCounted(const std::string& name, const Noted& each, const Noted& now) const {
    const auto zone = [](const char* zone_name) {
      absl::TimeZone loaded;
      EXPECT_TRUE(absl::LoadTimeZone(zone_name, &loaded));
      return loaded;
    };
    const bool same_customer =
        !each.customer.empty() && RootOf(each.customer) == RootOf(now.customer);
    if (name == "customer") return same_customer && now.time - each.time < absl::Hours(72);
    if (name == "actor") return each.actor == now.actor;
    if (name == "account_day") {
      return each.account == now.account && absl::ToCivilDay(each.time, zone("Europe/Berlin")) >=
                                                absl::ToCivilDay(now.time, zone("Europe/Berlin"));
    }
    if (name == "reason") {
      return each.reason == now.reason &&
             now.time - each.time < absl::Seconds(100'000) + absl::Nanoseconds(5);
    }
    if (name == "desk") {
      absl::CivilDay monday = absl::ToCivilDay(now.time, absl::UTCTimeZone());
      while (absl::GetWeekday(monday) != absl::Weekday::monday) --monday;
      return (each.reason == "goodwill" || each.reason == "bonus") &&
             absl::ToCivilDay(each.time, absl::UTCTimeZone()) >= monday;
    }
    const absl::TimeZone york = zone("America/New_York");
    return same_customer && each.reason == now.reason &&
           absl::CivilMonth(absl::ToCivilDay(each.time, york)) >=
               absl::CivilMonth(absl::ToCivilDay(now.time, york));
  }

  void Check(const v1::Outcome& outcome, const Noted& now) {
    for (const v1::RuleTrace& rule : outcome.decision().rules()) {
      if (rule.details().empty()) continue;
      for (const v1::DetailValue& detail : rule.details()) {
        EXPECT_EQ(detail.value(), Recount(detail.name(), now)) << detail.name();
        ++checked_;
      }
    }
  }

  void DoCredit(std::int64_t seconds) {
    Noted now;
    now.command = Pick(4) == 0 ? "DebitAccount" : "CreditAccount";
    now.account = absl::StrCat("s", Pick(kAccounts));
    now.customer = customer_of_[now.account];
    now.actor = absl::StrCat("agent", Pick(3));
    now.reason = std::vector<std::string>{"goodwill", "bonus", "late"}[Pick(3)];
    now.currency = now.account == "s1" ? "USD" : "EUR";
    now.units = 1 + Pick(100);
    v1::Command command =
        Credit(now.account, now.units, seconds, now.actor, now.reason, now.currency);
    if (now.command == "DebitAccount") {
      v1::DebitAccount debit;
      const v1::CreditAccount credit = command.account().credit_account();
      debit.set_account_id(credit.account_id());
      debit.set_cause(credit.cause());
      *debit.mutable_amount() = credit.amount();
      *command.mutable_account()->mutable_debit_account() = debit;
    }
    const v1::Outcome outcome = states_.Do(command);
    ASSERT_TRUE(states_.status().ok()) << states_.status();
    now.time = *Instant(states_.record.time());
    if (now.command == "CreditAccount") Check(outcome, now);
    now.is_asked = true;
    now.is_given = outcome.verdict() == v1::VERDICT_DONE;
    if (outcome.verdict() == v1::VERDICT_HELD) {
      const std::string& id = outcome.held().approval_id();
      // The same request waits once.
      const bool waits = std::any_of(held_.begin(), held_.end(),
                                     [&id](const auto& held) { return held.first == id; });
      if (!waits) held_.emplace_back(id, now);
      ++approvals_;
    }
    notes_.push_back(now);
  }

  void DoApprove(std::int64_t seconds) {
    if (held_.empty()) return;
    auto [id, note] = held_.back();
    held_.pop_back();
    const v1::Outcome outcome = states_.Do(Approve(id, seconds));
    ASSERT_TRUE(states_.status().ok()) << states_.status();
    note.time = *Instant(states_.record.time());
    Check(outcome, note);
    note.is_asked = false;
    note.is_given = outcome.verdict() == v1::VERDICT_DONE;
    notes_.push_back(note);
  }

  void DoMerge(std::int64_t seconds) {
    const std::string one = absl::StrCat("c", Pick(kCustomers));
    const std::string other = absl::StrCat("c", Pick(kCustomers));
    const bool merges = Pick(2) == 0;
    const v1::Outcome outcome = states_.Do(
        AskInText(absl::StrCat(merges ? "merge_customers" : "unmerge_customers",
                               " { customer_id: '", one, "' merged_customer_id: '", other, "' }"),
                  seconds));
    if (!states_.status().ok() || outcome.verdict() != v1::VERDICT_DONE) return;
    if (outcome.events().empty()) return;  // Merged already.
    ++merges_;
    if (merges) {
      survivors_[other] = one;
    } else {
      survivors_.erase(other);
    }
  }

  static absl::optional<absl::Time> Instant(const google::protobuf::Timestamp& time) {
    return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  }

  const std::random_device::result_type seed_;
  std::mt19937_64 random_;
  KeptStates states_;
  std::map<std::string, std::string> customer_of_;
  std::map<std::string, std::string> survivors_;
  std::vector<Noted> notes_;
  std::vector<std::pair<std::string, Noted>> held_;
  int approvals_ = 0;
  int merges_ = 0;
  int checked_ = 0;
};

TEST_F(RandomTotalsTest, RulesSeeWhatAPlainRecountSees) {
  SCOPED_TRACE(absl::StrCat("seed ", seed_));
  std::int64_t seconds = 1'000;
  for (int i = 0; i < 600 && !HasFailure(); ++i) {
    seconds += Pick(5) == 0 ? Pick(4 * kDay) : Pick(3'600);
    const int choice = Pick(10);
    if (choice < 2) {
      DoMerge(seconds);
    } else if (choice == 2) {
      DoApprove(seconds);
    } else {
      DoCredit(seconds);
    }
  }
  EXPECT_GT(checked_, 500);
  EXPECT_GT(merges_, 1);
  EXPECT_GT(approvals_, 1);
}

}  // namespace
}  // namespace frontdesk
